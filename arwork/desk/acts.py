"""What a person does at the desk, and the one place where the desk meets the journal.

A newer decision of somebody else on the same receipt refuses the act with that person's name; nothing is written then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arwork.decide import Person
from arwork.desk.proposed import proposed
from arwork.desk.split import Split, problems, to_splits
from arwork.errors import InputError, IntegrityError
from arwork.journal.chain import head
from arwork.journal.events import Event
from arwork.journal.lines import append, read
from arwork.params import Params

if TYPE_CHECKING:
    from arwork.desk.open import Desk

ACTIONS = ("ALLOCATE", "REJECT", "HOLD", "NOTE")
"""What a person may do with receipts; undo is a function of its own."""
AUDITOR = "auditor"
_LOOKS_ONLY = "An auditor looks and does not decide."


def act(
    desk: Desk, *, action: str, receipts: Sequence[str], split: Split | None = None, reason: str, seen: int
) -> list[Event]:
    """Record a decision on each receipt and return the events.

    `ALLOCATE` with a split allocates its one receipt as split; without one it confirms what is proposed for each receipt.
    `seen` is how many events of the journal the person had seen. Raises InputError when the person may not decide, the
    split does not add up, nothing is proposed, or somebody else decided on a receipt since (with that person's name);
    then nothing is written for any of the receipts.
    """
    _refuse(desk)
    if action not in ACTIONS or not receipts:
        raise InputError(f"unknown action {action!r}" if receipts else "no receipt is chosen", cure=f"Use one of {', '.join(ACTIONS)}.")
    if not reason.strip():
        raise InputError("a decision needs a reason", cure="Say why, in a few words.")
    if split is not None and list(receipts) != [split.receipt_id]:
        raise InputError("a split is of one receipt", cure="Decide on the others by themselves.")
    known = set(desk.tables["receipts"]["receipt_id"])
    if strange := [receipt for receipt in receipts if receipt not in known]:
        raise InputError(f"there is no receipt {strange[0]!r} on the desk", cure="Open the newest run.")
    bodies = [_body(desk, action, receipt, split) for receipt in dict.fromkeys(receipts)]
    if action != "NOTE":
        _refuse_newer(desk, [str(body["receipt"]) for body in bodies], seen)
    return _record(desk, action, bodies, reason, seen)


def undo(desk: Desk, *, event: int, reason: str, seen: int) -> list[Event]:
    """Undo a decision by another event; InputError when there is none, or somebody else decided on its receipt since."""
    _refuse(desk)
    events = events_of(desk.journal)
    found = next((one for one in events if one.seq == event), None)
    if found is None:
        raise InputError(f"there is no decision {event} to undo", cure="Choose one of the receipt's history.")
    receipts = receipts_of(events)
    _refuse_newer(desk, [receipts.get(event, "")], seen)
    return _record(desk, "UNDO", [{"undoes": event}], reason, seen)


def may_do(desk: Desk) -> tuple[tuple[str, ...], str]:
    """Return what the person may do, and, where that is nothing, why."""
    return ((), _LOOKS_ONLY) if AUDITOR in desk.roles else ((*ACTIONS, "UNDO"), "")


def poll(desk: Desk, seen: int) -> list[Event]:
    """Return the events of the journal after the first `seen`; cheap enough to be asked every second.

    Only what is new is parsed, and it must follow the last event seen: IntegrityError when the journal was cut or rewritten.
    """
    if not desk.journal.exists():
        return []
    data = desk.journal.read_bytes()
    lines = data.count(b"\n")
    if lines < seen:
        raise IntegrityError("holds fewer decisions than before", where=desk.journal.name, cure="Take it from the last good backup.")
    if lines == seen:
        return []
    tail = data[: data.rindex(b"\n")].rsplit(b"\n", lines - seen)[-(lines - seen) :]
    events = [_event(line, desk.journal.name) for line in tail]
    if seen == desk.position and events[0].prev != head(desk.events):
        raise IntegrityError("is not the journal that was opened", where=desk.journal.name, cure="Open the desk again.")
    return events


def receipts_of(events: Sequence[Event]) -> dict[int, str]:
    """Return by event the receipt it is about; an undo is about the receipt of what it undoes."""
    found: dict[int, str] = {}
    for event in events:
        found[event.seq] = found.get(int(event.body["undoes"]), "") if event.action == "UNDO" else str(event.body.get("receipt", ""))
    return found


def events_of(journal: Path) -> list[Event]:
    """Read the whole journal of a close, its chain checked."""
    return read(journal)


def roles_of(params: Params, person: Person) -> tuple[str, ...]:
    """Return the roles of a person in a close; everybody is an analyst where the close names no people."""
    people: Mapping[str, Any] = getattr(params, "people", None) or {}
    return tuple(people.get(person.name, ("analyst",) if not people else (AUDITOR,)))


def _refuse(desk: Desk) -> None:
    if AUDITOR in desk.roles:
        raise InputError(f"{desk.person.name} is an auditor of this close", cure=_LOOKS_ONLY)


def _refuse_newer(desk: Desk, receipts: Sequence[str], seen: int) -> None:
    newer = poll(desk, seen)
    if not newer:
        return
    about = receipts_of(events_of(desk.journal))
    for event in newer:
        receipt = about.get(event.seq, "")
        if receipt and receipt in receipts and event.by != desk.person.name and event.action != "NOTE":
            raise InputError(
                f"{event.by} decided on receipt {receipt} since you looked (event {event.seq}: {event.action}, {event.reason})",
                cure="Look at the receipt again, then decide.",
            )


def _body(desk: Desk, action: str, receipt: str, split: Split | None) -> dict[str, Any]:
    if action != "ALLOCATE":
        return {"receipt": receipt}
    chosen = split if split is not None else proposed(desk.tables, receipt)
    if split is None and not chosen.lines:
        raise InputError(f"nothing is proposed for receipt {receipt}", cure="Split it by hand, or hold it.")
    if found := problems(chosen, desk.params.units):
        raise InputError(f"receipt {receipt} cannot be allocated so: {' '.join(found)}", cure="Correct the split.")
    return {"receipt": receipt, "currency": chosen.currency, "items": to_splits(chosen), "on_account": chosen.on_account}


def _record(desk: Desk, action: str, bodies: Sequence[Mapping[str, Any]], reason: str, seen: int) -> list[Event]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    who = {"by": desk.person.name, "known_by": desk.person.known_by}
    last = max(seen, len(events_of(desk.journal)) if action == "UNDO" else 0)  # whose receipt an undo is about was looked at above
    return [append(desk.journal, seen=last, at=now, **who, action=action, body=body, reason=reason) for body in bodies]


def _event(line: bytes, name: str) -> Event:
    try:
        return Event(**json.loads(line))
    except (ValueError, TypeError):
        raise IntegrityError("holds a line that is no event", where=name, cure="Take it from the last good backup.") from None

