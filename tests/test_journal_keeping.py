"""Looking after a journal: backup, restore, move, check, and people by command."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import tiny

from arwork.decide import Person, acting_person
from arwork.errors import InputError, IntegrityError
from arwork.journal.lines import as_line
from arwork.journal.people import people_of
from arwork.journal.store import open_store
from arwork.keeping import backup, change_people, check_journal, move, params_of, people, restore
from arwork.pack.plan import journal_place, journal_store, read_journal

ANA, BEA = Person("ana", "OS account"), Person("bea", "OS account")


def decided(params: Path, count: int) -> None:
    store = journal_store(params_of(params), params)
    for number in range(count):
        seen = store.length()
        store.append(seen=seen, at="t", by="ana", known_by="OS account", action="HOLD", body={"receipt": f"r{number}"}, reason="why")
    store.close()


def events(params: Path) -> list[str]:
    return [as_line(event) for event in read_journal(params_of(params), params)]


def test_a_new_close_keeps_its_decisions_in_sqlite_and_reading_makes_no_file(tmp_path: Path) -> None:
    params = tiny.write(tmp_path)
    assert events(params) == []
    assert not list(tmp_path.glob("*.journal.*"))
    decided(params, 1)
    assert (tmp_path / "tiny.journal.sqlite").is_file()


def test_a_close_with_lines_goes_on_with_them_and_two_journals_are_refused(tmp_path: Path) -> None:
    params = tiny.write(tmp_path)
    (tmp_path / "tiny.journal.jsonl").touch()
    decided(params, 2)
    assert len((tmp_path / "tiny.journal.jsonl").read_text().splitlines()) == 2
    (tmp_path / "tiny.journal.sqlite").touch()
    with pytest.raises(InputError, match=r"both tiny.journal.sqlite and tiny.journal.jsonl are there"):
        read_journal(params_of(params), params)


@pytest.mark.parametrize("name", ["typo.sqlite", "outputs/j.sqlite"])
def test_a_journal_that_is_not_there_or_among_the_outputs_is_refused(tmp_path: Path, name: str) -> None:
    params = tiny.write(tmp_path, tiny=tiny.PARAMS + f"journal: {name}\n")
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "j.sqlite").touch()
    with pytest.raises(InputError, match=r"there is no file|among the outputs"):
        read_journal(params_of(params), params)


def test_an_empty_file_that_the_params_name_becomes_the_journal(tmp_path: Path) -> None:
    params = tiny.write(tmp_path, tiny=tiny.PARAMS + "journal: ours.sqlite\n")
    (tmp_path / "ours.sqlite").touch()
    decided(params, 1)
    assert len(events(params)) == 1


def test_backup_then_restore_gives_the_same_journal_and_replaces_nothing(tmp_path: Path) -> None:
    params = tiny.write(tmp_path)
    decided(params, 3)
    kept = backup(params, tmp_path / "safe" / "b.jsonl")
    assert (kept.events, (tmp_path / "safe" / "b.jsonl").read_text().splitlines()) == (3, events(params))
    with pytest.raises(InputError, match="stays as it is"):
        backup(params, tmp_path / "safe" / "b.jsonl")
    other = tiny.write(tmp_path / "other")
    assert restore(other, tmp_path / "safe" / "b.jsonl") == restore(other, tmp_path / "safe" / "b.jsonl")
    assert events(other) == events(params)
    decided(other, 1)
    with pytest.raises(InputError, match=r"the journal holds 4 events that are not the beginning of the 3"):
        restore(other, tmp_path / "safe" / "b.jsonl")
    third = tiny.write(tmp_path / "third")
    decided(third, 1)
    store = journal_store(params_of(third), third)
    store.append(seen=1, at="later", by="bea", known_by="t", action="NOTE", body={"receipt": "x"}, reason="other")
    store.close()
    with pytest.raises(InputError, match="not the beginning"):
        restore(third, tmp_path / "safe" / "b.jsonl")


@pytest.mark.parametrize(("old", "new"), [("tiny.journal.jsonl", "tiny.journal.sqlite"), ("tiny.journal.sqlite", "lines.jsonl")])
def test_a_moved_journal_is_the_same_and_the_old_one_takes_nothing_more(tmp_path: Path, old: str, new: str) -> None:
    params = tiny.write(tmp_path)
    (tmp_path / old).touch()
    decided(params, 3)
    before = events(params)
    desk = journal_store(params_of(params), params)  # somebody has it open
    desk.events()
    kept = move(params, new)
    assert (kept.name, kept.events) == (new, 3)
    assert not (tmp_path / old).exists()
    assert (tmp_path / f"{old}.moved").is_file()
    (tmp_path / "tiny.yaml").write_text(tiny.PARAMS + f"journal: {new}\n")
    assert events(params) == before
    decided(params, 4)
    if old.endswith(".sqlite"):
        with sqlite3.connect(tmp_path / f"{old}.moved") as left, pytest.raises(sqlite3.IntegrityError, match="this journal was moved"):
            left.execute('INSERT INTO journal SELECT 4, "at", "by", known_by, action, body, reason, hash, \'x\' FROM journal WHERE seq = 3')
        left.close()
    desk.close()


@pytest.mark.parametrize("new", ["kept.sqlite", "kept.jsonl"])
def test_no_second_journal_is_begun_where_one_was_moved_away(new: str, tmp_path: Path) -> None:
    """Until the params name the new place nothing is recorded: a fresh journal beside the old decisions would hide them all."""
    params = tiny.write(tmp_path)
    decided(params, 3)
    move(params, new)
    with pytest.raises(InputError, match=r"moved from tiny\.journal\.sqlite"):
        decided(params, 1)
    assert not (tmp_path / "tiny.journal.sqlite").exists()
    (tmp_path / "tiny.yaml").write_text(tiny.PARAMS + f"journal: {new}\n")
    decided(params, 1)
    assert len(events(params)) == 4


@pytest.mark.postgres
def test_a_journal_moves_to_a_server_and_the_params_name_it(pg_server, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    params = tiny.write(tmp_path)
    decided(params, 3)
    before = events(params)
    url = pg_server.journal("moved")
    assert move(params, url).events == 3
    (tmp_path / "tiny.yaml").write_text(tiny.PARAMS + f"journal: {url}\n")
    assert events(params) == before


def test_check_finds_a_cut_tail_by_the_head_that_a_pack_keeps(tmp_path: Path) -> None:
    params = tiny.write(tmp_path)
    decided(params, 2)
    kept = check_journal(params, tmp_path / "outputs")
    pack = tmp_path / "outputs" / "tiny" / "2026-03" / "0123456789ab"
    pack.mkdir(parents=True)
    text = '{"files":[],"journal":{"events":2,"head":"%s"},"schema":"arwork-pack-1"}\n' % kept.head  # noqa: UP031
    (pack / "manifest.json").write_text(text)
    assert check_journal(params, tmp_path / "outputs") == kept
    with sqlite3.connect(tmp_path / "tiny.journal.sqlite") as other:
        other.execute("DROP TRIGGER journal_no_delete")
        other.execute("DELETE FROM journal WHERE seq = 2")
    other.close()
    with pytest.raises(IntegrityError, match="does not hold the 2 decisions that pack"):
        check_journal(params, tmp_path / "outputs")


SEATS = "people:\n  - {name: ana, roles: [preparer, approver], logins: [a.meier]}\n  - {name: bea, roles: [reviewer]}\n"


def test_params_name_people_only_until_the_journal_does(tmp_path: Path) -> None:
    params = tiny.write(tmp_path, tiny=tiny.PARAMS + SEATS)
    assert sorted(people(params).members) == ["ana", "bea"]
    event, waits = change_people(params, {"step": "add", "person": "cem", "roles": ["auditor"]}, reason="audit", person=ANA)
    assert (event.seq, waits) == (4, True)
    with pytest.raises(InputError, match="ana proposed this change"):
        change_people(params, {"confirms": 4}, reason="me too", person=Person("a.meier", "OS account"))
    assert change_people(params, {"confirms": 4}, reason="seen", person=BEA)[1] is False
    (tmp_path / "tiny.yaml").write_text(tiny.PARAMS + SEATS.replace("bea, roles: [reviewer]", "zoe, roles: [approver]"))
    assert sorted(people(params).members) == ["ana", "bea", "cem"]
    with pytest.raises(InputError, match="zoe is not among the people"):
        change_people(params, {"step": "remove", "person": "ana"}, reason="mine now", person=Person("zoe", "OS account"))


def test_people_of_the_params_bind_from_the_first_decision(tmp_path: Path) -> None:
    params = tiny.write(tmp_path, tiny=tiny.PARAMS + SEATS)
    store = journal_store(params_of(params), params)
    with pytest.raises(InputError, match="kim is not among the people"):
        store.append(seen=0, at="t", by="kim", known_by="t", action="HOLD", body={"receipt": "r"}, reason="why")
    assert store.length() == 0
    with pytest.raises(InputError, match="only the params of an empty journal"):
        body = {"step": "add", "person": "kim", "roles": ["approver"], "seed": True}
        store.append(seen=0, at="t", by="ana", known_by="t", action="PEOPLE", body=body, reason="why")
    store.append(seen=0, at="t", by="ana", known_by="t", action="HOLD", body={"receipt": "r"}, reason="why")
    assert sorted(people_of(store.events()).members) == ["ana", "bea"]
    store.close()


def test_who_acts_is_taken_from_the_system_not_from_what_anybody_can_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    account = acting_person("").name
    monkeypatch.setenv("LOGNAME", "cfo")
    assert acting_person("") == Person(account, "OS account")
    assert acting_person("kim") == Person("kim", f"named on the command line by OS account {account}")
    monkeypatch.setenv("JUPYTERHUB_USER", "lea")
    assert acting_person("") == Person("lea", f"JupyterHub user lea, OS account {account}")
    assert acting_person("kim").known_by == f"named on the command line by JupyterHub user lea, OS account {account}"


def test_a_store_for_a_url_and_a_file_need_no_params(tmp_path: Path) -> None:
    assert journal_place(params_of(tiny.write(tmp_path)), tmp_path / "tiny.yaml") == "tiny.journal.sqlite"
    assert open_store("x.sqlite", base=tmp_path).name == "x.sqlite"
