"""ESR credits of Swiss banks and PostFinance (also BVR, ISR; file type v11): record types 3 and 4, a line for each payment.

The file states no balance. Its last record states sum and number of the payments, which must agree. Reversals are money
out; a correction takes the sign with which the sum agrees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.fixed import CURE, Record, plural, records
from arwork.intake.bank.formats import Format
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, bank_file, classed
from arwork.intake.received import Received
from arwork.money import Units

_TYPE_3 = r"[0-3][0-9][258][0-9]{9}[0-9]{27}[0-9 ]{10}"
_TYPE_4 = r"[0-9]{3}[0-9]{3}[0-9]{9}[0-9]{27}[A-Z]{3}[0-9]{12}"
_TOTAL_3 = r"99[0-9][0-9]{9}9{27}[0-9]{24}"
_BY_PREFIX = {"01": "CHF", "03": "EUR"}


@dataclass(frozen=True)
class _Payment:
    """One payment: its record, our participant number, the days, minor units without sign, and what it is."""

    record: Record
    participant: str
    currency: str
    reference: str
    amount: int
    kind: str
    paid_on: date
    credit: date
    bank_ref: str


@dataclass
class _Block:
    """The payments of one participant and currency until their total record."""

    payments: list[_Payment] = field(default_factory=list)


def claims(head: str) -> bool:
    """Say whether a text begins with an ESR payment or total record of type 3 or 4."""
    if re.match(r"11[^\r\n]*[\r\n]+(22|23|24|33)", head):
        return False  # Norma 43: its header record 11 can look like a payment record, what follows cannot.
    return re.match(f"({_TYPE_3}|{_TYPE_4}|{_TOTAL_3})", head) is not None


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read an ESR file whole; InputError names the record and the figures otherwise."""
    statements: list[Statement] = []
    block = _Block()
    seen, types = 0, set()
    blocks: dict[tuple[str, ...], int] = {}
    for record in records(text, received.name, _width(text)):
        seen += 1
        wide = record.text[42:45].isalpha() and record.text[42:45].isascii()
        types.add("4" if wide else "3")
        if record.text[:2] in ("99", "98"):
            statements.append(_closed(record, wide, block, units))
            told = (record.text, *(payment.record.text for payment in (block.payments[:1] + block.payments[-1:])))
            if block.payments and blocks.setdefault(told, record.number) != record.number:
                raise record.refused(f"the same payments stand here twice: they and their total are those of line {blocks[told]}")
            block = _Block()
        else:
            block.payments.append(_payment(record, wide, units))
    if block.payments or not statements:
        what = "the total record (999) is missing: the file is cut off" if seen else "the file holds no record"
        raise InputError(what, where=place(received.name, seen or ""), cure=CURE)
    return bank_file(
        received, statements, format=f"ESR v11 type {'/'.join(sorted(types))}", encoding=encoding, completeness="counted",
        proof=_proof(statements, units),
    )  # fmt: skip


def _width(text: str) -> int:
    """Give the width of the records: 200 of type 4, 100 of type 3, 126 at banks that fill theirs further."""
    start = text.lstrip("\ufeff \r\n")[:4000]
    if re.match(_TYPE_4, start):
        return 200
    longest = max(len(line.rstrip()) for line in re.split(r"[\r\n]+", start))
    return 126 if 100 < longest <= 126 else 100


def _payment(record: Record, wide: bool, units: Units) -> _Payment:
    """Read one payment; the last digit of its code says credit, reversal or correction."""
    code = record.digits(1, 3, "the transaction code")
    kinds = {"1": "credit", "2": "reversal", "3": "correction"} if wide else {"2": "credit", "5": "reversal", "8": "correction"}
    if code[2] not in kinds:
        raise record.refused("the transaction code is none of credit, reversal or correction", 1, 3)
    if wide:
        participant, reference, currency = (
            record.digits(7, 15, "the participant"),
            record.digits(16, 42, "the reference"),
            record.text[42:45],
        )
        if not units.known(currency):
            raise record.refused(f"the currency {currency!r} is unknown", 43, 45)
        amount = record.money(46, 57, currency, units)
        handled = record.day(101, 108, "ymd", "the processing day")
        paid, credit = record.day_or(93, 100, "ymd", "the payment day", handled), record.day_or(109, 116, "ymd", "the credit day", handled)
        return _Payment(record, participant, currency, reference, amount, kinds[code[2]], paid, credit, record.words(58, 92))
    participant, reference = record.digits(4, 12, "the participant"), record.digits(13, 39, "the reference")
    currency = _BY_PREFIX.get(participant[:2], "CHF")
    amount = record.money(40, 49, currency, units)
    handled = record.day(66, 71, "ymd", "the processing day")
    paid, credit = record.day_or(60, 65, "ymd", "the payment day", handled), record.day_or(72, 77, "ymd", "the credit day", handled)
    film = record.part(78, 86)
    return _Payment(
        record, participant, currency, reference, amount, kinds[code[2]], paid, credit, film if film.strip("0") else record.words(50, 59)
    )


def _closed(record: Record, wide: bool, block: _Block, units: Units) -> Statement:
    """Check sum and number of the total record and make a statement of its payments."""
    at = (7, 46, 58, 70) if wide else (4, 40, 52, 64)
    participant = record.digits(at[0], at[0] + 8, "the participant")
    currency = record.text[42:45] if wide else _BY_PREFIX.get(participant[:2], "CHF")
    if not units.known(currency):
        raise record.refused(f"the currency {currency!r} is unknown", 43, 45)
    for payment in block.payments:
        if (payment.participant, payment.currency) != (participant, currency):
            raise payment.record.refused(
                f"this payment belongs to another participant or currency than its total ({participant} {currency})"
            )
    count = record.figure(at[2], at[2] + 11, "the number of payments")
    record.agrees("the number of payments", count, len(block.payments))
    total = record.money(at[1], at[1] + 11, currency, units, name="the sum of the payments")
    sign = _sign_of_corrections(record, block, total, currency, units)
    made = record.day(at[3], at[3] + (7 if wide else 5), "ymd", "the day of the file")
    lines = Lines(_line(payment, sign) for payment in block.payments)
    return Statement(
        account=f"{participant[:2]}-{participant[2:8].lstrip('0')}-{participant[8]}", currency=currency, number=made.isoformat(),
        sequence="", from_date=None, to_date=made, opening=None, closing=None, lines=lines, source_line=str(record.number),
    )  # fmt: skip


def _sign_of_corrections(record: Record, block: _Block, total: int, currency: str, units: Units) -> int:
    """Find the sign of corrections with which the sum agrees; a total of a debit (995) is a negative sum."""
    sums = {kind: sum(p.amount for p in block.payments if p.kind == kind) for kind in ("credit", "reversal", "correction")}
    net = sums["credit"] - sums["reversal"]
    for sign in (1, -1):
        if abs(net + sign * sums["correction"]) == total:
            return sign
    shown = units.text(total, currency), units.text(net + sums["correction"], currency)
    record.agrees("the sum of the payments", *shown)
    return 1


def _line(payment: _Payment, sign: int) -> Line:
    amount = {"credit": 1, "reversal": -1, "correction": sign}[payment.kind] * payment.amount
    code = payment.record.text[:3]
    returned = "" if payment.kind == "credit" else f"{payment.kind} of an ESR payment (code {code})"
    kind, reason = classed(amount, Meaning("", "OTHER", f"ESR payment (code {code})"), returned)
    return Line(
        booking_date=payment.credit,
        value_date=payment.credit,
        amount=amount,
        source_line=str(payment.record.number),
        kind=kind,
        class_reason=reason,
        bank_txn_id=payment.bank_ref,
        txn_code=code,
        structured_ref=payment.reference,
        is_return=kind == "RETURN",
    )


def _proof(statements: list[Statement], units: Units) -> str:
    count = sum(len(statement.lines) for statement in statements)
    sums = ", ".join(units.said(statement.lines.total(), statement.currency) for statement in statements)
    return f"The total record agrees with {plural(count, 'payment')} of {sums}."


FORMAT = Format("ESR v11", claims, read, charset="iso8859-1")
