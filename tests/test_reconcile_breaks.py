"""A month that ties, broken on purpose: each break is named by its class of 4.10, with its amount, and nothing else is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ax
import numpy as np
import pytest

from arwork.money import ISO
from arwork.reconcile import bank as bank_to_book
from arwork.reconcile import control_account
from arwork.reconcile.hints import NOTHING, Pool, hints
from arwork.reconcile.layout import Reconciled

START, KEY = date(2026, 3, 1), date(2026, 3, 31)
POLICY = ax.policy()
WHO = {"MAIN": "1000", "FIN": "2000"}
ACCOUNTS = {"1000": "OURS", "2000": "THEIRS"}
Rows = list[dict[str, Any]]


@dataclass
class Month:
    """A month of two companies, as rows that a break may change."""

    items: Rows = field(default_factory=list)
    gl: Rows = field(default_factory=list)
    lines: Rows = field(default_factory=list)
    book: Rows = field(default_factory=list)
    pages: set[str] = field(default_factory=set)

    def close(self) -> tuple[Reconciled, Reconciled]:
        """Reconcile it: subledger to GL, bank to book. GL and book balances follow their lines, the bank's closing its first lines."""
        controls = [(ledger, company, "1200") for ledger, company in WHO.items()]
        books = ax.ledgers(*(ax.ledger(ledger, company, ledger) for ledger, company in WHO.items()))
        accounts = ax.table("bank_accounts", *({**place(company), "bank_account": ACCOUNTS[company], "currency": "EUR", "gl_account": "1800",
                                                "opening": 0} for company in WHO.values()))  # fmt: skip
        kept = [row for row in self.lines if row["page"] not in self.pages]
        balances = ax.table("gl_balances", *(_balance(self.gl, company) for company in WHO.values()))
        lines = ax.table("bank_lines", *({name: value for name, value in row.items() if name != "page"} for row in kept))
        statements = ax.table("statements", *(_statement(self.lines, kept, company) for company in WHO.values()))
        controlled = control_account.reconcile(
            ax.items(*self.items), balances, ax.table("gl_lines", *self.gl), books, controls, KEY, ISO, spans=POLICY.reconciling_items
        )  # fmt: skip
        empty_balances = balances.head(0)
        book = ax.table("cash_book", *self.book)
        return controlled, bank_to_book.reconcile(statements, lines, book, accounts, empty_balances, START, KEY, POLICY, ISO)


def place(company: str) -> dict[str, str]:
    return {"ledger_id": next(ledger for ledger, known in WHO.items() if known == company), "company_code": company}


def _balance(gl: Rows, company: str) -> dict[str, Any]:
    mine = [row["amount"] for row in gl if row["company_code"] == company and row["posting_date"] <= KEY.isoformat()]
    debits, credits = sum(a for a in mine if a > 0), -sum(a for a in mine if a < 0)
    row = {**place(company), "gl_account": "1200", "period": "2026-03", "currency": "EUR", "opening": 0}
    return {**row, "debits": debits, "credits": credits, "closing": debits - credits}


def _statement(lines: Rows, kept: Rows, company: str) -> dict[str, Any]:
    account = ACCOUNTS[company]
    closing = sum(row["amount"] for row in lines if row["bank_account"] == account)
    read = [row["amount"] for row in kept if row["bank_account"] == account]
    row = {"statement_key": account, "statement_id": "3", "bank_account": account, "currency": "EUR", "from_date": START.isoformat()}
    credits, debits = sum(a for a in read if a > 0), -sum(a for a in read if a < 0)
    return {**row, "to_date": KEY.isoformat(), "opening": 0, "closing": closing, "credits": credits, "debits": debits}


def posting(number: str, amount: int, company: str = "1000", day: str = "2026-03-10", **over: Any) -> dict[str, Any]:
    row = {**place(company), "gl_account": "1200", "doc_no": number, "line_no": "1", "posting_date": day, "origin": "AR", "currency": "EUR"}
    return {**row, "amount": amount, "reference": f"REF-{number}", "source_file": "gl.csv", **over}


def invoice(number: str, amount: int, company: str = "1000", day: str = "2026-03-10", **over: Any) -> dict[str, Any]:
    plain = {**place(company), "doc": day, "posting_date": day, "due": day, "item_id": f"{company}:{number}"}
    return ax.item(number, "C1", f"{amount / 100:.2f}", **plain, **over)


def tied() -> Month:
    """Write a month without differences: invoices and payments in two companies, each in subledger and GL, each receipt in bank and book."""
    month = Month()
    for company in WHO.values():
        for number in range(12):
            amount = 123_456 + 7_919 * number
            month.items.append(invoice(f"{company}-{number:02d}", amount, company))
            month.gl.append(posting(f"{company}-{number:02d}", amount, company))
        for number in range(6):
            name, amount = f"{company}-P{number}", 54_321 + 1_013 * number
            month.items.append(invoice(name, -amount, company, doc_type="RCPT"))
            month.gl.append(posting(name, -amount, company))
            line = {"line_id": name, "statement_key": ACCOUNTS[company], "bank_account": ACCOUNTS[company], "currency": "EUR", "amount": amount,
                    "booking_date": "2026-03-10", "value_date": "2026-03-10", "bank_txn_id": f"TX-{name}", "class": "RECEIPT"}  # fmt: skip
            month.lines.append({**line, "page": f"{company}/{number // 3}"})
            month.book.append({**place(company), "gl_account": "1800", "doc_no": name, "line_no": "1", "posting_date": "2026-03-10",
                               "amount": amount, "currency": "EUR", "bank_ref": f"TX-{name}", "type": "RECEIPT"})  # fmt: skip
    return month


def one(rows: Rows, number: str) -> dict[str, Any]:
    return next(row for row in rows if number in (row.get("doc_no"), row.get("line_id")))


def missing_page(month: Month) -> None:
    month.pages.add("1000/1")


def manual_journal(month: Month) -> None:
    month.gl.append(posting("SA-1", -950_000, origin="GL", text="write-off in the GL only"))


def transposed(month: Month) -> None:
    one(month.gl, "1000-00")["amount"] = 132_456


def transposed_in_the_book(month: Month) -> None:
    one(month.book, "1000-P0")["amount"] = 53_421


def wrong_period(month: Month) -> None:
    one(month.items, "1000-P1")["posting_date"] = "2026-04-01"


def booked_in_the_next_period(month: Month) -> None:
    one(month.book, "1000-P1")["posting_date"] = "2026-04-01"


def sign_error(month: Month) -> None:
    one(month.gl, "1000-P2")["amount"] *= -1


def posted_twice(month: Month) -> None:
    month.gl.append({**one(month.gl, "1000-P3"), "doc_no": "1000-P3X"})


def booked_twice(month: Month) -> None:
    month.book.append({**one(month.book, "1000-P3"), "doc_no": "1000-P3X"})


def unposted_batch(month: Month) -> None:
    month.gl = [row for row in month.gl if row["doc_no"] not in ("1000-08", "1000-09", "1000-10")]


def wrong_company(month: Month) -> None:
    one(month.gl, "1000-05").update(place("2000"))


def rounding(month: Month) -> None:
    one(month.gl, "1000-06")["amount"] += 1


def reclass(month: Month) -> None:
    month.gl.append(posting("SA-2", 327_500, origin="GL", text="RECLASS credit balances"))


def revaluation(month: Month) -> None:
    month.gl.append(posting("SA-3", 1_717, origin="GL", text="Revaluation of USD items"))


def cheque_in_transit(month: Month) -> None:
    month.book.append({**one(month.book, "1000-P4"), "doc_no": "CHQ", "bank_ref": "", "amount": 80_000, "posting_date": "2026-03-31"})


def not_booked(month: Month) -> None:
    month.book = [row for row in month.book if row["doc_no"] != "1000-P5"]


BREAKS: tuple[tuple[Callable[[Month], None], str, dict[tuple[str, str], int]], ...] = (
    (missing_page, "RC-20", {
        ("RI-INT", "3"): 175_119, ("RI-TIM", "1000-P3"): 57_360, ("RI-TIM", "1000-P4"): 58_373, ("RI-TIM", "1000-P5"): 59_386,
    }),
    (manual_journal, "RC-10", {("RI-MJE", "SA-1"): -950_000}),
    (transposed, "RC-10", {("RI-ERR", "1000-00"): 9_000}),
    (transposed_in_the_book, "RC-20", {("RI-ERR", "1000-P0"): 900}),
    (wrong_period, "RC-10", {("RI-CUT", "1000-P1"): -55_334}),
    (booked_in_the_next_period, "RC-20", {("RI-UNR", "TX-1000-P1"): 55_334}),
    (sign_error, "RC-10", {("RI-ERR", "1000-P2"): 112_694}),
    (posted_twice, "RC-10", {("RI-DUP", "1000-P3X"): -57_360}),
    (booked_twice, "RC-20", {("RI-DUP", "1000-P3"): -57_360}),
    (unposted_batch, "RC-10", {("RI-INT", "1000-08"): -186_808, ("RI-INT", "1000-09"): -194_727, ("RI-INT", "1000-10"): -202_646}),
    (wrong_company, "RC-10", {("RI-MIS", "1000-05"): 0}),
    (rounding, "RC-10", {("RI-RND", "1000-06"): 1}),
    (reclass, "RC-10", {("RI-RCL", "SA-2"): 327_500}),
    (revaluation, "RC-10", {("RI-FXR", "SA-3"): 1_717}),
    (cheque_in_transit, "RC-20", {("RI-TIM", "CHQ"): 80_000}),
    (not_booked, "RC-20", {("RI-UNR", "TX-1000-P5"): 59_386}),
)  # fmt: skip


def found(result: Reconciled) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for row in result.recon_items.itertuples():
        key = (str(row.code), str(row.document))
        sums[key] = sums.get(key, 0) + int(row.amount)
    return sums


def test_the_month_ties_before_it_is_broken() -> None:
    controlled, banked = tied().close()
    assert [found(controlled), found(banked)] == [{}, {}]
    for result in (controlled, banked):
        assert result.reconciliations["status"].tolist() == ["TIES", "TIES"]
        assert all(tie.holds for tie in result.ties)


@pytest.mark.parametrize(("break_it", "rule", "expected"), BREAKS, ids=[case[0].__name__ for case in BREAKS])
def test_4_10_each_break_is_named_by_its_class_with_the_amount(
    break_it: Callable[[Month], None], rule: str, expected: dict[tuple[str, str], int]
) -> None:
    month = copy.deepcopy(tied())
    break_it(month)
    controlled, banked = month.close()
    results = {"RC-10": controlled, "RC-20": banked}
    assert found(results[rule]) == expected
    status = results[rule].reconciliations["status"].tolist()
    assert status == (["TIES", "UNEXPLAINED"] if break_it is missing_page else ["TIES", "TIES"])
    other = results["RC-20" if rule == "RC-10" else "RC-10"]
    assert found(other) == {}


def test_4_10_a_missing_page_leaves_just_its_amount_unexplained() -> None:
    month = tied()
    missing_page(month)
    head = month.close()[1].reconciliations.set_index("company_code").loc["1000"]
    assert head["unexplained"] == 57_360 + 58_373 + 59_386 == 175_119
    assert "Statement 3 of 2026-03-31: its lines do not add up to its balances: lines are missing: 1,751.19 EUR." in head["sentence"]


def test_4_10_wrong_company_is_told_on_both_sides() -> None:
    month = tied()
    wrong_company(month)
    items = month.close()[0].recon_items
    assert [(row.recon_id, row.code, row.amount) for row in items.itertuples()] == [
        ("RC-10/FIN/2000/1200/EUR", "RI-MIS", 163_051), ("RC-10/MAIN/1000/1200/EUR", "RI-MIS", -163_051),
    ]  # fmt: skip
    said = "Document 1000-05 stands in the GL on FIN/2000 account 1200, in the subledger on MAIN/1000 account 1200"
    assert items["sentence"].tolist() == [f"{said}; receivables move it."] * 2


def test_4_10_what_no_document_explains_stays_unexplained_with_a_hint() -> None:
    month = tied()
    month.items.append(invoice("OLD", 11_900, day="2026-02-10"))  # February's GL lines are not given: nothing is said to be missing there
    head = month.close()[0].reconciliations.set_index("company_code").loc["1000"]
    assert (head["status"], head["unexplained"]) == ("UNEXPLAINED", -11_900)
    assert "It equals one document: OLD." in head["sentence"]


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        (1_900, "equals the tax of T1"), (-1_900, "equals the tax of T1"), (777, "equals what was unposted at the end of the day before"),
        (-777, "equals what was unposted at the end of the day before"), (900, "is divisible by 9, which looks like two digits swapped"),
    ],
)  # fmt: skip
def test_4_10_hints_for_the_preparer(difference: int, said: str) -> None:
    taxes = Pool(["T1"], np.array([1_900]), np.array([False]))
    assert hints(difference, NOTHING, taxes=taxes, unposted=777) == (said,)
    assert hints(difference + 2, NOTHING, taxes=taxes, unposted=777) == ()
