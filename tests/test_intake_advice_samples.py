"""Every sample advice beside its expected reading: one test walks them all.

An expectation is only ever written by hand or by running this file as a program: `python tests/test_intake_advice_samples.py`.
It writes what is missing and what changed, for a person to read before it is kept.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from arwork.intake.received import take
from arwork.intake.remittance.claim import Advised, read_advice
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples" / "advices"
FILES = sorted(path for path in SAMPLES.glob("*.*") if not path.name.endswith(".expected.csv"))
COLUMNS = (
    *("remittance_id", "line_no", "payment_ref", "trace_no", "payer_name", "payer_account", "remittance_date", "payment_date"),
    *("payment_amount", "doc_reference", "gross_amount", "discount_amount", "deduction_amount", "deduction_reason", "net_amount"),
    *("currency", "source", "confidence", "source_file", "source_line"),
)


def said(advised: Advised) -> str:
    """Write an advice as people check it: what it is, how it was proven, what was told, its lines in minor units."""
    out = io.StringIO()
    out.write(f"# {advised.format}, {advised.encoding}, {advised.completeness}: {advised.proof}\n")
    for finding in advised.findings:
        out.write(f"# {finding.rule} {finding.severity}: {finding.sentence}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in advised.remittance.sort_values(["remittance_id", "line_no"]).to_dict("records"):
        row["remittance_id"] = row["remittance_id"].partition("@")[0]
        row["payment_amount"] = "" if pd.isna(row["payment_amount"]) else int(row["payment_amount"])
        for day in ("remittance_date", "payment_date"):
            row[day] = "" if pd.isna(row[day]) else row[day].date()
        writer.writerow([row[column] for column in COLUMNS])
    return out.getvalue()


def expected(path: Path) -> Path:
    """Name the expectation of a sample."""
    return path.with_name(f"{path.stem}.expected.csv")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_t09_a_sample_reads_as_expected(path: Path) -> None:
    assert said(read_advice(take(path), ISO)) == expected(path).read_text(encoding="utf-8")


if __name__ == "__main__":
    for each in FILES:
        told = said(read_advice(take(each), ISO))
        if not expected(each).exists() or expected(each).read_text(encoding="utf-8") != told:
            expected(each).write_text(told, encoding="utf-8")
            print(f"wrote {expected(each)}")
