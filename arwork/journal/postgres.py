"""The journal on a PostgreSQL server: appends take turns by a lock, and the role that writes may only insert and look."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from arwork.errors import InputError
from arwork.journal.events import Event
from arwork.journal.record import Plan
from arwork.journal.rows import after, carry_out, current, last, told, version
from arwork.journal.schema import VERSION

SCHEMA = "arwork"
"""Schema of the tables unless the URL says another: `?schema=acme`, one schema a journal."""
_CURE = (
    "Leave it out and keep the password in the password file (~/.pgpass, or the file that PGPASSFILE names) or in a service file "
    "(postgresql:///?service=NAME)."
)


def plain_schema(name: str) -> bool:
    """Say whether a name may stand in SQL as it is."""
    return bool(re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name))


def engine_for(url: str) -> tuple[Engine, str, str]:
    """Make the engine for a URL, and return it with the journal's name in messages and its schema; nothing is opened yet.

    Raises InputError for another kind of URL, for a password in it or in the environment, and when the driver is not installed.
    """
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise InputError("journal: this is no URL", cure="Write postgresql://user@host/database.") from None
    if parts.drivername not in ("postgresql", "postgres"):
        raise InputError(f"journal: {parts.drivername}:// is not known", cure="Write postgresql://user@host/database, or name a file.")
    if parts.password is not None or {"password", "sslpassword"} & set(parts.query):
        raise InputError("journal: the URL holds a password, which every pack would show", cure=_CURE)
    if os.environ.get("PGPASSWORD"):
        raise InputError("journal: PGPASSWORD is set, which every program of this account can read", cure=_CURE)
    if find_spec("psycopg") is None:
        raise InputError("journal: a server needs psycopg", cure="Install the extra: pip install 'arwork[postgres]'.")
    query = {name: value for name, value in parts.query.items() if name != "schema"}
    schema = str(parts.query.get("schema", SCHEMA))
    if not plain_schema(schema):
        raise InputError(f"journal: schema {schema!r} is not a plain name", cure="Use lower-case letters, digits and underscores.")
    query.setdefault("connect_timeout", "10")
    settings = f"-c search_path={schema},pg_temp -c synchronous_commit=on -c lock_timeout=60s"
    query["options"] = f"{query['options']} {settings}" if "options" in query else settings
    name = f"{parts.host or 'service ' + str(query.get('service', 'default'))}/{parts.database or ''}".rstrip("/")
    engine = create_engine(
        parts.set(drivername="postgresql+psycopg", query=query),
        pool_size=2,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",  # a look after the lock must see what the holder before wrote
    )
    return engine, f"{name} ({schema})", schema


def read(engine: Engine, name: str, schema: str, seq: int) -> list[Event]:
    """Read the events after a number."""
    with _ready(engine, name, schema) as connection:
        return after(connection, seq, name)


def newest(engine: Engine, name: str, schema: str) -> Event | None:
    """Read the last event."""
    with _ready(engine, name, schema) as connection:
        return last(connection, name)


def write(engine: Engine, name: str, schema: str, planned: Plan) -> list[Event]:
    """Carry out a plan in one transaction; a lock held to its end makes writers take turns (serializable alone fails most of them)."""
    with _ready(engine, name, schema) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": f"arwork journal {schema}"})
        answer = carry_out(connection, planned, name)
        connection.commit()
        return answer


def doubts(engine: Engine, name: str, schema: str) -> list[str]:
    """Say what this login may do to the tables besides inserting and looking."""
    with _ready(engine, name, schema) as connection:
        held = "current_user, 'journal', "
        rights = [
            r for r in ("UPDATE", "DELETE", "TRUNCATE") if connection.execute(text(f"SELECT has_table_privilege({held}'{r}')")).scalar_one()
        ]
        user = connection.execute(text("SELECT current_user")).scalar_one()
    return [f"login {user} may {', '.join(rights)}; give people logins that are granted arwork_writer only"] if rights else []


@contextmanager
def _ready(engine: Engine, name: str, schema: str) -> Iterator[Connection]:
    """Give a connection whose tables are of this code's version; a writer may not make or change tables, so their owner must."""
    with told(name), engine.connect() as connection:
        if current(connection):
            yield connection
            return
        try:
            found = version(connection, schema)
        except InputError as refused:
            raise InputError(refused.what, where=name, cure=refused.cure) from None
        if found < VERSION:
            state = f"has tables of version {found}; this arwork writes version {VERSION}" if found else "has no tables for a journal"
            raise InputError(
                f"{state}", where=name, cure="Let the owner of the database run: arwork journal roles | psql DATABASE.",
            )  # fmt: skip
        yield connection
