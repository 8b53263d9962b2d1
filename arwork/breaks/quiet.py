"""Equal amounts that are nothing wrong: presented anew, recurring, part of a larger debt, coincidence (EX-13, EX-14, EX-15, EX-22)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from arwork.breaks.settled import WHOSE, coded
from arwork.matching.columns import column
from arwork.matching.references import PART
from arwork.money import Units

_DEBITS = ["INV", "DM", "CB", "INST", "DP", "BOE", "LPF"]
_RULES = {"RE_PRESENTED": "EX-13", "RECURRING": "EX-14", "INSTALMENT": "EX-15", "COINCIDENCE": "EX-22"}
_COPIED = ["ledger_id", "company_code", "customer_id", "currency", "amount"]


@dataclass(frozen=True)
class Returned:
    """Receipts that stand in for one that came back: the receipt, the payment before, and the day of the return."""

    receipt_id: str
    other: str
    day: pd.Timestamp


def returned(receipts: pd.DataFrame, paid: pd.DataFrame, returns: pd.DataFrame) -> list[Returned]:
    """List the receipts between which and an equal earlier payment of the family a return of the amount lies (EX-13).

    `receipts` and `paid` carry `family`; `returns` are bank lines. The account must be the same where both name one.
    """
    wanted = ["booking_date", "currency", "amount", "remitter_account"]
    back = [receipts.loc[receipts["amount"] < 0, wanted], returns.loc[(returns["amount"] < 0) & returns["is_return"], wanted]]
    events = pd.concat([part for part in back if len(part)]) if any(map(len, back)) else back[0]
    if events.empty:
        return []
    events = events.assign(amount=-events["amount"]).rename(columns={"booking_date": "returned", "remitter_account": "account"})
    later = receipts[receipts["amount"] > 0].merge(events.drop_duplicates(), on=["currency", "amount"], how="inner")
    later = later[(later["value_date"] >= later["returned"]) & _one_account(later["remitter_account"], later["account"])]
    first = receipts.loc[receipts["amount"] > 0, [*WHOSE, "amount", "receipt_id", "value_date", "remitter_account"]]
    first = first.rename(columns={"receipt_id": "other", "value_date": "before", "remitter_account": "account_before"})
    items = paid[[*WHOSE, "amount_doc", "item_id", "cleared"]].rename(
        columns={"amount_doc": "amount", "item_id": "other", "cleared": "before"}
    )
    earlier = pd.concat([part for part in (first, items.assign(account_before="")) if len(part)])
    met = later.merge(earlier, on=[*WHOSE, "amount"], how="inner")
    met = met[
        (met["before"] <= met["returned"]) & (met["other"] != met["receipt_id"]) & _one_account(met["account_before"], met["account"])
    ]
    met = met.sort_values(["receipt_id", "before", "other"]).drop_duplicates("receipt_id", keep="last")
    return [Returned(*row) for row in met[["receipt_id", "other", "returned"]].itertuples(index=False, name=None)]


def _one_account(left: pd.Series[Any], right: pd.Series[Any]) -> pd.Series[bool]:
    return (left == right) | (left == "") | (right == "")


def obligation_keys(items: pd.DataFrame) -> pd.Series[Any]:
    """Return what sets an item apart from others of its amount: period, delivery, order line or instalment; "" where nothing does.

    A different invoice number alone is not enough (EX-14).
    """
    key = pd.Series("", index=items.index, dtype="str")
    plan = (items["contract_no"] != "") | (items["doc_type"] == "INST")
    for name, has, text in (
        ("C", plan, items["contract_no"] + "/" + items["due_date"].dt.strftime("%Y-%m-%d")),
        ("P", (items["po_no"] != "") & (items["po_line"] != ""), items["po_no"] + "/" + items["po_line"]),
        ("D", items["delivery_no"] != "", items["delivery_no"]),
        ("S", items["service_from"].notna(), items["service_from"].dt.strftime("%Y-%m-%d").fillna("")),
    ):
        key = key.mask(has, name + text)
    return key


def quiet_receipts(
    receipts: pd.DataFrame, references: pd.DataFrame, items: pd.DataFrame, back: list[Returned], second: set[str], units: Units
) -> pd.DataFrame:
    """Return rows of `repeats` for receipts whose amount their family paid more than once and that no loud test claimed.

    `receipts` and `items` carry `family`, `receipts` also `loud` (claimed already, yet a payment that counts); `second` are
    invoices that bill a delivery again and so are no obligation of their own (EX-16). Payments are the receipts and the
    items that were settled before the first of them.
    """
    paying = receipts[receipts["amount"] > 0].sort_values(["value_date", "receipt_id"])
    debits = items[items["doc_type"].isin(_DEBITS) & (items["amount_doc"] > 0) & (items["reversed_by"] == "") & (items["reverses"] == "")]
    debits = debits.sort_values("item_id")
    codes, theirs = coded(paying, debits.assign(amount=debits["amount_doc"]), [*WHOSE, "amount"])
    size = int(max(codes.max(initial=-1), theirs.max(initial=-1))) + 1
    before = (debits["clearing_date"] < paying["value_date"].min()).to_numpy(dtype=bool)
    payments = np.bincount(codes, minlength=size) + np.bincount(theirs[before], minlength=size)
    keys = pd.DataFrame({"code": theirs, "key": obligation_keys(debits).to_numpy()})
    keys = keys[(keys["key"] != "") & ~debits["item_id"].isin(sorted(second)).to_numpy()].drop_duplicates()
    owed = np.bincount(keys["code"], minlength=size)
    parts = _parts(paying, references, items)
    anew = {entry.receipt_id: entry.other for entry in back}
    ids = paying["receipt_id"]
    presented, part = ids.isin(sorted(anew)).to_numpy(dtype=bool), ids.isin(sorted(parts)).to_numpy(dtype=bool)
    recurring = (owed[codes] >= 2) & (payments[codes] <= owed[codes])
    kind = np.select([presented, recurring, part], ["RE_PRESENTED", "RECURRING", "INSTALMENT"], "COINCIDENCE")
    said = paying.assign(code=codes, kind=kind, payments=payments[codes], owed=owed[codes])
    said = said.assign(
        other=_others(said, debits.loc[before], theirs[before], anew),
        item_id=pd.Series([parts.get(i, "") for i in column(paying, "receipt_id")], index=paying.index, dtype="str"),
    )
    listed = presented | part | (payments[codes] >= 2)
    return _rows(said[listed & ~paying["loud"].to_numpy(dtype=bool)], units)


def _parts(paying: pd.DataFrame, references: pd.DataFrame, items: pd.DataFrame) -> dict[str, str]:
    """Name the receipts that, two or more together, pay parts of one larger item that each names alone, up to its amount (EX-15)."""
    exact = references.loc[
        (references["item_id"] != "") & ~references["field"].str.endswith(PART), ["receipt_id", "item_id"]
    ].drop_duplicates()
    alone = exact[~exact["receipt_id"].duplicated(keep=False)]
    alone = alone[alone["item_id"].duplicated(keep=False)]
    met = alone.merge(paying[["receipt_id", "amount", "currency"]], on="receipt_id").merge(
        items[["item_id", "amount_doc", "currency"]], on=["item_id", "currency"]
    )
    met = met[met["amount"] < met["amount_doc"]]
    sums, sizes = met.groupby("item_id")["amount"].transform("sum"), met.groupby("item_id")["amount"].transform("size")
    kept = met[(sums <= met["amount_doc"]) & (sizes >= 2)]
    return dict(zip(column(kept, "receipt_id"), column(kept, "item_id"), strict=True))


def _others(said: pd.DataFrame, before: pd.DataFrame, codes: np.ndarray[Any, Any], anew: dict[str, str]) -> pd.Series[Any]:
    """Name for each receipt the equal payment before it, else an item settled before, else the equal payment after it."""
    group = said.groupby("code")["receipt_id"]
    settled = dict(zip(codes.tolist(), column(before, "item_id"), strict=True)) if len(before) else {}
    ids, own = column(said, "receipt_id"), said["code"].tolist()
    earlier, later = (group.shift(step).fillna("").astype("str").tolist() for step in (1, -1))
    named = [
        anew.get(receipt) or first or settled.get(code) or last or "none"
        for receipt, first, code, last in zip(ids, earlier, own, later, strict=True)
    ]
    return pd.Series(named, index=said.index, dtype="str")


def _rows(said: pd.DataFrame, units: Units) -> pd.DataFrame:
    """Word the rows; the text of each amount is made once."""
    texts = {
        (amount, currency): f"{units.decimal(amount, currency):,} {currency}"
        for amount, currency in said[["amount", "currency"]].drop_duplicates().itertuples(index=False, name=None)
    }
    amount = pd.Series(
        [texts[pair] for pair in zip(said["amount"].tolist(), column(said, "currency"), strict=True)], index=said.index, dtype="str"
    )
    times, owed = said["payments"].astype("str"), said["owed"].astype("str")
    words = {
        "RE_PRESENTED": amount + " came again after " + said["other"] + " was returned: one net receipt.",
        "RECURRING": amount + " was paid " + times + " times for " + owed + " deliveries, periods or instalments of that amount.",
        "INSTALMENT": amount + " is a part of " + said["item_id"] + ", which it names; the parts do not pass its amount.",
        "COINCIDENCE": amount + " was paid " + times + " times; nothing else points to a second payment of one debt.",
    }
    sentence = pd.Series("", index=said.index, dtype="str")
    for kind, text in words.items():
        sentence = sentence.mask(said["kind"] == kind, text)
    rule = said["kind"].map(_RULES).astype("str")
    return said[[*_COPIED, "item_id", "other"]].assign(
        rule=rule, **{"class": said["kind"].astype("str"), "this": said["receipt_id"], "case_id": rule + ":" + said["receipt_id"] + ":" + said["other"]},
        likely="CERTAIN", quiet=True, kind="RECEIPT", this_source=said["source_file"] + ":" + said["source_line"], reverse=0, credit_due=0,
        score=0, sentence=sentence, next_action="None.",
    )  # fmt: skip
