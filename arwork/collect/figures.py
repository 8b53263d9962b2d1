"""This month's receivables figures, computed from the tables, each with its formula or with what it would need (MT-10 to MT-72)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from arwork.collect import metrics as mt
from arwork.collect.key_date import open_at
from arwork.collect.overdue import OVER
from arwork.collect.promises import kept_ratio
from arwork.dates import period_end, period_of, period_start, previous_period
from arwork.policy import Policy
from arwork.tables import conform

_BOOK = ["ledger_id", "company_code"]
_CASH = ("ONACC", "RCPT")
_SOLD = ("INV", "DM", "INST")


@dataclass(frozen=True)
class Month:
    """What a month's figures are made of; `items` come from `standing`."""

    open_items: pd.DataFrame
    items: pd.DataFrame
    receipts: pd.DataFrame
    proposals: pd.DataFrame
    allocations: pd.DataFrame
    paid: pd.DataFrame
    disputes: pd.DataFrame
    promises: pd.DataFrame
    first: pd.DataFrame
    sales_history: pd.DataFrame
    ledgers: pd.DataFrame


@dataclass(frozen=True)
class _Figure:
    metric: str
    name: str
    unit: str
    counts: str
    value: Fraction | None
    above: int | None
    below: int | None
    formula: str
    variant: str = "standard"
    bound: bool = False
    needs: str = ""


def measure(month: Month, policy: Policy, start: date, as_of: date) -> pd.DataFrame:
    """Return `metrics`: a row a figure and ledger, ledger currency, with numerator and denominator (MT-10 to MT-71).

    Receivables are debit items less credit memos, before money on the account (decision 6); at the key date they are taken after
    the allocations of this close, which the ledger has not posted. Credit sales come from
    `sales_history`, else from the invoices of the extract, for the months from that of its earliest clearing on.
    """
    rows = []
    for book in month.ledgers.to_dict("records"):
        own = {name: _own(getattr(month, name), book) for name in (
            "open_items", "items", "receipts", "paid", "disputes", "promises", "first", "sales_history",
        )}  # fmt: skip
        figures = [
            *_outstanding(own, start, as_of), *_behaviour(own, policy), *_promised(own), *_applied(own["receipts"], month, start, as_of),
            *_disputed(own, start, as_of), *_concentrated(own),
        ]  # fmt: skip
        rows += [_row(figure, book) for figure in figures]
    return conform("metrics", pd.DataFrame(rows))


def _own(frame: pd.DataFrame, book: dict[Any, Any]) -> pd.DataFrame:
    return frame.loc[(frame["ledger_id"] == book["ledger_id"]) & (frame["company_code"] == book["company_code"])]


def _row(f: _Figure, book: dict[Any, Any]) -> dict[str, Any]:
    status = "NOT_MEASURABLE" if f.needs else "NO_VALUE" if f.value is None else "MEASURED"
    sentence = f"Not measurable: needs {f.needs}." if f.needs else f.formula
    if status == "NO_VALUE":
        sentence = f"No value, because the figure below the line is zero: {f.formula}"
    return {
        "ledger_id": book["ledger_id"], "company_code": book["company_code"], "metric": f.metric, "variant": f.variant, "name": f.name,
        "value": "" if f.value is None or f.needs else str(mt.shown(f.value)), "bound": f.bound, "unit": f.unit,
        "numerator": pd.NA if f.above is None else f.above, "denominator": pd.NA if f.below is None else f.below, "counts": f.counts,
        "currency": book["ledger_currency"], "status": status, "sentence": sentence,
    }  # fmt: skip


def receivables(open_items: pd.DataFrame, day: date) -> tuple[int, int]:
    """Return receivables at a day and their part that is not overdue, ledger currency: debits less credit memos (decision 6)."""
    kept = open_at(open_items, day)
    return _split(kept, kept["open_local"], day)


def _split(kept: pd.DataFrame, amounts: pd.Series[int], day: date) -> tuple[int, int]:
    owed = ~(kept["doc_type"].isin(_CASH) & (kept["ref_item"] == ""))
    current = kept["due_date"] >= pd.Timestamp(day)
    return int(amounts[owed].sum()), int(amounts[owed & current].sum())


def sales_by_month(open_items: pd.DataFrame, sales_history: pd.DataFrame) -> dict[str, int]:
    """Return credit sales by month, for the months that are known whole; empty where none is (T22)."""
    if len(sales_history):
        return {str(m): int(v) for m, v in sales_history.groupby("month")["credit_sales"].sum().items()}
    cleared = open_items["clearing_date"].min()
    if pd.isna(cleared):
        return {}
    sold = open_items.loc[open_items["doc_type"].isin(_SOLD) & (open_items["amount_doc"] > 0) & (open_items["reversed_by"] == "")]
    sold = sold.loc[sold["doc_date"] >= cleared.replace(day=1)]
    return {str(m): int(v) for m, v in sold.groupby(sold["doc_date"].dt.strftime("%Y-%m"))["amount_local"].sum().items()}


def _outstanding(own: dict[str, pd.DataFrame], start: date, as_of: date) -> Iterator[_Figure]:
    items = own["open_items"]
    opening, _ = receivables(items, start - timedelta(1))
    held = own["items"].merge(items[["item_id", "ref_item"]], on="item_id", how="left", validate="1:1")
    closing, current = _split(held, held["left_local"], as_of)
    monthly = sales_by_month(items, own["sales_history"])
    months = [period_of(start)]
    while months[-1] < period_of(as_of):
        months.append(period_of(period_end(months[-1]) + timedelta(1)))
    needs = "" if monthly.get(period_of(as_of)) is not None else "sales_history, or cleared items in the extract of open items"
    sales, days, count = sum(monthly.get(m, 0) for m in months), (as_of - start).days + 1, len(months)
    history = _history(monthly, as_of)
    back = mt.countback(closing, history)
    turn = mt.turnover(sales, opening, closing)
    at_start, bought = opening + sales - closing, opening + sales - current
    yield _Figure("MT-10", "Days sales outstanding", "DAYS", "MONEY", mt.dso(closing, sales, days), closing, sales, f"Receivables / credit sales × {days} days.", needs=needs)
    yield _Figure("MT-11", "Best possible DSO", "DAYS", "MONEY", mt.dso(current, sales, days), current, sales, f"Receivables not overdue / credit sales × {days} days.", needs=needs)
    late = mt.days_delinquent(closing, current, sales, days)
    yield _Figure("MT-12", "Average days delinquent", "DAYS", "MONEY", late, closing - current, sales, "DSO less best possible DSO.", needs=needs)
    yield _Figure(
        "MT-13", "Countback DSO", "DAYS", "MONEY", back.days, closing, None, "Whole months of sales taken off receivables, newest first, the last one pro rata."
        + (" The sales history ends before; more days than shown." if back.exhausted else ""), "countback", back.exhausted, needs,
    )  # fmt: skip
    yield _Figure("MT-15", "Turnover", "TIMES", "MONEY", turn, sales, (opening + closing) // 2, "Credit sales / average of opening and closing receivables, per period.", "per period", needs=needs)
    yield _Figure("MT-15", "Turnover", "TIMES", "MONEY", mt.annualised(turn, count), sales, (opening + closing) // 2, "Turnover of the period, a year.", "annualised", needs=needs)
    yield _Figure("MT-16", "Collection effectiveness", "PERCENT", "MONEY", mt.cei(opening, sales, closing, current), at_start, bought, "(Opening + sales − closing) / (opening + sales − not overdue).", "sales of the period", needs=needs)
    yield _Figure("MT-17", "Collection effectiveness", "PERCENT", "MONEY", mt.cei(opening, sales, closing, current, count), None, None, f"The same with sales / {count} months.", "sales by months", needs=needs)


def _history(monthly: dict[str, int], as_of: date) -> list[tuple[int, int]]:
    """Return (sales, days) of the months known, newest first; the key date ends the newest."""
    found, month = [], period_of(as_of)
    while month in monthly:
        last = min(period_end(month), as_of)
        found.append((monthly[month], (last - period_start(month)).days + 1))
        month = previous_period(month)
    return found


def _behaviour(own: dict[str, pd.DataFrame], policy: Policy) -> Iterator[_Figure]:
    debits = own["items"].loc[own["items"]["left_local"] > 0]
    terms = (debits["due_date"] - debits["doc_date"]).dt.days
    weights = _weighed(debits["left_local"], terms)
    yield _Figure("MT-20", "Weighted average terms", "DAYS", "DAYS", mt.ratio(*weights), *weights, "Σ(open amount × days from invoice to due date) / Σ open amount.")
    paid = own["paid"]
    for metric, name, column in (("MT-21", "Weighted average days to pay", "days_to_pay"), ("MT-22", "Weighted average days late", "days_late")):
        found = _weighed(paid["local"], paid[column])
        needs = "" if len(paid) else "allocations, or cleared items in the extract of open items"
        yield _Figure(metric, name, "DAYS", "DAYS", mt.ratio(*found), *found, f"Σ(paid × {column.replace('_', ' ')}) / Σ paid, by value date.", needs=needs)
    whole = int(debits["left_local"].sum())
    last = policy.ageing.buckets[-1]
    for variant, rows in (
        ("not overdue", debits["days_past_due"] <= 0), ("overdue", debits["days_past_due"] >= 1), (f"over {last} days", debits["days_past_due"] > last),
    ):  # fmt: skip
        part = int(debits.loc[rows, "left_local"].sum())
        yield _Figure("MT-23", f"Share {variant}", "PERCENT", "MONEY", mt.percent(part, whole), part, whole, f"Open debits {variant} / all open debits.", variant)


def _weighed(amounts: pd.Series[int], days: pd.Series[int]) -> tuple[int, int]:
    """Return Σ(amount × days) and Σ amount, exact beyond 64 bits."""
    sums = amounts.groupby(days.to_numpy()).sum() if len(amounts) else amounts
    return sum(int(day) * int(value) for day, value in sums.items()), int(amounts.sum())


def _promised(own: dict[str, pd.DataFrame]) -> Iterator[_Figure]:
    pairs, states = kept_ratio(own["promises"])
    kept, partly, broken = (states.get(name, 0) for name in ("KEPT", "PARTIALLY_KEPT", "BROKEN"))
    needs = "" if len(own["promises"]) else "promises"
    yield _Figure("MT-30", "Promises kept", "PERCENT", "ROWS", mt.kept_by_count(kept, partly, broken), kept, kept + partly + broken, "KEPT / evaluated promises.", "by count", needs=needs)
    above, below = sum(min(a, b) for a, b in pairs), sum(b for _, b in pairs)
    one = own["promises"]["currency"].nunique() <= 1
    needs = needs or ("" if one else "promises in one currency")
    yield _Figure("MT-30", "Promises kept", "PERCENT", "MONEY", mt.kept_by_value(pairs), above, below, "Σ min(paid in time, promised) / Σ promised.", "by value", needs=needs)
    states = {str(s): int(n) for s, n in own["first"]["status"].value_counts().items()}
    met, breached = states.get("MET", 0), states.get("BREACHED", 0)
    needs = "" if len(own["first"]) else "contacts"
    yield _Figure("MT-31", "First contact in time", "PERCENT", "ROWS", mt.first_contact(met, breached), met, met + breached, "MET / (MET + BREACHED), by item.", needs=needs)


def _applied(receipts: pd.DataFrame, month: Month, start: date, as_of: date) -> Iterator[_Figure]:
    auto = set(month.proposals.loc[(month.proposals["status"] == "AUTO") & (month.proposals["decided_by"] == "rule"), "receipt_id"])
    rows = receipts.loc[receipts["status"] != "MISDIRECTED"]
    # A receipt with money left on account counts as matched only where 95 % of it was allocated (5.5).
    full = rows["receipt_id"].isin(auto) & (rows["applied_amount"] * 20 >= rows["amount"] * 19)
    yield _Figure("MT-40", "Matched automatically", "PERCENT", "ROWS", mt.percent(int(full.sum()), len(rows)), int(full.sum()), len(rows), "Receipts fully allocated by rule / receipts.", "receipts")
    for code, own in rows.groupby("currency"):
        part, whole = int(own.loc[full.loc[own.index], "amount"].sum()), int(own["amount"].sum())
        yield _Figure("MT-41", "Matched automatically", "PERCENT", "MONEY", mt.percent(part, whole), part, whole, f"The same by value, receipts in {code}.", f"value {code}")
    cleared = month.allocations.loc[month.allocations["receipt_id"].isin(rows["receipt_id"])]
    ruled = int((cleared["by"] == "rule").sum())
    yield _Figure("MT-42", "Items matched automatically", "PERCENT", "ROWS", mt.percent(ruled, len(cleared)), ruled, len(cleared), "Items allocated by rule / items allocated.", "items")
    yield _Figure("MT-43", "Straight through", "PERCENT", "ROWS", None, None, None, "", needs="a record of advices that somebody keyed in")
    yield _Figure("MT-44", "Misapplied", "PERCENT", "ROWS", None, None, None, "", needs="corrections of the 60 days after the allocations")
    days = (as_of - start).days + 1
    for code, own in rows.groupby("currency"):
        waiting, got = int((own["unapplied_amount"] + own["unidentified_amount"]).sum()), int(own["amount"].sum())
        yield _Figure("MT-45", "Unapplied cash", "DAYS", "MONEY", mt.unapplied_days(Fraction(waiting), got, days), waiting, got, f"Unapplied and unidentified at the key date / receipts a day, in {code}.", f"closing {code}")
        held = own.loc[own["unapplied_amount"] + own["unidentified_amount"] > 0]
        ages = (pd.Timestamp(as_of) - held["value_date"]).dt.days
        found = _weighed(held["unapplied_amount"] + held["unidentified_amount"], ages)
        yield _Figure("MT-46", "Age of unapplied cash", "DAYS", "DAYS", mt.ratio(*found), *found, f"Σ(amount × age) / Σ amount, in {code}.", f"{code}")
    electronic = int((~rows["method"].isin(["CHEQUE", "CASH"])).sum())
    yield _Figure("MT-48", "Electronic payments", "PERCENT", "ROWS", mt.percent(electronic, len(rows)), electronic, len(rows), "Receipts that are neither cheque nor cash / receipts.", "by count")


def _disputed(own: dict[str, pd.DataFrame], start: date, as_of: date) -> Iterator[_Figure]:
    debits = own["items"].loc[own["items"]["left_local"] > 0]
    part, whole = int(debits["disputed_local"].sum()), int(debits["left_local"].sum())
    yield _Figure("MT-50", "Items in dispute", "PERCENT", "MONEY", mt.percent(part, whole), part, whole, "Disputed parts of open debits / open debits.")
    cases = own["disputes"]
    done = cases.loc[cases["resolved_date"].between(pd.Timestamp(start), pd.Timestamp(as_of))]
    needs = "" if cases["resolved_date"].notna().any() else "the day of resolution of disputes"
    pairs = [(a.date(), b.date()) for a, b in zip(done["opened_date"], done["resolved_date"], strict=True)]
    total = sum((b - a).days for a, b in pairs)
    yield _Figure("MT-52", "Days to resolve a dispute", "DAYS", "ROWS", mt.cycle_time(pairs), total, len(pairs), "Mean of resolved less opened, resolved in the period.", needs=needs)
    valid = int(done["resolution"].isin(["VALID", "PARTLY_VALID"]).sum())
    yield _Figure("MT-53", "Disputes found valid", "PERCENT", "ROWS", mt.percent(valid, len(done)), valid, len(done), "Valid or partly valid / resolved in the period.", needs=needs)
    live = cases.loc[~cases["status"].isin(OVER)]
    over = int((live["due_date"] < pd.Timestamp(as_of)).sum())
    yield _Figure("MT-54", "Disputes over their deadline", "PERCENT", "ROWS", mt.percent(over, len(live)), over, len(live), "Unresolved disputes past their deadline / unresolved disputes.", needs="" if len(cases) else "disputes")


def _concentrated(own: dict[str, pd.DataFrame]) -> Iterator[_Figure]:
    owed = own["items"].groupby("customer_id")["left_local"].sum()
    debtors = [int(v) for v in owed.to_numpy(dtype=np.int64) if v > 0]
    top, whole = sum(sorted(debtors, reverse=True)[:10]), sum(debtors)
    yield _Figure("MT-70", "Share of the ten largest", "PERCENT", "MONEY", mt.top_share(debtors, 10), top, whole, "Balances of the ten largest debtors / all debtor balances.", "top 10")
    yield _Figure("MT-71", "Concentration", "INDEX", "MONEY", mt.concentration(debtors), None, whole, "Σ of squared shares in percent points; 10,000 is one debtor.")
