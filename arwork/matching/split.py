"""A receipt split by hand over items: cash, discount, deduction and write-off of each, checked to the cent before it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from arwork.errors import InputError
from arwork.matching.adjusted import CODES, LOWEST_ROLE, limit_of, too_young, who_may
from arwork.matching.discounts import on_partial, pay_date, rate_earned
from arwork.matching.explain import amount_text
from arwork.matching.fit import discounts_of
from arwork.matching.named import Receipt
from arwork.matching.reasons import DEDUCTIONS
from arwork.matching.universe import Item, Universe
from arwork.money import Units
from arwork.policy import Policy

ON_ACCOUNT, UNAPPLIED = "ON-ACCOUNT", "UNAPPLIED"
"""Names that stand for no item: money that stays on the customer's account on purpose, money that waits for another decision."""


@dataclass(frozen=True)
class Split:
    """One share of a receipt, minor units signed like the item; `item` is an item's id, or ON-ACCOUNT or UNAPPLIED.

    `amount` is cash. `deduction` stays owed as a residual by its reason code; `write_off` is gone by its adjustment code, negative
    only where a customer paid a little too much (SD). `override` says why a discount is allowed that terms do not give.
    """

    item: str
    amount: int
    discount: int = 0
    deduction: int = 0
    deduction_code: str = ""
    write_off: int = 0
    adjustment_code: str = ""
    override: str = ""


@dataclass(frozen=True)
class Desk:
    """What a split is checked against: open items less what other decisions take (`used`, by item), policy, key date, the person's role.

    `own` is what the journal lets this person write off beyond the role, in minor units by currency.
    """

    world: Universe
    used: Mapping[str, int]
    policy: Policy
    units: Units
    as_of: date
    role: str = ""
    own: Mapping[str, int] = field(default_factory=dict)


def allocation(receipt: Receipt, splits: Sequence[Split], desk: Desk) -> dict[str, Any]:
    """Return the body of an ALLOCATE for a split by hand; the whole receipt must be placed, or said to stay unapplied.

    Raises InputError that names the item, the amounts and the cure.
    """
    kept = {name: sum(s.amount for s in splits if s.item == name) for name in (ON_ACCOUNT, UNAPPLIED)}
    shares = [split for split in splits if split.item not in kept]
    entries = [_entry(split, receipt, shares, desk) for split in shares]
    _refuse_twice(shares)
    cash, told = sum(split.amount for split in shares), _teller(receipt.currency, desk.units)
    if min(kept.values()) < 0 or (not entries and not kept[ON_ACCOUNT]):
        raise InputError("the split places nothing", cure=f"Give at least one item with its cash, or {ON_ACCOUNT}=AMOUNT.")
    rest = receipt.amount - cash - kept[ON_ACCOUNT] - kept[UNAPPLIED]
    if rest < 0 or cash < 0:
        said = f"the split uses {told(receipt.amount - rest)} of receipt {receipt.receipt_id}, which holds {told(receipt.amount)}"
        raise InputError(said, cure=f"Lower an amount by {told(-rest)}.")
    if rest:
        raise InputError(
            f"{told(rest)} of receipt {receipt.receipt_id} over {told(receipt.amount)} stands nowhere",
            cure=f"Add it to an item, or say {ON_ACCOUNT}={_plain(rest, receipt, desk)} or {UNAPPLIED}={_plain(rest, receipt, desk)}.",
        )
    return {"currency": receipt.currency, "items": entries, "on_account": kept[ON_ACCOUNT]}


def _teller(currency: str, units: Units) -> Any:
    return lambda minor: amount_text(minor, currency, units)


def _plain(minor: int, receipt: Receipt, desk: Desk) -> str:
    return desk.units.text(minor, receipt.currency)


def _refuse_twice(shares: Sequence[Split]) -> None:
    seen: set[str] = set()
    for split in shares:
        if split.item in seen:
            raise InputError(f"item {split.item} stands twice in the split", cure="Add the two amounts up.")
        seen.add(split.item)


def find_item(item_id: str, receipt: Receipt, world: Universe) -> Item:
    """Return an item that a receipt may pay; InputError when it is not open, or belongs elsewhere."""
    item = world.items.get(item_id)
    if item is None:
        gone = world.settled.get(item_id) or world.later.get(item_id)
        why = f"item {item_id} is not open any more{f', cleared {gone.cleared}' if gone.cleared else ''}" if gone else ""
        raise InputError(why or f"there is no open item {item_id!r} in {receipt.currency}", cure="Take the item's id from the pack.")
    if item.account[:2] != receipt.book:
        where = f"{item.account[0]} {item.account[1]}, the receipt in {receipt.book[0]} {receipt.book[1]}"
        raise InputError(
            f"item {item_id} is in ledger {where}", cure="Money for another ledger is handed over, not allocated: hold it (EX-40)."
        )
    if item.currency != receipt.currency:
        raise InputError(
            f"there is no open item {item_id!r} in {receipt.currency}: it is in {item.currency}",
            cure="Accept a proposal that converts it, or leave it on account.",
        )
    return item


def _entry(split: Split, receipt: Receipt, shares: Sequence[Split], desk: Desk) -> dict[str, Any]:
    """Check one share and return its entry of the body."""
    item = find_item(split.item, receipt, desk.world)
    seen = item.left - desk.used.get(item.item_id, 0)
    told = _teller(receipt.currency, desk.units)
    side = 1 if item.left > 0 else -1
    taken = split.amount + split.discount + split.deduction + split.write_off
    parts = f"cash {told(split.amount)}" + "".join(
        f", {name} {told(minor)}" for name, minor in (("discount", split.discount), ("deduction", split.deduction), ("write-off", split.write_off)) if minor
    )  # fmt: skip
    if split.amount * side < 0 or taken * side <= 0 or taken * side > seen * side:
        raise InputError(
            f"{parts} do not fit item {item.item_id}, which is open by {told(seen)}",
            cure=f"Let them add up to at most {told(seen)}; the rest of the receipt may go elsewhere.",
        )
    _discount(split, item, receipt, shares, desk)
    _deduction(split, told)
    _write_off(split, item, desk, told)
    entry: dict[str, Any] = {"item": item.item_id, "amount": split.amount, "discount": split.discount, "seen_open": seen}
    if split.discount:
        entry["earned"] = earned_by_terms(split, item, receipt, shares, desk)
    more = {
        "deduction": split.deduction, "deduction_code": split.deduction_code, "write_off": split.write_off,
        "adjustment_code": split.adjustment_code, "discount_reason": split.override,
    }  # fmt: skip
    return entry | {name: value for name, value in more.items() if value}


def earned_by_terms(split: Split, item: Item, receipt: Receipt, shares: Sequence[Split], desk: Desk) -> int:
    """Return the discount that terms and grace give for a share, minor units (MP-11 to MP-14).

    What closes the item earns all of it; a part payment earns what `disc_on_partial` gives. A linked credit in the same split and
    the deduction lessen the base.
    """
    policy = desk.policy.matching
    paid = pay_date(receipt.value_date, receipt.booking_date, policy)
    beside = [desk.world.items[share.item] for share in shares if share.item in desk.world.items]
    open_items = desk.world.by_account.get(item.account, ())
    whole = discounts_of(beside, paid, open_items, policy, {item.item_id: split.deduction}).get(item.item_id, 0)
    closes = split.amount + split.discount + split.deduction + split.write_off == item.left - desk.used.get(item.item_id, 0)
    if closes or not whole:
        return whole
    return min(whole, on_partial(split.amount, rate_earned(item, paid))) if policy.disc_on_partial else 0


def _discount(split: Split, item: Item, receipt: Receipt, shares: Sequence[Split], desk: Desk) -> None:
    if split.discount < 0 or (split.discount and item.left < 0):
        raise InputError(f"item {item.item_id}: a discount is more than nothing, and only of an invoice", cure="Leave it out.")
    earned = earned_by_terms(split, item, receipt, shares, desk)
    if split.discount > earned and not split.override.strip():
        told = _teller(receipt.currency, desk.units)
        days = ", ".join(f"{last}" for _, last in item.discounts)
        terms = f"its terms end {days} with {item.grace_days} days of grace" if days else "it has no discount terms"
        raise InputError(
            f"item {item.item_id}: a discount of {told(split.discount)} is asked for, {told(earned)} is earned on {receipt.value_date}; {terms}",
            cure="Lower it, take the rest as a deduction with reason UD, or say override=WHY.",
        )


def _deduction(split: Split, told: Any) -> None:
    if split.deduction < 0 or bool(split.deduction) != bool(split.deduction_code):
        raise InputError(f"item {split.item}: a deduction has an amount above nothing and a reason code", cure="Write deduction=50.00:PR.")
    if split.deduction and split.deduction_code not in DEDUCTIONS:
        raise InputError(
            f"item {split.item}: {split.deduction_code!r} is no reason for a deduction of {told(split.deduction)}",
            cure=f"Use one of {', '.join(DEDUCTIONS)} (CO-70); UN where the reason is not known.",
        )


def _write_off(split: Split, item: Item, desk: Desk, told: Any) -> None:
    code, amount = split.adjustment_code, split.write_off
    if bool(amount) != bool(code):
        raise InputError(f"item {split.item}: a write-off has an amount and an adjustment code", cure="Write write-off=2.00:SD.")
    if not amount:
        return
    if code not in CODES:
        cure = f"Use one of {', '.join(CODES)}; what the customer claims is a deduction, and stays owed until a credit memo settles it."
        raise InputError(f"item {split.item}: {told(amount)} cannot be written off by code {code!r} (CO-65, CO-70)", cure=cure)
    if amount * (1 if item.left > 0 else -1) < 0 and code != "SD":
        raise InputError(f"item {split.item}: {told(amount)} is more than is owed", cure="Put what came beyond it on account.")
    if code == "WO" and (item.blocked or too_young(item, desk.as_of, desk.policy)):
        overdue = f"is {(desk.as_of - item.due_date).days} days overdue, {desk.policy.write_off.min_dpd} are needed"
        raise InputError(
            f"item {split.item} {item.blocked or overdue}: {told(amount)} is no bad debt yet (CO-65)",
            cure="Leave it open, or make it a deduction.",
        )
    refuse_beyond_authority(split.item, amount, code, [item], desk)


def refuse_beyond_authority(item_id: str, amount: int, code: str, items: Sequence[Item], desk: Desk) -> None:
    """Refuse a write-off above what the person's role may grant; InputError names the lowest role that may (CO-70, MP-20)."""
    role = desk.role or LOWEST_ROLE
    limit = limit_of(role, code, items, desk.policy, desk.units)
    if limit is None or abs(amount) <= max(limit, desk.own.get(items[0].currency, 0)):
        return
    told = _teller(items[0].currency, desk.units)
    other = who_may(abs(amount), code, items, desk.policy, desk.units)
    raise InputError(
        f"item {item_id}: a {CODES[code].name} ({code}) of {told(abs(amount))} is above the {told(limit)} that a {role} may write off",
        cure=f"Let a {other} decide, or leave it open or as a deduction." if other else "Leave it open, or make it a deduction.",
    )
