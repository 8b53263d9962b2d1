"""Decisions that the ERP has carried out meanwhile: their items stand in the newest export as the decision would leave them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.matching.decided import Ruling, Share
from arwork.matching.references import PAYMENT_TYPES
from arwork.money import Units


@dataclass(frozen=True)
class Posted:
    """What the ERP did with the items of a decision: the documents that cleared or lessened them; `why` not where it did otherwise."""

    documents: tuple[str, ...]
    why: str = ""

    @property
    def as_decided(self) -> bool:
        """Say whether the ERP posted what was decided."""
        return bool(self.documents) and not self.why


def posted(found: Iterable[Ruling], open_items: pd.DataFrame, units: Units) -> dict[str, Posted]:
    """Return by receipt which ALLOCATE rulings the ERP posted, whole or otherwise; rulings whose items still wait are left out.

    An item that the decision settles must be cleared; one on which it leaves something must be open by just that, with a payment line
    that names it. Where the export holds the payments of a clearing document that clears only these items, they must be the cash of
    the decision. Amounts are minor units.
    """
    ruled = [ruling for ruling in found if ruling.action == "ALLOCATE" and ruling.shares]
    names = {share.item_id for ruling in ruled for share in ruling.shares}
    if not names:
        return {}
    live = open_items[(open_items["reversed_by"] == "") & (open_items["reverses"] == "")]
    own = live[live["item_id"].isin(names)]
    books = _Books(_by(own, "item_id"), *_beside(live, own))
    looked = {ruling.receipt_id: _look(ruling, books, units) for ruling in ruled}
    return {receipt: said for receipt, said in looked.items() if said}


@dataclass(frozen=True)
class _Books:
    """Rows of the export by item; by clearing document of a customer its payments and what it clears; payments by the item they name."""

    items: Mapping[str, Mapping[str, object]]
    paid: Mapping[tuple[str, ...], int]
    cleared: Mapping[tuple[str, ...], frozenset[str]]
    parts: Mapping[str, Sequence[str]]


_COLUMNS = ("item_id", "ledger_id", "company_code", "customer_id", "doc_no", "reference", "currency", "open_amount_doc", "clearing_doc")


def _by(frame: pd.DataFrame, name: str) -> dict[str, Mapping[str, object]]:
    return {str(row[name]): {str(k): v for k, v in row.items()} for row in frame[list(_COLUMNS)].to_dict("records")}


def _beside(
    live: pd.DataFrame, own: pd.DataFrame
) -> tuple[dict[tuple[str, ...], int], dict[tuple[str, ...], frozenset[str]], dict[str, list[str]]]:
    """Gather what stands beside the items: payments and items of their clearing documents, and payments that name them."""
    key = ["ledger_id", "company_code", "customer_id", "clearing_doc"]
    near = live[live["clearing_doc"].isin(set(own["clearing_doc"]) - {""})]
    payment = near["doc_type"].isin(PAYMENT_TYPES)
    sums: dict[Any, Any] = near.loc[payment].groupby(key)["amount_doc"].sum().to_dict()
    groups: dict[Any, Any] = dict(iter(near[~payment].groupby(key)["item_id"]))
    paid = {tuple(map(str, who)): -int(total) for who, total in sums.items()}
    cleared = {tuple(map(str, who)): frozenset(map(str, group)) for who, group in groups.items()}
    wanted = {name for row in _by(own, "item_id").values() for name in (row["item_id"], row["doc_no"], row["reference"])} - {""}
    loose = live.loc[live["doc_type"].isin(PAYMENT_TYPES) & live["ref_item"].isin(wanted), ["ref_item", "doc_no"]]
    parts: dict[str, list[str]] = {}
    for name, number in sorted(loose.itertuples(index=False, name=None)):
        parts.setdefault(name, []).append(number)
    return paid, cleared, parts


def _look(ruling: Ruling, books: _Books, units: Units) -> Posted | None:
    """Look at every item of a ruling; None where one still stands as it was decided on."""
    documents: list[str] = []
    by_document: dict[tuple[str, ...], int] = {}
    for share in ruling.shares:
        row = books.items.get(share.item_id)
        if row is None:
            return None
        document = str(row["clearing_doc"])
        if document:
            if share.relieved != share.seen_open:
                kept = f"{units.text(share.seen_open - share.relieved, share.currency)} {share.currency}"
                return Posted((document,), f"document {document} cleared item {share.item_id} whole, the decision left {kept} open")
            account = (str(row["ledger_id"]), str(row["company_code"]), str(row["customer_id"]), document)
            by_document[account] = by_document.get(account, 0) + share.cash
            documents.append(document)
            continue
        numbers = _parts(share, row, books)
        if not numbers:
            return None
        documents += numbers
    return Posted(tuple(dict.fromkeys(documents)), _other_cash(ruling, by_document, books, units))


def _parts(share: Share, row: Mapping[str, object], books: _Books) -> list[str]:
    """Return the payments that lessened an item to just what the decision leaves open on it; none otherwise."""
    named = sorted({n for name in (row["item_id"], row["doc_no"], row["reference"]) for n in books.parts.get(str(name), ())})
    lessened = row["open_amount_doc"] == share.seen_open - share.relieved != share.seen_open
    return named if lessened else []


def _other_cash(ruling: Ruling, by_document: Mapping[tuple[str, ...], int], books: _Books, units: Units) -> str:
    """Say where a clearing document that clears only items of this decision paid another amount; blank where none did."""
    own = {share.item_id for share in ruling.shares}
    for account, cash in by_document.items():
        if account not in books.paid or not books.cleared[account] <= own:
            continue
        if books.paid[account] not in (cash, cash + ruling.on_account):
            currency = ruling.shares[0].currency
            was, now = (f"{units.text(minor, currency)} {currency}" for minor in (cash, books.paid[account]))
            return f"document {account[-1]} cleared its items with {now}, the decision gave {was}"
    return ""
