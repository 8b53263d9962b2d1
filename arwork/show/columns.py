"""What a column holds, what people call it, and which column states its currency."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from arwork.errors import InputError, StoppedError
from arwork.money import Units
from arwork.show.numbers import count, day, money, percent, points
from arwork.tables import TABLES

_KINDS: Mapping[str, Mapping[str, str]] = {table.name: {c.name: c.kind for c in table.columns} for table in TABLES.values()}
_ADDED: Mapping[str, str] = {"overdue": "money", "receipts": "count"}
"""Columns of summaries: what no declared table has, or has in another sense."""
_BY_DTYPE: Mapping[str, frozenset[str]] = {
    "i": frozenset({"money", "money?", "count", "percent"}),
    "u": frozenset({"money", "money?", "count", "percent"}),
    "b": frozenset({"flag"}),
    "M": frozenset({"date"}),
    "O": frozenset({"text", "code", "choice", "rate"}),
}
_PLAIN: Mapping[str, str] = {"i": "count", "u": "count", "b": "flag", "M": "date"}
_CURRENCY_OF: Mapping[str, str] = {
    "amount_local": "local_currency", "open_amount_local": "local_currency", "open_local": "local_currency", "overdue_local": "local_currency",
    "orig_amount": "orig_currency",
}  # fmt: skip
_HEADINGS: Mapping[str, str] = {
    "amount_doc": "Original amount", "amount_local": "Amount in ledger currency", "assigned_to": "Claim owned by",
    "bank_txn_id": "Bank reference", "bucket_no": "Bucket no.", "by": "By", "company_code": "Company", "customer_id": "Customer",
    "customer_id_raw": "Customer as exported", "decision_seq": "Decision no.", "disc1_pct": "Discount 1", "disc2_pct": "Discount 2",
    "disc1_date": "Discount 1 until", "disc2_date": "Discount 2 until", "doc_date": "Document date", "doc_no": "Document",
    "doc_type": "Type", "doc_class_raw": "Type as exported", "end_to_end_id": "Payer's reference", "falls_without": "Falls without",
    "gl_account": "GL account", "item_id": "Item", "item_ids": "Items", "key_date": "Key date", "ledger_id": "Ledger",
    "line_id": "Line", "line_no": "Line no.", "local_currency": "Ledger currency", "open_amount": "Open",
    "open_amount_doc": "Open", "open_amount_local": "Open in ledger currency", "open_local": "Open in ledger currency",
    "open_before": "Open before", "party_id": "Party", "po_no": "Purchase order", "recon_id": "Reconciliation",
    "receipt_id": "Receipt", "rule_id": "Rule", "seq": "No.", "small_diff": "Small difference", "source_file": "Source file",
    "source_line": "Source line", "source_sha256": "SHA-256", "source_id": "No.", "tie_no": "No.", "finding_no": "No.",
    "why_not": "Why not automatic", "wht": "Tax withheld", "fx": "Exchange difference", "bank_charge": "Bank charges",
    "points_amount": "Points: amount", "points_age": "Points: age", "points_risk": "Points: risk class", "points_broken": "Points: broken promises",
    "points_contact": "Points: first contact", "points_trend": "Points: pays later",
    "said": "What was said", "matter": "About", "outcome": "State", "outcome_reason": "Why in this state", "posted_documents": "Posted by", "write_off": "Write-off",
}  # fmt: skip
_YEARS = ("year", "fiscal_year")
"""Whole numbers that are written without a mark between thousands."""
POINTS = (
    "score", "points_amount", "points_payer", "points_reference", "points_time", "points_unexplained", "points_age", "points_risk",
    "points_broken", "points_contact", "points_trend",
)  # fmt: skip
"""Counts that hold hundredths of a point."""


def heading(name: str) -> str:
    """Name a column for people: `value_date` is Value date."""
    return _HEADINGS.get(name) or name.replace("_", " ").strip().capitalize()


def kinds_of(frame: pd.DataFrame) -> dict[str, str]:
    """Say what each column holds: as the declared tables that have all these columns say, else by name and type.

    A column that no table declares is text, or a count when it holds whole numbers. Raises StoppedError when a money column
    holds binary floats (CV-02): a join has broken it, and its figures are no longer exact.
    """
    having = [kinds for kinds in _KINDS.values() if set(frame.columns) <= set(kinds)]
    added = {} if having else _ADDED
    return {str(name): _kind(str(name), frame[name], having or list(_KINDS.values()), added) for name in frame.columns}


def _kind(name: str, values: pd.Series[Any], tables: Sequence[Mapping[str, str]], added: Mapping[str, str]) -> str:
    declared = {added[name]} if name in added else {kinds[name] for kinds in tables if name in kinds}
    letter = "O" if pd.api.types.is_string_dtype(values.dtype) else values.dtype.kind
    if letter == "f" and declared & {"money", "money?"}:
        raise StoppedError(f"{name} holds binary floats, not minor units (CV-02)", cure="Join on keys so that no amount goes missing.")
    if name in POINTS and letter in "iu":
        return "points"
    fitting = declared & _BY_DTYPE.get(letter, frozenset())
    return min(fitting).rstrip("?") if fitting else _PLAIN.get(letter, "text")


def table_of(frame: pd.DataFrame) -> str:
    """Name the declared table that has exactly these columns; blank when there is none."""
    names = sorted(frame.columns)
    return next((table.name for table in TABLES.values() if sorted(table.names()) == names), "")


def currency_column(name: str) -> str:
    """Name the column that states the currency of a money column."""
    return _CURRENCY_OF.get(name, "currency")


def currencies_of(name: str, frame: pd.DataFrame, currency: str = "") -> list[str]:
    """Return the currency of each row for a money column: the row's own, or the one given for frames without such a column.

    InputError when the frame has neither.
    """
    column = currency_column(name)
    if column not in frame.columns:
        if not currency:
            raise InputError(f"{name} is money, and the table has no column {column}", cure=f"Keep {column}, or pass currency='EUR'.")
        return [currency] * len(frame)
    return [str(code) for code in frame[column]]


def written(name: str, kind: str, frame: pd.DataFrame, units: Units, currency: str = "") -> list[str]:
    """Write a column for people, row by row."""
    values = frame[name].tolist()
    if kind == "money":
        codes = currencies_of(name, frame, currency)
        return ["" if pd.isna(v) else figure(int(v), code, units) for v, code in zip(values, codes, strict=True)]
    writers: Mapping[str, Callable[[Any], str]] = {"count": count, "percent": percent, "points": points, "date": day}
    if kind == "count" and name in _YEARS:
        return ["" if pd.isna(v) else str(v) for v in values]
    if kind in writers:
        return ["" if pd.isna(v) else writers[kind](v) for v in values]
    if kind == "flag":
        return ["yes" if v else "no" for v in values]
    return ["" if not isinstance(v, list | tuple | dict) and pd.isna(v) else str(v) for v in values]


def figure(minor: int, unit: str, units: Units) -> str:
    """Write a figure in its unit: money of a currency, a count of rows, or minor units where the currency is not known."""
    if unit == "rows":
        return count(minor)
    return money(minor, unit, units) if units.known(unit) else f"{count(minor)} minor units"


def totals_of(name: str, frame: pd.DataFrame, currency: str = "") -> dict[str, int]:
    """Add a money column per currency, exactly; missing amounts count as nothing (CV-15)."""
    sums: dict[str, int] = {}
    for value, code in zip(frame[name].tolist(), currencies_of(name, frame, currency), strict=True):
        sums[code] = sums.get(code, 0) + (0 if pd.isna(value) else int(value))
    return dict(sorted(sums.items()))
