"""What a decision is about, so that two people who decide on the same thing are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from arwork.journal.events import Event

OPEN_TO_ALL = frozenset({"NOTE", "CONTACT"})
"""Actions that decide nothing: they meet no other decision."""
_NAMED = (
    "receipt", "item", "refund", "transfer", "dispute", "promise", "reconciliation", "alias", "rule", "export", "learned", "person", "pack",
)  # fmt: skip
"""Fields of a body that name a matter by its id."""
_LISTS = {"receipts": "receipt", "items": "item"}
"""Fields of a body that hold several; an entry is an id, or a mapping that names it."""


def named_by(action: str, body: Mapping[str, Any], at: Callable[[int], Event | None]) -> frozenset[tuple[str, str]]:
    """Return what a decision touches, as (kind, id); an undo touches what the undone event touched, and that event.

    `at` gives an event by its number.
    """
    if action in OPEN_TO_ALL:
        return frozenset()
    if action == "UNDO":
        undone = at(int(body["undoes"]))
        before = named_by(undone.action, undone.body, at) if undone else frozenset()
        return before | {("event", str(body["undoes"]))}
    found = {(name, str(body[name])) for name in _NAMED if body.get(name)}
    if body.get("reconciliation"):  # two people may sign two reconciliations of one pack
        found = {pair for pair in found if pair[0] != "pack"}
    for name, kind in _LISTS.items():
        for entry in body.get(name) or ():
            value = entry.get(kind) if isinstance(entry, Mapping) else entry
            if value:
                found.add((kind, str(value)))
    return frozenset(found)


def spoken(subject: tuple[str, str]) -> str:
    """Say a subject in a sentence: receipt r1, item 1000:1."""
    return f"{subject[0]} {subject[1]}"
