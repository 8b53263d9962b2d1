"""The manifest: every input, output, parameter, package version, tie and decision of a pack, with SHA-256."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

from arwork.errors import IntegrityError
from arwork.journal.events import canonical
from arwork.pack.digest import sha256_of

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
ALONE = "verify.py"
"""The check that a pack carries for machines without arwork."""
PACKAGES = (
    "arwork", "ipykernel", "jupyter-client", "lxml", "matplotlib", "nbclient", "nbconvert", "nbformat", "numpy", "openpyxl", "pandas",
    "pandera", "papermill", "pyarrow", "pydantic", "python-calamine", "python-stdnum", "PyYAML", "rapidfuzz",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Return the versions of Python and of every package that can change a figure or a page."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in PACKAGES}}


def files_in(folder: Path) -> list[Path]:
    """List every file below a folder, sorted by its path; IntegrityError for links and special files."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise IntegrityError(f"{path.relative_to(folder)} is a link or a special file", cure="A pack holds plain files only.")
        if path.is_file():
            found.append(path)
    return found


def listing(folder: Path, leave_out: Sequence[str] = ()) -> list[dict[str, Any]]:
    """List path, size and SHA-256 of every file below a folder except the named ones."""
    rows = []
    for path in files_in(folder):
        name = path.relative_to(folder).as_posix()
        if name not in leave_out:
            rows.append({"path": name, "bytes": path.stat().st_size, "sha256": sha256_of(path)})
    return sorted(rows, key=lambda row: str(row["path"]))


def manifest_text(folder: Path, facts: Mapping[str, Any]) -> str:
    """Write the manifest of a folder as canonical JSON: the facts of the close, then every file of the pack."""
    return canonical({**facts, "schema": "arwork-pack-1", "files": listing(folder, (MANIFEST, SUMS))}) + "\n"


def sums_text(folder: Path, files: Sequence[Mapping[str, Any]]) -> str:
    """Write the plain checksum list that `sha256sum -c` reads: the files of the manifest, and the manifest itself."""
    rows = {row["path"]: row["sha256"] for row in files} | {MANIFEST: sha256_of(folder / MANIFEST)}
    return "".join(f"{rows[path]}  {path}\n" for path in sorted(rows))


def read_manifest(pack: Path) -> dict[str, Any]:
    """Read a pack's manifest; IntegrityError when it is missing, not canonical or of another kind."""
    path = pack / MANIFEST
    if not path.is_file() or path.is_symlink():
        raise IntegrityError(f"{MANIFEST} is missing", where=pack.name, cure="This is no pack, or it was torn apart.")
    text = path.read_bytes()
    try:
        found = json.loads(text.decode("utf-8"))
        whole = (canonical(found) + "\n").encode() == text and found["schema"] == "arwork-pack-1"
        rows = [(str(r["path"]), int(r["bytes"]), str(r["sha256"])) for r in found["files"]]
        whole = whole and isinstance(found["journal"]["events"], int) and isinstance(found["journal"]["head"], str)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise IntegrityError(f"{MANIFEST} is not a manifest", where=pack.name, cure="Take the pack from the archive.") from None
    if not whole or any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name, _, _ in rows):
        raise IntegrityError(f"{MANIFEST} was rewritten", where=pack.name, cure="Take the pack from the archive.")
    return dict(found)
