"""What went into a run: its name is a digest of all of it, so a pack with other params, files or decisions has another name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from arwork.errors import InputError, IntegrityError
from arwork.journal.events import canonical
from arwork.pack.digest import sha256, sha256_of
from arwork.pack.manifest import ALONE, MANIFEST, read_manifest
from arwork.settings import read_yaml

_CURE = "The pack was sealed with something in it that no run makes: take the pack from the archive, or close again."

PARTS = frozenset({
    "data", "html", "inputs", "journal.jsonl", "notebooks", "pack.html", "pack.xlsx", "params", "previous", "record", ALONE,
})  # fmt: skip
"""What a pack consists of, beside manifest and checksums."""


def run_name(texts: Mapping[str, str], sources: Sequence[Any], code: str, previous: str, journal: str) -> str:
    """Name a run by all that goes into it: digests of params by file, of sources by what they hold, of the code and the previous pack, head."""
    inputs = {"texts": dict(texts), "sources": list(sources), "code": code, "previous": previous, "journal": journal}
    return sha256(canonical(inputs).encode())[:12]


def check_went_in(pack: Path, manifest: Mapping[str, Any]) -> None:
    """Check that manifest, plan, params, files and the run's name say the same; IntegrityError names the first that does not."""
    strange = sorted({row["path"].split("/")[0] for row in manifest["files"]} - PARTS)
    if strange:
        _stop(pack, f"{strange[0]} is no part of a pack")
    record = json.loads((pack / "record" / "plan.json").read_bytes())
    for name in sorted(record.keys() - {"sources"}):
        if manifest.get(name) != record[name]:
            _stop(pack, f"{name}: the manifest says {manifest.get(name)}, the plan {record[name]}")
    rows = [row for row in manifest["sources"] if row["reads"] != "learned"]
    planned = [(entry["name"], entry["sha256"], entry["bytes"]) for entries in record["sources"] for entry in entries]
    if [(row["name"], row["sha256"], row["bytes"]) for row in rows] != planned:
        _stop(pack, "the sources of the manifest are not those of the plan")
    _check_params(pack, manifest)
    _check_previous(pack, record)
    each = iter(rows)
    groups = [list(islice(each, len(entries))) for entries in record["sources"]]
    sources = [[group[0]["reads"], [[row["name"], row["sha256"]] for row in group]] for group in groups]
    folder = pack / "params"
    texts = {path.relative_to(folder).as_posix(): sha256_of(path) for path in folder.rglob("*") if path.is_file()}
    previous = record["previous"]["manifest"] if record["previous"] else ""
    made = run_name(texts, sources, record["code"], previous, record["journal"]["head"])
    if made != manifest["run"]:
        _stop(pack, f"what went in makes run {made}, not {manifest['run']}: params, files, code or decisions are not those of the run")


def _check_params(pack: Path, manifest: Mapping[str, Any]) -> None:
    try:
        tree, _ = read_yaml((pack / "params" / "close.yaml").read_text(encoding="utf-8-sig"), "close.yaml")
    except InputError as broken:
        raise IntegrityError(broken.what, where=f"{pack.name}, params/close.yaml", cure=_CURE) from None
    said = {name: str(tree.get(name, "")) for name in ("close", "as_of")}
    for name, value in {**said, "period": said["as_of"][:7]}.items():
        if manifest[name] != value:
            _stop(pack, f"{name}: the manifest says {manifest[name]}, the params {value}")


def _check_previous(pack: Path, record: Mapping[str, Any]) -> None:
    """Check what was carried from the pack of the period before against the manifest of that pack."""
    folder = pack / "previous"
    kept = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if not record["previous"]:
        if kept:
            _stop(pack, f"previous/{sorted(kept)[0]}: the run has no pack before it")
        return
    if sha256_of(folder / MANIFEST) != record["previous"]["manifest"]:
        _stop(pack, "the pack of the period before is another than the run took")
    listed = {row["path"]: row["sha256"] for row in read_manifest(folder)["files"]}
    for name in sorted(kept - {MANIFEST}):
        if listed.get(f"data/{name}") != sha256_of(folder / name):
            _stop(pack, f"previous/{name} is not the table of the pack of the period before")


def _stop(pack: Path, what: str) -> None:
    raise IntegrityError(what, where=pack.name, cure=_CURE)
