"""A file as rows under its headings: the header is found, and what is no data is skipped and counted (LD-05)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import islice
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from arwork.errors import InputError, first_few, place
from arwork.intake.archives import alone
from arwork.intake.headings import facts_beside, fold
from arwork.intake.layouts import GROUP, Layout
from arwork.intake.received import Received
from arwork.intake.sheets import read_sheet
from arwork.intake.text import Dialect, decode, split
from arwork.intake.workbook_kinds import is_workbook, kind_of_workbook

Flags = npt.NDArray[np.bool_]
Needs: TypeAlias = Sequence[tuple[str, tuple[str, ...]]]
"""What a header must hold: a label for messages, and the headings of which one is enough."""
HEADER_WITHIN = 100
"""The header must stand in the first hundred filled lines."""
_TOP = 1_000_000
_LOOKED_AT = 1_000
_FRAMES = re.compile(r"^[ |]*-{5,}[-|+ ]*$", re.MULTILINE)


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
    `skipped` counts the filled rows that are neither header nor data (LD-05). `facts` holds what a bank table says beside
    its lines, by our column. A column without heading is called by its place, #1 for the first.
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
    hidden: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)

    def position(self, alternatives: Iterable[str], file: str) -> int | None:
        """Find the first of several headings; None when the file has none, InputError when one stands twice over other cells."""
        folded = [fold(heading) for heading in self.headings]
        for alternative in alternatives:
            if re.fullmatch("#[0-9]+", alternative):
                if 1 <= int(alternative[1:]) <= len(folded):
                    return int(alternative[1:]) - 1
                continue
            found = [position for position, heading in enumerate(folded) if heading == fold(alternative)]
            if any(not self.cells[position].equals(self.cells[found[0]].rename(position)) for position in found[1:]):
                raise InputError(
                    f"heading {alternative!r} stands {len(found)} times, over columns that differ",
                    where=file,
                    cure="Rename one of the columns, or take the heading out of a layout of your own (`arwork init` proposes one).",
                )
            if found:
                return found[0]
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


def needs_of(layout: Layout) -> Needs:
    """List what the header of a layout's (base) file must hold; headings of joined files are left out."""
    outside = tuple(f"{join.name}." for join in layout.join)
    groups = [
        group for group in (*layout.needs(), *((name,) for name in layout.mandatory)) if not set(group) & {*layout.constants, *layout.head}
    ]
    needs = [(" or ".join(group), tuple(h for name in group for h in layout.columns.get(name, ()))) for group in groups]
    needs += [("sign", layout.sign.column)] if layout.sign.column else []
    needs += [("only", (heading,)) for heading in layout.only]
    needs += [("key", (key.partition("=")[0],)) for join in layout.join for key in join.keys]
    return [(label, headings) for label, headings in needs if not any((outside and h.startswith(outside)) or h == GROUP for h in headings)]


@dataclass(frozen=True)
class Head:
    """The row of a file that looks most like a layout's header, and whether it holds all that is needed."""

    place: str
    cells: tuple[str, ...]
    complete: bool


class Look:
    """A file looked at for its header by many layouts: decoded and parsed once for each way of reading it."""

    def __init__(self, received: Received) -> None:
        self.received = alone(received)
        self._rows: dict[tuple[object, ...], list[Row] | InputError] = {}

    def header(self, layout: Layout, encoding: str, needs: Needs) -> Head:
        """Find the header row as `read_grid` would, or the row most like it; InputError when the file cannot be split."""
        rows = self._found(("sheet", layout.sheet), lambda: self._sheet(layout.sheet)) if is_workbook(self.received.data) else None
        if rows is None:
            text = self._text(encoding)
            dialect = _dialect(text, layout, needs, self.received.name)
            rows = self._found((encoding, dialect), lambda: list(islice(_rows(text, dialect, self.received.name), HEADER_WITHIN)))
        at = _header(rows[:HEADER_WITHIN], needs)
        best = rows[at] if at is not None else max(rows, key=lambda row: (_known(row, needs), len(row.cells)), default=Row("1", ()))
        return Head(best.place, tuple(cell.strip() for cell in best.cells), at is not None)

    def _found(self, key: tuple[object, ...], read: Callable[[], list[Row]]) -> list[Row]:
        if key not in self._rows:
            try:
                self._rows[key] = read()
            except InputError as refused:
                self._rows[key] = refused
        found = self._rows[key]
        if isinstance(found, InputError):
            raise found
        return found

    def _sheet(self, wanted: str) -> list[Row]:
        sheet = read_sheet(self.received, wanted)
        return [Row(f"{sheet.name}!A{n}", cells) for n, cells in enumerate(sheet.rows[:_LOOKED_AT], start=1) if any(cells)]

    def _text(self, encoding: str) -> str:
        """Decode the file once for each encoding and keep its top, which holds the header."""
        row = self._found(("text", encoding), lambda: [Row("", (_top(decode(self.received, encoding)[0]),))])
        return row[0].cells[0]


def _top(text: str) -> str:
    return text[: text.find("\n", _LOOKED_AT * HEADER_WITHIN) + 1 or None]


def read_grid(received: Received, layout: Layout, encoding: str, needs: Needs) -> Grid:
    """Read one file under the header that holds the headings it needs; InputError names what is missing (LD-10)."""
    received = alone(received)
    if is_workbook(received.data):
        sheet = read_sheet(received, layout.sheet)
        pairs = enumerate(zip(sheet.rows, sheet.native, strict=True), start=1)
        rows = [Row(f"{sheet.name}!A{number}", cells, native) for number, (cells, native) in pairs if any(cells)]
        grid = _grid(rows, layout, received, needs)
        kind = kind_of_workbook(received.data)
        return replace(grid, encoding=kind.casefold(), format=f"{kind}, sheet {sheet.name}", formulas=sheet.formulas, hidden=sheet.hidden)
    text, used = decode(received, encoding)
    dialect = _dialect(text, layout, needs, received.name)
    grid = _grid(list(_rows(text, dialect, received.name)), layout, received, needs)
    shown = dialect.delimiter.replace("\t", "tab")
    return replace(grid, encoding=used, format="list text framed by |" if dialect.framed else f"delimited text, {shown}")


def _rows(text: str, dialect: Dialect, name: str) -> Iterator[Row]:
    return (Row(str(line.number), line.cells, (), line.fault) for line in split(text, dialect, name))


def _dialect(text: str, layout: Layout, needs: Needs, name: str) -> Dialect:
    """Take the layout's delimiter; where it states none, the one under which the header is found, or the frame of a list (LD-05)."""
    if not layout.delimiter and not layout.framed and _is_framed(text):
        return Dialect("|", quotes=False, framed=True)
    stated = layout.delimiter.replace("tab", "\t") or "|"
    base = Dialect(stated, layout.quotes and not layout.framed, layout.newlines, layout.framed)
    if layout.delimiter or layout.framed:
        return base
    top = text[: text.find("\n", _TOP) + 1 or None]
    heads: dict[str, list[Row]] = {}
    broken: dict[str, InputError] = {}
    for delimiter in (",", ";", "\t", "|"):
        try:
            heads[delimiter] = list(islice(_rows(top, replace(base, delimiter=delimiter), name), HEADER_WITHIN))
        except InputError as refused:
            broken[delimiter] = refused
    for delimiter, reason in broken.items():
        bare = islice(_rows(top, replace(base, delimiter=delimiter, quotes=False), name), HEADER_WITHIN)
        if _header([_unquoted(row) for row in bare], needs) is not None:
            raise reason
    found = [delimiter for delimiter, head in heads.items() if _header(head, needs) is not None]
    likely = max(heads, key=lambda mark: max(((_known(row, needs), len(row.cells)) for row in heads[mark]), default=(0, 0)), default=",")
    return replace(base, delimiter=found[0] if found else likely)


def _unquoted(row: Row) -> Row:
    return replace(row, cells=tuple(cell.strip('"') for cell in row.cells))


def _is_framed(text: str) -> bool:
    """Say whether a text is a list in a |…| frame: it has lines of dashes, and most of its other lines stand between bars."""
    top = text[:_TOP]
    if not _FRAMES.search(top):
        return False
    lines = [line.strip() for line in top.splitlines()[: 10 * HEADER_WITHIN] if line.strip() and not _FRAMES.match(line)]
    between = sum(line.startswith("|") and line.endswith("|") and len(line) > 1 for line in lines)
    return between >= 2 and 2 * between >= len(lines)


def _known(row: Row, needs: Needs) -> int:
    folded = {fold(cell) for cell in row.cells} | {f"#{n}" for n in range(1, len(row.cells) + 1)}
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
    at = _header(rows[:HEADER_WITHIN], needs) if layout.header else -1
    if at is None:
        raise _missing(rows[:HEADER_WITHIN], needs, received.name)
    rows, head = _squared(rows, at, layout)
    strange = [heading for heading in head if fold(heading) in {fold(other) for other in layout.refuse_with}]
    if strange:
        cure = "Write a layout of its own that says what the column means, such as `sign: {column: …, plus: […], minus: […]}`."
        raise InputError(f"has a column {strange[0]!r} that this layout cannot read", where=place(received.name, rows[at].place), cure=cure)
    facts, beside = _facts(rows, head, at, layout, received.name)
    data, faults, skipped = _sorted_out(rows, at, head, layout, received, beside)
    head += [GROUP] if layout.grouped else []
    columns = list(zip(*(row.cells[: len(head)] for row in data), strict=True)) or [()] * len(head)
    natives = zip(*(row.native[: len(head)] for row in data), strict=True) if data and data[0].native else ()
    lines = pd.Series([row.place for row in data], dtype="str")
    grid = Grid(
        cells=pd.DataFrame({n: pd.Series(list(column), dtype="str").str.strip() for n, column in enumerate(columns)}),
        headings=tuple(heading or f"#{n}" for n, heading in enumerate(head, start=1)),
        places=pd.DataFrame({"source_line": lines}).assign(source_file=received.name, source_sha256=received.sha256),
        native={n: np.array(column, dtype=np.bool_) for n, column in enumerate(natives)},
        faults=tuple(faults),
        skipped=skipped,
        facts=facts,
    )
    return grid if layout.join else rows_wanted(grid, layout, received.name)


def _squared(rows: Sequence[Row], at: int, layout: Layout) -> tuple[Sequence[Row], list[str]]:
    """Give header and rows one width where no cell could be meant otherwise.

    When every row has the same number of blank cells too many at its end, or when only blank headings have no cells,
    these are left out. With `ragged` each row is filled up or cut where nothing but blanks stands.
    """
    widths = Counter(len(row.cells) for row in rows[at + 1 :] if not row.fault and any(row.cells))
    usual = widths.most_common(1)[0][0] if widths else 0
    if at < 0:
        head = [""] * usual
    else:
        head = [cell.strip() for cell in rows[at].cells]
        while rows[at].native and head and not head[-1]:
            head.pop()
        if len(widths) == 1 and usual < len(head) and not any(head[usual:]):
            head = head[:usual]
    width = len(head)
    surplus = len(widths) == 1 and usual > width and not any(cell.strip() for row in rows[at + 1 :] for cell in row.cells[width:])
    if not surplus and not layout.ragged:
        return rows, head

    def fitted(row: Row) -> Row:
        """Cut or fill a row where nothing but blanks stands."""
        short = width - len(row.cells)
        if row.native or short == 0 or any(cell.strip() for cell in row.cells[width:]):
            return row
        return replace(row, cells=(*row.cells, *[""] * short) if short > 0 else row.cells[:width])

    return [row if n <= at else fitted(row) for n, row in enumerate(rows)], head


def _facts(rows: Sequence[Row], head: Sequence[str], at: int, layout: Layout, file: str) -> tuple[dict[str, str], frozenset[int]]:
    """Read what stands beside the table; a balance in a row of the table takes the sign of that row."""
    if not layout.head:
        return {}, frozenset()
    cells = [row.cells for row in rows]
    mark = next((n for n, heading in enumerate(head) if fold(heading) in {fold(other) for other in layout.sign.column}), None)
    if mark is not None:
        amount = {fold(heading) for heading in layout.columns.get("amount", ())}
        money = next((n for n, heading in enumerate(head) if fold(heading) in amount), mark)
        cells = [_signed(row, money, mark, layout) if n > at else row for n, row in enumerate(cells)]
    return facts_beside(cells, [row.place for row in rows], head, at, layout.head, file)


def _signed(cells: Sequence[str], money: int, mark: int, layout: Layout) -> Sequence[str]:
    if max(money, mark) >= len(cells) or cells[mark].strip() not in layout.sign.minus:
        return cells
    return [f"-{cell.strip()}" if n == money and cell.strip() else cell for n, cell in enumerate(cells)]


def _sorted_out(
    rows: Sequence[Row], at: int, head: Sequence[str], layout: Layout, received: Received, beside: frozenset[int]
) -> tuple[list[Row], list[Fault], int]:
    """Tell data from what is no data: blank rows, repeated headers, totals; and from rows with too few or too many cells.

    With `grouped` a row gets the heading row above it as one cell more. A heading may begin like a total: a customer may be called so.
    """
    data: list[Row] = []
    faults: list[Fault] = []
    skipped, width, group = max(at, 0), len(head), ""
    for number, row in enumerate(islice(rows, at + 1, None), start=at + 1):
        first = next((cell for cell in row.cells if cell and not cell.isspace()), "").strip()
        again = bool(first) and at >= 0 and row.cells[0].strip() == head[0] and [cell.strip() for cell in row.cells] == list(head)
        heads = (
            layout.grouped
            and not row.fault
            and bool(first)
            and first == row.cells[0].strip()
            and not any(cell.strip() for cell in row.cells[1:])
        )
        if heads or not first or again or number in beside or first.startswith(layout.skip.starts):
            skipped += 1
            group = first if heads else "" if first.startswith(layout.skip.starts) else group
        elif not row.fault and (len(row.cells) == width or (row.native and not any(row.cells[width:]))):
            data.append(_below(row, width, group) if layout.grouped else row)
        else:
            cells = f"{len(row.cells)} cell{'' if len(row.cells) == 1 else 's'}"
            reason = row.fault or f"has {cells} where the header has {width}"
            faults.append(Fault(received.name, row.place, received.sha256, " ".join(row.cells), reason))
    return data, faults, skipped


def _below(row: Row, width: int, group: str) -> Row:
    """Put what heads a group of rows behind the cells of one of them."""
    return replace(row, cells=(*row.cells[:width], group), native=(*row.native[:width], False) if row.native else ())


def rows_wanted(grid: Grid, layout: Layout, file: str) -> Grid:
    """Keep the rows that hold the values of the layout's `only` and none of its `leave_out`; the others are skipped and counted."""
    keep = np.ones(len(grid.cells), dtype=np.bool_)
    for heading, wanted in layout.only.items():
        position = grid.position((heading,), file)
        if position is not None:
            keep &= grid.cells[position].isin(wanted).to_numpy()
    for heading, unwanted in layout.leave_out.items():
        position = grid.position((heading,), file)
        if position is not None:
            keep &= ~grid.cells[position].isin(unwanted).to_numpy()
    return grid.kept(keep)
