"""A plain page of arwork that loads nothing and runs nothing: heading, sentences, tables, links within its own folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from arwork.pack.page_style import CSS
from arwork.show.markup import Markup, element, joined

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

_WHOLE = "white-space: nowrap"
_SHORT = 18
"""Characters up to which a text stays on one line."""


def page(title: str, what: str, body: Markup) -> str:
    """Return a whole page."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        Markup(f"<style>{CSS}</style>"),
    )
    top = element("header", element("p", title, class_="name"), element("p", what, class_="what"))
    return "<!DOCTYPE html>\n" + element("html", head, element("body", top, element("main", body)), lang="en").html + "\n"


def table_of(heads: Sequence[str], rows: Iterable[Sequence[str | Markup]], right: Sequence[int] = ()) -> Markup:
    """Return a table; the columns numbered in `right`, from 0, are figures. The first column and short texts, such as dates, do not wrap."""
    styles = {0: _WHOLE, **dict.fromkeys(right, f"text-align: right; {_WHOLE}")}

    def cells(tag: str, row: Sequence[str | Markup]) -> Markup:
        """Write one row."""
        short = [_WHOLE if isinstance(cell, str) and len(cell) <= _SHORT else "" for cell in row]
        return element("tr", *(element(tag, cell, style=styles.get(number, short[number])) for number, cell in enumerate(row)))

    return element("table", element("thead", cells("th", heads)), element("tbody", joined(*(cells("td", row) for row in rows))))
