"""Why customers took money off this month: reasons by amount, how many were right, what came back, and what caused them (CO-72)."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pandas as pd

from arwork.collect.matrix import MATRIX
from arwork.collect.overdue import OVER
from arwork.matching.reasons import owner_of
from arwork.tables import conform, empty

_BOOK = ["ledger_id", "company_code", "currency"]
_FULL = 1_000_000
_FEW = 800_000
_VALID = ("VALID", "PARTLY_VALID")


def root_causes(disputes: pd.DataFrame, residuals: pd.DataFrame, start: date, as_of: date) -> pd.DataFrame:
    """Return `dispute_reasons`: by book, currency and reason the cases of the period, the largest amount first, with share and running share (CO-72).

    Cases are disputes opened in the period and `residuals` that this close creates, which are in no dispute yet. Valid are cases found valid or
    partly valid of those resolved; recovered is what was paid of them. Reasons that make up the first 80 % are to be cured by their owner.
    """
    opened = disputes[disputes["opened_date"].between(pd.Timestamp(start), pd.Timestamp(as_of))]
    over = opened["status"].isin(OVER)
    cases = pd.DataFrame({
        **{name: opened[name] for name in (*_BOOK, "reason_code", "root_cause")},
        "amount": opened["original_amount"].astype("Int64").fillna(opened["disputed_amount"]).astype("int64"), "resolved": over,
        "valid": over & opened["resolution"].isin(_VALID), "credited": opened["credited_amount"].astype("Int64").fillna(0).astype("int64"),
        "recovered": opened["paid_amount"].astype("Int64").fillna(0).astype("int64"),
    })  # fmt: skip
    taken = residuals[(residuals["status"] == "CREATED") & (residuals["amount"] > 0)]
    more = taken[[*_BOOK, "reason_code", "amount"]].assign(root_cause="", resolved=False, valid=False, credited=0, recovered=0)
    both = [frame for frame in (cases, more) if len(frame)]
    if not both:
        return empty("dispute_reasons")
    every = pd.concat(both, ignore_index=True)
    sums = every.groupby([*_BOOK, "reason_code"], sort=True).agg(
        cases=("amount", "size"), amount=("amount", "sum"), resolved=("resolved", "sum"), valid=("valid", "sum"), credited_amount=("credited", "sum"),
        recovered_amount=("recovered", "sum"), root_causes=("root_cause", _told),
    ).reset_index().sort_values([*_BOOK, "amount", "reason_code"], ascending=[True, True, True, False, True], ignore_index=True)  # fmt: skip
    whole, running = sums.groupby(_BOOK)["amount"].transform("sum"), sums.groupby(_BOOK)["amount"].cumsum()
    before = (running - sums["amount"]).astype(object) * _FULL // whole.astype(object)
    owners = [owner_of(code) for code in sums["reason_code"]]
    action = [
        f"{owner}: find the cause and cure it; it is among the largest reasons." if first < _FEW else f"{owner}: watch it."
        for owner, first in zip(owners, before, strict=True)
    ]
    return conform("dispute_reasons", sums.assign(
        place=sums.groupby(_BOOK).cumcount() + 1, share=(sums["amount"].astype(object) * _FULL // whole.astype(object)).astype("int64"),
        running_share=(running.astype(object) * _FULL // whole.astype(object)).astype("int64"), owner_function=owners, next_action=action,
        description=[MATRIX[code].description if code in MATRIX else "" for code in sums["reason_code"]],
    ))  # fmt: skip


def _told(causes: pd.Series[str]) -> str:
    """Name the causes that people recorded, the most frequent first."""
    counted = Counter(cause for cause in causes if cause)
    return "; ".join(f"{cause} ({n})" if n > 1 else cause for cause, n in sorted(counted.items(), key=lambda one: (-one[1], one[0])))
