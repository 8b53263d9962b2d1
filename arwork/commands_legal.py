"""The command of the pre-legal file: `arwork pre-legal PARAMS --customer ID` writes one indexed bundle beside the pack (CO-60)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

    from arwork.pack.prelegal_file import Added
    from arwork.params import Params

LARGEST = 50_000_000
"""Bytes that a document may have."""


def register_legal(app: typer.Typer) -> None:
    """Add `arwork pre-legal` to the command line."""
    app.command("pre-legal")(prelegal_command)


def prelegal_command(
    params: Annotated[Path, typer.Argument(help="The params file of the close, such as params/demo.yaml.")],
    customer: Annotated[str, typer.Option(help="Number of the customer; without it, the files that are due are listed.")] = "",
    ledger: Annotated[str, typer.Option(help="Ledger, where the number stands in several.")] = "",
    company: Annotated[str, typer.Option(help="Company code, where the number stands in several.")] = "",
    documents: Annotated[
        Path | None, typer.Option(help="Folder of documents to add; each name begins with its part: 05-delivery.pdf.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write into; beside the packs unless stated.")] = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Print the file as PDF too (needs the extra pdf).")] = True,
    outputs: Annotated[Path, typer.Option(help="Folder that holds the packs.")] = Path("outputs"),
) -> None:
    """Write the pre-legal file of a customer: index, one PDF, every document as CSV, and what is missing with who gets it."""
    from arwork.errors import InputError
    from arwork.keeping import params_of
    from arwork.pack.digest import write_once
    from arwork.pack.prelegal_file import Case, bundle, folder_of, listing
    from arwork.show.markup import visible

    settings = params_of(params)
    run, tables = _tables(settings, params, outputs)
    if not customer:
        _list_due(tables, settings.as_of)
        return
    account = _account(tables["customers"], customer, ledger, company)
    name = next((one.name for one in settings.ledgers if (one.ledger, one.company_code) == account[:2]), "")
    added = _added(documents)
    made = bundle(Case(tables, account, name, settings.units, settings.as_of, run.name, added))
    target = (out or outputs / settings.close / f"{settings.period}.prelegal" / run.name) / folder_of(account)
    if target.exists():
        raise InputError("is there already and stays as it is", where=target.as_posix(), cure="Name another folder with --out.")
    pieces = {**made.pieces, **_printed(made.pieces["file.html"], visible(customer), params.parent, pdf=pdf)}
    for piece, data in {**pieces, "SHA256SUMS": listing(pieces)}.items():
        write_once(target / piece, data)
    given = [one.place for one in added]
    for row in made.parts[(made.parts["status"] == "ADD") & ~made.parts["place"].isin(given)].to_dict("records"):
        typer.echo(visible(f"missing {row['place']:>2} {row['title']}: {row['note']}"))
    share = made.held * 100 // made.asked
    going = "may go to legal" if made.ready else "may not go yet"
    typer.echo(f"{made.held} of {made.asked} mandatory parts ({share} %): {going}; {len(pieces) + 1:,} files in {target.as_posix()}")


def _tables(settings: Params, file: Path, outputs: Path) -> tuple[Path, Mapping[str, pd.DataFrame]]:
    """Open the newest run, with the promises, contacts and disputes of the journal as that run took them in."""
    from contextlib import closing

    from arwork.decide import newest_run
    from arwork.journal.followed import follow
    from arwork.journal.lines import parse
    from arwork.pack.plan import journal_store
    from arwork.pack.prelegal_parts import READ
    from arwork.pack.record import read_tables

    with closing(journal_store(settings, file)) as journal:
        run, _ = newest_run(settings, outputs, journal.events())
    t = read_tables(run, READ)
    taken = parse((run / "journal.jsonl").read_text(encoding="utf-8"), "journal.jsonl")
    said = follow(taken, t["promises"], t["contacts"], t["disputes"], t["customers"])
    return run, {**t, "promises": said.promises, "contacts": said.contacts, "disputes": said.disputes}


def _list_due(tables: Mapping[str, pd.DataFrame], day: date) -> None:
    from arwork.collect.prelegal import assemble, candidates, completeness, index
    from arwork.show.markup import visible

    names = tables["customers"].set_index(["ledger_id", "company_code", "customer_id"])["name"]
    due = candidates(tables, day)
    for account in due:
        held, asked, _ = completeness(index(assemble(tables, account, day)))
        typer.echo(visible(f"{account[0]} {account[1]} {account[2]:<12} {held} of {asked} mandatory parts  {names.get(account, '')}"))
    typer.echo(f"{len(due):,} files are due; --customer writes one")


def _account(customers: pd.DataFrame, customer: str, ledger: str, company: str) -> tuple[str, ...]:
    """Return the one account of a number; InputError when there is none, or when several could be meant."""
    from arwork.errors import InputError

    hit = (customers["customer_id"] == customer) & customers["ledger_id"].isin([ledger] if ledger else customers["ledger_id"])
    hit &= customers["company_code"].isin([company] if company else customers["company_code"])
    found = list(customers.loc[hit, ["ledger_id", "company_code", "customer_id"]].itertuples(index=False, name=None))
    if not found:
        raise InputError(f"there is no customer {customer!r} in the newest run", cure="Take the number from the customer master.")
    if len(found) > 1:
        rivals = ", ".join(f"{row[0]} {row[1]}" for row in found)
        raise InputError(f"customer {customer!r} stands in {rivals}; claims of two books are two files", cure="Add --ledger or --company.")
    return tuple(map(str, found[0]))


def _added(folder: Path | None) -> tuple[Added, ...]:
    """Read the documents that a person gathered; InputError for a name without a part, a folder inside, or a file that is too large."""
    from arwork.errors import InputError
    from arwork.pack.prelegal_file import added_of

    if folder is None:
        return ()
    if not folder.is_dir():
        raise InputError("is no folder", where=folder.as_posix(), cure="Name the folder that holds the documents.")
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            raise InputError("is no plain file of at most 50 MB", where=path.as_posix(), cure="Take it out of the folder.")
        found.append(added_of(path.name, path.read_bytes()))
    return tuple(found)


def _printed(data: bytes, customer: str, beside: Path, *, pdf: bool) -> dict[str, bytes]:
    """Print the file as one PDF, where that is wanted and installed; without it the HTML stands alone (said)."""
    if not pdf:
        return {}
    try:
        from arwork.pack.letters_pdf import fonts, page_pdf
    except ImportError:
        typer.echo("no PDF: the extra [pdf] is not installed; file.html is there")
        return {}
    found: Any = fonts(beside / "letters" / "fonts")
    return {"file.pdf": page_pdf(data, f"the pre-legal file of {customer}", found)}
