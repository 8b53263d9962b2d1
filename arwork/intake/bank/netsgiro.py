"""OCR giro files of Nets in Norway (BBS format, service 09): receipts with their KID, a line for each.

The file states no balance. Number, records and sum of every assignment (record 88) and of the transmission (89) must
agree. Payment requests of AvtaleGiro (service 21) are sent to the bank; they are refused by their name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from arwork.errors import InputError, place
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.fixed import CURE, Record, plural, records
from arwork.intake.bank.formats import Format
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, bank_file, classed
from arwork.intake.received import Received
from arwork.money import Units

_CURRENCY = "NOK"
_KINDS = {
    "10": ("", "ACH", "giro debited to an account"), "11": ("", "ACH", "standing order"), "12": ("", "ACH", "direct remittance"),
    "13": ("", "ACH", "business terminal giro"), "14": ("", "CASH", "giro over the counter"), "15": ("", "ACH", "AvtaleGiro"),
    "16": ("", "ACH", "telegiro"), "17": ("", "CASH", "giro paid in cash"), "18": ("RETURN", "OTHER", "reversal with KID"),
    "19": ("", "CARD", "purchase with KID"), "20": ("RETURN", "OTHER", "reversal with text"), "21": ("", "CARD", "purchase with text"),
}  # fmt: skip
_NAMES = {"00": "payment requests", "36": "cancellations of payment requests", "24": "agreements"}


@dataclass
class _Assignment:
    """One assignment (20 to 88) while it is read."""

    record: Record
    kind: str
    account: str
    items: list[list[Record]] = field(default_factory=list)
    count: int = 1


def claims(head: str) -> bool:
    """Say whether a text begins with the start record of a transmission of Nets."""
    return re.match(r"NY000010[0-9 ]{8}", head, re.IGNORECASE) is not None


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read an OCR giro file whole; InputError names the record and the figures otherwise."""
    statements: list[Statement] = []
    one: _Assignment | None = None
    count = transactions = total = skipped = 0
    ended = False
    for record in records(text, received.name, 80):
        count += 1
        kind = record.part(7, 8)
        if ended:
            raise record.refused("a record follows the end of the transmission (89)")
        if record.text[:2].upper() != "NY" or (kind == "10") != (count == 1):
            raise record.refused("a record that does not belong here; the transmission begins with NY000010", 1, 8)
        if one is not None:
            one.count += 1
        if kind == "20" and one is None:
            one = _opened(record)
        elif kind == "88" and one is not None:
            transactions += len(one.items)
            if one.kind == "09":
                statements.append(_closed(record, one, units))
                total += statements[-1].lines.total()
            else:
                _check(record, len(one.items), one.count, 0, units)
                skipped += 1
            one = None
        elif kind == "89" and one is None:
            _check(record, transactions, count, total, units)
            ended = True
        elif one is not None:
            _item(record, kind, one)
        elif kind != "10":
            raise record.refused(f"a record of type {kind} does not belong here", 7, 8)
    if not ended:
        what = "the end of the transmission (record 89) is missing: the file is cut off"
        raise InputError(what, where=place(received.name, count or ""), cure=CURE)
    if not statements:
        what = "this is an AvtaleGiro file of agreements, which moves no money" if skipped else "the transmission holds no assignment"
        raise InputError(what, where=place(received.name), cure="Give the OCR giro file of Nets (service 09), or the bank statement")
    return bank_file(
        received, statements, format="Nets OCR giro", encoding=encoding, completeness="counted", proof=_proof(statements, skipped, units)
    )


def _opened(record: Record) -> _Assignment:
    service, kind = record.part(3, 4), record.part(5, 6)
    if service == "21" and kind != "24":
        what = f"this is an AvtaleGiro file of {_NAMES.get(kind, 'requests')}, which is sent to the bank; nothing in it is booked yet"
        cure = "Give the OCR giro file of Nets (service 09), which tells what was paid, or the bank statement"
        raise InputError(what, where=place(record.file, record.number), cure=cure)
    if service not in ("09", "21"):
        raise record.refused(f"service {service} of Nets is no OCR giro (09)", 3, 4)
    return _Assignment(record, service, record.digits(25, 35, "our account") if service == "09" else "")


def _item(record: Record, kind: str, to: _Assignment) -> None:
    """Take a record of a transaction: 30 opens it, 31 and 32 continue it."""
    if to.kind != "09":
        if kind == "70" or not to.items:
            to.items.append([record])
        return
    if record.part(3, 4) != "09":
        raise record.refused("a record of another service inside the assignment", 3, 4)
    if kind == "30":
        to.items.append([record])
        return
    if kind not in ("31", "32") or not to.items:
        raise record.refused(f"a record of type {kind} does not belong here", 7, 8)
    record.agrees("the number of the transaction (9-15)", record.part(9, 15), to.items[-1][0].part(9, 15))
    to.items[-1].append(record)


def _line(parts: list[Record], units: Units) -> Line:
    first = parts[0]
    second = next((part for part in parts if part.part(7, 8) == "31"), None)
    if second is None:
        raise first.refused("the second record (31) of this transaction is missing")
    type_of = first.part(5, 6)
    kind_of, method, words = _KINDS.get(type_of, ("", "OTHER", "OCR giro"))
    amount = first.money(33, 49, _CURRENCY, units)
    amount = -amount if first.text[31] == "-" else amount
    codes = Meaning(kind_of, method, f"{words} (transaction type {type_of})")
    kind, reason = classed(amount, codes, codes.words if kind_of == "RETURN" or amount < 0 else "")
    settled = first.day(16, 21, "dmy", "the settlement day of Nets")
    account, archive = second.part(48, 58), second.part(26, 34)
    texts = " ".join(part.words(16, 55) for part in parts if part.part(7, 8) == "32")
    return Line(
        booking_date=settled,
        value_date=settled,
        amount=amount,
        source_line=str(first.number),
        kind=kind,
        class_reason=reason,
        bank_txn_id=archive if archive.strip("0") else "",
        end_to_end_id=second.part(16, 25) if second.part(16, 25).strip("0") else "",
        txn_code=type_of,
        method=method,
        remitter_account=account if account.strip("0") else "",
        remittance_text=texts,
        structured_ref=first.part(50, 74),
        is_return=kind == "RETURN",
    )


def _closed(record: Record, of: _Assignment, units: Units) -> Statement:
    """Check the end record of an assignment and make a statement of it."""
    record.agrees("the service of the end record", record.part(3, 4), of.kind)
    lines = Lines(_line(item, units) for item in of.items)
    _check(record, len(of.items), of.count, lines.total(), units)
    day = record.day(42, 47, "dmy", "the settlement day of Nets")
    number = of.record.part(18, 24).lstrip("0")
    return Statement(
        account=of.account, currency=_CURRENCY, number=number or day.isoformat(), sequence="", from_date=None, to_date=day, opening=None,
        closing=None, lines=lines, source_line=str(of.record.number),
    )  # fmt: skip


def _check(record: Record, transactions: int, count: int, total: int, units: Units) -> None:
    """Compare number of transactions, number of records and sum with an end record (88 or 89)."""
    record.agrees("the number of transactions (9-16)", record.figure(9, 16, "the number of transactions"), transactions)
    record.agrees("the number of records (17-24)", record.figure(17, 24, "the number of records"), count)
    stated = record.money(25, 41, _CURRENCY, units, name="the sum")
    record.agrees("the sum (25-41)", units.text(stated, _CURRENCY), units.text(abs(total), _CURRENCY))


def _proof(statements: list[Statement], skipped: int, units: Units) -> str:
    count = sum(len(statement.lines) for statement in statements)
    total = units.said(sum(statement.lines.total() for statement in statements), _CURRENCY)
    told = (
        f"Numbers, records and sums of {plural(len(statements), 'assignment')} and of the transmission agree with "
        f"{plural(count, 'transaction')} of {total}"
    )
    return f"{told}; {plural(skipped, 'assignment')} of AvtaleGiro agreements moved no money." if skipped else f"{told}."


FORMAT = Format("Nets OCR giro", claims, read, charset="iso8859-1")
