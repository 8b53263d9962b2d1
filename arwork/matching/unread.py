"""Words of a payment that may name a document and that nobody could read: as long as there are any, what was read may be only a part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from arwork.matching.case import Case
from arwork.matching.named import Word
from arwork.matching.tokens import LONGEST, READ_MOST, Text, plain, read, runs

_DIGITS = 3
_CUT = (35, 70, 105, 140)
"""Lengths at which banks cut a payment text off."""
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
    if not text or len(word) > LONGEST:
        return word
    inside = "[^A-Z0-9]{0,2}".join(map(re.escape, word))
    found = re.search(rf"(?<![A-Z0-9])(?:[A-Z]{{1,8}}[-/.]?)?{inside}(?![A-Z0-9])", text)
    return " ".join(found[0].split()) if found else word


def unknown(case: Case) -> list[str]:
    """List the words that look like a document, are none, and stand behind no label that says what else they are."""
    if not case.named.unknown or not case.receipt.text:
        return list(case.named.unknown)
    words = read(case.receipt.text, case.receipt.amount, case.receipt.currency).words
    behind = labelled(words)
    said = {words[place] for place in behind} - {word for place, word in enumerate(words) if place not in behind}
    return [word for word in case.named.unknown if word not in said]
