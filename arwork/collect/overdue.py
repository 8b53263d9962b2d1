"""What a customer really owes late: overdue and undisputed, less money and credits on the account (section 6, CO-80)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from arwork.collect.payments import WHOSE

OVER = ("RESOLVED", "CLOSED")
"""States of a dispute that is settled."""
_CASH = ("ONACC", "RCPT")


def standing(ageing_items: pd.DataFrame, open_items: pd.DataFrame, disputes: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return `ageing_items` with what is left after this close: `left`, `left_local`, `disputed_part`, `disputed_local`, `dispute_ids`.

    A dispute takes its own amount off its documents, the oldest first (CO-80); an item that only carries the number of a dispute
    is in it as a whole. Amounts in minor units; local parts are valued at the rate of the item.
    """
    items = ageing_items.merge(open_items[["item_id", "doc_no", "dispute_id"]], on="item_id", how="left", validate="1:1")
    left = items["open_amount"] - items["about_to_clear"]
    left = left.where((left > 0) == (items["open_amount"] > 0), 0)
    items = items.assign(left=left, left_local=_valued(items, left))
    parts, numbers = _disputed(items, disputes, as_of)
    part = parts.clip(upper=items["left"].clip(lower=0))
    return items.assign(disputed_part=part.astype("int64"), disputed_local=_valued(items, part), dispute_ids=numbers)


def _valued(items: pd.DataFrame, part: pd.Series[int]) -> pd.Series[int]:
    """Value a part of each item in ledger currency, rounded, as its share of the item's local amount (CV-03)."""
    values = part.to_numpy(dtype="int64", copy=True)
    doc, local = items["open_amount"].to_numpy(), items["open_local"].to_numpy()
    for row in np.flatnonzero((doc != local) & (values != 0) & (doc != 0)):
        whole = abs(int(doc[row]))
        shared = (2 * abs(int(values[row]) * int(local[row])) + whole) // (2 * whole)
        values[row] = shared if int(values[row]) * int(local[row]) * int(doc[row]) >= 0 else -shared
    return pd.Series(values, index=items.index)


def _disputed(items: pd.DataFrame, disputes: pd.DataFrame, as_of: date) -> tuple[pd.Series[int], pd.Series[str]]:
    """Return the disputed amount of each item and the numbers of its unresolved disputes, separated by blanks."""
    running = disputes[~disputes["status"].isin(OVER) & (disputes["opened_date"] <= pd.Timestamp(as_of))].sort_values("dispute_id")
    amount = pd.Series(0, index=items.index, dtype="int64")
    numbers = pd.Series("", index=items.index, dtype="object")
    known = set(running["dispute_id"])
    unknown = items["disputed"] & (items["dispute_id"] != "") & ~items["dispute_id"].isin(known)
    amount.loc[unknown] = items.loc[unknown, "left"]
    numbers.loc[unknown] = items.loc[unknown, "dispute_id"]
    near = items[items["disputed"] & (items["left"] > 0)].sort_values(["due_date", "item_id"])
    by_account = dict(iter(near.groupby(WHOSE, sort=False)))
    for row in running.to_dict("records"):
        own = by_account.get((row["ledger_id"], row["company_code"], row["customer_id"]))
        if own is None:
            continue
        words = row["items"].split()
        named = own["reference"].isin(words) | own["doc_no"].isin(words) | own["item_id"].isin(words)
        over = int(row["disputed_amount"])
        for place, left, currency in own.loc[named | (own["dispute_id"] == row["dispute_id"]), ["left", "currency"]].itertuples(name=None):
            part = left if currency != row["currency"] else min(over, left - int(amount[place]))
            over -= part if currency == row["currency"] else 0
            if part > 0:
                amount[place] += part
                numbers[place] = f"{numbers[place]} {row['dispute_id']}".strip()
    return amount, numbers


def net_overdue(items: pd.DataFrame, receipts: pd.DataFrame) -> pd.DataFrame:
    """Return by account and currency what is net overdue, in the currency and in ledger currency; minor units.

    `items` come from `standing`, `receipts` bring the money of this close that waits on the account. Net overdue is overdue less
    disputed less on-account, unapplied and due credits, never below nothing; no currency nets another (CV-08).
    """
    keys = [*WHOSE, "currency", "local_currency"]
    late = (items["days_past_due"] >= 1) & (items["left"] > 0)
    credit = (items["left"] < 0) & ((items["days_past_due"] >= 0) | items["doc_type"].isin(_CASH))
    free = late & (items["disputed_part"] < items["left"])
    measured = items[keys].assign(
        overdue=items["left"].where(late, 0), overdue_local=items["left_local"].where(late, 0),
        disputed=items["disputed_part"].where(late, 0), disputed_local=items["disputed_local"].where(late, 0),
        credits=(-items["left"]).where(credit, 0), items=late.astype("int64"), oldest_days=items["days_past_due"].where(free, 0),
    )  # fmt: skip
    sums = dict.fromkeys(("overdue", "overdue_local", "disputed", "disputed_local", "credits", "items"), "sum")
    found = measured.groupby(keys, sort=True).agg({**sums, "oldest_days": "max"}).reset_index()
    waiting = receipts[receipts["customer_id"] != ""]
    cash = waiting.assign(cash=waiting["unapplied_amount"] + waiting["on_account_amount"])
    found = found.merge(cash.groupby([*WHOSE, "currency"])["cash"].sum().reset_index(), on=[*WHOSE, "currency"], how="left")
    free_doc = found["overdue"] - found["disputed"]
    unapplied = found["credits"] + found["cash"].fillna(0).astype("int64")
    net = (free_doc - unapplied).clip(lower=0)
    rate = {"whole": free_doc, "local": found["overdue_local"] - found["disputed_local"]}
    return found.drop(columns=["cash", "credits"]).assign(
        unapplied=unapplied, net=net, net_local=_at_rate(net, **rate), unapplied_local=_at_rate(unapplied, **rate)
    )


def _at_rate(part: pd.Series[int], whole: pd.Series[int], local: pd.Series[int]) -> pd.Series[int]:
    """Value an amount at the rate that the overdue items stand at; one to one where nothing gives a rate."""
    triples = zip(part.tolist(), whole.tolist(), local.tolist(), strict=True)
    return pd.Series([(2 * p * v + w) // (2 * w) if w > 0 and w != v else p for p, w, v in triples], index=part.index, dtype="int64")


def owing(items: pd.DataFrame, net: pd.DataFrame) -> pd.DataFrame:
    """Return the overdue undisputed rows of `standing` of accounts that are net overdue, with `free_local`, what of them is not in dispute.

    What this close allocates is paid, and an account whose own money covers what is overdue is not late (section 6).
    """
    late = items[(items["days_past_due"] >= 1) & (items["left"] > items["disputed_part"])]
    accounts = net.loc[net["net"] > 0, WHOSE].drop_duplicates()
    kept = late.merge(accounts, on=WHOSE, how="inner", validate="m:1")
    return kept.assign(free_local=kept["left_local"] - kept["disputed_local"])


def money_of(net: pd.DataFrame) -> dict[tuple[str, str, str, str], int]:
    """Return by account and currency the money and credits that wait on the account, from `net_overdue`."""
    rows = net[[*WHOSE, "currency", "unapplied"]].itertuples(index=False, name=None)
    return {(ledger, company, customer, currency): int(amount) for ledger, company, customer, currency, amount in rows}
