"""Commands for what customers and auditors ask: `arwork reconcile`, `arwork known-on`, `arwork since`. They import what they run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from arwork.intake.their_statement import TheirStatement
    from arwork.params import Params
    from arwork.reconcile.customer import CustomerRecon

ParamsFile = Annotated[Path, typer.Argument(help="The params file of the close, such as params/demo.yaml.")]
Outputs = Annotated[Path, typer.Option(help="Folder that holds the packs.")]


def register_reconcile(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("reconcile")(reconcile_command)
    app.command("known-on")(known_on_command)
    app.command("since")(since_command)


def reconcile_command(
    params: ParamsFile,
    customer: Annotated[str, typer.Option(help="The customer's number, as the ledger writes it.")],
    statement: Annotated[Path, typer.Option(help="The customer's own statement, CSV or XLSX.")],
    date: Annotated[str, typer.Option(help="Key date; the statement's day, else the key date of the close.")] = "",
    balance: Annotated[str, typer.Option(help="The balance that the customer states, where the file does not: 1234.50.")] = "",
    signs: Annotated[str, typer.Option(help="ours: positive is what the customer owes; theirs: negative is. Blank: by common documents.")] = "",
    ledger: Annotated[str, typer.Option(help="Only this ledger, where the customer has accounts in several.")] = "",
    currency: Annotated[str, typer.Option(help="Currency of a statement that names none.")] = "",
    layout: Annotated[str, typer.Option(help="A layout beside the params that reads their_items, where headings are not recognised.")] = "",
    decimal: Annotated[str, typer.Option(help="Decimal separator of the statement, where it is not clear.")] = "",
    dates: Annotated[str, typer.Option(help="How the statement writes days, such as DD.MM.YYYY, where it is not clear.")] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of text that is not UTF-8, such as cp1252.")] = "",
    sheet: Annotated[str, typer.Option(help="Worksheet of an XLSX file that has several.")] = "",
    write: Annotated[bool, typer.Option("--write/--no-write", help="Write the reply and the workbook beside the run.")] = True,
    outputs: Outputs = Path("outputs"),
) -> None:  # fmt: skip
    """Reconcile a customer's own statement with our account, on the tables of the newest run; class every difference, draft the reply."""
    from contextlib import closing

    from arwork.decide import newest_run
    from arwork.errors import InputError
    from arwork.intake.their_statement import Told
    from arwork.keeping import params_of
    from arwork.pack.customer_reply import printed
    from arwork.pack.plan import journal_store

    if signs not in ("", "ours", "theirs") or decimal not in ("", ".", ","):
        raise InputError("--signs is ours or theirs, --decimal is . or ,", cure="See `arwork reconcile --help`.")
    settings = params_of(params)
    with closing(journal_store(settings, params)) as journal:
        run, _ = newest_run(settings, outputs, journal.events())
    told = Told(currency.upper(), encoding, sheet, decimal, dates, layout)
    theirs, recon = _reconciled(settings, params, run, customer, statement, told, (date, balance, signs, ledger))
    for line in printed(recon, settings.units):
        typer.echo(line)
    if write:
        folder = _written(settings, params, run, theirs, recon)
        typer.echo(f"reply, workbook and tables: {folder.as_posix()}")
    if any(account.sheet.unexplained for account in recon.accounts):
        raise typer.Exit(1)


def _reconciled(
    params: Params, file: Path, run: Path, customer: str, statement: Path, told: Any, asked: tuple[str, str, str, str]
) -> tuple[TheirStatement, CustomerRecon]:
    """Read both sides and reconcile them."""
    from dataclasses import replace

    from arwork.dates import iso_date
    from arwork.intake.check import layouts_for
    from arwork.intake.received import take
    from arwork.intake.their_statement import kind_of, read_their_statement
    from arwork.pack.customer_files import customer_books
    from arwork.reconcile.customer import Stated, reconcile_customer

    date, balance, signs, ledger = asked
    layouts, chosen, _ = layouts_for(file.parent / "layouts", told.layout)
    received = take(statement)
    home = next((entry.currency for entry in params.ledgers if not ledger or entry.ledger == ledger), params.ledgers[0].currency)
    theirs = read_their_statement(received, layouts, replace(told, layout=chosen), home, params.units)
    lines = theirs.lines
    amounts = {abs(int(amount)) for amount in lines["amount"]}
    names = {*lines["reference"], *lines["their_no"]} - {""}
    books = replace(customer_books(run, customer, amounts, names, ledger), off=params.off)
    key_date = iso_date(date) if date else theirs.said_on or params.as_of
    closing = {**theirs.closing, **_balance(balance, lines, params)}
    words = {word: kind_of(word) for word in lines["kind"].unique()}
    stated = Stated(theirs.opening, closing, theirs.said_on)
    recon = reconcile_customer(books, lines, stated, words, key_date, params.policy, params.units, signs)
    return theirs, replace(recon, notes=(*theirs.notes, *recon.notes))


def _balance(said: str, lines: Any, params: Params) -> dict[str, int]:
    """Read the balance that a person states; of a statement in one currency only."""
    from decimal import Decimal, InvalidOperation

    from arwork.errors import InputError

    if not said:
        return {}
    codes = sorted(lines["currency"].unique())
    if len(codes) > 1:
        raise InputError(f"--balance is of one currency, the statement has {', '.join(codes)}", cure="Give the balance in the file.")
    try:
        return {codes[0]: params.units.minor(Decimal(said), codes[0])}
    except InvalidOperation:
        raise InputError(f"{said!r} is not an amount", cure="Write for example --balance 1234.50.") from None


def _written(params: Params, file: Path, run: Path, theirs: TheirStatement, recon: CustomerRecon) -> Path:
    """Write reply, workbook and tables beside the run, and return the folder."""
    from arwork.intake.shipped import shipped
    from arwork.pack.customer_files import customer_master, write_beside
    from arwork.pack.customer_reply import reply_html, reply_text, reply_values
    from arwork.pack.customer_workbook import customer_workbook
    from arwork.pack.letters import Templates
    from arwork.pack.record import parquet
    from arwork.pack.reply_words import words_of

    own = file.parent / "letters"
    templates = Templates(own if (own / "en" / "reply.html").is_file() else shipped("params", "letters"))
    first = recon.accounts[0].section
    name, address, language = customer_master(run, (first.ledger_id, first.company_code, recon.customer_id))
    words = words_of(templates, language, params.units)
    values = reply_values(recon, name, address, params, words)
    if words.note:
        typer.echo(f"note: {words.note}")
    sums = {"statement": theirs.name, "sha256": theirs.sha256, "run": run.name, "params": file.name}
    files = {
        "reply.html": reply_html(values, templates).encode(), "reply.txt": reply_text(values, words).encode(),
        "reconciliation.xlsx": customer_workbook(recon, name, theirs.lines, sums, params.units),
        "customer_differences.parquet": parquet("customer_differences", recon.table()),
        "their_items.parquet": parquet("their_items", theirs.lines),
    }  # fmt: skip
    return write_beside(run, files)


Pack = Annotated[Path, typer.Argument(help="The pack: its folder in outputs.")]
Most = Annotated[int, typer.Option(help="The most lines to print; the file holds all.")]
Out = Annotated[Path | None, typer.Option("--out", help="New CSV file for all lines.")]


def known_on_command(
    pack: Pack,
    key: Annotated[str, typer.Option("--key", help="Key date, such as 2026-02-28.")],
    known: Annotated[str, typer.Option("--known", help="The day on whose knowledge: what was entered later is left out.")],
    customer: Annotated[str, typer.Option(help="Only this customer.")] = "",
    most: Most = 40,
    out: Out = None,
) -> None:
    """Show subledger, ageing and reconciliations of any key date as known on any other day, and what came to be known since (CV-06, CV-07)."""
    from arwork.dates import iso_date
    from arwork.errors import InputError
    from arwork.pack.laid import read_plan
    from arwork.pack.record import read_tables
    from arwork.reconcile.as_known import as_known
    from arwork.show.numbers import money

    day, then = iso_date(key), iso_date(known)
    _, params = read_plan(pack)
    if day > params.as_of:
        raise InputError(f"{day} lies behind the key date of this pack, {params.as_of}", cure="Take a key date that the pack knows.")
    tables = read_tables(pack, ("open_items", "disputes", "allocations"))
    found = as_known(tables, day, then, params.policy, params.units, customer)
    typer.echo(f"open at {day}: as known on {then}, and as known by {pack.name}")
    for row in found.balances.to_dict("records"):
        code = row["local_currency"]
        figures = "".join(f"{money(row[name], code, params.units):>18}" for name in ("then", "now", "difference"))
        typer.echo(f"  {row['ledger_id']}/{row['company_code']} account {row['gl_account']:<8} {code}{figures}")
    for row in found.ageing.to_dict("records"):
        figures = "".join(f"{money(row[name], row['currency'], params.units):>18}" for name in ("then", "now"))
        typer.echo(f"  {row['ledger_id']}/{row['company_code']} {row['currency']} {row['bucket']:<14}{figures}")
    if found.undated:
        typer.echo(f"  {found.undated:,} lines have no entry date; their posting date stood in.")
    if customer:
        typer.echo("  reconciliations are of whole accounts; leave --customer out to see them.")
    else:
        _tell_recons(pack, params, day, then)
    _tell_changes(found.changes, most, out)


def _tell_recons(pack: Path, params: Params, key: Any, known: Any) -> None:
    """Print each line of the reconciliations that was otherwise then, their results, and what cannot be told."""
    from pandas import isna

    from arwork.dates import period_of, period_start
    from arwork.pack.record import read_parquet, read_tables
    from arwork.reconcile.bank import OPEN
    from arwork.reconcile.companies import between_of
    from arwork.reconcile.recons_known import NOT_TOLD, READS, recons_known
    from arwork.show.markup import visible
    from arwork.show.numbers import money

    own = period_of(key) == params.period
    places = {name: pack / "previous" / f"{name}.parquet" for name in OPEN}
    before = {name: read_parquet(name, path) for name, path in places.items() if own and path.is_file()}
    controls = [(entry.ledger, entry.company_code, account) for entry in params.ledgers for account in entry.control_accounts]
    start = params.start if own else period_start(period_of(key))
    tables, pairs = read_tables(pack, READS), between_of(params)
    found = recons_known(tables, before, controls, start, key, known, params.policy, params.units, pairs)
    for recon_id, rows in found.lines.groupby("recon_id", sort=False):
        alike = (rows["then"] == rows["now"]).fillna(value=False)
        moved, same = rows[rows["total"] | ~alike].astype(object), bool(alike.all())
        typer.echo(visible(f"  {recon_id}{': the same then and now' if same else ''}"))
        for row in () if same else moved.to_dict("records"):
            shown = ["not told" if isna(row[n]) else money(int(row[n]), row["currency"], params.units) for n in ("then", "now")]
            typer.echo(visible(f"    {row['mark']:<11}{row['label'][:56]:<58}{shown[0]:>18}{shown[1]:>18}"))
    for rule, why in found.untold:
        typer.echo(visible(f"  {rule} {'is not told' if (rule, why) in NOT_TOLD else 'please know'}: {why}."))


def since_command(
    pack: Pack,
    other: Annotated[Path | None, typer.Argument(help="The pack to compare with; the newest run beside it unless named.")] = None,
    most: Most = 40,
    out: Out = None,
) -> None:
    """Say line by line what changed in the subledger behind a pack's key date since it was signed, with user and document (CV-07)."""
    from arwork.comparing import newest_beside
    from arwork.errors import InputError
    from arwork.pack.laid import read_plan
    from arwork.pack.record import read_tables
    from arwork.pack.signed import read_sign_offs
    from arwork.reconcile.changes import changes_since

    newer = other or newest_beside(pack)
    (_, params), (_, there) = read_plan(pack), read_plan(newer)
    if params.close != there.close:
        raise InputError(f"{pack.name} is of {params.close}, {newer.name} of {there.close}", cure="Compare runs of one close.")
    before, now = (read_tables(run, ("open_items",))["open_items"] for run in (pack, newer))
    acts = read_sign_offs(pack).acts
    last = f"{acts[-1].action} by {acts[-1].by} on {acts[-1].at[:10]}" if acts else "it is not signed"
    typer.echo(f"{pack.name}, key date {params.as_of}; last sign-off: {last}; compared with {newer.name}")
    _tell_changes(changes_since(before, now, params.as_of, params.units), most, out)


def _tell_changes(changes: Any, most: int, out: Path | None) -> None:
    """Print changes line by line, largest effect first, with their sum by ledger currency; write all of them where asked."""
    import csv
    import io

    from arwork.money import ISO
    from arwork.pack.digest import write_once
    from arwork.pack.exports import defused
    from arwork.show.markup import visible

    ranked = (
        changes.assign(size=changes["effect_local"].abs()).sort_values(["size", "item_id"], ascending=[False, True]).drop(columns=["size"])
    )
    for row in ranked.head(most).to_dict("records"):
        effect = ISO.text(int(row["effect_local"]), row["local_currency"])
        typer.echo(visible(f"  {effect:>16} {row['local_currency']}  {row['customer_id']}  {row['sentence']}"))
    if len(ranked) > most:
        typer.echo(f"  and {len(ranked) - most:,} more lines; --out FILE writes all")
    for code, rows in ranked.groupby("local_currency", sort=True):
        typer.echo(f"{len(rows):,} lines changed, together {ISO.text(int(rows['effect_local'].sum()), str(code))} {code}")
    if ranked.empty:
        typer.echo("nothing changed")
    if out is not None:
        held = io.StringIO()
        writer = csv.writer(held, lineterminator="\n")
        writer.writerow(ranked.columns)
        for row in ranked.astype(object).where(ranked.notna(), "").itertuples(index=False, name=None):
            writer.writerow([defused(str(cell)) if isinstance(cell, str) else cell for cell in row])
        write_once(out, held.getvalue().encode())
        typer.echo(f"written: {out.as_posix()}")
