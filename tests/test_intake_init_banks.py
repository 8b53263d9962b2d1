"""Statements of banks of the world as tables: what `arwork init` proposes reads day, amount, payer and text as a person would."""

from __future__ import annotations

import pytest
from test_intake_init import proposed

# ruff: noqa: E501
# fmt: off
BANKS: dict[str, tuple[str, list[tuple[str, str, str, str]]]] = {
    "India, thousands in lakh": (
        """\
Txn Date,Value Date,Description,Ref No./Cheque No.,Debit,Credit,Balance
5 Jan 2026,5 Jan 2026,BY TRANSFER-NEFT*HDFC0000001*N005260000001*SHREE GANESH--,TRANSFER FROM 3199,,"1,18,000.00","5,18,000.00"
7 Jan 2026,7 Jan 2026,TO TRANSFER-UPI/DR/600712345678/BESCOM--,,"2,950.00",,"5,15,050.00"
9 Jan 2026,9 Jan 2026,BY TRANSFER-RTGS UTR UTIBR52026010900001-OM SAI,,,"2,36,000.00","7,51,050.00"
""",
        [('2026-01-05', '118000.00', '', 'BY TRANSFER-NEFT*HDFC0000001*N005260000001*SHREE GANESH--'), ('2026-01-07', '-2950.00', '', 'TO TRANSFER-UPI/DR/600712345678/BESCOM--')],
    ),
    "India, currency in the heading": (
        """\
S No.,Value Date,Transaction Date,Cheque Number,Transaction Remarks,Withdrawal Amount (INR ),Deposit Amount (INR ),Balance (INR )
1,05/01/2026,05/01/2026,-,NEFT-N005260000001-SHREE GANESH TRADERS-INV 0101,0.00,118000.00,518000.00
2,17/01/2026,17/01/2026,-,MMT/IMPS/600712345678/OM SAI,0.00,17700.00,535700.00
3,18/01/2026,18/01/2026,-,CHARGES,29.50,0.00,535670.50
""",
        [('2026-01-05', '118000.00', '', 'NEFT-N005260000001-SHREE GANESH TRADERS-INV 0101'), ('2026-01-17', '17700.00', '', 'MMT/IMPS/600712345678/OM SAI')],
    ),
    "India, short headings": (
        """\
Tran Date,CHQNO,PARTICULARS,DR,CR,BAL,SOL
05-01-2026,,NEFT/N005/SHREE GANESH TRADERS, ,118000.00,518000.00,105
17-01-2026,,IMPS/P2A/OM SAI, ,17700.00,535700.00,105
18-01-2026,,SMS CHARGES,29.50, ,535670.50,105
""",
        [('2026-01-05', '118000.00', '', 'NEFT/N005/SHREE GANESH TRADERS'), ('2026-01-17', '17700.00', '', 'IMPS/P2A/OM SAI')],
    ),
    "India, abbreviated": (
        """\
Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
05/01/26,NEFT CR-SBIN0001234-SHREE GANESH TRADERS-INV/25-26/0101,SBIN326005123456,05/01/26,,118000.00,518000.00
17/01/26,UPI-OM SAI ENTERPRISES-omsai@okhdfc-0000123,0000600712345678,17/01/26,,17700.00,535700.00
08/01/26,CHRG: RTGS,,08/01/26,29.50,,535670.50
""",
        [('2026-01-05', '118000.00', '', 'NEFT CR-SBIN0001234-SHREE GANESH TRADERS-INV/25-26/0101'), ('2026-01-17', '17700.00', '', 'UPI-OM SAI ENTERPRISES-omsai@okhdfc-0000123')],
    ),
    "Australia": (
        """\
Date,Amount,Account Number,,Transaction Type,Transaction Details,Balance,Category,Merchant Name
05 Jan 26,1180.00,083001123456789,,TRANSFER CREDIT,ACME PTY LTD INV1001,5180.00,Income,
17 Jan 26,-29.50,083001123456789,,FEES,ACCOUNT FEE,5150.50,Fees,
18 Jan 26,500.00,083001123456789,,TRANSFER CREDIT,BRIGHT PTY LTD 1002,5650.50,Income,
""",
        [('2026-01-05', '1180.00', '', 'ACME PTY LTD INV1001'), ('2026-01-17', '-29.50', '', 'ACCOUNT FEE')],
    ),
    "Australia, no headings": (
        """\
05/01/2026,"+1180.00","Direct Credit 123456 ACME PTY LTD INV1001","+5180.00"
17/01/2026,"-29.50","Account Fee","+5150.50"
18/01/2026,"+500.00","Transfer from BRIGHT PTY LTD 1002","+5650.50"
""",
        [('2026-01-05', '1180.00', '', 'Direct Credit 123456 ACME PTY LTD INV1001'), ('2026-01-17', '-29.50', '', 'Account Fee')],
    ),
    "Australia, in and out": (
        """\
Bank Account,Date,Narrative,Debit Amount,Credit Amount,Balance,Categories,Serial
032001123456,05/01/2026,DEPOSIT ACME PTY LTD INV1001,,1180.00,5180.00,DEP,
032001123456,17/01/2026,ACCOUNT FEE,29.50,,5150.50,FEE,
032001123456,18/01/2026,DEPOSIT BRIGHT 1002,,500.00,5650.50,DEP,
""",
        [('2026-01-05', '1180.00', '', 'DEPOSIT ACME PTY LTD INV1001'), ('2026-01-17', '-29.50', '', 'ACCOUNT FEE')],
    ),
    "Canada, numbered descriptions": (
        """\
"Account Type","Account Number","Transaction Date","Cheque Number","Description 1","Description 2","CAD$","USD$"
Business,00001-1234567,1/5/2026,,"EFT CREDIT","ACME INC INV1001",1180.00,
Business,00001-1234567,1/17/2026,,"SERVICE FEE",,-29.50,
Business,00001-1234567,1/18/2026,,"EFT CREDIT","BRIGHT 1002",500.00,
""",
        [('2026-01-05', '1180.00', '', 'EFT CREDIT ACME INC INV1001'), ('2026-01-17', '-29.50', '', 'SERVICE FEE')],
    ),
    "United States, kind beside description": (
        """\
Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #
CREDIT,01/05/2026,"ORIG CO NAME:ACME CORP ORIG ID:123 DESC DATE:260105 CO ENTRY DESCR:PAYMENT SEC:CTX TRACE#:021 IND NAME:OUR CO INV1001",1180.00,ACH_CREDIT,5180.00,,
DEBIT,01/17/2026,"SERVICE CHARGES FOR THE MONTH",-29.50,FEE_TRANSACTION,5150.50,,
CHECK,01/18/2026,"CHECK 1002",-500.00,CHECK_PAID,4650.50,1002,
""",
        [('2026-01-05', '1180.00', '', 'ORIG CO NAME:ACME CORP ORIG ID:123 DESC DATE:260105 CO ENTRY DESCR:PAYMENT SEC:CTX TRACE#:021 IND NAME:OUR CO INV1001'), ('2026-01-17', '-29.50', '', 'SERVICE CHARGES FOR THE MONTH')],
    ),
    "United States, balance rows": (
        """\
Description,,Summary Amt.
Beginning balance as of 01/01/2026,,"4,000.00"
Total credits,,"1,680.00"
Total debits,,"-29.50"
Ending balance as of 01/31/2026,,"5,650.50"

Date,Description,Amount,Running Bal.
01/01/2026,Beginning balance as of 01/01/2026,,"4,000.00"
01/05/2026,"ACME CORP DES:PAYMENT ID:INV1001 INDN:OUR CO","1,180.00","5,180.00"
01/17/2026,"Monthly Fee","-29.50","5,150.50"
01/18/2026,"BRIGHT LTD DES:VENDOR PMT ID:1002","500.00","5,650.50"
""",
        [('2026-01-05', '1180.00', '', 'ACME CORP DES:PAYMENT ID:INV1001 INDN:OUR CO'), ('2026-01-17', '-29.50', '', 'Monthly Fee')],
    ),
    "United States, no headings": (
        """\
"01/05/2026","1180.00","*","","ACME CORP VENDOR PMT INV1001"
"01/17/2026","-29.50","*","","MONTHLY SERVICE FEE"
"01/18/2026","500.00","*","","BRIGHT LTD 1002"
""",
        [('2026-01-05', '1180.00', '', 'ACME CORP VENDOR PMT INV1001'), ('2026-01-17', '-29.50', '', 'MONTHLY SERVICE FEE')],
    ),
    "Britain, in and out": (
        """\
Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance
31/01/2026,FPI,'30-00-00,12345678,ACME CORP INV1001,,1180.00,5650.50
28/01/2026,PAY,'30-00-00,12345678,ACCOUNT FEE,29.50,,4470.50
""",
        [('2026-01-31', '1180.00', '', 'ACME CORP INV1001'), ('2026-01-28', '-29.50', '', 'ACCOUNT FEE')],
    ),
    "Britain, apostrophes": (
        """\
Date, Type, Description, Value, Balance, Account Name, Account Number
31/01/2026,BAC,"'ACME CORP , INV1001",1180.00,5650.50,"'OUR CO","'600000-12345678",
28/01/2026,CHG,"'CHARGES",-29.50,4470.50,"'OUR CO","'600000-12345678",
""",
        [('2026-01-31', '1180.00', '', "'ACME CORP , INV1001"), ('2026-01-28', '-29.50', '', "'CHARGES")],
    ),
    "Britain, no headings": (
        """\
31/01/2026,ACME CORP INV1001,"1,180.00"
28/01/2026,CHARGES,-29.50
27/01/2026,BRIGHT 1002,500.00
""",
        [('2026-01-31', '1180.00', '', 'ACME CORP INV1001'), ('2026-01-28', '-29.50', '', 'CHARGES')],
    ),
    "Netherlands, Af Bij": (
        """\
"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)","Mutatiesoort","Mededelingen"
"20260105","Acme BV","NL91INGB0001234567","NL20RABO0123456789","OV","Bij","1.180,00","Overschrijving","Naam: Acme BV Omschrijving: Factuur 1001 IBAN: NL20RABO0123456789 Kenmerk: NOTPROVIDED"
"20260117","ING Kosten","NL91INGB0001234567","","DV","Af","29,50","Diversen","Kosten"
""",
        [('2026-01-05', '1180.00', 'Acme BV', 'Naam: Acme BV Omschrijving: Factuur 1001 IBAN: NL20RABO0123456789 Kenmerk: NOTPROVIDED'), ('2026-01-17', '-29.50', 'ING Kosten', 'Kosten')],
    ),
    "Netherlands, numbered texts": (
        """\
"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN","Naam tegenpartij","Naam uiteindelijke partij","Naam initiërende partij","BIC tegenpartij","Code","Batch ID","Transactiereferentie","Machtigingskenmerk","Incassant ID","Betalingskenmerk","Omschrijving-1","Omschrijving-2","Omschrijving-3","Reden retour","Oorspr bedrag","Oorspr munt","Koers"
"NL91RABO0315273637","EUR","RABONL2U","000000000000007213","2026-01-05","2026-01-05","+1180,00","+5180,00","NL20INGB0001234567","Acme BV","","","INGBNL2A","cb","","000123","","","","Factuur 1001"," ","","","","",""
"NL91RABO0315273637","EUR","RABONL2U","000000000000007214","2026-01-17","2026-01-17","-29,50","+5150,50","","Rabobank","","","","db","","","","","","Kosten"," ","","","","",""
""",
        [('2026-01-05', '1180.00', 'Acme BV', 'Factuur 1001'), ('2026-01-17', '-29.50', 'Rabobank', 'Kosten')],
    ),
    "Italy": (
        """\
Data contabile;Data valuta;Descrizione;Accrediti;Addebiti;Descrizione estesa
05/01/2026;05/01/2026;BONIFICO A VOSTRO FAVORE;1.180,00;;ACME SRL SALDO FATTURA 1001/26
17/01/2026;17/01/2026;COMMISSIONI;;-29,50;CANONE
""",
        [('2026-01-05', '1180.00', '', 'ACME SRL SALDO FATTURA 1001/26'), ('2026-01-17', '-29.50', '', 'CANONE')],
    ),
    "Poland, headings with a hash": (
        """\
#Data operacji;#Data księgowania;#Opis operacji;#Tytuł;#Nadawca/Odbiorca;#Numer konta;#Kwota;#Saldo po operacji;
2026-01-05;2026-01-05;PRZELEW ZEWNĘTRZNY PRZYCHODZĄCY;"FAKTURA 1001/2026";"ACME SP Z O O";'12105000997603123456789123';1 180,00;5 180,00;
2026-01-17;2026-01-17;OPŁATA;"OPŁATA ZA KONTO";"";'';-29,50;5 150,50;
""",
        [('2026-01-05', '1180.00', 'ACME SP Z O O', 'FAKTURA 1001/2026'), ('2026-01-17', '-29.50', '', 'OPŁATA ZA KONTO')],
    ),
    "Spain": (
        """\
F. Valor;Fecha;Concepto;Movimiento;Importe;Divisa;Disponible;Observaciones
05/01/2026;05/01/2026;TRANSFERENCIA RECIBIDA;ACME SL FRA 1001;1.180,00;EUR;5.180,00;
17/01/2026;17/01/2026;COMISION;MANTENIMIENTO;-29,50;EUR;5.150,50;
""",
        [('2026-01-05', '1180.00', '', 'ACME SL FRA 1001'), ('2026-01-17', '-29.50', '', 'MANTENIMIENTO')],
    ),
    "Brazil": (
        """\
Data;Lançamento;Valor (R$);Saldo (R$)
05/01/2026;TED RECEBIDA ACME LTDA NF 1001;1.180,00;5.180,00
17/01/2026;TAR PACOTE;-29,50;5.150,50
""",
        [('2026-01-05', '1180.00', '', 'TED RECEBIDA ACME LTDA NF 1001'), ('2026-01-17', '-29.50', '', 'TAR PACOTE')],
    ),
    "Japan": (
        """\
日付,摘要,摘要内容,支払い金額,預かり金額,差引残高,メモ
2026/1/5,振込1,カ)アクメ,,"118,000","518,000",
2026/1/17,手数料,,"330",,"517,670",
""",
        [('2026-01-05', '118000.00', 'カ)アクメ', '振込1'), ('2026-01-17', '-330.00', '', '手数料')],
    ),
    "China": (
        """\
交易日期,摘要,对方户名,对方账号,借方发生额,贷方发生额,余额
2026-01-05,货款 发票1001,上海阿克米有限公司,6222021001112223334,,"118,000.00","518,000.00"
2026-01-17,手续费,,,"50.00",,"517,950.00"
""",
        [('2026-01-05', '118000.00', '上海阿克米有限公司', '货款 发票1001'), ('2026-01-17', '-50.00', '', '手续费')],
    ),
    "Sweden": (
        """\
Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta
2026/01/05;1180,00;;12345678;;Acme AB Faktura 1001;5180,00;SEK
2026/01/17;-29,50;12345678;;;Avgift;5150,50;SEK
""",
        [('2026-01-05', '1180.00', '', 'Acme AB Faktura 1001'), ('2026-01-17', '-29.50', '', 'Avgift')],
    ),
    "Denmark": (
        """\
"Dato";"Kategori";"Underkategori";"Tekst";"Beløb";"Saldo";"Status";"Afstemt"
"05.01.2026";"";"";"Acme ApS faktura 1001";"1.180,00";"5.180,00";"Udført";"Nej"
"17.01.2026";"";"";"Gebyr";"-29,50";"5.150,50";"Udført";"Nej"
""",
        [('2026-01-05', '1180.00', '', 'Acme ApS faktura 1001'), ('2026-01-17', '-29.50', '', 'Gebyr')],
    ),
    "Switzerland, facts above": (
        """\
Account number:;0230 00123456.01;
IBAN:;CH93 0076 2011 6238 5295 7;
From:;2026-01-01;
Until:;2026-01-31;
Opening balance:;4000.00;
Closing balance:;5150.50;
Valued in:;CHF;
Numbers of transactions in this period:;2;

Trade date;Trade time;Booking date;Value date;Currency;Debit;Credit;Individual amount;Balance;Transaction no.;Description1;Description2;Description3;Footnotes;
2026-01-17;;2026-01-17;2026-01-17;CHF;-29.50;;;5150.50;9930017TI1;"Fee";;;;
2026-01-05;;2026-01-05;2026-01-05;CHF;;1180.00;;5180.00;9930005TI2;"Acme AG";"Credit";"Reference no. QRR: 21 00000 00003 13947 14300 09017; Reason for payment: 1001";;
""",
        [('2026-01-17', '-29.50', '', 'Fee'), ('2026-01-05', '1180.00', '', 'Acme AG Credit Reference no. QRR: 21 00000 00003 13947 14300 09017; Reason for payment: 1001')],
    ),
    "Switzerland, in and out": (
        """\
Datum von:;="01.01.2026"
Datum bis:;="31.01.2026"
Konto:;CH9309000000123456789
Währung:;CHF

Datum;Bewegungstyp;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Label;Kategorie;Valuta;Saldo in CHF
17.01.2026;Gebühr;"PREIS FÜR KONTOFÜHRUNG";;-29.50;;;17.01.2026;5150.50
05.01.2026;Gutschrift;"GIRO BANK ACME AG 1001";1180.00;;;;05.01.2026;5180.00
""",
        [('2026-01-17', '-29.50', '', 'PREIS FÜR KONTOFÜHRUNG'), ('2026-01-05', '1180.00', '', 'GIRO BANK ACME AG 1001')],
    ),
    "Germany": (
        """\
"Umsätze Girokonto";"Zeitraum: 30 Tage"
"Neuer Kontostand";"5.150,50 EUR"

"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR"
"17.01.2026";"17.01.2026";"Entgelt";"Buchungstext: Kontofuehrung";"-29,50"
"05.01.2026";"05.01.2026";"Übertrag / Überweisung";"Auftraggeber: Acme GmbH Buchungstext: RE 1001";"1.180,00"
""",
        [('2026-01-17', '-29.50', '', 'Buchungstext: Kontofuehrung'), ('2026-01-05', '1180.00', '', 'Auftraggeber: Acme GmbH Buchungstext: RE 1001')],
    ),
    "United States, many columns": (
        """\
Date (UTC),Description,Amount,Status,Source Account,Bank Description,Reference,Note,Last Four Digits,Name On Card,Category,GL Code,Timestamp,Original Currency,Check Number,Tags
01-05-2026,Acme Corp,1180.00,Sent,Mercury Checking xx1234,ACME CORP; PAYMENT; INV1001,INV1001,,,,,,01-05-2026 15:00:00,USD,,
01-17-2026,Mercury,-29.50,Sent,Mercury Checking xx1234,FEE,,,,,,,01-17-2026 15:00:00,USD,,
""",
        [('2026-01-05', '1180.00', '', 'ACME CORP; PAYMENT; INV1001'), ('2026-01-17', '-29.50', '', 'FEE')],
    ),
    "France": (
        """\
Date;Libellé;Débit euros;Crédit euros;
05/01/2026;"VIR INST ACME SARL FACTURE 1001";;1 180,00;
17/01/2026;"FRAIS TENUE DE COMPTE";29,50;;
""",
        [('2026-01-05', '1180.00', '', 'VIR INST ACME SARL FACTURE 1001'), ('2026-01-17', '-29.50', '', 'FRAIS TENUE DE COMPTE')],
    ),
}
# fmt: on


@pytest.mark.parametrize("bank", BANKS)
def test_a_statement_as_a_table_is_read_by_its_proposal(bank: str) -> None:
    """Nothing is missing or refused; money out is negative, the text is whole, and no kind of booking is taken for it."""
    text, first = BANKS[bank]
    proposal = proposed(text.encode())
    assert (proposal.reads, proposal.missing, proposal.refusal) == ("bank", (), "")
    read = [tuple(row.get(name, "") for name in ("booking_date", "amount", "remitter_name", "remittance_text")) for row in proposal.rows]
    assert read[: len(first)] == first
