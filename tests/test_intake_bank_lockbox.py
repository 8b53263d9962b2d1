"""BAI lockbox files: counts and sums by batch and lockbox, cheques, and the documents of overflow records (LD-10, 1.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.bank.lockbox import FORMAT
from arwork.intake.bank.statement import BankFile
from arwork.intake.claim import read_bank
from arwork.intake.received import Received, take
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples" / "lockbox"
FILES = sorted(path for path in SAMPLES.iterdir() if not path.name.endswith(".csv"))
DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats" / "bai-lockbox"
HEAD = ["100CEDARSUPP 01221052782604020615", "2CEDARSUPP 012210527800000000004000800080", ""][:2]


def read(text: str | bytes) -> BankFile:
    data = text.encode() if isinstance(text, str) else text
    return read_bank(Received("box.bai", data, hashlib.sha256(data).hexdigest()), ISO)


def cheque(item: int, amount: int, *, batch: int = 1, number: str = "000100871", rest: str = "") -> str:
    return f"6{batch:03d}{item:03d}{amount:010d}091000019{'0007100445'}{number}{rest}"


def overflow(item: int, text: str, *, batch: int = 1, number: int = 1, last: int = 9) -> str:
    return f"4{batch:03d}{item:03d}6{number:02d}{last}{text}"


def batch(*rows: str, number: int = 1, box: str = "0008801", day: str = "260401") -> list[str]:
    found = [row for row in rows if row[0] == "6"]
    return [*rows, f"7{number:03d}000{box}{day}{len(found):03d}{sum(int(row[7:17]) for row in found):010d}"]


def box(*batches: Sequence[str], number: str = "0008801", day: str = "260401") -> list[str]:
    rows = [row for found in batches for row in found]
    paid = [row for row in rows if row[0] == "6"]
    total = f"8999000{number}{day}{len(paid):04d}{sum(int(row[7:17]) for row in paid):010d}"
    return [f"5000000{number}{day}CEDARSUPP 0122105278", *rows, total]


def whole(*boxes: Sequence[str]) -> str:
    rows = [*HEAD, *(row for found in boxes for row in found)]
    return "\n".join([*rows, f"9{len(rows) + 1:06d}", ""])


def simple() -> str:
    return whole(box(batch(cheque(1, 104250), cheque(2, 5000))))


def test_a_cheque_is_a_receipt_of_the_lockbox() -> None:
    bank = read(whole(box(batch(cheque(1, 104250, rest="  MILLPOND"), overflow(1, "CS-20388")))))
    line = bank.bank_lines.iloc[0]
    assert (line["amount"], line["class"], line["method"], line["bank_account"]) == (104250, "RECEIPT", "LOCKBOX", "0122105278/0008801")
    assert (line["end_to_end_id"], line["remitter_bank"], line["remitter_account"]) == ("100871", "091000019", "0007100445")
    assert (line["bank_txn_id"], line["remittance_text"]) == ("001/001", "MILLPOND CS-20388")
    assert (str(line["booking_date"].date()), bank.completeness) == ("2026-04-01", "counted")
    assert bank.remittance.empty


@pytest.mark.parametrize(
    ("tail", "number", "payer", "text"),
    [
        ("000100871", "100871", "", ""),
        ("0000100871", "100871", "", ""),
        ("000100871 INV 5", "100871", "", "INV 5"),
        ("000100871033126MILLPOND DAIRY", "", "", "000100871033126MILLPOND DAIRY"),
        ("0000100871033126MILLPOND DAIRY", "100871", "MILLPOND DAIRY", ""),
        (f"0000100871033126{'MILLPOND DAIRY':30}CEDAR SUPPLY", "100871", "MILLPOND DAIRY", "cheque dated 03/31/26 to CEDAR SUPPLY"),
        ("0000100871553126MILLPOND DAIRY", "", "", "0000100871553126MILLPOND DAIRY"),
        ("", "", "", ""),
    ],
)
def test_the_number_of_a_cheque_is_read_where_one_reading_is_left(tail: str, number: str, payer: str, text: str) -> None:
    line = read(whole(box(batch(cheque(1, 100, number=tail))))).bank_lines.iloc[0]
    assert (line["end_to_end_id"], line["remitter_name"], line["remittance_text"]) == (number, payer, text)


@pytest.mark.parametrize(
    ("rows", "paid"),
    [
        ([f"{'CS-1':16}{'0000001000':10}", f"{'CS-2':16}{'0000000500':10}"], [("CS-1", 1000, 0, 1000), ("CS-2", 500, 0, 500)]),
        ([f"{'CS-1':10}{'0000001000':10}", f"{'CS-2':10}{'0000000500':10}"], [("CS-1", 1000, 0, 1000), ("CS-2", 500, 0, 500)]),
        ([f"{'CS-1':16}{'0000001500':10}{'0000000200':10}04"], [("CS-1", 1700, 200, 1500)]),
        ([f"{'CS-1':16}{'0000001700':10}{'0000000200':10}04"], [("CS-1", 1700, 200, 1500)]),
        ([f"{'CS-1':16}{'0000001499':10}"], []),
        (["CS-1 AND CS-2"], []),
        ([f"{'CS-1':16}{'0000001000':10}", "CS-2"], []),
    ],
)
def test_overflow_records_pay_documents_where_they_make_the_cheque(rows: list[str], paid: list[tuple[str, int, int, int]]) -> None:
    found = read(whole(box(batch(cheque(1, 1500), *(overflow(1, row, number=n) for n, row in enumerate(rows, 1)))))).remittance
    assert [tuple(row) for row in found[["doc_reference", "gross_amount", "deduction_amount", "net_amount"]].values] == paid
    assert set(found["source"]) <= {"LOCKBOX"}
    assert set(found["payment_ref"]) <= {"100871"}


@pytest.mark.parametrize("line", [5, 6, 7])
def test_every_digit_of_every_figure_that_is_stated_is_checked(line: int) -> None:
    records = simple().splitlines()
    spans = {"7": [*range(1, 4), *range(7, 33)], "8": range(7, 14), "9": range(1, 7)}[records[line][0]]
    for at in [*spans, *(range(20, 34) if records[line][0] == "8" else [])]:
        other = records[line][:at] + ("7" if records[line][at] != "7" else "3") + records[line][at + 1 :]
        with pytest.raises(InputError, match=rf"box\.bai, line {line + 1}"):
            read("\n".join([*records[:line], other, *records[line + 1 :]]))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda r: [r[0], r[1], *r[3:]], "before any detail header"),
        (lambda r: [*r[:3], overflow(1, "x"), *r[3:]], "follows no cheque"),
        (lambda r: [*r[:4], overflow(2, "x"), *r[4:]], "another cheque"),
        (lambda r: r[:7], "trailer record .9. is missing"),
        (lambda r: [*r[:5], "9000006"], "have no total"),
        (lambda r: [*r, r[3]], "behind the trailer"),
        (lambda r: [*r[:2], r[0], *r[2:]], "inside a file"),
        (lambda r: [*r[:3], "X", *r[3:]], "no record of a lockbox file"),
        (lambda r: [*r[:4], r[2], *r[4:]], "before the batch above it has its total"),
        (lambda r: [*r[:4], cheque(3, 1, batch=2), *r[4:]], "a cheque of batch 002 stands in batch 001"),
        (lambda r: [*r[:2], r[2].replace("260401", "260431"), *r[3:]], "not a day"),
        (lambda r: [*r[:3], r[3].replace("0000104250", "00001O4250"), *r[4:]], "not a number"),
        (lambda r: [*r[:3], r[3].replace("0000104250", "0000104251"), *r[4:]], "sum of the batch in cents: stated 109250, found 109251"),
        (lambda r: [*r[:3], *r[4:]], "cheques of the batch: stated 2, found 1"),
        (lambda r: [*r[:3], r[3] + "x" * 100, *r[4:]], "characters"),
    ],
)
def test_what_does_not_stand_where_it_must_is_refused(wrong: object, said: str) -> None:
    assert callable(wrong)
    with pytest.raises(InputError, match=said):
        read("\n".join(wrong(simple().splitlines())))


def test_a_lockbox_without_batch_totals_is_covered_by_its_own() -> None:
    records = [row for row in simple().splitlines() if row[0] != "7"]
    assert len(read("\n".join([*records[:-1], "9000007"])).bank_lines) == 2


def test_an_empty_lockbox_is_read_whole() -> None:
    bank = read(whole(box(batch(number=0))))
    assert (len(bank.bank_lines), bank.completeness) == (0, "counted")


def test_several_lockboxes_batches_days_and_line_ends() -> None:
    one = box(batch(cheque(1, 5)), batch(cheque(1, 6, batch=2), number=2))
    two = box(batch(cheque(1, 7), box="0008802", day="260402"), number="0008802", day="260402")
    text = whole(one, two)
    bank = read(text)
    assert sorted(bank.bank_lines["amount"]) == [5, 6, 7]
    assert set(bank.bank_lines["bank_account"]) == {"0122105278/0008801", "0122105278/0008802"}
    ids = bank.bank_lines["line_id"].tolist()
    for other in (
        text.replace("\n", "\r\n"),
        text.replace("\n", "\r"),
        text.replace("\n", "   \n\n"),
        "".join(r.ljust(80) for r in text.splitlines()),
    ):
        assert read(other).bank_lines["line_id"].tolist() == ids
    assert len(read(text + whole(one)).bank_lines) == 5
    with pytest.raises(InputError, match=r"the same lockbox file stands here twice: .* on line 1"):
        read(text + text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_cut_file_is_refused_at_every_byte(path: Path) -> None:
    data = path.read_bytes()
    for cut in range(1, len(data.rstrip())):
        with pytest.raises(InputError):
            read(data[:cut])


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_a_changed_byte_is_refused_or_changes_no_money(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(FILES)).read_bytes())
    before = sorted(read(bytes(content)).bank_lines["amount"])
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        bank = read(bytes(content))
    except InputError:
        return
    assert sorted(bank.bank_lines["amount"]) == before


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(0, 10**9), min_size=1, max_size=5), max_size=4))
def test_what_is_written_is_read_back(batches: list[list[int]]) -> None:
    made = [batch(*(cheque(n, amount, batch=b) for n, amount in enumerate(found, 1)), number=b) for b, found in enumerate(batches, 1)]
    assert sorted(read(whole(box(*made))).bank_lines["amount"]) == sorted(amount for found in batches for amount in found)


def test_only_lockbox_files_are_claimed() -> None:
    assert FORMAT.claims("\n".join(HEAD))
    for other in (
        f"101 122105278 0910000192604010900A094101{'BANK':23}\n5200",
        "100ABCDEFGHIJ00999999911605271800X\n2",
        "1" * 33 + "\n7",
        "01,A,B",
    ):
        assert not FORMAT.claims(other)


@pytest.mark.data
def test_real_files_are_read() -> None:
    banks = [read_bank(take(path), ISO) for path in sorted(DATA.iterdir())]
    assert [bank.bank_lines["amount"].tolist() for bank in banks] == [[], [700000]]


def test_a_blank_piece_of_a_file_without_line_ends_is_refused() -> None:
    rows = [row.ljust(80) for row in simple().splitlines()]
    assert read("".join(rows)).completeness == "counted"
    with pytest.raises(InputError, match="no record of a lockbox file begins so"):
        read("".join([rows[0], " " * 80, *rows[1:]]))
