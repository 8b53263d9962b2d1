"""The commands of what people decide: `arwork decide`, and `arwork export`, which hands decisions and allocations to the ERP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arwork.show.numbers import plural

ParamsFile = Annotated[Path, typer.Argument(help="The params file of the close, such as params/demo.yaml.")]
Outputs = Annotated[Path, typer.Option(help="Folder that holds the packs.")]
_SPLIT = (
    "ITEM=CASH+DISCOUNT,deduction=AMOUNT:CODE,write-off=AMOUNT:CODE,override=WHY, each part where it applies; "
    "ON-ACCOUNT=AMOUNT; UNAPPLIED=AMOUNT; repeat to split."
)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("decide")(decide_command)
    app.command("export")(export_command)


def decide_command(
    params: ParamsFile,
    reason: Annotated[str, typer.Option(help="Why; kept for good.")],
    receipt: Annotated[list[str], typer.Option(help="Receipt, as the pack names it; repeat for one decision on many.")] = [],  # noqa: B006 (typer reads it)
    allocate: Annotated[list[str], typer.Option(help=_SPLIT)] = [],  # noqa: B006
    accept: Annotated[bool, typer.Option("--accept", help="Accept what is proposed, as it stands.")] = False,
    candidate: Annotated[int, typer.Option(help="With --accept: another candidate of the receipt than the proposal.")] = 1,
    reject: Annotated[bool, typer.Option("--reject", help="Reject what the rules propose.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Leave the receipt unapplied for now.")] = False,
    undo: Annotated[list[int], typer.Option(help="Number of the decision to undo; repeat to undo several.")] = [],  # noqa: B006
    person: Annotated[str, typer.Option("--as", help="Who decides, when it is not the owner of this account.")] = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Decide on receipts: accept, allocate by hand, reject, hold, note, or undo; the next close takes it in."""
    from arwork.decide import ACCEPT_PROPOSAL, acting_person, decide
    from arwork.errors import InputError

    given = (("ALLOCATE", allocate), (ACCEPT_PROPOSAL, accept), ("REJECT", reject), ("HOLD", hold), ("UNDO", undo))
    chosen = [name for name, said in given if said]
    if len(chosen) > 1:
        raise InputError(f"one decision at a time, not {' and '.join(chosen)}", cure="Run the command once for each.")
    action = chosen[0] if chosen else "NOTE"
    splits = allocate if action != ACCEPT_PROPOSAL or candidate == 1 else [f"CANDIDATE={candidate}"]
    events = decide(
        params, outputs, action=action, receipts=receipt, splits=splits, undoes=undo, reason=reason, person=acting_person(person)
    )
    for event in events[:10]:
        typer.echo(f"recorded as decision {event.seq}: {event.action} by {event.by} ({event.known_by})")
    if len(events) > 10:
        typer.echo(f"and {plural(len(events) - 10, 'more decision')}, up to {events[-1].seq}")
    typer.echo("the next `arwork close` takes it in")


def export_command(
    params: ParamsFile,
    layout: Annotated[
        str, typer.Option(help="How the file is written: sap, oracle, bc, csv, or one of your own in layouts/exports.")
    ] = "csv",
    out: Annotated[Path | None, typer.Option(help="The file to write; beside the packs unless stated.")] = None,
    reason: Annotated[str, typer.Option(help="What it is for; kept for good.")] = "handed to the ERP",
    person: Annotated[str, typer.Option("--as", help="Who exports, when it is not the owner of this account.")] = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Write the allocations, residuals, discounts and write-offs of the newest run as a posting file, each line once."""
    from arwork.decide import acting_person
    from arwork.export import export

    done = export(params, outputs, layout=layout, out=out, person=acting_person(person), reason=reason)
    for note in done.notes:
        typer.echo(note)
    if done.place is None or done.event is None:
        return
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in done.lines.items())
    typer.echo(f"{plural(sum(done.lines.values()), 'line')} ({kinds}) in {done.place.as_posix()}")
    for code, cash in done.totals.items():
        typer.echo(f"    cash {code}: {cash}")
    if done.lines.get("REVERSAL"):
        typer.echo(f"{plural(done.lines['REVERSAL'], 'line')} reverse what was exported before: post them as reversals, not as receipts")
    typer.echo(f"recorded as event {done.event.seq}; SHA-256 {done.event.body['sha256']}")
