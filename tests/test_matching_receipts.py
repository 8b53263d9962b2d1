"""Step A of 2.2: which bank lines are receipts of this close, and what is left out and told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from ax import advice, advices, bank_accounts, bank_line, bank_lines, item, items

from arwork.matching.receipts import RETURNED, take

START, END = date(2025, 3, 1), date(2025, 3, 31)


def taken(*lines: dict[str, Any], posted: tuple[dict[str, Any], ...] = ()) -> tuple[pd.DataFrame, dict[str, tuple[str, ...]]]:
    frame, findings = take(bank_lines(*lines), bank_accounts(), items(*posted), START, END)
    return frame, {finding.rule + " " + finding.sentence: finding.rows for finding in findings}


def test_t08_a_receipt_starts_unidentified_with_its_whole_amount() -> None:
    frame, told = taken(bank_line("L1", "100.00", "2025-03-12"))
    row = next(frame.itertuples())
    assert (row.receipt_id, row.ledger_id, row.company_code, row.status, row.customer_id) == ("L1", "MAIN", "1000", "UNIDENTIFIED", "")
    assert (row.amount, row.unidentified_amount, row.applied_amount) == (10000, 10000, 0)
    assert told == {}


def test_only_receipts_of_the_period_on_our_accounts() -> None:
    frame, told = taken(
        bank_line("IN1", "1.00", "2025-03-01"),
        bank_line("IN2", "1.00", "2025-03-31"),
        bank_line("EARLY", "1.00", "2025-02-28"),
        bank_line("LATE", "1.00", "2025-04-01"),
        bank_line("OUT", "-1.00", "2025-03-05"),
        bank_line("CLASS", "1.00", "2025-03-05", **{"class": "NON_AR"}),
        bank_line("STRANGE", "1.00", "2025-03-05", bank_account="THEIRS"),
        bank_line("NEG", "-1.00", "2025-03-05", **{"class": "RECEIPT"}),
    )
    assert frame["receipt_id"].tolist() == ["IN1", "IN2"]
    assert sorted(told.values()) == [("EARLY",), ("LATE",), ("NEG",), ("STRANGE",)]


def posting(**over: Any) -> dict[str, Any]:
    return item("9000001", "C1", "-100.00", doc="2025-03-13", **{"doc_type": "RCPT", "reference": "TXNL1", **over})


@pytest.mark.parametrize(
    ("line", "posted", "left"),
    [
        ({}, [posting()], []),
        ({}, [posting(reference="", assignment="txn-l1")], []),
        ({}, [posting(reference="", text="payment TXNL1 of March")], []),
        ({"bank_txn_id": "", "end_to_end_id": "E2E-77"}, [posting(reference="E2E 77")], []),
        ({}, [posting(doc_type="ONACC")], []),
        ({}, [posting(clearing_date="2025-03-13", open="0")], []),
        ({}, [posting(reference="TXNL2")], ["L1"]),
        ({}, [posting(doc_type="CM")], ["L1"]),
        ({}, [posting(amount_doc=-9999, open_amount_doc=-9999)], ["L1"]),
        ({}, [posting(company_code="2000")], ["L1"]),
        ({}, [posting(currency="USD")], ["L1"]),
        ({}, [posting(posting_date="2025-04-01")], ["L1"]),
        ({}, [posting(posting_date="2025-02-13")], ["L1"]),
        ({}, [posting(reversed_by="9000009")], ["L1"]),
        ({}, [posting(), posting(item_id="twin")], ["L1"]),
        ({"bank_txn_id": "NOTPROVIDED"}, [posting(reference="NOTPROVIDED")], ["L1"]),
        ({"bank_txn_id": ""}, [posting(reference="")], ["L1"]),
    ],
)
def test_inv_5_what_the_erp_already_posted_is_left_out_and_told(
    line: dict[str, Any], posted: list[dict[str, Any]], left: list[str]
) -> None:
    frame, told = taken(bank_line("L1", "100.00", "2025-03-12", **line), posted=tuple(posted))
    assert frame["receipt_id"].tolist() == left
    assert any(rows == ("L1",) for rows in told.values()) is (left == [])


def test_two_lines_with_one_reference_are_not_taken_for_posted() -> None:
    lines = [bank_line(n, "100.00", "2025-03-12", bank_txn_id="", end_to_end_id="RENT-42") for n in ("L1", "L2")]
    assert len(taken(*lines, posted=(posting(reference="RENT-42"),))[0]) == 2


def test_g_15_returned_receipts_are_marked() -> None:
    frame, _ = taken(
        bank_line("GONE", "100.00", "2025-03-12", end_to_end_id="E-1"),
        bank_line("BACK", "-100.00", "2025-03-14", end_to_end_id="E-1", **{"class": "RETURN"}),
        bank_line("KEPT", "100.00", "2025-03-12", end_to_end_id="E-2"),
        bank_line("SELF", "5.00", "2025-03-12", is_return=True),
        bank_line("AFTER", "100.00", "2025-03-20", end_to_end_id="E-1"),
    )
    assert dict(zip(frame["receipt_id"], frame["method"].str.endswith(RETURNED), strict=True)) == {
        "GONE": True,
        "KEPT": False,
        "SELF": True,
        "AFTER": False,
    }


def test_nothing_to_take_is_an_empty_table() -> None:
    assert len(taken()[0]) == 0


def test_mp30_a_line_of_nothing_is_a_receipt_only_where_an_advice_of_nothing_names_it() -> None:
    still = {"class": "NON_AR", "class_reason": "no money moved"}
    lines = bank_lines(
        bank_line("NETS", "0.00", "2025-03-12", end_to_end_id="E-1", **still),
        bank_line("PAID", "0.00", "2025-03-12", end_to_end_id="E-2", **still),
        bank_line("BARE", "0.00", "2025-03-12", **still),
    )
    even, paid = (("6001001", "500.00"), ("CM7001", "-500.00")), (("6001002", "100.00"),)
    said = advices(*advice("A1", "e 1", *even), *advice("A2", "E-2", *paid), *advice("A3", "NOTPROVIDED", *even))
    frame, _ = take(lines, bank_accounts(), items(), START, END, said)
    assert frame["receipt_id"].tolist() == ["NETS"]
    assert take(lines, bank_accounts(), items(), START, END)[0].empty
