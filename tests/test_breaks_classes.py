"""Amounts that came twice: EX-10 to EX-22 in their order, AX-13 to the letter, hidden variants H1 to H7, and G-21."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pandas.testing import assert_frame_equal
from test_breaks_repeats import BOOK, MAR, POLICY, customer, invoice, receipt, table

from arwork.breaks.budget import tolerance_budget
from arwork.breaks.classes import RepeatBooks, Repeated, classify
from arwork.breaks.repeats import duplicate_payments
from arwork.matching.references import extract
from arwork.tables import empty

LINES = {"source_file": "f", "source_line": "1"}


def books(receipts: list[dict[str, Any]], items: list[dict[str, Any]], **other: Any) -> RepeatBooks:
    """Build the books of a small close; other tables as lists of rows."""
    frame, open_items = table("receipts", receipts), table("open_items", items)
    references = extract(frame, open_items, empty("remittance_lines"), POLICY.matching)
    customers = table("customers", other.pop("customers", [customer("C400")]))
    register = other.pop("refund_register", None)
    more = {name: table(name, rows) for name, rows in other.items()}
    breaks = duplicate_payments(frame, references, open_items, customers, POLICY, returns=more.get("bank_lines"))
    return RepeatBooks(
        frame, references, open_items, customers, breaks, POLICY, date(2025, 12, 31), refund_register=register, **more
    )  # fmt: skip


def told(receipts: list[dict[str, Any]], items: list[dict[str, Any]], **other: Any) -> Repeated:
    found = classify(books(receipts, items, **other))
    assert all(tie.holds for tie in found.ties), found.ties
    return found


def cases(found: Repeated) -> list[tuple[str, str, int, int]]:
    return sorted(found.repeats[["class", "this", "reverse", "credit_due"]].itertuples(index=False, name=None))


def posting(number: str, amount: int, day: date, ref: str = "T77", **other: Any) -> dict[str, Any]:
    row = {
        "gl_account": "1800",
        "doc_no": number,
        "line_no": "1",
        "posting_date": day,
        "amount": amount,
        "type": "RECEIPT",
        "bank_ref": ref,
    }
    return {**BOOK, **row, **other}


def bank_line(number: str, amount: int, day: date, ref: str, **other: Any) -> dict[str, Any]:
    row = {
        "line_id": number,
        "bank_account": "B",
        "currency": "EUR",
        "amount": amount,
        "booking_date": day,
        "bank_txn_id": ref,
        "class": "RECEIPT",
    }
    return {**row, "is_return": False, **other}


ACCOUNT = {"bank_accounts": [{**BOOK, "bank_account": "B"}]}
DELIVERY = {"delivery_no": "800123", "po_no": "45001", "po_line": "10", "supply_date": date(2025, 2, 20)}


def test_AX_13_1_two_postings_of_one_bank_line_are_reversed_not_refunded() -> None:
    found = told(
        [], [], **ACCOUNT, bank_lines=[bank_line("L", 200000, MAR[3], "T77")],
        cash_book=[posting("B1", 200000, MAR[3]), posting("B2", 200000, MAR[4])],
    )  # fmt: skip
    assert cases(found) == [("DUPLICATE_POSTING", "MAIN:1800:B2:1", 200000, 0)]
    row = found.repeats.iloc[0]
    assert (row["rule"], row["other"], row["next_action"]) == ("EX-11", "MAIN:1800:B1:1", "Reverse 2,000.00 EUR in our books; no refund.")
    assert row["sentence"].endswith("for bank reference T77: 4,000.00 EUR booked, 2,000.00 EUR received.")


def test_EX_11_a_batch_whose_postings_add_up_to_the_bank_line_is_right() -> None:
    halves = [posting("B1", 120000, MAR[3]), posting("B2", 80000, MAR[3])]
    assert cases(told([], [], **ACCOUNT, bank_lines=[bank_line("L", 200000, MAR[3], "T77")], cash_book=halves)) == []


def test_EX_11_the_subledger_too() -> None:
    items = [invoice(n, -200000, doc_type="RCPT", reference="T77", posting_date=MAR[3]) for n in ("P1", "P2")]
    found = told([], items, **ACCOUNT, bank_lines=[bank_line("L", 200000, MAR[3], "T77")])
    assert cases(found) == [("DUPLICATE_POSTING", "1000:P2:2025:1", 200000, 0)]


def test_AX_13_2_two_bank_lines_one_debt_is_a_credit_of_the_customer() -> None:
    found = told([receipt("T80", 200000, MAR[3], "9401"), receipt("T91", 200000, MAR[9], "9401")], [invoice("9401", 200000, MAR[3])])
    assert ("DUPLICATE_PAYMENT", "T91", 0, 200000) in cases(found)
    row = found.repeats.set_index("this").loc["T91"]
    assert (row["likely"], row["item_id"], int(row["score"])) == ("PROBABLE", "1000:9401:2025:1", 9967)
    assert row["parts"] == "amount 40.00; payer 20.00; reference 25.00; time 9.67; nothing open 5.00"
    assert row["next_action"] == "Hold 2,000.00 EUR; ask the customer, then offset or refund."


def test_AX_13_3_one_delivery_billed_twice_and_both_paid() -> None:
    items = [invoice("INV-9402", 200000, MAR[3], **DELIVERY), invoice("INV-9403", 200000, MAR[10], **DELIVERY)]
    found = told([receipt("T1", 200000, MAR[3], "INV-9402"), receipt("T2", 200000, MAR[10], "INV-9403")], items)
    loud = found.repeats.loc[~found.repeats["quiet"]]
    assert cases(Repeated(loud, loud, (), ())) == [("DUPLICATE_INVOICE", "1000:INV-9403:2025:1", 200000, 200000)]
    row = loud.iloc[0]
    assert int(row["score"]) == 4000 + 2500 + 1500
    assert row["next_action"] == "Credit memo of -2,000.00 EUR on INV-9403 (code DB, X12 19), then offset or refund."


def test_AX_13_4_instalments_each_with_its_payment_are_recurring() -> None:
    plan = {"doc_type": "INST", "contract_no": "L77", "ledger_id": "FIN"}
    items = [invoice("L77-03", 125000, due_date=MAR[3], **plan), invoice("L77-04", 125000, due_date=date(2025, 4, 3), **plan)]
    paid = [receipt("T1", 125000, MAR[3], "L77-03", ledger_id="FIN"), receipt("T2", 125000, date(2025, 4, 2), "L77-04", ledger_id="FIN")]
    found = told(paid, items, customers=[customer("C400", ledger_id="FIN")])
    assert cases(found) == [("RECURRING", "T1", 0, 0), ("RECURRING", "T2", 0, 0)]
    assert found.repeats["quiet"].all()


def test_AX_13_5_a_returned_cheque_and_its_wire_are_one_receipt() -> None:
    back = bank_line("RET", -200000, MAR[5], "R9", is_return=True, **{"class": "RETURN"})
    paid = [receipt("CHEQUE", 200000, MAR[1], "9405", method="CHEQUE", remitter_account=""), receipt("WIRE", 200000, MAR[10], "9405")]
    found = told(paid, [invoice("9405", 200000, MAR[1])], bank_lines=[back], **ACCOUNT)
    row = found.repeats.set_index("this").loc["WIRE"]
    assert (row["class"], row["other"], int(row["credit_due"]), bool(row["quiet"])) == ("RE_PRESENTED", "CHEQUE", 0, True)
    assert "DUPLICATE_PAYMENT" not in set(found.repeats["class"])
    base = books(paid, [invoice("9405", 200000)], bank_lines=[back], **ACCOUNT)
    used = {
        "allocation_id": "W",
        "receipt_id": "WIRE",
        "item_id": "1000:9405:2025:1",
        "allocation_date": MAR[10],
        "amount_relieved": 200000,
    }
    later = classify(RepeatBooks(**{**vars(base), "allocations": table("allocations", [used])}))
    assert "DUPLICATE_PAYMENT" not in set(later.repeats["class"])


def test_AX_13_6_a_statement_loaded_twice() -> None:
    again = [
        {"source_file": "again.xml", "source_line": str(n), "statement_key": "S64", "currency": "EUR", "amount": 100, "reason": "same"}
        for n in (1, 2)
    ]
    found = told([], [], repeated_lines=again)
    assert list(found.repeats[["rule", "class", "this", "other", "amount", "credit_due"]].itertuples(index=False, name=None)) == [
        ("EX-10", "DUPLICATE_IMPORT", "again.xml", "S64", 200, 0)
    ]


def test_AX_13_7_receipt_reversal_and_re_entry_are_one_receipt() -> None:
    entries = [posting("P1", 200000, MAR[3]), posting("P2", -200000, MAR[4], type="OTHER"), posting("P3", 200000, MAR[5])]
    found = told([], [], **ACCOUNT, bank_lines=[bank_line("L", 200000, MAR[3], "T77")], cash_book=entries)
    assert cases(found) == [("REVERSAL_REPOST", "MAIN:1800:P3:1", 0, 0)]
    assert found.repeats["quiet"].all()


def test_AX_13_8_three_deliveries_and_three_receipts_on_one_day() -> None:
    items = [invoice(f"941{n}", 200000, delivery_no=f"80{n}") for n in (1, 2, 3)]
    found = told([receipt(f"T{n}", 200000, MAR[5]) for n in (1, 2, 3)], items)
    assert cases(found) == [("RECURRING", f"T{n}", 0, 0) for n in (1, 2, 3)]


def test_EX_14_another_invoice_number_alone_is_not_enough() -> None:
    items = [invoice(f"941{n}", 200000) for n in (1, 2)]
    found = told([receipt("T1", 200000, MAR[5]), receipt("T2", 200000, MAR[5])], items)
    assert [row[0] for row in cases(found)] == ["COINCIDENCE", "COINCIDENCE"]


def test_EX_14_more_payments_than_periods_are_not_recurring() -> None:
    rent = [invoice(f"700{n}", 200000, service_from=date(2025, n, 1), service_to=date(2025, n, 28)) for n in (1, 2)]
    two = [receipt(f"T{n}", 200000, date(2025, n, 5), f"700{n}") for n in (1, 2)]
    assert {row[0] for row in cases(told(two, rent))} == {"RECURRING"}
    assert "RECURRING" not in {row[0] for row in cases(told([*two, receipt("T3", 200000, date(2025, 2, 20))], rent))}


def test_EX_15_parts_of_one_invoice_are_instalments() -> None:
    paid = [receipt("T1", 100000, MAR[5], "9420"), receipt("T2", 100000, MAR[9], "9420")]
    found = told(paid, [invoice("9420", 300000)])
    assert cases(found) == [("INSTALMENT", "T1", 0, 0), ("INSTALMENT", "T2", 0, 0)]
    assert set(found.repeats["item_id"]) == {"1000:9420:2025:1"}
    assert cases(told([*paid, receipt("T3", 100001, MAR[10], "9420")], [invoice("9420", 300000)])) != cases(found)


@pytest.mark.parametrize(
    ("changed", "score"),
    [
        pytest.param({}, 4000 + 2500 + 1500 + 1000, id="EX_16_numbers_alike"),
        pytest.param({"reference": "77", "doc_no": "77"}, 4000 + 2500 + 1500, id="EX_16_numbers_apart"),
        pytest.param({"amount_doc": 199000}, 4000 + 1500 + 1500 + 1000, id="EX_16_within_1_percent"),
        pytest.param({"amount_doc": 197000}, None, id="EX_16_beyond_1_percent"),
        pytest.param({"delivery_no": ""}, 4000 + 2500 + 1500 + 1000, id="EX_16_same_order_line"),
        pytest.param({"delivery_no": "", "po_line": "20"}, None, id="EX_16_another_line"),
        pytest.param({"delivery_no": "800999"}, None, id="EX_16_order_line_delivered_twice"),
        pytest.param({"supply_date": date(2025, 2, 23)}, 4000 + 2500 + 1500 + 1000, id="EX_16_supply_three_days_apart"),
        pytest.param({"supply_date": date(2025, 2, 24)}, 4000 + 2500 + 1000, id="EX_16_supply_four_days_apart"),
        pytest.param({"customer_id": "C401"}, None, id="EX_16_another_customer"),
        pytest.param({"reversed_by": "X"}, None, id="EX_16_reversed"),
    ],
)
def test_EX_16_score_to_the_point(changed: dict[str, Any], score: int | None) -> None:
    items = [invoice("2025-00417", 200000, **DELIVERY), {**invoice("2025-00418", 200000, **DELIVERY), **changed}]
    found = told([], items).repeats
    assert list(found["score"]) == ([] if score is None else [score])
    assert set(found["credit_due"]) <= {0}


def test_EX_16_credit_and_rebill_is_no_second_invoice() -> None:
    items = [invoice("9402", 200000, **DELIVERY), invoice("9403", 200000, **DELIVERY)]
    assert len(told([], items).repeats) == 1
    assert told([], [*items, invoice("G1", -200000, doc_type="CM", ref_item="9402")]).repeats.empty
    assert len(told([], [*items, invoice("G1", -100000, doc_type="CM", ref_item="9402")]).repeats) == 1


def test_EX_20_an_item_that_this_close_settled_is_settled() -> None:
    base = books(
        [receipt("T1", 200000, MAR[3], "9401", method="CARD"), receipt("T2", 200000, MAR[9], "9401", method="WIRE")],
        [invoice("9401", 200000)],
    )
    paid = {
        "allocation_id": "T1:9401",
        "receipt_id": "T1",
        "item_id": "1000:9401:2025:1",
        "allocation_date": MAR[3],
        "amount_relieved": 200000,
    }
    found = classify(RepeatBooks(**{**vars(base), "allocations": table("allocations", [paid])}))
    row = found.repeats.set_index("this").loc["T2"]
    assert (row["class"], row["likely"], row["other"], row["variants"]) == ("DUPLICATE_PAYMENT", "PROBABLE", "T1", "H3")
    assert "T1" not in set(found.repeats.loc[found.repeats["rule"] == "EX-20", "this"])


@pytest.mark.parametrize(
    ("apart", "text", "expected"),
    [
        pytest.param({}, "9401", [("T", "POSSIBLE", "1000:9402:2025:1")], id="EX_20_names_the_settled_one"),
        pytest.param({"delivery_no": "800"}, "9401", [("T", "POSSIBLE", "1000:9402:2025:1")], id="EX_14_delivery_known_of_one_alone"),
        pytest.param({}, "9402", [], id="EX_14_names_the_open_one"),
        pytest.param({}, "", [], id="EX_14_names_nothing"),
    ],
)
def test_EX_20_a_receipt_that_names_a_settled_item_is_shown_with_the_equal_open_one(
    apart: dict[str, Any], text: str, expected: list[Any]
) -> None:
    """Its number says the one, its amount says both: a person decides, with the open item as rival."""
    items = [invoice("9401", 200000, MAR[1]), invoice("9402", 200000, **apart)]
    found = classify(books([receipt("T", 200000, MAR[5], text)], items)).repeats.loc[lambda r: r["rule"] == "EX-20"]
    assert list(found[["this", "likely", "rivals"]].itertuples(index=False, name=None)) == expected
    assert all("Open with the same amount: 9402; which of them is meant a person must say." in said for said in found["sentence"])


def test_EX_14_deliveries_set_a_settled_and_an_open_item_apart() -> None:
    items = [invoice("9401", 200000, MAR[1], delivery_no="801"), invoice("9402", 200000, delivery_no="802")]
    assert "EX-20" not in set(classify(books([receipt("T", 200000, MAR[5], "9401")], items)).repeats["rule"])


PARTY = [customer("C400", party_id="P1"), customer("F77", ledger_id="FIN", party_id="P1"), customer("X1"), customer("S2", parent_id="P1")]
RATE = [{"from_currency": "EUR", "to_currency": "USD", "rate_type": "SPOT", "date": MAR[5], "rate": "1.1000"}]
SENT = [{**BOOK, "customer_id": "C400", "statement_date": date(2025, 2, 28), "balance": 500000, "items": "9401 9402"}]


@pytest.mark.parametrize(
    ("paid", "items", "expected"),
    [
        pytest.param(receipt("T", 200000, MAR[5], "94O1"), [invoice("9401", 200000, MAR[1])], ("PROBABLE", "H1", 200000), id="EX_20_H1_letter_for_digit"),
        pytest.param(receipt("T", 200000, MAR[5], "2025-09401A"), [invoice("2025-09401", 200000, MAR[1])], ("PROBABLE", "H1", 200000), id="EX_20_H1_suffix"),
        pytest.param(
            receipt("T", 198500, MAR[5], "9401", charges=1500), [invoice("9401", 200000, MAR[1])], ("PROBABLE", "H2", 198500), id="EX_20_H2_charges"
        ),
        pytest.param(receipt("T", 199000, MAR[5], "9401"), [invoice("9401", 200000, MAR[1])], ("POSSIBLE", "H2", 199000), id="EX_20_H2_rounded"),
        pytest.param(
            receipt("T", 219000, MAR[5], "9401", currency="USD"), [invoice("9401", 200000, MAR[1])], ("POSSIBLE", "H2", 219000), id="EX_20_H2_currency"
        ),
        pytest.param(
            receipt("T", 200000, MAR[5], "9401", customer_id="S2"), [invoice("9401", 200000, MAR[1])], ("PROBABLE", "H3", 200000), id="EX_20_H3_affiliate"
        ),
        pytest.param(
            receipt("T", 200000, MAR[5], "9401", customer_id="X1"), [invoice("9401", 200000, MAR[1])], ("POSSIBLE", "H3", 200000), id="EX_20_H3_stranger"
        ),
        pytest.param(
            receipt("T", 200000, date(2025, 1, 9), "9401"), [invoice("9401", 200000, date(2024, 12, 20))], ("PROBABLE", "H4", 200000), id="EX_20_H4_year_end"
        ),
        pytest.param(
            receipt("T", 200000, MAR[5], "9401", ledger_id="FIN", customer_id="F77"), [invoice("9401", 200000, MAR[1])],
            ("PROBABLE", "H3 H5", 200000), id="EX_20_H5_both_ledgers",
        ),
        pytest.param(
            receipt("T", 500000, MAR[5], "9401 9402"), [invoice("9401", 200000, MAR[1]), invoice("9402", 300000)],
            ("PROBABLE", "H6", 200000), id="EX_20_H6_inside_a_lump_sum",
        ),
        pytest.param(
            receipt("T", 500000, MAR[5], "statement"), [invoice("9401", 200000, MAR[2]), invoice("9402", 300000)],
            ("POSSIBLE", "H7", 200000), id="EX_20_H7_statement",
        ),
    ],
)  # fmt: skip
def test_EX_20_hidden_repeats(paid: dict[str, Any], items: list[dict[str, Any]], expected: tuple[str, str, int]) -> None:
    found = told(
        [paid], items, customers=PARTY, fx_rates=RATE, customer_statements=SENT if paid["remittance_text"] == "statement" else []
    ).repeats
    assert list(found[["class", "likely", "variants", "credit_due"]].itertuples(index=False, name=None)) == [
        ("DUPLICATE_PAYMENT", *expected)
    ]


def refund(number: str, day: date, source: str = "G1", amount: int = -50000, **other: Any) -> dict[str, Any]:
    return invoice(number, -amount, doc_type="REFUND", ref_item=source, posting_date=day, **other)


def test_EX_21_one_credit_refunded_twice() -> None:
    credit = invoice("G1", -50000, MAR[20], doc_type="CM")
    found = told([], [credit, refund("E1", MAR[5]), refund("E2", MAR[25])])
    assert cases(found) == [("DUPLICATE_REFUND", "1000:E2:2025:1", 50000, 0)]
    assert cases(told([], [credit, refund("E1", MAR[5]), refund("E2", MAR[25], "G2")])) == []
    assert list(told([], [credit, refund("E1", MAR[5]), refund("E2", MAR[25], "")]).repeats["likely"]) == ["POSSIBLE"]
    assert cases(told([], [credit, refund("E1", MAR[5]), refund("E2", MAR[25], amount=-50002)])) == []
    assert cases(told([], [credit, refund("E1", date(2023, 3, 24)), refund("E2", MAR[25])])) == []
    assert len(cases(told([], [credit, refund("E1", date(2023, 3, 25)), refund("E2", MAR[25])]))) == 1


def test_EX_21_a_credit_refunded_and_used_against_an_invoice() -> None:
    items = [invoice("G1", -50000, MAR[20], doc_type="CM", clearing_doc="K1"), invoice("9401", 50000, MAR[20], clearing_doc="K1")]
    found = told([], [*items, refund("E1", MAR[25])])
    assert cases(found) == [("DUPLICATE_REFUND", "1000:E1:2025:1", 50000, 0)]
    assert "was refunded (500.00 EUR, 1000:E1:2025:1) and used as well (500.00 EUR)" in found.repeats["sentence"].iloc[0]
    assert cases(told([], [items[0], refund("E1", MAR[20], clearing_date=MAR[20], open_amount_doc=0, clearing_doc="K1")])) == []


def test_CV_09_classes_do_not_depend_on_row_order() -> None:
    items = [invoice(f"94{n:02d}", 200000, MAR[n + 1] if n % 2 else None, **(DELIVERY if n < 4 else {})) for n in range(12)]
    base = books([receipt(f"T{n:02d}", 200000, MAR[n + 2], f"94{n % 7:02d}") for n in range(14)], items)
    first = classify(base)
    names = ("receipts", "references", "open_items")
    again = classify(RepeatBooks(**{**vars(base), **{n: getattr(base, n).sample(frac=1, random_state=4) for n in names}}))
    assert_frame_equal(first.repeats, again.repeats)
    assert {"DUPLICATE_PAYMENT", "DUPLICATE_INVOICE"} <= set(first.repeats["class"])


def given(number: str, day: date, small: int, **other: Any) -> dict[str, Any]:
    row = {
        "allocation_id": number,
        "receipt_id": number,
        "item_id": "1000:9401:2025:1",
        "allocation_date": day,
        "small_diff": small,
        "by": "rule",
    }
    return {**row, "currency": "EUR", "item_currency": "EUR", **other}


def test_G_21_small_differences_against_the_cap_by_month() -> None:
    uses = [given("A1", MAR[3], 20000), given("A2", MAR[9], -4999, by="anna"), given("A3", date(2025, 4, 2), 2, by="anna")]
    found = tolerance_budget(table("allocations", uses), table("open_items", [invoice("9401", 200000)]), POLICY)
    rows = found.tolerance_budget.set_index(["view", "who", "month"])[["used", "used_to_date", "limit", "left", "exceeded"]]
    assert list(rows.loc[("CUSTOMER", "C400", "2025-03")]) == [24999, 24999, 25000, 1, False]
    assert list(rows.loc[("CUSTOMER", "C400", "2025-04")]) == [2, 25001, 25000, -1, True]
    assert int(rows.loc[("CLERK", "anna", "2025-04"), "used_to_date"]) == 5001
    assert [f.sentence for f in found.findings] == [
        "1 customer of MAIN passed the yearly cap of small differences in 2025, the most customer C400 with 250.01 EUR of 250.00 EUR."
    ]
    assert all(tie.holds for tie in found.ties)


def test_G_21_earlier_packs_reasons_and_other_currencies() -> None:
    items = table("open_items", [invoice("9401", 200000, currency="USD", amount_local=100000)])
    first = tolerance_budget(table("allocations", [given("A1", MAR[3], 1000, currency="USD")]), items, POLICY)
    second = tolerance_budget(
        table("allocations", [given("A2", date(2025, 4, 3), 3, currency="USD", bank_charge=500, write_off=700, adjustment_code="LW")]),
        items, POLICY, earlier=first.tolerance_budget,
    )  # fmt: skip
    rows = second.tolerance_budget.set_index(["view", "who", "month"])["used_to_date"]
    assert int(rows["CUSTOMER", "C400", "2025-04"]) == 500 + 2
    assert {who: int(rows["REASON", who, "2025-04"]) for who in ("SD", "BC", "LW")} == {"SD": 502, "BC": 250, "LW": 350}
    assert tolerance_budget(table("allocations", []), items, POLICY).tolerance_budget.empty


def test_EX_22_one_amount_of_two_debts_is_a_coincidence() -> None:
    """Same amount, nothing else in common: counted, listed, quiet, and no money moves."""
    found = told(
        [receipt("T1", 200000, MAR[3], "9401"), receipt("T2", 200000, MAR[9], "9402")],
        [invoice("9401", 200000), invoice("9402", 200000)],
    )
    rows = found.repeats
    assert set(rows["class"]) == {"COINCIDENCE"}
    assert set(rows["rule"]) == {"EX-22"}
    assert rows["quiet"].all()
    assert (rows["reverse"].sum(), rows["credit_due"].sum()) == (0, 0)
    assert "nothing else points to a second payment of one debt" in rows["sentence"].iloc[0]
