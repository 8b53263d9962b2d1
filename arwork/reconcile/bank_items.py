"""The reconciling items between statement and book of one bank account, by line of the layout (RC-20, 4.10)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from arwork.dates import period_end, period_of, period_start
from arwork.reconcile.bank_groups import hints_of
from arwork.reconcile.hints import Pool, hints
from arwork.reconcile.layout import CLASSES, Item, due_by
from arwork.reconcile.pairing import Flags, Pairs

Carried: TypeAlias = tuple[Flags, Flags]
"""Which statement lines and book rows an earlier period left open."""


@dataclass(frozen=True)
class _Sides:
    """Both sides of one account with the pairs between them, and the days that count."""

    lines: pd.DataFrame
    book: pd.DataFrame
    pairs: Pairs
    as_of: date
    spans: Mapping[str, str]
    off: Collection[date]
    may_be: tuple[Mapping[int, str], Mapping[int, str]]


def sides_of(lines: pd.DataFrame, book: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both sides of one account as `pair` reads them."""
    bank_rows = pd.DataFrame({
        "ref": lines["bank_txn_id"], "amount": lines["amount"], "day": _days(lines["booking_date"]), "reason": lines["return_reason"],
        "text": lines["remitter_name"] + " " + lines["remittance_text"] + " " + lines["structured_ref"],
    })  # fmt: skip
    return bank_rows, pd.DataFrame({
        "ref": book["bank_ref"], "amount": book["amount"], "day": _days(book["posting_date"]), "text": book["text"], "number": book["doc_no"],
        "reference": book["reference"],
    })  # fmt: skip


def still_open(lines: pd.DataFrame, book: pd.DataFrame, pairs: Pairs, since: date, as_of: date, carried: Carried) -> tuple[Flags, Flags]:
    """Say which statement lines and which book rows have no partner by the key date, from `since` on or `carried` from an earlier period."""
    bank_rows, book_rows = sides_of(lines, book)
    key_day, first = day_number(as_of), day_number(since)
    return (
        _open(bank_rows, pairs.book_of, book_rows, pairs.settled_bank, carried[0], first, key_day),
        _open(book_rows, pairs.bank_of, bank_rows, pairs.settled_book, carried[1], first, key_day),
    )


def bank_items(
    lines: pd.DataFrame,
    book: pd.DataFrame,
    pairs: Pairs,
    since: date,
    as_of: date,
    spans: Mapping[str, str],
    carried: Carried,
    off: Collection[date] = (),
) -> tuple[Item, ...]:
    """List what is on one side only at the key date, or differs: b1, b2, b3 on the bank's side, k1, k2, k3 on the book's.

    Takes the `bank_lines` and `cash_book` of one account, sorted, and the `pairs` between them; `spans` are days per class, `off` the holidays. Listed
    are rows up to the key date whose partner is missing or later, from the day `since` on, and of those before it what the period
    before left open (`carried`).
    """
    sides = _Sides(lines, book, pairs, as_of, spans, off, hints_of(pairs, lines, book))
    open_bank, open_book = still_open(lines, book, pairs, since, as_of, carried)
    for line, rows in pairs.differing:
        open_bank[line] = False
        open_book[list(rows)] = False
    items = [
        *_bank_side(sides, open_book),
        *_withdrawn(sides, open_bank),
        *_book_side(sides, open_bank),
        *_differing(sides, day_number(since), carried[0]),
    ]
    return tuple(sorted(items, key=lambda item: (item.mark, item.day, item.document, item.amount)))


def _days(days: pd.Series[Any]) -> npt.NDArray[np.int64]:
    return days.to_numpy().astype("datetime64[D]").astype("int64")


def day_number(day: date) -> int:
    """Return the number of a day, as `pair` counts days."""
    return int(np.datetime64(day, "D").astype("int64"))


def covered_from(statements: pd.DataFrame, lines: pd.DataFrame, book: pd.DataFrame, start: date) -> date:
    """Return the first day of the first month that bank and book both cover; `start` if that is earlier or one side is empty.

    `lines` and `book` are sorted by day.
    """
    days = [*statements["from_date"].dropna(), *lines["booking_date"].iloc[:1]]
    if not days or book.empty:
        return start
    both = max(min(days), book["posting_date"].iloc[0])
    return min(start, period_start(period_of(both.date())))


def _open(
    rows: pd.DataFrame, partner: npt.NDArray[np.int64], others: pd.DataFrame, settled: Flags, carried: Flags, since: int, key_day: int
) -> Flags:
    """Say which rows of one side stand open at the key date: theirs is missing, or later."""
    day = rows["day"].to_numpy()
    later = np.zeros(len(rows), dtype=bool)
    paired = partner >= 0
    later[paired] = others["day"].to_numpy()[partner[paired]] > key_day
    return (day <= key_day) & ((day >= since) | carried) & ~settled & (~paired | later)


def _bank_side(sides: _Sides, open_book: Flags) -> Iterator[Item]:
    """List book rows that the bank has not booked: receipts b1, payments and refunds b2."""
    for place, row in _rows(sides.book, open_book):
        partner = int(sides.pairs.bank_of[place])
        code = "RI-OST" if row.type == "REFUND" and row.amount < 0 else "RI-TIM"
        after = f"on the statement of {sides.lines['booking_date'].iloc[partner]:%Y-%m-%d}" if partner >= 0 else "not on a statement yet"
        said = f"Booked on {row.posting_date:%Y-%m-%d} ({row.text or row.type}), {after}{sides.may_be[1].get(place, '')}"
        yield _item(sides, code, "b1" if row.amount > 0 else "b2", row.doc_no, row, row.posting_date, row.amount, said)


def _withdrawn(sides: _Sides, open_bank: Flags) -> Iterator[Item]:
    """List what the bank booked and took back after the key date under the same reference, without naming a return: b3."""
    for place, row in _rows(sides.lines, open_bank & _among(sides.pairs.withdrawn, len(open_bank))):
        day = sides.lines["booking_date"].iloc[sides.pairs.withdrawn[place]]
        said = f"Booked by the bank on {row.booking_date:%Y-%m-%d} and taken back by it on {day:%Y-%m-%d}"
        yield _item(sides, "RI-BNK", "b3", _name(row), row, row.booking_date, -row.amount, said)


def _book_side(sides: _Sides, open_bank: Flags) -> Iterator[Item]:
    """List statement lines that the book does not have: credits k1, debits k2."""
    for place, row in _rows(sides.lines, open_bank & ~_among(sides.pairs.withdrawn, len(open_bank))):
        partner = int(sides.pairs.book_of[place])
        after = f"booked on {sides.book['posting_date'].iloc[partner]:%Y-%m-%d}" if partner >= 0 else "not booked"
        said = f"On the statement of {row.booking_date:%Y-%m-%d} ({row.remitter_name or row.remittance_text or row.method}), {after}"
        said += sides.may_be[0].get(place, "")
        yield _item(sides, "RI-UNR", "k1" if row.amount > 0 else "k2", _name(row), row, row.booking_date, row.amount, said)


def _differing(sides: _Sides, since: int, carried: Flags) -> Iterator[Item]:
    """List book rows that carry a bank reference but not its amount: k3; RI-DUP where the one amount is booked several times."""
    for place, rows in sides.pairs.differing:
        ((_, line),) = _rows(sides.lines, _among([place], len(sides.lines)))
        booked = sides.book.iloc[list(rows)]
        first: Any = next(booked.itertuples(index=False))
        last = max(line.booking_date, booked["posting_date"].max())
        if day_number(last.date()) < since and not carried[place]:
            continue
        gap, twice = int(line.amount - booked["amount"].sum()), bool((booked["amount"] == line.amount).all())
        swapped = hints(gap, Pool([], np.zeros(0, dtype="int64"), np.zeros(0, dtype=bool)))
        said = f"Bank reference {line.bank_txn_id} is booked " + (f"{len(booked)} times" if twice else "with another amount")
        said += f", the difference {swapped[0]}" if swapped and not twice else ""
        yield _item(sides, "RI-DUP" if twice else "RI-ERR", "k3", str(first.doc_no), first, first.posting_date, gap, said)


def _rows(frame: pd.DataFrame, wanted: Flags) -> Iterator[tuple[int, Any]]:
    """Yield the place and the row of what is wanted."""
    places = np.flatnonzero(wanted)
    yield from zip(places.tolist(), frame.iloc[places].itertuples(index=False), strict=True)


def _among(places: Collection[int], length: int) -> Flags:
    found = np.zeros(length, dtype=bool)
    found[list(places)] = True
    return found


def _name(line: Any) -> str:
    return str(line.bank_txn_id or line.line_id)


def _item(sides: _Sides, code: str, mark: str, document: str, row: Any, moment: pd.Timestamp, amount: int, said: str) -> Item:
    day = moment.date()
    expected = due_by(day, sides.spans[code], sides.off) if code in sides.spans else period_end(period_of(sides.as_of))
    return Item(code, mark, document, day, int(amount), f"{said}; {CLASSES[code][1]}.", expected, row.source_file, row.source_line)
