"""Figures that need the history of the ledger: true DSO, roll rates, loss rates of cohorts and of chains (MT-14, MT-24, MT-61, MT-62)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd

from arwork.collect import metrics as mt
from arwork.collect.ageing import bucket_names
from arwork.collect.figure import Figure
from arwork.collect.key_date import open_at
from arwork.collect.provision import chain_rates, cohort_rates

_HISTORY = "cleared items in the extract of open items"


def from_history(own: Mapping[str, pd.DataFrame], monthly: Mapping[str, int], ends: Sequence[int], as_of: date) -> Iterator[Figure]:
    """Yield the figures of a book; `own` holds `items` (from `standing`) and `open_items`, `monthly` its credit sales by month, `ends` the buckets' days."""
    yield _true_dso(own["items"], monthly, as_of)
    yield from _rolled(own["items"], own["open_items"], ends, as_of)
    yield from _cohort(own["open_items"], ends, as_of)


def _true_dso(items: pd.DataFrame, monthly: Mapping[str, int], as_of: date) -> Figure:
    """True DSO: Σ (key date − document date) × open / credit sales of the invoice's month (MT-14)."""
    debits = items[items["left_local"] > 0]
    age = (pd.Timestamp(as_of) - debits["doc_date"]).dt.days.astype(object)
    month = debits["doc_date"].dt.strftime("%Y-%m")
    weighed = (age * debits["left_local"].astype(object)).groupby(month).sum()
    lacks = sorted(name for name in weighed.index if monthly.get(str(name), 0) <= 0)
    said = "Σ(days since the document × open / credit sales of its month)."
    if lacks:
        needs = f"sales_history of {lacks[0]}" + (f" and {len(lacks) - 1} other months" if len(lacks) > 1 else "")
        return Figure("MT-14", "True DSO", "DAYS", "MONEY", None, None, None, said, "by invoice", needs=needs)
    value = mt.true_dso((1, int(sums), monthly[str(name)]) for name, sums in weighed.items())
    return Figure("MT-14", "True DSO", "DAYS", "MONEY", value, None, None, said, "by invoice")


def _rolled(items: pd.DataFrame, open_items: pd.DataFrame, ends: Sequence[int], as_of: date) -> Iterator[Figure]:
    """Roll rates from the month-end before to the key date, and the chain of them to the last bucket (MT-24, MT-62).

    What was open at the month-end before comes from today's extract: an item that is open still counts with what is open of it now.
    """
    day = as_of.replace(day=1) - timedelta(days=1)
    before = open_at(open_items, day)
    before = before[before["open_local"] > 0]
    stood = np.digitize((pd.Timestamp(day) - before["due_date"]).dt.days, [0, *ends], right=True)
    left = items.set_index("item_id")
    now = left["left_local"].reindex(before["item_id"], fill_value=0).clip(lower=0).to_numpy()
    days = left["days_past_due"].reindex(before["item_id"], fill_value=0).to_numpy()
    stands = np.digitize(days, [0, *ends], right=True)
    names, whole = bucket_names(ends, "DUE"), before["open_local"].to_numpy()
    needs = "" if open_items["clearing_date"].notna().any() else _HISTORY
    rates: list[Fraction] = []
    for place in range(len(ends) + 1):
        rolled, base = int(now[(stood == place) & (stands == place + 1)].sum()), int(whole[stood == place].sum())
        rate = mt.roll_rate(rolled, base)
        rates.append(rate or Fraction(0))
        said = f"Of what stood in {names[place]} on {day}, what stands in {names[place + 1]} now / what stood there."
        yield Figure(
            "MT-24", "Roll rate", "PERCENT", "MONEY", rate, rolled, base, said, f"{names[place]} to {names[place + 1]}", needs=needs
        )
    for name, chain in zip(names, chain_rates(rates), strict=False):
        said = f"Product of the month's roll rates from {name} to {names[len(ends) + 1]}."
        yield Figure("MT-62", "Reaches the last bucket", "PERCENT", "MONEY", chain, None, None, said, f"from {name}", needs=needs)


def _cohort(open_items: pd.DataFrame, ends: Sequence[int], as_of: date) -> Iterator[Figure]:
    """Loss rate of each bucket: unpaid beyond the last bucket / what reached the bucket (MT-61).

    The cohort is every invoice that fell due since the first clearing of the extract and could grow older than the last bucket. It shows what
    the ledger did; the rates of the allowance stand in the policy (MT-60).
    """
    first, last = open_items["clearing_date"].min(), pd.Timestamp(as_of) - pd.Timedelta(days=ends[-1])
    sold = open_items[(open_items["amount_local"] > 0) & (open_items["doc_type"] == "INV") & (open_items["reversed_by"] == "")]
    cohort = sold[(sold["due_date"] >= first) & (sold["due_date"] < last)] if pd.notna(first) else sold.head(0)
    waited = (cohort["clearing_date"].fillna(pd.Timestamp(as_of)) - cohort["due_date"]).dt.days
    reached = [int(cohort["amount_local"].sum()), *(int(cohort.loc[waited > bound, "amount_local"].sum()) for bound in (0, *ends))]
    needs = "" if len(cohort) else f"{_HISTORY}, more than {ends[-1]} days back"
    names = bucket_names(ends, "DUE")
    for name, amount, rate in zip(names, reached, cohort_rates(reached, reached[-1]), strict=False):
        said = (
            f"Unpaid for more than {ends[-1]} days / what reached {name}, of invoices due from {first:%Y-%m-%d} on." if len(cohort) else ""
        )
        value = rate if amount else None
        yield Figure("MT-61", "Loss rate of history", "PERCENT", "MONEY", value, reached[-1], amount, said, f"reached {name}", needs=needs)
