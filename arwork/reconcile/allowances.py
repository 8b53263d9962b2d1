"""The allowance of each company against the general ledger and the expected loss that is computed (RC-80, MT-60)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd

from arwork.collect.provision import provision
from arwork.collect.set_aside import aside_of
from arwork.dates import period_of
from arwork.money import Units
from arwork.policy import Policy
from arwork.proof import Finding, Tie
from arwork.reconcile.layout import Reconciled, Sheet, gather, rows_of
from arwork.reconcile.rollforward import ACCOUNT
from arwork.reconcile.tie_outs import Allowance, allowance
from arwork.tables import empty

Company = tuple[str, str]


@dataclass(frozen=True)
class AllowanceAccounts:
    """GL accounts of one company's allowance: its balance, the expense, recoveries, exchange; and the overlay that is documented."""

    account: str
    charge: tuple[str, ...] = ()
    recoveries: tuple[str, ...] = ()
    fx: tuple[str, ...] = ()
    overlay: Decimal = Decimal(0)


def allowances(
    t: Mapping[str, pd.DataFrame], aged: pd.DataFrame, rolled: Reconciled, named: Mapping[Company, AllowanceAccounts], as_of: date,
    policy: Policy, units: Units,
) -> Reconciled:  # fmt: skip
    """Tie the allowance of each company: roll-forward of the period, closing per GL, expected loss with its overlay (RC-80).

    Takes `gl_balances`, `customers`, `ledgers`, the aged items, the roll-forward of receivables for its write-offs, and the accounts.
    Opening, closing and movements are the period's figures of the GL; an allowance is a credit there. A company without a named
    account, without its balance or without loss rates is a finding with what is computed. What is in dispute is dilution, reserved by itself (MT-64).
    """
    made = provision(aged, t["customers"], policy, aside_of(t, aged, as_of)) if policy.provision.rates else empty("provisions")
    losses = made[made["kind"] != "DILUTION"].groupby(["ledger_id", "company_code"])["expected_loss"].sum().to_dict()
    sheets: list[Sheet] = []
    ties: list[Tie] = []
    found: list[Finding] = []
    for ledger, company, currency in rows_of(
        t["ledgers"].sort_values(["ledger_id", "company_code"])[["ledger_id", "company_code", "ledger_currency"]]
    ):
        key, code = (str(ledger), str(company)), str(currency)
        own, stated = named.get(key), _balances(t["gl_balances"], key, code, period_of(as_of))
        loss = int(losses.get(key, 0))
        lacks = _lacks(own, stated, policy)
        if own is None or lacks:
            said = f"The allowance of {ledger}/{company} is not tied: {lacks}. Expected loss as computed: {units.decimal(loss, code):,} {code}."
            found.append(Finding("RC-80", "info", said, "reconciliations"))
            continue
        opening, closing = (int(stated[name].to_dict()[own.account]) for name in ("opening", "closing"))
        figures = Allowance(
            -opening, _moved(stated, own.charge), _written_off(rolled, key), -_moved(stated, own.recoveries),
            -_moved(stated, own.fx), -closing, loss, units.rounded(own.overlay, code),
        )  # fmt: skip
        sheet = allowance(figures, key, code, as_of, units)
        sheets.append(sheet)
        ties.append(Tie(f"{ledger}/{company}: allowance equals expected loss with its overlay", "RC-80", sheet.ours, sheet.theirs, code))
        ties.append(Tie(f"{ledger}/{company}: allowance rolls forward to the GL", "RC-80", sheet.ours, figures.closing, code))
        if sheet.status != "TIES":
            found.append(Finding("RC-80", "warn", sheet.sentence, "reconciliations", (sheet.recon_id,)))
    return gather(sheets, [], ties, found)


def _lacks(own: AllowanceAccounts | None, stated: pd.DataFrame, policy: Policy) -> str:
    """Say what is missing to tie an allowance; blank when nothing is."""
    if own is None:
        return "the params name no allowance account of it"
    if not policy.provision.rates:
        return "the policy holds no loss rates (provision: rates)"
    lost = [name for name in (own.account, *own.charge, *own.recoveries, *own.fx) if name not in stated.index]
    return f"gl_balances holds no balance of account {', '.join(lost)} for the period" if lost else ""


def _balances(gl_balances: pd.DataFrame, key: Company, currency: str, period: str) -> pd.DataFrame:
    """Return the balances of a company's accounts in its ledger currency for a period, by account."""
    here = (gl_balances["ledger_id"] == key[0]) & (gl_balances["company_code"] == key[1]) & (gl_balances["period"] == period)
    return gl_balances[here & (gl_balances["currency"] == currency)].set_index("gl_account")


def _moved(stated: pd.DataFrame, accounts: Sequence[str]) -> int:
    """Return debits less credits of some accounts over the period."""
    rows = stated.loc[list(accounts)]
    return int(rows["debits"].sum() - rows["credits"].sum())


def _written_off(rolled: Reconciled, key: Company) -> int:
    """Return what was written off, as the roll-forward of receivables states it."""
    heads = rolled.reconciliations
    own = heads.loc[(heads["ledger_id"] == key[0]) & (heads["company_code"] == key[1]) & (heads["account"] == ACCOUNT), "recon_id"]
    lines = rolled.recon_lines
    return -int(lines.loc[lines["recon_id"].isin(own) & (lines["mark"] == "write_offs"), "amount"].sum())
