"""Runs as a process of its own: a PDF on its input, the words of each page with their places on its output, as JSON."""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

import pypdfium2
from pypdfium2 import raw

from arwork.intake.remittance.bounds import bound

MOST_PAGES = 500
MOST_TEXT = 20 * 1024**2
_INVISIBLE = 3


def main() -> None:
    """Read the PDF and print what it holds, or why it is refused."""
    bound()
    data = sys.stdin.buffer.read()
    sys.stdout.write(json.dumps(answer(data)))


def answer(data: bytes) -> dict[str, Any]:
    """Give the characters of each page as rows `[text, left, right, baseline, size]` of words, or the reason of a refusal."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as broken:
        locked = "password" in str(broken).casefold()
        return {"refused": "the PDF is encrypted with a password" if locked else "the PDF is damaged and cannot be opened"}
    if len(document) > MOST_PAGES:
        return {"refused": f"the PDF has {len(document):,} pages; an advice has at most {MOST_PAGES}"}
    pages, letters, hidden, pictures = [], 0, 0, 0
    for number in range(len(document)):
        try:
            page = document[number]
            words, count, unseen = _words(page)
        except pypdfium2.PdfiumError:
            return {"refused": f"page {number + 1} of the PDF is damaged"}
        letters, hidden = letters + count, hidden + unseen
        pictures += sum(1 for _ in zip(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]), range(1), strict=False))
        if letters > MOST_TEXT:
            return {"refused": f"the PDF holds more than {MOST_TEXT:,} characters"}
        pages.append(words)
        page.close()
    return {"pages": pages, "hidden": hidden, "letters": letters, "pictures": pictures}


def _words(page: pypdfium2.PdfPage) -> tuple[list[list[Any]], int, int]:
    """Gather letters into words: what follows on the same baseline without a gap."""
    text = page.get_textpage()
    count = text.count_chars()
    words: list[list[Any]] = []
    box = raw.FS_RECTF()
    origin = [ctypes.c_double() for _ in range(2)]
    letters = hidden = 0
    for n in range(count):
        mark = raw.FPDFText_GetUnicode(text, n)
        if mark < 32 or 0xD800 <= mark <= 0xDFFF or mark > 0x10FFFF or chr(mark).isspace():
            continue
        raw.FPDFText_GetLooseCharBox(text, n, box)
        raw.FPDFText_GetCharOrigin(text, n, *origin)
        left, right, height = box.left, box.right, max(abs(box.top - box.bottom), 1.0)
        unseen = _unseen(text, n)
        letters, hidden = letters + 1, hidden + unseen
        last = words[-1] if words else None
        # The loose box of a letter is as wide as the pen moves, so letters of one word touch.
        joins = last is not None and abs(last[3] - origin[1].value) < 0.3 * last[4] and -0.5 * last[4] < left - last[2] < 0.15 * last[4]
        if last is not None and joins:
            last[0], last[2] = last[0] + chr(mark), max(right, last[2])
        else:
            words.append([chr(mark), left, right, origin[1].value, height])
    text.close()
    return words, letters, hidden


def _unseen(text: pypdfium2.PdfTextPage, number: int) -> bool:
    """Say whether a letter is drawn invisibly, as text recognition lays it under a picture."""
    thing = raw.FPDFText_GetTextObject(text, number)
    return bool(thing) and raw.FPDFTextObj_GetTextRenderMode(thing) == _INVISIBLE


if __name__ == "__main__":
    main()
