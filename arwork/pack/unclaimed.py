"""The table of unclaimed property that a run was closed with."""

from __future__ import annotations

from pathlib import Path

from arwork.breaks.dormancy import UNKNOWN, Jurisdictions, read_jurisdictions
from arwork.pack.laid import UNCLAIMED


def jurisdictions(run_dir: Path) -> Jurisdictions:
    """Read the run's table of unclaimed property (RF-13)."""
    file = run_dir / "params" / UNCLAIMED
    return read_jurisdictions(file.read_text(encoding="utf-8-sig"), UNCLAIMED) if file.is_file() else UNKNOWN
