"""Look after a close's journal: back it up, restore it, move it, check it against the packs, and change its people."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from arwork.decide import Person
from arwork.errors import InputError, IntegrityError
from arwork.intake.received import take
from arwork.intake.shipped import shipped
from arwork.journal.chain import head
from arwork.journal.events import Event
from arwork.journal.keys import PROOF
from arwork.journal.lines import as_line, parse
from arwork.journal.people import People, people_of, separated
from arwork.journal.record import verbatim
from arwork.journal.store import open_store
from arwork.pack.digest import write_once
from arwork.pack.manifest import MANIFEST, read_manifest
from arwork.pack.plan import journal_store
from arwork.params import Params, read_params
from arwork.policy import read_policy


@dataclass(frozen=True)
class Kept:
    """What a journal held when it was looked at: its name, how many events, its head, and sentences that a person should read."""

    name: str
    events: int
    head: str
    doubts: tuple[str, ...] = ()


def params_of(params_file: Path) -> Params:
    """Read a params file with the shipped policy."""
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    return read_params(take(params_file).data.decode("utf-8-sig"), params_file.name, policy)


def backup(params_file: Path, file: Path) -> Kept:
    """Write the whole journal as canonical lines into a new file, on the disk before it answers."""
    with closing(journal_store(params_of(params_file), params_file)) as store:
        events = store.events()
    if file.exists():
        raise InputError("is there already and stays as it is", where=file.as_posix(), cure="Name another file.")
    file.parent.mkdir(parents=True, exist_ok=True)
    write_once(file, "".join(as_line(event) + "\n" for event in events).encode("utf-8"))
    if parse(file.read_text(encoding="utf-8"), file.name) != events:
        raise IntegrityError("does not read back as it was written", where=file.as_posix(), cure="Use another disk.")
    return Kept(file.name, len(events), head(events))


def restore(params_file: Path, file: Path) -> Kept:
    """Put a backup into the close's journal, which must be empty or the backup's beginning; nothing is ever replaced."""
    if not file.is_file():
        raise InputError("there is no such backup", where=file.as_posix(), cure="Name a file that `arwork journal backup` wrote.")
    events = parse(file.read_bytes().decode("utf-8", "strict"), file.name)
    with closing(journal_store(params_of(params_file), params_file)) as store:
        try:
            store.events()
        except IntegrityError as broken:
            raise IntegrityError(
                broken.what, where=broken.where, cure="Put the damaged journal aside, leave an empty file in its place, then restore again."
            ) from None
        store.write(verbatim(events))
        return _as_written(store.name, store.events(), events)


def move(params_file: Path, to: str) -> Kept:
    """Copy the journal with its hashes to another place and let nobody add to the old one; the params then name the new place."""
    with closing(journal_store(params_of(params_file), params_file)) as old, closing(open_store(to, base=params_file.parent)) as new:
        if new.name == old.name:
            raise InputError(f"the journal is at {old.name} already", cure="Name another place with --to.")
        while True:
            events = old.events()
            new.write(verbatim(events))
            kept = _as_written(new.name, new.events(), events)
            if not events or old.retire(len(events)):
                return kept


def _as_written(name: str, found: Sequence[Event], wanted: Sequence[Event]) -> Kept:
    if list(found) != list(wanted):
        raise IntegrityError("does not hold what was put in", where=name, cure="Take the journal from the last good backup.")
    return Kept(name, len(found), head(found))


def check_journal(params_file: Path, outputs: Path) -> Kept:
    """Read the whole journal, check its chain, ask the database, and compare it with the head that every pack of the close keeps.

    A pack built on events that the journal does not hold means that it was cut or rewritten: IntegrityError.
    """
    params = params_of(params_file)
    with closing(journal_store(params, params_file)) as store:
        events, doubts = store.events(), store.doubts()
        name = store.name
    for path in sorted((outputs / params.close).glob(f"*/*/{MANIFEST}")):
        if path.parent.name.startswith("."):
            continue
        said = read_manifest(path.parent)["journal"]
        if said["events"] > len(events) or head(events[: said["events"]]) != said["head"]:
            raise IntegrityError(
                f"it does not hold the {said['events']} decisions that pack {path.parent.as_posix()} was built on", where=name,
                cure="It was cut or rewritten. Restore it from a backup, or from journal.jsonl of that pack.",
            )  # fmt: skip
    back = [b for a, b in pairwise(events) if a.at > b.at]
    doubts += [f"the clock went back before event {back[0].seq}; the order is that of the numbers"] if back else []
    shared = separated(events)
    return Kept(name, len(events), head(events), (*doubts, *([shared] if shared else [])))


def people(params_file: Path) -> People:
    """Return the people in force and what waits; where the journal names none, those that the params begin with."""
    with closing(journal_store(params_of(params_file), params_file)) as store:
        found = people_of(store.events())
        seeds = [Event(0, "", "", "", "PEOPLE", seed, "", "", "") for seed in store.seeds]
    return found if found.members else people_of(seeds)


def change_people(params_file: Path, body: dict[str, Any], *, reason: str, person: Person) -> tuple[Event, bool]:
    """Record a change of people, and say whether it waits for a second person; `{"confirms": n}` confirms proposal n."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with closing(journal_store(params_of(params_file), params_file)) as store:
        seen = store.length()
        if "confirms" in body:
            proposal = people_of(store.events()).pending.get(body["confirms"])
            if proposal is None:
                raise InputError(f"no change waits under {body['confirms']}", cure="See `arwork people list`.")
            body = {**{name: value for name, value in proposal.body.items() if name != PROOF}, **body}
        done = store.append(seen=seen, at=now, by=person.name, known_by=person.known_by, action="PEOPLE", body=body, reason=reason)
        return done, done.seq in people_of(store.events()).pending
