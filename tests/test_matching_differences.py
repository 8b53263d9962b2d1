"""Differences (2.4): the order of explanation, residuals, deductions, tax withheld, charges, overpayments, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from ax import Ran, advice, advices, bank, banks, customer, customers, decide, decided, item, items, minor, policy, receipt, receipts, run

from arwork.matching.reasons import mapped, opens_dispute, x12_of

PAID = {"account": "DE01", "end_to_end_id": "E1"}


def case(docs: list[dict[str, Any]], cash: str, day: str = "2025-03-12", *, who: dict[str, Any] | None = None, **over: Any) -> Ran:
    """Run one receipt R1 of customer C1 over its documents; `lines` is an advice, `paid` changes the receipt."""
    lines = over.pop("lines", ())
    paid = {**PAID, **over.pop("paid", {})}
    return run(
        items=items(*docs),
        receipts=receipts(receipt("R1", cash, day, **paid)),
        customers=customers(customer("C1", "Nordlicht Werke", **(who or {}))),
        banks=banks(bank("C1", "DE01")),
        advices=advices(*(advice("A1", "E1", *lines) if lines else [])),
        as_of=over.pop("as_of", day),
        **over,
    )


def told(out: Ran) -> tuple[str, str, str]:
    row = out.of("R1")
    return row.strategy, row.status, row.gates


LEGS = ["amount_applied", "discount", "small_diff", "wht", "bank_charge", "fx", "residual", "amount_relieved"]


def legs(out: Ran, *names: str) -> dict[str, list[Decimal]]:
    """Return the named legs of each proposed line in major units, by document."""
    rows = out.proposal_items[out.proposal_items["candidate"] == 1]
    return {r["reference"]: [Decimal(int(r[n])) / 100 for n in names or LEGS] for r in rows.to_dict("records")}


def dec(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


def left(out: Ran) -> list[list[Any]]:
    """Return the residuals: document, amount, code, suggested code, X12, due date, dispute, status."""
    columns = ["reference", "amount", "reason_code", "suggested_code", "x12_code", "due_date", "dispute", "status"]
    rows = out.follow["residuals"][columns].to_dict("records")
    return [[str(v.date()) if k == "due_date" else v for k, v in row.items()] for row in rows]


# AX-01 -----------------------------------------------------------------------------------------------------------------------

THREE = [item("5001", "C1", "10000.00"), item("5002", "C1", "4250.50"), item("7001", "C1", "-1250.50", ref_item="5002")]
AX_01 = (("5001", "10000.00"), ("5002", "4250.50"), ("7001", "-1250.50"))


def test_ax_01_a_an_advice_nets_a_credit_memo() -> None:
    out = case(THREE, "13000.00", lines=AX_01)
    assert told(out) == ("M01", "AUTO", "")
    assert legs(out, "amount_applied", "amount_relieved") == {
        "5001": dec("10000.00", "10000.00"),
        "5002": dec("4250.50", "4250.50"),
        "7001": dec("-1250.50", "-1250.50"),
    }
    assert out.settled.receipts[["applied_amount", "on_account_amount", "unapplied_amount"]].values.tolist() == [[1300000, 0, 0]]


def test_ax_01_d_an_advice_with_another_sum_is_reviewed() -> None:
    out = case(THREE, "13000.00", lines=(("5001", "10100.00"), *AX_01[1:]))
    assert out.of("R1").status == "REVIEW"
    assert "G-05" in out.of("R1").gates
    assert out.settled.allocations.empty


# AX-02, AX-03, AX-09 -----------------------------------------------------------------------------------------------------------

LATE = item("6001", "C1", "10000.00", doc="2025-03-03", due="2025-04-02", disc=("2025-03-13", "2.00"), grace_days=3)


def test_mp13_what_is_left_owed_says_which_part_of_it_is_discount_that_was_not_earned() -> None:
    """204.00 short and 240.00 left owed once stood side by side without a word of the 36.00 between them."""
    out = case([item("6001", "C1", "1200.00", doc="2025-03-03", disc=("2025-03-13", "3.00"))], "960.00", paid={"text": "6001"})
    told = out.of("R1").sentence
    assert "204.00 EUR short" in told
    assert "left owed: 240.00 EUR on 6001 (UN, due 2025-03-31), 36.00 EUR of it discount that a part payment does not earn" in told


def test_ax_02_a_discount_taken_too_late_is_a_residual_ud() -> None:
    out = case([LATE], "9800.00", "2025-03-17", paid={"text": "6001"})
    assert told(out) == ("M05", "SUGGEST", "G-10")
    assert legs(out) == {"6001": dec("9800.00", "0", "0", "0", "0", "0", "200.00", "10000.00")}
    assert left(out) == [["6001", 20000, "UD", "", "24", "2025-04-02", False, "PROPOSED"]]
    assert out.settled.allocations.empty
    assert out.of("R1").residual == 20000


@pytest.mark.parametrize(("basis", "told_of"), [("value_date", ("M04", "AUTO", "")), ("booking_date", ("M05", "SUGGEST", "G-10"))])
def test_mp11_the_day_of_payment_for_a_discount_is_that_of_the_policy(basis: str, told_of: tuple[str, str, str]) -> None:
    paid = {"text": "6001", "booking_date": pd.Timestamp("2025-03-18")}
    rules = policy(matching={"discount_date_basis": basis})
    assert told(case([LATE], "9800.00", "2025-03-16", paid=paid, as_of="2025-03-18", policy=rules)) == told_of


@pytest.mark.parametrize("due", ["2025-04-02", "2024-11-30"])
def test_mp42_what_stays_owed_is_due_when_the_document_was(due: str) -> None:
    out = case([{**LATE, "due_date": pd.Timestamp(due)}], "9000.00", "2025-03-17", paid={"text": "6001"})
    assert [row[5] for row in left(out)] == [due] * len(left(out)) != []


def test_mp14_a_late_discount_within_the_policy_is_written_off() -> None:
    rules = policy(matching={"unearned_discount_autowrite": "200.00"})
    out = case([LATE], "9800.00", "2025-03-17", paid={"text": "6001"}, policy=rules)
    assert told(out) == ("M04", "AUTO", "")
    assert legs(out, "small_diff", "residual") == {"6001": dec("200.00", "0")}


def test_mp15_only_the_excess_of_a_discount_is_unearned() -> None:
    """3 % until the 10th, 2 % until the 20th; 3 % is taken on the 15th: 2 % is earned, 1 % is a residual."""
    two = item(
        "6001", "C1", "10000.00", disc1_date="2025-03-10", disc1_pct=30000, disc2_date="2025-03-20", disc2_pct=20000, due="2025-04-02"
    )
    out = case([two], "9700.00", "2025-03-15", paid={"text": "6001"})
    assert told(out) == ("M05", "SUGGEST", "G-10")
    assert legs(out, "amount_applied", "discount", "residual") == {"6001": dec("9700.00", "200.00", "100.00")}
    assert left(out)[0][:3] == ["6001", 10000, "UD"]
    advised = case([two], "9700.00", "2025-03-15", lines=(("6001", "10000.00", "300.00", "0", ""),))
    assert told(advised) == ("M01", "SUGGEST", "G-10")
    assert legs(advised, "amount_applied", "discount", "residual") == {"6001": dec("9700.00", "200.00", "100.00")}


def test_ax_03_a_the_discount_counts_on_the_invoice_less_its_credit_memo() -> None:
    terms = {"doc": "2025-05-05", "due": "2025-06-04"}
    docs = [item("6101", "C1", "5000.00", disc=("2025-05-15", "2.00"), **terms), item("7101", "C1", "-500.00", ref_item="6101")]
    for lines in (
        (("6101", "5000.00", "90.00", "0", ""), ("7101", "-500.00")),
        (("6101", "4910.00"), ("7101", "-500.00")),
    ):
        out = case(docs, "4410.00", "2025-05-14", lines=lines)
        assert told(out) == ("M01", "AUTO", "")
        assert legs(out, "amount_applied", "discount", "residual") == {
            "6101": dec("4910.00", "90.00", "0"),
            "7101": dec("-500.00", "0", "0"),
        }
    too_much = case(docs, "4400.00", "2025-05-14", lines=(("6101", "5000.00", "100.00", "0", ""), ("7101", "-500.00")))
    assert told(too_much) == ("M01", "SUGGEST", "G-10")
    assert left(too_much)[0][:3] == ["6101", 1000, "UD"]


PARTIAL = [item("6102", "C1", "5000.00", doc="2025-05-05", due="2025-06-04", disc=("2025-05-15", "2.00"))]


@pytest.mark.parametrize(("granted", "discount", "rest"), [(True, "50.00", "2500.00"), (False, "0.00", "2550.00")])
@pytest.mark.parametrize("mode", ["PARTIAL", "RESIDUAL"])
def test_ax_03_b_discount_on_a_part_payment(granted: bool, discount: str, rest: str, mode: str) -> None:
    rules = policy(matching={"short_pay_mode": mode, "disc_on_partial": "true" if granted else "false"})
    out = case(PARTIAL, "2450.00", "2025-05-14", paid={"text": "6102"}, policy=rules)
    assert told(out) == ("M05", "SUGGEST", "G-10")
    found = legs(out)["6102"]
    relieved = Decimal("2450.00") + Decimal(discount)
    residual = Decimal(rest) if mode == "RESIDUAL" else Decimal(0)
    assert found == [Decimal("2450.00"), Decimal(discount), 0, 0, 0, 0, residual, relieved + residual]
    still_open = Decimal("5000.00") - found[-1]
    assert still_open + residual == Decimal(rest)
    assert len(left(out)) == (mode == "RESIDUAL")


@pytest.mark.parametrize(("invoice", "cash", "gap"), [("1000.00", "994.99", "5.01"), ("20000.00", "19974.99", "25.01")])
def test_ax_09_what_is_not_tolerated_is_a_residual_un(invoice: str, cash: str, gap: str) -> None:
    out = case([item("7001", "C1", invoice)], cash, paid={"text": "7001"})
    assert told(out) == ("M05", "SUGGEST", "G-10")
    assert left(out) == [["7001", minor(gap), "UN", "", "D3", "2025-03-31", False, "PROPOSED"]]


@pytest.mark.parametrize(
    ("role", "status", "needs"),
    [("clerk", "SUGGEST", "needs senior"), ("senior", "AUTO", ""), ("supervisor", "AUTO", ""), ("", "AUTO", "")],
)
def test_ax_09_the_limit_of_the_person_counts_as_well(role: str, status: str, needs: str) -> None:
    """15.00 short of 20,000.00: above a clerk's 10.00, within a senior's and the group's 25.00."""
    out = case([item("7001", "C1", "20000.00")], "19985.00", paid={"text": "7001"}, role=role)
    assert out.of("R1").status == status
    assert needs in out.of("R1").why_not
    assert out.of("R1").small_diff == (1500 if status == "AUTO" else 0)


def test_ax_09_ten_invoices_leave_one_residual_on_the_last() -> None:
    ten = [item(str(7001 + n), "C1", "1000.00") for n in range(10)]
    out = case(ten, "9950.00", paid={"text": " ".join(row["reference"] for row in ten)})
    assert left(out) == [["7010", 5000, "UN", "", "D3", "2025-03-31", False, "PROPOSED"]]
    assert sum(line[0] for line in legs(out).values()) == Decimal("9950.00")


def test_appendix_d_1_the_residual_sits_on_the_latest_due_item() -> None:
    docs = [item("7001", "C1", "1000.00", due="2025-04-30"), item("7002", "C1", "1000.00", due="2025-03-31")]
    out = case(docs, "1700.00", paid={"text": "7001 7002"})
    assert legs(out, "amount_applied", "residual") == {"7001": dec("700.00", "300.00"), "7002": dec("1000.00", "0")}
    assert left(out)[0][5:7] == ["2025-04-30", True]


def test_mp40_an_advice_says_which_document_is_paid_short() -> None:
    docs = [item("7001", "C1", "1000.00"), item("7002", "C1", "1000.00")]
    out = case(docs, "1700.00", lines=(("7001", "700.00"), ("7002", "1000.00")))
    assert told(out) == ("M05", "SUGGEST", "G-10")
    assert legs(out, "amount_applied", "residual") == {"7001": dec("700.00", "300.00"), "7002": dec("1000.00", "0")}


# AX-10 -------------------------------------------------------------------------------------------------------------------------

DAMAGED = item("9201", "C1", "18400.00", doc="2025-03-11", due="2025-04-10")


def test_ax_10_a_declared_deduction_above_the_cap() -> None:
    lines = (("9201", "18400.00", "0", "1150.00", "damaged goods DN-778"),)
    out = case([DAMAGED], "17250.00", "2025-05-06", lines=lines)
    assert told(out) == ("M02", "SUGGEST", "")
    assert "1,150.00 EUR from 9201 is above the limit of 500.00 EUR" in out.of("R1").why_not
    assert legs(out) == {"9201": dec("17250.00", "0", "0", "0", "0", "0", "1150.00", "18400.00")}
    assert left(out) == [["9201", 115000, "DM", "", "04", "2025-04-10", True, "PROPOSED"]]
    assert out.follow["residuals"]["owner_function"].tolist() == ["LOGISTICS"]
    assert out.settled.allocations.empty


@pytest.mark.parametrize(
    ("amount", "reason", "status", "code"),
    [
        ("500.00", "damaged goods", "AUTO", "DM"),
        ("500.01", "damaged goods", "SUGGEST", "DM"),
        ("120.00", "04 item not accepted, damaged", "AUTO", "DM"),
        ("120.00", "code 99", "AUTO", "LD"),
        ("120.00", "because", "SUGGEST", "UN"),
        ("120.00", "", "SUGGEST", "UN"),
    ],
)
def test_m02_a_deduction_within_the_cap_and_with_a_known_reason_is_automatic(amount: str, reason: str, status: str, code: str) -> None:
    cash = str(Decimal("18400.00") - Decimal(amount))
    out = case([DAMAGED], cash, "2025-05-06", lines=(("9201", "18400.00", "0", amount, reason),))
    assert told(out) == ("M02", status, "")
    assert left(out)[0][1:3] == [minor(amount), code]
    assert left(out)[0][-1] == ("CREATED" if status == "AUTO" else "PROPOSED")
    if status == "AUTO":
        paid = out.settled.allocations.iloc[0]
        assert (paid["amount_relieved"], paid["residual"], paid["relieved_value"]) == (1840000, minor(amount), minor(cash))
        assert paid["residual_item_id"] == f"R1:1000:9201:2025:1:{code}"
        assert out.settled.receipts["status"].tolist() == ["APPLIED"]


def test_m02_the_percentage_caps_a_deduction_too() -> None:
    """10 % of 1,000.00 is less than 500.00."""
    for amount, status in (("100.00", "AUTO"), ("100.01", "SUGGEST")):
        out = case([item("9202", "C1", "1000.00")], str(1000 - Decimal(amount)), lines=(("9202", "1000.00", "0", amount, "freight"),))
        assert told(out) == ("M02", status, "")


def test_m02_discount_and_deductions_on_one_line() -> None:
    """2 % of 1,000.00 less the deduction of 100.00: 18.00 is earned (MP-12); 20.00 was taken, 2.00 is unearned."""
    row = item("9203", "C1", "1000.00", disc=("2025-03-15", "2.00"))
    good = case([row], "882.00", lines=(("9203", "1000.00", "18.00", "100.00", "price"),))
    assert told(good) == ("M02", "AUTO", "")
    assert legs(good) == {"9203": dec("882.00", "18.00", "0", "0", "0", "0", "100.00", "1000.00")}
    bad = case([row], "880.00", lines=(("9203", "1000.00", "20.00", "100.00", "price"),))
    assert told(bad) == ("M02", "SUGGEST", "G-10")
    assert [row[1:3] for row in left(bad)] == [[10000, "PR"], [200, "UD"]]


def test_m02_a_deduction_that_names_no_document_hangs_on_the_latest() -> None:
    docs = [item("9204", "C1", "1000.00", due="2025-04-30"), item("9205", "C1", "1000.00", due="2025-03-31")]
    lines = (("9204", "1000.00"), ("9205", "1000.00"), ("DN-778", "0", "0", "90.00", "short shipped"))
    out = case(docs, "1910.00", lines=lines)
    assert told(out)[:2] == ("M02", "SUGGEST")
    assert legs(out, "amount_applied", "residual") == {"9204": dec("910.00", "90.00"), "9205": dec("1000.00", "0")}
    assert left(out)[0][2] == "QT"


def test_mp40_partial_leaves_the_item_open_and_makes_no_residual() -> None:
    rules = policy(matching={"short_pay_mode": "PARTIAL"})
    out = case([DAMAGED], "18300.00", "2025-05-06", lines=(("9201", "18400.00", "0", "100.00", "damaged"),), policy=rules)
    assert told(out) == ("M02", "AUTO", "")
    assert legs(out, "amount_applied", "residual", "amount_relieved") == {"9201": dec("18300.00", "0", "18300.00")}
    assert left(out) == []


REASONS = [
    ("damaged goods", "DM"), ("Beschädigte Ware", "DM"), ("04 item not accepted, damaged DN-778", "DM"), ("code 06", "QT"), ("FR", "FR"),
    ("Frachtkosten", "FR"), ("price; price difference", "PR"), ("price; freight", ""), ("", ""), ("misc", ""), ("withholding tax", "WT"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code"), REASONS)
def test_co71_words_of_payers_become_reason_codes(words: str, code: str) -> None:
    assert mapped(words, policy().matching.deduction_reasons) == code


DISPUTES = [
    ("DM", 1, True),
    ("TX", 1, True),
    ("UN", 9999, False),
    ("UN", 10000, True),
    ("UD", 99999, False),
    ("BC", 99999, False),
    ("FX", 99999, False),
]


@pytest.mark.parametrize(("code", "amount", "opens"), DISPUTES)
def test_mp40_what_opens_a_dispute(code: str, amount: int, opens: bool) -> None:
    assert opens_dispute(code, amount, 10000) is opens
    assert x12_of(code)


# AX-11, MP-50 --------------------------------------------------------------------------------------------------------------------


def test_ax_11_the_invoice_is_paid_and_the_rest_is_reviewed() -> None:
    docs = [
        item("9301", "C1", "2500.00"),
        item("9302", "C1", "1100.00", due="2025-02-28"),
        item("9303", "C1", "900.00", due="2025-04-30"),
        item("9304", "C1", "400.00", due="2025-02-20", dispute_id="D1"),
    ]
    out = case(docs, "5200.00", paid={"text": "9301"})
    assert told(out) == ("M05", "AUTO", "")
    assert out.settled.allocations[["item_id", "amount_applied"]].values.tolist() == [["1000:9301:2025:1", 250000]]
    rest = out.follow["on_account"][["amount", "status", "gates"]].values.tolist()
    assert rest == [[270000, "REVIEW", "G-11"]]
    parts = out.settled.receipts[["applied_amount", "on_account_amount", "unapplied_amount", "status"]].values.tolist()
    assert parts == [[250000, 270000, 0, "PARTIALLY_APPLIED"]]


def test_mp50_an_excess_that_is_another_open_item_is_only_suggested() -> None:
    out = case([item("9301", "C1", "2500.00"), item("9302", "C1", "1100.00")], "3600.00", paid={"text": "9301"})
    assert told(out)[:2] == ("M10", "SUGGEST")
    assert out.documents("R1") == ["9301", "9302"]


KINDS = [
    ("O2", "5310.00", "5130.00", []),
    ("O3", "5000.00", "5250.00", [item("7001", "C1", "-250.00")]),
    ("O6", "1000.00", "1190.00", []),
    ("", "5000.00", "5333.33", []),
]


@pytest.mark.parametrize(("kind", "owed", "cash", "more"), KINDS, ids=[row[0] or "none" for row in KINDS])
def test_ex_30_the_suspected_kind(kind: str, owed: str, cash: str, more: list[dict[str, Any]]) -> None:
    if kind == "O2":
        owed, cash = cash, owed
    out = case([item("9301", "C1", owed, amount_tax=19000 if kind == "O6" else None), *more], cash, paid={"text": "9301"})
    assert out.follow["on_account"]["kind"].tolist() == [kind]


# AX-16, MP-60, MP-61 -----------------------------------------------------------------------------------------------------------

WHT = {"wht_rate": 50000, "wht_base": "NET"}
TAXED = item("9601", "C1", "12000.00", amount_net=1000000, amount_tax=200000)
AX_16 = [
    ("11500.00", "AUTO", "", dec("11500.00", "0", "0", "500.00", "0", "0", "0", "12000.00")),
    ("11499.99", "AUTO", "", dec("11499.99", "0", "0", "500.01", "0", "0", "0", "12000.00")),
    ("11500.01", "AUTO", "", dec("11500.01", "0", "0", "499.99", "0", "0", "0", "12000.00")),
    ("11400.00", "SUGGEST", "G-10", dec("11400.00", "0", "0", "500.00", "0", "0", "100.00", "12000.00")),
    ("11490.00", "AUTO", "", dec("11490.00", "0", "10.00", "500.00", "0", "0", "0", "12000.00")),
    ("11475.00", "AUTO", "", dec("11475.00", "0", "25.00", "500.00", "0", "0", "0", "12000.00")),
    ("11474.99", "SUGGEST", "G-10", dec("11474.99", "0", "0", "500.00", "0", "0", "25.01", "12000.00")),
]


@pytest.mark.parametrize(("cash", "status", "gates", "expected"), AX_16, ids=[row[0] for row in AX_16])
def test_ax_16_withholding_tax(cash: str, status: str, gates: str, expected: list[Decimal]) -> None:
    out = case([TAXED], cash, paid={"text": "9601"}, who=WHT)
    assert told(out) == ("M05", status, gates)
    assert legs(out) == {"9601": expected}
    certificate = out.follow["certificates"].iloc[0]
    assert certificate["amount"] == expected[3] * 100
    assert certificate["status"] == ("CERT_PENDING" if status == "AUTO" else "PROPOSED")
    assert str(certificate["due_date"].date()) == "2025-06-10"
    if cash == "11400.00":
        assert left(out) == [["9601", 10000, "UN", "TX", "D3", "2025-03-31", True, "PROPOSED"]]


def test_mp60_the_tax_is_taken_of_gross_where_the_master_says_so_and_of_nothing_unknown() -> None:
    gross = case([item("9601", "C1", "12000.00")], "11400.00", paid={"text": "9601"}, who={**WHT, "wht_base": "GROSS"})
    assert (told(gross)[1], legs(gross, "wht")) == ("AUTO", {"9601": dec("600.00")})
    blind = case([item("9601", "C1", "12000.00")], "11500.00", paid={"text": "9601"}, who=WHT)
    assert told(blind) == ("M05", "SUGGEST", "G-10")
    assert legs(blind, "wht", "residual") == {"9601": dec("0", "500.00")}


ABROAD = {"country": "US"}
HERE = {"bank_country": "DE"}
CHARGES: list[tuple[str, str, dict[str, Any], dict[str, Any], str, str, list[Decimal]]] = [
    ("stated", "9985.00", {"charges": 1500, **HERE}, ABROAD, "AUTO", "", dec("0", "15.00", "0")),
    ("stated, at home", "9985.00", {"charges": 1500}, {}, "AUTO", "", dec("0", "15.00", "0")),
    ("stated, borne by the payer", "9960.00", {"charges": 4000, "charge_bearer": "OUR"}, ABROAD, "SUGGEST", "G-10", dec("0", "0", "40.00")),
    ("stated, and a small difference", "9980.00", {"charges": 1500, **HERE}, ABROAD, "AUTO", "", dec("5.00", "15.00", "0")),
    ("stated, and too much besides", "9959.00", {"charges": 1500, **HERE}, ABROAD, "SUGGEST", "G-10", dec("0", "15.00", "26.00")),
    ("not stated, up to the cap", "9970.00", HERE, ABROAD, "AUTO", "", dec("0", "30.00", "0")),
    ("not stated, above the cap", "9969.99", HERE, ABROAD, "SUGGEST", "G-10", dec("0", "0", "30.01")),
    ("not stated, before the small difference", "9990.00", HERE, ABROAD, "AUTO", "", dec("0", "10.00", "0")),
    ("not stated, at home", "9990.00", HERE, {"country": "DE"}, "AUTO", "", dec("10.00", "0", "0")),
    ("shared, country unknown", "9970.00", {"charge_bearer": "SHA"}, {}, "AUTO", "", dec("0", "30.00", "0")),
    ("nothing known", "9970.00", {}, ABROAD, "SUGGEST", "G-10", dec("0", "0", "30.00")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cash", "paid", "who", "status", "gates", "expected"), CHARGES, ids=[row[0] for row in CHARGES])
def test_mp61_bank_charges(
    name: str, cash: str, paid: dict[str, Any], who: dict[str, Any], status: str, gates: str, expected: list[Decimal]
) -> None:
    out = case([item("9001", "C1", "10000.00")], cash, paid={"text": "9001", **paid}, who=who)
    assert told(out)[1:] == (status, gates)
    assert legs(out, "small_diff", "bank_charge", "residual") == {"9001": expected}


# The order of MP-21 -------------------------------------------------------------------------------------------------------------

DISC = item("8001", "C1", "10000.00", amount_net=1000000, amount_tax=0, disc=("2025-03-15", "2.00"))
PLAIN = item("8001", "C1", "10000.00", amount_net=1000000, amount_tax=0, amount_freight=4000)
NOTE = item("7001", "C1", "-150.00", ref_item="8001")
ORDER: list[tuple[str, list[dict[str, Any]], str, dict[str, Any], dict[str, Any], str, list[Decimal], str]] = [
    # name, documents, cash, receipt, customer, status, discount small wht charge residual, code and hint
    ("1 discount", [DISC], "9800.00", HERE, ABROAD, "AUTO", dec("200", "0", "0", "0", "0"), ""),
    ("3 credit memo before tax", [PLAIN, NOTE], "9850.00", {}, {"wht_rate": 15000}, "SUGGEST", dec("0", "0", "0", "0", "0"), ""),
    ("4 tax before charge and tolerance", [PLAIN], "9980.00", HERE, {**ABROAD, "wht_rate": 2000}, "AUTO", dec("0", "0", "20", "0", "0"), ""),
    ("5 charge before tolerance", [PLAIN], "9980.00", HERE, ABROAD, "AUTO", dec("0", "0", "0", "20", "0"), ""),
    ("6 tolerance", [PLAIN], "9980.00", {}, {}, "AUTO", dec("0", "20", "0", "0", "0"), ""),
    ("1 and 4", [DISC], "9300.00", {}, {"wht_rate": 50000}, "AUTO", dec("200", "0", "500", "0", "0"), ""),
    ("1 and 5", [DISC], "9770.00", HERE, ABROAD, "AUTO", dec("200", "0", "0", "30", "0"), ""),
    ("1 and 6", [DISC], "9775.00", {}, {}, "AUTO", dec("200", "25", "0", "0", "0"), ""),
    ("4 and 5", [PLAIN], "9470.00", HERE, {**ABROAD, "wht_rate": 50000}, "AUTO", dec("0", "0", "500", "30", "0"), ""),
    ("4 and 6", [PLAIN], "9475.00", {}, {"wht_rate": 50000}, "AUTO", dec("0", "25", "500", "0", "0"), ""),
    ("never three", [DISC], "9290.00", {}, {"wht_rate": 50000}, "SUGGEST", dec("0", "0", "500", "0", "210"), "UN"),
    ("charge although the discount was not taken", [DISC], "9985.00", {"charges": 1500}, {}, "AUTO", dec("0", "0", "0", "15", "0"), ""),
    ("9 freight", [PLAIN], "9960.00", {}, {}, "SUGGEST", dec("0", "0", "0", "0", "40"), "UN FR"),
    ("10 unexplained", [PLAIN], "9950.00", {}, {}, "SUGGEST", dec("0", "0", "0", "0", "50"), "UN"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "docs", "cash", "paid", "who", "status", "expected", "code"), ORDER, ids=[row[0] for row in ORDER])
def test_mp21_order(
    name: str,
    docs: list[dict[str, Any]],
    cash: str,
    paid: dict[str, Any],
    who: dict[str, Any],
    status: str,
    expected: list[Decimal],
    code: str,
) -> None:
    out = case(docs, cash, paid={"text": "8001", **paid}, who=who)
    assert told(out)[1] == status
    assert legs(out, "discount", "small_diff", "wht", "bank_charge", "residual")["8001"] == expected
    assert " ".join(text for row in left(out) for text in row[2:4] if text) == code
    if name.startswith("3"):
        assert out.documents("R1") == ["7001", "8001"]
        assert "7001 is linked to what is named but not listed" in out.of("R1").why_not
    cash_and_rest = sum(line[0] for line in legs(out, "amount_applied").values())
    assert cash_and_rest == Decimal(cash)


def test_mp12_the_base_of_the_discount() -> None:
    net = item("8002", "C1", "1190.00", amount_net=100000, disc=("2025-03-15", "2.00"), disc_base="NET_OF_TAX")
    assert legs(case([net], "1170.00", paid={"text": "8002"}), "discount") == {"8002": dec("20.00")}
    part = item("8003", "C1", "1190.00", disc=("2025-03-15", "2.00"), disc_base="ELIGIBLE", disc_eligible_amount=50000)
    assert legs(case([part], "1180.00", paid={"text": "8003"}), "discount") == {"8003": dec("10.00")}
    by_amount = case([net], "1170.00")
    assert told(by_amount) == ("M07", "AUTO", "")


def test_g_21_the_yearly_cap_counts_over_all_strategies() -> None:
    """Eleven receipts, 25.00 short each: ten are 250.00, the eleventh would pass the cap, whatever strategy claims it."""
    docs = [item(str(7001 + n), "C1", "20000.00", structured_ref="RF18539007547034" if n == 0 else "") for n in range(11)]
    paid = [
        receipt(
            f"R{n:02d}", "19975.00", f"2025-03-{11 + n}", text="" if n == 0 else str(7001 + n), account="DE01",
            structured_ref="RF18539007547034" if n == 0 else "",
        )
        for n in range(11)
    ]  # fmt: skip
    who = customers(customer("C1"))
    out = run(items=items(*docs), receipts=receipts(*paid), customers=who, banks=banks(bank("C1", "DE01")))
    assert [out.of(f"R{n:02d}").status for n in range(11)] == ["AUTO"] * 10 + ["SUGGEST"]
    assert out.of("R00").strategy == "M03"
    assert out.of("R10").gates == "G-21"
    assert out.settled.allocations["small_diff"].sum() == 25000


def test_a_persons_allocation_still_adds_up() -> None:
    row = decide(7, "ana", "R1", "1000:7001:2025:1", "900.00", seen="1000.00", discount="20.00")
    rest = decide(7, "ana", "R1", "", "50.00")
    out = case([item("7001", "C1", "1000.00")], "950.00", decided=decided(row, rest))
    assert told(out) == ("PERSON", "AUTO", "")
    assert legs(out, "amount_applied", "discount", "amount_relieved") == {"7001": dec("900.00", "20.00", "920.00")}
    assert out.settled.receipts[["applied_amount", "on_account_amount"]].values.tolist() == [[90000, 5000]]
    assert all(tie.holds for tie in out.settled.ties)


@pytest.mark.parametrize(("order", "special"), [("4500001", "DP"), ("", "")])
def test_mp51_what_is_over_beside_an_order_is_a_prepayment(order: str, special: str) -> None:
    out = case([item("9301", "C1", "2500.00", po_no=order)], "2600.00", paid={"text": order or "9301"})
    assert out.follow["on_account"][["amount", "special_gl"]].values.tolist() == [[10000, special]]


FAR = [
    ("a quarter over", "3125.00", "9000.00", "AUTO"),
    ("more, and others could take it", "3125.01", "700.00", "SUGGEST"),
    ("more, and all others are less", "3125.01", "625.00", "AUTO"),
]


@pytest.mark.parametrize(("name", "cash", "other", "status"), FAR, ids=[row[0] for row in FAR])
def test_mp50_far_over_acts_alone_only_where_nothing_else_can_be_meant(name: str, cash: str, other: str, status: str) -> None:
    more = [item("9302", "C1", other), item("9303", "C1", "-50.00")]
    out = case([item("9301", "C1", "2500.00"), *more], cash, paid={"text": "9301"})
    assert told(out)[:2] == ("M05", status)
