"""What the provision matrix leaves out, and where it goes: set-off, disputes, credit insurance, accounts looked at one by one (MT-64)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from arwork.collect.disputes import contested
from arwork.collect.distress import bounced_twice
from arwork.collect.overdue import standing
from arwork.collect.payments import WHOSE
from arwork.errors import first_few
from arwork.money import half_up
from arwork.proof import Finding, numbered
from arwork.tables import empty

Account = tuple[str, str, str]
_WHOLE = Decimal(1_000_000)
_APART = ("INSOLVENT", "LEGAL")


@dataclass(frozen=True)
class Aside:
    """What is known of items and accounts beside their age: `disputed` by item in ledger currency, accounts to be looked at one by one by a hard
    trigger, and the credit insurance in force at the key date."""

    disputed: pd.Series[int]
    hard: frozenset[Account]
    insurance: pd.DataFrame


NOTHING = Aside(pd.Series(dtype="int64"), frozenset(), empty("credit_insurance"))


def aside_of(tables: Mapping[str, pd.DataFrame], ageing_items: pd.DataFrame, as_of: date, stands: pd.DataFrame | None = None) -> Aside:
    """Gather what the matrix leaves out from `open_items`, `disputes`, `cheques`, `credit_insurance`; a table that is not there says nothing.

    `stands` are the items as `standing` returns them, where they are known already.
    """
    cases, held = tables.get("disputes", empty("disputes")), tables.get("credit_insurance", empty("credit_insurance"))
    if stands is None and (len(cases) or (len(ageing_items) and ageing_items["disputed"].any())):
        t = contested({"disputes": cases, "open_items": tables["open_items"]})
        stands = standing(ageing_items, t["open_items"], t["disputes"], as_of)
    disputed = NOTHING.disputed if stands is None else stands[stands["disputed_local"] > 0].set_index("item_id")["disputed_local"]
    day = pd.Timestamp(as_of)
    force = (held["valid_from"] <= day) & ~(held["valid_to"] < day)
    return Aside(disputed, bounced_twice(tables.get("cheques", empty("cheques")), as_of), held.loc[force].reset_index(drop=True))


def one_by_one(customers: pd.DataFrame, aside: Aside) -> pd.Series[bool]:
    """Say of each customer whether it is assessed by itself: insolvent, in legal proceedings, or with a hard trigger of distress (CO-50)."""
    keys = pd.Series(list(customers[WHOSE].itertuples(index=False, name=None)), index=customers.index, dtype="object")
    found: pd.Series[bool] = customers["status"].isin(_APART) | keys.isin(list(aside.hard))
    return found


def set_off(debits: pd.DataFrame, ageing_items: pd.DataFrame, customers: pd.DataFrame) -> pd.Series[int]:
    """Return what of each debit its account's credits take off, the oldest due first: only where the customer agreed to netting, by currency."""
    taken: pd.Series[int] = pd.Series(0, index=debits.index, dtype="int64")
    agreed = customers.loc[customers["netting_authority"], WHOSE]
    book = [*WHOSE, "currency"]
    credits = ageing_items[ageing_items["open_local"] < 0].merge(agreed, on=WHOSE)
    if credits.empty:
        return taken
    pool = (-credits.groupby(book)["open_local"].sum()).rename("pool").reset_index()
    own = debits.reset_index().merge(pool, on=book).sort_values([*book, "due_date", "item_id"])
    before = own.groupby(book)["open_local"].cumsum() - own["open_local"]
    part = (own["pool"] - before).clip(lower=0).clip(upper=own["open_local"])
    taken.loc[own["index"].to_numpy()] = part.to_numpy(dtype="int64")
    return taken


def insured(debits: pd.DataFrame, insurance: pd.DataFrame) -> pd.DataFrame:
    """Return what of each debit is insured: `place` (index of the debit), `group`, `rate` and `amount`, in ledger currency (MT-64).

    `debits` hold what is left to insure of each item in `rest`. The insured share of what lies within the limit, less the deductible, goes over
    the items of the account by what is left of each; a second policy covers what the first leaves. One in another currency covers nothing.
    """
    rows: list[tuple[Any, str, int, int]] = []
    if insurance.empty or debits.empty:
        return pd.DataFrame(rows, columns=["place", "group", "rate", "amount"])
    names = _names(insurance)
    own = debits.loc[(debits["rest"] > 0) & debits["customer_id"].isin(insurance["customer_id"]), [*WHOSE, "local_currency", "rest"]]
    places = own.groupby([*WHOSE, "local_currency"], sort=False).indices
    index, rests = own.index.to_numpy(), own["rest"].to_numpy()
    left: dict[tuple[Any, ...], list[int]] = {}
    for place, held in enumerate(insurance.sort_values([*WHOSE, "insurer", "policy_no", "valid_from"]).to_dict("records")):
        key = (*(held[name] for name in WHOSE), held["currency"])
        here = places.get(key)
        if here is None:
            continue
        rest = left.setdefault(key, rests[here].tolist())
        within = min(sum(rest), int(held["limit"]))
        share = half_up(Decimal(within) * Decimal(int(held["insured_share"])) / _WHOLE)
        parts = _spread(max(share - int(held["deductible"]), 0), rest)
        left[key] = [have - part for have, part in zip(rest, parts, strict=True)]
        rows += [(at, names[place], int(held["loss_rate"]), part) for at, part in zip(index[here].tolist(), parts, strict=True) if part]
    return pd.DataFrame(rows, columns=["place", "group", "rate", "amount"])


def _names(insurance: pd.DataFrame) -> list[str]:
    """Name the group of each policy: insurer and number, with its rate where one number has several."""
    held = insurance.sort_values([*WHOSE, "insurer", "policy_no", "valid_from"])
    rates = held.groupby(["insurer", "policy_no"])["loss_rate"].transform("nunique")
    return [
        f"INSURED {insurer} {number}" + (f" at {Decimal(int(rate)) / 10_000} %" if several > 1 else "")
        for insurer, number, rate, several in zip(held["insurer"], held["policy_no"], held["loss_rate"], rates, strict=True)
    ]


def _spread(total: int, weights: list[int]) -> list[int]:
    """Split a total, no more than the weights together, over them by size; what rounding leaves goes to the largest remainders, the first first.

    Not `pro_rata`: that gives all of it to the largest part, and no item may be insured for more than is open on it.
    """
    whole = sum(weights)
    if not total or not whole:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % whole))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


def bare(customers: pd.DataFrame, ageing_items: pd.DataFrame, aside: Aside, named: Collection[tuple[str, str]]) -> tuple[str, ...]:
    """Return the customers who owe something, are looked at one by one, and have no specific percent (`named`: ledger and customer that have)."""
    alone = customers.loc[one_by_one(customers, aside) & (customers["tolerance_group"] != "IC"), WHOSE]
    owing = ageing_items.loc[ageing_items["open_local"] > 0, WHOSE].drop_duplicates().merge(alone, on=WHOSE)
    return tuple(sorted({who for ledger, who in zip(owing["ledger_id"], owing["customer_id"], strict=True) if (ledger, who) not in named}))


def told(aside: Aside, unnamed: tuple[str, ...], given: bool, currencies: Mapping[tuple[str, str], str]) -> Iterator[Finding]:
    """Tell what was set aside for want of a table or without a percent: the `bare` customers; `given` says whether credit insurance was."""
    if not given:
        yield Finding(
            "MT-64", "info", "No credit insurance was given (credit_insurance): no share of the exposure is insured.", "provisions"
        )
    elif aside.insurance.empty:
        yield Finding("MT-64", "warn", "No credit insurance is in force at the key date: nothing is insured.", "credit_insurance")
    books = zip(aside.insurance["ledger_id"], aside.insurance["company_code"], strict=True)
    other = aside.insurance.loc[[currencies.get(book, "") != code for book, code in zip(books, aside.insurance["currency"], strict=True)]]
    if len(other):
        said = f"{numbered(len(other), 'credit insurance is', 'credit insurances are')} in another currency than the ledger's and cover nothing here."
        yield Finding("MT-64", "warn", said, "credit_insurance", tuple(sorted(set(other["customer_id"]))))
    if unnamed:
        said = (
            f"{numbered(len(unnamed), 'customer is', 'customers are')} looked at one by one and without a specific provision yet ({first_few(unnamed, 5)}): "
            "name each under provision: specific, with percent, reason and approver."
        )
        yield Finding("MT-64", "warn", said, "provisions", unnamed)
