"""Records of fixed width as bank manuals describe them: positions counted from 1, figures and days read by strict grammar.

Tolerated: blank lines, blanks missing at the end of a record or standing beyond its width, files without line ends.
Every refusal names the line, the positions and what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from arwork.errors import InputError, place
from arwork.intake.bank.amounts import minor_units
from arwork.money import Units

CURE = "The file is damaged or incomplete: fetch it again from the bank, unchanged"
_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|\Z)")
_NO_TEXT = "\x00\x01\x02\x03\x04\x1a\x1e\ufeff"
_UNIT_OF_SIGN = {sign: (digit, 1) for digit, sign in enumerate("{ABCDEFGHI")} | {
    sign: (digit, -1) for digit, sign in enumerate("}JKLMNOPQR")
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the line it stands on, its text filled up with blanks to its width, and the file for messages."""

    number: int
    text: str
    file: str

    def part(self, first: int, last: int) -> str:
        """Give the characters from `first` to `last` without blanks at the ends."""
        return self.text[first - 1 : last].strip()

    def words(self, first: int, last: int) -> str:
        """Give the text from `first` to `last` with its padding squeezed."""
        return " ".join(self.text[first - 1 : last].split())

    def refused(self, what: str, first: int = 0, last: int = 0) -> InputError:
        """Say what is wrong with this record, and where; positions 0 stand for the whole record."""
        columns = f"{first}-{last}" if first else ""
        value = self.text[first - 1 : last] if first else self.text.rstrip()
        return InputError(what, where=place(self.file, self.number, columns, value), cure=CURE)

    def digits(self, first: int, last: int, name: str) -> str:
        """Give a field that holds digits only; InputError otherwise."""
        written = self.text[first - 1 : last]
        if not (written.isascii() and written.isdigit()):
            raise self.refused(f"{name} is not written in digits", first, last)
        return written

    def figure(self, first: int, last: int, name: str) -> int:
        """Read a whole number that may be filled up with blanks on the left; InputError otherwise."""
        written = self.text[first - 1 : last].lstrip(" ")
        if not (written.isascii() and written.isdigit()):
            raise self.refused(f"{name} is not a number", first, last)
        return int(written)

    def told(self, first: int, last: int) -> int | None:
        """Read a whole number that only informs; None where none is written."""
        written = self.part(first, last)
        return int(written) if written.isascii() and written.isdigit() else None

    def day(self, first: int, last: int, order: str, name: str) -> date:
        """Read a day; `order` is ymd or dmy, six digits or eight. InputError where it is no day of the calendar."""
        written = self.digits(first, last, name)
        year = len(written) - 4
        parts = (written[:year], written[year:-2], written[-2:]) if order == "ymd" else (written[4:], written[2:4], written[:2])
        try:
            return date(full_year(parts[0]), int(parts[1]), int(parts[2]))
        except ValueError:
            raise self.refused(f"{name} is not a day of the calendar", first, last) from None

    def day_or(self, first: int, last: int, order: str, name: str, otherwise: date) -> date:
        """Read a day that may be left blank or zero; then `otherwise` stands in for it."""
        return self.day(first, last, order, name) if self.part(first, last).strip("0") else otherwise

    def money(self, first: int, last: int, currency: str, units: Units, decimals: int = 2, name: str = "the amount") -> int:
        """Read an unsigned amount with implied decimals, to minor units; InputError where it cannot be kept exactly."""
        written = Decimal(self.figure(first, last, name)).scaleb(-decimals)
        return minor_units(written, "", currency, units, place(self.file, self.number, f"{first}-{last}", self.text[first - 1 : last]))

    def signed_money(self, first: int, last: int, currency: str, units: Units, decimals: int) -> int:
        """Read an amount whose last digit also carries the sign ({ABC… plus, }JKL… minus), to minor units."""
        body, sign = self.text[first - 1 : last - 1].lstrip(" ") or "0", self.text[last - 1 : last]
        if not (body.isascii() and body.isdigit() and sign in _UNIT_OF_SIGN):
            raise self.refused("the amount is not written with a signed last digit", first, last)
        digit, direction = _UNIT_OF_SIGN[sign]
        written = Decimal(direction * (int(body) * 10 + digit)).scaleb(-decimals)
        return minor_units(written, "", currency, units, place(self.file, self.number, f"{first}-{last}", self.text[first - 1 : last]))

    def agrees(self, what: str, stated: object, found: object) -> None:
        """Raise InputError where a stated figure is not the one that was found."""
        if stated != found:
            raise InputError(f"{what}: stated {stated}, found {found}", where=place(self.file, self.number), cure=CURE)


def full_year(text: str) -> int:
    """Give the year of two digits: 80 to 99 are 1980 to 1999; four digits stand as they are."""
    year = int(text)
    if len(text) == 2:
        return year + (1900 if year >= 80 else 2000)
    return year


def records(text: str, file: str, width: int) -> Iterator[Record]:
    """Give the records one by one; a line of several records is cut into them (files without line ends) and numbered on.

    InputError for a line that is longer than a record and shorter than two.
    """
    added = 0
    for number, found in enumerate(_LINE.finditer(text), start=1):
        line = found[1].strip(_NO_TEXT)
        if not line.strip():
            continue
        if len(line.rstrip()) <= width:
            yield Record(number + added, line[:width].ljust(width), file)
            continue
        if len(line) < 2 * width:
            raise _too_long(line, number, file, width)
        for at in range(0, len(line), width):
            yield Record(number + added, line[at : at + width].ljust(width), file)
            added += 1
        added -= 1


def _too_long(line: str, number: int, file: str, width: int) -> InputError:
    return InputError(f"the line has {len(line)} characters where a record has {width}", where=place(file, number, value=line), cure=CURE)


def iban(country: str, national: str) -> str:
    """Make the IBAN of a national account number by its check digits (mod 97); "" where a character has no place in one."""
    bare = re.sub(r"\s", "", national).upper()
    if not re.fullmatch(r"[A-Z0-9]{5,30}", bare):
        return ""
    spelled = "".join(str(int(character, 36)) for character in bare + country + "00")
    return f"{country}{98 - int(spelled) % 97:02d}{bare}"


def plural(count: int, word: str) -> str:
    """Write a count with its word: `1 line`, `2 lines`."""
    return f"{count} {word}{'' if count == 1 else 's'}"
