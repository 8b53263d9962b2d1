"""XLSX to cells: the archive is weighed and its far cells are looked for before a parser sees it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from arwork.errors import InputError
from arwork.intake.received import Received

MOST_PARTS = 1_000
MOST_UNPACKED = 200 * 1024**2
MOST_RATIO = 100
MOST_CELLS = 20_000_000
"""Largest area of one sheet: a parser allocates the whole rectangle up to the farthest cell."""

_TAG = rb"<(?:[A-Za-z_][\w.-]*:)?"
_REFERENCE = re.compile(
    _TAG + rb"(?:c|dimension|mergeCell)\b[^>]*?\b(?:r|ref)\s*=\s*[\"']([A-Za-z]{1,4})([0-9]{1,9})(?::([A-Za-z]{1,4})([0-9]{1,9}))?[\"']"
)
_ROW = re.compile(_TAG + rb"row\b[^>]*?\br\s*=\s*[\"']([0-9]{1,12})[\"']")
_ESCAPED = re.compile(_TAG + rb"(?:c|row|dimension|mergeCell)\b[^>]*?\b(?:r|ref)\s*=\s*[\"'][^\"'>]*&")
_FORMULA = re.compile(_TAG + rb"f[\s>/]")
_OTHER_KINDS = ("content.xml", "mimetype", "xl/workbook.bin")


@dataclass(frozen=True)
class Sheet:
    """One worksheet: its rows as text, where each cell was a number or a date, and how many cells are formulas."""

    name: str
    rows: list[list[str]]
    native: list[list[bool]]
    formulas: int


def is_workbook(data: bytes) -> bool:
    """Say whether the bytes are a zip archive, as every XLSX is."""
    return data.startswith(b"PK\x03\x04")


def read_sheet(received: Received, wanted: str = "") -> Sheet:
    """Read one worksheet: the wanted one, or the only one that holds cells.

    Numbers come back as their shortest exact text with a point, dates as ISO text; both are marked `native`, so that a
    layout's separators and date format apply to text cells only. Raises InputError for archives that unpack too large,
    for cells far outside, for damaged files, and when it is unclear which sheet is meant.
    """
    formulas = _weigh(received)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(received.data))
        names = [s.name for s in book.sheets_metadata if s.typ is SheetTypeEnum.WorkSheet and s.visible is SheetVisibleEnum.Visible]
        name = _chosen(book, names, wanted, received.name)
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except InputError:
        raise
    except BaseException as broken:
        if isinstance(broken, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise InputError(f"cannot be read as XLSX: {str(broken)[:120]}", where=received.name, cure="Save it again, or as CSV.") from None
    native = [[not isinstance(cell, str) for cell in row] for row in rows]
    return Sheet(name, [[_text(cell) for cell in row] for row in rows], native, formulas)


def _chosen(book: CalamineWorkbook, names: list[str], wanted: str, file: str) -> str:
    if wanted:
        if wanted in names:
            return wanted
        raise InputError(f"has no visible sheet {wanted!r}; sheets: {', '.join(names)}", where=file, cure="Correct `sheet:` in the layout.")
    filled = [name for name in names if len(names) == 1 or book.get_sheet_by_name(name).to_python()]
    if len(filled) == 1:
        return filled[0]
    raise InputError(f"holds {len(filled)} sheets with cells: {', '.join(filled)}", where=file, cure="State `sheet: …` in the layout.")


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else format(Decimal(repr(cell)), "f")
    if isinstance(cell, time | timedelta):
        return str(cell)
    return ""


def _weigh(received: Received) -> int:
    """Refuse archives that would burst a parser; return the number of formula cells."""
    try:
        with zipfile.ZipFile(io.BytesIO(received.data)) as archive:
            parts = archive.infolist()
            total = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or total > MOST_UNPACKED or total > MOST_RATIO * max(len(received.data), 1):
                raise _burst(received.name, f"unpacks from {len(received.data):,} to {total:,} bytes in {len(parts)} parts")
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names or names & set(_OTHER_KINDS):
                raise InputError(
                    "is a zip archive and no XLSX workbook", where=received.name, cure="Save it as XLSX or CSV; unpack archives first."
                )
            return sum(_scan(b"".join(_chunks(archive, part, received.name)), part.filename, received.name) for part in parts)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as broken:
        raise InputError(
            f"is no readable XLSX: {broken}", where=received.name, cure="Save it again without a password, or as CSV."
        ) from None


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """Unpack one part piece by piece: the declared size may lie, the bytes do not."""
    left = part.file_size
    with archive.open(part) as opened:
        while piece := opened.read(1024**2):
            left -= len(piece)
            if left < 0:
                raise _burst(file, f"part {part.filename} is larger than it says")
            yield piece


def _scan(xml: bytes, part: str, file: str) -> int:
    """Refuse a part that declares entities, hides its text, or reaches far outside; return its number of formulas.

    Every part is looked at, whatever its name: a workbook may point to any of them as a sheet.
    """
    if b"<!DOCTYPE" in xml or xml.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")) or _ESCAPED.search(xml):
        raise InputError(
            f"part {part} holds what no workbook needs (a document type or hidden text)", where=file, cure="Save it again as XLSX."
        )
    if b"<sheetData" not in xml and b":sheetData" not in xml:
        return 0
    width = height = 1
    for first, row, last, end in _REFERENCE.findall(xml):
        width = max(width, _column(last or first))
        height = max(height, int(end or row))
    height = max([height, *(int(row) for row in _ROW.findall(xml))])
    if width * height > MOST_CELLS:
        raise _burst(file, f"sheet part {part} reaches column {width:,}, row {height:,}")
    return len(_FORMULA.findall(xml))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _burst(file: str, what: str) -> InputError:
    return InputError(what, where=file, cure="Delete what lies outside the table and save again, or export as CSV.")
