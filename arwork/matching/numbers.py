"""Document numbers of one customer, ready to be met by what payers write: damaged, shortened, run together (M12, step C of 2.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from arwork.matching.house import Number, ends, forms, take_apart
from arwork.matching.lean import lean
from arwork.matching.references import norm
from arwork.matching.tokens import Text, plain, runs
from arwork.matching.universe import Item

LIKE = str.maketrans("OQDILSBZG", "000115826")
"""Letters that people and scanners put for digits, and the digits they stand for."""
SAME, LETTERS, SERIAL, EDIT, TAIL = 95, 92, 88, 80, 60
"""How close a word is to a number, in hundredths: the same but for letters like digits; its digits; its serial; one slip; its last digits."""
_SHORTEST = 3
_SLIP_LEAST = 5
_SURE_END = 4
_NAUGHTS = re.compile("0{2,}")
"""Zeros in a row are miscounted: both sides are compared with one zero (`forms` of a number yields that spelling)."""
_MANY = 8
_TWO = 2
_GROUPS = re.compile(r"[0-9]{4,}")
_LEADING = re.compile(r"[A-Z]+(?=[0-9])")


@lean
class Spelled:
    """How the numbers of one customer are written; every map leads to places in the items of its leaf.

    `by_end` maps the end of a serial to its places and how close that is each; `slips` lists every spelling that a slip is
    measured against, beside the item it belongs to.
    """

    parts: tuple[Number | None, ...]
    by_spelling: Mapping[str, Sequence[int]]
    by_end: Mapping[str, Sequence[tuple[int, int]]]
    slips: tuple[str, ...]
    owners: tuple[int, ...]


@lean
class Leaf:
    """One customer's open items in one currency; their numbers are taken apart when a word first has to be looked up."""

    items: tuple[Item, ...]

    @cached_property
    def numbers(self) -> Spelled:
        """How the numbers of the items are written."""
        return _spelled(self.items)


@lean
class Numbers:
    """The numbers of one or several customers, one leaf each, seen as one: places count on from leaf to leaf."""

    leaves: tuple[Leaf, ...]
    items: tuple[Item, ...]

    @cached_property
    def where(self) -> Mapping[str, int]:
        """The place of each item."""
        return {item.item_id: place for place, item in enumerate(self.items)}

    @cached_property
    def parts(self) -> tuple[Number | None, ...]:
        """The number of each item, taken apart; None where it holds no digits."""
        return tuple(part for leaf in self.leaves for part in leaf.numbers.parts)

    def spelled(self, form: str) -> Sequence[int]:
        """List the places of a spelling."""
        if len(self.leaves) == 1:
            own = self.leaves[0].numbers.by_spelling.get(form, ())
            return own if len(own) < _TWO else tuple(sorted(set(own)))
        found: list[int] = []
        start = 0
        for leaf in self.leaves:
            found += [start + place for place in leaf.numbers.by_spelling.get(form, ())]
            start += len(leaf.items)
        return tuple(sorted(set(found))) if len(found) > 1 else tuple(found)

    def slips(self) -> tuple[Sequence[str], Sequence[int]]:
        """List every spelling that a slip is measured against, and the place of each; of many customers at once, and not kept."""
        if len(self.leaves) == 1:
            return self.leaves[0].numbers.slips, self.leaves[0].numbers.owners
        forms: list[str] = []
        places: list[int] = []
        start = 0
        for leaf in self.leaves:
            forms += leaf.numbers.slips
            places += [start + place for place in leaf.numbers.owners]
            start += len(leaf.items)
        return forms, places

    def ending(self, end: str) -> tuple[int, tuple[int, ...]]:
        """Return how close the end of a serial is at best, and the places where it is so close."""
        if len(self.leaves) == 1 and end not in self.leaves[0].numbers.by_end:
            return 0, ()
        found: list[tuple[int, int]] = []
        start = 0
        for leaf in self.leaves:
            found += [(start + place, close) for place, close in leaf.numbers.by_end.get(end, ())]
            start += len(leaf.items)
        best = max((close for _, close in found), default=0)
        return best, tuple(sorted({place for place, close in found if close == best}))


@lean
class Hit:
    """A run of words of a text and the items it may mean, by place, with how close it is; `first` and `size` say where it stands."""

    token: str
    first: int
    size: int
    places: tuple[int, ...]
    close: int


def folded(squeezed: str) -> str:
    """Write the letters that are taken for digits as digits."""
    return squeezed.translate(LIKE)


def joined(leaves: Sequence[Leaf]) -> Numbers:
    """See the numbers of several customers as one."""
    items = tuple(item for leaf in leaves for item in leaf.items)
    return Numbers(tuple(leaves), items)


def leaf(items: Sequence[Item]) -> Leaf:
    """Arrange one customer's items."""
    return Leaf(tuple(items))


def _spelled(items: Sequence[Item]) -> Spelled:
    """Take the numbers of a customer's items apart: reference, document number and assignment of each, by the customer's own formats."""
    names = [(place, name) for place, item in enumerate(items) for name in _names(item)]
    apart = take_apart([name for _, name in names])
    parts: list[Number | None] = [None] * len(items)
    # Most forms lead to one item: all forms of an item share one tuple, for a month has millions of them.
    spelled: dict[str, tuple[int, ...]] = {}
    met: dict[str, tuple[tuple[int, int], ...]] = {}
    slips: list[tuple[str, int]] = []
    for (place, name), number in zip(names, apart, strict=True):
        form = folded(norm(name))
        alone = (place,)
        if len(form) >= _SHORTEST:
            spelled[form] = spelled[form] + alone if form in spelled else alone
            slips.append((form, place))
        if number is None:
            continue
        parts[place] = parts[place] or number
        for form in forms(number):
            if len(form) >= _SHORTEST:
                spelled[form] = spelled[form] + alone if form in spelled else alone
        whole_run = "".join(number.runs)
        slips += [(form, place) for form in ((number.run, whole_run) if len(number.runs) > 1 else (whole_run,)) if len(form) >= _SLIP_LEAST]
        for end, whole in ends(number):
            close = SERIAL if whole and len(end) >= _SURE_END else SERIAL - 10 if whole or len(end) > _SURE_END else TAIL
            met[end] = (*met.get(end, ()), (place, close))
    slips.sort()
    return Spelled(tuple(parts), spelled, met, tuple(form for form, _ in slips), tuple(place for _, place in slips))


def _names(item: Item) -> list[str]:
    first = item.reference
    if first == item.doc_no and (not item.assignment or item.assignment == first):
        return [plain(first)] if first else []
    return [plain(name) for name in dict.fromkeys((first, item.doc_no, item.assignment)) if name]


@lru_cache(maxsize=8)
def spots(text: Text) -> tuple[tuple[str, int, int, bool], ...]:
    """List the runs of words of a text (see `runs`); one receipt asks for those of its text several times in a row."""
    return tuple(runs(text))


class _Run(NamedTuple):
    """A run of words with more than letters: as written, where it stands, how it reads with digits for letters, and its digits."""

    run: str
    first: int
    size: int
    whole: bool
    alike: str
    digits: str
    number: bool


@lru_cache(maxsize=8)
def _loose(text: Text) -> tuple[_Run, ...]:
    """List the runs of a text that hold more than letters."""
    found = []
    for run, first, size, whole in spots(text):
        if run.isdigit():
            found.append(_Run(run, first, size, whole, run, run, True))
        elif not run.isalpha():
            digits = _without_letters(run)
            found.append(_Run(run, first, size, whole, folded(run), digits, digits.isdigit()))
    return tuple(found)


def hits(text: Text, known: Numbers, besides: frozenset[int]) -> list[Hit]:
    """List the runs of words that may mean a customer's item, the closest first, no word used twice.

    `besides` are the places of words that are explained already. A slip is looked for only in runs that nothing else explains.
    """
    found: list[Hit] = []
    loose: list[_Run] = []
    for each in _loose(text):
        first, size = each.first, each.size
        if first in besides or (size > 1 and not besides.isdisjoint(range(first + 1, first + size))):
            continue
        hit = _met(each, known)
        if hit:
            found.append(hit)
        elif (size == 1 or each.whole or each.run.isdigit()) and len(each.alike) >= _SLIP_LEAST:
            loose.append(each)
    kept, used = _apart(found, set()) if found else ([], set())
    loose = [each for each in loose if used.isdisjoint(range(each.first, each.first + each.size))]
    near = known.slips() if loose else ((), ())
    slips = [hit for each in loose for hit in _slip(each, *near)] if near[0] else []
    more, _ = _apart(slips, used) if slips else ([], used)
    return kept + more


def may_be_tails(text: Text, used: frozenset[int]) -> list[tuple[int, str, str]]:
    """List the words of two to six digits that nothing explains yet: place, word, the word in digits."""
    return [spot for spot in _short(text) if spot[0] not in used]


@lru_cache(maxsize=8)
def _short(text: Text) -> tuple[tuple[int, str, str], ...]:
    words = ((place, word, word.translate(LIKE)) for place, word in enumerate(text.words) if 2 <= len(word) <= 6 and not word.isalpha())
    return tuple([spot for spot in words if spot[2].isdigit()])


def tails(text: Text, known: Numbers, used: frozenset[int], like: Sequence[Number]) -> list[Hit]:
    """List single words that are the last digits of a number written like one that was found: `INV-2026-000123/124/130`."""
    found = []
    shapes = {number.shape for number in like}
    for place, word, digits in may_be_tails(text, used):
        end = int(digits)
        base = 10 ** len(digits)
        met = [
            n
            for n, part in enumerate(known.parts)
            if part and part.shape in shapes and part.serial % base == end and len(part.run) >= len(digits)
        ]
        if 0 < len(met) <= _MANY:
            found.append(Hit(word, place, 1, tuple(met), TAIL))
    return found


def _met(each: _Run, known: Numbers) -> Hit | None:
    """Look a run up as it stands, by its digits, and by the serial in it."""
    run, first, size, _, alike, digits, number = each
    own = known.leaves[0].numbers.by_spelling if len(known.leaves) == 1 else None
    if own is None or alike in own:
        places = known.spelled(alike) if len(alike) >= _SHORTEST else ()
        if places:
            return Hit(run, first, size, tuple(places), SAME)
    if digits is not alike and (own is None or digits in own):
        places = known.spelled(digits) if len(digits) >= _SHORTEST else ()
        if places:
            return Hit(run, first, size, tuple(places), LETTERS)
    if number:
        close, places = known.ending(digits.lstrip("0"))
        if places:
            return Hit(run, first, size, places, close)
    if number and "00" in digits and len(digits) > _SURE_END:
        places = known.spelled(_NAUGHTS.sub("0", digits))
        if places:
            return Hit(run, first, size, tuple(places), SERIAL)
    for group in _GROUPS.findall(run) if size == 1 and not number else ():
        places = known.spelled(group)
        if places:
            return Hit(group, first, size, tuple(places), LETTERS)
    return None


def _without_letters(run: str) -> str:
    """Strip letters before the first digit and write the rest with digits."""
    start = _LEADING.match(run)
    return run[start.end() if start else 0 :].translate(LIKE)


def _slip(each: _Run, forms: Sequence[str], owners: Sequence[int]) -> list[Hit]:
    """Find the numbers that are one slip of the pen away: two digits swapped, one lost, doubled or wrong."""
    found: dict[int, int] = {}
    for form in (each.digits,) if each.digits == each.alike else (each.digits, each.alike):
        if len(form) < _SLIP_LEAST:
            continue
        near = cdist([form], forms, scorer=OSA.distance, score_cutoff=1)[0]
        for n in (near <= 1).nonzero()[0].tolist():
            other, place = forms[n], owners[n]
            wrong_digit = len(other) == len(form) and sorted(other) != sorted(form)
            found[place] = max(found.get(place, 0), EDIT - 15 if wrong_digit else EDIT)
    if not found:
        return []
    best = max(found.values())
    places = tuple(sorted(place for place, close in found.items() if close == best))
    return [Hit(each.run, each.first, each.size, places, best)] if len(places) <= _MANY else []


def _apart(found: Sequence[Hit], used: set[int]) -> tuple[list[Hit], set[int]]:
    """Keep the closest hits of which no two share a word."""
    kept: list[Hit] = []
    taken = set(used)
    for hit in sorted(found, key=lambda h: (-h.close, -h.size, h.first)):
        words = set(range(hit.first, hit.first + hit.size))
        if taken.isdisjoint(words):
            taken |= words
            kept.append(hit)
    return kept, taken
