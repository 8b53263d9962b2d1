"""The records of a BAI lockbox file: fixed columns, and the documents that overflow records name in one of their layouts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.advice import PaidDocument

CURE = "The file is damaged or incomplete: fetch it again from the bank"
WIDTH = 80
_LONGEST = 120
_DIGITS = re.compile(r"[0-9]+")
_LAYOUTS = ((12, 27), (12, 21))
"""First and last column of the invoice number in overflow records; amount and deduction follow, ten columns each."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record and the line on which it stands (its number where there are no lines)."""

    number: int
    text: str
    file: str

    def part(self, first: int, last: int) -> str:
        """Give the characters from `first` to `last`, counted from 1, without blanks at the ends."""
        return self.text[first - 1 : last].strip()

    def figure(self, first: int, last: int, name: str) -> int:
        """Read a count or an amount in cents; InputError where it is not written in digits."""
        written = self.text[first - 1 : last].lstrip(" ")
        if not (written.isascii() and written.isdigit()):
            raise self.refused(f"{name} is not a number", f"{first}-{last}", written)
        return int(written)

    def day(self, first: int, last: int, name: str) -> date:
        """Read a day written YYMMDD; InputError where no calendar has it."""
        written = self.part(first, last)
        if len(written) == 6 and written.isascii() and written.isdigit():
            year = int(written[:2])
            try:
                return date(year + (2000 if year < 80 else 1900), int(written[2:4]), int(written[4:]))
            except ValueError:
                pass
        raise self.refused(f"{name} is not a day (YYMMDD)", f"{first}-{last}", written)

    def refused(self, what: str, columns: str = "", value: object = None) -> InputError:
        """Say what is wrong with this record."""
        return InputError(what, where=place(self.file, self.number, columns, value), cure=CURE)

    def agrees(self, what: str, stated: int, found: int) -> None:
        """Raise InputError where a stated figure is not the one that was found."""
        if stated != found:
            raise self.refused(f"{what}: stated {stated}, found {found}")


def records(text: str, file: str) -> Iterator[Record]:
    """Give the records one by one: a line each, or pieces of 80 characters where the file has no lines."""
    end = "\n" if "\n" in text else "\r"
    at, number, count = 0, 0, 0
    while at < len(text):
        stop = text.find(end, at)
        stop = len(text) if stop < 0 else stop
        line, at, number = text[at:stop].rstrip(" \t\r\x1a"), stop + 1, number + 1
        if len(line) <= _LONGEST:
            if line:
                count += 1
                yield Record(number, line, file)
            continue
        if number > 1:
            raise InputError(f"a record of {len(line)} characters", where=place(file, number, value=line), cure=CURE)
        for start in range(0, len(line), WIDTH):
            count += 1
            yield Record(count, line[start : start + WIDTH].rstrip(), file)


def cheque(record: Record) -> tuple[str, str, str]:
    """Give number of the cheque, name of the payer and further text of a payment record.

    The number has nine digits and what follows is text; or it has ten, and behind it stand the day of the cheque (MMDDYY),
    the payer (30) and the payee (20). Digits that could be read either way are text.
    """
    tail = record.text[36:]
    digits = _DIGITS.match(tail)
    run = len(digits[0]) if digits else 0
    if run == 16 and "01" <= tail[10:12] <= "12" and "01" <= tail[12:14] <= "31" and tail[16:].strip():
        told = f"cheque dated {tail[10:12]}/{tail[12:14]}/{tail[14:16]} to {tail[46:66].strip()}" if tail[46:66].strip() else ""
        return tail[:10].lstrip("0"), tail[16:46].strip(), " ".join(told.split())
    if run <= 10 and (run < 10 or not tail[10:].strip()):
        return tail[:run].lstrip("0"), "", " ".join(tail[run:].split())
    return "", "", " ".join(tail.split())


def documents(overflow: Sequence[Record], paid: int) -> list[PaidDocument]:
    """Read the documents that a cheque pays from its overflow records; nothing where no layout makes the cheque.

    Invoice number (16 or 10 columns), amount and deduction follow each other. The amounts, with or without the deductions
    taken off, must add up to the cheque; where they do in two ways that differ, none is taken.
    """
    found: list[list[PaidDocument]] = []
    for first, last in _LAYOUTS:
        rows = [_amounts(record, first, last) for record in overflow]
        named = [(name, amount, held, str(r.number)) for (name, amount, held), r in zip(rows, overflow, strict=True) if name]
        if len(named) != len(rows) or not named:
            continue
        for net_of in (False, True):
            made = [
                PaidDocument(name, amount if net_of else amount + held, 0, held, amount - held if net_of else amount, line)
                for name, amount, held, line in named
            ]
            if sum(document.net for document in made) == paid and made not in found:
                found.append(made)
    return found[0] if len(found) == 1 else []


def _amounts(record: Record, first: int, last: int) -> tuple[str, int, int]:
    """Give invoice number, amount and deduction of an overflow record in one layout, or no number where they are not there."""
    name, amount, held = record.part(first, last), record.text[last : last + 10], record.text[last + 10 : last + 20].strip()
    for figure in (amount, held or "0" * 10):
        if not (len(figure) == 10 and figure.isascii() and figure.isdigit()):
            return "", 0, 0
    return name, int(amount), int(held or 0)
