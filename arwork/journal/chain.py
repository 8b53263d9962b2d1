"""The hash chain over the journal: each event seals the one before, so an edit, a swap or a gap shows.

A chain alone does not notice a cut tail or a rewritten whole; the head kept in every pack does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from arwork.errors import IntegrityError
from arwork.journal.events import Event, canonical

_DOMAIN = "arwork-journal-1"
GENESIS = hashlib.sha256(_DOMAIN.encode()).hexdigest()
"""Head of a journal without events."""


def link(prev: str, content: Mapping[str, Any]) -> str:
    """Return the SHA-256 that seals an event's content to the hash before it."""
    return hashlib.sha256(f"{_DOMAIN}\n{prev}\n{canonical(content)}".encode()).hexdigest()


def sealed(prev: Event | None, *, at: str, by: str, known_by: str, action: str, body: Mapping[str, Any], reason: str) -> Event:
    """Make the event that follows `prev` (None at the start), with its number and its hash."""
    seq = prev.seq + 1 if prev else 1
    before = prev.hash if prev else GENESIS
    event = Event(seq, at, by, known_by, action, body, reason, before, "")
    return Event(seq, at, by, known_by, action, body, reason, before, link(before, event.content()))


def head(events: Sequence[Event]) -> str:
    """Return the hash of the last event."""
    return events[-1].hash if events else GENESIS


def check(events: Sequence[Event], name: str = "the journal", *, behind: Event | None = None) -> None:
    """Raise IntegrityError at the first event whose number, link or hash is not what the chain says.

    `behind` is the event before the first one, where the events are the end of a journal.
    """
    before, start = (behind.hash, behind.seq + 1) if behind else (GENESIS, 1)
    for place, event in enumerate(events, start=start):
        if event.seq != place or event.prev != before or event.hash != link(before, event.content()):
            raise IntegrityError(
                f"event {place} of {name} is not the one that was recorded",
                cure="Take the journal from the last good backup; do not edit it by hand.",
            )
        before = event.hash
