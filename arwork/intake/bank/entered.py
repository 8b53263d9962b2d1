"""What is entered of the statements that were looked at: tables with unique keys, and runs of lines that still tie (EX-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.intake.bank.sheet import Row, Sheet, said
from arwork.tables import conform, empty

Repeats = dict[int, tuple[Row | None, str]]
"""Place of a row in its sheet, to the row that it repeats (None where only the day is known) and the reason."""


@dataclass(frozen=True)
class Entry:
    """A sheet that was looked at: which of its rows repeat others, and whether all of it is left out."""

    sheet: Sheet
    repeats: Repeats
    left_out: bool

    def kept(self) -> list[Row]:
        """List the rows that are entered."""
        return [row for i, row in enumerate(self.sheet.rows) if i not in self.repeats]


def runs(rows: int, repeats: Repeats) -> list[range]:
    """Cut the places of a sheet into runs of rows that are entered; a sheet without repeats is one run, even when empty."""
    if not repeats:
        return [range(rows)]
    found: list[range] = []
    for i in range(rows):
        if i in repeats:
            continue
        if found and found[-1].stop == i:
            found[-1] = range(found[-1].start, i + 1)
        else:
            found.append(range(i, i + 1))
    return found


def tables_of(entries: Sequence[Entry], heads: pd.DataFrame, lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Build `statements`, `bank_lines` and `repeated_lines`; keys and line ids that two files chose alike are numbered on.

    Each run of entered lines is a statement of its own, from the balance before its first line to that after its last.
    """
    keys: set[str] = set()
    names: set[str] = set()
    ids: dict[int, str] = {}
    line_keys: list[str] = []
    places: list[int] = []
    told: list[dict[str, Any]] = []
    for entry in (entry for entry in entries if not entry.left_out):
        sheet = entry.sheet
        for run in runs(len(sheet.rows), entry.repeats):
            key = _unused(sheet.key, keys, f"{sheet.key}/")
            for row in (sheet.rows[i] for i in run):
                ids[row.Index] = _unused(str(row.line_id), names, f"{said(row)}-")
                line_keys.append(key)
            if sheet.head is not None:
                places.append(sheet.head.Index)
                told.append({"statement_key": key} | _run_head(sheet.head, sheet.rows, run))
    new = pd.DataFrame(told)
    kept = heads.loc[places].drop(columns=list(new.columns)).reset_index(drop=True)
    statements = pd.concat([kept, new], axis=1) if told else empty("statements")
    entered = lines.loc[list(ids)].assign(line_id=list(ids.values()), statement_key=line_keys) if ids else empty("bank_lines")
    return conform("statements", statements), conform("bank_lines", entered), _repeated(entries, ids)


def _run_head(head: Row, rows: Sequence[Row], run: range) -> dict[str, Any]:
    """Give the balances, sums and days of a run of lines."""
    before = int(head.opening) + sum(int(row.amount) for row in rows[: run.start])
    amounts = [int(rows[i].amount) for i in run]
    first, last = run.start == 0, run.stop == len(rows)
    return {
        "opening": before,
        "closing": before + sum(amounts),
        "credits": sum(amount for amount in amounts if amount > 0),
        "debits": -sum(amount for amount in amounts if amount < 0),
        "lines": len(amounts),
        "from_date": head.from_date if first or pd.isna(head.from_date) else rows[run.start].booking_date,
        "to_date": head.to_date if last else rows[run.stop - 1].booking_date,
    }


def _unused(wanted: str, taken: set[str], stem: str) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{stem}{number}"
    taken.add(name)
    return name


def _repeated(entries: Sequence[Entry], ids: dict[int, str]) -> pd.DataFrame:
    rows = []
    seen: set[str] = set()
    for entry in entries:
        for i, (there, reason) in sorted(entry.repeats.items()):
            row = entry.sheet.rows[i]
            place = _unused(f"{row.source_file}\x1f{row.source_line}", seen, f"{row.source_file}\x1f{row.source_line}, copy ")
            rows.append({
                "source_file": row.source_file, "source_line": place.partition("\x1f")[2], "source_sha256": row.source_sha256,
                "line_id": ids.get(there.Index, "") if there is not None else "", "statement_key": row.statement_key,
                "amount": int(row.amount), "currency": row.currency, "reason": reason,
            })  # fmt: skip
    return conform("repeated_lines", pd.DataFrame(rows)) if rows else empty("repeated_lines")
