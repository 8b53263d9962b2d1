"""Time the repeat tests on a made year: `python bench/repeats.py [ROWS]` (1,000,000 receipts against as many settled items).

Payers are spread over 40,000 customers; one in forty pays the same sum every month, one receipt in five hundred pays a settled
invoice a second time. Printed: wall and CPU seconds by step, cases
found, planted repeats found, load of the machine; on a busy machine only the CPU seconds mean anything.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from arwork.breaks.classes import RepeatBooks, classify
from arwork.breaks.repeats import duplicate_payments
from arwork.policy import Policy, read_policy
from arwork.tables import TABLES, empty

ROOT = Path(__file__).resolve().parent.parent
_FIRST = np.datetime64("2025-01-01", "us")


def filled(name: str, columns: dict[str, object], rows: int) -> pd.DataFrame:
    """Build a table of some columns; the others hold their blank, or the first value that a choice allows."""
    blank = empty(name)
    made = {}
    for column in TABLES[name].columns:
        if column.name in columns:
            made[column.name] = pd.Series(list(columns[column.name])).astype(blank[column.name].dtype)
        else:
            value = column.values[0] if column.values and column.required else "" if blank[column.name].dtype.kind not in "iubM" else 0
            if blank[column.name].dtype.kind == "M":
                value = _FIRST if column.required else pd.NaT
            if column.kind == "money?":
                value = pd.NA
            made[column.name] = pd.Series([value], dtype=blank[column.name].dtype).repeat(rows).reset_index(drop=True)
    return pd.DataFrame(made)


def made_year(rows: int, seed: int = 11) -> dict[str, pd.DataFrame]:
    """Return receipts, references, open_items and customers of a year in which each receipt settled one item."""
    draw = np.random.default_rng(seed)
    people = max(40, rows // 25)
    who = draw.integers(0, people, rows)
    amount = draw.integers(1_000, 3_000_000, rows)
    monthly = who % 40 == 0
    amount[monthly] = 10_000 + who[monthly]
    day = draw.integers(20, 360, rows)
    again = np.arange(rows) % 500 == 0
    names = np.char.add("C", who.astype("U7"))
    number = np.char.add("2025-", np.char.zfill(np.arange(rows).astype("U7"), 7))
    when = _FIRST + day.astype("timedelta64[D]")
    book = {"ledger_id": ["MAIN"] * rows, "company_code": ["1000"] * rows, "currency": ["EUR"] * rows}
    items = filled("open_items", {
        **book, "item_id": np.char.add(np.char.add("1000:", number), ":2025:1"), "customer_id": names, "doc_no": number, "reference": number,
        "doc_type": ["INV"] * rows, "amount_doc": amount, "clearing_date": when, "clearing_doc": np.char.add("K", number),
        "local_currency": ["EUR"] * rows, "amount_local": amount, "gl_account": ["1400"] * rows,
    }, rows)  # fmt: skip
    later = np.where(again, draw.integers(3, 60, rows), 0)
    paid = when + later.astype("timedelta64[D]")
    receipts = filled("receipts", {
        **book, "receipt_id": np.char.add("R", number), "customer_id": names, "amount": amount, "unapplied_amount": amount, "booking_date": paid,
        "value_date": paid, "remittance_text": np.char.add("Invoice ", number), "payer_strength": ["STRONG"] * rows,
        "payer_key": ["B3"] * rows, "status": ["UNAPPLIED"] * rows, "method": ["WIRE"] * rows,
        "remitter_account": np.char.add("DE", who.astype("U7")), "source_file": ["b"] * rows, "source_line": number,
    }, rows)  # fmt: skip
    references = filled("references", {
        "receipt_id": receipts["receipt_id"], "token": np.char.replace(number, "-", ""), "origin": ["text"] * rows,
        "item_id": items["item_id"], "field": ["reference"] * rows, "state": ["CLEARED"] * rows,
    }, rows)  # fmt: skip
    customers = filled("customers", {
        "customer_id": np.char.add("C", np.arange(people).astype("U7")), "ledger_id": ["MAIN"] * people, "company_code": ["1000"] * people,
        "name": ["x"] * people, "customer_id_raw": ["x"] * people,
    }, people)  # fmt: skip
    return {"receipts": receipts, "references": references, "open_items": items, "customers": customers}


def main() -> None:
    """Time each step and print what was found."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    policy = Policy.model_validate(read_policy((ROOT / "params/policy.yaml").read_text(encoding="utf-8")))
    year = made_year(rows)
    planted = set(year["receipts"]["receipt_id"].iloc[::500])
    begun, cpu = time.perf_counter(), time.process_time()
    breaks = duplicate_payments(*year.values(), policy)
    first, used = time.perf_counter(), time.process_time()
    print(
        f"{rows:,} receipts, {rows:,} settled items: second payments {used - cpu:.1f} CPU s, {first - begun:.1f} s, {len(breaks):,} found"
    )
    found = classify(RepeatBooks(**year, breaks=breaks, policy=policy, as_of=pd.Timestamp("2025-12-31").date()))
    done, all_used = time.perf_counter(), time.process_time()
    hit = planted & set(found.repeats.loc[found.repeats["class"] == "DUPLICATE_PAYMENT", "this"])
    print(f"all classes {all_used - used:.1f} CPU s, {done - first:.1f} s more; together {all_used - cpu:.1f} CPU s, {done - begun:.1f} s")
    print(f"planted repeats found {len(hit):,} of {len(planted):,}")
    print(found.repeat_classes.to_string(index=False), f"load {os.getloadavg()[0]:.1f}", sep="\n")


if __name__ == "__main__":
    main()
