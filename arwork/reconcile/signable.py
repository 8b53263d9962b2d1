"""Whether a reconciliation may be certified: at 0.00 unexplained, or within what is immaterial (4.11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from arwork.money import Units, percent_of
from arwork.policy import AbsPct


def not_certifiable(reconciliations: pd.DataFrame, immaterial: AbsPct, units: Units) -> dict[str, str]:
    """Say by reconciliation why it cannot be certified; one that may be is not in the answer.

    Unexplained must be 0.00. An account that is no bank account may carry min(`immaterial` amount, share of its balance).
    """
    found = {}
    for row in reconciliations.to_dict("records"):
        if row["status"] == "NOT_PROVEN":
            found[str(row["recon_id"])] = "one of its two sides was not delivered, so nothing is proven"
        elif row["unexplained"] and abs(int(row["unexplained"])) > allowed(
            row["rule"], int(row["theirs"]), row["currency"], immaterial, units
        ):
            amount = units.said(row["unexplained"], row["currency"])
            found[str(row["recon_id"])] = f"{amount} are unexplained"
    return found


def allowed(rule: str, balance: int, currency: str, immaterial: AbsPct, units: Units) -> int:
    """Return the most that may stay unexplained, in minor units: 0 for a bank account (4.11)."""
    if rule == "RC-20":
        return 0
    return min(units.rounded(Decimal(immaterial.abs), currency), percent_of(abs(balance), Decimal(immaterial.pct)))


def quarter_end(as_of: date, year_ends_in: int = 12) -> bool:
    """Say whether a key date lies in the last month of a quarter, counted from the end of the fiscal year."""
    return (as_of.month - year_ends_in) % 3 == 0


def by_itself(reconciliations: pd.DataFrame, as_of: date, year_ends_in: int = 12) -> tuple[str, ...]:
    """Return the reconciliations that may be prepared without a person: those that tie without a single item, and none at quarter end.

    Year end is the end of a quarter. What is prepared so is still reviewed and certified by people.
    """
    if quarter_end(as_of, year_ends_in):
        return ()
    plain = (reconciliations["status"] == "TIES") & (reconciliations["unexplained"] == 0) & (reconciliations["items"] == 0)
    return tuple(sorted(reconciliations.loc[plain, "recon_id"].astype(str)))
