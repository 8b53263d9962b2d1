"""Ageing of open items by due date and by invoice date, with credits three ways (MT-01, MT-02, MT-03)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from arwork.collect.key_date import disputed, open_at
from arwork.money import pro_rata
from arwork.policy import Policy
from arwork.proof import Finding, Tie
from arwork.tables import conform

CREDITS, ON_ACCOUNT = "credits", "on account"
"""Names of the two columns beside the buckets: credit items, and cash on the account."""

_WHOSE = ["ledger_id", "company_code", "customer_id", "currency", "local_currency"]
_WORDS = {"DUE": "due date", "INVOICE": "invoice date"}
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Aged:
    """What ageing returns: `ageing_items`, `ageing`, its ties and its findings."""

    ageing_items: pd.DataFrame
    ageing: pd.DataFrame
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def age(open_items: pd.DataFrame, disputes: pd.DataFrame, allocations: pd.DataFrame, policy: Policy, as_of: date) -> Aged:
    """Age every item open at the key date (MT-01 to MT-03, CV-05, CV-06); amounts in minor units.

    Takes `open_items`, `disputes` and the `allocations` of this close, which the ledger has not yet posted: they reduce
    nothing, they show as `about_to_clear`. A credit that refers to no invoice counts as due on its document date. Under
    every mode of MT-03 buckets plus credits equal the open items, in document currency and in ledger currency (tied).
    """
    kept = open_at(open_items, as_of)
    items = _items(kept, disputes, allocations, policy, as_of)
    number = items.groupby(_WHOSE, sort=True).ngroup()
    accounts = items.loc[~number.duplicated(), _WHOSE].set_axis(number[~number.duplicated()]).sort_index()
    tables = [_table(items, number, accounts, basis, column, policy) for basis, column in (("DUE", "no_due"), ("INVOICE", "no_invoice"))]
    ageing = conform("ageing", pd.concat(tables, ignore_index=True))
    shown = conform("ageing_items", items.drop(columns=["no_due", "no_invoice"]))
    return Aged(shown, ageing, tuple(_ties(ageing, kept)), tuple(_findings(shown, allocations)))


def bucket_names(ends: Sequence[int], basis: str) -> list[str]:
    """Name the buckets of a basis (`DUE` or `INVOICE`) in order, then the two columns for credits."""
    first = ["current", f"1–{ends[0]}"] if basis == "DUE" else [f"0–{ends[0]}"]
    middle = [f"{low + 1}–{high}" for low, high in pairwise(ends)]
    return [*first, *middle, f"> {ends[-1]}", CREDITS, ON_ACCOUNT]


def _items(kept: pd.DataFrame, disputes: pd.DataFrame, allocations: pd.DataFrame, policy: Policy, as_of: date) -> pd.DataFrame:
    credit = (kept["open_doc"] < 0) | ((kept["open_doc"] == 0) & (kept["open_local"] < 0))
    lone = kept["ref_item"] == ""
    on_account = credit & ((kept["doc_type"] == "ONACC") | ((kept["doc_type"] == "RCPT") & lone))
    due = kept["due_date"].mask(credit & lone, kept["doc_date"])
    past_due, age_days = _days(due, as_of), _days(kept["doc_date"], as_of)
    ends, mode = policy.ageing.buckets, policy.ageing.credits
    columns = {}
    for name, days, bins in (("no_due", past_due, [0, *ends]), ("no_invoice", age_days, [*ends])):
        number = np.digitize(days, bins, right=True)
        number = number if mode == "BY_DATE" else np.where(credit, len(bins) + 1, number)
        columns[name] = np.where(on_account, len(bins) + 2, number).astype("int64")
    # A residual takes the place of what it is left of, with the same due date (MP-42): that part does not clear.
    relieved = (allocations["amount_relieved"] - allocations["residual"]).groupby(allocations["item_id"]).sum()
    return pd.DataFrame({
        **{name: kept[name] for name in ("item_id", *_WHOSE, "doc_type", "reference", "doc_date")},
        "due_date": due, "open_amount": kept["open_doc"], "open_local": kept["open_local"],
        "days_past_due": past_due, "age_days": age_days, **columns,
        "bucket_due": np.array(bucket_names(ends, "DUE"), dtype=object)[columns["no_due"]],
        "bucket_invoice": np.array(bucket_names(ends, "INVOICE"), dtype=object)[columns["no_invoice"]],
        "disputed": disputed(kept, disputes, as_of),
        "about_to_clear": relieved.reindex(kept["item_id"], fill_value=0).to_numpy(),
    })  # fmt: skip


def _days(days: pd.Series[pd.Timestamp], as_of: date) -> Counts:
    return (np.datetime64(as_of, "D") - days.to_numpy().astype("datetime64[D]")).astype("int64")


def _table(
    items: pd.DataFrame, number: pd.Series[int], accounts: pd.DataFrame, basis: str, column: str, policy: Policy
) -> pd.DataFrame:  # fmt: skip
    """Add up the items by account and bucket; `number` is the place of each item's account in `accounts`."""
    names = bucket_names(policy.ageing.buckets, basis)
    measured = pd.DataFrame({
        "items": 1, "amount": items["open_amount"], "disputed": items["open_amount"].where(items["disputed"], 0),
        "about_to_clear": items["about_to_clear"], "amount_local": items["open_local"],
    })  # fmt: skip
    # Account and bucket as one whole number: names are told apart once, not once a basis and a column.
    sums = measured.groupby((number * len(names) + items[column]).to_numpy(), sort=True).sum()
    table = sums.reset_index(drop=True).assign(account=sums.index // len(names), bucket_no=sums.index % len(names))
    if policy.ageing.credits == "OLDEST_FIRST":
        table = _oldest_first(table, len(names) - 2)
    owner = accounts.loc[table["account"]].reset_index(drop=True)
    named = pd.concat([owner, table.drop(columns=["account"]).reset_index(drop=True)], axis=1)
    return named.assign(basis=basis, bucket=np.array(names, dtype=object)[named["bucket_no"]])


def _oldest_first(table: pd.DataFrame, buckets: int) -> pd.DataFrame:
    """Move the credits of each customer into the buckets of the oldest debits, credits before cash on account (MT-03).

    Report only. Moved amounts keep the local value of the credit they come from, so that both totals stay.
    """
    table = table.sort_values(["account", "bucket_no"], ascending=[True, False], ignore_index=True)
    whose: Counts = table["account"].to_numpy(dtype="int64")
    number = table["bucket_no"].to_numpy()
    amount: Counts = table["amount"].to_numpy(dtype="int64", copy=True)
    local: Counts = table["amount_local"].to_numpy(dtype="int64", copy=True)
    debit: Counts = np.where(number < buckets, amount, 0)
    older = pd.Series(debit).groupby(whose).cumsum().to_numpy(dtype="int64") - debit
    before = np.zeros(len(table), dtype="int64")
    credit = np.zeros(int(whose.max()) + 1 if len(table) else 0, dtype="int64")
    for column in (buckets, buckets + 1):
        rows = np.flatnonzero(number == column)
        credit[whose[rows]] -= amount[rows]
        reached: Counts = np.minimum(np.maximum(credit[whose] - older, 0), debit)
        moved, before = reached - before, reached
        moved_local = _in_local(rows, whose, moved, amount, local)
        for figures, parts in ((amount, moved), (local, moved_local)):
            used = np.zeros(len(credit), dtype="int64")
            np.add.at(used, whose, parts)
            figures -= parts
            figures[rows] += used[whose[rows]]
    return table.assign(amount=amount, amount_local=local)


def _in_local(rows: npt.NDArray[np.intp], whose: Counts, moved: Counts, amount: Counts, local: Counts) -> Counts:
    """Value the moved parts in ledger currency, as a share of the local amount of the credit row they come from (CV-03).

    Rows of a customer stand together. Where document and ledger currency agree, so do the parts.
    """
    result = moved.copy()
    other = rows[amount[rows] != local[rows]]
    starts, ends = np.searchsorted(whose, whose[other], "left"), np.searchsorted(whose, whose[other], "right")
    for row, start, end in zip(other.tolist(), starts.tolist(), ends.tolist(), strict=True):
        parts = moved[start:end].tolist()
        if any(parts):
            weights = [*parts, -int(amount[row]) - sum(parts)]
            shares = pro_rata(-int(local[row]), weights, [f"{i:03d}" for i in range(len(weights))])
            result[start:end] = shares[:-1]
    return result


def _ties(ageing: pd.DataFrame, kept: pd.DataFrame) -> Iterator[Tie]:
    """Tie the table to the items themselves, by ledger, company and currency (MT-03)."""
    for currency, ours, theirs, words in (
        ("currency", "amount", "open_doc", ""),
        ("local_currency", "amount_local", "open_local", " in ledger currency"),
    ):
        where = ["ledger_id", "company_code", currency]
        right = kept.groupby(where)[theirs].sum()
        for basis in ("DUE", "INVOICE"):
            left = ageing[ageing["basis"] == basis].groupby(where)[ours].sum()
            for key in right.index.union(left.index):
                name = f"{key[0]}/{key[1]}: ageing by {_WORDS[basis]} equals open items{words}"
                yield Tie(name, "MT-03", int(left.get(key, 0)), int(right.get(key, 0)), str(key[2]))


def _findings(items: pd.DataFrame, allocations: pd.DataFrame) -> Iterator[Finding]:
    known = items.loc[items["item_id"].isin(allocations["item_id"]), "item_id"]
    rows = tuple(sorted(set(allocations["item_id"]) - set(known)))
    if rows:
        said = f"{len(rows)} items that this close allocates are not open at the key date; the ageing does not show them."
        yield Finding("MT-01", "warn", said, "allocations", rows)
