"""ESR v11: payments, reversals and corrections against sum and number of the total record, types 3 and 4."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_intake_bank_coda import SAMPLES, every_cut_is_refused_or_whole, fixed, no_changed_byte_changes_a_sum, real, statements_of, whole

from arwork.errors import InputError
from arwork.intake.bank import esr

REFERENCE = "210000000003139471430009017"


def payment(code: str, amount: int, participant: str = "010121627") -> str:
    head = f"{code}{participant}{REFERENCE}{amount:010d}0001  0001260330260330260331000000117"
    return fixed(100, (1, head + "1" + "0" * 13))


def total(amount: int, count: int, participant: str = "010121627") -> str:
    return fixed(100, (1, f"999{participant}{'9' * 27}{amount:012d}{count:012d}260331{'0' * 18}"))


def text(lines: list[str]) -> str:
    return "\r\n".join(lines)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([payment("002", 500), total(501, 1)], "sum of the payments: stated 5.01, found 5.00"),
        ([payment("002", 500), total(500, 2)], "number of payments: stated 2, found 1"),
        ([payment("002", 500)], "total record .999. is missing"),
        ([payment("002", 500), total(500, 1), payment("002", 500)], "total record .999. is missing"),
        ([payment("002", 500, "030001624"), total(500, 1)], "another participant or currency"),
        ([payment("002", 500).replace("260331", "260231"), total(500, 1)], "not a day of the calendar"),
        ([payment("002", 500), total(500, 1).replace("260331", "260231")], "not a day of the calendar"),
        ([payment("002", 500), payment("004", 500), total(1000, 2)], "none of credit, reversal or correction"),
        ([payment("002", 500), payment("002", 500).replace("1394", "13X4"), total(1000, 2)], "not written in digits"),
    ],
)
def test_every_wrong_figure_is_refused(lines: list[str], said: str) -> None:
    with pytest.raises(InputError, match=rf"bank.txt.*({said})"):
        whole(text(lines))


def test_reversals_and_corrections_take_the_sign_with_which_the_sum_agrees() -> None:
    lines = [payment("002", 1000), payment("005", 300), payment("008", 50)]
    for stated, sign in ((750, 1), (650, -1)):
        bank = whole(text([*lines, total(stated, 3)]))
        assert sorted(bank.bank_lines["amount"]) == sorted([1000, -300, 50 * sign])
        assert sorted(bank.bank_lines["class"]) == ["RECEIPT", "RETURN", "RETURN"]
    with pytest.raises(InputError, match="sum of the payments"):
        whole(text([*lines, total(700, 3)]))


def test_the_same_payments_twice_are_refused() -> None:
    rows = [payment("002", 100), payment("002", 200), total(300, 2)]
    with pytest.raises(InputError, match=r"line 6.*the same payments stand here twice.*line 3"):
        whole(text(rows + rows))


def test_the_participant_number_says_account_and_currency() -> None:
    bank = whole(text([payment("202", 500, "030001624"), total(500, 1, "030001624")]))
    assert bank.bank_lines[["bank_account", "currency", "structured_ref"]].values.tolist() == [["03-162-4", "EUR", REFERENCE]]
    assert bank.completeness == "counted"


def test_every_cut_of_the_samples() -> None:
    for name in ("type3.v11", "type4_correction.v11"):
        path = SAMPLES / "esr" / name
        data = path.read_bytes()
        complete = data.rindex(b"260331") + 6
        every_cut_is_refused_or_whole(esr, path, complete)


def test_no_single_byte_changes_a_sum() -> None:
    for name in ("type3.v11", "type4_correction.v11"):
        no_changed_byte_changes_a_sum(esr, SAMPLES / "esr" / name)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 10**9), max_size=6))
def test_what_is_written_is_read_back(amounts: list[int]) -> None:
    lines = [*(payment("002", amount) for amount in amounts), total(sum(amounts), len(amounts))]
    found = statements_of(esr, text(lines).encode())
    assert found
    assert [line.amount for line in found[0][4]] == amounts


@pytest.mark.data
def test_real_files_are_read_whole_or_refused_with_a_reason() -> None:
    read, refusals = real("esr-v11")
    assert [bank.bank_lines["amount"].tolist() for bank in read] == [[88800], [10000], [88800]]
    assert [refused.what for refused in refusals] == ["the sum of the payments: stated 541.50, found 5415.00"] * 2
