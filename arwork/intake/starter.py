"""The first params file of a newcomer: accounts and sources from the files that lie in a folder, with a remark on every line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from arwork.intake.check import THEIRS, Choice, Report, checked, files_of
from arwork.intake.complete import NO_CURRENCY, NOT_SAID
from arwork.intake.limits import limits
from arwork.intake.proposal_yaml import quoted
from arwork.money import ISO
from arwork.settings import Tree

_KINDS = ("bank", "advice", "table", THEIRS)
_OURS = "OUR-ACCOUNT"


@dataclass(frozen=True)
class Starter:
    """A params file to begin with, how many files stand in it, and the files that need a layout or are of no use, with why."""

    text: str
    taken: int
    left: tuple[tuple[str, str], ...]


def starter(sources: Path, choice: Choice, close: str, policy: Mapping[str, Tree]) -> Starter:
    """Write the params of a first close from the files in a folder; none of them is needed for the text to be valid.

    `policy` is the default policy, whose limits are brought to the size of the ledger's currency.
    """
    reports = [checked(path, choice) for path in files_of([sources.as_posix()])] if sources.is_dir() else []
    used = [report for report in reports if report.kind in _KINDS and (report.ok or report.rejects)]
    left = tuple((report.file, " ".join(report.problems).removeprefix(f"{report.file}: ")) for report in reports if report not in used)
    home = _home(used)
    accounts = _accounts(used, home)
    ends = [report.to_date for report in used if report.to_date and (report.kind == "bank" or report.bank is not None or report.stated)]
    posted = [report.to_date for report in used if report.to_date and report.format.startswith("open_items ")]
    lines = [
        *_head(close, ends, posted, home),
        *_bank_accounts(accounts),
        *limits(home, policy),
        "sources:",
        "# Each line names a file (or several, with *) and what it holds; `arwork check FILE` says what a file is.",
        *([line for report in used for line in _source(report)] or _no_sources()),
    ]
    if left:
        lines.append("# Not taken in:")
        lines += [f"#   {quoted(file)}: {''.join(m if m.isprintable() else '?' for m in why)[:200]}" for file, why in left]
    return Starter("\n".join(lines) + "\n", len(used), left)


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _head(close: str, ends: Sequence[date], posted: Sequence[date], home: str) -> Sequence[str]:
    remark = (
        f"the end of the last month that the {'statements reach' if ends else 'open items are posted in'}"
        if ends or posted
        else "change this"
    )
    as_of = _month_end(max(ends or posted)) if ends or posted else date(2026, 1, 31)
    return (
        "# The close of one company for one month. Run it with `arwork close`; nothing is written before all of this reads well.",
        f"close: {close}  # a name without blanks; packs lie in outputs/{close}",
        f"as_of: {as_of.isoformat()}  # the key date: {remark}",
        "first_period: true  # later months: previous_period: YYYY-MM instead",
        "ledgers:",
        "  - ledger: MAIN  # a name of yours for this book of receivables",
        "    company_code: 1000  # as the ERP writes it",
        "    name: My Company  # change this",
        f"    currency: {home}  # the ledger's currency",
        f"    country: {'DE' if home == 'EUR' or home.startswith('X') else home[:2]}  # ISO code of the country, for holidays and rules: change this",
        "    control_accounts: [1400]  # the GL accounts that the receivables add up to: change this",
    )


def _home(reports: Sequence[Report]) -> str:
    """Choose the ledger's currency: that of most bank statements, else of most tables; EUR where none states one."""
    banks = [s.currency for report in reports for s in report.stated]
    for stated in (banks, [report.currency for report in reports]):
        known = [currency for currency in stated if ISO.known(currency) and currency != NO_CURRENCY]
        if known:
            return max(known, key=known.count)
    return "EUR"


def _accounts(reports: Sequence[Report], home: str) -> Mapping[tuple[str, str], tuple[date, int | None]]:
    """Find our accounts and the balance with which the first statement of each opens; what a table leaves unsaid is to be filled in."""
    found: dict[tuple[str, str], tuple[date, int | None]] = {}
    for stated in sorted((s for report in reports for s in report.stated), key=lambda s: s.to_date):
        if ISO.known(stated.currency) and stated.account:
            account = _OURS if stated.account == NOT_SAID else stated.account
            currency = home if stated.currency == NO_CURRENCY else stated.currency
            found.setdefault((account, currency), (stated.to_date, stated.opening))
    return found


def _bank_accounts(accounts: Mapping[tuple[str, str], tuple[date, int | None]]) -> Sequence[str]:
    if not accounts:
        return ("    bank_accounts: []  # - {account: DE…, currency: EUR, gl_account: 1800, opening: 0.00}",)
    lines = ["    bank_accounts:  # gl_account is the account's mirror in the books: change it; opening is its balance before the month"]
    for (account, currency), (_, opening) in accounts.items():
        stated = "" if opening is None else f", opening: {ISO.text(opening, currency)}"
        remark = "  # the file does not say which account it is of: write its number" if account == _OURS else ""
        lines.append(f'      - {{account: {quoted(account)}, currency: {currency}, gl_account: "1800"{stated}}}{remark}')
    return lines


def _source(report: Report) -> Sequence[str]:
    file = quoted(f"../{report.file}")
    if report.kind == "bank":
        return (f"  - {{file: {file}, reads: bank}}  # {report.format}, {report.completeness}",)
    if report.kind == "advice":
        return (f"  - {{file: {file}, reads: remittance}}  # {report.format}",)
    if report.kind == THEIRS:
        return (
            f"  - {{file: {file}, reads: their_items}}  # {report.format}; whose follows from its documents, else add customer: its number",
        )
    reads, layout = report.format.split(" by layout ")
    accept = "" if report.ok else f"; {report.rejects:,} rows cannot be taken over, see arwork check"
    told = f", layout: {layout.split(' ')[0]}" if layout else ""
    return (f"  - {{file: {file}, reads: {reads}{told}, ledger: MAIN, company_code: 1000}}  # {report.lines:,} rows{accept}",)


def _no_sources() -> Sequence[str]:
    return (
        "  - {file: ../sources/open_items.csv, reads: open_items}  # an export with our own headings; see docs/own-files.md",
        '#  - {file: "../sources/*.xml", reads: bank}  # camt.053, MT940, BAI2 and others need no layout',
        "#  - {file: ../sources/items.csv, reads: open_items, layout: my_erp}  # `arwork init FILE` proposes layouts/my_erp.yaml",
    )
