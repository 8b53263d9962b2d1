"""Text advices by a layout with patterns: head values and lines of the table, as one payer writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arwork.errors import InputError, place
from arwork.intake.remittance.rows import Money, Row, looks_like_money, money
from arwork.intake.remittance.text_layout import MONEYS, TextLayout, compiled, no_layout
from arwork.intake.remittance.told import Page, Told

_READ_MOST = 4_000


def recognised(rows: Sequence[Row], layout: TextLayout) -> bool:
    """Say whether every word of `recognise` stands in the text."""
    whole = " ".join(" ".join(row.text.split()) for row in rows[:5_000]).casefold()
    return all(" ".join(words.split()).casefold() in whole for words in layout.recognise)


def read_patterns(rows: Sequence[Row], layout: TextLayout, file: str) -> Page:
    """Read rows by the patterns of a layout.

    Raises InputError where no line fits, where a line inside the table holds an amount and fits no pattern, and where a
    head value is told twice and differently.
    """
    heads, amount = _heads(rows, layout, file)
    patterns = [compiled(pattern) for pattern in layout.lines]
    lines: list[Told] = []
    totals: list[tuple[Money, ...]] = []
    inside = not layout.begin
    for row in rows:
        text = " ".join(row.text.split())[:_READ_MOST]
        if not inside:
            inside = _holds(text, layout.begin)
            continue
        if layout.end and lines and _holds(text, layout.end):
            totals += [found] if (found := _moneys(text)) else []
            break
        fitting = next((match for pattern in patterns if (match := pattern.fullmatch(text))), None)
        if fitting is not None:
            lines.append(_told(row, {name: value for name, value in fitting.groupdict().items() if value}, file))
        elif layout.begin and layout.end and any(looks_like_money(word) for word in text.split()):
            raise InputError("the line holds an amount and fits no pattern of the layout", where=place(file, row.place, value=text[:80]),
                             cure="Add a pattern for it to `lines:`, or correct `begin:` and `end:`")  # fmt: skip
    if not lines:
        raise no_layout(file, f"no line of the text fits the layout {layout.title or 'given'}")
    return Page(heads, amount, lines, totals)


def _holds(text: str, words: str) -> bool:
    return " ".join(words.split()).casefold() in text.casefold()


def _moneys(text: str) -> tuple[Money, ...]:
    found = (money(word) for word in text.split() if looks_like_money(word))
    return tuple(entry for entry in found if entry is not None)


def _heads(rows: Sequence[Row], layout: TextLayout, file: str) -> tuple[dict[str, str], Money | None]:
    found: dict[str, str] = dict(layout.constants)
    where: dict[str, str] = {}
    for name, patterns in layout.heads.items():
        for pattern in patterns:
            search = compiled(pattern)
            for row in rows:
                text = " ".join(row.text.split())[:_READ_MOST]
                match = search.fullmatch(text) or (search.search(text) if "{text}" not in pattern and "{skip}" not in pattern else None)
                if match is None:
                    continue
                value = next(value for value in match.groupdict().values() if value)
                if name in where and found[name] != value:
                    what = f"states {name} twice: {found[name]!r} ({place('', where[name]).strip(', ')}) and {value!r}"
                    raise InputError(what, where=place(file, row.place), cure="Make the pattern more exact")
                found[name], where[name] = value, row.place
    stated = found.pop("payment_amount", "")
    return found, money(stated) if stated else None


def _told(row: Row, values: dict[str, str], file: str) -> Told:
    amounts: dict[str, Any] = {}
    for name in MONEYS:
        if name in values:
            read = money(values[name])
            if read is None:
                raise InputError("is not an amount", where=place(file, row.place, name, values[name]), cure="Correct the layout's pattern")
            amounts["amount" if name == "money" else name] = read
    document = values.get("document", "")
    return Told(row.place, document, reason=values.get("text", "").strip(), **amounts)
