"""A parser of hostile files runs in a process of its own: bounded in memory, time and output; if it dies, one InputError says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from arwork.errors import InputError, place
from arwork.intake.received import Received

WALL = 120
"""Seconds after which a parser is stopped."""
_ROOT = Path(__file__).resolve().parents[3]
_CURE = "Open it, save or print it again as a new file, or ask the payer for CSV, X12 820 or remt.001"


def parsed(received: Received, module: str, kind: str) -> Any:
    """Let a module of this package read the bytes in a child process and return what it printed as JSON.

    The child answers `{"refused": sentence}` for what it cannot read. Raises InputError for that, and where it crashed, ran
    out of memory or took too long; this process is never harmed.
    """
    command = [sys.executable, "-m", f"arwork.intake.remittance.{module}"]
    try:
        done = subprocess.run(  # noqa: S603 (our own module, no shell; the file goes in as bytes)
            command, input=received.data, capture_output=True, timeout=WALL, cwd=_ROOT, check=False
        )
    except subprocess.TimeoutExpired:
        raise InputError(f"the {kind} takes longer than {WALL} seconds to read", where=place(received.name), cure=_CURE) from None
    except OSError as broken:
        raise InputError(f"the {kind} cannot be read here: {broken.strerror}", where=place(received.name), cure=_CURE) from None
    try:
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise InputError(f"the {kind} is damaged: its parser stopped", where=place(received.name), cure=_CURE)
    if "refused" in answer:
        raise InputError(str(answer["refused"]), where=place(received.name), cure=_CURE)
    return answer
