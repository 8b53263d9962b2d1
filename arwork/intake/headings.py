"""Headings as they are compared, and what stands beside a table: account, currency and balances found by their labels."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence

from arwork.errors import InputError, first_few, place

_BALANCES = ("opening", "closing")
_DAY = re.compile(r"^(?:(?:at|on|as of|as at|am|per|vom|zum|au|al|op)\s+)?[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}\s*:?\s*", re.IGNORECASE)
_BREAK = re.compile(r"^\s*[:=]?\s*")


@functools.lru_cache(maxsize=4096)
def fold(heading: str) -> str:
    """Write a heading as it is compared: no case, single blanks, no quotes or trailing colon."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", heading).casefold().strip().strip("\"'").rstrip(":")).strip()


def facts_beside(
    rows: Sequence[Sequence[str]], places: Sequence[str], head: Sequence[str], at: int, labels: Mapping[str, Sequence[str]], file: str
) -> tuple[dict[str, str], frozenset[int]]:
    """Find what a bank table says beside its lines; return it by our column, and the rows below the header that only say it.

    The value is the rest of the label's cell, else the next filled cell of its row; a label that is a heading of the
    table gives the one value under it. A date between label and balance is left out. InputError when one label gives
    two values.
    """
    found: dict[str, dict[str, str]] = {name: {} for name in labels}
    only_said: set[int] = set()
    folded = {name: tuple(fold(label) for label in alternatives) for name, alternatives in labels.items()}
    starts = tuple(dict.fromkeys(label for alternatives in folded.values() for label in alternatives))
    under = {fold(heading): n for n, heading in enumerate(head)}
    for number, cells in enumerate(rows):
        if number == at:
            continue
        for n, cell in enumerate(cells):
            if not cell or not cell.strip().casefold().startswith(starts):
                continue
            for name, alternatives in folded.items():
                value = _value(cells, n, alternatives, name)
                if value:
                    found[name].setdefault(value, places[number])
                    if number > at and not any(other.strip() for other in cells[:n]):
                        only_said.add(number)
    for name, alternatives in folded.items():
        for column in (under[label] for label in alternatives if label in under):
            for number in range(at + 1, len(rows)):
                if column < len(rows[number]) and rows[number][column].strip():
                    found[name].setdefault(rows[number][column].strip(), places[number])
    for name, values in found.items():
        if len(values) > 1:
            shown = first_few([f"{value!r} ({place(file, values[value])})" for value in values], 3)
            raise InputError(f"states {name} more than once: {shown}", where=file, cure="Correct `head:` in the layout.")
    return {name: next(iter(values)) for name, values in found.items() if values}, frozenset(only_said)


def _value(cells: Sequence[str], n: int, labels: Sequence[str], name: str) -> str:
    said = fold(cells[n])
    label = next((label for label in labels if said == label or re.match(re.escape(label) + r"\s*[:=\s]", said)), None)
    if label is None:
        return ""
    shown = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", cells[n]).strip().strip("\"'"))
    rest = _BREAK.sub("", shown[len(label) :]).strip()
    if name in _BALANCES:
        rest = _DAY.sub("", rest).strip()
    return rest or next((cell.strip() for cell in cells[n + 1 :] if cell.strip()), "")
