"""Who belongs to whose family, and who may pay for whom in writing (T02, T04, MP-55)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date

import pandas as pd

from arwork.matching.columns import rows as rows_of
from arwork.matching.lean import lean
from arwork.matching.universe import Account

_SHOWN = 5


@lean
class Grant:
    """A right to pay for another customer: of whom, from when to when (None: without end), and the document it stands in."""

    beneficiary: str
    start: date
    end: date | None
    document: str


@lean
class Relations:
    """Families (the weaker hint) and grants (the authority), by customer account; a head names a family inside one book.

    `abroad` are the accounts of other books that belong to the same family, or for which the same customer may pay there.
    """

    heads: Mapping[Account, str] = field(default_factory=dict)
    members: Mapping[Account, tuple[str, ...]] = field(default_factory=dict)
    grants: Mapping[Account, tuple[Grant, ...]] = field(default_factory=dict)
    abroad: Mapping[Account, tuple[Account, ...]] = field(default_factory=dict)

    def family(self, account: Account) -> tuple[str, ...]:
        """List the customers of one family in one ledger and company, the account itself among them."""
        head = self.heads.get(account, "")
        return self.members.get((*account[:2], head), ()) if head else ()

    def beneficiaries(self, account: Account, day: date) -> frozenset[str]:
        """List the customers for whom this one is on file as a payer on a day, with or without a document."""
        return frozenset(grant.beneficiary for grant in self.grants.get(account, ()) if _valid(grant, day))

    def may_pay(self, account: Account, owner: str, day: date) -> bool:
        """Say whether a customer may pay the items of an owner on a day: its own, or by a written right that is valid then."""
        if account[2] == owner:
            return True
        return any(grant.beneficiary == owner and grant.document and _valid(grant, day) for grant in self.grants.get(account, ()))


def _valid(grant: Grant, day: date) -> bool:
    return grant.start <= day and (grant.end is None or day <= grant.end)


def relations(customers: pd.DataFrame, payer_relationships: pd.DataFrame) -> Relations:
    """Read `customers` and `payer_relationships`.

    A family is headed by the parent of a customer, else by its legal entity; a parent given as the number of another
    customer leads to that customer's own family. Relationships hold inside one ledger and company only (CV-08).
    """
    columns = ["ledger_id", "company_code", "customer_id", "party_id", "parent_id"]
    own: dict[Account, str] = {}
    above: dict[Account, str] = {}
    for ledger, company, customer, party, parent in rows_of(customers, columns):
        own[ledger, company, customer] = party or customer
        above[ledger, company, customer] = parent
    heads = {account: _head(account, own, above) for account in own}
    members: dict[Account, list[str]] = {}
    for (ledger, company, customer), head in heads.items():
        members.setdefault((ledger, company, head), []).append(customer)
    families = {key: tuple(sorted(found)) for key, found in members.items() if len(found) > 1}
    kept = {account: head for account, head in heads.items() if (*account[:2], head) in families}
    grants = _grants(payer_relationships)
    return Relations(kept, families, grants, _abroad(heads, grants))


def _head(account: Account, own: Mapping[Account, str], above: Mapping[Account, str]) -> str:
    """Follow parents that are customers of the same book up to the top; a circle ends where it would begin again."""
    seen = {account}
    while above[account]:
        parent = (*account[:2], above[account])
        if parent not in own or parent in seen:
            return above[account] if parent not in own else min(own[each] for each in seen)
        seen.add(parent)
        account = parent
    return own[account]


def _abroad(heads: Mapping[Account, str], grants: Mapping[Account, tuple[Grant, ...]]) -> dict[Account, tuple[Account, ...]]:
    if len({account[:2] for account in heads} | {account[:2] for account in grants}) <= 1:
        return {}
    related: dict[str, set[Account]] = {}
    for account, head in heads.items():
        related.setdefault(head, set()).add(account)
    paying: dict[str, set[Account]] = {}
    for account, given in grants.items():
        paying.setdefault(account[2], set()).update((*account[:2], grant.beneficiary) for grant in given)
    found = {}
    for account, head in heads.items():
        others = {other for other in related[head] | paying.get(account[2], set()) if other[:2] != account[:2]}
        if others:
            found[account] = tuple(sorted(others))
    return found


def _grants(payer_relationships: pd.DataFrame) -> dict[Account, tuple[Grant, ...]]:
    columns = ["ledger_id", "company_code", "payer_id", "beneficiary_id", "valid_from", "valid_to", "authority_doc"]
    found: dict[Account, list[Grant]] = {}
    for ledger, company, payer, owner, start, end, document in payer_relationships[columns].itertuples(index=False, name=None):
        grant = Grant(owner, start.date(), None if pd.isna(end) else end.date(), document)
        found.setdefault((ledger, company, payer), []).append(grant)
    return {account: tuple(sorted(grants, key=_order)) for account, grants in found.items()}


def _order(grant: Grant) -> tuple[str, date, date, str]:
    return (grant.beneficiary, grant.start, grant.end or date.max, grant.document)


def several(customers: Iterable[str]) -> str:
    """List customers for reading, a few of many: `S1, S2 and 4 more`."""
    names = sorted(customers)
    shown = names[:_SHOWN]
    return ", ".join(shown) + (f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else "")
