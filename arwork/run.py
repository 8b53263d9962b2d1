"""Every stage in this process, in order, without notebooks: it must find the same tables as they do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from arwork.pack.laid import read_plan
from arwork.stages import ageing_collections, breaks_refunds, cash_application, forecast, intake, pack, reconciliations
from arwork.stages.books import Task, open_books, publish

STAGES: Mapping[str, Task] = {
    part.TASK.name: part.TASK for part in (intake, cash_application, breaks_refunds, reconciliations, ageing_collections, forecast, pack)
}
"""Every stage by the name of its notebook, in order."""


def run_stages(run_dir: Path) -> None:
    """Run every stage on a folder that holds a plan; no notebooks, no kernels."""
    record, _ = read_plan(run_dir)
    for task in STAGES.values():
        books = open_books(task, run_dir, close=record["close"], period=record["period"], as_of=record["as_of"])
        publish(task.work(books), books)
