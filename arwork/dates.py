"""Key dates and periods (CV-04 to CV-07): plain dates, never "today"."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from arwork.errors import InputError


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
