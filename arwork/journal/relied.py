"""On which files reconciliations were signed, as the sign-offs in the journal say: so that a changed input can be named (4.11, STALE)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from arwork.journal.events import Event
from arwork.journal.signing import REACHED, signed
from arwork.reconcile.certify import condensed, reads_of
from arwork.tables import conform

_SIGNED = ("PREPARED", "REVIEWED", "CERTIFIED")


def said_of(recon_inputs: pd.DataFrame) -> list[list[str]]:
    """Write `recon_inputs` as a sign-off keeps them: name, what it holds, digest of every file, each once; many of a kind as one."""
    rows = condensed(recon_inputs)[["source_file", "reads", "sha256"]].drop_duplicates().sort_values(["source_file", "reads", "sha256"])
    return [[str(cell) for cell in row] for row in rows.itertuples(index=False, name=None)]


def relied_on(events: Sequence[Event], period: str) -> pd.DataFrame | None:
    """Return as `recon_inputs` what the reconciliations of a period were last signed on; None where nothing stands signed.

    The last pack of the period that anybody signed counts; what was reopened or returned since stands no more.
    """
    acts = [event for event in events if event.action in REACHED and event.body.get("period") == period]
    if not acts:
        return None
    rows = []
    for name, entry in sorted(signed(events, str(acts[-1].body["pack"])).items()):
        if entry.state in _SIGNED and entry.acts:
            rows += [
                {"recon_id": name, "source_file": file, "reads": reads, "sha256": sha}
                for file, reads, sha in _inputs(entry.acts[-1].body) if reads in reads_of(name.partition("/")[0])
            ]  # fmt: skip
    return conform("recon_inputs", pd.DataFrame(rows)) if rows else None


def _inputs(body: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Read the inputs of a sign-off; one of before they were kept has none."""
    found = body.get("inputs")
    if not isinstance(found, list):
        return []
    return [(str(row[0]), str(row[1]), str(row[2])) for row in found if isinstance(row, list) and len(row) == 3]
