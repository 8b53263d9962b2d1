"""Reconciliations: subledger, bank, roll-forward, suspense and cut-off."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from arwork.dates import iso_date
from arwork.intake.their_statement import kind_of
from arwork.journal.relied import relied_on
from arwork.pack.laid import CARRIED
from arwork.pack.manifest import MANIFEST
from arwork.pack.resting import beside
from arwork.proof import Stage
from arwork.reconcile import bank as bank_to_book
from arwork.reconcile import control_account
from arwork.reconcile.companies import allowances_of, between_of
from arwork.reconcile.period import Period, complete
from arwork.stages.books import INTAKE, Books, Task, carried

_PROVED = (
    "sources", "receipts", "allocations", "proposals", "proposal_items", "cheques", "their_items", "their_statements", "credit_insurance",
)  # fmt: skip


def reconciliations(books: Books) -> Stage:
    """Tie subledger, bank, roll-forward, suspense and cut-off, and say what can be certified (RC-10 to RC-90, 4.10, 4.11)."""
    t, params = books.tables, books.params
    controls = [(entry.ledger, entry.company_code, account) for entry in params.ledgers for account in entry.control_accounts]
    bank = bank_to_book.prove(
        t["statements"], t["bank_lines"], t["cash_book"], t["bank_accounts"], t["gl_balances"], params.start, params.as_of, params.policy,
        books.units, carried(books.run_dir, bank_to_book.OPEN), params.off,
    )  # fmt: skip
    parts = (
        control_account.reconcile(
            t["open_items"], t["gl_balances"], t["gl_lines"], t["ledgers"], controls, params.as_of, books.units,
            spans=params.policy.reconciling_items, off=params.off,
        ),
        bank.recon,
    )  # fmt: skip
    suspense = {(entry.ledger, entry.company_code): entry.suspense_accounts for entry in params.ledgers}
    kinds = {str(word): kind_of(str(word)) for word in t["their_items"]["kind"].unique()}
    period = Period(
        params.start, params.as_of, controls, suspense, params.policy, books.units, between_of(params), kinds, allowances_of(params), params.off,
    )  # fmt: skip
    before = carried(books.run_dir, ("receipts", *CARRIED[6:11]))
    rests = beside(books.run_dir, books.record, params, books.events)
    done = complete(t, before, period, parts, _previous_key(books.run_dir), relied_on(books.events, params.period), bank, rests)
    return Stage("30_reconciliations", done.tables, done.ties, done.findings)


def _previous_key(run_dir: Path) -> date | None:
    """Read the key date of the previous period's pack from its manifest; None in a first period."""
    path = run_dir / "previous" / MANIFEST
    return iso_date(json.loads(path.read_text(encoding="utf-8"))["as_of"]) if path.is_file() else None


TASK = Task("30_reconciliations", reconciliations, (*INTAKE, *_PROVED))
