"""Document numbers of customers, met by what payers write: damaged, shortened, run together (M12, step C of 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from arwork.matching.house import Number
from arwork.matching.leaf import SERIAL, SLIP_LEAST, TAIL, Leaf, Spelled
from arwork.matching.lean import Kept, lean
from arwork.matching.said import Run, Said, folded, may_be_tails, unexplained
from arwork.matching.tokens import Text
from arwork.matching.universe import Item

SAME, LETTERS, EDIT = 95, 92, 80
"""How close a word is to a number, in hundredths: the same but for letters like digits; its digits; one slip."""
_MANY = 8
_TWO = 2
_BETWEEN = re.compile("[^A-Z0-9]+")
_AT_ONCE = 64
"""So many words are measured against all numbers at once."""


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
            return self.leaves[0].parts
        return tuple(chain.from_iterable([leaf.parts for leaf in self.leaves]))

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

    def speaking_to(self, said: Said) -> list[tuple[int, Spelled]]:
        """List how the numbers are written that something said may mean, leaf by leaf, with the place of its first item."""
        if len(self.leaves) == 1:
            own = self.leaves[0].spelled(said, said.keys)
            return [(0, own)] if own else []
        near = [(start, leaf, leaf.keys & said.keys) for start, leaf in self.placed() if not leaf.keys.isdisjoint(said.keys)]
        return [(start, own) for start, leaf, keys in near if (own := leaf.spelled(said, keys))]

    def slips(self) -> tuple[Sequence[str], Sequence[int]]:
        """List every spelling that a slip is measured against, and the place of each; of many customers at once, and not kept."""
        if len(self.leaves) == 1:
            return self.leaves[0].slips
        forms: list[str] = []
        places: list[int] = []
        for start, leaf in self.placed():
            own, owners = leaf.slips
            forms += own
            places += [start + place for place in owners]
        return forms, places


@lean
class Hit:
    """A run of words of a text and the items it may mean, by place, with how close it is; `first` and `size` say where it stands."""

    token: str
    first: int
    size: int
    places: tuple[int, ...]
    close: int


def joined(leaves: Sequence[Leaf]) -> Numbers:
    """See the numbers of several customers as one."""
    return Numbers(tuple(leaves))


def hits(text: Text, known: Numbers, besides: frozenset[int]) -> list[Hit]:
    """List the runs of words that may mean a customer's item, the closest first, no word used twice.

    `besides` are the places of words that are explained already. A slip is looked for only in runs that nothing else explains.
    """
    said = unexplained(text, besides)
    if not said.runs:
        return []
    near = known.speaking_to(said)
    met = [(each, _met(each, near)) for each in said.runs] if near else [(each, None) for each in said.runs]
    kept, used = _apart([hit for _, hit in met if hit], set())
    loose = [
        each for each, hit in met
        if hit is None and (each.size == 1 or each.whole or each.run.isdigit()) and len(each.alike) >= SLIP_LEAST
        and used.isdisjoint(range(each.first, each.first + each.size))
    ]  # fmt: skip
    slips = _slips(loose, *known.slips()) if loose else []
    return kept + _apart(slips, used)[0] if slips else kept


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


def belonging(text: Text, read: Iterable[tuple[int, int, Iterable[int]]], known: Numbers) -> frozenset[int]:
    """List the places of words that belong to numbers, beside their serials, and are no last digits of others.

    They stand in one piece with a serial that was read and are, with damage, what its number has there: the 26 of `SI/26/6974` read as
    SI/26/06974, the 32 of `UK03/12043-32` read as UK03/12043-23. Or they stand in one piece with others as they do in a number that was
    read: the 17 of `DE1/0654-17` beside DE01/6053-17. `read` gives for each run that was read its first place, its size and its items.
    """
    found: set[int] = set()
    contexts: set[str] = set()
    glued = (*text.glued, False)
    for first, size, places in read:
        for n in places:
            part = known.parts[n]
            if part is None:
                continue
            contexts.update([run for run in part.context if len(run) >= _TWO])
            if size == 1 and first >= 0:
                before, behind = _around(known.items[n].name, part)
                for k, piece in enumerate(before, start=1):
                    if first < k or not glued[first - k + 1] or not _stands_for(text.words[first - k], piece):
                        break
                    found.add(first - k)
                for k, piece in enumerate(behind, start=1):
                    if not glued[first + k] or not _stands_for(text.words[first + k], piece):
                        break
                    found.add(first + k)
    return frozenset(found.union([n for n, word in enumerate(text.words) if word in contexts and (glued[n] or glued[n + 1])]))


def _around(name: str, part: Number) -> tuple[list[str], list[str]]:
    """Return the pieces of a document's number before and behind the one that holds its serial, the nearest first."""
    pieces = [piece for piece in _BETWEEN.split(name.upper()) if piece]
    at = next((n for n, piece in enumerate(pieces) if part.run in piece), 0)
    return pieces[:at][::-1], pieces[at + 1 :]


def _stands_for(word: str, piece: str) -> bool:
    """Say whether a word is a piece of a number, with letters for digits, its signs swapped, or its beginning left out."""
    return folded(word) == folded(piece) or (len(word) >= _TWO and sorted(word) == sorted(piece[-len(word) :]))


def _met(each: Run, near: Sequence[tuple[int, Spelled]]) -> Hit | None:
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


def _slips(loose: Sequence[Run], forms: Sequence[str], owners: Sequence[int]) -> list[Hit]:
    """Find the numbers that are one slip of the pen away from runs: two digits swapped, one lost, doubled or wrong."""
    asked = [(n, form) for n, each in enumerate(loose) for form in {each.digits, each.alike} if len(form) >= SLIP_LEAST]
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
