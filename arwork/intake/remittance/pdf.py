"""A PDF as rows of cells: words on one baseline make a row, a wide gap parts cells; a scan without text is refused by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from arwork.errors import InputError, place
from arwork.intake.received import Received
from arwork.intake.remittance.apart import parsed
from arwork.intake.remittance.rows import Row

_CELL_GAP = 1.6
"""Widths of a letter between words that part two cells."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a page: its text, where it begins and ends, its baseline (upwards) and height, in points."""

    text: str
    left: float
    right: float
    base: float
    height: float


def read(received: Received) -> tuple[list[Row], bool]:
    """Read a PDF as rows, and say whether its text lies invisible under pictures (made by text recognition).

    Raises InputError for a PDF that is encrypted, damaged, too large, or holds pictures without text.
    """
    answer = parsed(received, "pdf_child", "PDF")
    if not answer["letters"]:
        what = "this is a scan: the PDF holds pictures and no text" if answer["pictures"] else "the PDF holds no text"
        raise InputError(
            what, where=place(received.name), cure="Ask the payer for the advice as text: a PDF that is not scanned, an e-mail or CSV"
        )
    rows = []
    for number, words in enumerate(answer["pages"], start=1):
        rows += page_rows([Word(*word) for word in words], number)
    return rows, 2 * answer["hidden"] > answer["letters"]


def page_rows(words: Sequence[Word], page: int) -> list[Row]:
    """Put the words of a page into rows from top to bottom; places read `page 2, line 14`."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (-w.base, w.left)):
        if rows and abs(rows[-1][0].base - word.base) < 0.4 * min(rows[-1][0].height, word.height):
            rows[-1].append(word)
        else:
            rows.append([word])
    widths = [(w.right - w.left) / len(w.text) for w in words if w.text]
    width = max(median(widths), 0.5) if widths else 1.0
    return [_row(sorted(row, key=lambda w: w.left), f"page {page}, line {number}", width) for number, row in enumerate(rows, start=1)]


def _row(words: Sequence[Word], where: str, width: float) -> Row:
    cells: list[list[Word]] = []
    for word in words:
        if cells and word.left - cells[-1][-1].right < _CELL_GAP * width:
            cells[-1].append(word)
        else:
            cells.append([word])
    texts = tuple(" ".join(word.text for word in cell) for cell in cells)
    return Row(where, texts, tuple((cell[0].left / width, cell[-1].right / width) for cell in cells))
