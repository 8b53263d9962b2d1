"""A list that is read in part: what makes up the rest among the documents that nobody else claims, by what the unread words resemble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from heapq import nsmallest
from itertools import pairwise
from math import comb

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from arwork.matching.case import Case
from arwork.matching.combos import combinations
from arwork.matching.leaf import SERIAL
from arwork.matching.lean import lean
from arwork.matching.leftover import Pool
from arwork.matching.numbers import EDIT, Numbers, hits, tails
from arwork.matching.ranged import complete, members, signed
from arwork.matching.said import folded
from arwork.matching.tokens import Text, runs
from arwork.matching.universe import Item
from arwork.matching.unread import cut_off, labelled

_SEARCHED = 22
_BUDGET = 1 << 13
_LISTED = 40
_TAIL_MOST = 40
_SLIPS, _LEAST, _DIGITS, _TAIL_LEAST = 2, 5, 2, 3
_GUESSED, _SURE_MOST = 3, 6
_SURE, _LIKE, _FAR, _UNSAID = 30, 20, 12, 8
"""How much a word speaks for a document: it is read as this one only, as one of several, two slips away; and what none costs."""
_HUNDRED = 1_000_000
_CHANCE = 1_000
"""So likely, in millionths, may be the coincidence by which documents without a word complete a list."""


@lean
class Completed:
    """Documents that complete a list; `guessed` are those for which no word speaks, `rivals` how many other sets add up.

    `chance` is how many sets of as many documents would add up by coincidence, in millionths (2.3); none is counted for a row.
    """

    items: tuple[Item, ...]
    guessed: tuple[Item, ...] = ()
    rivals: int = 0
    chance: int = 0


@lean
class Reading:
    """What the words say of documents that nobody else claims: `anchors` are named for certain, `speaks` how much speaks for another (by item).

    `unread` says that words are left that nothing certain explains. `likely` are documents that one word alone means, by its last
    digits or with one slip: as good as named where a list holds others that are.
    """

    anchors: tuple[Item, ...]
    speaks: Mapping[str, int]
    free: tuple[Item, ...]
    unread: bool = False
    likely: tuple[Item, ...] = ()


def completed(case: Case, said: Reading, *, alone: bool) -> Completed | None:
    """Return the set of documents that holds what is named for certain and adds up to the receipt, the best supported one.

    Amounts are what is left, or that less the discount of each document's terms. `alone` says that one customer's documents
    were looked at; among those of several, three without a word are too many unless words speak for as many.
    """
    inside = {item.item_id for item in said.anchors}
    others = [item for item in said.free if item.item_id not in inside]
    for net in (False, True):
        if net and not any(item.discounts for item in (*said.anchors, *others)):
            break
        rest = case.receipt.amount - sum(_value(item, net) for item in said.anchors)
        if rest == 0:
            return Completed(said.anchors)
        found, in_row, among = _rest(others, rest, said, net) if rest > 0 else ([], set(), [])
        best = _best(found, said) if found else None
        if best:
            row = frozenset(item.item_id for item in best.items[len(said.anchors) :]) in in_row
            best = replace(best, chance=0 if row else _by_chance(len(best.guessed), among))
        if best and best.chance > _CHANCE:
            continue
        half = best is not None and 2 * len(best.guessed) <= len(best.items)
        if best and (len(best.guessed) < _GUESSED or ((alone or half) and not best.rivals)):
            return best
    return None


def resembling(case: Case, said: Reading, *, own: bool) -> tuple[Item, ...]:
    """Return the documents that the words resemble best, where the receipt pays most of them, or one of them in part.

    One document of the payer's `own` may be paid in part, one a tenth too much; several at least three quarters. A wrong digit and another amount prove
    nothing together.
    """
    amount = case.receipt.amount
    chosen = list(said.anchors)
    if not chosen:
        chosen = [item for item in said.free if said.speaks.get(item.item_id, 0) >= _SURE]
        if len(chosen) > 1:
            near = [item for item in chosen if item.left * 3 <= amount * 4 and 10 * (amount - item.left) <= amount]
            chosen = near if len(near) == 1 else []
    total = sum(item.left for item in chosen)
    if len(chosen) == 1 and (own or total * 3 <= amount * 4):
        sure = bool(said.anchors) and not said.unread
        return tuple(chosen) if amount <= total or (sure and 10 * (amount - total) <= amount) else ()
    return tuple(chosen) if chosen and amount <= total and total * 3 <= amount * 4 else ()


def _value(item: Item, net: bool) -> int:
    off = max((percent for percent, _ in item.discounts), default=0) if net else 0
    return item.left - item.left * off // _HUNDRED


def reading(case: Case, pool: Pool, known: Numbers, text: Text) -> Reading | None:
    """Read the words: exact ones and safe readings are anchors, the rest speaks for what it resembles; None where nothing does."""
    free = {item.item_id: item for item in pool.free if item.doc_date <= case.receipt.value_date}
    exact = {word.token: word.items for word in (*case.named.words, *case.others.kin) if not word.part}
    stand = {
        (first, size): places for run, first, size, _ in runs(text) if run in exact and (places := tuple(known.places_of(exact[run])))
    }  # fmt: skip
    covered = {n for first, size in stand for n in range(first, first + size)}
    anchors = {items[0]: free[items[0]] for items in exact.values() if len(items) == 1 and items[0] in free}
    speaks: dict[str, int] = {item: _LIKE for items in exact.values() if len(items) > 1 for item in items if item in free}
    silent = labelled(text.words)
    met = hits(text, known, frozenset(covered) | silent)
    used = covered | silent | {n for hit in met for n in range(hit.first, hit.first + hit.size)}
    shapes = [part for n, part in enumerate(known.parts) if part and known.items[n].item_id in anchors] if anchors else []
    met += tails(text, known, frozenset(used) | cut_off(case, text), shapes) if shapes else []
    likely: dict[str, Item] = {}
    for hit in met:
        inside = [known.items[n].item_id for n in hit.places if known.items[n].item_id in free]
        for item in inside:
            if len(inside) == 1 and hit.close >= SERIAL:
                anchors[item] = free[item]
            elif len(hit.places) == 1 and (hit.close >= EDIT or len(hit.token) >= _TAIL_LEAST) and hit.token not in case.named.strangers:
                likely[item] = free[item]
            speaks[item] = max(speaks.get(item, 0), _SURE if len(inside) == 1 and hit.close >= EDIT else _LIKE)
    spans = [*stand.items(), *(((hit.first, hit.size), hit.places) for hit in met)]
    meant = [free.get(known.items[n].item_id) for n in _ranges(spans, text, case, known)]
    anchors |= {each.item_id: each for each in meant if each}
    left = {n for n, word in enumerate(text.words) if n not in used and sum(c.isdigit() for c in word) >= _DIGITS}
    for item in _far(text, left, known) & free.keys() if left else ():
        speaks[item] = max(speaks.get(item, 0), _FAR)
    if not anchors and not speaks:
        return None
    ordered = tuple(sorted(anchors.values(), key=lambda item: (item.doc_date, item.item_id)))
    return Reading(
        ordered, {item: weight for item, weight in speaks.items() if item not in anchors}, tuple(free.values()), bool(left),
        tuple(item for name, item in sorted(likely.items()) if name not in anchors),
    )  # fmt: skip


def _ranges(spans: Sequence[tuple[tuple[int, int], Sequence[int]]], text: Text, case: Case, known: Numbers) -> set[int]:
    """List the places that ranges mean, their ends included: what the text says is a range, and only one that leaves nothing out."""
    found: set[int] = set()
    ordered = sorted(spans)
    for ((first, size), starts), ((then, _), ends) in pairwise(ordered):
        if not signed(text, case.receipt.text, first + size, then):
            continue
        whole = []
        for start in starts:
            for end in ends:
                low, high = known.parts[start], known.parts[end]
                inside = members(low, high, known)
                if low and high and inside and complete(low, high, inside, known.parts):
                    whole.append({start, *inside})
        found |= whole[0] if len(whole) == 1 else set()
    return found


def _far(text: Text, left: set[int], known: Numbers) -> set[str]:
    """Find the documents whose numbers are two slips from an unread word."""
    forms, owners = known.slips()
    said = [
        folded(run) for run, first, size, _ in runs(text)
        if len(run) >= _LEAST and not run.isalpha() and not left.isdisjoint(range(first, first + size))
    ]  # fmt: skip
    if not said or not forms:
        return set()
    near = cdist(said, forms, scorer=OSA.distance, score_cutoff=_SLIPS)
    close = zip(*(near <= _SLIPS).nonzero(), strict=True)
    return {known.items[owners[column]].item_id for row, column in close if len(said[row]) > _LEAST or near[row][column] <= 1}


def _by_chance(guessed: int, among: Sequence[int]) -> int:
    """Count how many sets of so many of these amounts would add up to one given amount by coincidence, in millionths (2.3)."""
    return comb(len(among), guessed) * 1_000_000 // max(1, sum(among)) if guessed else 0


def _rest(others: Sequence[Item], rest: int, said: Reading, net: bool) -> tuple[list[tuple[Item, ...]], set[frozenset[str]], list[int]]:
    """List sets of other documents that make up the rest: among what the words resemble and what is near by date; rows that follow.

    Which of them are rows is returned as well, and the amounts among which the others were looked for.
    """
    like = sorted((item for item in others if said.speaks.get(item.item_id)), key=lambda item: (-said.speaks[item.item_id], item.item_id))
    days = [item.doc_date for item in (*said.anchors, *like)]
    if not days:
        return [], set(), []
    first, last = min(days), max(days)
    inside = {item.item_id for item in like}

    def _distance(item: Item) -> tuple[int, str]:
        away = max((first - item.doc_date).days, (item.doc_date - last).days, 0)
        return away, item.item_id

    near = (
        nsmallest(_SEARCHED - len(like), (item for item in others if item.item_id not in inside), key=_distance)
        if len(like) < _SEARCHED
        else []
    )
    chosen = [*like[:_SEARCHED], *near]
    got = combinations([_value(item, net) for item in chosen], rest, sizes=(1, _SEARCHED), budget=_BUDGET, listed=_LISTED)
    found = [tuple(chosen[n] for n in places) for places in got.sets]
    in_row: set[frozenset[str]] = set()
    after = sorted((item for item in others if item.doc_date >= last), key=lambda item: (item.doc_date, item.item_id))
    for many in range(min(len(like), _SURE_MOST), -1, -1):
        sure = like[:many]
        named = {item.item_id for item in sure}
        follow = [item for item in after if item.item_id not in named]
        starts = sum(1 for item in follow if item.doc_date == follow[0].doc_date)
        values = [_value(item, net) for item in follow[: starts + _TAIL_MOST]]
        rows = [(*sure, *follow[start:end]) for start, end in _begins(values, rest - sum(_value(i, net) for i in sure), starts)]
        in_row |= {frozenset(item.item_id for item in row) for row in rows}
        found += rows
    return found, in_row, [_value(item, net) for item in chosen[len(like) :]]


def _begins(values: Sequence[int], rest: int, starts: int) -> list[tuple[int, int]]:
    """List where rows of the values that add up to the rest begin, among the first `starts` ones, and end."""
    found = []
    for start in range(starts):
        total = 0
        for end in range(start, min(len(values), start + _TAIL_MOST)):
            total += values[end]
            if total >= rest:
                if total == rest:
                    found.append((start, end + 1))
                break
    return found


def _best(found: Sequence[tuple[Item, ...]], said: Reading) -> Completed | None:
    """Take the set that most words speak for and that needs the fewest documents without a word; none where two are equal (G-01)."""

    def _rank(items: tuple[Item, ...]) -> tuple[int, int]:
        weight = sum(said.speaks.get(item.item_id, -_UNSAID) for item in items)
        days = [item.doc_date for item in (*said.anchors, *items)]
        return (-weight, (max(days) - min(days)).days)

    unique = {frozenset(item.item_id for item in items): items for items in found}
    best, *others = sorted(unique.values(), key=_rank)
    if others and _rank(others[0]) == _rank(best):
        return None
    return Completed((*said.anchors, *best), tuple(item for item in best if not said.speaks.get(item.item_id)), len(unique) - 1)
