"""Document numbers of all customers, each arranged when first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from arwork.matching.numbers import Numbers, numbers
from arwork.matching.universe import Account, Item, Universe

_SAME_AMOUNT_MOST = 400


@dataclass(frozen=True)
class Library:
    """The numbers of open items by customer accounts and currency; `found` remembers what was arranged, nothing else changes."""

    world: Universe
    found: dict[tuple[tuple[Account, ...], str], Numbers | None] = field(default_factory=dict)
    by_amount: dict[tuple[str, int], list[Item]] = field(default_factory=dict)

    def numbers(self, accounts: Sequence[Account], currency: str) -> Numbers | None:
        """Return the numbers of the items of one or more accounts in a currency; None where they have none."""
        key = (tuple(accounts), currency)
        if key not in self.found:
            items = [item for account in accounts for item in self.world.by_account.get(account, ()) if item.currency == currency]
            self.found[key] = numbers(items) if items else None
        return self.found[key]

    def of_amount(self, book: tuple[str, str], currency: str, amount: int) -> Numbers | None:
        """Return the numbers of everybody's items on which exactly an amount is left; None where there are none, or very many."""
        if not self.by_amount:
            for item in self.world.items.values():
                self.by_amount.setdefault((item.currency, item.left), []).append(item)
        same = [item for item in self.by_amount.get((currency, amount), ()) if item.account[:2] == book]
        return numbers(same) if 0 < len(same) <= _SAME_AMOUNT_MOST else None
