"""What customers paid on their items and when: by this close's allocations, and by what the ERP cleared before (CO-30, MT-21)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

WHOSE = ["ledger_id", "company_code", "customer_id"]
"""Columns that name a customer account."""
_CASH = ("RCPT", "ONACC")


def payments(open_items: pd.DataFrame, allocations: pd.DataFrame, receipts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return a row a payment of an item: `item_id`, account, `currency`, `paid` (minor units), `local`, `value_date`, days, `cleared`.

    Allocations of this close count with their cash on the value date of the receipt; a receipt that was reversed does not count.
    An item that the ERP cleared counts with what was open on it, on the day of its clearing; where the same clearing holds money
    of the customer, on the day of that money, and where it holds only credits it is no payment. Discounts and deductions are
    taken off an allocation because nobody paid them.
    """
    debits = open_items[(open_items["amount_doc"] > 0) & ~open_items["written_off"]]
    here = _allocated(debits, allocations, receipts)
    before = _cleared(debits[~debits["item_id"].isin(here["item_id"])], open_items, as_of)
    both = [frame for frame in (before, here) if len(frame)]
    found = pd.concat(both, ignore_index=True) if both else here
    found = found[found["value_date"] <= pd.Timestamp(as_of)]
    days = found["value_date"].to_numpy().astype("datetime64[D]")
    return found.assign(
        days_late=(days - found["due_date"].to_numpy().astype("datetime64[D]")).astype("int64"),
        days_to_pay=(days - found["doc_date"].to_numpy().astype("datetime64[D]")).astype("int64"),
    ).sort_values(["value_date", "item_id"], ignore_index=True)


def _allocated(debits: pd.DataFrame, allocations: pd.DataFrame, receipts: pd.DataFrame) -> pd.DataFrame:
    dated = receipts[["receipt_id", "value_date"]]
    rows = allocations.merge(dated, on="receipt_id", how="inner", validate="m:1")
    kept = ["item_id", *WHOSE, "doc_date", "due_date", "amount_doc", "amount_local", "open_amount_doc"]
    rows = rows.drop(columns=["currency"]).merge(debits[kept], on="item_id", how="inner", validate="m:1")
    same = rows["amount_relieved"] - rows["residual"]
    legs = rows["discount"] + rows["small_diff"] + rows["wht"] + rows["bank_charge"] + rows["write_off"]
    # Of an item in another currency than the receipt only what was relieved is known in the currency of the item.
    paid = np.where(rows["relieved_value"] == same, same - legs, same)
    return _columns(rows.assign(paid=paid, currency=rows["item_currency"], cleared=rows["amount_relieved"] == rows["open_amount_doc"]))


def _cleared(debits: pd.DataFrame, open_items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    done = debits[debits["clearing_date"] <= pd.Timestamp(as_of)]
    done = done[done["reversed_by"] == ""]
    key = [*WHOSE, "clearing_doc", "clearing_date"]
    others = open_items[(open_items["amount_doc"] < 0) & (open_items["clearing_doc"] != "")]
    cash = others[others["doc_type"].isin(_CASH)].groupby(key)["doc_date"].min().rename("cash_date").reset_index()
    credit = others.groupby(key).size().rename("credits").reset_index()
    rows = done.merge(cash, on=key, how="left").merge(credit, on=key, how="left")
    rows = rows[rows["cash_date"].notna() | rows["credits"].isna()]
    return _columns(rows.assign(paid=rows["amount_doc"], value_date=rows["cash_date"].fillna(rows["clearing_date"]), cleared=True))


def _columns(rows: pd.DataFrame) -> pd.DataFrame:
    local = rows["paid"].where(rows["amount_doc"] == rows["amount_local"], _in_local(rows))
    names = ["item_id", *WHOSE, "currency", "doc_date", "due_date", "paid", "value_date", "cleared"]
    return rows.assign(paid=rows["paid"].astype("int64"), cleared=rows["cleared"].astype(bool))[names].assign(local=local.astype("int64"))


def _in_local(rows: pd.DataFrame) -> pd.Series[int]:
    """Value what was paid at the rate of the item; a weight for averages, not an amount to be posted."""
    triples = zip(rows["paid"].tolist(), rows["amount_local"].tolist(), rows["amount_doc"].tolist(), strict=True)
    return pd.Series([paid * local // doc for paid, local, doc in triples], index=rows.index, dtype="int64")
