"""Between the companies: RC-50 with AX-14, the company total of RC-10, and what a sign-off rested on (4.11)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from arwork.journal.events import Event
from arwork.journal.relied import relied_on, said_of
from arwork.matching.fx import NO_RATES, read_rates
from arwork.money import ISO
from arwork.reconcile.certify import MOST_FILES, condensed, stale
from arwork.reconcile.company_total import with_company_total
from arwork.reconcile.intercompany import Between, intercompany
from arwork.reconcile.layout import Line, Reconciled, Sheet
from tests.ax import ledger, ledgers, minor, receipt, receipts, table

KEY = date(2025, 4, 30)
MAIN, FIN = ("MAIN", "1000"), ("FIN", "2000")
BOOKS = ledgers(ledger("MAIN", "1000", "Trade"), ledger("FIN", "2000", "Leasing"))
PAIRS = (Between(MAIN, FIN, ("1600",)), Between(FIN, MAIN, ("1610",)))


def balance(company: tuple[str, str], account: str, closing: str, currency: str = "EUR") -> dict[str, Any]:
    row = {"ledger_id": company[0], "company_code": company[1], "gl_account": account, "period": "2025-04", "currency": currency}
    return {**row, "closing": minor(closing, currency), "debits": minor(closing, currency)}


def line(company: tuple[str, str], account: str, reference: str, amount: str, day: str = "2025-04-29") -> dict[str, Any]:
    row = {"ledger_id": company[0], "company_code": company[1], "gl_account": account, "doc_no": f"D{reference}", "line_no": "1"}
    return {
        **row,
        "posting_date": day,
        "origin": "GL",
        "currency": "EUR",
        "amount": minor(amount),
        "reference": reference,
        "source_file": "gl.csv",
    }


def astray(number: str = "R1", amount: str = "3,480.00") -> dict[str, Any]:
    return {
        "receipt_id": number, "ledger_id": "MAIN", "company_code": "1000", "currency": "EUR", "amount": minor(amount), "value_date": "2025-04-02",
        "to_ledger": "FIN", "to_company": "2000", "to_customer": "F-77", "to_items": "", "to_due_date": "2025-04-05", "remit_by": "2025-04-04",
        "settlement": "TRANSFER", "approval_from": "PENDING", "approval_to": "PENDING", "sentence": "Belongs to FIN.",
    }  # fmt: skip


def prove(balances: list[dict[str, Any]], lines: list[dict[str, Any]], lost: list[dict[str, Any]] | None = None, **more: Any) -> Reconciled:
    rows = [astray()] if lost is None else lost
    held = [
        receipt(row["receipt_id"], "0.00", "2025-04-02", status="MISDIRECTED", misdirected_amount=row["amount"], unidentified_amount=0)
        for row in rows
    ]
    return intercompany(
        more.get("pairs", PAIRS), table("misdirected", *rows), receipts(*held), table("gl_balances", *balances), table("gl_lines", *lines),
        more.get("books", BOOKS), more.get("rates", NO_RATES), KEY, ISO, "5bd",
    )  # fmt: skip


def head(out: Reconciled, account: str) -> dict[Any, Any]:
    return out.reconciliations.loc[out.reconciliations["account"] == account].iloc[0].to_dict()


def test_rc50_ax14_payable_and_receivable_net_to_nothing() -> None:
    """MAIN owes FIN the 3,480.00 it received, FIN shows them as due: −3,480.00 + 3,480.00 = 0.00 (AX-14)."""
    out = prove([balance(MAIN, "1600", "-3,480.00"), balance(FIN, "1610", "3,480.00")], [])
    pair = head(out, "FIN-2000") if "FIN-2000" in set(out.reconciliations["account"]) else head(out, "MAIN-1000")
    assert (pair["status"], pair["unexplained"], pair["difference"]) == ("TIES", 0, 0)
    assert {abs(pair["ours"]), abs(pair["theirs"])} == {348000}
    assert all(tie.holds for tie in out.ties)


def test_rc50_a_posting_of_one_side_is_in_transit() -> None:
    """FIN has not booked the second document yet: it is named with its amount and day, and nothing stays unexplained."""
    lines = [line(MAIN, "1600", "IC-1", "-3,480.00"), line(FIN, "1610", "IC-1", "3,480.00"), line(MAIN, "1600", "IC-2", "-120.50")]
    out = prove([balance(MAIN, "1600", "-3,600.50"), balance(FIN, "1610", "3,480.00")], lines)
    pair = out.reconciliations.loc[out.reconciliations["account"] != "misdirected"].iloc[0]
    item = out.recon_items.loc[out.recon_items["recon_id"] == pair["recon_id"]].iloc[0]
    assert (pair["difference"], pair["explained"], pair["unexplained"], pair["status"]) == (-12050, -12050, 0, "TIES")
    assert (item["code"], item["document"], item["amount"], item["expected_by"]) == ("RI-ICT", "IC-2", -12050, pd.Timestamp("2025-05-06"))


def test_rc50_what_no_line_explains_is_unexplained_with_a_hint() -> None:
    """FIN lacks a whole receipt: the difference equals it, and the sentence says so; a hint never explains."""
    out = prove([balance(MAIN, "1600", "-3,480.00"), balance(FIN, "1610", "0.00")], [])
    pair = out.reconciliations.loc[out.reconciliations["account"] != "misdirected"].iloc[0]
    assert (pair["status"], abs(pair["unexplained"])) == ("UNEXPLAINED", 348000)
    assert "equals one document: R1" in pair["sentence"]
    assert [tie.holds for tie in out.ties if "due from" in tie.name] == [False]
    assert out.findings[0].rule == "RC-50"


def test_rc50_a_missing_balance_proves_nothing() -> None:
    """One side only is NOT_PROVEN and has no tie."""
    out = prove([balance(MAIN, "1600", "-3,480.00")], [], [])
    pair = out.reconciliations.iloc[0]
    assert pair["status"] == "NOT_PROVEN"
    assert "has no balance" in pair["sentence"]
    assert not [tie for tie in out.ties if "due from" in tie.name]


@pytest.mark.parametrize(("rate", "status"), [("1.2500", "TIES"), (None, "NOT_PROVEN")])
def test_rc50_both_sides_stand_at_one_rate(rate: str | None, status: str) -> None:
    """A ledger kept in USD is translated at the closing rate; without one nothing is proven."""
    books = table(
        "ledgers", *(dict(row, ledger_currency="USD" if row["ledger_id"] == "MAIN" else "EUR") for row in BOOKS.to_dict("records"))
    )
    rates = read_rates(
        table("fx_rates", {"from_currency": "EUR", "to_currency": "USD", "rate_type": "CLOSE", "date": "2025-04-30", "rate": rate}), 5
    ) if rate else NO_RATES  # fmt: skip
    out = prove([balance(MAIN, "1600", "-125.00", "USD"), balance(FIN, "1610", "100.00")], [], [], books=books, rates=rates)
    assert out.reconciliations.iloc[0]["status"] == status


@pytest.mark.parametrize(("closing", "unexplained"), [("-3,480.00", 0), ("-3,000.00", -48000)])
def test_rc50_misdirected_clearing_equals_the_list(closing: str, unexplained: int) -> None:
    """The clearing account holds what the list of open misdirected receipts says; what is returned to the payer is not on it."""
    back = {**astray("R2", "77.00"), "settlement": "RETURN"}
    pairs = (Between(MAIN, MAIN, (), ("1695",)),)
    out = prove([balance(MAIN, "1695", closing)], [], [astray(), back], pairs=pairs)
    clearing = head(out, "misdirected")
    assert (clearing["ours"], clearing["unexplained"]) == (348000, unexplained)
    assert [tie.holds for tie in out.ties if "clearing" in tie.name] == [unexplained == 0]
    marks = out.recon_lines.loc[out.recon_lines["recon_id"] == clearing["recon_id"], "mark"].tolist()
    assert marks == ["to", "list", "GL", "E"]


def test_rc50_without_an_account_the_list_alone_is_shown() -> None:
    """The sentence says that no clearing account is named; nothing is claimed of the GL."""
    out = prove([], [], pairs=())
    assert "no clearing account in EUR is named" in head(out, "misdirected")["sentence"]
    assert [tie.name for tie in out.ties] == ["list of misdirected receipts equals receipts in status MISDIRECTED, EUR"]


def sheet(account: str, ours: str, theirs: str, explained: str, status: str = "TIES", company: str = "1000") -> Sheet:
    a, b, d = minor(ours), minor(theirs), minor(explained)
    printed = (Line("Subledger", "A", a, 1, total=True),)
    return Sheet("RC-10", "MAIN", company, account, "EUR", KEY, a, b, b - a, d, b - a - d, status, "", printed)


def test_rc10_company_total_adds_its_accounts() -> None:
    """AX-19 with its alternative account: 1400 and 1710 in total; a company with one account has no total."""
    done = with_company_total([
        sheet("1400", "1262880.55", "1254310.55", "-8570.00"), sheet("1710", "-12000.00", "-12000.00", "0.00"),
        sheet("1200", "5.00", "5.00", "0.00", company="3000"),
    ])  # fmt: skip
    assert [len(one.lines) for one in done] == [1, 6, 1]
    total = {line.mark: line.amount for line in done[1].lines}
    assert [total[mark] for mark in ("ΣA", "ΣB", "ΣC", "ΣD", "ΣE")] == [125088055, 124231055, -857000, -857000, 0]


def inputs(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    names = ("recon_id", "source_file", "reads", "sha256")
    return table("recon_inputs", *(dict(zip(names, row, strict=True)) for row in rows))


TEN = "RC-10/MAIN/1000/1400/EUR"


def act(seq: int, action: str, sha: str, **over: Any) -> Event:
    body = {
        "pack": "a" * 64, "period": "2025-04", "reconciliations": [TEN], "of": 1,
        "inputs": [["bank.xml", "bank", "b"], ["items.csv", "open_items", sha]], "rests": {TEN: [1]}, **over,
    }  # fmt: skip
    return Event(seq, "2025-05-02T10:00:00+00:00", "ann", "OS account", action, body, "done", "", "")


def test_4_11_a_signed_reconciliation_is_stale_when_an_input_changed() -> None:
    """The sign-off keeps what it rested on; RC-10 rests on the items, not on the bank; another file is named, another period is not."""
    relied = relied_on([act(1, "PREPARE", "one")], "2025-04")
    assert relied is not None
    assert relied["source_file"].tolist() == ["items.csv"]
    assert stale(relied, inputs((TEN, "items.csv", "open_items", "one"))) == {}
    assert stale(relied, inputs((TEN, "items.csv", "open_items", "two"))) == {TEN: ("items.csv",)}
    assert relied_on([act(1, "PREPARE", "one")], "2025-05") is None
    assert relied_on([act(1, "PREPARE", "one", inputs="?")], "2025-04") is None
    assert relied_on([act(1, "PREPARE", "one", rests={TEN: [7, "x"]})], "2025-04") is None


def test_4_11_what_was_returned_is_not_signed() -> None:
    """After a return nothing stands on the old inputs."""
    assert relied_on([act(1, "PREPARE", "one"), act(2, "RETURN", "one")], "2025-04") is None


def test_4_11_many_files_of_one_kind_are_kept_as_one_digest() -> None:
    """A sign-off does not list thousands of statements; one that changed still shows."""
    rows = [(TEN, f"bank{n:03d}.xml", "bank", f"{n}") for n in range(MOST_FILES + 1)]
    now = inputs(*rows)
    kept = said_of(now)
    assert kept["inputs"] == [[f"{MOST_FILES + 1} bank files", "bank", condensed(now)["sha256"].iloc[0]]]
    assert kept["rests"] == {TEN: [0]}
    assert stale(now, inputs(*rows[:-1], (TEN, rows[-1][1], "bank", "x"))) == {TEN: (f"{MOST_FILES + 1} bank files",)}
