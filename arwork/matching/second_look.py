"""A second look at what no strategy could propose, with what all other proposals leave open; never automatic (2.2, 2.6).

A receipt that names nothing is looked at among the documents that no other payment names or claims: there a tie or a difference
often has one likely answer. The answer is a suggestion: a person sees why it stands first, and the rivals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from arwork.matching.case import Case, Claim, valued
from arwork.matching.completed import completed, resembling
from arwork.matching.explain import difference, money, names_of
from arwork.matching.fit import Line, Solution, single
from arwork.matching.gates import Verdict, judge
from arwork.matching.leftover import Leftover, Pool
from arwork.matching.likely import CHARGE, DISCOUNT, EXACT, NEAR, ONLY, OVER, PERCENT, REST, PAIR, ROW, ROW_LESS, SHARE, Guess, Limits, nearest_way, rows, rows_less, shares_of_rest, single_ways
from arwork.matching.numbers import hits
from arwork.matching.overpaid import rest_of
from arwork.matching.rows import Outcome
from arwork.matching.tokens import read
from arwork.matching.tolerances import in_currency
from arwork.matching.universe import Item, Universe, order
from arwork.matching.unread import labelled
from arwork.matching.withheld import charge_cap

_PROPOSED = ("AUTO", "SUGGEST")
_STOPPING = frozenset({"G-04", "G-05", "G-06", "G-07", "G-13", "G-15", "G-16", "G-20", "G-22"})
_OF_OTHERS = frozenset({"G-08", "G-09", "G-18"})
_ROUND = 10_000
_DIGITS = 3


def second_look(outcomes: Sequence[Outcome], world: Universe) -> list[Outcome]:
    """Return the outcomes, those that propose nothing replaced by a suggestion where one way of paying is likely.

    Receipts are taken by value date, larger amount, id, and each claims what is suggested for it, so that row order changes nothing.
    """
    left = Leftover(world)
    later: list[int] = []
    for number, outcome in enumerate(outcomes):
        if outcome.verdict.status in _PROPOSED:
            left.claim({item: stake.amount for item, stake in outcome.entry.stakes.items()})
        else:
            later.append(number)
            case = outcome.entry.case
            for item in (*case.named.items(), *case.others.items()):
                left.named.setdefault(item, set()).add(case.receipt.receipt_id)
    found = list(outcomes)
    for number in sorted(later, key=lambda n: _turn(outcomes[n].entry.case)):
        again = _again(outcomes[number], left)
        if again is not None:
            left.claim({item: stake.amount for item, stake in again.entry.stakes.items()})
            found[number] = again
    return found


def _turn(case: Case) -> tuple[object, ...]:
    return (case.receipt.value_date, -case.receipt.amount, case.receipt.receipt_id)


def _again(outcome: Outcome, left: Leftover) -> Outcome | None:
    entry, case = outcome.entry, outcome.entry.case
    if entry.out or entry.told or case.receipt.returned or case.looks or case.abroad or case.receipt.conflict:
        return None
    if not _STOPPING.isdisjoint(outcome.verdict.fired) or case.loose_payments or case.receipt.account in case.master.oldest_first:
        return None
    claim = _stands(outcome, left) or _unnamed(case, left) or _anybody(outcome, left) or _listed(case, left) or _alike(case, left)
    if claim is None:
        return None
    verdict = judge(case, claim)
    if verdict.status != "SUGGEST":
        return None
    return Outcome(replace(entry, claim=claim), verdict)


def _stands(outcome: Outcome, left: Leftover) -> Claim | None:
    """Keep a proposal that only a later payment, which comes away empty, competes for (G-18)."""
    claim = outcome.entry.claim
    if claim.proposal is None or "G-18" not in outcome.verdict.fired or claim.others:
        return None
    if any(left.left(line.item) + 2 < line.relieved - line.residual for line in claim.proposal.lines):
        return None
    told = outcome.verdict.fired["G-18"]
    return replace(claim, capped="; ".join(filter(None, (claim.capped, f"{told}, and this payment came first"))))


def _unnamed(case: Case, left: Leftover) -> Claim | None:
    receipt = case.receipt
    if case.named.resolves or case.others.kin or case.others.away or case.astray:
        return None
    unread = _unread(case)
    for accounts, relation in case.around():
        pool = left.pool(accounts, receipt.currency, receipt.receipt_id)
        if not pool.free and not pool.rests:
            continue
        guess = _to_the_cent(case, pool, relation) or (None if unread else _with_difference(case, pool, left, relation))
        if guess is not None:
            return _claim(case, left, guess, relation)
    return None


def _anybody(outcome: Outcome, left: Leftover) -> Claim | None:
    """Propose the one document of anybody that has exactly the amount, where a word resembles its number or the payer is unknown."""
    case = outcome.entry.case
    receipt, library = case.receipt, case.library
    if library is None or (receipt.customer_id and _OF_OTHERS.isdisjoint(outcome.verdict.fired)):
        return None
    known = library.of_amount(receipt.book, receipt.currency, receipt.amount)
    free = left.whole([item for item in known.items if item.doc_date <= receipt.value_date], receipt.receipt_id) if known else []
    if not known or not free:
        return None
    text = read(receipt.text, receipt.amount, receipt.currency)
    whole = {item.item_id: item for item in free}
    met = {known.items[n].item_id for hit in hits(text, known, labelled(text.words)) for n in hit.places} & whole.keys()
    way = "word"
    if not met and not receipt.customer_id and not case.named.resolves and receipt.amount % _ROUND and not _unread(case) and len(known.items) == 1:
        met, way = {free[0].item_id}, "anybody"
    if len(met) != 1:
        return None
    item = whole[met.pop()]
    told = f"{item.name} [{way}/{'known' if receipt.customer_id else 'unknown'}]"
    return Claim("M11", single(item, receipt.amount), (), 0, capped="a second look", sentence=told, confirm=True, preferred="second", falls_without="x")


def _listed(case: Case, left: Leftover) -> Claim | None:
    """Complete a list that is read in part (M12)."""
    if not case.receipt.text or case.library is None or case.named.settled or case.named.taken or case.named.later:
        return None
    receipt = case.receipt
    for accounts, relation in case.around():
        known = case.library.numbers(accounts, receipt.currency)
        pool = left.pool(accounts, receipt.currency, receipt.receipt_id) if known else None
        found = completed(case, pool, known, alone=not relation) if pool and known and pool.free else None
        if found is not None:
            solution = valued(case, sorted(item.item_id for item in found.items))
            if solution.received <= 0 or solution.difference < 0:
                continue
            fired = {} if solution.explained else {"G-10": difference(solution, case)}
            told = f"{names_of(found.items)} [list/{'own' if not relation else 'kin'}/{min(3,len(found.guessed))}/{min(3,found.rivals)}]"
            return Claim("M12", solution, (), 0, fired=fired, capped="a second look", sentence=told, confirm=True, preferred="second", falls_without="x")
    return None


def _alike(case: Case, left: Leftover) -> Claim | None:
    """Propose what the words resemble although the amount differs (M12)."""
    if not case.receipt.text or case.library is None or case.named.settled or case.named.taken or case.named.later:
        return None
    receipt = case.receipt
    for accounts, relation in case.around():
        known = case.library.numbers(accounts, receipt.currency)
        pool = left.pool(accounts, receipt.currency, receipt.receipt_id) if known else None
        items = resembling(case, pool, known) if pool and known and pool.free else ()
        if items:
            solution = valued(case, sorted(item.item_id for item in items))
            fired = {} if solution.explained or solution.difference < 0 else {"G-10": difference(solution, case)}
            rest = rest_of(case, solution) if not solution.explained and solution.difference < 0 else None
            if rest:
                solution = replace(solution, on_account=-solution.difference)
            told = f"{names_of(items)} [alike/{'own' if not relation else 'kin'}/{min(3, len(items))}/{'over' if rest else 'short'}]"
            return Claim("M12", solution, (), 0, fired=fired, capped="a second look", sentence=told, confirm=True, preferred="second", falls_without="x", rest=rest)
    return None


def _unread(case: Case) -> bool:
    """Say whether a text holds a number that may be a document's and that nobody could read."""
    if not case.receipt.text:
        return False
    words = read(case.receipt.text, case.receipt.amount, case.receipt.currency).words
    behind = labelled(words)
    return any(n not in behind and sum(c.isdigit() for c in word) >= _DIGITS for n, word in enumerate(words))


def _to_the_cent(case: Case, pool: Pool, relation: str) -> Guess | None:
    amount, paid = case.receipt.amount, case.receipt.value_date
    same = [item for item in pool.by_amount.get(amount, ()) if item.doc_date <= paid]
    same.sort(key=lambda item: (abs((item.due_date - paid).days), order(item)))
    if same and not (relation and amount % _ROUND == 0):
        return Guess(EXACT, (same[0],), tuple((item,) for item in same[1:]))
    rest = [item for off in (0, 1, -1) for item in pool.rests.get(amount + off, ()) if item.doc_date <= paid]
    if rest:
        return Guess(REST, (rest[0],), tuple((item,) for item in rest[1:]))
    return rows(pool.free, amount, paid)


def _with_difference(case: Case, pool: Pool, left: Leftover, relation: str) -> Guess | None:
    amount, paid = case.receipt.amount, case.receipt.value_date
    free = [item for item in pool.free if item.doc_date <= paid]
    parted = [item for items in pool.rests.values() for item in items if item.doc_date <= paid]
    some = free or parted
    if not some or amount < in_currency(case.master.policy.amount_only_min, some[:1], case.master.units):
        return None
    limits = Limits(in_currency(case.master.policy.bank_charge_cap, some[:1], case.master.units), 0)
    parts = shares_of_rest(parted, left.left, amount)
    if parts:
        return Guess(SHARE, (parts[0],), tuple((item,) for item in parts[1:]))
    first = next(single_ways(free, amount, limits), None)
    if first and first.way in (DISCOUNT, CHARGE, OVER) and not first.rivals and not (relation and first.way == OVER):
        return first
    if first and amount % _ROUND:
        return first
    row = None if relation else rows_less(free, amount, paid, limits)
    if row or amount % _ROUND == 0:
        return row
    if relation:
        return None
    return nearest_way(free, amount, alone=not parted)


_TOLD = {
    EXACT: "has exactly the amount and is claimed by no other payment",
    REST: "has exactly the amount left after what another payment pays of it",
    DISCOUNT: "less a usual discount, has exactly the amount",
    CHARGE: "is the amount with a round charge on top",
    OVER: "is the amount less a round sum",
    SHARE: "is the amount twice, three or four times over",
    PERCENT: "less a whole percent, has exactly the amount",
    ONLY: "is the only document from which the amount may be taken",
    NEAR: "is the only document that the amount comes near",
    ROW_LESS: "follow each other by date and, less a usual deduction, have the amount",
    PAIR: "is what this payment and another come to together",
    ROW: "follow each other by date and together have exactly the amount",
}


def _claim(case: Case, left: Leftover, guess: Guess, relation: str) -> Claim | None:
    amount = case.receipt.amount
    first = guess.items[0]
    own = all(item.account == case.receipt.account for item in guess.items)
    fired: dict[str, str] = {}
    if guess.way == EXACT:
        solution = single(first, amount)
    elif guess.way == REST:
        solution = Solution((Line(first, min(amount, left.left(first)), 0, 0),), amount, amount, 0, None)
    else:
        solution = valued(case, sorted(item.item_id for item in guess.items))
    rest = None
    if not solution.explained:
        if solution.difference > 0:
            fired["G-10"] = difference(solution, case)
        else:
            rest = rest_of(case, solution)
            solution = replace(solution, on_account=-solution.difference)
    others = tuple(valued(case, sorted(item.item_id for item in items)) for items in guess.rivals[:20])
    strategy = "M11" if not own else "M09" if len(guess.items) > 1 else "M07" if guess.way == DISCOUNT else "M06"
    told = f"{names_of(guess.items)}: {_TOLD[guess.way]} [{guess.way}/{'own' if own else 'kin'}/{case.receipt.strength or 'unknown'}/{min(3,len(others))}]"
    return Claim(
        strategy, solution, others, len(others), fired=fired, capped="a second look", sentence=told, amount_only=True, confirm=True,
        preferred="second", rest=rest, falls_without="x",
    )  # fmt: skip
