"""Money, dates, params, tables, proof: the nouns."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arwork.dates import iso_date, period_end, period_of, previous_period
from arwork.errors import InputError, StoppedError, first_few, place
from arwork.money import ISO, Units, percent_of, pro_rata
from arwork.params import Params, read_params
from arwork.policy import read_policy
from arwork.proof import Tie
from arwork.settings import read_yaml
from arwork.tables import TABLES, conform, empty

ROOT = Path(__file__).resolve().parent.parent
POLICY = read_policy((ROOT / "params" / "policy.yaml").read_text(encoding="utf-8"))
PARAMS = """
close: acme
as_of: 2026-03-31
first_period: true
ledgers:
  - {ledger: MAIN, company_code: "0010", name: Acme, currency: EUR, country: NO, control_accounts: [0140]}
sources:
  - {file: items.csv, reads: open_items}
"""


def params(text: str = PARAMS) -> Params:
    return read_params(text, "acme.yaml", POLICY)


@pytest.mark.parametrize(("currency", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("USD", 2), ("ISK", 0), ("TND", 3)])
def test_cv_02_exponents(currency: str, decimals: int) -> None:
    assert ISO.exponent(currency) == decimals


def test_cv_02_unknown_currency_and_override() -> None:
    with pytest.raises(InputError, match="unknown currency 'EUX'"):
        ISO.exponent("EUX")
    assert Units({"JPY": 2}).minor(Decimal("24168654.34"), "JPY") == 2416865434


def test_cv_02_more_decimals_than_the_currency_are_refused_not_rounded() -> None:
    with pytest.raises(InputError, match="more than the 2 decimals of EUR"):
        ISO.minor(Decimal("1.005"), "EUR")
    assert ISO.rounded(Decimal("1.005"), "EUR") == 101
    assert ISO.rounded(Decimal("-1.005"), "EUR") == -101


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_cv_02_minor_and_decimal_are_inverse(minor: int, currency: str) -> None:
    assert ISO.minor(ISO.decimal(minor, currency), currency) == minor
    assert ISO.minor(Decimal(ISO.text(minor, currency)), currency) == minor


@pytest.mark.parametrize(
    ("minor", "percent", "expected"), [(1000000, "2", 20000), (450000, "2", 9000), (105, "50", 53), (-105, "50", -53), (0, "3", 0)]
)
def test_cv_03_percent_half_up(minor: int, percent: str, expected: int) -> None:
    assert percent_of(minor, Decimal(percent)) == expected


def test_cv_03_pro_rata_rest_goes_to_the_largest_then_the_lowest_key() -> None:
    assert pro_rata(100, [1, 1, 1], ["b", "a", "c"]) == [33, 34, 33]
    assert pro_rata(10, [5, 1], ["a", "b"]) == [8, 2]
    assert sum(pro_rata(10_001, [3, 3, 5, 7], list("abcd"))) == 10_001


def test_cv_04_periods() -> None:
    assert period_of(iso_date("2026-03-31")) == "2026-03"
    assert str(period_end("2024-02")) == "2024-02-29"
    assert previous_period("2026-01") == "2025-12"
    for wrong in ("31.03.2026", "2026-02-30", "2026-3-1", ""):
        with pytest.raises(InputError):
            iso_date(wrong)


def test_tie_needs_a_number_to_hold() -> None:
    assert Tie("a", "X", 5, 5, "EUR").holds
    assert not Tie("a", "X", 5, 6, "EUR").holds
    assert Tie("a", "X", 5, 6, "EUR", allowed=1).holds


def test_params_keep_text_as_text() -> None:
    read = params()
    assert read.ledgers[0].country == "NO"
    assert read.ledgers[0].company_code == "0010"
    assert read.ledgers[0].control_accounts == ("0140",)
    assert str(read.start) == "2026-03-01"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("as_of", "asof"), "line 3: unknown name 'asof'; did you mean 'as_of'"),
        (("close: acme\n", "close: acme\nclose: b\n"), "line 3: 'close' stands twice"),
        (("EUR", "EUX"), "unknown currency 'EUX'"),
        (("2026-03-31", "31.3.2026"), "line 3: as_of: '31.3.2026' is not a date"),
        (("reads: open_items", "reads: openitems"), "line 8"),
        (("[0140]", "*here"), "aliases are not allowed"),
        (("first_period: true\n", ""), "state either first_period"),
        (("first_period: true", "first_period: maybe"), "must be true or false"),
        (("close: acme", "close: ../up"), "must be letters"),
        (("sources:", "policy: {matching: {tie_polcy: REVIEW}}\nsources:"), "did you mean 'tie_policy'"),
        (("sources:", "policy: {ageing: {buckets: [60, 30]}}\nsources:"), "buckets must rise"),
        (("sources:", "policy: {matching: {large_receipt: 1e5}}\nsources:"), "is not a plain number"),
    ],
)
def test_bad_params_are_one_message_with_line_and_cure(change: tuple[str, str], message: str) -> None:
    with pytest.raises(InputError) as refused:
        params(PARAMS.replace(*change))
    assert message in str(refused.value)
    assert "acme.yaml" in str(refused.value)
    assert refused.value.exit_code == 2


def test_policy_overrides_single_values() -> None:
    read = params(PARAMS + "policy: {matching: {large_receipt: 5000.00}}\n")
    assert read.policy.matching.large_receipt == Decimal("5000.00")
    assert read.policy.matching.amount_only_min == Decimal("10.00")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: [1\n", "\x00", "a: !!python/object:os.system x\nb: &x 1\nc: *x\n"])
def test_yaml_that_is_no_settings_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_yaml(text, "x.yaml")


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_and_column_has_a_sentence_and_a_key(name: str) -> None:
    table = TABLES[name]
    assert table.sentence.endswith(".")
    assert set(table.key) <= set(table.names())
    assert len(set(table.names())) == len(table.columns)
    assert all(column.sentence.endswith(".") for column in table.columns)
    assert len(conform(name, empty(name))) == 0


def rate(**change: object) -> pd.DataFrame:
    row = {
        "from_currency": "USD", "to_currency": "EUR", "rate_type": "SPOT", "date": pd.Timestamp("2026-01-01"), "rate": "1.1",
        "source_file": "a", "source_line": "1", "source_sha256": "x",
    }  # fmt: skip
    return pd.DataFrame([{**row, **change}])


def test_conform_sorts_and_fills_and_lists_every_breach() -> None:
    both = conform("fx_rates", pd.concat([rate(from_currency="USD"), rate(from_currency="GBP")]))
    assert list(both["from_currency"]) == ["GBP", "USD"]
    with pytest.raises(StoppedError) as broken:
        conform("fx_rates", pd.concat([rate(rate_type="X"), rate(rate="")]))
    assert "rate_type" in str(broken.value)
    assert "is blank" in str(broken.value)
    with pytest.raises(StoppedError, match="repeats its key"):
        conform("fx_rates", pd.concat([rate(), rate(rate="1.2")]))
    with pytest.raises(StoppedError, match="unknown columns"):
        conform("fx_rates", rate(extra=1))


def test_cv_02_conform_refuses_floats_in_money() -> None:
    row = {
        "queue": "q",
        "key": "k",
        "ledger_id": "M",
        "company_code": "1",
        "currency": "EUR",
        "amount": 1.5,
        "since": pd.Timestamp("2026-01-01"),
    }
    frame = pd.DataFrame([{**row, "days": 1, "next_action": "n", "why": "w", "source_file": "f", "source_line": "1"}])
    with pytest.raises(StoppedError, match="binary floats"):
        conform("owed", frame)


def test_an_environment_that_switches_checks_off_stops_the_run() -> None:
    script = (
        "from arwork.tables import conform, empty\n"
        "from arwork.errors import StoppedError\n"
        "try: conform('owed', empty('owed'))\n"
        "except StoppedError as stop: print('stopped', stop)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PANDERA_VALIDATION_ENABLED": "False", "PATH": ""}, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.startswith("stopped"), done.stderr


def test_messages_name_place_and_stay_short() -> None:
    assert place("a.csv", 7, "Amount", "x" * 200).startswith("a.csv, line 7, column Amount, value ")
    assert len(place("a.csv", 7, "Amount", "x" * 200)) < 140
    assert first_few([str(n) for n in range(12)]).endswith("; and 2 more")
