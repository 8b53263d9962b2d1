"""Contacts, promises, disputes, aliases and write-offs at the desk: what stands of a receipt's customer, the forms, what they record, its undoing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from arwork.collect.matrix import MATRIX
from arwork.collect.record_contacts import ACTION_CODES, KINDS, OUTCOMES, Alias, Contact
from arwork.collect.record_disputes import FUNCTIONS, Dispute, Step
from arwork.collect.record_promises import Promise
from arwork.collect.record_write_offs import WriteOff
from arwork.collect.recorded import CHANNELS, Around, Whose, mine
from arwork.desk.acts import refuse_auditor, undo
from arwork.desk.open import Desk
from arwork.desk.records import choices, listed, records
from arwork.desk.second import approve, write_off_fields
from arwork.errors import InputError
from arwork.followup import RuleChange, Said, Withdrawal, around_of, follow_up_on
from arwork.journal.events import Event
from arwork.journal.followed import follow
from arwork.money import Units
from arwork.show.markup import visible
from arwork.show.numbers import day, money
from arwork.states import MACHINES

_STEPS = ("ASSIGNED", "IN_REVIEW", "PENDING_CUSTOMER", "PENDING_INTERNAL", "RESOLVED", "CLOSED", "REOPENED")
_RESULTS = ("", "VALID", "PARTLY_VALID", "INVALID")
_MOST = 8
Fields = Mapping[str, str]


def followed(desk: Desk, events: Sequence[Event], receipt: Mapping[str, Any], items: pd.DataFrame) -> dict[str, Any]:
    """Write what stands of the receipt's customer (promises, disputes, contacts) as tables, and the forms that fit, as plain texts.

    `items` are those of the customer that are open, as in `Detail`.
    """
    around = around_of(desk.shown, events)
    customer = str(receipt["customer_id"])
    account = {"ledger": str(receipt["ledger_id"]), "company_code": str(receipt["company_code"]), "customer": customer}
    tables: list[dict[str, Any]] = []
    promises, disputes = around.promises.head(0), around.disputes.head(0)
    if customer:
        promises = around.promises[mine(around.promises, account) & (around.promises["status"] == "OPEN")]
        disputes = around.disputes[mine(around.disputes, account) & (around.disputes["status"] != "CLOSED")]
        tables = [
            _promises(promises, around, desk.params.units), _disputes(disputes, desk.params.units), _contacts(desk, events, account),
        ]  # fmt: skip
    found = records(events, account)
    tables.append(listed(found, desk.params.units))
    fields = write_off_fields(items, desk.params.units) if customer else []
    proposing = [_form("write_off", "o", "Propose a write-off", *fields)] if fields else []
    kept = [*forms(receipt, promises, disputes, around), *proposing, *_undoing(choices(found, desk.params.units))]
    return {"tables": [table for table in tables if table["rows"]], "forms": kept}


def _undoing(found: Mapping[str, str]) -> list[dict[str, Any]]:
    """Write the form that undoes a record, where there is one."""
    if not found:
        return []
    first = next(iter(found))
    field = _field("decision", "What", "choice", first, tuple(found))
    return [_form("undo", "z", "Undo a record", field | {"words": list(found.values())})]


def _promises(rows: pd.DataFrame, around: Around, units: Units) -> dict[str, Any]:
    judged = dict(zip(around.results["promise_id"], around.results["status"], strict=True))
    body = [
        {"cells": [visible(row["promise_id"]), day(row["promised_date"]), f"{money(int(row['promised_amount']), row['currency'], units)} {row['currency']}",
                   _plain(judged.get(row["promise_id"], row["status"])), visible(row["item"] or "account")]}
        for row in rows.sort_values(["promised_date", "promise_id"]).head(_MOST).to_dict("records")
    ]  # fmt: skip
    heads = [["Promise", "left"], ["Day", "left"], ["Amount", "right"], ["State", "left"], ["About", "left"]]
    return {"title": "Promises", "heads": heads, "rows": body}


def _disputes(rows: pd.DataFrame, units: Units) -> dict[str, Any]:
    body = [
        {"cells": [visible(row["dispute_id"]), _plain(row["status"]), f"{money(int(row['disputed_amount']), row['currency'], units)} {row['currency']}",
                   _reason(row["reason_code"]), visible(", ".join(filter(None, (row["processor"], _plain(row["owner_function"])))))]}
        for row in rows.sort_values(["opened_date", "dispute_id"]).head(_MOST).to_dict("records")
    ]  # fmt: skip
    return {
        "title": "Disputes and queries",
        "heads": [["Case", "left"], ["State", "left"], ["Amount", "right"], ["Reason", "left"], ["With", "left"]],
        "rows": body,
    }


def _contacts(desk: Desk, events: Sequence[Event], account: Mapping[str, str]) -> dict[str, Any]:
    tables = desk.tables
    now = follow(events, tables["promises"], tables["contacts"], tables["disputes"], tables["customers"]).contacts
    rows = now.loc[mine(now, account)].sort_values(["contact_date", "contact_id"], ascending=[False, True]).head(_MOST)
    body = [
        {"cells": [f"{day(row['contact_date'])} {visible(row['contact_time'])}".strip(), _plain(row["type"]), _plain(row["outcome"]),
                   visible(row["made_by"]), visible(row["note"])]}
        for row in rows.to_dict("records")
    ]  # fmt: skip
    return {
        "title": "Contacts",
        "heads": [["Day", "left"], ["How", "left"], ["Outcome", "left"], ["Who", "left"], ["Note", "left"]],
        "rows": body,
    }


def forms(receipt: Mapping[str, Any], promises: pd.DataFrame, disputes: pd.DataFrame, around: Around) -> list[dict[str, Any]]:
    """Write the forms for a receipt: name, key, label, and fields with their kind (text, choice, day) and what stands in them."""
    who = _field("customer", "Customer", value=str(receipt["customer_id"]))
    items = _field("items", "Items (references, blank for the account)")
    today = _field("day", "Day", "day", around.today.isoformat())
    codes = dict.fromkeys((*(code for code in MATRIX if MATRIX[code].document.startswith("CM")), "TX", "WT", "MD", "UN"))
    known = {"NAME": receipt["remitter_name"], "ACCOUNT": receipt["remitter_account"]}
    kept = [
        _form("contact", "c", "Contact", who, _field("channel", "How", "choice", "PHONE", CHANNELS), _field("outcome", "Outcome", "choice", "REACHED", OUTCOMES),
              today, _field("time", "Time, such as 14:30"),
              _field("direction", "Who called", "choice", "OUT", ("OUT", "IN")), _field("spoke_to", "Spoke to"),
              _field("action", "Next action", "choice", "", ("", *ACTION_CODES)), _field("next_day", "On", "day"), items),
        _form("promise", "p", "Promise", who, _field("payments", "Amount@day, several parted by blanks"), items, _field("given_by", "Promised by"),
              _field("channel", "How", "choice", "PHONE", CHANNELS), today),
        _form("dispute", "d", "Dispute or query", who, items | {"label": "Items (references)"}, _field("reason_code", "Reason", "choice", "UN", tuple(codes)),
              _field("amount", "Amount, blank for all"), _field("function", "Who answers", "choice", "", ("", *FUNCTIONS)), today),
        _form("alias", "l", "Alias", who, _field("kind", "Kind", "choice", "NAME", KINDS),
              _field("text", "Name, account, number or payer", value=str(receipt["remitter_name"]))
              | {"by": {"kind": {name: visible(str(text)) for name, text in known.items()}}}, _field("document", "Document (payer)")),
    ]  # fmt: skip
    if len(promises):
        numbers = tuple(promises["promise_id"].sort_values())
        kept.append(_form("withdraw", "w", "Withdraw a promise", _field("promise", "Promise", "choice", numbers[0], numbers)))
    if len(disputes):
        rows = disputes.sort_values("dispute_id")
        numbers, state = tuple(rows["dispute_id"]), str(rows["status"].iloc[0])
        first = next(iter(MACHINES["dispute"].get(state, {"ASSIGNED": None})))
        kept.append(_form("step", "g", "Go on with a dispute", _field("dispute", "Dispute", "choice", numbers[0], numbers),
                          _field("step", "Step", "choice", first, _STEPS), _field("to", "Who works on it"),
                          _field("resolution", "Resolution", "choice", "", _RESULTS), _field("accepted", "Accepted (partly valid)")))  # fmt: skip
    return kept


def _form(name: str, key: str, label: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "key": key, "label": label, "fields": list(fields)}


def _field(name: str, label: str, kind: str = "text", value: str = "", options: Sequence[str] = ()) -> dict[str, Any]:
    field = {"name": name, "label": label, "kind": kind, "value": visible(value), "options": [visible(one) for one in options]}
    says = _SAID.get(name)
    return field | {"words": [says(one) if one else "none" for one in options]} if says else field


def _plain(word: str) -> str:
    """Write a word of a closed list for people: IN_REVIEW is in review."""
    return visible(word.replace("_", " ").lower())


def _reason(code: str) -> str:
    """Write a reason code with what it means (CO-70)."""
    return visible(f"{code} {MATRIX[code].description}" if code in MATRIX else code)


def _action(code: str) -> str:
    return f"{code} {_ACTIONS[code]}"


_ACTIONS: Mapping[str, str] = {
    "CL": "call", "LT": "letter", "EM": "e-mail", "MT": "meeting", "CP": "copy documents", "PP": "promise taken", "DQ": "dispute or query", "CB": "call back",
    "CH": "credit hold", "ES": "escalated", "RM": "risk told", "PL": "pre-legal", "AG": "agency", "WO": "write-off proposed", "RF": "refund",
    "ST": "statement sent", "RC": "reconciliation asked for", "CQ": "cheque pickup",
}  # fmt: skip
"""Action codes in words (CO-15)."""
_SAID: Mapping[str, Callable[[str], str]] = {
    "channel": _plain, "outcome": _plain, "direction": lambda word: "we" if word == "OUT" else "they", "action": _action, "reason_code": _reason,
    "function": _plain, "kind": _plain, "step": _plain, "resolution": _plain,
}  # fmt: skip
"""How the choices of a field are written for people."""


def record(desk: Desk, form: str, receipt: Mapping[str, Any], fields: Fields, *, reason: str, seen: int) -> list[Event]:
    """Record what a form says about the receipt's ledger and return the events; InputError, in words, where it does not fit.

    The forms `undo` and `reject` take a record back by the function that undoes every decision, `approve` is the word of a second person.
    """
    refuse_auditor(desk)
    if form in ("undo", "reject"):
        return undo(desk, event=_number(fields), reason=reason, seen=seen)
    if form == "approve":
        return approve(desk, desk.journal.events(), _number(fields), reason=reason, seen=seen)
    if form not in _MADE:
        raise InputError(f"there is no form {form!r}", cure="Reload the desk.")
    if not reason.strip():
        raise InputError("a decision needs a reason", cure="Say why, or what was said, in a few words.")
    whose = Whose(fields.get("customer", "").strip(), str(receipt.get("ledger_id", "")), str(receipt.get("company_code", "")))
    if form not in _OF_NOBODY and not whose.customer:
        raise InputError("nobody is named", cure="Give the customer's number.")
    return follow_up_on(desk.journal, desk.shown, _MADE[form](whose, fields), reason=reason, person=desk.person, seen=seen)


def _contact(whose: Whose, said: Fields) -> Said:
    return Contact(
        whose, said.get("channel", ""), said.get("outcome", ""), said.get("day", ""), said.get("direction") == "IN", _words(said),
        said.get("action", ""), said.get("spoke_to", ""), said.get("next_day", ""), said.get("time", ""),
    )  # fmt: skip


def _promise(whose: Whose, said: Fields) -> Said:
    parts = [one.rpartition("@") for one in said.get("payments", "").split()]
    if not parts or any(not amount or not on for amount, _, on in parts):
        raise InputError("a promise names an amount and a day", cure="Write 500.00@2026-04-15, several parted by blanks.")
    payments = tuple((amount, on) for amount, _, on in parts)
    return Promise(whose, payments, _words(said), said.get("given_by", ""), said.get("channel", ""), said.get("day", ""))


def _dispute(whose: Whose, said: Fields) -> Said:
    return Dispute(
        whose, _words(said), said.get("reason_code", "UN"), said.get("amount", ""), said.get("function", ""), said.get("day", "")
    )


def _step(_: Whose, said: Fields) -> Said:
    return Step(said.get("dispute", ""), said.get("step", ""), said.get("to", ""), "", said.get("resolution", ""), said.get("accepted", ""))


_MADE: Mapping[str, Callable[[Whose, Fields], Said]] = {
    "contact": _contact, "promise": _promise, "dispute": _dispute, "step": _step, "withdraw": lambda _, said: Withdrawal(said.get("promise", "")),
    "alias": lambda whose, said: Alias(whose, said.get("kind", ""), said.get("text", ""), said.get("document", "")),
    "write_off": lambda _, said: WriteOff(said.get("item", ""), said.get("code", ""), said.get("amount", "")),
    "rule": lambda _, said: RuleChange(said.get("rule", ""), said.get("value", "")),
}  # fmt: skip
_OF_NOBODY = ("withdraw", "step", "write_off", "rule")
"""Forms that name their matter themselves, without a customer."""


def _number(said: Fields) -> int:
    number = said.get("decision", "")
    if not number.isdecimal():
        raise InputError("no record is chosen", cure="Choose what is to be undone.")
    return int(number)


def _words(said: Fields) -> tuple[str, ...]:
    return tuple(said.get("items", "").split())
