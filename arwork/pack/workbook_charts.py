"""The charts of the workbook: ageing by currency and the roll-forward of each ledger, drawn by the spreadsheet from written figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from arwork.pack.sheets import Book, Link, Money, add_sheet, arrange, put, put_check, safe_text
from arwork.pack.workbook_places import recon_places
from arwork.show.numbers import plural

Tables = Mapping[str, pd.DataFrame]
_MOST, _TALL, _WIDE = 8, 7, 16
_LETTERS = CharacterProperties(sz=1100, b=True)
_BLUE, _RED, _GREEN = "0072B2", "D55E00", "009E73"
_HEADS = ("What", "Amount", "Hidden base", "Balance", "Adds", "Takes off", "Live check")


def charts(book: Book, tables: Tables) -> None:
    """Write the figures of each chart and the chart beside them; at most eight of a kind, the rest is on AR-30 and AR-40."""
    note = "Drawn from the figures beside each chart, which are written values; the blue column computes their total again: 0 is right."
    sheet = add_sheet(book, "Charts", "AR-11 Charts: ageing and roll-forward", note)
    row, drawn = 5, 0
    aged = tables["ageing"].loc[lambda a: a["basis"] == "DUE"]
    codes = [str(code) for code in aged["currency"].value_counts(sort=False).sort_index().index]
    rolled = tables["reconciliations"].loc[lambda r: (r["rule"] == "RC-30") & (r["account"] == "AR")].to_dict("records")
    for code in codes[:_MOST]:
        row = _ageing(book, sheet, _paged(sheet, row, drawn), code, aged[aged["currency"] == code])
        drawn += 1
    for recon in rolled[:_MOST]:
        row = _rollforward(book, sheet, _paged(sheet, row, drawn), recon, tables)
        drawn += 1
    if not codes and not rolled:
        put(book, sheet, row, 1, "There is nothing to draw.", "plain")
    rest = max(len(codes) - _MOST, 0) + max(len(rolled) - _MOST, 0)
    if rest:
        put(book, sheet, row, 1, f"{plural(rest, 'more chart')} would repeat the sheets Ageing and Reconciliations.", "note")
    arrange(book, sheet, (30, 17, 17, 17, 15, 15, 11, 3, 84), freeze="A5")


def _paged(sheet: Worksheet, row: int, drawn: int) -> int:
    """Begin a page before every fourth chart, so that none is cut in two."""
    if drawn and drawn % 3 == 0:
        sheet.row_breaks.append(Break(id=row - 1))
    return row


def _heads(book: Book, sheet: Worksheet, row: int, title: str, heads: Sequence[str], paper: Link) -> None:
    for column in range(1, 8):
        put(book, sheet, row, column, title if column == 1 else None, "band")
    put(book, sheet, row, 7, paper, "band")
    for number, head in enumerate(heads, start=1):
        put(book, sheet, row + 1, number, head or None, "subhead_right" if number > 1 else "subhead")


def _ageing(book: Book, sheet: Worksheet, row: int, code: str, rows: pd.DataFrame) -> int:
    title = f"Ageing by due date, {code}"
    _heads(book, sheet, row, title, ("Bucket", "Amount", "", "", "", "", "Live check"), Link("AR-40", "Ageing"))
    buckets = rows[["bucket_no", "bucket"]].drop_duplicates().sort_values(["bucket_no", "bucket"]).to_dict("records")
    first, minors = row + 2, []
    for place, bucket in enumerate(buckets, start=first):
        minors.append(sum(int(v) for v in rows.loc[rows["bucket_no"] == bucket["bucket_no"], "amount"].tolist()))
        put(book, sheet, place, 1, bucket["bucket"], "row")
        put(book, sheet, place, 2, Money(minors[-1], code), "row")
    last = first + len(buckets) - 1
    put(book, sheet, last + 1, 1, f"Total {code}", "total")
    put(book, sheet, last + 1, 2, Money(sum(minors), code), "total")
    put_check(book, sheet, last + 1, 7, f"=ROUND(SUM(B{first}:B{last})-B{last + 1},{{places}})", code, [*minors, sum(minors)])
    chart = _chart(title, code)
    chart.add_data(Reference(sheet, min_col=2, min_row=row + 1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=last))
    _paint(chart, (_BLUE,))
    chart.series[0].invertIfNegative = False
    sheet.add_chart(chart, f"I{row}")
    return max(last + 3, row + 18)


def _rollforward(book: Book, sheet: Worksheet, row: int, recon: Mapping[Any, Any], tables: Tables) -> int:
    code = str(recon["currency"])
    title = f"Roll-forward {recon['ledger_id']} {recon['company_code']}, {code}"
    paper, at = recon_places(tables)[recon["recon_id"]]
    _heads(book, sheet, row, title, _HEADS, Link(paper, "Reconciliations", f"A{at}"))
    lines = tables["recon_lines"].loc[lambda r: r["recon_id"] == recon["recon_id"]].sort_values("line_no").to_dict("records")
    steps = [(line["label"], int(line["amount"])) for line in lines if not line["total"] and line["amount"]]
    ends = {str(line["mark"]): int(line["amount"]) for line in lines if line["total"]}
    opening, closing = ends.get("opening", 0), ends.get("closing", 0)
    bars = _bars(opening, steps, closing)
    first = row + 2
    for place, (label, minor, parts) in enumerate(bars, start=first):
        put(book, sheet, place, 1, label, "row")
        for number, value in enumerate((minor, *parts), start=2):
            put(book, sheet, place, number, Money(value, code) if number == 2 or value else None, "listed")
    last = first + len(bars) - 1
    formula = f"=ROUND(SUM(B{first}:B{last - 1})-B{last},{{places}})"
    put_check(book, sheet, last, 7, formula, code, [minor for _, minor, _ in bars])
    chart = _chart(title, code)
    level = min([opening, closing, *(parts[0] for _, _, parts in bars[1:-1])], default=0)
    columns = (3, 4, 5, 6) if level >= 0 else (2,)
    for column in columns:
        chart.add_data(Reference(sheet, min_col=column, min_row=row + 1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=last))
    if len(columns) > 1:
        chart.grouping, chart.overlap = "stacked", 100
    _paint(chart, ("", _BLUE, _GREEN, _RED) if len(columns) > 1 else (_BLUE,))
    sheet.add_chart(chart, f"I{row}")
    return max(last + 3, row + 18)


def _bars(opening: int, steps: Sequence[tuple[str, int]], closing: int) -> list[tuple[str, int, tuple[int, int, int, int]]]:
    """Return label, amount and (hidden base, balance, adds, takes off) of each bar of a waterfall."""
    bars, reached = [("Opening", opening, (0, opening, 0, 0))], opening
    for label, minor in steps:
        base = min(reached, reached + minor)
        bars.append((label.lstrip("+−± ").partition(" (")[0], minor, (base, 0, max(minor, 0), max(-minor, 0))))
        reached += minor
    return [*bars, ("Closing", closing, (0, closing, 0, 0))]


def _chart(title: str, code: str) -> BarChart:
    chart = BarChart()
    chart.type, chart.title, chart.legend, chart.gapWidth = "col", _titled(title), None, 45
    chart.height, chart.width = _TALL, _WIDE
    chart.y_axis.number_format, chart.y_axis.title = "#,##0", safe_text(code)
    chart.y_axis.delete = chart.x_axis.delete = False
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="DCE1E7")))
    chart.layout = Layout(manualLayout=ManualLayout(x=0.1, y=0.16, w=0.87, h=0.66))
    return chart


def _titled(text: str) -> Title:
    run = RegularTextRun(rPr=_LETTERS, t=safe_text(text))
    return Title(tx=Text(rich=RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_LETTERS), r=[run])])), overlay=False)


def _paint(chart: BarChart, colours: Sequence[str]) -> None:
    for series, colour in zip(chart.series, colours, strict=True):
        if colour:
            series.graphicalProperties.solidFill = colour
        else:
            series.graphicalProperties.noFill = True
        series.graphicalProperties.line.noFill = True
