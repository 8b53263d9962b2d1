"""Business days of many rows at once, by the holidays of each row's book, and the calendar in words (T27, CO-96)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from arwork.dates import NO_HOLIDAYS, Holidays


def business_days(
    first: pd.Series[pd.Timestamp], last: pd.Series[pd.Timestamp], books: pd.DataFrame | None = None, off: Holidays = NO_HOLIDAYS
) -> pd.Series[int]:
    """Count the business days after each first day up to and with the last: Monday to Friday less the holidays of the row's book.

    `books` name the book of each row by `ledger_id` and `company_code`, in the order of the rows; a book that is blank or unknown has no holidays.
    """
    start, end = (days.to_numpy().astype("datetime64[D]") for days in (first, last))
    found = np.busday_count(start + 1, end + 1)
    if books is not None and off:
        for (ledger, company), holidays in off.items():
            here = ((books["ledger_id"] == ledger) & (books["company_code"] == company)).to_numpy()
            days = sorted(holidays)
            if days and here.any():
                found[here] = np.busday_count(start[here] + 1, end[here] + 1, holidays=days)
    return pd.Series(found, index=first.index)


def calendar_of(off: Holidays) -> str:
    """Write which days are business days: how many holidays each book has in the params."""
    told = [f"{len(days)} of {ledger}/{company}" for (ledger, company), days in sorted(off.items()) if days]
    return (
        f"Monday to Friday less the holidays of the params ({', '.join(told)})" if told else "Monday to Friday; the params hold no holidays"
    )
