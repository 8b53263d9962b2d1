"""Every sample bank file beside its expected reading: one test walks them all.

An expectation is only ever written by hand or by running this file as a program: `python tests/test_intake_bank_samples.py`.
It writes what is missing and what changed, for a person to read before it is kept.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from arwork.intake.bank.statement import BankFile
from arwork.intake.claim import read_bank
from arwork.intake.received import take
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples"
OTHERS = ("advices", "tables")
FILES = sorted(path for path in SAMPLES.glob("*/*.*") if path.parent.name not in OTHERS and not path.name.endswith(".expected.csv"))
PAID = [
    *("remittance_id", "line_no", "payment_ref", "trace_no", "payer_name", "payment_date", "payment_amount", "doc_reference"),
    *(
        "gross_amount",
        "discount_amount",
        "deduction_amount",
        "deduction_reason",
        "net_amount",
        "currency",
        "source",
        "confidence",
        "source_line",
    ),
]
COLUMNS = [
    *("statement_key", "line_no", "booking_date", "value_date", "amount", "currency", "class", "method", "txn_code", "bank_txn_id"),
    *("end_to_end_id", "remitter_name", "remitter_account", "remitter_bank", "virtual_account", "structured_ref", "remittance_text"),
    *("orig_currency", "orig_amount", "charges", "return_reason", "is_return", "class_reason", "source_line"),
]


def said(bank: BankFile) -> str:
    """Write a bank file as people check it: how it was proven, its statements, its lines."""
    out = io.StringIO()
    out.write(f"# {bank.format}, {bank.encoding}, {bank.completeness}: {bank.proof}\n")
    for row in bank.statements.itertuples():
        opening, closing = ISO.text(row.opening, row.currency), ISO.text(row.closing, row.currency)
        out.write(
            f"# {row.statement_key} no. {row.sequence_no or 'none'}: {opening} to {closing}, {row.lines} lines, from {row.source_line}\n"
        )
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in bank.bank_lines.sort_values(["statement_key", "line_no"]).to_dict("records"):
        row["amount"] = ISO.text(row["amount"], row["currency"])
        row["charges"] = "" if pd.isna(row["charges"]) else ISO.text(int(row["charges"]), row["currency"])
        row["orig_amount"] = ISO.text(int(row["orig_amount"]), row["orig_currency"]) if row["orig_currency"] else ""
        row["booking_date"], row["value_date"] = row["booking_date"].date(), row["value_date"].date()
        writer.writerow([row[column] for column in COLUMNS])
    if len(bank.remittance):
        out.write(paid(bank.remittance))
    return out.getvalue()


def paid(lines: pd.DataFrame) -> str:
    """Write the documents that a file says were paid; amounts in minor units."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(PAID)
    for row in lines.sort_values(["remittance_id", "line_no"]).to_dict("records"):
        row["payment_date"] = "" if pd.isna(row["payment_date"]) else row["payment_date"].date()
        row["payment_amount"] = "" if pd.isna(row["payment_amount"]) else int(row["payment_amount"])
        row["remittance_id"] = row["remittance_id"].partition("@")[0]
        writer.writerow([row[column] for column in PAID])
    return out.getvalue()


def expected(path: Path) -> Path:
    """Name the expectation of a sample."""
    return path.with_name(f"{path.stem}.expected.csv")


def test_there_are_samples_of_each_format() -> None:
    assert {path.parent.name for path in FILES} >= {"camt052", "camt053", "camt054", "mt940"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_rc_20_a_sample_reads_as_expected(path: Path) -> None:
    assert said(read_bank(take(path), ISO)) == expected(path).read_text(encoding="utf-8")


if __name__ == "__main__":
    for each in FILES:
        told = said(read_bank(take(each), ISO))
        if not expected(each).exists() or expected(each).read_text(encoding="utf-8") != told:
            expected(each).write_text(told, encoding="utf-8")
            print(f"wrote {expected(each)}")
