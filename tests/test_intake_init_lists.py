"""Lists of open items as accounting systems of the world export them: `arwork init` finds customer, document, due date and what is open."""

from __future__ import annotations

import pytest
from reading import received

from arwork.intake.proposal import propose
from arwork.intake.recognise import shipped_layouts

# ruff: noqa: E501
# fmt: off
LISTS: dict[str, tuple[str, str, list[tuple[str, str, str, str, str, str]]]] = {
    "Russia": (
        "RUB", """\
Контрагент;Договор;Документ расчетов;Дата;Срок оплаты;Сумма;Долг
ООО Акме;Д-1;Реализация 0001001;05.01.2026;04.02.2026;118 000,00;118 000,00
ООО Брайт;Д-2;Реализация 0001002;17.01.2026;16.02.2026;50 000,00;30 000,00
""",
        [('ООО Акме', 'Реализация 0001001', 'INV', '2026-02-04', 'RUB', '118000.00'), ('ООО Брайт', 'Реализация 0001002', 'INV', '2026-02-16', 'RUB', '30000.00')],
    ),
    "Poland": (
        "", """\
Kontrahent;NIP;Numer dokumentu;Data wystawienia;Termin płatności;Kwota;Pozostaje;Waluta
ACME SP Z O O;5250001009;FV/1001/2026;2026-01-05;2026-02-04;1 180,00;1 180,00;PLN
BRIGHT SA;5250001010;FV/1002/2026;2026-01-17;2026-02-16;500,00;300,00;PLN
""",
        [('ACME SP Z O O', 'FV/1001/2026', 'INV', '2026-02-04', 'PLN', '1180.00'), ('BRIGHT SA', 'FV/1002/2026', 'INV', '2026-02-16', 'PLN', '300.00')],
    ),
    "Spain, codes of customers": (
        "EUR", """\
Código;Nombre;Factura;Fecha;Vencimiento;Importe;Pendiente
43000001;Acme SL;A/1001;05/01/2026;04/02/2026;1.180,00;1.180,00
43000002;Bright SA;A/1002;17/01/2026;16/02/2026;500,00;300,00
""",
        [('43000001', 'A/1001', 'INV', '2026-02-04', 'EUR', '1180.00'), ('43000002', 'A/1002', 'INV', '2026-02-16', 'EUR', '300.00')],
    ),
    "Netherlands, related party": (
        "", """\
Relatie: Code;Relatie: Naam;Factuurnummer;Factuurdatum;Vervaldatum;Valuta;Bedrag;Openstaand;Omschrijving
10001;Acme BV;26700101;05-01-2026;04-02-2026;EUR;1.180,00;1.180,00;Levering
10002;Bright BV;26700102;17-01-2026;16-02-2026;EUR;500,00;300,00;Levering
""",
        [('10001', '26700101', 'INV', '2026-02-04', 'EUR', '1180.00'), ('10002', '26700102', 'INV', '2026-02-16', 'EUR', '300.00')],
    ),
    "Sweden": (
        "", """\
Kundnr;Kundnamn;Fakturanr;Fakturadatum;Förfallodatum;Totalt;Restbelopp;Valuta
1;Acme AB;101;2026-01-05;2026-02-04;1180,00;1180,00;SEK
2;Bright AB;102;2026-01-17;2026-02-16;500,00;300,00;SEK
""",
        [('1', '101', 'INV', '2026-02-04', 'SEK', '1180.00'), ('2', '102', 'INV', '2026-02-16', 'SEK', '300.00')],
    ),
    "Japan": (
        "JPY", """\
取引先コード,取引先名,請求書番号,請求日,支払期日,請求金額,未回収額
1001,株式会社アクメ,INV-101,2026/01/05,2026/02/28,"118,000","118,000"
1002,ブライト株式会社,INV-102,2026/01/17,2026/02/28,"50,000","30,000"
""",
        [('1001', 'INV-101', 'INV', '2026-02-28', 'JPY', '118000'), ('1002', 'INV-102', 'INV', '2026-02-28', 'JPY', '30000')],
    ),
    "China": (
        "CNY", """\
客户编码,客户名称,单据编号,单据日期,到期日,币别,应收金额,未收金额
C001,上海阿克米有限公司,AR001,2026-01-05,2026-02-04,人民币,118000.00,118000.00
C002,北京光明有限公司,AR002,2026-01-17,2026-02-16,人民币,50000.00,30000.00
""",
        [('C001', 'AR001', 'INV', '2026-02-04', 'CNY', '118000.00'), ('C002', 'AR002', 'INV', '2026-02-16', 'CNY', '30000.00')],
    ),
    "Italy": (
        "EUR", """\
Codice;Ragione sociale;Num. doc.;Data doc.;Scadenza;Importo;Residuo
000101;Acme SRL;1001/26;05/01/2026;04/02/2026;1.180,00;1.180,00
000102;Bright SPA;1002/26;17/01/2026;16/02/2026;500,00;300,00
""",
        [('101', '1001/26', 'INV', '2026-02-04', 'EUR', '1180.00'), ('102', '1002/26', 'INV', '2026-02-16', 'EUR', '300.00')],
    ),
    "Brazil": (
        "BRL", """\
Código;Loja;Nome Cliente;Prefixo;No. Titulo;Parcela;Tipo;Data Emissão;Vencimento;Valor Título;Saldo
000101;01;ACME LTDA;1;000001001;A;NF;05/01/2026;04/02/2026;1.180,00;1.180,00
000102;01;BRIGHT SA;1;000001002;A;NF;17/01/2026;16/02/2026;500,00;300,00
""",
        [('101', '000001001', 'INV', '2026-02-04', 'BRL', '1180.00'), ('102', '000001002', 'INV', '2026-02-16', 'BRL', '300.00')],
    ),
    "Germany, euro signs": (
        "", """\
Kd.-Nr.;Firma;Beleg-Nr.;Belegdatum;Fällig am;Brutto;Offen;Mahnstufe
10001;Acme GmbH;RE26001;05.01.2026;04.02.2026;1.180,00 €;1.180,00 €;0
10002;Bright KG;RE26002;17.01.2026;16.02.2026;500,00 €;300,00 €;1
""",
        [('10001', 'RE26001', 'INV', '2026-02-04', 'EUR', '1180.00'), ('10002', 'RE26002', 'INV', '2026-02-16', 'EUR', '300.00')],
    ),
    "Germany, S and H": (
        "", """\
Konto;Name;Rechnungs-Nr.;Rechnungsdatum;Fälligkeit;Betrag;S/H;WKZ;Mahnstufe
10001;Müller GmbH;RE-2026-001;05.01.2026;04.02.2026;1.190,00;S;EUR;0
10002;Öztürk KG;RE-2026-002;07.01.2026;06.02.2026;238,00;S;EUR;1
10001;Müller GmbH;GU-2026-003;09.01.2026;09.01.2026;119,00;H;EUR;0
""",
        [('10001', 'RE-2026-001', 'INV', '2026-02-04', 'EUR', '1190.00'), ('10002', 'RE-2026-002', 'INV', '2026-02-06', 'EUR', '238.00')],
    ),
    "a framed list, local amounts": (
        "", """\
Kundeneinzelposten
Debitor    100023
Buchungskreis 1000
----------------------------------------------------------------------------------------------
|St|Debitor|Zuordnung  |Belegnr   |Art|Belegdatum|S|FälligNetto|       Betrag in HW|HWähr|Ausgl.bel.|Text             |
----------------------------------------------------------------------------------------------
|@5B@|100023 |RE10001  |90000001  |RV |05.01.2026| |04.02.2026 |          1.190,00 |EUR  |          |Lieferung 1      |
|@5B@|100023 |RE10002  |90000002  |RV |07.01.2026| |06.02.2026 |            238,00 |EUR  |          |Lieferung 2      |
|@5B@|100023 |GU10003  |90000003  |RG |09.01.2026| |09.01.2026 |            119,00-|EUR  |          |Gutschrift       |
----------------------------------------------------------------------------------------------
|* Konto 100023 |                                      |          1.309,00 |EUR  |          |                 |
----------------------------------------------------------------------------------------------
""",
        [('100023', '90000001', 'INV', '2026-02-04', 'EUR', '1190.00'), ('100023', '90000002', 'INV', '2026-02-06', 'EUR', '238.00')],
    ),
    "a framed list saved as a table": (
        "", """\
Company Code	Account	Name 1	Reference	Document Number	Document Type	Document Date	Net due date	Amount in doc. curr.	Document currency	Amount in local currency	Local Currency	Text
1000	100023	Acme GmbH	90001001	1400000001	RV	05.01.2026	04.02.2026	1.180,00	EUR	1.180,00	EUR	Lieferung
1000	100024	Bright KG	90001002	1400000002	DG	17.01.2026	17.01.2026	50,00-	EUR	50,00-	EUR	Gutschrift
""",
        [('100023', '1400000001', 'INV', '2026-02-04', 'EUR', '1180.00'), ('100024', '1400000002', 'CM', '2026-01-17', 'EUR', '-50.00')],
    ),
    "India, names and lakh": (
        "INR", """\
Date,Ref. No.,Party's Name,Pending Amount,Due on,Overdue by days
5-Jan-26,INV/25-26/0101,Shree Ganesh Traders,"1,18,000.00 Dr",4-Feb-26,12
7-Jan-26,INV/25-26/0102,Om Sai Enterprises,"23,600.00 Dr",6-Feb-26,10
9-Jan-26,INV/25-26/0103,Shree Ganesh Traders,"2,36,000.00 Dr",8-Feb-26,8
12-Jan-26,CN/25-26/0004,Om Sai Enterprises,"5,900.00 Cr",12-Jan-26,35
""",
        [('Shree Ganesh Traders', 'INV/25-26/0101', 'INV', '2026-02-04', 'INR', '118000.00'), ('Om Sai Enterprises', 'INV/25-26/0102', 'INV', '2026-02-06', 'INR', '23600.00')],
    ),
    "totals above their rows": (
        "USD", """\
Customer,Date,Document Number,P.O. No.,Due Date,Age,Open Balance
Total - Acme Corp,,,,,,"$1,500.00"
Acme Corp,1/5/2026,INV1001,PO-77,2/4/2026,12,"$1,000.00"
Acme Corp,1/7/2026,INV1002,PO-78,2/6/2026,10,"$500.00"
Bright Ltd,1/17/2026,INV1003,,2/16/2026,0,"$750.00"
Bright Ltd,1/19/2026,CM1004,,,0,"($50.00)"
Total,,,,,,"$2,200.00"
""",
        [('Acme Corp', 'INV1001', 'INV', '2026-02-04', 'USD', '1000.00'), ('Acme Corp', 'INV1002', 'INV', '2026-02-06', 'USD', '500.00')],
    ),
    "Britain, reference as number": (
        "GBP", """\
Customer Code,Customer Name,Doc Type,Reference,Second Ref,Trans Date,Due Date,Original Value,Outstanding Value
ACM001,Acme Ltd,Invoice,SI1001,PO7,05/01/2026,04/02/2026,1180.00,1180.00
BRI001,Bright Ltd,Credit Note,SC0001,,17/01/2026,17/01/2026,-50.00,-50.00
""",
        [('ACM001', 'SI1001', 'INV', '2026-02-04', 'GBP', '1180.00'), ('BRI001', 'SC0001', 'CM', '2026-01-17', 'GBP', '-50.00')],
    ),
    "amount and amount due": (
        "", """\
Customer ID,Customer name,Invoice number,Date,Due date,Transaction amount,Transaction amount due,Base amount due,Txn currency
C-100,Acme,INV-1001,01/05/2026,02/04/2026,"1,180.00","1,180.00","1,180.00",USD
C-200,Bright,INV-1002,01/17/2026,02/16/2026,500.00,300.00,300.00,USD
""",
        [('C-100', 'INV-1001', 'INV', '2026-02-04', 'USD', '1180.00'), ('C-200', 'INV-1002', 'INV', '2026-02-16', 'USD', '300.00')],
    ),
    "current amounts, unsigned": (
        "USD", """\
Customer Number,Customer Name,Document Type,Document Number,Document Date,Due Date,Original Trx Amount,Current Trx Amount
AARONFIT0001,Aaron Fitz,SLS,STDINV2261,1/5/2026,2/4/2026,"$1,180.00","$1,180.00"
BLUEYOND0001,Blue Yonder,PMT,PYMNT0001,1/17/2026,,"$500.00","$100.00"
""",
        [('AARONFIT0001', 'STDINV2261', 'INV', '2026-02-04', 'USD', '1180.00'), ('BLUEYOND0001', 'PYMNT0001', 'RCPT', '2026-01-17', 'USD', '-100.00')],
    ),
    "address numbers": (
        "", """\
Address Number,Alpha Name,Doc Type,Document Number,Doc Co,Pay Itm,Invoice Date,Due Date,Gross Amount,Open Amount,Curr Code
4242,Acme,RI,1001,00001,001,01/05/26,02/04/26,1180.00,1180.00,USD
4343,Bright,RM,1002,00001,001,01/17/26,01/17/26,-50.00,-50.00,USD
""",
        [('4242', '1001', 'INV', '2026-02-04', 'USD', '1180.00'), ('4343', '1002', 'INV', '2026-01-17', 'USD', '-50.00')],
    ),
    "transaction classes": (
        "", """\
Customer Name,Customer Number,Transaction Number,Transaction Type,Transaction Class,Transaction Date,Due Date,Days Late,Currency,Original Amount,Amount Due Remaining
Acme Corp,1006,10012345,Standard Invoice,INV,05-JAN-2026,04-FEB-2026,5,USD,1180,1180
Bright,1007,10012346,Standard CM,CM,17-JAN-2026,17-JAN-2026,,USD,-50,-50
""",
        [('1006', '10012345', 'INV', '2026-02-04', 'USD', '1180.00'), ('1007', '10012346', 'INV', '2026-01-17', 'USD', '-50.00')],
    ),
    "customer ledger entries": (
        "USD", """\
Posting Date,Document Type,Document No.,Customer No.,Customer Name,Description,Currency Code,Original Amount,Amount,Remaining Amount,Due Date,Open,Entry No.
01/05/26,Invoice,103001,10000,Adatum,Invoice 103001,,"1,180.00","1,180.00","1,180.00",02/04/26,Yes,501
01/17/26,Payment,2596,20000,Trey,Payment,,-200.00,-200.00,-100.00,01/17/26,Yes,502
""",
        [('10000', '103001', 'INV', '2026-02-04', 'USD', '1180.00'), ('20000', '2596', 'RCPT', '2026-01-17', 'USD', '-100.00')],
    ),
    "invoices with balance": (
        "", """\
invoice_id,Invoice Date,Invoice Number,Invoice Status,Customer ID,Customer Name,Due Date,PurchaseOrder,Currency Code,SubTotal,Total,Balance,Adjustment
1,2026-01-05,INV-000101,Overdue,460001,Acme Corp,2026-02-04,PO7,USD,1000.00,1180.00,1180.00,0.00
2,2026-01-17,INV-000102,PartiallyPaid,460002,Bright Ltd,2026-02-16,,USD,400.00,500.00,300.00,0.00
""",
        [('460001', 'INV-000101', 'INV', '2026-02-04', 'USD', '1180.00'), ('460002', 'INV-000102', 'INV', '2026-02-16', 'USD', '300.00')],
    ),
    "vouchers": (
        "", """\
Customer account;Name;Voucher;Date;Invoice;Transaction type;Currency;Amount in transaction currency;Balance;Due date
US-001;Contoso;FTV-1001;1/5/2026;CIV-101;Sales;USD;1,180.00;1,180.00;2/4/2026
US-002;Fabrikam;FTV-1002;1/17/2026;CIV-102;Sales;USD;500.00;300.00;2/16/2026
""",
        [('US-001', 'CIV-101', 'INV', '2026-02-04', 'USD', '1180.00'), ('US-002', 'CIV-102', 'INV', '2026-02-16', 'USD', '300.00')],
    ),
}
# fmt: on


@pytest.mark.parametrize("export", LISTS)
def test_a_list_of_open_items_is_read_by_its_proposal(export: str) -> None:
    """Nothing is missing or refused, given the currency where a file states none; credits are negative, and open is what is left."""
    currency, text, first = LISTS[export]
    proposal = propose(received(text.encode(), "list.csv"), shipped_layouts(), currency=currency)
    assert (proposal.reads, proposal.missing, proposal.refusal) == ("open_items", (), "")
    told = [{**row, "open": row.get("open_amount_doc") or row["amount_doc"]} for row in proposal.rows]
    names = ("customer_id", "doc_no", "doc_type", "due_date", "currency", "open")
    assert [tuple(row.get(name, "") for name in names) for row in told[: len(first)]] == first


def test_a_local_amount_beside_another_currency_stands_for_nothing() -> None:
    """The document's currency and an amount in the ledger's: taken together they would be an amount nobody billed."""
    text = "Customer No,Document No,Document Date,Due Date,Document Currency,Amount in Local Currency,Local Currency\n"
    text += "C1,9001,2026-01-05,2026-02-04,USD,1180.00,EUR\nC2,9002,2026-01-17,2026-02-16,USD,500.00,EUR\n"
    proposal = propose(received(text.encode(), "list.csv"), shipped_layouts())
    assert any("amount_doc" in missing for missing in proposal.missing)
    read = propose(received(text.replace("Document Currency", "Curr Typ").replace("USD", "DC").encode(), "list.csv"), shipped_layouts())
    assert (read.missing, read.rows[0]["currency"], read.rows[0]["amount_doc"]) == ((), "EUR", "1180.00")
