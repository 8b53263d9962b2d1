"""What the provision matrix leaves out: credit insurance, set-off, disputes, affiliates, accounts looked at one by one (MT-64)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from arwork.collect.ageing import age
from arwork.collect.provision import provision
from arwork.collect.set_aside import _spread, aside_of, bare, told
from arwork.money import half_up
from arwork.tables import conform, empty
from tests import ax
from tests.test_collect_work import BOOK, dispute

KEY = date(2025, 3, 31)
RATES = {"rates": {"STD": ["1.00", "2.00", "4.00"], "KEY": ["0.50"]}}


def insurance(*rows: dict[str, Any]) -> pd.DataFrame:
    base = {
        **BOOK, "customer_id": "C1", "insurer": "Atlas", "policy_no": "K-1", "currency": "EUR", "limit": 8_000_000, "insured_share": 900_000,
        "deductible": 100_000, "loss_rate": 2_000, "valid_from": "2025-01-01", "valid_to": None, **ax.LINEAGE,
    }  # fmt: skip
    frame = pd.DataFrame([{**base, **row} for row in rows])
    return conform(
        "credit_insurance", frame.assign(valid_from=pd.to_datetime(frame["valid_from"]), valid_to=pd.to_datetime(frame["valid_to"]))
    )


def made(*people: dict[str, Any], owed: pd.DataFrame, rules: dict[str, Any] = RATES, **tables: pd.DataFrame) -> pd.DataFrame:
    """Return the provisions by group and bucket, checked to hold all open debits."""
    policy = ax.policy(provision=rules)
    cases = tables.get("disputes", empty("disputes"))
    aged = age(owed, cases, empty("allocations"), policy, KEY).ageing_items
    found = provision(aged, ax.customers(*people), policy, aside_of({"open_items": owed, **tables}, aged, KEY))
    assert int((found["exposure"] + found["set_off"]).sum()) == int(aged["open_local"].clip(lower=0).sum())
    return found.set_index(["group", "bucket"]).sort_index()


def figures(found: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    return {key: (int(e), int(loss)) for key, e, loss in zip(found.index, found["exposure"], found["expected_loss"], strict=True)}


OWED = ax.items(
    ax.item("I1", "C1", "60000.00", due="2025-04-15"), ax.item("I2", "C1", "40000.00", due="2025-02-15"),
    ax.item("I3", "C2", "10000.00", due="2025-04-15"),
)  # fmt: skip


def test_mt64_the_insured_share_has_its_own_rate_worked() -> None:
    """C1 owes 100,000.00: within the limit of 80,000.00 are insured 90 % less 1,000.00, that is 71,000.00, over both items by size.

    Insured 42,600.00 and 28,400.00 at the insurer's 0.20 %: 85.20 and 56.80. Uninsured 17,400.00 at 1 % and 11,600.00 at 4 %: 174.00 and
    464.00. C2 has no insurance: 10,000.00 at 1 % are 100.00 more in the current bucket.
    """
    found = made(ax.customer("C1"), ax.customer("C2"), owed=OWED, credit_insurance=insurance({}))
    assert figures(found) == {
        ("INSURED Atlas K-1", "current"): (4_260_000, 8_520), ("INSURED Atlas K-1", "31–60"): (2_840_000, 5_680),
        ("STD", "current"): (2_740_000, 27_400), ("STD", "31–60"): (1_160_000, 46_400),
    }  # fmt: skip
    assert found["kind"].to_dict() == {key: "INSURED" if key[0].startswith("INSURED") else "MATRIX" for key in found.index}


@pytest.mark.parametrize(("change", "insured"), [
    ({"limit": 100_000_000}, 8_900_000),  # 90,000.00 less 1,000.00
    ({"deductible": 0}, 7_200_000),
    ({"deductible": 99_000_000}, 0),
    ({"insured_share": 1_000_000, "limit": 100_000_000, "deductible": 0}, 10_000_000),
    ({"valid_to": "2025-03-30"}, 0),
    ({"valid_to": "2025-03-31"}, 7_100_000),
    ({"valid_from": "2025-04-01"}, 0),
    ({"currency": "USD"}, 0),
    ({"company_code": "9999"}, 0),
    ({"limit": 3, "deductible": 0}, 3),  # 2.7 cents, rounded
])  # fmt: skip
def test_mt64_what_an_insurance_covers(change: dict[str, Any], insured: int) -> None:
    found = made(ax.customer("C1"), ax.customer("C2"), owed=OWED, credit_insurance=insurance(change))
    assert int(found.loc[found["kind"] == "INSURED", "exposure"].sum()) == insured


def test_mt64_a_second_policy_covers_what_the_first_leaves() -> None:
    """Atlas bears 71,000.00, of the 29,000.00 left Zenit bears half: 14,500.00."""
    second = {"insurer": "Zenit", "policy_no": "T-9", "insured_share": 500_000, "deductible": 0, "loss_rate": 1_000}
    found = made(ax.customer("C1"), ax.customer("C2"), owed=OWED, credit_insurance=insurance({}, second))
    assert found.groupby(level="group")["exposure"].sum().to_dict() == {
        "INSURED Atlas K-1": 7_100_000, "INSURED Zenit T-9": 1_450_000, "STD": 1_450_000 + 1_000_000,
    }  # fmt: skip


def test_mt64_one_policy_with_two_rates_stands_in_two_groups() -> None:
    rows = ({"customer_id": "C1"}, {"customer_id": "C2", "deductible": 0, "loss_rate": 5_000})
    found = made(ax.customer("C1"), ax.customer("C2"), owed=OWED, credit_insurance=insurance(*rows))
    assert {key[0]: rate for key, rate in found.loc[found["kind"] == "INSURED", "rate"].items()} == {
        "INSURED Atlas K-1 at 0.2 %": 2_000, "INSURED Atlas K-1 at 0.5 %": 5_000,
    }  # fmt: skip


def test_mt64_accounts_looked_at_one_by_one_take_their_specific_percent() -> None:
    """C1 is insolvent with 60 % expected lost, C2 had two cheques returned and no percent yet; neither is in the matrix."""
    back = {
        **BOOK,
        "customer_id": "C2",
        "currency": "EUR",
        "amount": 1,
        "cheque_date": "2025-03-01",
        "received_date": "2025-03-01",
        "endorsed": True,
        **ax.LINEAGE,
    }
    cheques = pd.DataFrame([{**back, "cheque_no": str(n), "returned_date": f"2025-03-{n:02d}"} for n in (10, 20)])
    days = {name: pd.to_datetime(cheques[name]) for name in ("cheque_date", "received_date", "returned_date")}
    named = {"ledger": "MAIN", "customer": "C1", "percent": "60.00", "reason": "insolvency plan", "approved_by": "cfo"}
    found = made(
        ax.customer("C1", status="INSOLVENT"), ax.customer("C2"), owed=OWED, rules={**RATES, "specific": [named]},
        cheques=conform("cheques", cheques.assign(**days)),
    )  # fmt: skip
    assert figures(found) == {
        ("SPECIFIC C1", "current"): (6_000_000, 3_600_000), ("SPECIFIC C1", "31–60"): (4_000_000, 2_400_000), ("ONE BY ONE", "current"): (1_000_000, 0),
    }  # fmt: skip


def test_mt64_who_is_looked_at_one_by_one_without_a_percent_is_named() -> None:
    aged = age(OWED, empty("disputes"), empty("allocations"), ax.policy(), KEY).ageing_items
    people = ax.customers(ax.customer("C1", status="LEGAL"), ax.customer("C2", status="INSOLVENT"), ax.customer("C9", status="INSOLVENT"))
    aside = aside_of({"open_items": OWED}, aged, KEY)
    unnamed = bare(people, aged, aside, {("MAIN", "C2")})
    assert unnamed == ("C1",), "C2 has a percent, C9 owes nothing"
    found = list(told(aside, unnamed, given=False, currencies={}))
    assert [(one.severity, one.rows) for one in found] == [("info", ()), ("warn", ("C1",))]
    assert found[0].sentence == "No credit insurance was given (credit_insurance): no share of the exposure is insured."


def test_mt64_what_is_in_dispute_is_dilution_and_a_query_is_not() -> None:
    """8,000.00 of I3 are in dispute: half of it is expected as a credit note, 4,000.00, and only the 2,000.00 left are in the matrix."""
    cases = conform("disputes", pd.DataFrame([
        dispute("D1", "C2", "I3", "8000.00", opened="2025-03-02"), dispute("Q1", "C1", "I1", "60000.00", opened="2025-03-02", reason_code="MD"),
    ]))  # fmt: skip
    found = made(ax.customer("C1"), ax.customer("C2"), owed=OWED, disputes=cases)
    assert figures(found)["DILUTION", "current"] == (800_000, 400_000)
    assert figures(found)["STD", "current"] == (6_000_000 + 200_000, half_up(Decimal(6_200_000) / 100))


@pytest.mark.parametrize(("agreed", "current", "late", "off"), [(False, 6_000_000, 4_000_000, 0), (True, 5_500_000, 0, 4_500_000)])
def test_mt64_credits_are_netted_only_where_the_customer_agreed_the_oldest_debt_first(
    agreed: bool, current: int, late: int, off: int
) -> None:
    """A credit of 45,000.00 takes the 40,000.00 of February off and 5,000.00 of the current invoice; a credit in another currency takes nothing."""
    owed = ax.items(
        ax.item("I1", "C1", "60000.00", due="2025-04-15"), ax.item("I2", "C1", "40000.00", due="2025-02-15"),
        ax.item("CM", "C1", "-45000.00", doc_type="CM"), ax.item("US", "C1", "-700.00", doc_type="CM", currency="USD"),
    )  # fmt: skip
    found = made(ax.customer("C1", netting_authority=agreed), owed=owed)
    assert (found.at[("STD", "current"), "exposure"], found.at[("STD", "31–60"), "exposure"]) == (current, late)
    assert int(found["set_off"].sum()) == off


def test_mt64_affiliates_are_out_even_when_insured_or_in_dispute() -> None:
    cases = conform("disputes", pd.DataFrame([dispute("D1", "C1", "I1", "500.00", opened="2025-03-02")]))
    found = made(ax.customer("C1", tolerance_group="IC"), ax.customer("C2"), owed=OWED, credit_insurance=insurance({}), disputes=cases)
    assert figures(found) == {
        ("AFFILIATES", "current"): (6_000_000, 0),
        ("AFFILIATES", "31–60"): (4_000_000, 0),
        ("STD", "current"): (1_000_000, 10_000),
    }


def test_mt64_findings_say_what_is_not_in_force_or_in_another_currency() -> None:
    aged = age(OWED, empty("disputes"), empty("allocations"), ax.policy(), KEY).ageing_items
    for held, said in (
        (insurance({"valid_to": "2025-01-31"}), "No credit insurance is in force"), (insurance({"currency": "USD"}), "1 credit insurance is in another currency"),
    ):  # fmt: skip
        aside = aside_of({"open_items": OWED, "credit_insurance": held}, aged, KEY)
        (one,) = told(aside, (), given=True, currencies={("MAIN", "1000"): "EUR"})
        assert (one.severity, one.sentence.startswith(said)) == ("warn", True), one.sentence


@pytest.mark.parametrize(("total", "weights"), [(5, [1] * 10), (7, [3, 3, 3]), (9, [3, 3, 3]), (1, [10**12, 1]), (0, [1]), (3, [])])
def test_mt64_no_item_is_insured_for_more_than_it_holds(total: int, weights: list[int]) -> None:
    parts = _spread(total, weights)
    assert sum(parts) == (total if weights else 0)
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))
