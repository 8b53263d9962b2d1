"""The recorded steps of transfers of misdirected money as a frame, for the replay of their approvals (EX-40)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from arwork.breaks.transfer_standing import STEP_COLUMNS
from arwork.journal.events import Event, standing

_BODY = STEP_COLUMNS[4:-1]


def transfer_steps(events: Sequence[Event]) -> pd.DataFrame:
    """Return a row a step of a transfer that was not undone, in the order of the journal; what a step does not say is blank."""
    rows = [
        {
            "seq": event.seq, "at": event.at, "by": event.by, "receipt_id": str(event.body["transfer"]), "reason": event.reason,
            **{name: event.body.get(name, "") for name in _BODY},
        }
        for event in standing(events, "TRANSFER")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(STEP_COLUMNS))
