"""Document numbers of all customers, each arranged when first asked for; one shelf of the ledger's formats for all."""

from __future__ import annotations

from dataclasses import dataclass, field

from arwork.matching.house import House
from arwork.matching.numbers import Numbers, numbers
from arwork.matching.universe import Account, Universe


@dataclass(frozen=True)
class Library:
    """The numbers of open items by customer account and currency; `found` remembers what was arranged, nothing else changes."""

    house: House
    world: Universe
    found: dict[tuple[Account, str], Numbers | None] = field(default_factory=dict)

    def numbers(self, account: Account, currency: str) -> Numbers | None:
        """Return the numbers of an account's items in a currency; None where it has none."""
        key = (account, currency)
        if key not in self.found:
            items = [item for item in self.world.by_account.get(account, ()) if item.currency == currency]
            self.found[key] = numbers(items, self.house) if items else None
        return self.found[key]
