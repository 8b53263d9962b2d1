"""A split by hand: it is whole at zero, every problem is said in words, amounts are read in the way of the ledger's country."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arwork.desk.split import (
    Line,
    Split,
    difference,
    problems,
    rest_to,
    to_splits,
    with_line,
    with_on_account,
    with_unapplied,
    without_line,
)
from arwork.errors import InputError
from arwork.intake.amount_text import decimal_mark, readings, typed_amount
from arwork.money import ISO

INVOICE = Line("i1", "INV-1", "EUR", 100_000)
CREDIT = Line("c1", "CM-1", "EUR", -10_000)


def line(of: Line = INVOICE, **changed: object) -> Line:
    return Line(**{**of.__dict__, **changed})  # type: ignore[arg-type]


def split(*lines: Line, amount: int = 100_000, **more: int) -> Split:
    return Split("r1", "EUR", amount, lines, **more)


WHOLE = [
    split(line(amount=100_000)),
    split(line(amount=95_000), on_account=5_000),
    split(line(amount=95_000), unapplied=5_000),
    split(line(amount=98_000, discount=2_000), amount=98_000),
    split(line(amount=92_800, discount=2_000, deduction=5_000, deduction_code="PR", write_off=200, adjustment_code="SD"), amount=92_800),
    split(line(amount=100_000), line(CREDIT, amount=-10_000), amount=90_000),
    split(line(amount=100_030, write_off=-30, adjustment_code="SD"), amount=100_030),
    split(amount=500, on_account=500),
]


@pytest.mark.parametrize("whole", WHOLE)
def test_a_whole_split_has_no_problem(whole: Split) -> None:
    assert difference(whole) == 0
    assert problems(whole, ISO) == []


BROKEN = [
    (split(), ["Nothing is allocated yet", "1,000.00 EUR is still to be spread"]),
    (split(line(amount=99_950)), ["0.50 EUR is still to be spread"]),
    (split(line(amount=100_000), on_account=1), ["0.01 EUR more is spread than came"]),
    (split(line(amount=99_000, deduction=1_000)), ["10.00 EUR is still", "The deduction of INV-1 needs a code"]),
    (split(line(amount=100_000, deduction=1_000, deduction_code="PR")), ["10.00 too much is taken off"]),
    (split(line(amount=99_000, write_off=1_000, adjustment_code="ZZ"), amount=99_000), ["ZZ is no code of the adjustment matrix"]),
    (split(line(amount=100_000, deduction_code="PR")), ["INV-1 has the code PR for a deduction of nothing"]),
    (split(line(amount=-5), amount=-5), ["The cash of INV-1 has the wrong sign"]),
    (split(line(amount=100_000), line(amount=0)), ["i1 stands in the split twice", "INV-1 gets nothing"]),
    (split(line(currency="USD", amount=100_000)), ["INV-1 is in USD, the receipt in EUR"]),
    (split(line(CREDIT, amount=-20_000), on_account=120_000), ["CM-1 is open by −100.00 EUR; 100.00 too much"]),
    (split(line(amount=100_100), on_account=-100), ["What stays on account cannot be less than nothing"]),
    (split(line(amount=100_000), amount=100_000, unapplied=-1, on_account=1), ["What stays unapplied cannot be less than nothing"]),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "said"), BROKEN)
def test_what_is_wrong_is_said_in_words(broken: Split, said: list[str]) -> None:
    found = problems(broken, ISO)
    for part in said:
        assert any(part in sentence for sentence in found), found


def test_editing_returns_new_splits_and_the_rest_goes_where_it_is_sent() -> None:
    begun = split(line(amount=40_000), line(CREDIT, amount=-10_000))
    assert difference(rest_to(begun, "i1")) == 10_000  # at most what is open: 60,000 of 70,000
    assert rest_to(begun, "i1").lines[0].left == 0
    assert rest_to(begun, "").on_account == 70_000
    assert difference(rest_to(rest_to(begun, "i1"), "")) == 0
    assert without_line(begun, "c1").lines == (line(amount=40_000),)
    assert with_line(begun, line(amount=1)).lines[0].amount == 1
    assert difference(with_unapplied(with_on_account(begun, 60_000), 10_000)) == 0
    assert begun == split(line(amount=40_000), line(CREDIT, amount=-10_000))
    with pytest.raises(InputError, match="is not in the split"):
        rest_to(begun, "i9")


def test_a_rest_that_is_too_much_is_taken_back_from_the_item() -> None:
    assert rest_to(split(line(amount=100_000), amount=80_000), "i1").lines[0].amount == 80_000


def test_what_is_recorded_names_what_was_open_before_other_decisions() -> None:
    """`seen_open` is what the run has, so that a decision since does not make this one look stale."""
    entry = to_splits(split(line(open_amount=60_000, taken=40_000, amount=60_000, discount=0), amount=60_000))[0]
    assert (entry["item"], entry["amount"], entry["seen_open"]) == ("i1", 60_000, 100_000)
    assert "discount_reason" not in entry
    assert to_splits(split(line(amount=1, override="agreed by phone")))[0]["discount_reason"] == "agreed by phone"


TYPED = [
    ("1.234,56", "EUR", "DE", 123_456), ("1,234.56", "USD", "US", 123_456), ("1'234.56", "CHF", "CH", 123_456),
    ("1’234.56", "CHF", "CH", 123_456), ("1 234,56", "EUR", "FR", 123_456), ("1.234", "EUR", "DE", 123_400), ("1,234", "USD", "US", 123_400),
    ("980,00", "EUR", "DE", 98_000), ("980.00", "EUR", "DE", 98_000), ("1,234.56", "EUR", "DE", 123_456), ("-12,5", "EUR", "DE", -1_250),
    ("1.234", "JPY", "DE", 1_234), ("1,234", "KWD", "DE", 1_234), ("1.234", "KWD", "DE", 1_234_000), ("0", "EUR", "DE", 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "currency", "country", "minor"), TYPED)
def test_typed_amounts_are_read_in_the_way_of_the_country(text: str, currency: str, country: str, minor: int) -> None:
    assert typed_amount(text, currency, country, ISO) == minor


REFUSED = [
    ("1,234", "EUR", "DE", "more than the 2 decimals"),
    ("1.234", "USD", "US", "more than the 2 decimals"),
    ("1.2.3", "EUR", "DE", "is not an amount"),
    ("12.5", "JPY", "JP", "more than the 0 decimals"),
    ("", "EUR", "DE", "is not an amount"),
    ("1e5", "EUR", "DE", "is not an amount"),
    ("NaN", "EUR", "DE", "is not an amount"),
    ("٣", "EUR", "DE", "is not an amount"),
    ("=1+1", "EUR", "DE", "is not an amount"),
]


@pytest.mark.parametrize(("text", "currency", "country", "says"), REFUSED)
def test_what_could_mean_two_things_is_refused_with_the_way_to_write_it(text: str, currency: str, country: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        typed_amount(text, currency, country, ISO)
    assert refused.value.cure.startswith(f"Write an amount of {currency} such as 1")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["DE", "CH", "US", "FR"]), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_what_is_written_in_the_way_of_the_country_is_read_back(minor: int, country: str, currency: str) -> None:
    mark = decimal_mark(country)
    plain = f"{abs(ISO.decimal(minor, currency)):,.{ISO.exponent(currency)}f}"
    text = ("-" if minor < 0 else "") + plain.translate({ord(","): {".": "'", ",": "."}[mark], ord("."): mark})
    assert typed_amount(text, currency, country, ISO) == minor
    assert minor in readings(text, currency, ISO)


def test_readings_give_every_meaning_and_none_for_words() -> None:
    assert readings("1.234", "KWD", ISO) == {1_234, 1_234_000}
    assert readings("1.234,56", "EUR", ISO) == {123_456}
    assert readings("INV-1234", "EUR", ISO) == frozenset()
