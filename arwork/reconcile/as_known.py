"""The subledger of any key date as it was known on any other day: balances, ageing, and the lines that tell the two apart (CV-06, CV-07)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.collect.ageing import age
from arwork.collect.key_date import open_at
from arwork.money import Units
from arwork.policy import Policy
from arwork.reconcile.changes import changes_since, known_on

_ACCOUNT = ["ledger_id", "company_code", "gl_account", "local_currency"]


@dataclass(frozen=True)
class AsKnown:
    """A key date as known on a day, beside as known now: balance by control account, ageing by bucket, and `changes_since`.

    `balances` has the columns of a control account with `then`, `now` and `difference` in ledger currency, minor units; `ageing` has
    ledger, company, currency and bucket with `then` and `now`. `undated` counts lines without entry date, whose posting date stood in.
    """

    key_date: date
    known: date
    balances: pd.DataFrame
    ageing: pd.DataFrame
    changes: pd.DataFrame
    undated: int


def as_known(t: Mapping[str, pd.DataFrame], key_date: date, known: date, policy: Policy, units: Units, customer_id: str = "") -> AsKnown:
    """Return the subledger at a key date as known at the end of another day, beside what is known now (CV-06, CV-07).

    Takes `open_items`, `disputes`, `allocations`. The differences of the balances are the sums of the changes, line by line.
    """
    items = t["open_items"]
    if customer_id:
        items = items[items["customer_id"] == customer_id].reset_index(drop=True)
    before = known_on(items, known)
    sides = {"then": before, "now": items}
    balances = pd.concat(
        {name: open_at(frame, key_date).groupby(_ACCOUNT)["open_local"].sum() for name, frame in sides.items()}, axis=1
    ).fillna(0).astype("int64")  # fmt: skip
    none = t["allocations"].head(0)
    columns = ["ledger_id", "company_code", "currency", "bucket_no", "bucket"]
    aged = {name: age(frame, t["disputes"], none, policy, key_date).ageing for name, frame in sides.items()}
    buckets = pd.concat(
        {name: frame[frame["basis"] == "DUE"].groupby(columns)["amount"].sum() for name, frame in aged.items()}, axis=1
    ).fillna(0).astype("int64")  # fmt: skip
    changes = changes_since(before, items, key_date, units)
    changes = changes.assign(sentence=changes["sentence"].str.replace(" behind the key date", " since that day", regex=False))
    balances = balances.assign(difference=balances["now"] - balances["then"]).reset_index()
    return AsKnown(key_date, known, balances, buckets.reset_index(), changes, int(items["entry_date"].isna().sum()))
