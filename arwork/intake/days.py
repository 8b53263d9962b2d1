"""Dates as exports write them, to days (LD-04): one format for all date columns of a file, stated or proven, never by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from arwork.errors import InputError, first_few

Flags = npt.NDArray[np.bool_]
Read: TypeAlias = tuple[npt.NDArray[np.datetime64], Flags]

_MONTHS: Mapping[str, int] = {
    name: n % 12 + 1
    for names in (
        "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC",
        "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER",
        "JANUAR FEBRUAR MÄRZ APRIL MAI JUNI JULI AUGUST SEPT OKTOBER NOVEMBER DEZEMBER",
        "JÄN FEBR MÄR APR MAI JUNI JULI AUG SEPT OKT NOV DEZ JÄNNER FEBRUAR MRZ",
        "JANVIER FÉVRIER MARS AVRIL MAI JUIN JUILLET AOÛT SEPTEMBRE OCTOBRE NOVEMBRE DÉCEMBRE JANV FÉVR MARS AVR MAI JUIN JUIL AOUT SEPT OCT NOV DÉC",
        "ENERO FEBRERO MARZO ABRIL MAYO JUNIO JULIO AGOSTO SEPTIEMBRE OCTUBRE NOVIEMBRE DICIEMBRE ENE FEB MAR ABR MAY JUN JUL AGO SEPT OCT NOV DIC",
        "GENNAIO FEBBRAIO MARZO APRILE MAGGIO GIUGNO LUGLIO AGOSTO SETTEMBRE OTTOBRE NOVEMBRE DICEMBRE GEN FEB MAR APR MAG GIU LUG AGO SET OTT NOV DIC",
        "JANEIRO FEVEREIRO MARÇO ABRIL MAIO JUNHO JULHO AGOSTO SETEMBRO OUTUBRO NOVEMBRO DEZEMBRO JAN FEV MAR ABR MAI JUN JUL AGO SET OUT NOV DEZ",
        "JANUARI FEBRUARI MAART APRIL MEI JUNI JULI AUGUSTUS SEPTEMBER OKTOBER NOVEMBER DECEMBER JAN FEB MRT APR MEI JUN JUL AUG SEP OKT NOV DEC",
        "JANUARI FEBRUARI MARS APRIL MAJ JUNI JULI AUGUSTI SEPTEMBER OKTOBER NOVEMBER DECEMBER JAN FEB MARTS APR MAJ JUN JUL AUG SEP OKT NOV DES",
        "STYCZNIA LUTEGO MARCA KWIETNIA MAJA CZERWCA LIPCA SIERPNIA WRZEŚNIA PAŹDZIERNIKA LISTOPADA GRUDNIA STY LUT MAR KWI MAJ CZE LIP SIE WRZ PAŹ LIS GRU",
    )
    for n, name in enumerate(names.split())
}
"""Names of months in the trade's languages, short and long; no name means two months."""
_MONTH = "(?i:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_YEAR, _TWO, _ONE = "(?P<y>[0-9]{4})", "[0-9]{2}", "[0-9]{1,2}"


def _pattern(name: str) -> str:
    """Turn a format's name into its pattern: YYYY four digits, YY, MM and DD two, M and D one or two, MMM a month's name."""
    pieces = {
        "YYYY": _YEAR, "YY": f"(?P<y>{_TWO})", "MMM": rf"(?P<m>{_MONTH})\.?",
        "MM": f"(?P<m>{_TWO})", "DD": f"(?P<d>{_TWO})", "M": f"(?P<m>{_ONE})", "D": f"(?P<d>{_ONE})",
    }  # fmt: skip
    return "^" + "".join(pieces.get(piece, f"[{piece}]") for piece in re.findall("Y+|M+|D+|.", name)) + "$"


FORMATS: Mapping[str, str] = {
    name: _pattern(name)
    for name in (
        "YYYY-MM-DD", "YYYYMMDD", "YYYY/MM/DD", "YYYY.MM.DD", "DD.MM.YYYY", "D.M.YYYY", "DD/MM/YYYY", "D/M/YYYY",
        "MM/DD/YYYY", "M/D/YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY.MM.DD.", "D-MMM-YYYY", "D MMM YYYY", "MMM D, YYYY",
        "YYYY-M-D", "YYYY/M/D", "YYYY.M.D", "YYYY年M月D日", "D-M-YYYY", "M-D-YYYY", "D. MMM YYYY", "D/MMM/YYYY",
        "D.M.YY", "D/M/YY", "M/D/YY", "D-M-YY", "D-MMM-YY", "D MMM YY", "YYMMDD",
    )
}  # fmt: skip
"""Every format a layout may state. `99999999-YYYYMMDD` is SAP's inverted date (TCURR-GDATU); it and years of two digits
beside a month of two digits are never detected, only read where a layout states them. 00 to 79 are 2000 to 2079, 80 to 99
are 1980 to 1999."""
INVERTED = "99999999-YYYYMMDD"

_DETECTED = ("YYYY-MM-DD", "YYYYMMDD", "YYYY/MM/DD", "YYYY.MM.DD", "D.M.YYYY", "D/M/YYYY", "M/D/YYYY", "DD-MM-YYYY", "MM-DD-YYYY",
             "YYYY.MM.DD.", "D-MMM-YYYY", "D MMM YYYY", "MMM D, YYYY", "D-MMM-YY", "D MMM YY",
             "YYYY-M-D", "YYYY/M/D", "YYYY.M.D", "YYYY年M月D日", "D-M-YYYY", "M-D-YYYY", "D. MMM YYYY", "D/MMM/YYYY")  # fmt: skip
_RIVALS = {"D/M/YYYY": "M/D/YYYY", "M/D/YYYY": "D/M/YYYY", "DD-MM-YYYY": "MM-DD-YYYY", "MM-DD-YYYY": "DD-MM-YYYY",
           "D-M-YYYY": "M-D-YYYY", "M-D-YYYY": "D-M-YYYY"}  # fmt: skip
_PIVOT = 80
_NOTHING = r"^[0 ./-]*$"
_TIME = r"[T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?[AaPp][Mm])?( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?$"
ENOUGH = 0.95
"""Share of the telling cells (a day in one order only) that must agree on the order of day and month."""


@dataclass(frozen=True)
class Days:
    """A column read: the days (NaT where blank or refused), what is blank, why a cell is refused ("" if not)."""

    days: pd.Series[Any]
    blank: Flags
    problem: list[str]


def _array(cells: Sequence[str] | pd.Series[Any], drop_time: bool) -> Any:
    values = pc.utf8_trim_whitespace(pa.array(cells, type=pa.string()))
    return pc.replace_substring_regex(values, _TIME, "") if drop_time else values


def _flags(values: Any) -> Flags:
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _integers(values: Any) -> npt.NDArray[np.int64]:
    return np.asarray(values.cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _calendar(values: Any, form: str) -> Read:
    """Read cells in one format: the day, and whether the cell is a day of the calendar (years 1900 to 9999)."""
    if form == INVERTED and not len(values):
        form = "YYYYMMDD"
    if form == INVERTED:
        whole = _flags(pc.match_substring_regex(values, "^[0-9]{8}$"))
        turned = 99999999 - _integers(pc.if_else(pa.array(whole), values, "0"))
        values, form = pc.utf8_lpad(pa.array(turned.astype(str), type=pa.string()), 8, "0"), "YYYYMMDD"
    parts = pc.extract_regex(values, FORMATS[form])
    found = _flags(pc.is_valid(parts))
    texts = {name: pc.if_else(pa.array(found), pc.struct_field(parts, name), "1") for name in "ymd"}
    if "MMM" in form:
        at = pc.index_in(pc.utf8_upper(texts["m"]), value_set=pa.array(list(_MONTHS))).fill_null(0)
        texts["m"] = pc.take(pa.array([*_MONTHS.values()]), at)
    year, month, day = (_integers(texts[name]) for name in "ymd")
    if "YYYY" not in form:
        year = year + np.where(year < _PIVOT, 2000, 1900)
    known = found & (year >= 1900) & (month >= 1) & (month <= 12)
    months = np.where(known, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64)
    real = known & (day >= 1) & (day <= length)
    days = months.astype("datetime64[D]") + np.where(real, day - 1, 0).astype("timedelta64[D]")
    return days, real


def format_of(cells: Sequence[str] | pd.Series[Any], file: str, columns: str, *, drop_time: bool = False) -> str:
    """Find the one format of all date cells of a file (LD-04); "" when none is filled.

    Chosen is the format in which most filled cells, and more than half, are days of the calendar; the others are
    refused one by one later. Where day and month could change places, the cells that are a day in one order only decide,
    95 % of them; when there is none (all days 12 or below) or they disagree, InputError asks for the format.
    """
    values = _array(cells, drop_time)
    values = pc.filter(values, pa.array(~_flags(pc.match_substring_regex(values, _NOTHING))))
    if not len(values):
        return ""
    counted = pc.value_counts(values)
    values, times = counted.field("values"), _integers(counted.field("counts"))
    read = {form: _calendar(values, form) for form in _DETECTED}
    best = max(_DETECTED, key=lambda form: int(times[read[form][1]].sum()))
    examples = first_few([repr(text) for text in dict.fromkeys(values.to_pylist()[:50])], 4)
    where = f"{file}, columns {columns}"
    if 2 * times[read[best][1]].sum() <= times.sum():
        fits = [form for form in FORMATS if form not in _DETECTED and _calendar(values, form)[1].all()]
        stated = f"`dates: {' or '.join(fits)}`" if fits else "`dates: DD.MM.YYYY`"
        raise InputError(
            f"no one date format fits: {examples}",
            where=where,
            cure=f"State in the layout {stated}, or `dates_by_column:` where columns differ, `drop_time: true` if times follow.",
        )
    rival = _RIVALS.get(best)
    if rival and not _decided(read[best], read[rival], times):
        raise InputError(
            f"it is not clear which is the day and which the month: {examples}",
            where=where,
            cure=f"State it in the layout: `dates: {best}` or `dates: {rival}`.",
        )
    return best


def _decided(best: Read, rival: Read, times: npt.NDArray[np.int64]) -> bool:
    ours, theirs = int(times[best[1] & ~rival[1]].sum()), int(times[rival[1] & ~best[1]].sum())
    if ours + theirs == 0:
        return bool((best[0] == rival[0]).all())
    return ours >= ENOUGH * (ours + theirs)


def read_days(cells: Sequence[str] | pd.Series[Any], form: str, *, drop_time: bool = False, native: Flags | None = None) -> Days:
    """Read a column of dates in one format; blanks and all zeros (`00000000`) are no date.

    `native` marks cells that a spreadsheet kept as dates: they are ISO whatever the format says. A day that does not
    exist (30 February), another format, a two-digit year, or a time that the layout does not drop is refused.
    """
    values = _array(cells, drop_time)
    blank = _flags(pc.match_substring_regex(values, _NOTHING))
    if native is not None and native.any():
        iso, ours = _calendar(values, "YYYY-MM-DD"), _calendar(values, form or "YYYY-MM-DD")
        days, real = np.where(native, iso[0], ours[0]), np.where(native, iso[1], ours[1])
    else:
        days, real = _calendar(values, form or "YYYY-MM-DD")
    problem = [""] * len(blank)
    for row in np.flatnonzero(~real & ~blank):
        problem[row] = _reason(values[int(row)].as_py(), form)
    kept = np.where(real & ~blank, days, np.datetime64("NaT")).astype("datetime64[us]")
    return Days(pd.Series(kept), blank, problem)


def _reason(text: str, form: str) -> str:
    if form in FORMATS and re.fullmatch(FORMATS[form], text):
        return "is not a day of the calendar"
    if re.search(_TIME, text):
        return "carries a time of day"
    return f"is not a date written {form}" if form else "is not a date"
