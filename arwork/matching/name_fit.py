"""How well one name on file explains a payer's name, word by word (step B of 2.2, key B7). All figures are points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from arwork.matching.lean import lean
from arwork.matching.name_lookup import Vocabulary, pair_cost
from arwork.matching.name_words import LITTLE, is_common
from arwork.matching.word_likeness import DIFFERENT, NEVER, begins_a_form, lone_cost

CUT_LENGTHS = frozenset((27, 30, 35, 40, 50, 60, 66, 70, 80, 100, 105, 140))
"""Numbers of characters at which formats and master files cut a name."""
_CUT_WORD, _BEYOND_CUT, _MOVED, _IN_A_ROW = 30, 20, 50, 25
_INITIALS, _LONGEST_INITIALS = 100, 5
_OTHER_FORM, _OTHER_FORM_RANK, _NEAR_FORM_RANK, _NO_FORM_RANK = 200, 300, 100, 30


@lean
class Reading:
    """One way to read a name: its words, their numbers in the vocabulary (-1 not on file), and the points it costs to read it so.

    `cut` says that its end may be cut off, `part` that it leaves out another name of the same payer.
    """

    words: tuple[str, ...]
    numbers: tuple[int, ...]
    cost: int
    cut: bool
    form: str
    part: bool


@lean
class Fit:
    """How one name on file explains a payer's name.

    `left` counts against it for words left over, `slips` for words not the same, `gain` counts for it; `extra` are the payer's words
    left over, `missing` counts those on file; `form` tells apart names that differ in legal form alone.
    """

    left: int
    slips: int
    gain: int
    form: int
    extra: tuple[int, ...]
    missing: int


@dataclass
class Compared:
    """What was found for pairs and single words so far; holds no more than saves work."""

    known: Vocabulary
    pairs: dict[tuple[str, int], int] = field(default_factory=dict)
    lone: dict[str, int] = field(default_factory=dict)

    def alone(self, word: str) -> int:
        """Return the points for a word that only one of the two names has."""
        cost = self.lone.get(word)
        if cost is None:
            cost = self.lone[word] = lone_cost(word)
        return cost


def explain(asked: Reading, target: Reading, compared: Compared) -> Fit:
    """Explain a payer's name by a name on file: the same words first, then the most alike, then what is left on each side."""
    weight, theirs = compared.known.weight, target.numbers
    free = list(range(len(theirs)))
    lone: list[int] = []
    places: list[int] = []
    gain = slips = 0
    for place, number in enumerate(asked.numbers):
        if number not in theirs:
            lone.append(place)
            continue
        other = theirs.index(number)
        while other >= 0 and other not in free:  # the same word twice
            other = theirs.index(number, other + 1) if number in theirs[other + 1 :] else -1
        if other < 0:
            lone.append(place)
        else:
            free.remove(other)
            places.append(other)
            gain += weight[number]
    if lone and free:
        for pair, place, other in _pairs(asked, target, lone, free, compared):
            if place in lone and other in free:
                lone.remove(place)
                free.remove(other)
                places.append(other)
                gain += weight[target.numbers[other]]
                slips += pair
        if lone and free and places and len(lone) + len(free) > 2:
            pair, worth = _initials(asked, target, lone, free, compared.known)
            slips += pair
            gain += worth
    if len(places) > 1 and sorted(places) != places:
        slips += _MOVED
    if lone and asked.cut and lone[-1] == len(asked.words) - 1 and begins_a_form(asked.words[-1]):
        lone.pop()
        slips += _BEYOND_CUT
    against, form = (0, 0) if asked.form == target.form else form_points(asked.form, target.form)
    against += asked.cost + target.cost
    if not lone and not free:
        return Fit(against, slips, gain, form, (), 0)
    return _left_over(asked, target, lone, free, max(places) if places else -1, compared, against, slips, gain, form)


def form_points(asked: str, target: str) -> tuple[int, int]:
    """Return the points against taking two legal forms for one: outright, and where another name on file has the right form."""
    if asked == target:
        return 0, 0
    if not asked or not target:
        return 0, _NO_FORM_RANK
    if set(asked.split()) & set(target.split()):
        return 0, _NEAR_FORM_RANK
    return _OTHER_FORM, _OTHER_FORM_RANK


def _pairs(asked: Reading, target: Reading, lone: Sequence[int], free: Sequence[int], compared: Compared) -> list[tuple[int, int, int]]:
    found = []
    known, pairs = compared.known, compared.pairs
    for place in lone:
        word = asked.words[place]
        cut = asked.cut and place == len(asked.words) - 1
        for other in free:
            key = (word, target.numbers[other])
            cost = pairs.get(key)
            if cost is None:
                cost = pairs[key] = pair_cost(known, *key)
            if cost > _CUT_WORD and (
                (cut and target.words[other].startswith(word))
                or (target.cut and other == len(target.words) - 1 and word.startswith(target.words[other]))
            ):
                cost = _CUT_WORD
            if cost < NEVER:
                found.append((cost, place, other))
    return sorted(found) if len(found) > 1 else found


def _initials(asked: Reading, target: Reading, lone: list[int], free: list[int], known: Vocabulary) -> tuple[int, int]:
    """Take initials on one side for the run of words they begin on the other; return the points against and for, words taken out."""
    for words, single, many, others in ((asked.words, lone, free, target.words), (target.words, free, lone, asked.words)):
        for place in single:
            if 2 <= len(words[place]) <= _LONGEST_INITIALS:
                run = _run_of(words[place], many, others)
                if run:
                    single.remove(place)
                    told = [target.numbers[place]] if single is free else [target.numbers[other] for other in run]
                    many[:] = [other for other in many if other not in run]
                    return _INITIALS, sum(known.weight[number] for number in told) // 2
    return 0, 0


def _run_of(initials: str, places: Sequence[int], words: Sequence[str]) -> list[int]:
    """Find adjacent words that begin with the initials; the word "and", which is not kept, may have given one of three or more."""
    for start, first in enumerate(places):
        run = [first]
        for other in places[start + 1 :]:
            if other != run[-1] + 1:
                break
            run.append(other)
        for size in (len(initials), len(initials) - 1):
            begun = "".join(words[place][0] for place in run[:size])
            if 2 <= len(begun) == size and (begun == initials or (size > 2 and initials[0] + initials[2:] == begun and initials[1] == "A")):
                return run[:size]
    return []


def _left_over(
    asked: Reading, target: Reading, lone: list[int], free: list[int], last: int, compared: Compared,
    left: int, slips: int, gain: int, form: int,
) -> Fit:  # fmt: skip
    """Charge the words that only one name has: a run of them once, those beyond the place where a name was cut off next to nothing."""
    heavy = [place for place in lone if not _a_note(asked.words[place])]
    missing = free
    if asked.cut and not heavy:
        missing = [other for other in free if other <= last]
        left += _BEYOND_CUT * (len(free) - len(missing))
    left += _runs(lone, asked.words, compared) + _runs(missing, target.words, compared)
    absent = len([other for other in missing if not _a_note(target.words[other])])
    common, numbers = compared.known.common, target.numbers
    if any(not common[numbers[other]] for other in missing) or any(not is_common(asked.words[place]) for place in heavy):
        # What one name alone is called by is missing from the other, and they share words of trade and place only.
        rootless = all(common[number] for other, number in enumerate(numbers) if other not in free)
        left += DIFFERENT if rootless else 0
    return Fit(left + DIFFERENT * min(len(heavy), absent), slips, gain, form, tuple(heavy), absent)


def _a_note(word: str) -> bool:
    """Say whether a word is no part of the name: a little word, or a long number."""
    return word in LITTLE or (len(word) > 4 and word.isdigit())


def _runs(places: Sequence[int], words: Sequence[str], compared: Compared) -> int:
    """Charge each run of adjacent words by its dearest word and a little for each other."""
    if len(places) < 2:
        return compared.alone(words[places[0]]) if places else 0
    total = dearest = 0
    before = -2
    for place in places:
        cost = compared.alone(words[place])
        if place == before + 1:
            total += min(cost, dearest, _IN_A_ROW) + max(0, cost - dearest)
            dearest = max(dearest, cost)
        else:
            total += cost
            dearest = cost
        before = place
    return total
