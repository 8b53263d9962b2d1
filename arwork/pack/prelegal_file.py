"""The pre-legal file of one account as one bundle: an index, one page with every part, and each document as CSV (CO-60).

What the books do not hold is listed as missing with who gets it. Documents that people add come in under numbers of their own;
no text from outside names a file, and every text from outside is escaped.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

import pandas as pd

from arwork.collect.prelegal import MANDATORY, PARTS, assemble, completeness, index, missing, unmeasured
from arwork.errors import InputError
from arwork.money import Units
from arwork.pack.digest import sha256
from arwork.pack.exports import defused
from arwork.pack.page import table_of
from arwork.pack.prelegal_parts import DISHONOURED, Document, claimed, documents
from arwork.show.columns import heading, kinds_of, totals_of, written
from arwork.show.markup import Markup, element, joined
from arwork.show.numbers import money, plural

CSS = """
@page { size: A4 landscape; margin: 14mm 12mm 16mm 12mm; font-family: ArworkText; font-size: 7pt;
  @bottom-left { content: string(file); } @bottom-right { content: "Page " counter(page) " of " counter(pages); } }
html { font-family: sans-serif; } body { font-size: 8pt; line-height: 1.35; color: #1f2933; margin: 1em; }
h1 { font-size: 15pt; margin: 0 0 2mm 0; string-set: file content(); } h2 { font-size: 12pt; margin: 6mm 0 1mm 0; break-after: avoid; }
h3 { font-size: 9pt; margin: 4mm 0 1mm 0; break-after: avoid; } section.first { break-before: page; }
table { border-collapse: collapse; width: 100%; } thead { display: table-header-group; } tr { break-inside: avoid; } .state { white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: 0.7mm 1.5mm; border-bottom: 0.3pt solid #9aa5b1; overflow-wrap: anywhere; }
thead th { border-bottom: 1pt solid #52606d; background-color: #e9eef3; overflow-wrap: normal; }
.missing { color: #9b1c1c; } .small { color: #52606d; font-size: 7pt; }
a { color: inherit; text-decoration: none; } a.page::after { content: target-counter(attr(href url), page); }
"""
"""The look of the page and of its print; it names no address and no font of its own."""
_RIGHT = frozenset({"money", "count", "percent", "points", "rate"})
_ADDED = re.compile(r"(0[1-9]|1[0-9])[-_ .].*", re.DOTALL)
_ENDINGS = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".txt", ".csv", ".eml", ".msg", ".docx", ".xlsx", ".zip", ".html"})


@dataclass(frozen=True)
class Added:
    """A document that a person put into the file: its part, its name as given, its bytes."""

    place: int
    name: str
    data: bytes

    def path(self, number: int) -> str:
        """Name its file in the bundle: part and number; the ending as given where it is a usual one."""
        ending = PurePath(self.name).suffix.lower()
        return f"documents/{self.place:02d}-{number:02d}{ending if ending in _ENDINGS else '.bin'}"


@dataclass(frozen=True)
class Case:
    """What a file is made from: tables of the run, the account, the companies by ledger and code, decimals, key date, run, documents added."""

    tables: Mapping[str, pd.DataFrame]
    account: tuple[str, ...]
    company: str
    units: Units
    as_of: date
    run: str
    added: tuple[Added, ...] = ()


@dataclass(frozen=True)
class Bundle:
    """A file: its pieces by name (`file.html` is what is printed), its index, mandatory parts there and asked for, whether it may go."""

    pieces: Mapping[str, bytes]
    parts: pd.DataFrame
    held: int
    asked: int
    ready: bool


def added_of(name: str, data: bytes) -> Added:
    """Read the part off the name of a document: `05-proof of delivery.pdf` belongs to part 5. InputError for any other name."""
    found = _ADDED.fullmatch(name)
    if not found:
        raise InputError(f"{name!r} does not say which part it belongs to", cure="Begin its name with the part: 05-delivery.pdf.")
    return Added(int(found[1]), name, data)


def folder_of(account: Sequence[str]) -> str:
    """Name the folder of a file: no text from outside becomes part of a path."""
    return f"prelegal-{sha256(chr(31).join(account).encode())[:12]}"


def bundle(case: Case) -> Bundle:
    """Build the file: `file.html`, `index.csv`, each document as CSV, the documents added."""
    parts = index(assemble(case.tables, case.account, case.as_of))
    held = documents(case.tables, case.account, case.as_of)
    placed = _placed(case.added)
    there, asked, ready = completeness(parts, frozenset(one.place for one in case.added))
    rows = [_line(row, held, placed) for row in parts.to_dict("records")]
    pieces = {
        "file.html": _page(case, rows, held, placed, (there, asked, ready)).encode("utf-8"),
        "index.csv": _csv(("part", "title", "mandatory", "state", "documents", "missing"), rows),
        **{f"{one.file}.csv": _csv(list(one.rows.columns), _cells(one.rows, case.units, plain=True)) for one in held},
        **{path: one.data for path, one in placed},
    }  # fmt: skip
    return Bundle(pieces, parts, there, asked, ready)


def listing(pieces: Mapping[str, bytes]) -> bytes:
    """Return `SHA256SUMS` of the pieces."""
    return "".join(f"{sha256(data)}  {name}\n" for name, data in sorted(pieces.items())).encode()


def _placed(added: Sequence[Added]) -> list[tuple[str, Added]]:
    numbers: dict[int, int] = {}
    found = []
    for one in sorted(added, key=lambda one: (one.place, one.name)):
        numbers[one.place] = numbers.get(one.place, 0) + 1
        found.append((one.path(numbers[one.place]), one))
    return found


def _line(row: Mapping[object, object], held: Sequence[Document], placed: Sequence[tuple[str, Added]]) -> tuple[str, ...]:
    """Return a line of the index: part, title, mandatory, state, documents, what is missing and who gets it."""
    place = int(str(row["place"]))
    mine = [path for path, one in placed if one.place == place]
    names = [f"{one.file}.csv ({plural(len(one.rows), 'row')})" for one in held if one.place == place] + mine
    words = {"FOUND": "there", "ADD": "missing", "NONE": "none"}
    state = "there" if mine else words[str(row["status"])]
    asked = "" if mine else "; ".join(filter(None, (unmeasured(str(row["note"])), missing(place, str(row["status"])))))
    if place == 7 and not mine and any(one.file == DISHONOURED for one in held):
        asked = "the dishonoured cheque and the bank's memo: treasury"
    must = "yes" if place in MANDATORY else "2 or 3" if place in (2, 3) else "no"
    return str(place), PARTS[place - 1], must, state, "; ".join(names), asked


def _page(
    case: Case, rows: Sequence[tuple[str, ...]], held: Sequence[Document], placed: Sequence[tuple[str, Added]], state: tuple[int, int, bool]
) -> str:
    who = case.tables["customers"]
    ledger, company, customer = case.account
    name = next(iter(who.loc[(who[["ledger_id", "company_code", "customer_id"]] == list(case.account)).all(axis=1), "name"]), "")
    title = f"Pre-legal file: {customer} {name}"
    body = joined(
        element("h1", title), _facts(case, state), element("h2", "Index"), _index(rows),
        *(_part(case, row, held, placed) for row in rows),
        element("p", f"Run {case.run}, ledger {ledger}, company {company}. Amounts and texts are those of the books.", class_="small"),
    )  # fmt: skip
    head = element("head", element("meta", charset="utf-8"), element("title", title), Markup(f"<style>{CSS}</style>"))
    return "<!DOCTYPE html>\n" + element("html", head, element("body", body), lang="en").html + "\n"


def _facts(case: Case, state: tuple[int, int, bool]) -> Markup:
    """Say in sentences what is claimed, and whether the file may go."""
    claim = claimed(case.tables, case.account, case.as_of)
    late = claim[claim["days_past_due"] >= 1]
    owed, rest = _sum(late, case.units), _sum(claim[claim["days_past_due"] < 1], case.units)
    oldest = f", the oldest {plural(int(late['days_past_due'].max()), 'day')} late" if len(late) else ""
    there, asked, ready = state
    share = there * 100 // asked
    may = "It may go to legal." if ready else "It may not go before the mandatory parts are complete."
    return joined(
        element("p", f"Claimant: {case.company}. Overdue at the key date {case.as_of.isoformat()}: {owed} on {plural(len(late), 'document')}{oldest}. "
                     f"Not due yet, and no part of the claim: {rest}."),
        element("p", f"Mandatory parts there: {there} of {asked} ({share} %). {may}", class_="" if ready else "missing"),
    )  # fmt: skip


def _sum(rows: pd.DataFrame, units: Units) -> str:
    return ", ".join(f"{money(minor, code, units)} {code}" for code, minor in totals_of("open_amount", rows).items()) or "nothing"


def _index(rows: Sequence[tuple[str, ...]]) -> Markup:
    heads = ("Part", "What it holds", "Mandatory", "State", "Documents", "Missing, and who gets it", "Page")
    lines = []
    for place, title, must, state, names, asked in rows:
        link = element("a", "", href=f"#part-{place}", class_="page")
        lines.append((place, element("a", title, href=f"#part-{place}"), must, element("span", state, class_="state missing" if state == "missing" else "state"),
                      names, element("span", asked, class_="missing"), link))  # fmt: skip
    return table_of(heads, lines)


def _part(case: Case, row: tuple[str, ...], held: Sequence[Document], placed: Sequence[tuple[str, Added]]) -> Markup:
    place, title, _, _, _, asked = row
    shown = [_document(one, case.units) for one in held if one.place == int(place)]
    files = [
        element("p", f"{path}: {one.name}, added by a person, SHA-256 {sha256(one.data)}")
        for path, one in placed
        if one.place == int(place)
    ]
    said = [element("p", f"To be added: {asked}.", class_="missing")] if asked else []
    if not shown and not files and not asked:
        said = [element("p", "The books hold none." if place != "19" else "The file has not been handed over.")]
    by_item = [_each(case, int(place))] if asked and place in ("5", "15") else []
    first = "first" if place == "1" else ""
    return element("section", element("h2", f"{place}. {title}", id=f"part-{place}"), *said, *by_item, *shown, *files, class_=first)


def _each(case: Case, place: int) -> Markup:
    """List by invoice what is missing: its proof of delivery, or its limitation date."""
    claim = claimed(case.tables, case.account, case.as_of).loc[lambda t: t["days_past_due"] >= 1]
    what, who = ("proof of delivery", "logistics") if place == 5 else ("limitation date", "legal")
    rows = [(reference or item, day.date().isoformat(), f"{what}: missing, {who}", f"{file}:{line}") for reference, item, day, file, line in zip(
        claim["reference"], claim["item_id"], claim["doc_date"], claim["source_file"], claim["source_line"], strict=True)]  # fmt: skip
    return table_of(("Invoice", "Date", "To be added", "Source"), rows)


def _document(one: Document, units: Units) -> Markup:
    kinds = kinds_of(one.rows)
    right = [number for number, name in enumerate(one.rows.columns) if kinds[str(name)] in _RIGHT]
    heads = [heading(str(name)) for name in one.rows.columns]
    rows = [*_cells(one.rows, units), *_totals(one, units)]
    return joined(element("h3", f"{one.title} ({plural(len(one.rows), 'row')}; {one.file}.csv)"), table_of(heads, rows, right))


def _cells(frame: pd.DataFrame, units: Units, *, plain: bool = False) -> list[tuple[str, ...]]:
    """Write the rows of a document; plain writes amounts without thousands and with a hyphen, as a CSV has them."""
    kinds = kinds_of(frame)
    columns = [written(str(name), kinds[str(name)], frame, units) for name in frame.columns]
    if plain:
        figures = [kinds[str(name)] in _RIGHT for name in frame.columns]
        columns = [[cell.replace(",", "").replace("\u2212", "-") for cell in cells] if figure else cells
                   for cells, figure in zip(columns, figures, strict=True)]  # fmt: skip
    return list(zip(*columns, strict=True))


def _totals(one: Document, units: Units) -> list[tuple[str, ...]]:
    sums = {name: totals_of(name, one.rows) for name in one.totals}
    codes = sorted({code for found in sums.values() for code in found})
    made = []
    for code in codes:
        cells = [money(sums[name][code], code, units) if code in sums.get(str(name), {}) else "" for name in one.rows.columns]
        made.append((f"Total {code}", *cells[1:]))
    return made


def _csv(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Write a CSV with defused cells; figures keep their sign, for they are digits of ours."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([cell if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) else defused(cell) for cell in row] for row in rows)
    return held.getvalue().encode("utf-8")
