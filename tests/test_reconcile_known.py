"""Reconciliations of a key date as known on another day (CV-06, CV-07): what entry days tell, and what is named as not told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from arwork.money import ISO
from arwork.reconcile.intercompany import Between
from arwork.reconcile.recons_known import NOT_TOLD, ReconsKnown, recons_known
from tests.ax import (
    bank_accounts,
    bank_line,
    bank_lines,
    dispute,
    disputes,
    item,
    items,
    ledger,
    ledgers,
    policy,
    receipt,
    receipts,
    table,
)

KEY, START = date(2025, 3, 31), date(2025, 3, 1)
POSTED = {"ledger_id": "MAIN", "company_code": "1000", "currency": "EUR", "line_no": "1"}
ACCOUNTS = bank_accounts("DE01").assign(gl_account="1800", opening=pd.array([100_000], dtype="Int64"))
ONE = str(ACCOUNTS["bank_account"].iloc[0])


MAIN, OTHER = ("MAIN", "1000"), ("MAIN", "2000")
PAIRS = (Between(MAIN, OTHER, ("1600",)), Between(OTHER, MAIN, ("1610",)))


def row(number: str, account: str, amount: int, day: str, entered: str | None, **over: Any) -> dict[str, Any]:
    return {**POSTED, "gl_account": account, "doc_no": number, "posting_date": day, "entry_date": entered, "amount": amount, **over}


def known(day: date, late: str | None = "2025-04-02") -> ReconsKnown:
    """An invoice of 200.00 posted on 30 March and a receipt of 42.00 posted on 20 March came into the books on 2 April."""
    ours = items(
        item("A", "C1", "500.00", doc="2025-03-10", entry_date="2025-03-10"),
        item("B", "C1", "200.00", doc="2025-03-30", entry_date="2025-04-02"),
    )
    between = row("IC", "1600", 30_000, "2025-03-30", late, origin="AR")
    gl = [
        between,
        row("A", "1200", 50_000, "2025-03-10", "2025-03-10", origin="AR"),
        row("B", "1200", 20_000, "2025-03-30", late, origin="AR"),
    ]
    book = [row("1", "1800", 50_000, "2025-03-12", "2025-03-12", type="RECEIPT", bank_ref="B1"),
            row("2", "1800", 4_200, "2025-03-20", "2025-04-02", type="RECEIPT", bank_ref="B2")]  # fmt: skip
    balance = {"ledger_id": "MAIN", "company_code": "1000", "period": "2025-03", "currency": "EUR", "credits": 0}
    lines = [bank_line(n, amount, day, bank_account=ONE, statement_key="S1", bank_txn_id=n, source_line=n)
             for n, amount, day in (("B1", "500.00", "2025-03-12"), ("B2", "42.00", "2025-03-20"))]  # fmt: skip
    t = {
        "open_items": ours, "ledgers": ledgers(ledger("MAIN", "1000", "One"), ledger("MAIN", "2000", "Two")), "bank_accounts": ACCOUNTS,
        "bank_lines": bank_lines(*lines),
        "gl_lines": table("gl_lines", *gl), "cash_book": table("cash_book", *book),
        "gl_balances": table(
            "gl_balances", {**balance, "gl_account": "1200", "opening": 0, "debits": 70_000, "closing": 70_000},
            {**balance, "gl_account": "1600", "opening": 0, "debits": 30_000, "closing": 30_000},
            {**balance, "gl_account": "1610", "company_code": "2000", "opening": 0, "debits": 0, "closing": 0},
            {**balance, "gl_account": "1800", "opening": 100_000, "debits": 54_200, "closing": 154_200},
        ),
        "statements": table("statements", {
            "statement_key": "S1", "bank_account": ONE, "currency": "EUR", "statement_id": "1", "from_date": "2025-03-01", "to_date": "2025-03-31",
            "opening": 100_000, "closing": 154_200, "credits": 54_200, "debits": 0, "lines": 2,
        }),
        "disputes": disputes(dispute("D1", "C1", "A", "RESOLVED", opened_date="2025-03-20", resolved_date="2025-04-02", disputed_amount=50_000)),
        "receipts": receipts(receipt("B2", "42.00", "2025-03-20", misdirected_amount=4_200, status="MISDIRECTED", statement_key="S1")),
        "proposals": table("proposals", {
            "strategy": "M13", "sentence": "It belongs elsewhere.", "receipt_id": "B2", "ledger_id": "MAIN", "company_code": "1000",
            "currency": "EUR", "amount": 4_200, "status": "REVIEW", "class": "MISDIRECTED", "rivals": 0, "exhaustive": True, "allocated": 0,
        }),
        "proposal_items": table("proposal_items", {"receipt_id": "B2", "candidate": 2, "item_id": "2000:L:2025:1"}), "fx_rates": table("fx_rates"),
    }  # fmt: skip
    return recons_known(t, {}, [("MAIN", "1000", "1200")], START, KEY, day, policy(), ISO, PAIRS)


def figures(found: ReconsKnown, rule: str) -> dict[str, tuple[Any, int]]:
    rows = found.lines.loc[found.lines["rule"] == rule].drop_duplicates("mark")
    return {
        mark: (None if pd.isna(then) else int(then), int(now)) for mark, then, now in rows[["mark", "then", "now"]].itertuples(index=False)
    }


def test_cv07_each_reconciliation_is_told_as_that_day_knew_it() -> None:
    """On 31 March neither ledger nor cash book held the late rows: RC-10 tied at 500.00, and 42.00 stood on the statement, not booked."""
    found = known(KEY)
    assert {mark: figures(found, "RC-10")[mark] for mark in "ABE"} == {"A": (50_000, 70_000), "B": (50_000, 70_000), "E": (0, 0)}
    bank = figures(found, "RC-20")
    assert [bank[mark] for mark in ("b0", "k0", "k1", "difference")] == [(154_200, 154_200), (150_000, 154_200), (4_200, 0), (0, 0)]
    rolled = figures(found, "RC-30")
    assert (rolled["billings"], rolled["closing"]) == ((50_000, 70_000), (50_000, 70_000))
    assert figures(found, "RC-90")["posted"] == (50_000, 70_000)
    assert figures(found, "RC-90")["settlement"] == (45_800, 70_000)


def test_cv07_rc50_companies_and_misdirected_money_as_that_day_knew_them() -> None:
    """The posting of 300.00 between the companies came on 2 April; the statement with the misdirected 42.00 ended on 31 March."""
    rows = known(KEY).lines.loc[lambda f: f["rule"] == "RC-50"]
    pair = rows.loc[rows["recon_id"].str.contains("2000")]
    assert set(pair["then"].tolist()) == {0}
    assert 30_000 in pair["now"].tolist()
    assert figures(known(date(2025, 3, 30)), "RC-50")["list"] == (0, 4_200)
    assert rows.loc[rows["mark"] == "list", ["then", "now"]].values.tolist() == [[4_200, 4_200]]
    untold = known(KEY, late=None)
    assert untold.lines.loc[untold.lines["rule"] == "RC-50", "then"].isna().all()
    assert any(rule == "RC-50" and "account 1600: gl_lines has rows without entry_date" in why for rule, why in untold.untold)


def test_cv07_rc80_ageing_and_disputes_as_that_day_knew_them() -> None:
    """Ageing ties to what the subledger was then; a dispute resolved since was open."""
    rows = known(KEY).lines.loc[lambda f: f["rule"] == "RC-80"].set_index("mark")
    assert rows.loc[["A"], ["then", "now"]].values.tolist()[0] == [50_000, 70_000]
    assert rows.loc[["register"], ["then", "now"]].values.tolist() == [[50_000, 0]]
    assert rows.loc[["E"], "then"].tolist() == [0] * len(rows.loc[["E"]])


def test_cv07_a_day_behind_every_entry_knows_what_is_known_now() -> None:
    lines = known(date(2025, 4, 2)).lines
    assert (lines["then"] == lines["now"]).all()
    assert (lines["difference"] == 0).all()


def test_cv07_what_cannot_be_told_is_named_with_the_missing_column() -> None:
    """A GL line without entry date leaves side B untold; A, the bank and the roll-forward are told all the same."""
    found = known(KEY, late=None)
    assert {mark: figures(found, "RC-10")[mark] for mark in "ABE"} == {"A": (50_000, 70_000), "B": (None, 70_000), "E": (None, 0)}
    said = [f"{rule}: {why}" for rule, why in found.untold]
    assert "RC-10: side B of account 1200 is not told: gl_lines has rows without entry_date" in said
    assert {rule for rule, _ in NOT_TOLD} == {"RC-60", "RC-70"}
    assert set(NOT_TOLD) <= set(found.untold)
    assert not any(rule == "RC-20" and "cash_book" in why for rule, why in found.untold)
