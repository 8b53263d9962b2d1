"""The journal: what is recorded stays, an edit shows, state is a replay."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from arwork.errors import InputError, IntegrityError, StoppedError
from arwork.journal import lines
from arwork.journal.chain import GENESIS, check, head, sealed
from arwork.journal.events import Event, canonical, check_body, replay
from arwork.journal.lock import held
from arwork.pack.plan import _as_far

ITEM = {"item": "1000:1:2026:1", "amount": 100, "discount": 0, "seen_open": 100}


def record(path: Path, action: str, body: dict[str, Any], by: str = "ana", seen: int | None = None) -> Event:
    known = len(lines.read(path)) if seen is None else seen
    return lines.append(
        path, seen=known, at="2026-03-31T10:00:00+00:00", by=by, known_by="OS account", action=action, body=body, reason="why"
    )


def allocation(receipt: str = "r1") -> dict[str, Any]:
    return {"receipt": receipt, "currency": "EUR", "items": [ITEM]}


def actions(path: Path) -> dict[int, str]:
    frame = replay(lines.read(path))
    return dict(zip(frame["seq"], frame["action"], strict=True))


def test_empty_journal_has_the_genesis_head(tmp_path: Path) -> None:
    assert lines.read(tmp_path / "none.jsonl") == []
    assert head([]) == GENESIS


def test_append_then_read_gives_the_same_events(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    written = [record(path, "ALLOCATE", allocation()), record(path, "NOTE", {"receipt": "r1"})]
    assert lines.read(path) == written
    assert [e.seq for e in written] == [1, 2]
    assert written[1].prev == written[0].hash


def test_every_changed_byte_of_a_journal_is_caught(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    for number in range(3):
        record(path, "ALLOCATE", allocation(f"r{number}"))
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(IntegrityError):
            lines.read(path)


def test_cut_in_the_middle_and_swapped_lines_are_caught(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    for number in range(3):
        record(path, "ALLOCATE", allocation(f"r{number}"))
    first, second, third = path.read_text().splitlines(keepends=True)
    for damaged in (first + third, second + third, second + first + third, first + second + third[:-1]):
        path.write_text(damaged)
        with pytest.raises(IntegrityError):
            lines.read(path)


def test_a_cut_tail_is_whole_for_the_chain_and_needs_the_head_of_a_pack(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    before = record(path, "ALLOCATE", allocation())
    after = record(path, "HOLD", {"receipt": "r2"})
    path.write_text(path.read_text().splitlines(keepends=True)[0])
    events = lines.read(path)
    check(events)
    assert head(events) == before.hash != after.hash


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (["ALLOCATE"], {1: "ALLOCATE"}),
        (["ALLOCATE", "HOLD"], {1: "SUPERSEDED", 2: "HOLD"}),
        (["ALLOCATE", "NOTE"], {1: "ALLOCATE", 2: "NOTE"}),
        (["ALLOCATE", "UNDO 1"], {1: "UNDONE"}),
        (["ALLOCATE", "HOLD", "UNDO 2"], {1: "ALLOCATE", 2: "UNDONE"}),
        (["ALLOCATE", "UNDO 1", "UNDO 2"], {1: "ALLOCATE"}),
    ],
)
def test_replay(tmp_path: Path, history: list[str], expected: dict[int, str]) -> None:
    path = tmp_path / "j.jsonl"
    for step in history:
        action, _, number = step.partition(" ")
        body: dict[str, Any] = {"undoes": int(number)} if number else allocation() if action == "ALLOCATE" else {"receipt": "r1"}
        record(path, action, body)
    assert actions(path) == expected


def test_a_decision_on_what_somebody_has_decided_since_is_refused_with_the_name(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    record(path, "HOLD", {"receipt": "r1"}, by="bea")
    before = path.read_bytes()
    with pytest.raises(InputError, match="bea decided on receipt r1 since you looked"):
        record(path, "ALLOCATE", allocation(), seen=0)
    assert path.read_bytes() == before
    record(path, "ALLOCATE", allocation("r2"), seen=0)


def test_one_writer_at_a_time_and_a_dead_one_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    with held(tmp_path / "j.jsonl.lock", "the journal is being written"), pytest.raises(StoppedError, match="another process"):
        record(path, "NOTE", {"receipt": "r1"})
    assert not path.exists()
    record(path, "NOTE", {"receipt": "r1"})


@pytest.mark.parametrize(
    ("action", "body", "reason"),
    [
        ("ALLOCATE", {"receipt": "r1", "currency": "EUR", "items": []}, "why"),
        ("ALLOCATE", {"receipt": "r1", "currency": "EUR", "items": [ITEM, ITEM]}, "why"),
        ("ALLOCATE", {"receipt": "r1", "currency": "EUR", "items": [{**ITEM, "amount": 1.5}]}, "why"),
        ("HOLD", {}, "why"),
        ("HOLD", {"receipt": "r1"}, "  "),
        ("POST", {"receipt": "r1"}, "why"),
        ("UNDO", {}, "why"),
    ],
)
def test_decisions_that_cannot_be_replayed_are_refused(action: str, body: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError):
        check_body(action, body, reason)


def test_canonical_json_refuses_floats() -> None:
    assert canonical({"b": 1, "a": ["ü", None]}) == '{"a":["ü",null],"b":1}'
    with pytest.raises(TypeError):
        canonical({"amount": 1.5})
    assert json.loads(canonical({"x": True})) == {"x": True}


def test_4_11_a_run_takes_in_what_was_signed_on_other_inputs_and_not_what_was_signed_on_itself() -> None:
    """Signing makes no new run; other inputs make one that knows what was signed before, and signing that one makes none again."""

    def sign(*runs: tuple[str, str]) -> list[Event]:
        events: list[Event] = []
        for run, period in runs:
            body = {"pack": "a", "period": period, "run": run, "reconciliations": ["x"], "of": 1}
            last = events[-1] if events else None
            events.append(sealed(last, at="2026-04-01T08:00:00+00:00", by="ann", known_by="t", action="PREPARE", body=body, reason="r"))
        return events

    def named(texts: int) -> Callable[[str], str]:
        return lambda head: f"{texts} {head}"

    _, first = _as_far([], "2026-03", named(1))
    own = sign((first, "2026-03"), (first, "2026-03"), ("other", "2026-02"))
    assert _as_far(own, "2026-03", named(1)) == ((), first)
    taken, second = _as_far(own, "2026-03", named(2))
    assert len(taken) == 2
    assert second != first
    more = sign((first, "2026-03"), (first, "2026-03"), (second, "2026-03"), (second, "2026-03"))
    assert [len(_as_far(more, "2026-03", named(2))[0]), _as_far(more, "2026-03", named(2))[1]] == [2, second]
    assert len(_as_far(more, "2026-03", named(1))[0]) == 4
