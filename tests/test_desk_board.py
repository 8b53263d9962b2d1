"""The board of the desk: queues, states and money, replayed from the journal; one decision changes one row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import desks
import pandas as pd
import pyarrow.parquet as pq
import pytest
from conftest import Finished
from desks import event

from arwork.decide import Person
from arwork.desk.board import FLOWING, Board, board, filtered, updated
from arwork.desk.open import Desk, newer_run, open_desk
from arwork.desk.words import GATES, QUEUES, STATES, WAITING, short_reason
from arwork.errors import InputError
from arwork.journal.events import Event
from arwork.matching.gates import GATES as RULES

PAID, NOBODY, SHORT, EITHER = 50000, 4200, 20050, 7000


@pytest.fixture(scope="module")
def params(desk_month: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desks.copied(desk_month, tmp_path_factory.mktemp("desk") / "m")


@pytest.fixture(scope="module")
def desk(params: Path) -> Desk:
    return desks.desk_of(params)


def row(found: Board, receipt: str) -> dict[str, object]:
    return dict(found.rows.iloc[found.places[receipt]])


def as_dict(found: Board) -> dict[str, object]:
    return {"queues": found.queues.to_dict("list"), "money": found.money.to_dict("list"), "rows": found.rows.to_dict("list")}


def test_each_receipt_stands_in_one_queue_with_its_reason(desk: Desk) -> None:
    found = board(desk, ())
    told = {amount: row(found, desks.receipt(desk, amount)) for amount in (PAID, NOBODY, SHORT, EITHER)}
    assert [told[amount]["queue"] for amount in told] == ["done", "unidentified", "confirm", "decide"]
    assert [told[amount]["state"] for amount in told] == ["auto", "none", "suggested", "review"]
    assert told[PAID]["reason"] == ""
    assert told[SHORT]["reason"] == "G-10 short payment"
    assert told[EITHER]["reason"] == "G-01 several item sets fit"
    assert (told[PAID]["customer"], told[PAID]["collector"], told[PAID]["age_days"]) == ("Alpha Handel GmbH", "kim", 19)
    assert told[NOBODY]["customer"] == ""
    assert told[PAID]["source"] == "statement.sta:5"
    assert set(found.rows["queue"]) <= set(QUEUES)
    assert set(found.rows["state"]) <= set(STATES)


def test_money_of_every_row_and_of_the_board_adds_up(desk: Desk) -> None:
    events: list[Event] = []
    for seq, (amount, action) in enumerate([(SHORT, "ALLOCATE"), (EITHER, "HOLD"), (PAID, "REJECT")], start=1):
        items = [{"item": "1000:9002:2026:1", "amount": 15050, "discount": 0, "seen_open": 25050}] if action == "ALLOCATE" else []
        body = {"currency": "EUR", "items": items, "on_account": 3000} if items else {}
        events.append(event(seq, action, desks.receipt(desk, amount), **body))
        found = board(desk, events)
        rows = found.rows
        assert (rows["applied"] + rows["on_account"] + rows["unapplied"] == rows["amount"]).all()
        assert found.money["amount"].tolist() == [int(rows["amount"].sum())]
        assert found.queues["count"].sum() == len(rows)
    assert found.money.to_dict("records") == [
        {"currency": "EUR", "applied": 15050, "on_account": 3000, "unapplied": 63200, "amount": 81250}
    ]


@pytest.mark.parametrize(
    ("action", "queue", "state"), [("REJECT", "unapplied", "rejected"), ("HOLD", "on hold", "held"), ("NOTE", "confirm", "suggested")]
)
def test_a_decision_moves_the_receipt_to_its_queue(desk: Desk, action: str, queue: str, state: str) -> None:
    about = desks.receipt(desk, SHORT)
    told = row(board(desk, [event(1, action, about)]), about)
    assert (told["queue"], told["state"]) == (queue, state)
    assert told["decided_by"] == ("" if action == "NOTE" else "ann")


def test_an_undo_brings_back_what_was_and_an_undone_undo_the_decision(desk: Desk) -> None:
    about = desks.receipt(desk, EITHER)
    before = row(board(desk, ()), about)
    history = [event(1, "HOLD", about), event(2, "UNDO", undoes=1), event(3, "UNDO", undoes=2)]
    assert row(board(desk, history[:2]), about) == before
    assert row(board(desk, history), about)["queue"] == "on hold"


def test_replay_event_by_event_finds_the_same_board_as_replay_at_once(desk: Desk) -> None:
    one, two = desks.receipt(desk, SHORT), desks.receipt(desk, EITHER)
    history = [
        event(1, "HOLD", one), event(2, "REJECT", two, by="bo"), event(3, "NOTE", one), event(4, "UNDO", undoes=2),
        event(5, "HOLD", two), event(6, "REJECT", one), event(7, "UNDO", undoes=6), event(8, "ACCEPT", learned="x"),
    ]  # fmt: skip
    step = board(desk, ())
    for place in range(len(history)):
        kept = as_dict(step)
        after = updated(step, history[place : place + 1])
        assert as_dict(step) == kept, "the board before stays as it was"
        step = after
        assert as_dict(step) == as_dict(board(desk, history[: place + 1]))
    assert updated(step, history) is step


def test_a_run_that_took_the_decision_in_shows_it_and_its_undo_opens_the_receipt_again(desk_month: Path, tmp_path: Path) -> None:
    params = desks.copied(desk_month, tmp_path / "m")
    first = desks.desk_of(params)
    about = desks.receipt(first, EITHER)
    body = {"currency": "EUR", "items": [{"item": "1000:9004:2026:1", "amount": 7000, "discount": 0, "seen_open": 7000}]}
    made = desks.record(first, "ALLOCATE", {"receipt": about, **body})
    assert newer_run(first) is None
    run = desks.closed(params, params.parent / "outputs")
    assert newer_run(first) == run
    second = desks.desk_of(params)
    assert (second.run, second.taken_in, second.position) == (run, 1, 1)
    told = row(board(second, [made]), about)
    assert (told["queue"], told["state"], told["decided_by"], told["decided_seq"], told["applied"]) == (
        "decided",
        "allocated",
        "ann",
        1,
        7000,
    )
    undone = row(board(second, [made, event(2, "UNDO", undoes=1)]), about)
    assert (undone["queue"], undone["state"], undone["applied"], undone["reason"]) == ("unapplied", "undone", 0, "decision 1 was undone")


def test_filters_narrow_and_the_order_is_that_of_the_work(desk: Desk) -> None:
    found = board(desk, ())
    assert filtered(found)["queue"].tolist() == ["confirm", "decide", "unidentified", "done"]
    assert set(filtered(found, queue="waiting")["amount"]) == {NOBODY, SHORT, EITHER}
    assert filtered(found, reason="G-01")["amount"].tolist() == [EITHER]
    assert filtered(found, reason="G-10 short payment")["amount"].tolist() == [SHORT]
    assert filtered(found, customer="C1", sort="amount")["amount"].tolist() == [SHORT, PAID]
    assert filtered(found, customer="beta")["amount"].tolist() == [EITHER]
    assert filtered(found, amount_from=7000, amount_to=20050, sort="-amount")["amount"].tolist() == [SHORT, EITHER]
    assert filtered(found, age_from=11)["amount"].tolist() == [NOBODY, PAID]
    assert filtered(found, collector="kim", ledger="MAIN")["amount"].tolist() == [SHORT, EITHER, PAID]
    assert filtered(found, ledger="OTHER").empty
    assert filtered(found, text="gutschrift")["amount"].tolist() == [SHORT]
    assert filtered(found, text="200,50")["amount"].tolist() == filtered(found, text="200.50")["amount"].tolist() == [SHORT]
    assert filtered(found, text="(.*")["amount"].tolist() == []
    with pytest.raises(InputError, match="no column 'size'"):
        filtered(found, sort="size")


def test_a_hundred_thousand_receipts_keep_their_counts(desk: Desk) -> None:
    """The same four receipts 25,000 times: every count and sum is 25,000 times as large, and decisions find their rows."""
    large = desks.many(desk, 25_000)
    small, found = board(desk, ()), board(large, ())
    assert len(found.rows) == 100_000
    assert (found.queues["count"] == 25_000 * small.queues["count"]).all()
    assert found.sums == {code: tuple(25_000 * part for part in parts) for code, parts in small.sums.items()}
    chosen = large.tables["receipts"]["receipt_id"].iloc[7::50].tolist()
    history = [event(seq, ("HOLD", "REJECT")[seq % 2], about) for seq, about in enumerate(chosen, start=1)]
    after = board(large, history)
    held = after.rows.loc[after.rows["state"].isin(["held", "rejected"])]
    assert sorted(held["receipt_id"]) == sorted(chosen)
    assert (after.rows.drop(columns=list(FLOWING)) == found.rows.drop(columns=list(FLOWING))).all().all()
    last = updated(board(large, history[:-1]), history[-1:])
    assert last.queues.equals(after.queues)
    assert last.sums == after.sums
    assert last.rows[list(FLOWING)].equals(after.rows[list(FLOWING)])


def test_the_board_does_not_depend_on_the_order_of_proposals_or_customers(desk: Desk) -> None:
    turned = {name: desk.tables[name].iloc[::-1].reset_index(drop=True) for name in ("proposals", "customers", "breaks", "on_account")}
    other = replace(desk, tables={**desk.tables, **turned})
    assert as_dict(board(other, ())) == as_dict(board(desk, ()))


def test_every_gate_of_matching_has_words(desk: Desk) -> None:
    assert {name for name, _ in RULES} | {"G-02", "G-10", "G-11", "G-18", "G-21"} <= set(GATES)
    assert short_reason("", "NONE", "") == "nothing found"
    assert short_reason("", "REVIEW", "THIRD_PARTY") == "third party"


def test_the_demo_has_every_waiting_receipt_of_its_pack(demo: Finished) -> None:
    """Each receipt that the pack says is owed stands in the same queue of the desk; those of two queues in the first."""
    desk = open_desk(demo.folder / "params/demo.yaml", demo.folder / "outputs", Person("ann", "test"))
    found = board(desk, ())
    owed = pq.read_table(demo.pack / "data/owed.parquet").to_pandas()
    queue = dict(zip(found.rows["receipt_id"], found.rows["queue"], strict=True))
    of_receipt = owed.loc[~owed["queue"].isin(["reconciliation", "possible repeat"])]
    differ = [
        (key, said) for key, said in zip(of_receipt["key"], of_receipt["queue"], strict=True) if queue[key] not in (said, "possible repeat")
    ]
    assert not differ
    waiting = found.rows.loc[found.rows["queue"].isin(WAITING), "receipt_id"]
    assert set(waiting) == set(of_receipt["key"]) | set(desk.tables["breaks"]["receipt_id"])
    receipts = desk.tables["receipts"]
    assert int(found.money["applied"].sum()) == int(receipts["applied_amount"].sum())
    assert pd.Series(found.rows["receipt_id"]).is_unique
