"""The pictures of a close: ageing, outcome of the match, bridge of a reconciliation, receipts by day. Frames in, PNG out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from math import log
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from arwork.money import Units
from arwork.show.canvas import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    RED,
    RULE,
    SKY,
    Picture,
    canvas,
    legend_above,
    money_axis,
    nothing,
    picture,
)
from arwork.show.markup import visible
from arwork.show.numbers import MINUS, count, day, money, percent, plural, share

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "AUTO": ("automatic", BLUE), "PERSON": ("by a person", SKY), "SUGGEST": ("suggested", GREEN), "REVIEW": ("to review", ORANGE),
    "NONE": ("no proposal", GREY),
}  # fmt: skip
"""What became of a receipt, in the order of the pictures: the words and the colour of each outcome."""
_CLASSES: Mapping[str, str] = {
    "RI-TIM": "timing", "RI-UNR": "not booked", "RI-CUT": "cut-off", "RI-INT": "interface", "RI-MJE": "manual journal",
    "RI-RCL": "reclass", "RI-MIS": "wrong account", "RI-DUP": "posted twice", "RI-FXR": "revaluation", "RI-RND": "rounding",
    "RI-BNK": "bank error", "RI-ERR": "book error", "RI-OST": "outstanding cheque", "RI-DIS": "disputed", "RI-ICT": "in transit",
    "RI-UNX": "unexplained",
}  # fmt: skip
"""Classes of reconciling items in two words (4.10)."""


def outcome_of(proposals: pd.DataFrame) -> pd.Series[Any]:
    """Say for each proposal what became of its receipt: its status, or PERSON where a person decided."""
    return proposals["status"].mask(proposals["decided_by"] != "rule", "PERSON")


def _sum(values: pd.Series[Any]) -> int:
    return sum(int(v) for v in values.tolist())


def ageing_bars(ageing: pd.DataFrame, currency: str, units: Units, basis: str = "DUE") -> Picture:
    """Draw open items of one document currency by age (MT-01, MT-02): credits below zero, the disputed part hatched."""
    rows = ageing[(ageing["currency"] == currency) & (ageing["basis"] == basis)]
    buckets = rows[["bucket_no", "bucket"]].drop_duplicates().sort_values(["bucket_no", "bucket"]).to_dict("records")
    held = [rows[rows["bucket_no"] == b["bucket_no"]] for b in buckets]
    sums, disputed = [_sum(h["amount"]) for h in held], [_sum(h["disputed"]) for h in held]
    total = sum(sums)
    by = "due date" if basis == "DUE" else "invoice date"
    said = f"Open {money(total, currency, units)} {currency}, of which disputed {money(sum(disputed), currency, units)}"
    with canvas(3.7, f"Ageing by {by}, {currency}", said) as (figure, axes):
        scale = money_axis(axes, currency, units, max([abs(s) for s in sums], default=0))
        places = list(range(len(sums)))
        axes.bar(places, [scale(s) for s in sums], 0.62, color=[RED if s < 0 else BLUE for s in sums])
        if any(disputed):
            axes.bar(
                places, [scale(d) for d in disputed], 0.62, color=ORANGE, hatch="////", edgecolor="#ffffff", linewidth=0, label="disputed"
            )
        for place, minor in enumerate(sums):
            _above(axes, place, scale(minor), f"{money(minor, currency, units)}\n{share(minor, total)}")
        _ticks(axes, [visible(b["bucket"]) for b in buckets])
        axes.spines["bottom"].set_visible(False)
        legend_above(axes)
        if not buckets:
            nothing(axes, "No open items")
        listed = "; ".join(f"{b['bucket']} {money(s, currency, units)}" for b, s in zip(buckets, sums, strict=True))
        return picture(figure, f"Ageing by {by} in {currency}: {listed}. {said}.")


def match_outcome(proposals: pd.DataFrame, currency: str, units: Units) -> Picture:
    """Draw what became of the receipts of one currency, by count and by value (CV-11)."""
    rows = proposals[proposals["currency"] == currency]
    found = outcome_of(rows)
    counts = {name: int((found == name).sum()) for name in OUTCOMES}
    values = {name: _sum(rows.loc[found == name, "amount"]) for name in OUTCOMES}
    labels = {n: f"{words}\n{count(counts[n])} · {money(values[n], currency, units)}" for n, (words, _) in OUTCOMES.items()}
    said = f"{plural(len(rows), 'receipt')}, {money(sum(values.values()), currency, units)} {currency}"
    with canvas(2.75, f"What became of the receipts, {currency}", said, foot=0.62) as (figure, axes):
        _stack(axes, 1, counts, labels)
        _stack(axes, 0, values, {})
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.4, 1.4)
        axes.set_xticks([])
        axes.set_yticks([1, 0], ["by count", "by value"])
        axes.tick_params(axis="y", labelcolor=INK)
        for spine in axes.spines.values():
            spine.set_visible(False)
        if len(rows):
            axes.legend(
                loc="upper left", bbox_to_anchor=(0.0, -0.04), ncols=len(OUTCOMES), frameon=False, fontsize=8.5, handlelength=1.0,
                handleheight=0.9, handletextpad=0.5, columnspacing=1.6, borderaxespad=0.0, borderpad=0.0,
            )  # fmt: skip
        else:
            nothing(axes, "No receipts")
        listed = "; ".join(f"{OUTCOMES[n][0]} {count(counts[n])}, {money(values[n], currency, units)}" for n in OUTCOMES if counts[n])
        return picture(figure, f"What became of {said}: {listed or 'nothing'}.")


def _stack(axes: Axes, place: int, parts: Mapping[str, int], labels: Mapping[str, str]) -> None:
    whole, left = sum(parts.values()), 0.0
    for name, (_, colour) in OUTCOMES.items():
        if not parts[name]:
            continue
        width = parts[name] / whole if whole else 0.0
        axes.barh(place, width, 0.62, left=left, color=colour, edgecolor="#ffffff", linewidth=1.2, label=labels.get(name))
        if width > 0.07:
            ink = "#ffffff" if name in ("AUTO", "SUGGEST") else INK
            axes.text(left + width / 2, place, share(parts[name], whole), ha="center", va="center", color=ink)
        left += width


def bridge(
    title: str, start: tuple[str, int], steps: Sequence[tuple[str, int]], end: tuple[str, int], currency: str, units: Units
) -> Picture:
    """Draw how one balance becomes another: the start, each step, the end; what the steps leave open is drawn as unexplained."""
    rest = end[1] - start[1] - sum(minor for _, minor in steps)
    walk = [*steps, *([("Unexplained", rest)] if rest else [])]
    levels = [start[1]]
    for _, minor in walk:
        levels.append(levels[-1] + minor)
    ends = " to ".join(f"{visible(label)} {money(minor, currency, units)}" for label, minor in (start, end))
    said = f"{ends} {currency}; difference {_signed(end[1] - start[1], currency, units)}, unexplained {money(rest, currency, units)}"
    with canvas(3.7, title, said, foot=0.72) as (figure, axes):
        scale = money_axis(axes, currency, units, max(abs(level) for level in levels))
        for place, (_label, minor) in enumerate(walk, start=1):
            colour = PURPLE if rest and place == len(walk) else (GREEN if minor > 0 else RED)
            hatch = "////" if colour == PURPLE else None
            axes.bar(
                place, scale(minor), 0.62, bottom=scale(levels[place - 1]), color=colour, hatch=hatch, edgecolor="#ffffff", linewidth=0
            )
            _above(axes, place, scale(max(levels[place - 1], levels[place])), _signed(minor, currency, units))
        for place, minor in ((0, start[1]), (len(walk) + 1, end[1])):
            axes.bar(place, scale(minor), 0.62, color=BLUE)
            _above(axes, place, scale(max(minor, 0)), money(minor, currency, units))
        for place, level in enumerate(levels):
            axes.plot([place + 0.31, place + 0.69], [scale(level)] * 2, color=FAINT, linewidth=0.8)
        _zoom(axes, [scale(level) for level in levels])
        _ticks(axes, [_folded(label) for label in (start[0], *(label for label, _ in walk), end[0])])
        listed = "; ".join(f"{' '.join(label.split())} {_signed(minor, currency, units)}" for label, minor in walk) or "no steps"
        return picture(figure, f"{title}: {said}. {listed}.")


_SIDES = {"ours": "on ours only", "paid": "booked by\nthem only", "theirs": "on theirs,\ncredits they lack", "amount": "other amounts"}


def bridge_of(
    reconciliation: Mapping[Any, Any] | pd.Series[Any], recon_lines: pd.DataFrame, recon_items: pd.DataFrame, units: Units
) -> Picture:
    """Draw the bridge of one reconciliation: subledger to GL (RC-10), book to bank (RC-20), opening to closing (RC-30), ours to theirs (RC-40)."""
    facts = dict(reconciliation)
    items = recon_items[(recon_items["recon_id"] == facts["recon_id"]) & (recon_items["mark"] != "gap")]
    title = f"{facts['rule']} company {facts['company_code']}, account {facts['account']}, {facts['currency']}, {day(facts['key_date'])}"
    if facts["rule"] == "RC-10":
        ends = (("Subledger", int(facts["ours"])), ("GL", int(facts["theirs"])))
        return bridge(title, ends[0], _by_code(items, 1), ends[1], facts["currency"], units)
    lines = recon_lines[recon_lines["recon_id"] == facts["recon_id"]].sort_values("line_no")
    if facts["rule"] == "RC-40":
        ends = (("Our balance", int(facts["ours"])), ("Theirs", int(facts["theirs"])))
        plain = lines[~lines["total"] & (lines["amount"] != 0)]
        steps = [(_SIDES[str(mark)], int(amount)) for mark, amount in zip(plain["mark"], plain["amount"], strict=True)]
        return bridge(title, ends[0], steps, ends[1], facts["currency"], units)
    if facts["rule"] == "RC-30":
        return bridge(title, *_rolled(lines), facts["currency"], units)
    marks = {mark: int(amount) for mark, amount in zip(lines["mark"], lines["amount"], strict=True)}
    bank = items["mark"].str.startswith("b")
    steps = [*_by_code(items[~bank], 1), *_by_code(items.loc[bank], -1)]
    ends = (("Book", marks.get("k0", int(facts["ours"]))), ("Bank", marks.get("b0", int(facts["theirs"]))))
    return bridge(title, ends[0], steps, ends[1], facts["currency"], units)


def _rolled(lines: pd.DataFrame) -> tuple[tuple[str, int], list[tuple[str, int]], tuple[str, int]]:
    """Return opening, the movements that are not nothing, and closing of a roll-forward."""
    figures = {str(mark): int(amount) for mark, amount in zip(lines["mark"], lines["amount"], strict=True)}
    names = {str(mark): str(label) for mark, label in zip(lines["mark"], lines["label"], strict=True)}
    plain = lines.loc[~lines["total"] & (lines["amount"] != 0) & (lines["mark"] != "unmapped"), "mark"]
    steps = [("changed behind" if mark == "D" else names[mark].lstrip("+−± ").partition(" (")[0], figures[mark]) for mark in plain]
    return ("Opening", figures["opening"]), steps, ("Closing", figures["closing"])


def _by_code(items: pd.DataFrame, sign: int) -> list[tuple[str, int]]:
    sums = items.groupby("code", sort=True)["amount"].sum()
    return [("\n".join(filter(None, (str(code), _CLASSES.get(str(code), "")))), sign * int(minor)) for code, minor in sums.items()]


_MOST_DAYS = 62


def daily_receipts(receipts: pd.DataFrame, proposals: pd.DataFrame, currency: str, units: Units) -> Picture:
    """Draw the receipts of one currency by booking day (over 62 days by month) and by what became of them, with their counts."""
    rows = receipts.loc[receipts["currency"] == currency, ["receipt_id", "booking_date", "amount"]].merge(
        proposals.assign(outcome=outcome_of(proposals))[["receipt_id", "outcome"]], on="receipt_id", how="inner", validate="1:1"
    )
    whole = len(rows) > 0 and (rows["booking_date"].max() - rows["booking_date"].min()).days > _MOST_DAYS
    if whole:  # more days than a picture can show: a bar a month
        rows = rows.assign(booking_date=rows["booking_date"].dt.to_period("M").dt.to_timestamp())
    days = list(pd.date_range(rows["booking_date"].min(), rows["booking_date"].max(), freq="MS" if whole else "D")) if len(rows) else []
    sums: dict[tuple[Any, str], int] = {}
    for booked, name, minor in zip(rows["booking_date"], rows["outcome"], rows["amount"].tolist(), strict=True):
        sums[booked, name] = sums.get((booked, name), 0) + int(minor)
    counts = rows["booking_date"].value_counts()
    span = f", {day(days[0])} to {day(days[-1])}; the figure over a bar counts its receipts" if days else ""
    said = f"{plural(len(rows), 'receipt')}, {money(_sum(rows['amount']), currency, units)} {currency}{span}"
    tops = [sum(sums.get((d, n), 0) for n in OUTCOMES) for d in days]
    with canvas(3.7, f"Receipts by booking {'month' if whole else 'day'}, {currency}", said) as (figure, axes):
        scale = money_axis(axes, currency, units, max(tops, default=0))
        base = [0] * len(days)
        for name, (words, colour) in OUTCOMES.items():
            parts = [sums.get((d, name), 0) for d in days]
            if any(parts):
                axes.bar(range(len(days)), [scale(p) for p in parts], 0.74, bottom=[scale(b) for b in base], color=colour, label=words)
            base = [b + p for b, p in zip(base, parts, strict=True)]
        for place, d in enumerate(days):
            if d.weekday() >= 5 and not whole:
                axes.axvspan(place - 0.5, place + 0.5, color=RULE, alpha=0.45, linewidth=0, zorder=0)
            if int(counts.get(d, 0)) and len(days) <= _MOST_DAYS:
                _above(axes, place, scale(tops[place]), count(int(counts[d])), small=True)
        axes.set_xlim(-0.6, max(len(days), 1) - 0.4)
        step = 1 if len(days) <= 31 else -(-len(days) // 31)
        axes.set_xticks(
            range(0, len(days), step), [f"{d:%Y-%m}" if whole else str(d.day) for d in days[::step]], rotation=90 if whole else 0
        )
        axes.margins(y=0.12)
        legend_above(axes)
        if not days:
            nothing(axes, "No receipts")
        return picture(figure, f"Receipts by booking day in {currency}: {said}.")


def waterfall(evidence: pd.DataFrame, proposal: Mapping[Any, Any] | pd.Series[Any], units: Units) -> Picture:
    """Draw what each fact adds to the odds that a proposal is right, from the start to the sum (2.6); the largest first.

    `evidence` is the table of that name, `proposal` a row of `proposals` whose profile it spells out.
    """
    facts = dict(proposal)
    rows = evidence[evidence["profile"] == facts["profile"]].sort_values("place")
    steps = [(f"{r.fact}: {r.level}" if r.level else str(r.fact), int(r.weight)) for r in rows.itertuples()]
    told = [*steps[:1], *sorted((s for s in steps[1:] if s[1]), key=lambda s: (-abs(s[1]), s[0]))]
    total = sum(weight for _, weight in told)
    likely = percent(int(facts["probability"]))
    what = f"{facts['strategy']}, {facts['status']}, {money(int(facts['amount']), facts['currency'], units)} {facts['currency']}"
    silent = len(steps) - len(told)
    said = f"{what}: {likely} likely" + (f"; {plural(silent, 'fact')} without weight left out" if silent else "")
    with canvas(1.5 + 0.27 * (len(told) + 1), f"What speaks for receipt {facts['receipt_id']}", said, foot=0.5) as (figure, axes):
        box = axes.get_position()
        axes.set_position((0.3, box.y0, 0.66, box.height))
        level = 0
        for place, (_, weight) in enumerate(told):
            axes.barh(place, weight, 0.66, left=level, color=(GREEN if weight > 0 else RED) if place else GREY)
            _beside(axes, place, max(level, level + weight), f"{weight / 1000:+.2f}".replace("-", MINUS))
            level += weight
        axes.barh(len(told), total, 0.66, color=BLUE)
        _beside(axes, len(told), max(total, 0), likely)
        axes.axvline(0, color=FAINT, linewidth=0.8)
        axes.set_yticks(range(len(told) + 1), [visible(label) for label, _ in told] + ["together"])
        axes.tick_params(axis="y", labelcolor=INK)
        axes.invert_yaxis()
        axes.use_sticky_edges = False
        axes.margins(x=0.1, y=0.02)
        axes.xaxis.set_major_locator(FixedLocator([round(1000 * log(10)) * n for n in range(-6, 7)]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _odds(round(value / (1000 * log(10))))))
        axes.set_xlabel("odds")
        listed = "; ".join(f"{label} {weight / 1000:+.2f}".replace("-", MINUS) for label, weight in told)
        return picture(figure, f"What speaks for receipt {facts['receipt_id']}: {said}. {listed}.")


def _odds(tens: int) -> str:
    return "1 : 1" if tens == 0 else f"{count(10**tens)} : 1" if tens > 0 else f"1 : {count(10**-tens)}"


def _beside(axes: Axes, place: float, reach: float, text: str) -> None:
    axes.annotate(text, (reach, place), xytext=(4, 0), textcoords="offset points", ha="left", va="center", fontsize=8.5, color=INK)


def reliability(bins: Sequence[tuple[int, int, int]], brier: int) -> Picture:
    """Draw what was said against what was so: (predicted, observed, candidates) by bin, ten-thousandths of a percent point."""
    whole = sum(n for _, _, n in bins)
    said = f"{plural(whole, 'candidate')} whose truth is known; Brier score {brier / 1_000_000:.4f} (0 knows all, 0.25 a coin)"
    with canvas(3.9, "How far a stated probability can be believed", said, foot=0.5) as (figure, axes):
        axes.plot([0, 100], [0, 100], color=FAINT, linewidth=0.8, linestyle="--")
        axes.plot([p / 10_000 for p, _, _ in bins], [o / 10_000 for _, o, _ in bins], color=BLUE, marker="o", linewidth=1.2)
        for predicted, observed, n in _grouped(bins):
            under = observed >= predicted and "+" not in n
            axes.annotate(
                n, (predicted / 10_000, observed / 10_000), xytext=(9, -11) if under else (-9, 7), textcoords="offset points",
                ha="left" if under else "right", va="center", fontsize=7.5, color=FAINT,
            )  # fmt: skip
        axes.set_xlim(-6, 112)
        axes.set_ylim(-6, 106)
        axes.grid(color=RULE, linewidth=0.7)
        axes.set_axisbelow(True)
        axes.set_xlabel("said to be right, %; the figure at a point counts its candidates")
        axes.set_ylabel("was right, %")
        if not bins:
            nothing(axes, "No candidates")
        listed = "; ".join(f"said {percent(p)}, was {percent(o)}, {count(n)}" for p, o, n in bins)
        return picture(figure, f"How far a stated probability can be believed: {said}. {listed}.")


_NEAR = 40_000


def _grouped(bins: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, str]]:
    """Write the counts of points that lie too near each other as one label at the first of them."""
    found: list[tuple[int, int, str]] = []
    for predicted, observed, n in bins:
        near = found and max(abs(predicted - found[-1][0]), abs(observed - found[-1][1])) < _NEAR
        if near:
            found[-1] = (*found[-1][:2], f"{found[-1][2]} + {count(n)}")
        else:
            found.append((predicted, observed, count(n)))
    return found


def _signed(minor: int, currency: str, units: Units) -> str:
    return ("+" if minor > 0 else "") + money(minor, currency, units)


def _above(axes: Axes, place: float, height: float, text: str, *, small: bool = False) -> None:
    under = height < 0
    axes.annotate(
        text, (place, height), xytext=(0, -3 if under else 3), textcoords="offset points", ha="center",
        va="top" if under else "bottom", fontsize=7.5 if small else 8.5, color=FAINT if small else INK, linespacing=1.25,
    )  # fmt: skip


def _ticks(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_xticks(range(len(labels)), labels, fontsize=9 if len(labels) <= 8 else 7.5)
    axes.axhline(0, color=FAINT, linewidth=0.8)
    axes.margins(x=0.02, y=0.2)


def _folded(label: str) -> str:
    return "\n".join(textwrap.fill(visible(line), 14, break_long_words=False) for line in label.splitlines())


def _zoom(axes: Axes, levels: Sequence[float]) -> None:
    """Cut the axis off below the lowest level when the steps are small beside the balances, and say so."""
    low, high = min(levels), max(levels)
    if low > 0 and high - low < 0.5 * low:
        room = max((high - low) * 0.8, high * 0.002)
        axes.set_ylim(low - room, high + room)
        axes.text(0.0, -0.19, "The axis does not start at zero.", transform=axes.transAxes, fontsize=8, color=FAINT, va="top")
