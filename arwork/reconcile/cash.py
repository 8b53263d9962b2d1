"""Balances of one bank account on both sides, and the proof of cash between them (RC-20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from arwork.dates import period_of, period_start


@dataclass(frozen=True)
class Balances:
    """One side over the period, minor units: opening, money in, money out (positive), closing, lines; `stated` by someone else than us."""

    opening: int
    receipts: int
    payments: int
    closing: int
    lines: int
    stated: bool

    def row(self, bank_account: str, currency: str, side: str) -> Mapping[str, Any]:
        """Return the row of `proof_of_cash`."""
        return {
            "bank_account": bank_account, "currency": currency, "side": side, "opening": self.opening, "receipts": self.receipts,
            "payments": self.payments, "closing": self.closing, "lines": self.lines,
        }  # fmt: skip


def bank_side(statements: pd.DataFrame, lines: pd.DataFrame, start: date, as_of: date) -> Balances | None:
    """Take the balances before `start` and at the key date from `statements`, the movements from `bank_lines`; None without statements."""
    if statements.empty:
        return None
    opening, closing = (_bank_balance(statements, lines, day) for day in (start - timedelta(days=1), as_of))
    return _between(lines["booking_date"], lines["amount"], start, as_of, opening, closing, True)


def book_side(gl_balances: pd.DataFrame, rows: pd.DataFrame, opening: int | None, start: date, as_of: date) -> Balances | None:
    """Take the balances of the GL account from `gl_balances`, else from the opening balance and the `cash_book`; None without either.

    A key date or start inside a period moves the stated balance by the rows given for the other days of that period.
    """
    stated = {str(p): (int(o), int(c)) for p, o, c in gl_balances[["period", "opening", "closing"]].itertuples(index=False, name=None)}
    days, amounts = rows["posting_date"], rows["amount"]
    now, before = stated.get(period_of(as_of)), stated.get(period_of(start))
    month = (days >= pd.Timestamp(period_start(period_of(start)))) & (days < pd.Timestamp(start))
    known = before[0] + int(amounts[month].sum()) if before else opening if len(rows) else None  # without rows there is no book
    if known is None:
        return None
    inside = int(amounts[(days >= pd.Timestamp(start)) & (days <= pd.Timestamp(as_of))].sum())
    later = (days > pd.Timestamp(as_of)) & (days.dt.year * 100 + days.dt.month == as_of.year * 100 + as_of.month)
    closing = now[1] - int(amounts[later].sum()) if now else known + inside
    return _between(days, amounts, start, as_of, known, closing, now is not None)


def _between(days: pd.Series[Any], amounts: pd.Series[int], start: date, as_of: date, opening: int, closing: int, stated: bool) -> Balances:
    inside = amounts[(days >= pd.Timestamp(start)) & (days <= pd.Timestamp(as_of))]
    return Balances(opening, int(inside.clip(lower=0).sum()), -int(inside.clip(upper=0).sum()), closing, len(inside), stated)


def _bank_balance(statements: pd.DataFrame, lines: pd.DataFrame, day: date) -> int:
    """Return the balance at the end of a day: the last closing until then, with the day's lines of statements that end later."""
    moment = pd.Timestamp(day)
    until, after = statements[statements["to_date"] <= moment], statements[statements["to_date"] > moment]
    moved = lines["statement_key"].isin(after["statement_key"]) & (lines["booking_date"] <= moment)
    stated = _edge(until, "closing", "opening") if len(until) else _edge(after, "opening", "closing")
    return stated + int(lines.loc[moved, "amount"].sum())


def _edge(statements: pd.DataFrame, wanted: str, other: str) -> int:
    """Return the last closing, or the first opening, of a chain; on one day the balances say which statement it is."""
    day = statements["to_date"].max() if wanted == "closing" else statements["to_date"].min()
    ends = statements[statements["to_date"] == day]
    number = pd.to_numeric(ends["sequence_no"], errors="coerce").fillna(0)
    ends = ends.assign(number=number).sort_values(["number", "statement_key"])
    free = ends[~ends[wanted].isin(ends.loc[ends["opening"] != ends["closing"], other])]
    chosen = free if len(free) else ends
    return int(chosen[wanted].iloc[-1 if wanted == "closing" else 0])
