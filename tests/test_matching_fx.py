"""Currencies: rates, conversion, realised and unrealised differences, payments in another currency (MP-62 to MP-64)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from ax import LINEAGE, Ran, bank, banks, customer, customers, decided, item, items, minor, policy, receipt, receipts, run

from arwork.matching.allocate import settle
from arwork.matching.fx import Rate, carrying, convert, read_rates, realised, unrealised
from arwork.matching.realised import with_realised
from arwork.money import ISO
from arwork.tables import conform


def rates(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """Build `fx_rates`: from, to, kind, day, rate."""
    names = ("from_currency", "to_currency", "rate_type", "date", "rate")
    frame = pd.DataFrame([{**dict(zip(names, row, strict=True)), **LINEAGE} for row in rows])
    return conform("fx_rates", frame.assign(date=pd.to_datetime(frame["date"])))


SPOT = rates(("EUR", "USD", "SPOT", "2025-03-12", "1.0800"))


def case(doc: dict[str, Any], cash: str, *, may: str = "", quoted: pd.DataFrame | None = SPOT, **paid: Any) -> Ran:
    return run(
        items=items(*(doc if isinstance(doc, list) else [doc])),
        receipts=receipts(receipt("R1", cash, "2025-03-12", text=paid.pop("text", "9001"), account="DE01", **paid)),
        customers=customers(customer("C1", "Nordlicht Werke", country="US", pays_in_currency=may)),
        banks=banks(bank("C1", "DE01")),
        as_of="2025-03-12",
        rates=quoted,
    )


def legs(out: Ran) -> dict[str, list[Decimal]]:
    names = ["amount_applied", "bank_charge", "fx", "residual", "amount_relieved", "relieved_value"]
    rows = out.proposal_items[out.proposal_items["candidate"] == 1]
    return {r["reference"]: [Decimal(int(r[n])) / 100 for n in names] for r in rows.to_dict("records")}


def dec(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


EUR_ITEM = item("9001", "C1", "10000.00")
IN_USD = {"charges": 1500, "orig_currency": "USD", "orig_amount": 1085000}


@pytest.mark.parametrize(("may", "status", "gates"), [("", "SUGGEST", "G-08"), ("USD", "AUTO", ""), ("GBP CHF", "SUGGEST", "G-08")])
def test_ax_07_a_euro_invoice_paid_in_dollars(may: str, status: str, gates: str) -> None:
    out = case(EUR_ITEM, "10031.30", may=may, **IN_USD)
    row = out.of("R1")
    assert (row.strategy, row.status, row.gates) == ("M05", status, gates)
    assert legs(out) == {"9001": dec("10031.30", "15.00", "-46.30", "0", "10000.00", "10000.00")}
    assert "10,850.00 USD is 10,046.30 EUR at 1 EUR = 1.0800 USD of 2025-03-12 (SPOT)" in row.sentence
    assert "exchange gain of 46.30 EUR" in row.sentence
    assert out.settled.receipts["applied_amount"].tolist() == [1003130 if status == "AUTO" else 0]


def test_mp62_the_policy_may_forbid_it_altogether() -> None:
    out = run(
        items=items(EUR_ITEM),
        receipts=receipts(receipt("R1", "10031.30", "2025-03-12", text="9001", account="DE01", **IN_USD)),
        customers=customers(customer("C1", pays_in_currency="USD")),
        banks=banks(bank("C1", "DE01")),
        rates=SPOT,
        policy=policy(matching={"auto_post_cross_currency": "NEVER"}),
    )
    assert (out.of("R1").status, out.of("R1").gates) == ("SUGGEST", "G-08")


TOLERATED = [
    # converted EUR from USD at 1.0800: 10,050.00, 10,050.01, 9,950.00, 9,949.99 for 10,000.00; tolerated are 50.00
    ("10854.00", "10050.00", "AUTO", "", dec("-50.00", "0"), 0),
    ("10854.01", "10050.01", "SUGGEST", "G-08", dec("0", "0"), 5001),
    ("10746.00", "9950.00", "AUTO", "", dec("50.00", "0"), 0),
    ("10745.99", "9949.99", "SUGGEST", "G-08", dec("0", "50.01"), 0),
]


@pytest.mark.parametrize(("usd", "eur", "status", "gates", "expected", "over"), TOLERATED, ids=[row[0] for row in TOLERATED])
def test_mp62_the_exchange_tolerance_is_inclusive(usd: str, eur: str, status: str, gates: str, expected: list[Decimal], over: int) -> None:
    out = case(EUR_ITEM, eur, may="USD", orig_currency="USD", orig_amount=minor(usd, "USD"))
    assert (out.of("R1").status, out.of("R1").gates) == (status, gates)
    line = legs(out)["9001"]
    assert [line[2], line[3]] == expected
    assert out.of("R1").on_account == over
    if expected[1]:
        left = out.follow["residuals"][["reason_code", "x12_code", "amount", "dispute"]].values.tolist()
        assert left == [["FX", "33", 5001, False]]


USD_ITEM = item("9001", "C1", "1080.00", currency="USD", amount_local=100000, open_amount_local=100000)


def test_mp62_a_dollar_invoice_paid_in_euro() -> None:
    """1,000.00 EUR are 1,080.00 USD: relieved in dollars, posted in euro, no difference."""
    out = case(USD_ITEM, "1000.00", may="EUR")
    assert (out.of("R1").status, out.of("R1").gates) == ("AUTO", "")
    assert legs(out) == {"9001": dec("1000.00", "0", "0", "0", "1080.00", "1000.00")}
    assert all(tie.holds for tie in out.settled.ties)
    less = case(USD_ITEM, "996.00", may="EUR")
    assert legs(less) == {"9001": dec("996.00", "0", "4.00", "0", "1080.00", "1000.00")}
    short = case(USD_ITEM, "900.00", may="EUR")
    assert (short.of("R1").status, short.of("R1").gates) == ("SUGGEST", "G-08")
    assert legs(short) == {"9001": dec("900.00", "0", "0", "108.00", "1080.00", "900.00")}
    over = case(USD_ITEM, "1100.00", may="EUR")
    assert (over.of("R1").status, over.of("R1").on_account) == ("SUGGEST", 10000)
    assert legs(over) == {"9001": dec("1000.00", "0", "0", "0", "1080.00", "1000.00")}


def test_mp62_two_invoices_share_cash_and_difference() -> None:
    two = [USD_ITEM, item("9002", "C1", "540.00", currency="USD", amount_local=50000, open_amount_local=50000)]
    out = case(two, "1497.00", may="EUR", text="9001 9002", charges=100)
    assert out.of("R1").status == "AUTO"
    found = legs(out)
    assert [sum(line[n] for line in found.values()) for n in range(6)] == dec("1497.00", "1.00", "2.00", "0", "1620.00", "1500.00")


NO_RATE: list[tuple[str, pd.DataFrame | None]] = [
    ("none", None),
    ("too old", rates(("EUR", "USD", "SPOT", "2025-03-06", "1.0800"))),
    ("later", rates(("EUR", "USD", "SPOT", "2025-03-13", "1.0800"))),
    ("another kind", rates(("EUR", "USD", "CLOSE", "2025-03-12", "1.0800"))),
    ("an old bank rate", rates(("EUR", "USD", "BANK", "2025-03-11", "1.0800"))),
]


@pytest.mark.parametrize(("why", "quoted"), NO_RATE, ids=[row[0] for row in NO_RATE])
def test_g_08_without_a_rate_nothing_is_posted(why: str, quoted: pd.DataFrame | None) -> None:
    here = case(EUR_ITEM, "10031.30", may="USD", quoted=quoted, **IN_USD)
    assert (here.of("R1").status, here.of("R1").gates) == ("SUGGEST", "G-08")
    assert "o rate of USD and EUR is known for 2025-03-12" in here.of("R1").why_not
    there = case(USD_ITEM, "1000.00", may="EUR", quoted=quoted)
    assert (there.of("R1").status, there.of("R1").gates) == ("REVIEW", "G-08")
    assert there.documents("R1", 2) == ["9001"]
    assert there.settled.allocations.empty


QUOTES = rates(
    ("EUR", "USD", "SPOT", "2025-03-07", "1.05"), ("EUR", "USD", "SPOT", "2025-03-10", "1.06"), ("EUR", "USD", "BANK", "2025-03-11", "1.07"),
    ("USD", "GBP", "SPOT", "2025-03-10", "0.80"), ("GBP", "USD", "SPOT", "2025-03-10", "1.30"),
)  # fmt: skip
FOUND = [
    ("EUR", "USD", "2025-03-11", ("EUR", "USD", "BANK", "1.07")),
    ("USD", "EUR", "2025-03-11", ("EUR", "USD", "BANK", "1.07")),
    ("EUR", "USD", "2025-03-12", ("EUR", "USD", "SPOT", "1.06")),
    ("EUR", "USD", "2025-03-15", ("EUR", "USD", "SPOT", "1.06")),
    ("EUR", "USD", "2025-03-16", None),
    ("EUR", "USD", "2025-03-09", ("EUR", "USD", "SPOT", "1.05")),
    ("GBP", "USD", "2025-03-12", ("GBP", "USD", "SPOT", "1.30")),
    ("USD", "GBP", "2025-03-12", ("USD", "GBP", "SPOT", "0.80")),
    ("EUR", "GBP", "2025-03-12", None),
]


@pytest.mark.parametrize(("base", "to", "day", "expected"), FOUND)
def test_t20_which_rate_holds(base: str, to: str, day: str, expected: tuple[str, str, str, str] | None) -> None:
    found = read_rates(QUOTES, 5).find(base, to, date.fromisoformat(day))
    assert (found and (found.base, found.to, found.kind, str(found.quoted))) == expected


def test_cv_03_conversion_rounds_half_up_and_divides_by_the_inverse() -> None:
    rate = Rate("EUR", "USD", "SPOT", date(2025, 3, 12), Decimal("1.0800"))
    assert convert(1085000, "USD", rate, ISO) == 1004630
    assert convert(1000000, "EUR", rate, ISO) == 1080000
    yen = Rate("EUR", "JPY", "SPOT", date(2025, 3, 12), Decimal("162.5"))
    assert convert(100, "EUR", yen, ISO) == 163
    assert convert(-100, "EUR", yen, ISO) == -163


def test_ax_08_unrealised_and_realised_in_full() -> None:
    closing = Rate("EUR", "USD", "CLOSE", date(2025, 1, 31), Decimal("1.0393"))
    paid = Rate("EUR", "USD", "SPOT", date(2025, 2, 20), Decimal("1.0450"))
    booked = convert(1200000, "USD", Rate("EUR", "USD", "SPOT", date(2025, 1, 15), Decimal("1.0300")), ISO)
    assert booked == 1165049
    month_end = unrealised(1200000, "USD", booked, closing, ISO)
    assert month_end == -10426
    gain = realised(convert(1200000, "USD", paid, ISO), carrying(booked, 1200000, 1200000))
    assert gain == -16724
    assert gain - month_end == -6298
    first = carrying(booked, 1200000, 500000)
    assert (first, booked - first) == (485437, 679612)
    parts = [realised(convert(500000, "USD", paid, ISO), first), realised(convert(700000, "USD", paid, ISO), booked - first)]
    assert parts == [-6968, -9756]
    assert sum(parts) == gain


AX_08 = item("9101", "C1", "12000.00", doc="2025-01-15", due="2025-02-14", currency="USD", amount_local=1165049, open_amount_local=1165049)
FEBRUARY = rates(("EUR", "USD", "SPOT", "2025-02-20", "1.0450"))


@pytest.mark.parametrize(
    ("payments", "expected"), [(("12000.00",), [-16724]), (("5000.00", "7000.00"), [-6968, -9756])], ids=["in full", "in two parts"]
)
def test_ax_08_through_the_engine(payments: tuple[str, ...], expected: list[int]) -> None:
    """Receipts in dollars on a dollar account; the parts are allocated by a person and by rule in turn."""
    done, left, left_local = [], 1200000, 1165049
    for number, cash in enumerate(payments):
        doc = {**AX_08, "open_amount_doc": left, "open_amount_local": left_local}
        out = run(
            items=items(doc),
            receipts=receipts(receipt(f"R{number}", cash, "2025-02-20", text="9101", account="DE01", currency="USD")),
            customers=customers(customer("C1")),
            banks=banks(bank("C1", "DE01")),
            as_of="2025-02-20",
            policy=policy(matching={"short_pay_mode": "PARTIAL"}),
        )
        lines = out.settled.allocations
        if lines.empty:
            # What a person would accept is posted as it was proposed.
            lines = settle(out.receipts, out.proposals.assign(status="AUTO"), out.proposal_items, decided()).allocations
        found = with_realised(lines, items(doc), read_rates(FEBRUARY, 5), ISO)
        done += found["fx_difference_local"].tolist()
        left_local -= carrying(left_local, left, int(found["amount_relieved"].sum()))
        left -= int(found["amount_relieved"].sum())
    assert done == expected
    assert left == 0
    assert left_local == 0


def test_mp63_without_a_rate_the_difference_is_missing_and_at_home_it_is_nothing() -> None:
    out = case(USD_ITEM, "1080.00", currency="USD")
    assert with_realised(out.settled.allocations, items(USD_ITEM), read_rates(SPOT, 5), ISO)["fx_difference_local"].tolist() == [0]
    assert with_realised(out.settled.allocations, items(USD_ITEM), read_rates(SPOT.head(0), 5), ISO)["fx_difference_local"].isna().all()
    home = case(EUR_ITEM, "10000.00")
    assert with_realised(home.settled.allocations, items(EUR_ITEM), read_rates(SPOT, 5), ISO)["fx_difference_local"].tolist() == [0]


@pytest.mark.parametrize("cash", ["10000.00", "4321.09"])
def test_mp62_amounts_alone_say_nothing_across_currencies(cash: str) -> None:
    out = case([EUR_ITEM, item("9002", "C1", "4321.09")], cash, may="USD", text="thanks", orig_currency="USD", orig_amount=1)
    assert out.of("R1").strategy == "M16"
    assert out.settled.allocations.empty


def test_mp62_a_number_that_several_documents_share_is_not_converted() -> None:
    two = [{**USD_ITEM, "po_no": "4500001"}, {**item("9002", "C1", "540.00", currency="USD"), "po_no": "4500001"}]
    out = case(two, "1000.00", may="EUR", text="4500001")
    assert out.of("R1").status != "AUTO"
    assert "G-08" in out.of("R1").gates or out.of("R1").status == "NONE"
