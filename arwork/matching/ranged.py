"""Ranges in a payment text: `4711-4715`, `INV-2026-000123 TO 130`; between two numbers that are read, all of them are named (step C of 2.2)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from arwork.matching.house import Number
from arwork.matching.numbers import Numbers
from arwork.matching.tokens import READ_MOST, Text, plain

LINKS = frozenset({"TO", "BIS", "T", "M", "AL", "DO", "AU", "A", "TM", "THRU", "UNTIL", "AM", "HASTA", "TIL", "TILL", "AZ", "TOT", "O", "IG", "ATE", "PANA",
                   "LA", "JUSQU", "JUSQUA"})  # fmt: skip
"""Words between the first and the last number of a range."""
_MOST_WORDS = 3
_RANGE_MOST = 60
_NONE: tuple[list[int], list[int]] = ([], [])
_DASHED = re.compile(r"(?<![A-Z0-9])(?=([A-Z0-9]+)\s?[-–]\s?([A-Z0-9]+))")


@lru_cache(maxsize=8)
def dashed(wording: str) -> frozenset[tuple[str, str]]:
    """List the pairs of words that only a dash divides."""
    return frozenset((match[1], match[2]) for match in _DASHED.finditer(plain(wording[:READ_MOST])))


def adjoins(text: Text, end: int, start: int) -> bool:
    """Say whether nothing but words of a range stand between the word before place `end` and the one at `start`."""
    return 0 < end <= start <= end + _MOST_WORDS and all(word in LINKS for word in text.words[end:start])


def signed(text: Text, wording: str, end: int, start: int) -> bool:
    """Say whether the text says that two numbers beside each other are a range: a dash, or a word such as `to`, and nothing else."""
    if not adjoins(text, end, start):
        return False
    between = text.words[end:start]
    return any(len(word) > 1 for word in between) if between else (text.words[end - 1], text.words[start]) in dashed(wording)


def members(low: Number | None, high: Number | None, known: Numbers) -> frozenset[int]:
    """List the places of the numbers after `low` up to `high`, all in one format and context; none where they are no range."""
    if not low or not high or low.shape != high.shape or not 1 < high.serial - low.serial <= _RANGE_MOST:
        return frozenset()
    contexts, found = (low.context, high.context), []
    for start, each in known.placed():
        serials, places = each.series.get(low.shape, _NONE)
        for n in places[bisect_right(serials, low.serial) : bisect_right(serials, high.serial)]:
            part = each.parts[n]
            if part and part.context in contexts:
                found.append(start + n)
    return frozenset(found)


def complete(low: Number, high: Number, inside: frozenset[int], parts: Sequence[Number | None]) -> bool:
    """Say whether every number of a range exists, once (step C: a range expands only then)."""
    return len(inside) == len({part.serial for n in inside if (part := parts[n])}) == high.serial - low.serial
