"""A report without balances beside statements (EX-10): what a statement books is not entered again from the report.

A report (camt.052, camt.054, NACHA, a lockbox, MT942) tells of bookings or of their details. Its lines on days that
proven statements cover are held back: the statement has them singly, or as one sum, or not at all. Lines of a day just
before a statement that books their sum as one line are held back too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from arwork.intake.bank.entered import Repeats
from arwork.intake.bank.sheet import Row, Sheet, dated, paired, referred, said

LATE = 5
"""Days after a report's lines within which their sum may be booked as one line."""


@dataclass(frozen=True)
class Span:
    """Days that a statement covers, first and last included."""

    sheet: Sheet
    first: date
    last: date


def spans(statements: Sequence[Sheet]) -> list[Span]:
    """Give the days that proven statements of one account cover.

    A statement that opens with the balance with which the one before it closed also covers the days between them: had
    something been booked there, the balances would not meet.
    """
    found: list[Span] = []
    before: Row | None = None
    told = [(s.head, s) for s in statements if s.head is not None]
    for head, sheet in sorted(told, key=lambda pair: (pair[0].to_date, pair[1].first)):
        last = head.to_date.date()
        days = [last, *([sheet.first] if sheet.rows else [])]
        if not pd.isna(head.from_date):
            days.append(head.from_date.date())
        if before is not None and int(before.closing) == int(head.opening):
            days.append(min(before.to_date.date() + timedelta(days=1), last))
        found.append(Span(sheet, min(days), last))
        before = head
    return found


def held(report: Sheet, statements: Sequence[Sheet], answered: Collection[int]) -> Repeats:
    """Find the lines of a report that statements of its account book; `answered` are lines that other lines stand for.

    A line held back names the line that books it, where one can be told.
    """
    covering = spans(statements)
    taken = set(answered)
    repeats: Repeats = {}
    left: dict[date, list[int]] = defaultdict(list)
    by_statement: dict[int, list[int]] = defaultdict(list)
    for i, row in enumerate(report.rows):
        day = row.booking_date.date()
        span = next((n for n, span in enumerate(covering) if span.first <= day <= span.last), None)
        if span is None:
            left[day].append(i)
        else:
            by_statement[span].append(i)
    for number, places in by_statement.items():
        repeats |= _on(report, covering[number].sheet, places, taken)
    for day, places in sorted(left.items()):
        repeats |= _late(report, [span.sheet for span in covering], day, places, taken)
    return repeats


def _on(report: Sheet, statement: Sheet, places: Sequence[int], taken: set[int]) -> Repeats:
    """Say for each line on a covered day how the statement books it: singly, in a sum, or not at all."""
    repeats: Repeats = {}
    for key in (referred, said):
        mine = [i for i in places if i not in repeats]
        free = [row for row in statement.rows if row.Index not in taken]
        for at, there in paired([report.rows[i] for i in mine], free, key).items():
            repeats[mine[at]] = (there, f"{there.source_file}, {there.source_line} books it")
            taken.add(there.Index)
    days: dict[date, list[int]] = defaultdict(list)
    for i in places:
        if i not in repeats:
            days[report.rows[i].booking_date.date()].append(i)
    for day, group in sorted(days.items()):
        free = [row for row in statement.rows if row.Index not in taken]
        whole = paired([report.rows[i] for i in group], free, dated)
        lump = None if len(whole) == len(group) else _lump(report, free, day, group)
        if lump is not None:
            repeats |= _held_as_sum(group, lump, taken)
            continue
        for at, i in enumerate(group):
            there = whole.get(at)
            reason = (
                f"{there.source_file}, {there.source_line} books it" if there is not None else f"statement {statement.key} covers this day"
            )
            repeats[i] = (there, reason)
            if there is not None:
                taken.add(there.Index)
    return repeats


def _late(report: Sheet, statements: Sequence[Sheet], day: date, group: Sequence[int], taken: set[int]) -> Repeats:
    """Hold the lines of a day that no statement covers when one books them a few days later: by reference, or as their sum."""
    until = day + timedelta(days=LATE)
    free = [row for sheet in statements for row in sheet.rows if row.Index not in taken and day <= row.booking_date.date() <= until]
    pairs = paired([report.rows[i] for i in group], free, _named)
    if pairs:
        taken |= {there.Index for there in pairs.values()}
        return {group[at]: (there, f"{there.source_file}, {there.source_line} books it") for at, there in pairs.items()}
    lump = _lump(report, free, day, group)
    return {} if lump is None else _held_as_sum(group, lump, taken)


def _named(row: Row) -> Hashable:
    """Name a line by its amount and the bank's reference, whatever its day."""
    return (int(row.amount), row.bank_txn_id) if len(row.bank_txn_id) >= 6 else None


def _lump(report: Sheet, free: Sequence[Row], day: date, group: Sequence[int]) -> Row | None:
    """Find the line that books several lines of a day as one sum, on that day or a few days later."""
    if len(group) < 2:
        return None
    total = sum(int(report.rows[i].amount) for i in group)
    fits = [row for row in free if int(row.amount) == total and day <= row.booking_date.date() <= day + timedelta(days=LATE)]
    return min(fits, key=lambda row: (row.booking_date, row.Index), default=None)


def _held_as_sum(group: Sequence[int], lump: Row, taken: set[int]) -> Repeats:
    taken.add(lump.Index)
    return {i: (lump, f"{lump.source_file}, {lump.source_line} books {len(group)} such lines as one sum") for i in group}
