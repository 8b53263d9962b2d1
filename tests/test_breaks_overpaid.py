"""Overpayments O1 to O12 (EX-30) and misdirected payments (EX-40): worked examples AX-14 and AX-15 to the cent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from refund_world import BOOK, CUSTOMER, IBAN, POLICY, books, item, receipt, step, table

from arwork.breaks.misdirected import Misdirected, misdirected
from arwork.breaks.overpayments import OverpaidBooks, overpayments
from arwork.breaks.refunds import refunds
from arwork.breaks.transfer_standing import STEP_COLUMNS
from arwork.money import ISO

DAY = date(2025, 4, 2)
AWAY = {"ledger_id": "FIN", "company_code": "2000", "customer_id": "F-77"}
LEASE = item("FA-20931", 348000, date(2025, 4, 5), **AWAY, item_id="2000:FA-20931:2025:1")
OWN = item("9411", 348000, date(2025, 3, 1), customer_id="M-77")
ASTRAY = receipt(
    "R1", 348000, DAY, customer_id="M-77", misdirected_amount=348000, status="MISDIRECTED", remittance_text="LEASE FA-20931 APR"
)


def proposal(receipt_id: str, amount: int, **other: Any) -> dict[str, Any]:
    row = {**BOOK, "receipt_id": receipt_id, "amount": amount, "strategy": "M13", "status": "REVIEW", "class": "MISDIRECTED"}
    return {**row, "sentence": "It belongs elsewhere.", **other}


def line(receipt_id: str, item_id: str, candidate: int = 2) -> dict[str, Any]:
    return {"receipt_id": receipt_id, "candidate": candidate, "item_id": item_id}


def astray(
    receipts: list[dict[str, Any]], proposals: list[dict[str, Any]], lines: list[dict[str, Any]], items: list[dict[str, Any]],
    returns: frozenset[str] = frozenset(), as_of: date = DAY, steps: list[dict[str, Any]] | None = None,
    chosen_by: dict[str, set[str]] | None = None,
) -> Misdirected:  # fmt: skip
    frames = [table(name, rows) for name, rows in (
        ("receipts", receipts), ("proposals", proposals), ("proposal_items", lines), ("open_items", items)
    )]  # fmt: skip
    recorded = pd.DataFrame(steps or [], columns=list(STEP_COLUMNS))
    return misdirected(*frames, returns, POLICY, as_of, ISO, steps=recorded, chosen_by=chosen_by or {})


def entries(found: Misdirected) -> list[tuple[Any, ...]]:
    columns = ["step", "ledger_id", "account", "customer_id", "amount", "value_date"]
    return [(*row[:5], row[5].date()) for row in found.misdirected_entries[columns].itertuples(index=False, name=None)]


def test_ax14_payment_to_the_wrong_ledger_to_the_cent() -> None:
    """AX-14: no allocation to 9411; both ledgers' entries at the original value date, IC check 0.00, approvals of both pending."""
    found = astray([ASTRAY], [proposal("R1", 348000)], [line("R1", LEASE["item_id"])], [LEASE, OWN])
    row = found.misdirected.iloc[0]
    assert (row["to_ledger"], row["to_customer"], row["to_items"]) == ("FIN", "F-77", LEASE["item_id"])
    assert (row["amount"], row["value_date"], row["days_past_due"]) == (348000, pd.Timestamp(DAY), 0)
    assert (row["settlement"], row["approval_from"], row["approval_to"]) == ("TRANSFER", "PENDING", "PENDING")
    settled = date(2025, 4, 4)
    assert sorted(entries(found)) == sorted([
        ("RECEIVE", "MAIN", "BANK", "", 348000, DAY), ("RECEIVE", "MAIN", "IC_PAYABLE", "", -348000, DAY),
        ("CREDIT", "FIN", "IC_RECEIVABLE", "", 348000, DAY), ("CREDIT", "FIN", "CUSTOMER", "F-77", -348000, DAY),
        ("SETTLE", "MAIN", "IC_PAYABLE", "", 348000, settled), ("SETTLE", "MAIN", "BANK", "", -348000, settled),
        ("COLLECT", "FIN", "BANK", "", 348000, settled), ("COLLECT", "FIN", "IC_RECEIVABLE", "", -348000, settled),
    ])  # fmt: skip
    assert not found.misdirected_entries["item"].str.contains("9411").any()
    assert [(tie.ours, tie.theirs) for tie in found.ties] == [(0, 0), (348000, 348000), (0, 0)]
    assert found.misdirected_entries.groupby(["receipt_id", "step"])["amount"].sum().eq(0).all()


def approval(seq: int, by: str, side: str, step: str = "APPROVED", **other: Any) -> dict[str, Any]:
    """A recorded step of the transfer of AX-14."""
    return {
        "seq": seq, "at": "2025-04-03T09:00:00", "by": by, "receipt_id": "R1", "step": step, "side": side, "currency": "EUR", "amount": 348000,
        "to_ledger": "FIN", "to_company": "2000", "to_customer": "F-77", "to_items": LEASE["item_id"], "reason": "why", **other,
    }  # fmt: skip


NONE, ONE, BOTH = ("PENDING", "PENDING", "PROPOSED"), ("GIVEN", "PENDING", "PROPOSED"), ("GIVEN", "GIVEN", "APPROVED")


@pytest.mark.parametrize(
    ("steps", "expected", "counts"),
    [
        pytest.param([], NONE, [], id="AX_14_pending"),
        pytest.param([approval(1, "ann", "FROM")], ONE, [True], id="EX_40_one_ledger_is_not_enough"),
        pytest.param([approval(1, "ann", "FROM"), approval(2, "bob", "TO")], BOTH, [True, True], id="EX_40_both_ledgers"),
        pytest.param([approval(1, "ann", "FROM"), approval(2, " Ann", "TO")], ONE, [True, False], id="CV_13_one_person_is_not_two"),
        pytest.param([approval(1, "eve", "FROM")], NONE, [False], id="CV_13_who_allocated_it_does_not_approve"),
        pytest.param([approval(1, "ann", "FROM"), approval(2, "bob", "FROM")], ONE, [True, False], id="EX_40_the_same_ledger_twice"),
        pytest.param([approval(1, "ann", "FROM"), approval(2, "bob", "TO", amount=1)], ONE, [True, False], id="EX_40_not_the_same_terms"),
        pytest.param([approval(n, by, side, amount=1) for n, by, side in ((1, "ann", "FROM"), (2, "bob", "TO"))], NONE, [True, True],
                     id="EX_40_an_approval_of_another_amount_is_none"),
        pytest.param([approval(1, "ann", "FROM"), approval(2, "bob", "TO"), approval(3, "cy", "TO", "REJECTED")], NONE, [True] * 3,
                     id="EX_40_rejected_again"),
        pytest.param([approval(1, "cy", "TO", "REJECTED"), approval(2, "ann", "FROM"), approval(3, "bob", "TO")], BOTH, [True] * 3,
                     id="EX_40_approved_after_all"),
    ],
)  # fmt: skip
def test_ex40_entries_are_approved_when_both_ledgers_supervisors_are(
    steps: list[Any], expected: tuple[str, ...], counts: list[bool]
) -> None:
    found = astray([ASTRAY], [proposal("R1", 348000)], [line("R1", LEASE["item_id"])], [LEASE, OWN], steps=steps, chosen_by={"R1": {"eve"}})
    row = found.misdirected.iloc[0]
    assert (row["approval_from"], row["approval_to"], *found.misdirected_entries["state"].unique()) == expected
    assert found.transfer_steps["counts"].tolist() == counts
    assert {tie.difference for tie in found.ties} == {0}
    credited = found.misdirected_entries.loc[found.misdirected_entries["account"] == "CUSTOMER", "value_date"]
    assert credited.tolist() == [pd.Timestamp(DAY)], "the original value date is kept, whenever it is approved"
    stale = "EX_40_an_approval_of_another_amount" if steps and expected == NONE and counts == [True, True] else ""
    assert ("approved anew" in " ".join(finding.sentence for finding in found.findings)) == bool(stale)


def test_ax15_another_company_gets_its_part_of_a_parents_payment() -> None:
    """AX-15: 12,000.00 applied here after review, 18,000.00 misdirected; never automatic."""
    here = item("S1-101", 1200000, date(2025, 4, 1), customer_id="S1")
    there = item("S2-207", 1800000, date(2025, 4, 1), ledger_id="MAIN", company_code="2000", customer_id="S2", item_id="2000:S2-207:2025:1")
    paid = receipt("R1", 3000000, DAY, customer_id="P-1", unapplied_amount=3000000, status="UNAPPLIED")
    lines = [line("R1", here["item_id"], 1), line("R1", there["item_id"])]
    found = astray([paid], [proposal("R1", 3000000, allocated=1200000, items=1)], lines, [here, there])
    row = found.misdirected.iloc[0]
    assert (row["amount"], row["to_company"], row["to_customer"], row["settlement"]) == (1800000, "2000", "S2", "TRANSFER")
    assert ("CREDIT", "MAIN", "CUSTOMER", "S2", -1800000, DAY) in entries(found)
    assert all(tie.holds for tie in found.ties)


def test_ex40_a_tie_between_two_customers_goes_to_a_person() -> None:
    twin = {**LEASE, "item_id": "2000:X:2025:1", "customer_id": "F-78", "reference": "X"}
    found = astray([ASTRAY], [proposal("R1", 348000)], [line("R1", LEASE["item_id"]), line("R1", twin["item_id"], 3)], [LEASE, twin])
    row = found.misdirected.iloc[0]
    assert (row["settlement"], row["to_ledger"]) == ("OPEN", "")
    assert "F-77" in row["sentence"]
    assert "F-78" in row["sentence"]
    assert found.misdirected_entries["step"].unique().tolist() == ["RECEIVE"]
    assert all(tie.holds for tie in found.ties)


def test_ex40_several_items_of_one_customer_that_make_up_the_amount() -> None:
    parts = [
        {**LEASE, "item_id": f"2000:{n}:2025:1", "reference": str(n), "open_amount_doc": amount} for n, amount in ((1, 300000), (2, 48000))
    ]
    found = astray([ASTRAY], [proposal("R1", 348000)], [line("R1", one["item_id"]) for one in parts], parts)
    assert found.misdirected["to_items"].tolist() == ["2000:1:2025:1 2000:2:2025:1"]


def test_ex40_late_handing_on_is_counted_and_trust_is_marked() -> None:
    sold = {**LEASE, "assigned_to": "FACTOR"}
    row = astray([ASTRAY], [proposal("R1", 348000)], [line("R1", LEASE["item_id"])], [sold], as_of=date(2025, 4, 9)).misdirected.iloc[0]
    assert (row["remit_by"], row["days_late"], row["assigned"]) == (pd.Timestamp(2025, 4, 4), 5, True)


def test_ex40_returned_to_the_payer_or_handed_on_never_both() -> None:
    found = astray([ASTRAY], [proposal("R1", 348000)], [line("R1", LEASE["item_id"])], [LEASE], frozenset({"R1"}))
    assert found.misdirected[["settlement", "approval_from"]].to_numpy().tolist() == [["RETURN", "NOT_NEEDED"]]
    assert found.misdirected_entries.empty
    back = refunds(books(receipts=[ASTRAY], open_items=[], disputes=[], steps=[step(1, "RF:R1", "DOCUMENTED", "ana", documents="REQUEST")]))
    assert back.refunds[["reason", "refund_amount", "route"]].to_numpy().tolist() == [["WRONG_COMPANY", 348000, "SAME_ACCOUNT"]]


def over(**rows: Any) -> pd.DataFrame:
    given: dict[str, list[dict[str, Any]]] = {
        "customers": [CUSTOMER], "customer_banks": [{**BOOK, "customer_id": "C300", "account": IBAN}], **rows,
    }  # fmt: skip
    names = (
        "receipts",
        "proposals",
        "on_account",
        "breaks",
        "references",
        "open_items",
        "customers",
        "customer_banks",
        "customer_statements",
    )
    return overpayments(OverpaidBooks(**{name: table(name, given.get(name, [])) for name in names}, policy=POLICY, units=ISO))


def waiting(amount: int = 123456, **other: Any) -> dict[str, Any]:
    return receipt("R1", amount, DAY, unapplied_amount=amount, status="UNAPPLIED", **other)


def rest(kind: str, amount: int = 12345) -> dict[str, Any]:
    row = {**BOOK, "receipt_id": "R1", "customer_id": "C300", "amount": amount, "kind": kind, "status": "AUTO", "sentence": "Why."}
    return {"on_account": [row], "receipts": [receipt("R1", 500000, DAY, applied_amount=500000 - amount, on_account_amount=amount)]}


BREAK = {**BOOK, "break_id": "EX-20:R1:I", "receipt_id": "R1", "class": "PROBABLE", "sentence": "It comes again."}
STATEMENT = {**BOOK, "customer_id": "C300", "statement_date": date(2025, 3, 31), "balance": 123456}
REVERSED = item("9321", 123456, DAY, open_amount_doc=0, clearing_date=DAY, reversed_by="GS-1")
CREDITED = [item("9322", 123456, DAY), item("GS", -123456, DAY, ref_item="9322")]
NAMES = [{"receipt_id": "R1", "token": "N", "origin": "text", "item_id": f"1000:{number}:2025:1"} for number in ("9321", "9322")]
SCAM = {"remitter_account": "DE44500105175407324931", "remitter_name": "Global Trade Ltd", "method": "CHEQUE"}
KINDS: list[tuple[str, str, dict[str, Any]]] = [
    ("O1 second payment", "O1", {"receipts": [waiting()], "breaks": [BREAK]}),
    ("O2 stated by matching", "O2", rest("O2")),
    ("O2 digits of an open item", "O2", {"receipts": [waiting(564300)], "open_items": [item("9311", 546300, DAY)]}),
    ("O3 credit memo ignored", "O3", rest("O3")),
    ("O4 reversed", "O4", {"receipts": [waiting()], "open_items": [REVERSED], "references": NAMES[:1]}),
    ("O4 credited in full", "O4", {"receipts": [waiting()], "open_items": CREDITED, "references": NAMES[1:]}),
    ("O5 older statement", "O5", {"receipts": [waiting()], "customer_statements": [STATEMENT]}),
    ("O6 tax", "O6", rest("O6")),
    ("O7 exchange gain", "O7", {"receipts": [waiting()], "proposals": [proposal("R1", 5, **{"class": "", "status": "AUTO", "fx": -40})]}),
    ("O8 deposit", "O8", {"receipts": [waiting(remittance_text="Anzahlung Auftrag 4711")]}),
    ("O9 wrong company", "O9", {"receipts": [ASTRAY], "proposals": [proposal("R1", 348000)]}),
    ("O10 nobody known", "O10", {"receipts": [receipt("R1", 64000, DAY, customer_id="", unidentified_amount=64000, status="UNIDENTIFIED")]}),
    ("O11 small difference", "O11", {"receipts": [waiting()], "proposals": [proposal("R1", 5, **{"class": "", "status": "AUTO", "small_diff": -7})]}),
    ("O12 scam", "O12", {"receipts": [waiting(900000, **SCAM)]}),
    ("no sign on a rest", "", rest("")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "rows"), [(kind, rows) for _, kind, rows in KINDS], ids=[name for name, _, _ in KINDS])
def test_ex30_kind_with_its_evidence_and_usual_action(kind: str, rows: dict[str, Any]) -> None:
    found = over(**rows)
    assert found["kind"].tolist() == [kind]
    assert found["evidence"].str.len().min() > 0
    assert found["usual_action"].str.endswith(".").all()


def test_ex30_a_scam_outranks_other_signs_which_stay_shown() -> None:
    row = over(receipts=[waiting(900000, **SCAM, remittance_text="deposit")]).iloc[0]
    assert (row["kind"], row["also"]) == ("O12", "O8")


@pytest.mark.parametrize(
    "facts", [{}, {"remitter_name": "Global Trade Ltd"}, {"method": "CHEQUE"}, {"remitter_account": "DE1"}],
    ids=["large and round", "and another name", "and by cheque", "and a new account"],
)  # fmt: skip
def test_ex30_two_signs_of_a_scam_are_not_enough(facts: dict[str, Any]) -> None:
    assert over(receipts=[waiting(900000, **facts)]).empty


def test_ex30_amounts_of_rests_and_of_whole_receipts() -> None:
    found = over(**rest("O3", 70000)).iloc[0]
    assert (found["part"], found["amount"], found["status"]) == ("REST", 70000, "ON_ACCOUNT")
    whole = over(receipts=[waiting()], breaks=[BREAK]).iloc[0]
    assert (whole["part"], whole["amount"], whole["status"]) == ("WHOLE", 123456, "HELD")


def test_ex30_a_receipt_without_any_sign_is_not_listed() -> None:
    assert over(receipts=[waiting()]).empty
