"""Service levels: target, figure, light and the rows that miss it, or what it would need (CO-96)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from arwork.collect.service_levels import Evidence, Levels, service_levels
from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.policy import Policy
from arwork.tables import conform, empty
from tests.ax import LINEAGE, policy
from tests.test_collect_work import BOOK, table

START, AS_OF = date(2025, 3, 1), date(2025, 3, 31)
NAMES = (
    "bank_lines", "cash_book", "receipts", "first_contacts", "disputes", "promise_results", "adjustment_checks", "statement_requests", "refund_steps",
    "bank_accounts", "open_items",
)  # fmt: skip


def measured(rules: Policy | None = None, off: Holidays = NO_HOLIDAYS, **frames: pd.DataFrame) -> Levels:
    standing = pd.DataFrame(
        {"left_local": [9000, 900, 100], "local_currency": "EUR", "days_past_due": [0, 30, 91], "item_id": ["A", "B", "C"]}
    )
    money = pd.DataFrame({"ledger_id": [], "company_code": [], "currency": [], "paid": [], "value_date": []}).astype(
        {"value_date": "datetime64[us]"}
    )
    held = {
        **{name: empty(name) for name in NAMES},
        "forecast_frozen": empty("forecast_frozen"),
        "paid": money,
        "standing": standing,
        **frames,
    }
    return service_levels(Evidence(held, rules or policy(), START, AS_OF, off))


def row(levels: Levels, name: str) -> dict[str, Any]:
    return {str(k): v for k, v in levels.service_levels.set_index("level").loc[name].to_dict().items()}


def behind(levels: Levels, name: str) -> list[str]:
    rows = levels.service_level_rows
    return sorted(rows.loc[rows["level"] == name, "row"])


def test_co96_what_has_no_table_says_which_it_needs() -> None:
    levels = measured()
    for name, needs in (
        ("cash_posted", "cash_book with the bank's reference"), ("first_contact", "contacts"), ("disputes_logged", "disputes with the day"),
        ("statement_requests", "statement_requests"), ("refund_decisions", "refund_steps"), ("forecast", "forecast_frozen"),
        ("reconciliations", "sign-offs"), ("misapplied", "decisions of the 60 days after"), ("promises_kept", "promises"),
        ("adjustments", "adjustment_register"), ("dispute_answers", "disputes"),
    ):  # fmt: skip
        found = row(levels, name)
        assert (found["light"], found["value"]) == ("NOT_MEASURABLE", "")
        assert found["sentence"].startswith("Not measurable: needs ")
        assert needs in found["sentence"]


def test_co96_overdue_and_its_rows() -> None:
    levels = measured()
    assert {k: row(levels, "overdue EUR")[k] for k in ("value", "light", "numerator", "denominator")} == {
        "value": "10.00 %", "light": "GREEN", "numerator": 1000, "denominator": 10000,
    }  # fmt: skip
    assert row(levels, "over_90 EUR")["value"] == "1.00 %"
    assert behind(levels, "overdue EUR") == ["B", "C"]


def asked(customer: str, requested: str, sent: str | None) -> dict[str, Any]:
    return {**BOOK, "customer_id": customer, "requested_date": requested, "sent_date": sent, **LINEAGE}


def test_co96_statement_requests_count_business_days() -> None:
    rows = table(
        "statement_requests",
        asked("C1", "2025-03-07", "2025-03-11"),  # Friday to Tuesday: two
        asked("C2", "2025-03-10", "2025-03-13"),  # three
        asked("C3", "2025-03-24", None),  # still waiting, too long
        asked("C4", "2025-03-31", None),  # waiting in time: neither
        asked("C5", "2025-02-03", "2025-02-20"),  # another month
    )
    levels = measured(statement_requests=rows)
    found = row(levels, "statement_requests")
    assert (found["numerator"], found["denominator"], found["value"], found["light"]) == (1, 3, "33.33 %", "RED")
    assert behind(levels, "statement_requests") == ["C2 2025-03-10", "C3 2025-03-24"]


def step(seq: int, refund: str, name: str, day: str, counts: bool = True) -> dict[str, Any]:
    return {"seq": seq, "at": f"{day}T09:00:00+00:00", "by": "ann", "refund_id": refund, "step": name, "reason": "why", "counts": counts}


@pytest.mark.parametrize(
    ("steps", "expected", "missed"),
    [
        ([step(1, "F1", "DOCUMENTED", "2025-03-03"), step(2, "F1", "APPROVED", "2025-03-10")], (1, 1), []),
        ([step(1, "F1", "DOCUMENTED", "2025-03-03"), step(2, "F1", "REJECTED", "2025-03-11")], (0, 1), ["F1"]),
        ([step(1, "F1", "DOCUMENTED", "2025-03-03")], (0, 1), ["F1"]),
        ([step(1, "F1", "DOCUMENTED", "2025-03-03"), step(2, "F1", "APPROVED", "2025-03-05", False)], (0, 1), ["F1"]),
    ],
    ids=["in time", "late", "waiting too long", "a step that does not count"],
)
def test_co96_refund_decisions(steps: list[dict[str, Any]], expected: tuple[int, int], missed: list[str]) -> None:
    levels = measured(refund_steps=pd.DataFrame(steps))
    found = row(levels, "refund_decisions")
    assert (found["numerator"], found["denominator"]) == expected
    assert behind(levels, "refund_decisions") == missed


def test_co96_forecast_of_the_month_start_against_what_came() -> None:
    """1,000.00 and 300.00 expected, 900.00 and 330.00 came: 130.00 of 1,230.00 is 10.57 %."""
    base = {
        "company_code": "1000",
        "currency": "EUR",
        "frozen_at": pd.Timestamp("2025-02-28"),
        "to_date": pd.Timestamp(AS_OF),
        "p10": 0,
        "p90": 0,
    }
    frozen = conform(
        "forecast_frozen",
        pd.DataFrame([{**base, "ledger_id": "FIN", "expected": 30_000}, {**base, "ledger_id": "MAIN", "expected": 100_000}]),
    )
    days = ["2025-03-04", "2025-03-31", "2025-02-28", "2025-04-01"]
    paid = pd.DataFrame({
        "ledger_id": ["MAIN", "FIN", "MAIN", "MAIN"], "company_code": "1000", "currency": "EUR", "paid": [90_000, 33_000, 5, 7], "value_date": pd.to_datetime(days),
    })  # fmt: skip
    found = row(measured(forecast_frozen=frozen, paid=paid), "forecast EUR")
    assert (found["value"], found["light"], found["numerator"], found["denominator"]) == ("10.57 %", "AMBER", 13_000, 123_000)
    later = frozen.assign(to_date=pd.Timestamp("2025-04-30"))
    assert row(measured(forecast_frozen=later, paid=paid), "forecast")["light"] == "NOT_MEASURABLE"


def test_co96_an_excluded_row_is_left_out_and_listed_with_reason_and_approver() -> None:
    rules = policy(service_levels={"overdue": {"exclude": [{"row": "B", "reason": "strike of the carrier", "approved_by": "Ada"},
                                                           {"row": "GONE", "reason": "x", "approved_by": "Ada"}]}})  # fmt: skip
    levels = measured(rules)
    found = row(levels, "overdue EUR")
    assert (found["numerator"], found["denominator"], found["excluded"]) == (100, 9100, 1)
    assert row(levels, "over_90 EUR")["excluded"] == 0
    told = levels.service_level_rows.loc[lambda t: t["row"] == "B"]
    assert told[["level", "why"]].values.tolist() == [["overdue", "excluded: strike of the carrier, approved by Ada"]]


OFF = {("MAIN", "1000"): frozenset({date(2025, 3, 18)})}
"""Tuesday 18 March is a holiday of MAIN/1000."""
OTHER = {("FIN", "2000"): frozenset({date(2025, 3, 18)})}


def _posted(day: str) -> dict[str, pd.DataFrame]:
    """A bank line booked on Monday 17 March, and the day on which the cash book holds it."""
    line = {
        "line_id": "L1", "statement_key": "S", "line_no": 1, "bank_account": "B1", "currency": "EUR", "booking_date": "2025-03-17", "amount": 100,
        "value_date": "2025-03-17", "bank_txn_id": "T1", "method": "WIRE", "is_return": False, "class": "RECEIPT", "class_reason": "money in",
    }  # fmt: skip
    book = {**BOOK, "bank_ref": "T1", "posting_date": day, "entry_id": "E1", "amount": 100, "currency": "EUR", "gl_account": "1200"}
    account = {**BOOK, "bank_account": "B1", "currency": "EUR"}
    found = {"bank_lines": ("booking_date", "value_date", line), "cash_book": ("posting_date", book), "bank_accounts": (account,)}
    return {name: _some(name, *days) for name, days in found.items()}


def _some(name: str, *parts: Any) -> pd.DataFrame:
    """A table without what is not looked at here, so that no check of the whole row stands between."""
    frame = pd.DataFrame([parts[-1]])
    return frame.assign(**{day: pd.to_datetime(frame[day]) for day in parts[:-1]})


def _receipt(day: str) -> dict[str, pd.DataFrame]:
    row = {**BOOK, "receipt_id": "R1", "status": "UNIDENTIFIED", "value_date": day, "currency": "EUR", "amount": 100, "unapplied_amount": 0}
    return {"receipts": _some("receipts", "value_date", row)}


def _logged(day: str) -> dict[str, pd.DataFrame]:
    row = {
        **BOOK,
        "dispute_id": "D1",
        "opened_date": "2025-03-17",
        "logged_date": day,
        "resolved_date": None,
        "due_date": None,
        "status": "NEW",
    }
    return {"disputes": _some("disputes", "opened_date", "logged_date", "resolved_date", "due_date", row)}


def _sent(day: str) -> dict[str, pd.DataFrame]:
    return {"statement_requests": table("statement_requests", asked("C1", "2025-03-17", day))}


def _decided(day: str) -> dict[str, pd.DataFrame]:
    steps = [step(1, "RF:I1", "DOCUMENTED", "2025-03-17"), step(2, "RF:I1", "APPROVED", day)]
    return {"refund_steps": pd.DataFrame(steps), "open_items": pd.DataFrame([{**BOOK, "item_id": "I1"}])}


@pytest.mark.parametrize(("level", "frames"), [
    ("cash_posted", _posted("2025-03-19")),  # one business day after Monday 17 March is Wednesday, without the Tuesday
    ("disputes_logged", _logged("2025-03-19")),
    ("statement_requests", _sent("2025-03-20")),
    ("refund_decisions", _decided("2025-03-25")),
])  # fmt: skip
def test_co96_a_holiday_between_is_no_business_day(level: str, frames: dict[str, pd.DataFrame]) -> None:
    """The same day is in time with a holiday of its book between, and late without one, or with one of another book."""
    for off, light in ((OFF, "GREEN"), ({}, "RED"), (OTHER, "RED")):
        assert row(measured(off=off, **frames), level)["light"] == light, off


def test_co96_a_holiday_gives_unidentified_cash_a_day_more() -> None:
    """Five business days after Monday 17 March end on Monday 24 March, or on Tuesday 25 March with the holiday: at 31 March both are over."""
    assert row(measured(off=OFF, **_receipt("2025-03-17")), "unidentified")["value"] == "1"
    week = {("MAIN", "1000"): frozenset(date(2025, 3, day) for day in range(18, 25))}  # the 18th to the 24th: five business days fewer
    assert row(measured(off=week, **_receipt("2025-03-17")), "unidentified")["value"] == "0"
    assert row(measured(**_receipt("2025-03-24")), "unidentified")["value"] == "0"


def test_co96_every_level_names_its_calendar() -> None:
    found = measured(off=OFF).service_levels.set_index("level")["calendar"]
    assert (found != "").all()
    business = "business days: Monday to Friday less the holidays of the params (1 of MAIN/1000)"
    for level in ("cash_posted", "unidentified", "disputes_logged", "statement_requests", "refund_decisions"):
        assert found[level] == business
    assert found["first_contact"] == "calendar days from the due date"
    assert measured().service_levels.set_index("level").at["unidentified", "calendar"].endswith("the params hold no holidays")
