"""Disputes and queries at work: who must answer, by when, what is told to them, and whether the equation of each dispute holds (CO-80, T14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from arwork.collect.overdue import OVER
from arwork.collect.payments import WHOSE
from arwork.matching.reasons import owner_of
from arwork.money import Units
from arwork.policy import Policy
from arwork.tables import conform, empty

_SETTLED = ("paid_amount", "credited_amount", "cleared_manually", "auto_written_off")
_NEXT = {
    "NEW": "Give it to {owner}.", "ASSIGNED": "{owner}: look into it.", "IN_REVIEW": "{owner}: {verdict}.",
    "PENDING_CUSTOMER": "Ask the customer for what is missing.", "PENDING_INTERNAL": "{owner}: give the missing answer.",
    "REOPENED": "Give it to {owner} again.", "RESOLVED": "Post the {document} and close it.", "CLOSED": "Correct the figures of the closed case.",
}  # fmt: skip
_DOCUMENT = {
    "VALID": "credit memo",
    "PARTLY_VALID": "credit memo for the valid part and collect the rest",
    "INVALID": "answer to the customer and collect",
}


QUERIES = ("MD",)
"""Reasons of a query: the customer asks for documents and contests nothing, so that its items stay collected (CO-70, CO-80)."""


def contested(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables with `disputes` that contest something, and `queries`, the cases that only ask; items of a query are in no dispute."""
    cases, items = tables["disputes"], tables["open_items"]
    asks = cases["reason_code"].isin(QUERIES)
    numbers = set(cases.loc[asks, "dispute_id"])
    if not numbers:
        return {**tables, "queries": cases.head(0)}
    free = items.assign(dispute_id=items["dispute_id"].where(~items["dispute_id"].isin(numbers), ""))
    return {
        **tables,
        "open_items": free,
        "disputes": cases[~asks].reset_index(drop=True),
        "queries": cases.loc[asks].reset_index(drop=True),
    }


def dispute_work(disputes: pd.DataFrame, items: pd.DataFrame, policy: Policy, units: Units, as_of: date) -> pd.DataFrame:
    """Return `dispute_work`: every dispute and query that is not closed, and closed ones whose equation does not hold (CO-80, T14).

    `items` come from `standing`. Deadlines are the dispute's own, else the policy's days of its function. The equation is
    original = current + paid + credited + cleared by hand + written off by rule; it is checked where the original is known.
    """
    known = disputes[disputes["opened_date"] <= pd.Timestamp(as_of)]
    rows = [row for row in (_row(r, items, policy, units, as_of) for r in known.to_dict("records")) if row]
    return conform("dispute_work", pd.DataFrame(rows)) if rows else empty("dispute_work")


def _row(row: dict[Any, Any], items: pd.DataFrame, policy: Policy, units: Units, as_of: date) -> dict[str, Any] | None:
    difference = _difference(row)
    if row["status"] == "CLOSED" and not difference:
        return None
    owner = row["owner_function"] or owner_of(row["reason_code"])
    opened = row["opened_date"].date()
    due = due_of(row, owner, policy)
    end = row["resolved_date"].date() if row["status"] in OVER and pd.notna(row["resolved_date"]) else as_of
    over = 0 if row["status"] in OVER else max(0, (as_of - due).days)
    words = row["items"].split()
    own = (items[WHOSE] == [row[name] for name in WHOSE]).all(axis=1) & (items["currency"] == row["currency"])
    named = own & (items["reference"].isin(words) | items["doc_no"].isin(words) | items["item_id"].isin(words))
    asks = row["reason_code"] in QUERIES
    document = "answer" if asks else _DOCUMENT.get(row["resolution"], "credit memo or answer")
    verdict = "send the documents" if asks else "decide valid, partly valid or not valid"
    action = _NEXT[row["status"]].format(owner=owner, document=document, verdict=verdict)
    if difference:
        action = f"Correct its figures: they differ by {units.said(difference, row['currency'])}. " + action
    return {
        "dispute_id": row["dispute_id"], "kind": "QUERY" if asks else "DISPUTE", **{name: row[name] for name in WHOSE}, "items": row["items"],
        "currency": row["currency"], "disputed_amount": row["disputed_amount"], "open_amount": int(items.loc[named, "open_amount"].sum()),
        "reason_code": row["reason_code"], "status": row["status"], "owner_function": owner, "opened_date": opened, "due_date": due,
        "days_open": max(0, (end - opened).days), "days_over": over, "escalated_to": escalated(over, owner), "difference": difference,
        "next_action": action, "notice": _notice(row, owner, due, over, units),
    }  # fmt: skip


def due_of(row: dict[Any, Any], owner: str, policy: Policy) -> date:
    """Return the day by which a dispute must be answered: its own, else opened and the days of its function (CO-80)."""
    if pd.notna(row["due_date"]):
        return date(row["due_date"].year, row["due_date"].month, row["due_date"].day)
    days = policy.dispute_sla_days.get(owner, max(policy.dispute_sla_days.values()))
    opened: date = row["opened_date"].date()
    return opened + timedelta(days)


def escalated(over: int, owner: str) -> str:
    """Say who is told of a dispute that is so many days over its deadline (CO-40)."""
    return "director" if over > 20 else f"manager of {owner}" if over > 10 else ""


def _difference(row: dict[Any, Any]) -> int | None:
    if pd.isna(row["original_amount"]):
        return None
    settled = sum(int(row[name]) for name in _SETTLED if pd.notna(row[name]))
    current = 0 if row["status"] in OVER and settled else int(row["disputed_amount"])
    return int(row["original_amount"]) - current - settled


def _notice(row: dict[Any, Any], owner: str, due: date, over: int, units: Units) -> str:
    amount = units.said(row["disputed_amount"], row["currency"])
    late = f" It is {over} days late." if over else ""
    if row["reason_code"] in QUERIES:
        return (
            f"To {owner}: customer {row['customer_id']} asks for documents of {row['items']} ({amount}) since {row['opened_date'].date()} (query "
            f"{row['dispute_id']}). Please send them by {due}.{late} Nothing is in dispute; it is collected meanwhile."
        )
    return (
        f"To {owner}: customer {row['customer_id']} disputes {amount} on {row['items']}, reason {row['reason_code']}, since "
        f"{row['opened_date'].date()} (case {row['dispute_id']}). Please answer by {due}: valid, partly valid or not valid, with the "
        f"documents.{late} The part that is not in dispute is collected meanwhile."
    )
