"""A plain page of arwork that loads nothing and runs nothing: heading, sentences, tables, links within its own folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from arwork.pack.page_style import CSS
from arwork.show.markup import Markup, element, joined

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


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
    """Return a table; the columns numbered in `right`, from 0, are figures."""
    styles = {0: "white-space: nowrap", **dict.fromkeys(right, "text-align: right; white-space: nowrap")}

    def cells(tag: str, row: Sequence[str | Markup]) -> Markup:
        """Write one row."""
        return element("tr", *(element(tag, cell, style=styles.get(number, "")) for number, cell in enumerate(row)))

    return element("table", element("thead", cells("th", heads)), element("tbody", joined(*(cells("td", row) for row in rows))))
