"""Headings that exports use for our columns, in the trade's languages: the words by which `arwork init` proposes a layout."""

from __future__ import annotations

from collections.abc import Mapping

from arwork.intake.heading_words_books import BOOKS
from arwork.intake.word_lists import listed

WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "open_items": listed("""
customer_id: Customer ID | Customer No | Customer Number | Cust No | Customer Account | Customer Code | Account No | Account Number | Account Code | Account Ref
customer_id: A/C | A/C Ref | Debtor No | Kundennummer | Kundennr | Kunden-Nr | Debitorennummer | Debitorennr | N° client | Code client | Klantnummer | Klantnr
customer_id: Debiteurnummer | Debiteurnr | Kundnr | Kundnummer | Kundenr | Kundenummer | BP Code | Sell-to Customer No | Debitor | Debtor | Debiteur | Account
customer_id: Konto | Kontonummer | Customer | Kunde | Client | Cliente | Klant | Kund | Contact | Contact Name | Invoice Partner Display Name | (heading row)
customer_id: Codice cliente | Cód. cliente | Código cliente | Código do cliente | Kontrahent | Kod kontrahenta | 客户编号 | 客户代码 | 得意先コード | Party
customer_id: Código | Codice | Kod | Code | Kd.-Nr. | Relatie: Code | Address Number | Client ID | Client No | 客户编码 | 取引先コード | Код контрагента
customer_name: Customer Name | Name | Kundenname | Debitorenname | Nom du client | Raison sociale | Nombre | Bill To | Company
customer_name: Party Name | Kontobezeichnung | Debiteurnaam | Klantnaam | Kundnamn | Kundenavn | Customer | Kunde | Client
customer_name: Cliente | Klant | Kund | Contact | Contact Name | Partner | Partner Name | Invoice Partner Display Name
customer_name: Ragione sociale | Denominazione | Razón social | Nombre cliente | Nazwa kontrahenta | Kontrahent | Nome do cliente | Razão social | Navn
customer_name: Party's Name | 客户名称 | 得意先名
customer_name: Client Name | Nome Cliente | Firma | Relatie: Naam | Relatie | Alpha Name | 取引先名 | Контрагент | Naam | Nom
doc_no: Document No | Document Number | Trx Number | Invoice | Invoice No | Invoice # | Invoice Number | Num | Number | Transaction Number | Beleg
doc_no: Belegnummer | Belegnr | Rechnungsnummer | Rechnungsnr | Rechnung | Facture | N° facture | Factura | Factuurnummer | Fakturanr
doc_no: Doc # | Doc No | Voucher | Voucher No | Rechnungs-Nr | Beleg-Nr | N° pièce | Numéro de pièce | Pièce | Factuurnr | Fakturanummer
doc_no: Faktura nr | No
doc_no: Numero fattura | N. fattura | Num. fattura | Numero documento | N° documento | Nº factura | Número de factura | Núm. factura | Número
doc_no: Numer faktury | Nr faktury | Numer dokumentu | Nota fiscal | NF | Nº documento | Número do documento | Bill No | Bill Ref | Fattura | Faktura
doc_no: Ref. No. | 发票号码 | 发票号 | 单据编号 | 請求書番号 | 伝票番号
doc_no: Num. doc. | Nr. doc. | No. Titulo | Título | ID No. | Документ | Документ расчетов | Номер | Номер документа
line_no: Line | Line No | Line Item | Position | Pos | Zeile
fiscal_year: Fiscal Year | Year | Geschäftsjahr | Exercice
doc_type: Type | Document Type | Transaction Type | Doc Type | Class | Belegart | Art | Belegtyp | Type de pièce | Tipo | Soort | Trx Type
doc_type: Tipo documento | Tipo de documento | Typ dokumentu | Rodzaj | 单据类型 | Voucher Type
doc_date: Document Date | Invoice Date | Date | Doc Date | Transaction Date | Belegdatum | Rechnungsdatum | Datum | Date facture
doc_date: Invoice/Bill Date | Date de facture | Fecha | Fecha factura | Factuurdatum | Trx Date | Fakturadatum | Fakturadato | Date de pièce
doc_date: Data fattura | Data documento | Fecha de factura | Fecha emisión | Fecha de emisión | Data wystawienia | Data de emissão | Emissão
doc_date: Bill Date | Issue Date | Date Issued | 发票日期 | 开票日期 | 单据日期 | 請求日 | 請求書日付 | Data
doc_date: Data doc. | Data Emissão | Data Emissao | Дата | Дата документа
posting_date: Posting Date | GL Date | Post Date | Accounting Date | Buchungsdatum | Date comptable | Fecha contable | Boekingsdatum
due_date: Due Date | Net Due Date | Due | Fälligkeit | Fällig am | Fälligkeitsdatum | Date d'échéance | Échéance | Vencimiento
due_date: Vervaldatum | Förfallodatum | Forfaldsdato | Forfallsdato | Date échéance
due_date: Scadenza | Data scadenza | Fecha de vencimiento | Fecha vencimiento | Fecha vto | Termin płatności | Data de vencimento | Due on
due_date: Fällig netto | 到期日 | 支払期日 | 支払期限
due_date: Срок оплаты | Net due date | Data wymagalności | Termín splatnosti | Splatnost
baseline_date: Baseline Date | Basisdatum
days_1: ZBD1T | Days 1 | Skontotage 1
days_2: ZBD2T | Days 2 | Skontotage 2
days_3: ZBD3T | Days 3 | Nettotage
net_days: Net Days | Terms Days | Zahlungsziel | Tage netto
terms_code: Terms | Payment Terms | Zahlungsbedingung | Conditions
currency: Currency | Curr | CCY | Currency Code | Währung | Whrg | Devise | Moneda | Valuta | Munt
currency: Divisa | Waluta | Moeda | WKZ | Wrg | Währ | Belegwährung | 币种 | 通貨
currency: 币别 | Валюта
amount_doc: Amount | Original Amount | Invoice Amount | Total | Gross Amount | Betrag | Rechnungsbetrag | Bruttobetrag | Ursprungsbetrag
amount_doc: Montant | Montant TTC | Importe | Bedrag | Belopp | Amount in document currency | Total Amount | Total Signed | Total in Currency Signed
amount_doc: Importo | Importo fattura | Totale | Totale documento | Kwota | Kwota brutto | Wartość brutto | Brutto | Valor | Valor total | Bill Amount
amount_doc: Betrag in Belegwährung | Importe total | 金额 | 价税合计 | 发票金额 | 金額 | 請求金額
amount_doc: Original Value | Transaction amount | Valor Título | Brutto | Totalt | 应收金额 | Сумма | Amount in doc. curr.
open_amount_doc: Open Amount | Open Balance | Balance | Balance Due | Amount Due | Amount Due Remaining | Remaining Amount | Outstanding
open_amount_doc: Offener Betrag | Offen | Restbetrag | Saldo | Solde | Montant dû | Reste dû | Saldo pendiente | Openstaand bedrag
open_amount_doc: Outstanding Amount | Outstanding Balance | Unpaid | Unpaid Amount | Invoice Amount Due | Due | Openstaand | Restant dû
open_amount_doc: Amount Due Signed | Amount Due in Currency Signed | Solde dû | Restbelopp | Restbeløb | Restbeløp | Importe pendiente | Offener Saldo | Open
open_amount_doc: Residuo | Importo residuo | Importo aperto | Da pagare | Pendiente | Do zapłaty | Pozostało do zapłaty | Kwota pozostała | Em aberto
open_amount_doc: Valor em aberto | Saldo em aberto | Pending Amount | Amount Outstanding | 未收金额 | 未付金额 | 未回収額
open_amount_doc: Outstanding Value | Current Trx Amount | Transaction amount due | Total Due | Pozostaje | Долг | Остаток долга | Openstaand saldo
amount_plus: Debit | Soll | Débit | Debe | Debet | Betrag Soll
amount_plus: DR | Debit Amount | Dare
amount_minus: Credit | Haben | Crédit | Haber | Kredit | Betrag Haben
amount_minus: CR | Credit Amount | Avere
local_currency: Local Currency | Hauswährung
local_currency: HWähr | Hauswähr
amount_local: Amount in Local Currency | Local Amount | Betrag in Hauswährung | Amount (LCY)
amount_local: Betrag in HW
open_amount_local: Remaining Amount (LCY) | Open Local Amount
reference: Reference | Ref | Customer Reference | Your Reference | External Document No | Referenz | Ihre Referenz | Référence | Referencia
reference: Invoice | Invoice No | Invoice Number | Rechnungsnummer | Rechnungsnr
assignment: Assignment | Zuordnung | Affectation | Asignación | Toewijzing
po_no: PO | PO No | PO Number | P.O. # | Purchase Order | Bestellnummer | Bestellung | N° commande | Pedido
text: Text | Description | Memo | Comment | Buchungstext | Bemerkung | Libellé | Descripción | Omschrijving
company_code: Company | Company Code | Entity | Subsidiary | Buchungskreis | Mandant | Société
ledger_id: Ledger | Book
gl_account: GL Account | Control Account | Sachkonto
clearing_date: Clearing Date | Closed Date | Paid Date | Ausgleichsdatum
clearing_doc: Clearing Document | Ausgleichsbeleg
entered_by: User | Created By | Erfasser | Benutzer
entry_date: Entry Date | Created | Erfassungsdatum
delivery_no: Delivery No | Delivery Number | Delivery Note | Delivery Note No | Lieferschein | Lieferscheinnummer | Lieferschein-Nr
delivery_no: Bon de livraison | N° bon de livraison
contract_no: Contract | Contract No | Contract Number | Vertrag | Vertragsnummer | Vertrags-Nr | N° contrat
service_from: Service From | Service Start | Service Period From | Billing Period From | Period Start | Leistung von | Leistungsbeginn
service_from: Leistungszeitraum von | Abrechnungszeitraum von | Zeitraum von | Début de période
service_to: Service To | Service End | Service Period To | Billing Period To | Period End | Leistung bis | Leistungsende
service_to: Leistungszeitraum bis | Abrechnungszeitraum bis | Zeitraum bis | Fin de période
supply_date: Supply Date | Date of Supply | Delivery Date | Ship Date | Leistungsdatum | Lieferdatum | Liefertag | Date de livraison
po_line: PO Line | PO Line No | PO Item | Purchase Order Line | Order Line | Bestellposition | Bestellpos | Auftragsposition
lines_hash: Lines Hash | Line Items Hash | Lines Fingerprint | Fingerprint of Lines | Prüfsumme Positionen | Positionsprüfsumme
"""),
    "customers": listed("""
customer_id: Customer | Customer ID | Customer No | Customer Number | Account | Debitor | Kunde | Kundennummer | Kundennr | Client
customer_id: Cliente | Klantnummer | No | CardCode
name: Name | Customer Name | Company | Company Name | Kundenname | Firma | Nom | Raison sociale | Nombre | Naam
country: Country | Country Code | Country/Region | Land | Pays | País
currency: Currency | Währung | Devise | Moneda
terms_code: Terms | Payment Terms | Zahlungsbedingung | Conditions de paiement
parent_id: Parent | Parent ID | Konzern | Head Office
collector: Collector | Clerk | Sachbearbeiter | Sales Rep
status: Status | Active | Blocked
company_code: Company Code | Buchungskreis
alias_names: Alias | Also Known As | Search Name | Matchcode
"""),
    "customer_banks": listed("""
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer | Debitor
account: Account | IBAN | Account Number | Bank Account | Konto | Kontonummer
virtual_account: Virtual Account | Virtuelles Konto
"""),
    "bank_lines": listed("""
bank_account: Account | Account Number | Own Account | IBAN | Auftragskonto | Konto | Kontonummer | Compte | Numéro de compte | Cuenta
bank_account: Rekening | Rekeningnummer | Konto nr | Account IBAN
bank_account: IBAN/BBAN | Rachunek | Conto | Account No
currency: Currency | CCY | Curr | Account Currency | Payment Currency | Währung | Waehrung | Devise | Moneda | Munt | Valuta
currency: Divisa | Waluta | Moeda | 币种 | 通貨 | Měna
booking_date: Booking Date | Date | Transaction Date | Posting Date | Post Date | Entry Date | Buchungstag | Buchungsdatum | Buchung
booking_date: Datum | Date opération | Date de l'opération | Date comptable | Fecha | Fecha operación | Boekdatum | Bokföringsdatum
booking_date: Bogføringsdato | Data | Dato | Bogført | Date completed (UTC) | Completed Date | Settlement date (local)
booking_date: Data contabile | Data operazione | Data księgowania | Data operacji | Data lançamento | Data movimento | Fecha contable | Datum zaúčtování
booking_date: F. Operación | Bokföringsdag | Kirjauspäivä | Tarih | Trade Date | 交易日期 | 记账日期 | 日期 | 日付 | 取引日 | お取引日 | 거래일자 | Дата
value_date: Value Date | Value | Valuta | Valutadatum | Valutatag | Wertstellung | Wertstellungstag | Date de valeur | Date valeur
value_date: Fecha valor | Rentedatum | Rentedato | Valutadag | Wert
value_date: Data valuta | Data waluty | Data valor | F. Valor | Arvopäivä | 起息日 | Value On
amount: Amount | Betrag | Umsatz | Montant | Importe | Bedrag | Belopp | Beløb | Amount (USD) | Net Amount | Transaction Amount
amount: Importo | Kwota | Valor | Částka | Määrä | Tutar | Сумма | 发生额 | 交易金额
amount_plus: Credit | Credits | Money In | Paid In | Deposit | Deposits | Credit Amount | Haben | Eingang | Gutschrift | Crédit | Abono
amount_plus: Haber | Bij | Inn på konto | Inn | Insättning
amount_plus: CR | Deposit Amount | Accrediti | Avere | Entrate | Uznania | Crédito | Ingresos | Abonos | Gutschriften | Bijschrijving | Alacak | Кредит
amount_plus: 贷方发生额 | 贷方金额 | 收入 | 收入金额 | 入金 | 入金金額 | お預り金額 | 預かり金額 | お預入れ | 입금액
amount_minus: Debit | Debits | Money Out | Paid Out | Withdrawal | Withdrawals | Debit Amount | Soll | Ausgang | Lastschrift | Belastung
amount_minus: Débit | Cargo | Debe | Af | Ut fra konto | Ut | Uttag
amount_minus: DR | Withdrawal Amount | Addebiti | Dare | Uscite | Obciążenia | Débito | Gastos | Cargos | Lastschriften | Afschrijving | Borç | Дебет
amount_minus: 借方发生额 | 借方金额 | 支出 | 支出金额 | 出金 | 出金金額 | お支払金額 | 支払い金額 | お引出し | 출금액
balance: Balance | Running Balance | Saldo | Saldo nach Buchung | Solde | Kontostand | Saldo après opération
balance: Saldo contabile | Saldo po operacji | Saldo disponible | Disponible | Bakiye | 余额 | 账户余额 | 残高 | 差引残高 | 잔액 | Closing Balance
remitter_name: Name | Counterparty | Counterparty Name | Payer | Payee | Partner | Partner Name | Beguenstigter/Zahlungspflichtiger
remitter_name: Begünstigter/Zahlungspflichtiger | Auftraggeber/Empfänger | Auftraggeber | Zahlungspflichtiger | Name Zahlungsbeteiligter
remitter_name: Payer Name | Payee Name | Debtor Name | Naam tegenpartij | Contrepartie | Ordenante | Begünstigter / Auftraggeber | Navn | Avsändare
remitter_name: 摘要内容 | Nadawca/Odbiorca | Ordinante | Beneficiario | Beneficiario/Ordenante | Avsändare | Saaja/Maksaja | Název protiúčtu
remitter_name: 对方户名 | 对方名称 | Контрагент
remitter_account: Counterparty Account | Counterparty IBAN | Payer Account | Gegenkonto | Kontonummer/IBAN | IBAN Zahlungsbeteiligter
remitter_account: Tegenrekening | Compte contrepartie | Partner IBAN | IBAN / Kontonummer
remitter_account: Numer konta | Tegenrekening IBAN/BBAN | Protiúčet | Cuenta ordenante | 对方账号 | From Account
remitter_bank: BIC | BIC (SWIFT-Code) | Bank | Counterparty Bank | SWIFT
remittance_text: Text | Details | Description | Purpose | Memo | Narrative | Particulars | Verwendungszweck | Buchungstext | Libellé
remittance_text: Communication | Concepto | Descripción | Omschrijving | Mededelingen | Payment Details | Libellé opération | Beskrivelse
remittance_text: Forklaring | Transaction Description | Payment Reference
remittance_text: Narration | Transaction Details | Transaction Remarks | Remarks | Descrizione estesa | Descrizione operazione | Descrizione | Causale
remittance_text: Tytuł | Tytuł operacji | Opis operacji | Histórico | Lançamento | Descrição | Rubrik | Zpráva pro příjemce | Viesti | Açıklama | Avisierungstext
remittance_text: Bank Description | Note | Movimiento | Observaciones | 附言 | 用途 | 摘要 | お取引内容 | 적요 | Назначение платежа
end_to_end_id: End-to-End ID | Payment Reference | End to End Reference | Kundenreferenz | Kundenreferenz (End-to-End) | EndToEndId | Reference | Ref | Referentie
bank_txn_id: Bank Reference | Transaction ID | ID | TransferWise ID | Reference | Reference Number | Ref | Referenz | Référence | Referencia | Transactiereferentie
bank_txn_id: Cheque Number | Chq/Ref No | Ref No/Cheque No | Transaction No | Serial
txn_code: Transaction Code | Type | Code | Transaction Type | Buchungsart | GVC | Umsatzart | Mutatiesoort
orig_amount: Original Amount | Ursprungsbetrag | Amount in original currency
orig_currency: Original Currency | Ursprungswährung
charges: Charges | Fee | Fees | Gebühr | Frais
structured_ref: Structured Reference | Creditor Reference | OCR | KID
structured_ref: Variabilní symbol | Viite | Betalingskenmerk
"""),
    "remittance_lines": listed("""
payment_ref: Payment Reference | Payment Ref | Payment No | Payment Number | Payment ID | Zahlungsreferenz | Zahlungsnummer | Check No
payment_ref: Cheque No | EFT Number | Référence de paiement | Payment Document
trace_no: Trace | Trace Number
doc_reference: Invoice | Invoice No | Invoice Number | Invoice # | Document | Document Number | Reference | Rechnung | Rechnungsnummer
doc_reference: Belegnummer | Facture | N° facture | Factura
gross_amount: Gross | Gross Amount | Invoice Amount | Bruttobetrag | Rechnungsbetrag | Montant brut
discount_amount: Discount | Discount Taken | Discount Amount | Skonto | Escompte
deduction_amount: Deduction | Adjustment | Deductions | Abzug | Kürzung
deduction_reason: Deduction Reason | Reason | Abzugsgrund | Comment
net_amount: Net | Net Amount | Paid | Amount Paid | Payment Amount | Amount | Zahlbetrag | Nettobetrag | Betrag | Montant payé | Montant net
currency: Currency | CCY | Währung | Devise
payer_name: Payer | Payer Name | Customer | From | Company | Zahler
remittance_date: Date | Advice Date | Remittance Date | Avisdatum
payment_date: Payment Date | Value Date | Zahlungsdatum | Date de paiement
payment_amount: Total | Payment Total | Total Payment | Gesamtbetrag
"""),
    **BOOKS,
    "their_items": listed("""
reference: Invoice | Invoice No | Invoice Number | Invoice # | Supplier Invoice | Supplier Invoice No | Vendor Invoice | Reference | Ref
reference: Your Reference | Your Ref | Your Invoice | Your Document | Vendor Reference | External Document No | Supplier Reference
reference: Ihre Referenz | Ihre Rechnung | Ihr Beleg | Ihre Belegnummer | Rechnung | Rechnungsnummer | Rechnungsnr | Referenz | Lieferantenrechnung
reference: Externe Belegnummer | Fremdbeleg | Facture | N° facture | Votre référence | Votre facture | Factura | Factuurnummer | Uw factuur
reference: Document No | Document Number | Document | Doc No | Beleg | Belegnummer | Belegnr | N° pièce
their_no: Our Reference | Our Ref | Our Document | Voucher | Voucher No | Journal No | Entry No | Posting No | Unser Beleg | Unsere Belegnummer
their_no: Unser Zeichen | Buchungsnummer | Eingangsnummer | Notre référence | Document No | Document Number | Document | Doc No | Beleg
their_no: Belegnummer | Belegnr | Number | No | Nr
kind: Type | Document Type | Doc Type | Transaction Type | Entry Type | Art | Belegart | Buchungsart | Vorgang | Type de pièce | Tipo | Soort
doc_date: Date | Document Date | Invoice Date | Posting Date | Entry Date | Transaction Date | Datum | Belegdatum | Buchungsdatum
doc_date: Rechnungsdatum | Date facture | Fecha | Factuurdatum | Date de pièce | Boekdatum
due_date: Due Date | Due | Payment Date | Fällig am | Fälligkeit | Fälligkeitsdatum | Échéance | Date d'échéance | Vencimiento | Vervaldatum
text: Text | Description | Details | Memo | Comment | Buchungstext | Bemerkung | Libellé | Descripción | Omschrijving | Remarks
currency: Currency | Curr | CCY | Currency Code | Währung | Whrg | Devise | Moneda | Valuta | Munt
amount: Amount | Open Amount | Amount Due | Outstanding | Outstanding Amount | Total | Value | Betrag | Offener Betrag | Offen | Montant
amount: Importe | Bedrag | Belopp | Balance Due | Open Balance | Invoice Amount | Rechnungsbetrag | Gross Amount | Bruttobetrag | Montant TTC
amount: Remaining Amount | Restbetrag | Solde dû
amount_plus: Debit | Debits | Soll | Débit | Debe | Debet | Charges | Betrag Soll | Invoiced
amount_minus: Credit | Credits | Haben | Crédit | Haber | Kredit | Payments | Betrag Haben | Paid
balance: Balance | Running Balance | Saldo | Solde | Kontostand | Cumulative | Saldo kumuliert
"""),
}
"""Table, to our column, to the headings under which exports hold it; the shipped layouts add theirs."""
