"""A file as it was received: its name, its bytes, their SHA-256; taken once, never through a link."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from arwork.errors import InputError

LARGEST_FILE = 2 * 1024**3
"""Files above 2 GiB are refused."""


@dataclass(frozen=True)
class Received:
    """The bytes of one file, exactly as they came, with the digest that every row carries."""

    name: str
    data: bytes
    sha256: str


def take(path: Path) -> Received:
    """Read one file whole; InputError when it is missing, a folder, a link, no plain file, empty or too large.

    The final name must not be a link (a link in a drop folder could show any file of the machine), and nothing but a
    plain file is opened, so a pipe or a device cannot stall the run.
    """
    shown = path.name
    try:
        facts = path.lstat()
        _refuse_what_is_no_plain_file(facts.st_mode, shown)
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as opened:
            facts = os.fstat(opened.fileno())
            _refuse_what_is_no_plain_file(facts.st_mode, shown)
            if facts.st_size > LARGEST_FILE:
                raise InputError(f"holds {facts.st_size:,} bytes; the limit is 2 GiB", where=shown, cure="Split the export.")
            data = opened.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise InputError(
            "there is no such file", where=str(path), cure="Correct the file name in the params, or put the file there."
        ) from None
    except PermissionError:
        raise InputError("may not be read by this user", where=shown, cure="Give the user the right to read it.") from None
    except OSError as broken:
        raise InputError(f"cannot be read: {broken.strerror or broken}", where=shown, cure="Check the name and the disk.") from None
    if not data:
        raise InputError("is empty", where=shown, cure="Export it again; an empty file proves nothing.")
    if len(data) > LARGEST_FILE:
        raise InputError("grew above 2 GiB while it was read", where=shown, cure="Let the export finish first.")
    return Received(path.name, data, hashlib.sha256(data).hexdigest())


def _refuse_what_is_no_plain_file(mode: int, shown: str) -> None:
    if stat.S_ISLNK(mode):
        raise InputError("is a link", where=shown, cure="Put the file itself there; links are not followed.")
    if stat.S_ISDIR(mode):
        raise InputError("is a folder", where=shown, cure="Name a file in it, or a pattern such as exports/*.csv.")
    if not stat.S_ISREG(mode):
        raise InputError("is no plain file", where=shown, cure="Save the content as a file.")
