"""What the words of a bank line and of a book row have in common: a document number, or a name (RC-20).

Numbers are read as cash application reads them from payments, words are compared as it compares names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from arwork.matching.leaf import SERIAL
from arwork.matching.name_words import LITTLE, TAIL_FORMS, is_common
from arwork.matching.numbers import Numbers, hits
from arwork.matching.tokens import Text, plain, read
from arwork.matching.word_likeness import word_cost

_LETTERS = re.compile(r"[^\W\d_]+")
_NEAR = 150
"""Points up to which two words are one: the same, cut off, or shortened."""
_LEAST, _NUMBER_LEAST = 3, 4
_OWN, _SHARED = 2, 1
_OFTEN, _SHARE = 3, 10
PAYMENT_WORDS = frozenset(
    [
        "ACH",
        "ACCOUNT",
        "AUTOPAY",
        "BANK",
        "BATCH",
        "CARD",
        "CASH",
        "CHARGE",
        "CHARGES",
        "CHECK",
        "CHEQUE",
        "CHQ",
        "CREDIT",
        "CRED",
        "DEBIT",
        "DEPOSIT",
        "DIRECT",
        "ENTRY",
        "FEE",
        "FEES",
        "FROM",
        "INCOMING",
        "INTEREST",
        "INTERNET",
        "INVOICE",
        "INV",
        "ITEM",
        "MONTHLY",
        "OUTGOING",
        "PAYMENT",
        "PAYMENTS",
        "PMT",
        "POS",
        "PURCHASE",
        "RECEIPT",
        "RECEIVED",
        "REF",
        "REFERENCE",
        "REFUND",
        "RETURN",
        "RETURNED",
        "REVERSAL",
        "SEPA",
        "SERVICE",
        "SVC",
        "TRANSFER",
        "TRF",
        "VOID",
        "WIRE",
        "ABBUCHUNG",
        "AUFTRAG",
        "BARGELD",
        "EINZAHLUNG",
        "EINZUG",
        "GEBUEHR",
        "GEBUHR",
        "GUTSCHRIFT",
        "LASTSCHRIFT",
        "RECHNUNG",
        "SAMMLER",
        "SCHECK",
        "UBERWEISUNG",
        "UEBERWEISUNG",
        "ZAHLUNG",
        "CHEQUES",
        "ENCAISSEMENT",
        "FACTURE",
        "FRAIS",
        "PAIEMENT",
        "PRELEVEMENT",
        "REMISE",
        "VERSEMENT",
        "VIREMENT",
        "FACTURA",
        "PAGO",
        "RECIBO",
        "TRANSFERENCIA",
        "BONIFICO",
        "FATTURA",
        "JANUARY",
        "FEBRUARY",
        "MARCH",
        "APRIL",
        "JUNE",
        "JULY",
        "AUGUST",
        "SEPTEMBER",
        "OCTOBER",
        "NOVEMBER",
        "DECEMBER",
    ]
)
"""Words that say how or when money moved, never whose it is."""


BACK_WORDS = frozenset(
    [
        "VOID",
        "REVERSAL",
        "REVERSE",
        "REVERSED",
        "REVERSES",
        "REV",
        "STORNO",
        "STORNIERUNG",
        "STORNIERT",
        "CANCEL",
        "CANCELLED",
        "CANCELLATION",
        "ANNULATION",
        "EXTOURNE",
        "ANULACION",
    ]
)
"""Words by which a posting says that it takes another one back."""


@dataclass(frozen=True)
class Said:
    """A text read: its words as numbers are looked for in, and the words that may be a name."""

    text: Text
    words: tuple[str, ...]


def said(text: str, amount: int, currency: str) -> Said:
    """Read the text of a line or a row; amounts, dates and account numbers in it are no document numbers."""
    words = (word for word in _LETTERS.findall(plain(text)) if len(word) >= 2 and word not in LITTLE and word not in TAIL_FORMS)
    return Said(read(text, abs(amount), currency), tuple(dict.fromkeys(word for word in words if word not in PAYMENT_WORDS)))


def frequent(texts: Iterable[Said]) -> frozenset[str]:
    """Return the words that stand in so many texts of one side that they tell no two apart."""
    found = list(texts)
    counts = Counter(word for each in found for word in each.words)
    return frozenset(word for word, many in counts.items() if many > _OFTEN and many * _SHARE > len(found))


def named(line: Said, rows: Numbers, row_texts: Sequence[Said]) -> set[int]:
    """Return the places of the rows whose number the line names, or with which it shares a number of another kind."""
    found = {
        hit.places[0]
        for hit in hits(line.text, rows, frozenset())
        if hit.close >= SERIAL and len(hit.places) == 1 and len(hit.token) >= _NUMBER_LEAST
    }
    own = _numbers(line.text)
    return found | {place for place, row in enumerate(row_texts) if own & _numbers(row.text)}


def _numbers(text: Text) -> set[str]:
    return {word for word in text.words if len(word) > _NUMBER_LEAST and any(c.isdigit() for c in word)}


@dataclass(frozen=True)
class Alike:
    """How two texts agree: points, whether a word of one name alone is among what agrees, and whether that is enough to be sure."""

    points: int
    own: bool
    sure: bool


def likeness(line: Said, row: Said, often: frozenset[str]) -> Alike:
    """Compare the words of a line with those of a row; words of one name alone count twice, frequent ones not at all.

    Sure are two words of one name alone, or one where no other word of the line, or none of the row, says something else:
    JOHNSON & ASSOC and K. Johnson Consulting share a word and are two companies.
    """
    mine = [word for word in line.words if word not in often]
    met = {word: near for word in mine if (near := _nearest(word, row.words))}
    telling = sum(not is_common(near) and len(word) >= _LEAST for word, near in met.items())
    whole = len(met) == len(mine) or not {word for word in row.words if word not in often} - set(met.values())
    return Alike(telling * _OWN + (len(met) - telling) * _SHARED, telling > 0, telling > 1 or (telling == 1 and whole))


def takes_back(row: Said) -> bool:
    """Say whether a row calls itself the reversal of another."""
    return any(word in BACK_WORDS for word in row.text.words)


@lru_cache(maxsize=1 << 16)
def _nearest(word: str, others: tuple[str, ...]) -> str:
    """Return the word of the other text that this one is, whole, cut off or shortened; blank when none is."""
    if word in others:
        return word
    costs = [(word_cost(word, other, is_common(other)), other) for other in others if other[0] == word[0]]
    best = min(costs, default=(_NEAR + 1, ""))
    return best[1] if best[0] <= _NEAR else ""
