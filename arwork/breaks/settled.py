"""Items that money has settled, and which receipt of this close settled which (EX-12, EX-13, EX-16, EX-20)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from arwork.money import percent_of

WHOSE = ["ledger_id", "company_code", "currency", "family"]
"""What a payment and the item it may repeat have in common (CV-08)."""

_ACCOUNT = ["ledger_id", "company_code", "customer_id"]
_PERCENT_POINT = 10_000


def with_family(frame: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Add `family`: the parent of the customer, else its legal entity, else the customer itself."""
    head = customers["parent_id"].where(customers["parent_id"] != "", customers["party_id"])
    head = head.where(head != "", customers["customer_id"])
    known = dict(zip(customers[_ACCOUNT].itertuples(index=False, name=None), head, strict=True))
    rows = frame[_ACCOUNT].itertuples(index=False, name=None)
    return frame.assign(family=pd.Series([known.get(row, row[2]) for row in rows], index=frame.index, dtype="str"))


def settled_items(open_items: pd.DataFrame) -> pd.DataFrame:
    """Return the debit items that were settled by money, each with `cleared` (date) and `group` (its clearing).

    Left out: reversed and written-off lines, items cleared by credits alone, and items whose receipts were all reversed,
    for then the next payment is a presentation anew (EX-13).
    """
    cleared = open_items.loc[open_items["clearing_date"].notna() & (open_items["open_amount_doc"] == 0)]
    group = cleared["clearing_date"].astype("datetime64[s]").astype("int64").astype("str")
    for name in ("clearing_doc", "customer_id", "currency", "company_code", "ledger_id"):
        group = cleared[name] + "/" + group
    cleared = cleared.assign(cleared=cleared["clearing_date"], group=group.where(cleared["clearing_doc"] != "", cleared["item_id"]))
    cash = cleared["doc_type"].isin(["RCPT", "ONACC", "REFUND"])
    owed = cleared.loc[~cash].groupby("group")["amount_doc"].sum()
    receipts = cleared.loc[cleared["doc_type"] == "RCPT"].assign(stands=lambda r: r["reversed_by"] == "")
    stands = receipts.groupby("group")["stands"].any()
    paid = ~cash & (cleared["amount_doc"] > 0) & cleared["group"].isin(owed.index[owed > 0])
    paid &= ~cleared["group"].isin(stands.index[~stands]) & ~cleared["written_off"]
    return cleared.loc[paid & (cleared["reversed_by"] == "") & (cleared["reverses"] == "")].reset_index(drop=True)


def nets(gross: int, *percents: int) -> list[int]:
    """List an amount less each discount that is not nil (MP-12, base gross); percents as kept in the tables."""
    return [gross - percent_of(gross, Decimal(p) / _PERCENT_POINT) for p in percents if p]


def amounts_of(paid: pd.DataFrame) -> pd.DataFrame:
    """List every amount that would settle a settled item again: gross (40 points), net of discount within one minor unit (30)."""
    rows = []
    whose = zip(paid["item_id"], paid["amount_doc"].tolist(), paid["disc1_pct"].tolist(), paid["disc2_pct"].tolist(), strict=True)
    for number, (item_id, gross, first, second) in enumerate(whose):
        near = {net + step: 3000 for net in nets(gross, first, second) for step in (-1, 0, 1)} | {gross: 4000}
        rows += [(number, item_id, amount, points) for amount, points in near.items()]
    table = pd.DataFrame(rows, columns=["number", "item_id", "amount", "points_amount"])
    carried = paid[[*WHOSE, "customer_id", "cleared", "group"]].iloc[table["number"]].reset_index(drop=True)
    return pd.concat([table.drop(columns="number"), carried.rename(columns={"customer_id": "item_customer"})], axis=1)


def settlers(receipts: pd.DataFrame, references: pd.DataFrame, paid: pd.DataFrame, amounts: pd.DataFrame) -> Mapping[str, str]:
    """Say which receipt settled which item, as item_id to receipt_id; each receipt settles one item or one clearing.

    A receipt can have settled what was cleared on the day it arrived or later, for exactly its amount: a whole clearing
    before a single item, a receipt that names the item before one that does not, the earlier before the later.
    """
    since = receipts["arrival"].min()
    group_of = dict(zip(paid["item_id"], paid["group"], strict=True))
    met = receipts[["receipt_id", "arrival", "amount", *WHOSE]].merge(_units(paid, amounts, since), on=["amount", *WHOSE], how="inner")
    met = met.loc[met["arrival"] <= met["cleared"]]
    pairs = [pair for pair in references[["receipt_id", "item_id"]].itertuples(index=False, name=None) if pair[1]]
    named = {*pairs, *((receipt, group_of.get(item, "")) for receipt, item in pairs)}
    met = met.assign(unnamed=[pair not in named for pair in zip(met["receipt_id"], met["unit"], strict=True)])
    met = met.sort_values(["rank", "unnamed", "cleared", "arrival", "unit", "receipt_id"])
    used: set[str] = set()
    taken: dict[str, str] = {}
    for unit, group, receipt in met[["unit", "group", "receipt_id"]].itertuples(index=False, name=None):
        if receipt not in used and unit not in taken and group not in taken:
            taken[unit] = receipt
            used.add(receipt)
    found = {item: taken.get(item, taken.get(group, "")) for item, group in group_of.items()}
    return {item: receipt for item, receipt in found.items() if receipt}


def _units(paid: pd.DataFrame, amounts: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """List what one receipt can have settled since a day: whole clearings of several items (rank 0), single items (rank 1)."""
    single = amounts.loc[amounts["cleared"] >= since]
    several = paid.loc[(paid["cleared"] >= since) & paid["group"].duplicated(keep=False)]
    whole = several.assign(amount=several["amount_doc"]).groupby([*WHOSE, "group", "cleared"], as_index=False)[["amount"]].sum()
    wanted = ["unit", "rank", "group", "cleared", "amount", *WHOSE]
    parts = (single.assign(unit=single["item_id"], rank=1)[wanted], whole.assign(unit=whole["group"], rank=0)[wanted])
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]
