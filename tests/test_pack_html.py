"""The page of an executed notebook: it loads nothing, runs nothing, hides nothing, and repeats byte for byte."""

from __future__ import annotations

import base64
import copy
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from arwork.errors import StoppedError
from arwork.money import ISO
from arwork.pack import html
from arwork.pack.html import export
from arwork.show.pictures import bridge
from arwork.show.tables import facts, table

VIEW = "application/vnd.jupyter.widget-view+json"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
PAYLOADS = [
    "<script>document.title='FIRED'</script>", "<img src=x onerror=\"document.title='FIRED'\">",
    "<svg onload=\"document.title='FIRED'\"></svg>",
    "<iframe srcdoc=\"<script>parent.document.title='FIRED'</script>\"></iframe>", "<a href=\"javascript:document.title='FIRED'\">x</a>",
    "<body onload=\"document.title='FIRED'\">", "<style>@import 'http://evil.example/x.css';</style>",
    "<link rel=stylesheet href=//evil.example/x>",
    "<div style=\"background-image: url(http://evil.example/x)\">x</div>", "<img src=\"http://evil.example/x.png\">",
    "<img src=\"data:image/svg+xml;base64,PHN2Zy8+\">", "<object data=http://evil.example></object>",
    "<form action=http://evil.example><button>x</button></form>",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>", "<base href=http://evil.example>",
    "</main></body><script>document.title='FIRED'</script>",
    "<math><mtext><table><mglyph><style><img src=x onerror=\"document.title='FIRED'\">",
    "<details open ontoggle=\"document.title='FIRED'\">x</details>",
    "<video src=http://evil.example/x autoplay></video>", "<a href='http://evil.example'>click</a>",
    "<!-- --!><script>document.title='FIRED'</script>",
]  # fmt: skip


def cells(payload: str) -> list[Any]:
    """The payload in every place of a notebook that text from outside can reach."""
    bundles: list[dict[str, Any]] = [
        {"text/html": payload}, {"text/markdown": payload}, {"text/plain": payload}, {"text/latex": payload}, {"image/svg+xml": payload},
        {"application/javascript": payload}, {"text/html": payload, VIEW: {"model_id": payload}}, {VIEW: {"model_id": payload}},
        {"application/x-unknown": payload},
    ]  # fmt: skip
    outputs = [new_output("display_data", data=data) for data in bundles]
    outputs += [
        new_output("display_data", data={"text/html": payload}, metadata={"text/html": {"isolated": True}, "isolated": True}),
        new_output(
            "display_data", data={"image/png": PNG}, metadata={"image/png": {"alt": payload, "width": "1 onload=x", "height": payload}}
        ),
        new_output("display_data", data={"image/png": payload}),
        new_output("stream", name="stdout", text=payload),
        new_output("stream", name="stderr", text=f"\x1b[31m{payload}\x1b[0m"),
        new_output("error", ename=payload, evalue=payload, traceback=[payload]),
    ]
    code = new_code_cell(
        payload, execution_count=1, outputs=outputs, metadata={"tags": [payload.replace(",", "")], "x": payload}, id="code"
    )
    frame = pd.DataFrame({"name": [payload], payload: ["x"]})
    own = [table(frame, ISO, title=payload), facts({payload: payload}, title=payload)]
    shown = [new_output("display_data", data={"text/html": s._repr_html_(), "text/plain": repr(s)}) for s in own]
    return [
        new_markdown_cell(payload, id="text"),
        new_markdown_cell(f"# {payload}\n\n- {payload}\n\n`{payload}`\n\n```\n{payload}\n```", id="more"),
        new_raw_cell(payload, metadata={"raw_mimetype": "text/html"}, id="raw"), code, new_code_cell("t", outputs=shown, id="own"),
    ]  # fmt: skip


def notebook(*payloads: str) -> nbformat.NotebookNode:
    listed = [cell for payload in payloads for cell in cells(payload)]
    for number, cell in enumerate(listed):
        cell.id = f"c{number}"
    made = new_notebook(cells=listed)
    made.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"x": payloads[0]}}}
    made.metadata["title"] = payloads[0]
    return made


class Page(HTMLParser):
    """Every element, its attributes, and the visible text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


def inert(page: str) -> Page:
    read = Page(page)
    tags = {tag for tag, _ in read.elements}
    assert not tags & {"script", "iframe", "svg", "object", "embed", "link", "base", "form", "video", "audio", "math", "input", "button"}
    assert [tag for tag, _ in read.elements].count("style") == 1
    assert [tag for tag, _ in read.elements].count("body") == 1
    for tag, attributes in read.elements:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        for name in ("src", "href", "srcset", "action", "data", "poster", "background"):
            value = attributes.get(name, "#")
            assert value.startswith("#") or re.fullmatch(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+", value), (tag, name, value)
        assert "url(" not in attributes.get("style", "")
    assert "url(" not in html.CSS
    assert "@import" not in html.CSS
    return read


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_text_from_outside_becomes_code_or_a_fetch(payload: str) -> None:
    page = export(notebook(payload), payload)
    read = inert(page)
    policy = [a["content"] for tag, a in read.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]
    assert [a.get("http-equiv") for tag, a in read.elements if tag == "meta"] == [None, "Content-Security-Policy", None]
    assert page.index("Content-Security-Policy") < page.index("<title>")
    assert payload in read.text


def test_a_page_that_could_load_something_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_unlinked", lambda body: body + "<img src='http://evil.example'><script></script><p onclick='x'></p>")
    with pytest.raises(StoppedError, match=r"src of img; element script; attribute onclick of p"):
        export(notebook("x"), "t")


def good() -> nbformat.NotebookNode:
    picture = bridge("Bridge", ("A", 1000), [("x", -100)], ("B", 900), "EUR", ISO)
    encoded = base64.b64encode(picture._repr_png_()).decode()
    shown = table(pd.DataFrame({"currency": ["EUR"], "amount": [123450]}), ISO, title="Amounts")
    outputs = [
        new_output("display_data", data={"text/html": shown._repr_html_(), "text/plain": repr(shown)}),
        new_output("display_data", data={"image/png": encoded, "text/plain": repr(picture)}),
        new_output("display_data", data={VIEW: {"model_id": "m"}, "text/plain": "HBox(children=())"}),
        new_output("display_data", data={VIEW: {"model_id": "m"}, "text/html": "<p>static twin</p>"}),
        new_output("stream", name="stdout", text="printed \x1b[32mgreen\x1b[0m a\u202eb\n"),
    ]  # fmt: skip
    links = "See [the rules](https://example.com/a) or <https://example.com/b>, ![a chart](http://example.com/c.png), [below](#Next)."
    text = f"# Title\n\n{links}\n\n## Next\n\n| a | b |\n|---|--:|\n| x | 1 |"
    return new_notebook(cells=[new_markdown_cell(text, id="m"), new_code_cell("x = 1", execution_count=7, outputs=outputs, id="k")])


def test_what_a_reader_sees() -> None:
    page = export(good(), "10_cash_application")
    read = inert(page)
    assert "See the rules (https://example.com/a) or https://example.com/b, [picture left out: a chart], below." in read.text
    assert "In [7]:" in read.text.replace("\xa0", " ")
    assert "1,234.50" in read.text
    assert "HBox" not in read.text
    assert read.text.count("[A live control stood here.") == 1
    assert "static twin" in read.text
    assert "a⟨U+202E⟩b" in read.text
    images = [a for tag, a in read.elements if tag == "img"]
    assert [a["alt"] for a in images] == ["Bridge: A 10.00 to B 9.00 EUR; difference −1.00, unexplained 0.00. x −1.00."]
    assert [a["href"] for tag, a in read.elements if tag == "a"] == ["#Next"]
    assert [a.get("id") for tag, a in read.elements if tag == "h2"] == ["Next"]
    assert page.startswith('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">')


def test_inline_styles_of_tables_survive() -> None:
    shown = table(pd.DataFrame({"currency": ["EUR"], "amount": [123450]}), ISO, title="Amounts")
    before, after = Page(shown._repr_html_()), Page(export(good(), "t"))
    styles = [attributes["style"] for _, attributes in before.elements if "style" in attributes]
    kept = [attributes.get("style", "") for _, attributes in after.elements]
    assert all(style.replace("; ", ";").rstrip(";") in {k.replace("; ", ";").rstrip(";") for k in kept} for style in styles)
    assert [a.get("scope") for tag, a in after.elements if tag == "th"].count("col") == 2


def test_style_blocks_of_frames_are_left_out_and_their_tables_kept() -> None:
    data = {"text/html": "<style scoped>\n.dataframe td { color: red }\n</style><table class='dataframe'><tr><td>7</td></tr></table>"}
    made = new_notebook(cells=[new_code_cell("f", outputs=[new_output("execute_result", data=data, execution_count=1)], id="f")])
    read = inert(export(made, "t"))
    assert ".dataframe" not in read.text
    assert ("td", {}) in read.elements


def test_the_notebook_itself_is_not_changed() -> None:
    made = notebook(PAYLOADS[0])
    kept = copy.deepcopy(made)
    export(made, "t")
    assert made == kept


def test_cv_10_the_same_notebook_gives_the_same_page() -> None:
    assert export(good(), "t") == export(copy.deepcopy(good()), "t")
    assert export(notebook(*PAYLOADS), "t") == export(notebook(*PAYLOADS), "t")


def test_cv_10_the_page_does_not_depend_on_the_process(tmp_path: Path) -> None:
    nbformat.write(good(), tmp_path / "n.ipynb")
    script = "import nbformat, sys\nfrom arwork.pack.html import export\n"
    script += "sys.stdout.buffer.write(export(nbformat.read('n.ipynb', 4), 't').encode())"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, cwd=tmp_path, check=True,
        env={"PYTHONHASHSEED": "7", "PATH": "", "HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
    )  # fmt: skip
    assert done.stdout.decode() == export(nbformat.read(tmp_path / "n.ipynb", 4), "t")


@pytest.mark.browser
def test_nothing_fires_in_a_browser(tmp_path: Path) -> None:
    """Chromium opens the page with every payload in every place: the title stays, and nothing is asked of any server."""
    page = tmp_path / "page.html"
    page.write_text(export(notebook(*PAYLOADS), "QUIET"), encoding="utf-8")
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         "--disable-dev-shm-usage", f"--user-data-dir={tmp_path}/profile", "--host-resolver-rules=MAP * ~NOTFOUND",
         "--enable-logging=stderr", "--virtual-time-budget=2000", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "<title>QUIET</title>" in done.stdout
    assert not re.search(r"Refused to|net::ERR", done.stderr)
