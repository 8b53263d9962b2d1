"""Advices as text: by the usual words, by a layout of one payer, amounts and dates proven, nothing guessed (LD-02, LD-04, G-16)."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.received import Received
from arwork.intake.remittance.claim import Advised, read_advice, shipped_layouts
from arwork.intake.remittance.generic import read_rows
from arwork.intake.remittance.rows import Money, is_document, money, text_rows
from arwork.intake.remittance.text_layout import TextLayout, compiled, read_any_layout, read_text_layout
from arwork.intake.remittance.told import Basis
from arwork.intake.remittance.values import day_text, read_dates
from arwork.money import ISO

SAMPLES = Path(__file__).parent / "samples" / "advices"


def read(text: str, *layouts: TextLayout, currency: str = "EUR", encoding: str = "utf-8") -> Advised:
    data = text.encode(encoding)
    return read_advice(Received("advice.txt", data, hashlib.sha256(data).hexdigest()), ISO, "", layouts, currency=currency)


def lines(said: Advised) -> list[tuple[str, int, int, int, int]]:
    columns = ["doc_reference", "gross_amount", "discount_amount", "deduction_amount", "net_amount"]
    return [tuple(row) for row in said.remittance.sort_values(["remittance_id", "line_no"])[columns].itertuples(index=False)]


LANGUAGES = {
    "English": ("Invoice number", "Gross amount", "Discount", "Net amount", "Total", "Payment date", "Payment reference"),
    "German": ("Rechnungsnummer", "Bruttobetrag", "Skonto", "Zahlbetrag", "Summe", "Zahlungsdatum", "Zahlungsreferenz"),
    "French": ("N° de facture", "Montant brut", "Escompte", "Montant net", "Total général", "Date de paiement", "Référence de paiement"),
    "Spanish": ("Nº factura", "Importe bruto", "Descuento", "Importe neto", "Importe total", "Fecha de pago", "Referencia de pago"),
    "Dutch": ("Factuurnummer", "Brutobedrag", "Korting", "Nettobedrag", "Totaal", "Betaaldatum", "Betalingskenmerk"),
    "Italian": ("N° fattura", "Importo lordo", "Sconto", "Importo netto", "Totale", "Data pagamento", "Riferimento pagamento"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["text", "csv", "tab", "frame"])
def test_the_usual_words_of_six_languages(language: str, form: str) -> None:
    document, gross, discount, net, total, day, ref = LANGUAGES[language]
    rows = [(document, gross, discount, net), ("A-1", "1.190,00", "23,80", "1.166,20"), ("A-2", "500,00", "0,00", "500,00")]
    rows.append((total, "1.690,00", "23,80", "1.666,20"))
    if form == "text":
        table = "\n".join(f"{a:<24}{b:>16}{c:>16}{d:>20}" for a, b, c, d in rows)
        head = f"{ref}: P-1\n{day}: 20.03.2026\n"
    else:
        mark = {"csv": ";", "tab": "\t", "frame": "|"}[form]
        table = "\n".join(f"{mark}{mark.join(row)}{mark}" if form == "frame" else mark.join(row) for row in rows)
        head = f"{ref}{mark}P-1{mark}{mark}\n{day}{mark}20.03.2026{mark}{mark}\n" if form != "frame" else f"{ref}: P-1\n{day}: 20.03.2026\n"
    said = (
        read(head + "Currency: EUR\n" + table + "\n") if form == "text" else read(head + table.replace("1.166,20", "EUR 1.166,20") + "\n")
    )
    assert lines(said) == [("A-1", 119000, 2380, 0, 116620), ("A-2", 50000, 0, 0, 50000)]
    row = said.remittance.iloc[0]
    assert (row["payment_ref"], str(row["payment_date"])[:10], row["payment_amount"], row["confidence"]) == (
        "P-1",
        "2026-03-20",
        166620,
        990_000,
    )


def table(*rows: str, head: str = "Invoice no       Gross      Discount      Net") -> str:
    return "Currency: EUR\n" + "\n".join([head, *rows]) + "\n"


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        (table("I-1            100.00          2.00    98.00", "Total          100.00          2.00    98.00"), 990_000),
        (table("I-1            100.00          2.00    98.00"), 940_000),
        (table("I-1            100.00          2.00    97.00", "Total          100.00          2.00    97.00"), 940_000),
        (table("I-1            100.00          2.00    98.00", "Total          100.00          2.00    99.00"), 940_000),
        (
            table(
                "I-1            100.00          2.00    98.00",
                "Total          100.00          2.00    98.00",
                head="Invoicee no      Gross      Discount      Net",
            ),
            900_000,
        ),
        ("Invoice no;Gross;Discount;Net;Currency\nI-1;100.00;2.00;98.00;EUR\n", 980_000),
        ("Invoices: I-1\nAmount paid: EUR 98.00\n", 940_000),
        ("Invoices: I-1, I-2\nAmount paid: EUR 98.00\nWe pay EUR 90.00 for I-1 and EUR 8.00 for invoice I-2.\n", 990_000),
    ],
)
def test_g_16_how_sure_a_reading_is(text: str, confidence: int) -> None:
    assert read(text).remittance["confidence"].unique().tolist() == [confidence]


def test_a_currency_that_nobody_states_is_the_ledgers_and_told() -> None:
    said = read("Invoice no;Net\nI-1;98.00\nTotal;98.00\n", currency="GBP")
    assert (said.remittance["currency"].tolist(), said.remittance["confidence"].tolist()) == (["GBP"], [940_000])
    assert [f.rule for f in said.findings] == ["G-16"]
    with pytest.raises(InputError, match="states no currency"):
        read("Invoice no;Net\nI-1;98.00\n", currency="")
    assert read("Invoice no;Net\nI-1;$98.00\n", currency="CAD").remittance["currency"].tolist() == ["CAD"]
    with pytest.raises(InputError, match="can stand for several currencies"):
        read("Invoice no;Net\nI-1;$98.00\n", currency="EUR")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Invoice no;Facture;Net\nI-1;I-2;5,00\n", "two columns could be the document: 'Invoice no' and 'Facture'"),
        ("Invoice no;Net;Amount paid\nI-1;5,00;6,00\n", "two columns could be the net: 'Net' and 'Amount paid'"),
        ("Invoice no;Amount;Discount\nI-1;100,00;2,00\n", "before or after the deductions"),
        ("Invoice no;Net\nI-1;1.234\n", "not clear whether"),
        ("Invoice no;Net\nI-1;1,234\n", "not clear whether"),
        ("Invoice no;Net\nI-1;5,001\n", "not clear|more than the 2 decimals"),
        ("Invoice no;Net;Currency\nI-1;5,00;EUR\nI-2;5,00;USD\n", "several currencies"),
        ("Invoices: I-1, I-2\nAmount paid: EUR 98.00\n", "names 2 documents and does not say what each gets"),
        ("Invoices: I-1\n", "names a document and no amount"),
        ("Amount paid: EUR 98.00\n", "it names no document"),
        ("Invoices: I-1\nAmount paid: EUR 98.00\nAmount paid: EUR 99.00\n", "states payment amount twice"),
        (
            "Invoices: I-1, I-2\nAmount paid: EUR 9.00\nDeduction: EUR 1.00 damage\npay EUR 5.00 to I-1 and EUR 4.00 to I-2",
            "from which document",
        ),
        ("Invoices: I-1, I-2\nAmount paid: EUR 9.00\npay EUR 5.00 to I-1 please", "but not I-2"),
        (
            table("I-1            100.00          2.00    98.00", "I-2            100.00", "I-3                  12.00 13.00"),
            "fits no line of the table",
        ),
        ("Date;Reference;Amount\n2026-03-01;A-1;5,00\n", "names no document"),
        ("Dear all, see you tomorrow.\n", "names no document"),
        ("{\\rtf1 x}", "rich text"),
    ],
)
def test_what_can_be_read_two_ways_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as refused:
        read(text)
    assert refused.value.where
    assert refused.value.cure


def test_an_amount_is_gross_or_net_as_the_total_shows() -> None:
    assert lines(read("Invoice no;Amount;Discount\nI-1;100,00;2,00\nTotal;98,00;\nCurrency;EUR;\n"))[0] == ("I-1", 10000, 200, 0, 9800)
    assert lines(read("Invoice no;Amount;Discount\nI-1;98,00;2,00\nTotal;98,00;2,00\nCurrency;EUR;\n"))[0] == ("I-1", 10000, 200, 0, 9800)


def test_deductions_written_with_a_minus_are_taken_off() -> None:
    assert lines(read(table("I-1            100.00         -2.00    98.00", "Total          100.00         -2.00    98.00")))[0][2:] == (
        200,
        0,
        9800,
    )


def test_a_line_whose_figures_do_not_fit_keeps_its_net_and_says_so() -> None:
    said = read(table("I-1            100.00          2.00    90.00"))
    assert lines(said) == [("I-1", 10000, 200, 800, 9000)]
    assert said.remittance["deduction_reason"].tolist() == ["not explained by the advice"]


def test_totals_subtotals_and_repeated_headings_are_no_lines() -> None:
    head = "Invoice no       Gross      Discount      Net"
    rows = [
        "I-1            100.00          2.00    98.00",
        "Subtotal       100.00          2.00    98.00",
        head,
        "I-2             10.00          0.00    10.00",
    ]
    assert [line[0] for line in lines(read(table(*rows, "Grand total    110.00          2.00   108.00")))] == ["I-1", "I-2"]


def test_dates_that_can_be_read_two_ways_are_left_out_and_told() -> None:
    said = read("Invoices: I-1\nAmount paid: EUR 98.00\nPayment date: 03/04/2026\n")
    assert said.remittance["payment_date"].isna().all()
    assert any("two ways" in finding.sentence for finding in said.findings)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("18 Sep 2026", "2026-09-18"), ("September 18, 2026", "2026-09-18"), ("Fri, 18 Sep 2026 09:14:00 -0700", "2026-09-18"), ("18. März 2026", "2026-03-18"),
        ("18 août 2026", "2026-08-18"), ("18 de marzo de 2026", "2026-03-18"), ("18 maart 2026", "2026-03-18"), ("18 luglio 2026", "2026-07-18"),
        ("1st March 2026", "2026-03-01"), ("2026-09-18T10:00:00", "2026-09-18"), ("18.09.26", "18.09.2026"), ("18/9/99", "18/9/1999"), ("INV-2026", ""),
        ("4250.00", ""), ("18 Foo 2026", ""),
    ],
)  # fmt: skip
def test_dates_in_words_and_figures(written: str, day: str) -> None:
    assert day_text(written) == day


def test_iso_dates_stand_beside_others() -> None:
    found, unclear = read_dates(["2026-03-18", "03/04/2026"], "x")
    assert (list(found), unclear) == (["2026-03-18"], True)


@pytest.mark.parametrize(
    ("cell", "read_as"),
    [
        ("1,240.00", Money("1,240.00", "")), ("$1,240.00", Money("1,240.00", "$")), ("EUR 5", Money("5", "EUR")), ("5,00 €", Money("5,00", "€")),
        ("(5.00)", Money("-5.00", "")), ("-5.00", Money("-5.00", "")), ("5.00-", Money("-5.00", "")), ("- $5", Money("-5", "$")),
        ("1 234,50", Money("1 234,50", "")),
        ("100 200", None), ("INV-1", None), ("5.00 CR x", None), ("(5.00", None), ("--5", None), ("", None), ("5 EUR USD", None), ("US$ 5.00", Money("5.00", "US$")),
    ],
)  # fmt: skip
def test_amounts_in_a_cell(cell: str, read_as: Money | None) -> None:
    assert money(cell) == read_as


OWN = """
reads: remittance
text: true
title: Kiwi Stores
recognise: [Kiwi Stores, Payment run]
heads:
  payment_ref: "Payment run {number}"
  payment_date: "Value {date}"
  payment_amount: "We remit {money}"
lines:
  - "{skip} doc {document} of {date} {gross} less {discount} pays {net}"
  - "{skip} doc {document} of {date} pays {net} {text}"
begin: "Details"
end: "We remit"
constants: {currency: NZD, payer_name: Kiwi Stores}
decimal: "."
dates: DD/MM/YYYY
"""
KIWI = """Kiwi Stores Ltd
Payment run 8812
Value 03/04/2026
Details
Store 12 doc 77001 of 01/03/2026 1,000.00 less 20.00 pays 980.00
Store 14 doc 77002 of 02/03/2026 pays 50.00
We remit 1,030.00
"""


def test_a_layout_of_one_payer_reads_without_code() -> None:
    layout = read_text_layout(OWN.replace(" pays {net} {text}", " pays {net}"), "kiwi.yaml")
    said = read(KIWI, layout, currency="")
    assert lines(said) == [("77001", 100000, 2000, 0, 98000), ("77002", 5000, 0, 0, 5000)]
    row = said.remittance.iloc[0]
    assert (row["payment_ref"], str(row["payment_date"])[:10], row["payer_name"], row["currency"], row["payment_amount"], row["confidence"]) == (
        "8812", "2026-04-03", "Kiwi Stores", "NZD", 103000, 990_000,
    )  # fmt: skip
    with pytest.raises(InputError, match="holds an amount and fits no pattern"):
        read(KIWI.replace("pays 50.00", "gets 50.00"), layout)
    assert "Kiwi" in said.format


def test_two_layouts_that_recognise_one_text_are_refused() -> None:
    layout = read_text_layout(OWN.replace(" pays {net} {text}", " pays {net}"), "kiwi.yaml")
    with pytest.raises(InputError, match="two layouts recognise this text"):
        read(KIWI, layout, TextLayout.model_validate({**layout.model_dump(), "title": "Other", "recognise": "Kiwi"}))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("{money}", "{moneys}"), "unknown placeholder"), (("{number}", "{number}{text}"), "touch|exactly one"),
        (("{skip} doc", "{skip} {text} doc"), "at most one"),
        (("lines:", "linse:"), "did you mean 'lines'"),
        (("{date} pays {net}\"", "{date} pays\""), "needs {document} and {net} or {gross}"),
        (("payment_ref:", "payment_reff:"), "unknown name"),
        (("DD/MM/YYYY", "DD/MM/JJJJ"), "unknown date format"), (("{gross} less {discount}", "{gross} less {gross}"), "stands twice"),
    ],
)  # fmt: skip
def test_a_layout_says_what_is_wrong_with_it(change: tuple[str, str], why: str) -> None:
    text = OWN.replace(" pays {net} {text}", " pays {net}")
    assert change[0] in text
    with pytest.raises(InputError, match=why):
        read_text_layout(text.replace(*change, 1), "kiwi.yaml")


def test_a_layout_file_is_known_by_what_it_says() -> None:
    assert isinstance(read_any_layout(OWN.replace(" pays {net} {text}", " pays {net}"), "kiwi.yaml"), TextLayout)
    assert (
        read_any_layout("reads: remittance\ncolumns: {payment_ref: R, doc_reference: D, net_amount: N, currency: C}\n", "t.yaml").reads
        == "remittance"
    )


GROWN = 60
"""CPU seconds that only work growing by the square takes: no measure of speed, which is kept in bench/."""


@pytest.mark.parametrize("line", ["a " * 2000, "9" * 4000, "1,1," * 1000, "doc " * 1000 + "x", "- " * 2000, "(" * 4000, "Total " * 700])
def test_no_line_takes_long_whatever_it_holds(line: str) -> None:
    start = time.process_time()
    for pattern in (
        "{skip} doc {document} of {date} {gross} less {discount} pays {net}",
        "Total paid: {money}",
        "{text} {document} {gross} {net}",
    ):
        compiled(pattern).fullmatch(line)
        compiled(pattern).search(line)
    for row in text_rows(line * 3):
        money(row.text)
        is_document(row.text)
    with pytest.raises(InputError):
        read_rows(text_rows("\n".join([line] * 20)), shipped_layouts(), Basis("x", "EMAIL", ISO, "EUR"))
    assert time.process_time() - start < GROWN


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**4), st.integers(0, 10**4)), min_size=1, max_size=15))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(rows: list[tuple[int, int, int]]) -> None:
    def text(minor: int) -> str:
        return f"{minor / 100:,.2f}" if minor < 10**12 else str(minor)

    body = [("Invoice no", "Gross", "Discount", "Deduction", "Net")]
    body += [(f"INV-{n}", text(net + disc + ded), text(disc), text(ded), text(net)) for n, (net, disc, ded) in enumerate(rows)]
    body.append(("Total", text(sum(map(sum, rows))), "", "", text(sum(row[0] for row in rows))))
    shown = "\n".join(f"{a:<14}{b:>20}{c:>14}{d:>14}{e:>20}" for a, b, c, d, e in body)
    ((advice,), _, _) = read_rows(text_rows("Currency: EUR\n" + shown), shipped_layouts(), Basis("x", "EMAIL", ISO))
    assert [(d.net, d.discount, d.deduction) for d in advice.documents] == rows
    assert all(d.confidence == 990_000 for d in advice.documents)


@pytest.mark.parametrize("name", ["zahlungsavis.txt", "lockbox_one.txt", "avis_de_paiement.csv"])
def test_text_cut_or_changed_anywhere_is_refused_or_read_and_nothing_else(name: str) -> None:
    text = (SAMPLES / name).read_text(encoding="utf-8")
    for at in range(0, len(text), 7):
        for changed in (text[:at], text[:at] + "9" + text[at + 1 :], text[:at] + "\x00" + text[at + 1 :], text[:at] + " " + text[at + 1 :]):
            with suppress(InputError):
                read_rows(text_rows(changed), shipped_layouts(), Basis(name, "EMAIL", ISO, "EUR"))


SAP = """Zahlungsavis
Unser Beleg   Ihr Beleg        Datum         Abzüge       Bruttobetrag
5100000001    RE-1001          01.03.2026        20,00        1.000,00
5100000002    RE-1002          02.03.2026         0,00          500,00
Summe gesamt                                      20,00       1.500,00
Zahlbetrag EUR                                                1.480,00
"""


def test_our_number_is_the_payers_your_document_and_the_code_beside_the_total_is_the_currency() -> None:
    said = read(SAP, currency="")
    assert lines(said) == [("RE-1001", 100000, 0, 2000, 98000), ("RE-1002", 50000, 0, 0, 50000)]
    assert (said.remittance["currency"].unique().tolist(), said.remittance["confidence"].unique().tolist()) == (["EUR"], [990_000])


def test_a_scale_of_a_page_of_ten_thousand_lines_is_read_in_seconds() -> None:
    body = "\n".join(f"INV-{n:06d}          {n}.00" for n in range(1, 10_001))
    start = time.process_time()
    said = read(f"Currency: EUR\nInvoice no          Net amount\n{body}\nTotal          {10_000 * 10_001 // 2}.00\n")
    assert len(said.remittance) == 10_000
    assert time.process_time() - start < GROWN
