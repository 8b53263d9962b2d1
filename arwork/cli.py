"""The command line. Each command imports what it runs, so that `arwork verify` starts without notebooks or pictures.

Exit codes: 0 done (work that waits for a person is the normal end), 1 done but a tie failed, 2 wrong use or bad input,
3 integrity broken, 4 stopped before the end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from arwork.commands_collect import register_collect
from arwork.commands_decide import register as register_decide
from arwork.commands_desk import close_inbox
from arwork.commands_desk import register as register_inbox
from arwork.commands_desk_view import register_desk
from arwork.commands_followups import register_followups
from arwork.commands_forecast import register as register_forecast
from arwork.commands_journal import journal_app, people_app
from arwork.commands_legal import register_legal
from arwork.commands_letters import register_letters
from arwork.commands_reconcile import register_reconcile
from arwork.commands_refunds import register as register_refunds
from arwork.commands_signoff import register_sign_off
from arwork.commands_transfers import register as register_transfers
from arwork.commands_verify import register_verify
from arwork.errors import ArworkError, StoppedError
from arwork.show.markup import visible
from arwork.show.numbers import plural

if TYPE_CHECKING:
    from arwork.close import Closed
    from arwork.intake.check import Report

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Cash application, reconciliation and evidence."
)
app.add_typer(journal_app, name="journal")
app.add_typer(people_app, name="people")
register_inbox(app)
register_desk(app)
register_refunds(app)
register_transfers(app)
register_collect(app)
register_letters(app)
register_reconcile(app)
register_legal(app)
_say = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

register_decide(app)
register_sign_off(app)
register_verify(app)
register_forecast(app)
register_followups(app)

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
def close_command(
    params: Annotated[list[Path], typer.Argument(help="Params files.")],
    outputs: Outputs = Path("outputs"),
    inbox: Annotated[Path | None, typer.Option(help="Folder of files that arrived: take them in first (one params file).")] = None,
) -> None:
    """Close a month: read the sources, run the notebooks, build and seal the pack.

    Several params files are closed two at a time; when one is refused the others still run, a page sums them up, and the exit code is 1.
    """
    from arwork.close import close
    from arwork.many import close_many

    if inbox is not None or len(params) == 1:
        code = _report(close_inbox(params, outputs, inbox, _tell) if inbox is not None else close(params[0], outputs, _tell))
        if code:
            raise typer.Exit(code)
        return
    ended = close_many(params, outputs, _tell)
    for one in ended:
        typer.echo(
            f"{one.params.as_posix()}:\n{one.out.rstrip()}" if one.pack else f"{one.params.as_posix()}: no pack: {visible(one.reason)}"
        )
    packs = sum(one.pack is not None for one in ended)
    typer.echo(f"{packs} of {len(ended)} closed; {(outputs / 'summary.html').as_posix()}")
    if any(one.code for one in ended):
        raise typer.Exit(1)


def _report(closed: Closed) -> int:
    """Say how a close ended: what tied, what waits, and in the last line where the pack is; return the exit code."""
    from arwork.pack.laid import read_plan
    from arwork.show.columns import figure

    facts = closed.verified.facts
    if closed.was_there:
        typer.echo("The same inputs, params, decisions and code were closed before; that pack was checked and is whole.")
    typer.echo(f"{facts['close']} {facts['period']}, key date {facts['as_of']}, run {facts['run']}: {facts['status']} ({facts['why']})")
    held = sum(tie["holds"] for tie in facts["ties"])
    typer.echo(f"ties:     {held} of {len(facts['ties'])} hold")
    for tie in [tie for tie in facts["ties"] if not tie["holds"]][:10]:
        apart = figure(tie["difference"], tie["unit"], read_plan(closed.place)[1].units)
        typer.echo(f"          does not hold: {tie['rule']} {tie['name']} ({apart} {tie['unit']})")
    found = facts["findings"]
    typer.echo(f"findings: {plural(found['error'], 'error')}, {plural(found['warn'], 'warning')}, {plural(found['info'], 'note')}")
    waiting = ", ".join(f"{count:,} {queue}" for queue, count in facts["waiting"].items()) or "nothing"
    typer.echo(f"waiting:  {waiting}")
    typer.echo(f"seal:     {closed.verified.seal}")
    typer.echo(f"pack: {closed.place.as_posix()}")
    return 0 if closed.ready else 1


@app.command("check")
def check_command(
    files: Annotated[list[str], typer.Argument(help="Files, or folders of files.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a file.")] = False,
    layout: Annotated[str, typer.Option(help="Layout of tables: its name, or a YAML file.")] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of text that is not UTF-8, such as cp1252.")] = "",
    currency: Annotated[str, typer.Option(help="Currency of tables that state none.")] = "",
    account: Annotated[str, typer.Option(help="Our account, for tables of a bank that state none.")] = "",
) -> None:
    """Say what each file is, what it states and what is wrong with it; exit 0 when all are read whole, 2 when one is refused."""
    from arwork.errors import InputError
    from arwork.intake.check import Choice, check, files_of, layouts_for
    from arwork.intake.check import as_json as object_of
    from arwork.money import ISO

    if currency and not ISO.known(currency.upper()):
        raise InputError(f"unknown currency {currency!r}", cure="Use an ISO 4217 code such as EUR.")
    layouts, chosen, wrong = layouts_for(Path("params") / "layouts", layout)
    for sentence in wrong:
        _say.print(f"arwork: a layout is passed over: {visible(sentence)}", style="yellow")
    choice = Choice(layouts, chosen, encoding, currency.upper(), account)
    reports = check(list(files_of(files)), choice, _progress)
    for report in reports:
        typer.echo(json.dumps(object_of(report, choice.units))) if as_json else _show(report)
    refused, faults = sum(not report.ok for report in reports), sum(report.fault for report in reports)
    if not as_json:
        proven = sum(report.ok and report.completeness == "proven" for report in reports)
        typer.echo(
            f"{plural(len(reports), 'file')}: {len(reports) - refused:,} read whole ({proven:,} proven complete), {refused:,} refused"
        )
    if refused or faults:
        raise typer.Exit(StoppedError.exit_code if faults else InputError.exit_code)


@app.command("init")
def init_command(
    file: Annotated[Path | None, typer.Argument(help="A table to propose a layout for; without it a params file is begun.")] = None,
    reads: Annotated[str, typer.Option(help="What the file holds: open_items, customers, bank, remittance, gl_balances and so on.")] = "",
    out: Annotated[Path | None, typer.Option(help="Where to write; params/layouts/<name of the file>.yaml unless stated.")] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of text that is not UTF-8, such as cp1252.")] = "",
    currency: Annotated[str, typer.Option(help="Currency of a file that states none.")] = "",
    sheet: Annotated[str, typer.Option(help="Worksheet of an XLSX file that has several.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Propose a layout from a file's header and show its first rows as understood; without a file, begin a params file."""
    from arwork.intake.proposal import propose
    from arwork.intake.received import take
    from arwork.intake.recognise import shipped_layouts

    if file is None:
        _begin(out or Path("params") / "my-close.yaml", force)
        return
    proposal = propose(take(file), shipped_layouts(), reads, encoding=encoding, currency=currency.upper(), sheet=sheet)
    stem = "".join(mark if mark.isascii() and mark.isalnum() else "_" for mark in file.stem).strip("_").lower() or "layout"
    path = out or Path("params") / "layouts" / f"{stem}.yaml"
    _write(path, proposal.text, force)
    typer.echo(f"{visible(file.as_posix())} reads like {proposal.reads}; layout written to {path.as_posix()}")
    if proposal.others:
        typer.echo(f"It could also be {' or '.join(proposal.others)}: say it with --reads.")
    for number, row in enumerate(proposal.rows, start=1):
        typer.echo(f"row {number}:")
        for column, text in row.items():
            typer.echo(f"    {column + ':':<18}{visible(text)}")
    for sentence in proposal.doubts:
        typer.echo(f"please check: {visible(sentence)}")
    for sentence in proposal.missing:
        typer.echo(f"missing: {visible(sentence)}")
    if proposal.refusal:
        typer.echo(f"it does not read whole yet: {visible(proposal.refusal)}")
    typer.echo(f"next: correct {path.as_posix()}, then arwork check {visible(file.as_posix())} --layout {path.as_posix()}")


def _begin(path: Path, force: bool) -> None:
    """Write the params of a first close from the files in ./sources."""
    from arwork.intake.check import Choice, layouts_for
    from arwork.intake.shipped import shipped
    from arwork.intake.starter import starter
    from arwork.policy import read_policy

    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    layouts, _, _ = layouts_for(Path("params") / "layouts", "")
    begun = starter(Path("sources"), Choice(layouts), "my-close", policy)
    _write(path, begun.text, force)
    typer.echo(
        f"{path.as_posix()} written, with {plural(begun.taken, 'file')} from ./sources; every line that needs a word from you says so"
    )
    for left, why in begun.left:
        typer.echo(f"not taken in: {visible(left)}: {visible(why)}")
    typer.echo(f"next: correct {path.as_posix()}, then arwork close {path.as_posix()}")


def _write(path: Path, text: str, force: bool) -> None:
    """Write a new file; what is there stays, unless it may be overwritten."""
    from arwork.errors import InputError

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("w" if force else "x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except FileExistsError:
        raise InputError(
            "is there already and stays as it is", where=path.as_posix(), cure="Name another file with --out, or say --force."
        ) from None


def _progress(done: int, of: int) -> None:
    """Say how far a long check is: every fifty files."""
    if of > 50 and (done % 50 == 0 or done == of):
        _say.print(f"{datetime.now(UTC):%H:%M:%S}  {done:,} of {of:,} files looked at")


def _show(report: Report) -> None:
    """Print one file as a block: what it is, what it states, every problem on a line of its own."""
    typer.echo(f"{visible(report.file)}: {'ok' if report.ok else 'REFUSED'}, {visible(report.format) or 'of no known kind'}")
    if report.kind and (report.ok or report.lines):
        for name, text in _stated(report):
            typer.echo(f"    {name + ':':<14}{visible(text)}")
    for problem in report.problems:
        typer.echo(f"    {'problem:' if report.ok else 'refused:':<14}{visible(problem)}")


def _stated(report: Report) -> Iterator[tuple[str, str]]:
    """Give what a file states, name by name; what it does not state is left out."""
    from arwork.money import ISO
    from arwork.show.numbers import day, money

    code = report.currency if ISO.known(report.currency) else "XXX"

    def sums(names: list[str]) -> str:
        """Write the figures that are stated."""
        told = [(name, getattr(report, name)) for name in names]
        return ", ".join(f"{name} {money(minor, code, ISO)}" for name, minor in told if minor is not None)

    yield "encoding", report.encoding
    if report.account:
        yield "account", report.account
    if report.from_date and report.to_date:
        yield "period", f"{day(report.from_date)} to {day(report.to_date)}"
    yield "currency", report.currency or "not stated"
    balances = sums(["opening", "closing"])
    if balances:
        yield "balances", balances
    yield "lines", ", ".join(part for part in (f"{report.lines:,}", sums(["credits", "debits"])) if part)
    if report.rejects:
        yield "rejects", f"{report.rejects:,}"
    if report.documents:
        yield "advice", f"{plural(report.documents, 'document')} named as paid"
    if len(report.stated) > 1:
        for s in report.stated:
            code_of = s.currency if ISO.known(s.currency) else "XXX"
            figures = ", ".join(
                f"{name} {money(getattr(s, name), code_of, ISO)}" for name in ("opening", "closing") if getattr(s, name) is not None
            )
            yield (
                "statement",
                f"{s.account} {s.currency} no. {s.number}, to {day(s.to_date)}, {plural(s.lines, 'line')}{', ' + figures if figures else ''}",
            )
    yield "completeness", f"{report.completeness}. {report.proof}"


@app.command("backtest")
def backtest_command(
    params: Annotated[list[Path] | None, typer.Argument(help="Params files of finished months that stand closed in the outputs.")] = None,
    labelled: Annotated[
        list[Path] | None, typer.Option(help="Folder of tables with their truth, instead of finished months; may be given again.")
    ] = None,
    person: Annotated[str, typer.Option("--as", help="Who runs it, when it is not the owner of this account.")] = "",
    outputs: Outputs = Path("outputs"),
) -> None:
    """Replay past receipts whose truth is known: what each strategy got right, and what it may do alone once that is accepted."""
    from arwork.backtest import backtest
    from arwork.decide import acting_person
    from arwork.errors import InputError
    from arwork.worlds import labelled as read_labelled
    from arwork.worlds import past

    if bool(params) == bool(labelled):
        raise InputError("give either params files of finished months, or --labelled with a folder", cure="See `arwork backtest --help`.")
    worlds = [read_labelled(folder) for folder in labelled] if labelled else past(params or [], outputs)
    _tell("backtest", f"{plural(sum(len(w.tables['receipts']) for w in worlds), 'receipt')} to replay")
    done = backtest(worlds, acting_person(person).name, outputs)
    typer.echo(f"{plural(len(done.receipts), 'receipt')} with a known truth replayed; report: {(done.place / 'backtest.md').as_posix()}")
    typer.echo(f"learned: {(done.place / 'learned.yaml').as_posix()}, digest {done.digest}")
    typer.echo("it counts once another person accepts it: arwork accept PARAMS LEARNED --reason ... (CV-13)")


@app.command("accept")
def accept_command(
    params: ParamsFile,
    learned: Annotated[Path, typer.Argument(help="The learned.yaml that `arwork backtest` wrote.")],
    reason: Annotated[str, typer.Option(help="Why; kept for good.")],
    person: Annotated[str, typer.Option("--as", help="Who accepts, when it is not the owner of this account.")] = "",
) -> None:
    """Accept what a backtest learned, by its digest; a close may use it only after that, and not on the word of who ran it."""
    from arwork.decide import accept, acting_person

    event = accept(params, learned, reason=reason, person=acting_person(person))
    typer.echo(f"recorded as decision {event.seq}: {event.action} of {event.body['learned'][:12]} by {event.by} ({event.known_by})")
    typer.echo(f"name the file in {params.as_posix()} under `learned:`; the next `arwork close` takes it in")


if __name__ == "__main__":
    main()
