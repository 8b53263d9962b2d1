"""Which layout fits a file: by its headings, deterministic, ties shown."""

import pytest
from reading import ITEMS, received

from arwork.errors import InputError
from arwork.intake.layouts import plain, read_layout
from arwork.intake.ledger import read_alone
from arwork.intake.recognise import best_fit, fitting, shipped_layouts
from arwork.money import ISO

SHIPPED = shipped_layouts()
ONE = "reads: bank\ncolumns: {booking_date: Tag, amount: Wert, remittance_text: Zweck}\n"
OTHER = "reads: bank\ncolumns: {value_date: Tag, amount: Wert, remitter_name: Zweck}\n"
TEXT = "Tag;Wert;Zweck;Mehr\n01.03.2026;1,50;a;b\n"


def test_the_name_of_a_file_says_nothing():
    text = "Date,Description,Amount,Currency,Balance\n2026-03-02,a,1.00,EUR,5.00\n2026-03-03,b,2.00,EUR,7.00\n"
    assert best_fit(received(text, "sap_fbl5n.csv"), SHIPPED).layout == "bank_csv"


def test_a_plain_file_is_found_where_the_caller_offers_the_plain_layout():
    layouts = {**SHIPPED, "plain": plain("open_items")}
    fit = best_fit(received(ITEMS), layouts)
    assert (fit.layout, fit.missing, fit.left) == ("plain", (), 0)
    assert fit.score == 9


def test_missing_headings_are_named_and_the_nearest_layout_comes_first():
    text = "BUKRS,KUNNR,BELNR,GJAHR,BLDAT,BUDAT,WAERS,WRBTR,SHKZG\n1,1,1,2026,20260301,20260301,EUR,1.00,S\n"
    fit = fitting(received(text), SHIPPED)[0]
    assert fit.layout == "sap_bsid_bsad"
    assert fit.missing == ("doc_type", "due_date or baseline_date or net_days", "line_no")
    with pytest.raises(InputError, match=r"has the headings of no layout; nearest is 'sap_bsid_bsad', which lacks doc_type"):
        best_fit(received(text), SHIPPED)


def test_a_tie_that_reads_other_columns_is_ambiguous_and_one_that_reads_the_same_is_not():
    layouts = {"one": read_layout(ONE, "one.yaml"), "other": read_layout(OTHER, "other.yaml")}
    for order in (layouts, dict(reversed(list(layouts.items())))):
        first, second = fitting(received(TEXT), order)
        assert (first.layout, first.as_good, second.as_good) == ("one", ("other",), ("one",))
        with pytest.raises(InputError, match="fits several layouts equally well: one, other"):
            best_fit(received(TEXT), order)
    same = {"one": layouts["one"], "again": layouts["one"]}
    assert best_fit(received(TEXT), same).layout == "again"


def test_the_layout_that_leaves_fewer_headings_unread_comes_first():
    more = read_layout(ONE.replace("}", ", bank_txn_id: Mehr}"), "more.yaml")
    assert best_fit(received(TEXT), {"less": read_layout(ONE, "one.yaml"), "more": more}).layout == "more"


def test_a_layout_brings_its_own_encoding_and_the_headings_prove_it():
    text = "Buchungstag;Betrag;Währung\n01.03.2026;1,50;EUR\n".encode("cp1252")
    layout = "reads: bank\nencoding: cp1252\ncolumns: {booking_date: Buchungstag, amount: Betrag, currency: Währung}\n"
    assert best_fit(received(text), {"german": read_layout(layout, "g.yaml")}).layout == "german"
    assert fitting(received(text), {"german": read_layout(layout.replace("cp1252", "cp850"), "g.yaml")})[0].missing == ()
    assert fitting(received(text), {"german": read_layout(layout.replace("encoding: cp1252\n", ""), "g.yaml")}) == ()
    assert best_fit(received(text), {"german": read_layout(layout.replace("encoding: cp1252\n", ""), "g.yaml")}, "cp1252").score == 3


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02", b"%PDF-1.4", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a", b'"', b"\n\n"]
)
def test_whatever_the_bytes_nothing_is_raised_and_nothing_fits(data):
    assert [fit for fit in fitting(received(data), SHIPPED) if not fit.missing] == []


def test_a_headless_layout_is_never_found_but_read_when_named():
    text = "16.03.2026;Gutschrift;17.03.2026;1.250,00;EUR;\n"
    assert fitting(received(text), {"bank_raiffeisen_at": SHIPPED["bank_raiffeisen_at"]}) == ()
    assert read_alone(received(text), SHIPPED["bank_raiffeisen_at"], ISO).table["amount"].tolist() == [125000]


def test_a_file_read_alone_says_what_it_does_not_know():
    text = "Date,Description,Amount\n2026-03-02,a,1.00\n"
    table = read_alone(received(text), SHIPPED["bank_csv"], ISO).table
    assert table[["bank_account", "currency", "amount"]].values.tolist() == [["-", "XXX", 100]]
    items = read_alone(received(ITEMS), plain("open_items"), ISO).table
    assert items[["ledger_id", "company_code"]].drop_duplicates().values.tolist() == [["-", "-"]]
    with pytest.raises(InputError, match="one of several files that make one table"):
        read_alone(received(text), SHIPPED["sap_kna1_knb1"], ISO)
