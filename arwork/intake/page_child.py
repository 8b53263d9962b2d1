"""Runs as a process of its own: a web page with a table, or Excel 2003 as XML, on its input; its cells on its output, as JSON.

Started like `workbook_child`, with the wanted sheet as its argument, and it answers like that one.
"""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any

from lxml import etree

from arwork.intake.remittance.bounds import bound
from arwork.intake.workbook_kinds import is_excel_2003

MOST_CELLS = 20_000_000
PAGE = "page"
"""What the one sheet of a web page is called."""
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_XL = "{urn:schemas-microsoft-com:office:excel}"
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,20})")
_UNSEEN = re.compile(r"<!--.*?-->|<script\b.*?</script\s*>|<style\b.*?</style\s*>", re.IGNORECASE | re.DOTALL)
_LINES = frozenset({"address", "br", "caption", "center", "div", "dl", "dt", "dd", "form", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
                    "table", "tbody", "td", "th", "thead", "tfoot", "tr", "ul"})  # fmt: skip
_WIDEST, _TALLEST = 1_000, 65_534


def main() -> None:
    """Read the file and write one JSON object: the sheet, the sheets to choose from, or what is wrong."""
    bound()
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        said = cells_of(sys.stdin.buffer.read(), wanted)
    except MemoryError:
        said = {"broken": "it needs more memory than a table may"}
    except Exception as broken:  # whatever a parser raises is the fault of the file
        said = {"broken": str(broken)[:120]}
    sys.stdout.write(json.dumps(said))


def cells_of(data: bytes, wanted: str) -> dict[str, object]:
    """Read one sheet: the wanted one, or the only one that holds cells; else name the visible sheets and the filled ones."""
    sheets = list(_excel_2003(data)) if is_excel_2003(data) else [_page(data)]
    filled = [sheet for sheet in sheets if (wanted == sheet["name"] if wanted else len(sheets) == 1 or any(map(any, sheet["rows"])))]
    if len(filled) != 1:
        return {"sheets": [sheet["name"] for sheet in sheets], "filled": [sheet["name"] for sheet in filled]}
    return _squared(filled[0])


def _squared(sheet: dict[str, Any]) -> dict[str, Any]:
    """Fill every row up to the longest one with blanks, as a workbook's parser gives them."""
    width = max(map(len, sheet["rows"]), default=0)
    if width * len(sheet["rows"]) > MOST_CELLS:
        raise ValueError(f"it reaches over more than {MOST_CELLS:,} cells")
    rows = [[*row, *[""] * (width - len(row))] for row in sheet["rows"]]
    return {**sheet, "rows": rows, "native": [marks.ljust(width, "0") for marks in sheet["native"]]}


def _page(data: bytes) -> dict[str, Any]:
    """Read a web page: a row of a table that holds no other table gives its cells, all else its lines."""
    text = _decoded(data)
    seen = _UNSEEN.sub(" ", text)
    opened, closed = (len(re.findall(rf"<{mark}\b", seen, re.IGNORECASE)) for mark in ("table", "/table"))
    if opened != closed:
        raise ValueError(f"the page is cut off: {opened} of its tables begin and {closed} end")
    root = etree.fromstring(
        text.encode("utf-8"), etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    )
    rows, hidden = list[list[str]](), 0
    for cells, unseen in _rows(root):
        rows.append(cells)
        hidden += unseen
    return {"name": PAGE, "rows": rows, "native": ["0" * len(row) for row in rows], "hidden": hidden, "formulas": 0}


def _rows(root: Any) -> Iterator[tuple[list[str], bool]]:
    """Yield rows of cells and lines of text in their order, and whether each is hidden."""
    walk = etree.iterwalk(root, events=("start", "end"))
    line: list[str] = []
    taken, table, size = list[int](), None, 0
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _LINES and line:
            said = _plain("".join(line))
            line = []
            if said:
                yield [said], False
        if event == "end":
            line.append(element.tail or "")
        elif tag in ("script", "style", "head", "title") or not tag:
            walk.skip_subtree()
        elif tag == "tr" and element.find(".//table") is None:
            if element.getparent() is not table:
                table, taken = element.getparent(), []
            cells, taken = _cells(element, taken)
            size += len(cells)
            if size > MOST_CELLS:
                raise ValueError(f"its tables hold more than {MOST_CELLS:,} cells")
            yield cells, "hidden" in element.attrib or re.search(r"display\s*:\s*none", element.get("style", ""), re.IGNORECASE) is not None
            walk.skip_subtree()
        else:
            line.append(element.text or "")
    if said := _plain("".join(line)):
        yield [said], False


def _cells(row: Any, taken: list[int]) -> tuple[list[str], list[int]]:
    """Give the cells of a row, blank where one above or beside reaches over; `taken` says for how many more rows each column is taken."""
    cells, after = list[str](), list[int]()

    for cell in row.iterchildren("td", "th"):
        while len(cells) < len(taken) and taken[len(cells)]:
            after.append(taken[len(cells)] - 1)
            cells.append("")
        beside = _span(cell, "colspan", _WIDEST) - 1
        cells += [_said(cell), *[""] * beside]
        after += [_span(cell, "rowspan", _TALLEST) - 1] * (1 + beside)
    rest = taken[len(cells) :]
    return [*cells, *[""] * len(rest)], [*after, *(max(left - 1, 0) for left in rest)]


def _span(cell: Any, name: str, most: int) -> int:
    stated = cell.get(name, "").strip()
    return min(max(int(stated), 1), most) if stated.isascii() and stated.isdigit() and len(stated) < 6 else 1


def _said(cell: Any) -> str:
    for gone in cell.iter("script", "style"):
        gone.text = ""
    for part in cell.iter("br", "p", "div", "li"):
        part.text, part.tail = f" {part.text or ''}", f" {part.tail or ''}"
    return _plain("".join(cell.itertext()))


def _plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def _decoded(data: bytes) -> str:
    """Decode a page: by its mark, by what it states, as UTF-8, or as cp1252 where every byte beyond ASCII means something there."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(name)
    stated = _CHARSET.search(data[:4_096])
    name = stated[1].decode("ascii").casefold() if stated else ""
    for wanted in ({"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252"}.get(name, name), "utf-8", "cp1252"):
        try:
            if wanted:
                return data.decode(wanted)
        except (UnicodeDecodeError, LookupError):
            continue
    raise ValueError("its text is in no encoding that it states")


def _excel_2003(data: bytes) -> Iterator[dict[str, Any]]:
    """Read the visible worksheets of a workbook that was saved as XML; numbers and dates are marked native."""
    if b"<!DOCTYPE" in data.replace(b"\x00", b""):
        raise ValueError("it holds what no workbook needs (a document type)")
    parsing = etree.iterparse(
        BytesIO(data),
        events=("end",),
        tag=(f"{_SS}Row", f"{_SS}Worksheet"),
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        huge_tree=True,
    )
    rows, native, size, hidden, formulas = list[list[str]](), list[str](), 0, 0, 0
    for _, element in parsing:
        if element.tag == f"{_SS}Worksheet":
            seen = element.findtext(f"{_XL}WorksheetOptions/{_XL}Visible") or "SheetVisible"
            if seen == "SheetVisible":
                yield {"name": element.get(f"{_SS}Name", ""), "rows": rows, "native": native, "hidden": hidden, "formulas": formulas}
            rows, native, size, hidden, formulas = [], [], 0, 0, 0
        else:
            at = max(_number(element, "Index", len(rows) + 1), len(rows) + 1)
            cells, marks = _row(element)
            size += (at - len(rows)) + len(cells)
            if size > MOST_CELLS:
                raise ValueError(f"a sheet reaches over more than {MOST_CELLS:,} cells")
            rows += [[] for _ in range(at - len(rows) - 1)]
            native += [""] * (at - len(native) - 1)
            rows.append(cells)
            native.append(marks)
            hidden += element.get(f"{_SS}Hidden") == "1"
            formulas += sum(cell.get(f"{_SS}Formula") is not None for cell in element.iterchildren(f"{_SS}Cell"))
        element.clear(keep_tail=False)


def _row(row: Any) -> tuple[list[str], str]:
    cells, marks = list[str](), list[str]()
    for cell in row.iterchildren(f"{_SS}Cell"):
        for _ in range(min(_number(cell, "Index", 0), _TALLEST) - 1 - len(cells)):
            cells.append("")
            marks.append("0")
        text, native = _value(cell.find(f"{_SS}Data"))
        beside = min(_number(cell, "MergeAcross", 0), _WIDEST)
        cells += [text, *[""] * beside]
        marks += ["1" if native else "0", *["0"] * beside]
    return cells, "".join(marks)


def _number(element: Any, name: str, unstated: int) -> int:
    stated = element.get(f"{_SS}{name}", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 9 else unstated


def _value(data: Any) -> tuple[str, bool]:
    if data is None:
        return "", False
    text = "".join(data.itertext())
    kind = data.get(f"{_SS}Type", "String")
    if kind == "Number":
        number = float(text)
        whole = number.is_integer() and abs(number) < 2**53
        return (str(int(number)) if whole else format(Decimal(repr(number)), "f")), True
    if kind == "DateTime":
        day, _, time = text.partition("T")
        return (day if not time.strip("0:.") else f"{day} {time.partition('.')[0]}"), True
    if kind == "Boolean":
        return ("true" if text == "1" else "false"), True
    return text, False


if __name__ == "__main__":
    main()
