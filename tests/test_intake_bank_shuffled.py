"""A month cut into files at random, overlapping and in any order, comes in as what happened (EX-10, CV-09)."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from arwork.intake.bank.chain import continuity
from arwork.intake.bank.duplicates import once
from arwork.intake.bank.statement import BankFile, Line, Lines, Statement, bank_file
from arwork.intake.received import Received

Booked = tuple[int, int, str]


def a_month(rng: random.Random) -> list[Booked]:
    """Draw lines of few days, amounts and texts, so that equal lines are common."""
    return [
        (day, rng.choice([100, 100, -100, 250]), rng.choice(["rent", "rent", "x"])) for day in range(1, 5) for _ in range(rng.randint(1, 4))
    ]


def statement(month: list[Booked], start: int, end: int, number: int) -> Statement:
    """Cut a statement out of the month, from line to line."""
    opening = sum(cents for _, cents, _ in month[:start])
    lines = [
        Line(date(2026, 3, day), date(2026, 3, day), cents, str(i), "RECEIPT", "drawn", remittance_text=text)
        for i, (day, cents, text) in enumerate(month[start:end])
    ]
    closing = opening + sum(line.amount for line in lines)
    return Statement("DE1", "EUR", str(number), str(number), None, date(2026, 3, month[end - 1][0]), opening, closing, Lines(lines), "1")


def files_of(month: list[Booked], rng: random.Random) -> list[BankFile]:
    """Cut the month anywhere, even inside a day; deliver some of it again by the day, some files as one."""
    cuts = sorted({0, len(month), *(rng.randrange(1, len(month)) for _ in range(3))})
    parts = [[(a, b, i)] for i, (a, b) in enumerate(pairwise(cuts), start=1)]
    parts[:2] = [[each for part in parts[:2] for each in part]]
    ends = [max(i + 1 for i, line in enumerate(month) if line[0] <= day) for day in range(1, 5)]
    first, last = sorted(rng.sample([0, *ends], 2))
    parts.append([(first, last, 70)])
    parts.append([(0, len(month), 90)] if rng.random() < 0.5 else parts[0])
    rng.shuffle(parts)
    return [
        bank_file(
            Received(f"f{i}", b"", f"{i}"),
            [statement(month, *cut) for cut in part],
            format="MT940",
            encoding="utf-8",
            completeness="proven",
            proof="drawn",
        )
        for i, part in enumerate(parts)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_ex_10_a_month_in_any_pieces_is_the_month(seed: int) -> None:
    rng = random.Random(seed)
    month = a_month(rng)
    files = files_of(month, rng)
    statements, lines, repeated = once(files)
    entered = zip(lines["booking_date"].dt.day, lines["amount"], lines["remittance_text"], strict=True)
    assert Counter(entered) == Counter(month)
    assert len(lines) + len(repeated) == sum(len(file.bank_lines) for file in files)
    findings, ties = continuity(statements)
    assert all(tie.holds for tie in ties)
    assert not [finding for finding in findings if finding.severity == "error"]
