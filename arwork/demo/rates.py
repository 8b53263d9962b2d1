"""Exchange rates of the made-up company: invented, fixed for each day, exact decimals (CV-14)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from arwork.money import ISO, half_up

_BASES = {"USD": (10800, 4), "GBP": (8600, 4), "JPY": (16200, 2)}
_FIXED = {("USD", date(2026, 3, 17)): 10800}
FIRST, LAST = date(2025, 1, 1), date(2026, 4, 2)


def rate(currency: str, day: date) -> Decimal:
    """Return the units of a currency for one EUR on a day."""
    base, places = _BASES[currency]
    wobble = (day.toordinal() * 37 % 61 - 30) * base // 5000
    return Decimal(_FIXED.get((currency, day), base + wobble)).scaleb(-places)


def in_euro(minor: int, currency: str, day: date) -> int:
    """Convert minor units of a currency to cents at the rate of a day, rounded HALF_UP (CV-03)."""
    if currency == "EUR":
        return minor
    return half_up(ISO.decimal(minor, currency) / rate(currency, day) * 100)


def quoted() -> list[tuple[str, date, str, Decimal]]:
    """List every rate on offer: currency, day, kind, rate; SPOT each business day and CLOSE each month-end."""
    days = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
    spot = [(c, day, "SPOT", rate(c, day)) for c in _BASES for day in days if day.weekday() < 5]
    close = [(c, day, "CLOSE", rate(c, day)) for c in _BASES for day in days if (day + timedelta(1)).day == 1]
    return sorted(spot + close)
