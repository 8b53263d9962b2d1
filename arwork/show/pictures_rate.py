"""How much the rules placed, and how wrong they can be at most: the match rate with its error bound beside it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from arwork.matching.authority import bound
from arwork.matching.bounds import upper
from arwork.matching.learned import Learned
from arwork.money import Units
from arwork.show.canvas import BLUE, FAINT, GREY, INK, ORANGE, RULE, Picture, canvas, picture
from arwork.show.numbers import count, plural, share

CONFIDENCE = 950_000
"""Of the published bounds, in ten-thousandths of a percent point."""
PUBLISHED = (("easy", 28_540, 2), ("mixed", 19_994, 4), ("hard", 13_025, 5))
"""Receipts that rules placed on labelled made-up months and how many of them wrongly, as docs/proof.md publishes them."""


def bounds(learned: Learned | None) -> pd.DataFrame:
    """Return what is known of the error of rules: this ledger's own backtest first, then the published one.

    Columns: basis, tried, errors, at_most (text, rounded up), confidence (text).
    """
    rows = []
    for ledger, records in sorted((learned.ledgers if learned else {}).items()):
        for strategy, record in sorted(records.items()):
            found = record.receipts
            rows.append((f"backtest of {ledger}: {strategy}", found.tried, found.wrong, bound(found.at_most), _percent(learned)))
    for name, tried, wrong in PUBLISHED:
        rows.append((f"published, made-up months, {name}", tried, wrong, bound(upper(tried, wrong, CONFIDENCE)), _percent(None)))
    frame = pd.DataFrame(rows, columns=["basis", "tried", "errors", "at_most", "confidence"])
    return frame.astype({"tried": "int64", "errors": "int64"})


def _percent(learned: Learned | None) -> str:
    return f"{(learned.confidence if learned else CONFIDENCE) // 10_000} %"


def match_rate(proposals: pd.DataFrame, learned: Learned | None, currency: str, units: Units) -> Picture:
    """Draw the share of receipts that rules placed, by count and value, and beside it the most they can err by (CV-11, MT-40).

    Where this ledger has no backtest the picture says so and shows the published bounds instead.
    """
    rows = proposals[proposals["currency"] == currency]
    auto = rows[(rows["status"] == "AUTO") & (rows["decided_by"] == "rule")]
    sums = [sum(int(v) for v in frame["amount"].tolist()) for frame in (auto, rows)]
    placed = [("by count", len(auto), len(rows)), ("by value", sums[0], sums[1])]
    known = bounds(learned)
    own = known[known["basis"].str.startswith("backtest")]
    shown = pd.concat([own.head(3), known[~known.index.isin(own.index)]]).head(5)
    said = "this ledger's own backtest first" if len(own) else "as published; this ledger has no backtest yet (arwork backtest)"
    told = f"{plural(len(rows), 'receipt')} in {currency}. Error bounds (95 %): {said}."
    with canvas(2.9, f"Placed by rule, and the most it can err by, {currency}", told, foot=0.3) as (figure, axes):
        place = axes.get_position()
        axes.set_position((place.x0, place.y0, 0.38, place.height))
        beside = figure.add_axes((0.74, place.y0, 0.15, place.height))
        _bars(axes, placed)
        _bounds(beside, shown)
        for part, words in ((axes, "Placed by rule"), (beside, "Errors found, and at most")):
            part.set_title(words, loc="left", fontsize=9, color=FAINT, pad=4)
        listed = "; ".join(f"{name} {share(part, whole)}" for name, part, whole in placed)
        wrong = "; ".join(
            f"{r['basis']}: {r['errors']} of {count(r['tried'])} wrong, at most {r['at_most']}" for r in shown.to_dict("records")
        )
        return picture(figure, f"Placed by rule in {currency}: {listed}. Error bounds, {said}: {wrong}.")


def _bars(axes: Axes, placed: Sequence[tuple[str, int, int]]) -> None:
    for row, (_, part, whole) in enumerate(placed):
        rate = part / whole if whole else 0.0
        axes.barh(row, 1.0, 0.5, color=RULE)
        axes.barh(row, rate, 0.5, color=BLUE)
        axes.text(1.02, row, share(part, whole), va="center", ha="left", color=INK, fontsize=10, fontweight="bold")
    _bare(axes, [name for name, _, _ in placed])
    axes.set_xlim(0, 1)


def _bounds(axes: Axes, shown: pd.DataFrame) -> None:
    most = max([_figure(text) for text in shown["at_most"]], default=0.0) or 1.0
    names = []
    for row, line in enumerate(shown.to_dict("records")):
        observed = 100 * line["errors"] / line["tried"] if line["tried"] else 0.0
        axes.barh(row, _figure(line["at_most"]), 0.5, color=ORANGE)
        axes.barh(row, observed, 0.5, color=GREY)
        axes.text(_figure(line["at_most"]) + 0.03 * most, row, f"≤ {line['at_most']}", va="center", ha="left", color=INK, fontsize=9)
        names.append(
            f"{str(line['basis']).partition(': ')[2] or str(line['basis']).rpartition(', ')[2]}\n{line['errors']} of {count(line['tried'])} wrong"
        )
    _bare(axes, names)
    axes.set_xlim(0, most * 1.05)
    axes.tick_params(axis="y", labelsize=7.5, labelcolor=FAINT)


def _figure(text: str) -> float:
    return float(text.replace(" %", ""))


def _bare(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_xticks([])
    axes.invert_yaxis()
    axes.tick_params(axis="y", labelcolor=INK, length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
