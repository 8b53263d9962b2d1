"""The command line. Each command imports what it runs, so that `arwork verify` starts without notebooks or pictures.

Exit codes: 0 done (work that waits for a person is the normal end), 1 done but a tie failed, 2 wrong use or bad input,
3 integrity broken, 4 stopped before the end.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from arwork.errors import ArworkError, StoppedError
from arwork.show.numbers import plural

if TYPE_CHECKING:
    from arwork.close import Closed

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Cash application, reconciliation and evidence."
)
_say = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

ParamsFile = Annotated[Path, typer.Argument(help="The params file of the close, such as params/demo.yaml.")]
Outputs = Annotated[Path, typer.Option(help="Folder that holds the packs.")]


def main() -> None:
    """Run a command; an error is one paragraph on standard error, with its exit code, never a traceback."""
    try:
        app()
    except ArworkError as stop:
        _say.print(f"arwork: {stop.paragraph()}", style="red")
        sys.exit(stop.exit_code)
    except KeyboardInterrupt:
        _say.print("arwork: stopped by the keyboard. Run the same command again to resume.", style="red")
        sys.exit(StoppedError.exit_code)
    except OSError as broken:
        _say.print(
            f"arwork: the system refused: {broken.strerror or broken} ({broken.filename or 'no file'}). Check the place, then run again."
        )
        sys.exit(StoppedError.exit_code)
    except Exception as fault:
        _say.print(f"arwork: a fault of ours: {type(fault).__name__}: {fault}. Run again; if it comes back, report it.", style="red")
        sys.exit(StoppedError.exit_code)


def _tell(name: str, what: str) -> None:
    """Show progress: one line a step, readable in a terminal and in a log."""
    _say.print(f"{datetime.now(UTC):%H:%M:%S}  {name:<24} {what}")


@app.command()
def demo(outputs: Outputs = Path("outputs")) -> None:
    """Write a made-up company's month as files, and close it like any other month."""
    from arwork.close import close
    from arwork.demo.company import write

    params = Path("params") / "demo.yaml"
    _tell("demo company", "writing its files")
    write(outputs / "demo" / "sources", params)
    code = _report(close(params, outputs, _tell))
    if code:
        raise typer.Exit(code)


@app.command("close")
def close_command(params: Annotated[list[Path], typer.Argument(help="Params files.")], outputs: Outputs = Path("outputs")) -> None:
    """Close a month: read the sources, run the notebooks, build and seal the pack.

    Several params files are closed one after the other; when one is refused the others still run, and the exit code is 1.
    """
    from arwork.close import close

    codes = []
    for file in params:
        try:
            codes.append(_report(close(file, outputs, _tell)))
        except ArworkError as stop:
            if len(params) == 1:
                raise
            _say.print(f"arwork: {file}: {stop.paragraph()}", style="red")
            codes.append(stop.exit_code)
    if any(codes):
        raise typer.Exit(codes[0] if len(codes) == 1 else 1)


def _report(closed: Closed) -> int:
    """Say how a close ended: what tied, what waits, and in the last line where the pack is; return the exit code."""
    facts = closed.verified.facts
    if closed.was_there:
        typer.echo("The same inputs, params, decisions and code were closed before; that pack was checked and is whole.")
    typer.echo(f"{facts['close']} {facts['period']}, key date {facts['as_of']}, run {facts['run']}: {facts['status']} ({facts['why']})")
    held = sum(tie["holds"] for tie in facts["ties"])
    typer.echo(f"ties:     {held} of {len(facts['ties'])} hold")
    for tie in [tie for tie in facts["ties"] if not tie["holds"]][:10]:
        typer.echo(f"          does not hold: {tie['rule']} {tie['name']} ({tie['difference']} {tie['unit']})")
    found = facts["findings"]
    typer.echo(f"findings: {plural(found['error'], 'error')}, {plural(found['warn'], 'warning')}, {plural(found['info'], 'note')}")
    waiting = ", ".join(f"{count:,} {queue}" for queue, count in facts["waiting"].items()) or "nothing"
    typer.echo(f"waiting:  {waiting}")
    typer.echo(f"seal:     {closed.verified.seal}")
    typer.echo(f"pack: {closed.place.as_posix()}")
    return 0 if closed.ready else 1


@app.command("verify")
def verify_command(
    pack: Annotated[Path, typer.Argument(help="Folder of a pack.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    seal: Annotated[str, typer.Option(help="Seal as printed when the pack was made; anchors the check.")] = "",
) -> None:
    """Check a pack byte by byte, and the chain of its decisions; exit 0 or 3."""
    from arwork.errors import InputError, IntegrityError
    from arwork.pack.verify import verify

    if not pack.exists():
        raise InputError("there is no such folder", where=str(pack), cure="Name the folder of a pack: outputs/<close>/<period>/<run>.")
    try:
        found = verify(pack)
        if seal and seal != found.seal:
            raise IntegrityError(
                f"the seal is {found.seal}, not the one given", where=pack.name, cure="This is not the pack that was sealed."
            )
    except IntegrityError as broken:
        if as_json:
            typer.echo(json.dumps({"pack": str(pack), "ok": False, "difference": broken.paragraph()}))
            raise typer.Exit(broken.exit_code) from None
        raise
    state = (
        "anchored by the seal given"
        if seal
        else "consistent, not anchored: whether another whole pack was put in its place is not known without its seal"
    )
    if as_json:
        typer.echo(json.dumps({"pack": str(pack), "ok": True, "files": found.files, "seal": found.seal, "anchored": bool(seal)}))
        return
    typer.echo(
        f"{pack.as_posix()}: {found.files} files, every byte as sealed; {found.facts['journal']['events']} decisions, chain whole; {state}"
    )
    typer.echo(f"status {found.facts['status']}; seal {found.seal}")


@app.command("decide")
def decide_command(
    params: ParamsFile,
    reason: Annotated[str, typer.Option(help="Why; kept for good.")],
    receipt: Annotated[str, typer.Option(help="Receipt, as the pack names it.")] = "",
    allocate: Annotated[list[str], typer.Option(help="ITEM=AMOUNT or ITEM=AMOUNT+DISCOUNT; repeat to split.")] = [],  # noqa: B006 (typer reads it)
    reject: Annotated[bool, typer.Option("--reject", help="Reject what the rules propose.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Leave the receipt unapplied for now.")] = False,
    undo: Annotated[int, typer.Option(help="Number of the decision to undo.")] = 0,
    person: Annotated[str, typer.Option("--as", help="Who decides, when it is not the owner of this account.")] = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Decide on a receipt: allocate it by hand, reject, hold, note, or undo; the next close takes it in."""
    from arwork.decide import acting_person, decide
    from arwork.errors import InputError

    chosen = [name for name, given in (("ALLOCATE", allocate), ("REJECT", reject), ("HOLD", hold), ("UNDO", undo)) if given]
    if len(chosen) > 1:
        raise InputError(f"one decision at a time, not {' and '.join(chosen)}", cure="Run the command once for each.")
    action = chosen[0] if chosen else "NOTE"
    event = decide(
        params, outputs, action=action, receipt=receipt, splits=allocate, undoes=undo, reason=reason, person=acting_person(person)
    )
    typer.echo(f"recorded as decision {event.seq}: {event.action} by {event.by} ({event.known_by})")
    typer.echo("the next `arwork close` takes it in")


if __name__ == "__main__":
    main()
