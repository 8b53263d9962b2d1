"""Cash application: which receipt pays which open item, and why, or that a person must say."""

from __future__ import annotations

import pandas as pd

from arwork.breaks.repeats import duplicate_payments
from arwork.collect.disputes import contested
from arwork.dates import period_start
from arwork.journal.aliases import with_aliases
from arwork.journal.others import other_decisions
from arwork.journal.written import struck, with_written, written_off
from arwork.matching.adjusted import adjustments
from arwork.matching.advices import link, linked_lines
from arwork.matching.allocate import settle
from arwork.matching.evidence import spelled_out
from arwork.matching.fx import read_rates
from arwork.matching.handed_over import HANDED_OVER, HandedOver, handed_over
from arwork.matching.payer import identify
from arwork.matching.prior import PRIOR
from arwork.matching.realised import with_realised
from arwork.matching.receipts import take
from arwork.matching.references import extract
from arwork.matching.residuals import certificates, on_account, residuals
from arwork.matching.strategies import CashBooks, propose
from arwork.pack.kept import kept_index
from arwork.pack.taught import read_taught
from arwork.proof import Finding, Stage, numbered
from arwork.stages.books import INTAKE, Books, Task, carried
from arwork.tables import TABLES, conform


def cash_application(books: Books) -> Stage:
    """Say which receipt pays which open item, and why, or leave it to a person (domain 2)."""
    t, policy, as_of = contested(books.tables), books.params.policy, books.params.as_of
    people = with_aliases(books.events, t["customers"], t["customer_banks"], t["payer_relationships"])
    ruled = written_off(books.events, t["open_items"])
    t = {
        **t, "customers": people.customers, "customer_banks": people.customer_banks, "payer_relationships": people.payer_relationships,
        "open_items": struck(t["open_items"], ruled),
    }  # fmt: skip
    left = handed_over(carried(books.run_dir, HANDED_OVER), t["open_items"], books.params.previous_period[:7])
    decided = books.decided[~books.decided["seq"].isin(list(left.done))]
    receipts, told = _receipts(books, left)
    links, link_ties, link_findings = link(receipts, t["remittance_lines"], policy.matching)
    advised = linked_lines(t["remittance_lines"], links)
    known = kept_index(books.run_dir, (books.params.close, books.params.period), t["open_items"], t["customers"], policy.matching)
    references = extract(receipts, t["open_items"], advised, policy.matching, known.register if known else None)
    receipts = identify(
        receipts, references, t["open_items"], t["customers"], t["customer_banks"], policy.matching, t["payer_relationships"],
        known.formed if known else None, people.references,
    )  # fmt: skip
    breaks = duplicate_payments(receipts, references, t["open_items"], t["customers"], policy, returns=t["bank_lines"], units=books.units)
    cash = CashBooks(
        receipts=receipts, references=references, open_items=t["open_items"], remittance_lines=advised,
        customers=t["customers"], disputes=t["disputes"], breaks=breaks, decided=decided, ledgers=t["ledgers"],
        policy=policy, units=books.units, as_of=as_of, payer_relationships=t["payer_relationships"], fx_rates=t["fx_rates"],
        customer_banks=t["customer_banks"], customer_statements=t["customer_statements"], learned=books.learned, index=known,
        closed_until=books.params.closed_until, tolerance_budget=carried(books.run_dir, ("tolerance_budget",)).get("tolerance_budget"),
        reason_map=t["reason_map"], master_changes=t["master_changes"],
    )  # fmt: skip
    proposals, items = propose(cash)
    weights = books.learned.evidence.weights() if books.learned else PRIOR
    weighed = spelled_out([*proposals["profile"].unique(), *items["profile"].unique()], weights)
    settled = settle(receipts, proposals, items, books.decided, t["open_items"], left.done)
    tables = {
        "receipts": settled.receipts, "references": references, "proposals": proposals, "proposal_items": items,
        "allocations": with_realised(
            settled.allocations, t["open_items"], read_rates(t["fx_rates"], policy.matching.fx_rate_max_age_days), books.units
        ),
        "decisions": settled.decisions, "breaks": _still_doubted(breaks, settled.allocations), "advice_links": links,
        "on_account": on_account(proposals), "evidence": weighed,
        "adjustments": with_written(adjustments(settled.allocations, t["open_items"]), ruled, t["open_items"]),
        "other_decisions": other_decisions(books.events, ruled, books.units),
        "residuals": residuals(proposals, items, t["open_items"], policy.matching, books.units, t["adjustment_register"], as_of),
        "wht_certificates": certificates(proposals, items, receipts, policy.matching),
    }  # fmt: skip
    return Stage("10_cash_application", tables, (*link_ties, *settled.ties), (*told, *link_findings, *settled.findings))


def _still_doubted(breaks: pd.DataFrame, allocations: pd.DataFrame) -> pd.DataFrame:
    """Leave out what exact references to open items explain in full: EX-20 is not asked there (2.2, step D)."""
    named = allocations.loc[allocations["rule_id"].isin(["M01", "M03", "M04"]), "receipt_id"]
    return breaks[~breaks["receipt_id"].isin(named)]


def _receipts(books: Books, left: HandedOver) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Receipts of the period, those delivered a month late, and those that the previous pack left without an item."""
    t, params = books.tables, books.params
    known = (t["bank_accounts"], t["open_items"])
    if params.first_period:
        return take(t["bank_lines"], *known, params.start, params.as_of, t["remittance_lines"])
    # Lines that the previous pack holds were left out at intake; what is booked since its first day and still here came late.
    late_from = period_start(params.previous_period[:7])
    now, told = take(t["bank_lines"], *known, min(late_from, params.start), params.as_of, t["remittance_lines"])
    waiting = _as_lines(left.receipts)
    first = min([params.start, *waiting["booking_date"].dt.date])
    before, more = take(waiting, *known, first, params.as_of, t["remittance_lines"])
    late = int((now["booking_date"] < pd.Timestamp(params.start)).sum())
    brought = f"{numbered(len(before), 'receipt was', 'receipts were')} carried from the previous period without an item."
    notes = [Finding("RC-60", "info", brought, "receipts"), *left.findings(params.previous_period[:7], books.units)]
    if late:
        notes.append(Finding("RC-90", "warn", f"{late:,} receipts booked before {params.start} were delivered only now.", "receipts"))
    both = [frame for frame in (before, now) if len(frame)]
    return (pd.concat(both, ignore_index=True) if both else now), (*told, *more, *notes)


def _as_lines(receipts: pd.DataFrame) -> pd.DataFrame:
    """Turn carried receipts back into the bank lines they were, so that the same test tells which the ERP has posted since."""
    names = [column for column in receipts.columns if column in TABLES["bank_lines"].names()]
    lines = receipts[names].assign(line_id=receipts["receipt_id"], is_return=False)
    return conform("bank_lines", lines.assign(**{"class": "RECEIPT", "class_reason": "carried from the previous period"}))


TASK = Task(
    "10_cash_application",
    cash_application,
    (*INTAKE, "promises", "adjustment_register", "reason_map", "master_changes"),
    taught=read_taught,
)
