"""The tagged fields of MT940, MT942 and MT950: from text to fields with their line numbers, and the grammar of single fields.

Tolerated: SWIFT envelopes, header lines of banks, CR, LF, CRLF and `@@` between lines, continuation lines, control
characters around a message, a `-` that a line break left alone inside a text. Refused: anything else where a field must stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from arwork.errors import InputError
from arwork.intake.bank.amounts import minor_units, swift_amount
from arwork.money import Units

CURE = "Fetch the file again from the bank; do not edit it"
_TAG = re.compile(r"[ \t]*:(13D?|20|21|25P?|28C?|34F|60[FM]|61|86|62[FM]|64|65|90[CD]|NS):(.*)")
_TORN_TIME = re.compile(r"[ \t]*:(13|20|21|25|28):[0-5][0-9](?![0-9]).*")
_FRAME = re.compile(r"\s*(-\}?\s*$|-\}|-\+@[0-9]+@|\}\s*$|\{)")
_BALANCE = re.compile(r"([CD])\s*([0-9]{6})\s*([A-Z]{3})\s*([0-9.,]+)")
_BOOKING = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4}|[ ]{4})?\s*(?P<mark>[RE]?[CD])(?P<funds>[A-Z])?\s*(?P<amount>[0-9.,]*[0-9][0-9.,]*)"
    r"\s*(?P<type>[NSF](?!ONREF)[A-Z0-9 -]{3})?(?P<rest>.*)",
    re.IGNORECASE,
)
_WRAPPED = 3
"""Lines of field 61 that a wrap may have torn the booking over."""
_REFERENCE_WIDTH = 16
_NO_REFERENCE = ("", "NONREF", "NON REF", "NOTPROVIDED", "KREF", "KREF+", "EREF", "EREF+", "MREF", "MREF+", "PREF", "MARF", "N")


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
    """Field 61: its days, signed minor units, whether it reverses or is only expected, type, references, further text.

    `name` is what old Rabobank files write behind the 16 columns of the reference. `moved` is a value date that no
    calendar has, such as 30 February.
    """

    value_date: date
    booking_date: date
    amount: int
    reversal: bool
    expected: bool
    type: str
    customer_ref: str
    bank_ref: str
    name: str
    extra: str
    moved: str


def fields_of(text: str) -> Iterator[Field]:
    """Yield the fields of a file in order; a line without a tag continues the field above it.

    Once the closing balance or the counts are there, `-`, `-}` or an envelope ends the message, and lines up to the next
    field are its frame. Before that a `-` alone is text that a line break tore off, and so is the rest of a time (`:20:37`).
    """
    current: Field | None = None
    closed = True
    for number, raw in enumerate(re.split(r"\r\n|\n|\r|@@(?=:|-)", text), start=1):
        line = raw.strip("\x01\x02\x03\x04\ufeff")
        if closed and _FRAME.match(line):
            if current is not None:
                yield current
            current = None
            line = line.rpartition("{4:")[2] if "{4:" in line else ""
        tagged = _TAG.fullmatch(line)
        if tagged and not closed and current is not None and current.tag in ("61", "86", "NS") and _TORN_TIME.fullmatch(line):
            tagged = None
        if tagged:
            if current is not None:
                yield current
            current = Field(tagged[1], number, [tagged[2]])
            closed = (closed or tagged[1][:2] in ("62", "90")) and tagged[1] != "20"
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


def amount_in(text: str, currency: str, units: Units, where: str) -> int:
    """Read an amount of an MT in minor units; without a decimal comma only where the currency has no decimals."""
    amount = swift_amount(text)
    if amount is None and re.fullmatch(r"[0-9]{1,15}", text) and units.known(currency) and units.exponent(currency) == 0:
        amount = Decimal(text)
    return minor_units(amount, text, currency, units, where)


def balance(of: Field, units: Units, where: str) -> Balance:
    """Read field 60 or 62: `C260331EUR1234,56`."""
    read = _BALANCE.fullmatch(of.value())
    if read is None:
        raise InputError(f"field {of.tag} is not a balance", where=where, cure=CURE)
    sign, day, currency, amount = read.groups()
    minor = amount_in(amount, currency, units, where)
    return Balance(minor if sign == "C" else -minor, currency, swift_day(day, where))


def booking(of: Field, currency: str, units: Units, where: str) -> Booking:
    """Read field 61; a credit and a reversed debit (RD) are money in, a debit and a reversed credit (RC) money out."""
    read, used = _matched(of.lines)
    if read is None:
        raise InputError("field 61 is not a booking as SWIFT writes it", where=where, cure=CURE)
    entry = (read["entry"] or "").strip()
    value_date, moved = _value_day(read["value"], bool(entry), where)
    minor = amount_in(read["amount"], currency, units, where)
    mark = read["mark"].upper()
    customer, _, bank = read["rest"].partition("//")
    padded = re.split(r"\s{2,}", customer.strip(), maxsplit=1)
    behind = customer[_REFERENCE_WIDTH:]
    columns = len(padded) > 1 and behind[:1].strip() != "" and customer[:_REFERENCE_WIDTH].strip() == padded[0]
    extra = [*padded[1:], *of.lines[used:]]
    return Booking(
        value_date=value_date,
        booking_date=entry_day(entry, value_date, where) if entry else value_date,
        amount=minor if mark in ("C", "EC", "RD") else -minor,
        reversal=mark.startswith("R"),
        expected=mark.startswith("E"),
        type=(read["type"] or "").strip().upper(),
        customer_ref=_reference(padded[0]),
        bank_ref=_reference(bank),
        name=" ".join(behind.split()) if columns else "",
        extra=" ".join(" ".join(extra).split()),
        moved=read["value"] if moved else "",
    )


def _matched(lines: list[str]) -> tuple[re.Match[str] | None, int]:
    """Match a booking in the first line, or in as many lines as a wrap tore it over; give the number of lines used."""
    joined = ""
    for used, line in enumerate(lines[:_WRAPPED], start=1):
        joined += line.rstrip()
        read = _BOOKING.fullmatch(joined)
        if read is not None:
            return read, used
    return None, 0


def _value_day(text: str, dated: bool, where: str) -> tuple[date, bool]:
    """Read a value date; 29 and 30 February of banks that reckon months of 30 days are the last day of the month.

    Only where the entry date says when it was booked: `dated`.
    """
    try:
        return swift_day(text, where), False
    except InputError:
        if not dated or text[2:] not in ("0229", "0230"):
            raise
    march = swift_day(text[:2] + "0301", where)
    return march - timedelta(days=1), True


def _reference(text: str) -> str:
    return "" if text.strip().upper() in _NO_REFERENCE else text.strip()
