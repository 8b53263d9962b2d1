"""QIF: no currency, dates in two orders, splits that must add up (LD-10, 1.5)."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.bank import qif
from arwork.intake.bank.statement import BankFile, Statement
from arwork.intake.claim import read_bank
from arwork.intake.received import Received, take
from arwork.money import ISO

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats" / "qif"
SAMPLES = Path(__file__).parent / "samples" / "qif"


def read(text: str | bytes) -> BankFile:
    data = text.encode() if isinstance(text, str) else text
    return read_bank(Received("bank.qif", data, hashlib.sha256(data).hexdigest()), ISO)


def transactions(*records: str, head: str = "!Type:Bank") -> str:
    return "\n".join([head, *(f"{record}\n^" for record in records), ""])


def days(*written: str) -> list[date]:
    lines = read(transactions(*(f"D{one}\nT1.00" for one in written))).bank_lines.sort_values("line_no")
    found: list[date] = lines["booking_date"].dt.date.tolist()
    return found


def test_lines_are_read_without_a_currency_and_nothing_is_proven() -> None:
    bank = read(transactions("D15/03/2026\nT-1,234.50\nPAcme\nMInvoice 7\nN1042", "D16/03/2026\nU5\nPOther"))
    found = bank.bank_lines.sort_values("line_no")
    assert bank.completeness == "not_proven"
    assert found["currency"].tolist() == ["XXX", "XXX"]
    assert found["amount"].tolist() == [-123450, 500]
    assert found[["method", "end_to_end_id", "remitter_name", "remittance_text"]].values.tolist() == [
        ["CHEQUE", "1042", "Acme", "Invoice 7"],
        ["OTHER", "", "Other", "Other"],
    ]
    assert bank.stated[0].account == "QIF"


def test_an_opening_balance_that_names_the_account_makes_one_statement() -> None:
    bank = read(transactions("D15/03/2026\nT100.00\nPOpening Balance\nL[Main]", "D16/03/2026\nT5\nPA", "D17/03/2026\nT6\nPB"))
    assert [(stated.account, stated.lines, stated.credits) for stated in bank.stated] == [("MAIN", 2, 1100)]
    assert len(bank.bank_lines) == 2


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (["31/1/26", "3/4/26"], [date(2026, 1, 31), date(2026, 4, 3)]),
        (["1/31/26", "3/4/26"], [date(2026, 1, 31), date(2026, 3, 4)]),
        (["3.4.2026"], [date(2026, 4, 3)]),
        (["2026-04-03"], [date(2026, 4, 3)]),
        (["4/4/98", " 4/ 4' 4", "4/4'26"], [date(1998, 4, 4), date(2004, 4, 4), date(2026, 4, 4)]),
        (["12-31-2026"], [date(2026, 12, 31)]),
    ],
)
def test_one_order_of_dates_is_found_over_the_whole_file(written: list[str], found: list[date]) -> None:
    assert days(*written) == found


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (["3/4/26", "5/6/26"], "no date of the file shows whether the day or the month stands first"),
        (["31/1/26", "1/31/26"], "dates stand in two orders"),
        (["31/31/26"], "not a day of the calendar"),
        (["30/2/26"], "not a day of the calendar"),
        (["yesterday"], "is not a date"),
        ([""], "has no date"),
    ],
)
def test_dates_that_could_be_read_in_two_ways_or_not_at_all_are_refused(written: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        days(*written)
    assert refused.value.where


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (transactions("D31/1/26\nT1,234"), "cannot be read as one amount"),
        (transactions("D31/1/26\nPx"), r"line 2: a transaction has no amount \(T\)"),
        (transactions("D31/1/26\nT5\nU6"), "T says 5, U says 6"),
        (transactions("D31/1/26\nT5\nSa\n$3\nSb\n$1"), r"line 5: the splits make 4.00, the transaction 5.00"),
        (transactions("D31/1/26\nT5")[:-3], "the last record ends without"),
        (transactions("D31/1/26\nT5").replace("^", "!Type:Bank"), "a record ends without"),
        (transactions("D31/1/26\nT5", head="!Type:Invst"), "holds no transaction"),
        (transactions("D31/1/26\nT5") + transactions("D31/1/26\nNBuy", head="!Type:Invst"), "records of TYPE:INVST cannot be read"),
        ("!Type:Bank\n", "holds no transaction"),
        ("!Account\nNx\n^\n", "holds no transaction"),
    ],
)
def test_what_is_damaged_or_no_bank_account_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        read(text)
    assert refused.value.where
    assert refused.value.cure


def test_accounts_opening_and_statement_balances() -> None:
    def account(name: str, balance: str) -> str:
        return f"!Account\nN{name}\nTBank\n/31/1/26\n${balance}\n^\n"

    opening = "D1/1/26\nT100.00\nPOpening Balance\nL[One]"
    both = account("One", "105.00") + transactions(opening, "D31/1/26\nT5") + account("Two", "7") + transactions("D31/1/26\nT7")
    bank = read(both)
    assert bank.completeness == "not_proven"
    assert [(s.account, s.opening, s.closing, s.lines) for s in bank.stated] == [("ONE", 10000, 10500, 1), ("TWO", None, 700, 1)]
    one = read(account("One", "105.00") + transactions(opening, "D31/1/26\nT5"))
    assert one.completeness == "proven"
    assert read(account("One", "106.00") + transactions(opening, "D31/1/26\nT5")).completeness == "not_proven"


def test_damage_is_refused_or_read_and_never_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(received: Received, statements: list[Statement], **_: str) -> int:
        return sum(len(s.lines) for s in statements)

    monkeypatch.setattr(qif, "bank_file", told)

    def outcome(data: bytes) -> Any:
        try:
            return read_bank(Received("bank.qif", data, "0" * 64), ISO)
        except InputError:
            return None

    whole = (SAMPLES / "quicken_us.qif").read_bytes()
    for cut in range(1, len(whole)):
        found = outcome(whole[:cut])
        assert found is None or whole[:cut].rstrip().endswith((b"^", b"!")) or b"\n!" in whole[cut - 15 : cut], cut
    for at in range(len(whole)):
        for byte in (0x30, 0x5E, 0xFF):
            outcome(whole[:at] + bytes([byte]) + whole[at + 1 :])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-(10**9), 10**9), st.dates(date(1980, 1, 1), date(2079, 12, 31)), st.text("ABCxyz 0123", max_size=20)), min_size=1, max_size=6),
    st.booleans(),
)  # fmt: skip
def test_what_is_written_is_read_back(lines: list[tuple[int, date, str]], days_first: bool) -> None:
    order = "%d/%m/%Y" if days_first else "%m/%d/%Y"
    marker = "D31/12/2026\nT0.01" if days_first else "D12/31/2026\nT0.01"
    records = [f"D{day.strftime(order)}\nT{ISO.text(amount, 'XXX')}\nMx{text}" for amount, day, text in lines]
    found = read(transactions(*records, marker)).bank_lines.sort_values("line_no").iloc[:-1]
    assert found["amount"].tolist() == [amount for amount, _, _ in lines]
    assert found["booking_date"].dt.date.tolist() == [day for _, day, _ in lines]
    assert found["remittance_text"].tolist() == [" ".join(f"x{text}".split()) for _, _, text in lines]


@pytest.mark.data
def test_every_real_file_is_read() -> None:
    banks = [read_bank(take(path), ISO) for path in sorted(DATA.iterdir())]
    assert [len(bank.bank_lines) for bank in banks] == [5, 5]
    assert [sorted(str(d.date()) for d in bank.bank_lines["booking_date"]) for bank in banks] == [
        ["2013-03-03", "2013-03-03", "2013-03-04", "2013-08-12", "2013-08-15"]
    ] * 2
