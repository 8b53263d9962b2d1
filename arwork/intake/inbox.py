"""What has arrived in a folder: what each file is, which were taken in before, which are still being written, which nobody can read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from arwork.errors import InputError
from arwork.intake.check import THEIRS, Choice, Report, checked, files_of
from arwork.intake.complete import NOT_SAID
from arwork.intake.controls import is_control
from arwork.intake.layouts import PLAIN
from arwork.intake.received import Received, take
from arwork.intake.their_source import read_their_source
from arwork.params import Params, Source

NEW, SEEN, LATER, REFUSED = "new", "seen", "later", "refused"
"""What becomes of a file: taken in, skipped because it is here already, left until it is written whole, refused."""
ADDS_UP = ("bank", "remittance", "their_items")
"""Kinds of which several files go together; of all others a newer file takes the place of the one before."""
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".download", ".filepart", ".swp", ".lock")


@dataclass(frozen=True)
class Arrival:
    """One file of the folder: what becomes of it and why; for a new one its bytes and the source it is read as.

    `source.file` is the name under which it will be filed, without a folder.
    """

    path: Path
    state: str
    why: str
    received: Received | None = None
    source: Source | None = None


def arrivals(folder: Path, params: Params, choice: Choice, known: Callable[[str], str], wait: Callable[[], None]) -> list[Arrival]:
    """Look at every file of a folder, sorted by name; nothing is moved or written.

    `known` names where a file with that SHA-256 is already, "" when nowhere. `wait` passes a moment between two looks at
    the sizes, so that a file that still grows is left for later. InputError when the folder is not there.
    """
    if not folder.is_dir():
        raise InputError("there is no such folder", where=folder.as_posix(), cure="Name the folder in which files arrive.")
    files = [Path(name) for name in files_of([folder.as_posix()])]
    before = {path: _facts(path) for path in files}
    if files:
        wait()
    found: list[Arrival] = []
    here: dict[str, str] = {}
    for path in files:
        arrival = _look(path, before[path], params, choice, lambda sha: here.get(sha, "") or known(sha))
        if arrival.state == NEW and arrival.received:
            here[arrival.received.sha256] = f"{path.name} of this folder"
        found.append(arrival)
    return _without_ties(found)


def filed_name(received: Received) -> str:
    """Return the name under which a file is filed: the start of its digest, then its own name in safe letters."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", Path(received.name).name).strip("._-")[-80:] or "file"
    return f"{received.sha256[:12]}-{stem}"


def _facts(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:
        return -1, -1
    return facts.st_size, facts.st_mtime_ns


def _look(path: Path, before: tuple[int, int], params: Params, choice: Choice, known: Callable[[str], str]) -> Arrival:
    if path.suffix.lower() in _UNFINISHED or before != _facts(path) or path.with_name(path.name + ".part").exists():
        return Arrival(path, LATER, "it is still being written")
    try:
        received = take(path)
    except InputError as refused:
        return Arrival(path, REFUSED, refused.paragraph())
    if len(received.data) != before[0] or before != _facts(path):
        return Arrival(path, LATER, "it is still being written")
    if place := known(received.sha256):
        return Arrival(path, SEEN, f"the same bytes are here already as {place}", received)
    if is_control(path.name):
        return Arrival(path, REFUSED, f"{path.name}: is a control file. Name it in the params together with its file.", received)
    report = checked(path.as_posix(), choice)
    if report.kind == THEIRS and _is_whole_statement(received, params):
        filed = Source.model_validate({"file": filed_name(received), "reads": "their_items"})
        return Arrival(path, NEW, "a customer's own statement", received, filed)
    if report.kind == THEIRS:
        said = f"{path.name}: is a customer's own statement whose entries reach no balance that it states. Use `arwork reconcile` for it."
        return Arrival(path, REFUSED, said, received)
    if not report.ok or report.fault:
        return Arrival(path, REFUSED, " ".join(report.problems) or f"{path.name}: rows cannot be taken over; see `arwork check`.", received)
    try:
        return Arrival(path, NEW, report.format, received, _source(report, received, params))
    except InputError as refused:
        return Arrival(path, REFUSED, refused.paragraph(), received)


def _is_whole_statement(received: Received, params: Params) -> bool:
    """Say whether a customer's own statement is whole: its entries reach the balance that it states, in the currencies of the params."""
    try:
        read = read_their_source("", Source.model_validate({"file": "x", "reads": "their_items"}), received, params, {})
    except InputError:
        return False
    return bool(read.source["completeness"] == "proven")


def _source(report: Report, received: Received, params: Params) -> Source:
    """Say as what a file is read, as a line of the params would; InputError where only a person can say it."""
    name = Path(received.name).name
    reads, layout = "bank" if report.kind == "bank" else "remittance", ""
    if report.kind == "table":
        reads, _, layout = report.format.partition(" by layout ")
        layout = layout.split(" ")[0]
        reads = {"bank_lines": "bank"}.get(reads, reads)
    _of_known_account(report, params, name)
    ledger, company = (
        ("", "") if report.kind != "table" or reads in ("fx_rates", "reason_map", "legal_params") else _book(params, name, reads, layout)
    )
    if reads not in ADDS_UP and any(source.reads == reads and not _filed(source) for source in params.sources):
        named = next(source.file for source in params.sources if source.reads == reads)
        raise InputError(
            f"holds {reads}, which the params read from {named}", where=name,
            cure=f"Put it in the place of {named}, or take that line out of the params; two exports are not mixed.",
        )  # fmt: skip
    return Source.model_validate(
        {"file": filed_name(received), "reads": reads, "layout": layout, "ledger": ledger, "company_code": company}
    )


def _filed(source: Source) -> bool:
    return source.file.startswith("sources/inbox/")


def _of_known_account(report: Report, params: Params, name: str) -> None:
    ours = {(account.account, account.currency) for entry in params.ledgers for account in entry.bank_accounts}
    for stated in report.stated if report.bank is not None else ():
        if stated.account != NOT_SAID and (stated.account, stated.currency) not in ours:
            raise InputError(
                f"is a statement of account {stated.account} in {stated.currency}, which no ledger of the params names", where=name,
                cure="Add the account to `bank_accounts` of its ledger, or take the file out of this folder.",
            )  # fmt: skip


def _book(params: Params, name: str, reads: str, layout: str) -> tuple[str, str]:
    """Return ledger and company code for a table; InputError where the params hold several and the file is of one of them."""
    if len(params.ledgers) == 1:
        return params.ledgers[0].ledger, params.ledgers[0].company_code
    if layout == PLAIN or reads in ADDS_UP:  # its rows, or the account, say whose they are
        return "", ""
    raise InputError("could be of several ledgers", where=name, cure="Name it in the params, with its ledger and company code.")


def _without_ties(found: Sequence[Arrival]) -> list[Arrival]:
    """Refuse new files of which one would take the place of another: which is the newer is for a person to say."""
    kinds: dict[tuple[str, str, str, str], list[str]] = {}
    for one in found:
        if one.source and one.source.reads not in ADDS_UP:
            kinds.setdefault(place_of(one.source), []).append(one.path.name)
    tied = {key: names for key, names in kinds.items() if len(names) > 1}
    return [
        Arrival(
            one.path, REFUSED, f"{one.path.name}: {' and '.join(tied[place_of(one.source)])} hold the same kind of list. Leave the newer one only.",
            one.received,
        ) if one.source and place_of(one.source) in tied else one
        for one in found
    ]  # fmt: skip


def place_of(source: Source) -> tuple[str, str, str, str]:
    """Return what a list is a list of: a newer one with the same answer takes its place."""
    return source.reads, source.layout, source.ledger, source.company_code


def names(found: Collection[Arrival], state: str) -> list[str]:
    """List the names of arrivals of one state."""
    return [one.path.name for one in found if one.state == state]
