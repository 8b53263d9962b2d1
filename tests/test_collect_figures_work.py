"""Figures of the collector's work on worked numbers: MT-32 to MT-36, MT-47, MT-72."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pandas as pd
import pytest

from arwork.collect import metrics as mt
from arwork.collect.figure import Figure
from arwork.collect.figures_work import against_limits, collected, exposed, letter_items, worked
from arwork.tables import empty
from tests.test_collect_dunning import RUN, item, late, table

START = date(2025, 6, 1)
KEYS = {"ledger_id": "MAIN", "company_code": "1000", "customer_id": "C1"}


def paid(*rows: tuple[str, date, int, int, bool]) -> pd.DataFrame:
    """Payments: item, value date, amount, days late, cleared."""
    columns = ["item_id", *KEYS, "currency", "paid", "local", "value_date", "days_late", "days_to_pay", "cleared"]
    made = [{"item_id": one, **KEYS, "currency": "EUR", "paid": amount, "local": amount, "value_date": day, "days_late": days,
             "days_to_pay": days, "cleared": done} for one, day, amount, days, done in rows]  # fmt: skip
    return (
        pd.DataFrame(made, columns=columns)
        .astype({"value_date": "datetime64[us]", "days_late": "int64", "local": "int64", "cleared": "bool"})
        .astype(dict.fromkeys([*KEYS, "item_id"], "str"))
    )


def own(**given: pd.DataFrame) -> dict[str, pd.DataFrame]:
    frames = {name: empty(name) for name in ("receipts", "open_items", "customers", "contacts", "letters_sent", "cash_book")}
    items = (
        pd.DataFrame({**{key: [] for key in KEYS}, "left_local": [], "days_past_due": []})
        .astype({"left_local": "int64", "days_past_due": "int64"})
        .astype(dict.fromkeys(KEYS, "str"))
    )
    return {**frames, "items": items, "paid": paid(), **given}


def figure(metric: str, frames: dict[str, pd.DataFrame], variant: str = "standard") -> Figure:
    return next(one for one in worked(frames, 2, START, RUN) if one.metric == metric and one.variant == variant)


def test_MT_32_letters_34_of_80_documents_paid_within_14_days() -> None:
    names = [f"RE-{number}" for number in range(80)]
    items = table("open_items", *(item(f"I{number}", late(60), 1000, reference=name) for number, name in enumerate(names)))
    letter = table("letters_sent", {"letter_id": "L", "level": 1, "sent_date": late(20), "amount": 80000, "items": " ".join(names)})
    done = [(f"I{number}", late(20 - 1 - number % 14), 1000, 45, True) for number in range(34)]
    outside = [("I40", late(20), 1000, 40, True), ("I41", late(5), 1000, 55, True), ("I42", late(10), 500, 50, False)]
    found = figure("MT-32", own(letters_sent=letter, open_items=items, paid=paid(*done, *outside)))
    assert (found.above, found.below) == (34, 80)
    assert found.value is not None
    assert str(mt.shown(found.value)) == "42.50"


def test_MT_32_a_letter_counts_once_and_unknown_documents_are_told() -> None:
    items = table("open_items", item("A", late(60), 1000, reference="RE-1"))
    line = {"level": 1, "amount": 1, "items": "RE-1 RE-1 GONE"}
    letters = table("letters_sent", {**line, "letter_id": "1", "sent_date": late(20)}, {**line, "letter_id": "2", "sent_date": late(10)},
                    {**line, "letter_id": "3", "sent_date": late(20), "delivery": "UNDELIVERED"})  # fmt: skip
    found = figure("MT-32", own(letters_sent=letters, open_items=items))
    assert (found.above, found.below) == (0, 1)  # the second letter still has time, the third came back
    assert "1 documents that the extract does not hold" in found.formula
    assert len(letter_items(letters.head(1), items)) == 2


def test_MT_33_contacts_days_and_collected() -> None:
    def call(number: int, days: int, who: str, **more: object) -> dict[str, object]:
        return {
            "contact_id": str(number),
            "contact_date": late(days),
            "type": "PHONE",
            "outcome": "REACHED",
            "direction": "OUT",
            "made_by": who,
            **more,
        }

    log = table("contacts", call(1, 9, "Ann"), call(2, 9, "Ann", outcome="VOICEMAIL"), call(3, 8, "Ann"), call(4, 9, "Ben", outcome="WRONG_CONTACT"),
                call(5, 9, "Ben", type="LETTER", outcome="SENT"), call(6, 5, "Ann", direction="IN"), call(7, 60, "Ann"))  # fmt: skip
    money = paid(
        ("A", late(9), 100_000, 3, True),
        ("B", late(10), 50_000, 3, True),
        ("C", late(1), 20_000, 0, True),
        ("D", late(1), 25_000, 9, False),
    )
    frames = own(contacts=log, paid=money)
    assert figure("MT-33", frames, "reached").value == Fraction(200, 4)
    assert figure("MT-33", frames, "per collector-day").value == Fraction(5, 3)
    found = figure("MT-33", frames, "collected per contact")
    assert (found.above, found.below, found.value) == (125_000, 5, Fraction(250))
    assert collected(money, log.head(0), START, RUN) == 0


def test_MT_35_overdue_of_what_collectors_own() -> None:
    people = table(
        "customers",
        {"name": "A", "collector": "Ann"},
        {"customer_id": "C2", "name": "B", "collector": "Ben"},
        {"customer_id": "C3", "name": "C", "collector": ""},
    )
    items = pd.DataFrame({
        "ledger_id": "MAIN", "company_code": "1000", "customer_id": ["C1", "C1", "C2", "C3"], "left_local": [7500, 2500, 10000, 99], "days_past_due": [0, 4, -3, 9],
    })  # fmt: skip
    frames = own(customers=people, items=items)
    assert figure("MT-35", frames, "all owned").value == Fraction(25, 2)
    assert figure("MT-35", frames, "owned by Ann").value == 25
    assert figure("MT-35", frames, "owned by Ben").value == 0


def test_MT_36_days_removed_are_those_of_items_cleared_late_in_the_period() -> None:
    money = paid(
        ("A", late(3), 100, 12, False),
        ("A", late(1), 100, 14, True),
        ("B", late(2), 100, 6, True),
        ("C", late(2), 100, -1, True),
        ("D", late(45), 100, 90, True),
    )
    found = figure("MT-36", own(paid=money))
    assert (found.value, found.below) == (Fraction(20), 2)


def test_MT_47_posted_by_the_next_business_day() -> None:
    friday = date(2025, 6, 20)
    days = {"1": date(2025, 6, 23), "2": date(2025, 6, 24), "3": None, "4": friday}
    base = {"amount": 100, "booking_date": friday, "value_date": friday, "statement_key": "S"}
    got = table(
        "receipts",
        *({**base, "receipt_id": n, "bank_txn_id": f"T{n}"} for n in days),
        {**base, "receipt_id": "5", "bank_txn_id": "T5", "booking_date": RUN},
    )
    book = table(
        "cash_book",
        *({"doc_no": n, "line_no": "1", "posting_date": day, "amount": 100, "bank_ref": f"T{n}"} for n, day in days.items() if day),
    )
    found = figure("MT-47", own(receipts=got, cash_book=book))
    assert (found.above, found.below, found.value) == (2, 4, Fraction(50))  # the last one still has time
    off = {
        (KEYS["ledger_id"], KEYS["company_code"]): frozenset({date(2025, 6, 23)})
    }  # Monday is a holiday: Tuesday is the next business day
    again = next(one for one in worked(own(receipts=got, cash_book=book), 2, START, RUN, off) if one.metric == "MT-47")
    assert (again.above, again.below) == (3, 4)


@pytest.mark.parametrize(
    ("metric", "variant", "needs"),
    [
        ("MT-32", "standard", "letters_sent"), ("MT-33", "reached", "contacts"),
        ("MT-34", "standard", "targets of collection by collector and month; no table of arwork holds them"),
        ("MT-36", "standard", "allocations, or cleared items in the extract of open items"), ("MT-47", "standard", "cash_book with the bank's reference"),
    ],
)  # fmt: skip
def test_MT_without_its_table_a_figure_says_what_it_needs(metric: str, variant: str, needs: str) -> None:
    assert figure(metric, own(), variant).needs == needs


def test_MT_34_formula() -> None:
    assert mt.percent(45_000_00, 60_000_00) == 75


def families() -> tuple[pd.DataFrame, pd.DataFrame]:
    people = table(
        "customers", {"name": "A", "party_id": "P1", "parent_id": "PX"},
        {"ledger_id": "FIN", "company_code": "2000", "customer_id": "F1", "name": "A", "party_id": "P1", "parent_id": "PX"},
        {"customer_id": "C2", "name": "B", "party_id": "", "parent_id": ""}, {"customer_id": "C3", "name": "C", "party_id": "P3", "parent_id": ""},
    )  # fmt: skip
    items = pd.DataFrame({
        "ledger_id": ["MAIN", "FIN", "MAIN", "MAIN"], "company_code": ["1000", "2000", "1000", "1000"], "customer_id": ["C1", "F1", "C2", "C3"],
        "local_currency": "EUR", "left_local": [60_000, 50_000, -700, 5_000],
    })  # fmt: skip
    profiles = table("customer_profiles", {"credit_limit": 80_000, "insured_limit": 50_000},
                     {"ledger_id": "FIN", "company_code": "2000", "customer_id": "F1", "credit_limit": 20_000, "insured_limit": 0},
                     {"customer_id": "C3", "credit_limit": 9_000, "insured_limit": 0, "currency": "USD"})  # fmt: skip
    cash = table("receipts", {"receipt_id": "R", "amount": 10_000, "unapplied_amount": 10_000, "value_date": RUN, "booking_date": RUN})
    return exposed(items, people, profiles, cash), people


def test_MT_72_exposure_of_a_family_in_two_ledgers_against_its_limits() -> None:
    found, people = families()
    row = found.set_index("family").loc["PX"]
    assert (row["exposure"], row["credit_limit"], row["insured_limit"], row["accounts"], row["books"]) == (
        100_000,
        100_000,
        50_000,
        2,
        "FIN 2000 | MAIN 1000",
    )
    assert found.set_index("family").at["C2", "exposure"] == 0
    assert "another currency" in found.set_index("family").at["P3", "why_not"]
    limit, insured = against_limits(found, people, "EUR")
    assert (limit.value, limit.above, limit.below) == (Fraction(100), 100_000, 100_000)
    assert insured.value == 200
    assert "1 of 1 families are over it" in insured.formula


def test_MT_72_without_limits_it_says_what_it_needs() -> None:
    found, people = families()
    none = list(against_limits(found.assign(credit_limit=0, insured_limit=0), people, "EUR"))
    assert [one.needs for one in none] == [
        "customer_profiles with the limit in ledger currency",
        "customer_profiles with the insured limit in ledger currency",
    ]
