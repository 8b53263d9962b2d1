"""Who the people of a journal are, by replay of its PEOPLE events: roles, limits, logins that are one person.

The first person is set by one; as soon as there are two, a change is a proposal until a second person confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from arwork.errors import InputError
from arwork.journal.events import Event
from arwork.journal.keys import PROOF, fingerprint, lacks_key, public_key
from arwork.states import ROLES, may_act


@dataclass(frozen=True)
class Member:
    """One person: name, roles, the most they may approve by currency (minor units), further logins, and public keys.

    Who has a key acts only by key.
    """

    name: str
    roles: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    logins: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class People:
    """The people in force by folded name, the proposals that wait by event number, and whether a person has changed anything yet."""

    members: Mapping[str, Member] = field(default_factory=dict)
    pending: Mapping[int, Event] = field(default_factory=dict)
    begun: bool = False

    def person(self, login: str) -> str:
        """Turn a name or login into the person's name; a name nobody set stands for itself, without case and blanks."""
        member = self.find(login)
        return member.name if member else folded(login)

    def holder(self, key: str) -> Member | None:
        """Return the member whose key has this fingerprint."""
        return next((member for member in self.members.values() if key in map(fingerprint, member.keys)), None)

    def find(self, login: str) -> Member | None:
        """Return the member a name or login belongs to."""
        wanted = folded(login)
        direct = self.members.get(wanted)
        return direct or next((m for m in self.members.values() if wanted in map(folded, m.logins)), None)


def seeded(seats: Sequence[tuple[str, Sequence[str], Sequence[str]]]) -> list[dict[str, Any]]:
    """Write people of the params (name, roles, further logins) as bodies of the events that an empty journal begins with."""
    added: list[dict[str, Any]] = [{"step": "add", "person": name, "roles": list(roles), "seed": True} for name, roles, _ in seats]
    more = [{"step": "same-person", "person": name, "login": login, "seed": True} for name, _, logins in seats for login in logins]
    return added + more


def folded(name: str) -> str:
    """Write a name so that case and blanks tell nobody apart (CV-13)."""
    return "".join(name.casefold().split())


def people_of(events: Sequence[Event]) -> People:
    """Replay who the people are and what waits for a second person; events about other things are passed over."""
    now = People()
    for event in events:
        if event.action == "PEOPLE":
            now = _after(now, event)
    return now


def _after(now: People, event: Event) -> People:
    if event.body.get("seed") and not now.begun:
        return replace(now, members=_changed(now.members, event.body))
    now = replace(now, begun=True)
    confirmed = now.pending.get(int(event.body.get("confirms", 0)))
    if confirmed is not None:
        waiting = {seq: e for seq, e in now.pending.items() if seq != confirmed.seq}
        return People(_changed(now.members, confirmed.body), waiting, True)
    if len(now.members) >= 2:
        return replace(now, pending={**now.pending, event.seq: event})
    return replace(now, members=_changed(now.members, event.body))


def _changed(members: Mapping[str, Member], body: Mapping[str, Any]) -> dict[str, Member]:
    key, step = folded(body["person"]), body["step"]
    old = members.get(key) or Member(str(body["person"]))
    if step == "remove":
        return {name: member for name, member in members.items() if name != key}
    if step == "limit":
        new = replace(old, limits={**old.limits, body["currency"]: body["amount"]})
    elif step == "same-person":
        new = replace(old, logins=tuple(sorted({*old.logins, body["login"]})))
        members = {name: member for name, member in members.items() if name != folded(body["login"])}
    elif step == "key":
        new = replace(old, keys=tuple(sorted({*old.keys, public_key(body["key"])})))
    elif step == "drop-key":
        new = replace(old, keys=tuple(key for key in old.keys if fingerprint(key) != body["key"]))
    else:
        new = replace(old, roles=tuple(body["roles"]))
    return {**members, key: new}


def refuse_unfit(events: Sequence[Event], by: str, action: str, body: Mapping[str, Any]) -> None:
    """Refuse what a person may not record: a stranger where people are set, a role that may not, one person doing the work of two.

    `events` are the PEOPLE events so far. Raises InputError.
    """
    now = people_of(events)
    member = now.find(by)
    if now.members and member is None:
        known = ", ".join(sorted(m.name for m in now.members.values()))
        raise InputError(f"{by} is not among the people of this journal ({known})", cure="Let one of them add you: arwork people add.")
    if member:
        answer = may_act(member.roles, act_of(action, body), member.name, {})
        if not answer:
            raise InputError(answer.why, cure="Let somebody with that role do it, or change the role: arwork people role.")
    lacking = lacks_key(member, body)
    if lacking:
        raise InputError(lacking, cure="Set ARWORK_SIGNING_KEY to the key file and act as its owner; keys are set by arwork people key.")
    if action == "PEOPLE":
        _refuse_change(now, by, body)


def act_of(action: str, body: Mapping[str, Any]) -> str:
    """Name the act of states.py that an event is: a refund or transfer by its step, an approval or a confirmation by what it names."""
    if action in ("REFUND", "TRANSFER"):
        return f"{action} {body['step']}"
    if action in ("WRITE_OFF", "RULE") and body.get("approves"):
        return f"{action} APPROVED"
    return "PEOPLE CONFIRMED" if action == "PEOPLE" and body.get("confirms") else action


def _refuse_change(now: People, by: str, body: Mapping[str, Any]) -> None:
    if body.get("confirms"):
        _refuse_confirmation(now, by, body)
    if body.get("seed"):
        raise InputError("only the params of an empty journal name people without a second person", cure="Use `arwork people add`.")
    step, there = body["step"], folded(body["person"]) in now.members
    if there == (step == "add"):
        state = "is there already" if there else "is not among the people"
        raise InputError(f"{body['person']} {state}", cure="See `arwork people list`.")
    lacking = _lacking(body)
    if lacking:
        raise InputError(f"{step} of {body['person']} needs {lacking}", cure="See `arwork people --help`.")
    if "auditor" in body.get("roles", ()) and len(body["roles"]) > 1:
        raise InputError("an auditor looks and decides nothing", cure="Give the role auditor alone.")
    other = now.holder(fingerprint(public_key(body["key"]))) if step == "key" else None
    if other:
        raise InputError(f"the key is {other.name}'s already", cure="Give every person a key of their own.")
    left = _changed(now.members, body)
    if now.members and not any(set(m.roles) - {"auditor"} for m in left.values()):
        raise InputError("nobody would be left who may decide", cure="Give somebody else a role first.")


def _refuse_confirmation(now: People, by: str, body: Mapping[str, Any]) -> None:
    proposal = now.pending.get(body["confirms"])
    if proposal is None:
        raise InputError(f"no change waits under {body['confirms']}", cure="See `arwork people list`.")
    if now.person(proposal.by) == now.person(by):
        raise InputError(f"{now.person(by)} proposed this change and cannot confirm it (CV-13)", cure="Let another person confirm it.")
    if {name: value for name, value in proposal.body.items() if name != PROOF} != {
        name: value for name, value in body.items() if name not in ("confirms", PROOF)
    }:
        raise InputError("a confirmation repeats the change as it was proposed", cure="Use `arwork people confirm`.")


def _lacking(body: Mapping[str, Any]) -> str:
    """Say what a change of a person lacks besides the person; empty when it is whole."""
    step = body["step"]
    if step in ("add", "role"):
        return "" if _roles(body.get("roles")) else f"roles among {', '.join(ROLES)}"
    if step == "limit":
        whole = type(body.get("amount")) is int and body["amount"] >= 0 and bool(body.get("currency"))
        return "" if whole else "an amount in minor units and its currency"
    if step == "same-person":
        return "" if body.get("login") and folded(body["login"]) != folded(body["person"]) else "another login"
    if step == "key":
        return "" if public_key(str(body.get("key", ""))) else "a public SSH key, as in id_ed25519.pub"
    if step == "drop-key":
        return "" if str(body.get("key", "")).startswith("SHA256:") else "the fingerprint of the key"
    return ""


def _roles(named: object) -> bool:
    return isinstance(named, list | tuple) and bool(named) and all(role in ROLES for role in named)


_ACCOUNT = re.compile(r"OS account (\S+)")


def separated(events: Sequence[Event]) -> str:
    """Say who shared one account of the operating system, in one sentence; empty when everybody acted from their own.

    Logins that are one person count as one, and who acted by key is known by it. A shared account separates nobody: who decided is then what was typed.
    """
    now = people_of(events)
    users: dict[str, set[str]] = {}
    for event in events:
        found = _ACCOUNT.search(event.known_by)
        if found or event.known_by == "OS account":
            users.setdefault(found[1] if found else event.by, set()).add(now.person(event.by))
    shared = {account: sorted(names) for account, names in sorted(users.items()) if len(names) > 1}
    if not shared:
        return ""
    said = "; ".join(f"{' and '.join(names)} acted from one account, {account}" for account, names in shared.items())
    return f"People are not separated: {said}. Who decided is what was typed, and nothing proves it."
