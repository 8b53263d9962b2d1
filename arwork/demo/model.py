"""The nouns of the made-up company, before any of it is numbered or written to a file. Amounts are minor units (CV-01)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class House:
    """One of our own bank accounts, and the GL account that mirrors it."""

    key: str
    ledger: str
    company: str
    account: str
    bank: str
    currency: str
    gl_account: str
    opening: int
    form: str
    rhythm: str


@dataclass(frozen=True)
class Customer:
    """A customer account in one ledger."""

    number: str
    ledger: str
    company: str
    name: str
    country: str
    currency: str
    terms: str = "N030"
    group: str = "STD"
    collector: str = ""
    status: str = "ACTIVE"
    netting: bool = False
    party: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()
    pays_in: str = ""
    accounts: tuple[str, ...] = ()
    virtual_account: str = ""
    instruction: str = "NONE"
    wht: str = ""

    @property
    def control(self) -> str:
        """Control account of the ledger."""
        return "1400" if self.ledger == "MAIN" else "1450"


@dataclass(frozen=True)
class Item:
    """A subledger line. `settlement` names the group of lines that cleared each other; "" is open."""

    key: str
    customer: Customer
    kind: str
    doc_date: date
    due_date: date
    currency: str
    amount: int
    local: int
    posting_date: date
    terms: str = ""
    disc_date: date | None = None
    disc_percent: str = ""
    grace: int = 0
    reference: str = ""
    po: str = ""
    contract: str = ""
    delivery: str = ""
    text: str = ""
    linked: str = ""
    control: str = ""
    special: str = ""
    block: str = ""
    dunning: int = 0
    reversed_by: str = ""
    settlement: str = ""
    settled_on: date | None = None
    net: int | None = None


@dataclass(frozen=True)
class Payment:
    """A line of a bank statement, of our cash book, or of both.

    `names` are the items its text names: `{}` in `text` becomes their numbers. `structured` is the item whose structured
    reference it carries. `on_statement` and `in_book` say on which side it stands.
    """

    key: str
    house: str
    booking: date
    value: date
    amount: int
    kind: str = "RECEIPT"
    payer: str = ""
    account: str = ""
    text: str = ""
    names: tuple[str, ...] = ()
    style: str = "plain"
    structured: str = ""
    end_to_end: str = ""
    method: str = "SEPA_CT"
    charges: int = 0
    paid_in: tuple[str, int] | None = None
    reason: str = ""
    batch: str = ""
    virtual_account: str = ""
    on_statement: bool = True
    in_book: bool = True


@dataclass(frozen=True)
class Advice:
    """A remittance advice: per line the document as the payer names it, gross, discount, deduction and its reason."""

    key: str
    payment: str
    payer: str
    day: date
    currency: str
    lines: tuple[tuple[str, int, int, int, str], ...]


@dataclass(frozen=True)
class Journal:
    """A manual journal on a control account: what makes the general ledger differ from the subledger."""

    ledger: str
    company: str
    gl_account: str
    doc_no: str
    day: date
    user: str
    currency: str
    amount: int
    reference: str
    text: str


@dataclass(frozen=True)
class Promise:
    """A promise to pay; `item` is the key of an item, or blank for the account."""

    customer: Customer
    item: str
    created: date
    day: date
    amount: int
    currency: str
    status: str


@dataclass(frozen=True)
class Dispute:
    """A dispute over items, named by their keys."""

    customer: Customer
    items: tuple[str, ...]
    opened: date
    reason: str
    amount: int
    currency: str
    status: str
    owner: str
    due: date


@dataclass(frozen=True)
class Contact:
    """A contact with a customer about one item, named by its key, or about the whole account."""

    customer: Customer
    item: str
    day: date
    kind: str
    outcome: str
    direction: str = "OUT"


@dataclass(frozen=True)
class Planted:
    """A known case: what it is, where it stands, and what a close must answer.

    `key` is a text, or `payment:KEY` or `item:KEY`, which becomes the bank's reference or the customer-facing number.
    """

    case: str
    family: str
    rule: str
    what: str
    file: str
    key: str
    answered_by: str
    table: str = ""
    column: str = ""
    expected: str = ""


@dataclass(frozen=True)
class Story:
    """Everything that happened, as far as one part of the generator tells it."""

    customers: tuple[Customer, ...] = ()
    items: tuple[Item, ...] = ()
    payments: tuple[Payment, ...] = ()
    advices: tuple[Advice, ...] = ()
    journals: tuple[Journal, ...] = ()
    promises: tuple[Promise, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    contacts: tuple[Contact, ...] = ()
    planted: tuple[Planted, ...] = field(default=())

    def plus(self, other: Story) -> Story:
        """Tell another story after this one."""
        return Story(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))
