"""V2: who signed a pack, whether they could: roles and segregation by person, states in order, keys, and the anchors a verifier brings."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arwork.errors import IntegrityError
from arwork.journal.chain import head
from arwork.journal.events import Event
from arwork.journal.keys import PROOF, lacks_key, unproven
from arwork.journal.lines import parse
from arwork.journal.people import act_of, people_of, separated
from arwork.journal.signing import REACHED, how_far, pack_state, scope_of, signed, standing_decisions
from arwork.pack.manifest import read_manifest
from arwork.pack.seal_key import check_signature
from arwork.pack.signed import SignOffs, own_events, read_sign_offs
from arwork.pack.ssh import check
from arwork.states import ROLES, may_act, may_follow

_LIFTED = {"inputs_changed": "reopened"}


@dataclass(frozen=True)
class Authority:
    """What the sign-offs of a pack come to: its state, and with parts that are further; a sentence an act, anchors, what a reader must know."""

    state: str
    far: str
    acts: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def authority(pack: Path, seal: str, reconciliations: Sequence[str], allowed: Path | None = None, since: Path | None = None) -> Authority:
    """Check the sign-offs of a pack with this seal; IntegrityError names the first that was not made by somebody who could.

    `allowed` is an allowed-signers file of ssh-keygen that the verifier brings: then each signature must be by a key of that person, and
    anchors the pack. `since` is an earlier checkpoint: a sign-off, a backup of the journal, or `{"events": n, "head": hash}`.
    """
    found = read_sign_offs(pack)
    events = list(found.events) or own_events(pack)
    own, manifest = own_events(pack), read_manifest(pack)
    _refuse_unproven(pack, events)
    for act in found.acts:
        _refuse_illegal(pack, events, own, act, seal, reconciliations)
    sealed_by = check_signature(pack, manifest, allowed)
    anchors = [f"the manifest is signed by the key of {sealed_by} ({manifest['signing_key']})"] if sealed_by else []
    anchors += _signatures(pack, events, found, allowed)
    if allowed and not anchors:
        raise IntegrityError(
            "it carries no signature that the allowed keys could prove", where=pack.name, cure="Verify it by its seal: --seal."
        )
    if since:
        anchors.append(_extends(events, since))
    now = signed(events, seal)
    told = [f"{act.action}{scope_of(act)} by {act.by} ({act.known_by}) on {act.at}: {act.reason}" for act in found.acts]
    doubts = [separated(events)] if found.acts and separated(events) else []
    if found.acts and not people_of(events).members:
        doubts.append("Nobody is named in the journal, so no role was needed to sign.")
    unsigned = sum(not act.body.get("key") for act in found.acts)
    if unsigned:
        doubts.append(f"{unsigned} of {len(found.acts)} sign-offs carry no key: who signed is what the journal says.")
    if manifest.get("signing_key") and allowed and not sealed_by:
        doubts.append(f"The manifest is signed by {manifest['signing_key']}, which is not among the allowed keys.")
    if allowed is None and (manifest.get("signing_key") or (found.acts and not unsigned)):
        doubts.append("Signatures are whole, but whose keys they are is not known without --allowed-signers.")
    of = len(reconciliations)
    return Authority(pack_state(now, of), how_far(now, of), tuple(told), tuple(anchors), tuple(doubts))


def _refuse_unproven(pack: Path, events: Sequence[Event]) -> None:
    """Check every decision that a key proves, and that nobody who had a key by then acted without it."""
    team: list[Event] = []
    with tempfile.TemporaryDirectory() as folder:
        allowed = Path(folder) / "allowed"

        def signed_by(data: bytes, signature: str, event: Event) -> None:
            """Check one signature against the key that the event names, among the keys the journal knew by then."""
            members = people_of([other for other in team if other.seq < event.seq])
            holder = members.holder(str(event.body[PROOF]["key"]))
            if holder is None or holder.name != members.person(event.by):
                raise IntegrityError(f"event {event.seq}: the key is not one of {event.by}", where=pack.name, cure="Do not rely on it.")
            allowed.write_text("".join(f"holder {key}\n" for key in holder.keys), encoding="ascii")
            check(data, signature.encode("ascii", "replace"), f"event {event.seq}", principal="holder", allowed=allowed)

        team.extend(event for event in events if event.action == "PEOPLE")
        wrong = unproven(events, signed_by)
    if wrong:
        raise IntegrityError(f"event {wrong.seq} is not what the key of {wrong.by} signed", where=pack.name, cure="Do not rely on it.")
    known: list[Event] = []
    now = people_of(known)
    for event in events:
        lacking = lacks_key(now.find(event.by), event.body)
        if lacking:
            raise IntegrityError(f"event {event.seq}: {lacking}", where=pack.name, cure="Do not rely on it.")
        if event.action == "PEOPLE":
            known.append(event)
            now = people_of(known)


def _refuse_illegal(pack: Path, events: Sequence[Event], own: Sequence[Event], act: Event, seal: str, every: Sequence[str]) -> None:
    """Ask of one act whether it could follow and whether its person could do it; aliases that became known later count."""
    before = [event for event in events if event.seq < act.seq]
    people, at_the_time = people_of(events), people_of(before)
    person = people.person(act.by)
    member = at_the_time.find(act.by)
    roles = member.roles if member else () if at_the_time.members else tuple(r for r in ROLES if r != "auditor")
    states = signed(before, seal)
    decided: dict[str, set[str]] = {}
    for event in standing_decisions(own):
        decided.setdefault(act_of(event.action, event.body), set()).add(people.person(event.by))
    names = act.body.get("reconciliations")
    if not isinstance(names, list) or not names or set(names) - set(every) or act.body.get("of") != len(every):
        raise IntegrityError(f"event {act.seq} signs reconciliations that the pack does not hold", where=pack.name)
    for name in names:
        now = states.get(name)
        state = now.state if now else "OPEN"
        earlier = {key: set(value) for key, value in decided.items()}
        for done in now.acts if now else ():
            earlier.setdefault(done.action, set()).add(people.person(done.by))
        answer = may_follow("reconciliation", state, REACHED[act.action], _LIFTED)
        answer = answer and may_act(roles, act.action, person, earlier)
        if not answer:
            raise IntegrityError(f"event {act.seq}, {act.action} of {name}: {answer.why}", where=pack.name, cure="Do not rely on it.")


def _signatures(pack: Path, events: Sequence[Event], found: SignOffs, allowed: Path | None) -> list[str]:
    """Check every signature; by a key that the verifier allows it anchors the pack and the journal up to it."""
    people = people_of(events)
    anchors = []
    for file, act, data, signature in found.signatures:
        when = re.sub(r"[-:]|T", "", act.at[:19]) + "Z"
        check(data, signature, file, principal=people.person(act.by), allowed=allowed, at=when)
        if allowed:
            anchors.append(f"{act.action} signed by the key of {people.person(act.by)} ({act.body['key']})")
    return anchors


def _extends(events: Sequence[Event], since: Path) -> str:
    """Check that the pack's journal goes on from a checkpoint that the verifier kept."""
    number, wanted = checkpoint(since)
    if number > len(events):
        raise IntegrityError(
            f"the journal ends at event {len(events)}, the checkpoint knows {number}", where=since.name,
            cure="The journal was cut short, or the pack is older than the checkpoint.",
        )  # fmt: skip
    if head(events[:number]) != wanted:
        raise IntegrityError(
            f"the first {number} events are not those of the checkpoint", where=since.name, cure="The journal was rewritten."
        )
    return f"the journal goes on from the checkpoint at event {number}"


def checkpoint(file: Path) -> tuple[int, str]:
    """Read an earlier checkpoint: how many events, and the head. IntegrityError for a file that is none."""
    try:
        text = file.read_bytes().decode("utf-8")
        if file.suffix == ".jsonl":
            events = parse(text, file.name)
            return len(events), head(events)
        said = json.loads(text)
        entry = {"events": said["act"]["seq"], "head": said["act"]["hash"]} if "act" in said else said.get("journal", said)
        if not isinstance(entry["events"], int) or not re.fullmatch(r"[0-9a-f]{64}", entry["head"]):
            raise ValueError("no checkpoint")
        return entry["events"], entry["head"]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise IntegrityError(
            "is no checkpoint", where=file.name, cure="Bring a sign-off, a backup of the journal, a manifest, or {events, head}."
        ) from None
