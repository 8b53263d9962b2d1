"""Which documents stand on one side only, of a subledger and its control account: the reconciling items of RC-10."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from arwork.dates import period_end, period_of, period_start
from arwork.reconcile.layout import CLASSES, Item, due_by

_WORDS = (("RI-RCL", "RECLASS|UMGLIEDER"), ("RI-FXR", "REVAL|BEWERTUNG"))


@dataclass(frozen=True)
class Sides:
    """Both sides of one control account: subledger lines of all dates, GL lines of all dates, GL balances by period."""

    items: pd.DataFrame
    lines: pd.DataFrame
    balances: pd.DataFrame
    as_of: date
    credit_balances: int
    spans: Mapping[str, str]


def complete_periods(sides: Sides) -> set[str]:
    """Name the periods whose GL lines add up to debits and credits of the account, so that a document missing there is missing."""
    amount, month = sides.lines["amount"], _months(sides.lines)
    debits, credits = amount.clip(lower=0).groupby(month).sum(), (-amount.clip(upper=0)).groupby(month).sum()
    stated = zip(sides.balances["period"], sides.balances["debits"], sides.balances["credits"], strict=True)
    return {p for p, debit, credit in stated if (debits.get(_month(p), 0), credits.get(_month(p), 0)) == (debit, credit)}


def _months(rows: pd.DataFrame) -> pd.Series[int]:
    months: pd.Series[int] = rows["posting_date"].dt.year * 100 + rows["posting_date"].dt.month
    return months


def _month(period: str) -> int:
    return int(period.replace("-", ""))


def one_sided(sides: Sides) -> list[Item]:
    """List the documents that make GL and subledger differ up to the key date, signed as effect on GL less subledger.

    GL only: journals of other origins than AR are RI-MJE (RI-RCL and RI-FXR by their text; RI-RCL also when the amount is
    the sum of the customers in credit), AR postings that the subledger does not know are RI-INT. Subledger only (RI-INT), or
    with another amount (RI-ERR): only in periods whose GL lines are complete. Posted after the key date on the other side: RI-CUT.
    Nothing is listed for an account without any GL line.
    """
    lines, items, day = sides.lines, sides.items, pd.Timestamp(sides.as_of)
    if lines.empty:
        return []
    first = min(lines["posting_date"].min(), pd.Timestamp(period_start(min([*sides.balances["period"], period_of(sides.as_of)]))))
    items_now = items.loc[(items["posting_date"] >= first) & (items["posting_date"] <= day)]
    later = (set(lines.loc[lines["posting_date"] > day, "doc_no"]), set(items.loc[items["posting_date"] > day, "doc_no"]))
    clearing = set(items.loc[items["clearing_date"] >= first, "clearing_doc"])
    gl, sub = lines.loc[lines["posting_date"] <= day], items_now.assign(amount=items_now["amount_local"])
    gl_sums, sub_sums = gl.groupby("doc_no")["amount"].sum(), sub.groupby("doc_no")["amount"].sum()
    found = list(_gl_only(gl.loc[~gl["doc_no"].isin(sub_sums.index)], later[1], clearing, sides))
    judged = sub.loc[_months(sub).isin([_month(period) for period in complete_periods(sides)])]
    both = gl_sums.index.intersection(sub_sums.index)
    gaps = {str(document): gap for document, gap in (gl_sums[both] - sub_sums[both]).items() if gap}
    found += _subledger_only(judged.loc[~judged["doc_no"].isin(gl_sums.index)], later[0], sides)
    found += _other_amount(judged.loc[judged["doc_no"].isin(list(gaps))], gaps, sides)
    return sorted(found, key=lambda item: (item.code, item.document))


def _gl_only(gl: pd.DataFrame, later: set[str], clearing: set[str], sides: Sides) -> Iterator[Item]:
    for document, rows in _by_document(gl, "line_no"):
        amount, by_ar = int(rows["amount"].sum()), bool((rows["origin"] == "AR").all())
        if amount == 0 or (by_ar and document in clearing):
            continue
        code, said = "RI-MJE", f"GL document {document} ({rows['text'].iloc[0] or 'no text'}) is not in the subledger"
        if document in later:
            code, said = "RI-CUT", f"GL document {document} is posted in the subledger only after the key date"
        elif by_ar:
            code = "RI-INT"
        elif amount == -sides.credit_balances:
            code = "RI-RCL"
        else:
            code = next((name for name, words in _WORDS if rows["text"].str.upper().str.contains(words).any()), code)
        yield _item(code, document, rows, amount, said, sides)


def _subledger_only(items: pd.DataFrame, later: set[str], sides: Sides) -> Iterator[Item]:
    for document, rows in _by_document(items, "item_id"):
        amount = int(rows["amount"].sum())
        late = document in later
        said = f"Subledger document {document} is " + ("posted in the GL only after the key date" if late else "not in the GL")
        if amount:
            yield _item("RI-CUT" if late else "RI-INT", document, rows, -amount, said, sides)


def _other_amount(items: pd.DataFrame, gaps: Mapping[str, int], sides: Sides) -> Iterator[Item]:
    for document, rows in _by_document(items, "item_id"):
        said = f"Document {document} has another amount in the GL than in the subledger"
        yield _item("RI-ERR", document, rows, int(gaps[document]), said, sides)


def _by_document(rows: pd.DataFrame, then: str) -> Iterator[tuple[str, pd.DataFrame]]:
    for document, group in rows.sort_values(["doc_no", then]).groupby("doc_no"):
        yield str(document), group


def _item(code: str, document: str, rows: pd.DataFrame, amount: int, said: str, sides: Sides) -> Item:
    first = rows.iloc[0]
    day, end = first["posting_date"].date(), period_end(period_of(sides.as_of))
    expected = {"RI-RCL": end + timedelta(days=1), "RI-FXR": None}.get(code, end)
    if code in sides.spans:
        expected = due_by(day, sides.spans[code])
    where = (str(first["source_file"]), str(first["source_line"]))
    return Item(code, "D", document, day, amount, f"{said}; {CLASSES[code][1]}.", expected, *where)
