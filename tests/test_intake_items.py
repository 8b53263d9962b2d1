"""Open items and the other tables from plain files: what is derived (MP-10), what is checked (DV)."""

import hashlib

import pytest
from reading import BSID, ITEMS, LINEAGE, ROWS, SAP, SIGNED, params, read


def test_a_plain_file_becomes_open_items_with_lineage_and_derived_columns():
    parsed = read(ITEMS)
    rows = parsed.table.set_index("doc_no")
    assert (parsed.rows_in, len(parsed.table), len(parsed.rejects), parsed.skipped) == (3, 3, 0, 0)
    assert rows["item_id"].tolist() == ["1000:9001:2026:1", "1000:9002:2026:1", "1000:9003:2026:1"]
    assert rows["amount_doc"].tolist() == [10000, -2050, 1500]
    assert rows["open_amount_doc"].tolist() == [10000, -2050, 1500]
    assert (rows.at["9001", "customer_id"], rows.at["9001", "ledger_id"], rows.at["9001", "local_currency"]) == ("1001", "MAIN", "EUR")
    assert rows["source_line"].tolist() == ["2", "3", "4"]
    assert set(rows["source_sha256"]) == {hashlib.sha256(ITEMS.encode()).hexdigest()}


def test_items_without_ledger_amount_are_named_and_never_guessed():
    parsed = read(ITEMS)
    assert parsed.without_local == ("1000:9003:2026:1",)
    assert parsed.table.set_index("doc_no")["amount_local"].tolist() == [10000, -2050, 0]


def test_ledger_currency_amounts_take_the_decimals_of_the_ledger():
    text = ITEMS.replace("currency,", "currency,amount_local,").replace("EUR,", "EUR,11000,").replace("JPY,", "JPY,1500,")
    parsed = read(text, with_params=params(currency="JPY"))
    assert parsed.table["amount_local"].tolist() == [11000, 11000, 1500]
    assert parsed.without_local == ()


def test_a_partly_open_item_takes_its_share_of_the_ledger_amount():
    text = ITEMS.replace("amount_doc", "amount_doc,open_amount_doc,amount_local").replace("EUR,100.00", "USD,100.00,33.33,90.01")
    text = text.replace("-20.50", "-20.50,-20.50,").replace("JPY,1500", "JPY,1500,0,10.00")
    rows = read(text).table.set_index("doc_no")
    assert rows["open_amount_local"].tolist() == [3000, -2050, 0]


def test_headings_that_a_plain_file_misspells_are_told():
    parsed = read(ITEMS.replace("reference", "refrence"))
    assert [f.rule for f in parsed.findings] == ["LD-10"]
    assert "refrence" in parsed.findings[0].sentence


DRESSES = [
    (",", "\n", "utf-16"),
    (";", "\r\n", "utf-8-sig"),
    ("\t", "\r", "utf-8"),
    ("|", "\n", "utf-8"),
    (";", "\r", "utf-16"),
    ("\t", "\r\n", "utf-16"),
]


@pytest.mark.parametrize(("delimiter", "end", "encoding"), DRESSES)
def test_the_same_table_in_every_dress_gives_the_same_rows(delimiter, end, encoding):
    dressed = read(ITEMS.replace(",", delimiter).replace("\n", end).encode(encoding)).table
    assert dressed.drop(columns=LINEAGE).equals(read(ITEMS).table.drop(columns=LINEAGE))


@pytest.mark.parametrize("order", [(0, 2, 1), (1, 0, 2), (2, 1, 0), (2, 0, 1), (1, 2, 0)])
def test_cv_09_row_order_changes_nothing_but_the_lines(order):
    head, *rows = ITEMS.splitlines()
    table = read("\n".join([head, *(rows[place] for place in order)])).table
    assert table.drop(columns=LINEAGE).equals(read(ITEMS).table.drop(columns=LINEAGE))


OTHERS = {
    "customers": ("customer_id,name,country\n0001,A AG,DE\n2,B AG,\n", "customer_id", ["1", "2"]),
    "customer_banks": ("customer_id,account\n1,de02 1203 0000\n", "account", ["DE0212030000"]),
    "remittance": (
        "payment_ref,doc_reference,net_amount,currency,discount_amount\nE1,INV-1,98.00,EUR,2.00\nE1,INV-2,5.00,EUR,\n",
        "gross_amount", [10000, 500],
    ),
    "gl_balances": ("gl_account,period,opening,debits,credits,closing\n1400,2026-03,1.00,2.00,0.50,2.50\n", "closing", [250]),
    "gl_lines": ("gl_account,doc_no,posting_date,amount\n1400,1,2026-03-01,5.00\n", "origin", ["OTHER"]),
    "cash_book": ("gl_account,doc_no,posting_date,amount\n1810,1,2026-03-01,5.00\n1800,2,2026-03-01,-5.00\n", "currency", ["EUR", "USD"]),
    "promises": (
        "promise_id,customer_id,created_date,promised_date,promised_amount,currency,status\nP1,1,2026-03-01,2026-03-05,5.00,EUR,OPEN\n",
        "promised_amount", [500],
    ),
    "disputes": (
        "dispute_id,customer_id,items,opened_date,reason_code,disputed_amount,currency,status\nD1,1,9001,2026-03-01,PR,5.00,EUR,NEW\n",
        "status", ["NEW"],
    ),
    "fx_rates": ("from_currency,to_currency,rate_type,date,rate\nUSD,EUR,SPOT,2026-03-01,0.92580\n", "rate", ["0.92580"]),
    "payer_relationships": (
        "payer_id,beneficiary_id,type,authority_doc,valid_from,valid_to\n0001,0002,PARENT,POA-7,2026-01-01,\n1,3,AGENT,,2026-01-01,2026-02-28\n",
        "beneficiary_id", ["2", "3"],
    ),
    "customer_statements": (
        "customer_id,statement_date,currency,balance,items\n0001,2026-02-28,EUR,150.00,9001 9002\n", "balance", [15000],
    ),
}  # fmt: skip


@pytest.mark.parametrize("word", ["NA", "NULL", "None", "nan", "N/A", "-", "00123", "1E5", "1234567890123456789", "=1+1", "<b>"])
def test_words_that_other_readers_swallow_stay_what_they_are(word):
    parsed = read(ITEMS.replace("1002,9002", f"{word},9002").replace("CM-1", word))
    row = parsed.table.set_index("doc_no").loc["9002"]
    assert (row["customer_id"], row["reference"]) == (word.lstrip("0"), word)


@pytest.mark.parametrize("reads", OTHERS)
def test_every_other_table_reads_from_a_plain_file(reads):
    text, column, values = OTHERS[reads]
    parsed = read(text, reads=reads, name=f"{reads}.csv")
    assert parsed.table[column].tolist() == values
    assert len(parsed.rejects) == 0


@pytest.mark.parametrize(
    ("text", "period"),
    [("2026-03", "2026-03"), ("202603", "2026-03"), ("2026/003", "2026-03"), ("003.2026", "2026-03"), ("03/2026", "2026-03")],
)
def test_periods_are_written_year_month(text, period):
    assert read(OTHERS["gl_balances"][0].replace("2026-03", text), reads="gl_balances").table["period"].tolist() == [period]


def test_a_period_that_is_none_is_a_reject():
    parsed = read(OTHERS["gl_balances"][0].replace("2026-03", "13/2026"), reads="gl_balances")
    assert parsed.rejects["reason"].tolist() == ["is not a period"]


def test_gl_balances_that_do_not_add_up_are_found():
    assert read(OTHERS["gl_balances"][0], reads="gl_balances").findings == ()
    found = read(OTHERS["gl_balances"][0].replace("2.50", "2.51"), reads="gl_balances").findings
    assert [(finding.rule, finding.rows) for finding in found] == [("T11", ("MAIN/1000/1400/2026-03",))]


def test_advice_lines_that_do_not_add_up_are_found():
    head = "remittance_id,line_no,payment_ref,doc_reference,gross_amount,discount_amount,net_amount,currency\n"
    good, bad = "R1,1,E1,INV-1,100.00,2.00,98.00,EUR\n", "R1,2,E1,INV-2,100.00,,98.00,EUR\n"
    assert read(head + good, reads="remittance").findings == ()
    assert [(f.rule, f.rows) for f in read(head + good + bad, reads="remittance").findings] == [("T09", ("R1/2",))]


def test_mp_10_sap_terms_give_the_due_date_and_the_discount_day():
    rows = read(BSID + "\n".join(ROWS), SAP + SIGNED).table.set_index("doc_no")
    assert rows["due_date"].dt.strftime("%Y-%m-%d").to_dict() == {
        "90000001": "2026-03-31",  # no net days: the second discount's days
        "90000002": "2026-03-02",  # a credit without invoice is due at once
        "90000003": "2026-03-31",  # a credit with invoice is due with it
        "90000004": "2026-04-18",  # net days
    }
    assert rows["disc1_date"].dt.strftime("%Y-%m-%d").dropna().to_dict() == {"90000001": "2026-03-11"}
    assert rows.at["90000001", "disc1_pct"] == 20000


TERMS = """reads: open_items
columns: {customer_id: c, doc_no: d, doc_date: b, baseline_date: b, due_date: due, net_days: n, amount_doc: a}
constants: {doc_type: INV, currency: EUR}
due_date: baseline_plus_days
"""


def test_mp_10_baseline_plus_days_and_a_given_due_date_stays():
    rows = read("c,d,b,due,n,a\n1,1,2026-02-27,,30,5.00\n1,2,2026-02-27,2026-03-01,30,5.00\n", TERMS).table
    assert rows["due_date"].dt.strftime("%Y-%m-%d").tolist() == ["2026-03-29", "2026-03-01"]


def test_mp_10_a_weekend_moves_only_when_policy_says_so():
    text = "c,d,b,n,a\n1,1,2026-02-27,30,5.00\n"  # 29 March 2026 is a Sunday
    rolled = params(more="policy: {due_date: {roll_to_business_day: true}}\n")
    assert str(read(text, TERMS).table["due_date"].iloc[0].date()) == "2026-03-29"
    assert str(read(text, TERMS, with_params=rolled).table["due_date"].iloc[0].date()) == "2026-03-30"


def test_mp_10_a_holiday_of_the_book_moves_it_further():
    """29 March 2026 is a Sunday, 30 March a holiday where the ledger is; another ledger's holiday moves nothing."""
    text = "c,d,b,n,a\n1,1,2026-02-27,30,5.00\n"
    policy = "policy: {due_date: {roll_to_business_day: true}}\n"
    rolled = params(more=policy + "holidays: {MAIN: [2026-03-30]}\n")
    assert str(read(text, TERMS, with_params=rolled).table["due_date"].iloc[0].date()) == "2026-03-31"
    stays = params(more="holidays: {MAIN: [2026-03-30]}\n")
    assert str(read(text, TERMS, with_params=stays).table["due_date"].iloc[0].date()) == "2026-03-29"


def test_mp_10_an_invoice_without_any_due_date_is_a_reject():
    parsed = read(ITEMS.replace("2026-03-31,EUR", ",EUR"))
    assert parsed.rejects[["column", "reason"]].values.tolist() == [["due_date", "is blank"]]


DV = {
    "DV-02": ("warn", ("2026-03-31,EUR", "2026-02-28,EUR")),
    "DV-03": ("error", ("EUR,-20.50", "EUR,20.50")),
    "DV-04": ("error", ("EUR,100.00,,", "EUR,100.00,100.01,")),
    "DV-07": ("error", ("EUR,100.00,,", "EUR,100.00,100.00,2026-03-05")),
}  # fmt: skip


@pytest.mark.parametrize("rule", DV)
def test_dv_checks_find_what_does_not_fit(rule):
    text = (
        ITEMS.replace("amount_doc,", "amount_doc,open_amount_doc,clearing_date,clearing_doc,")
        .replace("100.00,", "100.00,,,,")
        .replace("-20.50,", "-20.50,,,,")
    )
    text = text.replace("1500,", "1500,,,,")
    assert [f.rule for f in read(text).findings if f.rule.startswith("DV")] == []
    severity, edit = DV[rule]
    found = [f for f in read(text.replace(*edit)).findings if f.rule.startswith("DV")]
    assert [(f.rule, f.severity) for f in found] == [(rule, severity)]
    assert len(found[0].rows) == 1


CODED = """reads: open_items
columns: {customer_id: c, doc_no: d, doc_date: b, posting_date: p, terms_code: t, amount_doc: a}
constants: {doc_type: INV, currency: EUR}
due_date: terms
terms:
  N30: {net_days: 30}
  P10: {baseline: POSTING_DATE, net_days: 10}
  EOM: {baseline: EOM}
  EOM30: {baseline: EOM, net_days: 30}
  EOM1: {baseline: EOM, months_forward: 1}
  D15: {baseline: FIXED_DAY, net_day_of_month: 15}
  D31: {baseline: FIXED_DAY, net_day_of_month: 31}
  D10M1: {baseline: FIXED_DAY, net_day_of_month: 10, months_forward: 1}
"""


@pytest.mark.parametrize(("code", "day", "due"), [
    ("N30", "2026-01-31", "2026-03-02"), ("P10", "2026-01-31", "2026-02-12"), ("EOM", "2026-02-10", "2026-02-28"),
    ("EOM", "2024-02-29", "2024-02-29"), ("EOM30", "2026-01-10", "2026-03-02"), ("EOM1", "2026-01-31", "2026-02-28"),
    ("EOM1", "2026-12-05", "2027-01-31"), ("D15", "2026-03-15", "2026-03-15"), ("D15", "2026-03-16", "2026-04-15"),
    ("D31", "2026-02-10", "2026-02-28"), ("D31", "2026-04-30", "2026-04-30"), ("D10M1", "2026-03-05", "2026-04-10"),
    ("D10M1", "2026-03-11", "2026-05-10"),
])  # fmt: skip
def test_mp_10_terms_of_t05_give_the_due_date(code, day, due):
    posted = "2026-02-02"
    text = f"c,d,b,p,t,a\n1,1,{day},{posted},{code},10.00\n"
    assert read(text, CODED).table["due_date"].dt.strftime("%Y-%m-%d").tolist() == [due]


def test_mp_10_terms_without_rule_are_rejects_and_credits_are_due_at_once():
    text = "c,d,b,p,t,a\n1,1,2026-03-01,2026-03-01,X9,10.00\n1,2,2026-03-02,2026-03-02,N30,-10.00\n"
    parsed = read(text, CODED)
    assert parsed.rejects[["source_line", "column", "reason"]].values.tolist() == [["2", "due_date", "is blank"]]
    assert parsed.table["due_date"].dt.strftime("%d").tolist() == ["02"]


RATES = """reads: fx_rates
columns: {rate_type: KURST, from_currency: FCURR, to_currency: TCURR, date: GDATU, rate: UKURS, from_units: FFACT, to_units: TFACT}
dates_by_column: {date: 99999999-YYYYMMDD}
values: {rate_type: {M: SPOT}}
decimal: "."
negative_rates: indirect
"""


def test_ld_04_tcurr_dates_are_inverted_negative_rates_turned_and_units_divided_out():
    text = "KURST,FCURR,TCURR,GDATU,UKURS,FFACT,TFACT\nM,USD,EUR,79739668,-1.0850,1,1\nM,JPY,EUR,79739668,0.61538,100,1\n"
    rows = read(text, RATES, name="r.csv").table
    assert rows[["from_currency", "to_currency", "rate"]].values.tolist() == [["EUR", "USD", "1.085"], ["JPY", "EUR", "0.0061538"]]
    assert rows["date"].dt.strftime("%Y-%m-%d").unique().tolist() == ["2026-03-31"]
    both = read(text + "M,EUR,USD,79739668,1.0860,1,1\n", RATES, name="r.csv")
    assert both.rejects["reason"].tolist() == ["is quoted both ways"]
    refused = read(text, RATES.replace("negative_rates: indirect\n", ""), name="r.csv")
    assert refused.rejects["reason"].tolist() == ["is not above zero"]


def test_gl_balances_may_be_carried_forward_with_credits_as_minus_and_the_month_of_the_key_date():
    layout = """reads: gl_balances
columns: {gl_account: a, carried_forward: f, opening: o, debits: d, credits: c, closing: z}
constants: {period: key date}
"""
    text = "a,f,o,d,c,z\n1400,100.00,20.00,30.00,-25.00,125.00\n1410,0.00,0.00,5.00,-1.00,4.00\n"
    parsed = read(text, layout, name="g.csv")
    assert parsed.table[["period", "opening", "debits", "credits", "closing"]].values.tolist()[0] == ["2026-03", 12000, 3000, 2500, 12500]
    assert parsed.findings == ()


def test_an_amount_in_ledger_currency_follows_from_its_open_part():
    layout = """reads: open_items
columns: {customer_id: c, doc_no: d, doc_date: b, due_date: b, currency: k, amount_doc: a, open_amount_doc: o, open_amount_local: l}
constants: {doc_type: INV}
"""
    parsed = read("c,d,b,k,a,o,l\n1,1,2026-03-01,USD,108.50,54.25,50.00\n1,2,2026-03-01,USD,10.00,0.00,0.00\n", layout)
    assert parsed.table["amount_local"].tolist() == [10000, 0]
    assert parsed.without_local == ("1000:2:2026:1",)


def test_settled_amounts_negative_types_blank_currencies_and_texts_for_nothing():
    layout = """reads: open_items
columns: {customer_id: c, doc_no: d, doc_date: b, due_date: b, currency: k, amount_doc: a, settled_doc: s, clearing_date: x}
constants: {doc_type: INV}
negative_types: {INV: CM}
blank_currency: ledger
no_value: {clearing_date: ["1900-01-01"]}
"""
    parsed = read("c,d,b,k,a,s,x\n1,1,2026-03-01,,100.00,40.00,1900-01-01\n1,2,2026-03-01,,-10.00,,1900-01-01\n", layout)
    assert parsed.table[["doc_type", "currency", "open_amount_doc"]].values.tolist() == [["INV", "EUR", 6000], ["CM", "EUR", -1000]]
    assert parsed.table["clearing_date"].isna().all()
