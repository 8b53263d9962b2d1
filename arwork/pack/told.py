"""What the stages of a run told, as tables: its ties and its findings."""

from __future__ import annotations

import pandas as pd

from arwork.proof import Finding, Tie
from arwork.tables import empty


def ties_table(ties: list[tuple[str, Tie]]) -> pd.DataFrame:
    """Return the table `ties` of a run's ties by stage."""
    rows = [
        {
            "stage": stage, "tie_no": number, "rule": tie.rule, "name": tie.name, "unit": tie.unit, "ours": tie.ours,
            "theirs": tie.theirs, "difference": tie.difference, "allowed": tie.allowed, "holds": tie.holds,
        }
        for number, (stage, tie) in enumerate(ties, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows) if rows else empty("ties")


def findings_table(findings: list[tuple[str, Finding]]) -> pd.DataFrame:
    """Return the table `findings` of a run's findings by stage."""
    rows = [
        {
            "stage": stage, "finding_no": number, "rule": f.rule, "severity": f.severity, "sentence": f.sentence,
            "table": f.table, "rows": " ".join(f.rows),
        }
        for number, (stage, f) in enumerate(findings, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows) if rows else empty("findings")
