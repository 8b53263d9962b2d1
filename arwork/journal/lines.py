"""The journal as a file of JSON lines, written by one process at a time and flushed to the disk before it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arwork.errors import IntegrityError
from arwork.journal.chain import check
from arwork.journal.durable import replace_whole
from arwork.journal.events import Event, canonical
from arwork.journal.lock import held
from arwork.journal.record import Draft, Plan, View, plan

_FIELDS = ("seq", "at", "by", "known_by", "action", "body", "reason", "prev", "hash")


def as_line(event: Event) -> str:
    """Write an event as one line of canonical JSON."""
    return canonical({**event.content(), "prev": event.prev, "hash": event.hash})


def parse(text: str, name: str) -> list[Event]:
    """Read the events of a journal file and check their chain; IntegrityError names the first bad line."""
    if text and not text.endswith("\n"):
        raise IntegrityError("the last line was cut short", where=name, cure="Take the journal from the last good backup.")
    events: list[Event] = []
    for number, line in enumerate(text.split("\n")[:-1], start=1):  # not splitlines: it also breaks at \x0b and U+2028
        try:
            entry = json.loads(line)
            if set(entry) != set(_FIELDS):
                raise ValueError("fields")
            events.append(Event(**entry))
            if as_line(events[-1]) != line:
                raise ValueError("not canonical")
        except (ValueError, TypeError):
            raise IntegrityError(f"line {number} is not an event", where=name, cure="Take the journal from the last good backup.") from None
    check(events, name)
    return events


def read(path: Path) -> list[Event]:
    """Read a journal; a file that does not exist yet is an empty journal."""
    if not path.exists():
        return []
    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError:
        raise IntegrityError("is not UTF-8 text", where=path.name, cure="Take the journal from the last good backup.") from None


def append(path: Path, *, seen: int, at: str, by: str, known_by: str, action: str, body: Mapping[str, Any], reason: str) -> Event:
    """Record one decision in a file of lines and return it once it is on the disk; the rules are those of `record.plan`."""
    return write(path, plan([Draft(action, body, reason)], seen=seen, at=at, by=by, known_by=known_by))[0]


def retire(path: Path, seq: int) -> bool:
    """Put the file aside as `.moved` when it still ends at event `seq`; say whether it did."""
    with held(path.with_suffix(path.suffix + ".lock"), "the journal is being written"):
        if len(read(path)) != seq:
            return False
        if path.exists():
            path.rename(path.with_suffix(path.suffix + ".moved"))
        return True


def write(path: Path, planned: Plan) -> list[Event]:
    """Carry out a plan while no other process can write; what is answered is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with held(path.with_suffix(path.suffix + ".lock"), "the journal is being written"):
        events = read(path)
        view = View(
            events[-1] if events else None, lambda after: events[after:],
            lambda seq: events[seq - 1] if 0 < seq <= len(events) else None, lambda actions: [e for e in events if e.action in actions],
        )  # fmt: skip
        answer, fresh = planned(view)
        if fresh:
            # Appended in place, a full disk left half a line, and with it a journal that could not be read again.
            replace_whole(path, "".join(as_line(event) + "\n" for event in [*events, *fresh]).encode("utf-8"))
    return answer
