"""The collector's files of a month in one call: reminders, reactions, statements, claims, credit, cheques, master data, pre-legal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.collect.cheques import payers, register
from arwork.collect.claims import track
from arwork.collect.credit import review
from arwork.collect.credit_checklist import checklist
from arwork.collect.distress import NOT_MEASURED
from arwork.collect.dunning import propose
from arwork.collect.escalation import escalate
from arwork.collect.master_data import check
from arwork.collect.prelegal import files
from arwork.collect.reactions import reactions
from arwork.collect.statements import state
from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.money import Units
from arwork.policy import Policy
from arwork.proof import Finding, Tie, numbered


@dataclass(frozen=True)
class Files:
    """Tables by name, ties and findings."""

    tables: Mapping[str, pd.DataFrame]
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def collectors_files(
    tables: Mapping[str, pd.DataFrame], policy: Policy, start: date, as_of: date, units: Units, holidays: Holidays = NO_HOLIDAYS
) -> Files:
    """Return what collectors work with beside the worklist (domain 6); a source that was not given is told by name.

    Takes the tables of the close so far, `ageing`, `late_fees` and `distress` among them; `promises` as evaluated (`promise_results`),
    `standing` and `net_overdue` of the week.
    """
    dunned = propose(tables, policy, as_of, units)
    stated = state(tables, start, as_of)
    found = {
        "dunning_letters": dunned.dunning_letters, "dunning_items": dunned.dunning_items, "letter_reactions": reactions(tables, as_of),
        "account_statements": stated.account_statements,
    }  # fmt: skip
    more, told = _others({**tables, **found}, policy, as_of, units, holidays)
    return Files({**found, **more}, (*dunned.ties, *stated.ties), (*dunned.findings, *stated.findings, *told))


def _others(
    tables: Mapping[str, pd.DataFrame], policy: Policy, as_of: date, units: Units, holidays: Holidays
) -> tuple[dict[str, pd.DataFrame], tuple[Finding, ...]]:
    """Claims, credit, escalation, cheques, master data and pre-legal files; what they need and did not get."""
    codes = tables["ageing_items"]["local_currency"]
    claimed = track(tables["claims"], as_of, holidays)
    held = register(tables["cheques"], as_of, holidays)
    found = {
        "claim_deadlines": claimed.claim_deadlines, "credit_reviews": review(tables, policy, as_of),
        "escalations": escalate(tables, units.exponent(str(codes.iloc[0])) if len(codes) else 2, as_of), "cheque_register": held,
        "cheque_payers": payers(held), "master_findings": check(tables, as_of),
    }  # fmt: skip
    found["credit_checks"] = checklist(tables, found["credit_reviews"], units, as_of)
    found["prelegal_files"] = files({**tables, **found}, as_of)
    absent = [name for name in ("claims", "cheques", "credit_requests", "letters_sent") if not len(tables[name])]
    said = f"Not measurable: needs {', '.join(absent)}. Distress also cannot show: {NOT_MEASURED}."
    told = (Finding("CO-50", "info", said),) if absent else (Finding("CO-50", "info", f"Distress cannot show: {NOT_MEASURED}."),)
    return found, (*claimed.findings, *told, *_warnings(found, tables["distress"]))


def _warnings(found: Mapping[str, pd.DataFrame], distress: pd.DataFrame) -> list[Finding]:
    missed = found["claim_deadlines"].loc[lambda t: t["status"] == "MISSED"]
    risks = distress.loc[distress["notify"]]
    said = []
    if len(missed):
        rows = tuple(sorted(set(missed["claim_id"])))
        said.append(
            Finding(
                "CO-85", "warn", f"{len(missed):,} deadlines of claims have passed without the step being done.", "claim_deadlines", rows
            )
        )
    if len(risks):
        rows = tuple(sorted(set(risks["customer_id"])))
        said.append(
            Finding(
                "CO-50",
                "warn",
                f"Risk management is to be told of {numbered(len(risks), 'account', 'accounts')} in distress.",
                "distress",
                rows,
            )
        )
    return said
