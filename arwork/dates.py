"""Key dates and periods (CV-04 to CV-07): plain dates, never "today"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from arwork.errors import InputError

Holidays = Mapping[tuple[str, str], frozenset[date]]
"""Days without business beside weekends, by ledger and company code (T27); a book that is not named has none."""
NO_HOLIDAYS: Holidays = MappingProxyType({})


def iso_date(text: str) -> date:
    """Read `2026-03-31`; InputError for anything else."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise InputError(f"{text!r} is not a date", cure="Write dates as year-month-day: 2026-03-31.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a day of the calendar", cure="Correct the date.") from None


def period_of(day: date) -> str:
    """Name the month of a day: `2026-03`."""
    return f"{day.year:04d}-{day.month:02d}"


def period_start(period: str) -> date:
    """Return the first day of a period."""
    return iso_date(period + "-01")


def period_end(period: str) -> date:
    """Return the last day of a period."""
    first = period_start(period)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def previous_period(period: str) -> str:
    """Name the month before."""
    return period_of(period_start(period) - timedelta(days=1))


def business_days_after(day: date, number: int, holidays: Collection[date] = ()) -> date:
    """Return the business day that comes `number` business days after a day (T27: Monday to Friday less the holidays).

    A day that is none itself counts from the last business day before it; zero gives that day, or the next business day.
    """
    off = frozenset(holidays)
    left, now = number, day
    while left > 0 or now.weekday() > 4 or now in off:
        now += timedelta(days=1)
        left -= now.weekday() < 5 and now not in off
    return now


def span_after(day: date, span: str, holidays: Collection[date] = ()) -> date:
    """Return the day that lies a span after a day: `5bd` counts business days, `58d` calendar days."""
    if span.endswith("bd"):
        return business_days_after(day, int(span[:-2]), holidays)
    return day + timedelta(days=int(span[:-1]))
