"""Allowance by provision matrix: loss rates from cohorts or roll rates, and the expected loss of each bucket (MT-60 to MT-65)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pandas as pd

from arwork.money import half_up
from arwork.policy import Policy
from arwork.tables import conform, empty

_APART = ("INSOLVENT", "LEGAL")
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


def provision(ageing_items: pd.DataFrame, customers: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Return `provisions`: exposure, rate and expected loss by ledger, currency, group and bucket (MT-60); ledger currency.

    Groups are the tolerance groups; their rates stand in the policy, one a bucket. Credits are not netted; affiliates (group IC)
    and accounts that are looked at one by one (insolvent, legal) stand apart without a rate (MT-64). A bucket that begins beyond 30 days presumes
    more risk, beyond 90 days default (MT-65). Empty without rates.
    """
    rates = policy.provision.rates
    whose = ["ledger_id", "company_code", "customer_id"]
    if not rates:
        return empty("provisions")
    master = customers[[*whose, "tolerance_group", "status"]]
    debits = ageing_items.loc[ageing_items["open_local"] > 0].merge(master, on=whose, how="left", validate="m:1")
    group = debits["tolerance_group"].fillna("STD")
    apart = debits["status"].isin(_APART)
    debits = debits.assign(group=group.mask(apart, "ONE BY ONE").mask(group == "IC", "AFFILIATES"))
    keys = ["ledger_id", "company_code", "local_currency", "group", "bucket_due"]
    sums = debits.groupby(keys, sort=True)["open_local"].sum().reset_index()
    sums["rate"] = [_rate(rates, policy, g, b) for g, b in zip(sums["group"], sums["bucket_due"], strict=True)]
    found = [expected_loss([e], [r / 10_000])[0] for e, r in zip(sums["open_local"].tolist(), sums["rate"].map(Decimal), strict=True)]
    named = {"local_currency": "currency", "bucket_due": "bucket", "open_local": "exposure"}
    presumed = [_presumed(bucket, policy) for bucket in sums["bucket_due"]]
    return conform("provisions", sums.rename(columns=named).assign(expected_loss=found, presumed=presumed))


def _presumed(bucket: str, policy: Policy) -> str:
    """Say what a bucket presumes by its first day (IFRS 9 B5.5.19, B5.5.37)."""
    firsts = dict(zip(_buckets(policy), (0, 1, *(end + 1 for end in policy.ageing.buckets)), strict=True))
    return "DEFAULT" if firsts[bucket] > _DEFAULTED else "INCREASED_RISK" if firsts[bucket] > _RISKIER else "NONE"


def _buckets(policy: Policy) -> list[str]:
    ends = policy.ageing.buckets
    return ["current", f"1–{ends[0]}", *(f"{low + 1}–{high}" for low, high in pairwise(ends)), f"> {ends[-1]}"]


def _rate(rates: Mapping[str, Sequence[Decimal]], policy: Policy, group: str, bucket: str) -> int:
    """Return a bucket's rate in ten-thousandths of a percent point, by the group or else by STD; 0 for what stands apart."""
    own = rates.get(group, rates.get("STD", ())) if group not in ("ONE BY ONE", "AFFILIATES") else ()
    names = _buckets(policy)
    factor = policy.provision.forward_factor.get(group, Decimal(1))
    if bucket not in names or not own:
        return 0
    return half_up(min(own[min(names.index(bucket), len(own) - 1)] * factor, _WHOLE) * 10_000)
