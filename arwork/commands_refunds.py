"""The commands of refunds: `arwork refunds` writes their papers and the payment file, `arwork refund` records a step of one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arwork.commands_money_back import Now, Outputs, ParamsFile, now_of, with_step
from arwork.show.markup import visible
from arwork.show.numbers import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from arwork.pack.refund_papers import Papers
    from arwork.params import Params

_DONE = ("REJECTED", "CONFIRMED")


def register(app: typer.Typer) -> None:
    """Add the commands of refunds to the command line."""
    app.command("refunds")(refunds_command)
    app.command("refund")(refund_command)


def refunds_command(
    params: ParamsFile,
    out: Annotated[Path | None, typer.Option(help="Folder to write into; beside the packs unless stated.")] = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Write forms and letters as PDF too (needs the extra pdf).")] = True,
    outputs: Outputs = Path("outputs"),
) -> None:
    """Write the papers of every refund of the newest run, and one payment file of those approved; nothing is sent."""
    from arwork.errors import InputError
    from arwork.keeping import params_of
    from arwork.pack.digest import write_once
    from arwork.pack.plan import journal_store
    from arwork.pack.refund_papers import folder_of, refund_papers

    settings = params_of(params)
    with closing(journal_store(settings, params)) as journal:
        now = now_of(settings, outputs, journal)
    name = f"{now.run.name}-{len(now.events):06d}"
    target = out or outputs / settings.close / f"{settings.period}.refunds" / name
    if target.exists() and any(target.iterdir()):
        raise InputError("is there already and stays as it is", where=target.as_posix(), cure="Name another folder with --out.")
    papers, printer = _papers(now, params.parent), _printer(pdf, params.parent)
    rows = now.tables["refunds"].loc[lambda r: ~r["state"].isin(_DONE)].to_dict("records")
    made = {row["refund_id"]: _with_pdfs(refund_papers(row, papers), printer, row["refund_id"]) for row in rows}  # all or none
    for row in rows:
        for file, data in made[row["refund_id"]].items():
            write_once(target / folder_of(row["refund_id"]) / file, data)
        amount = f"{settings.units.text(int(row['refund_amount']), row['currency'])} {row['currency']}"
        typer.echo(f"{visible(row['refund_id'])}: {row['state']}, {amount}, {folder_of(row['refund_id'])}: {visible(row['next_action'])}")
    if rows:
        write_once(target / "index.csv", _index(rows, settings))
    typer.echo(f"{plural(len(rows), 'refund')} in {target.as_posix()}; index.csv says which folder is whose")
    _pay(now, target)


def _index(rows: Sequence[Mapping[Any, Any]], params: Params) -> bytes:
    """List which folder holds which refund, for whom, how much, where it stands and what is next."""
    import csv
    import io

    from arwork.pack.exports import defused
    from arwork.pack.refund_papers import folder_of

    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(("folder", "refund", "customer", "name", "currency", "amount", "state", "next"))
    for row in rows:
        texts = [folder_of(row["refund_id"]), *(row[name] for name in ("refund_id", "customer_id", "customer_name", "currency"))]
        amount = params.units.text(int(row["refund_amount"]), row["currency"])
        writer.writerow([*map(defused, texts), amount, row["state"], defused(row["next_action"])])
    return held.getvalue().encode("utf-8")


def _pay(now: Now, target: Path) -> None:
    """Write the payment file of the approved refunds, once it passes its own rules."""
    from datetime import UTC, datetime

    from arwork.dates import business_days_after
    from arwork.errors import StoppedError
    from arwork.pack.digest import sha256, write_once
    from arwork.pack.pain001 import payment_file
    from arwork.pack.pain001_check import faults

    created = datetime.now(UTC)
    accounts: dict[tuple[str, str, str], list[str]] = {}
    for entry in now.params.ledgers:
        for bank in entry.bank_accounts:
            accounts.setdefault((entry.ledger, entry.company_code, bank.currency), []).append(bank.account)
    approved = now.tables["refunds"].loc[lambda r: r["state"] == "APPROVED"].to_dict("records")
    off = frozenset().union(*now.params.off.values())
    made = payment_file(approved, _companies(now.params), accounts, created, business_days_after(created.date(), 1, off), now.params.units)
    for refund, why in made.left_out.items():
        typer.echo(f"not in the payment file: {visible(refund)}: {visible(why)}")
    if not made.data:
        typer.echo("no payment file: no refund is approved")
        return
    wrong = faults(made.data)
    if wrong:
        raise StoppedError(f"the payment file breaks its rules: {'; '.join(wrong[:5])}", cure="Nothing was written of it; report this.")
    file = target / f"payments-{made.message_id}.xml"
    write_once(file, made.data)
    sums = ", ".join(f"{now.params.units.text(minor, code)} {code}" for code, minor in made.totals.items())
    typer.echo(f"payment file: {file.as_posix()}: {plural(len(made.refund_ids), 'payment')}, {sums}; SHA-256 {sha256(made.data)}")
    typer.echo("hand it to the bank yourself, then record the step RELEASED of each refund in it")


def refund_command(
    params: ParamsFile,
    refund: Annotated[str, typer.Argument(help="The refund, as the pack names it: RF:...")],
    step: Annotated[str, typer.Argument(help="DOCUMENTED, APPROVED, RELEASED, PAID, CONFIRMED, REJECTED, HOLD or BOUNCED.")],
    reason: Annotated[str, typer.Option(help="Why; kept for good.")],
    document: Annotated[
        list[str], typer.Option(help="REQUEST, NOTICE, BANK_PROOF, CREDIT_MEMO, BANK_LETTER, PORTAL, CALLBACK or TAX_NOTE; repeat.")
    ] = [],  # noqa: B006 (typer reads it)
    waive: Annotated[list[str], typer.Option(help="With APPROVED: a document of the checklist that is waived; repeat.")] = [],  # noqa: B006
    lift: Annotated[list[str], typer.Option(help="With APPROVED: a rule whose hold is lifted, such as RF-06; repeat.")] = [],  # noqa: B006
    account: Annotated[str, typer.Option(help="Account to pay, where it is not the originating one (RF-05).")] = "",
    second_person: Annotated[str, typer.Option(help="Who called the customer back (RF-05).")] = "",
    person: Annotated[str, typer.Option("--as", help="Who acts, when it is not the owner of this account.")] = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Record a step of a refund: refused where it does not follow, or where this person may not do it (RF-09)."""
    from datetime import UTC, datetime

    from arwork.decide import acting_person
    from arwork.errors import InputError
    from arwork.keeping import params_of
    from arwork.pack.plan import journal_store
    from arwork.states import MACHINES

    if step.upper() not in MACHINES["refund"]:
        raise InputError(f"{step!r} is no step of a refund", cure="See `arwork refund --help`.")
    settings, who = params_of(params), acting_person(person)
    body: dict[str, Any] = {"refund": refund, "step": step.upper()}
    lists = (("documents", document), ("waived", waive), ("lifts", lift))
    body |= {name: [one.upper() for one in given] for name, given in lists if given}
    body |= {name: given for name, given in (("account", account), ("second_person", second_person)) if given}
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    with closing(journal_store(settings, params)) as journal:
        now = now_of(settings, outputs, journal)
        row = _row(now, refund)
        if body["step"] == "APPROVED":
            body |= {"amount": int(row["refund_amount"]), "currency": row["currency"], "tier": int(row["tier"])}
        after, tried = with_step(now, "REFUND", body, moment, who.name, reason)
        _refuse(now, row, body, tried, who.name)
        event = journal.append(
            seen=len(now.events), at=moment, by=who.name, known_by=who.known_by, action="REFUND", body=body, reason=reason
        )  # fmt: skip
    typer.echo(f"recorded as decision {event.seq}: {visible(refund)} {body['step']} by {event.by} ({event.known_by})")
    stands = _row(after, refund)
    typer.echo(f"state {stands['state']}; next: {visible(stands['next_action'])}")


def _refuse(now: Now, row: Mapping[Any, Any], body: Mapping[str, Any], tried: Mapping[Any, Any], person: str) -> None:
    """Refuse a step that would not count, and an approval beyond the person's limit (RF-08, RF-09)."""
    from arwork.errors import InputError
    from arwork.journal.people import people_of

    if not tried["counts"]:
        raise InputError(f"this step does not count: {tried['why_not']}", cure="Let somebody else do it, or record the step before it.")
    if body["step"] in ("APPROVED", "RELEASED") and row["state"] == "HOLD":
        lifted = set(body.get("lifts", ()))
        left = [rule for rule in str(row["holds"]).split() if rule not in lifted]
        if left:
            raise InputError(
                f"it is held by {', '.join(left)}: {row['hold_reason']}", cure="Clear the hold first, or lift what may be lifted."
            )
    if body["step"] == "APPROVED":
        member = people_of(now.events).find(person)
        limit = member.limits.get(row["tier_currency"]) if member else None
        if limit is not None and int(row["tier_amount"]) > limit:
            raise InputError(
                f"{person} approves up to {now.params.units.text(limit, row['tier_currency'])} {row['tier_currency']}",
                cure=f"Level {row['tier']} approves this: {row['approver']}.",
            )  # fmt: skip


def _row(now: Now, refund: str) -> Mapping[Any, Any]:
    from arwork.errors import InputError

    rows = now.tables["refunds"][now.tables["refunds"]["refund_id"] == refund].to_dict("records")
    if rows:
        return rows[0]
    if refund.startswith("RF:") and refund[3:] in set(now.tables["receipts"]["receipt_id"]):
        return {"refund_id": refund, "state": "CANDIDATE", "holds": "", "refund_amount": 0, "currency": "", "tier": 1, "next_action": ""}
    raise InputError(f"there is no refund {refund!r} in the newest run", cure="Take the id from the pack's refunds.")


def _companies(params: Params) -> dict[tuple[str, str], str]:
    return {(entry.ledger, entry.company_code): entry.name for entry in params.ledgers}


def _papers(now: Now, beside: Path) -> Papers:
    """Read the templates, the team's own before those that ship, and gather what the papers are made from."""
    from arwork.intake.received import take
    from arwork.intake.shipped import shipped
    from arwork.pack.refund_papers import TEMPLATES, Papers

    texts = {}
    for name in TEMPLATES:
        own = beside / "refunds" / name
        texts[name] = take(own if own.is_file() else shipped("params", "refunds") / name).data.decode("utf-8-sig")
    return Papers(now.tables, _companies(now.params), now.params.units, now.params.as_of, now.run.name, texts)


def _with_pdfs(papers: Mapping[str, bytes], printer: Any, refund: str) -> dict[str, bytes]:
    """Put the PDF of each page that people sign or send beside it, where PDFs are wanted."""
    pages = ("approval.html", "letter.html") if printer else ()
    return {**papers, **{name.replace(".html", ".pdf"): printer(papers[name], f"{name} of {refund}") for name in pages if name in papers}}


def _printer(wanted: bool, beside: Path) -> Any:
    """Return what prints a page under a name, or nothing where it is not wanted or not installed (said); fonts may lie beside the params."""
    if not wanted:
        return None
    try:
        from arwork.pack.letters_pdf import fonts, page_pdf
    except ImportError:
        typer.echo("no PDF: the extra [pdf] is not installed; the HTML pages are there")
        return None
    found = fonts(beside / "letters" / "fonts")
    return lambda data, name: page_pdf(data, name, found)
