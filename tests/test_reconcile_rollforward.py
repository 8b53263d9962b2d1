"""Roll-forward RC-30 with AX-21, as-of truth CV-06 and CV-07, what changed behind a key date."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from datetime import date
from typing import Any

import ax
import pandas as pd
import pytest

from arwork.collect.key_date import open_at
from arwork.money import ISO
from arwork.reconcile.changes import changes_since, known_on
from arwork.reconcile.movements import moved
from arwork.reconcile.rollforward import Before, RolledForward, roll_forward
from arwork.tables import empty

START, KEY = date(2025, 3, 1), date(2025, 3, 31)
RULES = ax.policy().rollforward
CONTROL = (("MAIN", "1000", "1200"),)
BOOKS = ax.ledgers(ax.ledger("MAIN", "1000", "Demo"))


def doc(number: str, amount: str, kind: str = "", posted: str = "2025-03-10", **over: Any) -> dict[str, Any]:
    return ax.item(number, over.pop("customer", "C1"), amount, doc=posted, **({"doc_type": kind} if kind else {}), **over)


def run(
    *rows: dict[str, Any], before: Before | None = None, changes: pd.DataFrame | None = None, books: pd.DataFrame = BOOKS
) -> RolledForward:
    changed = empty("changes_since") if changes is None else changes
    return roll_forward(ax.items(*rows), changed, books, CONTROL, START, KEY, RULES, ISO, before)


def printed(out: RolledForward, recon_id: str = "RC-30/MAIN/1000/AR/EUR") -> dict[str, int]:
    lines = out.recon.recon_lines
    mine = lines.loc[lines["recon_id"] == recon_id]
    return dict(zip(mine["mark"], mine["amount"].tolist(), strict=True))


AX_21 = [
    doc("OLD", "900000.00", posted="2025-02-10"),
    doc("B1", "1350000.00"), doc("B2", "12500.00", "DM"), doc("B3", "1840.00", "LPF"),
    doc("B4", "375.00", "RCPT", text="reinstated"), doc("B5", "1600.00", "REFUND"),
    doc("B6", "-1312400.00", "RCPT"), doc("B7", "-41250.00", "CM"), doc("B8", "-8930.00", "ADJ", reason_code="DISC"),
    doc("B9", "-500.00", "ADJ", text="Quellensteuer Italien"), doc("C1", "-9500.00", "ADJ", reason_code="WO"),
    doc("C2", "-214.60", "ADJ", doc_class_raw="SD"), doc("C3", "-120.00", "ADJ", reason_code="BC"),
    doc("C4", "-3480.00", "ADJ", reason_code="IC"), doc("C5", "-2120.40", "ADJ", reason_code="FX"),
]  # fmt: skip
AX_21_LINES = {
    "opening": 90000000, "billings": 135000000, "debit_memos": 1250000, "late_fees": 184000, "returned": 37500, "refunds": 160000,
    "intercompany": -348000, "receipts": -131240000, "credit_memos": -4125000, "discounts": -893000, "withholding": -50000,
    "bank_charges": -12000, "write_offs": -950000, "small_differences": -21460, "other": 0, "fx_realised": -212040, "fx_unrealised": 0,
    "residuals": 0, "reached": 88780000, "D": 0, "closing": 88780000, "E": 0,
}  # fmt: skip


def test_AX_21_roll_forward_to_the_cent() -> None:
    out = run(*AX_21)
    assert printed(out) == AX_21_LINES
    assert out.recon.reconciliations["status"].tolist() == ["TIES"]
    assert all(tie.holds for tie in out.recon.ties)
    sums = out.movements.groupby("movement")["amount_local"].sum()
    assert {name: AX_21_LINES[name] for name in sums.index} == sums.to_dict()  # every line drills to its documents


def test_AX_21_refunds_left_out_of_the_lines_show_unexplained_1600() -> None:
    types = {kind: line for kind, line in RULES.types.items() if kind != "REFUND"}
    out = roll_forward(
        ax.items(*AX_21), empty("changes_since"), BOOKS, CONTROL, START, KEY, RULES.model_copy(update={"types": types}), ISO
    )  # fmt: skip
    head = out.recon.reconciliations.iloc[0]
    assert (head["ours"], head["theirs"], head["unexplained"], head["status"]) == (88620000, 88780000, 160000, "UNEXPLAINED")
    assert [(tie.name, tie.holds) for tie in out.recon.ties][1] == ("documents without a line of the roll-forward", False)
    assert any(f.severity == "error" and "type REFUND without a reason" in f.sentence for f in out.recon.findings)


def test_RC_30_closing_is_what_RC_10_counts_and_lines_of_other_accounts_stay_out() -> None:
    rows = [doc("A", "100.00"), doc("B", "-30.00", "DP", special_gl="A", gl_account="1710"), doc("C", "7.00", posted="2025-04-01")]
    assert printed(run(*rows))["closing"] == 10000 == int(open_at(ax.items(rows[0]), KEY)["open_local"].sum())


@pytest.mark.parametrize("document", ["SAME", "OWN"])
def test_RC_30_residuals_are_item_out_and_item_in(document: str) -> None:
    cleared = {"clearing_doc": "SAME", "clearing_date": "2025-03-12", "open": "0"}
    paid = doc(document, "-100.00" if document == "SAME" else "-98.00", "RCPT", item_id="p", **cleared)
    rows = [doc("I", "100.00", posted="2025-02-03", **cleared), paid, doc("SAME", "2.00", "RESID", item_id="r", line_no="2")]
    out = printed(run(*rows))
    assert (out["opening"], out["receipts"], out["residuals"], out["closing"], out["E"]) == (10000, -9800, 0, 200, 0)


def test_RC_30_residual_out_of_nothing_does_not_tie() -> None:
    out = run(doc("I", "100.00"), doc("R", "2.00", "RESID"))
    assert out.recon.reconciliations.iloc[0]["status"] == "UNEXPLAINED"
    assert "Residuals do not net to nothing: 2.00 EUR" in out.recon.reconciliations.iloc[0]["sentence"]


def test_RC_30_settlement_in_one_currency_is_realised_exchange_difference() -> None:
    cleared = {"currency": "USD", "clearing_doc": "X", "clearing_date": "2025-03-12", "open": "0", "open_amount_local": 0}
    rows = [
        doc("I", "100.00", posted="2025-02-03", amount_local=9000, **cleared), doc("P", "-100.00", "RCPT", amount_local=-9500, **cleared)
    ]  # fmt: skip
    out = printed(run(*rows, doc("E", "1.00")))
    assert (out["opening"], out["receipts"], out["fx_realised"], out["billings"], out["closing"], out["E"]) == (
        9000,
        -9500,
        500,
        100,
        100,
        0,
    )
    dollars = printed(run(*rows, doc("E", "1.00")), "RC-30/MAIN/1000/AR-USD/USD")
    assert (dollars["opening"], dollars["receipts"], dollars["closing"], dollars["E"]) == (10000, -10000, 0, 0)


def test_RC_30_ledger_without_payment_lines_settles_by_receipts() -> None:
    rows = [
        doc("I", "100.00", posted="2025-02-03", clearing_date="2025-03-12", open="0"), doc("J", "50.00", open="20.00"), doc("K", "5.00")
    ]  # fmt: skip
    out = printed(run(*rows))
    assert (out["opening"], out["billings"], out["receipts"], out["closing"], out["E"]) == (10000, 5500, -13000, 2500, 0)


def test_RC_30_part_paid_items_of_earlier_months_are_put_back_into_a_first_opening() -> None:
    rows = [doc("I", "100.00", posted="2025-02-03", open="60.00"), doc("P", "-40.00", "RCPT", open="0")]
    out = run(*rows)
    assert (printed(out)["opening"], printed(out)["receipts"], printed(out)["closing"], printed(out)["E"]) == (10000, -4000, 6000, 0)
    assert out.recon.reconciliations.iloc[0]["status"] == "TIES"


def before(out: RolledForward, items: pd.DataFrame, key: date = date(2025, 2, 28)) -> Before:
    return Before(key, items, out.recon.recon_lines, out.recon.reconciliations)


def february(*rows: dict[str, Any]) -> Before:
    items = ax.items(*rows)
    out = roll_forward(items, empty("changes_since"), BOOKS, CONTROL, date(2025, 2, 1), date(2025, 2, 28), RULES, ISO)
    return before(out, items)


def test_RC_30_opens_with_the_closing_of_the_pack_before_and_names_what_changed_behind_it() -> None:
    kept = doc("I", "100.00", posted="2025-02-03")
    late = doc("L", "33.00", posted="2025-02-20", entry_date="2025-03-05", entered_by="MEYER")
    old = february(kept, doc("G", "5.00", posted="2025-02-04"))
    now = [{**kept, "open_amount_doc": 6000, "open_amount_local": 6000}, late, doc("P", "-40.00", "RCPT", open="0"), doc("N", "7.00")]
    changes = changes_since(old.open_items, ax.items(*now), old.key_date, ISO)
    found = changes[["document", "what", "was", "now", "effect_local", "entered_by"]]
    assert list(found.itertuples(index=False, name=None)) == [
        ("G", "GONE", 500, 0, -500, ""), ("L", "ADDED", 0, 3300, 3300, "MEYER"),
    ]  # fmt: skip
    assert changes.iloc[1]["sentence"] == (
        "Document L was entered behind the key date, entered on 2025-03-05 by MEYER: open at 2025-02-28 0.00 then, 33.00 EUR now."
    )
    out = run(*now, before=old, changes=changes)
    lines = printed(out)
    assert (lines["opening"], lines["billings"], lines["receipts"], lines["D"], lines["closing"]) == (10500, 700, -4000, 2800, 10000)
    assert lines["E"] == 0
    assert out.recon.recon_items[["code", "document", "amount"]].to_numpy().tolist() == [["RI-CUT", "G", -500], ["RI-CUT", "L", 3300]]


def test_CV_07_changes_add_up_to_the_change_of_the_balance_whatever_was_done() -> None:
    rows = [
        doc("A", "100.00", posted="2025-02-03"), doc("B", "50.00", posted="2025-02-03"), doc("D", "9.00", posted="2025-02-05"),
        doc("C", "20.00", posted="2025-02-03", clearing_date="2025-02-20", open="0"),
    ]  # fmt: skip
    old = ax.items(*rows)
    now = ax.items(
        {**rows[0], "amount_doc": 9900, "amount_local": 9900, "open_amount_doc": 9900, "open_amount_local": 9900},
        {**rows[1], "clearing_date": "2025-02-27", "open_amount_doc": 0, "open_amount_local": 0},
        {**rows[3], "clearing_date": None, "open_amount_doc": 2000, "open_amount_local": 2000},
        doc("E", "4.00", posted="2025-02-28"),
    )  # fmt: skip
    day = date(2025, 2, 28)
    found = changes_since(old, now, day, ISO)
    assert dict(zip(found["document"], found["what"], strict=True)) == {
        "A": "AMOUNT", "B": "CLEARED", "C": "REOPENED", "D": "GONE", "E": "ADDED",
    }  # fmt: skip
    change = int(open_at(now, day)["open_local"].sum()) - int(open_at(old, day)["open_local"].sum())
    assert int(found["effect_local"].sum()) == change == -100 - 5000 + 2000 - 900 + 400
    assert changes_since(old, old, day, ISO).empty


def test_CV_06_CV_07_any_key_date_as_known_on_any_other_day() -> None:
    paid = {"clearing_doc": "P", "clearing_date": "2025-03-20", "open": "0"}
    items = ax.items(
        doc("I", "100.00", posted="2025-03-01", entry_date="2025-03-01", **paid),
        doc("P", "-100.00", "RCPT", posted="2025-03-20", entry_date="2025-04-02", **paid),
        doc("L", "30.00", posted="2025-03-25", entry_date="2025-04-10"),
    )
    figures = {}
    for known in ("2025-03-31", "2025-04-02", "2025-04-10"):
        figures[known] = int(open_at(known_on(items, date.fromisoformat(known)), KEY)["open_local"].sum())
    assert figures == {"2025-03-31": 10000, "2025-04-02": 0, "2025-04-10": 3000}
    assert int(open_at(known_on(items, KEY), date(2025, 3, 10))["open_local"].sum()) == 10000


def test_RC_30_result_does_not_depend_on_row_order() -> None:
    items = ax.items(*AX_21)
    one, other = (moved(frame, date(2025, 2, 28), KEY, RULES) for frame in (items, items.sample(frac=1, random_state=4)))
    pd.testing.assert_frame_equal(one, other)
