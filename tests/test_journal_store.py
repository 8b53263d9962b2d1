"""Stores of the journal: the same promises on a file of lines, on SQLite and on a PostgreSQL server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import server

from arwork.errors import InputError, IntegrityError, StoppedError
from arwork.journal import sqlite
from arwork.journal.chain import GENESIS
from arwork.journal.schema import SQLITE
from arwork.journal.shares import share_among
from arwork.journal.store import Store, open_store


@pytest.fixture(params=["a.jsonl", "a.sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    where = request.param
    if where == "postgresql":
        where = request.getfixturevalue("pg_server").journal(f"j{abs(hash(request.node.name))}")
    opened = open_store(where, base=tmp_path)
    yield opened
    opened.close()


def hold(store: Store, receipt: str, by: str = "ana", seen: int = 0, at: str = "t") -> int:
    return store.append(seen=seen, at=at, by=by, known_by="test", action="HOLD", body={"receipt": receipt}, reason="why").seq


def test_a_store_keeps_what_it_answered(store: Store) -> None:
    assert (store.events(), store.length(), store.head()) == ([], 0, GENESIS)
    hold(store, "r1")
    drafts = [("NOTE", {"receipt": "r1", "said": "ü\n\u2028 'quoted'"}, "a\tb"), ("REJECT", {"receipt": "r2"}, "b")]
    more = store.append_many(drafts, seen=1, at="t", by="bea", known_by="test")
    assert [event.seq for event in store.events()] == [1, 2, 3]
    assert store.events(after=1) == more
    assert store.events(after=3) == []
    assert store.head() == more[-1].hash
    assert store.doubts() == []


def test_a_decision_on_what_another_decided_since_is_refused_and_nothing_is_written(store: Store) -> None:
    hold(store, "r1", by="bea")
    with pytest.raises(InputError, match=r"bea decided on receipt r1 since you looked \(event 1"):
        store.append_many([("HOLD", {"receipt": "r2"}, "x"), ("HOLD", {"receipt": "r1"}, "x")], seen=0, at="t", by="ana", known_by="t")
    assert store.length() == 1
    hold(store, "r1", seen=1)


def test_two_receipts_that_want_one_item_conflict_by_the_item(store: Store) -> None:
    item = {"item": "i1", "amount": 5, "discount": 0, "seen_open": 10}
    body = {"receipt": "r1", "currency": "EUR", "items": [item]}
    store.append(seen=0, at="t", by="bea", known_by="t", action="ALLOCATE", body=body, reason="hers")
    with pytest.raises(InputError, match=r"bea decided on item i1 since you looked"):
        store.append(seen=0, at="t", by="ana", known_by="t", action="ALLOCATE", body={**body, "receipt": "r2"}, reason="mine")


def test_an_undo_conflicts_with_another_undo_of_the_same_event(store: Store) -> None:
    hold(store, "r1")
    store.append(seen=1, at="t", by="bea", known_by="t", action="UNDO", body={"undoes": 1}, reason="wrong")
    with pytest.raises(InputError, match="bea decided on event 1 since you looked"):
        store.append(seen=1, at="t", by="ana", known_by="t", action="UNDO", body={"undoes": 1}, reason="wrong too")
    with pytest.raises(InputError, match="there is no event 9 to undo"):
        store.append(seen=2, at="t", by="ana", known_by="t", action="UNDO", body={"undoes": 9}, reason="wrong")


def test_a_call_repeated_because_its_answer_was_lost_records_once(store: Store) -> None:
    assert hold(store, "r1") == hold(store, "r1") == 1
    assert hold(store, "r1", seen=1) == 2  # said again by somebody who had seen the first


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_that_no_database_can_keep_is_refused(store: Store, text: str) -> None:
    with pytest.raises(InputError, match="a character that is no text"):
        store.append(seen=0, at="t", by="ana", known_by="t", action="HOLD", body={"receipt": "r1"}, reason=text)
    with pytest.raises(InputError, match="a character that is no text"):
        hold(store, text)
    assert store.length() == 0


@pytest.mark.parametrize(
    "statement",
    ["UPDATE journal SET reason = 'x'", "DELETE FROM journal", "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 1",
     "INSERT INTO journal SELECT 5, \"at\", \"by\", known_by, action, body, reason, prev || 'x', hash || 'x' FROM journal WHERE seq = 1"],
)  # fmt: skip
def test_sqlite_lets_a_journal_only_grow(tmp_path: Path, statement: str) -> None:
    opened = open_store("a.sqlite", base=tmp_path)
    hold(opened, "r1")
    hold(opened, "r2", seen=1)
    with sqlite3.connect(tmp_path / "a.sqlite") as other, pytest.raises(sqlite3.IntegrityError):
        other.execute(statement)
    other.close()
    assert opened.length() == 2
    opened.close()


def test_an_edit_behind_the_triggers_shows_in_the_chain(tmp_path: Path) -> None:
    opened = open_store("a.sqlite", base=tmp_path)
    for number in range(3):
        hold(opened, f"r{number}", seen=number)
    with sqlite3.connect(tmp_path / "a.sqlite") as other:
        other.execute("DROP TRIGGER journal_no_update")
        other.execute("UPDATE journal SET reason = 'nicer' WHERE seq = 2")
    other.close()
    for after in (0, 1):
        with pytest.raises(IntegrityError, match=r"event 2 of a.sqlite is not the one that was recorded"):
            opened.events(after)
    opened.close()


def test_sqlite_is_as_safe_as_its_settings(tmp_path: Path) -> None:
    opened = open_store("a.sqlite", base=tmp_path)
    hold(opened, "r1")
    engine = sqlite.engine_for(tmp_path / "a.sqlite")
    with engine.connect() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "recursive_triggers")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "recursive_triggers": 1}
    engine.dispose()
    opened.close()


def test_an_older_version_of_the_tables_is_brought_forward_with_its_events(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as old:
        for statement in SQLITE[1]:
            old.execute(statement)
    old.close()
    opened = open_store("a.sqlite", base=tmp_path)
    hold(opened, "r1")
    with sqlite3.connect(tmp_path / "a.sqlite") as new:
        assert new.execute("SELECT version FROM journal_version").fetchall() == [(2,)]
        assert new.execute("SELECT count(*) FROM sqlite_master WHERE name = 'journal_in_order'").fetchone() == (1,)
        new.execute("UPDATE journal_version SET version = 3")
    new.close()
    with pytest.raises(InputError, match=r"version 3; this arwork knows up to 2"):
        opened.events()
    opened.close()


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as other:
        other.execute("CREATE TABLE customers (x)")
    other.close()
    (tmp_path / "b.sqlite").write_text("not a database at all, but long enough to have a header that is wrong" * 20)
    with pytest.raises(InputError, match=r"a.sqlite: it is a database of something else \(tables customers\)"):
        open_store("a.sqlite", base=tmp_path).events()
    with pytest.raises(IntegrityError, match="not a database"):
        open_store("b.sqlite", base=tmp_path).events()
    with pytest.raises(InputError, match="is no journal"):
        open_store("journal.csv", base=tmp_path)


MOUNTS = """/dev/sda1 / ext4 rw 0 0
srv:/x /home/team nfs4 rw 0 0
//pc/y /mnt/two\\040words cifs rw 0 0
ana@h: /far fuse.sshfs rw 0 0
/dev/sdb /home/team/usb ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/srv/a", ""), ("/home/team/a.sqlite", "nfs4"), ("/mnt/two words/a", "cifs"), ("/far/a/b", "fuse.sshfs"), ("/home/team/usb/a", ""), ("/farther/a", "")],
)  # fmt: skip
def test_network_shares_are_known_by_the_list_of_mounts(path: str, kind: str) -> None:
    assert share_among(Path(path), MOUNTS) == kind


def test_sqlite_on_a_network_share_is_refused_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "network_share", lambda path: "nfs4")
    with pytest.raises(InputError, match=r"network share \(nfs4\).*postgresql://user@host/database"):
        open_store("a.sqlite", base=tmp_path)
    open_store("a.jsonl", base=tmp_path)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://ana:secret@db/ar", "PGPASSFILE"),
        ("postgresql://ana@db/ar?password=secret", "PGPASSFILE"),
        ("mysql://ana@db/ar", "mysql:// is not known"),
        ("postgresql://ana@db/ar?schema=a;b", "is not a plain name"),
        ("postgresql://ana@db:x/ar", "no URL"),
    ],
)
def test_urls_that_hold_a_password_or_are_wrong_are_refused_without_saying_it(url: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said) as refused:
        open_store(url, base=tmp_path)
    assert "secret" not in str(refused.value)


def test_a_password_in_the_environment_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "secret")
    with pytest.raises(InputError, match="PGPASSFILE"):
        open_store("postgresql://ana@db/ar", base=tmp_path)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement", ["UPDATE {}.journal SET reason = 'x'", "DELETE FROM {}.journal", "TRUNCATE {}.journal", "DROP TABLE {}.journal"]
)
def test_on_a_server_people_may_only_insert_and_look(pg_server: server.Server, tmp_path: Path, statement: str) -> None:
    name = f"only{abs(hash(statement))}"
    opened = open_store(pg_server.journal(name), base=tmp_path)
    hold(opened, "r1")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        pg_server.run(statement.format("arwork"), user="ana", database=name)
    if not statement.startswith("DROP"):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="a journal only grows"):
            pg_server.run(statement.format("arwork"), database=name)  # not even the boss, by accident
    boss = open_store(pg_server.url(name, "boss"), base=tmp_path)
    assert "login boss may UPDATE, DELETE, TRUNCATE" in boss.doubts()[0]
    assert boss.length() == opened.length() == 1
    boss.close()
    opened.close()


@pytest.mark.postgres
def test_a_server_without_tables_or_without_an_answer_is_told_with_the_cure(pg_server: server.Server, tmp_path: Path) -> None:
    pg_server.run("CREATE DATABASE bare")
    bare = open_store(pg_server.url("bare", "boss"), base=tmp_path)
    with pytest.raises(InputError, match=r"has no tables for a journal.*arwork journal roles"):
        bare.events()
    bare.close()
    gone = open_store("postgresql://ana@127.0.0.1:1/ar", base=tmp_path)
    with pytest.raises(StoppedError, match="does not answer"):
        gone.events()


@pytest.mark.postgres
def test_an_auditors_login_reads_and_cannot_write(pg_server: server.Server, tmp_path: Path) -> None:
    pg_server.journal("looked")
    pg_server.run(f"CREATE ROLE dan LOGIN PASSWORD '{server.PASSWORD}'; GRANT arwork_reader TO dan")
    opened = open_store(pg_server.url("looked", "dan"), base=tmp_path)
    assert opened.events() == []
    with pytest.raises(InputError, match=r"permission denied for table journal.*granted arwork_writer"):
        hold(opened, "r1")
    opened.close()


@pytest.mark.postgres
def test_the_sql_of_the_roles_can_run_again_and_keeps_the_events(pg_server: server.Server, tmp_path: Path) -> None:
    opened = open_store(pg_server.journal("again"), base=tmp_path)
    hold(opened, "r1")
    pg_server.run(server.roles_sql("arwork"), database="again")
    assert hold(opened, "r2", seen=1) == 2
    opened.close()
