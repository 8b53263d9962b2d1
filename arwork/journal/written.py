"""Write-offs of open items that two people decided, held against the items as they stand now (CO-65, CO-70, T18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from arwork.collect.matrix import MATRIX
from arwork.journal.events import Event
from arwork.journal.legal import approved
from arwork.journal.people import people_of
from arwork.matching.adjusted import CODES
from arwork.matching.reasons import x12_of
from arwork.tables import conform

_WHOSE = ["item_id", "ledger_id", "company_code", "customer_id"]
_X12 = {"WO": "BD", "LW": "50"}


class Ruled(NamedTuple):
    """An approved write-off and what became of it: APPLIED, POSTED by the ledger since, or STALE, with the reason."""

    proposal: Event
    approval: Event
    outcome: str
    why: str


def written_off(events: Sequence[Event], open_items: pd.DataFrame) -> list[Ruled]:
    """Hold every approved write-off against what is open now: it applies while the item is open with the amount that was seen."""
    pairs = approved(events, "WRITE_OFF", people_of(events)) if any(event.action == "WRITE_OFF" for event in events) else []
    wanted = {str(one.body["item"]) for one, _ in pairs}
    rows = open_items.loc[open_items["item_id"].isin(wanted), ["item_id", "open_amount_doc", "written_off"]]
    now = {item: (int(left), bool(gone)) for item, left, gone in rows.itertuples(index=False, name=None)}
    sums: dict[str, int] = {}
    for one, _ in pairs:
        sums[str(one.body["item"])] = sums.get(str(one.body["item"]), 0) + int(one.body["amount"])
    return [Ruled(one, other, *_outcome(other.body, now.get(str(one.body["item"])), sums[str(one.body["item"])])) for one, other in pairs]


def _outcome(body: Mapping[str, Any], now: tuple[int, bool] | None, together: int) -> tuple[str, str]:
    seen, amount = int(body["seen_open"]), int(body["amount"])
    if now is None:
        return "STALE", "The item is not in the export."
    left, gone = now
    if left == seen and not gone:
        return "APPLIED", "The item is open with the amount that was seen."
    if gone or left in (seen - amount, seen - together):
        return "POSTED", "The ledger shows the item without the amount written off."
    return "STALE", "What is open on the item has changed since it was approved; nothing is written off."


def with_written(made: pd.DataFrame, ruled: Sequence[Ruled], open_items: pd.DataFrame) -> pd.DataFrame:
    """Return `adjustments` with the write-offs of open items that apply (T18); minor units."""
    applied = {one.approval.seq: one for one in ruled if one.outcome == "APPLIED"}
    if not applied:
        return made
    whose = open_items.loc[open_items["item_id"].isin([str(o.approval.body["item"]) for o in applied.values()]), _WHOSE].set_index(
        "item_id"
    )
    rows = [_row(one, whose) for one in applied.values()]
    frames = [frame for frame in (made, pd.DataFrame(rows)) if len(frame)]
    return conform("adjustments", pd.concat(frames, ignore_index=True))


def _row(one: Ruled, whose: pd.DataFrame) -> dict[str, Any]:
    body = one.approval.body
    item, code = str(body["item"]), str(body["code"])
    return {
        "adjustment_id": f"{item}:{code}:{one.approval.seq}", "receipt_id": "", "item_id": item,
        **{name: whose.loc[item, name] for name in whose.columns}, "currency": body["currency"], "amount": int(body["amount"]),
        "adjustment_code": code, "x12_code": _X12.get(code, x12_of(code)), "nature": MATRIX[code].nature if code in MATRIX else CODES[code].nature,
        "by": one.proposal.by, "decision_seq": one.approval.seq, "reason": one.proposal.reason, "approved_by": one.approval.by,
        "approved_on": pd.Timestamp(one.approval.at[:10]), "counted_amount": int(body["counted"]), "approver": str(body["approver"]),
    }  # fmt: skip


def struck(open_items: pd.DataFrame, ruled: Sequence[Ruled]) -> pd.DataFrame:
    """Return `open_items` with those marked written off whose whole open amount is: nobody is reminded, no rule pays them (G-06)."""
    gone: dict[str, int] = {}
    for one in ruled:
        if one.outcome == "APPLIED":
            gone[str(one.approval.body["item"])] = gone.get(str(one.approval.body["item"]), 0) + int(one.approval.body["amount"])
    if not gone:
        return open_items
    whole = open_items["item_id"].map(gone).fillna(0).astype("int64") == open_items["open_amount_doc"]
    return open_items.assign(written_off=open_items["written_off"] | (whole & (open_items["open_amount_doc"] != 0)))
