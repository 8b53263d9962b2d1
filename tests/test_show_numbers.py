"""How figures are written for people (CV-03, CV-14)."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.money import ISO, Units
from arwork.show.numbers import MINUS, count, day, money, percent, plural, points, share


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (123450, "EUR", "1,234.50"),
        (-123450, "EUR", "\u22121,234.50"),
        (0, "EUR", "0.00"),
        (-1, "EUR", "\u22120.01"),
        (5, "EUR", "0.05"),
        (1234, "JPY", "1,234"),
        (0, "JPY", "0"),
        (1234567, "KWD", "1,234.567"),
        (-7, "CLF", "\u22120.0007"),
        (2**62, "EUR", "46,116,860,184,273,879.04"),
    ],
)
def test_cv_03_money_is_written_with_the_decimals_of_its_currency(minor: int, currency: str, written: str) -> None:
    assert money(minor, currency, ISO) == written


def test_money_follows_the_decimals_of_the_close() -> None:
    assert money(123400, "JPY", Units({"JPY": 2})) == "1,234.00"


def test_money_of_an_unknown_currency_is_refused() -> None:
    with pytest.raises(InputError, match="unknown currency 'XXQ'"):
        money(1, "XXQ", ISO)


@given(st.integers(-(2**62), 2**62), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_cv_03_written_money_says_exactly_the_minor_units(minor: int, currency: str) -> None:
    digits = money(minor, currency, ISO).replace(",", "").replace(".", "").replace(MINUS, "-")
    assert int(digits) == minor


@pytest.mark.parametrize(
    ("value", "written"),
    [(20000, "2.00 %"), (0, "0.00 %"), (12345, "1.23 %"), (12350, "1.24 %"), (-12350, "\u22121.24 %"), (50, "0.01 %"), (49, "0.00 %")],
)
def test_cv_14_percent_points_round_half_up(value: int, written: str) -> None:
    assert percent(value) == written


def test_share_of_a_whole() -> None:
    assert share(1, 3) == "33.33 %"
    assert share(1, 8) == "12.50 %"
    assert share(1, 16) == "6.25 %"
    assert share(5, 0) == "–"


def test_counts_days_and_points() -> None:
    assert count(1204) == "1,204"
    assert count(-1204) == "\u22121,204"
    assert plural(1, "row") == "1 row"
    assert plural(1204, "row") == "1,204 rows"
    assert plural(2, "tie does", "ties do") == "2 ties do"
    assert day(date(2026, 3, 31)) == "2026-03-31"
    assert day(pd.Timestamp("2026-03-01")) == "2026-03-01"
    assert day(pd.NaT) == ""  # type: ignore[arg-type]
    assert day(None) == ""
    assert points(8550) == "85.50"
