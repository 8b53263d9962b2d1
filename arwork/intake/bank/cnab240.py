"""CNAB 240 return files (retorno) of Brazilian banks: batches of boletos, segments T and U, a line for each title paid.

The file states no balance. Records of a batch are numbered, and the trailers state how many records and batches there
are. Banks count records in different ways: all of them, the details or the titles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.fixed import CURE, Record, plural, records
from arwork.intake.bank.formats import Format
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, account_code, bank_file, classed
from arwork.intake.received import Received
from arwork.money import Units

_WIDTH = 240
_CURRENCY = "BRL"
_PAID = frozenset(["06", "17", "45", "46"])
_ITAU_PAID = frozenset(["06", "07", "08", "10", "59"])
_NAMES = {"E": "an account statement (extrato)", "A": "payments to suppliers", "J": "payments of boletos to suppliers"}


@dataclass(frozen=True)
class _Places:
    """Where a bank places the fields of segment T and the account of the batch header."""

    branch: tuple[int, int]
    account: tuple[int, int]
    title: tuple[int, int]
    document: tuple[int, int]
    own: tuple[int, int]
    payer: tuple[int, int]


_COMMON = _Places((54, 58), (60, 72), (38, 57), (59, 73), (106, 130), (149, 188))
_PLACES: Mapping[str, _Places] = {
    "033": _Places((54, 57), (59, 68), (41, 53), (55, 69), (101, 125), (144, 183)),
    "104": _Places((54, 58), (60, 65), (39, 56), (59, 69), (106, 130), (149, 188)),
    "341": _Places((55, 58), (67, 73), (41, 48), (59, 68), (106, 130), (149, 188)),
}


@dataclass
class _Batch:
    """One batch while it is read: its header, its lines, and what is counted in it."""

    header: Record
    account: str
    day: date
    number: str
    details: int = 0
    titles: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)
    lines: Lines = field(default_factory=Lines)
    open_title: Record | None = None

    def meanings(self, records_in_all: int) -> set[int]:
        """Give the ways in which banks count: all records, details, titles, distinct titles, titles paid."""
        return {records_in_all, self.details, self.counts.total(), len(self.titles), len(self.lines)}


def claims(head: str) -> bool:
    """Say whether a text begins with the header of a CNAB 240 file, return or remittance."""
    return re.match(r"[0-9]{3}00000[^\r\n]{9}[0-9 ][0-9 ]{14}[^\r\n]{110}[12][0-9]{8}", head) is not None


def read(received: Received, text: str, encoding: str, units: Units) -> BankFile:
    """Read a CNAB 240 return whole; InputError names the record otherwise."""
    name = received.name
    all_records = iter(records(text, name, _WIDTH))
    header = next(all_records, None)
    if header is None:
        raise InputError("the file holds no record", where=place(name), cure=CURE)
    day = _file_day(header)
    batches: list[_Batch] = []
    inside = False
    in_batch, count = 0, 1
    trailer: Record | None = None
    for record in all_records:
        kind, count = record.text[7], count + 1
        if trailer is not None:
            raise record.refused("a record follows the trailer of the file")
        record.agrees("the bank of the record (001-003)", record.text[:3], header.text[:3])
        in_batch += 1
        if kind == "1" and not inside:
            batches.append(_opened(record, len(batches) + 1, day))
            inside, in_batch = True, 1
        elif kind == "3" and inside:
            _detail(record, batches[-1], units)
        elif kind == "5" and inside:
            _closed(record, batches[-1], in_batch)
            inside = False
        elif kind == "9" and not inside:
            trailer = record
        else:
            raise record.refused(f"a record of kind {kind!r} does not belong here", 8, 8)
    if trailer is None:
        what = f"the trailer of the file (record 9) is missing after {plural(count, 'record')}: the file is cut off"
        raise InputError(what, where=place(name, count), cure=CURE)
    how = _check_file(trailer, batches, count)
    statements = [_statement(batch, header) for batch in batches]
    return bank_file(
        received, statements, format="CNAB 240 retorno", encoding=encoding, completeness="counted",
        proof=_proof(batches, how, units),
    )  # fmt: skip


def _file_day(header: Record) -> date:
    if header.text[142] == "1":
        what = "this is a CNAB 240 remittance (remessa): it asks the bank to act; nothing in it is booked yet"
        raise InputError(what, where=place(header.file, header.number), cure="Give the return file (retorno) that answers it")
    return header.day(144, 151, "dmy", "the day of the file")


def _opened(record: Record, number: int, day: date) -> _Batch:
    """Read the header of a batch; only batches of boleto returns are taken."""
    if (record.text[8], record.part(10, 11)) != ("T", "01"):
        what = f"batch {number} is no return of boletos (operation {record.text[8]!r}, service {record.part(10, 11)!r})"
        cure = "Give the return file of boleto collection (cobrança); for statements ask the bank for camt.053, MT940 or OFX"
        raise InputError(what, where=place(record.file, record.number, "9-11"), cure=cure)
    places = _PLACES.get(record.text[:3], _COMMON)
    branch, account = account_code(record.words(*places.branch)), account_code(record.words(*places.account)).lstrip("0")
    branch = branch[-4:] if len(branch) > 4 and branch[0] == "0" else branch
    known = branch.strip("0") or account
    return _Batch(record, "/".join([record.text[:3], branch, account]) if known else f"{record.text[:3]}/unnamed", day, record.text[3:7])


def _detail(record: Record, batch: _Batch, units: Units) -> None:
    """Read segment T, then the U that belongs to it; other segments only supplement."""
    _same_batch(record, batch)
    batch.details += 1
    record.agrees("the number of the record in its batch (009-013)", record.text[8:13], f"{batch.details:05d}")
    segment = record.text[13].upper()
    if segment == "T":
        if batch.open_title is not None:
            raise record.refused("segment U of the title before this one is missing", 14, 14)
        batch.open_title = record
    elif segment == "U":
        if batch.open_title is None:
            raise record.refused("a segment U without its segment T", 14, 14)
        _title(batch.open_title, record, batch, units)
        batch.open_title = None
    elif segment in _NAMES:
        raise record.refused(f"segment {segment} belongs to {_NAMES[segment]}, not to a boleto return", 14, 14)


def _same_batch(record: Record, batch: _Batch) -> None:
    """Hold all records of a batch to one batch number; a header without one (0000) takes that of the first record."""
    if batch.number in ("", "0000"):
        batch.number = record.text[3:7]
    record.agrees("the batch of the record (004-007)", record.text[3:7], batch.number)


def _title(t: Record, u: Record, batch: _Batch, units: Units) -> None:
    """Read one title from its two segments: a line where money moved, else only counted."""
    u.agrees("the movement code of segments T and U (016-017)", u.text[15:17], t.text[15:17])
    code = t.digits(16, 17, "the movement code")
    places = _PLACES.get(t.text[:3], _COMMON)
    title = t.words(*places.title)
    batch.counts[code] += 1
    batch.titles.add(title + t.words(*places.document))
    amount = u.money(78, 92, _CURRENCY, units, name="the amount paid")
    credit_stated = bool(u.part(146, 153).strip("0"))
    paid = _ITAU_PAID if t.text[:3] == "341" else _PAID
    if code not in paid or not amount or (code in ("45", "46", "10", "59") and not credit_stated):
        batch.silent[code] += 1
        return
    paid_on = u.day_or(138, 145, "dmy", "the day of the occurrence", batch.day)
    kind, reason = classed(amount, Meaning("", "OTHER", f"boleto settled (movement {code})"), "")
    document, own = t.words(*places.document), t.words(*places.own)
    batch.lines.append(Line(
        booking_date=paid_on,
        value_date=u.day_or(146, 153, "dmy", "the credit day", paid_on),
        amount=amount,
        source_line=str(u.number),
        kind=kind,
        class_reason=reason,
        txn_code=code,
        remitter_name=t.words(*places.payer),
        remittance_text=" ".join(dict.fromkeys(word for word in (document, own) if word.strip("0"))),
        structured_ref=title,
    ))  # fmt: skip


def _closed(trailer: Record, batch: _Batch, count: int) -> None:
    _same_batch(trailer, batch)
    if batch.open_title is not None:
        raise trailer.refused("segment U of the last title is missing")
    stated = trailer.figure(18, 23, "the number of records in the batch")
    if stated and stated not in batch.meanings(count):
        trailer.agrees("the number of records in the batch (018-023)", stated, count)


def _check_file(trailer: Record, batches: list[_Batch], count: int) -> str:
    """Compare what the trailer of the file counts; say how the bank counts its records."""
    trailer.agrees("the number of batches (018-023)", trailer.figure(18, 23, "the number of batches"), len(batches))
    stated = trailer.figure(24, 29, "the number of records")
    if not stated:
        return ""
    if stated == count:
        return f"{count}, the number of its records"
    details = sum(batch.details for batch in batches)
    titles = sum(batch.counts.total() for batch in batches)
    distinct, paid = sum(len(batch.titles) for batch in batches), sum(len(batch.lines) for batch in batches)
    ways = {count - 2: "records in batches", details: "details", titles: "titles", distinct: "different titles", paid: "titles paid"}
    if stated not in ways:
        trailer.agrees("the number of records in the file (024-029)", stated, count)
    return f"{stated}, the number of {ways[stated]}"


def _statement(batch: _Batch, header: Record) -> Statement:
    number = header.part(158, 163).lstrip("0") or batch.header.part(184, 191).lstrip("0")
    return Statement(
        account=batch.account, currency=_CURRENCY, number=number or batch.day.isoformat(), sequence=number if number.isdigit() else "",
        from_date=None, to_date=batch.day, opening=None, closing=None, lines=batch.lines, source_line=str(batch.header.number),
    )  # fmt: skip


def _proof(batches: list[_Batch], how: str, units: Units) -> str:
    """Say what was counted, and which titles are no lines because no money moved by them."""
    lines = sum(len(batch.lines) for batch in batches)
    total = units.said(sum(batch.lines.total() for batch in batches), _CURRENCY)
    parts = [f"{len(batches)} {'batch' if len(batches) == 1 else 'batches'}, each with its records numbered without a gap"]
    if how:
        parts.append(f"the trailer of the file states {how}")
    parts.append(f"{plural(lines, 'line')} of {total}")
    silent = sum((batch.silent for batch in batches), Counter[str]())
    if silent:
        told = ", ".join(f"{number} of {code}" for code, number in sorted(silent.items()))
        parts.append(f"movements of titles that moved no money are no lines: {told}")
    return "; ".join(parts) + "."


FORMAT = Format("CNAB 240", claims, read, charset="iso8859-1")
