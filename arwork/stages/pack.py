"""The pack: ties, findings, what waits for a person, and the workbook."""

from __future__ import annotations

from arwork.cover import facts
from arwork.pack.owed import owed
from arwork.pack.record import ties_and_findings
from arwork.pack.taught import read_taught
from arwork.pack.told import findings_table, ties_table
from arwork.pack.workbook import write as write_workbook
from arwork.proof import Stage
from arwork.show.masks import masked
from arwork.stages.books import Books, Task


def cover(books: Books) -> dict[str, str]:
    """Return what the first page says of a run: READY or not, why, and what it was built on."""
    ties, findings = ties_and_findings(books.run_dir)
    return facts(books.record, books.params, books.tables["sources"], books.events, ties, findings)


def pack(books: Books) -> Stage:
    """Gather the ties, the findings and what waits for a person, and write the workbook beside the tables."""
    ties, findings = ties_and_findings(books.run_dir)
    waiting = owed(books.tables, books.params.as_of)
    tables = {"ties": ties_table(ties), "findings": findings_table(findings), "owed": waiting}
    target = books.run_dir / "pack.xlsx"
    target.unlink(missing_ok=True)
    write_workbook(
        masked({**books.tables, **tables}, books.params.policy.conduct),
        facts(books.record, books.params, books.tables["sources"], books.events, ties, findings),
        books.units,
        books.params.as_of,
        target,
    )
    return Stage("90_pack", tables)


TASK = Task("90_pack", pack, None, taught=read_taught)
