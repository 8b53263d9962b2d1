"""One table of the matching engine's figures: `python bench/matching.py DIR… [--against "CMD {dir} {out}"] [--json FILE]`.

Each DIR is a bed (see run.py). The engine runs over it in a process of its own; counted are the CPU seconds of that whole process
and of what it starts, imports included, its peak memory, and the wall time with the load of the machine beside it: on a busy machine
only the CPU seconds mean anything. `--against` runs another command over the same bed right after and gives the ratio of CPU seconds.
This process stays small on purpose: a child's peak memory is at least that of the process that starts it.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
_SHOWN = ("f1", "precision", "recall", "whole_receipts_exact", "auto_share", "auto_wrong", "auto_precision_count", "auto_precision_value")


def measured(command: list[str], log: Path) -> dict[str, float]:
    """Run a command to its end; return CPU seconds, peak MiB, wall seconds and the load average then; RuntimeError if it fails."""
    begun = time.perf_counter()
    with log.open("wb") as told:
        child = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT)
        _, state, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(state)
    if child.returncode:
        raise RuntimeError(f"{shlex.join(command)} ended with {child.returncode}:\n{log.read_text(errors='replace')[-2000:]}")
    wall = time.perf_counter() - begun
    return {
        "cpu_s": round(used.ru_utime + used.ru_stime, 1), "peak_mib": used.ru_maxrss // 1024, "wall_s": round(wall, 1),
        "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def scores(bed: Path, out: Path) -> dict[str, float]:
    """Score a file of proposals in a process of its own."""
    told = subprocess.run(
        [sys.executable, str(HERE / "score.py"), str(bed), str(out), "--json"], check=True, capture_output=True, text=True
    )
    found = json.loads(told.stdout)
    return {name: found[name] for name in _SHOWN}


def figures(bed: Path, against: str, folder: Path) -> dict[str, object]:
    """Run the engine, and the other command if there is one, over a bed."""
    out, other = folder / "ours.parquet", folder / "other.parquet"
    result: dict[str, object] = {"bed": bed.name}
    result |= measured([sys.executable, str(HERE / "run.py"), str(bed), str(out)], folder / "log") | scores(bed, out)
    if against:
        command = [part.format(dir=bed, out=other) for part in shlex.split(against)]
        theirs = measured(command, folder / "log")
        result["against"] = theirs | scores(bed, other)
        result["cpu_ratio"] = round(float(str(result["cpu_s"])) / max(0.1, theirs["cpu_s"]), 2)
    return result


def table(rows: list[dict[str, object]]) -> str:
    """Lay the figures out as a table of text."""
    names = ["bed", "cpu_s", "peak_mib", "wall_s", "load", *_SHOWN, *(["cpu_ratio"] if any("cpu_ratio" in row for row in rows) else [])]
    lines = [names, ["---"] * len(names)]
    for row in rows:
        lines.append([str(row.get(name, "")) for name in names])
        if isinstance(row.get("against"), dict):
            lines.append([str({"bed": "  the other", **row["against"]}.get(name, "")) for name in names])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("beds", nargs="+", type=Path)
    parser.add_argument("--against", default="", help="another command; {dir} and {out} are filled in")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = [figures(bed, given.against, Path(scratch)) for bed in given.beds]
    print(table(found))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")
