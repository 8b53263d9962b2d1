"""The combination search (2.3): exact, complete within its limits, honest when it is not."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations as every

from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.matching.combos import Found, coincidence, combinations

AX_04 = (100_000, 200_000, 150_000, 150_000, 70_000)
AX_05 = (104_317, 221_080, 98_744, 312_005, 41_590)


def search(amounts: tuple[int, ...], target: int, **more: object) -> Found:
    return combinations(amounts, target, **{"sizes": (2, 10), "budget": 2_000_000, "listed": 20} | more)


def test_ax_04_two_sets_of_equal_sum_are_both_found() -> None:
    assert search(AX_04, 300_000) == Found(((0, 1), (2, 3)), exhaustive=True)
    assert round(float(coincidence(AX_04, 10)), 4) == 0.4627


def test_ax_04_an_anchor_leaves_one() -> None:
    assert search(AX_04, 300_000, anchors=(1,)).sets == ((0, 1),)


def test_ax_05_one_set_and_hardly_by_chance() -> None:
    assert search(AX_05, 515_066) == Found(((0, 2, 3),), exhaustive=True)
    assert coincidence(AX_05, 10) == Fraction(31, 777_736)


def test_ax_05_inv_8_an_equal_item_makes_it_two() -> None:
    assert len(search((*AX_05, 104_317), 515_066).sets) == 2


def test_ax_05_a_search_that_ends_early_says_so() -> None:
    found = [search(AX_05, 515_066, budget=budget) for budget in range(1, 40)]
    assert {one.exhaustive for one in found} == {True, False}
    assert all(one.exhaustive == (budget >= 13) for budget, one in enumerate(found, start=1))


def test_2_3_the_chance_of_the_text() -> None:
    amounts = tuple([1] * 19 + [5_000_000 - 19])
    assert round(float(coincidence(amounts, 6)), 4) == 0.0121


def test_mp_30_a_linked_credit_comes_only_with_its_invoice() -> None:
    amounts = (500, 300, -100)
    assert search(amounts, 400).sets == ((0, 2),)
    assert search(amounts, 400, only_with={2: 1}).sets == ()
    assert search(amounts, 200, only_with={2: 1}).sets == ((1, 2),)


def test_equal_items_are_different_items_and_the_list_is_bounded() -> None:
    found = search((100,) * 25, 1_000)
    assert (len(found.sets), found.more, found.exhaustive) == (20, True, True)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(-50, 200).filter(bool), min_size=1, max_size=11),
    st.integers(-50, 600),
    st.integers(1, 3),
    st.integers(3, 6),
)
def test_2_3_the_search_finds_what_trying_everything_finds(amounts: list[int], target: int, least: int, most: int) -> None:
    tried = {
        chosen
        for size in range(least, most + 1)
        for chosen in every(range(len(amounts)), size)
        if sum(amounts[n] for n in chosen) == target
    }
    found = combinations(amounts, target, sizes=(least, most), budget=10**7, listed=10**6)
    assert set(found.sets) == tried
    assert found.exhaustive
