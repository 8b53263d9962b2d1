"""What people sign later, as files beside the pack: `<run>.signoff/`, one file an act, the journal from the pack's head up to that act in it.

A file says nothing that does not follow from the pack and the events: it can be written again from the journal, and any other byte shows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arwork.errors import IntegrityError
from arwork.journal.chain import check
from arwork.journal.durable import PART
from arwork.journal.events import Event, canonical
from arwork.journal.lines import parse
from arwork.journal.signing import REACHED, pack_state, signed
from arwork.pack.digest import sha256, sha256_of, write_once
from arwork.pack.manifest import SUMS, read_manifest
from arwork.pack.ssh import signer_of

SCHEMA = "arwork-signoff-1"
_FIELDS = ("seq", "at", "by", "known_by", "action", "body", "reason", "prev", "hash")
_CURE = "Take the sign-off from the archive, or write it again from the journal: `arwork prepare` and the other acts do so by themselves."


@dataclass(frozen=True)
class SignOffs:
    """The sign-offs of a pack as its folder holds them: the journal up to the last one, the acts, their signatures by file name."""

    events: tuple[Event, ...] = ()
    acts: tuple[Event, ...] = ()
    files: tuple[str, ...] = ()
    signatures: tuple[tuple[str, Event, bytes, bytes], ...] = ()


def folder_of(pack: Path) -> Path:
    """Return the folder of a pack's sign-offs, beside it."""
    return pack.with_name(f"{pack.name}.signoff")


def own_events(pack: Path) -> list[Event]:
    """Read the journal that the pack was built on."""
    return parse((pack / "journal.jsonl").read_bytes().decode("utf-8", "strict"), "journal.jsonl")


def name_of(number: int, act: Event) -> str:
    """Name the file of an act: its number and what it was."""
    return f"{number:03d}-{act.action}.json"


def texts(pack: Path, events: Sequence[Event]) -> dict[str, tuple[bytes, Event]]:
    """Write out the file of every act on a pack that a journal holds, by name; the journal must go on from the pack's head."""
    manifest, seal = read_manifest(pack), sha256_of(pack / SUMS)
    told = int(manifest["journal"]["events"])
    acts = [event for event in events if event.action in REACHED and event.body.get("pack") == seal]
    found: dict[str, tuple[bytes, Event]] = {}
    before: dict[str, str] | None = None
    for number, act in enumerate(acts, start=1):
        so_far = events[: act.seq]
        said = {
            "schema": SCHEMA, "close": manifest["close"], "period": manifest["period"], "run": manifest["run"], "pack": seal,
            "state": pack_state(signed(so_far, seal), int(act.body["of"])), "number": number, "before": before,
            "since": [_whole(event) for event in events[told : act.seq - 1]], "act": _whole(act),
        }  # fmt: skip
        name, data = name_of(number, act), (canonical(said) + "\n").encode("utf-8")
        found[name] = (data, act)
        before, told = {"file": name, "sha256": sha256(data)}, act.seq
    return found


def _whole(event: Event) -> dict[str, Any]:
    return {**event.content(), "prev": event.prev, "hash": event.hash}


def write_missing(pack: Path, events: Sequence[Event]) -> list[Path]:
    """Write the files of acts that the journal holds and the folder does not, as after a crash between the two; return them."""
    folder = folder_of(pack)
    written = []
    for draft in pack.parent.glob(f".{folder.name}.*{PART}"):
        draft.unlink(missing_ok=True)
    for name, (data, _) in texts(pack, events).items():
        path = folder / name
        if not path.exists():
            write_once(path, data, pack.parent)  # a draft among the sign-offs would be a file that nobody made
            path.chmod(0o444)
            written.append(path)
    return written


def read_sign_offs(pack: Path) -> SignOffs:
    """Read the sign-offs of a pack and check that they follow from it to the byte; IntegrityError names the first file that does not."""
    folder = folder_of(pack)
    if not folder.exists() and not folder.is_symlink():
        return SignOffs()
    if folder.is_symlink() or not folder.is_dir():
        raise IntegrityError("is not a folder", where=folder.name, cure=_CURE)
    paths = {path.name: path for path in sorted(folder.iterdir())}
    for name, path in paths.items():
        if path.is_symlink() or not path.is_file() or not (name.endswith((".json", ".json.sig"))):
            raise IntegrityError(f"{name} does not belong to the sign-offs", where=folder.name, cure=_CURE)
    events = own_events(pack)
    for name in sorted(n for n in paths if n.endswith(".json")):
        events += _events_of(paths[name])
    check(events, folder.name)
    wanted = texts(pack, events)
    wrong = [
        name
        for name in sorted({*wanted, *(n for n in paths if n.endswith(".json"))})
        if _bytes(paths.get(name)) != wanted.get(name, (b"",))[0]
    ]
    if wrong:
        raise IntegrityError(f"{wrong[0]} is not the sign-off that was made", where=folder.name, cure=_CURE)
    acts = tuple(act for _, act in wanted.values())
    return SignOffs(tuple(events), acts, tuple(wanted), _signatures(folder.name, paths, wanted))


def _bytes(path: Path | None) -> bytes:
    return path.read_bytes() if path else b""


def _events_of(path: Path) -> list[Event]:
    """Take the events out of a sign-off, those behind it and its act."""
    try:
        said = json.loads(path.read_bytes().decode("utf-8"))
        found = [*said["since"], said["act"]]
        if any(set(entry) != set(_FIELDS) for entry in found):
            raise ValueError("fields")
        return [Event(**entry) for entry in found]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise IntegrityError(f"{path.name} is not a sign-off", where=path.parent.name, cure=_CURE) from None


def _signatures(where: str, paths: dict[str, Path], wanted: dict[str, tuple[bytes, Event]]) -> tuple[tuple[str, Event, bytes, bytes], ...]:
    """Pair each signature with its act: it must be there exactly where the act names a key, and be of that key."""
    found = []
    for name, (data, act) in wanted.items():
        key, file = str(act.body.get("key", "")), f"{name}.sig"
        if bool(key) != (file in paths):
            word = "is missing" if key else "does not belong to the sign-offs"
            raise IntegrityError(f"{file} {word}", where=where, cure=_CURE)
        if key:
            signature = paths[file].read_bytes()
            if signer_of(signature, file) != key:
                raise IntegrityError(f"{file} is of another key than the act names", where=where, cure=_CURE)
            found.append((file, act, data, signature))
    strange = sorted(set(paths) - {*wanted, *(file for file, *_ in found)})
    if strange:
        raise IntegrityError(f"{strange[0]} does not belong to the sign-offs", where=where, cure=_CURE)
    return tuple(found)
