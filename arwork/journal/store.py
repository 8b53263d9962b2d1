"""Where decisions are kept: an SQLite file, a server, or a file of JSON lines, behind one set of verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arwork.errors import InputError
from arwork.journal import lines, postgres, sqlite
from arwork.journal.chain import GENESIS
from arwork.journal.events import Event
from arwork.journal.keys import Prove, proven
from arwork.journal.people import people_of
from arwork.journal.record import Draft, Plan, plan


@dataclass(frozen=True)
class Signer:
    """The key of whoever acts: its fingerprint, and how it signs; both are asked for only when something is recorded."""

    key: Callable[[], str]
    prove: Prove


@dataclass(frozen=True)
class Store:
    """A journal that is open: read it, add to it. `name` is how messages call it; it never holds a password.

    `doubts` asks the database what it finds wrong with itself, or what the login may do that it should not; `write` carries out
    a plan (journal/record.py), for moving and restoring; `retire` lets nobody add to a file that still ends at an event, and
    puts it aside as `.moved` (a server's tables are its owner's to close).
    """

    name: str
    read: Callable[[int], list[Event]]
    newest: Callable[[], Event | None]
    write: Callable[[Plan], list[Event]]
    doubts: Callable[[], list[str]]
    retire: Callable[[int], bool]
    close: Callable[[], None]
    seeds: tuple[Mapping[str, Any], ...] = ()
    signer: Signer | None = None

    def events(self, after: int = 0) -> list[Event]:
        """Return the events after a number, in their order, their chain checked; IntegrityError when it does not hold."""
        return self.read(after)

    def append(self, *, seen: int, at: str, by: str, known_by: str, action: str, body: Mapping[str, Any], reason: str) -> Event:
        """Record one decision and return it once it is safe; `seen` is how many events the person had seen.

        InputError names what is missing, or who decided on the same thing since; nothing is written then.
        """
        return self.append_many([Draft(action, body, reason)], seen=seen, at=at, by=by, known_by=known_by)[0]

    def append_many(
        self, drafts: Sequence[tuple[str, Mapping[str, Any], str]], *, seen: int, at: str, by: str, known_by: str
    ) -> list[Event]:
        """Record several decisions of one person in one transaction, all or none, and return their events in the same order.

        A draft is (action, body, reason). Raises as `append` does.
        """
        if not drafts:
            return []
        wanted, known_by = self.proved(drafts, at=at, by=by, known_by=known_by)
        return self.write(plan(wanted, seen=seen, at=at, by=by, known_by=known_by, seeds=self.seeds))

    def proved(self, drafts: Sequence[tuple[str, Mapping[str, Any], str]], *, at: str, by: str, known_by: str) -> tuple[list[Draft], str]:
        """Sign drafts by the key at hand, where the journal knows it, and say how the person is known then.

        A key that the journal does not know signs nothing here. InputError where the key is somebody else's.
        """
        team = people_of(self.events()) if self.signer else None
        key = self.signer.key() if self.signer and team and any(member.keys for member in team.members.values()) else ""
        owner = team.holder(key) if team and key else None
        if self.signer is None or team is None or owner is None:
            return [Draft(*draft) for draft in drafts], known_by
        if team.person(by) != owner.name:
            raise InputError(f"the key {key} is {owner.name}'s, and {by} acts", cure=f"Act as its owner: --as {owner.name}.")
        return [Draft(*draft) for draft in proven(drafts, at=at, by=by, key=key, prove=self.signer.prove)], f"SSH key {key}"

    def length(self) -> int:
        """Count the events."""
        last = self.newest()
        return last.seq if last else 0

    def head(self) -> str:
        """Return the hash of the last event."""
        last = self.newest()
        return last.hash if last else GENESIS


def open_store(where: str, *, base: Path) -> Store:
    """Open a journal: a file name ending in .sqlite or .jsonl, relative to `base`, or a URL postgresql://user@host/database.

    A file is made at the first decision. Raises InputError for another ending, a URL with a password, or a network share.
    """
    if "://" in where:
        return _server(where)
    path = base / where
    if path.suffix == ".sqlite":
        engine = sqlite.engine_for(path)
        return Store(
            path.name, lambda seq: sqlite.read(engine, path, seq), lambda: sqlite.newest(engine, path),
            lambda planned: sqlite.write(engine, path, planned), lambda: sqlite.doubts(engine, path), lambda seq: sqlite.retire(engine, path, seq), engine.dispose,
        )  # fmt: skip
    if path.suffix == ".jsonl":
        return Store(
            path.name, lambda seq: lines.read(path)[max(seq, 0) :], lambda: next(iter(lines.read(path)[-1:]), None),
            lambda planned: lines.write(path, planned), list, lambda seq: lines.retire(path, seq), lambda: None,
        )  # fmt: skip
    raise InputError(
        f"journal: {where!r} is no journal", cure="Name a file ending in .sqlite or .jsonl, or postgresql://user@host/database."
    )


def _server(url: str) -> Store:
    engine, name, schema = postgres.engine_for(url)
    return Store(
        name, lambda seq: postgres.read(engine, name, schema, seq), lambda: postgres.newest(engine, name, schema),
        lambda planned: postgres.write(engine, name, schema, planned), lambda: postgres.doubts(engine, name, schema),
        lambda seq: postgres.newest(engine, name, schema) is not None, engine.dispose,
    )  # fmt: skip
