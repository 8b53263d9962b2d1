"""Everything once (EX-10): a statement or line that was delivered twice is entered once, and listed as a repeat.

Two statements are the same when account, balances, day and the amounts of each day agree, however they are wrapped or
written. Lines of overlapping statements are the same when they say the same, or carry the same bank reference, day and
amount. Equal lines inside one file, or on statements that follow each other, are genuine and stay. For reports without
balances see `reports`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from arwork.intake.bank.entered import Entry, Repeats, runs, tables_of
from arwork.intake.bank.reports import held
from arwork.intake.bank.sheet import Row, Sheet, account_of, counted_on, dated, follow, paired, referred, said, same_statement, sheet
from arwork.intake.bank.statement import BankFile
from arwork.tables import conform, empty


def once(bank_files: Sequence[BankFile]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Join bank files so that every line is entered once (EX-10).

    Out: tables `statements`, `bank_lines` and `repeated_lines` (one row a line that was left out). A statement of which
    only some lines are new keeps those, each run of them as a statement from the balance before to the balance after it.
    The order in which the files are given changes nothing.
    """
    alone = _alone(bank_files)
    apart = [_split(file, alone) for file in bank_files]
    heads, lines, repeated = _compared([rest for _, rest in apart if len(rest.statements) or len(rest.bank_lines)])
    statements = [frame for frame in (heads, *(single.statements for single, _ in apart)) if len(frame)]
    entered = [frame for frame in (lines, *(single.bank_lines for single, _ in apart)) if len(frame)]
    return _stacked("statements", statements), _stacked("bank_lines", entered), repeated


def _stacked(table: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the parts of a table; a single one is not copied, for it may hold a million lines."""
    if len(frames) < 2:
        return frames[0] if frames else empty(table)
    return conform(table, pd.concat(frames, ignore_index=True))


def _alone(bank_files: Sequence[BankFile]) -> set[tuple[str, str]]:
    """Find the accounts, as files write them, of which only one statement was given: nothing there can be a repeat."""
    columns = ["bank_account", "currency", "statement_key"]
    written: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    sheets: dict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
    for number, file in enumerate(bank_files):
        named = pd.concat([file.statements[columns].drop_duplicates(), file.bank_lines[columns].drop_duplicates()]).drop_duplicates()
        for row in named.itertuples():
            account = account_of(row)
            written[account].add((str(row.bank_account), str(row.currency)))
            sheets[account].add((number, str(row.statement_key)))
    return {name for account, names in written.items() if len(sheets[account]) == 1 for name in names}


def _split(file: BankFile, alone: set[tuple[str, str]]) -> tuple[BankFile, BankFile]:
    """Take the accounts that stand alone apart from those to compare."""

    def of(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Split a table by its account."""
        pairs = frame[["bank_account", "currency"]].drop_duplicates()
        single = [pair for pair in pairs.itertuples(index=False, name=None) if pair in alone]
        if len(single) == len(pairs):
            return frame, frame.iloc[:0]
        if not single:
            return frame.iloc[:0], frame
        mine = pd.MultiIndex.from_frame(frame[["bank_account", "currency"]]).isin(single)
        return frame[mine], frame[~mine]

    (heads, other_heads), (lines, other_lines) = of(file.statements), of(file.bank_lines)
    return replace(file, statements=heads, bank_lines=lines), replace(file, statements=other_heads, bank_lines=other_lines)


def _compared(bank_files: Sequence[BankFile]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Compare the statements of each account with each other, and enter what is new."""
    if not bank_files:
        return empty("statements"), empty("bank_lines"), empty("repeated_lines")
    heads = pd.concat([file.statements for file in bank_files], ignore_index=True)
    lines = pd.concat([file.bank_lines for file in bank_files], ignore_index=True)
    accounts: dict[tuple[str, str], list[Sheet]] = defaultdict(list)
    for found in _sheets(bank_files, heads, lines):
        accounts[account_of(found.head if found.head is not None else found.rows[0])].append(found)
    entries: list[Entry] = []
    for account in sorted(accounts):
        sheets = sorted(accounts[account], key=Sheet.rank)
        looked_at: list[Entry] = []
        for each in sheets:
            looked_at.append(_look(each, looked_at, sheets))
        entries += looked_at
    return tables_of(entries, heads, lines)


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


def _look(one: Sheet, before: Sequence[Entry], sheets: Sequence[Sheet]) -> Entry:
    """Compare a sheet with what was entered before it."""
    entered = [entry for entry in before if not entry.left_out]
    twin = next((entry.sheet for entry in entered if same_statement(one, entry.sheet, sheets)), None)
    if twin is not None:
        partners = paired(one.rows, twin.rows, dated) | paired(one.rows, twin.rows, said)
        reason = (
            f"the same statement as in {twin.head.source_file}: account, balances, day and amounts agree" if twin.head is not None else ""
        )
        return Entry(one, {i: (partners.get(i), reason) for i in range(len(one.rows))}, True)
    elsewhere = [entry for entry in entered if entry.sheet.file != one.file and (entry.sheet.head is None) == (one.head is None)]
    if one.head is None:
        covered = held(one, [entry.sheet for entry in entered if entry.sheet.head is not None], _answered(one, before))
        repeats = covered | _matched(one, elsewhere, elsewhere, before, skip=covered)
    else:
        meeting = [entry for entry in elsewhere if entry.sheet.first <= one.last and one.first <= entry.sheet.last]
        overlapping = [entry for entry in meeting if not counted_on(one, entry.sheet, sheets)]
        repeats = _matched(one, overlapping, [e for e in overlapping if not follow(one, e.sheet, sheets)], before, skip={})
    return Entry(one, repeats, bool(one.rows) and len(repeats) == len(one.rows))


def _matched(one: Sheet, others: Sequence[Entry], loose: Sequence[Entry], before: Sequence[Entry], *, skip: Repeats) -> Repeats:
    """Find the lines that overlapping statements hold already; each of theirs answers for one line of a file only.

    A line that says the same and meets the same balance is the same line; without balances to go by, only the `loose`
    statements are asked. Of equal lines it does not matter which is left out: those that leave the others together.
    """
    used = _answered(one, before)
    places = [i for i in range(len(one.rows)) if i not in skip]
    choices = [_one_to_one(one, order, others, loose, used) for order in (places, places[::-1])]
    return min(choices, key=lambda repeats: len(runs(len(one.rows), skip | repeats)))


def _answered(one: Sheet, before: Sequence[Entry]) -> set[int]:
    """List the lines that answer for lines of the same file already: each stands for one line of a file only."""
    return {row.Index for entry in before if entry.sheet.file == one.file for row, _ in entry.repeats.values() if row is not None}


def _one_to_one(one: Sheet, places: Sequence[int], others: Sequence[Entry], loose: Sequence[Entry], used: Collection[int]) -> Repeats:
    """Pair lines by what they say and the balance they meet, or the day's balances; by bank reference; by whole days."""
    stood = {row.Index: balance for s in (one, *(e.sheet for e in others)) for row, balance in zip(s.rows, s.balances, strict=False)}
    family = one.format.partition(".")[0]
    repeats: Repeats = {}

    def pair(theirs: Iterable[Row], key: Callable[[Row], Hashable], how: str) -> None:
        """Note the pairs of lines that are still free on both sides."""
        mine = [i for i in places if i not in repeats]
        pairs = paired([one.rows[i] for i in mine], _unclaimed(theirs, used, repeats), key)
        repeats.update({mine[place]: (there, f"{there.source_file}, {there.source_line} {how}") for place, there in pairs.items()})

    if one.head is not None:
        pair((row for entry in others for row in entry.kept()), lambda row: (said(row), stood[row.Index]), "says the same")
    pair((row for entry in loose for row in entry.kept() if _same_turn(one, entry.sheet, row)), said, "says the same")
    pair((row for entry in loose for row in entry.kept()), referred, "has the same bank reference, day and amount")
    foreign = [row for entry in loose if entry.sheet.format.partition(".")[0] != family for row in entry.kept()]
    return repeats | _same_days(one, _unclaimed(foreign, used, repeats), [i for i in places if i not in repeats])


def _unclaimed(theirs: Iterable[Row], used: Collection[int], repeats: Repeats) -> list[Row]:
    taken = {row.Index for row, _ in repeats.values() if row is not None}
    return [row for row in theirs if row.Index not in used and row.Index not in taken]


def _same_turn(one: Sheet, other: Sheet, row: Row) -> bool:
    """Say whether two statements begin or end the day of a line with one balance; reports without balances always do."""
    if one.head is None:
        return True
    day = row.booking_date.date()
    mine, theirs = one.turns.get(day), other.turns.get(day)
    return mine is not None and theirs is not None and (mine[0] == theirs[0] or mine[1] == theirs[1])


def _same_days(one: Sheet, theirs: Sequence[Row], places: Iterable[int]) -> Repeats:
    """Find days whose sum a statement in another format holds already; the wording of formats differs too much for lines."""
    sums: dict[Any, int] = defaultdict(int)
    for row in theirs:
        sums[row.booking_date] += int(row.amount)
    mine: dict[Any, list[int]] = defaultdict(list)
    for i in places:
        mine[one.rows[i].booking_date].append(i)
    return {
        i: (None, "a statement in another format holds this day")
        for day, here in mine.items()
        if day in sums and sums[day] == sum(int(one.rows[i].amount) for i in here)
        for i in here
    }
