"""Words of a payment that may name a document and that nobody could read: as long as there are any, what was read may be only a part."""

from __future__ import annotations

from collections.abc import Sequence

from arwork.matching.case import Case
from arwork.matching.named import Word
from arwork.matching.tokens import read

_DIGITS = 3
_CUT = (35, 70, 105, 140)
"""Lengths at which banks cut a payment text off."""


def unread(case: Case, words: Sequence[Word]) -> list[str]:
    """List the words of the text with three digits or more that belong to no word that was read, and the end of a text cut off."""
    text = read(case.receipt.text, case.receipt.amount, case.receipt.currency)
    tokens = {word.token for word in words}
    covered: set[int] = set()
    for first in range(len(text.words)):
        run = ""
        for size in range(1, 4):
            if first + size > len(text.words):
                break
            run += text.words[first + size - 1]
            if run in tokens:
                covered.update(range(first, first + size))
    left = [word for place, word in enumerate(text.words) if place not in covered and sum(c.isdigit() for c in word) >= _DIGITS]
    cut = len(case.receipt.text) in _CUT and not left
    return left + ([f"the end of the text after {case.receipt.text[-12:].strip()!r}"] if cut else [])
