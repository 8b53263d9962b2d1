"""The commands of misdirected money: `arwork transfers` shows it and writes the approved entries, `arwork transfer` records an approval (EX-40)."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arwork.commands_money_back import Now, Outputs, ParamsFile, now_of, with_step
from arwork.show.markup import visible
from arwork.show.numbers import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from arwork.params import Params

_COLUMNS = (
    "receipt_id", "step", "line", "ledger_id", "company_code", "account", "customer_id", "item", "currency", "amount", "value_date",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands of misdirected money to the command line."""
    app.command("transfers")(transfers_command)
    app.command("transfer")(transfer_command)


def transfers_command(
    params: ParamsFile,
    out: Annotated[Path | None, typer.Option(help="Folder to write into; beside the packs unless stated.")] = None,
    outputs: Outputs = Path("outputs"),
) -> None:
    """Show every misdirected payment and who approved it, and write the entries that both ledgers approved; nothing is posted."""
    from arwork.keeping import params_of
    from arwork.pack.digest import sha256, write_once
    from arwork.pack.plan import journal_store

    settings = params_of(params)
    with closing(journal_store(settings, params)) as journal:
        now = now_of(settings, outputs, journal)
    for row in now.tables["misdirected"].to_dict("records"):
        typer.echo(f"{visible(row['receipt_id'])}: {visible(row['sentence'])}")
    entries = now.tables["misdirected_entries"].loc[lambda e: e["state"] == "APPROVED"]
    if entries.empty:
        typer.echo("no entries written: no transfer is approved by both ledgers (arwork transfer PARAMS RECEIPT APPROVED --for LEDGER)")
        return
    data = _as_csv(entries, now.params)
    target = (
        out or outputs / settings.close / f"{settings.period}.transfers"
    ) / f"entries-{now.run.name}-{len(now.events):06d}-{sha256(data)[:8]}.csv"
    if not target.exists():
        write_once(target, data)
    typer.echo(f"entries of {plural(entries['receipt_id'].nunique(), 'transfer')}: {target.as_posix()}; SHA-256 {sha256(data)}")


def _as_csv(entries: pd.DataFrame, params: Params) -> bytes:
    """Write entries as CSV: exact decimals, debit above zero; what outside text holds is defused."""
    import csv
    import io

    from arwork.breaks.misdirected import in_order
    from arwork.pack.exports import defused

    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in in_order(entries)[list(_COLUMNS)].to_dict("records"):
        exact = {"amount": params.units.text(int(row["amount"]), row["currency"]), "value_date": f"{row['value_date']:%Y-%m-%d}"}
        writer.writerow([exact.get(name) or defused(str(row[name])) for name in _COLUMNS])
    return held.getvalue().encode("utf-8")


def transfer_command(
    params: ParamsFile,
    receipt: Annotated[str, typer.Argument(help="The misdirected receipt, as the pack names it.")],
    step: Annotated[str, typer.Argument(help="APPROVED or REJECTED.")],
    book: Annotated[str, typer.Option("--for", help="The ledger for which you act, such as FIN or FIN/2000.")],
    reason: Annotated[str, typer.Option(help="Why; kept for good.")],
    person: Annotated[str, typer.Option("--as", help="Who acts, when it is not the owner of this account.")] = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Approve for one ledger that misdirected money goes to the other, or reject it; each ledger's supervisor does it for that ledger."""
    from datetime import UTC, datetime

    from arwork.decide import acting_person
    from arwork.errors import InputError
    from arwork.keeping import params_of
    from arwork.pack.plan import journal_store

    settings, who = params_of(params), acting_person(person)
    with closing(journal_store(settings, params)) as journal:
        now = now_of(settings, outputs, journal)
        body = _body(now, receipt, step.upper(), book)
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        after, tried = with_step(now, "TRANSFER", body, moment, who.name, reason)
        if not tried["counts"]:
            raise InputError(f"this step does not count: {tried['why_not']}", cure="Let the supervisor of that ledger do it.")
        event = journal.append(
            seen=len(now.events), at=moment, by=who.name, known_by=who.known_by, action="TRANSFER", body=body, reason=reason,
        )  # fmt: skip
    typer.echo(f"recorded as decision {event.seq}: {visible(receipt)} {body['step']} for {body['ledger']} by {event.by} ({event.known_by})")
    typer.echo(visible(_row(after, receipt)["sentence"]))


def _body(now: Now, receipt: str, step: str, book: str) -> dict[str, Any]:
    """Write the event of a step: the side it is for, and the terms as they stand."""
    from arwork.breaks.transfer_standing import TERMS
    from arwork.errors import InputError

    row = _row(now, receipt)
    if row["settlement"] != "TRANSFER":
        raise InputError(
            f"{receipt} is not handed on: {row['sentence']}", cure="Say first where it belongs, by an allocation, or return it."
        )
    sides = {"FROM": (row["ledger_id"], row["company_code"]), "TO": (row["to_ledger"], row["to_company"])}
    fits = [side for side, one in sides.items() if book in (one[0], "/".join(one))]
    if len(fits) != 1:
        names = " or ".join("/".join(one) for one in sides.values())
        raise InputError(f"{book!r} is not one side of this transfer", cure=f"Use --for {names}.")
    ledger, company = sides[fits[0]]
    terms = {name: int(row[name]) if name == "amount" else str(row[name]) for name in TERMS}
    return {"transfer": receipt, "step": step, "side": fits[0], "ledger": ledger, "company_code": company, **terms}


def _row(now: Now, receipt: str) -> Mapping[Any, Any]:
    from arwork.errors import InputError

    rows = now.tables["misdirected"][now.tables["misdirected"]["receipt_id"] == receipt].to_dict("records")
    if not rows:
        raise InputError(f"{receipt!r} is not misdirected in the newest run", cure="See arwork transfers PARAMS.")
    return rows[0]
