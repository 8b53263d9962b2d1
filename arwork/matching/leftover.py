"""What all proposals together leave open: the documents that no payment names or claims, and what part payments leave of others."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date
from operator import attrgetter

from arwork.matching.lean import lean
from arwork.matching.universe import Account, Item, Universe

_IN_ORDER = attrgetter("due_date", "doc_date", "item_id")


@lean
class Pool:
    """Documents of some customers in one currency: `free` that nobody claims, by due date; `rests` of those paid in part, by amount."""

    free: tuple[Item, ...]
    rests: Mapping[int, tuple[Item, ...]]

    def of_amount(self, amount: int) -> list[Item]:
        """List the free debit items on which exactly an amount is left, minor units."""
        return [item for item in self.free if item.left == amount]


@lean
class _Shelf:
    """What is left of one account in one currency, by item: `free`, by due date, and `parted` that no payment names, and what one `named`."""

    free: dict[str, Item]
    parted: dict[str, Item]
    named: dict[str, Item]


@lean
class Leftover:
    """What is left of the open items when every proposal is taken: `used` by item, minor units; `named` by payments not understood,
    `wanted` by proposals that are not made, with the day of the payment, `likely` by suggestions of the second look.

    `named` is whole before the first pool is asked for. Shelves are arranged when asked for and follow what is claimed.
    """

    world: Universe
    used: dict[str, int] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    wanted: dict[str, list[tuple[date, str]]] = field(default_factory=dict)
    likely: set[str] = field(default_factory=set)
    shelves: dict[tuple[Account, str], _Shelf] = field(default_factory=dict)

    def claim(self, amounts: Mapping[str, int], *, likely: bool = False) -> None:
        """Take amounts, minor units, off items; `likely` for a suggestion of the second look."""
        if likely:
            self.likely.update(amounts)
        for item, amount in amounts.items():
            self.used[item] = self.used.get(item, 0) + abs(amount)
            known = self.world.items.get(item)
            if known is not None and (shelf := self.shelves.get((known.account, known.currency))):
                self._take(known, shelf)

    def suggested(self, item: Item) -> bool:
        """Say whether only a second look claims an item."""
        return item.item_id in self.likely

    def left(self, item: Item) -> int:
        """Return what proposals leave of a debit item, minor units."""
        return item.left - self.used.get(item.item_id, 0)

    def pool(self, accounts: Sequence[Account], currency: str, receipt: str) -> Pool:
        """Arrange what is left for some customers, as one receipt may see it: without what other payments name."""
        used = self.used
        free: list[Item] = []
        parted: list[Item] = []
        mixed = len(accounts) > 1
        for account in accounts:
            shelf = self._of(account, currency)
            free += shelf.free.values()
            own = [item for item in shelf.named.values() if self._alone(item.item_id, receipt)]
            for item in own:
                if not used.get(item.item_id):
                    insort(free, item, key=_IN_ORDER)  # those of one account stand in order, and there may be thousands
            parted += sorted([*shelf.parted.values(), *[item for item in own if used.get(item.item_id)]], key=_IN_ORDER)
        if mixed:
            free.sort(key=_IN_ORDER)
        rests: dict[int, list[Item]] = {}
        for item in parted:
            rests.setdefault(item.left - used[item.item_id], []).append(item)
        return Pool(tuple(free), {amount: tuple(sorted(items, key=_IN_ORDER)) for amount, items in rests.items()})

    def whole(self, items: Iterable[Item], receipt: str) -> list[Item]:
        """List the debit items that are not blocked and that no other payment claims or names."""
        return [
            item for item in items
            if item.left > 0 and not item.blocked and self.left(item) == item.left and self._alone(item.item_id, receipt)
        ]  # fmt: skip

    def untouched(self, items: Iterable[Item], receipt: str) -> bool:
        """Say whether no other payment claims or names any of the items, credits among them."""
        return not any(self.used.get(item.item_id) or not self._alone(item.item_id, receipt) for item in items)

    def _alone(self, item: str, receipt: str) -> bool:
        """Say whether no other payment names an item."""
        who = self.named.get(item)
        return not who or (len(who) == 1 and receipt in who)

    def _of(self, account: Account, currency: str) -> _Shelf:
        found = self.shelves.get((account, currency))
        if found is None:
            found = self.shelves[account, currency] = _Shelf({}, {}, {})
            for item in self.world.by_account.get(account, ()):
                if item.currency != currency or item.blocked or item.left <= 0:
                    continue
                taken, who = self.used.get(item.item_id, 0), self.named.get(item.item_id)
                if taken < item.left and (who is None or len(who) == 1):
                    (found.named if who else found.parted if taken else found.free)[item.item_id] = item
        return found

    def _take(self, item: Item, shelf: _Shelf) -> None:
        """Let a shelf follow what was taken off an item: what has nothing left goes, what is free no more is parted."""
        taken, name = self.used[item.item_id], item.item_id
        if taken >= item.left:
            for kind in (shelf.free, shelf.parted, shelf.named):
                kind.pop(name, None)
        elif taken and name in shelf.free:
            shelf.parted[name] = shelf.free.pop(name)
