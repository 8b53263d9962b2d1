"""The matching engine on one bed: `python bench/run.py DIR OUT.parquet [--learned FILE|none]`.

DIR holds customers, customer_banks, invoices and receipts (.parquet; their columns stand in `bed_files.py`). OUT gets one row an item that is proposed: receipt_id,
invoice_id, amount (minor units), status, probability, strategy. Printed: CPU seconds by step and the peak memory, as JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from bed_files import read_bed
from books import Clock, apply_cash, bed, peak_mib, policy, proposed

from arwork.errors import ArworkError

LEARNED = Path(__file__).resolve().parent / "learned.yaml"
"""What other seeds taught: a record made on beds that are never measured."""


def main(folder: Path, out: Path, keep: Path | None = None, learned: Path | None = None) -> dict[str, object]:
    """Run the engine over a folder, write what it proposes, and say what that took."""
    clock = Clock({"imports": time.process_time()})
    with clock.step("read"):
        frames = read_bed(folder)
    size = {name: len(frames[name]) for name in ("receipts", "invoices")}
    with clock.step("convert"):
        made = bed(frames)
    del frames
    proposals, found, between = apply_cash(made, policy(), clock, learned)
    with clock.step("write"):
        proposed(proposals, found).to_parquet(out, index=False)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        for name, frame in {**between, "proposals": proposals, "proposal_items": found}.items():
            frame.to_parquet(keep / f"{name}.parquet", index=False)
    return {
        **size, "status": proposals["status"].value_counts().to_dict(),
        "strategy": proposals["strategy"].value_counts().sort_index().to_dict(), "cpu": {k: round(v, 2) for k, v in clock.cpu.items()},
        "cpu_total": round(time.process_time(), 2), "peak_mib": peak_mib(),
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--keep", type=Path, help="folder for the engine's own tables")
    parser.add_argument("--learned", default=str(LEARNED), help="what `arwork backtest` wrote, or none; bench/learned.yaml unless given")
    given = parser.parse_args()
    taught = None if given.learned == "none" or (given.learned == str(LEARNED) and not LEARNED.is_file()) else Path(given.learned)
    try:
        print(json.dumps(main(given.folder, given.out, given.keep, taught)))
    except ArworkError as stopped:
        print(stopped.paragraph(), file=sys.stderr)
        raise SystemExit(stopped.exit_code) from None
