"""Letters as PDF: fonts found by name, characters without a glyph refused by name, many letters laid out at once.

Needs the extra `pdf` (WeasyPrint). A page loads nothing but the fonts found here.
"""

from __future__ import annotations

import io
import logging
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from fontTools.ttLib import TTFont
from lxml import html
from matplotlib import font_manager, get_data_path
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from arwork.errors import InputError, first_few
from arwork.pack.letters import Letter, page

_TEXT = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_MORE = (
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "NotoSansSC-Regular.ttf", "SourceHanSansSC-Regular.otf",
    "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf", "wqy-zenhei.ttc", "wqy-microhei.ttc", "msyh.ttc", "simsun.ttc", "PingFang.ttc",
    "Arial Unicode.ttf", "NotoSans-Regular.ttf", "NotoSansArabic-Regular.ttf", "NotoSansHebrew-Regular.ttf", "NotoSansThai-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf", "NotoSansArmenian-Regular.ttf", "NotoSansGeorgian-Regular.ttf",
)  # fmt: skip
"""Fonts of other scripts, by file name, in the order in which they are looked for; the first of each script that is there is used."""
_EPOCH = "SOURCE_DATE_EPOCH"
BATCH = 50
"""Letters laid out together: fonts are read and cut once a batch."""


@dataclass(frozen=True)
class Fonts:
    """Font files with the characters each has: the text fonts first, then the others."""

    files: tuple[Path, ...]
    known: frozenset[int]
    marks: Mapping[Path, frozenset[int]]

    def css(self) -> str:
        """Return the font faces of a page: ArworkText for Latin and Greek, ArworkMore for all other scripts."""
        faces = []
        for number, path in enumerate(self.files):
            family, weight = (
                ("ArworkText", "bold" if "Bold" in path.name else "normal") if number < len(_TEXT) else (f"ArworkMore{number}", "normal")
            )
            faces.append(f'@font-face{{font-family:{family};font-weight:{weight};src:url("{path.as_uri()}")}}')
        more = ", ".join(f"ArworkMore{number}" for number in range(len(_TEXT), len(self.files)))
        return "".join(faces) + f"body{{font-family:ArworkText{', ' if more else ''}{more}, sans-serif}}"

    def needed(self, text: str) -> Fonts:
        """Return the text fonts, and of the others those that a text needs."""
        rest = set(map(ord, text)) - set().union(*(self.marks[path] for path in self.files[: len(_TEXT)]))
        used = list(self.files[: len(_TEXT)])
        for path in self.files[len(_TEXT) :]:
            if rest & self.marks[path]:
                used.append(path)
                rest -= self.marks[path]
        return Fonts(tuple(used), self.known, self.marks)

    def missing(self, text: str) -> list[str]:
        """Name the characters for which no font has a glyph, each once, in the order of the text."""
        gone = dict.fromkeys(mark for mark in text if ord(mark) not in self.known and not mark.isspace())
        return [f"{mark} (U+{ord(mark):04X} {unicodedata.name(mark, 'without a name')})" for mark in gone]


def fonts(folder: Path | None = None) -> Fonts:
    """Find the fonts: those that ship with the pictures, those a team put into `folder`, and those of the system, by name."""
    shipped = [Path(get_data_path()) / "fonts" / "ttf" / name for name in _TEXT]
    own = sorted(path for path in folder.glob("*") if path.suffix.lower() in (".ttf", ".otf", ".ttc")) if folder and folder.is_dir() else []
    there: Mapping[str, str] = {Path(path).name: path for path in sorted(font_manager.findSystemFonts())}
    more = [*own, *(Path(there[name]) for name in _MORE if name in there)]
    known: set[int] = set()
    used = {}
    for path in (*shipped, *more):
        with TTFont(path, fontNumber=0, lazy=True) as font:
            marks = frozenset(font.getBestCmap())
        if path in shipped or path in own or not marks <= known:
            used[path] = marks
            known |= marks
    return Fonts(tuple(used), frozenset(known), used)


def unprintable(letters: Sequence[Letter], found: Fonts) -> dict[str, str]:
    """Return by letter what cannot be printed: each character by name, so that a font can be found for it."""
    bad = {}
    for letter in letters:
        marks = found.missing(letter.body)
        if marks:
            bad[letter.letter_id] = f"{letter.name}: no font has {first_few(marks)}"
    return bad


def pdfs(letters: Sequence[Letter], css: str, found: Fonts) -> Iterator[tuple[Letter, bytes]]:
    """Print letters, a PDF each. Raises InputError for a letter with characters that no font has; nothing is printed then."""
    bad = unprintable(letters, found)
    if bad:
        raise InputError(
            f"{len(bad)} letters cannot be printed: {first_few(list(bad.values()), 3)}",
            cure="Put a font that has these characters into the folder letters/fonts beside the params, or leave these letters out.",
        )
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    for start in range(0, len(letters), BATCH):
        some = letters[start : start + BATCH]
        used = found.needed("".join(letter.body for letter in some))
        config, fetch = FontConfiguration(), _Only({path.as_uri(): path for path in used.files})
        look = CSS(string=css + used.css(), font_config=config, url_fetcher=fetch)
        laid = [_laid(letter, look, config, fetch) for letter in some]
        with _undated():
            source = pypdfium2.PdfDocument(laid[0].copy([one for part in laid for one in part.pages]).write_pdf())
        first = 0
        for letter, part in zip(some, laid, strict=True):
            yield letter, _cut(source, range(first, first + len(part.pages)))
            first += len(part.pages)
        source.close()


@contextmanager
def _undated() -> Iterator[None]:
    """Give the fonts that are cut a fixed day of change: they take the clock's, and the same letter had other bytes a second later."""
    was = os.environ.get(_EPOCH)
    os.environ[_EPOCH] = "0"
    try:
        yield
    finally:
        if was is None:
            del os.environ[_EPOCH]
        else:
            os.environ[_EPOCH] = was


def page_pdf(data: bytes, name: str, found: Fonts) -> bytes:
    """Print one page of ours (UTF-8 HTML), with the same fonts and the same refusals as a letter; `name` is what messages call it."""
    text = "".join(str(part) for part in html.document_fromstring(data.decode("utf-8")).body.itertext())
    missing = found.missing(text)
    if missing:
        raise InputError(
            f"{name} cannot be printed: no font has {first_few(missing)}",
            cure="Put a font that has these characters into the folder letters/fonts beside the params, or write with --no-pdf.",
        )
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    used = found.needed(text)
    config, fetch = FontConfiguration(), _Only({path.as_uri(): path for path in used.files})
    look = CSS(string=used.css(), font_config=config, url_fetcher=fetch)
    try:
        with _undated():
            return bytes(HTML(string=data.decode("utf-8"), url_fetcher=fetch).write_pdf(stylesheets=[look], font_config=config))
    except FatalURLFetchingError as refused:
        raise InputError(f"a page may load nothing: {refused}", where=name, cure="Take what is loaded out of the template.") from None


class _Only(URLFetcher):  # type: ignore[misc]
    """Loads the fonts found here and nothing else: no file, no network. Anything else stops the print."""

    def __init__(self, allowed: Mapping[str, Path]) -> None:
        super().__init__(fail_on_errors=True)
        self._allowed = allowed

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return a font's bytes; ValueError for anything else."""
        if url not in self._allowed:
            raise ValueError(f"a letter may not load {url}")
        return URLFetcherResponse(url, self._allowed[url].read_bytes(), {"Content-Type": "font/ttf"})


def _laid(letter: Letter, look: CSS, config: FontConfiguration, fetch: _Only) -> Any:
    try:
        return HTML(string=page([letter], "", letter.letter_id), url_fetcher=fetch).render(stylesheets=[look], font_config=config)
    except FatalURLFetchingError as refused:
        raise InputError(
            f"a letter may load nothing: {refused}", where=letter.letter_id, cure="Take what is loaded out of the template."
        ) from None


def _cut(source: pypdfium2.PdfDocument, numbers: range) -> bytes:
    part = pypdfium2.PdfDocument.new()
    part.import_pages(source, list(numbers))
    out = io.BytesIO()
    part.save(out)
    part.close()
    return out.getvalue()
