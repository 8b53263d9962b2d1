"""Money as whole minor units of a currency (CV-02, CV-03): exact, signed, never a float."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from arwork.errors import InputError

# Active codes of ISO 4217 (2026) by number of decimals; every code that is not listed is unknown to us.
_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP "
    "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES "
    "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK "
    "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
    "TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG BGN HRK ANG CHE CHW COU MXV USN BOV"
)
# Withdrawn codes stay readable, because archives and test systems still hold statements in them; XXX is "no currency".
_WITHDRAWN = "ATS BEF CYP DEM EEK FIM FRF GRD IEP LTL LVL MTL NLG PTE SIT SKK YUM CSD ROL GHC MZM SDD VEB VEF ZMK STD MRO SLL CUC ZWL XXX"
_EXPONENTS: Mapping[str, int] = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"], 0
    ),
    **dict.fromkeys(_WITHDRAWN.split(), 2),
    **dict.fromkeys(["ADP", "BYR", "ESP", "ITL", "LUF", "MGF", "TRL"], 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
LARGEST = 2**62
"""The largest amount in minor units that arwork accepts; sums of such amounts are still guarded."""


@dataclass(frozen=True)
class Units:
    """How many decimals each currency has in this close.

    ISO 4217 rules. A close may override single currencies, because some exports carry decimals that the standard
    does not know (a JPY ledger kept in sen).
    """

    overrides: Mapping[str, int] = field(default_factory=dict)

    def known(self, currency: str) -> bool:
        """Say whether the code is or was an ISO 4217 currency, or is overridden by the close."""
        return currency in self.overrides or currency in _EXPONENTS

    def exponent(self, currency: str) -> int:
        """Return the number of decimals of a currency; InputError when the code is unknown."""
        found = self.overrides.get(currency, _EXPONENTS.get(currency))
        if found is None:
            raise InputError(f"unknown currency {currency!r}", cure="Use an ISO 4217 code such as EUR.")
        return found

    def minor(self, amount: Decimal, currency: str) -> int:
        """Turn an exact amount into minor units; InputError when it has more decimals than the currency."""
        scaled = amount.scaleb(self.exponent(currency))
        if scaled != scaled.to_integral_value():
            raise InputError(
                f"{amount} has more than the {self.exponent(currency)} decimals of {currency}",
                cure="Correct the export, or let its layout round (more_decimals: round).",
            )
        return _bounded(int(scaled))

    def rounded(self, amount: Decimal, currency: str) -> int:
        """Round an amount HALF_UP to minor units (CV-03)."""
        return _rounded(amount, self.exponent(currency))

    def decimal(self, minor: int, currency: str) -> Decimal:
        """Turn minor units back into an exact decimal amount."""
        return Decimal(int(minor)).scaleb(-self.exponent(currency))

    def text(self, minor: int, currency: str) -> str:
        """Write minor units as plain digits with a point: `-1234.50`; for files and messages, not for people."""
        return f"{self.decimal(minor, currency):.{self.exponent(currency)}f}"

    def said(self, minor: int, currency: str) -> str:
        """Write minor units for a sentence: thousands apart, the currency behind: `1,234.50 EUR`."""
        return f"{self.decimal(int(minor), currency):,.{self.exponent(currency)}f} {currency}"


ISO = Units()
"""The decimals of ISO 4217 without overrides."""


@lru_cache(maxsize=1 << 12)
def _rounded(amount: Decimal, exponent: int) -> int:
    return _bounded(half_up(amount.scaleb(exponent)))


def _bounded(minor: int) -> int:
    if abs(minor) > LARGEST:
        raise InputError(f"an amount of {minor} minor units is too large to be kept exactly")
    return minor


def half_up(value: Decimal) -> int:
    """Round to a whole number, halves away from zero (CV-03)."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def percent_of(minor: int, percent: Decimal) -> int:
    """Take percent points of an amount in minor units, rounded HALF_UP (CV-03, CV-14)."""
    above, below = _ratio(percent)
    return share_of(int(minor), above, 100 * below)


def share_of(minor: int, above: int, below: int) -> int:
    """Multiply an amount in minor units by a ratio of whole numbers (`below` positive), rounded HALF_UP (CV-03)."""
    whole = minor * above
    return (2 * whole + below) // (2 * below) if whole >= 0 else -((below - 2 * whole) // (2 * below))


@lru_cache(maxsize=1 << 12)
def _ratio(percent: Decimal) -> tuple[int, int]:
    return percent.as_integer_ratio()


def pro_rata(total: int, weights: Sequence[int], keys: Sequence[str]) -> list[int]:
    """Split a total over weights to the minor unit; the rounding rest goes to the largest, then the lowest key (CV-03)."""
    whole = sum(weights)
    if whole == 0:
        raise ValueError("weights add up to zero")
    sign = 1 if whole > 0 else -1
    parts = [share_of(total, sign * weight, sign * whole) for weight in weights]
    largest = min(range(len(weights)), key=lambda i: (-abs(weights[i]), keys[i]))
    parts[largest] += total - sum(parts)
    return parts
