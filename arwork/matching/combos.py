"""Which sets of open items add up to an amount: all of them within the stated limits, and how likely one would by chance (2.3).

The search splits the items into two halves, adds up every subset of each, and joins the halves on the sum that is missing.
It is exact, complete unless the budget ends it, and needs the square root of the work of trying every set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import comb, gcd
from typing import Any

import numpy as np

Ints = np.ndarray[Any, np.dtype[np.int64]]
MOST = 60
"""More items than this never fit the search, whatever the policy says: subsets are kept as bits of one number."""


@dataclass(frozen=True)
class Found:
    """Sets of positions that add up to the target, smallest first; `exhaustive` says that no other exists within the limits.

    `more` says that there are more sets than were listed.
    """

    sets: tuple[tuple[int, ...], ...]
    exhaustive: bool
    more: bool = False


def combinations(
    amounts: Sequence[int], target: int, *, sizes: tuple[int, int], budget: int, listed: int, only_with: Mapping[int, int] | None = None,
    anchors: Sequence[int] = (),
) -> Found:  # fmt: skip
    """Find every set of positions whose amounts (minor units, signed) add up to the target.

    `sizes` are the least and the most members. `only_with` lets a position in only together with another (a linked credit
    memo with its invoice). `anchors` must be in every set. `budget` is the number of subsets looked at, never a clock
    (CV-10); when it ends the search, what was found is returned with `exhaustive` False. At most `listed` sets are listed.
    """
    free = [n for n in range(len(amounts)) if n not in set(anchors)]
    if len(free) > MOST:
        return Found((), exhaustive=False)
    rest = target - sum(amounts[n] for n in anchors)
    half = len(free) // 2
    left, right = _sums([amounts[n] for n in free[:half]], budget), _sums([amounts[n] for n in free[half:]], budget - (1 << half))
    if left is None or right is None:
        return Found((), exhaustive=False)
    spent = len(left) + len(right)
    order = np.argsort(right, kind="stable")
    ranked = right[order]
    first, last = np.searchsorted(ranked, rest - left, "left"), np.searchsorted(ranked, rest - left, "right")
    masks: list[int] = []
    for number in np.flatnonzero(last > first).tolist():
        for at in range(int(first[number]), int(last[number])):
            mask = number | (int(order[at]) << half)
            if sizes[0] <= mask.bit_count() + len(anchors) <= sizes[1] and _together(mask, free, anchors, only_with or {}):
                masks.append(mask)
            spent += 1
            if spent > budget or len(masks) > listed:
                return _found(masks, free, anchors, listed, exhaustive=spent <= budget)
    return _found(masks, free, anchors, listed, exhaustive=True)


def coincidence(amounts: Sequence[int], largest: int) -> Fraction:
    """Return λ = N g / R of 2.3: about how many sets of at most `largest` items would hit a random amount by chance."""
    count = sum(comb(len(amounts), size) for size in range(1, min(largest, len(amounts)) + 1))
    span = sum(abs(amount) for amount in amounts)
    return Fraction(count * reduce(gcd, amounts, 0), span) if span else Fraction(0)


def _sums(amounts: Sequence[int], budget: int) -> Ints | None:
    """Add up every subset; bit n of a place says whether item n is in it. None when the budget does not reach."""
    if 1 << len(amounts) > budget:
        return None
    sums = np.zeros(1, dtype=np.int64)
    for amount in amounts:
        sums = np.concatenate([sums, sums + amount])
    return sums


def _together(mask: int, free: Sequence[int], anchors: Sequence[int], only_with: Mapping[int, int]) -> bool:
    chosen = {free[n] for n in range(len(free)) if mask >> n & 1} | set(anchors)
    return all(partner in chosen for position, partner in only_with.items() if position in chosen)


def _found(masks: Sequence[int], free: Sequence[int], anchors: Sequence[int], listed: int, *, exhaustive: bool) -> Found:
    sets = [tuple(sorted([*anchors, *(free[n] for n in range(len(free)) if mask >> n & 1)])) for mask in masks]
    ranked = sorted(sets, key=lambda chosen: (len(chosen), chosen))
    return Found(tuple(ranked[:listed]), exhaustive, more=len(sets) > listed)
