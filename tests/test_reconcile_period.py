"""The reconciliations of a period together, two months in a row: RC-30, RC-60, RC-80, 4.10, 4.11, CV-07; and the live checks beside them."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import ax
import pandas as pd
import pytest

from arwork.collect.ageing import age
from arwork.money import ISO
from arwork.pack.workbook_checks import CHECKS, check_of
from arwork.reconcile import bank as bank_to_book
from arwork.reconcile import control_account
from arwork.reconcile.allowances import AllowanceAccounts, allowances
from arwork.reconcile.layout import Reconciled
from arwork.reconcile.period import Completed, Period, complete
from arwork.reconcile.tie_outs import Allowance, allowance, tie_outs
from arwork.tables import TABLES, empty

POLICY = ax.policy()
CONTROLS = (("MAIN", "1000", "1200"),)
BOOKS = ax.ledgers(ax.ledger("MAIN", "1000", "Demo"))
FEB, MAR = date(2025, 2, 28), date(2025, 3, 31)


def doc(number: str, amount: str, posted: str, kind: str = "", **over: Any) -> dict[str, Any]:
    return ax.item(number, "C1", amount, doc=posted, posting_date=posted, **({"doc_type": kind} if kind else {}), **over)


def balance(period: str, opening: int, closing: int) -> dict[str, Any]:
    row = {"ledger_id": "MAIN", "company_code": "1000", "gl_account": "1200", "period": period, "currency": "EUR", "opening": opening}
    return {**row, "debits": max(closing - opening, 0), "credits": max(opening - closing, 0), "closing": closing}


def close(
    items: list[dict[str, Any]], as_of: date, gl: dict[str, Any], before: Mapping[str, pd.DataFrame], key: date | None, **more: Any
) -> Completed:
    tables = {name: empty(name) for name in TABLES} | {"open_items": ax.items(*items), "ledgers": BOOKS, **more}
    tables["gl_balances"] = ax.table("gl_balances", gl)
    start = as_of.replace(day=1)
    parts = (
        control_account.reconcile(tables["open_items"], tables["gl_balances"], more.get("gl_lines", empty("gl_lines")), BOOKS, CONTROLS, as_of, ISO),
        bank_to_book.reconcile(*(tables[name] for name in ("statements", "bank_lines", "cash_book", "bank_accounts", "gl_balances")), start,
                               as_of, POLICY, ISO),
    )  # fmt: skip
    out = complete(tables, before, Period(start, as_of, CONTROLS, {}, POLICY, ISO), parts, key)
    return Completed({**out.tables, "open_items": tables["open_items"], "receipts": tables["receipts"]}, out.ties, out.findings)


def line(number: str, amount: int, day: str) -> dict[str, Any]:
    return {"ledger_id": "MAIN", "company_code": "1000", "gl_account": "1200", "doc_no": number, "line_no": "1", "posting_date": day,
            "origin": "GL", "currency": "EUR", "amount": amount, "text": "by hand", "source_file": "gl.csv", "source_line": "2"}  # fmt: skip


@pytest.fixture(scope="module")
def months() -> tuple[Completed, Completed]:
    """Close February, then March with a document entered behind February's key date and a manual journal that stays."""
    old = [doc("I", "100.00", "2025-02-03"), doc("J", "50.00", "2025-02-10")]
    journal = ax.table("gl_lines", line("SA", -700, "2025-02-20"))
    february = close(old, FEB, balance("2025-02", 0, 14300), {}, None, gl_lines=journal)
    cleared = {"clearing_doc": "P", "clearing_date": "2025-03-20", "open": "0"}
    now = [
        doc("I", "100.00", "2025-02-03", **cleared), old[1], doc("P", "-100.00", "2025-03-20", "RCPT", **cleared),
        doc("K", "30.00", "2025-03-05"), doc("L", "9.00", "2025-02-27", entry_date="2025-03-02", entered_by="MEYER"),
    ]  # fmt: skip
    march = close(now, MAR, balance("2025-03", 15200, 8200), february.tables, FEB, gl_lines=journal)
    return february, march


def lines_of(out: Completed, recon_id: str) -> dict[str, int]:
    lines = out.tables["recon_lines"]
    mine = lines.loc[lines["recon_id"] == recon_id]
    return dict(zip(mine["mark"], mine["amount"].tolist(), strict=True))


def test_RC_30_two_months_follow_each_other(months: tuple[Completed, Completed]) -> None:
    first, second = (lines_of(out, "RC-30/MAIN/1000/AR/EUR") for out in months)
    assert (first["opening"], first["billings"], first["closing"], first["E"]) == (0, 15000, 15000, 0)
    assert second["opening"] == first["closing"]
    assert (second["billings"], second["receipts"], second["D"], second["closing"], second["E"]) == (3000, -10000, 900, 8900, 0)
    for out in months:
        assert all(tie.holds for tie in out.ties)


def test_CV_07_what_changed_since_the_last_close_is_told(months: tuple[Completed, Completed]) -> None:
    changes = months[1].tables["changes_since"]
    assert changes[["document", "what", "effect_local", "entered_by"]].to_numpy().tolist() == [["L", "ADDED", 900, "MEYER"]]
    assert [f.sentence for f in months[1].findings if f.rule == "CV-07"] == [
        "1 documents changed behind the last key date, together 9.00 EUR: the close before would state another balance today."
    ]


def test_4_10_the_manual_journal_is_carried_into_the_second_month(months: tuple[Completed, Completed]) -> None:
    items = months[1].tables["recon_items"].set_index("document")
    assert (items.loc["SA", "code"], items.loc["SA", "since"].date(), items.loc["SA", "carried"]) == ("RI-MJE", FEB, 1)
    assert (items.loc["L", "code"], items.loc["L", "carried"]) == ("RI-CUT", 0)


def test_4_11_the_changed_opening_bars_certification_and_the_rest_is_free(months: tuple[Completed, Completed]) -> None:
    states = months[1].tables["certification"].set_index("recon_id")["certifiable"].to_dict()
    assert states["RC-30/MAIN/1000/AR/EUR"] == "NO"
    assert states["RC-10/MAIN/1000/1200/EUR"] == states["RC-80/MAIN/1000/ageing/EUR"] == "YES"
    assert set(states) == set(months[1].tables["reconciliations"]["recon_id"])


def test_RC_80_ageing_equals_the_subledger_and_lines_outside_are_shown() -> None:
    items = ax.items(doc("A", "100.00", "2025-03-01"), doc("D", "-30.00", "2025-03-01", "DP", special_gl="A", gl_account="1710"))
    aged = age(items, empty("disputes"), empty("allocations"), POLICY, MAR)
    controlled = control_account.reconcile(
        items, ax.table("gl_balances", balance("2025-03", 0, 10000)), empty("gl_lines"), BOOKS, CONTROLS, MAR, ISO
    )
    out = tie_outs(aged.ageing, items, empty("disputes"), controlled, BOOKS, CONTROLS, MAR, ISO)
    marks = dict(zip(out.recon_lines["mark"], out.recon_lines["amount"].tolist(), strict=True))
    assert (marks["ageing"], marks["outside"], marks["comparable"], marks["A"], marks["E"]) == (7000, 3000, 10000, 10000, 0)
    short = tie_outs(
        aged.ageing.assign(amount_local=aged.ageing["amount_local"] + 1), items, empty("disputes"), controlled, BOOKS, CONTROLS, MAR, ISO
    )
    assert [tie.holds for tie in short.ties] == [False]


def test_RC_80_register_of_disputes_equals_disputed_items_or_names_each_gap() -> None:
    items = ax.items(doc("A", "100.00", "2025-03-01"), doc("B", "40.00", "2025-03-01"), doc("C", "7.00", "2025-03-01", dispute_id="GONE"))
    disputes = ax.disputes(
        ax.dispute("D1", "C1", "A", disputed_amount=10000), ax.dispute("D2", "C1", "B", disputed_amount=1500),
        ax.dispute("D3", "C1", "A", "CLOSED", disputed_amount=999),
    )  # fmt: skip
    aged = age(items, disputes, empty("allocations"), POLICY, MAR)
    none = control_account.reconcile(items, empty("gl_balances"), empty("gl_lines"), BOOKS, CONTROLS, MAR, ISO)
    out = tie_outs(aged.ageing, items, disputes, none, BOOKS, CONTROLS, MAR, ISO)
    head = out.reconciliations.set_index("account").loc["disputes"]
    assert (head["ours"], head["theirs"], head["explained"], head["unexplained"]) == (11500, 14700, 3200, 0)
    assert out.recon_items[["code", "document", "amount"]].to_numpy().tolist() == [["RI-DIS", "C", 700], ["RI-DIS", "D2", 2500]]


@pytest.mark.parametrize(("overlay", "rest"), [(5000, 0), (4999, -1)])
def test_RC_80_allowance_rolls_forward_to_what_is_computed(overlay: int, rest: int) -> None:
    figures = Allowance(
        opening=20000, charge=9000, write_offs=9500, recoveries=600, fx=-100, closing=20000, computed=15000, overlay=overlay
    )
    sheet = allowance(figures, ("MAIN", "1000"), "EUR", MAR, ISO)
    assert (sheet.ours, sheet.theirs, sheet.unexplained, sheet.status) == (20000, 15000 + overlay, rest, "UNEXPLAINED" if rest else "TIES")


def test_live_checks_find_every_total_again(months: tuple[Completed, Completed]) -> None:
    """A spreadsheet would compute 0 beside each total of the layouts, and something else when a line is changed."""
    seen = set()
    for head in months[1].tables["reconciliations"].to_dict("records"):
        own = months[1].tables["recon_lines"].loc[lambda r, head=head: r["recon_id"] == head["recon_id"]].to_dict("records")
        cells = {row: int(entry["amount"]) for row, entry in enumerate(own, start=7)}
        for formula, amounts in check_of(head["rule"], own, 7).values():
            seen.add(head["rule"])
            assert computed(formula, cells) == 0
            first = next(row for row in cells if f"F{row}" in formula and len(amounts) > 1)
            assert computed(formula, {**cells, first: cells[first] + 1}) != 0
    assert seen == {"RC-10", "RC-30", "RC-80", "RC-90"} <= set(CHECKS)


def computed(formula: str, cells: dict[int, int]) -> int:
    terms = formula.removeprefix("=ROUND(").removesuffix(",{places})").replace("-", "+-").split("+")
    return sum((-1 if term.startswith("-") else 1) * cells[int(term.removeprefix("-").removeprefix("F"))] for term in terms if term)


LOSSES = {"provision": {"rates": {"STD": ["1.00", "2.00"]}}}


def allowed(named: dict[tuple[str, str], AllowanceAccounts], closing: int = -15_000, rates: Any = LOSSES) -> Reconciled:
    """Opening 80.00, charged 100.00, written off 30.00: 150.00 in the GL; expected loss 100.00 + 40.00, overlay 10.00."""
    items = ax.items(doc("A", "10000.00", "2025-03-01", due="2025-04-30"), doc("B", "2000.00", "2025-01-01", due="2025-03-10"))
    aged = age(items, empty("disputes"), empty("allocations"), POLICY, MAR).ageing_items
    gl = ax.table(
        "gl_balances",
        {**balance("2025-03", -8_000, closing), "gl_account": "1480", "debits": 3_000, "credits": 3_000 - 8_000 - closing},
        {**balance("2025-03", 0, 10_000), "gl_account": "6920", "debits": 10_000, "credits": 0},
    )
    lines = ax.table(
        "recon_lines", {"recon_id": "R", "line_no": 1, "label": "w", "mark": "write_offs", "amount": -3_000, "rows": 1, "total": False}
    )
    head = {"recon_id": "R", "rule": "RC-30", "ledger_id": "MAIN", "company_code": "1000", "account": "AR", "currency": "EUR", "key_date": MAR,
            "ours": 0, "theirs": 0, "difference": 0, "explained": 0, "unexplained": 0, "items": 0, "status": "TIES", "sentence": "s"}  # fmt: skip
    rolled = Reconciled(ax.table("reconciliations", head), lines, empty("recon_items"), empty("proof_of_cash"), (), ())
    t = {"gl_balances": gl, "customers": ax.customers(ax.customer("C1")), "ledgers": BOOKS.head(1)}
    return allowances(t, aged, rolled, named, MAR, ax.policy(**rates), ISO)


def test_RC_80_the_allowance_of_a_close_is_tied_to_gl_and_expected_loss() -> None:
    accounts = AllowanceAccounts("1480", ("6920",), overlay=Decimal("10.00"))
    found = allowed({("MAIN", "1000"): accounts})
    marks = dict(zip(found.recon_lines["mark"], found.recon_lines["amount"].tolist(), strict=True))
    assert [marks[m] for m in ("opening", "charge", "write_offs", "reached", "closing", "computed", "overlay", "due", "E")] == [
        8_000, 10_000, -3_000, 15_000, 15_000, 14_000, 1_000, 15_000, 0,
    ]  # fmt: skip
    assert all(tie.holds for tie in found.ties)
    assert found.reconciliations["status"].tolist() == ["TIES"]
    short = allowed({("MAIN", "1000"): accounts}, closing=-15_001)
    assert [tie.holds for tie in short.ties] == [True, False]
    assert short.reconciliations["unexplained"].tolist() == [1]


def test_RC_80_an_allowance_that_cannot_be_tied_says_why_and_what_is_expected() -> None:
    for named, rates, why in (
        ({}, LOSSES, "the params name no allowance account of it"),
        ({("MAIN", "1000"): AllowanceAccounts("1499")}, LOSSES, "gl_balances holds no balance of account 1499 for the period"),
        ({("MAIN", "1000"): AllowanceAccounts("1480")}, {}, "the policy holds no loss rates"),
    ):  # fmt: skip
        found = allowed(named, rates=rates)
        assert found.reconciliations.empty
        assert why in found.findings[0].sentence
    assert allowed({}).findings[0].sentence.endswith("Expected loss as computed: 140.00 EUR.")
