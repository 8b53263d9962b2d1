"""Rows of `open_items` by customer account, each read only when somebody asks for it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from arwork.matching.columns import Arrow, column, places, takes, texts

_Name = tuple[str, str, str]
_ACCOUNT = ("ledger_id", "company_code", "customer_id")
_MANY = 20
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Accounts:
    """The customer accounts of `open_items` in order of the parts of their names; rows of account n are `rows[starts[n]:starts[n + 1]]`."""

    ledgers: Arrow
    companies: Arrow
    customers: Arrow
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class Stock:
    """`open_items` at hand: where each account and each item stands, and what reads a row; `same` are the columns with one value.

    `many` says that most of it will be asked for.
    """

    accounts: Accounts
    number: Mapping[_Name, int]
    row_of: Callable[[str], int | None]
    same: Mapping[str, Any]
    other: tuple[tuple[str, Callable[[NDArray[np.int64]], list[Any]]], ...]
    many: bool

    def of(self, account: _Name) -> NDArray[np.int64]:
        """List the rows of an account."""
        place = self.number.get(account)
        return _NONE if place is None else self.accounts.rows[self.accounts.starts[place] : self.accounts.starts[place + 1]]

    def account_of(self, place: int) -> _Name:
        """Name the account of a row."""
        row = next(self.read(np.array([place])))
        return (row["ledger_id"], row["company_code"], row["customer_id"])

    def columns(self, rows: NDArray[np.int64]) -> dict[str, list[Any]]:
        """Read some rows column by column: text, dates, whole numbers, flags."""
        return {**{name: [value] * len(rows) for name, value in self.same.items()}, **{name: take(rows) for name, take in self.other}}

    def read(self, rows: NDArray[np.int64]) -> Iterator[dict[str, Any]]:
        """Read some rows: text, dates, whole numbers, flags by column; each is gone when the next one is asked for."""
        names, row = tuple(name for name, _ in self.other), {**self.same}
        for values in zip(*(take(rows) for _, take in self.other), strict=True):
            row.update(zip(names, values, strict=True))
            yield row


def accounts(open_items: pd.DataFrame) -> Accounts:
    """Sort the rows of `open_items` by customer account."""
    parts = [texts(open_items, name).dictionary_encode() for name in _ACCOUNT]
    codes = np.zeros(len(open_items), dtype=np.int64)
    for part in parts:
        codes = codes * max(1, len(part.dictionary)) + part.indices.to_numpy()
    rows = np.argsort(codes, kind="stable")
    ordered = codes[rows]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(rows) else _NONE
    ledgers, companies, customers = (part.take(places(rows[starts])).dictionary_decode() for part in parts)
    return Accounts(ledgers, companies, customers, np.append(starts, len(rows)).astype(np.int64), rows.astype(np.int64))


def stock(open_items: pd.DataFrame, columns: Sequence[str], wanted: int | None = None, known: Accounts | None = None) -> Stock:
    """Lay `open_items` ready to be read by account and by item.

    `wanted` says for how many payments: for few of them items are looked for one by one, for many (None) in a list made at once.
    `known` is what `accounts` returned for the same items, where it was kept.
    """
    many = wanted is None or wanted * _MANY > len(open_items)
    found = accounts(open_items) if known is None else known
    names = zip(found.ledgers.to_pylist(), found.companies.to_pylist(), found.customers.to_pylist(), strict=True)
    same = {name: value[0] for name in columns if (value := _one_value(open_items, name))}
    other = tuple((name, takes(open_items, name)) for name in columns if name not in same)
    return Stock(found, {name: place for place, name in enumerate(names)}, _row_of(open_items, many=many), same, other, many)


def _one_value(open_items: pd.DataFrame, name: str) -> list[Any]:
    """Return the only value of a column that has but one; nothing of any other, and of the items' own ids."""
    values = open_items[name]
    if values.empty or name == "item_id":
        return []
    first = values.iloc[:1]
    alone = values.isna().all() if first.isna().all() else (values == first.iloc[0]).all()
    return column(first.to_frame(), name) if alone else []


def _row_of(open_items: pd.DataFrame, *, many: bool) -> Callable[[str], int | None]:
    """Return what finds the row of an item; a checked table stands in the order of its items."""
    ids = texts(open_items, "item_id")
    if many or not pc.all(pc.less(ids[:-1], ids[1:])).as_py():
        return {item: row for row, item in enumerate(column(open_items, "item_id"))}.get
    every = range(len(ids))

    def _row(item: str) -> int | None:
        row = bisect_left(every, item, key=lambda place: ids[place].as_py())
        return row if row < len(ids) and ids[row].as_py() == item else None

    return _row
