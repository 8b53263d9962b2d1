"""Headings to our columns, still as text: mapping, constants, fall-backs, values, identifiers (LD-05)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from arwork.errors import place
from arwork.intake.grids import Flags, Grid
from arwork.intake.layouts import Layout, kinds_of
from arwork.proof import Finding

_MANGLED = r"^-?[0-9](?:[.,][0-9]+)?[Ee]\+[0-9]+$"
_TOO_LONG = r"^-?[0-9]{16,}$"
"""Spreadsheets keep fifteen digits of a number; what stands behind is lost."""
_KEYS = ("customer_id", "doc_no")
_IDS = (
    *_KEYS, "reference", "assignment", "po_no", "delivery_no", "contract_no", "structured_ref", "ref_item", "clearing_doc", "account",
    "virtual_account", "bank_account", "remitter_account", "bank_txn_id", "end_to_end_id", "doc_reference", "payment_ref", "bank_ref",
    "payee_account", "source",
)  # fmt: skip
_ENOUGH = 0.95
"""Share of a column's numbers that must have one length before shorter ones are filled up with zeros."""


class Problem(NamedTuple):
    """Why a row cannot be taken over: its number in the grid, our column, the value, the reason and the cure."""

    row: int
    column: str
    value: str
    reason: str
    cure: str


@dataclass(frozen=True)
class Fields:
    """Our columns as text, a Series each (blank is ""), with the heading each came from and the spreadsheet's own cells."""

    text: Mapping[str, pd.Series[Any]]
    heading: Mapping[str, str]
    native: Mapping[str, Flags]
    rows: int

    def cells(self, column: str) -> pd.Series[Any]:
        """Give a column's cells; blanks when the layout or the file does not have it."""
        found = self.text.get(column)
        return pd.Series([""] * self.rows, dtype="str") if found is None else found

    def flags(self, column: str) -> Flags:
        """Say which cells of a column a spreadsheet kept as numbers or dates."""
        return self.native.get(column, np.zeros(self.rows, dtype=np.bool_))

    def keep(self, keep: Flags) -> Fields:
        """Keep some rows."""
        text = {name: cells[keep].reset_index(drop=True) for name, cells in self.text.items()}
        return Fields(text, self.heading, {name: flags[keep] for name, flags in self.native.items()}, int(keep.sum()))


def mapped(grid: Grid, layout: Layout, file: str) -> Fields:
    """Take our columns from a grid: mapped headings first, then constants, then what `when_blank` puts in their place."""
    text: dict[str, pd.Series[Any]] = {}
    heading: dict[str, str] = {}
    native: dict[str, Flags] = {}
    rows = len(grid.cells)
    for name, alternatives in layout.columns.items():
        position = grid.position(alternatives, file)
        if position is not None:
            text[name], heading[name] = grid.cells[position], grid.headings[position]
            if name in _IDS:  # banks write '600000-12345678 so that a spreadsheet keeps it as text
                text[name] = text[name].str.removeprefix("'")
            if position in grid.native:
                native[name] = grid.native[position]
    for name, others in layout.also.items():
        for position in (grid.position((other,), file) for other in others):
            if position is not None and name in text:
                more = grid.cells[position]
                text[name] = (text[name] + " " + more.mask(more.eq(text[name]), "")).str.strip()
                heading[name] = f"{heading[name]} and {grid.headings[position]}"
    for name, value in layout.constants.items():
        text[name] = pd.Series([value] * rows, dtype="str")
    for name, value in grid.facts.items():
        said = pd.Series([value] * rows, dtype="str")
        text[name] = text[name].mask(text[name].eq(""), said) if name in text else said
    for name, texts in layout.no_value.items():
        if name in text:
            text[name] = text[name].mask(text[name].isin(texts), "")
    fields = Fields(text, heading, native, rows)
    for name, fallback in layout.when_blank.items():
        blank = fields.cells(name).eq("").to_numpy(dtype=np.bool_)
        for column, value in fallback.set.items():
            fields = _filled(fields, column, pd.Series([value] * rows, dtype="str"), np.zeros(rows, dtype=np.bool_), blank)
        for column, other in fallback.take.items():
            position = grid.position((other,), file)
            if position is not None:
                flags = grid.native.get(position, np.zeros(rows, dtype=np.bool_))
                fields = _filled(fields, column, grid.cells[position], flags, blank)
                both = " or ".join(dict.fromkeys([*([fields.heading[column]] if column in fields.heading else []), other]))
                fields = replace(fields, heading={**fields.heading, column: both})
    return fields


def _filled(fields: Fields, column: str, values: pd.Series[Any], flags: Flags, where: Flags) -> Fields:
    text = {**fields.text, column: fields.cells(column).mask(where, values)}
    native = (
        {**fields.native, column: np.where(where, flags, fields.flags(column))} if flags.any() or column in fields.native else fields.native
    )
    return replace(fields, text=text, native=native)


def skipped_rows(fields: Fields, layout: Layout, grid: Grid) -> Flags:
    """Say which rows are no data: every column of `skip.blank` is blank, or a total without any date (LD-05)."""
    kinds = kinds_of(layout.table)
    nothing = np.zeros(fields.rows, dtype=np.bool_)
    skipped = nothing
    if layout.skip.blank:
        skipped = ~nothing
        for name in layout.skip.blank:
            cells = fields.cells(name)
            held = cells.str.contains("[0-9]", regex=True) if kinds[name].startswith("money") else cells.ne("")
            skipped = skipped & ~held.to_numpy(dtype=np.bool_)
    if not layout.skip.totals:
        return skipped
    dated = nothing
    for name in (name for name, kind in kinds.items() if kind == "date" and name in fields.text):
        dated = dated | fields.text[name].str.contains("[0-9]", regex=True).to_numpy(dtype=np.bool_)
    words = tuple(word.casefold() for word in layout.skip.totals)
    totals = nothing.copy()
    for row in np.flatnonzero(~dated & ~skipped):
        first = next((cell for cell in grid.cells.iloc[row].tolist() if cell), "")
        totals[row] = first.casefold().startswith(words)
    return skipped | totals


def carried_on(fields: Fields, layout: Layout) -> tuple[Fields, Flags]:
    """Add rows that fill nothing but the text column `continued` to the row before them; return which rows stay."""
    name = layout.continued
    stay = np.ones(fields.rows, dtype=np.bool_)
    if not name or name not in fields.text:
        return fields, stay
    others = np.zeros(fields.rows, dtype=np.bool_)
    for column in fields.heading:
        if column != name:
            others |= fields.text[column].ne("").to_numpy(dtype=np.bool_)
    more = ~others & fields.text[name].ne("").to_numpy(dtype=np.bool_)
    cells, last = fields.text[name].tolist(), -1
    for row in range(fields.rows):
        if not more[row]:
            last = row
        elif last >= 0:
            cells[last], stay[row] = f"{cells[last]} {cells[row]}".strip(), False
    return replace(fields, text={**fields.text, name: pd.Series(cells, dtype="str")}), stay


def refined(fields: Fields, layout: Layout, file: str, lines: pd.Series[Any]) -> tuple[Fields, list[Problem], list[Finding]]:
    """Put the layout's values and identifiers into our spelling; return what has no value of ours, and what looks damaged.

    A customer or document number that a spreadsheet turned into `1.23E+11`, or whose last digits it lost, is a problem of
    its row; in other columns it is told. Leading zeros that a spreadsheet dropped are put back where the width is known.
    """
    text = dict(fields.text)
    problems, findings = _mangled(fields, file, lines)
    if "customer_id" in text and "customer_id_raw" not in text:
        text["customer_id_raw"] = text["customer_id"]
    for name in layout.whole_numbers:
        if name in text:
            text[name] = text[name].str.replace(r"^([0-9]+)\.0+$", r"\1", regex=True)
    for name in _IDS:
        if name in text:
            text[name], told = _with_zeros(text[name], name, layout, f"{file}, column {fields.heading.get(name, name)}")
            findings += told
    for name in layout.strip_zeros:
        if name in text:
            text[name] = text[name].str.replace(r"^0+([0-9]+)$", r"\1", regex=True)
    for name, values in layout.values.items():
        if name in text:
            text[name], unknown = _translated(text[name], values)
            cure = f"Add the value to `values: {name}:` in the layout."
            problems += [
                Problem(row, name, str(fields.text[name].iloc[row]), "is a value that the layout does not know", cure) for row in unknown
            ]
    return replace(fields, text=text), problems, findings


def _translated(cells: pd.Series[Any], values: Mapping[str, str]) -> tuple[pd.Series[Any], list[int]]:
    ours = {key.casefold(): value for key, value in values.items() if key != "other"}
    other = values.get("other", "refuse")
    spelled = cells.str.casefold()
    known = {text: ours.get(text, "" if text == "" else other) for text in spelled.unique()}
    result = spelled.map(known).astype("str")
    refused = result.eq("refuse")
    return result.mask(refused, ""), [int(row) for row in np.flatnonzero(refused)]


def _mangled(fields: Fields, file: str, lines: pd.Series[Any]) -> tuple[list[Problem], list[Finding]]:
    """Find numbers that a spreadsheet damaged: written as an exponent, or a number cell of more than fifteen digits."""
    problems: list[Problem] = []
    findings: list[Finding] = []
    for name in (name for name in _IDS if name in fields.text):
        exponent = fields.text[name].str.fullmatch(_MANGLED).to_numpy(dtype=np.bool_)
        cut = fields.text[name].str.fullmatch(_TOO_LONG).to_numpy(dtype=np.bool_) & fields.flags(name)
        for hit, what in ((exponent, "was turned into an exponent"), (cut, "was cut to fifteen digits")):
            rows = np.flatnonzero(hit)
            if name in _KEYS:
                reason = f"{what} by a spreadsheet; its digits are lost"
                problems += [Problem(int(row), name, str(fields.text[name].iloc[row]), reason, "Export it again as text.") for row in rows]
            elif len(rows):
                shown = fields.heading.get(name, name)
                several = f"{len(rows):,} numbers" if len(rows) > 1 else "1 number"
                first = place(file, lines.iloc[rows[0]], shown, fields.text[name].iloc[rows[0]])
                said = what if len(rows) == 1 else what.replace("was ", "were each ", 1)
                findings.append(Finding("LD-05", "warn", f"{several} of {shown} {said} by a spreadsheet, digits are lost; first: {first}."))
    return problems, findings


def _with_zeros(cells: pd.Series[Any], name: str, layout: Layout, where: str) -> tuple[pd.Series[Any], list[Finding]]:
    """Put back leading zeros that a spreadsheet dropped: to the width the layout states, or that all other numbers have."""
    width = layout.widths.get(name, 0)
    whole = cells.str.fullmatch("[0-9]+")
    if not width:
        if name in layout.strip_zeros or not cells.str.startswith("0").any():
            return cells, []
        lengths = cells[whole].str.len()
        width = int(lengths.max()) if len(lengths) else 0
        begins = cells[whole & cells.str.len().lt(width)].str.startswith("0")
        if (lengths == width).mean() < _ENOUGH or begins.any() or not cells[whole & cells.str.len().eq(width)].str.startswith("0").any():
            return cells, []
    short = whole & cells.str.len().lt(width)
    if not short.any():
        return cells, []
    several = f"{int(short.sum()):,} numbers" if short.sum() > 1 else "1 number"
    sentence = f"{where}: {several} had lost leading zeros and got them back, to {width} digits (first: {cells[short].iloc[0]!r})."
    return cells.mask(short, cells.str.zfill(width)), [Finding("LD-05", "warn", sentence)]
