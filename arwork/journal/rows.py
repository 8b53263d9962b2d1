"""Events as rows of a database, the same for every database: read with their chain checked, written as planned."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Row, func, insert, inspect, select
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import IntegrityError as BrokenRule

from arwork.errors import InputError, IntegrityError, StoppedError
from arwork.journal.chain import check
from arwork.journal.events import Event, canonical
from arwork.journal.record import Plan, View
from arwork.journal.schema import JOURNAL, STATED, VERSION

_BACKUP = "Take the journal from the last good backup: arwork journal restore."


def after(connection: Connection, seq: int, name: str) -> list[Event]:
    """Read the events after a number, with the chain from that event on checked."""
    rows = connection.execute(select(JOURNAL).where(JOURNAL.c.seq >= max(seq, 1)).order_by(JOURNAL.c.seq)).all()
    events = [_event(row, name) for row in rows]
    behind = events.pop(0) if seq > 0 and events and events[0].seq == seq else None
    check(events, name, behind=behind)
    return events


def at(connection: Connection, seq: int, name: str) -> Event | None:
    """Read one event by its number."""
    row = connection.execute(select(JOURNAL).where(JOURNAL.c.seq == seq)).first()
    return _event(row, name) if row else None


def of_actions(connection: Connection, actions: Sequence[str], name: str) -> list[Event]:
    """Read the events of some actions, in their order."""
    rows = connection.execute(select(JOURNAL).where(JOURNAL.c.action.in_(list(actions))).order_by(JOURNAL.c.seq)).all()
    return [_event(row, name) for row in rows]


def last(connection: Connection, name: str) -> Event | None:
    """Read the last event."""
    row = connection.execute(select(JOURNAL).order_by(JOURNAL.c.seq.desc()).limit(1)).first()
    return _event(row, name) if row else None


def length(connection: Connection) -> int:
    """Count the events."""
    return int(connection.execute(select(func.coalesce(func.max(JOURNAL.c.seq), 0))).scalar_one())


def carry_out(connection: Connection, planned: Plan, name: str) -> list[Event]:
    """Let a plan look and write what it gives; the caller holds the transaction and the right to write."""
    view = View(
        last(connection, name), lambda seq: after(connection, seq, name), lambda seq: at(connection, seq, name),
        lambda actions: of_actions(connection, actions, name),
    )  # fmt: skip
    answer, fresh = planned(view)
    if fresh:
        connection.execute(insert(JOURNAL), _rows(fresh))
    return answer


def current(connection: Connection) -> bool:
    """Say by one quick look whether the tables are those of this code."""
    try:
        return connection.execute(select(STATED.c.version)).scalars().all() == [VERSION]
    except (OperationalError, ProgrammingError):
        connection.rollback()
        return False


def version(connection: Connection, schema: str | None = None) -> int:
    """Return the version of the tables; 0 where there are none. InputError for tables that are not a journal's, or of newer code."""
    names = set(inspect(connection).get_table_names(schema=schema))
    if not names & {JOURNAL.name, STATED.name}:
        if names and schema is None:
            raise InputError(f"it is a database of something else (tables {', '.join(sorted(names)[:3])})", cure="Name another file.")
        return 0
    stated = connection.execute(select(STATED.c.version)).scalars().all()
    if len(stated) != 1 or not 1 <= stated[0] <= VERSION:
        raise InputError(
            f"its tables have version {', '.join(map(str, stated)) or 'none'}; this arwork knows up to {VERSION}",
            cure="Use the release of arwork that wrote it, or a newer one.",
        )
    return int(stated[0])


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what a database refuses into our errors, with the journal's name and the cure."""
    try:
        yield
    except BrokenRule as refused:
        raise IntegrityError(f"the database refused a row: {_words(refused)}", where=name, cure=_BACKUP) from None
    except (OperationalError, InterfaceError) as broken:
        raise StoppedError(
            f"the database does not answer: {_words(broken)}", where=name,
            cure="Nothing was recorded that was not answered for; mend it and run the same command again.",
        ) from None  # fmt: skip
    except ProgrammingError as refused:
        raise InputError(
            f"the database refuses: {_words(refused)}", where=name, cure="Ask its owner for a login that is granted arwork_writer."
        ) from None
    except DatabaseError as broken:
        raise IntegrityError(f"the database is damaged or refuses: {_words(broken)}", where=name, cure=_BACKUP) from None


def _words(error: DBAPIError) -> str:
    return " ".join(str(error.orig).split())[:200]


def _rows(events: Sequence[Event]) -> list[dict[str, object]]:
    return [{**event.content(), "body": canonical(dict(event.body)), "prev": event.prev, "hash": event.hash} for event in events]


def _event(row: Row[tuple[object, ...]], name: str) -> Event:
    found = dict(row._mapping)
    try:
        body = json.loads(str(found["body"]))
        if not isinstance(body, dict) or canonical(body) != found["body"]:
            raise ValueError("not canonical")
    except (ValueError, TypeError):
        raise IntegrityError(f"event {found['seq']} is not one that arwork recorded", where=name, cure=_BACKUP) from None
    return Event(**{**found, "body": body})
