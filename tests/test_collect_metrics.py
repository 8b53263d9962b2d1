"""Metrics MT-10 to MT-72: the worked numbers of domain 5 and AX-23."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from arwork.collect import metrics as mt
from arwork.collect.provision import chain_rates, cohort_rates, expected_loss

OPENING, SALES, CLOSING, CURRENT, DAYS = 90_000_000, 135_000_000, 88_000_000, 61_600_000, 90
MONTHS = [(50_000_000, 31), (45_000_000, 28), (40_000_000, 31)]


def two(value: Fraction | None) -> str:
    assert value is not None
    return str(mt.shown(value))


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("MT-10", mt.dso(CLOSING, SALES, DAYS), "58.67"),
        ("MT-11", mt.dso(CURRENT, SALES, DAYS), "41.07"),
        ("MT-12", mt.days_delinquent(CLOSING, CURRENT, SALES, DAYS), "17.60"),
        ("MT-13", mt.countback(CLOSING, MONTHS).days, "54.64"),
        ("MT-13 published", mt.countback(212_000, [(100_000, 30), (80_000, 30), (70_000, 30)]).days, "73.71"),
        ("MT-14", mt.true_dso([(21, 1_000, 10_000), (54, 2_000, 8_000)]), "15.60"),
        ("MT-15 year", mt.annualised(mt.turnover(SALES, OPENING, CLOSING), 3), "6.07"),
        ("MT-15 days", mt.turnover_days(mt.turnover(SALES, OPENING, CLOSING), DAYS), "59.33"),
        ("MT-16", mt.cei(OPENING, SALES, CLOSING, CURRENT), "83.84"),
        ("MT-17", mt.cei(OPENING, SALES, CLOSING, CURRENT, 3), "64.03"),
        ("MT-17 published", mt.cei(6_200, 10_890, 6_340, 3_590, 3), "55.93"),
        ("MT-16 published", mt.cei(6_200, 10_890, 6_340, 3_590), "79.63"),
        ("MT-20", mt.weighted_days([(10_000, 30), (5_000, 60), (20_000, 45)]), "42.86"),
        ("MT-21", mt.weighted_days([(10_000, 34), (5_000, 58), (20_000, 60)]), "52.29"),
        ("MT-22", mt.weighted_days([(10_000, 4), (5_000, -2), (20_000, 15)]), "9.43"),
        ("MT-30 count", mt.kept_by_count(2, 1, 2), "40.00"),
        ("MT-30 value", mt.kept_by_value([(50_000, 50_000), (90_000, 50_000), (50_000, 100_000), (0, 30_000), (0, 20_000)]), "60.00"),
        ("MT-31", mt.first_contact(1, 3), "25.00"),
        ("MT-32", mt.percent(34, 80), "42.50"),
        ("MT-40", mt.percent(184, 230), "80.00"),
        ("MT-41", mt.percent(91_240_000, 131_240_000), "69.52"),
        ("MT-42", mt.percent(611, 742), "82.35"),
        ("MT-43", mt.percent(171, 230), "74.35"),
        ("MT-44", mt.percent(3, 184), "1.63"),
        ("MT-45", mt.unapplied_days(Fraction(45_000), 1_312_400, 90), "3.09"),
        ("MT-46", mt.weighted_days([(3_000, 2), (640, 15), (2_700, 40)]), "19.50"),
        ("MT-48", mt.percent(871, 940), "92.66"),
        ("MT-51", mt.deduction_days(38_000, 61_000, 90), "56.07"),
        ("MT-52", mt.cycle_time([(date(2026, 1, 1), date(2026, 1, 11)), (date(2026, 2, 1), date(2026, 2, 6))]), "7.50"),
        ("MT-70", mt.top_share([40, 25, 15, 10, 10], 3), "80.00"),
        ("MT-71", mt.concentration([40, 25, 15, 10, 10]), "2650.00"),
    ],
)  # fmt: skip
def test_mt_worked_numbers_and_ax23(rule: str, value: Fraction | None, expected: str) -> None:
    assert two(value) == expected, rule


def test_mt15_ax23_turnover_to_four_places() -> None:
    found = mt.turnover(SALES, OPENING, CLOSING)
    assert found is not None
    assert mt.shown(found, 4) == Decimal("1.5169")


def test_ax23_zero_sales_is_no_value_and_no_receivables_are_zero_days() -> None:
    assert mt.dso(CLOSING, 0, DAYS) is None
    assert mt.days_delinquent(CLOSING, CURRENT, 0, DAYS) is None
    assert two(mt.dso(0, SALES, DAYS)) == "0.00"
    assert mt.turnover(0, 0, 0) is None
    assert mt.percent(1, 0) is None
    assert mt.concentration([]) is None


def test_mt13_history_that_ends_gives_a_lower_bound() -> None:
    assert mt.countback(200, [(50, 31), (60, 28)]) == mt.Countback(Fraction(59), exhausted=True)
    assert mt.countback(110, [(50, 31), (60, 28)]) == mt.Countback(Fraction(59))
    assert mt.countback(0, [(50, 31)]) == mt.Countback(Fraction(0))
    assert mt.countback(60, [(0, 31), (60, 30)]).days == 61


def test_mt60_illustrative_example_12() -> None:
    exposures = [1_500_000_000, 750_000_000, 400_000_000, 250_000_000, 100_000_000]
    rates = [Decimal(r) for r in ("0.3", "1.6", "3.6", "6.6", "10.6")]
    losses = expected_loss(exposures, rates)
    assert losses == [4_500_000, 12_000_000, 14_400_000, 16_500_000, 10_600_000]
    assert sum(losses) == 58_000_000


def test_mt61_rates_of_a_cohort() -> None:
    rates = cohort_rates([10_000_000, 5_000_000, 2_300_000, 800_000, 200_000], 200_000)
    assert [str(mt.shown(r, 4)) for r in rates] == ["2.0000", "4.0000", "8.6957", "25.0000", "100.0000"]
    losses = expected_loss([30_000_000, 14_000_000, 6_000_000, 2_300_000, 500_000], rates)
    assert losses == [600_000, 560_000, 521_739, 575_000, 500_000]
    assert sum(losses) == 2_756_739


def test_mt61_a_bucket_that_nothing_reached() -> None:
    assert cohort_rates([1000, 0, 100], 50) == [Fraction(5), Fraction(50), Fraction(50)]
    assert cohort_rates([0, 0], 0) == [Fraction(100), Fraction(100)]


def test_mt62_chain_of_roll_rates() -> None:
    rates = chain_rates([Fraction(30), Fraction(40), Fraction(50), Fraction(60)])
    assert rates[0] == Fraction(36, 10)
    assert rates[-1] == 60


def test_mt63_no_rate_above_one_hundred() -> None:
    assert expected_loss([1000], [Decimal(250)]) == [1000]


@pytest.mark.parametrize(("percentile", "expected"), [(95, 95), (50, 50), (100, 100), (1, 1)])
def test_percentiles_by_nearest_rank(percentile: int, expected: int) -> None:
    assert mt.nearest_rank(range(1, 101), percentile) == expected
