"""Offset first: what the legal customer owes and a credit settles before anything is paid back (RF-02)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import numpy as np
import pandas as pd

from arwork.breaks.credits import ACCOUNT, targets
from arwork.collect.key_date import disputed, open_at

Whose: TypeAlias = tuple[str, str, str, str]
"""Ledger, company code, legal customer, currency: the key inside which a credit may be offset (CV-08)."""


@dataclass(frozen=True)
class Debt:
    """One open item that may be offset: what is left of it, the oldest due first."""

    item_id: str
    reference: str
    due: date
    left: int


@dataclass(frozen=True)
class Owed:
    """What a legal customer owes in one ledger and currency: overdue and undisputed, not due yet, disputed."""

    overdue: tuple[Debt, ...] = ()
    not_due: int = 0
    disputed: int = 0

    @property
    def total(self) -> int:
        """Everything that is open."""
        return sum(debt.left for debt in self.overdue) + self.not_due + self.disputed


NOTHING = Owed()
"""The customer owes nothing."""


@dataclass(frozen=True)
class Debts:
    """What every legal customer owes by key, and the legal customer behind each account."""

    owed: Mapping[Whose, Owed]
    parties: Mapping[tuple[str, str, str], str]

    def whose(self, ledger: str, company: str, customer: str, currency: str) -> Whose:
        """Return the key of an account: its legal customer, or the account itself where none is stated."""
        return ledger, company, self.parties.get((ledger, company, customer), "") or f"account {customer}", currency

    def elsewhere(self, whose: Whose) -> int:
        """Return what the same legal customer owes in the same currency to other ledgers and companies."""
        if whose[2].startswith("account "):
            return 0
        return sum(owed.total for key, owed in self.owed.items() if key[2:] == whose[2:] and key[:2] != whose[:2])


@dataclass
class Offsets:
    """Credits taken in turn against the same debts, so that no item is settled twice."""

    debts: Debts
    used: dict[str, int] = field(default_factory=dict)

    def take(self, whose: Whose, credit: int) -> list[tuple[Debt, int]]:
        """Settle overdue undisputed items with a credit, oldest due first; return each item and how much of it."""
        taken: list[tuple[Debt, int]] = []
        for debt in self.debts.owed.get(whose, NOTHING).overdue:
            part = min(credit, debt.left - self.used.get(debt.item_id, 0))
            if part > 0:
                taken.append((debt, part))
                self.used[debt.item_id] = self.used.get(debt.item_id, 0) + part
                credit -= part
        return taken


def read_debts(open_items: pd.DataFrame, disputes: pd.DataFrame, allocations: pd.DataFrame, customers: pd.DataFrame, as_of: date) -> Debts:
    """Return what is owed at the key date: open items less what this close allocates and less partial payments beside them.

    Overdue is due before the key date (CV-05); an item in any unresolved dispute, in legal proceedings, on another control
    account or written off is not offset and counts as disputed. Oldest due first, then item_id (RF-02).
    """
    parties = {tuple(row[:3]): row[3] for row in customers[[*ACCOUNT, "party_id"]].itertuples(index=False, name=None)}
    kept = open_at(open_items, as_of)
    gone = allocations.groupby("item_id")["amount_relieved"].sum() - allocations.groupby("item_id")["residual"].sum()
    left = kept["open_doc"] - gone.reindex(kept["item_id"], fill_value=0).to_numpy()
    kept = kept.assign(left=left, barred=_barred(kept, disputes, as_of))
    debits, credits = kept[kept["left"] > 0], kept[kept["left"] < 0]
    beside = credits["left"].groupby(targets(credits, debits)).sum()
    net = debits["left"].to_numpy() + beside.reindex(debits["item_id"], fill_value=0).to_numpy()
    debits = debits.assign(left=net)[net > 0].sort_values(["due_date", "item_id"])
    return Debts(_by_customer(debits, parties, as_of), parties)


def _barred(kept: pd.DataFrame, disputes: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    return disputed(kept, disputes, as_of) | kept["legal_hold"] | kept["written_off"] | (kept["special_gl"] != "")


def _by_customer(debits: pd.DataFrame, parties: Mapping[tuple[str, ...], str], as_of: date) -> dict[Whose, Owed]:
    late = (debits["due_date"] < pd.Timestamp(as_of)).to_numpy()
    barred = debits["barred"].to_numpy()
    kinds = np.where(barred, "disputed", np.where(late, "overdue", "not due"))
    lines: dict[Whose, list[Debt]] = {}
    sums: dict[tuple[Whose, str], int] = {}
    names = debits["reference"].where(debits["reference"] != "", debits["doc_no"])
    columns = (*(debits[name] for name in [*ACCOUNT, "currency", "item_id"]), names, debits["due_date"].dt.date, debits["left"], kinds)
    for ledger, company, customer, currency, item, name, due, left, kind in zip(*columns, strict=True):
        key = (ledger, company, parties.get((ledger, company, customer), "") or f"account {customer}", currency)
        if kind == "overdue":
            lines.setdefault(key, []).append(Debt(item, name, due, int(left)))
        sums[key, kind] = sums.get((key, kind), 0) + int(left)
    whole = {key for key, _ in sums}
    return {key: Owed(tuple(lines.get(key, ())), sums.get((key, "not due"), 0), sums.get((key, "disputed"), 0)) for key in whole}


def offset_of(taken: Sequence[tuple[Debt, int]]) -> int:
    """Return how much a credit settles."""
    return sum(part for _, part in taken)
