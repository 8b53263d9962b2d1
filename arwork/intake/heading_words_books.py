"""Headings of what stands beside bank and open items: the general ledger, the cash book, the registers of collections and refunds."""

from __future__ import annotations

from collections.abc import Mapping

from arwork.intake.word_lists import listed

BOOKS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
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
"""Table, to our column, to the headings under which exports hold it."""
