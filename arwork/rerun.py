"""V5: run a pack again from its own inputs, in a scratch folder, and compare tables, records, notebooks and workbook cell by cell."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from arwork.close import scratch
from arwork.errors import IntegrityError
from arwork.intake.shipped import shipped
from arwork.pack.digest import sha256_of
from arwork.pack.notebooks import GRAPH, quiet_environment, run_graph
from arwork.pack.plan import code_digest


def run_again(pack: Path, facts: Mapping[str, Any]) -> str:
    """Run every notebook of a pack again and compare what comes out; return what was compared.

    IntegrityError names the first difference, down to the cell, and also where this is not the code that built the pack.
    """
    if facts["code"] != code_digest():
        raise IntegrityError(
            f"it was built by other code ({facts['code'][:12]}, arwork {facts['versions']['arwork']}), so it cannot be run again by this",
            where=pack.name, cure="Install that release and run the same command, or stop after V4 with --quick.",
        )  # fmt: skip
    quiet_environment()
    with tempfile.TemporaryDirectory(prefix="arwork-verify-") as place:
        folder = scratch(pack, Path(place).resolve() / pack.name)
        parameters = {"run_dir": ".", **{name: str(facts[name]) for name in ("close", "period", "as_of")}}
        run_graph(GRAPH, shipped("notebooks"), folder, parameters, lambda name, what: None)
        wrong = next(differences(pack, folder), "")
        counts = [len(list((folder / name).glob(f"*.{ending}"))) for name, ending in (("data", "parquet"), ("notebooks", "ipynb"))]
    if wrong:
        raise IntegrityError(f"run again it comes out otherwise: {wrong}", where=pack.name, cure="Do not rely on it; close again.")
    return f"run again: {counts[0]} tables equal byte by byte, {counts[1]} notebooks and the workbook equal cell by cell"


def differences(pack: Path, folder: Path) -> Iterator[str]:
    """Give every difference between a pack and a run of the same inputs, tables first, then notebooks, then the workbook."""
    for part, ending in (("data", "parquet"), ("record", "json")):
        names = {path.name for where in (pack, folder) for path in (where / part).glob(f"*.{ending}")}
        for name in sorted(names):
            one, other = pack / part / name, folder / part / name
            if not one.is_file() or not other.is_file():
                yield f"{part}/{name} is only in {'the pack' if one.is_file() else 'the new run'}"
            elif sha256_of(one) != sha256_of(other):
                yield f"{part}/{name}"
    for path in sorted((folder / "notebooks").glob("*.ipynb")):
        yield from _cells(path.name, json.loads((pack / "notebooks" / path.name).read_bytes()), json.loads(path.read_bytes()))
    yield from _workbook(pack / "pack.xlsx", folder / "pack.xlsx")


def _cells(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """Compare two executed notebooks: each cell's source, number and outputs, as settled when they were made."""
    if len(one["cells"]) != len(other["cells"]):
        yield f"notebooks/{name} has {len(one['cells'])} cells, the new run {len(other['cells'])}"
    for number, (mine, new) in enumerate(zip(one["cells"], other["cells"], strict=False), start=1):
        for field in ("cell_type", "source", "execution_count", "outputs"):
            if mine.get(field) != new.get(field):
                yield f"notebooks/{name}, cell {number}: {field}"
    if one["metadata"].get("arwork") != other["metadata"].get("arwork"):
        yield f"notebooks/{name}: parameters"


def _workbook(one: Path, other: Path) -> Iterator[str]:
    """Compare two workbooks: by their bytes, else sheet by sheet and cell by cell."""
    if sha256_of(one) == sha256_of(other):
        return
    mine, new = load_workbook(one), load_workbook(other)
    if mine.sheetnames != new.sheetnames:
        yield "pack.xlsx: other sheets"
        return
    for name in mine.sheetnames:
        here, there = mine[name], new[name]
        if here.dimensions != there.dimensions:
            yield f"pack.xlsx, sheet {name}: {here.dimensions}, the new run {there.dimensions}"
        for row in here.iter_rows():
            for cell in row:
                if cell.value != there[cell.coordinate].value:
                    yield f"pack.xlsx, sheet {name}, cell {cell.coordinate}"
