"""Which receipt an advice tells about: references, trace numbers, amount and date; sums (G-05) and sureness (G-16)."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd
import pytest
from ax import Ran, advice, advices, bank, banks, customer, customers, item, items, minor, policy, receipt, receipts, run

from arwork.matching.advices import link, linked_lines
from arwork.proof import Finding, Tie

RULES = policy().matching


def told(number: str, ref: str, *lines: tuple[str, str], **over: Any) -> list[dict[str, Any]]:
    """Describe one advice with what it says of its payment: `paid`, `on`, `name`, `account`, `trace`."""
    renamed = {"on": "payment_date", "name": "payer_name", "account": "payer_account", "trace": "trace_no"}
    more = {renamed.get(key, key): value for key, value in over.items() if key != "paid"}
    if "paid" in over:
        more["payment_amount"] = minor(over["paid"])
    return advice(number, ref, *lines, **more)


def links(paid: pd.DataFrame, said: pd.DataFrame) -> tuple[list[tuple[str, str, str, bool]], tuple[Tie, ...], tuple[Finding, ...]]:
    found, ties, findings = link(paid, said, RULES)
    assert all(tie.holds for tie in ties)
    rows = [tuple(row) for row in found[["remittance_id", "receipt_id", "link", "agrees"]].itertuples(index=False, name=None)]
    return rows, ties, findings


@pytest.mark.parametrize(
    ("paid", "said", "how"),
    [
        ({"end_to_end_id": "E-1"}, {"ref": "E-1"}, "END_TO_END"),
        ({"end_to_end_id": "E-1"}, {"ref": "", "trace": "E-1"}, "END_TO_END"),
        ({"bank_txn_id": "559102"}, {"ref": "", "trace": "559102"}, "TRACE"),
        ({"bank_txn_id": "559102"}, {"ref": "559102"}, "TRACE"),
        ({}, {"ref": "", "on": "2025-03-10"}, "AMOUNT_AND_DATE"),
        ({}, {"ref": "OUR-7", "on": "2025-03-22"}, "AMOUNT_AND_DATE"),
        ({}, {"ref": "", "remittance_date": "2025-03-14"}, "AMOUNT_AND_DATE"),
        ({"name": "WREN FOODS PLC"}, {"ref": "", "on": "2025-03-12", "name": "Wren Foods Ltd"}, "AMOUNT_AND_DATE"),
        ({"name": "WREN FOODS PLC LONDON"}, {"ref": "", "on": "2025-03-12", "name": "Wren Foods"}, "AMOUNT_AND_DATE"),
        (
            {"account": "GB29NWBK60161331926819", "name": "X"}, {"ref": "", "on": "2025-03-12", "account": "60161331926819", "name": "Wren"},
            "AMOUNT_AND_DATE",
        ),
        ({}, {"ref": "", "on": "2025-03-23"}, ""),
        ({}, {"ref": ""}, ""),
        ({}, {"ref": "", "on": "2025-03-12", "paid": "999.00"}, ""),
        ({}, {"ref": "", "on": "2025-03-12", "currency": "USD"}, ""),
        ({"name": "Alpen Handel"}, {"ref": "", "on": "2025-03-12", "name": "Wren Foods"}, ""),
        ({"account": "DE01"}, {"ref": "", "on": "2025-03-12", "account": "DE02"}, ""),
        ({"end_to_end_id": "NOTPROVIDED"}, {"ref": "NOTPROVIDED"}, ""),
    ],
)  # fmt: skip
def test_t09_what_links_an_advice_to_its_receipt(paid: dict[str, Any], said: dict[str, Any], how: str) -> None:
    given = dict(said)
    rows, ties, findings = links(
        receipts(receipt("R1", "1000.00", "2025-03-12", **dict(paid))),
        advices(*told("A1", given.pop("ref"), ("6001", "600.00"), ("6002", "400.00"), **given)),
    )
    assert rows == ([("A1", "R1", how, True)] if how else [])
    assert [f.rule for f in findings] == ([] if how else ["T09"])
    assert ties[0].ours == 2


def test_the_stated_payment_links_and_the_sum_of_the_lines_is_compared() -> None:
    rows, _, findings = links(
        receipts(receipt("R1", "1000.00", "2025-03-12")), advices(*told("A1", "", ("6001", "990.00"), on="2025-03-12", paid="1000.00"))
    )
    assert rows == [("A1", "R1", "AMOUNT_AND_DATE", False)]
    assert [(f.rule, f.severity) for f in findings] == [("G-05", "warn")]


@pytest.mark.parametrize(
    ("paid", "said"),
    [
        (["R1", "R2"], ["A1"]),
        (["R1"], ["A1", "A2"]),
        (["R1", "R2"], ["A1", "A2"]),
    ],
)
def test_g_05_equal_amounts_are_never_guessed(paid: list[str], said: list[str]) -> None:
    frame = receipts(*(receipt(n, "1000.00", "2025-03-12") for n in paid))
    rows, _, findings = links(frame, advices(*(row for n in said for row in told(n, "", (f"6{n}", "1000.00"), on="2025-03-12"))))
    assert rows == []
    assert ("G-05", tuple(said)) in [(f.rule, f.rows) for f in findings]


def test_a_name_that_contradicts_leaves_the_other_pair() -> None:
    frame = receipts(
        receipt("R1", "1000.00", "2025-03-12", name="Wren Foods plc"), receipt("R2", "1000.00", "2025-03-12", name="Alpen Handel")
    )
    rows, _, _ = links(frame, advices(*told("A1", "", ("6001", "1000.00"), on="2025-03-12", name="Wren Foods Ltd")))
    assert rows == [("A1", "R1", "AMOUNT_AND_DATE", True)]


def test_a_receipt_that_is_linked_by_reference_is_free_for_no_other_advice() -> None:
    frame = receipts(receipt("R1", "1000.00", "2025-03-12", end_to_end_id="E-1"))
    rows, _, _ = links(frame, advices(*told("A1", "E-1", ("6001", "1000.00")), *told("A2", "", ("6002", "1000.00"), on="2025-03-12")))
    assert rows == [("A1", "R1", "END_TO_END", True)]


def test_a_receipt_that_is_settled_is_not_linked() -> None:
    frame = receipts(receipt("R1", "1000.00", "2025-03-12", end_to_end_id="E-1", status="APPLIED"))
    rows, _, findings = links(frame, advices(*told("A1", "E-1", ("6001", "1000.00"))))
    assert rows == []
    assert findings[0].rows == ("A1",)


def test_row_order_changes_nothing() -> None:
    paid = [receipt(f"R{n}", f"{100 + n % 3}.00", "2025-03-12", end_to_end_id=f"E-{n}" if n % 2 else "") for n in range(8)]
    said = [row for n in range(8) for row in told(f"A{n}", f"E-{n}" if n % 4 == 1 else "", (f"6{n}", f"{100 + n % 3}.00"), on="2025-03-11")]
    first = link(receipts(*paid), advices(*said), RULES)
    for seed in range(5):
        mixed = random.Random(seed)
        again = link(receipts(*paid).sample(frac=1, random_state=seed), advices(*mixed.sample(said, len(said))), RULES)
        assert again[0].equals(first[0])
        assert again[1:] == first[1:]


CLEAR = {"paid": {"end_to_end_id": "E-1"}, "lines": (("6001001", "1000.00"),)}


def applied(said: list[dict[str, Any]], *, amount: str = "1000.00", confirm: str = "0.95", **paid: Any) -> Ran:
    """Run one receipt of C1 with its linked advice beside invoice 6001001 of 1,000.00."""
    frame = receipts(receipt("R1", amount, "2025-03-12", account="DE01", **paid))
    rules = policy(matching={"ocr_min_confidence": confirm})
    found, _, _ = link(frame, advices(*said), rules.matching)
    return run(
        items=items(item("6001001", "C1", "1000.00"), item("6001002", "C1", "500.00")), receipts=frame,
        customers=customers(customer("C1", "Nordlicht Werke")), banks=banks(bank("C1", "DE01")),
        advices=linked_lines(advices(*said), found), policy=rules,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("confidence", "limit", "status", "gates"),
    [
        (1_000_000, "0.95", "AUTO", ""),
        (990_000, "0.95", "AUTO", ""),
        (950_000, "0.95", "AUTO", ""),
        (949_999, "0.95", "SUGGEST", "G-16"),
        (900_000, "0.95", "SUGGEST", "G-16"),
        (900_000, "0.90", "AUTO", ""),
        (0, "0.95", "AUTO", ""),
    ],
)
def test_g_16_a_line_read_with_too_little_confidence_is_never_automatic(confidence: int, limit: str, status: str, gates: str) -> None:
    ran = applied(told("A1", "", ("6001001", "1000.00"), on="2025-03-10", confidence=confidence), confirm=limit)
    row = ran.of("R1")
    assert (row.status, row.gates) == (status, gates)
    assert ("confidence" in row.why_not) == bool(gates)


def test_g_16_looks_only_at_lines_that_the_proposal_uses() -> None:
    said = [
        *told("A1", "E-1", ("6001001", "1000.00"), confidence=1_000_000),
        *[{**row, "line_no": 2} for row in told("A1", "E-1", ("6001001", "0.00"), confidence=900_000)],
    ]
    assert applied(said, end_to_end_id="E-1").of("R1").gates == "G-16"


def test_g_05_an_advice_that_adds_up_to_another_amount_goes_to_a_person() -> None:
    row = applied(told("A1", "E-1", ("6001001", "1000.00"), ("6001002", "100.00")), end_to_end_id="E-1").of("R1")
    assert "G-05" in row.gates
    assert row.status == "REVIEW"


def test_g_05_an_advice_linked_to_two_receipts_goes_to_a_person() -> None:
    frame = receipts(*(receipt(n, "1000.00", "2025-03-12", account="DE01", end_to_end_id="E-1") for n in ("R1", "R2")))
    said = advices(*told("A1", "E-1", ("6001001", "1000.00")))
    found, _, _ = link(frame, said, RULES)
    ran = run(
        items=items(item("6001001", "C1", "1000.00")), receipts=frame, customers=customers(customer("C1", "Nordlicht Werke")),
        banks=banks(bank("C1", "DE01")), advices=linked_lines(said, found),
    )  # fmt: skip
    assert all("G-05" in ran.of(number).gates for number in ("R1", "R2"))
    assert "2 receipts" in ran.of("R1").why_not


def test_an_advice_that_comes_days_later_explains_a_receipt_that_was_carried() -> None:
    early = receipt("R1", "1000.00", "2025-02-27", account="DE01", status="UNAPPLIED")
    said = advices(*told("A1", "", ("6001001", "1000.00"), on="2025-02-26", remittance_date="2025-03-09"))
    rows, _, _ = links(receipts(early), said)
    assert rows == [("A1", "R1", "AMOUNT_AND_DATE", True)]


@pytest.mark.parametrize(
    ("lines", "authority", "strategy", "status"),
    [
        ((("6001001", "500.00"), ("CM7001", "-500.00")), False, "M01", "APPLIED"),
        ((("6009999", "500.00"), ("CM7999", "-500.00")), True, "M16", "UNAPPLIED"),
    ],
    ids=["the advice names what is netted", "by amount alone nothing is netted"],
)
def test_mp30_a_receipt_of_nothing_settles_the_credit_against_the_invoice_its_advice_names(
    lines: tuple[tuple[str, str], ...], authority: bool, strategy: str, status: str
) -> None:
    ran = run(
        items=items(item("6001001", "C1", "500.00"), item("CM7001", "C1", "-500.00", doc_type="CM")), banks=banks(bank("C1", "DE01")),
        receipts=receipts(receipt("R1", "0.00", "2025-03-12", account="DE01", end_to_end_id="E-1")),
        customers=customers(customer("C1", "Nordlicht Werke", netting_authority=authority)), advices=advices(*advice("A1", "E-1", *lines)),
    )  # fmt: skip
    assert (ran.of("R1").strategy, ran.settled.receipts["status"].tolist()) == (strategy, [status])
    assert ran.settled.allocations["amount_applied"].sum() == 0
    assert len(ran.settled.allocations) == (2 if strategy == "M01" else 0)
