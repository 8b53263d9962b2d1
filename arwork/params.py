"""The frozen settings of a close: what to close, from which files, by which policy, read from YAML text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from arwork.dates import Holidays, period_of, period_start
from arwork.errors import InputError, place
from arwork.money import Units
from arwork.policy import Policy
from arwork.settings import Amount, Code, Day, Flag, Frozen, Tree, read_yaml, validated


class BankAccount(Frozen):
    """One bank account of a company: as statements name it, its currency and its GL mirror."""

    account: str
    currency: Code
    gl_account: str = ""
    country: str = ""
    opening: Amount | None = None


class Sender(Frozen):
    """What the letters of a company say of it: its address line by line, and whom a customer asks (CO-20)."""

    address: tuple[str, ...] = ()
    contact: str = ""


class AllowanceBlock(Frozen):
    """GL accounts of the allowance of a company, and the overlay that is documented (RC-80)."""

    account: str
    charge_accounts: tuple[str, ...] = ()
    recovery_accounts: tuple[str, ...] = ()
    fx_accounts: tuple[str, ...] = ()
    overlay: Amount = Decimal(0)


class Ledger(Frozen):
    """One AR book (T01).

    `intercompany_accounts` names by other company (`LEDGER/COMPANY`) the GL accounts of what is due from and to it, and
    `misdirected_accounts` the clearing of money received for others (RC-50).
    """

    ledger: Code
    company_code: Code
    name: str
    currency: Code
    country: Code
    control_accounts: tuple[str, ...]
    suspense_accounts: tuple[str, ...] = ()
    intercompany_accounts: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    misdirected_accounts: tuple[str, ...] = ()
    allowance: AllowanceBlock | None = None
    bank_accounts: tuple[BankAccount, ...] = ()
    recognition_policy: Literal["SETTLEMENT", "RECEIPT_IN_HAND", ""] = ""
    sender: Sender = Sender()


READS = (
    "open_items", "customers", "customer_banks", "bank", "remittance", "gl_balances", "gl_lines", "cash_book",
    "promises", "disputes", "fx_rates", "payer_relationships", "customer_statements",
    "refund_register", "bank_changes", "payment_holds", "contacts", "sales_history", "adjustment_register",
    "customer_profiles", "letters_sent", "claims", "cheques", "direct_debits", "credit_requests", "their_items",
    "reason_map", "legal_params", "master_changes", "statement_requests", "credit_insurance",
)  # fmt: skip
"""What a source file may hold."""


class Source(Frozen):
    """One source file, or several that match a pattern, and what it holds.

    `customer` and `signs` are of a customer's own statement (`their_items`): whose it is, and whose view its signs take (RC-40).
    """

    file: str
    reads: Literal[
        "open_items", "customers", "customer_banks", "bank", "remittance", "gl_balances", "gl_lines", "cash_book",
        "promises", "disputes", "fx_rates", "payer_relationships", "customer_statements",
        "refund_register", "bank_changes", "payment_holds", "contacts", "sales_history", "adjustment_register",
        "customer_profiles", "letters_sent", "claims", "cheques", "direct_debits", "credit_requests", "their_items",
        "reason_map", "legal_params", "master_changes", "statement_requests", "credit_insurance",
    ]  # fmt: skip
    layout: str = ""
    ledger: str = ""
    company_code: str = ""
    customer: str = ""
    signs: Literal["", "ours", "theirs"] = ""
    encoding: str = ""
    control_rows: int | None = None
    control_sum: Amount | None = None

    @model_validator(mode="after")
    def _plain(self) -> Source:
        if not self.file.strip() or any(ord(mark) < 32 for mark in self.file):
            raise ValueError(f"file: {self.file!r} is not the name of a file")
        if self.reads != "their_items" and (self.customer or self.signs):
            raise ValueError(f"file: {self.file!r}: customer and signs belong to a customer's own statement (reads: their_items)")
        return self


class AcceptedRejects(Frozen):
    """Rejects of one file that the team has looked at and accepts: exactly these, by digest, count and sum (LD-10)."""

    sha256: str
    rows: int
    sum: Amount


class Seat(Frozen):
    """One person of the team, as an empty journal begins with: name, roles, further logins of the same person."""

    name: str
    roles: tuple[Literal["preparer", "reviewer", "approver", "auditor"], ...] = Field(min_length=1)
    logins: tuple[str, ...] = ()


class Params(Frozen):
    """What to close: one YAML file a close. Paths are relative to that file."""

    close: Code
    as_of: Day
    period_from: Day | None = None
    first_period: Flag = False
    previous_period: str = ""
    journal: str = ""
    learned: str = ""
    signing_key: str = ""
    people: tuple[Seat, ...] = ()
    closed_until: Day | None = None
    ledgers: tuple[Ledger, ...] = Field(min_length=1)
    sources: tuple[Source, ...] = Field(min_length=1)
    accept_rejects: tuple[AcceptedRejects, ...] = ()
    holidays: Mapping[str, tuple[Day, ...]] = Field(default_factory=dict)
    currency_decimals: Mapping[str, Annotated[int, Field(ge=0, le=4)]] = Field(default_factory=dict)
    policy: Policy

    @model_validator(mode="after")
    def _coherent(self) -> Params:
        keys = [(entry.ledger, entry.company_code) for entry in self.ledgers]
        if len(set(keys)) != len(keys):
            raise ValueError("ledgers: a ledger and company code stand twice")
        accounts = [(b.account, b.currency) for entry in self.ledgers for b in entry.bank_accounts]
        if len(set(accounts)) != len(accounts):
            raise ValueError("ledgers: a bank account stands twice")
        if self.first_period == bool(self.previous_period):
            raise ValueError("state either first_period: true or previous_period: YYYY-MM")
        if self.previous_period and not re.fullmatch(r"[0-9]{4}-[0-9]{2}(/[0-9a-f]{12})?", self.previous_period):
            raise ValueError("previous_period must be a month such as 2026-02, or a month and a run: 2026-02/0123456789ab")
        if self.policy.matching.fuzzy_auto and not self.learned:
            raise ValueError(
                "fuzzy_auto: true would post damaged references without proof that they are read right; leave it false, "
                "or name under learned: the accepted record that M12 earned"
            )
        strange = sorted(set(self.holidays) - {name for entry in self.ledgers for name in (entry.ledger, entry.country)})
        if strange:
            raise ValueError(f"holidays: {', '.join(strange)} is neither a ledger of this close nor the country of one")
        if self.closed_until and self.closed_until >= self.as_of:
            raise ValueError(
                "closed_until is the last day of the books that are closed; the period of this close is open, so it lies before as_of"
            )
        if self.period_from and self.period_from > self.as_of:
            raise ValueError("period_from is after as_of")
        for entry in self.ledgers:
            others = {f"{other.ledger}/{other.company_code}" for other in self.ledgers if other is not entry}
            strange = sorted(set(entry.intercompany_accounts) - others)
            if strange:
                raise ValueError(f"intercompany_accounts: {strange[0]!r} is no other ledger/company of these params")
            for code in (entry.currency, *(b.currency for b in entry.bank_accounts)):
                if not self.units.known(code):
                    raise ValueError(f"unknown currency {code!r}; use an ISO 4217 code such as EUR")
        return self

    @property
    def period(self) -> str:
        """The month of the key date."""
        return period_of(self.as_of)

    @property
    def start(self) -> date:
        """First booking day whose receipts this close applies."""
        return self.period_from or period_start(self.period)

    @property
    def off(self) -> Holidays:
        """Days without business beside weekends of each book: those of its country, and those of its own (T27)."""
        return {
            (entry.ledger, entry.company_code): frozenset((*self.holidays.get(entry.country, ()), *self.holidays.get(entry.ledger, ())))
            for entry in self.ledgers
        }

    @property
    def units(self) -> Units:
        """Decimals of each currency in this close."""
        return Units(dict(self.currency_decimals))


def read_params(text: str, name: str, policy: Mapping[str, Tree]) -> Params:
    """Read the params of a close; its `policy:` block overrides single values of the default policy.

    InputError lists every unknown name (with a suggestion), wrong value and contradiction, with its line.
    """
    tree, lines = read_yaml(text, name)
    overrides = tree.get("policy", {})
    if not isinstance(overrides, dict):
        raise InputError("policy must be a block of names", where=place(name, lines.get(("policy",), "")))
    params: Params = validated(Params, {**tree, "policy": merged(policy, overrides)}, lines, name)
    return params


def merged(base: Tree | Mapping[str, Tree], change: Tree) -> Tree:
    """Lay one tree of settings over another: its values count, name by name."""
    if isinstance(base, Mapping) and isinstance(change, Mapping):
        laid: dict[str, Tree] = {key: merged(base[key], change[key]) if key in change else base[key] for key in base}
        return {**laid, **{key: value for key, value in change.items() if key not in base}}
    return change
