"""From what a person decides to the events a store writes: checked, compared with what others decided since, sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from arwork.errors import InputError
from arwork.journal.chain import sealed
from arwork.journal.events import Event, check_body
from arwork.journal.legal import refuse_illegal
from arwork.journal.people import People, people_of, refuse_unfit
from arwork.journal.subjects import named_by, spoken


class Draft(NamedTuple):
    """One decision before it has a number: what is done, to what, and why."""

    action: str
    body: Mapping[str, Any]
    reason: str


class Planned(NamedTuple):
    """What a store is to do: `answer` goes back to the caller, `fresh` (the end of the journal) is written."""

    answer: list[Event]
    fresh: list[Event]


@dataclass(frozen=True)
class View:
    """What a plan may look at while nobody else can write: the last event, those after a number, one by number, those of some actions."""

    last: Event | None
    after: Callable[[int], list[Event]]
    at: Callable[[int], Event | None]
    acted: Callable[[Sequence[str]], list[Event]]


Plan: TypeAlias = Callable[[View], Planned]
"""Called by a store inside its transaction."""


def plan(drafts: Sequence[Draft], *, seen: int, at: str, by: str, known_by: str, seeds: Sequence[Mapping[str, Any]] = ()) -> Plan:
    """Make the plan that records decisions of one person together, all or none.

    `seen` is the number of events the person had seen. A decision on a receipt, item or other matter that somebody else
    decided on since is refused with that person's name (InputError). A decision that is already there word for word since
    `seen` (a call repeated because its answer was lost) is answered with the event recorded the first time. `seeds` are bodies
    of PEOPLE events that come first where the journal names nobody yet.
    """
    for draft in drafts:
        check_body(draft.action, draft.body, draft.reason, by=by, known_by=known_by, at=at)

    def planned(view: View) -> Planned:
        """Compare, seal and answer."""
        newer = view.after(seen)
        team = view.acted(["PEOPLE"])
        answer: list[Event] = []
        fresh: list[Event] = []
        for seed in seeds if not team else ():
            before = fresh[-1] if fresh else view.last
            fresh.append(sealed(before, at=at, by=by, known_by=known_by, action="PEOPLE", body=seed, reason="named in the params"))
        people = people_of([*team, *fresh])
        for draft in drafts:
            twin = _twin(newer, answer, draft, at, by, known_by)
            if twin is None:
                refuse_unfit([*team, *fresh], by, draft.action, draft.body)
                _refuse_conflict(view, newer, by, draft, people)
                before = fresh[-1] if fresh else view.last
                twin = sealed(before, at=at, by=by, known_by=known_by, action=draft.action, body=draft.body, reason=draft.reason)
                refuse_illegal(partial(_acted, view, fresh), view.at, people, twin)
                fresh.append(twin)
            answer.append(twin)
        return Planned(answer, fresh)

    return planned


def verbatim(events: Sequence[Event]) -> Plan:
    """Make the plan that writes sealed events as they are behind a journal that is their beginning (restore, move).

    Raises InputError when the journal holds anything else.
    """

    def planned(view: View) -> Planned:
        """Give what is missing behind the beginning that is there."""
        held = view.last.seq if view.last else 0
        if held > len(events) or (view.last and events[held - 1].hash != view.last.hash):
            raise InputError(
                f"the journal holds {held} events that are not the beginning of the {len(events)} to be put in",
                cure="Put them into an empty journal; nothing was written.",
            )
        return Planned(list(events), list(events[held:]))

    return planned


def _acted(view: View, fresh: Sequence[Event], actions: Sequence[str]) -> list[Event]:
    """Give the events of some actions, those of the same call included."""
    return [*view.acted(actions), *(event for event in fresh if event.action in actions)]


def _twin(newer: Sequence[Event], taken: Sequence[Event], draft: Draft, at: str, by: str, known_by: str) -> Event | None:
    """Find the event that an earlier try of the same call recorded."""
    wanted = (at, by, known_by, draft.action, dict(draft.body), draft.reason)
    for event in newer:
        if (event.at, event.by, event.known_by, event.action, dict(event.body), event.reason) == wanted and event not in taken:
            return event
    return None


def _refuse_conflict(view: View, newer: Sequence[Event], by: str, draft: Draft, people: People) -> None:
    if draft.action == "UNDO":
        undone = view.at(draft.body["undoes"])
        if undone is None:
            raise InputError(f"there is no event {draft.body['undoes']} to undo", cure="Take the number from the journal.")
        if undone.action == "PEOPLE":
            raise InputError("a change of people is not undone but changed again, by two persons", cure="Use `arwork people`.")
    mine = named_by(draft.action, draft.body, view.at)
    for event in newer:
        if people.person(event.by) == people.person(by):
            continue  # a person may correct what they have just decided
        shared = sorted(mine & named_by(event.action, event.body, view.at))
        if shared:
            raise InputError(
                f"{event.by} decided on {spoken(shared[0])} since you looked (event {event.seq}: {event.action}, {event.reason})",
                cure="Look at it again, then decide.",
            )
