"""`arwork init`: a layout proposed from a file's header and content, as YAML that says of each line how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from arwork.errors import InputError
from arwork.intake.claim import bank_format, is_cells, read_bank
from arwork.intake.layouts import Layout, read_layout
from arwork.intake.ledger import Parsed, read_alone
from arwork.intake.proposal_yaml import READS, Writer, twice
from arwork.intake.proposed import foreign, matched, words_of
from arwork.intake.received import Received
from arwork.intake.refused import kind_of
from arwork.intake.seen import Column, Seen, see
from arwork.money import ISO
from arwork.tables import TABLES

_WHEN_NAMED = ("their_items",)
"""Tables that look like others and are proposed only when the kind is named."""


@dataclass(frozen=True)
class Proposal:
    """A proposed layout: its YAML text, the table it fills, what is missing, and how the first rows read by it.

    `rows` give our column to its text; `refusal` says why the file cannot be read by the layout as it stands, if so.
    """

    reads: str
    text: str
    missing: tuple[str, ...]
    doubts: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    read: int
    refusal: str
    others: tuple[str, ...]


def propose(
    received: Received, layouts: Mapping[str, Layout], reads: str = "", *, encoding: str = "", currency: str = "", sheet: str = ""
) -> Proposal:
    """Propose a layout for a table file; InputError when it is a bank format or of a kind that is no table.

    `reads` says what the file holds; without it the table is taken that most of the headings speak for.
    """
    form = bank_format(received)
    if form:
        raise InputError(
            f"this is a file of format {form}; it needs no layout",
            where=received.name,
            cure="Give it as `reads: bank`, or look at it with `arwork check`",
        )
    if not is_cells(received) and kind_of(received) is not None:
        read_bank(received, ISO)  # names what it is and refuses it
    words = words_of(layouts.values())
    seen = see(received, {word for table in words.values() for names in table.values() for word in names}, encoding, sheet)
    tables = [table for table in words if (READS.get(table, table) == reads if reads else table not in _WHEN_NAMED)]
    if not tables:
        raise InputError(f"unknown kind {reads!r}", cure=f"Use one of: {', '.join(READS.get(t, t) for t in words)}")
    usable = _usable(seen)
    weighed = [replace(matched(table, usable, words[table]), against=foreign(table, seen.columns, words)) for table in tables]
    matches = sorted(weighed, key=lambda match: match.rank(), reverse=True)
    best = matches[0]
    if not best.guesses:
        raise InputError(
            "has no heading and no content that says what it holds", where=received.name, cure="Say it: --reads open_items, for example"
        )
    writer = Writer(seen, best, currency)
    text = "\n".join(writer.lines(received.name)) + "\n"
    layout = read_layout(text, "proposed layout")
    parsed, refusal = _read(received, layout)
    others = tuple(READS.get(m.table, m.table) for m in matches[1:] if m.rank() >= best.rank() - 1)
    rows = _first_rows(parsed, layout) if parsed is not None else ()
    return Proposal(
        layout.reads, text, tuple(writer.missing), tuple(writer.doubts), rows, 0 if parsed is None else len(parsed.table), refusal, others
    )


def _usable(seen: Seen) -> list[Column]:
    """Leave out columns whose heading stands twice: a layout cannot tell them apart."""
    repeated = twice(seen)
    return [column for column in seen.columns if not column.heading or column.heading.casefold() not in repeated]


def _read(received: Received, layout: Layout) -> tuple[Parsed | None, str]:
    try:
        parsed = read_alone(received, layout, ISO)
    except InputError as refused:
        return None, refused.paragraph()
    if len(parsed.rejects):
        first = parsed.rejects.iloc[0]
        told = f"{len(parsed.rejects):,} rows cannot be taken over, such as line {first['source_line']}, {first['column']} {first['value']!r}: {first['reason']}"
        return parsed, f"{told}. {first['cure']}"
    return parsed, ""


def _first_rows(parsed: Parsed, layout: Layout) -> tuple[Mapping[str, str], ...]:
    """Give the first rows of the file as our columns, as people read them."""
    frame = parsed.table
    order = frame["source_line"].str.extract(r"([0-9]+)$")[0].astype("Int64").sort_values(kind="stable").index[:5]
    named = [*layout.columns, *layout.constants, "amount"]
    columns = [c for c in TABLES[layout.table].columns if c.name in named and c.name in frame]
    shown = []
    for row in frame.loc[order].to_dict("records"):
        code = str(row.get("currency") or "XXX")
        shown.append({c.name: _text(row[c.name], c.kind, code) for c in columns})
    return tuple(shown)


def _text(value: object, kind: str, code: str) -> str:
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if kind.startswith("money") and isinstance(value, int):
        return ISO.text(value, code if ISO.known(code) else "XXX")
    return str(value.date()) if isinstance(value, pd.Timestamp) else str(value)
