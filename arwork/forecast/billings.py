"""Cash from invoices that are not written yet: billing at the pace of the last months, paid as earlier months were (FC-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from arwork.forecast.behaviour import SEGMENT, Counts, Floats
from arwork.forecast.weeks import Days

_MONTHS, _DEEP = 12, 6


@dataclass(frozen=True)
class Pace:
    """What a segment bills: minor units a day, how much that varies from month to month, and the share paid so many months after."""

    per_day: float
    spread: float
    curve: Floats


def cohort(claims: pd.DataFrame, as_of: date, months: int = _MONTHS, deep: int = _DEEP) -> Floats:
    """Return the share of a month's billing that is paid in that month, the next one and so on (FC-06).

    Only whole months count, each as far as it can be seen: month 0 over all of them, month 1 without the newest, and so on.
    """
    whole = _month(pd.Series([pd.Timestamp(as_of) + pd.Timedelta(days=1)]))[0] - 1
    billed, lag = _month(claims["posting_date"]), _month(claims["clearing_date"].where(claims["paid"], claims["posting_date"]))
    amount = claims["amount_doc"].to_numpy().astype(float)
    after, seen = lag - billed, whole - billed
    used = (billed <= whole) & (billed > whole - months)
    base = [amount[used & (seen >= step)].sum() for step in range(deep)]
    paid = [amount[used & (seen >= step) & claims["paid"].to_numpy() & (after == step)].sum() for step in range(deep)]
    return np.array([got / of if of else 0.0 for got, of in zip(paid, base, strict=True)])


def pace(claims: pd.DataFrame, as_of: date, months: int = 3) -> dict[tuple[str, str, str], Pace]:
    """Return by segment the billing per day over the last whole months, its spread, and its collections curve (FC-06)."""
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    end = end - pd.Timedelta(days=end.day - 1)
    start = end - pd.DateOffset(months=months)
    found = {}
    for name, rows in claims.groupby(SEGMENT, sort=True):
        within = rows[(rows["posting_date"] >= start) & (rows["posting_date"] < end)]
        year = rows[(rows["posting_date"] >= end - pd.DateOffset(months=_MONTHS)) & (rows["posting_date"] < end)]
        by_month = year.groupby(_month(year["posting_date"]))["amount_doc"].sum().to_numpy().astype(float)
        spread = min(float(by_month.std(ddof=1) / by_month.mean()), 0.5) if len(by_month) > 2 else 0.0
        key = (str(name[0]), str(name[1]), str(name[2]))
        found[key] = Pace(float(within["amount_doc"].sum()) / max((end - start).days, 1), spread, cohort(rows, as_of))
    return found


def _month(days: pd.Series[pd.Timestamp]) -> Counts:
    return (days.dt.year * 12 + days.dt.month).to_numpy().astype(np.int64)


def new_cash(paced: Pace, as_of: date, until: Days) -> Floats:
    """Return the cash from invoices not written yet that is expected by each day, in minor units (FC-06).

    What is billed on a day of its month is paid evenly over the days that are left of it, later months' shares evenly over theirs.
    """
    days = np.arange(np.datetime64(as_of, "D") + 1, until[-1] + 1)
    month = days.astype("datetime64[M]").astype(np.int64)
    cash = np.zeros(len(days))
    for billed in np.unique(month):
        own = np.flatnonzero(month == billed)
        first = np.datetime64(int(billed), "M")
        whole = int(((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int64))
        total = paced.per_day * len(own)
        ramp = np.arange(whole - len(own) + 1, whole + 1) - (whole - len(own))
        cash[own] += total * paced.curve[0] * (len(own) / whole) * ramp / ramp.sum()
        for step in range(1, len(paced.curve)):
            later = np.flatnonzero(month == billed + step)
            if len(later):
                cash[later] += total * paced.curve[step] / len(later)
    reached = np.cumsum(cash)
    at_end: Floats = reached[(until - days[0]).astype(np.int64)]
    return at_end
