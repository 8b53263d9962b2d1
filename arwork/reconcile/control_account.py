"""RC-10: the subledger against each GL control account, in ledger currency; and the continuity of GL balances (T11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from arwork.collect.key_date import open_at
from arwork.dates import NO_HOLIDAYS, Holidays, period_end, period_of, period_start
from arwork.money import Units
from arwork.proof import Finding, Tie
from arwork.reconcile.balances import continuity_of
from arwork.reconcile.company_total import with_company_total
from arwork.reconcile.documents import Sides, complete_periods, misplaced, one_sided
from arwork.reconcile.hints import Pool, hints
from arwork.reconcile.layout import CLASSES, Item, Line, Reconciled, Sheet, gather

Control = tuple[str, str, str]
"""Ledger, company, control account."""


@dataclass(frozen=True)
class _Account:
    """One control account with both sides; `kept` are its lines open at the key date, `special` the sum of the company's special G/L."""

    control: Control
    currency: str
    sides: Sides
    kept: pd.DataFrame
    special: int
    units: Units

    @property
    def name(self) -> str:
        """Name the account in sentences."""
        return f"{self.control[0]}/{self.control[1]} account {self.control[2]}"

    def money(self, minor: int) -> str:
        """Write an amount for a sentence."""
        return f"{self.units.decimal(minor, self.currency):,} {self.currency}"


def reconcile(
    open_items: pd.DataFrame,
    gl_balances: pd.DataFrame,
    gl_lines: pd.DataFrame,
    ledgers: pd.DataFrame,
    controls: Sequence[Control],
    as_of: date,
    units: Units,
    *,
    spans: Mapping[str, str] | None = None,
    off: Holidays = NO_HOLIDAYS,
) -> Reconciled:
    """Prove each control account: A subledger, B GL, C = B − A, D reconciling items, E = C − ΣD unexplained (RC-10).

    Takes `open_items`, `gl_balances`, `gl_lines`, `ledgers`; `spans` are the policy's days per class (4.10), `off` the holidays. A counts lines
    open at the key date (CV-06). Special G/L lines belong to their alternative control account: a line with an indicator
    counts only for an account that no line without one names. B is the closing balance of the key date's period, less GL
    lines given for later days of it. An account without a balance, or with another currency, is NOT_PROVEN and has a
    finding. Every proven account has a tie; every GL balance is tied in itself and to the period before (T11).
    """
    keys = zip(ledgers["ledger_id"], ledgers["company_code"], strict=True)
    currency_of = dict(zip(keys, ledgers["ledger_currency"], strict=True))
    kept = open_at(open_items, as_of)
    counted = pd.Series(False, index=kept.index)
    sheets, ties, findings, accounts = [], [], [], []
    for control in sorted(set(controls)):
        own, here = (_belonging(frame, control, open_items) for frame in (open_items, kept))
        counted |= here
        lines, balances = (_of_account(frame, control) for frame in (gl_lines, gl_balances))
        free = off.get(control[:2], ())
        sides = Sides(open_items.loc[own], lines, balances, as_of, _in_credit(kept.loc[here]), spans or {}, free)
        accounts.append(_Account(control, currency_of[control[:2]], sides, kept.loc[here], _special(kept, control), units))
    reasons = {account.control: _unproven(account) for account in accounts}
    items = misplaced({account.control: one_sided(account.sides) for account in accounts if not reasons[account.control]})
    for account in accounts:
        reason = reasons[account.control]
        sheet = _not_proven(account, reason) if reason else _proven(account, items[account.control])
        sheets.append(sheet)
        if not reason:
            name = f"{account.name}: subledger with its reconciling items equals the GL"
            ties.append(Tie(name, "RC-10", sheet.ours + sheet.explained, sheet.theirs, sheet.currency))
        if sheet.status != "TIES":
            findings.append(Finding("RC-10", "warn", sheet.sentence, "reconciliations", (sheet.recon_id,)))
    continuity, broken = continuity_of(gl_balances, controls)
    sheets = with_company_total(sheets)
    return gather(sheets, [], [*ties, *continuity], [*findings, *_left_out(kept[~counted], units), *broken])


def covered(open_items: pd.DataFrame, controls: Sequence[Control]) -> pd.Series[bool]:
    """Say which lines belong to a control account of this close: those that RC-10 counts."""
    found = pd.Series(False, index=open_items.index)
    for control in set(controls):
        found |= _belonging(open_items, control, open_items)
    return found


def _of_account(frame: pd.DataFrame, control: Control) -> pd.DataFrame:
    here = (frame["ledger_id"] == control[0]) & (frame["company_code"] == control[1]) & (frame["gl_account"] == control[2])
    return frame.loc[here]


def _belonging(frame: pd.DataFrame, control: Control, open_items: pd.DataFrame) -> pd.Series[bool]:
    """Say which lines belong to a control account; special G/L only where the account is an alternative one."""
    normal = bool((_of_account(open_items, control)["special_gl"] == "").any())
    here = frame.index.isin(_of_account(frame, control).index)
    return pd.Series(here, index=frame.index) & (frame["special_gl"] == "" if normal else True)


def _special(kept: pd.DataFrame, control: Control) -> int:
    """Sum the open special G/L lines of a company: with an indicator, or of a type that always has one."""
    company = (kept["ledger_id"] == control[0]) & (kept["company_code"] == control[1])
    return int(kept.loc[company & ((kept["special_gl"] != "") | kept["doc_type"].isin(["DP", "BOE"])), "open_local"].sum())


def _in_credit(kept: pd.DataFrame) -> int:
    balances = kept.groupby("customer_id")["open_local"].sum()
    return int(balances[balances < 0].sum())


def _unproven(account: _Account) -> str:
    """Say why an account cannot be proven; blank when it can."""
    balances = account.sides.balances
    period = period_of(account.sides.as_of)
    now = balances[balances["period"] == period]
    if now.empty:
        return f"no GL balance of {period} was given"
    if (now["currency"] != account.currency).any():
        return f"the GL balance of {period} is in {now['currency'].iloc[0]}, the ledger is kept in {account.currency}"
    foreign = account.kept.loc[account.kept["local_currency"] != account.currency, "local_currency"]
    return f"subledger lines carry {foreign.iloc[0]} as ledger currency, the ledger is kept in {account.currency}" if len(foreign) else ""


def _subledger(account: _Account) -> list[Line]:
    kept = account.kept
    cash = kept["doc_type"].isin(["ONACC", "RCPT"])
    credit = kept["open_local"] < 0
    parts = {"Debit items": ~cash & ~credit, "Credit memos": ~cash & credit, "On account and unapplied": cash}
    lines = [Line(label, "", int(kept.loc[part, "open_local"].sum()), int(part.sum())) for label, part in parts.items()]
    return [*lines, Line(f"Subledger at {account.sides.as_of}", "A", sum(line.amount for line in lines), len(kept), total=True)]


def _not_proven(account: _Account, reason: str) -> Sheet:
    lines = _subledger(account)
    said = f"{account.name} is not proven: {reason}; the subledger stands at {account.money(lines[-1].amount)}."
    return _sheet(account, lines, 0, (), 0, "NOT_PROVEN", said)


def _proven(account: _Account, items: list[Item]) -> Sheet:
    lines = _subledger(account)
    a, b = lines[-1].amount, _closing(account)
    explained = sum(item.amount for item in items)
    rest = b - a - explained
    lines += [
        Line(f"GL closing balance at {account.sides.as_of}", "B", b, 1, total=True),
        Line("Difference (B − A)", "C", b - a, total=True),
    ]
    lines += _by_class(items)
    lines += [Line("Reconciling items", "D", explained, len(items), total=True), Line("Unexplained (C − D)", "E", rest, total=True)]
    if not rest:
        said = f"{account.name} ties: GL {account.money(b)}, subledger {account.money(a)}, explained {account.money(explained)}."
        return _sheet(account, lines, b, tuple(items), b - a, "TIES", said)
    said = f"{account.name} does not tie: {account.money(rest)} of the difference {account.money(b - a)} is unexplained."
    told = [f"It {hint}." for hint in hints(rest, _pool(account), account.special, taxes=_taxes(account))]
    if len(account.sides.lines) and period_of(account.sides.as_of) not in complete_periods(account.sides):
        told.append("The GL lines given do not add up to the movement of the period, so documents missing in the GL were not looked for.")
    return _sheet(account, lines, b, tuple(items), b - a, "UNEXPLAINED", " ".join([said, *told]))


def _sheet(account: _Account, lines: list[Line], b: int, items: tuple[Item, ...], difference: int, status: str, said: str) -> Sheet:
    a = next(line.amount for line in lines if line.mark == "A")
    explained = sum(item.amount for item in items)
    where = (*account.control, account.currency, account.sides.as_of)
    return Sheet("RC-10", *where, a, b, difference, explained, difference - explained, status, said, tuple(lines), items)


def _by_class(items: Sequence[Item]) -> list[Line]:
    codes = sorted({item.code for item in items})
    amounts = {code: [item.amount for item in items if item.code == code] for code in codes}
    return [Line(f"{code} {CLASSES[code][0]}", "D", sum(found), len(found)) for code, found in amounts.items()]


def _closing(account: _Account) -> int:
    """Return the GL balance at the key date: the period's closing, less lines given for later days of that period."""
    sides = account.sides
    period = period_of(sides.as_of)
    later = (sides.lines["posting_date"] > pd.Timestamp(sides.as_of)) & (sides.lines["posting_date"] <= pd.Timestamp(period_end(period)))
    return int(sides.balances.loc[sides.balances["period"] == period, "closing"].sum()) - int(sides.lines.loc[later, "amount"].sum())


def _pool(account: _Account) -> Pool:
    """Gather what a difference may equal: lines of the account in subledger and GL, and what is open of them."""
    items, lines, kept = account.sides.items, account.sides.lines, account.kept
    items = items[items["posting_date"] <= pd.Timestamp(account.sides.as_of)]
    part = kept[kept["open_local"] != kept["amount_local"]]
    sources = ((items, "amount_local"), (lines, "amount"), (part, "open_local"))
    start = pd.Timestamp(period_start(period_of(account.sides.as_of)))
    recent = [(frame["posting_date"] >= start).to_numpy() & (frame is not part) for frame, _ in sources]
    names = [name for frame, _ in sources for name in frame["doc_no"]]
    amounts = [frame[column].to_numpy(dtype="int64") for frame, column in sources]
    return Pool(names, np.concatenate(amounts), np.concatenate(recent))


def _taxes(account: _Account) -> Pool:
    """Gather the tax amounts of the account's documents, where the export has them."""
    rows = account.sides.items[account.sides.items["amount_tax"].fillna(0) != 0]
    return Pool(list(rows["doc_no"]), rows["amount_tax"].to_numpy(dtype="int64"), np.zeros(len(rows), dtype=bool))


def _left_out(kept: pd.DataFrame, units: Units) -> Iterator[Finding]:
    """Name open lines that no control account of this close covers; nothing is skipped in silence."""
    where = ["ledger_id", "company_code", "gl_account", "local_currency"]
    for special, words in ((True, "special G/L lines"), (False, "open lines")):
        rows = kept[(kept["special_gl"] != "") == special]
        groups: Iterator[Any] = iter(rows.groupby(where))
        for (ledger, company, account, currency), group in groups:
            amount = f"{units.decimal(int(group['open_local'].sum()), currency):,} {currency}"
            where_ = f"on account {account}" if account else "without a GL account"
            said = f"{ledger}/{company}: {len(group)} {words} of {amount} {where_} are in no reconciliation of this close."
            yield Finding("RC-10", "info" if special else "warn", said, "open_items")
