"""XLSX: the same rows as the same table in text, and hostile archives refused."""

import datetime
import io
import zipfile

import openpyxl
import pytest
from reading import ITEMS, LINEAGE, read

from arwork.errors import InputError
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
    assert any("1 formulas" in finding.sentence for finding in read(workbook(rows), name="items.xlsx").findings)


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
    "broken xml": (lambda xml: xml[: len(xml) // 2], "cannot be read as XLSX"),
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


@pytest.mark.parametrize("names", [("content.xml", "mimetype"), ("xl/workbook.bin",), ("a.csv",)])
def test_other_archives_are_refused(names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    with pytest.raises(InputError, match="no XLSX workbook"):
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
    with pytest.raises(InputError, match="is no readable XLSX"):
        read(workbook([["a"]])[:-40], name="items.xlsx")
