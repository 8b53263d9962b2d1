"""Laws of 2.7 on small random ledgers: families, two books, equal amounts, credits, hurt words, rivals, decisions (AX-26).

The seeds run in blocks, each block as one close in which every seed has companies of its own. `ARWORK_LAW_SEEDS` asks for more.
"""

from __future__ import annotations

import os
import random
from functools import cache
from typing import Any

import pandas as pd
import pytest
from ax import (
    Ran,
    banks,
    customer,
    customers,
    days_after,
    decide,
    decided,
    disputes,
    item,
    items,
    policy,
    receipt,
    receipts,
    relationships,
    run,
    statements,
)

from arwork.matching.allocate import PARTS
from arwork.matching.universe import universe
from arwork.policy import Policy

SEEDS = int(os.environ.get("ARWORK_LAW_SEEDS", "500"))
BLOCK = 50
BLOCKS = range(-(-SEEDS // BLOCK))
SHUFFLES = 20
BY_AMOUNT = ("M06", "M07", "M08", "M09", "M10")
STYLES = ("60{n:05d}", "RE-2025-{n:05d}", "AB{n:05d}X", "{n:04d}", "2025/{n:06d}")
ROUND = ("100.00", "250.00", "350.00", "600.00", "1000.00")
Case = dict[str, list[dict[str, Any]]]


def one_ledger(seed: int) -> Case:
    """Make one small ledger: two books, a family, equal amounts, credits, discounts, and receipts that fit, nearly fit or do not.

    Each seed has company codes of its own: `S12` in MAIN, `S12F` in FIN.
    """
    rng = random.Random(seed)
    home, away = ("MAIN", f"S{seed}"), ("FIN", f"S{seed}F")
    who = [f"C{n}" for n in range(rng.randint(2, 5))]
    style = rng.choice(STYLES)
    case: Case = {name: [] for name in ("items", "receipts", "customers", "banks", "relationships", "decided", "disputes", "statements")}
    for place, number in enumerate(who):
        case["customers"].append(_customer(rng, number, home, parent=who[0] if place and rng.random() < 0.5 else ""))
        if place == 0 or rng.random() < 0.85:
            account = f"DE{seed}{who[0] if rng.random() < 0.15 else number}"
            case["banks"].append({"ledger_id": home[0], "company_code": home[1], "customer_id": number, "account": account})
        if place and rng.random() < 0.5:
            case["relationships"].append(_right(rng, who[0], number, home))
    case["customers"].append(_customer(rng, "F1", away))
    for number in range(rng.randint(5, 14)):
        book = away if rng.random() < 0.12 else home
        case["items"].append(_document(rng, seed, number, style, book, "F1" if book == away else rng.choice(who), case["items"]))
    for number in range(rng.randint(3, 8)):
        case["receipts"].append(_payment(rng, seed, number, home, who, case["items"]))
    for row in rng.sample(case["receipts"], rng.randint(0, 1)):
        case["decided"] += _decision(rng, seed, row, [doc for doc in case["items"] if doc["ledger_id"] == "MAIN"])
    return case


def _customer(rng: random.Random, number: str, book: tuple[str, str], parent: str = "") -> dict[str, Any]:
    instruction = "OLDEST_FIRST" if rng.random() < 0.12 else "NONE"
    return customer(
        number, f"Company {number} {book[1]}", ledger_id=book[0], company_code=book[1], parent_id=parent, netting_authority=rng.random() < 0.2,
        allocation_instruction=instruction, tolerance_group=rng.choice(("STD", "STD", "KEY", "FIN")),
    )  # fmt: skip


def _right(rng: random.Random, payer: str, owner: str, book: tuple[str, str]) -> dict[str, Any]:
    return {
        "ledger_id": book[0], "company_code": book[1], "payer_id": payer, "beneficiary_id": owner, "type": "PARENT", "valid_from": "2025-01-01",
        "authority_doc": rng.choice(("POA-1", "POA-1", "")), "valid_to": rng.choice((None, None, "2025-03-10")),
        "source_file": "e", "source_line": "1", "source_sha256": "0" * 64,
    }  # fmt: skip


def _document(
    rng: random.Random, seed: int, number: int, style: str, book: tuple[str, str], owner: str, before: list[dict[str, Any]]
) -> dict[str, Any]:
    name = style.format(n=seed % 900 * 100 + number + 1)
    amount = rng.choice(ROUND) if rng.random() < 0.4 else f"{rng.randint(1500, 90000) / 100:.2f}"
    if before and rng.random() < 0.2:
        amount = f"{abs(rng.choice(before)['amount_doc']) / 100:.2f}"
    day = days_after("2025-01-20", rng.randint(0, 55))
    more: dict[str, Any] = {"disc": (days_after(day, 14), "2.00")} if rng.random() < 0.25 else {}
    if rng.random() < 0.12:
        debits = [row["reference"] for row in before if row["customer_id"] == owner and row["amount_doc"] > 0]
        amount, more = f"-{rng.choice(ROUND)}", {"ref_item": rng.choice(debits) if debits and rng.random() < 0.6 else ""}
    if rng.random() < 0.08:
        more["clearing_date"], more["open"] = days_after("2025-02-20", rng.randint(0, 20)), "0.00"
    if rng.random() < 0.04:
        more["payment_block"] = "A"
    if rng.random() < 0.15:
        more["doc_type"], more["contract_no"] = "INST", f"KV-{seed % 900}77"
    more["po_no"] = rng.choice(("", "", f"4500{seed % 900:03d}{number % 3}"))
    return item(
        name, owner, amount, doc=day, due=days_after(day, rng.choice((14, 30))), item_id=f"{book[1]}:{name}:1", ledger_id=book[0],
        company_code=book[1], **more,
    )  # fmt: skip


def _payment(
    rng: random.Random, seed: int, number: int, book: tuple[str, str], who: list[str], docs: list[dict[str, Any]]
) -> dict[str, Any]:
    payer = rng.choice(who)
    open_docs = [doc for doc in docs if not doc.get("clearing_date")] or docs
    own = [doc for doc in open_docs if doc["customer_id"] == payer]
    kin = [doc for doc in open_docs if doc["customer_id"] not in (payer, "F1")]
    named = rng.random() < 0.6
    pool = own if own and rng.random() < 0.7 else kin if kin and rng.random() < 0.6 else docs
    payer = who[0] if pool is kin and rng.random() < 0.6 else payer
    chosen = rng.sample(pool, min(len(pool), rng.choice((1, 1, 1, 2, 2, 3))))
    total = sum(doc["amount_doc"] for doc in chosen)
    if rng.random() < 0.1:
        total, named = sum(doc["amount_doc"] for doc in own), False
    if rng.random() < 0.1:
        total -= total * 2 // 100
    cash = max(100, total + rng.choice((0, 0, 0, 0, 0, 0, 0, 0, -1, 1, -500, 700, -20000)))
    words = " ".join(_hurt(rng, doc["reference"]) for doc in chosen)
    text = words if named else rng.choice(("", "", "", "thank you", "INV 99999", f"KV-{seed % 900}77"))
    known = (
        {"account": f"DE{seed}{payer}"} if rng.random() < 0.8 else {"name": rng.choice((f"COMPANY {payer} {book[1]}",) * 4 + ("NOBODY",))}
    )
    back = ", returned" if rng.random() < 0.04 else ""
    return receipt(
        f"{book[1]}-R{number}", f"{cash / 100:.2f}", days_after("2025-03-01", rng.randint(0, 29)), text=text, ledger_id=book[0],
        company_code=book[1], method=f"SEPA_CT{back}", **known,
    )  # fmt: skip


def _hurt(rng: random.Random, word: str) -> str:
    """Damage a document number now and then, as payers and scanners do."""
    if rng.random() < 0.8:
        return f"{rng.choice(('', 'INV ', 'RG-'))}{word}"
    place = rng.randrange(len(word))
    return rng.choice((word[:place] + word[place + 1 :], word.replace("0", "O", 1), word[:place] + "7" + word[place + 1 :], f"{word}8"))


def _decision(rng: random.Random, seed: int, row: dict[str, Any], docs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if rng.random() < 0.4 or not docs:
        return [decide(seed + 1, "ana", row["receipt_id"], action=rng.choice(("REJECT", "HOLD")), reason="looks odd")]
    doc = rng.choice(docs)
    cash = min(row["amount"], abs(doc["open_amount_doc"])) or 1
    seen = doc["open_amount_doc"] + rng.choice((0, 0, 1))
    return [
        {**decide(seed + 1, "ana", row["receipt_id"], doc["item_id"]), "amount_applied": cash, "seen_open": seen},
    ]


BUILD = {
    "items": items, "receipts": receipts, "customers": customers, "banks": banks, "relationships": relationships, "decided": decided,
    "disputes": disputes, "statements": statements,
}  # fmt: skip
LINEAGE = {"source_file": "e", "source_line": "1", "source_sha256": "0" * 64}


def frames(cases: list[Case]) -> dict[str, pd.DataFrame]:
    """Join cases to the tables of one close."""
    joined = {name: [row for case in cases for row in case[name]] for name in BUILD}
    joined["banks"] = [{**LINEAGE, **row} for row in joined["banks"]]
    return {name: build(*joined[name]) for name, build in BUILD.items()}


@cache
def tables_of(block: int) -> dict[str, pd.DataFrame]:
    return frames([one_ledger(seed) for seed in range(block * BLOCK, min((block + 1) * BLOCK, SEEDS))])


@cache
def out_of(block: int) -> Ran:
    return run(**tables_of(block))


def same(one: Ran, other: Ran, only: set[str] | None = None) -> None:
    """Say that two runs decided the same, of some receipts or of all."""

    def of(frame: pd.DataFrame) -> pd.DataFrame:
        return frame if only is None else frame[frame["receipt_id"].isin(list(only))].reset_index(drop=True)

    for name in ("references", "proposals", "proposal_items"):
        pd.testing.assert_frame_equal(of(getattr(one, name)), of(getattr(other, name)))
    pd.testing.assert_frame_equal(of(one.settled.allocations), of(other.settled.allocations))
    pd.testing.assert_frame_equal(of(one.settled.receipts), of(other.settled.receipts))


def test_the_random_ledgers_try_every_strategy_and_gate() -> None:
    seen = pd.concat([out_of(block).proposals for block in list(BLOCKS)[:10]])
    assert {"M04", "M05", "M06", "M08", "M09", "M10", "M11", "M13", "M15", "M16", "PERSON"} <= set(seen["strategy"])
    automatic = seen[seen["status"] == "AUTO"]
    assert {"M04", "M06", "M08", "M10", "M11", "M15", "PERSON"} <= set(automatic["strategy"])
    assert {"THIRD_PARTY", "MISDIRECTED"} <= set(seen["class"])
    assert {"G-01", "G-02", "G-03", "G-04", "G-06", "G-09", "G-10", "G-15", "G-17", "G-18", "G-22", "G-23"} <= set(
        " ".join(seen["gates"]).split()
    )


@pytest.mark.parametrize("block", BLOCKS)
def test_inv_1_inv_3_mp_64_every_receipt_adds_up(block: int) -> None:
    """INV-1: the parts of a receipt are its amount; INV-3 and MP-64: cash with discount and small differences is what is relieved."""
    out = out_of(block).settled
    assert (out.receipts[list(PARTS)].sum(axis=1) == out.receipts["amount"]).all()
    assert (out.receipts[list(PARTS)] >= 0).all(axis=None)
    given = out.allocations.groupby("receipt_id")[["amount_applied", "discount", "small_diff", "amount_relieved"]].sum()
    assert (given["amount_applied"] + given["discount"] + given["small_diff"] == given["amount_relieved"]).all()
    applied = out.receipts.set_index("receipt_id")["applied_amount"]
    pd.testing.assert_series_equal(
        given["amount_applied"].reindex(applied.index, fill_value=0), applied, check_names=False, check_dtype=False
    )
    assert all(tie.holds for tie in out.ties)


@pytest.mark.parametrize("block", BLOCKS)
def test_cv_11_a_rule_allocates_only_what_passed_every_gate(block: int) -> None:
    """CV-11: proposals are of four statuses; AUTO has no gate that fired except where a person decided, and rules allocate nothing else."""
    out = out_of(block)
    assert set(out.proposals["status"]) <= {"AUTO", "SUGGEST", "REVIEW", "NONE"}
    automatic = out.proposals[out.proposals["status"] == "AUTO"]
    assert (automatic.loc[automatic["strategy"] != "PERSON", "gates"] == "").all()
    by_rule = out.settled.allocations.loc[lambda a: a["by"] == "rule", "receipt_id"]
    assert set(by_rule) <= set(automatic["receipt_id"])


@pytest.mark.parametrize("block", BLOCKS)
def test_inv_2_no_item_beyond_its_open_amount(block: int) -> None:
    """INV-2, over all receipts of the close, against what was really open at the key date; signs never flip."""
    tables = tables_of(block)
    world = universe(tables["items"], tables["disputes"], pd.Timestamp("2025-03-31").date())
    taken = out_of(block).settled.allocations.groupby("item_id")["amount_relieved"].sum()
    for number, relieved in taken.items():
        left = world.items[str(number)].left
        assert 0 < relieved * (1 if left > 0 else -1) <= abs(left), number


@pytest.mark.parametrize("block", BLOCKS)
def test_cv_08_nothing_crosses_a_book_and_no_customer_without_a_right(block: int) -> None:
    """CV-08 and G-09: what a rule allocates stays in the receipt's ledger, company and currency, and with the payer but for M11."""
    out, docs = out_of(block).settled, tables_of(block)["items"].set_index("item_id")
    rows = out.allocations.merge(out.receipts[["receipt_id", "ledger_id", "company_code", "customer_id"]], on="receipt_id")
    theirs = docs.loc[rows["item_id"]].reset_index()
    assert (rows["ledger_id"] == theirs["ledger_id"]).all()
    assert (rows["company_code"] == theirs["company_code"]).all()
    assert (rows["currency"] == theirs["currency"]).all()
    by_rule = ~rows["rule_id"].isin(["M11", "PERSON"])
    assert (rows.loc[by_rule, "customer_id"] == theirs.loc[by_rule, "customer_id"]).all()


@pytest.mark.parametrize("block", list(BLOCKS)[:: max(1, len(BLOCKS) // 2)])
def test_inv_4_shuffling_every_table_changes_nothing(block: int) -> None:
    first, tables = out_of(block), tables_of(block)
    for number in range(SHUFFLES):
        mixed = {name: frame.sample(frac=1, random_state=number).reset_index(drop=True) for name, frame in tables.items()}
        same(run(**mixed), first)


@pytest.mark.parametrize("block", BLOCKS)
def test_inv_5_and_inv_6_posted_cash_is_not_proposed_again(block: int) -> None:
    """INV-5: after posting, a second run proposes nothing for what was allocated. INV-6: open AR falls by exactly what was relieved."""
    tables, first = tables_of(block), out_of(block).settled.allocations
    taken = first.groupby("item_id")["amount_relieved"].sum().to_dict()
    docs = tables["items"]
    left = docs["open_amount_doc"] - docs["item_id"].map(taken).fillna(0).astype("int64")
    gone = (left == 0) & docs["item_id"].isin(list(taken))
    after = docs.assign(open_amount_doc=left, clearing_date=docs["clearing_date"].mask(gone, pd.Timestamp("2025-03-31")))
    waiting = tables["receipts"].loc[~tables["receipts"]["receipt_id"].isin(list(first["receipt_id"]))].reset_index(drop=True)
    again = run(**{**tables, "items": after, "receipts": waiting, "decided": decided()})
    cleared = set(after.loc[gone, "item_id"])
    assert not set(again.proposal_items["item_id"]) & cleared
    day = pd.Timestamp("2025-03-31").date()
    before = sum(found.left for found in universe(docs, tables["disputes"], day).items.values())
    now = sum(found.left for found in universe(after, tables["disputes"], day).items.values())
    assert before - sum(taken.values()) == now


@pytest.mark.parametrize("block", BLOCKS)
def test_inv_7_an_unrelated_customer_changes_nothing(block: int) -> None:
    """Its items have the same amounts and no name, account or number in common with any receipt."""
    cases = [one_ledger(seed) for seed in range(block * BLOCK, min((block + 1) * BLOCK, SEEDS))]
    for seed, case in enumerate(cases, start=block * BLOCK):
        docs = [doc for doc in case["items"] if doc["ledger_id"] == "MAIN"]
        book = {"ledger_id": "MAIN", "company_code": f"S{seed}"}
        case["customers"].append(customer("ZZ", "Unrelated Wholesale", **book))
        case["items"] += [
            {**doc, "item_id": f"ZZ{n}/{doc['item_id']}", "customer_id": "ZZ", "doc_no": f"QQZZQQ{n}QQ", "reference": "", "po_no": "",
             "contract_no": "", "ref_item": ""}
            for n, doc in enumerate(docs)
        ]  # fmt: skip
    same(run(**frames(cases)), out_of(block))


@pytest.mark.parametrize("block", BLOCKS)
def test_inv_8_a_twin_leaves_no_match_by_amount_standing(block: int) -> None:
    """Duplicate one item of each set that was matched by amount alone: no AUTO by amount may be left on that receipt."""
    out, tables = out_of(block), tables_of(block)
    auto = out.proposals.loc[(out.proposals["status"] == "AUTO") & out.proposals["strategy"].isin(BY_AMOUNT), "receipt_id"]
    lines = out.proposal_items[out.proposal_items["receipt_id"].isin(list(auto)) & (out.proposal_items["candidate"] == 1)]
    firsts = lines.sort_values("item_id").drop_duplicates("receipt_id")["item_id"]
    twins = tables["items"].loc[tables["items"]["item_id"].isin(list(firsts))]
    twins = twins.assign(
        item_id=twins["item_id"] + "-twin", doc_no="QQZ" + twins["doc_no"] + "ZQQ", reference="", ref_item=twins["ref_item"]
    )
    again = run(**{**tables, "items": pd.concat([tables["items"], twins], ignore_index=True)})
    late = again.proposals[again.proposals["receipt_id"].isin(list(auto))]
    standing = late[(late["status"] == "AUTO") & late["strategy"].isin(BY_AMOUNT)]
    assert standing.empty, standing[["receipt_id", "strategy", "sentence"]].to_dict("records")
    assert set(late["status"]) <= {"REVIEW", "NONE"}


def test_inv_8_a_linked_credit_does_not_hide_the_twin() -> None:
    """The credit belongs to one of two equal invoices: both stay possible, nobody knows which of them was paid."""
    docs = [item("6018301", "C1", "587.18"), item("6018307", "C1", "-100.00", ref_item="6018301", due="2025-03-22")]
    frame = {"customers": customers(customer("C1")), "banks": banks({"ledger_id": "MAIN", "company_code": "1000", "customer_id": "C1",
                                                                     "account": "DE01", **LINEAGE})}  # fmt: skip
    paid = receipts(receipt("R1", "487.18", "2025-03-14", account="DE01"))
    assert run(items=items(*docs), receipts=paid, **frame).of("R1").status == "AUTO"
    again = run(items=items(*docs, item("6018309", "C1", "587.18")), receipts=paid, **frame)
    assert (again.of("R1").strategy, again.of("R1").status, again.of("R1").gates) == ("M10", "REVIEW", "G-01")
    assert [again.documents("R1", number) for number in (1, 2)] == [["6018301", "6018307"], ["6018307", "6018309"]]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_designated_payment_is_never_moved(block: int) -> None:
    """What a rule allocates without a reference was named by nobody: no word of that receipt names an open document of its payer."""
    out = out_of(block)
    free = out.proposals.loc[
        (out.proposals["status"] == "AUTO") & out.proposals["strategy"].isin([*BY_AMOUNT, "M15"]), ["receipt_id", "customer_id"]
    ]
    named = out.references.merge(free, on="receipt_id")
    named = named[(named["state"] == "OPEN") & ~named["field"].str.endswith("part of a longer number")]
    docs = tables_of(block)["items"].set_index("item_id")
    owners = docs.loc[named["item_id"], "customer_id"].to_numpy()
    chosen = out.proposal_items[out.proposal_items["candidate"] == 1]
    pairs = set(zip(chosen["receipt_id"], chosen["item_id"], strict=True))
    mine = named[owners == named["customer_id"].to_numpy()]
    assert all(pair in pairs for pair in zip(mine["receipt_id"], mine["item_id"], strict=True))


def test_a_policy_of_oldest_due_breaks_only_ties_of_single_items() -> None:
    """Under OLDEST_DUE what was automatic stays so, and what is new is the oldest of equal items (M06, M07)."""
    rules = policy(matching={"tie_policy": "OLDEST_DUE"})
    assert isinstance(rules, Policy)
    for block in list(BLOCKS)[:4]:
        before, after = out_of(block), run(**tables_of(block), policy=rules)
        merged = before.proposals.merge(after.proposals, on="receipt_id", suffixes=("", "_now"))
        new = merged[(merged["status"] != "AUTO") & (merged["status_now"] == "AUTO")]
        assert set(new["strategy_now"]) <= {"M06", "M07"}
        chosen = after.proposal_items[after.proposal_items["receipt_id"].isin(list(new["receipt_id"]))]
        for _, group in chosen.groupby("receipt_id"):
            dues = group.groupby("candidate")["due_date"].max()
            assert dues.loc[1] == dues.min()
