"""An amount as a person types it, to exact minor units: in the way of the ledger's country, and never by a guess."""

from __future__ import annotations

import numpy as np

from arwork.errors import InputError
from arwork.intake.numbers import Style, read_amounts
from arwork.money import Units

_POINT = frozenset(
    "AE AU BD BH BN BW BZ CA CH CN DO EG ET FJ GB GH GT GU GY HK HN IE IL IN JM JO JP KE KH KR KW LB LI LK LR LY MM MO MT MU MV MW MX MY "
    "NA NG NI NP NZ OM PA PE PG PH PK PR QA SA SG SL SV TH TT TW TZ UG US YE ZM ZW".split()
)
"""Countries that write a point before the decimals (Unicode CLDR); all others write a comma."""


def decimal_mark(country: str) -> str:
    """Return what stands before the decimals in a country: a point or a comma."""
    return "." if country.upper() in _POINT else ","


def typed_amount(text: str, currency: str, country: str, units: Units) -> int:
    """Return the minor units of an amount as typed: `1.234,56`, `1,234.56` and `1'234.56` where each is written.

    The way of the ledger's country is tried first; what cannot be read so but has one reading in the other way is taken,
    because then nothing is left to guess. Raises InputError, with the way to write it, for everything else.
    """
    own = decimal_mark(country)
    bare = text.strip()
    for mark in (own, "," if own == "." else "."):
        minor, problem = _read(bare, mark, currency, units)
        if not problem:
            return minor
        if problem != _NO_AMOUNT:
            break
    group = "." if own == "," else ","
    example = f"1{group}234" + (own + "5" * units.exponent(currency) if units.exponent(currency) else "")
    raise InputError(f"{text!r} {problem}", cure=f"Write an amount of {currency} such as {example}.")


def readings(text: str, currency: str, units: Units) -> frozenset[int]:
    """Return every amount that a text can mean in a currency, with a point or with a comma before the decimals; none for other texts."""
    found = (_read(text.strip(), mark, currency, units) for mark in (".", ","))
    return frozenset(minor for minor, problem in found if not problem)


_NO_AMOUNT = "is not an amount"


def _read(text: str, mark: str, currency: str, units: Units) -> tuple[int, str]:
    if not text:
        return 0, _NO_AMOUNT
    exponents = np.array([units.exponent(currency)], dtype=np.int64)
    found = read_amounts([text], exponents, Style(mark), round_more=False)
    return int(found.minor[0]), found.problem[0]
