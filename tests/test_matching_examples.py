"""Worked examples of the domain: AX-02, AX-06, AX-09, AX-13, to the cent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from ax import Ran, bank, banks, customer, customers, item, items, minor, policy, receipt, receipts, run

from arwork.matching.tolerances import allowed
from arwork.matching.universe import universe
from arwork.money import ISO
from arwork.tables import empty


def told(out: Ran, number: str = "R1") -> tuple[str, str, str]:
    row = out.of(number)
    return row.strategy, row.status, row.gates


WHO: dict[str, Any] = {"customers": customers(customer("C1", "Nordlicht Werke GmbH")), "banks": banks(bank("C1", "DE01"))}
AX_02 = [
    ("9800.00", "2025-03-16", "AUTO", "200.00", "0"),
    ("9800.00", "2025-03-17", "SUGGEST", "0", "0"),
    ("9795.00", "2025-03-12", "AUTO", "200.00", "5.00"),
    ("10000.00", "2025-03-10", "AUTO", "0", "0"),
]


@pytest.mark.parametrize(("cash", "day", "status", "discount", "small"), AX_02, ids=[f"AX_02_{n}" for n in (1, 2, 3, 4)])
def test_ax_02_discount_taken_in_time_and_late(cash: str, day: str, status: str, discount: str, small: str) -> None:
    row = item("6001", "C1", "10000.00", doc="2025-03-03", due="2025-04-02", disc=("2025-03-13", "2.00"), grace_days=3)
    out = run(items=items(row), receipts=receipts(receipt("R1", cash, day, text="6001", account="DE01")), **WHO)
    if status == "AUTO":
        assert told(out) == ("M04", "AUTO", "")
        paid = out.settled.allocations.iloc[0]
        assert (paid["amount_applied"], paid["discount"], paid["small_diff"]) == (minor(cash), minor(discount), minor(small))
        assert paid["amount_relieved"] == minor("10000.00")
        assert out.settled.receipts["status"].tolist() == ["APPLIED"]
    else:
        assert told(out) == ("M05", "SUGGEST", "G-10")
        assert "200.00 EUR short" in out.of("R1").why_not
        assert "2025-03-16" in out.of("R1").why_not
        assert out.settled.allocations.empty
        assert out.settled.receipts["unapplied_amount"].tolist() == [minor("9800.00")]
        assert out.documents("R1") == ["6001"]


TWINS = (
    item("8101", "C1", "1190.00", doc="2025-02-08", due="2025-03-10"),
    item("8102", "C1", "1190.00", doc="2025-03-01", due="2025-04-10"),
)


def test_ax_06_two_equal_invoices_without_reference_go_to_review() -> None:
    out = run(items=items(*TWINS), receipts=receipts(receipt("R1", "1190.00", "2025-03-12", account="DE01")), **WHO)
    assert told(out) == ("M06", "REVIEW", "G-01")
    assert [out.documents("R1", n) for n in (1, 2)] == [["8101"], ["8102"]]
    assert out.of("R1").rivals == 1
    assert out.settled.allocations.empty
    assert out.settled.receipts["unapplied_amount"].tolist() == [minor("1190.00")]


def test_ax_06_the_policy_may_take_the_oldest_due() -> None:
    rules = policy(matching={"tie_policy": "OLDEST_DUE"})
    out = run(items=items(*TWINS), receipts=receipts(receipt("R1", "1190.00", "2025-03-12", account="DE01")), policy=rules, **WHO)
    assert told(out) == ("M06", "AUTO", "")
    assert out.settled.allocations["item_id"].tolist() == ["1000:8101:2025:1"]


@pytest.mark.parametrize(("text", "status", "gates"), [("INV 99999", "SUGGEST", "G-23"), ("", "AUTO", ""), ("thank you", "AUTO", "")])
def test_ax_06_a_document_we_do_not_know_needs_a_person(text: str, status: str, gates: str) -> None:
    out = run(items=items(TWINS[0]), receipts=receipts(receipt("R1", "1190.00", "2025-03-12", text=text, account="DE01")), **WHO)
    assert told(out) == ("M06", status, gates)
    assert out.documents("R1") == ["8101"]
    assert len(out.settled.allocations) == (status == "AUTO")


AX_09 = [
    ("1000.00", "995.00", "AUTO", "5.00"),
    ("1000.00", "994.99", "REVIEW", "5.01"),
    ("20000.00", "19975.00", "AUTO", "25.00"),
    ("20000.00", "19974.99", "REVIEW", "25.01"),
]


@pytest.mark.parametrize(("invoice", "cash", "status", "gap"), AX_09, ids=[f"AX_09_{n}" for n in (1, 2, 3, 4)])
def test_ax_09_tolerance_is_the_lower_of_amount_and_percent(invoice: str, cash: str, status: str, gap: str) -> None:
    out = run(
        items=items(item("7001", "C1", invoice)), receipts=receipts(receipt("R1", cash, "2025-03-12", text="7001", account="DE01")), **WHO
    )
    if status == "AUTO":
        assert told(out) == ("M04", "AUTO", "")
        assert out.settled.allocations[["amount_applied", "small_diff", "amount_relieved"]].values.tolist() == [
            [minor(cash), minor(gap), minor(invoice)]
        ]
    else:
        assert told(out) == ("M05", "SUGGEST", "G-10")
        assert f"{gap} EUR short" in out.of("R1").why_not
        assert out.settled.allocations.empty


def test_ax_09_a_clerks_own_limit_is_lower_still() -> None:
    one = tuple(universe(items(item("7001", "C1", "20000.00")), empty("disputes"), date(2025, 3, 31)).items.values())
    rules = policy()
    assert allowed("STD", True, minor("20000.00"), one, rules.matching, ISO) == minor("25.00")
    assert allowed("STD", True, minor("20000.00"), one, rules.matching, ISO, rules.matching.tolerances.users["clerk"]) == minor("10.00")


def test_ax_09_ten_invoices_have_one_tolerance_a_receipt() -> None:
    ten = [item(str(7001 + n), "C1", "1000.00") for n in range(10)]
    text = " ".join(str(7001 + n) for n in range(10))
    short = run(items=items(*ten), receipts=receipts(receipt("R1", "9950.00", "2025-03-12", text=text, account="DE01")), **WHO)
    assert told(short) == ("M05", "SUGGEST", "G-10")
    assert "50.00 EUR short, 25.00 EUR is tolerated" in short.of("R1").why_not
    within = run(items=items(*ten), receipts=receipts(receipt("R1", "9975.00", "2025-03-12", text=text, account="DE01")), **WHO)
    assert told(within) == ("M04", "AUTO", "")
    assert within.settled.allocations["small_diff"].sum() == minor("25.00")
    assert set(within.settled.allocations["small_diff"]) == {minor("2.50")}


def test_ax_13_4_each_instalment_is_matched_by_its_own_text() -> None:
    plan = [
        item(f"FA-20931-0{n}", "F-77", "1250.00", due=due, doc="2025-01-02", doc_type="INST", contract_no="FA-20931", ledger_id="FIN")
        for n, due in ((3, "2025-03-05"), (4, "2025-04-05"))
    ]
    paid = [
        receipt(number, "1250.00", day, text=f"LEASE {text}", account="DE77", ledger_id="FIN")
        for number, day, text in (("R1", "2025-03-03", "FA-20931-03"), ("R2", "2025-04-02", "FA-20931-04"))
    ]
    out = run(
        items=items(*plan),
        receipts=receipts(*paid),
        as_of="2025-04-02",
        customers=customers(customer("F-77", tolerance_group="FIN", ledger_id="FIN")),
        banks=banks(bank("F-77", "DE77", ledger_id="FIN")),
    )
    assert [told(out, n) for n in ("R1", "R2")] == [("M04", "AUTO", "")] * 2
    assert out.settled.allocations["item_id"].str.contains("-03|-04").all()
    assert out.settled.receipts["on_account_amount"].sum() == 0
    assert out.documents("R1") == ["FA-20931-03"]


def test_ax_13_8_three_equal_invoices_and_three_receipts_are_not_guessed() -> None:
    three = [item(str(9501 + n), "C1", "2000.00", delivery_no=f"80012{n}") for n in range(3)]
    paid = [receipt(f"R{n}", "2000.00", "2025-03-20", account="DE01") for n in range(3)]
    out = run(items=items(*three), receipts=receipts(*paid), **WHO)
    assert [told(out, f"R{n}") for n in range(3)] == [("M06", "REVIEW", "G-01")] * 3
    assert out.settled.allocations.empty
    assert out.of("R1").rivals == 2


def test_ax_03_a_credit_memo_named_beside_its_invoice_lessens_the_discount_base() -> None:
    """Base 4,500.00, discount 90.00, nothing left over."""
    both = (
        item("6101", "C1", "5000.00", doc="2025-05-05", due="2025-06-04", disc=("2025-05-15", "2.00")),
        item("7101", "C1", "-500.00", doc="2025-05-08", ref_item="6101"),
    )
    out = run(
        items=items(*both),
        receipts=receipts(receipt("R1", "4410.00", "2025-05-14", text="6101 less 7101", account="DE01")),
        as_of="2025-05-31",
        **WHO,
    )
    assert told(out) == ("M04", "AUTO", "")
    assert out.settled.allocations[["amount_applied", "discount", "amount_relieved"]].values.tolist() == [
        [491000, 9000, 500000],
        [-50000, 0, -50000],
    ]


def test_m03_a_valid_structured_reference_pays_its_invoice() -> None:
    row = item("6001001", "C1", "1000.00", structured_ref="RF18539007547034")
    for stated, text in (("RF18 5390 0754 7034", ""), ("", "RF18 5390 0754 7034"), ("RF18539007547034", "INV 6001001")):
        out = run(items=items(row), receipts=receipts(receipt("R1", "1000.00", "2025-03-12", structured_ref=stated, text=text)), **WHO)
        assert told(out) == ("M03", "AUTO", "")
        assert out.documents("R1") == ["6001001"]


def test_m03_is_not_hit_without_check_digits_or_with_other_documents() -> None:
    wrong = item("6001001", "C1", "1000.00", structured_ref="RF19539007547034")
    out = run(items=items(wrong), receipts=receipts(receipt("R1", "1000.00", "2025-03-12", structured_ref="RF19539007547034")), **WHO)
    assert told(out) == ("M04", "AUTO", "")
    two = (item("6001001", "C1", "1000.00", structured_ref="RF18539007547034"), item("6001002", "C1", "500.00"))
    out = run(
        items=items(*two),
        receipts=receipts(receipt("R1", "1500.00", "2025-03-12", structured_ref="RF18539007547034", text="6001002")),
        **WHO,
    )
    assert told(out) == ("M04", "AUTO", "")
    assert out.documents("R1") == ["6001001", "6001002"]
