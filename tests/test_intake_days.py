"""Dates: one format a file, stated or proven; days that do not exist are refused (LD-04)."""

import csv
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arwork.errors import InputError
from arwork.intake.days import FORMATS, INVERTED, format_of, read_days

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def one(text: str, form: str, **more) -> str:
    read = read_days([text], form, **more)
    return read.problem[0] or ("" if read.blank[0] else read.days[0].date().isoformat())


@pytest.mark.parametrize(("form", "text", "expected"), [
    ("DD.MM.YYYY", "31.03.2026", "2026-03-31"), ("YYYYMMDD", "20260331", "2026-03-31"), ("MM/DD/YYYY", "03/31/2026", "2026-03-31"),
    ("DD/MM/YYYY", "31/03/2026", "2026-03-31"), ("D/M/YYYY", "1/3/2026", "2026-03-01"), ("M/D/YYYY", "3/1/2026", "2026-03-01"),
    ("YYYY-MM-DD", "2026-03-31", "2026-03-31"), ("YYYY/MM/DD", "2026/03/31", "2026-03-31"), ("DD-MM-YYYY", "31-03-2026", "2026-03-31"),
    ("MM-DD-YYYY", "03-31-2026", "2026-03-31"), ("YYYY.MM.DD", "2026.03.31", "2026-03-31"), ("D.M.YYYY", "1.3.2026", "2026-03-01"),
    (INVERTED, "79739668", "2026-03-31"), ("YYYYMMDD", "99991231", "9999-12-31"), ("YYYYMMDD", "20240229", "2024-02-29"),
    ("YYYYMMDD", "00000000", ""), ("DD.MM.YYYY", "00.00.0000", ""), ("YYYY-MM-DD", "0000-00-00", ""), ("YYYY-MM-DD", "", ""),
    ("YYYY-MM-DD", " ", ""),
    ("DD.MM.YYYY", "30.02.2026", "is not a day of the calendar"), ("YYYYMMDD", "20260229", "is not a day of the calendar"),
    ("YYYY-MM-DD", "2026-13-01", "is not a day of the calendar"), ("YYYY-MM-DD", "0001-01-01", "is not a day of the calendar"),
    ("DD.MM.YYYY", "1.3.2026", "is not a date written DD.MM.YYYY"), ("DD.MM.YYYY", "31.03.26", "is not a date written DD.MM.YYYY"),
    ("YYYY-MM-DD", "46112", "is not a date written YYYY-MM-DD"), ("YYYY-MM-DD", "Mar 26", "is not a date written YYYY-MM-DD"),
    ("DD.MM.YYYY", "31/03/2026", "is not a date written DD.MM.YYYY"), ("YYYY-MM-DD", "２０２６-03-31", "is not a date written YYYY-MM-DD"),
    ("YYYY-MM-DD", "2026-03-31 12:00:00", "carries a time of day"), ("YYYY-MM-DD", "2026-03-31T00:00:00Z", "carries a time of day"),
])  # fmt: skip
def test_ld_04_a_date_is_a_day_of_the_calendar_in_its_format_or_refused(form, text, expected):
    assert one(text, form) == expected


@pytest.mark.parametrize("text", ["2026-03-31 12:25:01.718750000", "2026-03-31T23:59", "2026-03-31 11:59 PM", "2026-03-31 00:00:00+02:00"])
def test_a_time_is_dropped_only_on_request_and_never_moves_the_day(text):
    assert one(text, "YYYY-MM-DD", drop_time=True) == "2026-03-31"


def test_cells_a_spreadsheet_kept_as_dates_are_iso_and_a_bare_serial_number_is_refused():
    read = read_days(["2026-03-04", "05.03.2026", "46112"], "DD.MM.YYYY", native=np.array([True, False, True]))
    assert read.days.dropna().dt.strftime("%Y-%m-%d").tolist() == ["2026-03-04", "2026-03-05"]
    assert read.problem[2]


@pytest.mark.parametrize(("cells", "form"), [
    (["31.03.2026", "01.04.2026"], "D.M.YYYY"), (["20260331", "00000000"], "YYYYMMDD"), (["13/04/2026", "01/02/2026"], "D/M/YYYY"),
    (["04/13/2026", "01/02/2026"], "M/D/YYYY"), (["31-03-2026"], "DD-MM-YYYY"), (["03-31-2026"], "MM-DD-YYYY"),
    (["2026-04-03"], "YYYY-MM-DD"),
    (["", "00.00.0000"], ""), (["05/05/2026"], "D/M/YYYY"), (["2026-03-31", "2026-02-30", "2026-03-01"], "YYYY-MM-DD"),
])  # fmt: skip
def test_ld_04_the_format_is_proven_over_the_whole_file(cells, form):
    assert format_of(cells, "items.csv", "Due") == form


@pytest.mark.parametrize(("cells", "what"), [
    (["03/04/2026", "01/02/2026"], "which is the day and which the month"),
    (["13/04/2026", "04/13/2026", "01/02/2026"], "day and which the month"),
    (["03-04-2026"], "which is the day and which the month"), (["2026-03-31", "31.03.2026"], "no one date format fits"),
    (["Mar 26"], "no one date format fits"),
])  # fmt: skip
def test_ld_04_an_ambiguous_column_is_refused_with_file_column_example_and_cure(cells, what):
    with pytest.raises(InputError) as refused:
        format_of(cells, "items.csv", "Due")
    for part in ("items.csv, columns Due", what, cells[0], "dates: "):
        assert part in str(refused.value)


MONTHS = ("Jan", "feb", "MAR", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@given(st.dates(date(1900, 1, 1), date(9999, 12, 31)), st.sampled_from(sorted(FORMATS)))
def test_what_is_written_is_read_back(day, form):
    written = {
        "YYYY": f"{day.year:04d}", "YY": f"{day.year % 100:02d}", "MMM": MONTHS[day.month - 1], "MM": f"{day.month:02d}", "M": str(day.month),
        "DD": f"{day.day:02d}", "D": str(day.day),
    }  # fmt: skip
    text = re.sub("Y+|M+|D+", lambda found: written[found[0]], form)
    century = day.year if "YYYY" in form else (2000 if day.year % 100 < 80 else 1900) + day.year % 100
    if (day.month, day.day) == (2, 29) and century % 4:
        return
    assert one(text, form) == day.replace(year=century).isoformat()


@given(st.integers(1900, 2100), st.integers(0, 13), st.integers(0, 32))
def test_a_second_reading_agrees_on_what_exists(year, month, day):
    try:
        expected = date(year, month, day).isoformat()
    except ValueError:
        expected = "is not a day of the calendar"
    assert one(f"{year:04d}{month:02d}{day:02d}", "YYYYMMDD") == expected


@pytest.mark.data
def test_ld_04_a_real_file_with_days_first_is_told_from_one_with_months_first():
    """The same invoices were posted once with US dates and once, after a spreadsheet, with days first."""
    forms = {}
    for name in ("WA_Fn-UseC_-Accounts-Receivable.csv", "variant_pedroteles.csv"):
        with (DATA / "ibm-ar" / name).open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened))
        forms[name] = format_of([row[column] for row in rows for column in ("InvoiceDate", "DueDate", "SettledDate")], name, "dates")
        read = read_days([row["InvoiceDate"] for row in rows], forms[name])
        due = read_days([row["DueDate"] for row in rows], forms[name])
        assert set(due.days - read.days) == {timedelta(days=30)}
        few = [row["InvoiceDate"] for row in rows if all(part.isdigit() and int(part) <= 12 for part in row["InvoiceDate"].split("/")[:2])]
        with pytest.raises(InputError, match="which is the day"):
            format_of(few, name, "InvoiceDate")
    assert list(forms.values()) == ["M/D/YYYY", "D/M/YYYY"]


@pytest.mark.parametrize(("form", "text", "expected"), [
    ("D-MMM-YY", "01-MAR-26", "2026-03-01"), ("D-MMM-YYYY", "1-mar-2026", "2026-03-01"), ("MMM D, YYYY", "Mar 5, 2026", "2026-03-05"),
    ("D MMM YYYY", "27 Feb 2018", "2018-02-27"), ("D.M.YY", "31.12.79", "2079-12-31"), ("D.M.YY", "31.12.80", "1980-12-31"),
    ("YYMMDD", "260331", "2026-03-31"), ("YYYY.MM.DD.", "2019.04.19.", "2019-04-19"),
    ("D-MMM-YYYY", "05-ene-2026", "2026-01-05"), ("D MMM YYYY", "5 janv. 2026", "2026-01-05"), ("D. MMM YYYY", "12. Dezember 2025", "2025-12-12"),
    ("D MMM YYYY", "1 août 2025", "2025-08-01"), ("D MMM YYYY", "3 października 2025", "2025-10-03"), ("D-M-YYYY", "5-1-2026", "2026-01-05"),
    ("YYYY/M/D", "2026/1/5", "2026-01-05"), ("YYYY年M月D日", "2026年1月5日", "2026-01-05"), ("MMM D, YYYY", "January 5, 2026", "2026-01-05"),
])  # fmt: skip
def test_ld_04_months_by_name_and_years_of_two_digits_are_read(form, text, expected):
    assert one(text, form) == expected


@pytest.mark.parametrize("text", ["Mar 26", "31-XYZ-2026", "31-Feb-2026", "46112", "2026-03", "26-03-31-", "03/2026", "24:00", "31.3.26"])
def test_ld_04_what_is_no_day_in_any_format_is_refused(text):
    with pytest.raises(InputError, match="no one date format fits"):
        format_of([text, text], "f.csv", "Date")


def test_ld_04_a_column_without_rows_has_no_days():
    assert [len(read_days([], form).days) for form in (INVERTED, *FORMATS)] == [0] * (1 + len(FORMATS))


def test_ld_04_years_of_two_digits_are_detected_only_beside_a_month_by_name():
    assert format_of(["01-MAR-26", "15-APR-26"], "f.csv", "Date") == "D-MMM-YY"
    assert format_of(["Mar 1, 2026"], "f.csv", "Date") == "MMM D, YYYY"
    with pytest.raises(InputError, match="no one date format fits"):
        format_of(["01/04/20", "31/12/20"], "f.csv", "Date")
