"""Conduct: hours, days and number of contacts, consumers apart, and what the worklist says of it (CO-98)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from arwork.collect.conduct import conduct, time_of_day, window
from arwork.tables import conform, empty
from tests.ax import LINEAGE, customer, customers, item, items, policy
from tests.test_collect_work import BOOK, contact
from tests.test_collect_worklist import listed

RULES = policy().conduct
START, KEY = date(2025, 3, 1), date(2025, 3, 31)
OFF = {("MAIN", "1000"): frozenset({date(2025, 3, 31)})}
PEOPLE = customers(customer("C1", "Nordlicht Werke GmbH"), customer("C2", "Anna Weber"))


def profiles(*private: str) -> pd.DataFrame:
    rows = [{**BOOK, "customer_id": who, "is_consumer": True, "is_public_body": False, **LINEAGE} for who in private]
    return conform("customer_profiles", pd.DataFrame(rows)) if rows else empty("customer_profiles")


def log(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Write calls: customer, day, time."""
    made = [contact(f"K{n}", who, day, contact_time=at, made_by="kim") for n, (who, day, at) in enumerate(rows, start=1)]
    return conform("contacts", pd.DataFrame(made))


def broken(contacts: pd.DataFrame, **more: Any) -> list[tuple[str, str]]:
    found = conduct(contacts, PEOPLE, profiles("C2"), RULES, START, KEY, **more).conduct
    return list(found[["contact_id", "rule"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("text", "read"), [
    ("14:30", "14:30"), ("9:05", "09:05"), ("14:30:59", "14:30"), (" 00:00 ", "00:00"), ("24:00", None), ("12:60", None), ("noon", None), ("", None),
    ("2026-03-03 14:30:00", "14:30"), ("2026-03-03T08:05:00.000", "08:05"), ("2:30 PM", "14:30"), ("12:10 a.m.", "00:10"), ("12:10pm", "12:10"),
    ("13:10 PM", None), ("0:10 AM", None),
])  # fmt: skip
def test_co98_time_of_day(text: str, read: str | None) -> None:
    assert time_of_day(text) == read


@pytest.mark.parametrize(("row", "rules"), [
    (("C1", "2025-03-12", "08:00"), []),  # a Wednesday, at the first minute
    (("C1", "2025-03-12", "18:00"), []),
    (("C1", "2025-03-12", "18:01"), ["HOURS"]),
    (("C1", "2025-03-12", "7:59"), ["HOURS"]),
    (("C2", "2025-03-12", "08:30"), ["HOURS"]),  # allowed with a business, not with a consumer
    (("C2", "2025-03-12", "09:00"), []),
    (("C1", "2025-03-15", "10:00"), ["DAY"]),  # a Saturday
    (("C1", "2025-03-15", ""), ["DAY"]),
    (("C1", "2025-03-12", ""), []),  # the hour is not known
    (("C1", "2025-02-22", "10:00"), []),  # a Saturday before the period
    (("C1", "2025-04-05", "10:00"), []),  # and one after the key date
])  # fmt: skip
def test_co98_hours_of_a_contact(row: tuple[str, str, str], rules: list[str]) -> None:
    assert [rule for _, rule in broken(log(row))] == rules


def test_co98_a_holiday_of_the_book_has_no_hours() -> None:
    called = log(("C1", "2025-03-31", "10:00"))
    assert broken(called) == []
    assert broken(called, holidays=OFF) == [("K1", "DAY")]
    assert broken(called, holidays={("MAIN", "2000"): frozenset({KEY})}) == []


def test_co98_more_than_the_week_allows_counts_each_attempt() -> None:
    """A consumer may be called three times within seven days: the fourth is one too many, and on the eighth day the first counts no more."""
    days = ["2025-03-10", "2025-03-11", "2025-03-12", "2025-03-13", "2025-03-18"]
    assert broken(log(*(("C2", day, "10:00") for day in days))) == [("K4", "OFTEN")]
    assert broken(log(*(("C1", day, "10:00") for day in days))) == []
    early = ["2025-02-26", "2025-02-27", "2025-02-28", "2025-03-03"]
    assert broken(log(*(("C2", day, "10:00") for day in early))) == [("K4", "OFTEN")], "days before the period count"


def test_co98_letters_e_mails_and_calls_of_theirs_disturb_nobody() -> None:
    rows = [contact(f"K{n}", "C2", "2025-03-15", contact_time="03:00", **over) for n, over in enumerate(
        [{"type": "LETTER", "outcome": "SENT"}, {"type": "EMAIL", "outcome": "SENT"}, {"direction": "IN"}])]  # fmt: skip
    assert broken(conform("contacts", pd.DataFrame(rows))) == []


def test_co98_a_finding_says_who_when_how_and_by_which_rule() -> None:
    found = conduct(log(("C2", "2025-03-12", "19:30"), ("C1", "2025-03-12", "")), PEOPLE, profiles("C2"), RULES, START, KEY)
    row = found.conduct.iloc[0]
    assert row["sentence"] == "kim contacted the consumer Anna Weber by phone on 2025-03-12 at 19:30; 09:00–17:00 is allowed."
    assert (row["made_by"], row["contact_time"], row["type"], row["is_consumer"], row["owner"]) == (
        "kim",
        "19:30",
        "PHONE",
        True,
        "collections lead",
    )
    told = [(one.rule, one.severity, one.rows) for one in found.findings]
    assert told == [("CO-98", "warn", ("K1",)), ("CO-98", "info", ("K2",))]
    assert "1 of them with consumers" in found.findings[0].sentence


@pytest.mark.parametrize(("called", "day", "consumer", "said", "why"), [
    ([], "2025-03-28", False, "08:00–18:00", ""),
    ([], "2025-03-28", True, "09:00–17:00", ""),
    ([], "2025-03-29", True, "not before Tuesday 2025-04-01 09:00", "2025-03-29 is a Saturday"),
    ([], "2025-03-31", False, "not before Tuesday 2025-04-01 08:00", "2025-03-31 is a holiday"),
    (["2025-03-20", "2025-03-21", "2025-03-24"], "2025-03-25", True, "not before Thursday 2025-03-27 09:00", "it was contacted 3 times within seven days"),
    (["2025-03-20", "2025-03-21", "2025-03-24"], "2025-03-27", True, "09:00–17:00", ""),
    (["2025-03-20", "2025-03-21", "2025-03-24"], "2025-03-25", False, "08:00–18:00", ""),
])  # fmt: skip
def test_co98_when_a_customer_may_be_called(called: list[str], day: str, consumer: bool, said: str, why: str) -> None:
    found = window(map(date.fromisoformat, called), date.fromisoformat(day), RULES, OFF["MAIN", "1000"], consumer=consumer)
    assert found is not None
    assert (found.said(), found.why) == (said, why)


def test_co98_a_policy_without_calls_has_no_day() -> None:
    rules = policy(conduct={"most_a_week": 0, "consumer_most_a_week": 0}).conduct
    assert window([], KEY, rules, (), consumer=False) is None


def test_co98_the_worklist_says_from_when_and_who_is_a_consumer() -> None:
    """The key date is a holiday: both are called from Tuesday, the consumer an hour later, and the day by which moves with it."""
    owed = items(item("I1", "C1", "100.00", due="2025-03-15"), item("I2", "C2", "90.00", due="2025-03-15"))
    rows = listed(owed, customer("C1", "Nordlicht"), customer("C2", "Anna"), consumers=frozenset({("MAIN", "1000", "C2")}), holidays=OFF)
    assert rows.at["C1", "call_hours"] == "not before Tuesday 2025-04-01 08:00"
    assert rows.at["C2", "next_action"].endswith("A consumer: not before Tuesday 2025-04-01 09:00: 2025-03-31 is a holiday.")
    assert (rows["act_by"] == pd.Timestamp(2025, 4, 1)).all()
    assert rows["is_consumer"].to_dict() == {"C1": False, "C2": True}
    plain = listed(owed, customer("C1", "Nordlicht"), customer("C2", "Anna"), consumers=frozenset({("MAIN", "1000", "C2")}))
    assert plain.at["C2", "next_action"].endswith("A consumer: call between 09:00 and 17:00.")
    assert (plain.at["C1", "call_hours"], plain.at["C1", "act_by"]) == ("08:00–18:00", pd.Timestamp(KEY))


@pytest.mark.parametrize(("change", "told"), [
    ({"consumer_hours": {"SAT": ["09:00", "12:00"]}}, "SAT is wider than the hours of businesses"),
    ({"consumer_hours": {"MON": ["07:00", "12:00"]}}, "MON is wider"),
    ({"hours": {"MON": ["18:00", "08:00"]}}, "MON ends before it begins"),
    ({"hours": {"MON": ["8", "18:00"]}}, "must be a time of day such as 09:00"),
    ({"consumer_most_a_week": 9}, "more than most_a_week"),
    ({"mask_exports": "false"}, "needs a reason under unmasked_because"),
])  # fmt: skip
def test_co98_a_policy_that_protects_consumers_less_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        policy(conduct=change)
