"""What a figure of the month is made of (MT)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd


@dataclass(frozen=True)
class Figure:
    """One figure: rule, name, unit, what its two sides count, value, above and below the line, formula; `needs` where it is not measurable."""

    metric: str
    name: str
    unit: str
    counts: str
    value: Fraction | None
    above: int | None
    below: int | None
    formula: str
    variant: str = "standard"
    bound: bool = False
    needs: str = ""


def weighed(amounts: pd.Series[int], days: pd.Series[int]) -> tuple[int, int]:
    """Return Σ(amount × days) and Σ amount, exact beyond 64 bits."""
    sums = amounts.groupby(days.to_numpy()).sum() if len(amounts) else amounts
    return sum(int(day) * int(value) for day, value in zip(sums.index, sums, strict=True)), int(amounts.sum())
