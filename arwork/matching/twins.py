"""Payments that look like one made twice: payer, amount and numbers in the text are the same (EX-20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from arwork.matching.named import Receipt
from arwork.matching.names import clean
from arwork.matching.tokens import read
from arwork.matching.unread import labelled

_DIGITS = 3


def with_twins(receipts: Sequence[Receipt]) -> list[Receipt]:
    """Return the receipts in their order, each with the first other payment like it that came no later (`Receipt.twin`).

    Alike are payments into one book, of one amount and the same numbers, by one name or one customer: the bank may name another account,
    and so another customer of the family, the second time.
    """
    found = list(receipts)
    for group in _alike(receipts):
        same: dict[tuple[str, ...], list[int]] = {}
        for place in group:
            same.setdefault(_numbers(receipts[place]), []).append(place)
        for places in (places for numbers, places in same.items() if numbers and len(places) > 1):
            for place in places:
                before = [receipts[n] for n in places if n != place and _may_repeat(receipts[place], receipts[n])]
                if before:
                    first = min(before, key=lambda receipt: (receipt.value_date, receipt.receipt_id))
                    found[place] = replace(receipts[place], twin=(first.receipt_id, first.value_date))
    return found


def _alike(receipts: Sequence[Receipt]) -> list[list[int]]:
    found: dict[tuple[tuple[str, str], str, int], list[int]] = {}
    for place, receipt in enumerate(receipts):
        if receipt.text and not receipt.returned:
            found.setdefault((receipt.book, receipt.currency, receipt.amount), []).append(place)
    return [places for places in found.values() if len(places) > 1]


def _numbers(receipt: Receipt) -> tuple[str, ...]:
    """List the words of a text that may be numbers of documents."""
    words = read(receipt.text, receipt.amount, receipt.currency).words
    silent = labelled(words)
    return tuple(sorted(word for n, word in enumerate(words) if n not in silent and sum(map(str.isdigit, word)) >= _DIGITS))


def _may_repeat(receipt: Receipt, other: Receipt) -> bool:
    if other.value_date > receipt.value_date:
        return False
    return bool(receipt.customer_id and receipt.customer_id == other.customer_id) or bool(
        clean(receipt.remitter) == clean(other.remitter) != ""
    )
