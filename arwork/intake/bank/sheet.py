"""A statement among the others of its account: what of it can be compared, and how it stands to another (EX-10)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

import pandas as pd

from arwork.intake.bank.statement import account_code, account_key

Row = Any
"""A row of `bank_lines` or `statements` as a named tuple; `Index` is its place in the joined table."""

_FORMATS = ("camt.053", "MT940", "camt.052", "camt.054")


@dataclass(frozen=True)
class Sheet:
    """One statement, or one report without balances (`head` None), of file number `file`.

    `said` counts what its lines say, `days` the amounts of each day; `first` and `last` are the days of its lines.
    `balances` holds the balance before the first line and after each, `turns` those at the begin and end of each day.
    """

    file: int
    key: str
    head: Row | None
    rows: Sequence[Row]
    format: str
    first: date
    last: date
    said: Counter[str]
    days: Counter[tuple[date, int]]
    balances: tuple[int, ...]
    turns: Mapping[date, tuple[int, int]]

    def rank(self) -> tuple[object, ...]:
        """Order statements for taking in: proven before unproven, the format that tells more first, long before short."""
        known = next((i for i, name in enumerate(_FORMATS) if self.format.startswith(name)), len(_FORMATS))
        source = self.head if self.head is not None else self.rows[0]
        day = self.head.to_date if self.head is not None else pd.Timestamp(self.last)
        number = self.head.sequence_no if self.head is not None else ""
        return (self.head is None, known, -len(self.rows), day, len(number), number, self.key, source.source_file, source.source_sha256)


def sheet(file: int, key: str, head: Row | None, rows: Sequence[Row], format: str) -> Sheet:
    """Make a sheet out of rows of the tables."""
    days = [row.booking_date.date() for row in rows]
    amounts = [int(row.amount) for row in rows]
    balances = tuple(accumulate(amounts, initial=int(head.opening) if head is not None else 0))
    begins = {day: balances[i] for i, day in reversed(list(enumerate(days)))}
    ends = {day: balances[i + 1] for i, day in enumerate(days)}
    return Sheet(
        file=file,
        key=key,
        head=head,
        rows=rows,
        format=format,
        first=min(days, default=date.max),
        last=max(days, default=date.min),
        said=Counter(said(row) for row in rows),
        days=Counter(zip(days, amounts, strict=True)),
        balances=balances,
        turns={day: (begins[day], ends[day]) for day in begins},
    )


def said(row: Row) -> str:
    """Give the identity of a line without its number among equals."""
    return str(row.line_id).rpartition("-")[0]


def referred(row: Row) -> Hashable:
    """Name a line by day, amount and the bank's reference; None without one."""
    return (row.booking_date, int(row.amount), row.bank_txn_id) if row.bank_txn_id else None


def dated(row: Row) -> Hashable:
    """Name a line by day and amount."""
    return row.booking_date, int(row.amount)


def paired(mine: Sequence[Row], theirs: Sequence[Row], key: Callable[[Row], Hashable]) -> dict[int, Row]:
    """Pair rows with equal keys one to one, in order; a blank key pairs with nothing."""
    free: dict[Hashable, list[Row]] = defaultdict(list)
    for row in reversed(theirs):
        if key(row):
            free[key(row)].append(row)
    return {i: free[key(row)].pop() for i, row in enumerate(mine) if key(row) and free.get(key(row))}


def account_of(row: Row) -> tuple[str, str]:
    """Name the account, however the format writes it, and its currency."""
    return account_key(account_code(str(row.bank_account))), str(row.currency)


def same_statement(one: Sheet, other: Sheet, among: Sequence[Sheet]) -> bool:
    """Say whether two statements of an account are one: balances, day, and the amounts of each day agree.

    Across formats the sums of each day are enough, because one format may split a bulk booking that the other joins.
    Statements that only look alike, because the balance came back in between, are told apart by their numbers.
    """
    a, b = one.head, other.head
    if a is None or b is None or (a.opening, a.closing, a.to_date) != (b.opening, b.closing, b.to_date):
        return False
    across = one.format.partition(".")[0] != other.format.partition(".")[0]
    if not across:
        level_and_numbered = a.opening == a.closing and a.sequence_no and b.sequence_no and a.sequence_no != b.sequence_no
        if level_and_numbered or counted_on(one, other, among):
            return False
    if one.days == other.days or _by_value(one) == _by_value(other):
        return True
    return across and _sums(one) == _sums(other)


def counted_on(one: Sheet, other: Sheet, among: Sequence[Sheet]) -> bool:
    """Say whether numbers and balances count on from one statement to the other, so that equal lines on them are two bookings."""
    return _path(one, other, among, numbered=True) or _path(other, one, among, numbered=True)


def follow(one: Sheet, other: Sheet, among: Sequence[Sheet]) -> bool:
    """Say whether one statement closes where the other opens; what could be a part of the other is taken for one."""
    if _within(one, other) or _within(other, one):
        return False
    return _path(one, other, among, numbered=False) or _path(other, one, among, numbered=False)


def _path(one: Sheet, other: Sheet, among: Sequence[Sheet], *, numbered: bool) -> bool:
    """Walk from closing to opening balance through statements of the day on which both meet, or only along their numbers."""
    if one.head is None or other.head is None or one.last > other.first:
        return False
    open_ends, seen = [one], {id(one)}
    while open_ends:
        here = open_ends.pop()
        for there in among:
            inside = there is other or there.first == there.last == one.last
            if id(there) in seen or not inside or here.head is None or there.head is None or here.head.closing != there.head.opening:
                continue
            if numbered and not _numbered_on(here.head, there.head):
                continue
            if there is other:
                return True
            seen.add(id(there))
            open_ends.append(there)
    return False


def _numbered_on(one: Row, other: Row) -> bool:
    before, after = str(one.sequence_no), str(other.sequence_no)
    return before.isdigit() and after.isdigit() and int(after) == int(before) + 1


def _within(one: Sheet, other: Sheet) -> bool:
    """Say whether the lines and balances of one stand inside the other, so that it may be a part of it."""
    if one.head is None:
        return False
    return one.said <= other.said and int(one.head.opening) in other.balances and int(one.head.closing) in other.balances


def _by_value(sheet: Sheet) -> Counter[tuple[date, int]]:
    return Counter((row.value_date.date(), int(row.amount)) for row in sheet.rows)


def _sums(sheet: Sheet) -> dict[date, int]:
    sums: dict[date, int] = {}
    for (day, amount), count in sheet.days.items():
        sums[day] = sums.get(day, 0) + amount * count
    return sums
