"""Stores of the journal: the same promises on a file of lines, on SQLite and on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

import pytest

from arwork.errors import InputError
from arwork.journal.chain import GENESIS
from arwork.journal.store import Store, open_store


@pytest.fixture(params=["a.jsonl", "a.sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return open_store(request.param, base=tmp_path)


def hold(store: Store, receipt: str, by: str = "ana", seen: int = 0) -> None:
    store.append(seen=seen, at="t", by=by, known_by="test", action="HOLD", body={"receipt": receipt}, reason="why")


def test_a_store_keeps_what_it_answered(store: Store) -> None:
    assert (store.events(), store.length(), store.head()) == ([], 0, GENESIS)
    hold(store, "r1")
    drafts = [("NOTE", {"receipt": "r1"}, "a"), ("REJECT", {"receipt": "r2"}, "b")]
    more = store.append_many(drafts, seen=1, at="t", by="bea", known_by="test")  # type: ignore[arg-type]
    assert [event.seq for event in store.events()] == [1, 2, 3]
    assert store.events(after=1) == more
    assert store.head() == more[-1].hash


def test_a_decision_on_what_another_decided_since_is_refused_and_nothing_is_written(store: Store) -> None:
    hold(store, "r1", by="bea")
    with pytest.raises(InputError, match=r"bea decided on receipt r1 since you looked \(event 1"):
        store.append_many([("HOLD", {"receipt": "r2"}, "x"), ("HOLD", {"receipt": "r1"}, "x")], seen=0, at="t", by="ana", known_by="t")  # type: ignore[list-item]
    assert store.length() == 1
