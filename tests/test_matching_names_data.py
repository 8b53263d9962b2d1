"""Payers' names against pairs of names that public bodies keep under one supplier number: found, and answered wrongly.

Right is the same body and number; the numbers are not used for the search. An answer is given where B7 would take the payer.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from ax import policy

from arwork.matching.name_index import SAME, name_index, search

PAIRS = Path(__file__).parent.parent.parent / "shared" / "data" / "gov-payments" / "supplier_alias_pairs.csv"
RULES = policy().matching
FOUND, WRONG = 0.72, 0.03

pytestmark = pytest.mark.data


def test_b7_finds_names_under_one_number_and_hardly_ever_another() -> None:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = [(row["name_a"], row["name_b"], f"{row['source']}:{row['supplier_id']}") for row in csv.DictReader(file)]
    known: dict[str, set[str]] = {}
    for _, name, who in rows:
        known.setdefault(name, set()).add(who)
    index = name_index({name: frozenset(who) for name, who in known.items()})
    found = wrong = 0
    for (_, _, right), hits in zip(rows, search(index, [name for name, _, _ in rows], 3), strict=True):
        near = [score for _, score in hits[1:] if score > RULES.fuzzy_name_next_max * SAME]
        if hits and hits[0][1] >= RULES.fuzzy_name_min * SAME and not near and len(known[hits[0][0]]) == 1:
            found += right in known[hits[0][0]]
            wrong += right not in known[hits[0][0]]
    assert len(rows) == 466
    assert found / len(rows) >= FOUND
    assert wrong / len(rows) <= WRONG
