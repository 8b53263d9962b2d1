"""Commands for letters of a closed month: `arwork letters PARAMS preview|approve|write`. They import what they run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

    from arwork.decide import Shown
    from arwork.pack.letters import Templates

READ = (
    "dunning_letters", "dunning_items", "account_statements", "open_items", "disputes", "customers", "customer_profiles", "ageing", "late_fees",
)  # fmt: skip
"""Tables of a run that letters are written from."""


def register_letters(app: typer.Typer) -> None:
    """Add `arwork letters` to the command line."""
    app.command("letters")(letters_command)


def letters_command(
    params: Annotated[Path, typer.Argument(help="The params file of the close, such as params/demo.yaml.")],
    step: Annotated[
        str, typer.Argument(help="preview (what would go out), approve (record that it may), or write (HTML, e-mails, PDF).")
    ] = "preview",
    statements: Annotated[
        bool, typer.Option("--statements", help="Statements of account instead of reminders; they need no approval.")
    ] = False,
    leave_out: Annotated[list[str] | None, typer.Option(help="approve: number of a letter that must not go; repeat.")] = None,
    reason: Annotated[str, typer.Option(help="approve: why it may go, or why letters are left out.")] = "",
    person: Annotated[str, typer.Option("--as", help="Who acts, when it is not the owner of this account.")] = "",
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="write: print PDF too (needs the extra pdf).")] = True,
    outputs: Annotated[Path, typer.Option(help="Folder that holds the packs.")] = Path("outputs"),
) -> None:
    """Preview, approve and write reminders and statements of account of the newest run."""
    from arwork.errors import InputError

    if step not in ("preview", "approve", "write"):
        raise InputError(f"{step!r} is no step of a run of letters", cure="Use preview, approve or write.")
    shown, templates = _open(params, outputs)
    if statements:
        _write_statements(shown, templates, pdf=pdf, write=step == "write")
    elif step == "preview":
        _preview(shown.tables["dunning_letters"], shown, templates)
    elif step == "approve":
        _approve(params, shown, list(leave_out or ()), reason, person)
    else:
        _write_reminders(params, shown, templates, pdf=pdf)


def _open(params_file: Path, outputs: Path) -> tuple[Shown, Templates]:
    """Open the newest run of the close, and the templates: those beside the params, else those that come with arwork."""
    from contextlib import closing

    from arwork.decide import Shown, newest_run
    from arwork.intake.shipped import shipped
    from arwork.journal.rules import with_rules
    from arwork.keeping import params_of
    from arwork.pack.letters import Templates
    from arwork.pack.plan import journal_store
    from arwork.pack.record import read_tables

    params = params_of(params_file)
    with closing(journal_store(params, params_file)) as journal:
        events = journal.events()
        params = with_rules(params, events)
        run, taken_in = newest_run(params, outputs, events)
    own = params_file.parent / "letters"
    return Shown(params, run, taken_in, read_tables(run, READ)), Templates(own if own.is_dir() else shipped("params", "letters"))


def _preview(letters: pd.DataFrame, shown: Shown, templates: Templates) -> None:
    from arwork.pack.letters import lacking
    from arwork.pack.letters_threats import LIST, unlisted
    from arwork.proof import numbered
    from arwork.show.markup import visible
    from arwork.show.numbers import money

    units = shown.params.units
    going = letters[letters["outcome"] != "NONE"].sort_values(
        ["outcome", "level", "amount", "letter_id"], ascending=[True, False, False, True]
    )
    for row in going.to_dict("records"):
        total = f"{money(row['amount'], row['currency'], units)} {row['currency']}"
        typer.echo(
            visible(f"{row['letter_id']:<34} {row['outcome']:<7} level {row['level']}  {total:>18}  {row['language']}  {row['name']}")
        )
    for why, rows in letters[letters["outcome"] == "NONE"].groupby("reason", sort=True):
        typer.echo(visible(f"no letter, {numbered(len(rows), 'account', 'accounts')}: {why}"))
    typer.echo(
        f"{int((letters['outcome'] == 'LETTER').sum()):,} reminders proposed from {shown.run.as_posix()}; nothing is sent before `approve`"
    )
    for sentence in lacking(shown.params):
        typer.echo(f"please complete the params: {visible(sentence)}")
    sent = going.loc[going["outcome"] == "LETTER", "language"]
    for language, number in sent.loc[[templates.language(one, "dunning") != one for one in sent]].value_counts().sort_index().items():
        typer.echo(
            visible(
                f"{numbered(int(number), 'letter goes', 'letters go')} out in English: there is no template in {language or 'no language'}"
            )
        )
    for language in unlisted(templates.folder):
        typer.echo(visible(f"nobody looked for threats in the templates of {language}: {LIST} has no list of it (CO-98)"))


def _approve(params_file: Path, shown: Shown, left_out: list[str], reason: str, person: str) -> None:
    from contextlib import closing
    from datetime import UTC, datetime

    from arwork.decide import acting_person
    from arwork.errors import InputError
    from arwork.pack.letters_out import proposal_digest
    from arwork.pack.plan import journal_store

    proposed = shown.tables["dunning_letters"]
    strange = sorted(set(left_out) - set(proposed.loc[proposed["outcome"] == "LETTER", "letter_id"]))
    if strange:
        raise InputError(f"{strange[0]!r} is not a letter of this run", cure="Take the number from `preview`.")
    who = acting_person(person)
    body: dict[str, Any] = {"letters": proposal_digest(proposed), "left_out": sorted(left_out), "run": shown.run.name}
    with closing(journal_store(shown.params, params_file)) as journal:
        event = journal.append(
            seen=journal.length(), at=datetime.now(UTC).isoformat(timespec="seconds"), by=who.name, known_by=who.known_by,
            action="LETTERS", body=body, reason=reason,
        )  # fmt: skip
    going = int((proposed["outcome"] == "LETTER").sum()) - len(left_out)
    typer.echo(
        f"recorded as decision {event.seq}: {going:,} reminders may go, {len(left_out):,} left out, by {event.by} ({event.known_by})"
    )


def _write_reminders(params_file: Path, shown: Shown, templates: Templates, *, pdf: bool) -> None:
    from contextlib import closing

    from arwork.errors import InputError
    from arwork.journal.events import standing
    from arwork.pack.letters import reminders
    from arwork.pack.letters_mail import recipients
    from arwork.pack.letters_out import proposal_digest, register_of
    from arwork.pack.plan import journal_store
    from arwork.show.masks import mask_of

    proposed = shown.tables["dunning_letters"]
    digest = proposal_digest(proposed)
    with closing(journal_store(shown.params, params_file)) as journal:
        approvals = [event for event in standing(journal.events(), "LETTERS") if event.body["letters"] == digest]
    if not approvals:
        raise InputError("nobody approved these reminders (CO-08)", where=shown.run.as_posix(), cure="Look at `preview`, then `approve`.")
    left_out = set(approvals[-1].body.get("left_out", ()))
    letters = [one for one in reminders(shown.tables, shown.params, templates) if one.letter_id not in left_out]
    to = recipients(shown.tables["customer_profiles"])
    register = register_of(letters, proposed, shown.tables["dunning_items"], shown.params.units, to, mask_of(shown.params.policy.conduct))
    _out(shown, templates, letters, register, "letters", pdf=pdf)


def _write_statements(shown: Shown, templates: Templates, *, pdf: bool, write: bool) -> None:
    from arwork.collect.statements import state
    from arwork.pack.letters import statements

    stated = state(shown.tables, shown.params.start, shown.params.as_of)
    letters = list(statements({**shown.tables, "account_statements": stated.account_statements}, stated.items, shown.params, templates))
    if not write:
        typer.echo(f"{len(letters):,} statements of account for {len(stated.account_statements):,} balances; `write` writes them")
        return
    lines = ["file,letter_id,kind\n", *(f"{number:05d},{letter.letter_id},statement\n" for number, letter in enumerate(letters, start=1))]
    _out(shown, templates, letters, "".join(lines), "statements", pdf=pdf)


def _out(shown: Shown, templates: Templates, letters: list[Any], register: str, kind: str, *, pdf: bool) -> None:
    from arwork.errors import InputError
    from arwork.pack.letters import lacking
    from arwork.pack.letters_mail import mails, recipients
    from arwork.pack.letters_out import write_letters

    said = lacking(shown.params)
    if said:
        raise InputError(f"letters lack what they must say: {said[0]}", cure="Add `sender: {address: [...], contact: ...}` to the ledger.")
    printed: Any = ()
    if pdf:
        try:
            from arwork.pack.letters_pdf import fonts, pdfs
        except ImportError as missing:
            raise InputError(
                f"PDF needs {missing.name}, which is not installed", cure="Install arwork[pdf], or write with --no-pdf."
            ) from None
        printed = pdfs(letters, templates.css, fonts(templates.folder / "fonts"))
    folder = shown.run.parent / f"{shown.run.name}.{kind}"
    to = recipients(shown.tables["customer_profiles"])
    files = write_letters(folder, letters, templates.css, printed, register, mails(letters, templates.css, to, shown.params))
    addressed = sum(letter.account[:3] in to for letter in letters)
    typer.echo(f"e-mails ready to be sent by a person: {len(letters):,}, {addressed:,} of them with an address; nothing was sent")
    typer.echo(f"{len(letters):,} {kind} written, {files:,} files, in {folder.as_posix()}")
