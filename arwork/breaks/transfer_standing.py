"""Who approved the transfer of misdirected money, and which approvals count: both ledgers, two people, one set of terms (EX-40, CV-13)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from arwork.states import ACTS, may_act, may_follow

TERMS = ("currency", "amount", "to_ledger", "to_company", "to_customer", "to_items")
"""What is approved: how much, and for whom."""
STEP_COLUMNS = ("seq", "at", "by", "receipt_id", "step", "side", *TERMS, "reason")
"""What a recorded step says; `side` is FROM (the ledger that received the money) or TO (the one it belongs to)."""
_NEXT = {"PENDING": "HALF_APPROVED", "REJECTED": "HALF_APPROVED", "HALF_APPROVED": "APPROVED"}


@dataclass(frozen=True)
class Transfer:
    """Where a transfer stands: state, who approved for which side, and what they approved (TERMS)."""

    state: str = "PENDING"
    given: Mapping[str, str] = field(default_factory=dict)
    terms: tuple[Any, ...] = ()

    def of(self, terms: tuple[Any, ...]) -> Mapping[str, str]:
        """Return who approved these terms, by side; nobody where others were approved."""
        return self.given if terms == self.terms else {}


NEW = Transfer()
"""A transfer about which nobody recorded anything."""


def in_turn(steps: pd.DataFrame, chosen_by: Mapping[str, Collection[str]]) -> tuple[dict[str, Transfer], list[dict[Any, Any]]]:
    """Take recorded steps (STEP_COLUMNS) in their order; return where each receipt's transfer stands, and each step with `counts` and `why_not`.

    `chosen_by` says who allocated each receipt by hand: they may not approve it (CV-13).
    """
    standings: dict[str, Transfer] = {}
    rows: list[dict[Any, Any]] = []
    for step in steps.sort_values("seq").to_dict("records"):
        now = standings.get(step["receipt_id"], NEW)
        why = _refusal(now, step, chosen_by.get(step["receipt_id"], ()))
        if not why:
            standings[step["receipt_id"]] = _after(now, step)
        rows.append({**step, "counts": not why, "why_not": why})
    return standings, rows


def _refusal(now: Transfer, step: Mapping[Any, Any], chosen_by: Collection[str]) -> str:
    side, approves = step["side"], step["step"] == "APPROVED"
    if approves and side in now.given:
        return f"{now.given[side]} approved it for that ledger already"
    answer = may_follow("transfer", now.state, _NEXT.get(now.state, "APPROVED") if approves else step["step"], {})
    if not answer:
        return answer.why
    earlier = {"ALLOCATE": {_folded(one) for one in chosen_by}, "TRANSFER APPROVED": {_folded(one) for one in now.given.values()}}
    act = f"TRANSFER {step['step']}"
    allowed = may_act(ACTS[act].roles, act, _folded(step["by"]), earlier)
    if not allowed:
        return allowed.why.replace(_folded(step["by"]), step["by"], 1)
    if approves and now.given and _terms(step) != now.terms:
        return "the other ledger approved another amount, customer or item: reject it, then both approve anew"
    return ""


def _after(now: Transfer, step: Mapping[Any, Any]) -> Transfer:
    if step["step"] == "REJECTED":
        return Transfer("REJECTED")
    return Transfer(_NEXT[now.state], {**now.given, step["side"]: step["by"]}, _terms(step))


def _terms(step: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(int(step[name]) if name == "amount" else str(step[name]) for name in TERMS)


def _folded(name: str) -> str:
    return "".join(name.casefold().split())
