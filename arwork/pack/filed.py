"""Files that arrived during a period, filed by digest beside the params, and the list that makes them sources of the close.

The list `sources/inbox/<close>-<period>.yaml` has lines as the params have them; what it names is part of the plan of
every close of that period, and the list itself lies in the pack.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arwork.errors import InputError
from arwork.intake.inbox import ADDS_UP, Arrival, place_of
from arwork.intake.received import take
from arwork.journal.durable import replace_whole
from arwork.pack.digest import write_once
from arwork.pack.filed_list import read_filed
from arwork.params import Params, Source

FOLDER = "sources/inbox"


def list_file(params: Params, params_file: Path) -> Path:
    """Return where the list of a close's period is kept."""
    return params_file.parent / FOLDER / f"{params.close}-{params.period}.yaml"


def filed_text(params: Params, params_file: Path) -> bytes:
    """Return the list of this close and period as it is kept; empty when nothing arrived.

    InputError when a file of the list is not there, or is not the one that was filed.
    """
    path = list_file(params, params_file)
    if not path.is_file():
        return b""
    data = take(path).data
    for source in read_filed(data.decode("utf-8"), path.name):
        name = Path(source.file).name
        if not take(params_file.parent / source.file).sha256.startswith(name[:12]):
            raise InputError("is not the file that was taken in", where=name, cure="Put the file back as it arrived, or close without it.")
    return data


def file_away(found: Sequence[Arrival], params: Params, params_file: Path) -> tuple[list[Path], list[str]]:
    """Copy new files beside the params and put them on the list; return the copies made and the names that were replaced.

    Each copy is on the disk, under the start of its digest, before the list names it. A replaced file stays filed.
    """
    path = list_file(params, params_file)
    path.parent.mkdir(parents=True, exist_ok=True)
    now = list(read_filed(path.read_text(encoding="utf-8"), path.name)) if path.is_file() else []
    made, replaced = [], []
    for one in found:
        if one.source is None or one.received is None:
            continue
        target = path.parent / one.source.file
        if not target.exists():
            write_once(target, one.received.data)
            made.append(target)
        source = one.source.model_copy(update={"file": f"{FOLDER}/{one.source.file}"})
        if source.reads not in ADDS_UP:
            replaced += [Path(old.file).name for old in now if place_of(old) == place_of(source)]
            now = [old for old in now if place_of(old) != place_of(source)]
        now.append(source)
    write_list(path, now, params)
    return made, replaced


def write_list(path: Path, sources: Sequence[Source], params: Params) -> None:
    """Write a list in one step, so that a stop leaves the old one or the new one."""
    lines = [f"# What arrived for {params.close} in {params.period}; written by `arwork close --inbox`.", f"close: {params.close}"]
    lines += [f"period: {params.period}", "sources:" if sources else "sources: []", *(_line(source) for source in sources)]
    replace_whole(path, ("\n".join(lines) + "\n").encode("utf-8"))


def _line(source: Source) -> str:
    parts = [(name, getattr(source, name)) for name in ("file", "reads", "layout", "ledger", "company_code")]
    return "  - {" + ", ".join(f"{name}: {_quoted(value)}" for name, value in parts if value) + "}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
