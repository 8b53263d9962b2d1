"""Rows that cannot be taken over, amounts that were rounded, and the control figures that a file must meet (LD-10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from arwork.errors import InputError, first_few, place
from arwork.intake.fields import Fields, Problem
from arwork.intake.grids import Flags, Grid
from arwork.intake.items import Columns
from arwork.intake.layouts import Layout
from arwork.intake.typed import Typed
from arwork.params import Source
from arwork.tables import TABLES, conform, empty

LINEAGE = ("source_file", "source_line", "source_sha256")
_AMOUNT = {
    "open_items": "amount_doc", "bank_lines": "amount", "gl_lines": "amount", "cash_book": "amount", "remittance_lines": "net_amount",
    "promises": "promised_amount", "disputes": "disputed_amount", "gl_balances": "closing", "refund_register": "amount",
    "sales_history": "credit_sales", "adjustment_register": "amount", "their_items": "amount",
}  # fmt: skip
_MADE_LATER = ("line_id", "statement_key", "class", "class_reason", "method", "line_no")


@dataclass(frozen=True)
class Work:
    """The rows of one source on their way into a table: the file's grid, our text, typed and completed columns, problems.

    `without` marks rows that have no amount in ledger currency.
    """

    grid: Grid
    fields: Fields
    typed: Typed
    columns: Columns
    problems: list[Problem]
    without: Flags


def refused(work: Work, table: str) -> dict[int, Problem]:
    """Give the first problem of each row that cannot be taken over: unreadable, blank where needed, or a repeated key."""
    found: dict[int, Problem] = {}
    for problem in [*work.problems, *_blanks(work.columns, table)]:
        found.setdefault(problem.row, problem)
    return found if table in ("bank_lines", "their_items") else found | _repeats(work, table, found)


def _blanks(columns: Columns, table: str) -> list[Problem]:
    """Find rows that lack what the table cannot do without."""
    problems = []
    for column in TABLES[table].columns:
        if not column.required or column.name in LINEAGE or (table == "bank_lines" and column.name in _MADE_LATER):
            continue
        if column.kind in ("text", "code", "choice", "rate"):
            blank = columns.text(column.name).eq("")
        elif column.kind in ("date", "money"):
            blank = (columns.days if column.kind == "date" else columns.money)(column.name).isna()
        else:
            continue
        cure = f"Fill it in the export, or say in the layout where it comes from, such as `when_blank: {{{column.name}: {{take: {{{column.name}: <heading>}}}}}}`."
        problems += [Problem(int(row), column.name, "", "is blank", cure) for row in np.flatnonzero(blank)]
    return problems


def _repeats(work: Work, table: str, problems: Mapping[int, Problem]) -> dict[int, Problem]:
    """Find rows whose key a row before them has; the first stays (LD-10)."""
    names = TABLES[table].key
    keys = pd.DataFrame({name: _key(work.columns, table, name) for name in names})
    good = keys[~keys.index.isin(list(problems))]
    again = good[good.duplicated()]
    firsts = good[good.duplicated(keep=False)].drop_duplicates()
    row_of = {key: row for row, key in zip(firsts.index, firsts.itertuples(index=False, name=None), strict=True)}
    cure = "Remove the repeated row from the export, or accept the rejects in the params."
    lines = work.grid.places["source_line"].tolist()
    found = {}
    for row, key in zip(again.index, again.itertuples(index=False, name=None), strict=True):
        reason = f"repeats the key of line {lines[row_of[key]]}"
        found[int(row)] = Problem(int(row), " + ".join(names), " ".join(key), reason, cure)
    return found


def _key(columns: Columns, table: str, name: str) -> pd.Series[Any]:
    kind = next(column.kind for column in TABLES[table].columns if column.name == name)
    cells = columns.days(name) if kind == "date" else columns.count(name) if kind == "count" else columns.text(name)
    return pd.Series(cells.astype("str"))


def rejects_of(work: Work, problems: Mapping[int, Problem], layout: Layout) -> pd.DataFrame:
    """Write table `rejects`: file, line, column, value, reason, cure, and the row's amount where it could be read."""
    rows = [asdict(fault) | {"column": "", "cure": "Correct the row in the export."} for fault in work.grid.faults]
    order = list(problems)
    places = work.grid.places.iloc[order].to_dict("records")
    exact, currency = _amounts(work, layout), work.columns.text("currency").tolist()
    for row, lineage in zip(order, places, strict=True):
        problem = problems[row]
        rows.append({
            **{str(name): value for name, value in lineage.items()}, "column": work.fields.heading.get(problem.column, problem.column),
            "value": problem.value, "reason": problem.reason, "cure": problem.cure, "amount": exact[row] if exact else "",
            "currency": currency[row],
        })  # fmt: skip
    if not rows:
        return empty("rejects")
    return conform("rejects", pd.DataFrame(rows).assign(reads=layout.reads, accepted=False))


def roundings_of(work: Work, keep: Flags, layout: Layout) -> pd.DataFrame:
    """Write table `roundings`: every amount of a row taken over that was rounded because the layout says so (CV-03)."""
    entries = [entry for entry in work.typed.roundings if keep[entry.row]]
    if not entries:
        return empty("roundings")
    frame = work.grid.places.iloc[[entry.row for entry in entries]].reset_index(drop=True)
    text = {name: work.fields.text[name].tolist() for name in {entry.column for entry in entries}}
    return conform("roundings", frame.assign(
        reads=layout.reads,
        column=[work.fields.heading.get(entry.column, entry.column) for entry in entries],
        value=[text[entry.column][entry.row] for entry in entries],
        currency=[entry.currency for entry in entries],
        minor=[entry.minor for entry in entries],
    ))  # fmt: skip


def _amounts(work: Work, layout: Layout) -> Sequence[str]:
    """Give the main amount of every row exactly as the file has it, signed; blank where it cannot be read."""
    for column in (_AMOUNT.get(layout.table, ""), "open_amount_doc"):
        if column in work.typed.exact:
            return work.typed.exact[column]
    plus, minus = (work.typed.exact.get(column) for column in ("amount_plus", "amount_minus"))
    if plus is None and minus is None:
        return ()
    owed, paid = plus or [""] * work.fields.rows, minus or [""] * work.fields.rows
    down = 1 if any(text.startswith("-") for text in paid) else -1
    return [str(Decimal(a or "0") + down * Decimal(b or "0")) if a or b else "" for a, b in zip(owed, paid, strict=True)]


def check_control(work: Work, source: Source, layout: Layout, file: str) -> None:
    """Compare the control figures of the source with the file: rows, and the sum of its amounts in major units (LD-10, DV-10).

    Rejected rows count: the figures prove that the file came whole. For open items the sum may be that of the amounts or
    of the open amounts. Raises InputError with both figures.
    """
    rows = work.fields.rows + len(work.grid.faults)
    cure = "Export the file again, or correct the control figure in the params."
    if source.control_rows is not None and source.control_rows != rows:
        raise InputError(
            f"holds {rows:,} data row{'' if rows == 1 else 's'} where control_rows says {source.control_rows:,}", where=file, cure=cure
        )
    if source.control_sum is None:
        return
    if layout.table not in _AMOUNT:
        raise InputError(f"control_sum has no amount to add up in {layout.reads}", where=file, cure="Remove control_sum.")
    sums = [_sum(_amounts(work, layout)), *(_sum(work.typed.exact[name]) for name in ("open_amount_doc",) if name in work.typed.exact)]
    if source.control_sum not in sums:
        shown = " or ".join(f"{total:,f}" for total in dict.fromkeys(sums))
        raise InputError(f"its amounts add up to {shown} where control_sum says {source.control_sum:,f}", where=file, cure=cure)


def _sum(texts: Iterable[str]) -> Decimal:
    return sum((Decimal(text) for text in texts if text), Decimal(0))


def refuse_whole(rejects: pd.DataFrame, file: str) -> None:
    """Refuse an advice or bank statement that has one bad row (LD-10); InputError lists the first ones."""
    if len(rejects):
        shown = [
            f"{place(str(r['source_file']), r['source_line'], r['column'], r['value'])}: {r['reason']}" for r in rejects.to_dict("records")
        ]
        cure = f"{rejects['cure'].iloc[0]} A bank statement or advice is taken whole or not at all."
        count = "1 row" if len(rejects) == 1 else f"{len(rejects):,} rows"
        raise InputError(f"{count} cannot be read: {first_few(shown, 3)}", where=file, cure=cure)
