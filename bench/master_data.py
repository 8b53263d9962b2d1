"""Duplicate accounts found by arwork on labelled customer masters: `python bench/master_data.py FOLDER [--show]`.

FOLDER holds `enterprise-data-integration`: two companies' masters in five sizes, with the pairs that are one party. Both masters are put into one list,
as after a merger, and `pairs` of the engine is asked; an account without a partner must stay alone. A pair that is proposed and not labelled is wrong,
one that is labelled and not proposed is missed. Keys are name and tax number, which arwork's tables hold; e-mail and telephone are not used.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from arwork.collect.master_data import APART, Party, key_of, pairs

SIZES = (50, 100, 150, 200, 300)
Pair = tuple[str, str]


def rows(path: Path) -> list[dict[str, str]]:
    """Read a master, columns separated by semicolons."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def parties(folder: Path) -> list[Party]:
    """Return the accounts of both companies, numbered by company and label."""
    own: list[tuple[str, str, str, tuple[str, ...]]] = [
        ("A", r["info_internal_id"], r["NAME1"], (r["STCEG"], r["STCD1"])) for r in rows(folder / "company_A_table.csv")
    ]
    own += [("B", r["info_internal_id"], r["Organization Name"], (r["TAX Number"],)) for r in rows(folder / "company_B_table_joined.csv")]
    return [Party(f"{side}{label}", name, tuple(key_of("tax number", tax) for tax in taxes if tax)) for side, label, name, taxes in own]


def right(folder: Path) -> set[Pair]:
    """Return the labelled pairs."""
    found = json.loads((folder / "GT_entity_matching.json").read_text(encoding="utf-8"))["matches"]
    return {(f"A{one['info_internal_id']}", f"B{one['info_internal_id']}") for one in found}


def judged(folder: Path, names_only: bool = False) -> tuple[Mapping[str, float], Sequence[str]]:
    """Ask for the pairs of a size; return the figures, and what is wrong, missed or only shown as alike, in words."""
    given = [Party(one.number, one.name) for one in parties(folder)] if names_only else parties(folder)
    start = time.process_time()
    found = pairs(given)
    seconds = time.process_time() - start
    proposed = {(one, other): why for one, other, _, why in found if why != APART}
    alike = [(one, other) for one, other, _, why in found if why == APART]
    want = right(folder)
    good = len(want & set(proposed))
    said = {one.number: f"{one.name} ({' '.join(one.keys) or 'no tax number'})" for one in given}
    lines = [f"wrong  {said[a]} | {said[b]} | {proposed[(a, b)]}" for a, b in sorted(set(proposed) - want)]
    lines += [f"missed {said[a]} | {said[b]}" for a, b in sorted(want - set(proposed))]
    lines += [f"alike  {said[a]} | {said[b]}" for a, b in alike]
    precision, recall = good / max(1, len(proposed)), good / max(1, len(want))
    figures = {
        "accounts": len(given), "labelled": len(want), "proposed": len(proposed), "right": good, "precision": precision, "recall": recall,
        "F1": 2 * good / max(1, len(proposed) + len(want)), "alike": len(alike), "seconds": seconds,
    }  # fmt: skip
    return figures, lines


def main(folder: Path, show: bool) -> None:
    """Print a line a size; with `--show` every pair that is wrong, missed or shown as alike."""
    base = folder / "enterprise-data-integration"
    base = base / "enterprise-data-integration" if (base / "enterprise-data-integration").is_dir() else base
    for names_only in (False, True):
        print("names only" if names_only else "names and tax numbers")
        for size in SIZES:
            figures, lines = judged(base / f"{size}_customers", names_only)
            print(
                f"{size:>5}  "
                + "  ".join(f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}" for key, value in figures.items())
            )
            if show and not names_only:
                print("\n".join(f"       {line}" for line in lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--show" in sys.argv)
