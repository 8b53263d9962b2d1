"""A printed table before it becomes HTML or plain text: both are drawn from the same cells, so neither can say something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from arwork.show.markup import Markup, element, joined, visible

Align = Literal["left", "right", "center"]
Tone = Literal["", "bad", "warn", "total", "final", "head"]

_INK, _FAINT, _RULE = "#1f2933", "#52606d", "#cbd2d9"
_FONT = "font-family: Helvetica, Arial, sans-serif"
_BACK = {"": "#ffffff", "bad": "#fdecea", "warn": "#fff6e0", "total": "#f5f7fa", "final": "#f5f7fa", "head": "#e9eef3"}
_TABLE = f"border-collapse: collapse; table-layout: auto; margin: 0 0 4px 0; border: 0; background-color: #ffffff; color: {_INK}"
_CAPTION = (
    f"caption-side: top; text-align: left; font-weight: bold; font-size: 14px; white-space: nowrap; padding: 6px 0 6px 0; color: {_INK}"
)
_NOTE = f"margin: 0; padding: 2px 0 6px 0; font-size: 12px; color: {_FAINT}"
_OUTER = f"{_FONT}; background-color: #ffffff; color: {_INK}; padding: 4px 8px 4px 8px; margin: 0 0 10px 0; overflow-x: auto"


@dataclass(frozen=True)
class Shown:
    """Something to look at: static HTML for a notebook, the same in plain text for a terminal and for comparing runs."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        """Return the plain text."""
        return self.text


@dataclass(frozen=True)
class Row:
    """One printed row: its cells, and its tone (a failing tie, a total)."""

    cells: tuple[str, ...]
    tone: Tone = ""


@dataclass(frozen=True)
class Grid:
    """A caption, column heads with their alignment, rows, totals and notes below.

    `row_heads` is the number of the column that names each row, or -1. `wide` columns may wrap.
    """

    caption: str
    heads: tuple[str, ...]
    aligns: tuple[Align, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    row_heads: int = -1
    wide: frozenset[int] = field(default_factory=frozenset)


def draw(grid: Grid) -> Shown:
    """Draw a grid as Shown."""
    return Shown(_html(grid).html, _text(grid))


def _html(grid: Grid) -> Markup:
    parts = [element("caption", grid.caption, style=_CAPTION)] if grid.caption else []
    if any(grid.heads):
        heads = [element("th", head, scope="col", style=_head_style(align)) for head, align in zip(grid.heads, grid.aligns, strict=True)]
        parts.append(element("thead", element("tr", *heads)))
    before = ("", *(row.tone for row in grid.rows))
    parts.append(element("tbody", *(_html_row(row, grid, tone) for row, tone in zip(grid.rows, before, strict=False))))
    notes = [element("p", note, style=_NOTE) for note in grid.notes]
    return element("div", element("table", *parts, style=_TABLE), *notes, style=_OUTER)


def _html_row(row: Row, grid: Grid, before: str) -> Markup:
    cells = []
    rule = _rule(row.tone, before)
    for number, (text, align) in enumerate(zip(row.cells, grid.aligns, strict=True)):
        style = _cell_style(row.tone, rule, align, number in grid.wide)
        if number == grid.row_heads:
            cells.append(element("th", text, scope="row", style=style))
        else:
            cells.append(element("td", text, style=style))
    return element("tr", joined(*cells), style=f"background-color: {_BACK[row.tone]}")


def _head_style(align: Align) -> str:
    return (
        f"text-align: {align}; vertical-align: bottom; padding: 4px 10px 4px 10px; font-weight: bold; font-size: 12px; "
        f"background-color: {_BACK['head']}; color: {_INK}; border: 0; border-bottom: 2px solid {_FAINT}; white-space: nowrap"
    )


def _rule(tone: Tone, before: str) -> str:
    """Rule a total off from the lines above it, once for several totals in a row; underline the last figure twice."""
    if tone == "final":
        return f"border-top: 2px solid {_INK}; border-bottom: 4px double {_INK}"
    if tone == "total" and before != "total":
        return f"border-top: 2px solid {_INK}; border-bottom: 1px solid {_RULE}"
    return f"border-bottom: 1px solid {_RULE}"


def _cell_style(tone: Tone, rule: str, align: Align, wide: bool) -> str:
    weight = "bold" if tone in ("total", "final", "head") else "normal"
    wrap = "white-space: normal; min-width: 140px; max-width: 460px" if wide else "white-space: nowrap"
    return (
        f"text-align: {align}; vertical-align: top; padding: 3px 10px 3px 10px; font-size: 13px; line-height: 1.35; "
        f"font-weight: {weight}; background-color: {_BACK[tone]}; color: {_INK}; border: 0; {rule}; {wrap}"
    )


def _text(grid: Grid) -> str:
    rows = [tuple(visible(cell) for cell in row.cells) for row in grid.rows]
    heads = tuple(visible(head) for head in grid.heads)
    widths = [max([len(heads[i]), *(len(cells[i]) for cells in rows)]) for i in range(len(heads))]
    lines = [visible(grid.caption)] if grid.caption else []
    rule = "  ".join("-" * width for width in widths)
    if any(heads):
        lines += [_line(heads, widths, grid.aligns), rule]
    before = ""
    for row, cells in zip(grid.rows, rows, strict=True):
        if row.tone == "final" or (row.tone == "total" and before != "total"):
            lines.append(rule)
        before = row.tone
        lines.append(_line(cells, widths, grid.aligns))
        if row.tone == "final":
            lines.append(rule.replace("-", "="))
    return "\n".join([*lines, *(visible(note) for note in grid.notes)])


def _line(cells: Sequence[str], widths: Sequence[int], aligns: Sequence[Align]) -> str:
    pad = {"left": str.ljust, "right": str.rjust, "center": str.center}
    return "  ".join(pad[align](cell, width) for cell, width, align in zip(cells, widths, aligns, strict=True)).rstrip()
