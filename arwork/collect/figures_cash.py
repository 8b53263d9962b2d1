"""Figures of cash application, disputes and concentration (MT-40 to MT-54, MT-70, MT-71)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from arwork.collect import metrics as mt
from arwork.collect.figure import Figure, weighed
from arwork.collect.overdue import OVER


def applied(receipts: pd.DataFrame, proposals: pd.DataFrame, allocations: pd.DataFrame, start: date, as_of: date) -> Iterator[Figure]:
    """Yield how cash was applied: matched by rule, waiting, electronic (MT-40 to MT-48)."""
    auto = set(proposals.loc[(proposals["status"] == "AUTO") & (proposals["decided_by"] == "rule"), "receipt_id"])
    rows = receipts[receipts["status"] != "MISDIRECTED"]
    # A receipt with money left on account counts as matched only where 95 % of it was allocated (5.5).
    full = rows["receipt_id"].isin(auto) & (rows["applied_amount"] * 20 >= rows["amount"] * 19)
    name, part, whole = "Matched automatically", int(full.sum()), len(rows)
    yield _rows("MT-40", name, part, whole, "Receipts fully allocated by rule / receipts.", "receipts")
    for code, own in rows.groupby("currency"):
        above, below = int(own.loc[full.loc[own.index], "amount"].sum()), int(own["amount"].sum())
        said = f"The same by value, receipts in {code}."
        yield Figure("MT-41", name, "PERCENT", "MONEY", mt.percent(above, below), above, below, said, f"value {code}")
    items = allocations[allocations["receipt_id"].isin(rows["receipt_id"])]
    ruled = int((items["by"] == "rule").sum())
    yield _rows("MT-42", "Items matched automatically", ruled, len(items), "Items allocated by rule / items allocated.", "items")
    for metric, name, needs in (
        ("MT-43", "Straight through", "a record of which remittance advices a person keyed in; no table of arwork holds it"),
        ("MT-44", "Misapplied", "decisions of the 60 days after the allocations; this close ends at its key date, a later one holds them"),
    ):
        yield Figure(metric, name, "PERCENT", "ROWS", None, None, None, "", needs=needs)
    yield from _waiting(rows, (as_of - start).days + 1, as_of)
    electronic = ~rows["method"].isin(["CHEQUE", "CASH"])
    name, said = "Electronic payments", "Receipts that are neither cheque nor cash / receipts."
    yield _rows("MT-48", name, int(electronic.sum()), len(rows), said, "by count")
    for code, own in rows.groupby("currency"):
        above, below = int(own.loc[electronic.loc[own.index], "amount"].sum()), int(own["amount"].sum())
        yield Figure(
            "MT-48", name, "PERCENT", "MONEY", mt.percent(above, below), above, below, f"The same by value, in {code}.", f"value {code}"
        )


def _rows(metric: str, name: str, part: int, whole: int, formula: str, variant: str) -> Figure:
    return Figure(metric, name, "PERCENT", "ROWS", mt.percent(part, whole), part, whole, formula, variant)


def _waiting(rows: pd.DataFrame, days: int, as_of: date) -> Iterator[Figure]:
    """Yield unapplied cash in days of receipts and its age, by currency (MT-45, MT-46).

    MT-45 asks for the average balance of the period. No table says on which day a rule applied a receipt, so the balance of each day is not known:
    the balance at the key date stands for the average, and the figure says so.
    """
    for code, own in rows.groupby("currency"):
        waits = own["unapplied_amount"] + own["unidentified_amount"]
        waiting, got = int(waits.sum()), int(own["amount"].sum())
        said = f"Unapplied and unidentified / receipts a day, in {code}; at the key date, for the balance of each day is not known."
        value = mt.unapplied_days(Fraction(waiting), got, days)
        yield Figure("MT-45", "Unapplied cash", "DAYS", "MONEY", value, waiting, got, said, f"closing {code}")
        held = own[waits > 0]
        found = weighed(waits.loc[held.index], (pd.Timestamp(as_of) - held["value_date"]).dt.days)
        yield Figure(
            "MT-46", "Age of unapplied cash", "DAYS", "DAYS", mt.ratio(*found), *found, f"Σ(amount × age) / Σ amount, in {code}.", f"{code}"
        )


def disputed(own: dict[str, pd.DataFrame], start: date, as_of: date) -> Iterator[Figure]:
    """Yield what is in dispute and how disputes end (MT-50 to MT-54)."""
    debits = own["items"][own["items"]["left_local"] > 0]
    part, whole = int(debits["disputed_local"].sum()), int(debits["left_local"].sum())
    said = "Disputed parts of open debits / open debits."
    yield Figure("MT-50", "Items in dispute", "PERCENT", "MONEY", mt.percent(part, whole), part, whole, said)
    cases = own["disputes"]
    done = cases[cases["resolved_date"].between(pd.Timestamp(start), pd.Timestamp(as_of))]
    yield from _deducted(cases, (as_of - start).days + 1, start, as_of)
    needs = "" if cases["resolved_date"].notna().any() else "the day of resolution of disputes"
    pairs = [(a.date(), b.date()) for a, b in zip(done["opened_date"], done["resolved_date"], strict=True)]
    total, said = sum((b - a).days for a, b in pairs), "Mean of resolved less opened, resolved in the period."
    yield Figure("MT-52", "Days to resolve a dispute", "DAYS", "ROWS", mt.cycle_time(pairs), total, len(pairs), said, needs=needs)
    valid, said = int(done["resolution"].isin(["VALID", "PARTLY_VALID"]).sum()), "Valid or partly valid / resolved in the period."
    yield Figure("MT-53", "Disputes found valid", "PERCENT", "ROWS", mt.percent(valid, len(done)), valid, len(done), said, needs=needs)
    live = cases[~cases["status"].isin(OVER)]
    over, said = int((live["due_date"] < pd.Timestamp(as_of)).sum()), "Unresolved disputes past their deadline / unresolved disputes."
    needs = "" if len(cases) else "disputes"
    yield Figure(
        "MT-54", "Disputes over their deadline", "PERCENT", "ROWS", mt.percent(over, len(live)), over, len(live), said, needs=needs
    )


def _deducted(cases: pd.DataFrame, days: int, start: date, as_of: date) -> Iterator[Figure]:
    """Yield days deductions outstanding: in dispute and not resolved / brought into dispute in the period × days, by currency (MT-51)."""
    name, said = "Days deductions outstanding", f"In dispute / brought into dispute in the period × {days} days."
    if cases.empty:
        yield Figure("MT-51", name, "DAYS", "MONEY", None, None, None, said, needs="disputes")
    for code, own in cases.groupby("currency"):
        live = own[~own["status"].isin(OVER) & (own["opened_date"] <= pd.Timestamp(as_of))]
        raised = own[own["opened_date"].between(pd.Timestamp(start), pd.Timestamp(as_of))]
        first = raised["original_amount"].astype("Int64").fillna(raised["disputed_amount"])
        above, below = int(live["disputed_amount"].sum()), int(first.sum())
        value = mt.deduction_days(above, below, days)
        yield Figure("MT-51", name, "DAYS", "MONEY", value, above, below, f"{said[:-1]}, in {code}.", f"{code}")


def concentrated(own: dict[str, pd.DataFrame]) -> Iterator[Figure]:
    """Yield how much stands with few debtors (MT-70, MT-71)."""
    owed = own["items"].groupby("customer_id")["left_local"].sum()
    debtors = [int(v) for v in owed.to_numpy(dtype=np.int64) if v > 0]
    top, whole = sum(sorted(debtors, reverse=True)[:10]), sum(debtors)
    yield Figure(
        "MT-70",
        "Share of the ten largest",
        "PERCENT",
        "MONEY",
        mt.top_share(debtors, 10),
        top,
        whole,
        "Balances of the ten largest debtors / all debtor balances.",
        "top 10",
    )
    yield Figure(
        "MT-71",
        "Concentration",
        "INDEX",
        "MONEY",
        mt.concentration(debtors),
        None,
        whole,
        "Σ of squared shares in percent points; 10,000 is one debtor.",
    )
