"""XLSX: the same rows as the same table in text, and hostile archives refused."""

import datetime
import io
import struct
import zipfile

import openpyxl
import pytest
from reading import ITEMS, LINEAGE, read

from arwork.errors import InputError
from arwork.intake import sheets
from arwork.intake.layouts import plain


def workbook(rows, *, sheets=("Items",)) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheets[0]
    for title in sheets[1:]:
        book.create_sheet(title)
    for sheet in book.worksheets:
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_reads_like_its_csv_with_text_kept_and_numbers_exact():
    rows = [line.split(",") for line in ITEMS.splitlines()]
    rows[1][7], rows[2][7], rows[3][7] = 100, -20.5, 1500
    rows[1][4] = datetime.date(2026, 3, 1)
    parsed = read(workbook([["Report"], [], *rows]), name="items.xlsx")
    assert parsed.table.drop(columns=LINEAGE).equals(read(ITEMS).table.drop(columns=LINEAGE))
    assert parsed.table["source_line"].tolist() == ["Items!A4", "Items!A5", "Items!A6"]
    assert parsed.names["customer_id_raw"].tolist() == ["0001001", "1002"]


def test_a_spreadsheets_own_numbers_are_never_read_with_the_layouts_separators():
    layout = "reads: open_items\ndecimal: ','\ncolumns: {customer_id: c, doc_no: d, doc_date: b, due_date: b, amount_doc: a}\n"
    layout += "constants: {doc_type: INV, currency: KWD}\n"
    rows = [["c", "d", "b", "a"], ["1", "1", "2026-03-01", 123.456], ["1", "2", "2026-03-01", "1.234,500"]]
    assert read(workbook(rows), layout, name="x.xlsx").table["amount_doc"].tolist() == [123456, 1234500]


def test_a_workbook_with_several_filled_sheets_asks_which():
    data = workbook([line.split(",") for line in ITEMS.splitlines()], sheets=("Old", "New"))
    with pytest.raises(InputError, match="2 sheets with cells: Old, New"):
        read(data, name="items.xlsx")
    chosen = plain("open_items").model_copy(update={"sheet": "New"})
    assert read(data, chosen, name="items.xlsx").table["source_line"].tolist()[0] == "New!A2"


def test_formulas_in_a_workbook_are_told():
    rows = [line.split(",") for line in ITEMS.splitlines()]
    rows[1][8] = "=1+1"
    assert any("1 formula;" in finding.sentence for finding in read(workbook(rows), name="items.xlsx").findings)


def rezipped(data: bytes, part: str, edit) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(old.read(name)) if name == part else old.read(name))
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
MERGED = b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
ATTACKS = {
    "far cell, other quotes": (lambda xml: xml.replace(b'r="A1"', b"r = 'XFD1048576'"), "reaches column 16,384, row 1,048,576"),
    "far cell, escaped": (lambda xml: xml.replace(b'r="A1"', b'r="&#88;FD1048576"'), "hidden text"),
    "far cell, prefixed": (lambda xml: xml.replace(b"<c r", b"<x:c r").replace(b'r="A1"', b'r="XFD1048576"'), "reaches column 16,384"),
    "utf-16": (lambda xml: xml.decode().encode("utf-16"), "hidden text"),
    "far cell": (lambda xml: xml.replace(b'r="A1"', b'r="XFD1048576"'), "reaches column 16,384, row 1,048,576"),
    "far row": (lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999"'), "reaches column"),
    "dimension": (lambda xml: xml.replace(b'<dimension ref="A1:I4"', b'<dimension ref="A1:XFD1048576"'), "reaches column 16,384"),
    "merged cells": (lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + MERGED), "reaches column 16,384"),
    "bomb": (lambda xml: xml + b" " * 40_000_000, "unpacks from"),
    "document type": (lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml, "a document type or hidden text"),
    "broken xml": (lambda xml: xml[: len(xml) // 2], "cannot be read as a workbook"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_hostile_workbooks_are_refused_before_a_parser_sees_them(name):
    edit, what = ATTACKS[name]
    data = workbook([line.split(",") for line in ITEMS.splitlines()])
    with pytest.raises(InputError, match=what):
        read(rezipped(data, SHEET, edit), name="items.xlsx")


def test_a_sheet_under_another_part_name_is_looked_at_too():
    data = workbook([line.split(",") for line in ITEMS.splitlines()])
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == SHEET:
                new.writestr("xl/hidden.dat", content.replace(b'r="A1"', b'r="XFD1048576"'))
            else:
                new.writestr(name, content.replace(b"/xl/worksheets/sheet1.xml", b"/xl/hidden.dat"))
    with pytest.raises(InputError, match=r"xl/hidden\.dat reaches column 16,384"):
        read(stream.getvalue(), name="items.xlsx")


def test_a_sheet_that_claims_ten_million_rows_is_refused_before_a_parser_sees_it():
    data = workbook([line.split(",") for line in ITEMS.splitlines()])
    wide = rezipped(data, SHEET, lambda xml: xml.replace(b'<dimension ref="A1:I4"', b'<dimension ref="A1:I10000000"'))
    with pytest.raises(InputError, match=r"reaches column 9, row 10,000,000"):
        read(wide, name="items.xlsx")


@pytest.mark.parametrize(("script", "what"), [
    ("import os; os.abort()", r"the parser broke down on it \(exit -6\)"),
    ("print('{')", "the parser broke off"),
    ("import time; time.sleep(60)", "it took longer than 1 seconds"),
])  # fmt: skip
def test_a_parser_that_aborts_breaks_off_or_hangs_takes_nothing_else_with_it(monkeypatch, tmp_path, script, what):
    child = tmp_path / "workbook_child.py"
    child.write_text(script, encoding="utf-8")
    monkeypatch.setattr(sheets, "__file__", str(tmp_path / "sheets.py"))
    monkeypatch.setattr(sheets, "MOST_SECONDS", 1)
    with pytest.raises(InputError, match=what):
        read(workbook([line.split(",") for line in ITEMS.splitlines()]), name="items.xlsx")


def test_ld_05_numbers_of_more_than_fifteen_digits_are_rejects_in_keys_and_told_elsewhere():
    rows = [line.split(",") for line in ITEMS.splitlines()]
    rows[1][1], rows[2][8] = 1234567890123456000, 4814769000000000
    parsed = read(workbook(rows), name="items.xlsx")
    assert parsed.rejects[["column", "value", "reason"]].values.tolist() == [
        ["doc_no", "1234567890123456000", "was cut to fifteen digits by a spreadsheet; its digits are lost"]
    ]
    assert "1 number of reference was cut to fifteen digits" in parsed.findings[0].sentence


def old_workbook(rows) -> bytes:
    """A workbook as Excel 97 wrote it: one BIFF8 stream in an OLE container."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def cell(at: int, n: int, value) -> bytes:
        if isinstance(value, str):
            return record(0x0204, struct.pack("<HHHHB", at, n, 0, len(value), 1) + value.encode("utf-16-le"))
        return record(0x0203, struct.pack("<HHHd", at, n, 0, value))

    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 0)
    head = record(0x0809, bof) + record(0x0085, b"\0" * 8 + b"Items") + record(0x000A, b"")
    offset = len(head)
    head = record(0x0809, bof) + record(0x0085, struct.pack("<IBBBB", offset, 0, 0, 5, 0) + b"Items") + record(0x000A, b"")
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 0))
    sheet += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, len(rows[0]), 0))
    sheet += b"".join(cell(at, n, value) for at, row in enumerate(rows) for n, value in enumerate(row)) + record(0x000A, b"")
    stream = (head + sheet).ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    stream = stream.ljust(sectors * 512, b"\0")
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    entries = [("Root Entry", 5, 1, 0xFFFFFFFE, 0), ("Workbook", 2, 0xFFFFFFFF, 2, len(stream))]
    folder = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HBBIII", 2 * len(name) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + b"\0" * 36 + struct.pack("<IQ", start, size)
        for name, kind, child, start, size in entries
    ).ljust(512, b"\0")  # fmt: skip
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0) + b"\xff" * 432
    return header + struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff") + folder + stream


def test_an_old_workbook_reads_like_its_csv():
    rows = [line.split(",") for line in ITEMS.splitlines()]
    rows[1][7] = 100.0
    parsed = read(old_workbook(rows), name="items.xls")
    assert parsed.table.drop(columns=LINEAGE).equals(read(ITEMS).table.drop(columns=LINEAGE))


def test_a_damaged_old_workbook_is_refused():
    data = old_workbook([line.split(",") for line in ITEMS.splitlines()])
    for end in (8, 100, 512, 1024, 1600, len(data) - 600, len(data) - 512):
        with pytest.raises(InputError, match="workbook"):
            read(data[:end], name="items.xls")


@pytest.mark.parametrize(("names", "what"), [
    (("content.xml", "mimetype"), "an OpenDocument file and no spreadsheet"), (("xl/workbook.bin",), "cannot be read as a workbook"),
    (("content.xml",), "no workbook"), (("xl/workbook.xml", "xl/workbook.bin"), "no workbook"), (("a.csv", "b.csv"), "no workbook"),
])  # fmt: skip
def test_other_archives_are_refused(names, what):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    with pytest.raises(InputError, match=what):
        read(stream.getvalue(), name="items.xlsx")


def test_any_damaged_byte_is_refused_or_changes_nothing():
    rows = [line.split(",") for line in ITEMS.splitlines()]
    data, expected = workbook(rows), read(ITEMS).table.drop(columns=LINEAGE)
    for place in range(40, len(data), len(data) // 25):
        try:
            parsed = read(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :], name="items.xlsx")
        except InputError:
            continue
        assert parsed.table.drop(columns=LINEAGE).equals(expected)


def test_a_cut_archive_is_refused():
    with pytest.raises(InputError, match="is no readable workbook"):
        read(workbook([["a"]])[:-40], name="items.xlsx")
