"""The journal in an SQLite file: one writer at a time, on the disk before it answers, never on a network share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from arwork.errors import InputError, StoppedError
from arwork.journal.events import Event
from arwork.journal.lock import held, queued
from arwork.journal.record import Plan
from arwork.journal.rows import after, carry_out, current, last, told, version
from arwork.journal.schema import SQLITE, VERSION
from arwork.journal.shares import network_share

_WAIT_MS = 60_000
"""How long a writer waits for its turn."""


def engine_for(path: Path) -> Engine:
    """Make the engine for a journal file; nothing is opened yet. InputError where the file would lie on a network share."""
    share = network_share(path)
    if share:
        raise InputError(
            f"it lies on a network share ({share}), where SQLite loses decisions when two people write", where=path.name,
            cure="Put the journal on a disk of this machine, or use a server: journal: postgresql://user@host/database.",
        )  # fmt: skip
    engine = create_engine("sqlite://", creator=lambda: _connect(path), poolclass=QueuePool, pool_size=2)
    event.listen(engine, "connect", lambda _, record: record.info.update(file=_file(path)))
    event.listen(engine, "checkout", lambda _, record, __: _refuse_other(record.info["file"], path))
    return engine


def _file(path: Path) -> tuple[int, int] | None:
    """Tell which file stands under the name now."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _refuse_other(opened: tuple[int, int] | None, path: Path) -> None:
    """Connect anew when another file has taken the name: a desk left open over a restore wrote into the file that was put away."""
    if opened != _file(path):
        raise DisconnectionError


def _connect(path: Path) -> sqlite3.Connection:
    """Open the file so that what is acknowledged survives a power cut, and that no statement begins a transaction unasked."""
    connection = sqlite3.connect(path, timeout=_WAIT_MS / 1000, isolation_level=None, check_same_thread=False)
    for pragma in ("synchronous = FULL", "trusted_schema = OFF", "recursive_triggers = ON", f"busy_timeout = {_WAIT_MS}"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def read(engine: Engine, path: Path, seq: int) -> list[Event]:
    """Read the events after a number; a file that does not exist yet, or is empty, is an empty journal."""
    if not path.exists() or path.stat().st_size == 0:
        return []
    with _ready(engine, path) as connection:
        return after(connection, seq, path.name)


def newest(engine: Engine, path: Path) -> Event | None:
    """Read the last event."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    with _ready(engine, path) as connection:
        return last(connection, path.name)


def write(engine: Engine, path: Path, planned: Plan) -> list[Event]:
    """Carry out a plan in one transaction that nobody else can write beside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with queued(path.with_suffix(path.suffix + ".turn")), _ready(engine, path) as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        answer = carry_out(connection, planned, path.name)
        connection.commit()
        return answer


def retire(engine: Engine, path: Path, seq: int) -> bool:
    """Let nobody add to the file and put it aside as `.moved`, when it still ends at event `seq`; say whether it did.

    A desk that has the file open would go on writing to it: the trigger refuses that.
    """
    if path.exists() and path.stat().st_size:
        with _ready(engine, path) as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            newest = last(connection, path.name)
            if (newest.seq if newest else 0) != seq:
                return False
            connection.exec_driver_sql(
                "CREATE TRIGGER journal_moved BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'this journal was moved'); END"
            )
            connection.commit()
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    if path.exists():
        path.rename(path.with_suffix(path.suffix + ".moved"))
    return True


def doubts(engine: Engine, path: Path) -> list[str]:
    """Say what SQLite finds wrong with the file's own structure; the chain finds what this does not, and the other way round."""
    if not path.exists() or path.stat().st_size == 0:
        return []
    with _ready(engine, path) as connection:
        found = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
    return [] if found == ["ok"] else [f"the file is damaged: {line}" for line in found]


@contextmanager
def _ready(engine: Engine, path: Path) -> Iterator[Connection]:
    """Give a connection to a journal whose tables are of this code's version; an older one is brought forward first."""
    with told(path.name), engine.connect() as connection:
        try:
            if not current(connection) and version(connection) < VERSION:
                with held(path.with_suffix(path.suffix + ".lock"), "the journal is being set up", wait=60):
                    _bring_forward(connection, path)
        except InputError as refused:
            raise InputError(refused.what, where=path.name, cure=refused.cure) from None
        yield connection


def _bring_forward(connection: Connection, path: Path) -> None:
    mode = connection.exec_driver_sql("PRAGMA journal_mode = WAL").scalar_one()
    if mode != "wal":
        raise StoppedError(f"the file system cannot hold a write-ahead log ({mode})", where=path.name, cure="Use a disk of this machine.")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    for step in range(version(connection) + 1, VERSION + 1):  # asked again: another process may have been first
        for statement in SQLITE[step]:
            connection.exec_driver_sql(statement)
    connection.commit()
