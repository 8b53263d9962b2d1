"""Open the desk on the newest run of a close: the tables that people look at, where the journal stands, who acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from arwork.decide import READ, Person, Shown, newest_run
from arwork.desk.acts import roles_of
from arwork.errors import InputError
from arwork.followup import READ as FOLLOWED
from arwork.intake.received import take
from arwork.intake.shipped import shipped
from arwork.journal.events import Event
from arwork.journal.rules import with_rules
from arwork.journal.store import Store
from arwork.pack.plan import journal_store
from arwork.pack.record import read_tables
from arwork.params import Params, read_params
from arwork.policy import read_policy

NEEDED = (
    "receipts", "references", "proposals", "proposal_items", "evidence", "allocations", "decisions", "breaks", "on_account", "owed",
    "open_items", "customers", *FOLLOWED,
)  # fmt: skip
"""Tables of a run that the desk reads."""


@dataclass(frozen=True)
class Desk:
    """One person's desk on one run of a close.

    `tables` are the tables of the run by name, `events` the journal as it stood when the desk was opened, `taken_in` how
    many of its events the run had taken in; `roles` say what the person may do.
    """

    params: Params
    params_file: Path
    outputs: Path
    run: Path
    tables: Mapping[str, pd.DataFrame]
    journal: Store
    events: tuple[Event, ...]
    taken_in: int
    person: Person
    roles: tuple[str, ...]

    @property
    def position(self) -> int:
        """How many events the journal held when the desk was opened."""
        return len(self.events)

    @property
    def shown(self) -> Shown:
        """What decisions are checked against: the run on the desk, whatever has been closed since, and the params before changes of rules."""
        return Shown(self.params, self.run, self.taken_in, self.tables)


def open_desk(params_file: Path, outputs: Path, person: Person) -> Desk:
    """Open the desk on the newest run of the close that took in this journal; nothing is matched again.

    Raises InputError when the params are wrong or nothing was closed yet, IntegrityError when a table is not what its run recorded.
    """
    if not params_file.is_file():
        raise InputError("there is no such params file", where=str(params_file), cure="Name the YAML file of the close.")
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    params = read_params(take(params_file).data.decode("utf-8-sig"), params_file.name, policy)
    journal = journal_store(params, params_file)
    events = tuple(journal.events())
    with_rules(params, events)  # a change that does not fit this release is said at once
    run, taken_in = newest_run(params, outputs, events)
    tables = read_tables(run, (*dict.fromkeys((*NEEDED, *READ)),))
    return Desk(params, params_file, outputs, run, tables, journal, events, taken_in, person, roles_of(params, events, person))


def newer_run(desk: Desk) -> Path | None:
    """Return the run that took in more of the journal, or was made later, than the one on the desk; None when there is none."""
    run, _ = newest_run(desk.params, desk.outputs, desk.journal.events())
    return None if run == desk.run else run
