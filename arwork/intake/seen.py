"""A table file as a newcomer's eyes see it: its encoding, delimiter, header row, and what kind of content each column holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from arwork.errors import InputError
from arwork.intake.archives import alone
from arwork.intake.cell_words import AGES, MINUS_MARKS, PLUS_MARKS, TOTALS
from arwork.intake.days import FORMATS
from arwork.intake.layouts import GROUP
from arwork.intake.received import Received
from arwork.intake.sheets import read_sheet
from arwork.intake.text import Dialect, decode, split
from arwork.intake.workbook_kinds import is_workbook
from arwork.money import ISO

ROWS_LOOKED_AT = 2_000
HEADER_WITHIN = 60
_TOP = 1_000_000
_ENCODINGS = ("cp1252", "cp1250", "iso-8859-2", "cp850", "mac-roman", "cp1251", "iso-8859-1")
_USUAL = frozenset("äöüÄÖÜßéèêëàâçîïôùûñáíóúÉÀÇÑåÅøØæÆõãÕÃ€°´–’“”ąćęłńóśźżĄĆĘŁŃŚŹŻčďěňřšťůýžČĎĚŇŘŠŤŮÝŽőűŐŰ")
_DATES = {name: re.compile(pattern) for name, pattern in FORMATS.items()}
_TIME = re.compile(r"[T ]+[0-9]{1,2}:[0-9]{2}.*$")
_MONEY = re.compile(
    r"[-+−(]? ?(?:[€$£¥]|[A-Z]{3})? ?[-+−]?[0-9][0-9.,'’ \u00a0\u202f]*(?: ?(?:CR|DR|[-+−)]))?(?: ?(?:[€$£¥]|[A-Z]{3}))?", re.IGNORECASE
)
_PART = re.compile(r"[.,][0-9]{1,4}(?![0-9.,])")
_IN_FULL = {
    "acct": "account", "acc": "account", "amt": "amount", "bal": "balance", "chq": "cheque", "chqno": "cheque no", "curr": "currency",
    "cust": "customer", "desc": "description", "doc": "document", "dt": "date", "inv": "invoice", "ref": "reference", "tran": "transaction",
    "trans": "transaction", "trx": "transaction", "txn": "transaction", "val": "value",
}  # fmt: skip
"""Short words of headings; both the file's headings and those that are known are written in full before they are compared."""
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2} ?(?:[A-Z0-9] ?){10,30}")


@dataclass(frozen=True)
class Column:
    """One column of the file: its place from 1, its heading, its filled cells, and which share of them is of which kind.

    `kinds` holds shares between 0 and 1 of: date, money, decimals (money with a fraction), currency, account, mark (debit
    or credit), number. `forms` are the date formats that most cells have, `time` says whether a time of day follows.
    """

    place: int
    heading: str
    cells: tuple[str, ...]
    kinds: Mapping[str, float]
    forms: tuple[str, ...] = ()
    time: bool = False

    def share(self, kind: str) -> float:
        """Give the share of the filled cells that are of a kind."""
        return self.kinds.get(kind, 0.0)


@dataclass(frozen=True)
class Seen:
    """A table as it was seen: how to split it, where its header stands ("" when it has none), its columns, its first rows.

    `odd` are the beginnings of rows that have another number of cells, `groups` what heads the rows below it: a column of its own, but where it
    is an age.
    """

    encoding: str
    encoding_sure: bool
    delimiter: str
    dialect: Dialect | None
    sheet: str
    header: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    odd: tuple[str, ...]
    groups: tuple[str, ...] = ()


def see(received: Received, known: Iterable[str], encoding: str = "", sheet: str = "") -> Seen:
    """Look at a table file; `known` are folded words that headings are made of. InputError when it is no table."""
    words, received = frozenset(known), alone(received)
    if is_workbook(received.data):
        found = read_sheet(received, sheet)
        rows = [(f"{found.name}!A{n}", tuple(cell.strip() for cell in cells)) for n, cells in enumerate(found.rows, start=1) if any(cells)]
        return _seen(rows[:ROWS_LOOKED_AT], words, "xlsx", True, None, found.name if sheet else "", received.name)
    text, used, sure = decoded(received, encoding)
    dialect, lines = _split(text[: text.find("\n", _TOP) + 1 or None], received.name)
    return _seen(lines, words, used, sure, dialect, "", received.name)


def decoded(received: Received, stated: str = "") -> tuple[str, str, bool]:
    """Decode a text: UTF-8 or what is stated is sure; else the code page that makes most foreign characters usual letters."""
    try:
        text, used = decode(received, stated)
        return text, used, True
    except InputError:
        if stated or b"\x00" in received.data or received.data.startswith((b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"PAR1")):
            raise
    beyond = Counter(byte for byte in received.data if byte >= 0x80)

    def usual(name: str) -> int:
        """Count the characters beyond ASCII that are usual letters in an encoding, less those that are not."""
        letters = {byte: bytes([byte]).decode(name, errors="replace") for byte in beyond}
        return sum(count if letters[byte] in _USUAL else -count for byte, count in beyond.items())

    best = max(_ENCODINGS, key=usual)
    text, used = decode(received, best)
    return text, used, False


def _split(text: str, name: str) -> tuple[Dialect, list[tuple[str, tuple[str, ...]]]]:
    """Find the delimiter under which most lines fall into one number of cells, more than one."""
    best: tuple[tuple[int, int], Dialect, list[tuple[str, tuple[str, ...]]]] | None = None
    framed = len(re.findall(r"(?m)^\s*\|.*\|\s*$", text[:50_000])) > 3
    quoted: set[str] = set()
    for dialect in _dialects(framed):
        if not dialect.quotes and dialect.delimiter in quoted:
            continue  # "1,18,000.00" is one cell: without its quotes a line would only seem to have more
        try:
            lines = [(str(line.number), line.cells) for line in islice(split(text, dialect, name), ROWS_LOOKED_AT) if line.cells]
        except InputError:
            continue
        quoted.add(dialect.delimiter)
        widths = Counter(len(cells) for _, cells in lines if len(cells) > 1)
        if not widths:
            continue
        width, rows = max(widths.items(), key=lambda pair: (pair[1] * min(pair[0], 12), pair[0]))
        rank = (rows * min(width, 12), -dialect.newlines)
        if best is None or rank > best[0]:
            best = (rank, dialect, lines)
    if best is None:
        raise InputError(
            "is no table: no delimiter cuts its lines into cells", where=name, cure="Export it as CSV or XLSX with a header row"
        )
    return best[1], [(place, tuple(cell.strip() for cell in cells)) for place, cells in best[2]]


def _dialects(framed: bool) -> Iterable[Dialect]:
    if framed:
        yield Dialect("|", quotes=False, framed=True)
        return
    for delimiter in (";", ",", "\t", "|"):
        yield Dialect(delimiter)
        yield Dialect(delimiter, newlines=True)
        yield Dialect(delimiter, quotes=False)


def _seen(
    rows: Sequence[tuple[str, tuple[str, ...]]],
    words: frozenset[str],
    used: str,
    sure: bool,
    dialect: Dialect | None,
    sheet: str,
    name: str,
) -> Seen:
    if len(rows) < 2:
        raise InputError("holds no rows below a header", where=name, cure="Export a period that has rows; a header alone shows no formats")
    at = _header_of([cells for _, cells in rows[:HEADER_WITHIN]], words)
    head = rows[at][1] if at is not None else ()
    below = rows[at + 1 :] if at is not None else rows
    width = len(head) or Counter(len(cells) for _, cells in below).most_common(1)[0][0]
    while head and not head[-1] and not any(len(cells) >= width and cells[width - 1] for _, cells in below):
        head, width = head[:-1], width - 1
    below = [(place, _squared(cells, width)) for place, cells in below if list(cells) != list(head)]
    groups = _groups([cells for _, cells in below]) if head else {}
    totals = [cells[0] for n, (_, cells) in enumerate(below) if groups and n not in groups and cells and TOTALS.match(cells[0])]
    below = [row for n, row in enumerate(below) if n not in groups and not (groups and row[1] and TOTALS.match(row[1][0]))]
    whole = [cells for _, cells in below if len(cells) == width or (dialect is None and not any(cells[width:]))]
    columns = tuple(column(n + 1, head[n] if head else "", [cells[n] for cells in whole if n < len(cells)]) for n in range(width))
    if groups and not any(AGES.search(text) for text in groups.values()):
        columns = (*columns, column(width + 1, GROUP, [*groups.values()]))
    odd = (*totals, *(cells[0] if cells else "" for _, cells in below if len(cells) != width and dialect is not None))
    delimiter = "" if dialect is None else "tab" if dialect.delimiter == "\t" else dialect.delimiter
    header = rows[at][0] if at is not None else ""
    return Seen(used, sure, delimiter, dialect, sheet, header, columns, tuple(whole[:5]), odd, tuple(groups.values()))


def _groups(rows: Sequence[tuple[str, ...]]) -> dict[int, str]:
    """Find the rows that fill only their first cell and head others, by their place: each has a row of values right below it.

    None where one of them heads nothing, but for the last rows of a file.
    """
    alone = {n: cells[0] for n, cells in enumerate(rows) if cells and any(map(str.isalnum, cells[0])) and not any(cells[1:])}
    values = [n for n, cells in enumerate(rows) if sum(map(_is_value, cells)) >= 2 and not (cells[0] and TOTALS.match(cells[0]))]
    last = max(values, default=-1)
    found = {n: text for n, text in alone.items() if n < last}
    below = {n - 1 for n in values}
    if not found or not found.keys() <= below or min(values) < min(found):
        return {}
    return found


def _squared(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Leave out the blank cells that a row has more than the header."""
    return cells[:width] if len(cells) > width and not any(cells[width:]) else cells


def _header_of(rows: Sequence[tuple[str, ...]], words: frozenset[str]) -> int | None:
    """Find the row that looks most like a header: cells of known words, texts above values; None when no row does."""
    best: tuple[float, int] | None = None
    for at, cells in enumerate(rows):
        filled = [cell for cell in cells if cell]
        if len(filled) < 2 or len(set(filled)) < len(filled) * 0.6 or sum(_is_value(cell) for cell in filled) > 1:
            continue
        known = sum(plain(cell) in words for cell in filled)
        below = rows[at + 1] if at + 1 < len(rows) else ()
        values = sum(_is_value(cell) for cell in below) if len(below) == len(cells) else 0
        score = 3.0 * known + min(values, 6) + 0.1 * len(filled)
        if (known or values) and (best is None or score > best[0]):
            best = (score, at)
    return best[1] if best else None


def _is_value(text: str) -> bool:
    return bool(_MONEY.fullmatch(text)) or any(pattern.match(_TIME.sub("", text)) for name, pattern in _DATES.items() if "MMM" not in name)


def plain(heading: str) -> str:
    """Write a heading as it is compared here: no case, no signs, no currency at its end, short words in full; `InvoiceNumber` is two words."""
    cased = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", heading)
    text = re.sub(r"\( ?([a-z]{3}) ?\)", lambda found: "" if ISO.known(found[1].upper()) else found[0], cased.casefold())
    text = re.sub(r"[\s_./#:*\"'’°()\[\]$€£¥₹-]+", " ", text).strip()
    cut = re.sub(r"(?: in)? ([a-z]{3})$", lambda found: "" if ISO.known(found[1].upper()) else found[0], text)
    cut = re.sub(r"(?: en)? euros?$| r$| rs$", "", cut)
    return " ".join([_IN_FULL.get(word, word) for word in cut.split()]) or text or heading.casefold().strip()


def column(place: int, heading: str, cells: Sequence[str]) -> Column:
    """Describe the content of one column by the share of its filled cells that are of each kind."""
    filled = tuple(cell for cell in cells if cell)
    if not filled:
        return Column(place, heading, (), {})
    counted = Counter(filled)
    bare = {cell: _TIME.sub("", cell) for cell in counted}
    forms = {name: _share(counted, {cell for cell in counted if _is_day(bare[cell], name)}) for name in _DATES}
    form = max(forms, key=lambda name: forms[name])
    marks = {*PLUS_MARKS, *MINUS_MARKS}
    kinds = {
        "date": forms[form],
        "money": _share(counted, {c for c in counted if _MONEY.fullmatch(c) and len(re.sub(r"[^0-9]", "", c)) <= 18}),
        "decimals": _share(counted, {c for c in counted if _MONEY.fullmatch(c) and _PART.search(c)}),
        "currency": _share(counted, {c for c in counted if len(c) == 3 and ISO.known(c.upper())}),
        "account": _share(counted, {c for c in counted if _IBAN.fullmatch(c)}),
        "mark": _share(counted, {c for c in counted if c.casefold() in marks}) if len(counted) <= 6 else 0.0,
        "number": _share(counted, {c for c in counted if c.isdigit()}),
    }
    best = tuple(name for name in _DATES if forms[name] == forms[form])
    timed = sum(count for cell, count in counted.items() if bare[cell] != cell and forms[form]) > len(filled) / 2
    return Column(place, heading, filled, kinds, best if forms[form] >= 0.6 else (), timed)


def _share(counted: Counter[str], hits: Iterable[str]) -> float:
    return sum(counted[cell] for cell in hits) / counted.total()


def _is_day(text: str, form: str) -> bool:
    found = _DATES[form].match(text)
    if found is None:
        return False
    parts = found.groupdict()
    year, month, day = parts["y"], parts["m"], int(parts["d"])
    return 1 <= day <= 31 and (not month.isdigit() or 1 <= int(month) <= 12) and (len(year) == 2 or 1990 <= int(year) <= 2079)
