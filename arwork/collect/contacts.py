"""First contact within the days of the policy, and the contacts that follow (CO-10, MT-31)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from arwork.collect.overdue import OVER
from arwork.collect.payments import WHOSE
from arwork.money import Units
from arwork.policy import Policy
from arwork.tables import conform, empty

WORST = ("NOT_REQUIRED", "MET", "DUE", "AT_RISK", "BREACHED")
"""States of a first contact, the worst last."""
_SPOKEN, _WRITTEN = ("PHONE", "MEETING"), ("LETTER",)


def qualifying(contacts: pd.DataFrame, policy: Policy, as_of: date) -> pd.DataFrame:
    """Return the contacts that may count as a first contact, made by the key date (CO-10).

    Outgoing calls and meetings that reached somebody (a visit is a meeting), letters that were sent and not returned, and further
    channels that the policy names; incoming contacts that reached us.
    """
    kind = contacts["type"].replace({"VISIT": "MEETING"})
    reached, sent = contacts["outcome"] == "REACHED", contacts["outcome"].isin(["SENT", "DELIVERED"])
    named = kind.isin(policy.contact.types)
    out = named & np.where(kind.isin(_SPOKEN), reached, np.where(kind.isin(_WRITTEN), sent, sent | reached))
    counts = np.where(contacts["direction"] == "IN", reached, out)
    return contacts[counts.astype(bool) & (contacts["contact_date"] <= pd.Timestamp(as_of))]


def first_contacts(
    open_items: pd.DataFrame, contacts: pd.DataFrame, disputes: pd.DataFrame, customers: pd.DataFrame, net: pd.DataFrame, paid: pd.DataFrame,
    policy: Policy, units: Units, start: date, as_of: date,
) -> pd.DataFrame:  # fmt: skip
    """Return `first_contacts`: the state of each overdue item's first contact (CO-10).

    Items open and overdue at the key date, and items cleared since whose deadline lies in the period that begins at `start`.
    `net` is `net_overdue`: a customer with less than the policy's least amount needs no contact; `paid` are the payments of items,
    those of this close among them. Empty without a contact log,
    because without one nobody can be said to have called too late.
    """
    if contacts.empty:
        return empty("first_contacts")
    settled = paid.loc[paid["cleared"]].groupby("item_id")["value_date"].max()
    days = settled.astype("datetime64[us]").reindex(open_items["item_id"]).set_axis(open_items.index)
    known = open_items.assign(settled=days.fillna(open_items["clearing_date"]))
    items = _items(known, policy, start, as_of)
    items = items.merge(customers[[*WHOSE, "collector", "status"]], on=WHOSE, how="left", validate="m:1")
    items = items[items["collector"].fillna("") != ""].reset_index(drop=True)
    hits = _hits(items, qualifying(contacts, policy, as_of))
    items = items.merge(hits, on="item_id", how="left", validate="1:1")
    status = _status(items, disputes, _owing(net, policy, units), policy, as_of)
    return conform(
        "first_contacts",
        items.assign(status=status, amount=items["open_amount_doc"].where(items["open_amount_doc"] != 0, items["amount_doc"]))[
            [
                "item_id",
                *WHOSE,
                "reference",
                "collector",
                "currency",
                "amount",
                "due_date",
                "deadline",
                "status",
                "contact_id",
                "contact_date",
            ]
        ],
    )


def _items(open_items: pd.DataFrame, policy: Policy, start: date, as_of: date) -> pd.DataFrame:
    day, length = pd.Timestamp(as_of), pd.Timedelta(days=policy.contact.first_contact_days)
    late = (open_items["amount_doc"] > 0) & (open_items["due_date"] < day) & (open_items["posting_date"] <= day)
    cleared = open_items["settled"] <= day
    recent = (open_items["due_date"] + length >= pd.Timestamp(start)) & (open_items["settled"] > open_items["due_date"])
    wanted = late & (~cleared | recent)
    kept = open_items[wanted & ~open_items["written_off"] & ~open_items["legal_hold"]].reset_index(drop=True)
    return kept.assign(deadline=kept["due_date"] + length)


def _hits(items: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """Return the first contact that counts for each item: after its due date, by the deadline, about it or the whole account."""
    pairs = items[["item_id", *WHOSE, "due_date", "deadline", "reference", "doc_no"]].merge(
        contacts[["contact_id", *WHOSE, "contact_date", "items"]], on=WHOSE, how="inner", validate="m:m"
    )
    pairs = pairs[(pairs["contact_date"] > pairs["due_date"]) & (pairs["contact_date"] <= pairs["deadline"])]
    about = [
        not words or bool({item, ref, doc} & set(words.split()))
        for words, item, ref, doc in zip(pairs["items"], pairs["item_id"], pairs["reference"], pairs["doc_no"], strict=True)
    ]
    first = pairs.loc[np.array(about, dtype=bool)].sort_values(["item_id", "contact_date", "contact_id"])
    return first.drop_duplicates("item_id")[["item_id", "contact_id", "contact_date"]]


def _owing(net: pd.DataFrame, policy: Policy, units: Units) -> pd.Series[bool]:
    """Say by account whether it owes at least what the policy asks a contact for."""
    least = net["local_currency"].map({code: units.rounded(policy.contact.min_amount, code) for code in net["local_currency"].unique()})
    owed = net.assign(least=least).groupby(WHOSE).agg({"net_local": "sum", "least": "max"})
    found: pd.Series[bool] = (owed["net_local"] > 0) & (owed["net_local"] >= owed["least"])
    return found


def _status(items: pd.DataFrame, disputes: pd.DataFrame, owing: pd.Series[bool], policy: Policy, as_of: date) -> pd.Series[str]:
    days = (items["deadline"] - pd.Timestamp(as_of)).dt.days
    status = pd.Series("DUE", index=items.index).mask(days <= policy.contact.at_risk_days, "AT_RISK").mask(days < 0, "BREACHED")
    nothing = ~owing.reindex(pd.MultiIndex.from_frame(items[WHOSE]), fill_value=False).to_numpy(dtype=bool)
    small = ~(items["settled"] <= pd.Timestamp(as_of)) & nothing
    in_time = (items["settled"] <= items["deadline"]) & (items["settled"] <= pd.Timestamp(as_of))
    status = status.mask(in_time | _disputed(items, disputes) | small, "NOT_REQUIRED")
    return status.mask(items["contact_id"].notna(), "MET")


def _disputed(items: pd.DataFrame, disputes: pd.DataFrame) -> pd.Series[bool]:
    """Say of each item whether it was in dispute by its deadline, and the dispute was not settled before that."""
    named = disputes.loc[
        ~disputes["status"].isin(OVER) | (disputes["resolved_date"].notna()), [*WHOSE, "items", "opened_date", "resolved_date"]
    ]
    named = named.assign(word=named["items"].str.split()).explode("word").drop(columns=["items"])
    found: pd.Series[bool] = pd.Series(False, index=items.index)
    for column in ("item_id", "doc_no", "reference"):
        near = items.loc[items[column].isin(named["word"]), [*WHOSE, column, "deadline"]].reset_index()
        pairs = near.merge(named, left_on=[*WHOSE, column], right_on=[*WHOSE, "word"], how="inner", validate="m:m")
        live = (pairs["opened_date"] <= pairs["deadline"]) & ~(pairs["resolved_date"] < pairs["deadline"])
        found.loc[pairs.loc[live, "index"]] = True
    return found


def worst(first: pd.DataFrame) -> pd.Series[str]:
    """Return by account the worst state of its items' first contacts (CO-10)."""
    rank = first["status"].map({name: place for place, name in enumerate(WORST)})
    found: pd.Series[str] = first.assign(rank=rank).groupby(WHOSE)["rank"].max().map(dict(enumerate(WORST)))
    return found
