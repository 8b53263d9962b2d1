"""Limits that a child process sets on itself before it touches a file, where the system knows them."""

from __future__ import annotations

import importlib

MEMORY = 2 * 1024**3
"""Bytes of address space that a parser may take."""
SECONDS = 100
"""Seconds of processor time that a parser may take."""


def bound() -> None:
    """Bound memory and processor time of this process; a system without such limits (Windows) has the wall limit of the parent."""
    try:
        resource = importlib.import_module("resource")
    except ImportError:
        return
    for name, most in (("RLIMIT_AS", MEMORY), ("RLIMIT_CPU", SECONDS), ("RLIMIT_CORE", 0)):
        limit = getattr(resource, name, None)
        if limit is not None:
            try:
                resource.setrlimit(limit, (most, most))
            except (ValueError, OSError):
                continue
