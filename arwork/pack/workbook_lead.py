"""The lead sheet: which close, READY or not and why, the figures of the month, and the way to every other sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from arwork.pack.sheets import Book, Link, Money, Value, add_sheet, arrange, put
from arwork.pack.workbook_recons import tie_rows
from arwork.show.numbers import count, plural
from arwork.show.pictures import OUTCOMES, outcome_of

Tables = Mapping[str, pd.DataFrame]
_SHOWN = 20
_TICKS = (
    ("✔", "The two figures agree, as the close found it."),
    ("✘", "They do not agree. One such tie makes the pack NOT READY."),
    ("Live", "Blue italics: computed by this spreadsheet from the written figures; everything else is written as a value."),
    ("0.00", "A live check that shows zero is right; any other figure means that a cell was changed."),
)


@dataclass(frozen=True)
class Entry:
    """One line of the contents: work-paper number, sheet, what it shows, how many rows."""

    paper: str
    sheet: str
    shows: str
    rows: int


def ready(tables: Tables, facts: Mapping[str, str]) -> tuple[bool, str]:
    """Say whether the pack is READY: every tie holds, no finding is an error, and the facts do not say otherwise; and why."""
    failed = int((~tables["ties"]["holds"]).sum())
    errors = int((tables["findings"]["severity"] == "error").sum())
    reasons = [f"{plural(failed, 'tie does', 'ties do')} not hold"] if failed else []
    reasons += [plural(errors, "finding is an error", "findings are errors")] if errors else []
    if facts.get("status", "READY") != "READY":
        reasons = reasons or [facts.get("why", "the run says so")]
    return not reasons, "; ".join(reasons) or f"all {plural(len(tables['ties']), 'tie')} hold, no finding is an error"


def lead(book: Book, tables: Tables, facts: Mapping[str, str], contents: Sequence[Entry]) -> None:
    """Write the lead sheet."""
    sheet = add_sheet(book, "Lead", "AR-10 Accounts receivable close: lead sheet", "", home=False)
    good, why = ready(tables, facts)
    for column in range(1, 7):
        text = f"{'READY' if good else 'NOT READY'}: {why}" if column == 1 else None
        put(book, sheet, 4, column, text, "verdict_good" if good else "verdict_bad")
    sheet.row_dimensions[4].height = 20
    row = _facts(book, sheet, 6, tables, facts)
    row = _failed(book, sheet, row, tables)
    row = _contents(book, sheet, row, contents)
    row = _figures(book, sheet, row, tables)
    row = _band(book, sheet, row, "Marks")
    for mark, meaning in _TICKS:
        put(book, sheet, row, 1, mark, "live" if mark in ("Live", "0.00") else "label")
        put(book, sheet, row, 2, meaning, "plain")
        row += 1
    put(book, sheet, row + 1, 1, "Sign-offs name the seal of the pack and are kept beside it, never in this workbook.", "note")
    arrange(book, sheet, (24, 30, 16, 18, 18, 12), freeze="A5", upright=True)


def _band(book: Book, sheet: Worksheet, row: int, title: str) -> int:
    for column in range(1, 7):
        put(book, sheet, row, column, title if column == 1 else None, "band")
    return row + 1


def _facts(book: Book, sheet: Worksheet, row: int, tables: Tables, facts: Mapping[str, str]) -> int:
    row = _band(book, sheet, row, "This close")
    ledgers = tables["ledgers"].to_dict("records")
    pairs = [("Company", f"{e['company_code']} {e['name']} ({e['ledger_currency']}), ledger {e['ledger_id']}") for e in ledgers]
    pairs += [(name[:1].upper() + name[1:].replace("_", " "), value) for name, value in facts.items() if name not in ("status", "why")]
    for name, value in pairs:
        put(book, sheet, row, 1, name, "label")
        put(book, sheet, row, 2, str(value), "plain")
        row += 1
    return row + 1


def _failed(book: Book, sheet: Worksheet, row: int, tables: Tables) -> int:
    places = tie_rows(tables["ties"])
    ties = tables["ties"].loc[~tables["ties"]["holds"]].to_dict("records")
    errors = tables["findings"].loc[tables["findings"]["severity"] == "error"].to_dict("records")
    if not ties and not errors:
        return row
    row = _band(book, sheet, row, "What stands in the way")
    for tie in ties[:_SHOWN]:
        cell = f"A{places[tie['stage'], tie['tie_no']]}"
        cells: list[Value] = [Link("✘ tie", "Tie-out", cell), tie["name"], tie["rule"], tie["unit"], Money(tie["difference"], tie["unit"])]
        for number, value in enumerate(cells, start=1):
            put(book, sheet, row, number, value, "plain")
        row += 1
    for error in errors[:_SHOWN]:
        put(book, sheet, row, 1, Link("✘ finding", "Findings"), "plain")
        put(book, sheet, row, 2, f"{error['rule']}: {error['sentence']}", "plain")
        row += 1
    rest = max(len(ties) - _SHOWN, 0) + max(len(errors) - _SHOWN, 0)
    if rest:
        put(book, sheet, row, 2, f"and {count(rest)} more on Tie-out and Findings", "note")
        row += 1
    return row + 1


def _figures(book: Book, sheet: Worksheet, row: int, tables: Tables) -> int:
    row = _band(book, sheet, row, "The month in figures")
    for number, head in enumerate(("What", "Detail", "Currency", "Count", "Amount"), start=1):
        put(book, sheet, row, number, head, "subhead_right" if number > 3 else "subhead")
    lines = [*_receipts(tables), *_open(tables), *_waiting(tables)]
    before = ""
    for what, detail, code, number_of, minor in lines:
        row += 1
        look = "total" if detail == "all" else "row"
        cells: list[Value] = ["" if what == before else what, detail, code, number_of, Money(minor, code)]
        before = what
        for number, value in enumerate(cells, start=1):
            put(book, sheet, row, number, value, look)
    return row + 2


def _receipts(tables: Tables) -> list[tuple[str, str, str, int, int]]:
    frame = tables["proposals"].assign(outcome=outcome_of(tables["proposals"]))
    lines = []
    for code, rows in frame.groupby("currency", sort=True):
        for name, (words, _) in OUTCOMES.items():
            own = rows.loc[rows["outcome"] == name, "amount"].tolist()
            if own:
                lines.append(("Receipts", words, str(code), len(own), sum(own)))
        lines.append(("Receipts", "all", str(code), len(rows), sum(rows["amount"].tolist())))
    return lines


def _open(tables: Tables) -> list[tuple[str, str, str, int, int]]:
    lines = []
    for code, rows in tables["ageing"].loc[lambda a: a["basis"] == "DUE"].groupby("currency", sort=True):
        for _, held in rows.groupby("bucket_no", sort=True):
            lines.append(("Open items by due date", held["bucket"].iloc[0], str(code), *_count_and_sum(held)))
        lines.append(("Open items by due date", "all", str(code), *_count_and_sum(rows)))
    return lines


def _count_and_sum(rows: pd.DataFrame) -> tuple[int, int]:
    return sum(rows["items"].tolist()), sum(rows["amount"].tolist())


def _waiting(tables: Tables) -> list[tuple[str, str, str, int, int]]:
    grouped = tables["owed"].groupby(["queue", "currency"], sort=True)["amount"]
    return [("Waits for a person", str(queue), str(code), len(rows), sum(rows.tolist())) for (queue, code), rows in grouped]


def _contents(book: Book, sheet: Worksheet, row: int, contents: Sequence[Entry]) -> int:
    row = _band(book, sheet, row, "Contents")
    for entry in contents:
        cells: list[Value] = [entry.paper, Link(entry.sheet, entry.sheet), entry.shows, None, None, entry.rows]
        for number, value in enumerate(cells, start=1):
            put(book, sheet, row, number, value, "row")
        row += 1
    return row + 1
