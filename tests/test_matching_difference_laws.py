"""Laws of 2.7 on random differences: INV-1, INV-2, MP-64 and signs hold, both for what is posted and for what a person would accept."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd
import pytest
from ax import Ran, advice, bank, customer, decided, item, receipt, together
from test_matching_fx import rates

from arwork.matching.allocate import PARTS, settle
from arwork.matching.posting import LEGS

SEEDS = range(600)
GAPS = [0, 0, 0, 1, -1, 500, -500, 1500, 2500, 2501, -2501, 3000, 9000, -150000, 40000, 100000]
QUOTED = rates(("EUR", "USD", "SPOT", "2025-03-10", "1.0837"))


def ledger(seed: int) -> dict[str, Any]:
    """Make one customer with a few documents and one receipt for them that is exact, short or over for a reason, or for none."""
    rng = random.Random(seed)
    usd = rng.random() < 0.15
    docs = []
    for number in range(rng.randint(1, 4)):
        amount = rng.randint(5000, 900000)
        terms = {"disc": (rng.choice(["2025-03-05", "2025-03-15"]), rng.choice(["2.00", "3.00"]))} if rng.random() < 0.4 else {}
        tax = amount * 19 // 119 if rng.random() < 0.7 else None
        more = {"currency": "USD", "amount_local": amount * 9 // 10, "open_amount_local": amount * 9 // 10} if usd else {}
        due = f"2025-04-{rng.randint(10, 14)}"
        docs.append(item(str(6001000 + number), "C1", f"{amount / 100:.2f}", due=due, amount_tax=tax, **terms, **more))
    if rng.random() < 0.3 and not usd:
        note = item("7001000", "C1", f"-{rng.randint(100, 4000) / 100:.2f}", ref_item=rng.choice(docs)["reference"])
        docs.append(note)
    who = {"country": rng.choice(["DE", "US", ""]), "pays_in_currency": rng.choice(["", "USD EUR"])}
    if rng.random() < 0.3:
        who |= {"wht_rate": rng.choice([15000, 50000]), "wht_base": rng.choice(["NET", "GROSS"])}
    named = [row for row in docs if rng.random() < 0.9] or docs[:1]
    due = sum(row["open_amount_doc"] for row in named)
    reasons = [0, sum(row["disc1_pct"] * row["amount_doc"] // 1000000 for row in named), who.get("wht_rate", 0) * due // 1000000, due // 50]
    cash = max(100, due - rng.choice(reasons) - rng.choice(GAPS))
    paid: dict[str, Any] = {"account": "DE01", "bank_country": "DE", "end_to_end_id": "E1", "text": " ".join(r["reference"] for r in named)}
    if rng.random() < 0.2:
        paid["charges"] = rng.choice([500, 1500, 4000])
        cash = max(100, cash - paid["charges"])
    if usd:
        cash = max(100, cash * 10000 // 10837)
    elif rng.random() < 0.1:
        paid |= {"orig_currency": "USD", "orig_amount": cash * 10837 // 10000 + rng.choice([0, 100, -3000, 20000])}
    case: dict[str, Any] = {"items": docs, "customers": [customer("C1", **who)], "banks": [bank("C1", "DE01")]}
    if rng.random() < 0.3 and not usd:
        lines, cash = _advice(named, rng)
        case["advices"] = advice("A1", "E1", *lines)
    return {**case, "receipts": [receipt("R1", f"{cash / 100:.2f}", "2025-03-12", **paid)]}


def _advice(named: list[dict[str, Any]], rng: random.Random) -> tuple[list[tuple[str, ...]], int]:
    """Write an advice over documents, with discounts and deductions; return its lines and its sum in cents."""
    lines, total = [], 0
    for row in named:
        gross = row["open_amount_doc"]
        less = rng.choice([0, row["disc1_pct"] * gross // 1000000]) if gross > 0 else 0
        taken = rng.choice([0, 0, gross // 40, gross // 5]) if gross > 0 else 0
        reason = rng.choice(["damaged", "price", "no idea"]) if taken else ""
        lines.append((row["reference"], *(f"{n / 100:.2f}" for n in (gross, less, taken)), reason))
        total += gross - less - taken
    return lines, max(100, total)


@pytest.fixture(scope="module")
def ran() -> dict[str, Ran]:
    return together({str(seed): ledger(seed) for seed in SEEDS}, rates=QUOTED)


@pytest.fixture(scope="module")
def accepted(ran: dict[str, Ran]) -> dict[str, pd.DataFrame]:
    """Settle every proposal as if a person had accepted it as it stands, all at once."""
    frames = {
        part: pd.concat([getattr(out, part).assign(receipt_id=f"{name}/R1") for name, out in ran.items()], ignore_index=True)
        for part in ("receipts", "proposals", "proposal_items")
    }
    ahead = frames["proposals"].assign(status=frames["proposals"]["status"].where(frames["proposals"]["items"] == 0, "AUTO"))
    lines = settle(frames["receipts"], ahead, frames["proposal_items"], decided()).allocations
    return {name: lines[lines["receipt_id"] == f"{name}/R1"] for name in ran}


def test_the_random_differences_try_every_leg(ran: dict[str, Ran]) -> None:
    seen = pd.concat([out.proposals for out in ran.values()])
    for leg in ("discount", "small_diff", "wht", "bank_charge", "fx", "residual", "on_account"):
        own = seen[seen[leg] != 0]
        assert len(own) >= 5, leg
        assert {"AUTO"} < set(own["status"]), leg
    assert {"M01", "M02", "M04", "M05"} <= set(seen["strategy"])


def test_inv_1_inv_2_and_mp_64_hold_for_what_is_posted(ran: dict[str, Ran]) -> None:
    for out in ran.values():
        settled = out.settled.receipts
        assert (settled[list(PARTS)].sum(axis=1) == settled["amount"]).all()
        assert (settled[list(PARTS)] >= 0).all(axis=None)
        posted = out.settled.allocations
        ours = int(settled["amount"].sum() + posted[list(LEGS[1:])].sum().sum())
        elsewhere = settled[[part for part in PARTS if part != "applied_amount"]].sum().sum()
        assert ours == int(posted["relieved_value"].sum() + elsewhere)
    assert all(tie.holds for out in ran.values() for tie in out.settled.ties)


def test_what_a_person_would_accept_is_complete_and_no_sign_flips(ran: dict[str, Ran], accepted: dict[str, pd.DataFrame]) -> None:
    for name, lines in accepted.items():
        opened = {row["item_id"]: row["open_amount_doc"] for row in ledger(int(name))["items"]}
        for row in lines.to_dict("records"):
            whole = opened[row["item_id"].split("/")[-1]]
            sign = 1 if whole > 0 else -1
            assert 0 <= row["amount_relieved"] * sign <= whole * sign, (name, row)
            assert 0 <= row["residual"] * sign < whole * sign
            assert row["amount_applied"] * sign >= 0, (name, row)
            assert row["discount"] >= 0
            if row["currency"] == row["item_currency"]:
                assert sum(row[leg] for leg in LEGS) + row["residual"] == row["amount_relieved"]
        out = ran[name].of("R1")
        if len(lines):
            assert lines["amount_applied"].sum() + out.on_account == out.amount, name


def test_nothing_that_is_not_authorised_is_posted(ran: dict[str, Ran]) -> None:
    """A residual without a reason, an unearned discount or one of exchange is never made by rule (MP-40)."""
    for out in ran.values():
        made = out.follow["residuals"]
        assert not set(made.loc[made["status"] == "CREATED", "reason_code"]) & {"UN", "UD", "FX"}
        assert (made["due_date"] >= pd.Timestamp("2025-04-10")).all()
