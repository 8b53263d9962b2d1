"""RC-20: the statements of each bank account against its book, with the proof of cash."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from arwork.dates import NO_HOLIDAYS, Holidays
from arwork.money import Units
from arwork.policy import Policy
from arwork.proof import Finding, Tie
from arwork.reconcile.bank_gaps import missing
from arwork.reconcile.bank_groups import bank_groups
from arwork.reconcile.bank_items import Carried, bank_items, covered_from, day_number, sides_of, still_open
from arwork.reconcile.cash import Balances, bank_side, book_side
from arwork.reconcile.hints import Pool, hints
from arwork.reconcile.layout import Item, Line, Reconciled, Sheet, gather
from arwork.reconcile.matched import Matched, Side, matched
from arwork.reconcile.pairing import Flags, Pairs, pair

_LINES = (
    ("b1", "+ Deposits in transit (book, not bank)"), ("b2", "− Outstanding payments and refund cheques"), ("b3", "± Errors of the bank"),
    ("k1", "+ Credits on the statement, not in the book"), ("k2", "− Debits on the statement, not in the book (charges, returns)"),
    ("k3", "± Errors of the book"),
)  # fmt: skip


OPEN = ("open_bank_lines", "open_cash_book")
"""Tables of what stands on one side alone at the key date, as the next period takes them over."""
_ROW = ["ledger_id", "company_code", "gl_account", "doc_no", "line_no"]


@dataclass(frozen=True)
class _Account:
    """One bank account: who owns it, its rows on each side, the balances of each side where they are known."""

    bank_account: str
    currency: str
    ledger_id: str
    company_code: str
    statements: pd.DataFrame
    lines: pd.DataFrame
    book: pd.DataFrame
    bank: Balances | None
    books: Balances | None
    as_of: date
    units: Units
    pairs: Pairs
    since: date
    carried: Carried

    def money(self, minor: int) -> str:
        """Write an amount for a sentence."""
        return f"{self.units.decimal(minor, self.currency):,} {self.currency}"


@dataclass(frozen=True)
class BankToBook:
    """What bank to book returns: the tables of a reconciliation, and which statement lines and book rows are the same
    money, what of that a person should see, and what stands on one side alone (`OPEN`)."""

    recon: Reconciled
    matched: Matched
    groups: pd.DataFrame
    still_open: Mapping[str, pd.DataFrame]


def reconcile(
    statements: pd.DataFrame,
    bank_lines: pd.DataFrame,
    cash_book: pd.DataFrame,
    bank_accounts: pd.DataFrame,
    gl_balances: pd.DataFrame,
    start: date,
    as_of: date,
    policy: Policy,
    units: Units,
) -> Reconciled:
    """Prove each of `bank_accounts` and return the reconciliation alone (see `prove`)."""
    return prove(statements, bank_lines, cash_book, bank_accounts, gl_balances, start, as_of, policy, units).recon


def prove(
    statements: pd.DataFrame,
    bank_lines: pd.DataFrame,
    cash_book: pd.DataFrame,
    bank_accounts: pd.DataFrame,
    gl_balances: pd.DataFrame,
    start: date,
    as_of: date,
    policy: Policy,
    units: Units,
    before: Mapping[str, pd.DataFrame] | None = None,
    off: Holidays = NO_HOLIDAYS,
) -> BankToBook:
    """Prove each of `bank_accounts`: adjusted bank = adjusted book, and opening + receipts − payments = closing on both sides (RC-20).

    Takes `statements`, `bank_lines` and `cash_book` of the period and, where given, of other months, so that what was in
    transit finds its partner; `gl_balances` of the bank's GL account state the book balance, else its opening plus the
    cash book. Amounts in minor units. An account whose statement, book rows or book balance is missing is NOT_PROVEN and
    has a finding; its figures are printed as far as they go. Each statement is tied in itself. `before` are the tables `OPEN` of the
    period before: a line of March that is booked in April finds its row there, though no file of April holds it.
    """
    sheets, findings, proofs, both = [], [], [], []
    alone: list[tuple[pd.DataFrame, pd.DataFrame]] = [(bank_lines.iloc[:0], cash_book.iloc[:0])]
    ties: list[Tie] = []
    for row in bank_accounts.sort_values(["bank_account", "currency"]).itertuples(index=False):
        account = _account(row, statements, bank_lines, cash_book, gl_balances, start, as_of, policy, units, before or {})
        reason = _unproven(account, str(row.gl_account))
        both.append(_side(account, reason))
        off_days = off.get((account.ledger_id, account.company_code), ())
        sheet = _not_proven(account, reason) if reason else _proven(account, start, policy, off_days)
        sheets.append(sheet)
        alone += [] if reason else [_alone(account)]
        sides = {"BANK": account.bank, "BOOK": account.books if len(account.book) or not reason else None}
        proofs += [side.row(account.bank_account, account.currency, name) for name, side in sides.items() if side]
        ties += _ties(account, sheet, sides)
        if sheet.status != "TIES":
            findings.append(Finding("RC-20", "warn", sheet.sentence, "reconciliations", (sheet.recon_id,)))
    groups = bank_groups(both, start, as_of, units)
    findings += _strangers(statements, bank_accounts)
    still = {name: pd.concat(parts, ignore_index=True) for name, parts in zip(OPEN, zip(*alone, strict=True), strict=True)}
    return BankToBook(gather(sheets, proofs, [*ties, *_statement_ties(statements)], findings), matched(both), groups, still)


def _side(account: _Account, reason: str) -> Side:
    """Return what the search for groups needs of an account; `reason` says why it is not proven, or nothing."""
    return Side(
        account.ledger_id, account.company_code, account.bank_account, account.lines, account.book, account.pairs, account.since, reason,
        account.carried,
    )  # fmt: skip


def _alone(account: _Account) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of each side that the other has not, or has with another amount."""
    open_bank, open_book = still_open(account.lines, account.book, account.pairs, account.since, account.as_of, account.carried)
    for line, rows in account.pairs.differing:
        open_bank[line] = True
        open_book[list(rows)] = True
    return account.lines.loc[open_bank], account.book.loc[open_book]


def _account(
    row: Any, statements: pd.DataFrame, bank_lines: pd.DataFrame, cash_book: pd.DataFrame, gl_balances: pd.DataFrame,
    start: date, as_of: date, policy: Policy, units: Units, before: Mapping[str, pd.DataFrame],
) -> _Account:  # fmt: skip
    stated, lines, open_lines = (
        frame[(frame["bank_account"] == row.bank_account) & (frame["currency"] == row.currency)]
        for frame in (statements, bank_lines, before.get(OPEN[0], bank_lines.iloc[:0]))
    )
    book, balances, open_book = (
        frame[
            (frame["ledger_id"] == row.ledger_id) & (frame["company_code"] == row.company_code)
            & (frame["gl_account"] == row.gl_account) & (frame["currency"] == row.currency)
        ]
        for frame in (cash_book, gl_balances, before.get(OPEN[1], cash_book.iloc[:0]))
    )  # fmt: skip
    opening = None if pd.isna(row.opening) else int(row.opening)
    sides = (bank_side(stated, lines, start, as_of), book_side(balances, book, opening, start, as_of))
    since = covered_from(stated, lines.sort_values("booking_date"), book.sort_values("posting_date"), start)
    lines, late_lines = _with(lines, open_lines, ["line_id"], ["booking_date", "line_id"])
    book, late_rows = _with(book, open_book, _ROW, ["posting_date", "doc_no", "line_no"])
    pairs = pair(
        *sides_of(lines, book), day_number(as_of), row.currency, policy.matching.combo,
        units.rounded(policy.matching.bank_charge_cap, row.currency),
    )  # fmt: skip
    return _Account(
        row.bank_account, row.currency, row.ledger_id, row.company_code, stated, lines, book, *sides, as_of, units, pairs, since,
        (late_lines, late_rows),
    )  # fmt: skip


def _with(rows: pd.DataFrame, earlier: pd.DataFrame, key: list[str], order: list[str]) -> tuple[pd.DataFrame, Flags]:
    """Put what the period before left open to the rows of this one, sorted, and mark it; a row that is delivered again stands once."""
    again = pd.MultiIndex.from_frame(earlier[key]).isin(pd.MultiIndex.from_frame(rows[key]))
    whole = pd.concat([rows.assign(_carried=False), earlier[~again].assign(_carried=True)]).sort_values(order, ignore_index=True)
    return whole.drop(columns="_carried"), whole["_carried"].to_numpy(dtype=bool)


def _unproven(account: _Account, gl_account: str) -> str:
    """Say why an account cannot be proven; blank when it can."""
    if account.bank is None:
        lines, rows = len(account.lines), len(account.book)
        given = f"its {lines:,} line{'' if lines == 1 else 's'} came without balances" if lines else "no statement was given"
        return given + (f", while the book has {rows:,} row{'' if rows == 1 else 's'}" if rows else "")
    if not gl_account:
        return "no GL account of the bank account is named"
    if account.book.empty and (account.books is None or len(account.lines)):
        return "no cash book was given"
    if account.books is None:
        return "neither a GL balance in its currency nor an opening balance was given"
    return ""


def _not_proven(account: _Account, reason: str) -> Sheet:
    lines: list[Line] = []
    if account.bank:
        side = account.bank
        lines = [
            Line("Bank balance before the period", "", side.opening), Line("Receipts", "", side.receipts),
            Line("Payments", "", -side.payments), Line("Balance per bank statement", "b0", side.closing, side.lines, total=True),
        ]  # fmt: skip
    if account.books:
        lines.append(Line("Balance per book", "k0", account.books.closing, account.books.lines, total=True))
    known = " and ".join(f"{line.label.lower()} {account.money(line.amount)}" for line in lines if line.total)
    said = f"Bank account {account.bank_account} {account.currency} is not proven: {reason}" + (f"; {known}." if known else ".")
    sides = [side.closing if side else 0 for side in (account.books, account.bank)]
    return _sheet(account, sides[0], sides[1], 0, 0, "NOT_PROVEN", said, lines, ())


def _proven(account: _Account, start: date, policy: Policy, off: Collection[date]) -> Sheet:
    spans = policy.reconciling_items
    items = bank_items(account.lines, account.book, account.pairs, account.since, account.as_of, spans, account.carried, off)
    gaps = missing(account.statements, start, account.as_of, spans, off)
    sums = {mark: sum(item.amount for item in items if item.mark == mark) for mark, _ in _LINES}
    b0, k0 = (side.closing if side else 0 for side in (account.bank, account.books))
    bank, book = b0 + sums["b1"] + sums["b2"] + sums["b3"], k0 + sums["k1"] + sums["k2"] + sums["k3"]
    printed = [Line(label, mark, sums[mark], sum(item.mark == mark for item in items)) for mark, label in _LINES]
    lines = [
        Line("Balance per bank statement", "b0", b0, 1), *printed[:3], Line("= Adjusted bank balance", "bank", bank, total=True),
        Line("Balance per cash book or GL", "k0", k0, 1), *printed[3:], Line("= Adjusted book balance", "book", book, total=True),
        Line("Adjusted bank less adjusted book", "difference", bank - book, total=True),
    ]  # fmt: skip
    name = f"Bank account {account.bank_account} {account.currency}"
    if bank == book:
        said = f"{name} ties: statement {account.money(b0)}, book {account.money(k0)}, both {account.money(bank)} after {len(items)} items."
        return _sheet(account, book, bank, 0, b0 - k0, "TIES", said, lines, items)
    figures = [account.money(amount) for amount in (bank, book, bank - book)]
    said = f"{name} does not tie: adjusted bank {figures[0]}, adjusted book {figures[1]}, {figures[2]} apart."
    waiting = sum(item.amount for item in items if item.mark == "k1" and item.day < account.as_of)
    told = [f"It {hint}." for hint in hints(bank - book, _pool(account, start), unposted=waiting)]
    told += [f"{item.sentence.rpartition(';')[0]}: {account.money(item.amount)}." for item in gaps]
    explained = b0 - k0 - (bank - book)
    return _sheet(account, book, bank, bank - book, explained, "UNEXPLAINED", " ".join([said, *told]), lines, (*items, *gaps))


def _sheet(
    account: _Account, ours: int, theirs: int, rest: int, explained: int, status: str, said: str, lines: list[Line], items: tuple[Item, ...]
) -> Sheet:
    where = (account.ledger_id, account.company_code, account.bank_account, account.currency, account.as_of)
    return Sheet("RC-20", *where, ours, theirs, rest, explained, rest, status, said, tuple(lines), items)


def _pool(account: _Account, start: date) -> Pool:
    sides = ((account.lines, "booking_date", "line_id"), (account.book, "posting_date", "doc_no"))
    names = [name for frame, _, column in sides for name in frame[column]]
    recent = [(frame[day] >= pd.Timestamp(start)).to_numpy() for frame, day, _ in sides]
    return Pool(names, np.concatenate([frame["amount"].to_numpy(dtype="int64") for frame, _, _ in sides]), np.concatenate(recent))


def _ties(account: _Account, sheet: Sheet, sides: Mapping[str, Balances | None]) -> Iterator[Tie]:
    name = f"{account.bank_account} {account.currency}"
    if sheet.status != "NOT_PROVEN":
        yield Tie(f"{name}: adjusted book equals adjusted bank", "RC-20", sheet.ours, sheet.theirs, account.currency)
    for words, side in sides.items():
        if side and side.stated:
            reached = side.opening + side.receipts - side.payments
            yield Tie(
                f"{name}: {words.lower()} opening, receipts and payments equal closing", "RC-20", reached, side.closing, account.currency
            )


def _statement_ties(statements: pd.DataFrame) -> Iterator[Tie]:
    """Tie each statement in itself: opening + credits − debits = closing."""
    for row in statements.sort_values("statement_key").to_dict("records"):
        name = f"{row['bank_account']} {row['currency']} statement {row['statement_id']} ({row['to_date']:%Y-%m-%d})"
        reached = row["opening"] + row["credits"] - row["debits"]
        yield Tie(f"{name}: opening, credits and debits equal closing", "RC-20", reached, row["closing"], row["currency"])


def _strangers(statements: pd.DataFrame, bank_accounts: pd.DataFrame) -> Iterator[Finding]:
    key = ["bank_account", "currency"]
    ours = set(bank_accounts[key].itertuples(index=False, name=None))
    for account, currency in sorted(set(statements[key].itertuples(index=False, name=None)) - ours):
        said = f"Statements of {account} {currency} were given, but no ledger of this close owns that account."
        yield Finding("RC-20", "warn", said, "statements")
