"""What is doubtful in bank files that were read whole: check digits, days outside the period, repeats and gaps between files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd
from stdnum import iban, iso11649

from arwork.errors import first_few, place
from arwork.intake.bank.chain import continuity
from arwork.intake.bank.duplicates import once
from arwork.intake.bank.statement import BankFile
from arwork.money import Units

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_RF = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
_COUNTRIES = (
    "AD AE AL AT AZ BA BE BG BH BR BY CH CR CY CZ DE DK DO EE EG ES FI FO FR GB GE GI GL GR GT HR HU IE IL IQ IS IT JO KW KZ "
    "LB LC LI LT LU LV LY MC MD ME MK MR MT MU NL NO PK PL PS PT QA RO RS SA SC SE SI SK SM ST SV TL TN TR UA VA VG XK"
)
"""Countries of the IBAN registry: other accounts that begin with two letters and two digits are none."""


def doubts(bank: BankFile, units: Units) -> Iterator[str]:
    """Say in sentences what a person should look at in one file (DV-13, DV-14, days outside the period)."""
    lines = bank.bank_lines
    own = pd.concat([bank.statements["bank_account"], lines["bank_account"]]).drop_duplicates()
    for account in own[own.map(wrong_iban)]:
        yield f"The check digits of our account {account} are wrong (DV-14)."
    yield from _wrong(lines, "remitter_account", wrong_iban, "accounts of the other side have wrong check digits (DV-14)")
    yield from _wrong(lines, "structured_ref", wrong_reference, "creditor references have wrong check digits (DV-13)")
    yield from _outside(bank)


def wrong_iban(text: str) -> bool:
    """Say whether a text is written as an IBAN of the registry and its length or check digits are wrong (DV-14)."""
    return bool(_IBAN.fullmatch(text)) and text[:2] in _COUNTRIES and not iban.is_valid(text, check_country=False)


def wrong_reference(text: str) -> bool:
    """Say whether a text is written as a creditor reference of ISO 11649 and its check digits are wrong (DV-13)."""
    squeezed = text.replace(" ", "").upper()
    return bool(_RF.fullmatch(squeezed)) and not iso11649.is_valid(squeezed)


def _wrong(lines: pd.DataFrame, column: str, test: Any, what: str) -> Iterator[str]:
    values = lines[column]
    bad = [value for value in values.unique() if test(value)]
    if bad:
        rows = lines[values.isin(bad)]
        shown = [f"{value} ({row})" for value, row in zip(rows[column].head(3), rows["source_line"].head(3), strict=True)]
        yield f"{len(bad):,} {what}: {first_few(shown, 3)}{' and others' if len(rows) > 3 else ''}."


def _outside(bank: BankFile) -> Iterator[str]:
    """Name lines that are booked on a day outside the statement that holds them."""
    heads = bank.statements[["statement_key", "from_date", "to_date"]]
    lines = bank.bank_lines[["statement_key", "booking_date", "source_line"]].merge(heads, on="statement_key")
    early = lines["from_date"].notna() & (lines["booking_date"] < lines["from_date"])
    outside = lines[early | (lines["booking_date"] > lines["to_date"])]
    if len(outside):
        first = outside.iloc[0]
        shown = f"{first['booking_date'].date()} at {first['source_line']}"
        yield f"{len(outside):,} lines are booked on a day outside their statement, the first on {shown}."


def across(banks: Mapping[str, BankFile], units: Units) -> dict[str, list[str]]:
    """Look at all files together: statements delivered twice, overlaps, gaps and skipped numbers (EX-10, RC-20).

    Returns sentences by file. A gap is told at the file whose statement comes after it.
    """
    told: dict[str, list[str]] = defaultdict(list)
    statements, _, repeated = once(list(banks.values()))
    counts = {file: len(bank.bank_lines) for file, bank in banks.items()}
    for (file, reason), rows in repeated.assign(reason=_general(repeated["reason"])).groupby(["source_file", "reason"], sort=True):
        whole = f"all {len(rows):,} lines" if len(rows) == counts[str(file)] else f"{len(rows):,} of {counts[str(file)]:,} lines"
        first = place("", rows["source_line"].iloc[0]).removeprefix(", ")
        told[str(file)].append(f"{whole.capitalize()} are entered once only: {reason}; the first is {first} (EX-10).")
    at = dict(zip(statements["statement_key"], statements["source_file"], strict=True))
    for finding in continuity(statements, units)[0]:
        before, after = (str(at[key]) for key in finding.rows[-2:])
        other = "" if before == after else f" The statement before stands in {before}."
        told[after].append(finding.sentence + other)
    return told


def _general(reasons: Iterable[str]) -> list[str]:
    """Leave out of a reason the line that it speaks of, so that the lines of one cause count together."""
    return [re.sub(r"^(.*), [^,]* (says the same|has the same bank reference.*)$", r"a line of \1 \2", reason) for reason in reasons]
