"""M03, M04, M06, M16 side by side: which receipt wins an item, how words are read, what amounts and dates mean."""

from __future__ import annotations

from typing import Any

import pytest
from ax import Ran, bank, customer, customers, item, items, one_receipt, policy, receipt, receipts, run, table, together

NAMED, BARE, STRUCTURED = {"text": "INV 6001001"}, {"text": ""}, {"structured_ref": "RF18539007547034"}
SECOND = item("6001002", "C1", "1000.00")
PART = item("9", "C1", "-400.00", doc_type="RCPT", ref_item="6001001")
OTHERS = (item("6001002", "C1", "700.00", po_no="450077"), item("6001003", "C1", "300.00"))
YEN = {"currency": "JPY"}
DISCOUNT = {"amount": "1000.00", "disc": ("2025-03-15", "2.00")}
LATE = {"amount": "1000.00", "disc": ("2025-03-10", "2.00")}


def rivals(
    first: dict[str, Any], second: dict[str, Any], *more: dict[str, Any], cash: tuple[str, str] = ("1000.00", "1000.00")
) -> dict[str, Any]:
    """Describe two receipts of C1 that may both want invoice 6001001."""
    two = zip(("R1", "R2"), cash, (first, second), strict=True)
    return {
        "receipts": [receipt(number, amount, "2025-03-12", account="DE01", **over) for number, amount, over in two],
        "items": [item("6001001", "C1", "1000.00", structured_ref="RF18539007547034"), *more],
        "customers": [customer("C1")],
        "banks": [bank("C1", "DE01")],
    }


M03, M04, M05, M06, M16 = (f"M{number} {{}}".format for number in ("03", "04", "05", "06", "16"))
Expected = list[str]
RIVALS: dict[str, tuple[dict[str, Any], Expected]] = {
    "two that name it": (rivals(NAMED, NAMED), [M04("REVIEW G-18")] * 2),
    "two that have only the amount": (rivals(BARE, BARE), [M06("REVIEW G-18")] * 2),
    "two structured": (rivals(STRUCTURED, STRUCTURED), [M03("REVIEW G-18")] * 2),
    "structured before named": (rivals(STRUCTURED, NAMED), [M03("AUTO"), M04("REVIEW G-18")]),
    "named before amount": (rivals(NAMED, BARE), [M04("AUTO"), M16("NONE")]),
    "the twin is left for the amount": (rivals(NAMED, BARE, SECOND), [M04("AUTO"), M06("AUTO")]),
    "named but held up, and amount": (rivals({**NAMED, "method": "WIRE, returned"}, BARE), [M04("REVIEW G-15"), M06("REVIEW G-18")]),
    "named in part, and amount": (rivals(NAMED, BARE, cash=("400.00", "1000.00")), [M05("SUGGEST G-10"), M06("REVIEW G-18")]),
    "fits, and names it without fitting": (rivals(NAMED, NAMED, cash=("1000.00", "30.00")), [M04("AUTO"), M05("REVIEW G-10 G-18")]),
    "one item of two wanted twice": (
        rivals({"text": "6001001 6001002"}, {"text": "6001002 6001003"}, *OTHERS, cash=("1700.00", "1000.00")),
        [M04("REVIEW G-18")] * 2,
    ),
}

READ: dict[str, tuple[dict[str, Any], str, Expected]] = {
    "all words": (one_receipt(paid={"text": "6001001 6001002", "amount": "1700.00"}, more=OTHERS), M04("AUTO"), ["6001001", "6001002"]),
    "an end-to-end id": (
        one_receipt(paid={"end_to_end_id": "INV-6001001"}, more=(item("6001009", "C1", "1000.00"),)),
        M04("AUTO"),
        ["6001001"],
    ),
    "an end-to-end id of an unknown payer": (
        one_receipt(paid={"end_to_end_id": "INV-6001001", "account": "XX99"}, more=(item("6001009", "C1", "1000.00"),)),
        M04("AUTO"),
        ["6001001"],
    ),
    "an end-to-end id, another amount": (
        one_receipt(paid={"end_to_end_id": "6001001", "amount": "990.00"}),
        M06("SUGGEST G-10"),
        ["6001001"],
    ),
    "a range": (
        one_receipt(paid={"text": "6001001-6001003", "amount": "2000.00"}, more=OTHERS),
        M04("AUTO"),
        ["6001001", "6001002", "6001003"],
    ),
    "the ends of a range": (
        one_receipt(paid={"text": "6001001-6001003", "amount": "1300.00"}, more=OTHERS),
        M04("SUGGEST"),
        ["6001001", "6001003"],
    ),
    "an order number of another": (one_receipt(paid={"text": "6001001 PO 450077"}, more=OTHERS), M04("SUGGEST"), ["6001001"]),
    "an order number alone": (one_receipt(paid={"text": "PO 450077", "amount": "700.00"}, more=OTHERS), M04("AUTO"), ["6001002"]),
    "digits inside a longer number": (one_receipt(paid={"text": "ref 99600100177"}), M04("SUGGEST"), ["6001001"]),
    "one number on two documents": (
        one_receipt(paid=NAMED, more=[item("7", "C1", "450.00", reference="6001001")]),
        M04("SUGGEST"),
        ["6001001"],
    ),
    "one number on two lines, both paid": (
        one_receipt(paid={**NAMED, "amount": "1450.00"}, more=[item("7", "C1", "450.00", reference="6001001")]),
        M04("AUTO"),
        ["6001001", "6001001"],
    ),
    "the least amount": (one_receipt(paid={**BARE, "amount": "10.00"}, doc={"amount": "10.00"}), M06("AUTO"), ["6001001"]),
    "below the least amount": (one_receipt(paid={**BARE, "amount": "9.99"}, doc={"amount": "9.99"}), M16("NONE"), []),
    "nothing fits": (one_receipt(paid={**BARE, "amount": "77.00"}), M16("NONE"), []),
    "a small yen amount": (
        one_receipt(paid={**NAMED, **YEN, "amount": "1000000"}, doc={**YEN, "amount": "1000000", "amount_local": 600000}),
        M04("AUTO"),
        ["6001001"],
    ),
    "a large yen amount": (
        one_receipt(paid={**NAMED, **YEN, "amount": "16666667"}, doc={**YEN, "amount": "16666667", "amount_local": 10000000}),
        M04("SUGGEST G-12"),
        ["6001001"],
    ),
    "partly paid before": (one_receipt(paid={**NAMED, "amount": "600.00"}, more=[PART]), M04("AUTO"), ["6001001"]),
    "too much for what is left": (one_receipt(paid=NAMED, more=[PART]), M05("AUTO"), ["6001001"]),
    "part payment on a number of two": (
        one_receipt(paid={**NAMED, "amount": "1450.00"}, more=[PART, item("7", "C1", "450.00", reference="6001001")]),
        M04("REVIEW G-06"),
        ["6001001", "6001001"],
    ),
    "cleared after the key date": (one_receipt(paid=NAMED, doc={"clearing_date": "2025-04-05", "open": "0"}), M04("AUTO"), ["6001001"]),
    "cleared on the key date": (one_receipt(paid=NAMED, doc={"clearing_date": "2025-03-31", "open": "0"}), M16("REVIEW G-04"), []),
    "posted after the key date": (one_receipt(paid=NAMED, doc={"posting_date": "2025-04-01"}), M16("NONE"), []),
    "discount in time": (one_receipt(paid={**NAMED, "amount": "980.00"}, doc=DISCOUNT), M04("AUTO"), ["6001001"]),
    "discount too late": (one_receipt(paid={**NAMED, "amount": "980.00"}, doc=LATE), M05("SUGGEST G-10"), ["6001001"]),
    "no discount on a part (MP-13)": (one_receipt(paid={**NAMED, "amount": "490.00"}, doc=DISCOUNT), M05("SUGGEST G-10"), ["6001001"]),
    "three percent on two (MP-15)": (one_receipt(paid={**NAMED, "amount": "970.00"}, doc=DISCOUNT), M05("SUGGEST G-10"), ["6001001"]),
    "three percent on two within (MP-15)": (one_receipt(paid={**NAMED, "amount": "975.50"}, doc=DISCOUNT), M04("AUTO"), ["6001001"]),
    "same customer number in another ledger": (
        one_receipt(paid={"text": "INV 7001001"}, more=[item("7001001", "C1", "1000.00", ledger_id="FIN")]),
        "M13 REVIEW G-09",
        [],
    ),
}


@pytest.fixture(scope="module")
def ran() -> dict[str, Ran]:
    """Run every case in one close; competing ones also with the receipts' numbers exchanged."""
    cases = {name: case for name, (case, _) in RIVALS.items()} | {name: case for name, (case, *_) in READ.items()}
    swapped = {f"swapped {name}": {**case, "receipts": _exchanged(case["receipts"])} for name, (case, _) in RIVALS.items()}
    return together({**cases, **swapped})


def _exchanged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "receipt_id": other["receipt_id"]} for row, other in zip(rows, rows[::-1], strict=True)][::-1]


def verdicts(out: Ran) -> list[str]:
    return [f"{row.strategy} {row.status} {row.gates}".strip() for row in out.proposals.itertuples()]


@pytest.mark.parametrize("name", RIVALS)
def test_g_18_receipts_compete_by_strategy_never_by_order(ran: dict[str, Ran], name: str) -> None:
    assert verdicts(ran[name]) == RIVALS[name][1]
    assert verdicts(ran[f"swapped {name}"]) == RIVALS[name][1][::-1]


@pytest.mark.parametrize("name", READ)
def test_how_a_payment_is_read(ran: dict[str, Ran], name: str) -> None:
    _, expected, documents = READ[name]
    assert verdicts(ran[name]) == [expected]
    assert ran[name].documents("R1") == documents
    assert len(ran[name].settled.allocations) == (len(documents) if "AUTO" in expected else 0)


def test_words_for_people(ran: dict[str, Ran]) -> None:
    assert ran["all words"].of("R1").sentence == "Pays 6001001 and 6001002: both named in the text, the amounts add up to the cent."
    assert ran["all words"].of("R1").falls_without == "the references 6001001 and 6001002"
    assert "to the cent after 2 % discount of 20.00 EUR" in ran["discount in time"].of("R1").sentence
    assert "2025-03-10" in ran["discount too late"].of("R1").why_not
    assert "400.00 EUR over" in ran["too much for what is left"].of("R1").sentence
    assert "only inside a longer number" in ran["digits inside a longer number"].of("R1").why_not
    assert "amounts below 10.00 are not matched by amount alone" in ran["below the least amount"].of("R1").why_not.lower()
    assert ran["the twin is left for the amount"].of("R2").sentence.startswith("Pays 6001002, due 2025-03-31: the only open document")
    assert "6001001 is also claimed by receipt" in ran["two that name it"].of("R1").why_not


def test_2_6_the_score_ranks_and_is_bounded(ran: dict[str, Ran]) -> None:
    """Strong payer, named, to the cent, in time: 100 points; amount alone: 60; late discount: 0.6 of the amount's share."""
    assert ran["all words"].of("R1").score == 10000
    assert ran["the least amount"].of("R1").score == 6000
    assert ran["discount in time"].of("R1").score == 9850
    assert ran["three percent on two within (MP-15)"].of("R1").score == 9700
    assert ran["discount too late"].of("R1").score == 7000 + 30 * (6000 * (98000 - 2000) // 98000) // 100


def test_m16_a_known_payer_is_unapplied_an_unknown_one_unidentified() -> None:
    out = together({"one": one_receipt(paid={**BARE, "amount": "77.00"}, others=[receipt("R2", "5.00", "2025-03-12")])})["one"]
    assert verdicts(out) == ["M16 NONE", "M16 NONE"]
    assert out.settled.receipts[["status", "unapplied_amount", "unidentified_amount"]].values.tolist() == [
        ["UNAPPLIED", 7700, 0],
        ["UNIDENTIFIED", 0, 500],
    ]


def test_g_21_small_differences_stop_at_the_yearly_cap() -> None:
    """Cap 250.00: ten times 25.00 pass, the last receipt by value date waits; another customer has its own cap."""
    rows = [item(str(6001000 + n), "C1", "10000.00") for n in range(11)] + [item("7001001", "C2", "10000.00")]
    paid = [receipt(f"R{n:02d}", "9975.00", f"2025-03-{20 - n:02d}", text=f"INV {6001000 + n}") for n in range(11)]
    paid.append(receipt("S", "9975.00", "2025-03-25", text="INV 7001001"))
    out = together({"one": {"items": rows, "receipts": paid, "customers": [customer("C1"), customer("C2")]}})["one"]
    assert out.proposals.loc[out.proposals["status"] == "SUGGEST", ["receipt_id", "gates"]].values.tolist() == [["R00", "G-21"]]
    assert (out.proposals["status"] == "AUTO").sum() == 11
    assert out.settled.allocations["small_diff"].sum() == 27500


def test_g_21_what_earlier_closes_of_the_year_used_counts() -> None:
    """240.00 of 250.00 are gone by the pack before: 25.00 more wait for a person; last year's use and another customer's do not count."""
    used = {
        "view": "CUSTOMER",
        "ledger_id": "MAIN",
        "company_code": "1000",
        "currency": "EUR",
        "uses": 10,
        "used_to_date": 24000,
        "exceeded": False,
    }
    before = [
        {**used, "who": who, "year": year, "month": f"{year}-02", "used": 24000} for who, year in (("C1", 2025), ("C2", 2024), ("C3", 2025))
    ]
    rows = [item("6001000", "C1", "10000.00"), item("7001000", "C2", "10000.00")]
    paid = [receipt(f"R{n}", "9975.00", "2025-03-20", text=f"INV {number}") for n, number in ((1, "6001000"), (2, "7001000"))]
    out = run(
        items=items(*rows), receipts=receipts(*paid), customers=customers(customer("C1"), customer("C2")),
        tolerance_budget=table("tolerance_budget", *before),
    )  # fmt: skip
    assert [(out.of(n).status, out.of(n).gates) for n in ("R1", "R2")] == [("SUGGEST", "G-21"), ("AUTO", "")]


def test_mp_14_policy_may_forfeit_or_absorb() -> None:
    """Overdue by more than 30 days costs every discount; a late discount up to 20.00 is written off; both only by policy."""
    rules = policy(matching={"discount_requires_no_overdue": "true", "unearned_discount_autowrite": "20.00"})
    taken = {**NAMED, "amount": "980.00"}
    cases = {
        "overdue": one_receipt(paid=taken, doc=DISCOUNT, more=[item("1", "C1", "33.00", doc="2024-12-01", due="2025-01-01")]),
        "a little": one_receipt(paid=taken, doc=DISCOUNT, more=[item("1", "C1", "33.00", doc="2024-12-01", due="2025-02-15")]),
        "late": one_receipt(paid=taken, doc=LATE),
    }
    out = together(cases, policy=rules)
    assert verdicts(out["overdue"]) == ["M05 SUGGEST G-10"]
    assert verdicts(out["a little"]) == verdicts(out["late"]) == ["M04 AUTO"]
    assert (out["late"].of("R1").discount, out["late"].of("R1").small_diff) == (0, 2000)
    assert (out["a little"].of("R1").discount, out["a little"].of("R1").small_diff) == (2000, 0)
