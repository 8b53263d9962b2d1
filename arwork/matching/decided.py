"""Decisions of people, before any rule: which of them holds for a receipt, and whether the world is still as it was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from arwork.matching.adjusted import CODES
from arwork.matching.discounts import pay_date
from arwork.matching.explain import amount_text
from arwork.matching.fit import Line, Part, discounts_of
from arwork.matching.named import Receipt
from arwork.matching.universe import Item, Universe
from arwork.money import Units
from arwork.policy import Matching

_RULINGS = ("ALLOCATE", "REJECT", "HOLD")
_LEGS = ("small_diff", "wht", "bank_charge", "fx")
_BLANKS: Mapping[str, Any] = {
    "known_by": "", "deduction": 0, "deduction_code": "", "deduction_split": "", "write_off": 0, "adjustment_code": "",
    **dict.fromkeys(_LEGS, 0), "earned": -1, "discount_reason": "", "item_currency": "", "settled": 0,
}  # fmt: skip
"""Columns that a frame of decisions may lack, and what that means."""
_COLUMNS = ("seq", "by", "action", "receipt_id", "item_id", "amount_applied", "discount", "seen_open", "currency", "reason", *_BLANKS)


@dataclass(frozen=True)
class Share:
    """One item of a decision, minor units: cash, discount, and what was open on it when the person decided.

    `legs` is what else settles it, by leg of an allocation (a write-off by hand stands under the leg of its adjustment `code`);
    `parts` stay owed, by reason. `earned` is the discount that terms gave then, None where that does not bind. `settled` is what is
    settled in the item's own currency where that is another.
    """

    item_id: str
    cash: int
    discount: int
    seen_open: int
    currency: str
    legs: Mapping[str, int] = field(default_factory=dict)
    code: str = ""
    parts: tuple[Part, ...] = ()
    earned: int | None = None
    settled: int | None = None

    @property
    def relieved(self) -> int:
        """What is taken off the item, in its currency, a residual included."""
        value = self.cash + self.discount + sum(self.legs.values())
        return (value if self.settled is None else self.settled) + self.deduction

    @property
    def deduction(self) -> int:
        """What stays owed as a residual."""
        return sum(part.amount for part in self.parts)


@dataclass(frozen=True)
class Ruling:
    """The decision that holds for a receipt: the latest one in force that allocates, rejects or holds."""

    seq: int
    by: str
    action: str
    receipt_id: str
    reason: str
    shares: tuple[Share, ...]
    on_account: int

    @property
    def cash(self) -> int:
        """Cash that the decision places, on items and on account."""
        return sum(share.cash for share in self.shares) + self.on_account


@dataclass(frozen=True)
class Applied:
    """A ruling that could be applied, with what it does to each item as that stood."""

    ruling: Ruling
    lines: tuple[Line, ...]


def rulings(decided: pd.DataFrame) -> dict[str, Ruling]:
    """Return for each receipt the decision that holds; of several in force the one with the highest `seq`."""
    found: dict[str, Ruling] = {}
    if decided.empty:
        return found
    force = decided[decided["action"].isin(_RULINGS) & (decided["receipt_id"] != "")]
    latest = force.groupby("receipt_id")["seq"].max()
    force = force.assign(**{name: blank for name, blank in _BLANKS.items() if name not in force.columns})
    for values in sorted(force[list(_COLUMNS)].itertuples(index=False, name=None)):
        row = dict(zip(_COLUMNS, values, strict=True))
        if row["seq"] != latest[row["receipt_id"]]:
            continue
        receipt, item, cash = row["receipt_id"], row["item_id"], int(row["amount_applied"])
        before = found.get(receipt, Ruling(int(row["seq"]), row["by"], row["action"], receipt, row["reason"], (), 0))
        more = {"shares": (*before.shares, _share(row))} if item else {"on_account": before.on_account + cash}
        found[receipt] = replace(before, **more)
    return found


def _share(row: Mapping[str, Any]) -> Share:
    legs = {name: int(row[name]) for name in _LEGS if row[name]}
    if row["write_off"]:
        leg = CODES[row["adjustment_code"]].leg if row["adjustment_code"] in CODES else "write_off"
        legs[leg] = legs.get(leg, 0) + int(row["write_off"])
    codes, split = row["deduction_code"].split(), row["deduction_split"].split()
    amounts = [int(text) for text in split] if len(split) == len(codes) else [int(row["deduction"])]
    parts = tuple(Part(amount, code) for amount, code in zip(amounts, codes, strict=False)) if row["deduction"] else ()
    bound = row["earned"] >= row["discount"] > 0 and not row["discount_reason"]
    return Share(
        row["item_id"], int(row["amount_applied"]), int(row["discount"]), int(row["seen_open"]), row["item_currency"] or row["currency"], legs,
        row["adjustment_code"], parts, int(row["earned"]) if bound else None, int(row["settled"]) if row["item_currency"] else None,
    )  # fmt: skip


def relieved_by(found: Iterable[Ruling]) -> dict[str, int]:
    """Return by item what ALLOCATE rulings take off it together, in its currency."""
    taken: dict[str, int] = {}
    for ruling in found:
        for share in ruling.shares if ruling.action == "ALLOCATE" else ():
            taken[share.item_id] = taken.get(share.item_id, 0) + share.relieved
    return taken


def taken_off(applied: Iterable[Applied]) -> dict[str, int]:
    """Return by item what rulings that apply take off it together, in its currency."""
    taken: dict[str, int] = {}
    for line in (line for one in applied for line in one.lines):
        taken[line.item.item_id] = taken.get(line.item.item_id, 0) + line.relieved
    return taken


@dataclass(frozen=True)
class _World:
    """What a ruling meets: open items, what earlier rulings took off them and which, the policy."""

    items: Universe
    policy: Matching
    units: Units
    taken: dict[str, int]
    by: dict[str, int]

    def left(self, item: Item) -> int:
        """What is open on an item after earlier rulings."""
        return item.left - self.taken.get(item.item_id, 0)


def apply(
    found: Mapping[str, Ruling], receipts: Sequence[Receipt], world: Universe, policy: Matching, units: Units
) -> tuple[dict[str, Applied], dict[str, str]]:
    """Check every ALLOCATE ruling against the world, in journal order; return what applies and why the rest is stale, by receipt.

    An item must still be open with the amount the person saw, less what earlier decisions took, in the receipt's ledger, company and
    currency; its terms must still give the discount they gave; bad debt must not have become disputed. Cash must not exceed the
    receipt. Under PARTIAL a deduction stays on the item itself (MP-40).
    """
    by_id = {receipt.receipt_id: receipt for receipt in receipts}
    applied: dict[str, Applied] = {}
    stale: dict[str, str] = {}
    around = _World(world, policy, units, {}, {})
    for ruling in sorted((r for r in found.values() if r.action == "ALLOCATE" and r.receipt_id in by_id), key=lambda r: r.seq):
        reason = _stale(ruling, by_id[ruling.receipt_id], around)
        if reason:
            stale[ruling.receipt_id] = f"decision {ruling.seq} of {ruling.by} is stale: {reason}"
            continue
        lines = tuple(_line(share, around) for share in ruling.shares)
        for line in lines:
            around.taken[line.item.item_id] = around.taken.get(line.item.item_id, 0) + line.relieved
            around.by[line.item.item_id] = ruling.seq
        applied[ruling.receipt_id] = Applied(ruling, lines)
    return applied, stale


def _line(share: Share, around: _World) -> Line:
    item = around.items.items[share.item_id]
    legs = {("charge" if name == "bank_charge" else name): minor for name, minor in share.legs.items()}
    parts = share.parts if around.policy.short_pay_mode == "RESIDUAL" else ()
    return Line(
        replace(item, left=around.left(item)), share.cash, share.discount, **{"small_diff": 0, **legs}, parts=parts, settled=share.settled
    )


def _stale(ruling: Ruling, receipt: Receipt, around: _World) -> str:
    if not ruling.shares and not ruling.on_account:
        return "it allocates nothing"
    if len({share.item_id for share in ruling.shares}) < len(ruling.shares):
        return "it names an item twice"
    if ruling.cash > receipt.amount or ruling.cash < 0 or ruling.on_account < 0:
        return "it allocates more than the receipt holds, or less than nothing"
    reasons = (_stale_share(share, receipt, around) for share in ruling.shares)
    return next((reason for reason in (*reasons, _lost_discount(ruling, receipt, around)) if reason), "")


def _stale_share(share: Share, receipt: Receipt, around: _World) -> str:
    item = around.items.items.get(share.item_id)
    if item is None:
        return f"item {share.item_id} is no longer open"
    if item.account[:2] != receipt.book:
        return f"item {share.item_id} belongs to another ledger or company"
    if item.currency != share.currency or (share.settled is None and item.currency != receipt.currency):
        return f"item {share.item_id} is in {item.currency}, the receipt in {receipt.currency}"
    left = around.left(item)
    if left != share.seen_open:
        if share.item_id in around.by:
            return f"decision {around.by[share.item_id]} already used item {share.item_id}"
        was, now = (amount_text(minor, item.currency, around.units) for minor in (share.seen_open, left))
        return f"what is open on item {share.item_id} has changed since, from {was} to {now}"
    sign = 1 if left > 0 else -1
    against = [share.cash, share.discount, share.deduction, *(m for leg, m in share.legs.items() if leg not in ("small_diff", "fx"))]
    if any(minor * sign < 0 for minor in against) or not 0 < share.relieved * sign <= left * sign:
        return f"it takes more off item {share.item_id} than is open, or nothing"
    if share.code == "WO" and item.blocked:
        return f"item {share.item_id}, to be written off, {item.blocked}"
    return ""


def _lost_discount(ruling: Ruling, receipt: Receipt, around: _World) -> str:
    """Say which discount the terms gave when it was decided and give no more: the export was corrected since."""
    bound = [share for share in ruling.shares if share.earned is not None]
    items = [around.items.items[share.item_id] for share in ruling.shares if share.item_id in around.items.items]
    paid = pay_date(receipt.value_date, receipt.booking_date, around.policy)
    for share in bound:
        item = around.items.items.get(share.item_id)
        if item is None:
            continue
        now = discounts_of(items, paid, around.items.by_account.get(item.account, ()), around.policy, {share.item_id: share.deduction})
        if now.get(share.item_id, 0) < share.discount:
            gives, asked = (amount_text(minor, item.currency, around.units) for minor in (now.get(share.item_id, 0), share.discount))
            return f"the terms of item {share.item_id} give a discount of {gives} now, {asked} was decided"
    return ""
