"""Why a customer stands where it stands in the worklist, in the one sentence a collector reads before the call (CO-15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from arwork.money import Units

_RISKY = ("D", "E")
Rows = Sequence[Mapping[Any, Any]]


@dataclass(frozen=True)
class Told:
    """What is told of one account: its row of net overdue, state, promises, contacts; `deadline` of a first contact that is still missing.

    `flags` are facts that need no figures (a cheque that came back, distress); `broken` counts 12 months; `trend` is in days, None where
    it is not known; `logged` says whether contacts are recorded at all.
    """

    account: Mapping[Any, Any]
    state: str
    first: bool
    promises: Rows
    contacts: Rows
    deadline: date | None
    flags: Sequence[str]
    broken: int
    trend: Decimal | None
    risk: str
    logged: bool


def why(told: Told, units: Units, as_of: date) -> str:
    """Return the sentence: what is owed and for how long, promises, contacts, warnings; or why the customer is not to be called."""
    lead = {"WAIT": "Wait", "ELSEWHERE": "Not to be called"}.get(told.state, "Call first" if told.first else "Call")
    parts = [] if told.state == "ELSEWHERE" else list(_called(told, units, as_of))
    return f"{lead}: {'; '.join([*_elsewhere(told, units), *parts])}."


def _elsewhere(told: Told, units: Units) -> Iterator[str]:
    if told.state != "ELSEWHERE":
        return
    account, code = told.account, told.account["local_currency"]
    overdue, disputed, own = (int(account[f"{name}_local"]) for name in ("overdue", "disputed", "unapplied"))
    if account["status"] in ("LEGAL", "INSOLVENT"):
        yield {"LEGAL": "the account is in legal proceedings", "INSOLVENT": "the customer is insolvent"}[account["status"]]
    elif own >= overdue - disputed > 0:
        yield f"{units.said(own, code)} of its own money and credits cover the {units.said(overdue - disputed, code)} that are overdue"
    else:
        yield f"all of the {units.said(overdue, code)} overdue is in dispute"


def _called(told: Told, units: Units, as_of: date) -> Iterator[str]:
    yield _owed(told.account, units)
    yield from _promised(told, units, as_of)
    yield from told.flags
    yield from _contacted(told, as_of)
    if told.trend is not None and told.trend >= 1:
        yield f"it pays {_days(int(told.trend))} later than it used to"
    if told.risk in _RISKY:
        yield f"risk class {told.risk}"


def _owed(account: Mapping[Any, Any], units: Units) -> str:
    code = account["local_currency"]
    less = [(int(account["disputed_local"]), "in dispute"), (int(account["unapplied_local"]), "on its account")]
    taken = " and ".join(f"{units.said(minor, code)} {words}" for minor, words in less if minor > 0)
    after = f" net of {taken}" if taken else ""
    return f"{units.said(int(account['net_local']), code)} overdue{after}, the oldest for {_days(int(account['oldest_days']))}"


def _promised(told: Told, units: Units, as_of: date) -> Iterator[str]:
    failed = [p for p in told.promises if p["status"] in ("BROKEN", "PARTIALLY_KEPT") and pd.isna(p["paid_late_date"])]
    ahead = sorted((p for p in told.promises if p["status"] == "OPEN"), key=lambda p: (p["promised_date"], p["promise_id"]))
    if failed:
        last = max(failed, key=lambda p: (p["promised_date"], p["promise_id"]))
        amount, day = units.said(int(last["promised_amount"]), last["currency"]), last["promised_date"].date()
        part = int(last["paid_amount"])
        yield (
            f"of the {amount} promised by {day} only {units.said(part, last['currency'])} came"
            if part
            else (f"the promise of {amount} by {day} was broken")
        )
    if told.broken > 1:
        yield f"{told.broken} promises broken in 12 months"
    if ahead:
        amount, day = units.said(int(ahead[0]["promised_amount"]), ahead[0]["currency"]), ahead[0]["promised_date"].date()
        yield f"{amount} promised for {'today' if day == as_of else day}"


def _contacted(told: Told, as_of: date) -> Iterator[str]:
    if told.deadline is not None:
        yield f"the first contact was due by {told.deadline}" if told.deadline < as_of else f"a first contact is due by {told.deadline}"
    days = [(as_of - contact["contact_date"].date()).days for contact in told.contacts]
    if days:
        yield "contacted today" if min(days) == 0 else f"no contact for {_days(min(days))}"
    elif told.logged:
        yield "no contact yet"


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"
