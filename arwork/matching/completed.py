"""A list that is read in part: what makes up the rest among the documents that nobody else claims, by what the unread words resemble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from arwork.matching.case import Case
from arwork.matching.combos import combinations
from arwork.matching.leftover import Pool
from arwork.matching.numbers import SERIAL, Numbers, folded, hits, tails
from arwork.matching.tokens import Text, read, runs
from arwork.matching.universe import Item
from arwork.matching.unread import labelled

_SEARCHED = 22
_BUDGET = 1 << 13
_LISTED = 40
_TAIL_MOST = 40
_SLIPS = 2
_GUESSED = 3
_SURE, _LIKE, _FAR = 30, 20, 12
"""How much a word speaks for a document: it is read as this one only, as one of several or by its last digits, two slips away."""
_FULL = (140, 135, 105, 70, 35, 27)
_HUNDRED = 1_000_000


@dataclass(frozen=True)
class Completed:
    """Documents named and those that complete them; `guessed` are those for which no word speaks, `difference` what stays owed."""

    items: tuple[Item, ...]
    named: tuple[Item, ...]
    guessed: tuple[Item, ...]
    rivals: int


@dataclass(frozen=True)
class _Reading:
    """What the words say: documents named for certain, and how much speaks for each other one (by item)."""

    anchors: tuple[Item, ...]
    speaks: Mapping[str, int]
    unread: int


def completed(case: Case, pool: Pool, known: Numbers, *, alone: bool) -> Completed | None:
    """Return the set of documents that holds what is named for certain and adds up to the receipt, the best supported one.

    `alone` says that the pool holds one customer's documents; among those of several, three without a word are too many.

    Amounts are what is left, or that less the discount of each document's terms. Where nothing is named for certain and nothing
    resembles a word, there is no answer.
    """
    text = read(case.receipt.text, case.receipt.amount, case.receipt.currency)
    said = _reading(case, pool, known, text)
    if said is None:
        return None
    free = [item for item in pool.free if item.doc_date <= case.receipt.value_date]
    inside = {item.item_id for item in said.anchors}
    others = [item for item in free if item.item_id not in inside]
    for net in (False, True):
        if net and not any(item.discounts for item in (*said.anchors, *others)):
            break
        rest = case.receipt.amount - sum(_value(item, net) for item in said.anchors)
        if rest == 0:
            return Completed(said.anchors, said.anchors, (), 0)
        found = _rest(others, rest, said, net) if rest > 0 else []
        best = _best(found, said) if found else None
        half = best is not None and 2 * len(best.guessed) <= len(best.items)
        if best and (len(best.guessed) < _GUESSED or ((alone or half) and not best.rivals)):
            return best
    return None


def resembling(case: Case, pool: Pool, known: Numbers) -> tuple[Item, ...]:
    """Return the documents that the words resemble best, where the receipt pays most of them, or one of them in part.

    One document may be paid in part or a tenth too much; several at least three quarters, and every word must be used.
    """
    text = read(case.receipt.text, case.receipt.amount, case.receipt.currency)
    said = _reading(case, pool, known, text)
    if said is None:
        return ()
    amount, paid = case.receipt.amount, case.receipt.value_date
    free = {item.item_id: item for item in pool.free if item.doc_date <= paid}
    chosen = [item for item in said.anchors if item.item_id in free]
    if not chosen:
        most = max(said.speaks.values(), default=0)
        chosen = [free[item] for item, weight in said.speaks.items() if weight == most and item in free]
        if len(chosen) > 1:
            near = [item for item in chosen if item.left * 3 <= amount * 4 and 10 * (amount - item.left) <= amount]
            chosen = near if len(near) == 1 else []
    total = sum(item.left for item in chosen)
    if len(chosen) == 1:
        return tuple(chosen) if 10 * (amount - total) <= amount else ()
    return tuple(chosen) if chosen and amount <= total and total * 3 <= amount * 4 else ()


def _value(item: Item, net: bool) -> int:
    off = max((percent for percent, _ in item.discounts), default=0) if net else 0
    return item.left - item.left * off // _HUNDRED


def _reading(case: Case, pool: Pool, known: Numbers, text: Text) -> _Reading | None:
    """Read the words: exact ones and safe readings are anchors, the rest speaks for what it resembles."""
    free = {item.item_id: item for item in pool.free}
    anchors: dict[str, Item] = {}
    covered: set[int] = set()
    exact = {word.token: word.items for word in (*case.named.words, *case.others.kin) if not word.part}
    for run, first, size, _ in runs(text):
        if run in exact and not known.where.keys().isdisjoint(exact[run]):
            covered |= {*range(first, first + size)}
    for items in exact.values():
        if len(items) == 1 and items[0] in free:
            anchors[items[0]] = free[items[0]]
    speaks: dict[str, int] = {item: _LIKE for items in exact.values() if len(items) > 1 for item in items if item in free}
    silent = labelled(text.words)
    met = hits(text, known, frozenset(covered) | silent)
    used = covered | silent | {n for hit in met for n in range(hit.first, hit.first + hit.size)}
    shapes = [part for n, part in enumerate(known.parts) if part and known.items[n].item_id in anchors]
    met += tails(text, known, frozenset(used), shapes) if shapes else []
    for hit in met:
        inside = [known.items[n].item_id for n in hit.places if known.items[n].item_id in free]
        for item in inside:
            if len(inside) == 1 and hit.close >= SERIAL:
                anchors[item] = free[item]
            speaks[item] = max(speaks.get(item, 0), _SURE if len(inside) == 1 else _LIKE)
    left = [n for n, word in enumerate(text.words) if n not in used and sum(c.isdigit() for c in word) >= 2]
    if left:
        for item, weight in _far(text, {*left}, known).items():
            if item in free:
                speaks[item] = max(speaks.get(item, 0), weight)
    if not anchors and not speaks:
        return None
    ordered = tuple(sorted(anchors.values(), key=lambda item: (item.doc_date, item.item_id)))
    return _Reading(ordered, {item: weight for item, weight in speaks.items() if item not in anchors}, len(left))


def _far(text: Text, left: set[int], known: Numbers) -> dict[str, int]:
    """Find the documents that are two slips from an unread word, or of which the last word is the beginning."""
    forms = [(form, start + owner) for start, leaf in _starts(known) for form, owner in zip(leaf.slips, leaf.owners, strict=True)]
    said = [folded(run) for run, first, size, _ in runs(text) if left & {*range(first, first + size)} and len(run) >= 5 and not run.isalpha()]
    found: dict[str, int] = {}
    if said and forms:
        near = cdist(said, [form for form, _ in forms], scorer=OSA.distance, score_cutoff=_SLIPS)
        for row, column in zip(*(near <= _SLIPS).nonzero(), strict=True):
            if len(said[row]) >= 6 or near[row][column] <= 1:
                found[known.items[forms[column][1]].item_id] = _FAR
    return found


def _starts(known: Numbers) -> list[tuple[int, object]]:
    start, found = 0, []
    for leaf in known.leaves:
        found.append((start, leaf))
        start += len(leaf.items)
    return found


def _rest(others: Sequence[Item], rest: int, said: _Reading, net: bool) -> list[tuple[Item, ...]]:
    """List sets of other documents that make up the rest: among what the words resemble and what is near by date; rows that follow."""
    like = sorted((item for item in others if said.speaks.get(item.item_id)), key=lambda item: (-said.speaks[item.item_id], item.item_id))
    last = max((item.doc_date for item in (*said.anchors, *like)), default=None)
    first = min((item.doc_date for item in (*said.anchors, *like)), default=None)
    if last is None or first is None:
        return []
    inside = {item.item_id for item in like}
    near = sorted(
        (item for item in others if item.item_id not in inside),
        key=lambda item: (0 if first <= item.doc_date <= last else min(abs((item.doc_date - last).days), abs((first - item.doc_date).days)), item.item_id),
    )  # fmt: skip
    chosen = [*like, *near][:_SEARCHED]
    got = combinations([_value(item, net) for item in chosen], rest, sizes=(1, _SEARCHED), budget=_BUDGET, listed=_LISTED)
    found = [tuple(chosen[n] for n in places) for places in got.sets]
    for many in range(min(len(like), 6), -1, -1):
        sure = like[:many]
        found += _following([item for item in others if item not in sure], rest - sum(_value(i, net) for i in sure), sure, last, net)
    return found


def _following(others: Sequence[Item], rest: int, sure: Sequence[Item], last: object, net: bool) -> list[tuple[Item, ...]]:
    """List what follows the last document named, in the order of dates, as far as it makes up the rest."""
    found: list[tuple[Item, ...]] = []
    ranked = sorted(others, key=lambda item: (item.doc_date, item.item_id))
    for start, item in enumerate(ranked):
        if item.doc_date < last or (start and ranked[start - 1].doc_date > last):  # type: ignore[operator]
            continue
        total = 0
        for end in range(start, min(len(ranked), start + _TAIL_MOST)):
            total += _value(ranked[end], net)
            if total >= rest:
                if total == rest:
                    found.append((*sure, *ranked[start : end + 1]))
                break
    return found


def _best(found: Sequence[tuple[Item, ...]], said: _Reading) -> Completed:
    """Take the set that most words speak for and that needs the fewest documents without a word."""

    def rank(items: tuple[Item, ...]) -> tuple[int, int, int, tuple[str, ...]]:
        weight = sum(said.speaks.get(item.item_id, -8) for item in items)
        days = [item.doc_date for item in (*said.anchors, *items)]
        return (-weight, (max(days) - min(days)).days, len(items), tuple(sorted(item.item_id for item in items)))

    unique = {frozenset(item.item_id for item in items): items for items in found}
    ranked = sorted(unique.values(), key=rank)
    best = ranked[0]
    guessed = tuple(item for item in best if not said.speaks.get(item.item_id))
    return Completed((*said.anchors, *best), said.anchors, guessed, len(ranked) - 1)
