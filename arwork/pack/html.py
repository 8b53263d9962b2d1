"""An executed notebook as one offline page: static, sanitised, under a policy that lets nothing load and nothing run."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from functools import partial
from html.parser import HTMLParser

from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from arwork.errors import StoppedError, first_few
from arwork.pack.page_style import CSS
from arwork.show.markup import Markup, element, visible

_SHOWN = ("text/html", "image/png", "image/jpeg", "text/markdown", "text/plain")
"""What an output may be shown as, best first; everything else (widgets, scripts, SVG) is left out."""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]+")
_STYLE_BLOCK = re.compile(r"<style\b[^>]*>.*?</style\s*>", re.IGNORECASE | re.DOTALL)
"""Blocks such as the one pandas puts before a table; they could restyle the page, and its own styles do their work."""
_LIVE = "[A live control stood here. It has no printed form; what was decided with it is in the journal.]"
_TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details", "div", "dl", "dt", "em", "h1",
    "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "s", "samp", "small", "span", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
})  # fmt: skip
_STYLES = frozenset({
    "background-color", "border", "border-bottom", "border-collapse", "border-left", "border-right", "border-top", "caption-side",
    "color", "font-family", "font-size", "font-style", "font-weight", "line-height", "margin", "max-width", "min-width", "overflow-x",
    "padding", "table-layout", "text-align", "vertical-align", "white-space", "width",
})  # fmt: skip
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"href"}), "img": frozenset({"src", "alt", "width", "height"}), "ol": frozenset({"start"}),
    "th": frozenset({"scope", "colspan", "rowspan"}), "td": frozenset({"colspan", "rowspan"}),
    "col": frozenset({"span"}), "colgroup": frozenset({"span"}),
}  # fmt: skip
_ANYWHERE = frozenset({"class", "id", "style", "title"})


def export(notebook: NotebookNode, title: str) -> str:
    """Return the page of an executed notebook: its text, code and static outputs; the same notebook gives the same page.

    Raises StoppedError when something that could load or run is left in it.
    """
    exporter = HTMLExporter(
        template_name="basic", sanitize_html=True, filters={"clean_html": partial(_cleaned, cleaner=_cleaner())}, mathjax_url="",
        require_js_url="", jquery_url="", mermaid_js_url="", mermaid_layout_elk_js_url="", jupyter_widgets_base_url="",
    )  # fmt: skip
    body, _ = exporter.from_notebook_node(_static(notebook))
    page = _page(title, visible(_unlinked(body), keep="\n\t"))
    if faults := _faults(page):
        raise StoppedError(
            f"the page of {title} would load or run something: {first_few(faults)}", cure="Report this; the page was not kept."
        )
    return page


def _static(notebook: NotebookNode) -> NotebookNode:
    """Keep of a notebook what can be printed: sources, and of each output its best static form; a picture's words become its alt."""
    kept = copy.deepcopy(notebook)
    kept.metadata = NotebookNode({"language_info": {"name": "python", "pygments_lexer": "ipython3"}})
    for cell in kept.cells:
        cell.pop("attachments", None)
        cell.metadata = NotebookNode({})
        if cell.cell_type == "raw":
            cell.cell_type, cell.source = "markdown", "\n".join(f"    {line}" for line in cell.source.splitlines())
        if cell.cell_type == "code":
            cell.outputs = [_static_output(output) for output in cell.outputs]
    return kept


def _static_output(output: NotebookNode) -> NotebookNode:
    if output.output_type not in ("display_data", "execute_result"):
        return output
    live = any("widget-view" in mime for mime in output.data)
    best = next((mime for mime in _SHOWN if _printable(mime, output.data.get(mime))), "")
    held = output.data.get(best, "")
    if not best or (best == "text/plain" and live):
        best, held = "text/plain", _LIVE if live else "[An output of a kind that cannot be printed.]"
    words = output.data.get("text/plain", "")
    printed = {"alt": words.removeprefix("Picture: ")} if best.startswith("image/") and isinstance(words, str) and words else {}
    output.data = NotebookNode({best: _STYLE_BLOCK.sub("", held) if best == "text/html" else held})
    output.metadata = NotebookNode({best: printed} if printed else {})
    return output


def _printable(mime: str, held: object) -> bool:
    if mime.startswith("image/"):
        return isinstance(held, str) and bool(_PICTURE.fullmatch(f"data:{mime};base64,{held}"))
    return isinstance(held, str)


def _allowed(tag: str, name: str, value: str) -> bool:
    if name in _ANYWHERE:
        return True
    if tag == "img" and name == "src":
        return bool(_PICTURE.fullmatch(value))
    return name in _ATTRIBUTES.get(tag, frozenset())


class _Styles(CSSSanitizer):  # type: ignore[misc]
    """A checker of styles that looks at each style once: a table says the same one in every cell, and half the time of a page went there."""

    def __init__(self) -> None:
        super().__init__(allowed_css_properties=_STYLES, allowed_svg_properties=frozenset())
        self._known: dict[str, str] = {}

    def sanitize_css(self, style: str) -> str:
        """Return a style without the properties that are not on the list."""
        if style not in self._known:
            self._known[style] = str(super().sanitize_css(style))
        return self._known[style]


def _cleaner() -> Cleaner:
    return Cleaner(
        tags=_TAGS, attributes=_allowed, protocols={"data", "http", "https", "mailto"}, strip=False, strip_comments=True, css_sanitizer=_Styles(),
    )  # fmt: skip


def _cleaned(markup: object, cleaner: Cleaner) -> str:
    """Keep the elements, attributes and styles of the lists above and show every other element as the text it is."""
    return str(cleaner.clean(markup.decode() if isinstance(markup, bytes) else str(markup)))


def _unlinked(body: str) -> str:
    """Print links that lead out of the page as text with their address, and pictures that are not in the page as their name."""
    soup = BeautifulSoup(body, "html.parser")
    for link in soup.find_all("a"):
        target, text = str(link.get("href") or ""), link.get_text()
        if "anchor-link" in (link.get("class") or []):
            link.decompose()
        elif not target.startswith("#"):
            link.replace_with(text if target in ("", text) else f"{text} ({target})")
    for image in soup.find_all("img"):
        if not image.get("src"):
            image.replace_with(f"[picture left out: {image.get('alt') or 'it was not part of the notebook'}]")
    return str(soup)


def _page(title: str, body: str) -> str:
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        Markup(f"<style>{CSS}</style>"),
    )
    top = element(
        "header",
        element("p", title, class_="name"),
        element("p", "Executed notebook, as it ran. This page loads nothing and runs nothing.", class_="what"),
    )
    return "<!DOCTYPE html>\n" + element("html", head, element("body", top, element("main", Markup(body))), lang="en").html + "\n"


class _Inspector(HTMLParser):
    """Reads a finished page and notes every element, address and style that could load or run something."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is wrong with one element."""
        if tag not in _TAGS | {"html", "head", "meta", "title", "style", "body", "header", "main"}:
            self.faults.append(f"element {tag}")
        held: dict[str, str] = {name: value or "" for name, value in attrs}
        self.faults += [
            f"attribute {name} of {tag}" for name in held if name.startswith("on") or name in ("srcset", "action", "formaction")
        ]
        if "src" in held and not _PICTURE.fullmatch(held["src"]):
            self.faults.append(f"src of {tag}")
        if "href" in held and not held["href"].startswith("#"):
            self.faults.append(f"href of {tag}")
        if re.search(r"url\s*\(|expression\s*\(|@import", held.get("style", ""), re.IGNORECASE):
            self.faults.append(f"style of {tag}")


def _faults(page: str) -> list[str]:
    inspector = _Inspector()
    inspector.feed(page)
    inspector.close()
    return inspector.faults
