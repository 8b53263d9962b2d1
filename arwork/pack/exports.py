"""Posting files: the lines that a close hands to the ERP, written out by a layout, with every cell of text defused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from arwork.errors import InputError
from arwork.intake.shipped import shipped
from arwork.money import Units
from arwork.settings import read_yaml
from arwork.show.markup import visible
from arwork.tables import TABLES

_STARTS = ("=", "+", "-", "@", "'", "|", "%", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_KINDS = {column.name: column.kind for column in TABLES["posting_lines"].columns}
_SUM = re.compile(r"-?[a-z_]+(?:[+-][a-z_]+)*")
_IN_ITEM_CURRENCY = ("relieved", "residual")


@dataclass(frozen=True)
class ExportLayout:
    """How a posting file is written: which kinds of lines, which columns from which fields, how dates and amounts look.

    `text_length` is how many characters of the explaining `text` the ERP keeps, 0 where it keeps all; nothing else is ever cut.
    """

    name: str
    delimiter: str
    decimal: str
    date: str
    rows: tuple[str, ...]
    columns: Mapping[str, str]
    text_length: int = 0


def export_names() -> list[str]:
    """List the layouts that come with arwork."""
    return sorted(path.stem for path in shipped("params", "layouts", "exports").glob("*.yaml"))


def read_export_layout(name: str, folder: Path) -> ExportLayout:
    """Read a layout from `layouts/exports` beside the params file, or a shipped one; InputError with the breach."""
    places = [folder / "layouts" / "exports" / f"{name}.yaml", shipped("params", "layouts", "exports") / f"{name}.yaml"]
    path = next((place for place in places if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_\-]*", name) and place.is_file()), None)
    if path is None:
        raise InputError(
            f"there is no export layout {name!r}", cure=f"Use {', '.join(export_names())}, or write layouts/exports/{name}.yaml."
        )
    tree, _ = read_yaml(path.read_text(encoding="utf-8"), path.name)
    columns, rows = tree.get("columns"), tree.get("rows")
    texts = [tree.get(one) for one in ("delimiter", "decimal", "date")]
    if not isinstance(columns, Mapping) or not isinstance(rows, list) or not all(isinstance(text, str) for text in texts):
        raise InputError("an export layout has delimiter, decimal, date, rows and columns", where=path.name)
    wrong = [f"{head}: {field}" for head, field in columns.items() if not _known(str(field))]
    if wrong or not {str(row) for row in rows} <= {"ALLOCATION", "ON_ACCOUNT", "RESIDUAL", "ADJUSTMENT", "REVERSAL"}:
        raise InputError(
            f"columns or rows that no posting line has: {', '.join(wrong) or rows}",
            where=path.name,
            cure="See posting_lines in the reference.",
        )
    delimiter, decimal, day = (str(text) for text in texts)
    length = str(tree.get("text_length", "0"))
    if not re.fullmatch(r"0|[1-9][0-9]{1,3}", length):
        raise InputError(f"text_length: {length!r} is no number of characters from 10 on", where=path.name, cure="Write for example 50.")
    named = {str(head): str(field) for head, field in columns.items()}
    return ExportLayout(name, delimiter, decimal, day, tuple(str(row) for row in rows), named, int(length))


def _known(field: str) -> bool:
    if field.startswith("="):
        return True
    names = re.findall(r"[a-z_]+", field)
    return field in _KINDS or (bool(_SUM.fullmatch(field)) and all(_KINDS.get(name) == "money" for name in names))


def defused(text: str) -> str:
    """Make a text fit for a CSV cell: hidden characters by their code, and a quote before what a spreadsheet would take for a formula."""
    shown = visible(text).replace("\n", " ").replace("\r", " ")
    return f"'{shown}" if shown.startswith(_STARTS) or shown.lstrip().startswith(_STARTS) else shown


def posting_file(lines: pd.DataFrame, layout: ExportLayout, units: Units) -> bytes:
    """Write the lines of the kinds that a layout takes as CSV, UTF-8, one heading row; amounts as exact decimals of their currency."""
    chosen = lines[lines["kind"].isin(layout.rows)].sort_values("place")
    held = io.StringIO()
    writer = csv.writer(held, delimiter=layout.delimiter, lineterminator="\r\n")
    writer.writerow(list(layout.columns))
    columns = [_cells(chosen, field, layout, units) for field in layout.columns.values()]
    writer.writerows(zip(*columns, strict=True))
    return held.getvalue().encode("utf-8")


def _cells(lines: pd.DataFrame, field: str, layout: ExportLayout, units: Units) -> list[str]:
    """Write one column: a constant behind `=`, a sum of amounts, a date, or a text."""
    if field.startswith("="):
        return [field[1:]] * len(lines)
    kind = _KINDS.get(field, "money")
    if kind == "money":
        total = pd.Series(0, index=lines.index, dtype="int64")
        for sign, name in re.findall(r"([+-]?)([a-z_]+)", field):
            total = total - lines[name] if sign == "-" else total + lines[name]
        named = lines["item_currency" if field in _IN_ITEM_CURRENCY else "currency"]
        return [units.text(int(minor), code).replace(".", layout.decimal) for minor, code in zip(total, named, strict=True)]
    if kind == "date":
        return ["" if pd.isna(day) else day.strftime(layout.date) for day in lines[field]]
    if kind == "count":
        return [str(int(number)) for number in lines[field]]
    if field == "text" and layout.text_length:
        return [_cut(defused(str(text)), layout.text_length) for text in lines[field]]
    return [defused(str(text)) for text in lines[field]]


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 3].rstrip()}..."


def totals(lines: pd.DataFrame) -> dict[str, int]:
    """Return the cash of the lines by currency, minor units."""
    return {str(code): int(total) for code, total in lines.groupby("currency")["cash"].sum().sort_index().items()}


def count_by_kind(lines: pd.DataFrame) -> dict[str, Any]:
    """Return how many lines there are of each kind."""
    return {str(kind): int(number) for kind, number in lines["kind"].value_counts().sort_index().items()}
