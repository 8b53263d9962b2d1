"""Ageing at size: `python bench/ageing.py [ITEMS]` ages made-up open items, 1,000,000 by default, and prints seconds of the processor."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from arwork.collect.ageing import age
from arwork.policy import Policy, read_policy
from arwork.tables import TABLES, conform, empty

AS_OF = date(2026, 3, 31)


def made(count: int) -> pd.DataFrame:
    """Make open items of 50,000 customers: due over half a year, one in ten a credit."""
    dice = np.random.default_rng(5)
    amount = dice.integers(100, 5_000_000, count) * np.where(dice.random(count) < 0.1, -1, 1)
    doc = np.datetime64("2025-09-01") + dice.integers(0, 200, count).astype("timedelta64[D]")
    number = pd.Series(np.arange(10**8, 10**8 + count)).astype(str)
    fixed = {
        c.name: c.values[0] if c.values else "x"
        for c in TABLES["open_items"].columns
        if c.required and c.kind in ("text", "code", "choice")
    }
    return conform("open_items", pd.DataFrame({
        **fixed, "item_id": number, "doc_no": number, "reference": number, "ledger_id": "MAIN", "company_code": "1000", "currency": "EUR",
        "local_currency": "EUR", "customer_id": pd.Series(dice.integers(10_000, 60_000, count)).astype(str),
        "doc_type": np.where(amount > 0, "INV", "CM"), "doc_date": doc, "posting_date": doc, "due_date": doc + np.timedelta64(30, "D"),
        "amount_doc": amount, "open_amount_doc": amount, "amount_local": amount, "open_amount_local": amount, "disc1_pct": 0, "disc2_pct": 0,
        "grace_days": 0, "dunning_level": 0, "legal_hold": False, "written_off": False,
    }))  # fmt: skip


def main() -> None:
    """Age the items under each way of showing credits (MT-03)."""
    tree = read_policy((Path(__file__).parent.parent / "params/policy.yaml").read_text(encoding="utf-8"))
    items = made(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    for mode in ("SEPARATE", "BY_DATE", "OLDEST_FIRST"):
        policy = Policy.model_validate({**tree, "ageing": {"buckets": ["30", "60", "90"], "credits": mode}})
        start = time.process_time()
        aged = age(items, empty("disputes"), empty("allocations"), policy, AS_OF)
        print(
            f"{mode}: {len(items):,} items in {time.process_time() - start:.2f} s, {len(aged.ageing):,} rows, ties hold: {all(t.holds for t in aged.ties)}"
        )


if __name__ == "__main__":
    main()
