"""Ledgers, values, several files as one table, roundings, and customers made from items."""

from decimal import Decimal

import pytest
from reading import ITEMS, layout_text, params, read, received

from arwork.errors import InputError
from arwork.intake.ledger import customers_from_items


def test_dv_01_rows_of_a_company_outside_the_params_are_rejects_and_several_need_a_source():
    text = (
        ITEMS.replace("customer_id,", "company_code,customer_id,", 1)
        .replace("0001001,", "1000,0001001,")
        .replace("\n1002,", "\n2000,1002,")
    )
    assert read(text).rejects["value"].tolist() == ["2000", "2000"]
    assert read(text, with_params=params("1000", "2000")).table["company_code"].tolist() == ["1000", "2000", "2000"]
    assert len(read(ITEMS, with_params=params("1000", "2000")).rejects) == 3
    assert len(read(ITEMS, with_params=params("1000", "2000"), company_code="2000").table) == 3
    assert len(read(text, with_params=params("1000", "2000"), company_code="2000").rejects) == 1


def test_values_translate_and_refuse_or_default_the_rest():
    layout = layout_text("sap_fbl5n")
    head = "Account;Document Number;Document Type;Document Date;Net due date;Document currency;Amount in doc. curr.\n"
    text = head + "1;1;RV;01.03.2026;31.03.2026;EUR;1,00\n1;2;ZZ;01.03.2026;31.03.2026;EUR;2,00\n"
    parsed = read(text, layout)
    assert parsed.rejects[["column", "value", "reason"]].values.tolist() == [
        ["Document Type", "ZZ", "is a value that the layout does not know"]
    ]
    assert read(text, layout.replace("    DB: ADJ", "    DB: ADJ\n    other: DM")).table["doc_type"].tolist() == ["INV", "DM"]


GERMAN = """Buchungskreis;Konto;Belegnummer;Position;Geschäftsjahr;Belegart;Belegdatum;Buchungsdatum;Nettofälligkeit;Belegwährung;\
Betrag in Belegwährung;Hauswährung;Betrag in Hauswährung;Referenz
1000;0000100101;9000000867;1;2025;RV;19.12.2025;20.12.2025;18.01.2026;USD;3.152,80;EUR;2.900,00;INV-1
1000;0000100101;1400000956;1;2026;DZ;23.01.2026;23.01.2026;23.01.2026;JPY;3.152-;EUR;20,10-;
* Konto 0000100101;;;;;;;;;EUR;;EUR;2.879,90;
"""


def test_a_german_list_reads_by_the_same_layout():
    parsed = read(GERMAN.replace("\n", "\r\n").encode("cp1252"), layout_text("sap_fbl5n"))
    rows = parsed.table.set_index("doc_no")
    assert rows["amount_doc"].to_dict() == {"1400000956": -3152, "9000000867": 315280}
    assert rows["amount_local"].to_dict() == {"1400000956": -2010, "9000000867": 290000}
    assert rows["doc_type"].to_dict() == {"1400000956": "RCPT", "9000000867": "INV"}
    assert (parsed.skipped, parsed.encoding, parsed.format) == (1, "cp1252", "delimited text, ;")


JOINED = """reads: open_items
base: "*BSEG*"
join:
  - {name: BKPF, file: "*BKPF*", keys: [BUKRS, BELNR]}
  - {name: KNA1, file: "*KNA1*", keys: [KUNNR], missing: blank}
columns: {company_code: BUKRS, customer_id: KUNNR, customer_name: KNA1.NAME1, doc_no: BELNR, doc_date: BKPF.BLDAT, due_date: ZFBDT,
  currency: BKPF.WAERS, amount_doc: WRBTR}
constants: {doc_type: INV}
only: {KOART: [D]}
"""
FILES = {
    "BKPF": "BUKRS,BELNR,WAERS,BLDAT\n1000,1,EUR,20260301\n1000,2,USD,20260302\n",
    "BSEG": "BUKRS,BELNR,KOART,KUNNR,WRBTR,ZFBDT\n1000,1,D,7,5.00,20260331\n1000,1,S,,5.00,\n1000,2,D,8,6.00,20260331\n"
    "1000,3,D,8,6.00,20260331\n",
    "KNA1": "KUNNR,NAME1\n7,Alpha AG\n",
}


def joined(**changed: str):
    return read([received(text, f"x_{name}.csv") for name, text in {**FILES, **changed}.items()], JOINED)


def test_several_files_are_joined_by_key_and_a_row_without_partner_is_a_reject():
    parsed = joined()
    assert parsed.table[["doc_no", "currency", "amount_doc"]].values.tolist() == [["1", "EUR", 500], ["2", "USD", 600]]
    assert (parsed.rows_in, parsed.skipped, len(parsed.rejects)) == (3, 1, 1)
    assert parsed.rejects[["source_file", "source_line", "value"]].values.tolist() == [["x_BSEG.csv", "5", "1000 3"]]
    assert customers_from_items(parsed.table, [parsed.names])["name"].tolist() == ["Alpha AG", "8"]


REPEATED, SHORT = FILES["BKPF"] + "1000,1,EUR,20260301\n", FILES["BKPF"] + "1000,4\n"


@pytest.mark.parametrize(
    ("header", "what"),
    [
        (REPEATED, r"x_BKPF\.csv, line 4, column BUKRS \+ BELNR, value '1000 1': the key stands twice"),
        (SHORT, r"x_BKPF\.csv, line 4, value '1000 4': has 2 cells"),
        (FILES["BKPF"].replace("BLDAT", "BUDAT"), r"x_BKPF\.csv, line 1: mandatory columns are missing: BLDAT .*did you mean 'BUDAT'"),
    ],
)
def test_a_file_that_is_looked_up_must_be_whole_and_its_key_unique(header, what):
    with pytest.raises(InputError, match=what):
        joined(BKPF=header)


FLOATS = """reads: open_items
more_decimals: round
decimal: "."
columns: {customer_id: c, doc_no: d, doc_date: b, due_date: b, currency: k, amount_doc: usd}
constants: {doc_type: INV}
when_blank: {currency: {set: {currency: USD}, take: {amount_doc: conv}}}
whole_numbers: [doc_no]
"""


def test_cv_03_roundings_are_listed_one_by_one_and_only_for_rows_taken_over():
    text = "c,d,b,k,usd,conv\n1,11.0,2026-03-01,,,2309.7899999999995\n1,12.0,2026-03-01,CAD,5.005,\n1,12.0,2026-03-01,CAD,7.001,\n"
    parsed = read(text + "1,13,2026-03-01,EUR,8.00,\n", FLOATS, control_sum=Decimal("2329.7959999999995"))
    assert parsed.table[["doc_no", "currency", "amount_doc"]].values.tolist() == [
        ["11", "USD", 230979],
        ["12", "CAD", 501],
        ["13", "EUR", 800],
    ]
    kept = parsed.roundings[["source_line", "value", "currency", "minor"]].values.tolist()
    assert kept == [["2", "2309.7899999999995", "USD", 230979], ["3", "5.005", "CAD", 501]]
    assert parsed.rejects[["source_line", "amount"]].values.tolist() == [["4", "7.001"]]


def test_customers_from_items_take_the_most_frequent_spelling_and_keep_the_others():
    text = (
        ITEMS.replace("reference", "reference,customer_name")
        .replace("INV-1", "INV-1,Zeta")
        .replace("CM-1", "CM-1, Beta  Bau ")
        .replace("INV-2", "INV-2,Alpha")
    )
    text += "1002,9004,1,INV,2026-03-03,2026-04-02,EUR,1.00,INV-3,Beta Bau\n1002,9005,1,INV,2026-03-03,2026-04-02,EUR,1.00,INV-4,Aleph\n"
    parsed = read(text)
    made = customers_from_items(parsed.table, [parsed.names]).set_index("customer_id")
    assert made["name"].to_dict() == {"1001": "Zeta", "1002": "Beta Bau"}
    assert made.at["1002", "alias_names"] == "Aleph | Alpha"
    tied = customers_from_items(parsed.table, [parsed.names.assign(items=1)]).set_index("customer_id")
    assert tied.at["1002", "name"] == "Aleph"
