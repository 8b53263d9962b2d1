"""How alike a word of a payment and a number of an item are after folding (step C of 2.2, EX-20)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from rapidfuzz.distance import Levenshtein

from arwork.matching.columns import rows
from arwork.matching.references import PART, core, fold, norm
from arwork.matching.tokens import joined, read
from arwork.policy import Matching

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


@dataclass(frozen=True)
class Words:
    """The words of a payment with their folds, and for each fold that names items exactly, which items."""

    folds: Mapping[str, str]
    named: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Folding:
    """How numbers are folded in this close: prefixes to strip, and how long a fold must be to count."""

    prefixes: tuple[str, ...]
    least: int

    def of(self, texts: Iterable[str]) -> dict[str, str]:
        """Fold each text; leave out what has no digit or is too short after folding."""
        found = {}
        for text in texts:
            squeezed = norm(text)
            if any(c.isdigit() for c in squeezed):
                value = fold(core(squeezed, self.prefixes))
                if len(value) >= self.least:
                    found[text] = value
        return found


def folding(policy: Matching) -> Folding:
    """Take the folding of step C from the policy: `reference_prefixes`, `reference_min_length`."""
    return Folding(tuple(norm(prefix) for prefix in policy.reference_prefixes), policy.reference_min_length)


def words_of(receipt: Any, named: Sequence[tuple[str, str, str]], how: Folding) -> Words:
    """List the words of a receipt (a row of `receipts`); `named` are its token, item_id and field in `references`.

    Words of the text, the structured reference and the advice; dates, bank codes and the amount itself are no words.
    """
    text = read(receipt.remittance_text, receipt.amount, receipt.currency)
    words = [token.text for token in joined(text) if not token.soft]
    structured = norm(receipt.structured_ref)
    words += [structured, structured[4:] if structured.startswith("RF") else "", *text.creditor_references]
    folds = how.of([*words, *(token for token, _, field in named if not field.endswith(PART))])
    items: dict[str, set[str]] = {}
    for token, item_id, _ in named:
        if item_id and token in folds:
            items.setdefault(folds[token], set()).add(item_id)
    return Words(folds, {value: frozenset(found) for value, found in items.items()})


def named_by(references: pd.DataFrame, receipts: Collection[str]) -> Mapping[str, list[tuple[str, str, str]]]:
    """Gather the `references` of some receipts: token, item_id, field."""
    found: dict[str, list[tuple[str, str, str]]] = {receipt: [] for receipt in receipts}
    for receipt, token, item, field in rows(references, ["receipt_id", "token", "item_id", "field"]):
        if receipt in found:
            found[receipt].append((token, item, field))
    return found


def best(words: Words, numbers: Mapping[str, str], item_id: str, least: Decimal) -> Likeness | None:
    """Return the most similar pair of word and number at or above a similarity, ties by text; None when there is none.

    Similarity is one less the edits over the longer length. A word that names other items exactly, and not this one, is
    no evidence for this one unless it is equal.
    """
    found: Likeness | None = None
    for word, a in sorted(words.folds.items()):
        elsewhere = item_id not in words.named.get(a, (item_id,))
        for number, b in sorted(numbers.items()):
            if elsewhere and a != b:
                continue
            length = max(len(a), len(b))
            allowed = int(length * (1 - least))
            distance = Levenshtein.distance(a, b, score_cutoff=allowed)
            if distance <= allowed and (found is None or distance * found.length < found.distance * length):
                found = Likeness(word, number, distance, length)
    return found


def in_series(like: Likeness, numbers: Mapping[str, str], others: Iterable[Mapping[str, str]]) -> bool:
    """Say whether a word that is not the number may as well be the next one of its series.

    It may where numbers of other items of that amount (`others`, folded) lie no further from the number than the word does.
    """
    if not like.distance:
        return False
    number = numbers[like.number]
    return any(
        0 < Levenshtein.distance(number, other, score_cutoff=like.distance) <= like.distance for folds in others for other in folds.values()
    )
