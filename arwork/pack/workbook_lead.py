"""The lead sheet: which close, READY or not and why, the figures of the month, and the way to every other sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from arwork.pack.sheets import Book, Formula, Link, Money, Value, add_sheet, arrange, put, put_check
from arwork.pack.workbook_figures import Figure, figures
from arwork.pack.workbook_recons import tie_rows
from arwork.pack.workbook_ticks import LEGEND
from arwork.show.numbers import count, plural

Tables = Mapping[str, pd.DataFrame]
_SHOWN = 20
_COLUMNS = 8


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
    """Write the lead sheet, before all others, once they are written: its checks read them."""
    sheet = add_sheet(book, "Lead", "AR-10 Accounts receivable close: lead sheet", "", home=False)
    good, why = ready(tables, facts)
    for column in range(1, _COLUMNS + 1):
        text = f"{'READY' if good else 'NOT READY'}: {why}" if column == 1 else None
        put(book, sheet, 4, column, text, "verdict_good" if good else "verdict_bad")
    sheet.row_dimensions[4].height = 20
    _name(book, "AR_Status", "A", 4)
    row = _facts(book, sheet, 6, tables, facts)
    row = _failed(book, sheet, row, tables)
    ways = [("Figures", row)]
    row = _figures(book, sheet, row, tables, {entry.sheet: entry.paper for entry in contents})
    ways.append(("Papers", row))
    row = _contents(book, sheet, row, contents)
    ways.append(("Marks", row))
    for number, (text, at) in enumerate(ways, start=5):
        put(book, sheet, 2, number, Link(f"↓ {text}", "Lead", f"A{at}"), "plain")
    row = _band(book, sheet, row, "AR-10.4 Tick marks: what each asserts; computed by the close, never typed")
    for tick, meaning in LEGEND:
        put(book, sheet, row, 1, tick, "live" if tick in ("Live", "0.00") else "label")
        put(book, sheet, row, 2, meaning, "plain")
        row += 1
    arrange(book, sheet, (24, 28, 9, 10, 18, 9, 25, 13), freeze="A5", upright=True)


def _name(book: Book, name: str, column: str, row: int) -> None:
    """Give a cell of the lead sheet a name that other workbooks can refer to."""
    book.workbook.defined_names[name] = DefinedName(name, attr_text=f"Lead!${column}${row}")


def _band(book: Book, sheet: Worksheet, row: int, title: str) -> int:
    for column in range(1, _COLUMNS + 1):
        put(book, sheet, row, column, title if column == 1 else None, "band")
    return row + 1


def _facts(book: Book, sheet: Worksheet, row: int, tables: Tables, facts: Mapping[str, str]) -> int:
    row = _band(book, sheet, row, "AR-10.1 This close")
    ledgers = tables["ledgers"].to_dict("records")
    pairs = [("Company", f"{e['company_code']} {e['name']} ({e['ledger_currency']}), ledger {e['ledger_id']}") for e in ledgers]
    pairs += [(name[:1].upper() + name[1:].replace("_", " "), value) for name, value in facts.items() if name not in ("status", "why")]
    run = facts.get("run", "")
    pairs += (
        [("Sign-offs", f"folder {run}.signoff beside this pack; they name the seal of the pack, so they are never in this file")]
        if run
        else []
    )
    pairs += (
        [("State now", "index.html of the outputs, or `arwork verify` on this pack; this sheet shows the state at the seal")] if run else []
    )
    for name, value in pairs:
        put(book, sheet, row, 1, name, "label")
        put(book, sheet, row, 2, str(value), "plain")
        if name in ("Run", "Key date"):
            _name(book, f"AR_{name.replace(' ', '_')}", "B", row)
        row += 1
    return row + 1


def _failed(book: Book, sheet: Worksheet, row: int, tables: Tables) -> int:
    places = tie_rows(tables["ties"])
    ties = tables["ties"][~tables["ties"]["holds"]].to_dict("records")
    errors = tables["findings"][tables["findings"]["severity"] == "error"].to_dict("records")
    if not ties and not errors:
        return row
    row = _band(book, sheet, row, "AR-10.0 What stands in the way")
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


def _contents(book: Book, sheet: Worksheet, row: int, contents: Sequence[Entry]) -> int:
    row = _band(book, sheet, row, "AR-10.3 Papers: number, sheet, what it shows, rows")
    for entry in contents:
        cells: list[Value] = [
            Link(entry.paper, entry.sheet),
            Link(entry.sheet, entry.sheet),
            entry.shows,
            None,
            None,
            None,
            None,
            entry.rows,
        ]
        for number, value in enumerate(cells, start=1):
            put(book, sheet, row, number, value, "row")
        row += 1
    return row + 1


def _figures(book: Book, sheet: Worksheet, row: int, tables: Tables, papers: Mapping[str, str]) -> int:
    row = _band(
        book, sheet, row, "AR-10.2 The month in figures: each with its ticks, the paper behind it, and a live check against that paper"
    )
    for number, head in enumerate(("What", "Detail", "Currency", "Count", "Amount", "Ticks", "Paper", "Live check"), start=1):
        put(book, sheet, row, number, head, "subhead_right" if number in (4, 5, 8) else "subhead")
    before = ""
    for line in figures(book, tables):
        row += 1
        _figure(book, sheet, row, line, ("" if line.what == before else line.what, papers.get(line.sheet, "")))
        before = line.what
    return row + 2


def _figure(book: Book, sheet: Worksheet, row: int, line: Figure, shown: tuple[str, str]) -> None:
    what, paper = shown
    amount = None if line.minor is None else Money(line.minor, line.currency)
    link = Link(f"{paper} {line.sheet}".strip(), line.sheet) if line.sheet else None
    cells: list[Value] = [what, line.detail, line.currency, line.count, amount, line.ticks, link]
    for number, value in enumerate(cells, start=1):
        put(book, sheet, row, number, value, "total" if line.detail == "all" else "row")
    if line.name:
        _name(book, line.name, "E" if line.minor is not None else "D", row)
    check = line.check.replace("§", str(row))
    if check and line.minor is not None:
        put_check(book, sheet, row, 8, f"=ROUND({check}-E{row},{{places}})", line.currency, [line.reach, line.minor])
    elif check:
        put(book, sheet, row, 8, Formula(f"={check}-D{row}", "0"), "live")
