"""Commands that check and compare what was sealed: `arwork verify` and `arwork compare`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arwork.show.markup import visible
from arwork.show.numbers import plural

if TYPE_CHECKING:
    from arwork.verifying import Again

Pack = Annotated[Path, typer.Argument(help="Folder of a pack.")]


def register_verify(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("verify")(verify_command)
    app.command("compare")(compare_command)


def verify_command(
    pack: Pack,
    quick: Annotated[bool, typer.Option("--quick", help="Stop after V4: do not run the notebooks again.")] = False,
    seal: Annotated[
        str, typer.Option(help="Seal as printed at the close or the sign-off (its first 32 characters will do); anchors the check.")
    ] = "",
    since: Annotated[Path | None, typer.Option(help="Earlier checkpoint: a sign-off, a backup of the journal; anchors the check.")] = None,
    allowed_signers: Annotated[Path | None, typer.Option(help="Keys of who signs, as ssh-keygen reads them; anchors the check.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check a pack: every byte, who signed, the figures by a second way, the decisions, and by running it again; exit 0 or 3."""
    from arwork.errors import InputError, IntegrityError
    from arwork.verifying import CANNOT, Brought, verify_levels
    from arwork.verifying import as_json as object_of

    if not pack.exists():
        raise InputError("there is no such folder", where=str(pack), cure="Name the folder of a pack: outputs/<close>/<period>/<run>.")

    def tell(level: str, sentence: str) -> None:
        """Print a level that held."""
        if not as_json:
            typer.echo(visible(f"{level} {sentence}"))

    again: Again | None = None
    if not quick:
        from arwork.rerun import run_again

        again = run_again
    try:
        report = verify_levels(pack, Brought(seal, since, allowed_signers), again, tell)
    except IntegrityError as broken:
        if as_json:
            typer.echo(json.dumps({"pack": str(pack), "ok": False, "difference": broken.paragraph()}))
            raise typer.Exit(broken.exit_code) from None
        raise
    if as_json:
        typer.echo(object_of(pack, report))
        return
    if report.stale:
        typer.echo(visible(f"STALE: {report.stale}"))
    for doubt in report.authority.doubts:
        typer.echo(visible(f"please know: {doubt}"))
    typer.echo(f"status {report.found.facts['status']}, {report.state}; seal {report.found.seal}")
    typer.echo(visible(f"anchored by {'; '.join(report.anchors)}") if report.anchors else f"consistent, not anchored. {CANNOT}")


def compare_command(
    one: Annotated[Path, typer.Argument(help="Folder of a pack; the older one.")],
    other: Annotated[Path | None, typer.Argument(help="Folder of the other pack; without it the newest run of the same period.")] = None,
    rows: Annotated[int, typer.Option(help="Lines to show of each table.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a changed line, all of them.")] = False,
) -> None:
    """Say what changed between two runs, or since the sign-off of one, line by line, with the cause; exit 0."""
    from arwork.comparing import compare, newest_beside

    found = compare(one, other or newest_beside(one))
    if as_json:
        for line in found.lines:
            typer.echo(json.dumps({"table": line.table, "key": line.key, "change": line.change, "what": line.what, "cause": line.cause}))
        return
    typer.echo(visible(f"{found.names[0]} and {found.names[1]}: {plural(len(found.lines), 'line')} changed"))
    for sentence in found.notes:
        typer.echo(visible(sentence))
    for sentence in found.causes:
        typer.echo(visible(f"cause: {sentence}"))
    shown: dict[str, int] = {}
    for line in found.lines:
        shown[line.table] = shown.get(line.table, 0) + 1
        if shown[line.table] <= rows:
            typer.echo(visible(f"{line.table} {line.key}: {line.change}{': ' + line.what if line.what else ''} [{line.cause}]"))
    for table, count in shown.items():
        if count > rows:
            typer.echo(f"{table}: {count - rows:,} more; see them with --json or --rows")
