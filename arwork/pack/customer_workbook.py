"""The workbook of a customer reconciliation: the layout with live checks beside its values, the differences, both sides' open lines (RC-40)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from arwork.money import Units
from arwork.pack.sheets import Book, Money, Value, add_sheet, arrange, file_bytes, height_of, put, put_check
from arwork.reconcile.customer import Account, CustomerRecon
from arwork.reconcile.customer_said import CLASSES
from arwork.show.numbers import day

_HEADS = (
    "No.", "Class", "Line", "Document", "Theirs no.", "Date", "Ours", "Theirs", "Difference", "Check", "What it is", "Owner", "Next step",
    "By", "Source",
)  # fmt: skip
_WIDTHS = (5, 18, 8, 16, 14, 11, 13, 13, 13, 9, 38, 14, 28, 11, 16)
_DIFFERENCES = "Differences"


def customer_workbook(recon: CustomerRecon, name: str, lines: pd.DataFrame, sums: Mapping[str, str], units: Units) -> bytes:
    """Return the workbook; the same reconciliation gives the same bytes. `sums` are printed under the title: file, digest, run."""
    running = f"customer {recon.customer_id} {name} · key date {recon.key_date.isoformat()}"
    book = Book(Workbook(), units, running, 100_000)
    book.workbook.remove(book.workbook.worksheets[0])
    places = _places(recon)
    _layouts(book, recon, sums, places)
    _differences(book, recon)
    _statement(book, lines)
    book.workbook.active = 0
    return file_bytes(book.workbook, recon.key_date)


def _places(recon: CustomerRecon) -> dict[str, tuple[int, int]]:
    """Return for each section the first and last row of its differences; the first section begins in row 5, a row stays free between."""
    found, row = {}, 5
    for account in recon.accounts:
        found[account.sheet.recon_id] = (row, row + len(account.differences) - 1)
        row += len(account.differences) + 2
    return found


def _layouts(book: Book, recon: CustomerRecon, sums: Mapping[str, str], places: Mapping[str, tuple[int, int]]) -> None:
    note = "Blue figures compute a value again from what stands on these sheets, less that value: 0 is right."
    sheet = add_sheet(book, "Reconciliation", "RC-40 Customer account reconciliation", note, home=False)
    row = 5
    for account in recon.accounts:
        row = _layout(book, sheet, row, account, places[account.sheet.recon_id]) + 2
    for label, text in {**sums, **{f"note {n}": said for n, said in enumerate(recon.notes, start=1)}}.items():
        put(book, sheet, row, 1, label, "label")
        put(book, sheet, row, 2, text, "plain")
        row += 1
    arrange(book, sheet, (12, 58, 10, 20, 13), freeze="A4", upright=True)


def _layout(book: Book, sheet: Worksheet, row: int, account: Account, place: tuple[int, int]) -> int:
    section, printed = account.section, account.sheet
    code = section.currency
    title = f"Ledger {section.ledger_id}, company {section.company_code}, customer {section.customer_id}, {code}, {day(section.key_date)}"
    good = printed.status == "TIES"
    for column in range(1, 6):
        put(book, sheet, row, column, title if column == 1 else None, "band")
        told = f"{'✔' if good else '✘'} {printed.sentence}" if column == 1 else None
        put(book, sheet, row + 1, column, told, "verdict_good" if good else "verdict_bad")
    for column, head in enumerate(("Line", "", "Count", code, "Live check"), start=1):
        put(book, sheet, row + 2, column, head, "subhead_right" if column > 2 else "subhead")
    row += 3
    at = {line.mark: row + n for n, line in enumerate(printed.lines)}
    amounts = {line.mark: line.amount for line in printed.lines}
    minors = [*amounts.values(), *(one.amount for one in account.differences)]
    for offset, line in enumerate(printed.lines):
        look = ("final" if offset == len(printed.lines) - 1 else "total") if line.total else "row"
        cells: list[Value] = [line.mark, line.label, line.rows or None, Money(line.amount, code)]
        for number, value in enumerate(cells, start=1):
            put(book, sheet, row + offset, number, value, look)
        check = _check(line.mark, at, place)
        if check:
            put_check(book, sheet, row + offset, 5, check, code, minors)
    return row + len(printed.lines)


def _check(mark: str, at: Mapping[str, int], place: tuple[int, int]) -> str:
    """Return the formula that finds a line of the layout again, less the line: its differences, the sum above, or stated less computed."""
    if mark == "t":
        return f"=ROUND(D{at['a']}+D{at['ours']}+D{at['paid']}+D{at['theirs']}+D{at['amount']}-D{at['t']},{{places}})"
    if mark == "E":
        return f"=ROUND(D{at['s']}-D{at['t']}-D{at['E']},{{places}})"
    if mark in ("ours", "paid", "theirs", "amount") and place[1] >= place[0]:
        first, last = place
        cells = [f"'{_DIFFERENCES}'!${column}${first}:${column}${last}" for column in "ICB"]
        return f'=ROUND(SUMIFS({cells[0]},{cells[1]},"{mark}",{cells[2]},"<>{CLASSES["OPEN"]}")-D{at[mark]},{{places}})'
    return ""


def _differences(book: Book, recon: CustomerRecon) -> None:
    note = "Each difference is theirs less ours; the check computes it again: 0 is right."
    sheet = add_sheet(book, _DIFFERENCES, "RC-40 Differences", note, home=False)
    for number, head in enumerate(_HEADS, start=1):
        put(book, sheet, 4, number, head, "head_right" if number in (7, 8, 9, 10) else "head")
    row = 5
    table = recon.table()
    for account in recon.accounts:
        code = account.section.currency
        rows = table[table["recon_id"] == account.sheet.recon_id].to_dict("records")
        for one in rows:
            _difference(book, sheet, row, one, code)
            row += 1
        total = [int(one["difference"]) for one in rows]
        put(book, sheet, row, 4, f"{account.section.ledger_id} {account.section.company_code} {code}", "total")
        put(book, sheet, row, 9, Money(sum(total), code), "total")
        if rows:
            put_check(book, sheet, row, 10, f"=ROUND(SUM(I{row - len(rows)}:I{row - 1})-I{row},{{places}})", code, [*total, sum(total)])
        row += 2
    arrange(book, sheet, _WIDTHS, freeze="E5", titles=4)


def _difference(book: Book, sheet: Worksheet, row: int, one: Mapping[Any, Any], code: str) -> None:
    figures = [int(one[name]) for name in ("ours", "theirs", "difference")]
    cells: list[Value] = [
        int(one["item_no"]), CLASSES[str(one["class"])], one["mark"], one["document"], one["their_no"],
        None if pd.isna(one["date"]) else one["date"], *(Money(minor, code) for minor in figures), None, one["sentence"], one["owner"],
        one["action"], one["act_by"], f"{one['source_file']} {one['source_line']}".strip(),
    ]  # fmt: skip
    for number, value in enumerate(cells, start=1):
        if number != 10:
            put(book, sheet, row, number, value, "wrap" if number in (11, 13, 15) else "row")
    put_check(book, sheet, row, 10, f"=ROUND(H{row}-G{row}-I{row},{{places}})", code, figures)
    sheet.row_dimensions[row].height = height_of([(one["sentence"], 38), (one["action"], 28)])


_ENTRIES = ("Line", "Reference", "Theirs no.", "Type", "Date", "Text", "Currency", "Amount", "Balance")


def _statement(book: Book, lines: pd.DataFrame) -> None:
    """Write the entries of the statement as they were read."""
    sheet = add_sheet(book, "Statement", "The customer's statement as it was read", "Signs and figures as in the file.", home=False)
    for number, head in enumerate(_ENTRIES, start=1):
        put(book, sheet, 4, number, head, "head_right" if number in (8, 9) else "head")
    shown: Sequence[Mapping[Any, Any]] = lines.head(book.most).to_dict("records")
    for row, one in enumerate(shown, start=5):
        code = one["currency"]
        balance = None if pd.isna(one["balance"]) else Money(int(one["balance"]), code)
        cells: list[Value] = [
            one["source_line"], one["reference"], one["their_no"], one["kind"], None if pd.isna(one["doc_date"]) else one["doc_date"],
            one["text"], code, Money(int(one["amount"]), code), balance,
        ]  # fmt: skip
        for number, value in enumerate(cells, start=1):
            put(book, sheet, row, number, value)
    arrange(book, sheet, (14, 20, 18, 14, 11, 40, 9, 16, 16), freeze="A5", titles=4)
