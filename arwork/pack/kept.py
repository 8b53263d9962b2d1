"""The index of a close's items, kept in `outputs/.index/` between runs: a cache that saves minutes and decides nothing.

It stands outside every pack and every seal. A file that is missing, cut off or changed is never trusted: the index is built anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import numpy as np
import pandas as pd
import pyarrow as pa

import arwork.matching.index as derived
from arwork.journal.events import canonical
from arwork.matching.columns import Arrow, places, words
from arwork.matching.index import Index
from arwork.matching.number_index import Register
from arwork.matching.stock import Accounts
from arwork.pack.digest import sha256
from arwork.pack.record import records
from arwork.policy import Matching

FOLDER = ".index"
"""Name of the folder of indexes below the outputs folder."""
WORTH_IT = 50_000
"""Open items from which an index is kept; fewer are indexed faster than files are read."""
KEPT_MOST = 3
"""Indexes that are kept, the newest first; older ones are removed."""
_DIGESTS = "index.json"
_FILES = (
    "cores", "starts", "codes", "lengths", "customers", "account_ledgers", "account_companies", "account_customers", "account_starts",
    "account_rows", "names", "cleaned", "forms",
)  # fmt: skip


def kept_index(run_dir: Path, run: tuple[str, str], open_items: pd.DataFrame, customers: pd.DataFrame, policy: Matching) -> Index | None:
    """Return the index of a run's items, kept or built and then kept; None where the items are few or their digests are not known.

    `run` is close and period: only in a folder `<outputs>/<close>/<period>/<run>` is known where to keep anything. The digests are
    those of the published tables, in the records of the stages.
    """
    folder = run_dir.resolve()
    published = {name: entry["sha256"] for record in records(folder).values() for name, entry in record["tables"].items()}
    if (
        len(open_items) < WORTH_IT
        or (folder.parent.parent.name, folder.parent.name) != run
        or not {"open_items", "customers"} <= {*published}
    ):
        return None
    name = index_name(published["open_items"], published["customers"], policy)
    return load_or_build(folder.parents[2] / FOLDER / name, open_items, customers, policy)


def index_name(open_items: str, customers: str, policy: Matching) -> str:
    """Name an index by all it depends on: digests of the tables, the policy's rules for numbers, the program and its libraries."""
    sources = sorted(Path(derived.__file__).parent.glob("*.py"))
    versions = (platform.python_version(), unicodedata.unidata_version, np.__version__, pd.__version__, pa.__version__)
    code = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    rules = (*policy.reference_prefixes, policy.reference_min_length)
    return sha256(canonical({"tables": [open_items, customers], "rules": rules, "code": code, "versions": versions}).encode())


def load_or_build(folder: Path, open_items: pd.DataFrame, customers: pd.DataFrame, policy: Matching) -> Index:
    """Read an index from its folder; where it is not there, or not whole, derive it and try to keep it."""
    found = _read(folder, len(open_items))
    if found is None:
        found = derived.index(open_items, customers, policy)
        _keep(folder, found)
    return found


def _arrays(index: Index) -> dict[str, Arrow]:
    register, accounts, formed = index.register, index.accounts, index.formed
    found: tuple[Arrow, ...] = (
        register.cores, places(register.starts), places(register.codes), places(register.lengths), register.customers,
        accounts.ledgers, accounts.companies, accounts.customers, places(accounts.starts), places(accounts.rows),
        words(formed), words(cleaned for cleaned, _ in formed.values()), words(form for _, form in formed.values()),
    )  # fmt: skip
    return dict(zip(_FILES, found, strict=True))


def _index(arrays: Mapping[str, Arrow]) -> Index:
    numbers = {name: array.to_numpy() for name, array in arrays.items() if array.type == pa.int64()}
    pairs = zip(arrays["cleaned"].to_pylist(), arrays["forms"].to_pylist(), strict=True)
    return Index(
        Register(arrays["cores"], numbers["starts"], numbers["codes"], numbers["lengths"], arrays["customers"]),
        Accounts(
            arrays["account_ledgers"], arrays["account_companies"], arrays["account_customers"], numbers["account_starts"],
            numbers["account_rows"],
        ),
        dict(zip(arrays["names"].to_pylist(), pairs, strict=True)),
    )  # fmt: skip


def _read(folder: Path, items: int) -> Index | None:
    """Read an index whose every file has the digest that was noted; None for anything else."""
    try:
        noted = json.loads((folder / _DIGESTS).read_text(encoding="utf-8"))
        arrays = {}
        for name in _FILES:
            digest = noted["files"][name]
            data = (folder / f"{name}.arrow").read_bytes()
            if sha256(data) != digest:
                return None
            arrays[name] = pa.ipc.open_file(pa.py_buffer(data)).read_all().column(0).combine_chunks()
        found = _index(arrays)
        os.utime(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException):
        return None
    return found if noted.get("items") == items == len(found.accounts.rows) else None


def _keep(folder: Path, index: Index) -> None:
    """Write an index under a name of its own, then give it its place in one step; a disk that refuses costs time only."""
    draft = folder.parent / f".{uuid4().hex}"
    try:
        draft.mkdir(parents=True)
        digests = {}
        for name, array in _arrays(index).items():
            sink = pa.BufferOutputStream()
            table = pa.table({name: array})
            with pa.ipc.new_file(sink, table.schema) as writer:
                writer.write_table(table)
            data = sink.getvalue().to_pybytes()
            (draft / f"{name}.arrow").write_bytes(data)
            digests[name] = sha256(data)
        (draft / _DIGESTS).write_text(canonical({"items": len(index.accounts.rows), "files": digests}) + "\n", encoding="utf-8")
        if folder.exists():  # damaged, or written meanwhile by another run
            aside = folder.rename(folder.parent / f".{uuid4().hex}")
            shutil.rmtree(aside, ignore_errors=True)
        draft.rename(folder)
        _prune(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)


def _prune(newest: Path) -> None:
    """Remove all but the newest indexes, and what a run that died left behind."""
    found = sorted((path for path in newest.parent.iterdir() if path != newest), key=lambda p: (p.name.startswith("."), -p.stat().st_mtime))
    for path in found[KEPT_MOST - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
