"""The ranking score of 2.6: it orders what people see and never authorises anything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from arwork.matching.case import Case
from arwork.matching.fit import Solution

_PAYER = {"STRONG": 10_000, "MEDIUM": 8_500, "WEAK": 6_000, "NONE": 4_000}
_LATEST = timedelta(days=90)


def score(solution: Solution, case: Case, named: Iterable[str]) -> int:
    """Rank a set of items for a receipt, in hundredths of a point (0 to 10,000): payer 25, reference 40, amount 30, time 5."""
    exact, lines = frozenset(named), solution.lines
    if len(lines) == 1 and lines[0].item.left:
        reference = 10_000 if lines[0].item.item_id in exact else 0
    else:
        size = sum([abs(line.item.left) for line in lines])
        hit = sum([abs(line.item.left) for line in lines if line.item.item_id in exact])
        reference = 10_000 * hit // size if size else 0
    total = 25 * _PAYER[case.receipt.strength] + 40 * reference + 30 * _amount(solution) + 5 * _time(solution, case)
    return (total + 50) // 100


def _amount(solution: Solution) -> int:
    gap = abs(solution.difference)
    if gap == 0:
        return 9_500 if solution.discount else 10_000
    if solution.explained:
        return 9_000
    return max(0, 6_000 * (solution.received - gap) // solution.received) if solution.received > 0 else 0


def _time(solution: Solution, case: Case) -> int:
    paid = case.receipt.value_date
    lines = solution.lines
    if not lines:
        return 10_000
    if max([line.item.doc_date for line in lines]) > paid:
        return 0
    return 10_000 if paid - min([line.item.due_date for line in lines]) <= _LATEST else 5_000
