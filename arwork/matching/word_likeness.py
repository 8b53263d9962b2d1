"""What it costs to take one word of a name for another: abbreviation, ending, typing error (step B of 2.2, key B7).

Costs are points: 100 points make an explanation about 2.7 times less likely.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from arwork.matching.name_words import LITTLE, TAIL_FORMS, is_common

NEVER = 10_000
"""The cost of two words that are not the same word."""
DIFFERENT = 300
"""Charged where both names have a word the other lacks: subsidiaries differ in exactly that."""
ENDING, ANOTHER_WORD = 60, 250
_ENDINGS = frozenset(("S", "ES", "E", "N", "EN", "ER"))
_DIGITS = str.maketrans("01583", "OISBE")
_ONE_EDIT = {4: 320, 5: 260}
_VOWELS = frozenset("AEIOUY")
_FORM_BEGINNINGS = frozenset(form[:size] for form in TAIL_FORMS for size in range(1, len(form) + 1))

_FORMS_OF_LENGTH = {size: tuple(form for form in TAIL_FORMS if len(form) == size) for size in sorted({*map(len, TAIL_FORMS)} - {1})}


def word_cost(said: str, known: str, common: bool) -> int:
    """Return the points for taking a payer's word for a word on file; `common`: the longer is a word of trade or place."""
    if said == known:
        return 0
    if (
        said[0] != known[0]
        and said[1:2] != known[1:2]
        and said[0] != known[1:2]
        and said[1:2] != known[0]
        and not _digit_first(said, known)
    ):
        return NEVER  # nothing is shortened at its beginning, and one slip there leaves the next letter
    short, long = (said, known) if len(said) <= len(known) else (known, said)
    if short.isdigit() or long.isdigit():
        return NEVER
    if len(short) == len(long) and not (short.isalpha() and long.isalpha()) and short.translate(_DIGITS) == long.translate(_DIGITS):
        return ENDING
    if len(short) >= 4 and (
        (long.startswith(short) and long[len(short) :] in _ENDINGS) or (short[-1] == "Y" and long == short[:-1] + "IES")
    ):
        return ENDING
    shortened = _shortened(short, long, common)
    # A payer shortens a name; that the file shortens what the payer writes out is rarer, and never to two letters.
    if short == known and not common:
        shortened = NEVER if len(short) < 3 else shortened + 150
    return min(shortened, _mistyped(short, long))


def _digit_first(said: str, known: str) -> bool:
    return said[0].isdigit() or known[0].isdigit()


def _shortened(short: str, long: str, common: bool) -> int:
    """Return the points for an abbreviation: the first letters, or some letters in their order."""
    size = len(short)
    if short[0] != long[0] or size == len(long):
        return NEVER
    if long.startswith(short):
        if size < 3:
            return (250 if common else 350) if size == 1 else 200 if common else 300
        return 100 if common else 150 if 2 * size >= len(long) else 220
    letters = iter(long)
    if size < 2 or 4 * size > 3 * len(long) or not all(letter in letters for letter in short):
        return NEVER
    spoken = bool(_VOWELS.intersection(short[1:]))
    if common:
        return 300 if size == 2 else 220 if size == 3 and spoken else 120
    return NEVER if size < 3 or spoken else 250


def _mistyped(short: str, long: str) -> int:
    """Return the points for typing errors; the shorter the word, the dearer."""
    size = len(long)
    most = 1 if size < 7 else 2 if size < 11 else 3
    if size - len(short) > most or len(short) < 3:
        return NEVER
    edits = OSA.distance(short, long, score_cutoff=most)
    if edits > most:
        return NEVER
    first = 60 if short[0] != long[0] else 0
    if edits == 1:
        return first + (480 if size < 4 else _ONE_EDIT.get(size, 230))
    return first + (700 if edits == 3 else 560 if size == 7 else 450)


def begins_a_form(word: str) -> bool:
    """Say whether a word is the beginning of a legal form, cut off."""
    return word in _FORM_BEGINNINGS


@lru_cache(maxsize=100_000)
def like_a_form(word: str) -> bool:
    """Say whether a word is a legal form with one typing error."""
    size = len(word)
    return size > 1 and any(
        OSA.distance(form, word, score_cutoff=1) < 2 for length in (size - 1, size, size + 1) for form in _FORMS_OF_LENGTH.get(length, ())
    )


def lone_cost(word: str) -> int:
    """Return the points for a cleaned word that stands in only one of the two names; a long number is a note, no name."""
    if word in LITTLE:
        return 20
    if word in TAIL_FORMS or word in ("TA", "CAREOF", "THE"):
        return 40
    if word.isdigit():
        return 60 if len(word) > 4 else 250
    if len(word) == 1:
        return 150
    return 170 if is_common(word) else 320
