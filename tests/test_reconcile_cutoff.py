"""Cut-off at period end: RC-90 with AX-18, both recognition policies."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from datetime import date
from typing import Any

import ax
import pandas as pd
import pytest

from arwork.money import ISO
from arwork.reconcile import bank as bank_to_book
from arwork.reconcile.cutoff import BankSide, CutOff, cut_off
from arwork.tables import empty

START, KEY = date(2026, 3, 1), date(2026, 3, 31)
POLICY = ax.policy()
ACCOUNT = {"bank_account": "OURS", "currency": "EUR", "ledger_id": "MAIN", "company_code": "1000", "gl_account": "1800", "opening": 0}


def doc(number: str, amount: str, posted: str, **over: Any) -> dict[str, Any]:
    return ax.item(number, "C1", amount, **{"doc": posted, "posting_date": posted, **over})


def line(number: str, amount: str, booked: str, value: str = "", **over: Any) -> dict[str, Any]:
    row = {
        "line_id": number,
        "statement_key": "S",
        "bank_account": "OURS",
        "currency": "EUR",
        "amount": ax.minor(amount),
        "class": "RECEIPT",
    }
    own = {"booking_date": booked, "value_date": value or booked, "bank_txn_id": number, "source_file": "s.xml", "source_line": number}
    return {**row, **own, **over}


def booked(number: str, amount: str, posted: str, ref: str = "", **over: Any) -> dict[str, Any]:
    row = {"ledger_id": "MAIN", "company_code": "1000", "gl_account": "1800", "doc_no": number, "line_no": "1", "posting_date": posted}
    own = {"amount": ax.minor(amount), "currency": "EUR", "bank_ref": ref, "type": "RECEIPT", "source_file": "b.csv", "source_line": number}
    return {**row, **own, **over}


def run(items: list[dict[str, Any]], lines: list[dict[str, Any]], book: list[dict[str, Any]], policy: str = "SETTLEMENT") -> CutOff:
    total = sum(row["amount"] for row in lines if row["booking_date"] <= KEY.isoformat())
    statement = {
        "statement_key": "S", "bank_account": "OURS", "currency": "EUR", "statement_id": "1", "from_date": "2026-03-01",
        "to_date": KEY.isoformat(), "opening": 0, "closing": total, "credits": total,
    }  # fmt: skip
    lines_, book_, accounts = ax.table("bank_lines", *lines), ax.table("cash_book", *book), ax.table("bank_accounts", ACCOUNT)
    proven = bank_to_book.reconcile(
        ax.table("statements", statement), lines_, book_, accounts, empty("gl_balances"), START, KEY, POLICY, ISO
    )
    side = BankSide(proven.reconciliations, proven.recon_items, lines_, book_, accounts)
    books = ax.ledgers({**ax.ledger("MAIN", "1000", "Demo"), "recognition_policy": policy})
    return cut_off(ax.items(*items), side, books, (("MAIN", "1000", "1200"),), START, KEY, POLICY.cutoff, ISO)


def cleared(day: str) -> dict[str, Any]:
    return {"clearing_date": day, "clearing_doc": f"P{day}", "open": "0"}


AX_18_ITEMS = [
    doc("A", "5000.00", "2026-03-28", **cleared("2026-04-02")), doc("B", "2000.00", "2026-03-10", **cleared("2026-03-31")),
    doc("C", "3000.00", "2026-04-01", doc="2026-03-30"), doc("D", "1200.00", "2026-03-09", **cleared("2026-04-01")),
    doc("E", "800.00", "2026-03-11", **cleared("2026-03-31")),
]  # fmt: skip
AX_18_LINES = [line("L1", "1200.00", "2026-03-31"), line("L2", "800.00", "2026-04-03")]
AX_18_BOOK = [booked("K1", "1200.00", "2026-04-01", "L1"), booked("K2", "800.00", "2026-03-31", "L2", text="cheque")]


@pytest.mark.parametrize(("policy", "adjusted"), [("SETTLEMENT", 580000), ("RECEIPT_IN_HAND", 500000)])
def test_AX_18_month_end_cut_off_to_the_cent(policy: str, adjusted: int) -> None:
    out = run(AX_18_ITEMS, AX_18_LINES, AX_18_BOOK, policy)
    lines = dict(zip(out.recon.recon_lines["mark"], out.recon.recon_lines["amount"].tolist(), strict=True))
    assert lines == {
        "posted": 620000, "RI-UNR": -120000, "in hand": 500000, "RI-TIM": 80000, "settlement": 580000, "cash": -80000, "policy": adjusted,
    }  # fmt: skip
    head = out.recon.reconciliations.iloc[0]
    assert (head["ours"], head["theirs"], head["unexplained"], head["status"]) == (620000, adjusted, 0, "TIES")
    listed = out.cutoff_items.set_index("list")[["document", "amount"]]
    assert listed.loc["BILLED_NEXT_PERIOD"].tolist() == ["C", 300000]
    assert listed.loc["UNPOSTED_RECEIPT"].tolist() == ["L1", 120000]
    assert listed.loc["RECEIPT_IN_HAND"].tolist() == ["K2", 80000]
    codes = out.recon.recon_items.groupby("code")["amount"].sum().to_dict()
    assert codes == ({"RI-UNR": -120000, "RI-TIM": 80000} if policy == "SETTLEMENT" else {"RI-UNR": -120000})


def lists(out: CutOff) -> dict[str, list[str]]:
    return {str(name): sorted(rows["document"]) for name, rows in out.cutoff_items.groupby("list")}


def test_RC_90_backdated_early_and_reopened_lines_are_listed_with_their_user() -> None:
    items = [
        doc("PLAIN", "1.00", "2026-03-10", entry_date="2026-03-10"),
        doc("BACK", "-10.00", "2026-03-30", doc_type="RCPT", entry_date="2026-04-02", entered_by="MEYER"),
        doc("EARLY", "20.00", "2026-03-31", doc="2026-04-05"),
        doc("OPENED", "30.00", "2026-02-27", entry_date="2026-03-04", entered_by="KLEIN"),
    ]
    out = run(items, [], [])
    assert lists(out) == {"ENTERED_LATER": ["BACK"], "BILLED_EARLY": ["EARLY"], "PERIOD_REOPENED": ["OPENED"]}
    said = out.cutoff_items.set_index("document")["sentence"]
    assert said["BACK"] == "Document BACK of 2026-03-30, posted on 2026-03-30, entered on 2026-04-02 by MEYER."
    assert "1 document of 30.00 EUR is entered in this period and posted into an earlier one." in [f.sentence for f in out.recon.findings]


@pytest.mark.parametrize(
    ("posted", "amount", "names", "hit"),
    [
        ("2026-04-15", "-250.00", "I", True), ("2026-04-16", "-250.00", "I", False), ("2026-04-15", "-249.99", "I", False),
        ("2026-04-01", "-250.00", "", False), ("2026-04-01", "-250.00", "N", False), ("2026-03-31", "-250.00", "I", False),
    ],
)  # fmt: skip
def test_RC_90_credit_memos_of_the_next_fifteen_days_for_older_invoices(posted: str, amount: str, names: str, hit: bool) -> None:
    items = [doc("I", "900.00", "2026-03-10"), doc("N", "900.00", "2026-04-01"), doc("CM", amount, posted, ref_item=names)]
    assert ("CM" in lists(run(items, [], [])).get("CREDITED_LATER", [])) is hit


def test_RC_90_value_date_after_the_key_date_follows_the_booking_and_is_listed() -> None:
    out = run(
        [], [line("L", "5.00", "2026-03-31", "2026-04-02"), line("M", "6.00", "2026-03-31")], [booked("K", "5.00", "2026-03-31", "L")]
    )
    assert lists(out) == {"VALUE_LATER": ["L"], "UNPOSTED_RECEIPT": ["M"]}


def test_RC_90_without_a_proven_bank_it_is_not_proven() -> None:
    side = BankSide(*(empty(name) for name in ("reconciliations", "recon_items", "bank_lines", "cash_book", "bank_accounts")))
    books = ax.ledgers(ax.ledger("MAIN", "1000", "Demo"))
    out = cut_off(ax.items(AX_18_ITEMS[0]), side, books, (("MAIN", "1000", "1200"),), START, KEY, POLICY.cutoff, ISO)
    assert out.recon.reconciliations["status"].tolist() == ["NOT_PROVEN"]
    assert "no bank account of that currency is reconciled" in out.recon.reconciliations.iloc[0]["sentence"]
    assert isinstance(out.cutoff_items, pd.DataFrame)
