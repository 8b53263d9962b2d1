"""OFX and QFX: SGML and XML, deviations of banks, damage (LD-10, 1.5)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.bank import ofx
from arwork.intake.bank.amounts import plain_amount
from arwork.intake.bank.ofx_entry import stated_day
from arwork.intake.bank.statement import BankFile, Statement
from arwork.intake.claim import read_bank
from arwork.intake.received import Received, take
from arwork.money import ISO

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats"
SAMPLES = Path(__file__).parent / "samples" / "ofx"
HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
TRANSACTION = "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260305<TRNAMT>5.00<FITID>F1<NAME>ACME</STMTTRN>"
LEDGER = "<LEDGERBAL><BALAMT>105.00<DTASOF>20260331</LEDGERBAL>"


def read(text: str | bytes) -> BankFile:
    data = text.encode() if isinstance(text, str) else text
    return read_bank(Received("bank.ofx", data, hashlib.sha256(data).hexdigest()), ISO)


def statement(*transactions: str, head: str = HEAD, currency: str = "<CURDEF>USD", account: str = "<ACCTID>55", after: str = LEDGER) -> str:
    inside = "\n".join(transactions)
    return (
        f"{head}<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS>{currency}\n"
        f"<BANKACCTFROM><BANKID>121000248{account}</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260331\n{inside}\n"
        f"</BANKTRANLIST>{after}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )


def transaction(**values: str) -> str:
    stated = {"TRNTYPE": "CREDIT", "DTPOSTED": "20260305", "TRNAMT": "5.00", "FITID": "F1", "NAME": "ACME"} | values
    return "<STMTTRN>" + "".join(f"<{name}>{value}" for name, value in stated.items()) + "</STMTTRN>"


def test_a_statement_states_its_closing_balance_and_proves_nothing() -> None:
    bank = read(statement(TRANSACTION))
    assert (bank.completeness, bank.format) == ("not_proven", "OFX 1.02")
    assert bank.statements.empty
    told = bank.stated[0]
    assert (told.account, told.currency, told.opening, told.closing) == ("121000248/55", "USD", None, 10500)
    assert (told.from_date, told.to_date) == (date(2026, 3, 1), date(2026, 3, 31))


def test_an_opening_balance_in_the_list_of_balances_proves_the_statement_where_it_ties() -> None:
    listed = "<BALLIST><BAL><NAME>Opening Balance<DESC>x<BALTYPE>DOLLAR<VALUE>{}<DTASOF>20260301</BAL></BALLIST>"
    bank = read(statement(TRANSACTION, after=LEDGER + listed.format("100.00")))
    assert bank.completeness == "proven"
    assert bank.statements[["opening", "closing"]].values.tolist() == [[10000, 10500]]
    assert read(statement(TRANSACTION, after=LEDGER + listed.format("99.00"))).completeness == "not_proven"


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("5", 500), ("-5", -500), ("+5.10", 510), (" - 5.1 ", -510), ("1,234.50", 123450), ("1.234,50", 123450), ("+1 006,60", 100660),
        ("1\u00a0006,60", 100660), ("2000,00", 200000), ("0.500", 50), (".5", 50), ("1,234,567", 123456700), ("00000000001500.0000", 150000),
        ("12345.670", 1234567),
    ],
)  # fmt: skip
def test_amounts_with_one_reading(written: str, amount: int) -> None:
    assert read(statement(transaction(TRNAMT=written))).bank_lines["amount"].tolist() == [amount]


@pytest.mark.parametrize(
    "written", ["1,234", "1.234", "$5", "5-", "(5)", "1e2", "1,23,4", "1 23", "5.001", "1.2.3,4", "٥", "--5", "", ",", "5,1.2"]
)
def test_amounts_with_two_readings_or_none_are_refused_with_their_line(written: str) -> None:
    with pytest.raises(InputError, match=r"line 9, column TRNAMT"):
        read(statement(transaction(TRNAMT=written)))


def test_a_currency_with_three_decimals_reads_three_digits_behind_the_mark() -> None:
    assert str(plain_amount("1,234", 3)) == "1.234"
    assert plain_amount("1,234", 2) is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("20260305", date(2026, 3, 5)), ("20260305235959", date(2026, 3, 5)), ("20260305120000.000[-5:EST]", date(2026, 3, 5)),
        ("20260305235959[+14:X]", date(2026, 3, 5)), ("2026-03-05", date(2026, 3, 5)), ("2026-03-05T10:00:00Z", date(2026, 3, 5)),
        ("00000000", None), ("20260231", None), ("", None), ("201120000000", None), ("05032026", None), ("2026030", None),
    ],
)  # fmt: skip
def test_days_are_read_as_written(written: str, day: date | None) -> None:
    assert stated_day(written) == day
    text = statement(transaction(DTPOSTED=written))
    if day is None:
        with pytest.raises(InputError, match="DTPOSTED"):
            read(text)
    else:
        assert read(text).bank_lines["booking_date"].dt.date.tolist() == [day]


@pytest.mark.parametrize(
    ("kind", "amount", "found", "method"),
    [
        ("INT", "1.00", "NON_AR", "OTHER"), ("DIV", "1.00", "NON_AR", "OTHER"), ("FEE", "-1.00", "NON_AR", "OTHER"),
        ("SRVCHG", "-1.00", "NON_AR", "OTHER"), ("CHECK", "1.00", "RECEIPT", "CHEQUE"), ("POS", "-1.00", "PAYMENT", "CARD"),
        ("DIRECTDEP", "1.00", "RECEIPT", "ACH"), ("ATM", "-1.00", "PAYMENT", "CASH"), ("Credit", "1.00", "RECEIPT", "OTHER"),
        ("NEWKIND", "-1.00", "PAYMENT", "OTHER"), ("XFER", "0.00", "NON_AR", "WIRE"),
    ],
)  # fmt: skip
def test_step_a_reads_the_kind_of_a_transaction(kind: str, amount: str, found: str, method: str) -> None:
    line = read(statement(transaction(TRNTYPE=kind, TRNAMT=amount))).bank_lines.iloc[0]
    assert (line["class"], line["method"], line["txn_code"]) == (found, method, kind.upper())


def test_pending_and_held_transactions_are_left_out_and_counted() -> None:
    pending = "<BANKTRANLISTP><DTASOF>20260331<STMTTRNP><TRNTYPE>POS<DTTRAN>20260331<TRNAMT>-1<NAME>x</STMTTRNP></BANKTRANLISTP>"
    bank = read(statement(TRANSACTION, transaction(TRNTYPE="HOLD"), after=pending + LEDGER))
    assert len(bank.bank_lines) == 1
    assert "1 held transaction left out; 1 pending transaction left out" in bank.proof


def test_references_names_and_texts() -> None:
    payee = "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260305<DTAVAIL>20260307<TRNAMT>5<FITID>A&amp;1<REFNUM>R-9<PAYEE><NAME>ACME &lt;US&gt;"
    payee += "<ADDR1>x</PAYEE><MEMO>INV &#52;711</STMTTRN>"
    plain = transaction(FITID="0", CHKNUM="0044", NAME="DEPOSIT", MEMO="deposit of INV 5")
    found = read(statement(payee, plain)).bank_lines.sort_values("line_no")
    assert found["bank_txn_id"].tolist() == ["A&1", ""]
    assert found["end_to_end_id"].tolist() == ["R-9", "0044"]
    assert found["remitter_name"].tolist() == ["ACME <US>", "DEPOSIT"]
    assert found["remittance_text"].tolist() == ["ACME <US> INV 4711", "deposit of INV 5"]
    assert found["value_date"].dt.date.tolist() == [date(2026, 3, 7), date(2026, 3, 5)]


def test_an_extended_name_stands_in_for_a_name() -> None:
    line = read(statement(transaction(NAME="", EXTDNAME="A LONG NAME", MEMO="INV 5"))).bank_lines.iloc[0]
    assert (line["remitter_name"], line["remittance_text"]) == ("A LONG NAME", "A LONG NAME INV 5")


def test_a_type_that_contradicts_the_sign_is_told() -> None:
    bank = read(statement(transaction(TRNTYPE="DEBIT", TRNAMT="5.00"), transaction(TRNTYPE="CREDIT", TRNAMT="-5.00")))
    assert "2 of type CREDIT or DEBIT with an amount of the other sign" in bank.proof


def test_the_same_statement_twice_is_refused() -> None:
    text = statement(TRANSACTION)
    with pytest.raises(InputError, match="the same statement of account 121000248/55 stands here twice"):
        read(text + text)
    assert len(read(text + statement(TRANSACTION, account="<ACCTID>56")).bank_lines) == 2


def test_a_fitid_that_comes_again_with_other_content_is_kept() -> None:
    bank = read(statement(TRANSACTION, transaction(TRNAMT="6.00"), TRANSACTION))
    assert sorted(bank.bank_lines["amount"]) == [500, 500, 600]
    assert bank.bank_lines["line_id"].is_unique


@pytest.mark.parametrize(
    "text",
    [
        statement(TRANSACTION, head="\n\n" + HEAD),
        statement(TRANSACTION, head="OFXHEADER:100DATA:OFXSGMLVERSION:102ENCODING:USASCIICHARSET:1252\n"),
        statement(TRANSACTION).replace("\n", "\r\n"),
        statement(TRANSACTION).replace("<NAME>ACME", "<NAME>ACME</NAME><MEMO></MEMO><EXTDNAME/><CATEGORY>x<NEW.TAG/>"),
        statement(TRANSACTION).replace("</BANKTRANLIST>", ""),
        statement(TRANSACTION).replace("ACME", "<![CDATA[ACME]]>").replace("<STMTRS>", "<STMTRS><!-- <STMTTRN> -->"),
        statement(TRANSACTION).lower().replace("acme", "ACME").replace("ofxheader", "OFXHEADER").replace("version", "VERSION"),
        statement(TRANSACTION).replace("<NAME>ACME", "<SPLITS><AMOUNT>1<NAME>other</SPLITS><NAME>ACME"),
    ],
)
def test_harmless_spellings_change_nothing(text: str) -> None:
    bank = read(text)
    assert bank.format == "OFX 1.02"
    assert bank.bank_lines[["amount", "remitter_name", "bank_txn_id"]].values.tolist() in ([[500, "ACME", "F1"]], [[500, "ACME", "f1"]])
    assert bank.stated[0].closing == 10500


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (statement(TRANSACTION, currency="<CURDEF></CURDEF>"), r"line 7, column CURDEF: the statement states no currency"),
        (statement(TRANSACTION, currency="<CURDEF>XQQ"), "unknown currency 'XQQ'"),
        (statement(TRANSACTION, account=""), "does not say for which account"),
        (statement(transaction(CORRECTFITID="F0", CORRECTACTION="DELETE")), "corrects an earlier one"),
        (statement(transaction().replace("<NAME>", "<CURRENCY><CURRATE>1.1<CURSYM>EUR</CURRENCY><NAME>")), "in EUR on an account in USD"),
        (statement(transaction().replace("<TRNAMT>5.00", "")), "the STMTTRN has no TRNAMT"),
        (statement(TRANSACTION).replace("</STMTTRN>", ""), "<STMTTRN> is not closed before </BANKTRANLIST>"),
        (statement(TRANSACTION).replace("<STMTTRN>", ""), "</STMTTRN> closes what is not open"),
        (statement(TRANSACTION).replace("</OFX>", ""), "<OFX> is not closed: the file is cut off"),
        (statement(TRANSACTION, head=HEAD + '<!DOCTYPE x [<!ENTITY a "5">]>'), "declares a document type"),
        (statement(TRANSACTION).replace("ACME", "<!-- x"), "<!-- is not closed"),
        (statement("<X>" + "<Y>" * 200 + "</Y></X>"), "nested more than 64 deep"),
        (HEAD + "<OFX><SIGNONMSGSRSV1><SONRS><LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1></OFX>", "holds no statement"),
        (HEAD + "<OFX></OFX>", "holds no statement"),
        (
            statement(TRANSACTION).replace("<CODE>0<SEVERITY>INFO", "<CODE>2003<SEVERITY>ERROR<MESSAGE>Account not found"),
            "2003 Account not",
        ),
    ],
)
def test_what_is_damaged_or_missing_is_refused_and_named(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        read(text)
    assert refused.value.where
    assert refused.value.cure


def test_a_currency_that_only_the_transactions_state_is_taken_from_them() -> None:
    stated = transaction().replace("<NAME>", "<CURRENCY><CURRATE>1<CURSYM>EUR</CURRENCY><NAME>")
    assert read(statement(stated, currency="")).bank_lines["currency"].tolist() == ["EUR"]


def test_a_closing_balance_without_amount_or_day_is_none_and_told() -> None:
    assert read(statement(TRANSACTION, after="<LEDGERBAL><BALAMT/><DTASOF/></LEDGERBAL>")).stated[0].closing is None
    bank = read(statement(TRANSACTION, after=LEDGER.replace("20260331", "00000000")))
    assert bank.stated[0].closing is None
    assert "1 closing balance without a day (DTASOF) not used" in bank.proof


@pytest.mark.parametrize(
    ("charset", "encoding"), [("1252", "cp1252"), ("1250", "cp1250"), ("8859-2", "iso8859_2"), ("ISO-8859-15", "iso8859_15"), ("NONE", "cp1252")]
)  # fmt: skip
def test_the_declared_charset_decides_where_the_bytes_are_not_utf_8(charset: str, encoding: str) -> None:
    text = statement(transaction(NAME="Kuzma Šímař" if encoding in ("cp1250", "iso8859_2") else "Café Müller"))
    bank = read(text.replace("CHARSET:1252", f"CHARSET:{charset}").encode(encoding))
    assert bank.bank_lines["remitter_name"].tolist() == ["Kuzma Šímař" if encoding in ("cp1250", "iso8859_2") else "Café Müller"]
    assert read(text).bank_lines["remitter_name"].tolist() == bank.bank_lines["remitter_name"].tolist()


def light(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], int | None]:
    """Read without building tables: the number of lines, or None when refused."""

    def told(received: Received, statements: list[Statement], **_: str) -> int:
        return sum(len(s.lines) for s in statements)

    monkeypatch.setattr(ofx, "bank_file", told)

    def outcome(data: bytes) -> int | None:
        try:
            found: Any = read_bank(Received("bank.ofx", data, "0" * 64), ISO)
        except InputError:
            return None
        return cast("int", found)

    return outcome


@pytest.mark.parametrize("name", ["bank_sgml.ofx", "card_and_broker_xml.ofx", "one_line_header_cp1250.qfx"])
def test_every_prefix_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, outcome = (SAMPLES / name).read_bytes().rstrip(), light(monkeypatch)
    assert outcome(whole)
    # Every seventh byte, every byte before a tag, and every one of the last lines: where a cut could pass for an end.
    cuts = {*range(1, len(whole), 7), *(found.start() for found in re.finditer(b"[<\n]", whole)), *range(len(whole) - 80, len(whole))}
    assert [cut for cut in sorted(cuts) if cut and outcome(whole[:cut]) is not None] == []


@pytest.mark.parametrize("name", ["one_line_header_cp1250.qfx"])
def test_no_changed_byte_does_more_than_refuse(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, outcome = (SAMPLES / name).read_bytes(), light(monkeypatch)
    for at in range(len(whole)):
        byte = (0x30, 0x3C, 0xFF)[at % 3]
        outcome(whole[:at] + bytes([byte]) + whole[at + 1 :])


def test_a_file_of_many_sections_and_stray_marks_takes_linear_time() -> None:
    text = statement(*[transaction(NAME="<![CDATA[a]]>", MEMO="< & <b" * 20)] * 1000)
    assert len(read(text).bank_lines) == 1000
    for mark in ("<", "<!--x-->", "&#", "<A "):
        with pytest.raises(InputError):
            read(HEAD + "<OFX>" + mark * 50_000)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-(10**9), 10**9),
            st.dates(date(1970, 1, 1), date(2199, 1, 1)),
            st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=20),
        ),
        max_size=6,
    ),
    st.booleans(),
)  # fmt: skip
def test_what_is_written_is_read_back(lines: list[tuple[int, date, str]], closing: bool) -> None:
    def value(name: str, text: str) -> str:
        return f"<{name}>{text}</{name}>" if closing else f"<{name}>{text}\n"

    written = [
        "<STMTTRN>"
        + value("TRNTYPE", "OTHER")
        + value("DTPOSTED", f"{day.year:04d}{day:%m%d}")
        + value("TRNAMT", ISO.text(amount, "USD"))
        + value("MEMO", "x" + text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
        + "</STMTTRN>"
        for amount, day, text in lines
    ]
    found = read(statement(*written)).bank_lines.sort_values("line_no")
    assert found["amount"].tolist() == [amount for amount, _, _ in lines]
    assert found["booking_date"].dt.date.tolist() == [day for _, day, _ in lines]
    assert found["remittance_text"].tolist() == [f"x{text}" for _, _, text in lines]


@pytest.mark.data
@pytest.mark.parametrize(("folder", "read_whole"), [("ofx", 20), ("ofx-deviations", 12)])
def test_every_real_statement_is_read_and_every_refusal_names_what_is_missing(folder: str, read_whole: int) -> None:
    def outcome(path: Path) -> BankFile | InputError:
        try:
            return read_bank(take(path), ISO)
        except InputError as refused:
            return refused

    found = [outcome(path) for path in sorted((DATA / folder).iterdir()) if path.suffix != ".json"]
    assert sum(isinstance(bank, BankFile) for bank in found) == read_whole
    assert all(refused.where and refused.cure for refused in found if isinstance(refused, InputError))
