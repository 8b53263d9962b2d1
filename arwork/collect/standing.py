"""What stands against an item or an account at a day: parts in dispute, parts promised, credits beside it (domain 6, CO-07)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

ACCOUNT = ["ledger_id", "company_code", "customer_id"]
"""The columns that name an account."""
OWED = [*ACCOUNT, "currency"]
"""The columns within which amounts may be added (CV-08)."""
_NAMES = ("item_id", "doc_no", "reference")


def whose(key: Any) -> dict[str, str]:
    """Write an account key as the columns it stands for."""
    return dict(zip(ACCOUNT, map(str, key), strict=True))


def disputed_part(items: pd.DataFrame, disputes: pd.DataFrame, as_of: date) -> pd.Series[Any]:
    """Return how much of each item (`open_items` with `left`, minor units) is in dispute at a day (CO-80).

    A dispute of one item takes its amount; a dispute of several, or one without an amount, takes them whole unless its
    amount covers all of them anyway, because nobody said which part of which is contested.
    """
    live = disputes[~disputes["status"].isin(["RESOLVED", "CLOSED"]) & (disputes["opened_date"] <= pd.Timestamp(as_of))]
    over = set(disputes["dispute_id"]) - set(live["dispute_id"])
    parts, left = pd.Series(0, index=items.index, dtype="int64"), dict(zip(items.index, items["left"].tolist(), strict=True))
    places = _places(items, set(live["items"].str.split().explode()) | set())
    for row in live.sort_values("dispute_id").to_dict("records"):
        own = items.index[items["dispute_id"] == row["dispute_id"]] if row["dispute_id"] else []
        owner = tuple(row[name] for name in ACCOUNT)
        hit = sorted({place for named in row["items"].split() for place in places.get((*owner, named), ())} | set(own))
        for place in hit:
            alone = len(hit) == 1 and row["disputed_amount"] > 0
            parts[place] += int(row["disputed_amount"]) if alone else int(left[place])
    told = (items["dispute_id"] != "") & ~items["dispute_id"].isin([*over, *live["dispute_id"]])
    return parts.mask(told, items["left"]).clip(lower=0).clip(upper=items["left"].clip(lower=0)).astype("int64")


def _places(items: pd.DataFrame, wanted: set[Any]) -> Mapping[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = {}
    for name in _NAMES:
        near = items.loc[items[name].isin(wanted), [*ACCOUNT, name]]
        for place, row in zip(near.index, near.itertuples(index=False, name=None), strict=True):
            found.setdefault(row, []).append(int(place))
    return found


def promised_part(items: pd.DataFrame, promises: pd.DataFrame, as_of: date, tolerance_days: int) -> pd.Series[Any]:
    """Return how much of each item (with `left`) is promised by an open promise whose day and tolerance have not passed (CO-07).

    A promise for the account covers its items by due date, the oldest first.
    """
    since = pd.Timestamp(as_of - timedelta(days=tolerance_days))
    kept = (promises["status"] == "OPEN") & (promises["promised_date"] >= since) & (promises["created_date"] <= pd.Timestamp(as_of))
    live = promises.loc[kept].sort_values("promise_id")
    parts, left = pd.Series(0, index=items.index, dtype="int64"), dict(zip(items.index, items["left"].tolist(), strict=True))
    places = _places(items, {word for text in live["item"] for word in text.split()})
    for row in live.to_dict("records"):
        owner = tuple(row[name] for name in ACCOUNT)
        named = dict.fromkeys(place for word in row["item"].split() for place in places.get((*owner, word), ()))
        hit = sorted(named, key=lambda place: (items.at[place, "due_date"], place)) if row["item"] else _of_account(items, row)
        rest = int(row["promised_amount"])
        for place in hit:
            taken = min(rest, max(int(left[place]) - int(parts[place]), 0))
            parts[place] += taken
            rest -= taken
    return parts


def _of_account(items: pd.DataFrame, row: Mapping[Any, Any]) -> list[int]:
    mine = (items["customer_id"] == row["customer_id"]) & (items["currency"] == row["currency"])
    mine &= (items["ledger_id"] == row["ledger_id"]) & (items["company_code"] == row["company_code"]) & (items["left"] > 0)
    return [int(place) for place in items.loc[mine].sort_values(["due_date", "item_id"]).index]


def credits_beside(kept: pd.DataFrame, receipts: pd.DataFrame, as_of: date) -> pd.Series[Any]:
    """Return by account and currency, as positive figures, money on account, unapplied money and credit memos due (domain 6).

    Takes items open at the day (with `open_doc`) and the `receipts` of the close, whose money the ledger does not yet show.
    """
    credit = kept[kept["open_doc"] < 0]
    lone = credit["ref_item"] == ""
    due = credit["due_date"].mask(lone, credit["doc_date"]) <= pd.Timestamp(as_of)
    cash = credit["doc_type"].isin(["ONACC", "RCPT"])
    known = receipts[receipts["customer_id"] != ""]
    money = known.assign(open=known["unapplied_amount"] + known["on_account_amount"])
    parts = [credit[due | cash].assign(open=-credit["open_doc"]), money]
    both = pd.concat([part[[*OWED, "open"]] for part in parts], ignore_index=True)
    return both.groupby(OWED)["open"].sum()


def taken(allocations: pd.DataFrame) -> pd.Series[Any]:
    """Return by item what the allocations of this close take off it, residuals left out, because they stay owed (MP-42)."""
    return (allocations["amount_relieved"] - allocations["residual"]).groupby(allocations["item_id"]).sum()
