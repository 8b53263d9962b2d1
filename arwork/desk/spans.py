"""Where the references that were read stand in the words of a payment, and what each was read as."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

_PREFIX = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,8}[-/._#]?$")
_STATES = {
    "OPEN": "open", "CLEARED": "settled already", "OTHER_LEDGER": "of another ledger", "UNKNOWN": "not one of our documents",
}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """One reference: its place in the text (`start` to `end`; -1 where it stands elsewhere), and what it was read as.

    `origin` is text, structured, advice or end_to_end; `state` is OPEN, CLEARED, OTHER_LEDGER or UNKNOWN; `said` puts it into words.
    """

    start: int
    end: int
    token: str
    origin: str
    state: str
    items: tuple[str, ...]
    said: str


def spans(tables: Mapping[str, pd.DataFrame], receipt: Mapping[str, Any]) -> tuple[Span, ...]:
    """Return the references of a receipt in the order of its text, those from elsewhere behind."""
    found = tables["references"]
    rows = found[found["receipt_id"] == receipt["receipt_id"]]
    names = _names(tables["open_items"], rows["item_id"])
    spread: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for token, origin, item, field, state in rows[["token", "origin", "item_id", "field", "state"]].itertuples(index=False, name=None):
        spread.setdefault((token, origin, state), []).append((item, field))
    told = []
    for (token, origin, state), hits in spread.items():
        items = tuple(sorted(item for item, _ in hits if item))
        said = _said(state, [names.get(item, item) for item in items], sorted({field for _, field in hits if field}))
        for start, end in _places(token, str(receipt["remittance_text"])) if origin == "text" else [(-1, -1)]:
            told.append(Span(start, end, token, origin, state, items, said))
    return tuple(sorted(told, key=lambda span: (span.start < 0, span.start, span.end, span.token, span.state)))


def _names(items: pd.DataFrame, wanted: pd.Series[str]) -> dict[str, str]:
    rows = items.loc[items["item_id"].isin(wanted), ["item_id", "reference", "doc_no"]]
    return {item: reference or doc for item, reference, doc in rows.itertuples(index=False, name=None)}


def _said(state: str, names: list[str], fields: list[str]) -> str:
    """Say what a word was read as: which documents, by which of their numbers, and how these stand."""
    if not names:
        return _STATES["UNKNOWN"]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
    return f"{shown} ({', '.join(field.replace('_', ' ') for field in fields)}), {_STATES[state]}"


def _places(token: str, text: str) -> list[tuple[int, int]]:
    """Find a squeezed word in a text as it was written, whatever stands between its letters and digits; [(-1, -1)] when it is not there."""
    pattern = r"[^A-Za-z0-9]{0,3}".join(re.escape(letter) for letter in token)
    alone = re.compile(f"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])", re.IGNORECASE)
    found = [match.span() for match in alone.finditer(text)] or [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]
    return [(_with_prefix(text, start), end) for start, end in found] or [(-1, -1)]


def _with_prefix(text: str, start: int) -> int:
    """Begin where the letters begin that are written onto a number: INV-4711."""
    before = _PREFIX.search(text[max(0, start - 12) : start]) if text[start].isdigit() else None
    return start - len(before[0]) if before else start
