"""Continuity of GL balances: each adds up, and each opens where the period before closed (T11)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd

from arwork.dates import previous_period
from arwork.errors import first_few
from arwork.proof import Finding, Tie

_WHERE = ["ledger_id", "company_code", "gl_account"]
_SUM, _FOLLOWS = "opening and movements equal closing", "opening equals closing of the period before"


def continuity_of(gl_balances: pd.DataFrame, controls: Collection[tuple[str, str, str]]) -> tuple[list[Tie], list[Finding]]:
    """Tie each row of `gl_balances`: opening + debits − credits = closing, and opening = closing of the period before (T11).

    Control accounts have their own ties; all other accounts share two that count rows, and a finding names what breaks.
    """
    checks = list(_checks(gl_balances))
    ties = [tie for key, tie in checks if key in controls]
    others = [tie for key, tie in checks if key not in controls]
    for words in (_SUM, _FOLLOWS):
        same = [tie for tie in others if tie.name.endswith(words)]
        if same:
            ties.append(Tie(f"other GL accounts, rows whose {words}", "T11", sum(tie.holds for tie in same), len(same), "rows"))
    broken = [tie.name for tie in others if not tie.holds]
    said = f"{len(broken)} checks of GL balances fail: {first_few(broken)}."
    return ties, [Finding("T11", "warn", said, "gl_balances")] if broken else []


def _checks(gl_balances: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str], Tie]]:
    """Yield both checks of each row, with the account it belongs to; a first period has no check against the one before."""
    columns = [*_WHERE, "period", "currency", "opening", "debits", "credits", "closing"]
    rows: list[tuple[Any, ...]] = list(gl_balances.sort_values([*_WHERE, "period"])[columns].itertuples(index=False, name=None))
    closing_of = {row[:4]: row[-1] for row in rows}
    for ledger, company, account, period, currency, opening, debits, credits, closing in rows:
        key = (ledger, company, account)
        name = f"{ledger}/{company} account {account} {period}"
        yield key, Tie(f"{name}: {_SUM}", "T11", opening + debits - credits, closing, currency)
        before = closing_of.get((*key, previous_period(period)))
        if before is not None:
            yield key, Tie(f"{name}: {_FOLLOWS}", "T11", opening, before, currency)
