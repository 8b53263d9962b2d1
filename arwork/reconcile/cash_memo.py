"""The memo lines of the daily cash log: returns, cheques that are not deposited, what was applied by rule and by a person (RC-70)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from arwork.reconcile.cash_days import ACCOUNT, KEY, with_sums
from arwork.reconcile.matched import Matched

_PLACE = ["ledger_id", "company_code", "currency"]


def memo(log: pd.DataFrame, credits: pd.DataFrame, matched: Matched, t: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Add the memo lines to the log, each as amount and count, minor units.

    Cheques name no bank account: they stand with the first account of their company and currency. What of line 3 is neither by
    rule nor by a person was posted by the ERP itself.
    """
    lines = matched.lines
    back = lines[(lines["is_return"] | (lines["class"] == "RETURN")) & lines["counts"]]
    log = _with(log, back.rename(columns={"booking_date": "day"}), "returns")
    applied = t["allocations"].assign(automatic=lambda a: a["by"] == "rule").groupby(["receipt_id", "automatic"])["amount_applied"].sum()
    posted = credits.loc[credits["posted_on"].notna(), ["line_id", *ACCOUNT, "posted_on"]].rename(columns={"posted_on": "day"})
    for name, rule in (("automatic", True), ("manual", False)):
        sums = applied[applied.index.get_level_values("automatic") == rule].droplevel("automatic")
        rows = posted[posted["line_id"].isin(sums.index)]
        log = _with(log, rows.assign(amount=sums.reindex(rows["line_id"]).to_numpy()), name)
    return _cheques(log, t.get("cheques"))


def _with(log: pd.DataFrame, rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return with_sums(log, rows.groupby(KEY)["amount"].agg(["sum", "size"]).rename(columns={"sum": name, "size": f"{name}_count"}))


def _cheques(log: pd.DataFrame, cheques: pd.DataFrame | None) -> pd.DataFrame:
    """Add the cheques held at the end of each day: received, not deposited, and of these the post-dated ones apart."""
    names = ("cheques_held", "post_dated")
    log = log.assign(**{column: 0 for name in names for column in (name, f"{name}_count")})
    if cheques is None or cheques.empty:
        return log
    for place, held in cheques.groupby(_PLACE, sort=True):
        mine = log.loc[(log[_PLACE] == list(place)).all(axis=1)]
        mine = mine[mine["bank_account"] == mine["bank_account"].min()]
        for at, day in mine["day"].items():
            here = held[
                (held["received_date"] <= day)
                & (held["deposit_date"].isna() | (held["deposit_date"] > day))
                & ~(held["returned_date"] <= day)
            ]
            for name, rows in zip(names, (here[here["cheque_date"] <= day], here[here["cheque_date"] > day]), strict=True):
                log.loc[at, [name, f"{name}_count"]] = [int(rows["amount"].sum()), len(rows)]
    return log
