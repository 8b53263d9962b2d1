"""The command that opens the desk in JupyterLab. It imports what it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register_desk(app: typer.Typer) -> None:
    """Add `arwork desk` to the command line."""
    app.command("desk")(desk_command)


def desk_command(
    params: Annotated[Path, typer.Argument(help="The params file of the close, such as params/demo.yaml.")],
    person: Annotated[str, typer.Option("--as", help="Who decides, when it is not the owner of this account.")] = "",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser, or only print the address.")] = True,
    port: Annotated[int, typer.Option(help="Port on this machine; a free one unless stated.")] = 0,
    outputs: Annotated[Path, typer.Option(help="Folder that holds the packs.")] = Path("outputs"),
) -> None:
    """Open JupyterLab on what waits in a closed month: look, decide, split, undo; it ends with Ctrl+C."""
    import webbrowser

    from arwork.decide import acting_person
    from arwork.desk.launch import end_on_signals, lab, notebook_of, wait_for_end

    notebook = notebook_of(params, outputs, acting_person(person), person)
    end_on_signals()
    with lab(notebook.parent.parent, port) as there:
        address = there.show(notebook)
        typer.echo(f"desk: {address}")
        typer.echo("Keep this running; Ctrl+C ends the desk. A decision is on the disk the moment the desk says so.", err=True)
        if browser:
            webbrowser.open(address)
        wait_for_end()
