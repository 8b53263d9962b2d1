"""The journal as a file of JSON lines, written by one process at a time and flushed to the disk before it answers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from arwork.errors import InputError, IntegrityError
from arwork.journal.chain import check, sealed
from arwork.journal.events import Event, canonical, check_body
from arwork.journal.lock import held

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
    """Record one decision and return it once it is on the disk.

    `seen` is the number of events that the person had seen: when somebody else has decided on the same receipt
    since, the decision is refused with that person's name (InputError) and nothing is written.
    """
    return append_many(path, [(action, body)], seen=seen, at=at, by=by, known_by=known_by, reason=reason)[0]


def append_many(
    path: Path, entries: Sequence[tuple[str, Mapping[str, Any]]], *, seen: int, at: str, by: str, known_by: str, reason: str
) -> list[Event]:
    """Record decisions of one person with one reason, all or none, and return them once they are on the disk; see `append`."""
    for action, body in entries:
        check_body(action, body, reason)
    path.parent.mkdir(parents=True, exist_ok=True)
    with held(path.with_suffix(path.suffix + ".lock"), "the journal is being written"):
        events = read(path)
        made: list[Event] = []
        for action, body in entries:
            _refuse_conflict(events[seen:], by, action, body)
            if action == "UNDO" and not any(e.seq == body["undoes"] for e in events):
                raise InputError(f"there is no event {body['undoes']} to undo", where=path.name)
            last = (made or events or [None])[-1]
            made.append(sealed(last, at=at, by=by, known_by=known_by, action=action, body=body, reason=reason))
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(as_line(event) + "\n" for event in made))
            file.flush()
            os.fsync(file.fileno())
    return made


def _refuse_conflict(newer: list[Event], by: str, action: str, body: Mapping[str, Any]) -> None:
    for event in newer:
        others = event.by != by  # a person may correct what they have just decided
        silent = event.action in ("NOTE", "ACCEPT", "EXPORT")
        if others and action != "NOTE" and not silent and event.body.get("receipt") == body.get("receipt"):
            raise InputError(
                f"{event.by} decided on this receipt since you looked (event {event.seq}: {event.action}, {event.reason})",
                cure="Look at the receipt again, then decide.",
            )
