"""Columns of a table as plain lists, without a detour over one object a cell; what reads a million rows reads them here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Arrow: TypeAlias = Any
"""An Arrow array; its kernels take and return whatever the values are."""


def column(frame: pd.DataFrame, name: str) -> list[Any]:
    """Return a column as a list: text as str, money and counts as int, flags as bool, dates as date (None where blank)."""
    values = frame[name]
    if values.dtype.kind == "M":
        return values.to_numpy().astype("datetime64[D]").tolist()
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iub":
        return values.to_numpy().tolist()
    return values.to_numpy(dtype=object).tolist()


def rows(frame: pd.DataFrame, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of some columns as tuples, in the order of the table; see `column`."""
    return zip(*(column(frame, name) for name in names), strict=True)


def texts(frame: pd.DataFrame, name: str) -> Arrow:
    """Return a column of text as one Arrow array."""
    values: Any = pa.array(frame[name].astype("str"), type=pa.large_string())
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def places(numbers: NDArray[np.int64]) -> Arrow:
    """Return numbers as an Arrow array, to take rows by."""
    return pa.array(numbers, type=pa.int64())


def words(values: Iterable[str]) -> Arrow:
    """Return texts as an Arrow array."""
    return pa.array(list(values), type=pa.large_string())


def cells(frame: pd.DataFrame, name: str, *, many: bool) -> Callable[[int], Any]:
    """Return what reads one cell of a column by its place, values as in `column`; `many` cells are read from a list made at once."""
    if many:
        return column(frame, name).__getitem__
    values = frame[name]
    if values.dtype.kind == "M":
        days = values.to_numpy().astype("datetime64[D]")
        return lambda place: days[place].item()
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iub":
        numbers = values.to_numpy()
        return lambda place: numbers[place].item()
    if isinstance(values.dtype, pd.StringDtype):
        found = texts(frame, name)
        same = len(found) and pc.all(pc.equal(found, found[0])).as_py()
        always = found[0].as_py() if same else ""
        return (lambda place: always) if same else (lambda place: found[place].as_py())
    others = values.array
    return lambda place: others[place]


def takes(frame: pd.DataFrame, name: str) -> Callable[[NDArray[np.int64]], list[Any]]:
    """Return what reads some cells of a column by their places, values as in `column`."""
    values = frame[name]
    if values.dtype.kind == "M":
        days = values.to_numpy().astype("datetime64[D]")
        return lambda wanted: days[wanted].tolist()
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iub":
        numbers = values.to_numpy()
        return lambda wanted: numbers[wanted].tolist()
    if isinstance(values.dtype, pd.StringDtype):
        found = texts(frame, name)
        return lambda wanted: list(found.take(places(wanted)).to_numpy(zero_copy_only=False).tolist())
    objects = values.to_numpy(dtype=object)
    return lambda wanted: objects[wanted].tolist()
