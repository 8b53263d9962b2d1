"""Amounts as people type them at the desk, in the way of their ledger's country; what could mean two things is refused."""

from __future__ import annotations

import re

import numpy as np

from arwork.intake.numbers import Style, read_amounts
from arwork.money import Units

_POINT = frozenset(
    ("US", "GB", "IE", "CA", "AU", "NZ", "CH", "LI", "IN", "CN", "JP", "KR", "TW", "HK", "SG", "MY", "TH", "PH", "MX", "IL", "MT")
)
"""Countries whose ledgers write a decimal point; the others write a comma."""
_PLAIN = re.compile(r"[.,][0-9]{1,2}[^0-9.,]*$")


def decimal_mark(country: str) -> str:
    """Return the decimal separator of a country's ledgers: `.` or `,`; a point where no country is stated."""
    return "." if not country or country.upper() in _POINT else ","


def typed_amount(text: str, currency: str, units: Units, mark: str) -> tuple[int, str]:
    """Read one typed amount to minor units; the second part says why it was refused, blank if it was not.

    The ledger's own way comes first. The other way is taken only where it can be read with no other meaning: with one or
    two digits at the end, as in `980.50` typed into a German ledger.
    """
    wanted = text.strip()
    if not wanted:
        return 0, ""
    minor, problem = _read(wanted, currency, units, mark)
    if problem and _PLAIN.search(wanted):
        other, still = _read(wanted, currency, units, "," if mark == "." else ".")
        if not still:
            return other, ""
    return (0, f"{wanted!r} {problem}") if problem else (minor, "")


def as_typed(minor: int, currency: str, units: Units, mark: str) -> str:
    """Write minor units as a person of that ledger would type them: `-1234,50`; nothing for zero."""
    return units.text(minor, currency).replace(".", mark) if minor else ""


def _read(text: str, currency: str, units: Units, mark: str) -> tuple[int, str]:
    read = read_amounts([text], np.array([units.exponent(currency)], dtype=np.int64), Style(mark), round_more=False)
    return int(read.minor[0]), read.problem[0]
