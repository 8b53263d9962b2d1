"""A bed with its truth as finished past months: `python bench/past.py DIR FOLDER`, then `arwork backtest --labelled FOLDER`.

FOLDER gets open_items, bank_lines, receipts, customers and customer_banks in arwork's own columns, and truth: a row an item a
receipt paid, a blank item for one that paid none. Learn from one seed and measure another: what is learned is then never what is scored.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from bed_files import read_bed
from books import bed

from arwork.matching.receipts import take


def write(source: Path, folder: Path) -> None:
    """Convert a bed and its truth."""
    made = bed(read_bed(source))
    lines = made.bank_lines
    receipts, _ = take(lines, made.bank_accounts, made.open_items, lines["booking_date"].min().date(), lines["booking_date"].max().date())
    found = pd.read_parquet(source / "truth.parquet").rename(columns={"invoice_id": "item_id"})[["receipt_id", "item_id"]]
    nothing = receipts.loc[~receipts["receipt_id"].isin(found["receipt_id"]), ["receipt_id"]].assign(item_id="")
    tables = {
        "open_items": made.open_items, "bank_lines": lines, "receipts": receipts, "customers": made.customers,
        "customer_banks": made.customer_banks, "truth": pd.concat([found, nothing], ignore_index=True),
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    write(given.source, given.folder)
