"""Commands that look after a close's journal and its people: `arwork journal ...` and `arwork people ...`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arwork.show.markup import visible

if TYPE_CHECKING:
    from arwork.keeping import Kept

journal_app = typer.Typer(no_args_is_help=True, help="Back up, restore, move and check the journal of decisions.")
people_app = typer.Typer(no_args_is_help=True, help="Who may decide, review and approve; set by two persons as soon as there are two.")

ParamsFile = Annotated[Path, typer.Argument(help="The params file of the close.")]
Name = Annotated[str, typer.Argument(help="The person.")]
Why = Annotated[str, typer.Option("--reason", help="Why; kept for good.")]
As = Annotated[str, typer.Option("--as", help="Who acts, when it is not the owner of this account.")]
Roles = Annotated[list[str], typer.Option("--role", help="preparer, reviewer, approver or auditor; repeat for several.")]


def _told(kept: Kept, what: str) -> None:
    typer.echo(f"{visible(kept.name)}: {kept.events:,} decisions {what}, head {kept.head}")
    for sentence in kept.doubts:
        typer.echo(f"please look: {visible(sentence)}")


@journal_app.command("backup")
def backup_command(params: ParamsFile, file: Annotated[Path, typer.Argument(help="New file, ending .jsonl.")]) -> None:
    """Write all decisions, with their chain, into a new file of lines; keep the head that is printed somewhere else."""
    from arwork.keeping import backup

    _told(backup(params, file), "written and read back")


@journal_app.command("restore")
def restore_command(params: ParamsFile, file: Annotated[Path, typer.Argument(help="A backup, or journal.jsonl of a pack.")]) -> None:
    """Put a backup into an empty journal, or what is missing behind its beginning; nothing there is replaced."""
    from arwork.keeping import restore

    _told(restore(params, file), "restored")


@journal_app.command("move")
def move_command(
    params: ParamsFile,
    to: Annotated[str, typer.Option(help="A file ending .sqlite or .jsonl beside the params, or postgresql://user@host/database.")] = "",
) -> None:
    """Move the journal to another kind of store; its hashes stay, and the old file takes no more decisions."""
    from arwork.keeping import move, params_of

    place = to or f"{params_of(params).close}.journal.sqlite"
    _told(move(params, place), "moved")
    typer.echo(f"write in {params.as_posix()}: journal: {place}")


@journal_app.command("check")
def check_command(
    params: ParamsFile, outputs: Annotated[Path, typer.Option(help="Folder that holds the packs.")] = Path("outputs")
) -> None:
    """Check the chain, the database, and that every pack's decisions are still there; exit 0 or 3."""
    from arwork.keeping import check_journal

    _told(check_journal(params, outputs), "whole, and every pack's decisions among them")


@journal_app.command("roles")
def roles_command(schema: Annotated[str, typer.Option(help="Schema of the journal, one a journal.")] = "arwork") -> None:
    """Print the SQL that makes a journal's tables on a PostgreSQL server, and roles that may only insert and look."""
    from arwork.journal.roles import roles_sql

    typer.echo(roles_sql(schema))


@people_app.command("list")
def list_command(params: ParamsFile) -> None:
    """Show the people, their roles, limits and logins, and changes that wait for a second person."""
    from arwork.journal.keys import fingerprint
    from arwork.keeping import params_of, people
    from arwork.show.numbers import money

    units, found = params_of(params).units, people(params)
    for member in sorted(found.members.values(), key=lambda m: m.name):
        limits = "".join(f"; up to {money(amount, code, units)} {code}" for code, amount in sorted(member.limits.items()))
        logins = f"; also {', '.join(member.logins)}" if member.logins else ""
        keys = f"; acts by key {', '.join(map(fingerprint, member.keys))}" if member.keys else ""
        typer.echo(visible(f"{member.name}: {', '.join(member.roles)}{limits}{logins}{keys}"))
    if not found.members:
        typer.echo("nobody is named: everybody who can write the journal may decide")
    for seq, event in sorted(found.pending.items()):
        typer.echo(visible(f"waits for a second person: {seq}: {event.body['step']} {event.body['person']}, by {event.by}: {event.reason}"))


@people_app.command("add")
def add_command(params: ParamsFile, name: Name, role: Roles, reason: Why, person: As = "") -> None:
    """Add a person."""
    _change(params, {"step": "add", "person": name, "roles": role}, reason, person)


@people_app.command("remove")
def remove_command(params: ParamsFile, name: Name, reason: Why, person: As = "") -> None:
    """Remove a person; what they decided stays."""
    _change(params, {"step": "remove", "person": name}, reason, person)


@people_app.command("role")
def role_command(params: ParamsFile, name: Name, role: Roles, reason: Why, person: As = "") -> None:
    """Give a person other roles in place of theirs."""
    _change(params, {"step": "role", "person": name, "roles": role}, reason, person)


@people_app.command("limit")
def limit_command(
    params: ParamsFile,
    name: Name,
    amount: Annotated[str, typer.Argument(help="The most this person approves, such as 1000.00.")],
    currency: Annotated[str, typer.Argument(help="ISO 4217 code.")],
    reason: Why,
    person: As = "",
) -> None:
    """Set the most a person may approve, in one currency."""
    from decimal import Decimal, InvalidOperation

    from arwork.errors import InputError
    from arwork.keeping import params_of

    try:
        minor = params_of(params).units.minor(Decimal(amount), currency)
    except InvalidOperation:
        raise InputError(f"{amount!r} is not an amount", cure="Write for example 1000.00.") from None
    _change(params, {"step": "limit", "person": name, "amount": minor, "currency": currency}, reason, person)


@people_app.command("same-person")
def same_person_command(
    params: ParamsFile,
    name: Name,
    login: Annotated[str, typer.Argument(help="Another login of this person.")],
    reason: Why,
    person: As = "",
) -> None:
    """Say that a login is this person too, so that it cannot count as a second one."""
    _change(params, {"step": "same-person", "person": name, "login": login}, reason, person)


@people_app.command("key")
def key_command(
    params: ParamsFile,
    name: Name,
    reason: Why,
    file: Annotated[Path | None, typer.Option(help="Public key of this person, such as id_ed25519.pub.")] = None,
    drop: Annotated[str, typer.Option(help="Fingerprint (SHA256:...) of a key that no longer counts.")] = "",
    person: As = "",
) -> None:
    """Give a person a key, or take one away; who has one acts only by key, and every decision is signed with it."""
    from arwork.errors import InputError

    if (file is None) == (not drop):
        raise InputError("name one key", cure="Give --file id_ed25519.pub, or --drop SHA256:...")
    if file is None:
        _change(params, {"step": "drop-key", "person": name, "key": drop}, reason, person)
        return
    if not file.is_file() or file.stat().st_size > 10_000:
        raise InputError("is no public key", where=file.as_posix(), cure="Name the .pub file, of one line.")
    _change(params, {"step": "key", "person": name, "key": file.read_text(encoding="utf-8", errors="replace").strip()}, reason, person)


@people_app.command("confirm")
def confirm_command(
    params: ParamsFile,
    number: Annotated[int, typer.Argument(help="The change, as `arwork people list` numbers it.")],
    reason: Why,
    person: As = "",
) -> None:
    """Confirm a change that another person proposed; only then it holds."""
    _change(params, {"confirms": number}, reason, person)


def _change(params: Path, body: dict[str, Any], reason: str, person: str) -> None:
    from arwork.decide import acting_person
    from arwork.keeping import change_people

    event, waits = change_people(params, body, reason=reason, person=acting_person(person))
    typer.echo(visible(f"recorded as decision {event.seq}: {event.body['step']} {event.body['person']} by {event.by} ({event.known_by})"))
    if waits:
        typer.echo(f"it holds once another person confirms it: arwork people confirm {params.as_posix()} {event.seq} --reason ...")
