"""Suspense, unidentified and unapplied cash: RC-60 and the roll of AX-17."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from datetime import date
from typing import Any

import ax
import pandas as pd
import pytest

from arwork.money import ISO
from arwork.reconcile.suspense import KINDS, Suspense, suspense
from arwork.tables import empty

KEY = date(2025, 5, 21)
RULES = ax.policy().unallocated_ageing


def cash(number: str, amount: str, day: str = "2025-05-20", kind: str = "UNIDENTIFIED", **over: Any) -> dict[str, Any]:
    columns = {column: 0 for column, _, _ in KINDS.values()}
    return ax.receipt(number, amount, day, status=kind, **{**columns, KINDS[kind][0]: ax.minor(amount)}, **over)


def run(now: pd.DataFrame, before: pd.DataFrame | None = None, **other: Any) -> Suspense:
    lines, customers, balances = (other.get(name, empty(name)) for name in ("bank_lines", "customers", "gl_balances"))
    was = empty("receipts") if before is None else before
    return suspense(now, was, lines, customers, balances, other.get("accounts", {}), RULES, KEY, ISO)


def figures(out: Suspense, kind: str = "unidentified") -> dict[str, int]:
    lines = out.recon.recon_lines
    mine = lines.loc[(lines["recon_id"] == f"RC-60/MAIN/1000/{kind}/EUR") & (lines["mark"] != "age")]
    return dict(zip(mine["mark"], mine["amount"].tolist(), strict=True))


def test_AX_17_suspense_roll_to_the_cent() -> None:
    old = ax.receipts(cash("A", "1840.00"), cash("B", "1980.00"), cash("C", "300.00", end_to_end_id="E2E-C"))
    now = ax.receipts(cash("A", "1840.00"), cash("N", "640.00"))
    back = ax.table("bank_lines", {"line_id": "X", "bank_account": "OURS", "currency": "EUR", "amount": -30000, "end_to_end_id": "E2E-C",
                                   "is_return": True, "class": "RETURN"})  # fmt: skip
    out = run(now, old, bank_lines=back)
    assert figures(out) == {
        "opening": 412000, "new": 64000, "identified": -198000, "transferred": 0, "returned": -30000, "closing": 248000, "list": 248000,
        "E": 0,
    }  # fmt: skip
    assert [(tie.ours, tie.theirs, tie.holds) for tie in out.recon.ties] == [(248000, 248000, True)]


def test_AX_17_kinds_of_unallocated_cash_are_kept_apart() -> None:
    rows = [cash("U", "640.00"), cash("K", "3000.00", kind="UNAPPLIED", customer_id="C200"), cash("M", "3480.00", kind="MISDIRECTED")]
    out = run(ax.receipts(*rows))
    assert {kind: figures(out, kind)["closing"] for kind in ("unidentified", "unapplied", "misdirected")} == {
        "unidentified": 64000, "unapplied": 300000, "misdirected": 348000,
    }  # fmt: skip


def test_RC_60_receipt_whose_payer_was_found_leaves_one_kind_and_enters_the_other() -> None:
    out = run(ax.receipts(cash("A", "100.00", kind="UNAPPLIED")), ax.receipts(cash("A", "100.00")))
    assert (figures(out)["opening"], figures(out)["identified"], figures(out)["closing"]) == (10000, -10000, 0)
    assert (figures(out, "unapplied")["opening"], figures(out, "unapplied")["new"]) == (0, 10000)


def test_RC_60_money_of_another_ledger_is_transferred() -> None:
    out = run(ax.receipts(cash("A", "100.00", kind="MISDIRECTED")), ax.receipts(cash("A", "100.00")))
    assert (figures(out)["transferred"], figures(out, "misdirected")["new"]) == (-10000, 10000)


@pytest.mark.parametrize(
    ("days", "bucket", "told"),
    [
        (0, "0–2", ""), (2, "0–2", ""), (3, "3–7", ""), (7, "3–7", ""), (8, "8–30", "team lead"), (30, "8–30", "team lead"),
        (31, "31–60", "AR manager"), (60, "31–60", "AR manager"), (61, "61–90", "controller"), (90, "61–90", "controller"),
        (91, "> 90", "legal: unclaimed property"),
    ],
)  # fmt: skip
def test_RC_60_buckets_and_escalation_by_days_since_value_date(days: int, bucket: str, told: str) -> None:
    out = run(ax.receipts(cash("A", "100.00", ax.days_after(KEY.isoformat(), -days))))
    row = out.suspense_items.iloc[0]
    assert (row["days"], row["bucket"], row["escalation"], row["owner"]) == (days, bucket, told, "cash application")
    aged = out.recon.recon_lines.loc[lambda r: r["mark"] == "age"].set_index("label")["amount"]
    assert aged[f"of which {bucket} days"] == 10000 == aged.sum()
    assert [f.table for f in out.recon.findings] == (["suspense_items"] if told else [])


def test_RC_60_known_payer_is_owned_by_the_collector() -> None:
    known = ax.customers(ax.customer("C200", collector="R. Vogt"))
    out = run(ax.receipts(cash("A", "100.00", kind="UNAPPLIED", customer_id="C200"), cash("B", "5.00", kind="UNAPPLIED")), customers=known)
    assert out.suspense_items["owner"].tolist() == ["R. Vogt", "collector"]


@pytest.mark.parametrize(("closing", "status"), [(-10000, "TIES"), (-9999, "UNEXPLAINED")])
def test_RC_60_closing_equals_the_gl_suspense_account(closing: int, status: str) -> None:
    row = {"ledger_id": "MAIN", "company_code": "1000", "gl_account": "1360", "period": "2025-05", "currency": "EUR", "closing": closing}
    out = run(ax.receipts(cash("A", "100.00")), gl_balances=ax.table("gl_balances", row), accounts={("MAIN", "1000"): ("1360",)})
    assert out.recon.reconciliations["status"].tolist() == [status]
    assert [tie.holds for tie in out.recon.ties] == [status == "TIES"]
    assert figures(out)["E"] == -closing - 10000


def test_RC_60_without_a_gl_account_it_says_so() -> None:
    out = run(ax.receipts(cash("A", "100.00")))
    assert "No GL suspense account is named" in out.recon.reconciliations.iloc[0]["sentence"]
    assert run(ax.receipts()).recon.reconciliations.empty
