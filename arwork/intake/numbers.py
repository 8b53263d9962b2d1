"""Amounts as people and programs write them, to exact minor units (CV-02, LD-01 to LD-03): one grammar, no guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from arwork.errors import InputError, first_few
from arwork.money import LARGEST, half_up

Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

_OTHER_GROUPS = ("'", "’", " ", "\u00a0", "\u202f", "\u2009")
_SIGNS = "+\u2212-"
LAKH: Literal["lakh"] = "lakh"
"""India's grouping: the last three digits, then twos."""
ENOUGH = 0.95
"""Share of the rows with a separator that must show decimals before the separator is believed (LD-02)."""


@dataclass(frozen=True)
class Style:
    """How a column writes amounts: its decimal separator, whether thousands may be grouped, and sign suffixes.

    `grouping` "lakh" takes thousands as India groups them too, 1,18,000.00; elsewhere that is a typing error.
    `suffixes` maps what may follow the digits to its sign, such as {"CR": -1, "DR": 1}; without them a suffix is refused.
    """

    decimal: str = "."
    grouping: bool | Literal["lakh"] = True
    suffixes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Amounts:
    """A column read: minor units, what is blank, why a cell is refused ("" if not), the exact amount as plain digits.

    `rounded` marks cells with more decimals than their currency, which were rounded HALF_UP. Refused and blank cells are 0.
    """

    minor: Integers
    blank: Flags
    problem: list[str]
    exact: list[str]
    rounded: Flags


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in ".+-'" else letter for letter in text)


def _digits(style: Style) -> str:
    """Write the grammar of an unsigned amount: whole groups of three with one separator, and a decimal part."""
    groups = [mark for mark in (*_OTHER_GROUPS, ",.".replace(style.decimal, "")) if mark != style.decimal] if style.grouping else []
    whole = "|".join(["[0-9]+", *(f"[0-9]{{1,3}}(?:{_escaped(mark)}[0-9]{{3}})+" for mark in groups)])
    if style.grouping == LAKH and style.decimal != ",":
        whole += "|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"
    point = _escaped(style.decimal)
    return f"(?:(?:{whole})(?:{point}[0-9]+)?|{point}[0-9]+)"


def _grammar(style: Style) -> tuple[str, str]:
    """Return the pattern of an amount and the pattern of a negative one."""
    body, sign = _digits(style), f"[{_escaped(_SIGNS)}]"
    minus = "[\\-\u2212]"
    ends = "|".join(_escaped(text) for text in style.suffixes)
    owed = "|".join(_escaped(text) for text, factor in style.suffixes.items() if factor < 0)
    tail = f"|{body} ?(?:{ends})" if ends else ""
    whole = f"(?i)^(?:(?:{sign} ?)?{body}|{body} ?{sign}|\\( ?{body} ?\\){tail})$"
    negative = f"(?i)^{minus}|{minus}$|^\\(" + (f"|(?:{owed})$" if owed else "")
    return whole, negative


def _array(cells: Sequence[str] | pd.Series[Any]) -> Any:
    return pc.utf8_trim_whitespace(pa.array(cells, type=pa.string()))


def _flags(values: Any) -> Flags:
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.bool_)


def decimal_of(
    cells: Sequence[str] | pd.Series[Any],
    exponents: Integers,
    suffixes: Mapping[str, int] | None = None,
    grouping: bool | Literal["lakh"] = True,
) -> str:
    """Find the decimal separator of a column (LD-02): ".", ",", "" when no cell holds one, "?" when it is not clear.

    Counted are the cells that hold a point or a comma and can be read with one of them. A cell speaks for a separator when
    it can be read with no other: one or two digits after it, both separators, or a group that is not three digits. In a
    currency with three decimals three digits after the last separator speak for it, in one without decimals they speak
    against it. 95 % must agree. `suffixes` and `grouping` are those of the style.
    """
    values = _array(cells)
    holds = _flags(pc.match_substring_regex(values, "[.,]"))
    if not holds.any():
        return ""
    point = _flags(pc.match_substring_regex(values, _grammar(Style(".", LAKH if grouping == LAKH else True, suffixes or {}))[0]))
    comma = _flags(pc.match_substring_regex(values, _grammar(Style(",", suffixes=suffixes or {}))[0]))
    last_point = _flags(pc.match_substring_regex(values, r"\.[0-9]{3}[^0-9.,]*$"))
    both = point & comma & holds
    grouped = both & (exponents == 0)
    fraction = both & (exponents == 3)
    for_point = (point & ~comma) | (grouped & ~last_point) | (fraction & last_point)
    for_comma = (comma & ~point) | (grouped & last_point) | (fraction & ~last_point)
    votes = {".": int((for_point & holds).sum()), ",": int((for_comma & holds).sum())}
    best = max(votes, key=lambda mark: votes[mark])
    return best if votes[best] >= max(1, ENOUGH * int((holds & (point | comma)).sum())) else "?"


def unclear(cells: Sequence[str] | pd.Series[Any], column: str, file: str) -> InputError:
    """Say that a column's separators can be read in two ways, with examples and the cure."""
    examples = list(dict.fromkeys(text.strip() for text in cells if "." in text or "," in text))
    return InputError(
        f"it is not clear whether '.' or ',' is the decimal separator: {first_few([repr(text) for text in examples], 4)}",
        where=f"{file}, column {column}",
        cure='State it in the layout: `decimal: ","` or `decimal: "."`.',
    )


def read_amounts(
    cells: Sequence[str] | pd.Series[Any], exponents: Integers, style: Style, *, round_more: bool, native: Flags | None = None
) -> Amounts:
    """Read a column of amounts to minor units with the given number of decimals for each row.

    `native` marks cells that a spreadsheet kept as numbers: they are read with a point whatever the style says. Accepted
    are ASCII digits, thousands in groups of three with one separator, a leading or trailing + - or U+2212, parentheses
    for minus, the style's suffixes. NaN, infinity, exponents, underscores and other digits are refused. An amount with
    more decimals than its currency is refused, or with `round_more` rounded HALF_UP (CV-03) and marked.
    """
    values = _array(cells)
    if native is not None and native.any() and style.decimal != ".":
        values = pc.if_else(pa.array(native), pc.replace_substring(values, ".", style.decimal), values)
    pattern, negative = _grammar(style)
    blank = _flags(pc.equal(values, pa.scalar("")))
    good = _flags(pc.match_substring_regex(values, pattern))
    sign = np.where(_flags(pc.match_substring_regex(values, negative)), -1, 1).astype(np.int64)
    plain = pc.replace_substring(pc.replace_substring_regex(values, f"[^0-9{_escaped(style.decimal)}]", ""), style.decimal, ".")
    parts = pc.extract_regex(pc.if_else(pa.array(good), plain, "0"), r"^(?P<whole>[0-9]*)\.?(?P<part>[0-9]*)$")
    whole, part = pc.struct_field(parts, "whole"), pc.struct_field(parts, "part")
    needed = np.asarray(pc.binary_length(pc.utf8_rtrim(part, "0")).to_numpy(zero_copy_only=False), dtype=np.int64)
    shown = np.asarray(pc.binary_length(part).to_numpy(zero_copy_only=False), dtype=np.int64)
    too_many = good & ((needed > exponents) | ((shown == 3) & (exponents < 3) & (not round_more)))
    too_large = good & (np.asarray(pc.binary_length(pc.utf8_ltrim(whole, "0")).to_numpy(zero_copy_only=False)) + exponents > 18)
    usable = good & ~too_many & ~too_large
    minor = _scaled(whole, part, exponents, usable) * sign
    exact = _exact(whole, part, sign, good)
    rounded = too_many & ~too_large & round_more
    for row in np.flatnonzero(rounded):
        minor[row] = half_up(Decimal(exact[row]).scaleb(int(exponents[row])))
    too_large |= np.abs(minor) > LARGEST
    minor[too_large] = 0
    return Amounts(minor, blank, _problems(values, blank, good, too_many & ~rounded, too_large, exponents), exact, rounded & ~too_large)


def _scaled(whole: Any, part: Any, exponents: Integers, usable: Flags) -> Integers:
    minor = np.zeros(len(exponents), dtype=np.int64)
    for exponent in np.unique(exponents):
        rows = usable & (exponents == exponent)
        if not rows.any():
            continue
        mask = pa.array(rows)
        tail = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.filter(part, mask), int(exponent), "0"), 0, int(exponent)) if exponent else ""
        digits = pc.binary_join_element_wise("0", pc.filter(whole, mask), tail, "")
        minor[rows] = pc.cast(digits, pa.int64()).to_numpy(zero_copy_only=False)
    return minor


def _exact(whole: Any, part: Any, sign: Integers, good: Flags) -> list[str]:
    """Write every readable amount as plain digits with a point: `-1234.5`."""
    head = pc.if_else(pa.array(sign < 0), "-", "")
    units = pc.utf8_ltrim(whole, "0")
    units = pc.if_else(pc.equal(units, pa.scalar("")), "0", units)
    tail = pc.if_else(pc.equal(part, pa.scalar("")), "", pc.binary_join_element_wise(".", part, ""))
    return list(pc.if_else(pa.array(good), pc.binary_join_element_wise(head, units, tail, ""), "").to_pylist())


def _problems(values: Any, blank: Flags, good: Flags, too_many: Flags, too_large: Flags, exponents: Integers) -> list[str]:
    problem = np.full(len(blank), "", dtype=object)
    problem[~good & ~blank] = "is not an amount"
    for row in np.flatnonzero(too_many):
        problem[row] = f"has more than the {exponents[row]} decimals of its currency"
    problem[too_large] = "is too large to be kept exactly"
    return list(problem)
