"""Text advices and tables by the words over and beside their figures: labels, headings, lines, totals, in eight languages.

A row that holds headings for a document and an amount is the header. Rows below belong to its columns: by number where
cells are counted (sheets, delimited text, tables of e-mails), else by where they stand. A row with an amount that can be
given to no column refuses the advice, and so do two columns that could mean one thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz.distance import Levenshtein

from arwork.errors import InputError, place
from arwork.intake.remittance.rows import Money, Row, is_document, label, looks_like_money, money, trailing_code
from arwork.intake.remittance.text_layout import TextLayout
from arwork.intake.remittance.told import Told

_ALIKE = 0.88
_HEADER_WITHIN = 300
_MOST_WORDS = 5
_MOST_WORDS_OVER = 40
_MOST_WAYS = 200
_CURE = "Write a text layout for this payer that says which column is meant, or ask the payer for CSV, X12 820 or remt.001"
_MONEY_COLUMNS = ("gross", "discount", "deduction", "net", "amount")
_TOTAL_WORDS = (
    "total", "totals", "grand total", "sum", "subtotal", "sub total", "carried forward", "brought forward", "balance forward", "summe",
    "gesamt", "gesamtsumme", "gesamtbetrag", "zwischensumme", "ubertrag", "zahlbetrag", "endbetrag", "totaal", "subtotaal", "somme",
    "montant total", "total general", "sous total", "report", "totale", "totale generale", "subtotale", "importe total", "suma",
    "amount paid", "total paid", "total payment", "payment total", "net total", "total net", "total amount", "totale pagato", "razem",
    "ogołem", "łacznie", "total geral", "valor total",
)  # fmt: skip


@dataclass(frozen=True)
class Header:
    """The header of a table: its row, our meaning of each column ("" for unknown), where each stands, and if by likeness only."""

    at: int
    meanings: tuple[str, ...]
    spans: tuple[tuple[float, float], ...] | None
    alike: bool
    words: bool = False


def header_of(rows: Sequence[Row], layout: TextLayout, file: str) -> Header | None:
    """Find the header of the first table: headings by name first, then by the words of a line, then by likeness; None when there is none.

    Raises InputError where two columns could mean one thing.
    """
    known = {label(heading): name for name, headings in layout.columns.items() for heading in headings}
    top = rows[:_HEADER_WITHIN]
    for alike in (False, True):
        for at, row in enumerate(top):
            meanings = tuple(_meaning(cell, known, alike=alike) for cell in row.cells)
            if _enough(meanings):
                return Header(at, _unique(meanings, row, file), row.spans, alike)
            by_words = (
                None if alike or row.spans is None or len(row.cells) != 1 else _by_words(row, next(iter(top[at + 1 : at + 2]), None), known)
            )
            if by_words and _enough(by_words):
                return Header(at, _unique(by_words, row, file), None, alike=False, words=True)
    return None


def _meaning(cell: str, known: Mapping[str, str], *, alike: bool) -> str:
    written = label(cell)
    if not written or len(written) > 60:
        return ""
    if written in known or not alike or len(written) < 5:
        return known.get(written, "")
    scored = sorted(((Levenshtein.normalized_similarity(written, heading), name) for heading, name in known.items()), reverse=True)
    return scored[0][1] if scored and scored[0][0] >= _ALIKE else ""


def _enough(meanings: Sequence[str]) -> bool:
    """Say whether headings are those of an advice: a document and an amount, of which one is named beyond doubt.

    `Reference` beside `Amount` heads many tables, a bank statement among them.
    """
    named = set(meanings)
    return ("document" in named and bool({"net", "gross", "amount"} & named)) or (
        "document_else" in named and bool({"net", "gross"} & named)
    )


def _unique(meanings: Sequence[str], row: Row, file: str) -> tuple[str, ...]:
    """Settle second choices, and refuse two columns with one meaning."""
    settled = list(meanings)
    if "document" in settled:
        settled = ["other" if name == "document_else" else name for name in settled]
    settled = ["document" if name == "document_else" else name for name in settled]
    for name in ("document", *_MONEY_COLUMNS, "currency", "payment_ref"):
        twice = [cell for cell, meaning in zip(row.cells, settled, strict=False) if meaning == name]
        if settled.count(name) > 1:
            shown = " and ".join(repr(cell) for cell in (twice or row.cells)[:3])
            raise InputError(f"two columns could be the {name}: {shown}", where=place(file, row.place), cure=_CURE)
    return tuple(settled)


def _by_words(row: Row, below: Row | None, known: Mapping[str, str]) -> tuple[str, ...] | None:
    """Read a header whose headings are parted by single blanks only: every word must belong to a known heading.

    Of several ways to part the words, the one that has as many columns as the line below has words.
    """
    words = row.text.split()
    if below is None or not 2 <= len(words) <= _MOST_WORDS_OVER:
        return None
    ways = [way for way in _parted(words, known) if _enough(way) and len(way) == len(below.text.split())]
    return ways[0] if len(set(ways)) == 1 else None


def _parted(words: Sequence[str], known: Mapping[str, str]) -> list[tuple[str, ...]]:
    """List the ways to part words into known headings."""
    ways: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(words) + 1):
        found = []
        for size in range(1, min(_MOST_WORDS, end) + 1):
            name = known.get(label(" ".join(words[end - size : end])))
            found += [(*before, name) for before in ways[end - size]] if name else []
        ways.append(found[:_MOST_WAYS])
    return ways[-1]


def table_lines(rows: Sequence[Row], header: Header, file: str) -> tuple[list[Told], list[tuple[Money, ...]], set[int]]:
    """Read the rows below a header: lines, totals, and which rows they were.

    Raises InputError for a row with an amount that fits no column.
    """
    lines: list[Told] = []
    totals: list[tuple[Money, ...]] = []
    used = {header.at}
    head = [label(cell) for cell in rows[header.at].cells]
    for at in range(header.at + 1, len(rows)):
        row = rows[at]
        cells = row.cells if not header.words else tuple(row.text.split())
        if [label(cell) for cell in row.cells] == head:
            used.add(at)
            continue
        total = _total(row)
        if total is not None:
            used.add(at)
            totals += [total] if total else []
            continue
        placed = _placed(row, cells, header)
        told = _told(row, placed, header) if placed is not None else None
        if told is not None:
            used.add(at)
            lines.append(told)
        elif _inside(row, placed, header, file, bool(totals)):
            raise InputError(
                "a row with an amount fits no line of the table", where=place(file, row.place, value=row.text[:80]), cure=_CURE
            )
    return lines, totals, used


def _total(row: Row) -> tuple[Money, ...] | None:
    """Give the amounts of a row that is a total; None when it is none."""
    first = next((label(cell.partition(":")[0]) for cell in row.cells if cell), "")
    words = first.split()
    while words and money(words[-1]):
        words.pop()
    named = " ".join(words)
    texts = [label(cell) for cell in row.cells if cell and not money(cell)]
    plain = words[:1] and words[0] in _TOTAL_WORDS and all(word.isalpha() for word in words) and len(words) <= _MOST_WORDS
    is_total = named in _TOTAL_WORDS or bool(plain) or any(text in _TOTAL_WORDS for text in texts)
    if not is_total:
        return None
    pieces = [piece for cell in row.cells for piece in _pieces(cell)]
    found = [money(piece, native=row.is_native(n) and len(pieces) == len(row.cells)) for n, piece in enumerate(pieces) if piece]
    code = next((code for cell in row.cells if not money(cell) and (code := trailing_code(cell))), "")
    return tuple(replace(entry, currency=entry.currency or code) for entry in found if entry is not None)


def _pieces(cell: str) -> list[str]:
    """Part a cell of a total into what may be amounts: `Total: 1 606,40 EUR` holds one, `Totals 1 606,40` perhaps two."""
    after = cell.partition(":")[2].strip()
    return [cell] if money(cell) else [after] if money(after) else cell.replace(":", " ").split()


def _placed(row: Row, cells: Sequence[str], header: Header) -> dict[int, int] | None:
    """Give each cell its column: by number, or by where it stands; None where that is not clear."""
    filled = [n for n, cell in enumerate(cells) if cell]
    if header.words:
        return {n: n for n in filled} if len(cells) == len(header.meanings) else None
    if header.spans is None or row.spans is None:
        return {n: n for n in filled if n < len(header.meanings)} if all(n < len(header.meanings) for n in filled) else None
    if len(cells) == len(header.meanings):
        return {n: n for n in filled}
    found: dict[int, int] = {}
    for n in filled:
        start, end = row.spans[n]
        gaps = sorted((min(abs(start - left), abs(end - right)), column) for column, (left, right) in enumerate(header.spans))
        overlaps = [column for column, (left, right) in enumerate(header.spans) if start < right and left < end]
        if len(overlaps) == 1:
            found[n] = overlaps[0]
        elif not overlaps and gaps[0][0] <= 3 and (len(gaps) == 1 or gaps[1][0] > 2 * gaps[0][0] + 2):
            found[n] = gaps[0][1]
        else:
            return None
    columns = [found[n] for n in filled]
    return found if columns == sorted(set(columns)) else None


def _told(row: Row, placed: Mapping[int, int], header: Header) -> Told | None:
    """Read one row of the table; None when it has no document or no amount."""
    cells = row.cells if not header.words else tuple(row.text.split())
    texts = {header.meanings[column]: cells[n] for n, column in placed.items() if header.meanings[column]}
    natives = {header.meanings[column]: row.is_native(n) for n, column in placed.items()}
    amounts: dict[str, Any] = {}
    for name in _MONEY_COLUMNS:
        if texts.get(name):
            read = money(texts[name], native=natives[name])
            if read is None:
                return None
            amounts[name] = read
    if not is_document(texts.get("document", "")) or not {"net", "gross", "amount"} & set(amounts):
        return None
    heads = {name: texts[name] for name in ("currency", "payment_ref", "payment_date", "payment_amount", "payer_name") if texts.get(name)}
    return Told(row.place, texts["document"], reason=texts.get("reason", ""), heads=heads, **amounts)


def _inside(row: Row, placed: Mapping[int, int] | None, header: Header, file: str, after_total: bool) -> bool:
    """Say whether a row that is no line still belongs to the table: an amount stands in one of its amount columns."""
    if after_total:
        return False
    if placed is None:
        cells = row.cells if len(row.cells) > 1 else tuple(row.text.split())
        return len(cells) >= 2 and looks_like_money(cells[-1]) and is_document(cells[0]) and not cells[0].endswith(":")
    return any(looks_like_money(row.cells[n]) and header.meanings[c] in _MONEY_COLUMNS for n, c in placed.items() if n < len(row.cells))
