"""The money of this close, in what is learned: an item that this close pays in full is paid, whatever the ledger says yet (7.4)."""

from __future__ import annotations

from datetime import date

import pandas as pd


def with_applied(open_items: pd.DataFrame, allocations: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return `open_items` with `clearing_date` of those that this close pays in full: the last value date of their receipts.

    A ledger is often extracted before the month's cash is posted. Without the allocations every customer would look as if nobody had
    paid for a month, and the newest month as if it had brought nothing. What is paid in part stays open.
    """
    if not len(allocations):
        return open_items
    own = allocations[allocations["allocation_date"] <= pd.Timestamp(as_of)]
    sums = own.assign(lasting=own["amount_relieved"] - own["residual"]).groupby("item_id").agg(
        lasting=("lasting", "sum"), last=("allocation_date", "max")
    )  # fmt: skip
    paid = open_items["item_id"].map(sums["lasting"]).fillna(0)
    last = sums["last"].reindex(open_items["item_id"]).set_axis(open_items.index).astype("datetime64[us]")
    waits = ~(open_items["clearing_date"] <= pd.Timestamp(as_of)) & (open_items["open_amount_doc"] > 0)
    whole = waits & (paid >= open_items["open_amount_doc"])
    return open_items.assign(clearing_date=open_items["clearing_date"].mask(whole, last))
