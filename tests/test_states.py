"""What may follow what: every pair of states, every role and act, every border of a tier."""

from __future__ import annotations

from itertools import product

import pytest
import yaml
from conftest import ROOT

from arwork.states import ACTS, MACHINES, ROLES, WHO, approval, may_act, may_follow

LEGAL = {
    "receipt": """UNIDENTIFIED>UNAPPLIED UNIDENTIFIED>RETURNED_TO_PAYER UNIDENTIFIED>MISDIRECTED UNIDENTIFIED>REVERSED
        UNAPPLIED>PARTIALLY_APPLIED UNAPPLIED>APPLIED UNAPPLIED>ON_ACCOUNT UNAPPLIED>RETURNED_TO_PAYER UNAPPLIED>MISDIRECTED UNAPPLIED>REVERSED
        PARTIALLY_APPLIED>APPLIED PARTIALLY_APPLIED>ON_ACCOUNT PARTIALLY_APPLIED>REFUND_PENDING PARTIALLY_APPLIED>MISDIRECTED
        PARTIALLY_APPLIED>REVERSED APPLIED>MISDIRECTED APPLIED>REVERSED ON_ACCOUNT>APPLIED ON_ACCOUNT>REFUND_PENDING
        ON_ACCOUNT>MISDIRECTED ON_ACCOUNT>REVERSED REFUND_PENDING>REFUNDED REFUND_PENDING>MISDIRECTED REFUND_PENDING>REVERSED
        REFUNDED>REVERSED MISDIRECTED>TRANSFERRED MISDIRECTED>RETURNED_TO_PAYER MISDIRECTED>REVERSED TRANSFERRED>REVERSED
        RETURNED_TO_PAYER>REVERSED""",
    "open item": "OPEN>PARTIAL OPEN>CLEARED PARTIAL>CLEARED PARTIAL>OPEN CLEARED>OPEN",
    "dispute": """NEW>ASSIGNED ASSIGNED>IN_REVIEW IN_REVIEW>PENDING_CUSTOMER IN_REVIEW>PENDING_INTERNAL IN_REVIEW>RESOLVED
        PENDING_CUSTOMER>RESOLVED PENDING_INTERNAL>RESOLVED RESOLVED>CLOSED CLOSED>REOPENED REOPENED>ASSIGNED""",
    "promise": "OPEN>KEPT OPEN>PARTIALLY_KEPT OPEN>BROKEN OPEN>WITHDRAWN OPEN>SUPERSEDED KEPT>BROKEN",
    "refund": """CANDIDATE>DOCUMENTED DOCUMENTED>APPROVED APPROVED>RELEASED RELEASED>PAID PAID>CONFIRMED PAID>BOUNCED BOUNCED>HOLD
        CANDIDATE>REJECTED DOCUMENTED>REJECTED APPROVED>REJECTED RELEASED>REJECTED HOLD>REJECTED
        CANDIDATE>HOLD DOCUMENTED>HOLD APPROVED>HOLD RELEASED>HOLD HOLD>CANDIDATE HOLD>DOCUMENTED HOLD>APPROVED HOLD>RELEASED""",
    "transfer": "PENDING>HALF_APPROVED PENDING>REJECTED HALF_APPROVED>APPROVED HALF_APPROVED>REJECTED APPROVED>REJECTED REJECTED>HALF_APPROVED",
    "reconciliation": """OPEN>PREPARED PREPARED>REVIEWED REVIEWED>CERTIFIED PREPARED>RETURNED RETURNED>PREPARED
        PREPARED>OPEN RETURNED>OPEN REVIEWED>OPEN CERTIFIED>OPEN""",
    "claim": """DRAFT>NOTICE_GIVEN NOTICE_GIVEN>FILED FILED>ACKNOWLEDGED ACKNOWLEDGED>OFFERED ACKNOWLEDGED>PAID ACKNOWLEDGED>DECLINED
        OFFERED>CLOSED PAID>CLOSED DECLINED>CLOSED DECLINED>APPEALED DECLINED>SUIT""",
    "letter": """PROPOSED>APPROVED APPROVED>SENT SENT>DELIVERED SENT>UNDELIVERED SENT>REACTED SENT>NO_REACTION DELIVERED>REACTED
        DELIVERED>NO_REACTION UNDELIVERED>REACTED UNDELIVERED>NO_REACTION""",
}
NEEDED = {
    ("receipt", "*", "REVERSED"): [{"reason": "NSF"}],
    ("open item", "*", "OPEN"): [{"reset": "yes"}],
    ("dispute", "*", "RESOLVED"): [{"resolution": "VALID"}, {"resolution": "PARTLY_VALID"}, {"resolution": "INVALID"}],
    ("promise", "KEPT", "BROKEN"): [{"payment_returned": "yes"}],
    ("refund", "*", "HOLD"): [{"reason": "bank details changed"}],
    ("refund", "HOLD", "CANDIDATE"): [{"before_hold": "CANDIDATE"}],
    ("refund", "HOLD", "DOCUMENTED"): [{"before_hold": "DOCUMENTED"}, {"before_hold": "BOUNCED"}],
    ("refund", "HOLD", "APPROVED"): [{"before_hold": "APPROVED"}],
    ("refund", "HOLD", "RELEASED"): [{"before_hold": "RELEASED"}],
    ("refund", "HOLD", "REJECTED"): [{"before_hold": "CANDIDATE"}, {"before_hold": "RELEASED"}],
    ("reconciliation", "*", "OPEN"): [{"inputs_changed": "yes"}],
    ("letter", "*", "REACTED"): [{"code": "PROMISE"}],
}
WRONG = {
    "reason": "", "reset": "no", "resolution": "MAYBE", "payment_returned": "", "before_hold": "PAID", "inputs_changed": "no", "code": " ",
}  # fmt: skip
PAIRS = [(thing, state, to) for thing, machine in MACHINES.items() for state, to in product(machine, machine)]


@pytest.mark.parametrize(("thing", "state", "to"), PAIRS, ids=[f"{t}:{a}>{b}" for t, a, b in PAIRS])
def test_every_pair_of_states_1_2(thing: str, state: str, to: str) -> None:
    legal = f"{state}>{to}" in LEGAL[thing].split()
    enough = NEEDED.get((thing, state, to)) or NEEDED.get((thing, "*", to), [{}])
    for facts in enough:
        answer = may_follow(thing, state, to, facts)
        assert answer.may is legal
        assert bool(answer.why) is not legal
    if legal and enough != [{}]:
        name = next(iter(enough[0]))
        for facts in ({}, {name: WRONG[name]}):
            answer = may_follow(thing, state, to, facts)
            assert not answer
            assert "only with" in answer.why


def test_states_that_nobody_knows_follow_nothing() -> None:
    assert {thing: len(machine) for thing, machine in MACHINES.items()} == {
        "receipt": 11, "open item": 3, "dispute": 8, "promise": 6, "refund": 9, "reconciliation": 5, "claim": 10, "letter": 7, "transfer": 4,
    }  # fmt: skip
    assert not may_follow("receipt", "LOST", "APPLIED", {})
    assert not may_follow("parcel", "OPEN", "CLOSED", {})
    assert not may_follow("refund", "HOLD", "RELEASED", {"before_hold": "APPROVED"}), "back to the state before the hold, no further"
    assert not may_follow("refund", "HOLD", "REJECTED", {"before_hold": "BOUNCED"})
    assert may_follow("reconciliation", "CERTIFIED", "OPEN", {"inputs_changed": "reopened"})


MAY = {
    "preparer": """ALLOCATE REJECT WRITE_OFF ALIAS PROMISE PREPARE EXPORT POSTED HOLD NOTE CONTACT UNDO DISPUTE PEOPLE REFUND_HOLD
        REFUND_DOCUMENTED REFUND_PAID REFUND_CONFIRMED REFUND_BOUNCED PEOPLE_CONFIRMED""",
    "reviewer": """HOLD NOTE CONTACT UNDO DISPUTE PEOPLE REFUND_HOLD RULE ACCEPT REFUND_REJECTED REFUND_CONFIRMED REFUND_BOUNCED TRANSFER_REJECTED REVIEW
        RETURN PEOPLE_CONFIRMED""",
    "approver": """HOLD NOTE CONTACT UNDO DISPUTE PEOPLE REFUND_HOLD RULE RULE_APPROVED ACCEPT WRITE_OFF_APPROVED REFUND_APPROVED
        REFUND_RELEASED REFUND_REJECTED REFUND_CONFIRMED REFUND_BOUNCED RETURN CERTIFY REOPEN PEOPLE_CONFIRMED
        TRANSFER_APPROVED TRANSFER_REJECTED""",
    "auditor": "",
}


def spelt(act: str) -> str:
    return act.replace(" ", "_")


@pytest.mark.parametrize(("role", "act"), list(product(ROLES, ACTS)), ids=lambda v: str(v))
def test_cv13_every_role_and_act(role: str, act: str) -> None:
    answer = may_act([role], act, "ana", {})
    assert answer.may is (spelt(act) in MAY[role].split())
    assert answer.may or "ana is" in answer.why


DECIDED = "ALLOCATE REJECT HOLD WRITE_OFF ALIAS RULE REFUND_DOCUMENTED DISPUTE PROMISE"
BARS = {
    "REVIEW": f"PREPARE {DECIDED}", "CERTIFY": f"PREPARE REVIEW {DECIDED}", "RETURN": "PREPARE", "REOPEN": "CERTIFY",
    "RULE_APPROVED": "RULE", "ACCEPT": "BACKTEST", "WRITE_OFF_APPROVED": "WRITE_OFF", "PEOPLE_CONFIRMED": "PEOPLE",
    "REFUND_DOCUMENTED": "POSTED BANK_DETAILS", "REFUND_APPROVED": "REFUND_DOCUMENTED BANK_DETAILS POSTED",
    "REFUND_RELEASED": "REFUND_DOCUMENTED BANK_DETAILS", "TRANSFER_APPROVED": "ALLOCATE TRANSFER_APPROVED",
}  # fmt: skip


@pytest.mark.parametrize(("act", "before"), list(product(ACTS, [*ACTS, "BACKTEST", "BANK DETAILS"])), ids=lambda v: str(v))
def test_cv13_nobody_acts_twice_in_one_matter_where_two_are_needed(act: str, before: str) -> None:
    everything = ["preparer", "reviewer", "approver"]
    barred = spelt(before) in BARS.get(spelt(act), "").split()
    assert may_act(everything, act, "ana", {before: {"ana", "bea"}}).may is not barred
    assert may_act(everything, act, "cem", {before: {"ana", "bea"}})


def test_cv13_an_act_nobody_records_and_a_person_without_a_role_are_refused() -> None:
    assert not may_act(ROLES, "POST", "ana", {})
    assert may_act([], "NOTE", "ana", {}).why == "ana is no role; NOTE takes somebody who is preparer or reviewer or approver"


POLICY = yaml.safe_load((ROOT / "params" / "policy.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("table", "limits"),
    [("T-STD", POLICY["adjustment_tiers"]["T-STD"]), ("T-WO", POLICY["write_off"]["tiers"]), ("T-RF", POLICY["refunds"]["tiers"])],
    ids=["co70-std", "co65-write-off", "rf08-refund"],
)
def test_tiers_end_at_their_limit(table: str, limits: list[int]) -> None:
    minor = [int(limit) * 100 for limit in limits]
    assert len(WHO[table]) == len(minor) + 1
    for level, limit in enumerate(minor, start=1):
        assert approval(table, [limit], minor) == (level, WHO[table][level - 1])
        assert approval(table, [-limit - 1], minor) == (level + 1, WHO[table][level])
    assert approval("T-RF", [60000, 60000], [100000, 1000000, 5000000]).who == "AR manager", "split refunds count together (RF-08)"
