"""BAI lockbox files: the cheques that a bank collected, by lockbox and batch, with the documents they pay (1.5, LD-10).

Records of 80 characters: header (1), service (2), detail header (5), cheque (6), overflow (4), batch total (7), service
total (8), trailer (9). Numbers and sums of cheques by batch and by lockbox and the number of records are checked. A line
is a cheque, booked for the lockbox at the bank that sends the file. Amounts are US cents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.advice import Advice, PaidDocument
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.formats import Format
from arwork.intake.bank.lockbox_records import CURE, Record, cheque, documents, records
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, account_code, bank_file, classed
from arwork.intake.received import Received
from arwork.money import Units


@dataclass
class _Reading:
    """What was read so far: the open lockbox and batch with their running figures, the waiting cheque, the finished lines."""

    file: str
    header: Record | None = None
    created: date = date.min
    records: int = 0
    closed: bool = False
    lockbox: str = ""
    number: str = ""
    bank: str = ""
    day: date = date.min
    cheque: Record | None = None
    overflow: list[Record] = field(default_factory=list)
    in_batch: list[int] = field(default_factory=lambda: [0, 0])
    in_lockbox: list[int] = field(default_factory=lambda: [0, 0])
    covered: bool = True
    batches: int = 0
    lockboxes: int = 0
    cheques: int = 0
    totals: list[str] = field(default_factory=list)
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)
    lines: dict[tuple[str, date], Lines] = field(default_factory=dict)
    first: dict[tuple[str, date], int] = field(default_factory=dict)
    advices: list[Advice] = field(default_factory=list)


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read a lockbox file whole; InputError names the record and the figures otherwise."""
    units.exponent("USD")
    reading = _Reading(received.name)
    for record in records(text, received.name):
        if reading.header is None and record.text[:1] != "1":
            raise record.refused("the file header record (1) is missing")
        if reading.closed and record.text[:1] != "1":
            raise record.refused("a record stands behind the trailer of the file (9)")
        reading.records += 1
        _STEPS.get(record.text[:1], _unknown)(reading, record)
    if not reading.closed:
        raise InputError("the trailer record (9) is missing: the file is cut off", where=place(received.name), cure=CURE)
    statements = [
        Statement(account, "USD", day.strftime("%Y%m%d"), "", day, day, None, None, lines, str(reading.first[account, day]))
        for (account, day), lines in reading.lines.items()
    ]
    proof = (
        f"Numbers and sums that the totals of {_count(reading.batches, 'batch', 'batches')} and "
        f"{_count(reading.lockboxes, 'lockbox', 'lockboxes')} state agree with the {_count(reading.cheques, 'cheque', 'cheques')} read, "
        "and the number of records agrees."
    )
    return bank_file(
        received, statements, format="BAI lockbox", encoding=encoding, completeness="counted", proof=proof, advices=reading.advices
    )


def _count(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def _unknown(reading: _Reading, record: Record) -> None:
    raise record.refused("no record of a lockbox file begins so", "1", record.text[:1])


def _file_header(reading: _Reading, record: Record) -> None:
    if reading.header is not None and not reading.closed:
        raise record.refused("a file header (1) stands inside a file, before its trailer (9)")
    reading.created = record.day(24, 29, "the day on which the file was created")
    reading.header, reading.closed, reading.records, reading.totals = record, False, 1, []
    reading.lockbox, reading.day, reading.bank = "", reading.created, record.part(14, 23)


def _service(reading: _Reading, record: Record) -> None:
    _finish(reading)


def _detail_header(reading: _Reading, record: Record) -> None:
    """Open a lockbox, or the next batch of the same."""
    _finish(reading)
    if reading.in_batch[0]:
        raise record.refused("a detail header (5) stands before the batch above it has its total (7)")
    reading.lockbox = record.part(8, 14)
    reading.day = record.day(15, 20, "the day of the deposit")
    reading.bank = record.part(31, 40) or reading.bank


def _cheque(reading: _Reading, record: Record) -> None:
    _finish(reading)
    if not reading.lockbox:
        raise record.refused("a cheque (6) stands before any detail header (5)")
    if reading.in_batch[0] and record.part(2, 4) != reading.number:
        raise record.refused(f"a cheque of batch {record.part(2, 4)} stands in batch {reading.number}", "2-4", record.part(2, 4))
    reading.cheque, reading.number = record, record.part(2, 4)


def _overflow(reading: _Reading, record: Record) -> None:
    if reading.cheque is None:
        raise record.refused("an overflow record (4) follows no cheque (6)")
    if record.part(2, 7) != reading.cheque.part(2, 7):
        what = f"the overflow record belongs to another cheque than batch and item {reading.cheque.part(2, 7)}"
        raise record.refused(what, "2-7", record.part(2, 7))
    reading.overflow.append(record)


def _finish(reading: _Reading) -> None:
    """Turn the cheque that waited for its overflow records into a line, and its documents into an advice."""
    record = reading.cheque
    if record is None:
        return
    amount = record.figure(8, 17, "the amount")
    number, payer, text = cheque(record)
    paid = documents(reading.overflow, amount) if amount else []
    words = f"lockbox cheque {number}".strip()
    kind, reason = classed(amount, Meaning("", "LOCKBOX", words), "")
    told = [text, *((document.document for document in paid) if paid else (" ".join(r.text[11:].split()) for r in reading.overflow))]
    reference = f"{record.part(2, 4)}/{record.part(5, 7)}"
    line = Line(
        booking_date=reading.day,
        value_date=reading.day,
        amount=amount,
        source_line=str(record.number),
        kind=kind,
        class_reason=reason,
        bank_txn_id=reference,
        end_to_end_id=number,
        txn_code="6",
        method="LOCKBOX",
        remitter_name=payer,
        remitter_account=account_code(record.part(27, 36)),
        remitter_bank=account_code(record.part(18, 26)),
        remittance_text=" ".join(part for part in told if part),
    )
    account = "/".join(filter(None, (account_code(reading.bank), account_code(reading.lockbox))))
    reading.lines.setdefault((account, reading.day), Lines()).append(line)
    reading.first.setdefault((account, reading.day), record.number)
    if paid:
        reading.advices.append(_advice(reading, line, paid))
    reading.in_batch[0] += 1
    reading.in_batch[1] += amount
    reading.cheques += 1
    reading.covered = False
    reading.cheque, reading.overflow = None, []


def _advice(reading: _Reading, line: Line, paid: list[PaidDocument]) -> Advice:
    return Advice(
        number=f"{reading.lockbox}-{line.booking_date.strftime('%Y%m%d')}-{line.bank_txn_id}",
        currency="USD",
        source="LOCKBOX",
        documents=paid,
        payment_ref=line.end_to_end_id,
        trace_no=line.bank_txn_id,
        payer_name=line.remitter_name,
        payer_account=line.remitter_account,
        payment_date=line.booking_date,
        amount=line.amount,
    )


def _same(record: Record, name: str, stated: str, found: str) -> None:
    """Raise InputError where a total names another lockbox, day or batch than the records above it; blanks and zeros name none."""
    if stated.strip("0") and found and stated != found:
        raise record.refused(f"the total is for {name} {stated}, the records above it are for {found}")


def _batch_total(reading: _Reading, record: Record) -> None:
    _finish(reading)
    count, amount = reading.in_batch
    _same(record, "lockbox", record.part(8, 14), reading.lockbox)
    _same(record, "day", record.part(15, 20), reading.day.strftime("%y%m%d") if reading.lockbox else "")
    _same(record, "batch", record.part(2, 4), reading.number if count else "")
    record.agrees("cheques of the batch", record.figure(21, 23, "the number of cheques"), count)
    record.agrees("sum of the batch in cents", record.figure(24, 33, "the sum"), amount)
    reading.in_lockbox[0] += count
    reading.in_lockbox[1] += amount
    reading.in_batch = [0, 0]
    reading.totals.append(record.text)
    reading.batches += 1
    reading.covered = True


def _service_total(reading: _Reading, record: Record) -> None:
    """Compare the total of a lockbox; cheques of a batch without a total of its own are part of it."""
    _finish(reading)
    count, amount = (reading.in_lockbox[n] + reading.in_batch[n] for n in (0, 1))
    _same(record, "lockbox", record.part(8, 14), reading.lockbox)
    record.agrees("cheques of the lockbox", record.figure(21, 24, "the number of cheques"), count)
    record.agrees("sum of the lockbox in cents", record.figure(25, 34, "the sum"), amount)
    reading.in_batch, reading.in_lockbox = [0, 0], [0, 0]
    reading.totals.append(record.text)
    reading.lockboxes += 1
    reading.covered = True


def _trailer(reading: _Reading, record: Record) -> None:
    _finish(reading)
    if not reading.covered:
        raise record.refused("the cheques above have no total (7 or 8): the file is cut off or damaged")
    record.agrees("records of the file", record.figure(2, 7, "the number of records"), reading.records)
    head = reading.header or record
    first = reading.seen.setdefault((head.text, *reading.totals, record.text), head.number)
    if first != head.number and reading.totals:
        raise head.refused(f"the same lockbox file stands here twice: header and totals are those of the file on line {first}")
    reading.closed = True


_STEPS = {
    "1": _file_header, "2": _service, "5": _detail_header, "6": _cheque, "4": _overflow,
    "7": _batch_total, "8": _service_total, "9": _trailer,
}  # fmt: skip


def claims(head: str) -> bool:
    """Say whether a text begins with the header of a lockbox file: day and time, and nothing behind them."""
    return bool(re.match(r"1[0-9 ]{2}[A-Za-z0-9 .&-]{20}[0-9]{10} *(?:[\r\n]+\s*[25]| {40,}2|$)", head))


FORMAT = Format("BAI lockbox", claims, read)
