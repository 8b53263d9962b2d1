"""The last table of a notebook: what was published, its rows and control totals, and the way from each table down to a source row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from arwork.money import Units
from arwork.show.columns import currency_column, figure, heading, kinds_of, totals_of
from arwork.show.grid import Align, Grid, Row, Shown, draw
from arwork.show.numbers import count, plural

_WAYS = (
    ("source_line", "its own source file and line"), ("receipt_id", "receipts, by receipt"), ("key", "receipts, by key"),
    ("break_id", "breaks, by break"), ("refund_id", "refunds, by refund"), ("item_id", "open_items, by item"),
    ("recon_id", "recon_items and recon_inputs, by reconciliation"), ("letter_id", "dunning_items, by customer"),
    ("promise_id", "promises, by promise"), ("dispute_id", "disputes, by dispute"), ("claim_id", "claims, by claim"), ("contact_id", "contacts, by contact"),
    ("adjustment_id", "adjustment_register, by adjustment"), ("customer_id", "open_items, by customer"), ("stage", "the tables of its stage"),
    ("source_id", "the file itself"), ("level", "service_level_rows, by level"), ("profile", "proposals, by profile"),
    ("ledger_currency", "the params file"), ("currency", "the tables above, by currency"),
)  # fmt: skip
"""The first column of these that a table has says where its rows lead."""
_MOST = 3


def lineage(tables: Mapping[str, pd.DataFrame], record: Mapping[str, Any], units: Units) -> Shown:
    """Print each published table with rows, control totals per currency, where a row leads, and the start of its digest."""
    rows = []
    for name, entry in record["tables"].items():
        frame = tables[name]
        rows.append(Row((name, count(entry["rows"]), control_totals(frame, units), way_of(frame.columns), entry["sha256"][:12])))
    aligns: tuple[Align, ...] = ("left", "right", "left", "left", "left")
    heads = ("Table in data/", "Rows", "Control totals", "A row leads to", "SHA-256")
    notes = (
        f"{plural(len(rows), 'table')}. From a figure to its table, from the row to its source file and line, from the file to its bytes in inputs/.",
    )
    return draw(Grid("Published, and where each figure comes from", heads, aligns, tuple(rows), notes, 0, frozenset({2, 3})))


def control_totals(frame: pd.DataFrame, units: Units) -> str:
    """Write the totals per currency of the first money columns of a table; blank where it holds no money."""
    if frame.empty:
        return ""
    kinds = kinds_of(frame)
    money = [name for name in kinds if kinds[name] == "money" and currency_column(name) in frame.columns][:_MOST]
    said = []
    for name in money:
        sums = [f"{code} {figure(minor, code, units)}" for code, minor in totals_of(name, frame).items() if units.known(code)]
        said += [] if not sums else [f"{heading(name)}: {', '.join(sums)}"]
    return "; ".join(said)


def way_of(columns: Sequence[str] | pd.Index[Any]) -> str:
    """Say where the rows of a table with these columns lead."""
    return next((way for name, way in _WAYS if name in columns), "")
