"""What became of every credit of the bank: when the book took it in, and which line of the daily cash log it stands on (RC-70)."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from arwork.matching.receipts import already_posted
from arwork.reconcile.matched import Matched

KINDS = ("applied", "on_account", "unapplied", "unidentified", "misdirected", "non_ar")
"""Lines 3 to 8 of the log, in their order."""
_ACCOUNTS = ["bank_account", "currency", "ledger_id", "company_code"]
_POSTED = ("RCPT", "ONACC")


def credits_of(
    matched: Matched, bank_lines: pd.DataFrame, bank_accounts: pd.DataFrame, open_items: pd.DataFrame, receipts: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """Return a row a credit of the bank up to the key date: `posted_on` (blank: not posted) and its amount by kind, minor units.

    Posted is what the book holds: on the posting date of the rows it pairs with, never before the bank booked it. Of a receipt of
    this close its own figures say what it became; a receipt that the ERP had posted itself is applied, or on account where its
    payment line is; money of no customer is `non_ar`. A credit that the bank took back is `non_ar` on the day it did. An account
    without a cash book counts as posted on the booking day, which nothing proves.
    """
    lines = matched.lines
    last = pd.Timestamp(as_of)
    rows = lines[(lines["amount"] > 0) & lines["counts"] & (lines["booking_date"] <= last)]
    rows = rows.assign(posted_on=_posted_on(rows, matched, last))
    parts = _parts(rows, receipts, _posted_by_erp(rows, bank_lines, bank_accounts, open_items, receipts, last))
    return pd.concat([rows, parts], axis=1).sort_values(["bank_account", "currency", "booking_date", "line_id"]).reset_index(drop=True)


def of_group(values: pd.Series[Any], groups: pd.Series[int]) -> pd.Series[Any]:
    """Return the value of each group that is asked for, by the rows that ask; missing where there is none."""
    return values.reindex(groups.to_numpy()).set_axis(groups.index)


def _posted_on(rows: pd.DataFrame, matched: Matched, last: pd.Timestamp) -> pd.Series[pd.Timestamp]:
    """Return the day on which the last book row of the group was posted, or the last line of a reversal booked; blank after the key date."""
    book = matched.rows[matched.rows["group"] >= 0].groupby("group")["posting_date"].max()
    back = matched.lines[matched.lines["how"] == "REVERSAL"].groupby("group")["booking_date"].max()
    day = of_group(book, rows["group"]).fillna(of_group(back, rows["group"]))
    day = day.where(day.isna() | (day >= rows["booking_date"]), rows["booking_date"])
    without = pd.Series(
        [bool(matched.unproven.get(key)) for key in zip(rows["bank_account"], rows["currency"], strict=True)], index=rows.index
    )
    day = day.where(~without | day.notna(), rows["booking_date"])
    return day.where(day <= last).astype("datetime64[us]")


def _posted_by_erp(
    rows: pd.DataFrame, bank_lines: pd.DataFrame, bank_accounts: pd.DataFrame, open_items: pd.DataFrame, receipts: pd.DataFrame, last: pd.Timestamp
) -> set[str]:  # fmt: skip
    """Name the receipts outside this close whose payment line in the subledger is on account or still open."""
    wanted = rows.loc[(rows["class"] == "RECEIPT") & ~rows["line_id"].isin(receipts["receipt_id"]), "line_id"]
    loose = open_items[open_items["doc_type"].isin(_POSTED) & (open_items["clearing_date"].isna() | (open_items["doc_type"] == "ONACC"))]
    if wanted.empty or loose.empty:
        return set()
    lines = bank_lines[bank_lines["line_id"].isin(wanted)].merge(bank_accounts[_ACCOUNTS], on=_ACCOUNTS[:2], how="inner", validate="m:1")
    return set(already_posted(lines[lines["amount"].isin(-loose["amount_doc"])], loose, last))


def _parts(rows: pd.DataFrame, receipts: pd.DataFrame, on_account: set[str]) -> pd.DataFrame:
    """Split each credit by kind."""
    names = [f"{kind}_amount" for kind in KINDS[:-1]]
    ours = rows["line_id"].isin(receipts["receipt_id"]).to_numpy() & (rows["how"] != "REVERSAL").to_numpy()
    held = receipts.set_index("receipt_id")[[*names, "refunded_amount"]].reindex(rows["line_id"].where(ours, ""), fill_value=0)
    known = {name: held[name].to_numpy(dtype="int64") for name in held.columns}
    amount = rows["amount"].to_numpy()
    receipt = (rows["class"] == "RECEIPT").to_numpy() & (rows["how"] != "REVERSAL").to_numpy() & ~ours
    waits = receipt & rows["line_id"].isin(on_account).to_numpy()
    found = {kind: known[f"{kind}_amount"] for kind in KINDS[:-1]}
    found["applied"] = found["applied"] + np.where(receipt & ~waits, amount, 0)
    found["on_account"] = found["on_account"] + np.where(waits, amount, 0)
    found["unapplied"] = found["unapplied"] + known["refunded_amount"]  # paid back since; it had no item when it came
    return pd.DataFrame({**found, "non_ar": np.where(ours | receipt, 0, amount)}, index=rows.index)
