"""Every public bank file beside the checkout, looked at by `arwork check`: read or refused with place and cure, as counted here.

Run as a program it prints the table format, read, refused, and each refusal.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from arwork.intake.check import Choice, Report, checked, layouts_for
from arwork.money import Units

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "bank-formats"
READ: dict[str, tuple[int, int]] = {
    "aeb43": (3, 3),
    "bai-lockbox": (2, 0),
    "bai2": (4, 3),
    "bank-csv": (26, 16),
    "bgmax": (4, 1),
    "camt052": (12, 1),
    "camt053": (10, 22),
    "camt054": (6, 0),
    "cfonb120": (2, 10),
    "cnab-retorno": (13, 2),
    "coda": (8, 8),
    "edifact-remadv": (1, 1),
    "esr-v11": (3, 2),
    "fedwire": (20, 13),
    "misc-statement": (5, 2),
    "mt940": (23, 47),
    "nacha-ach": (77, 24),
    "nacha-ach-large": (1, 0),
    "netsgiro-ocr": (1, 1),
    "ofx": (20, 11),
    "ofx-deviations": (12, 2),
    "pacs": (0, 6),
    "pain002": (0, 2),
    "psp-settlement": (11, 2),
    "qif": (2, 0),
    "remittance-text": (4, 2),
    "remt001": (1, 0),
    "x12-820": (6, 1),
    "x12-835": (0, 4),
}
"""Folder, to the number of files read whole and refused."""
CURRENCY = {"remittance-text": "USD"}
"""Folders whose texts state no currency, to the one that is given."""

pytestmark = pytest.mark.data


def reports() -> dict[str, list[Report]]:
    """Look at every file of every folder."""
    layouts, _, _ = layouts_for(DATA, "")
    found: dict[str, list[Report]] = {}
    for folder in sorted(path for path in DATA.iterdir() if path.is_dir()):
        choice = Choice(layouts, currency=CURRENCY.get(folder.name, ""), units=Units({"DEM": 2}))
        found[folder.name] = [checked(str(path), choice) for path in sorted(folder.iterdir()) if path.is_file()]
    return found


def counts(found: dict[str, list[Report]]) -> dict[str, tuple[int, int]]:
    """Count what was read and refused in each folder."""
    told = {name: Counter(report.ok for report in each) for name, each in found.items()}
    return {name: (count[True], count[False]) for name, count in told.items()}


def test_every_public_bank_file_is_read_or_refused_as_counted() -> None:
    found = reports()
    every = [report for each in found.values() for report in each]
    assert [report.file for report in every if report.fault] == []
    for report in every:
        if not report.ok:
            assert report.problems
            assert all(Path(report.file).name in problem for problem in report.problems[:1]), report
            assert all(problem.endswith((".", "?", "!")) for problem in report.problems), report
        elif report.completeness == "proven":
            for stated in report.stated:
                if stated.opening is not None and stated.closing is not None:
                    assert stated.opening + stated.credits - stated.debits == stated.closing, report.file
    assert counts(found) == READ


if __name__ == "__main__":
    looked = reports()
    for folder, (read, refused) in counts(looked).items():
        sys.stdout.write(f'    "{folder}": ({read}, {refused}),\n')
    for folder, each in looked.items():
        for report in each:
            if not report.ok or "-v" in sys.argv:
                sys.stdout.write(f"{folder}: {Path(report.file).name}: {report.format}: {' '.join(report.problems)[:300]}\n")
