"""Reconciling items with their history: since when, how old, who corrects them, what their age asks for (4.10, 4.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from arwork.money import Units
from arwork.policy import Reconciliation
from arwork.reconcile.layout import OWNERS
from arwork.tables import conform, empty

_STEPS = ("", "supervisor", "controller", "resolution or reserve")
_SAME = ["recon_id", "document", "amount", "currency"]


@dataclass(frozen=True)
class History:
    """What became of reconciling items: those of now with their history, and those of the close before that are gone."""

    recon_items: pd.DataFrame
    recon_cleared: pd.DataFrame


def with_history(
    recon_items: pd.DataFrame, before: pd.DataFrame, before_key: date | None, as_of: date, rules: Reconciliation, units: Units
) -> History:
    """Carry `recon_items` from the close before (`before`) into those of now, and name those that cleared (4.10).

    The same item is the same reconciliation, document and amount; of several equal ones the first meets the first. `since` is
    the key date of the first close that listed it, `carried` how many closes did before. `step` joins what its age and size ask
    for: overdue after the expected day, supervisor, controller, resolution or reserve by the policy's days, support from the
    policy's amount on.
    """
    now, then = (_numbered(frame) for frame in (recon_items, before))
    known = then[[*_SAME, "number", "since", "carried", "item_no"]]
    met = now.merge(known, on=[*_SAME, "number"], how="left", suffixes=("", "_then"), validate="1:1")
    was = met["item_no_then"].notna()
    first = met["since_then"].fillna(pd.Timestamp(before_key)) if before_key else met["since_then"]
    days = (np.datetime64(as_of, "D") - met["date"].to_numpy().astype("datetime64[D]")).astype("int64")
    aged = met.assign(
        since=first.where(was, pd.Timestamp(as_of)).astype("datetime64[us]"), age_days=np.maximum(days, 0),
        carried=(met["carried_then"].fillna(0).astype("int64") + 1).where(was, 0),
        owner=met["owner"].where(met["owner"] != "", met["code"].map(dict(OWNERS)).fillna("")),
    )  # fmt: skip
    aged["step"] = _steps(aged, as_of, rules, units)
    here = pd.MultiIndex.from_frame(now[[*_SAME, "number"]])
    gone = then[~pd.MultiIndex.from_frame(then[[*_SAME, "number"]]).isin(here)]
    shown = conform("recon_items", aged[list(empty("recon_items").columns)]) if len(aged) else empty("recon_items")
    return History(shown, _cleared(gone, before_key))


def _numbered(items: pd.DataFrame) -> pd.DataFrame:
    ordered = items.sort_values(["recon_id", "item_no"])
    return ordered.assign(number=ordered.groupby(_SAME).cumcount())


def _cleared(gone: pd.DataFrame, before_key: date | None) -> pd.DataFrame:
    if gone.empty:
        return empty("recon_cleared")
    since: pd.Series[Any] = gone["since"].fillna(pd.Timestamp(before_key)) if before_key else gone["since"]
    return conform("recon_cleared", gone.assign(since=since)[list(empty("recon_cleared").columns)])


def _steps(items: pd.DataFrame, as_of: date, rules: Reconciliation, units: Units) -> pd.Series[str]:
    """Join what each item asks for, separated by commas (4.11)."""
    overdue = np.where(items["expected_by"] < pd.Timestamp(as_of), "overdue", "")
    level = np.searchsorted([days + 1 for days in rules.escalate_days], items["age_days"].to_numpy(), "right")
    told = np.array(_STEPS, dtype=object)[np.minimum(level, len(_STEPS) - 1)]
    least = {code: units.rounded(rules.item_materiality, code) for code in items["currency"].unique()}
    support = np.where(items["amount"].abs() >= items["currency"].map(least).astype("int64"), "support", "")
    joined = [", ".join(filter(None, parts)) for parts in zip(overdue, told, support, strict=True)]
    return pd.Series(joined, index=items.index, dtype="str")
