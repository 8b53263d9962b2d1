"""The reconciliations of a period together: after subledger and bank, what moved, what waits, what stands at the edge, and what may be certified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from arwork.breaks.misdirected import misdirected
from arwork.collect.ageing import Aged, age
from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.matching.fx import read_rates
from arwork.money import Units
from arwork.policy import Policy
from arwork.proof import Finding, Tie
from arwork.reconcile.allowances import AllowanceAccounts, allowances
from arwork.reconcile.bank import BankToBook
from arwork.reconcile.bank_groups import waiting
from arwork.reconcile.cash_log import cash_log
from arwork.reconcile.certify import certifiability
from arwork.reconcile.changes import changes_since
from arwork.reconcile.control_account import Control
from arwork.reconcile.customers import customer_accounts
from arwork.reconcile.cutoff import BankSide, cut_off
from arwork.reconcile.history import with_history
from arwork.reconcile.intercompany import Between, intercompany
from arwork.reconcile.layout import Reconciled
from arwork.reconcile.rests import Beside, inputs_of
from arwork.reconcile.rollforward import ACCOUNT, Before, roll_forward
from arwork.reconcile.suspense import Suspense, suspense
from arwork.reconcile.tie_outs import tie_outs
from arwork.tables import empty

RECON = ("reconciliations", "recon_lines", "recon_items", "proof_of_cash")
"""The tables that every reconciliation fills."""
LOG = ("cash_log", "cash_breaks", "cash_unposted")
"""The tables of the daily cash log."""
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Period:
    """Which period: its first day, its key date, the control accounts, the suspense accounts of each company, policy, units and holidays.

    `kinds` says what each word that a customer's statement has for an entry means (RC-40), `allowances` the accounts of RC-80.
    """

    start: date
    as_of: date
    controls: Sequence[Control]
    suspense_accounts: Mapping[tuple[str, str], Sequence[str]]
    policy: Policy
    units: Units
    between: Sequence[Between] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    allowances: Mapping[tuple[str, str], AllowanceAccounts] = field(default_factory=dict)
    off: Holidays = field(default_factory=lambda: NO_HOLIDAYS)


@dataclass(frozen=True)
class Completed:
    """All reconciliations of a period: their tables, ties and findings."""

    tables: Tables
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def complete(
    t: Tables, before: Tables, period: Period, parts: Sequence[Reconciled], before_key: date | None,
    signed_on: pd.DataFrame | None = None, bank: BankToBook | None = None, beside: Beside | None = None,
) -> Completed:  # fmt: skip
    """Add to the reconciliations that are done (`parts`, RC-10 and RC-20 first) RC-30, RC-50, RC-60, RC-80, RC-90, history, certification.

    RC-40 is done for every customer's statement of the close. Takes the tables of intake and cash application, and those the close
    before left, with its key date; none in a first period.
    `signed_on` are the inputs on which reconciliations of this period were signed before (`recon_inputs`). With bank to book as `prove`
    returned it, the daily cash log as well (RC-70). `beside` is what they rest on beside the files of the month.
    """
    p, units = period, period.units
    ledgers, controls = t["ledgers"], p.controls
    then = _before(before, before_key)
    changes = changes_since(then.open_items, t["open_items"], then.key_date, units) if then else empty("changes_since")
    rolled = roll_forward(t["open_items"], changes, ledgers, controls, p.start, p.as_of, p.policy.rollforward, units, then)
    left = _unallocated(t, before, p)
    bank_side = BankSide(parts[1].reconciliations, parts[1].recon_items, t["bank_lines"], t["cash_book"], t["bank_accounts"])
    edge = cut_off(t["open_items"], bank_side, ledgers, controls, p.start, p.as_of, p.policy.cutoff, units)
    aged = age(t["open_items"], t["disputes"], t["allocations"], p.policy, p.as_of)
    tied = _tied(t, parts[0], rolled.recon, aged, p)
    owed = between(t, period)
    asked = customer_accounts(t, p.kinds, p.policy, units, p.as_of)
    clearing = {one.company: one.clearing for one in p.between if one.clearing}
    logged = cash_log(t, bank, p.suspense_accounts, p.start, p.as_of, p.policy.reconciling_items, units, clearing) if bank else None
    whole = [*parts, rolled.recon, asked.recon, owed, left.recon, *([logged.recon] if logged else []), edge.recon, *tied]
    tables = {name: _joined(name, whole) for name in RECON}
    history = with_history(
        tables["recon_items"], before.get("recon_items", empty("recon_items")), before_key, p.as_of, p.policy.reconciliation, units
    )  # fmt: skip
    inputs = inputs_of(tables["reconciliations"], t, beside)
    certified = certifiability(
        tables["reconciliations"], history.recon_items, inputs, before, p.as_of, p.policy.reconciliation, units, signed_on, p.off
    )  # fmt: skip
    more = {
        "recon_items": history.recon_items, "recon_cleared": history.recon_cleared, "movements": rolled.movements,
        "suspense_items": left.suspense_items, "cutoff_items": edge.cutoff_items, "changes_since": changes,
        "customer_differences": asked.customer_differences,
        "certification": certified.certification, "recon_inputs": certified.recon_inputs,
        **({name: getattr(logged, name) for name in LOG} if logged else {}), **({"bank_groups": bank.groups, **bank.still_open} if bank else {}),
    }  # fmt: skip
    findings = [*(f for part in whole for f in part.findings), *certified.findings, *_changed(changes, units)]
    findings += waiting(bank.groups) if bank else []
    ties = (*(tie for part in whole for tie in part.ties), *_closings(tables["recon_lines"], tables["reconciliations"]))
    return Completed({**tables, **more}, ties, tuple(findings))


def _unallocated(t: Tables, before: Tables, p: Period) -> Suspense:
    """Roll forward and age the cash without an item (RC-60)."""
    return suspense(
        t["receipts"], before.get("receipts", empty("receipts")), t["bank_lines"], t["customers"], t["gl_balances"], p.suspense_accounts,
        p.policy.unallocated_ageing, p.as_of, p.units,
    )  # fmt: skip


def _tied(t: Tables, controlled: Reconciled, rolled: Reconciled, aged: Aged, p: Period) -> tuple[Reconciled, Reconciled]:
    """Tie ageing, register of disputes and allowance (RC-80)."""
    tied = tie_outs(aged.ageing, t["open_items"], t["disputes"], controlled, t["ledgers"], p.controls, p.as_of, p.units)
    return tied, allowances(t, aged.ageing_items, rolled, p.allowances, p.as_of, p.policy, p.units)


def between(t: Tables, p: Period) -> Reconciled:
    """Reconcile the companies with each other, and the money that one holds for another (RC-50, EX-40)."""
    receipts = t["receipts"][t["receipts"]["status"] == "MISDIRECTED"]
    names = ("proposals", "proposal_items")
    proposed, lines = (t.get(name, empty(name)) for name in names)
    astray = misdirected(receipts, proposed, lines, t["open_items"], frozenset(), p.policy, p.as_of, p.units, p.off)
    rates = read_rates(t.get("fx_rates", empty("fx_rates")), p.policy.matching.fx_rate_max_age_days)
    span = p.policy.reconciling_items.get("RI-ICT", "5bd")
    return intercompany(
        p.between, astray.misdirected, receipts, t["gl_balances"], t.get("gl_lines", empty("gl_lines")), t["ledgers"], rates, p.as_of,
        p.units, span, p.off,
    )  # fmt: skip


def _closings(lines: pd.DataFrame, heads: pd.DataFrame) -> list[Tie]:
    """Tie the closing of each roll-forward in ledger currency to the subledger of RC-10 in that company (RC-30)."""
    ties = []
    for row in heads[(heads["rule"] == "RC-30") & (heads["account"] == ACCOUNT)].sort_values("recon_id").to_dict("records"):
        same = (heads["rule"] == "RC-10") & (heads["ledger_id"] == row["ledger_id"]) & (heads["company_code"] == row["company_code"])
        a = lines.loc[lines["recon_id"].isin(heads.loc[same, "recon_id"]) & (lines["mark"] == "A"), "amount"]
        name = f"{row['ledger_id']}/{row['company_code']}: closing of the roll-forward equals the subledger of RC-10"
        ties.append(Tie(name, "RC-30", int(row["theirs"]), int(a.sum()), row["currency"]))
    return ties


def _before(before: Tables, key_date: date | None) -> Before | None:
    if key_date is None or "open_items" not in before:
        return None
    heads, lines = (before.get(name, empty(name)) for name in ("reconciliations", "recon_lines"))
    return Before(key_date, before["open_items"], lines, heads)


def _joined(name: str, parts: Sequence[Reconciled]) -> pd.DataFrame:
    filled = [frame for frame in (getattr(part, name) for part in parts) if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else empty(name)


def _changed(changes: pd.DataFrame, units: Units) -> list[Finding]:
    """Say what the close before would state otherwise today, by ledger currency."""
    found = []
    for currency, rows in changes.groupby("local_currency", sort=True):
        effect = f"{units.decimal(int(rows['effect_local'].sum()), str(currency)):,} {currency}"
        said = f"{len(rows):,} documents changed behind the last key date, together {effect}: the close before would state another balance today."
        found.append(Finding("CV-07", "warn", said, "changes_since", tuple(sorted(rows["item_id"]))))
    return found
