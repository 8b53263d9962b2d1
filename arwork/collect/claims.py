"""Deadlines of freight claims: notice, claim, acknowledgement, decision and suit, by the law that governs each (CO-85)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.proof import Finding
from arwork.tables import conform, empty

REMINDERS = (30, 14, 7, 2)
"""Days before a deadline on which its owner is reminded."""
NEEDED = (
    "claim_form", "bill_of_lading", "pod", "invoice", "credit_note", "packing_list", "photos", "survey", "notice", "freight_bill",
)  # fmt: skip
"""Documents of a claim file, as `claims.documents` names them."""


@dataclass(frozen=True)
class Claimed:
    """`claim_deadlines`, and findings for what cannot be dated."""

    claim_deadlines: pd.DataFrame
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Due:
    """One step of a claim: its last day and the rule that sets it."""

    step: str
    day: date
    basis: str


def add_months(day: date, months: int) -> date:
    """Add months and clamp to the month's end: 31 May and nine months is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def working_days(day: date, days: int, off: frozenset[date], weekend: tuple[int, ...]) -> date:
    """Count days after a day, leaving out holidays and the given weekdays (6 is Sunday); the day itself is not counted."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() not in weekend and day not in off
    return day


def deadlines(claim: Mapping[Any, Any], holidays: frozenset[date] = frozenset()) -> list[Due]:
    """Return the deadlines of one row of `claims` (CO-85); nothing for what lacks its date."""
    days = {name: _day(claim.get(name)) for name in claim if str(name).endswith("_date")}
    arrived = days.get("delivery_date") or days.get("scheduled_date")
    found = list(_by_regime(claim, days, arrived, holidays))
    contract = days.get("contract_date")
    if contract:
        earlier = Due("CLAIM", contract, "contract or insurer")
        found = [earlier if due.step == "CLAIM" and contract < due.day else due for due in found]
        found = found if any(due.step == "CLAIM" for due in found) else [*found, earlier]
    return found


def _by_regime(claim: Mapping[Any, Any], days: Mapping[Any, date | None], arrived: date | None, off: frozenset[date]) -> Iterator[Due]:
    regime, kind, seen = claim["regime"], claim["type"], bool(claim["damage_apparent"])
    if regime == "CARMACK":
        yield from _carmack(kind, seen, days, arrived, off)
    elif regime == "CMR":
        yield from _cmr(kind, seen, bool(claim.get("total_loss")), days, arrived, off)
    elif regime in ("COGSA", "HAGUE_VISBY") and arrived:
        if kind in ("DAMAGE", "SHORTAGE"):
            last = arrived if seen else arrived + timedelta(days=3)
            yield Due("NOTICE", last, "on removal" if seen else "3 days after delivery, damage not apparent")
        yield Due("SUIT", add_months(arrived, 12), "1 year from delivery")
    elif regime == "MONTREAL" and arrived:
        wait = 21 if kind == "DELAY" else 14
        if kind != "LOSS":
            yield Due("NOTICE", arrived + timedelta(days=wait), f"{wait} days from receipt, in writing")
        yield Due("SUIT", add_months(arrived, 24), "2 years from arrival")
    elif regime == "CA_UNIFORM":
        shipped, delivered = days.get("taken_over_date"), days.get("delivery_date")
        if delivered:
            yield Due("NOTICE", delivered + timedelta(days=60), "60 days from delivery")
        elif shipped:
            yield Due("NOTICE", add_months(shipped, 9), "9 months from shipment, never delivered")
        if shipped:
            yield Due("CLAIM", add_months(shipped, 9), "statement of claim 9 months from shipment")


def _carmack(kind: str, seen: bool, days: Mapping[Any, date | None], arrived: date | None, off: frozenset[date]) -> Iterator[Due]:
    billed, filed, refused = days.get("bill_date"), days.get("filed_date"), days.get("disallowed_date")
    if kind == "OVERCHARGE":
        if billed:
            yield Due("CLAIM", billed + timedelta(days=180), "180 days from the freight bill")
        return
    if arrived and kind in ("DAMAGE", "SHORTAGE"):
        last = arrived if seen else working_days(arrived, 5, off, (5, 6))
        yield Due("NOTICE", last, "note on the delivery receipt" if seen else "5 business days, concealed damage (tariff)")
    if arrived:
        yield Due("CLAIM", add_months(arrived, 9), "9 months from delivery, the least that a carrier may set; check the bill of lading")
    if filed:
        yield Due("ACKNOWLEDGE", filed + timedelta(days=30), "49 CFR 370.5: 30 days")
        yield Due("DECISION", filed + timedelta(days=120), "49 CFR 370.9: 120 days, then status every 60 days")
    if refused:
        yield Due("SUIT", add_months(refused, 24), "2 years from written disallowance, the least that a carrier may set")


def _cmr(kind: str, seen: bool, total: bool, days: Mapping[Any, date | None], arrived: date | None, off: frozenset[date]) -> Iterator[Due]:
    if total:
        agreed, taken = days.get("scheduled_date"), days.get("taken_over_date")
        starts = agreed + timedelta(days=30) if agreed else taken + timedelta(days=60) if taken else None
        if starts:
            which = "30th day after the agreed time" if agreed else "60th day after taking over"
            yield Due("SUIT", add_months(starts, 12), f"1 year from the {which}")
        return
    if arrived and kind == "DELAY":
        yield Due("NOTICE", arrived + timedelta(days=21), "21 days, in writing")
    elif arrived and kind in ("DAMAGE", "SHORTAGE", "LOSS"):
        last = arrived if seen else working_days(arrived, 7, off, (6,))
        yield Due("NOTICE", last, "on delivery" if seen else "7 days without Sundays and holidays, in writing")
    if arrived:
        yield Due("SUIT", add_months(arrived, 12), "1 year from delivery; 3 years for wilful misconduct")


_DONE = {"NOTICE": "noticed_date", "CLAIM": "filed_date", "ACKNOWLEDGE": "ack_date"}
_OWNER = {
    "NOTICE": ("LOGISTICS", "give notice to the carrier in writing and keep the proof"),
    "CLAIM": ("LOGISTICS", "file the claim with amount and documents"), "ACKNOWLEDGE": ("CARRIER", "ask the carrier for its acknowledgement"),
    "DECISION": ("CARRIER", "ask the carrier to pay, decline or offer"), "SUIT": ("LEGAL", "decide on suit"),
}  # fmt: skip


def track(claims: pd.DataFrame, as_of: date, holidays: Holidays = NO_HOLIDAYS) -> Claimed:
    """Return every deadline of the open `claims` with its state at the key date, and what could not be dated (CO-85)."""
    rows: list[dict[str, Any]] = []
    undated, lacking = [], []
    for claim in claims.sort_values("claim_id").to_dict("records"):
        if claim["status"] in ("SETTLED", "ABANDONED"):
            continue
        found = deadlines(claim, holidays.get((claim["ledger_id"], claim["company_code"]), frozenset()))
        undated += [] if found else [str(claim["claim_id"])]
        lacking += [str(claim["claim_id"])] if set(NEEDED[:5]) - set(str(claim["documents"]).split()) else []
        rows += [_row(claim, due, as_of) for due in found]
    findings = []
    if undated:
        findings.append(
            Finding("CO-85", "warn", f"{len(undated)} claims have no date from which a deadline runs.", "claims", tuple(undated))
        )
    if lacking:
        wanted = ", ".join(NEEDED[:5])
        findings.append(Finding("CO-85", "info", f"{len(lacking)} claim files lack one of {wanted}.", "claims", tuple(lacking)))
    table = conform("claim_deadlines", pd.DataFrame(rows)) if rows else empty("claim_deadlines")
    return Claimed(table, tuple(findings))


def _row(claim: Mapping[Any, Any], due: Due, as_of: date) -> dict[str, Any]:
    done = _day(claim.get(_DONE.get(due.step, ""), None))
    left = (due.day - as_of).days
    running = "MISSED" if left < 0 else "REMIND" if left <= REMINDERS[0] else "RUNNING"
    status = running if not done else "DONE" if done <= due.day else "DONE_LATE"
    owner, action = _OWNER[due.step]
    return {
        **{name: claim[name] for name in ("claim_id", "ledger_id", "company_code")}, "step": due.step, "deadline": pd.Timestamp(due.day),
        "basis": due.basis, "done_date": pd.Timestamp(done) if done else pd.NaT, "status": status, "days_left": left, "owner": owner,
        "next_action": "none" if done else "tell legal and the insurer: the deadline has passed" if left < 0 else action,
    }  # fmt: skip


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()
