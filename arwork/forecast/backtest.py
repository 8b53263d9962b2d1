"""How right the forecast was: earlier months forecast again with what was known then, beside what was paid (domain 7.3, 7.4).

Every origin is rebuilt on the knowledge axis (CV-07): a claim counts from its entry date, a payment from its clearing date, and what was
learned is learned from those alone. So nothing that is recorded after an origin can move its forecast. What was paid is taken from the
clearing of the items that were open at the origin, the same items for every method.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from arwork.forecast.behaviour import SEGMENT, Behaviour, Counts, Floats, known_at, learn
from arwork.forecast.cash import by_days_late, naive
from arwork.forecast.parts import paid_share
from arwork.forecast.simulate import Shocks, quantile, shocks_of, simulate
from arwork.forecast.weeks import ends, horizon, weeks
from arwork.policy import Policy
from arwork.tables import conform, empty

METHODS = {"FC-01": "naive", "FC-02": "days_late", "FC-03": "expected", "FC-08": "blend"}
REST = "REST"
"""What was left of a month at a weekly update of its forecast."""
_LEAST_PAID, _PATHS, _LATEST, _LEAST_WIDTH = 30, 200, 6, 8


@dataclass(frozen=True)
class Origin:
    """An earlier month's forecast or its weekly updates: buckets, the parts open at each `origin`, the share of each expected by the end of each.

    `spans` names what is reported: first and last bucket of each, the first counted from the one before it.
    """

    day: date
    buckets: pd.DataFrame
    parts: pd.DataFrame
    behaviour: Behaviour
    share: Floats
    shocks: Shocks
    spans: tuple[tuple[str, int, int], ...]


def origins_of(open_items: pd.DataFrame, as_of: date, most: int) -> list[date]:
    """List the last month ends whose following month lies whole before the key date, the oldest first.

    A month end counts from the first on which 30 payments were known.
    """
    paid = open_items.loc[open_items["clearing_date"] <= pd.Timestamp(as_of), "clearing_date"].sort_values()
    if len(paid) < _LEAST_PAID:
        return []
    first = paid.iloc[_LEAST_PAID - 1]
    newest = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    newest = newest - pd.Timedelta(days=newest.day)
    days = pd.date_range(end=newest, periods=most + 1, freq="ME")[:-1]
    return [day.date() for day in days if day >= first]


def at_origin(open_items: pd.DataFrame, policy: Policy, origin: date) -> Origin:
    """Forecast the month after an origin by the curves, from what was known then alone (7.4, steps 2 and 3)."""
    asked = policy.forecast
    claims = known_at(open_items, origin)
    behaviour = learn(claims, origin, asked.shrinkage_k, asked.history_months)
    made = _to_pay(claims).assign(origin=pd.Timestamp(origin))
    buckets = weeks((pd.Timestamp(origin) + pd.Timedelta(days=1)).date(), horizon(origin)[0], asked.week_start)
    shocks = shocks_of(claims, behaviour, Shocks(float(asked.shocks[0]) / 100, float(asked.shocks[1]) / 100))
    return Origin(origin, buckets, made, behaviour, paid_share(made, behaviour, ends(buckets)), shocks, tuple(_spans(len(buckets))))


def _to_pay(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that nobody had paid, as parts that are paid by the curve."""
    made = claims[~claims["done"]].sort_values("item_id", kind="stable").reset_index(drop=True)
    return made.assign(kind="OPEN", source="", amount=made["amount_doc"], now=made["age"], day=np.datetime64("NaT"), fixed=0.0, rest=1.0)


def accuracy(open_items: pd.DataFrame, policy: Policy, as_of: date) -> pd.DataFrame:
    """Return `forecast_accuracy`: every week and month of the last origins, what was paid and what each method had expected.

    At each end of a week inside such a month, the rest of the month is forecast again (span REST), as the weekly update does: the items
    open then, by the curves that the month began with, so that nothing is learned from the month itself (7.4, step 1).
    """
    rows: list[dict[str, object]] = []
    cleared = open_items[open_items["clearing_date"] <= pd.Timestamp(as_of)].set_index("item_id")["clearing_date"]
    blank = bool(open_items["entry_date"].isna().any())
    for day in origins_of(open_items, as_of, policy.forecast.origins):
        told = at_origin(open_items, policy, day)
        rows += _rows(told, cleared, policy, blank)
        rows += _rows(updates(told, open_items), cleared, policy, blank)
    if not rows:
        return empty("forecast_accuracy")
    return conform("forecast_accuracy", fitted(with_blend(pd.DataFrame(rows))))


def updates(told: Origin, open_items: pd.DataFrame) -> Origin:
    """Forecast the rest of an origin's month at each end of a week in it: what is open then, by what was learned at the origin."""
    gone = (open_items["clearing_date"] <= pd.Timestamp(told.day)) & (open_items["reverses"] == "")
    live = open_items[~gone]  # what was paid before the month is open at none of its weeks
    days = told.buckets["to_date"].iloc[:-1]
    made = pd.concat([_to_pay(known_at(live, day.date())).assign(origin=day) for day in days], ignore_index=True)
    rest = told.buckets.iloc[-1:]
    return replace(told, buckets=rest, parts=made, share=paid_share(made, told.behaviour, ends(rest)), spans=((REST, -1, 0),))


def _rows(told: Origin, cleared: pd.Series[pd.Timestamp], policy: Policy, blank: bool) -> list[dict[str, object]]:
    """Return a row a span and origin for every segment: each week of the month and the month, or what is left of it at an update."""
    made, until, keyed = told.parts, ends(told.buckets), [*SEGMENT, "origin"]
    whose = pd.MultiIndex.from_frame(made[keyed])
    names = whose.unique().sort_values()
    group = names.get_indexer(whose).astype(np.int64)
    amounts = made["amount"].to_numpy().astype(float)
    paid = made["item_id"].map(cleared).to_numpy().astype("datetime64[D]")
    shares = {
        "actual": (paid[:, None] <= until[None, :]).astype(float), "naive": naive(made, until),
        "days_late": by_days_late(made, told.behaviour, until), "expected": told.share,
    }  # fmt: skip
    sums = {name: _reached(share, amounts, group, len(names)) for name, share in shares.items()}
    drawn = np.cumsum(simulate(made, told.share, group, len(names), told.shocks, _PATHS, policy.forecast.seed), axis=2)
    rows: list[dict[str, object]] = []
    for number, name in enumerate(names):
        for span, low, high in told.spans:
            line = {column: int(values[number, high] - (values[number, low] if low >= 0 else 0)) for column, values in sums.items()}
            total = drawn[:, number, high] - (drawn[:, number, low] if low >= 0 else 0)
            line |= {f"p{percent}": int(quantile(total, percent)) for percent in (10, 50, 90)}
            rows.append({
                **dict(zip(keyed, name, strict=True)), "span": span,
                "to_date": told.buckets["to_date"].iloc[high], **line, "optimistic": blank,
            })  # fmt: skip
    return rows


def horizon_of(span: pd.Series[str]) -> pd.Series[str]:
    """Name the horizon of each row: MONTH, REST (of a month, at a weekly update), or WEEK."""
    return span.where(span.isin(["MONTH", REST]), "WEEK")


def _spans(count: int) -> list[tuple[str, int, int]]:
    return [*((f"W{place + 1:02d}", place - 1, place) for place in range(count)), ("MONTH", -1, count - 1)]


def _reached(share: Floats, amounts: Floats, group: Counts, count: int) -> Counts:
    out = np.zeros((count, share.shape[1]))
    np.add.at(out, group, share * amounts[:, None])
    return np.rint(out).astype(np.int64)


def with_blend(rows: pd.DataFrame) -> pd.DataFrame:
    """Add FC-08: FC-02 and FC-03 by the inverse of their WAPE over the last six origins whose cash was known; equal shares before that."""
    out = []
    for _, own in rows.groupby([*SEGMENT, horizon_of(rows["span"])], sort=True):
        for day in sorted(own["origin"].unique()):
            known = own[own["to_date"] <= day]
            past = known[known["origin"].isin(sorted(known["origin"].unique())[-_LATEST:])]
            weight = blend_weight(wape(past["days_late"], past["actual"]), wape(past["expected"], past["actual"]))
            now = own[own["origin"] == day]
            mixed = now["days_late"] * weight + now["expected"] * (1.0 - weight)
            out.append(now.assign(blend=np.rint(mixed).astype("int64")))
    joined: pd.DataFrame = pd.concat(out, ignore_index=True)
    return joined


def fitted(rows: pd.DataFrame) -> pd.DataFrame:
    """Fit the range of every origin to the misses of the origins before it, weeks and months apart: `p10`, `p90` and `width` (7.4, step 9).

    A draw knows what items do, not that customers change. So the range is made wider or narrower until it would have held 80 % of the
    earlier misses; with fewer than eight of them it stays as drawn.
    """
    out = []
    for _, own in rows.groupby([*SEGMENT, horizon_of(rows["span"])], sort=True):
        for day in sorted(own["origin"].unique()):
            now, width = own[own["origin"] == day], width_of(own[own["to_date"] <= day])
            out.append(stretched(now, width).assign(width=round(width * 1_000_000)))
    return pd.concat(out, ignore_index=True)


def width_of(past: pd.DataFrame) -> float:
    """Return how much wider than drawn a range had to be to hold 80 % of past figures; 1 while there are fewer than eight."""
    if len(past) < _LEAST_WIDTH:
        return 1.0
    missed = past["actual"] - past["p50"]
    room = np.where(missed > 0, past["p90"] - past["p50"], past["p50"] - past["p10"])
    ratio = np.sort(missed.abs().to_numpy() / np.maximum(room, 1))
    place = min(int(np.ceil(0.8 * (len(ratio) + 1))), len(ratio)) - 1
    return float(np.clip(ratio[place], 0.5, 3.0))


def widths(accuracy_rows: pd.DataFrame) -> dict[tuple[str, str, str, bool], float]:
    """Return by segment, and whether a month is meant, how wide the range of the next forecast must be."""
    found = {}
    ahead = accuracy_rows[accuracy_rows["span"] != REST]
    drawn = stretched(ahead, 1_000_000 / ahead["width"].clip(lower=1))
    for name, own in drawn.groupby([*SEGMENT, drawn["span"] == "MONTH"], sort=True):
        found[str(name[0]), str(name[1]), str(name[2]), bool(name[3])] = width_of(own)
    return found


def stretched(rows: pd.DataFrame, width: float | pd.Series[float]) -> pd.DataFrame:
    """Return rows with `p10` and `p90` moved away from `p50` by a factor; `p10` does not fall below nothing."""
    low = (rows["p50"] - (rows["p50"] - rows["p10"]) * width).round().clip(lower=0).astype("int64")
    high = (rows["p50"] + (rows["p90"] - rows["p50"]) * width).round().astype("int64")
    return rows.assign(p10=low, p90=high)


def blend_weight(second: float, third: float) -> float:
    """Return the share of FC-02 beside FC-03, by the inverse of their WAPE (FC-08)."""
    return third / (second + third) if second + third > 0 else 0.5


def wape(forecast: pd.Series[int], actual: pd.Series[int]) -> float:
    """Return the sum of misses over the sum of cash (7.3); 0 where there was no cash."""
    paid = float(actual.sum())
    return float((actual - forecast).abs().sum()) / paid if paid > 0 else 0.0


def scores(accuracy_rows: pd.DataFrame) -> pd.DataFrame:
    """Return `forecast_scores`: WAPE, worst origin, bias, skill, tracking signal, hit rate and coverage by method and horizon (7.3)."""
    rows = []
    for horizon_name in ("MONTH", "WEEK", REST):
        for name, own in accuracy_rows[horizon_of(accuracy_rows["span"]) == horizon_name].groupby(SEGMENT, sort=True):
            for method, column in METHODS.items():
                rows.append({**dict(zip(SEGMENT, name, strict=True)), "horizon": horizon_name, "method": method, **_score(own, column)})
    return conform("forecast_scores", pd.DataFrame(rows)) if rows else empty("forecast_scores")


def _score(own: pd.DataFrame, column: str) -> dict[str, int]:
    actual, missed = own["actual"], own["actual"] - own[column]
    paid, base = float(actual.sum()), wape(own["naive"], actual)
    own_wape = wape(own[column], actual)
    by_origin = own.assign(miss=missed.abs()).groupby("origin")[["miss", "actual"]].sum()
    some = by_origin[by_origin["actual"] > 0]
    mad = float(missed.abs().mean())
    inside = (actual >= own["p10"]) & (actual <= own["p90"])
    return {
        "origins": int(own["origin"].nunique()), "wape": _percent(own_wape),
        "worst": _percent(float((some["miss"] / some["actual"]).max())) if len(some) else 0,
        "bias": _percent(-float(missed.sum()) / paid if paid else 0.0), "skill": _percent(1.0 - own_wape / base if base else 0.0),
        "tracking_signal": _percent(float(missed.sum()) / mad if mad else 0.0),
        "hits": _percent(float((missed.abs() <= actual * 0.1).mean())),
        "covered": _percent(float(inside.mean())) if column == "expected" else 0,
    }  # fmt: skip


def _percent(share: float) -> int:
    return int(np.rint(share * 1_000_000))
