"""What takes two people, at the desk: proposed by one, approved or rejected by another, refused in words to everybody else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import desks
import pytest
from desks import ANN, BO, ask

from arwork.decide import Person
from arwork.desk.open import Desk
from arwork.desk.session import Session, begin

CLEO, AUDIT = Person("cleo", "test"), Person("audrey", "test")
SHORT = 20050
HOSTILE = "<img src=x onerror=alert(1)>\u202e=cmd"


@pytest.fixture(scope="module")
def month(desk_month: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desks.copied(desk_month, tmp_path_factory.mktemp("second") / "m")


@pytest.fixture
def desk(month: Path, tmp_path: Path) -> Desk:
    """A desk of a team: ann prepares, bo and cleo review and approve, bo up to 30.00, audrey looks."""
    shutil.copytree(month.parent, tmp_path / "m")
    params = tmp_path / "m" / month.name
    opened = desks.desk_of(params)
    for person, roles in ((BO, ["approver", "reviewer"]), (ANN, ["preparer"])):
        desks.record(opened, "PEOPLE", {"step": "add", "person": person.name, "roles": roles}, by=BO)
    for body in (
        {"step": "add", "person": "cleo", "roles": ["approver", "reviewer"]}, {"step": "add", "person": "audrey", "roles": ["auditor"]},
        {"step": "limit", "person": "bo", "amount": 3000, "currency": "EUR"},
    ):  # fmt: skip
        waits = desks.record(opened, "PEOPLE", body, by=BO)
        desks.record(opened, "PEOPLE", {**body, "confirms": waits.seq}, by=ANN)
    return desks.desk_of(params)


def at(desk: Desk, person: Person) -> Session:
    """Open the desk of another person on the same journal."""
    return begin(desks.desk_of(desk.params_file, person))


def say(session: Session, form: str, receipt: str = "", reason: str = "why", position: int | None = None, **fields: str) -> dict[str, Any]:
    seen = session.board.position if position is None else position
    return ask(session, "follow", request="r1", form=form, receipt=receipt, position=seen, reason=reason, fields=fields)[-1]


def waits(session: Session) -> list[dict[str, Any]]:
    ask(session, "poll")
    found: list[dict[str, Any]] = ask(session, "ready")[0]["waits"]
    return found


def item(desk: Desk, reference: str) -> str:
    rows = desk.tables["open_items"]
    return str(rows.loc[rows["reference"] == reference, "item_id"].iloc[0])


def propose(session: Session, amount: str = "5,00", code: str = "SD", reason: str = "too small for a letter") -> dict[str, Any]:
    receipt = desks.receipt(session.desk, SHORT)
    return say(session, "write_off", receipt, reason, item=item(session.desk, "INV-2026-0002"), code=code, amount=amount)


def test_a_write_off_is_proposed_by_one_and_approved_by_another(desk: Desk) -> None:
    ann, bo = at(desk, ANN), at(desk, BO)
    told = propose(ann)
    assert told["text"] == "Write-off: recorded as decision 9. It holds once another person approves it."
    [row] = waits(ann)
    assert (row["number"], row["kind"], row["mine"]) == ("9", "Write-off", True)
    assert row["what"] == "5.00 EUR of INV-2026-0002, Alpha Handel GmbH"
    [row] = waits(bo)
    assert (row["mine"], row["takes"], dict(row["facts"])["Code"]) == (False, "clerk and team lead", "SD small difference")
    done = say(bo, "approve", decision="9", reason="looked at the item")
    assert (done["kind"], done["text"]) == ("done", "Approve: recorded as decision 10. The next close takes it in.")
    assert waits(ann) == waits(bo) == []
    last = desk.journal.events()[-1]
    assert (last.action, last.by, last.body["approves"], last.body["amount"]) == ("WRITE_OFF", "bo", 9, 500)


def test_who_may_not_approve_is_told_why_and_nothing_is_written(desk: Desk) -> None:
    ann, bo, audit = at(desk, ANN), at(desk, BO), at(desk, AUDIT)
    propose(ann, "40,00", "BC")
    for session in (bo, audit):
        waits(session)
    for told, says in (
        (say(ann, "approve", decision="9"), "you approve up to 0.00 EUR"),
        (say(bo, "approve", decision="9"), "you approve up to 30.00 EUR"),
        (say(audit, "approve", decision="9"), "auditor"),
        (say(bo, "approve", decision="8"), "nothing waits for a second person under 8"),
        (say(bo, "approve", decision=""), "no record is chosen"),
        (say(bo, "approve", decision="9", reason=" "), "needs a reason"),
        (propose(ann), "waits already (decision 9 of ann)"),
        (propose(bo), "takes somebody who is preparer"),
        (propose(ann, "1,00", "PR"), "writes nothing off"),
    ):
        assert told["kind"] == "refused", told
        assert says in told["text"]
    assert len(desk.journal.events()) == 9
    assert say(at(desk, CLEO), "approve", decision="9")["kind"] == "done"


def test_a_rejected_proposal_is_gone_and_may_be_proposed_again(desk: Desk) -> None:
    ann, bo = at(desk, ANN), at(desk, BO)
    propose(ann)
    waits(bo)
    assert say(bo, "reject", decision="9", reason="ask for it")["text"] == "Reject: recorded as decision 10. The next close takes it in."
    assert waits(ann) == []
    assert propose(ann, reason="asked, no answer")["kind"] == "done"
    assert [row["number"] for row in waits(bo)] == ["11"]


def test_two_who_approve_at_once_are_one_approval(desk: Desk) -> None:
    ann, bo, cleo = at(desk, ANN), at(desk, BO), at(desk, CLEO)
    propose(ann)
    for session in (bo, cleo):
        waits(session)
    seen = cleo.board.position
    assert say(bo, "approve", decision="9")["kind"] == "done"
    told = say(cleo, "approve", position=seen, decision="9")
    assert told["kind"] == "refused"
    assert [event.action for event in desk.journal.events()[8:]] == ["WRITE_OFF", "WRITE_OFF"]


def test_a_changed_rule_binds_every_desk_that_is_open(desk: Desk) -> None:
    """Thirty days ahead were allowed when the desks were opened; the change holds at once, without a new run, and its undoing too."""
    ann, bo, cleo = at(desk, ANN), at(desk, BO), at(desk, CLEO)
    [form] = [told["form"] for told in ask(bo, "rule")]
    names, value = form["fields"]
    assert (names["kind"], value["by"]["rule"]["promise.max_days_ahead"]) == ("suggest", "30")
    assert not any(name.startswith(("authority", "policy_version")) for name in names["options"])
    assert say(ann, "rule", rule="promise.max_days_ahead", value="20")["kind"] == "refused"
    assert say(bo, "rule", rule="promise.max_days_ahead", value="many")["kind"] == "refused"
    assert say(bo, "rule", rule="promise.max_days_ahead", value="20", reason=HOSTILE)["kind"] == "done"
    [row] = waits(cleo)
    assert row["what"] == "promise.max_days_ahead: 30 → 20"
    assert "\u202e" not in str(row)
    assert say(bo, "approve", decision="9")["kind"] == "refused"
    assert say(cleo, "approve", decision="9")["kind"] == "done"
    ask(ann, "poll")
    assert ask(ann, "rule")[0]["form"]["fields"][1]["by"]["rule"]["promise.max_days_ahead"] == "20"
    assert ann.desk.shown.params == desk.params  # as given; the change is laid over it where it is asked
    assert say(cleo, "reject", decision="10", reason="back to thirty")["kind"] == "done"
    ask(ann, "poll")
    assert ask(ann, "rule")[0]["form"]["fields"][1]["by"]["rule"]["promise.max_days_ahead"] == "30"


def test_a_change_of_people_is_confirmed_at_the_desk_and_holds_at_once(desk: Desk) -> None:
    bo, ann = at(desk, BO), at(desk, ANN)
    desks.record(desk, "PEOPLE", {"step": "role", "person": "ann", "roles": ["preparer", "reviewer"]}, by=BO)
    [row] = waits(ann)
    assert (row["kind"], row["what"]) == ("Change of people", "role ann preparer, reviewer")
    assert say(bo, "approve", decision="9", position=9)["kind"] == "refused"
    assert say(ann, "approve", decision="9")["kind"] == "done"
    ask(ann, "poll")
    assert ann.desk.roles == ("preparer", "reviewer")
    assert ask(ann, "ready")[0]["about"]["role"] == "preparer, reviewer"


def test_what_is_paid_at_the_desk_is_not_written_off_too(desk: Desk) -> None:
    """An item that a decision since the run pays has less left; an item written off takes no more cash than is left."""
    ann, bo, receipt = at(desk, ANN), at(desk, BO), desks.receipt(desk, SHORT)
    number = item(desk, "INV-2026-0002")
    line = {
        "item": number,
        "amount": "200,50",
        "discount": "",
        "deduction": "",
        "deduction_code": "",
        "write_off": "",
        "adjustment_code": "",
    }
    split = {"lines": [line], "on_account": "", "unapplied": ""}
    act = {"request": "r", "action": "split", "receipts": [receipt], "reason": "as named", **split}
    assert ask(ann, "act", position=ann.board.position, **act)[-1]["kind"] == "done"
    told = propose(ann, "60,00", "BC")
    assert told["kind"] == "refused"
    assert "60.00 EUR is not between nothing and the 50.00 EUR that is left" in told["text"]
    assert propose(ann, "50,00", "BC")["kind"] == "done"
    waits(bo)
    assert say(at(desk, CLEO), "approve", decision="10")["kind"] == "done"
    ask(ann, "poll")
    more = {**act, "lines": [{**line, "amount": "200,51"}], "on_account": "", "receipts": [receipt]}
    told = ask(ann, "act", position=ann.board.position, **more)[-1]
    assert told["kind"] == "refused"


def test_outside_text_in_what_waits_is_plain(desk: Desk) -> None:
    ann = at(desk, ANN)
    propose(ann, reason=HOSTILE)
    [row] = waits(ann)
    assert "\u202e" not in str(row)
    assert row["reason"].startswith("<img")  # a text node shows it as it is typed
    customers = ann.desk.tables["customers"].assign(name=HOSTILE)
    odd = begin(replace(ann.desk, events=tuple(desk.journal.events()), tables={**ann.desk.tables, "customers": customers}))
    assert "\u202e" not in str(waits(odd))
