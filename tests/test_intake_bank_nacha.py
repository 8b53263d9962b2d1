"""ACH files of NACHA: every stated figure, every cut, signs, returns, and the documents in addenda (LD-10, 1.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.bank.nacha import FORMAT
from arwork.intake.bank.nacha_addenda import paid_documents
from arwork.intake.bank.statement import BankFile
from arwork.intake.claim import read_bank
from arwork.intake.received import Received, take
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples" / "nacha"
FILES = sorted(path for path in SAMPLES.iterdir() if not path.name.endswith(".csv"))
DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats"
BANK, OTHER = "122105278", "091000019"
HEADER = f"101 {BANK} {OTHER}2604010900A094101{'HARBOR BANK':23}{'LAKESIDE BANK':23}{'':8}"


def read(text: str | bytes) -> BankFile:
    data = text.encode() if isinstance(text, str) else text
    return read_bank(Received("bank.ach", data, hashlib.sha256(data).hexdigest()), ISO)


def head(service: str = "200", kind: str = "CCD", day: str = "260402", word: str = "PAYMENT", number: int = 1) -> str:
    return f"5{service}{'NORTHWIND TOOLS':16}{'':20}{'1234567890'}{kind}{word:10}{'260401'}{day}{'092'}1{OTHER[:8]}{number:07d}"


def entry(code: str, amount: int, *, trace: int = 1, more: int = 0, account: str = "5550001234", name: str = "CEDAR SUPPLY") -> str:
    return f"6{code}{BANK}{account:17}{amount:010d}{'INV-88':15}{name:22}  {more}{OTHER[:8]}{trace:07d}"


def addenda(text: str, *, kind: str = "05", trace: int = 1, number: int = 1) -> str:
    return f"7{kind}{text:80}{number:04d}{trace:07d}"


def returned(reason: str, trace: int = 1) -> str:
    return f"799{reason}{'091000010000077'}{'':6}{'12210527'}{'':44}{OTHER[:8]}{trace:07d}"


def batch(header: str, *rows: str) -> list[str]:
    """Close a batch with the control record that its rows make."""
    entries = [row for row in rows if row[0] == "6"]
    debits = sum(int(row[29:39]) for row in entries if row[2] in "56789")
    credits = sum(int(row[29:39]) for row in entries if row[2] in "1234")
    total = sum(int(row[3:11]) for row in entries) % 10**10
    control = f"8{header[1:4]}{len(rows):06d}{total:010d}{debits:012d}{credits:012d}{header[40:50]}{'':25}{header[79:94]}"
    return [header, *rows, control]


def whole(*batches: Sequence[str], header: str = HEADER) -> str:
    """Close a file with the control record that its batches make, and fill the last block with nines."""
    controls = [rows[-1] for rows in batches]
    records = [header, *(row for rows in batches for row in rows)]
    sums = [sum(int(c[a:b]) for c in controls) for a, b in ((4, 10), (10, 20), (20, 32), (32, 44))]
    blocks = -(-(len(records) + 1) // 10)
    records.append(f"9{len(batches):06d}{blocks:06d}{sums[0]:08d}{sums[1] % 10**10:010d}{sums[2]:012d}{sums[3]:012d}{'':39}")
    records += ["9" * 94] * (blocks * 10 - len(records))
    assert {len(record) for record in records} == {94}
    return "\n".join(records) + "\n"


def simple() -> str:
    return whole(batch(head(), entry("22", 150000), entry("27", 2500, trace=2)), batch(head(number=2), entry("32", 7, trace=3)))


@pytest.mark.parametrize(
    ("code", "amount", "kind"),
    [
        *((code, 500, "RECEIPT") for code in ("22", "32", "42", "52")),
        *((code, -500, "PAYMENT") for code in ("27", "37", "47", "55")),
        ("21", 500, "RETURN"),
        ("26", -500, "RETURN"),
    ],
)
def test_the_code_gives_the_sign(code: str, amount: int, kind: str) -> None:
    line = read(whole(batch(head(), entry(code, 500)))).bank_lines.iloc[0]
    assert (line["amount"], line["class"], line["method"]) == (amount, kind, "ACH")


@pytest.mark.parametrize("code", ["23", "28", "33", "38", "24", "29", "34", "39", "43", "48"])
def test_prenotes_and_zero_dollar_entries_move_no_money(code: str) -> None:
    assert read(whole(batch(head(), entry(code, 0)))).bank_lines[["amount", "class"]].values.tolist() == [[0, "NON_AR"]]
    with pytest.raises(InputError, match=r"line 3, column 30-39.*moves no money, but states 5.00"):
        read(whole(batch(head(), entry(code, 500))))


@pytest.mark.parametrize("code", ["20", "25", "30", "90", "00", "81", "2X"])
def test_a_code_that_says_neither_credit_nor_debit_is_refused(code: str) -> None:
    with pytest.raises(InputError, match=f"line 3, column 2-3, value '{code}'"):
        read(whole(batch(head(), entry(code, 500))))


def test_an_entry_is_booked_on_the_account_it_names_and_comes_from_the_company() -> None:
    bank = read(whole(batch(head(), entry("22", 150000, more=1), addenda("INVOICE 4711"))))
    line = bank.bank_lines.iloc[0]
    assert (line["bank_account"], line["remitter_name"], line["remitter_bank"]) == (f"{BANK}/5550001234", "NORTHWIND TOOLS", OTHER[:8])
    assert (line["bank_txn_id"], line["end_to_end_id"], line["txn_code"]) == ("091000010000001", "INV-88", "CCD/22")
    assert line["remittance_text"] == "PAYMENT CEDAR SUPPLY INVOICE 4711"
    assert (str(line["booking_date"].date()), str(line["value_date"].date())) == ("2026-04-02", "2026-04-02")
    assert bank.completeness == "counted"
    assert bank.statements.empty


def test_a_return_is_booked_for_the_company_and_comes_from_the_account() -> None:
    line = read(whole(batch(head(), entry("26", 5000, more=1), returned("R01")))).bank_lines.iloc[0]
    assert (line["amount"], line["class"], line["return_reason"]) == (-5000, "RETURN", "R01")
    assert "insufficient funds" in line["class_reason"]
    assert (line["bank_account"], line["remitter_account"], line["remitter_name"]) == (f"{BANK}/1234567890", "5550001234", "CEDAR SUPPLY")
    assert "R01 original trace 091000010000077" in line["remittance_text"]


def test_a_reversal_batch_holds_returns() -> None:
    assert read(whole(batch(head(word="REVERSAL"), entry("27", 5000)))).bank_lines["class"].tolist() == ["RETURN"]


@pytest.mark.parametrize("day", ["000000", "      "])
def test_without_an_effective_date_the_day_of_the_file_counts(day: str) -> None:
    bank = read(whole(batch(head(day=day), entry("22", 1))))
    assert str(bank.bank_lines["booking_date"].iloc[0].date()) == "2026-04-01"


@pytest.mark.parametrize("day", ["260231", "2604AB", "26041 ", "２６0401"])
def test_a_day_that_no_calendar_has_is_refused(day: str) -> None:
    with pytest.raises(InputError, match="line 2, column 70-75"):
        read(whole(batch(head(day=day), entry("22", 1))))


@pytest.mark.parametrize("line", [4, 5, 6, 8, 9])
def test_every_digit_of_every_figure_that_is_stated_is_checked(line: int) -> None:
    """Batch controls: count, hash, debits, credits, bank and number. File control: batches, blocks, count, hash, debits, credits."""
    records = whole(
        batch(head(), entry("22", 150000), entry("27", 2500, trace=2)), batch(head(number=2), entry("32", 7, trace=3))
    ).splitlines()
    record = records[line]
    figures = {"8": [*range(1, 44), *range(79, 94)], "9": range(1, 55)}.get(record[0], range(0))
    for at in figures if record.strip("9") else []:
        other = record[:at] + ("7" if record[at] != "7" else "3") + record[at + 1 :]
        with pytest.raises(InputError, match=rf"bank.ach, line {line + 1}"):
            read("\n".join([*records[:line], other, *records[line + 1 :]]))


def test_a_wrong_amount_or_bank_of_an_entry_breaks_the_control() -> None:
    with pytest.raises(InputError, match=r"line 5: batch 0000001, credits in cents: stated 150000, found 150001"):
        read(simple().replace("0000150000INV", "0000150001INV"))
    with pytest.raises(InputError, match=r"line 5: batch 0000001, entry hash"):
        read(simple().replace(f"622{BANK}", "622122105388"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda r: r[1:], "the file header record .1. is missing"),
        (lambda r: r[:4] + r[5:], "before the batch above it has its control"),
        (lambda r: [*r[:7], *r[8:]], "before its last batch has a control"),
        (lambda r: r[:8], "file control record .9. is missing"),
        (lambda r: [r[0], *r[2:]], "outside of a batch"),
        (lambda r: [*r[:2], addenda("x"), *r[2:]], "follows no entry"),
        (lambda r: [r[0], r[0], *r[1:]], "inside a file"),
        (lambda r: [*r[:9], r[8], *r[9:]], "no file is open"),
        (lambda r: [*r[:9], *r[1:5]], "outside of a file"),
        (lambda r: [*r[:3], "X" * 94, *r[3:]], "no record of an ACH file begins so"),
        (lambda r: [*r[:2], r[2] + "12", *r[3:]], "96 characters"),
        (lambda r: [r[0], r[1].replace("5200", "5100"), *r[2:]], "unknown service class"),
        (lambda r: [r[0], r[1].replace("CCD", "   "), *r[2:]], "no entry class"),
        (lambda r: [r[0], r[1].replace("5200", "5280"), *r[2:]], "belong together"),
        (lambda r: [r[0].replace("260401", "      "), *r[1:]], "when it was created"),
        (lambda r: [r[0], *r[1:2], r[2].replace("0000150000", "00001500O0"), *r[3:]], "not a number"),
        (lambda r: [r[0], r[8].replace("000002", "000000")], "blocks|entries|hash|batches"),
    ],
)
def test_what_does_not_stand_where_it_must_is_refused(wrong: object, said: str) -> None:
    assert callable(wrong)
    with pytest.raises(InputError, match=said):
        read("\n".join(wrong(simple().splitlines())))


def test_lines_without_their_blanks_without_nines_and_without_line_ends_say_the_same() -> None:
    text = simple()
    ids = read(text).bank_lines["line_id"].tolist()
    records = [record for record in text.splitlines() if record.strip("9")]
    for other in (
        "\r\n".join(records), "\r".join(records), "\n\n".join(record.rstrip() for record in records),
        "".join(text.splitlines()), "\n".join(record + "   " for record in records) + "\n\x1a",
    ):  # fmt: skip
        assert read(other).bank_lines["line_id"].tolist() == ids


def test_several_files_in_one_are_all_read() -> None:
    bank = read(simple() + simple().replace("0900A0", "0900B0"))
    assert len(bank.bank_lines) == 6
    assert len(bank.stated) == 2
    with pytest.raises(InputError, match="is missing"):
        read(simple() + "\n".join(simple().splitlines()[:8]))


def test_the_same_file_twice_in_one_is_refused() -> None:
    with pytest.raises(InputError, match=r"line 11: the same ACH file stands here twice: .* the file on line 1"):
        read(simple() + simple())


def test_a_file_without_batches_is_read_whole() -> None:
    assert len(read(whole()).bank_lines) == 0


def test_addenda_with_rmr_segments_pay_documents() -> None:
    text = "ST*820*0001\\BPR*C*1490.00*C\\RMR*IV*A-100**1000.00*1010.00*10.00\\RMR*IV*A-101**490.00*500.00*0\\ADX*-10.00*01\\SE*6*0001\\"
    pieces = [text[at : at + 80] for at in range(0, len(text), 80)]
    row = entry("22", 149000, more=1)
    row = f"{row[:54]}{len(pieces):04d}{'CEDAR SUPPLY':16}  {row[76:]}"
    bank = read(whole(batch(head(kind="CTX"), row, *(addenda(piece, number=n) for n, piece in enumerate(pieces, 1)))))
    paid = bank.remittance
    assert paid["doc_reference"].tolist() == ["A-100", "A-101"]
    assert paid[["gross_amount", "discount_amount", "deduction_amount", "net_amount"]].values.tolist() == [
        [101000, 1000, 0, 100000],
        [50000, 0, 1000, 49000],
    ]
    assert (paid["deduction_reason"].tolist(), set(paid["source"]), set(paid["trace_no"])) == (
        ["", "01 pricing error"],
        {"NACHA"},
        {"091000010000001"},
    )
    assert set(paid["payment_amount"]) == {149000}
    with pytest.raises(InputError, match="addenda of this entry: stated 2, found 1"):
        read(whole(batch(head(kind="CTX"), row, addenda(pieces[0]))))


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        ("RMR*IV*12345**100.00\\", [("12345", 10000, 0, 0, 10000)]),
        ("RMR*IV*12345**100\\RMR*CM*77**-5.5\\", [("12345", 10000, 0, 0, 10000), ("77", -550, 0, 0, -550)]),
        ("RMR|IV|12345||100.00|120.00|~", [("12345", 12000, 0, 2000, 10000)]),
        ("RMR*IV*9**.50*1.00*.25~ADX*-.25*L3~", [("9", 100, 25, 25, 50)]),
        ("ENT*1\\ADX*-3.00*01**CB-1\\RMR*IV*9**4\\", [("CB-1", 0, 0, 300, -300), ("9", 400, 0, 0, 400)]),
        ("RMR*IV*9**4,00\\", []),
        ("RMR*IV*9**1\\RMR*IV*10**oops\\", []),
        ("TRN*1*12345*1999999999\\", []),
        ("ARMR*IV*9**4\\", []),
        ("plain words", []),
    ],
)
def test_rmr_segments_are_read_exactly_or_not_at_all(text: str, paid: list[tuple[str, int, int, int, int]]) -> None:
    found = paid_documents(text, "bank.ach", 1, 0)
    assert [(d.document, d.gross, d.discount, d.deduction, d.net) for d in found] == paid


def test_bytes_beyond_ascii_are_one_character_each() -> None:
    text = whole(batch(head(), entry("22", 5, name="CAFE ¦ CO")))
    assert read(text.encode("iso8859-1")).bank_lines["remittance_text"].tolist() == ["PAYMENT CAFE ¦ CO"]
    assert read(text).bank_lines["remittance_text"].tolist() == ["PAYMENT CAFE ¦ CO"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_prefix_is_refused_until_the_control_is_whole(path: Path) -> None:
    data = path.read_bytes()
    control = data.index(b"\n900000") + 1 if b"\n" in data else data.index(b"900000400")
    enough = control + len(data[control:].splitlines()[0][:94].rstrip())
    # Every byte of the first and the last records, a sample of those between them, and the end of every record.
    between = {*range(200, enough - 200, 11), *(at for at in range(200, enough) if data[at : at + 1] == b"\n")}
    for cut in sorted({*range(1, min(200, enough)), *range(max(1, enough - 200), enough), *between}):
        with pytest.raises(InputError):
            read(data[:cut])
    for cut in (enough, enough + 1, enough + 95, len(data) - 1):
        assert len(read(data[:cut]).bank_lines) == len(read(data).bank_lines)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_a_changed_byte_is_refused_or_changes_no_money(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(FILES))
    content = bytearray(path.read_bytes())
    whole_sum = sorted(read(bytes(content)).bank_lines["amount"])
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        bank = read(bytes(content))
    except InputError:
        return
    assert sorted(abs(amount) for amount in bank.bank_lines["amount"]) == sorted(abs(amount) for amount in whole_sum)


AMOUNTS = st.lists(st.tuples(st.sampled_from(["22", "27", "32", "37", "42", "47", "52"]), st.integers(1, 10**10 - 1)), max_size=5)


@settings(max_examples=20, deadline=None)
@given(st.lists(AMOUNTS, max_size=4), st.booleans())
def test_what_is_written_is_read_back(batches: list[list[tuple[str, int]]], broken_lines: bool) -> None:
    rows = [
        batch(head(number=number), *(entry(code, amount, trace=100 * number + n) for n, (code, amount) in enumerate(made)))
        for number, made in enumerate(batches, 1)
    ]
    text = whole(*rows)
    bank = read(text if broken_lines else text.replace("\n", ""))
    expected = sorted(amount if code[1] == "2" else -amount for made in batches for code, amount in made)
    assert sorted(bank.bank_lines["amount"]) == expected


def test_only_ach_files_are_claimed() -> None:
    assert FORMAT.claims(HEADER)
    for other in ("100ABCDEFGHIJ00999999911605271800", "01,122099999,123456789,040621,0200,1,65,,2/", "{1500}30", "1" * 94, "5200"):
        assert not FORMAT.claims(other)


@pytest.mark.data
def test_real_files_are_read_or_refused_for_a_damage() -> None:
    read_whole = bare = 0
    for path in sorted((DATA / "nacha-ach").iterdir()):
        try:
            bank = read_bank(take(path), ISO)
        except InputError as refused:
            bare += not (refused.where and refused.cure)
        else:
            assert bank.completeness == "counted"
            read_whole += 1
    assert (read_whole, bare) == (77, 0)
