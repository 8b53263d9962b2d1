"""V4: the journal once more: what people decided, replayed and compared with what the tables say was done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from arwork.errors import IntegrityError
from arwork.journal.events import Event, holding, standing
from arwork.journal.required import ON_RECEIPT, OTHERS
from arwork.pack.signed import own_events

_CURE = "The tables are not what the decisions make: take the pack from the archive, or close again and report this."


def replay_again(pack: Path) -> int:
    """Replay the pack's journal and compare it with its tables; return how many decisions. IntegrityError names the first difference."""
    events = own_events(pack)
    with duckdb.connect(":memory:") as connection:
        try:
            decisions = _rows(connection, pack, "decisions", "seq, by, action, receipt_id, outcome, reason")
            made = _rows(connection, pack, "allocations", "receipt_id, item_id, decision_seq, amount_applied, by")
            told = (pack / "data" / "other_decisions.parquet").is_file()  # packs from before the table was kept have none
            others = _rows(connection, pack, "other_decisions", "seq, by, action, outcome, reason") if told else None
        except duckdb.Error as broken:
            raise IntegrityError(f"its tables cannot be read: {str(broken).splitlines()[0]}", where=pack.name, cure=_CURE) from None
    wrong = _decisions(events, decisions) or _allocations(events, decisions, made) or _others(events, others)
    if wrong:
        raise IntegrityError(wrong, where=pack.name, cure=_CURE)
    return len(decisions) + len(others or ())


def _others(events: Sequence[Event], rows: Sequence[Mapping[str, Any]] | None) -> str:
    """Compare the table of other decisions with the events: each there, by that person, undone exactly where an undo stands."""
    if rows is None:
        return ""
    about = {event.seq: event for event in events if event.action in OTHERS}
    holds = {event.seq for action in OTHERS for event in standing(events, action)}
    told = {int(row["seq"]): row for row in rows}
    if set(told) != set(about):
        seq = min(set(told) ^ set(about))
        return f"decision {seq} is in {'the table, not in the journal' if seq in told else 'the journal, not in the table'}"
    for seq, row in told.items():
        event = about[seq]
        if (row["by"], row["action"], row["reason"]) != (event.by, event.action, event.reason):
            return f"decision {seq}: the journal says {event.action} by {event.by}, the table {row['action']} by {row['by']}"
        if (row["outcome"] == "UNDONE") != (seq not in holds):
            return f"decision {seq}: replayed it is {'in force' if seq in holds else 'undone'}, the table says {row['outcome']}"
    return ""


def _rows(connection: duckdb.DuckDBPyConnection, pack: Path, name: str, columns: str) -> list[dict[str, Any]]:
    path = pack / "data" / f"{name}.parquet"
    if not path.is_file():
        raise IntegrityError(f"data/{path.name} is missing", where=pack.name, cure=_CURE)
    names = columns.split(", ")
    found = connection.read_parquet(str(path)).project(", ".join(f'"{name}"' for name in names))
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _decisions(events: Sequence[Event], rows: Sequence[Mapping[str, Any]]) -> str:
    """Compare the table of decisions with the events: each there, by that person, in force exactly where nothing followed."""
    about = {event.seq: event for event in events if event.action in ON_RECEIPT and event.body.get("receipt")}
    ruling = {event.seq for event in holding(events).values()}
    undone = about.keys() - {event.seq for action in ON_RECEIPT for event in standing(events, action)}
    told = {int(row["seq"]): row for row in rows}
    if set(told) != set(about):
        seq = min(set(told) ^ set(about))
        return f"decision {seq} is in {'the table, not in the journal' if seq in told else 'the journal, not in the table'}"
    for seq, row in told.items():
        event = about[seq]
        if (row["by"], row["receipt_id"], row["reason"]) != (event.by, event.body["receipt"], event.reason):
            return f"decision {seq}: the journal says {event.by} on {event.body['receipt']}, the table {row['by']} on {row['receipt_id']}"
        wanted = "UNDONE" if seq in undone else "RECORDED" if event.action == "NOTE" else "" if seq in ruling else "SUPERSEDED"
        over = row["outcome"] in ("UNDONE", "SUPERSEDED")
        if (wanted in ("UNDONE", "SUPERSEDED")) != over or (over and row["outcome"] != wanted):
            return f"decision {seq}: replayed it is {wanted or 'in force'}, the table says {row['outcome']}"
    return ""


def _allocations(events: Sequence[Event], rows: Sequence[Mapping[str, Any]], made: Sequence[Mapping[str, Any]]) -> str:
    """Compare what was allocated on a person's word with that word: receipts, items and cash to the minor unit."""
    outcome = {int(row["seq"]): row["outcome"] for row in rows}
    wanted: dict[tuple[int, str], int] = {}
    for event in holding(events).values():
        if event.action == "ALLOCATE" and outcome.get(event.seq) == "APPLIED":
            for entry in event.body.get("items") or ():
                wanted[(event.seq, str(entry["item"]))] = int(entry["amount"])
    found = {(int(row["decision_seq"]), str(row["item_id"])): int(row["amount_applied"]) for row in made if row["decision_seq"]}
    for key in sorted({*wanted, *found}):
        if wanted.get(key) != found.get(key):
            return f"decision {key[0]} on {key[1]}: the journal says {wanted.get(key)}, the allocations {found.get(key)} (minor units)"
    return ""
