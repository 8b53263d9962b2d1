"""Pairs of a bank line and a book row that their words prove: the line names the row's number, or its payer, and no rival does (RC-20)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from arwork.matching.leaf import leaf
from arwork.matching.numbers import Numbers, joined
from arwork.matching.universe import Item
from arwork.reconcile.wording import Alike, Said, frequent, likeness, named, said, takes_back

Flags = npt.NDArray[np.bool_]
NAME_DAYS, NUMBER_DAYS = 5, 30
"""How many days bank and book may differ where a name speaks for a pair, and where a number does: a cheque takes weeks (4.10)."""
_MANY = 20
"""More rows of one amount than this are a tie that words are not asked about."""


@dataclass(frozen=True)
class Worded:
    """A pair that words speak for: places of line and row, DOCUMENT, NAME or WORDS (a rival is named too), and the rivals' places."""

    line: int
    row: int
    how: str
    rivals: tuple[int, ...] = ()


@dataclass(frozen=True)
class Texts:
    """The texts of both sides of one account, read when they are asked for, by place."""

    bank: pd.DataFrame
    book: pd.DataFrame
    currency: str
    lines: dict[int, Said]
    rows: dict[int, Said]
    often: frozenset[str]

    def numbers(self, places: Sequence[int]) -> Numbers:
        """Return the numbers of some rows, ready to be looked for in a text."""
        numbers, references, amounts = (self.book[name].to_numpy() for name in ("number", "reference", "amount"))
        return joined([leaf([_item(str(p), str(numbers[p]), str(references[p]), int(amounts[p]), self.currency) for p in places])])


def texts_of(bank: pd.DataFrame, book: pd.DataFrame, left: Flags, right: Flags, currency: str) -> Texts:
    """Read the texts of the lines and rows that are left, each once."""
    sides = []
    for frame, wanted in ((bank, left), (book, right)):
        places = np.flatnonzero(wanted).tolist()
        columns = zip(frame["text"].to_numpy()[places], frame["amount"].to_numpy()[places].tolist(), strict=True)
        sides.append({place: said(str(text), amount, currency) for place, (text, amount) in zip(places, columns, strict=True)})
    often = frequent(sides[0].values()) | frequent(sides[1].values())
    return Texts(bank, book, currency, sides[0], sides[1], often)


def by_words(texts: Texts, left: Flags, right: Flags) -> list[Worded]:
    """Pair lines and rows of one amount by number, then by name; where two fit equally, none is paired.

    A number pairs when the line names one row only and no other line names it. A name pairs when on both sides no other of that
    amount within NAME_DAYS agrees in as many words; it is WORDS, and for a person, when another shares a telling word as well
    or other words of both differ.
    """
    near = dict(candidates(texts.bank, texts.book, left, right))
    told = {line: named(texts.lines[line], texts.numbers(rows), [texts.rows[row] for row in rows]) for line, rows in near.items()}
    numbered = {line: [near[line][at] for at in sorted(found)] for line, found in told.items() if found}
    users: dict[int, int] = {}
    for rows in numbered.values():
        for row in rows:
            users[row] = users.get(row, 0) + 1
    found = [Worded(line, rows[0], "DOCUMENT") for line, rows in numbered.items() if len(rows) == 1 and users[rows[0]] == 1]
    taken = {pair.row for pair in found}
    days, book_days = texts.bank["day"].to_numpy(), texts.book["day"].to_numpy()
    scores = {
        (line, row): likeness(texts.lines[line], texts.rows[row], texts.often)
        for line, rows in near.items() if line not in numbered
        for row in rows if row not in taken and abs(int(days[line]) - int(book_days[row])) <= NAME_DAYS
    }  # fmt: skip
    return [*found, *_by_name(scores)]


def _by_name(scores: dict[tuple[int, int], Alike]) -> Iterator[Worded]:
    by_line: dict[int, list[tuple[int, int]]] = {}
    by_row: dict[int, list[tuple[int, int]]] = {}
    for (line, row), alike in scores.items():
        if alike.own:
            by_line.setdefault(line, []).append((alike.points, row))
            by_row.setdefault(row, []).append((alike.points, line))
    for line, rows in sorted(by_line.items()):
        best = max(rows)
        lines = by_row[best[1]]
        if sum(points == best[0] for points, _ in rows) == 1 and max(lines)[1] == line and sum(p == best[0] for p, _ in lines) == 1:
            rivals = tuple(sorted(row for _, row in rows if row != best[1]))
            sure = scores[line, best[1]].sure and not rivals and len(lines) == 1
            yield Worded(line, best[1], "NAME" if sure else "WORDS", rivals)


def candidates(bank: pd.DataFrame, book: pd.DataFrame, left: Flags, right: Flags) -> Iterator[tuple[int, list[int]]]:
    """Yield each line that is left with the places of the rows of its amount within NUMBER_DAYS, where they are not too many."""
    lines, rows = np.flatnonzero(left), np.flatnonzero(right)
    code = pd.factorize(np.concatenate([bank["amount"].to_numpy()[lines], book["amount"].to_numpy()[rows]]))[0].astype("int64")
    mine = code[: len(lines)] * 10_000_000 + bank["day"].to_numpy()[lines]
    theirs = code[len(lines) :] * 10_000_000 + book["day"].to_numpy()[rows]
    order = np.argsort(theirs, kind="stable")
    low = np.searchsorted(theirs[order], mine - NUMBER_DAYS, "left")
    high = np.searchsorted(theirs[order], mine + NUMBER_DAYS, "right")
    for at in np.flatnonzero((high > low) & (high - low <= _MANY)).tolist():
        yield int(lines[at]), sorted(rows[order[low[at] : high[at]]].tolist())


def taken_back(texts: Texts, right: Flags, key_day: int) -> list[tuple[int, int]]:
    """List book rows of opposite amounts of which the later says that it takes the earlier back, by number: a voided cheque."""
    places = np.flatnonzero(right & (texts.book["day"].to_numpy() <= key_day)).tolist()
    amounts, days = texts.book["amount"].to_numpy(), texts.book["day"].to_numpy()
    by_amount: dict[int, list[int]] = {}
    for place in places:
        by_amount.setdefault(int(amounts[place]), []).append(place)
    found = []
    for place in [n for n in places if takes_back(texts.rows[n])]:
        earlier = [other for other in by_amount.get(-int(amounts[place]), ()) if days[other] <= days[place]]
        if 0 < len(earlier) <= _MANY:
            named_rows = named(texts.rows[place], texts.numbers(earlier), [texts.rows[other] for other in earlier])
            found += [(earlier[at], place) for at in named_rows] if len(named_rows) == 1 else []
    used = [place for two in found for place in two]
    return [two for two in found if used.count(two[0]) == 1 == used.count(two[1])]


def _item(name: str, number: str, reference: str, amount: int, currency: str) -> Item:
    """Dress a book row as a document, so that its numbers are read as those of documents are."""
    return Item(name, ("", "", ""), number, "", reference, date.min, date.min, currency, amount, amount, amount, currency, (), 0, "", "")
