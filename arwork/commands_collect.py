"""The command of the collector: `arwork worklist PARAMS` writes whom to call, from a finished close, as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register_collect(app: typer.Typer) -> None:
    """Add `arwork worklist` to the command line."""
    app.command("worklist")(worklist_command)


def worklist_command(
    params: Annotated[Path, typer.Argument(help="The params file of a closed month, such as params/demo.yaml.")],
    file: Annotated[Path | None, typer.Option("--file", help="New CSV file to write; without it the first lines are printed.")] = None,
    collector: Annotated[str, typer.Option(help="Only the customers of this collector.")] = "",
    rows: Annotated[int, typer.Option(help="Most lines to print.")] = 20,
    outputs: Annotated[Path, typer.Option(help="Folder that holds the packs.")] = Path("outputs"),
) -> None:
    """Say whom to call today and why, in order, with the next action and what to say (CO-15)."""
    from contextlib import closing

    from arwork.decide import newest_run
    from arwork.keeping import params_of
    from arwork.pack.called import called, csv_text, lines
    from arwork.pack.digest import write_once
    from arwork.pack.plan import journal_store
    from arwork.pack.record import read_tables
    from arwork.show.masks import mask_of

    given = params_of(params)
    with closing(journal_store(given, params)) as journal:
        run, _ = newest_run(given, outputs, journal.events())
    frame = called(read_tables(run, ("worklist",))["worklist"], collector)
    if file is not None:
        write_once(file, csv_text(frame, given.units, mask_of(given.policy.conduct)).encode("utf-8-sig"))
        typer.echo(f"{len(frame):,} customers written to {file.as_posix()}")
        return
    for line in lines(frame.head(rows), given.units):
        typer.echo(line)
    if len(frame) > rows:
        typer.echo(f"and {len(frame) - rows:,} more; --file writes them all")
