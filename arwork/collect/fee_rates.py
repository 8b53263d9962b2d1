"""Interest for late payment: which rate counts on which day, and the segments of a debt (CO-55, T21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from arwork.money import half_up
from arwork.policy import RateRow, Regime

_DAY = timedelta(1)


class NoRateError(LookupError):
    """No reference rate is known for a day."""


@dataclass(frozen=True)
class Segment:
    """A span after `start` up to and with `end` at one rate on one amount; minor units; `rate` in percent points a year (or month)."""

    start: date
    end: date
    outstanding: int
    rate: Decimal
    rests_on: str
    interest: int


def rate_on(name: str, day: date, rates: Sequence[RateRow]) -> RateRow:
    """Return the row of a reference rate that is in force on a day; NoRateError where the table has none."""
    for row in rates:
        if row.name == name and row.valid_from <= day and (row.valid_to is None or day <= row.valid_to):
            return row
    raise NoRateError(f"the policy has no rate {name} for {day}")


def segments(
    amount: int, due: date, end: date, paid: Sequence[tuple[date, int]], regime: Regime, rates: Sequence[RateRow], basis: int
) -> list[Segment]:
    """Return the segments of a debt from its due date to the end, interest rounded a segment (CO-55, CV-03).

    The first day late counts and the day of payment too. A segment ends at a part payment (`paid`: day and amount) and, where the
    regime splits by half-years, on 30 June and 31 December. Raises NoRateError.
    """
    cuts = sorted({day for day, _ in paid if due < day < end} | set(_halves(due, end, regime)) | {end})
    left, start, found = amount - sum(part for day, part in paid if day <= due), due, []
    for cut in cuts:
        if left > 0:
            rate, rests_on = _rate(start, due, end, regime, rates)
            found.append(Segment(start, cut, left, rate, rests_on, _interest(left, rate, start, cut, due, regime, basis)))
        left -= sum(part for day, part in paid if start < day <= cut)
        start = cut
    return found


def _halves(due: date, end: date, regime: Regime) -> list[date]:
    if regime.mode != "HALF_YEAR_SPLIT":
        return []
    days = [date(year, *day) for year in range(due.year, end.year + 1) for day in ((6, 30), (12, 31))]
    return [day for day in days if due < day < end]


def _rate(start: date, due: date, end: date, regime: Regime, rates: Sequence[RateRow]) -> tuple[Decimal, str]:
    """Return the rate of a segment and what it rests on, by the way the regime looks at the reference rate."""
    if not regime.reference:
        return regime.added, "contract"
    first = start + _DAY
    late = due + _DAY
    day = {
        "HALF_YEAR_SPLIT": date(first.year, 1 if first.month <= 6 else 7, 1),
        "RATE_AT_PAYMENT": end,
        "FIXED_AT_START": date(late.year - 1, 12, 31) if late.month <= 6 else date(late.year, 6, 30),
    }.get(regime.mode, first)
    row = rate_on(regime.reference, day, rates)
    return row.percent + regime.added, f"{row.name} {row.percent} since {row.valid_from}, plus {regime.added}"


def _interest(left: int, rate: Decimal, start: date, end: date, due: date, regime: Regime, basis: int) -> int:
    if regime.mode == "FULL_MONTHS":
        months = full_months(due, end) - full_months(due, start)
        return half_up(Decimal(left) * rate * months / 100)
    return half_up(Decimal(left) * rate * (end - start).days / (100 * basis))


def full_months(start: date, end: date) -> int:
    """Count the months completed between two days; a month from the 31st ends on the last day of a shorter one."""
    months = (end.year - start.year) * 12 + end.month - start.month
    last = (end + _DAY).month != end.month
    return months if end.day >= start.day or last else months - 1


def fixed_sum(regime: Regime, amount: Decimal, currency: str) -> Decimal:
    """Return the fixed sum of the law for a debt, in currency units; nothing where the sum stands in another currency."""
    if currency != regime.sums_currency:
        return Decimal(0)
    return next((fee for bound, fee in regime.sums if bound is None or amount < bound), Decimal(0))
