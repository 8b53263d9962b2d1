"""Amounts and dates of one document read together: one decimal separator and one date format for all of it (LD-02, LD-04)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from arwork.errors import InputError, place
from arwork.intake.days import format_of, read_days
from arwork.intake.numbers import LAKH, Style, decimal_of, read_amounts, unclear
from arwork.intake.remittance.rows import Money
from arwork.money import Units

_MONTHS = {
    "jan": 1, "feb": 2, "fev": 2, "mar": 3, "mae": 3, "maer": 3, "mrt": 3, "maa": 3, "mrz": 3, "apr": 4, "avr": 4, "abr": 4, "mai": 5,
    "may": 5, "mei": 5, "mag": 5, "jun": 6, "giu": 6, "juin": 6, "jul": 7, "lug": 7, "juil": 7, "aug": 8, "aou": 8, "ago": 8, "sep": 9,
    "set": 9, "oct": 10, "okt": 10, "ott": 10, "nov": 11, "dec": 12, "dez": 12, "dic": 12, "ene": 1, "gen": 1, "gennaio": 1,
    "out": 10, "sty": 1, "lut": 2, "kwi": 4, "maj": 5, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "paz": 10, "lis": 11, "gru": 12,
}  # fmt: skip
_NAMED = re.compile(r"(?:[A-Za-z]{2,10},? )?([0-9]{1,2})(?:st|nd|rd|th|\.|er)?[ -](?:de )?([^\W\d_]{3,10})\.?,?[ -](?:de )?([0-9]{4})")
_NAMED_US = re.compile(r"(?:[A-Za-z]{2,10},? )?([^\W\d_]{3,10})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_SHORT_YEAR = re.compile(r"([0-9]{1,2})([./])([0-9]{1,2})\2([0-9]{2})")
_PLAIN = re.compile(r"[0-9]{4}[-/.]?[0-9]{2}[-/.]?[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}")
_IN_LAKH = ("INR", "BDT", "BTN", "LKR", "NPR", "PKR")
"""Currencies of countries that group thousands by twos: 1,18,000.00."""
_TAIL = re.compile(r"[T ]+[0-9]{1,2}:[0-9]{2}.*")


@dataclass(frozen=True)
class Figures:
    """The amounts of one document in minor units, by how they stand there."""

    minor: Mapping[Money, int]


def read_figures(found: Iterable[Money], currency: str, units: Units, file: str, decimal: str = "") -> Figures:
    """Read all amounts of a document in one style; InputError where the separator is unclear or one cannot be read."""
    wanted = list(dict.fromkeys(found))
    texts = [entry.digits.replace("’", "'") for entry in wanted]
    native = np.array([entry.native for entry in wanted], dtype=np.bool_)
    exponents = np.full(len(wanted), units.exponent(currency), dtype=np.int64)
    grouping = LAKH if currency in _IN_LAKH else True
    mark = decimal or decimal_of([t for t, own in zip(texts, native, strict=True) if not own], exponents[~native], None, grouping)
    if mark == "?":
        raise unclear(texts, "amounts", file)
    read = read_amounts(texts, exponents, Style(mark or ".", grouping), round_more=False, native=native)
    for text, problem in zip(texts, read.problem, strict=True):
        if problem:
            raise InputError(
                f"{text!r} {problem}", where=place(file), cure="State `decimal:` in a layout, or ask the payer for the advice again"
            )
    return Figures({entry: int(minor) for entry, minor in zip(wanted, read.minor, strict=True)})


def day_text(cell: str) -> str:
    """Write a cell that holds a date in figures: month names of eight languages and two-digit years become four-digit ones; else ""."""
    text = _TAIL.sub("", cell.strip()) if _PLAIN.match(cell.strip()) else cell.strip()
    if _PLAIN.fullmatch(text):
        return text
    short = _SHORT_YEAR.fullmatch(text)
    if short:
        year = int(short[4]) + (2000 if int(short[4]) < 80 else 1900)
        return f"{short[1]}{short[2]}{short[3]}{short[2]}{year}"
    for pattern, day, month in ((_NAMED, 1, 2), (_NAMED_US, 2, 1)):
        found = pattern.match(text)
        if found:
            number = _month(found[month])
            if number and 1 <= int(found[day]) <= 31:
                return f"{found[3]}-{number:02d}-{int(found[day]):02d}"
    return ""


def _month(word: str) -> int:
    plain = word.casefold().replace("ä", "ae").replace("é", "e").replace("û", "u").replace("ç", "c")
    return next((_MONTHS[plain[:size]] for size in (4, 3) if plain[:size] in _MONTHS), 0)


def read_dates(cells: Iterable[str], file: str, form: str = "") -> tuple[dict[str, date], bool]:
    """Read all dates of a document in one format, and say whether any could be read two ways; those are left out.

    ISO dates and dates with the month in words leave no doubt and are read whatever the others are.
    """
    wanted = {cell: day_text(cell) for cell in dict.fromkeys(cells)}
    sure = {cell: text for cell, text in wanted.items() if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)}
    rest = {cell: text for cell, text in wanted.items() if text and cell not in sure}
    found: dict[str, date] = {}
    for group, fixed in ((sure, "YYYY-MM-DD"), (rest, form)):
        if not group:
            continue
        try:
            used = fixed or format_of(list(group.values()), file, "dates")
        except InputError:
            return found, True
        read = read_days(list(group.values()), used)
        for cell, day, problem in zip(group, read.days, read.problem, strict=True):
            if not problem and day == day:
                found[cell] = day.date()
    return found, False
