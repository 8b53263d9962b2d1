"""One receipt on the table with all it takes to judge it, and the claim a strategy makes about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, fields
from datetime import date
from decimal import Decimal
from operator import attrgetter

from arwork.matching.amounts import EMPTY, Shelf
from arwork.matching.astray import Astray
from arwork.matching.discounts import pay_date
from arwork.matching.fit import Line, Solution, fit
from arwork.matching.fx import NO_RATES, Rates
from arwork.matching.kinship import Kinship
from arwork.matching.lean import Kept, lean
from arwork.matching.library import Library
from arwork.matching.named import Named, Receipt
from arwork.matching.numbers import Numbers
from arwork.matching.others import NOBODY, Others
from arwork.matching.relations import Relations
from arwork.matching.statements import Statement, Statements
from arwork.matching.tolerances import in_currency
from arwork.matching.universe import Account, Item, Universe
from arwork.money import Units
from arwork.policy import Matching

NAMED_TOO = "whose documents the payment names as well"
"""What customers are to a payer with whom nothing connects it but the words of its payment."""
_OWNERS_MOST = 6
_STOPPED = ("INSOLVENT", "LEGAL")
BY_AMOUNT = ("M06", "M07", "M08", "M09", "M10")
"""Strategies that look at amounts only, and so at what stronger claims leave."""


@lean
class Declared:
    """What an advice says of one document, minor units: gross less discount less deductions is net; each deduction with its reason."""

    gross: int
    discount: int
    net: int
    deductions: tuple[tuple[int, str], ...] = ()


@lean
class Advice:
    """What the linked advices say: sum paid, cash by squeezed document, and what is wrong with them (G-05).

    `confidence` is how sure the reading of each document is, in ten-thousandths of a percent point (G-16).
    """

    total: int
    by_document: Mapping[str, int]
    wrong: str
    confidence: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[str, Declared] = field(default_factory=dict)


@lean
class Looks:
    """A repeat found by EX-20: the item settled before, and when."""

    probable: bool
    sentence: str
    item: str = ""
    cleared: date | None = None


@lean
class Earned:
    """What a strategy may do alone in a ledger: receipts up to `largest` (minor units of `currency`), and on what record."""

    largest: int
    currency: str
    record: str


@lean
class Master:
    """What the close knows of customers, and its rules; in a replay each receipt is judged as on the day it came in.

    `earned` is what strategies may do alone by their record, by ledger and strategy (`authority`).
    `wht` is rate (ten-thousandths of a percent point) and base of the tax that a customer withholds (MP-60), `countries` where
    customers are, `pays_in` the currencies a customer may pay in (MP-62). `role` is the role of the person for whom the rules
    run (MP-20); blank for the engine, which acts with the limit of the customer's group. Books are closed up to
    and with `closed_until` (G-13). `meant` is what customers' own reasons mean, by customer (blank for all) and words (T29); `changed`
    what was changed after the key date, by account and document (blank for the customer itself, T25).
    """

    policy: Matching
    units: Units
    as_of: date
    groups: Mapping[Account, str]
    standing: Mapping[Account, str]
    netting: frozenset[Account]
    names: Mapping[tuple[str, str], Mapping[str, frozenset[str]]]
    replay: bool = False
    relations: Relations = field(default_factory=Relations)
    oldest_first: frozenset[Account] = frozenset()
    lookback: int = 180
    statements: Statements = field(default_factory=dict)
    kinship: Kinship = field(default_factory=Kinship)
    earned: Mapping[tuple[str, str], Earned] = field(default_factory=dict)
    wht: Mapping[Account, tuple[int, str]] = field(default_factory=dict)
    countries: Mapping[Account, str] = field(default_factory=dict)
    pays_in: Mapping[Account, frozenset[str]] = field(default_factory=dict)
    rates: Rates = NO_RATES
    role: str = ""
    closed_until: date | None = None
    meant: Mapping[tuple[str, str], str] = field(default_factory=dict)
    changed: Mapping[tuple[Account, str], str] = field(default_factory=dict)

    @Kept
    def stopped(self) -> frozenset[Account]:
        """The customers that are insolvent or in legal proceedings (G-07)."""
        return frozenset(account for account, standing in self.standing.items() if standing in _STOPPED)


@lean
class Circle:
    """The document numbers of some customers, and what they are to the payer; blank for its own."""

    numbers: Numbers
    relation: str


@lean
class Case:
    """One receipt with all it takes to judge it; `free` are the payer's items in its currency that no receipt took by reference."""

    receipt: Receipt
    named: Named
    universe: Universe
    master: Master
    free: Shelf = EMPTY
    advice: Advice | None = None
    looks: Looks | None = None
    others: Others = NOBODY
    circle: Shelf = EMPTY
    astray: Astray | None = None
    contract: str = ""
    library: Library | None = None
    gone: Mapping[str, str] = field(default_factory=dict)

    def sent(self) -> Sequence[Statement]:
        """The statements of account that the payer was sent in the currency of the receipt."""
        return self.master.statements.get((self.receipt.account, self.receipt.currency), ())

    @property
    def enough(self) -> bool:
        """Say whether anything is open and the amount is not too small to be matched by amount."""
        items = self.free.items
        return bool(items) and self.receipt.amount >= in_currency(self.master.policy.amount_only_min, items[:1], self.master.units)

    @property
    def amount_only(self) -> bool:
        """Say whether nothing but payer and amount speaks, and that alone may be looked at."""
        known = bool(self.receipt.customer_id) and not self.named.resolves
        return known and not (self.looks and self.looks.probable) and self.enough

    @property
    def loose_payments(self) -> bool:
        """Say whether open payments without an invoice lessen the balance: they cannot be matched, so no total speaks for itself."""
        return self.free.loose

    def usable(self) -> list[Item]:
        """List the payer's items that a total may use: not blocked, dated by the payment."""
        return list(self._usable)

    @Kept
    def _usable(self) -> tuple[Item, ...]:
        day, known = self.receipt.value_date, self.universe.items
        return tuple(i for i in self.free.items if not i.blocked and i.doc_date <= day and (not self.free.loose or i.item_id in known))

    def circles(self) -> Iterator[Circle]:
        """Yield the document numbers of those whom the payer may pay for: its own, its family's, its kin's by name, its likes'."""
        for accounts, relation in self.around() if self.library else ():
            known = self.library.numbers(accounts, self.receipt.currency) if self.library else None
            if known:
                yield Circle(known, relation)

    def around(self) -> Iterator[tuple[tuple[Account, ...], str]]:
        """Yield the customers whose documents a payer may mean, and what they are to it; the nearest first, the payer itself among them."""
        receipt, relations, kinship = self.receipt, self.master.relations, self.master.kinship
        own = (receipt.account,) if receipt.customer_id else ()
        if own:
            yield own, ""
        family = {*receipt.family}
        for customer in (receipt.customer_id, *receipt.family):
            family |= {
                *relations.family((*receipt.book, customer)),
                *relations.beneficiaries((*receipt.book, customer), receipt.value_date),
            }
        near = tuple((*receipt.book, c) for c in sorted(family | ({receipt.customer_id} - {""})))
        kin = {c for word in kinship.words.get(receipt.account, ()) for c in kinship.bearers[(*receipt.book, word)]} if own else set()
        kin |= {*kinship.of_name(receipt.book, receipt.remitter)} - ({receipt.customer_id} if not kin else set())
        wider = tuple((*receipt.book, c) for c in sorted(kin | {c for *_, c in near}))
        found = [(near if near != own else (), "of the same family by the customer file")]
        found += [(((*receipt.book, hint),), "whose name is like the payer's") for hint in receipt.hints]
        found.append((wider if kin and wider not in (own, near) else (), "bearing a rare word of the payer's name"))
        named = {word.items[0] for word in (*self.named.words, *self.others.kin) if not word.part and len(word.items) == 1}
        owners = {self.universe.items[item].account for item in named} | ({receipt.account} if own else set())
        if 1 < len(owners) <= _OWNERS_MOST and named and not owners <= {*wider}:
            found.append((tuple(sorted(owners)), NAMED_TOO))
        yield from ((accounts, relation) for accounts, relation in found if accounts)

    @property
    def abroad(self) -> bool:
        """Say whether the payer paid in another currency than the one that came in (MP-62)."""
        return self.receipt.orig_currency not in ("", self.receipt.currency)

    def open_items(self) -> tuple[Item, ...]:
        """The payer's open items, whatever currency."""
        return self.universe.by_account.get(self.receipt.account, ())


@lean
class Rest:
    """What stays on account of an overpayment: suspected kind (EX-30), the gates it fires, and why (MP-50, G-11)."""

    kind: str
    fired: Mapping[str, str]
    sentence: str


@lean
class Claim:
    """What a strategy says: its proposal (none for M16), other candidates, how many there are, and the words for people.

    `fired` holds the gates that are part of the strategy's own answer; `capped` says why it may not act alone although no
    gate fired, `tie_by_policy` that the policy broke a tie (OLDEST_DUE). `kind` is the class of a receipt that is more than a
    payment of the payer's own items; `amount_only` says so of a strategy that is not always. `confirm` says that a person has
    only to confirm G-09: the set fits, and who it belongs to is near the payer. `chance` is how many sets of items would add
    up to the amount by coincidence, in millionths; None where no combination was searched (2.3). `stays` says that the claim
    waits for a person whatever the record of its strategy: its form is weaker than what a record is made of (2.6). `form` names
    the form among those of its strategy for which records are kept one by one; blank where the strategy has only one.
    `read` lists the words of the text that were read with damage.
    `preferred` says that only what other payments claim makes it the likeliest (M17): a suggestion, never more, whatever the record.
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
    kind: str = ""
    amount_only: bool = False
    confirm: bool = False
    chance: int | None = None
    rest: Rest | None = None
    stays: bool = False
    form: str = ""
    preferred: bool = False
    read: tuple[str, ...] = ()

    @property
    def by_amount(self) -> bool:
        """Say whether only the amount leads to the items."""
        return self.amount_only or self.strategy in BY_AMOUNT

    def shown_lines(self) -> tuple[Line, ...]:
        """List the lines of the proposal."""
        return self.proposal.lines if self.proposal else ()

    def shown(self) -> tuple[Item, ...]:
        """List the items of the proposal, or of the candidates where there is none."""
        return self._shown

    @Kept
    def _shown(self) -> tuple[Item, ...]:
        if self.proposal and len(self.proposal.lines) == 1:
            return (self.proposal.lines[0].item,)
        solutions = (self.proposal,) if self.proposal else self.others
        return tuple({line.item.item_id: line.item for s in solutions for line in s.lines}.values())


_NAMES = tuple(each.name for each in fields(Case))
_VALUES = attrgetter(*_NAMES)
_PLACE = {name: place for place, name in enumerate(_NAMES)}


def changed(case: Case, name: str, value: object) -> Case:
    """Return a case with one attribute changed; cheaper than `dataclasses.replace`, for it meets every receipt of a month."""
    values = list(_VALUES(case))
    values[_PLACE[name]] = value
    return Case(*values)


def paid_on(case: Case) -> date:
    """Return the day on which the receipt counts as paid (MP-11)."""
    return pay_date(case.receipt.value_date, case.receipt.booking_date, case.master.policy)


def valued(case: Case, items: Sequence[str]) -> Solution:
    """Value open items, by id, against the receipt of a case (2.4, MP-20)."""
    known = case.universe.items
    chosen = [known[item] for item in items]
    policy, role = case.master.policy, case.master.role
    return fit(
        chosen, case.receipt.amount, paid_on(case), group_of(case, chosen), case.open_items(), policy, case.master.units,
        policy.tolerances.users.get(role, Decimal(0)) if role else None,
    )  # fmt: skip


def group_of(case: Case, items: Sequence[Item]) -> str:
    """Return the tolerance group of the customer who owes the items (MP-20)."""
    return case.master.groups.get(items[0].account, "STD")
