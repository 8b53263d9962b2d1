"""Bank tables by layout: what stands beside the lines, running balances, marks, totals; and 42 real files of many banks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import layout_text, read, received

from arwork.errors import InputError
from arwork.intake.layouts import read_layout
from arwork.intake.ledger import Parsed, read_alone
from arwork.intake.received import take
from arwork.intake.recognise import best_fit, shipped_layouts
from arwork.money import ISO, Units

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "bank-formats" / "bank-csv"
SAMPLES = Path(__file__).parent / "samples" / "tables"
SHIPPED = shipped_layouts()
GENERIC = "reads: bank\ncolumns: {booking_date: Date, remittance_text: Text, amount: Amount, balance: Balance, currency: Currency}\n"
LINES = ["2026-03-02,rent,-500.00,1000.00,EUR", "2026-03-16,INV-1,1250.00,2250.00,EUR", "2026-03-16,INV-2,10.00,2260.00,EUR"]
HEAD = "Date,Text,Amount,Balance,Currency\n"


def alone(text: str | bytes, layout: str = GENERIC, name: str = "bank.csv") -> Parsed:
    """Read a file alone by the text of a layout."""
    return read_alone(received(text, name), read_layout(layout, "mine.yaml"), ISO)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_rc_20_a_running_balance_proves_the_file_in_either_direction_of_time(order):
    if order in ((1, 2, 0), (2, 0, 1)):
        order = tuple(sorted(order, key=lambda n: -int(LINES[n][8:10])))
    parsed = alone(HEAD + "\n".join(LINES[n] for n in order) + "\n")
    assert parsed.completeness == "proven"
    assert parsed.proof == "From the first line to the last 2 running balances hold, 1500.00 to 2260.00 EUR."
    assert parsed.bank is not None
    assert parsed.bank.statements[["opening", "closing", "lines"]].values.tolist() == [[150000, 226000, 3]]
    assert parsed.table.sort_values("line_no")["amount"].tolist() == [-50000, 125000, 1000]


@pytest.mark.parametrize(("wrong", "right"), [("1250.00,", "1205.00,"), ("2250.00", "2250.01"), ("-500.00", "500.00")])
def test_rc_20_a_running_balance_that_breaks_refuses_the_file_with_line_and_figures(wrong, right):
    text = HEAD + "\n".join(LINES).replace(wrong, right) + "\n"
    if wrong == "-500.00":
        assert alone(text).bank.statements["opening"].tolist() == [50000]
        return
    with pytest.raises(
        InputError, match=r"bank\.csv, line [34]: the running balance is .* EUR where the lines make .*take a layout without `balance`"
    ):
        alone(text)


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_rc_20_a_line_lost_from_the_middle_is_found_and_one_from_an_end_is_outside_the_proof(lost):
    text = HEAD + "\n".join(line for n, line in enumerate(LINES) if n != lost) + "\n"
    if lost == 1:
        with pytest.raises(InputError, match="the running balance is"):
            alone(text)
    else:
        assert alone(text).completeness == "proven"


def test_rc_20_blank_balances_are_bridged_but_prove_nothing_at_the_ends():
    assert alone(HEAD + "\n".join(LINES).replace("2250.00", "")).completeness == "proven"
    assert alone(HEAD + "\n".join(LINES).replace("2260.00", "")).completeness == "not_proven"
    one = alone(HEAD + LINES[0])
    assert (one.completeness, one.bank.statements["closing"].tolist()) == ("not_proven", [100000])


def test_rc_20_each_currency_of_a_file_has_its_own_balance():
    text = HEAD + "\n".join([LINES[0], "2026-03-02,a,5.00,5.00,USD", LINES[1], "2026-03-03,b,5.00,10.00,USD", LINES[2]]) + "\n"
    parsed = alone(text)
    assert (parsed.completeness, len(parsed.bank.statements)) == ("proven", 2)
    with pytest.raises(InputError, match=r"10\.01 USD where the lines make 10\.00"):
        alone(text.replace("5.00,10.00", "5.00,10.01"))


BESIDE = """reads: bank
columns: {booking_date: Date, amount: Amount}
head: {bank_account: [IBAN], currency: [Currency], opening: [Opening balance], closing: [Closing balance, Balance as of]}
"""
BESIDE_TEXT = """IBAN: DE02120300000000202051;;Currency;EUR
Opening balance;1.500,00 EUR
Date;Amount
02.03.2026;-500,00
16.03.2026;1.250,00
Balance as of 31.03.2026:;2.250,00 EUR
"""


def test_rc_20_opening_and_closing_beside_the_lines_prove_the_file():
    parsed = alone(BESIDE_TEXT, BESIDE)
    assert (parsed.completeness, parsed.proof) == ("proven", "Opening, lines and closing agree, 1500.00 to 2250.00 EUR.")
    assert parsed.table["bank_account"].unique().tolist() == ["DE02120300000000202051"]
    assert (parsed.rows_in, parsed.skipped) == (2, 3)


@pytest.mark.parametrize(("old", "new", "what"), [
    ("1.250,00", "1.250,01", "does not tie: opening 1500.00 and 2 lines of 750.01 make 2250.01 EUR, but closing is 2250.00"),
    ("16.03.2026;1.250,00\n", "", "does not tie"),
    ("Opening balance;1.500,00 EUR\n", "Opening balance;1.500,00 EUR\nOpening balance;1,00 EUR\n", "states opening more than once"),
    ("1.500,00 EUR", "1.500,00 USD", "stands with USD where the row's currency is EUR"),
])  # fmt: skip
def test_rc_20_figures_beside_the_lines_that_disagree_refuse_the_file(old, new, what):
    with pytest.raises(InputError, match=what):
        alone(BESIDE_TEXT.replace(old, new), BESIDE)


def test_rc_20_without_one_of_the_balances_nothing_is_proven():
    text = BESIDE_TEXT.replace("Opening balance;1.500,00 EUR\n", "")
    assert alone(text, BESIDE).completeness == "not_proven"


def test_a_text_in_a_line_cannot_pass_for_a_balance():
    layout = BESIDE.replace("amount: Amount", "amount: Amount, remittance_text: Text")
    text = BESIDE_TEXT.replace("Date;Amount", "Date;Amount;Text").replace("500,00\n", "500,00;Closing balance: 2.250,00\n", 1)
    text = text.replace("1.250,00\n", "1.250,00;\n")
    with pytest.raises(InputError, match=r"states closing more than once|cannot be read"):
        alone(text.replace("Closing balance: 2.250,00", "Closing balance: 9.999,00"), layout)


@pytest.mark.parametrize(("mark", "minor"), [("C", 3350), ("D", -3350), ("Cr", 3350), ("Debit", -3350), ("H", 3350), ("S", -3350)])
def test_ld_01_a_mark_of_debit_or_credit_gives_the_sign(mark, minor):
    text = f"Date,Description,Amount,D/C,Currency\n2026-03-02,a,33.50,{mark},EUR\n"
    assert read(text, layout_text("bank_csv_marked"), name="b.csv").table["amount"].tolist() == [minor]


def test_ld_01_a_sign_that_contradicts_its_mark_refuses_the_file_and_one_that_agrees_is_left_alone():
    text = "Date,Description,Amount,D/C,Currency\n2026-03-02,a,-33.50,D,EUR\n2026-03-02,b,5.00,C,EUR\n"
    assert sorted(read(text, layout_text("bank_csv_marked"), name="b.csv").table["amount"]) == [-3350, 500]
    with pytest.raises(InputError, match="has a sign that contradicts its mark"):
        read(text.replace("b,5.00,C", "b,5.00,D"), layout_text("bank_csv_marked"), name="b.csv")
    with pytest.raises(InputError, match="is neither of"):
        read(text.replace(",C,", ",?,"), layout_text("bank_csv_marked"), name="b.csv")


def test_ld_01_money_out_with_and_without_a_minus_in_one_column_is_refused():
    text = "Date,Description,Debit,Credit,Currency\n2026-03-02,a,-33.50,,EUR\n2026-03-03,b,5.00,,EUR\n"
    with pytest.raises(InputError, match="is positive where others are negative"):
        read(text, layout_text("bank_csv"), name="b.csv")


def test_signs_of_a_credit_card_are_turned_where_the_layout_says_so():
    parsed = alone(HEAD + "2026-03-02,shop,20.00,120.00,EUR\n2026-03-03,paid,-100.00,20.00,EUR\n", GENERIC + "sign: {turn: true}\n")
    assert parsed.table.sort_values("line_no")["amount"].tolist() == [-2000, 10000]
    assert parsed.bank.statements[["opening", "closing"]].values.tolist() == [[-10000, -2000]]


@pytest.mark.parametrize(("cell", "minor"), [
    ("100.00 EUR", 10000), ("EUR 100.00", 10000), ("€100.00", 10000), ("-100.00€", -10000), ("- EUR 100.00", -10000),
    ("(100.00 EUR)", -10000), ("100.00- EUR", -10000), ("EUR -1,100.00", -110000), ("eur 5.00", 500),
])  # fmt: skip
def test_an_amount_may_carry_its_currency(cell, minor):
    layout = 'reads: bank\ndecimal: "."\ncolumns: {booking_date: Date, amount: Amount}\n'
    table = alone(f'Date,Amount\n2026-03-02,"{cell}"\n', layout).table
    assert table[["amount", "currency"]].values.tolist() == [[minor, "EUR"]]


@pytest.mark.parametrize("cell", ["100.00 XYZ", "USD 100.00 EUR", "100.00 kr", "EUR", "100 EUR 50", "$100.00", "1e3 EUR", "EUR EUR 5.00"])
def test_an_amount_beside_what_is_no_currency_is_refused(cell):
    layout = 'reads: bank\ndecimal: "."\ncolumns: {booking_date: Date, amount: Amount}\n'
    with pytest.raises(InputError, match=r"is not an amount|where the row's currency is not stated"):
        alone(f'Date,Amount\n2026-03-02,"{cell}"\n', layout)


@pytest.mark.parametrize(
    ("cell", "minor"), [("5.00 CR", 500), ("5.00DR", -500), ("1,005.00 dr", -100500), ("5.00 H", 500), ("5.00 S", -500)]
)
def test_an_amount_may_end_with_its_mark(cell, minor):
    text = f'Date,Description,Amount,Currency\n2026-03-02,a,"{cell}",EUR\n2026-03-02,b,7.25 CR,EUR\n'
    assert sorted(read(text, layout_text("bank_csv"), name="b.csv").table["amount"]) == sorted([minor, 725])


def test_the_only_currency_that_amounts_name_is_that_of_every_line():
    layout = 'reads: bank\ndecimal: "."\ncolumns: {booking_date: Date, amount: Amount, currency: Currency}\n'
    text = "Date,Amount\n2026-03-02,5.00 USD\n2026-03-03,$6.00\n2026-03-04,7.00\n"
    assert alone(text, layout).table["currency"].unique().tolist() == ["USD"]
    with pytest.raises(InputError, match=r"stands with USD where the row's currency is EUR"):
        alone("Date,Amount,Currency\n2026-03-02,5.00 USD,EUR\n", layout)


def test_rows_that_carry_a_text_on_belong_to_the_line_before():
    layout = GENERIC + "continued: remittance_text\n"
    parsed = alone(HEAD + LINES[0] + "\n,flat 3,,,\n,March,,,\n" + LINES[1] + "\n", layout)
    assert parsed.table.sort_values("line_no")["remittance_text"].tolist() == ["rent flat 3 March", "INV-1"]
    assert (parsed.rows_in, parsed.skipped) == (2, 2)


def test_a_text_over_several_columns_is_one_text():
    """Banks write a long text into numbered columns: blank ones leave no gap, and what only repeats the first is not said twice."""
    layout = 'reads: bank\ndecimal: "."\ncolumns: {booking_date: Date, amount: Amount, remittance_text: Text 1}\n'
    layout += "also: {remittance_text: [Text 2, Text 3, Text 4]}\nconstants: {currency: EUR}\n"
    text = "Date,Amount,Text 1,Text 2,Text 3\n2026-03-02,5.00,INV-1,,INV-2\n2026-03-03,6.00,,INV-3,\n2026-03-04,7.00,INV-4,INV-4,\n"
    assert alone(text, layout).table.sort_values("line_no")["remittance_text"].tolist() == ["INV-1 INV-2", "INV-3", "INV-4"]
    with pytest.raises(InputError, match="also: name text columns"):
        alone(text, layout.replace("also: {remittance_text:", "also: {amount:"))


def test_ld_05_totals_are_left_out_only_where_no_date_stands():
    layout = layout_text("bank_csv")
    text = "Name,Date,Amount,Currency\nTotal France SA,2026-03-02,5.00,EUR\nTotal,,5.00,EUR\n"
    parsed = read(text, layout, name="b.csv")
    assert parsed.table["remitter_name"].tolist() == ["Total France SA"]
    with pytest.raises(InputError, match="cannot be read"):
        read(text.replace("Total,,", "Rest,,"), layout, name="b.csv")


def test_columns_without_headings_are_known_by_their_place():
    layout = 'reads: bank\nheader: false\ndates: DD.MM.YYYY\ndecimal: ","\ncolumns: {booking_date: "#1", amount: "#3", currency: "#4"}\n'
    assert alone("01.03.2026;x;1,50;EUR\n02.03.2026;y;-2,00;EUR\n", layout).table["amount"].sum() == -50
    with pytest.raises(InputError, match="without a header row each column is given by its place"):
        read_layout(layout.replace('"#1"', "Tag"), "mine.yaml")
    with pytest.raises(InputError, match="has 3 cells where the header has 4"):
        alone("01.03.2026;x;1,50;EUR\n02.03.2026;y;-2,00;EUR\n03.03.2026;y;-2,00\n", layout)


def test_one_delimiter_too_many_at_every_end_is_harmless_and_one_at_some_ends_is_not():
    good = "Date;Amount;Currency\n02.03.2026;1,00;EUR;\n03.03.2026;1,00;EUR;\n"
    assert len(read(good, layout_text("bank_csv"), name="b.csv").table) == 2
    with pytest.raises(InputError, match="has 4 cells where the header has 3"):
        read(good.replace("1,00;EUR;\n03", "1,00;EUR\n03"), layout_text("bank_csv"), name="b.csv")
    with pytest.raises(InputError, match="has 4 cells where the header has 3"):
        read(good.replace("EUR;\n", "EUR;x\n"), layout_text("bank_csv"), name="b.csv")


@given(st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=2, max_size=12), st.integers(-(10**9), 10**9), st.booleans())
@settings(max_examples=40, deadline=None)
def test_rc_20_any_statement_that_is_written_is_read_back_and_proven(amounts, opening, newest_first):
    rows, balance = [], opening
    for day, amount in enumerate(amounts, start=1):
        balance += amount
        rows.append(f"2026-03-{day:02d},t,{ISO.text(amount, 'EUR')},{ISO.text(balance, 'EUR')},EUR")
    parsed = alone(HEAD + "\n".join(reversed(rows) if newest_first else rows) + "\n", GENERIC + 'decimal: "."\n')
    assert parsed.completeness == "proven"
    assert parsed.bank.statements[["opening", "closing"]].values.tolist() == [[opening, balance]]
    assert parsed.table.sort_values("line_no")["amount"].tolist() == amounts


@pytest.mark.parametrize("name", ["bank_caisse_epargne", "bank_swedbank_lt", "bank_of_america", "psp_adyen_settlement"])
def test_rc_20_a_proven_table_is_refused_wherever_it_is_cut_inside(name):
    """Cut: either refused, or every line is still there; the last blanks and line end may go."""
    path = SAMPLES / f"{name}.csv"
    data, whole = path.read_bytes(), read_alone(take(path), SHIPPED[name], ISO).table["amount"].tolist()
    for end in [*range(0, len(data) - 40, 37), *range(len(data) - 40, len(data))]:
        try:
            parsed = read_alone(received(data[:end], path.name), SHIPPED[name], ISO)
        except InputError:
            continue
        assert parsed.completeness == "not_proven" or parsed.table["amount"].tolist() == whole, end


@pytest.mark.parametrize("name", ["bank_csv", "bank_swedbank_lt", "psp_paypal"])
def test_any_changed_byte_is_refused_or_read(name):
    path = SAMPLES / f"{name}.csv"
    data = path.read_bytes()
    for at in range(0, len(data), 31):
        for byte in (0x22, 0x39, 0xFF):
            try:
                read_alone(received(data[:at] + bytes([byte]) + data[at + 1 :], path.name), SHIPPED[name], ISO)
            except InputError:
                continue


READ = {
    "bank_csv": 16, "bank_bunq": 1, "bank_monzo": 1, "bank_airbank": 1, "bank_ocbc": 1, "bank_commerzbank": 1, "bank_erste_hu": 1,
    "bank_kbc": 1, "bank_kbc_card": 1, "bank_swedbank_lt": 1, "bank_lbb_card": 1,
}  # fmt: skip
PROVEN = 5


@pytest.mark.data
def test_real_bank_tables_are_found_by_their_headings_and_read_or_refused_with_place_and_cure():
    read_by: dict[str, int] = {}
    refusals: list[tuple[str, InputError]] = []
    proven = 0
    for path in sorted(DATA.iterdir()):
        try:
            fit = best_fit(take(path), SHIPPED)
            parsed = read_alone(take(path), SHIPPED[fit.layout], Units({"LTL": 2}))
        except InputError as refused:
            refusals.append((path.name, refused))
            continue
        read_by[fit.layout] = read_by.get(fit.layout, 0) + 1
        proven += parsed.completeness == "proven"
    assert (read_by, proven) == (READ, PROVEN)
    assert all(refused.where.startswith(name) and refused.cure for name, refused in refusals)
