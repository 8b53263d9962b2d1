"""People of a journal: set by two as soon as there are two, roles that bind, one account that separates nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arwork.errors import InputError
from arwork.journal.events import Event
from arwork.journal.people import people_of, separated
from arwork.journal.store import Store, open_store


@pytest.fixture(params=["a.sqlite", "a.jsonl"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(request.param, base=tmp_path)
    yield opened
    opened.close()


def change(store: Store, by: str, step: str, person: str, **more: Any) -> Event:
    body = {"step": step, "person": person, **more}
    return store.append(seen=store.length(), at="t", by=by, known_by="OS account", action="PEOPLE", body=body, reason="team")


def decide(store: Store, by: str, action: str = "HOLD", known_by: str = "OS account") -> Event:
    return store.append(seen=store.length(), at="t", by=by, known_by=known_by, action=action, body={"receipt": "r1"}, reason="why")


def two(store: Store) -> None:
    change(store, "ana", "add", "ana", roles=["preparer", "approver"])
    change(store, "ana", "add", "Bea", roles=["reviewer", "preparer"])


def test_the_first_two_are_set_by_one_and_the_third_waits_for_a_second_person(store: Store) -> None:
    two(store)
    proposal = change(store, "ana", "add", "cem", roles=["auditor"])
    assert set(people_of(store.events()).pending) == {3}
    assert people_of(store.events()).find("cem") is None
    with pytest.raises(InputError, match=r"ana proposed this change and cannot confirm it \(CV-13\)"):
        change(store, "Ana ", "add", "cem", roles=["auditor"], confirms=3)
    with pytest.raises(InputError, match="repeats the change as it was proposed"):
        change(store, "bea", "add", "cem", roles=["preparer"], confirms=3)
    change(store, "bea", **proposal.body, confirms=3)
    now = people_of(store.events())
    assert now.find("CEM").roles == ("auditor",)  # type: ignore[union-attr]
    assert not now.pending
    with pytest.raises(InputError, match="no change waits under 3"):
        change(store, "bea", "add", "cem", roles=["auditor"], confirms=3)


def test_logins_of_one_person_cannot_confirm_each_other(store: Store) -> None:
    change(store, "ana", "add", "ana", roles=["preparer"])
    change(store, "ana", "same-person", "ana", login="a.meier")
    change(store, "a.meier", "add", "bea", roles=["reviewer"])
    assert change(store, "ana", "limit", "bea", amount=100000, currency="EUR").seq == 4
    with pytest.raises(InputError, match="ana proposed this change"):
        change(store, "a.meier", "limit", "bea", amount=100000, currency="EUR", confirms=4)
    change(store, "bea", "limit", "bea", amount=100000, currency="EUR", confirms=4)
    assert people_of(store.events()).find("bea").limits == {"EUR": 100000}  # type: ignore[union-attr]


def test_an_auditor_and_a_stranger_decide_nothing(store: Store) -> None:
    change(store, "ana", "add", "ana", roles=["preparer"])
    change(store, "ana", "add", "dan", roles=["auditor"])
    decide(store, "ana")
    with pytest.raises(InputError, match="dan is auditor; HOLD takes somebody who is preparer"):
        decide(store, "dan")
    with pytest.raises(InputError, match=r"kim is not among the people of this journal \(ana, dan\)"):
        decide(store, "kim")
    with pytest.raises(InputError, match="dan is auditor; NOTE"):
        decide(store, "dan", "NOTE")
    assert store.length() == 3


@pytest.mark.parametrize(
    ("step", "more", "said"),
    [
        ("add", {"roles": ["preparer"]}, "ana is there already"),
        ("role", {"roles": ["boss"]}, "needs roles among preparer"),
        ("role", {"roles": ["auditor", "preparer"]}, "an auditor looks"),
        ("role", {"roles": ["auditor"]}, "nobody would be left"),
        ("remove", {}, "nobody would be left"),
        ("limit", {"amount": 10}, "an amount in minor units and its currency"),
        ("limit", {"amount": -1, "currency": "EUR"}, "an amount in minor units"),
        ("same-person", {"login": "ANA"}, "another login"),
        ("promote", {}, "not 'promote' but one of add, remove"),
    ],
)
def test_a_change_that_is_not_whole_is_refused(store: Store, step: str, more: dict[str, Any], said: str) -> None:
    change(store, "ana", "add", "ana", roles=["preparer"])
    with pytest.raises(InputError, match=said):
        change(store, "ana", step, "ana", **more)
    with pytest.raises(InputError, match="zoe is not among the people"):
        change(store, "ana", "role", "zoe", roles=["preparer"])


def test_a_change_of_people_is_not_undone_by_one(store: Store) -> None:
    two(store)
    with pytest.raises(InputError, match="changed again, by two persons"):
        store.append(seen=2, at="t", by="ana", known_by="OS account", action="UNDO", body={"undoes": 2}, reason="out")


def test_people_on_one_account_are_said_not_to_be_separated(store: Store) -> None:
    decide(store, "ana")
    decide(store, "ANA", known_by="named on the command line by OS account ana")
    decide(store, "bea", known_by="OS account")
    assert separated(store.events()) == ""
    decide(store, "cem", known_by="named on the command line by OS account ana")
    assert separated(store.events()) == (
        "People are not separated: ana and cem acted from one account, ana. Who decided is what was typed, and nothing proves it."
    )
