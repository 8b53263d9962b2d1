"""Earned discount of an item on a payment date (MP-11, MP-12, MP-14, MP-15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from arwork.matching.universe import Item
from arwork.money import share_of
from arwork.policy import Matching

_WHOLE = 1_000_000
"""100 % in ten-thousandths of a percent point."""


def pay_date(value_date: date, booking_date: date, policy: Matching) -> date:
    """Return the day that counts for the discount (MP-11)."""
    return value_date if policy.discount_date_basis == "value_date" else booking_date


def earned(item: Item, paid: date, credited: int = 0) -> int:
    """Return the discount in minor units that a payment on `paid` earns (MP-12, MP-15).

    The tier of the highest percent whose last day plus grace has not passed; base is what is left, or its part without tax, or
    the eligible amount, less `credited` (a positive amount: credit memos linked to the item and settled with it, deductions
    declared for it), never below 0. Credits earn none.
    """
    base = max(0, base_of(item) - credited)
    for percent, last in item.discounts:
        if paid <= (last + timedelta(days=item.grace_days) if item.grace_days else last):
            return share_of(base, percent, _WHOLE)
    return 0


def base_of(item: Item) -> int:
    """Return what an item's discount is taken of, before credits, in minor units (MP-12); gross where the export says nothing."""
    if item.disc_base == "NET_OF_TAX" and item.net is not None and item.amount_doc:
        return share_of(item.left, item.net, item.amount_doc) if item.amount_doc > 0 else share_of(item.left, -item.net, -item.amount_doc)
    if item.disc_base == "ELIGIBLE" and item.disc_eligible is not None:
        return min(item.disc_eligible, item.left)
    return item.left


def rate_earned(item: Item, paid: date) -> int:
    """Return the percent that a payment on `paid` earns, in ten-thousandths of a percent point; 0 for none (MP-12)."""
    return next((percent for percent, last in item.discounts if paid <= last + timedelta(days=item.grace_days)), 0)


def on_partial(cash: int, percent: int) -> int:
    """Return the discount that a part payment earns with it, minor units: cash x p / (1 - p), rounded HALF_UP (MP-13)."""
    return share_of(cash, percent, _WHOLE - percent) if cash > 0 and 0 < percent < 1_000_000 else 0


def missed(item: Item, paid: date) -> tuple[int, date] | None:
    """Return the discount that came too late, in minor units, and its last day with grace (MP-14); None when there is none."""
    if not item.discounts:
        return None
    late = [(percent, last + timedelta(days=item.grace_days)) for percent, last in item.discounts]
    late = [(percent, last) for percent, last in late if paid > last]
    return (share_of(max(0, base_of(item)), late[0][0], _WHOLE), late[0][1]) if late else None


def credited(items: Sequence[Item]) -> Mapping[str, int]:
    """Return by item id the credit memos among `items` that are linked to it, as a positive amount (MP-12)."""
    if not any(item.left < 0 for item in items):
        return {}
    debits = {name: item.item_id for item in items if item.left > 0 for name in (item.item_id, item.doc_no, item.reference) if name}
    found: dict[str, int] = {}
    for item in items:
        if item.left < 0 and item.ref_item in debits:
            target = debits[item.ref_item]
            found[target] = found.get(target, 0) - item.left
    return found


def forfeited(items: Sequence[Item], on: date, policy: Matching) -> bool:
    """Say whether a customer's overdue items cost it every discount, where the policy says so (MP-14)."""
    if not policy.discount_requires_no_overdue:
        return False
    limit = timedelta(days=policy.discount_overdue_days)
    return any(item.left > 0 and not item.blocked and on - item.due_date > limit for item in items)
