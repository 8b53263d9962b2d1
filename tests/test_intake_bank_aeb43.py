"""Norma 43: keys, sums and counts of records 33 and 88, control digits of the account, texts and references (RC-20)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_intake_bank_coda import SAMPLES, every_cut_is_refused_or_whole, fixed, no_changed_byte_changes_a_sum, real, statements_of, whole

from arwork.errors import InputError
from arwork.intake.bank import aeb43


def movement(amount: int, concept: str = "04", day: str = "260305") -> str:
    side = "1" if amount < 0 else "2"
    return fixed(80, (1, "22"), (7, "1500" + day + day + concept + "011" + side + f"{abs(amount):014d}" + "0" * 22))


def file_of(movements: list[str], *, opening: int = 1000, currency: str = "978", key: str | None = None) -> list[str]:
    own = [line for line in movements if line[:2] == "22"]
    debits = [int(line[28:42]) for line in own if line[27] == "1"]
    credits = [int(line[28:42]) for line in own if line[27] == "2"]
    end = opening + sum(credits) - sum(debits)
    side = ("1" if end < 0 else "2") if key is None else key
    lines = [
        fixed(80, (1, "11004915000512345678260301260331"), (33, f"{'1' if opening < 0 else '2'}{abs(opening):014d}{currency}3VIDRIOS")),
        *movements,
        fixed(
            80,
            (1, "33004915000512345678"),
            (21, f"{len(debits):05d}{sum(debits):014d}{len(credits):05d}{sum(credits):014d}{side}{abs(end):014d}{currency}"),
        ),
    ]
    return [*lines, fixed(80, (1, "88" + "9" * 18), (21, f"{len(lines):06d}"))]


def text(lines: list[str]) -> str:
    return "\r\n".join(lines)


@pytest.mark.parametrize(
    ("line", "first", "put", "said"),
    [
        (0, 21, "260230", "not a day of the calendar"),
        (0, 34, "00000000001001", "does not tie"),
        (0, 48, "999", "numeric code of ISO 4217"),
        (1, 28, "3", "neither 1 .debit. nor 2 .credit."),
        (1, 11, "260230", "not a day of the calendar"),
        (1, 29, "00000000000501", "sum of the credit movements.*stated 5.00, found 5.01"),
        (1, 29, "0000000000050X", "not a number"),
        (2, 1, "25", "does not belong"),
        (3, 21, "00001", "number of debit movements.*stated 1, found 0"),
        (3, 26, "00000000000001", "sum of the debit movements.*stated 0.01, found 0.00"),
        (3, 40, "00002", "number of credit movements.*stated 2, found 1"),
        (3, 59, "1", "does not tie"),
        (3, 60, "00000000001501", "does not tie"),
        (3, 74, "840", "currency of the closing record.*stated USD, found EUR"),
        (3, 11, "0512345679", "account of the closing record"),
        (4, 21, "000005", "number of records.*stated 5, found 4"),
    ],
)
def test_rc_20_every_wrong_figure_is_refused(line: int, first: int, put: str, said: str) -> None:
    lines = file_of([movement(500), fixed(80, (1, "2301TEXT"))])
    lines[line] = fixed(80, (1, lines[line]), (first, put))
    with pytest.raises(InputError, match=rf"bank.txt.*({said})"):
        whole(text(lines))


@pytest.mark.parametrize("drop", range(5))
def test_a_record_that_is_missing_or_repeated_is_refused(drop: int) -> None:
    lines = file_of([movement(500), fixed(80, (1, "2301TEXT"))])
    for wrong in (lines[:drop] + lines[drop + 1 :], [*lines[: drop + 1], *lines[drop:]]):
        with pytest.raises(InputError):
            whole(text(wrong))


@pytest.mark.parametrize(
    ("concept", "amount", "kind"),
    [
        ("04", 500, "RECEIPT"),
        ("04", -500, "PAYMENT"),
        ("14", -500, "RETURN"),
        ("17", -500, "NON_AR"),
        ("98", 5, "RETURN"),
        ("55", 5, "RECEIPT"),
    ],
)
def test_classes_by_common_concept(concept: str, amount: int, kind: str) -> None:
    assert whole(text(file_of([movement(amount, concept)]))).bank_lines["class"].tolist() == [kind]


def test_texts_run_on_over_both_halves_and_comments_are_read_over() -> None:
    lines = file_of([movement(500), fixed(80, (1, "2301"), (5, "A" * 38 + "B" * 38)), fixed(80, (1, "2302"), (5, "C"))])
    read = whole(text(["00 COMENTARIO DEL BANCO".ljust(80), *lines]))
    assert read.bank_lines["remittance_text"].tolist() == ["A" * 38 + "B" * 38 + "C"]
    assert read.statements["bank_account"].tolist() == ["ES7000491500010512345678"]


def test_a_closing_balance_without_a_key_is_read_where_the_sum_leaves_one_reading() -> None:
    assert whole(text(file_of([movement(500)], key="0"))).statements["closing"].tolist() == [1500]
    lines = file_of([movement(500)], key="0")
    lines[2] = fixed(80, (1, lines[2]), (60, "00000000001400"))
    with pytest.raises(InputError, match="does not tie"):
        whole(text(lines))


def test_every_cut_of_the_samples() -> None:
    for name in ("two_accounts.n43", "no_movement_trimmed.n43"):
        path = SAMPLES / "aeb43" / name
        every_cut_is_refused_or_whole(aeb43, path, len(path.read_bytes().rstrip()))


def test_no_single_byte_changes_a_sum() -> None:
    no_changed_byte_changes_a_sum(aeb43, SAMPLES / "aeb43" / "two_accounts.n43", 3)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-(10**12), 10**12), max_size=6), st.integers(-(10**12), 10**12))
def test_what_is_written_is_read_back(amounts: list[int], opening: int) -> None:
    found = statements_of(aeb43, text(file_of([movement(amount) for amount in amounts], opening=opening)).encode())
    assert found
    assert found[0][2:4] == (opening, opening + sum(amounts))
    assert [line.amount for line in found[0][4]] == amounts


@pytest.mark.data
def test_real_files_are_read_whole_or_refused_with_a_reason() -> None:
    read, refusals = real("aeb43")
    assert sorted(len(bank.bank_lines) for bank in read) == [1, 5, 14]
    assert len(refusals) == 3
    assert all("number of records" in refused.what and refused.where and refused.cure for refused in refusals)
