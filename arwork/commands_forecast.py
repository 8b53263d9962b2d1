"""The command of the forecast: `arwork expect`, the word of a person on when an item is paid."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("expect")(expect_command)


def expect_command(
    params: Annotated[Path, typer.Argument(help="The params file of the close, such as params/demo.yaml.")],
    item: Annotated[str, typer.Option(help="Open item, as the pack names it.")],
    day: Annotated[str, typer.Option(help="Day on which the money should come, year-month-day.")],
    amount: Annotated[str, typer.Option(help="How much of it will come that day, such as 1234.56.")],
    reason: Annotated[str, typer.Option(help="Why; kept for good.")],
    person: Annotated[str, typer.Option("--as", help="Who says so, when it is not the owner of this account.")] = "",
    outputs: Annotated[Path, typer.Option(help="Folder that holds the packs.")] = Path("outputs"),
) -> None:
    """Say when an open item will be paid, in place of the forecast's own view; the next close takes it in."""
    from arwork.decide import acting_person
    from arwork.expect import Said, expect

    event = expect(params, outputs, Said(item, day, amount, reason), acting_person(person))
    typer.echo(f"recorded as decision {event.seq}: {event.action} by {event.by} ({event.known_by})")
    typer.echo("the next `arwork close` takes it in")
