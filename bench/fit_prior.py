"""The weights that a ledger starts with, fitted on beds whose truth is known: `python bench/fit_prior.py BED… [--test BED…]`.

Each BED is a folder of `world.py` or of the same shape. The engine runs over it, every candidate is judged against the truth,
and `calibrate.learn` fits one weight a level. Printed are the lines of `_LEVELS` for `arwork/matching/prior.py` and the start;
with `--test`, the Brier score and the reliability of the weights now in `prior.py` on beds that were not fitted (`--plot FILE`
draws it). What no bed shows (repeats, other ledgers, documents not open) keeps the weight that stands in `prior.py`, set by judgement.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
from bed_files import read_bed
from books import Clock, apply_cash, bed, policy

from arwork.matching.calibrate import Tally, brier, counted, learn, reliability
from arwork.matching.evidence import Weights, said
from arwork.matching.facts import LEVELS, spelled
from arwork.matching.judged import judge
from arwork.matching.prior import PRIOR
from arwork.show import pictures

_FEWEST, _WIDE = 200, 136


def tally(folders: Iterable[Path]) -> dict[str, tuple[int, int]]:
    """Replay beds and count their candidates by profile: how many, and how many were right."""
    pairs: list[tuple[str, bool]] = []
    for folder in folders:
        made = bed(read_bed(folder))
        proposals, found, between = apply_cash(made, policy(), Clock())
        true = pd.read_parquet(folder / "truth.parquet").rename(columns={"invoice_id": "item_id"})[["receipt_id", "item_id"]]
        silent = between["receipts"].loc[lambda r, t=true: ~r["receipt_id"].isin(t["receipt_id"]), ["receipt_id"]].assign(item_id="")
        judged = judge(proposals, found, made.open_items, pd.concat([true, silent], ignore_index=True))
        pairs += [(one.profile, one.right) for one in judged.candidates]
    return counted(pairs)


def seen(candidates: Tally) -> dict[tuple[str, str], int]:
    """Count the candidates that show each level of each fact."""
    found: dict[tuple[str, str], int] = {}
    for word, (tried, _) in candidates.items():
        for pair in spelled(word):
            found[pair] = found.get(pair, 0) + tried
    return found


def fitted(candidates: Tally) -> Weights:
    """Learn, and keep what stands where fewer than 200 candidates show a level: so few would only teach their own accidents."""
    learned, often = learn(candidates), seen(candidates)
    pairs = [(fact, level) for fact, levels in LEVELS.items() for level in levels]
    from_data = {pair: learned.levels.get(pair, 0) for pair in pairs if often.get(pair, 0) >= _FEWEST}
    return Weights(learned.base, {pair: from_data.get(pair, PRIOR.levels.get(pair, 0)) for pair in pairs})


def written(levels: Mapping[tuple[str, str], int]) -> str:
    """Write weights as the lines of `_LEVELS`."""
    lines = []
    for fact, names in LEVELS.items():
        parts = [f'"{name}": {levels[fact, name]}' for name in names if levels.get((fact, name))]
        line = f'    "{fact}": {{'
        for n, part in enumerate(parts):
            piece = part + (", " if n < len(parts) - 1 else "},")
            if len(line) + len(piece) > _WIDE:
                lines.append(line.rstrip())
                line = " " * 8
            line += piece
        lines.append(line)
    return "\n".join(lines)


def main() -> None:
    """Fit, or test, or both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("beds", type=Path, nargs="*")
    parser.add_argument("--test", type=Path, nargs="*", default=[])
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    weights = PRIOR
    if given.beds:
        weights = fitted(tally(given.beds))
        print(f"{weights.base}\n{written(weights.levels)}")
    for folder in given.test:
        held = tally([folder])
        bins = reliability(held, weights)
        print(f"{folder.name}: Brier {brier(held, weights) / 1_000_000:.4f}, {sum(tried for tried, _ in held.values()):,} candidates")
        print("\n".join(f"  said {said(b.predicted):>12}  was {said(b.observed):>12}  {b.candidates:>8,}" for b in bins))
        if given.plot:
            told = [(b.predicted, b.observed, b.candidates) for b in bins]
            given.plot.write_bytes(pictures.reliability(told, brier(held, weights)).png)


if __name__ == "__main__":
    main()
