"""The month-start forecast, kept as it was when the month began, through every weekly update (domain 7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from arwork.dates import period_end, period_of
from arwork.forecast.behaviour import SEGMENT
from arwork.forecast.cash import Segment
from arwork.tables import conform, empty


def frozen_of(carried: Mapping[str, pd.DataFrame], as_of: date) -> pd.DataFrame:
    """Return `forecast_frozen` for the month of the key date out of the previous pack's tables; without rows where that has none.

    A pack of the same month hands on what it had frozen itself; the pack that closed the month before holds it as its forecast.
    """
    end = pd.Timestamp(period_end(period_of(as_of)))
    kept = carried.get("forecast_frozen", empty("forecast_frozen"))
    if (kept["to_date"] == end).any():
        return conform("forecast_frozen", kept[kept["to_date"] == end])
    made = carried.get("forecast_cash", empty("forecast_cash"))
    month = made[(made["span"] == "MONTH") & (made["to_date"] == end)]
    if not len(month):
        return empty("forecast_frozen")
    month = month.assign(frozen_at=month["from_date"] - pd.Timedelta(days=1))
    return conform("forecast_frozen", month[[*SEGMENT, "frozen_at", "to_date", "expected", "p10", "p90"]])


def amounts(frozen: pd.DataFrame) -> dict[Segment, int]:
    """Return the frozen forecast by ledger, company and currency, in minor units."""
    rows = frozen[[*SEGMENT, "expected"]].itertuples(index=False, name=None)
    return {(str(a), str(b), str(c)): int(value) for a, b, c, value in rows}
