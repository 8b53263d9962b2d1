"""Document numbers of all customers, each arranged when first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from arwork.matching.leaf import leaf
from arwork.matching.numbers import Numbers, joined
from arwork.matching.universe import Account, Item, Universe

_SAME_AMOUNT_MOST = 400


@dataclass(frozen=True)
class Library:
    """The numbers of open items by customer account and currency; what was arranged is remembered, nothing else changes."""

    world: Universe
    found: dict[tuple[Account, str], Numbers | None] = field(default_factory=dict)
    few: dict[tuple[tuple[str, str], str, int], tuple[Item, ...]] = field(default_factory=dict)

    def numbers(self, accounts: Sequence[Account], currency: str) -> Numbers | None:
        """Return the numbers of the items of one or more accounts in a currency; None where they have none.

        Only those of single accounts are kept: a month has as many circles of customers as payers, and they overlap.
        """
        if len(accounts) == 1:
            return self._own(accounts[0], currency)
        leaves = [own.leaves[0] for account in accounts if (own := self._own(account, currency))]
        return joined(leaves) if leaves else None

    def of_amount(self, book: tuple[str, str], currency: str, amount: int) -> Numbers | None:
        """Return the numbers of everybody's items on which exactly an amount is left; None where there are none, or very many."""
        key = (book, currency, amount)
        if key not in self.few:
            same = tuple([item for item in self.world.by_left.get(amount, ()) if item.currency == currency and item.account[:2] == book])
            self.few[key] = same if len(same) <= _SAME_AMOUNT_MOST else ()
        return joined([leaf([item]) for item in self.few[key]]) if self.few[key] else None

    def forget(self) -> None:
        """Let go of everything that was arranged; what is asked for again is arranged again."""
        self.found.clear()
        self.few.clear()

    def _own(self, account: Account, currency: str) -> Numbers | None:
        key = (account, currency)
        if key not in self.found:
            items = [item for item in self.world.by_account.get(account, ()) if item.currency == currency]
            self.found[key] = joined([leaf(items)]) if items else None
        return self.found[key]
