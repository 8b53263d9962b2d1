"""What looks like something else: one payment made twice, one document named for another, a range in whatever language, half of a list."""

from __future__ import annotations

import pytest
from ax import Ran, bank, banks, customer, customers, item, items, receipt, receipts, run

CUSTOMERS = customers(customer("C201", "Nordlicht Werke GmbH"), customer("C202", "Nordlicht Handel GmbH"))
BANKS = banks(bank("C201", "DE01"), bank("C202", "DE02"))
SERIES = items(
    item("26005101", "C201", "100.00"), item("26005102", "C201", "200.00"), item("26005103", "C201", "300.00"), item("26005104", "C201", "70.00")
)  # fmt: skip


def ran(open_items: object, *rows: dict[str, object]) -> Ran:
    return run(items=open_items, receipts=receipts(*rows), customers=CUSTOMERS, banks=BANKS, as_of="2025-03-31")


def twice(text: str = "RE 26005130", again: str = "RE 26005130", name: str = "Nordlicht", later: str = "1190.00") -> Ran:
    """A payment from the account of one customer, and one of the next week that says the same, from that of another one."""
    return ran(
        items(item("26005130", "C202", "1190.00"), item("26005188", "C201", "77.00")),
        receipt("R1", "1190.00", "2025-03-12", text=text, account="DE01", name="Nordlicht"),
        receipt("R2", later, "2025-03-20", text=again, account="DE02", name=name),
    )


def test_g_04_the_same_payment_from_another_account_waits_for_the_first_one() -> None:
    out = twice()
    assert (out.of("R1").strategy, out.of("R1").status) == ("M11", "SUGGEST")
    assert (out.of("R2").strategy, out.of("R2").status, out.of("R2").gates) == ("M04", "REVIEW", "G-04")
    assert "R1 of 2025-03-12" in out.of("R2").why_not


@pytest.mark.parametrize(
    "other",
    [{"name": "Suedlicht"}, {"again": "RE 26005130 26005199"}, {"text": "Danke", "again": "RE 26005130"}],
    ids=["name", "numbers", "silent"],
)
def test_g_04_another_name_or_other_numbers_are_no_twin(other: dict[str, str]) -> None:
    assert "G-04" not in twice(**other).of("R2").gates


def test_g_04_a_second_payment_after_a_settled_one_is_a_rival_only_for_the_same_items() -> None:
    """Two rates of one contract, same words and amount: each pays one of two equal items."""
    out = ran(
        items(item("7001", "C201", "500.00", reference="V-4471"), item("7002", "C201", "500.00", reference="V-4471")),
        receipt("R1", "500.00", "2025-03-12", text="RE 7001", account="DE01"),
        receipt("R2", "500.00", "2025-03-20", text="RE 7002", account="DE01"),
    )
    assert [out.of(number).status for number in ("R1", "R2")] == ["AUTO", "AUTO"]


@pytest.mark.parametrize(
    ("said", "meant", "amount"), [("26005103", "26005130", "1190.00"), ("26005130", "26005103", "900.00")], ids=["short", "over"]
)
def test_m12_the_number_of_one_document_written_for_that_of_another(said: str, meant: str, amount: str) -> None:
    out = ran(
        items(item("26005103", "C201", "900.00"), item("26005130", "C201", "1190.00"), item("26005188", "C201", "77.00")),
        receipt("R1", amount, "2025-03-12", text=f"RE {said}", account="DE01"),
    )
    assert (out.of("R1").strategy, out.of("R1").status, out.documents("R1")) == ("M12", "SUGGEST", [meant])
    assert f"one slip away from {said}" in out.of("R1").sentence
    assert f"on {said}, which is named" in out.of("R1").sentence


@pytest.mark.parametrize(("left", "why"), [("1190.01", "a cent away"), ("1190.00", "two of them")], ids=["not to the cent", "two fit"])
def test_m05_stays_with_what_is_named_where_no_one_document_fits(left: str, why: str) -> None:
    more = [item("26005203", "C201", "1190.00")] if why == "two of them" else []
    out = ran(
        items(item("26005103", "C201", "900.00"), item("26005130", "C201", left), *more),
        receipt("R1", "1190.00", "2025-03-12", text="RE 26005103", account="DE01"),
    )
    assert out.of("R1").strategy != "M12"


@pytest.mark.parametrize("word", ["bis", "az", "T.O.M.", "até", "jusqu'à", "t/m", "tot", "o", "à", "til", "-"])
def test_mt_step_c_a_range_in_the_payers_language(word: str) -> None:
    out = ran(SERIES, receipt("R1", "600.00", "2025-03-12", text=f"26005101 {word} 26005103", account="DE01"))
    assert (out.of("R1").status, out.documents("R1")) == ("AUTO", ["26005101", "26005102", "26005103"])
    assert "names 26005101 to 26005103" in out.of("R1").sentence or "all 3 named in the text" in out.of("R1").sentence


def over(text: str, amount: str) -> str:
    """What became of an overpayment, and what keeps it from acting alone."""
    out = ran(SERIES, receipt("R1", amount, "2025-03-12", text=text, account="DE01"))
    assert out.of("R1").strategy == "M05"
    return f"{out.of('R1').status} {out.of('R1').why_not}".strip()


def test_m05_what_is_over_waits_where_documents_lie_between_two_that_are_named() -> None:
    assert over("26005101 wax 26005103", "410.00") == "SUGGEST 26005102 lies between the numbers that are named"
    assert over("26005101 wax 26005102", "310.00") == "AUTO"


def test_m05_what_is_over_waits_where_short_numbers_follow() -> None:
    assert over("RE 26005104-26,26", "80.00") == "SUGGEST 26 may name another document"
    assert over("RE 26005104", "80.00") == "AUTO"


def test_m07_a_discount_waits_where_another_document_has_the_same_gross() -> None:
    """Payers take discounts late, and then either of the two may be meant."""
    fresh, late, other = (
        item("26005101", "C201", "100.00", disc=("2025-03-15", "2.00")), item("26005102", "C201", "100.00", disc=("2025-03-05", "2.00")),
        item("26005109", "C201", "33.00"),
    )  # fmt: skip
    paid = receipt("R1", "98.00", "2025-03-12", account="DE01")
    alone, doubted = ran(items(fresh, other), paid), ran(items(fresh, late, other), paid)
    assert (alone.of("R1").strategy, alone.of("R1").status) == ("M07", "AUTO")
    assert (doubted.of("R1").strategy, doubted.of("R1").status) == ("M07", "SUGGEST")
    assert "26005102 has the same gross" in doubted.of("R1").why_not
