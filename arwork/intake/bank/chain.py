"""The statements of an account as a chain (RC-20): each opens with the balance with which the one before it closed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pandas as pd

from arwork.money import ISO, Units
from arwork.proof import Finding, Tie

Row = Any
"""A row of `statements` as a named tuple."""


def continuity(statements: pd.DataFrame, units: Units = ISO) -> tuple[tuple[Finding, ...], tuple[Tie, ...]]:
    """Check closing = next opening for each account and currency, and that no statement number is skipped (RC-20).

    In: table `statements`; minor units. A balance that does not go on is an error and names what lies between; a number
    that is skipped or runs backwards although the balances go on is a warning.
    """
    findings: list[Finding] = []
    ties: list[Tie] = []
    for _, rows in statements.groupby(["bank_account", "currency"], sort=True):
        chain = list(_in_order(rows))
        for before, after in pairwise(chain):
            name = f"{before.bank_account} {before.currency}: closing of {_named(before)} = opening of {_named(after)}"
            tie = Tie(name, "RC-20", int(before.closing), int(after.opening), str(before.currency))
            ties.append(tie)
            findings += _doubts(before, after, tie, units)
    return tuple(findings), tuple(ties)


def _in_order(rows: pd.DataFrame) -> Iterator[Row]:
    """Order statements by day; on one day the balances say which comes first, then the numbers."""
    left: list[Row] = sorted(rows.itertuples(), key=lambda row: (row.to_date, _number(row), row.statement_key))
    balance: int | None = None
    while left:
        same_day = [row for row in left if row.to_date == left[0].to_date]
        closings = {int(row.closing) for row in same_day if int(row.closing) != int(row.opening)}
        follows = [row for row in same_day if int(row.opening) == balance] or [row for row in same_day if int(row.opening) not in closings]
        chosen = (follows or same_day)[0]
        left.remove(chosen)
        balance = int(chosen.closing)
        yield chosen


def _number(row: Row) -> int:
    written = str(row.sequence_no)
    return int(written) if written.isascii() and written.isdigit() else 0


def _named(row: Row) -> str:
    return f"{row.statement_id} ({row.to_date.date()})"


def _doubts(before: Row, after: Row, tie: Tie, units: Units) -> Iterator[Finding]:
    """Say what is wrong between two statements: the balance, or only the number."""
    first, second = _number(before), _number(after)
    skipped = second > first + 1 and first > 0 and before.format.partition(".")[0] == after.format.partition(".")[0]
    one = second == first + 2
    between = f"number {first + 1}" if one else f"numbers {first + 1} to {second - 1}"
    rows = (str(before.statement_key), str(after.statement_key))
    account = f"Account {before.bank_account} {before.currency}"
    if not tie.holds:
        missing = (
            f"statement {between} {'is' if one else 'are'} missing"
            if skipped
            else "a statement between them is missing, or one stands here twice"
        )
        closing, opening, gap = (units.text(minor, str(before.currency)) for minor in (tie.ours, tie.theirs, -tie.difference))
        sentence = (
            f"{account}: {_named(before)} closes with {closing}, {_named(after)} opens with {opening}; {gap} lies between: {missing}."
        )
        yield Finding("RC-20", "error", sentence, "statements", rows)
    elif skipped:
        sentence = f"{account}: the balances of {_named(before)} and {_named(after)} meet, but {between} between them {'was' if one else 'were'} not given."
        yield Finding("RC-20", "warn", sentence, "statements", rows)
    elif 1 < second < first and after.to_date.year == before.to_date.year:
        sentence = f"{account}: statement numbers run backwards, from {_named(before)} to {_named(after)}."
        yield Finding("RC-20", "warn", sentence, "statements", rows)
