"""What beds teach, in one command: `python bench/learn.py BED… [--keep DIR] [--test BED…] [--prior]`, or `make learned`.

Each BED is a folder of `world.py`, or of the same shape; none of them may be one that is measured. It is replayed as a past
month, and `bench/learned.yaml` is written anew with the report beside it in `bench/learned/`: weights of evidence and the record
of every form. With `--prior` the weights of a ledger without a past are fitted on the same beds and written into `arwork/matching/prior.py`.
With `--test` the reliability and the Brier score of those weights on beds that were not fitted are printed and drawn.
`--keep` holds what a replay came to, so that a stopped run goes on; empty it when matching has changed.
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import past
from fit_prior import fitted, tally, written

from arwork.backtest import Backtested, replayed, written_down
from arwork.matching.calibrate import brier, counted, reliability
from arwork.matching.evidence import Weights, said
from arwork.matching.judged import Candidate, Judged
from arwork.matching.prior import PRIOR
from arwork.show import pictures
from arwork.worlds import World, labelled

HERE = Path(__file__).resolve().parent
RECORD = HERE / "learned.yaml"
REPORT = HERE / "learned"
PRIORS = HERE.parent / "arwork" / "matching" / "prior.py"


def replays(beds: list[Path], keep: Path, scratch: Path) -> tuple[list[World], list[Judged]]:
    """Replay beds, or take what a run before came to."""
    worlds, judged = [], []
    for folder in beds:
        past.write(folder, scratch / folder.name)
        world = labelled(scratch / folder.name)
        worlds.append(world)
        judged.append(_kept(world, keep / folder.name))
        print(f"{folder.name}: {len(judged[-1].receipts):,} receipts judged", flush=True)
    return worlds, judged


def _kept(world: World, place: Path) -> Judged:
    rows, found = place / "receipts.parquet", place / "candidates.parquet"
    if not found.is_file():
        one = replayed(world)
        place.mkdir(parents=True, exist_ok=True)
        one.receipts.to_parquet(rows, index=False)
        pd.DataFrame([(c.profile, c.right, c.held_out) for c in one.candidates], columns=["profile", "right", "held_out"]).to_parquet(found)
    told = pd.read_parquet(found).itertuples(index=False, name=None)
    return Judged(pd.read_parquet(rows), tuple(Candidate(str(w), bool(right), bool(held)) for w, right, held in told))


def report(done: Backtested) -> None:
    """Put what a backtest left where the bench looks for it."""
    shutil.rmtree(REPORT, ignore_errors=True)
    REPORT.mkdir()
    shutil.copyfile(done.place / "learned.yaml", RECORD)
    for name in ("backtest.md", "reliability.png"):
        shutil.copyfile(done.place / name, REPORT / name)


def prior_from(judged: list[Judged]) -> Weights:
    """Fit the weights of a ledger without a past and write them where they stand."""
    weights = fitted(counted([(c.profile, c.right) for one in judged for c in one.candidates]))
    text = PRIORS.read_text(encoding="utf-8")
    text = re.sub(r"(_LEVELS: [^\n]*\{\n).*?(\n\}  # fmt)", lambda m: f"{m[1]}{written(weights.levels)}{m[2]}", text, flags=re.S)
    PRIORS.write_text(re.sub(r"PRIOR = Weights\(-?\d+", f"PRIOR = Weights({weights.base}", text), encoding="utf-8")
    return weights


def tested(folder: Path, weights: Weights) -> None:
    """Print and draw how far weights can be believed on a bed that did not teach them."""
    held = tally([folder])
    bins = reliability(held, weights)
    print(f"{folder.name}: Brier {brier(held, weights) / 1_000_000:.4f}, {sum(tried for tried, _ in held.values()):,} candidates")
    print("\n".join(f"  said {said(b.predicted):>12}  was {said(b.observed):>12}  {b.candidates:>8,}" for b in bins))
    REPORT.mkdir(exist_ok=True)
    told = [(b.predicted, b.observed, b.candidates) for b in bins]
    (REPORT / f"held-out-{folder.name}.png").write_bytes(pictures.reliability(told, brier(held, weights)).png)


def main() -> None:
    """Replay, write the record, fit, test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("beds", type=Path, nargs="*")
    parser.add_argument("--keep", type=Path, default=Path("bench-data/replayed"))
    parser.add_argument("--test", type=Path, nargs="*", default=[])
    parser.add_argument("--prior", action="store_true")
    given = parser.parse_args()
    weights = PRIOR
    if given.beds:
        with TemporaryDirectory() as scratch:
            worlds, judged = replays(given.beds, given.keep, Path(scratch))
            report(written_down(worlds, judged, "bench", Path(scratch)))
        weights = prior_from(judged) if given.prior else weights
    for folder in given.test:
        tested(folder, weights)


if __name__ == "__main__":
    main()
