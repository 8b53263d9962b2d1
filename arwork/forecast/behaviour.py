"""How customers have paid: survival curves by days from the due date, and mean days late (FC-02, FC-03).

A curve says what share of a customer's money is still unpaid at each age, in days from the due date; negative ages are days before it.
Every customer's curve is drawn towards that of its ledger and currency, as if `k` items of the ledger had been seen among its own, so
that a customer with two invoices is judged mostly by the ledger and one with two hundred by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

FIRST, LAST = -100, 240
"""The ages that a curve tells one by one, in days from due; after the last one the ledger pays at a steady rate."""
CLAIMS = ("INV", "DM", "CB", "INST", "RESID", "BOE", "LPF")
"""Lines that a customer is asked to pay."""
ACCOUNT = ["ledger_id", "company_code", "customer_id", "currency"]
SEGMENT = ["ledger_id", "company_code", "currency"]
"""What names a curve, and what names the curve that it is drawn towards."""
_AGES = LAST - FIRST + 1
_CHUNK = 4096
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Behaviour:
    """What was learned from the past that was known at `as_of`: a row of `survival` a customer account, then one a segment.

    `survival` holds the share unpaid after each age from `FIRST` to `LAST`; `tail` the share of the rest that is paid per day after that.
    `late` is the expected days late (FC-02), `items` how many paid items of the account stand behind it.
    """

    as_of: date
    accounts: pd.MultiIndex
    segments: pd.MultiIndex
    survival: npt.NDArray[np.float32]
    tail: Floats
    late: Floats
    items: Counts

    def rows_of(self, items: pd.DataFrame) -> Counts:
        """Return the curve of each item: its customer's, else its segment's, else -1 where nothing is known."""
        own = self.accounts.get_indexer(pd.MultiIndex.from_frame(items[ACCOUNT]))
        other = self.segments.get_indexer(pd.MultiIndex.from_frame(items[SEGMENT]))
        other = np.where(other >= 0, other + len(self.accounts), -1)
        return np.where(own >= 0, own, other).astype(np.int64)


def kaplan_meier(ages: Counts, paid: npt.NDArray[np.bool_], weights: Floats | None = None) -> pd.DataFrame:
    """Return the Kaplan-Meier curve: a row an age at which something was paid, with `at_risk`, `events` and `survival` (FC-03).

    An item that is still open counts as at risk on the day it was last seen: payments come before censorings.
    """
    weight = np.ones(len(ages)) if weights is None else weights
    order = np.argsort(ages, kind="stable")
    days, first = np.unique(ages[order], return_index=True)
    sums = np.append(np.cumsum(weight[order][::-1])[::-1], 0.0)
    events = np.add.reduceat(np.where(paid, weight, 0.0)[order], first) if len(days) else np.zeros(0)
    table = pd.DataFrame({"age": days, "at_risk": sums[first], "events": events})
    table = table.assign(survival=np.cumprod(1.0 - table["events"] / table["at_risk"]))
    return table[table["events"] > 0].reset_index(drop=True)


def shrunk(count: Floats, own: Floats, segment: Floats, k: int) -> Floats:
    """Return `(n x own + k x segment) / (n + k)`: the mean of an account drawn towards its segment (FC-02)."""
    return (count * own + k * segment) / np.maximum(count + k, 1e-9)


def known_at(open_items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the claims that were known at a day, as they were known then (CV-07, 7.4): `paid` by that day or open, with ages.

    Knowledge is the entry date, and the posting date where that is missing. A clearing after the day is not known; a reversed
    document is left out once it is reversed. `entry` is the age on the day from which the item was there to be seen unpaid (document
    or entry, the later), `age` that of payment or of the day itself.
    """
    day = pd.Timestamp(as_of)
    seen = open_items["entry_date"].fillna(open_items["posting_date"])
    asked = open_items["doc_type"].isin(CLAIMS) & (open_items["amount_doc"] > 0)
    shown = asked & (seen <= day) & (open_items["posting_date"] <= day) & ~_reversed_by(open_items, day)
    kept = open_items.loc[shown]
    cleared = (kept["clearing_date"] <= day).to_numpy()
    end = kept["clearing_date"].where(cleared, day)
    due = kept["due_date"]
    began = kept["doc_date"].where(~(seen.loc[shown] > kept["doc_date"]), seen.loc[shown])
    return kept.assign(
        paid=cleared & ~kept["written_off"].to_numpy(), done=cleared, entry=(began - due).dt.days.to_numpy(),
        age=(end - due).dt.days.to_numpy(),
    ).reset_index(drop=True)  # fmt: skip


def _reversed_by(open_items: pd.DataFrame, day: pd.Timestamp) -> pd.Series[bool]:
    """Mark documents whose reversal was known: by its clearing, by the reversing document, or because neither is dated."""
    marked = open_items["reversed_by"] != ""
    posted = open_items.drop_duplicates("doc_no").set_index("doc_no")["posting_date"]
    when = open_items["clearing_date"].fillna(open_items["reversed_by"].map(posted))
    return marked & ~(when > day)


def learn(claims: pd.DataFrame, as_of: date, k: int, months: int = 12) -> Behaviour:
    """Fit every account's curve and mean days late on the claims known at a day (`known_at`), each weighted by its amount.

    Only what happened in the last `months` months counts: an older item enters at the age it had when they began. To take such an
    item whole because it was paid late, and not its fellows that were paid in time, would make every customer look slow.
    """
    since = pd.Timestamp(as_of) - pd.DateOffset(months=months)
    used = claims[~claims["done"] | (claims["clearing_date"] > since)]
    entry = np.maximum(used["entry"].to_numpy(), (since - used["due_date"]).dt.days.to_numpy() + 1)
    accounts = pd.MultiIndex.from_frame(used[ACCOUNT]).unique().sort_values()
    segments = pd.MultiIndex.from_frame(used[SEGMENT]).unique().sort_values()
    row = accounts.get_indexer(pd.MultiIndex.from_frame(used[ACCOUNT])).astype(np.int64)
    group = segments.get_indexer(pd.MultiIndex.from_frame(used[SEGMENT])).astype(np.int64)
    above = segments.get_indexer(accounts.droplevel("customer_id"))
    weight = _weights(used["amount_doc"].to_numpy(), row, len(accounts))
    spans = _Spans(entry, used["age"].to_numpy(), used["paid"].to_numpy(), weight)
    wide, tail = _segment_curves(spans, group, len(segments))
    own = _account_curves(spans, row, len(accounts), wide, above, k)
    late, items = _days_late(used, row, group, len(accounts), len(segments), above, k)
    return Behaviour(as_of, accounts, segments, np.vstack([own, wide.astype(np.float32)]), np.append(tail[above], tail), late, items)


@dataclass(frozen=True)
class _Spans:
    """From which age an item could be paid, at which it was paid or last seen, and what it weighs."""

    entry: Counts
    age: Counts
    paid: npt.NDArray[np.bool_]
    weight: Floats


def _weights(amounts: Counts, row: Counts, rows: int) -> Floats:
    """Weigh items by amount; the weights of an account add up to as many equal items as would say as much (Kish).

    One invoice of ten million beside a hundred small ones is one observation, not a hundred and one.
    """
    size = amounts.astype(float)
    total = np.bincount(row, weights=size, minlength=rows)
    squares = np.bincount(row, weights=size * size, minlength=rows)
    weight: Floats = size * total[row] / np.maximum(squares[row], 1.0)
    return weight


def _table(spans: _Spans, row: Counts, rows: int) -> tuple[Floats, Floats]:
    """Return by row and age what was paid at that age and what could have been."""
    last = np.clip(spans.age, FIRST, LAST) - FIRST
    within = spans.age <= LAST
    paid = np.where(spans.paid & within, spans.weight, 0.0)
    events = np.bincount(row * _AGES + last, weights=paid, minlength=rows * _AGES).reshape(rows, _AGES)
    start = np.minimum(np.clip(spans.entry, FIRST, LAST) - FIRST, last)
    came = np.bincount(row * _AGES + start, weights=spans.weight, minlength=rows * _AGES).reshape(rows, _AGES)
    left = np.bincount(row * _AGES + last, weights=np.where(within, spans.weight, 0.0), minlength=rows * _AGES).reshape(rows, _AGES)
    at_risk = np.cumsum(came - left, axis=1) + left
    risked: Floats = np.maximum(at_risk, events).astype(np.float64)
    return events.astype(np.float64), risked


def _segment_curves(spans: _Spans, group: Counts, groups: int) -> tuple[Floats, Floats]:
    """Return the curve of each segment and the steady rate after its end; one thought item steadies the thin ends."""
    events, at_risk = _table(spans, group, groups)
    over = np.maximum(spans.age - np.maximum(spans.entry, 0) + 1, 0) * spans.weight
    exposed = np.bincount(group, weights=over, minlength=groups)
    paid = np.bincount(group, weights=np.where(spans.paid & (spans.age >= 0), spans.weight, 0.0), minlength=groups)
    rate = (paid + 1.0) / (exposed + 100.0)
    slow = np.clip(rate, 1e-4, 0.05)
    hazard = np.where(np.arange(FIRST, LAST + 1) >= 0, slow[:, None], 0.0)
    curves: Floats = np.cumprod(1.0 - (events + hazard) / (at_risk + 1.0), axis=1).astype(np.float64)
    return curves, slow.astype(np.float64)


def _account_curves(spans: _Spans, row: Counts, rows: int, wide: Floats, above: Counts, k: int) -> npt.NDArray[np.float32]:
    """Return the curve of each account, drawn towards its segment's by `k` thought items; a block of accounts at a time."""
    out = np.ones((rows, _AGES), dtype=np.float32)
    order = np.argsort(row, kind="stable")
    edges = np.searchsorted(row[order], np.arange(0, rows + _CHUNK, _CHUNK))
    for number, (start, end) in enumerate(pairwise(edges)):
        low, high = number * _CHUNK, min((number + 1) * _CHUNK, rows)
        if low >= high:
            break
        take = order[start:end]
        part = _Spans(spans.entry[take], spans.age[take], spans.paid[take], spans.weight[take])
        events, at_risk = _table(part, row[take] - low, high - low)
        before = np.concatenate([np.ones((len(wide), 1)), wide[:, :-1]], axis=1)[above[low:high]]
        prior = before - wide[above[low:high]]
        out[low:high] = np.cumprod(1.0 - (events + k * prior) / np.maximum(at_risk + k * before, 1e-12), axis=1)
    return out


def _days_late(
    used: pd.DataFrame, row: Counts, group: Counts, rows: int, groups: int, above: Counts, k: int
) -> tuple[Floats, Counts]:  # fmt: skip
    """Return mean days late by account and then by segment, weighted by amount (FC-02), and the paid items behind each."""
    paid = used["paid"].to_numpy()
    amount = np.where(paid, used["amount_doc"].to_numpy(), 0).astype(float)
    days = used["age"].to_numpy() * amount

    def _mean(where: Counts, size: int) -> Floats:
        total = np.bincount(where, weights=amount, minlength=size)
        sums: Floats = np.bincount(where, weights=days, minlength=size) / np.maximum(total, 1.0)
        return sums

    count = np.bincount(row, weights=paid, minlength=rows)
    wide = _mean(group, groups)
    own = shrunk(count.astype(np.float64), _mean(row, rows), wide[above], k)
    behind = np.append(count, np.bincount(group, weights=paid, minlength=groups)).astype(np.int64)
    return np.append(own, wide), behind


def paid_by(behaviour: Behaviour, curve: Counts, now: Counts, ages: Counts) -> Floats:
    """Return the probability that an item unpaid at age `now` is paid by each of `ages` (items x ends): 1 - S(end) / S(now) (FC-03).

    `curve` is a row of the behaviour; -1, where nothing is known, gives 0 until due and everything on the due date.
    """
    if not len(behaviour.survival):
        return (ages >= np.maximum(now[:, None] + 1, 0)).astype(float)
    left = _unpaid(behaviour, np.maximum(curve, 0)[:, None], now[:, None])
    after = _unpaid(behaviour, np.maximum(curve, 0)[:, None], ages)
    share = np.clip(1.0 - after / np.maximum(left, 1e-12), 0.0, 1.0)
    return np.where(curve[:, None] >= 0, share, ages >= np.maximum(now[:, None] + 1, 0)).astype(float)


def _unpaid(behaviour: Behaviour, curve: Counts, ages: Counts) -> Floats:
    place = np.clip(ages, FIRST, LAST) - FIRST
    known = behaviour.survival[curve, place].astype(float)
    beyond = np.maximum(ages - LAST, 0)
    rate = behaviour.tail[curve]
    unpaid: Floats = np.where(ages < FIRST, 1.0, np.maximum(known, 1e-9) * (1.0 - rate) ** beyond)
    return unpaid
