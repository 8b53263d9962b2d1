"""BAI2 files: groups of accounts with balances, totals and transaction details, checked against every control (1.5, RC-20).

Account, group and file controls state a sum of all amounts and numbers of records, accounts and groups: all are checked.
Opening (010), details and closing (015) prove a statement where they tie. Banks may send balances or totals without all
details; then the lines are what was sent, and completeness is not proven. Amounts are minor units of the currency.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.bank.bai2_codes import ITEMS
from arwork.intake.bank.bai2_fields import Summary, detail, summary
from arwork.intake.bank.bai2_records import CURE, WIDTH, Logical, amount, count_of, day, is_packed, logical
from arwork.intake.bank.formats import Format
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, account_code, bank_file, proof_sentence, ties
from arwork.intake.received import Received
from arwork.money import Units

_SHOWN = 5
_LUMPS = frozenset(code for codes in ITEMS.values() for code in codes)
_BANK = re.compile(r"[0-9]{9}|[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


@dataclass
class _Account:
    """One account summary with its details, while it is read."""

    line: int
    name: str
    currency: str
    stated: Summary
    lines: Lines = field(default_factory=Lines)
    total: int = 0
    records: int = 0
    credits: int = 0
    debits: int = 0
    lump: Line | None = None
    items: list[Line] = field(default_factory=list)


@dataclass
class _Reading:
    """What was read so far: the open file, group and account with their running figures, and the finished statements."""

    file: str
    units: Units
    number: str = ""
    opened: bool = False
    closed: bool = False
    group: bool = False
    currency: str = "USD"
    bank: str = ""
    day: date = date.min
    account: _Account | None = None
    group_total: int = 0
    group_records: int = 0
    accounts: int = 0
    file_total: int = 0
    file_records: int = 0
    groups: int = 0
    statements: list[Statement] = field(default_factory=list)
    partly: bool = False
    remarks: list[str] = field(default_factory=list)


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read a BAI2 file whole; InputError names the record and the figures otherwise.

    Files with a record a line are read so; only where that fails, records are looked for inside of lines too.
    """
    try:
        reading = _read(received.name, text, units, packed=False)
    except InputError as refused:
        if not is_packed(text):
            raise
        try:
            reading = _read(received.name, text, units, packed=True)
        except InputError:
            raise refused from None
    del text  # a long file is not needed as text while its table is built
    statements = reading.statements
    count = len(statements)
    controls = f"control totals and record counts of {count} account record{'' if count == 1 else 's'}, of groups and file agree"
    more = [f"and {len(reading.remarks) - _SHOWN} more such accounts"] if len(reading.remarks) > _SHOWN else []
    if statements and all(ties(s) for s in statements):
        completeness, proof = "proven", proof_sentence(statements, units, remarks=[controls, *reading.remarks[:_SHOWN], *more])
    else:
        completeness = "not_proven" if reading.partly else "counted"
        proof = "; ".join([f"C{controls[1:]}", *reading.remarks[:_SHOWN], *more]) + "."
    return bank_file(received, statements, format="BAI2", encoding=encoding, completeness=completeness, proof=proof)


def _read(file: str, text: str, units: Units, *, packed: bool) -> _Reading:
    reading = _Reading(file, units)
    stated = re.match(r"\s*01,(?:[^,\r\n]*,){5}([0-9]{1,4}),", text)
    width = int(stated[1]) if stated and int(stated[1]) else WIDTH
    for record, count in logical(text, packed, width, file):
        reading.file_records += count
        reading.group_records += count
        if record.code == "16":
            _detail(reading, record, count)
        else:
            _STEPS[record.code](reading, record, count)
    if not reading.closed:
        raise InputError("the file trailer record (99) is missing: the file is cut off", where=place(file), cure=CURE)
    return reading


def _refused(reading: _Reading, record: Logical, what: str, value: object = None) -> InputError:
    return InputError(what, where=place(reading.file, record.line, value=value), cure=CURE)


def _fields(record: Logical, wanted: int) -> list[str]:
    """Give the fields of a record that has a fixed number of them, without blanks at their ends."""
    fields = [part.strip() for part in ",".join(record.pieces).split(",")]
    return fields + [""] * (wanted - len(fields))


def _file_header(reading: _Reading, record: Logical, count: int) -> None:
    if reading.opened and not reading.closed:
        raise _refused(reading, record, "a file header (01) stands inside a file, before its trailer (99)")
    fields = _fields(record, 8)
    if fields[7] != "2":
        raise _refused(reading, record, "the file does not say that it is of BAI version 2", fields[7])
    day(fields[2], reading.file, record.line, "the day on which the file was created")
    reading.opened, reading.closed, reading.number = True, False, f"{fields[2]}-{fields[4]}"
    reading.file_total, reading.file_records, reading.groups = 0, count, 0


def _group_header(reading: _Reading, record: Logical, count: int) -> None:
    if not reading.opened or reading.closed:
        raise _refused(reading, record, "a group stands outside of a file: the file header (01) is missing")
    if reading.group:
        raise _refused(reading, record, "a group begins before the group above it has its trailer (98)")
    fields = _fields(record, 7)
    if fields[2] in ("2", "4"):
        what = "takes back what was sent before" if fields[2] == "2" else "is a test"
        raise _refused(reading, record, f"the bank marks the group as one that {what}", fields[2])
    reading.day = day(fields[3], reading.file, record.line, "the as-of date of the group")
    reading.currency = fields[5].upper() or "USD"
    reading.bank = fields[1].upper() if _BANK.fullmatch(fields[1].upper()) else ""
    reading.group, reading.group_total, reading.group_records, reading.accounts = True, 0, count, 0


def _account(reading: _Reading, record: Logical, count: int) -> None:
    if not reading.group:
        raise _refused(reading, record, "an account stands outside of a group: the group header (02) is missing")
    if reading.account is not None:
        raise _refused(reading, record, "an account begins before the account above it has its trailer (49)")
    name, currency, stated = summary(record, reading.file)
    if not name:
        raise _refused(reading, record, "the account record does not say for which account it is")
    currency = currency.upper() or reading.currency
    if not reading.units.known(currency):
        raise _refused(reading, record, f"unknown currency {currency!r}", currency)
    named = f"{reading.bank}/{account_code(name)}" if reading.bank else account_code(name)
    reading.account = _Account(record.line, named, currency, stated, total=stated.total, records=count)


def _detail(reading: _Reading, record: Logical, count: int) -> None:
    account = reading.account
    if account is None:
        raise _refused(reading, record, "a transaction stands outside of an account: the account record (03) is missing")
    line, stated = detail(record, reading.day, reading.file)
    account.total += stated
    account.records += count
    if line.amount > 0:
        account.credits += 1
    elif line.amount < 0:
        account.debits += 1
    if account.lump is not None:
        if account.lump.txn_code in ITEMS.get(line.txn_code, ()):
            account.items.append(line)
            return
        _settle(account)
    if line.txn_code in _LUMPS:
        account.lump = line
    else:
        account.lines.append(line)


def _settle(account: _Account) -> None:
    """Book a deposit and the items that follow it: the items where they add up to it, else all of them as they stand."""
    if account.lump is not None:
        split = bool(account.items) and sum(item.amount for item in account.items) == account.lump.amount
        if split:
            account.credits -= account.lump.amount > 0
            account.debits -= account.lump.amount < 0
        else:
            account.lines.append(account.lump)
    account.lines.extend(account.items)
    account.lump, account.items = None, []


def _account_trailer(reading: _Reading, record: Logical, count: int) -> None:
    account = reading.account
    if account is None:
        raise _refused(reading, record, "an account trailer (49) stands where no account is open")
    _settle(account)
    fields = _fields(record, 2)
    _agrees(
        reading,
        record,
        f"account {account.name}, control total",
        amount(fields[0], reading.file, record.line, "the control total"),
        account.total,
    )
    _agrees(
        reading,
        record,
        f"account {account.name}, records",
        count_of(fields[1], reading.file, record.line, "the number of records"),
        account.records + count,
    )
    reading.statements.append(_statement(reading, account))
    reading.group_total += account.total
    reading.accounts += 1
    reading.account = None


def _statement(reading: _Reading, account: _Account) -> Statement:
    """Close an account: both balances where they tie with the details, and a remark where the details are not all."""
    opening, closing = account.stated.amounts.get("010"), account.stated.amounts.get("015")
    moved, units, near = account.lines.total(), reading.units, f"{account.name} of {reading.day.isoformat()}"
    tied = opening is not None and closing is not None and opening + moved == closing
    if opening is not None and closing is not None and not tied:
        said = f"opening {units.text(opening, account.currency)} and closing {units.text(closing, account.currency)}"
        reading.remarks.append(f"{near}: {said} do not tie with details of {units.text(moved, account.currency)} {account.currency}")
        reading.partly = True
    else:
        reading.partly = (_differs(reading, account, near) and not tied) or reading.partly
    return Statement(
        account=account.name,
        currency=account.currency,
        number=reading.number,
        sequence="",
        from_date=reading.day,
        to_date=reading.day,
        opening=opening if tied else None,
        closing=closing if tied else None,
        lines=account.lines,
        source_line=str(account.line),
    )


def _differs(reading: _Reading, account: _Account, near: str) -> bool:
    """Compare total credits (100) and debits (400) with the details; banks need not send all details of a total."""
    said = []
    for code, name, sums, found in (
        ("100", "credits", account.lines.credits, account.credits),
        ("400", "debits", account.lines.debits, account.debits),
    ):
        stated, items = account.stated.amounts.get(code), account.stated.counts.get(code)
        if (stated is not None and abs(stated) != sums) or (items is not None and items != found):
            total = reading.units.text(abs(stated or 0), account.currency)
            counted = "" if items is None else f" in {items}"
            said.append(f"total {name} {total}{counted}, details {reading.units.text(sums, account.currency)} in {found}")
    if said:
        reading.remarks.append(f"{near}: {', '.join(said)}")
    return bool(said)


def _group_trailer(reading: _Reading, record: Logical, count: int) -> None:
    if not reading.group or reading.account is not None:
        what = "before its last account has a trailer (49)" if reading.group else "where no group is open"
        raise _refused(reading, record, f"a group trailer (98) stands {what}")
    fields = _fields(record, 3)
    _agrees(
        reading,
        record,
        "control total of the group",
        amount(fields[0], reading.file, record.line, "the control total"),
        reading.group_total,
    )
    _agrees(
        reading, record, "accounts of the group", count_of(fields[1], reading.file, record.line, "the number of accounts"), reading.accounts
    )
    _agrees(
        reading,
        record,
        "records of the group",
        count_of(fields[2], reading.file, record.line, "the number of records"),
        reading.group_records,
    )
    reading.group = False
    reading.file_total += reading.group_total
    reading.groups += 1


def _file_trailer(reading: _Reading, record: Logical, count: int) -> None:
    if not reading.opened or reading.closed or reading.group:
        what = "before its last group has a trailer (98)" if reading.group else "where no file is open"
        raise _refused(reading, record, f"a file trailer (99) stands {what}")
    fields = _fields(record, 3)
    _agrees(
        reading, record, "control total of the file", amount(fields[0], reading.file, record.line, "the control total"), reading.file_total
    )
    _agrees(reading, record, "groups of the file", count_of(fields[1], reading.file, record.line, "the number of groups"), reading.groups)
    _agrees(
        reading,
        record,
        "records of the file",
        count_of(fields[2], reading.file, record.line, "the number of records"),
        reading.file_records,
    )
    reading.closed = True


def _agrees(reading: _Reading, record: Logical, what: str, stated: int, found: int) -> None:
    if stated != found:
        raise _refused(reading, record, f"{what}: stated {stated}, found {found}")


_STEPS = {
    "01": _file_header, "02": _group_header, "03": _account, "49": _account_trailer, "98": _group_trailer, "99": _file_trailer,
}  # fmt: skip


def claims(head: str) -> bool:
    """Say whether a text begins with the file header of a BAI file, or with a group header where that is missing."""
    return bool(re.match(r"01,[^,\r\n]*,[^,\r\n]*,[0-9]{6}(?:[0-9]{2})?,[0-9:]*,|02,[^,\r\n]*,[^,\r\n]*,[1-4]?,[0-9]{6},", head))


FORMAT = Format("BAI2", claims, read)
