"""Measure bank to book on a labelled puzzle: which bank lines and which ledger lines are the same money (RC-20).

    python bench/bank_rec.py FOLDER

FOLDER holds `bank_transactions.csv` (id, date, description, amount), `gl_entries.csv` (the same and `ref`) and `ground_truth.json`
(matches_1to1, matches_many_to_one, matches_amount_mismatch, offsetting_gl_pairs, unmatched_bank, unmatched_gl). A group counts as exact
when the same lines and rows stand together, certain or proposed, and nothing that stands alone in truth is in a group.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from arwork.money import ISO
from arwork.policy import Policy, read_policy
from arwork.reconcile.bank_items import day_number
from arwork.reconcile.matched import groups_of
from arwork.reconcile.pairing import SURE, Pairs, pair

CURRENCY = "USD"
POLICY = Path(__file__).resolve().parent.parent / "params" / "policy.yaml"


@dataclass(frozen=True)
class Measured:
    """What came out: groups in truth, found exactly, of these marked certain, certain but wrong; and what was missed, by name."""

    groups: int
    exact: int
    certain: int
    wrong: tuple[str, ...]
    missed: tuple[str, ...]
    alone: int
    left_alone: int
    seconds: float


def measure(folder: Path) -> Measured:
    """Pair both sides of the folder with the default policy and compare with its truth."""
    began = time.process_time()
    bank, book = (_rows(folder / name) for name in ("bank_transactions.csv", "gl_entries.csv"))
    matching = Policy.model_validate(read_policy(POLICY.read_text(encoding="utf-8"))).matching
    pairs = pair(_side(bank), _side(book), day_number(date.max), CURRENCY, matching.combo, ISO.rounded(matching.bank_charge_cap, CURRENCY))
    found = _found(pairs, [row["id"] for row in bank], [row["id"] for row in book])
    seconds = time.process_time() - began
    groups, alone = _truth(json.loads((folder / "ground_truth.json").read_text(encoding="utf-8")))
    exact = [group for group in groups if group in found]
    wrong = tuple(" ".join(sorted(group)) for group, sure in found.items() if sure and group not in groups)
    missed = tuple(" ".join(sorted(group)) for group in groups if group not in found)
    grouped = {name for group in found for name in group}
    certain = sum(found[group] for group in exact)
    return Measured(len(groups), len(exact), certain, wrong, missed, len(alone), len(alone - grouped), seconds)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def _side(rows: list[dict[str, str]]) -> pd.DataFrame:
    return pd.DataFrame({
        "ref": "", "amount": [ISO.minor(Decimal(row["amount"]).quantize(Decimal("0.01")), CURRENCY) for row in rows],
        "day": [day_number(date.fromisoformat(row["date"])) for row in rows], "reason": "", "text": [row["description"] for row in rows],
        "number": [row.get("ref", "") for row in rows], "reference": "",
    }).astype({"ref": "str", "reason": "str", "reference": "str"})  # fmt: skip


def _found(pairs: Pairs, lines: list[str], rows: list[str]) -> dict[frozenset[str], bool]:
    """Return every group by its members, with whether it is certain."""
    groups = groups_of(pairs)
    return {frozenset([*(lines[n] for n in g.lines), *(rows[n] for n in g.rows)]): g.how in SURE for g in groups if g.how != "TIE"}


def _truth(told: Mapping[str, Any]) -> tuple[set[frozenset[str]], set[str]]:
    groups = {frozenset([row["bank_id"], row["gl_id"]]) for row in [*told["matches_1to1"], *told["matches_amount_mismatch"]]}
    groups |= {frozenset([row["bank_id"], *row["gl_ids"]]) for row in told["matches_many_to_one"]}
    groups |= {frozenset(row["gl_ids"]) for row in told["offsetting_gl_pairs"]}
    return groups, {row["bank_id"] for row in told["unmatched_bank"]} | {row["gl_id"] for row in told["unmatched_gl"]}


def main() -> None:
    """Print the figures."""
    found = measure(Path(sys.argv[1]))
    print(f"{found.exact} of {found.groups} groups exact, {found.certain} of them certain; {len(found.wrong)} certain ones wrong")
    print(f"{found.left_alone} of {found.alone} lines without a partner left alone; {found.seconds:.2f} s of CPU")
    for name, told in (("missed", found.missed), ("certain and wrong", found.wrong)):
        for group in told:
            print(f"{name}: {group}")


if __name__ == "__main__":
    main()
