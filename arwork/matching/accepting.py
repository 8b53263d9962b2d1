"""A proposal that a person accepts: exactly its items and amounts, written out as an allocation by hand would be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from arwork.errors import InputError
from arwork.matching.explain import amount_text
from arwork.matching.split import Desk, refuse_beyond_authority

_LEGS = ("discount", "small_diff", "wht", "bank_charge", "fx")


def accepted_allocation(proposal: Mapping[Any, Any], lines: pd.DataFrame, desk: Desk, candidate: int = 1) -> dict[str, Any]:
    """Return the body of the ALLOCATE that a proposal, or another candidate of it, comes to; minor units.

    `lines` are the receipt's `proposal_items`. Raises InputError for a receipt that nobody has to decide, a candidate that does not
    exist, an item that changed since, and a small difference above what the person's role may write off (MP-20).
    """
    receipt = proposal["receipt_id"]
    if proposal["status"] == "AUTO":
        raise InputError(f"receipt {receipt} is allocated already, by {proposal['decided_by']}", cure="There is nothing to accept.")
    own = lines[(lines["receipt_id"] == receipt) & (lines["candidate"] == candidate)].sort_values("item_id")
    known = sorted(set(lines.loc[lines["receipt_id"] == receipt, "candidate"]))
    first = candidate == 1
    if own.empty and not (first and proposal["on_account"]):
        others = f"Choose one of its candidates: {', '.join(str(n) for n in known)}." if known else "Split it by hand, or hold it."
        raise InputError(f"receipt {receipt} has no {'proposal' if first else f'candidate {candidate}'} to accept", cure=others)
    entries = [_entry(line, proposal["currency"], desk) for line in own.to_dict("records")]
    _authority(entries, proposal, own, desk)
    kept = int(proposal["on_account"]) if first else 0
    cash = sum(entry["amount"] for entry in entries)
    if cash + kept > proposal["amount"]:
        told = [amount_text(minor, proposal["currency"], desk.units) for minor in (cash + kept, int(proposal["amount"]))]
        raise InputError(
            f"candidate {candidate} uses {told[0]} of receipt {receipt}, which holds {told[1]}",
            cure="Split it by hand: the customer paid short.",
        )
    return {"currency": proposal["currency"], "items": entries, "on_account": kept}


def _entry(line: Mapping[Any, Any], currency: str, desk: Desk) -> dict[str, Any]:
    item = desk.world.items.get(line["item_id"])
    now = item.left - desk.used.get(line["item_id"], 0) if item else 0
    if now != line["open_amount"]:
        was, left = (amount_text(int(minor), line["item_currency"], desk.units) for minor in (line["open_amount"], now))
        raise InputError(
            f"item {line['item_id']} of receipt {line['receipt_id']} was open by {was} when this was proposed and is by {left} now",
            cure="Another decision took of it: close again, or split by hand.",
        )
    entry: dict[str, Any] = {
        "item": line["item_id"], "amount": int(line["amount_applied"]), "seen_open": int(line["open_amount"]),
        **{name: int(line[name]) for name in _LEGS if line[name] or name == "discount"},
    }  # fmt: skip
    if line["residual"]:
        codes = line["residual_code"].split()
        entry |= {"deduction": int(line["residual"]), "deduction_code": line["residual_code"]}
        entry |= {"deduction_split": line["residual_split"]} if len(codes) > 1 else {}
    if line["item_currency"] != currency:
        entry |= {"item_currency": line["item_currency"], "settled": int(line["amount_relieved"]) - int(line["residual"])}
    return entry


def _authority(entries: list[dict[str, Any]], proposal: Mapping[Any, Any], lines: pd.DataFrame, desk: Desk) -> None:
    """A small difference is granted per receipt, so what all items share must be within the person's own limit (MP-20)."""
    small = sum(int(entry.get("small_diff", 0)) for entry in entries)
    if not small:
        return
    items = [desk.world.items[number] for number in lines["item_id"]]
    # Above the customer's yearly cap (G-21) the limit of a clerk is none: somebody with a tier of CO-70 looks.
    if "G-21" in proposal["gates"].split() and not desk.policy.adjustment_roles.get(desk.role, 0):
        told = amount_text(abs(small), items[0].currency, desk.units)
        raise InputError(
            f"receipt {proposal['receipt_id']}: {told} would pass the customer's yearly cap of small differences (G-21)",
            cure="Let a supervisor or lead decide, or allocate without the write-off.",
        )
    refuse_beyond_authority(" ".join(lines["item_id"]), small, "SD", items, desk)
