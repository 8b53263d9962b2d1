"""Columns of a table as plain lists, without a detour over one object a cell; what reads a million rows reads them here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd


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
