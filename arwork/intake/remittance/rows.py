"""A document as rows of cells, whatever it was: text lines, a PDF page, a table of an e-mail, a sheet; and what cells hold."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from arwork.money import ISO

MOST_ROWS = 200_000
"""An advice with more rows is refused."""
_SPLIT = re.compile(r"(?: {2,}|\t)[ \t]*")
_CURRENCY = r"(?:[A-Z]{3}|US ?\$|CA ?\$|C\$|A\$|R\$|[€$£¥₹]|kr\.?|zł|Kč|Fr\.|Rs\.?)"
_DIGITS = r"(?:[0-9](?:[0-9.,'’\u00a0\u202f ]{0,40}[0-9])?|[.,][0-9]{1,4})"
_SIGN = "[-+\u2212]"
_MONEY = re.compile(
    rf"(?P<open>\()? ?(?P<first>{_SIGN})? ?(?P<before>{_CURRENCY})? ?(?P<second>{_SIGN})? ?(?P<digits>{_DIGITS}) ?"
    rf"(?P<third>{_SIGN})? ?(?P<after>{_CURRENCY})? ?(?P<close>\))?"
)
_DECIMALS = re.compile(r"[.,'][0-9]{2,3}$")
_SYMBOLS = {
    "€": "EUR",
    "₹": "INR",
    "£": "GBP",
    "zł": "PLN",
    "Kč": "CZK",
    "Fr.": "CHF",
    "US$": "USD",
    "CA$": "CAD",
    "C$": "CAD",
    "A$": "AUD",
    "R$": "BRL",
}
DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD")
"""Currencies that are written `$`."""
_RUPEES = ("INR", "PKR", "LKR", "NPR", "MUR")
_SHARED = {"Rs": _RUPEES, "Rs.": _RUPEES, "$": DOLLARS, "¥": ("JPY", "CNY"), "kr": ("SEK", "NOK", "DKK"), "kr.": ("SEK", "NOK", "DKK")}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands, its cells, where each begins and ends (None where cells are columns by number), native cells.

    Positions count characters, or what would be characters on a printed page. `native` marks what a spreadsheet kept as
    a number or a date.
    """

    place: str
    cells: tuple[str, ...]
    spans: tuple[tuple[float, float], ...] | None = None
    native: tuple[bool, ...] = ()

    @property
    def text(self) -> str:
        """The row as one line of text."""
        return " ".join(cell for cell in self.cells if cell)

    def is_native(self, number: int) -> bool:
        """Say whether a spreadsheet kept a cell as a number or a date."""
        return number < len(self.native) and self.native[number]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount as it stands in a cell: its digits with sign, and the currency written beside it, "" when none."""

    digits: str
    currency: str
    native: bool = False


def text_rows(text: str) -> list[Row]:
    """Split text into rows at line breaks, and rows into cells at two blanks, a tab or a frame `|`."""
    rows = []
    for number, line in enumerate(re.split(r"\r\n|\n|\r|\x0c", text), start=1):
        shown = line.replace("\u00a0", " ").rstrip()
        if shown.strip():
            rows.append(_row(str(number), shown))
    return rows


def _row(where: str, line: str) -> Row:
    if line.count("|") >= 2:
        parts = line.strip().strip("|").split("|")
        return Row(where, tuple(part.strip() for part in parts))
    if "\t" in line.strip():
        return Row(where, tuple(part.strip() for part in line.split("\t")))
    cells, spans, at = [], [], len(line) - len(line.lstrip())
    for gap in _SPLIT.finditer(line, at):
        cells.append(line[at : gap.start()].strip())
        spans.append((float(at), float(gap.start())))
        at = gap.end()
    cells.append(line[at:].strip())
    spans.append((float(at), float(len(line))))
    return Row(where, tuple(cells), tuple(spans))


_IN_FULL = {"amt": "amount", "doc": "document", "inv": "invoice", "nbr": "number", "pmt": "payment", "ref": "reference"}


@functools.lru_cache(maxsize=8192)
def label(text: str) -> str:
    """Write a heading or a label as it is compared: no case, accents, dots, signs of numbering or doubled blanks; short words in full."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    words = re.sub(r"[.:#*°º\"'’()\[\]/\\_-]", " ", plain).split()
    return " ".join([_IN_FULL.get(word, word) for word in words])


def labels(texts: Iterable[str]) -> tuple[str, ...]:
    """Write several headings as they are compared."""
    return tuple(label(text) for text in texts)


def money(cell: str, *, native: bool = False) -> Money | None:
    """Read a cell that is an amount, with or without its currency; None when it is anything else."""
    text = cell.strip()
    if len(text) > 60:
        return None
    found = _MONEY.fullmatch(text)
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    signs = [found[name] for name in ("first", "second", "third") if found[name]]
    written = [found[name] for name in ("before", "after") if found[name]]
    # Figures with a blank between them are one amount only where decimals end it; else they may be two columns.
    loose = " " in found["digits"] and not _DECIMALS.search(found["digits"])
    strange = any(re.fullmatch("[A-Z]{3}", mark) and not ISO.known(mark) for mark in written)
    if loose or strange or len(signs) + bool(found["open"]) > 1 or len(set(written)) > 1:
        return None
    minus = bool(found["open"]) or (bool(signs) and signs[0] != "+")
    return Money(("-" if minus else "") + found["digits"], written[0].replace(" ", "") if written else "", native)


def looks_like_money(cell: str) -> bool:
    """Say whether a cell is an amount that is written with decimals or a currency: what a total or a stray amount looks like."""
    found = money(cell)
    return found is not None and bool(found.currency or _DECIMALS.search(found.digits))


def leading_money(text: str) -> tuple[Money | None, str]:
    """Split an amount off the head of a text: `$1,240.00 damaged cartons`."""
    words = text.split()
    for count in (3, 2, 1):
        found = money(" ".join(words[:count])) if len(words) >= count else None
        if found is not None and (looks_like_money(" ".join(words[:count])) or len(words) == count):
            return found, " ".join(words[count:])
    return None, text


def currency_of(written: str, stated: str) -> str | None:
    """Give the ISO code of a currency as written; a shared sign such as `$` takes the stated currency if it fits.

    "" is nothing written, None a sign that could mean several currencies.
    """
    if written in _SHARED:
        return stated if stated in _SHARED[written] else None
    return _SYMBOLS.get(written, written)


def trailing_code(text: str) -> str:
    """Give the currency code at the end of a label, as in `Zahlbetrag EUR`; "" where there is none, or all is in capitals."""
    head, _, code = text.strip().rstrip(":").rpartition(" ")
    return code if re.fullmatch("[A-Z]{3}", code) and ISO.known(code) and head and not head.isupper() else ""


def is_document(cell: str) -> bool:
    """Say whether a cell can be the number of a document: short, one word or a few, with a digit."""
    return 0 < len(cell) <= 60 and any(mark.isdigit() for mark in cell)


def shown(rows: Sequence[Row], most: int = 3) -> str:
    """Show the first rows for a message."""
    return " / ".join(row.text[:60] for row in rows[:most])
