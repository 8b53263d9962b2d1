"""The widget of the desk, and the compact form in which whole columns go to the browser: once, as bytes.

A column of numbers goes as int64 or int32, a column of few texts as codes into a list of words, another as texts parted by
line ends. Every text has its invisible characters made visible here, so that no text holds a line end; the page puts
texts into text nodes only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import anywidget
import numpy as np
import pandas as pd
import traitlets

from arwork.show.markup import visible

Message = tuple[dict[str, Any], list[bytes]]
"""What goes to the page: plain values, and the bytes they refer to by place."""
_PAGE = Path(__file__).resolve().parent / "page"
_SCRIPTS = ("columns.js", "grid.js", "panes.js", "split.js", "follow.js", "second.js", "keys.js", "desk.js")
_EPOCH = pd.Timestamp("1970-01-01")
_NOTHING = -(2**31)
_FEW = 2
_ALWAYS_CODED = ("queue",)
"""Columns that the page looks up by word, also on a board of a few rows."""


@dataclass(frozen=True)
class Column:
    """A column of the grid: its name in the frame, its heading (blank: searched, not shown), kind, and width in pixels (0: a share of the rest)."""

    name: str
    label: str
    kind: Literal["text", "money", "day", "number", "percent"] = "text"
    width: int = 0


COLUMNS = (
    Column("queue", "Queue", width=108), Column("state", "State", width=92), Column("amount", "Amount", "money", 104),
    Column("currency", "Cur.", width=44), Column("value_date", "Value date", "day", 84), Column("age_days", "Days", "number", 50),
    Column("payer", "Payer"), Column("customer", "Customer"), Column("reason", "Why it waits"),
    Column("strategy", "Rule", width=52), Column("probability", "Prob.", "percent", 60), Column("ledger_id", "Ledger", width=64),
    Column("company_code", "Co.", width=50), Column("collector", "Collector", width=96),
    Column("decided_by", "Decided by", width=86), Column("receipt_id", "Receipt", width=136),
    Column("customer_id", ""), Column("sentence", ""), Column("source", ""),
)  # fmt: skip
"""The columns of the grid from left to right; `probability` is ten-thousandths of a percent point."""


class DeskWidget(anywidget.AnyWidget):
    """The page of the desk; the state it keeps is its code only, so that no saved notebook holds data of the ledger."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)


def desk_widget(hear: Callable[[dict[str, Any]], Sequence[Message]]) -> DeskWidget:
    """Make the widget; `hear` takes what the page says and returns what it is to be told."""
    widget = DeskWidget(_esm=page_script(), _css=(_PAGE / "desk.css").read_text(encoding="utf-8"))

    def on_message(_widget: DeskWidget, content: dict[str, Any], _buffers: list[memoryview]) -> None:
        """Pass on what the page says, and answer it."""
        for told, buffers in hear(content):
            widget.send(told, buffers)

    widget.on_msg(on_message)
    return widget


def page_script() -> str:
    """Return the page's code as one module."""
    return "\n".join((_PAGE / name).read_text(encoding="utf-8") for name in _SCRIPTS)


def packed(rows: pd.DataFrame) -> Message:
    """Pack the board's rows for the page; `columns` of the message say where each column's bytes are."""
    buffers: list[bytes] = []
    columns = [_column(column, rows[column.name], buffers) for column in COLUMNS]
    return {"kind": "board", "size": len(rows), "columns": columns}, buffers


def cells(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Write rows as the page keeps them, cell by cell, for what a decision changed."""
    numbers = {column.name: _numbers(column, rows[column.name]).tolist() for column in COLUMNS if column.kind != "text"}
    texts = {column.name: [visible(text) for text in rows[column.name]] for column in COLUMNS if column.kind == "text"}
    every = {**numbers, **texts, "amount": [str(minor) for minor in numbers["amount"]]}  # 2**53 is not enough for minor units
    return [{name: values[place] for name, values in every.items()} for place in range(len(rows))]


def _column(column: Column, values: pd.Series[Any], buffers: list[bytes]) -> dict[str, Any]:
    said: dict[str, Any] = {"name": column.name, "label": column.label, "kind": column.kind, "width": column.width}
    if column.kind != "text":
        numbers = _numbers(column, values)
        return said | {"form": "wide" if column.kind == "money" else "narrow", "numbers": _put(buffers, numbers.tobytes())}
    codes, words = pd.factorize(values.to_numpy(dtype=object))
    if column.name not in _ALWAYS_CODED and len(words) * _FEW > len(values) > 0:
        return said | {"form": "texts", "texts": _put(buffers, _lines(values))}
    return said | {
        "form": "coded",
        "codes": _put(buffers, codes.astype(np.int32).tobytes()),
        "words": _put(buffers, _lines(pd.Series(words))),
    }


def _numbers(column: Column, values: pd.Series[Any]) -> np.ndarray[Any, Any]:
    if column.kind == "money":
        return values.to_numpy(dtype=np.int64)
    if column.kind == "day":
        return ((values - _EPOCH).dt.days.fillna(_NOTHING)).to_numpy(dtype=np.int64).astype(np.int32)
    whole = values.fillna(-1 if column.kind == "percent" else _NOTHING).to_numpy(dtype=np.int64)
    return (np.where(whole > 0, whole // 100, -1) if column.kind == "percent" else whole).astype(np.int32)


def _lines(texts: pd.Series[Any]) -> bytes:
    """Join texts by line ends; only what holds something invisible is rewritten, for most months hold none."""
    joined = "\n".join(texts)
    if visible(joined, keep="\n") != joined or joined.count("\n") != max(len(texts) - 1, 0):
        joined = "\n".join(visible(text) for text in texts)
    return joined.encode("utf-8")


def _put(buffers: list[bytes], data: bytes) -> int:
    buffers.append(data)
    return len(buffers) - 1
