"""Headings that exports use for our columns, in the trade's languages: the words by which `arwork init` proposes a layout."""

from __future__ import annotations

from collections.abc import Mapping


def listed(block: str) -> Mapping[str, tuple[str, ...]]:
    """Read `our column: heading | heading` a line; a column may take several lines."""
    found: dict[str, tuple[str, ...]] = {}
    for name, words in (line.strip().split(": ", 1) for line in block.strip().splitlines()):
        found[name] = (*found.get(name, ()), *(word.strip() for word in words.split("|")))
    return found


WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "open_items": listed("""
customer_id: Customer ID | Customer No | Customer Number | Cust No | Customer Account | Customer Code | Account No | Account Number | Account Code | Account Ref
customer_id: A/C | A/C Ref | Debtor No | Kundennummer | Kundennr | Kunden-Nr | Debitorennummer | Debitorennr | N° client | Code client | Klantnummer | Klantnr
customer_id: Debiteurnummer | Debiteurnr | Kundnr | Kundnummer | Kundenr | Kundenummer | BP Code | Sell-to Customer No | Debitor | Debtor | Debiteur | Account
customer_id: Konto | Kontonummer | Customer | Kunde | Client | Cliente | Klant | Kund | Contact | Contact Name | Invoice Partner Display Name | (heading row)
customer_name: Customer Name | Name | Kundenname | Debitorenname | Nom du client | Raison sociale | Nombre | Bill To | Company
customer_name: Party Name | Kontobezeichnung | Debiteurnaam | Klantnaam | Kundnamn | Kundenavn | Customer | Kunde | Client
customer_name: Cliente | Klant | Kund | Contact | Contact Name | Partner | Partner Name | Invoice Partner Display Name
doc_no: Document No | Document Number | Trx Number | Invoice | Invoice No | Invoice # | Invoice Number | Num | Number | Transaction Number | Beleg
doc_no: Belegnummer | Belegnr | Rechnungsnummer | Rechnungsnr | Rechnung | Facture | N° facture | Factura | Factuurnummer | Fakturanr
doc_no: Doc # | Doc No | Voucher | Voucher No | Rechnungs-Nr | Beleg-Nr | N° pièce | Numéro de pièce | Pièce | Factuurnr | Fakturanummer
doc_no: Faktura nr | No
line_no: Line | Line No | Line Item | Position | Pos | Zeile
fiscal_year: Fiscal Year | Year | Geschäftsjahr | Exercice
doc_type: Type | Document Type | Transaction Type | Doc Type | Class | Belegart | Art | Belegtyp | Type de pièce | Tipo | Soort | Trx Type
doc_date: Document Date | Invoice Date | Date | Doc Date | Transaction Date | Belegdatum | Rechnungsdatum | Datum | Date facture
doc_date: Invoice/Bill Date | Date de facture | Fecha | Fecha factura | Factuurdatum | Trx Date | Fakturadatum | Fakturadato | Date de pièce
posting_date: Posting Date | GL Date | Post Date | Accounting Date | Buchungsdatum | Date comptable | Fecha contable | Boekingsdatum
due_date: Due Date | Net Due Date | Due | Fälligkeit | Fällig am | Fälligkeitsdatum | Date d'échéance | Échéance | Vencimiento
due_date: Vervaldatum | Förfallodatum | Forfaldsdato | Forfallsdato | Date échéance
baseline_date: Baseline Date | Basisdatum
days_1: ZBD1T | Days 1 | Skontotage 1
days_2: ZBD2T | Days 2 | Skontotage 2
days_3: ZBD3T | Days 3 | Nettotage
net_days: Net Days | Terms Days | Zahlungsziel | Tage netto
terms_code: Terms | Payment Terms | Zahlungsbedingung | Conditions
currency: Currency | Curr | CCY | Currency Code | Währung | Whrg | Devise | Moneda | Valuta | Munt
amount_doc: Amount | Original Amount | Invoice Amount | Total | Gross Amount | Betrag | Rechnungsbetrag | Bruttobetrag | Ursprungsbetrag
amount_doc: Montant | Montant TTC | Importe | Bedrag | Belopp | Amount in document currency | Total Amount | Total Signed | Total in Currency Signed
open_amount_doc: Open Amount | Open Balance | Balance | Balance Due | Amount Due | Amount Due Remaining | Remaining Amount | Outstanding
open_amount_doc: Offener Betrag | Offen | Restbetrag | Saldo | Solde | Montant dû | Reste dû | Saldo pendiente | Openstaand bedrag
open_amount_doc: Outstanding Amount | Outstanding Balance | Unpaid | Unpaid Amount | Invoice Amount Due | Due | Openstaand | Restant dû
open_amount_doc: Amount Due Signed | Amount Due in Currency Signed | Solde dû | Restbelopp | Restbeløb | Restbeløp | Importe pendiente | Offener Saldo | Open
amount_plus: Debit | Soll | Débit | Debe | Debet | Betrag Soll
amount_minus: Credit | Haben | Crédit | Haber | Kredit | Betrag Haben
local_currency: Local Currency | Hauswährung
amount_local: Amount in Local Currency | Local Amount | Betrag in Hauswährung | Amount (LCY)
open_amount_local: Remaining Amount (LCY) | Open Local Amount
reference: Reference | Ref | Customer Reference | Your Reference | External Document No | Referenz | Ihre Referenz | Référence | Referencia
reference: Invoice | Invoice No | Invoice Number | Rechnungsnummer | Rechnungsnr
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
currency: Currency | CCY | Curr | Account Currency | Payment Currency | Währung | Waehrung | Devise | Moneda | Munt | Valuta
booking_date: Booking Date | Date | Transaction Date | Posting Date | Post Date | Entry Date | Buchungstag | Buchungsdatum | Buchung
booking_date: Datum | Date opération | Date de l'opération | Date comptable | Fecha | Fecha operación | Boekdatum | Bokföringsdatum
booking_date: Bogføringsdato | Data | Dato | Bogført | Date completed (UTC) | Completed Date | Settlement date (local)
value_date: Value Date | Value | Valuta | Valutadatum | Valutatag | Wertstellung | Wertstellungstag | Date de valeur | Date valeur
value_date: Fecha valor | Rentedatum | Rentedato | Valutadag | Wert
amount: Amount | Betrag | Umsatz | Montant | Importe | Bedrag | Belopp | Beløb | Amount (USD) | Net Amount | Transaction Amount
amount_plus: Credit | Credits | Money In | Paid In | Deposit | Deposits | Credit Amount | Haben | Eingang | Gutschrift | Crédit | Abono
amount_plus: Haber | Bij | Inn på konto | Inn | Insättning
amount_minus: Debit | Debits | Money Out | Paid Out | Withdrawal | Withdrawals | Debit Amount | Soll | Ausgang | Lastschrift | Belastung
amount_minus: Débit | Cargo | Debe | Af | Ut fra konto | Ut | Uttag
balance: Balance | Running Balance | Saldo | Saldo nach Buchung | Solde | Kontostand | Saldo après opération
remitter_name: Name | Counterparty | Counterparty Name | Payer | Payee | Partner | Partner Name | Beguenstigter/Zahlungspflichtiger
remitter_name: Begünstigter/Zahlungspflichtiger | Auftraggeber/Empfänger | Auftraggeber | Zahlungspflichtiger | Name Zahlungsbeteiligter
remitter_name: Payer Name | Payee Name | Debtor Name | Naam tegenpartij | Contrepartie | Ordenante | Begünstigter / Auftraggeber | Navn | Avsändare
remitter_account: Counterparty Account | Counterparty IBAN | Payer Account | Gegenkonto | Kontonummer/IBAN | IBAN Zahlungsbeteiligter
remitter_account: Tegenrekening | Compte contrepartie | Partner IBAN | IBAN / Kontonummer
remitter_bank: BIC | BIC (SWIFT-Code) | Bank | Counterparty Bank | SWIFT
remittance_text: Text | Details | Description | Purpose | Memo | Narrative | Particulars | Verwendungszweck | Buchungstext | Libellé
remittance_text: Communication | Concepto | Descripción | Omschrijving | Mededelingen | Payment Details | Libellé opération | Beskrivelse
remittance_text: Forklaring | Transaction Description | Payment Reference
end_to_end_id: End-to-End ID | Payment Reference | End to End Reference | Kundenreferenz | Kundenreferenz (End-to-End) | EndToEndId
bank_txn_id: Bank Reference | Transaction ID | ID | TransferWise ID | Reference | Reference Number | Ref | Referenz | Référence | Referencia | Transactiereferentie
txn_code: Transaction Code | Type | Code | Transaction Type | Buchungsart | GVC | Umsatzart | Mutatiesoort
orig_amount: Original Amount | Ursprungsbetrag | Amount in original currency
orig_currency: Original Currency | Ursprungswährung
charges: Charges | Fee | Fees | Gebühr | Frais
structured_ref: Structured Reference | Creditor Reference | OCR | KID
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
    "gl_balances": listed("""
gl_account: Account | GL Account | G/L Account | Account Number | Konto | Sachkonto | Kontonummer | Compte
period: Period | Month | Periode | Monat | Période
opening: Opening | Opening Balance | Beginning Balance | Anfangssaldo | Saldovortrag | EB-Wert | Solde initial
debits: Debit | Debits | Soll | Sollumsatz | Débit
credits: Credit | Credits | Haben | Habenumsatz | Crédit
closing: Closing | Closing Balance | Ending Balance | Endsaldo | Schlusssaldo | Saldo | Solde final
currency: Currency | Währung
company_code: Company Code | Buchungskreis
"""),
    "gl_lines": listed("""
gl_account: Account | GL Account | G/L Account | Konto | Sachkonto | Compte
doc_no: Document | Document No | Document Number | Journal No | Entry No | Belegnummer | Beleg | Pièce
entry_date: Entry Date | Created | Erfassungsdatum
posting_date: Posting Date | Date | Buchungsdatum | Datum | Date comptable
amount: Amount | Betrag | Montant
amount_plus: Debit | Soll | Débit
amount_minus: Credit | Haben | Crédit
text: Text | Description | Buchungstext | Libellé
currency: Currency | Währung
line_no: Line | Line No | Zeile | Position
"""),
    "cash_book": listed("""
gl_account: Account | GL Account | Bank Account | Konto | Sachkonto
doc_no: Document | Document No | Number | Belegnummer | Beleg | Reference
entry_date: Entry Date | Created | Erfassungsdatum
posting_date: Posting Date | Date | Buchungsdatum | Datum
amount: Amount | Betrag | Montant
amount_plus: Receipts | Receipt | Debit | Einnahme | Einnahmen | Soll
amount_minus: Payments | Payment | Credit | Ausgabe | Ausgaben | Haben
text: Text | Description | Buchungstext
type: Type | Art
value_date: Value Date | Valuta
"""),
    "promises": listed("""
promise_id: Promise | Promise ID | Id
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer
created_date: Created | Date | Created Date | Erfasst am
promised_date: Promised Date | Promise Date | Promised For | Zugesagt zum | Zusage zum
promised_amount: Amount | Promised Amount | Betrag | Zusagebetrag
currency: Currency | Währung
status: Status | State
plan: Plan | Instalment Plan | Ratenplan
given_by: Given By | Promised By | Zugesagt von
channel: Channel | Kanal
"""),
    "contacts": listed("""
contact_id: Contact ID | Contact | Id | Nr
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer
contact_date: Contact Date | Date | Datum
contact_time: Time | Contact Time | Time of Day | Uhrzeit | Zeit | Heure
direction: Direction | Richtung
type: Type | Channel | Art | Kanal
outcome: Outcome | Result | Ergebnis
items: Items | Invoice | Invoices | Documents | Rechnung | Rechnungen
action_code: Action | Action Code | Aktion
person: Person | Contact Person | Ansprechpartner
next_action_date: Next Action | Next Action Date | Follow Up | Wiedervorlage
note: Note | Notes | Notiz
made_by: By | User | Collector | Sachbearbeiter
"""),
    "sales_history": listed("""
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer
month: Month | Period | Monat
credit_sales: Credit Sales | Sales | Revenue | Umsatz
currency: Currency | Währung
"""),
    "adjustment_register": listed("""
adjustment_id: Adjustment | Adjustment ID | Adj Id | Id | Nr
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer
item: Item | Invoice | Document | Rechnung
adjustment_code: Code | Adjustment Code | Adj Code | Reason | Grund
amount: Amount | Betrag
tax_amount: Tax | Tax Amount | Steuer
currency: Currency | Währung
requested_by: Requested By | Created By | Erfasst von
requested_date: Requested | Requested Date | Created | Date | Datum
approved_by: Approved By | Approver | Freigegeben von
approver_role: Role | Approver Role | Rolle
approved_date: Approved | Approved Date | Freigegeben am
documents: Documents | Evidence | Belege
comment: Comment | Note | Bemerkung
"""),
    "disputes": listed("""
processor: Processor | Assigned To | Bearbeiter
logged_date: Logged | Logged Date
resolution: Resolution | Ergebnis
root_cause: Root Cause | Ursache
resolved_date: Resolved | Resolved Date | Gelöst am
dispute_id: Dispute | Dispute ID | Case | Case ID | Id | Fall
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer
items: Items | Invoice | Invoices | Documents | Rechnung | Rechnungen
opened_date: Opened | Opened Date | Created | Date | Eröffnet am
reason_code: Reason | Reason Code | Grund
disputed_amount: Amount | Disputed Amount | Betrag | Strittiger Betrag
currency: Currency | Währung
status: Status | State
"""),
    "fx_rates": listed("""
from_currency: From | From Currency | Currency | Source Currency | Von
to_currency: To | To Currency | Target Currency | Nach
rate_type: Type | Rate Type | Kurstyp
date: Date | Valid From | Datum | Gültig ab
rate: Rate | Exchange Rate | Kurs | Taux
"""),
    "payer_relationships": listed("""
payer_id: Payer | Payer ID | Paying Customer | Zahler | Regulierer | Payeur
beneficiary_id: Beneficiary | Pays For | Debtor | On Behalf Of | Zahlt für | Für Debitor | Pour le compte de
type: Type | Relationship | Art | Beziehung
authority_doc: Authority | Authority Document | Document | Contract | Vollmacht | Dokument
valid_from: Valid From | From | Start | Gültig ab | Gültig von | Valable dès
valid_to: Valid To | To | Until | End | Gültig bis | Valable jusqu'au
"""),
    "refund_register": listed("""
refund_id: Refund | Refund ID | Refund No | Id | Erstattung | Erstattungsnummer
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer | Debitor
source: Source | Credit | Receipt | Document | Gutschrift | Quelle
amount: Amount | Refund Amount | Betrag | Erstattungsbetrag
currency: Currency | Währung
payee_account: Payee Account | Account | IBAN | Konto | Empfängerkonto
paid_date: Paid Date | Payment Date | Date | Zahldatum | Datum
status: Status | State
requested_by: Requested By | Requester | Beantragt von
approved_by: Approved By | Approver | Freigegeben von
"""),
    "bank_changes": listed("""
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer | Debitor
account: New Account | Account | IBAN | New Value | Konto | Neuer Wert
changed_date: Changed | Changed Date | Change Date | Date | Datum | Geändert am
changed_by: Changed By | User | Geändert von | Benutzer
approved_by: Approved By | Approver | Freigegeben von
"""),
    "payment_holds": listed("""
hold_id: Hold | Case | Case ID | Id | Fall
source: Payment | Receipt | Reference | Source | Zahlung | Referenz
kind: Kind | Type | Art
opened_date: Opened | Opened Date | Date | Eröffnet am
closed_date: Closed | Closed Date | Geschlossen am
outcome: Outcome | Result | Ergebnis
reason: Reason | Grund
"""),
    "customer_statements": listed("""
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer | Debitor
statement_date: Statement Date | Date | As Of | Auszugsdatum | Stichtag | Datum
currency: Currency | Währung
balance: Balance | Amount | Total | Saldo | Betrag
items: Items | Documents | Invoices | Belege | Rechnungen
"""),
    "statement_requests": listed("""
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer | Debitor
requested_date: Requested | Requested Date | Angefordert am
sent_date: Sent | Sent Date | Versendet am
"""),
    "credit_insurance": listed("""
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer | Debitor
insurer: Insurer | Credit Insurer | Versicherer | Kreditversicherer
policy_no: Policy | Policy No | Policy Number | Police | Policennummer | Vertrag
currency: Currency | Währung
limit: Limit | Insured Limit | Credit Limit | Versicherungssumme | Kreditlimit
insured_share: Insured Share | Cover | Quote | Deckungsquote | Versicherte Quote
deductible: Deductible | Retention | Selbstbehalt
loss_rate: Loss Rate | Insurer Loss Rate | Ausfallrate
valid_from: Valid From | From | Gültig ab | Gültig von
valid_to: Valid To | To | Until | Gültig bis
"""),
    "reason_map": listed("""
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer | Debitor
said: Customer Code | Their Code | Their Reason | Kundengrund
reason_code: Reason Code | Our Code | Adjustment Code
"""),
    "legal_params": listed("""
country: Country | State | Land
kind: Kind | Type | Art
value: Value | Wert
unit: Unit | Einheit
valid_from: Valid From | Gültig ab
valid_to: Valid To | Gültig bis
source: Source | Quelle
"""),
    "master_changes": listed("""
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer | Debitor
item: Document | Item | Beleg
field: Field | Field Name | Feld
changed_date: Changed | Changed Date | Change Date | Geändert am
"""),
    "customer_profiles": listed("""
customer_id: Customer | Customer ID | Customer No | Kunde | Kundennummer | Debitor
language: Language | Sprache | Langue
email: E-Mail | Email | SMTP_ADDR
dunning_procedure: Dunning Procedure | Mahnverfahren
dunning_block: Dunning Block | Mahnsperre
last_dunned: Last Dunned | Last Dunning | Letzte Mahnung
credit_limit: Credit Limit | Kreditlimit
risk_class: Risk Class | Risikoklasse
"""),
    "letters_sent": listed("""
letter_id: Letter | Letter ID | Mahnung
customer_id: Customer | Customer ID | Kunde | Kundennummer
level: Level | Dunning Level | Mahnstufe
sent_date: Sent | Sent Date | Versendet am
amount: Amount | Betrag
currency: Currency | Währung
"""),
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
    "claims": listed("""
claim_id: Claim | Claim ID
regime: Regime
type: Type | Kind
amount: Amount | Betrag
currency: Currency | Währung
"""),
    "cheques": listed("""
cheque_no: Cheque | Cheque No | Check Number | Schecknummer
customer_id: Customer | Customer ID | Kunde | Kundennummer
amount: Amount | Betrag
currency: Currency | Währung
cheque_date: Cheque Date | Check Date | Scheckdatum
received_date: Received | Received Date | Eingang
"""),
    "direct_debits": listed("""
debit_id: Debit | Debit ID | Collection ID | End To End ID | Lastschrift
customer_id: Customer | Customer ID | Kunde | Kundennummer
amount: Amount | Betrag
currency: Currency | Währung
announced_date: Announced | Notice Date | Pre-notification | Vorabinformation
collection_date: Collection Date | Due Date | Fälligkeit | Einzugsdatum
"""),
    "credit_requests": listed("""
customer_id: Customer | Customer ID | Kunde | Kundennummer
order_no: Order | Order No | Auftrag
order_value: Order Value | Value | Auftragswert
currency: Currency | Währung
requested_at: Requested | Requested At | Date | Datum
"""),
}
"""Table, to our column, to the headings under which exports hold it; the shipped layouts add theirs."""
