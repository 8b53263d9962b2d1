"""Why the forecast of a month has changed: from the frozen forecast to today's, step by step, adding up to the minor unit (domain 7.1).

Each step is a forecast of the same month with one more thing brought up to date, so the steps add up whatever they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from arwork.forecast.applied import with_applied
from arwork.forecast.behaviour import SEGMENT, Behaviour, known_at, learn
from arwork.forecast.billings import new_cash, pace
from arwork.forecast.cash import Inputs, Segment, rules_of
from arwork.forecast.parts import Special, paid_share, parts, population
from arwork.forecast.postdated import debits_at, register_at
from arwork.forecast.weeks import Days
from arwork.policy import Policy
from arwork.tables import conform, empty

Amounts = Mapping[Segment, int]
STEPS = ("FROZEN", "RESTATED", "ACTUAL", "NEW_ITEMS", "PROMISES", "DISPUTES", "OVERRIDES", "PARAMETERS", "NOW")
_SAID = {
    "FROZEN": "The month's forecast as it was frozen at {frozen}.",
    "RESTATED": "The same forecast made again today: entries made later with an earlier date, and master data that changed.",
    "ACTUAL": "What the items of {frozen} paid since, less what was expected of them by now, and what that says of the rest.",
    "NEW_ITEMS": "Items written since {frozen}, less what was expected of new billings.",
    "PROMISES": "Promises made, kept or broken since, post-dated cheques taken, cleared or returned, and direct debits announced or returned.",
    "DISPUTES": "Disputes opened or settled since.",
    "OVERRIDES": "What people said since.",
    "PARAMETERS": "Payment behaviour learned anew.",
    "NOW": "The month's forecast today: paid so far and expected of the rest.",
}  # fmt: skip


@dataclass(frozen=True)
class _View:
    """One way to look at the month: which items count, what was learned, and which special facts are known."""

    inputs: Inputs
    behaviour: Behaviour
    day: date
    until: Days
    policy: Policy


def changes(
    frozen: Amounts, inputs: Inputs, policy: Policy, frozen_at: date, as_of: date, month_end: date
) -> pd.DataFrame:  # fmt: skip
    """Return `forecast_changes` of the month that the frozen forecast spoke of, in minor units.

    `frozen` is that forecast by ledger, company and currency, made at `frozen_at`. Cash of the month so far is taken from the clearing of
    items. The steps are RESTATED, ACTUAL, NEW_ITEMS, PROMISES, DISPUTES, OVERRIDES and PARAMETERS; FROZEN and their sum are NOW.
    """
    until = np.array([np.datetime64(month_end, "D")])
    asked = policy.forecast
    old = learn(known_at(inputs.open_items, frozen_at), frozen_at, asked.shrinkage_k, asked.history_months)
    new = learn(known_at(with_applied(inputs.open_items, inputs.allocations, as_of), as_of), as_of, asked.shrinkage_k, asked.history_months)
    then = _as_known(inputs, frozen_at)
    before = replace(inputs, open_items=_posted_by(inputs.open_items, frozen_at), special=then)
    items_only = replace(inputs, special=then)
    promised = replace(
        items_only, special=replace(then, promises=inputs.special.promises, cheques=inputs.special.cheques, debits=inputs.special.debits)
    )
    disputed = replace(promised, special=replace(promised.special, disputes=inputs.special.disputes))
    told = {
        "RESTATED": _add(_expected(_View(_cut(before, frozen_at), old, frozen_at, until, policy)), _fresh(inputs, frozen_at, until)),
        "ACTUAL": _add(_paid_and_expected(_View(before, old, as_of, until, policy), frozen_at), _fresh(inputs, frozen_at, until)),
        "NEW_ITEMS": _whole(_View(items_only, old, as_of, until, policy), frozen_at, inputs),
        "PROMISES": _whole(_View(promised, old, as_of, until, policy), frozen_at, inputs),
        "DISPUTES": _whole(_View(disputed, old, as_of, until, policy), frozen_at, inputs),
        "OVERRIDES": _whole(_View(inputs, old, as_of, until, policy), frozen_at, inputs),
        "PARAMETERS": _whole(_View(inputs, new, as_of, until, policy), frozen_at, inputs),
    }  # fmt: skip
    return _table(frozen, told, frozen_at)


def _table(frozen: Amounts, told: Mapping[str, Amounts], frozen_at: date) -> pd.DataFrame:
    names = sorted({*frozen, *(name for amounts in told.values() for name in amounts)})
    rows = []
    for name in names:
        last = int(frozen.get(name, 0))
        amounts = {"FROZEN": last}
        for step, reached in told.items():
            amounts[step], last = int(reached.get(name, 0)) - last, int(reached.get(name, 0))
        amounts["NOW"] = last
        rows += [
            {**dict(zip(SEGMENT, name, strict=True)), "step_no": number, "step": step, "amount": amounts[step],
             "sentence": _SAID[step].format(frozen=frozen_at)}
            for number, step in enumerate(STEPS, start=1)
        ]  # fmt: skip
    return conform("forecast_changes", pd.DataFrame(rows)) if rows else empty("forecast_changes")


def _posted_by(open_items: pd.DataFrame, day: date) -> pd.DataFrame:
    seen = open_items["entry_date"].fillna(open_items["posting_date"])
    return open_items[(open_items["posting_date"] <= pd.Timestamp(day)) & (seen <= pd.Timestamp(day))]


def _cut(inputs: Inputs, day: date) -> Inputs:
    """Take away what happened after a day: later clearings are unknown, and the money of this close was not there."""
    items = inputs.open_items
    later = items["clearing_date"] > pd.Timestamp(day)
    opened = items.assign(
        clearing_date=items["clearing_date"].mask(later), open_amount_doc=items["open_amount_doc"].mask(later, items["amount_doc"]),
        open_amount_local=items["open_amount_local"].mask(later, items["amount_local"]),
    )  # fmt: skip
    return replace(inputs, open_items=opened, allocations=inputs.allocations.iloc[0:0], receipts=inputs.receipts.iloc[0:0])


def _as_known(inputs: Inputs, day: date) -> Special:
    """Return promises, disputes, cheques and direct debits as they stood at a day, and no overrides; what was made since was not known."""
    special = inputs.special
    stamp = pd.Timestamp(day)
    made = special.promises[special.promises["created_date"] <= stamp]
    made = made.assign(status=made["status"].mask(made["promised_date"] > stamp, "OPEN"))
    opened = special.disputes[special.disputes["opened_date"] <= stamp]
    return replace(
        special,
        promises=made,
        disputes=opened,
        cheques=register_at(special.cheques, day),
        overrides=special.overrides.iloc[0:0],
        debits=debits_at(special.debits, day),
    )


def _expected(view: _View) -> dict[Segment, int]:
    """Return what the open items of a view are expected to pay until the month's end, by segment."""
    base = population(view.inputs.open_items, view.inputs.customers, view.inputs.allocations, view.inputs.receipts, view.day)
    made = parts(base, view.inputs.special, rules_of(view.policy), view.day)
    cash = np.rint(paid_share(made, view.behaviour, view.until)[:, 0] * made["amount"].to_numpy()).astype(np.int64)
    return _by_segment(made.assign(cash=cash))


def _by_segment(rows: pd.DataFrame) -> dict[Segment, int]:
    sums = rows.groupby(SEGMENT, as_index=False)["cash"].sum()[[*SEGMENT, "cash"]]
    return {(str(a), str(b), str(c)): int(value) for a, b, c, value in sums.itertuples(index=False, name=None)}


def _paid(view: _View, since: date) -> dict[Segment, int]:
    return paid_since(view.inputs, since, view.day)


def paid_since(inputs: Inputs, since: date, day: date) -> dict[Segment, int]:
    """Return by segment what claims paid after `since` up to a day, and what this close allocates of them, in minor units."""
    claims = known_at(inputs.open_items, day)
    own = claims[claims["paid"] & (claims["clearing_date"] > pd.Timestamp(since))]
    held = inputs.allocations.merge(claims.loc[~claims["done"], ["item_id", *SEGMENT]].rename(columns={"currency": "in"}), on="item_id")
    held = held.assign(currency=held["in"], cash=held["amount_relieved"] - held["residual"])
    return _by_segment(pd.concat([own.assign(cash=own["amount_doc"])[[*SEGMENT, "cash"]], held[[*SEGMENT, "cash"]]]))


def _paid_and_expected(view: _View, since: date) -> dict[Segment, int]:
    return _add(_paid(view, since), _expected(view))


def _whole(view: _View, since: date, inputs: Inputs) -> dict[Segment, int]:
    return _add(_paid_and_expected(view, since), _fresh(inputs, view.day, view.until))


def _fresh(inputs: Inputs, day: date, until: Days) -> dict[Segment, int]:
    """Return what invoices not written at a day are expected to pay by the month's end."""
    if until[0] <= np.datetime64(day, "D"):
        return {}
    paces = pace(known_at(with_applied(inputs.open_items, inputs.allocations, day), day), day)
    return {name: int(np.rint(new_cash(one, day, until)[0])) for name, one in paces.items()}


def _add(one: Amounts, other: Amounts) -> dict[Segment, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {*one, *other}}
