"""Prove what the journal promises: many writers at once, and writers killed at random moments. Run: python bench/journal.py

    --writers 64 --each 100   decisions recorded at once: what is acknowledged is stored, once; how long one waits
    --kills 1000              kill -9 of writers while they write: nothing acknowledged is lost, nothing is half there
    --on sqlite,postgresql    which databases; without --url a PostgreSQL server is started for the purpose
    --server-kills 20         kill -9 of the whole server, where it was started here

The exit code is 1 when a promise is broken. Writers are forked, so that they share what is imported.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import server  # noqa: E402

from arwork.errors import StoppedError  # noqa: E402
from arwork.journal.store import Store, open_store  # noqa: E402


def record(store: Store, name: str, seen: int) -> tuple[int, str]:
    """Record one decision and return its number and hash."""
    event = store.append(seen=seen, at=name, by=name.split("-")[0], known_by="bench", action="HOLD", body={"receipt": name}, reason="bench")
    return event.seq, event.hash


def writer(where: str, folder: Path, name: str, count: int) -> None:
    """Record decisions one after the other; after each, note number, hash and milliseconds in a file that survives a kill."""
    handle = os.open(folder / name, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    store, seen = open_store(where, base=folder), 0
    if count > 10**6:
        seen = store.length()
    for number in range(count):
        start = time.perf_counter()
        try:
            seen, digest = record(store, f"{name}-{number}", seen)
        except StoppedError:  # the server was killed: nothing was acknowledged
            if count > 10**6:
                return
            raise
        os.write(handle, f"{seen} {digest} {(time.perf_counter() - start) * 1000:.1f}\n".encode())


def forked(where: str, folder: Path, name: str, count: int) -> int:
    """Start a writer and return its process."""
    child = os.fork()
    if child:
        return child
    try:
        writer(where, folder, name, count)
        os._exit(0)
    except BaseException as fault:
        os.write(2, f"{name}: {type(fault).__name__}: {fault}\n".encode())
        os._exit(1)


def acknowledged(folder: Path) -> list[tuple[int, str, float]]:
    """Read what all writers were told was stored."""
    lines = [line for path in folder.glob("w*") for line in path.read_text().splitlines()]
    return [(int(seq), digest, float(ms)) for seq, digest, ms in (line.split() for line in lines)]


def proven(where: str, folder: Path) -> tuple[int, int, int]:
    """Compare the journal with what was acknowledged: events, acknowledged, lost. Reading it checks the chain."""
    store = open_store(where, base=folder)
    stored = {event.seq: event.hash for event in store.events()}
    receipts = [event.body["receipt"] for event in store.events()]
    assert store.doubts() == [], "damaged"
    assert len(set(receipts)) == len(receipts), "stored twice"
    store.close()
    told = acknowledged(folder)
    assert len({seq for seq, _, _ in told}) == len(told), "one event was acknowledged twice"
    return len(stored), len(told), sum(stored.get(seq) != digest for seq, digest, _ in told)


def together(kind: str, where: str, folder: Path, writers: int, each: int) -> bool:
    """Let all writers record at once."""
    start = time.perf_counter()
    children = [forked(where, folder, f"w{number}", each) for number in range(writers)]
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    seconds = time.perf_counter() - start
    events, told, lost = proven(where, folder)
    waits = sorted(ms for _, _, ms in acknowledged(folder))
    half, p99 = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    print(f"{kind}: {writers} writers at once, {writers * each:,} decisions in {seconds:.0f} s: {told:,} acknowledged, {events:,} stored, "
          f"{lost} lost, {failed} writers failed; median {half:,.0f} ms, p99 {p99:,.0f} ms, longest {waits[-1]:,.0f} ms", flush=True)  # fmt: skip
    return lost == failed == 0 and events == told == writers * each


def _written(notes: Path) -> None:
    """Wait until a writer is in the middle of its work."""
    until = time.monotonic() + 5
    while time.monotonic() < until and not (notes.exists() and notes.stat().st_size):
        time.sleep(0.001)


def killed(kind: str, where: str, folder: Path, kills: int, seed: int) -> bool:
    """Kill writers, four at a time, at random moments; what was acknowledged must be there when all is over."""
    chance, done, round_ = random.Random(seed), 0, 0
    while done < kills:
        children = [forked(where, folder, f"w{round_}x{number}", 10**9) for number in range(4)]
        for number, child in enumerate(children):
            _written(folder / f"w{round_}x{number}")
            time.sleep(chance.uniform(0, 0.05))
            os.kill(child, signal.SIGKILL)
            done += os.waitpid(child, 0)[1] == signal.SIGKILL
        round_ += 1
        if round_ % 50 == 0:
            proven(where, folder)
    events, told, lost = proven(where, folder)
    print(f"{kind}: {done:,} kills -9 of writers: {told:,} acknowledged, {events:,} stored whole, {lost} lost", flush=True)
    return lost == 0 and told > 0


def server_killed(kills: int, seed: int) -> bool:
    """Kill the whole server while four writers write, start it again on the same data, and count."""
    chance, folder = random.Random(seed), Path(tempfile.mkdtemp(prefix="arwork-bench-"))
    with server.running() as running:
        where = running.journal("killed")
        for round_ in range(kills):
            children = [forked(where, folder, f"w{round_}x{number}", 10**9) for number in range(4)]
            for number in range(len(children)):
                _written(folder / f"w{round_}x{number}")
            time.sleep(chance.uniform(0, 0.3))
            running.kill_and_restart()
            for child in children:
                os.waitpid(child, 0)
        events, told, lost = proven(where, folder)
    print(f"postgresql: {kills} kills -9 of the whole server: {told:,} acknowledged, {events:,} stored whole, {lost} lost", flush=True)
    return lost == 0 and told > 0


def main() -> int:
    """Run what was asked for; 0 when every promise held."""
    asked = argparse.ArgumentParser(description="Prove what the journal promises.")
    for name, default in (("writers", 64), ("each", 100), ("kills", 1000), ("server-kills", 20), ("seed", 7)):
        asked.add_argument(f"--{name}", type=int, default=default)
    asked.add_argument("--on", default="sqlite,postgresql")
    asked.add_argument("--url", action="append", default=[], help="two empty journals on a server, instead of starting one")
    given = asked.parse_args()
    good = True
    with ExitStack() as stack:
        for kind in given.on.split(","):
            places = ["j.sqlite", "j.sqlite"]
            if kind == "postgresql":
                running = None if given.url else stack.enter_context(server.running())
                places = [running.journal("together"), running.journal("kills")] if running else given.url
            if given.writers:
                good &= together(kind, places[0], Path(tempfile.mkdtemp(prefix="arwork-bench-")), given.writers, given.each)
            if given.kills:
                good &= killed(kind, places[1], Path(tempfile.mkdtemp(prefix="arwork-bench-")), given.kills, given.seed)
            if kind == "postgresql" and given.server_kills and not given.url:
                good &= server_killed(given.server_kills, given.seed)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
