"""A PostgreSQL server for tests and proofs: a fresh data folder, a free port of this machine, stopped and gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from arwork.journal.roles import roles_sql

_PLACES = [Path(found).parent for found in [shutil.which("initdb")] if found] + sorted(
    Path("/usr/lib/postgresql").glob("*/bin"), reverse=True
)
BINARIES = next((place for place in _PLACES if (place / "initdb").exists() and (place / "postgres").exists()), None)
PASSWORD = "kept-in-the-password-file"


@dataclass
class Server:
    """A running server; `passfile` holds the passwords of its logins."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def passfile(self) -> Path:
        return self.folder / "pgpass"

    def start(self) -> None:
        """Start it on its data and wait until it answers."""
        words = ["-D", self.folder / "data", "-p", self.port, "-h", "127.0.0.1", "-k", self.folder, "-c", "max_connections=120"]
        with (self.folder / "log").open("ab") as log:
            become = _rights(_account())
            program = [str(BINARIES / "postgres"), *map(str, words)]  # type: ignore[operator]
            self.process = subprocess.Popen(program, stdout=log, stderr=log, cwd=self.folder, **become)  # type: ignore[call-overload]
        _wait(self, self.folder / "log")

    def stop(self) -> None:
        """Stop it at once: its data are thrown away."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=60)

    def kill_and_restart(self) -> None:
        """Kill the server with all that works for it, as a power cut would, and start it again on the same data."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for one in [self.process.pid, *map(int, children)]:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self.process.wait(timeout=60)
        until = time.monotonic() + 60
        while any(Path(f"/proc/{one}").exists() for one in children) and time.monotonic() < until:
            time.sleep(0.02)
        self.start()

    def run(self, sql: str, user: str = "boss", database: str = "postgres") -> list[tuple[object, ...]]:
        """Run SQL as a login and return its rows."""
        wanted = f"host=127.0.0.1 port={self.port} user={user} dbname={database} passfile={self.passfile}"
        with psycopg.connect(wanted, autocommit=True) as connection:
            done = connection.execute(sql)  # type: ignore[arg-type]
            return done.fetchall() if done.description else []

    def journal(self, name: str) -> str:
        """Make a database with an empty journal in it; return its URL for login ana, who may only insert and look."""
        self.run(f"CREATE DATABASE {name}")
        self.run(roles_sql("arwork"), database=name)
        self.run("DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ana') THEN "
                 f"CREATE ROLE ana LOGIN PASSWORD '{PASSWORD}'; GRANT arwork_writer TO ana; END IF; END$$", database=name)  # fmt: skip
        return self.url(name)

    def url(self, name: str, user: str = "ana") -> str:
        """The URL of a database for a login, without its password."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{name}?passfile={self.passfile}"


@contextmanager
def running() -> Iterator[Server]:
    """Start a server as an account without rights (it refuses to run as root), and take it away again."""
    assert BINARIES is not None
    folder = Path(tempfile.mkdtemp(prefix="arwork-pg-"))
    account = _account()
    try:
        passfile = folder / "pgpass"
        passfile.write_text(f"*:*:*:*:{PASSWORD}\n")
        passfile.chmod(0o600)
        (folder / "first").write_text(PASSWORD + "\n")
        if account:
            folder.chmod(0o711)
            for path in (folder, folder / "first"):
                os.chown(path, account.pw_uid, account.pw_gid)
        made = [BINARIES / "initdb", "--pgdata", folder / "data", "--username", "boss", "--pwfile", folder / "first",
                "--auth", "scram-sha-256", "--no-sync", "--encoding", "UTF8", "--locale", "C"]  # fmt: skip
        subprocess.run(list(map(str, made)), check=True, capture_output=True, cwd=folder, **_rights(account))  # type: ignore[call-overload]
        server = Server(_free_port(), folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _rights(account: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(server: Server, log: Path) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            server.run("SELECT 1")
            return
        except psycopg.OperationalError:
            if time.monotonic() > until or (server.process and server.process.poll() is not None):
                raise AssertionError(log.read_text()) from None
            time.sleep(0.1)
