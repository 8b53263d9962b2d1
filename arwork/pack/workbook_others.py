"""The listing sheets beside the main papers: open items, reminders, escalations, statements, credit, residuals, how right forecasts were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from arwork.pack.workbook_lists import Listing, columns_of
from arwork.pack.workbook_places import items_in_order

Tables = Mapping[str, pd.DataFrame]
_BOOK = ("ledger_id", "company_code")


@dataclass(frozen=True)
class Paper:
    """One such sheet: its table, title, sentence, columns, the columns to add up, the order (`-` before a name: descending), frozen columns, wider columns."""

    sheet: str
    table: str
    title: str
    note: str
    columns: tuple[str, ...]
    added: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    frozen: int = 1
    widths: tuple[tuple[str, float], ...] = ()


PAPERS: tuple[Paper, ...] = (
    Paper(
        "Customer accounts", "customer_differences", "AR-39.1 Customer accounts: what tells the customer's statement from ours (RC-40)",
        "Theirs less ours; the layout of each account stands on AR-30.",
        ("recon_id", "item_no", "class", "mark", "document", "their_no", "date", "currency", "ours", "theirs", "difference", "sentence", "owner",
         "action", "act_by", "letter", "source_file", "source_line"),
        ("ours", "theirs", "difference"), ("recon_id", "item_no"), 2, (("sentence", 40.0), ("letter", 44.0), ("action", 30.0)),
    ),
    Paper(
        "Reminders", "dunning_letters", "AR-42.1 Reminders: who gets a letter, at which level, and who does not, and why",
        "Nothing is sent before a person approves it.",
        ("customer_id", "name", "language", "procedure", "outcome", "level", "currency", "items", "amount", "charge", "left_out", "credits",
         "net_overdue", "oldest_days", "deadline", "reason", "letter_id"),
        ("amount", "charge", "net_overdue"), ("outcome", "-level", "-amount", "letter_id"), 2,
    ),
    Paper(
        "First contacts", "first_contacts", "AR-42.2 First contacts: the first call, meeting or letter for each overdue item",
        "The earliest deadline first.",
        ("status", "deadline", "customer_id", "reference", "currency", "amount", "due_date", "collector", "contact_date", "contact_id", "item_id"),
        ("amount",), ("deadline", "-amount", "item_id"),
    ),
    Paper(
        "Escalations", "escalations", "AR-42.3 Escalations: who must be told, and why", "The oldest first.",
        (*_BOOK, "customer_id", "name", "local_currency", "overdue_local", "oldest_days", "trigger", "to", "action", "sla_days", "level"),
        (), ("-oldest_days", *_BOOK, "customer_id", "trigger"), 4,
    ),
    Paper(
        "Distress", "distress", "AR-42.4 Signs of distress", "A score with its signs; nothing is done to a customer by it.",
        (*_BOOK, "customer_id", "name", "local_currency", "open_local", "overdue_local", "oldest_days", "delinquent", "total_points", "hard_trigger",
         "signs", "notify", "owner", "next_action"),
        (), ("-total_points", "-overdue_local", *_BOOK, "customer_id"), 4,
    ),
    Paper(
        "Statements", "account_statements", "AR-42.5 Statements of account: opening, movements, closing", "One row a customer and currency.",
        (*_BOOK, "customer_id", "name", "currency", "opening", "invoices", "debit_memos", "credit_memos", "payments", "adjustments", "unshown",
         "closing", "overdue", "disputed", "on_account", "items"),
        ("opening", "invoices", "debit_memos", "credit_memos", "payments", "adjustments", "unshown", "closing", "overdue", "disputed",
         "on_account"),
        (*_BOOK, "customer_id", "currency"), 4,
    ),
    Paper(
        "Scripts", "worklist", "AR-42.6 What to say: the call for each customer of the worklist", "In the order of AR-42.",
        ("place", "customer_id", "name", "state", "next_action", "script", "last_contacts"), (), ("place",), 3,
        (("script", 100.0), ("last_contacts", 44.0), ("next_action", 34.0)),
    ),
    Paper(
        "Conduct", "conduct", "AR-42.7 Conduct: contacts at a wrong time or too often", "Consumers have stricter hours and numbers (CO-98).",
        ("contact_date", "contact_time", "customer_id", "name", "is_consumer", "type", "made_by", "rule", "allowed", "sentence", "owner", "next_action",
         "contact_id"),
        (), ("contact_date", "contact_time", "contact_id", "rule"), 3, (("sentence", 60.0), ("next_action", 40.0)),
    ),
    Paper(
        "Provisions", "provisions", "AR-46.1 Provision matrix",
        "Exposure by age and group, rate and expected loss. By kind, apart from the matrix (MT-64): insured shares, accounts looked at one by one, affiliates, and "
        "what is in dispute (dilution, no credit loss).",
        (*_BOOK, "kind", "group", "bucket", "currency", "exposure", "set_off", "rate", "expected_loss", "presumed"),
        ("exposure", "set_off", "expected_loss"),
    ),
    Paper(
        "Claims", "claim_deadlines", "AR-44.1 Claims: what must be done by when", "The next deadline first.",
        ("claim_id", *_BOOK, "step", "deadline", "basis", "done_date", "status", "days_left", "owner", "next_action"),
        (), ("deadline", "claim_id", "step"),
    ),
    Paper(
        "Dispute reasons", "dispute_reasons", "AR-44.6 Why customers took money off", "The largest reason first; the first 80 % are to be cured.",
        (*_BOOK, "currency", "place", "reason_code", "description", "cases", "amount", "share", "running_share", "resolved", "valid",
         "credited_amount", "recovered_amount", "root_causes", "owner_function", "next_action"),
        ("amount", "credited_amount", "recovered_amount"), (*_BOOK, "currency", "place"), 3,
    ),
    Paper(
        "Credit reviews", "credit_reviews", "AR-44.2 Credit requests", "Proposed; a person grants.", (),
        widths=(("points", 44.0), ("sentence", 52.0)),
    ),
    Paper(
        "Credit checklist", "credit_checks", "AR-44.5 Checklist of each credit request", "Every question answered from the books, or by whom.",
        (*_BOOK, "customer_id", "order_no", "place", "question", "state", "answer", "evidence"), (), (*_BOOK, "customer_id", "order_no", "place"), 4,
        (("answer", 70.0), ("question", 34.0)),
    ),
    Paper("Cheques", "cheque_register", "AR-44.3 Cheques: post-dated, returned, overdue to present", "As the register stands.", ()),
    Paper(
        "Master data", "master_findings", "AR-44.4 Master data: what looks wrong or double", "Nothing is changed by arwork.",
        ("check", *_BOOK, "customer_id", "other_customer", "likeness", "sentence", "owner", "next_action"),
    ),
    Paper(
        "On account", "on_account", "AR-52.1 On account: money with a customer and without an item", "Each with the reason it was not applied.",
        (*_BOOK, "customer_id", "currency", "amount", "kind", "status", "gates", "sentence", "receipt_id"), ("amount",),
        ("-amount", "receipt_id"), 3,
    ),
    Paper(
        "Residuals", "residuals", "AR-52.2 Residual items: what stays open after a payment", "Each with the reason it was taken for and who answers.",
        (*_BOOK, "customer_id", "reference", "po_no", "currency", "amount", "reason_code", "suggested_code", "due_date", "dispute",
         "owner_function", "status", "receipt_id"),
        ("amount",), (*_BOOK, "customer_id", "reference", "residual_id"), 3,
    ),
    Paper("Tax certificates", "wht_certificates", "AR-52.3 Tax withheld: certificates to ask for", "Tax is credited against its certificate.", ()),
    Paper(
        "Misdirected", "misdirected", "AR-55.1 Misdirected payments: money of another ledger", "Both ledgers approve before anything moves (EX-40).",
        (*_BOOK, "customer_id", "currency", "amount", "value_date", "to_ledger", "to_company", "to_customer", "to_items", "to_due_date", "assigned",
         "remit_by", "days_late", "settlement", "approval_from", "approval_to", "approved_by", "sentence"),
        ("amount",), ("-amount", "receipt_id"), 3,
    ),
    Paper(
        "Refund evidence", "refund_checks", "AR-56.1 Refund evidence: the papers of each refund", "What is there and what is missing (RF-03).",
        ("refund_id", "document", "state", "evidence"), (), ("refund_id", "place"),
    ),
    Paper(
        "Refund holds", "refunds", "AR-56.2 Refunds: what is missing, what holds them, who acted", "In the order of AR-56.",
        ("refund_id", "customer_id", "state", "checklist", "missing", "holds", "hold_reason", "hold_until", "requested_by", "approved_by",
         "currency", "owed_not_due", "owed_disputed"),
        (), ("-refund_amount", "-gross_credit", "refund_id"), 1,
        (("missing", 60.0), ("hold_reason", 50.0)),
    ),
    Paper(
        "Forecast accuracy", "forecast_accuracy", "AR-70.1 Earlier forecasts beside what was paid", "Forecast again with what was known then.",
        (*_BOOK, "currency", "origin", "span", "to_date", "actual", "expected", "p10", "p90", "naive", "days_late", "blend"), (),
        (*_BOOK, "currency", "origin", "span"), 5,
    ),
    Paper("Forecast methods", "forecast_scores", "AR-70.2 Methods of forecasting compared", "Weighted error, bias, skill and what the range held.", ()),
    Paper(
        "Forecast changes", "forecast_changes", "AR-70.3 Change of the month's forecast, step by step", "From the frozen forecast to today's.",
        (*_BOOK, "currency", "step_no", "step", "amount", "sentence"), (), (*_BOOK, "currency", "step_no"), 3,
    ),
)  # fmt: skip
"""The sheets, in the order of their numbers within their block."""


def listing(paper: Paper, tables: Tables) -> Listing:
    """Return one of these sheets."""
    frame = tables[paper.table]
    if paper.order:
        names = [name.removeprefix("-") for name in paper.order]
        frame = frame.sort_values(names, ascending=[not name.startswith("-") for name in paper.order], kind="stable")
    columns = paper.columns or tuple(str(name) for name in frame.columns)
    return Listing(
        paper.sheet,
        paper.title,
        paper.note,
        columns_of(frame, columns, None, paper.added, dict(paper.widths)),
        paper.frozen,
        f"data/{paper.table}.parquet",
    )


def open_items(tables: Tables) -> Listing:
    """List every open item with its age and its row in the source file (MT-01, MT-02)."""
    places = tables["open_items"][["item_id", "source_file", "source_line"]]
    frame = items_in_order(tables).merge(places, on="item_id", how="left", validate="1:1").fillna({"source_file": "", "source_line": ""})
    columns = [
        *_BOOK, "customer_id", "doc_type", "reference", "doc_date", "due_date", "days_past_due", "bucket_due", "bucket_invoice", "disputed",
        "currency", "open_amount", "about_to_clear", "local_currency", "open_local", "source_file", "source_line", "item_id",
    ]  # fmt: skip
    return Listing(
        "Open items", "AR-40.1 Open items behind the ageing", "By customer, the oldest first; the source leads to its file.",
        columns_of(frame, columns, None, ("open_amount", "about_to_clear")), 3,
        "data/ageing_items.parquet",
    )  # fmt: skip
