"""Bank lines from a table by layout: they get the identity and class that every bank reader gives, and prove no balance."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath
from typing import Any

import pandas as pd

from arwork.intake.bank.codes import Meaning
from arwork.intake.bank.statement import Line, Statement, bank_file, classed
from arwork.intake.received import Received

_TEXTS = (
    "bank_txn_id", "end_to_end_id", "txn_code", "virtual_account", "remitter_name", "remitter_account", "remitter_bank",
    "remittance_text", "structured_ref", "orig_currency", "return_reason",
)  # fmt: skip


def bank_lines_of(rows: pd.DataFrame, received: Received, form: str, encoding: str) -> pd.DataFrame:
    """Make table `bank_lines` of the rows of one file: a statement an account and currency, named by the file, without balances."""
    statements = [
        _statement(str(account), str(currency), group, received)
        for (account, currency), group in rows.groupby(["bank_account", "currency"], sort=True)
    ]
    proof = "The file states no balances, so nothing proves that it is whole."
    return bank_file(received, statements, format=form, encoding=encoding, completeness="not_proven", proof=proof).bank_lines


def _statement(account: str, currency: str, rows: pd.DataFrame, received: Received) -> Statement:
    lines = [_line(row) for row in rows.to_dict("records")]
    days = [line.booking_date for line in lines]
    return Statement(account, currency, PurePath(received.name).stem, "", min(days), max(days), None, None, lines, lines[0].source_line)


def _line(row: dict[Any, Any]) -> Line:
    amount = int(row["amount"])
    returned = "the bank calls it a return" if row.get("is_return") else ""
    kind, reason = classed(amount, Meaning("", "", ""), returned)
    texts: dict[str, Any] = {name: str(row[name]) for name in _TEXTS if name in row}
    return Line(
        booking_date=_day(row["booking_date"]),
        value_date=_day(row["value_date"]),
        amount=amount,
        source_line=str(row["source_line"]),
        kind=kind,
        class_reason=reason,
        method=row.get("method") or "OTHER",
        orig_amount=_whole(row.get("orig_amount")),
        charges=_whole(row.get("charges")),
        is_return=bool(returned),
        **texts,
    )


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)
