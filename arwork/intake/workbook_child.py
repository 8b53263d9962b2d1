"""A workbook's cells as JSON, read in a process of its own: a parser that aborts or eats memory takes nothing else with it.

Started as a script with the bytes on standard input and the wanted sheet as its argument; it imports no other part of
arwork, so it starts quickly.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

try:
    import resource
except ImportError:  # Windows has no limits of this kind
    resource = None  # type: ignore[assignment]

MOST_MEMORY = 6 * 1024**3
MOST_SECONDS = 600


def main() -> None:
    """Read standard input and write one JSON object: the sheet, the sheets to choose from, or what is wrong."""
    if resource is not None:
        for limit, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS), (resource.RLIMIT_CORE, 0)):
            _, hard = resource.getrlimit(limit)
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(limit, (bound, hard))
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        said = cells_of(sys.stdin.buffer.read(), wanted)
    except MemoryError:
        said = {"broken": "it needs more memory than a workbook may"}
    except Exception as broken:  # whatever a parser raises is the fault of the workbook
        said = {"broken": str(broken)[:120]}
    sys.stdout.write(json.dumps(said))


def cells_of(data: bytes, wanted: str) -> dict[str, object]:
    """Read one sheet: the wanted one, or the only one that holds cells; else name the visible sheets and the filled ones."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    names = [s.name for s in book.sheets_metadata if s.typ is SheetTypeEnum.WorkSheet and s.visible is SheetVisibleEnum.Visible]
    filled = [name for name in names if wanted == name or (not wanted and (len(names) == 1 or book.get_sheet_by_name(name).to_python()))]
    if len(filled) != 1:
        return {"sheets": names, "filled": filled}
    rows = book.get_sheet_by_name(filled[0]).to_python(skip_empty_area=False)
    native = ["".join("0" if isinstance(cell, str) else "1" for cell in row) for row in rows]
    return {"name": filled[0], "rows": [[_text(cell) for cell in row] for row in rows], "native": native}


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


if __name__ == "__main__":
    main()
