"""Interest for late payment: which rate counts on which day, and the segments of a debt (CO-55, T21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from arwork.fee_policy import RateRow, Regime
from arwork.money import half_up

_DAY = timedelta(1)


class NoRateError(LookupError):
    """No reference rate is known for a day."""


@dataclass(frozen=True)
class Segment:
    """A span after `start` up to and with `end` at one rate on one amount; minor units.

    `rate` is in percent points a year, or a month where `monthly`; `charged` are the days, or the completed months, that it counts for.
    """

    start: date
    end: date
    outstanding: int
    rate: Decimal
    rests_on: str
    interest: int
    charged: int
    monthly: bool = False


def rate_on(name: str, day: date, rates: Sequence[RateRow]) -> RateRow:
    """Return the row of a reference rate that is in force on a day; NoRateError where the table has none."""
    for row in rates:
        if row.name == name and row.valid_from <= day and (row.valid_to is None or day <= row.valid_to):
            return row
    raise NoRateError(f"the policy has no rate {name} for {day}")


def segments(
    amount: int, due: date, end: date, paid: Sequence[tuple[date, int]], regime: Regime, rates: Sequence[RateRow], basis: int,
    frozen: Sequence[tuple[date, date, str]] = (),
) -> list[Segment]:  # fmt: skip
    """Return the segments of a debt from its due date to the end, interest rounded a segment (CO-55, CV-03).

    The first day late counts and the day of payment too. A segment ends at a part payment (`paid`: day and amount), where the rate changes (the
    half-year of a law, a row of a contract's table) and where a freeze begins or ends (`frozen`: first day, last day, why): on frozen days no
    interest runs, and a month that is completed on one is not charged. Raises NoRateError.
    """
    frozen_at = {day for first, last, _ in frozen for day in (first - _DAY, last)}
    cuts = sorted({day for day in ({day for day, _ in paid} | frozen_at | _changes(due, end, regime, rates)) if due < day < end} | {end})
    left, start, found = amount - sum(part for day, part in paid if day <= due), due, []
    for cut in cuts:
        if left > 0:
            found.append(_segment((start, cut), left, (due, end), regime, rates, basis, _why_frozen(start, cut, frozen)))
        left -= sum(part for day, part in paid if start < day <= cut)
        start = cut
    return found


def _segment(
    span: tuple[date, date], left: int, late: tuple[date, date], regime: Regime, rates: Sequence[RateRow], basis: int, frozen: str
) -> Segment:
    """Compute one segment; `late` is the due date and the end of the debt, `frozen` why no interest runs."""
    (start, cut), (due, end), monthly = span, late, regime.mode == "FULL_MONTHS"
    if frozen:
        return Segment(start, cut, left, Decimal(0), f"frozen: {frozen}", 0, 0, monthly)
    rate, rests_on = _rate(start, due, end, regime, rates)
    if monthly:
        months = full_months(due, cut) - full_months(due, start)
        return Segment(start, cut, left, rate, rests_on, half_up(Decimal(left) * rate * months / 100), months, monthly)
    days = (cut - start).days
    return Segment(start, cut, left, rate, rests_on, half_up(Decimal(left) * rate * days / (100 * basis)), days)


def _why_frozen(start: date, end: date, frozen: Sequence[tuple[date, date, str]]) -> str:
    return next((why for first, last, why in frozen if first <= start + _DAY and end <= last), "")


def _changes(due: date, end: date, regime: Regime, rates: Sequence[RateRow]) -> set[date]:
    """Return the last days of a rate: half-years of a law that splits by them, rows of the table of a contract by days."""
    if regime.mode == "HALF_YEAR_SPLIT":
        return {date(year, *day) for year in range(due.year, end.year + 1) for day in ((6, 30), (12, 31))}
    return {row.valid_from - _DAY for row in rates if row.name == regime.reference} if regime.mode == "DAILY" else set()


def _rate(start: date, due: date, end: date, regime: Regime, rates: Sequence[RateRow]) -> tuple[Decimal, str]:
    """Return the rate of a segment and what it rests on, by the way the regime looks at the reference rate."""
    if not regime.reference:
        return _capped(regime.added, "contract", regime)
    first = start + _DAY
    late = due + _DAY
    day = {
        "HALF_YEAR_SPLIT": date(first.year, 1 if first.month <= 6 else 7, 1),
        "RATE_AT_PAYMENT": end,
        "FIXED_AT_START": date(late.year - 1, 12, 31) if late.month <= 6 else date(late.year, 6, 30),
    }.get(regime.mode, first)
    row = rate_on(regime.reference, day, rates)
    return _capped(row.percent + regime.added, f"{row.name} {row.percent} since {row.valid_from}, plus {regime.added}", regime)


def _capped(rate: Decimal, rests_on: str, regime: Regime) -> tuple[Decimal, str]:
    """Return the lesser of what was agreed and the legal maximum."""
    if regime.cap is None or rate <= regime.cap:
        return rate, rests_on
    return regime.cap, f"{rests_on}, at most {regime.cap} by law"


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
