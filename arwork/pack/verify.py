"""Check a pack without trusting it: the files first, then the chain of decisions and the ties it states.

Levels done here: V1 integrity (exact set of files, every byte by SHA-256, no links), the signature of the manifest where it names
a key, and the chain of the journal up to the head that the manifest names. What this cannot know without an anchor that the verifier
brings: whether the whole pack was replaced by another consistent one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arwork.errors import IntegrityError
from arwork.journal.chain import head
from arwork.journal.lines import parse
from arwork.pack.digest import sha256_of
from arwork.pack.manifest import MANIFEST, SUMS, files_in, read_manifest, sums_text
from arwork.pack.seal_key import SIGNATURE, check_signature


@dataclass(frozen=True)
class Verified:
    """What was checked: the pack's facts, how many files, the seal to compare with a printed one."""

    facts: dict[str, Any]
    files: int
    seal: str


def verify(pack: Path) -> Verified:
    """Check a pack; IntegrityError names the first difference found."""
    if not pack.is_dir() or pack.is_symlink():
        raise IntegrityError("is not a folder", where=str(pack), cure="Name the folder of a pack: outputs/<close>/<period>/<run>.")
    manifest = read_manifest(pack)
    listed = {row["path"]: row for row in manifest["files"]}
    present = {path.relative_to(pack).as_posix() for path in files_in(pack)}
    _same_set(pack.name, {*listed, MANIFEST, SUMS, *([SIGNATURE] if manifest.get("signing_key") else [])}, present)
    for name, row in listed.items():
        path = pack / name
        if path.stat().st_size != row["bytes"] or sha256_of(path) != row["sha256"]:
            raise IntegrityError(f"{name} is not the file that was sealed", where=pack.name, cure="Take the pack from the archive.")
    if (pack / SUMS).read_bytes() != sums_text(pack, manifest["files"]).encode():
        raise IntegrityError(f"{SUMS} does not list this pack", where=pack.name, cure="Take the pack from the archive.")
    check_signature(pack, manifest)
    _journal(pack, manifest)
    if manifest["run"] != pack.name:
        raise IntegrityError(
            f"the folder is called {pack.name}, its manifest says run {manifest['run']}", cure="Give the folder its name back."
        )
    return Verified(manifest, len(present), sha256_of(pack / SUMS))


def _same_set(name: str, expected: set[str], present: set[str]) -> None:
    missing, added = sorted(expected - present), sorted(present - expected)
    if missing:
        raise IntegrityError(f"{missing[0]} is missing", where=name, cure="Take the pack from the archive.")
    if added:
        raise IntegrityError(f"{added[0]} does not belong to the pack", where=name, cure="Take the pack from the archive.")


def _journal(pack: Path, manifest: dict[str, Any]) -> None:
    events = parse((pack / "journal.jsonl").read_bytes().decode("utf-8", "strict"), "journal.jsonl")
    said = manifest["journal"]
    if len(events) != said["events"] or head(events) != said["head"]:
        raise IntegrityError("journal.jsonl does not end at the head that the manifest names", where=pack.name)
