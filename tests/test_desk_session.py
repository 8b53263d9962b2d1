"""What the page asks and what it is told, on a small closed month, without a browser."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import desks
import pytest
from desks import ask

from arwork.desk.open import Desk
from arwork.desk.session import Session, begin

PAID, NOBODY, SHORT, EITHER = 50000, 4200, 20050, 7000


@pytest.fixture(scope="module")
def month(desk_month: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desks.copied(desk_month, tmp_path_factory.mktemp("session") / "m")


@pytest.fixture
def desk(month: Path, tmp_path: Path) -> Desk:
    shutil.copytree(month.parent, tmp_path / "m")
    return desks.desk_of(tmp_path / "m" / month.name)


def act(session: Session, action: str, *receipts: str, position: int = 0, reason: str = "why", **more: Any) -> list[dict[str, Any]]:
    return ask(session, "act", request="r1", action=action, receipts=list(receipts), position=position, reason=reason, **more)


def test_a_page_that_comes_gets_the_board_and_what_stands_above_it(desk: Desk) -> None:
    [told] = ask(begin(desk), "ready")
    assert (told["kind"], told["size"], told["decimals"]) == ("board", 4, {"EUR": 2})
    assert (told["about"]["person"], told["about"]["may_decide"], told["about"]["position"]) == ("ann", True, 0)
    assert [queue["name"] for queue in told["queues"]][0::99] == ["*waiting"]


def test_a_decision_is_acknowledged_after_the_journal_has_it_and_the_row_follows(desk: Desk) -> None:
    session, receipt = begin(desk), desks.receipt(desk, NOBODY)
    changed, done = act(session, "hold", receipt)
    assert (done["kind"], done["request"]) == ("done", "r1")
    assert "decision 1" in done["text"]
    assert [event.action for event in desk.journal.events()] == ["HOLD"]
    [row] = changed["rows"]
    assert (row["receipt_id"], row["queue"], row["state"]) == (receipt, "on hold", "held")
    assert changed["about"]["reasons"] == ["why"]
    changed, done = act(session, "undo", receipt, position=1)
    assert changed["rows"][0]["queue"] == "unidentified"
    assert [event.action for event in desk.journal.events()] == ["HOLD", "UNDO"]


def test_two_sessions_meet_in_the_journal(desk: Desk) -> None:
    """News comes by asking; what stands on the page when the reason was asked for is what is decided on, whatever came meanwhile."""
    one, other = begin(desk), begin(replace(desk, person=desks.BO))
    receipt = desks.receipt(desk, EITHER)
    assert ask(other, "poll") == [{"kind": "pulse", "client": "page", "request": None}]
    act(one, "reject", receipt, reason="not theirs")
    [news] = ask(other, "poll")
    assert news["rows"][0]["state"] == "rejected"
    assert "ann decided: REJECT, not theirs" in news["news"]
    refused = act(other, "hold", receipt, position=0)[-1]
    assert refused["kind"] == "refused"
    assert "ann decided on" in refused["text"]
    assert len(desk.journal.events()) == 1
    assert act(other, "hold", receipt, position=1)[-1]["kind"] == "done"


def test_a_refusal_says_why_and_writes_nothing(desk: Desk) -> None:
    session, receipt = begin(desk), desks.receipt(desk, NOBODY)
    looking = begin(replace(desk, roles=("auditor",)))
    for told, says in (
        (act(session, "hold", receipt, reason=" "), "needs a reason"),
        (act(session, "accept", receipt), "has no proposal to accept"),
        (act(session, "undo", receipt), "no decision"),
        (act(session, "hold", "nothing-1"), "no receipt"),
        (act(session, "dance", receipt), "fault of ours"),
        (act(looking, "hold", receipt), "auditor"),
        (ask(session, "nonsense"), "fault of ours"),
    ):
        assert told[-1]["kind"] == "refused"
        assert says in told[-1]["text"]
    assert desk.journal.length() == 0
    assert ask(looking, "ready")[0]["about"]["may_decide"] is False


def test_a_split_is_summed_as_it_is_typed_and_recorded_as_it_stands(desk: Desk) -> None:
    session, receipt = begin(desk), desks.receipt(desk, EITHER)
    [begun] = ask(session, "split", receipt=receipt)
    items = {item["reference"]: item["item"] for item in begun["items"]}
    first, second = items["INV-2026-0004"], items["INV-2026-0005"]
    typed = {
        "lines": [{"item": first, "amount": "30,00", "deduction": "1,50"}, {"item": second, "amount": "x"}],
        "on_account": "",
        "unapplied": "",
    }
    answer = ask(session, "sum", receipt=receipt, turn=3, **typed)[0]
    assert answer["turn"] == 3
    assert answer["answer"]["gap_text"] == "40.00 EUR still to spread"
    assert any("'x' is not an amount" in problem for problem in answer["answer"]["problems"])
    typed["lines"] = [{"item": first, "amount": "30,00", "deduction": "1,50", "deduction_code": "PR"}, {"item": second, "amount": "10"}]
    answer = ask(session, "sum", receipt=receipt, rest="", **typed)[0]["answer"]
    assert (answer["filled"], answer["whole"], answer["problems"]) == ({"": "30,00"}, True, [])
    assert answer["left"] == {first: "38.50", second: "60.00"}
    assert ask(session, "sum", receipt=receipt, rest=second, **typed)[0]["answer"]["filled"] == {second: "40,00"}
    assert act(session, "split", receipt, **typed)[-1]["kind"] == "refused"
    assert act(session, "split", receipt, **typed | {"on_account": "30,00"})[-1]["kind"] == "done"
    [event] = desk.journal.events()
    assert [(i["item"], i["amount"], i.get("deduction", 0)) for i in event.body["items"]] == [(first, 3000, 150), (second, 1000, 0)]


def test_a_rival_is_accepted_in_place_of_the_proposal(desk: Desk) -> None:
    """Two invoices fit 70.00: the person says that it is the second; a rival that is not there, or of several receipts, is refused."""
    session, receipt = begin(desk), desks.receipt(desk, 7000)
    solutions = ask(session, "detail", receipt=receipt)[0]["detail"]["solutions"]
    assert [solution["number"] for solution in solutions] == [1, 2]
    wanted = solutions[1]["table"]["rows"][0]["cells"][0]
    for numbers, candidate in (([receipt], 9), ([receipt, desks.receipt(desk, 20050)], 2)):
        assert act(session, "accept", *numbers, candidate=candidate)[-1]["kind"] == "refused"
    assert desk.journal.events() == []
    assert act(session, "accept", receipt, candidate=2)[-1]["kind"] == "done"
    [event] = desk.journal.events()
    items = desk.tables["open_items"].set_index("item_id")["reference"]
    assert (items[event.body["items"][0]["item"]], event.body["accepted"]["candidate"]) == (wanted, 2)


def test_items_are_found_for_a_payer_nobody_knows(desk: Desk) -> None:
    session, receipt = begin(desk), desks.receipt(desk, NOBODY)
    assert [item["reference"] for item in ask(session, "find", receipt=receipt, text="inv-2026-0004")[0]["items"]] == ["INV-2026-0004"]
    assert len(ask(session, "find", receipt=receipt, text="C2")[0]["items"]) >= 2
    assert ask(session, "find", receipt=receipt, text="no such thing")[0]["kind"] == "refused"


def test_the_detail_of_every_receipt_can_be_said(desk: Desk) -> None:
    session = begin(desk)
    for receipt in session.board.rows["receipt_id"]:
        [told] = ask(session, "detail", receipt=receipt)
        assert told["detail"]["source"]
        assert (
            "".join(part["text"] for part in told["detail"]["text"])
            == desk.tables["receipts"].set_index("receipt_id")["remittance_text"][receipt]
        )
        assert told["detail"]["sentence"]


def test_a_newer_run_is_said(desk: Desk, tmp_path: Path) -> None:
    session = begin(desk)
    act(session, "hold", desks.receipt(desk, NOBODY))
    newer = desks.closed(desk.params_file, desk.outputs)
    session.looked = float("-inf")
    [told] = ask(session, "poll")
    assert newer.name in told["about"]["newer"]
