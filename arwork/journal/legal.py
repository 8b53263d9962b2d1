"""Which step may follow which, asked inside a store's transaction: the journal itself never holds an illegal one (domain 1.2, CV-13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from arwork.breaks.refund_standing import in_turn
from arwork.breaks.transfer_standing import in_turn as transfers_in_turn
from arwork.errors import InputError
from arwork.journal.events import Event, standing
from arwork.journal.people import People
from arwork.journal.refunds import refund_steps
from arwork.journal.transfers import transfer_steps
from arwork.states import Answer, may_follow

Why = Mapping[int, str]
"""By number of a standing event, why it does not count; blank where it does."""
_WRITTEN = ("item", "amount", "currency", "code")
_QUARTER = ("ledger", "company_code", "customer", "counted_currency", "quarter")
_RULED = ("rule", "value", "before")


def refuse_illegal(
    acted: Callable[[Sequence[str]], list[Event]], at: Callable[[int], Event | None], people: People, draft: Event
) -> None:  # fmt: skip
    """Refuse a step that may not follow what stands, and an undo that would leave a later step without the one before it.

    `acted` gives the events of some actions so far, `at` one by its number; `draft` is the event as it would be written. Raises InputError.
    """
    if draft.action == "UNDO":
        _refuse_undo(acted, at, people, draft)
    elif draft.action in _REPLAYS:
        events = [*acted([draft.action, "UNDO"]), draft]
        why = _REPLAYS[draft.action](events, people)[draft.seq]
        if why:
            raise InputError(why, cure=_CURES[draft.action])
        if draft.action == "WRITE_OFF" and draft.body.get("approves") is not None:
            _refuse_beyond(events[:-1], people, draft)


def _refuse_beyond(events: Sequence[Event], people: People, draft: Event) -> None:
    """Refuse an approval above the person's own limit, or one that does not count what was approved of the same customer since (CO-65)."""
    body, member = draft.body, people.find(draft.by)
    currency, counted = str(body.get("counted_currency", body["currency"])), abs(int(body.get("counted", body["amount"])))
    limit = member.limits.get(currency) if member else None
    if limit is not None and counted > limit:
        raise InputError(
            f"{draft.by} approves up to {limit} {currency} in minor units, this counts {counted}",
            cure="Let somebody with a higher limit approve.",
        )
    if "quarter" in body:
        same = [
            one.body for _, one in approved(events, "WRITE_OFF", people) if all(one.body.get(name) == body.get(name) for name in _QUARTER)
        ]
        before = sum(abs(int(one.get("local", 0))) for one in same)
        if before + abs(int(body["local"])) + int(body.get("registered", 0)) > counted:
            raise InputError("another write-off of this customer was approved since you looked", cure="Look at it again, then approve.")


def _refuse_undo(acted: Callable[[Sequence[str]], list[Event]], at: Callable[[int], Event | None], people: People, draft: Event) -> None:
    undone = at(int(draft.body["undoes"]))
    while undone is not None and undone.action == "UNDO":  # an undo of an undo brings back what that had undone
        undone = at(int(undone.body["undoes"]))
    if undone is None or undone.action not in _REPLAYS:
        return
    replay, events = _REPLAYS[undone.action], acted([undone.action, "UNDO"])
    before, now = replay(events, people), replay([*events, draft], people)
    broken = next((seq for seq, why in now.items() if why and not before.get(seq, "")), 0)
    if broken:
        raise InputError(f"decision {broken} rests on decision {undone.seq}: {now[broken]}", cure=f"Undo decision {broken} first.")


def _stepped(thing: str, first: str, fact: str) -> Callable[[Sequence[Event], People], Why]:
    """Make the replay of a matter that goes step by step from `first`, or from the state that an export states (`before`)."""

    def replay(events: Sequence[Event], people: People) -> Why:
        """Say of each standing step why it does not count."""
        now: dict[str, str] = {}
        told: dict[int, str] = {}
        for event in standing(events, thing.upper()):
            number, step, facts = str(event.body[thing]), str(event.body["step"]), {fact: str(event.body.get(fact, ""))}
            state = now.get(number, str(event.body.get("before", "")))
            begun = Answer(step == first, f"{thing} {number} is not known: its first step is {first}, not {step}")
            answer = may_follow(thing, state, step, facts) if state else begun
            told[event.seq] = "" if answer else f"{thing} {number}: {answer.why}"
            if answer:
                now[number] = step
        return told

    return replay


def _refunds(events: Sequence[Event], people: People) -> Why:
    """Replay the steps of refunds; people count, not their logins."""
    named = [replace(event, by=people.person(event.by)) for event in events]
    _, steps = in_turn(refund_steps(named), {})
    return {int(row["seq"]): f"this step does not count: {row['why_not']}" if row["why_not"] else "" for row in steps}


def _transfers(events: Sequence[Event], people: People) -> Why:
    """Replay the approvals of misdirected money; people count, not their logins."""
    named = [replace(event, by=people.person(event.by)) for event in events]
    _, steps = transfers_in_turn(transfer_steps(named), {})
    return {int(row["seq"]): f"this step does not count: {row['why_not']}" if row["why_not"] else "" for row in steps}


def _approvals(action: str, said: Sequence[str], words: str) -> Callable[[Sequence[Event], People], Why]:
    """Make the replay of what one person proposes and another approves, by the number of the proposal."""

    def replay(events: Sequence[Event], people: People) -> Why:
        """Say of each standing proposal and approval why it does not count."""
        told: dict[int, str] = {}
        waiting: dict[int, Event] = {}
        done: dict[int, int] = {}
        held: dict[Any, Any] = {}
        for event in standing(events, action):
            number = event.body.get("approves")
            if number is None:
                told[event.seq] = _second_proposal(event, waiting, said[0], words)
            else:
                proposal = waiting.get(int(number))
                told[event.seq] = _approval(event, proposal, done, people, said, words)
                if not told[event.seq] and action == "RULE":
                    told[event.seq] = _moved_on(event, held)
            if told[event.seq]:
                continue
            if number is None:
                waiting[event.seq] = event
            else:
                done[int(number)] = event.seq
                del waiting[int(number)]
                held[event.body[said[0]]] = event.body.get("value")
        return told

    return replay


def _second_proposal(event: Event, waiting: Mapping[int, Event], subject: str, words: str) -> str:
    same = [other for other in waiting.values() if other.body[subject] == event.body[subject]]
    return f"{words} of {event.body[subject]} waits already (decision {same[0].seq} of {same[0].by})" if same else ""


def _approval(event: Event, proposal: Event | None, done: Mapping[int, int], people: People, said: Sequence[str], words: str) -> str:
    number = int(event.body["approves"])
    if number in done:
        return f"{words} {number} was approved already (decision {done[number]})"
    if proposal is None:
        return f"no {words} waits under {number}"
    if people.person(proposal.by) == people.person(event.by):
        return f"{proposal.by} proposed {words} {number} and cannot approve it (CV-13)"
    if any(proposal.body.get(name) != event.body.get(name) for name in said):
        return f"an approval repeats {words} {number} as it was proposed"
    return ""


def _moved_on(event: Event, held: Mapping[Any, Any]) -> str:
    """Say that a rule was changed since the change was proposed."""
    rule = event.body["rule"]
    if rule in held and held[rule] != event.body["before"]:
        return f"{rule} was changed to {held[rule]} since this change was proposed"
    return ""


_REPLAYS: Mapping[str, Callable[[Sequence[Event], People], Why]] = {
    "DISPUTE": _stepped("dispute", "NEW", "resolution"),
    "PROMISE": _stepped("promise", "OPEN", "payment_returned"),
    "REFUND": _refunds,
    "TRANSFER": _transfers,
    "WRITE_OFF": _approvals("WRITE_OFF", _WRITTEN, "write-off"),
    "RULE": _approvals("RULE", _RULED, "change of a rule"),
}
_CURES: Mapping[str, str] = {
    "DISPUTE": "Look at where the dispute stands, then take the step that follows.",
    "PROMISE": "Record a new promise instead; it takes the place of an open one.",
    "REFUND": "Let somebody else do it, or record the step before it.",
    "TRANSFER": "Let the supervisor of the other ledger approve; see where it stands: arwork transfers PARAMS.",
    "WRITE_OFF": "See what waits: arwork write-off PARAMS.",
    "RULE": "See what waits: arwork rule PARAMS.",
}


def approved(events: Sequence[Event], action: str, people: People) -> list[tuple[Event, Event]]:
    """List what was proposed and approved and still stands, as (proposal, approval), in the order of the approvals."""
    fine = {seq for seq, why in _REPLAYS[action](events, people).items() if not why}
    kept = {event.seq: event for event in standing(events, action) if event.seq in fine}
    return [(kept[int(event.body["approves"])], event) for event in kept.values() if event.body.get("approves") is not None]


def waiting(events: Sequence[Event], action: str, people: People) -> list[Event]:
    """List what was proposed and waits for a second person, in its order."""
    gone = {proposal.seq for proposal, _ in approved(events, action, people)}
    fine = {seq for seq, why in _REPLAYS[action](events, people).items() if not why}
    return [e for e in standing(events, action) if e.seq in fine - gone and e.body.get("approves") is None]
