"""JupyterLab on the desk of one close: on loopback only, with a token, showing nothing but the folder of that close.

The notebook is run before the browser opens, in the kernel that the browser then meets, so the desk is there at once.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from nbformat import NotebookNode

from arwork.decide import Person
from arwork.desk.open import open_desk
from arwork.errors import InputError, StoppedError
from arwork.intake.shipped import shipped

_OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": False},
}
"""No news pop-up, which hides cells, and no look for updates; the widget's state is not kept in the notebook."""
_START = 60.0
_RUN = 300.0


def notebook_of(params_file: Path, outputs: Path, person: Person, named: str) -> Path:
    """Write the notebook of the desk into the folder of its close and return it; what stood there is overwritten.

    Raises InputError when the params are wrong, nothing was closed yet, or JupyterLab is not installed.
    """
    missing = [name for name in ("jupyterlab", "anywidget") if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(f"the desk needs {' and '.join(missing)}", cure="Install it: pip install 'arwork[desk]'.")
    desk = open_desk(params_file, outputs, person)
    notebook = nbformat.read(shipped("notebooks", "exceptions.ipynb"), as_version=4)
    given = {"params": str(params_file.resolve()), "outputs": str(outputs.resolve()), "person": named}
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = "\n".join(f"{name}: str = {value!r}" for name, value in given.items())
    who = "".join(mark if mark.isascii() and mark.isalnum() else "_" for mark in person.name)[:40]
    path = outputs / desk.params.close / "desk" / f"exceptions-{desk.params.period}-{who}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


@contextmanager
def lab(root: Path, port: int = 0) -> Iterator[Lab]:
    """Start JupyterLab on a folder and give it to the block, with which it ends; StoppedError when it does not start."""
    token, port = secrets.token_hex(24), port or _free_port()
    with tempfile.TemporaryDirectory(prefix="arwork-desk-") as scratch:
        log, runtime = Path(scratch) / "lab.log", Path(scratch) / "runtime"
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root.resolve()}", *(["--allow-root"] if _is_root() else []),
        ]  # fmt: skip
        with log.open("wb") as told:
            server = subprocess.Popen(  # noqa: S603 (our own interpreter, our own arguments)
                command, env=_environment(Path(scratch), runtime, token), stdout=told, stderr=told, stdin=subprocess.DEVNULL
            )
        try:
            there = Lab(f"http://127.0.0.1:{port}", token, root.resolve(), runtime)
            _wait(server, there, log)
            yield there
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()


def end_on_signals() -> None:
    """Let a request to end (SIGTERM) end the command as Ctrl+C does, so that no server is left behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def wait_for_end() -> None:
    """Wait until somebody stops the command; that is its normal end."""
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, its token, the folder it shows, and where its kernels are announced."""

    base: str
    token: str
    root: Path
    runtime: Path

    def show(self, notebook: Path) -> str:
        """Run a notebook in the kernel that the browser will meet, and return its address; StoppedError when a cell fails."""
        inside = notebook.resolve().relative_to(self.root).as_posix()
        _run_cells(self, notebook, inside)
        return f"{self.base}/doc/tree/{inside}?token={self.token}"

    def ask(self, path: str, method: str = "GET", body: object = None) -> Any:
        """Ask the server and return its JSON answer."""
        data = None if body is None else json.dumps(body).encode()
        head = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=head)  # noqa: S310 (our own loopback address)
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")


def _environment(scratch: Path, runtime: Path, token: str) -> dict[str, str]:
    """The token goes by the environment, which other users cannot read; the settings go into a folder that ends with the server."""
    settings = scratch / "labconfig" / "default_setting_overrides.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps(_OVERRIDES), encoding="utf-8")
    runtime.mkdir(mode=0o700)
    paths = os.pathsep.join(part for part in (str(scratch), os.environ.get("JUPYTER_CONFIG_PATH", "")) if part)
    ours = {"JUPYTER_TOKEN": token, "JUPYTER_CONFIG_PATH": paths, "JUPYTER_RUNTIME_DIR": str(runtime)}
    return {**os.environ, **ours, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def _wait(server: subprocess.Popen[bytes], there: Lab, log: Path) -> None:
    last = time.monotonic() + _START
    while time.monotonic() < last:
        try:
            there.ask("/api/status")
            return
        except (urllib.error.URLError, OSError):
            if server.poll() is not None:
                break
            time.sleep(0.2)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
    raise StoppedError(f"JupyterLab did not start: {' '.join(said)}", cure="Run `jupyter lab` by hand to see why.")


def _run_cells(there: Lab, notebook: Path, inside: str) -> None:
    """Run the notebook in the session that the browser will find, and save it with its outputs as trusted."""
    wanted = {"path": inside, "name": notebook.name, "type": "notebook", "kernel": {"name": "python3"}}
    kernel = there.ask("/api/sessions", "POST", wanted)["kernel"]["id"]
    content = nbformat.read(notebook, as_version=4)
    client = BlockingKernelClient(connection_file=str(there.runtime / f"kernel-{kernel}.json"))
    client.load_connection_file()
    client.start_channels()
    try:
        _ready(client)
        for number, cell in enumerate((c for c in content.cells if c.cell_type == "code"), start=1):
            cell.execution_count, cell.outputs = number, _outputs(client, cell.source)
            cell.metadata["trusted"] = True
    except (RuntimeError, Empty) as failed:
        raise StoppedError(f"the notebook did not run: {failed}", cure="Run the same command again.") from None
    finally:
        client.stop_channels()
    there.ask(f"/api/contents/{inside}", "PUT", {"type": "notebook", "format": "json", "content": content})


def _ready(client: BlockingKernelClient) -> None:
    """Wait for a kernel; on a busy machine it is called dead while it only starts, so it is asked again until the time is up."""
    last = time.monotonic() + _START
    while True:
        try:
            client.wait_for_ready(timeout=_START)
            return
        except RuntimeError:
            if time.monotonic() > last:
                raise
            time.sleep(0.3)


def _outputs(client: BlockingKernelClient, source: str) -> list[NotebookNode]:
    found: list[NotebookNode] = []

    def keep(message: dict[str, Any]) -> None:
        """Keep what a notebook keeps."""
        if message["msg_type"] in ("display_data", "execute_result", "error"):
            found.append(nbformat.v4.output_from_msg(message))

    reply = client.execute_interactive(source, timeout=_RUN, output_hook=keep, allow_stdin=False)
    if reply["content"]["status"] != "ok":
        raise StoppedError(
            f"{reply['content'].get('ename')}: {reply['content'].get('evalue')}", cure="Close the month again, then open the desk."
        )
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
