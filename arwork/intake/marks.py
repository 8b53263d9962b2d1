"""Currency marks beside amounts: `100.00 EUR`, `- $220.00`, `€ 5`: taken off, and the currency they name kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from arwork.intake.fields import Fields, Problem
from arwork.intake.layouts import Layout, kinds_of
from arwork.money import Units

_DOLLARS = (
    "USD",
    "CAD",
    "AUD",
    "NZD",
    "SGD",
    "HKD",
    "TWD",
    "MXN",
    "BBD",
    "BSD",
    "BMD",
    "BZD",
    "JMD",
    "NAD",
    "TTD",
    "XCD",
    "FJD",
    "GYD",
    "KYD",
)
_KNOWN: Mapping[str, tuple[str, ...]] = {
    "€": ("EUR",), "$": _DOLLARS, "£": ("GBP", "EGP", "GIP", "FKP", "SHP", "LBP", "SYP", "SSP", "SDG"), "¥": ("JPY", "CNY"),
}  # fmt: skip
"""What a sign may mean; a sign of several currencies is understood only where the file names one of them."""
_BESIDE = re.compile(
    r"^(?P<sign>[-+\u2212(]?)\s*'?(?P<before>[A-Za-z]{2,3}|[€$£¥])?\s*(?P<number>[-+\u2212(]?\s*[0-9.,'’][0-9.,'’ \u00a0\u202f\u2009]*[-+\u2212)]*)"
    r"\s*(?P<after>[A-Za-z]{2,3}|[€$£¥])?(?P<end>\)?)$"
)
_OWN_CURRENCY = ("orig_amount", "amount_local", "open_amount_local")


def without_marks(fields: Fields, layout: Layout, units: Units) -> tuple[Fields, list[Problem]]:
    """Take currency marks off the amounts; rows without a currency get the one their amounts name.

    Where all marks of a file name one currency and it has no column for it, that is the currency of every row. A mark
    that contradicts the currency of its row, or can mean several, is a problem of its row.
    """
    money = [name for name, kind in kinds_of(layout.table).items() if kind.startswith("money") and name in fields.text]
    marks = {**_KNOWN, **{mark: (currency,) for mark, currency in layout.marks.items()}}
    text = dict(fields.text)
    named: dict[int, list[tuple[str, str]]] = {}
    for name in money:
        marked = np.flatnonzero(fields.text[name].str.contains(r"[A-Za-z€$£¥]", regex=True))
        if not len(marked):
            continue
        cells = fields.text[name].tolist()
        for row in marked:
            plain, mark = _split(cells[row], marks, units, layout.suffixes)
            if mark:
                cells[row] = plain
                if name not in _OWN_CURRENCY:
                    named.setdefault(int(row), []).append((name, mark))
        text[name] = pd.Series(cells, dtype="str")
    if not named:
        return fields, []
    return _settled(replace(fields, text=text), named, marks)


def _split(cell: str, marks: Mapping[str, Sequence[str]], units: Units, suffixes: Mapping[str, str]) -> tuple[str, str]:
    """Split an amount and its mark; the cell unchanged and no mark where it holds none that is known."""
    found = _BESIDE.match(cell)
    if not found:
        return cell, ""
    said = {mark for mark in (found["before"], found["after"]) if mark}
    known = {mark for mark in said if mark.upper() not in suffixes and (mark in marks or units.known(mark.upper()))}
    if len(said) != 1 or said != known:
        return cell, ""
    mark = said.pop()
    return f"{found['sign']}{found['number'].strip()}{found['end']}", mark if mark in marks else mark.upper()


def _settled(
    fields: Fields, named: Mapping[int, Sequence[tuple[str, str]]], marks: Mapping[str, Sequence[str]]
) -> tuple[Fields, list[Problem]]:
    stated = fields.cells("currency").str.upper()
    sure = {_meant(mark, marks)[0] for pairs in named.values() for _, mark in pairs if len(_meant(mark, marks)) == 1}
    only = next(iter(sure)) if len(sure) == 1 and not stated.ne("").any() else ""
    currency: list[Any] = stated.mask(stated.eq(""), only).tolist()
    problems = []
    for row, pairs in named.items():
        for name, mark in pairs:
            meant = _meant(mark, marks)
            if not currency[row] and len(meant) == 1:
                currency[row] = meant[0]
            if currency[row] not in meant:
                reason = f"stands with {mark} where the row's currency is {currency[row] or 'not stated'}"
                problems.append(Problem(row, name, fields.text[name].iloc[row], reason, "State what it means: `marks:` in the layout."))
    return replace(fields, text={**fields.text, "currency": pd.Series(currency, dtype="str")}), problems


def _meant(mark: str, marks: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return marks.get(mark, (mark,))
