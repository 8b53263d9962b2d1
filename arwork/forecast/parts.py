"""What the forecast is about: the open items net of credits, cut into parts that are paid by one rule each (domain 7.1, FC-03 to FC-07).

Every part is paid like this: a share `fixed` on a known `day` (a promise kept, a cheque that clears, a date that a person gave), and a
share `rest` by the customer's curve, on the condition that it was still unpaid at age `now`. An ordinary item has `fixed` 0 and `rest` 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from arwork.collect.key_date import open_at
from arwork.dates import Holidays
from arwork.forecast.behaviour import ACCOUNT, CLAIMS, Behaviour, Counts, Floats, paid_by
from arwork.forecast.postdated import announced, postdated
from arwork.forecast.weeks import Days
from arwork.tables import empty

WHOSE = ACCOUNT[:3]
_PART = ["item_id", *ACCOUNT, "reference", "doc_date", "due_date", "kind", "method", "amount", "now", "day", "fixed", "rest", "source"]
_DUE_FIRST = [*ACCOUNT, "due_date", "item_id"]


@dataclass(frozen=True)
class Special:
    """What changes how an item is paid: `promises`, `disputes`, post-dated `cheques`, announced `debits`, and `overrides` of people.

    `promises`, `disputes` and `cheques` are the tables of those names, `debits` is `direct_debits`. `overrides` has `item_id`, `day`, `amount` (what is expected on
    that day), `author`, `reason`, `seq`. Any may be empty. `holidays` are days without business, by book.
    """

    promises: pd.DataFrame
    disputes: pd.DataFrame
    cheques: pd.DataFrame
    overrides: pd.DataFrame
    holidays: Holidays = field(default_factory=dict)
    debits: pd.DataFrame = field(default_factory=partial(empty, "direct_debits"))


@dataclass(frozen=True)
class Rules:
    """The policy of a forecast: priors of P(kept) and of a cheque returned, tolerance of a promise, SLA days and credit of a dispute."""

    promise_prior: tuple[int, int]
    tolerance_days: int
    dispute_days: dict[str, int]
    dispute_credit: float
    cheque_prior: tuple[int, int] = (1, 20)


def population(
    open_items: pd.DataFrame, customers: pd.DataFrame, allocations: pd.DataFrame, receipts: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """Return the debit items open at the key date with `open_amount` and what is left to collect, `amount`, in minor units (7.1).

    What this close allocates has been received and is taken off its item. Credits, money on account and unapplied money are taken
    off the account's items, oldest due date first. `standing` says OPEN, RECOVERY (customer insolvent or in legal proceedings)
    or GROUP (a company of the group), of which only OPEN is forecast.
    """
    shown = open_at(open_items, as_of)
    shown = shown[(shown["reversed_by"] == "") & (shown["reverses"] == "") & ~shown["written_off"]]
    debit = (shown["open_doc"] > 0) & shown["doc_type"].isin(CLAIMS)
    items = shown.loc[debit].sort_values(_DUE_FIRST, kind="stable").reset_index(drop=True)
    taken = _settled(allocations)
    relieved = items["item_id"].map(taken).fillna(0).astype("int64").to_numpy()
    left = np.maximum(items["open_doc"].to_numpy() - np.maximum(relieved, 0), 0)
    net = left - _oldest_first(items, left, _credits(shown[~debit], allocations, receipts))
    known = customers.drop_duplicates(WHOSE).set_index(WHOSE)[["status", "tolerance_group"]]
    about = known.reindex(pd.MultiIndex.from_frame(items[WHOSE]))
    lost = about["status"].isin(["INSOLVENT", "LEGAL"]).to_numpy() | items["legal_hold"].to_numpy()
    group = (about["tolerance_group"] == "IC").to_numpy()
    return items.assign(
        open_amount=items["open_doc"], amount=net, age=(pd.Timestamp(as_of) - items["due_date"]).dt.days,
        standing=np.where(group, "GROUP", np.where(lost, "RECOVERY", "OPEN")),
    )  # fmt: skip


def _settled(allocations: pd.DataFrame) -> pd.Series[int]:
    """Return by item what allocations take off it for good: what is relieved, less the residual that stays owed."""
    lasting = allocations["amount_relieved"] - allocations["residual"]
    return lasting.groupby(allocations["item_id"]).sum()


def _credits(lines: pd.DataFrame, allocations: pd.DataFrame, receipts: pd.DataFrame) -> pd.DataFrame:
    """Return by account what it has to its credit: credit lines of the ledger, and money received that pays no item."""
    parts = [lines.loc[lines["open_doc"] < 0, ACCOUNT].assign(credit=-lines.loc[lines["open_doc"] < 0, "open_doc"])]
    spent = lines.set_index("item_id")[ACCOUNT].join(_settled(allocations).rename("credit"), how="inner")
    parts.append(spent[spent["credit"] < 0])
    if len(receipts):
        known = receipts[receipts["customer_id"] != ""]
        parts.append(known[ACCOUNT].assign(credit=known["on_account_amount"] + known["unapplied_amount"]))
    held: pd.DataFrame = pd.concat(parts, ignore_index=True).groupby(ACCOUNT)["credit"].sum().reset_index()
    return held


def _oldest_first(items: pd.DataFrame, left: Counts, credit: pd.DataFrame) -> Counts:
    """Spread the credit of each account over its items, which stand in the order of their due dates."""
    whole = items[ACCOUNT].merge(credit, on=ACCOUNT, how="left")["credit"].fillna(0).clip(lower=0).to_numpy().astype(np.int64)
    row = pd.MultiIndex.from_frame(items[ACCOUNT]).unique().get_indexer(pd.MultiIndex.from_frame(items[ACCOUNT]))
    running = np.cumsum(left) - left
    starts = np.flatnonzero(np.r_[True, row[1:] != row[:-1]]) if len(row) else np.zeros(0, dtype=np.int64)
    before = running - np.repeat(running[starts], np.diff(np.r_[starts, len(row)])) if len(row) else running
    taken: Counts = np.clip(whole - before, 0, left)
    return taken


def kept_share(kept: int, evaluated: int, prior: tuple[int, int]) -> float:
    """Return P(kept): promises kept of those evaluated, with a prior of so many kept of so many (FC-04)."""
    return (kept + prior[0]) / (evaluated + prior[1])


def parts(items: pd.DataFrame, special: Special, rules: Rules, as_of: date) -> pd.DataFrame:
    """Cut a population into parts, each paid by one rule; their amounts add up to the population's.

    Order of precedence: what a person said, then a dispute, then an announced direct debit, then a promise, then a cheque, then the curve. A promise for an account
    without an item goes to its items, oldest due date first. Amounts beyond what is left to collect promise nothing more.
    """
    base = items[items["amount"] > 0].assign(
        kind="OPEN", method="FC-03", now=lambda t: t["age"], day=np.datetime64("NaT"), fixed=0.0, rest=1.0, source=""
    )
    waits = base["standing"] != "OPEN"
    base.loc[waits, "rest"] = 0.0
    base.loc[waits, "method"] = "none"
    base.loc[waits, "kind"] = base["standing"]
    free = base[base["standing"] == "OPEN"]
    claims = pd.concat([
        _overrides(free, special.overrides, as_of), _disputed(free, special.disputes, rules, as_of), _debits(free, special, rules, as_of),
        _promised(free, special.promises, rules, as_of), _cheques(free, special, rules, as_of),
    ], ignore_index=True)  # fmt: skip
    claims = claims[claims["wanted"] > 0]
    if not len(claims):
        return base[_PART].reset_index(drop=True)
    whole = base.set_index("item_id")
    claims = claims.sort_values(["item_id", "rank", "day", "source"], kind="stable")
    before = claims.groupby("item_id")["wanted"].cumsum() - claims["wanted"]
    left = claims["item_id"].map(whole["amount"]) - before
    claims = claims.assign(amount=np.minimum(claims["wanted"], left.clip(lower=0)).astype("int64"))
    claims = claims[claims["amount"] > 0]
    told = [*WHOSE, "currency", "reference", "doc_date", "due_date"]
    named = claims.drop(columns=told, errors="ignore").join(whole[told], on="item_id")
    taken = claims.groupby("item_id")["amount"].sum()
    rest = base.assign(amount=(base["amount"] - base["item_id"].map(taken).fillna(0)).astype("int64"))
    both = pd.concat([rest.loc[rest["amount"] > 0, _PART], named[_PART]], ignore_index=True)
    return both.sort_values(["item_id", "kind", "source"], kind="stable").reset_index(drop=True)


_CLAIM = ["item_id", "kind", "method", "wanted", "now", "day", "fixed", "rest", "source", "rank"]


def _none() -> pd.DataFrame:
    frame = pd.DataFrame(columns=_CLAIM)
    kinds = {"wanted": "int64", "now": "int64", "fixed": "float64", "rest": "float64", "rank": "int64", "day": "datetime64[us]"}
    return frame.astype(kinds)


def _overrides(free: pd.DataFrame, overrides: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """What people said of items: so much on that day, the rest not within the horizon; a day that has passed says nothing more (7.2)."""
    if not len(overrides):
        return _none()
    found = (
        overrides[overrides["day"] > pd.Timestamp(as_of)]
        .rename(columns={"amount": "said"})
        .drop_duplicates("item_id", keep="last")
        .merge(free[["item_id", "amount", "age"]], on="item_id", how="inner")
    )
    return found.assign(
        kind="OVERRIDE", method="person", wanted=found["amount"], now=found["age"], rest=0.0,
        fixed=np.clip(found["said"] / found["amount"], 0.0, 1.0), source=found["seq"].astype(str), rank=0,
    )[_CLAIM]  # fmt: skip


def _disputed(free: pd.DataFrame, disputes: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame:
    """Disputed parts: nothing until the dispute should be settled, then by the curve, less what will be credited (FC-05)."""
    day = pd.Timestamp(as_of)
    live = disputes[~disputes["status"].isin(["RESOLVED", "CLOSED"]) & (disputes["opened_date"] <= day)]
    named = _on_items(free, live, "items", "disputed_amount", "dispute_id")
    if not len(named):
        return _none()
    days = named["owner_function"].map(rules.dispute_days).fillna(max(rules.dispute_days.values(), default=30)).astype("int64")
    until = named["opened_date"] + pd.to_timedelta(days, unit="D")
    until = until.where(until > day, day + pd.to_timedelta(days, unit="D"))
    return named.assign(
        kind="DISPUTE", method="FC-05", now=(until - named["due_date"]).dt.days, day=np.datetime64("NaT"), fixed=0.0, rest=1.0 - rules.dispute_credit / 100.0,
        source=named["dispute_id"], rank=1,
    )[_CLAIM]  # fmt: skip


def _promised(free: pd.DataFrame, promises: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame:
    """Promised parts: kept with the customer's probability on the day promised, otherwise by the curve after the tolerance (FC-04)."""
    day = pd.Timestamp(as_of)
    made = promises[promises["created_date"] <= day]
    live = made[(made["status"] == "OPEN") & (made["promised_date"] + pd.Timedelta(days=rules.tolerance_days) > day)]
    named = _on_items(free, live, "item", "promised_amount", "promise_id")
    if not len(named):
        return _none()
    judged = made[made["status"].isin(["KEPT", "PARTIALLY_KEPT", "BROKEN"])]
    tally = judged.assign(kept=judged["status"] == "KEPT").groupby(WHOSE)["kept"].agg(["sum", "size"])
    known = tally.reindex(pd.MultiIndex.from_frame(named[WHOSE])).fillna(0)
    sure = (known["sum"].to_numpy() + rules.promise_prior[0]) / (known["size"].to_numpy() + rules.promise_prior[1])
    soonest: Any = day + pd.Timedelta(days=1)
    paid = (named["promised_date"] + pd.Timedelta(days=rules.tolerance_days // 2)).clip(lower=soonest)
    after = (named["promised_date"] + pd.Timedelta(days=rules.tolerance_days) - named["due_date"]).dt.days
    return named.assign(
        kind="PROMISE", method="FC-04", now=np.maximum(after, named["age"]), day=paid, fixed=sure, rest=1.0 - sure,
        source=named["promise_id"], rank=3,
    )[_CLAIM]  # fmt: skip


def _cheques(free: pd.DataFrame, special: Special, rules: Rules, as_of: date) -> pd.DataFrame:
    """Post-dated cheques: on their date, less the share that is returned (FC-07)."""
    held = postdated(special.cheques, as_of, rules.cheque_prior, special.holidays)
    return _dated(free, held, "cheque_id", as_of).assign(kind="CHEQUE", rank=4)[_CLAIM]


def _debits(free: pd.DataFrame, special: Special, rules: Rules, as_of: date) -> pd.DataFrame:
    """Announced direct debits: on the day of their collection, less the share that is returned (FC-07)."""
    held = announced(special.debits, as_of, rules.cheque_prior, special.holidays)
    return _dated(free, held, "debit_id", as_of).assign(kind="DEBIT", rank=2)[_CLAIM]


def _dated(free: pd.DataFrame, held: pd.DataFrame, key: str, as_of: date) -> pd.DataFrame:
    """Put money of a known day onto items: that share which is not returned comes on it, the rest not within the horizon."""
    named = _on_items(free, held, "item", "amount", key) if len(held) else held
    if not len(named):
        return _none()
    soonest: Any = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    paid = named["day"].clip(lower=soonest)
    share = 1.0 - named["return_rate"] / 100.0
    return named.assign(method="FC-07", now=named["age"], day=paid, fixed=share, rest=0.0, source=named[key])


def _on_items(free: pd.DataFrame, rows: pd.DataFrame, field: str, amount: str, key: str) -> pd.DataFrame:
    """Put rows that name documents, or only an account, onto items; the amount goes to the oldest due date first (`wanted`)."""
    own = free[["item_id", *WHOSE, "currency", "doc_no", "reference", "due_date", "age", "amount"]].rename(columns={"amount": "left"})
    told = rows.rename(columns={"amount": "stated"} if amount == "amount" else {amount: "stated"})
    told = told.drop(columns=["due_date", "reference", "doc_no", "left", "age"], errors="ignore")
    told = told.assign(item=told[field].str.split()).explode("item")
    told = told.assign(item=told["item"].fillna(""))
    found = []
    for name in ("item_id", "doc_no", "reference"):
        keyed = own.assign(item=own[name])
        found.append(told[told["item"] != ""].merge(keyed, on=[*WHOSE, "currency", "item"], how="inner"))
    found.append(told[told["item"] == ""].merge(own, on=[*WHOSE, "currency"], how="inner"))
    named = pd.concat(found, ignore_index=True).drop_duplicates([key, "item_id"])
    named = named.sort_values([key, "due_date", "item_id"], kind="stable")
    before = named.groupby(key)["left"].cumsum() - named["left"]
    return named.assign(wanted=np.minimum(named["left"], (named["stated"] - before).clip(lower=0)).astype("int64"))


def paid_share(made: pd.DataFrame, behaviour: Behaviour, until: Days) -> Floats:
    """Return the share of each part that is expected to be paid by each day (parts x days)."""
    due = made["due_date"].to_numpy().astype("datetime64[D]")
    ages = (until[None, :] - due[:, None]).astype(np.int64)
    rest = made["rest"].to_numpy()
    share = paid_by(behaviour, behaviour.rows_of(made), made["now"].to_numpy().astype(np.int64), ages) * rest[:, None]
    dated = np.flatnonzero(made["fixed"].to_numpy() > 0)
    on = made["day"].to_numpy().astype("datetime64[D]")[dated]
    share[dated] += made["fixed"].to_numpy()[dated, None] * (until[None, :] >= on[:, None])
    kept: Floats = np.clip(share, 0.0, 1.0)
    return kept


def in_buckets(share: Floats, amounts: Counts) -> Counts:
    """Return minor units of each part in each bucket; what lies before and after adds up to the amount to the last unit."""
    reached = np.rint(share * amounts[:, None]).astype(np.int64)
    return np.diff(reached, axis=1, prepend=0)
