"""Promises: CO-30, MT-30, T13."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from arwork.collect import metrics as mt
from arwork.collect.payments import payments
from arwork.collect.promises import evaluate, kept_ratio
from arwork.money import ISO
from arwork.tables import conform, empty
from tests.ax import LINEAGE, customer, customers, item, items, minor, policy

WHO = {"ledger_id": "MAIN", "company_code": "1000", "customer_id": "C1"}


def promise(number: str, amount: str, created: str, day: str, **over: Any) -> dict[str, Any]:
    row = {
        "promise_id": number, **WHO, "item": "A1", "created_date": created, "promised_date": day, "promised_amount": minor(amount),
        "currency": "EUR", "status": "OPEN", **LINEAGE,
    }  # fmt: skip
    return {**row, **over}


def cleared(number: str, amount: str, day: str, **over: Any) -> dict[str, Any]:
    return item(number, "C1", amount, open="0.00", clearing_date=day, clearing_doc=f"Z{number}", **over)


def paid(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame([{"item_id": f"1000:{n}:2025:1", "value_date": d, "paid": minor(a), "currency": "EUR"} for n, a, d in rows])
    return frame.assign(value_date=pd.to_datetime(frame["value_date"])) if rows else payments(items(), *_none(), date(2025, 3, 31))


def _none() -> tuple[pd.DataFrame, pd.DataFrame]:
    return empty("allocations"), empty("receipts")


def results(*promises: dict[str, Any], money: pd.DataFrame, as_of: str = "2025-03-31", account: pd.DataFrame | None = None) -> pd.DataFrame:
    given = conform("promises", pd.DataFrame(list(promises)).assign(**{
        name: pd.to_datetime([p[name] for p in promises]) for name in ("created_date", "promised_date")
    }))  # fmt: skip
    world = items(*(item(n, "C1", "1000.00") for n in ("A1", "A2", "A3")))
    held = account if account is not None else empty("receipts")
    found = evaluate(given, money, held, world, customers(customer("C1", collector="Ada")), policy(), ISO, date.fromisoformat(as_of))
    return found.set_index("promise_id")


@pytest.mark.parametrize(
    ("money", "as_of", "status", "paid_amount", "late"),
    [
        ([("A1", "500.00", "2025-03-12")], "2025-03-13", "KEPT", "500.00", None),  # second day of tolerance
        ([("A1", "500.00", "2025-03-13")], "2025-03-13", "BROKEN", "0.00", "2025-03-13"),  # a day too late
        ([("A1", "300.00", "2025-03-10")], "2025-03-13", "PARTIALLY_KEPT", "300.00", None),
        ([("A1", "300.00", "2025-03-10")], "2025-03-12", "OPEN", "300.00", None),  # not yet to be judged
        ([("A1", "500.00", "2025-02-27")], "2025-03-13", "BROKEN", "0.00", None),  # paid before it was promised
        ([], "2025-03-12", "OPEN", "0.00", None),
        ([], "2025-03-13", "BROKEN", "0.00", None),
        ([("A1", "500.00", "2025-03-02")], "2025-03-03", "KEPT", "500.00", None),  # paid early is judged early
        ([("A2", "500.00", "2025-03-05")], "2025-03-13", "BROKEN", "0.00", None),  # another document
        ([("A1", "200.00", "2025-03-10"), ("A1", "300.00", "2025-03-20")], "2025-03-31", "PARTIALLY_KEPT", "200.00", "2025-03-20"),
    ],
)
def test_co30_a_promise_is_judged_by_what_was_paid_in_its_window(
    money: list[tuple[str, str, str]], as_of: str, status: str, paid_amount: str, late: str | None
) -> None:
    row = results(promise("P1", "500.00", "2025-03-01", "2025-03-10"), money=paid(*money), as_of=as_of).loc["P1"]
    assert (row["status"], row["paid_amount"]) == (status, minor(paid_amount))
    assert (None if pd.isna(row["paid_late_date"]) else row["paid_late_date"].date().isoformat()) == late


def test_co30_one_promise_over_many_documents() -> None:
    one = promise("P1", "1500.00", "2025-03-01", "2025-03-10", item="A1 A2")
    found = results(one, money=paid(("A1", "1000.00", "2025-03-05"), ("A2", "500.00", "2025-03-09"), ("A3", "900.00", "2025-03-09")))
    assert found.loc["P1", ["status", "paid_amount"]].tolist() == ["KEPT", 150_000]


def test_co30_instalments_share_each_payment_once() -> None:
    plan = [promise(f"P{n}", "400.00", "2025-03-01", day, plan="R1") for n, day in enumerate(("2025-03-05", "2025-03-12", "2025-03-19"), 1)]
    found = results(*plan, money=paid(("A1", "400.00", "2025-03-05"), ("A1", "700.00", "2025-03-12")), as_of="2025-03-31")
    assert found["status"].tolist() == ["KEPT", "KEPT", "PARTIALLY_KEPT"]
    assert found["paid_amount"].tolist() == [40_000, 40_000, 30_000]


def test_co30_a_missed_instalment_stays_broken_and_the_next_is_kept() -> None:
    plan = [promise(f"P{n}", "400.00", "2025-03-01", day, plan="R1") for n, day in enumerate(("2025-03-05", "2025-03-15"), 1)]
    found = results(*plan, money=paid(("A1", "400.00", "2025-03-14"), ("A1", "400.00", "2025-03-20")))
    assert found["status"].tolist() == ["BROKEN", "KEPT"]
    assert found.loc["P1", "paid_late_date"] == pd.Timestamp("2025-03-20")


def test_co30_a_promise_for_the_account_counts_receipts_of_the_customer() -> None:
    got = pd.DataFrame([{**WHO, "currency": "EUR", "value_date": pd.Timestamp("2025-03-08"), "amount": 60_000}])
    found = results(promise("P1", "500.00", "2025-03-01", "2025-03-10", item=""), money=paid(), account=got)
    assert found.loc["P1", "status"] == "KEPT"


def test_co30_a_new_promise_before_the_day_supersedes_and_after_it_does_not() -> None:
    early = results(
        promise("P1", "500.00", "2025-03-01", "2025-03-10"), promise("P2", "500.00", "2025-03-08", "2025-03-20"), money=paid()
    )  # fmt: skip
    assert early["status"].tolist() == ["SUPERSEDED", "BROKEN"]
    assert early["level"].tolist() == [1, 1]
    late = results(promise("P1", "500.00", "2025-03-01", "2025-03-10"), promise("P2", "500.00", "2025-03-11", "2025-03-20"), money=paid())
    assert late["status"].tolist() == ["BROKEN", "BROKEN"]
    assert late["level"].tolist() == [1, 2]


def test_co30_consequences_grow_with_the_level() -> None:
    days = ["2025-01-05", "2025-01-15", "2025-01-25"]
    made = [str(date.fromisoformat(d) - timedelta(4)) for d in days]
    found = results(*(promise(f"P{n}", "5.00", m, d) for n, (m, d) in enumerate(zip(made, days, strict=True), 1)), money=paid())
    assert found["level"].tolist() == [1, 2, 3]
    assert found["owner"].tolist() == ["Ada", "supervisor", "team lead"]
    assert "more than 7 days" in found.loc["P1", "next_action"]
    assert "final demand" in found.loc["P3", "next_action"]


def test_co30_unknown_documents_are_never_judged() -> None:
    found = results(promise("P1", "5.00", "2025-03-01", "2025-03-05", item="NOWHERE"), money=paid())
    assert found.loc["P1", "status"] == "OPEN"
    assert "Find the documents NOWHERE" in found.loc["P1", "next_action"]


def test_mt30_worked_by_count_and_value() -> None:
    given = [
        promise("P1", "500.00", "2025-03-01", "2025-03-05", item="A1"), promise("P2", "500.00", "2025-03-01", "2025-03-05", item="A2"),
        promise("P3", "1000.00", "2025-03-01", "2025-03-05", item="A3"), promise("P4", "300.00", "2025-03-20", "2025-03-21", item="A1"),
        promise("P5", "200.00", "2025-03-20", "2025-03-21", item="A2"), promise("P6", "50.00", "2025-03-30", "2025-04-21", item="A3"),
    ]  # fmt: skip
    money = paid(("A1", "500.00", "2025-03-02"), ("A2", "500.00", "2025-03-02"), ("A3", "500.00", "2025-03-02"))
    pairs, states = kept_ratio(results(*given, money=money).reset_index())
    assert states == {"KEPT": 2, "PARTIALLY_KEPT": 1, "BROKEN": 2}
    assert [str(mt.shown(v)) for v in (mt.kept_by_count(2, 1, 2), mt.kept_by_value(pairs)) if v is not None] == ["40.00", "60.00"]


def test_payments_of_the_erp_are_dated_by_the_money_and_credits_pay_nothing() -> None:
    world = items(
        cleared("B1", "100.00", "2025-03-10"), item("B1Z", "C1", "-100.00", open="0.00", doc_type="RCPT", doc="2025-03-08",
        clearing_date="2025-03-10", clearing_doc="ZB1"), cleared("B2", "70.00", "2025-03-12"),
        item("B2Z", "C1", "-70.00", open="0.00", clearing_date="2025-03-12", clearing_doc="ZB2"), cleared("B3", "30.00", "2025-03-14"),
    )  # fmt: skip
    found = payments(world, *_none(), date(2025, 3, 31))
    assert [(str(d.date()), p) for d, p in zip(found["value_date"], found["paid"], strict=True)] == [
        ("2025-03-08", 10_000),
        ("2025-03-14", 3_000),
    ]
