"""Items that money has settled, and which receipt of this close settled which (EX-12, EX-13, EX-16, EX-20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from arwork.matching.columns import column
from arwork.money import percent_of

WHOSE = ["ledger_id", "company_code", "currency", "family"]
"""What a payment and the item it may repeat have in common (CV-08)."""

_ACCOUNT = ["ledger_id", "company_code", "customer_id"]
_PERCENT_POINT = 10_000
_UNIT = ["unit", "rank", "group", "cleared"]


def with_family(frame: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Add `family`: the parent of the customer, else its legal entity, else the customer itself."""
    head = customers["parent_id"].where(customers["parent_id"] != "", customers["party_id"])
    kin = customers.assign(head=head)[(head != "") & (head != customers["customer_id"])]
    if kin.empty:
        return frame.assign(family=frame["customer_id"])
    known = dict(zip(zip(*(column(kin, name) for name in _ACCOUNT), strict=True), column(kin, "head"), strict=True))
    family, place = column(frame, "customer_id"), np.flatnonzero(among(frame, "customer_id", column(kin, "customer_id")))
    for row, account in zip(place.tolist(), zip(*(column(frame.iloc[place], name) for name in _ACCOUNT), strict=True), strict=True):
        family[row] = known.get(account, account[2])
    return frame.assign(family=pd.Series(family, index=frame.index, dtype="str"))


def among(frame: pd.DataFrame, name: str, wanted: Iterable[str]) -> NDArray[np.bool_]:
    """Say which rows have one of these texts; with many of them, far faster than asking a column of Arrow text."""
    known = frozenset(wanted)
    return np.fromiter((value in known for value in column(frame, name)), dtype=bool, count=len(frame))


def settled_items(open_items: pd.DataFrame) -> pd.DataFrame:
    """Return the debit items that were settled by money, each with `cleared` (date) and `group` (its clearing).

    Left out: reversed and written-off lines, items cleared by credits alone, and items whose receipts were all reversed,
    for then the next payment is a presentation anew (EX-13).
    """
    cleared = open_items[open_items["clearing_date"].notna() & (open_items["open_amount_doc"] == 0)]
    group = cleared["clearing_date"].astype("datetime64[s]").astype("int64").astype("str")
    for name in ("clearing_doc", "customer_id", "currency", "company_code", "ledger_id"):
        group = cleared[name] + "/" + group
    cleared = cleared.assign(cleared=cleared["clearing_date"], group=group.where(cleared["clearing_doc"] != "", cleared["item_id"]))
    cash = cleared["doc_type"].isin(["RCPT", "ONACC", "REFUND"]).to_numpy(dtype=bool)
    codes, names = pd.factorize(cleared["group"])
    amount, unreversed = cleared["amount_doc"].to_numpy(), (cleared["reversed_by"] == "").to_numpy(dtype=bool)
    owed = np.zeros(len(names), dtype="int64")
    np.add.at(owed, codes[~cash], amount[~cash])
    receipt = (cleared["doc_type"] == "RCPT").to_numpy(dtype=bool)
    receipts, stand = (np.bincount(codes[rows], minlength=len(names)) for rows in (receipt, receipt & unreversed))
    paid = ~cash & (amount > 0) & (owed > 0)[codes] & ~((receipts > 0) & (stand == 0))[codes] & ~cleared["written_off"].to_numpy()
    paid &= unreversed & (cleared["reverses"] == "").to_numpy(dtype=bool)
    settled: pd.DataFrame = cleared.loc[paid].reset_index(drop=True)
    return settled


def nets(gross: int, *percents: int) -> list[int]:
    """List an amount less each discount that is not nil (MP-12, base gross); percents as kept in the tables."""
    return [gross - percent_of(gross, Decimal(p) / _PERCENT_POINT) for p in percents if p]


def amounts_of(paid: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """List every amount that would settle a settled item again, with its EX-20 points in hundredths.

    Gross 40; net of a discount or of the tax that the customer must withhold (MP-60), within one minor unit, 30.
    """
    gross = paid["amount_doc"].to_numpy()
    less = [(number, net) for number, net in _less_discount(paid) if net > 0] + _less_tax(paid, customers)
    near = {(number, net + step) for number, net in less for step in (-1, 0, 1)}
    places = np.array([number for number, _ in near], dtype="int64")
    nets_ = np.array([net for _, net in near], dtype="int64")
    other = gross[places] != nets_
    table = paid[["item_id", *WHOSE, "customer_id", "cleared", "group"]].rename(columns={"customer_id": "item_customer_id"})
    parts = [table.assign(amount=gross, points_amount=4000)]
    if other.any():
        parts.append(table.iloc[places[other]].assign(amount=nets_[other], points_amount=3000))
    return pd.concat(parts, ignore_index=True)


def _less_discount(paid: pd.DataFrame) -> Iterator[tuple[int, int]]:
    first, second = paid["disc1_pct"].to_numpy(), paid["disc2_pct"].to_numpy()
    gross = paid["amount_doc"].to_numpy()
    for number in np.flatnonzero((first != 0) | (second != 0)).tolist():
        yield from ((number, net) for net in nets(int(gross[number]), int(first[number]), int(second[number])))


def _less_tax(paid: pd.DataFrame, customers: pd.DataFrame) -> list[tuple[int, int]]:
    """Give each item of a customer that withholds tax its amount less that tax; of the net where it is known (MP-60)."""
    taxed = customers.loc[customers["wht_rate"] > 0, [*_ACCOUNT, "wht_rate", "wht_base"]]
    if taxed.empty:
        return []
    items = paid[[*_ACCOUNT, "amount_doc", "amount_net"]].reset_index(names="place").merge(taxed, on=_ACCOUNT, how="inner")
    base = items["amount_net"].where(items["wht_base"] != "GROSS").fillna(items["amount_doc"])
    rows = zip(items["place"].tolist(), items["amount_doc"].tolist(), base.tolist(), items["wht_rate"].tolist(), strict=True)
    return [(place, gross - percent_of(int(of), Decimal(rate) / _PERCENT_POINT)) for place, gross, of, rate in rows]


def settlers(receipts: pd.DataFrame, references: pd.DataFrame, paid: pd.DataFrame, amounts: pd.DataFrame) -> Mapping[str, str]:
    """Say which receipt settled which item, as item_id to receipt_id; each receipt settles one item or one clearing.

    A receipt can have settled what was cleared on the day it arrived or later, for exactly its amount: a whole clearing
    before a single item, a receipt that names the item before one that does not, the earlier before the later.
    """
    since = receipts["arrival"].min()
    could = _units(paid, amounts, since)
    left, right = coded(receipts, could, [*WHOSE, "amount"])
    met = receipts[["receipt_id", "arrival"]].assign(code=left).merge(could[_UNIT].assign(code=right), on="code", how="inner")
    met = met[met["arrival"] <= met["cleared"]]
    group_of = dict(zip(column(paid, "item_id"), column(paid, "group"), strict=True))
    alone = ~(met["receipt_id"].duplicated(keep=False) | met["group"].duplicated(keep=False))
    taken = dict(zip(column(met.loc[alone], "unit"), column(met.loc[alone], "receipt_id"), strict=True))
    met = met[~alone]  # the rest contend for a receipt or for a clearing
    met = met.assign(unnamed=_unnamed(met, references, group_of))
    met = met.sort_values(["rank", "unnamed", "cleared", "arrival", "unit", "receipt_id"])
    used: set[str] = set()
    for unit, group, receipt in zip(column(met, "unit"), column(met, "group"), column(met, "receipt_id"), strict=True):
        if receipt not in used and unit not in taken and group not in taken:
            taken[unit] = receipt
            used.add(receipt)
    found = ((item, taken.get(item) or taken.get(group)) for item, group in group_of.items())
    return {item: receipt for item, receipt in found if receipt}


def coded(left: pd.DataFrame, right: pd.DataFrame, names: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the values that some columns take together, alike in both frames: to meet by one number is many times faster."""
    total = np.zeros(len(left) + len(right), dtype="int64")
    for name in names:
        codes, _ = pd.factorize(pd.concat([left[name], right[name]], ignore_index=True))
        total, _ = pd.factorize(total * (int(codes.max(initial=0)) + 1) + codes)
    return total[: len(left)], total[len(left) :]


def _unnamed(met: pd.DataFrame, references: pd.DataFrame, group_of: Mapping[str, str]) -> list[bool]:
    """Say of each receipt and unit whether the receipt does not name the unit."""
    told = references.loc[among(references, "receipt_id", column(met, "receipt_id"))]
    pairs = [pair for pair in zip(column(told, "receipt_id"), column(told, "item_id"), strict=True) if pair[1]]
    named = {*pairs, *((receipt, group_of.get(item, "")) for receipt, item in pairs)}
    return [pair not in named for pair in zip(column(met, "receipt_id"), column(met, "unit"), strict=True)]


def _units(paid: pd.DataFrame, amounts: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """List what one receipt can have settled since a day: whole clearings of several items (rank 0), single items (rank 1)."""
    single = amounts[amounts["cleared"] >= since]
    several = paid[(paid["cleared"] >= since) & paid["group"].duplicated(keep=False)]
    whole = several.assign(amount=several["amount_doc"]).groupby([*WHOSE, "group", "cleared"], as_index=False)[["amount"]].sum()
    wanted = [*_UNIT, "amount", *WHOSE]
    parts = (single.assign(unit=single["item_id"], rank=1)[wanted], whole.assign(unit=whole["group"], rank=0)[wanted])
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]
