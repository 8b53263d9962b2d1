"""Which statement line and which book row are the same money: by the bank's reference, then by amount and day; never by guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from arwork.matching.own_ids import NO_REFERENCE
from arwork.reconcile.batches import Proposal, SetRules, batches, less_charges
from arwork.reconcile.worded import Texts, by_words, candidates, taken_back, texts_of

DAYS_APART = 5
"""How many days bank and book may differ where only amount and day speak for a pair (RC-20)."""

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Group: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""Places of statement lines and of book rows that are one and the same money."""
HOW = ("REFERENCE", "DOCUMENT", "NAME", "WORDS", "AMOUNT", "NUMBERS")
"""What a pair rests on: the bank's reference; the row's number in the line's words; a name; a name that a rival shares; amount and
day; as many of one amount on one day on both sides."""
SURE = ("REFERENCE", "DOCUMENT", "NAME", "REVERSAL")
"""What needs no person to confirm it."""


@dataclass(frozen=True)
class Pairs:
    """What became of each statement line and each book row, by place in their frames.

    `book_of` and `bank_of` hold the place of the partner, or -1. `settled_*` marks rows that need no partner: groups of
    one reference with equal sums, and bookings reversed on their own side. `withdrawn` maps a statement line to the
    later line with which the bank took it back. `differing` lists a statement line with the book rows of its reference
    whose sum differs. `sums` are the groups of several lines or rows that one reference holds together, and `back_*` what was
    reversed on its own side. `rivals` are the rows that a line paired by words could be as well. `proposals` change nothing: a person
    decides on them.
    """

    book_of: Places
    bank_of: Places
    settled_bank: Flags
    settled_book: Flags
    withdrawn: dict[int, int]
    differing: tuple[tuple[int, tuple[int, ...]], ...]
    how: Places
    sums: tuple[Group, ...]
    back_bank: tuple[Group, ...]
    back_book: tuple[Group, ...]
    rivals: Mapping[int, tuple[int, ...]]
    proposals: tuple[Proposal, ...]


def pair(bank: pd.DataFrame, book: pd.DataFrame, key_day: int, currency: str, rules: SetRules, charge: int) -> Pairs:
    """Pair the lines of one account: frames with `ref`, `amount` (minor units), `day` (number of the day), `text`; bank also `reason`,
    book `number` and `reference`. `rules` limit the search for sets, `charge` is the most a bank takes off (minor units).

    In turn: one reference and amount; rows of one reference whose sums agree (up to the key date; else `differing`); reversals on one
    side; the same amount with words that name number or payer; the only candidate within DAYS_APART days; several of one amount on
    one day, as many on both sides, so that which is which changes no figure. Any other tie stays unpaired. What is left is searched
    for sets and for rows less a charge: proposals, unless the line names every row of the only set. Row order never matters.
    """
    book_of, bank_of = np.full(len(bank), -1, dtype="int64"), np.full(len(book), -1, dtype="int64")
    how = np.full(len(bank), -1, dtype="int64")
    _join(book_of, bank_of, how, "REFERENCE", *_by_reference(bank, book))
    sums, differing = _by_sum(bank, book, book_of, bank_of, key_day)
    settled_bank, settled_book = _members(sums, 0, len(bank)), _members(sums, 1, len(book))
    withdrawn: dict[int, int] = {}
    days, book_days = bank["day"].to_numpy(), book["day"].to_numpy()
    back_bank: list[Group] = []
    for first, second in _reversed(bank, (book_of < 0) & ~settled_bank & (bank["reason"] == "").to_numpy()):
        if days[second] <= key_day:
            back_bank.append(((first, second), ()))
        else:
            withdrawn[first] = second
    twos = _reversed(book, (bank_of < 0) & ~settled_book)
    back_book: list[Group] = [((), two) for two in twos if book_days[two[1]] <= key_day]
    settled_bank, settled_book = settled_bank | _members(back_bank, 0, len(bank)), settled_book | _members(back_book, 1, len(book))
    left, right = (book_of < 0) & ~settled_bank, (bank_of < 0) & ~settled_book
    left[[place for line in withdrawn.items() for place in line]] = False
    left[[line for line, _ in differing]] = right[[row for _, rows in differing for row in rows]] = False
    texts = texts_of(bank, book, left, right, currency)
    rivals = {}
    for found in by_words(texts, left, right):
        _join(book_of, bank_of, how, found.how, np.array([found.line]), np.array([found.row]))
        rivals[found.line] = found.rivals
    back_book += [((), two) for two in taken_back(texts, right & (bank_of < 0), key_day)]
    settled_book |= _members(back_book, 1, len(book))
    left, right = left & (book_of < 0), right & (bank_of < 0) & ~settled_book
    _join(book_of, bank_of, how, "AMOUNT", *_by_amount_and_day(bank, book, left, right))
    _join(book_of, bank_of, how, "NUMBERS", *_in_equal_numbers(bank, book, left & (book_of < 0), right & (bank_of < 0)))
    left, right = left & (book_of < 0) & (days <= key_day), right & (bank_of < 0) & (book_days <= key_day)
    proposals = _proposals(texts, left, right, rules, charge)
    sure = tuple((each.lines, each.rows) for each in proposals if each.certain)
    settled_bank, settled_book = settled_bank | _members(sure, 0, len(bank)), settled_book | _members(sure, 1, len(book))
    rest = tuple(each for each in proposals if not each.certain)
    backs = (tuple(back_bank), tuple(back_book))
    return Pairs(book_of, bank_of, settled_bank, settled_book, withdrawn, differing, how, (*sums, *sure), *backs, rivals, rest)


def _proposals(texts: Texts, left: Flags, right: Flags, rules: SetRules, charge: int) -> list[Proposal]:
    """Propose sets, rows less a charge, and name the ties: lines with several rows of their amount within DAYS_APART."""
    sets = batches(texts, left, right, rules)
    left, right = (
        left & ~_members([(p.lines, p.rows) for p in sets], 0, len(left)),
        right & ~_members([(p.lines, p.rows) for p in sets], 1, len(right)),
    )
    charged = less_charges(texts, left, right, charge)
    days, book_days = texts.bank["day"].to_numpy(), texts.book["day"].to_numpy()
    ties = []
    for line, rows in candidates(texts.bank, texts.book, left, right):
        near = tuple((row,) for row in rows if abs(int(days[line]) - int(book_days[row])) <= DAYS_APART)
        if near:
            ties.append(Proposal((line,), (), "TIE", near))
    return [*sets, *charged, *ties]


def _join(book_of: Places, bank_of: Places, how: Places, by: str, lines: Places, rows: Places) -> None:
    book_of[lines] = rows
    bank_of[rows] = lines
    how[lines] = HOW.index(by)


def _members(groups: Sequence[Group], side: int, length: int) -> Flags:
    """Mark the rows of one side that stand in a group."""
    found = np.zeros(length, dtype=bool)
    found[[place for group in groups for place in group[side]]] = True
    return found


def _referring(frame: pd.DataFrame, among: Flags | None = None) -> pd.DataFrame:
    """Keep rows that carry a reference, with their place."""
    kept = frame.assign(place=np.arange(len(frame)))
    usable = ~kept["ref"].str.upper().isin(NO_REFERENCE)
    return kept.loc[usable if among is None else usable & among]


def _by_reference(bank: pd.DataFrame, book: pd.DataFrame) -> tuple[Places, Places]:
    key = ["ref", "amount"]
    left, right = (_referring(side).drop_duplicates(key, keep=False) for side in (bank, book))
    met = left[[*key, "place"]].merge(right[[*key, "place"]], on=key, how="inner", suffixes=("_bank", "_book"))
    return met["place_bank"].to_numpy(dtype="int64"), met["place_book"].to_numpy(dtype="int64")


def _by_sum(
    bank: pd.DataFrame, book: pd.DataFrame, book_of: Places, bank_of: Places, key_day: int
) -> tuple[tuple[Group, ...], tuple[tuple[int, tuple[int, ...]], ...]]:
    left = _referring(bank, (book_of < 0) & (bank["day"] <= key_day).to_numpy())
    right = _referring(book, (bank_of < 0) & (book["day"] <= key_day).to_numpy())
    common = set(left["ref"]) & set(right["ref"])
    rows = {str(ref): group for ref, group in right[right["ref"].isin(list(common))].groupby("ref")}
    equal: list[Group] = []
    differing = []
    for ref, lines in left[left["ref"].isin(list(common))].groupby("ref"):
        mine = rows[str(ref)]
        bank_sum, book_sum = int(lines["amount"].sum()), int(mine["amount"].sum())
        if bank_sum == book_sum:
            equal.append((tuple(lines["place"].tolist()), tuple(mine["place"].tolist())))
        elif len(lines) == 1 and (bank_sum > 0) == (book_sum > 0) and book_sum:
            differing.append((int(lines["place"].iloc[0]), tuple(mine["place"].tolist())))
    return tuple(equal), tuple(differing)


def _reversed(side: pd.DataFrame, among: Flags) -> list[tuple[int, int]]:
    """Find rows of one side that cancel out: one reference, opposite amounts, one of each; earlier row first."""
    rows = _referring(side, among)
    rows = rows.assign(size=rows["amount"].abs())
    twos = rows[rows.groupby(["ref", "size"])["amount"].transform("count") == 2].sort_values(["ref", "size", "day", "amount"])
    first, second = twos.iloc[0::2], twos.iloc[1::2]
    opposite = (first["amount"].to_numpy() + second["amount"].to_numpy()) == 0
    return list(zip(first["place"].to_numpy()[opposite].tolist(), second["place"].to_numpy()[opposite].tolist(), strict=True))


def _by_amount_and_day(bank: pd.DataFrame, book: pd.DataFrame, left: Flags, right: Flags) -> tuple[Places, Places]:
    lines, rows = np.flatnonzero(left), np.flatnonzero(right)
    code = pd.factorize(np.concatenate([bank["amount"].to_numpy()[lines], book["amount"].to_numpy()[rows]]))[0].astype("int64")
    # One number a row that sorts by amount, then by day, with room between amounts for every day of the calendar.
    mine = code[: len(lines)] * 10_000_000 + bank["day"].to_numpy()[lines]
    theirs = code[len(lines) :] * 10_000_000 + book["day"].to_numpy()[rows]
    only_book, only_bank = _only(mine, theirs), _only(theirs, mine)
    mutual = np.array([b >= 0 and only_bank[b] == i for i, b in enumerate(only_book.tolist())], dtype=bool)
    return lines[mutual], rows[only_book[mutual]]


def _in_equal_numbers(bank: pd.DataFrame, book: pd.DataFrame, left: Flags, right: Flags) -> tuple[Places, Places]:
    """Pair rows of one amount and day, in their order, where both sides hold the same number of them."""
    lines, rows = _numbered(bank, left), _numbered(book, right)
    both = lines.merge(rows, on=["amount", "day", "many", "number"], how="inner", suffixes=("_bank", "_book"), validate="1:1")
    return both["place_bank"].to_numpy(dtype="int64"), both["place_book"].to_numpy(dtype="int64")


def _numbered(side: pd.DataFrame, among: Flags) -> pd.DataFrame:
    kept = side.assign(place=np.arange(len(side))).loc[among, ["amount", "day", "place"]]
    kept = kept[kept.groupby("amount")["day"].transform("nunique") == 1]  # another day would make it a choice
    grouped = kept.groupby(["amount", "day"])["place"]
    counted = kept.assign(many=grouped.transform("size"), number=grouped.cumcount())
    return counted[counted["many"] > 1]


def _only(mine: Places, theirs: Places) -> Places:
    """Return for each of mine the place of the one of theirs within DAYS_APART; -1 where there is none or several."""
    order = np.argsort(theirs, kind="stable")
    ordered = theirs[order]
    low, high = np.searchsorted(ordered, mine - DAYS_APART, "left"), np.searchsorted(ordered, mine + DAYS_APART, "right")
    result = np.full(len(mine), -1, dtype="int64")
    single = high - low == 1
    result[single] = order[low[single]]
    return result
