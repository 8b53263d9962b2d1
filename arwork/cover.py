"""The cover of a run: READY or not and why, and what it was built on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

from arwork.journal.events import Event
from arwork.journal.rules import changed_rules
from arwork.params import Params
from arwork.proof import Finding, Tie
from arwork.show.numbers import plural

Ties: TypeAlias = list[tuple[str, Tie]]
"""The ties of a run, each with its stage."""
Findings: TypeAlias = list[tuple[str, Finding]]
"""The findings of a run, each with its stage."""


def facts(
    record: Mapping[str, Any], params: Params, sources: pd.DataFrame, events: Sequence[Event], ties: Ties, findings: Findings
) -> dict[str, str]:
    """Return what the cover says of a run, in the order it is shown."""
    ready, why = readiness(ties, findings)
    return {
        "close": params.close, "period": params.period, "key date": params.as_of.isoformat(), "run": record["run"],
        "status": "READY" if ready else "NOT READY", "why": why, "sources": _completeness(sources),
        "params": record["params_name"],
        "journal": f"{record['journal']['events']} decisions, head {record['journal']['head'][:12]}",
        **_learned(record.get("learned")), **changed_rules(events),
    }  # fmt: skip


def _learned(said: Mapping[str, Any] | None) -> dict[str, str]:
    """Say what was learned and by whose word it is used; nothing where nothing was."""
    if not said:
        return {}
    return {
        "learned": f"{said['name']}, {said['sha256'][:12]}, run by {said['run_by']}, accepted by {said['accepted_by']} (decision {said['event']})"
    }


def _completeness(sources: pd.DataFrame) -> str:
    """Say of how many files the close knows that they are whole."""
    found = sources["completeness"].value_counts()
    words = (("proven", "proven whole by balances"), ("counted", "by counts and sums"), ("not_proven", "not proven"))
    return f"{plural(len(sources), 'file')}: " + ", ".join(f"{found[name]:,} {said}" for name, said in words if name in found)


def readiness(ties: Ties, findings: Findings) -> tuple[bool, str]:
    """Say whether a pack is READY: every tie holds and no finding is an error; and the sentence that says why."""
    failed = [tie for _, tie in ties if not tie.holds]
    errors = [finding for _, finding in findings if finding.severity == "error"]
    if failed or errors:
        first = f"{failed[0].rule}: {failed[0].name}" if failed else errors[0].sentence
        return False, f"{len(failed)} of {len(ties)} ties do not hold, {len(errors)} errors; first: {first}"
    warnings = sum(finding.severity == "warn" for _, finding in findings)
    return True, f"all {len(ties)} ties hold" + (f", {plural(warnings, 'warning')} to read" if warnings else "")
