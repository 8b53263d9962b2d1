"""What the commands of refunds and of misdirected money share: money that goes back as it stands now, and with one more step (RF, EX-40)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from arwork.journal.events import Event
    from arwork.journal.store import Store
    from arwork.params import Params

ParamsFile = Annotated[Path, typer.Argument(help="The params file of the close, such as params/demo.yaml.")]
Outputs = Annotated[Path, typer.Option(help="Folder that holds the packs.")]


class Now(NamedTuple):
    """Money that goes back: params, the run, its tables with refunds and transfers as of now in place of the run's, and the journal."""

    params: Params
    run: Path
    tables: Mapping[str, pd.DataFrame]
    events: Sequence[Event]


def now_of(params: Params, outputs: Path, journal: Store) -> Now:
    """Judge refunds and transfers again on the newest run's tables, with every step recorded until now."""
    from arwork.breaks.money_back import READ
    from arwork.decide import newest_run
    from arwork.journal.rules import with_rules
    from arwork.pack.record import read_tables

    events = journal.events()
    params = with_rules(params, events)
    run, _ = newest_run(params, outputs, events)
    tables = read_tables(run, READ)
    return Now(params, run, {**tables, **_judged(params, run, tables, events)}, events)


def with_step(now: Now, action: str, body: Mapping[str, Any], moment: str, person: str, reason: str) -> tuple[Now, Mapping[Any, Any]]:
    """Judge with one more step of a refund (REFUND) or a transfer (TRANSFER); return how things stand then, and what became of the step."""
    from arwork.journal.events import Event

    events = [*now.events, Event(len(now.events) + 1, moment, person, "", action, body, reason, "", "")]
    made = _judged(now.params, now.run, now.tables, events)
    return Now(now.params, now.run, {**now.tables, **made}, events), made[f"{action.lower()}_steps"].iloc[-1].to_dict()


def _judged(params: Params, run: Path, tables: Mapping[str, pd.DataFrame], events: Sequence[Event]) -> Mapping[str, pd.DataFrame]:
    from arwork.breaks.money_back import money_back
    from arwork.journal.refunds import refund_steps
    from arwork.journal.transfers import transfer_steps
    from arwork.pack.unclaimed import jurisdictions

    steps, rules = refund_steps(events), jurisdictions(run)
    return money_back(tables, steps, rules, params.policy, params.units, params.as_of, params.off, transfer_steps(events)).tables
