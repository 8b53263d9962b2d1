"""M17, a second look at what no strategy could propose, with what all other proposals leave open; never automatic (2.2, 2.6).

Among the documents that no other payment names or claims, a difference or a list read in part often has one likely answer.
It is a suggestion, and a person sees why. Where two documents or sets do equally well there is none (G-01).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from arwork.matching.case import Case, Claim
from arwork.matching.completed import Reading, completed, reading, resembling
from arwork.matching.gates import judge
from arwork.matching.lean import lean
from arwork.matching.leftover import Leftover, Pool
from arwork.matching.likely import (
    CHARGE,
    DISCOUNT,
    EXACT,
    OVER,
    REST,
    SHARE,
    Guess,
    nearest_way,
    rows,
    rows_less,
    rows_with_gaps,
    shares_of_rest,
    single_ways,
)  # fmt: skip
from arwork.matching.numbers import hits
from arwork.matching.rows import Outcome
from arwork.matching.second_words import by_amount, by_elimination, by_list, by_number, by_part, by_words
from arwork.matching.tokens import Text, read
from arwork.matching.tolerances import in_currency
from arwork.matching.universe import Account, Universe
from arwork.matching.unread import labelled, unread

_PROPOSED = ("AUTO", "SUGGEST")
_STOPPING = frozenset({"G-04", "G-05", "G-06", "G-07", "G-13", "G-15", "G-16", "G-20", "G-22"})
"""Gates after which a second look has nothing to add: repeats, advices, blocked items, returned money, contracts."""
_OF_OTHERS = frozenset({"G-08", "G-09", "G-18"})
_ROUND = 10_000
"""Multiples of this many minor units are often money on account, so that no difference to a document explains them."""
_DIGITS, _LIST = 3, 3


@lean
class _Circle:
    """What nobody claims of some customers' documents; `relation` says what they are to the payer, blank for its own."""

    accounts: tuple[Account, ...]
    relation: str
    pool: Pool


class _Circles:
    """The circles of a case, the nearest first, each arranged when it is first asked for: wide ones are dear, and often not needed."""

    def __init__(self, case: Case, left: Leftover) -> None:
        self._case, self._left, self._around, self._found = case, left, case.around(), list[_Circle]()

    def __iter__(self) -> Iterator[_Circle]:
        receipt, place = self._case.receipt, 0
        while True:
            yield from self._found[place:]
            place = len(self._found)
            for accounts, relation in self._around:
                pool = self._left.pool(accounts, receipt.currency, receipt.receipt_id)
                if pool.free or pool.rests:
                    self._found.append(_Circle(accounts, relation, pool))
                    break
            else:
                return


def second_look(outcomes: Sequence[Outcome], world: Universe) -> list[Outcome]:
    """Return the outcomes, those that propose nothing replaced by a suggestion where one way of paying is likely (M17).

    Receipts are taken by value date, larger amount, id, and each claims what is suggested for it, so that row order changes nothing.
    """
    left = Leftover(world)
    later: list[int] = []
    half = {number for number, outcome in enumerate(outcomes) if outcome.verdict.status == "SUGGEST" and _half_read(outcome)}
    for number, outcome in enumerate(outcomes):
        if outcome.verdict.status in _PROPOSED and number not in half:
            left.claim({item: stake.amount for item, stake in outcome.entry.stakes.items()})
        else:
            later.append(number)
            case = outcome.entry.case
            for item in outcome.entry.stakes:
                left.wanted.setdefault(item, []).append((case.receipt.value_date, case.receipt.receipt_id))
            for item in (*case.named.items(), *case.others.items()):
                left.named.setdefault(item, set()).add(case.receipt.receipt_id)
    found = list(outcomes)
    for number in sorted(later, key=lambda n: _turn(outcomes[n].entry.case)):
        again = _more(outcomes[number], left) if number in half else _again(outcomes[number], left)
        if again is not None:
            left.claim({item: stake.amount for item, stake in again.entry.stakes.items()}, likely=again.entry.claim.strategy == "M17")
            found[number] = again
    return found


def _half_read(outcome: Outcome) -> bool:
    """Say whether documents are proposed, more came than is owed on them, and words are left that may name others (MP-50)."""
    case, claim = outcome.entry.case, outcome.entry.claim
    return claim.strategy == "M05" and claim.rest is not None and not claim.form and bool(unread(case, case.named.words))


def _more(outcome: Outcome, left: Leftover) -> Outcome:
    """Take a longer list in place of one that was read in half, where the words lead to it; else leave it as it stands."""
    entry, had = outcome.entry, set(outcome.entry.stakes)
    claim = None if entry.told or entry.case.looks or "G-18" in outcome.verdict.fired else _looked(outcome, left)
    verdict = judge(entry.case, claim) if claim else None
    if claim and verdict and verdict.status == "SUGGEST" and claim.proposal and had < {*claim.proposal.items}:
        return Outcome(replace(entry, claim=claim), verdict)
    return outcome


def _turn(case: Case) -> tuple[object, ...]:
    return (case.receipt.value_date, -case.receipt.amount, case.receipt.receipt_id)


def _again(outcome: Outcome, left: Leftover) -> Outcome | None:
    entry, case = outcome.entry, outcome.entry.case
    receipt = case.receipt
    if entry.out or entry.told or receipt.returned or receipt.conflict or case.looks or case.abroad or receipt.amount <= 0:
        return None
    if not _STOPPING.isdisjoint(outcome.verdict.fired) or case.loose_payments or receipt.account in case.master.oldest_first:
        return None
    if entry.claim.strategy == "M13" or (entry.claim.strategy == "M10" and not entry.claim.exhaustive):
        return None
    fired = outcome.verdict.fired
    claim = _one_left(outcome, left) if "G-01" in fired else _stands(outcome, left)
    if claim is None and "G-01" not in fired and not ("G-18" in fired and entry.claim.by_amount):
        claim = _looked(outcome, left)
    if claim is None:
        return None
    verdict = judge(case, claim)
    if verdict.status != "SUGGEST":
        return None
    if claim.strategy == entry.claim.strategy:  # it stands, and who else wants it stays to be seen
        verdict = replace(verdict, fired=dict(sorted({**verdict.fired, "G-18": fired["G-18"]}.items())))
    return Outcome(replace(entry, claim=claim), verdict)


def _one_left(outcome: Outcome, left: Leftover) -> Claim | None:
    """Of several sets that explain an amount, keep the only one of which other payments claim nothing (G-01)."""
    case, claim = outcome.entry.case, outcome.entry.claim
    if claim.proposal is None or not claim.by_amount or claim.rivals != len(claim.others):
        return None
    sets = (claim.proposal, *claim.others)
    whole = [found for found in sets if not any(left.used.get(line.item.item_id) for line in found.lines)]
    if any(left.suggested(line.item) for found in sets for line in found.lines):  # a likelihood does not rest on another one
        return None
    if len(whole) == 1 and not left.untouched([line.item for line in whole[0].lines], case.receipt.receipt_id):
        return None
    return by_elimination(case, claim, whole[0]) if len(whole) == 1 else None


def _stands(outcome: Outcome, left: Leftover) -> Claim | None:
    """Keep a proposal with words behind it that only payments which came later, and get nothing, compete for.

    Of two payments that only their amount brings to one document neither is preferred: a tie is a tie (G-18).
    """
    claim = outcome.entry.claim
    if claim.proposal is None or "G-18" not in outcome.verdict.fired or claim.others or claim.by_amount:
        return None
    mine = outcome.entry.case.receipt
    for line in claim.proposal.lines:
        if left.left(line.item) < line.relieved - line.residual:
            return None
        if any(day == mine.value_date and who != mine.receipt_id for day, who in left.wanted.get(line.item.item_id, ())):
            return None
    return replace(claim, preferred=True, capped="; ".join(filter(None, (claim.capped, "this payment came first"))))


def _looked(outcome: Outcome, left: Leftover) -> Claim | None:
    """Ask by amount where nothing is named, then by what the words resemble, the payer's own documents before those of others."""
    case = outcome.entry.case
    receipt, named = case.receipt, case.named
    text = read(receipt.text, receipt.amount, receipt.currency)
    silent = labelled(text.words)
    digits = any(n not in silent and sum(c.isdigit() for c in word) >= _DIGITS for n, word in enumerate(text.words))
    circles = _Circles(case, left)
    if not (named.resolves or case.others.kin or case.others.away or case.astray):
        for circle in circles:
            if not _enough(case, circle.pool):
                continue
            guess = _to_the_cent(case, circle) or (None if digits else _with_difference(case, circle, left))
            if guess is not None:  # where several do equally well, a person decides (G-01)
                return None if guess.rivals else by_amount(case, guess, circle.relation)
    if named.settled or named.taken or named.later:
        return None
    return _anybody(outcome, left, text) or (_by_words(outcome, circles, text) if digits or named.words else None)


def _enough(case: Case, pool: Pool) -> bool:
    """Say whether the amount is not too small to be matched by amount."""
    some = pool.free[:1] or next(iter(pool.rests.values()))[:1]
    return case.receipt.amount >= in_currency(case.master.policy.amount_only_min, some, case.master.units)


def _to_the_cent(case: Case, circle: _Circle) -> Guess | None:
    """Look for one document of exactly the amount, or of which exactly it is left after part payments; else for a row."""
    amount, paid, pool = case.receipt.amount, case.receipt.value_date, circle.pool
    for way, found in ((EXACT, pool.of_amount(amount)), (REST, pool.rests.get(amount, ()))):
        same = [item for item in found if item.doc_date <= paid]
        if same and not (way == EXACT and circle.relation and amount % _ROUND == 0):
            return Guess(way, (same[0],), tuple((item,) for item in same[1:]))
    row = rows(pool.free, amount, paid)
    return row if row or circle.relation or amount % _ROUND == 0 else rows_with_gaps(pool.free, amount, paid)


def _with_difference(case: Case, circle: _Circle, left: Leftover) -> Guess | None:
    """Look for one document or one row that the amount misses in a usual way; a round amount points to little, others' items to less."""
    amount, paid = case.receipt.amount, case.receipt.value_date
    free = [item for item in circle.pool.free if item.doc_date <= paid]
    parted = [item for items in circle.pool.rests.values() for item in items if item.doc_date <= paid]
    if not free and not parted:
        return None
    charges = in_currency(case.master.policy.bank_charge_cap, (free or parted)[:1], case.master.units)
    parts = shares_of_rest(parted, left.left, amount)
    if parts:
        return Guess(SHARE, (parts[0],), tuple((item,) for item in parts[1:]))
    first = next(single_ways(free, amount, charges), None)
    if first and first.way in (DISCOUNT, CHARGE, OVER) and not first.rivals and not (circle.relation and first.way == OVER):
        return first
    if first and amount % _ROUND:
        return first
    row = None if circle.relation else rows_less(free, amount, paid, charges)
    if row or amount % _ROUND == 0 or circle.relation:
        return row
    return nearest_way(free, amount)


def _anybody(outcome: Outcome, left: Leftover, text: Text) -> Claim | None:
    """Look for the one document of anybody with exactly the amount, where a word resembles its number.

    An amount alone never leads to a customer whom nothing connects with the payer (INV-7).
    """
    case = outcome.entry.case
    receipt, library = case.receipt, case.library
    if library is None or (receipt.customer_id and _OF_OTHERS.isdisjoint(outcome.verdict.fired)):
        return None
    known = library.of_amount(receipt.book, receipt.currency, receipt.amount)
    if known is None:
        return None
    whole = {i.item_id: i for i in left.whole(known.items, receipt.receipt_id) if i.doc_date <= receipt.value_date}
    met = {known.items[n].item_id for hit in hits(text, known, labelled(text.words)) for n in hit.places} & whole.keys() if whole else set()
    return by_number(case, whole[met.pop()]) if len(met) == 1 else None


def _over(claim: Claim, relation: str) -> bool:
    """Say whether more came than is owed on what is named: only then a list may be longer than what was read of it."""
    return (claim.strategy == "M05" and claim.rest is not None) if not relation else (claim.strategy == "M11" and "G-11" in claim.fired)


def _in_reach(outcome: Outcome, circle: _Circle) -> bool:
    """Say whether the words of a circle can lead anywhere: its numbers are dear to arrange.

    A list is completed to the amount (`completed`), and what words resemble comes to nine tenths of it (`resembling`); all that a
    circle has free is no less than that. Less is proposed only as the certain part of a list (`_part_of_list`).
    """
    worth = sum([item.left for item in circle.pool.free])
    return 10 * worth >= 9 * outcome.entry.case.receipt.amount or _over(outcome.entry.claim, circle.relation)


def _part_of_list(outcome: Outcome, said: Reading, relation: str) -> Claim | None:
    """Propose the documents of a long list that are read for certain, where nothing completes it; the rest waits on account."""
    case, claim = outcome.entry.case, outcome.entry.claim
    if not _over(claim, relation) or len(said.anchors) < _LIST:
        return None
    if not {item.item_id for item in claim.shown()} <= {item.item_id for item in said.anchors}:
        return None
    for items in ((*said.anchors, *said.likely), said.anchors):
        if sum(item.left for item in items) < case.receipt.amount:
            return by_part(case, claim, items, relation)
    return None


def _by_words(outcome: Outcome, circles: Iterable[_Circle], text: Text) -> Claim | None:
    """Complete a list that is read in part; else take what the words resemble although the amount differs, or what is certain of a list."""
    case = outcome.entry.case
    readings: list[tuple[_Circle, Reading]] = []
    for circle in circles:
        asked = case.library is not None and circle.pool.free and _in_reach(outcome, circle)
        known = case.library.numbers(circle.accounts, case.receipt.currency) if case.library and asked else None
        said = reading(case, circle.pool, known, text) if known else None
        if said is None:
            continue
        readings.append((circle, said))
        found = completed(case, said, alone=not circle.relation)
        claim = by_list(case, found, circle.relation) if found else None
        if claim is not None:
            return claim
    for circle, said in readings:
        items = resembling(case, said, own=not circle.relation)
        if items:
            return by_words(case, items, circle.relation)
    return next((claim for circle, said in readings if (claim := _part_of_list(outcome, said, circle.relation))), None)
