"""Which layout fits a table file: found by the headings it has, never by its name; a tie is shown, not decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from arwork.errors import InputError
from arwork.intake.grids import Look, needs_of
from arwork.intake.headings import fold
from arwork.intake.layouts import Layout, read_layout
from arwork.intake.received import Received
from arwork.intake.shipped import shipped


@dataclass(frozen=True)
class Fit:
    """How well one layout fits a file: how many of its columns the header has, of how many headings in the header.

    `missing` names the mandatory columns that the header lacks; a layout with such cannot read the file. `left` counts
    headings of the file that the layout does not use. `as_good` names layouts that fit as well and would read other columns.
    """

    layout: str
    score: int
    missing: tuple[str, ...]
    left: int = 0
    as_good: tuple[str, ...] = ()


def shipped_names() -> frozenset[str]:
    """Name every layout that comes with arwork."""
    return frozenset(path.stem for path in shipped("params", "layouts").glob("*.yaml"))


def shipped_layouts() -> dict[str, Layout]:
    """Read every layout that comes with arwork, by name."""
    files = sorted(shipped("params", "layouts").glob("*.yaml"))
    return {path.stem: read_layout(path.read_text(encoding="utf-8"), path.name) for path in files}


def fitting(received: Received, layouts: Mapping[str, Layout], encoding: str = "") -> tuple[Fit, ...]:
    """Rank the layouts that fit a file, best first: complete ones, then by columns found, then fewest headings left, then name.

    A complete layout that finds less than half of what another finds is not preferred to it: an SAP list without its
    amount is a damaged SAP list, and no bank statement because it has a date.

    Only layouts that find at least one of their columns are listed; a file that cannot be split into cells fits none, and
    a layout of files without headings is never found: nothing in such a file says what its columns are.
    `encoding` is what the params state; else each layout brings its own. Never raises for what is in the file.
    """
    look = Look(received)
    found = [fit for name, layout in layouts.items() if (fit := _fit(look, name, layout, encoding))]
    most = max((fit.score for fit, _ in found), default=0)
    ranked = sorted(
        (fit for fit, _ in found), key=lambda fit: (bool(fit.missing) or 2 * fit.score < most, -fit.score, fit.left, fit.layout)
    )
    reads = {fit.layout: columns for fit, columns in found}
    return tuple(_with_rivals(fit, ranked, reads, layouts) for fit in ranked)


def unreadable(received: Received, layouts: Iterable[Layout], encoding: str = "") -> InputError | None:
    """Give the reason for which no layout at all can cut a file into cells; None when one can.

    Headings then fit no layout either, but what is wrong is the file: a quote that never closes, NUL characters, a
    workbook with several sheets or with cells far outside.
    """
    look, first = Look(received), None
    for layout in layouts:
        try:
            look.header(layout, encoding or layout.encoding, needs_of(layout))
        except InputError as refused:
            first = first or refused
        else:
            return None
    return first


def best_fit(received: Received, layouts: Mapping[str, Layout], encoding: str = "") -> Fit:
    """Return the one layout that fits a file; InputError when none does, or when several do and read different columns."""
    fits = fitting(received, layouts, encoding)
    if not fits or fits[0].missing:
        near = f"; nearest is {fits[0].layout!r}, which lacks {', '.join(fits[0].missing)}" if fits else ""
        raise InputError(
            f"has the headings of no layout{near}",
            where=received.name,
            cure="Write a layout for it (a copy of a similar one), and name it.",
        )
    if fits[0].as_good:
        names = ", ".join((fits[0].layout, *fits[0].as_good))
        raise InputError(f"fits several layouts equally well: {names}", where=received.name, cure="Name the right one in the params.")
    return fits[0]


def _with_rivals(fit: Fit, ranked: Sequence[Fit], reads: Mapping[str, Mapping[str, str]], layouts: Mapping[str, Layout]) -> Fit:
    same = [
        other.layout
        for other in ranked
        if other.layout != fit.layout and not other.missing and not fit.missing and other.score == fit.score
        and layouts[other.layout].table == layouts[fit.layout].table and reads[other.layout] != reads[fit.layout]
    ]  # fmt: skip
    return Fit(fit.layout, fit.score, fit.missing, fit.left, tuple(same))


def _fit(look: Look, name: str, layout: Layout, encoding: str) -> tuple[Fit, Mapping[str, str]] | None:
    """Find the header as the reader would and count what the layout finds there; None when it finds nothing."""
    if not layout.header:
        return None
    needs = needs_of(layout)
    try:
        head = look.header(layout, encoding or layout.encoding, needs)
    except InputError:
        return None
    places = {f"#{n}" for n in range(1, len(head.cells) + 1)}
    folded = {fold(cell) for cell in head.cells if cell.strip()}
    columns = {
        column: hit
        for column, headings in layout.columns.items()
        if (hit := next((heading for heading in headings if fold(heading) in folded | places), ""))
    }
    missing = tuple(label for label, headings in needs if not any(fold(heading) in folded | places for heading in headings))
    used = {fold(hit) for hit in columns.values()}
    score = len(used)
    if not score or (not head.complete and not missing) or folded & {fold(heading) for heading in layout.refuse_with}:
        return None
    return Fit(name, score, missing, len(folded - used)), columns
