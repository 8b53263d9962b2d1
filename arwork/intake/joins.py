"""The files of one source as one grid: one below the other, or looked up by key (BKPF, BSEG and KNA1 make open items)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd

from arwork.errors import InputError, place
from arwork.intake.grids import Fault, Flags, Grid, needs_of, read_grid, rows_wanted
from arwork.intake.headings import fold
from arwork.intake.layouts import Join, Layout
from arwork.intake.received import Received


def read_files(files: Sequence[Received], layout: Layout, encoding: str) -> Grid:
    """Read the files of one source into one grid: one below the other, or joined by the layout's keys.

    Raises InputError when a heading that cannot be missed is missing (LD-10), when files of one source differ in their
    headings, and when a file that is looked up repeats a key or has a bad row.
    """
    stated = encoding or layout.encoding
    if not layout.join:
        return _stacked([read_grid(received, layout, stated, needs_of(layout)) for received in files], files)
    grid = read_grid(_pick(files, layout.base), layout, stated, needs_of(layout))
    for join in layout.join:
        received = _pick(files, join.file)
        needs = [("key", (key,)) for key in _named(join, 1)] + [(heading, (heading,)) for heading in _headings_of(layout, join)]
        grid = _looked_up(grid, read_grid(received, layout, stated, needs), join, received.name)
    return rows_wanted(grid, layout, layout.base)


def _named(join: Join, side: int) -> list[str]:
    """Name the key columns in the first file (side 0) or the joined one (side 1): `A=B` has two names."""
    return [(key.partition("=")[0], key.rpartition("=")[2])[side] for key in join.keys]


def _headings_of(layout: Layout, join: Join) -> list[str]:
    prefix = f"{join.name}."
    taken = [heading for fallback in layout.when_blank.values() for heading in fallback.take.values()]
    used = [*(h for headings in layout.columns.values() for h in headings[:1]), *layout.only, *layout.sign.column, *taken]
    return sorted({heading.removeprefix(prefix) for heading in used if heading.startswith(prefix)})


def _pick(files: Sequence[Received], pattern: str) -> Received:
    found = [received for received in files if fnmatchcase(received.name, pattern)]
    if len(found) != 1:
        names = ", ".join(received.name for received in files)
        raise InputError(f"{len(found)} files match {pattern!r}; files: {names}", cure="Correct the pattern in the layout, or the files.")
    return found[0]


def _stacked(grids: Sequence[Grid], files: Sequence[Received]) -> Grid:
    first = grids[0]
    if len(grids) == 1:
        return first
    for grid, received in zip(grids, files, strict=True):
        if [fold(h) for h in grid.headings] != [fold(h) for h in first.headings]:
            what = f"has other headings than {files[0].name} of the same source"
            raise InputError(what, where=received.name, cure="List the files as separate sources.")
    return replace(
        first,
        cells=pd.concat([grid.cells for grid in grids], ignore_index=True),
        places=pd.concat([grid.places for grid in grids], ignore_index=True),
        native={n: _flags(grids, n) for n in sorted({n for grid in grids for n in grid.native})},
        faults=tuple(fault for grid in grids for fault in grid.faults),
        skipped=sum(grid.skipped for grid in grids),
        formulas=sum(grid.formulas for grid in grids),
        encoding=", ".join(dict.fromkeys(grid.encoding for grid in grids)),
        format=", ".join(dict.fromkeys(grid.format for grid in grids)),
    )


def _flags(grids: Sequence[Grid], position: int) -> Flags:
    return np.concatenate([grid.native.get(position, np.zeros(len(grid.cells), dtype=np.bool_)) for grid in grids])


def _keys(grid: Grid, keys: Sequence[str], file: str) -> pd.Series[Any]:
    columns = [grid.cells[grid.position((key,), file)] for key in keys]
    joined = columns[0]
    for column in columns[1:]:
        joined = joined + "\x1f" + column
    return joined


def _looked_up(grid: Grid, other: Grid, join: Join, file: str) -> Grid:
    """Add the columns of another file, looked up by key; its headings become NAME.HEADING."""
    named = " + ".join(join.keys)
    for fault in other.faults:
        where = place(file, fault.source_line, "", fault.value)
        raise InputError(fault.reason, where=where, cure="Correct the row: a file that is looked up must be whole.")
    theirs = _keys(other, _named(join, 1), file)
    for at in np.flatnonzero(theirs.duplicated()):
        where = place(file, other.places["source_line"].iloc[at], named, theirs.iloc[at].replace("\x1f", " "))
        raise InputError("the key stands twice", where=where, cure="Remove the repeated row, or add a key to the layout's join.")
    ours = _keys(grid, _named(join, 0), "the first file")
    found = pd.Series(np.arange(len(theirs)), index=theirs).reindex(ours, fill_value=-1).to_numpy()
    blank = pd.DataFrame([[""] * other.cells.shape[1]], columns=other.cells.columns, dtype="str")
    added = pd.concat([other.cells, blank], ignore_index=True).iloc[found].reset_index(drop=True)
    width = len(grid.headings)
    whole = replace(
        grid,
        cells=pd.concat([grid.cells, added.set_axis(range(width, width + added.shape[1]), axis=1)], axis=1),
        headings=(*grid.headings, *(f"{join.name}.{heading}" for heading in other.headings)),
        native={**grid.native, **{n + width: flags[found] & (found >= 0) for n, flags in other.native.items()}},
        format=f"{grid.format}; joined with {file}",
    )
    if join.missing == "blank" or (found >= 0).all():
        return whole
    reason = f"has no row in {file} under {named}"
    lost = tuple(
        Fault(str(at["source_file"]), str(at["source_line"]), str(at["source_sha256"]), key.replace("\x1f", " "), reason)
        for at, key in zip(grid.places[found < 0].to_dict("records"), ours[found < 0], strict=True)
    )
    return replace(whole.kept(found >= 0), faults=(*grid.faults, *lost), skipped=grid.skipped)
