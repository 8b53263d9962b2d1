"""What the ERP and the team tell of deductions and changes: G-19 stale masters, MP-41 credit-memo requests, CO-71 reasons of customers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from ax import LINEAGE, Ran, advice, advices, bank, banks, customer, customers, item, items, receipt, receipts, run

from arwork.breaks.third_party import red_flags
from arwork.matching.reasons import mapped, read_meanings
from arwork.tables import conform

BOOK = {"ledger_id": "MAIN", "company_code": "1000"}
WORDS = {"PR": ("price",), "QT": ("quantity",)}


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame([{**LINEAGE, **row} for row in rows])
    for column in frame.columns:
        if column.endswith("_date"):
            frame[column] = pd.to_datetime(frame[column])
    return conform(name, frame)


def change(day: str, item_id: str = "", **over: Any) -> dict[str, Any]:
    return {**BOOK, "customer_id": "C1", "item": item_id, "field": "payment terms", "changed_date": day, **over}


def paid(**more: Any) -> Ran:
    return run(
        items=items(item("6001001", "C1", "1000.00")), receipts=receipts(receipt("R1", "1000.00", "2025-03-10", text="INV 6001001", account="DE01")),
        customers=customers(customer("C1")), banks=banks(bank("C1", "DE01")), **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ((change("2025-04-02"),), "SUGGEST", "Customer C1: payment terms changed on 2025-04-02, after the key date"),
        ((change("2025-04-02", "6001001"),), "SUGGEST", "6001001: payment terms changed on 2025-04-02, after the key date"),
        ((change("2025-03-31"),), "AUTO", ""),
        ((change("2025-04-02", "7007007"),), "AUTO", ""),
        ((change("2025-04-02", customer_id="C2"),), "AUTO", ""),
    ],
    ids=["the customer", "the item", "before the extract", "another item", "another customer"],
)
def test_g19_what_was_changed_since_the_extract_waits_for_a_person(changes: tuple[dict[str, Any], ...], status: str, says: str) -> None:
    row = paid(master_changes=table("master_changes", *changes)).proposals.iloc[0]
    assert row["status"] == status
    assert row["gates"] == ("G-19" if says else "")
    assert says in row["why_not"]


def request(number: str, code: str, amount: int, **over: Any) -> dict[str, Any]:
    row = {
        **BOOK, "adjustment_id": number, "customer_id": "C1", "item": "6001001", "adjustment_code": code, "amount": amount, "currency": "EUR",
        "requested_date": "2025-03-01", "approved_by": "lead", "approved_date": "2025-03-05",
    }  # fmt: skip
    return {**row, **over}


@pytest.mark.parametrize(
    ("requests", "consumed"),
    [
        ((request("A1", "PR", 10_000),), "A1"),
        ((request("A2", "PR", 10_000), request("A1", "PR", 10_000, approved_date="2025-03-04")), "A1"),
        ((request("A1", "QT", 10_000),), ""),
        ((request("A1", "PR", 9_999),), ""),
        ((request("A1", "PR", 10_000, approved_by=""),), ""),
        ((request("A1", "PR", 10_000, posted_ref="CM-1"),), ""),
        ((request("A1", "PR", 10_000, approved_date="2025-04-01"),), ""),
        ((request("A1", "PR", 10_000, customer_id="C2"),), ""),
    ],
    ids=["same reason", "earliest first", "another reason", "another amount", "not approved", "posted already", "later", "somebody else's"],
)
def test_mp41_an_authorised_deduction_consumes_its_credit_memo_request(requests: tuple[dict[str, Any], ...], consumed: str) -> None:
    said = advices(*advice("A1", "E2E-1", ("6001001", "1000.00", "0", "100.00", "price")))
    ran = run(
        items=items(item("6001001", "C1", "1000.00")), receipts=receipts(receipt("R1", "900.00", "2025-03-10", end_to_end_id="E2E-1", account="DE01")),
        customers=customers(customer("C1")), banks=banks(bank("C1", "DE01")), advices=said,
        requests=table("adjustment_register", *requests),
    )  # fmt: skip
    [row] = ran.follow["residuals"].to_dict("records")
    assert (row["reason_code"], row["amount"], row["credit_request"], row["dispute"]) == ("PR", 10_000, consumed, not consumed)


@pytest.mark.parametrize(
    ("payer", "account", "text", "flags"),
    [
        ("P1", "DE02120300000000202051", "INV 1", ""),
        ("P1", "", "INV 1", ""),
        ("P9", "DE02120300000000202051", "INV 1", "the payer is not of the customer's family in the master"),
        ("", "DE02120300000000202051", "INV 1", "the payer is not of the customer's family in the master"),
        (None, "DE02120300000000202051", "INV 1", "the payer is nobody we know"),
        ("P1", "LT121000011101001000", "INV 1", "the money came from LT, the customer is in DE"),
        ("P1", "DE02120300000000202051", "INV 1 paid in error, please refund", "the payment asks for money back (refund)"),
        ("P1", "DE02120300000000202051", "Bitte Rückzahlung", "the payment asks for money back (Rückzahl)"),
    ],
)
def test_mp55_a_third_party_payment_with_a_red_flag_goes_to_compliance(payer: str | None, account: str, text: str, flags: str) -> None:
    people = [{**BOOK, "customer_id": "C1", "party_id": "P1", "parent_id": "", "country": "DE"}]
    people += [{**BOOK, "customer_id": "C2", "party_id": payer, "parent_id": "", "country": "DE"}] if payer is not None else []
    found = red_flags({
        "customers": pd.DataFrame(people), "proposals": pd.DataFrame({"receipt_id": ["R1", "R2"], "class": ["THIRD_PARTY", ""]}),
        "proposal_items": pd.DataFrame([{"receipt_id": "R1", "customer_id": "C1"}]),
        "receipts": pd.DataFrame([
            {"receipt_id": number, **BOOK, "customer_id": "C2" if payer is not None else "", "remitter_account": account, "remittance_text": text}
            for number in ("R1", "R2")
        ]),
    })  # fmt: skip
    assert found == ({"R1": flags} if flags else {})


def test_co71_a_customers_own_code_counts_before_that_of_all_and_before_the_policys_words() -> None:
    told = read_meanings(
        table(
            "reason_map",
            {"customer_id": "C1", "said": "K 17", "reason_code": "QT"}, {"customer_id": "", "said": "k17", "reason_code": "PR"},
            {"customer_id": "", "said": "price", "reason_code": "VB"}, {"customer_id": "", "said": "X9", "reason_code": "ZZ"},
        )
    )  # fmt: skip
    assert mapped("K17", WORDS, told, "C1") == "QT"
    assert mapped("K17", WORDS, told, "C2") == "PR"
    assert mapped("price", WORDS, told, "C2") == "VB"
    assert mapped("price", WORDS) == "PR"
    assert mapped("K17; quantity", WORDS, told, "C1") == "QT"
    assert mapped("K17; price", WORDS, told, "C1") == ""
    assert mapped("X9", WORDS, told, "C1") == ""  # a code outside the matrix means nothing


def test_co71_the_map_reaches_the_residual() -> None:
    said = advices(*advice("A1", "E2E-1", ("6001001", "1000.00", "0", "10.00", "K17")))
    given = {
        "items": items(item("6001001", "C1", "1000.00")), "advices": said, "customers": customers(customer("C1")),
        "receipts": receipts(receipt("R1", "990.00", "2025-03-10", end_to_end_id="E2E-1", account="DE01")), "banks": banks(bank("C1", "DE01")),
    }  # fmt: skip
    assert run(**given).follow["residuals"]["reason_code"].tolist() == ["UN"]
    told = table("reason_map", {"customer_id": "C1", "said": "K17", "reason_code": "QT"})
    assert run(**given, reason_map=told).follow["residuals"]["reason_code"].tolist() == ["QT"]
