"""No illegal step gets into a journal, whoever wrote last: disputes, promises, refunds, write-offs, rules (domain 1.2, CV-13)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arwork.errors import InputError
from arwork.journal.events import Event
from arwork.journal.legal import approved, waiting
from arwork.journal.people import people_of
from arwork.journal.store import Store, open_store

PROMISE = {"promise": "P-1", "step": "OPEN", "customer": "C1", "amount": 100, "currency": "EUR", "date": "2026-04-09"}
LOSS = {"item": "i1", "amount": 500, "currency": "EUR", "code": "WO"}
RULE = {"rule": "promise.max_days_ahead", "value": "45", "before": "30"}


@pytest.fixture(params=["a.jsonl", "a.sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    where = request.param
    if where == "postgresql":
        where = request.getfixturevalue("pg_server").journal(f"l{abs(hash(request.node.name))}")
    opened = open_store(where, base=tmp_path)
    yield opened
    opened.close()


def say(store: Store, by: str, action: str, seen: int | None = None, **body: Any) -> Event:
    at = f"2026-04-01T09:00:{store.length():02d}+00:00"
    given = store.length() if seen is None else seen
    return store.append(seen=given, at=at, by=by, known_by="test", action=action, body=body, reason="why")


def steps(store: Store, by: str, *wanted: str, **more: str) -> None:
    for step in wanted:
        say(store, by, "DISPUTE", dispute="D-1", step=step, **more)


def refused(store: Store, why: str, by: str, action: str, **body: Any) -> None:
    """The step is refused for that reason, and nothing is left behind."""
    before = store.length()
    with pytest.raises(InputError, match=why):
        say(store, by, action, **body)
    assert store.length() == before


def test_co80_a_dispute_goes_step_by_step_in_every_store(store: Store) -> None:
    refused(store, "D-1 is not known: its first step is NEW", "ann", "DISPUTE", dispute="D-1", step="ASSIGNED")
    steps(store, "ann", "NEW", "ASSIGNED")
    refused(store, "after ASSIGNED a dispute may become IN_REVIEW, not RESOLVED", "bob", "DISPUTE", dispute="D-1", step="RESOLVED")
    steps(store, "bob", "IN_REVIEW")
    refused(store, "only with the resolution: VALID, PARTLY_VALID or INVALID", "bob", "DISPUTE", dispute="D-1", step="RESOLVED")
    steps(store, "bob", "RESOLVED", resolution="INVALID")
    steps(store, "bob", "CLOSED", "REOPENED", "ASSIGNED")
    assert [event.body["step"] for event in store.events()][-3:] == ["CLOSED", "REOPENED", "ASSIGNED"]


def test_co80_a_dispute_of_the_export_goes_on_from_the_state_it_states(store: Store) -> None:
    refused(store, "after CLOSED", "ann", "DISPUTE", dispute="E7", step="RESOLVED", before="CLOSED", resolution="VALID")
    say(store, "ann", "DISPUTE", dispute="E7", step="IN_REVIEW", before="ASSIGNED")
    # From here on the journal's word counts, whatever a caller says the state is.
    refused(store, "after IN_REVIEW", "ann", "DISPUTE", dispute="E7", step="CLOSED", before="RESOLVED")


def test_co30_a_promise_is_opened_once_and_withdrawn_once(store: Store) -> None:
    refused(store, "its first step is OPEN", "ann", "PROMISE", **{**PROMISE, "step": "WITHDRAWN"})
    say(store, "ann", "PROMISE", **PROMISE)
    refused(store, "after OPEN a promise may become", "ann", "PROMISE", **PROMISE)
    say(store, "ann", "PROMISE", **{**PROMISE, "step": "WITHDRAWN"})
    refused(store, "after WITHDRAWN a promise may become nothing else", "ann", "PROMISE", **PROMISE)
    refused(store, "after BROKEN", "ann", "PROMISE", **{**PROMISE, "promise": "E1", "step": "WITHDRAWN", "before": "BROKEN"})


def test_co70_a_write_off_is_approved_once_by_another_person_as_proposed(store: Store) -> None:
    first = say(store, "ann", "WRITE_OFF", **LOSS)
    refused(store, f"waits already .decision {first.seq} of ann", "bob", "WRITE_OFF", **LOSS)
    refused(store, r"ann proposed write-off 1 and cannot approve it \(CV-13\)", "Ann ", "WRITE_OFF", **LOSS, approves=1)
    refused(store, "no write-off waits under 9", "bob", "WRITE_OFF", **LOSS, approves=9)
    refused(store, "as it was proposed", "bob", "WRITE_OFF", **{**LOSS, "amount": 501}, approves=1)
    say(store, "bob", "WRITE_OFF", **LOSS, approves=1)
    refused(store, "was approved already", "cem", "WRITE_OFF", **LOSS, approves=1)
    events = store.events()
    assert [(one.by, other.by) for one, other in approved(events, "WRITE_OFF", people_of(events))] == [("ann", "bob")]
    assert waiting(events, "WRITE_OFF", people_of(events)) == []


def test_cv13_logins_of_one_person_are_no_two_people(store: Store) -> None:
    say(store, "ann", "PEOPLE", step="add", person="ann", roles=["preparer", "approver"])
    say(store, "ann", "PEOPLE", step="same-person", person="ann", login="ann.adm")
    say(store, "ann", "WRITE_OFF", **LOSS)
    refused(store, "cannot approve it", "ann.adm", "WRITE_OFF", **LOSS, approves=3)


def test_co70_a_personal_limit_binds_in_the_store(store: Store) -> None:
    say(store, "bob", "PEOPLE", step="add", person="bob", roles=["approver"])
    say(store, "bob", "PEOPLE", step="add", person="ann", roles=["preparer"])
    limit = say(store, "bob", "PEOPLE", step="limit", person="bob", amount=400, currency="EUR")
    say(store, "ann", "PEOPLE", step="limit", person="bob", amount=400, currency="EUR", confirms=limit.seq)
    number = say(store, "ann", "WRITE_OFF", **LOSS).seq
    refused(store, "bob approves up to 400 EUR in minor units", "bob", "WRITE_OFF", **LOSS, approves=number)


def test_rf_a_refund_that_skips_a_step_is_not_in_the_journal(store: Store) -> None:
    refused(store, "this step does not count: after CANDIDATE", "bob", "REFUND", refund="RF:1", step="APPROVED")
    say(store, "ann", "REFUND", refund="RF:1", step="DOCUMENTED")
    refused(store, "did REFUND DOCUMENTED in the same matter", "ann", "REFUND", refund="RF:1", step="APPROVED")
    say(store, "bob", "REFUND", refund="RF:1", step="APPROVED")


def test_ex40_two_people_approve_a_transfer_one_for_each_ledger(store: Store) -> None:
    terms = {"transfer": "R1", "amount": 348000, "currency": "EUR", "to_ledger": "FIN", "to_company": "2000", "to_customer": "F-77"}
    refused(store, "its side", "ann", "TRANSFER", step="APPROVED", **terms)
    first = say(store, "ann", "TRANSFER", step="APPROVED", side="FROM", **terms)
    refused(store, "ann did TRANSFER APPROVED in the same matter", "ann", "TRANSFER", step="APPROVED", side="TO", **terms)
    refused(store, "approved another amount", "bob", "TRANSFER", step="APPROVED", side="TO", **{**terms, "amount": 1})
    say(store, "bob", "TRANSFER", step="APPROVED", side="TO", **terms)
    refused(store, "bob approved it for that ledger already", "cy", "TRANSFER", step="APPROVED", side="TO", **terms)
    say(store, "ann", "UNDO", undoes=first.seq)
    assert [event.action for event in store.events()] == ["TRANSFER", "TRANSFER", "UNDO"]


def test_a_rule_is_changed_by_one_and_approved_by_another(store: Store) -> None:
    say(store, "bob", "RULE", **RULE)
    refused(store, "cannot approve it", "bob", "RULE", **RULE, approves=1)
    say(store, "cem", "RULE", **RULE, approves=1)
    say(store, "bob", "RULE", rule=RULE["rule"], value="60", before="30")
    refused(store, "was changed to 45 since", "cem", "RULE", rule=RULE["rule"], value="60", before="30", approves=3)


def test_an_undo_leaves_no_step_without_the_one_before(store: Store) -> None:
    steps(store, "ann", "NEW", "ASSIGNED", "IN_REVIEW")
    refused(store, "decision 3 rests on decision 2", "bob", "UNDO", undoes=2)
    say(store, "bob", "UNDO", undoes=3)
    say(store, "bob", "UNDO", undoes=2)
    refused(store, "rests on decision 3", "bob", "UNDO", undoes=4)  # to bring the review back would skip the assignment
    proposal = say(store, "ann", "WRITE_OFF", **LOSS).seq
    approval = say(store, "bob", "WRITE_OFF", **LOSS, approves=proposal).seq
    refused(store, f"decision {approval} rests on decision {proposal}", "ann", "UNDO", undoes=proposal)


def race(folder: Path, drafts: list[tuple[str, str, dict[str, Any]]], seen: int) -> list[str]:
    """Let sessions with stores of their own write at once what each thinks is right; return what came of each."""
    gate, answers = threading.Barrier(len(drafts)), [""] * len(drafts)

    def write(place: int) -> None:
        by, action, body = drafts[place]
        mine = open_store("race.sqlite", base=folder)
        gate.wait()
        try:
            mine.append(seen=seen, at=f"t{place}", by=by, known_by="t", action=action, body=body, reason="why")
            answers[place] = "recorded"
        except InputError as stopped:
            answers[place] = stopped.what
        mine.close()

    threads = [threading.Thread(target=write, args=(place,)) for place in range(len(drafts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_sessions_that_race_leave_one_legal_step(tmp_path: Path) -> None:
    """Also two sessions of one person, whom the comparison with what others decided lets pass."""
    opened = open_store("race.sqlite", base=tmp_path)
    for step in ("NEW", "ASSIGNED", "IN_REVIEW"):
        say(opened, "ann", "DISPUTE", dispute="D-1", step=step)
    wanted = [("bob", "DISPUTE", {"dispute": "D-1", "step": "RESOLVED", "resolution": one}) for one in ("VALID", "INVALID")]
    answers = race(tmp_path, wanted, 3)
    assert sorted(one == "recorded" for one in answers) == [False, True], answers
    assert any("after RESOLVED a dispute may become CLOSED" in one for one in answers)
    number = say(opened, "ann", "WRITE_OFF", **LOSS).seq
    for _ in range(3):
        answers = race(tmp_path, [("bob", "WRITE_OFF", {**LOSS, "approves": number})] * 2, number)
    events = opened.events()
    assert len(approved(events, "WRITE_OFF", people_of(events))) == 1
    assert sum(event.body.get("approves") == number for event in events) == 1
    opened.close()
