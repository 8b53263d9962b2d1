"""Sign-offs by replay of the journal: how far each reconciliation of a pack is, who signed it, and which period is locked.

A sign-off names the pack by its seal, the reconciliations it covers (`reconciliations`) and how many the pack has (`of`), so that the
journal alone says which period is certified.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from arwork.errors import InputError
from arwork.journal.events import Event, standing
from arwork.journal.people import People, act_of, people_of
from arwork.states import ROLES, may_act, may_follow

REACHED: Mapping[str, str] = {
    "PREPARE": "PREPARED", "REVIEW": "REVIEWED", "CERTIFY": "CERTIFIED", "RETURN": "RETURNED", "REOPEN": "OPEN",
}  # fmt: skip
"""The acts of a sign-off and the state that each leads to (domain 1.2)."""
QUIET = (*REACHED, "PEOPLE")
"""Acts that change no figure: behind the last decision they make no new run."""
WHOLE = "the pack"
"""What is signed where a pack holds no reconciliation."""
_ORDER = ("OPEN", "RETURNED", "PREPARED", "REVIEWED", "CERTIFIED")
_NEXT = {
    "OPEN": "arwork prepare", "RETURNED": "arwork prepare", "PREPARED": "arwork review, or arwork return",
    "REVIEWED": "arwork certify, or a close with other inputs or decisions", "CERTIFIED": "arwork reopen",
}  # fmt: skip
_LIFTED = {"inputs_changed": "reopened"}


@dataclass(frozen=True)
class Signed:
    """How far one reconciliation of a pack is, and the acts since it was last open."""

    state: str = "OPEN"
    acts: tuple[Event, ...] = ()


def deciding(events: Sequence[Event]) -> list[Event]:
    """Cut what was signed, and who the people are, off the end of a journal: it changes no figure of a close."""
    end = len(events)
    while end and events[end - 1].action in QUIET:
        end -= 1
    return list(events[:end])


def signed(events: Sequence[Event], seal: str) -> dict[str, Signed]:
    """Replay the sign-offs of the pack with this seal, by reconciliation; an act that may not follow is not replayed."""
    found: dict[str, Signed] = {}
    for event in events:
        if event.action in REACHED and event.body.get("pack") == seal:
            for name in event.body["reconciliations"]:
                now = found.get(name, Signed())
                if may_follow("reconciliation", now.state, REACHED[event.action], _LIFTED):
                    kept = () if event.action == "REOPEN" else (*now.acts, event)
                    found[name] = Signed(REACHED[event.action], kept)
    return found


def pack_state(found: Mapping[str, Signed], of: int) -> str:
    """Say how far a pack is: as far as the reconciliation that is least far; RETURNED where one was returned."""
    states = [entry.state for entry in found.values()]
    if "RETURNED" in states:
        return "RETURNED"
    return min(states, key=_ORDER.index) if len(states) >= of and states else "OPEN"


def how_far(found: Mapping[str, Signed], of: int) -> str:
    """Say the state of a pack, and how many of its reconciliations are further than that where not all are equally far."""
    state = pack_state(found, of)
    counts = Counter(entry.state for entry in found.values() if entry.state not in (state, "OPEN"))
    further = [f"{counts[name]} {name}" for name in _ORDER if counts[name]]
    return f"{state} (of {of} reconciliations {', '.join(further)})" if further else state


def scope_of(act: Event) -> str:
    """Say what an act covers, where that is not the whole pack: ` of RC-10/...`, ` of 6 of 7 reconciliations`."""
    body = act.body
    if body.get("reconciliation"):
        return f" of {body['reconciliation']}"
    return f" of {len(body['reconciliations'])} of {body['of']} reconciliations" if len(body["reconciliations"]) < body["of"] else ""


def refuse_unfit_sign_off(
    events: Sequence[Event], decisions: Collection[Event], act: str, names: Sequence[str], seal: str, by: str
) -> None:
    """Refuse an act that may not follow, or that the person may not do (CV-13); InputError names the reconciliation and the person.

    `decisions` are the events that the pack was built on: who decided in it neither reviews nor certifies it. People are compared, not
    logins.
    """
    people = people_of(events)
    person = people.person(by)
    found = signed(events, seal)
    made: dict[str, set[str]] = {}
    for event in standing_decisions(decisions):
        made.setdefault(act_of(event.action, event.body), set()).add(people.person(event.by))
    for name in names:
        now = found.get(name, Signed())
        follows = may_follow("reconciliation", now.state, REACHED[act], _LIFTED)
        if not follows:
            raise InputError(f"{name}: {follows.why}", cure=f"What can follow: {_NEXT[now.state]}.")
        earlier = {key: set(names_of) for key, names_of in made.items()}
        for done in now.acts:
            earlier.setdefault(done.action, set()).add(people.person(done.by))
        answer = may_act(_roles(people, by), act, person, earlier)
        if not answer:
            raise InputError(f"{name}: {answer.why}", cure="Let another person do it; `arwork people list` shows who may.")


def standing_decisions(events: Collection[Event]) -> list[Event]:
    """List the events that decide and were not undone."""
    kept = list(events)
    return [event for action in sorted({e.action for e in kept}) if action not in QUIET for event in standing(kept, action)]


def _roles(people: People, by: str) -> tuple[str, ...]:
    """Return a person's roles; where nobody is named yet, everybody may do everything but twice."""
    member = people.find(by)
    if member:
        return member.roles
    return () if people.members else tuple(role for role in ROLES if role != "auditor")


def locked(events: Sequence[Event], period: str) -> Event | None:
    """Return the act that certified a period of this journal's close, or None while it is open or was reopened."""
    seals = dict.fromkeys(str(e.body["pack"]) for e in events if e.action == "CERTIFY" and e.body.get("period") == period)
    for seal in reversed(seals):
        found = signed(events, seal)
        last = max((act for entry in found.values() for act in entry.acts), key=lambda act: act.seq, default=None)
        if last is not None and pack_state(found, int(last.body["of"])) == "CERTIFIED":
            return last
    return None


def refuse_locked(events: Sequence[Event], close: str, period: str) -> None:
    """Refuse to close a period that is certified; InputError names who certified it, and how it is reopened."""
    act = locked(events, period)
    if act is not None:
        raise InputError(
            f"{close} {period} was certified by {act.by} on {act.at[:10]} (run {act.body.get('run', '')}, event {act.seq}) and is locked",
            cure="What came since belongs to the next period. To close it again, somebody else reopens it: arwork reopen PACK --reason ...",
        )
