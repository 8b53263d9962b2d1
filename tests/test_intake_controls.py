"""Control files beside a source (LD-10): they prove it, refuse it with both figures, and stand among the inputs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import tiny

from arwork.errors import InputError
from arwork.pack.plan import inputs_of, lay_out, make_plan
from arwork.run import run_stages


def closed(tmp_path: Path, **sides: str) -> pd.DataFrame:
    """Run the stages with control files beside the sources; give table `sources` by file."""
    params = tiny.write(tmp_path / "in")
    for name, text in sides.items():
        (tmp_path / "in" / f"{name.replace('__', '.')}.control.yaml").write_text(text, encoding="utf-8")
    plan = make_plan(params, tmp_path / "outputs")
    assert sum(entry["name"].endswith(".control.yaml") for entry in inputs_of(plan)) == len(sides)
    lay_out(plan, tmp_path / "run")
    run_stages(tmp_path / "run")
    return pd.read_parquet(tmp_path / "run" / "data" / "sources.parquet").set_index("source_file")


def test_ld_10_right_figures_make_a_file_counted(tmp_path: Path) -> None:
    before = closed(tmp_path / "a")
    after = closed(tmp_path / "b", items__csv="rows: 3\nsum: 850.49\n", statement__sta="rows: 2\n")
    assert (before.loc["items.csv", "completeness"], after.loc["items.csv", "completeness"]) == ("not_proven", "counted")
    assert after.loc["statement.sta", "completeness"] == "proven"
    assert after.loc["items.csv.control.yaml", "proof"] == "states the rows and the sum of items.csv"


@pytest.mark.parametrize(
    ("side", "text", "said"),
    [
        ("items__csv", "rows: 4\n", "items.csv.*3 data rows where control_rows says 4"),
        ("items__csv", "sum: 900.00\n", "items.csv.*850.49 where control_sum says 900.00"),
        ("statement__sta", "rows: 9\n", "statement.sta.* lines where control_rows says 9"),
        ("statement__sta", "sum: 0.01\n", "statement.sta.*where control_sum says 0.01"),
        ("items__csv", "row: 3\n", "items.csv.control.yaml, line 1.*did you mean 'rows'"),
        ("items__csv", "rows: many\n", "items.csv.control.yaml, line 1"),
        ("items__csv", "{}\n", "items.csv.control.yaml.*states neither rows nor sum"),
    ],
)
def test_ld_10_wrong_figures_refuse_the_file_with_both(tmp_path: Path, side: str, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        closed(tmp_path, **{side: text})
