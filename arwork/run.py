"""The shell around the thinking: read, think, write. A stage is a function from the books to tables, ties and findings.

The notebooks call `open_books`, one stage, `publish`. `run_stages` does the same stages in one process, without
notebooks, and must find the same tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from arwork.breaks.budget import tolerance_budget
from arwork.breaks.classes import RepeatBooks, classify
from arwork.breaks.money_back import READ as MONEY_BACK
from arwork.breaks.money_back import money_back
from arwork.breaks.repeats import duplicate_payments
from arwork.collect.ageing import age
from arwork.collect.disputes import contested
from arwork.collect.files import collectors_files
from arwork.collect.week import READ as WEEK
from arwork.collect.week import week
from arwork.cover import facts
from arwork.dates import iso_date, period_start
from arwork.errors import InputError
from arwork.forecast.cash import Inputs
from arwork.forecast.frozen import frozen_of
from arwork.forecast.month import look_ahead
from arwork.forecast.parts import Special
from arwork.intake.assemble import take_in
from arwork.intake.their_statement import kind_of
from arwork.journal.aliases import with_aliases
from arwork.journal.events import Event, replay
from arwork.journal.followed import follow
from arwork.journal.forecasts import overrides
from arwork.journal.lines import parse
from arwork.journal.others import laid_over, other_decisions
from arwork.journal.refunds import refund_steps
from arwork.journal.relied import relied_on
from arwork.journal.transfers import transfer_steps
from arwork.journal.written import struck, with_written, written_off
from arwork.matching.adjusted import adjustments
from arwork.matching.advices import link, linked_lines
from arwork.matching.allocate import settle
from arwork.matching.evidence import spelled_out
from arwork.matching.fx import read_rates
from arwork.matching.learned import Learned
from arwork.matching.payer import identify
from arwork.matching.prior import PRIOR
from arwork.matching.realised import with_realised
from arwork.matching.receipts import take
from arwork.matching.references import extract
from arwork.matching.residuals import certificates, on_account, residuals
from arwork.matching.strategies import CashBooks, propose
from arwork.money import Units
from arwork.pack.kept import kept_index
from arwork.pack.manifest import MANIFEST
from arwork.pack.owed import owed
from arwork.pack.plan import CARRIED, read_given, read_plan
from arwork.pack.record import publish as publish_stage
from arwork.pack.record import read_parquet, read_tables, ties_and_findings
from arwork.pack.resting import beside
from arwork.pack.taught import read_taught
from arwork.pack.told import findings_table, ties_table
from arwork.pack.unclaimed import jurisdictions
from arwork.pack.workbook import write as write_workbook
from arwork.params import Params
from arwork.proof import Finding, Stage, Tie, numbered
from arwork.reconcile import bank as bank_to_book
from arwork.reconcile import control_account
from arwork.reconcile.companies import allowances_of, between_of
from arwork.reconcile.period import Period, complete
from arwork.show.masks import masked
from arwork.tables import TABLES, conform


@dataclass(frozen=True)
class Books:
    """What a stage works on: the tables published so far, the params, and the decisions of people."""

    run_dir: Path
    record: Mapping[str, Any]
    params: Params
    tables: Mapping[str, pd.DataFrame]
    decided: pd.DataFrame
    learned: Learned | None = None
    steps: pd.DataFrame = field(default_factory=lambda: refund_steps(()))
    events: Sequence[Event] = ()
    overrides: pd.DataFrame = field(default_factory=lambda: overrides(()))

    @property
    def units(self) -> Units:
        """Decimals of each currency in this close."""
        return self.params.units

    @property
    def home(self) -> str:
        """Currency of the first ledger."""
        return self.params.ledgers[0].currency


def header(books: Books) -> dict[str, str]:
    """Return what heads every notebook: which close, which month, which ledgers, which run."""
    ledgers = "; ".join(f"{entry.ledger} {entry.company_code} {entry.name} ({entry.currency})" for entry in books.params.ledgers)
    return {
        "close": books.params.close, "period": books.params.period, "receipts from": books.params.start.isoformat(),
        "key date": books.params.as_of.isoformat(), "ledgers": ledgers, "run": books.record["run"],
    }  # fmt: skip


def cover(books: Books) -> dict[str, str]:
    """Return what the first page says of a run: READY or not, why, and what it was built on."""
    ties, findings = ties_and_findings(books.run_dir)
    return facts(books.record, books.params, books.tables["sources"], books.events, ties, findings)


def intake(books: Books) -> Stage:
    """Take in every source file: each read whole or refused, every row a row or a reject (LD, DV, RC-20, EX-10)."""
    layouts, given = read_given(books.run_dir, books.record, books.params)
    return take_in("00_intake", given, books.params, layouts, _carried(books.run_dir, CARRIED[:6]))


def _carried(run_dir: Path, names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Read what the previous period's pack hands over; nothing in a first period."""
    found = {name: run_dir / "previous" / f"{name}.parquet" for name in names}
    return {name: read_parquet(name, path) for name, path in found.items() if path.is_file()}


def cash_application(books: Books) -> Stage:
    """Say which receipt pays which open item, and why, or leave it to a person (domain 2)."""
    t, policy, as_of = contested(books.tables), books.params.policy, books.params.as_of
    people = with_aliases(books.events, t["customers"], t["customer_banks"], t["payer_relationships"])
    ruled = written_off(books.events, t["open_items"])
    t = {
        **t, "customers": people.customers, "customer_banks": people.customer_banks, "payer_relationships": people.payer_relationships,
        "open_items": struck(t["open_items"], ruled),
    }  # fmt: skip
    receipts, told = _receipts(books)
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
        customers=t["customers"], disputes=t["disputes"], breaks=breaks, decided=books.decided, ledgers=t["ledgers"],
        policy=policy, units=books.units, as_of=as_of, payer_relationships=t["payer_relationships"], fx_rates=t["fx_rates"],
        customer_banks=t["customer_banks"], customer_statements=t["customer_statements"], learned=books.learned, index=known,
        closed_until=books.params.closed_until, tolerance_budget=_carried(books.run_dir, ("tolerance_budget",)).get("tolerance_budget"),
        reason_map=t["reason_map"], master_changes=t["master_changes"],
    )  # fmt: skip
    proposals, items = propose(cash)
    weights = books.learned.evidence.weights() if books.learned else PRIOR
    weighed = spelled_out([*proposals["profile"].unique(), *items["profile"].unique()], weights)
    settled = settle(receipts, proposals, items, books.decided, t["open_items"])
    # EX-20 is not asked where exact references to open items explain the receipt in full (2.2, step D).
    named = settled.allocations.loc[settled.allocations["rule_id"].isin(["M01", "M03", "M04"]), "receipt_id"]
    breaks = breaks.loc[~breaks["receipt_id"].isin(named)]
    tables = {
        "receipts": settled.receipts, "references": references, "proposals": proposals, "proposal_items": items,
        "allocations": with_realised(
            settled.allocations, t["open_items"], read_rates(t["fx_rates"], policy.matching.fx_rate_max_age_days), books.units
        ),
        "decisions": settled.decisions, "breaks": breaks, "advice_links": links, "on_account": on_account(proposals), "evidence": weighed,
        "adjustments": with_written(adjustments(settled.allocations, t["open_items"]), ruled, t["open_items"]),
        "other_decisions": other_decisions(books.events, ruled, books.units),
        "residuals": residuals(proposals, items, t["open_items"], policy.matching, books.units, t["adjustment_register"], as_of),
        "wht_certificates": certificates(proposals, items, receipts, policy.matching),
    }  # fmt: skip
    return Stage("10_cash_application", tables, (*link_ties, *settled.ties), (*told, *link_findings, *settled.findings))


def _receipts(books: Books) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Receipts of the period, those delivered a month late, and those that the previous pack left without an item."""
    t, params = books.tables, books.params
    carried = _carried(books.run_dir, ("receipts",))
    known = (t["bank_accounts"], t["open_items"])
    if "receipts" not in carried:
        return take(t["bank_lines"], *known, params.start, params.as_of, t["remittance_lines"])
    # Lines that the previous pack holds were left out at intake; what is booked since its first day and still here came late.
    late_from = period_start(params.previous_period[:7])
    now, told = take(t["bank_lines"], *known, min(late_from, params.start), params.as_of, t["remittance_lines"])
    waiting = _as_lines(
        carried["receipts"].loc[lambda r: r["status"].isin(["UNAPPLIED", "UNIDENTIFIED", "PARTIALLY_APPLIED", "MISDIRECTED"])]
    )
    first = min([params.start, *waiting["booking_date"].dt.date])
    before, more = take(waiting, *known, first, params.as_of, t["remittance_lines"])
    late = int((now["booking_date"] < pd.Timestamp(params.start)).sum())
    brought = f"{numbered(len(before), 'receipt was', 'receipts were')} carried from the previous period without an item."
    notes = [Finding("RC-60", "info", brought, "receipts")]
    if late:
        notes.append(Finding("RC-90", "warn", f"{late:,} receipts booked before {params.start} were delivered only now.", "receipts"))
    both = [frame for frame in (before, now) if len(frame)]
    return (pd.concat(both, ignore_index=True) if both else now), (*told, *more, *notes)


def _as_lines(receipts: pd.DataFrame) -> pd.DataFrame:
    """Turn carried receipts back into the bank lines they were, so that the same test tells which the ERP has posted since."""
    names = [column for column in receipts.columns if column in TABLES["bank_lines"].names()]
    lines = receipts[names].assign(line_id=receipts["receipt_id"], is_return=False)
    return conform("bank_lines", lines.assign(**{"class": "RECEIPT", "class_reason": "carried from the previous period"}))


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
    earlier = _carried(books.run_dir, ("tolerance_budget",)).get("tolerance_budget")
    budget = tolerance_budget(t["allocations"], t["open_items"], policy, earlier=earlier, units=books.units)
    tables = {"repeats": found.repeats, "repeat_classes": found.repeat_classes, "tolerance_budget": budget.tolerance_budget}
    return Stage("20_breaks_refunds", tables, (*found.ties, *budget.ties), (*found.findings, *budget.findings))


def _by_rule(held: pd.DataFrame) -> int:
    return int((held["by"] == "rule").sum()) if "by" in held.columns else 0


def reconciliations(books: Books) -> Stage:
    """Tie subledger, bank, roll-forward, suspense and cut-off, and say what can be certified (RC-10 to RC-90, 4.10, 4.11)."""
    t, params = books.tables, books.params
    controls = [(entry.ledger, entry.company_code, account) for entry in params.ledgers for account in entry.control_accounts]
    bank = bank_to_book.prove(
        t["statements"], t["bank_lines"], t["cash_book"], t["bank_accounts"], t["gl_balances"], params.start, params.as_of, params.policy,
        books.units, _carried(books.run_dir, bank_to_book.OPEN), params.off,
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
    before = _carried(books.run_dir, ("receipts", *CARRIED[6:11]))
    rests = beside(books.run_dir, books.record, params, books.events)
    done = complete(t, before, period, parts, _previous_key(books.run_dir), relied_on(books.events, params.period), bank, rests)
    return Stage("30_reconciliations", done.tables, done.ties, done.findings)


def _previous_key(run_dir: Path) -> date | None:
    """Read the key date of the previous period's pack from its manifest; None in a first period."""
    path = run_dir / "previous" / MANIFEST
    return iso_date(json.loads(path.read_text(encoding="utf-8"))["as_of"]) if path.is_file() else None


def ageing_collections(books: Books) -> Stage:
    """Age the open items (MT-01 to MT-03) and lay out the collector's week: figures, worklist, promises, fees, reminders (CO, MT)."""
    t, params = books.tables, books.params
    said = follow(books.events, t["promises"], t["contacts"], t["disputes"], t["customers"])
    frozen = frozen_of(_carried(books.run_dir, CARRIED), params.as_of)
    t = contested({**t, "promises": said.promises, "contacts": said.contacts, "disputes": said.disputes, "forecast_frozen": frozen})
    aged = age(t["open_items"], t["disputes"], t["allocations"], params.policy, params.as_of)
    done = week(t, aged.ageing_items, params.policy, books.units, params.start, params.as_of, params.off)
    files = collectors_files(
        {**t, "ageing": aged.ageing, "ageing_items": aged.ageing_items, "promises": done.tables["promise_results"], "standing": done.items,
         "net_overdue": done.net, **{name: done.tables[name] for name in ("late_fees", "distress")}},
        params.policy, params.start, params.as_of, params.units, params.off,
    )  # fmt: skip
    tables = {"ageing_items": aged.ageing_items, "ageing": aged.ageing, **done.tables, **files.tables}
    told = (*aged.findings, *said.findings, *done.findings, *files.findings)
    return Stage("40_ageing_collections", tables, (*aged.ties, *done.ties, *files.ties), told)


def forecast(books: Books) -> Stage:
    """Forecast the cash of the month and the quarter ahead, and say how right earlier forecasts were (FC-01 to FC-08)."""
    t, params = contested(books.tables), books.params
    special = Special(t["promises"], t["disputes"], t["cheques"], books.overrides, params.off, t["direct_debits"])
    inputs = Inputs(t["open_items"], t["customers"], t["allocations"], t["receipts"], special)
    ahead = look_ahead(inputs, _carried(books.run_dir, CARRIED), params.policy, params.as_of)
    return Stage("50_forecast", ahead.tables, ahead.ties, ahead.findings)


def pack(books: Books) -> Stage:
    """Gather the ties, the findings and what waits for a person, and write the workbook beside the tables."""
    ties, findings = ties_and_findings(books.run_dir)
    waiting = owed(books.tables, books.params.as_of)
    tables = {"ties": ties_table(ties), "findings": findings_table(findings), "owed": waiting}
    target = books.run_dir / "pack.xlsx"
    target.unlink(missing_ok=True)
    write_workbook(
        masked({**books.tables, **tables}, books.params.policy.conduct),
        facts(books.record, books.params, books.tables["sources"], books.events, ties, findings),
        books.units,
        books.params.as_of,
        target,
    )
    return Stage("90_pack", tables)


_INTAKE = (
    "ledgers", "bank_accounts", "customers", "customer_banks", "open_items", "statements", "bank_lines", "remittance_lines", "gl_balances",
    "gl_lines", "cash_book", "disputes", "repeated_lines", "fx_rates", "payer_relationships", "customer_statements",
)  # fmt: skip
_PROVED = (
    "sources",
    "receipts",
    "allocations",
    "proposals",
    "proposal_items",
    "cheques",
    "their_items",
    "their_statements",
    "credit_insurance",
)
_COLLECTORS = (
    "open_items", "disputes", "allocations", "customers", "promises", "customer_profiles", "letters_sent", "receipts", "claims", "cheques",
    "credit_requests", "customer_banks", "payer_relationships", "legal_params", "refund_steps",
)  # fmt: skip
STAGES: Mapping[str, tuple[Callable[[Books], Stage], tuple[str, ...] | None]] = {
    "00_intake": (intake, ()),
    "10_cash_application": (cash_application, (*_INTAKE, "promises", "adjustment_register", "reason_map", "master_changes")),
    "20_breaks_refunds": (breaks_refunds, tuple(dict.fromkeys((*_INTAKE, "breaks", "allocations", "receipts", "references", *MONEY_BACK)))),
    "30_reconciliations": (reconciliations, (*_INTAKE, *_PROVED)),
    "40_ageing_collections": (ageing_collections, tuple(dict.fromkeys((*WEEK, *_COLLECTORS)))),
    "50_forecast": (forecast, ("open_items", "customers", "allocations", "receipts", "promises", "disputes", "cheques", "direct_debits")),
    "90_pack": (pack, None),
}
"""Every stage: the function that does it and the tables it reads (None: all that are published)."""


def open_books(stage: str, run_dir: str | Path, *, close: str = "", period: str = "", as_of: str = "") -> Books:
    """Open the books of a run for one stage.

    The close, period and key date that the notebook was given must be those of the run; a notebook that was given
    others, or none, would show one month under the name of another (InputError).
    """
    folder = Path(run_dir)
    record, params = read_plan(folder)
    for name, given in (("close", close), ("period", period), ("as_of", as_of)):
        if given != record[name]:
            raise InputError(f"{name} is {given!r}, the run in {folder} is {record[name]!r}", cure="Give the parameters of this run.")
    events, names = parse((folder / "journal.jsonl").read_text(encoding="utf-8"), "journal.jsonl"), STAGES[stage][1]
    return Books(
        folder,
        record,
        params,
        read_tables(folder, names)
        if names is None or not names
        else laid_over(events, read_tables(folder, names), strike=stage != "10_cash_application"),
        replay(events),
        read_taught(folder, record),
        refund_steps(events),
        events,
        overrides(events),
    )


def publish(stage: Stage, books: Books) -> dict[str, Any]:
    """Write the stage's tables and its record into the run folder, once."""
    return publish_stage(stage, books.run_dir)


def run_stages(run_dir: Path) -> None:
    """Run every stage in this process, in order, on a folder that holds a plan; no notebooks, no kernels."""
    record, _ = read_plan(run_dir)
    for name, (function, _) in STAGES.items():
        books = open_books(name, run_dir, close=record["close"], period=record["period"], as_of=record["as_of"])
        publish(function(books), books)
