"""Allowance by provision matrix: loss rates from cohorts or roll rates, and the expected loss of each bucket (MT-60 to MT-65)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pandas as pd

from arwork.collect.payments import WHOSE
from arwork.collect.set_aside import NOTHING, Aside, insured, one_by_one, set_off
from arwork.money import half_up
from arwork.policy import Policy
from arwork.tables import conform, empty

_WHOLE = Decimal(100)
_RISKIER, _DEFAULTED = 30, 90


def expected_loss(exposures: Sequence[int], rates: Sequence[Decimal | Fraction]) -> list[int]:
    """Return the lifetime expected loss of each bucket: exposure × rate in percent points, rounded a bucket (MT-60, CV-03).

    A rate above 100 counts as 100 (MT-63). Exposures are minor units.
    """
    exact = [Decimal(e) * _decimal(min(Fraction(r), Fraction(100))) / _WHOLE for e, r in zip(exposures, rates, strict=True)]
    return [half_up(loss) for loss in exact]


def _decimal(rate: Fraction) -> Decimal:
    return Decimal(rate.numerator) / Decimal(rate.denominator)


def cohort_rates(reached: Sequence[int], lost: int) -> list[Fraction]:
    """Return the historic loss rate of each bucket in percent points: what was lost / what reached the bucket (MT-61).

    A bucket that nothing reached takes the rate of the next one that something did; without any it is 100.
    """
    rates: list[Fraction] = []
    for amount in reversed(reached):
        rates.append(Fraction(lost * 100, amount) if amount else (rates[-1] if rates else Fraction(100)))
    return [min(rate, Fraction(100)) for rate in reversed(rates)]


def chain_rates(rolls: Sequence[Fraction]) -> list[Fraction]:
    """Return the loss rate of each bucket as the product of the onward roll rates, all in percent points (MT-62)."""
    rates: list[Fraction] = []
    onward = Fraction(100)
    for roll in reversed(rolls):
        onward = onward * roll / 100
        rates.append(onward)
    return list(reversed(rates))


def provision(ageing_items: pd.DataFrame, customers: pd.DataFrame, policy: Policy, aside: Aside = NOTHING) -> pd.DataFrame:
    """Return `provisions`: exposure, rate and expected loss by ledger, currency, group and bucket (MT-60); ledger currency.

    Groups are the tolerance groups; their rates stand in the policy, one a bucket. Apart stand, each with its own rate (MT-64): affiliates (group
    IC, none), accounts that are looked at one by one (INSOLVENT, LEGAL, a hard trigger of distress; the policy's specific percent), the insured
    share of the others and of these, and what is in dispute (DILUTION, at the credit that the policy expects of disputes). Credits are not netted
    but for customers who agreed to it. A bucket that begins beyond 30 days presumes more risk, beyond 90 days default (MT-65). Empty without rates.
    """
    if not policy.provision.rates:
        return empty("provisions")
    parts = _parts(ageing_items, customers, policy, aside)
    keys = ["ledger_id", "company_code", "local_currency", "group", "bucket_due"]
    sums = parts.groupby(keys, sort=True).agg(
        kind=("kind", "first"), rate=("rate", "first"), exposure=("amount", "sum"), set_off=("set_off", "sum")
    )
    table = sums[(sums["exposure"] != 0) | (sums["set_off"] != 0)].reset_index()
    rates = [_rate_of(row, policy) for row in table.to_dict("records")]
    found = [expected_loss([e], [Decimal(r) / 10_000])[0] for e, r in zip(table["exposure"].tolist(), rates, strict=True)]
    presumed = [_presumed(bucket, policy) for bucket in table["bucket_due"]]
    named = {"local_currency": "currency", "bucket_due": "bucket"}
    return conform("provisions", table.rename(columns=named).assign(rate=rates, expected_loss=found, presumed=presumed))


def _parts(ageing_items: pd.DataFrame, customers: pd.DataFrame, policy: Policy, aside: Aside) -> pd.DataFrame:
    """Cut each debit into what is in dispute, what is insured and the rest, each with its group and kind; `rate` is the insurer's, else 0."""
    named = {(one.ledger, one.customer) for one in policy.provision.specific}
    own = [
        f"SPECIFIC {who}" if (ledger, who) in named else "ONE BY ONE"
        for ledger, who in zip(customers["ledger_id"], customers["customer_id"], strict=True)
    ]
    people = customers[[*WHOSE, "tolerance_group"]].assign(alone=one_by_one(customers, aside), own=own)
    debits = ageing_items[ageing_items["open_local"] > 0].merge(people, on=WHOSE, how="left", validate="m:1")
    alone, usual = debits["alone"].fillna(False).astype(bool), debits["tolerance_group"].fillna("STD")
    affiliate = usual == "IC"
    group = usual.mask(alone, debits["own"]).mask(affiliate, "AFFILIATES")
    kind = pd.Series("MATRIX", index=debits.index).mask(alone, "ONE_BY_ONE").mask(affiliate, "AFFILIATES")
    off = set_off(debits, ageing_items, customers)
    rest = debits["open_local"] - off
    disputed = debits["item_id"].map(aside.disputed).fillna(0).astype("int64").clip(upper=rest).where(kind == "MATRIX", 0)
    rest = rest - disputed
    covered = insured(debits.assign(rest=rest.where(~affiliate, 0)), aside.insurance)
    rest = rest - covered.groupby("place")["amount"].sum().reindex(rest.index).fillna(0).astype("int64")
    keys = debits[["ledger_id", "company_code", "local_currency", "bucket_due"]]
    parts = [
        keys.assign(group=group, kind=kind, rate=0, amount=rest, set_off=off),
        keys.assign(group="DILUTION", kind="DILUTION", rate=0, amount=disputed, set_off=0)[disputed > 0],
    ]
    if len(covered):
        parts.append(covered.join(keys, on="place").drop(columns=["place"]).assign(kind="INSURED", set_off=0))
    return pd.concat(parts, ignore_index=True)


def _rate_of(row: Mapping[Any, Any], policy: Policy) -> int:
    """Return the rate of a group and bucket in ten-thousandths of a percent point."""
    if row["kind"] == "MATRIX":
        return _rate(policy.provision.rates, policy, row["group"], row["bucket_due"])
    if row["kind"] == "DILUTION":
        return half_up(policy.forecast.dispute_credit * 10_000)
    specific = {(one.ledger, f"SPECIFIC {one.customer}"): one.percent for one in policy.provision.specific}
    return int(row["rate"]) or half_up(specific.get((row["ledger_id"], row["group"]), Decimal(0)) * 10_000)


def _presumed(bucket: str, policy: Policy) -> str:
    """Say what a bucket presumes by its first day (IFRS 9 B5.5.19, B5.5.37)."""
    firsts = dict(zip(_buckets(policy), (0, 1, *(end + 1 for end in policy.ageing.buckets)), strict=True))
    return "DEFAULT" if firsts[bucket] > _DEFAULTED else "INCREASED_RISK" if firsts[bucket] > _RISKIER else "NONE"


def _buckets(policy: Policy) -> list[str]:
    ends = policy.ageing.buckets
    return ["current", f"1–{ends[0]}", *(f"{low + 1}–{high}" for low, high in pairwise(ends)), f"> {ends[-1]}"]


def _rate(rates: Mapping[str, Sequence[Decimal]], policy: Policy, group: str, bucket: str) -> int:
    """Return a bucket's rate in ten-thousandths of a percent point, by the group or else by STD."""
    own = rates.get(group, rates.get("STD", ()))
    names = _buckets(policy)
    factor = policy.provision.forward_factor.get(group, Decimal(1))
    if bucket not in names or not own:
        return 0
    return half_up(min(own[min(names.index(bucket), len(own) - 1)] * factor, _WHOLE) * 10_000)
