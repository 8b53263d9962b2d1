"""The items a receipt may pay: open at the key date, with the amount that is really left on them (CV-05 to CV-08)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from datetime import date
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from arwork.matching.blocked import Disputed, disputed_of
from arwork.matching.columns import rows as rows_of
from arwork.matching.columns import takes
from arwork.matching.item_columns import item_columns
from arwork.matching.lean import Kept, lean
from arwork.matching.on_demand import OnDemand
from arwork.matching.references import PAYMENT_TYPES
from arwork.matching.stock import Accounts, Stock, stock

Account = tuple[str, str, str]
"""Ledger, company code, customer."""

_COLUMNS = (
    "item_id", "ledger_id", "company_code", "customer_id", "doc_no", "doc_type", "reference", "assignment", "doc_date", "due_date",
    "currency", "amount_doc", "amount_local", "local_currency", "disc1_date", "disc1_pct", "disc2_date", "disc2_pct",
    "grace_days", "ref_item", "clearing_date", "dispute_id", "payment_block", "legal_hold", "written_off", "assigned_to", "special_gl",
    "po_no", "contract_no", "delivery_no",
    "amount_net", "amount_tax", "amount_freight", "disc_base", "disc_eligible_amount",
)  # fmt: skip

_OUT, _OPEN, _SETTLED, _LATER, _CREDIT = range(5)
_AT_ONCE = 4_096
"""The items of so many accounts are made with one reading of the table."""
_IN_ORDER = attrgetter("due_date", "doc_date", "item_id")


@lean
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


@lean
class Settled:
    """An item that was cleared by the key date, or that has nothing left."""

    item_id: str
    account: Account
    name: str
    cleared: str


@lean
class Ranked:
    """Open items of one account: `debits` by what is left on them (`amounts`, minor units, whatever currency), and its `credits`."""

    amounts: tuple[int, ...]
    debits: tuple[Item, ...]
    credits: tuple[Item, ...]


@lean
class Universe:
    """Every open item by id, by customer account, by what is left on it; what was settled, is not posted yet, or was taken.

    Whatever is not asked for is never made. `credits` are open payment lines that name no invoice: never matched, but an
    invoice less such a credit is an explanation.
    """

    items: Mapping[str, Item]
    by_account: Mapping[Account, tuple[Item, ...]]
    settled: Mapping[str, Settled]
    later: Mapping[str, Settled]
    taken: Mapping[str, Settled]
    credits: Mapping[Account, tuple[Item, ...]]
    by_left: Mapping[int, tuple[Item, ...]] = field(default_factory=dict)
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
            found = store.get(item_id)
            if found is not None:
                return found
        return None


@lean
class _World:
    """What a universe is made from: the rows of `open_items`, what each is, what is left on it, and what `items` were made so far."""

    stock: Stock
    state: NDArray[np.int8]
    left: NDArray[np.int64]
    unclear: frozenset[str]
    disputed: Disputed
    id_of: Callable[[NDArray[np.int64]], list[str]]
    items: dict[str, Item | None] = field(default_factory=dict)
    accounts: dict[Account, tuple[Item, ...] | None] = field(default_factory=dict)

    def made(self, rows: NDArray[np.int64], state: int, *, ordered: bool = True) -> list[Item]:
        """Make the items of some rows that are in a state, in the order due date, document date, id unless that is not asked for."""
        rows = rows[self.state[rows] == state]
        if not len(rows):
            return []
        lefts = self.left[rows].tolist()
        found = list(map(Item, *item_columns(self.stock, rows, lefts, self.unclear, self.disputed)))
        return sorted(found, key=_IN_ORDER) if ordered and len(found) > 1 else found

    def of(self, account: Account) -> tuple[Item, ...] | None:
        """Make the open items of an account."""
        found = tuple(self.made(self.stock.of(account), _OPEN))
        self.items.update((item.item_id, item) for item in found)
        return found or None

    def fetch(self, accounts: Iterable[Account]) -> None:
        """Make the open items of many accounts with one reading of the table."""
        known = [account for account in dict.fromkeys(accounts) if account in self.stock.number]
        for start in range(0, len(known), _AT_ONCE):
            some = known[start : start + _AT_ONCE]
            found: dict[Account, list[Item]] = {account: [] for account in some}
            for item in self.made(np.concatenate([self.stock.of(account) for account in some]), _OPEN, ordered=False):
                found[item.account].append(item)
                self.items[item.item_id] = item
            for account, items in found.items():
                items.sort(key=_IN_ORDER)
                self.accounts[account] = tuple(items) or None

    def item(self, item_id: str) -> Item | None:
        """Make one open item, and with it all of its account."""
        row = self.stock.row_of(item_id)
        if row is None or self.state[row] != _OPEN:
            return None
        account = self.stock.account_of(row)
        self.accounts[account] = self.of(account)
        return self.items[item_id]

    def owners(self, items: Iterable[str]) -> list[Account]:
        """List the accounts of some items."""
        rows = [row for row in map(self.stock.row_of, dict.fromkeys(items)) if row is not None]
        return [(row["ledger_id"], row["company_code"], row["customer_id"]) for row in self.stock.read(np.array(rows, dtype=np.int64))]

    def credits(self, account: Account) -> tuple[Item, ...] | None:
        """Make the open payments of an account that name no invoice."""
        return tuple(self.made(self.stock.of(account), _CREDIT)) or None

    def gone(self, item_id: str, state: int) -> Settled | None:
        """Make an item that is in another state."""
        row = self.stock.row_of(item_id)
        return None if row is None or self.state[row] != state else _gone(next(self.stock.read(np.array([row]))))

    def of_left(self, amount: int) -> tuple[Item, ...] | None:
        """Make the open items on which an amount is left, by id."""
        if self.stock.many:
            return self.by_amount.get(amount)
        lefts, rows = self.by_left
        first, last = np.searchsorted(lefts, [amount, amount + 1]).tolist()
        known = {row: self.items.get(item) for row, item in zip(rows[first:last].tolist(), self.id_of(rows[first:last]), strict=True)}
        more = self.made(np.array([row for row, item in known.items() if item is None], dtype=np.int64), _OPEN)
        return tuple(sorted([*filter(None, known.values()), *more], key=lambda item: item.item_id)) or None

    @Kept
    def by_amount(self) -> dict[int, tuple[Item, ...]]:
        """All open items, which are made where many are asked for, by what is left on them, then by id."""
        found: dict[int, list[Item]] = {}
        for item in filter(None, self.items.values()):
            found.setdefault(item.left, []).append(item)
        return {amount: tuple(sorted(items, key=_by_id) if len(items) > 1 else items) for amount, items in found.items()}

    @Kept
    def by_left(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """What is left on the open items, ascending, and their rows."""
        rows = np.flatnonzero(self.state == _OPEN)
        rows = rows[np.argsort(self.left[rows], kind="stable")]
        return self.left[rows], rows

    def names(self, state: int) -> list[str]:
        """List the items in a state, in the order of the table."""
        return self.id_of(np.flatnonzero(self.state == state))


def universe(
    open_items: pd.DataFrame, disputes: pd.DataFrame, as_of: date, *, wanted: int | None = None, known: Accounts | None = None,
    payers: Iterable[Account] = (), named: Iterable[str] = (),
) -> Universe:  # fmt: skip
    """Build the universe of `open_items` at the key date (CV-05, CV-06).

    Reversed lines are out. Payment lines are out too; those that name an invoice lessen what is left on it. Disputed and
    blocked items stay in, and say why they are blocked (G-06). `wanted` says for how many payments, `known` is what
    `stock.accounts` returned for the same items, where it was kept. What will be asked for is made at once: for few payments the
    items of the `payers` and of the owners of items that are `named`, for many all items.
    """
    day = pd.Timestamp(as_of)
    state, left, unclear = _states(open_items, day)
    world = _World(
        stock(open_items, _COLUMNS, wanted, known), state, left, unclear, disputed_of(disputes, day), takes(open_items, "item_id")
    )
    accounts = world.stock.number
    world.fetch(accounts if world.stock.many else (*payers, *world.owners(named)))
    by_account: OnDemand[Account, tuple[Item, ...]] = OnDemand(world.of, lambda: [a for a in accounts if a in by_account], world.accounts)
    credits: OnDemand[Account, tuple[Item, ...]] = OnDemand(world.credits, lambda: [a for a in accounts if a in credits])
    return Universe(
        OnDemand(world.item, lambda: world.names(_OPEN), world.items), by_account,
        OnDemand(lambda item: world.gone(item, _SETTLED), lambda: world.names(_SETTLED)),
        OnDemand(lambda item: world.gone(item, _LATER), lambda: world.names(_LATER)), {}, credits,
        OnDemand(world.of_left, lambda: np.unique(left[state == _OPEN]).tolist()),
    )  # fmt: skip


def _states(open_items: pd.DataFrame, day: pd.Timestamp) -> tuple[NDArray[np.int8], NDArray[np.int64], frozenset[str]]:
    """Say of each row what it is and what is left on it, and which items have a part payment that names several documents."""
    live = _true((open_items["reversed_by"] == "") & (open_items["reverses"] == ""))
    payment = _true(open_items["doc_type"].isin(PAYMENT_TYPES))
    known, cleared = _true(open_items["posting_date"] <= day), _true(open_items["clearing_date"] <= day)
    still, whole = open_items["open_amount_doc"].to_numpy(dtype=np.int64), open_items["amount_doc"].to_numpy(dtype=np.int64)
    left = np.where(_true(open_items["clearing_date"].isna()), still, whole)
    claims, paid = live & ~payment & known & ~cleared, live & payment & known & ~cleared
    partial, unclear = _partial_payments(open_items[paid], open_items[claims])
    if partial:
        rows = np.flatnonzero(_true(open_items["item_id"].isin(list(partial))) & claims)
        left[rows] += np.array([partial[item] for item in open_items["item_id"].iloc[rows]], dtype=np.int64)
    state = np.full(len(open_items), _OUT, dtype=np.int8)
    state[claims] = np.where((left == 0) | ((left > 0) != (whole > 0)), _SETTLED, _OPEN)[claims]
    state[live & ~payment & known & cleared] = _SETTLED
    state[live & ~payment & ~known] = _LATER
    state[paid & (still < 0) & _true(open_items["ref_item"] == "")] = _CREDIT
    return state, left, unclear


def _true(flags: pd.Series[bool]) -> NDArray[np.bool_]:
    return flags.to_numpy(dtype=bool)


def order(item: Item) -> tuple[date, date, str]:
    """Order items: earlier due, earlier dated, lower id."""
    return (item.due_date, item.doc_date, item.item_id)


def _by_amount(item: Item) -> tuple[int, date, str]:
    return (item.left, item.due_date, item.item_id)


def _by_id(item: Item) -> str:
    return item.item_id


def relieved(before: Universe, amounts: Mapping[str, int]) -> Universe:
    """Return the universe after amounts (signed like the item) were taken off items; an item with nothing left is gone."""
    if not amounts:
        return before
    less = {item: amount for item, amount in amounts.items() if item in before.items}
    changed = {item: _less(before.items[item], less) for item in less}
    whole = [before.items[item] for item, now in changed.items() if now is None]
    taken = {**before.taken, **{item.item_id: Settled(item.item_id, item.account, item.name, "") for item in whole}}

    def _rest(found: tuple[Item, ...]) -> tuple[Item, ...] | None:
        return tuple(now for item in found if (now := _less(item, less))) or None

    def _of_left(amount: int) -> tuple[Item, ...] | None:
        same = [item for item in before.by_left.get(amount, ()) if item.item_id not in less]
        return tuple(sorted([*same, *(now for now in changed.values() if now and now.left == amount)], key=lambda i: i.item_id)) or None

    items: OnDemand[str, Item] = OnDemand(
        lambda item: _less(before.items[item], less) if item in before.items else None,
        lambda: [item for item in before.items if changed.get(item, item)],
    )
    by_account: OnDemand[Account, tuple[Item, ...]] = OnDemand(
        lambda account: _rest(before.by_account.get(account, ())), lambda: [a for a in before.by_account if a in by_account]
    )
    lefts = {item.left for item in changed.values() if item}
    by_left = OnDemand(_of_left, lambda: sorted({*before.by_left, *lefts}))
    return replace(before, items=items, by_account=by_account, taken=taken, by_left=by_left)


def _less(item: Item, amounts: Mapping[str, int]) -> Item | None:
    """Take its amount off an item; None where nothing is left."""
    off = amounts.get(item.item_id)
    return item if not off else replace(item, left=item.left - off) if item.left != off else None


def _partial_payments(payments: pd.DataFrame, claims: pd.DataFrame) -> tuple[dict[str, int], frozenset[str]]:
    """Add up by item the open payment lines that name it (CV-06); they are never matched on their own.

    Items that such a line names only together, by a number they share, are returned apart.
    """
    named = payments[payments["ref_item"] != ""]
    wanted = set(named["ref_item"])
    if not wanted:
        return {}, frozenset()
    claims = claims[claims["item_id"].isin(wanted) | claims["doc_no"].isin(wanted) | claims["reference"].isin(wanted)]
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


def _gone(row: Mapping[str, Any]) -> Settled:
    account = (row["ledger_id"], row["company_code"], row["customer_id"])
    day = "" if row["clearing_date"] is None else row["clearing_date"].isoformat()
    return Settled(row["item_id"], account, row["reference"] or row["doc_no"], day)
