"""BgMax, the payment reports of Bankgirot (Sweden): deposits on our account, a line for each payment and deduction in them.

The file states no balance. Sum and number of every deposit (TK 15) and the counts of the last record (TK 70) must agree.
Where a payment names several documents with amounts (TK 22 and 23), they are documents paid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.advice import Advice, PaidDocument
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.fixed import CURE, Record, plural, records
from arwork.intake.bank.formats import Format
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, account_code, bank_file, classed
from arwork.intake.received import Received
from arwork.money import Units


@dataclass
class _Payment:
    """A payment (20) or deduction (21) with what follows it: more references (22, 23), text (25), payer (26 to 29)."""

    record: Record
    amount: int
    extra: list[tuple[Record, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    organisation: str = ""

    def reference(self) -> str:
        """Give the reference that the payer wrote."""
        return self.record.words(13, 37)


@dataclass
class _Section:
    """One section (05 to 15): payments that are one deposit on our account."""

    record: Record
    bankgiro: str
    currency: str
    payments: list[_Payment] = field(default_factory=list)


@dataclass
class _File:
    """What is gathered over the file: statements, documents paid, and the counts that TK 70 states."""

    made: date
    statements: list[Statement] = field(default_factory=list)
    advices: list[Advice] = field(default_factory=list)
    payments: int = 0
    deductions: int = 0
    extra: int = 0
    sums: dict[str, int] = field(default_factory=dict)


def claims(head: str) -> bool:
    """Say whether a text begins with the first record of a BgMax file."""
    return re.match(r"01BGMAX\s{10,}[0-9]{2}", head, re.IGNORECASE) is not None


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read a BgMax file whole; InputError names the record and the figures otherwise."""
    found: _File | None = None
    section: _Section | None = None
    ended = False
    for record in records(text, received.name, 80):
        kind = record.text[:2]
        if ended:
            raise record.refused("a record follows the end of the file (70)")
        if (kind == "01") != (found is None):
            raise record.refused("a BgMax file has one record 01, at its beginning", 1, 2)
        if found is None:
            found = _begun(record)
        elif kind == "05":
            if section is not None:
                raise record.refused("a section begins before the deposit (15) of the one above", 1, 2)
            section = _Section(record, record.part(3, 12).lstrip("0"), record.part(23, 25).upper())
            if not units.known(section.currency):
                raise record.refused("the section names no currency that arwork knows", 23, 25)
        elif kind == "70":
            if section is not None:
                raise record.refused("the file ends before the deposit (15) of the last section", 1, 2)
            _check_counts(record, found)
            ended = True
        elif section is None:
            raise record.refused(f"a record {kind!r} outside a section (05 to 15)", 1, 2)
        elif kind == "15":
            _deposit(record, section, found, units)
            section = None
        else:
            _payment(record, kind, section, units)
    if found is None or not ended:
        raise InputError("the file has no last record (70): it is cut off", where=place(received.name), cure=CURE)
    return bank_file(
        received, found.statements, format="BgMax 01", encoding=encoding, completeness="counted", proof=_proof(found, units),
        advices=found.advices,
    )  # fmt: skip


def _begun(record: Record) -> _File:
    if record.part(23, 24) != "01":
        raise record.refused("this is a version of BgMax other than 01", 23, 24)
    return _File(record.day(25, 32, "ymd", "the day of the file"))


def _payment(record: Record, kind: str, section: _Section, units: Units) -> None:
    """Take a record between 05 and 15."""
    if kind in ("20", "21"):
        amount = record.money(38, 55, section.currency, units)
        section.payments.append(_Payment(record, -amount if kind == "21" else amount))
        return
    if not section.payments:
        raise record.refused(f"a record {kind!r} without a payment (20, 21) above it", 1, 2)
    payment = section.payments[-1]
    if kind in ("22", "23"):
        amount = record.money(38, 55, section.currency, units)
        record.agrees("the payment number (58-69) of an extra reference", record.part(58, 69), payment.record.part(58, 69))
        payment.extra.append((record, -amount if kind == "23" else amount))
    elif kind == "25":
        payment.texts.append(record.words(3, 52))
    elif kind == "26":
        payment.names += [record.words(3, 37), record.words(38, 72)]
    elif kind == "29":
        payment.organisation = record.part(3, 14).lstrip("0")
    elif kind not in ("27", "28"):
        raise record.refused(f"a record {kind!r} does not belong into a BgMax file", 1, 2)


def _deposit(record: Record, section: _Section, file: _File, units: Units) -> None:
    """Check the deposit (15) against its payments and make a statement of them."""
    record.agrees("the currency of the deposit (69-71)", record.part(69, 71).upper(), section.currency)
    total = record.money(51, 68, section.currency, units, name="the deposit")
    found = sum(payment.amount for payment in section.payments)
    record.agrees("the deposit (51-68)", units.text(total, section.currency), units.text(found, section.currency))
    record.agrees("the number of payments in the deposit (72-79)", record.figure(72, 79, "the number of payments"), len(section.payments))
    day = record.day_or(38, 45, "ymd", "the day of the deposit", file.made)
    lines = Lines(_line(payment, section, day) for payment in section.payments)
    for payment in section.payments:
        file.payments += payment.record.text[:2] == "20"
        file.deductions += payment.record.text[:2] == "21"
        file.extra += len(payment.extra)
        advice = _advice(payment, section, day)
        if advice is not None:
            file.advices.append(advice)
    file.sums[section.currency] = file.sums.get(section.currency, 0) + total
    number = record.part(46, 50).lstrip("0")
    account = record.part(3, 37).lstrip("0") or section.bankgiro
    if not account:
        raise record.refused("the deposit names no account, and its section no bankgiro number", 3, 37)
    file.statements.append(Statement(
        account=account_code(account), currency=section.currency, number=f"BG {section.bankgiro} {number}".strip(),
        sequence=number, from_date=None, to_date=day, opening=None, closing=None, lines=lines, source_line=str(section.record.number),
    ))  # fmt: skip


def _line(payment: _Payment, section: _Section, day: date) -> Line:
    code, channel = payment.record.part(56, 56), payment.record.part(57, 57)
    words = "deduction (TK 21)" if payment.amount < 0 else "bankgiro payment"
    kind, reason = classed(payment.amount, Meaning("", "OTHER", words), "")
    references = [record.words(13, 37) for record, _ in payment.extra]
    reference = payment.reference()
    text = " ".join(dict.fromkeys(filter(None, [*(() if code == "2" else (reference,)), *references, *payment.texts])))
    sender = payment.record.part(3, 12).lstrip("0")
    return Line(
        booking_date=day,
        value_date=day,
        amount=payment.amount,
        source_line=str(payment.record.number),
        kind=kind,
        class_reason=reason,
        bank_txn_id=payment.record.part(58, 69),
        txn_code="+".join(filter(None, (payment.record.text[:2], code, channel))),
        virtual_account=section.bankgiro,
        remitter_name=" ".join(filter(None, payment.names)),
        remitter_account=sender,
        remittance_text=text,
        structured_ref=reference if code == "2" else "",
    )


def _advice(payment: _Payment, section: _Section, day: date) -> Advice | None:
    """Give the documents paid where the extra references state amounts that add up to the payment."""
    if payment.amount <= 0 or not payment.extra or sum(amount for _, amount in payment.extra) != payment.amount:
        return None
    if any(amount == 0 or not record.words(13, 37) for record, amount in payment.extra):
        return None
    documents = [PaidDocument(record.words(13, 37), amount, 0, 0, amount, str(record.number)) for record, amount in payment.extra]
    number = payment.record.part(58, 69)
    return Advice(
        number=f"BGC {number}", currency=section.currency, source="TABLE", documents=documents, trace_no=number,
        payer_name=" ".join(filter(None, payment.names)), payer_account=payment.record.part(3, 12).lstrip("0"), date=day,
        payment_date=day, amount=payment.amount,
    )  # fmt: skip


def _check_counts(record: Record, file: _File) -> None:
    """Compare the counts of the last record (70)."""
    for first, name, found in (
        (3, "payments (TK 20)", file.payments),
        (11, "deductions (TK 21)", file.deductions),
        (19, "extra references (TK 22 and 23)", file.extra),
        (27, "deposits (TK 15)", len(file.statements)),
    ):
        record.agrees(f"the number of {name}", record.figure(first, first + 7, f"the number of {name}"), found)


def _proof(file: _File, units: Units) -> str:
    deposits, lines = len(file.statements), sum(len(statement.lines) for statement in file.statements)
    sums = ", ".join(units.said(total, currency) for currency, total in sorted(file.sums.items()))
    return (
        f"{plural(deposits, 'deposit')} of {sums or 'nothing'}: sum and number of payments agree in each ({plural(lines, 'line')}); "
        "the counts of record 70 agree."
    )


FORMAT = Format("BgMax", claims, read, charset="iso8859-1")
