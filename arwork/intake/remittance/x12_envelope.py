"""The envelope of X12: delimiters from ISA, and every control number and count of IEA, GE and SE checked (LD-10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arwork.errors import InputError, place
from arwork.intake.remittance.x12 import Segment, segments

_CURE = "The file is damaged or incomplete: ask the payer to send it again"
_NAMES = {
    "270": "eligibility inquiry", "271": "eligibility response", "276": "claim status request", "277": "claim status response",
    "278": "health care services review", "810": "invoice", "812": "credit or debit adjustment", "822": "account analysis",
    "823": "lockbox", "824": "application advice", "827": "financial return notice", "828": "debit authorization",
    "831": "application control totals", "834": "benefit enrolment", "835": "health care claim payment", "837": "health care claim",
    "850": "purchase order", "855": "purchase order acknowledgement", "856": "ship notice", "997": "functional acknowledgement",
    "999": "implementation acknowledgement",
}  # fmt: skip


@dataclass(frozen=True)
class TransactionSet:
    """One transaction set of an interchange: its segments from ST to SE, its number, and the version of its group."""

    number: str
    version: str
    found: Sequence[Segment]


def transaction_sets(text: str, file: str) -> list[TransactionSet]:
    """Split a file into its 820 transaction sets, one interchange after the other.

    Raises InputError where a set is no 820 (it is named), a control number or count does not agree, or an end is missing.
    """
    found: list[TransactionSet] = []
    at, line = 0, 1
    while (start := _past_blanks(text, at)) < len(text):
        line += text.count("\n", at, start)
        element, terminator = _delimiters(text, start, place(file, line))
        # The next interchange may use other delimiters, so this one ends after its own IEA.
        end = _end(text, start, element, terminator)
        found += _interchange(segments(text[start:end], element, terminator, line), file)
        line += text.count("\n", start, end)
        at = end
    return found


def _past_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n\x1a":
        at += 1
    return at


def _delimiters(text: str, start: int, where: str) -> tuple[str, str]:
    """Read the element separator and the terminator that ISA itself shows."""
    if not text.startswith("ISA", start) or len(text) < start + 4 or text[start + 3].isalnum():
        raise InputError("something other than an interchange (ISA) follows", where=where, cure=_CURE)
    element, at = text[start + 3], start + 3
    for _ in range(15):
        at = text.find(element, at + 1)
        if at < 0 or at > start + 200:
            raise InputError("the interchange header (ISA) has not its 16 elements", where=where, cure=_CURE)
    terminator = text[at + 2 : at + 3]
    if not terminator or terminator.isalnum() or terminator in (" ", element):
        raise InputError("the interchange header (ISA) does not end with a segment terminator", where=where, cure=_CURE)
    return element, "\n" if terminator == "\r" and text[at + 3 : at + 4] == "\n" else terminator


def _end(text: str, start: int, element: str, terminator: str) -> int:
    """Find where the interchange ends: after its IEA, or with the text."""
    at = start
    while (at := text.find(terminator, at)) >= 0:
        begin = _past_blanks(text, at + 1)
        if text.startswith("IEA" + element, begin):
            last = text.find(terminator, begin)
            return last + 1 if last >= 0 else len(text)
        at = max(begin, at + 1)
    return len(text)


def _interchange(found: Sequence[Segment], file: str) -> Iterator[TransactionSet]:
    """Check one interchange level by level and yield its transaction sets."""
    isa, ended = found[0], found[-1]
    _named(found, file)
    if ended.name != "IEA":
        raise InputError("the file ends before the interchange does (IEA is missing)", where=place(file, ended.line), cure=_CURE)
    groups = list(_blocks(found[1:-1], "GS", "GE", ("TA1",), file))
    _agree(isa, 13, ended, 2, "interchange", file)
    _count(ended, 1, len(groups), "groups", file)
    for group in groups:
        _agree(group[0], 6, group[-1], 2, "group", file)
        sets = list(_blocks(group[1:-1], "ST", "SE", (), file))
        _count(group[-1], 1, len(sets), "transaction sets", file)
        for one in sets:
            _agree(one[0], 2, one[-1], 2, "transaction set", file)
            _count(one[-1], 1, len(one), "segments", file)
            yield TransactionSet(f"{isa.get(13)}/{group[0].get(6)}/{one[0].get(2)}", group[0].get(8), one)


def _named(found: Sequence[Segment], file: str) -> None:
    """Refuse a transaction set other than the 820, by name."""
    for segment in found:
        code = segment.get(1)
        if segment.name == "ST" and code != "820":
            name = _NAMES.get(code, "")
            raise InputError(
                f"this is an X12 {code}{', ' + name if name else ''}, not a remittance advice that arwork reads",
                where=place(file, segment.line), cure="Ask the payer for an X12 820, or for the advice as CSV, PDF or e-mail",
            )  # fmt: skip


def _blocks(found: Sequence[Segment], opens: str, closes: str, between: Sequence[str], file: str) -> Iterator[list[Segment]]:
    """Cut segments into blocks from an opening to its closing one; InputError where one is missing or something lies between."""
    block: list[Segment] = []
    for segment in found:
        if not block and segment.name in between:
            continue
        if (segment.name == opens) != (not block):
            what = f"{opens} where {closes} should come first" if block else f"{segment.name} stands outside {opens} and {closes}"
            raise InputError(what, where=place(file, segment.line), cure=_CURE)
        block.append(segment)
        if segment.name == closes:
            yield block
            block = []
    if block:
        raise InputError(f"{closes} is missing for {opens}", where=place(file, block[0].line), cure=_CURE)


def _same(one: str, other: str) -> bool:
    """Compare control numbers: leading zeros and blanks say nothing."""
    return one == other or (one.isdigit() and other.isdigit() and one.lstrip("0") == other.lstrip("0"))


def _agree(head: Segment, number: int, tail: Segment, other: int, what: str, file: str) -> None:
    if not _same(head.get(number), tail.get(other)):
        raise InputError(
            f"the {what} begins with control number {head.get(number)!r} and ends with {tail.get(other)!r}",
            where=place(file, tail.line, f"{tail.name}{other:02d}", tail.get(other)), cure=_CURE,
        )  # fmt: skip


def _count(tail: Segment, number: int, have: int, what: str, file: str) -> None:
    stated = tail.get(number)
    if not (stated.isascii() and stated.isdigit() and int(stated[:9]) == have):
        raise InputError(
            f"{tail.name} counts {stated or 'no'} {what}, the file holds {have}",
            where=place(file, tail.line, f"{tail.name}{number:02d}", stated), cure=_CURE,
        )  # fmt: skip
