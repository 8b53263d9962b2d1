"""Which items are open at the key date, and with what amount (CV-05, CV-06)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd


def open_at(open_items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the `open_items` that are open at the key date, with `open_doc` and `open_local` in minor units (CV-06).

    An item cleared after the key date still shows open, with its original amount. An item that is not cleared shows the
    open amount of the extract. Items posted after the key date are left out, and so are items with nothing open.
    """
    day = pd.Timestamp(as_of)
    shown = (open_items["posting_date"] <= day) & ~(open_items["clearing_date"] <= day)
    kept = open_items.loc[shown].reset_index(drop=True)
    later = (kept["clearing_date"] > day).to_numpy()
    kept = kept.assign(
        open_doc=np.where(later, kept["amount_doc"].to_numpy(), kept["open_amount_doc"].to_numpy()),
        open_local=np.where(later, kept["amount_local"].to_numpy(), kept["open_amount_local"].to_numpy()),
    )
    return kept[(kept["open_doc"] != 0) | (kept["open_local"] != 0)].reset_index(drop=True)


def disputed(items: pd.DataFrame, disputes: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    """Say of each item (a row of `open_items`) whether it stands in a dispute that is not resolved at the key date.

    An item is named by its own `dispute_id`, or by a dispute of its customer that lists its item_id, doc_no or reference.
    Any unresolved dispute makes the whole item disputed (decision 3 of the domain).
    """
    over = disputes["status"].isin(["RESOLVED", "CLOSED"]) | (disputes["opened_date"] > pd.Timestamp(as_of))
    flagged = (items["dispute_id"] != "") & ~items["dispute_id"].isin(disputes.loc[over, "dispute_id"])
    named = disputes[~over].assign(item=disputes.loc[~over, "items"].str.split()).explode("item")
    whose = ["ledger_id", "company_code", "customer_id"]
    wanted = set(named[[*whose, "item"]].itertuples(index=False, name=None))
    for field in ("item_id", "doc_no", "reference"):
        near = items.loc[items[field].isin(named["item"]), [*whose, field]]
        hit = [row in wanted for row in near.itertuples(index=False, name=None)]
        flagged = flagged | flagged.index.isin(near.index[hit])
    return flagged.astype(bool)
