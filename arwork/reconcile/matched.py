"""Which statement lines and which book rows are the same money, for all bank accounts together (RC-20, RC-70)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from arwork.reconcile.pairing import HOW, Flags, Group, Pairs, Places
from arwork.tables import empty

_LINE = (
    "line_id", "bank_account", "currency", "booking_date", "amount", "class", "is_return", "bank_txn_id", "return_reason", "source_file",
    "source_line",
)  # fmt: skip
_ROW = (
    "ledger_id",
    "company_code",
    "currency",
    "doc_no",
    "line_no",
    "posting_date",
    "amount",
    "type",
    "text",
    "source_file",
    "source_line",
)


@dataclass(frozen=True)
class Side:
    """One bank account as paired: its lines and book rows, the day from which both cover it, why it is not proven (blank: it is), and
    which lines and rows an earlier period left open."""

    ledger_id: str
    company_code: str
    bank_account: str
    lines: pd.DataFrame
    book: pd.DataFrame
    pairs: Pairs
    since: date
    unproven: str
    carried: tuple[Flags, Flags]


@dataclass(frozen=True)
class Matched:
    """All lines and all book rows with the number of their group, -1 where nothing was found.

    `lines` has the columns of `bank_lines` that are needed, `rows` those of `cash_book` with the bank account; both have `group`,
    `how` (what the group rests on; blank without one) and `counts` (booked on or after the day from which both sides cover the
    account, or left open by an earlier period). `unproven` says by account and currency why it is not proven.
    """

    lines: pd.DataFrame
    rows: pd.DataFrame
    unproven: dict[tuple[str, str], str]


def matched(sides: Sequence[Side]) -> Matched:
    """Number the groups of every account and put the accounts under each other."""
    lines: list[pd.DataFrame] = []
    rows: list[pd.DataFrame] = []
    start = 0
    why: dict[tuple[str, str], str] = {}
    for side in sides:
        bank, book, how = _numbered(side.pairs)
        words = np.array([*how, ""], dtype=object)
        since = pd.Timestamp(side.since)
        shift = np.where(bank >= 0, start, 0), np.where(book >= 0, start, 0)
        line = side.lines[list(_LINE)].assign(
            group=bank + shift[0], how=words[bank], counts=(side.lines["booking_date"] >= since) | side.carried[0]
        )
        row = side.book[list(_ROW)].assign(
            bank_account=side.bank_account,
            group=book + shift[1],
            how=words[book],
            counts=(side.book["posting_date"] >= since) | side.carried[1],
        )
        lines, rows, start = [*lines, line], [*rows, row], start + len(how)
        for currency in {*line["currency"], *row["currency"]}:
            why[side.bank_account, currency] = side.unproven
    nothing = (empty("bank_lines")[list(_LINE)], empty("cash_book")[list(_ROW)].assign(bank_account=""))
    both = [
        pd.concat(parts, ignore_index=True) if parts else frame.assign(group=0, how="", counts=False)
        for parts, frame in zip((lines, rows), nothing, strict=True)
    ]
    return Matched(both[0], both[1], why)


@dataclass(frozen=True)
class Together:
    """Lines and rows that are, or may be, the same money: their places, what it rests on, the rival sets, and how the search ended."""

    lines: tuple[int, ...]
    rows: tuple[int, ...]
    how: str
    rivals: tuple[tuple[int, ...], ...] = ()
    exhaustive: bool = True
    chance: int = 0


def groups_of(pairs: Pairs, *, plain: bool = True) -> list[Together]:
    """List every group of one account, certain and proposed; without `plain`, not the pairs of one line and one row by reference."""
    paired = np.flatnonzero((pairs.book_of >= 0) & (plain | (pairs.how != HOW.index("REFERENCE")))).tolist()
    found = [
        Together((n,), (int(pairs.book_of[n]),), HOW[pairs.how[n]], tuple((row,) for row in pairs.rivals.get(n, ()))) for n in paired
    ]  # fmt: skip
    found += [Together(*group, name) for name, groups in _several(pairs) for group in groups]
    return [*found, *(Together(p.lines, p.rows, p.how, p.rivals, p.exhaustive, p.chance) for p in pairs.proposals)]


def _several(pairs: Pairs) -> tuple[tuple[str, Sequence[Group]], ...]:
    """Return the groups that are more than a pair, by what they rest on."""
    differing: list[Group] = [((line,), rows) for line, rows in pairs.differing]
    return ("REFERENCE", pairs.sums), ("REVERSAL", (*pairs.back_bank, *pairs.back_book)), ("DIFFERENCE", differing)


def _numbered(pairs: Pairs) -> tuple[Places, Places, list[str]]:
    """Number the groups of one account: pairs first, then sums, reversals, and lines booked with another amount."""
    bank, book = np.full(len(pairs.book_of), -1, dtype="int64"), np.full(len(pairs.bank_of), -1, dtype="int64")
    paired = np.flatnonzero(pairs.book_of >= 0)
    bank[paired] = np.arange(len(paired))
    book[pairs.book_of[paired]] = np.arange(len(paired))
    how = [HOW[n] for n in pairs.how[paired].tolist()]
    for name, groups in _several(pairs):
        for lines, rows in groups:
            bank[list(lines)] = book[list(rows)] = len(how)
            how.append(name)
    return bank, book, how
