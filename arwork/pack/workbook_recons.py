"""The sheets that prove balances: ties, reconciliations as printed, proof of cash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from arwork.pack.sheets import Book, Link, Money, Value, add_sheet, arrange, height_of, put, put_check
from arwork.pack.workbook_checks import check_of, differences
from arwork.pack.workbook_places import behind, first_rows, paper_of, recon_places
from arwork.pack.workbook_ticks import AGREES, DIFFERS, FOOTED, mark, sourced, whole_files
from arwork.show.numbers import day

Tables = Mapping[str, pd.DataFrame]
_NAMES = {
    "RC-10": "Subledger to GL control account", "RC-20": "Bank to book", "RC-30": "Roll-forward", "RC-40": "Customer account",
    "RC-50": "Intercompany", "RC-60": "Cash without an item", "RC-70": "Daily cash log", "RC-80": "Tie-out", "RC-90": "Cut-off",
}  # fmt: skip
_VERDICTS = {"TIES": "✔ TIES", "UNEXPLAINED": "✘ UNEXPLAINED", "NOT_PROVEN": "○ NOT PROVEN"}
_TIE_HEADS = (
    "Ref.", "Tick", "Stage", "No.", "Rule", "What must agree", "Unit", "Ours", "Theirs", "Difference", "Allowed", "Live difference", "Live tick",
    "Rows on",
)  # fmt: skip
_TIE_WIDTHS = (10, 6, 19, 6, 9, 50, 7, 16, 16, 14, 11, 14, 8, 17)
_TIE_FIGURES = (4, 8, 9, 10, 11, 12)
_CASH_HEADS = (
    "Bank account", "Currency", "Side", "Opening", "Receipts", "Payments", "Closing", "Lines", "Opening + receipts − payments", "Tick",
    "Live check",
)  # fmt: skip
_CASH_WIDTHS = (30, 9, 12, 17, 17, 17, 17, 9, 19, 6, 13)


def tie_rows(ties: pd.DataFrame) -> dict[tuple[str, int], int]:
    """Return the row of each tie on the tie-out sheet."""
    return {(str(s), int(n)): 5 + i for i, (s, n) in enumerate(zip(ties["stage"], ties["tie_no"], strict=True))}


def tie_out(book: Book, tables: Tables) -> None:
    """Write every tie: both figures, the difference as the close found it, a formula that finds it again, and where the rows are."""
    note = "✔ agrees, ✘ does not. The blue columns compute again, in this spreadsheet, what the columns before them state."
    sheet = add_sheet(book, "Tie-out", "AR-20 Tie-out: figures that must agree", note)
    for number, head in enumerate(_TIE_HEADS, start=1):
        put(book, sheet, 4, number, head, "head_right" if number in _TIE_FIGURES else "head")
    sheet.row_dimensions[4].height = 27
    ties = tables["ties"].to_dict("records")
    for row, tie in enumerate(ties, start=5):
        look = "row" if tie["holds"] else "bad"
        unit, minors = tie["unit"], [int(tie[name]) for name in ("ours", "theirs", "difference", "allowed")]
        put(book, sheet, row, 1, f"AR-20.{row - 4}", "row")
        put(book, sheet, row, 2, AGREES if tie["holds"] else DIFFERS, "tick" if tie["holds"] else "tick_bad")
        texts: list[Value] = [tie["stage"], tie["tie_no"], tie["rule"], tie["name"], unit]
        figures: list[Value] = [Money(minor, unit) for minor in minors]
        for number, value in enumerate([*texts, *figures], start=3):
            put(book, sheet, row, number, value, "wrap" if number == 6 and tie["holds"] else look)
        sheet.row_dimensions[row].height = height_of([(tie["name"], _TIE_WIDTHS[5])])
        put_check(book, sheet, row, 12, f"=ROUND(H{row}-I{row},{{places}})", unit, minors)
        put_check(book, sheet, row, 13, f'=IF(ABS(L{row})<=K{row},"✔","✘")', unit, minors)
        put(book, sheet, row, 14, paper_of(tie["stage"], tie["rule"]), "row")
    arrange(book, sheet, _TIE_WIDTHS, freeze="A5", titles=4, filtered=f"A4:N{4 + max(len(ties), 1)}")


def reconciliations(book: Book, tables: Tables) -> None:
    """Print each reconciliation as its layout says, with its verdict and its reconciling items (RC-10, RC-20, 4.10)."""
    sheet = add_sheet(
        book,
        "Reconciliations",
        "AR-30 Reconciliations",
        "As laid out, with the items that explain the difference. Blue figures compute a total again from its lines: 0 is right. "
        "Then the ticks, and the way to the rows behind the line.",
    )
    places, firsts, whole = recon_places(tables), first_rows(tables, book.most), whole_files(tables["sources"])
    recons = tables["reconciliations"].to_dict("records")
    for number, head in enumerate(("Ref.", "Rule", "Reconciliation", "", "Unit", "Ours", "Unexplained", "Verdict"), start=1):
        put(book, sheet, 5, number, head, "subhead_right" if number in (6, 7) else "subhead")
    for row, recon in enumerate(recons, start=6):
        code, (paper, at) = recon["currency"], places[recon["recon_id"]]
        cells: list[Value] = [
            Link(paper, "Reconciliations", f"A{at}"), recon["rule"], _title(recon), None, code, Money(int(recon["ours"]), code),
            Money(int(recon["unexplained"]), code), _VERDICTS.get(recon["status"], recon["status"]),
        ]  # fmt: skip
        for number, value in enumerate(cells, start=1):
            put(book, sheet, row, number, value, "row")
    for recon in recons:
        paper, row = places[recon["recon_id"]]
        _recon(book, sheet, row, (paper, recon, whole, firsts), tables)
    if not recons:
        put(book, sheet, 6, 1, "There are none.", "plain")
    arrange(book, sheet, (16, 11, 18, 46, 9, 18, 14, 34, 17), freeze="A4")


def _title(recon: Mapping[Any, Any]) -> str:
    return f"{_NAMES.get(recon['rule'], '')}: ledger {recon['ledger_id']}, company {recon['company_code']}, account {recon['account']}"


def _recon(
    book: Book,
    sheet: Worksheet,
    row: int,
    what: tuple[str, Mapping[Any, Any], frozenset[str], Mapping[tuple[str, ...], int]],
    tables: Tables,
) -> None:
    paper, recon, whole, firsts = what
    code, good = recon["currency"], recon["status"] == "TIES"
    title = f"{paper}  {recon['rule']} {_title(recon)}, {code}, key date {day(recon['key_date'])}"
    for column in range(1, 10):
        put(book, sheet, row, column, title if column == 1 else None, "band")
        verdict = f"{_VERDICTS.get(recon['status'], recon['status'])}: {recon['sentence']}" if column == 1 else None
        put(book, sheet, row + 1, column, verdict, "verdict_good" if good else "verdict_bad")
    sheet.row_dimensions[row + 1].height = 18
    row += 2
    lines = tables["recon_lines"].loc[lambda r: r["recon_id"] == recon["recon_id"]].sort_values("line_no").to_dict("records")
    files = set(tables["sources"]["source_file"])
    checks, less = check_of(recon["rule"], lines, row), differences(recon["rule"], lines, row)
    given = (
        tables["recon_inputs"].loc[lambda r: (r["recon_id"] == recon["recon_id"]) & r["source_file"].isin(files)].assign(source_line="-")
    )
    for place, line in enumerate(lines, start=1):
        look = ("final" if place == len(lines) else "total") if line["total"] else "listed"
        cells: list[Value] = [line["mark"], line["label"], None, None, line["rows"] or None, Money(int(line["amount"]), code)]
        for number, value in enumerate(cells, start=1):
            put(book, sheet, row, number, value, look)
        ticks = [mark(FOOTED, less[row] == 0)] if row in less else []
        if row in checks:
            put_check(book, sheet, row, 7, checks[row][0], code, checks[row][1])
        if place == len(lines):
            ticks += [AGREES if good else DIFFERS, sourced(given, whole)]
        put(book, sheet, row, 8, " ".join(tick for tick in ticks if tick) or None, "plain")
        put(book, sheet, row, 9, behind(recon, line, firsts), "plain")
        row += 1
    items = tables["recon_items"].loc[lambda i: i["recon_id"] == recon["recon_id"]].sort_values("item_no").to_dict("records")
    if items:
        _items(book, sheet, row + 1, items, code)


def _items(book: Book, sheet: Worksheet, row: int, items: list[dict[Any, Any]], code: str) -> None:
    heads = ("Line", "Code", "Document", "What it is and who corrects it", "Date", f"Effect {code}", "Clears by", "Source file, line")
    for number, head in enumerate(heads, start=1):
        put(book, sheet, row, number, head, "subhead_right" if number == 6 else "subhead")
    for offset, item in enumerate(items, start=1):
        source = f"{item['source_file']}, {item['source_line']}" if item["source_file"] else ""
        leads = Link(source, "Sources", f"A{book.files[item['source_file']]}") if item["source_file"] in book.files else source
        cells: list[Value] = [
            item["mark"], item["code"], item["document"], item["sentence"], _day(item["date"]),
            Money(int(item["amount"]), item["currency"]), _day(item["expected_by"]), leads,
        ]  # fmt: skip
        for number, value in enumerate(cells, start=1):
            put(book, sheet, row + offset, number, value, "wrap" if number in (4, 8) else "row")
        sheet.row_dimensions[row + offset].height = height_of([(item["sentence"], 46), (source, 34)])
    last = row + len(items)
    if any(item["currency"] != code for item in items):
        return
    minors = [int(item["amount"]) for item in items]
    for number, value in enumerate([None, None, None, "Sum of the items", None, Money(sum(minors), code)], start=1):
        put(book, sheet, last + 1, number, value, "total")
    put(book, sheet, last + 2, 4, "Check: sum of the items above less this sum", "live")
    formula = f"=ROUND(SUM(F{row + 1}:F{last})-F{last + 1},{{places}})"
    put_check(book, sheet, last + 2, 6, formula, code, [*minors, sum(minors)])


def _day(value: Any) -> Any:
    return None if pd.isna(value) else value


def bank_to_book(book: Book, tables: Tables) -> None:
    """Write the proof of cash: opening, receipts, payments and closing of each account, bank beside book (RC-20)."""
    note = "Opening + receipts − payments = closing, for the bank and for the book. The last column computes it again: 0 is right."
    sheet = add_sheet(book, "Bank to book", "AR-31 Bank to book: proof of cash", note)
    for number, head in enumerate(_CASH_HEADS, start=1):
        put(book, sheet, 4, number, head, "head_right" if number > 3 and number != 10 else "head")
    row = 5
    for (account, code), sides in tables["proof_of_cash"].groupby(["bank_account", "currency"], sort=True):
        held = {side["side"]: side for side in sides.to_dict("records")}
        for name, side in held.items():
            _cash_row(book, sheet, row, [account, code, name.capitalize()], side)
            row += 1
        if len(held) == 2:
            less = {n: int(held["BANK"][n]) - int(held["BOOK"][n]) for n in ("opening", "receipts", "payments", "closing", "lines")}
            _cash_row(book, sheet, row, [account, code, "Bank − book"], {**less, "currency": code}, "total")
            row += 1
    if row == 5:
        put(book, sheet, row, 1, "There are none.", "plain")
    sheet.row_dimensions[4].height = 27
    arrange(book, sheet, _CASH_WIDTHS, freeze="D5", titles=4, filtered=f"A4:K{max(row - 1, 5)}")


def _cash_row(book: Book, sheet: Worksheet, row: int, names: list[Any], side: Mapping[Any, Any], look: str = "row") -> None:
    code = side["currency"]
    figures = [Money(int(side[name]), code) for name in ("opening", "receipts", "payments", "closing")]
    proof = Money(figures[0].minor + figures[1].minor - figures[2].minor, code)
    for number, value in enumerate([*names, *figures, int(side["lines"]), proof], start=1):
        put(book, sheet, row, number, value, look)
    good = proof.minor == figures[3].minor
    put(book, sheet, row, 10, AGREES if good else DIFFERS, "tick" if good else "tick_bad")
    put_check(book, sheet, row, 11, f"=ROUND(D{row}+E{row}-F{row}-G{row},{{places}})", code, [figure.minor for figure in figures])
