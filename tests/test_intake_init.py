"""`arwork init`: a layout proposed from headings and content reads the file as a person would; nothing is overwritten."""

from __future__ import annotations

import datetime
import hashlib
import io
import os
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import params
from typer.testing import CliRunner, Result

from arwork.cli import app
from arwork.errors import InputError
from arwork.intake.check import Choice
from arwork.intake.date_forms import date_form
from arwork.intake.layouts import plain, read_layout
from arwork.intake.ledger import read_alone
from arwork.intake.limits import limits
from arwork.intake.proposal import Proposal, propose
from arwork.intake.received import Received, take
from arwork.intake.recognise import best_fit, shipped_layouts
from arwork.intake.starter import starter
from arwork.money import ISO
from arwork.params import read_params
from arwork.policy import read_policy
from arwork.settings import read_yaml

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests" / "samples"
LAYOUTS = shipped_layouts()
GERMAN_BANK = (
    '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";'
    '"Betrag";"Waehrung"\n'
    '"DE83200410100532013000";"31.03.2026";"31.03.2026";"GUTSCHRIFT";"RE 4711";"Müller & Söhne GmbH";"DE89370400440532013000";"1.234,50";"EUR"\n'
    '"DE83200410100532013000";"30.03.2026";"30.03.2026";"LASTSCHRIFT";"Strom";"Stadtwerke";"DE02120300000000202051";"-250,00";"EUR"\n'
)
AGEING = (
    "Acme Distribution Inc\nAR Aging Detail\n\nCustomer,Type,Date,Num,P.O. #,Terms,Due Date,Aging,Open Balance\n"
    'Bluebird Foods,Invoice,09/02/2026,10021,PO-77,Net 30,10/02/2026,29,"1,250.00"\n'
    "Bluebird Foods,Credit Memo,10/15/2026,CM-12,,,10/15/2026,16,-50.00\nZephyr LLC,Payment,10/20/2026,778,,,10/20/2026,11,-100.00\n"
)
MARKED = (
    "Kunde\tBelegnr\tBelegart\tBelegdatum\tFälligkeit\tS/H\tBetrag\tWährung\n0001000\t90001\tRV\t01.02.2026\t03.03.2026\tS\t1.000,00\tEUR\n"
    "0001000\t90002\tDG\t11.02.2026\t11.02.2026\tH\t100,00\tEUR\nSumme\t\t\t\t\t\t900,00\tEUR\n"
)
TWO_COLUMNS = "Date;Description;Debit;Credit\n03/04/2026;Opening;;100,00\n05/04/2026;Card;12,50;\n27/04/2026;Client Durand;;1 000,00\n"
UNSIGNED = (
    "Customer ID,Invoice Number,Doc Type,Invoice Date,Due Date,Currency,Invoice Amount\n"
    "A1,1,INVOICE,2026-01-02,2026-02-02,USD,10.00\nA1,2,CREDIT,2026-01-05,2026-02-02,USD,4.00\n"
)


def received(data: str | bytes, name: str = "export.csv") -> Received:
    raw = data.encode() if isinstance(data, str) else data
    return Received(name, raw, hashlib.sha256(raw).hexdigest())


def proposed(data: str | bytes, reads: str = "", currency: str = "") -> Proposal:
    return propose(received(data), LAYOUTS, reads, currency=currency)


def read_back(proposal: Proposal, data: str | bytes, columns: list[str]) -> list[list[object]]:
    """Read the file by the proposed layout: what `arwork close` would take over."""
    frame = read_alone(received(data), read_layout(proposal.text, "x.yaml"), ISO).table
    return frame.sort_values("source_line", key=lambda s: s.str.extract(r"([0-9]+)$")[0].astype(int))[columns].values.tolist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_german_bank_export(encoding: str) -> None:
    data = GERMAN_BANK.encode(encoding)
    proposal = proposed(data)
    assert (proposal.reads, proposal.missing, proposal.refusal) == ("bank", (), "")
    assert read_back(proposal, data, ["amount", "currency", "remitter_name", "remittance_text"]) == [
        [123450, "EUR", "Müller & Söhne GmbH", "RE 4711"],
        [-25000, "EUR", "Stadtwerke", "Strom"],
    ]
    assert proposal.rows[0]["booking_date"] == "2026-03-31"
    assert proposal.rows[0]["amount"] == "1234.50"
    assert ("encoding: cp1252" in proposal.text) == (encoding == "cp1252")


def test_an_american_ageing_export_below_a_title() -> None:
    proposal = proposed(AGEING, currency="USD")
    assert (proposal.reads, proposal.missing, proposal.refusal) == ("open_items", (), "")
    assert read_back(proposal, AGEING, ["customer_id", "doc_no", "doc_type", "open_amount_doc", "currency"]) == [
        ["Bluebird Foods", "10021", "INV", 125000, "USD"],
        ["Bluebird Foods", "CM-12", "CM", -5000, "USD"],
        ["Zephyr LLC", "778", "RCPT", -10000, "USD"],
    ]
    assert '"Credit Memo": CM  # please check' in proposal.text
    assert '#   "Aging", such as "29"' in proposal.text
    without = proposed(AGEING)
    assert without.missing == ("currency: give --currency, or state it under constants",)


SERVED = {
    "a card and payment service": (
        "Date completed (UTC),ID,Type,State,Description,Reference,Payer,Payment currency,Amount,Balance,Account\n"
        "2026-03-02,64f1c1,TOPUP,COMPLETED,Payment from Fernleigh,INV-000857,Fernleigh Fixings,GBP,450.00,1450.00,GBP Main\n"
        "2026-03-13,64f1c2,TRANSFER,COMPLETED,To Landlord,Rent,,GBP,-200.00,1250.00,GBP Main\n",
        {"bank_txn_id": "64f1c1", "end_to_end_id": "INV-000857", "remitter_name": "Fernleigh Fixings", "amount": "450.00"},
    ),
    "a transfer service": (
        "TransferWise ID,Date,Amount,Currency,Description,Payment Reference,Running Balance,Payer Name,Payee Name\n"
        "TRANSFER-1,02-03-2026,450.00,EUR,Received money from Ostsee AG,RE-2026-0417,1450.00,Ostsee AG,\n"
        "TRANSFER-2,13-03-2026,-1.50,EUR,Charges for TRANSFER-1,,1448.50,,\n",
        {"bank_txn_id": "TRANSFER-1", "end_to_end_id": "RE-2026-0417", "remitter_name": "Ostsee AG", "booking_date": "2026-03-02"},
    ),
    "a bank of the web": (
        '"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name","Amount (EUR)","Exchange Rate"\n'
        '2026-03-02,2026-03-02,"Nordlicht Werke GmbH",DE02120300000000202051,"Credit Transfer","Rechnung RE-2026-0417, danke",Main,1190.00,\n'
        '2026-03-13,2026-03-13,Amazon,,Presentment,,Main,-25.90,1.0\n',
        {"remittance_text": "Rechnung RE-2026-0417, danke", "remitter_name": "Nordlicht Werke GmbH", "amount": "1190.00", "currency": "EUR"},
    ),
    "an ERP's list of invoices": (
        "Number,Invoice Partner Display Name,Invoice/Bill Date,Due Date,Untaxed Amount Signed,Total Signed,Amount Due Signed,Currency\n"
        "INV/2026/00012,Azure Interior,2026-03-01,2026-03-31,1000.00,1210.00,1150.00,EUR\n"
        "RINV/2026/00001,Azure Interior,2026-03-05,2026-03-05,-100.00,-121.00,-121.00,EUR\n",
        {"doc_no": "INV/2026/00012", "customer_id": "Azure Interior", "doc_date": "2026-03-01", "amount_doc": "1210.00", "open_amount_doc": "1150.00"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SERVED)
def test_exports_of_services_are_understood_by_their_headings(kind: str) -> None:
    data, first = SERVED[kind]
    proposal = proposed(data)
    assert (proposal.missing, proposal.refusal) == ((), "")
    assert {name: proposal.rows[0].get(name) for name in first} == first


def test_ld_01_a_debit_and_credit_mark_gives_the_sign_and_totals_are_left_out() -> None:
    data = MARKED.encode("cp1252")
    proposal = proposed(data)
    assert proposal.reads == "open_items"
    assert read_back(proposal, data, ["customer_id", "doc_type", "amount_doc"]) == [["1000", "INV", 100000], ["1000", "CM", -10000]]
    assert 'plus: ["S"]' in proposal.text
    assert 'skip: {totals: ["Summe"]}' in proposal.text


def test_a_customer_whose_name_begins_like_a_total_and_a_payment_without_a_number_are_not_left_out() -> None:
    """Rows of Total Energies were taken for totals, and unnumbered payments for subtotals: money gone without a word."""
    data = (
        "Customer,Document No,Type,Date,Due Date,Open Balance\nTotal Energies,1001,Invoice,2026-03-01,2026-03-31,100.00\n"
        "Total Energies,,Payment,2026-03-05,2026-03-05,-20.00\nCity Cars,1002,Invoice,2026-03-02,2026-04-01,50.00\nTotal,,,,,130.00\n"
    )
    parsed = read_alone(received(data), read_layout(proposed(data, currency="GBP").text, "x.yaml"), ISO)
    assert sorted(parsed.table["doc_no"]) == ["1001", "1002"]
    assert (len(parsed.rejects), parsed.rejects.iloc[0]["column"], parsed.skipped) == (1, "Document No", 1)
    assert "when_blank: {doc_no:" in parsed.rejects.iloc[0]["cure"]


def test_two_columns_of_money_and_dates_that_only_one_row_decides() -> None:
    proposal = proposed(TWO_COLUMNS)
    assert read_back(proposal, TWO_COLUMNS, ["amount"]) == [[10000], [-1250], [100000]]
    assert 'dates: "D/M/YYYY"  # sure' in proposal.text
    doubtful = proposed(TWO_COLUMNS.replace("27/04", "07/04"))
    assert 'dates: "D/M/YYYY"  # please check' in doubtful.text
    assert any("could be M/D/YYYY" in doubt for doubt in doubtful.doubts)


def test_ld_07_unsigned_amounts_take_their_sign_from_the_document_type() -> None:
    proposal = proposed(UNSIGNED)
    assert read_back(proposal, UNSIGNED, ["doc_type", "amount_doc"]) == [["INV", 1000], ["CM", -400]]
    assert "minus_types" in proposal.text


def test_a_workbook_with_its_currency_in_a_heading() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Customer No", "Customer Name", "Invoice #", "Invoice Date", "Due Date", "Amount (USD)", "Balance Due"])
    for n in range(3):
        sheet.append([f"C{n}", "Name", 5000 + n, datetime.date(2026, 1, 3 + n), datetime.date(2026, 2, 3 + n), 100.5 + n, 50.25])
    out = io.BytesIO()
    book.save(out)
    proposal = proposed(out.getvalue())
    assert (proposal.reads, proposal.missing, proposal.refusal) == ("open_items", (), "")
    assert read_back(proposal, out.getvalue(), ["doc_no", "currency", "amount_doc", "open_amount_doc"])[0] == ["5000", "USD", 10050, 5025]


def test_a_file_without_header_is_proposed_by_place() -> None:
    data = "2026-03-31,ACME,1250.00,EUR\n2026-03-30,BETA,-3.00,EUR\n"
    proposal = proposed(data)
    assert "header: false" in proposal.text
    assert read_back(proposal, data, ["amount", "currency", "remittance_text"]) == [[125000, "EUR", "ACME"], [-300, "EUR", "BETA"]]


def test_what_is_missing_is_said_and_the_layout_is_still_one() -> None:
    proposal = proposed("Customer,Invoice,Currency,Amount\nA,1,EUR,3.00\nB,2,EUR,4.00\n", "open_items")
    assert any(text.startswith("due_date or baseline_date or net_days: write its heading") for text in proposal.missing)
    assert "# MISSING" in proposal.text
    assert "mandatory columns are missing" in proposal.refusal
    assert read_layout(proposal.text, "x").reads == "open_items"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ((SAMPLES / "mt940" / "german.sta").read_bytes(), "this is a file of format MT940; it needs no layout"),
        ((SAMPLES / "camt053" / "german_v02.xml").read_bytes(), "this is a file of format camt; it needs no layout"),
        (b"%PDF-1.7", "this is a PDF"),
        (b"hello\nworld\n", "is no table"),
        (b"a;b;c\n", "no rows below a header"),
    ],
)
def test_what_is_no_table_gets_no_layout(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        proposed(data)


@pytest.mark.parametrize(
    ("forms", "chosen"),
    [
        (("YYYY-MM-DD",), ("YYYY-MM-DD", ())),
        (("DD.MM.YYYY", "D.M.YYYY"), ("D.M.YYYY", ())),
        (("DD/MM/YYYY", "D/M/YYYY", "MM/DD/YYYY", "M/D/YYYY"), ("M/D/YYYY", ("D/M/YYYY",))),
        (("D/M/YY", "M/D/YY"), ("M/D/YY", ("D/M/YY",))),
    ],
)
def test_ld_04_the_order_of_day_and_month(forms: tuple[str, ...], chosen: tuple[str, tuple[str, ...]]) -> None:
    assert date_form(forms, european=False) == chosen


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=5), min_size=1, max_size=6), st.sampled_from(";,\t"))
def test_any_table_gives_a_layout_or_a_refusal(rows: list[list[str]], delimiter: str) -> None:
    data = "\n".join(delimiter.join(row) for row in rows).encode("utf-8", errors="replace")
    try:
        proposal = proposed(data)
    except InputError:
        return
    assert read_layout(proposal.text, "x")
    assert read_yaml(proposal.text, "x")


TABLES = sorted(
    path
    for path in (SAMPLES / "tables").glob("**/*.*")
    if path.suffix in (".csv", ".txt", ".xlsx", ".tsv") and ".expected" not in path.name
)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_each_sample_table_gets_a_layout_that_is_one(path: Path) -> None:
    try:
        proposal = propose(take(path), LAYOUTS, currency="EUR")
    except InputError as refused:
        pytest.fail(refused.paragraph())
    assert read_layout(proposal.text, path.name).reads == proposal.reads


TOLD = [
    "amount",
    "booking_date",
    "amount_doc",
    "open_amount_doc",
    "due_date",
    "doc_no",
    "doc_type",
    "customer_id",
    "name",
    "closing",
    "rate",
]


def test_most_sample_exports_read_by_the_proposed_layout_as_by_the_shipped_one() -> None:
    """What only somebody who knows the export can say (which rows are pending, how terms work) is left to the reader of the proposal."""
    same: list[str] = []
    other: list[str] = []
    for path in TABLES:
        try:
            fit = best_fit(take(path), LAYOUTS)
            ours = read_alone(take(path), LAYOUTS[fit.layout], ISO).table
        except InputError:
            continue
        try:
            theirs = read_alone(take(path), read_layout(propose(take(path), LAYOUTS).text, "x"), ISO).table
        except InputError:
            other.append(path.name)
            continue
        named = [column for column in TOLD if column in ours]
        equal = list(theirs.columns) == list(ours.columns) and sorted(map(str, ours[named].values)) == sorted(
            map(str, theirs[named].values)
        )
        (same if equal else other).append(path.name)
    assert len(same) >= 2 * len(other), other


def run(folder: Path, *arguments: str) -> Result:
    before = Path.cwd()
    os.chdir(folder)
    try:
        return CliRunner().invoke(app, ["init", *arguments])
    finally:
        os.chdir(before)


def test_the_command_writes_a_layout_once_and_shows_the_rows(tmp_path: Path) -> None:
    (tmp_path / "Umsätze März.csv").write_bytes(GERMAN_BANK.encode("cp1252"))
    done = run(tmp_path, "Umsätze März.csv")
    assert done.exit_code == 0
    path = tmp_path / "params" / "layouts" / "ums_tze_m_rz.yaml"
    assert path.is_file()
    assert "amount:           1234.50" in done.stdout
    assert "next: correct params/layouts/ums_tze_m_rz.yaml" in done.stdout
    path.write_text("mine")
    again = run(tmp_path, "Umsätze März.csv")
    assert isinstance(again.exception, InputError)
    assert "is there already" in again.exception.what
    assert path.read_text() == "mine"
    assert run(tmp_path, "Umsätze März.csv", "--force").exit_code == 0
    assert path.read_text() != "mine"


def test_without_a_file_a_params_file_is_begun_from_what_lies_in_sources(tmp_path: Path) -> None:
    policy = read_policy((ROOT / "params" / "policy.yaml").read_text(encoding="utf-8"))
    assert run(tmp_path).exit_code == 0
    begun = tmp_path / "params" / "my-close.yaml"
    assert read_params(begun.read_text(encoding="utf-8"), begun.name, policy).sources[0].reads == "open_items"
    assert isinstance(run(tmp_path).exception, InputError)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.sta").write_bytes((SAMPLES / "mt940" / "german.sta").read_bytes())
    (tmp_path / "sources" / "scan.pdf").write_bytes(b"%PDF-1.7 \x1b")
    done = run(tmp_path, "--force")
    read = read_params(begun.read_text(encoding="utf-8"), begun.name, policy)
    assert [(source.file, source.reads) for source in read.sources] == [("../sources/a.sta", "bank")]
    assert str(read.as_of) == "2026-03-31"
    assert [(a.account, a.currency, str(a.opening)) for a in read.ledgers[0].bank_accounts] == [("37040044/0532013000", "EUR", "1000.00")]
    assert "not taken in: sources/scan.pdf" in done.stdout
    (tmp_path / "sources" / "a.sta").unlink()
    (tmp_path / "sources" / "open_items.csv").write_text(
        "customer_id,doc_no,doc_type,doc_date,due_date,currency,open_amount_doc\nC1,1,INV,2026-05-05,2026-06-04,EUR,10.00\n"
    )
    run(tmp_path, "--force")
    assert str(read_params(begun.read_text(encoding="utf-8"), begun.name, policy).as_of) == "2026-05-31", (
        "no statement: the month posted last"
    )


XERO = (
    "*ContactName,*InvoiceNumber,*InvoiceDate,*DueDate,Total,InvoiceAmountPaid,InvoiceAmountDue,Currency,Type\n"
    "Basket Case,INV-17,15/01/2026,14/02/2026,1200.00,200.00,1000.00,GBP,Sales invoice\n"
    "City Cars,CN-3,25/01/2026,,50.00,0.00,50.00,GBP,Sales credit note\n"
)
SAGE_50 = (
    "A/C,Name,No,Type,Date,Ref,Details,Due Date,Amount,Outstanding\n"
    "ABS001,ABS Garages Ltd,1,SI,15/01/2026,10001,Goods,14/02/2026,1200.00,1100.00\nABS001,ABS Garages Ltd,2,SC,20/01/2026,50,Credit,20/01/2026,-120.00,-120.00\n"
)
DATEV = (
    "Konto;Kontobezeichnung;Rechnungs-Nr.;Datum;Fälligkeit;Betrag Soll;Betrag Haben;Saldo;Saldo-S/H\n"
    "10001;Müller GmbH;RE-1;15.01.2026;14.02.2026;1.190,00;;1.190,00;S\n10001;Müller GmbH;GS-5;20.01.2026;20.01.2026;;190,00;190,00;H\n"
)
LEXWARE = (
    '"Belegnr.","Belegdatum","Kundennr.","Kunde","Bruttobetrag","Offener Betrag","Fällig am","Währung"\n'
    '"RE-1","15.01.2026","10001","Café Größ","1.190,00 €","90,00 €","14.02.2026","EUR"\n'
)
LEDGERS = {
    "Xero": (XERO, [["Basket Case", "INV-17", "INV", 120000, 100000], ["City Cars", "CN-3", "CM", -5000, -5000]]),
    "Sage 50": (SAGE_50, [["ABS001", "1", "INV", 120000, 110000], ["ABS001", "2", "CM", -12000, -12000]]),
    "DATEV": (DATEV, [["10001", "RE-1", "INV", 119000, 119000], ["10001", "GS-5", "INV", -19000, -19000]]),
    "Lexware": (LEXWARE, [["10001", "RE-1", "INV", 119000, 9000]]),
}


@pytest.mark.parametrize("ledger", LEDGERS)
def test_a_list_with_due_dates_is_one_of_open_items_and_no_bank_statement(ledger: str) -> None:
    data, wanted = LEDGERS[ledger]
    proposal = proposed(data, currency="EUR")
    assert (proposal.reads, proposal.missing, proposal.refusal) == ("open_items", (), "")
    assert read_back(proposal, data, ["customer_id", "doc_no", "doc_type", "amount_doc", "open_amount_doc"]) == wanted


def test_an_empty_column_is_not_taken_for_what_its_heading_only_resembles() -> None:
    data = "Date started (UTC),Related transaction id,Amount,Payment currency\n2026-03-05,,500.00,GBP\n2026-03-04,,-10.00,GBP\n"
    assert read_back(proposed(data), data, ["amount", "currency"]) == [[50000, "GBP"], [-1000, "GBP"]]


def test_amounts_with_three_decimals_and_no_thousands_apart_are_rounded() -> None:
    data = "Bokföringsdatum;Text;Belopp;Saldo\n2026-03-05;ACME AB;1250,000;2250,000\n2026-03-04;Telia;-100,500;1000,000\n"
    proposal = proposed(data)
    assert proposal.refusal == ""
    assert read_back(proposal, data, ["amount"]) == [[125000], [-10050]]


def test_a_heading_that_stands_twice_over_the_same_cells_is_read_once() -> None:
    data = "Fecha;Concepto;Importe;Divisa;Saldo;Divisa\n15/03/2026;ACME;1.210,00;EUR;2.210,00;EUR\n14/03/2026;Luz;-50,00;EUR;1.000,00;EUR\n"
    assert read_back(proposed(data), data, ["amount", "currency"]) == [[121000, "EUR"], [-5000, "EUR"]]
    assert read_alone(received(data), LAYOUTS["bank_csv"], ISO).table["currency"].tolist() == ["EUR", "EUR"]
    with pytest.raises(InputError, match="stands 2 times, over columns that differ"):
        read_alone(received(data.replace("1.000,00;EUR", "1.000,00;USD")), LAYOUTS["bank_csv"], ISO)


def test_values_too_long_for_yaml_and_names_with_control_characters_do_no_harm() -> None:
    data = f"Customer;Invoice Number;Type;Invoice Date;Due Date;Currency;Amount\nC1;1;{'x' * 5000};2026-01-15;2026-02-14;EUR;10.00\n"
    raw = data.encode()
    proposal = propose(Received("ev\x1bil\n- x: {{.csv", raw, hashlib.sha256(raw).hexdigest()), LAYOUTS)
    assert read_layout(proposal.text, "x").reads == "open_items"


def test_a_table_of_a_bank_without_account_and_currency_is_begun_with_what_is_to_be_filled_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "bank.csv").write_text("Date,Text,Amount,Balance\n2026-03-15,ACME,10.00,20.00\n2026-03-16,X,1.00,21.00\n")
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    text = (tmp_path / "params" / "my-close.yaml").read_text(encoding="utf-8")
    assert '{account: "OUR-ACCOUNT", currency: EUR' in text
    assert "as_of: 2026-03-31" in text
    assert "XXX" not in text


def test_limits_are_begun_in_the_size_of_the_ledgers_currency() -> None:
    """100,000.00 is a large receipt in EUR and an everyday one in INR; the block is read as the default's own values, a hundredfold."""
    policy = read_policy((ROOT / "params" / "policy.yaml").read_text(encoding="utf-8"))
    assert limits("EUR", policy) == limits("USD", policy) == ()
    text = starter(Path("nowhere"), Choice(LAYOUTS), "x", policy).text
    plain = read_params(text, "x.yaml", policy).policy
    scaled = read_params(text.replace("sources:\n", "\n".join((*limits("INR", policy), "sources:\n"))), "x.yaml", policy).policy
    assert (plain.matching.large_receipt, scaled.matching.large_receipt) == (100_000, 10_000_000)
    assert scaled.matching.tolerances.groups["STD"].short == (2_500, plain.matching.tolerances.groups["STD"].short[1]), "percents stay"
    assert scaled.refunds.tiers == tuple(100 * tier for tier in plain.refunds.tiers)
    assert scaled.refunds.payee_name_min == plain.refunds.payee_name_min
    assert "large_receipt: 100000000.00" in "\n".join(limits("KRW", policy))


def test_t27_holidays_of_a_country_and_of_a_ledger_belong_to_its_books() -> None:
    given = params("1000", more="holidays: {DE: [2026-04-03, 2026-04-06], MAIN: [2026-04-07]}\n")
    assert given.off == {("MAIN", "1000"): frozenset(datetime.date(2026, 4, day) for day in (3, 6, 7))}
    assert params("1000").off == {("MAIN", "1000"): frozenset()}, "none unless they are given"
    with pytest.raises(InputError, match="holidays: FR is neither a ledger of this close nor the country of one"):
        params("1000", more="holidays: {FR: [2026-07-14]}\n")


SERVICES = {
    "English": (
        "Customer No,Invoice No,Document Type,Invoice Date,Due Date,Currency,Invoice Amount,Purchase Order,PO Line,Service From,Service To,"
        "Supply Date,Delivery Note,Contract No,Lines Hash\n"
        "C1,90001,Invoice,2026-03-13,2026-04-13,EUR,100.00,PO-7,10,2026-03-01,2026-03-31,2026-03-14,D-1,K-9,ab12\n"
        "C2,90002,Invoice,2026-03-15,2026-04-15,EUR,55.50,PO-8,20,2026-02-01,2026-02-28,2026-03-16,D-2,K-9,cd34\n"
    ),
    "German": (
        "Kundennummer;Rechnungsnummer;Belegart;Rechnungsdatum;Fälligkeit;Währung;Rechnungsbetrag;Bestellnummer;Bestellposition;Leistung von;"
        "Leistung bis;Lieferdatum;Lieferscheinnummer;Vertragsnummer;Positionsprüfsumme\n"
        "C1;90001;Rechnung;13.03.2026;13.04.2026;EUR;100,00;PO-7;10;01.03.2026;31.03.2026;14.03.2026;D-1;K-9;ab12\n"
        "C2;90002;Rechnung;15.03.2026;15.04.2026;EUR;55,50;PO-8;20;01.02.2026;28.02.2026;16.03.2026;D-2;K-9;cd34\n"
    ),
}


@pytest.mark.parametrize("language", SERVICES)
def test_ex16_what_sets_two_bills_apart_is_read_from_its_headings(language: str) -> None:
    """EX-14, EX-16: service period, day of supply, order line and fingerprint of the lines, by the words of an export."""
    data = SERVICES[language]
    proposal = proposed(data, "open_items")
    shown = ["doc_no", "po_no", "po_line", "service_from", "service_to", "supply_date", "delivery_no", "contract_no", "lines_hash"]
    rows = read_back(proposal, data, shown)
    day = datetime.datetime
    assert rows == [
        ["90001", "PO-7", "10", day(2026, 3, 1), day(2026, 3, 31), day(2026, 3, 14), "D-1", "K-9", "ab12"],
        ["90002", "PO-8", "20", day(2026, 2, 1), day(2026, 2, 28), day(2026, 3, 16), "D-2", "K-9", "cd34"],
    ]


def test_ex16_a_plain_file_names_them_as_we_do() -> None:
    data = SERVICES["English"].replace(SERVICES["English"].splitlines()[0], (
        "customer_id,doc_no,doc_type,doc_date,due_date,currency,amount_doc,po_no,po_line,service_from,service_to,supply_date,delivery_no,"
        "contract_no,lines_hash"
    )).replace(",Invoice,", ",INV,")  # fmt: skip
    table = read_alone(received(data), plain("open_items"), ISO).table
    assert table["po_line"].tolist() == ["10", "20"]
    assert table["service_to"].dt.day.tolist() == [31, 28]
    assert table["supply_date"].dt.day.tolist() == [14, 16]
    assert table["lines_hash"].tolist() == ["ab12", "cd34"]


UNDER_NAMES = (
    "Aged Receivables Detail\nDemo Company\nAs at 31 March 2026\n\nInvoice Date,Due Date,Invoice Number,Current,1 Month,Total\n"
    "Total Energies Ltd,,,,,\n1 Mar 2026,31 Mar 2026,INV-27,0.00,\"1,500.00\",\"1,500.00\"\n5 Mar 2026,15 Mar 2026,CN-3,0.00,-20.00,-20.00\n"
    "Total Total Energies Ltd,,,0.00,\"1,480.00\",\"1,480.00\"\n\n"
    "City Cars\n2 Mar 2026,1 Apr 2026,INV-28,300.00,0.00,300.00\nTotal City Cars,,,300.00,0.00,300.00\n\nTotal,,,300.00,\"1,480.00\",\"1,780.00\"\n"
)  # fmt: skip
WITH_A_BLANK_HEADING = (
    "Acme\nOpen Invoices\n\n,Date,Transaction type,Num,Due date,Open balance\nAmy's Birds,,,,,\n,02/15/2026,Invoice,1001,03/17/2026,239.00\n"
    ",02/16/2026,Payment,77,02/16/2026,-100.00\nTotal for Amy's Birds,,,,,$139.00\nCool Cars,,,,,\n,02/18/2026,Invoice,1002,03/20/2026,50.00\n"
    "Total for Cool Cars,,,,,$50.00\nTOTAL,,,,,$189.00\n"
)  # fmt: skip
BY_AGE = (
    "Date,Type,Num,Customer,Due date,Open balance\n1 - 30 days past due,,,,,\n02/15/2026,Invoice,1001,Amy's Birds,03/17/2026,239.00\n"
    "02/16/2026,Invoice,1003,Cool Cars,03/17/2026,20.00\nTotal for 1 - 30 days past due,,,,,259.00\nCurrent,,,,,\n"
    "03/18/2026,Invoice,1002,Cool Cars,04/20/2026,50.00\nTotal for Current,,,,,50.00\n"
)  # fmt: skip


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (UNDER_NAMES, [["Total Energies Ltd", "INV-27", 150000], ["Total Energies Ltd", "CN-3", -2000], ["City Cars", "INV-28", 30000]]),
        (WITH_A_BLANK_HEADING, [["Amy's Birds", "1001", 23900], ["Amy's Birds", "77", -10000], ["Cool Cars", "1002", 5000]]),
        (BY_AGE, [["Amy's Birds", "1001", 23900], ["Cool Cars", "1003", 2000], ["Cool Cars", "1002", 5000]]),
    ],
    ids=["names above the rows", "names above a blank heading", "ages above the rows"],
)
def test_rows_that_head_others_are_their_customer_unless_they_are_an_age(data: str, rows: list[list[object]]) -> None:
    proposal = proposed(data, currency="GBP")
    assert (proposal.reads, proposal.missing, proposal.refusal) == ("open_items", (), "")
    assert read_back(proposal, data, ["customer_id", "doc_no", "open_amount_doc"]) == rows
    assert ("grouped: true  # please check" in proposal.text) == (data != BY_AGE)


def test_ld_10_a_row_below_a_total_has_no_customer_and_is_a_reject() -> None:
    """Better no customer than that of the group before."""
    layout = read_layout(proposed(UNDER_NAMES, currency="GBP").text, "x.yaml")
    parsed = read_alone(received(UNDER_NAMES + "3 Mar 2026,1 Apr 2026,INV-29,1.00,0.00,1.00\n"), layout, ISO)
    assert (len(parsed.table), len(parsed.rejects), parsed.rejects.iloc[0]["column"]) == (3, 1, "(heading row)")


def test_grouped_and_its_column_belong_together() -> None:
    text = proposed(UNDER_NAMES, currency="GBP").text
    with pytest.raises(InputError, match="grouped"):
        read_layout(text.replace("grouped: true", "grouped: false"), "x.yaml")
