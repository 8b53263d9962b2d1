"""`arwork check`: what each file is, what it states, what is wrong, and the exit code; no file stops the others."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from arwork.cli import app
from arwork.intake import check as checking
from arwork.intake.check_bank import wrong_iban, wrong_reference
from arwork.intake.claim import read_bank

SAMPLES = Path(__file__).parent / "samples"
KEYS = ["file", "format", "status", "lines", "rejects", "currency", "opening", "closing", "credits", "debits", "completeness", "problems"]
ITEMS = (
    "company_code,customer_id,doc_no,doc_type,doc_date,due_date,currency,amount_doc\n"
    "1000,C1,4711,INV,2026-03-01,2026-03-31,EUR,100.00\n1000,C1,4712,CM,2026-03-02,2026-03-31,EUR,{}\n"
)


def mt940(opening: str, amount: str, closing: str, number: int, day: int = 31, account: str = "DE89370400440532013000") -> str:
    return (
        f":20:X\n:25:{account}\n:28C:{number}/1\n:60F:C2603{day - 1:02d}EUR{opening}\n:61:2603{day:02d}C{amount},NTRFNONREF//B{number}\n"
        f":86:RF18539007547034 invoice {number}\n:62F:C2603{day:02d}EUR{closing}\n-\n"
    )


def run(folder: Path, *arguments: str) -> Result:
    before = Path.cwd()
    os.chdir(folder)
    try:
        return CliRunner().invoke(app, ["check", *arguments])
    finally:
        os.chdir(before)


def objects(folder: Path, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    done = run(folder, *arguments, "--json")
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_statement_read_whole_states_everything_and_exits_0(tmp_path: Path) -> None:
    (tmp_path / "a.sta").write_text(mt940("10,00", "5", "15,00", 1))
    code, [told] = objects(tmp_path, "a.sta")
    assert code == 0
    assert list(told) == KEYS
    assert told == {
        "file": "a.sta", "format": "MT940", "status": "ok", "lines": 1, "rejects": 0, "currency": "EUR", "opening": "10.00",
        "closing": "15.00", "credits": "5.00", "debits": "0.00", "completeness": "proven", "problems": [],
    }  # fmt: skip
    shown = run(tmp_path, "a.sta").stdout
    for text in (
        "a.sta: ok, MT940",
        "DE89370400440532013000",
        "2026-03-31 to 2026-03-31",
        "EUR",
        "opening 10.00, closing 15.00",
        "proven. ",
    ):
        assert text in shown
    assert shown.splitlines()[-1] == "1 file: 1 read whole (1 proven complete), 0 refused"


def test_one_refused_file_exits_2_and_the_others_are_told(tmp_path: Path) -> None:
    (tmp_path / "good.sta").write_text(mt940("10,00", "5", "15,00", 1))
    (tmp_path / "bad.sta").write_text(mt940("10,00", "5", "16,00", 1))
    code, told = objects(tmp_path, "bad.sta", "missing.sta", "good.sta")
    assert (code, [each["status"] for each in told]) == (2, ["refused", "refused", "ok"])
    assert (told[0]["format"], told[0]["lines"], told[0]["opening"]) == ("MT940", 0, None)
    assert "closing is 16.00; difference 1.00" in told[0]["problems"][0]
    assert "no such file" in told[1]["problems"][0]
    assert "REFUSED" in run(tmp_path, "bad.sta").stdout


def test_several_accounts_and_currencies_give_no_misleading_figure() -> None:
    code, [told] = objects(SAMPLES, "camt053/two_accounts_v08.xml")
    assert code == 0
    assert (told["currency"], told["opening"], told["credits"]) == ("KWD, JPY", None, None)
    assert [*told] == [*KEYS, "statements"]
    assert told["statements"][0] == {
        "account": "KW000122", "currency": "KWD", "number": "KWD-7", "from": None, "to": "2026-02-28", "opening": "10.000",
        "closing": "11.234", "credits": "1.234", "debits": "0.000", "lines": 1,
    }  # fmt: skip
    assert told["statements"][2]["opening"] == "500"


def test_statements_that_follow_each_other_state_the_first_and_last_balance(tmp_path: Path) -> None:
    (tmp_path / "week.sta").write_text(mt940("10,00", "5", "15,00", 1, 30) + mt940("15,00", "7", "22,00", 2, 31))
    _, [told] = objects(tmp_path, "week.sta")
    assert (told["opening"], told["closing"], told["credits"], len(told["statements"])) == ("10.00", "22.00", "12.00", 2)


def test_ex_10_rc_20_repeats_and_gaps_between_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "1.sta").write_text(mt940("10,00", "5", "15,00", 1, 28))
    (tmp_path / "1 again.sta").write_text(mt940("10,00", "5", "15,00", 1, 28).replace("\n", "\r\n"))
    (tmp_path / "3.sta").write_text(mt940("22,00", "5", "27,00", 3, 31))
    code, told = objects(tmp_path, ".")
    assert code == 0
    assert [each["file"] for each in told] == ["1 again.sta", "1.sta", "3.sta"]
    assert "All 1 lines are entered once only: the same statement as in 1 again.sta" in told[1]["problems"][0]
    assert "number 2 is missing" in told[2]["problems"][0]
    assert "stands in 1 again.sta" in told[2]["problems"][0]


def test_dv_13_dv_14_check_digits_are_doubted(tmp_path: Path) -> None:
    assert [wrong_iban(text) for text in ("DE89370400440532013000", "DE88370400440532013000", "DE8937040044053201300", "ZZ00X", "12345")] == [
        False, True, True, False, False,
    ]  # fmt: skip
    assert [wrong_reference(text) for text in ("RF18539007547034", "RF18 5390 0754 7034", "RF19539007547034", "INV-1")] == [
        False,
        False,
        True,
        False,
    ]
    (tmp_path / "a.sta").write_text(mt940("10,00", "5", "15,00", 1, account="DE88370400440532013000"))
    _, [told] = objects(tmp_path, "a.sta")
    assert "check digits of our account DE88370400440532013000 are wrong (DV-14)" in told["problems"][0]


def test_lines_outside_their_statement_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.sta").write_text(mt940("10,00", "5", "15,00", 1).replace(":61:260331", ":61:260402"))
    _, [told] = objects(tmp_path, "a.sta")
    assert "booked on a day outside their statement, the first on 2026-04-02" in told["problems"][0]


def test_a_table_is_read_by_the_layout_that_its_headings_fit(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text(ITEMS.format("-20.50"))
    code, [told] = objects(tmp_path, "items.csv")
    assert (code, told["format"], told["status"], told["lines"]) == (0, "open_items by layout plain (delimited text, ,)", "ok", 2)
    assert (told["currency"], told["credits"], told["debits"], told["opening"], told["completeness"]) == (
        "EUR",
        "20.50",
        "100.00",
        None,
        "not proven",
    )


def test_ld_10_a_table_with_rejects_is_refused_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text(ITEMS.format("twenty"))
    code, [told] = objects(tmp_path, "items.csv")
    assert (code, told["status"], told["rejects"], told["lines"]) == (2, "refused", 1, 1)
    assert "line 3, column amount_doc, value 'twenty': is not an amount" in told["problems"][0]
    assert "accept_rejects: [{sha256: " in told["problems"][0]


def test_a_layout_of_the_working_folder_or_one_named_reads_a_table(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Tag;Summe\n31.03.2026;1,50\n30.03.2026;-0,50\n")
    code, [told] = objects(tmp_path, "x.csv")
    assert (code, told["status"]) == (2, "refused")
    assert "headings fit no layout" in told["problems"][0]
    assert "arwork init" in told["problems"][0]
    (tmp_path / "mine.yaml").write_text("reads: bank\ncolumns: {booking_date: Tag, amount: Summe}\n")
    code, [told] = objects(tmp_path, "x.csv", "--layout", "mine.yaml", "--currency", "chf", "--account", "CH1")
    assert (code, told["currency"], told["credits"], told["debits"]) == (0, "CHF", "1.50", "0.50")
    (tmp_path / "params" / "layouts").mkdir(parents=True)
    (tmp_path / "mine.yaml").rename(tmp_path / "params" / "layouts" / "mine.yaml")
    assert objects(tmp_path, "x.csv", "--layout", "mine")[0] == 0
    assert objects(tmp_path, "x.csv")[0] == 0
    (tmp_path / "params" / "layouts" / "broken.yaml").write_text("reads: nonsense\n")
    assert objects(tmp_path, "x.csv")[0] == 0
    assert run(tmp_path, "x.csv", "--layout", "nowhere").exception is not None


@pytest.mark.parametrize(
    ("data", "format", "said"),
    [
        (b"%PDF-1.7\n%x", "PDF", "PDF is damaged"),
        (b"{1:F01X}{2:I103Y}{4:\n-}", "MT103 (customer credit transfer)", "one payment"),
        (b"<html></html>", "web page (HTML)", "Download the file itself"),
        (b"", "", "is empty"),
        (b"hello\n", "", "no bank format"),
        (b"MZ" + b"\x00" * 80, "program", "is a program"),
    ],
)
def test_what_is_no_source_is_named(tmp_path: Path, data: bytes, format: str, said: str) -> None:
    (tmp_path / "x").write_bytes(data)
    code, [told] = objects(tmp_path, "x")
    assert (code, told["status"], told["format"]) == (2, "refused", format)
    assert said in told["problems"][0]


def test_a_fault_of_ours_is_one_file_s_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.sta").write_text(mt940("10,00", "5", "15,00", 1))
    (tmp_path / "b.txt").write_text("hello\n")
    real = read_bank

    def broken(received: Any, *more: Any) -> Any:
        """Fail on one file as a bug would."""
        if received.name == "a.sta":
            raise KeyError("x")
        return real(received, *more)

    monkeypatch.setattr(checking, "read_bank", broken)
    code, told = objects(tmp_path, "a.sta", "b.txt")
    assert (code, [each["status"] for each in told]) == (4, ["refused", "refused"])
    assert told[0]["problems"] == ["a fault of ours: KeyError: 'x'"]


def test_a_folder_is_walked_sorted_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("b.txt", "a.txt", "deep/c.txt", ".DS_Store", "deep/~$open.xlsx"):
        (tmp_path / "in" / name).write_text("hello\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "d.txt").write_text("hello\n")
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "elsewhere")
    given = str(tmp_path / "in")
    assert list(checking.files_of([given, f"{given}/a.txt"])) == [f"{given}/{name}" for name in ("a.txt", "b.txt", "deep/c.txt")]
    assert [told["file"] for told in objects(tmp_path, "./in/a.txt", "in/a.txt")[1]] == ["./in/a.txt", "in/a.txt"]
    (tmp_path / "link.sta").symlink_to(tmp_path / "in" / "a.txt")
    _, [told] = objects(tmp_path, "link.sta")
    assert "is a link" in told["problems"][0]


def test_what_a_file_says_cannot_move_the_cursor(tmp_path: Path) -> None:
    (tmp_path / "x\x1b[2J.csv").write_text("a;b\n\x1b]0;owned\x07;\u202e1\n")
    shown = run(tmp_path, ".").stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "⟨U+001B⟩" in shown


def test_a_name_that_is_no_utf_8_is_shown_and_read(tmp_path: Path) -> None:
    name = b"\xff.sta".decode("utf-8", "surrogateescape")
    (tmp_path / name).write_text(mt940("10,00", "5", "15,00", 1))
    code, [told] = objects(tmp_path, ".")
    assert (code, told["file"], told["status"]) == (0, "\ufffd.sta", "ok")


def test_the_command_starts_light() -> None:
    """Looking at a file loads no notebook runner, no pictures and no PDF reader."""
    script = "import sys, arwork.cli, arwork.intake.check; print([m for m in ('papermill', 'matplotlib', 'nbconvert', 'pypdfium2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=SAMPLES.parent.parent)
    assert done.stdout.strip() == "[]"


FBL5N = "Customer;Document Number;Document Type;Document Date;Net due date;Amount in doc. curr.;Document currency;Text\n"
ITEM = "100234;18;RV;15.01.2026;14.02.2026;10,00;EUR;"
BSID = "BUKRS;KUNNR;BELNR;GJAHR;BUZEI;BUDAT;BLDAT;WAERS;BLART;SHKZG;WRBTR;ZFBDT;ZBD1T\n"
NETSUITE = "Type,Date,Document Number,Name,Due Date,Currency,Amount,Amount Remaining\n"


def said_of(folder: Path, data: str | bytes, name: str = "f.csv") -> dict[str, Any]:
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return objects(folder, name)[1][0]


@pytest.mark.parametrize(("data", "why"), [
    (FBL5N + ITEM + '12" pipe\n', "a quote stands inside an unquoted cell"),
    (FBL5N + ITEM + "a\0b\n", "holds a NUL character"),
])  # fmt: skip
def test_a_file_that_no_layout_can_cut_into_cells_is_refused_for_what_is_wrong_with_it(tmp_path: Path, data: str, why: str) -> None:
    said = said_of(tmp_path, data)
    assert (said["status"], "line 2" in said["problems"][0], why in said["problems"][0]) == ("refused", True, True)


def test_hidden_rows_are_read_and_told_and_a_second_sheet_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (FBL5N, ITEM + "x", ITEM.replace(";18;", ";19;") + "y"):
        sheet.append(row.strip().split(";"))
    sheet.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    said = said_of(tmp_path, out.getvalue(), "f.xlsx")
    assert (said["lines"], "1 row that is hidden" in said["problems"][0]) == (2, True)
    book.create_sheet("Other").append(["Customer", "1"])
    out = io.BytesIO()
    book.save(out)
    assert "holds 2 sheets with cells: Sheet, Other" in said_of(tmp_path, out.getvalue(), "g.xlsx")["problems"][0]


def test_ld_01_a_mark_that_contradicts_a_signed_amount_is_refused(tmp_path: Path) -> None:
    rows = "".join(
        f"1000;7;{n};2026;1;15.01.2026;15.01.2026;EUR;DZ;H;{amount};15.01.2026;30\n" for n, amount in enumerate(("5,00-", "3,00"))
    )
    said = said_of(tmp_path, BSID + rows)
    assert (said["status"], said["rejects"]) == ("refused", 1)
    assert "has a sign that contradicts its mark" in said["problems"][0]


def test_ld_07_a_negative_journal_does_not_make_credit_memos_signed(tmp_path: Path) -> None:
    rows = "Credit Memo,1/25/2026,CM1,A,2/1/2026,USD,100.00,100.00\nJournal,1/26/2026,J1,A,2/1/2026,USD,-5.00,-5.00\n"
    said = said_of(tmp_path, NETSUITE + rows)
    assert (said["status"], said["credits"], said["debits"]) == ("ok", "105.00", "0.00")


def test_a_layout_of_one_s_own_goes_before_one_that_comes_with_arwork_and_fits_as_well(tmp_path: Path) -> None:
    (tmp_path / "params" / "layouts").mkdir(parents=True)
    own = "reads: bank\ncolumns: {booking_date: [Date], amount: [Amount], end_to_end_id: [Text]}\nconstants: {currency: EUR}\n"
    (tmp_path / "params" / "layouts" / "ours.yaml").write_text(own)
    assert "by layout ours" in said_of(tmp_path, "Date,Text,Amount\n2026-03-15,X,1.00\n")["format"]


def test_rows_that_are_all_left_out_are_told(tmp_path: Path) -> None:
    said = said_of(tmp_path, FBL5N + "*;;;;;10,00;EUR;\n")
    assert (said["lines"], "holds no row that is taken over" in said["problems"][0]) == (0, True)


THEIRS = "Datum;Unser Beleg;Ihre Rechnung;Art;Betrag EUR\n01.03.2026;ER-1;INV-1;Rechnung;1000,00\n20.03.2026;BL-3;;Belastung;-75,00\n"


@pytest.mark.parametrize(
    ("text", "status", "completeness", "closing"),
    [
        (THEIRS + "Endsaldo zum 31.03.2026;;;;925,00\n", "ok", "proven", "925.00"),
        ("Date,Reference,Type,Debit,Credit,Balance\n2026-03-01,,Opening balance,,,100.00\n2026-03-02,INV-1,Invoice,,900.00,1000.00\n", "ok", "proven", "1000.00"),
        ("Reference,Date,Type,Amount\nA-1,2026-03-01,Invoice,100.00\nP-1,2026-03-02,Payment,40.00\n", "ok", "not proven", None),
        ("Datum;Dokument;Faktura;Kwota PLN\n01.03.2026;E-1;INV-1;1000,00\n05.03.2026;E-2;INV-2;500,00\n;Do zapłaty;;1500,00\n", "ok", "proven", "1500.00"),
    ],
    ids=["German, closing balance", "English, debit and credit", "no balance, invoices listed", "a total of an unknown name"],
)  # fmt: skip
def test_rc_40_a_customers_own_statement_is_known(tmp_path: Path, text: str, status: str, completeness: str, closing: str | None) -> None:
    said = said_of(tmp_path, text)
    assert (said["status"], said["completeness"], said["closing"]) == (status, completeness, closing)
    assert said["format"].startswith("a customer's own statement")


@pytest.mark.parametrize(
    "text",
    [
        "Client;Numéro;Le;Montant\nK1;INV-1;31.03.2026;100,00\nK2;INV-2;31.03.2026;50,00\nTotal;;;150,00\n",
        "Date,Description,Type,Amount,Balance\n2026-03-30,Card,Payment,-10.00,90.00\n2026-03-31,Rent,Payment,-40.00,50.00\n",
        THEIRS,
    ],
    ids=["a list of several customers", "an account at a bank", "nothing that it adds up to"],
)
def test_rc_40_what_could_be_something_else_is_no_customers_statement(tmp_path: Path, text: str) -> None:
    assert "own statement" not in said_of(tmp_path, text)["format"]


def test_rc_40_a_customers_statement_with_days_of_two_readings_says_what_to_do(tmp_path: Path) -> None:
    said = said_of(tmp_path, THEIRS.replace("20.03.", "02.03.").replace(".03.2026", "/03/2026"))
    assert said["status"] == "refused"
    assert all(words in said["problems"][0] for words in ("reads like a customer's own statement", "--dates"))


def test_a_word_that_is_ours_by_chance_makes_no_plain_file(tmp_path: Path) -> None:
    """An export whose unsigned amount has its sign in a column beside it must not be read as money that only came in."""
    heads = "Settlement date,Slug,Side,Operation,Amount,Currency,Counterparty,Reference"
    (tmp_path / "x.csv").write_text(f"{heads}\n2026-10-30,s1,debit,Transfer,20.13,EUR,Cloud Ltd,October\n")
    code, [told] = objects(tmp_path, "x.csv")
    assert (code, told["status"]) == (2, "refused")
    assert "headings fit no layout" in told["problems"][0]


@pytest.mark.parametrize("given", [(), ("--layout", "plain")])
def test_a_customer_s_statement_without_a_currency_is_read(tmp_path: Path, given: tuple[str, ...]) -> None:
    (tmp_path / "x.csv").write_text("reference,doc_date,amount\nR1,2026-03-01,12.50\nR2,2026-03-02,-2.00\n")
    code, [told] = objects(tmp_path, "x.csv", *given)
    assert (code, told["status"], told["lines"], told["currency"]) == (0, "ok", 2, None)
