"""How alike a word of a payment and a number of an item are after folding (step C of 2.2, EX-20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from rapidfuzz.distance import Levenshtein

from arwork.matching.references import PART, core, fold, norm
from arwork.matching.tokens import joined, read
from arwork.params import Matching

FIELDS = ("reference", "doc_no", "po_no", "delivery_no", "assignment")
"""Numbers of an item that a repeated payment may name (EX-20)."""


@dataclass(frozen=True)
class Likeness:
    """The best pair of word and number: both as written, and how many of `length` characters differ."""

    word: str
    number: str
    distance: int
    length: int

    @property
    def hundredths(self) -> int:
        """Similarity in hundredths, rounded down, for sentences."""
        return 100 * (self.length - self.distance) // self.length

    def points(self, most: int) -> int:
        """Take the similarity's share of a number of points, rounded HALF_UP."""
        return (2 * most * (self.length - self.distance) + self.length) // (2 * self.length)


def folded(texts: Iterable[str], policy: Matching) -> dict[str, str]:
    """Fold each text; leave out what has no digit or is shorter than `reference_min_length` after folding."""
    prefixes = [norm(prefix) for prefix in policy.reference_prefixes]
    found = {}
    for text in texts:
        squeezed = norm(text)
        if any(c.isdigit() for c in squeezed):
            value = fold(core(squeezed, prefixes))
            if len(value) >= policy.reference_min_length:
                found[text] = value
    return found


def words_of(receipt: Any, named: Sequence[tuple[str, str, str]], policy: Matching) -> dict[str, str]:
    """List the words of a receipt (a row of `receipts`) with their folds; `named` are its token, item_id and field in `references`.

    Words of the text, the structured reference and the advice; dates, bank codes and the amount itself are no words.
    """
    text = read(receipt.remittance_text, receipt.amount, receipt.currency)
    words = [token.text for token in joined(text) if not token.soft]
    structured = norm(receipt.structured_ref)
    words += [structured, structured[4:] if structured.startswith("RF") else "", *text.creditor_references]
    words += [token for token, _, field in named if not field.endswith(PART)]
    return folded(words, policy)


def named_by(references: pd.DataFrame) -> Mapping[str, list[tuple[str, str, str]]]:
    """Gather `references` by receipt: token, item_id, field."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for receipt, *rest in references[["receipt_id", "token", "item_id", "field"]].itertuples(index=False, name=None):
        found.setdefault(receipt, []).append((rest[0], rest[1], rest[2]))
    return found


def best(words: Mapping[str, str], numbers: Mapping[str, str], elsewhere: frozenset[str], least: Decimal) -> Likeness | None:
    """Return the most similar pair of word and number at or above a similarity, ties by text; None when there is none.

    Both come as text to fold. Similarity is one less the edits over the longer length. A fold that names another item
    exactly (`elsewhere`) is no evidence for this one unless it is equal.
    """
    found: Likeness | None = None
    for word, a in sorted(words.items()):
        for number, b in sorted(numbers.items()):
            if a != b and a in elsewhere:
                continue
            length = max(len(a), len(b))
            allowed = int(length * (1 - least))
            distance = Levenshtein.distance(a, b, score_cutoff=allowed)
            if distance <= allowed and (found is None or distance * found.length < found.distance * length):
                found = Likeness(word, number, distance, length)
    return found
