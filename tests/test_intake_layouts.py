"""Layouts: what a user may write, and one clear message for what they may not."""

import re
import sys
from pathlib import Path

import pytest

from arwork.errors import InputError
from arwork.intake.layouts import NEEDS, Layout, kinds_of, plain, read_layout, table_of
from arwork.intake.shipped import shipped
from arwork.params import READS
from arwork.tables import TABLES

SMALL = """reads: open_items
delimiter: ";"
columns:
  customer_id: Account
  doc_no: [Document Number, Belegnummer]
  doc_date: Document Date
  due_date: Net due date
  amount_doc: Amount
constants: {doc_type: INV, currency: EUR}
"""
SHIPPED = sorted((shipped("params", "layouts")).glob("*.yaml"))
REAL = sorted((Path(__file__).parent / "real" / "layouts").glob("*.yaml"))


def test_a_heading_or_a_list_of_headings_maps_a_column():
    layout = read_layout(SMALL, "mine.yaml")
    assert layout.columns["customer_id"] == ("Account",)
    assert layout.columns["doc_no"] == ("Document Number", "Belegnummer")
    assert (layout.table, layout.more_decimals, layout.strip_zeros[0]) == ("open_items", "refuse", "customer_id")


@pytest.mark.parametrize(("text", "parts"), [
    (SMALL + "decimals: ','\n", ("mine.yaml, line 10", "unknown name 'decimals'", "did you mean 'decimal'?")),
    (SMALL + "sign: {colum: SHKZG}\n", ("line 10", "unknown name 'sign.colum'", "did you mean 'column'?")),
    (SMALL + "join:\n  - {name: A, file: b, keys: [c], hwo: x}\nbase: d\n", ("line 11", "unknown name")),
    (SMALL.replace("due_date", "due_dat"), ("nothing is mapped to due_date or baseline_date or net_days",)),
    (SMALL.replace("due_date: Net", "po_number: X\n  due_date: Net"),
    ("line 7", "open_items has no column 'po_number'")),
    (SMALL + "when_blank:\n  currency: {take: {amount_docs: USD}}\n", ("line 11", "no column 'amount_docs'", "did you mean 'amount_doc'?")),
    (SMALL + "dates: dd.mm.yy\n", ("unknown date format 'dd.mm.yy'", "DD.MM.YYYY")),
    (SMALL + "more_decimals: maybe\n", ("line 10", "more_decimals")),
    (SMALL + "se16_shift: perhaps\n", ("line 10", "must be true or false")),
    (SMALL + "base: '*.csv'\n", ("base and join belong together",)),
    (SMALL.replace("reads: open_items\n", ""), ("'reads' is missing",)),
    (SMALL.replace("reads: open_items", "reads: items"), ("line 1", "reads")),
    (SMALL + "title: a\ntitle: b\n", ("line 11", "'title' stands twice")),
])  # fmt: skip
def test_a_mistake_is_named_with_line_and_suggestion(text, parts):
    with pytest.raises(InputError) as refused:
        read_layout(text, "mine.yaml")
    for part in parts:
        assert part in str(refused.value)
    assert refused.value.cure


@pytest.mark.parametrize("path", [*SHIPPED, *REAL], ids=lambda path: path.stem)
def test_every_layout_that_comes_with_arwork_reads(path):
    layout = read_layout(path.read_text(encoding="utf-8"), path.name)
    assert layout.title
    assert len(SHIPPED) >= 3


@pytest.mark.parametrize("reads", [kind for kind in READS if kind != "bank"])
def test_the_plain_layout_names_every_column_as_we_do(reads):
    layout = plain(reads)
    made = {"item_id", "source_file", "source_line", "source_sha256"}
    assert set(TABLES[table_of(reads)].names()) - made <= set(layout.columns)
    assert all(headings == (name,) for name, headings in layout.columns.items())
    assert (layout.decimal, layout.grouping, layout.dates) == (".", False, "YYYY-MM-DD")


def test_bank_files_have_no_plain_layout():
    with pytest.raises(InputError, match="no plain layout for 'bank'"):
        plain("bank")


@pytest.mark.parametrize("table", NEEDS)
def test_what_a_table_needs_are_columns_it_has(table):
    assert {name for group in NEEDS[table] for name in group} <= set(kinds_of(table))


def test_every_key_of_a_layout_is_documented():
    text = sys.modules[Layout.__module__].__doc__
    assert [key for key in Layout.model_fields if not re.search(rf"^    ({key}|base, join) ", text, re.M)] == []
