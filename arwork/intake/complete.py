"""Typed columns to a whole table: ledger and company, amounts from two columns, and what each table may leave blank."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from arwork.dates import Holidays
from arwork.errors import InputError
from arwork.intake.bank.statement import account_code
from arwork.intake.fields import Problem
from arwork.intake.items import Columns, filled
from arwork.intake.layouts import Layout
from arwork.money import Units
from arwork.params import Ledger, Params, Source
from arwork.tables import TABLES

_DEFAULTS = {
    "customers": {"status": "ACTIVE", "tolerance_group": "STD", "allocation_instruction": "NONE"},
    "bank_lines": {"method": "OTHER"},
    "gl_lines": {"origin": "OTHER", "line_no": "1"},
    "cash_book": {"type": "OTHER", "line_no": "1"},
}
NOT_SAID = "-"
"""Ledger, company code or account of a file that is read alone and does not say it."""
NO_CURRENCY = "XXX"
"""The code of ISO 4217 for no currency: of a file that is read alone and names none; it has two decimals."""
_KEY_DATE = "key date"
_PERIODS = (r"(?P<y>[0-9]{4})[-/.]?0?(?P<m>[0-9]{2})", r"0?(?P<m>[0-9]{2})[-/.](?P<y>[0-9]{4})")


@dataclass(frozen=True)
class Books:
    """What is known of the books a file belongs to; `alone` when nothing is, and what the file does not say stays unsaid.

    `roll` are the holidays of each book where due dates move to a business day, else None (MP-10).
    """

    ledgers: tuple[Ledger, ...]
    units: Units
    roll: Holidays | None = None
    alone: bool = False
    period: str = ""


def books_of(params: Params) -> Books:
    """Take from the params what reading a table needs: ledgers, decimals, and whether due dates move to a business day."""
    roll = params.off if params.policy.due_date.roll_to_business_day else None
    return Books(params.ledgers, params.units, roll, period=params.period)


def no_books(units: Units) -> Books:
    """Read a file alone: no ledger is known, and amounts without a currency are kept under ISO 4217's code for none."""
    return Books((), Units({NO_CURRENCY: 2, **units.overrides}), alone=True)


def settled(columns: Columns, layout: Layout, books: Books, source: Source, file: str) -> tuple[Columns, list[Problem]]:
    """Settle, before amounts are read, what their decimals hang on: ledger, company code and the currencies (DV-01).

    Ledger and company come from the file, else from the source, else from the only ledger of the params that fits; a row
    that fits none or several, or contradicts its source, is refused. A blank ledger currency is the ledger's, a blank
    currency of GL figures too, that of the cash book is its bank account's; bank lines take the account of the params.
    """
    table = layout.table
    if table == "gl_balances":
        columns = columns.plus(period=columns.text("period").replace(_KEY_DATE, books.period or "1900-01"))
    if table == "bank_lines":
        return _unsaid(columns, "bank_account", "currency") if books.alone else _own_account(columns, books, source, file), []
    if table == "their_items" and books.alone:
        return _unsaid(columns, "currency"), []
    if "ledger_id" not in [column.name for column in TABLES[table].columns]:
        return columns, []
    if books.alone:
        columns = _of_no_ledger(columns, table)
        return _in_ledger_currency(columns, layout), []
    pairs = list(zip(columns.text("ledger_id"), columns.text("company_code"), strict=True))
    found: dict[tuple[str, str], Ledger | None] = {}
    for ledger, company in set(pairs):
        fits = [entry for entry in books.ledgers if _fits(entry, ledger, company, source)]
        found[(ledger, company)] = fits[0] if len(fits) == 1 else None
    named = ", ".join(f"{entry.ledger}/{entry.company_code}" for entry in books.ledgers)
    reason, cure = (
        f"fits no single ledger of the params ({named})",
        "Add it to `ledgers`, or state `ledger` and `company_code` of the source.",
    )
    problems = [
        Problem(row, "company_code", "/".join(pair).strip("/"), reason, cure) for row, pair in enumerate(pairs) if found[pair] is None
    ]
    texts = [
        ("", "", "") if entry is None else (entry.ledger, entry.company_code, entry.currency) for entry in map(found.__getitem__, pairs)
    ]
    ledgers, companies, currency = (pd.Series([text[n] for text in texts], dtype="str") for n in range(3))
    columns = columns.plus(ledger_id=ledgers, company_code=companies)
    if table == "open_items":
        return _in_ledger_currency(columns.plus(local_currency=filled(columns.text("local_currency"), currency)), layout), problems
    if table == "cash_book":
        currency = filled(_mirrored(columns, books), currency)
    if table in ("gl_balances", "gl_lines", "cash_book"):
        columns = columns.plus(currency=filled(columns.text("currency"), currency))
    return columns, problems


def _unsaid(columns: Columns, *names: str) -> Columns:
    """Write what a file that is read alone does not say: its currency as XXX, anything else as a dash."""
    said = {name: NO_CURRENCY if name.endswith("currency") else NOT_SAID for name in names}
    blanks = {name: pd.Series([value] * columns.rows, dtype="str") for name, value in said.items()}
    return columns.plus(**{name: filled(columns.text(name), blank) for name, blank in blanks.items()})


def _in_ledger_currency(columns: Columns, layout: Layout) -> Columns:
    if layout.table != "open_items" or layout.blank_currency != "ledger":
        return columns
    return columns.plus(currency=filled(columns.text("currency"), columns.text("local_currency")))


def _of_no_ledger(columns: Columns, table: str) -> Columns:
    currency = {"open_items": ("local_currency",), "gl_balances": ("currency",), "gl_lines": ("currency",), "cash_book": ("currency",)}
    return _unsaid(columns, "ledger_id", "company_code", *currency.get(table, ()))


def _fits(entry: Ledger, ledger: str, company: str, source: Source) -> bool:
    wanted = ((entry.ledger, ledger, source.ledger), (entry.company_code, company, source.company_code))
    return all(not given or given == ours for ours, *both in wanted for given in both)


def one_amount(columns: Columns, layout: Layout) -> tuple[Columns, list[Problem]]:
    """Make one signed amount of two columns, or of a gross amount and charges; never apply a sign twice (LD-01).

    A column of money out that holds negative amounts and no positive one is signed already; with both, problems name the
    rows. `turn` turns every sign. Charges of several columns, and a fee, which is negative when taken off, are added up.
    """
    name = "amount_doc" if layout.table == "open_items" else "amount"
    problems: list[Problem] = []
    if columns.has("amount_plus") or columns.has("amount_minus"):
        plus, minus = columns.money("amount_plus"), columns.money("amount_minus")
        signed = bool((minus < 0).any())
        if layout.table == "bank_lines" and signed:
            mixed = np.flatnonzero(minus.gt(0).fillna(value=False))
            problems = [Problem(int(n), "amount_minus", "", "is positive where others are negative", "Correct the export.") for n in mixed]
        both = plus.fillna(0) + minus.fillna(0) * (1 if signed else -1)
        columns = columns.plus(**{name: columns.money(name).fillna(both.mask(plus.isna() & minus.isna()))})
    if layout.table != "bank_lines":
        return columns, problems
    columns, more = _net(columns)
    if layout.sign.turn:
        columns = columns.plus(**{each: -columns.money(each) for each in (name, "balance", "opening", "closing") if columns.has(each)})
    return columns, [*problems, *more]


def _net(columns: Columns) -> tuple[Columns, list[Problem]]:
    """Settle gross, charges and net of a payment service's lines: gross less charges is net, in the same currency."""
    parts = [name for name in ("charges", "charges_2", "charges_3", "charges_4") if columns.has(name)]
    if not parts and not columns.has("fee"):
        return columns, []
    charges = -columns.money("fee").fillna(0)
    for name in parts:
        charges = charges + columns.money(name).fillna(0)
    gross, amount = columns.money("gross"), columns.money("amount")
    net = amount.fillna(gross - charges)
    off = (gross - charges != net).fillna(value=False) & gross.notna()
    cure = "Fetch the file again; or correct the layout's gross, fee and charges."
    problems = [Problem(int(row), "amount", "", "is not its gross amount less its charges", cure) for row in np.flatnonzero(off)]
    return columns.plus(amount=net, charges=charges.mask(charges == 0)), problems


def completed(columns: Columns, table: str, file: str) -> tuple[Columns, list[Problem]]:
    """Fill what a table other than open items may leave blank; problems name rows whose figures cannot be read."""
    for name, value in _DEFAULTS.get(table, {}).items():
        columns = columns.plus(**{name: filled(columns.text(name), pd.Series([value] * columns.rows, dtype="str"))})
    if table == "customers":
        columns = columns.plus(customer_id_raw=filled(columns.text("customer_id_raw"), columns.text("customer_id")))
    elif table == "bank_lines":
        booked, valued = columns.days("booking_date"), columns.days("value_date")
        columns = columns.plus(booking_date=booked.fillna(valued), value_date=valued.fillna(booked))
    elif table == "remittance_lines":
        columns = _advices(columns, file)
    elif table == "gl_balances":
        return _periods(_balances(columns))
    elif table == "fx_rates":
        return _rates(columns)
    return columns, []


def _mirrored(columns: Columns, books: Books) -> pd.Series[Any]:
    currencies = {(e.ledger, e.company_code, b.gl_account): b.currency for e in books.ledgers for b in e.bank_accounts if b.gl_account}
    keys = zip(columns.text("ledger_id"), columns.text("company_code"), columns.text("gl_account"), strict=True)
    return pd.Series([currencies.get(key, "") for key in keys], dtype="str")


def _advices(columns: Columns, file: str) -> Columns:
    """Number the lines of an advice, and take its gross as net plus discount plus deduction where it is not stated (T09)."""
    named = filled(columns.text("remittance_id"), pd.Series([file.rsplit(".", 1)[0]] * columns.rows, dtype="str"))
    place = named.groupby(named).cumcount() + 1
    discount, deduction = columns.money("discount_amount").fillna(0), columns.money("deduction_amount").fillna(0)
    gross = columns.money("gross_amount").fillna(columns.money("net_amount") + discount + deduction)
    number = columns.count("line_no")
    return columns.plus(
        remittance_id=named,
        line_no=number.where(number > 0, place),
        discount_amount=discount,
        deduction_amount=deduction,
        gross_amount=gross,
    )


def _balances(columns: Columns) -> Columns:
    """Add what was carried forward to the opening, and write credits as positive figures where all are negative."""
    credits = columns.money("credits")
    if (credits < 0).any() and not (credits > 0).any():
        columns = columns.plus(credits=-credits)
    if not columns.has("carried_forward"):
        return columns
    carried = columns.money("carried_forward").fillna(0)
    return columns.plus(opening=columns.money("opening").fillna(0) + carried if columns.has("opening") else carried)


def _rates(columns: Columns) -> tuple[Columns, list[Problem]]:
    """Write each rate for one unit; a negative rate is quoted indirectly (TCURR), so its currencies change places."""
    rate = [Decimal(text or "0") for text in columns.text("rate")]
    ours, theirs = columns.text("from_currency"), columns.text("to_currency")
    units = [columns.count(name).replace(0, 1).tolist() for name in ("from_units", "to_units")]
    plain = [(abs(r) * t / f) if r >= 0 else (abs(r) * f / t) for r, f, t in zip(rate, *units, strict=True)]
    indirect = pd.Series([r < 0 for r in rate], dtype="bool")
    stated = {pair for pair, turned in zip(zip(ours, theirs, columns.days("date"), strict=True), indirect, strict=True) if not turned}
    both = [turned and pair in stated for pair, turned in zip(zip(theirs, ours, columns.days("date"), strict=True), indirect, strict=True)]
    cure = "Export one of the two quotations only."
    problems = [Problem(n, "rate", "", "is quoted both ways", cure) for n, twice in enumerate(both) if twice]
    columns = columns.plus(from_currency=ours.mask(indirect, theirs), to_currency=theirs.mask(indirect, ours))
    kept = [old if new == Decimal(old or "0") else f"{new.normalize():f}" for old, new in zip(columns.text("rate"), plain, strict=True)]
    return columns.plus(rate=pd.Series(kept, dtype="str")), problems


def _periods(columns: Columns) -> tuple[Columns, list[Problem]]:
    """Write periods year-month, whether the export says 2026-03, 202603, 2026/003, 03.2026 or 003/2026."""
    given = columns.text("period")
    known = {text: _period(text) for text in given.unique()}
    problems = [
        Problem(int(row), "period", str(given.iloc[row]), "is not a period", "Write periods as year-month: 2026-03.")
        for row in np.flatnonzero(given.map(known).eq("") & given.ne(""))
    ]
    return columns.plus(period=given.map(known).astype("str")), problems


def _period(text: str) -> str:
    for pattern in _PERIODS:
        found = re.fullmatch(pattern, text)
        if found and 1 <= int(found["m"]) <= 12 and int(found["y"]) >= 1900:
            return f"{found['y']}-{found['m']}"
    return ""


def _own_account(columns: Columns, books: Books, source: Source, file: str) -> Columns:
    """Settle our bank account and its currency for lines that do not name them: the only account that fits.

    InputError when several of our accounts could be meant.
    """
    both = pd.DataFrame({"account": columns.text("bank_account"), "currency": columns.text("currency")})
    ours = [
        (account.account, account.currency) for entry in books.ledgers if _fits(entry, "", "", source) for account in entry.bank_accounts
    ]
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for row in both.drop_duplicates().itertuples(index=False):
        key = (str(row.account), str(row.currency))
        found[key] = key if all(key) else _only(key, ours, file)
    pairs = [found[key] for key in zip(both["account"], both["currency"], strict=True)]
    account, currency = (pd.Series([pair[n] for pair in pairs], dtype="str") for n in range(2))
    return columns.plus(bank_account=account, currency=currency)


def _only(key: tuple[str, str], ours: Sequence[tuple[str, str]], file: str) -> tuple[str, str]:
    wanted = (account_code(key[0]), key[1].upper())
    fits = [(a, c) for a, c in ours if wanted[0] in ("", account_code(a)) and wanted[1] in ("", c)]
    if len(fits) == 1:
        return fits[0]
    shown = ", ".join("/".join(pair) for pair in ours) or "none"
    raise InputError(
        f"does not say which of our accounts it is for; accounts of the params: {shown}",
        where=file,
        cure="Map `bank_account` and `currency` in the layout, or put them under its `constants`.",
    )
