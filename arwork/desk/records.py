"""What people recorded of a receipt's customer besides allocations, and changes of rules: listed at the desk, each with what takes it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from arwork.collect.disputes import QUERIES
from arwork.journal.events import Event
from arwork.money import Units
from arwork.show.markup import visible
from arwork.show.numbers import money

_OWN = ("CONTACT", "PROMISE", "DISPUTE", "ALIAS", "WRITE_OFF")
_MOST = 12


class Record(NamedTuple):
    """One event of the journal about a customer or a rule, and the number an undo of now would name: its own, or that of its undo."""

    event: Event
    undo: int
    undone_by: str


def records(events: Sequence[Event], account: Mapping[str, str]) -> list[Record]:
    """List what was recorded of an account, and changes of rules, the newest first; `account` holds ledger, company_code, customer.

    What was undone stays listed and names who undid it: undoing that brings it back.
    """
    struck: dict[int, Event] = {}
    for event in reversed(events):
        if event.action == "UNDO" and event.seq not in struck:
            struck[int(event.body["undoes"])] = event
    found = []
    for event in events:
        own = event.action in _OWN and bool(account["customer"]) and all(event.body.get(name) == account[name] for name in account)
        if own or event.action == "RULE":
            by = struck.get(event.seq)
            found.append(Record(event, by.seq if by else event.seq, by.by if by else ""))
    return found[::-1]


def listed(found: Sequence[Record], units: Units) -> dict[str, Any]:
    """Write the records as a table of plain texts; each row says by which number it is undone, or brought back."""
    rows = [
        {
            "cells": [str(one.event.seq), f"{spoken(one, units)}: {visible(one.event.reason)}", visible(f"{one.event.by}, {one.event.at[:10]}")],
            "undo": str(one.undo), "does": "bring back" if one.undone_by else "undo", "tone": "faint" if one.undone_by else "",
        }
        for one in found[:_MOST]
    ]  # fmt: skip
    heads = [["No.", "right"], ["What and why", "left"], ["Who, when", "left"]]
    return {"title": "Recorded", "heads": heads, "rows": rows}


def choices(found: Sequence[Record], units: Units) -> dict[str, str]:
    """Return by the number that an undo names what it takes back or brings back, in words; what stands comes first."""
    told = sorted(found, key=lambda one: bool(one.undone_by))
    return {str(one.undo): f"{one.event.seq} {spoken(one, units)}" for one in told}


def spoken(record: Record, units: Units) -> str:
    """Say what was recorded, and who undid it."""
    body, action = record.event.body, record.event.action
    what = body.get("promise") or body.get("dispute") or body.get("item") or body.get("alias") or body.get("rule") or ""
    steps = {"CONTACT": f"{body.get('channel', '')}, {body.get('outcome', '')}", "RULE": "", "WRITE_OFF": f"code {body.get('code', '')}"}
    step = steps.get(action, str(body.get("step", ""))).replace("_", " ")
    amount = f"{money(int(body['amount']), str(body['currency']), units)} {body['currency']}" if isinstance(body.get("amount"), int) else ""
    more = {"PROMISE": f"by {body.get('date', '')}", "RULE": f"to {body.get('value', '')}"}.get(action, "")
    shown = step if action == "WRITE_OFF" else step.lower()
    name = "query" if body.get("reason_code") in QUERIES else _WORDS[action]
    words = " ".join(part for part in (name, str(what), shown, amount, more, "approved" if body.get("approves") else "") if part)
    return visible(f"{words}, undone by {record.undone_by}" if record.undone_by else words)


_WORDS = {"CONTACT": "contact", "PROMISE": "promise", "DISPUTE": "dispute", "ALIAS": "alias", "WRITE_OFF": "write-off", "RULE": "rule"}
