"""Digests of files, and files that are written once and flushed before anybody is told."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from arwork.errors import StoppedError


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


def write_once(path: Path, data: bytes) -> None:
    """Write a new file and flush it to the disk; StoppedError when it exists, so that nothing is overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o644)
    except FileExistsError:
        raise StoppedError(
            f"{path.name} is there already; a run writes each file once", cure="Run the close again; it starts clean or resumes."
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
