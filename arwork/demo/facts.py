"""The fixed facts of Nordlicht Handel: its companies, bank accounts, GL accounts and calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from arwork.demo.model import House

SEED = 20260331
FIRST_DAY, MARCH, KEY_DATE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 3, 31)
PERIODS = ("2026-01", "2026-02", "2026-03")
COMPANIES = {("MAIN", "1000"): "Nordlicht Handel GmbH", ("FIN", "2000"): "Nordlicht Leasing GmbH"}
CONTROLS = {("MAIN", "1000"): ("1400", "1710"), ("FIN", "2000"): ("1450",)}
CASH_CLEARING = "1360"
HOUSES = (
    House("MAIN-EUR", "MAIN", "1000", "DE83200410100532013000", "NLHBDEHHXXX", "EUR", "1800", 412_887_35, "camt", "week"),
    House("MAIN-USD", "MAIN", "1000", "DE56200410100532013001", "NLHBDEHHXXX", "USD", "1810", 88_410_07, "mt940", "month"),
    House("MAIN-GBP", "MAIN", "1000", "DE29200410100532013002", "NLHBDEHHXXX", "GBP", "1820", 51_023_90, "mt940", "month"),
    House("MAIN-JPY", "MAIN", "1000", "DE02200410100532013003", "NLHBDEHHXXX", "JPY", "1830", 6_204_000, "mt940", "month"),
    House("FIN-EUR", "FIN", "2000", "DE91250501800077001234", "HANDDE2HXXX", "EUR", "1850", 163_250_00, "camt", "month"),
)
HOUSE = {house.key: house for house in HOUSES}
TERMS = {
    "N030": (30, 0, ""),
    "N014": (14, 0, ""),
    "N045": (45, 0, ""),
    "N060": (60, 0, ""),
    "D230": (30, 10, "2.00"),
    "D314": (30, 14, "3.00"),
}
"""Terms of payment: net days, days of the discount, percent points of the discount."""


def business_days(first: date, last: date) -> list[date]:
    """List Monday to Friday between two days, both included; the first of January is none."""
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5 and day != FIRST_DAY]


def statement_spans(rhythm: str) -> Iterator[tuple[date, date]]:
    """Cut January to March 2026 into the spans of the statements: calendar months, or weeks that end on Friday."""
    day = FIRST_DAY
    while day <= KEY_DATE:
        end = day + timedelta((4 - day.weekday()) % 7) if rhythm == "week" else _month_end(day)
        end = min(end, KEY_DATE)
        yield day, end
        day = end + timedelta(3 if rhythm == "week" and end.weekday() == 4 else 1)


def statement_name(house: House, number: str) -> str:
    """Name the file of a statement; the number may be a pattern."""
    stem = f"{house.key.lower().replace('-', '_')}_2026-{number}"
    return f"camt053_{stem}.xml" if house.form == "camt" else f"mt940_{stem}.sta"


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
