"""Laws of 2.7 on random ledgers: INV-1, INV-2, INV-4, INV-5, INV-7, INV-8 and MP-64, whatever the receipts say."""

from __future__ import annotations

import random
from datetime import date
from itertools import combinations
from typing import Any

import pandas as pd
import pytest
from ax import (
    Ran,
    advices,
    bank,
    bank_accounts,
    bank_line,
    bank_lines,
    banks,
    customer,
    customers,
    days_after,
    decide,
    decided,
    disputes,
    item,
    items,
    receipt,
    receipts,
    run,
    together,
)

from arwork.errors import StoppedError
from arwork.matching.allocate import PARTS, settle
from arwork.matching.receipts import take

SEEDS = range(40)
AMOUNTS = ["100.00", "250.00", "350.00", "99.99", "1000.00", "1234.56", "15.00", "600.00"]


def ledger(seed: int, customers_in: int = 3) -> dict[str, Any]:
    """Make a small random ledger: equal amounts, pairs, credit memos, discounts, and receipts that fit, nearly fit or do not."""
    rng = random.Random(seed)
    docs, paid = [], []
    who = [f"C{n}" for n in range(customers_in)]
    for number in range(rng.randint(6, 14)):
        owner = rng.choice(who)
        amount = rng.choice(AMOUNTS) if rng.random() < 0.4 else f"{rng.randint(1000, 90000) / 100:.2f}"
        day = days_after("2025-02-01", rng.randint(0, 50))
        extra: dict[str, Any] = {"disc": (days_after(day, 14), "2.00")} if rng.random() < 0.3 else {}
        if rng.random() < 0.1:
            extra, amount = {}, f"-{rng.choice(AMOUNTS)}"
        docs.append(item(str(6001000 + number), owner, amount, doc=day, due=days_after(day, 30), **extra))
    for number in range(rng.randint(4, 9)):
        chosen = rng.sample(docs, rng.randint(1, 2))
        cash = max(100, sum(row["amount_doc"] for row in chosen) + rng.choice([0, 0, 0, 0, -1, 1, -500, -20000]))
        text = " ".join(row["reference"] for row in chosen) if rng.random() < 0.55 else rng.choice(["", "INV 99999", "thank you"])
        payer = rng.choice(chosen)["customer_id"]
        known = {"account": f"DE0{payer}"} if rng.random() < 0.7 else {"name": f"CUSTOMER {payer}"}
        paid.append(receipt(f"R{number}", f"{cash / 100:.2f}", days_after("2025-03-01", rng.randint(0, 30)), text=text, **known))
    return {"items": docs, "receipts": paid, "customers": [customer(c) for c in who], "banks": [bank(c, f"DE0{c}") for c in who]}


@pytest.fixture(scope="module")
def ran() -> dict[str, Ran]:
    return together({str(seed): ledger(seed) for seed in SEEDS})


def frames(case: dict[str, Any]) -> dict[str, pd.DataFrame]:
    return {
        "items": items(*case["items"]),
        "receipts": receipts(*case["receipts"]),
        "customers": customers(*case["customers"]),
        "banks": banks(*case["banks"]),
    }


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
    opened = {row["item_id"]: row["open_amount_doc"] for row in ledger(seed)["items"]}
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
    out, docs = ran[str(seed)], ledger(seed)["items"]
    by_words = out.proposals.loc[(out.proposals["strategy"] == "M04") & (out.proposals["status"] == "AUTO"), ["receipt_id"]]
    named = set(out.proposal_items.merge(by_words)["item_id"].str[5:])
    for row in out.proposals[(out.proposals["strategy"] == "M06") & (out.proposals["status"] == "AUTO")].itertuples():
        day = out.receipts.set_index("receipt_id").loc[row.receipt_id, "value_date"]
        own = [d for d in docs if d["customer_id"] == row.customer_id and d["item_id"] not in named and pd.Timestamp(d["doc_date"]) <= day]
        sums = [d["amount_doc"] for d in own] + [a["amount_doc"] + b["amount_doc"] for a, b in combinations(own, 2)]
        assert sums.count(row.amount) == 1


@pytest.mark.parametrize("seed", SEEDS[:6])
def test_inv_8_a_twin_never_leaves_an_amount_only_match_standing(ran: dict[str, Ran], seed: int) -> None:
    case, out = ledger(seed), ran[str(seed)]
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
    cases = {str(seed): ledger(seed) for seed in SEEDS}
    stranger = [item(str(8880000 + n), "X9", amount) for n, amount in enumerate(AMOUNTS)]
    more = {
        name: {**case, "items": [*case["items"], *stranger], "customers": [*case["customers"], customer("X9", "Unrelated")]}
        for name, case in cases.items()
    }
    again = together(more)
    for name, out in ran.items():
        pd.testing.assert_frame_equal(again[name].proposals, out.proposals)
        pd.testing.assert_frame_equal(again[name].proposal_items, out.proposal_items)


def test_inv_4_row_order_changes_nothing() -> None:
    """Twenty shuffles of every input give the same proposals, allocations and findings, to the byte."""
    case = ledger(3, customers_in=4)
    twin = ledger(4, customers_in=4)
    case["receipts"] += [{**row, "receipt_id": "S" + row["receipt_id"]} for row in twin["receipts"]]
    tables = frames(case)
    first = run(**tables)
    for number in range(20):
        mixed = {name: frame.sample(frac=1, random_state=number).reset_index(drop=True) for name, frame in tables.items()}
        out = run(**mixed)
        for name in ("references", "proposals", "proposal_items"):
            pd.testing.assert_frame_equal(getattr(out, name), getattr(first, name))
        pd.testing.assert_frame_equal(out.settled.allocations, first.settled.allocations)
        pd.testing.assert_frame_equal(out.settled.receipts, first.settled.receipts)
        assert (out.settled.ties, out.settled.findings) == (first.settled.ties, first.settled.findings)


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_inv_5_what_was_posted_is_not_proposed_again(seed: int) -> None:
    """Post every allocation as the ERP would; the next run takes none of those receipts and proposes none of those items."""
    case = ledger(seed)
    lines = bank_lines(
        *(bank_line(r["receipt_id"], f"{r['amount'] / 100:.2f}", r["value_date"], text=r["remittance_text"]) for r in case["receipts"])
    )
    lines = lines.assign(
        **{
            c: [{r["receipt_id"]: r[c] for r in case["receipts"]}[n] for n in lines["line_id"]]
            for c in ("remitter_account", "remitter_name")
        }
    )
    start, end = date(2025, 3, 1), date(2025, 3, 31)
    tables = frames(case)
    tables["receipts"], _ = take(lines, bank_accounts(), tables["items"], start, end)
    first = run(**tables).settled.allocations
    assert len(first)
    cleared = tables["items"]["item_id"].isin(first["item_id"])
    after = tables["items"].assign(
        clearing_date=tables["items"]["clearing_date"].mask(cleared, pd.Timestamp(end)),
        open_amount_doc=tables["items"]["open_amount_doc"].where(~cleared, 0),
    )
    cash = first.groupby("receipt_id")["amount_applied"].sum()
    posted = [
        item(f"99{n}", "C0", f"{-amount / 100:.2f}", doc="2025-03-31", doc_type="RCPT", open="0", reference=f"TXN{number}")
        for n, (number, amount) in enumerate(cash.items())
    ]
    tables["items"] = pd.concat([after, items(*posted)], ignore_index=True)
    tables["receipts"], told = take(lines, bank_accounts(), tables["items"], start, end)
    assert not set(tables["receipts"]["receipt_id"]) & set(first["receipt_id"])
    assert any(finding.rule == "INV-5" and set(finding.rows) == set(first["receipt_id"]) for finding in told)
    second = run(**tables)
    assert not set(second.proposal_items["item_id"]) & set(first["item_id"])


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
    assert decide(1, "ana", "R1")["action"] == "ALLOCATE"
