"""RC-30: the roll-forward of receivables, from the closing that was certified to the closing of this period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from arwork.collect.key_date import open_at
from arwork.money import Units
from arwork.proof import Finding, Tie, numbered
from arwork.reconcile.control_account import Control, covered
from arwork.reconcile.layout import Item, Line, Reconciled, Sheet, gather, rows_of
from arwork.reconcile.movements import Rules, moved

LAYOUT: tuple[tuple[str, str], ...] = (
    ("billings", "+ billings (invoices, incl. tax)"), ("debit_memos", "+ debit memos and chargebacks"),
    ("late_fees", "+ late payment fees and interest billed"), ("returned", "+ returned receipts reinstated"),
    ("refunds", "+ refunds paid (they clear customer credits)"), ("intercompany", "± intercompany transfers in and out"),
    ("receipts", "− receipts (applied, on account, unapplied)"), ("credit_memos", "− credit memos"),
    ("discounts", "− cash discounts allowed"), ("withholding", "− withholding tax accepted"), ("bank_charges", "− bank charges borne"),
    ("write_offs", "− write-offs (bad debt)"), ("small_differences", "− small differences (net)"),
    ("other", "± other adjustments and reclassifications"), ("fx_realised", "± realised FX on settlement"),
    ("fx_unrealised", "± unrealised FX revaluation"), ("residuals", "± residuals and partials (item out, item in: must be 0.00)"),
)  # fmt: skip
"""Lines of the layout in their order: name in `movements`, label."""
ACCOUNT = "AR"
"""Account of a roll-forward in ledger currency; those in document currency are named `AR-` and the currency."""


@dataclass(frozen=True)
class RolledForward:
    """What a roll-forward returns: the tables of a reconciliation, and `movements` behind its lines."""

    recon: Reconciled
    movements: pd.DataFrame


@dataclass(frozen=True)
class Before:
    """What the close before left: its key date, its `open_items`, `recon_lines` and `reconciliations`."""

    key_date: date
    open_items: pd.DataFrame
    recon_lines: pd.DataFrame
    reconciliations: pd.DataFrame


@dataclass(frozen=True)
class _Book:
    """One company in one currency: its lines, its movements, the names of the columns that hold the amounts."""

    ledger_id: str
    company_code: str
    account: str
    currency: str
    items: pd.DataFrame
    movements: pd.DataFrame
    open_column: str
    amount_column: str


def roll_forward(
    open_items: pd.DataFrame,
    changes: pd.DataFrame,
    ledgers: pd.DataFrame,
    controls: Sequence[Control],
    start: date,
    as_of: date,
    rules: Rules,
    units: Units,
    before: Before | None = None,
) -> RolledForward:
    """Prove opening + movements = closing, per company in ledger currency, and per document currency where there are several (RC-30).

    Takes `open_items` of the control accounts of this close, `changes_since` the close before, `ledgers`. The opening is the
    closing of the close before; in a first period it is what the ledger itself had open the day before `start`, and says so.
    The closing is Σ open items at the key date. What was changed behind the last key date is itemised as RI-CUT. A document
    without a line of the layout is a failing tie and an error.
    """
    own = _covered(open_items, controls)
    after = before.key_date if before else start - timedelta(days=1)
    movements = moved(own, after, as_of, rules, _covered(before.open_items, controls) if before else None)
    sheets: list[Sheet] = []
    ties: list[Tie] = []
    findings: list[Finding] = []
    for book in _books(own, movements, ledgers):
        sheet = _sheet(book, changes, after, as_of, units, before)
        sheets.append(sheet)
        name = f"{book.ledger_id}/{book.company_code} {book.account}"
        if sheet.status != "NOT_PROVEN":
            ties.append(
                Tie(f"{name}: opening and movements equal closing", "RC-30", sheet.ours + sheet.explained, sheet.theirs, sheet.currency)
            )
        if sheet.status != "TIES":
            findings.append(Finding("RC-30", "warn", sheet.sentence, "reconciliations", (sheet.recon_id,)))
    unmapped = movements[(movements["movement"] == "unmapped") & movements["movement_id"].str.endswith(":POSTED")]
    ties.append(Tie("documents without a line of the roll-forward", "RC-30", len(unmapped), 0, "rows"))
    findings += _unmapped(unmapped)
    return RolledForward(gather(sheets, [], ties, findings), movements)


def _covered(items: pd.DataFrame, controls: Sequence[Control]) -> pd.DataFrame:
    return items.loc[covered(items, controls)]


def _books(own: pd.DataFrame, movements: pd.DataFrame, ledgers: pd.DataFrame) -> Iterator[_Book]:
    for ledger, company, currency in rows_of(
        ledgers.sort_values(["ledger_id", "company_code"])[["ledger_id", "company_code", "ledger_currency"]]
    ):
        items, moves = (f[(f["ledger_id"] == ledger) & (f["company_code"] == company)] for f in (own, movements))
        yield _Book(ledger, company, ACCOUNT, currency, items, moves, "open_local", "amount_local")
        codes = sorted(items["currency"].unique())
        for code in codes if len(codes) > 1 else ():
            own_items, own_moves = (frame[frame["currency"] == code] for frame in (items, moves))
            yield _Book(ledger, company, f"{ACCOUNT}-{code}", code, own_items, own_moves, "open_doc", "amount_doc")


def _sheet(book: _Book, changes: pd.DataFrame, after: date, as_of: date, units: Units, before: Before | None) -> Sheet:
    closing = int(open_at(book.items, as_of)[book.open_column].sum())
    there = open_at(book.items, after)
    opening, said = _opening(book, int(there[book.open_column].sum()), after, before)
    moves = book.movements
    back = _put_back(book) if before is None else 0
    opening += back
    sums = moves.groupby("movement")[book.amount_column].agg(["sum", "size"])
    figures = {str(name): (int(total), int(rows)) for name, total, rows in rows_of(sums.reset_index())}
    lines = [Line(said, "opening", opening, total=True)]
    lines += [Line(label, name, *figures.get(name, (0, 0))) for name, label in LAYOUT]
    stray = figures.get("unmapped", (0, 0))
    stray = (stray[0] - back, stray[1])
    reached = opening + sum(line.amount for line in lines[1:])
    items = _changed(book, changes) if before else ()
    explained = sum(item.amount for item in items)
    rest = closing - reached - explained
    if stray[1]:
        lines.append(Line("Settled or posted without a line (must be 0.00; part of what is unexplained)", "unmapped", stray[0], stray[1]))
    lines += [
        Line("Opening and movements", "reached", reached, total=True), Line("Changed behind the opening (RI-CUT)", "D", explained, len(items)),
        Line(f"Closing AR: Σ open items at {as_of}", "closing", closing, total=True), Line("Unexplained", "E", rest, total=True),
    ]  # fmt: skip
    return _judged(book, lines, items, reached, closing, rest, figures.get("residuals", (0, 0))[0], as_of, units)


def _judged(
    book: _Book,
    lines: list[Line],
    items: tuple[Item, ...],
    reached: int,
    closing: int,
    rest: int,
    residuals: int,
    as_of: date,
    units: Units,
) -> Sheet:
    def money(minor: int) -> str:
        """Write an amount for a sentence."""
        return f"{units.decimal(minor, book.currency):,} {book.currency}"

    name = f"{book.ledger_id}/{book.company_code} receivables in {book.currency}"
    status = "TIES" if not rest and not residuals else "UNEXPLAINED"
    if status == "TIES":
        said = f"{name} roll forward: opening {money(lines[0].amount)}, closing {money(closing)}, {len(book.movements):,} movements."
    else:
        said = (
            f"{name} do not roll forward: {money(rest)} unexplained between opening {money(lines[0].amount)} and closing {money(closing)}."
        )
        said += f" Residuals do not net to nothing: {money(residuals)}." if residuals else ""
    explained = sum(item.amount for item in items)
    gone = int(book.movements["movement_id"].str.endswith(":GONE").sum())
    if gone:
        said += (
            f" {numbered(gone, 'document', 'documents')} left the list of open items; it does not say by what, so they count as receipts."
        )
    where = (book.ledger_id, book.company_code, book.account, book.currency, as_of)
    return Sheet("RC-30", *where, reached, closing, closing - reached, explained, rest, status, said, tuple(lines), items)


def _opening(book: _Book, computed: int, after: date, before: Before | None) -> tuple[int, str]:
    """Return the opening and how it is known: closing of the close before, its RC-10, or the ledger itself in a first period."""
    if before is None:
        return computed, f"Opening AR at {after} (first period: as the ledger itself shows it)"
    wanted = f"RC-30/{book.ledger_id}/{book.company_code}/{book.account}/{book.currency}"
    lines = before.recon_lines
    found = lines.loc[(lines["recon_id"] == wanted) & (lines["mark"] == "closing"), "amount"]
    if len(found):
        return int(found.iloc[0]), f"Opening AR at {after} (closing of the close before)"
    heads = before.reconciliations
    mine = heads.loc[
        (heads["rule"] == "RC-10") & (heads["ledger_id"] == book.ledger_id) & (heads["company_code"] == book.company_code), "recon_id"
    ]
    found = lines.loc[lines["recon_id"].isin(mine) & (lines["mark"] == "A"), "amount"]
    if len(found) and book.account == ACCOUNT:
        return int(found.sum()), f"Opening AR at {after} (subledger of the close before, RC-10)"
    return computed, f"Opening AR at {after} (the close before states none: as the ledger itself shows it)"


def _put_back(book: _Book) -> int:
    """Return what payments of the period took off items of earlier periods without a line: a first period's opening lacks it.

    Only where payments have lines: a payment line that is used up beyond the items of the period relieved older ones.
    """
    part = book.movements[book.movements["movement_id"].str.endswith(":PART") & (book.movements["movement"] == "unmapped")]
    sums = part.groupby(["customer_id", "currency"])[book.amount_column].sum()
    return int(sums[sums > 0].sum())


def _changed(book: _Book, changes: pd.DataFrame) -> tuple[Item, ...]:
    """List what was changed behind the last key date, each document with its effect and its user."""
    local = book.account == ACCOUNT
    rows = changes[(changes["ledger_id"] == book.ledger_id) & (changes["company_code"] == book.company_code)]
    rows = rows if local else rows[rows["currency"] == book.currency]
    return tuple(
        Item("RI-CUT", "D", row.document, row.posting_date.date(), int(row.effect_local if local else row.now - row.was), row.sentence,
             None, row.source_file, row.source_line)
        for row in rows_of(rows.sort_values(["document", "item_id"]))
    )  # fmt: skip


def _unmapped(rows: pd.DataFrame) -> Iterator[Finding]:
    kinds = rows.groupby(["doc_type", "reason"], sort=True)["item_id"].agg(["size", "min"])
    for kind, reason, many, first in rows_of(kinds.reset_index()):
        reason = f" with reason {reason!r}" if reason else " without a reason"
        said = f"{many:,} lines of type {kind}{reason} belong to no line of the roll-forward, the first is {first}; name one in the policy."
        yield Finding("RC-30", "error", said, "open_items", (str(first),))
