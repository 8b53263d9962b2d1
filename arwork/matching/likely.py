"""What an amount alone most likely pays among the documents that nobody else claims, the likeliest way of paying first (2.2, 2.4)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import accumulate

from arwork.matching.gaps import with_gaps
from arwork.matching.lean import lean
from arwork.matching.universe import Item

EXACT, REST, DISCOUNT, ROW, ROW_LESS, CHARGE, OVER, SHARE, PERCENT, NEAR = (
    "exact", "rest", "discount", "row", "row less", "charge", "over", "share", "percent", "near",
)  # fmt: skip
_USUAL = (20_000, 30_000)
_HUNDRED = 1_000_000
_MOST_ROW = 41
_MOST_ITEMS = 300
_SHARES = (2, 3, 4)
_WIDEST = 25
_ROUND_CHARGE, _ROUND_OVER = 50, 500


@lean
class Guess:
    """A set of items and the way in which the amount pays them; `rivals` are sets that the same way leads to."""

    way: str
    items: tuple[Item, ...]
    rivals: tuple[tuple[Item, ...], ...] = ()


def single_ways(items: Sequence[Item], amount: int, charges: int) -> Iterator[Guess]:
    """Yield the ways in which one document may have been paid with a difference, the likeliest first."""
    yield from _alike(DISCOUNT, _discounted(items, amount))
    yield from _alike(CHARGE, [i for i in items if 0 < i.left - amount <= charges and (i.left - amount) % _ROUND_CHARGE == 0])
    over = [i for i in items if 0 < amount - i.left <= 20 * _ROUND_OVER and (amount - i.left) % _ROUND_OVER == 0]
    yield from _alike(OVER, [i for i in over if 10 * (amount - i.left) <= amount])
    yield from _alike(SHARE, [i for i in items if any(abs(i.left - part * amount) < part for part in _SHARES)])
    yield from _alike(PERCENT, [i for i in items if _percent_off(i.left, amount)])


def _alike(way: str, found: Sequence[Item]) -> Iterator[Guess]:
    if found:
        yield Guess(way, (found[0],), tuple((item,) for item in found[1:]))


def nearest_way(items: Sequence[Item], amount: int) -> Guess | None:
    """Return the one document that may be paid short: the only one that the amount comes near, a quarter short or hardly over."""
    near = [i for i in items if (i.left > amount and (i.left - amount) * 100 <= i.left * _WIDEST) or 0 < amount - i.left <= _ROUND_OVER]
    return Guess(NEAR, (near[0],)) if len(near) == 1 else None


def _discounted(items: Sequence[Item], amount: int) -> list[Item]:
    percents = {*_USUAL, *(percent for item in items for percent, _ in item.discounts)}
    return [i for i in items if i.left > amount and any(abs(i.left - i.left * p // _HUNDRED - amount) <= 1 for p in percents)]


def _percent_off(left: int, amount: int) -> bool:
    """Say whether an amount is a document less a whole percent, one to a quarter, either way rounded."""
    off = left - amount
    if not 0 < off * 100 <= left * _WIDEST + 100:
        return False
    percent = round(off * 100 / left)
    return 1 <= percent <= _WIDEST and off in (percent * left // 100, -(-percent * left // 100))


def rows(items: Sequence[Item], amount: int, paid: date) -> Guess | None:
    """Return the row of documents by date that adds up, whole or with one left out, gross or less the discount of each one's terms.

    Documents in a row follow each other by due date or by document date. The row with fewest left out wins; among equals the
    one that begins with the oldest.
    """
    dated = [i for i in items if i.doc_date <= paid][-_MOST_ITEMS:]
    if len(dated) < 2 or sum([i.left for i in dated]) < amount:  # all of them together are worth less
        return None
    by_day = sorted(dated, key=lambda i: (i.doc_date, i.item_id))
    orders = [dated] if [i.item_id for i in by_day] == [i.item_id for i in dated] else [by_day, dated]
    for net in (False, True):
        if net and not [i for i in dated if i.discounts]:
            break
        for dropped in (0, 1):
            found: dict[frozenset[str], tuple[Item, ...]] = {}
            for ranked in orders:
                values = [_net(i) for i in ranked] if net else [i.left for i in ranked]
                for places in _windows(values, amount, dropped):
                    chosen = tuple(ranked[n] for n in places)
                    found.setdefault(frozenset(i.item_id for i in chosen), chosen)
            if found:
                first, *others = found.values()
                return Guess(ROW, first, (*others, *_swapped(first, dated)))
    return None


def rows_with_gaps(items: Sequence[Item], amount: int, paid: date) -> Guess | None:
    """Return the row of documents by date that adds up with two or three left out, where coincidence is not likely (`gaps`)."""
    dated = sorted((i for i in items if i.doc_date <= paid), key=lambda i: (i.doc_date, i.item_id))
    sets = {frozenset(places): places for places in with_gaps([i.left for i in dated], amount)}
    found = [tuple(dated[n] for n in places) for places in sets.values()]
    return Guess(ROW, found[0], (*found[1:], *_swapped(found[0], dated))) if found else None


def _net(item: Item) -> int:
    return item.left - item.left * max([percent for percent, _ in item.discounts]) // _HUNDRED if item.discounts else item.left


def _windows(values: Sequence[int], amount: int, dropped: int) -> Iterator[list[int]]:
    """Yield the places of each row of two or more that adds up, with as many left out as `dropped` says (none or one).

    No value is negative, so that the sum of a row only grows with its end.
    """
    count, sums = len(values), [0, *accumulate(values)]
    if dropped == 0:
        ends = set(sums)
        for start in [n for n in range(count - 1) if sums[n] + amount in ends]:
            end = max(start + 2, bisect_left(sums, sums[start] + amount))
            if end <= min(count, start + _MOST_ROW) and sums[end] - sums[start] == amount:
                yield list(range(start, end))
        return
    places: dict[int, list[int]] = {}
    for n, value in enumerate(values):
        places.setdefault(value, []).append(n)
    most, whole, above, beyond = max(values), sums[-1], 0, 0
    for start in range(count - 2):
        least = sums[start] + amount
        if least > whole:  # nor does any later row
            return
        while above <= count and sums[above] <= least:
            above += 1
        while beyond <= count and sums[beyond] <= least + most:
            beyond += 1
        for end in range(max(start + 3, above), min(count + 1, start + _MOST_ROW + 1, beyond)):
            if sums[end] - least in places:
                out = [n for n in places[sums[end] - least] if start < n < end - 1]
                if out:
                    yield [n for n in range(start, end) if n != out[0]]


def rows_less(items: Sequence[Item], amount: int, paid: date, charges: int) -> Guess | None:
    """Return the row of documents by date that is short by a usual deduction, the smallest first.

    A deduction is usual when it is a round charge, a whole percent of one of the documents, or a whole percent of all, to five.
    """
    dated = [i for i in items if i.doc_date <= paid][-_MOST_ITEMS:]
    if len(dated) < 2:
        return None
    by_day = sorted(dated, key=lambda i: (i.doc_date, i.item_id))
    orders = [dated] if [i.item_id for i in by_day] == [i.item_id for i in dated] else [by_day, dated]
    found: dict[frozenset[str], tuple[int, tuple[Item, ...]]] = {}
    for ranked in orders:
        values = [i.left for i in ranked]
        sums, shares = [0, *accumulate(values)], _shares(values)
        for start in range(len(ranked) - 1):
            begin = max(start + 2, bisect_right(sums, sums[start] + amount))
            for end in range(begin, min(len(ranked), start + _MOST_ROW) + 1):
                total = sums[end] - sums[start]
                off = total - amount
                if off * 5 > total:
                    break
                usual = (off <= charges and off % _ROUND_CHARGE == 0) or _percent_of_all(total, off, [s[end] - s[start] for s in shares])
                if usual or _percent_of_one(values[start:end], off):
                    row = tuple(ranked[start:end])
                    found.setdefault(frozenset(i.item_id for i in row), (off, row))
    if not found:
        return None
    first, *others = [row for _, row in sorted(found.values(), key=lambda pair: (pair[0], [i.item_id for i in pair[1]]))]
    return Guess(ROW_LESS, first, (*others, *_swapped(first, dated)))


def _swapped(row: Sequence[Item], items: Sequence[Item]) -> list[tuple[Item, ...]]:
    """List the sets in which a document outside the row stands for one inside of the same amount."""
    inside = {item.item_id for item in row}
    return [
        tuple(other if item is mine else item for item in row)
        for other in items if other.item_id not in inside
        for mine in row if mine.left == other.left
    ]  # fmt: skip


def _shares(values: Sequence[int]) -> list[list[int]]:
    """Return the running sums of one to five percent of each value, rounded down and rounded to the nearest."""
    return [[0, *accumulate([(percent * value + half) // 100 for value in values])] for percent in range(1, 6) for half in (0, 50)]


def _percent_of_all(total: int, off: int, shares: Sequence[int]) -> bool:
    """Say whether a deduction is one to five percent of a row: of its sum, or of each of its documents and then added up."""
    return off in shares or any(off == percent * total // 100 for percent in range(1, 6))


def _percent_of_one(values: Sequence[int], off: int) -> bool:
    """Say whether a deduction is a whole percent, a fifth at most, of one document of a row."""
    return any(_percent_off(value, value - off) for value in values if value >= off * 5)


def shares_of_rest(items: Sequence[Item], left: Callable[[Item], int], amount: int) -> list[Item]:
    """List the documents paid in part by others of which the amount is a share like theirs: a half, a third, a quarter, or as much as came."""
    return [
        i for i in items
        if amount <= left(i) and (any(abs(i.left - part * amount) < part for part in _SHARES) or abs(i.left - left(i) - amount) <= 1)
    ]  # fmt: skip
