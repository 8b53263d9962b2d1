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


def month(folder: Path, receipts: int) -> Path:
    """Write and close a month in which every receipt pays one invoice by its number."""
    items, lines, cash, total = [tiny.ITEMS.splitlines()[0]], [], [tiny.CASH.splitlines()[0]], 0
    for n in range(receipts):
        minor = 10_000 + 37 * n
        total += minor
        major, day = f"{minor // 100}.{minor % 100:02d}", 2 + n * 28 // receipts
        items.append(
            f"MAIN,1000,C1,{500000 + n},1,2026,INV,2026-02-10,2026-02-10,2026-03-12,EUR,{major},{major},EUR,{major},{major},INV-{700000 + n},1400"
        )
        lines += [
            f":61:2603{day:02d}03{day:02d}C{major.replace('.', ',')}NTRFNONREF//B{n}",
            f":86:166?00GUTSCHRIFT?20SVWZ+INV-{700000 + n}?32ALPHA",
        ]
        cash.append(f"MAIN,1000,1800,{n},1,2026-03-{day:02d},2026-03-{day:02d},{major},EUR,,,B{n},RECEIPT")
    whole = f"{total // 100}.{total % 100:02d}"
    closing = f"{(total + 100_000) // 100}.{total % 100:02d}"
    head = tiny.STATEMENT.splitlines()[:4]
    _, pack = sealed.month(
        folder, "", items="\n".join(items) + "\n", cash="\n".join(cash) + "\n",
        statement="\n".join([*head, *lines, f":62F:C260331EUR{closing.replace('.', ',')}"]) + "\n",
        balances=tiny.BALANCES.splitlines()[0] + f"\nMAIN,1000,1400,2026-03,EUR,{whole},0.00,0.00,{whole}\n"
        f"MAIN,1000,1800,2026-03,EUR,1000.00,{whole},0.00,{closing}\n",
    )  # fmt: skip
    return pack


def main() -> None:
    """Close the month, verify it, print the seconds."""
    receipts = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        pack = month(Path(folder), receipts)
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
