"""Headings to our columns, still as text: mapping, constants, fall-backs, values, identifiers (LD-05)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from arwork.errors import InputError, place
from arwork.intake.grids import Flags, Grid
from arwork.intake.layouts import Layout
from arwork.proof import Finding

_MANGLED = r"^[0-9](?:[.,][0-9]+)?E\+[0-9]+$"
_KEYS = ("customer_id", "doc_no")


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
            if position in grid.native:
                native[name] = grid.native[position]
    for name, value in layout.constants.items():
        text[name] = pd.Series([value] * rows, dtype="str")
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


def skipped_rows(fields: Fields, layout: Layout) -> Flags:
    """Say which rows are no data because every column of `skip.blank` is blank (LD-05: subtotals have no document)."""
    if not layout.skip.blank:
        return np.zeros(fields.rows, dtype=np.bool_)
    blank = np.ones(fields.rows, dtype=np.bool_)
    for name in layout.skip.blank:
        blank &= fields.cells(name).eq("").to_numpy(dtype=np.bool_)
    return blank


def refined(fields: Fields, layout: Layout, file: str, lines: pd.Series[Any]) -> tuple[Fields, list[Problem], list[Finding]]:
    """Put the layout's values and identifiers into our spelling; return what has no value of ours, and what looks damaged.

    Raises InputError when a customer or document number was turned into `1.23E+11` by a spreadsheet: its digits are lost.
    """
    text = dict(fields.text)
    findings = _mangled(fields, file, lines)
    if "customer_id" in text and "customer_id_raw" not in text:
        text["customer_id_raw"] = text["customer_id"]
    for name in layout.whole_numbers:
        if name in text:
            text[name] = text[name].str.replace(r"^([0-9]+)\.0+$", r"\1", regex=True)
    for name in layout.strip_zeros:
        if name in text:
            text[name] = text[name].str.replace(r"^0+([0-9]+)$", r"\1", regex=True)
    problems: list[Problem] = []
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


def _mangled(fields: Fields, file: str, lines: pd.Series[Any]) -> list[Finding]:
    findings = []
    for name in (*_KEYS, "reference", "assignment", "account", "bank_txn_id", "doc_reference", "payment_ref", "po_no", "clearing_doc"):
        if name not in fields.text:
            continue
        hit = np.flatnonzero(fields.text[name].str.fullmatch(_MANGLED))
        if not len(hit):
            continue
        shown = fields.heading.get(name, name)
        if name in _KEYS:
            where = place(file, lines.iloc[hit[0]], shown, fields.text[name].iloc[hit[0]])
            raise InputError(
                "a spreadsheet turned the number into an exponent; its digits are lost", where=where, cure="Export it again as text."
            )
        sentence = f"{file}: {len(hit)} cells of {shown} were turned into exponents by a spreadsheet (first on line {lines.iloc[hit[0]]})."
        findings.append(Finding("LD-05", "warn", sentence))
    return findings
