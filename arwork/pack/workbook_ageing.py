"""The ageing sheets: customers by bucket, by due date and by invoice date, totals per currency with their shares (MT-01 to MT-03)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from arwork.pack.sheets import Book, Link, Money, Ratio, Value, add_sheet, arrange, put, put_check
from arwork.pack.workbook_places import first_rows

Tables = Mapping[str, pd.DataFrame]
_KEYS = ["ledger_id", "company_code", "customer_id", "currency"]
_HEADS = ("Ledger", "Company", "Customer", "Name", "Currency")
_WIDTHS = (9, 9, 11, 40, 9)
_TITLES = {
    "DUE": ("Ageing", "AR-40 Ageing by due date", "Days past due at the key date."),
    "INVOICE": ("Ageing invoice date", "AR-41 Ageing by invoice date", "Days since the document date at the key date."),
}


def ageing(book: Book, tables: Tables, basis: str) -> None:
    """Write one ageing sheet: a row a customer and currency, a column a bucket, totals and shares per currency."""
    name, title, note = _TITLES[basis]
    told = f"{note} Disputed and about-to-clear amounts are part of the buckets. Credits are negative. A customer leads to its open items."
    sheet = add_sheet(book, name, title, told)
    rows = tables["ageing"].loc[lambda a: a["basis"] == basis]
    buckets = rows[["bucket_no", "bucket"]].drop_duplicates().sort_values(["bucket_no", "bucket"])
    numbers, labels = buckets["bucket_no"].tolist(), buckets["bucket"].tolist()
    heads = [*_HEADS, *labels, "Total", "Of which disputed", "Of which about to clear", "Check: buckets less total"]
    for number, head in enumerate(heads, start=1):
        put(book, sheet, 4, number, head, "head_right" if number > len(_HEADS) else "head")
    sums = _sums(rows)
    names = dict(zip(tables["customers"][_KEYS[:3]].itertuples(index=False, name=None), tables["customers"]["name"], strict=True))
    row, firsts = 5, first_rows(tables, book.most)
    for key in sorted({found[:4] for found in sums}):
        at = firsts.get(("Open items", *key))
        texts: list[Value] = [key[0], key[1], Link(key[2], "Open items", f"A{at}") if at else key[2], names.get(key[:3], ""), key[3]]
        _write(book, sheet, row, texts, [sums.get((*key, column), 0) for column in [*numbers, "disputed", "clears"]], key[3], "listed")
        row += 1
    last = max(row - 1, 5)
    _totals(book, sheet, (row + 1, 5, row - 1), sums, [*numbers, "disputed", "clears"])
    sheet.row_dimensions[4].height = 27
    widths = (*_WIDTHS, *(15.0 for _ in numbers), 16.0, 15.0, 15.0, 13.0)
    arrange(book, sheet, widths, freeze="F5", titles=4, filtered=f"A4:{get_column_letter(len(heads))}{last}")


def _sums(rows: pd.DataFrame) -> dict[tuple[str, ...], int]:
    sums: dict[tuple[str, ...], int] = {}
    for line in rows.to_dict("records"):
        key = tuple(line[name] for name in _KEYS)
        for column, minor in ((line["bucket_no"], line["amount"]), ("disputed", line["disputed"]), ("clears", line["about_to_clear"])):
            sums[*key, column] = sums.get((*key, column), 0) + int(minor)
    return sums


def _write(book: Book, sheet: Worksheet, row: int, texts: list[Value], figures: list[int], code: str, look: str) -> None:
    buckets, (disputed, clears) = figures[:-2], figures[-2:]
    amounts = [Money(minor, code) for minor in (*buckets, sum(buckets), disputed, clears)]
    for number, value in enumerate([*texts, *amounts], start=1):
        put(book, sheet, row, number, value, look)
    first, last = get_column_letter(len(texts) + 1), get_column_letter(len(texts) + len(buckets))
    total = get_column_letter(len(texts) + len(buckets) + 1)
    if buckets:
        formula = f"=ROUND(SUM({first}{row}:{last}{row})-{total}{row},{{places}})"
        put_check(book, sheet, row, len(texts) + len(amounts) + 1, formula, code, [amount.minor for amount in amounts])


def _totals(
    book: Book, sheet: Worksheet, rows: tuple[int, int, int], sums: Mapping[tuple[str, ...], int], columns: list[int | str]
) -> None:
    """Write the totals per currency from the first of `rows`, with their shares and a live check against the rows between the others."""
    row, first, last = rows
    for code in sorted({key[3] for key in sums}):
        every = sum(abs(minor) for key, minor in sums.items() if key[3] == code)
        whole = [sum(minor for key, minor in sums.items() if key[3] == code and key[4] == column) for column in columns]
        _write(book, sheet, row, [f"Total {code}", None, None, None, code], whole, code, "total")
        open_total = sum(whole[:-2])
        shares = [*whole[:-2], open_total, *whole[-2:]] if open_total else []
        put(book, sheet, row + 1, 1, "Check: sum of the rows less the total", "live")
        put(book, sheet, row + 2, 1, "Share of the total", "note")
        for number in range(6, 7 + len(whole)):
            letter = get_column_letter(number)
            if book.units.known(code):
                listed = f'SUMIFS({letter}${first}:{letter}${last},$E${first}:$E${last},"{code}")'
                put_check(book, sheet, row + 1, number, f"=ROUND({listed}-{letter}{row},{{places}})", code, [every])
        for number, minor in enumerate(shares, start=6):
            put(book, sheet, row + 2, number, Ratio(Decimal(minor) / Decimal(open_total), "0.00%_0_0"), "note")
        row += 4
