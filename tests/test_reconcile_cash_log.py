"""The daily cash log: RC-70 with its four proofs and day states, worked example AX-17."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import ax
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from arwork.money import ISO
from arwork.reconcile.bank import prove
from arwork.reconcile.cash_log import LINES, MEMO, CashLog, cash_log
from arwork.reconcile.cash_parts import KINDS
from arwork.tables import empty

START, DAY, KEY = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 31)
OPENING = 80_000_00
HOME = {"ledger_id": "MAIN", "company_code": "1000", "gl_account": "1800"}
SPANS = ax.policy().reconciling_items


@dataclass(frozen=True)
class Money:
    """One movement: what the bank says, when the book has it (None: not at all) and as what, and what arwork made of it."""

    name: str
    amount: int
    on: date = DAY
    posted: date | None = DAY
    kind: str = "applied"
    parts: tuple[tuple[str, int], ...] = ()
    booked: int | None = None
    type: str = "RECEIPT"
    bank: bool = True


AX_17 = (
    Money("P0", 1_850_00, date(2026, 3, 9)),
    Money("P1", 13_000_00),
    Money("P2", 9_800_00),
    Money("P3", 3_000_00, kind="unapplied"),
    Money("P4", 640_00, kind="unidentified"),
    Money("P5", 5_200_00, parts=(("applied", 2_500_00), ("on_account", 2_700_00))),
    Money("P6", 215_40, kind="non_ar", type="OTHER"),
    Money("P7", 3_480_00, kind="misdirected"),
    Money("P8", 750_00, posted=None),
)


def tables(moves: tuple[Money, ...], **more: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Build the tables of one account, a statement a day, the book with the bank's references."""
    lines, rows, receipts, allocations = [], [], [], []
    for m in moves:
        if m.bank:
            other = {"class": "NON_AR"} if m.kind == "non_ar" else {}
            lines.append(ax.bank_line(m.name, "1.00", m.on.isoformat(), statement_key=f"S{m.on}", **other) | {"amount": m.amount})
        parts = dict(m.parts or ((m.kind, m.amount),))
        if m.kind != "non_ar" and m.bank and m.amount > 0:
            figures = {f"{kind}_amount": parts.get(kind, 0) for kind in KINDS[:-1]}
            receipts.append(ax.receipt(m.name, "1.00", m.on.isoformat(), **figures) | {"amount": m.amount})
            if parts.get("applied"):
                allocations.append({
                    "allocation_id": m.name, "receipt_id": m.name, "item_id": m.name, "allocation_date": m.on, "currency": "EUR",
                    "amount_applied": parts["applied"], "item_currency": "EUR", "rule_id": "M01", "by": "rule", "reason": "x",
                })  # fmt: skip
        if m.posted:
            rows.append({
                **HOME, "doc_no": f"D{m.name}", "line_no": "1", "posting_date": m.posted, "amount": m.amount if m.booked is None else m.booked,
                "currency": "EUR", "bank_ref": f"TXN{m.name}" if m.bank else "", "type": m.type, **ax.LINEAGE,
            })  # fmt: skip
    accounts = ax.table("bank_accounts", {"bank_account": "OURS", "currency": "EUR", **HOME})
    built = {
        "bank_lines": ax.table("bank_lines", *lines), "cash_book": ax.table("cash_book", *rows), "receipts": ax.table("receipts", *receipts),
        "allocations": ax.table("allocations", *allocations), "bank_accounts": accounts, "statements": statements(lines),
        "gl_balances": balances(rows), "gl_lines": empty("gl_lines"), "open_items": empty("open_items"),
    }  # fmt: skip
    return {**built, **more}


def statements(lines: list[dict[str, Any]]) -> pd.DataFrame:
    rows, balance, day = [], OPENING, START
    while day <= KEY:
        mine = [int(x["amount"]) for x in lines if x["booking_date"] == day.isoformat()]
        plus, minus = sum(m for m in mine if m > 0), -sum(m for m in mine if m < 0)
        rows.append({
            "statement_key": f"S{day}", "bank_account": "OURS", "currency": "EUR", "statement_id": f"{day}", "to_date": day,
            "opening": balance, "closing": balance + plus - minus, "credits": plus, "debits": minus, "lines": len(mine), "format": "x",
            **ax.LINEAGE,
        })  # fmt: skip
        balance, day = balance + plus - minus, day + timedelta(days=1)
    return ax.table("statements", *rows)


Named = dict[tuple[str, str], tuple[str, ...]]


def balances(rows: list[dict[str, Any]]) -> pd.DataFrame:
    plus, minus = (sum(max(sign * r["amount"], 0) for r in rows) for sign in (1, -1))
    figures = {"opening": OPENING, "debits": plus, "credits": minus, "closing": OPENING + plus - minus}
    return ax.table("gl_balances", {**HOME, "period": "2026-03", "currency": "EUR", **figures, **ax.LINEAGE})


def run(t: dict[str, pd.DataFrame], suspense: Named | None = None, as_of: date = KEY, clearing: Named | None = None) -> CashLog:
    five = (t[name] for name in ("statements", "bank_lines", "cash_book", "bank_accounts", "gl_balances"))
    return cash_log(t, prove(*five, START, as_of, ax.policy(), ISO), suspense or {}, START, as_of, SPANS, ISO, clearing)


def of(out: CashLog, day: date = DAY) -> Any:
    return out.cash_log.loc[out.cash_log["day"] == pd.Timestamp(day)].iloc[0]


def found(out: CashLog) -> list[tuple[str, str, int, str]]:
    rows = out.cash_breaks.assign(on=out.cash_breaks["day"].dt.strftime("%m-%d"))
    return list(rows[["on", "proof", "amount", "code"]].itertuples(index=False, name=None))


def test_AX_17_daily_cash_log_to_the_cent() -> None:
    row = of(run(tables(AX_17)))
    assert {name: row[name] for name in LINES} == {
        "opening": 1_850_00, "credits": 36_085_40, "applied": 27_150_00, "on_account": 2_700_00, "unapplied": 3_000_00,
        "unidentified": 640_00, "misdirected": 3_480_00, "non_ar": 215_40, "closing": 750_00,
    }  # fmt: skip
    assert sum(row[kind] for kind in KINDS) == 37_185_40
    assert row["listed"] == 750_00


def test_AX_17_counts() -> None:
    row = of(run(tables(AX_17)))
    assert {name: row[f"{name}_count"] for name in LINES} == {
        "opening": 1, "credits": 8, "applied": 4, "on_account": 1, "unapplied": 1, "unidentified": 1, "misdirected": 1, "non_ar": 1,
        "closing": 1,
    }  # fmt: skip


def test_AX_17_unapplied_unidentified_and_on_account_are_three_things() -> None:
    row = of(run(tables(AX_17)))
    assert (row["unapplied"], row["unidentified"], row["on_account"]) == (3_000_00, 640_00, 2_700_00)


@pytest.mark.parametrize("kind", KINDS[:-1])
@pytest.mark.parametrize("cent", [1, -1])
def test_AX_17_proof_fails_when_any_line_changes_by_a_cent(kind: str, cent: int) -> None:
    t = tables(AX_17)
    at = t["receipts"].index[t["receipts"][f"{kind}_amount"] != 0][0]
    t["receipts"].loc[at, f"{kind}_amount"] += cent
    row = of(run(t))
    assert (row["proof_1"], row["state"]) == (-cent, "OPEN")
    assert row["closing"] - row["listed"] == -cent
    assert row["owner"] == "receivables"
    assert row["next_action"] == "Correct the receipt until its parts add up to it."


@pytest.mark.parametrize("line", ["P1", "P6", "P8"])
def test_AX_17_proof_fails_when_a_credit_changes_by_a_cent(line: str) -> None:
    """The bank's line moves by 0.01 while balances and book stay as they are."""
    t = tables(AX_17)
    t["bank_lines"].loc[t["bank_lines"]["line_id"] == line, "amount"] += 1
    row = of(run(t))
    assert row["state"] == "OPEN"
    assert row["proof_4"] == -1


def test_AX_17_the_day_closes_and_the_line_left_keeps_later_days_in_the_log() -> None:
    out = run(tables(AX_17))
    assert (of(out)["state"], of(out)["open_count"]) == ("CLOSED", 0)
    later = of(out, date(2026, 3, 20))
    assert (later["opening"], later["closing"], later["credits"], later["state"]) == (750_00, 750_00, 0, "CLOSED")
    assert later["oldest"] == pd.Timestamp(DAY)


def test_RC_70_month_end_unposted_money_is_named_by_its_item() -> None:
    out = run(tables(AX_17))
    assert ("03-31", "end", 750_00, "RI-UNR") in found(out)
    last = of(out, KEY)
    assert (last["state"], last["reason"]) == ("CLOSED", "Every break is a named reconciling item: RI-UNR.")
    assert out.cash_unposted[["line_id", "days", "amount"]].to_numpy().tolist() == [["P0", 1, 1_850_00], ["P8", 22, 750_00]]
    assert out.cash_unposted["posted_on"].isna().tolist() == [False, True]


def test_RC_70_opening_plus_credits_less_dispositions_is_the_next_opening() -> None:
    log = run(tables(AX_17)).cash_log
    assert (log["opening"] + log["credits"] - log[list(KINDS)].sum(axis=1) == log["closing"]).all()
    assert log["opening"].tolist()[1:] == log["closing"].tolist()[:-1]
    assert log["opening_count"].tolist()[1:] == log["closing_count"].tolist()[:-1]


def test_RC_70_proof_2_a_missing_page_opens_its_day_and_proof_4_the_days_after_it() -> None:
    t = tables(AX_17)
    page = t["bank_lines"]["line_id"] == "P2"
    t["bank_lines"] = t["bank_lines"].loc[~page].reset_index(drop=True)
    hit = t["statements"]["to_date"] == pd.Timestamp(DAY)
    t["statements"].loc[hit, "credits"] -= 9_800_00
    out = run(t)
    row, after = of(out), of(out, date(2026, 3, 11))
    assert (row["proof_2"], row["proof_4"], row["state"]) == (9_800_00, 9_800_00, "OPEN")
    assert row["next_action"] == "Ask the bank for the missing statement or page, and run the close again."
    assert (after["proof_2"], after["proof_4"], after["state"]) == (0, 9_800_00, "OPEN")
    assert after["reason"] == "Proof 4: open since 2026-03-10, 9,800.00 EUR between the balances and the lines."
    assert of(out, START)["state"] == "CLOSED"
    assert not [tie for tie in out.recon.ties if tie.holds and "proof of cash" in tie.name and tie.ours == tie.theirs + 1]


def test_RC_70_proof_3_a_deposit_in_transit_is_a_named_item() -> None:
    out = run(tables((*AX_17, Money("C1", 800_00, posted=DAY, bank=False))))
    assert ("03-10", "3", 800_00, "RI-TIM") in found(out)
    assert (of(out)["state"], of(out)["named"]) == ("CLOSED", 800_00)


def test_RC_70_proof_3_booked_before_the_bank_had_it_is_timing_on_both_days() -> None:
    out = run(tables((*AX_17, Money("C1", 800_00, on=date(2026, 3, 12), posted=DAY))))
    assert found(out)[:2] == [("03-10", "3", 800_00, "RI-TIM"), ("03-12", "3", -800_00, "RI-TIM")]
    assert of(out, date(2026, 3, 12))["applied"] == 800_00
    assert of(out, date(2026, 3, 12))["state"] == "CLOSED"


def test_RC_70_proof_3_a_transposed_posting_is_a_named_book_error() -> None:
    out = run(tables((*AX_17, Money("T1", 5_463_00, booked=5_436_00))))
    assert ("03-10", "3", -27_00, "RI-ERR") in found(out)
    assert of(out)["state"] == "CLOSED"


@pytest.mark.parametrize(
    ("money", "amount", "said"),
    [
        (Money("W1", 99_00, type="TRANSFER"), -99_00, "is a customer's payment; the book posted it as TRANSFER, -99.00 EUR."),
        (Money("W2", 99_00, kind="non_ar"), 99_00, "is no payment of a customer; the book posted it as RECEIPT, 99.00 EUR."),
    ],
)
def test_RC_70_proof_3_money_posted_as_something_else_leaves_the_day_open(money: Money, amount: int, said: str) -> None:
    out = run(tables((*AX_17, money)))
    row = of(out)
    assert (row["state"], row["proof_3"], row["owner"]) == ("OPEN", amount, "receivables")
    assert row["reason"].endswith(said)
    assert row["next_action"] == "Post it where it belongs, or say why it differs."
    assert [(f.rule, f.severity) for f in out.recon.findings] == [("RC-70", "warn"), *[("RC-70", "info")] * 2]  # lines 6 and 7, not held
    assert "open 2026-03-10" in out.recon.findings[0].sentence
    assert "Owner: receivables." in out.recon.findings[0].sentence
    head = out.recon.reconciliations.iloc[0]
    assert (head["recon_id"], head["status"], head["unexplained"]) == ("RC-70/MAIN/1000/OURS/EUR", "UNEXPLAINED", 99_00)


def test_RC_70_a_book_that_does_not_say_the_kind_is_not_held_to_it() -> None:
    assert of(run(tables((*AX_17, Money("W1", 99_00, type="OTHER")))))["state"] == "CLOSED"


def test_RC_70_proof_3_applied_cash_equals_the_allocations() -> None:
    t = tables(AX_17)
    t["allocations"].loc[0, "amount_applied"] -= 1
    row = of(run(t))
    assert (row["state"], row["proof_3"]) == ("OPEN", -1)


def posted_to(account: str, amount: int) -> pd.DataFrame:
    return ax.table("gl_lines", {**HOME, "gl_account": account, "doc_no": "1", "line_no": "1", "posting_date": DAY, "origin": "BANK",
                                 "currency": "EUR", "amount": -amount, **ax.LINEAGE})  # fmt: skip


@pytest.mark.parametrize(("posted", "state", "rest"), [(640_00, "CLOSED", 0), (600_00, "OPEN", -40_00)])
def test_RC_70_proof_3_line_6_equals_the_postings_to_the_suspense_account(posted: int, state: str, rest: int) -> None:
    row = of(run(tables(AX_17, gl_lines=posted_to("2990", posted)), {("MAIN", "1000"): ("2990",)}))
    assert (row["state"], row["proof_3"]) == (state, rest)


@pytest.mark.parametrize(("posted", "state", "rest"), [(3_480_00, "CLOSED", 0), (3_500_00, "OPEN", 20_00)])
def test_RC_70_proof_3_line_7_equals_the_postings_to_the_clearing_of_misdirected_money(posted: int, state: str, rest: int) -> None:
    row = of(run(tables(AX_17, gl_lines=posted_to("1490", posted)), clearing={("MAIN", "1000"): ("1490",)}))
    assert (row["state"], row["proof_3"]) == (state, rest)


def test_RC_70_proof_3_says_which_lines_it_could_not_hold_against_postings() -> None:
    """No account named, or no line of the one that is: the amounts of lines 6 and 7 are told with what is missing; held lines are not."""

    def said(out: CashLog) -> list[str]:
        return [f.sentence for f in out.recon.findings if f.sentence.startswith("Proof 3 of the cash log does not cover")]

    bare = said(run(tables(AX_17)))
    assert [s.partition(": ")[2] for s in bare] == [
        "640.00 EUR unidentified, and the params name no suspense account of MAIN/1000.",
        "3,480.00 EUR misdirected, and the params name no clearing account of MAIN/1000.",
    ]
    silent = said(run(tables(AX_17), {("MAIN", "1000"): ("2990",)}, clearing={("MAIN", "1000"): ("1490",)}))
    assert [s.partition(" and ")[2] for s in silent] == [
        "gl_lines holds no line of account 2990 in EUR.",
        "gl_lines holds no line of account 1490 in EUR.",
    ]
    assert len(said(run(tables(AX_17, gl_lines=posted_to("2990", 640_00)), {("MAIN", "1000"): ("2990",)}))) == 1


def test_RC_70_without_a_cash_book_a_day_is_never_closed() -> None:
    out = run(tables(AX_17, cash_book=empty("cash_book")))
    row = of(out)
    assert (row["state"], row["owner"]) == ("OPEN", "accounting")
    assert row["reason"] == "Not proven: no cash book was given."
    assert out.recon.reconciliations.empty
    assert [f.severity for f in out.recon.findings] == ["info"] * 3  # the account, and lines 6 and 7 that nothing was held against


def test_RC_70_quiet_days_and_accounts_without_anything() -> None:
    out = run(tables(tuple(m for m in AX_17 if m.posted)))
    assert of(out, date(2026, 3, 20))["state"] == "QUIET"
    nothing = run({**tables(()), "statements": empty("statements"), "gl_balances": empty("gl_balances")})
    assert nothing.cash_log.empty
    assert nothing.recon.reconciliations.empty


def test_RC_70_a_credit_that_the_bank_took_back_leaves_the_log() -> None:
    back = (Money("E1", 310_00, kind="non_ar", posted=None), Money("E2", -310_00, on=date(2026, 3, 12), kind="non_ar", posted=None))
    t = tables((*AX_17, *back))
    t["bank_lines"].loc[t["bank_lines"]["line_id"].isin(["E1", "E2"]), "bank_txn_id"] = "TXNE"
    out = run(t)
    assert of(out)["closing"] == 750_00 + 310_00
    assert (of(out, date(2026, 3, 12))["non_ar"], of(out, date(2026, 3, 12))["closing"]) == (310_00, 750_00)


def test_RC_70_memo_lines() -> None:
    base = {
        "ledger_id": "MAIN",
        "company_code": "1000",
        "customer_id": "C1",
        "bank": "B",
        "currency": "EUR",
        "received_date": DAY,
        **ax.LINEAGE,
    }
    cheques = ax.table(
        "cheques",
        {**base, "cheque_no": "1", "amount": 700_00, "cheque_date": DAY, "deposit_date": date(2026, 3, 12)},
        {**base, "cheque_no": "2", "amount": 900_00, "cheque_date": date(2026, 3, 20)},
    )
    t = tables((*AX_17, Money("N1", -375_00, kind="non_ar")), cheques=cheques)
    t["bank_lines"].loc[t["bank_lines"]["line_id"] == "N1", "is_return"] = True
    t["allocations"].loc[t["allocations"]["receipt_id"] == "P2", "by"] = "ann"
    out = run(t)
    row = of(out)
    assert {name: (row[f"{name}_count"], row[name]) for name in MEMO} == {
        "returns": (1, -375_00), "cheques_held": (1, 700_00), "post_dated": (1, 900_00), "automatic": (3, 17_350_00), "manual": (1, 9_800_00),
    }  # fmt: skip
    assert of(out, date(2026, 3, 12))["cheques_held"] == 0
    assert (of(out, date(2026, 3, 25))["cheques_held"], of(out, date(2026, 3, 25))["post_dated"]) == (900_00, 0)


def test_RC_70_a_receipt_that_the_ERP_posted_on_account_stands_on_line_4() -> None:
    moves = (Money("P1", 100_00), Money("P2", 50_00))
    payment = ax.item("R1", "C1", "-100.00", doc_type="ONACC", posting_date=DAY.isoformat(), reference="TXNP1")
    row = of(run(tables(moves, receipts=empty("receipts"), allocations=empty("allocations"), open_items=ax.items(payment))))
    assert (row["on_account"], row["applied"]) == (100_00, 50_00)


def test_CV_09_row_order_never_matters() -> None:
    t = tables((*AX_17, Money("C1", 800_00, on=date(2026, 3, 12)), Money("W1", 99_00, type="TRANSFER")))
    first, again = run(t), run({name: frame.sample(frac=1, random_state=3) for name, frame in t.items()})
    for name in ("cash_log", "cash_breaks", "cash_unposted"):
        assert_frame_equal(getattr(first, name), getattr(again, name))
    assert (first.recon.ties, first.recon.findings) == (again.recon.ties, again.recon.findings)


@pytest.mark.parametrize("seed", range(6))
def test_RC_70_whatever_comes_the_log_ties(seed: int) -> None:
    draw = Random(seed)
    moves = []
    for n in range(60):
        on = START + timedelta(days=draw.randint(0, 22))
        posted = draw.choice([on, on, on, on + timedelta(days=draw.randint(-2, 5)), None])
        bank = draw.random() > 0.1 or posted is None
        moves.append(
            Money(f"M{n}", draw.randint(1, 99_999), on, max(posted, START) if posted else None, draw.choice(KINDS[:-1]), bank=bank)
        )
    out = run(tables(tuple(moves)))
    assert all(tie.holds for tie in out.recon.ties)
    assert set(out.cash_log["state"]) <= {"CLOSED", "QUIET"}
    assert out.cash_breaks["named"].all()
