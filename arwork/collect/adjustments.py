"""Adjustments held against the common matrix: code, evidence, two people, and an approver whose tier covers the amount (CO-70, CO-65)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from arwork.collect.matrix import MATRIX, Adjustment
from arwork.collect.payments import WHOSE
from arwork.money import Units
from arwork.policy import Policy
from arwork.states import WHO, approval
from arwork.tables import conform, empty

_BY_QUARTER = "T-WO"


def adjustment_checks(register: pd.DataFrame, decided: pd.DataFrame, policy: Policy, units: Units) -> pd.DataFrame:
    """Return `adjustment_checks`: every adjustment of the register and of the journal against the matrix (CO-70, CO-65).

    `decided` are the `adjustments` of this close: people's write-offs, whose amount was held to the person's limit when it was
    decided. Write-offs of one customer, currency and quarter count together, in the order of their request. Minor units.
    """
    rows = [_registered(row, counted, policy, units) for row, counted in _counted(register)]
    rows += [_decided(row) for row in decided.to_dict("records")]
    return conform("adjustment_checks", pd.DataFrame(rows)) if rows else empty("adjustment_checks")


def _counted(register: pd.DataFrame) -> list[tuple[dict[Any, Any], int]]:
    """Return the rows of the register with the amount that picks the tier."""
    sums: dict[tuple[Any, ...], int] = {}
    found = []
    for row in register.sort_values(["requested_date", "adjustment_id"]).to_dict("records"):
        known = MATRIX.get(row["adjustment_code"])
        counted = abs(int(row["amount"]))
        if known and known.tiers == _BY_QUARTER:
            day = row["requested_date"]
            key = (*(row[name] for name in WHOSE), row["currency"], day.year, (day.month - 1) // 3)
            sums[key] = counted = sums.get(key, 0) + counted
        found.append((row, counted))
    return found


def ladder(tiers: str, currency: str, policy: Policy, units: Units) -> list[int]:
    """Return the limits of a ladder of approvals in minor units of a currency (CO-65, CO-70, RF-08)."""
    limits = {"T-WO": policy.write_off.tiers, "T-RF": policy.refunds.tiers}.get(tiers, policy.adjustment_tiers.get(tiers, ()))
    return [units.rounded(limit, currency) for limit in limits]


def _registered(row: Mapping[Any, Any], counted: int, policy: Policy, units: Units) -> dict[str, Any]:
    known = MATRIX.get(row["adjustment_code"])
    if known is None:
        wrong = [f"{row['adjustment_code']} is no code of the matrix"]
        return _checked(row, None, counted, "", wrong)
    wrong, approver = [], "tolerance"
    if known.tiers:
        level, approver = approval(known.tiers, [counted], ladder(known.tiers, row["currency"], policy, units))
        wrong += _approved(row, level, approver, known.tiers, policy)
    elif counted > units.rounded(max(policy.matching.tolerances.users.values()), row["currency"]):
        wrong.append("too large for a small difference")
    if known.evidence and not row["documents"]:
        wrong.append(f"no evidence ({known.evidence})")
    if row["approved_by"] and _same(row["approved_by"], row["requested_by"]):
        wrong.append("asked for and approved by one person (CV-13)")
    if not row["requested_by"]:
        wrong.append("nobody is named who asked for it")
    return _checked(row, known, counted, approver, wrong)


def _approved(row: Mapping[Any, Any], level: int, approver: str, tiers: str, policy: Policy) -> list[str]:
    if not row["approved_by"]:
        return [f"not approved; it takes the {approver}"]
    role = row["approver_role"].casefold()
    held = policy.adjustment_roles.get(role)
    if held is None:
        return [f"the role of {row['approved_by']} is not known; it takes the {approver}"]
    # The first step of T-WO and T-RF belongs to a team lead, as that of T-STD does to a clerk with one.
    return [] if held >= min(level, len(WHO[tiers])) else [f"approved by {row['approved_by']} ({role}); it takes the {approver}"]


def _same(one: str, other: str) -> bool:
    return "".join(one.casefold().split()) == "".join(other.casefold().split())


def _checked(row: Mapping[Any, Any], known: Adjustment | None, counted: int, approver: str, wrong: list[str]) -> dict[str, Any]:
    owner = "AR manager" if wrong else (known.owner if known else "AR")
    action = f"Correct it: {'; '.join(wrong)}." if wrong else "Nothing: it follows the matrix."
    return {
        "adjustment_id": row["adjustment_id"], **{name: row[name] for name in WHOSE}, "adjustment_code": row["adjustment_code"],
        "description": known.description if known else "", "nature": known.nature if known else "",
        "document": known.document if known else "", "currency": row["currency"], "amount": int(row["amount"]), "counted_amount": counted,
        "approver": approver or "AR manager", "complies": not wrong, "wrong": "; ".join(wrong), "owner": owner, "next_action": action,
    }  # fmt: skip


def _decided(row: Mapping[Any, Any]) -> dict[str, Any]:
    known = MATRIX.get(row["adjustment_code"])
    wrong = [] if known else [f"{row['adjustment_code']} is no code of the matrix"]
    if row["approved_by"]:  # two people decided on it in the journal, within the tier that its counted amount picked
        return _checked(row, known, int(row["counted_amount"]), row["approver"], wrong)
    return _checked(row, known, abs(int(row["amount"])), f"limit of {row['by']}", wrong)
