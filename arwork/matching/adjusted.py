"""Which differences a person may write off, by which adjustment code, and up to which amount by the person's role (CO-65, CO-70, MP-20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd

from arwork.matching.reasons import x12_of
from arwork.matching.tolerances import in_currency
from arwork.matching.universe import Item
from arwork.money import Units
from arwork.policy import Policy
from arwork.tables import conform, empty

_X12: Mapping[str, str] = {"WO": "BD", "LW": "50"}
LOWEST_ROLE = "clerk"
"""The role of a person whose role is not known."""


@dataclass(frozen=True)
class Code:
    """An adjustment code: what it is, the leg of an allocation it goes to, and the tiers that bind it (CO-70)."""

    name: str
    leg: str
    tiers: str
    nature: str


CODES: Mapping[str, Code] = {
    "SD": Code("small difference", "small_diff", "", "COST"),
    "BC": Code("bank charge", "bank_charge", "T-STD", "COST"),
    "FX": Code("exchange difference", "fx", "T-STD", "COST"),
    "WT": Code("withholding tax", "wht", "T-STD", "TAX"),
    "LW": Code("late payment fee waiver", "write_off", "T-STD", "DILUTION"),
    "WO": Code("bad debt write-off", "write_off", "T-WO", "CREDIT_LOSS"),
}
"""Codes by which a difference is written off. What a customer takes off for a price, a return or a damage is no write-off: it stays
owed as a deduction until a credit memo settles it (CO-65)."""


def limit_of(role: str, code: str, items: Sequence[Item], policy: Policy, units: Units) -> int | None:
    """Return up to which amount a role may write off by a code, in minor units of the items' currency; None is without limit.

    A small difference has the limits of MP-20, every other code the tiers of CO-70 or CO-65; a bank charge is allowed to everybody
    up to its cap (MP-61). A role that the policy does not know has none.
    """
    matching = policy.matching
    if code == "SD" and role in matching.tolerances.users:
        return in_currency(matching.tolerances.users[role], items, units)
    covered = _covered(role, CODES[code].tiers or "T-STD", policy)
    limit = None if covered is None else in_currency(covered, items, units)
    if code == "BC" and limit is not None:
        return max(limit, in_currency(matching.bank_charge_cap, items, units))
    return limit


def _covered(role: str, tiers: str, policy: Policy) -> Decimal | None:
    """Return the amount that a role covers of a ladder of tiers; None beyond the last."""
    ladder = policy.write_off.tiers if tiers == "T-WO" else policy.adjustment_tiers.get(tiers, ())
    steps = policy.adjustment_roles.get(role, 0)
    if steps > len(ladder):
        return None
    return ladder[steps - 1] if steps else Decimal(0)


def who_may(amount: int, code: str, items: Sequence[Item], policy: Policy, units: Units) -> str:
    """Return the lowest role that may write this amount off by a code; blank where none may."""
    users = policy.matching.tolerances.users
    ranked = sorted({*policy.adjustment_roles, *users}, key=lambda role: (policy.adjustment_roles.get(role, 0), users.get(role, 0), role))
    limits = ((role, limit_of(role, code, items, policy, units)) for role in ranked)
    return next((role for role, limit in limits if limit is None or limit >= amount), "")


def too_young(item: Item, as_of: date, policy: Policy) -> bool:
    """Say whether an item is not overdue for long enough to be written off as bad debt (CO-65)."""
    return (as_of - item.due_date).days < policy.write_off.min_dpd


def adjustments(allocations: pd.DataFrame, open_items: pd.DataFrame) -> pd.DataFrame:
    """Return `adjustments`: what people wrote off by hand, with code, nature, person and reason (T18); minor units."""
    own = allocations[allocations["adjustment_code"] != ""]
    if own.empty:
        return empty("adjustments")
    whose = open_items.loc[open_items["item_id"].isin(own["item_id"]), ["item_id", "ledger_id", "company_code", "customer_id"]]
    own = own.merge(whose, on="item_id", how="inner", validate="m:1")
    codes = own["adjustment_code"]
    frame = own[
        ["receipt_id", "item_id", "ledger_id", "company_code", "customer_id", "currency", "adjustment_code", "by", "decision_seq", "reason"]
    ]
    rows = zip(codes, own.to_dict("records"), strict=True)
    frame = frame.assign(
        adjustment_id=own["receipt_id"] + ":" + own["item_id"] + ":" + codes,
        amount=[int(row[CODES[code].leg]) for code, row in rows], x12_code=[_X12.get(code, x12_of(code)) for code in codes],
        nature=[CODES[code].nature for code in codes],
    )  # fmt: skip
    return conform("adjustments", frame)
