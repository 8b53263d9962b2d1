"""Document numbers of one customer, taken apart by its own formats, each spelled out when something said may mean it (M12, step C of 2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from arwork.matching.house import Number, ends, forms, take_apart
from arwork.matching.lean import Kept, lean
from arwork.matching.references import norm
from arwork.matching.said import SHORTEST, SURE_END, TELLING, Said, folded
from arwork.matching.tokens import plain
from arwork.matching.universe import Item

SERIAL, TAIL = 88, 60
"""How close a word is to a number of which it is the serial, or its last digits, in hundredths."""
SLIP_LEAST = 5
"""A slip is looked for in nothing shorter."""
_MANY = 250
"""A customer with more numbers has them listed by key."""


class Spelled(NamedTuple):
    """How some numbers of one customer are written: places in the items of its leaf by spelling, and by the end of a serial with how close
    that is each."""

    by_spelling: Mapping[str, Sequence[int]]
    by_end: Mapping[str, Sequence[tuple[int, int]]]


class _Name(NamedTuple):
    """One number of an item, as it may be met: the item's place, the number in digits and letters, taken apart, its serial, and without zeros
    the serial again (`least`) and what spellings end in, the digits up to each end behind the serial."""

    place: int
    form: str
    number: Number | None
    run: str
    least: str
    stems: tuple[str, ...]


@lean
class Leaf:
    """One customer's open items in one currency; their numbers are taken apart when a word first has to be looked up.

    Every spelling of a number (`forms`) holds its serial and ends where a run of its digits ends; zeros come and go. So a word can only mean it
    whose digits, without zeros, end one of its `stems`, or end its serial, or that is all of it. Few numbers pass, and only those are spelled out.
    """

    items: tuple[Item, ...]

    @Kept
    def names(self) -> tuple[_Name, ...]:
        """The numbers of the items, by the customer's own formats: reference, document number and assignment of each."""
        return _apart_by_house(self.items)

    @Kept
    def parts(self) -> tuple[Number | None, ...]:
        """The number of each item, taken apart; None where it holds no digits."""
        parts: list[Number | None] = [None] * len(self.items)
        for each in self.names:
            parts[each.place] = parts[each.place] or each.number
        return tuple(parts)

    @Kept
    def slips(self) -> tuple[list[str], list[int]]:
        """Every spelling that a slip is measured against, and the place of the item it belongs to."""
        found: list[tuple[str, int]] = []
        for place, form, number, run, *_ in self.names:
            if len(form) >= SHORTEST:
                found.append((form, place))
            if number is None:
                continue
            whole_run = "".join(number.runs)
            more = (run, whole_run) if len(number.runs) > 1 else () if whole_run == form else (whole_run,)
            found += [(spelling, place) for spelling in more if len(spelling) >= SLIP_LEAST]
        return [form for form, _ in found], [place for _, place in found]

    @Kept
    def marks(self) -> str:
        """All that a word may be or end in, in one text: numbers whole, stems, serials (see `Said.marks`)."""
        return "".join([f"<{form}>{''.join([stem + ':' for stem in stems])}{run};" for _, form, _, run, _, stems in self.names])

    @Kept
    def keys(self) -> frozenset[str]:
        """One short word for each of the marks (see `Said.keys`); of stems also their last two digits, last one and none, for short words."""
        if len(self.names) > _MANY:
            return frozenset(self.by_key)
        return frozenset([_shared(key) for each in self.names for key in _keys(each)])

    @Kept
    def by_key(self) -> Mapping[str, list[int]]:
        """The numbers that have a key, for a customer of very many: to seek each mark in all of theirs would take time by the square."""
        found: dict[str, list[int]] = {}
        for n, each in enumerate(self.names):
            for key in {*_keys(each)}:
                found.setdefault(_shared(key), []).append(n)
        return found

    def spelled(self, said: Said, keys: Iterable[str]) -> Spelled | None:
        """Spell out the numbers that something said may mean, by those of its keys that are asked for; None where there are none."""
        if len(self.names) > _MANY:
            met = {n for key in keys for n in self.by_key.get(key, ())}
        else:
            met = self._met(said.marks if keys is said.keys else said.marks_of(keys))
        some = [each for n in sorted(met) if _may_mean(each := self.names[n], said)]
        return _spelled(some) if some else None

    def _met(self, asked: Iterable[str]) -> set[int]:
        """Seek marks among those of the numbers."""
        marks, met = self.marks, set[int]()
        for mark in asked:
            at, before, n = marks.find(mark), 0, -1
            while at >= 0:
                n += marks.count("<", before, at + 1)
                met.add(n)
                before = at + 1
                at = marks.find(mark, before)
        return met

    @Kept
    def series(self) -> Mapping[str, tuple[list[int], list[int]]]:
        """The serials of the numbers of each shape, ascending, and their places."""
        found: dict[str, list[tuple[int, int]]] = {}
        for place, number in enumerate(self.parts):
            if number:
                found.setdefault(number.shape, []).append((number.serial, place))
        return {shape: ([s for s, _ in sorted(rows)], [n for _, n in sorted(rows)]) for shape, rows in found.items()}

    @Kept
    def where(self) -> Mapping[str, int]:
        """The place of each item."""
        return {item.item_id: place for place, item in enumerate(self.items)}


def _apart_by_house(items: Sequence[Item]) -> tuple[_Name, ...]:
    """Take the numbers of a customer's items apart."""
    names = [(place, name) for place, item in enumerate(items) for name in _names(item)]
    found = []
    for (place, name), number in zip(names, take_apart([name for _, name in names]), strict=True):
        if number is None:
            found.append(_Name(place, folded(norm(name)), None, "", "", ()))
            continue
        runs, after = number.runs, number.place + 1
        stems = tuple(["".join(runs[:end]).replace("0", "") for end in range(after, len(runs) + 1)])
        found.append(_Name(place, folded(norm(name)), number, number.run, number.run.replace("0", ""), stems))
    return tuple(found)


def _keys(name: _Name) -> list[str]:
    """List the keys of the marks of a number."""
    return [
        "<" + name.form, "r" + name.run[-TELLING:], "s", *["s" + stem[-size:] for stem in name.stems for size in range(1, TELLING + 1)],
    ]  # fmt: skip


def _may_mean(name: _Name, said: Said) -> bool:
    """Say whether something said is the number, ends its serial, or holds the serial and ends where the number does or a part behind the serial."""
    if name.form in said.forms or name.run.endswith(said.ends):
        return True
    least = name.least
    for word in said.stems:
        if least in word:
            for stem in name.stems:
                if stem.endswith(word):
                    return True
    return False


def _spelled(names: Iterable[_Name]) -> Spelled:
    """List every spelling of some numbers, and every end of their serials."""
    spelled: dict[str, tuple[int, ...]] = {}
    met: dict[str, tuple[tuple[int, int], ...]] = {}
    for place, form_of, number, *_ in names:
        alone = (place,)
        if len(form_of) >= SHORTEST:
            spelled[form_of] = spelled[form_of] + alone if form_of in spelled else alone
        if number is None:
            continue
        for form in forms(number):
            if len(form) >= SHORTEST:
                spelled[form] = spelled[form] + alone if form in spelled else alone
        for end, whole in ends(number):
            size = len(end)
            way = (place, SERIAL if whole and size >= SURE_END else SERIAL - 10 if whole or size > SURE_END else TAIL)
            met[end] = (*met[end], way) if end in met else (way,)
    return Spelled(spelled, met)


@lru_cache(maxsize=1 << 12)
def _shared(word: str) -> str:
    """Return the same object for equal words: customers by the hundred thousand have the same few keys."""
    return word


def _names(item: Item) -> list[str]:
    first = item.reference
    if first == item.doc_no and (not item.assignment or item.assignment == first):
        return [plain(first)] if first else []
    return [plain(name) for name in dict.fromkeys((first, item.doc_no, item.assignment)) if name]


def leaf(items: Sequence[Item]) -> Leaf:
    """Arrange one customer's items."""
    return Leaf(tuple(items))
