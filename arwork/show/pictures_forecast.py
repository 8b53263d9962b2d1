"""The pictures of the forecast: the fan, expected cash week by week, and how right earlier months were. Frames in, PNG out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from arwork.money import Units
from arwork.show.canvas import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    Picture,
    canvas,
    legend_above,
    money_axis,
    nothing,
    picture,
)
from arwork.show.numbers import day, money, plural

_KINDS: Mapping[str, tuple[str, str]] = {
    "ordinary": ("open items", BLUE), "promises": ("promised", GREEN), "disputes": ("disputed", ORANGE), "cheques": ("cheques", PURPLE),
    "overrides": ("by a person", GREY), "new_billings": ("new billings", SKY),
}  # fmt: skip


_FEW, _MOST = 8, 3.0
"""Earlier months that a range is fitted to at least, and the most that it is widened; the forecast's own limits (7.4, step 9)."""


def _of(frame: pd.DataFrame, ledger: tuple[str, str], currency: str) -> pd.DataFrame:
    return frame[(frame["ledger_id"] == ledger[0]) & (frame["company_code"] == ledger[1]) & (frame["currency"] == currency)]


def _weeks(cash: pd.DataFrame, ledger: tuple[str, str], currency: str) -> pd.DataFrame:
    rows = _of(cash, ledger, currency)
    return rows[rows["span"].str.startswith("W")].sort_values("span")


def _short(stamp: pd.Timestamp) -> str:
    return f"{stamp.day} {stamp.strftime('%b')}"


def fan(cash: pd.DataFrame, ledger: tuple[str, str], currency: str, units: Units) -> Picture:
    """Draw the cash expected to have come in by the end of each week, with the range that holds eight of ten draws (7.2)."""
    rows = _weeks(cash, ledger, currency)
    month = _of(cash, ledger, currency).loc[lambda r: r["span"] == "MONTH"].to_dict("records")
    said = _range(month[0], units) if month else "nothing to forecast"
    why = width_said(month[0]) if month else ""
    with canvas(3.9, f"Cash expected so far, {ledger[0]} {ledger[1]}, {currency}", said, foot=0.62) as (figure, axes):
        figure.text(0.018, 0.03, why, fontsize=8.5, color=FAINT, va="bottom", ha="left")
        scale = money_axis(axes, currency, units, int(rows["reached_p90"].max()) if len(rows) else 0)
        places = list(range(len(rows) + 1))
        low, mid, high = ([0.0, *(scale(int(v)) for v in rows[name])] for name in ("reached_p10", "reached", "reached_p90"))
        axes.fill_between(places, low, high, color=SKY, alpha=0.35, linewidth=0, label="P10 to P90")
        axes.plot(places, mid, color=BLUE, linewidth=1.8, marker="o", markersize=3.5, label="expected")
        naive = [0.0, *(scale(int(v)) for v in rows["naive"].cumsum())]
        axes.plot(places, naive, color=FAINT, linewidth=1.0, linestyle="--", label="at due date")
        axes.set_xticks(places, ["", *(_short(stamp) for stamp in rows["to_date"])])
        axes.tick_params(axis="x", labelsize=7.5)
        if month:
            place = int((rows["to_date"] <= month[0]["to_date"]).sum())
            axes.axvline(place, color=INK, linewidth=0.8, linestyle=":")
            axes.text(place, axes.get_ylim()[1], " month end", fontsize=8, color=FAINT, va="top")
        axes.set_ylim(bottom=0)
        legend_above(axes)
        if not len(rows):
            nothing(axes, "Nothing to forecast")
        return picture(figure, f"Cash expected by week's end in {currency}: {said}. {why}".strip())


def width_said(row: Mapping[Any, Any]) -> str:
    """Say in one sentence why the range of a month is as wide as it is: by how many earlier months, and against the draws."""
    months, times = int(row["months"]), int(row["width"]) / 1_000_000
    if months < _FEW:
        known = f"only {plural(months, 'earlier month')} can be judged" if months else "no earlier month can be judged"
        return f"The range is as drawn: {known}, and fitting it to what was missed takes {_FEW}. Expect larger misses than it shows."
    if times >= _MOST:
        return f"The range is {times:.1f} times as wide as drawn, the most it is widened; the misses of the {months} earlier months ask for that or more."
    if times > 1.05:
        return f"The range is {times:.1f} times as wide as drawn, so that it would have held eight of ten of the {months} earlier months."
    return f"The range would have held eight of ten of the {months} earlier months."


def _range(row: Mapping[Any, Any], units: Units) -> str:
    code = str(row["currency"])
    low, mid, high = (money(int(row[name]), code, units) for name in ("p10", "expected", "p90"))
    return f"To {day(row['to_date'])}: {mid} {code}, between {low} and {high} eight times out of ten"


def calendar(cash: pd.DataFrame, ledger: tuple[str, str], currency: str, units: Units) -> Picture:
    """Draw the cash of every week by what it comes from, with its range (7.1)."""
    rows = _weeks(cash, ledger, currency)
    total = int(rows["expected"].sum())
    said = f"{plural(len(rows), 'week')}, {money(total, currency, units)} {currency}; a week across a month end is two bars"
    with canvas(3.6, f"Expected cash by week, {ledger[0]} {ledger[1]}, {currency}", said) as (figure, axes):
        scale = money_axis(axes, currency, units, int(rows["p90"].max()) if len(rows) else 0)
        places = list(range(len(rows)))
        base = [0] * len(rows)
        for name, (words, colour) in _KINDS.items():
            values = [int(v) for v in rows[name]]
            if any(values):
                axes.bar(places, [scale(v) for v in values], 0.66, bottom=[scale(b) for b in base], color=colour, label=words)
                base = [b + v for b, v in zip(base, values, strict=True)]
        axes.vlines(
            places, [scale(int(v)) for v in rows["p10"]], [scale(int(v)) for v in rows["p90"]], color=INK, linewidth=1.1, label="P10 to P90"
        )
        for place in _month_ends(rows):
            axes.axvline(place + 0.5, color=FAINT, linewidth=0.8, linestyle=":")
        axes.set_xticks(places, [_short(stamp) for stamp in rows["from_date"]])
        axes.tick_params(axis="x", labelsize=7.5)
        legend_above(axes)
        if not len(rows):
            nothing(axes, "Nothing to forecast")
        return picture(figure, f"Expected cash by week in {currency}. {said}.")


def _month_ends(rows: pd.DataFrame) -> list[int]:
    """Return the places of the bars that end a month, the last one left out."""
    months = [stamp.month for stamp in rows["to_date"]]
    return [place for place, (one, other) in enumerate(pairwise(months)) if one != other]


def track_record(accuracy: pd.DataFrame, ledger: tuple[str, str], currency: str, units: Units) -> Picture:
    """Draw earlier months: what was forecast with its range, and what was paid (7.3)."""
    rows = _of(accuracy, ledger, currency).loc[lambda r: r["span"] == "MONTH"].sort_values("origin")
    inside = int(((rows["actual"] >= rows["p10"]) & (rows["actual"] <= rows["p90"])).sum())
    said = f"{plural(len(rows), 'month')}; what was paid lay within the range in {inside} of them"
    with canvas(3.3, f"Forecast and cash of earlier months, {ledger[0]} {ledger[1]}, {currency}", said) as (figure, axes):
        scale = money_axis(axes, currency, units, int(rows[["p90", "actual"]].max().max()) if len(rows) else 0)
        places = list(range(len(rows)))
        low, high = ([scale(int(v)) for v in rows[name]] for name in ("p10", "p90"))
        axes.bar(places, [b - a for a, b in zip(low, high, strict=True)], 0.5, bottom=low, color=SKY, alpha=0.45, label="P10 to P90")
        axes.plot(places, [scale(int(v)) for v in rows["expected"]], color=BLUE, marker="_", markersize=16, linestyle="", label="expected")
        axes.plot(places, [scale(int(v)) for v in rows["actual"]], color=INK, marker="o", markersize=5, linestyle="", label="paid")
        axes.set_xticks(places, [stamp.strftime("%Y-%m") for stamp in rows["to_date"]])
        axes.set_ylim(bottom=0)
        axes.tick_params(axis="x", labelsize=7.5)
        legend_above(axes)
        if not len(rows):
            nothing(axes, "No earlier month is known")
        return picture(figure, f"Earlier months in {currency}. {said}.")
