"""EDIFACT REMADV, remittance advice: DOC groups to the documents paid; other messages are refused by name (T09).

A DOC pays a document: MOA 12 is the amount remitted, MOA 9 the amount due, MOA 52 the discount, an MOA after AJT the
adjustment. Amounts carry no sign; a credit note (DOC 381, 396, 458) lessens the payment. What stands after UNS is the total.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from arwork.errors import InputError, place
from arwork.intake.advice import NAMELESS, Advice, PaidDocument, fitted
from arwork.money import Units

_CURE = "The file is damaged or incomplete: ask the payer to send it again"
_AMOUNT = re.compile(r"-?[0-9]{1,18}(?:[.,][0-9]{0,6})?")
_NAMES = {
    "INVOIC": "an invoice", "CREADV": "a credit advice", "DEBADV": "a debit advice", "PAYMUL": "a payment order", "PAYORD": "a payment order",
    "PAYEXT": "an extended payment order", "FINSTA": "an account statement", "ORDERS": "a purchase order", "CONTRL": "an acknowledgement",
    "APERAK": "an application error message", "BANSTA": "a banking status message", "DESADV": "a despatch advice",
}  # fmt: skip
_CREDITS = ("381", "396", "458", "83", "261", "262", "308")
_PAID, _DUE, _DISCOUNT, _ADJUSTED = ("12",), ("9", "77", "39"), ("52",), ("165", "8", "138", "131")
_TOTALS = ("12", "9", "77", "128", "86")


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its name, its elements, each a list of components, and the line on which it starts."""

    name: str
    elements: tuple[tuple[str, ...], ...]
    line: str

    def get(self, number: int, part: int = 1) -> str:
        """Give a component of an element, both counted from 1; "" when it is not there."""
        parts = self.elements[number - 1] if number <= len(self.elements) else ()
        return parts[part - 1] if part <= len(parts) else ""


@dataclass
class _Document:
    """A DOC group while it is read."""

    segment: Segment
    amounts: dict[str, Segment] = field(default_factory=dict)
    adjustments: list[tuple[Segment, str]] = field(default_factory=list)
    reason: str = ""


def segments(text: str) -> list[Segment]:
    """Split a file into segments by the service characters of its UNA, or the standard ones."""
    marks, at = (text[3:9], 9) if text.startswith("UNA") and len(text) >= 9 else (":+.? '", 0)
    part, element, release, end = marks[0], marks[1], marks[3], marks[5]
    found, line = [], 1 + text.count("\n", 0, at)
    escaped = re.escape(release) if release.strip() else "(?!)"
    pattern = re.compile(f"(?:{escaped}.|[^{re.escape(end)}{escaped if release.strip() else ''}])*{re.escape(end)}?", re.DOTALL)
    while at < len(text):
        raw = pattern.match(text, at)
        # A release character at the very end releases nothing.
        chunk = raw[0] if raw and raw[0] else text[at]
        start = line + chunk.count("\n", 0, len(chunk) - len(chunk.lstrip()))
        body = chunk.strip()
        body = body[:-1] if body.endswith(end) else body
        if body.strip():
            name, *elements = _split(body, element, release)
            parsed = tuple(tuple(_released(p, release) for p in _split(e, part, release)) for e in elements)
            found.append(Segment(_released(name, release).strip().partition(part)[0].upper(), parsed, str(start)))
        line += chunk.count("\n")
        at += len(chunk)
    return found


def _split(text: str, mark: str, release: str) -> list[str]:
    """Split at a mark that no release character stands before."""
    if not release.strip() or release not in text:
        return text.split(mark)
    parts: list[str] = []
    now: list[str] = []
    skip = False
    for letter in text:
        if letter == mark and not skip:
            parts.append("".join(now))
            now = []
        else:
            now.append(letter)
        skip = letter == release and not skip
    return [*parts, "".join(now)]


def _released(text: str, release: str) -> str:
    if not release.strip() or release not in text:
        return text.strip()
    return re.sub(re.escape(release) + "(.)", r"\1", text, flags=re.DOTALL).strip()


def read(text: str, file: str, units: Units, currency: str = "") -> tuple[list[Advice], str]:
    """Read every REMADV of a file, and the version of the standard it states; `currency` where a message states none.

    Raises InputError for another message, for counts and control numbers that do not agree, and for figures that cannot be read.
    """
    found = segments(text)
    advices, version = [], ""
    for message in _messages(found, file):
        head = message[0]
        version = f"{head.get(2, 2)}.{head.get(2, 3)}".strip(".")
        advices.append(_advice(message, file, units, currency))
    return advices, version


def _messages(found: Sequence[Segment], file: str) -> Iterator[Sequence[Segment]]:
    """Check UNB to UNZ, UNG to UNE and UNH to UNT, and yield the messages."""
    start: Segment | None = None
    body: list[Segment] = []
    messages = groups = 0
    for segment in found:
        if segment.name == "UNB":
            _none_open(start, segment, file)
            start, messages, groups = segment, 0, 0
        elif start is None:
            raise InputError(f"{segment.name} stands outside an interchange", where=place(file, segment.line), cure=_CURE)
        elif segment.name == "UNH" or body:
            if segment.name in ("UNH", "UNB", "UNZ") and body:
                raise InputError("a message has no end (UNT)", where=place(file, body[0].line), cure=_CURE)
            body.append(segment)
            if segment.name == "UNH":
                _named(segment, file)
            if segment.name == "UNT":
                _check(segment, len(body), "segments", body[0].get(1), file)
                messages += 1
                yield body
                body = []
        elif segment.name == "UNG":
            groups += 1
        elif segment.name == "UNZ":
            _check(segment, groups or messages, "groups" if groups else "messages", start.get(5), file)
            start = None
        elif segment.name != "UNE":
            raise InputError(f"{segment.name} stands outside a message", where=place(file, segment.line), cure=_CURE)
    _none_open(start, found[-1] if found else Segment("", (), "1"), file, empty=not found)


def _none_open(start: Segment | None, at: Segment, file: str, *, empty: bool = False) -> None:
    if start is not None or empty:
        raise InputError("the interchange has no end (UNZ): the file is cut off", where=place(file, at.line), cure=_CURE)


def _named(head: Segment, file: str) -> None:
    kind = head.get(2)
    if kind != "REMADV":
        name = _NAMES.get(kind, "")
        what = f"this is an EDIFACT {kind or 'message without a name'}{', ' + name if name else ''}, not a remittance advice"
        raise InputError(what, where=place(file, head.line), cure="Ask the payer for a REMADV, or for the advice as CSV, PDF or e-mail")


def _check(tail: Segment, have: int, what: str, number: str, file: str) -> None:
    """Check the count and the control number of a closing segment."""
    stated, ends = tail.get(1), tail.get(2)
    if not (stated.isascii() and stated.isdigit() and int(stated[:9]) == have):
        where = place(file, tail.line, tail.name, stated)
        raise InputError(f"{tail.name} counts {stated or 'no'} {what}, the file holds {have}", where=where, cure=_CURE)
    if ends != number:
        where = place(file, tail.line, tail.name, ends)
        raise InputError(f"it begins with reference {number!r} and ends with {ends!r}", where=where, cure=_CURE)


def _advice(message: Sequence[Segment], file: str, units: Units, currency: str) -> Advice:
    heads: list[Segment] = []
    documents: list[_Document] = []
    summary: list[Segment] = []
    part = heads
    for segment in message:
        if segment.name == "DOC" and part is not summary:
            documents.append(_Document(segment))
        elif segment.name == "UNS":
            part = summary
        elif documents and part is not summary:
            _into(documents[-1], segment)
        else:
            part.append(segment)
    stated = next((s.get(1, 2) for s in heads if s.name == "CUX"), "").upper() or currency
    if not units.known(stated):
        raise InputError(
            f"states no known currency ({stated!r})" if stated else "states no currency (CUX)",
            where=place(file, message[0].line),
            cure=_CURE,
        )
    payer = next((s for code in ("PR", "MS") for s in heads if s.name == "NAD" and s.get(1) == code), None)
    reference = next((s.get(1, 2) for code in ("PQ", "AEK", "CT") for s in heads if s.name == "RFF" and s.get(1) == code), "")
    account = next((s.get(2) for s in heads if s.name == "FII" and s.get(1) in ("OR", "PB")), "")
    total = next((s for code in _TOTALS for s in summary if s.name == "MOA" and s.get(1) == code), None)
    bgm = next((s for s in heads if s.name == "BGM"), message[0])
    return Advice(
        number=bgm.get(2) or message[0].get(1), currency=stated, source="REMT", payment_ref=reference,
        documents=[_paid(document, stated, file, units) for document in documents],
        payer_name=(payer.get(4) or payer.get(3) or payer.get(2)) if payer else "", payer_account=account.replace(" ", "").upper(),
        date=_day(heads, ("137",), file), payment_date=_day(heads, ("203", "138", "171", "209"), file),
        amount=_minor(total, stated, file, units) if total else None,
    )  # fmt: skip


def _into(document: _Document, segment: Segment) -> None:
    """Put a segment of a DOC group where it belongs: the first amount of a kind, or the adjustment that an AJT announces."""
    if segment.name == "AJT":
        document.reason = f"code {segment.get(1)}"
    elif segment.name == "FTX" and document.reason:
        document.reason = " ".join(filter(None, (document.reason, *(text for n in (4,) for text in _all(segment, n)))))
        if document.adjustments:
            document.adjustments[-1] = (document.adjustments[-1][0], document.reason)
    elif segment.name == "MOA" and (segment.get(1) in _ADJUSTED or (document.reason and segment.get(1) in document.amounts)):
        document.adjustments.append((segment, document.reason or f"code {segment.get(1)}"))
    elif segment.name == "MOA":
        document.amounts.setdefault(segment.get(1), segment)


def _all(segment: Segment, number: int) -> tuple[str, ...]:
    return segment.elements[number - 1] if number <= len(segment.elements) else ()


def _minor(segment: Segment, currency: str, file: str, units: Units) -> int:
    written = segment.get(1, 2)
    where = place(file, segment.line, f"MOA {segment.get(1)}", written)
    if segment.get(1, 3) not in ("", currency):
        raise InputError(f"an amount in {segment.get(1, 3)} in an advice in {currency}", where=where, cure=_CURE)
    if not _AMOUNT.fullmatch(written):
        raise InputError("is not an amount", where=where, cure=_CURE)
    try:
        return units.minor(Decimal(written.replace(",", ".")), currency)
    except InputError as refused:
        raise InputError(refused.what, where=where, cure=_CURE) from None


def _paid(document: _Document, currency: str, file: str, units: Units) -> PaidDocument:
    """Read the figures of one DOC group, a credit note with a minus."""
    sign = -1 if document.segment.get(1) in _CREDITS else 1

    def first(codes: Sequence[str]) -> int | None:
        """Give the first amount of one of the kinds, in minor units."""
        found = next((document.amounts[code] for code in codes if code in document.amounts), None)
        return None if found is None else sign * _minor(found, currency, file, units)

    net, gross, discount = first(_PAID), first(_DUE), first(_DISCOUNT) or 0
    adjustments = [(-sign * _minor(segment, currency, file, units), reason) for segment, reason in document.adjustments]
    if net is None and gross is None:
        what = "a document has neither an amount remitted (MOA 12) nor an amount due (MOA 9)"
        raise InputError(what, where=place(file, document.segment.line, "DOC", document.segment.get(2)), cure=_CURE)
    if net is None:
        net = (gross or 0) - discount + sum(amount for amount, _ in adjustments)
    if not adjustments and document.reason and gross is not None and gross - discount != net:
        adjustments = [(net - gross + discount, document.reason)]
    name = document.segment.get(2) or NAMELESS
    return fitted(name, net, document.segment.line, gross=gross, discount=discount, adjustments=adjustments)


def _day(found: Sequence[Segment], codes: Sequence[str], file: str) -> date | None:
    for code in codes:
        for segment in found:
            if segment.name == "DTM" and segment.get(1) == code and segment.get(1, 2):
                written = segment.get(1, 2)
                digits = re.match(r"([0-9]{4})([0-9]{2})([0-9]{2})", written)
                try:
                    if not digits:
                        raise ValueError(written)
                    return date(int(digits[1]), int(digits[2]), int(digits[3]))
                except ValueError:
                    raise InputError("is not a day", where=place(file, segment.line, f"DTM {code}", written), cure=_CURE) from None
    return None
