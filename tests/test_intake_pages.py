"""What banks and ledgers call .xls and is none: web pages with a table, Excel 2003 as XML; and OpenDocument and binary workbooks."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from reading import ITEMS, LINEAGE, read, received
from test_intake_sheets import old_workbook

from arwork.errors import InputError
from arwork.intake.check import Choice, checked
from arwork.intake.recognise import shipped_layouts
from arwork.intake.remittance.claim import read_advice
from arwork.intake.sheets import read_sheet
from arwork.intake.workbook_kinds import is_workbook, kind_of_workbook
from arwork.money import ISO

LAYOUTS = shipped_layouts()
ROWS = [line.split(",") for line in ITEMS.splitlines()]
ADVICE = [
    ["Remittance advice"],
    ["Payment reference", "PAY-77"],
    ["Invoice", "Amount", "Currency"],
    ["INV-1", "100.00", "EUR"],
    ["INV-2", "20.50", "EUR"],
]


def page(rows: list[list[str]], charset: str = "utf-8") -> bytes:
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    text = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><body><table>{lines}</table></body></html>'
    return text.encode({"gb2312": "gb18030"}.get(charset, charset))


def excel_2003(*sheets: tuple[str, str], doctype: str = "") -> bytes:
    body = "".join(f'<Worksheet ss:Name="{name}"><Table>{rows}</Table></Worksheet>' for name, rows in sheets)
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n{doctype}'
        f'<Workbook xmlns="{space}" xmlns:ss="{space}" xmlns:x="urn:schemas-microsoft-com:office:excel">{body}</Workbook>'
    ).encode()


def xml_rows(rows: list[list[str]]) -> str:
    cells = [[f'<Cell><Data ss:Type="String">{escape(cell)}</Data></Cell>' for cell in row] for row in rows]
    return "".join(f"<Row>{''.join(row)}</Row>" for row in cells)


def ods(rows: list[list[str]], *, more: str = "", mimetype: str = "application/vnd.oasis.opendocument.spreadsheet") -> bytes:
    cells = [
        "".join(f'<table:table-cell office:value-type="string"><text:p>{escape(c)}</text:p></table:table-cell>' for c in row)
        for row in rows
    ]
    lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        f'<office:body><office:spreadsheet><table:table table:name="Items">{lines}{more}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"/></manifest:manifest>'
    )
    return zipped({"mimetype": mimetype.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()})


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def xlsb(rows: list[list[str]]) -> bytes:
    """A binary workbook of text cells, record by record (MS-XLSB 2.4)."""

    def record(kind: int, body: bytes = b"") -> bytes:
        number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
        size = len(body)
        return number + (bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])) + body

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    sheet = record(129) + record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, len(rows[0]) - 1)) + record(145)
    for at, row in enumerate(rows):
        sheet += record(0, struct.pack("<IIHHBI", at, 0, 300, 0, 0, 0))
        sheet += b"".join(record(6, struct.pack("<II", n, 0) + wide(cell)) for n, cell in enumerate(row))
    sheet += record(146) + record(130)
    book = record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Items")) + record(144) + record(132)
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    types = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return zipped({
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": rels.format(f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.bin"/>').encode(),
        "xl/_rels/workbook.bin.rels": rels.format(f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.bin"/>').encode(),
        "xl/workbook.bin": book, "xl/worksheets/sheet1.bin": sheet,
    })  # fmt: skip


KINDS = ("HTML", "Excel 2003 XML", "ODS", "XLSB", "XLS")


def made(kind: str, rows: list[list[str]]) -> bytes:
    if kind == "Excel 2003 XML":
        return excel_2003(("Items", xml_rows(rows)))
    makers: dict[str, Callable[[list[list[str]]], bytes]] = {"HTML": page, "ODS": ods, "XLSB": xlsb, "XLS": old_workbook}
    return makers[kind](rows)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_reads_like_its_csv(kind: str) -> None:
    assert (is_workbook(made(kind, ROWS)), kind_of_workbook(made(kind, ROWS))) == (True, kind)
    parsed = read(made(kind, ROWS), name="items.xls")
    assert parsed.table.drop(columns=LINEAGE).equals(read(ITEMS).table.drop(columns=LINEAGE))
    sheet = "page" if kind == "HTML" else "Items"
    assert parsed.table["source_line"].tolist() == [f"{sheet}!A2", f"{sheet}!A3", f"{sheet}!A4"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_look_at_each_kind_says_what_it_is(kind: str, tmp_path: Path) -> None:
    rows = [
        ["Date", "Description", "Amount", "Currency"],
        ["2026-03-02", "ACME INV-1", "100.00", "EUR"],
        ["2026-03-03", "Rent", "-20.50", "EUR"],
    ]
    (tmp_path / "bank.xls").write_bytes(made(kind, rows))
    told = checked(str(tmp_path / "bank.xls"), Choice(LAYOUTS))
    sheet = "page" if kind == "HTML" else "Items"
    assert (told.ok, told.lines, told.format) == (True, 2, f"bank by layout bank_csv ({kind}, sheet {sheet})")


@pytest.mark.parametrize("kind", KINDS)
def test_t09_an_advice_of_each_kind_is_read(kind: str) -> None:
    rows = [[*row, "", "", ""][:3] for row in ADVICE]
    lines = read_advice(received(made(kind, rows), "advice.xls"), ISO).remittance
    assert lines[["doc_reference", "net_amount"]].values.tolist() == [["INV-1", 10_000], ["INV-2", 2_050]]


def cells(html: str) -> list[list[str]]:
    sheet = read_sheet(received(html.encode(), "p.xls"))
    return [[*row] for row in sheet.rows]


def test_a_page_gives_rows_and_lines_in_their_order_with_spans_as_blanks() -> None:
    html = """<!-- saved --><html><head><title>no</title><script>var a = "<table>";</script></head><body>
    <h2>Account 1</h2><p>From <b>1 March</b>&nbsp;on</p>
    <table><tr><td><table><tr><th rowspan=2>Day<th colspan=2>Amount<th>Text</tr><tr><th>in<th>out<th>more</tr>
    <tr><td>2.3.<td>1.234,50<td>&nbsp;<td>M&uuml;ller<br>RE 1 &lt;b&gt;<!-- not this --><p>end</p><tr><td colspan=x>last</table></td></tr></table>
    <div>Total <i>of</i> all</div></body></html>"""
    assert cells(html) == [
        ["Account 1", "", "", ""], ["From 1 March on", "", "", ""], ["Day", "Amount", "", "Text"], ["", "in", "out", "more"],
        ["2.3.", "1.234,50", "", "Müller RE 1 <b> end"], ["last", "", "", ""], ["Total of all", "", "", ""],
    ]  # fmt: skip


def test_hidden_rows_of_a_page_are_told() -> None:
    rows = page(ROWS).decode().replace("<tr><td>1002", '<tr style="display: NONE"><td>1002', 1)
    assert [read_sheet(received(text, "p.xls")).hidden for text in (page(ROWS), rows, rows.replace("display: NONE", "color: red"))] == [
        0,
        1,
        0,
    ]


@pytest.mark.parametrize(("charset", "text"), [
    ("utf-8", "Þór ehf"), ("windows-1252", "Müller & Söhne"),
    ("gb2312", "上海贸易有限公司"), ("windows-1251", "ООО Ромашка"), ("utf-16", "Łódź"), ("iso-8859-1", "Café"),
])  # fmt: skip
def test_a_page_is_read_in_the_encoding_that_it_states(charset: str, text: str) -> None:
    assert read_sheet(received(page([["a", "b"], [text, "1"]], charset), "p.xls")).rows[1][0] == text


BROKEN = {
    "cut off": (page(ROWS)[:-120], "the page is cut off: 1 of its tables begin and 0 end"),
    "an encoding that it does not keep": (page([["ü"]]).replace("ü".encode(), b"\x81"), "in no encoding that it states"),
    "wide beyond measure": (b"<table>" + b"<tr><td colspan=999>" * 30_000 + b"</table>", "more than 20,000,000 cells"),
    "XML cut off": (made("Excel 2003 XML", ROWS)[:-40], "cannot be read as a workbook"),
    "a document type": (excel_2003(("A", xml_rows(ROWS)), doctype='<!DOCTYPE a [<!ENTITY b "c">]>'), "a document type"),
    "a far row": (excel_2003(("A", '<Row ss:Index="99999999"><Cell><Data ss:Type="String">a</Data></Cell></Row>')), "more than 20,000,000 cells"),
    "no number": (excel_2003(("A", '<Row><Cell><Data ss:Type="Number">1,5</Data></Cell></Row>')), "cannot be read as a workbook"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_or_hostile_is_refused(name: str) -> None:
    data, what = BROKEN[name]
    with pytest.raises(InputError, match=what):
        read_sheet(received(data, "p.xls"))


def test_a_page_without_a_table_is_still_no_statement(tmp_path: Path) -> None:
    (tmp_path / "p.xls").write_bytes(b"<html><body><p>Please log in again.</p></body></html>")
    told = checked(str(tmp_path / "p.xls"), Choice(LAYOUTS))
    assert not told.ok
    assert "web page" in told.format


def test_excel_2003_keeps_numbers_days_blanks_and_places() -> None:
    rows = """<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">Title</Data></Cell><Cell><Data ss:Type="String">x</Data></Cell></Row>
    <Row ss:Index="4" ss:Hidden="1"><Cell ss:Index="2"><Data ss:Type="DateTime">2026-03-31T00:00:00.000</Data></Cell>
    <Cell ss:Formula="=R1C1"><Data ss:Type="Number">1234.5</Data><Comment><Data ss:Type="String">said</Data></Comment></Cell>
    <Cell><Data ss:Type="Number">4711</Data></Cell><Cell><Data ss:Type="DateTime">2026-03-31T08:30:00.000</Data></Cell></Row>"""
    sheet = read_sheet(received(excel_2003(("A", rows)), "p.xls"))
    assert sheet.rows == [
        ["Title", "", "x", "", ""], [""] * 5, [""] * 5, ["", "2026-03-31", "1234.5", "4711", "2026-03-31 08:30:00"],
    ]  # fmt: skip
    assert sheet.native[3] == [False, True, True, True, True]
    assert (sheet.formulas, sheet.hidden) == (1, 1)


def test_of_several_filled_sheets_the_wanted_one_is_read_and_hidden_ones_do_not_count() -> None:
    data = excel_2003(("Old", xml_rows(ROWS)), ("New", xml_rows(ROWS)), ("Empty", ""))
    with pytest.raises(InputError, match="2 sheets with cells: Old, New"):
        read_sheet(received(data, "p.xls"))
    assert read_sheet(received(data, "p.xls"), "New").name == "New"
    hidden = data.replace(
        b"</Table></Worksheet>", b"</Table><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>", 1
    )
    assert read_sheet(received(hidden, "p.xls")).name == "New"


def test_formulas_and_hidden_rows_of_open_document_are_told_and_other_documents_refused() -> None:
    more = (
        '<table:table-row table:visibility="filter"><table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/>'
        "</table:table-row>"
    )
    sheet = read_sheet(received(ods(ROWS, more=more), "p.ods"))
    assert (sheet.formulas, sheet.hidden, sheet.rows[-1][0]) == (1, 1, "2")
    with pytest.raises(InputError, match="an OpenDocument file and no spreadsheet"):
        read_sheet(received(ods(ROWS, mimetype="application/vnd.oasis.opendocument.text"), "p.odt"))


@pytest.mark.parametrize("kind", [*KINDS, "CSV"])
def test_one_table_in_a_zip_or_gzip_is_read_as_if_it_lay_beside_it(kind: str) -> None:
    data = ITEMS.encode() if kind == "CSV" else made(kind, ROWS)
    for packed in (zipped({"out/items.xls": data}), gzip.compress(data, mtime=0)):
        parsed = read(packed, name="items.zip")
        assert parsed.table.drop(columns=LINEAGE).equals(read(ITEMS).table.drop(columns=LINEAGE))
        assert parsed.table["source_sha256"].unique().tolist() == [hashlib.sha256(packed).hexdigest()]


def test_of_several_tables_in_a_zip_none_is_chosen(tmp_path: Path) -> None:
    (tmp_path / "both.zip").write_bytes(zipped({"a.csv": ITEMS.encode(), "b.csv": ITEMS.encode()}))
    told = checked(str(tmp_path / "both.zip"), Choice(LAYOUTS))
    assert not told.ok
    assert told.format == "zip archive of several files, or of none"
    assert "Unpack it and give each file" in told.problems[0]
