"""Cells and sheets of the workbook: the only place that writes a cell, so that no text from outside can become anything but text.

A formula exists only as a Formula, a link only as a Link to another sheet, and money only as a Money of minor units.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from arwork.money import Units
from arwork.show.markup import visible

_CELL_LIMIT = 32_767
_DIGITS = 10**15
"""A spreadsheet keeps 15 digits of a number; longer amounts are written as text, so that none is changed."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_DAY = "yyyy-mm-dd"
_STARTS = ("=", "+", "-", "@", "'")

INK, FAINT, BLUE, RED, GREEN = "1F2933", "52606D", "0B4F8A", "9B1C1C", "14662F"
_FILL = {
    "head": "1F3A5F", "total": "EEF2F6", "final": "EEF2F6", "band": "E3EAF2", "bad": "FDE8E8", "tick_bad": "FDE8E8",
    "verdict_bad": "FDE8E8", "verdict_good": "E3F5E9", "subhead": "EEF2F6",
}  # fmt: skip
_THIN, _FINE, _DOUBLE = Side("thin", "52606D"), Side("thin", "DCE1E7"), Side("double", "1F2933")
_BORDERS = {
    "head": Border(bottom=_THIN), "total": Border(top=_THIN), "final": Border(top=_THIN, bottom=_DOUBLE),
    "plain": Border(), "title": Border(), "note": Border(), "band": Border(bottom=_THIN), "subhead": Border(bottom=_THIN),
    "verdict_good": Border(), "verdict_bad": Border(), "label": Border(), "live": Border(),
}  # fmt: skip
_ROW = Border(bottom=_FINE)
_UPRIGHT = 120
_DASHED = ("listed", "wrap")


@dataclass(frozen=True)
class Formula:
    """A formula of ours; nothing else in the workbook computes."""

    text: str
    format: str = "General"


@dataclass(frozen=True)
class Money:
    """An amount in minor units of its currency; `rows` is a unit too."""

    minor: int
    currency: str


@dataclass(frozen=True)
class Ratio:
    """A number that is not money, with its number format."""

    value: Decimal
    format: str


@dataclass(frozen=True)
class Link:
    """A text that leads to a cell of another sheet."""

    text: str
    sheet: str
    cell: str = "A1"


Value: TypeAlias = "str | int | date | Money | Ratio | Formula | Link | None"


@dataclass(frozen=True)
class Book:
    """The workbook under way: units, what every page repeats, the most rows of a sheet, the run, and what is known of its sheets.

    `files` names the row of each source file on the sheet Sources, `areas` the columns that a sheet has come to hold, by their heads.
    """

    workbook: Workbook
    units: Units
    running: str
    most: int
    run: str = ""
    files: Mapping[str, int] = field(default_factory=dict)
    areas: dict[str, dict[str, str]] = field(default_factory=dict)
    looks: dict[tuple[str, str], StyleArray] = field(default_factory=dict)


def safe_text(text: str) -> str:
    """Make a text fit for a cell: control characters as U+FFFD, hidden ones by their code, over-long texts cut with a mark."""
    shown = _CODED.sub("_x005F_", visible(_CONTROL.sub("\ufffd", text)))
    if len(shown) > _CELL_LIMIT // 2 and len(shown.encode("utf-16-le")) // 2 > _CELL_LIMIT:
        mark = f" … [cut here: {len(text):,} characters; the whole text is in the data folder]"
        room = _CELL_LIMIT - len(mark)
        shown = shown.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore") + mark
    return shown


def put(book: Book, sheet: Worksheet, row: int, column: int, value: Value, look: str = "row") -> None:
    """Write one cell in a look.

    Looks: row, listed and wrap (both with a dash for an amount of nothing),
    bad, tick, tick_bad, live, total, final, head, subhead (both also with _right), band, title, note, plain,
    label, verdict_good, verdict_bad.
    """
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 (no cell of ours is merged)
    style = ""
    if isinstance(value, Link):
        cell.value, cell.data_type = safe_text(value.text), "s"
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{value.sheet}'!{value.cell}")
        style = "link"
    elif isinstance(value, Formula):
        cell.value = value.text
        style = value.format
    elif isinstance(value, Money):
        style = _put_money(book, cell, value, dash=look in _DASHED)
    elif isinstance(value, Ratio):
        cell.value, style = value.value, value.format
    elif isinstance(value, str):
        cell.value, cell.data_type = safe_text(value), "s"
        style = "guarded" if value.startswith(_STARTS) else ""
    elif isinstance(value, date):
        cell.value, style = date(value.year, value.month, value.day), _DAY
    elif value is not None:
        cell.value, style = int(value), "#,##0_0_0"
    cell._style = _look(book, sheet, look, style)  # type: ignore[attr-defined]


def put_check(book: Book, sheet: Worksheet, row: int, column: int, formula: str, unit: str, minors: Iterable[int]) -> None:
    """Write a formula over written amounts, `{places}` in it being the decimals of their unit; none where an amount had to be text."""
    if all(abs(minor) < _DIGITS for minor in minors):
        places = decimals_of(book, unit)
        put(book, sheet, row, column, Formula(formula.format(places=places), amount_format(places)), "live")
    else:
        put(book, sheet, row, column, "over 15 digits", "live")


def decimals_of(book: Book, unit: str) -> int:
    """Return the decimals of a currency, and 0 for rows and for what is no currency."""
    return book.units.exponent(unit) if book.units.known(unit) else 0


def _put_money(book: Book, cell: Cell, value: Money, *, dash: bool) -> str:
    decimals = decimals_of(book, value.currency)
    amount = Decimal(value.minor).scaleb(-decimals)
    if abs(value.minor) >= _DIGITS:
        cell.value, cell.data_type = f"{amount:,.{decimals}f}", "s"
        return "right"
    cell.value = amount
    return amount_format(decimals, dash=dash)


def amount_format(decimals: int, *, dash: bool = False) -> str:
    """Return the number format of an amount with this many decimals; with `dash`, nothing is shown as a dash."""
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"{digits}_0_0;[Red]-{digits}_0_0" + (";–_0_0" if dash else "")


def _look(book: Book, sheet: Worksheet, look: str, style: str) -> StyleArray:
    key = (look, style)
    if key not in book.looks:
        cell = Cell(sheet, row=1, column=1)
        base, number = look.removesuffix("_right"), style not in ("", "link", "guarded", "right")
        cell.font = _font(base, style)
        if base in _FILL:
            cell.fill = PatternFill("solid", fgColor=_FILL[base])
        cell.border = _BORDERS.get(base, _ROW)
        right = style == "right" or look != base or (number and style != _DAY)
        cell.alignment = Alignment(
            horizontal="right" if right else ("center" if base in ("tick", "tick_bad") else "left"),
            vertical="center" if base in ("head", "verdict_good", "verdict_bad") else "top",
            wrap_text=base in ("wrap", "head", "bad") and not number,
        )
        if number:
            cell.number_format = style
        elif right:
            cell.number_format = "@_0_0"
        if style == "guarded":
            cell.quotePrefix = True
        book.looks[key] = cell._style  # type: ignore[attr-defined]
    return book.looks[key]


def _font(look: str, style: str) -> Font:
    colours = {"head": "FFFFFF", "note": FAINT, "live": BLUE, "verdict_good": GREEN, "verdict_bad": RED}
    bold = look in ("head", "subhead", "total", "final", "band", "title", "label", "verdict_good", "verdict_bad")
    size = {"title": 14, "verdict_good": 11, "verdict_bad": 11}.get(look, 9)
    link = style == "link"
    colour = BLUE if link and look != "head" else colours.get(look, INK)
    return Font(name="Arial", size=size, bold=bold, italic=look == "live", color=colour, underline="single" if link else None)


def add_sheet(book: Book, name: str, title: str, note: str, *, home: bool = True) -> Worksheet:
    """Add a sheet with its title, the line that every page repeats, a link to the lead sheet and a sentence on what it shows.

    The lead sheet (`home` is False) is put before the others whenever it is written.
    """
    sheet: Worksheet = book.workbook.create_sheet(name, index=None if home else 0)
    put(book, sheet, 1, 1, title, "title")
    if home:
        put(book, sheet, 2, 1, Link("← Lead", "Lead"), "plain")
    put(book, sheet, 2, 2 if home else 1, book.running, "note")
    put(book, sheet, 3, 1, note, "note")
    sheet.row_dimensions[1].height = 20
    sheet.sheet_view.showGridLines = False
    return sheet


def arrange(
    book: Book, sheet: Worksheet, widths: Sequence[float], *, freeze: str, titles: int = 0, filtered: str = "", upright: bool = False
) -> None:
    """Set column widths, frozen panes, the filter, and the page: one page wide, titles on each, close, paper, run and page number.

    Narrow sheets are upright on A4, others lie, on A3 where they would be too small to read.
    """
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = freeze
    if filtered:
        sheet.auto_filter.ref = filtered
    if titles:
        sheet.print_title_rows = f"{titles}:{titles}"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "portrait" if upright or sum(widths) <= _UPRIGHT else "landscape"
    sheet.page_setup.paperSize = 8 if sum(widths) > 190 else 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.55, 0.6, 0.25, 0.3
    header, footer = HeaderFooterItem(), HeaderFooterItem()
    paper = str(sheet["A1"].value).partition(" ")[0]
    header.right, footer.left = _edge(_header_text(book.running)), _edge(_header_text(f"{paper} {sheet.title}"))
    footer.center, footer.right = _edge(_header_text(f"run {book.run}" if book.run else "")), _edge("Page &P of &N")
    sheet.HeaderFooter.oddHeader, sheet.HeaderFooter.oddFooter = header, footer


def _edge(text: str) -> _HeaderFooterPart:
    return _HeaderFooterPart(text, size=8)


def _header_text(text: str) -> str:
    return safe_text(text).replace("&", "&&")[:200]


def height_of(texts: Sequence[tuple[str, float]]) -> float:
    """Return the height of a row whose texts wrap in columns of these widths; spreadsheets do not all find it themselves."""
    return 12.5 + 11.5 * (max((min(_lines(text, width), 12) for text, width in texts), default=1) - 1)


def _lines(text: str, width: float) -> int:
    room, lines, used = int(width * 1.35), 1, 0
    if len(text) <= room:
        return 1
    for word in text.split(" "):
        if used and used + 1 + len(word) > room:
            lines, used = lines + 1, 0
        used += len(word) + (1 if used else 0)
        lines, used = lines + max(used - 1, 0) // room, (used - 1) % room + 1 if used else 0
    return lines


def file_bytes(workbook: Workbook, as_of: date) -> bytes:
    """Return the file, byte for byte the same for the same cells: dated at the key date, zipped in a fixed order without times."""
    moment = datetime(as_of.year, as_of.month, as_of.day)  # noqa: DTZ001 (the file format keeps times without a zone, as UTC)
    workbook.properties.creator = workbook.properties.lastModifiedBy = "arwork"
    workbook.properties.created = workbook.properties.modified = moment
    workbook.security = None  # an empty protection element would look like a lock
    held = io.BytesIO()
    ExcelWriter(workbook, zipfile.ZipFile(held, "w", zipfile.ZIP_STORED)).save()
    with zipfile.ZipFile(held) as written:
        parts = {name: written.read(name) for name in written.namelist()}
    return _zipped(parts)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    first = "[Content_Types].xml"
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in [first, *sorted(set(parts) - {first})]:
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, parts[name])
    return held.getvalue()
