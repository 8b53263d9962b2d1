"""Changes of single policy values by people: proposed by one, approved by another, in force from the next close (CV-12, CV-13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from arwork.errors import InputError, first_few
from arwork.journal.events import Event
from arwork.journal.legal import approved, waiting
from arwork.journal.people import people_of
from arwork.params import Params
from arwork.policy import Policy
from arwork.settings import Tree, read_yaml

_NEVER = ("policy_version", "authority")
"""Blocks that no change touches: the version of the file, and what protects authority."""


class Rule(NamedTuple):
    """A change in force: the value's name, what it is now and was before, who proposed and who approved it, in which decisions."""

    rule: str
    value: Tree
    before: Tree
    by: str
    approved_by: str
    event: int
    approval: int
    reason: str


def rules_in_force(events: Sequence[Event]) -> list[Rule]:
    """List the approved changes that stand, in the order of their approvals."""
    return [
        Rule(str(one.body["rule"]), one.body["value"], one.body["before"], one.by, other.by, one.seq, other.seq, one.reason)
        for one, other in approved(events, "RULE", people_of(events))
    ]  # fmt: skip


def changed_rules(events: Sequence[Event]) -> dict[str, str]:
    """Say for the cover which values of the policy people changed, and by which decisions; nothing where nobody did."""
    changed = rules_in_force(events) if any(event.action == "RULE" for event in events) else []
    return {"rules changed": "; ".join(map(spoken, changed))} if changed else {}


def rules_waiting(events: Sequence[Event]) -> list[Event]:
    """List the changes that wait for a second person."""
    return waiting(events, "RULE", people_of(events))


def with_rules(params: Params, events: Sequence[Event]) -> Params:
    """Lay the approved changes over the policy of a close; InputError when a change does not fit this release's policy."""
    now = params
    for rule in rules_in_force(events) if any(event.action == "RULE" for event in events) else ():
        try:
            now = _changed(now, rule.rule, rule.value)
        except InputError as refused:
            raise InputError(
                f"the change of {rule.rule} (decision {rule.event}) does not fit: {refused.what}", cure="Undo its approval."
            ) from None
    return now


def rule_body(params: Params, events: Sequence[Event], rule: str, value: str) -> dict[str, Any]:
    """Check a change of a policy value, written as in the policy file, and return what is recorded; `params` are those in force.

    Raises InputError for a name that is no single value, a value that does not fit, and one that is in force already.
    """
    parts = rule.strip().split(".")
    if parts[0] in _NEVER:
        raise InputError(f"{parts[0]} is not changed by a decision", cure="It protects what decisions may do; change the policy file.")
    tree = read_yaml(f"value: {value}\n", rule)[0].get("value", "")
    before = plain(_found(params.policy, parts, rule))
    after = plain(_found(_changed(params, rule, tree).policy, parts, rule))
    if after == before:
        raise InputError(f"{rule} is {written(before)} already", cure="Nothing is to be changed.")
    return {"rule": rule.strip(), "value": after, "before": before}


def plain(value: object) -> Tree:
    """Write a value of the policy as the texts, lists and names that YAML holds."""
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool):
        return "none" if value is None else str(value).lower()
    return str(value)


def spoken(rule: Rule) -> str:
    """Say a change in one line, with its decisions."""
    return (
        f"{rule.rule}: {written(rule.before)} → {written(rule.value)} (decision {rule.event} of {rule.by}, approved by {rule.approved_by}, "
        f"decision {rule.approval}: {rule.reason})"
    )


def written(value: Tree) -> str:
    """Write a value in one line, as the policy file would."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written(one)}" for name, one in value.items()) + "}"
    return "[" + ", ".join(map(written, value)) + "]" if isinstance(value, list) else value


def _found(policy: Policy, parts: Sequence[str], rule: str) -> object:
    """Walk to a value; InputError names what stands where the way ends."""
    here: Any = policy
    for place, part in enumerate(parts):
        names = list(type(here).model_fields) if isinstance(here, BaseModel) else list(here) if isinstance(here, Mapping) else []
        if part not in names:
            said = ".".join(parts[:place]) or "the policy"
            raise InputError(
                f"{said} has no value {part!r}", cure=f"It has {first_few(names, 12)}." if names else f"{said} is a value itself."
            )
        here = getattr(here, part) if isinstance(here, BaseModel) else here[part]
    if not parts[0] or isinstance(here, BaseModel) or (isinstance(here, Mapping) and len(parts) < 2):
        raise InputError(f"{rule} is a block of values", cure="Change one value at a time, such as promise.max_days_ahead.")
    return here


def _changed(params: Params, rule: str, value: Tree) -> Params:
    """Return the params with one value of the policy replaced, everything checked again."""
    parts = rule.strip().split(".")
    _found(params.policy, parts, rule)
    tree = plain(params.policy)
    here: Any = tree
    for part in parts[:-1]:
        here = here[part]
    here[parts[-1]] = value
    try:
        return Params.model_validate({**{name: getattr(params, name) for name in Params.model_fields}, "policy": tree})
    except ValidationError as broken:
        told = [f"{error['msg'].removeprefix('Value error, ')}" for error in broken.errors()]
        raise InputError(
            f"{rule} cannot be {written(value)}: {first_few(told, 3)}", cure="Write the value as the policy file does."
        ) from None
