"""The worklist: CO-15."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from arwork.collect.overdue import net_overdue
from arwork.collect.payments import payments
from arwork.collect.priority import Facts, score
from arwork.collect.week import _bounced, _rated
from arwork.collect.worklist import Account, Day, trends, worklist
from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.money import ISO
from arwork.tables import conform, empty
from tests.ax import LINEAGE, customer, customers, item, items, minor, policy
from tests.test_collect_work import BOOK, contact, dispute, stood, table

AS_OF = date(2025, 3, 31)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(4_000_000, 5_000_000, 45, "C", 1, "MET", Decimal(6)), 5233),
        (Facts(800_000, 5_000_000, 95, "E", 3, "BREACHED", Decimal(0)), 6560),
        (Facts(9_000_000, 5_000_000, 400, "E", 9, "BREACHED", Decimal(90)), 10000),
        (Facts(0, 5_000_000, 0, "A", 0, "MET", None), 0),
        (Facts(0, 0, 0, "", 0, "AT_RISK", Decimal(-20)), 1250),
    ],
)
def test_co15_worked_scores(facts: Facts, expected: int) -> None:
    assert score(facts, policy())["total"] == expected


def result(number: str, who: str, named: str, day: str, status: str = "OPEN", **over: Any) -> dict[str, Any]:
    row = {
        "promise_id": number, **BOOK, "customer_id": who, "item": named, "created_date": "2025-03-01", "promised_date": day,
        "last_day": day, "currency": "EUR", "promised_amount": minor("100.00"), "paid_amount": 0, "status": status,
        "evaluated_at": None, "paid_late_date": None, "level": 1, "owner": "Ada", "next_action": "Call today.", **over,
    }  # fmt: skip
    return row


def promised(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    days = ("created_date", "promised_date", "last_day", "evaluated_at", "paid_late_date")
    return conform("promise_results", frame.assign(**{name: pd.to_datetime(frame[name]) for name in days}))


def listed(
    world: pd.DataFrame, *people: dict[str, Any], cases: pd.DataFrame | None = None, bounced: frozenset[Account] = frozenset(),
    distressed: frozenset[Account] = frozenset(), consumers: frozenset[Account] = frozenset(), holidays: Holidays = NO_HOLIDAYS,
    **frames: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    stands = stood(world, cases if cases is not None else empty("disputes"), AS_OF)
    owed = net_overdue(stands, empty("receipts"))
    day = Day(
        stands, owed, _rated(customers(*people), frames.get("profiles", empty("customer_profiles"))),
        frames.get("promises", empty("promise_results")), frames.get("first", empty("first_contacts")),
        frames.get("contacts", empty("contacts")), payments(world, empty("allocations"), empty("receipts"), AS_OF), bounced, distressed,
        consumers, holidays,
    )  # fmt: skip
    return worklist(day, policy(priority={"a_ref": "50000"}), ISO, AS_OF).sort_values("place").set_index("customer_id")


def test_co15_ranks_by_score_and_one_row_a_customer() -> None:
    world = items(
        item("1", "C1", "40000.00", due="2025-02-14"), item("2", "C1", "500.00", due="2025-03-20"),
        item("3", "C2", "8000.00", due="2024-12-26"), item("4", "C3", "100.00", due="2025-04-05"),
    )  # fmt: skip
    found = listed(world, customer("C1", collector="Ada"), customer("C2", collector="Bo"), customer("C3"))
    assert found.index.tolist() == ["C1", "C2"]
    assert found.loc["C1", ["net_overdue", "items", "oldest_days", "score"]].tolist() == [4_050_000, 2, 45, 2835 + 1250 + 750]
    assert found.loc["C1", "why"] == "Call: 40,500.00 EUR overdue, the oldest for 45 days."
    assert found.loc["C1", ["points_amount", "points_age", "points_risk"]].tolist() == [2835, 1250, 750]
    assert found.loc["C1", "script"].startswith("Due: 40,500.00 EUR on 2 documents: 1 of 40,000.00 EUR due 2025-02-14 (45 days), 2 of")
    assert found["collector"].tolist() == ["Ada", "Bo"]


def test_co15_a_broken_promise_goes_first_until_somebody_speaks_to_the_customer() -> None:
    world = items(item("1", "C1", "100.00", due="2025-03-01"), item("2", "C2", "40000.00", due="2025-03-01"))
    broken = promised(result("P1", "C1", "1", "2025-03-20", "BROKEN", evaluated_at="2025-03-23"))
    people = (customer("C1", collector="Ada"), customer("C2", collector="Bo"))
    found = listed(world, *people, promises=broken)
    assert found.index.tolist() == ["C1", "C2"]
    assert found.loc["C1", ["action_code", "next_action"]].tolist() == ["CL", "Call today."]
    assert "Not kept: 100.00 EUR promised by 2025-03-20, 0.00 EUR came." in found.loc["C1", "script"]
    spoken = table("contacts", contact("K1", "C1", "2025-03-25"))
    assert listed(world, *people, promises=broken, contacts=spoken).index.tolist() == ["C2", "C1"]


def test_co15_why_is_the_sentence_a_collector_wants() -> None:
    world = items(
        item("1", "C1", "84200.00", due="2025-02-14"), item("2", "C2", "100.00", due="2025-03-30"), item("3", "C3", "900.00", due="2025-03-01"),
        item("4", "C4", "70.00", due="2025-03-01"), item("5", "C5", "50.00", due="2025-03-01"), item("6", "C5", "-60.00", doc_type="ONACC"),
        item("7", "C6", "30.00", due="2025-03-01"), item("8", "C7", "90.00", due="2025-03-01"),
    )  # fmt: skip
    given = promised(
        result("P1", "C1", "1", "2025-03-12", "BROKEN", evaluated_at="2025-03-15", promised_amount=minor("5000.00")),
        result("P2", "C4", "4", "2025-04-04"),
        result("P3", "C7", "8", "2025-03-12", "PARTIALLY_KEPT", evaluated_at="2025-03-15", paid_amount=minor("40.00")),
    )
    people = (
        customer("C1", collector="Ada"), customer("C2", collector="Ada"), customer("C3", collector="Ada"),
        customer("C4", collector="Ada"), customer("C5"), customer("C6", status="LEGAL"), customer("C7", collector="Ada"),
    )  # fmt: skip
    cases = table("disputes", dispute("D1", "C3", "3", "200.00", opened="2025-03-05"))
    log = table("contacts", contact("K1", "C1", "2025-03-01"), contact("K2", "C7", "2025-03-31"))
    risky = table(
        "customer_profiles", {**BOOK, "customer_id": "C3", "risk_class": "E", "is_consumer": False, "is_public_body": False, **LINEAGE}
    )
    found = listed(world, *people, promises=given, cases=cases, contacts=log, profiles=risky)["why"]
    assert found.to_dict() == {
        "C1": "Call first: 84,200.00 EUR overdue, the oldest for 45 days; the promise of 5,000.00 EUR by 2025-03-12 was broken; "
        "no contact for 30 days.",
        "C2": "Call: 100.00 EUR overdue, the oldest for 1 day; no contact yet.",
        "C3": "Call: 700.00 EUR overdue net of 200.00 EUR in dispute, the oldest for 30 days; no contact yet; risk class E.",
        "C4": "Wait: 70.00 EUR overdue, the oldest for 30 days; 100.00 EUR promised for 2025-04-04; no contact yet.",
        "C5": "Not to be called: 60.00 EUR of its own money and credits cover the 50.00 EUR that are overdue.",
        "C6": "Not to be called: the account is in legal proceedings.",
        "C7": "Call: 90.00 EUR overdue, the oldest for 30 days; of the 100.00 EUR promised by 2025-03-12 only 40.00 EUR came; contacted today.",
    }


def test_co15_a_returned_cheque_and_distress_go_first() -> None:
    world = items(
        item("1", "C1", "100.00", due="2025-03-01"),
        item("2", "C2", "90.00", due="2025-03-01"),
        item("3", "C3", "40000.00", due="2025-03-01"),
    )
    account = lambda who: (*BOOK.values(), who)  # noqa: E731
    found = listed(
        world, *(customer(who, collector="Ada") for who in ("C1", "C2", "C3")),
        bounced=frozenset({account("C1")}), distressed=frozenset({account("C2")}),
    )  # fmt: skip
    assert found.index.tolist() == ["C1", "C2", "C3"]
    assert found["hard_first"].to_dict() == {"C1": "cheque came back", "C2": "in distress", "C3": ""}
    assert found.loc["C1", "why"] == "Call first: 100.00 EUR overdue, the oldest for 30 days; a cheque came back."
    cheque = {**BOOK, "customer_id": "C1", "returned_date": pd.Timestamp("2025-03-20")}
    spoken = table("contacts", contact("K1", "C1", "2025-03-21"))
    assert _bounced(pd.DataFrame([cheque]), empty("contacts"), AS_OF) == {account("C1")}
    assert _bounced(pd.DataFrame([cheque]), spoken, AS_OF) == frozenset()


def test_co15_an_open_promise_waits_only_for_what_it_covers() -> None:
    world = items(
        item("1", "C1", "100.00", due="2025-03-01"), item("2", "C2", "100.00", due="2025-03-01"), item("3", "C2", "5.00", due="2025-03-02")
    )
    given = promised(result("P1", "C1", "1", "2025-04-04"), result("P2", "C2", "2", "2025-04-04"))
    found = listed(world, customer("C1", collector="Ada"), customer("C2", collector="Ada"), promises=given)
    assert found["state"].to_dict() == {"C1": "WAIT", "C2": "CALL"}
    assert found.loc["C1", "act_by"] == pd.Timestamp("2025-04-06")


def test_co15_what_goes_elsewhere_still_has_an_owner_and_an_action() -> None:
    world = items(
        item("1", "C1", "100.00", due="2025-03-01"), item("2", "C2", "100.00", due="2025-03-01"), item("3", "C3", "100.00", due="2025-03-01"),
        item("4", "C3", "-120.00", doc="2025-03-05", doc_type="ONACC"),
    )  # fmt: skip
    cases = table("disputes", dispute("D1", "C1", "1", "100.00", opened="2025-03-05"))
    people = (customer("C1", collector="Ada"), customer("C2", status="LEGAL"), customer("C3"))
    found = listed(world, *people, cases=cases)
    assert set(found["state"]) == {"ELSEWHERE"}
    assert found["action_code"].to_dict() == {"C1": "DQ", "C2": "PL", "C3": "RC"}
    assert found["collector"].to_dict() == {"C1": "Ada", "C2": "legal", "C3": "collections"}


def test_co15_co10_a_first_contact_at_risk_goes_first_with_its_deadline() -> None:
    world = items(item("1", "C1", "100.00", due="2025-03-19"), item("2", "C2", "40000.00", due="2025-03-01"))
    row = {
        "item_id": "1000:1:2025:1", **BOOK, "customer_id": "C1", "collector": "Ada", "currency": "EUR", "amount": 10_000,
        "due_date": pd.Timestamp("2025-03-19"), "deadline": pd.Timestamp("2025-04-02"), "status": "AT_RISK",
    }  # fmt: skip
    found = listed(
        world, customer("C1", collector="Ada"), customer("C2", collector="Bo"), first=conform("first_contacts", pd.DataFrame([row]))
    )
    assert found.index.tolist() == ["C1", "C2"]
    assert found.loc["C1", ["hard_first", "act_by", "points_contact"]].tolist() == [
        "first contact at risk",
        pd.Timestamp("2025-04-02"),
        500,
    ]


def test_co15_three_failed_attempts_end_in_a_letter() -> None:
    world = items(item("1", "C1", "100.00", due="2025-03-01"))
    log = table("contacts", *(contact(f"K{n}", "C1", f"2025-03-1{n}", outcome="NO_ANSWER") for n in range(3)))
    found = listed(world, customer("C1", collector="Ada"), contacts=log)
    assert found.loc["C1", "action_code"] == "LT"
    assert found.loc["C1", "last_contacts"].startswith("2025-03-12 phone no answer; 2025-03-11")


def test_co15_trend_compares_three_months_with_the_nine_before() -> None:
    done = {"open": "0.00"}
    world = items(
        item("1", "C1", "10.00", due="2024-10-01", clearing_date="2024-10-05", clearing_doc="Z1", **done),
        item("2", "C1", "10.00", due="2025-02-01", clearing_date="2025-02-11", clearing_doc="Z2", **done),
        item("3", "C1", "10.00", due="2025-03-01", clearing_date="2025-03-21", clearing_doc="Z3", **done),
        item("4", "C2", "10.00", due="2025-03-01", clearing_date="2025-03-21", clearing_doc="Z4", **done),
    )  # fmt: skip
    found = trends(payments(world, empty("allocations"), empty("receipts"), AS_OF), AS_OF)
    assert found == {("MAIN", "1000", "C1"): Decimal(11)}


def test_co15_does_not_depend_on_row_order() -> None:
    world = items(*(item(str(n), f"C{n % 7}", f"{100 + n}.00", due=f"2025-03-{n % 20 + 1:02d}") for n in range(40)))
    people = [customer(f"C{n}", collector="Ada") for n in range(7)]
    first = listed(world, *people)
    again = listed(world.sample(frac=1, random_state=3).reset_index(drop=True), *people[::-1])
    pd.testing.assert_frame_equal(first, again)
    assert LINEAGE["source_file"]
