"""The recorded steps of refunds as a frame, for the replay of their states (domain 1.2, RF)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from arwork.breaks.refund_standing import STEP_COLUMNS
from arwork.journal.events import Event, standing


def refund_steps(events: Sequence[Event]) -> pd.DataFrame:
    """Return a row a step of a refund that was not undone, in the order of the journal; what a step does not say is blank."""
    rows = [_row(event) for event in standing(events, "REFUND")]
    frame = pd.DataFrame(rows, columns=list(STEP_COLUMNS))
    return frame.assign(amount=pd.array(frame["amount"].tolist(), dtype="Int64"))


def _row(event: Event) -> dict[str, Any]:
    body = event.body
    lists = {name: " ".join(str(one) for one in body.get(name) or ()) for name in ("documents", "waived", "lifts")}
    texts = {name: str(body.get(name) or "") for name in ("account", "second_person")}
    amount = body.get("amount")
    return {
        "seq": event.seq, "at": event.at, "by": event.by, "refund_id": str(body["refund"]), "step": str(body["step"]), **lists, **texts,
        "amount": amount if isinstance(amount, int) else pd.NA, "reason": event.reason,
    }  # fmt: skip
