"""Laws of 2.7 on random ledgers: INV-1, INV-2, INV-4, INV-5, INV-7, INV-8 and MP-64, whatever the receipts say."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest
from ax import (
    AMOUNTS,
    Ran,
    advices,
    banks,
    customer,
    customers,
    decided,
    disputes,
    item,
    items,
    random_ledger,
    receipt,
    receipts,
    run,
    together,
)

from arwork.errors import StoppedError
from arwork.matching.allocate import PARTS, settle

SEEDS = range(40)


@pytest.fixture(scope="module")
def ran() -> dict[str, Ran]:
    return together({str(seed): random_ledger(seed) for seed in SEEDS})


def test_the_random_ledgers_try_every_strategy(ran: dict[str, Ran]) -> None:
    seen = {(row.strategy, row.status) for out in ran.values() for row in out.proposals.itertuples()}
    assert {
        ("M04", "AUTO"),
        ("M04", "REVIEW"),
        ("M06", "AUTO"),
        ("M06", "REVIEW"),
        ("M06", "SUGGEST"),
        ("M16", "NONE"),
        ("M16", "REVIEW"),
    } <= seen


@pytest.mark.parametrize("seed", SEEDS)
def test_inv_1_and_inv_2_and_mp_64(ran: dict[str, Ran], seed: int) -> None:
    out = ran[str(seed)].settled
    assert (out.receipts[list(PARTS)].sum(axis=1) == out.receipts["amount"]).all()
    assert (out.receipts[list(PARTS)] >= 0).all(axis=None)
    opened = {row["item_id"]: row["open_amount_doc"] for row in random_ledger(seed)["items"]}
    for number, group in out.allocations.groupby(out.allocations["item_id"].str[5:]):
        whole = opened[str(number)]
        assert 0 < group["amount_relieved"].sum() / whole <= 1
    given = out.allocations[["amount_applied", "discount", "small_diff"]].sum(axis=1)
    assert (given == out.allocations["amount_relieved"]).all()
    assert all(tie.holds for tie in out.ties)
    assert out.allocations["amount_applied"].sum() == out.receipts["applied_amount"].sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_m06_is_right_by_brute_force(ran: dict[str, Ran], seed: int) -> None:
    """Whatever is paid by amount alone: one item has the amount, no two items add up to it, nothing took part of it before."""
    out, docs = ran[str(seed)], random_ledger(seed)["items"]
    by_words = out.proposals.loc[(out.proposals["strategy"] == "M04") & (out.proposals["status"] == "AUTO"), ["receipt_id"]]
    named = set(out.proposal_items.merge(by_words)["item_id"].str[5:])
    for row in out.proposals[(out.proposals["strategy"] == "M06") & (out.proposals["status"] == "AUTO")].itertuples():
        day = out.receipts.set_index("receipt_id").loc[row.receipt_id, "value_date"]
        own = [d for d in docs if d["customer_id"] == row.customer_id and d["item_id"] not in named and pd.Timestamp(d["doc_date"]) <= day]
        sums = [d["amount_doc"] for d in own] + [a["amount_doc"] + b["amount_doc"] for a, b in combinations(own, 2)]
        assert sums.count(row.amount) == 1


@pytest.mark.parametrize("seed", SEEDS[:6])
def test_inv_8_a_twin_never_leaves_an_amount_only_match_standing(ran: dict[str, Ran], seed: int) -> None:
    case, out = random_ledger(seed), ran[str(seed)]
    auto = out.proposals[(out.proposals["strategy"] == "M06") & (out.proposals["status"] == "AUTO")]
    taken = set(out.proposal_items.merge(auto[["receipt_id"]])["item_id"].str[5:])
    twins = [
        {**row, "item_id": row["item_id"] + "-twin", "doc_no": row["doc_no"] + "7", "reference": ""}
        for row in case["items"]
        if row["item_id"] in taken
    ]
    again = together({"one": {**case, "items": [*case["items"], *twins]}})["one"]
    for number in auto["receipt_id"]:
        assert (again.of(number).strategy, again.of(number).status) == ("M06", "REVIEW")


def test_inv_7_items_of_strangers_change_nothing(ran: dict[str, Ran]) -> None:
    cases = {str(seed): random_ledger(seed) for seed in SEEDS}
    stranger = [item(str(8880000 + n), "X9", amount) for n, amount in enumerate(AMOUNTS)]
    more = {
        name: {**case, "items": [*case["items"], *stranger], "customers": [*case["customers"], customer("X9", "Unrelated")]}
        for name, case in cases.items()
    }
    again = together(more)
    for name, out in ran.items():
        pd.testing.assert_frame_equal(again[name].proposals, out.proposals)
        pd.testing.assert_frame_equal(again[name].proposal_items, out.proposal_items)


def test_inv_1_and_inv_2_stop_the_run() -> None:
    """A proposal that takes more than is open, or gives a receipt's cash twice, is a fault of ours and nothing is posted."""
    out = run(
        items=items(item("6001001", "C1", "100.00")),
        receipts=receipts(receipt("R1", "100.00", "2025-03-12", text="6001001")),
        customers=customers(customer("C1")),
    )
    beyond = out.proposal_items.assign(amount_applied=out.proposal_items["amount_applied"] + 1)
    with pytest.raises(StoppedError, match="INV-1"):
        settle(out.receipts, out.proposals, beyond, decided())
    swapped = out.proposal_items.assign(open_amount=9999)
    with pytest.raises(StoppedError, match="INV-2"):
        settle(out.receipts, out.proposals, swapped, decided())


def test_nothing_in_nothing_out() -> None:
    out = run(items=items(), receipts=receipts(), customers=customers(), banks=banks(), advices=advices(), disputes=disputes())
    assert out.proposals.empty
    assert out.settled.allocations.empty
    assert out.settled.ties == ()
