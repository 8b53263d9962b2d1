"""The record of a decision, and the replay that turns a history into what holds now.

Nothing is ever changed: undoing a decision is another event. State is a replay of the events, in their order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.errors import InputError
from arwork.journal.body import DECIDED_COLUMNS, check_allocation, decided_rows
from arwork.journal.required import ACTIONS, ON_RECEIPT, missing


@dataclass(frozen=True)
class Event:
    """One event of the journal.

    `at` is the recorder's time as text (a claim, not evidence: order comes from `seq`), `known_by` says how the
    person was known. `body` holds the receipt, and for an allocation its items with amounts in minor units.
    """

    seq: int
    at: str
    by: str
    known_by: str
    action: str
    body: Mapping[str, Any]
    reason: str
    prev: str
    hash: str

    def content(self) -> dict[str, Any]:
        """Everything the hash covers, besides the hash before."""
        return {
            "seq": self.seq, "at": self.at, "by": self.by, "known_by": self.known_by, "action": self.action,
            "body": dict(self.body), "reason": self.reason,
        }  # fmt: skip


def canonical(value: object) -> str:
    """Write a value as JSON in one way only: sorted names, no blanks, UTF-8, no binary floats."""
    _no_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _no_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a journal or manifest holds no binary floats (CV-02)")
    children: Iterable[object] = ()
    if isinstance(value, Mapping):
        children = value.values()
    elif isinstance(value, list | tuple):
        children = value
    for child in children:
        _no_floats(child)


def check_body(action: str, body: Mapping[str, Any], reason: str, **others: str) -> None:
    """Refuse a decision that could not be replayed: unknown action, no reason, a field missing, items without amounts.

    `others` are further texts of the event. Raises InputError with the cure.
    """
    if action not in ACTIONS:
        raise InputError(f"unknown action {action!r}", cure=f"Use one of {', '.join(ACTIONS)}.")
    if not reason.strip():
        raise InputError("a decision needs a reason", cure="Say why, in a few words.")
    said = missing(action, body)
    if said:
        raise InputError(said[0], cure=said[1])
    if action == "ALLOCATE":
        check_allocation(body)
    _writable({"body": dict(body), "reason": reason, **others})


def _writable(content: Mapping[str, Any]) -> None:
    """Refuse text that no store can keep as it is: half characters, and the character that ends texts in databases."""
    text = canonical(content)
    if "\\u0000" in text or any("\ud800" <= mark <= "\udfff" for mark in text):
        raise InputError("a decision holds a character that is no text", cure="Type the text again; a copied part of it is damaged.")


def replay(events: Sequence[Event]) -> pd.DataFrame:
    """Turn a history into the frame `decided`, a row an item of each decision.

    The last decision on a receipt that was not undone is in force and keeps its action; the others come back as
    UNDONE or SUPERSEDED. An undone undo restores what it undid. Notes never supersede anything.
    """
    undone = _undone(events)
    in_force: dict[str, int] = {}
    for event in events:
        if event.action in ("ALLOCATE", "REJECT", "HOLD") and event.seq not in undone:
            in_force[str(event.body["receipt"])] = event.seq
    about = [event for event in events if event.action in ON_RECEIPT and event.body.get("receipt")]
    rows = [row for event in about for row in _rows(event, undone, in_force)]
    frame = pd.DataFrame(rows, columns=list(DECIDED_COLUMNS))
    return frame.astype(DECIDED_COLUMNS)


def holding(events: Sequence[Event]) -> dict[str, Event]:
    """Return by receipt the decision that holds: the last one that allocates, rejects or holds and was not undone."""
    undone = _undone(events)
    ruling = (event for event in events if event.action in ("ALLOCATE", "REJECT", "HOLD") and event.seq not in undone)
    return {str(event.body["receipt"]): event for event in ruling}


def accepted(events: Sequence[Event]) -> dict[str, Event]:
    """Return by digest the acceptance in force of what backtests learned: the last one that was not undone."""
    undone = _undone(events)
    return {str(event.body["learned"]): event for event in events if event.action == "ACCEPT" and event.seq not in undone}


def standing(events: Sequence[Event], action: str) -> list[Event]:
    """List the events of an action that were not undone, in their order."""
    undone = _undone(events)
    return [event for event in events if event.action == action and event.seq not in undone]


def same_person(one: str, other: str) -> bool:
    """Say whether two names are one person's (CV-13): case and blanks tell nobody apart."""
    return "".join(one.casefold().split()) == "".join(other.casefold().split())


def _undone(events: Sequence[Event]) -> set[int]:
    struck: set[int] = set()
    for event in reversed(events):
        if event.action == "UNDO" and event.seq not in struck:
            struck.add(int(event.body["undoes"]))
    return struck


def _rows(event: Event, undone: set[int], in_force: Mapping[str, int]) -> list[dict[str, Any]]:
    receipt = str(event.body["receipt"])
    action = event.action
    if event.seq in undone:
        action = "UNDONE"
    elif action != "NOTE" and in_force.get(receipt) != event.seq:
        action = "SUPERSEDED"
    common = {
        "seq": event.seq, "at": event.at, "by": event.by, "known_by": event.known_by, "action": action, "receipt_id": receipt,
        "currency": str(event.body.get("currency", "")), "reason": event.reason,
    }  # fmt: skip
    return [{**common, **row} for row in decided_rows(event.body)]
