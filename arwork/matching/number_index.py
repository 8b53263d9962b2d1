"""The register of document numbers: every number of every item that could be paid, by its core (step C of 2.2).

It is arrays only, made from `open_items` and nothing else, so that it can be kept beside them and used again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arwork.matching.columns import Arrow, cells, places, texts, words
from arwork.matching.lean import lean
from arwork.matching.tokens import LONGEST

DOCUMENT_FIELDS = ("structured_ref", "reference", "doc_no")
"""Fields that hold the document's own number."""
FIELDS = (*DOCUMENT_FIELDS, "assignment", "po_no", "delivery_no", "contract_no")
"""Fields a word may equal, the most telling first."""
SHARED_MOST = 50
"""A number that stands on more items than this names none of them."""
_HEAD = ("item_id", "ledger_id", "company_code", "customer_id", "clearing_date")
_WINDOW_LEAST = 6
_MANY = 20


@lean
class Place:
    """Where a number stands: item, its book and customer, the field, and whether the item is settled."""

    item_id: str
    book: tuple[str, str]
    customer_id: str
    field: str
    settled: bool


@lean
class Register:
    """Cores of numbers, ascending; those of core n stand at `codes[starts[n]:starts[n + 1]]`, each as row times fields plus field.

    `lengths` are those of the all-digit cores, `customers` the cores of customer numbers, which are no documents.
    """

    cores: Arrow
    starts: NDArray[np.int64]
    codes: NDArray[np.int64]
    lengths: NDArray[np.int64]
    customers: Arrow


@lean
class NumberIndex:
    """A register at work: the number of each core, what reads the head of an item and the codes of a core, `ends` the last
    signs of cores, and the places that somebody asked for already."""

    register: Register
    number: Mapping[str, int]
    lengths: tuple[int, ...]
    customers: frozenset[str]
    head: tuple[Callable[[int], object], ...]
    codes: Callable[[int], list[int]]
    ends: frozenset[str]
    told: dict[str, tuple[Place, ...]] = field(default_factory=dict)

    def places(self, core: str) -> tuple[Place, ...]:
        """Return the places of a number that can tell items apart.

        In one book an order, delivery or contract number that several items share names none of them, and neither does any
        number that stands on very many.
        """
        told = self.told.get(core)
        if told is None:
            number = self.number.get(core)
            told = self.told[core] = () if number is None else self._places(number)
        return told

    def _places(self, number: int) -> tuple[Place, ...]:
        codes = self.codes(number)
        if len(codes) == 1 or len({code // len(FIELDS) for code in codes}) == 1:  # one item, known by its most telling field
            return (self._place(codes[0]),)
        books: dict[tuple[str, str], dict[str, Place]] = {}
        for place in map(self._place, codes):
            books.setdefault(place.book, {}).setdefault(place.item_id, place)
        return tuple(place for found in books.values() for place in _telling(found))

    def _place(self, code: int) -> Place:
        item_of, ledger_of, company_of, customer_of, cleared = self.head
        row, where = divmod(code, len(FIELDS))
        book = (str(ledger_of(row)), str(company_of(row)))
        return Place(str(item_of(row)), book, str(customer_of(row)), FIELDS[where], cleared(row) is not None)


def _telling(places: Mapping[str, Place]) -> Sequence[Place]:
    if len(places) == 1:
        return tuple(places.values())
    kept = sorted(places.values(), key=lambda place: place.item_id)
    kept = [place for place in kept if place.field in (*DOCUMENT_FIELDS, "assignment")]
    return kept if len(kept) <= SHARED_MOST else []


def register(open_items: pd.DataFrame, usable: NDArray[np.bool_], bare: Callable[[Sequence[str]], list[str]], least: int) -> Register:
    """Collect the numbers of the `usable` rows of `open_items`; `bare` makes the cores of numbers, `least` is its least length."""
    values, codes = _written(open_items, usable)
    distinct = values.dictionary_encode()
    cores = words(bare(distinct.dictionary.to_pylist())).dictionary_encode()
    known = cores.dictionary
    size = np.asarray(pc.binary_length(known))
    fit = (size >= least) & (size <= LONGEST) & ~np.asarray(pc.ascii_is_alpha(known), dtype=bool)
    order = pc.array_sort_indices(known).to_numpy().astype(np.int64)
    order = order[fit[order]]
    rank = np.full(len(known), -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    owner = rank[cores.indices.to_numpy()[distinct.indices.to_numpy()]] if len(values) else np.zeros(0, dtype=np.int64)
    codes, owner = codes[owner >= 0], owner[owner >= 0]
    starts = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(order)))]).astype(np.int64)
    kept = known.take(places(order))
    digits = pc.binary_length(kept.filter(pc.ascii_is_decimal(kept))).to_numpy()
    customers = sorted(set(bare(pc.unique(texts(open_items, "customer_id")).to_pylist())))
    return Register(
        kept, starts, codes[np.argsort(owner, kind="stable")], np.unique(digits[digits >= _WINDOW_LEAST]).astype(np.int64),
        words(customers),
    )  # fmt: skip


def _written(open_items: pd.DataFrame, usable: NDArray[np.bool_]) -> tuple[Arrow, NDArray[np.int64]]:
    """Return every number as it stands in the usable rows, field by field, with its code."""
    parts, codes = [words(())], [np.zeros(0, dtype=np.int64)]
    for place, name in enumerate(FIELDS):
        values = texts(open_items, name)
        blank: Arrow = pc.equal(values, pa.scalar("", pa.large_string()))
        filled = np.flatnonzero(usable & ~blank.to_numpy(zero_copy_only=False))
        if len(filled):
            parts.append(values if len(filled) == len(values) else values.take(places(filled)))
            codes.append(filled * len(FIELDS) + place)
    return pa.concat_arrays(parts), np.concatenate(codes)


def number_index(found: Register, open_items: pd.DataFrame, wanted: int) -> NumberIndex:
    """Put a register of `open_items` to work for so many payments."""
    many = wanted * _MANY > len(open_items)
    number = dict(zip(found.cores.to_pylist(), range(len(found.cores)), strict=True))
    heads = tuple(cells(open_items, name, many=many) for name in _HEAD)
    return NumberIndex(
        found,
        number,
        tuple(found.lengths.tolist()),
        frozenset(found.customers.to_pylist()),
        heads,
        _codes(found, many=many),
        frozenset(pc.unique(pc.utf8_slice_codeunits(found.cores, -1)).to_pylist()),
    )


def _codes(found: Register, *, many: bool) -> Callable[[int], list[int]]:
    """Return what lists the codes of a core; `many` are read from lists made at once."""
    if many:
        first, codes = found.starts.tolist(), found.codes.tolist()
        return lambda number: codes[first[number] : first[number + 1]]
    return lambda number: found.codes[found.starts[number] : found.starts[number + 1]].tolist()
