"""What the words of a payment name is taken whole: ranges, labels, last digits, lists read in part, and what the amount alone may add to them."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from ax import Ran, bank, banks, customer, customers, item, items, receipt, receipts, run

from arwork.matching.case import Claim
from arwork.matching.evidence import Weighed, odds
from arwork.matching.fit import Solution
from arwork.matching.gaps import with_gaps
from arwork.matching.leaf import leaf
from arwork.matching.numbers import Numbers, joined
from arwork.matching.ranged import complete, members, signed
from arwork.matching.tokens import read
from arwork.matching.universe import Item

WHO: dict[str, Any] = {
    "customers": customers(
        customer("C1", "Nordlicht Werke GmbH"), customer("C2", "Ostsee Handel AG"), customer("C3", "Vierlande Obst KG"),
    ),
    "banks": banks(bank("C1", "DE01")),
}  # fmt: skip
EMPTY = Solution((), 0, 0, 0, None)
CENTS = {f"70{n:04d}": 20_000 + 7_919 * n + 13 * n * n for n in range(100, 140)}
LEDGER = tuple(item(number, "C1", f"{cents // 100}.{cents % 100:02d}", doc="2025-02-10") for number, cents in CENTS.items())


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def pay(text: str, cents: int, *more: dict[str, Any], **over: Any) -> Ran:
    given = {"account": "DE01", **over}
    return run(items=items(*LEDGER, *more), receipts=receipts(receipt("R1", money(cents), "2025-03-12", text=text, **given)), **WHO)


def told(out: Ran) -> tuple[str, str, str]:
    row = out.of("R1")
    return row.strategy, row.status, row.gates


def total(*numbers: str) -> int:
    return sum(CENTS[number] for number in numbers)


@pytest.mark.parametrize("label", ["KD-NR 52678", "PO 4500012345", "CUSTOMER NO 52678"])
def test_g_23_beside_a_named_document_a_number_behind_a_label_that_says_what_it_is_is_none(label: str) -> None:
    assert told(pay(f"700117 {label}", CENTS["700117"] - 10))[:2] == ("M04", "AUTO")
    assert told(pay(f"700117 {label}", CENTS["700117"] + 5_000))[:2] == ("M05", "AUTO")


@pytest.mark.parametrize("words", ["INV 52678", "KD-NR 52678"])
def test_g_23_by_amount_alone_every_number_after_a_prefix_is_an_unknown_document(words: str) -> None:
    assert told(pay(words, CENTS["700117"])) == ("M06", "SUGGEST", "G-23")


RANGES = {
    "dash": "700110 - 700113",
    "dash and last digits": "700110-113",
    "to": "700110 TO 113",
    "bis": "RECHNUNG 700110 BIS 700113",
}


@pytest.mark.parametrize("text", RANGES.values(), ids=RANGES)
def test_step_c_a_range_means_all_of_it_although_the_amount_is_short(text: str) -> None:
    whole = ["700110", "700111", "700112", "700113"]
    out = pay(text, total(*whole) - 20_000)
    assert (out.documents("R1"), out.of("R1").status) == (whole, "SUGGEST")
    assert "G-10" in out.of("R1").gates


def test_step_c_a_range_with_a_number_missing_is_none() -> None:
    gaps = _numbers("700110", "700111", "700113")
    low, high = gaps.parts[0], gaps.parts[2]
    assert low
    assert high
    assert members(low, high, gaps) == {1, 2}
    assert not complete(low, high, members(low, high, gaps), gaps.parts)
    full = _numbers("700110", "700111", "700112", "700113")
    assert full.parts[0]
    assert full.parts[3]
    assert complete(full.parts[0], full.parts[3], members(full.parts[0], full.parts[3], full), full.parts)


def test_step_c_a_range_may_run_over_documents_of_several_customers() -> None:
    both = joined([leaf([_open("700110"), _open("700112")]), leaf([_open("700111"), _open("700113")])])
    assert members(both.parts[0], both.parts[3], both) == {1, 2, 3}


def _numbers(*numbers: str) -> Numbers:
    return joined([leaf([_open(number) for number in numbers])])


def _open(number: str) -> Item:
    day = date(2026, 1, 31)
    return Item(number, ("L", "1000", "C1"), number, "INV", number, day, day, "EUR", 100, 100, 100, "EUR", (), 0, "", "")


@pytest.mark.parametrize(
    ("wording", "range_"), [("700110-700113", True), ("700110 to 700113", True), ("700110, 700113", False), ("700110 and 700113", False)]
)
def test_step_c_only_a_dash_or_a_word_makes_two_numbers_a_range(wording: str, range_: bool) -> None:
    text = read(wording, 1, "EUR")
    assert signed(text, wording, 1, len(text.words) - 1) is range_


def test_m12_what_is_named_is_not_dropped_because_the_rest_comes_within_tolerance() -> None:
    small = item("700777", "C1", "40.00", doc="2025-02-10")
    named = ("700110", "700111", "700112")
    out = pay("700110 700111 700112 7O0777", total(*named) + 4_000 - 4_500, small)
    assert out.documents("R1") == [*named, "700777"]
    assert told(out)[:2] == ("M05", "SUGGEST")
    assert "G-10" in out.of("R1").gates


def test_mp_50_what_is_over_and_exactly_one_other_document_is_suggested_with_it() -> None:
    out = pay("700110", total("700110", "700127"))
    assert out.documents("R1") == ["700110", "700127"]
    assert told(out)[:2] == ("M05", "SUGGEST")
    twin = item("700999", "C1", money(CENTS["700127"]), doc="2025-02-11")
    assert pay("700110", total("700110", "700127"), twin).documents("R1") == ["700110"], "of two equal ones neither is taken (G-01)"


def test_m17_a_list_is_proposed_with_its_ranges_and_last_digits() -> None:
    named = ["700110", "700111", "700112", "700120", "700125"]
    out = pay("INV 700110-700112, 700120/125, 70", total(*named) + 3_331)
    assert out.documents("R1") == named
    assert told(out)[:2] == ("M17", "SUGGEST")
    assert "waits on account" in out.of("R1").sentence


def test_m17_2_3_no_list_is_completed_by_documents_that_add_up_by_chance() -> None:
    rng = random.Random(7)
    named, guessed = ["700110", "700111", "700112"], rng.sample(sorted(set(CENTS) - {"700110", "700111", "700112"}), 9)
    out = pay("INV 700110 700111 700112 70", total(*named, *guessed))
    assert out.documents("R1") == named


def test_g_18_the_same_words_again_do_not_compete_with_the_first_payment() -> None:
    rows = [
        receipt(f"R{n}", money(total("700110") + 111), day, text="700110 PO 4500012345", account="DE01")
        for n, day in ((1, "2025-03-12"), (2, "2025-03-14"))
    ]
    out = run(items=items(*LEDGER), receipts=receipts(*rows), **WHO)
    assert "G-18" not in out.of("R1").gates
    assert out.documents("R1") == ["700110"]
    assert out.of("R2").status != "AUTO"


def test_mp_55_a_strangers_number_gives_way_to_the_damaged_one_of_the_customer_whose_name_the_payer_bears() -> None:
    own = item("INV-2026-000724", "C2", "9792.52", doc="2025-02-10")
    strange = item("RE26000724", "C3", "99.00", doc="2025-02-10")
    out = pay("RG 26-000724", 979_252, own, strange, account="", name="Ostsee Handel AG")
    assert out.documents("R1") == ["INV-2026-000724"]
    assert told(out) == ("M12", "SUGGEST", "G-09")
    another = pay("RG 26-000724", 979_200, own, strange, account="", name="Ostsee Handel AG")
    assert another.documents("R1") != ["INV-2026-000724"], "only the amount to the cent proves it"


def test_mp_50_far_more_than_is_owed_waits_where_only_the_words_lead_to_the_customer() -> None:
    strange = item("88123456", "C3", "660.41", doc="2025-02-10")
    out = pay("88123456", 193_349, strange, account="", name="Payments United")
    assert told(out)[:2] == ("M05", "SUGGEST")
    assert "nothing but the words" in out.of("R1").why_not


def test_2_3_a_row_that_leaves_out_two_or_three_is_found_where_no_coincidence_is_likely() -> None:
    rng = random.Random(3)
    values = [rng.randrange(500, 300_000) for _ in range(24)]
    for left_out in ((8, 10), (7, 9, 11)):
        row = tuple(n for n in range(5, 14) if n not in left_out)
        assert with_gaps(values, sum(values[n] for n in row)) == [row]
    assert with_gaps(values, 1_234_567) == []
    many = [rng.randrange(500, 5_000) for _ in range(60)]
    row = tuple(n for n in range(20, 40) if n not in (22, 25, 30))
    assert with_gaps(many, sum(many[n] for n in row)) == [], "among small amounts such a row is a coincidence"


def test_m17_g_01_a_row_with_gaps_and_an_equal_document_outside_it_stays_with_a_person() -> None:
    days = [f"2025-01-{1 + n:02d}" for n in range(28)]
    rows = tuple(item(f"9{n:05d}", "C1", money(31_117 + 7_001 * n * n % 900_001), doc=day) for n, day in enumerate(days))
    chosen = [row for n, row in enumerate(rows) if n in (3, 4, 6, 8, 9, 10)]
    cents = sum(int(row["amount_doc"]) for row in chosen)

    def _one(*more: dict[str, Any]) -> Ran:
        return run(items=items(*rows, *more), receipts=receipts(receipt("R1", money(cents), "2025-03-12", account="DE01")), **WHO)

    alone = _one()
    assert (alone.of("R1").strategy, alone.of("R1").status) == ("M17", "SUGGEST")
    assert alone.documents("R1") == [f"9{n:05d}" for n in (3, 4, 6, 8, 9, 10)]
    twin = _one(item("999999", "C1", money(int(chosen[2]["amount_doc"])), doc="2025-02-20"))
    assert twin.of("R1").status != "SUGGEST"


@pytest.mark.parametrize("text", ["700110 EUR 4022,98", "EUR 4022,98 700110", "700110 USD 1.022,98"])
def test_step_c_an_amount_with_its_currency_is_no_number(text: str) -> None:
    assert read(text, 1, "EUR").words.count("700110") == 1
    assert not {"4022", "98", "022"} & {*read(text, 1, "EUR").words}


@pytest.mark.parametrize("text", ["RECHNUNG INV-2026-975828", "RECHNUNG INV 2026/975828", "inv-2026-975828"])
def test_an_unknown_number_is_shown_as_the_payer_wrote_it(text: str) -> None:
    out = pay(text, 21_704)
    assert text.upper().removeprefix("RECHNUNG ").removeprefix("INV ") in out.of("R1").why_not
    assert "is no document that we know" in out.of("R1").why_not


def test_a_tie_says_why_the_less_likely_candidate_stands_first() -> None:
    seen = [Weighed(1, EMPTY, "", 650_000), Weighed(2, EMPTY, "", 730_000)]
    claim = Claim("M06", EMPTY, (EMPTY,), 1)
    assert odds(claim, seen).endswith("The proposal stands first only because it is due earlier or has fewer documents.")
    assert odds(claim, [*seen[1:], seen[0]]).endswith("each judged by itself.")


def test_dates_of_these_examples_lie_before_the_payments() -> None:
    assert all(date.fromisoformat(str(row["doc_date"])) < date(2025, 3, 12) for row in LEDGER)
