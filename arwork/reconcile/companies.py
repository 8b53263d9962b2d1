"""Which companies of a close owe each other, as the params name their accounts (RC-50)."""

from __future__ import annotations

from arwork.params import Params
from arwork.reconcile.intercompany import Between


def between_of(params: Params) -> tuple[Between, ...]:
    """Return the accounts of each company with each other, and its clearing of misdirected money."""
    found = []
    for entry in params.ledgers:
        company = (entry.ledger, entry.company_code)
        for name, accounts in sorted(entry.intercompany_accounts.items()):
            ledger, _, code = name.partition("/")
            found.append(Between(company, (ledger, code), accounts))
        if entry.misdirected_accounts:
            found.append(Between(company, company, (), entry.misdirected_accounts))
    return tuple(found)
