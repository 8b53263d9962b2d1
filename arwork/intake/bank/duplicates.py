"""Everything once (EX-10): a statement or line that was delivered twice is entered once, and listed as a repeat.

Two statements are the same when account, balances, day and the amounts of each day agree, however they are wrapped or
written. Lines of overlapping statements are the same when they say the same, or carry the same bank reference, day and
amount. Equal lines inside one file, or on statements that follow each other, are genuine and stay. Lines of a report
without balances count only on days that no proven statement covers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from arwork.intake.bank.sheet import Row, Sheet, account_of, follow, said, same_statement, sheet
from arwork.intake.bank.statement import BankFile
from arwork.tables import conform, empty

_Repeats = dict[int, tuple[Row | None, str]]
"""Place of a row in its sheet, to the row that it repeats (None where only the day is known) and the reason."""


@dataclass(frozen=True)
class _Entry:
    """A sheet that was looked at: which of its rows repeat others, and whether all of it is left out."""

    sheet: Sheet
    repeats: _Repeats
    left_out: bool

    def kept(self) -> list[Row]:
        """List the rows that are entered."""
        return [row for i, row in enumerate(self.sheet.rows) if i not in self.repeats]


def once(bank_files: Sequence[BankFile]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Join bank files so that every line is entered once (EX-10).

    Out: tables `statements`, `bank_lines` and `repeated_lines` (one row a line that was left out). A statement of which
    only some lines are new keeps those; its opening balance then is the balance after the lines left out. The order in
    which the files are given changes nothing.
    """
    if not bank_files:
        return empty("statements"), empty("bank_lines"), empty("repeated_lines")
    heads = pd.concat([file.statements for file in bank_files], ignore_index=True)
    lines = pd.concat([file.bank_lines for file in bank_files], ignore_index=True)
    accounts: dict[tuple[str, str], list[Sheet]] = defaultdict(list)
    for found in _sheets(bank_files, heads, lines):
        accounts[account_of(found.head if found.head is not None else found.rows[0])].append(found)
    entries: list[_Entry] = []
    for account in sorted(accounts):
        sheets = sorted(accounts[account], key=Sheet.rank)
        looked_at: list[_Entry] = []
        for each in sheets:
            looked_at.append(_look(each, looked_at, sheets))
        entries += looked_at
    return _joined(entries, heads, lines)


def _sheets(bank_files: Sequence[BankFile], heads: pd.DataFrame, lines: pd.DataFrame) -> Iterator[Sheet]:
    """Cut the joined tables into statements, each with the number of its file."""
    head_rows, line_rows = iter(heads.itertuples()), iter(lines.itertuples())
    for number, file in enumerate(bank_files):
        mine: dict[str, list[Row]] = defaultdict(list)
        for _ in range(len(file.bank_lines)):
            row = next(line_rows)
            mine[str(row.statement_key)].append(row)
        stated = {str(head.statement_key): head for head in (next(head_rows) for _ in range(len(file.statements)))}
        for key in sorted({*mine, *stated}):
            rows = sorted(mine.get(key, []), key=lambda row: int(row.line_no))
            yield sheet(number, key, stated.get(key), rows, file.format)


def _look(one: Sheet, before: Sequence[_Entry], sheets: Sequence[Sheet]) -> _Entry:
    """Compare a sheet with what was entered before it."""
    entered = [entry for entry in before if not entry.left_out]
    twin = next((entry.sheet for entry in entered if same_statement(one, entry.sheet, sheets)), None)
    if twin is not None:
        partners = _paired(one.rows, twin.rows, _dated) | _paired(one.rows, twin.rows, said)
        reason = (
            f"the same statement as in {twin.head.source_file}: account, balances, day and amounts agree" if twin.head is not None else ""
        )
        return _Entry(one, {i: (partners.get(i), reason) for i in range(len(one.rows))}, True)
    if one.head is None:
        repeats = _covered(one, entered)
        others = [entry for entry in entered if entry.sheet.head is None and entry.sheet.file != one.file]
        repeats |= _matched(one, others, before, skip=repeats)
    else:
        others = [
            entry
            for entry in entered
            if entry.sheet.file != one.file and entry.sheet.head is not None
            and entry.sheet.first <= one.last and one.first <= entry.sheet.last and not follow(one, entry.sheet, sheets)
        ]  # fmt: skip
        repeats = _matched(one, others, before, skip={})
    return _Entry(one, repeats, bool(one.rows) and len(repeats) == len(one.rows))


def _covered(one: Sheet, entered: Iterable[_Entry]) -> _Repeats:
    """Find the lines of a report that stand on a day of a proven statement."""
    repeats: _Repeats = {}
    for other in (entry.sheet for entry in entered):
        if other.head is None or not other.rows:
            continue
        days = [day for day in (other.head.from_date, other.head.to_date, pd.Timestamp(other.first)) if not pd.isna(day)]
        mine = {i: row for i, row in enumerate(one.rows) if i not in repeats and min(days) <= row.booking_date <= other.head.to_date}
        pairs: dict[int, Row] = {}
        for key in (_referred, said):
            pairs = _paired(list(mine.values()), other.rows, key) | pairs
        repeats |= {i: (pairs.get(place), f"statement {other.key} covers this day") for place, i in enumerate(mine)}
    return repeats


def _matched(one: Sheet, others: Sequence[_Entry], before: Sequence[_Entry], *, skip: _Repeats) -> _Repeats:
    """Find the lines that overlapping statements hold already; each of theirs answers for one line of a file only."""
    used = {row.Index for entry in before if entry.sheet.file == one.file for row, _ in entry.repeats.values() if row is not None}
    theirs = [row for entry in others for row in entry.kept() if row.Index not in used]
    repeats: _Repeats = {}
    for key, how in ((said, "says the same"), (_referred, "has the same bank reference, day and amount")):
        mine = {i: row for i, row in enumerate(one.rows) if i not in repeats and i not in skip}
        taken = {row.Index for row, _ in repeats.values() if row is not None}
        pairs = _paired(list(mine.values()), [row for row in theirs if row.Index not in taken], key)
        for place, i in enumerate(mine):
            if place in pairs:
                there = pairs[place]
                repeats[i] = (there, f"{there.source_file}, {there.source_line} {how}")
    family = one.format.partition(".")[0]
    foreign = {row.Index for entry in others if entry.sheet.format.partition(".")[0] != family for row in entry.kept()}
    taken = {row.Index for row, _ in repeats.values() if row is not None}
    free = [row for row in theirs if row.Index in foreign and row.Index not in taken]
    return repeats | _same_days(one, free, {*repeats, *skip})


def _same_days(one: Sheet, theirs: Sequence[Row], known: Iterable[int]) -> _Repeats:
    """Find days whose sum a statement in another format holds already; the wording of formats differs too much for lines."""
    sums: dict[Any, int] = defaultdict(int)
    for row in theirs:
        sums[row.booking_date] += int(row.amount)
    mine: dict[Any, list[int]] = defaultdict(list)
    for i, row in enumerate(one.rows):
        if i not in known:
            mine[row.booking_date].append(i)
    return {
        i: (None, "a statement in another format holds this day")
        for day, places in mine.items()
        if day in sums and sums[day] == sum(int(one.rows[i].amount) for i in places)
        for i in places
    }


def _referred(row: Row) -> Hashable:
    return (row.booking_date, int(row.amount), row.bank_txn_id) if row.bank_txn_id else None


def _dated(row: Row) -> Hashable:
    return row.booking_date, int(row.amount)


def _paired(mine: Sequence[Row], theirs: Sequence[Row], key: Callable[[Row], Hashable]) -> dict[int, Row]:
    """Pair rows with equal keys one to one, in order; a blank key pairs with nothing."""
    free: dict[Hashable, list[Row]] = defaultdict(list)
    for row in reversed(theirs):
        if key(row):
            free[key(row)].append(row)
    return {i: free[key(row)].pop() for i, row in enumerate(mine) if key(row) and free.get(key(row))}


def _joined(entries: Sequence[_Entry], heads: pd.DataFrame, lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Build the tables; keys and line ids that two files chose alike are numbered on."""
    keys: set[str] = set()
    names: set[str] = set()
    ids: dict[int, str] = {}
    line_keys: list[str] = []
    totals: dict[int, tuple[str, int, int, int, int]] = {}
    for entry in (entry for entry in entries if not entry.left_out):
        key = _unused(entry.sheet.key, keys, f"{entry.sheet.key}/")
        for row in entry.kept():
            ids[row.Index] = _unused(str(row.line_id), names, f"{said(row)}-")
            line_keys.append(key)
        if entry.sheet.head is not None:
            totals[entry.sheet.head.Index] = (key, *_totals(entry))
    columns = ("statement_key", "opening", "credits", "debits", "lines")
    told = {column: [values[i] for values in totals.values()] for i, column in enumerate(columns)}
    statements = heads.loc[list(totals)].assign(**told) if totals else empty("statements")
    entered = lines.loc[list(ids)].assign(line_id=list(ids.values()), statement_key=line_keys) if ids else empty("bank_lines")
    return conform("statements", statements), conform("bank_lines", entered), _repeated(entries, ids)


def _unused(wanted: str, taken: set[str], stem: str) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{stem}{number}"
    taken.add(name)
    return name


def _totals(entry: _Entry) -> tuple[int, int, int, int]:
    """Opening balance, credits, debits and number of lines of what is kept; the opening moves past what was left out."""
    amounts = [int(row.amount) for row in entry.kept()]
    head = entry.sheet.head
    closing = int(head.closing) if head is not None else 0
    return closing - sum(amounts), sum(a for a in amounts if a > 0), -sum(a for a in amounts if a < 0), len(amounts)


def _repeated(entries: Sequence[_Entry], ids: dict[int, str]) -> pd.DataFrame:
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
