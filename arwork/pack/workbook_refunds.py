"""The sheets of refunds and credit balances (EX-30, EX-40, RF, RC-60)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from arwork.pack.workbook_lists import Listing, columns_of

Tables = Mapping[str, pd.DataFrame]


def overpayments(tables: Tables) -> Listing:
    """List overpayments and misdirected payments by suspected kind, the largest first."""
    frame = tables["overpayments"].sort_values(["amount", "overpayment_id"], ascending=[False, True], kind="stable")
    columns = ["kind", "also", "customer_id", "currency", "amount", "status", "evidence", "usual_action", "part", "receipt_id"]
    return Listing(
        "Overpayments", "AR-55 Overpayments: money beyond what is owed", "A kind is a suspicion with its evidence; money never moves by it.",
        columns_of(frame, columns, None, ("amount",)), 1, "data/overpayments.parquet",
    )  # fmt: skip


def refunds(tables: Tables) -> Listing:
    """List refunds with offset, rest, controls and state, those with money to pay first."""
    order = ["refund_amount", "gross_credit", "refund_id"]
    frame = tables["refunds"].sort_values(order, ascending=[False, False, True], kind="stable")
    columns = [
        "customer_id", "customer_name", "reason", "currency", "gross_credit", "offset_amount", "refund_amount", "route", "payee_name",
        "payee_account", "tier", "approver", "state", "decide_by", "pay_by", "next_action", "refund_id",
    ]  # fmt: skip
    return Listing(
        "Refunds", "AR-56 Refunds: credits that may be paid back",
        "Offset first, same route, two people at least (RF-01 to RF-14). Nothing here is paid by arwork. What is missing is on AR-56.2.",
        columns_of(frame, columns, None, ("gross_credit", "offset_amount", "refund_amount")), 2, "data/refunds.parquet",
    )  # fmt: skip


def credits(tables: Tables) -> Listing:
    """List open credits by age with owner, next action and dormancy date, the oldest first."""
    order = ["days", "amount", "credit_id"]
    frame = tables["credit_balances"].sort_values(order, ascending=[False, False, True], kind="stable")
    columns = [
        "kind", "ledger_id", "company_code", "customer_id", "currency", "amount", "since", "days", "bucket", "owner", "escalated_to",
        "next_action", "resolve_by", "overdue", "last_activity", "jurisdiction", "dormancy_date", "report_from", "dormancy_note", "source",
    ]  # fmt: skip
    return Listing(
        "Credit balances", "AR-57 Credit balances by age", "A customer's credit is the customer's money: none of it goes to income (RF-13).",
        columns_of(frame, columns, None, ("amount",)), 1, "data/credit_balances.parquet",
    )  # fmt: skip
