"""The unclaimed-property clock: when a credit that nobody claims must be reported, by a dated table of jurisdictions (RF-13)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from arwork.dates import period_start
from arwork.errors import InputError
from arwork.settings import Amount, Code, Day, Flag, Frozen, read_yaml, validated


class Rule(Frozen):
    """One jurisdiction's rule for credits of customers: country or `country-region`, years, and where that is written.

    `reports` says whether such credits are reported at all; `business` how credits of businesses are treated; `letter_from` the
    amount from which a due-diligence letter is owed; `checked` whether counsel of this team has confirmed the row.
    """

    place: Code
    reports: Flag
    years: Annotated[int, Field(ge=0, le=30)]
    business: Literal["REPORTED", "EXEMPT", "PARTLY_EXEMPT", "DEFERRED"] = "REPORTED"
    letter_from: Amount | None = None
    valid_from: Day
    valid_to: Day | None = None
    source: str
    checked: Flag = False


class _Table(Frozen):
    report_months_before: Annotated[int, Field(ge=0, le=60)]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Jurisdictions:
    """The rules by place, and how many months before dormancy a person is told."""

    rules: Mapping[str, tuple[Rule, ...]]
    months_before: int

    def find(self, country: str, region: str, day: date) -> Rule | None:
        """Return the rule in force on a day: of the region, else of the country; None where none is known."""
        for place in (f"{country}-{region}", country) if region else (country,):
            for rule in self.rules.get(place, ()):
                if rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to):
                    return rule
        return None


UNKNOWN = Jurisdictions({}, 12)
"""No rule is known; the clock then has no date and says so."""


@dataclass(frozen=True)
class Clock:
    """When a credit becomes unclaimed property, from when a person is told, and the rule in words; no dates where no rule gives any."""

    dormancy: date | None
    report_from: date | None
    note: str


def read_jurisdictions(text: str, name: str = "unclaimed_property.yaml") -> Jurisdictions:
    """Read the table of jurisdictions; InputError lists every breach, and two rules of one place whose days overlap."""
    tree, lines = read_yaml(text, name)
    table: _Table = validated(_Table, tree, lines, name)
    found: dict[str, list[Rule]] = {}
    for rule in sorted(table.rules, key=lambda r: (r.place, r.valid_from)):
        before = found.setdefault(rule.place, [])
        if before and (before[-1].valid_to is None or before[-1].valid_to >= rule.valid_from):
            raise InputError(f"two rules of {rule.place} hold on {rule.valid_from}", where=name, cure="End the older one the day before.")
        before.append(rule)
    return Jurisdictions({place: tuple(rules) for place, rules in found.items()}, table.report_months_before)


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month; months may be below zero."""
    whole = day.year * 12 + day.month - 1 + months
    first = period_start(f"{whole // 12:04d}-{whole % 12 + 1:02d}")
    return first + timedelta(days=min(day.day, calendar.monthrange(first.year, first.month)[1]) - 1)


def clock(rules: Jurisdictions, country: str, region: str, since: date, as_of: date) -> Clock:
    """Return the clock of a credit last touched by its owner on `since`, by the rule in force at the key date (RF-13)."""
    place = f"{country}-{region}" if region else country
    rule = rules.find(country, region, as_of) if country else None
    if rule is None:
        return Clock(None, None, f"not measurable: the table of jurisdictions has no rule for {place or 'a customer without country'}")
    unchecked = "" if rule.checked else "; to be confirmed by counsel"
    source = f"{rule.source}, in force since {rule.valid_from}{unchecked}"
    if not rule.reports:
        return Clock(None, None, f"{rule.place}: no report of such credits ({source}); it stays the customer's money")
    words = {"EXEMPT": "; credits of businesses may be exempt", "PARTLY_EXEMPT": "; credits of businesses may be exempt in part",
             "DEFERRED": "; deferred while business goes on", "REPORTED": ""}[rule.business]  # fmt: skip
    dormancy = months_after(since, 12 * rule.years)
    told = f"{rule.place}: {rule.years} years after {since}{words} ({source})"
    return Clock(dormancy, months_after(dormancy, -rules.months_before), told)
