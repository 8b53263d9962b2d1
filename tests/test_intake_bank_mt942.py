"""MT942 interim reports: counted by 90D and 90C, never proven by balances (RC-20, 1.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.bank import mt940
from arwork.intake.bank.statement import BankFile, Statement
from arwork.intake.claim import read_bank
from arwork.intake.received import Received
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples" / "mt942"


def read(text: str | bytes) -> BankFile:
    data = text.encode() if isinstance(text, str) else text
    return read_bank(Received("day.sta", data, hashlib.sha256(data).hexdigest()), ISO)


def report(*lines: str, floor: str = ":34F:EURD0,\n:34F:EURC0,", day: str = ":13D:2605051032+0200", counts: tuple[str, ...] = ()) -> str:
    return "\n".join([":20:X", ":25:12345678/99", ":28C:1/1", floor, *([day] if day else []), *lines, *counts, "-", ""])


CREDIT = ":61:2605050505C5,00NTRFNONREF"
DEBIT = ":61:2605050505D2,50NTRFNONREF"
BOTH = (":90D:1EUR2,50", ":90C:1EUR5,00")


def test_counts_and_sums_that_agree_make_a_report_counted_and_no_statement() -> None:
    bank = read(report(CREDIT, DEBIT, counts=BOTH))
    assert (bank.completeness, bank.format) == ("counted", "MT942")
    assert sorted(bank.bank_lines["amount"]) == [-250, 500]
    assert bank.statements.empty
    assert "the counts and sums of debits and credits that the file states agree (2 lines)" in bank.proof


@pytest.mark.parametrize("counts", [(), BOTH[:1], BOTH[1:]])
def test_without_both_counts_a_report_is_not_proven(counts: tuple[str, ...]) -> None:
    assert read(report(CREDIT, DEBIT, counts=counts)).completeness == "not_proven"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (":90D:2EUR2,50", "the bank counts 2 debits of 2.50 EUR, the file holds 1 of 2.50"),
        (":90D:1EUR2,51", "the bank counts 1 debits of 2.51 EUR, the file holds 1 of 2.50"),
        (":90C:0EUR0,", "the bank counts 0 credits of 0.00 EUR, the file holds 1 of 5.00"),
        (":90C:1USD5,00", "several currencies: EUR, USD"),
        (":90C:EUR5,00", "90C is not written as SWIFT writes it"),
    ],
)
def test_a_count_or_sum_that_disagrees_is_refused_with_its_line(wrong: str, said: str) -> None:
    counts = (wrong, BOTH[1]) if wrong.startswith(":90D") else (BOTH[0], wrong)
    with pytest.raises(InputError, match=said) as refused:
        read(report(CREDIT, DEBIT, counts=counts))
    assert "day.sta, line" in refused.value.where


def test_below_a_floor_limit_the_bank_may_count_more_and_never_less() -> None:
    floor = ":34F:EUR100,"
    bank = read(report(CREDIT, DEBIT, floor=floor, counts=(":90D:7EUR20,00", ":90C:1EUR5,00")))
    assert bank.completeness == "not_proven"
    with pytest.raises(InputError, match="counts 0 debits"):
        read(report(CREDIT, DEBIT, floor=floor, counts=(":90D:0EUR0,", ":90C:1EUR5,00")))
    with pytest.raises(InputError, match="counts 7 debits"):
        read(report(CREDIT, DEBIT, floor=":34F:EURD0,\n:34F:EURC100,", counts=(":90D:7EUR20,00", ":90C:1EUR5,00")))


def test_expected_bookings_are_left_out_whether_the_bank_counts_them_or_not() -> None:
    expected = ":61:2605060506EC7,00NTRFNONREF"
    for count in (":90C:1EUR5,00", ":90C:2EUR12,00"):
        bank = read(report(CREDIT, DEBIT, expected, counts=(BOTH[0], count)))
        assert (bank.completeness, len(bank.bank_lines)) == ("counted", 2)
        assert "1 expected entry left out" in bank.proof


def test_a_report_needs_a_day_a_currency_and_an_account() -> None:
    bank = read(report(CREDIT, day=":13:2605051032"))
    assert str(bank.stated[0].to_date) == "2026-05-05"
    assert str(read(report(CREDIT, day="")).stated[0].to_date) == "2026-05-05"
    for text, said in (
        (report(day=""), "no date"),
        (report(day=":13D:2613051032"), "not a day of the calendar"),
        (report(day=":13D:now"), "holds no date"),
        (report(CREDIT, floor=":21:NONREF"), "no currency"),
        (report(CREDIT).replace(":25:12345678/99\n", ""), "for which account"),
    ):
        with pytest.raises(InputError, match=said):
            read(text)


def light(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], tuple[str, int] | None]:
    """Read without building tables: how far proven and how many lines, or None when refused."""

    def told(received: Received, statements: list[Statement], **said: str) -> tuple[str, int]:
        return said["completeness"], sum(len(s.lines) for s in statements)

    monkeypatch.setattr(mt940, "bank_file", told)

    def outcome(data: bytes) -> tuple[str, int] | None:
        try:
            found: Any = read_bank(Received("day.sta", data, "0" * 64), ISO)
        except InputError:
            return None
        return cast("tuple[str, int]", found)

    return outcome


@pytest.mark.parametrize("name", ["german_interim.sta", "floor_limit.sta"])
def test_every_prefix_is_refused_or_reads_as_not_whole(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, outcome = (SAMPLES / name).read_bytes().rstrip(), light(monkeypatch)
    for cut in range(1, len(whole) - 3):
        found = outcome(whole[:cut])
        if found is not None:
            held = whole[:cut].count(b":61:")
            assert not whole.startswith(b"{")
            assert found[1] == held
            assert found[0] == "not_proven" or b":90C:1EUR5" in whole[:cut] or held == 1


def test_no_changed_byte_does_more_than_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = light(monkeypatch)
    for name in ("german_interim.sta", "floor_limit.sta"):
        whole = (SAMPLES / name).read_bytes()
        for at in range(len(whole)):
            for byte in (0x31, 0x3A, 0x0A):
                outcome(whole[:at] + bytes([byte]) + whole[at + 1 :])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-(10**9), 10**9).filter(bool), max_size=8))
def test_what_is_written_is_read_back_and_counted(amounts: list[int]) -> None:
    def written(minor: int) -> str:
        return f"{minor // 100},{minor % 100:02d}"

    lines = [f":61:260505{'C' if a > 0 else 'D'}{written(abs(a))}NTRFNONREF" for a in amounts]
    debits, credits = [-a for a in amounts if a < 0], [a for a in amounts if a > 0]
    counts = (f":90D:{len(debits)}EUR{written(sum(debits))}", f":90C:{len(credits)}EUR{written(sum(credits))}")
    bank = read(report(*lines, counts=counts))
    assert bank.completeness == "counted"
    assert bank.bank_lines.sort_values("line_no")["amount"].tolist() == amounts
