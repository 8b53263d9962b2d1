"""Commands around the desk: close with what has arrived, and find the trail of anything. Each imports what it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arwork.show.markup import visible
from arwork.show.numbers import plural

if TYPE_CHECKING:
    from arwork.close import Closed

_PAUSE = 2.0
"""Seconds between two looks at the sizes of arriving files."""


def close_inbox(params: list[Path], outputs: Path, inbox: Path, tell: Callable[[str, str], None]) -> Closed:
    """Close one month with what lies in a folder, and say what became of every file."""
    from time import sleep

    from arwork.errors import InputError
    from arwork.inbox import close_with_inbox
    from arwork.intake.inbox import LATER, NEW, REFUSED, SEEN

    if len(params) != 1:
        raise InputError("one params file goes with --inbox", cure="Close the others by themselves.")
    taken = close_with_inbox(params[0], outputs, inbox, tell, lambda: sleep(_PAUSE))
    words = {NEW: "taken in", SEEN: "skipped", LATER: "left for later", REFUSED: "refused, left where it is"}
    for one in taken.found:
        typer.echo(f"{words[one.state]}: {visible(one.path.name)}: {visible(one.why)}")
    for name in taken.replaced:
        typer.echo(f"replaced by a newer list: {visible(name)}")
    counts = ", ".join(f"{sum(one.state == state for one in taken.found):,} {word.split(',')[0]}" for state, word in words.items())
    typer.echo(f"inbox: {plural(len(taken.found), 'file')}: {counts}; this run is a draft until it is signed")
    return taken.closed


def register(app: typer.Typer) -> None:
    """Add the commands of the desk to the command line."""
    app.command("find")(find_command)


def find_command(
    text: Annotated[str, typer.Argument(help="An amount, a reference, a name, a customer or an account.")],
    outputs: Annotated[Path, typer.Option(help="Folder that holds the packs.")] = Path("outputs"),
    most: Annotated[int, typer.Option(help="How many lines of each pack to print.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a hit.")] = False,
) -> None:
    """Find the trail of an amount, reference, name or account in all packs: what, where, source line, state."""
    import json
    from dataclasses import asdict

    from arwork.pack.find import find

    found = find(text, outputs)
    if as_json:
        for hit in found:
            typer.echo(json.dumps(asdict(hit), ensure_ascii=False))
        return
    shown: dict[str, int] = {}
    for hit in found:
        shown[hit.pack] = shown.get(hit.pack, 0) + 1
        if shown[hit.pack] == 1:
            typer.echo(f"{hit.pack}")
        if shown[hit.pack] <= most:
            typer.echo(f"  {hit.what:<12} {visible(hit.said)}")
            typer.echo(f"  {'':<12} {hit.table} {visible(hit.row)}; {visible(hit.source)}; {visible(hit.state)}")
    for pack, count in shown.items():
        if count > most:
            typer.echo(f"{pack}: {count - most:,} more; ask for more with --most")
    typer.echo(f"{plural(len(found), 'hit')} in {plural(len(shown), 'pack')}")
