"""The cash forecast at a key date: weeks, month and quarter, with the range and the items behind it (domain 7.1, 7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import ndtri

from arwork.forecast.applied import with_applied
from arwork.forecast.behaviour import SEGMENT, Behaviour, Counts, Floats, known_at, learn, paid_by
from arwork.forecast.billings import Pace, new_cash, pace
from arwork.forecast.parts import Rules, Special, in_buckets, paid_share, parts, population
from arwork.forecast.simulate import Shocks, quantile, shocks_of, simulate
from arwork.forecast.weeks import Days, ends, horizon, weeks
from arwork.policy import Policy
from arwork.proof import Finding, Tie
from arwork.tables import conform, empty

KINDS = {"OPEN": "ordinary", "PROMISE": "promises", "DISPUTE": "disputes", "CHEQUE": "cheques", "DEBIT": "cheques", "OVERRIDE": "overrides"}
"""Kinds of part, and the column of `forecast_cash` that shows them."""
COLUMNS = tuple(dict.fromkeys(KINDS.values()))
Segment = tuple[str, str, str]


@dataclass(frozen=True)
class Inputs:
    """The tables a forecast is made from: `open_items`, `customers`, `allocations`, `receipts`, and what is special of items."""

    open_items: pd.DataFrame
    customers: pd.DataFrame
    allocations: pd.DataFrame
    receipts: pd.DataFrame
    special: Special


@dataclass(frozen=True)
class Forecast:
    """A forecast: `forecast_cash`, `forecast_items`, what was learned, its ties and findings."""

    cash: pd.DataFrame
    items: pd.DataFrame
    behaviour: Behaviour
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


def rules_of(policy: Policy) -> Rules:
    """Return what the policy says of promises, disputes and cheques."""
    kept, of = policy.forecast.promise_prior
    days = dict(policy.dispute_sla_days)
    return Rules((kept, of), policy.promise.tolerance_days, days, float(policy.forecast.dispute_credit), policy.forecast.cheque_prior)


def forecast(inputs: Inputs, policy: Policy, as_of: date) -> Forecast:
    """Forecast the cash of the month and the quarter that begin after the key date (FC-01 to FC-08).

    Currencies are kept apart. The same inputs give the same figures: the draws are seeded by the policy.
    """
    asked = policy.forecast
    claims = known_at(with_applied(inputs.open_items, inputs.allocations, as_of), as_of)
    behaviour = learn(claims, as_of, asked.shrinkage_k, asked.history_months)
    base = population(inputs.open_items, inputs.customers, inputs.allocations, inputs.receipts, as_of)
    made = parts(base, inputs.special, rules_of(policy), as_of)
    month_end, quarter_end = horizon(as_of)
    buckets = weeks((pd.Timestamp(as_of) + pd.Timedelta(days=1)).date(), quarter_end, asked.week_start)
    share = paid_share(made, behaviour, ends(buckets))
    names = segments_of(claims, made)
    paces = pace(claims, as_of)
    shocks = shocks_of(claims, behaviour, Shocks(float(asked.shocks[0]) / 100, float(asked.shocks[1]) / 100))
    group = pd.MultiIndex.from_tuples(names, names=SEGMENT).get_indexer(pd.MultiIndex.from_frame(made[SEGMENT])).astype(np.int64)
    drawn = simulate(made, share, group, len(names), shocks, asked.paths, asked.seed)
    placed = in_buckets(share, made["amount"].to_numpy())
    within = (buckets["to_date"] <= pd.Timestamp(month_end)).to_numpy()
    cash = _cash(made, placed, _simple(made, behaviour, ends(buckets)), group, names, (paces, drawn), buckets, as_of)
    items = _items(made, placed, within, inputs.special.overrides, cash, float(asked.override_share))
    return Forecast(cash, items, behaviour, tuple(_ties(cash, items, base)), tuple(_findings(items, base, claims, as_of)))


def segments_of(claims: pd.DataFrame, made: pd.DataFrame) -> list[Segment]:
    """List the ledgers and currencies that a forecast speaks of."""
    both = pd.concat([claims[SEGMENT], made[SEGMENT]]).drop_duplicates()
    return sorted((str(a), str(b), str(c)) for a, b, c in both.itertuples(index=False, name=None))


def naive(made: pd.DataFrame, until: Days) -> Floats:
    """Return FC-01: every item paid on its due date, an overdue one in the first bucket."""
    due = made["due_date"].to_numpy().astype("datetime64[D]")
    return (until[None, :] >= due[:, None]).astype(float)


def by_days_late(made: pd.DataFrame, behaviour: Behaviour, until: Days) -> Floats:
    """Return FC-02: every item paid at due date and the customer's mean days late; one that is later still, by its curve."""
    row = behaviour.rows_of(made)
    late = np.rint(behaviour.late[np.maximum(row, 0)]).astype(np.int64) if len(behaviour.late) else np.zeros(len(made), dtype=np.int64)
    late = np.where(row >= 0, late, 0)
    ages = (until[None, :] - made["due_date"].to_numpy().astype("datetime64[D]")[:, None]).astype(np.int64)
    now = made["age"].to_numpy().astype(np.int64)
    shown = np.where((late > now)[:, None], ages >= late[:, None], paid_by(behaviour, row, now, ages))
    return np.asarray(shown, dtype=float)


def _simple(made: pd.DataFrame, behaviour: Behaviour, until: Days) -> tuple[Counts, Counts]:
    """Return FC-01 and FC-02 of all that is to be collected, in buckets."""
    live = made.assign(amount=np.where(made["kind"].isin(list(KINDS)), made["amount"], 0), age=made["now"])
    amounts = live["amount"].to_numpy()
    return in_buckets(naive(live, until), amounts), in_buckets(by_days_late(live, behaviour, until), amounts)


def _cash(
    made: pd.DataFrame, placed: Counts, simple: tuple[Counts, Counts], group: Counts, names: list[Segment],
    told: tuple[dict[Segment, Pace], Counts], buckets: pd.DataFrame, as_of: date,
) -> pd.DataFrame:  # fmt: skip
    """Build `forecast_cash`: every week of every segment, its month and its quarter."""
    paces, drawn = told
    kinds, until = made["kind"].to_numpy(), ends(buckets)
    shown = np.array([KINDS.get(kind, "") for kind in kinds], dtype=object)
    by_kind = {column: _sums(np.where((shown == column)[:, None], placed, 0), group, len(names)) for column in COLUMNS}
    first, second = (_sums(one, group, len(names)) for one in simple)
    wave = wave_of(drawn.shape[0])
    rows = []
    for number, name in enumerate(names):
        fresh = (
            np.diff(np.rint(new_cash(paces[name], as_of, until)).astype(np.int64), prepend=0)
            if name in paces
            else np.zeros(len(until), np.int64)
        )
        spread = paces[name].spread if name in paces else 0.0
        total = drawn[:, number, :] + np.rint(np.maximum(1.0 + spread * wave, 0.0)[:, None] * fresh).astype(np.int64)
        columns = {column: sums[number] for column, sums in by_kind.items()} | {"new_billings": fresh}
        columns |= {"naive": first[number] + fresh, "days_late": second[number] + fresh}
        for span, take in _spans(buckets):
            line = {column: int(values[take].sum()) for column, values in columns.items()}
            summed = total[:, take].sum(axis=1)
            line |= {f"p{percent}": int(quantile(summed, percent)) for percent in (10, 50, 90)}
            so_far = total[:, : take[-1] + 1].sum(axis=1)
            line |= {f"reached_p{percent}": int(quantile(so_far, percent)) for percent in (10, 90)}
            line["reached"] = int(sum(columns[column][: take[-1] + 1].sum() for column in (*COLUMNS, "new_billings")))
            line["expected"] = sum(line[column] for column in (*COLUMNS, "new_billings"))
            rows.append({
                **dict(zip(SEGMENT, name, strict=True)), "span": span, "from_date": buckets["from_date"][take].min(),
                "to_date": buckets["to_date"][take].max(), **line, "paths": len(drawn), "width": 1_000_000, "months": 0,
            })  # fmt: skip
    return conform("forecast_cash", pd.DataFrame(rows)) if rows else empty("forecast_cash")


def wave_of(paths: int) -> Floats:
    """Return one normal number a draw for new billings, the same in every run: evenly spread, in a scattered order."""
    place = (np.arange(paths) * 0.6180339887498949 + 0.5) % 1.0
    return np.asarray(ndtri(np.clip(place, 1e-6, 1 - 1e-6)), dtype=float)


def _spans(buckets: pd.DataFrame) -> list[tuple[str, np.ndarray[tuple[int], np.dtype[np.int64]]]]:
    """Return each week, the first month and the whole horizon with the buckets they cover."""
    first = buckets["month"].iloc[0]
    weekly = [(f"W{number:02d}", np.array([place])) for place, number in enumerate(buckets["bucket_no"])]
    return [*weekly, ("MONTH", np.flatnonzero((buckets["month"] == first).to_numpy())), ("QUARTER", np.arange(len(buckets)))]


def _sums(placed: Counts, group: Counts, count: int) -> Counts:
    """Add the parts of each segment up."""
    out = np.zeros((count, placed.shape[1]), dtype=np.int64)
    np.add.at(out, group, placed)
    return out


def _items(
    made: pd.DataFrame, placed: Counts, within: np.ndarray[tuple[int], np.dtype[np.bool_]], overrides: pd.DataFrame,
    cash: pd.DataFrame, limit: float,
) -> pd.DataFrame:  # fmt: skip
    """Build `forecast_items`: what is expected of each part in the month and the quarter, and what a person changed."""
    month, whole = placed[:, within].sum(axis=1), placed.sum(axis=1)
    total = cash[cash["span"] == "MONTH"].set_index(SEGMENT)["expected"]
    of = total.reindex(pd.MultiIndex.from_frame(made[SEGMENT])).fillna(0).to_numpy()
    items = made.assign(month=month, horizon=whole, later=made["amount"] - whole, large=(month * 100 >= of * limit) & (month > 0))
    said = items["kind"] == "OVERRIDE"
    if said.any():
        spoken = overrides.drop_duplicates("item_id", keep="last").set_index("item_id")
        named = items.loc[said, "item_id"]
        items["original"] = named.map(spoken["original"]).reindex(items.index).astype("Int64")
        items["author"], items["reason"] = (named.map(spoken[name]).reindex(items.index).fillna("") for name in ("author", "reason"))
    return conform("forecast_items", items.drop(columns=["doc_date", "now", "day", "fixed", "rest"]))


def _ties(cash: pd.DataFrame, items: pd.DataFrame, base: pd.DataFrame) -> list[Tie]:
    """The parts are the population; weeks add up to the month's quarter; items and new billings are the cash."""
    ties = []
    weekly = cash[cash["span"].str.startswith("W")]
    for code in sorted(set(items["currency"]) | set(cash["currency"])):
        own, row = items[items["currency"] == code], cash[cash["currency"] == code]
        left = int(base.loc[base["currency"] == code, "amount"].sum())
        ties.append(Tie(f"parts of the forecast and items to collect, {code}", "FC-03", int(own["amount"].sum()), left, code))
        quarter = row[row["span"] == "QUARTER"]
        seen = int(own["horizon"].sum() + quarter["new_billings"].sum())
        ties.append(
            Tie(f"expected of items and new billings, and the quarter, {code}", "FC-06", seen, int(quarter["expected"].sum()), code)
        )
        weeks_sum = int(weekly.loc[weekly["currency"] == code, "expected"].sum())
        ties.append(Tie(f"weeks of the forecast and the quarter, {code}", "FC-03", weeks_sum, int(quarter["expected"].sum()), code))
    return ties


def _findings(items: pd.DataFrame, base: pd.DataFrame, claims: pd.DataFrame, as_of: date) -> list[Finding]:
    """Say what a person must know before the figures are used."""
    findings = []
    large = items.loc[items["large"]]
    if len(large):
        said = f"{len(large):,} open items make up the policy's share of their month's forecast or more; judge them yourself."
        findings.append(Finding("FC-03", "info", said, "forecast_items", tuple(large["item_id"].head(20))))
    if not claims["paid"].any():
        said = f"No payment before {as_of} is known; every item is expected on its due date. Give cleared items of the last 12 months."
        findings.append(Finding("FC-03", "warn", said, "open_items"))
    lost = base[base["standing"] == "RECOVERY"]
    if len(lost):
        said = f"{len(lost):,} open items of customers who are insolvent or in legal proceedings are not forecast."
        findings.append(Finding("FC-03", "info", said, "forecast_items", tuple(lost["item_id"].head(20))))
    return findings
