"""Forecast: the cash of the month and the quarter ahead."""

from __future__ import annotations

from arwork.collect.disputes import contested
from arwork.forecast.cash import Inputs
from arwork.forecast.month import look_ahead
from arwork.forecast.parts import Special
from arwork.pack.laid import CARRIED
from arwork.proof import Stage
from arwork.stages.books import Books, Task, carried


def forecast(books: Books) -> Stage:
    """Forecast the cash of the month and the quarter ahead, and say how right earlier forecasts were (FC-01 to FC-08)."""
    t, params = contested(books.tables), books.params
    special = Special(t["promises"], t["disputes"], t["cheques"], books.overrides, params.off, t["direct_debits"])
    inputs = Inputs(t["open_items"], t["customers"], t["allocations"], t["receipts"], special)
    ahead = look_ahead(inputs, carried(books.run_dir, CARRIED), params.policy, params.as_of)
    return Stage("50_forecast", ahead.tables, ahead.ties, ahead.findings)


TASK = Task(
    "50_forecast", forecast, ("open_items", "customers", "allocations", "receipts", "promises", "disputes", "cheques", "direct_debits")
)
