"""How far a receipt may be from what was expected, per receipt: the lower of amount and percent, inclusive (MP-20)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from arwork.matching.universe import Item
from arwork.money import Units, percent_of, share_of
from arwork.policy import Matching


def in_currency(limit: Decimal, items: Sequence[Item], units: Units) -> int:
    """Turn a policy amount, which is in ledger currency, into minor units of the items' currency.

    The rate is the one at which these items stand in the ledger. Items without a ledger amount give 0: nothing is tolerated.
    """
    first = items[0]
    minor = units.rounded(limit, first.local_currency)
    if first.currency == first.local_currency:
        return minor
    local = sum([abs(item.amount_local) for item in items])
    return share_of(minor, sum([abs(item.amount_doc) for item in items]), local) if local else 0


def in_ledger_currency(minor: int, items: Sequence[Item]) -> int:
    """Turn minor units of the items' currency into minor units of the ledger's, at the rate at which these items stand there."""
    if items[0].currency == items[0].local_currency:
        return minor
    document = sum(abs(item.amount_doc) for item in items)
    return share_of(minor, sum([abs(item.amount_local) for item in items]), document) if document else minor


def allowed(
    group: str, short: bool, base: int, items: Sequence[Item], policy: Matching, units: Units, user_limit: Decimal | None = None
) -> int:
    """Return the small difference in minor units that may be written off for one receipt (MP-20).

    `base` is the gross left on the matched items. The lower of amount and percent counts, and of the customer's and the
    user's limit; a group the policy does not know has none. The boundary is inclusive.
    """
    tolerance = policy.tolerances.groups.get(group)
    if tolerance is None or not items or base <= 0:
        return 0
    amount, percent = tolerance.short if short else tolerance.over
    limit = min(in_currency(amount, items, units), percent_of(base, percent))
    return limit if user_limit is None else min(limit, in_currency(user_limit, items, units))


def yearly_cap(items: Sequence[Item], policy: Matching, units: Units) -> int:
    """Return what may be written off for one customer in a calendar year, in minor units of the ledger currency (G-21)."""
    return units.rounded(policy.tolerances.yearly_cap_per_customer, items[0].local_currency)
