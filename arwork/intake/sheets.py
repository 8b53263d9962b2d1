"""Workbooks and saved tables to cells: an archive is weighed, its far cells are looked for, before a parser, in its own process, sees it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arwork.errors import InputError, StoppedError
from arwork.intake.received import Received
from arwork.intake.workbook_kinds import MAIN, OLE, ZIP, is_page

_FREE = 0xFFFFFFFF
MOST_SECONDS = 900
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
_HIDDEN = re.compile(_TAG + rb"row\b[^>]*?\bhidden\s*=\s*[\"'](?:1|true)[\"']")
_ODS_FORMULA, _ODS_HIDDEN = (
    re.compile(rb"\btable:formula\s*="),
    re.compile(rb"<table:table-row\b[^>]*?\btable:visibility\s*=\s*[\"'](?:collapse|filter)"),
)


@dataclass(frozen=True)
class Sheet:
    """One worksheet: its rows as text, where each cell was a number or a date; how many formulas and hidden rows the workbook has."""

    name: str
    rows: list[list[str]]
    native: list[list[bool]]
    formulas: int
    hidden: int = 0


def read_sheet(received: Received, wanted: str = "") -> Sheet:
    """Read one worksheet of a workbook, or the tables of a web page: the wanted one, or the only one that holds cells.

    XLSX, XLSB, ODS, XLS, Excel 2003 XML and HTML (see `kind_of_workbook`). Numbers come back as their shortest exact text with a
    point, dates as ISO text; both are marked `native`, so that a layout's separators and date format apply to text cells only: to
    all cells of a web page. The parser runs in a process of its own. Raises InputError for archives that unpack too large, for
    cells far outside, for damaged files, and when it is unclear which sheet is meant.
    """
    formulas, hidden = _weighed(received)
    told = _parsed(received, wanted)
    if "broken" in told:
        raise InputError(f"cannot be read as a workbook: {told['broken']}", where=received.name, cure="Save it again, or as CSV.")
    if "sheets" in told:
        raise _unchosen(told["sheets"], told["filled"], wanted, received.name)
    return Sheet(
        told["name"],
        told["rows"],
        [[mark == "1" for mark in row] for row in told["native"]],
        told.get("formulas", formulas),
        told.get("hidden", hidden),
    )


def _weighed(received: Received) -> tuple[int, int]:
    if received.data.startswith(ZIP):
        return _weigh(received)
    if received.data.startswith(OLE):
        return _measure(received)
    if len(received.data) > MOST_UNPACKED:
        raise _burst(received.name, f"holds {len(received.data):,} bytes")
    return 0, 0


def _parsed(received: Received, wanted: str) -> dict[str, Any]:
    """Let a child process read the cells; whatever happens to it, this process goes on."""
    script = "page_child.py" if is_page(received.data) else "workbook_child.py"
    command = [sys.executable, "-P", str(Path(__file__).with_name(script)), wanted]
    try:
        done = subprocess.run(command, input=received.data, capture_output=True, timeout=MOST_SECONDS, check=False)  # noqa: S603 (our own script)
    except subprocess.TimeoutExpired:
        return {"broken": f"it took longer than {MOST_SECONDS} seconds"}
    except OSError as broken:
        raise StoppedError(
            f"no process could be started to read a workbook: {broken.strerror}", cure="Free memory and run again."
        ) from None
    if done.returncode != 0:
        return {"broken": f"the parser broke down on it (exit {done.returncode})"}
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"broken": "the parser broke off"}
    return told


def _unchosen(names: Sequence[str], filled: Sequence[str], wanted: str, file: str) -> InputError:
    if wanted:
        return InputError(
            f"has no visible sheet {wanted!r}; sheets: {', '.join(names)}", where=file, cure="Correct `sheet:` in the layout."
        )
    count = "1 sheet" if len(filled) == 1 else f"{len(filled)} sheets"
    return InputError(f"holds {count} with cells: {', '.join(filled) or 'none'}", where=file, cure="State `sheet: …` in the layout.")


def _weigh(received: Received) -> tuple[int, int]:
    """Refuse archives that would burst a parser; return the numbers of formula cells and of hidden rows."""
    try:
        with zipfile.ZipFile(io.BytesIO(received.data)) as archive:
            parts = archive.infolist()
            total = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or total > MOST_UNPACKED or total > MOST_RATIO * max(len(received.data), 1):
                raise _burst(received.name, f"unpacks from {len(received.data):,} to {total:,} bytes in {len(parts)} parts")
            names = {part.filename for part in parts}
            if len(names & MAIN.keys()) != 1 or ("content.xml" in names) != ("mimetype" in names):
                raise InputError(
                    "is a zip archive and no workbook",
                    where=received.name,
                    cure="Unpack it and give each file; a zip of one file is unpacked.",
                )
            if "mimetype" in names and b"opendocument.spreadsheet" not in archive.open("mimetype").read(200):
                raise InputError("is an OpenDocument file and no spreadsheet", where=received.name, cure="Save the table as XLSX or CSV.")
            found = [_scan(b"".join(_chunks(archive, part, received.name)), part.filename, received.name) for part in parts]
            return sum(formulas for formulas, _ in found), sum(hidden for _, hidden in found)
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
            f"is no readable workbook: {broken}", where=received.name, cure="Save it again without a password, or as CSV."
        ) from None


def _measure(received: Received) -> tuple[int, int]:
    """Refuse an old workbook that is shorter than its own table of sectors says; formulas and hidden rows are not counted (0)."""
    data = received.data
    size = 1 << min(int.from_bytes(data[30:32], "little"), 20)
    tables = [int.from_bytes(data[at : at + 4], "little") for at in range(76, 512, 4)]
    last = 0
    for number, sector in enumerate(sector for sector in tables if sector < _FREE - 5):
        table = data[(sector + 1) * size : (sector + 2) * size]
        used = [n for n in range(0, len(table) // 4) if table[4 * n : 4 * n + 4] != b"\xff" * 4]
        last = max(last, sector, number * (size // 4) + used[-1] if used else 0)
    if size < 512 or len(data) < (last + 1) * size + 1:
        raise InputError("is cut off: an old workbook or document with less in it than it says", where=received.name, cure="Save it again.")
    return 0, 0


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """Unpack one part piece by piece: the declared size may lie, the bytes do not."""
    left = part.file_size
    with archive.open(part) as opened:
        while piece := opened.read(1024**2):
            left -= len(piece)
            if left < 0:
                raise _burst(file, f"part {part.filename} is larger than it says")
            yield piece


def _scan(xml: bytes, part: str, file: str) -> tuple[int, int]:
    """Refuse a part that declares entities, hides its text, or reaches far outside; return its numbers of formulas and hidden rows.

    Every part is looked at, whatever its name: a workbook may point to any of them as a sheet.
    """
    if b"<!DOCTYPE" in xml or xml.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")) or _ESCAPED.search(xml):
        raise InputError(
            f"part {part} holds what no workbook needs (a document type or hidden text)", where=file, cure="Save it again as XLSX."
        )
    if part == "content.xml":
        return len(_ODS_FORMULA.findall(xml)), len(_ODS_HIDDEN.findall(xml))
    if b"<sheetData" not in xml and b":sheetData" not in xml:
        return 0, 0
    width = height = 1
    for first, row, last, end in _REFERENCE.findall(xml):
        width = max(width, _column(last or first))
        height = max(height, int(end or row))
    height = max([height, *(int(row) for row in _ROW.findall(xml))])
    if width * height > MOST_CELLS:
        raise _burst(file, f"sheet part {part} reaches column {width:,}, row {height:,}")
    return len(_FORMULA.findall(xml)), len(_HIDDEN.findall(xml))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _burst(file: str, what: str) -> InputError:
    return InputError(what, where=file, cure="Delete what lies outside the table and save again, or export as CSV.")
