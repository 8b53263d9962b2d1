"""What an unexplained difference looks like: hints for the preparer, never an explanation (4.10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_SHOWN = 3


@dataclass(frozen=True)
class Pool:
    """Documents that a difference is compared with: their names, their amounts in minor units, and which belong to the period."""

    names: Sequence[str]
    amounts: npt.NDArray[np.int64]
    recent: npt.NDArray[np.bool_]


NOTHING = Pool((), np.zeros(0, dtype="int64"), np.zeros(0, dtype=bool))
"""A pool without documents."""


def hints(difference: int, pool: Pool, special: int = 0, *, taxes: Pool = NOTHING, unposted: int = 0) -> tuple[str, ...]:
    """List what a difference equals: special G/L, one document, twice a document, two of the period's documents, a tax; or a swap of digits.

    Either sign counts. Two documents are named only when exactly one pair fits. `special` is the sum of special G/L lines, `taxes`
    are the tax amounts of documents, `unposted` is what was unposted at the end of the day before the key date.
    """
    return (*_hints(difference, pool, special), *_others(difference, taxes, unposted)) if difference else ()


def _others(difference: int, taxes: Pool, unposted: int) -> Iterator[str]:
    tax = _named(taxes, np.abs(taxes.amounts) == abs(difference))
    if tax:
        yield f"equals the tax of {tax}"
    if unposted and abs(difference) == abs(unposted):
        yield "equals what was unposted at the end of the day before"


def _hints(difference: int, pool: Pool, special: int) -> Iterator[str]:
    if special and abs(difference) == abs(special):
        yield "equals Σ special G/L"
    size = np.abs(pool.amounts)
    one = _named(pool, size == abs(difference))
    if one:
        yield f"equals one document: {one}"
    twice = _named(pool, (2 * size == abs(difference)) & (size > 0)) if difference % 2 == 0 else ""
    if twice:
        yield f"equals twice one document, which looks like a wrong sign: {twice}"
    pair = "" if one else _pair(difference, pool)
    if pair:
        yield f"equals two documents: {pair}"
    if difference % 9 == 0:
        yield "is divisible by 9, which looks like two digits swapped"


def _named(pool: Pool, hit: npt.NDArray[np.bool_]) -> str:
    names = sorted({pool.names[i] for i in np.flatnonzero(hit).tolist()})
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _pair(difference: int, pool: Pool) -> str:
    """Name the only two documents of the period that add up to the difference, either sign; blank when none or several do."""
    where = np.flatnonzero(pool.recent & (pool.amounts != 0))
    order = where[np.argsort(pool.amounts[where], kind="stable")]
    amounts = pool.amounts[order]
    found: set[tuple[str, str]] = set()
    for target in (difference, -difference):
        need = target - amounts
        low, high = np.searchsorted(amounts, need, "left"), np.searchsorted(amounts, need, "right")
        for i in np.flatnonzero(high > low)[: 4 * _SHOWN].tolist():
            for j in range(int(low[i]), min(int(high[i]), int(low[i]) + 4)):
                if j != i:
                    first, second = sorted((pool.names[order[i]], pool.names[order[j]]))
                    found.add((first, second))
    return " and ".join(found.pop()) if len(found) == 1 else ""
