"""Bank to book: RC-20, classes of 4.10, EX-11, EX-12, worked examples AX-20 and AX-18 D and E."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from arwork.money import ISO
from arwork.policy import Policy, read_policy
from arwork.reconcile.bank import prove, reconcile
from arwork.reconcile.layout import Reconciled
from arwork.tables import TABLES, empty

KEY, START = date(2026, 3, 31), date(2026, 3, 1)
MID, LATE, APRIL = date(2026, 3, 16), date(2026, 3, 30), date(2026, 4, 2)
_NUMBERS: dict[str, Any] = {"money": 0, "count": 0, "percent": 0, "flag": False}
_FILL: dict[str, Any] = {**_NUMBERS, "text": "x", "code": "x"}
_BLANK: dict[str, Any] = {**_NUMBERS, "text": "", "code": "", "choice": "", "date": pd.NaT, "money?": pd.NA}
POLICY = Policy.model_validate(read_policy((Path(__file__).parent.parent / "params/policy.yaml").read_text(encoding="utf-8")))
BOOK = {"ledger_id": "MAIN", "company_code": "1000"}
ACCOUNT = {"bank_account": "DE01", "currency": "EUR"}


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Build a typed table without the checks of `conform`, in which these tests would spend most of their time."""
    dtypes = empty(name).dtypes
    columns = {}
    for column in TABLES[name].columns:
        filled = column.values[0] if column.values else _FILL.get(column.kind, pd.NaT)
        blank = filled if column.required else _BLANK[column.kind]
        columns[column.name] = pd.Series([row.get(column.name, blank) for row in rows], dtype=dtypes[column.name])
    return pd.DataFrame(columns)


def on_bank(ref: str, amount: int, day: date = MID, **other: Any) -> dict[str, Any]:
    key = f"{ref}/{amount}/{day}"
    row = {**ACCOUNT, "line_id": key, "statement_key": f"S{day.month}", "booking_date": day, "value_date": day, "amount": amount}
    return {**row, "bank_txn_id": ref, "class": "RECEIPT" if amount > 0 else "PAYMENT", **other}


def in_book(number: str, amount: int, day: date = MID, ref: str = "", **other: Any) -> dict[str, Any]:
    row = {**BOOK, "gl_account": "1800", "doc_no": number, "line_no": "1", "posting_date": day, "amount": amount, "currency": "EUR"}
    return {**row, "bank_ref": ref, "type": "RECEIPT" if amount > 0 else "PAYMENT", **other}


def statement(opening: int, lines: list[dict[str, Any]], to: date = KEY, **other: Any) -> dict[str, Any]:
    mine = [line["amount"] for line in lines if line["statement_key"] == f"S{to.month}"]
    credits, debits = sum(m for m in mine if m > 0), -sum(m for m in mine if m < 0)
    row = {**ACCOUNT, "statement_key": f"S{to.month}", "statement_id": f"{to.month}", "from_date": to.replace(day=1), "to_date": to}
    return {**row, "opening": opening, "credits": credits, "debits": debits, "closing": opening + credits - debits, **other}


def gl(opening: int, rows: list[dict[str, Any]], period: str = "2026-03", **other: Any) -> dict[str, Any]:
    mine = [row["amount"] for row in rows if f"{row['posting_date']:%Y-%m}" == period]
    debits, credits = sum(m for m in mine if m > 0), -sum(m for m in mine if m < 0)
    figures = {"opening": opening, "debits": debits, "credits": credits, "closing": opening + debits - credits}
    return {**BOOK, "gl_account": "1800", "period": period, "currency": "EUR", **figures, **other}


def run(
    statements: list[Any], lines: list[Any], book: list[Any], balances: list[Any], as_of: date = KEY, start: date = START, **account: Any
) -> Reconciled:
    accounts = table("bank_accounts", [{**ACCOUNT, **BOOK, "gl_account": "1800", **account}])
    frames = (table("statements", statements), table("bank_lines", lines), table("cash_book", book))
    return reconcile(*frames, accounts, table("gl_balances", balances), start, as_of, POLICY, ISO)


def printed(result: Reconciled) -> dict[str, int]:
    return dict(zip(result.recon_lines["mark"], result.recon_lines["amount"].tolist(), strict=True))


def listed(result: Reconciled) -> list[tuple[str, str, str, int]]:
    return list(result.recon_items[["mark", "code", "document", "amount"]].itertuples(index=False, name=None))


def simple(lines: list[Any], book: list[Any], **other: Any) -> Reconciled:
    """One account that starts at nil on both sides, with lines of March, and of April where any are given."""
    march = statement(0, lines)
    april = [statement(march["closing"], lines, date(2026, 4, 30))] if any(x["booking_date"] > KEY for x in lines) else []
    return run([march, *april], lines, book, [gl(0, book)], **other)


AX_20_LINES = [
    on_bank("N01", 2847240),
    on_bank("N02", -3115255),
    on_bank("N03", 546300),
    on_bank("N04", 120000, KEY, remitter_name="Muster GmbH"),
    on_bank("N05", 64000, LATE),
    on_bank("N06", -4555, KEY, remittance_text="Charges March"),
    on_bank("N07", -37500, LATE, is_return=True, return_reason="AC04", **{"class": "RETURN"}),
    on_bank("N08", 31000, LATE),
    on_bank("N08", -31000, APRIL),
    on_bank("N09", 80000, date(2026, 4, 3)),
]
AX_20_BOOK = [
    in_book("D01", 2847240, ref="N01"),
    in_book("D02", -3115255, ref="N02"),
    in_book("D03", 543600, ref="N03"),
    in_book("D04", 80000, KEY, text="cheque in hand"),
    in_book("D05", 215000, KEY),
    in_book("D06", -160000, LATE, type="REFUND"),
]


@pytest.fixture(scope="module")
def ax_20() -> Reconciled:
    statements = [statement(8000000, AX_20_LINES), statement(8451230, AX_20_LINES, date(2026, 4, 30))]
    return run(statements, AX_20_LINES, AX_20_BOOK, [gl(8000000, AX_20_BOOK)])


def test_AX_20_both_sides_to_the_cent(ax_20: Reconciled) -> None:
    assert printed(ax_20) == {
        "b0": 8451230, "b1": 80000 + 215000, "b2": -160000, "b3": -31000, "bank": 8555230,
        "k0": 8410585, "k1": 120000 + 64000, "k2": -4555 - 37500, "k3": 2700, "book": 8555230, "difference": 0,
    }  # fmt: skip
    head = ax_20.reconciliations.iloc[0]
    assert (head["ours"], head["theirs"], head["difference"], head["unexplained"], head["status"]) == (8555230, 8555230, 0, 0, "TIES")
    assert head["explained"] == 8451230 - 8410585


def test_AX_20_items_by_class_and_the_entries_required(ax_20: Reconciled) -> None:
    assert listed(ax_20) == [
        ("b1", "RI-TIM", "D04", 80000),
        ("b1", "RI-TIM", "D05", 215000),
        ("b2", "RI-OST", "D06", -160000),
        ("b3", "RI-BNK", "N08", -31000),
        ("k1", "RI-UNR", "N05", 64000),
        ("k1", "RI-UNR", "N04", 120000),
        ("k2", "RI-UNR", "N07", -37500),
        ("k2", "RI-UNR", "N06", -4555),
        ("k3", "RI-ERR", "D03", 2700),
    ]
    sentences = ax_20.recon_items.set_index("document")["sentence"]
    assert sentences["D03"] == (
        "Bank reference N03 is booked with another amount, the difference is divisible by 9, which looks like two digits swapped; "
        "receivables correct it."
    )
    assert sentences["D04"].startswith("Booked on 2026-03-31 (cheque in hand), on the statement of 2026-04-03;")
    assert sentences["N04"].startswith("On the statement of 2026-03-31 (Muster GmbH), not booked;")


def test_AX_20_expected_days_come_from_the_policy(ax_20: Reconciled) -> None:
    expected = ax_20.recon_items.set_index("document")["expected_by"].dt.date.to_dict()
    assert expected == {
        "D04": date(2026, 4, 7), "D05": date(2026, 4, 7), "D06": LATE + timedelta(days=180), "N08": LATE + timedelta(days=10),
        "N05": date(2026, 3, 31), "N04": date(2026, 4, 1), "N07": date(2026, 3, 31), "N06": date(2026, 4, 1), "D03": KEY,
    }  # fmt: skip


def test_AX_20_proof_of_cash(ax_20: Reconciled) -> None:
    proof = ax_20.proof_of_cash.set_index("side")[["opening", "receipts", "payments", "closing"]]
    assert proof.loc["BANK"].tolist() == [8000000, 3608540, 3157310, 8451230]
    assert proof.loc["BOOK"].tolist() == [8000000, 3685840, 3275255, 8410585]
    assert [tie.holds for tie in ax_20.ties] == [True] * 5


def test_AX_20_a_bank_line_without_its_book_row_and_balance_fails() -> None:
    statements = [statement(8000000, AX_20_LINES)]
    lost = {**statements[0], "closing": 8451230 - 4321}
    result = run([lost], AX_20_LINES, AX_20_BOOK, [gl(8000000, AX_20_BOOK)])
    head = result.reconciliations.iloc[0]
    assert (head["status"], head["unexplained"]) == ("UNEXPLAINED", -4321)
    assert len([tie for tie in result.ties if not tie.holds]) == 3
    assert [(f.rule, f.severity) for f in result.findings] == [("RC-20", "warn")]


def test_AX_18_D_on_the_statement_in_march_booked_in_april() -> None:
    result = simple([on_bank("N1", 120000, KEY)], [in_book("D1", 120000, date(2026, 4, 1), "N1")])
    assert listed(result) == [("k1", "RI-UNR", "N1", 120000)]
    assert "booked on 2026-04-01" in result.recon_items["sentence"].iloc[0]
    assert printed(result)["difference"] == 0


def test_AX_18_E_cheque_booked_in_march_on_the_statement_in_april() -> None:
    result = simple([on_bank("N1", 80000, date(2026, 4, 3))], [in_book("D1", 80000, KEY)])
    assert listed(result) == [("b1", "RI-TIM", "D1", 80000)]
    assert printed(result)["difference"] == 0


def test_RC_20_reference_goes_before_amount_and_day() -> None:
    lines = [on_bank("N1", 100, MID), on_bank("N2", 100, MID)]
    book = [in_book("D1", 100, MID, "N2"), in_book("D2", 100, MID)]
    assert listed(simple(lines, book)) == []


@pytest.mark.parametrize(("days", "pairs"), [(0, True), (5, True), (-5, True), (6, False), (-6, False)])
def test_RC_20_amount_and_day_within_five_days(days: int, pairs: bool) -> None:
    result = simple([on_bank("", 100, MID)], [in_book("D1", 100, MID + timedelta(days=days))])
    assert (listed(result) == []) is pairs
    assert printed(result)["difference"] == 0


def test_RC_20_equal_amounts_of_one_day_pair_when_both_sides_have_as_many() -> None:
    lines = [on_bank("", 100, MID), on_bank("", 100, MID)]
    assert listed(simple(lines, [in_book("D1", 100, MID), in_book("D2", 100, MID)])) == []
    assert [mark for mark, *_ in listed(simple(lines, [in_book("D1", 100, MID)]))] == ["b1", "k1", "k1"]


def test_RC_20_a_tie_is_never_guessed() -> None:
    lines = [on_bank("", 100, MID), on_bank("", 100, MID + timedelta(days=1))]
    result = simple(lines, [in_book("D1", 100, MID)])
    assert [mark for mark, *_ in listed(result)] == ["b1", "k1", "k1"]
    assert printed(result)["difference"] == 0
    assert [mark for mark, *_ in listed(simple(lines[:1], [in_book("D1", 100), in_book("D2", 100)]))] == ["b1", "b1", "k1"]


@pytest.mark.parametrize("nothing", ["NONREF", "NOTPROVIDED", "nonref"])
def test_RC_20_placeholders_are_no_reference(nothing: str) -> None:
    result = simple([on_bank(nothing, 100, START)], [in_book("D1", 100, KEY, nothing)])
    assert [mark for mark, *_ in listed(result)] == ["b1", "k1"]


def test_RC_20_one_statement_line_for_a_batch_of_one_reference() -> None:
    result = simple([on_bank("N1", 600)], [in_book("D1", 100, ref="N1"), in_book("D2", 500, ref="N1")])
    assert listed(result) == []


def test_EX_11_one_line_booked_twice_is_a_duplicate_posting() -> None:
    result = simple([on_bank("T77", 200000)], [in_book("B1", 200000, ref="T77"), in_book("B2", 200000, ref="T77")])
    assert listed(result) == [("k3", "RI-DUP", "B1", -200000)]
    assert "is booked 2 times" in result.recon_items["sentence"].iloc[0]
    assert printed(result)["difference"] == 0


def test_EX_12_receipt_reversal_and_reposting_are_one_line() -> None:
    book = [in_book("B1", 200000, ref="T1"), in_book("B2", -200000, ref="T1"), in_book("B3", 200000, ref="T1")]
    assert listed(simple([on_bank("T1", 200000)], book)) == []
    assert listed(simple([], book[:2])) == []


def test_RC_20_another_sign_is_no_book_error() -> None:
    result = simple([on_bank("N1", -37500)], [in_book("D1", 37500, ref="N1")])
    assert [mark for mark, *_ in listed(result)] == ["b1", "k2"]
    assert printed(result)["difference"] == 0


def test_RC_20_a_customer_return_after_the_key_date_is_no_bank_error() -> None:
    lines = [on_bank("N8", 31000, LATE), on_bank("N8", -31000, APRIL, return_reason="AC04", is_return=True)]
    assert listed(simple(lines, [in_book("D9", 5)])) == [("b1", "RI-TIM", "D9", 5), ("k1", "RI-UNR", "N8", 31000)]


def test_RC_20_lines_of_earlier_months_pair_and_are_listed_where_both_sides_are_given() -> None:
    january, february = date(2026, 1, 20), date(2026, 2, 20)
    old = [on_bank("N0", 700, january), on_bank("N1", 100, february)]
    book = [in_book("D1", 100, february, "N1"), in_book("D2", -40, february, type="REFUND"), in_book("D3", 9, MID)]
    lines = [*old, on_bank("N3", 9, MID)]
    opening = statement(0, lines, date(2026, 1, 31))
    middle = statement(opening["closing"], lines, date(2026, 2, 28))
    statements = [opening, middle, statement(middle["closing"], lines)]
    result = run(statements, lines, book, [gl(700, book, "2026-02"), gl(760, book)])
    assert listed(result) == [("b2", "RI-OST", "D2", -40)]
    assert result.reconciliations["status"].tolist() == ["TIES"]


def test_RC_20_statement_that_runs_over_the_key_date() -> None:
    lines = [on_bank("N1", 100, LATE, statement_key="W"), on_bank("N2", 900, APRIL, statement_key="W")]
    week = {**statement(5000, [], APRIL), "statement_key": "W", "from_date": LATE, "credits": 1000, "closing": 6000}
    book = [in_book("D1", 100, LATE, "N1"), in_book("D2", 900, APRIL, "N2")]
    result = run([week], lines, book, [gl(5000, book)])
    assert (printed(result)["b0"], printed(result)["difference"], listed(result)) == (5100, 0, [])


def test_RC_20_two_statements_of_one_day_are_ordered_by_their_balances() -> None:
    lines = [on_bank("N1", 100, KEY, statement_key="Z"), on_bank("N2", 200, KEY, statement_key="A")]
    first = {**statement(0, []), "statement_key": "Z", "credits": 100, "closing": 100}
    second = {**statement(100, []), "statement_key": "A", "credits": 200, "closing": 300}
    book = [in_book("D1", 100, KEY, "N1"), in_book("D2", 200, KEY, "N2")]
    result = run([first, second], lines, book, [gl(0, book)])
    assert result.proof_of_cash.set_index("side")["closing"].to_dict() == {"BANK": 300, "BOOK": 300}
    assert all(tie.holds for tie in result.ties)


def test_RC_20_book_balance_without_gl_comes_from_the_opening() -> None:
    lines, book = [on_bank("N1", 100)], [in_book("D1", 100, ref="N1")]
    result = run([statement(5000, lines)], lines, book, [], opening=5000)
    assert (printed(result)["k0"], result.reconciliations["status"].iloc[0]) == (5100, "TIES")
    assert not [tie for tie in result.ties if "book opening" in tie.name]


LINES, ROWS = [on_bank("N1", 100)], [in_book("D1", 100, ref="N1")]


@pytest.mark.parametrize(
    ("statements", "lines", "book", "balances", "account", "said", "sides"),
    [
        ([], [], ROWS, [gl(0, ROWS)], {}, "no statement was given, while the book has 1 row; balance per book 1.00 EUR.", ["BOOK"]),
        ([], LINES, [], [], {}, "is not proven: its 1 line came without balances.", []),
        ([statement(0, LINES)], LINES, [], [], {}, "no cash book was given; balance per bank statement 1.00 EUR.", ["BANK"]),
        ([statement(0, LINES)], LINES, [], [gl(0, ROWS)], {}, "no cash book was given", ["BANK"]),
        ([statement(0, LINES)], LINES, ROWS, [], {"gl_account": ""}, "no GL account", ["BANK"]),
        ([statement(0, LINES)], LINES, ROWS, [gl(0, ROWS, currency="USD")], {}, "neither a GL balance in its currency", ["BANK"]),
    ],
)  # fmt: skip
def test_RC_20_missing_side_is_not_proven(
    statements: list[Any], lines: list[Any], book: list[Any], balances: list[Any], account: dict[str, str], said: str, sides: list[str]
) -> None:
    result = run(statements, lines, book, balances, **account)
    head = result.reconciliations.iloc[0]
    assert head["status"] == "NOT_PROVEN"
    assert said in head["sentence"]
    assert result.proof_of_cash["side"].tolist() == sides
    assert [f.severity for f in result.findings] == ["warn"]
    assert not [tie for tie in result.ties if "adjusted" in tie.name]
    assert result.recon_items.empty


def test_RC_20_an_account_without_movement_is_proven_by_its_balances() -> None:
    result = run([statement(700, [])], [], [], [gl(700, [])])
    assert result.reconciliations[["status", "ours"]].iloc[0].tolist() == ["TIES", 700]
    assert result.proof_of_cash["side"].tolist() == ["BANK", "BOOK"]


def test_RC_20_statements_of_an_account_nobody_owns_are_named() -> None:
    result = run([statement(0, []), statement(0, [], date(2026, 4, 30), bank_account="XX")], [], [], [gl(0, [])])
    assert [f.sentence for f in result.findings] == ["Statements of XX EUR were given, but no ledger of this close owns that account."]


def random_account(seed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    draw = Random(seed)
    lines, book = [], []
    for n in range(draw.randint(0, 40)):
        day, amount = START + timedelta(days=draw.randint(0, 33)), draw.choice([1, -1]) * draw.choice([100, 250, 777, 9000, 12345])
        ref, where = draw.choice(["", f"R{n}", f"R{n // 3}"]), draw.choice(["both", "both", "both", "bank", "book"])
        account = {"bank_account": f"A{seed:02d}"}
        if where != "book":
            lines.append({**on_bank(ref, amount, day, **account), "line_id": f"{seed}-{n}", "statement_key": f"{seed}-{day.month}"})
        if where != "bank":
            booked = amount + draw.choice([0, 0, 0, 27])
            book.append(in_book(f"D{n}", booked, day + timedelta(days=draw.randint(-1, 3)), ref, company_code=f"{seed:04d}"))
    return lines, [row for row in book if row["posting_date"] >= START]


def test_AX_26_bank_ties_whatever_is_missing_and_row_order_never_matters() -> None:
    draws = [random_account(seed) for seed in range(16)]
    statements = []
    for seed, (lines, _) in enumerate(draws):
        balance = 0
        for to in (KEY, date(2026, 4, 30)):
            mine = [x["amount"] for x in lines if x["booking_date"].month == to.month]
            head = statement(balance, [], to, bank_account=f"A{seed:02d}", statement_key=f"{seed}-{to.month}")
            figures = {"credits": sum(m for m in mine if m > 0), "debits": -sum(m for m in mine if m < 0), "closing": balance + sum(mine)}
            statements.append({**head, **figures})
            balance += sum(mine)
    accounts = [{**ACCOUNT, **BOOK, "bank_account": f"A{n:02d}", "company_code": f"{n:04d}", "gl_account": "1800"} for n in range(16)]
    balances = [gl(0, book, company_code=f"{n:04d}") for n, (_, book) in enumerate(draws)]
    frames = (
        table("statements", statements), table("bank_lines", [x for lines, _ in draws for x in lines]),
        table("cash_book", [x for _, book in draws for x in book]), table("bank_accounts", accounts), table("gl_balances", balances),
    )  # fmt: skip
    result = reconcile(*frames, START, KEY, POLICY, ISO)
    assert set(result.reconciliations["status"]) == {"TIES"}
    assert len(result.recon_items) > 50
    assert all(tie.holds for tie in result.ties)
    again = reconcile(*(frame.sample(frac=1, random_state=4) for frame in frames), START, KEY, POLICY, ISO)
    for name in ("reconciliations", "recon_lines", "recon_items", "proof_of_cash"):
        assert_frame_equal(getattr(result, name), getattr(again, name))
    assert (result.ties, result.findings) == (again.ties, again.findings)


@pytest.mark.parametrize("again", [False, True], ids=["april alone", "march delivered again"])
def test_rc20_what_march_left_open_is_cleared_in_april(again: bool) -> None:
    """Each month's files hold that month only; a line of March that was booked in April left April apart by its amount."""
    lines = [on_bank("B1", 50000, LATE), on_bank("B2", 20000, MID)]
    book = [in_book("1", 20000, MID, ref="B2"), in_book("2", -3000, LATE, text="payment run"), in_book("3", 700, LATE, text="cheque 77")]
    accounts = table("bank_accounts", [{**ACCOUNT, **BOOK, "gl_account": "1800"}])
    march = prove(
        table("statements", [statement(0, lines)]), table("bank_lines", lines), table("cash_book", book), accounts,
        table("gl_balances", [gl(0, book)]), START, KEY, POLICY, ISO,
    )  # fmt: skip
    assert march.recon.reconciliations["status"].tolist() == ["TIES"]
    assert {name: frame["amount"].tolist() for name, frame in march.still_open.items()} == {
        "open_bank_lines": [50000], "open_cash_book": [-3000, 700],
    }  # fmt: skip
    new = [on_bank("B3", -3000, APRIL)]
    posted = [in_book("9", 50000, APRIL, ref="B1")]
    first, last = date(2026, 4, 1), date(2026, 4, 30)
    april = prove(
        table("statements", [statement(70000, new, last)]), table("bank_lines", [*lines, *new] if again else new),
        table("cash_book", [*book, *posted] if again else posted),
        accounts, table("gl_balances", [gl(17700, posted, "2026-04")]), first, last, POLICY, ISO, march.still_open,
    )  # fmt: skip
    sheet = april.recon.reconciliations.iloc[0]
    assert (sheet["status"], sheet["unexplained"]) == ("TIES", 0)
    assert april.recon.recon_items[["mark", "document", "amount"]].to_numpy().tolist() == [["b1", "3", 700]]
    assert april.still_open["open_cash_book"]["amount"].tolist() == [700], "what is still open goes on to May"
