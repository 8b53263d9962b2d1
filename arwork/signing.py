"""Sign a pack or one of its reconciliations: prepare, review, certify, return, reopen; each an event and a file beside the pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arwork.decide import Person, newest_run
from arwork.errors import InputError, IntegrityError, first_few
from arwork.intake.received import take
from arwork.intake.shipped import shipped
from arwork.journal.chain import head
from arwork.journal.durable import flush
from arwork.journal.events import Event
from arwork.journal.people import people_of
from arwork.journal.record import Draft, Plan, Planned, View, plan
from arwork.journal.relied import said_of
from arwork.journal.signing import REACHED, WHOLE, deciding, how_far, pack_state, refuse_unfit_sign_off, signed
from arwork.journal.store import Store
from arwork.pack.digest import write_once
from arwork.pack.index import write_index
from arwork.pack.laid import read_plan
from arwork.pack.plan import journal_store
from arwork.pack.record import read_tables
from arwork.pack.signed import folder_of, texts, write_missing
from arwork.pack.ssh import check, fingerprint_of, sign
from arwork.pack.stale import changed_between, newest_of
from arwork.pack.verify import Verified, verify
from arwork.params import Params, read_params
from arwork.policy import read_policy
from arwork.reconcile.signable import by_itself, not_certifiable


@dataclass(frozen=True)
class Act:
    """What a person wants to sign: the act, one reconciliation or blank for all that can follow, why, who, and with which key."""

    act: str
    reconciliation: str
    reason: str
    person: Person
    key: Path | None = None
    automatic: bool = False


@dataclass(frozen=True)
class SignedOff:
    """What was signed: the event, the file written for it, the pack's seal, the state that follows for the pack, and with parts that are further."""

    event: Event
    file: Path
    seal: str
    state: str
    far: str
    later: int


def sign_off(target: Path, outputs: Path, wanted: Act, params_file: Path | None = None) -> SignedOff:
    """Sign a pack, named by its folder or by the params of its close; the pack itself is checked and not touched.

    Raises InputError when the act may not follow, when the person may not do it (CV-13), or when something cannot be certified (4.11),
    and IntegrityError when the pack is not whole. A crash between event and file is repaired by the next act.
    """
    file = _params_file(target, outputs, params_file)
    params = _params(file)
    with closing(journal_store(params, file)) as store:
        events = store.events()
        pack = target if target.is_dir() else newest_run(params, outputs, events)[0]
        found = verify(pack)
        _refuse_foreign(found, params, events)
        _refuse_older(pack, outputs)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        decided = events[: found.facts["journal"]["events"]]
        left_out = _mended(pack, events, wanted)
        if left_out:
            return _told(store, found, left_out, folder_of(pack), outputs)
        body = _body(pack, found, wanted, events)
        drafts, known_by = store.proved(
            [Draft(wanted.act, body, wanted.reason)], at=now, by=wanted.person.name, known_by=wanted.person.known_by
        )
        base = plan(drafts, seen=len(events), at=now, by=wanted.person.name, known_by=known_by, seeds=store.seeds)
        done = store.write(_guarded(base, decided, wanted, body, found.seal))[0]
        return _filed(store, pack, found, done, wanted, outputs)


def _guarded(base: Plan, decided: Sequence[Event], wanted: Act, body: Mapping[str, Any], seal: str) -> Plan:
    """Ask again who may sign while nobody else can write: two sessions of one person must not pass each other."""

    def planned(view: View) -> Planned:
        """Refuse, or record as planned."""
        done = base(view)
        people = [event for event in done.fresh if event.action == "PEOPLE"]
        refuse_unfit_sign_off([*view.after(0), *people], decided, wanted.act, body["reconciliations"], seal, wanted.person.name)
        return done

    return planned


def _mended(pack: Path, events: Sequence[Event], wanted: Act) -> Event | None:
    """Write what a stop between an event and its files left out; return the act of this person that was wanted and is whole only now."""
    people = people_of(events)
    missing = {path.name for path in write_missing(pack, events)}
    found = None
    for name, (data, act) in texts(pack, events).items():
        file = folder_of(pack) / f"{name}.sig"
        if wanted.key and act.body.get("key") == fingerprint_of(wanted.key) and not file.exists():
            signature = sign(wanted.key, data)
            check(data, signature, file.name)
            write_once(file, signature, pack.parent)
            file.chmod(0o444)
            missing.add(name)
        same = (act.action, act.body.get("reconciliation", "")) == (wanted.act, wanted.reconciliation)
        own = same and people.person(act.by) == people.person(wanted.person.name)
        found = act if own and name in missing else found
    if missing:
        flush(folder_of(pack))
        flush(pack.parent)
    return found


def _filed(store: Store, pack: Path, found: Verified, done: Event, wanted: Act, outputs: Path) -> SignedOff:
    """Write the files of the act, its signature, and the page of all packs."""
    _mended(pack, store.events(), wanted)
    return _told(store, found, done, folder_of(pack), outputs)


def _told(store: Store, found: Verified, done: Event, folder: Path, outputs: Path) -> SignedOff:
    """Say what was signed, where, and what follows from it."""
    events = store.events()
    pack = folder.with_name(str(found.facts["run"]))
    path = next(folder / name for name, (_, act) in texts(pack, events).items() if act.seq == done.seq)
    now, of = signed(events, found.seal), int(done.body["of"])
    write_index(outputs)
    later = len(deciding(events)) - int(found.facts["journal"]["events"])
    return SignedOff(done, path, found.seal, pack_state(now, of), how_far(now, of), max(later, 0))


def _params_file(target: Path, outputs: Path, given: Path | None) -> Path:
    """Find the params file of a pack: the one given, the target itself, or the pack's by its name where closes keep them."""
    if target.is_file():
        return target
    if not target.is_dir():
        raise InputError(
            "there is no such pack or params file", where=str(target), cure="Name a pack's folder, or the params of its close."
        )
    record, _ = read_plan(target)
    name = record["params_name"]
    places = [given] if given else [Path("params") / name, Path(name), outputs.parent / "params" / name, outputs.parent / name]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise InputError(f"the params file {name} is not here", where=target.name, cure="Say where it is: --params FILE.")
    return found


def _params(file: Path) -> Params:
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    return read_params(take(file).data.decode("utf-8-sig"), file.name, policy)


def _refuse_foreign(found: Verified, params: Params, events: Sequence[Event]) -> None:
    """A pack of another close, or one whose decisions the journal does not hold, is not signed with this journal."""
    told = found.facts["journal"]
    if found.facts["close"] != params.close:
        raise InputError(f"the pack is of {found.facts['close']}, the params are of {params.close}", cure="Name the params of its close.")
    if told["events"] > len(events) or head(events[: told["events"]]) != told["head"]:
        raise IntegrityError(
            "the journal does not hold the decisions that the pack was built on", cure="Check it with `arwork journal check`."
        )


def _refuse_older(pack: Path, outputs: Path) -> None:
    """What was closed again with other inputs is STALE: only the newest run of a period is signed."""
    if pack.resolve().parent.parent.parent != outputs.resolve():
        raise InputError(f"the pack does not lie in {outputs.as_posix()}", cure="Say where: --outputs FOLDER.")
    newest = newest_of(pack)
    if newest:
        changed = changed_between(pack, newest)
        told = f": {first_few(changed, 5)}" if changed else ""
        raise InputError(
            f"run {newest.name} was closed after it with other inputs, so it is STALE{told}",
            where=pack.name,
            cure=f"Sign run {newest.name}.",
        )


def _body(pack: Path, found: Verified, wanted: Act, events: Sequence[Event]) -> dict[str, Any]:
    """Write what the act covers, and refuse what may not be certified (4.11)."""
    _, params = read_plan(pack)
    frame = read_tables(pack, ["reconciliations"])["reconciliations"]
    every = sorted(frame["recon_id"].astype(str)) or [WHOLE]
    if wanted.reconciliation and wanted.reconciliation not in every:
        raise InputError(f"there is no reconciliation {wanted.reconciliation!r}", where=pack.name, cure=f"It has {', '.join(every)}.")
    names = [wanted.reconciliation] if wanted.reconciliation else every
    if wanted.automatic:
        names = [name for name in by_itself(frame, params.as_of) if name in names and signed(events, found.seal).get(name) is None]
        if not names:
            raise InputError(
                "nothing may be prepared without a person", cure="At quarter and year end, and with open items, people prepare."
            )
    elif not wanted.reconciliation:
        before = {"REVIEW": ("PREPARED",), "CERTIFY": ("REVIEWED",), "PREPARE": ("OPEN", "RETURNED"), "RETURN": ("PREPARED",)}
        now = signed(events, found.seal)
        fit = [n for n in every if (now[n].state if n in now else "OPEN") in before.get(wanted.act, ("CERTIFIED",))]
        names = fit or every  # where nothing fits, the refusal names the first and its state
    if wanted.act == "CERTIFY":
        wrong = not_certifiable(frame[frame["recon_id"].isin(names)], params.policy.reconciliation.immaterial_unexplained, params.units)
        if wrong:
            name, why = next(iter(sorted(wrong.items())))
            raise InputError(f"{name} cannot be certified: {why} (4.11)", cure="Explain it by reconciling items, then close again.")
        if found.facts["status"] != "READY":
            raise InputError(f"the pack is NOT READY and cannot be certified: {found.facts['why']}", cure="Mend that, then close again.")
    rested = read_tables(pack, ["recon_inputs"])["recon_inputs"]
    return {
        **said_of(rested[rested["recon_id"].isin(names)]), "pack": found.seal,
        **{name: found.facts[name] for name in ("close", "period", "run")}, "reconciliations": names, "of": len(every),
        **({"reconciliation": wanted.reconciliation} if wanted.reconciliation else {}),
        **({"key": fingerprint_of(wanted.key)} if wanted.key else {}), **({"automatic": True} if wanted.automatic else {}),
    }  # fmt: skip


def acts() -> tuple[str, ...]:
    """List the acts that can be signed."""
    return tuple(REACHED)
