"""The buckets of a forecast: weeks cut at month ends, from the day after the key date to the end of the quarter (domain 7.1)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from arwork.dates import period_end, period_of

Days = npt.NDArray[np.datetime64]


def weeks(start: date, end: date, week_start: str = "MON") -> pd.DataFrame:
    """Return the weeks from `start` to `end`: `bucket_no` from 1, `from_date`, `to_date`, `month`.

    A week that crosses a month end is two buckets, so that weeks add up to the month.
    """
    rows: list[tuple[int, pd.Timestamp, pd.Timestamp, str]] = []
    day, last = start, 6 if week_start == "MON" else 5
    while day <= end:
        stop = min(day + timedelta(days=(last - day.weekday()) % 7), period_end(period_of(day)), end)
        rows.append((len(rows) + 1, pd.Timestamp(day), pd.Timestamp(stop), period_of(day)))
        day = stop + timedelta(days=1)
    frame = pd.DataFrame(rows, columns=["bucket_no", "from_date", "to_date", "month"])
    return frame.astype({"bucket_no": "int64", "from_date": "datetime64[us]", "to_date": "datetime64[us]", "month": "str"})


def horizon(as_of: date) -> tuple[date, date]:
    """Return the last day of the month and of the quarter that the day after the key date stands in."""
    first = as_of + timedelta(days=1)
    quarter = date(first.year, first.month + (3 - first.month) % 3, 1)
    return period_end(period_of(first)), period_end(period_of(quarter))


def ends(buckets: pd.DataFrame) -> Days:
    """Return the last day of each bucket."""
    return buckets["to_date"].to_numpy().astype("datetime64[D]")
