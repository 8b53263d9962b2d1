"""Every table of arwork, declared once, in the order money meets them: from the file received to the pack.

Kinds of column and how they are kept:

    text, code   text, never missing: a blank is ""          choice   text out of a closed list
    date         day without time zone; blank allowed only where the column is optional
    money        int64 minor units of the row's currency; "money?" may be missing (Int64)
    count        int64                                       flag     bool
    percent      int64, ten-thousandths of a percent point: 2.00 % is 20000 (CV-14)
    rate         text that holds an exact decimal
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.config import get_config_context
from pandera.errors import SchemaErrors

from arwork.errors import StoppedError, first_few

_DTYPES: Mapping[str, Any] = {
    "text": pd.StringDtype(na_value=float("nan")),
    "code": pd.StringDtype(na_value=float("nan")),
    "choice": pd.StringDtype(na_value=float("nan")),
    "rate": pd.StringDtype(na_value=float("nan")),
    "date": "datetime64[us]",
    "money": "int64",
    "money?": "Int64",
    "count": "int64",
    "percent": "int64",
    "flag": "bool",
}
_BLANK: Mapping[str, Any] = {
    "text": "", "code": "", "choice": "", "rate": "", "date": pd.NaT, "money": 0, "money?": pd.NA,
    "count": 0, "percent": 0, "flag": False,
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column: its name, kind, one sentence, whether it must be filled, and the values a choice allows."""

    name: str
    kind: str
    sentence: str
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: its name, one sentence, the columns that identify a row, and all its columns in order."""

    name: str
    sentence: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def names(self) -> list[str]:
        """List the column names in order."""
        return [column.name for column in self.columns]


def _read(lines: str) -> tuple[Column, ...]:
    """Read a declaration block: `name kind[!] [A|B|C]: sentence` a line; `!` marks what must be filled."""
    columns = []
    for line in filter(str.strip, lines.splitlines()):
        head, sentence = line.strip().split(": ", 1)
        name, kind, *choices = head.split()
        values = tuple(choices[0].split("|")) if choices else ()
        columns.append(Column(name, kind.rstrip("!"), sentence, kind.endswith("!"), values))
    return tuple(columns)


_LINEAGE = """
source_file text!: Name of the file the row was read from.
source_line text!: Line number, XPath or sheet!cell of the row in that file.
source_sha256 text!: SHA-256 of the file as received.
"""
_ACCOUNT = """
ledger_id code!: Ledger the row belongs to.
company_code code!: Company code inside the ledger.
"""

_TABLES = (
    Table("sources", "Every file the close was given, and the proof that it was read whole.", ("source_id",), _read("""
source_id text!: Number of the file in the order of the params file.
reads text!: What the file holds, as the params file says it.
source_file text!: Name of the file.
source_sha256 text!: SHA-256 of the bytes as received.
bytes count!: Size of the file.
format text!: Format and version found.
encoding text!: Text encoding used.
layout text: Layout used for a table without a format of its own.
rows_in count!: Data rows in the file.
rows_out count!: Rows taken over.
rejects count!: Rows refused, each listed in `rejects`.
skipped count!: Rows that are no data by rule LD-05 (totals, repeated headers, page frames).
completeness choice! proven|counted|not_proven: Whether the file's own figures prove that it is whole.
proof text!: The sentence that says how completeness was shown.
""")),
    Table("rejects", "Rows that could not be taken over, each with the reason and the cure (LD-10).",
          ("source_file", "source_line", "column"), _read(_LINEAGE + """
reads text!: What the file holds.
column text: Column that was refused.
value text: The value as it stood in the file.
reason text!: Why the row was refused.
cure text!: What to do about it.
amount text: The row's amount as text, where it could be read.
currency code: The row's currency, where it could be read.
accepted flag!: The params file accepts exactly these rejects.
""")),
    Table("roundings", "Amounts that carried more decimals than their currency and were rounded because the layout says so (CV-03).",
          ("source_file", "source_line", "column"), _read(_LINEAGE + """
reads text!: What the file holds.
column text!: Column that was rounded.
value text!: The amount as it stood in the file.
currency code!: Its currency.
minor money!: The amount taken over, in minor units.
""")),
    Table("ledgers", "The AR books that this close covers (T01).", ("ledger_id", "company_code"), _read(_ACCOUNT + """
name text!: Name of the company.
ledger_currency code!: Currency in which the ledger is kept.
country code!: Country of the company.
recognition_policy choice! SETTLEMENT|RECEIPT_IN_HAND: When a receipt counts as cash (RC-90).
""")),
    Table("bank_accounts", "Bank accounts of the ledgers, with the GL account that mirrors each.", ("bank_account", "currency"), _read("""
bank_account code!: Account number or IBAN as the statements name it.
currency code!: Currency of the account.
""" + _ACCOUNT + """
gl_account code: GL account that mirrors the bank account.
country code: Country of the bank account.
opening money?: Balance before the first line of the period.
opening_from text: Where the opening balance was taken from.
""")),
    Table("customers", "Customer accounts (T02).", ("ledger_id", "company_code", "customer_id"), _read(_ACCOUNT + """
customer_id code!: Customer number without leading zeros.
customer_id_raw text!: Customer number as the export writes it.
name text!: Legal name.
party_id code: Legal entity behind the account.
parent_id code: Party that heads the family.
country code: Country of the customer.
region code: State or province of the customer, as in ISO 3166-2 behind the dash (RF-13).
currency code: Default currency.
terms_code code: Terms of payment.
tolerance_group choice! STD|KEY|PUB|FIN|IC: Picks the tolerances of MP-20.
collector text: Person who owns the account.
status choice! ACTIVE|HOLD|INSOLVENT|LEGAL|CLOSED: Standing of the account.
netting_authority flag!: The customer allowed us to net credits.
allocation_instruction choice! NONE|OLDEST_FIRST|STATEMENT: Written instruction on file.
pays_in_currency text: Currencies the customer may pay in, separated by blanks.
alias_names text: Bank-statement spellings, separated by " | ".
wht_rate percent: Tax that the customer must withhold from what it pays us (MP-60).
wht_base choice NET|GROSS: What that tax is taken of; blank is NET.
""" + _LINEAGE)),
    Table("customer_banks", "Bank accounts known to belong to a customer (T03).",
          ("ledger_id", "company_code", "customer_id", "account", "virtual_account"), _read(_ACCOUNT + """
customer_id code!: Customer number.
account code: Account of the customer, IBAN or bank code and number, without blanks.
virtual_account code: Our sub-account that is assigned to this customer (key B1).
account_holder text: Name of the holder.
verified_at date: When somebody verified the account.
""" + _LINEAGE)),
    Table("payer_relationships", "Who may pay for whom, in writing (T04, MP-55).",
          ("ledger_id", "company_code", "payer_id", "beneficiary_id", "type", "valid_from"), _read(_ACCOUNT + """
payer_id code!: Customer number of the payer.
beneficiary_id code!: Customer number of the debtor it may pay for.
type choice! PARENT|BUYING_GROUP|FACTOR|INSURER|AGENT: What the payer is to the debtor.
authority_doc text: Document that gives the right; without one nothing is automatic.
valid_from date!: First day of the right.
valid_to date: Last day of the right; blank is without end.
""" + _LINEAGE)),
    Table("customer_statements", "Statements of account sent to customers (T28).",
          ("ledger_id", "company_code", "customer_id", "currency", "statement_date"), _read(_ACCOUNT + """
customer_id code!: Customer number.
statement_date date!: Day of the statement.
currency code!: Currency of the statement.
balance money!: Balance that the statement shows.
items text: Documents on the statement, separated by blanks.
""" + _LINEAGE)),
    Table("open_items", "Subledger lines, open and cleared (T06).", ("item_id",), _read("""
item_id text!: company_code:doc_no:fiscal_year:line.
""" + _ACCOUNT + """
customer_id code!: Customer number.
doc_no text!: Document number.
line_no text!: Line of the document.
fiscal_year text!: Fiscal year of the document.
doc_type choice! INV|CM|DM|CB|RCPT|ONACC|RESID|ADJ|LPF|DP|BOE|REFUND|INST: What the line is.
doc_class_raw text: Document type as the ERP names it.
doc_date date!: Document date.
posting_date date!: Posting date, the period axis (CV-07).
entry_date date: When the line was entered, the knowledge axis (CV-07).
entered_by text: User who entered the line.
due_date date!: Net due date (MP-10).
terms_code code: Terms of payment.
disc1_date date: Last day of the first discount, before grace.
disc1_pct percent!: First discount.
disc2_date date: Last day of the second discount, before grace.
disc2_pct percent!: Second discount.
grace_days count!: Days of grace on the discount (MP-12).
currency code!: Document currency.
amount_doc money!: Original amount, signed (CV-01).
open_amount_doc money!: Open amount at the extract date, signed.
local_currency code!: Ledger currency.
amount_local money!: Original amount in ledger currency.
open_amount_local money!: Open amount in ledger currency.
amount_net money?: Net amount, where the export has it.
amount_tax money?: Tax amount, where the export has it.
amount_freight money?: Freight in the amount, where the export has it.
disc_base choice GROSS|NET_OF_TAX|ELIGIBLE: What the discount is taken of (MP-12); blank is GROSS.
disc_eligible_amount money?: Amount that earns discount, where the base is ELIGIBLE.
reference text: Customer-facing number of the document.
assignment text: Assignment field.
po_no text: Purchase order number.
delivery_no text: Delivery number.
contract_no text: Contract number.
text text: Line text.
structured_ref text: Structured creditor reference (RF, KID, QRR).
ref_item text: Document or item this line belongs to.
clearing_doc text: Clearing document.
clearing_date date: Clearing date; blank while open.
gl_account code: Control account of the line.
special_gl code: Special G/L indicator; filled means another control account.
dispute_id text: Dispute the item stands in.
reason_code code: Reason of the line as the ERP names it; it tells movements of one document type apart (RC-30).
payment_block code: Block on payment or dunning that also bars automatic matching.
dunning_level count!: Highest reminder reached.
reversed_by text: Document that reversed this one.
reverses text: Document that this one reverses.
legal_hold flag!: In legal proceedings.
written_off flag!: Written off.
assigned_to code: Factor or affiliate that owns the claim.
service_from date: First day of the service period billed (EX-14, EX-16).
service_to date: Last day of that period.
supply_date date: Day of supply or delivery (EX-16).
po_line text: Line of the purchase order (EX-16).
lines_hash text: Fingerprint of the item lines and quantities of the document (EX-16).
""" + _LINEAGE)),
    Table("statements", "Bank statements, each with its own balance proof (RC-20).", ("statement_key",), _read("""
statement_key text!: Account, currency and statement number, unique in the close.
bank_account code!: Account the statement is for.
currency code!: Currency of the account.
statement_id text!: Number or identification that the bank gave.
sequence_no text: Sequence or page number where the bank states one.
from_date date: First day covered, where stated.
to_date date!: Day of the closing balance.
opening money!: Opening balance, signed.
closing money!: Closing balance, signed.
credits money!: Sum of the credit lines.
debits money!: Sum of the debit lines, as a positive figure.
lines count!: Number of lines.
format text!: Format and version.
""" + _LINEAGE)),
    Table("bank_lines", "Bank statement lines (T07).", ("line_id",), _read("""
line_id text!: Identity: what the line says, and its number among equals.
statement_key text!: Statement the line stands on.
line_no count!: Place of the line on its statement, from 1.
bank_account code!: Our account.
currency code!: Currency of the account.
booking_date date!: Booking date.
value_date date!: Value date.
amount money!: Signed: money in is positive (CV-01).
bank_txn_id text: The bank's reference of the booking.
end_to_end_id text: Reference that the payer gave to the payment.
txn_code text: Transaction code as the format states it.
method choice! WIRE|ACH|SEPA_CT|SEPA_DD|SEPA_DD_B2B|CHEQUE|CARD|CASH|LOCKBOX|INTERNAL|OTHER: Payment method.
virtual_account code: Our sub-account that was credited (key B1).
remitter_name text: Name of the other side.
remitter_account code: Account of the other side, without blanks.
remitter_bank code: Bank of the other side.
remittance_text text: All free text of the payment, joined by blanks.
structured_ref text: Structured creditor reference.
orig_currency code: Currency in which the payer paid, if another.
orig_amount money?: Amount in that currency, in its minor units.
charges money?: Charges that the bank took off.
charge_bearer choice SHA|OUR|BEN: Who bears the charges, where the bank says so (MP-61).
return_reason text: Reason code when the line returns an earlier payment.
is_return flag!: The line returns or reverses an earlier payment (G-15).
class choice! RECEIPT|PAYMENT|RETURN|OWN_TRANSFER|NON_AR: What the line is (step A of 2.2).
class_reason text!: Why it was classed so.
""" + _LINEAGE)),
    Table("remittance_lines", "Remittance advices, a row a document paid (T09).", ("remittance_id", "line_no"), _read("""
remittance_id text!: Number of the advice, and the file it came in.
line_no count!: Line of the advice.
payment_ref text: End-to-end id or payment reference that links it to a receipt.
trace_no text: Trace number or bank reference of the payment, where the advice states one.
payer_name text: Payer as the advice names it.
payer_account code: Account of the payer, where stated.
remittance_date date: Date of the advice.
payment_date date: Day on which the payment was or will be made, where stated.
payment_amount money?: Total of the payment as the advice states it; missing where it states none.
doc_reference text!: Document as the advice names it.
gross_amount money!: Gross amount.
discount_amount money!: Discount taken.
deduction_amount money!: Deduction taken.
deduction_reason text: Reason as the advice states it.
net_amount money!: Amount paid.
currency code!: Currency.
source choice EDI820|REMT|CAMT|NACHA|LOCKBOX|TABLE|PDF|EMAIL: Kind of document the line was read from.
confidence percent: How sure the reading of the line is; 100 % where the format leaves no doubt (G-16).
""" + _LINEAGE)),
    Table("advice_links", "Which advice tells about which receipt, and whether its sum is the receipt's (G-05).",
          ("remittance_id", "receipt_id"), _read("""
remittance_id text!: Advice.
receipt_id text!: Receipt.
link choice! END_TO_END|TRACE|AMOUNT_AND_DATE: What links the two.
net_amount money!: Sum of the lines of the advice, in its currency.
currency code!: Currency of the advice.
receipt_amount money!: Amount of the receipt, in its currency.
receipt_currency code!: Currency of the receipt.
agrees flag!: Both sums are equal, in one currency.
sentence text!: What links them, and what does not agree.
""")),
    Table("gl_balances", "Balances of GL accounts by period, in ledger currency (T11).",
          ("ledger_id", "company_code", "gl_account", "period"), _read(_ACCOUNT + """
gl_account code!: GL account.
period text!: Period, year-month.
currency code!: Currency of the figures.
opening money!: Opening balance, signed.
debits money!: Debits of the period.
credits money!: Credits of the period, as a positive figure.
closing money!: Closing balance, signed.
""" + _LINEAGE)),
    Table("gl_lines", "Lines posted on control accounts, where the export has them (T11).", ("ledger_id", "company_code", "gl_account", "doc_no", "line_no"), _read(_ACCOUNT + """
gl_account code!: GL account.
doc_no text!: Document number.
line_no text!: Line of the document.
posting_date date!: Posting date.
entry_date date: When the line was entered, the knowledge axis (CV-07).
entered_by text: User who posted.
origin choice! AR|GL|BANK|FA|OTHER: Part of the ERP the line comes from.
currency code!: Currency of the amount.
amount money!: Signed amount in ledger currency.
reference text: Reference.
text text: Line text.
""" + _LINEAGE)),
    Table("cash_book", "Book side of the bank accounts (T12).", ("ledger_id", "company_code", "gl_account", "doc_no", "line_no"), _read(_ACCOUNT + """
gl_account code!: GL account that mirrors the bank account.
doc_no text!: Document number.
line_no text!: Line of the document.
posting_date date!: Posting date.
entry_date date: When the row was entered, the knowledge axis (CV-07).
value_date date: Value date.
amount money!: Signed: money in is positive.
currency code!: Currency.
reference text: Reference.
text text: Line text.
bank_ref text: The bank's reference that the posting carries.
type choice! RECEIPT|PAYMENT|REFUND|CHARGE|RETURN|TRANSFER|OTHER: Kind of posting.
""" + _LINEAGE)),
    Table("fx_rates", "Exchange rates (T20).", ("from_currency", "to_currency", "rate_type", "date"), _read("""
from_currency code!: Currency converted from.
to_currency code!: Currency converted to.
rate_type choice! SPOT|CLOSE|AVG|BANK|CONTRACT: Kind of rate.
date date!: Day of the rate.
rate rate!: Units of `to_currency` for one unit of `from_currency`.
""" + _LINEAGE)),
    Table("promises", "Promises to pay (T13).", ("promise_id",), _read("""
promise_id text!: Number of the promise.
""" + _ACCOUNT + """
customer_id code!: Customer number.
item text: Documents promised, separated by blanks; blank for the account.
created_date date!: When it was given.
promised_date date!: Day promised.
promised_amount money!: Amount promised.
currency code!: Currency.
status choice! OPEN|KEPT|PARTIALLY_KEPT|BROKEN|WITHDRAWN|SUPERSEDED: State.
plan text: Instalment plan that the promise is a part of; blank for a promise of its own.
given_by text: Who promised.
channel text: How it was given.
""" + _LINEAGE)),
    Table("disputes", "Disputes (T14).", ("dispute_id",), _read("""
dispute_id text!: Number of the dispute.
""" + _ACCOUNT + """
customer_id code!: Customer number.
items text!: Documents in dispute, separated by blanks.
opened_date date!: When it was opened.
reason_code code!: Reason (CO-71).
disputed_amount money!: Amount in dispute.
currency code!: Currency.
status choice! NEW|ASSIGNED|IN_REVIEW|PENDING_CUSTOMER|PENDING_INTERNAL|RESOLVED|CLOSED|REOPENED: State.
owner_function text: Function that must answer.
due_date date: When an answer is due.
processor text: Person who works on it.
logged_date date: Day on which it was entered.
notified_date date: Day on which the owner was told.
original_amount money?: Amount first in dispute.
paid_amount money?: Part paid since.
credited_amount money?: Part credited since.
cleared_manually money?: Part cleared by hand since.
auto_written_off money?: Part written off by rule since.
resolution choice VALID|PARTLY_VALID|INVALID: How it ended.
root_cause text: What caused it.
resolved_date date: When it was resolved.
""" + _LINEAGE)),
    Table("contacts", "Contacts with customers about what they owe (T16).", ("contact_id",), _read("""
contact_id text!: Number of the contact.
""" + _ACCOUNT + """
customer_id code!: Customer number.
contact_date date!: Day of the contact.
contact_time text: Time of day where the customer is, such as 14:30; blank where nobody noted it (CO-98).
direction choice OUT|IN: Who got in touch; blank is OUT.
type choice! LETTER|PHONE|MEETING|EMAIL|PORTAL|SMS|VISIT: Channel.
outcome choice! REACHED|SENT|DELIVERED|UNDELIVERED|NO_ANSWER|VOICEMAIL|WRONG_CONTACT|REFUSED: What came of it.
items text: Documents it was about, separated by blanks; blank for the whole account.
action_code code: What was agreed (CO-15).
person text: Who was spoken to.
next_action_date date: When to go on.
note text: Note.
made_by text: Who made it.
""" + _LINEAGE)),
    Table("sales_history", "Credit sales by customer and month (T22).", ("ledger_id", "company_code", "customer_id", "month", "currency"), _read(_ACCOUNT + """
customer_id code!: Customer number.
month text!: Month, year-month.
credit_sales money!: Sales on credit, gross with tax.
currency code!: Currency.
""" + _LINEAGE)),
    Table("adjustment_register", "Adjustments as the ERP holds them, with who asked and who approved (T18).", ("adjustment_id",), _read("""
adjustment_id text!: Number of the adjustment.
""" + _ACCOUNT + """
customer_id code!: Customer number.
item text: Document adjusted.
adjustment_code code!: Code of the common matrix (CO-70).
amount money!: What it takes off the item; a gain is negative.
tax_amount money?: Tax in it.
currency code!: Currency.
requested_by text: Who asked for it.
requested_date date!: When.
approved_by text: Who approved it.
approver_role text: Role of the approver, as the policy names roles.
approved_date date: When.
posted_ref text: Document it was posted by; blank while it is a request.
documents text: Evidence, separated by blanks.
comment text: Comment.
""" + _LINEAGE)),
    Table("refund_register", "Refunds on file, from the ERP or the team's register (T19).", ("refund_id",), _read("""
refund_id text!: Number of the refund.
""" + _ACCOUNT + """
customer_id code!: Customer number.
source text: Credit that was paid back: receipt, bank reference, or document number.
amount money!: Amount paid back, above zero.
currency code!: Currency.
payee_account code: Account it was paid to, without blanks.
paid_date date!: Day of payment, or of the request while it is not paid.
status choice! REQUESTED|APPROVED|RELEASED|PAID|CONFIRMED|BOUNCED|REJECTED: State of the refund.
requested_by text: Who asked for it.
approved_by text: Who approved it.
""" + _LINEAGE)),
    Table("bank_changes", "Changes of customers' bank details (T25, RF-06).",
          ("ledger_id", "company_code", "customer_id", "account", "changed_date"), _read(_ACCOUNT + """
customer_id code!: Customer number.
account code!: The new account, without blanks.
changed_date date!: Day of the change.
changed_by text: Who changed it.
approved_by text: Who approved the change.
""" + _LINEAGE)),
    Table("master_changes", "Changes of customers and their items, as the ERP logs them (T25, G-19).",
          ("ledger_id", "company_code", "customer_id", "item", "field", "changed_date"), _read(_ACCOUNT + """
customer_id code!: Customer number.
item text: Document that was changed; blank for the customer itself.
field text!: What was changed.
old text: Its value before.
new text: Its value since.
changed_date date!: Day of the change.
changed_by text: Who changed it.
approved_by text: Who approved the change.
""" + _LINEAGE)),
    Table("statement_requests", "Requests of customers for a statement of account, and when it was sent (CO-96).",
          ("ledger_id", "company_code", "customer_id", "requested_date"), _read(_ACCOUNT + """
customer_id code!: Customer number.
requested_date date!: Day of the request.
sent_date date: Day on which the statement was sent; blank while it waits.
""" + _LINEAGE)),
    Table("credit_insurance", "Credit insurance by customer (MT-64).",
          ("ledger_id", "company_code", "customer_id", "insurer", "policy_no", "valid_from"), _read(_ACCOUNT + """
customer_id code!: Customer number.
insurer text!: Insurer.
policy_no text!: Number of the policy.
currency code!: Currency of limit and deductible; the ledger's, else it covers nothing.
limit money!: Exposure up to which the customer is insured.
insured_share percent!: Share of a loss that the insurer bears, such as 90.
deductible money: What the insurer takes off its share, once a customer; blank is nothing.
loss_rate percent: Loss rate of the insurer itself, for the insured share; blank is 0.
valid_from date!: First day of the cover.
valid_to date: Last day of the cover; blank is without end.
""" + _LINEAGE)),
    Table("reason_map", "What customers' own reasons for deductions mean (T29, CO-71).", ("customer_id", "said"), _read("""
customer_id code: Customer number; blank for all.
said text!: The customer's code or words; capitals and blanks tell nothing apart.
reason_code code!: Code of the common matrix that it means (CO-70).
""" + _LINEAGE)),
    Table("legal_params", "Periods that the law sets, by country, with their source (T30).", ("country", "kind", "valid_from"), _read("""
country code!: Country, or country and state such as US-NY.
kind choice! LIMITATION|DORMANCY|CLAIM_NOTICE: What the period ends.
value count!: Length of the period.
unit choice! DAYS|MONTHS|YEARS|YEARS_END: Counted from the due date; YEARS_END from the end of its year.
valid_from date!: First due date to which it applies.
valid_to date: Last due date to which it applies; blank is without end.
source text: Where it is written.
""" + _LINEAGE)),
    Table("payment_holds", "Recalls, charge-backs and other holds on money received (RF-11, RF-14).", ("hold_id",), _read("""
hold_id text!: Number of the case.
""" + _ACCOUNT + """
source text!: What it concerns: receipt, bank reference, end-to-end reference, document number, or customer number.
kind choice! RECALL|CHARGEBACK|AML|LEGAL: Kind of hold.
opened_date date!: First day.
closed_date date: Last day; blank while it is open.
outcome choice ACCEPTED|DECLINED|CLEARED: How it ended.
reason text: Why.
""" + _LINEAGE)),
    Table("repeated_lines", "Bank lines and statements that were delivered twice and entered once (EX-10).", ("source_file", "source_line"), _read(_LINEAGE + """
line_id text: Identity of the line that is already there.
statement_key text!: Statement it stands on.
amount money!: Amount.
currency code!: Currency.
reason text!: Why it is a repeat.
""")),
    Table("receipts", "Receipts of the period: who paid, and where the money stands (T08).", ("receipt_id",), _read("""
receipt_id text!: Identity of the bank line.
""" + _ACCOUNT + """
bank_account code!: Our account.
virtual_account code: Our sub-account that was credited (key B1).
statement_key text!: Statement of the line.
line_no count!: Place on the statement.
booking_date date!: Booking date.
value_date date!: Value date.
currency code!: Currency.
amount money!: Amount received.
method text!: Payment method.
remitter_name text: Name of the payer as the bank wrote it.
remitter_account code: Account of the payer.
remittance_text text: Text of the payment.
structured_ref text: Structured reference.
end_to_end_id text: Reference of the payer.
bank_txn_id text: Reference of the bank.
customer_id code: Customer found; blank is unidentified.
payer_key choice! B1|B2|B3|B4|B5|B6|B7|B8|NONE: Key that found the payer (step B of 2.2).
payer_strength choice! STRONG|MEDIUM|WEAK|NONE: How strong that key is.
payer_sentence text!: Why this payer.
payer_conflict flag!: Two strong keys disagree (G-03).
status choice! UNIDENTIFIED|UNAPPLIED|PARTIALLY_APPLIED|APPLIED|ON_ACCOUNT|MISDIRECTED: State of the receipt.
applied_amount money!: Allocated to items.
on_account_amount money!: Left on the account on purpose.
unapplied_amount money!: Payer known, allocation not decided.
unidentified_amount money!: Payer unknown.
misdirected_amount money!: Belongs to another ledger.
refunded_amount money!: Paid back.
payer_family code: Customers that the key names where it names several of one family (B8), separated by blanks.
payer_hints code: Customers whose names are like the payer's where nobody is sure, the likeliest first, separated by blanks (B7).
flags text: Marks for people, separated by blanks: THIRD_PARTY (MP-55), MISDIRECTED (EX-40), DUPLICATE_PAYMENT (EX-20).
charges money: Charges that the bank took off, as the statement gives them (MP-61).
charge_bearer choice SHA|OUR|BEN: Who bears the charges, where the bank says so.
orig_currency code: Currency in which the payer paid, if another (MP-62).
orig_amount money: Amount in that currency, in its minor units; 0 where the bank does not give it.
bank_country code: Country of our bank account (MP-61).
""" + _LINEAGE)),
    Table("references", "Words of a payment that look like a document, and what each resolves to (step C of 2.2).",
          ("receipt_id", "token", "origin", "item_id"), _read("""
receipt_id text!: Receipt.
token text!: The word as found, squeezed to letters and digits.
origin choice! text|structured|advice|end_to_end: Where the word stood; end_to_end is the payer's own number of the payment.
item_id text: Item it resolves to; blank when to none.
field text: Field of the item that it equals.
state choice! OPEN|CLEARED|OTHER_LEDGER|UNKNOWN: What it resolves to.
""")),
    Table("proposals", "What arwork proposes for each receipt, and why (CV-11).", ("receipt_id",), _read("""
receipt_id text!: Receipt.
""" + _ACCOUNT + """
customer_id code: Customer.
currency code!: Currency.
amount money!: Amount received.
strategy choice! M00|M01|M02|M03|M04|M05|M06|M07|M08|M09|M10|M11|M12|M13|M14|M15|M16|M17|PERSON: Strategy that proposed, or a person.
status choice! AUTO|SUGGEST|REVIEW|NONE: What may happen with it.
gates text: Gates that fired, separated by blanks.
decided_by text!: `rule`, or the person who decided.
decision_seq count!: Journal event of the decision; 0 for a rule.
items count!: Items in the proposal.
allocated money!: Cash that the proposal allocates to items.
discount money!: Earned discount it allows.
small_diff money!: Small difference it writes off (short positive, over negative).
wht money: Tax withheld, for which a certificate is to come (MP-60).
bank_charge money: Bank charges it takes over (MP-61).
fx money: Exchange difference (short, a loss, is positive; over, a gain, negative) (MP-62).
write_off money: What a person wrote off by an adjustment code (CO-65, CO-70).
residual money: What stays owed as a residual of these items, in their currency (MP-40).
on_account money: What pays no item and stays on account (MP-50); see `on_account`.
on_account_status choice AUTO|SUGGEST|REVIEW: What may happen with that rest (G-11).
on_account_kind choice O1|O2|O3|O4|O5|O6|O7|O8|O9|O10|O11|O12: Suspected kind of overpayment (EX-30).
on_account_gates text: Gates that fired on it.
on_account_sentence text: Why it is on account.
rivals count!: Other item sets that explain the receipt as well.
exhaustive flag!: The search for rivals was complete.
score count!: Ranking score of 2.6, hundredths of a point; never authorises.
sentence text!: Why, in one sentence.
runner_up text: The next best explanation.
falls_without text: The fact without which it falls.
why_not text: Why it is not automatic.
class choice THIRD_PARTY|MISDIRECTED|DUPLICATE_PAYMENT: What the receipt is where it is more than a payment of the payer's own items.
probability percent: How likely the proposal is right by its evidence, or the best candidate where nothing is proposed; never authorises.
profile text: Facts of that candidate in one word; the table `evidence` spells it out.
authority text: By what record a strategy acted alone that otherwise waits for a person; blank for all others.
may_earn flag: No gate fired, and a record of past months may free its form from waiting for a person (2.6).
form text: Under which strategy and form the record of such proposals is kept; blank where nothing but a gate stops the strategy.
""")),
    Table("proposal_items", "Items of each proposal and of its rivals.", ("receipt_id", "candidate", "item_id"), _read("""
receipt_id text!: Receipt.
candidate count!: 1 is the proposal; higher numbers are rivals.
item_id text!: Item.
customer_id code!: Customer of the item.
reference text: Document as the customer knows it.
due_date date!: Due date of the item.
open_amount money!: Open before.
amount_applied money!: Cash for this item.
discount money!: Earned discount (MP-12).
small_diff money!: Share of the small difference (MP-20).
score count!: Ranking score of the candidate, hundredths of a point.
probability percent: How likely the candidate is right by its evidence.
profile text: Facts of the candidate in one word; the table `evidence` spells it out.
item_currency code!: Currency of the item; `open_amount`, `residual` and `amount_relieved` are in it.
wht money: Tax withheld (MP-60).
bank_charge money: Share of the bank charges (MP-61).
fx money: Share of the exchange difference (MP-62).
residual money: What stays owed as a residual, signed like the item (MP-40).
residual_code text: Reason codes of the residual, separated by blanks.
residual_split text: Amount of each reason code, in minor units, in the same order.
residual_hint code: Reason that the amount suggests, where the payer gave none (MP-21, step 9).
amount_relieved money!: Open amount that is settled, the residual included.
relieved_value money!: What is settled less the residual, in the currency of the receipt (MP-64).
write_off money: What a person wrote off by an adjustment code (CO-65, CO-70).
adjustment_code code: Adjustment code of what a person wrote off, whatever leg it stands in (CO-70).
""")),
    Table("evidence", "What each fact weighs, for every combination of facts that a candidate of this close has.", ("profile", "place"), _read("""
profile text!: Facts in one word, as in `proposals` and `proposal_items`.
place count!: 0 for what every candidate starts from, then the facts in their order.
fact text!: What was looked at.
level text: How it stands; blank for the start.
weight count!: Thousandths of a natural logarithm of the odds: above 0 speaks for the candidate, below 0 against it.
""")),
    Table("allocations", "Cash that is applied: automatic by rule, or by a person (T10).", ("allocation_id",), _read("""
allocation_id text!: receipt_id:item_id.
receipt_id text!: Receipt.
item_id text!: Item.
allocation_date date!: Value date of the receipt.
currency code!: Currency.
amount_applied money!: Cash used.
amount_relieved money!: Open amount relieved.
discount money!: Earned discount.
small_diff money!: Small difference.
item_currency code!: Currency of the item; `amount_relieved` and `residual` are in it.
wht money: Tax withheld (MP-60).
bank_charge money: Bank charges (MP-61).
fx money: Exchange difference between receipt and item (short, a loss, is positive) (MP-62).
residual money: Part of what is relieved that lives on as a residual item (MP-40).
residual_item_id text: Residual created; blank where there is none.
relieved_value money!: What is relieved less the residual, in the currency of the receipt (MP-64).
write_off money: What a person wrote off by an adjustment code (CO-65, CO-70).
adjustment_code code: Adjustment code of what a person wrote off, whatever leg it stands in (CO-70).
fx_difference_local money?: Realised exchange difference in ledger currency, a gain positive; missing where no rate is known (MP-63).
rule_id text!: Strategy, or PERSON.
by text!: `rule`, or the person.
decision_seq count!: Journal event; 0 for a rule.
reason text!: Why.
""")),
    Table("residuals", "What stays owed after a short payment, as items of their own (MP-40 to MP-42).", ("residual_id",), _read("""
residual_id text!: receipt_id:item_id:code.
receipt_id text!: Receipt that paid short.
""" + _ACCOUNT + """
customer_id code!: Customer.
ref_item text!: Item that was paid short.
reference text: That document as the customer knows it.
po_no text: Its purchase order.
currency code!: Currency of the item.
amount money!: Residual, signed like the item.
reason_code code!: Reason (CO-70).
x12_code code: The same reason in X12, element 426.
suggested_code code: Reason that the amount suggests, where the payer gave none.
due_date date!: Due date inherited from the item (MP-42).
credit_request text: Approved request for a credit memo that it consumes; no dispute then (MP-41).
dispute flag!: A dispute is to be opened (MP-40); else a query of the collector.
owner_function code: Function that must answer.
status choice! PROPOSED|CREATED: Proposed with a suggestion, or created with an automatic or decided allocation.
""")),
    Table("adjustments", "What people wrote off of items, by adjustment code (T18, CO-65, CO-70).", ("adjustment_id",), _read("""
adjustment_id text!: receipt_id:item_id:code, or item_id:code:decision for a write-off of an open item.
receipt_id text: Receipt it was decided with; blank for a write-off of an open item.
item_id text!: Item.
""" + _ACCOUNT + """
customer_id code!: Customer.
currency code!: Currency.
amount money!: What was written off; a gain is negative.
adjustment_code code!: Adjustment code (CO-70).
x12_code code: The same in X12, element 426.
nature choice! DILUTION|CREDIT_LOSS|COST|TAX|TIMING|RECLASS: What it is to the business.
by text!: Who decided.
decision_seq count!: Journal event; of a write-off of an open item its approval.
reason text!: Why.
approved_by text: Second person, who approved the write-off of an open item (CV-13).
approved_on date: Day of the approval.
counted_amount money: What picked the tier, in ledger currency: bad debt of a customer and quarter together (CO-65).
approver text: Who must approve so much (CO-65, CO-70).
""")),
    Table("wht_certificates", "Tax withheld by customers, for which a certificate must come (MP-60, T31).", ("receipt_id", "item_id"), _read("""
receipt_id text!: Receipt from which the tax was withheld.
item_id text!: Item.
""" + _ACCOUNT + """
customer_id code!: Customer.
currency code!: Currency.
amount money!: Tax withheld.
status choice! PROPOSED|CERT_PENDING|RECEIVED|REFUSED: State of the certificate.
due_date date!: When to follow up.
""")),
    Table("on_account", "Money of a receipt that pays no item and stays on account, each a decision of its own (MP-50, EX-30).", ("receipt_id",), _read("""
receipt_id text!: Receipt.
""" + _ACCOUNT + """
customer_id code: Customer.
currency code!: Currency.
amount money!: What stays on account.
kind choice O1|O2|O3|O4|O5|O6|O7|O8|O9|O10|O11|O12: Suspected kind of overpayment (EX-30); blank where nothing points to one.
status choice! AUTO|SUGGEST|REVIEW: What may happen with it.
gates text: Gates that fired.
sentence text!: Why it is there.
special_gl code: Special G/L indicator to post it with: DP where an order is named, so that it is a prepayment (MP-51); blank else.
""")),
    Table("decisions", "Decisions of people that this close took in, and what became of each.", ("seq",), _read("""
seq count!: Place in the journal.
at text!: When it was recorded.
by text!: Who decided.
known_by text: How that person was known.
action text!: What was decided.
receipt_id text: Receipt concerned.
item_ids text: Items concerned, separated by blanks.
amount money?: Cash it places, on items and on account.
discount money?: Discount it allows.
deduction money?: What it leaves owed as a residual, by reason (MP-40).
write_off money?: What it writes off, withheld tax, charges and small differences included (CO-70).
codes text: Reason codes of the deduction and adjustment codes of the write-off, separated by blanks.
on_account money?: Part of the cash that stays on account.
currency code: Currency.
reason text!: Reason given.
outcome choice! APPLIED|POSTED|EARLIER|STALE|HELD|REJECTED|SUPERSEDED|UNDONE|RECORDED: Its state in this close.
outcome_reason text!: Why.
posted_documents text: Documents by which the ERP posted it, separated by blanks.
source_file text: File of the receipt.
source_line text: Line of the receipt.
""")),
    Table("other_decisions", "Decisions of people besides those on receipts: contacts, promises, disputes, write-offs, aliases, rules, refunds, transfers.",
          ("seq",), _read("""
seq count!: Place in the journal.
at text!: When it was recorded.
by text!: Who decided.
known_by text: How that person was known.
action choice! CONTACT|PROMISE|DISPUTE|WRITE_OFF|ALIAS|RULE|REFUND|TRANSFER: What was decided.
matter text!: The promise, dispute, item, alias, rule, refund or misdirected receipt it is about.
step text: Its step.
ledger_id code: Ledger.
company_code code: Company code inside the ledger.
customer_id code: Customer.
item_ids text: Items concerned, separated by blanks.
currency code: Currency.
amount money?: Amount, minor units.
said text!: What was decided, in one line.
reason text!: Reason given.
outcome choice! RECORDED|WAITS|APPROVED|APPLIED|POSTED|STALE|UNDONE: Its state in this close.
outcome_reason text!: Why.
""")),
    Table("posting_lines", "What a close hands to the ERP: allocations, money on account, residuals, and reversals of what was handed over before.",
          ("line_id",), _read("""
line_id text!: receipt_id:item_id, receipt_id:ON-ACCOUNT, the residual's or the adjustment's id; a reversal has the number of its export behind it.
kind choice! ALLOCATION|ON_ACCOUNT|RESIDUAL|ADJUSTMENT|REVERSAL: What the line is.
place count!: Place of the line in the export, from 1.
""" + _ACCOUNT + """
customer_id code: Customer.
receipt_id text: Receipt; blank for a write-off of an open item.
bank_account text: Our account.
bank_gl code: GL account that mirrors it.
bank_reference text: Reference of the payment.
booking_date date!: Booking date; of a write-off of an open item the day of its approval.
value_date date!: Value date.
item_id text: Item.
doc_no text: Its document number.
fiscal_year text: Its fiscal year.
doc_line text: Its line.
reference text: Its number as the customer knows it.
applies_to text: Invoice or Credit Memo.
due_date date: Due date of the item or residual.
currency code!: Currency of the receipt.
cash money: Cash.
discount money: Discount.
small_diff money: Small difference.
wht money: Tax withheld.
bank_charge money: Bank charges.
fx money: Exchange difference.
write_off money: Write-off of a person.
adjustment_code code: Adjustment code of it.
item_currency code: Currency of the item; `relieved` and `residual` are in it.
relieved money: What is taken off the item, residual included.
residual money: What lives on as a residual.
reason_code text: Reason codes of the residual.
rule_id text: Strategy, or PERSON.
decided_by text!: `rule`, or the person.
decision_seq count: Journal event of the decision; 0 for a rule.
reverses count: Journal event of the export that a reversal takes back; 0 for all others.
text text: Why, in one sentence.
""")),
    Table("breaks", "Payments that look repeated (EX).", ("break_id",), _read("""
break_id text!: rule:receipt:item.
rule text!: Rule that found it.
class choice! PROBABLE|POSSIBLE: How likely.
receipt_id text!: Receipt.
""" + _ACCOUNT + """
customer_id code!: Customer.
item_id text!: Item already settled.
reference text: Its number.
cleared_date date!: When it was settled.
cleared_by text!: Clearing document or receipt.
currency code!: Currency.
amount money!: Amount of the receipt.
score count!: EX-20 score, hundredths of a point.
points_amount count!: Points for the amount, hundredths.
points_payer count!: Points for the payer, hundredths.
points_reference count!: Points for the reference, hundredths.
points_time count!: Points for the days between, hundredths.
points_unexplained count!: Points because no open item explains it, hundredths.
proposed choice! ON_ACCOUNT: What is proposed until somebody decides.
sentence text!: Why, in one sentence.
rivals text: Open items of the same amount that may be meant, then other settled items that score enough, the nearest first; at most twenty.
variants text: How the repeat is hidden: H1 to H7, separated by blanks.
portion money: Part of the receipt that repeats the item; less than the receipt inside a lump sum.
""")),
    Table("repeats", "Amounts that came twice, each with the first test that decides what it is (EX-10 to EX-22).", ("case_id",), _read("""
case_id text!: rule:this:other.
rule code!: Test that decided.
class choice! DUPLICATE_IMPORT|DUPLICATE_POSTING|REVERSAL_REPOST|RE_PRESENTED|RECURRING|INSTALMENT|DUPLICATE_INVOICE|DUPLICATE_PAYMENT|DUPLICATE_REFUND|COINCIDENCE: What it is.
likely choice! CERTAIN|PROBABLE|POSSIBLE: How sure the test is.
quiet flag!: Nothing is wrong and nothing is to be done.
kind choice! STATEMENT|POSTING|RECEIPT|INVOICE|REFUND: What came twice.
ledger_id code: Ledger of the later one.
company_code code: Company code inside the ledger.
customer_id code: Customer.
this text!: The later one: file, posting, receipt, invoice or refund.
other text!: The earlier one, or what it settled.
this_source text: File and line of the later one.
other_source text: File and line of the earlier one.
item_id text: The obligation, where there is one.
reference text: That obligation as the customer knows it.
currency code!: Currency.
amount money!: Amount that came twice.
reverse money!: What our books must take back.
credit_due money!: What the customer is owed if the test is right.
score count!: Score of EX-16 or EX-20 in hundredths of a point; 0 where the test has none.
parts text: Points by component.
variants text: How a second payment was hidden: H1 to H7, separated by blanks.
rivals text: Other rows that could be the earlier one, separated by blanks.
sentence text!: Why, in one sentence.
next_action text!: What to do next.
""")),
    Table("repeat_classes", "How many amounts came twice, by class; the quiet ones too.", ("rule", "class", "likely", "currency"), _read("""
rule code!: Test that decided.
class choice! DUPLICATE_IMPORT|DUPLICATE_POSTING|REVERSAL_REPOST|RE_PRESENTED|RECURRING|INSTALMENT|DUPLICATE_INVOICE|DUPLICATE_PAYMENT|DUPLICATE_REFUND|COINCIDENCE: What they are.
likely choice! CERTAIN|PROBABLE|POSSIBLE: How sure the test is.
currency code!: Currency.
cases count!: Number of cases.
amount money!: Sum of the amounts that came twice.
credit_due money!: What customers are owed if the tests are right.
""")),
    Table("tolerance_budget", "Small differences and small write-offs of a year against the cap, by customer, clerk and reason (G-21).",
          ("view", "ledger_id", "company_code", "who", "year", "month", "currency"), _read("""
view choice! CUSTOMER|CLERK|REASON: What the row adds up by.
""" + _ACCOUNT + """
who text!: Customer, person (or `rule`), or reason.
year count!: Calendar year of the value date.
month text!: Month, year-month.
currency code!: Ledger currency.
uses count!: Number of small differences.
used money!: What was written off in the month, gains and losses both counted.
used_to_date money!: What was written off in the year up to the end of the month.
limit money?: Cap of the year; missing where the policy sets none.
left money?: What is left of it; below zero where it was passed.
exceeded flag!: The cap was passed by the end of the month.
""")),
    Table("overpayments", "Money beyond what is owed, with the kind it looks like (EX-30).", ("overpayment_id",), _read("""
overpayment_id text!: receipt_id:part.
receipt_id text!: Receipt.
part choice! WHOLE|REST|SMALL|FX: The whole receipt, what its items leave, the small difference, or the exchange difference.
""" + _ACCOUNT + """
customer_id code: Customer.
currency code!: Currency.
amount money!: What is beyond what is owed.
kind choice O1|O2|O3|O4|O5|O6|O7|O8|O9|O10|O11|O12: Suspected kind; blank where nothing points to one.
also text: Other kinds whose test holds too, separated by blanks.
evidence text!: What points to the kind.
usual_action text!: What is usually done.
status choice! ON_ACCOUNT|HELD|GAIN|PROPOSED: Where the money stands: on account, held for a person, taken as gain, or not booked yet.
""")),
    Table("misdirected", "Payments for a debt owed to another ledger or company, and how they get there (EX-40).", ("receipt_id",), _read("""
receipt_id text!: Receipt.
""" + _ACCOUNT + """
customer_id code: Customer in the receiving ledger, where known.
currency code!: Currency.
amount money!: The part that belongs elsewhere.
value_date date!: Value date; the customer is credited with it in the right ledger.
to_ledger code: Ledger that it belongs to; blank while a person must say.
to_company code: Its company code.
to_customer code: Customer there.
to_items text: Items there, separated by blanks; blank where the customer is known and the item is not.
to_due_date date: Earliest due date of these items.
days_past_due count!: Days past due of the earliest item at the value date; 0 where it was not late or is not known.
assigned flag!: The claim there is assigned to a factor or affiliate, so the money is held in trust.
remit_by date!: Last day for handing the money on.
days_late count!: Days beyond it at the key date.
settlement choice! TRANSFER|RETURN|OPEN: Handed on inside the group, paid back to the payer, or not decided.
approval_from choice! PENDING|GIVEN|NOT_NEEDED: Approval of the receiving ledger.
approval_to choice! PENDING|GIVEN|NOT_NEEDED: Approval of the right ledger.
approved_by text: Who approved: for the receiving ledger, then for the right one.
sentence text!: What it is and what is next.
""")),
    Table("misdirected_entries", "Entries of both ledgers for each misdirected payment; they net to nothing between the companies (EX-40, RC-50).",
          ("receipt_id", "step", "line"), _read("""
receipt_id text!: Receipt.
step choice! RECEIVE|CREDIT|SETTLE|COLLECT: In the receiving ledger, in the right ledger, and the settlement in each.
line count!: Line of the entry.
""" + _ACCOUNT + """
account choice! BANK|IC_PAYABLE|IC_RECEIVABLE|CUSTOMER: What is posted to.
customer_id code: Customer, on a customer line.
item text: Items credited, separated by blanks.
currency code!: Currency.
amount money!: Debit above zero, credit below (CV-01).
value_date date!: Value date of the posting; the customer's is the original one.
state choice! PROPOSED|APPROVED: Approved once both ledgers have approved; before, nothing is posted.
""")),
    Table("transfer_steps", "Approvals and rejections of misdirected money that people recorded, and whether each counts (EX-40, CV-13).", ("seq",), _read("""
seq count!: Place in the journal.
at text!: When it was recorded.
by text!: Who recorded it.
receipt_id text!: Misdirected receipt.
step choice! APPROVED|REJECTED: Step.
side choice! FROM|TO: For the ledger that received the money, or for the one it belongs to.
currency code!: Currency.
amount money!: Amount that was approved.
to_ledger code!: Ledger it goes to.
to_company code: Its company code.
to_customer code: Customer there.
to_items text: Items there, separated by blanks.
reason text!: Reason given.
counts flag!: The step follows from the one before and its person may do it.
why_not text: Why it does not count.
""")),
    Table("refunds", "Credits that may be paid back, each with its controls (RF-01 to RF-14).", ("refund_id",), _read("""
refund_id text!: RF:source.
""" + _ACCOUNT + """
customer_id code: Customer; blank where money goes back to a payer whom nobody knows.
customer_name text: Its legal name.
source_kind choice! RECEIPT|ITEM: Where the credit stands: on a receipt, or as an item of the subledger.
source text!: That receipt or item.
reason choice! DUP_PAYMENT|OVERPAYMENT|WRONG_COMPANY|CANCELLED_INVOICE|CREDIT_MEMO|DEPOSIT|CONTRACT_END: Reason (RF-03).
since date!: Value date of the receipt, or document date of the item.
method text: How the money came.
currency code!: Currency.
gross_credit money!: Open credit (RF-01).
offset_amount money!: Used against overdue undisputed items first (RF-02); see `refund_offsets`.
refund_amount money!: What may be paid back.
owed_not_due money!: What the customer owes and is not due; offset only with consent.
owed_disputed money!: What it disputes; never offset.
owed_elsewhere money!: What the same legal customer owes other ledgers; offset only by a set-off agreement.
payee_name text: Who is paid.
payee_account code: Account that is paid.
route choice! SAME_ACCOUNT|SAME_CARD|ACCOUNT_ON_FILE|OTHER_ACCOUNT|UNKNOWN: How it goes back (RF-05).
our_account code: Our account that received the money, and pays.
tier count!: Approval level, from 1 (RF-08).
approver text!: Who approves at that level.
tier_amount money!: What counts for the tier, in ledger currency: all refunds to this payee within the window.
tier_currency code!: Ledger currency.
checklist percent!: Share of the documents that are there (RF-04).
missing text: What is missing, separated by "; ".
holds text: Rules that hold it, separated by blanks.
hold_reason text: Why, in sentences.
hold_until date: Day on which the last dated hold ends; blank where a person must lift it.
state choice! CANDIDATE|DOCUMENTED|APPROVED|RELEASED|PAID|CONFIRMED|BOUNCED|HOLD|REJECTED: State (domain 1.2).
before_hold choice CANDIDATE|DOCUMENTED|APPROVED|RELEASED|BOUNCED: State before the hold.
requested_by text: Who documented it.
approved_by text: Who approved it.
decide_by date: Last day for the decision (RF-12); blank until the documents are complete.
pay_by date: Last day for the payment (RF-12).
late flag!: One of these days has passed without its step.
dormancy_date date: Day on which the credit becomes unclaimed property (RF-13); blank where no rule is known.
next_action text!: What to do next.
sentence text!: The refund in words.
""" + _LINEAGE)),
    Table("refund_offsets", "Items that a credit settles before anything is paid back, oldest due first (RF-02).", ("refund_id", "item_id"), _read("""
refund_id text!: Refund.
item_id text!: Item.
reference text: Document as the customer knows it.
due_date date!: Due date.
currency code!: Currency.
open_amount money!: Open before.
amount money!: What the credit settles.
""")),
    Table("refund_checks", "Checklist of each refund (RF-04).", ("refund_id", "place"), _read("""
refund_id text!: Refund.
place count!: Place on the list.
document choice! REQUEST|BANK_PROOF|HISTORY|CREDIT_MEMO|NO_OPEN_DEBT|BANK_DETAILS|DUPLICATE_CHECK|TAX_NOTE: What is asked for.
state choice! HAVE|MISSING|WAIVED|NOT_NEEDED: Whether it is there.
evidence text!: Where it is, or what is missing.
""")),
    Table("refund_steps", "Steps of refunds that people recorded, and whether each counts (domain 1.2, RF-09).", ("seq",), _read("""
seq count!: Place in the journal.
at text!: When it was recorded.
by text!: Who recorded it.
refund_id text!: Refund.
step choice! DOCUMENTED|APPROVED|RELEASED|PAID|CONFIRMED|REJECTED|HOLD|BOUNCED: Step.
documents text: Documents named with it, separated by blanks.
waived text: Documents waived by the approver, separated by blanks.
lifts text: Rules whose hold a supervisor lifts, separated by blanks.
account code: Account to pay, where it is not the originating one.
second_person text: Who called back, where the account is another (RF-05).
amount money?: Amount of the step, where stated.
reason text!: Reason given.
counts flag!: The step follows from the one before and its person may do it.
why_not text: Why it does not count.
""")),
    Table("credit_balances", "Credits of customers and money without an item, by age, with owner and next action (RC-60, RF-13).", ("credit_id",), _read("""
credit_id text!: kind:source.
kind choice! ON_ACCOUNT|UNAPPLIED|UNIDENTIFIED|MISDIRECTED|CREDIT_MEMO: What it is (MP-56).
source text!: Receipt or item.
""" + _ACCOUNT + """
customer_id code: Customer; blank while unidentified.
currency code!: Currency.
amount money!: Open credit, above zero.
since date!: Value date of the receipt, or document date of the item.
days count!: Age in days at the key date.
bucket_no count!: Order of the bucket.
bucket text!: Bucket of RC-60.
owner text!: Who must act.
next_action text!: What to do next.
escalated_to text: Who was to be told by its age (RC-60).
resolve_by date: Day by which it should be resolved (MP-56); blank for credits that were decided.
overdue flag!: That day has passed.
last_activity date!: Last payment of the customer, or the day of the credit if later.
jurisdiction code: Country or state whose rule counts.
dormancy_date date: Day on which it becomes unclaimed property (RF-13); blank where no rule is known.
report_from date: Twelve months before: from here a person is told.
dormancy_note text!: The rule and its source, or why there is no date.
""" + _LINEAGE)),
    Table("reconciliations", "Reconciliations of the period, each with its tie-out (RC).", ("recon_id",), _read("""
recon_id text!: rule/ledger/company_code/account/currency.
rule choice! RC-10|RC-20|RC-30|RC-40|RC-50|RC-60|RC-70|RC-80|RC-90: Kind of reconciliation.
""" + _ACCOUNT + """
account code!: Account reconciled.
currency code!: Currency of the figures.
key_date date!: Key date.
ours money!: Our side after its own items (subledger; adjusted book).
theirs money!: The other side after its own items (GL; adjusted bank).
difference money!: Theirs less ours before explanation (RC-10), adjusted bank less adjusted book (RC-20).
explained money!: Sum of the reconciling items that explain it.
unexplained money!: What is left; computed, never typed.
items count!: Reconciling items.
status choice! TIES|UNEXPLAINED|NOT_PROVEN: Whether it ties, and whether both sides are there.
sentence text!: The result in one sentence.
""")),
    Table("recon_lines", "The printed layout of each reconciliation, line by line.", ("recon_id", "line_no"), _read("""
recon_id text!: Reconciliation.
line_no count!: Place in the layout.
label text!: What the line says.
mark text: Letter or name of the line in the layout (A, B, b0, k1).
amount money!: Amount, signed as printed.
rows count!: Rows behind the figure.
total flag!: The line is a total of lines above.
""")),
    Table("recon_items", "Reconciling items: what explains a difference (4.10).", ("recon_id", "item_no"), _read("""
recon_id text!: Reconciliation.
item_no count!: Number of the item.
code text!: Class of 4.10.
mark text!: Line of the layout it belongs to.
document text!: Document or bank line.
date date!: Date of the item.
amount money!: Signed effect.
currency code!: Currency.
sentence text!: What it is and who corrects it.
expected_by date: When it should have cleared.
source_file text: File of the row behind it.
source_line text: Line of the row behind it.
since date: Key date of the first close that listed it (4.10).
carried count: Closes before this one that listed it.
age_days count: Key date less date of the item.
owner text: Who corrects it.
step text: What its age or size asks for: overdue, supervisor, controller, resolution or reserve, support (4.11).
""")),
    Table("proof_of_cash", "Opening, receipts, payments and closing of each account, bank beside book (RC-20).",
          ("bank_account", "currency", "side"), _read("""
bank_account code!: Account.
currency code!: Currency.
side choice! BANK|BOOK: Whose figures.
opening money!: Opening balance.
receipts money!: Money in.
payments money!: Money out, as a positive figure.
closing money!: Closing balance.
lines count!: Lines behind the figures.
""")),
    Table("ageing_items", "Open items at the key date with their age (MT-01 to MT-03, CV-05, CV-06).", ("item_id",), _read("""
item_id text!: Item.
""" + _ACCOUNT + """
customer_id code!: Customer.
doc_type text!: What the line is.
reference text: Document as the customer knows it.
doc_date date!: Document date.
due_date date!: Due date.
currency code!: Currency.
open_amount money!: Open at the key date, signed.
local_currency code!: Ledger currency.
open_local money!: Open in ledger currency.
days_past_due count!: Key date less due date (CV-05).
age_days count!: Key date less document date.
bucket_due text!: Bucket by due date.
bucket_invoice text!: Bucket by invoice date.
disputed flag!: In dispute.
about_to_clear money!: Part that this close allocates, not yet posted.
""")),
    Table("ageing", "Ageing by customer, basis and bucket (MT-01, MT-02), credits by the policy's mode (MT-03).",
          ("ledger_id", "company_code", "customer_id", "currency", "basis", "bucket_no"), _read(_ACCOUNT + """
customer_id code!: Customer.
currency code!: Currency.
basis choice! DUE|INVOICE: Which date counts.
bucket_no count!: Order of the bucket.
bucket text!: Name of the bucket.
items count!: Items.
amount money!: Amount.
disputed money!: Of which disputed.
about_to_clear money!: Of which allocated by this close, not yet posted.
local_currency code!: Ledger currency.
amount_local money!: Amount in ledger currency.
""")),
    Table("metrics", "Receivables figures, each with its formula's figures (MT-10 to MT-72); money in ledger currency.",
          ("ledger_id", "company_code", "metric", "variant"), _read(_ACCOUNT + """
metric code!: Rule ID.
variant text!: Which of the definitions in the market it is.
name text!: Name.
value rate: Value, two decimals; blank where there is none.
bound flag!: The value is only a lower bound.
unit choice! DAYS|PERCENT|TIMES|INDEX|AMOUNT: What the value counts; AMOUNT is money in `currency`.
numerator money?: Figure above the line.
denominator money?: Figure below the line.
counts choice! MONEY|ROWS|DAYS: What numerator and denominator are: minor units of `currency`, rows, or amounts weighted by days.
currency code!: Ledger currency.
status choice! MEASURED|NO_VALUE|NOT_MEASURABLE: Whether it could be found.
sentence text!: Formula in words, or what is needed.
""")),
    Table("conduct", "Contacts at a day or hour, or beyond the number, that the policy allows; one row a contact and rule (CO-98).", ("contact_id", "rule"), _read("""
contact_id text!: Contact.
rule choice! DAY|HOURS|OFTEN: No hours on that day; outside the hours of the day; too many within seven days.
""" + _ACCOUNT + """
customer_id code!: Customer.
name text!: Name.
is_consumer flag!: A consumer, for whom stricter hours and numbers hold.
contact_date date!: Day of the contact.
contact_time text: Time of day; blank where nobody noted it.
type text!: Channel.
made_by text: Who made it.
allowed text!: What is allowed.
sentence text!: What happened, in one sentence.
owner text!: Who acts on it.
next_action text!: What to do.
""")),
    Table("provisions", "Provision matrix: expected loss by group and bucket, ledger currency (MT-60 to MT-65).",
          ("ledger_id", "company_code", "currency", "group", "bucket"), _read(_ACCOUNT + """
currency code!: Ledger currency.
group text!: Tolerance group, or what stands apart: AFFILIATES, ONE BY ONE, SPECIFIC and its customer, INSURED and its policy, DILUTION.
kind choice MATRIX|INSURED|ONE_BY_ONE|AFFILIATES|DILUTION: Whether the matrix rates it, or what it stands apart for (MT-64).
bucket text!: Bucket by due date.
exposure money!: Open debit items, less `set_off`.
set_off money: Credits taken off them, of customers who agreed to netting.
rate percent!: Loss rate: of the matrix, of the insurer, specific, or the credit expected of disputes.
expected_loss money!: Exposure times rate, rounded.
presumed choice! NONE|INCREASED_RISK|DEFAULT: What the days late presume unless it is rebutted: more risk from 31 days on, default from 91.
""")),
    Table("first_contacts", "First contact within the days of the policy, by overdue item (CO-10).", ("item_id",), _read("""
item_id text!: Item.
""" + _ACCOUNT + """
customer_id code!: Customer.
reference text: Document as the customer knows it.
collector text: Who owns the account.
currency code!: Currency.
amount money!: Open amount, or the original amount of an item cleared since.
due_date date!: Due date.
deadline date!: Last day of a first contact.
status choice! MET|NOT_REQUIRED|BREACHED|AT_RISK|DUE: State at the key date.
contact_id text: Contact that counts.
contact_date date: Its day.
""")),
    Table("promise_results", "Promises with what was paid on them (CO-30).", ("promise_id",), _read("""
promise_id text!: Promise.
""" + _ACCOUNT + """
customer_id code!: Customer.
item text: Documents promised; blank for the account.
reference text: The same as the customer knows them.
plan text: Instalment plan.
created_date date!: When it was given.
promised_date date!: Day promised.
last_day date!: Last day on which a payment counts.
currency code!: Currency.
promised_amount money!: Amount promised.
paid_amount money!: Paid in the window, not more than promised.
status choice! OPEN|KEPT|PARTIALLY_KEPT|BROKEN|WITHDRAWN|SUPERSEDED: State at the key date.
evaluated_at date: Day on which the state was found; blank while open.
paid_late_date date: Day on which a promise that was not kept was paid in full.
level count!: 1 and the earlier promises on the same documents that were not kept.
owner text!: Who acts.
next_action text!: What follows.
""")),
    Table("dispute_work", "Unresolved disputes and queries with owner, deadline and notice, and the equation of each (CO-80, T14).", ("dispute_id",), _read("""
dispute_id text!: Dispute or query.
kind choice! DISPUTE|QUERY: A query contests nothing: its items stay collected.
""" + _ACCOUNT + """
customer_id code!: Customer.
items text!: Documents in dispute.
currency code!: Currency.
disputed_amount money!: Still in dispute.
open_amount money!: Open on its documents.
reason_code code!: Reason (CO-71).
status choice! NEW|ASSIGNED|IN_REVIEW|PENDING_CUSTOMER|PENDING_INTERNAL|RESOLVED|CLOSED|REOPENED: State.
owner_function text!: Function that must answer.
opened_date date!: When it was opened.
due_date date!: When an answer is due.
days_open count!: Days since it was opened, until resolved.
days_over count!: Days over the deadline; 0 while in time.
escalated_to text: Who is told because it is late.
difference money?: Original less current, paid, credited, cleared and written off; 0 when the equation holds.
next_action text!: What to do next.
notice text!: Notice to the owner, ready to send.
""")),
    Table("dispute_reasons", "Reasons for which customers took money off in the period, the largest first (CO-72).",
          ("ledger_id", "company_code", "currency", "reason_code"), _read(_ACCOUNT + """
currency code!: Currency.
place count!: Place by amount, from 1.
reason_code code!: Reason (CO-70).
description text: What the reason means.
cases count!: Disputes opened, and residuals that this close creates.
amount money!: Amount taken off.
share percent!: Of all reasons.
running_share percent!: Of this reason and all larger ones.
resolved count!: Cases resolved.
valid count!: Cases found valid or partly valid.
credited_amount money!: Credited on them.
recovered_amount money!: Paid on them after all.
root_causes text: Causes that people recorded, the most frequent first.
owner_function text!: Function that must answer.
next_action text!: What to do.
""")),
    Table("worklist", "Whom to call today and why: one row a customer and ledger, in ledger currency (CO-15).",
          ("ledger_id", "company_code", "customer_id"), _read("""
place count!: Place in the list, from 1; what waits elsewhere comes last.
""" + _ACCOUNT + """
customer_id code!: Customer.
name text!: Name.
collector text!: Who acts.
state choice! CALL|WAIT|ELSEWHERE: To be called, waiting for a promise, or in another queue.
hard_first text: Why it goes before the score, in a few words.
score count!: Score from 0 to 100, hundredths of a point.
currency code!: Ledger currency.
net_overdue money!: Overdue and undisputed, less money and credits on the account.
overdue money!: Overdue debit items, less what this close allocates.
disputed money!: Of it in dispute.
unapplied money!: Money and credits on the account, as a positive figure.
items count!: Overdue items.
oldest_days count!: Days past due of the oldest undisputed item.
points_amount count!: Points for the amount, hundredths.
points_age count!: Points for the age, hundredths.
points_risk count!: Points for the risk class, hundredths.
points_broken count!: Points for broken promises, hundredths.
points_contact count!: Points for the first contact, hundredths.
points_trend count!: Points for paying later than before, hundredths.
contact_status choice MET|NOT_REQUIRED|BREACHED|AT_RISK|DUE: Worst first contact of its items; blank without a contact log.
why text!: Why it is called, waits or is not called, in one sentence; the points of the score stand in their own columns.
action_code code!: Next best action (CO-15).
next_action text!: The same in words.
act_by date!: Day by which it should be done.
script text!: What to say: due, promised, disputed, unapplied.
last_contacts text: The last three contacts.
is_consumer flag: A consumer, for whom stricter hours hold (CO-98).
call_hours text: Hours in which a call is allowed on the day, or the day and hour before which it is not (CO-98); blank where there is none to make.
""")),
    Table("late_fees", "Late-payment fees: interest and fixed sum by item, recommended, waived or held (CO-55).", ("item_id",), _read("""
item_id text!: Item.
""" + _ACCOUNT + """
customer_id code!: Customer.
reference text: Document as the customer knows it.
currency code!: Currency.
amount money!: Outstanding when it fell due.
due_date date!: Due date.
end_date date!: Day of payment, or the key date.
days_late count!: Days late.
regime text!: Law or contract.
interest money!: Interest.
fixed_sum money!: Fixed sum of the law.
fee money!: Both.
outcome choice! RECOMMEND|WAIVE|HOLD: What is recommended.
criterion text!: The criterion that decided.
waived_by text: Who approved the waiver on file.
owner text!: Who acts.
""")),
    Table("late_fee_segments", "Segments of each late-payment fee: one amount outstanding at one rate (CO-55).", ("item_id", "segment"), _read("""
item_id text!: Item.
segment count!: Number of the segment.
from_date date!: Day before its first day.
to_date date!: Last day.
days count!: Days.
outstanding money!: Outstanding.
currency code!: Currency.
rate percent!: Interest a year, or a month where `per` is MONTH; 0 on frozen days.
per choice! YEAR|MONTH: What the rate is for.
charged count!: Days, or completed months, that it counts for.
reference_rate text!: Rate it rests on, and the day since which that is in force; why the days are frozen.
interest money!: Interest, rounded.
""")),
    Table("adjustment_checks", "Adjustments against the common matrix (CO-70, CO-65).", ("adjustment_id",), _read("""
adjustment_id text!: Adjustment.
""" + _ACCOUNT + """
customer_id code: Customer.
adjustment_code code!: Code.
description text: What the code means.
nature text: What it is to the business.
document text: Document that carries it.
currency code!: Currency.
amount money!: Amount.
counted_amount money!: Amount that picks the tier: write-offs of one customer and quarter count together.
approver text!: Who approves such an amount.
complies flag!: Follows the matrix.
wrong text: What does not follow it.
owner text!: Who corrects it.
next_action text!: What to do next.
""")),
    Table("write_offs", "Items old enough to be written off, with what must be done before (CO-65).", ("item_id",), _read("""
item_id text!: Item.
""" + _ACCOUNT + """
customer_id code!: Customer.
reference text: Document as the customer knows it.
currency code!: Currency.
open_amount money!: Open.
open_local money!: Open, in ledger currency.
days_past_due count!: Days past due.
ground text!: Why it may be written off.
not_before text: What bars it, separated by semicolons; blank where nothing does.
to_confirm text!: What a person must confirm.
approver text!: Who approves, by what is proposed for the customer in this quarter.
owner text!: Who acts.
next_action text!: What to do next.
""")),
    Table("service_levels", "Service levels: target beside this month's figure (CO-96).", ("level",), _read("""
level code!: Name of the service level.
name text!: What is promised.
target text!: Target.
value text: This month's figure; blank where it cannot be measured.
numerator count!: Figure above the line; 0 where it cannot be measured.
denominator count!: Figure below the line; 0 where it cannot be measured.
counts text!: What the two figures are: rows, or minor units of a currency.
excluded count!: Rows left out by the policy, each with reason and approver in `service_level_rows`.
light choice! GREEN|AMBER|RED|NOT_MEASURABLE: How it stands.
calendar text: Days that it counts.
owner text!: Who answers for it.
sentence text!: Formula in words, or what is needed.
""")),
    Table("service_level_rows", "Rows that miss a service level, or that the policy leaves out of it (CO-96).", ("level", "table", "row"), _read("""
level code!: Service level.
table text!: Table.
row text!: Key of the row.
why text!: Why it misses, or why it is left out and who approved that.
""")),
    Table("ties", "Every tie of the close.", ("stage", "tie_no"), _read("""
stage text!: Stage that checked it.
tie_no count!: Its number there.
rule text!: Rule it proves.
name text!: What is tied to what.
unit text!: Currency, or `rows`.
ours money!: Our figure.
theirs money!: The other figure.
difference money!: Ours less theirs.
allowed money!: How far apart they may be.
holds flag!: Whether they agree.
""")),
    Table("findings", "Every finding of the close.", ("stage", "finding_no"), _read("""
stage text!: Stage that found it.
finding_no count!: Its number there.
rule text!: Rule.
severity choice! info|warn|error: How severe.
sentence text!: What a person must know.
table text: Table it speaks of.
rows text: Rows it speaks of, separated by blanks.
""")),
    Table("owed", "Work that waits for a person: one row a receipt or break, with owner and next action.", ("queue", "key"), _read("""
queue text!: Queue.
key text!: Receipt or reconciliation.
""" + _ACCOUNT + """
customer_id code: Customer.
currency code!: Currency.
amount money!: Amount.
since date!: Since when it waits.
days count!: Days it has waited at the key date.
owner text: Who should act.
next_action text!: What to do next.
why text!: Why a person is needed.
source_file text!: File of the row behind it.
source_line text!: Line of the row behind it.
""")),
    Table("forecast_cash", "Cash expected by week, month and quarter, with its range (FC-01 to FC-08, 7.1); minor units.",
          ("ledger_id", "company_code", "currency", "span"), _read(_ACCOUNT + """
currency code!: Currency of the items.
span text!: W01 and so on for a week, MONTH or QUARTER.
from_date date!: First day.
to_date date!: Last day.
naive money!: Open items in the week of their due date, overdue ones in the first (FC-01).
days_late money!: Open items at due date and the customer's mean days late (FC-02).
expected money!: Cash expected, all kinds and new billings.
ordinary money!: Of which open items by the customer's curve (FC-03).
promises money!: Of which promised (FC-04).
disputes money!: Of which disputed (FC-05).
cheques money!: Of which post-dated cheques and direct debits (FC-07).
overrides money!: Of which by the word of a person.
new_billings money!: Of which from invoices not written yet (FC-06).
p10 money!: One draw in ten stays below.
p50 money!: The middle draw.
p90 money!: One draw in ten goes above.
reached money!: Expected from the first day of the forecast to this span's last day.
reached_p10 money!: Low end of that.
reached_p90 money!: High end of that.
paths count!: Draws behind the range; 0 where none were made.
width percent!: How much wider than drawn the range is, so that it would have held eight of ten earlier misses; 1,000,000 is as drawn.
months count!: Earlier months whose misses are known; with fewer than eight a month's range stays as drawn.
""")),
    Table("forecast_items", "What the forecast expects of each open item, or part of one (FC-03 to FC-07).", ("item_id", "kind", "source"), _read("""
item_id text!: Item.
kind choice! OPEN|PROMISE|DISPUTE|CHEQUE|DEBIT|OVERRIDE|RECOVERY|GROUP: Why it is paid when it is; RECOVERY and GROUP are not forecast.
source text: Promise, dispute, cheque, direct debit, or journal event of an override.
""" + _ACCOUNT + """
customer_id code!: Customer.
currency code!: Currency.
reference text: Document as the customer knows it.
due_date date!: Due date.
method text!: Method, by its rule.
amount money!: What is left to collect, net of credits.
month money!: Expected within the month.
horizon money!: Expected within the quarter.
later money!: Not expected within the quarter.
large flag!: Its month is at least the policy's share of the month's forecast: look at it yourself.
original money?: What the forecast had said of it before a person overrode it.
author text: Who overrode it.
reason text: Why.
""")),
    Table("forecast_frozen", "The month-start forecast of the month that the key date stands in, as an earlier pack froze it (7.1).",
          ("ledger_id", "company_code", "currency"), _read(_ACCOUNT + """
currency code!: Currency.
frozen_at date!: Key date of that forecast.
to_date date!: Last day of the month.
expected money!: Cash expected of the month.
p10 money!: Low end of the range.
p90 money!: High end of the range.
""")),
    Table("forecast_changes", "From the month's frozen forecast to today's, step by step; the steps add up (7.1).",
          ("ledger_id", "company_code", "currency", "step_no"), _read(_ACCOUNT + """
currency code!: Currency.
step_no count!: Order of the step.
step choice! FROZEN|RESTATED|ACTUAL|NEW_ITEMS|PROMISES|DISPUTES|OVERRIDES|PARAMETERS|NOW: What changed.
amount money!: Change; for FROZEN and NOW the forecast itself.
sentence text!: What it means.
""")),
    Table("forecast_accuracy", "Earlier forecasts made again with what was known then, beside what was paid (7.4); minor units.",
          ("ledger_id", "company_code", "currency", "origin", "span"), _read(_ACCOUNT + """
currency code!: Currency.
origin date!: Key date of the forecast.
span text!: W01 and so on for a week of that month, MONTH, or REST for what was left of a month at a weekly update.
to_date date!: Last day.
actual money!: Paid on the items that were open at the origin.
naive money!: FC-01.
days_late money!: FC-02.
expected money!: FC-03.
blend money!: FC-02 and FC-03 by the inverse of their WAPE at earlier origins (FC-08).
p10 money!: Low end of the range.
p50 money!: Middle of the range.
p90 money!: High end of the range.
width percent!: The range is this much of what was drawn: so wide would 80 % of the earlier misses have fitted in it.
optimistic flag!: Some items have no entry date; the posting date stood in (7.4).
""")),
    Table("forecast_scores", "How right each method was at earlier origins (7.3).", ("ledger_id", "company_code", "currency", "horizon", "method"), _read(_ACCOUNT + """
currency code!: Currency.
horizon text!: MONTH, WEEK for all weekly buckets, or REST for the rest of the month at each weekly update.
method choice! FC-01|FC-02|FC-03|FC-08: Method.
origins count!: Forecasts compared.
wape percent!: Sum of misses over sum of cash.
worst percent!: Largest miss of one origin over its cash.
bias percent!: Forecast less cash over cash; positive is too much.
skill percent!: One less WAPE over the WAPE of FC-01.
tracking_signal percent!: Sum of misses over their mean size, as percent; beyond 400 either way is an alarm.
hits percent!: Share within ten percent.
covered percent!: Share between P10 and P90; FC-03 only.
""")),
    Table("movements", "What moved the receivables in the period, a row a document line, behind each line of the roll-forward (RC-30).", ("movement_id",), _read("""
movement_id text!: item_id and how it moved: POSTED, SETTLED, PART or GONE from a list of open items, RESIDUAL for the two sides of a residual.
""" + _ACCOUNT + """
movement choice! billings|debit_memos|late_fees|returned|refunds|intercompany|receipts|credit_memos|discounts|withholding|bank_charges|write_offs|small_differences|other|fx_realised|fx_unrealised|residuals|unmapped: Line of the layout.
customer_id code!: Customer.
item_id text!: Item.
document text!: Its document, or the clearing document.
doc_type text!: Type of the item.
reason text: Reason of the item as the ERP names it.
date date!: Posting or clearing date.
currency code!: Document currency.
amount_doc money!: Effect in document currency.
local_currency code!: Ledger currency.
amount_local money!: Effect in ledger currency.
entered_by text: User who entered the line.
source_file text: File of the row behind it.
source_line text: Line of the row behind it.
""")),
    Table("suspense_items", "Cash without an item at the key date, aged, with owner and next step (RC-60).", ("recon_id", "receipt_id"), _read("""
recon_id text!: Reconciliation it is listed in.
receipt_id text!: Receipt.
kind choice! UNIDENTIFIED|UNAPPLIED|MISDIRECTED: Payer unknown, payer known and items undecided, or money of another ledger.
customer_id code: Customer, where known.
payer text: Name of the payer as the bank wrote it.
value_date date!: Value date; the age counts from it.
currency code!: Currency.
amount money!: What waits.
days count!: Key date less value date.
bucket text!: Bucket by age.
owner text: Who must act; a person or a function.
next_action text: What to do next.
escalation text: Who is told at this age; blank while nobody is.
carried flag!: It was there at the key date before.
source_file text: File of the row behind it.
source_line text: Line of the row behind it.
""")),
    Table("cutoff_items", "What stands at the edge of the period, list by list (RC-90).", ("list", "key"), _read("""
list choice! UNPOSTED_RECEIPT|RECEIPT_IN_HAND|BILLED_NEXT_PERIOD|BILLED_EARLY|CREDITED_LATER|VALUE_LATER|ENTERED_LATER|PERIOD_REOPENED: Why it is listed.
key text!: Item, bank line or book row.
""" + _ACCOUNT + """
customer_id code: Customer.
document text!: Document or bank reference.
doc_date date: Document or value date.
posting_date date!: Posting or booking date.
entry_date date: When it was entered.
entered_by text: Who entered it.
currency code!: Currency.
amount money!: Amount, signed.
sentence text!: Why it stands here.
source_file text: File of the row behind it.
source_line text: Line of the row behind it.
""")),
    Table("bank_groups", "Bank lines and book rows put together on other grounds than one reference for one of each, with rivals (RC-20).",
          ("group_id",), _read("""
group_id text!: Account, currency and first line or row.
""" + _ACCOUNT + """
bank_account code!: Bank account.
currency code!: Currency.
how choice! REFERENCE|DOCUMENT|NAME|WORDS|AMOUNT|NUMBERS|REVERSAL|DIFFERENCE|SET|CHARGE|TIE: What it rests on.
state choice! CERTAIN|TO_CONFIRM|PROPOSED|TIED: Paired; paired, to be confirmed; not paired, a person looks; several fit equally.
lines text: Bank lines, by the bank's reference where there is one, separated by blanks.
rows text: Book rows by document, separated by blanks.
bank_amount money: Sum of the lines.
book_amount money: Sum of the rows.
difference money: Bank less book.
bank_date date: First booking day.
book_date date: First posting day.
rivals count: Other rows or sets that fit.
rival_rows text: These, by document, sets separated by semicolons.
exhaustive flag: The search for sets was complete.
chance count: Sets that would add up by coincidence, in millionths (2.3).
sentence text!: Why they stand together.
owner text: Who acts; blank where nobody needs to.
next_action text: What comes next.
source_file text: File of the first row.
source_line text: Line of the first row.
""")),
    Table("cash_log", "Daily cash log: what the bank credited and what became of it, by bank account and day, with its proofs (RC-70).",
          ("bank_account", "currency", "day"), _read("""
bank_account code!: Bank account.
currency code!: Currency of the account.
day date!: Day.
""" + _ACCOUNT + """
state choice! CLOSED|OPEN|QUIET: CLOSED when every proof holds or each break is a named item; QUIET when nothing moved or waits.
opening_count count: Unposted at the end of the day before (line 1): how many.
opening money: Unposted at the end of the day before (line 1).
credits_count count: Credits of the bank on this day (line 2): how many.
credits money: Credits of the bank on this day (line 2).
applied_count count: Applied to customer items (line 3): how many.
applied money: Applied to customer items (line 3).
on_account_count count: On account (line 4): how many.
on_account money: On account (line 4).
unapplied_count count: Payer known, not applied (line 5): how many.
unapplied money: Payer known, not applied (line 5).
unidentified_count count: Payer unknown, to suspense (line 6): how many.
unidentified money: Payer unknown, to suspense (line 6).
misdirected_count count: Belongs to another ledger or company (line 7): how many.
misdirected money: Belongs to another ledger or company (line 7).
non_ar_count count: No money of customers (line 8): how many.
non_ar money: No money of customers (line 8).
closing_count count: Unposted at the end of the day (line 9): how many.
closing money: Unposted at the end of the day (line 9).
listed money: List of unposted lines at the end of the day; equals line 9 (proof 1).
proof_1 money: Break of proof 1 that is no named item.
proof_2 money: Break of proof 2: money that moved the balance without a line.
proof_3 money: Break of proof 3 that is no named item: book less log.
proof_4 money: Receipts that the balances show since the first day, less the log.
named_count count: Breaks that are named reconciling items.
named money: Their sum.
open_count count: Breaks that are none.
open money: Their sum.
oldest date: Booking day of the oldest line that is unposted at the end of the day.
returns_count count: Returned items of the day (memo): how many.
returns money: Returned items of the day (memo).
cheques_held_count count: Cheques received, not deposited (memo); with the first account of company and currency: how many.
cheques_held money: Cheques received, not deposited (memo); with the first account of company and currency.
post_dated_count count: Post-dated cheques held (memo); with the first account of company and currency: how many.
post_dated money: Post-dated cheques held (memo); with the first account of company and currency.
automatic_count count: Part of line 3 that a rule applied (memo): how many.
automatic money: Part of line 3 that a rule applied (memo).
manual_count count: Part of line 3 that a person applied (memo): how many.
manual money: Part of line 3 that a person applied (memo).
reason text: Why the day is open, or by which named items it is closed.
owner text: Who acts on an open day.
next_action text: What comes next.
""")),
    Table("cash_breaks", "Breaks of the proofs of the daily cash log, each named or open (RC-70).",
          ("bank_account", "currency", "day", "number"), _read("""
bank_account code!: Bank account.
currency code!: Currency.
day date!: Day.
number count!: Number of the break on that day.
proof choice! 1|2|3|4|end: Proof that does not hold; `end`: unposted at the key date.
amount money!: Theirs less the log.
code text!: Class of the reconciling item that names it (4.10); RI-UNX where none does.
named flag!: It is a named reconciling item.
document text: Document, bank line or statement.
sentence text!: What it is.
owner text: Who acts.
next_action text: What comes next.
source_file text: File of the row behind it.
source_line text: Line of the row behind it.
""")),
    Table("cash_unposted", "Credits of the bank that were unposted at the end of a day (RC-70, line 9).", ("line_id",), _read("""
line_id text!: Bank line.
bank_account code!: Bank account.
currency code!: Currency.
booking_date date!: Day from which it is unposted.
posted_on date: Day on which the book took it in; blank at the key date.
days count: Days it waited, the key date included.
amount money!: Amount.
bank_txn_id text: Reference of the bank.
source_file text: File of the line.
source_line text: Line of the file.
""")),
    Table("recon_cleared", "Reconciling items of the period before that are gone: what became of them (4.10).", ("recon_id", "item_no"), _read("""
recon_id text!: Reconciliation.
item_no count!: Its number in the pack before.
code text!: Class of 4.10.
document text!: Document or bank line.
date date!: Date of the item.
amount money!: Signed effect it had.
currency code!: Currency.
since date!: Key date of the first close that listed it.
sentence text!: What it was.
""")),
    Table("certification", "Whether each reconciliation can be certified, and why not (4.11).", ("recon_id",), _read("""
recon_id text!: Reconciliation.
rating choice! HIGH|MEDIUM|LOW: Risk of the account.
due date!: Day by which it is to be certified.
certifiable choice! YES|EXCEPTION|NO: Exception: an immaterial difference that a reviewer must approve.
unexplained money!: What is left.
allowed money!: The most that could be certified as immaterial; 0 for bank accounts.
currency code!: Currency.
escalate flag!: The same amount was unexplained in the period before, or an exception would be the second in a row.
unsupported count!: Reconciling items that need support: their size is material or their age asks for it.
stale text: Inputs that changed since it was signed, separated by semicolons; blank while none did.
why text!: Why, in one sentence.
""")),
    Table("recon_inputs", "What each reconciliation rests on, files and all else, so that what changed can be named (4.11).", ("recon_id", "source_file", "sha256"), _read("""
recon_id text!: Reconciliation.
source_file text!: Name of the file; of params, policy, decisions, and of how a file is read, their name.
reads text!: What it holds.
sha256 text!: SHA-256 of the file as received, or of what the name stands for.
""")),
    Table("changes_since", "What changed in the subledger before the last key date since that close (CV-07), line by line.", ("item_id",), _read("""
item_id text!: Item.
""" + _ACCOUNT + """
customer_id code!: Customer.
document text!: Document.
what choice! ADDED|GONE|REOPENED|CLEARED|AMOUNT: What changed.
posting_date date!: Posting date.
entry_date date: When it was entered.
entered_by text: Who entered it.
currency code!: Document currency.
was money!: Open at the last key date as known then.
now money!: Open at the last key date as known now.
local_currency code!: Ledger currency.
effect_local money!: Now less then, in ledger currency.
sentence text!: What changed, in one sentence.
source_file text: File of the row behind it.
source_line text: Line of the row behind it.
""")),
    Table("customer_profiles", "What letters and credit need to know of a customer beside the master (T02).",
          ("ledger_id", "company_code", "customer_id"), _read(_ACCOUNT + """
customer_id code!: Customer number.
language code: Language of letters, such as de; blank is by country.
address text: Postal address, lines separated by " | ".
email text: Address for letters by e-mail.
dunning_procedure code: Dunning procedure; blank is never reminded (CO-01).
dunning_block text: Reason of a block; filled means no reminder.
last_dunned date: Day of the last reminder.
is_consumer flag!: A consumer, who needs a procedure of his own (CO-09).
is_public_body flag!: A public body, which needs a procedure of its own (CO-09).
currency code: Currency of the limits.
credit_limit money: Credit limit.
credit_limit_expiry date: Last day of the limit.
insured_limit money: Limit of the credit insurer.
security_amount money: Securities held.
risk_class choice A|B|C|D|E: Class of risk; blank is C.
tax_id text: Tax number.
contact_date date: Last time the contact data were confirmed.
""" + _LINEAGE)),
    Table("letters_sent", "Register of reminders sent, and what became of each (T17, CO-20).", ("letter_id",), _read("""
letter_id text!: Number of the letter.
""" + _ACCOUNT + """
customer_id code!: Customer number.
currency code!: Currency.
level count!: Level of the reminder.
sent_date date!: Day it went out.
deadline date: Day until which payment was asked for.
sent_via choice LETTER|EMAIL|PORTAL: How it went out.
amount money!: Amount asked for.
items text: Documents listed, separated by blanks.
delivery choice SENT|DELIVERED|UNDELIVERED: Proof of delivery; blank is sent.
reaction_code choice PAID_FULL|PAID_PART|PROMISE|DISPUTE|QUERY|CLAIMS_PAID|WRONG_ADDRESSEE|UNDELIVERED|REFUSES|INSOLVENCY_NOTICE|NO_REACTION: Reaction, where a person recorded one.
reaction_date date: Day of that reaction.
""" + _LINEAGE)),
    Table("claims", "Claims for loss, damage, delay and overcharge (T15).", ("claim_id",), _read("""
claim_id text!: Number of the claim.
""" + _ACCOUNT + """
customer_id code: Customer whose deduction it follows.
regime choice! CARMACK|CMR|HAGUE_VISBY|COGSA|MONTREAL|CA_UNIFORM|CONTRACT: Law that sets the deadlines (CO-85).
type choice! LOSS|DAMAGE|SHORTAGE|DELAY|OVERCHARGE: What happened.
shipment_no text: Shipment.
carrier text: Carrier.
delivery_date date: Day of delivery.
scheduled_date date: Day on which delivery was agreed or to be expected.
taken_over_date date: Day on which the carrier took the goods over.
damage_apparent flag!: The damage could be seen on delivery.
total_loss flag!: Nothing arrived.
contract_date date: A deadline for the claim that the contract or the insurer sets, if earlier.
disallowed_date date: Day of the carrier's written refusal.
bill_date date: Day on which the contested freight bill was received (overcharge).
amount money!: Amount claimed.
currency code!: Currency.
noticed_date date: Day on which notice was given.
filed_date date: Day on which the claim was filed.
ack_date date: Day on which the carrier acknowledged it.
documents text: Documents in the file, separated by blanks (CO-85).
status choice DRAFT|NOTICE_GIVEN|FILED|ACKNOWLEDGED|OFFERED|SETTLED|DECLINED|SUIT|ABANDONED: State; blank is DRAFT.
""" + _LINEAGE)),
    Table("cheques", "Register of cheques (T24, CO-92).", ("ledger_id", "company_code", "cheque_no", "bank"), _read(_ACCOUNT + """
customer_id code!: Customer.
cheque_no text!: Number of the cheque.
bank text: Bank it is drawn on.
amount money!: Amount.
currency code!: Currency.
cheque_date date!: Date on the cheque.
received_date date!: Day it came in.
custody_by text: Persons who hold it, separated by " | "; two are needed.
endorsed flag!: Endorsed "for deposit only".
deposit_date date: Day it was deposited.
cleared_date date: Day it cleared.
returned_date date: Day it came back unpaid.
return_reason text: Why it came back.
items text: Documents it paid, separated by blanks.
""" + _LINEAGE)),
    Table("direct_debits", "Direct debits that we announced to customers: cash of a known day (FC-07).", ("ledger_id", "company_code", "debit_id"), _read(_ACCOUNT + """
customer_id code!: Customer.
debit_id text!: Number of the collection.
amount money!: Amount to be collected.
currency code!: Currency.
announced_date date!: Day of the notice to the customer.
collection_date date!: Day on which it is collected.
returned_date date: Day it came back unpaid.
return_reason text: Why it came back.
items text: Documents it collects, separated by blanks; blank for the oldest of the account.
""" + _LINEAGE)),
    Table("credit_requests", "Orders that wait for a credit release (T23, CO-45).", ("ledger_id", "company_code", "customer_id", "order_no"), _read(_ACCOUNT + """
customer_id code!: Customer.
order_no text!: Order.
currency code!: Currency.
order_value money!: Value of the order.
open_orders money: Other open orders in the horizon.
open_deliveries money: Deliveries not yet invoiced.
requested_at date!: Day of the request.
sanctions_hit flag!: A sanctions list names the customer.
""" + _LINEAGE)),
    Table("dunning_letters", "Reminders proposed for each account, and the accounts left out, each with its reason (CO-01 to CO-09).",
          ("ledger_id", "company_code", "customer_id", "currency"), _read(_ACCOUNT + """
customer_id code!: Customer.
currency code!: Currency.
letter_id text!: Number of the letter: ledger-company-customer-currency-day.
name text!: Name.
language code!: Language of the letter.
procedure code: Dunning procedure.
outcome choice! LETTER|NOTICE|NONE: A letter, an internal notice (last level), or nothing.
level count!: Level of the letter, the highest of its items (CO-06); 0 where there is none.
items count!: Items asked for.
amount money!: Sum asked for.
charge money!: Dunning charge of the level.
left_out money!: Overdue and not asked for: disputed, promised, blocked or in transit.
credits money!: Money on account, unapplied or credited, as a positive figure.
net_overdue money!: Net overdue of the account (domain 6).
oldest_days count!: Days past due of the oldest item asked for.
deadline date: Day until which payment is asked for.
reason text!: Why there is a letter, or none.
""")),
    Table("dunning_items", "Overdue items behind the reminders: level, and what is asked of each (CO-02 to CO-07).", ("item_id",), _read("""
item_id text!: Item.
""" + _ACCOUNT + """
customer_id code!: Customer.
currency code!: Currency.
reference text: Document as the customer knows it.
doc_date date!: Document date.
due_date date!: Due date.
days_late count!: Days past due (CV-05).
arrears count!: Days behind due date and grace (CO-02).
open_amount money!: Open at the run date, less what this close allocates.
asked money!: What the letter asks for; 0 where the item is left out.
left_out money!: What is not asked for.
why_left_out text: Why, separated by blanks: DISPUTED, PROMISED, LEGAL, BLOCKED, WRITTEN_OFF, ASSIGNED, IN_TRANSIT.
previous_level count!: Level reached before.
level count!: Level now; 0 is none.
""")),
    Table("letter_reactions", "What became of each reminder sent (CO-20).", ("letter_id",), _read("""
letter_id text!: Letter.
""" + _ACCOUNT + """
customer_id code!: Customer.
currency code!: Currency.
level count!: Level.
sent_date date!: Day it went out.
deadline date: Day until which payment was asked for.
amount money!: Amount asked for.
paid money!: Of which settled since.
reaction_code text!: Recorded or found reaction; OPEN while the deadline runs.
owner text: Who acts next.
next_action text!: What to do next.
""")),
    Table("account_statements", "Statements of account, a row a customer and currency, never netted across companies (RC-40).",
          ("ledger_id", "company_code", "customer_id", "currency"), _read(_ACCOUNT + """
customer_id code!: Customer.
currency code!: Currency.
party_id code!: Party of the consolidated statement.
name text!: Name.
language code!: Language.
from_date date!: First day.
to_date date!: Key date.
opening money!: Open before the first day.
invoices money!: Invoices posted in the period.
debit_memos money!: Debit memos and fees.
credit_memos money!: Credit memos, negative.
payments money!: Payments, negative.
adjustments money!: All other lines.
unshown money!: Settled in the period by lines that the extract does not hold.
closing money!: Open at the key date; equals the items listed.
overdue money!: Of which overdue debit items.
disputed money!: Of which disputed.
on_account money!: Of which money on account.
items count!: Open items listed.
""")),
    Table("claim_deadlines", "Deadlines of each claim, the earliest of law, contract and insurer (CO-85).", ("claim_id", "step"), _read("""
claim_id text!: Claim.
""" + _ACCOUNT + """
step choice! NOTICE|CLAIM|ACKNOWLEDGE|DECISION|SUIT: What must be done.
deadline date!: Last day.
basis text!: The rule that sets it.
done_date date: Day it was done.
status choice! DONE|DONE_LATE|RUNNING|REMIND|MISSED: State at the key date.
days_left count!: Key date to deadline; negative when it has passed.
owner text!: Who must act.
next_action text!: What to do.
""")),
    Table("credit_reviews", "Reviews of orders on credit hold: score, hard stops, decision proposed (CO-45).",
          ("ledger_id", "company_code", "customer_id", "order_no"), _read(_ACCOUNT + """
customer_id code!: Customer.
order_no text!: Order.
name text!: Name.
currency code!: Currency.
order_value money!: Value of the order.
exposure money!: Exposure with this order.
credit_limit money!: Limit valid at the key date; 0 where none is.
utilisation percent!: Exposure by limit.
total_points count!: Points of 100.
points text!: Points by factor.
hard_stops text: Hard stops, separated by "; ".
decision choice! RELEASE|CONDITIONAL|HOLD: Decision proposed.
condition_amount money!: Payment asked for under CONDITIONAL.
authority choice! CREDIT_ANALYST|MANAGER|DIRECTOR: Who may decide.
valid_until date: Last day of a release.
not_measurable text: Questions without data, separated by "; ".
sentence text!: The proposal in one sentence.
""")),
    Table("credit_checks", "Checklist of each credit review: fourteen questions, answered from the books or by a person (CO-45).",
          ("ledger_id", "company_code", "customer_id", "order_no", "place"), _read(_ACCOUNT + """
customer_id code!: Customer.
order_no text!: Order.
place count!: Place of the question.
question text!: What is asked.
state choice! FINE|CONCERN|ANSWER: What the books say; ANSWER is for a person.
answer text!: The answer, or who gives it.
evidence text: Tables it was looked up in.
""")),
    Table("distress", "Delinquent and distressed accounts (CO-50).", ("ledger_id", "company_code", "customer_id"), _read(_ACCOUNT + """
customer_id code!: Customer.
name text!: Name.
local_currency code!: Ledger currency.
open_local money!: Open, in ledger currency.
overdue_local money!: Overdue, in ledger currency.
oldest_days count!: Days past due of the oldest item.
delinquent flag!: Net overdue beyond 30 days.
total_points count!: Sum of the signs.
hard_trigger text: Hard trigger, where there is one.
signs text!: Signs and their points.
notify flag!: Risk management is to be told.
owner text!: Who acts.
next_action text!: What to do.
""")),
    Table("escalations", "Where each overdue account stands on the path, and until when somebody must act (CO-40).",
          ("ledger_id", "company_code", "customer_id"), _read(_ACCOUNT + """
customer_id code!: Customer.
name text!: Name.
trigger text!: What put it there.
to text!: Who must be told or must act.
action text!: What to do.
sla_days count!: Business days for it.
oldest_days count!: Days past due of the oldest undisputed item.
level count!: Highest reminder reached.
local_currency code!: Ledger currency.
overdue_local money!: Overdue, in ledger currency.
""")),
    Table("cheque_register", "Cheques with what is wrong or to be done (CO-92).", ("ledger_id", "company_code", "cheque_no", "bank"), _read(_ACCOUNT + """
customer_id code!: Customer.
cheque_no text!: Cheque.
bank text: Bank.
amount money!: Amount.
currency code!: Currency.
state choice! POST_DATED|IN_HAND|DEPOSITED|CLEARED|RETURNED: State at the key date.
deposit_by date: Last day to deposit it.
float_days count!: Days from receipt to clearing, or to the key date.
doubts text: What is not in order.
owner text: Who acts next.
next_action text!: What to do.
""")),
    Table("cheque_payers", "Customers who pay by cheque, the most and slowest first (CO-94).", ("ledger_id", "company_code", "customer_id", "currency"), _read(_ACCOUNT + """
customer_id code!: Customer.
currency code!: Currency.
rank count!: Place on the list.
cheques count!: Cheques received.
amount money!: Their sum.
float_days_total count!: Days from receipt to clearing, of the cleared ones together.
cleared count!: Cheques cleared.
owner text: Who acts next.
next_action text!: What to do.
""")),
    Table("master_findings", "What is wrong in the customer master (CO-90).", ("finding_id",), _read("""
finding_id text!: check:ledger:company:customer:other.
""" + _ACCOUNT + """
customer_id code!: Customer.
check text!: Check that found it.
other_customer code: The other account of a pair.
likeness count!: Likeness of the pair in thousandths; 0 for other checks.
sentence text!: What is wrong.
owner text!: Who corrects it.
next_action text!: What to do.
""")),
    Table("their_items", "Lines of a customer's own statement of our account, as its file says them (RC-40).",
          ("source_file", "source_line"), _read("""
customer_id code: Our number of the customer whose statement it is; a layout gives it as a constant.
reference text: Number of the document as the customer names it: ours, where the customer has it.
their_no text: The customer's own number of the entry.
kind text: Type of the entry in the customer's words.
doc_date date: Date of the entry.
due_date date: Due date, where the statement has one.
text text: Text of the entry.
currency code!: Currency.
amount money?: Amount as the file has it; from our view once the sign is settled.
balance money?: Running balance after the entry.
opening money?: Balance before the first entry, where the statement says it.
closing money?: Balance that the statement says.
statement_date date: Day of the statement, where it says it.
""" + _LINEAGE)),
    Table("their_statements", "What each customer's own statement says beside its lines, by currency (RC-40).", ("source_file", "currency"), _read("""
source_file text!: Name of the file.
source_sha256 text!: SHA-256 of the file as received.
customer_id code: Our number of the customer, as the params or a layout give it; blank is found by the documents it names.
ledger_id code: The only ledger that it is compared with, where the params name one.
signs text: ours or theirs, where the params say whose view its signs take.
currency code!: Currency.
entries count!: Entries in this currency.
opening money?: Balance before the first entry, where it states one.
closing money?: Balance that it states.
statement_date date: Day of the statement, where it states one.
notes text: What a person should know of how it was read.
""")),
    Table("customer_differences", "What tells the customer's statement from our account, each difference with class, owner and next step (RC-40).",
          ("recon_id", "item_no"), _read("""
recon_id text!: Reconciliation: rule/ledger/company/customer/currency.
item_no count!: Number of the difference.
class choice! TIMING|ERROR_OURS|ERROR_THEIRS|DISPUTE|MISSING_AT_OURS|MISSING_AT_THEIRS|OPEN: What kind of difference it is; OPEN is left to a person.
reason code!: Why it is of this class, as one word.
mark choice! ours|paid|theirs|amount|opening: Line of the layout it belongs to.
document text!: Our document, or theirs where we have none.
their_no text: Number the customer gives it.
date date: Date of the document.
ours money!: Amount on our side.
theirs money!: Amount on theirs.
difference money!: Theirs less ours.
currency code!: Currency.
owner text!: Who acts.
action text!: What comes next.
act_by date!: Day by which.
sentence text!: The difference in one sentence.
letter text!: What the reply to the customer says of it.
source_file text: File of their row; of ours where they have none.
source_line text: Line of that row.
item_id text: Our item, where there is one.
""")),
    Table("prelegal_files", "Index of each pre-legal file: what is there and what is missing (CO-60).",
          ("ledger_id", "company_code", "customer_id", "place"), _read(_ACCOUNT + """
customer_id code!: Customer.
place count!: Number in the index.
title text!: What the part holds.
mandatory flag!: The file may not go without it.
status choice! FOUND|ADD|NONE: In the books, to be added by a person, or nothing to show.
rows count!: Rows behind it.
note text!: What is there or missing.
""")),
)  # fmt: skip

_ALONE = {
    "open_bank_lines": ("bank_lines", "Bank lines that the book did not have at the key date, or has with another amount (RC-20)."),
    "open_cash_book": ("cash_book", "Book rows that the bank did not have at the key date, or has with another amount (RC-20)."),
}
"""What stands on one side of bank to book alone, for the next period to clear: rows as they were read."""
TABLES: Mapping[str, Table] = {table.name: table for table in _TABLES}
TABLES = {**TABLES, **{name: replace(TABLES[like], name=name, sentence=said) for name, (like, said) in _ALONE.items()}}
"""Every table by name."""


def empty(name: str) -> pd.DataFrame:
    """Return the table without rows, columns and types as declared."""
    return _empty(name).copy()


@cache
def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame({c.name: pd.Series([], dtype=_DTYPES[c.kind]) for c in TABLES[name].columns})


def conform(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Check a frame against its declaration where it is born, and return it in declared order, sorted by key.

    Optional columns that are absent come in blank; unknown columns, missing values, wrong types, values outside a
    choice and repeated keys are listed all at once. Raises StoppedError: a breach here is a fault of ours, since
    rows from outside are refused as rejects before (LD-10).
    """
    if not get_config_context().validation_enabled:
        raise StoppedError("table checks are switched off by the environment", cure="Unset PANDERA_VALIDATION_ENABLED.")
    table = TABLES[name]
    unknown = [column for column in frame.columns if column not in table.names()]
    missing = [c.name for c in table.columns if c.required and c.name not in frame.columns]
    if unknown or missing:
        raise StoppedError(f"table {name}: unknown columns {unknown}, missing columns {missing}")
    if not len(frame):  # most tables of most closes; checking their columns one by one was a third of a small close
        return empty(name)
    try:
        checked = pd.DataFrame({c.name: _typed(c, frame) for c in table.columns}, index=frame.index)
        if not all(_holds(c, checked[c.name]) for c in table.columns):
            checked = _schema(table).validate(checked, lazy=True, inplace=True)
    except SchemaErrors as broken:
        cases = broken.failure_cases
        lines = [f"{r.column} {r.check} {r.failure_case!r}" for r in cases.itertuples()]
        raise StoppedError(f"table {name} breaks its declaration: {first_few(lines)}") from None
    except (TypeError, ValueError) as broken:
        raise StoppedError(f"table {name} holds values of the wrong kind: {broken}") from None
    ordered = checked.sort_values(list(table.key), kind="stable") if not _in_order(checked, table.key) else checked
    again = _repeats(ordered, table.key)
    if again.any():
        lines = [str(tuple(row)) for row in ordered.loc[again, list(table.key)].itertuples(index=False)]
        raise StoppedError(f"table {name} repeats its key {table.key}: {first_few(lines)}")
    return ordered.reset_index(drop=True)


def _in_order(frame: pd.DataFrame, key: tuple[str, ...]) -> bool:
    """Say whether a table stands in the order of its key already; then a million rows need no second copy."""
    equal = pd.Series(True, index=frame.index[1:]).to_numpy().copy()
    for column in key:
        values = frame[column].array
        if values.isna().any() or bool((equal & (values[1:] < values[:-1])).any()):
            return False
        equal &= (values[1:] == values[:-1]).astype(bool)
    return True


def _repeats(ordered: pd.DataFrame, key: tuple[str, ...]) -> pd.Series[bool]:
    """Mark the rows whose key is that of the row before."""
    same = pd.Series(True, index=ordered.index).to_numpy().copy()
    same[:1] = False
    for column in key:
        values = ordered[column].array
        same[1:] &= (values[1:] == values[:-1]).astype(bool)
    return pd.Series(same, index=ordered.index)


def _typed(column: Column, frame: pd.DataFrame) -> pd.Series[Any]:
    if column.name not in frame.columns:
        blank: pd.Series[Any] = pd.Series(_BLANK[column.kind], index=frame.index, dtype=_DTYPES[column.kind])
        return blank
    values = frame[column.name]
    if column.kind in ("money", "money?", "count", "percent") and values.dtype.kind == "f":
        raise TypeError(f"{column.name} holds binary floats (CV-02)")
    if column.kind in ("text", "code", "choice", "rate") and values.isna().any():
        values = values.fillna("")
    typed: pd.Series[Any] = values if values.dtype == _DTYPES[column.kind] else values.astype(_DTYPES[column.kind])
    return typed


def _holds(column: Column, values: pd.Series[Any]) -> bool:
    """Say whether a typed column keeps its declaration; a schema costs 3 ms a column, so it is asked only to name what is wrong."""
    if column.kind == "date":
        return not (column.required and values.isna().any())
    if column.values:
        return bool(values.isin([*column.values] if column.required else [*column.values, ""]).all())
    return not (column.required and column.kind in ("text", "code", "rate") and (values == "").any())


def _schema(table: Table) -> pa.DataFrameSchema:
    columns = {}
    for c in table.columns:
        checks = [pa.Check.isin([*c.values, ""] if not c.required else list(c.values))] if c.values else []
        if c.required and c.kind in ("text", "code", "rate"):
            checks.append(pa.Check.str_length(min_value=1, error="is blank"))
        nullable = c.kind == "money?" or (c.kind == "date" and not c.required)
        columns[c.name] = pa.Column(_DTYPES[c.kind], checks=checks, nullable=nullable)
    return pa.DataFrameSchema(columns, strict=True)
