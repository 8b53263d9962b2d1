"""A customer's own statement as a source of a close: read like `arwork reconcile` reads it, whole or not at all (RC-40)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.errors import InputError
from arwork.intake.layouts import PLAIN, Layout
from arwork.intake.received import Received
from arwork.intake.remittance.text_layout import TextLayout
from arwork.intake.their_statement import Told, adds_up, read_their_statement
from arwork.params import Params, Source
from arwork.tables import conform

SAYS = "their_statements"
"""Table of what each statement says beside its lines."""


@dataclass(frozen=True)
class Theirs:
    """One statement as taken in: `their_items`, `their_statements`, and its row of `sources`."""

    lines: pd.DataFrame
    says: pd.DataFrame
    source: dict[str, Any]


def read_their_source(
    source_id: str, source: Source, received: Received, params: Params, layouts: Mapping[str, Layout | TextLayout]
) -> Theirs:
    """Read one customer's statement; InputError when it cannot be read whole, is of several customers, or counts otherwise than stated."""
    named = "" if source.layout == PLAIN else source.layout
    known = {name: layout for name, layout in layouts.items() if isinstance(layout, Layout)}
    home = next((entry.currency for entry in params.ledgers if source.ledger in ("", entry.ledger)), params.ledgers[0].currency)
    read = read_their_statement(received, known, Told(encoding=source.encoding, layout=named), home, params.units)
    _refuse_other_count(source, len(read.lines), received.name)
    customer = _customer(read.lines, source, received.name)
    lines = read.lines.assign(customer_id=customer)
    rows = [
        {
            "source_file": received.name, "source_sha256": received.sha256, "customer_id": customer, "ledger_id": source.ledger,
            "signs": source.signs, "currency": code, "entries": int((lines["currency"] == code).sum()),
            "opening": read.opening.get(code, pd.NA), "closing": read.closing.get(code, pd.NA), "statement_date": read.said_on or pd.NaT,
            "notes": " ".join(read.notes),
        }
        for code in sorted({*lines["currency"], *read.opening, *read.closing})
    ]  # fmt: skip
    says = pd.DataFrame(rows).astype({"opening": "Int64", "closing": "Int64", "statement_date": "datetime64[us]"})
    proven = adds_up(read)
    form, encoding = read.form
    told = {
        "source_id": source_id, "reads": source.reads, "source_file": received.name, "source_sha256": received.sha256,
        "bytes": len(received.data), "format": form, "encoding": encoding, "layout": named or "by its headings", "rows_in": len(lines),
        "rows_out": len(lines), "rejects": 0, "skipped": read.beside,
        "completeness": "proven" if proven else "counted" if source.control_rows is not None else "not_proven",
        "proof": "its entries add up to the balance it states" if proven else "no balance that its entries add up to",
    }  # fmt: skip
    return Theirs(conform("their_items", lines), conform(SAYS, says), told)


def _customer(lines: pd.DataFrame, source: Source, name: str) -> str:
    """Say whose statement it is: as the params say, or its layout; blank where neither does."""
    found = sorted({str(one) for one in lines["customer_id"]} - {""} | ({source.customer} if source.customer else set()))
    if len(found) > 1:
        raise InputError(
            f"is of customers {' and '.join(found[:3])}", where=name, cure="Give the statement of each customer as a file of its own."
        )
    return found[0] if found else ""


def _refuse_other_count(source: Source, entries: int, name: str) -> None:
    if source.control_rows is not None and source.control_rows != entries:
        raise InputError(
            f"holds {entries:,} entries, control_rows says {source.control_rows:,}",
            where=name,
            cure="Ask for the file again, or correct the count.",
        )
