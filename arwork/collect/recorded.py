"""What is known when people record something of a customer, and the checks that all records share; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NoReturn

import pandas as pd

from arwork.errors import InputError, first_few
from arwork.money import Units
from arwork.policy import Policy

CHANNELS = ("LETTER", "PHONE", "MEETING", "EMAIL", "PORTAL", "SMS", "VISIT")
"""How people get in touch (T16)."""
_OLDEST = 730


@dataclass(frozen=True)
class Around:
    """What is known when something is recorded: tables of the newest run with the journal laid over, the day, the policy.

    `disputes` and `promises` are those of the exports and the journal; `results` the run's `promise_results`; `amount` reads an amount as
    typed for a currency and ledger to minor units; `number` is the next number of the journal.
    """

    customers: pd.DataFrame
    open_items: pd.DataFrame
    promises: pd.DataFrame
    disputes: pd.DataFrame
    results: pd.DataFrame
    policy: Policy
    units: Units
    today: date
    number: int
    amount: Callable[[str, str, str], int]
    journal_promises: frozenset[str] = frozenset()
    journal_disputes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Whose:
    """The customer something is about; ledger and company are needed only where the number stands in several."""

    customer: str
    ledger: str = ""
    company_code: str = ""


Body = dict[str, Any]
"""What is recorded of a decision."""


def mine(frame: pd.DataFrame, account: Mapping[str, str]) -> pd.Series[bool]:
    """Mark the rows of an account."""
    same: pd.Series[bool] = (frame["ledger_id"] == account["ledger"]) & (frame["company_code"] == account["company_code"])
    return same & (frame["customer_id"] == account["customer"])


def account_of(around: Around, whose: Whose) -> Body:
    """Find the customer's account, as the fields of a body; InputError where there is none, or several."""
    known = around.customers[around.customers["customer_id"] == whose.customer]
    for column, said in (("ledger_id", whose.ledger), ("company_code", whose.company_code)):
        known = known[known[column] == said] if said else known
    if known.empty:
        place = " ".join(part for part in (whose.ledger, whose.company_code) if part)
        refuse(
            f"there is no customer {whose.customer!r}" + (f" in {place}" if place else " in the newest run"),
            "Take the number from the pack's customers.",
        )
    if len(known) > 1:
        places = [f"{ledger} {company}" for ledger, company in known[["ledger_id", "company_code"]].itertuples(index=False, name=None)]
        refuse(f"customer {whose.customer} stands in {first_few(sorted(places), 5)}", "Say which: --ledger and --company.")
    ledger, company, customer = known[["ledger_id", "company_code", "customer_id"]].iloc[0]
    return {"customer": customer, "ledger": ledger, "company_code": company}


def items_of(around: Around, account: Mapping[str, str], words: Sequence[str]) -> pd.DataFrame:
    """Find the items that words name (item, document or reference) among the open ones of the account; one currency.

    InputError for a word that names none, or several, and for items of two currencies.
    """
    items = around.open_items
    own = items.loc[mine(items, account)]
    chosen: list[Any] = []
    for word in dict.fromkeys(words):
        hits = own[(own["item_id"] == word) | (own["reference"] == word) | (own["doc_no"] == word)]
        still = hits[hits["open_amount_doc"] != 0]
        if hits.empty:
            refuse(f"customer {account['customer']} has no item {word!r}", "Take the item, document or reference from the pack.")
        if still.empty:
            refuse(f"item {word!r} of customer {account['customer']} is settled", "Name what is still open.")
        if len(still) > 1:
            refuse(f"{word!r} names {first_few(sorted(still['item_id']), 4)}", "Name the item itself.")
        chosen.append(still.index[0])
    found = own.loc[list(dict.fromkeys(chosen))]
    if found["currency"].nunique() > 1:
        refuse(f"the items are in {' and '.join(sorted(found['currency'].unique()))}", "Record it for each currency by itself.")
    return found


def day_of(text: str) -> date:
    """Read a day written year-month-day; InputError else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        refuse(f"{text!r} is not a day", "Write it as 2026-04-15.")


def refuse(what: str, cure: str) -> NoReturn:
    """Raise InputError."""
    raise InputError(what, cure=cure)


def one_of(name: str, text: str, allowed: Sequence[str]) -> str:
    """Read a word out of a closed list, in any case; InputError names the list."""
    value = text.strip().upper().replace(" ", "_").replace("-", "_")
    if value not in allowed:
        refuse(f"{text!r} is no {name}", f"Use one of {', '.join(allowed)}.")
    return value


def past(text: str, around: Around, what: str) -> date:
    """Read the day on which something happened: today unless stated, never ahead, not too long ago."""
    day = day_of(text) if text.strip() else around.today
    if day > around.today:
        refuse(f"a {what} on {day} lies ahead of today, {around.today}", "Record it on its day.")
    if day < around.today - timedelta(_OLDEST):
        refuse(f"a {what} on {day} is more than two years old", "Check the year.")
    return day


def row_of(frame: pd.DataFrame, key: str, number: str, what: str) -> Mapping[Any, Any]:
    """Find a row by its number; InputError where there is none."""
    rows = frame[frame[key] == number].to_dict("records")
    if not rows:
        refuse(f"there is no {what} {number!r}", f"Take its number from the pack's {what}s, or record a new one.")
    return rows[0]


def free(name: str, taken: set[str]) -> str:
    """Return a number that no export uses."""
    while name in taken:
        name += "j"
    return name
