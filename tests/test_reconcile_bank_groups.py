"""Many bank lines to many book rows by words and sets: RC-20 with the engine's numbers, names and combinations (2.3), rivals shown."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

import random
import sys
from datetime import date
from pathlib import Path
from typing import Any

import ax
import pandas as pd
import pytest
from conftest import DATA, ROOT

from arwork.money import ISO
from arwork.reconcile.bank import BankToBook, prove

sys.path.insert(0, str(ROOT / "bench"))
import bank_rec

START, KEY, MID = date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 16)
HOME = {"ledger_id": "MAIN", "company_code": "1000", "gl_account": "1800"}


def line(name: str, amount: int, text: str = "", day: date = MID, **other: Any) -> dict[str, Any]:
    return {**ax.bank_line(name, "1.00", day.isoformat(), text=text), "amount": amount, "bank_txn_id": "", **other}


def row(name: str, amount: int, text: str = "", day: date = MID, **other: Any) -> dict[str, Any]:
    base = {**HOME, "doc_no": name, "line_no": "1", "posting_date": day, "amount": amount, "currency": "EUR", "text": text}
    return {**base, "type": "RECEIPT" if amount > 0 else "PAYMENT", **ax.LINEAGE, **other}


def run(lines: list[dict[str, Any]], rows: list[dict[str, Any]]) -> BankToBook:
    moved, booked = sum(x["amount"] for x in lines), sum(x["amount"] for x in rows)
    credits, debits = (sum(max(sign * x["amount"], 0) for x in lines) for sign in (1, -1))
    stated = {
        "statement_key": "S", "bank_account": "OURS", "currency": "EUR", "statement_id": "3", "to_date": KEY, "from_date": START, "opening": 0,
        "closing": moved, "credits": credits, "debits": debits, "lines": len(lines), "format": "x", **ax.LINEAGE,
    }  # fmt: skip
    gl = {**HOME, "period": "2026-03", "currency": "EUR", "opening": 0, "debits": booked, "credits": 0, "closing": booked, **ax.LINEAGE}
    accounts = ax.table("bank_accounts", {"bank_account": "OURS", "currency": "EUR", **HOME})
    frames = (
        ax.table("statements", stated),
        ax.table("bank_lines", *lines),
        ax.table("cash_book", *rows),
        accounts,
        ax.table("gl_balances", gl),
    )
    found = prove(*frames, START, KEY, ax.policy(), ISO)
    assert found.recon.reconciliations["status"].tolist() == ["TIES"]  # whatever is put together, the figures tie
    return found


def told(found: BankToBook) -> list[tuple[str, str, str, str]]:
    return sorted(found.groups[["how", "state", "lines", "rows"]].itertuples(index=False, name=None))


def items(found: BankToBook) -> list[str]:
    return found.recon.recon_items["mark"].tolist()


def test_RC_20_a_cheque_number_in_the_text_pairs_what_amount_and_day_leave_tied() -> None:
    found = run(
        [line("L1", -340000, "CHECK #4519"), line("L2", -340000, "CHECK #4520", date(2026, 3, 20))],
        [row("CHK-4519", -340000, day=date(2026, 3, 2)), row("CHK-4520", -340000)],
    )
    assert told(found) == [("DOCUMENT", "CERTAIN", "L1", "CHK-4519"), ("DOCUMENT", "CERTAIN", "L2", "CHK-4520")]
    assert items(found) == []


def test_RC_20_a_name_pairs_where_no_rival_has_it() -> None:
    found = run(
        [line("L1", 850000, "PINNACLE PROP MGMT"), line("L2", 850000, "HARBOR REALTY PRTNRS")],
        [row("D1", 850000, "Harbor Realty Partners - rent"), row("D2", 850000, "Pinnacle Property Management - rent")],
    )
    assert told(found) == [("NAME", "CERTAIN", "L1", "D2"), ("NAME", "CERTAIN", "L2", "D1")]


def test_RC_20_a_name_that_a_rival_shares_is_for_a_person() -> None:
    found = run(
        [line("L1", -550000, "JOHNSON & ASSOC"), line("L2", -550000, "K JOHNSON CONS GRP")],
        [row("D1", -550000, "Johnson & Associates - retainer"), row("D2", -550000, "K. Johnson Consulting Group - audit")],
    )
    assert told(found) == [("WORDS", "TO_CONFIRM", "L1", "D1"), ("WORDS", "TO_CONFIRM", "L2", "D2")]
    assert found.groups["rival_rows"].tolist() == ["D2", "D1"]
    assert set(found.groups["next_action"]) == {"Confirm that they are the same money."}


def test_RC_20_another_company_of_that_name_is_never_certain() -> None:
    found = run([line("L1", -550000, "JOHNSON & ASSOC")], [row("D2", -550000, "K. Johnson Consulting Group - audit")])
    assert told(found) == [("WORDS", "TO_CONFIRM", "L1", "D2")]


def test_RC_20_amount_and_day_alone_is_for_a_person() -> None:
    found = run([line("L1", 820000, "DEPOSIT")], [row("D1", 820000, "Riverside Medical")])
    assert told(found) == [("AMOUNT", "TO_CONFIRM", "L1", "D1")]
    assert items(found) == []


def test_RC_20_a_batch_that_only_adds_up_is_proposed_and_stays_an_item() -> None:
    found = run([line("L1", 1575000, "DEPOSIT")], [row("D1", 925000), row("D2", 650000), row("D3", 2200000)])
    assert told(found) == [("SET", "PROPOSED", "L1", "D1 D2")]
    assert (
        found.groups["sentence"]
        .iloc[0]
        .startswith("Line L1, 15,750.00 EUR and rows D1, D2: together they add up to it, by amount alone. The only set;")
    )
    assert items(found) == ["b1", "b1", "b1", "k1"]
    said = dict(zip(found.recon.recon_items["document"], found.recon.recon_items["sentence"], strict=True))
    assert "; may be D1, D2;" in said["L1"]
    assert "; may be on line L1;" in said["D1"]
    assert "may be" not in said["D3"]
    assert found.recon.recon_items["code"].tolist() == ["RI-TIM", "RI-TIM", "RI-TIM", "RI-UNR"]


def test_RC_20_a_batch_with_a_rival_set_shows_both() -> None:
    found = run([line("L1", 30000, "DEPOSIT")], [row("D1", 10000), row("D2", 20000), row("D3", 12000), row("D4", 18000)])
    (group,) = found.groups.to_dict("records")
    assert (group["state"], group["rows"], group["rivals"], group["rival_rows"]) == ("PROPOSED", "D1 D2", 1, "D3 + D4")
    assert "Not the only set" in group["sentence"]


def test_RC_20_a_batch_whose_rows_the_line_names_is_certain() -> None:
    found = run([line("L1", 30000, "DEPOSIT 711001 711002")], [row("711001", 10000), row("711002", 20000), row("711003", 5500)])
    assert told(found) == [("REFERENCE", "CERTAIN", "L1", "711001 711002")]
    assert items(found) == ["b1"]


def test_RC_20_several_lines_for_one_row() -> None:
    found = run([line("L1", 10000, "CARD"), line("L2", 20500, "CARD"), line("L3", 900, "CARD")], [row("D1", 30500, "card takings")])
    assert told(found) == [("SET", "PROPOSED", "L1 L2", "D1")]


def test_RC_20_a_row_less_a_bank_charge_is_proposed_with_the_difference() -> None:
    found = run([line("L1", 7500000, "WIRE TRF IN GLOBEX IN")], [row("D1", 7497500, "Globex Industries Ltd - prepayment")])
    (group,) = found.groups.to_dict("records")
    assert (group["how"], group["state"], group["difference"]) == ("CHARGE", "PROPOSED", 2500)
    far = run([line("L1", 7500000, "WIRE TRF IN GLOBEX IN")], [row("D1", 7490000, "Globex Industries Ltd - prepayment")])
    assert far.groups.empty


def test_RC_20_a_voided_cheque_is_a_reversal_on_the_books_side() -> None:
    rows = [row("CHK-4515", -420000, "Apex Design"), row("CHK-4515-V", 420000, "VOID - Check #4515 to Apex Design", date(2026, 3, 20))]
    assert told(run([], rows)) == [("REVERSAL", "CERTAIN", "", "CHK-4515 CHK-4515-V")]
    reissued = {**rows[1], "text": "Apex Design (replaces voided #4515)"}
    assert told(run([], [rows[0], reissued])) == []


def test_RC_20_a_tie_shows_its_rivals_and_pairs_nothing() -> None:
    found = run([line("L1", 10000, day=MID)], [row("D1", 10000), row("D2", 10000, day=date(2026, 3, 17))])
    (group,) = found.groups.to_dict("records")
    assert (group["how"], group["state"], group["rivals"], group["rival_rows"]) == ("TIE", "TIED", 2, "D1; D2")
    assert items(found) == ["b1", "b1", "k1"]
    assert "2 rows fit equally: D1, D2" in found.recon.recon_items["sentence"].iloc[2]


@pytest.mark.data
def test_RC_20_labelled_puzzle_at_least_nine_of_ten_exact_none_wrong_among_the_certain() -> None:
    found = bank_rec.measure(DATA / "bank-rec-problem")
    assert found.groups == 41
    assert 10 * found.exact >= 9 * found.groups
    assert found.wrong == ()
    assert found.certain >= 20
    assert found.left_alone == found.alone


@pytest.mark.data
def test_RC_20_labelled_puzzle_with_any_one_row_missing_has_nothing_certain_and_wrong(tmp_path: Path) -> None:
    folder = DATA / "bank-rec-problem"
    (tmp_path / "ground_truth.json").write_bytes((folder / "ground_truth.json").read_bytes())
    draw = random.Random(4)
    for _ in range(8):
        for name in ("bank_transactions.csv", "gl_entries.csv"):
            head, *rows = (folder / name).read_text(encoding="utf-8").splitlines()
            kept = [r for r in rows if draw.random() > 0.1]
            draw.shuffle(kept)
            (tmp_path / name).write_text("\n".join([head, *kept]), encoding="utf-8")
        assert bank_rec.measure(tmp_path).wrong == ()


def test_CV_09_row_order_never_matters() -> None:
    lines = [line("L1", 30000, "DEPOSIT"), line("L2", -340000, "CHECK #4519"), line("L3", 10000)]
    rows = [row("D1", 10000), row("D2", 20000), row("CHK-4519", -340000), row("D4", 10000, day=date(2026, 3, 17))]
    first, again = run(lines, rows), run(lines[::-1], rows[::-1])
    pd.testing.assert_frame_equal(first.groups, again.groups)
