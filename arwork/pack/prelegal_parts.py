"""What the books show of each part of a pre-legal file: one document a table, every row with the line of the file it was read from (CO-60)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.collect.limitation import limitation
from arwork.collect.overdue import standing
from arwork.collect.prelegal import of_account

READ = (
    "open_items", "ageing_items", "account_statements", "allocations", "receipts", "letters_sent", "contacts", "promises", "promise_results", "disputes",
    "late_fees", "late_fee_segments", "customers", "customer_profiles", "customer_banks", "distress", "cheques", "escalations", "dunning_letters",
    "legal_params",
)  # fmt: skip
"""Tables of a run that a file is made from."""
DISHONOURED = "07-dishonoured-cheques"
"""The document of cheques that came back; with it the cheque itself and the bank's memo are asked for."""
_ACCOUNT = {
    1: (("Customer master", "01-customer-master", "customers", ("customer_id", "name", "country", "party_id", "parent_id", "status", "terms_code", "collector")),
        ("Address and tax number", "01-address", "customer_profiles", ("address", "email", "tax_id", "contact_date"))),
    8: (("Letters sent", "08-letters", "letters_sent", ("letter_id", "level", "sent_date", "deadline", "sent_via", "currency", "amount", "items", "delivery",
                                                       "reaction_code", "reaction_date")),),
    9: (("Contacts", "09-contacts", "contacts", ("contact_date", "contact_time", "direction", "type", "outcome", "person", "made_by", "items", "note")),),
    11: (("Disputes", "11-disputes", "disputes", ("dispute_id", "items", "opened_date", "reason_code", "currency", "disputed_amount", "status", "resolution",
                                                 "resolved_date")),),
}  # fmt: skip
_LEDGER = (
    "doc_no",
    "doc_type",
    "reference",
    "doc_date",
    "posting_date",
    "due_date",
    "currency",
    "amount_doc",
    "open_amount_doc",
    "clearing_doc",
    "clearing_date",
)
_CLAIM = (
    "reference", "doc_no", "doc_type", "doc_date", "due_date", "days_past_due", "currency", "amount_doc", "open_amount", "disputed_part",
    "contract_no", "po_no", "delivery_no",
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """One document of the file: its part, title, file name without ending, its rows, and the money columns that are added up."""

    place: int
    title: str
    file: str
    rows: pd.DataFrame
    totals: tuple[str, ...] = ()


def sourced(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the columns, and `source`: file and line that each row was read from."""
    return rows.assign(source=rows["source_file"] + ":" + rows["source_line"])[[*columns, "source"]]


def claimed(tables: Mapping[str, pd.DataFrame], account: tuple[str, ...], as_of: date) -> pd.DataFrame:
    """Return the account's open debit items at the key date, less what this close allocates, with what stands on the document.

    Columns are those of the claim (`open_amount` what is asked for, `disputed_part` what of it is in dispute; minor units) and the lineage of `open_items`.
    """
    mine = {name: of_account(tables[name], account) for name in ("ageing_items", "open_items", "disputes")}
    items = standing(mine["ageing_items"], mine["open_items"], mine["disputes"], as_of)
    more = ["item_id", "amount_doc", "contract_no", "po_no", "delivery_no", "source_file", "source_line", "source_sha256"]
    owed = items[items["left"] > 0].drop(columns=["open_amount"]).rename(columns={"left": "open_amount"})
    return owed.merge(mine["open_items"][more], on="item_id", how="left", validate="1:1").sort_values(
        ["due_date", "item_id"], ignore_index=True
    )


def documents(tables: Mapping[str, pd.DataFrame], account: tuple[str, ...], as_of: date) -> list[Document]:
    """Return the documents of an account's file that the books hold, by part; an empty one is left out."""
    claim = claimed(tables, account, as_of)
    made = [
        *_listed(tables, account),
        *_claim(claim),
        *_ledger(tables, account),
        *_paid(tables, account),
        *_kept(tables, account),
        *_fees(tables, account, claim),
        *_limits(tables, account, claim),
    ]
    return [one for one in sorted(made, key=lambda one: one.file) if len(one.rows)]


def _listed(tables: Mapping[str, pd.DataFrame], account: tuple[str, ...]) -> Iterator[Document]:
    for place, parts in _ACCOUNT.items():
        for title, file, name, columns in parts:
            yield Document(place, title, file, sourced(of_account(tables[name], account), columns))
    banks = sourced(of_account(tables["customer_banks"], account), ("account", "account_holder", "verified_at"))
    yield Document(13, "Bank accounts known of the debtor", "13-bank-accounts", banks)
    signs = of_account(tables["distress"], account)[["total_points", "signs", "hard_trigger"]].astype({"total_points": "str"})
    yield Document(13, "Signs of distress in the books (no credit report)", "13-signs", signs)
    profile = of_account(tables["customer_profiles"], account)
    secured = profile[(profile["security_amount"] > 0) | (profile["insured_limit"] > 0)]
    yield Document(14, "Securities and insured limit", "14-security", sourced(secured, ("currency", "security_amount", "insured_limit")))


def _claim(claim: pd.DataFrame) -> Iterator[Document]:
    rows = sourced(claim, _CLAIM).rename(columns={"disputed_part": "disputed"})
    shown = [name for name in rows.columns if name not in ("contract_no", "po_no", "delivery_no")]
    late = rows["days_past_due"] >= 1
    yield Document(4, "Invoices overdue at the key date", "04-invoices-overdue", rows.loc[late, shown], ("open_amount", "disputed"))
    yield Document(
        4, "Invoices not due yet, no part of the claim", "04-invoices-not-due", rows.loc[~late, shown], ("open_amount", "disputed")
    )
    for place, title, file, column in (
        (2, "Contracts that the invoices name", "02-contract-numbers", "contract_no"), (3, "Orders that the invoices name", "03-order-numbers", "po_no"),
        (5, "Deliveries that the invoices name", "05-delivery-numbers", "delivery_no"),
    ):  # fmt: skip
        yield Document(place, title, file, rows.loc[late & (rows[column] != ""), ["reference", "doc_date", column, "source"]])


def _ledger(tables: Mapping[str, pd.DataFrame], account: tuple[str, ...]) -> Iterator[Document]:
    stated = of_account(tables["account_statements"], account)
    columns = [
        "currency",
        "from_date",
        "to_date",
        "opening",
        "invoices",
        "debit_memos",
        "credit_memos",
        "payments",
        "adjustments",
        "unshown",
        "closing",
    ]
    yield Document(6, "Statement of account, before the payments that this close applies", "06-statement", stated[columns])
    aged = of_account(tables["ageing_items"], account)
    order = aged.groupby("bucket_due")["days_past_due"].min().sort_values().index
    sums = aged.groupby(["currency", "bucket_due"])["open_amount"].sum().reset_index()
    place = sums["bucket_due"].map({name: number for number, name in enumerate(order)})
    buckets = sums.assign(place=place).sort_values(["currency", "place"])[["currency", "bucket_due", "open_amount"]]
    yield Document(6, "Ageing by due date, before the payments that this close applies", "06-ageing", buckets, ("open_amount",))
    lines = of_account(tables["open_items"], account).sort_values(["posting_date", "item_id"])
    yield Document(6, "Ledger extract", "06-ledger", sourced(lines, _LEDGER), ("open_amount_doc",))
    credit = of_account(tables["ageing_items"], account).loc[lambda t: t["open_amount"] < 0, ["item_id", "open_amount"]]
    held = credit.merge(lines, on="item_id", how="left", validate="1:1")
    yield Document(16, "Credits that stand against the claim", "16-credits",
                   sourced(held, ("reference", "doc_no", "doc_type", "doc_date", "currency", "open_amount")), ("open_amount",))  # fmt: skip


def _paid(tables: Mapping[str, pd.DataFrame], account: tuple[str, ...]) -> Iterator[Document]:
    lines = of_account(tables["open_items"], account)[["item_id", "reference"]]
    receipts = tables["receipts"][["receipt_id", "amount", "remitter_name", "bank_txn_id", "source_file", "source_line"]]
    here = (
        tables["allocations"]
        .merge(lines, on="item_id", how="inner", validate="m:1")
        .merge(receipts, on="receipt_id", how="left", validate="m:1")
    )
    here = here.sort_values(["allocation_date", "allocation_id"])
    here = here.assign(source_file=here["source_file"].fillna(""), source_line=here["source_line"].fillna(""))
    columns: tuple[str, ...] = (
        "allocation_date",
        "bank_txn_id",
        "remitter_name",
        "currency",
        "amount_applied",
        "reference",
        "rule_id",
        "by",
        "reason",
    )
    yield Document(7, "Payments of this period and how they were applied", "07-allocations", sourced(here, columns), ("amount_applied",))
    waits = of_account(tables["receipts"], account).loc[lambda t: (t["unapplied_amount"] > 0) | (t["on_account_amount"] > 0)]
    columns = ("value_date", "bank_txn_id", "remitter_name", "currency", "amount", "unapplied_amount", "on_account_amount")
    yield Document(
        7,
        "Money received that is not applied to an invoice",
        "07-not-applied",
        sourced(waits, columns),
        ("unapplied_amount", "on_account_amount"),
    )
    back = of_account(tables["cheques"], account).loc[lambda t: t["returned_date"].notna()]
    columns = ("cheque_no", "bank", "currency", "amount", "cheque_date", "received_date", "returned_date", "return_reason", "items")
    yield Document(7, "Dishonoured cheques", DISHONOURED, sourced(back, columns), ("amount",))


def _kept(tables: Mapping[str, pd.DataFrame], account: tuple[str, ...]) -> Iterator[Document]:
    """Promises with the state that the payments show, not the one an export once had (CO-30)."""
    found = tables["promise_results"][["promise_id", "status", "paid_amount", "paid_late_date"]]
    rows = of_account(tables["promises"], account).drop(columns=["status"]).merge(found, on="promise_id", how="left", validate="1:1")
    columns: tuple[str, ...] = (
        "promise_id",
        "created_date",
        "promised_date",
        "currency",
        "promised_amount",
        "paid_amount",
        "status",
        "paid_late_date",
        "given_by",
        "channel",
        "item",
    )
    yield Document(10, "Promises and what became of them", "10-promises", sourced(rows, columns))


def _limits(tables: Mapping[str, pd.DataFrame], account: tuple[str, ...], claim: pd.DataFrame) -> Iterator[Document]:
    """The limitation date of each overdue invoice, by the law of the debtor's country: legal confirms that it governs."""
    late, people = claim[claim["days_past_due"] >= 1], of_account(tables["customers"], account)
    found = limitation(late, str(people["country"].iloc[0]) if len(people) else "", tables["legal_params"])
    dated = found[found["needs"] == ""].merge(late[["item_id", "source_file", "source_line"]], on="item_id", how="left", validate="1:1")
    columns = ("reference", "due_date", "country", "limitation_date", "rule")
    yield Document(
        15, "Limitation date of each invoice, if the law of the debtor's country governs", "15-limitation", sourced(dated, columns)
    )


def _fees(tables: Mapping[str, pd.DataFrame], account: tuple[str, ...], claim: pd.DataFrame) -> Iterator[Document]:
    """Fees of items still open, each with its segments; the source is the line of the invoice."""
    lines = claim[["item_id", "source_file", "source_line"]]
    fees = of_account(tables["late_fees"], account).merge(lines, on="item_id", how="inner", validate="1:1")
    columns: tuple[str, ...] = (
        "reference",
        "currency",
        "amount",
        "due_date",
        "end_date",
        "days_late",
        "regime",
        "interest",
        "fixed_sum",
        "fee",
        "outcome",
        "criterion",
    )
    yield Document(12, "Late payment fees to the key date", "12-late-fees", sourced(fees, columns), ("interest", "fixed_sum", "fee"))
    parts = tables["late_fee_segments"].merge(
        fees[["item_id", "reference", "source_file", "source_line"]], on="item_id", how="inner", validate="m:1"
    )
    columns = ("reference", "from_date", "to_date", "days", "currency", "outstanding", "rate", "reference_rate", "interest")
    yield Document(12, "Segments of the fees", "12-fee-segments", sourced(parts, columns), ("interest",))
