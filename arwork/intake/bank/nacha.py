"""ACH files of NACHA: 94-character records of header, batches, entries, addenda and controls (1.5, LD-10).

Every figure that batch and file controls state is checked: entries and addenda, entry hash, debits, credits, batches,
blocks. A file without header or control, or a batch without its control, is cut off and refused. Amounts are US cents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.advice import Advice
from arwork.intake.bank.formats import Format
from arwork.intake.bank.nacha_codes import CLASSES
from arwork.intake.bank.nacha_entry import Batch, batch, entry
from arwork.intake.bank.nacha_records import CURE, Record, records
from arwork.intake.bank.statement import BankFile, Lines, Statement, bank_file
from arwork.intake.received import Received
from arwork.money import Units

_HEADER = re.compile(r"1[0-9 ]{2}.{31}0941[0 ]1|1[0-9 ]{2}.{20}[0-9]{6}.{5}09410")
_BATCH = re.compile(r"5(200|220|225|280).{46}[A-Z]{3}.{26}[0-9 ]{15}(\r|\n|$)")


@dataclass
class _Sums:
    """Running figures of a batch or a file: entries and addenda, hash of receiving banks, debits, credits."""

    records: int = 0
    hash: int = 0
    debits: int = 0
    credits: int = 0

    def add(self, other: _Sums) -> None:
        """Add the figures of a batch to those of its file."""
        self.records += other.records
        self.hash += other.hash
        self.debits += other.debits
        self.credits += other.credits


@dataclass
class _Reading:
    """What was read so far: the open file, the open batch, the entry that waits for its addenda, the finished lines."""

    file: str
    header: Record | None = None
    created: date | None = None
    batch: Batch | None = None
    entry: Record | None = None
    addenda: list[Record] = field(default_factory=list)
    closed: bool = False
    advised: bool = False
    records: int = 0
    fillers: int = 0
    in_batch: _Sums = field(default_factory=_Sums)
    in_file: _Sums = field(default_factory=_Sums)
    batches: int = 0
    control: Record | None = None
    seen: dict[str, int] = field(default_factory=dict)
    all_batches: int = 0
    all_files: int = 0
    entries: int = 0
    accounts: dict[tuple[str, str], Lines] = field(default_factory=dict)
    first: dict[tuple[str, str], tuple[date, date, str]] = field(default_factory=dict)
    advices: list[Advice] = field(default_factory=list)


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read an ACH file whole; InputError names the record and the figures otherwise."""
    reading = _Reading(received.name)
    units.exponent("USD")
    for record in records(text, received.name):
        _STEPS.get(record.text[0], _unknown)(reading, record)
    if reading.header is None:
        raise InputError("the file holds no record", where=place(received.name), cure=CURE)
    if not reading.closed:
        raise InputError("the file control record (9) is missing: the file is cut off", where=place(received.name), cure=CURE)
    _check_blocks(reading)
    statements = [
        Statement(account, "USD", number, "", first, last, None, None, reading.accounts[account, number], line)
        for (account, number), (first, last, line) in reading.first.items()
    ]
    proof = (
        f"Entries and addenda, entry hashes, debits and credits that the controls of {_count(reading.all_batches, 'batch', 'batches')} and "
        f"{_count(reading.all_files, 'file', 'files')} state agree with the {_count(reading.entries, 'entry', 'entries')} read, and so do "
        "the numbers of batches and blocks."
    )
    return bank_file(received, statements, format="NACHA", encoding=encoding, completeness="counted", proof=proof, advices=reading.advices)


def _count(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def _unknown(reading: _Reading, record: Record) -> None:
    raise record.refused("no record of an ACH file begins so", "1", record.text[:1])


def _file_header(reading: _Reading, record: Record) -> None:
    """Open a file: the first, or the next of several in one."""
    if reading.header is not None and not reading.closed:
        raise record.refused("a file header stands inside a file, before its control record (9)")
    if reading.closed:
        _check_blocks(reading)
    if record.part(35, 39) != "09410":
        raise record.refused("not a file header of records of 94 characters in blocks of ten", "35-39", record.text[34:39])
    reading.header, reading.created = record, record.day(24, 29, "the day on which the file was created")
    if reading.created is None:
        raise record.refused("the file does not say when it was created", "24-29", record.text[23:29])
    reading.closed, reading.advised, reading.records, reading.fillers, reading.batches = False, False, 1, 0, 0
    reading.in_file = _Sums()


def _batch_header(reading: _Reading, record: Record) -> None:
    if reading.created is None or reading.closed:
        raise record.refused("a batch stands outside of a file: the file header record (1) is missing")
    if reading.batch is not None:
        raise record.refused("a batch begins before the batch above it has its control record (8)")
    if record.text[1:4] not in CLASSES:
        raise record.refused("unknown service class", "2-4", record.text[1:4])
    reading.batch = batch(record, reading.created)
    if not (len(reading.batch.entry_class) == 3 and reading.batch.entry_class.isalpha()):
        raise record.refused("the batch names no entry class", "51-53", record.text[50:53])
    if (reading.batch.service == "280") != (reading.batch.entry_class == "ADV"):
        raise record.refused("service class 280 and entry class ADV belong together", "51-53", record.text[50:53])
    reading.in_batch = _Sums()
    reading.records += 1


def _entry(reading: _Reading, record: Record) -> None:
    if reading.batch is None:
        raise record.refused("an entry stands outside of a batch: the batch header record (5) is missing")
    _finish_entry(reading)
    reading.entry = record
    reading.records += 1


def _addenda(reading: _Reading, record: Record) -> None:
    if reading.entry is None:
        raise record.refused("an addenda record follows no entry")
    reading.addenda.append(record)
    reading.records += 1


def _finish_entry(reading: _Reading) -> None:
    """Turn the entry that waited for its addenda into a line."""
    if reading.entry is None or reading.batch is None or reading.header is None:
        return
    found = entry(reading.entry, reading.addenda, reading.batch)
    sums = reading.in_batch
    sums.records += 1 + len(reading.addenda)
    sums.hash += found.bank
    if found.direction.credit:
        sums.credits += found.amount
    else:
        sums.debits += found.amount
    key = (found.account, "".join(reading.header.text[23:34].split()))
    day = found.line.booking_date
    first, last, line = reading.first.get(key, (day, day, found.line.source_line))
    reading.first[key] = (min(first, day), max(last, day), line)
    reading.accounts.setdefault(key, Lines()).append(found.line)
    reading.entries += 1
    if found.advice is not None:
        reading.advices.append(found.advice)
    reading.entry, reading.addenda = None, []


def _batch_control(reading: _Reading, record: Record) -> None:
    """Compare the control of a batch with what the batch holds."""
    if reading.batch is None:
        raise record.refused("a batch control record (8) stands where no batch is open")
    _finish_entry(reading)
    sums, head = reading.in_batch, reading.batch
    if record.text[1:4] != head.service:
        raise record.refused(f"the service class is not {head.service}, as the batch header says", "2-4", record.text[1:4])
    if (record.part(80, 87), record.part(88, 94)) != (head.bank, head.number):
        what = f"the control belongs to another batch than the header on line {head.record.number} ({head.bank} {head.number})"
        raise record.refused(what, "80-94", record.text[79:94])
    advice = head.entry_class == "ADV"
    where = f"batch {head.number or reading.batches + 1}"
    record.agrees(f"{where}, entries and addenda", record.figure(5, 10, "the number of entries and addenda"), sums.records)
    record.agrees(f"{where}, entry hash", record.figure(11, 20, "the entry hash"), sums.hash % 10**10)
    debits, credits = ((21, 40), (41, 60)) if advice else ((21, 32), (33, 44))
    record.agrees(f"{where}, debits in cents", record.figure(*debits, "the sum of debits"), sums.debits)
    record.agrees(f"{where}, credits in cents", record.figure(*credits, "the sum of credits"), sums.credits)
    reading.in_file.add(sums)
    reading.batch, reading.advised = None, reading.advised or advice
    reading.batches += 1
    reading.records += 1


def _file_control(reading: _Reading, record: Record) -> None:
    """Compare the control of the file with its batches, or count the nines that fill up the last block."""
    if not record.text.strip().strip("9") and (reading.closed or len(record.text.strip()) > 50):
        if not reading.closed:
            raise record.refused("the file control record (9) is missing: the file is cut off")
        reading.fillers += 1
        return
    if reading.header is None or reading.closed:
        raise record.refused("a file control record (9) stands where no file is open")
    if reading.batch is not None:
        raise record.refused("the file ends before its last batch has a control record (8)")
    sums = reading.in_file
    record.agrees("batches", record.figure(2, 7, "the number of batches"), reading.batches)
    record.agrees("entries and addenda of the file", record.figure(14, 21, "the number of entries and addenda"), sums.records)
    record.agrees("entry hash of the file", record.figure(22, 31, "the entry hash"), sums.hash % 10**10)
    debits, credits = ((32, 51), (52, 71)) if reading.advised else ((32, 43), (44, 55))
    record.agrees("debits of the file in cents", record.figure(*debits, "the sum of debits"), sums.debits)
    record.agrees("credits of the file in cents", record.figure(*credits, "the sum of credits"), sums.credits)
    first = reading.seen.setdefault(reading.header.text + record.text, reading.header.number)
    if first != reading.header.number and sums.records:
        raise reading.header.refused(f"the same ACH file stands here twice: header and control are those of the file on line {first}")
    reading.records += 1
    reading.control, reading.closed = record, True
    reading.all_batches += reading.batches
    reading.all_files += 1


def _check_blocks(reading: _Reading) -> None:
    """Compare the number of blocks of ten records; the nines that fill up the last block may be missing."""
    if reading.control is None:
        return
    stated = reading.control.figure(8, 13, "the number of blocks")
    if stated not in (-(-reading.records // 10), -(-(reading.records + reading.fillers) // 10)):
        reading.control.agrees("blocks of ten records", stated, -(-reading.records // 10))


_STEPS = {"1": _file_header, "5": _batch_header, "6": _entry, "7": _addenda, "8": _batch_control, "9": _file_control}


def claims(head: str) -> bool:
    """Say whether a text begins with the file header of an ACH file, or with a batch header where that is missing."""
    return bool(_HEADER.match(head) or _BATCH.match(head))


FORMAT = Format("NACHA", claims, read, charset="iso8859-1")
