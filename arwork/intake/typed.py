"""Our columns from text to their kinds: money, days, percents, choices (CV-02, CV-14, LD-01 to LD-04)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from arwork.errors import first_few
from arwork.intake.days import format_of, read_days
from arwork.intake.fields import Fields, Problem
from arwork.intake.layouts import Layout, kinds_of
from arwork.intake.numbers import Amounts, Flags, Integers, Style, decimal_of, read_amounts, unclear
from arwork.money import Units
from arwork.tables import TABLES

_CURRENCY_OF = {"amount_local": "local_currency", "open_amount_local": "local_currency", "orig_amount": "orig_currency"}
_SIGNED = ("amount_doc", "open_amount_doc", "amount_local", "open_amount_local", "amount_net", "amount_tax", "amount", "gross")
_TRUE, _FALSE = {"true", "x", "1", "yes", "y", "ja", "j"}, {"", "false", "0", "no", "n", "nein"}
_CURRENCIES = ("currency", "local_currency", "orig_currency", "from_currency", "to_currency")
_NUMBER = "It is a number in the spreadsheet: format the column as a date there, and save it again."
_CONTRADICTS = "Find out what the sign means, from the bank or the ERP, and say it in the layout."
_ACCOUNTS = ("bank_account", "account", "virtual_account", "remitter_account")


class Rounded(NamedTuple):
    """An amount that was rounded: its row, our column, its currency and minor units."""

    row: int
    column: str
    currency: str
    minor: int


@dataclass(frozen=True)
class Typed:
    """Columns by kind, what is wrong with which row, what was rounded, and each amount exactly as the file has it, signed.

    Money is Int64 minor units with NA where blank or refused; days are NaT where blank or refused.
    """

    columns: Mapping[str, pd.Series[Any]]
    problems: Sequence[Problem]
    roundings: Sequence[Rounded]
    exact: Mapping[str, Sequence[str]]


def typed(fields: Fields, layout: Layout, units: Units, file: str) -> Typed:
    """Turn every column that the file has into its kind; problems are collected, not raised.

    Raises InputError only for what concerns whole columns: separators or date order that cannot be proven (LD-02, LD-04).
    """
    kinds = kinds_of(layout.table)
    columns: dict[str, pd.Series[Any]] = {}
    problems: list[Problem] = []
    have = [name for name in kinds if name in fields.text]
    for name in have:
        if kinds[name] in ("text", "code", "choice", "flag", "count"):
            columns[name], found = _simple(name, kinds[name], fields.text[name], layout)
            problems += found
    for name in have:
        if name in _CURRENCIES:
            cure = "Use an ISO 4217 code such as EUR, or map the export's own code under `values:` in the layout."
            unknown = ~columns[name].map({code: code == "" or units.known(code) for code in columns[name].unique()}).astype(bool)
            problems += [Problem(int(row), name, fields.text[name].iloc[row], "unknown currency", cure) for row in np.flatnonzero(unknown)]
    days, found = _all_days(fields, layout, [name for name in have if kinds[name] == "date"], file)
    columns |= days
    money = _all_money(fields, layout, units, columns, [name for name in have if kinds[name].startswith("money")], file)
    columns |= money.columns
    exacts, more = _all_exact(fields, layout, [name for name in have if kinds[name] in ("percent", "rate")], kinds)
    columns |= exacts
    return Typed(columns, [*problems, *found, *money.problems, *more], money.roundings, money.exact)


def _simple(name: str, kind: str, cells: pd.Series[Any], layout: Layout) -> tuple[pd.Series[Any], list[Problem]]:
    if kind == "flag":
        folded = cells.str.casefold()
        return folded.isin(_TRUE), _each(cells, ~folded.isin(_TRUE | _FALSE), name, "is neither true nor false", "Write true or false.")
    if kind == "count":
        whole = cells.str.replace(r"\.0+$", "", regex=True)
        bad = ~whole.str.fullmatch("[0-9]{0,9}")
        return whole.mask(bad, "").replace("", "0").astype("int64"), _each(cells, bad, name, "is not a whole number", "Correct the value.")
    if kind == "choice":
        allowed = next(column.values for column in TABLES[layout.table].columns if column.name == name)
        upper = cells.str.upper()
        bad = ~upper.isin(("", *allowed))
        cure = f"Map it under `values: {name}:` in the layout."
        return upper.mask(bad, ""), _each(cells, bad, name, f"is none of {', '.join(allowed)}", cure)
    if name in _ACCOUNTS:
        return cells.str.replace(r"\s", "", regex=True).str.upper(), []
    return (cells.str.upper() if name in _CURRENCIES else cells), []


def _each(cells: pd.Series[Any], bad: pd.Series[Any] | Flags, name: str, reason: str, cure: str) -> list[Problem]:
    return [Problem(int(row), name, str(cells.iloc[row]), reason, cure) for row in np.flatnonzero(bad)]


def _all_days(fields: Fields, layout: Layout, names: Sequence[str], file: str) -> tuple[dict[str, pd.Series[Any]], list[Problem]]:
    pooled = [name for name in names if name not in layout.dates_by_column]
    form = layout.dates
    if not form and pooled:
        cells = pd.concat([fields.text[name][~fields.flags(name)] for name in pooled])
        form = format_of(cells, file, first_few([fields.heading.get(name, name) for name in pooled]), drop_time=layout.drop_time)
    columns: dict[str, pd.Series[Any]] = {}
    problems: list[Problem] = []
    for name in names:
        own = layout.dates_by_column.get(name, form)
        read = read_days(fields.text[name], own, drop_time=layout.drop_time, native=fields.flags(name))
        columns[name] = read.days
        cure = "State `drop_time: true` in the layout." if "carries a time of day" in read.problem else "Correct the date in the export."
        native = fields.flags(name)
        problems += [
            Problem(row, name, str(fields.text[name].iloc[row]), reason, _NUMBER if native[row] else cure)
            for row, reason in enumerate(read.problem) if reason
        ]  # fmt: skip
    return columns, problems


def _styles(fields: Fields, layout: Layout, exponents: Mapping[str, Integers], file: str) -> dict[str, str]:
    """Settle the decimal separator of every amount column; one that cannot be proven alone follows the others (LD-02)."""
    if layout.decimal:
        return dict.fromkeys(exponents, layout.decimal)
    found = {}
    signs = _suffixes(layout)
    for name, decimals in exponents.items():
        texts = ~fields.flags(name)
        found[name] = decimal_of(fields.text[name][texts], decimals[texts], signs, layout.grouping)
    proven = {mark for mark in found.values() if mark in (".", ",")}
    for name, mark in found.items():
        if mark == "?" and (
            len(proven) != 1 or not _fits(fields, name, exponents[name], Style(next(iter(proven)), layout.grouping, signs))
        ):
            raise unclear(fields.text[name], fields.heading.get(name, name), file)
    settled = next(iter(proven)) if len(proven) == 1 else "."
    return {name: mark if mark in (".", ",") else settled for name, mark in found.items()}


def _suffixes(layout: Layout) -> dict[str, int]:
    return {text: 1 if sign == "+" else -1 for text, sign in layout.suffixes.items()}


def _fits(fields: Fields, name: str, exponents: Integers, style: Style) -> bool:
    read = read_amounts(fields.text[name], exponents, style, round_more=False, native=fields.flags(name))
    return not any(read.problem)


def _all_money(
    fields: Fields, layout: Layout, units: Units, columns: Mapping[str, pd.Series[Any]], names: Sequence[str], file: str
) -> Typed:
    currencies = {name: columns.get(_CURRENCY_OF.get(name, "currency"), fields.cells("")) for name in names}
    exponents = {name: _exponents(currencies[name], units) for name in names}
    styles = _styles(fields, layout, exponents, file)
    signs, problems = _signs(fields, layout, columns)
    result: dict[str, pd.Series[Any]] = {}
    exact: dict[str, Sequence[str]] = {}
    roundings: list[Rounded] = []
    for name in names:
        shown = np.full(fields.rows, 2, dtype=np.int64) if layout.se16_shift else exponents[name]
        style = Style(styles[name], layout.grouping, _suffixes(layout))
        round_more = layout.more_decimals == "round"
        read = read_amounts(fields.text[name], shown, style, round_more=round_more, native=fields.flags(name))
        signed = _is_signed(read.minor, signs, layout)
        factor = signs if name in _SIGNED and not signed else np.ones(fields.rows, dtype=np.int64)
        if signed and name in _SIGNED and layout.sign.column:
            # A minus beside an unchanged mark cannot be told from a signed column, so neither is believed.
            problems += _each(
                fields.text[name], np.sign(read.minor) * signs < 0, name, "has a sign that contradicts its mark", _CONTRADICTS
            )
        cure = "Correct the export" + (
            ", or let the layout round: `more_decimals: round`." if any("more than" in p for p in read.problem) else "."
        )
        problems += [
            Problem(row, name, str(fields.text[name].iloc[row]), reason, cure) for row, reason in enumerate(read.problem) if reason
        ]
        refused = read.blank | np.array([bool(reason) for reason in read.problem], dtype=np.bool_)
        result[name] = pd.Series(read.minor * factor, dtype="Int64").mask(refused)
        exact[name] = _as_meant(read, factor, exponents[name] if layout.se16_shift else shown, shown)
        roundings += [
            Rounded(int(row), name, str(currencies[name].iloc[row]), int(read.minor[row] * factor[row]))
            for row in np.flatnonzero(read.rounded)
        ]
    return Typed(result, problems, roundings, exact)


def _exponents(currency: pd.Series[Any], units: Units) -> Integers:
    """Give each row its number of decimals; unknown codes are refused elsewhere and read with two."""
    known = {code: units.exponent(code) if units.known(code) else 2 for code in currency.unique()}
    return currency.map(known).to_numpy(dtype=np.int64)


def _as_meant(read: Amounts, factor: Integers, meant: Integers, shown: Integers) -> list[str]:
    """Write each amount with its sign, and with the decimal point where the currency has it (LD-03)."""
    result = []
    for text, sign, shift in zip(read.exact, factor, shown - meant, strict=True):
        plain = text if sign > 0 or not text else text.removeprefix("-") if text.startswith("-") else f"-{text}"
        result.append(_shifted(plain, int(shift)) if shift and plain else plain)
    return result


def _shifted(text: str, places: int) -> str:
    """Move the decimal point of plain digits to the right (places > 0) or to the left."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, part = digits.partition(".")
    if places >= 0:
        part = part.ljust(places, "0")
        whole, part = whole + part[:places], part[places:]
    else:
        whole = whole.rjust(1 - places, "0")
        whole, part = whole[:places], whole[places:] + part
    return f"{sign}{whole.lstrip('0') or '0'}" + (f".{part}" if part else "")


def _is_signed(minor: Integers, signs: Integers, layout: Layout) -> bool:
    """Say whether a column has its signs already: it holds a negative amount. Where the document type gives the sign (LD-07),
    a negative one among those types must be there: a negative journal says nothing of credit memos.
    """
    negative = minor < 0
    if layout.sign.minus_types and not layout.sign.column and (signs < 0).any():
        negative = negative & (signs < 0)
    return bool(negative.any())


def _signs(fields: Fields, layout: Layout, columns: Mapping[str, pd.Series[Any]]) -> tuple[Integers, list[Problem]]:
    """Give each row the sign of an unsigned amount: +1, or -1 by the sign column (LD-01) or by document type (LD-07)."""
    signs = np.ones(fields.rows, dtype=np.int64)
    rule = layout.sign
    if rule.minus_types and "doc_type" in columns:
        signs[columns["doc_type"].isin(rule.minus_types).to_numpy()] = -1
    if not rule.column:
        return signs, []
    marks = fields.cells("sign")
    signs[marks.isin(rule.minus).to_numpy()] = -1
    unknown = ~marks.isin((*rule.plus, *rule.minus))
    return signs, _each(marks, unknown, "sign", f"is neither of {', '.join((*rule.plus, *rule.minus))}", "Correct `sign:` in the layout.")


def _all_exact(
    fields: Fields, layout: Layout, names: Sequence[str], kinds: Mapping[str, str]
) -> tuple[dict[str, pd.Series[Any]], list[Problem]]:
    """Read percents to ten-thousandths of a point (CV-14) and rates to exact decimal text; neither has thousands."""
    columns: dict[str, pd.Series[Any]] = {}
    problems: list[Problem] = []
    for name in names:
        cells = fields.text[name].str.removesuffix("%").str.strip()
        comma = cells.str.contains(",", regex=False)
        decimal = layout.decimal or ("," if comma.any() and not cells.str.contains(".", regex=False).any() else ".")
        decimals = np.full(fields.rows, 4 if kinds[name] == "percent" else 9, dtype=np.int64)
        read = read_amounts(cells, decimals, Style(decimal, grouping=False), round_more=False, native=fields.flags(name))
        low = np.iinfo(np.int64).min if layout.negative_rates == "indirect" else 0
        wrong = [reason or ("is not above zero" if kinds[name] == "rate" and not blank and (minor == 0 or minor < low) else "")
                 for reason, minor, blank in zip(read.problem, read.minor, read.blank, strict=True)]  # fmt: skip
        problems += [
            Problem(
                row, name, str(cells.iloc[row]), reason.replace("amount", kinds[name]).replace("of its currency", "allowed"), "Correct it."
            )
            for row, reason in enumerate(wrong)
            if reason
        ]
        columns[name] = pd.Series(read.minor) if kinds[name] == "percent" else pd.Series(read.exact, dtype="str")
    return columns, problems
