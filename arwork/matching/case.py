"""One receipt on the table with all it takes to judge it, and the claim a strategy makes about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from arwork.matching.amounts import EMPTY, Shelf
from arwork.matching.discounts import pay_date
from arwork.matching.fit import Solution, fit
from arwork.matching.fx import NO_RATES, Rates
from arwork.matching.named import Named, Receipt
from arwork.matching.universe import Account, Item, Universe
from arwork.money import Units
from arwork.policy import Matching

BY_AMOUNT = ("M06", "M07", "M08", "M09", "M10")
"""Strategies that look at amounts only, and so at what stronger claims leave."""


@dataclass(frozen=True)
class Declared:
    """What an advice says of one document, minor units: gross less discount less deductions is net; each deduction with its reason."""

    gross: int
    discount: int
    net: int
    deductions: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Advice:
    """What the linked advices say: sum paid, cash by squeezed document, and what is wrong with them (G-05).

    `confidence` is how sure the reading of each document is, in ten-thousandths of a percent point (G-16).
    """

    total: int
    by_document: Mapping[str, int]
    wrong: str
    confidence: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[str, Declared] = field(default_factory=dict)


@dataclass(frozen=True)
class Looks:
    """A repeat found by EX-20."""

    probable: bool
    sentence: str


@dataclass(frozen=True)
class Master:
    """What the close knows of customers, and its rules; in a replay each receipt is judged as on the day it came in.

    `wht` is rate (ten-thousandths of a percent point) and base of the tax that a customer withholds (MP-60), `countries` where
    customers are, `pays_in` the currencies a customer may pay in (MP-62). `role` is the role of the person for whom the rules
    run (MP-20); blank for the engine, which acts with the limit of the customer's group.
    """

    policy: Matching
    units: Units
    as_of: date
    groups: Mapping[Account, str]
    standing: Mapping[Account, str]
    netting: frozenset[Account]
    names: Mapping[tuple[str, str], Mapping[str, frozenset[str]]]
    replay: bool = False
    wht: Mapping[Account, tuple[int, str]] = field(default_factory=dict)
    countries: Mapping[Account, str] = field(default_factory=dict)
    pays_in: Mapping[Account, frozenset[str]] = field(default_factory=dict)
    rates: Rates = NO_RATES
    role: str = ""


@dataclass(frozen=True)
class Case:
    """One receipt with all it takes to judge it; `free` are the payer's items in its currency that no receipt took by reference."""

    receipt: Receipt
    named: Named
    universe: Universe
    master: Master
    free: Shelf = EMPTY
    advice: Advice | None = None
    looks: Looks | None = None

    @property
    def abroad(self) -> bool:
        """Say whether the payer paid in another currency than the one that came in (MP-62)."""
        return self.receipt.orig_currency not in ("", self.receipt.currency)

    def open_items(self) -> tuple[Item, ...]:
        """The payer's open items, whatever currency."""
        return self.universe.by_account.get(self.receipt.account, ())


@dataclass(frozen=True)
class Rest:
    """What stays on account of an overpayment: suspected kind (EX-30), the gates it fires, and why (MP-50, G-11)."""

    kind: str
    fired: Mapping[str, str]
    sentence: str


@dataclass(frozen=True)
class Claim:
    """What a strategy says: its proposal (none for M16), other candidates, how many there are, and the words for people.

    `fired` holds the gates that are part of the strategy's own answer; `capped` says why it may not act alone although no
    gate fired, `tie_by_policy` that the policy broke a tie (OLDEST_DUE).
    """

    strategy: str
    proposal: Solution | None
    others: tuple[Solution, ...] = ()
    rivals: int = 0
    exhaustive: bool = True
    fired: Mapping[str, str] = field(default_factory=dict)
    capped: str = ""
    tie_by_policy: bool = False
    sentence: str = ""
    runner_up: str = ""
    falls_without: str = ""
    rest: Rest | None = None

    @property
    def by_amount(self) -> bool:
        """Say whether only the amount leads to the items."""
        return self.strategy in BY_AMOUNT

    def shown(self) -> tuple[Item, ...]:
        """List the items of the proposal, or of the candidates where there is none."""
        solutions = (self.proposal,) if self.proposal else self.others
        return tuple({line.item.item_id: line.item for s in solutions for line in s.lines}.values())


def paid_on(case: Case) -> date:
    """Return the day on which the receipt counts as paid (MP-11)."""
    return pay_date(case.receipt.value_date, case.receipt.booking_date, case.master.policy)


def valued(case: Case, items: Sequence[str]) -> Solution:
    """Value open items, by id, against the receipt of a case (2.4, MP-20)."""
    chosen = [case.universe.items[item] for item in items]
    policy, role = case.master.policy, case.master.role
    return fit(
        chosen, case.receipt.amount, paid_on(case), group_of(case, chosen), case.open_items(), policy, case.master.units,
        policy.tolerances.users.get(role, Decimal(0)) if role else None,
    )  # fmt: skip


def group_of(case: Case, items: Sequence[Item]) -> str:
    """Return the tolerance group of the customer who owes the items (MP-20)."""
    return case.master.groups.get(items[0].account, "STD")
