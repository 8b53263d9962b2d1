"""The tables of a journal in a database, by version, for SQLite and PostgreSQL; nothing but inserts gets past the triggers.

Triggers prevent accidents. An edit shows in the chain, a cut or a rewrite in the heads that packs keep.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

from arwork.journal.chain import GENESIS

VERSION = 2
"""Version of the tables that this code writes."""
_META = MetaData()
JOURNAL = Table(
    "journal",
    _META,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    *(Column(name, Text, nullable=False, quote=True) for name in ("at", "by", "known_by", "action", "body", "reason", "prev", "hash")),
)
"""One row an event; `body` is canonical JSON."""
STATED = Table("journal_version", _META, Column("version", Integer, nullable=False))
"""One row: the version of the tables."""

_TABLES = (
    'CREATE TABLE journal ("seq" BIGINT NOT NULL PRIMARY KEY, "at" TEXT NOT NULL, "by" TEXT NOT NULL, "known_by" TEXT NOT NULL, '
    '"action" TEXT NOT NULL, "body" TEXT NOT NULL, "reason" TEXT NOT NULL, "prev" TEXT NOT NULL UNIQUE, "hash" TEXT NOT NULL UNIQUE)',
    "CREATE TABLE journal_version (version INTEGER NOT NULL)",
    "INSERT INTO journal_version (version) VALUES (1)",
)
_LAST = f"coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), '{GENESIS}')"  # noqa: S608 (a constant)
_PEOPLE = "CREATE INDEX journal_people ON journal (seq) WHERE action = 'PEOPLE'"  # read at every decision
SQLITE: Mapping[int, tuple[str, ...]] = {
    1: (
        *_TABLES,
        "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'a journal only grows'); END",
        "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'a journal only grows'); END",
    ),
    2: (
        # It also closes INSERT OR REPLACE, which fires no other trigger.
        "CREATE TRIGGER journal_in_order BEFORE INSERT ON journal "  # noqa: S608 (constants)
        "WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal) "
        f"OR NEW.prev IS NOT {_LAST} "
        "BEGIN SELECT RAISE(ABORT, 'an event must follow the last one'); END",
        _PEOPLE,
        "UPDATE journal_version SET version = 2",
    ),
}
"""Statements that lead to each version from the one before, for SQLite."""
POSTGRES: Mapping[int, tuple[str, ...]] = {
    1: (
        *_TABLES,
        "CREATE FUNCTION journal_only_grows() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS "
        "$$BEGIN RAISE EXCEPTION 'a journal only grows' USING ERRCODE = 'integrity_constraint_violation'; END$$",
        "CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION journal_only_grows()",
        "CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_only_grows()",
    ),
    2: (
        "CREATE FUNCTION journal_in_order() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS "  # noqa: S608 (constants)
        "$$BEGIN IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM journal) "
        f"OR NEW.prev IS DISTINCT FROM {_LAST} "
        "THEN RAISE EXCEPTION 'an event must follow the last one' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END$$",
        "CREATE TRIGGER journal_in_order BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION journal_in_order()",
        _PEOPLE,
        "UPDATE journal_version SET version = 2",
    ),
}
"""Statements that lead to each version from the one before, for PostgreSQL; `arwork journal roles` prints them."""
