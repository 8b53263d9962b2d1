"""Rejects that the params accept (LD-10): exactly those, by digest of the file, number of rows and sum; all others stop the close."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from arwork.errors import InputError, first_few, place
from arwork.params import Params
from arwork.tables import conform


def accepted(rejects: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Mark the rejects that the params accept; any others stop the close (LD-10), with the block that would accept them."""
    if rejects.empty:
        return rejects
    allowed = {entry.sha256: entry for entry in params.accept_rejects}
    refused, accepted = [], set()
    for sha, rows in rejects.groupby("source_sha256", sort=True):
        lines = rows.drop_duplicates(["source_line"])
        total = sum((Decimal(text) for text in lines["amount"] if text), Decimal(0))
        entry = allowed.get(str(sha))
        if entry and entry.rows == len(lines) and entry.sum == total:
            accepted.add(sha)
            continue
        facts = rows.head(3)[["source_file", "source_line", "column", "value", "reason"]].itertuples(index=False, name=None)
        shown = [f"{place(file, line, column, value)}: {reason}" for file, line, column, value, reason in facts]
        block = f"accept_rejects: [{{sha256: {sha}, rows: {len(lines)}, sum: {total}}}]"
        refused.append(
            f"{rows['source_file'].iloc[0]}: {_row_count(len(lines))} cannot be taken over ({first_few(shown, 3)}); "
            f"to accept exactly {'this' if len(lines) == 1 else 'these'}: {block}{_unread(lines)}"
        )
    if refused:
        raise InputError(first_few(refused, 3), cure=f"{rejects['cure'].iloc[0]} Or accept them in the params")
    return conform("rejects", rejects.assign(accepted=rejects["source_sha256"].isin(accepted)))


def _row_count(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _unread(lines: pd.DataFrame) -> str:
    """Say of how many rejected rows the amount could not be read, so that the sum is not taken for all of them."""
    blank = int((lines["amount"] == "").sum())
    return f" (the sum leaves out {_row_count(blank)} whose amount cannot be read)" if blank else ""
