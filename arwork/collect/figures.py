"""This month's receivables figures, computed from the tables, each with its formula or with what it would need (MT-10 to MT-72)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd

from arwork.collect import metrics as mt
from arwork.collect.figure import Figure, weighed
from arwork.collect.figures_cash import applied, concentrated, disputed
from arwork.collect.figures_history import from_history
from arwork.collect.figures_work import against_limits, exposed, worked
from arwork.collect.key_date import open_at
from arwork.collect.promises import kept_ratio
from arwork.dates import Holidays, period_end, period_of, period_start, previous_period
from arwork.money import ISO, Units
from arwork.policy import Policy
from arwork.tables import conform

_BOOK = ["ledger_id", "company_code"]
_CASH = ("ONACC", "RCPT")
_SOLD = ("INV", "DM", "INST")


@dataclass(frozen=True)
class Month:
    """What a month's figures are made of; `items` come from `standing`, `off` are the holidays of each book (T27)."""

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
    customers: pd.DataFrame
    customer_profiles: pd.DataFrame
    contacts: pd.DataFrame
    letters_sent: pd.DataFrame
    cash_book: pd.DataFrame
    off: Holidays = field(default_factory=dict)


def measure(month: Month, policy: Policy, start: date, as_of: date, units: Units = ISO) -> pd.DataFrame:
    """Return `metrics`: a row a figure and ledger, ledger currency, with numerator and denominator (MT-10 to MT-72).

    Receivables are debit items less credit memos, before money on the account (decision 6); at the key date they are taken after
    the allocations of this close, which the ledger has not posted. Credit sales come from
    `sales_history`, else from the invoices of the extract, for the months from that of its earliest clearing on.
    """
    rows = []
    families = exposed(month.items, month.customers, month.customer_profiles, month.receipts)
    for book in month.ledgers.to_dict("records"):
        own = {name: _own(getattr(month, name), book) for name in (
            "open_items", "items", "receipts", "paid", "disputes", "promises", "first", "sales_history", "customers", "contacts", "letters_sent", "cash_book",
        )}  # fmt: skip
        figures = [
            *_outstanding(own, start, as_of), *from_history(own, sales_by_month(own["open_items"], own["sales_history"]), policy.ageing.buckets, as_of),
            *_behaviour(own, policy), *_promised(own, start, as_of), *applied(own["receipts"], month.proposals, month.allocations, start, as_of),
            *disputed(own, start, as_of), *concentrated(own), *worked(own, units.exponent(book["ledger_currency"]), start, as_of, month.off),
            *against_limits(families, own["customers"], book["ledger_currency"]),
        ]  # fmt: skip
        rows += [_row(figure, book) for figure in figures]
    return conform("metrics", pd.DataFrame(rows))


def _own(frame: pd.DataFrame, book: dict[Any, Any]) -> pd.DataFrame:
    own: pd.DataFrame = frame[(frame["ledger_id"] == book["ledger_id"]) & (frame["company_code"] == book["company_code"])]
    return own


def _row(f: Figure, book: dict[Any, Any]) -> dict[str, Any]:
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
    sold = open_items[open_items["doc_type"].isin(_SOLD) & (open_items["amount_doc"] > 0) & (open_items["reversed_by"] == "")]
    sold = sold[sold["doc_date"] >= cleared.replace(day=1)]
    return {str(m): int(v) for m, v in sold.groupby(sold["doc_date"].dt.strftime("%Y-%m"))["amount_local"].sum().items()}


@dataclass(frozen=True)
class _Sold:
    """Receivables and credit sales of a book: opening, closing, not overdue, sales, days, number of months, sales by month, what is needed."""

    opening: int
    closing: int
    current: int
    sales: int
    days: int
    months: int
    monthly: dict[str, int]
    needs: str


def _sold(own: dict[str, pd.DataFrame], start: date, as_of: date) -> _Sold:
    items = own["open_items"]
    opening, _ = receivables(items, start - timedelta(1))
    held = own["items"].merge(items[["item_id", "ref_item"]], on="item_id", how="left", validate="1:1")
    closing, current = _split(held, held["left_local"], as_of)
    monthly = sales_by_month(items, own["sales_history"])
    months = [period_of(start)]
    while months[-1] < period_of(as_of):
        months.append(period_of(period_end(months[-1]) + timedelta(1)))
    needs = "" if period_of(as_of) in monthly else "sales_history, or cleared items in the extract of open items"
    sales = sum(monthly.get(month, 0) for month in months)
    return _Sold(opening, closing, current, sales, (as_of - start).days + 1, len(months), monthly, needs)


def _outstanding(own: dict[str, pd.DataFrame], start: date, as_of: date) -> Iterator[Figure]:
    """Yield the days of sales outstanding (MT-10 to MT-13), then what follows from them."""
    s = _sold(own, start, as_of)
    back = mt.countback(s.closing, _history(s.monthly, as_of))
    every, best = mt.dso(s.closing, s.sales, s.days), mt.dso(s.current, s.sales, s.days)
    late = mt.days_delinquent(s.closing, s.current, s.sales, s.days)
    for metric, name, value, above, said in (
        ("MT-10", "Days sales outstanding", every, s.closing, f"Receivables / credit sales × {s.days} days."),
        ("MT-11", "Best possible DSO", best, s.current, f"Receivables not overdue / credit sales × {s.days} days."),
        ("MT-12", "Average days delinquent", late, s.closing - s.current, "DSO less best possible DSO."),
    ):
        yield Figure(metric, name, "DAYS", "MONEY", value, above, s.sales, said, needs=s.needs)
    said = "Whole months of sales taken off receivables, newest first, the last one pro rata."
    said += " The sales history ends before; more days than shown." if back.exhausted else ""
    yield Figure("MT-13", "Countback DSO", "DAYS", "MONEY", back.days, s.closing, None, said, "countback", back.exhausted, s.needs)
    yield from _collected(s)


def _collected(s: _Sold) -> Iterator[Figure]:
    """Yield turnover and collection effectiveness (MT-15 to MT-17)."""
    turn, average = mt.turnover(s.sales, s.opening, s.closing), (s.opening + s.closing) // 2
    said = "Credit sales / average of opening and closing receivables, per period."
    yield Figure("MT-15", "Turnover", "TIMES", "MONEY", turn, s.sales, average, said, "per period", needs=s.needs)
    yearly = mt.annualised(turn, s.months)
    yield Figure(
        "MT-15", "Turnover", "TIMES", "MONEY", yearly, s.sales, average, "Turnover of the period, a year.", "annualised", needs=s.needs
    )
    above, below = s.opening + s.sales - s.closing, s.opening + s.sales - s.current
    name, value = "Collection effectiveness", mt.cei(s.opening, s.sales, s.closing, s.current)
    said = "(Opening + sales − closing) / (opening + sales − not overdue)."
    yield Figure("MT-16", name, "PERCENT", "MONEY", value, above, below, said, "sales of the period", needs=s.needs)
    value = mt.cei(s.opening, s.sales, s.closing, s.current, s.months)
    said = f"The same with sales / {s.months} months."
    yield Figure("MT-17", name, "PERCENT", "MONEY", value, None, None, said, "sales by months", needs=s.needs)


def _history(monthly: dict[str, int], as_of: date) -> list[tuple[int, int]]:
    """Return (sales, days) of the months known, newest first; the key date ends the newest."""
    found, month = [], period_of(as_of)
    while month in monthly:
        last = min(period_end(month), as_of)
        found.append((monthly[month], (last - period_start(month)).days + 1))
        month = previous_period(month)
    return found


def _behaviour(own: dict[str, pd.DataFrame], policy: Policy) -> Iterator[Figure]:
    """Yield terms, days to pay and the shares of the ageing (MT-20 to MT-23)."""
    debits = own["items"][own["items"]["left_local"] > 0]
    weights = weighed(debits["left_local"], (debits["due_date"] - debits["doc_date"]).dt.days)
    said = "Σ(open amount × days from invoice to due date) / Σ open amount."
    yield Figure("MT-20", "Weighted average terms", "DAYS", "DAYS", mt.ratio(*weights), *weights, said)
    paid = own["paid"]
    needs = "" if len(paid) else "allocations, or cleared items in the extract of open items"
    for metric, name, column in (
        ("MT-21", "Weighted average days to pay", "days_to_pay"),
        ("MT-22", "Weighted average days late", "days_late"),
    ):
        found = weighed(paid["local"], paid[column])
        said = f"Σ(paid × {column.replace('_', ' ')}) / Σ paid, by value date."
        yield Figure(metric, name, "DAYS", "DAYS", mt.ratio(*found), *found, said, needs=needs)
    whole, last = int(debits["left_local"].sum()), policy.ageing.buckets[-1]
    late = debits["days_past_due"]
    for variant, rows in (("not overdue", late <= 0), ("overdue", late >= 1), (f"over {last} days", late > last)):
        part, said = int(debits.loc[rows, "left_local"].sum()), f"Open debits {variant} / all open debits."
        yield Figure("MT-23", f"Share {variant}", "PERCENT", "MONEY", mt.percent(part, whole), part, whole, said, variant)


def _promised(own: dict[str, pd.DataFrame], start: date, as_of: date) -> Iterator[Figure]:
    """Yield promises kept and first contacts in time (MT-30, MT-31)."""
    pairs, states = kept_ratio(own["promises"])
    kept, partly, broken = (states.get(name, 0) for name in ("KEPT", "PARTIALLY_KEPT", "BROKEN"))
    needs = "" if len(own["promises"]) else "promises"
    yield Figure(
        "MT-30",
        "Promises kept",
        "PERCENT",
        "ROWS",
        mt.kept_by_count(kept, partly, broken),
        kept,
        kept + partly + broken,
        "KEPT / evaluated promises.",
        "by count",
        needs=needs,
    )
    above, below = sum(min(a, b) for a, b in pairs), sum(b for _, b in pairs)
    one = own["promises"]["currency"].nunique() <= 1
    needs = needs or ("" if one else "promises in one currency")
    yield Figure(
        "MT-30",
        "Promises kept",
        "PERCENT",
        "MONEY",
        mt.kept_by_value(pairs),
        above,
        below,
        "Σ min(paid in time, promised) / Σ promised.",
        "by value",
        needs=needs,
    )
    yield from contacted(own["first"], start, as_of)


def contacted(first: pd.DataFrame, start: date, as_of: date) -> Iterator[Figure]:
    """Yield first contacts in time: all, by collector, and by the week of the deadline in the period (MT-31, CO-10); `first` is `first_contacts`."""
    judged = first[first["status"].isin(["MET", "BREACHED"])]
    now = judged[judged["deadline"].between(pd.Timestamp(start), pd.Timestamp(as_of))]
    monday = (now["deadline"] - pd.to_timedelta(now["deadline"].dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d")
    groups = [("standard", judged), *((f"collector {who}", rows) for who, rows in judged.groupby("collector", sort=True))]
    groups += [(f"deadline in the week of {week}", rows) for week, rows in now.groupby(monday, sort=True)]
    needs = "" if len(first) else "contacts"
    for variant, rows in groups:
        met = int((rows["status"] == "MET").sum())
        value, said = mt.first_contact(met, len(rows) - met), "MET / (MET + BREACHED), by item."
        yield Figure("MT-31", "First contact in time", "PERCENT", "ROWS", value, met, len(rows), said, variant, needs=needs)
