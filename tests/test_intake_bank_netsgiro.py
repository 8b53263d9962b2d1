"""Nets OCR giro: transactions with their KID against numbers, records and sums; AvtaleGiro files refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_intake_bank_coda import SAMPLES, every_cut_is_refused_or_whole, fixed, no_changed_byte_changes_a_sum, real, statements_of, whole

from arwork.errors import InputError
from arwork.intake.bank import netsgiro


def item(number: int, amount: int, kind: str = "10") -> list[str]:
    sign = "-" if amount < 0 else "0"
    first = f"NY09{kind}30{number:07d}310326010201234{'5'}{sign}{abs(amount):017d}"
    return [
        fixed(80, (1, first[:49]), (50, "26001179".rjust(25)), (75, "000000")),
        fixed(80, (1, f"NY09{kind}31{number:07d}96368271946001553800000000300326999905123410000000000000000000000")),
    ]


def file_of(items: list[list[str]], service: str = "09", kind: str = "00") -> list[str]:
    body = [line for one in items for line in one]
    total = abs(sum(int(one[0][32:49]) * (-1 if one[0][31] == "-" else 1) for one in items))
    start = [
        fixed(80, (1, "NY000010000080800331260000102000"), (33, "0" * 48)),
        fixed(80, (1, f"NY{service}{kind}2000100856600000179999104276" + "4"), (36, "0" * 45)),
    ]
    end = [
        fixed(80, (1, f"NY{service}{kind}88{len(items):08d}{len(body) + 2:08d}{total:017d}310326310326310326"), (60, "0" * 21)),
        fixed(80, (1, f"NY000089{len(items):08d}{len(body) + 4:08d}{total:017d}310326"), (48, "0" * 33)),
    ]
    return [*start, *body, *end]


def text(lines: list[str]) -> str:
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("line", "first", "put", "said"),
    [
        (1, 25, "9999104276X", "our account is not written in digits"),
        (2, 16, "310226", "not a day of the calendar"),
        (2, 33, "00000000000000501", "sum .*stated 5.00, found 5.01"),
        (2, 32, "-", None),
        (2, 7, "31", "does not belong here"),
        (3, 9, "0000002", "number of the transaction"),
        (3, 7, "30", "second record .31. of this transaction is missing|number of transactions"),
        (4, 9, "00000002", "number of transactions .*stated 2, found 1"),
        (4, 17, "00000005", "number of records .*stated 5, found 4"),
        (4, 25, "00000000000000501", "sum .*stated 5.01, found 5.00"),
        (5, 9, "00000002", "number of transactions .*stated 2, found 1"),
        (5, 17, "00000005", "number of records .*stated 5, found 6"),
        (5, 25, "00000000000000501", "sum .*stated 5.01, found 5.00"),
        (1, 3, "08", "service 08 of Nets is no OCR giro"),
        (1, 1, "XX", "does not belong here"),
    ],
)
def test_every_wrong_figure_is_refused(line: int, first: int, put: str, said: str | None) -> None:
    lines = file_of([item(1, 500)])
    lines[line] = fixed(80, (1, lines[line]), (first, put))
    if said is None:
        assert whole(text(lines)).bank_lines["class"].tolist() == ["RETURN"]
        return
    with pytest.raises(InputError, match=rf"bank.txt.*({said})"):
        whole(text(lines))


@pytest.mark.parametrize("drop", range(6))
def test_a_record_that_is_missing_or_repeated_is_refused(drop: int) -> None:
    lines = file_of([item(1, 500)])
    for wrong in (lines[:drop] + lines[drop + 1 :], [*lines[: drop + 1], *lines[drop:]]):
        with pytest.raises(InputError):
            whole(text(wrong))


@pytest.mark.parametrize(("kind", "said"), [("00", "payment requests"), ("36", "cancellations of payment requests")])
def test_payment_requests_are_refused_by_their_name(kind: str, said: str) -> None:
    with pytest.raises(InputError, match=f"AvtaleGiro file of {said}, which is sent to the bank"):
        whole(text(file_of([item(1, 500)], "21", kind)))


def test_agreements_of_avtalegiro_move_no_money() -> None:
    agreements = file_of([[fixed(80, (1, "NY21247000000010"), (32, "0" * 18))]], "21", "24")
    with pytest.raises(InputError, match="AvtaleGiro file of agreements, which moves no money"):
        whole(text(agreements))
    receipts = file_of([item(1, 500)])
    both = [receipts[0], *agreements[1:-1], *receipts[1:-1]]
    end = fixed(80, (1, f"NY000089{2:08d}{len(both) + 1:08d}{500:017d}310326"), (48, "0" * 33))
    bank = whole(text([*both, end]))
    assert bank.bank_lines["amount"].tolist() == [500]
    assert "1 assignment of AvtaleGiro agreements moved no money" in bank.proof


def test_reversals_are_returns_and_the_kid_is_the_reference() -> None:
    bank = whole(text(file_of([item(1, 500), item(2, -200, "18")])))
    assert bank.bank_lines.sort_values("amount")[["amount", "class", "structured_ref"]].values.tolist() == [
        [-200, "RETURN", "26001179"],
        [500, "RECEIPT", "26001179"],
    ]
    assert bank.completeness == "counted"


def test_every_cut_of_the_samples() -> None:
    for name in ("two_assignments.txt", "one_receipt.txt"):
        path = SAMPLES / "netsgiro" / name
        every_cut_is_refused_or_whole(netsgiro, path, len(path.read_bytes().rstrip()) - 39)


def test_no_single_byte_changes_a_sum() -> None:
    no_changed_byte_changes_a_sum(netsgiro, SAMPLES / "netsgiro" / "two_assignments.txt", 3)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=6))
def test_what_is_written_is_read_back(amounts: list[int]) -> None:
    found = statements_of(netsgiro, text(file_of([item(n, amount) for n, amount in enumerate(amounts, start=1)])).encode())
    assert found
    assert found[0][0] == "99991042764"
    assert [line.amount for line in found[0][4]] == amounts


@pytest.mark.data
def test_real_files_are_read_whole_or_refused_with_a_reason() -> None:
    read, refusals = real("netsgiro-ocr")
    assert [(len(bank.bank_lines), int(bank.bank_lines["amount"].sum())) for bank in read] == [(20, 5144900)]
    assert ["AvtaleGiro" in refused.what for refused in refusals] == [True]
