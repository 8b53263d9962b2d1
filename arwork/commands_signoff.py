"""Commands of sign-off: `arwork prepare`, `review`, `certify`, `return` and `reopen`, of a pack or of one reconciliation in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arwork.show.markup import visible
from arwork.show.numbers import plural

Target = Annotated[Path, typer.Argument(help="Folder of a pack, or the params of its close: then its newest run.")]
Why = Annotated[str, typer.Option("--reason", help="Why; kept for good.")]
Part = Annotated[str, typer.Option("--reconciliation", help="One reconciliation by its id; without it all that are so far.")]
As = Annotated[str, typer.Option("--as", help="Who signs, when it is not the owner of this account.")]
Key = Annotated[Path | None, typer.Option(envvar="ARWORK_SIGNING_KEY", help="SSH key that signs; also by ARWORK_SIGNING_KEY.")]
ParamsOf = Annotated[Path | None, typer.Option("--params", help="Params of the close, where a pack is named and they are not found.")]
Outputs = Annotated[Path, typer.Option(help="Folder that holds the packs.")]


def register_sign_off(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for name, command in (
        ("prepare", prepare_command), ("review", review_command), ("certify", certify_command), ("return", return_command),
        ("reopen", reopen_command),
    ):  # fmt: skip
        app.command(name)(command)


def prepare_command(
    target: Target,
    reason: Why,
    reconciliation: Part = "",
    automatic: Annotated[bool, typer.Option("--automatic", help="Only what ties without an item; never at quarter or year end.")] = False,
    person: As = "",
    key: Key = None,
    params: ParamsOf = None,
    outputs: Outputs = Path("outputs"),
) -> None:
    """Sign as preparer: complete, supported, aged."""
    _sign("PREPARE", target, reconciliation, reason, person, key, params, outputs, automatic)


def review_command(
    target: Target, reason: Why, reconciliation: Part = "", person: As = "", key: Key = None, params: ParamsOf = None,
    outputs: Outputs = Path("outputs"),
) -> None:  # fmt: skip
    """Sign as reviewer; never who prepared, or decided on a receipt in the pack."""
    _sign("REVIEW", target, reconciliation, reason, person, key, params, outputs)


def certify_command(
    target: Target, reason: Why, reconciliation: Part = "", person: As = "", key: Key = None, params: ParamsOf = None,
    outputs: Outputs = Path("outputs"),
) -> None:  # fmt: skip
    """Certify; when all reconciliations of a pack are certified, its period is locked."""
    _sign("CERTIFY", target, reconciliation, reason, person, key, params, outputs)


def return_command(
    target: Target, reason: Why, reconciliation: Part = "", person: As = "", key: Key = None, params: ParamsOf = None,
    outputs: Outputs = Path("outputs"),
) -> None:  # fmt: skip
    """Give a prepared reconciliation back to its preparer, with the reason."""
    _sign("RETURN", target, reconciliation, reason, person, key, params, outputs)


def reopen_command(
    target: Target, reason: Why, reconciliation: Part = "", person: As = "", key: Key = None, params: ParamsOf = None,
    outputs: Outputs = Path("outputs"),
) -> None:  # fmt: skip
    """Open what was certified; the certificate stays on record, and the period can be closed again."""
    _sign("REOPEN", target, reconciliation, reason, person, key, params, outputs)


def _sign(
    act: str, target: Path, reconciliation: str, reason: str, person: str, key: Path | None, params: Path | None, outputs: Path,
    automatic: bool = False,
) -> None:  # fmt: skip
    from arwork.decide import acting_person
    from arwork.signing import Act, sign_off

    done = sign_off(target, outputs, Act(act, reconciliation, reason, acting_person(person), key, automatic), params)
    event = done.event
    names = event.body["reconciliations"]
    typer.echo(visible(f"recorded as event {event.seq}: {act} by {event.by} ({event.known_by}), {plural(len(names), 'reconciliation')}"))
    if not key:
        typer.echo("signed by no key: who signed is what the journal says. With --key it is proven by an SSH key.")
    if done.later:
        typer.echo(f"{plural(done.later, 'event')} came into the journal after this pack was built; they belong to a later run or period.")
    typer.echo(f"state: {done.far}")
    typer.echo(f"seal: {done.seal}")
    typer.echo(f"signed: {done.file.as_posix()}")
