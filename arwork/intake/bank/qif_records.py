"""The records of a QIF file: one letter a line, `^` at the end of a record, `!` headings; and its dates (1.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from arwork.errors import InputError, place

CURE = "Export the file again; do not edit it"
_DATE = re.compile(r"([0-9]{1,4})\s*([/.-])\s*([0-9]{1,2})\s*([/.'-])\s*([0-9]{1,4})")


@dataclass
class Record:
    """One record: its heading such as `TYPE:BANK`, its first line, its lines by letter with their numbers."""

    heading: str
    number: int
    fields: list[tuple[str, str, int]] = field(default_factory=list)

    def value(self, letter: str) -> str:
        """Give the first line with a letter, without the letter, or ""."""
        return next((text for mark, text, _ in self.fields if mark == letter), "")

    def values(self, letter: str) -> list[tuple[str, int]]:
        """Give all lines with a letter, with their numbers."""
        return [(text, number) for mark, text, number in self.fields if mark == letter]

    def where(self, file: str, letter: str) -> str:
        """Name the place of a line for a message."""
        number = next((n for mark, _, n in self.fields if mark == letter), self.number)
        return place(file, number, value=f"{letter}{self.value(letter)}" if self.value(letter) else None)


def records(text: str, file: str) -> Iterator[Record]:
    """Yield the records in order, each with the heading above it; InputError where the file ends inside a record."""
    heading, current = "", None
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        line = raw.strip("\x1a\ufeff").rstrip()
        if not line.strip():
            continue
        if line.startswith("!"):
            if current is not None:
                raise InputError("a record ends without ^", where=place(file, current.number), cure=CURE)
            heading = " ".join(line[1:].upper().split()).replace(": ", ":")
        elif line.strip() == "^":
            if current is not None:
                yield current
            current = None
        else:
            current = current or Record(heading, number)
            current.fields.append((line[0].upper(), line[1:].strip(), number))
    if current is not None:
        raise InputError("the last record ends without ^: the file is cut off", where=place(file, current.number), cure=CURE)


def day_first(written: Sequence[tuple[str, str]]) -> bool:
    """Find which of two numbers is the day, over all dates of the file (date, place); InputError when nothing shows it.

    Dates with points, and those that begin with the year, leave no doubt.
    """
    first, second, doubtful = "", "", ""
    for text, where in written:
        read = _DATE.fullmatch(text)
        if read is None:
            raise InputError(f"{text!r} is not a date", where=where, cure=CURE)
        if len(read[1]) > 2:
            continue
        if int(read[1]) > 12 or read[2] == ".":
            first = first or where
        elif int(read[3]) > 12:
            second = second or where
        elif int(read[1]) != int(read[3]):
            doubtful = doubtful or where
    if first and second:
        raise InputError("dates stand in two orders, day first and month first", where=f"{first} and {second}", cure=CURE)
    if doubtful and not first and not second:
        what = "no date of the file shows whether the day or the month stands first"
        raise InputError(what, where=doubtful, cure="Export a longer period, or as OFX or camt.053")
    return not second


def day_of(text: str, days_first: bool, where: str) -> date:
    """Read a date; an apostrophe marks years from 2000, other years of two digits are 1980 to 2079."""
    read = _DATE.fullmatch(text)
    if read is None:
        raise InputError(f"{text!r} is not a date", where=where, cure=CURE)
    one, two, three = int(read[1]), int(read[3]), int(read[5])
    if len(read[1]) > 2:
        year, month, day = one, two, three
    else:
        day, month = (one, two) if days_first else (two, one)
        year = three if len(read[5]) > 2 else 2000 + three if read[4] == "'" or three < 80 else 1900 + three
    try:
        return date(year, month, day)
    except ValueError:
        raise InputError(f"{text!r} is not a day of the calendar", where=where, cure=CURE) from None
