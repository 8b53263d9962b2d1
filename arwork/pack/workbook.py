"""The workbook of a pack: lead sheet, tie-out, reconciliations, ageing, exceptions, proposals, and where every row came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from arwork.money import Units
from arwork.pack import workbook_cashlog as cashlog
from arwork.pack import workbook_week as collectors
from arwork.pack.digest import write_once
from arwork.pack.sheets import Book, file_bytes
from arwork.pack.workbook_ageing import ageing
from arwork.pack.workbook_cash import (
    allocations,
    breaks,
    decisions,
    exceptions,
    findings,
    other_decisions,
    proposals,
    proposals_in_order,
    reasons,
    rejects,
    rows_by,
    sources,
    waiting_in_order,
)
from arwork.pack.workbook_charts import charts
from arwork.pack.workbook_forecast import cash as forecast_cash
from arwork.pack.workbook_forecast import items as forecast_items
from arwork.pack.workbook_lead import Entry, lead
from arwork.pack.workbook_lists import Listing, write_listing
from arwork.pack.workbook_others import PAPERS, open_items
from arwork.pack.workbook_others import listing as others
from arwork.pack.workbook_period import certification, changes, cutoff, movements, suspense
from arwork.pack.workbook_recons import bank_to_book, reconciliations, tie_out
from arwork.pack.workbook_refunds import credits, overpayments, refunds
from arwork.pack.workbook_repeats import repeats, small_differences
from arwork.tables import empty

Tables = Mapping[str, pd.DataFrame]
MOST_ROWS = 100_000
"""The most rows of a sheet; the data folder holds all of them."""
_NEEDED = (
    "ledgers", "customers", "receipts", "proposals", "proposal_items", "allocations", "breaks", "decisions", "other_decisions", "reconciliations",
    "recon_lines", "recon_items", "proof_of_cash", "movements", "suspense_items", "cutoff_items", "changes_since", "certification",
    "ageing", "ties", "findings", "owed", "sources", "rejects",
    "overpayments", "refunds", "credit_balances", "worklist", "promise_results", "dispute_work",
    "late_fees", "write_offs", "adjustment_checks", "metrics", "service_levels", "forecast_cash", "forecast_items",
    "repeats", "tolerance_budget", "open_items", "ageing_items", "recon_inputs", "cash_log", "bank_groups",
    *(paper.table for paper in PAPERS),
)  # fmt: skip
_SHEETS = (
    ("AR-11", "Charts", "Ageing and roll-forward as pictures", ""),
    ("AR-20", "Tie-out", "Figures that must agree", "ties"),
    ("AR-21", "Findings", "What a person must know", "findings"),
    ("AR-30", "Reconciliations", "Each reconciliation as laid out", "reconciliations"),
    ("AR-31", "Bank to book", "Proof of cash", "proof_of_cash"),
    ("AR-32", "Movements", "Documents behind the roll-forward", "movements"),
    ("AR-33", "Suspense", "Cash without an item, by age", "suspense_items"),
    ("AR-34", "Cut-off", "What stands at the edge of the period", "cutoff_items"),
    ("AR-35", "Changed since", "What changed behind the last key date", "changes_since"),
    ("AR-36", "Certification", "What can be signed off, and why not", "certification"),
    ("AR-37", "Cash log", "Bank credits by account and day, with proofs", "cash_log"),
    ("AR-38", "Cash log days", "State of each day, its proofs and memo lines", "cash_log"),
    ("AR-39", "Bank groups", "Bank lines and book rows to confirm", "bank_groups"),
    ("AR-39.1", "Customer accounts", "Customers' own statements: each difference", "customer_differences"),
    ("AR-40", "Ageing", "Customers by bucket, by due date", "DUE"),
    ("AR-40.1", "Open items", "Every open item, its age and source row", "ageing_items"),
    ("AR-41", "Ageing invoice date", "Customers by bucket, by invoice date", "INVOICE"),
    ("AR-42", "Worklist", "Whom to call and why", "worklist"),
    ("AR-42.1", "Reminders", "Who gets a letter, and who does not", "dunning_letters"),
    ("AR-42.2", "First contacts", "First call or letter for overdue items", "first_contacts"),
    ("AR-42.3", "Escalations", "Who must be told", "escalations"),
    ("AR-42.4", "Distress", "Customers with signs of distress", "distress"),
    ("AR-42.5", "Statements", "Statements of account", "account_statements"),
    ("AR-42.6", "Scripts", "What to say to whom", "worklist"),
    ("AR-42.7", "Conduct", "Contacts at a wrong time or too often", "conduct"),
    ("AR-43", "Promises", "Promises to pay and what came of them", "promise_results"),
    ("AR-44", "Disputes", "Disputes and queries: who must answer, by when", "dispute_work"),
    ("AR-44.1", "Claims", "Claims and their deadlines", "claim_deadlines"),
    ("AR-44.2", "Credit reviews", "Credit requests", "credit_reviews"),
    ("AR-44.3", "Cheques", "Register of cheques", "cheque_register"),
    ("AR-44.4", "Master data", "What looks wrong or double", "master_findings"),
    ("AR-44.5", "Credit checklist", "Questions of each credit request", "credit_checks"),
    ("AR-44.6", "Dispute reasons", "Why customers took money off", "dispute_reasons"),
    ("AR-45", "Late fees", "Late-payment fees: recommended, waived, held", "late_fees"),
    ("AR-46", "Write-offs", "What may be written off, and what bars it", "write_offs"),
    ("AR-46.1", "Provisions", "Provision matrix", "provisions"),
    ("AR-47", "Adjustments", "Adjustments against the common matrix", "adjustment_checks"),
    ("AR-48", "Figures", "Figures of the month with their formulas", "metrics"),
    ("AR-49", "Service levels", "Target beside this month's figure", "service_levels"),
    ("AR-50", "Exceptions", "What waits for a person", "owed"),
    ("AR-51", "Proposals", "Every receipt and what is proposed", "proposals"),
    ("AR-51.1", "Reasons", "Why each receipt was placed so", "proposals"),
    ("AR-52", "Allocations", "Cash applied to items", "allocations"),
    ("AR-52.1", "On account", "Money without an item", "on_account"),
    ("AR-52.2", "Residuals", "What stays open after a payment", "residuals"),
    ("AR-52.3", "Tax certificates", "Tax withheld, certificates to ask for", "wht_certificates"),
    ("AR-53", "Breaks", "Payments that look repeated", "breaks"),
    ("AR-54", "Decisions", "What people decided", "decisions"),
    ("AR-55", "Overpayments", "Money beyond what is owed", "overpayments"),
    ("AR-55.1", "Misdirected", "Money of another ledger", "misdirected"),
    ("AR-56", "Refunds", "Credits that may be paid back", "refunds"),
    ("AR-56.1", "Refund evidence", "Papers of each refund", "refund_checks"),
    ("AR-56.2", "Refund holds", "What is missing, what holds a refund", "refunds"),
    ("AR-57", "Credit balances", "Credits by age, owner and dormancy", "credit_balances"),
    ("AR-58", "Repeats", "Amounts that came twice, told apart", "repeats"),
    ("AR-59", "Small differences", "Small differences against their cap", "tolerance_budget"),
    ("AR-60", "Sources", "Every file the close was given", "sources"),
    ("AR-61", "Rejects", "Rows that were not taken over", "rejects"),
    ("AR-63", "Other decisions", "Contacts, promises, disputes, write-offs, aliases, rules", "other_decisions"),
    ("AR-70", "Forecast", "Cash expected by week, month and quarter", "forecast_cash"),
    ("AR-70.1", "Forecast accuracy", "Earlier forecasts beside cash", "forecast_accuracy"),
    ("AR-70.2", "Forecast methods", "Methods compared", "forecast_scores"),
    ("AR-70.3", "Forecast changes", "Steps since the month began", "forecast_changes"),
    ("AR-71", "Forecast items", "Open items behind the forecast", "forecast_items"),
)
"""Work-paper number, sheet, what it shows, and the table behind it, in the order of the workbook."""


def write(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, str], units: Units, as_of: date, path: Path, most_rows: int = MOST_ROWS
) -> None:
    """Write the workbook of a close: the same tables and facts give the same bytes.

    `facts` are printed on the lead sheet in their order; `close`, `period` and `status` also head the pages. Amounts are
    written as exact decimals of minor units (CV-02, CV-03). Raises StoppedError when the file exists.
    """
    held = {name: tables.get(name, empty(name)) for name in _NEEDED}
    running = " · ".join(part for part in (facts.get("close", ""), facts.get("period", ""), f"key date {as_of.isoformat()}") if part)
    book = Book(Workbook(), units, running, most_rows, facts.get("run", ""), rows_by(held["sources"]["source_file"].head(most_rows)))
    book.workbook.remove(book.workbook.worksheets[0])
    _sheets(book, held)
    lead(book, held, facts, _contents(held))
    book.workbook.active = 0
    write_once(path, file_bytes(book.workbook, as_of))


def _contents(tables: Tables) -> list[Entry]:
    """List the sheets in their order, each with the rows it lists."""
    keys = ["basis", "ledger_id", "company_code", "customer_id", "currency"]
    aged = tables["ageing"][keys].drop_duplicates()["basis"].value_counts()
    rows = {name: len(frame) for name, frame in tables.items()} | {basis: int(aged.get(basis, 0)) for basis in ("DUE", "INVOICE")}
    rows[""] = int(aged.sum() > 0)
    rows["cash_log"] = int((tables["cash_log"]["state"] != "QUIET").sum())
    rows["repeats"] = int((~tables["repeats"]["quiet"]).sum())
    return [Entry(paper, sheet, shows, rows[name]) for paper, sheet, shows, name in _SHEETS]


def _sheets(book: Book, tables: Tables) -> None:
    """Write the sheets and put them in the order of the contents."""
    charts(book, tables)
    tie_out(book, tables)
    reconciliations(book, tables)
    bank_to_book(book, tables)
    cashlog.cash_log(book, tables)
    ageing(book, tables, "DUE")
    ageing(book, tables, "INVOICE")
    for listing in _listings(book, tables):
        write_listing(book, listing)
    for place, (_, sheet, _, _) in enumerate(_SHEETS):
        book.workbook.move_sheet(sheet, place - book.workbook.sheetnames.index(sheet))


def _listings(book: Book, tables: Tables) -> Iterator[Listing]:
    """Give the listing sheets, in any order."""
    proposed = rows_by(proposals_in_order(tables)["receipt_id"].head(book.most))
    waiting = rows_by(waiting_in_order(tables)["key"].head(book.most))
    for listed in (
        findings, movements, suspense, cutoff, changes, certification, collectors.worklist, collectors.promises, collectors.disputes,
        collectors.fees, collectors.losses, collectors.adjustments, collectors.metrics, collectors.service, overpayments, refunds, credits,
        repeats, small_differences, sources, rejects, forecast_cash, forecast_items, open_items, cashlog.days, cashlog.groups,
        other_decisions,
    ):  # fmt: skip
        yield listed(tables)
    for linked in (reasons, allocations, breaks, decisions):
        yield linked(tables, proposed)
    yield exceptions(tables, book.units, proposed)
    yield proposals(tables, book.units, waiting)
    for paper in PAPERS:
        yield others(paper, tables)
