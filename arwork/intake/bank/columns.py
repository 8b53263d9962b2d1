"""Rows that grow into columns as they are read, so that a file of a million lines never stands in memory as objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

Column = Any
"""An Arrow column; the stubs of Arrow name a type for each kind of value, which a table of many kinds cannot state."""

_STEP = 4_096
"""Rows that wait as Python objects before they become Arrow arrays."""


class Growing:
    """A table that only grows: `kinds` names its columns and their Arrow types, in the order in which values come."""

    def __init__(self, kinds: Mapping[str, pa.DataType]) -> None:
        self._kinds = dict(kinds)
        self._chunks: dict[str, list[Column]] = {name: [] for name in kinds}
        self._waiting: list[Sequence[Any]] = []
        self._packed = 0

    def __len__(self) -> int:
        return self._packed + len(self._waiting)

    def append(self, values: Sequence[Any]) -> None:
        """Add one row: a value a column."""
        self._waiting.append(values)
        if len(self._waiting) >= _STEP:
            self._pack()

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Give the rows back one by one, in the order in which they came."""
        for number in range(len(next(iter(self._chunks.values())))):
            yield from zip(*(chunks[number].to_pylist() for chunks in self._chunks.values()), strict=True)
        for values in list(self._waiting):
            yield tuple(values)

    def pieces(self, names: Sequence[str]) -> Iterator[tuple[list[Any], ...]]:
        """Give some columns as Python lists, a packed piece at a time."""
        self._pack()
        for number in range(len(self._chunks[names[0]])):
            yield tuple(self._chunks[name][number].to_pylist() for name in names)

    def absorb(self, other: Growing) -> None:
        """Take over all rows of another table of the same columns; the other is empty afterwards."""
        if other._packed:
            self._pack()
            for name, chunks in other._chunks.items():
                self._chunks[name] += chunks
            self._packed += other._packed
        for values in other._waiting:
            self.append(values)
        other._chunks, other._waiting, other._packed = {name: [] for name in self._kinds}, [], 0

    def column(self, name: str) -> Column:
        """Give one column."""
        self._pack()
        kind: Any = self._kinds[name]
        whole: Any = pa.chunked_array(self._chunks[name], type=kind)
        return whole

    def taken(self, name: str, order: np.ndarray[Any, Any]) -> Column:
        """Give one column in another order, and free it here: a column can be taken once."""
        whole = self.column(name)
        self._chunks[name] = []
        return whole.take(pa.array(order))

    def _pack(self) -> None:
        if not self._waiting:
            return
        for (name, kind), values in zip(self._kinds.items(), zip(*self._waiting, strict=True), strict=True):
            self._chunks[name].append(pa.array(values, type=kind))
        self._packed += len(self._waiting)
        self._waiting = []
