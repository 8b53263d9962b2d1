"""The escalation path: which step each overdue account has reached, who must act, and within how many days (CO-40)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from arwork.collect.overdue import owing
from arwork.collect.standing import ACCOUNT, whose
from arwork.tables import conform, empty

_PATH = (
    ("risk or legal: pre-legal file", "build the pre-legal file and decide on hand-over", 5),
    ("controller", "final demand; screen for distress", 3),
    ("AR manager and sales manager", "enforce the credit hold", 2),
    ("team lead", "propose a credit hold", 2),
    ("collector, sales informed", "agree the next step with sales", 2),
    ("collector", "first contact", 14),
)  # fmt: skip
LARGE = 10_000
"""A broken promise of this amount, in whole units of the ledger currency, goes to the team lead at once (CO-40)."""


def step(dpd: int, level: int, broken: int, large_broken: bool) -> tuple[int, str]:
    """Return the place on the path (0 is the highest) and its trigger, from days past due, reminder level and broken promises."""
    rules = (
        (0, f"{dpd} days past due", dpd >= 75), (0, f"reminder level {level}", level >= 4), (1, f"{dpd} days past due", dpd >= 60),
        (2, f"{dpd} days past due", dpd >= 45), (2, f"reminder level {level}", level >= 3), (2, f"{broken} broken promises", broken >= 2),
        (3, f"{dpd} days past due", dpd >= 30), (3, "a broken promise of 10,000 or more", large_broken),
        (4, f"{dpd} days past due", dpd >= 15), (4, f"reminder level {level}", level >= 2), (5, f"{dpd} days past due", dpd >= 1),
    )  # fmt: skip
    return next(((place, said) for place, said, holds in rules if holds), (-1, ""))


def escalate(tables: Mapping[str, pd.DataFrame], exponent: int, as_of: date) -> pd.DataFrame:
    """Return `escalations`, a row an account that is net overdue with undisputed items (CO-40).

    Takes `standing`, `net_overdue`, `dunning_items`, `promises` as evaluated (`promise_results`) and `customers`; `exponent` is the decimals of
    the ledger currency.
    """
    late = owing(tables["standing"], tables["net_overdue"])
    if late.empty:
        return empty("escalations")
    sums = late.groupby(ACCOUNT).agg(
        oldest_days=("days_past_due", "max"), overdue_local=("free_local", "sum"), local_currency=("local_currency", "first")
    )
    levels = tables["dunning_items"].groupby(ACCOUNT)["previous_level"].max()
    broken = tables["promises"].loc[lambda p: (p["status"] == "BROKEN") & (p["promised_date"] <= pd.Timestamp(as_of))]
    counts, largest = broken.groupby(ACCOUNT).size(), broken.groupby(ACCOUNT)["promised_amount"].max()
    names = tables["customers"].set_index(ACCOUNT)["name"]
    rows = []
    for key, row in zip(sums.index, sums.to_dict("records"), strict=True):
        level, large = int(levels.get(key, 0)), int(largest.get(key, 0)) >= LARGE * 10**exponent
        place, trigger = step(int(row["oldest_days"]), level, int(counts.get(key, 0)), large)
        to, action, days = _PATH[place]
        rows.append({
            **whose(key), **{str(k): v for k, v in row.items()}, "name": names.get(key, key[2]), "trigger": trigger, "to": to, "action": action,
            "sla_days": days, "level": level,
        })  # fmt: skip
    return conform("escalations", pd.DataFrame(rows))
