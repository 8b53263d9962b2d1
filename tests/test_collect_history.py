"""Figures from tables on worked numbers: MT-14, MT-23, MT-24, MT-31, MT-48, MT-50 to MT-54, MT-61 to MT-65."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pandas as pd

from arwork.collect import metrics as mt
from arwork.collect.ageing import age
from arwork.collect.figure import Figure
from arwork.collect.figures import contacted
from arwork.collect.figures_cash import applied, disputed
from arwork.collect.figures_history import from_history
from arwork.collect.overdue import standing
from arwork.collect.provision import provision
from arwork.tables import empty
from tests.ax import policy
from tests.test_collect_dunning import RUN, item, late, table

ENDS = (30, 60, 90)


def said(figures: Iterable[Figure], metric: str) -> dict[str, str]:
    """Write the values of a metric by variant as they are shown; what it needs where it has none."""
    return {f.variant: f.needs or ("" if f.value is None else str(mt.shown(f.value))) for f in figures if f.metric == metric}


def standing_of(items: pd.DataFrame, disputes: pd.DataFrame | None = None) -> pd.DataFrame:
    cases = empty("disputes") if disputes is None else disputes
    return standing(age(items, cases, empty("allocations"), policy(), RUN).ageing_items, items, cases, RUN)


def history(items: pd.DataFrame, monthly: dict[str, int] | None = None) -> list[Figure]:
    return list(from_history({"items": standing_of(items), "open_items": items}, monthly or {}, ENDS, RUN))


def test_MT_14_true_dso_worked_number() -> None:
    new, old = RUN - timedelta(days=21), RUN - timedelta(days=54)
    items = table("open_items", item("A", late(-9), 100_000, doc_date=new), item("B", late(24), 200_000, doc_date=old))
    months = {f"{new:%Y-%m}": 1_000_000, f"{old:%Y-%m}": 800_000}
    assert said(history(items, months), "MT-14") == {"by invoice": "15.60"}
    assert said(history(items, {f"{new:%Y-%m}": 1_000_000}), "MT-14") == {"by invoice": f"sales_history of {old:%Y-%m}"}


def test_MT_24_MT_62_roll_rates_and_their_chain() -> None:
    """Of 1,000.00 in each bucket at the end of May 30, 40, 50 and 60 % stand one bucket further at the end of June: 3.60 % in the end."""
    before = RUN.replace(day=1) - timedelta(days=1)
    rows = []
    for place, (days, rolled) in enumerate([(0, 30), (15, 40), (45, 50), (75, 60)]):
        due = before - timedelta(days=days)
        rows += [
            item(f"{place}a", due, rolled * 1000),
            item(f"{place}b", due, (100 - rolled) * 1000, clearing_date=RUN, open_amount_doc=0, open_amount_local=0),
        ]
    found = history(table("open_items", *rows))
    assert said(found, "MT-24") == {
        "current to 1–30": "30.00",
        "1–30 to 31–60": "40.00",
        "31–60 to 61–90": "50.00",
        "61–90 to > 90": "60.00",
    }
    assert said(found, "MT-62") == {"from current": "3.60", "from 1–30": "12.00", "from 31–60": "30.00", "from 61–90": "60.00"}


def test_MT_61_cohort_of_the_ledger_gives_the_worked_rates() -> None:
    """1,000.00 due on 1 January: 500.00 unpaid that day, 230.00 after 30, 80.00 after 60, 20.00 after 90 days."""
    due = date(2025, 1, 1)
    paid = [(0, 50_000), (20, 27_000), (40, 15_000), (75, 6_000)]
    rows = [
        item(f"{days}", due, amount, clearing_date=due + timedelta(days=days), open_amount_doc=0, open_amount_local=0)
        for days, amount in paid
    ]
    young = item("young", late(9), 70_000)
    found = history(table("open_items", *rows, item("lost", due, 2_000), young))
    assert said(found, "MT-61") == {
        "reached current": "2.00", "reached 1–30": "4.00", "reached 31–60": "8.70", "reached 61–90": "25.00", "reached > 90": "100.00",
    }  # fmt: skip
    assert set(said(history(table("open_items", young)), "MT-61").values()) == {
        "cleared items in the extract of open items, more than 90 days back"
    }


def test_MT_31_CO_10_by_collector_and_week_of_the_deadline() -> None:
    day = {"MET": date(2025, 6, 3), "BREACHED": date(2025, 6, 10)}
    base = {"due_date": date(2025, 5, 20), "amount": 1}
    rows = [
        {"item_id": str(n), "collector": who, "status": status, "deadline": day[status], **base}
        for n, (who, status) in enumerate([("Ann", "MET"), ("Ann", "BREACHED"), ("Ben", "MET")])
    ]
    assert said(contacted(table("first_contacts", *rows), date(2025, 6, 1), RUN), "MT-31") == {
        "standard": "66.67", "collector Ann": "50.00", "collector Ben": "100.00", "deadline in the week of 2025-06-02": "100.00",
        "deadline in the week of 2025-06-09": "0.00",
    }  # fmt: skip


def test_MT_48_electronic_payments_by_count_and_value() -> None:
    base = {"booking_date": RUN, "value_date": RUN, "statement_key": "S"}
    got = table(
        "receipts",
        {**base, "receipt_id": "1", "amount": 750, "method": "SEPA_CT"},
        {**base, "receipt_id": "2", "amount": 250, "method": "CHEQUE"},
    )
    found = applied(got, empty("proposals"), empty("allocations"), RUN.replace(day=1), RUN)
    assert said(found, "MT-48") == {"by count": "50.00", "value EUR": "75.00"}


def test_MT_50_to_MT_54_disputes_on_worked_numbers() -> None:
    """380.00 in dispute of 1,900.00 open; 610.00 brought into dispute in 90 days; two resolved after 10 and 5 days, one of them valid."""
    items = table("open_items", item("A", late(9), 38_000), item("B", late(-9), 152_000))
    start = RUN - timedelta(days=89)
    base = {"items": "GONE", "reason_code": "PR", "currency": "EUR", "opened_date": late(30), "due_date": late(1), "status": "RESOLVED"}
    cases = table(
        "disputes", {**base, "dispute_id": "1", "items": "A", "disputed_amount": 38_000, "status": "IN_REVIEW"},
        {**base, "dispute_id": "2", "disputed_amount": 13_000, "resolved_date": late(20), "resolution": "VALID"},
        {**base, "dispute_id": "3", "disputed_amount": 10_000, "resolved_date": late(25), "resolution": "INVALID"},
        {**base, "dispute_id": "4", "disputed_amount": 9_000, "opened_date": late(200), "resolved_date": late(150)},
    )  # fmt: skip
    found = list(disputed({"items": standing_of(items, cases), "disputes": cases}, start, RUN))
    assert {f.metric: str(mt.shown(f.value)) for f in found if f.value is not None} == {
        "MT-50": "20.00", "MT-51": "56.07", "MT-52": "7.50", "MT-53": "50.00", "MT-54": "100.00",
    }  # fmt: skip


def test_MT_60_MT_64_MT_65_provision_from_the_ageing() -> None:
    """Rates of the policy on the debits alone; affiliates and insolvent accounts apart; presumptions from 31 and 91 days on."""
    people = [("C1", "STD", "ACTIVE"), ("C2", "IC", "ACTIVE"), ("C3", "STD", "INSOLVENT")]
    owed = [("C1", -9, 100_000), ("C1", 45, 50_000), ("C1", 95, 10_000), ("C1", 3, -5_000), ("C2", 45, 70_000), ("C3", 45, 80_000)]
    items = table("open_items", *(item(f"I{n}", late(days), amount, customer_id=who) for n, (who, days, amount) in enumerate(owed)))
    rules = policy(provision={"rates": {"STD": ["0.3", "1.6", "3.6", "6.6", "10.6"]}})
    customers = table(
        "customers", *({"customer_id": who, "name": who, "tolerance_group": group, "status": state} for who, group, state in people)
    )
    found = provision(age(items, empty("disputes"), empty("allocations"), rules, RUN).ageing_items, customers, rules)
    assert sorted(found[["group", "bucket", "exposure", "expected_loss", "presumed"]].itertuples(index=False, name=None)) == [
        ("AFFILIATES", "31–60", 70_000, 0, "INCREASED_RISK"), ("ONE BY ONE", "31–60", 80_000, 0, "INCREASED_RISK"),
        ("STD", "31–60", 50_000, 1_800, "INCREASED_RISK"), ("STD", "> 90", 10_000, 1_060, "DEFAULT"), ("STD", "current", 100_000, 300, "NONE"),
    ]  # fmt: skip
