"""Close ten different small companies with one command, by their kernels, one of them damaged: `python bench/many.py`, from a checkout.

Nine packs must come out, one reason, exit code 1 and a summary page; each pack must verify (V1 to V4) without a complaint.
"""

from __future__ import annotations

import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import tiny  # noqa: E402 (it lies among the tests)

from arwork.verifying import Brought, verify_levels  # noqa: E402

COMPANIES = 10
DAMAGED = 7


def write(folder: Path) -> list[Path]:
    """Write the companies, each with a month drawn by chance; one has a statement that breaks off."""
    draw, found = random.Random(9), []
    for number in range(1, COMPANIES + 1):
        files = tiny.drawn(draw)
        if number == DAMAGED:
            files["statement"] = files["statement"][: len(files["statement"]) // 2]
        files["tiny"] = tiny.PARAMS.replace("close: tiny", f"close: company{number:02d}")
        found.append(tiny.write(folder / f"company{number:02d}", **files))
    return found


def main() -> int:
    """Close them, say what came of it, verify every pack."""
    with tempfile.TemporaryDirectory(prefix="arwork-many-") as place:
        folder = Path(place)
        files = [str(file.relative_to(folder)) for file in write(folder)]
        started = time.monotonic()
        words = [sys.executable, "-m", "arwork.cli", "close", *files]
        done = subprocess.run(words, cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True)
        wall, used = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        print(done.stdout + done.stderr)
        packs = sorted(path.parent for path in (folder / "outputs").glob("*/*/*/manifest.json"))
        for pack in packs:
            report = verify_levels(pack, Brought(), None, lambda level, said: None)
            print(f"{pack.relative_to(folder)}: {report.found.facts['status']}, V1 to V4 hold, seal {report.found.seal[:12]}")
        page = (folder / "outputs/summary.html").read_text(encoding="utf-8")
        rows = len(re.findall(r"<tr", page)) - 1
        print(
            f"exit code {done.returncode}, {len(packs)} packs, {rows} rows in summary.html; {used.ru_utime + used.ru_stime:.0f} s of CPU, {wall:.0f} s by the clock"
        )
        return int((done.returncode, len(packs), rows) != (1, COMPANIES - 1, COMPANIES))


if __name__ == "__main__":
    sys.exit(main())
