"""What takes two people, at the desk: forms that propose a write-off or a change of a rule, the list of what waits, approval by somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from pydantic import BaseModel

from arwork.desk.acts import refuse_auditor
from arwork.desk.open import Desk
from arwork.errors import InputError
from arwork.followup import RuleApproval, WriteOffApproval, follow_up_on
from arwork.journal.events import Event
from arwork.journal.keys import PROOF
from arwork.journal.legal import waiting
from arwork.journal.people import people_of
from arwork.journal.rules import plain, rules_waiting, with_rules, written
from arwork.matching.adjusted import CODES
from arwork.money import Units
from arwork.settings import Tree
from arwork.show.markup import visible
from arwork.show.numbers import day, money

_MOST = 300
_NAMED = {"WRITE_OFF": "Write-off", "RULE": "Change of a rule", "PEOPLE": "Change of people"}
_SET_HERE = ("policy_version", "authority")
"""Blocks that are changed in the policy file only."""


def waits(events: Sequence[Event]) -> list[Event]:
    """List what one person proposed and another has to approve, the oldest first: write-offs, changes of rules, changes of people."""
    people = people_of(events)
    found = [*waiting(events, "WRITE_OFF", people), *rules_waiting(events), *people.pending.values()]
    return sorted(found, key=lambda event: event.seq)


def waits_said(desk: Desk, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Write what waits as plain texts: number, kind, what, why, by whom, who approves, and the facts to check it by."""
    found = waits(events)
    if not found:
        return []
    people, units = people_of(events), desk.params.units
    own = people.person(desk.person.name)
    return [
        {
            "number": str(one.seq), "kind": _NAMED[one.action], "what": visible(_what(desk, one)), "reason": visible(one.reason),
            "by": visible(f"{one.by}, {one.at[:10]}"), "takes": visible(str(one.body.get("approver", "a second person"))),
            "mine": people.person(one.by) == own, "facts": [[name, visible(text)] for name, text in _facts(desk, one, units)],
        }
        for one in found
    ]  # fmt: skip


def approve(desk: Desk, events: Sequence[Event], number: int, *, reason: str, seen: int) -> list[Event]:
    """Approve what waits under a number and return the events; InputError where nothing does, or this person may not."""
    refuse_auditor(desk)
    found = next((event for event in waits(events) if event.seq == number), None)
    if found is None:
        raise InputError(f"nothing waits for a second person under {number}", cure="Look at the list again.")
    if not reason.strip():
        raise InputError("an approval needs a reason", cure="Say what you looked at, in a few words.")
    if found.action == "PEOPLE":
        body = {**{name: value for name, value in found.body.items() if name != PROOF}, "confirms": number}
        now, person = datetime.now(UTC).isoformat(timespec="seconds"), desk.person
        return [desk.journal.append(seen=seen, at=now, by=person.name, known_by=person.known_by, action="PEOPLE", body=body, reason=reason)]
    said = WriteOffApproval(number) if found.action == "WRITE_OFF" else RuleApproval(number)
    return follow_up_on(desk.journal, desk.shown, said, reason=reason, person=desk.person, seen=seen)


def write_off_fields(items: pd.DataFrame, units: Units) -> list[dict[str, Any]]:
    """Write the fields of a proposed write-off of one of a customer's items (columns as in `Detail`); none where nothing is owed."""
    owed = items[items["left"] > 0].head(_MOST)
    if owed.empty:
        return []
    told = [
        visible(f"{row['reference']}, due {day(row['due_date'])}, {money(int(row['left']), row['currency'], units)} {row['currency']} left")
        for row in owed.to_dict("records")
    ]  # fmt: skip
    numbers = owed["item_id"].tolist()
    return [
        {"name": "item", "label": "Item", "kind": "choice", "value": numbers[0], "options": numbers, "words": told},
        {"name": "code", "label": "Why (adjustment code)", "kind": "choice", "value": "SD", "options": list(CODES),
         "words": [f"{code} {CODES[code].name}" for code in CODES]},
        {"name": "amount", "label": "Amount, blank for all", "kind": "text", "value": "", "options": []},
    ]  # fmt: skip


def rule_form(desk: Desk, events: Sequence[Event]) -> dict[str, Any]:
    """Write the form that proposes another value of the policy; the value in force stands beside each name."""
    now = {name: written(value) for name, value in _values(with_rules(desk.params, events).policy)}
    names = {
        "name": "rule",
        "label": "Value of the policy",
        "kind": "suggest",
        "value": "",
        "options": list(now),
        "words": list(now.values()),
    }
    return {
        "name": "rule", "key": "v", "label": "Propose a change of a rule", "fields": [
            names, {"name": "value", "label": "New value", "kind": "text", "value": "", "options": [], "by": {"rule": now}},
        ],
    }  # fmt: skip


def _values(policy: BaseModel, before: str = "") -> list[tuple[str, Tree]]:
    """List the single values of a policy by their full name."""
    found: list[tuple[str, Tree]] = []
    for name in type(policy).model_fields:
        value = getattr(policy, name)
        if not before and name in _SET_HERE:
            continue
        if isinstance(value, BaseModel):
            found += _values(value, f"{before}{name}.")
        elif isinstance(value, Mapping):
            for key, one in value.items():
                place = f"{before}{name}.{key}"
                found += _values(one, f"{place}.") if isinstance(one, BaseModel) else [(place, plain(one))]
        else:
            found.append((f"{before}{name}", plain(value)))
    return found


def _what(desk: Desk, event: Event) -> str:
    body = event.body
    if event.action == "RULE":
        return f"{body['rule']}: {written(body['before'])} → {written(body['value'])}"
    if event.action == "PEOPLE":
        more = ", ".join(body.get("roles") or ()) or str(body.get("login", ""))
        if body["step"] == "limit":
            more = f"{desk.params.units.text(int(body['amount']), str(body['currency']))} {body['currency']}"
        return " ".join(part for part in (str(body["step"]), str(body["person"]), more) if part)
    amount = f"{money(int(body['amount']), str(body['currency']), desk.params.units)} {body['currency']}"
    return f"{amount} of {_item(desk, event).get('reference') or body['item']}, {_name(desk, event)}"


def _facts(desk: Desk, event: Event, units: Units) -> list[tuple[str, str]]:
    body = event.body
    if event.action != "WRITE_OFF":
        return [("Reason", event.reason), ("Known by", event.known_by)]
    item, code, currency = _item(desk, event), str(body["code"]), str(body["currency"])
    counted = body.get("counted"), str(body.get("counted_currency", currency))
    return [
        ("Item", str(body["item"])),
        ("Customer", f"{body.get('customer', '')} {_name(desk, event)}, ledger {body.get('ledger', '')}, company {body.get('company_code', '')}"),
        ("Due", f"{day(item['due_date'])}, {(pd.Timestamp(desk.params.as_of) - item['due_date']).days} days before the key date" if item else ""),
        ("Open in this run", f"{money(int(item['open_amount_doc']), currency, units)} {currency}" if item else "not open any more"),
        ("To be written off", f"{money(int(body['amount']), currency, units)} {currency}"),
        ("Code", f"{code} {CODES[code].name}" if code in CODES else code),
        ("Counts in this quarter", f"{money(int(counted[0]), counted[1], units)} {counted[1]}" if counted[0] is not None else ""),
        ("Takes", str(body.get("approver", ""))), ("Reason", event.reason), ("Known by", event.known_by),
    ]  # fmt: skip


def _item(desk: Desk, event: Event) -> dict[str, Any]:
    items = desk.tables["open_items"]
    rows = items[items["item_id"] == event.body["item"]].to_dict("records")
    return {str(name): value for name, value in rows[0].items()} if rows else {}


def _name(desk: Desk, event: Event) -> str:
    customers, body = desk.tables["customers"], event.body
    same = (customers["customer_id"] == body.get("customer")) & (customers["ledger_id"] == body.get("ledger"))
    names = customers.loc[same, "name"].tolist()
    return str(names[0]) if names else str(body.get("customer", ""))
