"""What `arwork check` says of files: what each is, whether it is read whole, what it states, and every problem in a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from arwork.errors import ArworkError, InputError
from arwork.intake.bank.statement import BankFile, Stated
from arwork.intake.check_bank import across, doubts
from arwork.intake.check_table import COMPLETENESS, NoBankError, UnfitError, read_as_table
from arwork.intake.check_theirs import their_statement
from arwork.intake.claim import bank_format, is_cells, read_bank
from arwork.intake.complete import NO_CURRENCY, NOT_SAID
from arwork.intake.layouts import PLAIN, Layout, plain, read_layout
from arwork.intake.received import Received, take
from arwork.intake.recognise import shipped_layouts
from arwork.intake.refused import is_advice, kind_of
from arwork.intake.remittance.claim import Advised, read_advice
from arwork.intake.remittance.text_layout import is_no_layout
from arwork.intake.their_statement import TheirStatement, adds_up
from arwork.money import Units
from arwork.params import READS

_LITTER = ("Thumbs.db", "desktop.ini")
THEIRS = "statement"
"""Kind of a customer's own statement of our account (RC-40)."""


@dataclass(frozen=True)
class Choice:
    """How files are looked at: the layouts to choose from, the one that was named, and what formats leave unsaid."""

    layouts: Mapping[str, Layout]
    layout: str = ""
    encoding: str = ""
    currency: str = ""
    account: str = ""
    units: Units = field(default_factory=Units)


@dataclass(frozen=True)
class Report:
    """What is said of one file; amounts in minor units of `currency`, None where the file states none or one would mislead.

    `kind` is bank, advice, table, statement (a customer's own), or blank when the file is none of them. Credits are money that came in; in a ledger's
    table they lower what is owed. `fault` marks an error of ours. `bank` holds what was read, for the look across files.
    """

    file: str
    kind: str = ""
    format: str = ""
    ok: bool = False
    encoding: str = ""
    account: str = ""
    currency: str = ""
    from_date: date | None = None
    to_date: date | None = None
    opening: int | None = None
    closing: int | None = None
    credits: int | None = None
    debits: int | None = None
    lines: int = 0
    rejects: int = 0
    documents: int = 0
    completeness: str = "not proven"
    proof: str = ""
    stated: tuple[Stated, ...] = ()
    problems: tuple[str, ...] = ()
    fault: bool = False
    bank: BankFile | None = field(default=None, repr=False)


def files_of(given: Iterable[str]) -> Iterator[str]:
    """List the files to look at, as given: those named, and every regular file below the folders named, sorted, none twice.

    In folders hidden files and what file managers leave behind are passed over; links are not followed.
    """
    seen: set[str] = set()
    for name in given:
        path = Path(name)
        found = sorted(_below(name)) if path.is_dir() and not path.is_symlink() else [name]
        for file in found or [name]:
            if file not in seen:
                seen.add(file)
                yield file


def _below(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = name if place == "." else f"{place.rstrip('/')}/{name}"
            if not name.startswith((".", "~$")) and name not in _LITTER and Path(path).is_file():
                yield path


def layouts_for(folder: Path, named: str) -> tuple[dict[str, Layout], str, tuple[str, ...]]:
    """Collect the layouts: those that ship, the plain one of each kind, those in `folder`, and the one named, which may be a file.

    Returns the layouts, the name of the chosen one ("" when none is named), and what is wrong with layouts of the folder
    that nobody named. InputError when the named one is missing or wrong.
    """
    layouts = shipped_layouts() | {f"{PLAIN} {reads}": plain(reads) for reads in READS if reads != "bank"}
    wrong: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            layouts[path.stem] = _layout(path)
        except InputError as broken:
            if path.stem == named:
                raise
            wrong.append(broken.paragraph())
    if named in ("", PLAIN) or named in layouts:
        return layouts, named, tuple(wrong)
    path = Path(named)
    if not path.is_file():
        raise InputError(f"there is no layout {named!r}", cure=f"Name a file, or one of: {', '.join(sorted(layouts))}.")
    layouts[path.stem] = _layout(path)
    return layouts, path.stem, tuple(wrong)


def _layout(path: Path) -> Layout:
    received = take(path)
    try:
        return read_layout(received.data.decode("utf-8-sig"), path.name)
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=path.name, cure="Save the layout as UTF-8.") from None


def check(files: Sequence[str], choice: Choice, tell: Callable[[int, int], None]) -> list[Report]:
    """Look at every file, then at all bank files together (EX-10, RC-20); `tell` hears how many of how many are done."""
    reports = []
    for number, file in enumerate(files, start=1):
        reports.append(checked(file, choice))
        tell(number, len(files))
    banks = {report.file: report.bank for report in reports if report.bank is not None}
    try:
        more = across(banks, choice.units)
    except Exception as fault:
        reports = [replace(r, problems=(*r.problems, _ours(fault)), fault=True) if r.file in banks else r for r in reports]
        more = {}
    return [replace(report, problems=(*report.problems, *more.get(report.file, ()))) for report in reports]


def checked(given: str, choice: Choice) -> Report:
    """Look at one file; whatever goes wrong with it is in the report, never raised.

    Bytes of a file name that are no UTF-8 are shown as U+FFFD.
    """
    path, file = Path(given), given.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    form = ""
    try:
        taken = take(path)
        received = Received(file, taken.data, taken.sha256)
        form = bank_format(received)
        return _read(received, form, choice)
    except InputError as refusal:
        return Report(file, kind="bank" if form else "", format=form or _known(path), problems=(refusal.paragraph(),))
    except Exception as fault:
        return Report(file, kind="bank" if form else "", format=form, problems=(_ours(fault),), fault=True)


def _ours(fault: Exception) -> str:
    what = fault.paragraph() if isinstance(fault, ArworkError) else f"{type(fault).__name__}: {fault}"
    return f"a fault of ours: {what[:500]}"


def _known(path: Path) -> str:
    try:
        kind = kind_of(take(path))
    except InputError:
        return ""
    return kind.name.removeprefix("a ").removeprefix("an ") if kind else ""


def _read(received: Received, form: str, choice: Choice) -> Report:
    """Ask the readers in their order: banks, the layout named, layouts whose headings fit, advices; refuse what none takes."""
    if form:
        return bank_report(received.name, read_bank(received, choice.units, choice.encoding), choice.units)
    unfit: InputError | None = None
    table = is_cells(received)
    if choice.layout or table or kind_of(received) is None:
        try:
            return _as_table_or_statement(received, choice)
        except UnfitError as refusal:
            unfit = refusal if table else None
    try:
        return advice_report(received.name, read_advice(received, choice.units, choice.encoding, currency=choice.currency))
    except InputError as refusal:
        raise unfit or _refused(received, choice, refusal) from None


def _refused(received: Received, choice: Choice, advice: InputError) -> InputError:
    """Say what a file is that no reader takes; what the advice reader found is told where the content could be an advice."""
    kind = kind_of(received)
    if is_advice(kind) if kind is not None else not is_no_layout(advice):
        return advice
    try:
        read_bank(received, choice.units, choice.encoding)
    except InputError as refusal:
        if kind is not None:
            return refusal
        return InputError(f"{refusal.what}; read as an advice: {advice.what}", where=refusal.where, cure=refusal.cure)
    return InputError("is of no kind that arwork reads", where=received.name, cure="Export it as CSV, XLSX, camt.053 or MT940.")


def _as_table_or_statement(received: Received, choice: Choice) -> Report:
    """Read a table; one that no layout fits, or only one of a bank without an account, may be a customer's own statement (RC-40)."""
    report: Report | None = None
    refused: InputError | None = None
    try:
        report = _as_table(received, choice)
    except (UnfitError, NoBankError) as refusal:
        refused = refusal
    a_bank_s = isinstance(refused, NoBankError) or (report is not None and report.bank is None and report.format.startswith("bank "))
    if not choice.layout and (refused is not None or a_bank_s):
        read = their_statement(received, choice.layouts, choice.units, choice.encoding, choice.currency, a_bank_s=a_bank_s)
        if read is not None:
            return statement_report(received.name, read)
    if report is None:
        raise refused or UnfitError("is no table", where=received.name)
    return report


def _as_table(received: Received, choice: Choice) -> Report:
    found = read_as_table(received, choice.layouts, choice.layout, choice.units, choice.encoding, choice.currency, choice.account)
    if found.bank is not None:
        told = bank_report(received.name, found.bank, choice.units)
        named = bool(found.bank.bank_lines["bank_account"].ne(NOT_SAID).all())
        return replace(
            told, kind="table", format=found.format, encoding=found.encoding, problems=(*found.problems, *told.problems),
            account="" if told.account == NOT_SAID else told.account, currency=found.currency, bank=found.bank if named else None,
        )  # fmt: skip
    return Report(
        received.name, "table", found.format, not found.rejects, found.encoding, "", found.currency, found.first, found.last,
        credits=found.credits, debits=found.debits, lines=found.lines, rejects=found.rejects, completeness=found.completeness,
        proof=found.proof, problems=found.problems,
    )  # fmt: skip


def advice_report(file: str, advised: Advised) -> Report:
    """Say what a remittance advice states: its documents, and their sum where it is of one currency."""
    lines = advised.remittance
    currencies = sorted(lines["currency"].unique())
    days = pd.concat([lines["payment_date"], lines["remittance_date"]]).dropna()
    problems = [finding.sentence for finding in advised.findings if finding.severity != "info"]
    if advised.repeated:
        problems.append(f"{advised.repeated:,} documents stand in the file twice and are counted once.")
    paid = int(lines["net_amount"].sum()) if len(currencies) == 1 else None
    return Report(
        file=file, kind="advice", format=advised.format, ok=True, encoding=advised.encoding, currency=", ".join(currencies),
        from_date=days.min().date() if len(days) else None, to_date=days.max().date() if len(days) else None,
        credits=paid, debits=None if paid is None else 0, lines=len(lines),
        completeness=COMPLETENESS[advised.completeness], proof=advised.proof, problems=tuple(problems),
    )  # fmt: skip


def statement_report(file: str, read: TheirStatement) -> Report:
    """Say what a customer's own statement states: positive amounts as debits; balances and sums where it is of one currency (RC-40)."""
    amounts, days = read.lines["amount"], read.lines["doc_date"].dropna()
    codes = sorted({*read.lines["currency"], *read.opening, *read.closing})
    one = codes[0] if len(codes) == 1 else ""
    proven = adds_up(read)
    problems = list(read.notes)
    if read.closing and not proven:
        problems.append(
            "Its entries do not add up to the balance that it states: lines may be missing; `arwork reconcile` shows the rest as unexplained."
        )
    form, encoding = read.form
    return Report(
        file=file, kind=THEIRS, format=f"a customer's own statement ({form})", ok=True, encoding=encoding,
        account=", ".join(sorted({*read.lines["customer_id"]} - {""})), currency=", ".join(code for code in codes if code != NO_CURRENCY),
        from_date=days.min().date() if len(days) else None, to_date=days.max().date() if len(days) else None,
        opening=read.opening.get(one), closing=read.closing.get(one),
        credits=-int(amounts[amounts < 0].sum()) if one else None, debits=int(amounts[amounts > 0].sum()) if one else None,
        lines=len(read.lines), completeness="proven" if proven else "not proven",
        proof="Its entries add up to the balance it states." if proven else "It states no balance that its entries add up to.",
        problems=tuple(problems),
    )  # fmt: skip


def bank_report(file: str, bank: BankFile, units: Units) -> Report:
    """Say what a bank file states: one figure where one account and currency is in it and its statements follow each other."""
    stated = bank.stated
    accounts = list(dict.fromkeys(s.account for s in stated))
    currencies = list(dict.fromkeys(s.currency for s in stated))
    one = len(accounts) == 1 and len(currencies) == 1
    chained = one and all(a.closing is not None and a.closing == b.opening for a, b in pairwise(stated))
    lines = bank.bank_lines
    days = [*(s.from_date for s in stated if s.from_date), *(s.to_date for s in stated), *_ends(lines)]
    return Report(
        file=file, kind="bank", format=bank.format, ok=True, encoding=bank.encoding, account=", ".join(accounts),
        currency=", ".join(currencies), from_date=min(days, default=None), to_date=max(days, default=None),
        opening=stated[0].opening if chained else None, closing=stated[-1].closing if chained else None,
        credits=sum(s.credits for s in stated) if len(currencies) == 1 else None,
        debits=sum(s.debits for s in stated) if len(currencies) == 1 else None,
        lines=len(lines), documents=len(bank.remittance), completeness=COMPLETENESS[bank.completeness], proof=bank.proof,
        stated=stated, problems=tuple(doubts(bank, units)), bank=bank,
    )  # fmt: skip


def _ends(lines: pd.DataFrame) -> list[date]:
    return [] if lines.empty else [lines["booking_date"].min().date(), lines["booking_date"].max().date()]


def as_json(report: Report, units: Units) -> dict[str, Any]:
    """Write a report as the object of `--json`: amounts as text with the decimals of their currency, null where none is stated.

    `statements` is there where the file holds several statements or reports.
    """

    def text(minor: int | None, currency: str) -> str | None:
        """Write an amount."""
        return None if minor is None else units.text(minor, currency if units.known(currency) else "XXX")

    told: dict[str, Any] = {
        "file": report.file, "format": report.format, "status": "ok" if report.ok else "refused", "lines": report.lines,
        "rejects": report.rejects, "currency": report.currency or None,
        **{name: text(getattr(report, name), report.currency) for name in ("opening", "closing", "credits", "debits")},
        "completeness": report.completeness, "problems": list(report.problems),
    }  # fmt: skip
    if len(report.stated) > 1:
        told["statements"] = [
            {
                "account": s.account, "currency": s.currency, "number": s.number,
                "from": s.from_date.isoformat() if s.from_date else None, "to": s.to_date.isoformat(),
                **{name: text(getattr(s, name), s.currency) for name in ("opening", "closing", "credits", "debits")}, "lines": s.lines,
            }
            for s in report.stated
        ]  # fmt: skip
    return told
