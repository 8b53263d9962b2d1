"""RC-50: what the companies of the close owe each other, both sides at one rate, and the clearing account of misdirected receipts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from arwork.dates import NO_HOLIDAYS, Holidays, period_of
from arwork.matching.fx import Rates, convert
from arwork.money import Units
from arwork.proof import Finding, Tie
from arwork.reconcile.hints import Pool, hints
from arwork.reconcile.layout import CLASSES, Item, Line, Reconciled, Sheet, due_by, gather, rows_of

Company = tuple[str, str]
"""Ledger and company code."""
_KINDS = ("CLOSE", "SPOT")


@dataclass(frozen=True)
class Between:
    """One company's accounts with another: what is due from it and to it; in the currency of the company's ledger."""

    company: Company
    other: Company
    accounts: tuple[str, ...]
    clearing: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Side:
    """One side of a pair: its balance in its own currency and in that of the pair, None where none was delivered; its lines."""

    between: Between
    currency: str
    balance: int | None
    here: int | None
    lines: pd.DataFrame


@dataclass(frozen=True)
class _Close:
    """What every step needs: GL balances and lines, ledger currencies, rates, key date, units, the days that clearing may take."""

    gl_balances: pd.DataFrame
    gl_lines: pd.DataFrame
    currencies: Mapping[Company, str]
    rates: Rates
    as_of: date
    units: Units
    span: str
    off: Holidays

    def money(self, minor: int, currency: str) -> str:
        """Write an amount for a sentence."""
        return f"{self.units.decimal(minor, currency):,} {currency}"


def intercompany(
    pairs: Sequence[Between], misdirected: pd.DataFrame, receipts: pd.DataFrame, gl_balances: pd.DataFrame, gl_lines: pd.DataFrame, ledgers: pd.DataFrame,
    rates: Rates, as_of: date, units: Units, span: str,
    off: Holidays = NO_HOLIDAYS,
) -> Reconciled:  # fmt: skip
    """Prove due from + due to = 0 for each two companies, and misdirected clearing = the list of open misdirected receipts (RC-50).

    Takes `pairs` of the params, table `misdirected` (EX-40), `receipts` in status MISDIRECTED, `gl_balances`, `gl_lines`, `ledgers`, rates. Both sides stand in the
    currency of the first company, the other's balance translated at the closing rate. A line of one side without its counterpart
    (the same reference, opposite amounts) is an item RI-ICT, expected to clear within `span`; nothing else explains a difference.
    A pair of which a balance or a rate is missing is NOT_PROVEN. Without an account for clearing, the list alone is shown.
    """
    keys = zip(ledgers["ledger_id"], ledgers["company_code"], strict=True)
    close = _Close(
        gl_balances, gl_lines, dict(zip(keys, ledgers["ledger_currency"], strict=True)), rates, as_of, units, span, off
    )  # fmt: skip
    sheets, ties = [], []
    for one, other in _sides(pairs):
        sheet = _pair(one, other, misdirected, close)
        sheets.append(sheet)
        if sheet.status != "NOT_PROVEN":
            name = f"{_name(one.company)} and {_name(other.company)}: due from and due to net to nothing with their items"
            ties.append(Tie(name, "RC-50", sheet.unexplained, 0, sheet.currency))
    lineage = receipts[["receipt_id", "source_file", "source_line"]]
    listed = misdirected.merge(lineage, on="receipt_id", how="left", validate="1:1").fillna({"source_file": "", "source_line": ""})
    for sheet, proven in _clearings(pairs, listed, close):
        sheets.append(sheet)
        if proven:
            where = f"{sheet.ledger_id}/{sheet.company_code} {sheet.currency}"
            ties.append(
                Tie(
                    f"{where}: misdirected clearing equals the open misdirected receipts", "RC-50", sheet.ours, sheet.theirs, sheet.currency
                )
            )
    ties += _listed(misdirected, receipts)
    found = [Finding("RC-50", "warn", sheet.sentence, "reconciliations", (sheet.recon_id,)) for sheet in sheets if sheet.status != "TIES"]
    return gather(sheets, [], ties, found)


def _listed(misdirected: pd.DataFrame, receipts: pd.DataFrame) -> Iterator[Tie]:
    """Tie the list to the receipts in status MISDIRECTED, by currency: none is lost on the way to it (T08)."""
    here, there = (
        frame.groupby("currency")[column].sum().to_dict() for frame, column in ((misdirected, "amount"), (receipts, "misdirected_amount"))
    )
    for code in sorted({str(code) for code in (*here, *there)}):
        name = f"list of misdirected receipts equals receipts in status MISDIRECTED, {code}"
        yield Tie(name, "RC-50", int(here.get(code, 0)), int(there.get(code, 0)), code)


def _sides(pairs: Sequence[Between]) -> Iterator[tuple[Between, Between]]:
    """Give each two companies once, the first of the alphabet first; a side that the params do not name has no account."""
    known = {(one.company, one.other): one for one in pairs}
    seen = set()
    for one in sorted(pairs, key=lambda p: (p.company, p.other)):
        pair = tuple(sorted((one.company, one.other)))
        if pair not in seen:
            seen.add(pair)
            first, second = pair
            yield known.get((first, second), Between(first, second, ())), known.get((second, first), Between(second, first, ()))


def _side(between: Between, currency: str, close: _Close) -> _Side:
    own = close.currencies.get(between.company, currency)
    balance = _balance(between.company, between.accounts, own, close)
    here = balance
    if balance is not None and own != currency:
        rate = close.rates.find(own, currency, close.as_of, _KINDS)
        here = None if rate is None else convert(balance, own, rate, close.units)
    lines = close.gl_lines
    mine = (lines["ledger_id"] == between.company[0]) & (lines["company_code"] == between.company[1])
    kept = lines[mine & lines["gl_account"].isin(list(between.accounts)) & (lines["posting_date"] <= pd.Timestamp(close.as_of))]
    return _Side(between, own, balance, here, kept)


def _balance(company: Company, accounts: Iterable[str], currency: str, close: _Close) -> int | None:
    """Return what the GL holds on accounts at the key date's period; None where none of them has a balance in that currency."""
    rows = close.gl_balances
    rows = rows[
        (rows["ledger_id"] == company[0]) & (rows["company_code"] == company[1]) & rows["gl_account"].isin(list(accounts))
        & (rows["period"] == period_of(close.as_of)) & (rows["currency"] == currency)
    ]  # fmt: skip
    return int(rows["closing"].sum()) if len(rows) else None


def _pair(one: Between, other: Between, misdirected: pd.DataFrame, close: _Close) -> Sheet:
    currency = close.currencies.get(one.company, "")
    a, b = _side(one, currency, close), _side(other, currency, close)
    names = (_name(one.company), _name(other.company))
    first = Line(f"{names[0]} per its books: account with {names[1]}", "A", a.here or 0, len(a.lines), total=True)
    second = Line(f"{names[1]} per its books: account with {names[0]}", "B", b.here or 0, len(b.lines), total=True)
    where = (*one.company, f"{other.company[0]}-{other.company[1]}", currency, close.as_of)
    if a.here is None or b.here is None:
        lacking = [
            f"{name} {'has no rate' if side.balance is not None else 'has no balance'}"
            for name, side in zip(names, (a, b), strict=True)
            if side.here is None
        ]
        said = f"Intercompany {names[0]} and {names[1]} is not proven: {' and '.join(lacking)} for this account."
        return Sheet("RC-50", *where, a.here or 0, b.here or 0, 0, 0, 0, "NOT_PROVEN", said, (first, second))
    items = tuple(_one_sided(a, b, close)) if a.currency == b.currency else ()
    gap, explained = a.here + b.here, sum(item.amount for item in items)
    rest = gap - explained
    lines = [first]
    if b.currency != currency:
        lines.append(Line(f"{names[1]} in {b.currency}, translated at the closing rate", f"B {b.currency}", b.balance or 0))
    lines += [second, Line("Due from and due to (A + B)", "C", gap, total=True)]
    lines += [Line("Items of one side only", "D", explained, len(items), total=True), Line("Unexplained (C − D)", "E", rest, total=True)]
    status = "UNEXPLAINED" if rest else "TIES"
    said = f"Intercompany {names[0]} {close.money(a.here, currency)} and {names[1]} {close.money(b.here, currency)}: " + (
        f"{close.money(rest, currency)} is unexplained." if rest else f"they net to nothing, {close.money(explained, currency)} of it explained."
    )  # fmt: skip
    told = [f"It {hint}." for hint in hints(rest, _pool(misdirected, one, other))] if rest else []
    return Sheet("RC-50", *where, a.here, b.here, gap, explained, rest, status, " ".join([said, *told]), tuple(lines), items)


def _one_sided(a: _Side, b: _Side, close: _Close) -> Iterator[Item]:
    """Yield what stands on one side only: lines of one reference whose sums do not cancel between the two."""
    both = pd.concat([a.lines.assign(side=_name(a.between.company)), b.lines.assign(side=_name(b.between.company))], ignore_index=True)
    key = both["reference"].where(both["reference"] != "", both["doc_no"])
    for reference, rows in both.groupby(key, sort=True):
        amount = int(rows["amount"].sum())
        sides = sorted(set(rows["side"]))
        if not amount or len(sides) > 1:
            continue
        first = rows.sort_values(["posting_date", "doc_no", "line_no"]).iloc[0]
        day = first["posting_date"].date()
        off = close.off.get((str(first["ledger_id"]), str(first["company_code"])), ())
        said = f"Document {reference} stands only with {sides[0]}; {CLASSES['RI-ICT'][1]}."
        yield Item(
            "RI-ICT",
            "D",
            str(reference),
            day,
            amount,
            said,
            due_by(day, close.span, off),
            str(first["source_file"]),
            str(first["source_line"]),
        )


def _pool(misdirected: pd.DataFrame, one: Between, other: Between) -> Pool:
    """Gather the misdirected receipts between two companies: a difference often is one that only one side booked."""
    from_, to = _places(misdirected)
    here = [(f, t) in ((one.company, other.company), (other.company, one.company)) for f, t in zip(from_, to, strict=True)]
    rows = misdirected.loc[here]
    amounts = rows["amount"].to_numpy(dtype="int64")
    return Pool(list(rows["receipt_id"]), amounts, amounts != 0)


def _places(misdirected: pd.DataFrame) -> tuple[list[Company], list[Company]]:
    from_ = list(zip(misdirected["ledger_id"], misdirected["company_code"], strict=True))
    return from_, list(zip(misdirected["to_ledger"], misdirected["to_company"], strict=True))


def _clearings(pairs: Sequence[Between], misdirected: pd.DataFrame, close: _Close) -> Iterator[tuple[Sheet, bool]]:
    """Yield the misdirected clearing of each company and currency: the list by where it belongs, against the GL where it is named."""
    waiting = misdirected[misdirected["settlement"] != "RETURN"]
    accounts: dict[Company, tuple[str, ...]] = {}
    for pair in pairs:
        accounts[pair.company] = tuple(dict.fromkeys((*accounts.get(pair.company, ()), *pair.clearing)))
    groups = {
        (str(key[0]), str(key[1]), str(key[2])): rows for key, rows in waiting.groupby(["ledger_id", "company_code", "currency"], sort=True)
    }
    for company, named in accounts.items():
        if named:
            groups.setdefault((*company, close.currencies.get(company, "")), waiting.head(0))
    for (ledger, company_code, currency), rows in sorted(groups.items()):
        company = (ledger, company_code)
        own = close.currencies.get(company) == currency
        held = _balance(company, accounts.get(company, ()), currency, close) if own else None
        yield _clearing(company, currency, rows, held, close), held is not None


def _clearing(company: Company, currency: str, rows: pd.DataFrame, held: int | None, close: _Close) -> Sheet:
    lines = []
    for (ledger, code), part in rows.groupby(["to_ledger", "to_company"], sort=True):
        there = f"{ledger}/{code}" if ledger else "not known yet where"
        lines.append(Line(f"For {there}", "to", int(part["amount"].sum()), len(part)))
    listed = int(rows["amount"].sum())
    lines.append(Line("Open misdirected receipts", "list", listed, len(rows), total=True))
    gl = listed if held is None else -held
    if held is not None:
        lines.append(Line("Misdirected clearing per GL", "GL", gl, total=True))
    rest = gl - listed
    lines.append(Line("Unexplained", "E", rest, total=True))
    items = tuple(_item(row) for row in rows_of(rows.sort_values("receipt_id")))
    many = f"{len(rows)} misdirected receipt{'' if len(rows) == 1 else 's'} of {close.money(listed, currency)}"
    if held is None:
        said = f"{_name(company)} holds {many} for others; no clearing account in {currency} is named in the params, so the list alone shows it."
    else:
        said = f"{_name(company)} holds {many} for others, the clearing account {close.money(gl, currency)}."
        pool = Pool(list(rows["receipt_id"]), rows["amount"].to_numpy(dtype="int64"), rows["amount"].to_numpy() != 0)
        said = " ".join([said, *(f"The difference {hint}." for hint in hints(rest, pool))])
    status = "UNEXPLAINED" if rest else "TIES"
    return Sheet("RC-50", *company, "misdirected", currency, close.as_of, listed, gl, rest, 0, rest, status, said, tuple(lines), items)


def _item(row: Any) -> Item:
    """Write a receipt of the list: it explains no difference, it is what the clearing consists of until both ledgers have posted it."""
    return Item(
        "RI-ICT", "list", str(row.receipt_id), row.value_date.date(), int(row.amount), str(row.sentence), row.remit_by.date(),
        str(row.source_file), str(row.source_line),
    )  # fmt: skip


def _name(company: Company) -> str:
    return f"{company[0]}/{company[1]}"
