"""CODA: accounts, communications, globalised movements, and every figure that a trailer states (RC-20)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.bank import coda
from arwork.intake.bank.fixed import iban, records
from arwork.intake.bank.statement import BankFile, Statement
from arwork.intake.claim import read_bank
from arwork.intake.received import Received, take
from arwork.intake.text import decode
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples"
DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats"
ACCOUNT = "BE68539007547034"


def fixed(width: int, *parts: tuple[int, str]) -> str:
    """Write a record of fixed width from texts and the positions at which they begin, counted from 1."""
    line = [" "] * width
    for first, text in parts:
        line[first - 1 : first - 1 + len(text)] = text
    return "".join(line[:width])


def received(data: str | bytes) -> Received:
    raw = data.encode() if isinstance(data, str) else data
    return Received("bank.txt", raw, hashlib.sha256(raw).hexdigest())


def whole(data: str | bytes) -> BankFile:
    return read_bank(received(data), ISO)


def statements_of(module: ModuleType, data: bytes) -> list[Any] | None:
    """Read with the reader alone, without tables; None for a refusal, which must say where."""
    if not module.FORMAT.claims(data.decode("latin-1").lstrip("\r\n")):
        return None
    file = received(data)
    with pytest.MonkeyPatch.context() as patch:
        found: list[Statement] = []
        where = "bank.txt"
        patch.setattr(module, "bank_file", lambda _, statements, **__: statements)
        try:
            text, used = decode(file, module.FORMAT.charset)
            found = module.read(file, text, used, ISO)
            where = ""
        except InputError as refused:
            where = refused.where
    if where:
        assert where.startswith("bank.txt")
        return None
    return [(s.account, s.currency, s.opening, s.closing, list(s.lines)) for s in found]


def every_cut_is_refused_or_whole(module: ModuleType, path: Path, complete: int) -> None:
    """Cut a sample at every byte: nothing but whole statements is read, and all of them only when `complete` bytes are there."""
    data = path.read_bytes()
    told = statements_of(module, data)
    assert told
    for cut in range(len(data)):
        found = statements_of(module, data[:cut])
        assert found is None or (found == told[: len(found)] and (len(found) < len(told) or cut >= complete)), cut


def no_changed_byte_changes_a_sum(module: ModuleType, path: Path, step: int = 1) -> None:
    """Change one byte after the other: the file is refused, or balances and sums of its statements stay as they were."""
    data = path.read_bytes()
    told = statements_of(module, data)
    assert told
    sums = [(opening, closing, sum(line.amount for line in lines)) for _, _, opening, closing, lines in told]
    for at in range(0, len(data), step):
        for other in (b"7", b" ", b"\n", b"\xb2"):
            if data[at : at + 1] != other:
                found = statements_of(module, data[:at] + other + data[at + 1 :])
                assert found is None or [(o, c, sum(line.amount for line in lines)) for _, _, o, c, lines in found] == sums, (at, other)


def movement(number: int, amount: int, code: str = "00150000", said: str = "", kind: str = "0", detail: int = 0) -> str:
    sign = "1" if amount < 0 else "0"
    head = f"21{number:04d}{detail:04d}"
    return fixed(128, (1, head), (32, f"{sign}{abs(amount) * 10:015d}310326{code}{kind}{said}"), (116, "310326041" + "0 0 0"))


def coda_file(movements: list[str], *, opening: int = 100000, account: str = ACCOUNT, closing: int | None = None) -> list[str]:
    own = [line for line in movements if line[:2] == "21" and line[6:10] == "0000"]
    signed = [int(line[32:46]) * (-1 if line[31] == "1" else 1) for line in own]
    end = opening + sum(signed) if closing is None else closing
    debits, credits = -sum(a for a in signed if a < 0), sum(a for a in signed if a > 0)

    def balance(first: int, amount: int) -> tuple[int, str]:
        return first, f"{'1' if amount < 0 else '0'}{abs(amount) * 10:015d}"

    return [
        fixed(128, (1, "00000310326091" + "05"), (84, "00000"), (128, "2")),
        fixed(128, (1, "12041"), (6, account.ljust(34) + "EUR"), balance(43, opening), (59, "300326"), (126, "041")),
        *movements,
        fixed(128, (1, "8041"), (5, account.ljust(34) + "EUR"), balance(42, end), (58, "310326"), (128, "0")),
        fixed(128, (1, "9"), (17, f"{len(movements) + 2:06d}{debits * 10:015d}{credits * 10:015d}"), (128, "2")),
    ]


def text(lines: list[str]) -> str:
    return "\r\n".join(lines) + "\r\n"


@pytest.mark.parametrize(
    ("line", "first", "put", "said"),
    [
        (0, 128, "5", "CODA of version '5'"),
        (0, 6, "320326", "not a day of the calendar"),
        (1, 2, "7", "structure of the account"),
        (1, 40, "XXQ", "known currency"),
        (1, 43, "2", "sign of the balance"),
        (2, 32, "9", "sign of the movement"),
        (2, 33, "00000000000123A", "not a number"),
        (2, 47, "7", "more than the 2 decimals"),
        (2, 54, "0015000A", "not written in digits"),
        (2, 33, "000000000050001", "decimals"),
        (3, 43, "000000000000010", "does not tie"),
        (4, 17, "000004", "number of records .*stated 4, found 3"),
        (4, 23, "000000000000010", "debit turnover .*stated 0.01, found 0.00"),
        (4, 38, "000000000000010", "credit turnover .*stated 0.01, found 5.00"),
    ],
)
def test_rc_20_every_wrong_figure_is_refused_with_its_place(line: int, first: int, put: str, said: str) -> None:
    lines = coda_file([movement(1, 500)])
    lines[line] = fixed(128, (1, lines[line]), (first, put))
    with pytest.raises(InputError, match=rf"bank.txt, line {line + 1 if 'tie' not in said else 1}.*{said}"):
        whole(text(lines))


def test_a_new_balance_that_names_another_account_is_told_where_the_figures_tie() -> None:
    lines = coda_file([movement(1, 500)])
    lines[3] = fixed(128, (1, lines[3]), (5, "BE71096123456769"))
    bank = whole(text(lines))
    assert bank.stated[0].account == "BE68539007547034"
    assert "names account BE71096123456769, the old one BE68539007547034" in bank.proof


@pytest.mark.parametrize("drop", [0, 1, 2, 3, 4])
def test_a_record_that_is_missing_or_out_of_order_is_refused(drop: int) -> None:
    lines = coda_file([movement(1, 500)])
    with pytest.raises(InputError):
        whole(text(lines[:drop] + lines[drop + 1 :]))
    with pytest.raises(InputError):
        whole(text([*lines[:drop], lines[drop], *lines[drop:]]))


def test_details_are_lines_only_where_they_add_up() -> None:
    parts = [movement(1, 300, "60150000", "first", detail=1), movement(1, 200, "60150000", "second", detail=2)]
    lump = movement(1, 500, "20150000", "lump")
    lines = whole(text(coda_file([lump, *parts]))).bank_lines
    assert sorted(lines["amount"]) == [200, 300]
    assert sorted(lines["remittance_text"]) == ["first", "second"]
    lines = whole(text(coda_file([lump, parts[0]]))).bank_lines
    assert lines[["amount", "remittance_text"]].values.tolist() == [[500, "lump first"]]
    simple = whole(
        text(coda_file([movement(1, 500, "30150000"), movement(1, 300, "80150100", detail=1), movement(1, 200, "80150006", detail=2)]))
    )
    assert simple.bank_lines["amount"].tolist() == [500]


def test_a_detail_or_information_of_another_movement_is_refused() -> None:
    with pytest.raises(InputError, match="detail 0002 0001 follows no movement 0002 0000"):
        whole(text(coda_file([movement(1, 500), movement(2, 500, "60150000", detail=1)])))
    with pytest.raises(InputError, match="does not belong to movement 0001"):
        whole(text(coda_file([movement(1, 500), fixed(128, (1, "3100020001"))])))
    with pytest.raises(InputError, match="does not belong to movement 0001 0000"):
        whole(text(coda_file([movement(1, 500), fixed(128, (1, "2200020000"))])))


@pytest.mark.parametrize(
    ("said", "kind", "structured", "told"),
    [
        ("101090933755493", "1", "+++090/9337/55493+++", ""),
        ("102000003505158", "1", "+++000/0035/05158+++", ""),
        ("100RF18539007547034", "1", "RF18539007547034", ""),
        ("103000012345678", "1", "", "000012345678"),
        ("FACTUUR 77", "0", "", "FACTUUR 77"),
    ],
)
def test_communications_by_their_kind(said: str, kind: str, structured: str, told: str) -> None:
    line = whole(text(coda_file([movement(1, 500, said=said, kind=kind)]))).bank_lines.iloc[0]
    assert (line["structured_ref"], line["remittance_text"]) == (structured, told)


@pytest.mark.parametrize(
    ("code", "amount", "kind"),
    [
        ("00150000", 500, "RECEIPT"),
        ("00101000", -500, "PAYMENT"),
        ("00154000", 500, "RETURN"),
        ("00503000", -500, "RETURN"),
        ("03501000", -500, "NON_AR"),
        ("00137000", -500, "NON_AR"),
        ("00149000", -500, "RETURN"),
        ("08001000", -500, "NON_AR"),
        ("00166000", 500, "OWN_TRANSFER"),
        ("09999000", 500, "RETURN"),
        ("09950000", 500, "RECEIPT"),
    ],
)
def test_classes_by_transaction_code(code: str, amount: int, kind: str) -> None:
    assert whole(text(coda_file([movement(1, amount, code)]))).bank_lines["class"].tolist() == [kind]


def test_every_cut_of_the_samples() -> None:
    for name in ("iban_v2.cod", "bban_v1_two_statements.cod", "foreign_iban_details_short.cod"):
        path = SAMPLES / "coda" / name
        every_cut_is_refused_or_whole(coda, path, len(path.read_bytes()) - 130 + 52)


def test_no_single_byte_changes_a_sum() -> None:
    no_changed_byte_changes_a_sum(coda, SAMPLES / "coda" / "foreign_iban_details_short.cod")
    no_changed_byte_changes_a_sum(coda, SAMPLES / "coda" / "iban_v2.cod", 5)


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r", "\n\n", ""])
def test_line_ends_and_blank_lines_change_nothing(ends: str) -> None:
    found = statements_of(coda, ends.join(coda_file([movement(1, 500), movement(2, -200, "00101000")])).encode())
    assert found
    assert [line.amount for line in found[0][4]] == [500, -200]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-(10**11), 10**11).filter(bool), max_size=6), st.integers(-(10**11), 10**11))
def test_what_is_written_is_read_back(amounts: list[int], opening: int) -> None:
    lines = [movement(number, amount, said=f"F{number}") for number, amount in enumerate(amounts, start=1)]
    found = statements_of(coda, text(coda_file(lines, opening=opening)).encode())
    assert found
    account, currency, first, last, read_back = found[0]
    assert (account, currency, first, last) == (ACCOUNT, "EUR", opening, opening + sum(amounts))
    assert [(line.amount, line.remittance_text) for line in read_back] == [(a, f"F{n}") for n, a in enumerate(amounts, start=1)]


def test_fixed_records_and_the_iban_of_a_national_number() -> None:
    assert iban("BE", "539007547034") == ACCOUNT
    assert iban("FR", "20041010050500013M02606") == "FR1420041010050500013M02606"
    assert iban("FR", "1234/5") == ""
    assert [(r.number, r.part(1, 4)) for r in records("ab      \n\nef\r\n" + "ghijklmn", "f", 4)] == [
        (1, "ab"),
        (3, "ef"),
        (4, "ghij"),
        (5, "klmn"),
    ]
    with pytest.raises(InputError, match="7 characters where a record has 4"):
        list(records("abcd\nabcdefg", "f", 4))


def real(folder: str) -> tuple[list[BankFile], list[InputError]]:
    """Read the real files of a folder: what was read, what was refused."""
    read, refusals = [], []
    for path in sorted((DATA / folder).iterdir()):
        try:
            read.append(read_bank(take(path), ISO))
        except InputError as refused:
            refusals.append(refused)
    return read, refusals


@pytest.mark.data
def test_real_files_are_read_whole_or_refused_with_a_reason() -> None:
    read, refusals = real("coda")
    assert (len(read), len(refusals)) == (8, 8)
    assert all(refused.where and refused.cure for refused in refusals)
    for bank in read:
        heads = bank.statements
        assert bank.completeness == "proven"
        assert (heads["opening"] + heads["credits"] - heads["debits"] == heads["closing"]).all()
