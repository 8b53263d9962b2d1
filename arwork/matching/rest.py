"""What makes up the rest of a receipt that names only some of what it pays: the simplest set of other items that does, if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arwork.matching.universe import Item, order

_MOST = 40
_PAIRS_AMONG = 200


def rest_of(others: Sequence[Item], left: int, paid: date, named: Sequence[Item]) -> tuple[Item, ...] | None:
    """Return the one simplest set of items that adds up to what is left, minor units; None where there is none or two are as simple.

    One item is simpler than a row of items by due date, a row beside what is named simpler than any row, and that simpler
    than a pair. Only items dated by the payment count.
    """
    dated = [item for item in others if item.doc_date <= paid and item.left > 0]
    single = [item for item in dated if item.left == left]
    if single:
        return _only([(item,) for item in single], named)
    ranked = sorted(dated, key=order)
    rows = in_a_row(ranked, left)
    if rows:
        return _only(rows, named)
    if len(ranked) > _PAIRS_AMONG:
        return None
    by_amount: dict[int, list[Item]] = {}
    for item in ranked:
        by_amount.setdefault(item.left, []).append(item)
    pairs = [
        (one, other)
        for one in ranked
        if 2 * one.left <= left
        for other in by_amount.get(left - one.left, ())
        if order(one) < order(other) or one.left != other.left
    ]
    return _only(pairs, named)


def in_a_row(ranked: Sequence[Item], amount: int, worth: Sequence[int] | None = None) -> list[tuple[Item, ...]]:
    """List the rows of two or more neighbouring items (in the order given) that add up to an amount; near-linear.

    `worth` is what each counts for, minor units; what is left on it where that is not given.
    """
    found: list[tuple[Item, ...]] = []
    ends: dict[int, list[int]] = {0: [0]}
    total = 0
    for n, each in enumerate(worth if worth is not None else [item.left for item in ranked], start=1):
        total += each
        if total - amount in ends:
            found += [tuple(ranked[start:n]) for start in ends[total - amount] if 2 <= n - start <= _MOST]
        ends.setdefault(total, []).append(n)
    return found


def _only(sets: Sequence[tuple[Item, ...]], named: Sequence[Item]) -> tuple[Item, ...] | None:
    """Return the only set, or the only one that stands beside what is named in the order of due dates."""
    if len(sets) <= 1:
        return sets[0] if sets else None
    days = {item.due_date for item in named} | {item.doc_date for item in named}
    beside = [found for found in sets if any(item.due_date in days or item.doc_date in days for item in found)]
    return beside[0] if len(beside) == 1 else None
