"""How well one name on file explains a payer's name, word by word (step B of 2.2, key B7). All figures are points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from arwork.matching.name_lookup import Vocabulary, pair_cost
from arwork.matching.name_words import LITTLE, TAIL_FORMS
from arwork.matching.word_likeness import DIFFERENT, NEVER, lone_cost

CUT_LENGTHS = frozenset((18, 20, 24, 25, 27, 28, 30, 32, 35, 36, 40, 50, 60, 66, 70, 80, 100, 105, 140))
"""Numbers of characters at which formats and master files cut a name."""
_CUT_WORD, _BEYOND_CUT, _MOVED = 30, 20, 50


@dataclass(frozen=True)
class Reading:
    """One way to read a name: its words, their numbers in the vocabulary (-1 not on file), points, whether its end may be cut off."""

    words: tuple[str, ...]
    numbers: tuple[int, ...]
    cost: int
    cut: bool


@dataclass(frozen=True)
class Fit:
    """How one name on file explains a payer's name: points against, points for, payer's words left over, words on file left over."""

    cost: int
    gain: int
    extra: tuple[int, ...]
    missing: int


@dataclass
class Compared:
    """What was found for pairs and single words so far; holds no more than saves work."""

    known: Vocabulary
    pairs: dict[tuple[str, int], int] = field(default_factory=dict)
    lone: dict[str, int] = field(default_factory=dict)

    def pair(self, word: str, number: int) -> int:
        """Return the points for taking a payer's word for a word on file."""
        key = (word, number)
        cost = self.pairs.get(key)
        if cost is None:
            cost = self.pairs[key] = pair_cost(self.known, word, number)
        return cost

    def alone(self, word: str) -> int:
        """Return the points for a word that only one of the two names has."""
        cost = self.lone.get(word)
        if cost is None:
            cost = self.lone[word] = lone_cost(word)
        return cost


def explain(asked: Reading, target: Reading, compared: Compared) -> Fit:
    """Explain a payer's name by a name on file: the same words first, then the most alike, then what is left on each side."""
    weight = compared.known.weight
    free = list(range(len(target.numbers)))
    lone: list[int] = []
    places: list[int] = []
    gain, cost = 0, asked.cost + target.cost
    for place, number in enumerate(asked.numbers):
        for other in free:
            if target.numbers[other] == number:
                free.remove(other)
                places.append(other)
                gain += weight[number]
                break
        else:
            lone.append(place)
    if lone and free:
        for pair, place, other in _pairs(asked, target, lone, free, compared):
            if place in lone and other in free:
                lone.remove(place)
                free.remove(other)
                places.append(other)
                gain += weight[target.numbers[other]]
                cost += pair
    if any(later < earlier for earlier, later in zip(places, places[1:], strict=False)) and sorted(places) != places:
        cost += _MOVED
    return _left_over(asked, target, lone, free, max(places, default=-1), cost, gain, compared)


def _pairs(asked: Reading, target: Reading, lone: Sequence[int], free: Sequence[int], compared: Compared) -> list[tuple[int, int, int]]:
    found = []
    for place in lone:
        word = asked.words[place]
        for other in free:
            cost = compared.pair(word, target.numbers[other])
            if asked.cut and place == len(asked.words) - 1 and cost > _CUT_WORD and target.words[other].startswith(word):
                cost = _CUT_WORD
            elif target.cut and other == len(target.words) - 1 and cost > _CUT_WORD and word.startswith(target.words[other]):
                cost = _CUT_WORD
            if cost < NEVER:
                found.append((cost, place, other))
    return sorted(found)


def _left_over(
    asked: Reading, target: Reading, lone: list[int], free: list[int], last: int, cost: int, gain: int, compared: Compared
) -> Fit:
    """Charge the words that only one name has; those beyond the place where a name was cut off cost next to nothing."""
    extra = 0
    if lone and asked.cut and lone[-1] == len(asked.words) - 1 and _begins_a_form(asked.words[-1]):
        lone = lone[:-1]
        cost += _BEYOND_CUT
    heavy = []
    for place in lone:
        word = asked.words[place]
        cost += compared.alone(word)
        if word not in LITTLE:
            heavy.append(place)
            extra += 1
    missing = 0
    for other in free:
        word = target.words[other]
        if asked.cut and other > last:
            cost += _BEYOND_CUT
            continue
        cost += compared.alone(word)
        missing += word not in LITTLE
    return Fit(cost + DIFFERENT * min(len(heavy), missing), gain, tuple(heavy), missing)


def _begins_a_form(word: str) -> bool:
    return any(form.startswith(word) for form in TAIL_FORMS)
