"""The records of a CODA: accounts, movements with their details and information records, structured communications.

Positions are those of the Febelfin standard, versions 1 and 2 (2.0 to 2.6), counted from 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from arwork.intake.bank.fixed import Record, iban
from arwork.money import Units

_NO_REFERENCE = ("", "NOTPROVIDED", "NONREF", "NOT PROVIDED")


@dataclass(frozen=True)
class Communication:
    """What the communication of a movement tells; "" where it does not. `original` is an amount in thousandths."""

    text: str = ""
    structured: str = ""
    original_currency: str = ""
    original: int | None = None
    r_type: str = ""
    reason: str = ""


@dataclass
class Movement:
    """One record 21 with the 22, 23 and 31 to 33 that follow it, and its details; amounts in minor units, signed."""

    record: Record
    sequence: str
    detail: str
    amount: int
    value_date: date
    entry_date: date
    type: str
    family: str
    operation: str
    category: str
    structured: bool
    said: str
    customer_ref: str = ""
    bank: str = ""
    account: str = ""
    name: str = ""
    r_type: str = ""
    reason: str = ""
    free: str = ""
    details: list[Movement] = field(default_factory=list)
    info: str = ""

    def code(self) -> str:
        """Give the eight digits of the transaction code."""
        return f"{self.type}{self.family}{self.operation}{self.category}"


def account_of(record: Record, first: int, structure: str) -> tuple[str, str]:
    """Read our account and its currency from record 1 or 8; a Belgian number becomes its IBAN when its check digits are right."""
    field_text = record.text[first - 1 : first + 36]
    if structure == "0":
        number, currency = field_text[:12].strip(), field_text[13:16]
        right = number.isascii() and number.isdigit() and len(number) == 12 and (int(number[:10]) % 97 or 97) == int(number[10:])
        return (iban("BE", number) if right else number), currency.strip().upper()
    number = field_text[:31] if structure == "2" else field_text[:34]
    return re.sub(r"\s", "", number).upper(), field_text[34:37].strip().upper()


def movement(record: Record, currency: str, units: Units, day: date) -> Movement:
    """Read record 21; InputError where an amount, day or code is not one."""
    sign = record.text[31]
    if sign not in "01":
        raise record.refused("the sign of the movement is neither 0 (credit) nor 1 (debit)", 32, 32)
    amount = record.money(33, 47, currency, units, 3, "the amount of the movement")
    entered = record.day_or(116, 121, "dmy", "the entry date", day)
    code = record.digits(54, 61, "the transaction code")
    return Movement(
        record=record, sequence=record.digits(3, 6, "the sequence number"), detail=record.digits(7, 10, "the detail number"),
        amount=-amount if sign == "1" else amount, value_date=record.day_or(48, 53, "dmy", "the value date", entered),
        entry_date=entered, type=code[0], family=code[1:3], operation=code[3:5], category=code[5:], structured=record.text[61] == "1",
        said=record.text[62:115],
    )  # fmt: skip


def add(to: Movement, record: Record, version: str) -> None:
    """Add record 22 or 23 to its movement; InputError where it belongs to another."""
    if (record.text[2:6], record.text[6:10]) != (to.sequence, to.detail):
        raise record.refused(f"this record does not belong to movement {to.sequence} {to.detail} above it", 3, 10)
    if record.text[1] == "2":
        to.said = to.said.ljust(53) + record.text[10:63]
        reference = record.words(64, 98)
        to.customer_ref = "" if reference.upper() in _NO_REFERENCE else reference
        to.bank = record.part(99, 109)
        to.r_type, to.reason = record.part(113, 113), record.part(114, 117)
        return
    number, currency_in = record.text[10:47], record.text[44:47]
    bare = re.sub(r"\s", "", number[:34] if currency_in.strip() else number).upper()
    old = re.fullmatch(r"([0-9]{12})([A-Z]{3})?", bare)
    to.account = old[1] if old else bare
    if version == "1":
        to.name = record.words(48, 73)
        return
    to.name = record.words(48, 82)
    to.said = to.said.ljust(106) + record.text[82:125]


def inform(to: Movement, record: Record) -> None:
    """Add record 31, 32 or 33 to its movement; InputError where it belongs to another."""
    if record.text[2:6] != to.sequence:
        raise record.refused(f"this information does not belong to movement {to.sequence} above it", 3, 6)
    kind = record.text[1]
    if kind == "1":
        structured, told = record.text[39] == "1", record.text[40:113]
        to.info = told[:3] if structured else ""
        if to.info == "001":
            full = " ".join(told[3:].split())
            to.name = full if len(full) > len(to.name) else to.name
        if structured and to.info not in ("008", "009"):
            return
        to.free += (" " + told[3:].rstrip() + " ") if structured else told
        return
    if to.info == "":
        to.free += record.text[10:115] if kind == "2" else record.text[10:100]


def communication(of: Movement) -> Communication:
    """Read the communication of a movement, free or structured, with the free text of its information records."""
    free = " ".join(of.free.split())
    said = of.said
    if not of.structured:
        own = " ".join(said.split())
        return Communication(text=" ".join(filter(None, [own, free])))
    kind, told = said[:3], said[3:]
    digits = told[:12]
    if kind in ("101", "102") and digits.isascii() and digits.isdigit():
        return Communication(text=free, structured=f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++")
    if kind == "100":
        return Communication(text=free, structured=told[:35].strip())
    if kind == "105":
        currency, amount = told[42:45].strip(), told[15:30]
        known = amount.isascii() and amount.isdigit() and len(currency) == 3
        reference = told[45:57].strip()
        return Communication(
            text=" ".join(filter(None, [reference, free])),
            original_currency=currency if known else "",
            original=int(amount) if known else None,
        )
    if kind == "127":
        told = told.ljust(146)
        words = " ".join(f"{told[79:141]} {told[44:79]}".split())
        refused = told[8] if told[8] in "1234" else ""
        return Communication(
            text=" ".join(filter(None, [words, free])),
            r_type=told[141].strip(" 0") or ("1" if refused else ""),
            reason=told[142:146].strip(),
        )
    return Communication(text=" ".join(f"{told} {free}".split()))
