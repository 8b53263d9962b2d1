"""Several book rows that add up to a bank line, or several lines to a row: proposed to a person, with every rival set (RC-20, 2.3).

The search, its limits and its measure of coincidence are those of cash application.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from arwork.matching.combos import coincidence, combinations
from arwork.reconcile.worded import NAME_DAYS, Texts
from arwork.reconcile.wording import likeness, named

Flags = npt.NDArray[np.bool_]
_MOST = 1_000
"""So many lines of an account are searched for sets, the largest first; the rest waits until these are settled."""


class SetRules(Protocol):
    """Limits of the search for sets (2.3)."""

    @property
    def max_candidates(self) -> int:
        """Most rows that are searched."""

    @property
    def max_size(self) -> int:
        """Most members of a set."""

    @property
    def max_nodes(self) -> int:
        """Most subsets looked at."""

    @property
    def list_all_cap(self) -> int:
        """Most sets listed."""


@dataclass(frozen=True)
class Proposal:
    """Lines and rows that may be the same money, by place. Only with `certain` is it more than a proposal.

    `how` is SET, CHARGE (a row that differs by a bank charge) or TIE (several rows fit equally; `rows` is empty). `rivals` are the other
    sets, `exhaustive` says that there are no more, `chance` is how many sets would fit by coincidence, in millionths.
    """

    lines: tuple[int, ...]
    rows: tuple[int, ...]
    how: str
    rivals: tuple[tuple[int, ...], ...] = ()
    exhaustive: bool = True
    chance: int = 0
    certain: bool = False


def batches(texts: Texts, left: Flags, right: Flags, rules: SetRules) -> list[Proposal]:
    """Search the rows within NAME_DAYS of each line that is left for sets that add up to it, then the lines for each row."""
    found: list[Proposal] = []
    lines, rows = left.copy(), right.copy()
    for one, many, turned in ((texts.bank, texts.book, False), (texts.book, texts.bank, True)):
        for place, near in _near(one, many, *((rows, lines) if turned else (lines, rows))):
            proposal = _set(texts, place, near, rules, turned)
            if proposal:
                found.append(proposal)
        for proposal in found:
            lines[list(proposal.lines)] = False
            rows[list(proposal.rows)] = False
    return found


def _near(one: pd.DataFrame, many: pd.DataFrame, wanted: Flags, free: Flags) -> Iterator[tuple[int, list[int]]]:
    """Yield each wanted row, the largest first, with the smaller free rows of its sign on the other side within NAME_DAYS."""
    places = np.flatnonzero(free)
    order = np.argsort(many["day"].to_numpy()[places], kind="stable")
    places = places[order]
    days, amounts = many["day"].to_numpy()[places], many["amount"].to_numpy()[places]
    mine, size = one["day"].to_numpy(), np.abs(one["amount"].to_numpy())
    ranked = np.flatnonzero(wanted)
    ranked = ranked[np.lexsort((ranked, -size[ranked]))][:_MOST]
    sign = np.sign(one["amount"].to_numpy())
    for place in ranked.tolist():
        first, last = np.searchsorted(days, mine[place] - NAME_DAYS, "left"), np.searchsorted(days, mine[place] + NAME_DAYS, "right")
        fits = (np.sign(amounts[first:last]) == sign[place]) & (np.abs(amounts[first:last]) < size[place])
        near = places[first:last][fits]
        if len(near) > 1:
            yield place, sorted(near.tolist())


def _set(texts: Texts, place: int, near: Sequence[int], rules: SetRules, turned: bool) -> Proposal | None:
    """Search one line or row: what belongs together by nature first (all of one day), then every set (2.3)."""
    one, many = (texts.book, texts.bank) if turned else (texts.bank, texts.book)
    target = int(one["amount"].to_numpy()[place])
    sizes = many["amount"].to_numpy()
    chosen = list(near)
    if len(chosen) > rules.max_candidates:  # too many to search: only what was booked on one day
        days = many["day"].to_numpy()
        groups = [[n for n in chosen if days[n] == day] for day in sorted({int(days[n]) for n in chosen})]
        whole = [tuple(group) for group in groups if len(group) > 1 and int(sizes[group].sum()) == target]
        if not whole:
            return None
        return _proposal(place, whole[0], tuple(whole[1:]), turned, exhaustive=False)
    amounts = [int(sizes[n]) for n in chosen]
    found = combinations(amounts, target, sizes=(2, rules.max_size), budget=rules.max_nodes, listed=rules.list_all_cap)
    sets = [tuple(chosen[n] for n in members) for members in found.sets]
    if not sets:
        return None
    chance = int(coincidence(amounts, rules.max_size) * 1_000_000)
    certain = not turned and len(sets) == 1 and found.exhaustive and _names_all(texts, place, sets[0])
    return _proposal(
        place, sets[0], tuple(sets[1:]), turned, exhaustive=found.exhaustive and not found.more, chance=chance, certain=certain
    )


def _proposal(
    place: int, members: tuple[int, ...], rivals: tuple[tuple[int, ...], ...], turned: bool, *, exhaustive: bool, chance: int = 0,
    certain: bool = False,
) -> Proposal:  # fmt: skip
    lines, rows = (members, (place,)) if turned else ((place,), members)
    return Proposal(lines, rows, "SET", rivals, exhaustive, chance, certain)


def _names_all(texts: Texts, line: int, rows: Sequence[int]) -> bool:
    """Say whether a line names every row of a set by number."""
    return named(texts.lines[line], texts.numbers(rows), [texts.rows[row] for row in rows]) == set(range(len(rows)))


def less_charges(texts: Texts, left: Flags, right: Flags, most: int) -> list[Proposal]:
    """Propose a line and a row that share a name within NAME_DAYS and differ by no more than a bank charge (MP-61), minor units."""
    amounts, days = texts.book["amount"].to_numpy(), texts.book["day"].to_numpy()
    rows = np.flatnonzero(right)
    order = rows[np.argsort(amounts[rows], kind="stable")]
    sizes = amounts[order]
    found: list[tuple[int, list[int]]] = []
    there, then = texts.bank["amount"].to_numpy(), texts.bank["day"].to_numpy()
    for line in np.flatnonzero(left).tolist():
        mine, day = int(there[line]), int(then[line])
        near = order[np.searchsorted(sizes, mine - most, "left") : np.searchsorted(sizes, mine + most, "right")]
        fits = [n for n in near.tolist() if amounts[n] * mine > 0 and abs(int(days[n]) - day) <= NAME_DAYS]
        own = sorted(n for n in fits if likeness(texts.lines[line], texts.rows[n], texts.often).own)
        if own:
            found.append((line, own))
    return [Proposal((line,), (own[0],), "CHARGE", tuple((row,) for row in own[1:])) for line, own in found]
