"""Which entries of a customer's statement are which of ours: by normalised number, then by amount and day; never by guess (RC-40)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz.distance import OSA

from arwork.matching.references import core, fold, norm

_TOKEN = re.compile(r"[^\s,;|]+")
_LEAST = 3
_LEAST_IN_TEXT = 4
_NEAR_LEAST = 5


@dataclass(frozen=True)
class Entry:
    """One line of ours: what it counts in the balance compared (`value`, minor units), its whole amount, and its names.

    `value` is what is open at the key date, 0 for what is settled or posted later; in a statement with movements, the movement.
    """

    item_id: str
    doc_no: str
    reference: str
    kind: str
    day: date
    value: int
    whole: int
    names: tuple[str, ...]
    place: int
    source: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Line:
    """One entry of theirs, its sign as we see it: positive is what the customer owes."""

    reference: str
    their_no: str
    kind: str
    text: str
    day: date | None
    amount: int
    place: int
    source_file: str = ""
    source_line: str = ""


@dataclass(frozen=True)
class Group:
    """Entries of both sides that are one document; one side may be missing. `how` says what they met by; `tie` that a person must choose."""

    theirs: tuple[Line, ...]
    ours: tuple[Entry, ...]
    how: str = ""
    tie: bool = False

    @property
    def difference(self) -> int:
        """Theirs less ours."""
        return sum(line.amount for line in self.theirs) - sum(entry.value for entry in self.ours)


@dataclass
class _Work:
    """What is not met yet, by place, and the groups that were found."""

    ours: dict[int, Entry]
    theirs: dict[int, Line]
    groups: list[Group] = field(default_factory=list)

    def meet(self, lines: Sequence[Line], entries: Sequence[Entry], how: str, *, tie: bool = False) -> None:
        """Make a group, and take its entries out of what is left."""
        self.groups.append(Group(tuple(lines), tuple(entries), how, tie))
        for line in lines:
            self.theirs.pop(line.place)
        for entry in entries:
            self.ours.pop(entry.place)


def matched(theirs: Sequence[Line], ours: Sequence[Entry], prefixes: Iterable[str], days: int) -> tuple[Group, ...]:
    """Match both sides; every entry stands in exactly one group, and entries of one amount that could be swapped stay a tie.

    First the number in the reference, then in the other cells, without prefixes, signs and leading zeros. Then numbers that are
    one slip apart with the same amount. Then the same amount within `days`; last, as many of one amount on both sides.
    """
    written = tuple(prefixes)
    work = _Work({entry.place: entry for entry in ours}, {line.place: line for line in theirs})
    _by_number(work, written)
    _by_slip(work, written)
    _by_amount(work, days)
    rest = [Group((line,), ()) for line in work.theirs.values()] + [Group((), (entry,)) for entry in work.ours.values() if entry.value]
    return tuple(sorted([*work.groups, *rest], key=_order))


def _order(group: Group) -> tuple[int, int, int]:
    first = group.ours[0].place if group.ours else -1
    return (0 if group.ours else 1, first, group.theirs[0].place if group.theirs else -1)


def key_of(text: str, prefixes: tuple[str, ...]) -> str:
    """Write a document number as it is compared: no signs, no prefix, no leading zeros, letters like digits as digits."""
    return fold(core(norm(text), prefixes))


def keys_of(line: Line, prefixes: tuple[str, ...]) -> Iterable[frozenset[str]]:
    """Give the numbers that an entry may name, the surest cell first."""
    whole = {key_of(line.reference, prefixes)}
    parts = {key_of(token, prefixes) for token in _TOKEN.findall(line.reference)}
    yield frozenset(key for key in whole if any(mark.isdigit() for mark in key))
    yield frozenset(key for key in parts if len(key) >= _LEAST)
    for cell in (line.their_no, line.text):
        found = {key_of(token, prefixes) for token in _TOKEN.findall(cell) if any(mark.isdigit() for mark in token)}
        yield frozenset(key for key in found if len(key) >= _LEAST_IN_TEXT)


def _by_number(work: _Work, prefixes: tuple[str, ...]) -> None:
    known: dict[str, list[Entry]] = {}
    for entry in work.ours.values():
        for key in {key_of(name, prefixes) for name in entry.names if name}:
            known.setdefault(key, []).append(entry)
    met: dict[tuple[int, ...], list[Line]] = {}
    ties: list[tuple[Line, list[Entry]]] = []
    for line in list(work.theirs.values()):
        hits = _hits(line, known, prefixes)
        chosen = _one_document(hits, line) if hits else []
        if chosen:
            met.setdefault(tuple(sorted(entry.place for entry in chosen)), []).append(line)
        elif hits:
            ties.append((line, hits))
    for places, lines in sorted(met.items()):
        if all(place in work.ours for place in places):
            _document(work, [work.ours[place] for place in places], lines)
    for line, hits in ties:
        left = [entry for entry in hits if entry.place in work.ours and entry.value]
        if left and line.place in work.theirs:
            work.meet([line], left, "several of our documents carry this number", tie=True)


def _hits(line: Line, known: Mapping[str, list[Entry]], prefixes: tuple[str, ...]) -> list[Entry]:
    for keys in keys_of(line, prefixes):
        found = {entry.place: entry for key in keys for entry in known.get(key, ())}
        if found:
            return [found[place] for place in sorted(found)]
    return []


def _one_document(hits: list[Entry], line: Line) -> list[Entry]:
    """Return the entries of the one document that is meant; nothing when several could be."""
    if len({(entry.doc_no, entry.reference) for entry in hits}) == 1 or len({entry.reference for entry in hits if entry.reference}) == 1:
        return hits
    tests: tuple[Callable[[Entry], bool], ...] = (
        lambda entry: entry.value == line.amount and bool(entry.value), lambda entry: entry.whole == line.amount, lambda entry: bool(entry.value),
    )  # fmt: skip
    for test in tests:
        found = [entry for entry in hits if test(entry)]
        if len(found) == 1:
            return found
    return []


def _document(work: _Work, entries: list[Entry], lines: list[Line]) -> None:
    """Group a document; payments that merely name it stand alone, unless they make its open amount."""
    value = sum(entry.value for entry in entries)
    owed = value or entries[0].whole
    against = [line for line in lines if (line.amount > 0) != (owed > 0)]
    rest = [line for line in lines if line not in against]
    net = sum(line.amount for line in lines)
    if against and rest and net != value:
        lines = rest
    elif against and not rest and not (net == -value and value):
        return
    if any(entry.place not in work.ours for entry in entries) or any(line.place not in work.theirs for line in lines):
        return
    work.meet(lines, entries, "number")


def _by_slip(work: _Work, prefixes: tuple[str, ...]) -> None:
    """Pair numbers that are one slip apart, where the amount is the same and nothing else is as near."""
    open_ = [entry for entry in work.ours.values() if entry.value]
    near: dict[int, list[Entry]] = {}
    for line in work.theirs.values():
        said = key_of(line.reference, prefixes)
        if len(said) < _NEAR_LEAST:
            continue
        for entry in open_:
            if entry.value == line.amount and any(OSA.distance(said, key_of(name, prefixes)) == 1 for name in entry.names if name):
                near.setdefault(line.place, []).append(entry)
    wanted: dict[int, int] = {}
    for entries in near.values():
        for entry in entries:
            wanted[entry.place] = wanted.get(entry.place, 0) + 1
    for place, entries in sorted(near.items()):
        if len(entries) == 1 and wanted[entries[0].place] == 1:
            work.meet([work.theirs[place]], entries, "a number one slip away and the same amount")


def _by_amount(work: _Work, days: int) -> None:
    """Pair what is left by amount and day: the only ones that fit each other, or as many on both sides; other ties stay ties."""
    for cluster_lines, cluster_entries in _clusters(work, days):
        if len(cluster_lines) == len(cluster_entries):
            ordered = zip(sorted(cluster_lines, key=_by_day), sorted(cluster_entries, key=lambda e: (e.day, e.place)), strict=True)
            for line, entry in ordered:
                work.meet([line], [entry], "amount and day")
        else:
            work.meet(cluster_lines, cluster_entries, "amount and day", tie=True)


def _by_day(line: Line) -> tuple[date, int]:
    return (line.day or date.min, line.place)


def _clusters(work: _Work, days: int) -> list[tuple[list[Line], list[Entry]]]:
    """Gather entries of one amount that reach each other within the days."""
    found = []
    amounts = sorted({line.amount for line in work.theirs.values()} & {entry.value for entry in work.ours.values() if entry.value})
    for amount in amounts:
        lines = [line for line in work.theirs.values() if line.amount == amount]
        entries = [entry for entry in work.ours.values() if entry.value == amount]
        while lines:
            mine, theirs = [lines.pop()], []
            grown = True
            while grown:
                near = [e for e in entries if e not in theirs and any(_near(line, e, days) for line in mine)]
                theirs += near
                more = [line for line in lines if any(_near(line, e, days) for e in theirs)]
                mine += more
                lines = [line for line in lines if line not in more]
                grown = bool(near or more)
            if theirs:
                found.append((sorted(mine, key=lambda line: line.place), sorted(theirs, key=lambda e: e.place)))
                entries = [e for e in entries if e not in theirs]
    return found


def _near(line: Line, entry: Entry, days: int) -> bool:
    """Say whether day and number allow a pair: within the days, and not both with a number of ours that differs."""
    return line.day is not None and abs((line.day - entry.day).days) <= days
