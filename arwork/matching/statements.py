"""Statements of account that a customer was sent: groups of items that belong together (M09), and older balances (G-20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.matching.universe import Account, Item


@dataclass(frozen=True)
class Statement:
    """One statement: its day, its balance in minor units, and the documents on it (T28)."""

    day: date
    balance: int
    documents: frozenset[str]


Statements = Mapping[tuple[Account, str], tuple[Statement, ...]]
"""Statements of each customer account and currency, the oldest first."""


def read_statements(customer_statements: pd.DataFrame) -> Statements:
    """Read `customer_statements`; without rows nothing is known of any statement."""
    found: dict[tuple[Account, str], list[Statement]] = {}
    columns = ["ledger_id", "company_code", "customer_id", "currency", "statement_date", "balance", "items"]
    for ledger, company, customer, currency, day, balance, items in customer_statements[columns].itertuples(index=False, name=None):
        one = Statement(day.date(), int(balance), frozenset(items.split()))
        found.setdefault(((ledger, company, customer), currency), []).append(one)
    return {key: tuple(sorted(statements, key=lambda s: s.day)) for key, statements in found.items()}


def statement_groups(items: Sequence[Item], sent: Sequence[Statement], paid: date) -> Iterable[tuple[str, list[Item]]]:
    """Give what was due by the last statement before the payment, and what is open of each statement, each with its name (M09)."""
    known = [statement for statement in sent if statement.day <= paid]
    if known:
        yield f"all that was due by the statement of {known[-1].day}", [item for item in items if item.due_date <= known[-1].day]
    for statement in known:
        group = [item for item in items if statement.documents & {item.item_id, item.doc_no, item.reference}]
        yield f"all of the statement of {statement.day}", group


def older_balance(amount: int, items: Iterable[Item], sent: Sequence[Statement], paid: date) -> Statement | None:
    """Return a statement before the last one whose balance a payment equals although documents came after it (G-20)."""
    known = [statement for statement in sent if statement.day <= paid]
    same = [statement for statement in known[:-1] if statement.balance == amount]
    later = max((item.doc_date for item in items if item.doc_date <= paid), default=None)
    return next((statement for statement in reversed(same) if later and later > statement.day), None)
