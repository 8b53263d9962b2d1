"""Open items of one customer and currency by amount: which single item, which pair of items equals a receipt (M06, G-01)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations, product

from arwork.matching.lean import lean
from arwork.matching.universe import Account, Item, Universe, order


@lean
class Shelf:
    """Items of one customer in one currency by what is left on them, minor units; `discounted` are those with a discount.

    `amounts` lists what is left on them, ascending; `loose` says that open payments without an invoice are among the items.
    """

    items: tuple[Item, ...]
    by_amount: Mapping[int, tuple[Item, ...]]
    discounted: tuple[Item, ...]
    amounts: tuple[int, ...] = ()
    loose: bool = False


EMPTY = Shelf((), {}, ())
"""A shelf without items."""


def shelves(
    world: Universe, wanted: Iterable[tuple[Account, str]], taken: Collection[str], spent: Mapping[str, int]
) -> dict[tuple[Account, str], Shelf]:
    """Arrange what is open for each wanted customer and currency, without the items taken or the parts spent, with the loose credits."""
    found = {}
    for account, currency in set(wanted):
        items = [i for i in world.by_account.get(account, ()) if i.currency == currency and i.item_id not in taken]
        items = [replace(i, left=i.left - spent[i.item_id]) if i.item_id in spent else i for i in items] if spent else items
        loose = [i for i in world.credits.get(account, ()) if i.currency == currency]
        found[account, currency] = replace(shelf(items + loose), loose=bool(loose))
    return found


def between(shelf: Shelf, low: int, high: int) -> list[Item]:
    """List the debit items on which at least `low` and at most `high` is left."""
    first, last = bisect_left(shelf.amounts, max(1, low)), bisect_right(shelf.amounts, high)
    return [item for amount in shelf.amounts[first:last] for item in shelf.by_amount[amount]]


def gathered(
    world: Universe, book: tuple[str, str], customers: Iterable[str], currency: str, taken: Collection[str], left: int | None = None
) -> Shelf:
    """Arrange what is open for several customers of one ledger and company in one currency, without the items taken (M11).

    With `left` only the items on which exactly this amount is left, minor units.
    """
    found = [item for customer in customers for item in world.by_account.get((*book, customer), ()) if left is None or item.left == left]
    return shelf([item for item in found if item.currency == currency and item.item_id not in taken])


def shelf(items: Iterable[Item]) -> Shelf:
    """Arrange items by what is left on them."""
    ordered = sorted(items, key=order)
    by_amount: dict[int, list[Item]] = {}
    for item in ordered:
        by_amount.setdefault(item.left, []).append(item)
    same = {amount: tuple(found) for amount, found in by_amount.items()}
    return Shelf(tuple(ordered), same, tuple(item for item in ordered if item.discounts and item.left > 0), tuple(sorted(same)))


def singles(shelf: Shelf, amount: int, paid: date) -> tuple[Item, ...]:
    """Return the debit items of exactly this amount, dated by the payment; where there is none, those dated after it."""
    same = shelf.by_amount.get(amount, ()) if amount > 0 else ()
    return tuple(item for item in same if item.doc_date <= paid) or same


def pairs(shelf: Shelf, amount: int, paid: date, most: int) -> tuple[list[tuple[Item, Item]], int]:
    """Return the first `most` pairs of items that add up to the amount, and how many there are; near-linear, by look-up."""
    shown: list[tuple[Item, Item]] = []
    count = 0
    for one in sorted(key for key in shelf.by_amount if 2 * key <= amount and amount - key in shelf.by_amount):
        left = [item for item in shelf.by_amount[one] if item.doc_date <= paid]
        right = [item for item in shelf.by_amount[amount - one] if item.doc_date <= paid]
        equal = 2 * one == amount
        count += len(left) * (len(left) - 1) // 2 if equal else len(left) * len(right)
        found = combinations(left, 2) if equal else product(left, right)
        shown += [pair for pair, _ in zip(found, range(max(0, most - len(shown))), strict=False)]
    return shown, count
