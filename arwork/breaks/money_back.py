"""Everything about money that is not ours to keep, in one step: overpayments, misdirected payments, refunds, credit balances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.breaks.credits import credit_balances
from arwork.breaks.dormancy import Jurisdictions
from arwork.breaks.misdirected import misdirected
from arwork.breaks.overpayments import OverpaidBooks, overpayments
from arwork.breaks.refund_facts import RefundBooks
from arwork.breaks.refunds import refunds
from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.money import Units
from arwork.policy import Policy
from arwork.proof import Finding, Tie

READ = (
    "receipts", "proposals", "proposal_items", "on_account", "breaks", "references", "open_items", "allocations", "decisions", "disputes",
    "customers", "customer_banks", "customer_statements", "ledgers", "fx_rates", "refund_register", "bank_changes", "payment_holds",
)  # fmt: skip
"""Tables that this step reads."""
_OF_REFUNDS = (
    "receipts", "open_items", "allocations", "disputes", "customers", "customer_banks", "ledgers", "breaks", "decisions", "fx_rates",
    "refund_register", "bank_changes", "payment_holds",
)  # fmt: skip
_OF_OVERPAID = (
    "receipts", "proposals", "on_account", "breaks", "references", "open_items", "customers", "customer_banks", "customer_statements",
)  # fmt: skip


@dataclass(frozen=True)
class MoneyBack:
    """The tables of this step by name, its ties and its findings."""

    tables: Mapping[str, pd.DataFrame]
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def money_back(
    tables: Mapping[str, pd.DataFrame], steps: pd.DataFrame, rules: Jurisdictions, policy: Policy, units: Units, as_of: date,
    holidays: Holidays = NO_HOLIDAYS, transfers: pd.DataFrame | None = None,
) -> MoneyBack:  # fmt: skip
    """Return the tables of EX-30, EX-40, RF-01 to RF-14 and RC-60's ageing from `READ` and the steps that people recorded of refunds and transfers."""
    over = overpayments(OverpaidBooks(**{name: tables[name] for name in _OF_OVERPAID}, policy=policy, units=units))
    back = refunds(
        RefundBooks(
            **{name: tables[name] for name in _OF_REFUNDS}, overpayments=over, steps=steps, policy=policy, as_of=as_of, rules=rules,
            units=units, holidays=holidays,
        )
    )  # fmt: skip
    live = back.refunds.loc[~back.refunds["state"].isin(["CANDIDATE", "REJECTED"]) & (back.refunds["reason"] == "WRONG_COMPANY"), "source"]
    astray = misdirected(
        tables["receipts"],
        tables["proposals"],
        tables["proposal_items"],
        tables["open_items"],
        frozenset(live),
        policy,
        as_of,
        units,
        holidays,
        transfers,
        _chosen_by(tables["decisions"]),
    )
    aged = credit_balances(
        tables["receipts"],
        tables["open_items"],
        tables["allocations"],
        tables["customers"],
        tables["ledgers"],
        policy,
        rules,
        as_of,
        holidays,
    )
    made = {
        "overpayments": over, "misdirected": astray.misdirected, "misdirected_entries": astray.misdirected_entries, "transfer_steps": astray.transfer_steps,
        "refunds": back.refunds, "refund_offsets": back.refund_offsets, "refund_checks": back.refund_checks,
        "refund_steps": back.refund_steps, "credit_balances": aged.credit_balances,
    }  # fmt: skip
    return MoneyBack(made, (*astray.ties, *back.ties, *aged.ties), (*_unmeasured(tables), *astray.findings, *back.findings, *aged.findings))


def _chosen_by(decisions: pd.DataFrame) -> dict[str, set[str]]:
    """Say who allocated each receipt by hand, where that decision holds."""
    found: dict[str, set[str]] = {}
    for row in decisions[decisions["outcome"] == "APPLIED"].to_dict("records"):
        found.setdefault(str(row["receipt_id"]), set()).add(str(row["by"]))
    return found


def _unmeasured(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    """Say which controls had nothing to look at."""
    words = {
        "refund_register": "refunds made before (RF-08, RF-10)", "bank_changes": "changes of bank details (RF-06)",
        "payment_holds": "recalls and other cases (RF-11, RF-14)",
    }  # fmt: skip
    lacking = [f"{told}: needs {name}" for name, told in words.items() if tables[name].empty]
    return (Finding("RF-04", "info", f"Not measurable: {'; '.join(lacking)}."),) if lacking else ()
