"""Small tables of the collector's week that the notebook prints: worklist, promises, disputes, fees, service levels. Frames in, frames out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

CALL = ["place", "customer_id", "name", "collector", "why", "next_action", "act_by", "call_hours", "currency", "net_overdue"]
"""Columns of the worklist that a collector reads first."""
POINTS = ("points_amount", "points_age", "points_risk", "points_broken", "points_contact", "points_trend")
"""Parts of the score, in its order."""


def to_call(worklist: pd.DataFrame) -> pd.DataFrame:
    """Return the customers to call, in the order of the list."""
    return _placed(worklist[worklist["state"] == "CALL"])


def elsewhere(worklist: pd.DataFrame) -> pd.DataFrame:
    """Return the customers who wait for a promise or stand in another queue, with who acts on them."""
    return _placed(worklist[worklist["state"] != "CALL"])


def _placed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("place").reset_index(drop=True)


def first_call(worklist: pd.DataFrame) -> dict[str, str]:
    """Return why the first customer of the list comes first and what to say to it; nothing where nobody is to be called."""
    for r in to_call(worklist).head(1).to_dict("records"):
        return {"customer": f"{r['customer_id']} {r['name']}", "why": r["why"], "to say": r["script"], "next": r["next_action"]}
    return {"nobody": "Nobody is to be called."}


def by_collector(worklist: pd.DataFrame) -> pd.DataFrame:
    """Return by collector and currency how many customers are to be called, how many first, and what is net overdue."""
    call = worklist[worklist["state"] == "CALL"]
    first = (call["hard_first"] != "").astype("int64")
    grouped = call.assign(first=first, customers=1).groupby(["collector", "currency"], sort=True)
    return grouped[["customers", "first", "net_overdue"]].sum().reset_index()


def states(frame: pd.DataFrame, of: str) -> pd.DataFrame:
    """Return how many rows there are of each state."""
    counted = frame[of].value_counts().sort_index()
    return pd.DataFrame({of: counted.index, "rows": counted.to_numpy("int64")})


def urgent(first: pd.DataFrame) -> pd.DataFrame:
    """Return the first contacts that are overdue or due, the earliest deadline first."""
    rows = first[first["status"].isin(["BREACHED", "AT_RISK", "DUE"])]
    return rows.sort_values(["deadline", "amount", "item_id"], ascending=[True, False, True]).reset_index(drop=True)


def at_work(results: pd.DataFrame) -> pd.DataFrame:
    """Return the promises that somebody has to act on: open ones, and those not kept and not paid since."""
    live = (results["status"] == "OPEN") | (results["status"].isin(["BROKEN", "PARTIALLY_KEPT"]) & results["paid_late_date"].isna())
    return results.loc[live].sort_values(["last_day", "promise_id"]).reset_index(drop=True)


def recommended(fees: pd.DataFrame) -> pd.DataFrame:
    """Return how many fees there are of each outcome and criterion, and what they come to."""
    told = fees.assign(criterion=fees["criterion"].str.replace(r"^(only )?[0-9]+ days late, ", "late, ", regex=True), items=1)
    return told.groupby(["outcome", "criterion", "currency"], sort=True)[["items", "interest", "fixed_sum", "fee"]].sum().reset_index()


def figures(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of the month as a person reads them: value with its unit, or what is needed."""
    units: Mapping[str, str] = {"DAYS": " days", "PERCENT": " %", "TIMES": " times", "INDEX": ""}
    value = [_value(row, units) for row in metrics.to_dict("records")]
    return metrics.assign(figure=value)[["ledger_id", "company_code", "metric", "name", "variant", "figure", "sentence"]]


def _value(row: Mapping[Any, Any], units: Mapping[str, str]) -> str:
    if not row["value"]:
        return "not measurable" if row["status"] == "NOT_MEASURABLE" else "no value"
    unit = units.get(row["unit"], f" {row['currency']}")
    return f"{'> ' if row['bound'] else ''}{row['value']}{unit}"


def levels(table: pd.DataFrame) -> pd.DataFrame:
    """Return the service levels, those that fail first."""
    order = {"RED": 0, "AMBER": 1, "GREEN": 2, "NOT_MEASURABLE": 3}
    rank = table["light"].map(order)
    return table.assign(rank=rank).sort_values(["rank", "level"])[
        ["level", "name", "target", "value", "light", "calendar", "excluded", "owner", "sentence"]
    ].reset_index(drop=True)  # fmt: skip


_FILES: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "dispute_reasons": ("Why customers took money off, the largest reason first", ("ledger_id", "company_code", "currency", "place"), (
        "ledger_id", "currency", "place", "reason_code", "description", "cases", "amount", "share", "running_share", "valid", "root_causes", "next_action")),
    "escalations": ("Who must be told, the oldest first", ("-oldest_days", "-overdue_local", "customer_id"), (
        "customer_id", "name", "trigger", "to", "action", "sla_days", "local_currency", "overdue_local")),
    "distress": ("Signs of distress", ("-total_points", "-oldest_days", "customer_id"), (
        "customer_id", "name", "local_currency", "overdue_local", "oldest_days", "total_points", "hard_trigger", "signs", "owner", "next_action")),
    "claim_deadlines": ("Claims, the next deadline first", ("deadline", "claim_id", "step"), (
        "claim_id", "step", "deadline", "basis", "status", "days_left", "owner", "next_action")),
    "credit_reviews": ("Credit requests", ("customer_id", "order_no"), (
        "order_no", "customer_id", "name", "currency", "order_value", "exposure", "credit_limit", "utilisation", "total_points", "decision", "sentence")),
    "credit_checks": ("Checklist of the credit requests", ("customer_id", "order_no", "place"), ("order_no", "question", "state", "answer", "evidence")),
}  # fmt: skip
"""By table of the collector's files: its title, the order of its rows, the columns that a person reads."""


def files(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, pd.DataFrame]]:
    """Return name, title and rows of the collector's files that hold something, in the order in which a person reads them."""
    found = []
    for name, (title, order, columns) in _FILES.items():
        by = [column.removeprefix("-") for column in order]
        rows = tables[name].sort_values(by, ascending=[not column.startswith("-") for column in order])
        if len(rows):
            found.append((name, title, rows[list(columns)]))
    return found
