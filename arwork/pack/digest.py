"""Digests of files, and files that are written once and flushed before anybody is told."""

from __future__ import annotations

import hashlib
from pathlib import Path

from arwork.errors import StoppedError
from arwork.journal.durable import write_new


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as hexadecimal text."""
    return hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def write_once(path: Path, data: bytes, drafts: Path | None = None) -> None:
    """Write a new file and flush it to the disk; StoppedError when it exists, so that nothing is overwritten.

    It is there whole or not at all, whenever the writer dies; `drafts` is where it is written first, by default its own folder.
    """
    try:
        write_new(path, data, drafts)
    except FileExistsError:
        raise StoppedError(
            f"{path.name} is there already; a run writes each file once", cure="Run the close again; it starts clean or resumes."
        ) from None
