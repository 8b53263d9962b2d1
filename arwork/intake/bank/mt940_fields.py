"""The tagged fields of an MT940: from text to fields with their line numbers, and the grammar of single fields.

Tolerated: SWIFT envelopes, header lines of banks, CR, LF and CRLF, continuation lines, control characters around a
message, a `-` that a line break left alone inside a text. Refused: anything else where a field must stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from arwork.errors import InputError
from arwork.intake.bank.amounts import minor_units, swift_amount
from arwork.money import Units

CURE = "Fetch the file again from the bank; do not edit it"
_TAG = re.compile(r":(20|21|25P?|28C?|60[FM]|61|86|62[FM]|64|65|NS):(.*)")
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9.,]+)")
_BOOKING = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4})?(?P<mark>R?[CD])(?P<funds>[A-Z])?(?P<amount>[0-9][0-9.,]*)"
    r"(?P<type>[NSF][A-Z0-9 ]{3})(?P<rest>.*)"
)
_NO_REFERENCE = ("", "NONREF", "NON REF", "NOTPROVIDED", "KREF", "KREF+", "EREF", "EREF+", "PREF", "MARF", "N")


@dataclass
class Field:
    """One field: its tag, the number of its first line, its lines of text as they stand."""

    tag: str
    number: int
    lines: list[str] = field(default_factory=list)

    def value(self) -> str:
        """Give the first line without blanks around it."""
        return self.lines[0].strip()


@dataclass(frozen=True)
class Balance:
    """An opening or closing balance: signed minor units, currency and day."""

    amount: int
    currency: str
    day: date


@dataclass(frozen=True)
class Booking:
    """Field 61: its days, signed minor units, whether it reverses, transaction type, references, supplementary text."""

    value_date: date
    booking_date: date
    amount: int
    reversal: bool
    type: str
    customer_ref: str
    bank_ref: str
    extra: str


def fields_of(text: str) -> Iterator[Field]:
    """Yield the fields of a file in order; a line without a tag continues the field above it.

    Once the closing balance is there, `-`, `-}` or an envelope ends the message, and lines up to the next field are
    its frame. Before that a `-` alone is text that a line break tore off.
    """
    current: Field | None = None
    closed = True
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        line = raw.strip("\x01\x02\x03\x04\ufeff")
        if closed and re.match(r"\s*(-\}?\s*$|-\}|\}\s*$|\{)", line):
            if current is not None:
                yield current
            current = None
            line = line.rpartition("{4:")[2] if "{4:" in line else ""
        tagged = _TAG.fullmatch(line)
        if tagged:
            if current is not None:
                yield current
            current = Field(tagged[1], number, [tagged[2]])
            closed = (closed or tagged[1].startswith("62")) and tagged[1] != "20"
        elif current is not None:
            current.lines.append(line)
    if current is not None:
        yield current


def swift_day(text: str, where: str) -> date:
    """Read YYMMDD; years 80 to 99 are 1980 to 1999. InputError for a day that no calendar has, such as 30 February."""
    year = int(text[:2])
    try:
        return date(year + (1900 if year >= 80 else 2000), int(text[2:4]), int(text[4:6]))
    except ValueError:
        raise InputError(f"{text!r} is not a day of the calendar", where=where, cure="Ask the bank for a file with real dates") from None


def entry_day(text: str, value_date: date, where: str) -> date:
    """Read MMDD and give it the year that brings it nearest to the value date."""
    found = []
    for year in (value_date.year - 1, value_date.year, value_date.year + 1):
        try:
            found.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    if not found:
        raise InputError(f"{text!r} is not a day of the calendar", where=where, cure="Ask the bank for a file with real dates")
    return min(found, key=lambda day: (abs((day - value_date).days), day))


def balance(of: Field, units: Units, where: str) -> Balance:
    """Read field 60 or 62: `C260331EUR1234,56`."""
    read = _BALANCE.fullmatch(of.value())
    if read is None:
        raise InputError(f"field {of.tag} is not a balance", where=where, cure=CURE)
    sign, day, currency, amount = read.groups()
    minor = minor_units(swift_amount(amount), amount, currency, units, where)
    return Balance(minor if sign == "C" else -minor, currency, swift_day(day, where))


def booking(of: Field, currency: str, units: Units, where: str) -> Booking:
    """Read field 61; a credit and a reversed debit (RD) are money in, a debit and a reversed credit (RC) money out."""
    read = _BOOKING.fullmatch(of.lines[0].rstrip())
    if read is None:
        raise InputError("field 61 is not a booking as SWIFT writes it", where=where, cure=CURE)
    value_date = swift_day(read["value"], where)
    minor = minor_units(swift_amount(read["amount"]), read["amount"], currency, units, where)
    customer, _, bank = read["rest"].partition("//")
    padded = re.split(r"\s{2,}", customer.strip(), maxsplit=1)
    extra = [*padded[1:], *of.lines[1:]]
    return Booking(
        value_date=value_date,
        booking_date=entry_day(read["entry"], value_date, where) if read["entry"] else value_date,
        amount=minor if read["mark"] in ("C", "RD") else -minor,
        reversal=read["mark"].startswith("R"),
        type=read["type"].strip(),
        customer_ref=_reference(padded[0]),
        bank_ref=_reference(bank),
        extra=" ".join(" ".join(extra).split()),
    )


def _reference(text: str) -> str:
    return "" if text.strip().upper() in _NO_REFERENCE else text.strip()
