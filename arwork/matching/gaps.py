"""A row of documents by date of which a payment leaves out two or three: found by the amount, where no coincidence is likely (2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray

_NEWEST = 60
_LONGEST = 41
_CHANCE = 20
"""One set in so many may add up by coincidence before the search ends."""
_LEFT_OUT = (2, 3)


def with_gaps(values: Sequence[int], amount: int) -> list[tuple[int, ...]]:
    """List the rows of neighbours, by place, that add up to the amount (minor units) with two left out, else with three.

    Only the newest places are looked at. The search ends before a set would be as likely to add up by coincidence as one in
    twenty: then nothing is found.
    """
    start = max(0, len(values) - _NEWEST)
    amounts = np.array(values[start:], dtype=np.int64)
    if len(amounts) < _LEFT_OUT[0] + 2 or int(amounts.sum()) <= amount:
        return []
    first, last = _spans(len(amounts))
    total = np.concatenate([[0], np.cumsum(amounts)])
    over = total[last + 1] - total[first] - amount
    fit = (over > 0) & (last - first < _LONGEST)
    first, last, over = first[fit], last[fit], over[fit]
    tried = 0
    for count in _LEFT_OUT:
        tried += sum(comb(inner, count) * int(many) for inner, many in enumerate(np.bincount(last - first - 1)))
        if tried * _CHANCE > int(amounts.sum()):
            return []
        found = _of(amounts, first, last, over, count)
        if found:
            return [tuple(start + n for n in places) for places in found]
    return []


def _of(
    amounts: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64], over: NDArray[np.int64], count: int
) -> list[list[int]]:
    """List the rows from `first` to `last` in which so many places, none of them an end, make up what is over."""
    out = _sets(len(amounts), count)
    sums = amounts[out[:, 0]]
    for place in range(1, count):
        sums = sums + amounts[out[:, place]]
    ranked = np.sort(sums)
    places = np.searchsorted(ranked, over)
    if not (ranked[np.minimum(places, len(ranked) - 1)] == over).any():  # as nearly always; an order of the sets is several times dearer
        return []
    order = np.argsort(sums, kind="stable")
    low, high = (np.searchsorted(ranked, over, side=side) for side in ("left", "right"))
    found = []
    for row in np.flatnonzero(high > low).tolist():
        for left_out in out[order[low[row] : high[row]]].tolist():
            if left_out[0] > first[row] and left_out[-1] < last[row]:
                found.append([n for n in range(int(first[row]), int(last[row]) + 1) if n not in left_out])
    return found


@lru_cache(maxsize=_NEWEST)
def _spans(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the first and the last place of each row of four or more."""
    return np.triu_indices(size, 3)


@lru_cache(maxsize=32)
def _sets(size: int, count: int) -> NDArray[np.int64]:
    """List the sets of so many places, each ascending."""
    one, two = np.triu_indices(size, 1)
    if count == 2:
        return np.column_stack([one, two])
    place = np.arange(size)
    a, b, c = np.meshgrid(place, place, place, indexing="ij", sparse=True)
    return np.argwhere((a < b) & (b < c))
