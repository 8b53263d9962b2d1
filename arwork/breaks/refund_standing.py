"""Where a refund stands and what may follow: one step at a time, without tables, so that a journal can ask while it writes (1.2, CV-13)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from arwork.dates import iso_date
from arwork.states import ACTS, may_act, may_follow

STEP_COLUMNS = ("seq", "at", "by", "refund_id", "step", "documents", "waived", "lifts", "account", "second_person", "amount", "reason")
"""What a recorded step says."""


@dataclass(frozen=True)
class Standing:
    """Where a refund stands: state, the state before a hold, what was handed in, waived and lifted, and who did what."""

    state: str = "CANDIDATE"
    before_hold: str = ""
    documents: frozenset[str] = frozenset()
    waived: frozenset[str] = frozenset()
    lifts: frozenset[str] = frozenset()
    account: str = ""
    second_person: str = ""
    amount: int | None = None
    reason: str = ""
    documented_on: date | None = None
    decided_on: date | None = None
    paid_on: date | None = None
    requested_by: str = ""
    approved_by: str = ""
    earlier: Mapping[str, frozenset[str]] = field(default_factory=dict)


NEW = Standing()
"""A refund about which nobody recorded anything."""


def in_turn(steps: pd.DataFrame, involved: Mapping[str, Mapping[str, Collection[str]]]) -> tuple[dict[str, Standing], list[dict[Any, Any]]]:
    """Take recorded steps (STEP_COLUMNS) in their order; return the standing of each refund, and each step with `counts` and `why_not`."""
    standings: dict[str, Standing] = {}
    rows: list[dict[Any, Any]] = []
    for step in steps.sort_values("seq").to_dict("records"):
        now = standings.get(step["refund_id"], NEW)
        why = refusal(now, step, involved.get(step["refund_id"], {}))
        if not why:
            standings[step["refund_id"]] = after(now, step)
        rows.append({**step, "counts": not why, "why_not": why})
    return standings, rows


def refusal(now: Standing, step: Mapping[Any, Any], involved: Mapping[str, Collection[str]]) -> str:
    """Say why a step does not count; blank when it does."""
    facts = {"reason": step["reason"], "before_hold": now.before_hold}
    answer = may_follow("refund", now.state, step["step"], facts)
    if not answer:
        return answer.why
    act = f"REFUND {step['step']}"
    before = {name: {_folded(one) for one in who} for name, who in {**now.earlier, **involved}.items()}
    allowed = may_act(ACTS[act].roles, act, _folded(step["by"]), before)
    return "" if allowed else allowed.why.replace(_folded(step["by"]), step["by"], 1)


def after(now: Standing, step: Mapping[Any, Any]) -> Standing:
    """Return the standing after a step that counts."""
    name, by, day = step["step"], step["by"], iso_date(str(step["at"])[:10])
    act = f"REFUND {name}"
    earlier = {**now.earlier, act: now.earlier.get(act, frozenset()) | {_folded(by)}}
    changed = replace(
        now, state=name, before_hold=now.state if name == "HOLD" else "", reason=step["reason"], earlier=earlier,
        documents=now.documents | set(step["documents"].split()), waived=now.waived | set(step["waived"].split() if name == "APPROVED" else ()),
        lifts=now.lifts | set(step["lifts"].split() if name in ("APPROVED", "RELEASED") else ()), account=step["account"] or now.account,
        second_person=step["second_person"] or now.second_person,
        amount=now.amount if pd.isna(step["amount"]) else int(step["amount"]),
    )  # fmt: skip
    if name == "DOCUMENTED":
        return replace(changed, requested_by=by, documented_on=now.documented_on or day)
    if name == "APPROVED":
        return replace(changed, approved_by=by, decided_on=day)
    if name == "REJECTED":
        return replace(changed, decided_on=day)
    return replace(changed, paid_on=day) if name == "PAID" else changed


def same(one: str, other: str) -> bool:
    """Say whether two names are one person's (CV-13)."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return "".join(name.casefold().split())
