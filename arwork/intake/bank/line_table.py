"""Table `bank_lines` out of the columns that a reader filled: the identity of each line, and no copy more than needed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from arwork.intake.bank.columns import Column, Growing
from arwork.tables import conform, empty

_TEXT, _COUNT, _DAY = pa.string(), pa.int64(), pa.date32()
KINDS: Mapping[str, pa.DataType] = {
    "booking_date": _DAY, "value_date": _DAY, "amount": _COUNT, "source_line": _TEXT, "class": _TEXT, "class_reason": _TEXT,
    "bank_txn_id": _TEXT, "end_to_end_id": _TEXT, "txn_code": _TEXT, "method": _TEXT, "virtual_account": _TEXT, "remitter_name": _TEXT,
    "remitter_account": _TEXT, "remitter_bank": _TEXT, "remittance_text": _TEXT, "structured_ref": _TEXT, "orig_currency": _TEXT,
    "orig_amount": _COUNT, "charges": _COUNT, "charge_bearer": _TEXT, "return_reason": _TEXT, "is_return": pa.bool_(),
    "reversal": pa.bool_(),
}  # fmt: skip
"""Columns of the lines of one statement while they are read, in the order of the noun `Line`."""
_SAID = ("booking_date", "value_date", "amount", "bank_txn_id", "end_to_end_id", "remitter_name", "remitter_account", "remittance_text")
_BLANKS = re.compile(r"[^\S\x1f]+")
_STRINGS: Any = pd.StringDtype(na_value=float("nan"))
_WHOLE: Any = pd.Int64Dtype()
_STEP = 16_384


@dataclass(frozen=True)
class Part:
    """The lines of one statement: how the table names account, currency and statement, and the account as lines are compared."""

    account: str
    compared: str
    currency: str
    key: str
    rows: Growing


def line_table(parts: Sequence[Part], lineage: Mapping[str, str]) -> pd.DataFrame:
    """Build table `bank_lines`; the columns of the parts are used up, one after the other, so that the peak stays near the table."""
    counts = np.array([len(part.rows) for part in parts], dtype=np.int64)
    rows = Growing(KINDS)
    for part in parts:
        rows.absorb(part.rows)
    if not len(rows):
        return empty("bank_lines")
    where = np.repeat(np.arange(len(parts), dtype=np.int64), counts)
    ids = _line_ids(parts, where, rows)
    order = pc.sort_indices(ids).to_numpy()
    made: dict[str, Any] = {"line_id": _series(ids.take(pa.array(order)))}
    del ids
    numbers = np.arange(len(where), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    made["line_no"] = numbers[order]
    del numbers
    # The largest column first: while it is put into order it stands in memory twice.
    for name in sorted(KINDS, key=lambda name: -rows.column(name).nbytes):
        taken = rows.taken(name, order)
        pa.default_memory_pool().release_unused()
        if name != "reversal":
            made[name] = _series(taken)
    # What is the same for many lines is written last, when the columns of the reader are gone.
    places = pa.array(where[order])
    for name, values in (
        ("statement_key", [part.key for part in parts]), ("bank_account", [part.account for part in parts]),
        ("currency", [part.currency for part in parts]),
    ):  # fmt: skip
        made[name] = _series(pa.chunked_array([pa.array(values, type=_TEXT).take(places)]))
    del places
    for name, value in lineage.items():
        made[name] = _series(pa.chunked_array([pa.repeat(pa.scalar(value, type=_TEXT), len(order))]))
    return conform("bank_lines", pd.DataFrame(made, copy=False))


def _series(column: Column) -> Any:
    if column.type == _TEXT:
        return pd.Series(_STRINGS.__from_arrow__(column), copy=False)
    if column.type == _DAY:
        return column.cast(pa.timestamp("us")).to_numpy()
    if column.null_count or column.type == _COUNT:
        return pd.Series(_WHOLE.__from_arrow__(column)) if column.null_count else column.to_numpy()
    return column.to_numpy()


def _line_ids(parts: Sequence[Part], where: np.ndarray[Any, Any], rows: Growing) -> Column:
    """Name each line by what it says, and number equals in the order of the file: real repeats stay apart."""
    digests = np.fromiter(_digests(parts, where, rows), dtype=np.uint64, count=len(rows))
    ordinals = pd.Series(digests).groupby(digests).cumcount().to_numpy() + 1
    chunks = []
    for start in range(0, len(digests), _STEP):
        told = zip(digests[start : start + _STEP].tolist(), ordinals[start : start + _STEP].tolist(), strict=True)
        chunks.append(pa.array([f"{digest:016x}-{ordinal}" for digest, ordinal in told], type=_TEXT))
    return pa.chunked_array(chunks)


def _digests(parts: Sequence[Part], where: np.ndarray[Any, Any], rows: Growing) -> Iterator[int]:
    heads = [f"{part.compared}\x1f{part.currency}\x1f" for part in parts]
    at = 0
    for piece in rows.pieces(_SAID):
        for booked, valued, amount, *texts in zip(*piece, strict=True):
            said = "\x1f".join((booked.isoformat(), valued.isoformat(), str(amount), *texts))
            said = heads[where[at]] + said
            at += 1
            if not said.isascii():
                said = unicodedata.normalize("NFC", said)
            yield int.from_bytes(hashlib.sha256(_BLANKS.sub("", said).encode()).digest()[:8])
