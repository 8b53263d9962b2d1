"""What the refund controls look at, read once: each credit with its payment, the register, bank changes, open cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import pandas as pd

from arwork.breaks.credits import ACCOUNT, open_credits
from arwork.breaks.dormancy import UNKNOWN, Jurisdictions
from arwork.dates import Holidays
from arwork.matching.names import spellings
from arwork.matching.references import norm
from arwork.money import ISO, Units
from arwork.policy import Policy

Account: TypeAlias = tuple[str, str, str]
_OF_RECEIPT = (
    "method", "remitter_name", "remitter_account", "bank_account", "bank_txn_id", "end_to_end_id", "remittance_text",
)  # fmt: skip


@dataclass(frozen=True)
class RefundBooks:
    """The tables, policy and key date on which refunds are judged; `steps` are what people recorded (see `refund_states`)."""

    receipts: pd.DataFrame
    open_items: pd.DataFrame
    allocations: pd.DataFrame
    disputes: pd.DataFrame
    customers: pd.DataFrame
    customer_banks: pd.DataFrame
    ledgers: pd.DataFrame
    breaks: pd.DataFrame
    overpayments: pd.DataFrame
    decisions: pd.DataFrame
    fx_rates: pd.DataFrame
    refund_register: pd.DataFrame
    bank_changes: pd.DataFrame
    payment_holds: pd.DataFrame
    steps: pd.DataFrame
    policy: Policy
    as_of: date
    rules: Jurisdictions = UNKNOWN
    units: Units = ISO
    holidays: Holidays = field(default_factory=dict)


@dataclass(frozen=True)
class Credit:
    """One credit that may be paid back: where it stands, how the money came, and by what names other lists know it."""

    source: str
    source_kind: str
    account: Account
    currency: str
    amount: int
    since: date
    kind: str
    state_kind: str
    method: str
    payer_name: str
    payer_account: str
    our_account: str
    known_as: frozenset[str]
    has_tax: bool
    posted_by: frozenset[str]
    lineage: tuple[str, str, str]

    @property
    def refund_id(self) -> str:
        """Name the refund by its credit."""
        return f"RF:{self.source}"


@dataclass(frozen=True)
class Customer:
    """What the master says of a customer account: name, spellings, standing, country, region, tax withheld."""

    name: str = ""
    spellings: tuple[str, ...] = ()
    status: str = ""
    country: str = ""
    region: str = ""
    withholds: bool = False


@dataclass(frozen=True)
class Facts:
    """Lists by customer account or by case, as the controls need them."""

    customers: Mapping[Account, Customer]
    accounts: Mapping[Account, Mapping[str, str]] = field(default_factory=dict)
    changes: Mapping[Account, Sequence[tuple[str, date, str]]] = field(default_factory=dict)
    register: Mapping[Account, Sequence[dict[Any, Any]]] = field(default_factory=dict)
    memos: Mapping[tuple[Account, str], Sequence[tuple[str, int, date, str]]] = field(default_factory=dict)
    cases: Mapping[str, Sequence[dict[Any, Any]]] = field(default_factory=dict)


def credits_to_refund(books: RefundBooks) -> list[Credit]:
    """List the credits that may be paid back, in the order in which they are offset: since, then source.

    On account, credit memos of no open invoice, probable second payments (EX-20), payments of cancelled invoices (O4), and any other credit for which a person
    recorded a step (return to the payer, wrong company).
    """
    found = open_credits(books.receipts, books.open_items, books.allocations, books.as_of)
    probable = set(books.breaks.loc[books.breaks["class"] == "PROBABLE", "receipt_id"])
    asked = set(books.steps["refund_id"].str.removeprefix("RF:"))
    wanted = (found["kind"].isin(["ON_ACCOUNT", "CREDIT_MEMO"]) & ~found["linked"]) | found["source"].isin(asked)
    cancelled = books.overpayments.loc[(books.overpayments["kind"] == "O4") & (books.overpayments["part"] == "WHOLE"), "receipt_id"]
    wanted |= (found["kind"] == "UNAPPLIED") & found["source"].isin(probable | set(cancelled))
    chosen = found.loc[wanted].sort_values(["since", "source", "kind"])
    whole = chosen.groupby("source")["amount"].sum()
    chosen = chosen.drop_duplicates("source")
    receipts = books.receipts[books.receipts["receipt_id"].isin(chosen["source"])].set_index("receipt_id")[list(_OF_RECEIPT)]
    items = books.open_items[books.open_items["item_id"].isin(chosen["source"])].set_index("item_id")
    told = {**receipts.to_dict("index"), **items[["doc_no", "reference", "entered_by", "amount_tax"]].to_dict("index")}
    kinds = _kinds(books.overpayments, probable)
    posted = _posted_by(books.decisions)
    return [_credit(row, told[row["source"]], int(whole[row["source"]]), kinds, posted) for row in chosen.to_dict("records")]


def _kinds(overpayments: pd.DataFrame, probable: set[str]) -> dict[str, str]:
    rows = overpayments[overpayments["part"].isin(["WHOLE", "REST"])]
    return {**dict.fromkeys(probable, "O1"), **{r: k for r, k in zip(rows["receipt_id"], rows["kind"], strict=True) if k}}


def _posted_by(decisions: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Say who placed each receipt by hand: such a person has posted the source (RF-09)."""
    placed = decisions[(decisions["action"] == "ALLOCATE") & decisions["outcome"].isin(["APPLIED", "POSTED", "EARLIER"])]
    found: dict[str, frozenset[str]] = {}
    for receipt, person in zip(placed["receipt_id"], placed["by"], strict=True):
        found[receipt] = found.get(receipt, frozenset()) | {person}
    return found


def _credit(
    row: Mapping[Any, Any], told: Mapping[Any, Any], amount: int, kinds: Mapping[str, str], posted: Mapping[str, frozenset[str]]
) -> Credit:
    of_receipt = row["source_kind"] == "RECEIPT"
    names = ("bank_txn_id", "end_to_end_id") if of_receipt else ("doc_no", "reference")
    known_as = {folded(text) for text in (row["source"], row["customer_id"], *(told[name] for name in names)) if text}
    tax = 0 if of_receipt or pd.isna(told["amount_tax"]) else int(told["amount_tax"])
    entered = frozenset() if of_receipt else frozenset({told["entered_by"]} - {""})
    return Credit(
        row["source"], row["source_kind"], (row["ledger_id"], row["company_code"], row["customer_id"]), row["currency"], amount,
        row["since"].date(), kinds.get(row["source"], "O8" if row["doc_type"] == "DP" else ""), row["kind"],
        str(told["method"]).split(",")[0] if of_receipt else "", str(told["remitter_name"]) if of_receipt else "",
        norm(told["remitter_account"]) if of_receipt else "", str(told["bank_account"]) if of_receipt else "", frozenset(known_as - {""}),
        tax != 0, posted.get(row["source"], frozenset()) | entered, (row["source_file"], row["source_line"], row["source_sha256"]),
    )  # fmt: skip


def folded(text: str) -> str:
    """Write a number of a case or payment so that case and blanks tell nothing apart."""
    return "".join(str(text).casefold().split())


def facts_of(books: RefundBooks, credits: Sequence[Credit]) -> Facts:
    """Read what is known of the customers of these credits."""
    whose = {credit.account for credit in credits}
    banks = _of(books.customer_banks[books.customer_banks["account"] != ""], whose)
    changes = _of(books.bank_changes, whose)
    customers = {
        key: Customer(r["name"], tuple(spellings(r["name"], r["alias_names"])), r["status"], r["country"], r["region"], bool(r["wht_rate"]))
        for key, (r, *_) in _of(books.customers, whose).items()
    }
    return Facts(
        customers,
        {key: {norm(row["account"]): row["account_holder"] for row in rows} for key, rows in banks.items()},
        {key: [(norm(r["account"]), r["changed_date"].date(), r["changed_by"]) for r in rows] for key, rows in changes.items()},
        _of(books.refund_register, whose), _memos(books, whose), _cases(books.payment_holds),
    )  # fmt: skip


def _mine(frame: pd.DataFrame, whose: set[Account]) -> list[bool]:
    return [key in whose for key in frame[ACCOUNT].itertuples(index=False, name=None)]


def _of(frame: pd.DataFrame, whose: set[Account]) -> dict[Account, list[dict[Any, Any]]]:
    found: dict[Account, list[dict[Any, Any]]] = {}
    for row in frame.loc[_mine(frame, whose)].to_dict("records"):
        found.setdefault((row["ledger_id"], row["company_code"], row["customer_id"]), []).append(row)
    return found


def _memos(books: RefundBooks, whose: set[Account]) -> dict[tuple[Account, str], list[tuple[str, int, date, str]]]:
    """List what the subledger gave back already: credit memos (below zero) and refunds, with amount above zero, day and type."""
    items = books.open_items[books.open_items["doc_type"].isin(["CM", "REFUND"]) & (books.open_items["reversed_by"] == "")]
    found: dict[tuple[Account, str], list[tuple[str, int, date, str]]] = {}
    columns = [*ACCOUNT, "currency", "item_id", "amount_doc", "posting_date", "doc_type"]
    for ledger, company, customer, currency, item, amount, day, kind in items[columns].itertuples(index=False, name=None):
        if (ledger, company, customer) in whose:
            found.setdefault(((ledger, company, customer), currency), []).append((item, abs(int(amount)), day.date(), kind))
    return found


def _cases(payment_holds: pd.DataFrame) -> dict[str, list[dict[Any, Any]]]:
    found: dict[str, list[dict[Any, Any]]] = {}
    for row in payment_holds.to_dict("records"):
        found.setdefault(folded(row["source"]), []).append(row)
    return found
