"""Document numbers of one customer, ready to be met by what payers write: damaged, shortened, run together (M12, step C of 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from string import ascii_uppercase
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from arwork.matching.house import Number, ends, forms, one_zero, take_apart
from arwork.matching.lean import Kept, lean
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
_MANY = 8
_TWO = 2
_ELSEWHERE = (-1, 0)
_GROUPS = re.compile(r"[0-9]{4,}")
_AT_ONCE = 64
"""So many words are measured against all numbers at once."""


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

    @Kept
    def numbers(self) -> Spelled:
        """How the numbers of the items are written."""
        return _spelled(self.items)

    @Kept
    def series(self) -> Mapping[str, tuple[list[int], list[int]]]:
        """The serials of the numbers of each shape, ascending, and their places."""
        found: dict[str, list[tuple[int, int]]] = {}
        for place, number in enumerate(self.numbers.parts):
            if number:
                found.setdefault(number.shape, []).append((number.serial, place))
        return {shape: ([s for s, _ in sorted(rows)], [n for _, n in sorted(rows)]) for shape, rows in found.items()}

    @Kept
    def where(self) -> Mapping[str, int]:
        """The place of each item."""
        return {item.item_id: place for place, item in enumerate(self.items)}


@lean
class Numbers:
    """The numbers of one or several customers, one leaf each, seen as one: places count on from leaf to leaf."""

    leaves: tuple[Leaf, ...]

    @Kept
    def items(self) -> tuple[Item, ...]:
        """The items of all leaves."""
        return self.leaves[0].items if len(self.leaves) == 1 else tuple(chain.from_iterable([leaf.items for leaf in self.leaves]))

    @Kept
    def parts(self) -> tuple[Number | None, ...]:
        """The number of each item, taken apart; None where it holds no digits."""
        if len(self.leaves) == 1:
            return self.leaves[0].numbers.parts
        return tuple(chain.from_iterable([leaf.numbers.parts for leaf in self.leaves]))

    def placed(self) -> Iterator[tuple[int, Leaf]]:
        """Yield each leaf with the place of its first item."""
        start = 0
        for each in self.leaves:
            yield start, each
            start += len(each.items)

    def places_of(self, items: Iterable[str]) -> list[int]:
        """List the places of those of some items that are among these, in their order."""
        if len(self.leaves) == 1:
            where = self.leaves[0].where
            return [where[item] for item in items if item in where]
        return [start + leaf.where[item] for item in items for start, leaf in self.placed() if item in leaf.where]

    def speaking_to(self, said: _Said) -> list[tuple[int, Spelled]]:
        """List how the numbers of those leaves are written that know a spelling or an end of what was said, with their first places."""
        forms, ends = said.forms, said.ends
        return [
            (start, own) for start, leaf in self.placed()
            if not ((own := leaf.numbers).by_spelling.keys().isdisjoint(forms) and own.by_end.keys().isdisjoint(ends))
        ]  # fmt: skip

    def slips(self) -> tuple[Sequence[str], Sequence[int]]:
        """List every spelling that a slip is measured against, and the place of each; of many customers at once, and not kept."""
        if len(self.leaves) == 1:
            return self.leaves[0].numbers.slips, self.leaves[0].numbers.owners
        forms: list[str] = []
        places: list[int] = []
        for start, leaf in self.placed():
            forms += leaf.numbers.slips
            places += [start + place for place in leaf.numbers.owners]
        return forms, places


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
    return Numbers(tuple(leaves))


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
        form_of = folded(norm(name))
        alone = (place,)
        if len(form_of) >= _SHORTEST:
            spelled[form_of] = spelled[form_of] + alone if form_of in spelled else alone
            slips.append((form_of, place))
        if number is None:
            continue
        parts[place] = parts[place] or number
        for form in forms(number):
            if len(form) >= _SHORTEST:
                spelled[form] = spelled[form] + alone if form in spelled else alone
        whole_run = "".join(number.runs)
        more = (number.run, whole_run) if len(number.runs) > 1 else () if whole_run == form_of else (whole_run,)
        slips += [(form, place) for form in more if len(form) >= _SLIP_LEAST]
        # Ends that are equally close share one value, as forms do.
        sure, likely, short = ((place, SERIAL),), ((place, SERIAL - 10),), ((place, TAIL),)
        for end, whole in ends(number):
            size = len(end)
            way = sure if whole and size >= _SURE_END else likely if whole or size > _SURE_END else short
            met[end] = met[end] + way if end in met else way
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


def first_stand(text: Text, token: str) -> tuple[int, int]:
    """Return where a run of words first stands in a text, and how many words it has; before its beginning where it came from elsewhere."""
    for run, first, size, _ in spots(text):
        if run == token:
            return first, size
    return _ELSEWHERE


class _Run(NamedTuple):
    """A run of words with more than letters: as written, where it stands, how it reads with digits for letters, its digits, their end.

    `fewer` is how it reads with one zero for several, for zeros in a row are miscounted (`forms` yields that spelling), `groups` are
    long digit runs inside it; blank where there are none.
    """

    run: str
    first: int
    size: int
    whole: bool
    alike: str
    digits: str
    end: str
    fewer: str
    groups: tuple[str, ...]


@lru_cache(maxsize=8)
def _loose(text: Text) -> tuple[_Run, ...]:
    """List the runs of a text that hold more than letters."""
    found = []
    for run, first, size, whole in spots(text):
        if run.isdigit():
            alike = digits = run
        elif run.isalpha():
            continue
        else:
            alike = run.translate(LIKE)
            digits = alike[len(run) - len(run.lstrip(ascii_uppercase)) :]
        number = digits.isdigit()
        fewer = one_zero(digits) if number and len(digits) > _SURE_END and "00" in digits else ""
        groups = () if number or size > 1 else tuple(_GROUPS.findall(run))
        found.append(_Run(run, first, size, whole, alike, digits, digits.lstrip("0") if number else "", fewer, groups))
    return tuple(found)


class _Said(NamedTuple):
    """The runs of a text that nothing explains yet, and every spelling and end by which they may lead to a number."""

    runs: tuple[_Run, ...]
    forms: frozenset[str]
    ends: frozenset[str]


@lru_cache(maxsize=8)
def _said(text: Text, besides: frozenset[int]) -> _Said:
    runs = tuple([
        each for each in _loose(text)
        if each.first not in besides and (each.size == 1 or besides.isdisjoint(range(each.first + 1, each.first + each.size)))
    ])  # fmt: skip
    forms = {form for each in runs for form in (each.alike, each.digits, each.fewer)}.union(*[each.groups for each in runs if each.groups])
    return _Said(runs, frozenset(forms), frozenset([each.end for each in runs if each.end]))


def all_said(text: Text, besides: frozenset[int]) -> bool:
    """Say whether no run of words is left that may mean an item; `besides` are the places of words that are explained already."""
    return not _said(text, besides).runs


def hits(text: Text, known: Numbers, besides: frozenset[int]) -> list[Hit]:
    """List the runs of words that may mean a customer's item, the closest first, no word used twice.

    `besides` are the places of words that are explained already. A slip is looked for only in runs that nothing else explains.
    """
    said = _said(text, besides)
    if not said.runs:
        return []
    near = known.speaking_to(said)
    met = [(each, _met(each, near)) for each in said.runs] if near else [(each, None) for each in said.runs]
    kept, used = _apart([hit for _, hit in met if hit], set())
    loose = [
        each for each, hit in met
        if hit is None and (each.size == 1 or each.whole or each.run.isdigit()) and len(each.alike) >= _SLIP_LEAST
        and used.isdisjoint(range(each.first, each.first + each.size))
    ]  # fmt: skip
    slips = _slips(loose, *known.slips()) if loose else []
    return kept + _apart(slips, used)[0] if slips else kept


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


def _met(each: _Run, near: Sequence[tuple[int, Spelled]]) -> Hit | None:
    """Look a run up as it stands, by its digits, and by the serial in it."""
    run, first, size = each.run, each.first, each.size
    places = _places(near, each.alike)
    if places:
        return Hit(run, first, size, places, SAME)
    if each.digits != each.alike:
        places = _places(near, each.digits)
        if places:
            return Hit(run, first, size, places, LETTERS)
    if each.end:
        ending = [(start + place, close) for start, own in near for place, close in own.by_end.get(each.end, ())]
        if ending:
            best = max(close for _, close in ending)
            return Hit(run, first, size, tuple(sorted({place for place, close in ending if close == best})), best)
    if each.fewer:
        places = _places(near, each.fewer)
        if places:
            return Hit(run, first, size, places, SERIAL)
    for group in each.groups:
        places = _places(near, group)
        if places:
            return Hit(group, first, size, places, LETTERS)
    return None


def _places(near: Sequence[tuple[int, Spelled]], form: str) -> tuple[int, ...]:
    """List the places of a spelling."""
    found = [start + place for start, own in near for place in own.by_spelling.get(form, ())]
    return tuple(found) if len(found) < _TWO else tuple(sorted(set(found)))


def _slips(loose: Sequence[_Run], forms: Sequence[str], owners: Sequence[int]) -> list[Hit]:
    """Find the numbers that are one slip of the pen away from runs: two digits swapped, one lost, doubled or wrong."""
    asked = [(n, form) for n, each in enumerate(loose) for form in {each.digits, each.alike} if len(form) >= _SLIP_LEAST]
    found: dict[int, dict[int, int]] = {}
    for start in range(0, len(asked) if forms else 0, _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        near = cdist([form for _, form in some], forms, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)
        for row, column in zip(*(places.tolist() for places in (near <= 1).nonzero()), strict=True):
            (n, form), other, place = some[row], forms[column], owners[column]
            wrong_digit = len(other) == len(form) and sorted(other) != sorted(form)
            met = found.setdefault(n, {})
            met[place] = max(met.get(place, 0), EDIT - 15 if wrong_digit else EDIT)
    hit = []
    for n, met in sorted(found.items()):
        best = max(met.values())
        places = tuple(sorted(place for place, close in met.items() if close == best))
        if len(places) <= _MANY:
            hit.append(Hit(loose[n].run, loose[n].first, loose[n].size, places, best))
    return hit


def _apart(found: Sequence[Hit], used: set[int]) -> tuple[list[Hit], set[int]]:
    """Keep the closest hits of which no two share a word."""
    if not found:
        return [], used
    kept: list[Hit] = []
    taken = set(used)
    for hit in sorted(found, key=lambda h: (-h.close, -h.size, h.first)):
        words = set(range(hit.first, hit.first + hit.size))
        if taken.isdisjoint(words):
            taken |= words
            kept.append(hit)
    return kept, taken
