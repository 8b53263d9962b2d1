"""V3: a pack's figures by a second code path: SQL over its tables, and a second reader over the files as received."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from arwork.audit.rederive import rederive
from arwork.audit.second_reader import Counted, UnknownError, counted
from arwork.errors import IntegrityError, first_few
from arwork.pack.digest import sha256_of

_CURE = "The pack was sealed with figures that do not come out again: take the pack from the archive, or close again and report this."
_SOURCES = (
    "SELECT reads, source_file, source_sha256, format, encoding, layout, completeness, rows_in, rejects, skipped FROM sources ORDER BY 2, 3"
)
_LINES = (
    "SELECT source_sha256, currency, count(*), sum(greatest(amount, 0)), sum(greatest(-amount, 0)) FROM (SELECT source_sha256, currency, "
    "amount FROM bank_lines UNION ALL SELECT source_sha256, currency, amount FROM repeated_lines WHERE line_id <> '') GROUP BY ALL"
)
_BALANCES = "SELECT source_sha256, currency, opening, closing FROM statements"
_ITEMS = "SELECT source_sha256, currency, count(*), sum(greatest(open_amount_doc, 0)), sum(greatest(-open_amount_doc, 0)) FROM open_items GROUP BY ALL"


@dataclass(frozen=True)
class Recomputed:
    """What was recomputed: how many checks, how many files the second reader counted, and those it does not know, with why."""

    checks: int
    files: int
    not_read: tuple[str, ...]


def recompute(pack: Path, manifest: Mapping[str, Any], decimals: Mapping[str, int]) -> Recomputed:
    """Recompute a pack's figures; IntegrityError names the first that does not come out again. `decimals` overrides those of currencies."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 2")
        present = _views(connection, pack)
        try:
            wrong, ran = rederive(connection, present, date.fromisoformat(manifest["as_of"]))
            if wrong:
                more = f" ({len(wrong)} differences)" if len(wrong) > 1 else ""
                _stop(pack, f"{wrong[0].sentence()}{more}")
            _received(pack, manifest)
            _said(connection, pack, manifest)
            read, not_read = _inputs(connection, pack, decimals) if {"sources", "bank_lines", "open_items"} <= present else (0, [])
        except duckdb.Error as broken:
            raise IntegrityError(f"its tables cannot be recomputed: {str(broken).splitlines()[0]}", where=pack.name, cure=_CURE) from None
    return Recomputed(ran, read, tuple(not_read))


def _views(connection: duckdb.DuckDBPyConnection, pack: Path) -> set[str]:
    """Give every table of the pack its name; a name that is no plain one is refused."""
    names = set()
    for path in sorted((pack / "data").glob("*.parquet")):
        if not path.stem.replace("_", "").isalpha():
            raise IntegrityError(f"{path.name} is not the name of a table", where=pack.name)
        connection.read_parquet(str(path)).create_view(path.stem)
        names.add(path.stem)
    return names


def _received(pack: Path, manifest: Mapping[str, Any]) -> None:
    """Check that every input is kept under its own digest, and that manifest and plan name the same ones."""
    kept = {path.name for path in (pack / "inputs").iterdir()} if (pack / "inputs").is_dir() else set()
    changed = sorted(name for name in kept if sha256_of(pack / "inputs" / name) != name)
    if changed:
        _stop(pack, f"the input kept as {changed[0][:12]} is another file than the one received")
    named = {row["sha256"] for row in manifest["sources"] if row["reads"] != "learned"}
    planned = {entry["sha256"] for entries in json.loads((pack / "record" / "plan.json").read_bytes())["sources"] for entry in entries}
    if not named == planned == kept:
        strange = sorted((named ^ planned) | (named ^ kept))[0]
        _stop(pack, f"input {strange[:12]} is not named alike by manifest, plan and the folder of inputs")


def _said(connection: duckdb.DuckDBPyConnection, pack: Path, manifest: Mapping[str, Any]) -> None:
    """Compare what the manifest says of itself with the records of the stages and with the tables."""
    ties: list[dict[str, Any]] = []
    findings = {"error": 0, "warn": 0, "info": 0}
    for path in sorted((pack / "record").glob("[0-9]*.json")):
        record = json.loads(path.read_bytes())
        for name, entry in record["tables"].items():
            if sha256_of(pack / "data" / f"{name}.parquet") != entry["sha256"]:
                _stop(pack, f"{name}.parquet is not the table that {path.stem} published")
        for t in record["ties"]:
            if t["difference"] != t["ours"] - t["theirs"] or t["holds"] != (abs(t["ours"] - t["theirs"]) <= t["allowed"]):
                _stop(pack, f"tie {t['name']} of {path.stem} does not say what it holds")
            ties.append({"stage": path.stem, **{key: t[key] for key in ("rule", "name", "unit", "difference", "holds")}})
        for f in record["findings"]:
            findings[f["severity"]] += 1
    ready = all(t["holds"] for t in ties) and not findings["error"]
    waiting = {str(q): int(n) for q, n in connection.execute("SELECT queue, count(*) FROM owed GROUP BY 1").fetchall()}
    stored = connection.execute("SELECT stage, rule, name, unit, difference, holds FROM ties ORDER BY tie_no").fetchall()
    table = [dict(zip(("stage", "rule", "name", "unit", "difference", "holds"), row, strict=True)) for row in stored]
    for what, said, found in (
        ("ties", manifest["ties"], ties), ("ties of its table", table, [t for t in ties if t["stage"] != "90_pack"]),
        ("findings", manifest["findings"], findings), ("status", manifest["status"], "READY" if ready else "NOT READY"),
        ("waiting", manifest["waiting"], waiting),
    ):  # fmt: skip
        if said != found:
            _stop(pack, f"{what}: the manifest or table says {_short(said)}, the records and tables make {_short(found)}")


def _short(value: object) -> str:
    return str(value) if len(str(value)) < 160 else f"{str(value)[:150]} …"


def _stop(pack: Path, what: str) -> None:
    raise IntegrityError(what, where=pack.name, cure=_CURE)


def _inputs(connection: duckdb.DuckDBPyConnection, pack: Path, decimals: Mapping[str, int]) -> tuple[int, list[str]]:
    """Read the files as received once more and compare counts, sums and balances with the tables; a file of another kind is named."""
    lines, items = _sums(connection.execute(_LINES).fetchall()), _sums(connection.execute(_ITEMS).fetchall())
    balances: dict[str, list[tuple[str, int, int]]] = {}
    for sha, currency, opening, closing in connection.execute(_BALANCES).fetchall():
        balances.setdefault(sha, []).append((currency, opening, closing))
    read, not_read = 0, []
    for reads, name, sha, form, encoding, layout, completeness, rows_in, rejects, skipped in connection.execute(_SOURCES).fetchall():
        own = reads == "open_items" and layout == "plain" and form == "delimited text, ," and not rejects and not skipped
        try:
            if reads not in ("bank", "open_items"):
                continue
            if reads == "bank" and completeness != "proven":
                raise UnknownError("a file without balances that prove it")
            found = counted((pack / "inputs" / sha).read_bytes(), "open items" if own else form, encoding, decimals)
        except UnknownError as unknown:
            not_read.append(f"{name} ({unknown})")
            continue
        read += 1
        ours, theirs = (items if own else lines).get(sha, {}), _added(found)
        _compare(pack, name, ours, theirs, exact=own or not form.startswith("camt"))
        _balances(pack, name, sorted(balances.get(sha, [])), found)
        if own and rows_in != sum(entry.entries for entry in found):
            _stop(pack, f"{name} holds {sum(e.entries for e in found)} rows, the pack took in {rows_in}")
    return read, not_read


def _sums(rows: Iterable[tuple[Any, ...]]) -> dict[str, dict[str, tuple[int, int, int]]]:
    found: dict[str, dict[str, tuple[int, int, int]]] = {}
    for sha, currency, number, plus, minus in rows:
        found.setdefault(sha, {})[currency] = (int(number), int(plus), int(minus))
    return found


def _added(found: Iterable[Counted]) -> dict[str, tuple[int, int, int]]:
    """Add up by currency; a currency without an entry is left out, as a table has no row of it."""
    sums: dict[str, tuple[int, int, int]] = {}
    for entry in found:
        if entry.entries:
            before = sums.get(entry.currency, (0, 0, 0))
            sums[entry.currency] = (before[0] + entry.entries, before[1] + entry.credits, before[2] + entry.debits)
    return sums


def _compare(
    pack: Path, name: str, ours: Mapping[str, tuple[int, int, int]], theirs: Mapping[str, tuple[int, int, int]], *, exact: bool
) -> None:
    """Compare sums by currency, and counts where an entry is a line; a batch of camt is several lines of one entry."""
    for currency in sorted({*ours, *theirs}):
        mine, second = ours.get(currency, (0, 0, 0)), theirs.get(currency, (0, 0, 0))
        if mine[1:] != second[1:] or (mine[0] != second[0] if exact else mine[0] < second[0]):
            _stop(
                pack,
                f"{name}: the tables hold {mine[0]} lines, in {mine[1]}, out {mine[2]} ({currency}, minor units); "
                f"the file as received holds {second[0]}, in {second[1]}, out {second[2]}",
            )


def _balances(pack: Path, name: str, ours: list[tuple[str, int, int]], found: Iterable[Counted]) -> None:
    """Compare the balances of the statements that stand in the tables; a statement delivered twice stands there once."""
    theirs = [(e.currency, e.opening, e.closing) for e in found if e.opening is not None and e.closing is not None]
    missing = [entry for entry in ours if entry not in theirs]
    if theirs and missing:
        _stop(pack, f"{name}: no statement as received has the balances {first_few([str(entry) for entry in missing], 2)}")
