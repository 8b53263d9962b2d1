"""A small sample of bench/journal.py: many writers at once, and writers killed in the middle of their work."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_what_is_acknowledged_is_stored_once_whoever_writes_and_whoever_is_killed(kind: str, request: pytest.FixtureRequest) -> None:
    words = ["--on", kind, "--writers", "6", "--each", "5", "--kills", "8"]
    if kind == "postgresql":
        server = request.getfixturevalue("pg_server")
        words += ["--url", server.journal("together"), "--url", server.journal("killed")]
    done = subprocess.run(
        [sys.executable, str(Path("bench") / "journal.py"), *words], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    together, killed = done.stdout.splitlines()
    assert "30 acknowledged, 30 stored, 0 lost, 0 writers failed" in together
    told = re.search(r"(\d+) kills -9 of writers: ([\d,]+) acknowledged, ([\d,]+) stored whole, 0 lost", killed)
    assert told
    assert int(told[1]) >= 8
    assert int(told[2].replace(",", "")) >= 8
