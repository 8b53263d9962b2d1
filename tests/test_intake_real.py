"""Real exports, read whole: counts, sums, and agreement with what is told about them."""

from decimal import Decimal

import pytest
from reading import DATA, layout_text, params, read

from arwork.intake.ledger import customers_from_items
from arwork.intake.received import take
from arwork.params import Params


def real(layout: str, files: list[str], with_params: Params):
    return read([take(DATA / file) for file in files], layout_text(layout), with_params=with_params)


@pytest.mark.data
def test_real_ibm_items_all_come_in():
    parsed = real("ibm_items", ["ibm-ar/WA_Fn-UseC_-Accounts-Receivable.csv"], params(currency="USD"))
    assert (len(parsed.table), len(parsed.rejects), parsed.table["amount_doc"].sum()) == (2466, 0, 14770318)
    assert parsed.table["doc_no"].iloc[0] == "0000611365"


@pytest.mark.data
def test_real_repeated_keys_floats_and_blank_currencies():
    companies = ("U001", "CA02", "U002", "U005", "U007", "U013")
    parsed = real("highradius_items", ["highradius/highradius_open_union.csv"], params(*companies, currency="USD"))
    assert (parsed.rows_in, len(parsed.table), len(parsed.rejects), len(parsed.roundings)) == (29066, 26709, 2357, 631)
    assert parsed.table.groupby("currency")["amount_doc"].sum().to_dict() == {"CAD": 6849336205, "USD": 80081886967}
    assert not parsed.table["doc_no"].str.contains(".", regex=False).any()
    made = customers_from_items(parsed.table, [parsed.names])
    assert made["customer_id"].nunique() == 769
    assert made.set_index("customer_id").at["100012991", "name"] == "CJR WH in"


@pytest.mark.data
def test_real_sap_tables_joined_agree_with_their_description_row_by_row():
    decimals = "currency_decimals: {JPY: 2, KRW: 2}\n"
    companies = params(*(f"{n}000" for n in range(1, 10)), currency="USD", more=decimals)
    folder = "pay-to-inv/single/multi-table/"
    parsed = real("payinv_items", [f"{folder}invoices_{name}.csv" for name in ("BKPF", "BSEG", "KNA-1")], companies)
    assert (parsed.rows_in, len(parsed.table), len(parsed.rejects)) == (15527, 15527, 0)
    told = [line.split(",") for line in (DATA / "pay-to-inv/single/descriptive/invoices.csv").read_text(encoding="utf-8").splitlines()[1:]]
    theirs = sorted((f"{r[2]}:{r[4]}:{r[3]}:{r[5]}", r[-2], r[-1], r[-4], int(Decimal(r[-3]).scaleb(2))) for r in told)
    ours = parsed.table.assign(doc=parsed.table["doc_date"].dt.strftime("%Y%m%d"), due=parsed.table["due_date"].dt.strftime("%Y%m%d"))
    assert sorted(ours[["item_id", "doc", "due", "currency", "amount_doc"]].itertuples(index=False, name=None)) == theirs
    lines = real("payinv_bank", [f"{folder}payments_FEBEP.csv"], companies)
    assert (lines.rows_in, len(lines.table), lines.table["line_id"].is_unique) == (12262, 12262, True)
