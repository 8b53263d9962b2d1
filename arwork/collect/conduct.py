"""Conduct: which contacts came at a wrong time or too often, and when a customer may be called next (CO-98)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args

import pandas as pd

from arwork.collect.payments import WHOSE
from arwork.conduct_policy import Conduct, Hours, Weekday
from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.proof import Finding, numbered
from arwork.tables import conform, empty

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TIME = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ])?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?(?P<half>[apAP])\.?[mM]\.?)?"
)
_WEEK, _AHEAD = 7, 60
_CALLS = {1: "once", 2: "twice"}


@dataclass(frozen=True)
class Conducted:
    """`conduct`: a row a contact and rule that it broke; and findings."""

    conduct: pd.DataFrame
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Window:
    """From which day, and between which hours of it, a customer may be called; `why` not earlier, blank where it is the day asked about."""

    day: date
    first: str
    last: str
    why: str = ""

    def said(self) -> str:
        """Write it for a collector: the hours of the day, or the day and hour from which."""
        return f"not before {_NAMES[self.day.weekday()]} {self.day} {self.first}" if self.why else f"{self.first}–{self.last}"


def time_of_day(text: str) -> str | None:
    """Read a time of day as `14:30`, written with or without seconds, behind a day, or as 2:30 PM; None where it is none."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"]), (found["half"] or "").lower()
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12):
        return None
    return f"{hour % 12 + (12 if half == 'p' else 0) if half else hour:02d}:{minute:02d}"


def consumers(profiles: pd.DataFrame) -> frozenset[tuple[str, str, str]]:
    """Return the accounts of consumers by `customer_profiles` (CO-09)."""
    rows = profiles.loc[profiles["is_consumer"], WHOSE]
    return frozenset((ledger, company, customer) for ledger, company, customer in rows.itertuples(index=False, name=None))


def window(called: Iterable[date], day: date, rules: Conduct, off: Collection[date], *, consumer: bool) -> Window | None:
    """Return when an account may be called on a day, or the first day after it (CO-98); None where no day of the next 60 will do.

    `called` are the days of what disturbed it before, `off` the holidays of its book.
    """
    hours, most = _of(rules, consumer)
    days = sorted((one for one in called if one <= day), reverse=True)[:most]
    often = days[-1] + timedelta(_WEEK) if most and len(days) == most else day
    why = "" if often <= day else f"it was contacted {_CALLS.get(most, f'{most} times')} within seven days"
    for ahead in range(_AHEAD if most else 0):
        now = day + timedelta(ahead)
        closed = _closed(now, hours, off)
        why = why or (f"{now} {closed}" if closed else "")
        if now >= often and not closed:
            first, last = hours[WEEKDAYS[now.weekday()]]
            return Window(now, first, last, why)
    return None


def _of(rules: Conduct, consumer: bool) -> tuple[Hours, int]:
    return (rules.consumer_hours, rules.consumer_most_a_week) if consumer else (rules.hours, rules.most_a_week)


def _closed(day: date, hours: Hours, off: Collection[date]) -> str:
    """Say why a day has no hours; blank where it has some."""
    if day in off:
        return "is a holiday"
    return "" if WEEKDAYS[day.weekday()] in hours else f"is a {_NAMES[day.weekday()]}"


def disturbing(contacts: pd.DataFrame, rules: Conduct, as_of: date) -> pd.DataFrame:
    """Return the outgoing contacts by ways that disturb a person, up to the key date, answered or not."""
    known = contacts["type"].isin(rules.channels) & (contacts["direction"] != "IN") & (contacts["contact_date"] <= pd.Timestamp(as_of))
    return contacts.loc[known]


def conduct(
    contacts: pd.DataFrame, customers: pd.DataFrame, profiles: pd.DataFrame, rules: Conduct, start: date, as_of: date,
    holidays: Holidays = NO_HOLIDAYS,
) -> Conducted:  # fmt: skip
    """Return `conduct`: every contact of the period at a wrong day or hour, or beyond the number of a week (CO-98).

    A contact without a time of day is judged by its day only, and told. Attempts count whether or not anybody answered; seven days run up to and
    with the day of the contact. `customers` gives names, `profiles` says who is a consumer.
    """
    if contacts.empty:
        return Conducted(empty("conduct"), ())
    made = disturbing(contacts, rules, as_of).sort_values([*WHOSE, "contact_date", "contact_time", "contact_id"], kind="stable")
    made = made[made["contact_date"] > pd.Timestamp(start) - pd.Timedelta(days=_WEEK)].reset_index(drop=True)
    names = customers.set_index(WHOSE)["name"].to_dict()
    private = consumers(profiles)
    keys = list(made[WHOSE].itertuples(index=False, name=None))
    made = made.assign(is_consumer=[key in private for key in keys], name=[names.get(key) or key[2] for key in keys], nth=_nth(made))
    now = made[made["contact_date"] >= pd.Timestamp(start)]
    rows = [row for one in now.to_dict("records") for row in _broken(one, rules, holidays)]
    table = conform("conduct", pd.DataFrame(rows)) if rows else empty("conduct")
    return Conducted(table, tuple(_findings(table, now)))


def _nth(made: pd.DataFrame) -> list[int]:
    """Count for each contact, in order of account and day, how many of its account lie within seven days up to it, itself included."""
    found: list[int] = []
    first, before = 0, None
    days = made["contact_date"].dt.date.tolist()
    for place, key in enumerate(made[WHOSE].itertuples(index=False, name=None)):
        first = place if key != before else first
        before = key
        while days[first] <= days[place] - timedelta(_WEEK):
            first += 1
        found.append(place - first + 1)
    return found


def _broken(row: dict[Any, Any], rules: Conduct, holidays: Holidays) -> Iterator[dict[str, object]]:
    """Yield a row for each rule that a contact broke."""
    hours, most = _of(rules, row["is_consumer"])
    day, at = row["contact_date"].date(), time_of_day(row["contact_time"])
    off = holidays.get((row["ledger_id"], row["company_code"]), frozenset())
    closed, open_ = _closed(day, hours, off), hours.get(WEEKDAYS[day.weekday()])
    who = f"{row['made_by'] or 'Somebody'} contacted {'the consumer ' if row['is_consumer'] else ''}{row['name']} by {row['type'].lower()}"
    told = f"{who} on {day}{f' at {at}' if at else ''}"
    same = {name: row[name] for name in ("contact_id", *WHOSE, "name", "is_consumer", "contact_date", "type", "made_by")} | {
        "contact_time": at or "", "owner": "collections lead",
    }  # fmt: skip
    speak = f"Talk it over with {row['made_by'] or 'whoever called'} and note the outcome"
    if closed:
        yield {**same, "rule": "DAY", "allowed": "none on that day", "sentence": f"{told}, which {closed}.", "next_action": f"{speak}."}
    elif open_ and at and not open_[0] <= at <= open_[1]:
        allowed = f"{open_[0]}–{open_[1]}"
        yield {**same, "rule": "HOURS", "allowed": allowed, "sentence": f"{told}; {allowed} is allowed.", "next_action": f"{speak}."}
    if row["nth"] > most:
        sentence = f"{told}: contact {row['nth']} within seven days; {most} are allowed."
        again = f"{speak}; leave the customer alone for a week."
        yield {**same, "rule": "OFTEN", "allowed": f"{most} in seven days", "sentence": sentence, "next_action": again}


def _findings(table: pd.DataFrame, now: pd.DataFrame) -> Iterator[Finding]:
    """Tell the contacts that broke a rule, and those whose hour nobody knows."""
    said = {
        "DAY": "on a day without hours", "HOURS": "outside the hours that the policy allows", "OFTEN": "beyond the number that a week allows",
    }  # fmt: skip
    for rule, rows in table.groupby("rule", sort=True):
        own = int(rows["is_consumer"].sum())
        whom = f", {own:,} of them with consumers" if own else ""
        sentence = f"{numbered(len(rows), 'contact was', 'contacts were')} {said[str(rule)]}{whom}. The first: {rows['sentence'].iloc[0]}"
        yield Finding("CO-98", "warn", sentence, "conduct", tuple(rows["contact_id"]))
    blank = now.loc[[time_of_day(text) is None for text in now["contact_time"]]]
    if len(blank):
        sentence = f"{numbered(len(blank), 'contact', 'contacts')} of the period without a time of day: only their day was judged."
        yield Finding("CO-98", "info", sentence, "contacts", tuple(blank["contact_id"]))
