"""BgMax: deposits with sum and count, deductions, references with and without amounts, the counts of record 70."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_intake_bank_coda import SAMPLES, every_cut_is_refused_or_whole, fixed, no_changed_byte_changes_a_sum, real, statements_of, whole

from arwork.errors import InputError
from arwork.intake.bank import bgmax


def paid(kind: str, amount: int, reference: str = "2600117", number: int = 1) -> str:
    return fixed(80, (1, kind + "0003783511"), (13, reference.rjust(25)), (38, f"{amount:018d}22{number:012d}0"))


def file_of(sections: list[list[str]], currency: str = "SEK") -> list[str]:
    lines = [fixed(80, (1, "01BGMAX"), (23, "0120260331173035010331P"))]
    for number, payments in enumerate(sections, start=1):
        own = [line for line in payments if line[:2] in ("20", "21")]
        total = sum(int(line[37:55]) * (-1 if line[:2] == "21" else 1) for line in own)
        lines += [fixed(80, (1, "050009912346"), (23, currency)), *payments]
        head = (3, "58410000010098232".zfill(35) + f"20260331{number:05d}")
        lines.append(fixed(80, (1, "15"), head, (51, f"{total:018d}{currency}{len(own):08d}")))
    kinds = [line[:2] for line in lines]
    counts = (kinds.count("20"), kinds.count("21"), kinds.count("22") + kinds.count("23"), kinds.count("15"))
    return [*lines, fixed(80, (1, "70" + "".join(f"{count:08d}" for count in counts)))]


def text(lines: list[str]) -> str:
    return "\r\n".join(lines)


@pytest.mark.parametrize(
    ("line", "first", "put", "said"),
    [
        (0, 23, "02", "version of BgMax other than 01"),
        (0, 25, "20260230", "not a day of the calendar"),
        (1, 23, "XXQ", "no currency"),
        (2, 38, "00000000000000050A", "not a number"),
        (2, 38, "000000000000000501", "the deposit .*stated 4.50, found 4.51"),
        (3, 1, "20", "the deposit .*stated 4.50, found 5.50"),
        (4, 58, "000000000009", "payment number"),
        (5, 51, "000000000000000451", "the deposit .*stated 4.51, found 4.50"),
        (5, 69, "EUR", "currency of the deposit.*stated EUR, found SEK"),
        (5, 72, "00000003", "number of payments in the deposit.*stated 3, found 2"),
        (6, 3, "00000002", "TK 20.*stated 2, found 1"),
        (6, 11, "00000002", "TK 21.*stated 2, found 1"),
        (6, 19, "00000000", "TK 22 and 23.*stated 0, found 1"),
        (6, 27, "00000002", "TK 15.*stated 2, found 1"),
        (2, 1, "99", "without a payment|outside"),
    ],
)
def test_every_wrong_figure_is_refused(line: int, first: int, put: str, said: str) -> None:
    lines = file_of([[paid("20", 500), paid("21", 50), paid("22", 0)]])
    lines[line] = fixed(80, (1, lines[line]), (first, put))
    with pytest.raises(InputError, match=rf"bank.txt.*({said})"):
        whole(text(lines))


@pytest.mark.parametrize("drop", range(7))
def test_a_record_that_is_missing_or_repeated_is_refused(drop: int) -> None:
    lines = file_of([[paid("20", 500), paid("21", 50), paid("22", 0)]])
    for wrong in (lines[:drop] + lines[drop + 1 :], [*lines[: drop + 1], *lines[drop:]]):
        with pytest.raises(InputError):
            whole(text(wrong))


def test_extra_references_are_documents_paid_only_where_their_amounts_add_up() -> None:
    named = [paid("20", 500, "", 7), paid("22", 600, "F1", 7), paid("23", 100, "K1", 7)]
    bank = whole(text(file_of([named])))
    assert bank.remittance[["doc_reference", "net_amount", "trace_no"]].values.tolist() == [
        ["F1", 600, "000000000007"],
        ["K1", -100, "000000000007"],
    ]
    assert bank.bank_lines["amount"].tolist() == [500]
    assert bank.bank_lines["bank_txn_id"].tolist() == ["000000000007"]
    for other in ([named[0], named[1]], [named[0], paid("22", 0, "F1", 7), paid("22", 0, "F2", 7)]):
        bank = whole(text(file_of([other])))
        assert bank.remittance.empty
        assert "F1" in bank.bank_lines["remittance_text"].iloc[0]


def test_a_deduction_is_money_out_of_the_deposit() -> None:
    bank = whole(text(file_of([[paid("20", 500), paid("21", 50)]])))
    assert sorted(bank.bank_lines["amount"]) == [-50, 500]
    assert bank.completeness == "counted"
    assert bank.statements.empty
    assert [(s.credits, s.debits, s.account) for s in bank.stated] == [(500, 50, "58410000010098232")]


def test_every_cut_of_the_samples() -> None:
    for name in ("two_deposits.txt", "plain_trimmed.txt"):
        path = SAMPLES / "bgmax" / name
        every_cut_is_refused_or_whole(bgmax, path, len(path.read_bytes().rstrip()))


def test_no_single_byte_changes_a_sum() -> None:
    no_changed_byte_changes_a_sum(bgmax, SAMPLES / "bgmax" / "plain_trimmed.txt")
    no_changed_byte_changes_a_sum(bgmax, SAMPLES / "bgmax" / "two_deposits.txt", 7)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 10**15), max_size=4), max_size=3))
def test_what_is_written_is_read_back(sections: list[list[int]]) -> None:
    found = statements_of(bgmax, text(file_of([[paid("20", amount) for amount in amounts] for amounts in sections])).encode())
    assert found is not None
    assert [[line.amount for line in lines] for _, _, _, _, lines in found] == sections


@pytest.mark.data
def test_real_files_are_read_whole_or_refused_with_a_reason() -> None:
    read, refusals = real("bgmax")
    assert sorted(len(bank.bank_lines) for bank in read) == [4, 5, 6, 9]
    assert [refused.what for refused in refusals] == ["the number of extra references (TK 22 and 23): stated 10, found 9"]
