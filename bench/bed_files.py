"""The door of the bench: a folder of Parquet files becomes the four tables that an engine may see, or one message says what is wrong.

| file | columns every bed has | columns a bed may have |
|---|---|---|
| customers | customer_id, name | parent_id |
| customer_banks (may be missing) | customer_id, account | |
| invoices | invoice_id, customer_id, issue_date, due_date, currency, amount | disc_pct, disc_days |
| receipts | receipt_id, value_date, currency, amount, payer_name, memo | payer_account |

Amounts are whole minor units, dates are dates or ISO texts, `disc_pct` is in percent. What a bed does not know comes in blank; other columns
come through as they are. The truth is never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from arwork.errors import InputError, first_few, place


class _Shape(NamedTuple):
    """The columns of one file by kind: what names a row, other text that must stand, text that may be blank, dates, whole numbers, percents."""

    key: tuple[str, ...]
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    percents: tuple[str, ...] = ()

    def columns(self) -> tuple[str, ...]:
        """List all columns."""
        return (*self.key, *self.names, *self.texts, *self.dates, *self.whole, *self.percents)


_SHAPES: Mapping[str, _Shape] = {
    "customers": _Shape(("customer_id",), texts=("name", "parent_id")),
    "customer_banks": _Shape(("customer_id", "account")),
    "invoices": _Shape(
        ("invoice_id",), ("customer_id", "currency"), dates=("issue_date", "due_date"), whole=("amount", "disc_days"), percents=("disc_pct",)
    ),
    "receipts": _Shape(
        ("receipt_id",), ("currency",), texts=("payer_name", "memo", "payer_account"), dates=("value_date",), whole=("amount",)
    ),
}  # fmt: skip
_UNKNOWN: Mapping[str, object] = {"parent_id": "", "payer_account": "", "disc_pct": 0, "disc_days": 0}
"""What stands in a column that a bed does not have."""
_MAY_BE_MISSING = "customer_banks"


def read_bed(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the four tables an engine may see; never the truth. Raises InputError with file, row, column, value and the cure."""
    return {name: _table(folder, name) for name in _SHAPES}


def _table(folder: Path, name: str) -> pd.DataFrame:
    """Read one file; every column of its shape is there, and of its kind."""
    file, shape = folder / f"{name}.parquet", _SHAPES[name]
    if not file.is_file():
        if name == _MAY_BE_MISSING:
            return pd.DataFrame({column: pd.Series([], dtype="str") for column in shape.columns()})
        raise InputError(
            "a bed needs this file", where=place(str(file)), cure="It holds customers, invoices and receipts, each as NAME.parquet."
        )
    try:
        frame = pd.read_parquet(file)
    except (OSError, ValueError) as broken:  # what pyarrow raises for a file that is none of its own
        raise InputError("this is not a Parquet file", where=place(str(file)), cure="Write it again.") from broken
    missing = [column for column in shape.columns() if column not in frame.columns and column not in _UNKNOWN]
    if missing:
        raise InputError(
            f"the column {missing[0]} is missing", where=place(str(file)), cure=f"These are there: {', '.join(map(str, frame.columns))}."
        )
    frame = frame.assign(**{c: _UNKNOWN[c] for c in shape.columns() if c not in frame.columns})
    for column in shape.columns():
        typed = _typed(frame[column], column, shape, file)
        frame = frame.assign(**{column: typed}) if typed is not frame[column] else frame
    again = frame.duplicated(list(shape.key))
    if again.any():
        _refuse(frame[shape.key[0]], again, file, "this stands in another row too", "A row is named once.")
    return frame


def _typed(values: pd.Series, column: str, shape: _Shape, file: Path) -> pd.Series:
    if column in shape.dates:
        return _dates(values, column, file)
    if column in shape.whole:
        return _whole(values, file)
    if column in shape.percents:
        return pd.to_numeric(values).fillna(0)
    text = values.astype("str").where(values.notna(), "") if values.isna().any() or values.dtype != "str" else values
    if column in (*shape.key, *shape.names) and (blank := text.str.strip() == "").any():
        _refuse(text, blank, file, "this is blank", "Every row has one.")
    return text


def _dates(values: pd.Series, column: str, file: Path) -> pd.Series:
    """Return dates; texts are read as ISO dates and as nothing else, for 03/04 is a day in March here and in April there."""
    if values.dtype.kind == "M":
        read = values if values.dt.tz is None else values.dt.tz_localize(None)
    else:
        read = pd.to_datetime(values.astype("str"), format="ISO8601", errors="coerce")
    if read.isna().any():
        _refuse(values, read.isna(), file, f"this is no {column.replace('_', ' ')}", "Dates are dates, or texts like 2026-03-31.")
    return read


def _whole(values: pd.Series, file: Path) -> pd.Series:
    """Return whole numbers; what may have been rounded on its way here is refused (CV-02)."""
    if values.isna().any():
        _refuse(values, values.isna(), file, "there is no number", "Every row has one, in whole minor units.")
    if values.dtype.kind not in "iu":
        _refuse(
            values, pd.Series(True, index=values.index), file, "this is not a whole number", "Amounts are integers in minor units (cents)."
        )
    return values


def _refuse(values: pd.Series, wrong: pd.Series, file: Path, what: str, cure: str) -> None:
    """Name the first rows that are wrong, counted from 1, and stop."""
    rows = [place(str(file), f"row {n + 1}", str(values.name), values.iloc[n]) for n in wrong.to_numpy().nonzero()[0].tolist()]
    raise InputError(what, where=first_few(rows, 3), cure=cure)
