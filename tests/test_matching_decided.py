"""Decisions of people come first, and only while the world is still as they saw it."""

from __future__ import annotations

from typing import Any

import pytest
from ax import Ran, bank, customer, decide, item, receipt, together

A, B = "1000:6001001:2025:1", "1000:6001002:2025:1"


def case(
    *decisions: dict[str, Any], paid: dict[str, Any] | None = None, more: tuple[dict[str, Any], ...] = (), **doc: Any
) -> dict[str, Any]:
    """Describe invoices A 1,000.00 and B 500.00 of C1 and a receipt R1 of 1,000.00 that names nothing, with decisions on it."""
    cash = {"amount": "1000.00", "account": "DE01", **(paid or {})}
    return {
        "items": [item("6001001", "C1", "1000.00", **doc), item("6001002", "C1", "500.00")],
        "receipts": [receipt("R1", cash.pop("amount"), "2025-03-12", **cash), *more],
        "customers": [customer("C1")],
        "banks": [bank("C1", "DE01")],
        "decided": list(decisions),
    }


SHORT = (decide(7, "ana", "R1", A, "400.00", seen="1000.00"), decide(7, "ana", "R1", B, "490.00", seen="500.00", discount="10.00"))
CASES: dict[str, dict[str, Any]] = {
    "whole": case(decide(7, "ana", "R1", A, "1000.00", reason="called the customer")),
    "part, discount and rest": case(*SHORT, decide(7, "ana", "R1", "", "60.00")),
    "on account": case(decide(7, "ana", "R1", "", "1000.00")),
    "unknown payer": case(decide(7, "ana", "R1", A, "1000.00"), paid={"account": ""}),
    "open amount changed": case(decide(7, "ana", "R1", A, "900.00", seen="900.00")),
    "no longer open": case(decide(7, "ana", "R1", A, "1000.00"), clearing_date="2025-03-01", open="0"),
    "too much cash": case(decide(7, "ana", "R1", A, "1000.00"), decide(7, "ana", "R1", B, "500.00")),
    "too much relieved": case(decide(7, "ana", "R1", A, "1000.00", discount="1.00", seen="1000.00")),
    "twice the same item": case(decide(7, "ana", "R1", A, "500.00", seen="1000.00"), decide(7, "ana", "R1", A, "500.00", seen="1000.00")),
    "nothing": case(decide(7, "ana", "R1", "", "0.00")),
    "other currency": case(decide(7, "ana", "R1", A, "1000.00"), currency="USD"),
    "no such item": case(decide(7, "ana", "R1", "1000:1:2025:1", "1000.00")),
    "used by an earlier decision": case(
        decide(7, "ana", "R2", A, "1000.00"),
        decide(8, "ben", "R1", A, "1000.00"),
        more=(receipt("R2", "1000.00", "2025-03-13", account="DE01"),),
    ),
    "two decisions": case(decide(7, "ana", "R1", A, "1000.00"), decide(9, "ben", "R1", B, "500.00")),
    "held after all": case(decide(7, "ana", "R1", A, "1000.00"), decide(9, "ben", "R1", action="HOLD", reason="customer disputes")),
    "rejected": case(decide(7, "ana", "R1", action="REJECT", reason="belongs to somebody else")),
    "held": case(decide(7, "ana", "R1", action="HOLD", reason="waiting for the advice")),
    "noted": case(decide(7, "ana", "R1", action="NOTE", reason="nice people")),
    "undone": case(decide(7, "ana", "R1", B, "500.00", action="UNDONE")),
    "superseded": case(decide(7, "ana", "R1", B, "500.00", action="SUPERSEDED")),
    "another close": case(decide(7, "ana", "R9", A, "1000.00")),
    "rejected, nothing there": case(decide(7, "ana", "R1", action="REJECT", reason="x"), paid={"amount": "77.00"}),
    "stale, nothing there": case(decide(7, "ana", "R1", A, "77.00", seen="999.00"), paid={"amount": "77.00"}),
    "the rest of an item": case(
        decide(7, "ana", "R1", A, "600.00", seen="1000.00"),
        paid={"amount": "600.00"},
        more=(receipt("R2", "400.00", "2025-03-13", text="INV 6001001", account="DE01"),),
    ),
    "an item a person took": case(decide(7, "ana", "R1", A, "1000.00"), more=(receipt("R2", "1000.00", "2025-03-13", text="INV 6001001"),)),
    "rejected does not hold its item": case(
        decide(7, "ana", "R1", action="REJECT"),
        paid={"text": "INV 6001001"},
        more=(receipt("R2", "1000.00", "2025-03-13", account="DE01"),),
    ),
}


@pytest.fixture(scope="module")
def ran() -> dict[str, Ran]:
    return together(CASES)


APPLIED = {
    "whole": ("APPLIED", 100000, 0, 0),
    "part, discount and rest": ("PARTIALLY_APPLIED", 89000, 6000, 5000),
    "on account": ("ON_ACCOUNT", 0, 100000, 0),
}


@pytest.mark.parametrize("name", APPLIED)
def test_a_decision_is_applied_and_marked_by_person(ran: dict[str, Ran], name: str) -> None:
    out = ran[name]
    row = out.of("R1")
    assert (row.strategy, row.status, row.decided_by, row.decision_seq) == ("PERSON", "AUTO", "ana", 7)
    columns = ["status", "applied_amount", "on_account_amount", "unapplied_amount"]
    assert out.settled.receipts[columns].values.tolist() == [list(APPLIED[name])]
    assert out.settled.decisions["outcome"].tolist() == ["APPLIED"]
    assert set(out.settled.allocations["by"]) <= {"ana"}
    assert set(out.settled.allocations["rule_id"]) <= {"PERSON"}


def test_what_a_person_relieves_is_cash_and_discount(ran: dict[str, Ran]) -> None:
    lines = ran["part, discount and rest"].settled.allocations
    assert lines[["amount_applied", "discount", "amount_relieved", "decision_seq"]].values.tolist() == [
        [40000, 0, 40000, 7],
        [49000, 1000, 50000, 7],
    ]
    assert "called the customer" in ran["whole"].of("R1").sentence


def test_a_decision_names_the_payer_of_an_unidentified_receipt(ran: dict[str, Ran]) -> None:
    row = ran["unknown payer"].settled.receipts.iloc[0]
    assert (row["customer_id"], row["status"], row["unidentified_amount"]) == ("C1", "APPLIED", 0)


STALE = {
    "open amount changed": ("REVIEW", "what is open on item"),
    "no longer open": ("NONE", "no longer open"),
    "too much cash": ("REVIEW", "more than the receipt"),
    "too much relieved": ("REVIEW", "more off item"),
    "twice the same item": ("REVIEW", "names an item twice"),
    "nothing": ("REVIEW", "allocates nothing"),
    "other currency": ("NONE", "is in USD"),
    "no such item": ("REVIEW", "no longer open"),
    "used by an earlier decision": ("NONE", "already used item"),
    "stale, nothing there": ("NONE", "what is open on item"),
}


@pytest.mark.parametrize("name", STALE)
def test_a_stale_decision_posts_nothing_and_the_rules_may_only_ask(ran: dict[str, Ran], name: str) -> None:
    status, reason = STALE[name]
    out = ran[name]
    assert (out.of("R1").status, out.of("R1").strategy) == (status, "M06" if status == "REVIEW" else "M16")
    assert reason in out.of("R1").why_not
    assert "R1" not in set(out.settled.allocations["receipt_id"])
    told = out.settled.decisions.set_index("receipt_id").loc["R1"]
    assert told["outcome"] == "STALE"
    assert reason in told["outcome_reason"]


def test_the_latest_decision_on_a_receipt_holds(ran: dict[str, Ran]) -> None:
    out = ran["two decisions"]
    assert (out.of("R1").decision_seq, out.of("R1").decided_by) == (9, "ben")
    assert out.settled.decisions["outcome"].tolist() == ["SUPERSEDED", "APPLIED"]
    assert out.settled.receipts["unapplied_amount"].tolist() == [50000]
    held = ran["held after all"]
    assert (held.of("R1").strategy, held.of("R1").status) == ("M06", "REVIEW")
    assert held.settled.decisions["outcome"].tolist() == ["SUPERSEDED", "HELD"]


@pytest.mark.parametrize(
    ("name", "why"), [("rejected", "Rejected by ana: belongs to somebody else"), ("held", "Held by ana: waiting for the advice")]
)
def test_reject_and_hold_send_the_rules_proposal_to_review(ran: dict[str, Ran], name: str, why: str) -> None:
    row = ran[name].of("R1")
    assert (row.strategy, row.status, row.why_not) == ("M06", "REVIEW", why)
    assert ran[name].settled.allocations.empty
    assert ran[name].settled.decisions["outcome"].tolist() == [{"rejected": "REJECTED", "held": "HELD"}[name]]


@pytest.mark.parametrize(
    ("name", "outcome"), [("noted", "RECORDED"), ("undone", "UNDONE"), ("superseded", "SUPERSEDED"), ("another close", "STALE")]
)
def test_what_is_not_in_force_changes_nothing(ran: dict[str, Ran], name: str, outcome: str) -> None:
    assert (ran[name].of("R1").strategy, ran[name].of("R1").status) == ("M06", "AUTO")
    assert ran[name].settled.decisions["outcome"].tolist() == [outcome]
    number = f"{list(CASES).index(name)}007"
    stale = {row for finding in ran[name].settled.findings if finding.rule == "CV-12" for row in finding.rows}
    assert (number in stale) is (outcome == "STALE")


def test_rejecting_nothing_stays_nothing(ran: dict[str, Ran]) -> None:
    assert ran["rejected, nothing there"].of("R1").status == "NONE"


def test_what_a_decision_leaves_on_an_item_may_be_paid_by_rule(ran: dict[str, Ran]) -> None:
    out = ran["the rest of an item"]
    assert [(row.strategy, row.status) for row in out.proposals.itertuples()] == [("PERSON", "AUTO"), ("M04", "AUTO")]
    assert out.settled.allocations["amount_relieved"].tolist() == [60000, 40000]


def test_g_18_an_item_that_a_person_took_is_gone(ran: dict[str, Ran]) -> None:
    row = ran["an item a person took"].of("R2")
    assert (row.strategy, row.status, row.gates) == ("M16", "REVIEW", "G-18")
    assert "already allocated by a person" in row.why_not


def test_a_rejected_claim_holds_nothing(ran: dict[str, Ran]) -> None:
    out = ran["rejected does not hold its item"]
    assert [(row.strategy, row.status) for row in out.proposals.itertuples()] == [("M04", "REVIEW"), ("M06", "AUTO")]
