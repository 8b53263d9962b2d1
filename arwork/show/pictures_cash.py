"""The picture of the daily cash log: a calendar of the month, each day with its state, its credits and what is unposted. Frames in, PNG out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from arwork.money import Units
from arwork.show.canvas import FAINT, INK, RULE, Picture, canvas, nothing, picture
from arwork.show.numbers import day, money, plural

_STATES: Mapping[str, tuple[str, str, str]] = {
    "CLOSED": ("✓ C", "closed", "#c5e8da"), "NAMED": ("✓ N", "closed by named items", "#c9e3f4"),
    "OPEN": ("✗ O", "open", "#f6c9a8"), "QUIET": ("–", "nothing moved", "#f4f6f8"),
}  # fmt: skip
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def cash_calendar(cash_log: pd.DataFrame, bank_account: str, currency: str, units: Units) -> Picture:
    """Draw the last month of the log of one account: colour and sign of each day's state, credits, and what is unposted or breaks (RC-70)."""
    rows = cash_log[(cash_log["bank_account"] == bank_account) & (cash_log["currency"] == currency)].sort_values("day")
    month = rows["day"].dt.to_period("M")
    rows = rows[month == month.max()] if len(rows) else rows
    states = rows["state"].mask((rows["state"] == "CLOSED") & (rows["named_count"] > 0), "NAMED")
    counts = {name: int((states == name).sum()) for name in _STATES}
    told = ", ".join(f"{plural(counts[name], 'day')} {words}" for name, (_, words, _) in _STATES.items() if counts[name])
    total = sum(int(v) for v in rows["credits"].tolist())
    title = f"Cash log {bank_account}, {currency}" + (f", {rows['day'].max():%B %Y}" if len(rows) else "")
    said = f"Credits {money(total, currency, units)} {currency}; {told or 'no days'}"
    first = rows["day"].min().replace(day=1).weekday() if len(rows) else 0
    weeks = (first + (int(rows["day"].max().day) if len(rows) else 1) + 6) // 7
    with canvas(1.55 + 0.62 * weeks, title, said, foot=0.42) as (figure, axes):
        axes.set_position((0.018, 0.42 / (1.55 + 0.62 * weeks), 0.964, 1 - 1.32 / (1.55 + 0.62 * weeks)))
        _bare(axes, weeks)
        for place, name in enumerate(_DAYS):
            axes.text(place + 0.5, -0.12, name, ha="center", va="bottom", fontsize=8.5, color=FAINT)
        for row, state in zip(rows.to_dict("records"), states.tolist(), strict=True):
            number = first + row["day"].day - 1
            _cell(axes, number % 7, number // 7, row, state, currency, units)
        _legend(axes, weeks)
        if not len(rows):
            nothing(axes, "No day of this account is in the log")
        open_days = "; ".join(f"{day(r['day'])}: {r['reason']}" for r in rows[rows["state"] == "OPEN"].to_dict("records")[:5])
        return picture(figure, f"{title}. {said}." + (f" Open: {open_days}" if open_days else ""))


def _bare(axes: Axes, weeks: int) -> None:
    axes.set_xlim(0, 7)
    axes.set_ylim(weeks, 0)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def _cell(axes: Axes, column: int, line: int, row: Mapping[Any, Any], state: str, currency: str, units: Units) -> None:
    sign, _, colour = _STATES[state]
    edge = INK if state == "OPEN" else RULE
    axes.add_patch(
        Rectangle((column + 0.02, line + 0.03), 0.96, 0.94, facecolor=colour, edgecolor=edge, linewidth=1.3 if state == "OPEN" else 0.7)
    )
    axes.text(column + 0.07, line + 0.1, str(row["day"].day), ha="left", va="top", fontsize=8, color=FAINT)
    axes.text(column + 0.93, line + 0.1, sign, ha="right", va="top", fontsize=8.5, fontweight="bold", color=INK)
    if row["credits"]:
        axes.text(column + 0.93, line + 0.58, money(int(row["credits"]), currency, units), ha="right", va="center", fontsize=7.5, color=INK)
    below = ("break", int(row["open"] or row["proof_4"])) if state == "OPEN" else ("unposted", int(row["closing"]))
    if below[1]:
        axes.text(
            column + 0.93, line + 0.82, f"{below[0]} {money(below[1], currency, units)}", ha="right", va="center", fontsize=6.8, color=INK
        )


def _legend(axes: Axes, weeks: int) -> None:
    for place, (sign, words, colour) in enumerate(_STATES.values()):
        left = 0.02 + 1.75 * place
        axes.add_patch(Rectangle((left, weeks + 0.12), 0.16, 0.2, facecolor=colour, edgecolor=RULE, linewidth=0.7, clip_on=False))
        axes.text(left + 0.21, weeks + 0.22, f"{sign}  {words}", ha="left", va="center", fontsize=8, color=FAINT)
