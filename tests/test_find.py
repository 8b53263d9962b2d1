"""`arwork find`: the trail of an amount, reference, name or account through the packs, from the source line to the allocation."""

from __future__ import annotations

import json
from pathlib import Path

import desks
import pytest
from conftest import in_process

from arwork.decide import Person
from arwork.errors import InputError
from arwork.pack.find import Hit, find
from arwork.pack.trail import PLACES
from arwork.tables import TABLES


@pytest.fixture(scope="module")
def params(desk_month: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desks.copied(desk_month, tmp_path_factory.mktemp("find") / "m")


def trail(params: Path, text: str) -> list[Hit]:
    return find(text, params.parent / "outputs")


def kinds(found: list[Hit]) -> list[str]:
    return [hit.what for hit in found]


SPELLINGS = ["INV-2026-0001", "inv 2026 0001", "INV20260001", "inv/2026/0001"]


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_reference_leads_from_the_bank_line_to_the_allocation(params: Path, text: str) -> None:
    found = trail(params, text)
    assert kinds(found) == ["receipt", "item", "proposal", "candidate", "allocation"]
    assert [hit.source for hit in found] == ["statement.sta:5", "items.csv:2", *["made by this close"] * 3]
    assert found[1].state == "open by 500.00 EUR, due 2026-03-12"
    assert found[2].state == "AUTO by M04"
    assert found[4].state == "applied by rule (M04)"
    assert found[0].said.startswith("2026-03-12 500.00 EUR ALPHA HANDEL GMBH")


@pytest.mark.parametrize("text", ["200.50", "200,50", "200,50 EUR", "EUR 200.50"])
def test_an_amount_is_found_however_it_is_written(params: Path, text: str) -> None:
    found = trail(params, text)
    assert kinds(found) == ["receipt", "proposal", "residual", "cash book"]
    assert found[0].said.startswith("2026-03-21 200.50 EUR")
    assert found[2].said == "50.00 EUR stays owed on INV-2026-0002 (UN)"


def test_an_amount_of_another_currency_is_not_it(params: Path) -> None:
    assert trail(params, "200.50 USD") == []
    assert trail(params, "20050 JPY") == []


def test_a_name_leads_to_the_customer_with_receipts_and_open_items(params: Path) -> None:
    found = trail(params, "beta bau")
    assert kinds(found) == ["customer", "receipt", *["item"] * 3, "proposal"]
    assert found[0].row == "MAIN/1000/C2"


def test_a_number_is_found_whole(params: Path) -> None:
    assert [hit.row for hit in trail(params, "9001") if hit.what == "item"] == ["1000:9001:2026:1"]
    assert trail(params, "900") == []
    assert "item" in kinds(trail(params, "00009001"))


def test_a_decision_is_part_of_the_trail_and_the_newest_run_is_shown(desk_month: Path, tmp_path: Path) -> None:
    params = desks.copied(desk_month, tmp_path / "m")
    desk = desks.desk_of(params)
    about = desks.receipt(desk, 7000)
    desks.record(desk, "HOLD", {"receipt": about})
    run = desks.closed(params, params.parent / "outputs")
    found = find(about, params.parent / "outputs")
    assert {hit.pack for hit in found} == {f"tiny/2026-03/{run.name}"}
    assert [(hit.said, hit.state) for hit in found if hit.what == "decision"] == [
        ("2026-04-01T09:00:00+00:00 HOLD by ann: why", "HELD: Kept for the reader.")
    ]
    both = find(about, params.parent / "outputs", all_runs=True)
    assert len({hit.pack for hit in both}) == 2


def test_write_offs_rules_and_contacts_are_part_of_the_trail(desk_month: Path, tmp_path: Path) -> None:
    """By their reason, by who decided, by the item and by the customer."""
    params = desks.copied(desk_month, tmp_path / "m")
    desk = desks.desk_of(params)
    item = desk.tables["open_items"].loc[lambda t: t["reference"] == "INV-2026-0004", "item_id"].iloc[0]
    own = {"customer": "C2", "ledger": "MAIN", "company_code": "1000"}
    body = {"item": item, "amount": 200, "currency": "EUR", "code": "BC", "local": 200, "seen_open": 7000, **own}
    made = desks.record(desk, "WRITE_OFF", body, by=Person("walrus", "test"))
    desks.record(desk, "RULE", {"rule": "promise.max_days_ahead", "value": "20", "before": "30"})
    desks.closed(params, params.parent / "outputs")
    for text in ("walrus", item, "INV-2026-0004", "Beta Bau"):
        [hit] = [hit for hit in find(text, params.parent / "outputs") if hit.table == "other_decisions"]
        assert (hit.what, hit.row, hit.state.split(":")[0]) == ("decision", str(made.seq), "WAITS")
    assert [hit.row for hit in find("promise.max_days_ahead", params.parent / "outputs") if hit.what == "decision"] == ["2"]


@pytest.mark.parametrize("text", ["", "  ", "ab", "-.-", "..1"])
def test_a_text_that_is_too_short_is_refused(params: Path, text: str) -> None:
    with pytest.raises(InputError, match="too short"):
        trail(params, text)


@pytest.mark.parametrize("text", ["(((", "a.*b)|(c", "'; drop table receipts; --", "100 %", "\\d+x", "ALPHA (HANDEL"])
def test_a_hostile_text_is_only_text(params: Path, text: str) -> None:
    if len([letter for letter in text if letter.isalnum()]) >= 3:
        assert all("ALPHA" in hit.said.upper() or hit.said for hit in trail(params, text))


def test_without_packs_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no pack"):
        find("INV-1", tmp_path)


def test_every_column_that_is_searched_is_declared() -> None:
    for place in PLACES:
        assert set(place.columns) <= set(TABLES[place.table].names()), place.table
        assert set(place.key) == set(TABLES[place.table].key) or place.table in ("allocations",), place.table


def test_the_command_prints_the_trail_and_json(params: Path) -> None:
    done = in_process(params.parent, "find", "INV-2026-0001")
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == "5 hits in 1 pack"
    assert "statement.sta:5; APPLIED" in done.out
    done = in_process(params.parent, "find", "INV-2026-0001", "--json")
    assert [json.loads(line)["what"] for line in done.out.splitlines()] == ["receipt", "item", "proposal", "candidate", "allocation"]
    assert in_process(params.parent, "find", "x").code == 2
    assert in_process(params.parent, "find", "no such thing").out == "0 hits in 0 packs\n"
