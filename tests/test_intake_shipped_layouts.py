"""Every layout that ships, beside a made-up export and its expected reading; found by its headings, read alone and by params.

An expectation is only ever written by hand or by running this file as a program: `python tests/test_intake_shipped_layouts.py`.
It writes what is missing and what changed, for a person to read before it is kept.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from reading import params

from arwork.intake.ledger import Parsed, read_alone, read_table
from arwork.intake.received import Received, take
from arwork.intake.recognise import best_fit, fitting, shipped_layouts
from arwork.money import ISO
from arwork.params import Source

SAMPLES = Path(__file__).parent / "samples" / "tables"
LAYOUTS = {name: layout for name, layout in shipped_layouts().items() if layout.reads != "remittance"}
UNFOUND = {name for name, layout in LAYOUTS.items() if not layout.header or layout.join}
LEFT_OUT = ("source_file", "source_sha256", "line_id", "statement_key", "customer_id_raw")


def files_of(name: str) -> list[Received]:
    """The sample of a layout: one file, or the files of a folder."""
    found = sorted(path for path in SAMPLES.glob(f"{name}.*") if not path.name.endswith(".expected.csv") and path.is_file())
    return [take(path) for path in found or sorted((SAMPLES / name).iterdir())]


def parsed(name: str) -> Parsed:
    """Read a sample by its layout: alone, or several files with params."""
    files = files_of(name)
    if len(files) == 1:
        return read_alone(files[0], LAYOUTS[name], ISO)
    return read_table(files, Source(file="*", reads=LAYOUTS[name].reads, layout=name), LAYOUTS[name], params())


def shown(value: object) -> str:
    """Write one value as people check it."""
    if pd.isna(value):
        return ""
    return str(value.date()) if isinstance(value, pd.Timestamp) else str(value)


def said(read: Parsed) -> str:
    """Write a reading: how it was proven, what was told, and every filled column; amounts in minor units."""
    out = io.StringIO()
    out.write(f"# {read.format}, {read.encoding}, rows {read.rows_in}, skipped {read.skipped}, {read.completeness}: {read.proof}\n")
    for finding in read.findings:
        out.write(f"# {finding.rule} {finding.severity}: {finding.sentence}\n")
    for row in read.rejects.to_dict("records"):
        out.write(f"# rejected line {row['source_line']} {row['column']} {row['value']!r}: {row['reason']}\n")
    order = read.table["source_line"].str.extract(r"([0-9]+)$")[0].astype(int)
    table = read.table.assign(order=order).sort_values(["source_file", "order"]).drop(columns="order")
    filled = [
        column
        for column in table
        if column not in LEFT_OUT
        and not (table[column].isna() | table[column].isin(["", 0] if column == "wht_rate" else [""]) | (column == "dunning_level")).all()
    ]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(filled)
    writer.writerows([shown(value) for value in row] for row in table[filled].itertuples(index=False))
    return out.getvalue()


def expected(name: str) -> Path:
    """Name the expectation of a sample."""
    return SAMPLES / f"{name}.expected.csv"


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_ld_10_the_sample_of_a_shipped_layout_reads_as_expected(name: str) -> None:
    assert said(parsed(name)) == expected(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(LAYOUTS) - UNFOUND))
def test_a_sample_is_found_by_its_headings_and_by_no_other_layout_as_well(name: str) -> None:
    (received,) = files_of(name)
    everything = {**LAYOUTS, **shipped_layouts()}
    assert best_fit(received, everything).layout == name, fitting(received, everything)[:3]
    backwards = dict(reversed(list(everything.items())))
    assert fitting(received, everything) == fitting(received, backwards)


@pytest.mark.parametrize("name", sorted(name for name, layout in LAYOUTS.items() if layout.reads == "bank"))
def test_rc_20_a_bank_table_is_proven_only_by_figures_of_its_own(name: str) -> None:
    read = parsed(name)
    assert read.bank is not None
    heads = read.bank.statements
    assert (heads["opening"] + heads["credits"] - heads["debits"] == heads["closing"]).all()
    assert read.completeness in ("proven", "not_proven")
    assert read.completeness == "not_proven" or len(heads)
    assert len(read.table) == read.rows_in


if __name__ == "__main__":
    for each in sorted(LAYOUTS):
        told = said(parsed(each))
        if not expected(each).exists() or expected(each).read_text(encoding="utf-8") != told:
            expected(each).write_text(told, encoding="utf-8")
            print(f"wrote {expected(each)}")
