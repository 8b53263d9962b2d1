"""Money that moved a bank balance without a line: a page missing from a statement, a statement missing from the chain (RC-20)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.reconcile.layout import CLASSES, Item, due_by


@dataclass(frozen=True)
class _Statement:
    """One statement: its key and number, its day, its balances and the sum of its lines in minor units, where it was read."""

    key: str
    number: str
    day: date
    opening: int
    closing: int
    moved: int
    source_file: str
    source_line: str


def missing(statements: pd.DataFrame, start: date, as_of: date, spans: Mapping[str, str], off: Collection[date] = ()) -> tuple[Item, ...]:
    """List what the balances of one account moved by and no line shows: RI-INT with mark `gap`, minor units.

    It names a difference and settles none: until the lines are there, bank and book do not tie.

    A statement whose lines do not lead from its opening to its closing lacks lines; one that opens where no other closed follows
    a missing one. Statements of one day are ordered by their balances, not by name.
    """
    near = statements[(statements["to_date"] >= pd.Timestamp(start)) & (statements["to_date"] <= pd.Timestamp(as_of))]
    chain = _chain(near)
    items = [
        _item(s, s.closing - s.opening - s.moved, "its lines do not add up to its balances: lines are missing", spans, off) for s in chain
    ]
    items += [_item(s, gap, "it opens where no other closed: a statement before it is missing", spans, off) for s, gap in _breaks(chain)]
    return tuple(item for item in items if item.amount)


def _chain(near: pd.DataFrame) -> list[_Statement]:
    number = pd.to_numeric(near["sequence_no"], errors="coerce").fillna(0)
    return [
        _Statement(
            row["statement_key"], row["statement_id"], row["to_date"].date(), int(row["opening"]), int(row["closing"]),
            int(row["credits"] - row["debits"]), row["source_file"], row["source_line"],
        )
        for row in near.assign(number=number).sort_values(["to_date", "number", "statement_key"]).to_dict("records")
    ]  # fmt: skip


def _breaks(chain: list[_Statement]) -> Iterator[tuple[_Statement, int]]:
    """Pair each opening that no statement closed at, but the first, with the closing before it that no statement opens at."""
    closed, opened = Counter(s.closing for s in chain), Counter(s.opening for s in chain)
    starts, ends = list(_unmet(chain, closed, "opening")), list(_unmet(chain, opened, "closing"))
    for later, earlier in zip(starts[1:], ends, strict=False):
        yield later, later.opening - earlier.closing


def _unmet(chain: list[_Statement], met: Counter[int], side: str) -> Iterator[_Statement]:
    left = met.copy()
    for statement in chain:
        value = getattr(statement, side)
        if left[value]:
            left[value] -= 1
        else:
            yield statement


def _item(statement: _Statement, gap: int, why: str, spans: Mapping[str, str], off: Collection[date]) -> Item:
    said = f"Statement {statement.number} of {statement.day}: {why}; {CLASSES['RI-INT'][1]}."
    expected = due_by(statement.day, spans.get("RI-INT", "2d"), off)
    return Item("RI-INT", "gap", statement.number, statement.day, gap, said, expected, statement.source_file, statement.source_line)
