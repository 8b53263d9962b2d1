"""What people said of the forecast: events of the journal as the frame that the forecast reads (domain 7.2)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from arwork.journal.events import Event, standing

COLUMNS = {
    "item_id": "str", "day": "datetime64[us]", "amount": "int64", "currency": "str", "original": "int64", "author": "str", "reason": "str",
    "seq": "int64",
}  # fmt: skip
"""Columns of the frame: the item, the day and amount that a person expects, what the forecast had said, who, why, and the event."""


def overrides(events: Sequence[Event]) -> pd.DataFrame:
    """Return the overrides that hold, a row an item: the last one of each that was not undone."""
    rows = [
        {
            "item_id": str(event.body["item"]), "day": pd.Timestamp(str(event.body["date"])), "amount": int(event.body["amount"]),
            "currency": str(event.body["currency"]), "original": int(event.body["original"]), "author": event.by, "reason": event.reason,
            "seq": event.seq,
        }
        for event in standing(events, "FORECAST")
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    return frame.drop_duplicates("item_id", keep="last").reset_index(drop=True)
