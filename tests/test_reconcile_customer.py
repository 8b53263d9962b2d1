"""The customer's own statement against our account: RC-40, CV-06, CV-08; every class, the equation, the tie-out."""

from __future__ import annotations

import io
import re
import shutil
from datetime import date
from pathlib import Path
from random import Random
from string import Formatter
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from arwork.demo.company import files
from arwork.demo.customer_statement import FILE
from arwork.errors import InputError, IntegrityError
from arwork.intake.received import take
from arwork.intake.recognise import shipped_layouts
from arwork.intake.shipped import shipped
from arwork.intake.their_statement import Told, kind_of, read_their_statement
from arwork.money import ISO
from arwork.pack.customer_files import customer_books, write_beside
from arwork.pack.customer_reply import printed, reply_html, reply_text, reply_values
from arwork.pack.customer_workbook import customer_workbook
from arwork.pack.letters import Templates
from arwork.pack.record import publish
from arwork.pack.reply_words import words_of
from arwork.params import read_params
from arwork.policy import read_policy
from arwork.proof import Stage
from arwork.reconcile.as_known import as_known
from arwork.reconcile.customer import CustomerRecon, Stated, reconcile_customer
from arwork.reconcile.customer_class import Known, classed
from arwork.reconcile.customer_known import Books
from arwork.reconcile.customer_match import Group, Line
from arwork.reconcile.customer_said import CLASSES, SAID, letter, said
from tests.ax import POLICY_FILE, dispute, disputes, item, items, minor, policy, receipt, receipts, table

KEY = date(2025, 3, 31)
WORDS = {"Invoice": "INV", "Payment": "RCPT", "Credit": "CM", "Debit note": "DM"}
RULES = policy()


def line(reference: str, amount: str, day: str | None = "2025-03-01", kind: str = "Invoice", **over: Any) -> dict[str, Any]:
    code = over.get("currency", "EUR")
    return {"reference": reference, "amount": minor(amount, code), "doc_date": day, "kind": kind, "currency": code, **over}


def theirs(*rows: dict[str, Any]) -> pd.DataFrame:
    places = {"source_file": "theirs.csv", "source_sha256": "0" * 64}
    return table("their_items", *({**places, "source_line": str(n), **row} for n, row in enumerate(rows, start=2)))


def books(*rows: dict[str, Any], **more: pd.DataFrame) -> Books:
    given = {"disputes": disputes(), "receipts": receipts(), "allocations": table("allocations"), **more}
    return Books("C1", items(*rows), **given)


def ours(number: str, amount: str, **over: Any) -> dict[str, Any]:
    return item(number, "C1", amount, **{"doc": "2025-03-01", **over})


def compare(
    ledger: Books, lines: pd.DataFrame, closing: str | None = None, *, opening: str | None = None, signs: str = ""
) -> CustomerRecon:
    told = Stated({"EUR": minor(opening)} if opening else {}, {"EUR": minor(closing)} if closing else {})
    return reconcile_customer(ledger, lines, told, WORDS, KEY, RULES, ISO, signs)


def paid(number: str, amount: str, day: str, status: str = "UNAPPLIED", who: str = "C1") -> dict[str, Any]:
    cash = minor(amount)
    column = {"UNAPPLIED": "unapplied_amount", "APPLIED": "applied_amount", "MISDIRECTED": "misdirected_amount"}[status]
    return receipt(number, amount, day, customer_id=who, status=status, unidentified_amount=0, **{column: cash})


CLEARED_BY_CASH = {"clearing_date": "2025-03-10", "clearing_doc": "Z1", "open": "0.00"}
CASES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any], tuple[str, str, str, str]]] = {
    # what: our lines, their entries, more tables; class, reason, line of the layout, difference
    "posted shortly before the key date": (
        [ours("INV-2", "300.00", doc="2025-03-28")], [], {}, ("TIMING", "recent", "ours", "-300.00")),
    "old and not on theirs": ([ours("INV-2", "300.00", doc="2025-02-01")], [], {}, ("MISSING_AT_THEIRS", "copy", "ours", "-300.00")),
    "disputed": (
        [ours("INV-2", "300.00", doc="2025-02-01")], [], {"disputes": disputes(dispute("D1", "C1", "INV-2", due_date="2025-04-20"))},
        ("DISPUTE", "disputed", "ours", "-300.00")),
    "credit they have not booked": (
        [ours("CM-5", "-80.00", doc="2025-02-01")], [], {}, ("MISSING_AT_THEIRS", "credit_copy", "theirs", "80.00")),
    "money on account": ([ours("A-7", "-90.00", doc_type="ONACC")], [], {}, ("ERROR_OURS", "on_account", "theirs", "90.00")),
    "payment in transit": ([], [line("P-9", "-120.00", "2025-03-28", "Payment")], {}, ("TIMING", "in_transit", "paid", "-120.00")),
    "payment nobody has": ([], [line("P-9", "-120.00", "2025-02-11", "Payment")], {}, ("MISSING_AT_OURS", "no_payment", "paid", "-120.00")),
    "payment not applied": (
        [], [line("P-9", "-120.00", "2025-03-11", "Payment")], {"receipts": receipts(paid("R1", "120.00", "2025-03-12"))},
        ("ERROR_OURS", "unapplied", "paid", "-120.00")),
    "payment being posted": (
        [], [line("P-9", "-120.00", "2025-03-11", "Payment")], {"receipts": receipts(paid("R1", "120.00", "2025-03-12", "APPLIED"))},
        ("TIMING", "received", "paid", "-120.00")),
    "payment to another company of ours": (
        [], [line("P-9", "-120.00", "2025-03-11", "Payment")], {"receipts": receipts(paid("R1", "120.00", "2025-03-12", "MISDIRECTED"))},
        ("TIMING", "misdirected", "paid", "-120.00")),
    "payment on another customer": (
        [], [line("P-9", "-120.00", "2025-03-11", "Payment")],
        {"receipts": receipts(paid("R1", "120.00", "2025-03-12", "APPLIED", who="C9"))}, ("ERROR_OURS", "other_account", "paid", "-120.00")),
    "payment that could be two receipts": (
        [], [line("P-9", "-120.00", "2025-03-11", "Payment")],
        {"receipts": receipts(paid("R1", "120.00", "2025-03-12"), paid("R2", "120.00", "2025-03-13"))},
        ("OPEN", "several_receipts", "paid", "-120.00")),
    "deduction": ([], [line("BL-1", "-55.50", "2025-03-11", "Debit note")], {}, ("DISPUTE", "deduction", "paid", "-55.50")),
    "credit we never issued": ([], [line("GS-1", "-55.50", "2025-03-11", "Credit")], {}, ("DISPUTE", "their_credit", "paid", "-55.50")),
    "invoice we do not know": ([], [line("X-77", "410.00")], {}, ("MISSING_AT_OURS", "unknown_document", "theirs", "410.00")),
    "paid with us, open there": (
        [ours("INV-2", "300.00", **CLEARED_BY_CASH), ours("Z1", "-300.00", doc_type="RCPT", **CLEARED_BY_CASH)], [line("INV-2", "300.00")], {},
        ("ERROR_THEIRS", "payment_not_matched", "theirs", "300.00")),
    "credited with us long ago": (
        [ours("INV-2", "300.00", **CLEARED_BY_CASH), ours("CM-2", "-300.00", **CLEARED_BY_CASH)], [line("INV-2", "300.00")], {},
        ("MISSING_AT_THEIRS", "credit_not_booked", "theirs", "300.00")),
    "posted after the key date": (
        [ours("INV-2", "300.00", doc="2025-04-02")], [line("INV-2", "300.00")], {}, ("TIMING", "after_key", "theirs", "300.00")),
    "cancelled with us": (
        [ours("INV-2", "300.00", reversed_by="ST-2", **CLEARED_BY_CASH)], [line("INV-2", "300.00")], {},
        ("ERROR_THEIRS", "cancelled", "theirs", "300.00")),
    "two digits swapped": (
        [ours("INV-2", "5,463.00")], [line("INV-2", "5,436.00")], {}, ("ERROR_THEIRS", "swapped", "amount", "-27.00")),
    "booked without tax": (
        [ours("INV-2", "119.00", amount_net=10_000)], [line("INV-2", "100.00")], {}, ("ERROR_THEIRS", "net", "amount", "-19.00")),
    "discount taken": (
        [ours("INV-2", "1,000.00", disc=("2025-03-11", "2.00"))], [line("INV-2", "980.00")], {}, ("DISPUTE", "discount", "amount", "-20.00")),
    "less than the document": ([ours("INV-2", "300.00")], [line("INV-2", "250.00")], {}, ("DISPUTE", "less", "amount", "-50.00")),
    "more than the document": ([ours("INV-2", "300.00")], [line("INV-2", "313.00")], {}, ("ERROR_THEIRS", "more", "amount", "13.00")),
    "a part settled with us": (
        [ours("INV-2", "300.00", open="180.00")], [line("INV-2", "300.00")], {}, ("ERROR_THEIRS", "part", "amount", "120.00")),
    "twice with us": (
        [ours("INV-2", "300.00"), ours("4712", "300.00", reference="INV-2")], [line("INV-2", "300.00")], {},
        ("ERROR_OURS", "twice_ours", "amount", "-300.00")),
    "twice with them": (
        [ours("INV-2", "300.00")], [line("INV-2", "300.00"), line("INV-2", "300.00", "2025-03-02")], {},
        ("ERROR_THEIRS", "twice_theirs", "amount", "300.00")),
    "the other sign": ([ours("CM-2", "-40.00")], [line("CM-2", "40.00", kind="Credit")], {}, ("OPEN", "sign", "amount", "80.00")),
    "the bank says theirs": (
        [ours("P-909", "-120.00", doc_type="RCPT")], [line("P-909", "-102.00", "2025-03-11", "Payment")],
        {"receipts": receipts(paid("R1", "102.00", "2025-03-12"))}, ("ERROR_OURS", "bank_says_theirs", "amount", "18.00")),
    "the bank says ours": (
        [ours("P-909", "-120.00", doc_type="RCPT")], [line("P-909", "-102.00", "2025-03-11", "Payment")],
        {"receipts": receipts(paid("R1", "120.00", "2025-03-12"))}, ("ERROR_THEIRS", "bank_says_ours", "amount", "18.00")),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_rc40_each_difference_has_its_class(what: str) -> None:
    """Beside a document that both have, one difference: its class, reason, line of the layout and amount; the rest is explained or open."""
    mine, yours, more, expected = CASES[what]
    ledger = books(ours("INV-1", "1,000.00"), *mine, **more)
    account = compare(ledger, theirs(line("INV-1", "1,000.00"), *yours)).accounts[0]
    assert [(d.klass, d.reason, d.mark, ISO.text(d.amount, "EUR")) for d in account.differences] == [
        (*expected[:3], expected[3].replace(",", ""))
    ]
    assert account.sheet.unexplained == (account.differences[0].amount if expected[0] == "OPEN" else 0)
    assert account.differences[0].owner
    assert account.differences[0].action
    assert account.differences[0].act_by >= KEY


def worked() -> tuple[Books, pd.DataFrame]:
    """One account with eight differences: 12,345.67 with us, 11,590.12 on the statement."""
    ledger = books(
        ours("INV-101", "4,000.00"), ours("INV-102", "5,463.00"), ours("INV-103", "1,250.40", doc="2025-03-28"),
        ours("INV-104", "990.00", doc="2025-01-20"), ours("CM-105", "-157.73", doc="2025-02-03"), ours("INV-106", "800.00"),
        ours("INV-107", "640.00", **CLEARED_BY_CASH), ours("Z1", "-640.00", doc_type="RCPT", **CLEARED_BY_CASH),
        receipts=receipts(paid("R1", "500.00", "2025-03-20")),
    )  # fmt: skip
    rows = theirs(
        line("101", "4,000.00"), line("INV-102", "5,436.00"), line("INV 106", "780.00"), line("INV-107", "640.00"),
        line("X-900", "1,234.12", "2025-03-15"), line("PAY-1", "-500.00", "2025-03-19", "Payment"),
    )  # fmt: skip
    return ledger, rows


def test_rc40_worked_example_to_the_cent() -> None:
    """The layout: our balance, four lines of differences, the computed balance, theirs as stated, and nothing unexplained."""
    ledger, rows = worked()
    account = compare(ledger, rows, "11,590.12").accounts[0]
    assert [(p.mark, ISO.text(p.amount, "EUR"), p.rows) for p in account.sheet.lines] == [
        ("a", "12345.67", 8), ("ours", "-2240.40", 2), ("paid", "-500.00", 1), ("theirs", "2031.85", 3), ("amount", "-47.00", 2),
        ("t", "11590.12", 0), ("s", "11590.12", 0), ("E", "0.00", 0),
    ]  # fmt: skip
    assert account.sheet.status == "TIES"
    assert sorted((d.klass, ISO.text(d.amount, "EUR")) for d in account.differences) == [
        ("DISPUTE", "-20.00"), ("ERROR_OURS", "-500.00"), ("ERROR_THEIRS", "-27.00"), ("ERROR_THEIRS", "640.00"),
        ("MISSING_AT_OURS", "1234.12"), ("MISSING_AT_THEIRS", "-990.00"), ("MISSING_AT_THEIRS", "157.73"), ("TIMING", "-1250.40"),
    ]  # fmt: skip
    assert account.met == {"number": 4}


def test_rc40_what_the_statement_states_beyond_its_entries_is_unexplained() -> None:
    """A page is missing: the entries are classed, the rest is computed, never typed."""
    ledger, rows = worked()
    sheet = compare(ledger, rows, "11,600.12").accounts[0].sheet
    assert (sheet.status, ISO.text(sheet.unexplained, "EUR")) == ("UNEXPLAINED", "10.00")
    assert "10.00 EUR is unexplained" in sheet.sentence


def test_rc40_a_statement_without_balance_is_said_to_prove_nothing_missing() -> None:
    """The sum of the entries stands for the balance, and a note says so."""
    ledger, rows = worked()
    done = compare(ledger, rows)
    assert done.accounts[0].sheet.unexplained == 0
    assert not done.accounts[0].stated
    assert "no balance is stated" in done.notes[0]


def test_rc40_order_of_rows_changes_nothing() -> None:
    """Shuffled sides give the same table (CV-09)."""
    ledger, rows = worked()
    first = compare(ledger, rows, "11,590.12")
    wanted = first.table().drop(columns=["item_no"]).sort_values(["reason", "document"]).reset_index(drop=True)
    random = Random(7)
    for _ in range(5):
        order = random.sample(range(len(ledger.open_items)), len(ledger.open_items))
        mixed = Books("C1", ledger.open_items.iloc[order].reset_index(drop=True), ledger.disputes, ledger.receipts, ledger.allocations)
        lines = rows.sample(frac=1, random_state=random.randrange(99)).reset_index(drop=True)
        again = compare(mixed, lines, "11,590.12").table().drop(columns=["item_no"]).sort_values(["reason", "document"])
        pd.testing.assert_frame_equal(again.reset_index(drop=True), wanted)


def test_rc40_signs_are_turned_by_common_documents_and_never_guessed() -> None:
    """What they owe as negative is turned; half and half is refused with the option to say."""
    ledger, rows = worked()
    turned = rows.assign(amount=-rows["amount"])
    done = compare(ledger, turned, "-11,590.12")
    assert done.accounts[0].sheet.unexplained == 0
    assert "signs were turned" in done.notes[0]
    mixed = theirs(line("INV-101", "4,000.00"), line("INV-102", "-5,463.00", kind=""), line("INV-103", "-1,250.40", kind=""))
    with pytest.raises(InputError, match=r"signs cannot be told.*--signs"):
        compare(ledger, mixed)


def test_rc40_a_tie_goes_to_a_person() -> None:
    """Two of ours and one of theirs with one amount on near days and no number: the rivals are shown, the amount is not explained."""
    ledger = books(ours("INV-201", "500.00"), ours("INV-202", "500.00", doc="2025-03-02"))
    account = compare(ledger, theirs(line("", "500.00", "2025-03-02")), "500.00").accounts[0]
    only = account.differences[0]
    assert (only.klass, only.reason, ISO.text(only.amount, "EUR")) == ("OPEN", "tie", "-500.00")
    assert "INV-201, INV-202" in only.sentence
    assert ISO.text(account.sheet.unexplained, "EUR") == "-500.00"


def test_rc40_matches_without_a_number() -> None:
    """The same amount within the days pairs; equal amounts in equal numbers pair, for which is which changes no figure; a slip pairs."""
    ledger = books(
        ours("INV-20155", "77.10"), ours("INV-202", "500.00"), ours("INV-203", "500.00", doc="2025-03-02"), ours("INV-204", "61.00")
    )
    rows = theirs(
        line("", "61.00", "2025-03-04"),
        line("", "500.00", "2025-03-02"),
        line("", "500.00", "2025-03-01"),
        line("INV-20515", "77.10", None),
    )
    account = compare(ledger, rows, "1,138.10").accounts[0]
    assert account.differences == ()
    assert account.met == {"amount and day": 3, "a number one slip away and the same amount": 1}
    far = compare(ledger, theirs(line("", "61.00", "2025-03-20")))
    assert {d.reason for d in far.accounts[0].differences} == {"copy", "unknown_document"}


def test_rc40_an_account_with_movements_starts_from_its_opening() -> None:
    """Opening + entries = closing on both sides; payments meet payments; an opening that differs is left to a person."""
    ledger = books(
        ours("INV-1001", "700.00", doc="2025-01-10", clearing_date="2025-03-10", clearing_doc="Z1001", open="0.00"),
        ours("Z1001", "-700.00", doc="2025-03-10", doc_type="RCPT", clearing_date="2025-03-10", clearing_doc="Z1001", open="0.00"),
        ours("INV-1002", "450.00", doc="2025-03-05"), ours("INV-1003", "99.00", doc="2025-03-29"),
    )  # fmt: skip
    rows = theirs(line("INV-1002", "450.00", "2025-03-05"), line("PAY-5", "-700.00", "2025-03-08", "Payment"))
    account = compare(ledger, rows, "450.00", opening="700.00").accounts[0]
    assert [(d.reason, ISO.text(d.amount, "EUR")) for d in account.differences] == [("recent", "-99.00")]
    assert account.sheet.unexplained == 0
    off = compare(ledger, rows, "480.00", opening="730.00").accounts[0]
    assert [d.reason for d in off.differences] == ["recent", "opening"]
    assert ISO.text(off.sheet.unexplained, "EUR") == "30.00"


def test_rc40_a_statement_over_two_companies_is_never_netted() -> None:
    """A section a company; amounts that would cancel between them stay apart; the total is for information (CV-08)."""
    ledger = books(
        ours("INV-501", "300.00"), ours("INV-502", "200.00", doc="2025-02-01"),
        ours("L-900", "150.00", ledger_id="FIN", company_code="2000", item_id="2000:L-900:2025:1"),
    )  # fmt: skip
    done = compare(ledger, theirs(line("INV-501", "300.00"), line("L-900", "350.00")), "650.00")
    assert [(a.section.ledger_id, ISO.text(a.sheet.theirs, "EUR")) for a in done.accounts] == [("FIN", "350.00"), ("MAIN", "300.00")]
    assert [[d.reason for d in a.differences] for a in done.accounts] == [["more"], ["copy"]]
    assert "not netted" in done.notes[0]
    assert "it states 650.00 EUR" in done.notes[0]


def test_rc40_currencies_are_never_netted() -> None:
    """A document booked in another currency is a difference in each section."""
    ledger = books(ours("INV-601", "300.00"))
    done = compare(ledger, theirs(line("INV-601", "300.00", currency="USD")))
    assert [(a.section.currency, a.sheet.unexplained, [d.reason for d in a.differences]) for a in done.accounts] == [
        ("EUR", 0, ["copy"]), ("USD", 0, ["other_entity"]),
    ]  # fmt: skip


def test_rc40_a_payment_beside_its_invoice_is_a_payment_not_a_smaller_invoice() -> None:
    """They list invoice and payment under one number; we have not got the payment."""
    ledger = books(ours("INV-701", "300.00"))
    rows = theirs(line("INV-701", "300.00"), line("INV-701", "-300.00", "2025-03-29", "Payment"))
    account = compare(ledger, rows, "0.00").accounts[0]
    assert [(d.klass, d.reason) for d in account.differences] == [("TIMING", "in_transit")]


@pytest.mark.parametrize("reason", SAID)
def test_rc40_every_reason_has_its_words(reason: str) -> None:
    """Each reason is of a known class and fills its sentences without a gap, also with braces and markup in outside text."""
    rule = SAID[reason]
    assert rule.klass in CLASSES
    group = Group((Line("<b>{X}</b>", "N-1", "INV", "", date(2025, 3, 1), 100, 0),), ())
    facts = dict.fromkeys(("case", "receipt", "on", "by", "where", "how", "percent", "receipts"), "{evil}")
    for text in (*said(reason, group, 0, 100, "EUR", ISO, facts), letter(reason, group, 0, 100, "EUR", ISO, facts)):
        assert text.strip()


def test_rc40_agreeing_accounts_have_no_difference() -> None:
    """Groups that agree are no differences."""
    assert classed((), Known(KEY, "EUR"), RULES.customer_statement, ISO) == ()
    ledger = books(ours("INV-101", "4,000.00"))
    sheet = compare(ledger, theirs(line("INV-101", "4,000.00")), "4,000.00").accounts[0].sheet
    assert sheet.sentence == "Our balance 4,000.00 EUR and theirs 4,000.00 EUR agree."


def their_file(tmp_path: Any, text: str, name: str = "theirs.csv", **told: str) -> Any:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return read_their_statement(take(path), shipped_layouts(), Told(**told), "EUR", ISO)


def test_rc40_the_demo_customers_statement_is_read_whole(tmp_path: Any) -> None:
    """German headings, decimal comma, a closing balance below the table: seven entries that add up to what is stated."""
    found = their_file(tmp_path, files()[FILE].decode())
    assert found.closing == {"EUR": 433_000}
    assert (len(found.lines), int(found.lines["amount"].sum())) == (7, 433_000)
    assert found.lines["reference"].tolist() == ["9711", "INV-9712", "INV 9713", "INV-9714", "INV-9715", "", "INV-9711"]
    assert [kind_of(kind) for kind in found.lines["kind"]] == ["INV"] * 5 + ["DM", "RCPT"]


def test_rc40_debit_and_credit_with_a_running_balance(tmp_path: Any) -> None:
    """An account of their books: opening, entries, running balance; entries take the sign in which the balance runs."""
    found = their_file(tmp_path, (
        "Date,Reference,Type,Debit,Credit,Balance\n2026-03-01,,Opening balance,,,100.00\n"
        "2026-03-02,INV-1,Invoice,,1000.00,1100.00\n2026-03-20,PAY-7,Payment,600.00,,500.00\n"
    ))  # fmt: skip
    assert (found.opening, found.closing) == ({"EUR": 10_000}, {"EUR": 50_000})
    assert found.lines["amount"].tolist() == [100_000, -60_000]


def test_rc40_the_total_under_the_entries_is_the_balance_it_closes_with(tmp_path: Any) -> None:
    """A layout proposed for a list of ours leaves totals out; on a customer's statement the total is what proves it whole."""
    found = their_file(tmp_path, "Reference,Date,Amount\nINV-1,2026-01-05,100.00\nINV-2,2026-01-06,50.00\nTotal,,150.00\n")
    assert (found.closing, len(found.lines), found.rows_in, found.beside) == ({"EUR": 15_000}, 2, 3, 1)


def test_rc40_unsigned_payments_get_their_sign_by_type(tmp_path: Any) -> None:
    """No amount has a sign: payments and credit notes lower the balance (LD-07)."""
    found = their_file(tmp_path, "Reference,Date,Type,Amount\nA-1,2026-03-01,Invoice,100.00\nP-1,2026-03-02,Payment,40.00\n")
    assert found.lines["amount"].tolist() == [10_000, -4_000]


BAD = {
    "an amount that is none": ("Reference,Date,Amount\nA-1,2026-03-01,100.00\nA-2,2026-03-01,1O0.00\nA-3,2026-03-01,7.00\n",
        "line 3, column Amount, value '1O0.00'"),
    "a day that is none": ("Reference,Date,Amount\nA-1,2026-03-01,100.00\nA-2,2026-02-30,7.00\n", "2026-02-30"),
    "decimal separator unclear": ("Reference,Date,Amount\nA-1,2026-03-01,\"1,000\"\n", "--decimal"),
    "day and month unclear": ("Reference,Date,Amount\nA-1,03/04/2026,1.50\nA-2,05/06/2026,2.50\n", "--dates"),
    "no amount column": ("Reference,Date,Remark\nA-1,2026-03-01,hello\nA-2,2026-03-02,you\n", "Reference, Date and Amount"),
    "no entry": ("Reference,Date,Amount\nTotal,,0.00\nTotal,,0.00\n", ""),
    "no table": ("%PDF-1.7 nothing", "CSV or XLSX"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_rc40_a_bad_statement_is_refused_with_place_and_cure(tmp_path: Any, what: str) -> None:
    """One paragraph: file, line, column, value, and what to do; never a part of a statement."""
    text, words = BAD[what]
    with pytest.raises(InputError) as refused:
        their_file(tmp_path, text)
    said = refused.value.paragraph()
    assert said.startswith("theirs.csv")
    assert words in said
    assert "\n" not in said


def test_rc40_the_workbook_finds_every_figure_again_and_outside_text_stays_text(tmp_path: Any) -> None:
    """Formulas stand beside values only; a reference that is a formula or markup is text in the workbook and escaped in the letter."""
    evil = '=HYPERLINK("http://x")<script>alert(1)</script>'
    ledger = books(ours("INV-101", "4,000.00"))
    rows = theirs(line("INV-101", "4,000.00"), line(evil, "12.00"))
    recon = compare(ledger, rows, "4,012.00")
    data = customer_workbook(recon, evil, rows, {"statement": evil}, ISO)
    assert data == customer_workbook(recon, evil, rows, {"statement": evil}, ISO)
    book = load_workbook(io.BytesIO(data))
    formulas = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas
    assert all(str(formula).startswith("=ROUND(") for formula in formulas)
    params = read_params(PARAMS, "test.yaml", read_policy(POLICY_FILE.read_text(encoding="utf-8")))
    templates = Templates(shipped("params", "letters"))
    words = words_of(templates, "en", ISO)
    values = reply_values(recon, evil, ("Street 1",), params, words)
    page = reply_html(values, templates)
    assert "<script>" not in page
    assert "http" not in page.replace("http://x", "")
    assert "4,012.00" in reply_text(values, words)
    assert any("4,012.00" in text for text in printed(recon, ISO))


PARAMS = """
close: TEST
as_of: 2025-03-31
first_period: true
ledgers:
  - ledger: MAIN
    company_code: "1000"
    name: Trade & Sons
    currency: EUR
    country: DE
    control_accounts: ["1200"]
sources:
  - {file: x.csv, reads: open_items, layout: plain}
"""


def test_rc40_files_are_numbered_and_never_overwritten(tmp_path: Any) -> None:
    """The same files again give the folder that has them, other files the next one; what lies there is not touched."""
    run = tmp_path / "run"
    first, again = (write_beside(run, {"reply.txt": b"one"}) for _ in range(2))
    other = write_beside(run, {"reply.txt": b"two"})
    assert [first.name, again.name, other.name] == ["0001", "0001", "0002"]
    assert (first / "reply.txt").read_bytes() == b"one"


@pytest.mark.parametrize("ledger", ["", "MAIN"])
def test_rc40_only_what_concerns_the_customer_is_read(tmp_path: Any, ledger: str) -> None:
    """Lines of the customer, documents of others that its statement names, receipts of its amounts; a changed table is refused."""
    mine, other = ours("INV-1", "5.00"), item("INV-9", "C9", "7.00")
    tables = {
        "open_items": items(mine, other, item("INV-8", "C9", "8.00")), "disputes": disputes(), "allocations": table("allocations"),
        "receipts": receipts(paid("R1", "5.00", "2025-03-12"), paid("R2", "7.00", "2025-03-12", who="C9")),
    }  # fmt: skip
    (tmp_path / "data").mkdir()
    (tmp_path / "record").mkdir()
    publish(Stage("10_test", tables), tmp_path)
    found = customer_books(tmp_path, "C1", {700}, {"INV-9"}, ledger)
    assert found.open_items["doc_no"].tolist() == ["INV-1"]
    assert found.elsewhere["doc_no"].tolist() == ["INV-9"]
    assert found.receipts["receipt_id"].tolist() == ["R1", "R2"]
    with pytest.raises(InputError, match="no line in the newest run"):
        customer_books(tmp_path, "C0", set(), set())
    path = tmp_path / "data" / "open_items.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(IntegrityError):
        customer_books(tmp_path, "C1", set(), set())


def test_cv07_a_key_date_as_known_on_another_day() -> None:
    """Entered on 2 April behind the key date, and cleared by a document entered on 5 April: on 1 April neither was known."""
    cleared = {"clearing_date": "2025-03-30", "clearing_doc": "Z9", "open": "0.00"}
    ledger = items(
        ours("INV-1", "100.00", entry_date="2025-03-01"), ours("INV-2", "40.00", doc="2025-03-28", entry_date="2025-04-02", entered_by="MEYER"),
        ours("INV-3", "30.00", entry_date="2025-03-01", **cleared),
        ours("Z9", "-30.00", doc="2025-03-30", doc_type="RCPT", entry_date="2025-04-05", entered_by="ABEL", **cleared),
    )  # fmt: skip
    frames = {"open_items": ledger, "disputes": disputes(), "allocations": table("allocations")}
    found = as_known(frames, KEY, date(2025, 4, 1), RULES, ISO)
    row = found.balances.iloc[0]
    assert (row["then"], row["now"], row["difference"]) == (13_000, 14_000, 1_000)
    assert int(found.changes["effect_local"].sum()) == 1_000
    assert found.changes[["document", "what"]].values.tolist() == [["INV-2", "ADDED"], ["INV-3", "CLEARED"]]
    assert "by MEYER" in found.changes["sentence"].iloc[0]
    assert int(found.ageing["then"].sum()) == 13_000
    assert as_known(frames, KEY, date(2025, 4, 5), RULES, ISO).changes.empty


def test_rc40_the_reply_is_in_the_customers_language_and_english_is_named(tmp_path: Path) -> None:
    """German: template, headings, sentences, figures and days; a language without words falls back to English and says so."""
    templates = Templates(shipped("params", "letters"))
    recon = compare(
        books(ours("INV-101", "5,463.00")),
        theirs(line("INV-101", "5,436.00"), line("P-9", "-1,120.00", "2025-03-28", "Payment")),
        "4,316.00",
    )
    params = read_params(PARAMS, "test.yaml", read_policy(POLICY_FILE.read_text(encoding="utf-8")))
    words = words_of(templates, "de", ISO)
    values = reply_values(recon, "Alt", (), params, words)
    text, page = reply_text(values, words), reply_html(values, templates)
    for told in (text, page):
        assert "INV-101 lautet über 5.463,00 EUR; Ihr Auszug zeigt 5.436,00 EUR, zwei Ziffern sind vertauscht." in told
        assert "Ihre Zahlung P-9 vom 28.03.2025, 1.120,00 EUR, war zum Stichtag noch nicht eingegangen." in told
        assert "Saldo auf Ihrem Auszug" in told
        assert "4.316,00" in told
        assert "Your" not in told
    assert '<html lang="de">' in page
    assert words.note == ""
    other = words_of(templates, "nl", ISO)
    assert (other.language, other.note) == ("en", "The reply is in English: there is none in 'nl', the customer's language.")
    assert reply_values(recon, "Alt", (), params, other)["parts"][0]["groups"][0]["rows"][0]["letter"] == next(
        one.letter for one in recon.accounts[0].differences if one.reason == "swapped"
    )


@pytest.mark.parametrize(
    "language", sorted(path.name for path in shipped("params", "letters").iterdir() if (path / "dunning.html").is_file())
)
def test_rc40_every_language_of_the_letters_has_its_reply(language: str) -> None:
    """Each language says the same facts as the English sentence of a reason, in a template and words of its own."""
    templates = Templates(shipped("params", "letters"))
    words = words_of(templates, language, ISO)
    assert (words.language, words.note) == (language, "")
    asked = {reason: {name for _, name, _, _ in Formatter().parse(rule.letter) if name} for reason, rule in SAID.items()}
    told = {reason: {name for _, name, _, _ in Formatter().parse(text) if name} for reason, text in words.sentences.items()}
    assert told == asked
    recon = compare(books(ours("INV-101", "5,463.00")), theirs(line("INV-101", "5,436.00")), "5,436.00")
    values = reply_values(recon, "Alt", (), read_params(PARAMS, "test.yaml", read_policy(POLICY_FILE.read_text(encoding="utf-8"))), words)
    page = reply_html(values, templates)
    assert all(text in page for text in (f'<html lang="{language}">', words.titles["ERROR_THEIRS"], words.labels["s"]))
    assert language == "en" or not re.search(r"\b(Your|Please|Customer)\b", page)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  recent:", "  resent:", "sentences: it must have the words"),
        ("{gap}", "{gap.real}", "asks for gap.real"),
        ("vom {on} ist", "vom {customer_id} ist", "asks for customer_id"),
    ],
)
def test_rc40_words_that_a_team_spoils_are_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    shutil.copytree(shipped("params", "letters"), tmp_path / "letters")
    file = tmp_path / "letters" / "de" / "reply.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=says):
        words_of(Templates(tmp_path / "letters"), "de", ISO)
