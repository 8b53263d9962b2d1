"""Duplicate accounts on labelled customer masters (CO-90)."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

import pytest

from bench.master_data import SIZES, judged
from tests.conftest import DATA

FOLDER = DATA / "enterprise-data-integration" / "enterprise-data-integration"


@pytest.mark.data
@pytest.mark.parametrize("size", SIZES)
def test_CO_90_labelled_masters_pair_f1_and_nothing_wrong(size: int) -> None:
    figures, lines = judged(FOLDER / f"{size}_customers")
    assert figures["F1"] >= 0.98, lines
    assert figures["precision"] == 1, lines
    assert figures["labelled"] >= 30
