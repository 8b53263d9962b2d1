"""Where a receipt stands once the decision that holds is laid over what the run says of it; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.journal.events import Event

FLOWING = ("queue", "state", "reason", "decided_by", "decided_seq", "applied", "on_account", "unapplied")
"""Columns of the board that a decision changes, in the order of `Flow`."""


@dataclass(frozen=True)
class Flow:
    """The part of a receipt's row that decisions change; money in minor units, the three parts add up to the receipt."""

    queue: str
    state: str
    reason: str
    decided_by: str
    decided_seq: int
    applied: int
    on_account: int
    unapplied: int


Taken = Mapping[str, tuple[int, str, str]]
"""Receipts whose decision a run had taken in: its event, its action and what the run did with it."""


def flows(
    base: pd.DataFrame, places: Mapping[str, int], taken: Taken, receipts: Sequence[str], holding: Mapping[str, Event]
) -> dict[str, Flow]:
    """Return where each receipt stands: `base` are the rows as the run has them, `holding` the decision that holds by receipt."""
    where = [places[receipt] for receipt in receipts]
    chosen = base[["amount", "customer_id", *FLOWING]].take(where)
    rows = zip(*(chosen[name].tolist() for name in chosen.columns), strict=True)
    return {
        receipt: _flow(int(amount), "unapplied" if customer else "unidentified", Flow(*flow), taken.get(receipt), holding.get(receipt))
        for receipt, (amount, customer, *flow) in zip(receipts, rows, strict=True)
    }


def _flow(amount: int, open_queue: str, run: Flow, taken: tuple[int, str, str] | None, event: Event | None) -> Flow:
    seq, action, outcome = taken or (0, "", "")
    if event is None:
        if action == "ALLOCATE" and outcome == "APPLIED":  # the run shows no proposal of the rules: it followed the person
            return Flow(open_queue, "undone", f"decision {seq} was undone", "", 0, 0, 0, amount)
        return run
    if event.seq == seq and outcome == "EARLIER":  # what waits is the rest that the decision left
        return run
    if event.seq == seq and outcome == "STALE":
        return Flow(open_queue, "stale", f"decision {seq} no longer fits", event.by, seq, 0, 0, amount)
    return _decided(event, amount, open_queue)


def _decided(event: Event, amount: int, open_queue: str) -> Flow:
    if event.action == "REJECT":
        return Flow(open_queue, "rejected", f"rejected by {event.by}", event.by, event.seq, 0, 0, amount)
    if event.action == "HOLD":
        return Flow("on hold", "held", f"held by {event.by}", event.by, event.seq, 0, 0, amount)
    items: list[Mapping[str, Any]] = list(event.body.get("items") or [])
    applied, rest = sum(int(entry["amount"]) for entry in items), int(event.body.get("on_account", 0))
    return Flow("decided", "allocated", "", event.by, event.seq, applied, rest, amount - applied - rest)
