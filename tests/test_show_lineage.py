"""What makes a notebook evidence: control totals, the way to a source row, the match rate with its error bound, numbered sections."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from arwork.matching.learned import Learned, record_of
from arwork.money import ISO
from arwork.show import lineage, pictures_rate
from arwork.tables import TABLES

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
SPEC = importlib.util.spec_from_file_location("number_notebooks", ROOT / "docs" / "number_notebooks.py")
assert SPEC is not None
numbers = importlib.util.module_from_spec(SPEC)
assert SPEC.loader is not None
SPEC.loader.exec_module(numbers)

ROWS = pd.DataFrame({
    "receipt_id": ["a", "b", "c"], "currency": ["EUR", "JPY", "EUR"], "amount": [123450, 900, -50], "allocated": [0, 900, 0],
    "status": ["AUTO", "AUTO", "NONE"], "decided_by": ["rule", "kim", "rule"],
})  # fmt: skip


def learned() -> Learned:
    record = record_of((1000, 0), (1200, 0), (900000, 0), 5000, "EUR", 950_000)
    return Learned.model_construct(confidence=950_000, ledgers={"MAIN": {"M12: one slip": record}})


def test_cv_15_lineage_states_rows_control_totals_and_the_way_down() -> None:
    """Per currency, never across; a table of another notebook's keys leads to the table that holds the source row."""
    record = {"tables": {"proposals": {"rows": 3, "sha256": "ab" * 32}, "evidence": {"rows": 0, "sha256": "cd" * 32}}}
    evidence = pd.DataFrame({"profile": [], "weight": []})
    text = lineage.lineage({"proposals": ROWS, "evidence": evidence}, record, ISO).text
    assert "Amount: EUR 1,234.00, JPY 900; Allocated: EUR 0.00, JPY 900" in text
    assert re.search(r"proposals +3 +.*receipts, by receipt +abababababab", text)
    assert re.search(r"evidence +0 +proposals, by profile +cdcdcdcdcdcd", text)
    assert "2 tables." in text


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_leads_somewhere(name: str) -> None:
    """No table ends a trail: each has its own source line, or a key that leads on."""
    assert lineage.way_of(TABLES[name].names()), name


def test_mt_40_match_rate_stands_beside_the_published_bound() -> None:
    """Without a backtest of this ledger the picture says so; a person's decision is not the rule's."""
    picture = pictures_rate.match_rate(ROWS, None, "EUR", ISO)
    assert "by count 50.00 %; by value 100.04 %" in picture.alt
    assert "this ledger has no backtest yet" in picture.alt
    assert "hard: 5 of 13,025 wrong, at most 0.09 %" in picture.alt
    assert picture.png == pictures_rate.match_rate(ROWS, None, "EUR", ISO).png
    assert "by count 0.00 %" in pictures_rate.match_rate(ROWS, None, "JPY", ISO).alt


def test_mt_40_a_ledgers_own_backtest_comes_first() -> None:
    """1,000 tried and none wrong: at most 0.30 % with 95 % confidence, rounded up."""
    table = pictures_rate.bounds(learned())
    assert table.iloc[0].tolist() == ["backtest of MAIN: M12: one slip", 1000, 0, "0.30 %", "95 %"]
    assert len(table) == 1 + len(pictures_rate.PUBLISHED)
    assert "M12: one slip: 0 of 1,000 wrong, at most 0.30 %" in pictures_rate.match_rate(ROWS, learned(), "EUR", ISO).alt


def test_published_errors_are_those_of_the_proof() -> None:
    text = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")
    for name, tried, wrong in pictures_rate.PUBLISHED:
        assert re.search(rf"\| {name}, 40,000 receipts.*\| {wrong} of {tried:,} \|", text), name


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_sections_are_numbered_and_the_end_says_where_figures_come_from(path: Path) -> None:
    """Sections count up from 1 under the notebook's number; the last cell prints the lineage of what was published."""
    text = path.read_text(encoding="utf-8")
    assert numbers.numbered(text, path.name[:2]) == text, "run python docs/number_notebooks.py"
    cells = json.loads(text)["cells"]
    assert "lineage.lineage(stage.tables, record, books.units)" in "".join(cells[-1]["source"])


def test_the_worklist_comes_before_the_pictures_of_age() -> None:
    text = (ROOT / "notebooks" / "40_ageing_collections.ipynb").read_text(encoding="utf-8")
    assert text.index("Whom to call") < text.index("pictures.ageing_bars")
