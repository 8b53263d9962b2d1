"""The figures of the lead sheet: each with its ticks, the sheet behind it, and the spreadsheet's own way to find it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from arwork.pack.sheets import Book
from arwork.pack.workbook_ticks import AGREES, DIFFERS, FOOTED, held, mark, sourced, whole_files
from arwork.show.pictures import OUTCOMES, outcome_of

Tables = Mapping[str, pd.DataFrame]
_CODE, _B, _C = "Currency", "$B§", "$C§"


@dataclass(frozen=True)
class Figure:
    """One line: what, detail, currency, count, minor units (None for a count alone), ticks, sheet, live formula, and its name if it has one.

    `reach` is the sum of the sizes of what the formula adds: beyond 15 digits no spreadsheet could check it.
    """

    what: str
    detail: str
    currency: str
    count: int
    minor: int | None
    ticks: str = ""
    sheet: str = ""
    check: str = ""
    name: str = ""
    reach: int = 0


def figures(book: Book, tables: Tables) -> Iterator[Figure]:
    """Give the figures in the order of the lead sheet: proof, receipts, open items, cash without an item, what waits."""
    yield from _proof(book, tables)
    whole = whole_files(tables["sources"])
    yield from _receipts(book, tables, whole)
    yield from _open(book, tables, whole)
    yield from _waiting(book, tables, whole)


def _added(areas: Mapping[str, str], head: str, wanted: Mapping[str, str]) -> str:
    """Add the column `head` over the rows that hold what is wanted; blank where the sheet has not all rows.

    What is wanted is a cell of the lead sheet (`C§`, § being the row) or a word of ours in quotes: no text of a file is in a formula.
    """
    if head not in areas or not set(wanted) <= set(areas):
        return ""
    return "SUMPRODUCT(" + "*".join(f"({areas[name]}={text})" for name, text in wanted.items()) + f",{areas[head]})"


def _proof(book: Book, tables: Tables) -> Iterator[Figure]:
    ties, findings = tables["ties"], tables["findings"]
    failed = int((~ties["holds"]).sum())
    area = f"'Tie-out'!$B$5:$B${4 + max(len(ties), 1)}"
    yield Figure("Proof", "ties that hold", "", len(ties) - failed, None, "", "Tie-out", f'COUNTIF({area},"{AGREES}")', "AR_Ties_that_hold")
    yield Figure(
        "Proof", "ties that do not hold", "", failed, None, DIFFERS if failed else AGREES, "Tie-out", f'COUNTIF({area},"{DIFFERS}")',
        "AR_Ties_that_fail",
    )  # fmt: skip
    severity = book.areas.get("Findings", {}).get("Severity", "")
    for name, words in (("error", "errors"), ("warn", "warnings")):
        number = int((findings["severity"] == name).sum())
        yield Figure(
            "Proof", f"findings: {words}", "", number, None, "", "Findings", f'COUNTIF({severity},"{name}")' if severity else "",
            f"AR_Findings_{name}",
        )  # fmt: skip


def _usable(book: Book, code: str) -> bool:
    """Say whether a currency may stand in a formula and in a name: a code that we know, never a text of a file."""
    return book.units.known(code) and code.isascii() and code.isalnum()


def _sums(values: pd.Series[int]) -> tuple[int, int]:
    listed = [int(value) for value in values.tolist()]
    return sum(listed), sum(abs(value) for value in listed)


def _receipts(book: Book, tables: Tables, whole: frozenset[str]) -> Iterator[Figure]:
    made, taken, areas = tables["proposals"], tables["receipts"], book.areas.get("Proposals", {})
    frame = made.assign(outcome=outcome_of(made))
    for code, rows in frame.groupby("currency", sort=True):
        own = taken[taken["currency"] == code]
        for name, (words, _) in OUTCOMES.items():
            part = rows[rows["outcome"] == name]
            minor, reach = _sums(part["amount"])
            if len(part):
                by = {"By": '"rule"', "Status": f'"{name}"'}
                check = _added(areas, "Amount", {_CODE: _C, **by}) if _usable(book, str(code)) and name != "PERSON" else ""
                behind = own[own["receipt_id"].isin(part["receipt_id"])]
                ticks = [mark(FOOTED, _sums(behind["amount"])[0] == minor), sourced(behind, whole)]
                yield Figure("Receipts", words, str(code), len(part), minor, " ".join(ticks), "Proposals", check, "", reach)
        minor, reach = _sums(rows["amount"])
        check = _added(areas, "Amount", {_CODE: _C}) if _usable(book, str(code)) else ""
        ticks = [mark(FOOTED, _sums(own["amount"])[0] == minor), held(tables["ties"], ("INV-1",), str(code)), sourced(own, whole)]
        named = f"AR_Receipts_{code}" if _usable(book, str(code)) else ""
        yield Figure("Receipts", "all", str(code), len(rows), minor, " ".join(filter(None, ticks)), "Proposals", check, named, reach)


def _open(book: Book, tables: Tables, whole: frozenset[str]) -> Iterator[Figure]:
    aged, areas = tables["ageing_items"], book.areas.get("Open items", {})
    items = tables["open_items"]
    sources = items.loc[items["item_id"].isin(aged["item_id"]), ["currency", "source_file", "source_line"]]
    for code, rows in tables["ageing"].loc[lambda a: a["basis"] == "DUE"].groupby("currency", sort=True):
        usable, own = _usable(book, str(code)), aged[aged["currency"] == code]
        for _, part in rows.groupby("bucket_no", sort=True):
            bucket = str(part["bucket"].iloc[0])
            minor, reach = _sums(part["amount"])
            check = _added(areas, "Open", {_CODE: _C, "Bucket due": _B}) if usable else ""
            tick = mark(FOOTED, _sums(own.loc[own["bucket_due"] == bucket, "open_amount"])[0] == minor) if len(aged) else ""
            yield Figure(
                "Open items by due date", bucket, str(code), sum(part["items"].tolist()), minor, tick, "Open items", check, "", reach
            )
        minor, reach = _sums(rows["amount"])
        check = _added(areas, "Open", {_CODE: _C}) if usable else ""
        ticks = [mark(FOOTED, _sums(own["open_amount"])[0] == minor)] if len(aged) else []
        ticks += [held(tables["ties"], ("MT-03", "RC-30", "RC-80"), str(code)), sourced(sources[sources["currency"] == code], whole)]
        named = f"AR_Open_{code}" if usable else ""
        yield Figure(
            "Open items by due date", "all", str(code), sum(rows["items"].tolist()), minor, " ".join(filter(None, ticks)), "Ageing", check, named,
            reach,
        )  # fmt: skip


def _waiting(book: Book, tables: Tables, whole: frozenset[str]) -> Iterator[Figure]:
    areas, owed = book.areas.get("Exceptions", {}), tables["owed"]
    for code, rows in owed.groupby("currency", sort=True):
        usable = _usable(book, str(code))
        for queue, part in rows.groupby("queue", sort=True):
            minor, reach = _sums(part["amount"])
            check = _added(areas, "Amount", {_CODE: _C, "Queue": _B}) if usable else ""
            with_source = part[part["source_file"] != ""]
            ticks = sourced(with_source, whole) if len(with_source) == len(part) else ""
            yield Figure("Waits for a person", str(queue), str(code), len(part), minor, ticks, "Exceptions", check, "", reach)
        minor, reach = _sums(rows["amount"])
        check = _added(areas, "Amount", {_CODE: _C}) if usable else ""
        named = f"AR_Waits_{code}" if usable else ""
        yield Figure("Waits for a person", "all", str(code), len(rows), minor, "", "Exceptions", check, named, reach)
