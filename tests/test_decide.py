"""What a person decides: checked to the cent, refused with the cure, taken in by the next close."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from decided_world import CREDIT, LATE, OLD, A, B, closed, decided, items, journal, number_of, params_of, rows_of, table

from arwork.errors import InputError
from arwork.matching.split import Split


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    params = params_of(tmp_path_factory.mktemp("decide"))
    return params, closed(params)


REFUSED: dict[str, tuple[list[str], str, str]] = {
    "not the whole receipt": ([f"{A}=900.00"], r"28\.00 EUR of receipt .* over 928\.00 EUR stands nowhere", "ON-ACCOUNT=28.00 or UNAPPLIED=28.00"),
    "more than the receipt": ([f"{A}=928.00", f"{B}=10.00"], r"uses 938\.00 EUR .* holds 928\.00 EUR", "by 10.00 EUR"),
    "more than is open": ([f"{B}=928.00"], r"cash 928\.00 EUR do not fit item 1000:9002.*open by 250\.50 EUR", "at most 250.50"),
    "parts beyond what is open": (
        [f"{A}=928.00+20.00,deduction=60.00:PR"], r"cash 928\.00 EUR, discount 20\.00 EUR, deduction 60\.00 EUR do not fit", "at most 1,000.00",
    ),
    "an item twice": ([f"{A}=900.00", f"{A}=28.00"], "stands twice", "Add the two amounts up"),
    "no such item": (["1000:1:2026:1=928.00"], "no open item '1000:1:2026:1' in EUR", "from the pack"),
    "a discount that is not earned in full": ([f"{A}=928.00+40.00", ], r"40\.00 EUR is asked for, 0\.00 EUR is earned", "override=WHY"),
    "a discount above terms": ([f"{A}=928.00+72.00"], r"72\.00 EUR is asked for, 20\.00 EUR is earned on 2026-03-12; its terms end 2026-03-16", "UD"),
    "a late discount": ([f"{LATE}=294.00+6.00", "UNAPPLIED=634.00"], r"0\.00 EUR is earned", "override=WHY"),
    "a discount without terms": ([f"{B}=245.50+5.00", "UNAPPLIED=682.50"], "it has no discount terms", "override"),
    "an unknown reason": ([f"{A}=928.00,deduction=72.00:ZZ"], r"'ZZ' is no reason for a deduction of 72\.00 EUR", "CO-70"),
    "a deduction without a reason": ([f"{A}=928.00,deduction=72.00"], "an amount above nothing and a reason code", "deduction=50.00:PR"),
    "a write-off without a code": ([f"{A}=928.00,write-off=72.00"], "an adjustment code", "write-off=2.00:SD"),
    "a claim written off": ([f"{A}=928.00,write-off=72.00:PR"], r"72\.00 EUR cannot be written off by code 'PR'", "credit memo"),
    "a clerk above the tolerance": ([f"{A}=928.00,write-off=72.00:SD"], r"72\.00 EUR is above the 10\.00 EUR that a clerk", "Let a lead"),
    "young debt": ([f"{A}=928.00,write-off=72.00:WO"], r"is -1 days overdue, 180 are needed: 72\.00 EUR is no bad debt", "Leave it open"),
    "a clerk writes off bad debt": ([f"{OLD}=49.99,write-off=50.00:WO", "UNAPPLIED=878.01"], r"above the 0\.00 EUR that a clerk", "Let a lead"),
    "a gain by another code": ([f"{A}=1001.00,write-off=-1.00:BC"], "is more than is owed", "on account"),
    "nothing": (["UNAPPLIED=928.00"], "places nothing", "ON-ACCOUNT"),
    "a discount on a credit": ([f"{CREDIT}=-50.00+1.00", "UNAPPLIED=978.00"], "do not fit|only of an invoice", ""),
    "a word nobody knows": ([f"{A}=928.00,bonus=1.00"], "is not ITEM=AMOUNT", "(cash+discount"),
    "too many decimals": ([f"{A}=928.001"], "more than the 2 decimals", "decimals of the currency"),
    "a discount twice": ([f"{A}=928.00+20.00,discount=20.00"], "discount twice", ""),
    "on account with a discount": ([f"{A}=900.00", "ON-ACCOUNT=28.00+1.00"], "is cash only", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_split_that_does_not_fit_is_refused_with_item_amounts_and_cure(world: tuple[Path, Path], name: str) -> None:
    params, run = world
    splits, why, cure = REFUSED[name]
    with pytest.raises(InputError, match=why) as refused:
        decided(params, "ALLOCATE", [number_of(run, "B1")], *splits)
    assert refused.value.cure
    assert cure in refused.value.cure
    assert journal(params) == []


@pytest.mark.parametrize(
    ("role", "amount", "allowed"),
    [("clerk", "10.00", True), ("clerk", "10.01", False), ("senior", "25.00", True), ("senior", "25.01", False),
     ("supervisor", "72.00", True), ("manager", "72.00", True), ("cfo", "72.00", True), ("nobody knows", "0.01", False)],
)  # fmt: skip
def test_mp20_a_small_difference_is_written_off_within_the_persons_own_limit(tmp_path: Path, role: str, amount: str, allowed: bool) -> None:
    params = params_of(tmp_path)
    number = number_of(closed(params), "B1")
    splits = [f"{A}=928.00,write-off={amount}:SD"]
    if allowed:
        assert decided(params, "ALLOCATE", [number], *splits, role=role)[0].body["items"][0]["adjustment_code"] == "SD"
    else:
        with pytest.raises(InputError, match=r"\(SD\) of .* is above"):
            decided(params, "ALLOCATE", [number], *splits, role=role)


def test_discount_deduction_write_off_and_rest_go_through_the_next_close(tmp_path: Path) -> None:
    """AX: 928.00 with 20.00 discount, 50.00 for a price and 2.00 small on 1,000.00; 250.00 on 250.50; 60.00 on account; a rest waits."""
    params = params_of(tmp_path)
    first = closed(params)
    receipt = {bank: number_of(first, bank) for bank in ("B1", "B2", "B3", "B4")}
    decided(params, "ALLOCATE", [receipt["B1"]], f"{A}=928.00+20.00,deduction=50.00:PR,write-off=2.00:SD", reason="=cmd|' /C calc'!A0")
    decided(params, "ALLOCATE", [receipt["B2"]], Split(B, 20000, write_off=50, adjustment_code="SD"), "UNAPPLIED=50.00")
    decided(params, "ALLOCATE", [receipt["B3"]], "ON-ACCOUNT=60.00")
    decided(params, "ALLOCATE", [receipt["B4"]], f"{OLD}=48.00,write-off=51.99:WO", f"{CREDIT}=-50.00", f"{B}=50.00", "ON-ACCOUNT=50.00", role="lead")
    run = closed(params)
    lines = table(run, "allocations")
    columns = ("item_id", "amount_applied", "discount", "small_diff", "write_off", "adjustment_code", "residual", "amount_relieved", "by")
    assert sorted(rows_of(lines, *columns)) == sorted([
        [A, 92800, 2000, 200, 0, "SD", 5000, 100000, "ana"],
        [B, 20000, 0, 50, 0, "SD", 0, 20050, "ana"],
        [B, 5000, 0, 0, 0, "", 0, 5000, "ana"],
        [OLD, 4800, 0, 0, 5199, "WO", 0, 9999, "ana"],
        [CREDIT, -5000, 0, 0, 0, "", 0, -5000, "ana"],
    ])  # fmt: skip
    assert rows_of(table(run, "residuals"), "ref_item", "amount", "reason_code", "status", "dispute") == [[A, 5000, "PR", "CREATED", True]]
    assert sorted(rows_of(table(run, "on_account"), "amount", "status")) == [[5000, "AUTO"], [6000, "AUTO"]]
    assert sorted(rows_of(table(run, "receipts"), "amount", "applied_amount", "on_account_amount", "unapplied_amount")) == [
        [6000, 0, 6000, 0], [9800, 4800, 5000, 0], [25000, 20000, 0, 5000], [92800, 92800, 0, 0],
    ]  # fmt: skip
    made = table(run, "decisions")
    assert set(made["outcome"]) == {"APPLIED"}
    told = ("seq", "known_by", "amount", "discount", "deduction", "write_off", "codes", "on_account", "source_file")
    assert rows_of(made, *told)[0] == [1, "test", 92800, 2000, 5000, 200, "PR SD", 0, "statement.sta"]
    assert rows_of(made, *told)[3] == [4, "test", 9800, 0, 0, 5199, "WO", 5000, "statement.sta"]
    assert rows_of(table(run, "adjustments"), "item_id", "amount", "adjustment_code", "by") == [
        [A, 200, "SD", "ana"], [B, 50, "SD", "ana"], [OLD, 5199, "WO", "ana"],
    ]  # fmt: skip
    ties = table(run, "ties")
    assert ties.loc[ties["rule"].isin(["INV-1", "MP-64"]), "holds"].all()


def test_a_discount_out_of_terms_needs_its_own_reason_and_keeps_it(tmp_path: Path) -> None:
    params = params_of(tmp_path)
    number = number_of(closed(params), "B1")
    split = f"{LATE}=294.00,discount=6.00,override=sales agreed, see mail, 3 March"
    body = decided(params, "ALLOCATE", [number], split, "UNAPPLIED=634.00")[0].body
    assert body["items"][0] == {
        "item": LATE, "amount": 29400, "discount": 600, "seen_open": 30000, "earned": 0, "discount_reason": "sales agreed, see mail, 3 March",
    }  # fmt: skip
    assert rows_of(table(closed(params), "allocations"), "discount", "amount_relieved") == [[600, 30000]]


def test_two_receipts_may_pay_one_item_by_hand_and_no_more_than_is_open(tmp_path: Path) -> None:
    params = params_of(tmp_path)
    run = closed(params)
    decided(params, "ALLOCATE", [number_of(run, "B1")], f"{A}=800.00", "UNAPPLIED=128.00")
    with pytest.raises(InputError, match=r"open by 200\.00 EUR"):
        decided(params, "ALLOCATE", [number_of(run, "B2")], f"{A}=250.00")
    second = decided(params, "ALLOCATE", [number_of(run, "B2")], f"{A}=200.00", "UNAPPLIED=50.00")[0]
    assert second.body["items"][0]["seen_open"] == 20000
    again = closed(params)
    assert table(again, "allocations")["amount_relieved"].sum() == 100000
    decided(params, "UNDO", [], undoes=1)
    outcome = table(closed(params), "decisions")
    assert rows_of(outcome, "outcome") == [["UNDONE"], ["STALE"]]
    assert "from 200.00 EUR to 1,000.00 EUR" in outcome["outcome_reason"].iloc[1]


def test_bulk_decisions_are_recorded_all_or_none_with_one_reason(tmp_path: Path) -> None:
    params = params_of(tmp_path)
    run = closed(params)
    both = [number_of(run, "B3"), number_of(run, "B4")]
    with pytest.raises(InputError, match="no receipt 'nowhere'"):
        decided(params, "HOLD", [*both, "nowhere"])
    with pytest.raises(InputError, match="stands twice"):
        decided(params, "HOLD", [both[0], both[0]])
    with pytest.raises(InputError, match="one receipt"):
        decided(params, "ALLOCATE", both, "ON-ACCOUNT=60.00")
    assert journal(params) == []
    decided(params, "REJECT", [both[1]], by="ben")
    with pytest.raises(InputError, match="ben decided on this receipt"):
        decided(params, "HOLD", both)
    assert len(journal(params)) == 1
    held = decided(params, "HOLD", both, seen=1, reason="waiting for the advice")
    assert [(event.action, event.body["receipt"], event.reason) for event in held] == [("HOLD", n, "waiting for the advice") for n in both]
    assert [event.seq for event in decided(params, "UNDO", [], undoes=[2, 3])] == [4, 5]
    assert sorted(rows_of(table(closed(params), "decisions"), "outcome")) == [["REJECTED"], ["UNDONE"], ["UNDONE"]]


POSTED: dict[str, tuple[dict[str, Any], str, str]] = {
    "cleared": ({"cleared": {"9001": "1400000123"}}, "POSTED", "The ERP posted it: 1400000123."),
    "cleared by other cash": (
        {"cleared": {"9001": "1400000123"}, "paid": "-900.00"}, "STALE", "document 1400000123 cleared its items with 900.00 EUR, the decision gave 928.00",
    ),
    "cleared by its cash": ({"cleared": {"9001": "1400000123"}, "paid": "-928.00"}, "POSTED", "1400000123"),
    "another amount is open": ({"left": {"9001": "500.00"}}, "STALE", "changed since, from 1,000.00 EUR to 500.00 EUR"),
}  # fmt: skip


@pytest.mark.parametrize("name", POSTED)
def test_a_decision_that_the_erp_carried_out_is_posted_with_its_document(tmp_path: Path, name: str) -> None:
    over, state, why = POSTED[name]
    params = params_of(tmp_path)
    decided(params, "ALLOCATE", [number_of(closed(params), "B1")], f"{A}=928.00+20.00,deduction=50.00:PR,write-off=2.00:SD")
    paid = over.get("paid", "")
    line = f"MAIN,1000,C1,1400000123,1,2026,RCPT,2026-03-25,2026-03-25,2026-03-25,EUR,{paid},0.00,EUR,{paid},0.00,,1400,,,1400000123,2026-03-25\n"
    text = items(over.get("cleared"), line if paid else "", over.get("left"))
    (tmp_path / "items.csv").write_text(text)
    row = table(closed(params), "decisions").iloc[0]
    assert (row["outcome"], why in row["outcome_reason"]) == (state, True), row["outcome_reason"]
    assert row["posted_documents"] == ("1400000123" if state == "POSTED" else "")


def test_a_decision_goes_stale_when_the_terms_no_longer_give_its_discount(tmp_path: Path) -> None:
    params = params_of(tmp_path)
    decided(params, "ALLOCATE", [number_of(closed(params), "B1")], f"{A}=928.00+20.00,deduction=52.00:UN")
    (tmp_path / "items.csv").write_text(items().replace("2026-03-16,2.00", "2026-03-10,2.00"))
    row = table(closed(params), "decisions").iloc[0]
    assert (row["outcome"], "give a discount of 0.00 EUR now, 20.00 EUR was decided" in row["outcome_reason"]) == ("STALE", True)
