"""Proof nouns: a Tie says two figures agree, a Finding says what a person must know, a Stage carries both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

Severity = Literal["info", "warn", "error"]


def numbered(number: int, one: str, many: str) -> str:
    """Write a number with the words that agree with it: `1 receipt waits`, `1,204 receipts wait`."""
    return f"{number:,} {one if number == 1 else many}"


@dataclass(frozen=True)
class Tie:
    """Two figures that must agree: ours, theirs, and how far apart they may be.

    `unit` is a currency code (figures in its minor units) or `rows`. `rule` is the ID the tie proves.
    """

    name: str
    rule: str
    ours: int
    theirs: int
    unit: str
    allowed: int = 0

    @property
    def difference(self) -> int:
        """Ours less theirs, in the tie's unit."""
        return self.ours - self.theirs

    @property
    def holds(self) -> bool:
        """Say whether the difference is allowed; written so that nothing but a number can pass."""
        return abs(self.difference) <= self.allowed


@dataclass(frozen=True)
class Finding:
    """One sentence a person must know: its rule, how severe, which rows, what to do.

    `table` and `rows` name the rows it speaks of by their primary key. `error` makes a pack NOT READY.
    """

    rule: str
    severity: Severity
    sentence: str
    table: str = ""
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """What a stage returns: its tables by name, its ties, its findings."""

    name: str
    tables: Mapping[str, pd.DataFrame]
    ties: tuple[Tie, ...] = field(default=())
    findings: tuple[Finding, ...] = field(default=())
