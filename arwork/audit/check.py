"""What a check of the second path is: a query whose rows are the differences; no row means that it holds."""

from __future__ import annotations

from typing import NamedTuple


class Check(NamedTuple):
    """One check: its rule, what it proves, the tables it reads, and the query that returns (key, ours, theirs) of each difference."""

    rule: str
    name: str
    reads: tuple[str, ...]
    sql: str
