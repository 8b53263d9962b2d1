"""Breaks and refunds: what came twice, too much or to the wrong place."""

from __future__ import annotations

import pandas as pd

from arwork.breaks.budget import tolerance_budget
from arwork.breaks.classes import RepeatBooks, classify
from arwork.breaks.money_back import READ as MONEY_BACK
from arwork.breaks.money_back import money_back
from arwork.journal.transfers import transfer_steps
from arwork.pack.unclaimed import jurisdictions
from arwork.proof import Finding, Stage, Tie, numbered
from arwork.stages.books import INTAKE, Books, Task, carried


def breaks_refunds(books: Books) -> Stage:
    """Show what came twice, told apart; find what was overpaid or misdirected and carry it to a refund (EX-10 to EX-40, RF)."""
    breaks, delivered = books.tables["breaks"], books.tables["repeated_lines"]
    findings = []
    if len(breaks):
        probable = int((breaks["class"] == "PROBABLE").sum())
        looks = numbered(len(breaks), "receipt looks", "receipts look")
        sentence = f"{looks} like a second payment of something settled, {probable:,} of them probable; nothing was allocated."
        findings.append(Finding("EX-20", "warn", sentence, "breaks", tuple(breaks["break_id"])))
    if len(delivered):
        findings.append(Finding("EX-10", "info", f"{len(delivered):,} bank lines were delivered twice and entered once.", "repeated_lines"))
    held = breaks.merge(books.tables["allocations"], on="receipt_id", how="inner") if len(breaks) else breaks
    tie = Tie("receipts that look repeated and were allocated by rule", "G-04", _by_rule(held), 0, "rows")
    repeated = _repeated(books)
    back = money_back(
        books.tables, books.steps, jurisdictions(books.run_dir), books.params.policy, books.units, books.params.as_of, books.params.off,
        transfer_steps(books.events),
    )  # fmt: skip
    tables = {**repeated.tables, **back.tables}
    return Stage("20_breaks_refunds", tables, (tie, *repeated.ties, *back.ties), (*findings, *repeated.findings, *back.findings))


def _repeated(books: Books) -> Stage:
    """Tell amounts that came twice apart (EX-10 to EX-22), and add up small differences against their cap (G-21)."""
    t, policy = books.tables, books.params.policy
    found = classify(RepeatBooks(
        receipts=t["receipts"], references=t["references"], open_items=t["open_items"], customers=t["customers"], breaks=t["breaks"],
        policy=policy, as_of=books.params.as_of, allocations=t["allocations"], bank_lines=t["bank_lines"], bank_accounts=t["bank_accounts"],
        cash_book=t["cash_book"], repeated_lines=t["repeated_lines"], customer_statements=t["customer_statements"], fx_rates=t["fx_rates"],
        refund_register=t.get("refund_register"), units=books.units,
    ))  # fmt: skip
    earlier = carried(books.run_dir, ("tolerance_budget",)).get("tolerance_budget")
    budget = tolerance_budget(t["allocations"], t["open_items"], policy, earlier=earlier, units=books.units)
    tables = {"repeats": found.repeats, "repeat_classes": found.repeat_classes, "tolerance_budget": budget.tolerance_budget}
    return Stage("20_breaks_refunds", tables, (*found.ties, *budget.ties), (*found.findings, *budget.findings))


def _by_rule(held: pd.DataFrame) -> int:
    return int((held["by"] == "rule").sum()) if "by" in held.columns else 0


TASK = Task(
    "20_breaks_refunds", breaks_refunds, tuple(dict.fromkeys((*INTAKE, "breaks", "allocations", "receipts", "references", *MONEY_BACK)))
)
