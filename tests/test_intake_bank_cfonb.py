"""CFONB 120: signed amounts, accounts that must agree, details by qualifier, and the balance proof (RC-20)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_intake_bank_coda import (
    SAMPLES,
    every_cut_is_refused_or_whole,
    fixed,
    no_changed_byte_changes_a_sum,
    real,
    statements_of,
    whole,
)

from arwork.errors import InputError
from arwork.intake.bank import cfonb

ACCOUNT = ("30004", "01234", "00012345678", "EUR2")


def punched(amount: int) -> str:
    digits = f"{abs(amount):014d}"
    return digits[:13] + ("{ABCDEFGHI" if amount >= 0 else "}JKLMNOPQR")[int(digits[13])]


def record(kind: str, *parts: tuple[int, str], account: tuple[str, str, str, str] = ACCOUNT, operation: str = "") -> str:
    bank, branch, number, currency = account
    return fixed(120, (1, kind + bank), (12, branch + currency), (22, number), (33, operation), (35, "310326"), *parts)


def movement(amount: int, operation: str = "18", label: str = "VIR RECU", rejected: str = "") -> str:
    return record("04", (8, "0001"), (41, rejected), (43, "010426" + label), (91, punched(amount)), operation=operation)


def detail(qualifier: str, content: str, operation: str = "18") -> str:
    return record("05", (46, qualifier + content), operation=operation)


def statement(*movements: str, opening: int = 1000, closing: int | None = None) -> list[str]:
    signs = {"{ABCDEFGHI"[n]: n for n in range(10)} | {"}JKLMNOPQR"[n]: n for n in range(10)}
    total = sum(
        (int(line[90:103]) * 10 + signs[line[103]]) * (1 if line[103] in "{ABCDEFGHI" else -1) for line in movements if line[:2] == "04"
    )
    end = opening + total if closing is None else closing
    return [record("01", (91, punched(opening))), *movements, record("07", (91, punched(end)))]


def text(lines: list[str]) -> str:
    return "\r\n".join(lines)


@pytest.mark.parametrize("amount", [0, 1, -1, 9, -9, 10, -10, 19, -13, 123456, -99999999999999])
def test_the_last_digit_carries_the_sign(amount: int) -> None:
    found = statements_of(cfonb, text(statement(movement(amount))).encode())
    assert found
    assert found[0][4][0].amount == amount


@pytest.mark.parametrize(
    ("line", "first", "put", "said"),
    [
        (0, 1, "04", "without an opening balance"),
        (0, 17, "XXQ", "currency 'XXQ' is unknown"),
        (1, 20, "X", "not written in digits"),
        (0, 91, "00000000000100", "signed last digit"),
        (1, 91, "0000000000050K", "does not tie"),
        (1, 91, "000000000000A{", "signed last digit"),
        (1, 43, "310226", "not a day of the calendar"),
        (1, 3, "30005", "stated 30005 01234 00012345678 EUR/2, found 30004"),
        (1, 22, "00012345679", "stated 30004 01234 00012345679"),
        (1, 17, "USD", "USD/2"),
        (1, 20, "3", "EUR/3"),
        (2, 3, "30005", "stated 30005"),
        (2, 33, "05", "another operation than its movement"),
        (2, 35, "300326", "another day than its movement"),
        (3, 12, "01235", "stated 30004 01235"),
        (3, 91, "0000000000010{", "does not tie"),
        (3, 1, "01", "before the closing balance"),
        (3, 1, "09", "does not belong"),
    ],
)
def test_rc_20_every_wrong_figure_is_refused(line: int, first: int, put: str, said: str) -> None:
    lines = statement(movement(500), detail("LIB", "X"))
    lines[line] = fixed(120, (1, lines[line]), (first, put))
    with pytest.raises(InputError, match=rf"bank.txt, line [0-9].*{said}"):
        whole(text(lines))


def test_a_statement_without_its_end_and_a_detail_without_its_movement_are_refused() -> None:
    with pytest.raises(InputError, match=r"no closing balance \(07\): the file is cut off"):
        whole(text(statement(movement(500))[:-1]))
    with pytest.raises(InputError, match="without a movement"):
        whole(text(statement(detail("LIB", "X"), movement(500))))


@pytest.mark.parametrize(
    ("operation", "amount", "rejected", "kind"),
    [
        ("18", 500, "", "RECEIPT"),
        ("06", -500, "", "PAYMENT"),
        ("27", -500, "", "RETURN"),
        ("B1", -500, "04", "RETURN"),
        ("B1", -500, "00", "PAYMENT"),
        ("62", -500, "04", "NON_AR"),
        ("94", 500, "", "OWN_TRANSFER"),
        ("ZZ", 500, "", "RECEIPT"),
    ],
)
def test_classes_by_operation_and_rejection(operation: str, amount: int, rejected: str, kind: str) -> None:
    lines = whole(text(statement(movement(amount, operation, rejected=rejected)))).bank_lines
    assert lines["class"].tolist() == [kind]
    assert lines["return_reason"].tolist() == [rejected if kind == "RETURN" else ""]


def test_details_are_read_by_their_qualifier() -> None:
    told = [
        ("NPY", "VERRERIE SARL"),
        ("LCC", "FA 1"),
        ("RCN", "E2E-1".ljust(35) + "P"),
        ("MMO", "JPY000000000012345"),
        ("XYZ", "other"),
        ("", "bare"),
    ]
    line = whole(text(statement(movement(500), *(detail(q.ljust(3), c) for q, c in told)))).bank_lines.iloc[0]
    assert line["remitter_name"] == "VERRERIE SARL"
    assert line["end_to_end_id"] == "E2E-1"
    assert line["remittance_text"] == "VIR RECU XYZ other bare FA 1"
    assert (line["orig_currency"], line["orig_amount"]) == ("JPY", 12345)


def test_accounts_of_other_countries_are_not_given_a_french_iban() -> None:
    lines = [line.replace("EUR2", "XOF0") for line in statement(movement(500))]
    assert whole(text(lines)).statements["bank_account"].tolist() == ["3000401234/00012345678"]
    assert whole(text(statement())).statements["bank_account"].tolist() == ["FR7630004012340001234567862"]


def test_every_cut_of_the_samples() -> None:
    for name in ("two_accounts.txt", "pacific_no_decimals.txt", "no_line_ends.txt"):
        path = SAMPLES / "cfonb" / name
        data = path.read_bytes().rstrip()
        every_cut_is_refused_or_whole(cfonb, path, len(data))


def test_no_single_byte_changes_a_sum() -> None:
    no_changed_byte_changes_a_sum(cfonb, SAMPLES / "cfonb" / "pacific_no_decimals.txt")
    no_changed_byte_changes_a_sum(cfonb, SAMPLES / "cfonb" / "two_accounts.txt", 7)


def test_blank_lines_and_missing_trailing_blanks_are_harmless() -> None:
    lines = statement(movement(500), detail("LIB", "X"))
    bare = statements_of(cfonb, text(lines).encode())
    assert statements_of(cfonb, "\n\n".join(line.rstrip() for line in lines).encode())[0][2:4] == bare[0][2:4]  # type: ignore[index]
    assert statements_of(cfonb, "".join(lines).encode())[0][2:4] == bare[0][2:4]  # type: ignore[index]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-(10**12), 10**12), max_size=6), st.integers(-(10**12), 10**12))
def test_what_is_written_is_read_back(amounts: list[int], opening: int) -> None:
    found = statements_of(cfonb, text(statement(*map(movement, amounts), opening=opening)).encode())
    assert found
    assert found[0][2:4] == (opening, opening + sum(amounts))
    assert [line.amount for line in found[0][4]] == amounts


@pytest.mark.data
def test_real_files_are_read_whole_or_refused_with_a_reason() -> None:
    read, refusals = real("cfonb120")
    assert [len(bank.bank_lines) for bank in read] == [7, 7]
    assert len(refusals) == 10
    assert all(refused.where and refused.cure for refused in refusals)
    assert all((b.statements["opening"] + b.statements["credits"] - b.statements["debits"] == b.statements["closing"]).all() for b in read)
