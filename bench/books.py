"""From flat tables of a test bed to the tables of arwork, and through cash application: what the bench measures.

A bed holds customers, customer_banks, invoices and receipts as frames. The conversion invents nothing: what a bed does not
know stays blank. Amounts are minor units.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from arwork.breaks.repeats import duplicate_payments
from arwork.intake.shipped import shipped
from arwork.matching.index import Index
from arwork.matching.payer import identify
from arwork.matching.receipts import take
from arwork.matching.references import extract
from arwork.matching.strategies import CashBooks, propose
from arwork.money import ISO
from arwork.policy import Policy, read_policy
from arwork.tables import conform, empty

_BOOK = {"ledger_id": "MAIN", "company_code": "1000"}
_OF_BED = {"source_file": "bed", "source_sha256": "0" * 64}
_DECIDED = ("seq", "at", "by", "action", "receipt_id", "item_id", "amount_applied", "discount", "seen_open", "currency", "reason")


@dataclass
class Clock:
    """CPU seconds of this process by step, in the order the steps ran."""

    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the CPU seconds of a block to a step."""
        begun = time.process_time()
        yield
        self.cpu[name] = self.cpu.get(name, 0.0) + time.process_time() - begun


@dataclass(frozen=True)
class Bed:
    """The tables of arwork made of one bed."""

    open_items: pd.DataFrame
    bank_lines: pd.DataFrame
    bank_accounts: pd.DataFrame
    customers: pd.DataFrame
    customer_banks: pd.DataFrame
    ledgers: pd.DataFrame


def policy() -> Policy:
    """Read the policy that ships."""
    return Policy.model_validate(dict(read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))))


def bed(frames: Mapping[str, pd.DataFrame]) -> Bed:
    """Convert `customers`, `customer_banks`, `invoices` and `receipts`; each table is checked once, where it is born.

    Columns beyond those every bed has (`doc_no`, `assignment`, `doc_type`, `alias_names`) are taken where they are there.
    """
    receipts = frames["receipts"]
    currencies = sorted(set(receipts["currency"]))
    accounts = pd.DataFrame({"bank_account": [f"BANK-{c}" for c in currencies], "currency": currencies, **_BOOK, "gl_account": "1800"})
    ledger = {**_BOOK, "name": "Bed", "ledger_currency": "EUR", "country": "DE", "recognition_policy": "SETTLEMENT"}
    return Bed(
        _items(frames["invoices"]),
        _lines(receipts),
        conform("bank_accounts", accounts),
        _customers(frames["customers"]),
        _banks(frames["customer_banks"]),
        conform("ledgers", pd.DataFrame([ledger])),
    )


def _told(frame: pd.DataFrame) -> dict[str, object]:
    """Lineage: the row's place in its bed."""
    return {"source_line": pd.RangeIndex(1, len(frame) + 1).astype(str).to_numpy(), **_OF_BED}


def _own(frame: pd.DataFrame, *names: str) -> dict[str, pd.Series]:
    return {name: frame[name] for name in names if name in frame.columns}


def _items(invoices: pd.DataFrame) -> pd.DataFrame:
    """One open item an invoice: item, document and reference are the number the customer knows; what is negative is a credit memo.

    A bed states no rates: one minor unit of any currency counts as one cent of the ledger.
    """
    number, issued, amount, currency = (invoices[c] for c in ("invoice_id", "issue_date", "amount", "currency"))
    granted = invoices["disc_pct"] > 0
    last = issued + pd.to_timedelta(invoices["disc_days"].astype("int64"), unit="D")
    frame = pd.DataFrame({
        "item_id": number, **_BOOK, "customer_id": invoices["customer_id"], "doc_no": number, "line_no": "1",
        "doc_type": amount.lt(0).map({True: "CM", False: "INV"}),
        "fiscal_year": issued.dt.year.astype(str), "doc_date": issued, "posting_date": issued, "due_date": invoices["due_date"],
        "disc1_date": last.where(granted), "disc1_pct": (invoices["disc_pct"].astype("float64") * 10_000).round().astype("int64"), "disc2_pct": 0, "grace_days": 0,
        "currency": currency, "amount_doc": amount, "open_amount_doc": amount, "local_currency": "EUR", "amount_local": amount,
        "open_amount_local": amount, "reference": number, "gl_account": "1400", "dunning_level": 0, "legal_hold": False,
        "written_off": False, **_told(invoices),
    })  # fmt: skip
    return conform("open_items", frame.assign(**_own(invoices, "doc_no", "reference", "assignment", "doc_type", "fiscal_year")))


def _lines(receipts: pd.DataFrame) -> pd.DataFrame:
    """One bank line a receipt, all money in, on the one bank account of its currency."""
    frame = pd.DataFrame({
        "line_id": receipts["receipt_id"], "statement_key": "BED", "line_no": range(1, len(receipts) + 1),
        "bank_account": "BANK-" + receipts["currency"].astype(str), "currency": receipts["currency"], "booking_date": receipts["value_date"],
        "value_date": receipts["value_date"], "amount": receipts["amount"], "method": "OTHER", "remitter_name": receipts["payer_name"],
        "remitter_account": receipts["payer_account"], "remittance_text": receipts["memo"], "is_return": False, "class": "RECEIPT",
        "class_reason": "money in", **_told(receipts),
    })  # fmt: skip
    return conform("bank_lines", frame)


def _customers(customers: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame({
        **_own(customers, "customer_id", "name", "parent_id", "alias_names"), **_BOOK, "customer_id_raw": customers["customer_id"],
        "tolerance_group": "STD", "status": "ACTIVE", "netting_authority": False, "allocation_instruction": "NONE", **_told(customers),
    })  # fmt: skip
    return conform("customers", frame)


def _banks(banks: pd.DataFrame) -> pd.DataFrame:
    return conform("customer_banks", pd.DataFrame({**_own(banks, "customer_id", "account"), **_BOOK, **_told(banks)}))


def taught(file: Path | None) -> dict[str, object]:
    """Return what `CashBooks` is given of a file that `arwork backtest` wrote; nothing without a file."""
    if file is None:
        return {}
    learned = importlib.import_module("arwork.matching.learned")  # by name: an engine that learns nothing is measured too
    return {"learned": learned.read_learned(file.read_bytes(), file.name)}


def apply_cash(
    made: Bed, rules: Policy, clock: Clock, learned: Path | None = None, index: Index | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, pd.DataFrame]]:
    """Run cash application as a close does, as a replay; return `proposals`, `proposal_items`, and the tables on the way."""
    lines, items = made.bank_lines, made.open_items
    start, end = lines["booking_date"].min().date(), lines["booking_date"].max().date()
    advised, disputes = empty("remittance_lines"), empty("disputes")
    with clock.step("take"):
        receipts, _ = take(lines, made.bank_accounts, items, start, end)
    with clock.step("extract"):
        references = extract(receipts, items, advised, rules.matching, index.register if index else None)
    with clock.step("identify"):
        formed = index.formed if index else None
        receipts = identify(receipts, references, items, made.customers, made.customer_banks, rules.matching, known=formed)
    with clock.step("duplicates"):
        breaks = duplicate_payments(receipts, references, items, made.customers, rules, returns=lines, units=ISO)
    cash = CashBooks(
        receipts=receipts, references=references, open_items=items, remittance_lines=advised, customers=made.customers,
        disputes=disputes, breaks=breaks, decided=pd.DataFrame(columns=list(_DECIDED)), ledgers=made.ledgers, policy=rules, units=ISO,
        as_of=end, replay=True, index=index, **taught(learned),
    )  # fmt: skip
    with clock.step("propose"):
        proposals, found = propose(cash)
    return proposals, found, {"receipts": receipts, "references": references, "breaks": breaks}


def proposed(proposals: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return one row an item that is proposed: receipt_id, invoice_id, amount, status, probability, strategy.

    The amount is the cash that the invoice gets: what comes over within the tolerance is written off beside it.
    """
    sure = proposals["probability"] / 1e6 if "probability" in proposals.columns else proposals["score"] / 10_000
    heads = proposals[["receipt_id", "status", "strategy"]].assign(probability=sure)
    lines = found.loc[found["candidate"] == 1, ["receipt_id", "item_id", "amount_applied", "small_diff"]]
    rows = lines.merge(heads, on="receipt_id").rename(columns={"item_id": "invoice_id"})
    rows["amount"] = (rows["amount_applied"] + rows["small_diff"].clip(upper=0)).astype("int64")
    return rows[["receipt_id", "invoice_id", "amount", "status", "probability", "strategy"]]


def peak_mib() -> int:
    """Peak memory of this process. Not ru_maxrss: a new process inherits that of the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024
