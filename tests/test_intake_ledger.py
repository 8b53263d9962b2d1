"""Table files by layout: every LD rule, and one message for whatever is wrong."""

from decimal import Decimal

import pytest
from reading import BSID, ITEMS, ROWS, SAP, SIGNED, layout_text, read

from arwork.errors import InputError
from arwork.intake.ledger import customers_from_items


def test_cv01_ld_01_the_sign_column_makes_unsigned_amounts_signed():
    rows = read(BSID + "\n".join(ROWS), SAP + SIGNED).table
    assert rows["amount_doc"].tolist() == [10000, -4000, -1000, 700]
    assert rows["open_amount_doc"].tolist() == [10000, -4000, -1000, 0]


def test_ld_01_a_sign_is_never_applied_twice():
    text = BSID + "\n".join(ROWS).replace("EUR,40.00", "EUR,-40.00").replace("EUR,10.00", "EUR,-10.00")
    assert read(text, SAP + SIGNED).table["amount_doc"].tolist() == [10000, -4000, -1000, 700]


def test_ld_01_an_unknown_sign_is_a_reject():
    parsed = read(BSID + "\n".join(ROWS).replace(",S,2026", ",X,2026"), SAP + SIGNED)
    assert parsed.rejects[["source_line", "column", "value"]].values.tolist() == [["5", "SHKZG", "X"]]


def test_ld_02_separators_are_proven_by_column_or_asked_for():
    layout = SAP.replace('decimal: "."\n', "").replace("WRBTR", "WRBTR, amount_local: DMBTR")
    lines = [row.replace("EUR,", "EUR;").replace(",", ";") for row in ROWS]
    head = BSID.replace(",", ";").replace("WRBTR", "WRBTR;DMBTR")
    comma = [
        line.replace("100.00", "1.100,00;1.100,00")
        .replace("40.00", "40,00-;40,00-")
        .replace("10.00;", "10,00-;10,00-;")
        .replace("7.00", "7,00;7,00")
        for line in lines
    ]
    table = read(head + "\n".join(comma), layout.replace("due_date:", 'delimiter: ";"\ndue_date:')).table
    assert table["amount_doc"].tolist() == [110000, -4000, -1000, 700]
    unclear = [
        line.replace("100.00", "1.100;1.100")
        .replace("40.00", "2.040;2.040")
        .replace("10.00;", "1.010;1.010;")
        .replace("7.00", "1.007;1.007")
        for line in lines
    ]
    with pytest.raises(InputError) as refused:
        read(head + "\n".join(unclear), layout.replace("due_date:", 'delimiter: ";"\ndue_date:'))
    for part in ("items.csv, column WRBTR", "'1.100'", 'decimal: ","'):
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("currency", "stored", "minor", "major"),
    [("JPY", "10.00", 1000, "1000"), ("KWD", "12.34", 1234, "1.234"), ("EUR", "10.00", 1000, "10.00")],
)
def test_ld_03_table_extracts_show_two_decimals_whatever_the_currency(currency, stored, minor, major):
    text = BSID + ROWS[0].replace("EUR,100.00", f"{currency},{stored}")
    assert read(text, SAP + "se16_shift: true\n", control_sum=Decimal(major)).table["amount_doc"].tolist() == [minor]


def test_ld_03_lists_are_not_shifted():
    assert read(BSID + ROWS[0].replace("EUR,100.00", "JPY,1000"), SAP).table["amount_doc"].tolist() == [1000]


def test_ld_04_one_format_a_file_and_zeros_are_no_date():
    table = read(BSID + "\n".join(ROWS), SAP.replace("dates: YYYYMMDD\n", "")).table
    assert table["clearing_date"].notna().tolist() == [False, False, False, True]
    mixed = ROWS[0].replace("20260301,20260301,20260301", "01.03.2026,01.03.2026,01.03.2026")
    with pytest.raises(InputError, match="no one date format fits"):
        read(BSID + "\n".join([mixed, ROWS[1]]), SAP.replace("dates: YYYYMMDD\n", ""))


def test_ld_05_zeros_are_stripped_for_comparison_and_the_raw_number_is_kept():
    parsed = read(BSID + "\n".join(ROWS), SAP)
    assert parsed.table["customer_id"].unique().tolist() == ["1001", "1002"]
    assert parsed.table["doc_no"].tolist()[0] == "90000001"
    made = customers_from_items(parsed.table, [parsed.names])
    assert made[["customer_id", "customer_id_raw"]].values.tolist() == [["1001", "0000001001"], ["1002", "0000001002"]]


def test_ld_05_totals_repeated_headers_frames_and_page_heads_are_skipped_and_counted():
    head = "|CoCd|Account   |DocumentNo|Type|Doc. Date |Net due dt|Curr.|Amount in doc. curr.|"
    lines = [
        "Customer line items", "-" * 80, head, "-" * 80,
        "|1000|0000001001|9000000001|RV  |01.03.2026|31.03.2026|EUR  |            1.100,00|",
        "|1000|0000001001|9000000002|DG  |02.03.2026|31.03.2026|EUR  |               40,00-|",
        "|*   |0000001001|          |    |          |          |EUR  |            1.060,00|",
        "\x0cPage 2", "-" * 80, head, "-" * 80,
        "|1000|0000001002|9000000003|RV  |03.03.2026|31.03.2026|EUR  |                7,00|",
        "|    |          |          |    |          |          |EUR  |            1.067,00|", "-" * 80,
    ]  # fmt: skip
    parsed = read("\r\n".join(lines).encode("cp1252"), layout_text("sap_fbl5n") + "framed: true\n", name="fbl5n.txt")
    assert parsed.table["amount_doc"].tolist() == [110000, -4000, 700]
    assert (parsed.rows_in, parsed.skipped, len(parsed.rejects)) == (3, 10, 0)
    assert parsed.rows_in + parsed.skipped + 1 == len(lines)
    assert parsed.table["source_line"].tolist() == ["5", "6", "12"]


def test_ld_05_a_cut_row_is_a_reject_and_no_total():
    parsed = read(ITEMS + "1002,9004,1,INV,2026-0")
    assert parsed.rejects[["source_line", "reason"]].values.tolist() == [["5", "has 5 cells where the header has 9"]]
    assert (parsed.rows_in, len(parsed.table)) == (4, 3)


def test_ld_05_numbers_a_spreadsheet_turned_into_exponents_are_rejects_in_keys_and_told_elsewhere():
    parsed = read(ITEMS.replace("9002", "9.002E+11"))
    assert parsed.rejects[["source_line", "column", "value", "reason", "cure"]].values.tolist() == [
        ["3", "doc_no", "9.002E+11", "was turned into an exponent by a spreadsheet; its digits are lost", "Export it again as text."]
    ]
    parsed = read(ITEMS.replace("INV-1", "1.23E+11").replace("INV-2", "1e+12"))
    assert [finding.rule for finding in parsed.findings] == ["LD-05"]
    assert "2 numbers of reference were each turned into exponent" in parsed.findings[0].sentence.replace("an ", "")


def test_ld_05_lost_leading_zeros_come_back_where_the_width_is_known_and_are_told():
    layout = "reads: open_items\ncolumns: {customer_id: c, doc_no: d, doc_date: b, due_date: b, amount_doc: a, reference: r}\n"
    layout += "constants: {doc_type: INV, currency: EUR}\nstrip_zeros: [customer_id]\n"
    text = "c,d,b,a,r\n1,0012345678,2026-03-01,1.50,A\n1,12345679,2026-03-01,1.50,B\n"
    parsed = read(text, layout + "widths: {doc_no: 10}\n")
    assert parsed.table["doc_no"].tolist() == ["0012345678", "0012345679"]
    assert "column d: 1 number had lost leading zeros" in parsed.findings[0].sentence
    assert read(text, layout).table["doc_no"].tolist() == ["0012345678", "12345679"]
    many = "c,d,b,a,r\n" + "".join(f"1,00{number},2026-03-01,1.50,A\n" for number in range(1000, 1040)) + "1,990,2026-03-01,1.50,B\n"
    parsed = read(many, layout)
    assert parsed.table["doc_no"].iloc[-1] == "001039"
    assert "000990" in parsed.table["doc_no"].tolist()
    assert [finding.rule for finding in parsed.findings] == ["LD-05"]


ORACLE = """reads: open_items
columns: {customer_id: ACCOUNT_NUMBER, doc_no: TRX_NUMBER, doc_type: CLASS, doc_date: TRX_DATE, posting_date: GL_DATE, due_date: DUE_DATE,
  currency: INVOICE_CURRENCY_CODE, amount_doc: AMOUNT_DUE_ORIGINAL, open_amount_doc: AMOUNT_DUE_REMAINING}
values: {doc_type: {INV: INV, CM: CM, PMT: RCPT}}
"""


def test_cv01_ld_06_oracle_amounts_are_signed_and_add_up_to_the_balance():
    text = "ACCOUNT_NUMBER,TRX_NUMBER,CLASS,TRX_DATE,GL_DATE,DUE_DATE,INVOICE_CURRENCY_CODE,AMOUNT_DUE_ORIGINAL,AMOUNT_DUE_REMAINING\n"
    text += "1,A1,INV,2026-03-01,2026-03-01,2026-03-31,USD,100.00,60.00\n1,A2,CM,2026-03-02,2026-03-02,2026-03-02,USD,-5.00,-5.00\n"
    text += "1,A3,PMT,2026-03-03,2026-03-03,2026-03-03,USD,-45.00,-5.00\n"
    parsed = read(text, ORACLE, control_sum=Decimal("50.00"))
    assert parsed.table["open_amount_doc"].tolist() == [6000, -500, -500]
    assert [f for f in parsed.findings if f.rule.startswith("DV")] == []


NETSUITE = """reads: open_items
columns: {customer_id: entity, doc_no: tranid, doc_type: type, doc_date: trandate, due_date: duedate, amount_doc: amount,
  open_amount_doc: amountremaining}
constants: {currency: USD}
values: {doc_type: {CustInvc: INV, CustCred: CM}}
sign: {minus_types: [CM]}
"""


def test_ld_07_netsuite_amounts_are_signed_by_type():
    text = "entity,tranid,type,trandate,duedate,amount,amountremaining\n7,I1,CustInvc,2026-03-01,2026-03-31,100.00,100.00\n"
    text += "7,C1,CustCred,2026-03-02,2026-03-02,-30.00,30.00\n"
    rows = read(text, NETSUITE).table.set_index("doc_no")
    assert (rows.at["C1", "amount_doc"], rows.at["C1", "open_amount_doc"], rows.at["I1", "open_amount_doc"]) == (-3000, -3000, 10000)


def test_ld_08_business_central_amounts_are_signed_and_a_blank_currency_is_the_local_one():
    layout = """reads: open_items
columns: {customer_id: Customer No., doc_no: Document No., doc_type: Document Type, posting_date: Posting Date, due_date: Due Date,
  currency: Currency Code, amount_doc: Original Amount, open_amount_doc: Remaining Amount, amount_local: Original Amt. (LCY)}
values: {doc_type: {Invoice: INV, Credit Memo: CM, Payment: RCPT}}
when_blank: {currency: {set: {currency: EUR}}}
"""
    text = (
        "Customer No.;Document No.;Document Type;Posting Date;Due Date;Currency Code;Original Amount;Remaining Amount;Original Amt. (LCY)\n"
    )
    text += "10000;I1;Invoice;2026-03-01;2026-03-31;;100,50;40,50;100,50\n10000;P1;Payment;2026-03-02;2026-03-02;USD;-60,00;-60,00;-55,20\n"
    rows = read(text, layout).table.set_index("doc_no")
    assert rows["currency"].tolist() == ["EUR", "USD"]
    assert rows["open_amount_doc"].tolist() == [4050, -6000]
    assert rows["open_amount_local"].tolist() == [4050, -5520]


def test_ld_09_status_comes_from_the_clearing_date():
    rows = read(BSID + "\n".join(ROWS), SAP).table.set_index("doc_no")
    assert rows.at["90000004", "open_amount_doc"] == 0
    assert (rows.drop(index="90000004")["open_amount_doc"] != 0).all()


BAD_ROWS = {
    "unparsable amount": (("-20.50", "2O.50"), "amount_doc", "2O.50", "is not an amount", "Correct the export"),
    "too many decimals": (("-20.50", "-20.505"), "amount_doc", "-20.505", "has more than the 2 decimals", "more_decimals: round"),
    "blank amount": (("-20.50", ""), "amount_doc", "", "is blank", "Fill it in the export"),
    "impossible date": (("2026-03-02", "2026-02-30"), "posting_date", "2026-02-30", "is not a day of the calendar", "Correct the date"),
    "time of day": (("2026-03-02", "2026-03-02 10:00"), "posting_date", "2026-03-02 10:00", "carries a time of day", "drop_time: true"),
    "unknown currency": (("EUR,-20.50", "EUX,-20.50"), "currency", "EUX", "unknown currency", "ISO 4217"),
    "unknown type": (("CM,", "XX,"), "doc_type", "XX", "is none of INV, CM", "values: doc_type:"),
    "repeated key": (("1002,9002", "1002,9001"), "item_id", "1000:9001:2026:1", "repeats the key of line 2", "accept the rejects"),
    "short row": (
        (",CM-1", ""),
        "",
        "1002 9002 1 CM 2026-03-02 2026-04-01 EUR -20.50",
        "has 8 cells where the header has 9",
        "Correct the row",
    ),
    "blank customer": (("1002,9002", ",9002"), "customer_id", "", "is blank", "Fill it in the export"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_ld_10_a_bad_row_is_a_reject_with_file_line_column_value_reason_and_cure(name):
    edit, column, value, reason, cure = BAD_ROWS[name]
    parsed = read(ITEMS.replace(*edit))
    assert (parsed.rows_in, len(parsed.table), len(parsed.rejects)) == (3, 2, 1)
    row = parsed.rejects.iloc[0]
    assert (row["source_file"], row["source_line"], row["column"], row["value"]) == ("items.csv", "3", column, value)
    assert reason in row["reason"]
    assert cure in row["cure"]
    assert row["amount"] == {"unparsable amount": "", "blank amount": "", "short row": "", "too many decimals": "-20.505"}.get(
        name, "-20.50"
    )
    assert not row["accepted"]


def test_ld_10_one_row_is_one_reject_however_much_is_wrong_with_it():
    parsed = read(ITEMS.replace("2026-03-02,2026-04-01,EUR,-20.50", "2026-13-02,x,EUX,y"))
    assert (parsed.rows_in, len(parsed.table), len(parsed.rejects)) == (3, 2, 1)


def test_ld_10_of_a_bad_and_a_good_row_with_one_key_the_good_one_stays():
    parsed = read(ITEMS.replace("1002,9002", "1002,9001").replace("100.00", "1OO.00"))
    assert parsed.table["source_line"].tolist() == ["3", "4"]


WHOLE = {
    "missing column": (
        ITEMS.replace("due_date", "due dates"), {},
        ("items.csv, line 1", "due_date or baseline_date", "did you mean 'due dates'?", "'customer_id'", "layout's `columns`"),
    ),
    "heading twice": (ITEMS.replace("reference", "doc_no"), {}, ("items.csv", "heading 'doc_no' stands 2 times", "Rename")),
    "no header": ("1;2;3\n4;5;6\n", {}, ("items.csv", "mandatory columns are missing", "headings found: '1'; '2'; '3'")),
    "wrong row count": (ITEMS, {"control_rows": 4}, ("items.csv", "holds 3 data rows", "control_rows says 4", "Export the file again")),
    "wrong total": (ITEMS, {"control_sum": Decimal("1579.51")}, ("items.csv", "add up to 1,579.50", "control_sum says 1,579.51", "Export")),
    "unreadable encoding": (ITEMS.replace("INV-1", "Müller").encode("cp1252"), {}, ("items.csv, line 2", "0xfc", "encoding: cp1252")),
    "stray quote": (ITEMS.replace("INV-1", '"INV-1'), {}, ("items.csv, line 2", "a quote is opened", "quotes: false")),
    "unknown encoding": (ITEMS, {"encoding": "klingon"}, ("items.csv", "unknown encoding 'klingon'")),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_ld_10_what_concerns_the_whole_file_refuses_it_in_one_message(name):
    data, source, parts = WHOLE[name]
    with pytest.raises(InputError) as refused:
        read(data, **source)
    for part in parts:
        assert part in str(refused.value)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("total", ["1579.50", "1479.50"])
def test_ld_10_control_totals_hold_for_amounts_or_open_amounts_and_count_rejects(total):
    text = (
        ITEMS.replace("amount_doc", "amount_doc,open_amount_doc")
        .replace("100.00", "100.00,0.00")
        .replace("-20.50", "-20.50,-20.50")
        .replace("JPY,1500", "JPX,1500,1500")
    )
    parsed = read(text, control_rows=3, control_sum=Decimal(total))
    assert len(parsed.rejects) == 1


ADVICE = "payment_ref,doc_reference,net_amount,currency\nE1,INV-1,98.00,EUR\nE1,INV-2,5.00,EUR\n"


def test_ld_10_an_advice_with_one_bad_row_is_refused_whole():
    with pytest.raises(
        InputError,
        match=r"1 row cannot be read: advice\.csv, line 3, column net_amount, value '5,00': is not an amount.*whole or not at all",
    ):
        read(ADVICE.replace("INV-2,5.00", 'INV-2,"5,00"'), reads="remittance", name="advice.csv")
