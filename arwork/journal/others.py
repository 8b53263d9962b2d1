"""Decisions besides those on receipts, as a close shows them: who, when, what, why, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from arwork.journal.events import Event, standing
from arwork.journal.followed import follow
from arwork.journal.legal import approved, waiting
from arwork.journal.people import people_of
from arwork.journal.required import OTHERS
from arwork.journal.written import Ruled, struck, written_off
from arwork.money import Units
from arwork.tables import conform, empty


def laid_over(events: Sequence[Event], tables: Mapping[str, pd.DataFrame], *, strike: bool) -> dict[str, pd.DataFrame]:
    """Lay disputes and promises of the journal over the tables of a stage that has them, and, where asked, what is written off."""
    found = dict(tables)
    if strike and "open_items" in tables:
        found["open_items"] = struck(tables["open_items"], written_off(events, tables["open_items"]))
    if "customers" in tables and "disputes" in tables and any(event.action in ("DISPUTE", "PROMISE") for event in events):
        blank = {name: tables.get(name, empty(name)) for name in ("promises", "contacts", "disputes")}
        now = follow(events, blank["promises"], blank["contacts"], blank["disputes"], tables["customers"])
        found |= {name: getattr(now, name) for name in ("promises", "disputes") if name in tables}
    return found


def other_decisions(events: Sequence[Event], written: Sequence[Ruled], units: Units) -> pd.DataFrame:
    """Return `other_decisions`: a row a contact, promise, dispute step, write-off, alias, rule, refund step and approval of a transfer, in the journal's order."""
    own = [event for event in events if event.action in OTHERS]
    if not own:
        return empty("other_decisions")
    people = people_of(events)
    holds = {event.seq for action in OTHERS for event in standing(events, action)}
    pending = {event.seq for action in ("WRITE_OFF", "RULE") for event in waiting(events, action, people)}
    partner = {one.seq: other for action in ("WRITE_OFF", "RULE") for one, other in approved(events, action, people)}
    ruled = {one.approval.seq: one for one in written}
    rows = [_row(event, holds, pending, partner, ruled, units) for event in own]
    return conform("other_decisions", pd.DataFrame(rows))


def _row(
    event: Event, holds: set[int], pending: set[int], partner: Mapping[int, Event], ruled: Mapping[int, Ruled], units: Units
) -> dict[str, Any]:
    body = event.body
    currency, amount = str(body.get("currency", "")), body.get("amount")
    named = body.get("items") or ([body["item"]] if body.get("item") else [])
    outcome, why = _outcome(event, holds, pending, partner, ruled)
    return {
        "seq": event.seq, "at": event.at, "by": event.by, "known_by": event.known_by, "action": event.action,
        "matter": str(body.get(event.action.lower()) or body.get("alias") or body.get("item") or f"{event.seq}"),
        "step": str(body.get("step", "")) or ("APPROVED" if body.get("approves") is not None else ""),
        "ledger_id": str(body.get("ledger", "")), "company_code": str(body.get("company_code", "")), "customer_id": str(body.get("customer", "")),
        "item_ids": " ".join(str(one.get("item", "") if isinstance(one, Mapping) else one) for one in named), "currency": currency,
        "amount": amount if isinstance(amount, int) else pd.NA, "said": _said(event, units), "reason": event.reason, "outcome": outcome,
        "outcome_reason": why,
    }  # fmt: skip


def _outcome(
    event: Event, holds: set[int], pending: set[int], partner: Mapping[int, Event], ruled: Mapping[int, Ruled]
) -> tuple[str, str]:  # fmt: skip
    if event.seq not in holds:
        return "UNDONE", "A later decision undid it."
    if event.seq in pending:
        return "WAITS", "It waits for the approval of a second person."
    if event.seq in partner:
        other = partner[event.seq]
        return "APPROVED", f"Approved by {other.by}, decision {other.seq}."
    if event.seq in ruled:
        return ruled[event.seq].outcome, ruled[event.seq].why
    return "RECORDED", "It holds."


def _said(event: Event, units: Units) -> str:
    """Say in one line what was decided."""
    body = event.body
    amount = (
        f"{units.text(body['amount'], body['currency'])} {body['currency']}"
        if isinstance(body.get("amount"), int) and body.get("currency")
        else ""
    )
    parts: Mapping[str, Sequence[Any]] = {
        "CONTACT": [body.get("channel"), body.get("direction"), body.get("date"), body.get("outcome"), body.get("action_code"), body.get("person"),
                    f"next {body['next_action_date']}" if body.get("next_action_date") else ""],
        "PROMISE": [amount, f"on {body.get('date')}", body.get("given_by")],
        "DISPUTE": [amount, f"reason {body['reason_code']}" if body.get("reason_code") else "", body.get("resolution"), body.get("owner_function"),
                    body.get("processor")],
        "WRITE_OFF": [amount, f"code {body.get('code')}", f"takes the {body['approver']}" if body.get("approver") else ""],
        "ALIAS": [body.get("kind"), body.get("alias"), body.get("document")],
        "RULE": [f"{body.get('rule')}: {body.get('before')} → {body.get('value')}"],
        "REFUND": [body.get("step"), amount],
        "TRANSFER": [body.get("step"), f"for {body.get('ledger')}/{body.get('company_code')}", amount,
                     f"to {body.get('to_customer') or 'a customer'} of {body.get('to_ledger')}/{body.get('to_company')}"],
    }  # fmt: skip
    return ", ".join(str(part) for part in parts[event.action] if part) or event.action
