"""Subledger to GL: RC-10, T11, CV-06, hints of 4.10, worked example AX-19, and the RC-10 part of AX-26."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from arwork.money import ISO
from arwork.reconcile.control_account import Control, reconcile
from arwork.reconcile.hints import Pool, hints
from arwork.reconcile.layout import Reconciled, due_by
from arwork.tables import TABLES, empty

KEY = date(2026, 3, 31)
FEB, MAR = date(2026, 2, 16), date(2026, 3, 16)
_NUMBERS: dict[str, Any] = {"money": 0, "count": 0, "percent": 0, "flag": False}
_FILL: dict[str, Any] = {**_NUMBERS, "text": "x", "code": "x"}
_BLANK: dict[str, Any] = {**_NUMBERS, "text": "", "code": "", "choice": "", "date": pd.NaT, "money?": pd.NA}
BOOK = {"ledger_id": "MAIN", "company_code": "1000"}


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Build a typed table without the checks of `conform`, in which these tests would spend most of their time."""
    dtypes = empty(name).dtypes
    columns = {}
    for column in TABLES[name].columns:
        filled = column.values[0] if column.values else _FILL.get(column.kind, pd.NaT)
        blank = filled if column.required else _BLANK[column.kind]
        columns[column.name] = pd.Series([row.get(column.name, blank) for row in rows], dtype=dtypes[column.name])
    return pd.DataFrame(columns)


def item(number: str, amount: int, posted: date = FEB, **other: Any) -> dict[str, Any]:
    row = {
        **BOOK, "item_id": f"1000:{number}:2026:1", "doc_no": number, "customer_id": "C1", "doc_type": "INV" if amount > 0 else "CM",
        "doc_date": posted, "posting_date": posted, "due_date": posted, "currency": "EUR", "local_currency": "EUR", "gl_account": "1400",
        "amount_doc": amount, "open_amount_doc": amount, "amount_local": amount, "open_amount_local": amount, "source_file": "items.csv",
    }  # fmt: skip
    return {**row, **other}


def line(number: str, amount: int, origin: str = "GL", posted: date = MAR, **other: Any) -> dict[str, Any]:
    row = {**BOOK, "gl_account": "1400", "doc_no": number, "line_no": "1", "posting_date": posted, "origin": origin, "currency": "EUR"}
    return {**row, "amount": amount, **other}


def balance(opening: int, debits: int, credits: int, period: str = "2026-03", **other: Any) -> dict[str, Any]:
    figures = {"opening": opening, "debits": debits, "credits": credits, "closing": opening + debits - credits}
    return {**BOOK, "gl_account": "1400", "period": period, "currency": "EUR", **figures, **other}


def run(
    items: list[dict[str, Any]],
    balances: list[dict[str, Any]],
    lines: list[dict[str, Any]] | None = None,
    controls: tuple[Control, ...] = (("MAIN", "1000", "1400"),),
    as_of: date = KEY,
) -> Reconciled:
    ledgers = table("ledgers", [{**BOOK, "ledger_currency": "EUR"}])
    tables = (table("open_items", items), table("gl_balances", balances), table("gl_lines", lines or []))
    return reconcile(*tables, ledgers, controls, as_of, ISO, spans={"RI-INT": "2d"})


def printed(result: Reconciled, recon_id: str = "RC-10/MAIN/1000/1400/EUR") -> dict[str, int]:
    lines = result.recon_lines
    lines = lines.loc[(lines["recon_id"] == recon_id) & lines["total"]]
    return dict(zip(lines["mark"], lines["amount"].tolist(), strict=True))


AX_19_ITEMS = [
    item("OLD", 126381055),
    item("CREDIT", -327500, customer_id="C9"),
    item("9001", 234500, MAR),
    item("DOWN", -1200000, doc_type="DP", special_gl="A", gl_account="1710"),
]
AX_19_LINES = [line("SA1", -950000, text="write-off"), line("SA2", 327500, text="credit balances")]
AX_19_BALANCES = [balance(126053555, 327500, 950000)]


def test_AX_19_subledger_to_gl_to_the_cent() -> None:
    result = run(AX_19_ITEMS, AX_19_BALANCES, AX_19_LINES)
    assert printed(result) == {"A": 126288055, "B": 125431055, "C": -857000, "D": -857000, "E": 0}
    found = result.recon_items[["code", "document", "amount"]]
    assert list(found.itertuples(index=False, name=None)) == [
        ("RI-INT", "9001", -234500),
        ("RI-MJE", "SA1", -950000),
        ("RI-RCL", "SA2", 327500),
    ]
    assert result.reconciliations["status"].tolist() == ["TIES"]
    tie = next(tie for tie in result.ties if tie.rule == "RC-10")
    assert (tie.ours, tie.theirs, tie.holds) == (125431055, 125431055, True)


def test_AX_19_down_payments_tie_on_their_own_account_and_are_never_skipped_in_silence() -> None:
    down = balance(-1200000, 0, 0, gl_account="1710")
    both = run(AX_19_ITEMS, [*AX_19_BALANCES, down], AX_19_LINES, (("MAIN", "1000", "1400"), ("MAIN", "1000", "1710")))
    company = {"ΣA": 126288055 - 1200000, "ΣE": 0}
    assert printed(both, "RC-10/MAIN/1000/1710/EUR") == {"A": -1200000, "B": -1200000, "C": 0, "D": 0, "E": 0, **company}
    assert both.findings == ()
    alone = run(AX_19_ITEMS, AX_19_BALANCES, AX_19_LINES)
    assert [f.sentence for f in alone.findings] == [
        "MAIN/1000: 1 special G/L lines of -12,000.00 EUR on account 1710 are in no reconciliation of this close."
    ]


def test_AX_19_wrong_comparison_fails_with_the_hint() -> None:
    items = [*AX_19_ITEMS[:3], {**AX_19_ITEMS[3], "special_gl": "", "gl_account": "1400"}]
    result = run(items, AX_19_BALANCES, [AX_19_LINES[0], {**AX_19_LINES[1], "text": "Reclass credit balances"}])
    assert printed(result) == {"A": 125088055, "B": 125431055, "C": 343000, "D": -857000, "E": 1200000}
    head = result.reconciliations.iloc[0]
    assert head["status"] == "UNEXPLAINED"
    assert "It equals Σ special G/L." in head["sentence"]
    assert [tie.holds for tie in result.ties if tie.rule == "RC-10"] == [False]
    assert [(f.rule, f.severity) for f in result.findings] == [("RC-10", "warn")]


def test_RC_10_layout_splits_debits_credits_and_cash() -> None:
    items = [item("A", 1000), item("B", -200), item("C", -300, doc_type="ONACC"), item("D", -50, doc_type="RCPT")]
    result = run(items, [balance(450, 0, 0)])
    lines = result.recon_lines.set_index("label")["amount"]
    assert (lines["Debit items"], lines["Credit memos"], lines["On account and unapplied"]) == (1000, -200, -350)
    assert result.reconciliations.iloc[0]["status"] == "TIES"


def test_RC_10_CV_06_open_at_key_date() -> None:
    paid = {"open_amount_doc": 0, "open_amount_local": 0}
    items = [
        item("A", 500000, date(2026, 3, 28), clearing_date=date(2026, 4, 2), **paid),
        item("B", 200000, date(2026, 3, 10), clearing_date=KEY, **paid),
        item("C", 300000, date(2026, 4, 1)),
        item("D", 120000, date(2026, 3, 10)),
    ]
    assert printed(run(items, [balance(620000, 0, 0)]))["A"] == 620000


@pytest.mark.parametrize(
    ("balances", "items", "said"),
    [
        ([], [], "no GL balance of 2026-03 was given"),
        ([balance(0, 0, 0, "2026-02")], [], "no GL balance of 2026-03 was given"),
        ([balance(0, 0, 0, currency="USD")], [], "is in USD, the ledger is kept in EUR"),
        ([balance(0, 0, 0)], [item("X", 5, local_currency="USD")], "carry USD as ledger currency"),
    ],
)
def test_RC_10_missing_side_is_not_proven_and_never_silent(balances: list[Any], items: list[Any], said: str) -> None:
    result = run([item("A", 1000), *items], balances)
    head = result.reconciliations.iloc[0]
    assert head["status"] == "NOT_PROVEN"
    assert said in head["sentence"]
    assert head["ours"] == 1000 + sum(i["amount_doc"] for i in items)
    assert [f.severity for f in result.findings] == ["warn"]
    assert not [tie for tie in result.ties if tie.rule == "RC-10"]


def test_RC_10_documents_on_one_side() -> None:
    items = [
        item("BOTH", 1000, MAR),
        item("LATE", 300, date(2026, 4, 1)),
        item("SOON", 400, date(2026, 3, 31)),
        item("OTHER", 1234, MAR),
        item("PAID", 700, FEB, clearing_doc="CLEAR", clearing_date=MAR, open_amount_doc=0, open_amount_local=0),
    ]
    lines = [
        line("BOTH", 1000, "AR"),
        line("LATE", 300, "AR", date(2026, 3, 31)),
        line("SOON", 400, "AR", date(2026, 4, 1)),
        line("OTHER", 1243, "AR"),
        line("GONE", 55, "AR"),
        line("CLEAR", -700, "AR"),
        line("REV", 17, "GL", text="Revaluation USD"),
        line("BANK", -3, "BANK"),
    ]
    march = [entry["amount"] for entry in lines if entry["posting_date"] <= KEY]
    result = run(items, [balance(700, sum(m for m in march if m > 0), -sum(m for m in march if m < 0))], lines)
    found = {row.document: (row.code, row.amount) for row in result.recon_items.itertuples()}
    assert found == {
        "LATE": ("RI-CUT", 300),
        "SOON": ("RI-CUT", -400),
        "OTHER": ("RI-ERR", 9),
        "GONE": ("RI-INT", 55),
        "REV": ("RI-FXR", 17),
        "BANK": ("RI-MJE", -3),
    }
    assert printed(result)["E"] == 0
    row = result.recon_items.set_index("document").loc["GONE"]
    assert row["expected_by"] == pd.Timestamp(2026, 3, 18)


def test_RC_10_incomplete_gl_lines_say_nothing_about_documents_missing_in_the_gl() -> None:
    result = run([item("A", 1000, MAR), item("B", 2222, MAR)], [balance(0, 1000, 0)], [line("SA1", 0)])
    assert result.recon_items.empty
    assert printed(result)["E"] == -2222
    assert "missing in the GL were not looked for" in result.reconciliations.iloc[0]["sentence"]
    assert "It equals one document: B." in result.reconciliations.iloc[0]["sentence"]


def test_RC_10_gl_lines_that_only_net_to_the_movement_are_incomplete() -> None:
    result = run([item("A", 1000, MAR)], [balance(0, 5000, 5000)], [line("SA1", 0)])
    assert result.recon_items.empty
    assert run([item("A", 1000, MAR)], [balance(0, 0, 0)]).recon_items.empty
    assert printed(run([item("A", 1000, MAR)], [balance(0, 9, 0)], [line("SA1", 9)]))["D"] == -991


def test_RC_10_key_date_inside_a_period_takes_later_gl_lines_off() -> None:
    lines = [line("A", 1000, "AR", date(2026, 3, 10)), line("B", 500, "AR", date(2026, 3, 20))]
    items = [item("A", 1000, date(2026, 3, 10)), item("B", 500, date(2026, 3, 20))]
    assert printed(run(items, [balance(0, 1500, 0)], lines, as_of=date(2026, 3, 15))) == {"A": 1000, "B": 1000, "C": 0, "D": 0, "E": 0}


def test_RC_10_open_lines_outside_every_control_account_are_named() -> None:
    result = run([item("A", 1000), item("B", 250, gl_account="1490")], [balance(1000, 0, 0)])
    assert [(f.severity, f.sentence) for f in result.findings] == [
        ("warn", "MAIN/1000: 1 open lines of 2.50 EUR on account 1490 are in no reconciliation of this close.")
    ]


POOL = Pool(["A", "B", "C", "D"], np.array([1000, -250, 4321, 77]), np.array([True, True, True, False]))


@pytest.mark.parametrize(
    ("difference", "special", "expected"),
    [
        (0, 0, ()),
        (1000, 0, ("equals one document: A",)),
        (-1000, 0, ("equals one document: A",)),
        (500, 0, ("equals twice one document, which looks like a wrong sign: B",)),
        (-750, 0, ("equals two documents: A and B",)),
        (5321, 0, ("equals two documents: A and C",)),
        (1077, 0, ()),
        (2700, 0, ("is divisible by 9, which looks like two digits swapped",)),
        (1111, -1111, ("equals Σ special G/L",)),
    ],
)
def test_RC_10_hints(difference: int, special: int, expected: tuple[str, ...]) -> None:
    assert hints(difference, POOL, special) == expected


def test_RC_10_hint_names_two_documents_only_when_one_pair_fits() -> None:
    pool = Pool(["A", "B", "C", "D"], np.array([100, 300, 150, 250]), np.ones(4, dtype=bool))
    assert hints(400, pool) == ()
    assert hints(550, pool) == ("equals two documents: B and D",)


def test_T11_continuity_of_gl_balances() -> None:
    rows = [balance(0, 900, 400, "2026-01"), balance(500, 0, 100, "2026-02"), balance(450, 0, 0, "2026-03")]
    rows += [balance(7, 1, 0, "2026-02", gl_account="1800"), balance(8, 1, 0, "2026-03", gl_account="1800")]
    rows += [{**balance(1, 1, 1, "2026-03", gl_account="1900"), "closing": 2}]
    result = run([item("A", 450)], rows)
    failed = [(tie.name, tie.ours, tie.theirs) for tie in result.ties if not tie.holds]
    assert failed == [
        ("MAIN/1000 account 1400 2026-03: opening equals closing of the period before", 450, 400),
        ("other GL accounts, rows whose opening and movements equal closing", 2, 3),
    ]
    assert [f.sentence for f in result.findings] == [
        "1 checks of GL balances fail: MAIN/1000 account 1900 2026-03: opening and movements equal closing."
    ]
    assert len([tie for tie in result.ties if tie.rule == "T11"]) == 7


@pytest.mark.parametrize(
    ("day", "span", "expected"),
    [
        (date(2026, 3, 31), "5bd", date(2026, 4, 7)),
        (date(2026, 3, 27), "1bd", date(2026, 3, 30)),
        (date(2026, 3, 28), "1bd", date(2026, 3, 30)),
        (date(2026, 3, 31), "180d", date(2026, 9, 27)),
    ],
)
def test_span_of_business_and_calendar_days(day: date, span: str, expected: date) -> None:
    assert due_by(day, span) == expected


def test_t27_a_holiday_is_no_business_day_of_a_span() -> None:
    """Good Friday and Easter Monday 2026; calendar days count on."""
    off = {date(2026, 4, 3), date(2026, 4, 6)}
    assert (due_by(date(2026, 3, 31), "5bd", off), due_by(date(2026, 3, 31), "30d", off)) == (date(2026, 4, 9), date(2026, 4, 30))


def random_books(seed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], int]:
    """One company with items, GL lines and balances that differ by known documents and by one injected amount nobody knows."""
    draw = Random(seed)
    company = {"company_code": f"{seed:04d}"}
    items, lines = [], []
    for n in range(draw.randint(1, 20)):
        posted = date(2026, 1, 5) + timedelta(days=draw.randint(0, 84))
        amount, number = draw.choice([1, 1, -1]) * draw.randint(1, 500000), f"D{n}"
        where = draw.choice(["both", "both", "both", "items", "lines"]) if n else "both"
        row = item(number, amount, posted, **company)
        if where != "lines":
            items.append({**row, "item_id": f"{seed:04d}:{number}:2026:1"})
        if where != "items":
            lines.append(line(number, amount, draw.choice(["AR", "GL"]), posted, **company))
    injected = draw.choice([0, 1, -1]) * draw.randint(1, 10**6)
    start, balances = injected, []
    for month in (1, 2, 3):
        moves = [x["amount"] for x in lines if x["posting_date"].month == month]
        debits, credits = sum(m for m in moves if m > 0), -sum(m for m in moves if m < 0)
        balances.append(balance(start, debits, credits, f"2026-{month:02d}", **company))
        start = balances[-1]["closing"]
    return items, balances, lines, injected


def test_AX_26_unexplained_is_what_was_injected_and_row_order_never_matters() -> None:
    books = [random_books(seed) for seed in range(20)]
    open_items = table("open_items", [row for book in books for row in book[0]])
    balances = table("gl_balances", [row for book in books for row in book[1]])
    lines = table("gl_lines", [row for book in books for row in book[2]])
    ledgers = table("ledgers", [{**BOOK, "company_code": f"{n:04d}", "ledger_currency": "EUR"} for n in range(20)])
    controls = [("MAIN", f"{n:04d}", "1400") for n in range(20)]
    result = reconcile(open_items, balances, lines, ledgers, controls, KEY, ISO)
    assert result.reconciliations.sort_values("company_code")["unexplained"].tolist() == [book[3] for book in books]
    held = {tie.name[5:9]: tie.holds for tie in result.ties if tie.rule == "RC-10"}
    assert held == {f"{n:04d}": book[3] == 0 for n, book in enumerate(books)}
    shuffled = [frame.sample(frac=1, random_state=9) for frame in (open_items, balances, lines, ledgers)]
    again = reconcile(*shuffled, controls[::-1], KEY, ISO)
    for name in ("reconciliations", "recon_lines", "recon_items"):
        assert_frame_equal(getattr(result, name), getattr(again, name))
    assert (result.ties, result.findings) == (again.ties, again.findings)
