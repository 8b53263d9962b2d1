"""Which runs of words of many payment texts are the core of a number on file, looked for in all texts at once (step C of 2.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from arwork.matching.lean import lean
from arwork.matching.number_index import NumberIndex
from arwork.matching.tokens import GONE, LONGEST, Text

Spot: TypeAlias = tuple[int, int, str, str]
"""A run of words: its first place, its size, the run, the core of its number."""


@lean
class Prefixes:
    """Configured prefixes of numbers, squeezed, the longest first, and the pattern that takes them off a number."""

    heads: tuple[str, ...]
    pattern: re.Pattern[str]


@lru_cache(maxsize=64)
def stripper(prefixes: tuple[str, ...]) -> Prefixes:
    """Match leading prefixes of a number, the longest first, never the whole of it."""
    longest = tuple(sorted(set(prefixes) - {""}, key=lambda p: (-len(p), p)))
    return Prefixes(longest, re.compile(f"(?:(?:{'|'.join(map(re.escape, longest))})(?=.))*" if longest else ""))


def bare_of(squeezed: str, prefixes: Prefixes) -> str:
    """Take prefixes and leading zeros off a squeezed number; one that is nothing else stays whole."""
    if squeezed[:1] <= "9":
        return squeezed.lstrip("0") or squeezed if squeezed[:1] == "0" else squeezed
    if not squeezed.startswith(prefixes.heads):
        return squeezed
    start = prefixes.pattern.match(squeezed)
    return squeezed[start.end() if start else 0 :].lstrip("0") or squeezed


def numbers_in(texts: Sequence[Text], index: NumberIndex, prefixes: Prefixes) -> dict[int, list[Spot]]:
    """Return for each text, by its place, the runs of words (see `tokens.runs`) that are a number on file, in their order.

    All texts are one list of words with the mark of what was struck out behind each: a run that holds the mark is no number.
    The core of a run is its end, so that a run whose last sign ends no number on file is none.
    """
    words = [word for text in texts for word in (*text.words, GONE)]
    found, ends = index.number, index.ends
    slow = (*prefixes.heads, "0")  # every other run is its own core
    hits: list[tuple[int, int, str, str]] = []
    for last in [place for place, word in enumerate(words) if word[-1] in ends]:
        run = ""
        for size in (1, 2, 3):
            run = words[last - size + 1] + run  # before the first word stands the last mark
            if (number := bare_of(run, prefixes) if run.startswith(slow) else run) in found and 1 < len(run) <= LONGEST:
                hits.append((last - size + 1, size, run, number))
    hits.sort()
    begins = np.cumsum([0, *(len(text.words) + 1 for text in texts)])
    owners = np.searchsorted(begins, [hit[0] for hit in hits], side="right") - 1
    spots: dict[int, list[Spot]] = {}
    for place, start, (first, size, run, number) in zip(owners.tolist(), begins[owners].tolist(), hits, strict=True):
        spots.setdefault(place, []).append((first - start, size, run, number))
    return spots
