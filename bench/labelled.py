"""Turn a folder of made-up payments with their truth into the labelled folder that `arwork backtest --labelled` reads.

    python bench/labelled.py FROM TO

FROM holds customers, customer_banks, invoices, receipts and truth as Parquet; TO gets our own tables. Every receipt stands in
the truth: one that pays no invoice with a blank item. Amounts are minor units; ledger currency EUR at fixed rates.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pandas as pd

RATES = {"EUR": Fraction(1), "USD": Fraction(9, 10), "GBP": Fraction(23, 20)}
BOOK = {"ledger_id": "MAIN", "company_code": "1000"}


def tables(source: Path) -> dict[str, pd.DataFrame]:
    """Read a folder and return its tables in our columns."""
    read = {name: pd.read_parquet(source / f"{name}.parquet") for name in ("customers", "customer_banks", "invoices", "receipts", "truth")}
    customers = read["customers"][["customer_id", "name", "parent_id"]].assign(
        **BOOK, customer_id_raw=read["customers"]["customer_id"], tolerance_group="STD", status="ACTIVE", netting_authority=False,
        allocation_instruction="NONE",
    )  # fmt: skip
    truth = read["truth"].rename(columns={"invoice_id": "item_id"})[["receipt_id", "item_id"]]
    silent = sorted(set(read["receipts"]["receipt_id"]) - set(truth["receipt_id"]))
    truth = pd.concat([truth, pd.DataFrame({"receipt_id": silent, "item_id": ""})], ignore_index=True)
    return {
        "customers": customers, "customer_banks": read["customer_banks"].assign(**BOOK), "open_items": _items(read["invoices"]),
        "receipts": _receipts(read["receipts"]), "truth": truth,
    }  # fmt: skip


def _items(invoices: pd.DataFrame) -> pd.DataFrame:
    number, day = invoices["invoice_id"], invoices["issue_date"]
    local = [int(amount * RATES[code] + Fraction(1, 2)) for amount, code in zip(invoices["amount"], invoices["currency"], strict=True)]
    discounted = invoices["disc_pct"] > 0
    return invoices[["customer_id", "currency", "due_date"]].assign(
        **BOOK, item_id=number, doc_no=number, reference=number, line_no="1", fiscal_year=day.dt.year.astype("str"), doc_type="INV",
        doc_date=day, posting_date=day, disc1_date=(day + pd.to_timedelta(invoices["disc_days"], unit="D")).where(discounted),
        disc1_pct=invoices["disc_pct"].astype("int64") * 10_000, disc2_pct=0, grace_days=0, amount_doc=invoices["amount"],
        open_amount_doc=invoices["amount"], local_currency="EUR", amount_local=local, open_amount_local=local, gl_account="1400",
        dunning_level=0, legal_hold=False, written_off=False,
    )  # fmt: skip


def _receipts(receipts: pd.DataFrame) -> pd.DataFrame:
    return receipts[["receipt_id", "currency", "amount", "value_date"]].assign(
        **BOOK, booking_date=receipts["value_date"], bank_account="OURS", statement_key="S", line_no=range(1, len(receipts) + 1),
        method="WIRE", remitter_name=receipts["payer_name"], remitter_account=receipts["payer_account"], remittance_text=receipts["memo"],
    )  # fmt: skip


def main() -> None:
    """Convert one folder."""
    source, target = (Path(name) for name in sys.argv[1:3])
    target.mkdir(parents=True, exist_ok=True)
    for name, frame in tables(source).items():
        frame.to_parquet(target / f"{name}.parquet", index=False)
        print(f"{name:<16}{len(frame):>10,} rows")


if __name__ == "__main__":
    main()
