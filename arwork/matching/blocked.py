"""Which items must not be matched without a person: disputed, blocked, in legal proceedings, written off, assigned (G-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from arwork.matching.lean import lean

_Account = tuple[str, str, str]


@lean
class Disputed:
    """Documents in a dispute that is not resolved, and disputes that are over."""

    named: Mapping[tuple[_Account, str], str]
    over: frozenset[str]


def disputed_of(disputes: pd.DataFrame, day: pd.Timestamp) -> Disputed:
    """Read `disputes` as of a day."""
    over = disputes["status"].isin(["RESOLVED", "CLOSED"]) | (disputes["opened_date"] > day)
    named: dict[tuple[_Account, str], str] = {}
    columns = ["dispute_id", "ledger_id", "company_code", "customer_id", "items"]
    for number, ledger, company, customer, documents in sorted(disputes.loc[~over, columns].itertuples(index=False, name=None)):
        for document in documents.split():
            named.setdefault(((ledger, company, customer), document), number)
    return Disputed(named, frozenset(disputes.loc[over, "dispute_id"]))


def why_blocked(row: Mapping[str, Any], account: _Account, disputed: Disputed) -> str:
    """Say in words why an item must not be matched without a person (G-06); blank when it may."""
    if disputed.named:
        names = sorted({row["item_id"], row["doc_no"], row["reference"]} - {""})
        dispute = next((disputed.named[account, name] for name in names if (account, name) in disputed.named), "")
        if dispute:
            return f"is in dispute {dispute}"
    if row["dispute_id"] and row["dispute_id"] not in disputed.over:
        return f"is in dispute {row['dispute_id']}"
    if row["payment_block"]:
        return f"carries payment block {row['payment_block']}"
    if row["legal_hold"]:
        return "is in legal proceedings"
    if row["written_off"]:
        return "was written off"
    if row["assigned_to"]:
        return f"is assigned to {row['assigned_to']}"
    return f"is a special G/L item ({row['special_gl']})" if row["special_gl"] else ""
