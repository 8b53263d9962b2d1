"""What became of each reminder sent: paid, promised, disputed, undelivered, or nothing by the deadline (CO-20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from arwork.collect.key_date import open_at
from arwork.collect.standing import ACCOUNT, taken
from arwork.tables import conform, empty

_WAIT = timedelta(days=3)
_NEXT = {
    "PAID_FULL": ("collector", "none"), "PAID_PART": ("collector", "ask for the rest"), "PROMISE": ("collector", "follow the promise"),
    "DISPUTE": ("collector", "open the dispute and tell its owner the same day"), "QUERY": ("collector", "answer the query"),
    "CLAIMS_PAID": ("cash application", "search unapplied and unidentified money within 1 day"),
    "WRONG_ADDRESSEE": ("master data", "correct the address"), "UNDELIVERED": ("master data", "correct the address, then send again"),
    "REFUSES": ("team lead", "decide on escalation (CO-40)"), "INSOLVENCY_NOTICE": ("risk management", "today (CO-50)"),
    "NO_REACTION": ("collector", "call, next level at the next run"), "OPEN": ("collector", "wait for the deadline"),
}  # fmt: skip
"""Who does what after each reaction."""


def reactions(tables: Mapping[str, pd.DataFrame], as_of: date) -> pd.DataFrame:
    """Return `letter_reactions`: what a person recorded, else what the ledger shows, of each of `letters_sent` (CO-20).

    Of the documents a letter lists, what is no longer open counts as paid; 95 % of the amount is PAID_FULL. A letter
    without a trace three days after its deadline is NO_REACTION.
    """
    sent = tables["letters_sent"].loc[lambda t: t["sent_date"] <= pd.Timestamp(as_of)]
    if sent.empty:
        return empty("letter_reactions")
    left = _left(tables, as_of)
    rows = []
    for row in sent.to_dict("records"):
        whose = tuple(row[name] for name in [*ACCOUNT, "currency"])
        open_now = sum(left.get((*whose, document), 0) for document in dict.fromkeys(row["items"].split()))
        paid = max(0, min(int(row["amount"]), int(row["amount"]) - open_now)) if row["items"] else 0
        code = _code(row, paid, as_of)
        names = ("letter_id", *ACCOUNT, "currency", "level", "sent_date", "deadline", "amount")
        rows.append(
            {
                **{name: row[name] for name in names},
                "paid": paid,
                "reaction_code": code,
                "owner": _NEXT[code][0],
                "next_action": _NEXT[code][1],
            }
        )
    return conform("letter_reactions", pd.DataFrame(rows))


def _code(row: Mapping[Any, Any], paid: int, as_of: date) -> str:
    if paid * 100 >= int(row["amount"]) * 95 and paid:
        return "PAID_FULL"
    if row["reaction_code"]:
        return str(row["reaction_code"])
    if row["delivery"] == "UNDELIVERED":
        return "UNDELIVERED"
    over = not pd.isna(row["deadline"]) and pd.Timestamp(as_of) > row["deadline"] + _WAIT
    return "PAID_PART" if paid else "NO_REACTION" if over else "OPEN"


def _left(tables: Mapping[str, pd.DataFrame], as_of: date) -> dict[tuple[str, ...], int]:
    """What is open of each document, by account, currency and reference, after what this close allocates."""
    kept = open_at(tables["open_items"], as_of)
    kept = kept.assign(left=kept["open_doc"] - kept["item_id"].map(taken(tables["allocations"])).fillna(0).astype("int64"))
    sums = kept[kept["left"] > 0].groupby([*ACCOUNT, "currency", "reference"])["left"].sum()
    found: dict[Any, Any] = sums.to_dict()
    return {tuple(map(str, key)): int(value) for key, value in found.items()}
