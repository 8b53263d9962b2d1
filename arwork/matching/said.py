"""What a payment text says in runs of words: how each reads with digits for letters, and by which spellings it may lead to a number (M12)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from string import ascii_uppercase
from typing import NamedTuple

from arwork.matching.house import one_zero
from arwork.matching.lean import Kept, lean
from arwork.matching.tokens import Text, runs

LIKE = str.maketrans("OQDILSBZG", "000115826")
"""Letters that people and scanners put for digits, and the digits they stand for."""
SHORTEST = 3
"""What is shorter names nothing."""
TELLING = 3
"""So many last digits tell most numbers of a customer apart."""
SURE_END = 4
"""An end with more digits than this is likely all of a serial."""
_ELSEWHERE = (-1, 0)
_GROUPS = re.compile(r"[0-9]{4,}")


def folded(squeezed: str) -> str:
    """Write the letters that are taken for digits as digits."""
    return squeezed.translate(LIKE)


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


class Run(NamedTuple):
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
def _loose(text: Text) -> tuple[Run, ...]:
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
        fewer = one_zero(digits) if number and len(digits) > SURE_END and "00" in digits else ""
        groups = () if number or size > 1 else tuple(_GROUPS.findall(run))
        found.append(Run(run, first, size, whole, alike, digits, digits.lstrip("0") if number else "", fewer, groups))
    return tuple(found)


@lean
class Said:
    """The runs of a text that nothing explains yet, and every spelling and end by which they may lead to a number.

    `stems` are the spellings in digits without zeros; `marks` is what of all that must stand in the marks of a leaf.
    """

    runs: tuple[Run, ...]
    forms: frozenset[str]
    ends: tuple[str, ...]
    stems: tuple[str, ...]
    marks: tuple[str, ...]

    @Kept
    def keys(self) -> frozenset[str]:
        """One short word for each mark, of which one must be among the keys of a leaf: asked before its marks where there are many leaves."""
        return frozenset(self._by_key)

    def marks_of(self, keys: Iterable[str]) -> list[str]:
        """List the marks that some keys stand for: a leaf without the key of a mark does not hold the mark."""
        return [mark for key in keys for mark in self._by_key[key]]

    @Kept
    def _by_key(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for mark in self.marks:
            found.setdefault(_key(mark), []).append(mark)
        return found


def _key(mark: str) -> str:
    """Return the short word for a mark: a number whole, or the last digits of a stem or of a serial."""
    word, kind = mark[:-1], mark[-1]
    return word if kind == ">" else ("s" if kind == ":" else "r") + word[-TELLING:]


@lru_cache(maxsize=8)
def unexplained(text: Text, besides: frozenset[int]) -> Said:
    """Return what a text says beside the words at some places."""
    runs = tuple([
        each for each in _loose(text)
        if each.first not in besides and (each.size == 1 or besides.isdisjoint(range(each.first + 1, each.first + each.size)))
    ])  # fmt: skip
    forms = {form for each in runs for form in (each.alike, each.digits, each.fewer)}.union(*[each.groups for each in runs if each.groups])
    forms = {form for form in forms if len(form) >= SHORTEST}
    stems = tuple({form.replace("0", "") for form in forms if form.isdigit()})
    ends = tuple({each.end for each in runs if len(each.end) >= SHORTEST})
    marks = (*[f"<{form}>" for form in forms], *[stem + ":" for stem in stems], *[end + ";" for end in ends])
    return Said(runs, frozenset(forms), ends, stems, marks)


def all_said(text: Text, besides: frozenset[int]) -> bool:
    """Say whether no run of words is left that may mean an item; `besides` are the places of words that are explained already."""
    return not unexplained(text, besides).runs


def may_be_tails(text: Text, used: frozenset[int]) -> list[tuple[int, str, str]]:
    """List the words of two to six digits that nothing explains yet: place, word, the word in digits."""
    return [spot for spot in _short(text) if spot[0] not in used]


@lru_cache(maxsize=8)
def _short(text: Text) -> tuple[tuple[int, str, str], ...]:
    words = ((place, word, word.translate(LIKE)) for place, word in enumerate(text.words) if 2 <= len(word) <= 6 and not word.isalpha())
    return tuple([spot for spot in words if spot[2].isdigit()])
