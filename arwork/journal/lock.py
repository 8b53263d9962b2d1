"""One writer at a time: an advisory lock that ends with the process, however it ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from arwork.errors import StoppedError

if sys.platform != "win32":
    import fcntl


@contextmanager
def held(path: Path, what: str, *, wait: float = 0) -> Iterator[None]:
    """Hold the lock file for as long as the block runs; StoppedError when another process holds it for longer than `wait` seconds.

    The system lets go of the lock when its holder dies, so a killed run leaves nothing to clean up. Windows has no such
    lock and goes without (the guide says so).
    """
    handle = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        _take(handle, path, what, time.monotonic() + wait)
        yield
    finally:
        os.close(handle)


@contextmanager
def queued(path: Path) -> Iterator[None]:
    """Wait in line for the lock file and hold it for as long as the block runs; the system serves the one who waits longest.

    SQLite alone lets newcomers pass those who wait, so that of 64 writers some never had their turn within a minute.
    """
    handle = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        if sys.platform != "win32":
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path, what: str, until: float) -> None:
    if sys.platform == "win32":
        return
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_nlink:
                return
            until = 0  # its last holder has just removed the file, and another may hold a new one
        if time.monotonic() >= until:
            raise StoppedError(f"{what} by another process", where=path.name, cure="Wait for it, then run the command again.")
        time.sleep(0.02)
