"""The sheets of the collector's week: worklist, promises, disputes, fees, write-offs, adjustments, figures, service levels."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from arwork.pack.workbook_lists import Listing, columns_of
from arwork.show.week import POINTS, figures, levels

Tables = Mapping[str, pd.DataFrame]


def worklist(tables: Tables) -> Listing:
    """List whom to call and why, in the order of the list (CO-15)."""
    frame = tables["worklist"].sort_values("place")
    columns = [
        "place", "customer_id", "name", "collector", "state", "why", "next_action", "act_by", "call_hours", "is_consumer", "action_code", "currency",
        "net_overdue", "overdue", "disputed", "unapplied", "items", "oldest_days", "contact_status", "hard_first", "score", *POINTS,
    ]  # fmt: skip
    return Listing(
        "Worklist", "AR-42 Worklist: whom to call and why", "Amounts in ledger currency; the points add up to the score of 100; what to say is on AR-42.6.",
        columns_of(frame, columns, None, ("net_overdue", "overdue", "disputed", "unapplied"), {"why": 52}), 3, "data/worklist.parquet",
    )  # fmt: skip


def promises(tables: Tables) -> Listing:
    """List every promise with what came of it and who acts (CO-30)."""
    columns = [
        "promise_id", "customer_id", "item", "plan", "created_date", "promised_date", "currency", "promised_amount", "paid_amount", "status",
        "paid_late_date", "level", "owner", "next_action",
    ]  # fmt: skip
    return Listing(
        "Promises", "AR-43 Promises to pay", "Paid counts from the day of the promise to its last day.",
        columns_of(tables["promise_results"], columns, None, ("promised_amount", "paid_amount")), 2, "data/promise_results.parquet",
    )  # fmt: skip


def disputes(tables: Tables) -> Listing:
    """List disputes with owner, deadline and notice (CO-80)."""
    columns = [
        "dispute_id", "kind", "customer_id", "items", "currency", "disputed_amount", "open_amount", "reason_code", "status", "owner_function",
        "opened_date", "due_date", "days_open", "days_over", "escalated_to", "difference", "next_action", "notice",
    ]  # fmt: skip
    frame = tables["dispute_work"].sort_values(["days_over", "dispute_id"], ascending=[False, True])
    return Listing(
        "Disputes", "AR-44 Disputes and queries: who must answer, by when", "The most overdue first; difference is what its figures do not add up by.",
        columns_of(frame, columns, None, ("disputed_amount",)), 2, "data/dispute_work.parquet",
    )  # fmt: skip


def fees(tables: Tables) -> Listing:
    """List late-payment fees with outcome and criterion (CO-55)."""
    columns = [
        "item_id", "customer_id", "reference", "currency", "amount", "due_date", "end_date", "days_late", "regime", "interest", "fixed_sum",
        "fee", "outcome", "criterion", "owner",
    ]  # fmt: skip
    return Listing(
        "Late fees", "AR-45 Late-payment fees", "Recommended, waived or held; a fee is posted only after approval.",
        columns_of(tables["late_fees"], columns, None, ("interest", "fixed_sum", "fee")), 1, "data/late_fees.parquet",
    )  # fmt: skip


def losses(tables: Tables) -> Listing:
    """List what may be written off, what bars it and who approves (CO-65)."""
    columns = [
        "item_id", "customer_id", "reference", "currency", "open_amount", "days_past_due", "ground", "not_before", "to_confirm", "approver",
        "owner", "next_action",
    ]  # fmt: skip
    return Listing(
        "Write-offs", "AR-46 Write-off candidates", "Nothing is written off here; every row needs its file and an approval.",
        columns_of(tables["write_offs"], columns, None, ("open_amount",)), 1, "data/write_offs.parquet",
    )  # fmt: skip


def adjustments(tables: Tables) -> Listing:
    """List adjustments against the common matrix (CO-70)."""
    columns = [
        "adjustment_id", "customer_id", "adjustment_code", "description", "nature", "document", "currency", "amount", "counted_amount",
        "approver", "complies", "wrong", "owner", "next_action",
    ]  # fmt: skip
    return Listing(
        "Adjustments", "AR-47 Adjustments against the matrix", "Write-offs of a customer and quarter count together.",
        columns_of(tables["adjustment_checks"], columns, None, ("amount",)), 1, "data/adjustment_checks.parquet",
    )  # fmt: skip


def metrics(tables: Tables) -> Listing:
    """List the figures of the month with their formulas (MT-10 to MT-71)."""
    frame = figures(tables["metrics"])
    return Listing("Figures", "AR-48 Figures of the month", "Each with its formula; what cannot be measured says what it needs.",
                   columns_of(frame, [str(c) for c in frame.columns]), 3, "data/metrics.parquet")  # fmt: skip


def service(tables: Tables) -> Listing:
    """List the service levels beside this month's figure (CO-96)."""
    frame = levels(tables["service_levels"])
    return Listing("Service levels", "AR-49 Service levels", "Target beside this month's figure; the rows that miss one are in data/service_level_rows.parquet.",
                   columns_of(frame, [str(c) for c in frame.columns]), 2, "data/service_levels.parquet")  # fmt: skip
