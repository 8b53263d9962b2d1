"""A statement among the others of its account: what of it can be compared, and how it stands to another (EX-10)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from arwork.intake.bank.statement import account_code

Row = Any
"""A row of `bank_lines` or `statements` as a named tuple; `Index` is its place in the joined table."""

_FORMATS = ("camt.053", "MT940", "camt.052", "camt.054")


@dataclass(frozen=True)
class Sheet:
    """One statement, or one report without balances (`head` None), of file number `file`.

    `said` counts what its lines say, `days` the amounts of each day, `first` and `last` are the days of its lines.
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

    @property
    def level(self) -> bool:
        """Say whether the statement ends with the balance it began with."""
        return self.head is not None and self.head.opening == self.head.closing

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
    return Sheet(
        file=file,
        key=key,
        head=head,
        rows=rows,
        format=format,
        first=min(days, default=date.max),
        last=max(days, default=date.min),
        said=Counter(said(row) for row in rows),
        days=Counter((day, int(row.amount)) for day, row in zip(days, rows, strict=True)),
    )


def said(row: Row) -> str:
    """Give the identity of a line without its number among equals."""
    return str(row.line_id).rpartition("-")[0]


def account_of(row: Row) -> tuple[str, str]:
    """Name the account so that a German IBAN and its bank code with account number are one, and the currency."""
    account = account_code(str(row.bank_account))
    iban, old = re.fullmatch(r"DE[0-9]{2}([0-9]{8})([0-9]{10})", account), re.fullmatch(r"([0-9]{8})/([0-9]{1,10})", account)
    if iban or old:
        found = iban or old
        account = f"{found[1]}/{found[2].zfill(10)}" if found else account
    return account, str(row.currency)


def same_statement(one: Sheet, other: Sheet) -> bool:
    """Say whether two statements of an account are one: balances, day, and the amounts of each day agree.

    Across formats the sums of each day are enough, because one format may split a bulk booking that the other joins.
    A statement that ends where it began is told from the next one of its kind by its number.
    """
    a, b = one.head, other.head
    if a is None or b is None or (a.opening, a.closing, a.to_date) != (b.opening, b.closing, b.to_date):
        return False
    across = one.format.partition(".")[0] != other.format.partition(".")[0]
    if one.level and not across and a.sequence_no and b.sequence_no and a.sequence_no != b.sequence_no:
        return False
    if one.days == other.days or _by_value(one) == _by_value(other):
        return True
    return across and _sums(one) == _sums(other)


def follow(one: Sheet, other: Sheet, among: Iterable[Sheet]) -> bool:
    """Say whether two statements stand one after the other, so that equal lines on them are two bookings."""
    among = list(among)
    return _leads(one, other, among) or _leads(other, one, among)


def _by_value(sheet: Sheet) -> Counter[tuple[date, int]]:
    return Counter((row.value_date.date(), int(row.amount)) for row in sheet.rows)


def _sums(sheet: Sheet) -> dict[date, int]:
    sums: dict[date, int] = {}
    for (day, amount), count in sheet.days.items():
        sums[day] = sums.get(day, 0) + amount * count
    return sums


def _leads(one: Sheet, other: Sheet, among: Sequence[Sheet]) -> bool:
    """Walk from the closing of one to the opening of the other, through statements of the day on which they meet."""
    if one.head is None or other.head is None or one.last > other.first:
        return False
    if (one.level and one.said <= other.said) or (other.level and other.said <= one.said):
        return False
    open_ends, seen = [one.head.closing], {id(one), id(other)}
    while open_ends:
        balance = open_ends.pop()
        if balance == other.head.opening:
            return True
        for between in among:
            same_day = between.first == between.last == one.last
            if id(between) not in seen and between.head is not None and same_day and between.head.opening == balance:
                seen.add(id(between))
                open_ends.append(between.head.closing)
    return False
