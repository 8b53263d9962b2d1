"""The sheet that pictures are drawn on: fixed size, fixed fonts, fixed metadata, so that equal figures give equal bytes."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from arwork.money import Units
from arwork.show.markup import visible
from arwork.show.numbers import MINUS

INK, FAINT, RULE = "#1f2933", "#52606d", "#d9dee4"
BLUE, SKY, GREEN, ORANGE, RED, GREY, PURPLE = "#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00", "#9aa5b1", "#cc79a7"
"""The palette of Okabe and Ito: told apart with every kind of colour sight, and in grey print."""
_DPI, _WIDTH = 120, 8.4
_STYLE = {
    "font.family": "DejaVu Sans", "font.size": 9.0, "text.color": INK, "axes.edgecolor": FAINT, "axes.labelcolor": FAINT,
    "axes.linewidth": 0.8, "xtick.color": FAINT, "ytick.color": FAINT, "xtick.labelcolor": INK, "ytick.labelcolor": FAINT,
    "hatch.linewidth": 0.8, "hatch.color": "#ffffff", "axes.unicode_minus": True, "text.usetex": False, "text.parse_math": False,
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A PNG picture and the sentence that says what it shows."""

    png: bytes
    alt: str

    def _repr_png_(self) -> bytes:
        return self.png

    def __repr__(self) -> str:
        """Return what the picture shows, in words."""
        return f"Picture: {self.alt}"


@contextmanager
def canvas(height: float, title: str, subtitle: str, foot: float = 0.36) -> Iterator[tuple[Figure, Axes]]:
    """Open a figure with one set of axes under a title and a line of totals, and `foot` inches below them.

    Whatever style the user set elsewhere does not count.
    """
    plain = {name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith(("backend", "interactive", "toolbar"))}
    with mpl.rc_context({**plain, **_STYLE}):  # type: ignore[dict-item]
        figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor="#ffffff")
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0.1, foot / height, 0.875, (height - foot - 0.88) / height))
        axes.set_facecolor("#ffffff")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=0)
        figure.text(0.018, 1 - 0.16 / height, visible(title), fontsize=12, fontweight="bold", va="top", ha="left")
        figure.text(0.018, 1 - 0.42 / height, visible(subtitle), fontsize=9, color=FAINT, va="top", ha="left")
        yield figure, axes


def picture(figure: Figure, alt: str) -> Picture:
    """Write a figure as PNG bytes without dates and program names; a letter that the font lacks is drawn as a box, not as a warning."""
    held = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .*missing from font", category=UserWarning)
        figure.savefig(held, format="png", dpi=_DPI, metadata={"Software": None})
    return Picture(held.getvalue(), visible(alt))


def money_axis(axes: Axes, currency: str, units: Units, largest: int) -> Callable[[int], float]:
    """Label the vertical axis in a readable unit of the currency; return the scale from minor units to it.

    Heights of bars are floats for drawing only; every figure that is written comes from the minor units.
    """
    one = 10 ** units.exponent(currency)
    steps = ((10**9, " bn"), (10**6, " m"), (10**3, " k"), (1, ""))
    step, suffix = next(((s, t) for s, t in steps if largest >= s * one), (1, ""))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", MINUS) + (suffix if value else "")))
    axes.set_ylabel(currency)
    axes.grid(axis="y", color=RULE, linewidth=0.7)
    axes.set_axisbelow(True)
    return lambda minor: minor / (step * one)


def nothing(axes: Axes, words: str) -> None:
    """Say in the middle of empty axes that there is nothing to draw."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", fontsize=11, color=FAINT)


def legend_above(axes: Axes) -> None:
    """Put the legend over the axes on the right, in one line."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        axes.legend(
            handles, labels, loc="lower right", bbox_to_anchor=(1.0, 1.005), ncols=len(handles), frameon=False, fontsize=8.5,
            handlelength=1.1, handleheight=0.9, columnspacing=1.4, borderaxespad=0.0,
        )  # fmt: skip
