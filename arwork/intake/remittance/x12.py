"""X12 820, payment order and remittance advice: segments to the documents paid (T09; RMR, RMT, ADX, ENT loops).

An RMR pays a document: 02 its number, 04 the amount paid, 05 the invoice amount, 06 the discount taken, 07 and 08 an
adjustment. An ADX inside its loop explains why 04 is not 05 less 06; an ADX before any RMR of its ENT stands alone and
changes the payment by its own amount. X12 is an American standard: without a CUR segment amounts are US dollars, or
Canadian ones where the bank number is a Canadian one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from arwork.errors import InputError, place
from arwork.intake.advice import NAMELESS, SURE, Advice, PaidDocument, fitted
from arwork.money import Units

UNSURE = 940_000
"""Confidence of a line whose adjustment can be read with either sign (G-16)."""
_CURE = "Ask the payer to send the advice again"
_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})")
_REASONS = {
    "01": "pricing error", "03": "extension error", "04": "item not accepted, damaged", "05": "item not accepted, quality",
    "06": "quantity contested", "07": "incorrect product", "08": "substitute product", "09": "terms of sale error",
    "10": "pallet or container charge error", "11": "returns, damage", "12": "returns, quality", "13": "returns, dating",
    "14": "returns, promotion", "15": "returns, recall", "16": "non-invoice related allowance or charge",
    "17": "required data missing", "18": "not company bill", "19": "duplicate billing", "20": "balance due declined",
    "21": "shipping and freight", "26": "invoice cancelled", "50": "late charge", "51": "interest penalty charge",
    "52": "credit for previous overpayment", "53": "remittance for previous underpayment", "55": "tax deducted",
    "57": "volume discount", "59": "item not received", "75": "total deductions", "80": "overpayment", "81": "credit as agreed",
    "86": "duplicate payment", "CM": "covered by credit memo", "CS": "adjustment", "ZZ": "mutually defined",
}  # fmt: skip
_OWN_DOCUMENT = ("CM", "DB", "DM", "CB", "BM", "CR")


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its name, its elements (the first is element 01), and the line on which it starts."""

    name: str
    elements: tuple[str, ...]
    line: str

    def get(self, number: int) -> str:
        """Give an element by its number in the standard, from 1; "" when the segment ends before it."""
        return self.elements[number - 1] if number <= len(self.elements) else ""


@dataclass
class _Open:
    """An RMR, RMT or ADX whose loop is still being read."""

    segment: Segment
    alone: bool = False
    references: list[str] = field(default_factory=list)
    adjustments: list[Segment] = field(default_factory=list)


@dataclass(frozen=True)
class Context:
    """What amounts are read with: file, currency, decimals, and what comes before a line number in a place."""

    file: str
    currency: str
    units: Units
    before: str = ""

    def at(self, segment: Segment) -> str:
        """Name the line of a segment as `source_line` states it."""
        return self.before + segment.line

    def where(self, segment: Segment, number: int) -> str:
        """Name the place of an element for a message."""
        return place(self.file, self.at(segment), f"{segment.name}{number:02d}", segment.get(number))


def segments(text: str, element: str = "*", terminator: str = "~", first_line: int = 1) -> list[Segment]:
    """Split text into segments; blanks and line breaks around a segment are no part of it."""
    found, line = [], first_line
    for part in text.split(terminator):
        lead = len(part) - len(part.lstrip(" \t\r\n"))
        start = line + part.count("\n", 0, lead)
        line += part.count("\n") + (terminator == "\n")
        name, *elements = part.strip(" \t\r\n").split(element)
        if name:
            found.append(Segment(name.strip().upper(), tuple(value.strip() for value in elements), str(start)))
    return found


def bare_segments(text: str, first_line: int = 1) -> list[Segment]:
    r"""Split segments that come without an envelope, such as the addenda of a CTX or CCD+ entry: `RMR*IV*4711**10\`.

    The element separator is what follows the first name, the terminator the first of `\`, `~`, `'` or line end that ends
    a segment there; text that begins with ISA names its own.
    """
    if text.startswith("ISA") and len(text) > 105:
        return segments(text, text[3], text[105], first_line)
    named = re.match(r"\s*[A-Z][A-Z0-9]{1,2}([^A-Za-z0-9\s])", text)
    element = named[1] if named else "*"
    terminator = next((mark for mark in ("\\", "~", "'", "\n") if mark != element and mark in text), "\n")
    return segments(text, element, terminator, first_line)


def amount(segment: Segment, number: int, context: Context) -> int | None:
    """Read an element as minor units; None when it is blank, InputError when it is no amount of the currency."""
    written = segment.get(number)
    if not written:
        return None
    try:
        if _AMOUNT.fullmatch(written):
            return context.units.minor(Decimal(written), context.currency)
        raise InputError(f"{segment.name}{number:02d} is not an amount")
    except InputError as refused:
        raise InputError(refused.what, where=context.where(segment, number), cure=_CURE) from None


def paid_documents(found: Sequence[Segment], context: Context, total: int | None = None) -> list[PaidDocument]:
    """Read the documents that segments pay: RMR, RMT and ADX with what follows each; other segments are passed over.

    `total` is the amount of the payment, where known: it tells whether an adjustment that the paid amount of its RMR does
    not contain comes on top. Raises InputError for an amount that cannot be read, or an RMR without any amount.
    """
    loops: list[_Open] = []
    current: _Open | None = None
    last_adx = False
    for segment in found:
        if segment.name in ("RMR", "RMT") or (segment.name == "ADX" and (current is None or current.alone)):
            current = _Open(segment, alone=segment.name == "ADX")
            loops.append(current)
            last_adx = False
        elif segment.name == "ADX" and current is not None:
            current.adjustments.append(segment)
            last_adx = True
        elif segment.name in ("ENT", "SE", "ST"):
            current = None
        elif segment.name == "REF" and current is not None and not last_adx:
            current.references.append(segment.get(2))
    documents = [_alone(loop, context) if loop.alone else _paid(loop, context) for loop in loops]
    return _on_top(loops, documents, context, total)


def _on_top(loops: Sequence[_Open], documents: list[PaidDocument], context: Context, total: int | None) -> list[PaidDocument]:
    """Take adjustments off the paid amounts where only then the documents make the payment."""
    extra = [sum(amount(adx, 1, context) or 0 for adx in loop.adjustments) for loop in loops]
    have = sum(document.net for document in documents)
    if total is None or have == total or not any(extra) or have + sum(extra) != total:
        return documents
    return [
        fitted(d.document, d.net + more, d.source_line, gross=d.gross, discount=d.discount,
               adjustments=_adjustments(loop, context), confidence=d.confidence) if more else d
        for loop, d, more in zip(loops, documents, extra, strict=True)
    ]  # fmt: skip


def reason_of(code: str) -> str:
    """Say an adjustment reason code (X12 element 426) in words, with the code."""
    return f"{code} {_REASONS[code]}" if code in _REASONS else f"code {code}" if code else ""


def _adjustments(loop: _Open, context: Context) -> list[tuple[int, str]]:
    """Read the adjustments inside the loop of a document; a reference other than the document's own goes with the reason."""
    own = ("", loop.segment.get(2))
    return [
        (amount(adx, 1, context) or 0, " ".join(filter(None, (reason_of(adx.get(2)), adx.get(4) if adx.get(4) not in own else ""))))
        for adx in loop.adjustments
    ]


def _paid(loop: _Open, context: Context) -> PaidDocument:
    segment = loop.segment
    columns = (4, 5, 6, 8, 7) if segment.name == "RMR" else (3, 4, 7, 8, 9)
    net, gross, discount, adjusted = (amount(segment, n, context) for n in columns[:4])
    if net is None and gross is None:
        what = f"an {segment.name} states no amount"
        raise InputError(what, where=place(context.file, context.at(segment), segment.name, segment.get(2)), cure=_CURE)
    adjustments = _adjustments(loop, context)
    if adjusted:
        adjustments.insert(0, (adjusted, reason_of(segment.get(columns[4]))))
    if net is None:
        net = (gross or 0) - (discount or 0) + sum(change for change, _ in adjustments)
        sure = not adjustments
    else:
        sure = gross is not None or not adjustments
    document = segment.get(2) or next(filter(None, loop.references), NAMELESS)
    return fitted(
        document, net, context.at(segment), gross=gross, discount=discount or 0, adjustments=adjustments,
        confidence=SURE if sure else UNSURE,
    )  # fmt: skip


def _alone(loop: _Open, context: Context) -> PaidDocument:
    """Make a line of an adjustment that stands alone: a credit memo is a document, anything else a deduction from one."""
    adx = loop.segment
    change = amount(adx, 1, context)
    if change is None:
        raise InputError("an ADX states no amount", where=context.where(adx, 1), cure=_CURE)
    document = adx.get(4) or next(filter(None, loop.references), "") or f"adjustment {adx.get(2)}".strip()
    if adx.get(3) in _OWN_DOCUMENT:
        return PaidDocument(document, change, 0, 0, change, context.at(adx), reason_of(adx.get(2)))
    return PaidDocument(document, 0, 0, -change, change, context.at(adx), reason_of(adx.get(2)))


def transaction(found: Sequence[Segment], number: str, file: str, units: Units, currency: str = "") -> Advice:
    """Read one 820 from ST to SE as an advice; `number` names it where it has no trace number.

    `currency` wins over the dollar where the set states none. Raises InputError for an amount or date that cannot be read.
    """
    heads = {segment.name: segment for segment in reversed(found) if segment.name in ("BPR", "TRN", "CUR")}
    bpr, trace = heads.get("BPR"), heads["TRN"].get(2) if "TRN" in heads else ""
    stated = heads["CUR"].get(2).upper() if "CUR" in heads else ""
    canadian = bpr is not None and "04" in (bpr.get(6), bpr.get(12))
    context = Context(file, stated or currency or ("CAD" if canadian else "USD"), units)
    if not units.known(context.currency):
        raise InputError(f"unknown currency {context.currency!r}", where=context.where(heads["CUR"], 2), cure=_CURE)
    total = amount(bpr, 2, context) if bpr else None
    account = "/".join(filter(None, (bpr.get(7), bpr.get(9)))).replace(" ", "").upper() if bpr else ""
    return Advice(
        number=trace or number, currency=context.currency, source="EDI820", documents=paid_documents(found, context, total),
        payment_ref=trace, trace_no=trace, payer_name=_payer(found), payer_account=account,
        payment_date=_day(bpr, 16, context) if bpr else None, amount=total,
    )  # fmt: skip


def _payer(found: Sequence[Segment]) -> str:
    """Name the payer: the first N1 with code PR before any ENT."""
    for segment in found:
        if segment.name == "ENT":
            break
        if segment.name == "N1" and segment.get(1) == "PR":
            return segment.get(2)
    return ""


def _day(segment: Segment, number: int, context: Context) -> date | None:
    written = segment.get(number)
    if not written:
        return None
    six = re.fullmatch(r"([0-9]{2})([0-9]{2})([0-9]{2})", written)
    eight = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", written)
    try:
        if eight:
            return date(int(eight[1]), int(eight[2]), int(eight[3]))
        if six:
            return date(int(six[1]) + (2000 if int(six[1]) < 80 else 1900), int(six[2]), int(six[3]))
        raise ValueError(written)
    except ValueError:
        raise InputError("is not a day written year, month, day", where=context.where(segment, number), cure=_CURE) from None
