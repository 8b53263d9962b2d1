"""Advices on pages and in mails: PDFs by place, scans refused by name, e-mails with their attachments, Outlook messages."""

from __future__ import annotations

import base64
import hashlib
import io

import pytest
from openpyxl import Workbook
from written import msg, pdf, table

from arwork.errors import InputError
from arwork.intake.received import Received
from arwork.intake.remittance import mail
from arwork.intake.remittance.claim import Advised, read_advice
from arwork.money import ISO

HEAD = [(50.0, 780.0, "Payment reference:"), (200.0, 780.0, "PAY-778"), (50.0, 760.0, "Payment date:"), (200.0, 760.0, "2026-03-20")]
LEFTS, RIGHT = (50.0, 260.0, 340.0, 420.0), (False, True, True, True)
ROWS = [
    ("Invoice no.", "Gross", "Discount", "Net"),
    ("INV-9001", "1,000.00", "20.00", "980.00"),
    ("INV-9002", "250.00", "", "250.00"),
    ("Total paid", "", "", "1,230.00 GBP"),
]


def read(data: bytes, name: str = "advice", currency: str = "") -> Advised:
    return read_advice(Received(name, data, hashlib.sha256(data).hexdigest()), ISO, currency=currency)


def lines(advised: Advised) -> list[tuple[str, int, int, int, int]]:
    columns = ["doc_reference", "gross_amount", "discount_amount", "net_amount", "confidence"]
    return [tuple(row) for row in advised.remittance.sort_values(["remittance_id", "line_no"])[columns].itertuples(index=False)]


def test_g_16_a_pdf_reads_by_where_its_words_stand() -> None:
    said = read(pdf([[*HEAD, *table(ROWS, LEFTS, right=RIGHT)]]))
    assert lines(said) == [("INV-9001", 100000, 2000, 98000, 990_000), ("INV-9002", 25000, 0, 25000, 990_000)]
    row = said.remittance.iloc[0]
    assert (row["payment_ref"], row["source"], row["currency"], row["payment_amount"]) == ("PAY-778", "PDF", "GBP", 123000)
    assert said.remittance["source_line"].tolist() == ["page 1, line 4", "page 1, line 5"]


def test_a_table_goes_on_over_pages_with_its_heading_repeated() -> None:
    second = [ROWS[0], ("INV-9003", "70.00", "", "70.00"), ("Total paid", "", "", "1,300.00 GBP")]
    said = read(pdf([[*HEAD, *table(ROWS[:3], LEFTS, right=RIGHT)], table(second, LEFTS, right=RIGHT)]))
    assert [line[0] for line in lines(said)] == ["INV-9001", "INV-9002", "INV-9003"]
    assert said.remittance["confidence"].eq(990_000).all()
    assert said.remittance["source_line"].iloc[-1] == "page 2, line 2"


def test_g_16_text_under_a_picture_is_less_sure() -> None:
    said = read(pdf([[*HEAD, *table(ROWS, LEFTS, right=RIGHT)]], hidden=True, picture=True))
    assert said.remittance["confidence"].eq(900_000).all()
    assert any("text recognition" in finding.sentence for finding in said.findings)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (pdf([[]], picture=True), "this is a scan: the PDF holds pictures and no text"),
        (pdf([[]]), "the PDF holds no text"),
        (pdf([[*HEAD, *table(ROWS, LEFTS, right=RIGHT)]])[:400], "the PDF is damaged"),
        (b"%PDF-1.7 nothing else", "the PDF is damaged"),
        (pdf([[]] * 501), "501 pages; an advice has at most 500"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a PNG picture: a scan without text"),
        (b"II*\x00" + b"\0" * 50, "a TIFF picture: a scan without text"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "a JPEG picture"),
        (b"{\\rtf1 hello}", "a rich text file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "old Excel or Word file, or a damaged Outlook message"),
        (b"", "file is empty"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as refused:
        read(data)
    assert refused.value.where
    assert refused.value.cure


def test_an_amount_that_stands_under_no_column_is_refused() -> None:
    rows = [*ROWS[:3], ("INV-9003", "99.00", "", ""), ("INV-9004", "", "12.00 13.00", "")]
    with pytest.raises(InputError, match="fits no line of the table"):
        read(pdf([[*HEAD, *table(rows, LEFTS, right=RIGHT)]]), currency="GBP")


def eml(body: str, *parts: tuple[str, bytes]) -> bytes:
    made = 'From: ap@wren.example\nTo: us@x.example\nSubject: advice\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
    made += f"--b\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    for name, data in parts:
        made += f'--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="{name}"\nContent-Transfer-Encoding: base64\n\n'
        made += base64.encodebytes(data).decode()
    return (made + "--b--\n").encode()


def sheet() -> bytes:
    book = Workbook()
    page = book.active
    page.title = "Advice"
    for row in (
        ["Remittance advice"],
        ["Payment reference", "WR-4"],
        ["Payment date", "2026-03-19"],
        ["Currency", "GBP"],
        [],
        ["Invoice number", "Invoice amount", "Discount", "Amount paid"],
        ["0012", 1000, 12.5, 987.5],
        ["0013", 80.25, None, 80.25],
        ["Total", 1080.25, 12.5, 1067.75],
    ):
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_reads_with_its_preamble_and_keeps_leading_zeros() -> None:
    said = read(sheet())
    assert lines(said) == [("0012", 100000, 1250, 98750, 990_000), ("0013", 8025, 0, 8025, 990_000)]
    assert said.remittance["payment_ref"].unique().tolist() == ["WR-4"]
    assert said.remittance["source_line"].tolist() == ["Advice!A7", "Advice!A8"]


def test_attachments_are_read_by_their_own_readers_and_the_rest_is_told() -> None:
    said = read(eml("Please find attached.", ("advice.xlsx", sheet()), ("terms.bin", b"\x01\x02\x03")), "mail.eml")
    assert [line[0] for line in lines(said)] == ["0012", "0013"]
    assert said.remittance["source_file"].unique().tolist() == ["mail.eml!advice.xlsx"]
    assert any("terms.bin" in finding.sentence for finding in said.findings)


def test_ex_10_an_advice_in_text_and_attachment_is_taken_once() -> None:
    body = "Payment reference: WR-4\nCurrency: GBP\n\nInvoice number   Invoice amount   Discount   Amount paid\n"
    body += "0012             1,000.00         12.50      987.50\n0013             80.25            0.00       80.25\n"
    said = read(eml(body, ("advice.xlsx", sheet())), "mail.eml")
    assert len(said.remittance) == 2
    assert said.repeated == 2
    assert [finding.rule for finding in said.findings if "taken once" in finding.sentence] == ["EX-10"]


def test_two_payments_of_the_same_documents_with_other_references_are_two() -> None:
    rows = "Invoice number;Amount paid;Currency;Payment reference\nA-1;5,00;EUR;{}\n"
    said = read(eml("See below", ("1.csv", rows.format("P-1").encode()), ("2.csv", rows.format("P-2").encode())))
    assert len(said.remittance) == 2


def test_a_damaged_edi_attachment_refuses_the_mail() -> None:
    with pytest.raises(InputError, match=r"cut|missing|ISA"):
        read(eml("Invoices: A-1\nAmount paid: 5.00 EUR", ("x.edi", b"ISA*00*          *00*          *ZZ*A")))


def test_messages_inside_messages_are_opened_to_a_depth() -> None:
    inner = b"From: a@b.example\nTo: c@d.example\nSubject: advice\n\nInvoices: A-77\nAmount paid: EUR 5.00\n"
    for _ in range(2):
        inner = (
            b'From: a@b.example\nTo: c@d.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="m"\n\n--m\nContent-Type: message/rfc822\n\n'
            + inner
            + b"\n--m--\n"
        )
    assert read(inner).remittance["doc_reference"].tolist() == ["A-77"]
    for _ in range(3):
        inner = b"From: a@b.example\nTo: c@d.example\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n" + inner
    with pytest.raises(InputError, match="no part of the e-mail is an advice"):
        read(inner)


def test_too_many_attachments_are_refused() -> None:
    with pytest.raises(InputError, match="more than 100 attachments"):
        read(eml("x", *((f"{n}.txt", b"x") for n in range(mail.MOST_ATTACHED + 1))))


def test_an_outlook_message_reads_like_any_mail() -> None:
    html = "<table><tr><th>Invoice</th><th>Amount paid</th></tr><tr><td>INV-5</td><td>EUR 12.50</td></tr><tr><td>Total</td><td>EUR 12.50</td></tr></table>"
    said = read(msg("Advice", "ap@wren.example", "see table", html), "note.msg")
    assert lines(said) == [("INV-5", 1250, 0, 1250, 990_000)]
    assert said.format.startswith("Outlook message")
    attached = read(msg("Advice", "ap@wren.example", "see file", "", {"advice.xlsx": sheet()}), "note.msg")
    assert [line[0] for line in lines(attached)] == ["0012", "0013"]


def test_a_damaged_outlook_message_is_refused_and_nothing_dies() -> None:
    whole = msg("Advice", "ap@wren.example", "Invoices: A-1\nAmount paid: EUR 5.00")
    assert read(whole).remittance["doc_reference"].tolist() == ["A-1"]
    for cut in (600, len(whole) // 2, len(whole) - 300):
        with pytest.raises(InputError):
            read(whole[:cut])
