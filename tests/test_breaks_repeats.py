"""Payments that look repeated: EX-13, EX-14, EX-20, worked examples AX-12 and AX-13."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from datetime import date
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from arwork.breaks.obligations import explains, halves
from arwork.breaks.repeats import duplicate_payments, regular
from arwork.matching.references import extract
from arwork.policy import Policy, read_policy
from arwork.tables import TABLES, empty

_NUMBERS: dict[str, Any] = {"money": 0, "count": 0, "percent": 0, "flag": False}
_FILL: dict[str, Any] = {**_NUMBERS, "text": "x", "code": "x", "date": date(2025, 2, 1)}
_BLANK: dict[str, Any] = {**_NUMBERS, "text": "", "code": "", "choice": "", "date": pd.NaT, "money?": pd.NA}
POLICY = Policy.model_validate(read_policy(Path(__file__).parent.parent.joinpath("params/policy.yaml").read_text(encoding="utf-8")))
BOOK = {"ledger_id": "MAIN", "company_code": "1000", "currency": "EUR"}


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Build a typed table without the checks of `conform`, in which these tests would spend most of their time."""
    dtypes = empty(name).dtypes
    columns = {}
    for column in TABLES[name].columns:
        filled = column.values[0] if column.values else _FILL.get(column.kind, pd.NaT)
        blank = filled if column.required else _BLANK[column.kind]
        columns[column.name] = pd.Series([row.get(column.name, blank) for row in rows], dtype=dtypes[column.name])
    return pd.DataFrame(columns)


def invoice(number: str, amount: int, cleared: date | None = None, **other: Any) -> dict[str, Any]:
    row = {
        **BOOK, "item_id": f"1000:{number}:2025:1", "doc_no": number, "reference": number, "customer_id": "C400", "doc_type": "INV",
        "amount_doc": amount, "open_amount_doc": 0 if cleared else amount, "local_currency": "EUR", "gl_account": "1400",
        "clearing_date": cleared or pd.NaT, "clearing_doc": f"K{number}" if cleared else "",
    }  # fmt: skip
    return {**row, **other}


def receipt(number: str, amount: int, day: date, text: str = "", **other: Any) -> dict[str, Any]:
    row = {
        **BOOK, "receipt_id": number, "amount": amount, "booking_date": day, "value_date": day, "remittance_text": text,
        "customer_id": "C400", "payer_key": "B3", "payer_strength": "STRONG", "status": "UNAPPLIED", "remitter_account": "DE99",
        "unapplied_amount": amount,
    }  # fmt: skip
    return {**row, **other}


def customer(number: str, **other: Any) -> dict[str, Any]:
    return {**BOOK, "customer_id": number, "customer_id_raw": number, "name": number, **other}


def breaks(receipts: list[dict[str, Any]], items: list[dict[str, Any]], policy: Policy = POLICY, **other: Any) -> pd.DataFrame:
    frame, open_items = table("receipts", receipts), table("open_items", items)
    references = extract(frame, open_items, empty("remittance_lines"), policy.matching)
    customers = table("customers", other.pop("customers", [customer("C400")]))
    return duplicate_payments(frame, references, open_items, customers, policy, **other)


AX_12_ITEMS = [
    invoice("2025-00417", 487326, date(2025, 2, 3), clearing_doc="R10", disc1_pct=20000),
    invoice("2025-00466", 312000),
]


@pytest.mark.parametrize(
    ("amount", "points", "score"),
    [
        pytest.param(487326, [4000, 2000, 2250, 911, 500], 9661, id="AX_12_changed_reference"),
        pytest.param(477579, [3000, 2000, 2250, 911, 500], 8661, id="AX_12_H2_net_of_discount"),
        pytest.param(477578, [3000, 2000, 2250, 911, 500], 8661, id="AX_12_H2_one_cent_less"),
    ],
)
def test_AX_12_EX_20_score_to_the_hundredth(amount: int, points: list[int], score: int) -> None:
    found = breaks([receipt("R11", amount, date(2025, 2, 19), "2O25-OO417A")], AX_12_ITEMS)
    row = found.iloc[0]
    assert [int(row[f"points_{part}"]) for part in ("amount", "payer", "reference", "time", "unexplained")] == points
    assert (len(found), int(row["score"]), row["class"], row["proposed"]) == (1, score, "PROBABLE", "ON_ACCOUNT")
    assert (row["item_id"], row["reference"], row["cleared_by"]) == ("1000:2025-00417:2025:1", "2025-00417", "R10")


def test_AX_12_the_sentence_has_the_figures() -> None:
    row = breaks([receipt("R11", 487326, date(2025, 2, 19), "2O25-OO417A")], AX_12_ITEMS).iloc[0]
    assert row["sentence"] == (
        "4,873.26 EUR of 2025-02-19 is the amount of 2025-00417, settled 16 days before (2025-02-03) by R10. "
        "The payment names 2O25OO417A, 0.90 like 2025-00417. No open item of the payer explains it. Score 96.61 of 100."
    )


def test_AX_12_two_cents_less_is_no_repeat() -> None:
    assert breaks([receipt("R11", 477577, date(2025, 2, 19), "2O25-OO417A")], AX_12_ITEMS).empty


MAR = {day: date(2025, 3, day) for day in range(1, 32)}
AX_13 = {
    # one bank line T77; the ledger holds the posting twice, the second as open credit
    "1_DUPLICATE_POSTING": (
        [receipt("T77", 200000, MAR[3], "9400")],
        [invoice("9400", 200000, MAR[3]), invoice("B2", -200000, doc_type="RCPT")],
        None,
        [],
    ),
    "2_DUPLICATE_PAYMENT": (
        [receipt("T80", 200000, MAR[3], "9401"), receipt("T91", 200000, MAR[9], "9401")],
        [invoice("9401", 200000, MAR[3])],
        None,
        [("T91", "1000:9401:2025:1", "PROBABLE", 4000 + 2000 + 2500 + 967 + 500)],
    ),
    "3_DUPLICATE_INVOICE": (
        [receipt("T1", 200000, MAR[3], "9402"), receipt("T2", 200000, MAR[10], "9403")],
        [invoice("9402", 200000, MAR[3], delivery_no="800123"), invoice("9403", 200000, MAR[10], delivery_no="800123")],
        None,
        [],
    ),
    "4_RECURRING": (
        [receipt("T1", 125000, MAR[3], "L77-03"), receipt("T2", 125000, MAR[31], "L77-04")],
        [invoice("L77-02", 125000, date(2025, 2, 3)), invoice("L77-03", 125000), invoice("L77-04", 125000)],
        None,
        [],
    ),
    "5_RE_PRESENTED": (
        [receipt("WIRE", 200000, MAR[10], "9405")],
        [invoice("9405", 200000, MAR[1])],
        {"amount": -200000, "booking_date": MAR[5], "is_return": True, "class": "RETURN", "remitter_account": ""},
        [],
    ),
    "6_DUPLICATE_IMPORT": ([receipt("T6", 200000, MAR[3], "9406")], [invoice("9406", 200000, MAR[4])], None, []),
    "7_REVERSAL_REPOST": (
        [receipt("T7", 200000, MAR[3], "9407")],
        [
            invoice("9407", 200000, MAR[4]),
            invoice("P1", -200000, MAR[3], doc_type="RCPT", reversed_by="P2"),
            invoice("P2", 200000, MAR[3], doc_type="RCPT", reverses="P1"),
            invoice("P3", -200000, MAR[4], doc_type="RCPT", clearing_doc="K9407"),
        ],
        None,
        [],
    ),
}


@pytest.mark.parametrize("case", AX_13, ids=lambda case: f"AX_13_{case}")
def test_AX_13_same_amounts_different_classes(case: str) -> None:
    receipts, items, returned, expected = AX_13[case]
    row = {"line_id": "RET", "bank_account": "B", "currency": "EUR", **(returned or {})}
    found = breaks(receipts, items, returns=table("bank_lines", [row]) if returned else None)
    assert list(found[["receipt_id", "item_id", "class", "score"]].itertuples(index=False, name=None)) == expected


def test_AX_13_5_without_the_return_it_is_a_repeat() -> None:
    receipts, items, _, _ = AX_13["5_RE_PRESENTED"]
    assert list(breaks(receipts, items)["class"]) == ["PROBABLE"]


def test_EX_13_a_negative_receipt_between_is_a_return_too() -> None:
    receipts, items, _, _ = AX_13["5_RE_PRESENTED"]
    back = receipt("BACK", -200000, MAR[5], status="UNAPPLIED")
    assert breaks([*receipts, back], items).empty
    assert len(breaks([*receipts, {**back, "booking_date": MAR[11]}], items)) == 1


def test_EX_13_an_item_whose_receipt_was_reversed_is_not_settled() -> None:
    items = [invoice("9405", 200000, MAR[1]), invoice("P1", -200000, MAR[1], doc_type="RCPT", clearing_doc="K9405")]
    paid = receipt("WIRE", 200000, MAR[10], "9405")
    assert len(breaks([paid], items)) == 1
    assert breaks([paid], [items[0], {**items[1], "reversed_by": "P9"}]).empty


def test_EX_14_an_open_item_of_the_amount_keeps_quiet_until_payments_outnumber_obligations() -> None:
    items = [invoice("9401", 200000, MAR[1]), invoice("9402", 200000)]
    one, two = receipt("T1", 200000, MAR[5]), receipt("T2", 200000, MAR[6])
    assert breaks([one], items).empty
    found = breaks([one, two], items)
    assert list(found["receipt_id"]) == ["T1", "T2"]
    assert set(found["class"]) == {"POSSIBLE"}
    assert set(found["points_unexplained"]) == {0}


def test_EX_14_a_receipt_that_names_its_open_item_is_no_repeat() -> None:
    items = [invoice("2025-00417", 200000, MAR[1]), invoice("2025-00418", 300000), invoice("2025-00419", -100000, doc_type="CM")]
    assert breaks([receipt("T1", 200000, MAR[5], "2025-00418 2025-00419")], items).empty


def test_EX_20_a_word_that_names_another_item_is_no_evidence_for_this_one() -> None:
    items = [invoice("2025-00417", 200000, MAR[1]), invoice("2025-00418", 300000)]
    row = breaks([receipt("T1", 200000, MAR[5], "2025-00418")], items).iloc[0]
    assert (int(row["points_reference"]), row["class"]) == (0, "POSSIBLE")


@pytest.mark.parametrize(
    ("others", "kind"),
    [
        pytest.param([], "PROBABLE", id="EX_20_H1_one_character_less"),
        pytest.param(["CC1121"], "POSSIBLE", id="EX_20_H1_the_next_number_of_a_series"),
        pytest.param(["CC9073"], "PROBABLE", id="EX_20_H1_numbers_of_that_amount_that_are_not_alike"),
    ],
)
def test_EX_20_a_word_as_near_as_the_numbers_of_a_series_lie_is_no_evidence(others: list[str], kind: str) -> None:
    items = [invoice("CC1221", 280000, MAR[4]), *(invoice(number, 280000, MAR[1]) for number in others)]
    row = breaks([receipt("T1", 280000, MAR[9], "CC122")], items).iloc[0]
    assert (row["class"], row["item_id"]) == (kind, "1000:CC1221:2025:1")


@pytest.mark.parametrize(
    ("changed", "parent", "points"),
    [
        pytest.param({"payer_strength": "STRONG"}, "", 2000, id="EX_20_strong_key"),
        pytest.param({"payer_strength": "MEDIUM"}, "", 1200, id="EX_20_weaker_key"),
        pytest.param({"customer_id": "C401"}, "P1", 1200, id="EX_20_same_family"),
    ],
)
def test_EX_20_payer_points(changed: dict[str, str], parent: str, points: int) -> None:
    master = [customer("C400", parent_id=parent), customer("C401", parent_id=parent)]
    found = breaks([{**receipt("T1", 200000, MAR[5], "9401"), **changed}], [invoice("9401", 200000, MAR[1])], customers=master)
    assert list(found["points_payer"]) == [points]


def test_EX_20_same_account_as_the_first_payment_gives_twenty() -> None:
    receipts = [receipt("T1", 200000, MAR[1], "9401"), receipt("T2", 200000, MAR[5], "9401", payer_strength="MEDIUM")]
    assert list(breaks(receipts, [invoice("9401", 200000, MAR[2])])["points_payer"]) == [2000]


def test_EX_20_other_customers_currencies_and_old_items_are_left_alone() -> None:
    paid = receipt("T1", 200000, MAR[5], "9401")
    assert len(breaks([paid], [invoice("9401", 200000, MAR[1])])) == 1
    for other in ({"customer_id": "C999"}, {"currency": "USD"}, {"ledger_id": "FIN"}, {"written_off": True}):
        assert breaks([paid], [invoice("9401", 200000, MAR[1], **other)]).empty
    assert len(breaks([paid], [invoice("9401", 200000, date(2024, 3, 5))])) == 1
    assert breaks([paid], [invoice("9401", 200000, date(2024, 3, 4))]).empty
    assert breaks([{**paid, "customer_id": ""}], [invoice("9401", 200000, MAR[1])]).empty


def test_EX_20_an_item_cleared_by_credits_alone_was_not_paid() -> None:
    credit = invoice("G1", -200000, MAR[1], doc_type="CM", clearing_doc="K9401")
    assert breaks([receipt("T1", 200000, MAR[5], "9401")], [invoice("9401", 200000, MAR[1]), credit]).empty


def test_EX_20_the_receipt_that_settled_several_items_is_no_repeat_of_one() -> None:
    items = [invoice("9401", 200000, MAR[5], clearing_doc="K1"), invoice("9402", 200000, MAR[5], clearing_doc="K1")]
    assert breaks([receipt("T1", 400000, MAR[4])], items).empty
    assert list(breaks([receipt("T1", 400000, MAR[4]), receipt("T2", 200000, MAR[8])], items)["receipt_id"]) == ["T2"]


def test_EX_20_one_break_a_receipt_and_the_others_are_counted() -> None:
    items = [invoice(f"940{n}", 200000, MAR[n]) for n in (1, 2, 3)]
    found = breaks([receipt("T1", 200000, MAR[9])], items)
    assert list(found["item_id"]) == ["1000:9403:2025:1"]
    assert found["sentence"].iloc[0].endswith("Other settled items that score enough: 2.")


def test_EX_20_regular_payers_need_a_reference_to_be_probable() -> None:
    lower = Policy.model_validate({**POLICY.model_dump(), "duplicates": {**POLICY.duplicates.model_dump(), "probable": 70}})
    rent = [invoice(f"700{n}", 200000, day) for n, day in enumerate([date(2025, 1, 2), date(2025, 2, 2)])]
    again = receipt("T1", 200000, MAR[4], "")
    assert list(breaks([again], rent, lower)["class"]) == ["POSSIBLE"]
    assert list(breaks([again], rent[1:], lower)["class"]) == ["PROBABLE"]
    assert list(breaks([{**again, "remittance_text": "7001"}], rent, lower)["class"]) == ["PROBABLE"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [([0, 25, 60], True), ([0, 24, 60], False), ([0, 30, 66], False), ([0, 7, 30, 37, 60], True), ([0, 30], False), ([], False)],
)
def test_EX_20_regular_is_three_payments_25_to_35_days_apart(days: list[int], expected: bool) -> None:
    assert regular(days) is expected


def test_EX_20_combinations_explain_exactly_and_up_to_the_bound() -> None:
    combo = POLICY.matching.combo
    draw = Random(7)
    for _ in range(30):
        amounts = [draw.choice([1, 1, 1, -1]) * draw.randint(1, 60) for _ in range(draw.randint(0, 9))]
        most = draw.randint(1, 4)
        target = draw.randint(1, 120)
        truth = any(sum(part) == target for size in range(1, most + 1) for part in combinations(amounts, size))
        limits = combo.model_copy(update={"max_size": most})
        sides = halves(amounts, limits)
        assert sides is not None
        assert explains(target, sides, most) is truth, (amounts, target, most)
    assert halves([1] * 25, combo) is not None
    assert halves([1] * 26, combo) is None


def test_EX_20_a_combination_of_open_items_takes_the_last_five_points() -> None:
    items = [invoice("9401", 200000, MAR[1]), invoice("9410", 150000), invoice("9411", 50000)]
    assert list(breaks([receipt("T1", 200000, MAR[5])], items)["points_unexplained"]) == [0]
    assert list(breaks([receipt("T1", 200000, MAR[5])], items[:2])["points_unexplained"]) == [500]


def test_CV_09_row_order_never_matters() -> None:
    draw = Random(3)
    items = [invoice(f"94{n:02d}", draw.choice([100, 200, 300]), MAR[draw.randint(1, 9)]) for n in range(40)]
    items += [invoice(f"95{n:02d}", draw.choice([100, 200, 300])) for n in range(4)]
    days = [MAR[draw.randint(5, 28)] for _ in range(30)]
    receipts = [receipt(f"T{n:02d}", draw.choice([100, 200, 300]), day, f"94{draw.randint(0, 39):02d}") for n, day in enumerate(days)]
    frame, open_items = table("receipts", receipts), table("open_items", items)
    references = extract(frame, open_items, empty("remittance_lines"), POLICY.matching)
    customers = table("customers", [customer("C400")])
    first = duplicate_payments(frame, references, open_items, customers, POLICY)
    shuffled = (f.sample(frac=1, random_state=5) for f in (frame, references, open_items, customers))
    assert_frame_equal(first, duplicate_payments(*shuffled, POLICY))
    assert len(first) > 3


def test_nothing_to_compare_is_an_empty_table() -> None:
    assert breaks([receipt("T1", 200000, MAR[5])], []).empty
    assert breaks([], [invoice("9401", 200000, MAR[1])]).empty
