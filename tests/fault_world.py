"""What is interrupted: each operation of a close of ten receipts, what must hold after a fault, and the same command once more."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import faulty
import sealed
import tiny

import arwork.close
from arwork.decide import Person
from arwork.errors import ArworkError, InputError
from arwork.intake.inbox import NEW, Arrival
from arwork.intake.received import take
from arwork.intake.shipped import shipped
from arwork.journal.events import Event
from arwork.journal.lines import parse
from arwork.journal.store import open_store
from arwork.keeping import backup
from arwork.pack.build import staging
from arwork.pack.filed import file_away, filed_text, list_file
from arwork.pack.plan import lay_out, make_plan
from arwork.pack.record import is_done, publish
from arwork.pack.signed import folder_of, read_sign_offs
from arwork.pack.verify import verify
from arwork.params import Source
from arwork.policy import read_policy
from arwork.proof import Stage
from arwork.run import STAGES
from arwork.signing import Act, sign_off
from arwork.stages.books import open_books

REFUSALS = (ArworkError, OSError)
"""What the command line tells a user in one paragraph; anything else is a fault of ours."""


@dataclass(frozen=True)
class Operation:
    """One operation: `act` does it and says what it acknowledged, `held` checks a folder that it was done in, perhaps only half.

    `held(folder, said)` gets what was acknowledged (blank when nothing was) and raises AssertionError for what a user may not meet.
    """

    name: str
    act: Callable[[Path], str]
    held: Callable[[Path, str], None]


def tell(name: str, what: str) -> None:
    """Hear progress."""


def close_here(params: Path) -> arwork.close.Closed:
    """Close as `arwork close` does, its stages called in this process instead of kernels; finished ones are kept."""

    def stages(graph: object, notebooks: Path, folder: Path, parameters: dict[str, str], heard: object) -> None:
        """Stand in for the notebooks."""
        for name, task in STAGES.items():
            if not is_done(folder, name):
                (folder / "record" / f"{name}.json").unlink(missing_ok=True)
                books = open_books(task, folder, close=parameters["close"], period=parameters["period"], as_of=parameters["as_of"])
                publish(task.work(books), folder)

    arwork.close.run_graph = stages  # type: ignore[assignment]
    return arwork.close.close(params, params.parent / "outputs", tell)


def tree(folder: Path) -> dict[str, str]:
    """Return every file below a folder with its digest; drafts of writers that died are left out."""
    paths = (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.endswith(".part"))
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def packs(folder: Path) -> list[Path]:
    """List what looks like a pack."""
    return [p.parent for p in sorted((folder / "outputs").glob("*/*/*/manifest.json")) if not p.parent.name.startswith(".")]


def _whole(folder: Path) -> None:
    """Every pack that is there is whole, and has what every pack has."""
    for pack in packs(folder):
        verify(pack)
    for runs in (folder / "outputs").glob("*/*/*"):
        assert runs.name.startswith(".") or runs in packs(folder) or runs.name.endswith(".signoff"), f"{runs.name} looks like a pack"


def _staged(folder: Path) -> Path:
    return folder / "outputs" / make_plan(folder / "tiny.yaml", folder / "outputs").place


def intake(folder: Path) -> str:
    """Plan, take in, publish the first stage."""
    plan = make_plan(folder / "tiny.yaml", folder / "outputs")
    with staging(folder / "outputs" / plan.place) as place:
        lay_out(plan, place)
        if not is_done(place, "00_intake"):
            (place / "record/00_intake.json").unlink(missing_ok=True)
            books = open_books(STAGES["00_intake"], place, close="tiny", period="2026-03", as_of="2026-03-31")
            publish(STAGES["00_intake"].work(books), place)
        return json.dumps(tree(place))


def intake_held(folder: Path, said: str) -> None:
    """Nothing looks like a pack; a stage that says it is done is done."""
    _whole(folder)
    assert not packs(folder)
    for place in (p for p in (folder / "outputs").glob("*/*/.staging-*") if p.is_dir()):
        if (place / "record/00_intake.json").exists():
            assert is_done(place, "00_intake"), "a record without its tables"
        if said:
            assert tree(place) == json.loads(said)


def publishing(folder: Path) -> str:
    """Publish the tables of a stage that was computed before."""
    place = next(p for p in (folder / "outputs").glob("*/*/.staging-*") if p.is_dir())
    stage: Stage = pickle.loads((folder / "stage.pickle").read_bytes())
    if not is_done(place, stage.name):
        (place / "record" / f"{stage.name}.json").unlink(missing_ok=True)
        publish(stage, place)
    return json.dumps(tree(place))


def publishing_held(folder: Path, said: str) -> None:
    """A record is there only with all its tables."""
    place = next(p for p in (folder / "outputs").glob("*/*/.staging-*") if p.is_dir())
    if (place / "record/10_cash_application.json").exists():
        assert is_done(place, "10_cash_application"), "a record without its tables"
    if said:
        assert tree(place) == json.loads(said)


def sealing(folder: Path) -> str:
    """Close; where all stages are done only pages, seal and rename are left."""
    return f"{close_here(folder / 'tiny.yaml').verified.seal}"


def sealing_held(folder: Path, said: str) -> None:
    """A pack is whole, complete, and there once it was acknowledged."""
    _whole(folder)
    for pack in packs(folder):
        assert {"pack.html", "pack.xlsx", "verify.py", "data", "record"} <= {p.name for p in pack.iterdir()}
        assert not list(pack.rglob("*.part")), "a draft was sealed"
        assert not said or verify(pack).seal == said
    assert not said or packs(folder)
    if said:
        left = [p.name for p in packs(folder)[0].parent.iterdir() if p.name.startswith(".staging")]
        assert not left, left


def _append(where: str, count: int) -> Callable[[Path], str]:
    def act(folder: Path) -> str:
        """Record decisions in one call."""
        drafts = [("HOLD", {"receipt": f"R{number}"}, "asked") for number in range(count)]
        with closing(open_store(where, base=folder)) as store:
            done = store.append_many(drafts, seen=int((folder / "seen").read_text()), at="2026-04-01T10:00:00", by="ann", known_by="test")
        return json.dumps([[event.seq, event.hash] for event in done])

    return act


def _append_held(where: str, count: int) -> Callable[[Path, str], None]:
    def held(folder: Path, said: str) -> None:
        """The chain is whole, what was there is there, what was acknowledged too, and all of one call or none."""
        with closing(open_store(where, base=folder)) as store:
            events = store.events()
        seen = int((folder / "seen").read_text())
        before = (folder / "before.jsonl").read_text() if seen else ""
        assert events[:seen] == parse(before, "before"), "events of before are gone"
        assert len(events) in (seen, seen + count), f"{len(events) - seen} of {count} events are there"
        if said:
            assert [[event.seq, event.hash] for event in events[seen:]] == json.loads(said)

    return held


def _act(folder: Path) -> Act:
    key = folder / "key" if (folder / "key").exists() else None
    return Act("PREPARE", "", "looked at it", Person("ann", "test"), key)


def signing(folder: Path) -> str:
    """Prepare the pack; a pack that is prepared already by this person says so."""
    try:
        done = sign_off(packs(folder)[0], folder / "outputs", _act(folder), folder / "tiny.yaml")
    except InputError as refused:
        if "after PREPARED" not in str(refused):
            raise
        return "there"
    return f"{done.state} {done.file.name}"


def signing_held(folder: Path, said: str) -> None:
    """The pack is as it was; a sign-off is there whole or not there; one that was acknowledged is there."""
    _whole(folder)
    (pack,) = packs(folder)
    acts = {path.name for path in folder_of(pack).glob("*")}
    if (folder / "key").exists() and not said and acts == {"001-PREPARE.json"}:
        return  # without its signature it fails closed; the same command completes it
    found = read_sign_offs(pack)
    if said:
        assert [act.action for act in found.acts] == ["PREPARE"]
        assert len(list(folder_of(pack).iterdir())) == (2 if (folder / "key").exists() else 1)


def filing(folder: Path) -> str:
    """File what arrived in the inbox."""
    params, file = make_plan(folder / "tiny.yaml", folder / "outputs").params, folder / "in/late.sta"
    received = take(file)
    if list_file(params, folder / "tiny.yaml").exists():
        return "there"
    source = Source(file=f"{received.sha256[:12]}.sta", reads="bank")
    file_away([Arrival(file, NEW, "", received, source)], params, folder / "tiny.yaml")
    return "filed"


def filing_held(folder: Path, said: str) -> None:
    """The list names only files that are there whole; a plan can be made; the file itself never left the inbox."""
    params = make_plan(folder / "tiny.yaml", folder / "outputs").params
    assert filed_text(params, folder / "tiny.yaml") or not said
    assert (folder / "in/late.sta").exists()


def backing(folder: Path) -> str:
    """Write a backup of the journal; one that is there is whole."""
    target = folder / "safe/backup.jsonl"
    if target.exists():
        return "there"
    return str(backup(folder / "tiny.yaml", target).events)


def backing_held(folder: Path, said: str) -> None:
    """A backup is whole or not there."""
    target = folder / "safe/backup.jsonl"
    assert target.exists() or not said
    if target.exists():
        assert parse(target.read_text(), "backup") == parse((folder / "before.jsonl").read_text(), "before")


OPERATIONS = {
    op.name: op
    for op in (
        Operation("intake", intake, intake_held),
        Operation("inbox", filing, filing_held),
        Operation("publish a stage", publishing, publishing_held),
        Operation("seal and publish", sealing, sealing_held),
        Operation("append, the first", _append("new.sqlite", 1), _append_held("new.sqlite", 1)),
        Operation("append, SQLite", _append("old.sqlite", 1), _append_held("old.sqlite", 1)),
        Operation("append, five at once", _append("old.sqlite", 5), _append_held("old.sqlite", 5)),
        Operation("append, lines", _append("old.jsonl", 3), _append_held("old.jsonl", 3)),
        Operation("sign", signing, signing_held),
        Operation("sign with a key", signing, signing_held),
        Operation("back up", backing, backing_held),
        Operation("close", sealing, sealing_held),
    )
}


def build(folder: Path) -> None:
    """Lay out the folder that each operation starts from, below `folder`, one by its name; the close is done once."""
    files = {"tiny": tiny.PARAMS + sealed.PEOPLE, **tiny.paid(10)}
    for name in OPERATIONS:
        tiny.write(folder / name, **files)
    shutil.rmtree(folder / "close" / "outputs", ignore_errors=True)
    _staging(folder / "seal and publish", folder / "publish a stage")
    shutil.copytree(folder / "seal and publish", folder / "sign", dirs_exist_ok=True)
    close_here(folder / "sign" / "tiny.yaml")
    shutil.copytree(folder / "sign", folder / "sign with a key", dirs_exist_ok=True)
    os.system(f"ssh-keygen -q -t ed25519 -N '' -f '{folder / 'sign with a key' / 'key'}'")
    (folder / "inbox/in").mkdir()
    (folder / "inbox/in/late.sta").write_text(tiny.STATEMENT)
    for name, where in (("append, the first", ""), ("append, SQLite", "old.sqlite"), ("append, five at once", "old.sqlite"),
                        ("append, lines", "old.jsonl"), ("back up", "tiny.journal.sqlite")):  # fmt: skip
        _journal(folder / name, where)


def _staging(sealing_in: Path, publishing_in: Path) -> None:
    """Run every stage into a staging folder; on the way keep one stage's result and the folder before it."""
    plan = make_plan(sealing_in / "tiny.yaml", sealing_in / "outputs")
    place = (sealing_in / "outputs" / plan.place).with_name(f".staging-{plan.run}")
    lay_out(plan, place)
    for name, task in STAGES.items():
        stage = task.work(open_books(task, place, close="tiny", period="2026-03", as_of="2026-03-31"))
        if name == "10_cash_application":
            (publishing_in / "stage.pickle").write_bytes(pickle.dumps(stage))
            shutil.copytree(sealing_in / "outputs", publishing_in / "outputs")
        publish(stage, place)
    (place / "notebooks").mkdir()
    shutil.copy(Path(__file__).resolve().parent.parent / "notebooks/00_intake.ipynb", place / "notebooks")


def _journal(folder: Path, where: str) -> None:
    """Record four decisions, keep them as lines, and note how many there are."""
    events: list[Event] = []
    if where:
        with closing(open_store(where, base=folder)) as store:
            for number in range(4):
                store.append(
                    seen=number, at="2026-04-01", by="bob", known_by="test", action="NOTE", body={"receipt": f"N{number}"}, reason="x"
                )
            events = store.events()
        (folder / "before.jsonl").write_bytes(Path(folder / where).read_bytes() if where.endswith(".jsonl") else b"")
        if where.endswith(".sqlite"):
            with closing(open_store("lines.jsonl", base=folder)) as lines:
                for number, event in enumerate(events):
                    lines.append(seen=number, at=event.at, by="bob", known_by="test", action="NOTE", body=event.body, reason="x")
            (folder / "lines.jsonl").rename(folder / "before.jsonl")
    (folder / "seen").write_text(str(len(events)))


def warmed() -> None:
    """Read once what every forked process would read again."""
    read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"), "policy.yaml")
    read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))


def tried(base: Path, operation: Operation, fault: faulty.Fault, work: Path) -> tuple[faulty.Ran, str]:
    """Do an operation in a copy with a fault, check, do it again, check: return how it ended and what was wrong, blank when nothing."""
    folder = work / "place"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base / operation.name, folder)
    ran = faulty.run(lambda: _tempered(operation.act, folder), folder, fault, REFUSALS)
    if ran.ended == "broke":
        return ran, f"broke: {ran.said}"
    said = ran.said if ran.ended == "answered" else ""

    def after() -> str:
        """Look, then do it again as a user would, then look again."""
        shutil.rmtree(folder / "tmp", ignore_errors=True)
        operation.held(folder, said)
        again = operation.act(folder)
        operation.held(folder, again)
        return "well"

    looked = faulty.run(after, Path("/nowhere"), None, ())
    return ran, "" if looked.said == "well" else f"{ran.ended} ({ran.said[:200]}), then {looked.ended}: {looked.said}"


def _tempered(act: Callable[[Path], str], folder: Path) -> str:
    """Do it with the folder of temporary files inside, so that faults meet those too."""
    (folder / "tmp").mkdir()
    tempfile.tempdir = str(folder / "tmp")
    os.environ["TMPDIR"] = tempfile.tempdir
    return act(folder)


def undisturbed(base: Path, operation: Operation, work: Path) -> faulty.Ran:
    """Do an operation in a copy without a fault, to count its calls."""
    folder = work / "place"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base / operation.name, folder)
    return faulty.run(lambda: _tempered(operation.act, folder), folder, None, REFUSALS)


def points(calls: tuple[str, ...], every: int = 1, reads: int = 1) -> Iterator[faulty.Fault]:
    """Give the faults that an operation with these calls can meet: each kind, at each call (or every so many), once and for good.

    `reads` thins out input/output errors at calls that only read.
    """
    for kind in faulty.KINDS:
        seen = [0, 0]
        for nth, reading in enumerate(faulty.fitting(calls, kind), start=1):
            seen[reading] += 1
            if (seen[reading] - 1) % (reads if reading else every):
                continue
            yield faulty.Fault(kind, nth)
            if kind != "kill":
                yield faulty.Fault(kind, nth, sticky=True)
