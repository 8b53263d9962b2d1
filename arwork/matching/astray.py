"""Signs that a payment belongs to another ledger although it names no document there: account, instalment, name (EX-40 b to d)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from arwork.matching.columns import rows as rows_of
from arwork.matching.names import clean
from arwork.matching.references import norm
from arwork.matching.universe import Account, Item, Universe

Book = tuple[str, str]
_ENOUGH = 2


@dataclass(frozen=True)
class Astray:
    """What speaks for another ledger, in words for people, and the instalments there that have the amount."""

    signs: tuple[str, ...]
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class _Books:
    """What is on file of every ledger: owners of accounts, accounts of one legal entity, and the cleaned name of each company."""

    accounts: Mapping[str, frozenset[Account]]
    parties: Mapping[str, tuple[Account, ...]]
    party_of: Mapping[Account, str]
    names: tuple[tuple[str, Book], ...]


def astray(
    receipts: pd.DataFrame, customers: pd.DataFrame, customer_banks: pd.DataFrame, ledgers: pd.DataFrame, world: Universe
) -> dict[str, Astray]:
    """Return the receipts for which at least two of the signs (b) to (d) of EX-40 speak; nothing where there is one book.

    (b) the payer's account is on file only in another ledger or company; (c) an open instalment of the same party there has
    exactly this amount; (d) the text names the company of another ledger.
    """
    books = _books(customers, customer_banks, ledgers)
    known = {account[:2] for account in books.party_of} | {account[:2] for owners in books.accounts.values() for account in owners}
    if len(known) < _ENOUGH:
        return {}
    found = {}
    columns = [
        "receipt_id", "ledger_id", "company_code", "customer_id", "remitter_account", "amount", "currency", "remittance_text",
    ]  # fmt: skip
    for number, ledger, company, customer, account, amount, currency, text in rows_of(receipts, columns):
        book = (ledger, company)
        owners = books.accounts.get(norm(account), frozenset()) if account else frozenset()
        away = sorted(owners) if owners and all(owner[:2] != book for owner in owners) else []
        party = books.party_of.get((ledger, company, customer), "")
        same = {other for other in books.parties.get(party, ()) if party and other[:2] != book}
        companies = _named(text, book, books.names)
        if len([sign for sign in (away, same, companies) if sign]) < _ENOUGH and not away:
            continue
        items = _instalments({*same, *away}, int(amount), currency, world)
        signs = (
            *(f"the remitting account is on file only with customer {o[2]} of {o[0]} {o[1]}" for o in away[:1]),
            *(
                f"{i.name} of customer {i.account[2]} of {i.account[0]} {i.account[1]}, due {i.due_date}, has this amount"
                for i in items[:1]
            ),
            *(f"the text names the company of {b[0]} {b[1]}" for b in companies[:1]),
        )
        if len(signs) >= _ENOUGH:
            found[number] = Astray(signs, tuple(items))
    return found


def _books(customers: pd.DataFrame, customer_banks: pd.DataFrame, ledgers: pd.DataFrame) -> _Books:
    accounts: dict[str, set[Account]] = {}
    columns = ["ledger_id", "company_code", "customer_id", "account"]
    for ledger, company, customer, account in rows_of(customer_banks, columns):
        if norm(account):
            accounts.setdefault(norm(account), set()).add((ledger, company, customer))
    parties: dict[str, list[Account]] = {}
    party_of: dict[Account, str] = {}
    columns = ["ledger_id", "company_code", "customer_id", "party_id"]
    for ledger, company, customer, party in sorted(rows_of(customers, columns)):
        party_of[ledger, company, customer] = party
        parties.setdefault(party, []).append((ledger, company, customer))
    heads = ledgers[["ledger_id", "company_code", "name"]].itertuples(index=False, name=None)
    names = sorted((clean(name), (ledger, company)) for ledger, company, name in heads if clean(name))
    return _Books(
        {account: frozenset(owners) for account, owners in accounts.items()},
        {party: tuple(found) for party, found in parties.items()}, party_of, tuple(names),
    )  # fmt: skip


def _named(text: str, own: Book, names: Iterable[tuple[str, Book]]) -> list[Book]:
    """List the books whose company a text names; the own company's name inside a longer one names none."""
    loud = text.upper()
    hits = [(name, book) for name, book in names if book != own and name.split()[0] in loud]
    if not hits:
        return []
    said = f" {clean(text)} "
    return [book for name, book in hits if f" {name} " in said]


def _instalments(accounts: Iterable[Account], amount: int, currency: str, world: Universe) -> list[Item]:
    """List the open instalments of accounts that have exactly an amount."""
    return [
        item for account in sorted(accounts) for item in world.by_account.get(account, ())
        if item.left == amount and item.currency == currency and (item.doc_type == "INST" or any(group.startswith("all of contract ") for group in item.groups))
    ]  # fmt: skip
