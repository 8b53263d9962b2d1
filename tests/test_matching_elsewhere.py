"""Money that belongs elsewhere: to the family, to another ledger, to something settled; instructions, statements, instalments."""

from __future__ import annotations

from typing import Any

import pytest
from ax import (
    Ran,
    advice,
    advices,
    bank,
    banks,
    breaks,
    customer,
    customers,
    dispute,
    disputes,
    item,
    items,
    ledger,
    ledgers,
    minor,
    policy,
    receipt,
    receipts,
    relationship,
    relationships,
    run,
    statement,
    statements,
    together,
)

from arwork.breaks.repeats import duplicate_payments
from arwork.matching.payer import identify
from arwork.matching.references import extract


def told(out: Ran, number: str = "R1") -> str:
    row = out.of(number)
    return " ".join(part for part in (row.strategy, row.status, row.gates) if part)


def cash(out: Ran, number: str = "R1") -> dict[str, int]:
    """Allocated cash by document, minor units."""
    own = out.settled.allocations.loc[out.settled.allocations["receipt_id"] == number]
    return {item.split(":")[1]: int(amount) for item, amount in zip(own["item_id"], own["amount_applied"], strict=True)}


def parts(out: Ran, number: str = "R1") -> dict[str, int]:
    """Where the money of a receipt stands, by the name of the part, without the empty ones."""
    row = out.settled.receipts.set_index("receipt_id").loc[number]
    return {name.removesuffix("_amount"): int(row[name]) for name in row.index if name.endswith("_amount") and row[name]}


def flags(out: Ran, number: str = "R1") -> str:
    return str(out.settled.receipts.set_index("receipt_id").loc[number, "flags"])


def with_repeats(**frames: Any) -> Ran:
    """Run an example with the repeats that EX-20 finds in it."""
    rules = policy()
    master, known = frames["customers"], frames.get("banks", banks())
    references = extract(frames["receipts"], frames["items"], frames.get("advices", advices()), rules.matching)
    paid = identify(frames["receipts"], references, frames["items"], master, known, rules.matching)
    return run(**frames, breaks=duplicate_payments(paid, references, frames["items"], master, rules))


FAMILY = [customer("P-1", "Holding", party_id="PG"), customer("S1", "Sub One", parent_id="PG"), customer("S2", "Sub Two", parent_id="PG")]
STRANGER = customer("X9", "Stranger")
S1, S2 = item("S1-101", "S1", "12000.00"), item("S2-207", "S2", "18000.00")
GRANTS = [relationship("P-1", "S1"), relationship("P-1", "S2")]
BOTH = advice("A1", "E2E-1", ("S1-101", "12000.00"), ("S2-207", "18000.00"))
PAID = receipt("R1", "30000.00", "2025-03-12", account="DEP1", end_to_end_id="E2E-1")
PARENT = {"customers": [*FAMILY, STRANGER], "banks": [bank("P-1", "DEP1"), bank("X9", "DEX9")]}


def paid_by_parent(amount: str, text: str, **over: Any) -> dict[str, Any]:
    return {**PARENT, "receipts": [receipt("R1", amount, "2025-03-12", account="DEP1", text=text)], "items": [S1, S2], **over}


SHARED = {"banks": [bank("S1", "DESS"), bank("S2", "DESS"), bank("P-1", "DEP1")]}
TWO = {"receipts": [receipt("R1", "30000.00", "2025-03-12", account="DESS", text="S1-101, S2-207")]}

AX_15: dict[str, tuple[dict[str, Any], str, dict[str, int], str]] = {
    "valid relationships": (
        {**PARENT, "items": [S1, S2], "receipts": [PAID], "advices": BOTH, "relationships": GRANTS},
        "M11 AUTO", {"S1-101": 1_200_000, "S2-207": 1_800_000}, "",
    ),
    "without": ({**PARENT, "items": [S1, S2], "receipts": [PAID], "advices": BOTH}, "M11 SUGGEST G-09", {}, "THIRD_PARTY"),
    "one of the two without": (
        {**PARENT, "items": [S1, S2], "receipts": [PAID], "advices": BOTH, "relationships": GRANTS[:1]}, "M11 SUGGEST G-09", {}, "THIRD_PARTY",
    ),
    "ended the day before": (
        paid_by_parent("12000.00", "INV S1-101", relationships=[relationship("P-1", "S1", valid_to="2025-03-11")]),
        "M11 SUGGEST G-09", {}, "THIRD_PARTY",
    ),
    "valid on its last day": (
        paid_by_parent("12000.00", "INV S1-101", relationships=[relationship("P-1", "S1", valid_to="2025-03-12")]),
        "M11 AUTO", {"S1-101": 1_200_000}, "",
    ),
    "begins the day after": (
        paid_by_parent("12000.00", "INV S1-101", relationships=[relationship("P-1", "S1", valid_from="2025-03-13")]),
        "M11 SUGGEST G-09", {}, "THIRD_PARTY",
    ),
    "without a document": (
        paid_by_parent("30000.00", "S1-101 S2-207", relationships=[relationship("P-1", s, authority_doc="") for s in ("S1", "S2")]),
        "M11 SUGGEST G-09", {}, "THIRD_PARTY",
    ),
    "a right of another ledger": (
        paid_by_parent("30000.00", "S1-101 S2-207", relationships=[relationship("P-1", s, ledger_id="FIN") for s in ("S1", "S2")]),
        "M11 SUGGEST G-09", {}, "THIRD_PARTY",
    ),
    "outside the family, with a right": (
        paid_by_parent("500.00", "INV 7001001", items=[item("7001001", "X9", "500.00")], relationships=[relationship("P-1", "X9")]),
        "M11 AUTO", {"7001001": 50_000}, "",
    ),
    "beside an own document": (
        paid_by_parent("12100.00", "P-1-900 and S1-101", items=[S1, item("P-1-900", "P-1", "100.00")], relationships=GRANTS),
        "M11 AUTO", {"S1-101": 1_200_000, "P-1-900": 10_000}, "",
    ),
    "short by more than the tolerance": (
        paid_by_parent("29000.00", "S1-101 S2-207", relationships=GRANTS), "M11 SUGGEST G-10", {}, "",
    ),
    "a small difference over two customers": (
        paid_by_parent("29990.00", "S1-101 S2-207", relationships=GRANTS), "M11 SUGGEST", {}, "",
    ),
    "a credit of one for the document of another": (
        paid_by_parent("6000.00", "S1-101 S2-300", items=[S1, item("S2-300", "S2", "-6000.00")], relationships=GRANTS),
        "M11 SUGGEST G-09 G-17", {}, "THIRD_PARTY",
    ),
    "an insolvent subsidiary": (
        paid_by_parent(
            "30000.00", "S1-101 S2-207", relationships=GRANTS, customers=[*FAMILY[:2], customer("S2", parent_id="PG", status="INSOLVENT")]
        ),
        "M11 REVIEW G-07", {}, "",
    ),
    "amount only in the family": (paid_by_parent("12000.00", "thank you", relationships=GRANTS), "M11 SUGGEST", {}, ""),
    "amount only, two documents": (
        paid_by_parent("12000.00", "", items=[S1, item("S2-300", "S2", "12000.00")], relationships=GRANTS), "M11 REVIEW G-01", {}, "",
    ),
    "amount only, a right without family": (
        paid_by_parent("500.00", "", items=[item("7001001", "X9", "500.00")], relationships=[relationship("P-1", "X9")]),
        "M11 SUGGEST", {}, "",
    ),
    "amount only of a stranger": (paid_by_parent("500.00", "", items=[item("7001001", "X9", "500.00")]), "M16 NONE", {}, ""),
    "the own document of the same amount comes first": (
        paid_by_parent("12000.00", "", items=[S1, item("P-1-900", "P-1", "12000.00")]), "M06 AUTO", {"P-1-900": 1_200_000}, "",
    ),
    "a structured reference of the subsidiary": (
        paid_by_parent(
            "12000.00", "RF18 5390 0754 7034", items=[item("S1-101", "S1", "12000.00", structured_ref="RF18539007547034")],
            relationships=GRANTS,
        ),
        "M11 AUTO", {"S1-101": 1_200_000}, "",
    ),
    "B8: references decide which member": (
        {**PARENT, **SHARED, "items": [item("S1-10101", "S1", "12000.00"), S2],
         "receipts": [receipt("R1", "12000.00", "2025-03-12", account="DESS", text="S1-10101")]},
        "M04 AUTO", {"S1-10101": 1_200_000}, "",
    ),
    "B8: a short number decides which member": (
        {**PARENT, **SHARED, "items": [item("4711", "S1", "70.00"), S2],
         "receipts": [receipt("R1", "70.00", "2025-03-12", account="DESS", text="no. 4711")]},
        "M11 AUTO", {"4711": 7_000}, "",
    ),
    "B8: documents of two members, no right": ({**PARENT, **SHARED, **TWO, "items": [S1, S2]}, "M11 SUGGEST", {}, ""),
    "B8: documents of two members, one may pay for the other": (
        {**PARENT, **SHARED, **TWO, "items": [S1, S2], "relationships": [relationship("S2", "S1")]},
        "M11 AUTO", {"S1-101": 1_200_000, "S2-207": 1_800_000}, "",
    ),
    "B8: amount only": (
        {**PARENT, **SHARED, "items": [S1, S2], "receipts": [receipt("R1", "12000.00", "2025-03-12", account="DESS")]},
        "M11 SUGGEST G-03", {}, "",
    ),
    "B8: amount of two members": (
        {**PARENT, **SHARED, "items": [S1, item("S2-300", "S2", "12000.00")],
         "receipts": [receipt("R1", "12000.00", "2025-03-12", account="DESS")]},
        "M11 REVIEW G-01 G-03", {}, "",
    ),
    "one number on documents of two members": (
        paid_by_parent("100.00", "no. 4711", items=[item("4711", "S1", "100.00"), item("4712", "S2", "100.00", reference="4711")],
                       relationships=GRANTS),
        "M11 REVIEW G-01", {}, "",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def families() -> dict[str, Ran]:
    return together({name: case for name, (case, *_) in AX_15.items()})


@pytest.mark.parametrize("name", AX_15)
def test_ax_15_mp_55_m11_who_pays_for_whom(families: dict[str, Ran], name: str) -> None:
    _, verdict, applied, flag = AX_15[name]
    out = families[name]
    assert told(out) == verdict
    assert cash(out) == applied
    assert flags(out) == flag
    amount = int(out.receipts["amount"].iloc[0])
    waiting = "unapplied" if out.receipts["customer_id"].iloc[0] else "unidentified"
    assert parts(out) == ({"applied": amount} if applied else {waiting: amount})


def test_ax_15_without_a_right_the_money_waits_on_the_parent(families: dict[str, Ran]) -> None:
    out = families["without"]
    assert out.settled.receipts["customer_id"].tolist() == ["P-1"]
    assert out.documents("R1") == ["S1-101", "S2-207"]
    assert "customer P-1 pays for customers S1, S2, and no written right valid on 2025-03-12" in out.of("R1").why_not.replace(
        "Customer", "customer"
    )


def test_ax_15_a_subsidiary_in_another_company_code_is_never_automatic() -> None:
    """12,000.00 may be applied after review, 18,000.00 belongs to the other company; a right to pay changes nothing."""
    out = run(
        items=items(S1, item("S2-207", "S2", "18000.00", company_code="2000")),
        receipts=receipts(PAID), advices=advices(*BOTH), relationships=relationships(*GRANTS, relationship("P-1", "S2", company_code="2000")),
        customers=customers(*FAMILY, customer("S2", "Sub Two", company_code="2000", party_id="P2")), banks=banks(bank("P-1", "DEP1")),
    )  # fmt: skip
    assert told(out) == "M13 REVIEW G-09"
    assert out.of("R1")._asdict()["allocated"] == minor("12000.00")
    assert (out.documents("R1"), out.documents("R1", 2)) == (["S1-101"], ["S2-207"])
    assert "12,000.00 EUR is for S1-101 here, 18,000.00 EUR belongs elsewhere: S2-207 of customer S2 in MAIN 2000" in out.of("R1").sentence
    assert (cash(out), parts(out), flags(out)) == ({}, {"unapplied": minor("30000.00")}, "MISDIRECTED")


LEASE = item("FA-20931", "F-77", "3480.00", ledger_id="FIN", company_code="2000", due="2025-04-05", doc="2025-03-20")
TRADE = item("9411", "C9", "3480.00", due="2025-03-01", doc="2025-02-01")
PARTY = [customer("C9", "Nord AG", party_id="PN"), customer("F-77", "Nord AG", party_id="PN", ledger_id="FIN", company_code="2000")]
HOUSES = ledgers(ledger("MAIN", "1000", "Handel AG"), ledger("FIN", "2000", "Leasing Bank AG"))
IN_MAIN, IN_FIN = bank("C9", "DE09"), bank("F-77", "DE77", ledger_id="FIN", company_code="2000")
PLAN = {**LEASE, "doc_type": "INST", "contract_no": "V-5"}

AX_14: dict[str, tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]], str, dict[str, int]]] = {
    "AX-14 as printed": ({"text": "LEASE FA-20931 APR", "account": "DE09"}, [LEASE, TRADE], [IN_MAIN], "M13 REVIEW G-09", {"misdirected": 348_000}),
    "the payer is unknown": ({"text": "LEASE FA-20931 APR"}, [LEASE, TRADE], [IN_MAIN], "M13 REVIEW G-09", {"misdirected": 348_000}),
    "a set of own documents would add up": (
        {"text": "FA-20931", "account": "DE09"}, [LEASE, item("9412", "C9", "3000.17"), item("9413", "C9", "479.83", due="2025-05-05")],
        [IN_MAIN], "M13 REVIEW G-09", {"misdirected": 348_000},
    ),
    "named here as well": (
        {"text": "FA-20931", "account": "DE09"}, [LEASE, item("FA-20931", "C9", "3480.00", item_id="1000:FA-20931:2025:1b")],
        [IN_MAIN], "M04 AUTO", {"applied": 348_000},
    ),
    "named here and there, both add up": (
        {"text": "9411, FA-20931", "account": "DE09", "amount": "6960.00"}, [LEASE, TRADE], [IN_MAIN], "M13 REVIEW G-09",
        {"unapplied": 696_000},
    ),
    "account and instalment": ({"account": "DE77"}, [PLAN, TRADE], [IN_FIN], "M13 REVIEW G-09", {"misdirected": 348_000}),
    "instalment and name": (
        {"account": "DE09", "text": "rate April Leasing Bank"}, [PLAN, TRADE], [IN_MAIN], "M13 REVIEW G-09", {"misdirected": 348_000},
    ),
    "account and name": (
        {"account": "DE77", "text": "Leasing Bank", "amount": "99.00"}, [PLAN, TRADE], [IN_FIN], "M13 REVIEW G-09", {"misdirected": 9_900},
    ),
    "the name alone": ({"account": "DE09", "text": "Leasing Bank", "amount": "3000.00"}, [PLAN, TRADE], [IN_MAIN], "M16 NONE", {"unapplied": 300_000}),
    "the instalment alone": ({"account": "DE09"}, [PLAN, TRADE], [IN_MAIN], "M06 AUTO", {"applied": 348_000}),
    "on file here as well": ({"account": "DE77"}, [PLAN, TRADE], [IN_FIN, bank("C9", "DE77")], "M06 AUTO", {"applied": 348_000}),
    "the own document is named": ({"account": "DE77", "text": "INV 941100"}, [PLAN, {**TRADE, "reference": "941100"}], [IN_FIN], "M04 AUTO", {"applied": 348_000}),
}  # fmt: skip


@pytest.mark.parametrize("name", AX_14)
def test_ax_14_m13_money_for_another_ledger(name: str) -> None:
    """EX-40: never applied to the receiving ledger's items because the customer also owes there."""
    paid, docs, accounts, verdict, expected = AX_14[name]
    number, words = paid.get("amount", "3480.00"), {key: value for key, value in paid.items() if key != "amount"}
    out = run(
        items=items(*docs), receipts=receipts(receipt("R1", number, "2025-04-02", **words)),
        customers=customers(*PARTY), banks=banks(*accounts), ledgers=HOUSES, as_of="2025-04-02",
    )  # fmt: skip
    assert told(out) == verdict
    assert parts(out) == expected
    astray = "misdirected" in expected
    assert flags(out) == ("MISDIRECTED" if verdict.startswith("M13") else "")
    assert (out.settled.receipts["status"].tolist() == ["MISDIRECTED"]) == astray
    assert not astray or cash(out) == {}


def test_ax_14_the_proposal_names_ledger_item_customer_and_due_date() -> None:
    out = run(
        items=items(LEASE, TRADE), receipts=receipts(receipt("R1", "3480.00", "2025-04-02", text="LEASE FA-20931 APR", account="DE09")),
        customers=customers(*PARTY), banks=banks(IN_MAIN), ledgers=HOUSES, as_of="2025-04-02",
    )  # fmt: skip
    sentence = out.of("R1").sentence
    assert "3,480.00 EUR belongs to another ledger or company" in sentence
    assert "FA-20931 of customer F-77 in FIN 2000, due 2025-04-05, 3,480.00 EUR open" in sentence
    assert out.documents("R1", 2) == ["FA-20931"]
    assert all(tie.holds for tie in out.settled.ties)


AX_12 = [("4873.26", "96.61", {}), ("4775.79", "86.61", {"disc": ("2025-01-15", "2.00")})]


@pytest.mark.parametrize(("amount", "score", "more"), AX_12, ids=["AX_12", "AX_12_H2"])
def test_ax_12_a_repeat_under_a_changed_number_is_held(amount: str, score: str, more: dict[str, Any]) -> None:
    """Not applied to 2025-00466; UNAPPLIED until somebody decides."""
    old = item("2025-00417", "C400", "4873.26", doc="2025-01-05", clearing_date="2025-02-03", open="0", clearing_doc="R10", **more)
    out = with_repeats(
        items=items(old, item("2025-00466", "C400", "3120.00")),
        receipts=receipts(receipt("R11", amount, "2025-02-19", text="2O25-OO417A", account="DE40")),
        customers=customers(customer("C400")), banks=banks(bank("C400", "DE40")), as_of="2025-02-28",
    )  # fmt: skip
    assert told(out, "R11") == "M14 REVIEW G-04"
    assert f"Score {score} of 100" in out.of("R11").why_not
    assert (cash(out, "R11"), parts(out, "R11"), flags(out, "R11")) == ({}, {"unapplied": minor(amount)}, "DUPLICATE_PAYMENT")


def paid_twice(number: str, **over: Any) -> dict[str, Any]:
    return item(number, "C1", "2000.00", doc="2025-02-01", clearing_date="2025-03-03", open="0", clearing_doc="T80", **over)


def as_receipt(number: str, day: str, text: str = "", amount: str = "2000.00", **over: Any) -> dict[str, Any]:
    return receipt(number, amount, day, text=text, account="DE01", **over)


RATES = [
    item(f"FA-20931-0{n}", "C1", "1250.00", due=due, doc="2025-01-02", doc_type="INST", contract_no="FA-20931")
    for n, due in ((3, "2025-03-05"), (4, "2025-04-05"))
]
SAME = {"delivery_no": "800123", "po_no": "PO-1"}
AX_13: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, str], int]] = {
    "2 two transfers name one settled invoice": ([paid_twice("940101")], [as_receipt("T91", "2025-03-09", "940101")], {"T91": "M00 REVIEW G-04"}, 0),
    "3 two invoices for one delivery, both paid by name": (
        [item("940201", "C1", "2000.00", **SAME), item("940301", "C1", "2000.00", **SAME)],
        [as_receipt("R1", "2025-03-03", "940201"), as_receipt("R2", "2025-03-09", "940301")],
        {"R1": "M04 AUTO", "R2": "M04 AUTO"}, 400_000,
    ),
    "4 each instalment is named": (
        RATES, [as_receipt("R1", "2025-03-03", "FA-20931-03", "1250.00"), as_receipt("R2", "2025-04-02", "FA-20931-04", "1250.00")],
        {"R1": "M04 AUTO", "R2": "M04 AUTO"}, 250_000,
    ),
    "5 a cheque came back, a wire follows": (
        [item("940401", "C1", "2000.00")],
        [as_receipt("R1", "2025-03-01", "940401", method="CHEQUE, returned"), as_receipt("R2", "2025-03-10", "940401")],
        {"R1": "M04 REVIEW G-15", "R2": "M04 AUTO"}, 200_000,
    ),
    "7 receipt and reversal in the book, one bank line": (
        [item("940501", "C1", "2000.00"), item("1", "C1", "-2000.00", doc_type="RCPT", reversed_by="2"),
         item("2", "C1", "2000.00", doc_type="RCPT", reverses="1")],
        [as_receipt("R1", "2025-03-03", "940501")], {"R1": "M04 AUTO"}, 200_000,
    ),
    "8 three deliveries, three receipts": (
        [item(f"94060{n}", "C1", "2000.00", delivery_no=f"80012{n}") for n in range(3)],
        [as_receipt(f"R{n}", "2025-03-20") for n in range(3)], {f"R{n}": "M06 REVIEW G-01" for n in range(3)}, 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", AX_13)
def test_ax_13_same_amounts_different_classes(name: str) -> None:
    """What matching decides of each row; rows 1 and 6 are decided by the book and at intake."""
    docs, paid, verdicts, applied = AX_13[name]
    out = with_repeats(
        items=items(*docs), receipts=receipts(*paid), customers=customers(customer("C1")), banks=banks(bank("C1", "DE01")),
        as_of=max(row["value_date"] for row in paid),
    )  # fmt: skip
    assert {number: told(out, number) for number in verdicts} == verdicts
    assert out.settled.allocations["amount_applied"].sum() == applied
    assert [flags(out, number) for number in verdicts] == ["DUPLICATE_PAYMENT" if v.startswith("M00") else "" for v in verdicts.values()]


def test_m00_and_m14_end_the_pipeline_only_from_sixty_points() -> None:
    """A settled number without the amount gives no score: the next strategies are asked, and G-04 is told."""
    out = with_repeats(
        items=items(paid_twice("940101"), item("950101", "C1", "700.00")), receipts=receipts(as_receipt("R1", "2025-03-09", "940101", "700.00")),
        customers=customers(customer("C1")), banks=banks(bank("C1", "DE01")), as_of="2025-03-31",
    )  # fmt: skip
    assert told(out) == "M16 REVIEW G-04"


def test_m14_looks_back_no_further_than_the_policy_says() -> None:
    old = {**paid_twice("940101"), "clearing_date": "2024-08-01", "doc_date": "2024-07-01", "posting_date": "2024-07-01"}
    found = {
        "break_id": "EX-20:R1:1000:940101:2025:1", "rule": "EX-20", "class": "POSSIBLE", "receipt_id": "R1", "ledger_id": "MAIN", "company_code": "1000",
        "customer_id": "C1", "item_id": "1000:940101:2025:1", "cleared_date": "2024-08-01", "cleared_by": "T80", "currency": "EUR", "amount": 200_000,
        "score": 6500, "points_amount": 4000, "points_payer": 2000, "points_reference": 0, "points_time": 0, "points_unexplained": 500,
        "proposed": "ON_ACCOUNT", "sentence": "The amount of 940101.",
    }  # fmt: skip
    frames = {"items": items(old), "customers": customers(customer("C1")), "banks": banks(bank("C1", "DE01")), "breaks": breaks(found)}
    assert told(run(receipts=receipts(as_receipt("R1", "2025-03-09")), **frames)) == "M16 REVIEW G-04"
    assert told(run(receipts=receipts(as_receipt("R1", "2025-01-28")), as_of="2025-01-31", **frames)) == "M14 REVIEW G-04"


EQUAL = [item("8101", "C1", "1190.00", due="2025-03-10"), item("8102", "C1", "1190.00", due="2025-04-10")]
LATER = {"doc": "2025-03-01"}
NETS = [
    item("8101", "C1", "1000.00", disc=("2025-03-20", "2.00"), **LATER),
    item("8102", "C1", "1000.00", disc=("2025-03-20", "2.00"), due="2025-04-10", **LATER),
]
AX_06 = [
    ("equal invoices", EQUAL, "1190.00", "", "REVIEW", "M06 REVIEW G-01", []),
    ("equal invoices", EQUAL, "1190.00", "", "OLDEST_DUE", "M06 AUTO", ["8101"]),
    ("equal after discount", NETS, "980.00", "", "REVIEW", "M07 REVIEW G-01", []),
    ("equal after discount", NETS, "980.00", "", "OLDEST_DUE", "M07 AUTO", ["8101"]),
    ("a pair adds up as well", [*EQUAL, item("1", "C1", "190.00"), item("2", "C1", "1000.00")], "1190.00", "", "OLDEST_DUE", "M06 REVIEW G-01", []),
    ("one, and an unknown number", EQUAL[:1], "1190.00", "INV 99999", "REVIEW", "M06 SUGGEST G-23", []),
    ("equal instalments (Appendix D 4)", RATES, "1250.00", "", "OLDEST_DUE", "M06 REVIEW G-01", []),
]  # fmt: skip


@pytest.mark.parametrize(("why", "docs", "amount", "text", "tie", "verdict", "applied"), AX_06, ids=[f"{c[0]}-{c[4]}" for c in AX_06])
def test_ax_06_ties_go_to_people_unless_the_policy_says_oldest(
    why: str, docs: list[dict[str, Any]], amount: str, text: str, tie: str, verdict: str, applied: list[str]
) -> None:
    out = run(
        items=items(*docs), receipts=receipts(as_receipt("R1", "2025-03-12", text, amount)), customers=customers(customer("C1")),
        banks=banks(bank("C1", "DE01")), policy=policy(matching={"tie_policy": tie}),
    )  # fmt: skip
    assert told(out) == verdict
    assert list(cash(out)) == applied
    assert out.documents("R1") == [docs[0]["reference"]]


def test_ax_11_an_overpayment_touches_no_other_document() -> None:
    docs = [item("9301", "C300", "2500.00"), item("9302", "C300", "1100.00", due="2025-03-08"), item("9303", "C300", "900.00", due="2025-04-30"),
            item("9304", "C300", "400.00", due="2025-03-01")]  # fmt: skip
    out = run(
        items=items(*docs), receipts=receipts(receipt("R1", "5200.00", "2025-03-20", text="9301", account="DE30", method="WIRE")),
        customers=customers(customer("C300")), banks=banks(bank("C300", "DE30")), as_of="2025-03-20",
    )  # fmt: skip
    assert out.documents("R1") == ["9301"]
    assert set(out.proposal_items["reference"]) == {"9301"}
    assert cash(out) == {"9301": 250_000}
    assert sum(parts(out).values()) == minor("5200.00")


def test_ax_17_three_kinds_of_unallocated_cash_of_one_day() -> None:
    """Applied 22,800.00; unapplied, unidentified and misdirected are told apart; together they are the receipts."""
    day = "2025-03-14"
    docs = [
        item("5001", "C100", "10000.00"), item("5002", "C100", "4250.50"), item("7001", "C100", "-1250.50", ref_item="5002"),
        item("6001", "C101", "10000.00", doc="2025-03-03", due="2025-04-02", disc=("2025-03-13", "2.00"), grace_days=3),
        *(item(f"800{n}", "C200", amount, due=f"2025-04-0{n}") for n, amount in enumerate(("1000.00", "2000.00", "1500.00", "1500.00", "700.00"), 1)),
        LEASE, TRADE,
    ]  # fmt: skip
    paid = [
        receipt("R1", "13000.00", day, account="DE10"), receipt("R2", "9800.00", day, account="DE11", text="6001"),
        receipt("R3", "3000.00", day, account="DE20"), receipt("R4", "640.00", day, account="DE99", name="NOBODY KNOWN"),
        receipt("R5", "3480.00", day, account="DE09", text="LEASE FA-20931 APR"),
    ]  # fmt: skip
    out = run(
        items=items(*docs), receipts=receipts(*paid), customers=customers(*PARTY, *(customer(c) for c in ("C100", "C101", "C200"))),
        banks=banks(IN_MAIN, bank("C100", "DE10"), bank("C101", "DE11"), bank("C200", "DE20")), ledgers=HOUSES, as_of=day,
    )  # fmt: skip
    assert [told(out, f"R{n}") for n in range(1, 6)] == ["M08 AUTO", "M04 AUTO", "M10 REVIEW G-01 G-02", "M16 NONE", "M13 REVIEW G-09"]
    names = ["applied_amount", "on_account_amount", "unapplied_amount", "unidentified_amount", "misdirected_amount"]
    assert out.settled.receipts[names].sum().tolist() == [2_280_000, 0, 300_000, 64_000, 348_000]
    assert out.settled.receipts["amount"].sum() == 2_280_000 + 300_000 + 64_000 + 348_000


OLD = [item("9001", "C1", "100.00", due="2025-02-01", doc="2025-01-01"), item("9002", "C1", "250.00", due="2025-02-10", doc="2025-02-01"),
       item("9003", "C1", "400.00", due="2025-03-10", doc="2025-02-11")]  # fmt: skip
TENTH = item("9000", "C1", "1000.00", due="2025-01-20", doc="2025-03-05", disc=("2025-03-15", "2.00"))
M15: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, str], dict[str, dict[str, int]]]] = {
    "the last one in part": (OLD, [as_receipt("R1", "2025-03-12", "", "300.00")], {"R1": "M15 AUTO"}, {"R1": {"9001": 10_000, "9002": 20_000}}),
    "to the cent": (OLD, [as_receipt("R1", "2025-03-12", "", "350.00")], {"R1": "M15 AUTO"}, {"R1": {"9001": 10_000, "9002": 25_000}}),
    "the amount of a later one is no reason": (OLD, [as_receipt("R1", "2025-03-12", "", "400.00")], {"R1": "M15 AUTO"},
                                              {"R1": {"9001": 10_000, "9002": 25_000, "9003": 5_000}}),
    "two receipts in turn, the earlier first": (
        OLD, [as_receipt("R1", "2025-03-12", "", "300.00"), as_receipt("R2", "2025-03-11", "", "70.00")], {"R2": "M15 AUTO", "R1": "M15 AUTO"},
        {"R2": {"9001": 7_000}, "R1": {"9001": 3_000, "9002": 25_000, "9003": 2_000}},
    ),
    "a designation wins": (OLD, [as_receipt("R1", "2025-03-12", "INV 9003", "400.00")], {"R1": "M04 AUTO"}, {"R1": {"9003": 40_000}}),
    "a designated and a free receipt": (
        OLD, [as_receipt("R1", "2025-03-12", "9002", "250.00"), as_receipt("R2", "2025-03-11", "", "150.00")],
        {"R1": "M04 AUTO", "R2": "M15 AUTO"}, {"R1": {"9002": 25_000}, "R2": {"9001": 10_000, "9003": 5_000}},
    ),
    "a designated one that falls short holds its document": (
        OLD, [as_receipt("R1", "2025-03-12", "9001", "50.00"), as_receipt("R2", "2025-03-13", "", "150.00")],
        {"R1": "M05 SUGGEST G-10", "R2": "M15 REVIEW G-18"}, {},
    ),
    "more than is open": (OLD, [as_receipt("R1", "2025-03-12", "", "800.00")], {"R1": "M15 SUGGEST"}, {}),
    "much more than is open": (OLD, [as_receipt("R1", "2025-03-12", "", "1750.01")], {"R1": "M15 REVIEW G-11"}, {}),
    "an earned discount that closes the document": ([TENTH, *OLD], [as_receipt("R1", "2025-03-12", "", "980.00")], {"R1": "M15 AUTO"}, {"R1": {"9000": 98_000}}),
    "no discount in part": ([TENTH, *OLD], [as_receipt("R1", "2025-03-12", "", "970.00")], {"R1": "M15 AUTO"}, {"R1": {"9000": 97_000}}),
    "a document of later date is left": ([*OLD, item("8999", "C1", "10.00", due="2025-01-01", doc="2025-03-13")],
                                         [as_receipt("R1", "2025-03-12", "", "100.00")], {"R1": "M15 AUTO"}, {"R1": {"9001": 10_000}}),
    "a probable repeat is no M14": ([paid_twice("940101"), *OLD], [as_receipt("R1", "2025-03-13", "", "2000.00")], {"R1": "M15 REVIEW G-04 G-11"}, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", M15)
def test_m15_oldest_first_by_written_instruction(name: str) -> None:
    docs, paid, verdicts, applied = M15[name]
    who = customer("C1", allocation_instruction="OLDEST_FIRST")
    out = with_repeats(items=items(*docs), receipts=receipts(*paid), customers=customers(who), banks=banks(bank("C1", "DE01")))
    assert {number: told(out, number) for number in verdicts} == verdicts
    assert {number: found for number in verdicts if (found := cash(out, number))} == applied


def test_m15_asks_for_a_strong_payer_and_stops_at_a_blocked_document() -> None:
    who = customers(customer("C1", "Nordlicht Werke", allocation_instruction="OLDEST_FIRST"))
    weak = run(items=items(*OLD), receipts=receipts(receipt("R1", "300.00", "2025-03-12", name="NORDLICHT WERKE")), customers=who)
    assert told(weak) == "M15 SUGGEST G-03"
    stopped = run(
        items=items(*OLD), receipts=receipts(as_receipt("R1", "2025-03-12", "", "300.00")), customers=who, banks=banks(bank("C1", "DE01")),
        disputes=disputes(dispute("D1", "C1", "9001")),
    )  # fmt: skip
    assert told(stopped) == "M15 REVIEW G-06"


def test_a_designated_payment_is_never_moved_to_older_debt() -> None:
    """Legal order of designation: whatever is older, larger, overdue or under instruction, the document named is paid."""
    older = [item(f"70{n}", "C1", "400.00", due="2024-12-01", doc="2024-11-01") for n in range(3)]
    for instruction in ("NONE", "OLDEST_FIRST"):
        for tie in ("REVIEW", "OLDEST_DUE"):
            out = run(
                items=items(*older, *OLD), receipts=receipts(as_receipt("R1", "2025-03-12", "INV 9003", "400.00")),
                customers=customers(customer("C1", allocation_instruction=instruction)), banks=banks(bank("C1", "DE01")),
                policy=policy(matching={"tie_policy": tie}),
            )  # fmt: skip
            assert cash(out) == {"9003": 40_000}
            short = run(
                items=items(*older, *OLD), receipts=receipts(as_receipt("R1", "2025-03-12", "INV 9003", "395.00")),
                customers=customers(customer("C1", allocation_instruction=instruction)), banks=banks(bank("C1", "DE01")),
                policy=policy(matching={"tie_policy": tie}),
            )  # fmt: skip
            assert set(short.proposal_items["reference"]) == {"9003"}


PLANNED = [
    item(f"V5-0{n}", "C1", "1250.00", due=f"2025-0{n}-05", doc="2025-01-02", doc_type="INST", contract_no="KV-55501") for n in (2, 3, 4)
]
UNEQUAL = [{**PLANNED[0], "amount_doc": 130_000, "open_amount_doc": 130_000}, *PLANNED[1:2]]
G_22: dict[str, tuple[list[dict[str, Any]], list[tuple[str, str]], list[str], list[str]]] = {
    "equal and nothing named": (PLANNED, [("1250.00", "")], ["M06 REVIEW G-01"], []),
    "the contract is named": (PLANNED, [("1250.00", "rate KV-55501")], ["M04 AUTO"], ["V5-02"]),
    "two rates at once": (PLANNED, [("2500.00", "KV-55501")], ["M04 AUTO"], ["V5-02", "V5-03"]),
    "two receipts in turn": (PLANNED, [("1250.00", "KV-55501"), ("1250.00", "KV 55501")], ["M04 AUTO", "M04 AUTO"], ["V5-02", "V5-03"]),
    "the instalment is named": (PLANNED, [("1250.00", "V5-03")], ["M04 AUTO"], ["V5-03"]),
    "a later one by amount alone": (UNEQUAL, [("1250.00", "")], ["M06 REVIEW G-22"], []),
    "the contract, and a later one by amount": (UNEQUAL, [("1250.00", "KV-55501")], ["M06 REVIEW G-22"], []),
    "the first by amount alone": (UNEQUAL, [("1300.00", "")], ["M06 AUTO"], ["V5-02"]),
    "invoices of a frame contract are no instalments": ([{**row, "doc_type": "INV"} for row in UNEQUAL], [("1250.00", "")], ["M06 AUTO"], ["V5-03"]),
}  # fmt: skip


@pytest.mark.parametrize("name", G_22)
def test_g_22_instalments_in_contractual_order(name: str) -> None:
    docs, paid, verdicts, applied = G_22[name]
    out = run(
        items=items(*docs), receipts=receipts(*(as_receipt(f"R{n}", f"2025-03-1{n}", text, amount) for n, (amount, text) in enumerate(paid, 1))),
        customers=customers(customer("C1")), banks=banks(bank("C1", "DE01")),
    )  # fmt: skip
    assert [told(out, f"R{n}") for n in range(1, len(paid) + 1)] == verdicts
    assert [name for n in range(1, len(paid) + 1) for name in cash(out, f"R{n}")] == applied


SENT = [statement("C1", "2025-02-28", "350.00", "9001 9002"), statement("C1", "2025-03-10", "750.00", "9001 9002 9003")]
FRESH = item("9004", "C1", "33.00", due="2025-04-20", doc="2025-03-11", po_no="PO-9")
M09: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], str, str, list[str]]] = {
    "all due by the last statement": ([*OLD, FRESH], SENT[1:], "750.00", "M09 AUTO", ["9001", "9002", "9003"]),
    "one statement": ([*OLD, FRESH], [SENT[0]], "350.00", "M09 AUTO", ["9001", "9002"]),
    "an older statement, documents since": ([*OLD, FRESH], SENT, "350.00", "M09 REVIEW G-20", []),
    "a statement after the payment is unknown": ([*OLD, FRESH], [statement("C1", "2025-03-20", "350.00", "9001 9002")], "350.00", "M10 SUGGEST G-02", []),
}  # fmt: skip


@pytest.mark.parametrize("name", M09)
def test_m09_and_g_20_statements_of_account(name: str) -> None:
    docs, sent, amount, verdict, applied = M09[name]
    out = run(
        items=items(*docs), receipts=receipts(as_receipt("R1", "2025-03-12", "", amount)), customers=customers(customer("C1")),
        banks=banks(bank("C1", "DE01")), statements=statements(*sent),
    )  # fmt: skip
    assert told(out) == verdict
    assert list(cash(out)) == applied
