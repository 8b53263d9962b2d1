"""Identity by key: who has one acts only with it, every decision carries its proof, and V2 finds one that does not (CV-13)."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sealed
from typer.testing import CliRunner

from arwork.cli import app
from arwork.decide import Person
from arwork.errors import InputError, IntegrityError
from arwork.journal.events import Event
from arwork.journal.keys import PROOF, fingerprint, lacks_key, public_key, unproven
from arwork.journal.people import people_of, separated
from arwork.keeping import change_people, params_of
from arwork.pack.authority import authority
from arwork.pack.plan import journal_store, read_journal
from arwork.pack.ssh import fingerprint_of
from arwork.signing import Act, sign_off

ACCOUNT = "named on the command line by OS account root"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One closed month."""
    folder = tmp_path_factory.mktemp("keys")
    sealed.month(folder)
    return folder


@pytest.fixture
def month(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.delenv("ARWORK_SIGNING_KEY", raising=False)
    shutil.copytree(built, tmp_path / "month")
    return tmp_path / "month/tiny.yaml", next((tmp_path / "month/outputs/tiny/2026-03").iterdir())


def key_file(folder: Path, name: str) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{name} at work", "-f", str(folder / name)], check=True)
    return folder / name


def set_keys(params: Path, folder: Path) -> tuple[Path, Path]:
    """Give ann and bob keys; each is confirmed by the other, ann by then with hers."""
    keys = key_file(folder, "ann"), key_file(folder, "bob")
    for name, other, confirms_with in (("ann", "bob", ""), ("bob", "ann", str(keys[0]))):
        text = (folder / f"{name}.pub").read_text(encoding="utf-8")
        event, waits = change_people(params, {"step": "key", "person": name, "key": text}, reason="key", person=Person(name, ACCOUNT))
        assert waits
        with pytest.MonkeyPatch.context() as patch:
            if confirms_with:
                patch.setenv("ARWORK_SIGNING_KEY", confirms_with)
            change_people(params, {"confirms": event.seq}, reason="seen", person=Person(other, ACCOUNT))
    return keys


def note(params: Path, by: str, receipts: int = 1) -> list[Event]:
    with closing(journal_store(params_of(params), params)) as store:
        drafts: list[tuple[str, dict[str, Any], str]] = [("NOTE", {"receipt": f"r{n}"}, "looked at") for n in range(receipts)]
        return store.append_many(drafts, seen=store.length(), at="2026-03-31T10:00:00+00:00", by=by, known_by=ACCOUNT)


def test_who_has_a_key_acts_only_with_it(month: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params, _ = month
    ann, bob = set_keys(params, tmp_path)
    with pytest.raises(InputError, match="ann acts by key, and this act was made without one"):
        note(params, "ann")
    monkeypatch.setenv("ARWORK_SIGNING_KEY", str(bob))
    with pytest.raises(InputError, match="is bob's, and ann acts"):
        note(params, "ann")
    monkeypatch.setenv("ARWORK_SIGNING_KEY", str(key_file(tmp_path, "stranger")))
    with pytest.raises(InputError, match="without one"):
        note(params, "ann")
    monkeypatch.setenv("ARWORK_SIGNING_KEY", str(ann))
    events = note(params, "ann", receipts=3)
    assert {event.known_by for event in events} == {f"SSH key {fingerprint_of(ann)}"}
    assert ["signature" in event.body[PROOF] for event in events] == [True, False, False]
    people = people_of(read_journal(params_of(params), params))
    assert people.members["ann"].keys == (public_key((tmp_path / "ann.pub").read_text(encoding="utf-8")),)
    assert fingerprint(people.members["bob"].keys[0]) == fingerprint_of(bob)


def test_people_with_keys_on_one_account_are_separated(month: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params, _ = month
    keys = set_keys(params, tmp_path)
    before = separated(read_journal(params_of(params), params))
    assert "ann and bob acted from one account, root" in before
    for name, key in zip(("ann", "bob"), keys, strict=True):
        monkeypatch.setenv("ARWORK_SIGNING_KEY", str(key))
        note(params, name)
    assert separated(read_journal(params_of(params), params)[-2:]) == ""


@pytest.mark.parametrize("change", ["reason", "by", "receipt", "swapped", "unsigned", "other key"])
def test_v2_finds_a_decision_that_its_key_did_not_sign(
    month: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """The chain is made anew over the forged event, as somebody who owns the file could."""
    params, pack = month
    ann, bob = set_keys(params, tmp_path)
    monkeypatch.setenv("ARWORK_SIGNING_KEY", str(ann))
    note(params, "ann", receipts=2)
    sign_off(pack, pack.parents[2], Act("PREPARE", "", "whole", Person("ann", ACCOUNT)), params)
    seal = read_journal(params_of(params), params)[-1].body["pack"]
    names = read_journal(params_of(params), params)[-1].body["reconciliations"]
    assert authority(pack, seal, names).state == "PREPARED"

    def forged(event: Event, body: dict[str, Any], others: dict[str, str]) -> Event:
        from arwork.journal.chain import sealed as chained

        said = {"at": event.at, "by": event.by, "known_by": event.known_by, "action": event.action, "reason": event.reason} | others
        return chained(made[-1] if made else None, body=body, **said)  # type: ignore[arg-type]

    made: list[Event] = []
    events = read_journal(params_of(params), params)
    last_note = next(event for event in reversed(events) if event.action == "NOTE")
    for event in events:
        body, others = dict(event.body), dict[str, str]()
        if event.seq == last_note.seq:
            if change == "reason":
                others["reason"] = "nothing"
            elif change == "by":
                others["by"] = "bob"
            elif change == "receipt":
                body["receipt"] = "r9"
            elif change == "unsigned":
                body.pop(PROOF)
            elif change == "other key":
                body[PROOF] = {**body[PROOF], "key": fingerprint_of(bob)}
            else:
                body[PROOF] = {**body[PROOF], "signature_sha256": "0" * 64}
        made.append(forged(event, body, others))
    from arwork.pack import authority as module
    from arwork.pack.signed import SignOffs

    monkeypatch.setattr(module, "read_sign_offs", lambda _: SignOffs(tuple(made), (), ()))
    with pytest.raises(IntegrityError, match=rf"event {last_note.seq}"):
        authority(pack, seal, names)


def test_the_command_sets_shows_and_drops_a_key(month: tuple[Path, Path], tmp_path: Path) -> None:
    params, _ = month
    ann = key_file(tmp_path, "ann")
    run = CliRunner()
    head = ["people", "key", str(params), "ann"]
    asked = run.invoke(app, [*head, "--file", f"{ann}.pub", "--reason", "hers", "--as", "ann"])
    assert asked.exit_code == 0, asked.output
    number = asked.output.rsplit(" --reason", 1)[0].split()[-1]
    assert run.invoke(app, ["people", "confirm", str(params), number, "--reason", "seen", "--as", "bob"]).exit_code == 0
    assert f"acts by key {fingerprint_of(ann)}" in run.invoke(app, ["people", "list", str(params)]).output
    refused = run.invoke(app, [*head, "--file", str(ann), "--reason", "x", "--as", "ann"])
    assert refused.exit_code != 0
    dropped = run.invoke(
        app, [*head, "--drop", fingerprint_of(ann), "--reason", "lost", "--as", "ann"], env={"ARWORK_SIGNING_KEY": str(ann)}
    )  # fmt: skip
    assert dropped.exit_code == 0, dropped.output
    assert "acts by key" in run.invoke(app, ["people", "list", str(params)]).output
    number = dropped.output.rsplit(" --reason", 1)[0].split()[-1]
    assert run.invoke(app, ["people", "confirm", str(params), number, "--reason", "seen", "--as", "bob"]).exit_code == 0
    assert "acts by key" not in run.invoke(app, ["people", "list", str(params)]).output


@pytest.mark.parametrize(
    "line", ["", "ssh-ed25519", "ssh-dss AAAAB3NzaC1kc3MAAACBAP" + "A" * 40, "ssh-ed25519 short", "-----BEGIN KEY-----"]
)
def test_what_is_no_public_key_is_none(line: str) -> None:
    assert public_key(line) == ""
    assert lacks_key(None, {}) == ""
    assert unproven([], lambda *_: None) is None


def test_the_front_page_says_who_is_not_separated(tmp_path: Path) -> None:
    params = sealed.tiny.write(tmp_path, tiny=sealed.tiny.PARAMS)
    with closing(journal_store(params_of(params), params)) as store:
        for name in ("kim", "leo"):
            store.append(seen=9, at="2026-03-31", by=name, known_by=ACCOUNT, action="NOTE", body={"receipt": "r1"}, reason="<b>looked</b>")
    page = (sealed.closed(params) / "pack.html").read_text(encoding="utf-8")
    assert "People are not separated: kim and leo acted from one account, root." in page
