"""Lists of words for our columns and values, written a line each."""

from __future__ import annotations

from collections.abc import Mapping


def listed(block: str) -> Mapping[str, tuple[str, ...]]:
    """Read `our column: heading | heading` a line; a column may take several lines."""
    found: dict[str, tuple[str, ...]] = {}
    for name, words in (line.strip().split(": ", 1) for line in block.strip().splitlines()):
        found[name] = (*found.get(name, ()), *(word.strip() for word in words.split("|")))
    return found
