"""M17: what is likeliest among the documents that no other payment claims; a suggestion only, and where two do equally well, none."""

from __future__ import annotations

from typing import Any

import pytest
from ax import Ran, bank, banks, customer, customers, item, items, receipt, receipts, run

AMOUNTS = {
    "6001001": "1211.17", "6001002": "845.31", "6001003": "2290.53", "6001004": "377.77", "6001005": "5103.29", "6001006": "1666.61",
}  # fmt: skip
LEDGER = tuple(item(number, "C1", amount, doc=f"2025-02-0{n}") for n, (number, amount) in enumerate(AMOUNTS.items(), start=1))
CREDIT = item("9", "C1", "-100.00", doc_type="RCPT")


def pay(*paid: tuple[str, str], day: str = "2025-03-12", more: tuple[dict[str, Any], ...] = (), same_day: bool = False, **over: Any) -> Ran:
    """Run payments of C1, `(amount, text)`, a day apart."""
    days = [day if same_day else f"2025-03-{12 + n}" for n in range(len(paid))]
    rows = [
        receipt(f"R{n}", amount, when, text=text, account="DE01", **over)
        for n, ((amount, text), when) in enumerate(zip(paid, days, strict=True), 1)
    ]
    return run(
        items=items(*LEDGER, *more), receipts=receipts(*rows), customers=customers(customer("C1", "Nordlicht Werke GmbH")),
        banks=banks(bank("C1", "DE01")),
    )  # fmt: skip


def seen(out: Ran, number: str) -> tuple[str, str, list[str]]:
    row = out.of(number)
    return row.strategy, row.status, out.documents(number)


WAYS = {
    "the rest of a part payment": ((("2000.00", "INV 6001005"), ("3103.29", "")), "R2", ["6001005"]),
    "one document less seven percent": ((("1126.39", ""),), "R1", ["6001001"]),
    "one document a fifth short": ((("4100.11", "THANK YOU"),), "R1", ["6001005"]),
    "half of a document": ((("2551.64", ""),), "R1", ["6001005"]),
    "a row less a charge": ((("4327.01", ""),), "R1", ["6001001", "6001002", "6001003"]),
}


@pytest.mark.parametrize(("paid", "number", "meant"), WAYS.values(), ids=WAYS)
def test_m17_what_an_amount_most_likely_pays(paid: tuple[tuple[str, str], ...], number: str, meant: list[str]) -> None:
    out = pay(*paid)
    assert seen(out, number) == ("M17", "SUGGEST", meant)
    assert number not in set(out.settled.allocations["receipt_id"])
    assert "no other payment claims" in out.of(number).sentence


def test_m17_of_two_equal_documents_the_one_that_no_other_payment_names() -> None:
    twin = item("6001009", "C1", "1211.17", doc="2025-02-09")
    out = pay(("1300.00", "INV 6001001"), ("1211.17", ""), more=(twin,))
    assert seen(out, "R2") == ("M17", "SUGGEST", ["6001009"])


def test_m17_g_01_two_equal_documents_that_nobody_claims_stay_with_a_person() -> None:
    out = pay(("1211.17", ""), more=(item("6001009", "C1", "1211.17", doc="2025-02-09"),))
    assert (out.of("R1").strategy, out.of("R1").status, out.of("R1").gates) == ("M06", "REVIEW", "G-01")


@pytest.mark.parametrize(("same_day", "statuses"), [(False, ["SUGGEST", "REVIEW"]), (True, ["REVIEW", "REVIEW"])])
def test_m17_g_18_the_first_of_equal_payments_stands_and_payments_of_one_day_do_not(same_day: bool, statuses: list[str]) -> None:
    out = pay(("1211.17", ""), ("1211.17", ""), same_day=same_day)
    assert [out.of(number).status for number in ("R1", "R2")] == statuses


@pytest.mark.parametrize(
    ("text", "amount"), [("INV 6001001 6001002 6001003 7700123", "9000.00"), ("INV 6001001 6001002 6001003 60010", "6013.78")]
)
def test_m17_mp50_three_documents_of_a_list_that_nothing_completes_are_proposed_and_the_rest_waits(text: str, amount: str) -> None:
    out = pay((amount, text))
    assert seen(out, "R1") == ("M17", "SUGGEST", ["6001001", "6001002", "6001003"])
    assert "waits on account" in out.of("R1").sentence
    assert pay((amount, text.replace("6001003 ", ""))).of("R1").status == "REVIEW", "two documents of a longer list are too few"


def test_m12_m17_a_list_is_completed_by_what_nobody_else_claims() -> None:
    many = tuple(item(f"70020{n}", "C1", f"{200 + 7 * n}.{n}", doc="2025-02-20") for n in range(10, 40))
    named = ("7002011", "7002013", "7002015")
    cents = {f"70020{n}": (200 + 7 * n) * 100 + n for n in range(10, 40)}
    paid = sum(cents[number] for number in (*named, "7002016", "7002017"))
    out = pay((f"{paid // 100}.{paid % 100:02d}", "INV 7002011 7002013 7002015 7002061 70020"), more=many)
    assert seen(out, "R1") == ("M17", "SUGGEST", [*named, "7002016", "7002017"])


def test_m17_money_on_account_and_round_sums_are_left_alone() -> None:
    for amount in ("5000.00", "1000.00", "9.99"):
        assert pay((amount, "")).of("R1").status == "NONE", amount
    assert pay(("1126.39", ""), more=(CREDIT,)).of("R1").status == "NONE", "an open credit without an invoice explains any amount"


def test_m17_row_order_changes_nothing() -> None:
    paid = [receipt(f"R{n}", amount, f"2025-03-1{n}", account="DE01") for n, amount in enumerate(("1126.39", "2551.64", "4100.11"), 1)]
    both = [
        run(items=items(*rows), receipts=receipts(*money), customers=customers(customer("C1")), banks=banks(bank("C1", "DE01")))
        for rows, money in ((LEDGER, paid), (LEDGER[::-1], paid[::-1]))
    ]
    assert [seen(both[0], f"R{n}") for n in (1, 2, 3)] == [seen(both[1], f"R{n}") for n in (1, 2, 3)]
