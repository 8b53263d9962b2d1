"""What the params say of the companies of a close: their accounts with each other (RC-50), and of their allowance (RC-80)."""

from __future__ import annotations

from arwork.params import Params
from arwork.reconcile.allowances import AllowanceAccounts
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


def allowances_of(params: Params) -> dict[tuple[str, str], AllowanceAccounts]:
    """Return the accounts of each company's allowance, where the params name them."""
    return {
        (entry.ledger, entry.company_code): AllowanceAccounts(
            block.account, block.charge_accounts, block.recovery_accounts, block.fx_accounts, block.overlay
        )
        for entry in params.ledgers
        if (block := entry.allowance) is not None
    }
