"""The trail of an amount, a reference, a name or an account through every pack: what, in which table and row, from which source line, how it stands.

Only the columns that a search needs are read, row group by row group, and only rows that fit are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from arwork.errors import ArworkError, InputError
from arwork.intake.amount_text import readings
from arwork.money import ISO, Units
from arwork.pack.laid import read_plan
from arwork.pack.manifest import MANIFEST, read_manifest
from arwork.pack.trail import PLACES, Place, row_id, said_of, source_of, state_of

_SHORTEST, _ANCHOR = 3, 4
_LINKED_MOST = 5_000
"""So many receipts, items and customers are followed into other tables; a search that finds more is too wide to be a trail."""
_CURRENCY = re.compile(r"([A-Z]{3})\s*(.+)|(.+?)\s*([A-Z]{3})", re.DOTALL)
Expression = Any
"""A filter over Parquet; pyarrow has no public type for it."""


@dataclass(frozen=True)
class Hit:
    """One row of the trail: the pack, what it is, the row in words, table and row id, source file and line, how it stands."""

    pack: str
    what: str
    said: str
    table: str
    row: str
    source: str
    state: str


@dataclass(frozen=True)
class _Sought:
    """What is looked for: an anchor that each hit holds, the pattern of the whole, amounts by number of decimals, a currency typed beside."""

    anchor: str
    pattern: re.Pattern[str]
    amounts: Mapping[int, frozenset[int]]
    currency: str


def find(text: str, outputs: Path, *, all_runs: bool = False) -> list[Hit]:
    """Return every row that the text leads to, pack by pack; by default in the newest run of each close and period.

    A text that reads as an amount, with a point or a comma before the decimals, is looked for among the amounts as well.
    A word is found whatever blanks, dashes or dots stand between its letters; a number only whole, leading zeros aside.
    Receipts, items and customers that are found lead on to their proposals, allocations and decisions. Raises InputError for
    a text that is too short, or where there is no pack.
    """
    sought = _sought(text)
    packs = _packs(outputs, all_runs)
    if not packs:
        raise InputError("there is no pack", where=outputs.as_posix(), cure="Run `arwork close` first, or name the folder with --outputs.")
    return [hit for pack in packs for hit in _in_pack(pack, sought)]


def _sought(text: str) -> _Sought:
    plain = text.strip()
    letters = re.findall(r"[^\W_]", plain)
    if len(letters) < _SHORTEST:
        raise InputError(f"{text!r} is too short to be looked for", cure=f"Give at least {_SHORTEST} letters or digits.")
    typed = _CURRENCY.fullmatch(plain)
    currency = (typed[1] or typed[4]) if typed and ISO.known(typed[1] or typed[4]) else ""
    number = (typed[2] or typed[3]) if typed and currency else plain
    amounts = {places: readings(number, code, ISO) for places, code in ((0, "JPY"), (2, "EUR"), (3, "KWD"), (4, "CLF"))}
    return _Sought(_anchor(plain), _pattern(plain), {places: found for places, found in amounts.items() if found}, currency)


def _anchor(plain: str) -> str:
    """Choose a part of the text that stands together in every spelling: the end of its longest number, else its longest word."""
    numbers, words = re.findall(r"[0-9]+", plain), re.findall(r"[^\W_]+", plain)
    longest = max(numbers, key=len, default="")
    return longest.lstrip("0")[-_ANCHOR:] if len(longest.lstrip("0")) >= _SHORTEST else max(words, key=len)


def _pattern(plain: str) -> re.Pattern[str]:
    """Match the text whatever stands between its letters; a number at either end is matched whole."""
    letters = re.findall(r"[^\W_]", plain)
    if letters[0].isdigit():
        letters = list("".join(letters).lstrip("0")) or ["0"]
    head = r"(?<![0-9])0*" if letters[0].isdigit() else ""
    tail = r"(?![0-9])" if letters[-1].isdigit() else ""
    return re.compile(head + r"[\W_]{0,3}".join(map(re.escape, letters)) + tail, re.IGNORECASE)


def _packs(outputs: Path, all_runs: bool) -> list[Path]:
    """List the packs, by close, period and run; of each period the run that took in most decisions, the last made of equals."""
    found: dict[Path, list[tuple[int, int, Path]]] = {}
    for path in sorted(outputs.glob(f"*/*/*/{MANIFEST}")):
        pack = path.parent
        if not pack.name.startswith("."):
            found.setdefault(pack.parent, []).append((int(read_manifest(pack)["journal"]["events"]), path.stat().st_mtime_ns, pack))
    return [pack for _, runs in sorted(found.items()) for *_, pack in (sorted(runs) if all_runs else [max(runs)])]


def _in_pack(pack: Path, sought: _Sought) -> list[Hit]:
    """Find what fits, then follow the receipts, items and customers among it to where they lead."""
    name, units = "/".join(pack.parts[-3:]), _units(pack)
    direct = {place.table: _rows(pack, place, _directly(place, sought), sought, units) for place in PLACES}
    ids = {
        "receipt_id": _ids(direct["receipts"], "receipt_id") | _ids(direct["references"], "receipt_id"),
        "item_id": _ids(direct["open_items"], "item_id") | _ids(direct["references"], "item_id"),
        "customer_id": _ids(direct["customers"], "customer_id"),
    }
    paid_by = next(place for place in PLACES if place.table == "proposal_items")
    ids["receipt_id"] |= _ids(_rows(pack, paid_by, _by_link(paid_by, {"item_id": ids["item_id"]}), None, units), "receipt_id")
    hits = []
    for place in (place for place in PLACES if place.shown):
        rows: dict[str, Mapping[str, Any]] = {}
        for row in (*direct[place.table], *_rows(pack, place, _by_link(place, ids), None, units)):
            rows.setdefault(row_id(place, row), row)
        told = [(key, row) for key, row in sorted(rows.items()) if place.table != "bank_lines" or key not in ids["receipt_id"]]
        hits += [
            Hit(name, place.what, said_of(place, row, units), place.table, key, source_of(row), state_of(place, row, units))
            for key, row in told
        ]
    return hits


def _units(pack: Path) -> Units:
    try:
        return read_plan(pack)[1].units
    except (ArworkError, OSError):  # a pack of another version still has amounts that ISO 4217 explains
        return ISO


def _directly(place: Place, sought: _Sought) -> Expression:
    folds = not sought.anchor.isdigit()
    parts = [pc.match_substring(ds.field(column), sought.anchor, ignore_case=folds) for column in place.texts]
    if sought.amounts and place.amounts:
        wanted = sorted({sign * minor for found in sought.amounts.values() for minor in found for sign in (1, -1)})
        parts += [ds.field(column).isin(wanted) for column in place.amounts]
    return _any(parts)


def _by_link(place: Place, ids: Mapping[str, set[str]]) -> Expression:
    parts = []
    for column in place.links:
        wanted = ids["item_id"] | ids["receipt_id"] if column == "matter" else ids.get(column, set())
        if 0 < len(wanted) <= _LINKED_MOST:
            part = ds.field(column).isin(sorted(wanted))
            parts.append(part & (ds.field(place.only) != 0) if column == "customer_id" and place.only else part)
    return _any(parts)


def _any(parts: Sequence[Expression]) -> Expression:
    found = None
    for part in parts:
        found = part if found is None else found | part
    return found


def _rows(pack: Path, place: Place, where: Expression, sought: _Sought | None, units: Units) -> list[dict[str, Any]]:
    path = pack / "data" / f"{place.table}.parquet"
    if where is None or not path.is_file():
        return []
    try:
        data = ds.dataset(path, format="parquet")
        columns = [column for column in place.columns if column in data.schema.names]
        if len(columns) < len(place.columns):  # a pack of an older version
            return []
        rows: list[dict[str, Any]] = data.to_table(columns=columns, filter=where).to_pylist()
    except (pa.ArrowInvalid, OSError) as broken:
        raise InputError(f"cannot be read: {broken}", where=path.as_posix(), cure="Check the pack with `arwork verify`.") from None
    return [row for row in rows if sought is None or _really(place, row, sought, units)]


def _really(place: Place, row: Mapping[str, Any], sought: _Sought, units: Units) -> bool:
    """Say whether a row fits by its words, or by an amount with the decimals of its own currency."""
    if any(sought.pattern.search(str(row[column] or "")) for column in place.texts):
        return True
    code = str(row.get(place.currency) or "")
    if not units.known(code) or (sought.currency and code != sought.currency):
        return False
    wanted = sought.amounts.get(units.exponent(code), frozenset())
    return any(row[column] is not None and abs(int(row[column])) in {abs(minor) for minor in wanted} for column in place.amounts)


def _ids(rows: Iterable[Mapping[str, Any]] | None, column: str) -> set[str]:
    return {str(row[column]) for row in rows or () if row[column]}
