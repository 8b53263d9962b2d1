"""The one function of the forecast's stage: the forecast, what changed since the month began, and how right it was (domain 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from arwork.dates import period_end, period_of
from arwork.forecast.applied import with_applied
from arwork.forecast.backtest import accuracy, scores, stretched, widths
from arwork.forecast.behaviour import SEGMENT
from arwork.forecast.cash import Inputs, Segment, forecast
from arwork.forecast.drivers import changes, paid_since
from arwork.forecast.frozen import amounts, frozen_of
from arwork.policy import Policy
from arwork.proof import Finding, Tie
from arwork.tables import conform, empty


@dataclass(frozen=True)
class Ahead:
    """What the stage returns: the `forecast_*` tables by name, its ties and its findings."""

    tables: Mapping[str, pd.DataFrame]
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def look_ahead(inputs: Inputs, carried: Mapping[str, pd.DataFrame], policy: Policy, as_of: date) -> Ahead:
    """Forecast the cash, explain its change since the month-start forecast, and measure earlier forecasts (FC-01 to FC-08, 7.1 to 7.4).

    `carried` holds the previous pack's `forecast_cash` and `forecast_frozen`, where there is one.
    """
    made = forecast(inputs, policy, as_of)
    kept = frozen_of(carried, as_of)
    changed, whole = empty("forecast_changes"), []
    if len(kept):
        end, since = period_end(period_of(as_of)), kept["frozen_at"].iloc[0].date()
        changed = changes(amounts(kept), inputs, policy, since, as_of, end)
        whole = _is_whole(changed, made.cash, paid_since(inputs, since, as_of), as_of < end)
    past = accuracy(with_applied(inputs.open_items, inputs.allocations, as_of), policy, as_of)
    tables = {
        "forecast_cash": as_wide(made.cash, widths(past), past), "forecast_items": made.items, "forecast_frozen": kept, "forecast_changes": changed,
        "forecast_accuracy": past, "forecast_scores": scores(past),
    }  # fmt: skip
    told = (*made.findings, *_said(past, tables["forecast_scores"], kept), *_absent(inputs))
    return Ahead(tables, (*made.ties, *_adds_up(changed), *whole), told)


def as_wide(cash: pd.DataFrame, needed: Mapping[tuple[str, str, str, bool], float], past: pd.DataFrame) -> pd.DataFrame:
    """Return `forecast_cash` with ranges as wide as earlier misses ask for, how wide that is, and how many months say so.

    What is reached within the month counts as a month does. Earlier misses are known of months only; what lies beyond the month is drawn,
    but is never surer than the month that it contains. `past` is `forecast_accuracy`.
    """
    if not len(cash):
        return cash
    known = past[past["span"] == "MONTH"].groupby(SEGMENT)["origin"].nunique()
    months = known.reindex(pd.MultiIndex.from_frame(cash[SEGMENT])).fillna(0).astype("int64").to_numpy()
    keys = list(zip(*(cash[name] for name in SEGMENT), ~cash["span"].str.startswith("W"), strict=True))
    own = pd.Series([needed.get(key, 1.0) for key in keys], index=cash.index).where(cash["span"] != "QUARTER", 1.0)
    monthly = pd.Series([needed.get((*key[:3], True), 1.0) for key in keys], index=cash.index)
    inside = cash["to_date"] <= cash.loc[cash["span"] == "MONTH", "to_date"].min()
    wide = stretched(cash, own).assign(width=(own * 1_000_000).round().astype("int64"), months=months)
    low, high = _reached(cash, monthly, inside)
    quarter = wide["span"] == "QUARTER"
    return conform("forecast_cash", wide.assign(
        reached_p10=low, reached_p90=high, p10=wide["p10"].mask(quarter, low), p90=wide["p90"].mask(quarter, high),
    ))  # fmt: skip


def _reached(cash: pd.DataFrame, monthly: pd.Series[float], inside: pd.Series[bool]) -> tuple[pd.Series[int], pd.Series[int]]:
    """Return both ends of what is reached: within the month as wide as a month, and after it no narrower than at its end."""
    ends = []
    for name, sign in (("reached_p10", -1), ("reached_p90", 1)):
        margin = (sign * (cash[name] - cash["reached"])).clip(lower=0) * monthly.where(inside, 1.0)
        at_end = margin.where(cash["span"] == "MONTH").groupby([cash[column] for column in SEGMENT]).transform("max")
        kept = margin.where(inside, margin.clip(lower=at_end))
        ends.append((cash["reached"] + sign * kept).round().clip(lower=0).astype("int64"))
    return ends[0], ends[1]


def _adds_up(changed: pd.DataFrame) -> list[Tie]:
    ties = []
    for name, rows in changed.groupby(SEGMENT, sort=True):
        now = int(rows.loc[rows["step"] == "NOW", "amount"].sum())
        steps = int(rows["amount"].sum()) - now
        ties.append(Tie(f"frozen forecast and its changes, {name[0]} {name[1]}", "FC-03", steps, now, str(name[2])))
    return ties


def _is_whole(changed: pd.DataFrame, cash: pd.DataFrame, paid: Mapping[Segment, int], within: bool) -> list[Tie]:
    """Tie what the change report ends with to the money of the month so far and the forecast of the rest, made apart from it (7.1).

    `within` says that the month is not over; the forecast's month is then the rest of it.
    """
    ties = []
    rest = cash[cash["span"] == "MONTH"].set_index(SEGMENT)["expected"] if within else pd.Series(dtype="int64")
    for row in changed[changed["step"] == "NOW"].to_dict("records"):
        name = (str(row["ledger_id"]), str(row["company_code"]), str(row["currency"]))
        apart = paid.get(name, 0) + int(rest.get(name, 0))
        ties.append(
            Tie(f"month's forecast today, and paid so far with the rest, {name[0]} {name[1]}", "FC-03", int(row["amount"]), apart, name[2])
        )
    return ties


def _absent(inputs: Inputs) -> list[Finding]:
    """Name what the forecast would take in and was not given."""
    given = (("Post-dated cheques", "cheques", inputs.special.cheques), ("Announced direct debits", "direct_debits", inputs.special.debits))
    return [
        Finding("FC-07", "info", f"{words} are not measurable: needs {name}.", name) for words, name, frame in given if not len(frame)
    ]  # fmt: skip


def _said(past: pd.DataFrame, scored: pd.DataFrame, kept: pd.DataFrame) -> list[Finding]:
    """Say what is not known of earlier forecasts, and where they were wrong enough to be looked at."""
    findings = []
    if not len(kept):
        findings.append(Finding("FC-03", "info", "No earlier pack holds a forecast of this month, so its change is not explained."))
    if not len(past):
        said = "No earlier month can be forecast again: give items that were paid in the last 12 months, with their clearing dates."
        return [*findings, Finding("FC-03", "info", said, "open_items")]
    if past["optimistic"].any():
        findings.append(
            Finding("FC-03", "info", "Some items have no entry date; the track record may be optimistic (7.4).", "forecast_accuracy")
        )
    alarm = scored[(scored["method"] == "FC-03") & (scored["horizon"] == "MONTH") & (scored["tracking_signal"].abs() > 4_000_000)]
    for row in alarm.to_dict("records"):
        way = "too high" if row["bias"] > 0 else "too low"
        said = f"The month forecasts of {row['ledger_id']} {row['company_code']} {row['currency']} are always {way}: tracking signal beyond 4 (7.3)."
        findings.append(Finding("FC-03", "warn", said, "forecast_scores"))
    return findings
