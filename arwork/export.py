"""Hand what is approved to the ERP: a posting file by layout, each line once, recorded in the journal with its sums and digest."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from arwork.decide import Person, newest_run
from arwork.errors import InputError, IntegrityError
from arwork.intake.received import take
from arwork.intake.shipped import shipped
from arwork.journal.events import Event, replay, standing
from arwork.journal.store import Store
from arwork.matching.handed import new_lines, posting_lines
from arwork.pack.digest import sha256, sha256_of, write_once
from arwork.pack.exports import count_by_kind, posting_file, read_export_layout, totals
from arwork.pack.plan import journal_store
from arwork.pack.record import parquet, read_parquet, read_tables
from arwork.params import Params, read_params
from arwork.policy import read_policy

_READ = ("receipts", "open_items", "bank_accounts", "proposals", "allocations", "on_account", "residuals", "decisions", "adjustments")


@dataclass(frozen=True)
class Exported:
    """What an export came to: the file and its event, None where nothing was new; what people should know of it."""

    place: Path | None
    event: Event | None
    lines: Mapping[str, int]
    totals: Mapping[str, str]
    notes: tuple[str, ...]


def export(params_file: Path, outputs: Path, *, layout: str, out: Path | None, person: Person, reason: str) -> Exported:
    """Write what the newest run allocates and was not handed over yet as a posting file, and record it in the journal.

    What was handed over and holds no more comes as a REVERSAL. The lines themselves are kept beside the runs, under their digest.
    Raises InputError when there is no run or the file exists, IntegrityError when the lines of an earlier export are not those recorded.
    """
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    params = read_params(take(params_file).data.decode("utf-8-sig"), params_file.name, policy)
    shape = read_export_layout(layout, params_file.parent)
    with closing(journal_store(params, params_file)) as journal:
        events = journal.events()
        run, seen = newest_run(params, outputs, events)
        tables = read_tables(run, _READ)
        left_out, notes = _no_longer(events, tables["decisions"], seen)
        kept = outputs / params.close / f"{params.period}.exports"
        before = [(event.seq, _kept(kept, event)) for event in standing(events, "EXPORT") if event.body["period"] == params.period]
        undone = {event.seq for event in events if event.action == "WRITE_OFF"} - {event.seq for event in standing(events, "WRITE_OFF")}
        lines = new_lines(posting_lines(tables, left_out | undone), before, tables["receipts"]["receipt_id"], undone)
        if "ADJUSTMENT" not in shape.rows and (lines["kind"] == "ADJUSTMENT").any():
            notes = [*notes, "The write-offs of open items are not in the file: the layout takes no ADJUSTMENT lines; add it to its rows."]
            lines = lines[lines["kind"] != "ADJUSTMENT"].reset_index(drop=True)
        if lines.empty:
            return Exported(None, None, {}, {}, (*notes, "Nothing is new: everything this run allocates was exported before."))
        data = posting_file(lines, shape, params.units)
        target = out or kept / f"{params.period}-{len(before) + 1:02d}-{layout}-{sha256(data)[:8]}.csv"
        event = _recorded(journal, target, data, lines, _Facts(params, run, layout, seen, kept), person, reason)
        cash = {code: params.units.text(minor, code) for code, minor in totals(lines).items()}
        return Exported(target, event, count_by_kind(lines), cash, tuple(notes))


def _no_longer(events: Sequence[Event], decisions: pd.DataFrame, seen: int) -> tuple[set[int], list[str]]:
    """Return the decisions of the run that no longer hold, and say what the run does not know yet."""
    applied = set(decisions.loc[decisions["outcome"] == "APPLIED", "seq"])
    now = replay(events)
    in_force = set(now.loc[now["action"] == "ALLOCATE", "seq"])
    newer = sum(event.action in ("ALLOCATE", "REJECT", "HOLD", "WRITE_OFF", "UNDO") for event in events[seen:])
    notes = (
        [f"{newer:,} decisions were made since this run and are not in the file: run `arwork close`, then export again."] if newer else []
    )
    return applied - in_force, notes


def _kept(folder: Path, event: Event) -> pd.DataFrame:
    """Read the lines of an earlier export; IntegrityError when they are not those that the journal recorded."""
    path = folder / f"{event.body['lines_sha256']}.parquet"
    if not path.is_file() or sha256_of(path) != event.body["lines_sha256"]:
        raise IntegrityError(
            f"the lines of export {event.seq} ({event.body['export']}) are {'not those recorded' if path.is_file() else 'gone'}", where=path.as_posix(),
            cure="Restore them from a backup; without them nobody can tell what is new.",
        )  # fmt: skip
    return read_parquet("posting_lines", path)


@dataclass(frozen=True)
class _Facts:
    """What an export is recorded with."""

    params: Params
    run: Path
    layout: str
    seen: int
    kept: Path


def _recorded(journal: Store, target: Path, data: bytes, lines: pd.DataFrame, facts: _Facts, person: Person, reason: str) -> Event:
    """Write the lines, the event and the file; the file gets its name last, so that no file is there that the journal does not know."""
    if target.exists():
        raise InputError("is there already and stays as it is", where=target.as_posix(), cure="Name another file with --out.")
    register = parquet("posting_lines", lines)
    path = facts.kept / f"{sha256(register)}.parquet"
    if not path.is_file():
        write_once(path, register)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    write_once(part, data)
    body = {
        "period": facts.params.period, "pack": "/".join(facts.run.parts[-3:]), "layout": facts.layout, "export": target.name,
        "sha256": sha256(data), "lines_sha256": sha256(register), "count": len(lines), "kinds": count_by_kind(lines), "totals": totals(lines),
    }  # fmt: skip
    event = journal.append(
        seen=facts.seen, at=datetime.now(UTC).isoformat(timespec="seconds"), by=person.name, known_by=person.known_by,
        action="EXPORT", body=body, reason=reason,
    )  # fmt: skip
    os.replace(part, target)  # noqa: PTH105 (the name is free: it was looked for above, and the journal is ours while we write)
    return event
