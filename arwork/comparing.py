"""Compare two packs of one close line by line: what is new, gone or different, and by which cause: input, params, decision, code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pandas as pd

from arwork.errors import InputError, first_few
from arwork.journal.chain import head
from arwork.journal.events import Event
from arwork.journal.signing import QUIET
from arwork.money import Units
from arwork.pack.laid import read_plan
from arwork.pack.manifest import MANIFEST, read_manifest
from arwork.pack.record import read_parquet
from arwork.pack.signed import own_events, read_sign_offs
from arwork.pack.verify import verify
from arwork.show.columns import currency_column, figure
from arwork.show.numbers import percent
from arwork.tables import TABLES

_LINEAGE = ("source_file", "source_line", "source_sha256")
_NUMBERED = frozenset({"ties", "findings"})
"""Tables numbered by their order; what changed in them is told by the tables they speak of, and by the notes on the two runs."""
_KEYS = {"recon_inputs": ("recon_id", "reads", "source_file")}
"""Keys that hold a digest, without it: a file with other bytes is a changed line, not one gone and one new."""


@dataclass(frozen=True)
class Line:
    """One line that changed: its table and key, `new`, `gone` or `changed`, which columns from what to what, and the cause."""

    table: str
    key: str
    change: str
    what: str
    cause: str


@dataclass(frozen=True)
class Compared:
    """What changed between two packs: their names, what is otherwise about the runs as such, the causes in sentences, the lines."""

    names: tuple[str, str]
    notes: tuple[str, ...]
    causes: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class _Causes:
    """What differs between the starts of two runs: files by digest, receipts and items decided on, params, code, the sentences; and units."""

    files: frozenset[str]
    decided: frozenset[str]
    general: tuple[str, ...]
    sentences: tuple[str, ...]
    units: Units


def compare(one: Path, other: Path) -> Compared:
    """Compare two packs, each checked byte by byte first; InputError when they are of different closes."""
    packs = (one, other)
    said = [verify(pack).facts for pack in packs]
    if said[0]["close"] != said[1]["close"]:
        raise InputError(f"{one.name} is of {said[0]['close']}, {other.name} of {said[1]['close']}", cure="Compare runs of one close.")
    causes = _causes(packs, said)
    lines: list[Line] = []
    for name in TABLES:
        paths = [pack / "data" / f"{name}.parquet" for pack in packs]
        if name not in _NUMBERED and any(path.is_file() for path in paths):
            lines += _table(name, paths, causes)
    names = [f"{s['close']}/{s['period']}/{s['run']}" for s in said]
    return Compared((names[0], names[1]), (*_signed(one), *_status(said, causes.units)), causes.sentences, tuple(lines))


def _signed(pack: Path) -> list[str]:
    acts = read_sign_offs(pack).acts
    return [f"{acts[-1].action} by {acts[-1].by} on {acts[-1].at[:10]} was the last sign-off of {pack.name}"] if acts else []


def _status(said: list[dict[str, Any]], units: Units) -> list[str]:
    """Say which run is READY where only one is, and which ties hold in one of them only."""
    before, after = ({(tie["rule"], tie["name"]): tie for tie in facts["ties"]} for facts in said)
    notes = [] if said[0]["status"] == said[1]["status"] else [f"{said[0]['status']} became {said[1]['status']}: {said[1]['why']}"]
    for words, ties, others in (("no longer holds", after, before), ("holds now", before, after)):
        turned = [tie for key, tie in ties.items() if not tie["holds"] and (key not in others or others[key]["holds"])]
        notes += [f"{tie['rule']} {tie['name']} {words} ({figure(tie['difference'], tie['unit'], units)} {tie['unit']})" for tie in turned]
    return notes


def newest_beside(pack: Path) -> Path:
    """Return the newest run beside a pack: that with most events, then the latest; InputError where there is no other."""
    runs = [path.parent for path in pack.resolve().parent.glob(f"*/{MANIFEST}") if not path.parent.name.startswith(".")]
    others = [run for run in runs if run.name != pack.resolve().name]
    if not others:
        raise InputError("no other run of this period lies beside it", where=pack.name, cure="Name the pack to compare with.")
    return max(others, key=lambda run: (read_manifest(run)["journal"]["events"], (run / MANIFEST).stat().st_mtime_ns))


def _causes(packs: tuple[Path, Path], said: list[dict[str, Any]]) -> _Causes:
    files = [{row["sha256"]: f"{row['name']} ({row['reads']})" for row in facts["sources"]} for facts in said]
    changed = sorted(set(files[0]) ^ set(files[1]))
    sentences, general = [], []
    if changed:
        gone, new = ({one[sha] for sha in changed if sha in one} for one in files)
        names = [f"{name} {'changed' if name in gone & new else 'is new' if name in new else 'is gone'}" for name in sorted(gone | new)]
        sentences.append(f"input: {first_few(names)}")
        general.append("input")
    texts = [{row["path"]: row["sha256"] for row in facts["files"] if row["path"].startswith("params/")} for facts in said]
    params = sorted(name for name in {*texts[0], *texts[1]} if texts[0].get(name) != texts[1].get(name))
    if params:
        sentences.append(f"params: {first_few([_edited(packs, name) for name in params], 4)}")
        general.append("params")
    events = [own_events(pack) for pack in packs]
    fresh = _fresh(events)
    if fresh:
        names = [f"{e.seq} {e.action} by {e.by} ({e.reason})" for e in fresh]
        sentences.append(f"decision: {first_few(names)}")
        general.append("decision")
    code = _code(said)
    if code:
        sentences.append(f"code: {first_few(code)}")
        general.append("code")
    if said[0]["previous"] != said[1]["previous"]:
        sentences.append("input: another pack of the previous period")
        general.append("input")
    decided = {str(value) for event in fresh for value in _about(event, events)}
    return _Causes(frozenset(changed), frozenset(decided), tuple(dict.fromkeys(general)), tuple(sentences), read_plan(packs[1])[1].units)


def _code(said: list[dict[str, Any]]) -> list[str]:
    """Say which release or library is another one."""
    digests = [facts["code"][:12] for facts in said]
    names = sorted({*said[0]["versions"], *said[1]["versions"]})
    pairs = [(name, *(facts["versions"].get(name, "none") for facts in said)) for name in names]
    arwork = [] if digests[0] == digests[1] else [f"the files of arwork ({digests[0]} became {digests[1]})"]
    return arwork + [f"{name} {before} became {after}" for name, before, after in pairs if before != after]


def _edited(packs: tuple[Path, Path], name: str) -> str:
    """Say which lines of a params file differ: what stood there, and what stands there now."""
    texts = [(pack / name).read_text(encoding="utf-8-sig").splitlines() if (pack / name).is_file() else None for pack in packs]
    if texts[0] is None or texts[1] is None:
        return f"{name} is {'new' if texts[0] is None else 'gone'}"
    lines = [line for line in [*unified_diff(texts[0], texts[1], n=0, lineterm="")][2:] if line[0] in "+-" and line[1:].strip()]
    said = [f"{'was' if line[0] == '-' else 'now'} {line[1:].strip()[:100]!r}" for line in lines]
    return f"{name} ({first_few(said, 4)})" if said else name


def _fresh(events: list[list[Event]]) -> list[Event]:
    """List the decisions that only one of two runs took in; of two journals that parted, those of both. Who the people are decides nothing."""
    shorter = min(len(events[0]), len(events[1]))
    while shorter and head(events[0][:shorter]) != head(events[1][:shorter]):
        shorter -= 1
    return [event for one in events for event in one[shorter:] if event.action not in QUIET]


def _about(event: Event, events: list[list[Event]]) -> Iterator[Any]:
    """Name what a decision is about: its receipt and items, and those of what it undoes."""
    every = {e.seq: e for one in events for e in one}
    undone = every.get(int(event.body.get("undoes", 0)))
    for found in (event, *([undone] if undone else [])):
        yield from (found.body[name] for name in ("receipt", "item", "customer") if found.body.get(name))
        yield from (entry["item"] for entry in found.body.get("items") or () if isinstance(entry, Mapping) and "item" in entry)


def _table(name: str, paths: list[Path], causes: _Causes) -> list[Line]:
    """Compare one table by its key."""
    key = list(_KEYS.get(name, TABLES[name].key))
    frames = [read_parquet(name, path) if path.is_file() else None for path in paths]
    texts = [_texts(frame, key) if frame is not None else pd.DataFrame() for frame in frames]
    one, other = texts
    lines = [_line(name, row, "gone", "", one, causes) for row in one.index.difference(other.index)]
    lines += [_line(name, row, "new", "", other, causes) for row in other.index.difference(one.index)]
    both = one.index.intersection(other.index)
    shown = [column for column in one.columns if column in other.columns and column not in _LINEAGE]
    mine, new = one.loc[both, shown], other.loc[both, shown]
    differs = (mine != new).any(axis=1) if len(shown) else pd.Series(False, index=both)
    kinds = {column.name: column.kind for column in TABLES[name].columns}
    for row in both[differs.to_numpy()]:
        before, after = dict(mine.loc[row]), dict(new.loc[row])
        other_than = [c for c in shown if str(before[c]) != str(after[c])]
        what = first_few([f"{c} {_told(c, kinds, before, causes.units)} → {_told(c, kinds, after, causes.units)}" for c in other_than], 6)
        lines.append(_line(name, row, "changed", what, other, causes))
    return lines


def _told(column: str, kinds: Mapping[str, str], row: Mapping[Any, Any], units: Units) -> str:
    """Write a value for people: money in its currency, percent, of a digest the start."""
    value, kind, code = str(row[column]), kinds.get(column, ""), str(row.get(currency_column(column), ""))
    number = value.lstrip("-").isdigit()
    if number and kind.startswith("money") and units.known(code):
        return figure(int(value), code, units)
    if number and kind == "percent":
        return percent(int(value))
    return value[:12] if column.endswith("sha256") else value


def _texts(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Write a table as texts, its rows named by their key."""
    plain = frame.astype(object).where(frame.notna(), "").astype(str)
    if plain.empty:
        return plain.set_index(pd.Index([], dtype="str"))
    names = plain[key].agg(" ".join, axis=1)
    nth = names.groupby(names).cumcount()
    return plain.set_index(names.where(nth == 0, names + ", " + (nth + 1).astype(str)))


def _line(table: str, key: str, change: str, what: str, texts: pd.DataFrame, causes: _Causes) -> Line:
    return Line(table, str(key), change, what, _cause(dict(texts.loc[key]), causes))


def _cause(row: Mapping[Any, Any], causes: _Causes) -> str:
    """Say why a line changed: a decision about it, its own file, else what all of the run has in common; several where it is not known."""
    if causes.decided & {str(row.get(name, "")) for name in ("receipt_id", "item_id", "ref_item", "key")}:
        return "decision"
    if {str(row.get(name, "")) for name in ("source_sha256", "sha256")} & causes.files:
        return "input"
    return " or ".join(causes.general) or "not known"
