"""Ageing: MT-01, MT-02, MT-03, CV-05, CV-06, worked example AX-22, and the ageing part of AX-26."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from arwork.collect.ageing import Aged, age, bucket_names
from arwork.policy import Policy, read_policy
from arwork.tables import TABLES, conform, empty

AS_OF = date(2025, 6, 30)
MODES = ("SEPARATE", "BY_DATE", "OLDEST_FIRST")
_FILL: dict[str, Any] = {"money": 0, "count": 0, "percent": 0, "flag": False, "text": "x", "code": "x", "choice": "x"}


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    if not rows:
        return empty(name)
    required = {c.name: c.values[0] if c.values else _FILL.get(c.kind) for c in TABLES[name].columns if c.required}
    return conform(name, pd.DataFrame([{**required, **row} for row in rows]))


def item(number: str, due: date, amount: int, **other: Any) -> dict[str, Any]:
    doc_date = other.pop("doc_date", due - timedelta(days=30))
    row = {
        "item_id": number, "doc_no": number, "reference": number, "ledger_id": "MAIN", "company_code": "1000",
        "customer_id": "C1", "doc_type": "INV" if amount > 0 else "CM", "doc_date": doc_date, "posting_date": doc_date,
        "due_date": due, "currency": "EUR", "local_currency": "EUR", "amount_doc": amount, "open_amount_doc": amount,
        "amount_local": amount, "open_amount_local": amount, "gl_account": "1400", "ref_item": "",
    }  # fmt: skip
    return {**row, **other}


def policy(mode: str, *buckets: int) -> Policy:
    tree = read_policy(Path(__file__).parent.parent.joinpath("params/policy.yaml").read_text(encoding="utf-8"))
    settings = {"credits": mode, "buckets": buckets or (30, 60, 90)}
    return Policy.model_validate({**tree, "ageing": settings})


def aged(items: pd.DataFrame, mode: str = "SEPARATE", *buckets: int, as_of: date = AS_OF, **other: pd.DataFrame) -> Aged:
    frames = {name: other.get(name, empty(name)) for name in ("disputes", "allocations")}
    return age(items, frames["disputes"], frames["allocations"], policy(mode, *buckets), as_of)


def columns(result: Aged, basis: str, field: str = "amount") -> dict[str, int]:
    rows = result.ageing.loc[result.ageing["basis"] == basis]
    return {str(bucket): int(value) for bucket, value in rows.groupby("bucket")[field].sum().items()}


def ax_22() -> pd.DataFrame:
    due = [(6, 30, 100000), (6, 29, 50000), (5, 31, 200000), (5, 30, 75000), (4, 1, 120000), (3, 31, 30000)]
    debits = [item(f"I{i}", date(2025, m, d), amount) for i, (m, d, amount) in enumerate(due, 1)]
    credit = item("CM", date(2025, 6, 14), -40000, doc_date=date(2025, 5, 15))
    return table("open_items", *debits, credit, item("OA", date(2025, 6, 2), -25000, doc_type="ONACC"))


@pytest.mark.parametrize(
    ("number", "dpd", "by_due", "days", "by_invoice"),
    [
        ("I1", 0, "current", 30, "0–30"),
        ("I2", 1, "1–30", 31, "31–60"),
        ("I3", 30, "1–30", 60, "31–60"),
        ("I4", 31, "31–60", 61, "61–90"),
        ("I5", 90, "61–90", 120, "> 90"),
        ("I6", 91, "> 90", 121, "> 90"),
        ("CM", 46, "credits", 46, "credits"),
    ],
)
def test_AX_22_CV_05_each_item(number: str, dpd: int, by_due: str, days: int, by_invoice: str) -> None:
    row = aged(ax_22()).ageing_items.set_index("item_id").loc[number]
    found = (row["days_past_due"], row["bucket_due"], row["age_days"], row["bucket_invoice"])
    assert found == (dpd, by_due, days, by_invoice)


@pytest.mark.parametrize(
    ("mode", "basis", "expected"),
    [
        ("SEPARATE", "DUE", (100000, 250000, 75000, 120000, 30000, -40000, -25000)),
        ("SEPARATE", "INVOICE", (100000, 250000, 75000, 150000, -40000, -25000)),
        ("BY_DATE", "DUE", (100000, 250000, 35000, 120000, 30000, 0, -25000)),
        ("BY_DATE", "INVOICE", (100000, 210000, 75000, 150000, 0, -25000)),
        ("OLDEST_FIRST", "DUE", (100000, 250000, 75000, 85000, 0, 0, 0)),
        ("OLDEST_FIRST", "INVOICE", (100000, 250000, 75000, 85000, 0, 0)),
    ],
)
def test_AX_22_MT_03_to_the_cent(mode: str, basis: str, expected: tuple[int, ...]) -> None:
    result = aged(ax_22(), mode)
    found = columns(result, basis)
    assert tuple(found.get(name, 0) for name in bucket_names((30, 60, 90), basis)) == expected
    assert sum(found.values()) == 510000
    assert [tie.holds for tie in result.ties] == [True] * 4


def test_MT_01_own_buckets() -> None:
    assert bucket_names((10, 45), "DUE") == ["current", "1–10", "11–45", "> 45", "credits", "on account"]
    found = columns(aged(ax_22(), "SEPARATE", 10, 45), "DUE")
    assert found == {"current": 100000, "1–10": 50000, "11–45": 275000, "> 45": 150000, "credits": -40000, "on account": -25000}


def test_CV_06_and_AX_18_open_at_key_date() -> None:
    items = table(
        "open_items",
        item("A", date(2026, 4, 27), 500000, doc_date=date(2026, 3, 28), open_amount_doc=0, open_amount_local=0,
             clearing_date=date(2026, 4, 2)),
        item("B", date(2026, 4, 9), 200000, doc_date=date(2026, 3, 10), open_amount_doc=0, open_amount_local=0,
             clearing_date=date(2026, 3, 31)),
        item("C", date(2026, 4, 29), 300000, doc_date=date(2026, 3, 30), posting_date=date(2026, 4, 1)),
        item("D", date(2026, 4, 9), 120000, doc_date=date(2026, 3, 10)),
        item("E", date(2026, 4, 9), 80000, doc_date=date(2026, 3, 10), open_amount_doc=0, open_amount_local=0,
             clearing_date=date(2026, 3, 31)),
    )  # fmt: skip
    shown = aged(items, as_of=date(2026, 3, 31)).ageing_items.set_index("item_id")["open_amount"]
    assert shown.to_dict() == {"A": 500000, "D": 120000}
    assert shown.sum() == 620000


def test_MT_03_oldest_first_keeps_local_value_of_the_credit() -> None:
    debits = [
        item("OLD", date(2025, 1, 1), 10000, currency="USD", open_amount_local=9000),
        item("NEW", date(2025, 6, 30), 10000, currency="USD", open_amount_local=9500),
    ]
    credit = item("CM", date(2025, 6, 1), -15000, currency="USD", open_amount_local=-13333, doc_date=date(2025, 6, 1))
    spare = item("OA", date(2025, 6, 1), -10000, currency="USD", open_amount_local=-8001, doc_type="ONACC")
    result = aged(table("open_items", *debits, credit, spare), "OLDEST_FIRST")
    assert columns(result, "DUE") == {"> 90": 0, "current": 0, "credits": 0, "on account": -5000}
    # 13,333 splits 8,889 and 4,444; 8,001 splits 4,000 and 4,001 (CV-03).
    assert columns(result, "DUE", "amount_local") == {"> 90": 111, "current": 1056, "credits": 0, "on account": -4001}
    assert all(tie.holds for tie in result.ties)


def test_MT_03_a_linked_credit_ages_by_its_own_due_date_and_a_partial_is_a_credit() -> None:
    linked = item("CM", date(2025, 6, 10), -100, ref_item="I1", doc_date=date(2025, 1, 1))
    part = item("PART", date(2025, 6, 30), -300, ref_item="I1", doc_type="RCPT", doc_date=date(2025, 6, 20))
    loose = item("LOOSE", date(2025, 6, 30), -700, doc_type="RCPT", doc_date=date(2025, 6, 20))
    result = aged(table("open_items", linked, part, loose), "BY_DATE").ageing_items.set_index("item_id")
    assert result["bucket_due"].to_dict() == {"CM": "1–30", "PART": "current", "LOOSE": "on account"}


def test_disputed_is_of_which_and_stays_in_its_bucket() -> None:
    other = item("I9", date(2025, 6, 30), 999, customer_id="C2")
    closed = item("I8", date(2025, 6, 30), 111, dispute_id="D2")
    flagged = item("I7", date(2025, 6, 30), 222, dispute_id="D7")
    items = pd.concat([ax_22(), table("open_items", other, closed, flagged)])
    row = {"ledger_id": "MAIN", "company_code": "1000", "customer_id": "C1", "currency": "EUR", "opened_date": date(2025, 6, 1)}
    disputes = table(
        "disputes",
        {**row, "dispute_id": "D1", "items": "I3 I9", "status": "IN_REVIEW"},
        {**row, "dispute_id": "D2", "items": "I1", "status": "RESOLVED"},
        {**row, "dispute_id": "D3", "items": "I2", "status": "NEW", "opened_date": date(2025, 7, 1)},
    )
    result = aged(items, disputes=disputes)
    assert set(result.ageing_items.loc[result.ageing_items["disputed"], "item_id"]) == {"I3", "I7"}
    found = columns(result, "DUE", "disputed")
    assert (found["1–30"], found["current"]) == (200000, 222)
    assert columns(result, "DUE")["1–30"] == 250000


def test_about_to_clear_shows_and_reduces_nothing() -> None:
    row = {"receipt_id": "R1", "allocation_date": AS_OF, "currency": "EUR", "amount_applied": 1, "reason": "r"}
    allocations = table(
        "allocations",
        {**row, "allocation_id": "R1:I3", "item_id": "I3", "amount_relieved": 150000},
        {**row, "allocation_id": "R1:GONE", "item_id": "GONE", "amount_relieved": 5},
    )
    result = aged(ax_22(), allocations=allocations)
    assert columns(result, "DUE", "about_to_clear")["1–30"] == 150000
    assert columns(result, "DUE")["1–30"] == 250000
    assert [finding.rows for finding in result.findings] == [("GONE",)]


def test_nothing_open_is_empty_and_has_nothing_to_tie() -> None:
    result = aged(empty("open_items"), "OLDEST_FIRST")
    assert (len(result.ageing), len(result.ageing_items), result.ties, result.findings) == (0, 0, (), ())


def random_rows(seed: int) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    rows = []
    for number in range(draw.randint(1, 25)):
        posted = AS_OF - timedelta(days=draw.randint(-5, 200))
        amount = draw.choice([1, -1]) * draw.randint(1, 99999)
        currency, local = draw.choice([("EUR", amount), ("USD", round(amount * 0.9))])
        opened = draw.choice([amount, amount // 2 if amount > 0 else amount])
        cleared = posted + timedelta(days=draw.randint(0, 90)) if draw.random() < 0.3 else pd.NaT
        gone = not pd.isna(cleared)
        rows.append(item(
            f"L{seed:03d}N{number:03d}", posted + timedelta(days=draw.randint(0, 60)), amount, doc_date=posted,
            ledger_id=f"L{seed:03d}", currency=currency, customer_id=draw.choice("AB"), clearing_date=cleared,
            company_code=draw.choice(["1000", "2000"]), amount_local=local, ref_item=draw.choice(["", "N000"]),
            open_amount_doc=0 if gone else opened, open_amount_local=0 if gone else draw.choice([local, local - 1]),
            doc_type=draw.choice(["INV", "DM"] if amount > 0 else ["CM", "RCPT", "ONACC", "ADJ"]),
        ))  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def ledgers() -> pd.DataFrame:
    """Two hundred random ledgers, each with its own seed, in one table."""
    return table("open_items", *(row for seed in range(200) for row in random_rows(seed)))


def by_hand(items: pd.DataFrame, day: date, field: str) -> int:
    total = 0
    fields = ["posting_date", "clearing_date", field, "open_" + field]
    for row in items[fields].to_dict("records"):
        if row["posting_date"].date() > day:
            continue
        if pd.isna(row["clearing_date"]):
            total += row["open_" + field]
        elif row["clearing_date"].date() > day:
            total += row[field]
    return total


@pytest.mark.parametrize("mode", MODES)
def test_AX_26_ageing_total_is_open_items_of_200_random_ledgers(ledgers: pd.DataFrame, mode: str) -> None:
    result = aged(ledgers, mode)
    sums = result.ageing.groupby(["basis", "ledger_id"])[["amount", "amount_local"]].sum()
    found = {key: tuple(row) for key, row in zip(sums.index, sums.to_numpy().tolist(), strict=True)}
    for ledger, items in ledgers.groupby("ledger_id"):
        expected = (by_hand(items, AS_OF, "amount_doc"), by_hand(items, AS_OF, "amount_local"))
        for basis in ("DUE", "INVOICE"):
            assert found.get((basis, ledger), (0, 0)) == expected, ledger
    assert len(result.ties) > 1000
    assert all(tie.holds for tie in result.ties)


@pytest.mark.parametrize("mode", MODES)
def test_CV_09_row_order_never_matters(ledgers: pd.DataFrame, mode: str) -> None:
    first, second = aged(ledgers, mode), aged(ledgers.sample(frac=1, random_state=7), mode)
    assert_frame_equal(first.ageing, second.ageing)
    assert_frame_equal(first.ageing_items, second.ageing_items)
    assert first.ties == second.ties


def test_MT_03_oldest_first_never_turns_a_bucket_negative(ledgers: pd.DataFrame) -> None:
    result = aged(ledgers, "OLDEST_FIRST").ageing
    beside = result["bucket"].isin(["credits", "on account"])
    assert (result.loc[~beside, "amount"] >= 0).all()
    assert (result.loc[beside, "amount"] <= 0).all()
    left = result.loc[beside & (result["amount"] < 0), ["ledger_id", "company_code", "customer_id", "currency", "basis"]]
    rest = result.loc[~beside].merge(left, how="inner")
    assert (rest["amount"] == 0).all(), "a credit is left only where no debit is"
