"""How sure a forecast is: the weeks in which items are paid, drawn many times, with shocks that customers share (domain 7.2).

Items are not paid independently: in a bad month all of a customer's invoices wait, and to some degree everybody's. So each draw of an
item is a normal number with three parts: one common to all, one of its customer, one of its own. Every number is a hash of the seed, the
draw and the item's key, so the result depends on no order of rows and no number of processors; sixteen bits of it choose one of 65,536
equally likely normal numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from arwork.forecast.behaviour import ACCOUNT, Behaviour, Counts, Floats, paid_by

_NEVER, _SURE = -9.0, 9.0
_LEAST = 200
_AT_ONCE = 1 << 16
_NORMAL = ndtri((np.arange(65536) + 0.5) / 65536).astype(np.float32)


@dataclass(frozen=True)
class Shocks:
    """Shares of the variance that are common to all customers, and to the items of one customer (0 to 1)."""

    common: float
    customer: float


Numbers: TypeAlias = npt.NDArray[np.uint64]
Draws: TypeAlias = npt.NDArray[np.float32]
"""Normal numbers: kept short, so that a million of them stay near the processor."""


@dataclass(frozen=True)
class _Part:
    """Some of the items, in the order of their groups: bounds by bucket, amounts, keys, customers; which groups begin where."""

    bounds: Draws
    amounts: Counts
    keys: Numbers
    customers: Counts
    groups: Counts
    begins: Counts


def _mix(value: Numbers) -> Numbers:
    """Scramble 64 bits (the finaliser of splitmix64)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Numbers = value ^ (value >> np.uint64(31))
    return mixed


def _bits(seed: int, kind: int, block: int, keys: Numbers) -> Numbers:
    """Return the 64 random bits of each key in a block of four draws: sixteen bits a draw."""
    start = (seed * 0x9E3779B97F4A7C15 + kind * 0xD1B54A32D192ED03 + block) % 2**64
    return _mix(_mix(np.array([start], dtype=np.uint64)) ^ keys)


def _normal(bits: Numbers, turn: int) -> Draws:
    """Return the normal numbers that the bits of one of the four draws choose."""
    chosen: Draws = _NORMAL[(bits >> np.uint64(16 * turn)) & np.uint64(65535)]
    return chosen


def _parts(bounds: Draws, amounts: Counts, keys: Numbers, customers: Counts, groups: Counts) -> Iterator[_Part]:
    order = np.argsort(groups, kind="stable")
    for start in range(0, len(order), _AT_ONCE):
        rows = order[start : start + _AT_ONCE]
        begins = np.flatnonzero(np.diff(groups[rows], prepend=-1))
        yield _Part(np.ascontiguousarray(bounds[rows].T), amounts[rows], keys[rows], customers[rows], groups[rows][begins], begins)


def _block(block: int, parts: Sequence[_Part], customer_keys: Numbers, weights: Draws, shape: tuple[int, int], seed: int) -> Counts:
    """Add up what each of four draws puts into each group and bucket: draws x groups x buckets, in minor units."""
    out = np.zeros((4, *shape), dtype=np.int64)
    common, of_customer = _bits(seed, 1, block, np.zeros(1, dtype=np.uint64)), _bits(seed, 2, block, customer_keys)
    shared = [weights[0] * _normal(common, turn) + weights[1] * _normal(of_customer, turn) for turn in range(4)]
    for part in parts:
        own = _bits(seed, 3, block, part.keys)
        for turn in range(4):
            drawn = shared[turn][part.customers] + weights[2] * _normal(own, turn)
            paid = [np.add.reduceat(np.where(drawn <= bound, part.amounts, 0), part.begins) for bound in part.bounds]
            out[turn, part.groups] += np.diff(np.stack(paid, axis=1), axis=1, prepend=0)
    return out


def simulate(made: pd.DataFrame, share: Floats, groups: Counts, count: int, shocks: Shocks, paths: int, seed: int) -> Counts:
    """Draw the bucket in which each part is paid, `paths` times: minor units by draw, group and bucket.

    `made` holds the parts (account, `item_id`, `kind`, `source`, `amount`), `share` what is expected of each by the end of each bucket.
    """
    bounds = np.where(share <= 0.0, _NEVER, np.where(share >= 1.0, _SURE, ndtri(np.clip(share, 1e-12, 1 - 1e-12)))).astype(np.float32)
    keys = pd.util.hash_pandas_object(made["item_id"] + "|" + made["kind"] + "|" + made["source"], index=False).to_numpy()
    codes, accounts = pd.factorize(pd.MultiIndex.from_frame(made[ACCOUNT]), sort=False)
    of_account = pd.util.hash_pandas_object(pd.Series(["|".join(name) for name in accounts], dtype=object), index=False).to_numpy()
    own = max(1.0 - shocks.common - shocks.customer, 0.0)
    weights = np.sqrt(np.array([shocks.common, shocks.customer, own])).astype(np.float32)
    parts = [*_parts(bounds, made["amount"].to_numpy().astype(np.int64), keys.astype(np.uint64), codes, groups)]
    with ThreadPoolExecutor(2) as pool:
        drawn = pool.map(
            lambda block: _block(block, parts, of_account.astype(np.uint64), weights, (count, bounds.shape[1]), seed), range(-(-paths // 4))
        )
        return np.concatenate([*drawn])[:paths]


def quantile(drawn: Counts, percent: int) -> Counts:
    """Return the value that `percent` of the draws do not pass (along the first axis), one of the values drawn."""
    ordered = np.sort(drawn, axis=0)
    place = max(int(np.ceil(percent * len(ordered) / 100)) - 1, 0)
    value: Counts = ordered[place]
    return value


def shocks_of(claims: pd.DataFrame, behaviour: Behaviour, otherwise: Shocks) -> Shocks:
    """Measure how much payments move together: of all customers in a month, and of one customer in a month.

    Each paid item is placed on the curve it was judged by and turned into a normal number; items due in the same month that are early or
    late together show as covariance between different items. `otherwise` stands in while fewer than 200 items are known. A month's items
    count when the month ended 120 days before, so that the slow ones are there.
    """
    late = pd.Timestamp(behaviour.as_of) - pd.Timedelta(days=120)
    used = claims[claims["paid"] & (claims["due_date"] <= late)]
    if len(used) < _LEAST:
        return otherwise
    row = behaviour.rows_of(used)
    age = used["age"].to_numpy().astype(np.int64)
    start = np.minimum(used["entry"].to_numpy().astype(np.int64), age) - 1
    place = paid_by(behaviour, row, start, np.column_stack([age - 1, age])).mean(axis=1)
    score = ndtri(np.clip(place, 1e-3, 1 - 1e-3))
    score = (score - score.mean()) / max(float(score.std()), 1e-9)
    month = used["due_date"].dt.year.to_numpy() * 12 + used["due_date"].dt.month.to_numpy()
    together = pd.factorize(pd.MultiIndex.from_arrays([row, month]))[0]
    of_all = _covariance(score, pd.factorize(month)[0])
    of_customer = _covariance(score, together)
    common = float(np.clip(of_all, 0.0, 0.5))
    return Shocks(common, float(np.clip(of_customer - common, 0.0, 0.5)))


def _covariance(score: Floats, group: npt.NDArray[np.int64]) -> float:
    """Return the mean product of two different members of one group."""
    size = np.bincount(group).astype(float)
    total = np.bincount(group, weights=score)
    squares = np.bincount(group, weights=score * score)
    pairs = float((size * (size - 1)).sum())
    return float((total * total - squares).sum() / pairs) if pairs else 0.0
