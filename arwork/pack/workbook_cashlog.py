"""Sheets of the daily cash log: each bank account and day with live checks beside the figures, its proofs, and pairs to confirm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from arwork.pack.sheets import Book, Money, Value, add_sheet, arrange, put, put_check
from arwork.pack.workbook_lists import Listing, columns_of

Tables = Mapping[str, pd.DataFrame]
_LINES = {
    "opening": "1 Opening unposted", "credits": "2 + Bank credits", "applied": "3 − Applied", "on_account": "4 − On account",
    "unapplied": "5 − Unapplied", "unidentified": "6 − Unidentified", "misdirected": "7 − Misdirected", "non_ar": "8 − Non-AR",
    "closing": "9 = Closing unposted",
}  # fmt: skip
_CHECKS = ("Live check: 1 + 2 − (3…8) − 9", "Live check: list − 9", "Live check: 1 − day before's 9")
_FIRST = 5


def cash_log(book: Book, tables: Tables) -> None:
    """Write the log, a row a bank account and day: count beside amount of each line, then the checks found again (RC-70)."""
    note = "✓ closed, ✗ open, – nothing moved. The blue columns compute the log again from its figures: 0 is right."
    sheet = add_sheet(book, "Cash log", "AR-37 Daily cash log by bank account and day", note)
    heads = ["Bank account", "Currency", "Day", "State", "", *(h for label in _LINES.values() for h in ("No.", label)),
             "List of unposted lines", *_CHECKS]  # fmt: skip
    for number, head in enumerate(heads, start=1):
        put(book, sheet, 4, number, head, "head_right" if number > 5 else "head")
    sheet.row_dimensions[4].height = 38
    row = _FIRST
    before: Mapping[Any, Any] = {}
    for day in _moved(tables["cash_log"]).head(book.most).to_dict("records"):
        _day(book, row, day, before)
        before, row = day, row + 1
    if row == _FIRST:
        put(book, sheet, row, 1, "There are none.", "plain")
    widths = [24, 8, 10.5, 8.5, 3.5, *([5, 12.5] * len(_LINES)), 12.5, 11.5, 11.5, 11.5]
    arrange(book, sheet, widths, freeze="E5", titles=4, filtered=f"A4:{get_column_letter(len(heads))}{max(row - 1, _FIRST)}")


def _day(book: Book, row: int, day: Mapping[Any, Any], before: Mapping[Any, Any]) -> None:
    sheet = book.workbook["Cash log"]
    code, look = day["currency"], "bad" if day["state"] == "OPEN" else "row"
    sign = {"CLOSED": "✓", "OPEN": "✗"}.get(day["state"], "–")
    cells: list[Value] = [day["bank_account"], code, day["day"], day["state"], sign]
    cells += [value for name in _LINES for value in (int(day[f"{name}_count"]) or None, _money(day, name))]
    cells.append(_money(day, "listed"))
    for number, value in enumerate(cells, start=1):
        put(book, sheet, row, number, value, look)
    at = {name: get_column_letter(7 + 2 * place) for place, name in enumerate(_LINES)}
    minors = [int(day[name]) for name in (*_LINES, "listed")]
    check = len(cells) + 1
    listed = get_column_letter(len(cells))
    less = "".join(f"-{at[name]}{row}" for name in list(_LINES)[2:])
    put_check(book, sheet, row, check, f"=ROUND({at['opening']}{row}+{at['credits']}{row}{less},{{places}})", code, minors)
    put_check(book, sheet, row, check + 1, f"=ROUND({listed}{row}-{at['closing']}{row},{{places}})", code, minors)
    if before and (before["bank_account"], before["currency"]) == (day["bank_account"], code):
        formula = f"=ROUND({at['opening']}{row}-{at['closing']}{row - 1},{{places}})"
        put_check(book, sheet, row, check + 2, formula, code, [*minors, int(before["closing"])])


def _money(day: Mapping[Any, Any], name: str) -> Money | None:
    """Return an amount; nothing for nil, so that what moved stands out."""
    return Money(int(day[name]), day["currency"]) if day[name] or name == "closing" else None


def _moved(log: pd.DataFrame) -> pd.DataFrame:
    """Leave out the days on which nothing moved and nothing waited."""
    return log[log["state"] != "QUIET"]


def days(tables: Tables) -> Listing:
    """List the days with their proofs, memo lines and, where open, the reason, owner and next action; open ones first (RC-70)."""
    columns = [
        "state", "bank_account", "currency", "day", "reason", "owner", "next_action", "proof_1", "proof_2", "proof_3", "proof_4", "named_count",
        "named", "oldest", "returns_count", "returns", "cheques_held_count", "cheques_held", "post_dated_count", "post_dated", "automatic",
        "manual",
    ]  # fmt: skip
    ordered = _moved(tables["cash_log"]).sort_values(["state", "bank_account", "currency", "day"], ascending=[False, True, True, True])
    return Listing(
        "Cash log days", "AR-38 Cash log: state of each day, its proofs and memo lines", "A proof shows its break; each break is in data/cash_breaks.",
        columns_of(ordered, columns), 4, "data/cash_log.parquet",
    )  # fmt: skip


def groups(tables: Tables) -> Listing:
    """List what bank to book put together on less than one reference, what waits for a person first (RC-20)."""
    columns = [
        "state", "how", "bank_account", "currency", "lines", "rows", "bank_date", "book_date", "bank_amount", "book_amount", "difference",
        "rivals", "rival_rows", "sentence", "owner", "next_action", "source_file", "source_line",
    ]  # fmt: skip
    order = {"TIED": 0, "PROPOSED": 1, "TO_CONFIRM": 2, "CERTAIN": 3}
    ordered = tables["bank_groups"].assign(_place=tables["bank_groups"]["state"].map(order)).sort_values(["_place", "group_id"])
    return Listing(
        "Bank groups", "AR-39 Bank to book: what a person confirms", "Pairs and sets that rest on less than the bank's reference, with rivals.",
        columns_of(ordered, columns), 2, "data/bank_groups.parquet",
    )  # fmt: skip
