"""A file as rows under its headings: the header is found, and what is no data is skipped and counted (LD-05)."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import islice
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from arwork.errors import InputError, first_few, place
from arwork.intake.layouts import NEEDS, Layout
from arwork.intake.received import Received
from arwork.intake.sheets import is_workbook, read_sheet
from arwork.intake.text import Dialect, decode, split

Flags = npt.NDArray[np.bool_]
Needs: TypeAlias = Sequence[tuple[str, tuple[str, ...]]]
"""What a header must hold: a label for messages, and the headings of which one is enough."""
HEADER_WITHIN = 100
"""The header must stand in the first hundred filled lines."""
_TOP = 1_000_000


@dataclass(frozen=True)
class Row:
    """One row of a file before its header is known: its place, cells, which cells a spreadsheet kept as numbers, its fault."""

    place: str
    cells: Sequence[str]
    native: Sequence[bool] = ()
    fault: str = ""


@dataclass(frozen=True)
class Fault:
    """A row that could not be split into the header's columns, or finds no partner in a joined file."""

    source_file: str
    source_line: str
    source_sha256: str
    value: str
    reason: str


@dataclass(frozen=True)
class Grid:
    """The data rows of one file: `cells` has a column a heading (its position), trimmed text; `places` their lineage.

    `headings` gives the heading of each position; `native` the cells that a spreadsheet kept as numbers or dates.
    `skipped` counts the filled rows that are neither header nor data (LD-05).
    """

    cells: pd.DataFrame
    headings: tuple[str, ...]
    places: pd.DataFrame
    native: Mapping[int, Flags]
    faults: tuple[Fault, ...]
    skipped: int
    encoding: str = ""
    format: str = ""
    formulas: int = 0

    def position(self, alternatives: Iterable[str], file: str) -> int | None:
        """Find the first of several headings; None when the file has none, InputError when one stands twice."""
        folded = [fold(heading) for heading in self.headings]
        for alternative in alternatives:
            count = folded.count(fold(alternative))
            if count > 1:
                raise InputError(f"heading {alternative!r} stands {count} times", where=file, cure="Rename one of the columns.")
            if count:
                return folded.index(fold(alternative))
        return None

    def kept(self, keep: Flags) -> Grid:
        """Keep some rows and count the others as skipped."""
        if keep.all():
            return self
        return replace(
            self,
            cells=self.cells[keep].reset_index(drop=True),
            places=self.places[keep].reset_index(drop=True),
            native={n: flags[keep] for n, flags in self.native.items()},
            skipped=self.skipped + int((~keep).sum()),
        )


@functools.lru_cache(maxsize=4096)
def fold(heading: str) -> str:
    """Write a heading as it is compared: no case, single blanks, no quotes or trailing colon."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", heading).casefold().strip().strip("\"'").rstrip(":")).strip()


def needs_of(layout: Layout) -> Needs:
    """List what the header of a layout's (base) file must hold; headings of joined files are left out."""
    outside = tuple(f"{join.name}." for join in layout.join)
    groups = [group for group in (*NEEDS[layout.table], *((name,) for name in layout.mandatory)) if not set(group) & set(layout.constants)]
    needs = [(" or ".join(group), tuple(h for name in group for h in layout.columns.get(name, ()))) for group in groups]
    needs += [("sign", layout.sign.column)] if layout.sign.column else []
    needs += [("only", (heading,)) for heading in layout.only]
    needs += [("key", (key,)) for join in layout.join for key in join.keys]
    return [(label, headings) for label, headings in needs if not any(outside and h.startswith(outside) for h in headings)]


def read_grid(received: Received, layout: Layout, encoding: str, needs: Needs) -> Grid:
    """Read one file under the header that holds the headings it needs; InputError names what is missing (LD-10)."""
    if is_workbook(received.data):
        sheet = read_sheet(received, layout.sheet)
        pairs = enumerate(zip(sheet.rows, sheet.native, strict=True), start=1)
        rows = [Row(f"{sheet.name}!A{number}", cells, native) for number, (cells, native) in pairs if any(cells)]
        grid = _grid(rows, layout, received, needs)
        return replace(grid, encoding="xlsx", format=f"XLSX, sheet {sheet.name}", formulas=sheet.formulas)
    text, used = decode(received, encoding)
    dialect = _dialect(text, layout, needs, received.name)
    grid = _grid(list(_rows(text, dialect, received.name)), layout, received, needs)
    shown = dialect.delimiter.replace("\t", "tab")
    return replace(grid, encoding=used, format="list text framed by |" if dialect.framed else f"delimited text, {shown}")


def _rows(text: str, dialect: Dialect, name: str) -> Iterator[Row]:
    return (Row(str(line.number), line.cells, (), line.fault) for line in split(text, dialect, name))


def _dialect(text: str, layout: Layout, needs: Needs, name: str) -> Dialect:
    """Take the layout's delimiter; where it states none, the one under which the header is found."""

    stated = layout.delimiter.replace("tab", "\t") or "|"
    base = Dialect(stated, layout.quotes and not layout.framed, layout.newlines, layout.framed)
    if layout.delimiter or layout.framed:
        return base
    top = text[: text.find("\n", _TOP) + 1 or None]
    heads: dict[str, list[Row]] = {}
    for delimiter in (",", ";", "\t", "|"):
        try:
            heads[delimiter] = list(islice(_rows(top, replace(base, delimiter=delimiter), name), HEADER_WITHIN))
        except InputError:
            continue
    found = [delimiter for delimiter, head in heads.items() if _header(head, needs) is not None]
    likely = max(heads, key=lambda mark: max(((_known(row, needs), len(row.cells)) for row in heads[mark]), default=(0, 0)), default=",")
    return replace(base, delimiter=found[0] if found else likely)


def _known(row: Row, needs: Needs) -> int:
    folded = {fold(cell) for cell in row.cells}
    return sum(any(fold(h) in folded for h in headings) for _, headings in needs)


def _header(rows: Sequence[Row], needs: Needs) -> int | None:
    return next((index for index, row in enumerate(rows) if row.cells and _known(row, needs) == len(needs)), None)


def _missing(rows: Sequence[Row], needs: Needs, file: str) -> InputError:
    """Say which headings are missing in the row that looks most like a header, and what stands there instead."""
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    best = max(filled, key=lambda row: (_known(row, needs), len(row.cells)), default=Row("1", ()))
    found = [cell.strip() for cell in best.cells if cell.strip()]
    folded = {fold(cell): cell for cell in found}
    lacking = []
    for label, headings in needs:
        if not any(fold(h) in folded for h in headings):
            near = next((folded[n] for h in headings for n in get_close_matches(fold(h), list(folded), n=1)), "")
            named = " or ".join(repr(h) for h in headings[:4])
            lacking.append(f"{label} (heading {named})" + (f", did you mean {near!r}?" if near else ""))
    return InputError(
        f"mandatory columns are missing: {first_few(lacking)}; headings found: {first_few([repr(h) for h in found], 40)}",
        where=place(file, best.place),
        cure="Export these columns too, or add your heading to the layout's `columns`.",
    )


def _grid(rows: Sequence[Row], layout: Layout, received: Received, needs: Needs) -> Grid:
    at = _header(rows[:HEADER_WITHIN], needs)
    if at is None:
        raise _missing(rows[:HEADER_WITHIN], needs, received.name)
    head = [cell.strip() for cell in rows[at].cells]
    while rows[at].native and head and not head[-1]:
        head.pop()
    strange = [heading for heading in head if fold(heading) in {fold(other) for other in layout.refuse_with}]
    if strange:
        cure = "Write a layout of its own that says what the column means, such as `sign: {column: …, plus: […], minus: […]}`."
        raise InputError(f"has a column {strange[0]!r} that this layout cannot read", where=place(received.name, rows[at].place), cure=cure)
    data, faults, skipped = _sorted_out(rows, at, head, layout, received)
    columns = list(zip(*(row.cells[: len(head)] for row in data), strict=True)) or [()] * len(head)
    natives = zip(*(row.native[: len(head)] for row in data), strict=True) if data and data[0].native else ()
    lines = pd.Series([row.place for row in data], dtype="str")
    grid = Grid(
        cells=pd.DataFrame({n: pd.Series(list(column), dtype="str").str.strip() for n, column in enumerate(columns)}),
        headings=tuple(head),
        places=pd.DataFrame({"source_line": lines}).assign(source_file=received.name, source_sha256=received.sha256),
        native={n: np.array(column, dtype=np.bool_) for n, column in enumerate(natives)},
        faults=tuple(faults),
        skipped=skipped,
    )
    return grid if layout.join else rows_wanted(grid, layout, received.name)


def _sorted_out(
    rows: Sequence[Row], at: int, head: Sequence[str], layout: Layout, received: Received
) -> tuple[list[Row], list[Fault], int]:
    """Tell data from what is no data: blank rows, repeated headers, totals; and from rows with too few or too many cells."""
    data: list[Row] = []
    faults: list[Fault] = []
    skipped, width = at, len(head)
    for row in islice(rows, at + 1, None):
        first = next((cell for cell in row.cells if cell and not cell.isspace()), "").strip()
        again = bool(first) and row.cells[0].strip() == head[0] and [cell.strip() for cell in row.cells] == list(head)
        if not first or again or first.startswith(layout.skip.starts):
            skipped += 1
        elif not row.fault and (len(row.cells) == width or (row.native and not any(row.cells[width:]))):
            data.append(row)
        else:
            reason = row.fault or f"has {len(row.cells)} cells where the header has {width}"
            faults.append(Fault(received.name, row.place, received.sha256, " ".join(row.cells), reason))
    return data, faults, skipped


def rows_wanted(grid: Grid, layout: Layout, file: str) -> Grid:
    """Keep the rows that hold the values of the layout's `only`; the others are skipped and counted."""
    keep = np.ones(len(grid.cells), dtype=np.bool_)
    for heading, wanted in layout.only.items():
        position = grid.position((heading,), file)
        if position is not None:
            keep &= grid.cells[position].isin(wanted).to_numpy()
    return grid.kept(keep)
