"""Files that are whole or not there: written beside their place, flushed to the disk, then given their name in one step."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

PART = ".part"
"""Ending of what is being written; such a file belongs to nobody once its writer has died."""


def write_new(path: Path, data: bytes, drafts: Path | None = None) -> None:
    """Write a new file; FileExistsError when its name is taken. A writer that dies or finds the disk full leaves nothing under the name.

    `drafts` is the folder of the same file system where it is written first; by default that of the file.
    """
    draft = _draft(path, data, (drafts or path.parent) / f".{path.parent.name}.{path.name}.{os.getpid()}{PART}")
    try:
        _give_name(draft, path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def replace_whole(path: Path, data: bytes) -> None:
    """Put a file in the place of the one before, with its rights; who reads sees the old bytes or the new ones, also after a power cut."""
    draft = _draft(path, data, path.with_name(f".{path.name}{PART}"))
    try:
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    flush(path.parent)


def sweep(folder: Path) -> None:
    """Remove what writers that died have left in a folder and below it."""
    for path in folder.rglob(f".*{PART}"):
        path.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot flush a folder
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _draft(path: Path, data: bytes, draft: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        raise FileExistsError(path)
    try:
        draft.unlink(missing_ok=True)  # of a process that died and had our number
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    return draft


def _give_name(draft: Path, path: Path) -> None:
    """Give a draft its name unless the name is taken: a link refuses that, a rename would not."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists() or draft.stat().st_nlink != 1:
            raise
        draft.rename(path)  # a file system without links
