"""Decisions of people, before any rule: which of them holds for a receipt, and whether the world is still as it was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from arwork.matching.named import Receipt
from arwork.matching.universe import Item, Universe

_RULINGS = ("ALLOCATE", "REJECT", "HOLD")


@dataclass(frozen=True)
class Share:
    """One item of a decision, minor units: cash, discount, and what was open on it when the person decided."""

    item_id: str
    cash: int
    discount: int
    seen_open: int
    currency: str


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


@dataclass(frozen=True)
class Applied:
    """A ruling that could be applied, with the items as they stood."""

    ruling: Ruling
    items: Mapping[str, Item]


def rulings(decided: pd.DataFrame) -> dict[str, Ruling]:
    """Return for each receipt the decision that holds; of several in force the one with the highest `seq`."""
    found: dict[str, Ruling] = {}
    if decided.empty:
        return found
    force = decided[decided["action"].isin(_RULINGS) & (decided["receipt_id"] != "")]
    latest = force.groupby("receipt_id")["seq"].max()
    columns = ["seq", "by", "action", "receipt_id", "item_id", "amount_applied", "discount", "seen_open", "currency", "reason"]
    for seq, by, action, receipt, item, cash, discount, seen, currency, reason in sorted(force[columns].itertuples(index=False, name=None)):
        if seq != latest[receipt]:
            continue
        before = found.get(receipt, Ruling(int(seq), by, action, receipt, reason, (), 0))
        share = (Share(item, int(cash), int(discount), int(seen), currency),) if item else ()
        rest = before.on_account + (0 if item else int(cash))
        found[receipt] = Ruling(before.seq, by, action, receipt, reason, before.shares + share, rest)
    return found


def apply(found: Mapping[str, Ruling], receipts: Sequence[Receipt], world: Universe) -> tuple[dict[str, Applied], dict[str, str]]:
    """Check every ALLOCATE ruling against the world, in journal order; return what applies and why the rest is stale, by receipt.

    An item must still be open with the amount the person saw, in the receipt's ledger, company and currency; no earlier
    decision may have used it; cash must not exceed the receipt.
    """
    by_id = {receipt.receipt_id: receipt for receipt in receipts}
    applied: dict[str, Applied] = {}
    stale: dict[str, str] = {}
    used: dict[str, int] = {}
    for ruling in sorted((r for r in found.values() if r.action == "ALLOCATE" and r.receipt_id in by_id), key=lambda r: r.seq):
        reason = _stale(ruling, by_id[ruling.receipt_id], world, used)
        if reason:
            stale[ruling.receipt_id] = f"decision {ruling.seq} of {ruling.by} is stale: {reason}"
            continue
        used.update({share.item_id: ruling.seq for share in ruling.shares})
        applied[ruling.receipt_id] = Applied(ruling, {share.item_id: world.items[share.item_id] for share in ruling.shares})
    return applied, stale


def _stale(ruling: Ruling, receipt: Receipt, world: Universe, used: Mapping[str, int]) -> str:
    if not ruling.shares and not ruling.on_account:
        return "it allocates nothing"
    if len({share.item_id for share in ruling.shares}) < len(ruling.shares):
        return "it names an item twice"
    cash = sum(share.cash for share in ruling.shares) + ruling.on_account
    if cash > receipt.amount or cash < 0 or ruling.on_account < 0:
        return "it allocates more than the receipt holds, or less than nothing"
    reasons = (_stale_share(share, receipt, world, used) for share in ruling.shares)
    return next((reason for reason in reasons if reason), "")


def _stale_share(share: Share, receipt: Receipt, world: Universe, used: Mapping[str, int]) -> str:
    item = world.items.get(share.item_id)
    if item is None:
        return f"item {share.item_id} is no longer open"
    if item.account[:2] != receipt.book:
        return f"item {share.item_id} belongs to another ledger or company"
    if not item.currency == share.currency == receipt.currency:
        return f"item {share.item_id} is in {item.currency}, the receipt in {receipt.currency}"
    if share.item_id in used:
        return f"decision {used[share.item_id]} already used item {share.item_id}"
    if item.left != share.seen_open:
        return f"what is open on item {share.item_id} has changed since"
    sign = 1 if item.left > 0 else -1
    relieved = share.cash + share.discount
    if share.cash * sign < 0 or share.discount * sign < 0 or not 0 < relieved * sign <= item.left * sign:
        return f"it takes more off item {share.item_id} than is open, or nothing"
    return ""
