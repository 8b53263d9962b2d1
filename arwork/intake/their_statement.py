"""A customer's own statement of our account, CSV or XLSX: its headings recognised, its figures read, what it says beside its lines (RC-40)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from arwork.errors import InputError, place
from arwork.intake.cell_words import DOCUMENT_TYPES
from arwork.intake.claim import bank_format, is_cells
from arwork.intake.headings import fold
from arwork.intake.layouts import Layout, read_layout
from arwork.intake.ledger import Parsed, read_alone
from arwork.intake.proposal_yaml import Writer, twice
from arwork.intake.proposed import matched, words_of
from arwork.intake.received import Received
from arwork.intake.seen import see
from arwork.money import Units
from arwork.tables import conform

TABLE = "their_items"
_NONE = "XXX"
_OPENING = re.compile(
    r"(opening|brought forward|balance brought|b/f|anfangssaldo|saldovortrag|vortrag|eröffnung|solde (initial|reporté)|report à nouveau"
    r"|saldo (inicial|anterior|iniziale|początkowe)|beginsaldo|bilans otwarcia|ingående|αρχικό υπόλοιπο|υπόλοιπο από μεταφορά|期初|上期)"
)
_CLOSING = re.compile(
    r"(closing|ending|balance (due|as|at|on|per|carried)|total (due|outstanding|open|balance|payable)|statement balance|endsaldo|schlusssaldo"
    r"|gesamtsaldo|offener saldo|saldo (zum|per|am|finale?|końcowe)|solde (final|au|dû)|eindsaldo|slutsaldo|utgående|τελικό υπόλοιπο|期末|c/f)"
)
_TOTAL = re.compile(
    r"((grand |sub-?)?total|summe|gesamt|totale|totaal|totalt|suma|razem|zwischensumme|sum|saldo|balance|solde|σύνολο|υπόλοιπο|合计|总计|余额)( [a-z]{3})?"
)
_LABELS: Mapping[str, tuple[str, ...]] = {
    "opening": ("opening balance", "balance brought forward", "brought forward", "anfangssaldo", "saldovortrag", "solde initial",
                "saldo inicial", "beginsaldo", "saldo początkowe", "saldo iniziale", "αρχικό υπόλοιπο", "期初余额"),
    "closing": ("closing balance", "balance due", "total due", "total outstanding", "total open", "ending balance", "balance as of",
                "balance as at", "balance at", "balance on", "balance per", "statement balance", "total balance", "endsaldo", "schlusssaldo",
                "gesamtsaldo", "offener saldo", "saldo zum", "saldo per", "saldo am", "solde final", "solde au", "saldo final", "eindsaldo",
                "saldo końcowe", "saldo finale", "slutsaldo", "τελικό υπόλοιπο", "期末余额", "balance", "saldo", "solde"),
    "statement_date": ("statement date", "date of statement", "as of", "as at", "key date", "stichtag", "auszugsdatum", "datum des auszugs"),
}  # fmt: skip
_LOWERING = ("CM", "RCPT", "ONACC")
CURES: Mapping[str, str] = {
    "decimal separator": "Say which: --decimal ',' or --decimal '.'.",
    "date format": "Say how days are written: --dates DD.MM.YYYY, for example.",
    "the day and which the month": "Say how days are written: --dates DD/MM/YYYY or --dates MM/DD/YYYY.",
    "sheets with cells": "Say which sheet: --sheet NAME.",
    "visible sheet": "Say which sheet: --sheet NAME.",
}
"""What a person can say of a file that can be read in two ways, by the words of its refusal."""


@dataclass(frozen=True)
class Told:
    """What the person says of the file where it is silent or can be read in two ways; blank where the file says it."""

    currency: str = ""
    encoding: str = ""
    sheet: str = ""
    decimal: str = ""
    dates: str = ""
    layout: str = ""


@dataclass(frozen=True)
class TheirStatement:
    """A statement read whole: `their_items`, and by currency what it says its opening and closing balance are (minor units).

    `notes` are sentences that a person should look at; `rows_in` counts the data rows of the file, `beside` those that are no entry.
    `form` is the format and the encoding found.
    """

    name: str
    sha256: str
    lines: pd.DataFrame
    opening: Mapping[str, int]
    closing: Mapping[str, int]
    said_on: date | None
    rows_in: int
    beside: int
    notes: tuple[str, ...] = field(default=())
    form: tuple[str, str] = ("", "")


def read_their_statement(received: Received, layouts: Mapping[str, Layout], told: Told, home: str, units: Units) -> TheirStatement:
    """Read a customer's statement; `home` is the currency taken where neither the file nor the person says one.

    InputError, with file, line, column, value and cure, when the file is no table, lacks a column that is needed, can be read in
    two ways, or holds a row that cannot be read: a part of a statement proves nothing.
    """
    _refuse_what_is_no_table(received)
    try:
        layout, notes = _layout(received, layouts, told, home)
        parsed = _read(received, layout, units)
        found = _facts(parsed.table) if not len(parsed.rejects) else None
        if found is None or not found.closing:
            headed = _beside(received, layout, units, seen_headings=found is not None)
            if headed is not None:
                parsed, found = headed, _facts(headed.table)
    except InputError as refused:
        raise _with_cure(refused) from None
    if found is None:
        raise _refused(parsed, received)
    lines = _as_balances_run(_signed(found.lines), found)
    if lines.empty:
        raise InputError(
            "holds no entry: no row has an amount", where=received.name, cure="Ask the customer for the open items or the account."
        )
    place_of = lines["source_line"].str.extract(r"([0-9]+)$")[0].astype("int64")
    lines = lines.loc[place_of.sort_values(kind="stable").index].reset_index(drop=True)
    notes = (*notes, *(f.sentence for f in parsed.findings if f.severity != "info"))
    return replace(
        found,
        name=received.name,
        sha256=received.sha256,
        lines=lines,
        rows_in=parsed.rows_in,
        notes=notes,
        form=(parsed.format, parsed.encoding),
    )


def adds_up(read: TheirStatement) -> bool:
    """Say whether the entries of every currency reach the balance that the statement says it closes with."""
    moved = read.lines.groupby("currency")["amount"].sum()
    codes = {*moved.index, *read.opening, *read.closing}
    return all(read.opening.get(code, 0) + int(moved.get(code, 0)) == read.closing.get(code) for code in codes)


def _refuse_what_is_no_table(received: Received) -> None:
    form = bank_format(received)
    if form or not is_cells(received):
        what = f"a file of format {form}" if form else "no CSV and no XLSX"
        raise InputError(
            f"is {what}; a customer's statement is read from CSV or XLSX", where=received.name,
            cure="Ask the customer for a table, or save what came as CSV.",
        )  # fmt: skip


def _with_cure(refused: InputError) -> InputError:
    """Give the cure as this command knows it, where the reader of layouts speaks of a layout."""
    cure = next((said for words, said in CURES.items() if words in refused.what), refused.cure)
    if "mandatory columns are missing" in refused.what:
        cure = "Name the columns Reference, Date and Amount (or Debit and Credit), or give a layout of your own with --layout."
    return InputError(refused.what, where=refused.where, cure=cure)


def _layout(received: Received, layouts: Mapping[str, Layout], told: Told, home: str) -> tuple[Layout, tuple[str, ...]]:
    """Take the layout that is named, or propose one from the headings; decimals and dates are proven column by column."""
    if told.layout:
        layout = layouts.get(told.layout)
        if layout is None or layout.table != TABLE:
            raise InputError(f"there is no layout {told.layout!r} that reads {TABLE}", cure=f"Write one with `reads: {TABLE}`.")
        return layout, ()
    words = words_of(layouts.values())[TABLE]
    seen = see(received, {word for names in words.values() for word in names}, told.encoding, told.sheet)
    repeated = twice(seen)
    usable = [column for column in seen.columns if not column.heading or column.heading.casefold() not in repeated]
    writer = Writer(seen, matched(TABLE, usable, words), told.currency)
    text = "\n".join(writer.lines(received.name)) + "\n"
    layout = read_layout(text, received.name)
    constants = {name: home if value == _NONE else value for name, value in layout.constants.items()}
    blanks = {
        name: fallback.model_copy(update={"set": {key: home if value == _NONE else value for key, value in fallback.set.items()}})
        for name, fallback in layout.when_blank.items()
    }
    stated = {
        "decimal": told.decimal, "dates": told.dates, "dates_by_column": {}, "constants": constants, "when_blank": blanks, "ragged": True,
        "skip": layout.skip.model_copy(update={"blank": (), "starts": (), "totals": ()}),
    }  # fmt: skip
    doubts = tuple(doubt for doubt in writer.doubts if "is taken for" in doubt or "encoding" in doubt or "sign" in doubt)
    return layout.model_copy(update=stated), doubts


def _read(received: Received, layout: Layout, units: Units) -> Parsed:
    return read_alone(received, layout, units, layout.encoding)


def _beside(received: Received, layout: Layout, units: Units, *, seen_headings: bool) -> Parsed | None:
    """Read once more for what stands beside the table: balances and the day; None when that cannot be read and is not needed."""
    taken = {fold(heading) for headings in layout.columns.values() for heading in headings}
    labels = {name: tuple(label for label in names if label not in taken) for name, names in _LABELS.items()}
    try:
        parsed = _read(received, layout.model_copy(update={"head": labels}), units)
    except InputError:
        if seen_headings:
            return None
        raise
    if len(parsed.rejects) and not seen_headings:
        raise _refused(parsed, received)
    return None if len(parsed.rejects) else parsed


def _refused(parsed: Parsed, received: Received) -> InputError:
    rows = parsed.rejects.drop_duplicates(["source_line"])
    first = rows.iloc[0]
    more = f"; {len(rows):,} rows cannot be read" if len(rows) > 1 else ""
    where = place(received.name, first["source_line"], first["column"], first["value"])
    return InputError(f"{first['reason']}{more}", where=where, cure=str(first["cure"]) or "Correct the row, or ask for the file again.")


def _facts(table: pd.DataFrame) -> TheirStatement:
    """Tell entries from the rows that state a balance or a total, and take what these state."""
    ordered = table.assign(at=table["source_line"].str.extract(r"([0-9]+)$")[0].astype("int64")).sort_values("at").reset_index(drop=True)
    said = ordered[["reference", "their_no", "kind", "text"]].itertuples(index=False)
    first = pd.Series([fold(next((c for c in row if c), "")) for row in said], index=ordered.index, dtype="str")
    opens, closes = (first.str.match(pattern.pattern).astype(bool) for pattern in (_OPENING, _CLOSING))
    silent = ordered["amount"].isna()
    totals = (first.str.fullmatch(_TOTAL.pattern).astype(bool) & ordered["doc_date"].isna()) | _sums_above(ordered, opens | closes | silent)
    entries = ~(opens | closes | totals | silent)
    opening: dict[str, int] = {}
    closing: dict[str, int] = {}
    for code, rows in ordered.groupby("currency", sort=True):
        own = {"opening": rows.loc[opens], "closing": rows.loc[closes], "total": rows.loc[totals & ~opens & ~closes]}
        stated = _last(own["opening"]["balance"]) if len(own["opening"]) else None
        stated = _last(own["opening"]["amount"]) if stated is None else stated
        stated = _last(rows["opening"]) if stated is None else stated
        if stated is not None:
            opening[str(code)] = stated
        running = rows.loc[entries, "balance"]
        ends = [
            own["closing"]["balance"],
            own["closing"]["amount"],
            rows["closing"],
            running,
            own["total"]["balance"],
            own["total"]["amount"],
        ]
        known = next((value for value in map(_last, ends) if value is not None), None)
        if known is not None:
            closing[str(code)] = known
    days = ordered["statement_date"].dropna()
    kept = ordered.loc[entries].drop(columns=["at"]).reset_index(drop=True)
    lines = conform(TABLE, kept) if len(kept) else kept
    return TheirStatement("", "", lines, opening, closing, days.iloc[0].date() if len(days) else None, len(table), int((~entries).sum()))


def _sums_above(ordered: pd.DataFrame, beside: pd.Series[bool]) -> pd.Series[bool]:
    """Find the last row of each currency where it has no day and is the sum of two or more dated ones above it: a total, whatever it is called."""
    found = pd.Series(False, index=ordered.index)
    for _, rows in ordered[~beside].groupby("currency", sort=True):
        amounts, dated = rows["amount"], rows["doc_date"].notna()
        if len(rows) > 2 and not dated.iloc[-1] and dated.iloc[:-1].all():
            found[rows.index[-1]] = bool(amounts.iloc[-1] == amounts.iloc[:-1].sum())
    return found


def _last(values: pd.Series[int]) -> int | None:
    filled = values.dropna()
    return int(filled.iloc[-1]) if len(filled) else None


def kind_of(said: str) -> str:
    """Name what an entry is by the customer's word for it: INV, CM, DM, RCPT and so on; blank where the word is not known."""
    word = fold(said)
    for ours, words in DOCUMENT_TYPES.items():
        if word in words:
            return ours
    near = {"payment": "RCPT", "zahlung": "RCPT", "credit": "CM", "gutschrift": "CM", "debit note": "DM", "belastung": "DM", "deduction": "DM",
            "chargeback": "DM", "abzug": "DM", "invoice": "INV", "rechnung": "INV", "facture": "INV"}  # fmt: skip
    return next((ours for start, ours in near.items() if start in word), "")


def _signed(lines: pd.DataFrame) -> pd.DataFrame:
    """Give payments and credits their sign where no amount of the file has one (LD-07)."""
    if lines.empty or (lines["amount"] < 0).any():
        return lines
    lowering = lines["kind"].map(kind_of).isin(_LOWERING)
    return lines.assign(amount=lines["amount"].mask(lowering, -lines["amount"])) if lowering.any() and not lowering.all() else lines


def _as_balances_run(lines: pd.DataFrame, found: TheirStatement) -> pd.DataFrame:
    """Turn the entries of a currency whose balances run the other way: debit and credit of a supplier's account in the customer's books."""
    turned = []
    for code, rows in lines.groupby("currency", sort=True):
        moved, opening, closing = int(rows["amount"].sum()), found.opening.get(str(code), 0), found.closing.get(str(code))
        if closing is not None and moved and opening + moved != closing and opening - moved == closing:
            turned.append(code)
    return lines.assign(amount=lines["amount"].mask(lines["currency"].isin(turned), -lines["amount"])) if turned else lines
