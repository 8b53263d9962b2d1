"""Which documents stand on one side only, of a subledger and its control account: the reconciling items of RC-10."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from arwork.dates import period_end, period_of, period_start
from arwork.reconcile.layout import CLASSES, Item, due_by

_WORDS = (("RI-RCL", "RECLASS|UMGLIEDER"), ("RI-FXR", "REVAL|BEWERTUNG"))


Place = tuple[str, str, str]
"""Ledger, company, control account."""


@dataclass(frozen=True)
class Sides:
    """Both sides of one control account: subledger lines of all dates, GL lines of all dates, GL balances by period."""

    items: pd.DataFrame
    lines: pd.DataFrame
    balances: pd.DataFrame
    as_of: date
    credit_balances: int
    spans: Mapping[str, str]
    off: Collection[date] = ()


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

    GL only: a second document with reference and amount of one that both sides know is RI-DUP; journals of other origins than AR
    are RI-MJE (RI-RCL and RI-FXR by their text; RI-RCL also when the amount is the sum of the customers in credit), AR postings
    that the subledger does not know are RI-INT. Subledger only (RI-INT), or with another amount (RI-ERR; RI-RND up to a smallest
    unit a line, RI-DUP a multiple): only in periods whose GL lines are complete. Posted after the key date on the other side: RI-CUT.
    Nothing is listed for an account without any GL line.
    """
    lines, items, day = sides.lines, sides.items, pd.Timestamp(sides.as_of)
    if lines.empty:
        return []
    first = min(lines["posting_date"].min(), pd.Timestamp(period_start(min([*sides.balances["period"], period_of(sides.as_of)]))))
    items_now = items[(items["posting_date"] >= first) & (items["posting_date"] <= day)]
    later = (set(lines.loc[lines["posting_date"] > day, "doc_no"]), set(items.loc[items["posting_date"] > day, "doc_no"]))
    clearing = set(items.loc[items["clearing_date"] >= first, "clearing_doc"])
    gl, sub = lines[lines["posting_date"] <= day], items_now.assign(amount=items_now["amount_local"])
    gl_sums, sub_sums = gl.groupby("doc_no")["amount"].sum(), sub.groupby("doc_no")["amount"].sum()
    alone = ~gl["doc_no"].isin(sub_sums.index)
    found = list(_gl_only(gl.loc[alone], _twins(gl[~alone]), later[1], clearing, sides))
    judged = sub[_months(sub).isin([_month(period) for period in complete_periods(sides)])]
    both = gl_sums.index.intersection(sub_sums.index)
    gaps = {str(document): gap for document, gap in (gl_sums[both] - sub_sums[both]).items() if gap}
    found += _subledger_only(judged[~judged["doc_no"].isin(gl_sums.index)], later[0], sides)
    found += _other_amount(
        judged[judged["doc_no"].isin(list(gaps))],
        gaps,
        {str(document): int(many) for document, many in gl["doc_no"].value_counts().items()},
        sides,
    )
    return sorted(found, key=lambda item: (item.code, item.document))


def _twins(gl: pd.DataFrame) -> Mapping[tuple[str, int], str]:
    """Name by reference and amount the documents that both sides know."""
    named = gl[gl["reference"] != ""].groupby(["reference", "doc_no"])["amount"].sum()
    rows: Iterator[tuple[str, str, int]] = named.reset_index().itertuples(index=False, name=None)
    return {(reference, int(amount)): document for reference, document, amount in rows}


def _gl_only(gl: pd.DataFrame, twins: Mapping[tuple[str, int], str], later: set[str], clearing: set[str], sides: Sides) -> Iterator[Item]:
    for document, rows in _by_document(gl, "line_no"):
        amount, by_ar = int(rows["amount"].sum()), bool((rows["origin"] == "AR").all())
        if amount == 0 or (by_ar and document in clearing):
            continue
        code, said = "RI-MJE", f"GL document {document} ({rows['text'].iloc[0] or 'no text'}) is not in the subledger"
        twin = twins.get((str(rows["reference"].iloc[0]), amount))
        if twin:
            code, said = "RI-DUP", f"GL document {document} has reference and amount of {twin}, which both sides know"
        elif document in later:
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


def _other_amount(items: pd.DataFrame, gaps: Mapping[str, int], lines: Mapping[str, int], sides: Sides) -> Iterator[Item]:
    for document, rows in _by_document(items, "item_id"):
        gap, ours = int(gaps[document]), int(rows["amount"].sum())
        code, said = "RI-ERR", f"Document {document} has another amount in the GL than in the subledger"
        if gap == -2 * ours:
            said += ": the same with the opposite sign"
        elif ours and gap % ours == 0 and gap // ours >= 1 and lines[document] > len(rows):
            code, said = "RI-DUP", f"Document {document} stands {gap // ours + 1} times in the GL, once in the subledger"
        elif abs(gap) <= lines[document]:
            code, said = "RI-RND", f"Document {document} differs by no more than the rounding of its {lines[document]} lines"
        elif gap % 9 == 0:
            said += ": the difference is divisible by 9, as when two digits are swapped"
        yield _item(code, document, rows, gap, said, sides)


def _by_document(rows: pd.DataFrame, then: str) -> Iterator[tuple[str, pd.DataFrame]]:
    for document, group in rows.sort_values(["doc_no", then]).groupby("doc_no"):
        yield str(document), group


def _item(code: str, document: str, rows: pd.DataFrame, amount: int, said: str, sides: Sides) -> Item:
    first = rows.iloc[0]
    day, end = first["posting_date"].date(), period_end(period_of(sides.as_of))
    expected = {"RI-RCL": end + timedelta(days=1), "RI-FXR": None}.get(code, end)
    if code in sides.spans:
        expected = due_by(day, sides.spans[code], sides.off)
    where = (str(first["source_file"]), str(first["source_line"]))
    return Item(code, "D", document, day, amount, f"{said}; {CLASSES[code][1]}.", expected, *where)


def misplaced(found: Mapping[Place, list[Item]]) -> dict[Place, list[Item]]:
    """Class as RI-MIS what the GL has on one account or company and the subledger on another: one document, amounts that cancel out."""
    everywhere: dict[str, list[tuple[Place, Item]]] = {}
    for place, items in found.items():
        for item in items:
            everywhere.setdefault(item.document, []).append((place, item))
    moved = {document: pairs for document, pairs in everywhere.items() if _cancel(pairs)}
    return {place: [_moved(place, item, moved) for item in items] for place, items in found.items()}


def _cancel(pairs: list[tuple[Place, Item]]) -> bool:
    return len(pairs) == 2 and pairs[0][0] != pairs[1][0] and pairs[0][1].amount == -pairs[1][1].amount != 0


def _moved(place: Place, item: Item, moved: Mapping[str, list[tuple[Place, Item]]]) -> Item:
    if item.document not in moved:
        return item
    other = next(there for there, _ in moved[item.document] if there != place)
    here, there = (f"{where[0]}/{where[1]} account {where[2]}" for where in (place, other))
    sides = (here, there) if item.amount == _in_gl(item) else (there, here)
    said = f"Document {item.document} stands in the GL on {sides[0]}, in the subledger on {sides[1]}; {CLASSES['RI-MIS'][1]}."
    return replace(item, code="RI-MIS", sentence=said)


def _in_gl(item: Item) -> int:
    """Return the effect if the item is a GL document, for which its sentence begins so; 0 for one of the subledger."""
    return item.amount if item.sentence.startswith("GL document") else 0
