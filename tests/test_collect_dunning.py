"""Reminders: CO-01 to CO-09 and worked example AX-24; reactions CO-20."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from arwork.collect.dunning import Dunned, propose, simulated
from arwork.money import ISO
from arwork.tables import TABLES, conform, empty
from tests.ax import policy

RUN = date(2025, 6, 30)
_FILL: dict[str, Any] = {"money": 0, "count": 0, "percent": 0, "flag": False, "text": "x", "code": "x", "choice": "x"}
_WHO = {"ledger_id": "MAIN", "company_code": "1000", "customer_id": "C1", "currency": "EUR"}


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    if not rows:
        return empty(name)
    known = TABLES[name].names()
    required = {c.name: c.values[0] if c.values else _FILL.get(c.kind) for c in TABLES[name].columns if c.required}
    who = {key: value for key, value in _WHO.items() if key in known}
    return conform(name, pd.DataFrame([{**required, **who, **row} for row in rows]))


def item(number: str, due: date, amount: int, **other: Any) -> dict[str, Any]:
    doc = other.pop("doc_date", due - timedelta(days=30))
    return {
        "item_id": number, "doc_no": number, "reference": number, "doc_type": "INV" if amount > 0 else "CM", "doc_date": doc,
        "posting_date": doc, "due_date": due, "local_currency": "EUR", "amount_doc": amount, "open_amount_doc": amount,
        "amount_local": amount, "open_amount_local": amount, "gl_account": "1400", "ref_item": "", **other,
    }  # fmt: skip


def dunned(items: pd.DataFrame, run: date = RUN, over: dict[str, Any] | None = None, **tables: pd.DataFrame) -> Dunned:
    names = ("customer_profiles", "letters_sent", "disputes", "promises", "receipts", "allocations")
    frames = {name: tables.get(name, empty(name)) for name in names}
    people = tables.get("customers", table("customers", {"name": "Abel GmbH", "country": "DE", "status": "ACTIVE"}))
    chosen = policy(dunning=over) if over else policy()
    return propose({"open_items": items, "customers": people, **frames}, chosen, run, ISO)


def only(result: Dunned) -> dict[str, Any]:
    assert all(tie.holds for tie in result.ties)
    assert len(result.dunning_letters) == 1
    return dict(result.dunning_letters.iloc[0])


def late(days: int, run: date = RUN) -> date:
    return run - timedelta(days=days)


@pytest.mark.parametrize(("run", "outcome"), [(date(2025, 3, 14), "NONE"), (date(2025, 3, 15), "LETTER")])
def test_CO_01_AX_24_interval(run: date, outcome: str) -> None:
    sent = table("letters_sent", {"letter_id": "L", "level": 1, "sent_date": date(2025, 3, 1), "amount": 1})
    assert only(dunned(table("open_items", item("I", late(20, run), 50000)), run, letters_sent=sent))["outcome"] == outcome


def test_CO_01_a_letter_that_did_not_arrive_does_not_count() -> None:
    sent = table("letters_sent", {"letter_id": "L", "level": 1, "sent_date": late(3), "amount": 1, "delivery": "UNDELIVERED"})
    assert only(dunned(table("open_items", item("I", late(20), 50000)), letters_sent=sent))["outcome"] == "LETTER"


@pytest.mark.parametrize(("day", "level"), [(13, None), (15, 0), (16, 1)])
def test_CO_02_AX_24_grace(day: int, level: int | None) -> None:
    result = dunned(table("open_items", item("I", date(2025, 3, 12), 50000)), date(2025, 3, day))
    row = only(result)
    assert row["level"] == (level or 0)
    assert row["outcome"] == ("LETTER" if level else "NONE")
    if level:
        assert int(result.dunning_items.iloc[0]["arrears"]) == 1


def test_CO_05_AX_24_first_level_kept() -> None:
    items = table("open_items", item("A", late(5), 10000), item("B", RUN + timedelta(days=9), 90000))
    assert only(dunned(items, over={"levels": [["1", "10", "5"]]}))["level"] == 1


def test_CO_05_AX_24_second_level_falls_back() -> None:
    items = table("open_items", item("A", late(25), 10000, dunning_level=1), item("B", RUN + timedelta(days=9), 100000))
    row = only(dunned(items, over={"levels": [["1", "10", "5"], ["15", "50", "10"]]}))
    assert (row["level"], row["amount"]) == (1, 10000)  # 9.09 % of 1,100.00 is below 10 %


def test_CO_05_drops_again_until_nothing_is_left() -> None:
    items = table("open_items", item("A", late(25), 900, dunning_level=1))
    assert only(dunned(items))["outcome"] == "NONE"


def test_CO_05_percent_counts_undisputed_items_net_of_credits() -> None:
    future = RUN + timedelta(days=9)
    items = table(
        "open_items", item("A", late(25), 10000, dunning_level=1), item("B", future, 100000), item("C", future, -20000, ref_item="B")
    )
    levels = {"levels": [["1", "10", "5"], ["15", "50", "10"]]}
    assert only(dunned(items, over=levels))["level"] == 2  # 100.00 of 900.00 is 11.11 %


def test_CO_04_AX_24_one_step() -> None:
    result = dunned(table("open_items", item("I", late(43), 50000, dunning_level=1)))
    assert int(result.dunning_items.iloc[0]["arrears"]) == 40
    assert only(result)["level"] == 2


def test_CO_07_AX_24_on_account_covers() -> None:
    items = table("open_items", item("I", late(20), 12000), item("O", late(10), -15000, doc_type="ONACC"))
    row = only(dunned(items))
    assert (row["outcome"], row["net_overdue"], row["credits"]) == ("NONE", 0, 15000)


def test_CO_07_AX_24_disputed_item_left_out() -> None:
    items = table("open_items", item("A", late(40), 500000), item("B", late(30), 8000))
    disputes = table("disputes", {"dispute_id": "D", "items": "A", "opened_date": late(9), "disputed_amount": 500000, "status": "NEW"})
    result = dunned(items, disputes=disputes)
    row = only(result)
    assert (row["outcome"], row["amount"], row["left_out"]) == ("LETTER", 8000, 500000)
    assert result.dunning_items.set_index("item_id").at["A", "why_left_out"] == "DISPUTED"


def test_CO_80_only_the_disputed_part_is_left_out() -> None:
    disputes = table("disputes", {"dispute_id": "D", "items": "A", "opened_date": late(9), "disputed_amount": 20000, "status": "NEW"})
    assert only(dunned(table("open_items", item("A", late(40), 50000)), disputes=disputes))["amount"] == 30000


@pytest.mark.parametrize(("days", "outcome"), [(2, "NONE"), (3, "LETTER"), (-5, "NONE")])
def test_CO_07_AX_24_open_promise(days: int, outcome: str) -> None:
    promise = {
        "promise_id": "P", "item": "A", "created_date": late(20), "promised_date": late(days), "promised_amount": 50000, "status": "OPEN",
    }  # fmt: skip
    assert only(dunned(table("open_items", item("A", late(40), 50000)), promises=table("promises", promise)))["outcome"] == outcome


def test_CO_07_unapplied_money_holds_the_item_it_covers() -> None:
    items = table("open_items", item("A", late(40), 50000), item("B", late(30), 90000))
    receipt = {"receipt_id": "R", "amount": 50000, "unapplied_amount": 50000, "status": "UNAPPLIED", "booking_date": RUN, "value_date": RUN}
    result = dunned(items, receipts=table("receipts", receipt))
    assert result.dunning_items.set_index("item_id").at["A", "why_left_out"] == "IN_TRANSIT"
    assert only(result)["amount"] == 90000


@pytest.mark.parametrize(
    ("profile", "word"),
    [
        ({"dunning_procedure": ""}, "never reminded"),
        ({"dunning_procedure": "STD4", "dunning_block": "sales visit"}, "sales visit"),
        ({"dunning_procedure": "STD4", "is_consumer": True}, "CO-09"),
        ({"dunning_procedure": "ODD"}, "not in the policy"),
    ],
)
def test_CO_01_CO_09_accounts_left_out(profile: dict[str, Any], word: str) -> None:
    row = only(dunned(table("open_items", item("A", late(40), 50000)), customer_profiles=table("customer_profiles", profile)))
    assert row["outcome"] == "NONE"
    assert word in row["reason"]


def test_CV_08_two_currencies_get_two_letters() -> None:
    items = table("open_items", item("A", late(40), 50000), item("B", late(40), 70000, currency="USD", open_amount_local=60000))
    result = dunned(items)
    assert result.dunning_letters["amount"].tolist() == [50000, 70000]
    assert result.dunning_letters["letter_id"].is_unique


def test_CO_08_the_last_level_is_a_notice_and_a_run_can_be_simulated() -> None:
    items = table("open_items", item("A", late(60), 50000, dunning_level=3))
    result = dunned(items)
    row = only(result)
    assert (row["outcome"], row["level"]) == ("NOTICE", 4)
    assert simulated(result, frozenset())["amount"].tolist() == [50000]
    assert simulated(result, frozenset([row["letter_id"]])).empty


def test_CV_09_row_order_changes_nothing() -> None:
    items = table("open_items", *(item(f"I{n}", late(n), 1000 * n, currency="EUR" if n % 3 else "USD") for n in range(1, 60)))
    one, other = dunned(items), dunned(items.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(one.dunning_letters, other.dunning_letters)
    pd.testing.assert_frame_equal(one.dunning_items, other.dunning_items)


@pytest.mark.parametrize(("late_by", "outcome"), [(9, "NONE"), (10, "LETTER")])
def test_CO_03_an_account_passes_by_its_oldest_item(late_by: int, outcome: str) -> None:
    items = table("open_items", item("A", late(late_by), 30000), item("B", late(5), 90000))
    row = only(dunned(items, over={"min_days_arrears": 10}))
    assert row["outcome"] == outcome
    assert ("CO-03" in row["reason"]) == (outcome == "NONE")


def test_CO_06_the_letter_has_the_highest_level_and_its_items_their_own() -> None:
    items = table("open_items", item("A", late(25), 30000, dunning_level=1), item("B", late(5), 20000))
    result = dunned(items)
    assert (only(result)["level"], only(result)["amount"]) == (2, 50000)
    assert result.dunning_items.set_index("item_id")["level"].to_dict() == {"A": 2, "B": 1}
