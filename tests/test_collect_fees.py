"""Late-payment fees (CO-55), the adjustment matrix (CO-70) and write-offs (CO-65)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from arwork.collect.adjustments import adjustment_checks
from arwork.collect.fee_rates import NoRateError, fixed_sum, full_months, segments
from arwork.collect.late_fees import Circumstances, Fees, late_fees
from arwork.collect.matrix import MATRIX
from arwork.collect.overdue import net_overdue
from arwork.collect.payments import payments
from arwork.collect.write_offs import write_offs
from arwork.fee_policy import RateRow, Regime
from arwork.matching.reasons import DEDUCTIONS
from arwork.money import ISO
from arwork.tables import conform, empty
from tests.ax import LINEAGE, customer, customers, item, items, minor, policy, receipt, receipts
from tests.test_collect_work import BOOK, dispute, stood, table
from tests.test_collect_worklist import promised, result

LPF = policy().lpf


def regime(name: str, **over: Any) -> Regime:
    return LPF.regimes[name].model_copy(update=over)


@pytest.mark.parametrize(
    ("name", "due", "end", "paid", "expected"),
    [
        # 30 days at 3.15 + 8, 46 days at 2.15 + 8, on 10,000.00
        ("EU", "2025-05-31", "2025-08-15", [], [("30", "91.64"), ("46", "127.92")]),
        # one rate, that of the payment day
        ("IE", "2025-05-31", "2025-08-15", [], [("76", "211.34")]),
        # late from 1 June: the rate of 31 December before, 4.75 + 8
        ("GB", "2025-05-31", "2025-08-15", [], [("76", "265.48")]),
        # late from 1 July: the rate of 30 June, 4.25 + 8
        ("GB", "2025-06-30", "2025-07-30", [], [("30", "100.68")]),
        # a part payment ends a segment: its day still counts on the whole
        ("EU", "2025-01-31", "2025-03-31", [("2025-02-28", "4000.00")], [("28", "85.53"), ("31", "56.82")]),
        ("DE", "2025-12-01", "2026-01-31", [], [("30", "84.41"), ("31", "87.22")]),
    ],
)
def test_co55_segments_round_one_by_one(
    name: str, due: str, end: str, paid: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    money = [(date.fromisoformat(d), minor(a)) for d, a in paid]
    found = segments(1_000_000, date.fromisoformat(due), date.fromisoformat(end), money, regime(name), LPF.reference_rates, 365)
    assert [(str((s.end - s.start).days), s.interest) for s in found] == [(d, minor(a)) for d, a in expected]


def test_co55_days_count_the_first_day_late_and_the_payment_day() -> None:
    found = segments(100, date(2025, 5, 31), date(2025, 8, 15), [], regime("EU"), LPF.reference_rates, 365)
    assert sum((s.end - s.start).days for s in found) == 76


def test_co55_full_months_of_a_contract() -> None:
    terms = regime("EU", reference="", added=Decimal("1.5"), mode="FULL_MONTHS")
    [one] = segments(100_000, date(2025, 1, 31), date(2025, 4, 29), [], terms, (), 365)
    assert (one.interest, full_months(date(2025, 1, 31), date(2025, 2, 28))) == (3_000, 1)
    [daily] = segments(
        100_000, date(2025, 1, 1), date(2025, 2, 1), [], regime("EU", reference="", added=Decimal(12), mode="DAILY"), (), 360
    )
    assert daily.interest == 1_033


def test_co55_a_day_without_a_known_rate_is_never_guessed() -> None:
    with pytest.raises(NoRateError, match="no rate ECB_MRO for 2031-01-01"):
        segments(100, date(2031, 1, 1), date(2031, 2, 1), [], regime("EU"), LPF.reference_rates, 365)


@pytest.mark.parametrize(
    ("name", "amount", "currency", "expected"),
    [("EU", "5", "EUR", 40), ("GB", "999.99", "GBP", 40), ("GB", "1000", "GBP", 70), ("GB", "10000", "GBP", 100), ("EU", "5", "USD", 0)],
)
def test_co55_fixed_sums_of_the_law(name: str, amount: str, currency: str, expected: int) -> None:
    assert fixed_sum(regime(name), Decimal(amount), currency) == expected


def fees(
    world: pd.DataFrame, *people: dict[str, Any], cases: pd.DataFrame | None = None, given: pd.DataFrame | None = None,
    profiles: pd.DataFrame | None = None, paid: pd.DataFrame | None = None, **lpf: Any,
) -> Fees:  # fmt: skip
    day, held = date(2025, 8, 31), cases if cases is not None else empty("disputes")
    paid = payments(world, empty("allocations"), empty("receipts"), day) if paid is None else paid
    net = net_overdue(stood(world, held, day), empty("receipts"))
    around = Circumstances(
        held,
        given if given is not None else empty("promise_results"),
        net,
        customers(*people),
        empty("customer_profiles") if profiles is None else profiles,
    )
    rule = policy(lpf={"regime_by_country": {"FR": "EU"}, **lpf})
    return late_fees(world, paid, around, rule, ISO, date(2025, 8, 1), day)


LATE = {"due": "2025-05-31", "doc": "2025-05-01"}
DONE = {"open": "0.00", "clearing_date": "2025-08-15", "clearing_doc": "Z1"}


@pytest.mark.parametrize(
    ("over", "person", "outcome", "criterion"),
    [
        ({}, {}, "RECOMMEND", "76 days late, EU"),
        ({"due": "2025-08-12"}, {}, "WAIVE", "only 3 days late, fewer than 5"),
        ({}, {"status": "INSOLVENT"}, "HOLD", "insolvency or legal proceedings"),
        ({"due": "2030-01-01"}, {}, "", ""),
    ],
)
def test_co55_outcome_of_an_invoice_paid_late(over: dict[str, Any], person: dict[str, Any], outcome: str, criterion: str) -> None:
    world = items(item("1", "C1", "10000.00", **{**LATE, **DONE, **over}))
    found = fees(world, customer("C1", country="FR", **person)).late_fees
    assert found[["outcome", "criterion"]].values.tolist() == ([[outcome, criterion]] if outcome else [])
    if outcome == "RECOMMEND":
        assert found[["interest", "fixed_sum", "fee"]].values.tolist() == [[21_956, 4_000, 25_956]]


def test_co55_holds_and_waivers_of_open_invoices() -> None:
    world = items(
        *(item(str(n), f"C{n}", "10000.00", **LATE) for n in range(1, 6)), item("6", "C3", "-12000.00", doc="2025-06-01", doc_type="ONACC"),
        item("7", "C5", "30.00", doc_type="LPF", ref_item="5", due="2025-09-30", doc="2025-07-01"),
    )  # fmt: skip
    valid = {"status": "CLOSED", "resolution": "VALID", "resolved_date": "2025-07-01"}
    cases = table(
        "disputes", dispute("D1", "C1", "1", "10.00", opened="2025-06-05"), dispute("D4", "C4", "4", "9.00", opened="2025-06-05", **valid)
    )
    given = promised(result("P1", "C2", "2", "2025-09-05"))
    found = fees(world, *(customer(f"C{n}", country="FR") for n in range(1, 6)), cases=cases, given=given).late_fees
    assert found["criterion"].tolist() == [
        "open dispute", "open promise", "money on the account covers it", "our fault: its dispute was valid", "a fee was charged already",
    ]  # fmt: skip
    assert found["outcome"].tolist() == ["HOLD", "HOLD", "HOLD", "WAIVE", "WAIVE"]


def test_co55_waiver_on_file_small_customer_and_country_without_law() -> None:
    world = items(item("1", "C1", "10000.00", **LATE), item("2", "C2", "50.00", **LATE), item("3", "C3", "10000.00", **LATE))
    waiver = {"ledger": "MAIN", "customer": "C1", "approved_by": "Ada", "valid_from": "2025-01-01", "valid_to": "2025-12-31"}
    done = fees(world, customer("C1", country="FR"), customer("C2", country="FR"), customer("C3", country="SE"), waivers=[waiver])
    assert done.late_fees["criterion"].tolist() == [
        "waiver on file, approved by Ada until 2025-12-31", "first late payment in 12 months, fees up to 100.00",
    ]  # fmt: skip
    assert done.findings[0].sentence.startswith(
        "1 late items belong to consumers, or to customers in countries for which the policy names no law"
    )


def test_co55_rate_table_that_ends_holds_the_fee() -> None:
    world = items(item("1", "C1", "10000.00", **LATE))
    found = fees(world, customer("C1", country="FR"), reference_rates=[]).late_fees
    assert found[["outcome", "criterion"]].values.tolist() == [
        ["HOLD", "the policy has no rate ECB_MRO for 2025-01-01; add it with its source"]
    ]


def test_co55_contract_table_by_days_ends_a_segment_where_its_rate_changes() -> None:
    """12 % to 30 June, 9 % from 1 July, on 10,000.00 late from 1 June to 15 August: 30 and 46 days."""
    rates = [
        RateRow(name="HOUSE", valid_from=first, percent=rate, source="contract")
        for first, rate in ((date(2025, 1, 1), "12"), (date(2025, 7, 1), "9"))
    ]
    terms = regime("EU", reference="HOUSE", added=Decimal(0), mode="DAILY")
    found = segments(1_000_000, date(2025, 5, 31), date(2025, 8, 15), [], terms, rates[::-1], 365)
    assert [(s.end, s.charged, s.interest) for s in found] == [(date(2025, 6, 30), 30, 9_863), (date(2025, 8, 15), 46, 11_342)]


def test_co55_a_rate_above_the_legal_maximum_counts_as_the_maximum() -> None:
    terms = regime("EU", reference="", added=Decimal("2.5"), mode="FULL_MONTHS", cap=Decimal("1.5"))
    [one] = segments(100_000, date(2025, 1, 31), date(2025, 4, 30), [], terms, (), 365)
    assert (one.interest, one.charged, one.monthly, one.rests_on) == (4_500, 3, True, "contract, at most 1.5 by law")


def test_co55_no_interest_runs_on_frozen_days() -> None:
    """76 days late, frozen from 11 to 30 June: 10 days, 20 without interest, 46 days."""
    frozen = [(date(2025, 6, 11), date(2025, 6, 30), "moratorium")]
    found = segments(1_000_000, date(2025, 5, 31), date(2025, 8, 15), [], regime("EU"), LPF.reference_rates, 365, frozen)
    assert [((s.end - s.start).days, s.charged, s.interest) for s in found] == [(10, 10, 3_055), (20, 0, 0), (46, 46, 12_792)]
    assert found[1].rests_on == "frozen: moratorium"
    monthly = regime("EU", reference="", added=Decimal(1), mode="FULL_MONTHS")
    months = segments(100_000, date(2025, 1, 31), date(2025, 4, 30), [], monthly, (), 365, [(date(2025, 2, 10), date(2025, 3, 5), "x")])
    assert [s.charged for s in months] == [0, 0, 2]  # the month that ends on the frozen 28 February is not charged


def test_co55_freezes_contracts_and_consumers_of_the_policy() -> None:
    world = items(*(item(str(n), f"C{n}", "10000.00", **LATE) for n in range(1, 5)))
    freeze = {
        "ledger": "MAIN",
        "customer": "C1",
        "document": "1",
        "valid_from": "2025-01-01",
        "valid_to": "2030-12-31",
        "reason": "flood",
        "approved_by": "Ada",
    }
    contract = {"ledger": "MAIN", "regime": "HOUSE", "valid_from": "2025-01-01", "source": "contract 7"}
    house = {"reference": "", "added": "12", "mode": "DAILY", "source": "contract"}
    private = conform(
        "customer_profiles",
        pd.DataFrame([{**BOOK, "customer_id": n, "is_consumer": True, "is_public_body": False, **LINEAGE} for n in ("C3", "C4")]),
    )
    found = fees(
        world,
        *(customer(f"C{n}", country="FR") for n in range(1, 5)),
        profiles=private,
        freezes=[freeze],
        regimes={"HOUSE": house},
        contracts=[
            {**contract, "customer": "C2"},
            {**contract, "customer": "C4"},
            {**contract, "customer": "C1", "valid_to": "2025-05-30"},
        ],
    )
    rows = found.late_fees[["customer_id", "regime", "interest", "fixed_sum"]].values.tolist()
    assert rows == [["C1", "EU", 0, 4_000], ["C2", "HOUSE", 30_247, 0], ["C4", "HOUSE", 30_247, 0]]  # C3 is a consumer without a contract
    assert "1 late items belong to consumers" in found.findings[0].sentence
    assert found.late_fee_segments.loc[lambda t: t["rate"] == 0, "reference_rate"].unique().tolist() == ["frozen: flood, approved by Ada"]


def test_co55_an_unknown_regime_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no regime MARS"):
        policy(lpf={"regime_by_country": {"FR": "MARS"}})


def test_co55_money_on_the_account_covers_each_amount_once_the_oldest_first() -> None:
    world = items(*(item(str(n), "C1", "10000.00", **{**LATE, "due": f"2025-05-{30 - n}"}) for n in range(1, 4)),
                  item("6", "C1", "-21000.00", doc="2025-06-01", doc_type="ONACC"))  # fmt: skip
    found = fees(world, customer("C1", country="FR")).late_fees.sort_values("due_date")
    assert found["outcome"].tolist() == ["HOLD", "HOLD", "RECOMMEND"]


def test_co55_waivers_are_reported_by_approver_and_value() -> None:
    waiver = {"ledger": "MAIN", "customer": "C1", "approved_by": "Ada", "valid_from": "2025-01-01", "valid_to": "2025-12-31"}
    found = fees(items(item("1", "C1", "10000.00", **{**LATE, **DONE})), customer("C1", country="FR"), waivers=[waiver])
    assert found.late_fees["waived_by"].tolist() == ["Ada"]
    assert found.findings[0].sentence == "Late-payment fees of 259.56 EUR on 1 item is waived by Ada."


def test_co55_what_this_close_settles_with_a_discount_in_time_is_not_late() -> None:
    """10,000.00 due 20 August, paid 9,800.00 on 18 August with 2 % discount: nothing was late; paid on 28 August, 8 days on what was paid."""
    world = items(item("1", "C1", "10000.00", due="2025-08-20", doc="2025-07-21"))

    def settled(day: str) -> pd.DataFrame:
        row = {
            "item_id": world["item_id"].iloc[0],
            **BOOK,
            "customer_id": "C1",
            "currency": "EUR",
            "paid": 980_000,
            "local": 980_000,
            "cleared": True,
        }
        when = pd.Timestamp(day)
        return pd.DataFrame([{**row, "value_date": when, "days_late": (when - pd.Timestamp("2025-08-20")).days}])

    assert fees(world, customer("C1", country="FR"), paid=settled("2025-08-18")).late_fees.empty
    late = fees(world, customer("C1", country="FR"), paid=settled("2025-08-28")).late_fees
    assert late[["amount", "days_late", "interest"]].values.tolist() == [[980_000, 8, 2_180]]


def test_co70_matrix_knows_every_reason_that_matching_gives() -> None:
    assert set(DEDUCTIONS) <= set(MATRIX)
    assert len(MATRIX) == 34
    assert {row.tiers for row in MATRIX.values()} == {"", "T-STD", "T-WO", "T-RF"}


def adjusted(number: str, code: str, amount: str, **over: Any) -> dict[str, Any]:
    row = {
        "adjustment_id": number, **BOOK, "customer_id": "C1", "adjustment_code": code, "amount": minor(amount), "currency": "EUR",
        "requested_by": "Ada", "requested_date": pd.Timestamp("2025-05-05"), "approved_by": "Bo", "approver_role": "lead",
        "documents": "doc.pdf", **LINEAGE,
    }  # fmt: skip
    return {**row, **over}


def checked(*rows: dict[str, Any]) -> pd.DataFrame:
    register = conform("adjustment_register", pd.DataFrame(list(rows)))
    return adjustment_checks(register, empty("adjustments"), policy(), ISO).set_index("adjustment_id")


@pytest.mark.parametrize(
    ("over", "approver", "wrong"),
    [
        ({}, "clerk and team lead", ""),
        ({"amount": minor("250.00")}, "clerk and team lead", ""),
        ({"amount": minor("250.01")}, "AR manager", "approved by Bo (lead); it takes the AR manager"),
        ({"amount": minor("2500.01"), "approver_role": "manager"}, "controller", "approved by Bo (manager); it takes the controller"),
        ({"amount": minor("25000.01"), "approver_role": "cfo"}, "CFO", ""),
        ({"approved_by": "ADA"}, "clerk and team lead", "asked for and approved by one person (CV-13)"),
        ({"approved_by": ""}, "clerk and team lead", "not approved; it takes the clerk and team lead"),
        ({"documents": ""}, "clerk and team lead", "no evidence (contract or price list)"),
        ({"adjustment_code": "ZZ"}, "AR manager", "ZZ is no code of the matrix"),
    ],
)
def test_co70_tiers_evidence_and_two_people(over: dict[str, Any], approver: str, wrong: str) -> None:
    row = checked({**adjusted("A1", "PR", "100.00"), **over}).loc["A1"]
    assert (row["approver"], row["wrong"], bool(row["complies"])) == (approver, wrong, not wrong)
    assert row["owner"]


def test_co65_write_offs_of_a_quarter_count_together() -> None:
    found = checked(
        adjusted("A1", "WO", "80.00"),
        adjusted("A2", "WO", "80.00"),
        adjusted("A3", "WO", "80.00", requested_date=pd.Timestamp("2025-07-01")),
    )
    assert found["counted_amount"].tolist() == [8_000, 16_000, 8_000]
    assert found["approver"].tolist() == ["team lead", "AR manager", "team lead"]


def test_co65_candidates_with_what_bars_them() -> None:
    old = {"due": "2024-09-01", "doc": "2024-08-01"}
    world = items(
        item("1", "C1", "900.00", **old), item("2", "C1", "200.00", **old), item("3", "C2", "500.00", **old), item("4", "C3", "12.00", **old),
        item("5", "C4", "700.00", **old), item("6", "C4", "-50.00", doc="2025-01-01", doc_type="ONACC"), item("7", "C5", "80.00", due="2025-03-30"),
        item("8", "C6", "80.00", due="2025-03-30"),
    )  # fmt: skip
    cases = table("disputes", dispute("D1", "C2", "3", "500.00", opened="2025-01-05"))
    day = date(2025, 3, 31)
    stands = stood(world, cases, day)
    people = customers(*(customer(f"C{n}", collector="Ada") for n in range(1, 6)), customer("C6", collector="Ada", status="INSOLVENT"))
    cash = receipts(receipt("R1", "200.00", "2025-03-20"))
    found = write_offs(stands, net_overdue(stands, empty("receipts")), people, cash, empty("adjustment_register"), policy(), ISO, day)
    told = {row["reference"]: (row["not_before"], row["approver"]) for row in found.to_dict("records")}
    assert told == {
        "1": ("", "controller"), "2": ("a receipt of exactly this amount has no payer yet", "controller"),
        "3": ("its dispute is open", "AR manager"), "4": ("it is a small difference, not a loss (SD)", "team lead"),
        "5": ("50.00 EUR of the customer's own money or credits is unused", "AR manager"), "8": ("", "team lead"),
    }  # fmt: skip
