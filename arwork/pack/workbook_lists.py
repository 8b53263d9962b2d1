"""Listing sheets: one table a sheet with heads, filter, frozen panes, totals per currency and a live check under each total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from arwork.pack.sheets import Book, Formula, Link, Money, Ratio, Value, add_sheet, arrange, height_of, put, put_check
from arwork.show.columns import currencies_of, heading, kinds_of
from arwork.show.numbers import count, plural

HEAD_ROW = 4
"""Row of the column heads on every listing sheet."""
FIRST_ROW = HEAD_ROW + 1
_LINKS = 60_000
"""A sheet may hold 65,530 links; the columns from the left get theirs while this number lasts, the others are plain text."""
_WIDE = {
    "sentence": 34, "why": 30, "why_not": 26, "reason": 32, "said": 32, "outcome_reason": 30, "remittance_text": 28, "runner_up": 26,
    "falls_without": 30, "next_action": 24,
    "evidence": 40, "usual_action": 30, "missing": 30, "hold_reason": 30, "dormancy_note": 34,
    "candidates": 36, "pays": 28, "proof": 46, "cure": 30, "name": 22, "remitter_name": 22,
    "source_sha256": 34, "rows": 34, "value": 24, "source": 40, "item_ids": 24, "key": 21,
    "script": 46, "notice": 40, "criterion": 28, "not_before": 30, "to_confirm": 28, "wrong": 30, "hard_first": 20, "last_contacts": 24,
    "description": 26, "source_line": 26, "source_file": 26, "this_source": 30, "other_source": 30, "payer": 24, "customer_name": 22,
    "payee_name": 20, "checklist": 20, "hold_until": 12, "signs": 34, "rows_behind": 30, "title": 34, "note": 34, "finding": 34, "variants": 14,
    "parts": 26, "recon_id": 28, "net": 24, "step": 40, "gates": 12, "monitor": 24,
}  # fmt: skip
_SOURCE_HEADS = ("Source file", "Source file, line", "This source", "Other source")
_FIGURES = ("money", "count", "percent", "points")
_NARROW = {"money": 14.5, "count": 8.5, "percent": 9.0, "points": 9.0, "date": 10.5, "flag": 8.5}


@dataclass(frozen=True)
class Column:
    """One column of a listing: head, cells, width, whether it wraps or holds figures, and the currencies of its rows to add up."""

    head: str
    cells: Sequence[Value]
    width: float
    wraps: bool = False
    figures: bool = False
    currencies: Sequence[str] = ()


@dataclass(frozen=True)
class Listing:
    """A listing sheet: name, title, sentence, columns, number of frozen columns, and where the rows are when the sheet is full."""

    name: str
    title: str
    note: str
    columns: Sequence[Column]
    frozen: int = 1
    all_in: str = ""


def columns_of(
    frame: pd.DataFrame, names: Sequence[str], heads: dict[str, str] | None = None, added: Sequence[str] = (),
    widths: Mapping[str, float] | None = None,
) -> list[Column]:  # fmt: skip
    """Turn columns of a frame into columns of a listing by what they hold; `added` are the money columns to add up.

    `widths` says how wide a column of sentences may become where a sheet has room for them.
    """
    kinds = kinds_of(frame)
    room = {**_WIDE, **(widths or {})}
    return [_column(frame, name, (kinds[name], (heads or {}).get(name, heading(name))), name in added, room) for name in names]


def _column(frame: pd.DataFrame, name: str, what: tuple[str, str], added: bool, room: Mapping[str, float]) -> Column:
    kind, head = what
    values = frame[name].tolist()
    currencies: Sequence[str] = ()
    cells: list[Value]
    if kind == "money":
        currencies = frame["unit"].tolist() if "unit" in frame.columns else currencies_of(name, frame)
        cells = [None if pd.isna(v) else Money(int(v), code) for v, code in zip(values, currencies, strict=True)]
    else:
        cells = [_cell(kind, v) for v in values]
    width = _NARROW.get(kind) or _fitting(cells, room.get(name, 40.0))
    return Column(
        head,
        cells,
        max(width, min(len(head), 13) + 2.5, _longest_word(head) + 2.5),
        name in room,
        kind in _FIGURES,
        currencies if added else (),
    )


def _cell(kind: str, value: Any) -> Value:
    if isinstance(value, Link):
        return value
    if pd.isna(value):
        return None
    if kind == "percent":
        return Ratio(Decimal(int(value)).scaleb(-6), "0.00%_0_0")
    if kind == "points":
        return Ratio(Decimal(int(value)).scaleb(-2), "0.00_0_0")
    if kind == "flag":
        return "yes" if value else "no"
    return value if kind in ("count", "date") else str(value)


def _fitting(cells: Sequence[Value], most: float) -> float:
    longest = max((len(_text(cell)) for cell in cells[:2000]), default=0)
    return min(max(longest * 0.98 + 1.5, 6.0), most)


def _longest_word(head: str) -> int:
    return max(len(word) for word in head.split())


def write_listing(book: Book, listing: Listing) -> Worksheet:
    """Write a listing sheet; rows beyond the most of the book are left out with a sentence that says where they are.

    Columns that hold nothing in any row are left out and named. A source file leads to its row on the sheet Sources.
    """
    whole = len(listing.columns[0].cells)
    shown = min(whole, book.most)
    columns, without = _filled(listing.columns, listing.frozen)
    sheet = add_sheet(book, listing.name, listing.title, f"{listing.note} {_rows(shown, whole, listing.all_in)}{without}")
    _write_rows(book, sheet, columns, shown)
    wrapping = [column for column in columns if column.wraps]
    for place in range(shown if wrapping else 0):
        texts = [(_text(column.cells[place]), column.width) for column in wrapping]
        sheet.row_dimensions[FIRST_ROW + place].height = height_of(texts)
    last = get_column_letter(len(columns))
    arrange(
        book, sheet, [column.width for column in columns], freeze=f"{get_column_letter(listing.frozen + 1)}{FIRST_ROW}",
        titles=HEAD_ROW, filtered=f"A{HEAD_ROW}:{last}{HEAD_ROW + max(shown, 1)}",
    )  # fmt: skip
    if shown == whole and shown:
        letters = {column.head: get_column_letter(number) for number, column in enumerate(columns, start=1)}
        ends = (FIRST_ROW, FIRST_ROW + shown - 1)
        book.areas[listing.name] = {head: f"'{listing.name}'!${at}${ends[0]}:${at}${ends[1]}" for head, at in letters.items()}
    _write_totals(book, sheet, columns, shown, complete=shown == whole)
    return sheet


def _write_rows(book: Book, sheet: Worksheet, columns: Sequence[Column], shown: int) -> None:
    left = _LINKS
    sheet.row_dimensions[HEAD_ROW].height = 27
    for number, column in enumerate(columns, start=1):
        put(book, sheet, HEAD_ROW, number, column.head, "head_right" if column.figures else "head")
        leads = column.head in _SOURCE_HEADS and sheet.title != "Sources"
        cells = [_to_source(book, cell) if leads else cell for cell in column.cells[:shown]]
        links = sum(isinstance(cell, Link) for cell in cells)
        left -= links if (linked := links <= left) else 0
        for row, value in enumerate(cells, start=FIRST_ROW):
            put(
                book,
                sheet,
                row,
                number,
                value if linked or not isinstance(value, Link) else value.text,
                "wrap" if column.wraps else "listed",
            )


def _filled(columns: Sequence[Column], frozen: int) -> tuple[Sequence[Column], str]:
    """Return the columns that hold something, and a sentence that names the others; frozen columns and currencies always stay."""
    if not columns[0].cells:
        return columns, ""
    kept = [c for n, c in enumerate(columns) if n < frozen or c.head == "Currency" or any(not _nothing(cell) for cell in c.cells)]
    gone = [column.head for column in columns if not any(column is one for one in kept)]
    return kept, f" Nothing stands in, and left out are: {', '.join(gone)}." if gone else ""


def _nothing(cell: Value) -> bool:
    return cell is None or cell == "" or (isinstance(cell, Money) and not cell.minor)


def _to_source(book: Book, cell: Value) -> Value:
    """Lead a text that begins with a source file to its row on the sheet Sources."""
    if not isinstance(cell, str) or not cell:
        return cell
    row = book.files.get(cell) or book.files.get(cell.rpartition(", ")[0])
    return Link(cell, "Sources", f"A{row}") if row else cell


def _text(value: Value) -> str:
    return value.text if isinstance(value, Link | Formula) else "" if value is None else str(value)


def _rows(shown: int, whole: int, file: str) -> str:
    if not whole:
        return "There are none."
    return f"{plural(whole, 'row')}." if shown == whole else f"The first {count(shown)} of {plural(whole, 'row')}; all are in {file}."


def _write_totals(book: Book, sheet: Worksheet, columns: Sequence[Column], shown: int, *, complete: bool) -> None:
    codes = sorted({code for column in columns for code in column.currencies})
    keys = [_key_of(column, columns) for column in columns]
    checked = complete and any(keys) and all(book.units.known(code) and code.isalnum() for code in codes)
    row = FIRST_ROW + shown + 1
    for code in codes:
        put(book, sheet, row, 1, f"Total {code}" if complete else f"Total {code}, all rows", "total")
        if checked:
            put(book, sheet, row + 1, 1, "Check: sum of the rows less the total", "live")
        for number, column in enumerate(columns[1:], start=2):
            minors = _minors(column, code)
            put(book, sheet, row, number, Money(sum(minors), code) if minors else None, "total")
            if checked and minors and (key := keys[number - 1]):
                formula = f"=ROUND({_sum(get_column_letter(number), key, shown, code)}-{get_column_letter(number)}{row},{{places}})"
                put_check(book, sheet, row + 1, number, formula, code, [*minors, sum(minors)])
        row += 2 if checked else 1


def _key_of(column: Column, columns: Sequence[Column]) -> str:
    """Return the letter of the column that states the currency of each of these amounts; blank where none does."""
    wanted = list(column.currencies)
    return next((get_column_letter(i) for i, one in enumerate(columns, start=1) if wanted and list(one.cells) == wanted), "")


def _minors(column: Column, code: str) -> list[int]:
    pairs = zip(column.cells, column.currencies, strict=True) if column.currencies else ()
    return [cell.minor for cell, own in pairs if own == code and isinstance(cell, Money)]


def _sum(own: str, key: str, shown: int, code: str) -> str:
    """Add the rows of one currency with the spreadsheet's own function."""
    last = FIRST_ROW + shown - 1
    return f'SUMIFS({own}${FIRST_ROW}:{own}${last},${key}${FIRST_ROW}:${key}${last},"{code}")'
