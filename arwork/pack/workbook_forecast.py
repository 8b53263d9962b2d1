"""The forecast sheets: expected cash by week, and the items behind the month (domain 7)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from arwork.pack.workbook_lists import Listing, columns_of

Tables = Mapping[str, pd.DataFrame]
_CASH = (
    "ledger_id", "company_code", "currency", "span", "from_date", "to_date", "expected", "p10", "p90", "ordinary", "promises", "disputes",
    "cheques", "overrides", "new_billings", "naive", "days_late",
)  # fmt: skip
_ITEMS = (
    "ledger_id", "company_code", "customer_id", "item_id", "reference", "due_date", "kind", "method", "currency", "amount", "month", "horizon",
    "later", "large", "original", "author", "reason",
)  # fmt: skip


def cash(tables: Tables) -> Listing:
    """Return the sheet of weeks, month and quarter."""
    note = "Weeks are cut at month ends. MONTH and QUARTER are sums of weeks. Eight of ten draws lie between P10 and P90."
    return Listing("Forecast", "AR-70 Cash forecast", note, columns_of(tables["forecast_cash"], _CASH), frozen=4)


def items(tables: Tables) -> Listing:
    """Return the sheet of items, the largest of the month first."""
    rows = tables["forecast_items"].sort_values(["month", "item_id", "kind", "source"], ascending=[False, True, True, True])
    note = "What is expected of each open item. Items marked large deserve a judgement of their own."
    added = ("amount", "month", "horizon", "later")
    return Listing(
        "Forecast items",
        "AR-71 Items behind the forecast",
        note,
        columns_of(rows, _ITEMS, added=added),
        all_in="data/forecast_items.parquet",
    )
