"""Realised exchange differences of allocations to items in a foreign currency, in ledger currency (MP-63)."""

from __future__ import annotations

import pandas as pd

from arwork.matching.fx import Rates, carrying, convert, realised
from arwork.money import Units


def with_realised(allocations: pd.DataFrame, open_items: pd.DataFrame, rates: Rates, units: Units) -> pd.DataFrame:
    """Return `allocations` with `fx_difference_local`: what settled an item, at the rate of the value date, less what it was carried at.

    A part carries its share by document amount, and the remainder carries the rest, in the order of value date and receipt. A
    residual keeps its share. Minor units of the ledger currency, a gain positive; missing where no rate is known.
    """
    if allocations.empty:
        return allocations
    columns = ["item_id", "currency", "local_currency", "open_amount_doc", "open_amount_local"]
    known = open_items.loc[
        (open_items["currency"] != open_items["local_currency"]) & open_items["item_id"].isin(allocations["item_id"]), columns
    ]
    left = {item: [int(document), int(local)] for item, _, _, document, local in known.itertuples(index=False, name=None)}
    home = dict(zip(known["item_id"], known["local_currency"], strict=True))
    found: dict[str, int | None] = dict.fromkeys(allocations["allocation_id"], 0)
    foreign = allocations[allocations["item_id"].isin(left)].sort_values(["allocation_date", "receipt_id", "item_id"])
    columns = ["allocation_id", "item_id", "allocation_date", "item_currency", "amount_relieved", "residual"]
    for number, item, day, currency, relieved, residual in foreign[columns].itertuples(index=False, name=None):
        part = int(relieved) - int(residual)
        carried = carrying(left[item][1], left[item][0], part)
        left[item] = [left[item][0] - part, left[item][1] - carried]
        rate = rates.find(currency, home[item], day.date())
        found[number] = realised(convert(part, currency, rate, units), carried) if rate else None
    values = pd.array([found[number] for number in allocations["allocation_id"]], dtype="Int64")
    return allocations.assign(fx_difference_local=pd.Series(values, index=allocations.index))
