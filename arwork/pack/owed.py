"""What waits for a person: every receipt, break and reconciliation that a rule may not settle, with owner and next step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from arwork.breaks.third_party import red_flags
from arwork.tables import conform, empty

_QUEUES: Mapping[tuple[str, bool], tuple[str, str]] = {
    ("SUGGEST", True): ("confirm", "Confirm or reject the suggestion."),
    ("REVIEW", True): ("decide", "Choose among the rivals shown, or split by hand."),
    ("NONE", True): ("unapplied", "Ask the customer what was paid, or apply by hand."),
    ("SUGGEST", False): ("unidentified", "Find out who paid."),
    ("REVIEW", False): ("unidentified", "Find out who paid."),
    ("NONE", False): ("unidentified", "Find out who paid."),
}
_CLASSES: Mapping[str, tuple[str, str]] = {
    "MISDIRECTED": ("misdirected", "Credit the right ledger with the original value date, or return it; both ledgers approve (EX-40)."),
    "THIRD_PARTY": ("third party", "Ask payer and customer for a written confirmation; hold the money until it is there (MP-55)."),
}

_COMPLIANCE = "Tell compliance first; then ask payer and customer for a written confirmation. Apply nothing, pay nothing back (MP-55)."


def owed(tables: Mapping[str, pd.DataFrame], as_of: date) -> pd.DataFrame:
    """Return the table `owed` from the tables of a run: receipts not applied, possible repeats, reconciliations that do not tie."""
    parts = [_receipts(tables, as_of), _overpayments(tables, as_of), _breaks(tables, as_of), _reconciliations(tables, as_of)]
    filled = [part for part in parts if len(part)]
    return conform("owed", pd.concat(filled, ignore_index=True)) if filled else empty("owed")


def _days(since: pd.Series[Any], as_of: date) -> pd.Series[Any]:
    days: pd.Series[Any] = (pd.Timestamp(as_of) - since).dt.days.astype("int64")
    return days


def _receipts(tables: Mapping[str, pd.DataFrame], as_of: date) -> pd.DataFrame:
    waiting = tables["proposals"].loc[lambda p: p["status"] != "AUTO", ["receipt_id", "status", "why_not", "sentence", "class"]]
    facts = tables["receipts"].drop(columns=["status"])
    rows = facts.merge(waiting, on="receipt_id", how="inner", validate="1:1")
    if rows.empty:
        return empty("owed")
    places = [
        _CLASSES.get(kind) or _QUEUES[(status, customer != "")]
        for kind, status, customer in zip(rows["class"], rows["status"], rows["customer_id"], strict=True)
    ]  # fmt: skip
    known = red_flags(tables)
    flags = pd.Series([known.get(receipt, "") for receipt in rows["receipt_id"]], index=rows.index, dtype="str")
    why, action = rows["why_not"].where(rows["why_not"] != "", rows["sentence"]), pd.Series([said for _, said in places], index=rows.index)
    return pd.DataFrame({
        "queue": [queue for queue, _ in places], "key": rows["receipt_id"], "ledger_id": rows["ledger_id"],
        "company_code": rows["company_code"], "customer_id": rows["customer_id"], "currency": rows["currency"],
        "amount": rows["amount"], "since": rows["value_date"], "days": _days(rows["value_date"], as_of),
        "owner": _owners(rows, tables["customers"]), "next_action": action.where(flags == "", _COMPLIANCE),
        "why": why.where(flags == "", why + ". Red flag: " + flags + "."),
        "source_file": rows["source_file"], "source_line": rows["source_line"],
    })  # fmt: skip


def _owners(rows: pd.DataFrame, customers: pd.DataFrame) -> list[str]:
    keys = ["ledger_id", "company_code", "customer_id"]
    owner = dict(zip(customers[keys].itertuples(index=False, name=None), customers["collector"], strict=True))
    return [owner.get(key, "") or "cash application" for key in rows[keys].itertuples(index=False, name=None)]


def _overpayments(tables: Mapping[str, pd.DataFrame], as_of: date) -> pd.DataFrame:
    """List what stays on account beside items that are paid and is large enough to be looked at (G-11)."""
    rests = tables["on_account"].loc[lambda r: (r["status"] == "REVIEW") & r["receipt_id"].isin(_paid(tables))]
    if rests.empty:
        return empty("owed")
    lines = tables["receipts"][["receipt_id", "value_date", "source_file", "source_line"]]
    rows = rests.merge(lines, on="receipt_id", how="inner", validate="1:1")
    return pd.DataFrame({
        "queue": "overpayment", "key": rows["receipt_id"], "ledger_id": rows["ledger_id"], "company_code": rows["company_code"],
        "customer_id": rows["customer_id"], "currency": rows["currency"], "amount": rows["amount"], "since": rows["value_date"],
        "days": _days(rows["value_date"], as_of), "owner": _owners(rows, tables["customers"]),
        "next_action": "Ask the customer; offset it against what is overdue, or refund it.", "why": rows["sentence"],
        "source_file": rows["source_file"], "source_line": rows["source_line"],
    })  # fmt: skip


def _paid(tables: Mapping[str, pd.DataFrame]) -> pd.Series[str]:
    found: pd.Series[str] = tables["proposals"].loc[tables["proposals"]["status"] == "AUTO", "receipt_id"]
    return found


def _breaks(tables: Mapping[str, pd.DataFrame], as_of: date) -> pd.DataFrame:
    breaks = tables["breaks"]
    if breaks.empty:
        return empty("owed")
    lines = tables["receipts"][["receipt_id", "value_date", "source_file", "source_line"]]
    rows = breaks.merge(lines, on="receipt_id", how="inner", validate="m:1")
    return pd.DataFrame({
        "queue": "possible repeat", "key": rows["break_id"], "ledger_id": rows["ledger_id"], "company_code": rows["company_code"],
        "customer_id": rows["customer_id"], "currency": rows["currency"], "amount": rows["amount"], "since": rows["value_date"],
        "days": _days(rows["value_date"], as_of), "owner": _owners(rows, tables["customers"]),
        "next_action": "Ask the payer; keep the money on account until it is clear.", "why": rows["sentence"],
        "source_file": rows["source_file"], "source_line": rows["source_line"],
    })  # fmt: skip


def _reconciliations(tables: Mapping[str, pd.DataFrame], as_of: date) -> pd.DataFrame:
    rows = tables["reconciliations"].loc[lambda r: r["status"] != "TIES"]
    if rows.empty:
        return empty("owed")
    return pd.DataFrame({
        "queue": "reconciliation", "key": rows["recon_id"], "ledger_id": rows["ledger_id"], "company_code": rows["company_code"],
        "customer_id": "", "currency": rows["currency"], "amount": rows["unexplained"], "since": rows["key_date"],
        "days": _days(rows["key_date"], as_of), "owner": "accounting",
        "next_action": "Explain the difference or deliver the missing side.", "why": rows["sentence"],
        "source_file": "reconciliations", "source_line": rows["recon_id"],
    })  # fmt: skip
