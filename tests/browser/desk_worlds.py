"""Desks that the demo does not hold, opened in a kernel: hostile texts, a hundred thousand receipts, an auditor."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from arwork.decide import Person
from arwork.desk.grid import DeskWidget, desk_widget
from arwork.desk.open import Desk, open_desk
from arwork.desk.session import begin, hear

ATTACKS = (
    "<img src=x onerror=\"document.title='HIT'\">", "<script>document.title='HIT'</script>", "=HYPERLINK(\"http://127.0.0.1:9/\")",
    "javascript:document.title='HIT'", "{{7*7}} ${7*7} `id`", "line one\nline two\tand a tab", "right \u202e to left \u200b zero width",
    "</style><svg onload=\"document.title='HIT'\">", "&lt;b&gt;&amp;", "\x1b[31mred\x1b[0m \x07", "\u0410CME Cyrillic", "' OR 1=1 --",
)  # fmt: skip


def _opened(params: str, outputs: str) -> Desk:
    return open_desk(Path(params), Path(outputs), Person("anna", "OS account"))


def _shown(desk: Desk) -> DeskWidget:
    return desk_widget(partial(hear, begin(desk)))


def hostile(params: str, outputs: str) -> DeskWidget:
    """Every text that comes from outside is an attack."""
    desk = _opened(params, outputs)
    tables = dict(desk.tables)

    def attacked(name: str, *columns: str) -> None:
        frame = tables[name].copy()
        for column in columns:
            frame[column] = pd.Series([f"{ATTACKS[i % len(ATTACKS)]} {i}" for i in range(len(frame))], index=frame.index, dtype="str")
        tables[name] = frame

    attacked("receipts", "remitter_name", "remittance_text", "structured_ref", "end_to_end_id", "remitter_account", "source_file")
    attacked("proposals", "sentence", "why_not", "falls_without")
    attacked("customers", "name", "collector")
    attacked("open_items", "reference", "doc_type", "dispute_id")
    attacked("proposal_items", "reference")
    attacked("evidence", "fact", "level")
    return _shown(replace(desk, tables=tables))


def many(params: str, outputs: str, size: int) -> DeskWidget:
    """The receipts of the demo again and again, with other numbers and amounts."""
    desk = _opened(params, outputs)
    tables = dict(desk.tables)
    turn = np.arange(size) // len(tables["receipts"])
    for name in ("receipts", "proposals"):
        frame = tables[name].sort_values("receipt_id")
        frame = frame.iloc[np.arange(size) % len(frame)].reset_index(drop=True)
        frame["receipt_id"] = frame["receipt_id"] + np.where(turn > 0, "-" + pd.Series(turn).astype("str"), "")
        tables[name] = frame
    for name in ("receipts", "proposals"):
        tables[name]["amount"] = tables[name]["amount"] + turn
    return _shown(replace(desk, tables=tables))


def auditor(params: str, outputs: str) -> DeskWidget:
    """A desk that only looks."""
    return _shown(replace(_opened(params, outputs), roles=("auditor",)))
