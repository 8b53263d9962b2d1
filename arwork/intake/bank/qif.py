"""QIF exports of bank, cash and card accounts (1.5): amounts, dates and payees, but no currency, and no proof of completeness.

A QIF says neither in which currency it is nor for which account, unless it has an `!Account` record. Its lines are read
in currency XXX (ISO 4217: no currency), so that nothing is taken for what it is not.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.bank.amounts import minor_units, plain_amount
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.formats import Format
from arwork.intake.bank.qif_records import CURE, Record, day_first, day_of, records
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, account_code, bank_file, classed, proof_sentence, ties
from arwork.intake.received import Received
from arwork.money import Units

_CURRENCY = "XXX"
_TRANSACTIONS = ("TYPE:BANK", "TYPE:CASH", "TYPE:CCARD", "TYPE:OTH A", "TYPE:OTH L")
_OTHER_LISTS = ("TYPE:CAT", "TYPE:CLASS", "TYPE:MEMORIZED", "TYPE:SECURITY", "TYPE:PRICES", "TYPE:BUDGET", "TYPE:TAG", "OPTION", "CLEAR")


@dataclass
class _Part:
    """The transactions of one account: its name, its opening and closing balance where the file has them."""

    account: str
    line: int
    opening: int | None = None
    closing: int | None = None
    closed: date | None = None
    opened: date | None = None
    lines: Lines = field(default_factory=Lines)


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read a QIF file whole; InputError names the line of what is damaged or could be read in two ways."""
    found = list(records(text, received.name))
    dated = [r for r in found if r.heading in _TRANSACTIONS]
    if not dated:
        raise InputError("the QIF file holds no transaction of a bank, cash or card account", where=place(received.name), cure=CURE)
    days_first = day_first([(_required(r, "D", received.name), r.where(received.name, "D")) for r in dated])
    parts: dict[str, _Part] = {}
    account, key = _Part("QIF", dated[0].number), "QIF"
    listed: Counter[str] = Counter()
    for record in found:
        if record.heading == "ACCOUNT":
            account = _named(record, days_first, received.name, units)
            key = account.account
        elif record.heading in _TRANSACTIONS:
            # The first transaction may name the account, so what it is called is no key.
            _take(parts.setdefault(key, account), record, days_first, received.name, units)
        elif record.heading.startswith(_OTHER_LISTS):
            listed["other"] += 1
        else:
            what = f"records of {record.heading or 'no type'} cannot be read as movements of a bank account"
            raise InputError(what, where=place(received.name, record.number), cure="Export bank, cash and card accounts only")
    statements = [_statement(part, received.name) for part in parts.values()]
    completeness, proof = _proof(statements, listed, units)
    return bank_file(received, statements, format="QIF", encoding=encoding, completeness=completeness, proof=proof)


def _named(record: Record, days_first: bool, file: str, units: Units) -> _Part:
    """Read an `!Account` record: name, and the balance of the last statement with its day, where stated."""
    name = account_code(record.value("N"))
    part = _Part(name or "QIF", record.number)
    if record.value("$") and record.value("/"):
        part.closing = _amount(record, "$", record.value("$"), file, units)
        part.closed = day_of(record.value("/"), days_first, record.where(file, "/"))
    return part


def _take(part: _Part, record: Record, days_first: bool, file: str, units: Units) -> None:
    """Take in one transaction; Quicken's first record "Opening Balance", booked to the account itself, is the opening balance."""
    day = day_of(_required(record, "D", file), days_first, record.where(file, "D"))
    letter = "T" if record.value("T") else "U"
    amount = _amount(record, letter, _required(record, letter, file), file, units)
    if record.value("U") and _amount(record, "U", record.value("U"), file, units) != amount:
        raise InputError(f"T says {record.value('T')}, U says {record.value('U')}", where=record.where(file, "U"), cure=CURE)
    _check_splits(record, amount, file, units)
    own = re.fullmatch(r"\[(.*)\]", record.value("L"))
    if part.opened is None and not len(part.lines) and record.value("P").casefold() == "opening balance" and own:
        part.account = part.account if part.account != "QIF" else account_code(own[1]) or "QIF"
        part.opening, part.opened = amount, day
        return
    number = record.value("N")
    cheque = number.isdigit()
    kind, why = classed(amount, Meaning("", "CHEQUE" if cheque else "OTHER", "cheque" if cheque else ""), "")
    part.lines.append(
        Line(
            booking_date=day,
            value_date=day,
            amount=amount,
            source_line=str(record.number),
            kind=kind,
            class_reason=why,
            end_to_end_id=number if cheque else "",
            txn_code="" if cheque else number,
            method="CHEQUE" if cheque else "OTHER",
            remitter_name=record.value("P"),
            remittance_text=_text(record),
        )
    )


def _check_splits(record: Record, amount: int, file: str, units: Units) -> None:
    """Refuse splits that do not make the amount of their transaction."""
    splits = record.values("$")
    made = sum(_amount(record, "$", text, file, units) for text, _ in splits)
    if splits and made != amount:
        what = f"the splits make {units.text(made, _CURRENCY)}, the transaction {units.text(amount, _CURRENCY)}"
        raise InputError(what, where=place(file, splits[0][1]), cure=CURE)


def _amount(record: Record, letter: str, text: str, file: str, units: Units) -> int:
    return minor_units(plain_amount(text, units.exponent(_CURRENCY)), text, _CURRENCY, units, record.where(file, letter))


def _required(record: Record, letter: str, file: str) -> str:
    written = record.value(letter)
    if not written:
        names = {"D": "date (D)", "T": "amount (T)", "U": "amount (T)"}
        raise InputError(f"a transaction has no {names[letter]}", where=place(file, record.number), cure=CURE)
    return written


def _text(record: Record) -> str:
    """Join memo and split memos; the payee stands in for a missing memo."""
    told = [text for letter in ("M", "E") for text, _ in record.values(letter) if text]
    return " ".join(" ".join(told).split()) or record.value("P")


def _statement(part: _Part, file: str) -> Statement:
    last = part.closed or part.lines.last_day or part.opened
    if last is None:
        raise InputError("an account has neither a transaction nor a balance with a day", where=place(file, part.line), cure=CURE)
    return Statement(
        account=part.account,
        currency=_CURRENCY,
        number="unnumbered",
        sequence="",
        from_date=None,
        to_date=last,
        opening=part.opening,
        closing=part.closing,
        lines=part.lines,
        source_line=str(part.line),
    )


def _proof(statements: list[Statement], listed: Counter[str], units: Units) -> tuple[str, str]:
    """Say how far the file is proven: only where opening and lines make the closing balance of its account record."""
    remarks = [f"{count} record{'' if count == 1 else 's'} of other lists left out" for count in listed.values()]
    if all(ties(s) for s in statements):
        return "proven", proof_sentence(statements, units, remarks=remarks)
    for number, s in enumerate(statements):
        if not ties(s):
            statements[number] = replace(s, opening=None)
    first = "A QIF states no currency and no balances that prove it, so nothing proves that it is whole"
    return "not_proven", "; ".join([first, *remarks]) + "."


def claims(head: str) -> bool:
    """Say whether a text begins with a QIF heading."""
    return re.match(r"\s*!\s*(type|account|option|clear)\b", head, re.IGNORECASE) is not None


FORMAT = Format("QIF", claims, read, charset="cp1252")
