"""What is a workbook by its content: XLSX, XLSB, ODS, XLS, and tables under that name that are none: web pages, Excel 2003 as XML.

Banks and ledgers export all of them as `.xls`, so that the name says nothing.
"""

from __future__ import annotations

import re

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAIN = {"xl/workbook.xml": "XLSX", "xl/workbook.bin": "XLSB", "content.xml": "ODS"}
"""The part that makes an archive a workbook of a kind; an archive with several of them is none."""
_OLD = tuple(name.encode("utf-16-le") + b"\x00\x00" for name in ("Workbook", "Book"))
_LOOKED_AT = 65_536
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|meta|style|body|table|div|center)\b", re.IGNORECASE)
_TABLE = re.compile(rb"<\0?t\0?a\0?b\0?l\0?e\0?[\s>]", re.IGNORECASE)
_EXCEL_2003 = re.compile(r"<(?:[\w.-]+:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet")


def is_workbook(data: bytes) -> bool:
    """Say whether the bytes are a zip archive, as every XLSX is, an old Excel workbook, or a table saved as a web page or as XML."""
    return data.startswith((ZIP, OLE)) or is_page(data)


def kind_of_workbook(data: bytes) -> str:
    """Name the kind of a workbook (see `is_workbook`) as people do: XLSX, XLSB, ODS, XLS, HTML, Excel 2003 XML."""
    if not data.startswith(ZIP):
        return "XLS" if data.startswith(OLE) else "HTML" if is_html_table(data) else "Excel 2003 XML"
    parts = data[:4_096] + data[-_LOOKED_AT:]
    return next((kind for part, kind in MAIN.items() if part.encode() in parts), "XLSX")


def is_old_workbook(data: bytes) -> bool:
    """Say whether the bytes are an old Excel workbook, and no other document or message of that time."""
    return data.startswith(OLE) and any(name in data for name in _OLD)


def is_page(data: bytes) -> bool:
    """Say whether the bytes are a web page with a table, or Excel 2003 as XML."""
    return is_html_table(data) or is_excel_2003(data)


def is_html_table(data: bytes) -> bool:
    """Say whether the bytes are a web page that holds a table."""
    return _HTML.match(_head(data)) is not None and _TABLE.search(data) is not None


def is_excel_2003(data: bytes) -> bool:
    """Say whether the bytes are a workbook that was saved as XML (SpreadsheetML)."""
    head = _head(data)
    return head.startswith("<") and _EXCEL_2003.search(head[:8_192]) is not None


def _head(data: bytes) -> str:
    """Give the first characters, without the mark of the encoding, comments and what declares an XML."""
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    head = (
        data[:_LOOKED_AT]
        .decode("utf-16" if utf16 else "latin-1", errors="replace")
        .removeprefix("\u00ef\u00bb\u00bf")
        .lstrip("\ufeff \t\r\n")
    )
    return re.sub(r"^(?:<\?.*?\?>\s*|<!--.*?-->\s*)+", "", head, flags=re.DOTALL) if head.startswith("<") else ""
