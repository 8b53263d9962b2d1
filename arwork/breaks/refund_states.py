"""The state of each refund by replay of its recorded steps, and which of them do not count (domain 1.2, RF-09, CV-13)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from arwork.breaks.refund_standing import NEW, Standing, in_turn
from arwork.tables import conform, empty


@dataclass(frozen=True)
class Replayed:
    """The standing of each refund, and `refund_steps` with the reason for each step that does not count."""

    standings: Mapping[str, Standing]
    refund_steps: pd.DataFrame

    def of(self, refund_id: str) -> Standing:
        """Return the standing of a refund."""
        return self.standings.get(refund_id, NEW)


def replay_steps(steps: pd.DataFrame, involved: Mapping[str, Mapping[str, Collection[str]]]) -> Replayed:
    """Replay recorded steps in their order; a step that may not follow, or whose person may not do it, does not count.

    `steps` has the columns of STEP_COLUMNS; `involved` says for each refund who did POSTED (posted the source) and BANK DETAILS
    (changed the payee's account), so that neither documents nor approves it (RF-09).
    """
    standings, rows = in_turn(steps, involved)
    if not rows:
        return Replayed(standings, empty("refund_steps"))
    amounts = pd.array([pd.NA if pd.isna(row["amount"]) else int(row["amount"]) for row in rows], dtype="Int64")
    return Replayed(standings, conform("refund_steps", pd.DataFrame(rows).assign(amount=amounts)))
