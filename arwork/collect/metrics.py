"""Formulas of the receivables figures (MT-10 to MT-72), exact: whole minor units in, fractions out, None where there is no value.

Rounding is for display only (CV-03): `shown` gives two decimals, halves away from zero. Several of these names have competing
definitions in the market; where two circulate, both are here under their variant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_HUNDRED = 100


@dataclass(frozen=True)
class Countback:
    """Countback DSO: days, and whether they are only a lower bound because the sales history ends (`> days covered`)."""

    days: Fraction
    exhausted: bool = False


def shown(value: Fraction, places: int = 2) -> Decimal:
    """Return a fraction with a number of decimals, halves away from zero (CV-03)."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def ratio(part: int, whole: int, times: int = 1) -> Fraction | None:
    """Return part / whole × times; None where the whole is zero (never infinity)."""
    return Fraction(part * times, whole) if whole else None


def percent(part: int, whole: int) -> Fraction | None:
    """Return part / whole in percent points; None where the whole is zero.

    MT-23, MT-32 to MT-35, MT-40 to MT-44, MT-47, MT-48, MT-50, MT-53, MT-54, MT-72.
    """
    return ratio(part, whole, _HUNDRED)


def dso(closing: int, sales: int, days: int) -> Fraction | None:
    """Days sales outstanding: closing AR / credit sales × days (MT-10); 0 where AR is not positive, None without sales.

    With the current part of AR instead of all of it this is the best possible DSO (MT-11).
    """
    if closing <= 0:
        return Fraction(0)
    return Fraction(closing * days, sales) if sales > 0 else None


def days_delinquent(closing: int, current: int, sales: int, days: int) -> Fraction | None:
    """Average days delinquent: DSO − best possible DSO (MT-12)."""
    every, best = dso(closing, sales, days), dso(current, sales, days)
    return None if every is None or best is None else every - best


def countback(closing: int, months: Sequence[tuple[int, int]]) -> Countback:
    """Countback DSO: take whole months' sales off AR, newest first, adding calendar days; the last month pro rata (MT-13).

    `months` are (credit sales, days), newest first. A month without sales adds its days. When they do not reach, the days
    covered are a lower bound.
    """
    left, days = closing, Fraction(0)
    for sales, length in months:
        if left <= 0:
            break
        if sales > left:
            return Countback(days + Fraction(left * length, sales))
        left -= max(sales, 0)
        days += length
    return Countback(days, exhausted=left > 0)


def true_dso(invoices: Iterable[tuple[int, int, int]]) -> Fraction | None:
    """Σ age × open / credit sales of the invoice's month over (age in days, open amount, sales of that month) (MT-14)."""
    total = Fraction(0)
    for age, amount, sales in invoices:
        if sales <= 0:
            return None
        total += Fraction(age * amount, sales)
    return total


def turnover(sales: int, opening: int, closing: int) -> Fraction | None:
    """Credit sales / average of opening and closing AR, per period (MT-15)."""
    return ratio(2 * sales, opening + closing)


def annualised(per_period: Fraction | None, months: int) -> Fraction | None:
    """Turnover of a period of so many months, a year (MT-15)."""
    return None if per_period is None else per_period * 12 / months


def turnover_days(per_period: Fraction | None, days: int) -> Fraction | None:
    """Days of the period / turnover (MT-15)."""
    return days / per_period if per_period else None


def cei(opening: int, sales: int, closing: int, current: int, months: int = 1) -> Fraction | None:
    """Collection effectiveness: (opening + sales − closing) / (opening + sales − current) × 100 (MT-16).

    With `months` the sales are divided by the number of months, as the classic published formula does (MT-17).
    """
    bought = Fraction(sales, months)
    whole = opening + bought - current
    return (opening + bought - closing) * _HUNDRED / whole if whole else None


def weighted_days(parts: Iterable[tuple[int, int]]) -> Fraction | None:
    """Σ(amount × days) / Σ amount over (amount, days): terms MT-20, days to pay MT-21, days late MT-22, age of unapplied MT-46."""
    held = list(parts)
    return ratio(sum(amount * days for amount, days in held), sum(amount for amount, _ in held))


def roll_rate(rolled: int, before: int) -> Fraction | None:
    """Percent of what stood in a bucket at one month-end and stands in the next bucket a month later (MT-24)."""
    return percent(rolled, before)


def kept_by_count(kept: int, partly: int, broken: int) -> Fraction | None:
    """Promise kept ratio by count: KEPT / (KEPT + PARTIALLY_KEPT + BROKEN) × 100 (MT-30)."""
    return percent(kept, kept + partly + broken)


def kept_by_value(promises: Iterable[tuple[int, int]]) -> Fraction | None:
    """Promise kept ratio by value over evaluated (paid in the window, promised): Σ min(paid, promised) / Σ promised × 100 (MT-30)."""
    held = list(promises)
    return percent(sum(min(paid, promised) for paid, promised in held), sum(promised for _, promised in held))


def first_contact(met: int, breached: int) -> Fraction | None:
    """First contact in time: MET / (MET + BREACHED) × 100 (MT-31)."""
    return percent(met, met + breached)


def unapplied_days(average: Fraction, received: int, days: int) -> Fraction | None:
    """Average of unapplied and unidentified cash / (receipts of the period / days) (MT-45); a close gives its closing balance as the average."""
    return average * days / received if received else None


def deduction_days(open_deductions: int, raised: int, days: int) -> Fraction | None:
    """Days deductions outstanding: open deductions / deductions raised in the period × days (MT-51)."""
    return ratio(open_deductions, raised, days)


def cycle_time(cases: Iterable[tuple[date, date]]) -> Fraction | None:
    """Mean days from opening to resolution of resolved disputes (MT-52)."""
    days = [(end - start).days for start, end in cases]
    return ratio(sum(days), len(days))


def top_share(amounts: Iterable[int], number: int) -> Fraction | None:
    """Share of the largest so many amounts in all of them, percent (MT-70)."""
    ordered = sorted(amounts, reverse=True)
    return percent(sum(ordered[:number]), sum(ordered))


def concentration(amounts: Iterable[int]) -> Fraction | None:
    """Herfindahl-Hirschman index: Σ share², shares in percent points; 10,000 is one debtor (MT-71)."""
    held = list(amounts)
    whole = sum(held)
    return Fraction(sum(a * a for a in held) * _HUNDRED**2, whole * whole) if whole else None


def nearest_rank(values: Iterable[int], percentile: int) -> int:
    """Percentile by nearest rank (decision 6); 0 without values."""
    ordered = sorted(values)
    return ordered[-(-percentile * len(ordered) // _HUNDRED) - 1 if percentile else 0] if ordered else 0
