"""Bank statements as simple tables."""

import pytest
from reading import layout_text, read

from arwork.errors import InputError

BANK = """Buchungstag;Valuta;Name;Verwendungszweck;Betrag;Währung
02.03.2026;03.03.2026;Alpha AG;INV-1;1.100,00;EUR
02.03.2026;;Beta;x;-5,10;EUR
02.03.2026;;Beta;x;-5,10;EUR
"""


def test_a_bank_csv_gives_lines_with_identity_and_proves_nothing():
    parsed = read(BANK, layout_text("bank_csv"), name="bank.csv")
    lines = parsed.table.sort_values("line_no")
    assert lines["amount"].tolist() == [110000, -510, -510]
    assert lines["bank_account"].unique().tolist() == ["DE02"]
    assert lines["class"].tolist() == ["RECEIPT", "PAYMENT", "PAYMENT"]
    assert lines["value_date"].dt.strftime("%d").tolist() == ["03", "02", "02"]
    assert lines["line_id"].is_unique
    again = read("title line\n" + BANK, layout_text("bank_csv"), name="again.csv").table
    assert sorted(again["line_id"]) == sorted(lines["line_id"])


@pytest.mark.parametrize(("credit", "debit"), [("Haben", "Soll"), ("Credit", "Debit")])
def test_money_in_and_out_may_stand_in_two_columns(credit, debit):
    text = f"Date,Details,{debit},{credit},Currency\n2026-03-17,a,,428.03,USD\n2026-03-18,b,29.50,,USD\n"
    parsed = read(text, layout_text("bank_csv"), name="bank.csv")
    assert sorted(parsed.table["amount"]) == [-2950, 42803]
    assert parsed.table["bank_account"].unique().tolist() == ["US03"]
    signed = read(text.replace("29.50", "-29.50"), layout_text("bank_csv"), name="bank.csv")
    assert sorted(signed.table["amount"]) == [-2950, 42803]


def test_ld_01_unsigned_amounts_beside_a_mark_are_refused_until_a_layout_says_what_it_means():
    text = "Date,Amount,D/C,Currency\n2026-03-02,33.50,D,EUR\n2026-03-03,5.00,C,EUR\n"
    with pytest.raises(InputError, match=r"bank\.csv, line 1: has a column 'D/C' that this layout cannot read.*sign: \{column"):
        read(text, layout_text("bank_csv"), name="bank.csv")
    own = "reads: bank\ncolumns: {booking_date: Date, amount: Amount, currency: Currency}\nsign: {column: D/C, plus: [C], minus: [D]}\n"
    assert sorted(read(text, own, name="bank.csv").table["amount"]) == [-3350, 500]


def test_ld_10_a_bank_csv_is_read_whole_or_refused():
    with pytest.raises(InputError, match=r"bank\.csv, line 3, column Betrag, value '5\.\.10'"):
        read(BANK.replace("-5,10", "5..10", 1), layout_text("bank_csv"), name="bank.csv")
    with pytest.raises(InputError, match=r"which of our accounts it is for; accounts of the params: DE02/EUR, US03/USD"):
        read(BANK.replace("EUR", "GBP"), layout_text("bank_csv"), name="bank.csv")
