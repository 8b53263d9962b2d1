"""What tests share: the closed demo month, and a rule about skipping.

A test that needs real files, a browser, LibreOffice or a package index skips by name where that is absent. In CI nothing may skip.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import server

os.environ.setdefault("NUMBA_THREADING_LAYER", "workqueue")  # the default one ends a test process that forks (tests of faults)
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
NEEDS = {
    "data": lambda: DATA.is_dir(),
    "browser": lambda: shutil.which("chromium") is not None,
    "office": lambda: shutil.which("soffice") is not None and shutil.which("pdftoppm") is not None,
    "postgres": lambda: server.BINARIES is not None,
    "index": lambda: bool(os.environ.get("ARWORK_CI")),
}
REASONS = {
    "data": "the folder of real files is not beside this checkout",
    "browser": "chromium is not installed",
    "office": "LibreOffice (soffice) or pdftoppm is not installed",
    "postgres": "no PostgreSQL server (postgres, initdb) is installed",
    "index": "installs packages from an index; runs in CI",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for name, there in NEEDS.items():
            if item.get_closest_marker(name) and not there():
                item.add_marker(pytest.mark.skip(reason=REASONS[name]))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):  # type: ignore[no-untyped-def]
    """In CI a skipped test is a failed one: what cannot run there is not proven anywhere."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("ARWORK_CI") and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"


@dataclass(frozen=True)
class Finished:
    """A command that ended: its folder, exit code and what it printed."""

    folder: Path
    code: int
    out: str
    err: str

    @property
    def pack(self) -> Path:
        last = self.out.strip().splitlines()[-1]
        assert last.startswith("pack: "), self.out + self.err
        return self.folder / last.removeprefix("pack: ")


def arwork(folder: Path, *words: str) -> Finished:
    """Run the command in a folder, as a user would."""
    done = subprocess.run([sys.executable, "-m", "arwork.cli", *words], cwd=folder, capture_output=True, text=True, timeout=600)
    return Finished(folder, done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The demo month, closed once for all tests and all workers, from an empty folder; tests that change it copy it first."""
    place = tmp_path_factory.getbasetemp()
    place = place.parent if os.environ.get("PYTEST_XDIST_WORKER") else place
    folder, told = place / "demo", place / "demo.json"
    with (place / "demo.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not told.is_file():
            folder.mkdir()
            done = arwork(folder, "demo")
            told.write_text(json.dumps([done.code, done.out, done.err]), encoding="utf-8")
    return Finished(folder, *json.loads(told.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def pg_server() -> Iterator[server.Server]:
    """A PostgreSQL server on a free port of this machine, with an empty data folder, gone after the tests."""
    with server.running() as found:
        yield found
