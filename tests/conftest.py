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
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import desks
import pytest
import server
import tiny

from arwork.cli import main
from arwork.run import run_stages

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


LONG = (
    "test_desk.py", "test_real_closes.py", "test_bad_input.py", "test_looks.py", "test_wheel.py", "test_compare.py", "test_demo_close.py",
)  # fmt: skip
"""Modules that take a minute and more go first: one that begins when all others are done keeps one processor idle.

The second needs no demo: while the first has it made, it works. Two that wait for the demo lost a minute.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
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


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Finished]) -> Finished:
    """Make something in an empty folder once for all tests of all workers."""
    shared = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    with (shared / f"{name}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = shared / f"{name}.json"
        if not told.exists():
            (shared / name).mkdir()
            done = make(shared / name)
            told.write_text(json.dumps([done.code, done.out, done.err]), encoding="utf-8")
    return Finished(shared / name, *json.loads(told.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The demo month, closed by the command from an empty folder."""
    return once(tmp_path_factory, "demo", lambda folder: arwork(folder, "demo"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The tiny company's month, closed by the command with its kernels."""
    return once(tmp_path_factory, "small", lambda folder: arwork(tiny.write(folder).parent, "close", "tiny.yaml"))


@pytest.fixture(scope="session")
def desk_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The closed month of `desks`, made once for all tests; nobody writes into it: take a copy."""

    def make(folder: Path) -> Finished:
        desks.month(folder)
        return Finished(folder, 0, "", "")

    return once(tmp_path_factory, "desk_month", make).folder / "tiny.yaml"


@pytest.fixture(scope="session")
def pg_server() -> Iterator[server.Server]:
    """A PostgreSQL server on a free port of this machine, with an empty data folder, gone after the tests."""
    with server.running() as found:
        yield found
