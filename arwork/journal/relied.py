"""On which inputs reconciliations were signed, as the sign-offs in the journal say: so that a changed input can be named (4.11, STALE)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from arwork.journal.events import Event
from arwork.journal.signing import REACHED, signed
from arwork.reconcile.certify import condensed
from arwork.tables import conform

_SIGNED = ("PREPARED", "REVIEWED", "CERTIFIED")
_ROW = ["source_file", "reads", "sha256"]


def said_of(recon_inputs: pd.DataFrame) -> dict[str, Any]:
    """Write `recon_inputs` as a sign-off keeps them: `inputs`, each name, kind and digest once, and `rests`, their places by reconciliation."""
    rows = condensed(recon_inputs)
    told = [tuple(str(cell) for cell in row) for row in rows[_ROW].itertuples(index=False, name=None)]
    places = {row: place for place, row in enumerate(sorted(set(told)))}
    rests: dict[str, list[int]] = {}
    for name, row in zip(rows["recon_id"], told, strict=True):
        rests.setdefault(str(name), []).append(places[row])
    return {"inputs": [list(row) for row in places], "rests": {name: sorted(own) for name, own in sorted(rests.items())}}


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
            rows += [{"recon_id": name, **dict(zip(_ROW, row, strict=True))} for row in _inputs(entry.acts[-1].body, name)]
    return conform("recon_inputs", pd.DataFrame(rows)) if rows else None


def _inputs(body: Mapping[str, Any], name: str) -> list[list[str]]:
    """Read what a sign-off rested on for one reconciliation; one of before that was kept has nothing."""
    found, rests = body.get("inputs"), body.get("rests")
    if not isinstance(found, list) or not isinstance(rests, dict):
        return []
    own = [found[place] for place in rests.get(name, []) if isinstance(place, int) and 0 <= place < len(found)]
    return [[str(cell) for cell in row] for row in own if isinstance(row, list) and len(row) == len(_ROW)]
