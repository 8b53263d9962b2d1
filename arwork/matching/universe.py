"""The items a receipt may pay: open at the key date, with the amount that is really left on them (CV-05 to CV-08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from arwork.matching.columns import rows as rows_of
from arwork.matching.references import PAYMENT_TYPES

Account = tuple[str, str, str]
"""Ledger, company code, customer."""

_COLUMNS = (
    "item_id", "ledger_id", "company_code", "customer_id", "doc_no", "doc_type", "reference", "assignment", "doc_date", "due_date", "posting_date",
    "currency", "amount_doc", "open_amount_doc", "amount_local", "local_currency", "disc1_date", "disc1_pct", "disc2_date", "disc2_pct",
    "grace_days", "ref_item", "clearing_date", "dispute_id", "payment_block", "legal_hold", "written_off", "assigned_to", "special_gl",
    "reversed_by", "reverses", "po_no", "contract_no", "delivery_no",
    "amount_net", "amount_tax", "amount_freight", "disc_base", "disc_eligible_amount",
)  # fmt: skip

_TOGETHER = (("po_no", "order"), ("contract_no", "contract"), ("delivery_no", "delivery"))


@dataclass(frozen=True)
class Item:
    """An open item, amounts in minor units of its currency; `left` is what is still to be paid, signed (CV-01).

    `groups` names the order, contract and delivery it belongs to (M09). `net`, `tax` and `freight` are parts of `amount_doc`;
    None where the export does not say. `disc_base` and `disc_eligible` say what the discount is taken of (MP-12).
    """

    item_id: str
    account: Account
    doc_no: str
    doc_type: str
    reference: str
    doc_date: date
    due_date: date
    currency: str
    left: int
    amount_doc: int
    amount_local: int
    local_currency: str
    discounts: tuple[tuple[int, date], ...]
    grace_days: int
    ref_item: str
    blocked: str
    groups: tuple[str, ...] = ()
    net: int | None = None
    tax: int | None = None
    freight: int | None = None
    disc_base: str = ""
    disc_eligible: int | None = None
    assignment: str = ""

    @property
    def name(self) -> str:
        """The document as the customer knows it."""
        return self.reference or self.doc_no


@dataclass(frozen=True)
class Settled:
    """An item that was cleared by the key date, or that has nothing left."""

    item_id: str
    account: Account
    name: str
    cleared: str


@dataclass(frozen=True)
class Ranked:
    """Open items of one account: `debits` by what is left on them (`amounts`, minor units, whatever currency), and its `credits`."""

    amounts: tuple[int, ...]
    debits: tuple[Item, ...]
    credits: tuple[Item, ...]


@dataclass(frozen=True)
class Universe:
    """Every open item by id and by customer account; what was settled, is not posted yet, or was taken whole in this close.

    `credits` are open payment lines that name no invoice: never matched, but an invoice less such a credit is an explanation.
    """

    items: Mapping[str, Item]
    by_account: Mapping[Account, tuple[Item, ...]]
    settled: Mapping[str, Settled]
    later: Mapping[str, Settled]
    taken: Mapping[str, Settled]
    credits: Mapping[Account, tuple[Item, ...]]
    _ranked: dict[Account, Ranked] = field(default_factory=dict, init=False, repr=False, compare=False)

    def ranked(self, account: Account) -> Ranked:
        """Return the open items of an account by amount, arranged when first asked for."""
        found = self._ranked.get(account)
        if found is None:
            items = self.by_account.get(account, ())
            debits = sorted([item for item in items if item.left > 0], key=_by_amount)
            found = Ranked(tuple([item.left for item in debits]), tuple(debits), tuple([item for item in items if item.left < 0]))
            self._ranked[account] = found
        return found

    def find(self, item_id: str) -> Item | Settled | None:
        """Return an item wherever it stands; None for one the close does not know."""
        for store in (self.items, self.settled, self.later, self.taken):
            if item_id in store:
                return store[item_id]
        return None


def universe(open_items: pd.DataFrame, disputes: pd.DataFrame, as_of: date) -> Universe:
    """Build the universe of `open_items` at the key date (CV-05, CV-06).

    Reversed lines are out. Payment lines are out too; those that name an invoice lessen what is left on it. Disputed and
    blocked items stay in, and say why they are blocked (G-06).
    """
    day = pd.Timestamp(as_of)
    live = open_items.loc[(open_items["reversed_by"] == "") & (open_items["reverses"] == ""), list(_COLUMNS)]
    payment = live["doc_type"].isin(PAYMENT_TYPES)
    known = live["posting_date"] <= day
    cleared = live["clearing_date"] <= day
    claims = live[~payment & known & ~cleared]
    partial, unclear = _partial_payments(live[payment & known & ~cleared], claims)
    disputed = _disputed(disputes, day)
    items: dict[str, Item] = {}
    settled = {row["item_id"]: _gone(row) for row in _rows(live[~payment & known & cleared])}
    for row in _rows(claims):
        item = _item(row, partial, unclear, disputed)
        if item.left == 0 or (item.left > 0) != (item.amount_doc > 0):
            settled[item.item_id] = _gone(row)
        else:
            items[item.item_id] = item
    later = {row["item_id"]: _gone(row) for row in _rows(live[~payment & ~known])}
    loose = [row for row in _rows(live[payment & known & ~cleared]) if row["open_amount_doc"] < 0 and not row["ref_item"]]
    credits = _by_account([_item(row, {}, frozenset(), disputed) for row in loose])
    return Universe(items, _by_account(items.values()), settled, later, {}, credits)


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    return (dict(zip(_COLUMNS, row, strict=True)) for row in rows_of(frame, _COLUMNS))


def _by_account(items: Iterable[Item]) -> dict[Account, tuple[Item, ...]]:
    """Group items by customer account, in the order due date, document date, id."""
    grouped: dict[Account, list[Item]] = {}
    for item in sorted(items, key=order):
        grouped.setdefault(item.account, []).append(item)
    return {account: tuple(found) for account, found in grouped.items()}


def order(item: Item) -> tuple[date, date, str]:
    """Order items: earlier due, earlier dated, lower id."""
    return (item.due_date, item.doc_date, item.item_id)


def _by_amount(item: Item) -> tuple[int, date, str]:
    return (item.left, item.due_date, item.item_id)


def relieved(before: Universe, amounts: Mapping[str, int]) -> Universe:
    """Return the universe after amounts (signed like the item) were taken off items; an item with nothing left is gone."""
    if not amounts:
        return before
    items, taken = {}, dict(before.taken)
    for item_id, item in before.items.items():
        left = item.left - amounts.get(item_id, 0)
        if left:
            items[item_id] = item if left == item.left else replace(item, left=left)
        else:
            taken[item_id] = Settled(item_id, item.account, item.name, "")
    return replace(before, items=items, by_account=_by_account(items.values()), taken=taken)


def _item(row: Mapping[Any, Any], partial: Mapping[str, int], unclear: frozenset[str], disputed: _Disputed) -> Item:
    account = (row["ledger_id"], row["company_code"], row["customer_id"])
    left = row["open_amount_doc"] if row["clearing_date"] is None else row["amount_doc"]
    discounts: list[tuple[int, date]] = []
    if row["disc1_pct"] or row["disc2_pct"]:
        tiers = ((row["disc1_pct"], row["disc1_date"]), (row["disc2_pct"], row["disc2_date"]))
        discounts = sorted(((pct, day) for pct, day in tiers if pct > 0 and day is not None), reverse=True)
    blocked = _blocked(row, account, disputed)
    if not blocked and row["item_id"] in unclear:
        blocked = "has a part payment that names several documents"
    return Item(
        row["item_id"], account, row["doc_no"], row["doc_type"], row["reference"], row["doc_date"], row["due_date"],
        row["currency"], int(left) + partial.get(row["item_id"], 0), int(row["amount_doc"]), int(row["amount_local"]),
        row["local_currency"], tuple(discounts), int(row["grace_days"]), row["ref_item"], blocked,
        tuple(f"all of {what} {row[name]}" for name, what in _TOGETHER if row[name]),
        *_components(row), row["assignment"],
    )  # fmt: skip


def _components(row: Mapping[Any, Any]) -> tuple[int | None, int | None, int | None, str, int | None]:
    """Return net, tax, freight, base of the discount and the amount that earns it; net and tax follow from one another."""
    net, tax, freight, eligible = (_known(row[f]) for f in ("amount_net", "amount_tax", "amount_freight", "disc_eligible_amount"))
    whole = int(row["amount_doc"])
    return (
        whole - tax if net is None and tax is not None else net, whole - net if tax is None and net is not None else tax,
        freight, row["disc_base"], eligible,
    )  # fmt: skip


def _known(value: Any) -> int | None:
    return None if value is pd.NA or value is None else int(value)


def _partial_payments(payments: pd.DataFrame, claims: pd.DataFrame) -> tuple[dict[str, int], frozenset[str]]:
    """Add up by item the open payment lines that name it (CV-06); they are never matched on their own.

    Items that such a line names only together, by a number they share, are returned apart.
    """
    named = payments[payments["ref_item"] != ""]
    wanted = set(named["ref_item"])
    bearers: dict[tuple[Account, str, str], set[str]] = {}
    columns = ["ledger_id", "company_code", "customer_id", "currency", "item_id", "doc_no", "reference"]
    for ledger, company, customer, currency, item, doc_no, reference in rows_of(claims, columns):
        for name in {item, doc_no, reference} & wanted:
            bearers.setdefault(((ledger, company, customer), currency, name), set()).add(item)
    lessened: dict[str, int] = {}
    unclear: set[str] = set()
    columns = ["ledger_id", "company_code", "customer_id", "currency", "ref_item", "open_amount_doc"]
    for ledger, company, customer, currency, ref, amount in rows_of(named, columns):
        found = bearers.get(((ledger, company, customer), currency, ref), set())
        if len(found) == 1:
            item = next(iter(found))
            lessened[item] = lessened.get(item, 0) + int(amount)
        unclear |= found if len(found) > 1 else set()
    return lessened, frozenset(unclear)


@dataclass(frozen=True)
class _Disputed:
    """Documents in a dispute that is not resolved, and disputes that are over."""

    named: Mapping[tuple[Account, str], str]
    over: frozenset[str]


def _disputed(disputes: pd.DataFrame, day: pd.Timestamp) -> _Disputed:
    over = disputes["status"].isin(["RESOLVED", "CLOSED"]) | (disputes["opened_date"] > day)
    named: dict[tuple[Account, str], str] = {}
    columns = ["dispute_id", "ledger_id", "company_code", "customer_id", "items"]
    for number, ledger, company, customer, documents in sorted(disputes.loc[~over, columns].itertuples(index=False, name=None)):
        for document in documents.split():
            named.setdefault(((ledger, company, customer), document), number)
    return _Disputed(named, frozenset(disputes.loc[over, "dispute_id"]))


def _blocked(row: Mapping[Any, Any], account: Account, disputed: _Disputed) -> str:
    """Say in words why an item must not be matched without a person (G-06); blank when it may."""
    if disputed.named:
        names = sorted({row["item_id"], row["doc_no"], row["reference"]} - {""})
        dispute = next((disputed.named[account, name] for name in names if (account, name) in disputed.named), "")
        if dispute:
            return f"is in dispute {dispute}"
    if row["dispute_id"] and row["dispute_id"] not in disputed.over:
        return f"is in dispute {row['dispute_id']}"
    if row["payment_block"]:
        return f"carries payment block {row['payment_block']}"
    if row["legal_hold"]:
        return "is in legal proceedings"
    if row["written_off"]:
        return "was written off"
    if row["assigned_to"]:
        return f"is assigned to {row['assigned_to']}"
    return f"is a special G/L item ({row['special_gl']})" if row["special_gl"] else ""


def _gone(row: Mapping[Any, Any]) -> Settled:
    account = (row["ledger_id"], row["company_code"], row["customer_id"])
    day = "" if row["clearing_date"] is None else row["clearing_date"].isoformat()
    return Settled(row["item_id"], account, row["reference"] or row["doc_no"], day)
