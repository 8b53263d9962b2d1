"""The words of a customer file: how rare each is, and which of them a payer's word may stand for (step B of 2.2, key B7)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from arwork.matching.name_words import is_common
from arwork.matching.word_likeness import ANOTHER_WORD, ENDING, NEVER, word_cost

_BACKGROUND, _COMMON_SHARE, _SEEN = 2_000, 1 / 60, 80
_DEAREST, _MEANINGS, _LONGER = 520, 100, 200
_SHORTEST_TYPO, _SHORTEST_PREFIX, _LONGEST_SHORT, _WHOLE = 4, 3, 8, 6


@dataclass(frozen=True)
class Vocabulary:
    """The distinct words of all names on file, in alphabetical order; weights are points of evidence, more for a rarer word."""

    words: tuple[str, ...]
    number: Mapping[str, int]
    weight: tuple[int, ...]
    common: tuple[bool, ...]
    bearers: tuple[int, ...]
    common_by_letter: Mapping[str, tuple[int, ...]]
    typo_keys: NDArray[np.int64]
    typo_owners: NDArray[np.int64]
    needed: int
    """Points of evidence that single out one name of the file."""


def vocabulary(names: Sequence[Collection[str]]) -> Vocabulary:
    """Count the words of all names on file.

    A small file says little about how rare a word is: it is taken as part of a larger one, in which words of trade and place are
    frequent, and a word seen once in few names is not known to be rare.
    """
    counts = Counter(word for name in names for word in set(name))
    words = tuple(sorted(counts))
    size = len(names) + _BACKGROUND
    trade = [is_common(word) for word in words]
    often = max(8, len(names) // 500)
    rarest = log(min(size, 4 * len(names) + _SEEN))
    weight = [
        round(100 * min(rarest, log(size / (counts[word] + (_BACKGROUND * _COMMON_SHARE if usual else 0)))))
        for word, usual in zip(words, trade, strict=True)
    ]
    common = tuple(usual or counts[word] >= often for word, usual in zip(words, trade, strict=True))
    by_letter: dict[str, list[int]] = {}
    for number, word in enumerate(words):
        if common[number]:
            by_letter.setdefault(word[0], []).append(number)
    keys, owners = _typo_keys(words)
    order = np.lexsort((owners, keys))
    return Vocabulary(
        words, {word: number for number, word in enumerate(words)}, tuple(weight), common, tuple(counts[word] for word in words),
        {letter: tuple(numbers) for letter, numbers in by_letter.items()}, keys[order], owners[order], round(100 * log(size)),
    )  # fmt: skip


def _typo_keys(words: Iterable[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a number for each word and for each way to leave out one letter: two words one typing error apart share one.

    The numbers only propose pairs, which are then compared, so that it does not matter that they differ between processes.
    """
    keys: list[int] = []
    owners: list[int] = []
    for owner, word in enumerate(words):
        if len(word) >= _SHORTEST_TYPO - 1:
            own = {hash(word), *(hash(word[:place] + word[place + 1 :]) for place in range(len(word)))}
            keys += own
            owners += [owner] * len(own)
    return np.array(keys, dtype=np.int64), np.array(owners, dtype=np.int64)


def meanings(known: Vocabulary, words: Sequence[str]) -> list[tuple[tuple[int, int], ...]]:
    """Return for each word the words on file it may stand for: (number, points), cheapest first, at most a hundred."""
    typed = _typos(known, words)
    return [_meanings(known, word, typed.get(place, ())) for place, word in enumerate(words)]


def _typos(known: Vocabulary, words: Sequence[str]) -> dict[int, list[int]]:
    keys, owners = _typo_keys(words)
    first = np.searchsorted(known.typo_keys, keys, "left")
    many = np.searchsorted(known.typo_keys, keys, "right") - first
    hit = many > 0
    first, many, owners = first[hit], many[hit], owners[hit]
    steps = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
    theirs = known.typo_owners[np.repeat(first, many) + steps]
    pairs = np.unique(np.column_stack([np.repeat(owners, many), theirs]), axis=0)
    found: dict[int, list[int]] = {}
    for place, number in pairs.tolist():
        found.setdefault(place, []).append(number)
    return found


def _meanings(known: Vocabulary, word: str, typed: Iterable[int]) -> tuple[tuple[int, int], ...]:
    own = known.number.get(word, -1)
    numbers = set(typed)
    if len(word) >= _SHORTEST_PREFIX:
        if own < 0 or len(word) < _WHOLE:
            start = bisect_left(known.words, word)
            longer = range(start, bisect_left(known.words, word + "\U0010ffff"))
            numbers.update(longer if len(longer) <= _LONGER else sorted(longer, key=lambda n: (-known.bearers[n], n))[:_LONGER])
        shorter = (known.number.get(word[:size], -1) for size in range(_SHORTEST_PREFIX, len(word)))
        numbers.update(number for number in shorter if number >= 0)
    if 2 <= len(word) <= _LONGEST_SHORT and not (own >= 0 and known.common[own]):
        numbers.update(known.common_by_letter.get(word[0], ()))
    found = sorted([(cost, number) for number in numbers if number != own and (cost := pair_cost(known, word, number)) <= _DEAREST])[
        :_MEANINGS
    ]
    return (*(((own, 0),) if own >= 0 else ()), *((number, cost) for cost, number in found))


def pair_cost(known: Vocabulary, word: str, number: int) -> int:
    """Return the points for taking a payer's word for a word on file; a word that others on file bear is less likely a slip."""
    other = known.words[number]
    common = known.common[number] if len(other) >= len(word) else is_common(word)
    cost = word_cost(word, other, common)
    return cost + ANOTHER_WORD if ENDING < cost < NEVER and not common and len(word) > 1 and word in known.number else cost
