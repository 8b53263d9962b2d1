"""V5: run a pack again from its own inputs, in a scratch folder, and compare every file that a run makes, byte by byte."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from arwork.close import manifest_facts, scratch, with_front
from arwork.errors import IntegrityError
from arwork.intake.shipped import shipped
from arwork.pack import verify_alone
from arwork.pack.build import html_pages
from arwork.pack.digest import sha256_of, write_once
from arwork.pack.manifest import ALONE, MANIFEST, SUMS
from arwork.pack.notebooks import GRAPH, quiet_environment, run_graph
from arwork.pack.plan import code_digest
from arwork.pack.seal_key import SIGNATURE

_SEAL = (MANIFEST, SUMS, SIGNATURE)
"""What lists or signs the files of a pack; all others a run makes again, or takes over."""
_SAID = ("status", "why", "ties", "findings", "waiting", "normalised")
"""What the manifest says of a run that follows from its tables and records."""


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
        fresh = made_pages(folder, facts)
        wrong = next((f"manifest.json, {name}" for name in _SAID if facts[name] != fresh[name]), "") or next(differences(pack, folder), "")
        counts = [len(list((folder / name).glob(f"*.{ending}"))) for name, ending in (("data", "parquet"), ("notebooks", "ipynb"))]
    if wrong:
        raise IntegrityError(f"run again it comes out otherwise: {wrong}", where=pack.name, cure="Do not rely on it; close again.")
    return f"run again: {counts[0]} tables equal byte by byte, {counts[1]} notebooks, their pages, front page and workbook too"


def made_pages(folder: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write into a run what a close adds before its seal: notebooks as pages, front page, the check without arwork; return its facts."""
    html_pages(folder, f"{facts['close']} {facts['period']}")
    write_once(folder / ALONE, Path(verify_alone.__file__).read_bytes())
    return with_front(folder, {**facts, **manifest_facts(folder, facts["sources"])})


def differences(pack: Path, folder: Path) -> Iterator[str]:
    """Give every difference between a pack and a run of the same inputs: tables, cells of notebooks and workbook, then any other byte."""
    told = list(_told(pack, folder))
    yield from told
    names = {p.relative_to(where).as_posix() for where in (pack, folder) for p in where.rglob("*") if p.is_file()}
    for name in sorted(name for name in names if name not in _SEAL and not name.startswith(".working/")):
        one, other = pack / name, folder / name
        same = one.is_file() and other.is_file() and sha256_of(one) == sha256_of(other)
        if not same and not any(line.startswith(name) for line in told):
            yield f"{name} {'is not the file that a run makes' if one.is_file() else 'is missing'}"


def _told(pack: Path, folder: Path) -> Iterator[str]:
    """Name what differs in tables, records, notebooks and workbook, down to the cell."""
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
