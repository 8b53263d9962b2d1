"""Cheques: custody, deposit in time, post-dated ones, returns; and who still pays by cheque (CO-92, CO-94)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from arwork.collect.claims import working_days
from arwork.collect.standing import OWED
from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.tables import conform, empty

_WEEKEND = (5, 6)
_OWNER = "cash application"
"""Who holds, deposits and reverses cheques (CO-92)."""


def register(cheques: pd.DataFrame, as_of: date, holidays: Holidays = NO_HOLIDAYS) -> pd.DataFrame:
    """Return `cheque_register`: each of `cheques` with its state, the last day to deposit it, doubts and the next action (CO-92).

    A post-dated cheque is no receipt before its date. A returned one reverses its receipt, brings back the items with their
    own due dates, adds the fee NS, and breaks the promise it was given for.
    """
    known = cheques[cheques["received_date"] <= pd.Timestamp(as_of)]
    rows = [_row(row, as_of, holidays) for row in known.to_dict("records")]
    return conform("cheque_register", pd.DataFrame(rows)) if rows else empty("cheque_register")


def _row(row: Mapping[Any, Any], as_of: date, holidays: Holidays) -> dict[str, Any]:
    day = {name: _by(row[name], as_of) for name in ("cheque_date", "received_date", "deposit_date", "cleared_date", "returned_date")}
    written, received = pd.Timestamp(row["cheque_date"]).date(), pd.Timestamp(row["received_date"]).date()
    state = (
        "RETURNED" if day["returned_date"] else "CLEARED" if day["cleared_date"] else "DEPOSITED" if day["deposit_date"]
        else "POST_DATED" if written > as_of else "IN_HAND"
    )  # fmt: skip
    last = working_days(max(received, written), 1, holidays.get((row["ledger_id"], row["company_code"]), frozenset()), _WEEKEND)
    doubts = {
        "not endorsed for deposit only": not row["endorsed"] and state in ("IN_HAND", "POST_DATED"),
        "fewer than two persons hold it": len([one for one in row["custody_by"].split("|") if one.strip()]) < 2
        and state in ("IN_HAND", "POST_DATED"),
        "deposited late": (day["deposit_date"] or as_of) > last and state != "POST_DATED",
        "deposited before its date": bool(day["deposit_date"]) and (day["deposit_date"] or written) < written,
    }
    actions = {
        "RETURNED": f"reverse the receipt ({row['return_reason'] or 'reason not stated'}), reinstate the items with their due dates, add fee NS, "
        "put the account on hold, set its promise to BROKEN",
        "CLEARED": "none", "DEPOSITED": "wait for clearing; no refund and no credit release on it",
        "POST_DATED": "keep in the schedule by date; it is no receipt yet", "IN_HAND": f"deposit by {last.isoformat()}",
    }  # fmt: skip
    end = day["cleared_date"] or day["returned_date"] or as_of
    names = ("ledger_id", "company_code", "customer_id", "cheque_no", "bank", "amount", "currency")
    return {
        **{name: row[name] for name in names}, "state": state, "deposit_by": pd.Timestamp(last), "float_days": (end - received).days,
        "doubts": "; ".join(said for said, holds in doubts.items() if holds), "owner": _OWNER, "next_action": actions[state],
    }  # fmt: skip


def _by(value: Any, as_of: date) -> date | None:
    """Return the day of something that has happened by the key date."""
    if pd.isna(value) or pd.Timestamp(value).date() > as_of:
        return None
    return pd.Timestamp(value).date()


def payers(register_rows: pd.DataFrame) -> pd.DataFrame:
    """Return `cheque_payers`: customers who pay by cheque, ranked by count, then by days of float (CO-94)."""
    if register_rows.empty:
        return empty("cheque_payers")
    cleared = register_rows["state"] == "CLEARED"
    rows = register_rows.assign(one=1, cleared=cleared.astype("int64"), days=register_rows["float_days"].where(cleared, 0)).groupby(
        OWED, as_index=False
    )
    sums = rows.agg(cheques=("one", "sum"), amount=("amount", "sum"), float_days_total=("days", "sum"), cleared=("cleared", "sum"))
    order = ["cheques", "float_days_total", *OWED]
    ranked = sums.sort_values(order, ascending=[False, False, True, True, True, True], ignore_index=True)
    action = "offer bank transfer or direct debit; log the answer in the campaign"
    return conform("cheque_payers", ranked.assign(rank=range(1, len(ranked) + 1), owner="collector", next_action=action))
