"""INV-4: row order changes nothing. INV-5: what was posted is not proposed again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from ax import bank_accounts, bank_line, bank_lines, banks, customers, item, items, random_ledger, receipts, run

from arwork.matching.receipts import take


def frames(case: dict[str, Any]) -> dict[str, pd.DataFrame]:
    return {
        "items": items(*case["items"]),
        "receipts": receipts(*case["receipts"]),
        "customers": customers(*case["customers"]),
        "banks": banks(*case["banks"]),
    }


def test_inv_4_row_order_changes_nothing() -> None:
    """Twenty shuffles of every input give the same proposals, allocations and findings, to the byte."""
    case = random_ledger(3, customers_in=4)
    twin = random_ledger(4, customers_in=4)
    case["receipts"] += [{**row, "receipt_id": "S" + row["receipt_id"]} for row in twin["receipts"]]
    tables = frames(case)
    first = run(**tables)
    for number in range(20):
        mixed = {name: frame.sample(frac=1, random_state=number).reset_index(drop=True) for name, frame in tables.items()}
        out = run(**mixed)
        for name in ("references", "proposals", "proposal_items"):
            pd.testing.assert_frame_equal(getattr(out, name), getattr(first, name))
        pd.testing.assert_frame_equal(out.settled.allocations, first.settled.allocations)
        pd.testing.assert_frame_equal(out.settled.receipts, first.settled.receipts)
        assert (out.settled.ties, out.settled.findings) == (first.settled.ties, first.settled.findings)


@pytest.mark.parametrize("seed", range(3))
def test_inv_5_what_was_posted_is_not_proposed_again(seed: int) -> None:
    """Post every allocation as the ERP would; the next run takes none of those receipts and proposes none of those items."""
    case = random_ledger(seed)
    lines = bank_lines(
        *(bank_line(r["receipt_id"], f"{r['amount'] / 100:.2f}", r["value_date"], text=r["remittance_text"]) for r in case["receipts"])
    )
    lines = lines.assign(
        **{
            c: [{r["receipt_id"]: r[c] for r in case["receipts"]}[n] for n in lines["line_id"]]
            for c in ("remitter_account", "remitter_name")
        }
    )
    start, end = date(2025, 3, 1), date(2025, 3, 31)
    tables = frames(case)
    tables["receipts"], _ = take(lines, bank_accounts(), tables["items"], start, end)
    first = run(**tables).settled.allocations
    assert len(first)
    cleared = tables["items"]["item_id"].isin(first["item_id"])
    after = tables["items"].assign(
        clearing_date=tables["items"]["clearing_date"].mask(cleared, pd.Timestamp(end)),
        open_amount_doc=tables["items"]["open_amount_doc"].where(~cleared, 0),
    )
    cash = first.groupby("receipt_id")["amount_applied"].sum()
    posted = [
        item(f"99{n}", "C0", f"{-amount / 100:.2f}", doc="2025-03-31", doc_type="RCPT", open="0", reference=f"TXN{number}")
        for n, (number, amount) in enumerate(cash.items())
    ]
    tables["items"] = pd.concat([after, items(*posted)], ignore_index=True)
    tables["receipts"], told = take(lines, bank_accounts(), tables["items"], start, end)
    assert not set(tables["receipts"]["receipt_id"]) & set(first["receipt_id"])
    assert any(finding.rule == "INV-5" and set(finding.rows) == set(first["receipt_id"]) for finding in told)
    second = run(**tables)
    assert not set(second.proposal_items["item_id"]) & set(first["item_id"])
