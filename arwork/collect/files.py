"""The collector's files of a month in one call: reminders, reactions, statements, claims, credit, cheques, master data, pre-legal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.collect.dunning import propose
from arwork.collect.reactions import reactions
from arwork.collect.statements import state
from arwork.money import Units
from arwork.policy import Policy
from arwork.proof import Finding, Tie


@dataclass(frozen=True)
class Files:
    """Tables by name, ties and findings."""

    tables: Mapping[str, pd.DataFrame]
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def collectors_files(tables: Mapping[str, pd.DataFrame], policy: Policy, start: date, as_of: date, units: Units) -> Files:
    """Return what collectors work with beside the worklist (domain 6); a source that was not given is told by name.

    Takes the tables of the close so far, `ageing` among them.
    """
    dunned = propose(tables, policy, as_of, units)
    stated = state(tables, start, as_of)
    found = {
        "dunning_letters": dunned.dunning_letters, "dunning_items": dunned.dunning_items, "letter_reactions": reactions(tables, as_of),
        "account_statements": stated.account_statements,
    }  # fmt: skip
    return Files(found, (*dunned.ties, *stated.ties), (*dunned.findings, *stated.findings))
