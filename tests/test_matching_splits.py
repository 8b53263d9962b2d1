"""Decisions with discount, deduction and write-off against the books: applied to the cent, stale, or posted by the ERP."""

from __future__ import annotations

import csv
import io
import random
from datetime import date
from typing import Any

import ax
import pandas as pd
import pytest
from ax import Ran, bank, customer, decide, item, receipt, together

from arwork.errors import InputError
from arwork.journal.body import DECIDED_COLUMNS, decided_rows
from arwork.matching.accepting import accepted_allocation
from arwork.matching.handed import new_lines, posting_lines
from arwork.matching.named import Receipt, read_receipts
from arwork.matching.posting import LEGS
from arwork.matching.split import ON_ACCOUNT, UNAPPLIED, Desk, Split, allocation
from arwork.matching.universe import Universe, universe
from arwork.money import ISO
from arwork.pack.exports import defused, export_names, posting_file, read_export_layout
from arwork.tables import conform, empty

A = "1000:6001001:2025:1"
FULL = {"deduction": "50.00", "deduction_code": "PR", "write_off": "3.00", "adjustment_code": "SD", "discount": "19.00", "seen": "1000.00"}
CLEARED = {"clearing_date": "2025-03-20", "clearing_doc": "14001", "open": "0"}


def case(decision: dict[str, Any], *more: dict[str, Any], **doc: Any) -> dict[str, Any]:
    """Describe invoice A over 1,000.00 with 2 % discount until 13 March, a receipt of 928.00 and a decision on it."""
    return {
        "items": [item("6001001", "C1", "1000.00", disc=doc.pop("disc", ("2025-03-13", "2.00")), **doc), *more],
        "receipts": [receipt("R1", "928.00", "2025-03-12")],
        "customers": [customer("C1")],
        "banks": [bank("C1", "DE01")],
        "decided": [decide(7, "ana", "R1", A, decision.pop("cash", "928.00"), **decision)],
    }


def payment(amount: str, **over: Any) -> dict[str, Any]:
    """Describe the ERP's payment document 14001 of C1."""
    return item(
        "14001", "C1", amount, doc="2025-03-20", doc_type="RCPT", clearing_date="2025-03-20", clearing_doc="14001", open="0", **over
    )


CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "applied": (case({**FULL}), "APPLIED", "as decided"),
    "bad debt": (case({"write_off": "72.00", "adjustment_code": "WO", "seen": "1000.00"}), "APPLIED", "as decided"),
    "bad debt that is disputed since": (
        case({"write_off": "72.00", "adjustment_code": "WO", "seen": "1000.00"}, payment_block="X"), "STALE", "to be written off, carries payment block X",
    ),
    "parts beyond what is open": (case({**FULL, "write_off": "3.01"}), "STALE", "takes more off item"),
    "a discount the wrong way": (case({**FULL, "discount": "-1.00"}), "STALE", "takes more off item"),
    "open amount changed": (case({**FULL}, open="999.00"), "STALE", "changed since, from 1,000.00 EUR to 999.00 EUR"),
    "discount earned still": (case({**FULL, "earned": 1900}), "APPLIED", "as decided"),
    "discount not earned any more": (
        case({**FULL, "earned": 1900}, disc=("2025-03-10", "2.00")), "STALE", "give a discount of 0.00 EUR now, 19.00 EUR was decided",
    ),
    "discount by override": (case({**FULL, "earned": 0, "discount_reason": "agreed"}, disc=("2025-03-10", "2.00")), "APPLIED", "as decided"),
    "posted": (case({**FULL}, **CLEARED), "POSTED", "14001"),
    "posted with its cash": (case({**FULL}, payment("-928.00"), **CLEARED), "POSTED", "14001"),
    "cleared by other cash": (case({**FULL}, payment("-900.00"), **CLEARED), "STALE", "cleared its items with 900.00 EUR, the decision gave 928.00 EUR"),
    "cleared whole, decided in part": (case({"seen": "1000.00"}, **CLEARED), "STALE", "cleared item 0012/1000:6001001:2025:1 whole"),
    "posted in part": (
        case({"seen": "1000.00"}, item("14002", "C1", "-928.00", doc_type="RCPT", ref_item="6001001", open="0"), open="72.00"), "POSTED", "14002",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def ran() -> dict[str, Ran]:
    return together({name: described for name, (described, _, _) in CASES.items()})


@pytest.mark.parametrize("name", CASES)
def test_what_became_of_a_decision(ran: dict[str, Ran], name: str) -> None:
    _, state, why = CASES[name]
    row = ran[name].settled.decisions.iloc[0]
    assert (row["outcome"], why in row["outcome_reason"]) == (state, True), row["outcome_reason"]
    assert bool(row["posted_documents"]) is (state == "POSTED")
    assert len(ran[name].settled.allocations) == (state == "APPLIED")


def test_mp64_every_leg_of_a_decision_stands_in_the_allocation(ran: dict[str, Ran]) -> None:
    row = ran["applied"].settled.allocations.iloc[0]
    assert [int(row[leg]) for leg in LEGS] == [92800, 1900, 300, 0, 0, 0, 0]
    assert (row["residual"], row["amount_relieved"], row["adjustment_code"]) == (5000, 100000, "SD")
    left = ran["applied"].follow["residuals"].iloc[0]
    assert (left["amount"], left["reason_code"], left["dispute"], left["status"]) == (5000, "PR", True, "CREATED")
    debt = ran["bad debt"].settled.allocations.iloc[0]
    assert (debt["write_off"], debt["small_diff"], debt["adjustment_code"]) == (7200, 0, "WO")


def _desk(world: Universe, used: dict[str, int], role: str = "board") -> Desk:
    return Desk(world, used, ax.policy(), ISO, date(2025, 3, 31), role)


def _random_splits(rng: random.Random, paid: Receipt, world: Universe, used: dict[str, int]) -> list[Split]:
    """Split a receipt over up to four items at random: part or whole, with discount, deduction, write-off, the rest stated."""
    left, found = paid.amount, []
    for one in rng.sample(sorted(world.items), min(4, len(world.items))):
        free = world.items[one].left - used.get(one, 0)
        if free <= 3 or left <= 0:
            continue
        take = min(left, rng.choice([free, free - 3, rng.randint(1, free)]))
        room = free - take
        off = rng.randint(0, room) if rng.random() < 0.3 else 0
        owed = rng.randint(0, room - off) if rng.random() < 0.4 else 0
        gone = room - off - owed if rng.random() < 0.5 else 0
        code = rng.choice(["SD", "BC", "LW", "FX", "WT"]) if gone else ""
        found.append(Split(one, take, off, owed, rng.choice(["PR", "UN", "UD"]) if owed else "", gone, code, "agreed" if off else ""))
        left -= take
    kept = rng.randint(0, left) if rng.random() < 0.5 else 0
    return [*found, Split(ON_ACCOUNT, kept), Split(UNAPPLIED, left - kept)]


@pytest.mark.parametrize("seed", range(6))
def test_inv1_inv2_mp64_hold_over_random_splits_and_the_file_has_their_sums(seed: int) -> None:
    """What people split adds up by receipt, no item is relieved beyond what is open, and every layout hands over the same cash."""
    rng, ledger = random.Random(seed), ax.random_ledger(seed)
    frames = {
        name: build(*ledger[name])
        for name, build in (("items", ax.items), ("receipts", ax.receipts), ("customers", ax.customers), ("banks", ax.banks))
    }
    world = universe(frames["items"], ax.disputes(), date(2025, 3, 31))
    used: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for seq, paid in enumerate(read_receipts(frames["receipts"]), start=1):
        try:
            body = allocation(paid, _random_splits(rng, paid, world, used), _desk(world, used))
        except InputError:
            continue
        for entry in body["items"]:
            took = sum(entry.get(name, 0) for name in ("amount", "discount", "deduction", "write_off"))
            used[entry["item"]] = used.get(entry["item"], 0) + took
        told = {
            "seq": seq,
            "at": "t",
            "by": "ana",
            "known_by": "test",
            "action": "ALLOCATE",
            "receipt_id": paid.receipt_id,
            "currency": "EUR",
            "reason": "x",
        }
        rows += [{**told, **row} for row in decided_rows(body)]
    decided = pd.DataFrame(rows, columns=list(DECIDED_COLUMNS)).astype(DECIDED_COLUMNS)
    out = ax.run(**frames, decided=decided)
    assert set(out.settled.decisions["outcome"]) <= {"APPLIED"}
    assert all(tie.holds for tie in out.settled.ties)
    by_person = out.settled.allocations.loc[lambda a: a["rule_id"] == "PERSON"]
    assert by_person.groupby("item_id")["amount_relieved"].sum().to_dict() == {name: total for name, total in used.items() if total}
    _same_sums(out, frames)


def _same_sums(out: Ran, frames: dict[str, pd.DataFrame]) -> None:
    tables = {
        "allocations": out.settled.allocations, "on_account": out.follow["on_account"], "residuals": out.follow["residuals"],
        "proposals": out.proposals, "open_items": frames["items"], "receipts": out.settled.receipts, "bank_accounts": ax.bank_accounts(),
    }  # fmt: skip
    lines = posting_lines(tables)
    settled = out.settled.receipts
    kept = out.follow["on_account"].loc[lambda o: o["status"] == "AUTO", "amount"].sum()
    assert lines["cash"].sum() == settled["applied_amount"].sum() + kept
    assert lines.loc[lines["kind"] == "ALLOCATION", "relieved"].sum() == out.settled.allocations["amount_relieved"].sum()
    assert lines.loc[lines["kind"] == "RESIDUAL", "residual"].sum() == out.settled.allocations["residual"].sum()
    everyone = set(settled["receipt_id"])
    assert new_lines(lines, [(1, lines)], everyone).empty
    back = new_lines(empty("posting_lines"), [(1, lines)], everyone)
    assert (set(back["kind"]), back["cash"].sum()) == ({"REVERSAL"} if len(lines) else set(), -lines["cash"].sum())
    again = new_lines(lines, [(1, lines), (2, back)], everyone)
    assert again.drop(columns=["reverses", "place"]).equals(lines.drop(columns=["reverses", "place"]))
    assert new_lines(empty("posting_lines"), [(1, lines)], set()).empty


@pytest.mark.parametrize("name", ["bc", "csv", "oracle", "sap"])
def test_every_shipped_export_layout_writes_the_cash_and_defuses_text(ran: dict[str, Ran], name: str, tmp_path: Any) -> None:
    assert name in export_names()
    out = ran["applied"]
    row = {
        "line_id": "R1:A", "kind": "ALLOCATION", "place": 1, "ledger_id": "M", "company_code": "1", "receipt_id": "R1", "item_id": A,
        "booking_date": pd.Timestamp("2025-03-12"), "value_date": pd.Timestamp("2025-03-12"), "currency": "EUR",
        "item_currency": "EUR", "cash": int(out.settled.allocations["amount_applied"].iloc[0]), "decided_by": "ana", "text": ATTACKS[0],
        "customer_id": ATTACKS[1], "bank_reference": ATTACKS[2], "residual": 5000, "reason_code": "PR",
    }  # fmt: skip
    frame = conform("posting_lines", pd.DataFrame([row]))
    layout = read_export_layout(name, tmp_path)
    text = posting_file(frame, layout, ISO).decode()
    head, line = text.splitlines()
    assert head.split(layout.delimiter) == list(layout.columns)
    assert ("-" if name == "bc" else "") + f"928{layout.decimal}00" in line
    cells = line.replace('"', "").split(layout.delimiter)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]


@pytest.mark.parametrize(("name", "column", "length"), [("sap", "SGTXT", 50), ("bc", "Description", 100), ("oracle", "COMMENTS", 240)])
def test_the_explaining_text_fits_the_field_of_the_erp_and_says_that_it_was_cut(name: str, column: str, length: int, tmp_path: Any) -> None:
    layout = read_export_layout(name, tmp_path)
    for text, cut in (("x" * length, False), ("x" * (length + 1), True), ("=" + "x" * length, True)):
        row = {
            "line_id": "R1:A", "kind": "ALLOCATION", "place": 1, "ledger_id": "M", "company_code": "1", "customer_id": "y" * 300, "currency": "EUR",
            "item_currency": "EUR", "booking_date": pd.Timestamp("2025-03-12"), "value_date": pd.Timestamp("2025-03-12"), "decided_by": "ana", "text": text,
        }  # fmt: skip
        frame = conform("posting_lines", pd.DataFrame([row]))
        [told] = csv.DictReader(io.StringIO(posting_file(frame, layout, ISO).decode(), newline=""), delimiter=layout.delimiter)
        assert (len(told[column]), told[column].endswith("...")) == (length, cut)
        assert "y" * 300 in told.values()  # what names a customer or document is never cut


ATTACKS = ["=cmd|' /C calc'!A0", "+1+1", "@SUM(1+1)", "-2+3", "\t=1", " =1", "\uff1d1+1", "'=1", "|calc", "%0A=1", "\u202e=1"]


@pytest.mark.parametrize("text", ATTACKS)
def test_a_text_that_a_spreadsheet_would_run_is_defused(text: str) -> None:
    assert defused(text).startswith(("'", "⟨"))
    assert defused("Alpha GmbH & Co. =") == "Alpha GmbH & Co. ="


def test_what_is_accepted_is_what_was_proposed() -> None:
    """Every proposal that waits, accepted, gives the allocations that were shown, to the cent."""
    seen = 0
    for seed in range(20, 23):
        ledger = ax.random_ledger(seed)
        frames = {
            name: build(*ledger[name])
            for name, build in (("items", ax.items), ("receipts", ax.receipts), ("customers", ax.customers), ("banks", ax.banks))
        }
        before = ax.run(**frames)
        world = universe(frames["items"], ax.disputes(), date(2025, 3, 31))
        waits = before.proposals.loc[before.proposals["status"].isin(["SUGGEST", "REVIEW"]) & (before.proposals["items"] > 0)]
        for proposal in waits.to_dict("records"):
            body = accepted_allocation(proposal, before.proposal_items, _desk(world, {}))
            told = {
                "seq": 1,
                "at": "t",
                "by": "ana",
                "known_by": "",
                "action": "ALLOCATE",
                "receipt_id": proposal["receipt_id"],
                "currency": "EUR",
                "reason": "x",
            }
            rows = pd.DataFrame([{**told, **row} for row in decided_rows(body)], columns=list(DECIDED_COLUMNS)).astype(DECIDED_COLUMNS)
            after = ax.run(**frames, decided=rows).settled
            assert after.decisions["outcome"].tolist() == ["APPLIED"]
            own = after.allocations.loc[after.allocations["receipt_id"] == proposal["receipt_id"]]
            shown = before.proposal_items.loc[lambda i, r=proposal["receipt_id"]: (i["receipt_id"] == r) & (i["candidate"] == 1)]
            columns = ["item_id", "amount_applied", "discount", "small_diff", "residual", "amount_relieved"]
            assert own[columns].values.tolist() == shown[columns].values.tolist()
            seen += 1
    assert seen >= 2


@pytest.mark.parametrize(
    ("status", "candidate", "why"),
    [("AUTO", 1, "allocated already"), ("REVIEW", 7, "no candidate 7"), ("NONE", 1, "no proposal to accept")],
)
def test_what_cannot_be_accepted_is_refused(ran: dict[str, Ran], status: str, candidate: int, why: str) -> None:
    proposal = {"receipt_id": "R0", "status": status, "decided_by": "rule", "currency": "EUR", "amount": 1, "on_account": 0, "gates": ""}
    with pytest.raises(InputError, match=why):
        accepted_allocation(proposal, empty("proposal_items"), _desk(universe(ax.items(), ax.disputes(), date(2025, 3, 31)), {}), candidate)
