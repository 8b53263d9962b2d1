"""Sheets behind the reconciliations of a period: movements, cash without an item, cut-off, what changed, what can be certified."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from arwork.pack.workbook_lists import Listing, columns_of
from arwork.pack.workbook_places import moves_in_order, recon_links, suspense_in_order

Tables = Mapping[str, pd.DataFrame]


def movements(tables: Tables) -> Listing:
    """List what moved the receivables, line of the roll-forward by line, each down to its document (RC-30)."""
    columns = [
        "movement", "ledger_id", "company_code", "customer_id", "document", "doc_type", "reason", "date", "currency", "amount_doc",
        "local_currency", "amount_local", "entered_by", "source_file", "source_line",
    ]  # fmt: skip
    ordered = moves_in_order(tables)
    return Listing(
        "Movements", "AR-32 Movements: the documents behind the roll-forward", "One row a line of the subledger.",
        columns_of(ordered, columns, added=("amount_local",)), 1, "data/movements.parquet",
    )  # fmt: skip


def suspense(tables: Tables) -> Listing:
    """List cash without an item by reconciliation, the oldest first (RC-60)."""
    columns = [
        "recon_id", "kind", "receipt_id", "customer_id", "payer", "value_date", "currency", "amount", "days", "bucket",
        "owner", "next_action", "escalation", "source_file", "source_line",
    ]  # fmt: skip
    ordered = suspense_in_order(tables)
    ordered = ordered.assign(recon_id=pd.Series(recon_links(tables, ordered["recon_id"]), index=ordered.index, dtype=object))
    return Listing(
        "Suspense", "AR-33 Suspense: cash without an item", "By reconciliation, the oldest first; age counts from the value date.",
        columns_of(ordered, columns, added=("amount",)), 2, "data/suspense_items.parquet",
    )  # fmt: skip


def cutoff(tables: Tables) -> Listing:
    """List what stands at the edge of the period (RC-90)."""
    columns = [
        "list", "ledger_id", "company_code", "customer_id", "document", "doc_date", "posting_date", "entry_date", "entered_by", "currency",
        "amount", "sentence", "source_file", "source_line",
    ]  # fmt: skip
    return Listing(
        "Cut-off", "AR-34 Cut-off: what stands at the edge of the period", "Each with the reason it is listed.",
        columns_of(tables["cutoff_items"], columns), 1, "data/cutoff_items.parquet",
    )  # fmt: skip


def changes(tables: Tables) -> Listing:
    """List what changed behind the last key date, with user and document (CV-07)."""
    columns = [
        "what", "document", "ledger_id", "company_code", "customer_id", "posting_date", "entry_date", "entered_by", "currency", "was", "now",
        "local_currency", "effect_local", "sentence", "source_file", "source_line",
    ]  # fmt: skip
    return Listing(
        "Changed since", "AR-35 Changed since the last close", "Open at the last key date as known then, and as known now.",
        columns_of(tables["changes_since"], columns, added=("effect_local",)), 2, "data/changes_since.parquet",
    )  # fmt: skip


def certification(tables: Tables) -> Listing:
    """List whether each reconciliation can be certified, and why not (4.11)."""
    columns = [
        "paper",
        "recon_id",
        "rating",
        "due",
        "certifiable",
        "currency",
        "unexplained",
        "allowed",
        "escalate",
        "unsupported",
        "stale",
        "why",
    ]
    made = tables["certification"]
    made = made.assign(paper=pd.Series(recon_links(tables, made["recon_id"]), index=made.index, dtype=object))
    return Listing(
        "Certification", "AR-36 Certification: what can be signed off", "Computed; the acts of people are in the journal.",
        columns_of(made, columns), 2, "data/certification.parquet",
    )  # fmt: skip
