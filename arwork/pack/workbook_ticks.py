"""Tick marks: what each asserts, and the arithmetic that earns it. No tick is ever typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

Tables = Mapping[str, pd.DataFrame]
AGREES, DIFFERS, FOOTED, ELSEWHERE, SOURCED = "✔", "✘", "Σ", "≡", "◊"
LEGEND = (
    (AGREES, "Agrees: the two figures of this line differ by no more than the line allows, as the close found it."),
    (DIFFERS, "Does not. Before another mark: what that mark asserts is not so. A tie that does not hold makes the pack NOT READY."),
    (FOOTED, "Footed: the rows behind the figure, added up again by the close, give this figure."),
    (ELSEWHERE, "Agrees elsewhere: another table of the pack, or every tie of AR-20 that speaks of it, gives the same figure."),
    (
        SOURCED,
        "To source: every row behind the figure names its file and line, and that file was read whole (rows in = rows out + rejects).",
    ),
    ("Live", "Blue italics: computed by this spreadsheet, not by the close. A viewer that does not calculate leaves these cells blank."),
    ("0.00", "A live check that shows zero is right; any other figure means that a cell was changed."),
)
"""Every mark of the workbook with what it asserts, in the order of the lead sheet."""


def mark(sign: str, holds: bool) -> str:
    """Return the mark where its assertion holds, and the cross before it where it does not."""
    return sign if holds else DIFFERS + sign


def whole_files(sources: pd.DataFrame) -> frozenset[str]:
    """Return the files of which every row became a row or a reject."""
    read = sources["rows_in"] == sources["rows_out"] + sources["rejects"]
    return frozenset(sources.loc[read, "source_file"]) - frozenset(sources.loc[~read, "source_file"])


def sourced(rows: pd.DataFrame, whole: frozenset[str]) -> str:
    """Return the mark of rows that all name their source in a file read whole; nothing where there are no rows."""
    if rows.empty:
        return ""
    return mark(SOURCED, bool((rows["source_line"] != "").all()) and set(rows["source_file"]) <= whole)


def held(ties: pd.DataFrame, rules: Sequence[str], unit: str) -> str:
    """Return the mark of a figure that ties of these rules speak of in this unit: all of them hold; nothing where none does."""
    own = ties.loc[ties["rule"].isin(list(rules)) & (ties["unit"] == unit), "holds"]
    return mark(ELSEWHERE, bool(own.all())) if len(own) else ""
