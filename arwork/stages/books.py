"""The shell around the thinking: open the books of a run, let a stage think, publish what it found.

A stage is a function from the books to tables, ties and findings. Its notebook calls `open_books`, the stage, `publish`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from arwork.errors import InputError
from arwork.journal.events import Event, replay
from arwork.journal.forecasts import overrides
from arwork.journal.lines import parse
from arwork.journal.others import laid_over
from arwork.journal.refunds import refund_steps
from arwork.money import Units
from arwork.pack.laid import read_plan
from arwork.pack.record import publish as publish_stage
from arwork.pack.record import read_parquet, read_tables
from arwork.params import Params
from arwork.proof import Stage

if TYPE_CHECKING:  # two stages of seven read it; the others need not load what matching is made of
    from arwork.matching.learned import Learned

INTAKE = (
    "ledgers", "bank_accounts", "customers", "customer_banks", "open_items", "statements", "bank_lines", "remittance_lines", "gl_balances",
    "gl_lines", "cash_book", "disputes", "repeated_lines", "fx_rates", "payer_relationships", "customer_statements",
)  # fmt: skip
"""Tables of what was taken in that most stages read."""


@dataclass(frozen=True)
class Books:
    """What a stage works on: the tables published so far, the params, and the decisions of people."""

    run_dir: Path
    record: Mapping[str, Any]
    params: Params
    tables: Mapping[str, pd.DataFrame]
    decided: pd.DataFrame
    learned: Learned | None = None
    steps: pd.DataFrame = field(default_factory=lambda: refund_steps(()))
    events: Sequence[Event] = ()
    overrides: pd.DataFrame = field(default_factory=lambda: overrides(()))

    @property
    def units(self) -> Units:
        """Decimals of each currency in this close."""
        return self.params.units

    @property
    def home(self) -> str:
        """Currency of the first ledger."""
        return self.params.ledgers[0].currency


@dataclass(frozen=True)
class Task:
    """A stage of a close: its name, the function that does it, the tables it reads (None: all that are published), and how it reads what was learned."""

    name: str
    work: Callable[[Books], Stage]
    reads: tuple[str, ...] | None
    taught: Callable[[Path, Mapping[str, Any]], Learned | None] | None = None


def header(books: Books) -> dict[str, str]:
    """Return what heads every notebook: which close, which month, which ledgers, which run."""
    ledgers = "; ".join(f"{entry.ledger} {entry.company_code} {entry.name} ({entry.currency})" for entry in books.params.ledgers)
    return {
        "close": books.params.close, "period": books.params.period, "receipts from": books.params.start.isoformat(),
        "key date": books.params.as_of.isoformat(), "ledgers": ledgers, "run": books.record["run"],
    }  # fmt: skip


def carried(run_dir: Path, names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Read what the previous period's pack hands over; nothing in a first period."""
    found = {name: run_dir / "previous" / f"{name}.parquet" for name in names}
    return {name: read_parquet(name, path) for name, path in found.items() if path.is_file()}


def open_books(task: Task, run_dir: str | Path, *, close: str = "", period: str = "", as_of: str = "") -> Books:
    """Open the books of a run for its task.

    The close, period and key date that the notebook was given must be those of the run; a notebook that was given
    others, or none, would show one month under the name of another (InputError).
    """
    folder = Path(run_dir)
    record, params = read_plan(folder)
    for name, given in (("close", close), ("period", period), ("as_of", as_of)):
        if given != record[name]:
            raise InputError(f"{name} is {given!r}, the run in {folder} is {record[name]!r}", cure="Give the parameters of this run.")
    events, names = parse((folder / "journal.jsonl").read_text(encoding="utf-8"), "journal.jsonl"), task.reads
    return Books(
        folder,
        record,
        params,
        read_tables(folder, names)
        if names is None or not names
        else laid_over(events, read_tables(folder, names), strike=task.name != "10_cash_application"),
        replay(events),
        task.taught(folder, record) if task.taught else None,
        refund_steps(events),
        events,
        overrides(events),
    )


def publish(stage: Stage, books: Books) -> dict[str, Any]:
    """Write the stage's tables and its record into the run folder, once."""
    return publish_stage(stage, books.run_dir)
