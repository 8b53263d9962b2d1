"""Reconciling items from period to period (4.10), certifiability and materiality (4.11)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ax
import pandas as pd
import pytest

from arwork.money import ISO
from arwork.reconcile.certify import Certified, certifiability, stale
from arwork.reconcile.history import with_history
from arwork.reconcile.rests import Beside, Row, inputs_of
from arwork.tables import empty

KEY, BEFORE = date(2026, 3, 31), date(2026, 2, 28)
RULES = ax.policy().reconciliation
ID = "RC-10/MAIN/1000/1400/EUR"


def recon(unexplained: str = "0", rule: str = "RC-10", **over: Any) -> dict[str, Any]:
    rest = ax.minor(unexplained)
    row = {
        "recon_id": f"{rule}/MAIN/1000/1400/EUR", "rule": rule, "ledger_id": "MAIN", "company_code": "1000", "account": "1400",
        "currency": "EUR", "key_date": KEY, "theirs": 100_000_000, "unexplained": rest, "status": "UNEXPLAINED" if rest else "TIES",
        "sentence": "Said.",
    }  # fmt: skip
    return {**row, **over}


def item(document: str, amount: str, code: str = "RI-MJE", day: date = KEY, **over: Any) -> dict[str, Any]:
    row = {"recon_id": ID, "item_no": 1, "code": code, "mark": "D", "document": document, "date": day, "amount": ax.minor(amount)}
    return {**row, "currency": "EUR", "sentence": "Is so.", "source_file": "gl.csv", **over}


def items(*rows: dict[str, Any]) -> pd.DataFrame:
    return ax.table("recon_items", *({**row, "item_no": n} for n, row in enumerate(rows, 1)))


def judge(*rows: dict[str, Any], own: pd.DataFrame | None = None, before: dict[str, pd.DataFrame] | None = None, **other: Any) -> Certified:
    table = ax.table("reconciliations", *rows)
    held = empty("recon_items") if own is None else own
    return certifiability(table, held, other.get("inputs", empty("recon_inputs")), before or {}, KEY, RULES, ISO, other.get("certified_on"))


@pytest.mark.parametrize(
    ("rest", "balance", "rule", "state", "allowed"),
    [
        ("0", 100_000_000, "RC-10", "YES", 10_000),
        ("100.00", 100_000_000, "RC-10", "EXCEPTION", 10_000),
        ("-100.00", 100_000_000, "RC-10", "EXCEPTION", 10_000),
        ("100.01", 100_000_000, "RC-10", "NO", 10_000),
        ("100.00", 900_000_000, "RC-10", "EXCEPTION", 10_000),
        ("5.00", 5_000_000, "RC-10", "EXCEPTION", 500),
        ("5.01", 5_000_000, "RC-10", "NO", 500),
        ("0.01", 0, "RC-10", "NO", 0),
        ("0.01", 100_000_000, "RC-20", "NO", 0),
        ("0", 0, "RC-20", "YES", 0),
    ],
)
def test_4_11_unexplained_is_certifiable_at_zero_or_as_immaterial(rest: str, balance: int, rule: str, state: str, allowed: int) -> None:
    row = judge(recon(rest, rule, theirs=balance)).certification.iloc[0]
    assert (row["certifiable"], row["allowed"]) == (state, allowed)


def test_4_11_due_days_and_rating() -> None:
    rules = ("RC-10", "RC-20", "RC-30", "RC-40", "RC-60", "RC-70", "RC-90")
    found = judge(*(recon(rule=rule) for rule in rules)).certification
    days = dict(zip(found["recon_id"].str[:5], found["due"].dt.strftime("%m-%d"), strict=True))
    assert days == {
        "RC-10": "04-03", "RC-20": "04-02", "RC-30": "04-06", "RC-40": "04-10", "RC-60": "04-06", "RC-70": "04-01", "RC-90": "04-07",
    }  # fmt: skip
    assert found.loc[found["recon_id"].str[:5] == "RC-90", "rating"].tolist() == ["MEDIUM"]


def test_t27_a_holiday_of_its_book_moves_the_day_of_certification() -> None:
    table = ax.table("reconciliations", recon("0.00"))
    book = (table["ledger_id"].iloc[0], table["company_code"].iloc[0])
    plain, later, others = (
        certifiability(table, empty("recon_items"), empty("recon_inputs"), {}, KEY, RULES, ISO, None, off).certification["due"].iloc[0]
        for off in ({}, {book: frozenset({KEY + timedelta(days=1)})}, {("OTHER", "9"): frozenset({KEY + timedelta(days=1)})})
    )
    assert [day.strftime("%m-%d") for day in (plain, others, later)] == ["04-03", "04-03", "04-06"]


def test_4_11_the_same_amount_twice_escalates_and_an_exception_expires() -> None:
    first = judge(recon("100.00"))
    before = {"reconciliations": ax.table("reconciliations", recon("100.00")), "certification": first.certification}
    row = judge(recon("100.00"), before=before).certification.iloc[0]
    assert (row["certifiable"], row["escalate"]) == ("NO", True)
    assert "was used up in the period before" in row["why"]
    other = judge(recon("7777.00"), before={"reconciliations": ax.table("reconciliations", recon("7777.00"))})
    assert other.certification["escalate"].tolist() == [True]
    assert any("second period" in f.sentence and f.severity == "warn" for f in other.findings)
    assert judge(recon("0"), before=before).certification["escalate"].tolist() == [False]


def test_4_11_wrong_period_and_missing_support_bar_certification() -> None:
    late = judge(recon(), own=items(item("LATE", "5.00", "RI-CUT")))
    assert late.certification.iloc[0]["why"] == "1 documents stand in a wrong period and are corrected first (RI-CUT), the first is LATE."
    bare = judge(recon(), own=items(item("A", "250.00", source_file=""), item("B", "249.99", source_file="")))
    assert bare.certification[["certifiable", "unsupported"]].to_numpy().tolist() == [["NO", 1]]
    assert judge(recon(status="NOT_PROVEN")).certification.iloc[0]["why"] == "One side is missing: Said."


def rested(sha: str = "0", beside: Beside | None = None, **over: pd.DataFrame) -> pd.DataFrame:
    """Inputs of RC-10 and RC-20 of one account; each file has one row of it, and one of another company."""
    where = {"ledger_id": "MAIN", "company_code": "1000", "gl_account": "1400", "currency": "EUR", "source_line": "1"}
    bank = {"bank_account": "1400", "currency": "EUR", "source_file": "bank.csv", "source_sha256": "0", "source_line": "1"}

    def lines(kind: str, digest: str = "0") -> pd.DataFrame:
        own = {**where, "source_file": f"{kind}.csv", "source_sha256": digest}
        return pd.DataFrame([own, {**own, "company_code": "2000", "source_file": "other.csv"}]).assign(customer_id="C1")

    t = {
        "open_items": lines("open_items"), "gl_balances": lines("gl_balances").head(0), "gl_lines": lines("gl_lines", sha),
        "cash_book": lines("cash_book").head(0), "disputes": lines("disputes"), "statements": pd.DataFrame([bank]),
        "bank_lines": pd.DataFrame([bank, {**bank, "bank_account": "1401", "source_file": "far.csv"}]),
        "bank_accounts": pd.DataFrame([{**where, "bank_account": name} for name in ("1400", "1401")]),
        "their_statements": ax.table("their_statements"), "sources": ax.table(
            "sources", {"source_id": "001.001", "reads": "gl_lines", "source_file": "gl_lines.csv", "source_sha256": sha},
        ), **over,
    }  # fmt: skip
    return inputs_of(ax.table("reconciliations", recon(), recon(rule="RC-20")), t, beside)


def test_4_11_params_decisions_and_how_a_file_is_read_are_inputs_too() -> None:
    """Params are an input of every reconciliation, decisions of those that read receipts, the reading of a file of those that read it."""
    now = rested(
        beside=Beside((Row("p.yaml", "params", "p"),), (Row("decisions of people", "decisions", "d"),), {1: Row("how", "reading", "r")})
    )
    by = {recon_id: set(rows["source_file"]) for recon_id, rows in now.groupby("recon_id")}
    assert by == {ID: {"gl_lines.csv", "open_items.csv", "p.yaml", "how"}, "RC-20" + ID[5:]: {"bank.csv", "p.yaml"}}
    assert stale(now, rested(beside=Beside((Row("p.yaml", "params", "q"),), (), {1: Row("how", "reading", "s")}))) == {
        ID: ("how", "p.yaml"), "RC-20" + ID[5:]: ("p.yaml",),
    }  # fmt: skip


def test_4_11_a_changed_input_is_named_and_voids_the_certificate() -> None:
    then, now = rested("a"), rested("b")
    assert list(then.itertuples(index=False, name=None)) == [
        (ID, "gl_lines.csv", "gl_lines", "a"), (ID, "open_items.csv", "open_items", "0"), ("RC-20" + ID[5:], "bank.csv", "bank", "0"),
    ]  # fmt: skip
    assert stale(then, now) == {ID: ("gl_lines.csv",)}
    row = judge(recon(), inputs=now, certified_on=then).certification.iloc[0]
    assert (row["certifiable"], row["stale"]) == ("NO", "gl_lines.csv")
    assert row["why"].startswith("STALE, an input changed since it was certified: gl_lines.csv.")
    assert judge(recon(), inputs=now, certified_on=now).certification["certifiable"].tolist() == ["YES"]


def test_4_10_items_are_carried_with_their_history_and_cleared_ones_are_named() -> None:
    january = with_history(items(item("A", "10.00", day=date(2026, 1, 5))), empty("recon_items"), None, date(2026, 1, 31), RULES, ISO)
    february = items(item("A", "10.00", day=date(2026, 1, 5)), item("B", "20.00"), item("B", "20.00"))
    second = with_history(february, january.recon_items, date(2026, 1, 31), BEFORE, RULES, ISO)
    march = items(item("A", "10.00", day=date(2026, 1, 5)), item("B", "20.00"), item("C", "10.00"))
    third = with_history(march, second.recon_items, BEFORE, KEY, RULES, ISO)
    found = third.recon_items[["document", "since", "carried"]]
    assert [(d, s.date(), n) for d, s, n in found.itertuples(index=False)] == [
        ("A", date(2026, 1, 31), 2), ("B", BEFORE, 1), ("C", KEY, 0),
    ]  # fmt: skip
    gone = third.recon_cleared
    assert [(row.document, row.amount, row.since.date()) for row in gone.itertuples()] == [("B", 2000, BEFORE)]


@pytest.mark.parametrize(
    ("age", "amount", "step"),
    [
        (0, "1.00", ""), (30, "1.00", ""), (31, "1.00", "supervisor"), (60, "-1.00", "supervisor"), (61, "1.00", "controller"),
        (90, "1.00", "controller"), (91, "1.00", "resolution or reserve"), (0, "250.00", "support"), (61, "-250.00", "controller, support"),
    ],
)  # fmt: skip
def test_4_11_age_and_size_say_what_an_item_asks_for(age: int, amount: str, step: str) -> None:
    day = date.fromisoformat(ax.days_after(KEY.isoformat(), -age))
    row = with_history(items(item("A", amount, day=day)), empty("recon_items"), None, KEY, RULES, ISO).recon_items.iloc[0]
    assert (row["age_days"], row["step"], row["owner"]) == (age, step, "general ledger")
    late = items(item("A", "1.00", expected_by=date(2026, 3, 30)))
    assert with_history(late, empty("recon_items"), None, KEY, RULES, ISO).recon_items["step"].tolist() == ["overdue"]
