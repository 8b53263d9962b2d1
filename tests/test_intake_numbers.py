"""Amounts: one grammar, every spelling read exactly or refused (CV-02, LD-01 to LD-03)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arwork.intake.numbers import Style, decimal_of, read_amounts

NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"
REFUSED = None
# spelling: minor units of a two-decimal currency with a decimal point, and with a decimal comma
SPELLINGS = {
    "0": (0, 0), "0.00": (0, REFUSED), "-0.00": (0, REFUSED), "0,00": (REFUSED, 0), "5": (500, 500), "05": (500, 500),
    "1234.5": (123450, REFUSED), "1234,5": (REFUSED, 123450), "1234.56": (123456, REFUSED), "1234,56": (REFUSED, 123456),
    "1,234.56": (123456, REFUSED), "1.234,56": (REFUSED, 123456), "1,234": (123400, REFUSED), "1.234": (REFUSED, 123400),
    "1,234,567.89": (123456789, REFUSED), "1.234.567,89": (REFUSED, 123456789), "1'234.56": (123456, REFUSED),
    "1’234.56": (123456, REFUSED),
    "1 234.56": (123456, REFUSED), "1 234,56": (REFUSED, 123456), f"1{NBSP}234,56": (REFUSED, 123456),
    f"1{NARROW}234,56": (REFUSED, 123456),
    f"1{THIN}234,56": (REFUSED, 123456), "1 234 567": (123456700, 123456700),
    "-5.00": (-500, REFUSED), "5.00-": (-500, REFUSED), "1.234,56-": (REFUSED, -123456), "\u22125,00": (REFUSED, -500),
    "5,00\u2212": (REFUSED, -500),
    "- 5.00": (-500, REFUSED), "5.00 -": (-500, REFUSED), "+5.00": (500, REFUSED), "5.00+": (500, REFUSED), "(5.00)": (-500, REFUSED),
    "(1.234,56)": (REFUSED, -123456), " 5.00 ": (500, REFUSED), f"{NBSP}5,00{NBSP}": (REFUSED, 500), ".50": (50, REFUSED),
    ",50": (REFUSED, 50),
    "12,5": (REFUSED, 1250), "0.1": (10, REFUSED), "0,5": (REFUSED, 50),
    # refused whatever the separator
    "5.": (REFUSED, REFUSED), "5,": (REFUSED, REFUSED), "1.2.3": (REFUSED, REFUSED), "1,2,3": (REFUSED, REFUSED),
    "12,34.56": (REFUSED, REFUSED),
    "1,23,456.78": (REFUSED, REFUSED), "1234,567.89": (REFUSED, REFUSED), "1,234'567.89": (REFUSED, REFUSED),
    "1.234,567.89": (REFUSED, REFUSED),
    "-5-": (REFUSED, REFUSED), "(-5)": (REFUSED, REFUSED), "(5)-": (REFUSED, REFUSED), "--5": (REFUSED, REFUSED), "-": (REFUSED, REFUSED),
    "()": (REFUSED, REFUSED), "1e5": (REFUSED, REFUSED), "1.23E+11": (REFUSED, REFUSED), "1_000": (REFUSED, REFUSED),
    "NaN": (REFUSED, REFUSED),
    "sNaN": (REFUSED, REFUSED), "Infinity": (REFUSED, REFUSED), "-inf": (REFUSED, REFUSED), "0x10": (REFUSED, REFUSED),
    "٥": (REFUSED, REFUSED),
    "５": (REFUSED, REFUSED), "½": (REFUSED, REFUSED), "5 CR": (REFUSED, REFUSED), "€5.00": (REFUSED, REFUSED),
    "5.00 EUR": (REFUSED, REFUSED),
    "five": (REFUSED, REFUSED), "#####": (REFUSED, REFUSED), "=1+1": (REFUSED, REFUSED), "12.345": (REFUSED, 1234500),
    "12.3456": (REFUSED, REFUSED),
    "99999999999999999999": (REFUSED, REFUSED), "1\n2": (REFUSED, REFUSED), "5.00\u200b": (REFUSED, REFUSED),
}  # fmt: skip


def one(
    text: str, decimal: str = ".", exponent: int = 2, *, more: bool = False, suffixes: dict[str, int] | None = None, grouping: Any = True
):
    return read_amounts([text], np.array([exponent]), Style(decimal, grouping, suffixes or {}), round_more=more)


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("text", SPELLINGS, ids=ascii)
def test_every_spelling_has_one_value_or_is_refused(text, decimal):
    expected = SPELLINGS[text][decimal == ","]
    read = one(text, decimal)
    assert (int(read.minor[0]) if not read.problem[0] else REFUSED) == expected
    assert bool(read.problem[0]) == (expected is REFUSED)


@pytest.mark.parametrize("text", ["", " ", NBSP])
def test_blank_is_blank_and_neither_zero_nor_wrong(text):
    read = one(text)
    assert (bool(read.blank[0]), read.problem[0]) == (True, "")


@pytest.mark.parametrize(
    ("text", "minor"), [("5.00 CR", -500), ("5.00CR", -500), ("5.00 cr", -500), ("1,234.56 DR", 123456), ("5.00", 500)]
)
def test_suffixes_count_only_where_the_layout_knows_them(text, minor):
    assert one(text, suffixes={"CR": -1, "DR": 1}).minor[0] == minor
    assert one("5,00 H", ",", suffixes={"S": 1, "H": -1}).minor[0] == -500
    assert one("-5.00 CR", suffixes={"CR": -1}).problem[0] == "is not an amount"


def test_thousands_as_in_india_count_only_where_the_layout_says_so():
    """Elsewhere 1,18,000 is a typing error; under `grouping: lakh` all grouped amounts of such a file are read."""
    for text, minor in {"1,18,000.00": 11800000, "12,34,56,789.5": 12345678950, "18,000": 1800000, "-2,36,000.00": -23600000}.items():
        assert one(text, grouping="lakh").minor[0] == minor
    assert one("1,18,000.00").problem[0] == "is not an amount"
    for text in ("1,18,00.00", "118,00,000", "1,1,800.00", "1.18.000"):
        assert one(text, grouping="lakh").problem[0] == "is not an amount", text
    assert decimal_of(["1,18,000.00"], np.array([2]), None, "lakh") == "."


def test_plain_files_have_no_thousands():
    assert one("1,234.56", grouping=False).problem[0] == "is not an amount"
    assert one("1234.56", grouping=False).minor[0] == 123456


@pytest.mark.parametrize(
    ("text", "exponent", "minor"), [("1000", 0, 1000), ("1.234", 3, 1234), ("12.3", 3, 12300), ("1.2345", 4, 12345), ("1000.00", 0, 1000)]
)
def test_minor_units_follow_the_currency(text, exponent, minor):
    assert one(text, exponent=exponent).minor[0] == minor


@pytest.mark.parametrize(("text", "minor"), [
    ("2309.7899999999995", 230979), ("63313.93", 6331393), ("64982.589", 6498259), ("0.005", 1), ("-0.005", -1), ("0.0049", 0),
    ("1.000", 100),
])  # fmt: skip
def test_cv_03_more_decimals_are_rounded_half_up_only_on_request_and_marked(text, minor):
    read = one(text, more=True)
    assert read.minor[0] == minor
    assert bool(read.rounded[0]) == (Decimal(text) != Decimal(minor).scaleb(-2))
    if read.rounded[0]:
        assert one(text).problem[0] == "has more than the 2 decimals of its currency"
    assert Decimal(read.exact[0]) == Decimal(text)


def test_cells_a_spreadsheet_kept_as_numbers_are_read_with_a_point():
    read = read_amounts(["123.456", "1.234,56"], np.array([3, 2]), Style(","), round_more=False, native=np.array([True, False]))
    assert read.minor.tolist() == [123456, 123456]


@pytest.mark.parametrize(("cells", "exponents", "decimal"), [
    (["1.234,56-", "12,50", "7"], 2, ","), (["1,234.56", "12.50"], 2, "."), (["1.234,5"] * 19 + ["1.5"], 2, ","),
    (["1.234,5"] * 18 + ["1.5"] * 2, 2, "?"),
    (["7", "-12"], 2, ""), (["1 234", "7"], 2, ""), (["1.234"], 2, "?"), (["1,234", "5,678"], 2, "?"), (["1.234"], 0, ","),
    (["1,234"], 0, "."),
    (["1.234"], 3, "."), (["1.234,567"], 3, ","), (["1.234.567"], 2, ","), (["64982.589"], 2, "."), (["12,5", "12.5"], 2, "?"),
])  # fmt: skip
def test_ld_02_the_decimal_separator_is_proven_by_95_percent_or_asked_for(cells, exponents, decimal):
    assert decimal_of(cells, np.full(len(cells), exponents)) == decimal


def test_ld_02_yen_without_decimals_do_not_confuse_a_column_of_euros():
    cells, exponents = ["1.234,56", "2.000,00", "1.234", "15.882.727"], np.array([2, 2, 0, 0])
    assert decimal_of(cells, exponents) == ","
    assert read_amounts(cells, exponents, Style(","), round_more=False).minor.tolist() == [123456, 200000, 1234, 15882727]


GROUPS = st.sampled_from(["", ".", ",", "'", " ", NBSP, NARROW])
SIGNS = st.sampled_from(["-{}", "{}-", "\u2212{}", "({})", "- {}", "{}"])


@given(st.integers(-(10**15), 10**15), st.sampled_from([0, 2, 3]), st.sampled_from([".", ","]), GROUPS, SIGNS)
def test_what_is_written_is_read_back(minor, exponent, decimal, group, sign):
    if group == decimal:
        group = ""
    digits = f"{Decimal(abs(minor)).scaleb(-exponent):.{exponent}f}"
    whole, _, part = digits.partition(".")
    text = f"{int(whole):,}".replace(",", group) + (decimal + part if part else "")
    shape = sign if minor < 0 else "{}"
    read = one(shape.format(text), decimal, exponent)
    assert read.problem[0] == ""
    assert read.minor[0] == (minor if shape != "{}" else abs(minor))


@given(st.floats(-1e12, 1e12).map(lambda value: format(Decimal(repr(value)), "f")))
def test_binary_float_spellings_round_like_exact_decimals(text):
    read = one(text, more=True)
    assert read.minor[0] == int(Decimal(text).scaleb(2).quantize(Decimal(1), rounding=ROUND_HALF_UP))
