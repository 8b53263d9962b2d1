"""What a person does at the desk: recorded once, refused by name when somebody was faster, nothing for an auditor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import desks
import pytest
from desks import ANN, BO

from arwork.desk.acts import act, may_do, poll, undo
from arwork.desk.board import board, updated
from arwork.desk.open import Desk
from arwork.desk.proposed import empty_split, proposed
from arwork.desk.split import Line, with_line, with_unapplied
from arwork.errors import InputError, IntegrityError
from arwork.pack.record import read_tables

PAID, NOBODY, SHORT, EITHER = 50000, 4200, 20050, 7000


@pytest.fixture(scope="module")
def closed(desk_month: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desks.copied(desk_month, tmp_path_factory.mktemp("desk") / "m")


@pytest.fixture
def desk(closed: Path) -> Desk:
    """A desk with an empty journal, whatever the test before recorded."""
    desks.forget(closed)
    return desks.desk_of(closed)


def test_a_proposal_is_confirmed_with_exactly_what_it_says(desk: Desk) -> None:
    about = desks.receipt(desk, SHORT)
    (made,) = act(desk, action="ALLOCATE", receipts=[about], split=None, reason="fits", seen=0)
    entry = made.body["items"][0]
    assert (entry["item"], entry["amount"], entry["deduction"], entry["deduction_code"]) == ("1000:9002:2026:1", 20050, 5000, "UN")
    assert made.body["on_account"] == 0
    assert (made.by, made.known_by, made.reason) == ("ann", "test", "fits")
    assert desk.journal.events() == [made]


def test_a_split_is_recorded_and_the_next_close_applies_it(desk_month: Path, tmp_path: Path) -> None:
    params = desks.copied(desk_month, tmp_path / "m")
    desk = desks.desk_of(params)
    about = desks.receipt(desk, EITHER)
    split = with_line(empty_split(desk.tables, about), Line("1000:9005:2026:1", "INV-2026-0005", "EUR", 7000, amount=4000))
    split = with_unapplied(split, 3000)
    act(desk, action="ALLOCATE", receipts=[about], split=split, reason="told by phone", seen=0)
    run = desks.closed(params, params.parent / "outputs")
    rows = read_tables(run, ["allocations"])["allocations"]
    mine = rows.loc[rows["by"] == "ann"]
    assert mine[["receipt_id", "item_id", "amount_applied"]].to_numpy().tolist() == [[about, "1000:9005:2026:1", 4000]]


def test_many_receipts_are_held_by_one_act(desk: Desk) -> None:
    chosen = [desks.receipt(desk, amount) for amount in (NOBODY, SHORT)]
    made = act(desk, action="HOLD", receipts=chosen, split=None, reason="ask sales", seen=0)
    assert [event.body["receipt"] for event in made] == chosen
    assert updated(board(desk, ()), made).queues.set_index("queue")["count"].to_dict()["on hold"] == 2


REFUSED = [
    ({"action": "ALLOCATE", "amounts": [NOBODY]}, "has no proposal to accept"),
    ({"action": "PAY", "amounts": [SHORT]}, "unknown action 'PAY'"),
    ({"action": "HOLD", "amounts": []}, "no receipt is chosen"),
    ({"action": "HOLD", "amounts": [SHORT], "reason": " "}, "needs a reason"),
]


@pytest.mark.parametrize(("given", "says"), REFUSED)
def test_what_cannot_be_recorded_is_refused_and_nothing_is_written(desk: Desk, given: dict, says: str) -> None:  # type: ignore[type-arg]
    receipts = [desks.receipt(desk, amount) for amount in given["amounts"]]
    with pytest.raises(InputError, match=says):
        act(desk, action=given["action"], receipts=receipts, split=None, reason=given.get("reason", "why"), seen=0)
    assert desk.journal.length() == 0


def test_a_split_that_does_not_add_up_or_is_of_another_receipt_is_refused(desk: Desk) -> None:
    about = desks.receipt(desk, EITHER)
    short = with_line(empty_split(desk.tables, about), Line("1000:9005:2026:1", "INV-2026-0005", "EUR", 7000, amount=6999))
    with pytest.raises(InputError, match=r"0\.01 EUR of receipt .* stands nowhere"):
        act(desk, action="ALLOCATE", receipts=[about], split=short, reason="why", seen=0)
    with pytest.raises(InputError, match="a split is of one receipt"):
        act(desk, action="ALLOCATE", receipts=[about, "x"], split=short, reason="why", seen=0)
    with pytest.raises(InputError, match="no receipt 'x' in the newest run"):
        act(desk, action="HOLD", receipts=["x"], split=None, reason="why", seen=0)


def test_a_newer_decision_of_somebody_else_refuses_by_name_for_all_receipts(desk: Desk) -> None:
    one, two = desks.receipt(desk, SHORT), desks.receipt(desk, EITHER)
    desks.record(desk, "HOLD", {"receipt": two}, BO)
    with pytest.raises(InputError, match=r"bo decided on receipt .* since you looked \(event 1: HOLD, why\)"):
        act(desk, action="REJECT", receipts=[one, two], split=None, reason="wrong", seen=0)
    assert len(desk.journal.events()) == 1
    assert [event.action for event in act(desk, action="REJECT", receipts=[one, two], split=None, reason="wrong", seen=1)] == ["REJECT"] * 2


def test_notes_and_ones_own_decisions_refuse_nobody(desk: Desk) -> None:
    about = desks.receipt(desk, SHORT)
    desks.record(desk, "NOTE", {"receipt": about}, BO)
    desks.record(desk, "HOLD", {"receipt": about}, ANN)
    assert act(desk, action="REJECT", receipts=[about], split=None, reason="wrong", seen=0)[0].seq == 3


def test_an_undo_is_refused_when_somebody_decided_on_its_receipt_since(desk: Desk) -> None:
    about = desks.receipt(desk, SHORT)
    desks.record(desk, "HOLD", {"receipt": about}, ANN)
    desks.record(desk, "UNDO", {"undoes": 1}, BO)
    with pytest.raises(InputError, match="bo decided on event 1 since you looked"):
        undo(desk, event=1, reason="mine", seen=1)
    (made,) = undo(desk, event=2, reason="it was right", seen=2)
    assert (made.seq, made.body["undoes"]) == (3, 2)
    assert board(desk, desk.journal.events()).queues.set_index("queue")["count"].to_dict()["on hold"] == 1
    with pytest.raises(InputError, match="no event 9 to undo"):
        undo(desk, event=9, reason="why", seen=3)


def test_an_undo_of_one_receipt_does_not_meet_an_undo_of_another(desk: Desk) -> None:
    for amount in (SHORT, EITHER):
        desks.record(desk, "HOLD", {"receipt": desks.receipt(desk, amount)}, ANN)
    desks.record(desk, "UNDO", {"undoes": 2}, BO)
    assert undo(desk, event=1, reason="mine", seen=2)[0].seq == 4


def test_poll_gives_what_is_new_and_only_that(desk: Desk) -> None:
    about = desks.receipt(desk, SHORT)
    assert poll(desk, 0) == []
    made = [desks.record(desk, action, {"receipt": about}, BO) for action in ("HOLD", "NOTE", "REJECT")]
    assert [poll(desk, seen) for seen in range(4)] == [made, made[1:], made[2:], []]


def test_a_journal_that_was_cut_or_rewritten_is_noticed(desk: Desk) -> None:
    made = desks.record(desk, "HOLD", {"receipt": desks.receipt(desk, SHORT)}, BO)
    later = replace(desk, events=(made,))
    with pytest.raises(IntegrityError, match="fewer decisions"):
        poll(desk, 2)
    desks.forget(desk.params_file)
    for amount in (EITHER, NOBODY):
        desks.record(desk, "HOLD", {"receipt": desks.receipt(desk, amount)}, BO)
    with pytest.raises(IntegrityError, match="not the journal that was opened"):
        poll(later, 1)


def test_an_auditor_looks_and_decides_nothing(desk: Desk) -> None:
    looking = replace(desk, roles=("auditor",))
    may, why = may_do(looking)
    assert may == ()
    assert "does not decide" in why
    about = desks.receipt(desk, SHORT)
    with pytest.raises(InputError, match="ann is an auditor"):
        act(looking, action="NOTE", receipts=[about], split=None, reason="why", seen=0)
    with pytest.raises(InputError, match="ann is an auditor"):
        undo(looking, event=1, reason="why", seen=0)
    assert desk.journal.length() == 0


def test_rivals_are_offered_as_splits_too(desk: Desk) -> None:
    about = desks.receipt(desk, EITHER)
    numbers = sorted(desk.tables["proposal_items"].loc[lambda t: t["receipt_id"] == about, "candidate"].unique())
    items = {proposed(desk.tables, about, number).lines[0].item_id for number in numbers}
    assert items == {"1000:9004:2026:1", "1000:9005:2026:1"}
