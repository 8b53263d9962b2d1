"""What is computed by look-up or in whole numbers gives what the plain way gives (CV-03, MP-12, M09)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import ax
import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from arwork.errors import StoppedError
from arwork.matching import rows
from arwork.matching.explain import _next, _next_by_rank, amount_text
from arwork.matching.house import _shape
from arwork.matching.leftover import Leftover, Pool
from arwork.matching.likely import _percent_of_all, _shares, _windows
from arwork.matching.rest import in_a_row
from arwork.matching.universe import Item, Universe, universe
from arwork.matching.unread import _spot
from arwork.money import ISO, half_up, percent_of, share_of
from arwork.tables import empty

_DAY = date(2026, 1, 1)
_ACCOUNT = ("L", "1000", "C1")


def _item(number: int, left: int, due: int) -> Item:
    day = _DAY + timedelta(days=due)
    return Item(f"I{number:03}", _ACCOUNT, f"D{number}", "INV", "", _DAY, day, "EUR", left, left, left, "EUR", (), 0, "", "")


_STOCK = some.lists(some.tuples(some.integers(-5, 12), some.integers(0, 3)), max_size=14).map(
    lambda rows: tuple(_item(n, left, due) for n, (left, due) in enumerate(rows))
)


@given(some.integers(-(10**15), 10**15), some.integers(-(10**9), 10**9), some.integers(1, 10**9))
@example(1, 1, 2)
@example(-1, 1, 2)
@example(-3, 1, 2)
def test_cv03_a_share_in_whole_numbers_is_rounded_half_up(minor: int, above: int, below: int) -> None:
    exact = Decimal(minor * above) / Decimal(below)
    floor, rest = divmod(abs(minor * above), below)
    expected = floor + (2 * rest >= below)
    assert share_of(minor, above, below) == (expected if minor * above >= 0 else -expected)
    assert abs(Decimal(share_of(minor, above, below)) - exact) <= Decimal("0.5000001")


@given(some.integers(-(10**15), 10**15), some.decimals(0, 100, places=4))
def test_cv03_a_percent_in_whole_numbers_is_what_decimals_give(minor: int, percent: Decimal) -> None:
    assert percent_of(minor, percent) == half_up(Decimal(minor) * percent / 100)


@given(_STOCK, some.integers(-3, 14), some.sets(some.integers(0, 13)))
def test_the_nearest_document_is_the_same_by_look_up(items: tuple[Item, ...], amount: int, chosen: set[int]) -> None:
    world = Universe({item.item_id: item for item in items}, {_ACCOUNT: items}, {}, {}, {}, {})
    out = {f"I{n:03}" for n in chosen}
    assert _next_by_rank(world.ranked(_ACCOUNT), amount, out) == _next(items, amount, out)


@given(_STOCK, some.integers(-3, 20))
def test_m09_a_row_by_worth_is_the_row_by_what_is_left(items: tuple[Item, ...], amount: int) -> None:
    assert in_a_row(items, amount, [item.left for item in items]) == in_a_row(items, amount)
    expected = [items[a:b] for b in range(len(items) + 1) for a in range(b - 1) if sum(item.left for item in items[a:b]) == amount]
    assert sorted(in_a_row(items, amount), key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("column", ["allocated", "items"])
def test_cv02_a_fraction_in_a_row_stops_and_is_never_cut_off(column: str) -> None:
    good: dict[str, object] = dict.fromkeys(rows._HEAD, "")
    good |= {name: 0 for name, kind in empty("proposals").dtypes.items() if kind == "int64" and name in good}
    good |= {
        "status": "NONE",
        "decided_by": "rule",
        "strategy": "M16",
        "currency": "EUR",
        "ledger_id": "L",
        "company_code": "1",
        "sentence": "s",
        "exhaustive": False,
        "may_earn": False,
        "receipt_id": "R1",
    }
    made = rows._Made(rows._HEAD)
    made.add([tuple(good.values())])
    assert len(made.table("proposals")) == 1
    made = rows._Made(rows._HEAD)
    with pytest.raises(StoppedError, match="binary floats"):
        made.add([tuple(({**good, column: 0.5}).values()), tuple({**good, "receipt_id": "R2"}.values())])
        made.table("proposals")


_CLAIMS = some.lists(some.tuples(some.integers(0, 13), some.integers(0, 12), some.booleans()), max_size=12)


@given(_STOCK, _CLAIMS, some.lists(some.tuples(some.integers(0, 13), some.sampled_from(("R1", "R2"))), max_size=6))
def test_m17_what_is_left_follows_each_claim_as_if_it_were_arranged_anew(
    items: tuple[Item, ...], claims: list[tuple[int, int, bool]], names: list[tuple[int, str]]
) -> None:
    ordered = tuple(sorted(items, key=lambda item: (item.due_date, item.doc_date, item.item_id)))
    other = ("L", "1000", "C2")
    world = Universe({item.item_id: item for item in items}, {_ACCOUNT: ordered}, {}, {}, {}, {})
    named: dict[str, set[str]] = {}
    for n, receipt in names:
        named.setdefault(f"I{n:03}", set()).add(receipt)
    left = Leftover(world, named=named)
    for n, amount, asked in claims:
        if asked:
            left.pool((_ACCOUNT,), "EUR", "R1")
        left.claim({f"I{n:03}": amount})
        fresh = Leftover(world, used=dict(left.used), named=named)
        for accounts in ((_ACCOUNT,), (other, _ACCOUNT)):
            assert _laid_out(left.pool(accounts, "EUR", "R1")) == _laid_out(fresh.pool(accounts, "EUR", "R1"))


def _laid_out(pool: Pool) -> tuple[tuple[Item, ...], list[tuple[int, tuple[Item, ...]]]]:
    return pool.free, list(pool.rests.items())


@given(some.text("AB09-/. é", max_size=12))
def test_the_shape_of_a_number_names_its_letters_digits_and_signs_once(name: str) -> None:
    kinds = ["9" if c.isdigit() else "A" if c.isalpha() and c.isascii() else "-" for c in name]
    expected = "".join(kind for n, kind in enumerate(kinds) if not n or kinds[n - 1] != kind)
    assert _shape(name) == expected or not name.isascii()


@given(some.integers(-(10**12), 10**12), some.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_an_amount_for_people_is_what_decimals_give(minor: int, currency: str) -> None:
    places = ISO.exponent(currency)
    assert amount_text(minor, currency, ISO) == f"{ISO.decimal(minor, currency):,.{places}f} {currency}"


def _rows_by_adding(values: list[int], amount: int, dropped: int) -> list[list[int]]:
    """The rows of two or more, of at most 41, that add up; with one left out, the first of its value that is inside."""
    found = []
    for start in range(len(values)):
        for end in range(start + 2, min(len(values), start + 41) + 1):
            over = sum(values[start:end]) - amount
            if dropped == 0 and over == 0:
                found.append(list(range(start, end)))
                break
            inside = [n for n in range(start + 1, end - 1) if values[n] == over]
            if dropped and over > 0 and inside:
                found.append([n for n in range(start, end) if n != inside[0]])
    return found


@given(some.lists(some.integers(0, 9), max_size=60).filter(lambda values: len(values) > 1), some.integers(1, 80), some.sampled_from((0, 1)))
@example([3, 0, 0, 2], 3, 0)
@example([1] * 60, 41, 0)
@example([1] * 60, 42, 0)
@example([1] * 60, 40, 1)
def test_m17_rows_by_running_sums_are_the_rows_by_adding_up(values: list[int], amount: int, dropped: int) -> None:
    assert list(_windows(values, amount, dropped)) == _rows_by_adding(values, amount, dropped)


@given(some.lists(some.integers(1, 10**7), min_size=2, max_size=30), some.data())
def test_m17_percents_by_running_sums_are_those_of_each_document(values: list[int], data: some.DataObject) -> None:
    start = data.draw(some.integers(0, len(values) - 2))
    end = data.draw(some.integers(start + 2, len(values)))
    row, percent = values[start:end], data.draw(some.integers(1, 5))
    way = data.draw(some.sampled_from(("sum", "down", "nearest", "none")))
    total, nothing = sum(row), sum(row) * 6 // 100 + 1
    off = {
        "sum": percent * total // 100, "down": sum(percent * v // 100 for v in row), "nearest": sum((percent * v + 50) // 100 for v in row),
        "none": nothing + len(row),
    }[way]  # fmt: skip
    told = _percent_of_all(total, off, [sums[end] - sums[start] for sums in _shares(values)])
    assert told == (way != "none")


def test_items_made_at_once_are_those_made_one_by_one() -> None:
    rows = [ax.item(f"{n}", f"C{n % 3}", f"{n}.00") for n in range(1, 9)]
    plain = universe(ax.items(*rows), ax.disputes(), date(2025, 3, 31))
    own, nobody = ("MAIN", "1000", "C1"), ("MAIN", "1000", "nobody")
    for payers, named, wanted in (([own], ["1000:2:2025:1"], 0), ([], [], 0), ([nobody], ["none"], 0), ([], [], 100)):
        world = universe(ax.items(*rows), ax.disputes(), date(2025, 3, 31), wanted=wanted, payers=payers, named=named)
        assert [item.item_id for item in world.by_left[200]] == ["1000:2:2025:1"]
        assert dict(world.items) == dict(plain.items)
        assert dict(world.by_account) == dict(plain.by_account)
        assert len(world.items) == len(rows)


@given(some.text(some.sampled_from("AB12 -/.é"), max_size=24), some.text(some.sampled_from("AB12"), min_size=1, max_size=6))
@example("INVOICE INV-2026-000123", "2026000123")
@example("AA AAAA AA-AA", "AA")
def test_step_c_a_word_is_found_as_written_where_a_pattern_finds_it(text: str, word: str) -> None:
    inside = "[^A-Z0-9]{0,2}".join(word)
    found = re.search(rf"(?<![A-Z0-9])(?:[A-Z]{{1,8}}[-/.]?)?{inside}(?![A-Z0-9])", text)
    assert _spot(text, word) == (found.span() if found else None)
