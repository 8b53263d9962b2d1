"""BAI2 files: every control, continuations in every place, funds types, type codes, balances and totals (RC-20, LD-10)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.bank.bai2 import FORMAT
from arwork.intake.bank.statement import BankFile
from arwork.intake.claim import read_bank
from arwork.intake.received import Received, take
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples" / "bai2"
FILES = sorted(path for path in SAMPLES.iterdir() if not path.name.endswith(".csv"))
DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats" / "bai2"


def read(text: str | bytes) -> BankFile:
    data = text.encode() if isinstance(text, str) else text
    return read_bank(Received("bank.bai", data, hashlib.sha256(data).hexdigest()), ISO)


def account(head: str, *rows: str, total: int) -> tuple[list[str], int]:
    """Close an account with its trailer; `total` is the sum of all amounts as they stand."""
    return [head, *rows, f"49,{total},{len(rows) + 2}/"], total


def whole(*accounts: tuple[Sequence[str], int], group: str = "02,CEDAR,091000019,1,260331,2359,USD,2/") -> str:
    rows = [row for found, _ in accounts for row in found]
    total = sum(figure for _, figure in accounts)
    return "\n".join(
        [
            "01,091000019,CEDAR,260401,0600,1,,,2/",
            group,
            *rows,
            f"98,{total},{len(accounts)},{len(rows) + 2}/",
            f"99,{total},1,{len(rows) + 4}/",
            "",
        ]
    )


def one(*rows: str, sums: int, head: str = "03,5550001234,,010,10000,,/") -> BankFile:
    return read(whole(account(head, *rows, total=10000 + sums)))


def tied() -> str:
    head = "03,5550001234,USD,010,10000,,,015,10700,,,100,1200,2,,400,500,1,/"
    rows = ("16,195,1000,Z,WT1,CS-1,ACME, INC 1/2 PAID/", "16,165,200,,,,SMALL/", "16,475,500,,,10071,/")
    return whole(account(head, *rows, total=10000 + 10700 + 1200 + 500 + 1700))


def test_balances_and_details_prove_a_statement() -> None:
    bank = read(tied())
    assert bank.completeness == "proven"
    assert bank.proof.startswith("Opening 100.00 USD and 3 lines make closing 107.00 USD")
    lines = bank.bank_lines.sort_values("line_no")
    assert lines[["amount", "class", "method", "txn_code"]].values.tolist() == [
        [1000, "RECEIPT", "WIRE", "195"],
        [200, "RECEIPT", "ACH", "165"],
        [-500, "PAYMENT", "CHEQUE", "475"],
    ]
    assert lines[["bank_txn_id", "end_to_end_id", "remittance_text"]].iloc[0].tolist() == ["WT1", "CS-1", "ACME, INC 1/2 PAID"]
    assert (set(lines["bank_account"]), str(lines["booking_date"].iloc[0].date())) == ({"091000019/5550001234"}, "2026-03-31")


@pytest.mark.parametrize(
    ("line", "field", "said"),
    [
        (6, 1, "account 091000019/5550001234, control total"),
        (6, 2, "account 091000019/5550001234, records"),
        (7, 1, "control total of the group"),
        (7, 2, "accounts of the group"),
        (7, 3, "records of the group"),
        (8, 1, "control total of the file"),
        (8, 2, "groups of the file"),
        (8, 3, "records of the file"),
    ],
)
@pytest.mark.parametrize("step", [1, -1])
def test_every_stated_figure_that_is_wrong_is_refused(line: int, field: int, said: str, step: int) -> None:
    records = tied().splitlines()
    parts = records[line].rstrip("/").split(",")
    right = int(parts[field])
    parts[field] = str(right + step)
    with pytest.raises(InputError, match=rf"bank\.bai, line {line + 1}: {said}: stated {right + step}, found {right}"):
        read("\n".join([*records[:line], ",".join(parts) + "/", *records[line + 1 :]]))
    for wrong in ("", "x", "1.0"):
        parts[field] = wrong
        with pytest.raises(InputError, match=f"line {line + 1}"):
            read("\n".join([*records[:line], ",".join(parts) + "/", *records[line + 1 :]]))


def test_a_cut_file_is_refused_at_every_byte() -> None:
    for path in FILES:
        data = path.read_bytes()
        enough = data.rindex(b"99,") + len(data[data.rindex(b"99,") :].split(b"/")[0])
        for cut in range(1, enough):
            with pytest.raises(InputError):
                read(data[:cut])
        assert len(read(data[:enough]).bank_lines) == len(read(data).bank_lines)


@pytest.mark.parametrize(
    ("rows", "text", "refs"),
    [
        (["16,195,700,Z,B1,C1,first/", "88,second, part/2/", "88,third/"], "first second, part/2 third", ("B1", "C1")),
        (["16,195,700,Z,B1,C1/", "88,only text/"], "only text", ("B1", "C1")),
        (["16,195,700,Z,B1/", "88,C1,text/"], "text", ("B1", "C1")),
        (["16,195/", "88,700/", "88,Z,B1,C1,text"], "text", ("B1", "C1")),
        (["16,195,700,,,,no slash at the end", "88,goes on"], "no slash at the end goes on", ("", "")),
        (["16,195,700,,,,torn", "line without a code/"], "torn line without a code", ("", "")),
        (["16,195,700/"], "", ("", "")),
        (["16,195,700,,,,a / b // c /  /"], "a / b // c /", ("", "")),
        (["16,195,+700,0,,,x/"], "x", ("", "")),
    ],
)
def test_continuations_go_on_where_the_record_stopped(rows: list[str], text: str, refs: tuple[str, str]) -> None:
    records = [row for row in rows if row[:3] in ("16,", "88,")]
    body = "\n".join(rows)
    file = whole(account("03,1,,010,10000,,/", *records, total=10700)).replace("\n".join(records), body)
    line = read(file).bank_lines.iloc[0]
    assert (line["remittance_text"], (line["bank_txn_id"], line["end_to_end_id"]), line["amount"]) == (text, refs, 700)


def test_a_text_that_fills_its_line_runs_on() -> None:
    first = "16,195,700,,,," + "A" * 66
    assert len(first) == 80
    assert one(first, "88,BC/", sums=700).bank_lines["remittance_text"].tolist() == ["A" * 66 + "BC"]
    assert one(first[:-1], "88,BC/", sums=700).bank_lines["remittance_text"].tolist() == ["A" * 65 + " BC"]


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("16,115,700,S,100,600,0,REF,CUST,TEXT/", "2026-03-31"),
        ("16,115,700,S,,700,,REF,CUST,TEXT/", "2026-03-31"),
        ("16,115,700,V,260402,1200,REF,CUST,TEXT/", "2026-04-02"),
        ("16,115,700,V,260402,,REF,CUST,TEXT/", "2026-04-02"),
        ("16,115,700,V,20260402,,REF,CUST,TEXT/", "2026-04-02"),
        ("16,115,700,D,2,0,100,1,600,REF,CUST,TEXT/", "2026-03-31"),
        ("16,115,700,D,0,REF,CUST,TEXT/", "2026-03-31"),
        ("16,115,700,0,REF,CUST,TEXT/", "2026-03-31"),
        ("16,115,700,1,REF,CUST,TEXT/", "2026-03-31"),
        ("16,115,700,2,REF,CUST,TEXT/", "2026-03-31"),
        ("16,115,700,z,REF,CUST,TEXT/", "2026-03-31"),
    ],
)
def test_funds_types_bring_their_own_fields(row: str, value: str) -> None:
    line = one(row, sums=700).bank_lines.iloc[0]
    assert (line["amount"], line["bank_txn_id"], line["end_to_end_id"], line["remittance_text"]) == (700, "REF", "CUST", "TEXT")
    assert str(line["value_date"].date()) == value


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("16,115,700,Q,REF,CUST,TEXT/", "unknown funds type"),
        ("16,115,700,S,100/", "lacks fields"),
        ("16,115,700,S,A,B,C,REF/", "no amount"),
        ("16,115,700,V,260231,,REF/", "not a day"),
        ("16,115,700,V,soon,,REF/", "not a day"),
        ("16,115,700,D,x,0,700,REF/", "no number"),
        ("16,115,700,D,9,0,700,REF/", "lacks fields"),
        ("16,115,7.00,,,,/", "no amount"),
        ("16,115,７00,,,,/", "no amount"),
        ("16,115,-700,,,,/", "has a sign"),
        ("16,475,-700,,,,/", "has a sign"),
        ("16,015,700,,,,/", "not a credit and not a debit"),
        ("16,905,700,,,,/", "not a credit and not a debit"),
        ("16,1A5,700,,,,/", "three digits"),
        ("16,15,700,,,,/", "three digits"),
        ("17,115,700,,,,/", "no record code"),
        ("torn", "no record code"),
    ],
)
def test_what_cannot_be_read_exactly_is_refused(row: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        one(row, sums=700)
    assert said in str(refused.value)
    assert refused.value.where.startswith("bank.bai, line 4")


@pytest.mark.parametrize(
    ("code", "amount", "kind", "method"),
    [
        ("115", 700, "RECEIPT", "LOCKBOX"),
        ("142", 700, "RECEIPT", "ACH"),
        ("165", 700, "RECEIPT", "ACH"),
        ("175", 700, "RECEIPT", "CHEQUE"),
        ("195", 700, "RECEIPT", "WIRE"),
        ("208", 700, "RECEIPT", "WIRE"),
        ("206", 700, "RECEIPT", "INTERNAL"),
        ("275", 700, "OWN_TRANSFER", "INTERNAL"),
        ("354", 700, "NON_AR", "OTHER"),
        ("399", 700, "RECEIPT", "OTHER"),
        ("930", 700, "RECEIPT", "OTHER"),
        ("257", 700, "RETURN", "ACH"),
        ("475", -700, "PAYMENT", "CHEQUE"),
        ("495", -700, "PAYMENT", "WIRE"),
        ("555", -700, "RETURN", "CHEQUE"),
        ("557", -700, "RETURN", "ACH"),
        ("575", -700, "OWN_TRANSFER", "INTERNAL"),
        ("698", -700, "NON_AR", "OTHER"),
        ("960", -700, "PAYMENT", "OTHER"),
        ("999", -700, "PAYMENT", "OTHER"),
        ("890", 0, "NON_AR", "OTHER"),
    ],
)
def test_the_type_code_gives_sign_class_and_method(code: str, amount: int, kind: str, method: str) -> None:
    line = one(f"16,{code},700,Z,,,/", sums=700).bank_lines.iloc[0]
    assert (line["amount"], line["class"], line["method"], line["is_return"]) == (amount, kind, method, kind == "RETURN")


def test_labelled_continuations_name_the_other_side() -> None:
    rows = (
        "16,195,700,,GI1,,Incoming wire",
        "88,EREF: MF-1",
        "88,DBNM: MERIDIAN FOODS",
        "88,DACT: 77 12",
        "88,DABA: 021000322",
        "88,CRNM: US",
    )
    line = one(*rows, sums=700).bank_lines.iloc[0]
    assert line[["remitter_name", "remitter_account", "remitter_bank", "end_to_end_id"]].tolist() == [
        "MERIDIAN FOODS",
        "7712",
        "021000322",
        "MF-1",
    ]
    line = one("16,165,700,Z,,,ORIG CO NAME:MILLPOND  DAIRY   ORIG ID:123 DESC DATE:0401/", sums=700).bank_lines.iloc[0]
    assert line["remitter_name"] == "MILLPOND DAIRY"
    line = one("16,142,700,Z,90231,,MILLPOND DAIRY DES:PAYMENT ID:77 INDN:LAKESIDE CO ID:123 CCD/", sums=700).bank_lines.iloc[0]
    assert line["remitter_name"] == "MILLPOND DAIRY"
    line = one("16,142,700,Z,90231,,DEPOSIT AT DES:K/", sums=700).bank_lines.iloc[0]
    assert line["remitter_name"] == ""


def test_items_stand_for_their_deposit_where_they_add_up_to_it() -> None:
    items = ("16,115,700,,LB1,,/", "16,116,300,,LB1,101,A/", "16,116,400,,LB1,102,B/")
    assert sorted(one(*items, sums=1400).bank_lines["amount"]) == [300, 400]
    assert sorted(one(*items, sums=1400).bank_lines["txn_code"]) == ["116", "116"]
    other = (items[0], items[1], "16,116,401,,LB1,102,B/", "16,195,5,,,,/")
    assert sorted(one(*other, sums=1406).bank_lines["amount"]) == [5, 300, 401, 700]


def test_currency_of_account_then_group_then_dollar() -> None:
    def currencies(head: str, group: str) -> list[str]:
        return read(whole(account(head, "16,195,700,,,,/", total=700), group=group)).bank_lines["currency"].tolist()

    assert currencies("03,1,JPY/", "02,C,B,1,260331,,EUR,2/") == ["JPY"]
    assert currencies("03,1,/", "02,C,B,1,260331,,EUR,2/") == ["EUR"]
    assert currencies("03,1/", "02,C,B,1,260331,,,/") == ["USD"]
    with pytest.raises(InputError, match="unknown currency"):
        currencies("03,1,XXQ/", "02,C,B,1,260331,,,/")


def test_account_records_run_over_continuations() -> None:
    rows = ("88,500,,,015/", "88,1200,,/", "88,072,5,,S,1,2,3,100,700,1,/", "16,195,700,,,,/")
    bank = read(whole(account("03,1,USD,010/", *rows, total=500 + 1200 + 5 + 700 + 700)))
    assert bank.statements[["opening", "closing", "lines"]].values.tolist() == [[500, 1200, 1]]
    for head in ("03,1,USD,010,500,,,015,1200,,/", "03,1,USD,010,500,,,015,1200,,,/", "03,1,USD,,,,,010,500,,,015,1200,,/"):
        bank = read(whole(account(head, "88,100,700,1,/", "16,195,700,,,,/", total=3100)))
        assert bank.completeness == "proven"


@pytest.mark.parametrize(
    "head", ["03,1,USD,01,5,,/", "03,1,USD,010,x,,/", "03,1,USD,010,5,,S,1/", "03,1,USD,010,5,,,010,6,,/", "03,1,USD,010,5,x,/", "03,,USD/"]
)
def test_a_broken_account_record_is_refused(head: str) -> None:
    with pytest.raises(InputError, match="line 3"):
        read(whole(account(head, total=5)))


def test_totals_without_details_are_not_proven_and_say_so() -> None:
    bank = read(whole(account("03,1,USD,010,500,,,100,900,3,,400,0,0,/", total=1400)))
    assert (bank.completeness, len(bank.bank_lines), len(bank.stated)) == ("not_proven", 0, 1)
    assert "total credits 9.00 in 3, details 0.00 in 0" in bank.proof
    counted = read(whole(account("03,1,USD,100,700,1,,400,0,0,/", "16,195,700,,,,/", total=1400)))
    assert counted.completeness == "counted"
    untied = read(whole(account("03,1,USD,010,500,,,015,900,,/", "16,195,700,,,,/", total=2100)))
    assert (untied.completeness, len(untied.statements)) == ("not_proven", 0)
    assert "do not tie" in untied.proof


def test_many_groups_accounts_and_days() -> None:
    def group(day: str, opening: int, closing: int) -> list[str]:
        rows, total = account(f"03,1,USD,010,{opening},,,015,{closing},,/", f"16,195,{closing - opening},,,,/", total=2 * closing)
        return [f"02,C,091000019,1,{day},,USD,2/", *rows, f"98,{total},1,{len(rows) + 2}/"]

    rows = [*group("260330", 100, 150), *group("260331", 150, 400)]
    bank = read("\n".join(["01,091000019,C,260401,0600,7,,,2/", *rows, f"99,1100,2,{len(rows) + 2}/"]))
    assert bank.statements.sort_values("from_date")[["opening", "closing"]].values.tolist() == [[100, 150], [150, 400]]
    assert bank.completeness == "proven"
    assert len(read(tied() + tied().replace("0600,1", "0700,2")).bank_lines) == 6


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda r: r[1:], "file header .01. is missing"),
        (lambda r: [r[0], *r[2:]], "group header .02. is missing"),
        (lambda r: [*r[:2], *r[3:]], "account record .03. is missing"),
        (lambda r: [*r[:3], r[2], *r[3:]], "before the account above it has its trailer"),
        (lambda r: [*r[:6], *r[7:]], "before its last account has a trailer"),
        (lambda r: [*r[:7], *r[8:]], "before its last group has a trailer"),
        (lambda r: r[:8], "trailer record .99. is missing"),
        (lambda r: [*r[:2], r[1], *r[2:]], "before the group above it has its trailer"),
        (lambda r: [*r[:2], r[0], *r[2:]], "inside a file"),
        (lambda r: [*r, r[8]], "where no file is open"),
        (lambda r: [*r[:7], r[6], *r[7:]], "where no account is open"),
        (lambda r: [*r[:8], r[7], *r[8:]], "where no group is open"),
        (lambda r: [r[0].replace(",2/", ",1/"), *r[1:]], "BAI version 2"),
        (lambda r: [r[0], r[1].replace(",1,2603", ",2,2603"), *r[2:]], "takes back"),
        (lambda r: [r[0], r[1].replace(",1,2603", ",4,2603"), *r[2:]], "is a test"),
        (lambda r: [r[0], r[1].replace("260331", "260332"), *r[2:]], "not a day"),
    ],
)
def test_what_does_not_stand_where_it_must_is_refused(wrong: object, said: str) -> None:
    assert callable(wrong)
    with pytest.raises(InputError, match=said):
        read("\n".join(wrong(tied().splitlines())))


def test_records_packed_on_one_line_or_padded_say_the_same() -> None:
    ids = sorted(read(tied()).bank_lines["line_id"])
    records = tied().splitlines()
    for other in (
        "".join(records), "  ".join(records), "\r\n".join(records), "\r".join(records), "\n\n".join(f"{r}   " for r in records),
        "\n".join(records[:3]) + "  " + "\n".join(records[3:]),
    ):  # fmt: skip
        assert sorted(read(other).bank_lines["line_id"]) == ids


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_changed_byte_is_refused_or_changes_no_money_at_all(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(FILES))
    content = bytearray(path.read_bytes())
    before = sorted(abs(amount) for amount in read(bytes(content)).bank_lines["amount"])
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255))
    try:
        bank = read(bytes(content))
    except InputError:
        return
    after = sorted(abs(amount) for amount in bank.bank_lines["amount"])
    assert sum(after) <= sum(before)


DETAILS = st.lists(
    st.tuples(
        st.sampled_from(["142", "195", "301", "475", "495", "698", "950", "970"]), st.integers(0, 10**12), st.text("AB,/ 12.-", max_size=90)
    ),
    max_size=6,
)


@settings(max_examples=15, deadline=None)
@given(DETAILS, st.integers(-(10**9), 10**9), st.booleans())
def test_what_is_written_is_read_back(details: list[tuple[str, int, str]], opening: int, slash: bool) -> None:
    signed = [amount if code < "400" or code == "950" else -amount for code, amount, _ in details]
    closing = opening + sum(signed)
    rows = [f"16,{code},{amount},Z,R{n},,T{text}{'/' if slash else 'X'}" for n, (code, amount, text) in enumerate(details)]
    total = opening + closing + sum(amount for _, amount, _ in details)
    bank = read(whole(account(f"03,77,EUR,010,{opening},,,015,{closing},,/", *rows, total=total)))
    lines = bank.bank_lines.sort_values("line_no")
    assert lines["amount"].tolist() == signed
    assert lines["remittance_text"].tolist() == [" ".join(f"T{text}{'' if slash else 'X'}".split()) for _, _, text in details]
    assert bank.completeness == "proven"


def test_only_bai_files_are_claimed() -> None:
    assert FORMAT.claims("01,CITI,888,150716,0713,001,,,2/")
    for other in ("01,a;b", "0101000000000,1", "01,2,3\n1,2,3", "100ABCDEFGHIJ00999999911605271800", "02,5,5"):
        assert not FORMAT.claims(other)


@pytest.mark.data
def test_real_files_are_read_or_refused_for_a_damage() -> None:
    found: dict[str, str] = {}
    for path in sorted(DATA.iterdir()):
        name = path.name.rpartition("__")[2]
        try:
            bank = read_bank(take(path), ISO)
        except InputError as refused:
            found[name] = "refused" if refused.where and refused.cure else ""
        else:
            found[name] = f"{bank.completeness} {len(bank.bank_lines)}"
    assert found == {
        "citi_example.bai2": "not_proven 1",
        "nwb_example.bai2": "proven 5",
        "sample-parseError.txt": "refused",
        "sample2.txt": "not_proven 4",
        "sample3.txt": "proven 26",
        "sample4-continuations-newline-delimited.txt": "refused",
        "sample5-issue113.txt": "refused",
    }
