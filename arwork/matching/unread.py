"""Words of a payment that may name a document and that nobody could read: as long as there are any, what was read may be only a part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from string import ascii_uppercase, digits

from arwork.matching.case import Case
from arwork.matching.explain import listed
from arwork.matching.named import Word
from arwork.matching.tokens import LONGEST, READ_MOST, Text, plain, read, runs

_DIGITS = 3
_CUT = (35, 70, 105, 140)
"""Lengths at which banks cut a payment text off."""
_WRITTEN, _JOINING = frozenset(ascii_uppercase + digits), "-/."
_TOUCHING = _WRITTEN | {*_JOINING}
_APART, _PREFIX_MOST = 3, 8
_OF_NUMBER = frozenset({"NR", "NO", "NUM", "NUMBER", "NUMMER", "ID", "N"})
_LABELS_OF_TWO = frozenset(
    {"KD", "KUNDEN", "KUNDE", "KLANT", "KUND", "CUST", "CUSTOMER", "CLIENT", "CLIENTE", "ACCOUNT", "VENDOR", "SUPPLIER", "LIEFERANTEN", "PO", "ORDER",
     "BESTELL", "AUFTRAG", "AUFTRAGS", "COMMANDE", "PEDIDO", "ORDINE", "VAT", "UST", "TAX"}
)  # fmt: skip
_LABELS = frozenset(
    {"PO", "KDNR", "KUNDENNR", "KUNDENNUMMER", "KLANTNR", "KUNDNR", "CUSTNO", "CUSTOMERNO", "VENDORNO", "LIEFNR", "BESTELLNR", "AUFTRAGSNR", "ORDERNO",
     "EREF", "KREF", "MREF", "CRED", "DEBT", "VAT", "USTID", "TEL", "FAX"}
)  # fmt: skip
"""Words in front of numbers that are no documents: customer and order numbers, end-to-end references of banks, tax, telephone."""


def unread(case: Case, words: Sequence[Word]) -> list[str]:
    """List the words of the text with three digits or more that belong to no word that was read, and the end of a text cut off.

    A number behind a label that says what else it is (an order, a customer number) names no document.
    """
    text = read(case.receipt.text, case.receipt.amount, case.receipt.currency)
    tokens = {word.token for word in words}
    covered: set[int] = set()
    for run, first, size, _ in runs(text):
        if run in tokens:
            covered.update(range(first, first + size))
    covered |= labelled(text.words)
    left = [word for place, word in enumerate(text.words) if place not in covered and sum(c.isdigit() for c in word) >= _DIGITS]
    cut = len(case.receipt.text) in _CUT and not left
    return left + ([f"the end of the text after {case.receipt.text[-12:].strip()!r}"] if cut else [])


def cut_off(case: Case, text: Text) -> frozenset[int]:
    """Return the place of the last word where the bank cut the text off: it may be the beginning of a number, never its last digits."""
    return frozenset({len(text.words) - 1}) if len(case.receipt.text) in _CUT and text.words else frozenset()


@lru_cache(maxsize=8)
def labelled(words: tuple[str, ...]) -> frozenset[int]:
    """List the places of numbers that stand behind a label which says that they are no document: `PO 4500012345`, `KD-NR 52678`."""
    before = (
        place
        for place, word in enumerate(words[:-1], start=1)
        if word in _LABELS or (place > 1 and word in _OF_NUMBER and words[place - 2] in _LABELS_OF_TWO)
    )
    return frozenset(place for place in before if sum(map(str.isdigit, words[place])) >= _DIGITS)


def as_written(case: Case, word: str) -> str:
    """Write a word as the payer did, with the prefix and the signs in it: `INV-2026-975828` for `2026975828`."""
    text = plain(case.receipt.text[:READ_MOST])
    if not text or not word or len(word) > LONGEST:
        return word
    at = text.find(word)
    if at >= 0 and text[at - 1 : at] not in _TOUCHING and text[at + len(word) : at + len(word) + 1] not in _WRITTEN:
        return word
    found = _spot(text, word)
    return " ".join(text[slice(*found)].split()) if found else word


def references(case: Case, words: Iterable[Word]) -> str:
    """Name the references that a claim stands on, as the payer wrote them."""
    told = list(dict.fromkeys(as_written(case, token) for token in sorted({word.token for word in words})))
    return f"{'the reference' if len(told) == 1 else 'the references'} {listed(told)}"


def reading(case: Case, tokens: Iterable[str]) -> str:
    """Name the damaged words that a claim stands on, as the payer wrote them."""
    return f"the reading of {listed(list(dict.fromkeys(as_written(case, token) for token in sorted(tokens))))}"


def _spot(text: str, word: str) -> tuple[int, int] | None:
    """Return where a word first stands in a text, two signs at most between its characters, with up to eight letters before it.

    It is looked for by hand: a pattern would have to be compiled for each word of a month.
    """
    squeezed, places = _squeezed(text)
    size = len(word)
    spots: list[tuple[int, int, int]] = []
    at = squeezed.find(word)
    while at >= 0:
        own = places[at : at + size]
        after = text[own[-1] + 1 : own[-1] + 2]
        if after not in _WRITTEN and all(later - sooner <= _APART for sooner, later in pairwise(own)):
            spots += [(begin, -length, own[-1] + 1) for begin, length in _beginnings(text, own[0])]
        at = squeezed.find(word, at + 1)
    return (min(spots)[0], min(spots)[2]) if spots else None


@lru_cache(maxsize=8)
def _squeezed(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of a text, and where each stands."""
    places = [place for place, sign in enumerate(text) if sign in _WRITTEN]
    return "".join([text[place] for place in places]), places


def _beginnings(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield where a word that starts here may begin: with the letters before it, one sign between, or without; and how much comes before."""
    for end in (start - 1, start) if start and text[start - 1] in _JOINING else (start,):
        begin = end
        while begin and text[begin - 1] in _WRITTEN:
            begin -= 1
        if begin < end and end - begin <= _PREFIX_MOST and text[begin:end].isalpha():
            yield begin, start - begin
    if not start or text[start - 1] not in _WRITTEN:
        yield start, 0


def unknown(case: Case) -> list[str]:
    """List the words that look like a document, are none, and stand behind no label that says what else they are."""
    if not case.named.unknown or not case.receipt.text:
        return list(case.named.unknown)
    words = read(case.receipt.text, case.receipt.amount, case.receipt.currency).words
    behind = labelled(words)
    said = {words[place] for place in behind} - {word for place, word in enumerate(words) if place not in behind}
    return [word for word in case.named.unknown if word not in said]
