"""Small tables that the forecast notebook prints. Frames in, frames out."""

from __future__ import annotations

import pandas as pd

_SEGMENT = ["ledger_id", "company_code", "currency"]


def ledgers(cash: pd.DataFrame) -> list[tuple[tuple[str, str], str]]:
    """Return ledger, company code and currency of every forecast, in order."""
    rows = cash[_SEGMENT].drop_duplicates().sort_values(_SEGMENT)
    return [((str(a), str(b)), str(c)) for a, b, c in rows.itertuples(index=False, name=None)]


def totals(cash: pd.DataFrame) -> pd.DataFrame:
    """Return month and quarter of every forecast with its range and the two plain rules beside it."""
    rows = cash[cash["span"].isin(["MONTH", "QUARTER"])]
    return rows[[*_SEGMENT, "span", "to_date", "expected", "p10", "p90", "new_billings", "naive", "days_late"]].reset_index(drop=True)


def drivers(items: pd.DataFrame, customers: pd.DataFrame, most: int = 20) -> pd.DataFrame:
    """Return the open items that make up most of the month, the largest first, with the customer's name."""
    names = customers.drop_duplicates([*_SEGMENT[:2], "customer_id"])[[*_SEGMENT[:2], "customer_id", "name"]]
    rows = items[items["month"] > 0].sort_values(["month", "item_id", "kind"], ascending=[False, True, True]).head(most)
    joined = rows.merge(names, on=[*_SEGMENT[:2], "customer_id"], how="left", validate="m:1").fillna({"name": ""})
    shown = [
        "customer_id",
        "name",
        "item_id",
        "reference",
        "due_date",
        "method",
        "amount",
        "month",
        "large",
        "original",
        "author",
        "reason",
    ]
    return joined[[*_SEGMENT, *shown]].reset_index(drop=True)
