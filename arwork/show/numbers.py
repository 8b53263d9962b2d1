"""How money, days, shares and counts are written for people: one way, everywhere (CV-03)."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from arwork.money import Units

MINUS = "\u2212"
"""The minus sign of printed figures; a hyphen is too short to be seen beside digits."""
_CENT = Decimal("0.01")


def money(minor: int, currency: str, units: Units) -> str:
    """Write minor units as `1,234.50` or `−1,234.50` with the decimals of the currency; InputError for an unknown code."""
    return f"{units.decimal(minor, currency):,.{units.exponent(currency)}f}".replace("-", MINUS)


def count(number: int) -> str:
    """Write a whole number with thousands: `1,204`."""
    return f"{int(number):,}".replace("-", MINUS)


def plural(number: int, one: str, many: str = "") -> str:
    """Write a count with its noun: `1 row`, `1,204 rows`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def day(value: date | None) -> str:
    """Write a day as `2026-03-31`, and a missing day as nothing."""
    return "" if value is None or pd.isna(value) else f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def percent(ten_thousandths: int) -> str:
    """Write ten-thousandths of a percent point as `2.00 %`, rounded HALF_UP to two decimals (CV-03, CV-14)."""
    return _two_decimals(Decimal(int(ten_thousandths)).scaleb(-4)) + " %"


def share(part: int, whole: int) -> str:
    """Write a part of a whole as `12.34 %`, rounded HALF_UP (CV-03); an en dash when there is no whole."""
    return "–" if whole == 0 else _two_decimals(Decimal(int(part)) * 100 / Decimal(int(whole))) + " %"


def points(hundredths: int) -> str:
    """Write hundredths of a point as `80.00`."""
    return _two_decimals(Decimal(int(hundredths)).scaleb(-2))


def _two_decimals(value: Decimal) -> str:
    return f"{value.quantize(_CENT, rounding=ROUND_HALF_UP):,.2f}".replace("-", MINUS)
