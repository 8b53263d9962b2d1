"""Fail every system call of a close in turn, and kill closes at random moments. Run: python bench/faults.py [--kills 100]

The loop that SQLite uses: the first call on a file fails, then the second, until the operation completes; by a kill -9 at that call, by a
full disk and by an input/output error, once and for good. After each fault what is there is looked at, then the same command is given again.

    --only NAME       one operation (tests/fault_world.py)
    --every 1         of calls that change something, try every so many; --reads of calls that only read (input/output errors); left out,
                      every call and every fortieth read, of long operations so many fewer as THIN says
    --kills 100       closes with their kernels that are killed at random moments; --stages 0 leaves out the rest
    --seed 8

The exit code is 1 when half a pack looked whole, something acknowledged was lost, or the same command did not mend it.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a process that forks has one thread

import fault_world  # noqa: E402
import faulty  # noqa: E402
import tiny  # noqa: E402

from arwork.pack.verify import verify  # noqa: E402

THIN = {"intake": 6, "seal and publish": 6, "sign with a key": 4, "close": 120}
"""Long operations are tried at every so many calls, unless asked for more."""


def interrupt(base: Path, name: str, every: int, reads: int, work: Path) -> tuple[Counter[str], list[str]]:
    """Try every fault on one operation; count how it ended, and list what went wrong."""
    operation = fault_world.OPERATIONS[name]
    calm = fault_world.undisturbed(base, operation, work)
    if calm.ended != "answered":
        return Counter(), [f"{name} without a fault: {calm.said}"]
    ends: Counter[str] = Counter()
    wrong = []
    for fault in fault_world.points(calm.calls, every, reads):
        ran, said = fault_world.tried(base, operation, fault, work)
        ends[ran.ended] += 1
        if said:
            wrong.append(f"{name}, {fault.kind} at {fault.nth}{' for good' if fault.sticky else ''} ({ran.hit}): {said}")
            print(wrong[-1], flush=True)
    return ends, wrong


def kill_closes(folder: Path, times: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Close with kernels, kill -9 at a random moment, look, close again until it ends by itself; the pack must be that of an undisturbed close.

    Every other time, by chance, the kernels are killed too; else they notice by themselves that nobody waits for them.
    """
    draw, ends, wrong = random.Random(seed), Counter[str](), []
    first = tiny.write(folder / "calm", **tiny.paid(10))
    started = time.monotonic()
    _close(first).wait()
    took = time.monotonic() - started
    (wanted,) = fault_world.packs(first.parent)
    seal = verify(wanted).seal
    params = tiny.write(folder / "killed", **tiny.paid(10))
    while ends["killed"] < times:
        running = _close(params)
        time.sleep(draw.uniform(0.3, took * draw.choice((0.3, 0.6, 1.0))))  # short ones meet what a resumed close has left
        kernels, alive = draw.random() < 0.5, running.poll() is None
        for process in [running.pid, *(_below(running.pid) if kernels else ())] if alive else ():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        code = running.wait()
        ends["killed" if alive else "ended by itself"] += 1
        ends["killed with its kernels"] += alive and kernels
        found = _wrong(params.parent, seal, None if alive else code)
        if fault_world.packs(params.parent):  # it came to its end, on what was left by the kills before: start from nothing
            ends["packs, each the same"] += not found
            _emptied(params.parent / "outputs")
        wrong += [f"after kill {ends['killed']}: {words}" for words in found]
        print(dict(ends), *found, flush=True)
    return ends, wrong


def _below(parent: int) -> list[int]:
    """List the processes that a process started, and theirs; a kernel has a session of its own, so no signal to a group meets it."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = [parent]
    for process in found:
        found += [child for child, above in parents.items() if above == process]
    return found[1:]


def _wrong(folder: Path, seal: str, code: int | None) -> list[str]:
    """Look: a pack that is there is whole and that of the calm close; a close that was not killed (it has an exit code) came to it."""
    try:
        fault_world.sealing_held(folder, "" if code is None else seal)
        assert not code, f"exit code {code}"
        found = fault_world.packs(folder)
        assert not found or verify(found[0]).seal == seal, "another pack came out"
    except Exception as broken:
        return [f"{type(broken).__name__}: {broken}"]
    return []


def _emptied(outputs: Path) -> None:
    for path in outputs.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(outputs)


def _close(params: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "arwork.cli", "close", str(params), "--outputs", str(params.parent / "outputs")]
    more = {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        words, cwd=ROOT, env=os.environ | more, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def main() -> int:
    """Interrupt, print the table, say what was wrong."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--only", action="append", default=[])
    for name, value in (("every", 0), ("reads", 0), ("kills", 100), ("stages", 1), ("seed", 8)):
        asked.add_argument(f"--{name}", type=int, default=value)
    given = asked.parse_args()
    if not faulty.possible():
        print("this machine lets nobody ask about system calls (Linux on x86-64 or ARM64 is needed)")
        return 1
    fault_world.warmed()
    wrong, total = [], 0
    with tempfile.TemporaryDirectory(prefix="arwork-faults-") as place:
        if given.stages:
            base, work = Path(place) / "base", Path(place) / "work"
            built = faulty.run(lambda: fault_world.build(base) or "", Path("/nowhere"), None, ())
            assert built.ended == "answered", built.said
            print("| Operation | Faults | Answered all the same | Refused in words | Killed |\n|---|---|---|---|---|", flush=True)
            for name in given.only or fault_world.OPERATIONS:
                thin = THIN.get(name, 1)
                ends, found = interrupt(base, name, given.every or thin, given.reads or 40 * thin, work)
                wrong, total = wrong + found, total + ends.total()
                print(f"| {name} | {ends.total():,} | {ends['answered']:,} | {ends['refused']:,} | {ends['killed']:,} |", flush=True)
        if given.kills:
            ends, found = kill_closes(Path(place) / "kills", given.kills, given.seed)
            wrong += found
            print(f"closes with kernels: {dict(ends)}")
    print(f"{total:,} faults; {len(wrong)} wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
