"""Receipts that several documents add up to: M07 to M10, AX-01, AX-04, AX-05, INV-8, to the cent."""

from __future__ import annotations

from typing import Any

import pytest
from ax import Ran, bank, banks, customer, customers, item, items, minor, policy, receipt, receipts, run

WHO: dict[str, Any] = {"customers": customers(customer("C1", "Nordlicht Werke GmbH")), "banks": banks(bank("C1", "DE01"))}


def told(out: Ran) -> tuple[str, str, str]:
    row = out.of("R1")
    return row.strategy, row.status, row.gates


def pay(*rows: dict[str, Any], cash: str, text: str = "", rules: Any = None, day: str = "2025-03-12") -> Ran:
    given = {"policy": rules} if rules else {}
    return run(items=items(*rows), receipts=receipts(receipt("R1", cash, day, text=text, account="DE01")), **WHO, **given)


AX_01 = (
    item("5001", "C1", "10000.00", due="2025-03-20"),
    item("5002", "C1", "4250.50", due="2025-03-28"),
    item("7001", "C1", "-1250.50", due="2025-04-02"),
)


def test_ax_01_b_a_linked_credit_is_netted_in_the_whole_account() -> None:
    out = pay(*AX_01[:2], item("7001", "C1", "-1250.50", due="2025-04-02", ref_item="5002"), cash="13000.00")
    assert told(out) == ("M08", "AUTO", "")
    paid = out.settled.allocations.set_index("item_id")["amount_applied"]
    assert paid.to_dict() == {
        "1000:5001:2025:1": minor("10000.00"), "1000:5002:2025:1": minor("4250.50"), "1000:7001:2025:1": minor("-1250.50"),
    }  # fmt: skip
    assert out.settled.receipts["on_account_amount"].tolist() == [0]


def test_ax_01_c_a_credit_without_a_link_needs_a_person() -> None:
    out = pay(*AX_01, cash="13000.00")
    assert told(out) == ("M08", "SUGGEST", "G-17")
    assert out.settled.allocations.empty
    assert out.settled.receipts["unapplied_amount"].tolist() == [minor("13000.00")]


def _of(*rows: tuple[str, str]) -> tuple[dict[str, Any], ...]:
    return tuple(item(number, "C1", amount, due=f"2025-04-{day:02d}") for day, (number, amount) in enumerate(rows, start=1))


AX_04 = _of(("8001", "1000.00"), ("8002", "2000.00"), ("8003", "1500.00"), ("8004", "1500.00"), ("8005", "700.00"))
AX_05 = _of(("8201", "1043.17"), ("8202", "2210.80"), ("8203", "987.44"), ("8204", "3120.05"), ("8205", "415.90"))


def test_ax_04_two_sets_of_equal_sum_go_to_a_person_with_both_shown() -> None:
    out = pay(*AX_04, cash="3000.00")
    assert told(out) == ("M10", "REVIEW", "G-01 G-02")
    assert [out.documents("R1", n) for n in (1, 2)] == [["8001", "8002"], ["8003", "8004"]]
    assert out.of("R1").rivals == 1
    assert out.settled.allocations.empty
    assert out.settled.receipts["unapplied_amount"].tolist() == [minor("3000.00")]


def test_ax_04_a_document_named_leaves_one_set_for_one_click() -> None:
    out = pay(*AX_04, cash="3000.00", text="8002")
    strategy, status, _ = told(out)
    assert (strategy, status) == ("M10", "SUGGEST")
    assert out.documents("R1") == ["8001", "8002"]
    assert "8002, which the payment names," in out.of("R1").sentence
    assert out.settled.allocations.empty


def test_ax_05_the_only_set_posts_itself() -> None:
    out = pay(*AX_05, cash="5150.66")
    assert told(out) == ("M10", "AUTO", "")
    assert out.documents("R1") == ["8201", "8203", "8204"]
    assert "the only set among 5 open documents" in out.of("R1").sentence
    assert out.settled.allocations["amount_applied"].sum() == minor("5150.66")


def test_ax_05_inv_8_an_equal_document_makes_it_a_choice() -> None:
    out = pay(*AX_05, item("8206", "C1", "1043.17", due="2025-04-06"), cash="5150.66")
    assert told(out)[:2] == ("M10", "REVIEW")
    assert out.of("R1").rivals == 1


def test_ax_05_a_search_that_ends_at_its_limit_proves_nothing() -> None:
    out = pay(*AX_05, cash="5150.66", rules=policy(matching={"combo": {"max_nodes": 12}}))
    assert told(out) == ("M10", "REVIEW", "G-02")
    assert not out.of("R1").exhaustive
    assert "not proven unique" in out.of("R1").why_not
    assert out.settled.allocations.empty


def test_m07_one_document_less_its_discount() -> None:
    rows = (item("9001", "C1", "1000.00", doc="2025-03-05", disc=("2025-03-15", "2.00")), item("9002", "C1", "777.77"))
    out = pay(*rows, cash="980.00")
    assert told(out) == ("M07", "AUTO", "")
    assert out.settled.allocations[["amount_applied", "discount"]].values.tolist() == [[minor("980.00"), minor("20.00")]]
    assert told(pay(*rows, item("9003", "C1", "980.00"), cash="980.00"))[:2] == ("M06", "REVIEW")


@pytest.mark.parametrize(
    ("rows", "cash", "says"),
    [
        ([("due", "2025-03-10"), ("due", "2025-03-11"), ("due", "2025-05-01")], "201.10", "all that was overdue"),
        ([("po_no", "PO-7"), ("po_no", "PO-7"), ("po_no", "PO-8")], "201.10", "all of order PO-7"),
        ([("contract_no", "K1"), ("contract_no", "K1"), ("contract_no", "")], "201.10", "all of contract K1"),
    ],
)
def test_m09_a_natural_group(rows: list[tuple[str, str]], cash: str, says: str) -> None:
    amounts, dues = ("100.05", "101.05", "300.00"), ("2025-04-01", "2025-04-02", "2025-04-03")
    docs = ("2025-01-05", "2025-02-05", "2025-03-05")
    made = [
        item(f"77{n}", "C1", amount, **{"due": due, "doc": doc, **{key: value}})
        for n, (amount, due, doc, (key, value)) in enumerate(zip(amounts, dues, docs, rows, strict=True))
    ]
    out = pay(*made, cash=cash)
    assert told(out) == ("M09", "AUTO", "")
    assert says in out.of("R1").sentence
    assert out.documents("R1") == ["770", "771"]


def test_m09_g_01_a_twin_outside_the_group_is_a_rival() -> None:
    rows = [
        item("771", "C1", "100.05", doc="2025-01-05", due="2025-04-01", po_no="P"), item("772", "C1", "101.05", doc="2025-02-05", due="2025-04-02", po_no="P"),
        item("773", "C1", "101.05", doc="2025-03-05", due="2025-04-03"),
    ]  # fmt: skip
    out = pay(*rows, cash="201.10")
    assert told(out) == ("M09", "REVIEW", "G-01")
    assert out.documents("R1", 2) == ["771", "773"]


def test_g_06_a_disputed_document_is_in_no_set() -> None:
    rows = [*AX_05[:3], item("8204", "C1", "3120.05", due="2025-04-04", dispute_id="D1"), AX_05[4]]
    assert told(pay(*rows, cash="5150.66"))[0] == "M16"
