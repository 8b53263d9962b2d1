"""What tests share: the closed demo month, and a rule about skipping.

A test that needs real files, a browser, LibreOffice or a package index skips by name where that is absent. In CI nothing may skip.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
import server

from arwork.cli import main
from arwork.run import run_stages

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


def in_process(folder: Path, *words: str) -> Finished:
    """Run the command in this process, a close without kernels: the same tables, workbook and seal, but no notebooks.

    A close with its kernels takes forty seconds of a core; what kernels add is proven once, on the demo.
    """
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        chdir(folder), redirect_stdout(out), redirect_stderr(err), mock.patch.dict(os.environ), mock.patch.object(sys, "argv", ["arwork", *words]),
        mock.patch("arwork.close.run_graph", lambda graph, notebooks, staging, parameters, tell: run_stages(staging)),
    ):  # fmt: skip
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Finished(folder, code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The demo month, closed once for all tests of all workers, from an empty folder."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    with (shared / "demo.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = shared / "demo.json"
        if not told.exists():
            (shared / "demo").mkdir()
            done = arwork(shared / "demo", "demo")
            told.write_text(json.dumps([done.code, done.out, done.err]), encoding="utf-8")
    return Finished(shared / "demo", *json.loads(told.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def pg_server() -> Iterator[server.Server]:
    """A PostgreSQL server on a free port of this machine, with an empty data folder, gone after the tests."""
    with server.running() as found:
        yield found
