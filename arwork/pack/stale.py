"""Whether a signed pack still stands: which run of its period was closed after it, which inputs changed, which reconciliations that makes STALE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from arwork.errors import ArworkError, IntegrityError, first_few
from arwork.journal.events import Event
from arwork.journal.signing import QUIET, signed
from arwork.pack.digest import sha256_of
from arwork.pack.manifest import MANIFEST, SUMS, read_manifest
from arwork.pack.signed import own_events, read_sign_offs

DECISIONS = "decisions of people"
"""Name of the input that decisions are, in `recon_inputs`."""


@dataclass(frozen=True)
class Stale:
    """What voids sign-offs of a pack: the newer run, the inputs that are not those of the pack, and by signed reconciliation its own."""

    newer: str
    changed: tuple[str, ...]
    reconciliations: Mapping[str, tuple[str, ...]]
    signed: int

    @property
    def sentence(self) -> str:
        """Say it for a person, with the first few names."""
        what = first_few(self.changed, 5) if self.changed else "the program alone"
        said = f"Run {self.newer} was closed after it; what changed: {what}."
        if not self.reconciliations:
            return f"{said} None of its {self.signed} signed reconciliations rests on them."
        names = [f"{name} ({first_few(files, 3)})" for name, files in self.reconciliations.items()]
        return f"{said} STALE are {len(names)} of {self.signed} signed reconciliations: {first_few(names, 3)}."


def stale_since(pack: Path) -> Stale | None:
    """Say what makes the sign-offs of a pack stale; None where none stands, or no run of its period is newer (4.11).

    Of the newer run the manifest, the journal and the list of inputs are read; an ArworkError where it is not whole.
    """
    acts = read_sign_offs(pack)
    newer = newest_of(pack)
    if not acts.acts or newer is None:
        return None
    found = signed(acts.events, sha256_of(pack / SUMS))
    names = {name for name, entry in found.items() if entry.state not in ("OPEN", "RETURNED")}
    if not names:
        return None
    then, now = _inputs(pack), _inputs(newer)
    own = {name: tuple(sorted({file for file, _ in then.get(name, set()) ^ now.get(name, set())})) for name in sorted(names)}
    own = {name: files for name, files in own.items() if files}
    fresh = _decided(pack, newer)
    beside = tuple(file for files in own.values() for file in files if file != DECISIONS)
    told = {name: tuple(fresh if file == DECISIONS and fresh else file for file in files) for name, files in own.items()}
    return Stale(newer.name, changed_between(pack, newer, beside), told, len(names))


def _inputs(run: Path) -> dict[str, set[tuple[str, str]]]:
    """Read what each reconciliation of a run rests on: names and digests. Plain DuckDB, so that `arwork verify` starts light."""
    path = run / "data" / "recon_inputs.parquet"
    if not path.is_file():
        return {}
    try:
        with duckdb.connect(":memory:") as connection:
            rows = connection.read_parquet(str(path)).project("recon_id, source_file, sha256").fetchall()
    except duckdb.Error:
        raise IntegrityError(f"data/{path.name} cannot be read", where=run.name, cure="Close the month again.") from None
    found: dict[str, set[tuple[str, str]]] = {}
    for name, file, sha in rows:
        found.setdefault(str(name), set()).add((str(file), str(sha)))
    return found


def newest_of(pack: Path) -> Path | None:
    """Return the newest run of the pack's period; None when that is the pack itself."""
    period = pack.resolve().parent
    runs = [path.parent for path in period.glob(f"*/{MANIFEST}") if not path.parent.name.startswith(".")]
    newest = max(runs, key=_age, default=pack)
    return None if newest.name == pack.resolve().name else newest


def _age(run: Path) -> tuple[int, int]:
    try:
        events = int(read_manifest(run)["journal"]["events"])
    except ArworkError:
        events = -1
    return events, (run / MANIFEST).stat().st_mtime_ns


def changed_between(pack: Path, newer: Path, more: Sequence[str] = ()) -> tuple[str, ...]:
    """Name the inputs of a run that are not those of another: files of the month (and `more`), params, policy, decisions, the pack before."""
    fresh = _decided(pack, newer)
    said = [read_manifest(run) for run in (pack, newer)]
    files = [{(row["name"], row["sha256"]) for row in facts["sources"]} for facts in said]
    names = {str(name) for name, _ in files[0] ^ files[1]}
    texts = [_params(facts) for facts in said]
    edited = {name for name in texts[0].keys() | texts[1].keys() if texts[0].get(name) != texts[1].get(name)}
    before = [] if said[0]["previous"] == said[1]["previous"] else ["the pack of the period before"]
    return tuple(dict.fromkeys([*sorted({*names, *more}), *sorted(edited), *([fresh] if fresh else []), *before]))


def _params(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return name and digest of the params of a run, its layouts and the list of what arrived left out: their files are named."""
    return {row["path"]: row["sha256"] for row in facts["files"] if row["path"] in ("params/close.yaml", "params/policy.yaml")}


def _decided(pack: Path, newer: Path) -> str:
    """Name the decisions that only one of two runs knows; blank where there are none."""
    events: list[dict[str, Event]] = [{e.hash: e for e in own_events(run) if e.action not in QUIET} for run in (pack, newer)]
    fresh = [event for one, other in (events, events[::-1]) for key, event in one.items() if key not in other]
    return f"decisions {first_few([f'{e.seq} {e.action} by {e.by}' for e in sorted(fresh, key=lambda e: e.seq)], 3)}" if fresh else ""
