"""Words of a payment text and the documents that each of them may mean (M12)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from arwork.matching.case import Case
from arwork.matching.explain import listed
from arwork.matching.lean import lean
from arwork.matching.numbers import Numbers
from arwork.matching.unread import as_written

EXACT = 100
"""How close a word is that names a document letter for letter, in hundredths."""


@lean
class Slot:
    """One word or run of words and what it may mean: sets of places, the likeliest first; `close` in hundredths.

    `meant` is the range that it ends, where the text says that it is one and every document of it exists.
    """

    token: str
    first: int
    size: int
    ways: tuple[frozenset[int], ...]
    close: int
    meant: frozenset[int] = frozenset()


@lean
class Reading:
    """A reading of the whole text: the slots it uses and the places they mean."""

    slots: tuple[Slot, ...]
    places: frozenset[int]


def damaged_words(slots: Sequence[Slot]) -> tuple[str, ...]:
    """List the words of slots that are not, letter for letter, a document's number."""
    return tuple(sorted({slot.token for slot in slots if slot.close < EXACT}))


def of_another(case: Case, slots: Sequence[Slot]) -> str:
    """Say which words, read with damage, are letter for letter numbers of another customer's documents."""
    strange = [slot.token for slot in slots if slot.close < EXACT and slot.token in (*case.named.strangers, *case.named.elsewhere)]
    return f"as it stands, {listed(strange)} is a document of another customer, of another amount" if strange else ""


def reads_as(case: Case, read_: Reading, known: Numbers) -> str:
    """Say which words were read as which documents, where they are not letter for letter their names: `2O2600417 is read as 2026-00417`."""
    told = []
    for slot in read_.slots:
        meant = [known.items[n].name for n in sorted({n for way in slot.ways if way <= read_.places for n in way})]
        if slot.close < EXACT and meant:
            written = as_written(case, slot.token)
            told.append(f"{written} stands in the text" if meant == [written] else f"{written} is read as {listed(meant, 3)}")
    return listed(told, 3)


def stand_as(case: Case, read_: Reading) -> str:
    """Say how the text names documents letter for letter: each of them, or the first and the last one of a range."""
    told = []
    for before, slot in pairwise(read_.slots):
        if any(len(way) > 1 and way <= read_.places for way in slot.ways):
            told.append(f"the text names {as_written(case, before.token)} to {as_written(case, slot.token)}, all between them included")
    return listed(told, 3) or "named in the text"
