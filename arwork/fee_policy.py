"""The policy of late-payment fees: dated rates, regimes, a customer's own terms, waivers and freezes (CO-55, T21)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from arwork.settings import Amount, Day, Days, Frozen, Percent, or_none


class RateRow(Frozen):
    """A reference rate in force from a day, until a day where it is known to end, and where it was found (T21)."""

    name: str
    valid_from: Day
    valid_to: Annotated[Day | None, BeforeValidator(or_none)] = None
    percent: Percent
    source: str


class Regime(Frozen):
    """Law or contract on late payment: the reference rate and what is added, which rate counts, and the fixed sums (CO-55).

    `sums` are (debt below which the sum holds, sum), the last one without a bound as `none`; in `sums_currency`. `added` is a year's percent, a
    month's under FULL_MONTHS; a rate above `cap`, the legal maximum, counts as the cap.
    """

    reference: str
    added: Percent
    mode: Literal["HALF_YEAR_SPLIT", "RATE_AT_PAYMENT", "FIXED_AT_START", "FULL_MONTHS", "DAILY"]
    sums: tuple[tuple[Annotated[Amount | None, BeforeValidator(or_none)], Amount], ...] = ()
    sums_currency: str = ""
    cap: Annotated[Percent | None, BeforeValidator(or_none)] = None
    source: str


class Waiver(Frozen):
    """A strategic waiver of late-payment fees on file: customer, approver, first and last day (CO-55)."""

    ledger: str
    customer: str
    approved_by: str
    valid_from: Day
    valid_to: Day


class Contract(Frozen):
    """A customer's own terms on late payment, before the law of its country, for what falls due in its span (CO-55)."""

    ledger: str
    customer: str
    regime: str
    valid_from: Day
    valid_to: Annotated[Day | None, BeforeValidator(or_none)] = None
    source: str


class Freeze(Frozen):
    """Days on which no interest for late payment runs: of a ledger, a customer, or one document; why, and who approved it (CO-55)."""

    ledger: str
    customer: str = ""
    document: str = ""
    valid_from: Day
    valid_to: Day
    reason: str
    approved_by: str


class LateFees(Frozen):
    """Late-payment fees (CO-55)."""

    basis: Days
    min_days_late: Days
    min_fee: Amount
    small_first_offence: Amount
    regime_by_country: Mapping[str, str]
    regimes: Mapping[str, Regime]
    reference_rates: tuple[RateRow, ...]
    waivers: tuple[Waiver, ...] = ()
    contracts: tuple[Contract, ...] = ()
    freezes: tuple[Freeze, ...] = ()

    @model_validator(mode="after")
    def _named(self) -> LateFees:
        unknown = sorted({*self.regime_by_country.values(), *(one.regime for one in self.contracts)} - set(self.regimes))
        if unknown:
            raise ValueError(f"there is no regime {', '.join(unknown)}; regimes are {', '.join(sorted(self.regimes))}")
        return self
