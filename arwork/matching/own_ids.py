"""The payer's own number of a payment (the end-to-end id), where it is one of our documents (step C of 2.2).

Many payers write our invoice number there and nowhere else; many more write a number of their own series, which may be one of ours by
chance. So it names a document only where nothing else in the payment does, and only where just the amount of that document came.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from arwork.matching.columns import rows
from arwork.matching.number_index import DOCUMENT_FIELDS, NumberIndex, Place
from arwork.matching.number_runs import Prefixes, Spot, numbers_in
from arwork.matching.tokens import read

NO_REFERENCE = ("", "NOTPROVIDED", "NONREF")
"""What payers and banks write where they give no reference."""
ORIGIN = "end_to_end"
"""Says in `references.origin` that a word stands in the payer's own number of the payment."""
_ASKED = ("receipt_id", "end_to_end_id", "ledger_id", "company_code", "currency", "amount")
_OWED = ("item_id", "currency", "open_amount_doc", "disc1_pct")
_PERCENT = 1_000_000


def in_own_ids(
    receipts: pd.DataFrame, resolved: Collection[str], open_items: pd.DataFrame, index: NumberIndex, prefixes: Prefixes
) -> list[tuple[str, str, str, str, str, str]]:
    """Return rows of `references` for end-to-end ids of `receipts` that are, or hold, numbers of open documents of their book.

    `resolved` are receipts in which something is named already: they are not asked. The documents must together have the amount that
    came, in its currency, whole or each less its first discount.
    """
    asked = [row for row in rows(receipts, _ASKED) if row[1] not in NO_REFERENCE and row[0] not in resolved]
    if not asked:
        return []
    texts = [read(number, amount, currency) for _, number, _, _, currency, amount in asked]
    held: list[tuple[int, dict[str, Place]]] = []
    for place, spots in numbers_in(texts, index, prefixes).items():
        book = asked[place][2:4]
        found = _documents(spots, book, index)
        if found:
            held.append((place, found))
    owed = _owed(open_items, {document.item_id for _, found in held for document in found.values()})
    return [
        (asked[place][0], run, ORIGIN, document.item_id, document.field, "OPEN")
        for place, found in held
        if _just_that(found, owed, asked[place][4], int(asked[place][5]))
        for run, document in found.items()
    ]


def _documents(spots: Sequence[Spot], book: tuple[str, str], index: NumberIndex) -> dict[str, Place]:
    """Return the one open document that each run of an id names, by the run; nothing where a run names several."""
    found: dict[str, Place] = {}
    for _, _, run, number in spots:
        here = [p for p in index.places(number) if p.book == book and p.field in DOCUMENT_FIELDS and not p.settled]
        if len(here) > 1:
            return {}
        if here and here[0].item_id not in [known.item_id for known in found.values()]:
            found[run] = here[0]
    return found


def _owed(open_items: pd.DataFrame, wanted: Collection[str]) -> Mapping[str, tuple[str, int, int]]:
    """Return currency, what is open and what is open less the first discount, minor units, of the items that are asked for."""
    there = open_items[open_items["item_id"].isin(list(wanted))]
    return {
        item: (currency, int(left), int(left) - (int(left) * int(rate) + _PERCENT // 2) // _PERCENT)
        for item, currency, left, rate in rows(there, _OWED)
    }


def _just_that(found: Mapping[str, Place], owed: Mapping[str, tuple[str, int, int]], currency: str, amount: int) -> bool:
    """Say whether documents have together the amount that came, whole or each less its discount."""
    told = [owed[document.item_id] for document in found.values()]
    return all(own == currency for own, *_ in told) and amount in (sum(left for _, left, _ in told), sum(less for *_, less in told))
