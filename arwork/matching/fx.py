"""Currencies: which rate holds on a day, conversion, and exchange differences to the cent (MP-62, MP-63, T20)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd

from arwork.money import Units, half_up


@dataclass(frozen=True)
class Rate:
    """A rate as quoted: units of `to` for one unit of `base` on a day; `kind` is BANK, SPOT and so on."""

    base: str
    to: str
    kind: str
    day: date
    quoted: Decimal

    def __str__(self) -> str:
        """Write the rate as a reader knows it: `1 EUR = 1.0800 USD of 2026-03-17 (SPOT)`."""
        return f"1 {self.base} = {self.quoted} {self.to} of {self.day} ({self.kind})"


@dataclass(frozen=True)
class Rates:
    """Quoted rates by pair and kind, each in the order of days; `age` is how many days old a rate may be (T20)."""

    quoted: Mapping[tuple[str, str, str], tuple[tuple[date, Decimal], ...]]
    age: int

    def find(self, base: str, to: str, day: date, kinds: tuple[str, ...] = ("BANK", "SPOT")) -> Rate | None:
        """Return the rate between two currencies on a day (MP-62); None where none is known or all are too old.

        BANK counts on the day itself only, and first; the others may be the last quoted before. A pair that is quoted only
        the other way round is returned as quoted: `convert` then divides.
        """
        for kind in kinds:
            for pair in ((base, to), (to, base)):
                found = self._last((*pair, kind), day, 0 if kind == "BANK" else self.age)
                if found:
                    return Rate(*pair, kind, *found)
        return None

    def _last(self, key: tuple[str, str, str], day: date, age: int) -> tuple[date, Decimal] | None:
        quotes = self.quoted.get(key, ())
        place = bisect_right(quotes, day, key=lambda quote: quote[0])
        return quotes[place - 1] if place and day - quotes[place - 1][0] <= timedelta(days=age) else None


NO_RATES = Rates({}, 0)
"""No rate is known."""


def read_rates(fx_rates: pd.DataFrame, age: int) -> Rates:
    """Read the table `fx_rates` (T20); rates that are not above zero are left out."""
    found: dict[tuple[str, str, str], list[tuple[date, Decimal]]] = {}
    columns = ["from_currency", "to_currency", "rate_type", "date", "rate"]
    for base, to, kind, day, rate in fx_rates[columns].itertuples(index=False, name=None):
        if Decimal(rate) > 0:
            found.setdefault((base, to, kind), []).append((day.date(), Decimal(rate)))
    return Rates({key: tuple(sorted(quotes)) for key, quotes in found.items()}, age)


def convert(minor: int, currency: str, rate: Rate, units: Units) -> int:
    """Convert minor units of one currency of a rate into minor units of the other, rounded HALF_UP (CV-03, MP-62)."""
    other = rate.to if currency == rate.base else rate.base
    amount = units.decimal(minor, currency)
    return units.rounded(amount * rate.quoted if currency == rate.base else amount / rate.quoted, other)


def carrying(local: int, document: int, part: int) -> int:
    """Return the ledger value of a part of an item, pro rata by document amount, rounded; the remainder carries the rest (MP-63)."""
    if not document:
        return 0
    return local if part == document else half_up(Decimal(local) * part / document)


def realised(received_local: int, carried: int) -> int:
    """Return the realised exchange difference in ledger currency, a gain positive (MP-63)."""
    return received_local - carried


def unrealised(document: int, currency: str, local: int, closing: Rate, units: Units) -> int:
    """Return the unrealised difference of an open item at a closing rate, a gain positive; it is reversed the next day (MP-63)."""
    return convert(document, currency, closing, units) - local
