"""`arwork transfers`, `transfer`, `refunds` and `refund` as a person uses them, on the books of AX-11 and AX-14 and a real journal."""

from __future__ import annotations

import csv
import io
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import tiny
from refund_world import AX_11_ITEMS, AX_11_RECEIPT, BOOK, CUSTOMER, DISPUTE, IBAN, LEDGER, RULES, item, receipt, table
from typer.testing import CliRunner, Result

from arwork.breaks.money_back import READ
from arwork.cli import app
from arwork.errors import ArworkError
from arwork.keeping import params_of
from arwork.pack.pain001_check import faults
from arwork.pack.plan import journal_store

FIN = {"ledger_id": "FIN", "company_code": "2000"}
LEASE = item("FA-20931", 348000, date(2025, 6, 20), **FIN, customer_id="F-77", item_id="2000:FA-20931:2025:1")
ASTRAY = receipt("R2", 348000, date(2025, 6, 12), customer_id="M-77", misdirected_amount=348000, status="MISDIRECTED")
FOREIGN = {
    **BOOK,
    "receipt_id": "R2",
    "amount": 348000,
    "strategy": "M13",
    "status": "REVIEW",
    "class": "MISDIRECTED",
    "sentence": "Elsewhere.",
}
ROWS = {
    "receipts": [AX_11_RECEIPT, ASTRAY], "open_items": [*AX_11_ITEMS, LEASE], "disputes": [DISPUTE], "ledgers": [LEDGER, {**LEDGER, **FIN}],
    "customers": [CUSTOMER, {**CUSTOMER, "customer_id": "M-77", "name": "=Trade & <Sons>"}, {**CUSTOMER, **FIN, "customer_id": "F-77"}],
    "customer_banks": [{**BOOK, "customer_id": "C300", "account": IBAN, "account_holder": "Meier Werkzeuge GmbH"}],
    "proposals": [FOREIGN], "proposal_items": [{"receipt_id": "R2", "candidate": 2, "item_id": LEASE["item_id"]}],
}  # fmt: skip
SECOND = """  - {ledger: FIN, company_code: 2000, name: Finance AG, currency: EUR, country: DE, control_accounts: [1450], bank_accounts: []}
sources:
"""


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Params of two companies whose newest run has the tables of AX-11 and AX-14; the journal is a real one, and empty."""
    run = tmp_path / "outputs" / "tiny" / "2025-06" / "abc123def456"
    run.mkdir(parents=True)
    tables = {name: table(name, ROWS.get(name, [])) for name in READ}
    monkeypatch.setattr("arwork.decide.newest_run", lambda *_: (run, 0))
    monkeypatch.setattr("arwork.pack.record.read_tables", lambda *_: tables)
    monkeypatch.setattr("arwork.pack.unclaimed.jurisdictions", lambda _: RULES)
    text = tiny.PARAMS.replace("sources:\n", SECOND, 1).replace("2026-03-31", "2025-06-16")
    return tiny.write(tmp_path, tiny=text)


def run(params: Path, command: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, [command, params.as_posix(), *arguments, "--outputs", (params.parent / "outputs").as_posix()])


def transfer(params: Path, step: str, book: str, person: str) -> Result:
    return run(params, "transfer", "R2", step, "--for", book, "--reason", "agreed by telephone", "--as", person)


def why(result: Result) -> str:
    """Say why a command was refused; it must have been, by us."""
    assert isinstance(result.exception, ArworkError), result.output
    return result.exception.paragraph()


def recorded(params: Path) -> list[str]:
    with closing(journal_store(params_of(params), params)) as journal:
        return [f"{event.action} {event.body['step']} {event.by}" for event in journal.events()]


def entries(params: Path) -> list[dict[str, str]]:
    files = sorted((params.parent / "outputs" / "tiny" / "2025-06.transfers").glob("*.csv"))
    return list(csv.DictReader(io.StringIO(files[-1].read_text(encoding="utf-8")))) if files else []


def test_ex40_transfers_writes_nothing_before_it_is_approved(params: Path) -> None:
    told = run(params, "transfers")
    assert "R2: 3,480.00 EUR belongs to FA-20931 of customer F-77 in FIN 2000" in told.output
    assert "no entries written" in told.output
    assert entries(params) == []


def test_ex40_ax14_cv13_two_people_make_the_entries_of_both_ledgers_to_the_cent(params: Path) -> None:
    """AX-14: eight lines that net to nothing in each step; the customer is credited at the original value date."""
    assert "the other ledger's approval is missing" in transfer(params, "approved", "MAIN", "ann").output
    assert "Ann did TRANSFER APPROVED in the same matter" in why(transfer(params, "approved", "FIN", "Ann"))
    assert recorded(params) == ["TRANSFER APPROVED ann"]
    assert "the entries may be posted" in transfer(params, "APPROVED", "FIN/2000", "bob").output
    told = run(params, "transfers")
    rows = entries(params)
    assert "entries of 1 transfer" in told.output
    assert [(row["step"], row["ledger_id"], row["account"], row["amount"]) for row in rows] == [
        ("RECEIVE", "MAIN", "BANK", "3480.00"), ("RECEIVE", "MAIN", "IC_PAYABLE", "-3480.00"),
        ("CREDIT", "FIN", "IC_RECEIVABLE", "3480.00"), ("CREDIT", "FIN", "CUSTOMER", "-3480.00"),
        ("SETTLE", "MAIN", "IC_PAYABLE", "3480.00"), ("SETTLE", "MAIN", "BANK", "-3480.00"),
        ("COLLECT", "FIN", "BANK", "3480.00"), ("COLLECT", "FIN", "IC_RECEIVABLE", "-3480.00"),
    ]  # fmt: skip
    assert {row["value_date"] for row in rows if row["account"] == "CUSTOMER"} == {"2025-06-12"}


@pytest.mark.parametrize(
    ("name", "step", "book", "says"),
    [
        ("R9", "approved", "MAIN", "'R9' is not misdirected in the newest run"),
        ("R2", "approved", "SIDE", "Use --for MAIN/1000 or FIN/2000."),
        ("R2", "released", "MAIN", "RELEASED"),
    ],
)
def test_ex40_what_is_no_step_of_a_transfer_is_refused(params: Path, name: str, step: str, book: str, says: str) -> None:
    assert says in why(run(params, "transfer", name, step, "--for", book, "--reason", "why", "--as", "ann"))
    assert recorded(params) == []


def refund(params: Path, step: str, person: str, *more: str) -> Result:
    return run(params, "refund", "RF:R1", step, "--reason", "paid too much", "--as", person, *more)


PAPERS = [part for name in ("REQUEST", "BANK_PROOF") for part in ("--document", name)]


def test_rf09_cv13_the_whole_way_of_a_refund_by_three_people(params: Path) -> None:
    """AX-11: 1,600.00 is documented, approved with its waivers, and stands in one payment file that keeps its rules."""
    assert "next:" in refund(params, "documented", "pat", *PAPERS).output
    assert "did REFUND DOCUMENTED in the same matter" in why(refund(params, "approved", "pat"))
    assert "state APPROVED" in refund(params, "approved", "ann").output, recorded(params)
    told = run(params, "refunds", "--no-pdf")
    (file,) = (params.parent / "outputs" / "tiny" / "2025-06.refunds").glob("*/payments-*.xml")
    assert "1 payment, 1600.00 EUR" in told.output
    assert faults(file.read_bytes()) == []
    assert b'<InstdAmt Ccy="EUR">1600.00</InstdAmt>' in file.read_bytes()
    assert "state RELEASED" in refund(params, "released", "ann").output, "CV-13 parts asking from approving, not approving from releasing"
    assert recorded(params) == ["REFUND DOCUMENTED pat", "REFUND APPROVED ann", "REFUND RELEASED ann"]


def test_rf09_steps_out_of_turn_and_unknown_refunds_are_refused(params: Path) -> None:
    assert "after CANDIDATE a refund may become" in why(refund(params, "paid", "pat"))
    assert "is no step of a refund" in why(refund(params, "shredded", "pat"))
    assert "there is no refund 'RF:R9'" in why(run(params, "refund", "RF:R9", "hold", "--reason", "why", "--as", "pat"))
    assert recorded(params) == []


def test_rf04_papers_are_written_once_and_stay(params: Path) -> None:
    told = run(params, "refunds", "--no-pdf")
    (folder,) = (params.parent / "outputs" / "tiny" / "2025-06.refunds").iterdir()
    assert "no payment file: no refund is approved" in told.output
    written = {path.name for path in next(folder.glob("refund-*")).iterdir()}
    assert written >= {
        "index.html",
        "approval.html",
        "letter.html",
        "bank-proof.csv",
        "history.csv",
        "open-items.csv",
        "refunds-before.csv",
    }
    assert "is there already and stays as it is" in why(run(params, "refunds", "--no-pdf"))
