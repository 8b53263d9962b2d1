"""A table looked at without params: the layout that fits its headings, the rows taken over, the rows that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pandas as pd

from arwork.errors import InputError, first_few, place
from arwork.intake.bank.statement import BankFile
from arwork.intake.complete import NO_CURRENCY
from arwork.intake.layouts import PLAIN, Fallback, Layout
from arwork.intake.ledger import Parsed, read_alone
from arwork.intake.received import Received
from arwork.intake.recognise import Fit, fitting, shipped_names, unreadable
from arwork.money import Units
from arwork.tables import TABLES

_AMOUNT = {
    "open_items": "open_amount_doc", "bank_lines": "amount", "gl_lines": "amount", "cash_book": "amount", "remittance_lines": "net_amount",
    "promises": "promised_amount", "disputes": "disputed_amount", "refund_register": "amount", "sales_history": "credit_sales",
    "adjustment_register": "amount", "their_items": "amount",
}  # fmt: skip
_DAY = {
    "open_items": "posting_date", "bank_lines": "booking_date", "gl_lines": "posting_date", "cash_book": "posting_date",
    "remittance_lines": "remittance_date", "promises": "promised_date", "disputes": "opened_date", "fx_rates": "date",
    "refund_register": "paid_date", "bank_changes": "changed_date", "payment_holds": "opened_date",
    "contacts": "contact_date", "adjustment_register": "requested_date",
    "their_items": "doc_date", "legal_params": "valid_from", "master_changes": "changed_date", "statement_requests": "requested_date",
    "credit_insurance": "valid_from",
}  # fmt: skip
_MONEY_IN = ("bank_lines", "remittance_lines", "promises")


COMPLETENESS = {"proven": "proven", "counted": "counted", "not_proven": "not proven"}
"""How completeness is written for people and programs."""


class UnfitError(InputError):
    """A table whose headings fit no layout, so that another reader may be asked for it."""


class NoBankError(InputError):
    """A table that was taken for one of a bank and does not read whole, so that another reader may be asked for it."""


@dataclass(frozen=True)
class Found:
    """What a table holds; figures in minor units, None where several currencies make one meaningless.

    `bank` is the file as bank readers give it, where the table is one of a bank.
    """

    format: str
    encoding: str
    currency: str
    first: date | None
    last: date | None
    credits: int | None
    debits: int | None
    lines: int
    rejects: int
    completeness: str
    proof: str
    problems: tuple[str, ...]
    bank: BankFile | None


def read_as_table(
    received: Received, layouts: Mapping[str, Layout], named: str, units: Units, encoding: str, currency: str, account: str
) -> Found:
    """Read a file by the layout named, or by the only one that its headings fit.

    Raises UnfitError when none fits, NoBankError when one of a bank was found and cannot read the file, InputError when several fit,
    when the layout cannot read the file, or when a file of a bank or an advice has one bad row (LD-10).
    """
    if named and named != PLAIN:
        chosen = named
    else:
        among = {name: layout for name, layout in layouts.items() if not named or layout.title == PLAIN}
        fits = fitting(received, among, encoding)
        fits = fits if named else _without_chance(fits, layouts)
        if not fits or fits[0].missing:
            raise unreadable(received, among.values(), encoding) or _no_layout(received, fits)
        chosen = _chosen(fits[0], received.name)
    layout = _with(layouts[chosen], currency, account)
    try:
        return _found(chosen, layout, read_alone(received, layout, units, encoding), received)
    except InputError as refused:
        if named or layout.reads != "bank":
            raise
        other = f"It was taken for a bank's by layout {chosen}; if it is something else, `arwork init FILE` proposes a layout for it"
        raise NoBankError(refused.what, where=refused.where, cure=f"{refused.cure.rstrip('.')}. {other}") from None


def _without_chance(fits: tuple[Fit, ...], layouts: Mapping[str, Layout]) -> tuple[Fit, ...]:
    """Leave out plain layouts that do not know most of a file's headings: a word such as "Amount" is ours by chance there."""
    chance = {fit.layout for fit in fits if layouts[fit.layout].title == PLAIN and fit.left > fit.score}
    return tuple(
        replace(fit, as_good=tuple(name for name in fit.as_good if name not in chance)) for fit in fits if fit.layout not in chance
    )


def _chosen(fit: Fit, file: str) -> str:
    """Take the layout that fits; of several that fit as well the only one that does not come with arwork: someone wrote it for this."""
    alike = (fit.layout, *fit.as_good)
    own = [name for name in alike if name not in shipped_names() and not name.startswith(f"{PLAIN} ")]
    if len(alike) > 1 and len(own) != 1:
        raise InputError(f"fits several layouts equally well: {', '.join(alike)}", where=file, cure="Name one with --layout.")
    return fit.layout if len(alike) == 1 else own[0]


def _no_layout(received: Received, fits: tuple[Fit, ...]) -> UnfitError:
    close = fits and len(fits[0].missing) <= 2
    near = f"; nearest is {fits[0].layout!r}, which lacks {', '.join(fits[0].missing)}" if close else ""
    return UnfitError(
        f"is a table whose headings fit no layout{near}", where=received.name, cure="`arwork init FILE` proposes a layout for it"
    )


def _with(layout: Layout, currency: str, account: str) -> Layout:
    """Let a layout fill what the file does not say of currency and account."""
    known = {"currency": currency, "local_currency": currency, "bank_account": account}
    have = {column.name for column in TABLES[layout.table].columns}
    more = {
        name: Fallback(set={name: value} | dict(layout.when_blank[name].set if name in layout.when_blank else {}))
        for name, value in known.items()
        if value and name in have
    }
    return layout.model_copy(update={"when_blank": {**layout.when_blank, **more}}) if more else layout


def _found(name: str, layout: Layout, parsed: Parsed, received: Received) -> Found:
    table, kind = parsed.table, layout.table
    currencies = sorted({code for code in table.get("currency", pd.Series(dtype="str")).unique() if code and code != NO_CURRENCY})
    credits, debits = _sums(table, kind) if len(currencies) <= 1 else (None, None)
    days = table[_DAY[kind]].dropna() if kind in _DAY and len(table) else pd.Series(dtype="datetime64[us]")
    rejected = parsed.rejects.drop_duplicates(["source_line"])
    problems = [finding.sentence for finding in parsed.findings if finding.severity != "info"]
    if len(rejected):
        problems.insert(0, _refusal(parsed.rejects, rejected, received))
    return Found(
        format=f"{layout.reads} by layout {PLAIN if layout.title == PLAIN else name} ({parsed.format})", encoding=parsed.encoding,
        currency=", ".join(currencies), first=days.min().date() if len(days) else None, last=days.max().date() if len(days) else None,
        credits=credits, debits=debits, lines=len(table), rejects=len(rejected), completeness=COMPLETENESS[parsed.completeness],
        proof=parsed.proof, problems=tuple(problems), bank=parsed.bank,
    )  # fmt: skip


def _sums(table: pd.DataFrame, kind: str) -> tuple[int | None, int | None]:
    if kind == "gl_balances":
        return int(table["credits"].sum()), int(table["debits"].sum())
    if kind not in _AMOUNT:
        return None, None
    amounts = table[_AMOUNT[kind]].dropna()
    plus, minus = int(amounts[amounts > 0].sum()), -int(amounts[amounts < 0].sum())
    return (plus, minus) if kind in _MONEY_IN else (minus, plus)


def _refusal(rejects: pd.DataFrame, rejected: pd.DataFrame, received: Received) -> str:
    facts = rejects.head(3)[["source_line", "column", "value", "reason"]].itertuples(index=False, name=None)
    shown = [f"{place(received.name, line, column, value)}: {reason}" for line, column, value, reason in facts]
    total = sum((Decimal(text) for text in rejected["amount"] if text), Decimal(0))
    block = f"accept_rejects: [{{sha256: {received.sha256}, rows: {len(rejected)}, sum: {total}}}]"
    count = "1 row" if len(rejected) == 1 else f"{len(rejected):,} rows"
    more = f"; and {len(rejected) - 3:,} more" if len(rejected) > 3 else ""
    return (
        f"{count} cannot be taken over and stop{'s' if len(rejected) == 1 else ''} a close: {first_few(shown, 3)}{more}. "
        f"{rejects['cure'].iloc[0]} Or accept exactly these in the params: {block}."
    )
