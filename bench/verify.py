"""Time `arwork verify --quick` (V1 to V4) on a month of 10,000 receipts: `python bench/verify.py [RECEIPTS]`, from a checkout."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import sealed  # noqa: E402 (it lies among the tests)
import tiny  # noqa: E402


def main() -> None:
    """Close the month, verify it, print the seconds."""
    receipts = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        _, pack = sealed.month(Path(folder), "", **tiny.paid(receipts))
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "arwork.cli", "verify", "--quick", str(pack)], cwd=ROOT, capture_output=True, text=True
        )
        wall, used = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime
        print(f"{receipts:,} receipts: V1 to V4 in {wall:.1f} s ({cpu:.1f} s of CPU), exit code {done.returncode}")
        print(done.stdout + done.stderr)


if __name__ == "__main__":
    main()
