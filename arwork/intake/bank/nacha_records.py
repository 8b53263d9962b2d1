"""The records of an ACH file: 94 characters each, on lines or without line ends, and the figures in them."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from arwork.errors import InputError, place

WIDTH = 94
CURE = "The file is damaged or incomplete: fetch it again from the bank"


@dataclass(frozen=True, slots=True)
class Record:
    """One record, filled up to 94 characters, and the line on which it stands (its number where there are no lines)."""

    number: int
    text: str
    file: str

    def part(self, first: int, last: int) -> str:
        """Give the characters from `first` to `last`, counted from 1 as the standard does, without blanks at the ends."""
        return self.text[first - 1 : last].strip()

    def figure(self, first: int, last: int, name: str) -> int:
        """Read a count, hash or amount in cents; InputError where it is not written in digits."""
        written = self.text[first - 1 : last].lstrip(" ")
        if not (written.isascii() and written.isdigit()):
            raise self.refused(f"{name} is not a number", f"{first}-{last}", self.text[first - 1 : last])
        return int(written)

    def day(self, first: int, last: int, name: str) -> date | None:
        """Read a day written YYMMDD, or None where it is blank or zeros; InputError where no calendar has it."""
        written = self.part(first, last)
        if not written.strip("0"):
            return None
        if not (len(written) == 6 and written.isascii() and written.isdigit()):
            raise self.refused(f"{name} is not a date (YYMMDD)", f"{first}-{last}", written)
        year = int(written[:2])
        try:
            return date(year + (2000 if year < 80 else 1900), int(written[2:4]), int(written[4:]))
        except ValueError:
            raise self.refused(f"{name} is not a day of the calendar", f"{first}-{last}", written) from None

    def refused(self, what: str, columns: str = "", value: object = None) -> InputError:
        """Say what is wrong with this record."""
        return InputError(what, where=place(self.file, self.number, columns, value), cure=CURE)

    def agrees(self, what: str, stated: int, found: int) -> None:
        """Raise InputError where a stated figure is not the one that was found."""
        if stated != found:
            raise self.refused(f"{what}: stated {stated}, found {found}")


def settled(written: str, near: date) -> date | None:
    """Read the settlement day (day of the year, 001 to 366) of the year that lies nearest to another day; None where blank."""
    if not (len(written) == 3 and written.isascii() and written.isdigit()) or not 1 <= int(written) <= 366:
        return None
    days = [
        date(year, 1, 1) + timedelta(days=int(written) - 1)
        for year in (near.year - 1, near.year, near.year + 1)
        if 1 <= year <= 9999 and (int(written) < 366 or calendar.isleap(year))
    ]
    return min(days, key=lambda day: abs(day - near), default=None)


def records(text: str, file: str) -> Iterator[Record]:
    """Give the records one by one: a line each, or pieces of 94 characters where lines are longer; blank lines are skipped."""
    end = "\n" if "\n" in text else "\r"
    at, number, count = 0, 0, 0
    while at < len(text):
        stop = text.find(end, at)
        stop = len(text) if stop < 0 else stop
        line, at, number = text[at:stop].rstrip(" \t\r\x1a"), stop + 1, number + 1
        if len(line) <= WIDTH:
            if line:
                count += 1
                yield Record(number, line.ljust(WIDTH), file)
            continue
        for start in range(0, len(line), WIDTH):
            count += 1
            piece = line[start : start + WIDTH]
            if piece[0] not in "156789" or (len(piece) < 55 and piece.strip("9")):
                what = f"a record has {len(line)} characters, where {WIDTH} are the rule"
                raise InputError(what, where=place(file, number, value=line[WIDTH:]), cure=CURE)
            yield Record(count, piece.ljust(WIDTH), file)
