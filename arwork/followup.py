"""Record what people do besides allocating: contacts, promises, disputes, write-offs, aliases, rules; one way in for command line and desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pandas as pd

from arwork.collect.record_contacts import Alias, Contact, alias_body, contact_body
from arwork.collect.record_disputes import Dispute, Step, dispute_body, step_body
from arwork.collect.record_promises import Promise, promise_bodies, withdrawal_body
from arwork.collect.record_write_offs import Approval, WriteOff, Written, approval_body, write_off_body
from arwork.collect.recorded import Around, Body
from arwork.decide import Person, Shown, authority, deciding, newest_run
from arwork.errors import InputError
from arwork.intake.amount_text import typed_amount
from arwork.intake.received import take
from arwork.intake.shipped import shipped
from arwork.journal.events import Event, standing
from arwork.journal.followed import follow
from arwork.journal.legal import approved, waiting
from arwork.journal.people import people_of
from arwork.journal.rules import rule_body, rules_waiting, with_rules
from arwork.journal.store import Store
from arwork.matching.decided import relieved_by
from arwork.pack.plan import journal_store
from arwork.pack.record import read_tables
from arwork.params import Params, read_params
from arwork.policy import read_policy

READ = (
    "customers", "open_items", "promises", "disputes", "contacts", "promise_results", "allocations", "decisions", "write_offs",
    "adjustment_register",
)  # fmt: skip
"""Tables of a run that records are checked against."""


class Withdrawal(NamedTuple):
    """The withdrawal of a promise."""

    promise: str


class WriteOffApproval(NamedTuple):
    """The approval of a proposed write-off by its number."""

    number: int


class RuleChange(NamedTuple):
    """A proposed change of one policy value, written as in the policy file."""

    rule: str
    value: str


class RuleApproval(NamedTuple):
    """The approval of a proposed change of a rule by its number."""

    number: int


Said: TypeAlias = Contact | Promise | Withdrawal | Dispute | Step | Alias | WriteOff | WriteOffApproval | RuleChange | RuleApproval
"""What a person may state."""
_ACTIONS: Mapping[type[Any], str] = {
    Contact: "CONTACT", Promise: "PROMISE", Withdrawal: "PROMISE", Dispute: "DISPUTE", Step: "DISPUTE", Alias: "ALIAS", WriteOff: "WRITE_OFF",
    WriteOffApproval: "WRITE_OFF", RuleChange: "RULE", RuleApproval: "RULE",
}  # fmt: skip


def follow_up(params_file: Path, outputs: Path, said: Said, *, reason: str, person: Person) -> list[Event]:
    """Check what a person states against the newest run of the close and its journal, append it, and return the events.

    Raises InputError, with the cure, for what does not fit; nothing is written then.
    """
    params = _params(params_file)
    with closing(journal_store(params, params_file)) as journal:
        events = journal.events()
        if isinstance(said, RuleChange | RuleApproval):
            return _append(journal, "RULE", [_rule(with_rules(params, events), events, said)], reason, person, len(events))
        run, taken_in = newest_run(params, outputs, events)
        return follow_up_on(journal, Shown(params, run, taken_in, read_tables(run, READ)), said, reason=reason, person=person)


def follow_up_on(journal: Store, shown: Shown, said: Said, *, reason: str, person: Person, seen: int | None = None) -> list[Event]:
    """Append what a person states about what a run shows to an open journal; `seen` is how many events the person had seen (all of them)."""
    events = journal.events()
    bodies = _bodies(shown, events, said, person)
    return _append(journal, _ACTIONS[type(said)], bodies, reason, person, len(events) if seen is None else seen)


def _append(journal: Store, action: str, bodies: Sequence[Body], reason: str, person: Person, seen: int) -> list[Event]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return journal.append_many([(action, body, reason) for body in bodies], seen=seen, at=now, by=person.name, known_by=person.known_by)


def _params(params_file: Path) -> Params:
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    return read_params(take(params_file).data.decode("utf-8-sig"), params_file.name, policy)


def _bodies(shown: Shown, events: Sequence[Event], said: Said, person: Person) -> list[Body]:
    shown = replace(shown, params=with_rules(shown.params, events))
    around = around_of(shown, events)
    if isinstance(said, Contact):
        return [contact_body(said, around)]
    if isinstance(said, Promise):
        return promise_bodies(said, around)
    if isinstance(said, Withdrawal):
        return [withdrawal_body(said.promise, around)]
    if isinstance(said, Dispute):
        return [dispute_body(said, around)]
    if isinstance(said, Step):
        return [step_body(said, around)]
    if isinstance(said, Alias):
        return [alias_body(said, around)]
    if isinstance(said, WriteOff):
        return [write_off_body(said, around, _written(shown, events))]
    if isinstance(said, WriteOffApproval):
        role, own = authority(shown.params, events, person)
        return [approval_body(Approval(said.number, role, own), around, _written(shown, events))]
    return [_rule(shown.params, events, said)]


def today() -> date:
    """Say what day it is where the person sits."""
    return datetime.now(UTC).astimezone().date()


def around_of(shown: Shown, events: Sequence[Event]) -> Around:
    """Lay the journal over the run's tables, and say what a record is checked against."""
    tables, params = shown.tables, with_rules(shown.params, events)
    now = follow(events, tables["promises"], tables["contacts"], tables["disputes"], tables["customers"])
    countries = {entry.ledger: entry.country for entry in params.ledgers}

    def amount(text: str, currency: str, ledger: str) -> int:
        """Read an amount in the way of the ledger's country."""
        return typed_amount(text, currency, countries.get(ledger, ""), params.units)

    return Around(
        tables["customers"], tables["open_items"], now.promises, now.disputes, tables["promise_results"], params.policy, params.units,
        today(), len(events) + 1, amount, _numbers(events, "PROMISE"), _numbers(events, "DISPUTE"),
    )  # fmt: skip


def _numbers(events: Sequence[Event], action: str) -> frozenset[str]:
    return frozenset(str(event.body[action.lower()]) for event in standing(events, action))


def _written(shown: Shown, events: Sequence[Event]) -> Written:
    tables, people = shown.tables, people_of(events)
    done = [other.body for _, other in approved(events, "WRITE_OFF", people)]
    open_ = {event.seq: event.body for event in waiting(events, "WRITE_OFF", people)}
    register: pd.DataFrame = tables["adjustment_register"]
    return Written(_used(shown, events), tables["write_offs"], register, done, open_)


def _used(shown: Shown, events: Sequence[Event]) -> dict[str, int]:
    """Return by item what decisions take off it, and what rules allocate from receipts on which nobody has decided."""
    decided = deciding(shown, events)
    found = relieved_by(decided)
    kept = shown.tables["allocations"]
    kept = kept[~kept["receipt_id"].isin([ruling.receipt_id for ruling in decided])]
    for item, amount in kept[["item_id", "amount_relieved"]].itertuples(index=False, name=None):
        found[item] = found.get(item, 0) + int(amount)
    return found


def _rule(params: Params, events: Sequence[Event], said: Any) -> Body:
    if isinstance(said, RuleChange):
        return rule_body(params, events, said.rule, said.value)
    found = [event for event in rules_waiting(events) if event.seq == said.number]
    if not found:
        raise InputError(f"no change of a rule waits under {said.number}", cure="See what waits: arwork rule PARAMS.")
    rule_body(params, events, str(found[0].body["rule"]), _yaml(found[0].body["value"]))
    return {**{name: found[0].body[name] for name in ("rule", "value", "before")}, "approves": said.number}


def _yaml(value: object) -> str:
    """Write a value of a rule in one line of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_yaml(one)}" for name, one in value.items()) + "}"
    return "[" + ", ".join(map(_yaml, value)) + "]" if isinstance(value, list | tuple) else str(value)


class Waits(NamedTuple):
    """What waits for a second person: proposed write-offs and changes of rules."""

    write_offs: list[Event]
    rules: list[Event]


def waits(params_file: Path) -> tuple[Params, Waits, list[Event]]:
    """Return the params in force, what waits for a second person, and all events of the journal."""
    params = _params(params_file)
    with closing(journal_store(params, params_file)) as journal:
        events = journal.events()
    return with_rules(params, events), Waits(waiting(events, "WRITE_OFF", people_of(events)), rules_waiting(events)), events
