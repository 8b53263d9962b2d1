"""What may explain a short payment beside discount and tolerance: tax withheld, bank charges, a credit memo not listed (MP-60, MP-61)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from arwork.matching.case import Case
from arwork.matching.tolerances import in_currency
from arwork.matching.universe import Item
from arwork.money import half_up, percent_of

_PERCENT = Decimal(10_000)


def tax_withheld(items: Sequence[Item], case: Case) -> dict[str, int]:
    """Return the tax that the customer must withhold of each item, in minor units, signed like the item (MP-60, CV-03).

    Empty where the customer withholds none, or where the net amount it is taken of is not known.
    """
    rate, base = case.master.wht.get(items[0].account, (0, ""))
    if not rate:
        return {}
    found = {}
    for item in items:
        whole = item.left if base == "GROSS" else _net_left(item)
        if whole is None:
            return {}
        found[item.item_id] = percent_of(whole, rate / _PERCENT)
    return found


def _net_left(item: Item) -> int | None:
    if item.net is None or not item.amount_doc:
        return None
    return half_up(Decimal(item.left) * item.net / item.amount_doc)


def to_the_cent(taxes: Mapping[str, int], total: int) -> dict[str, int] | None:
    """Fit the tax of each item to a total that is at most one minor unit an item away; None where it is further (MP-60)."""
    gap = total - sum(taxes.values())
    if abs(gap) > sum(1 for tax in taxes.values() if tax):
        return None
    step = 1 if gap > 0 else -1
    moved = [item for item, tax in sorted(taxes.items()) if tax][: abs(gap)]
    return {item: tax + (step if item in moved else 0) for item, tax in taxes.items()}


def other_components(items: Sequence[Item], case: Case) -> list[tuple[int, str]]:
    """List amounts that are a part of these items, each with the reason it suggests: tax, freight, tax withheld of the tax (MP-21).

    The first that equals what is missing names the reason; it never authorises anything.
    """
    rate, base = case.master.wht.get(items[0].account, (0, ""))
    found = []
    for kind, part in (("TX", "tax"), ("FR", "freight")):
        amounts = [(getattr(item, part) or 0) for item in items]
        found += [(sum(amounts), kind), *((amount, kind) for amount in amounts)]
    if rate and base != "GROSS":
        found.append((sum(percent_of(item.tax or 0, rate / _PERCENT) for item in items), "TX"))
    return [(amount, kind) for amount, kind in found if amount]


def stated_charges(case: Case) -> int:
    """Return the charges that the statement gives and that are ours to bear, in minor units of the receipt (MP-61).

    A charge that the bank took off the payment was not borne by the payer, unless the bank says that it was (`OUR`).
    """
    return case.receipt.charges if case.receipt.charges > 0 and case.receipt.bearer != "OUR" else 0


def charge_cap(items: Sequence[Item], case: Case) -> int:
    """Return up to which amount a short payment may be bank charges that no statement gives, in minor units (MP-61).

    0 where the statement gives them, and where the payment came neither from abroad nor with shared charges.
    """
    receipt = case.receipt
    if receipt.charges > 0 or receipt.bearer == "OUR":
        return 0
    home = case.master.countries.get(items[0].account, "")
    crossed = bool(home and receipt.bank_country and home != receipt.bank_country)
    if not crossed and receipt.bearer not in ("SHA", "BEN"):
        return 0
    return in_currency(case.master.policy.bank_charge_cap, items, case.master.units)


def unlisted_credits(items: Sequence[Item], case: Case) -> list[tuple[Item, ...]]:
    """List the credit memos that are linked to these items and were not named: each alone, and all together (MP-21, MP-30)."""
    credits = case.universe.ranked(case.receipt.account).credits
    if not credits:
        return []
    chosen = {item.item_id for item in items}
    names = {name for item in items if item.left > 0 for name in (item.item_id, item.doc_no, item.reference)} - {""}
    day = case.receipt.value_date
    found = [
        item
        for item in credits
        if item.ref_item in names and item.item_id not in chosen and not item.blocked
        and item.currency == items[0].currency and item.doc_date <= day
    ]  # fmt: skip
    return [(item,) for item in found] + ([tuple(found)] if len(found) > 1 else [])
