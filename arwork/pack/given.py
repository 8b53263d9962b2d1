"""What a plan was given: its layouts and its source files, read back by their digests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from arwork.errors import InputError
from arwork.intake.layouts import Layout
from arwork.intake.received import Received
from arwork.intake.remittance.text_layout import TextLayout, read_any_layout
from arwork.pack.digest import sha256
from arwork.params import Params, Source

Given: TypeAlias = tuple[Source, tuple[Received, ...]]
"""One source of the params file with the files it named, as received."""


def read_given(folder: Path, record: Mapping[str, Any], params: Params) -> tuple[dict[str, Layout | TextLayout], tuple[Given, ...]]:
    """Read the layouts and the source files of a laid-out plan; InputError when a file is not the one taken in."""
    layouts = {
        p.stem: read_any_layout(p.read_text(encoding="utf-8"), p.name) for p in sorted((folder / "params" / "layouts").glob("*.yaml"))
    }
    files = (tuple(_taken(folder, entry) for entry in entries) for entries in record["sources"])
    return layouts, tuple(zip(params.sources, files, strict=True))


def _taken(folder: Path, entry: Mapping[str, Any]) -> Received:
    data = (folder / "inputs" / entry["sha256"]).read_bytes()
    if sha256(data) != entry["sha256"]:
        raise InputError("is not the file that was taken in", where=entry["name"], cure="Run the close again.")
    return Received(entry["name"], data, entry["sha256"])
