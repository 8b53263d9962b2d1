"""Promises, contacts and disputes of the journal laid over the exports (T13, T14, T16)."""

from __future__ import annotations

from typing import Any

from arwork.journal.events import Event
from arwork.journal.followed import Followed, follow
from arwork.tables import empty
from tests.ax import customer, customers

SEAL = "0" * 64


def event(seq: int, action: str, body: dict[str, Any]) -> Event:
    return Event(seq, f"2025-03-{seq:02d}T09:00:00+00:00", "Ada", "login", action, body, "Told on the phone.", SEAL, SEAL)


def followed(*events: Event) -> Followed:
    people = customers(customer("C1"), customer("C2"), customer("C2", company_code="2000"))
    return follow(events, empty("promises"), empty("contacts"), empty("disputes"), people)


PROMISE = {
    "promise": "P1",
    "step": "OPEN",
    "customer": "C1",
    "amount": 50_000,
    "currency": "EUR",
    "date": "2025-03-20",
    "items": ["A1", {"item": "A2"}],
}


def test_t13_a_promise_is_recorded_and_withdrawn_and_an_undone_one_is_gone() -> None:
    kept = followed(event(1, "PROMISE", PROMISE), event(2, "PROMISE", {**PROMISE, "step": "WITHDRAWN"})).promises
    assert kept[["promise_id", "item", "status", "promised_amount"]].values.tolist() == [["P1", "A1 A2", "WITHDRAWN", 50_000]]
    assert str(kept.loc[0, "created_date"].date()) == "2025-03-01"
    assert followed(event(1, "PROMISE", PROMISE), event(2, "UNDO", {"undoes": 1})).promises.empty


def test_t16_a_contact_carries_its_decision_and_an_unknown_outcome_is_told() -> None:
    said = {"customer": "C1", "channel": "PHONE", "outcome": "no answer", "date": "2025-03-05"}
    found = followed(event(3, "CONTACT", said), event(4, "CONTACT", {**said, "outcome": "laughed"}))
    assert found.contacts[["outcome", "made_by", "source_file", "source_line"]].values.tolist() == [["NO_ANSWER", "Ada", "journal", "3"]]
    assert found.findings[0].sentence.startswith("Decisions 4 (contact) of the journal")


def test_t14_a_dispute_moves_step_by_step() -> None:
    new = {"dispute": "D1", "step": "NEW", "customer": "C1", "items": ["A1"], "amount": 9_900, "currency": "EUR", "reason_code": "PR"}
    found = followed(event(1, "DISPUTE", new), event(5, "DISPUTE", {"dispute": "D1", "step": "RESOLVED", "resolution": "VALID"})).disputes
    assert found[["status", "resolution", "disputed_amount"]].values.tolist() == [["RESOLVED", "VALID", 9_900]]
    assert str(found.loc[0, "resolved_date"].date()) == "2025-03-05"
    assert str(found.loc[0, "logged_date"].date()) == "2025-03-01"


def test_t13_a_customer_number_of_two_companies_is_never_guessed() -> None:
    assert followed(event(1, "PROMISE", {**PROMISE, "customer": "C2"})).promises.empty
    told = followed(event(1, "PROMISE", {**PROMISE, "customer": "C2", "company_code": "2000"})).promises
    assert told["company_code"].tolist() == ["2000"]
