"""M12: documents named by damaged, shortened or listed numbers, read among the payer's own items and proven by the amount (2.2 step D)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice, pairwise, product
from typing import Any

from arwork.matching.by_family import THIRD_PARTY, family_unsettled
from arwork.matching.case import NAMED_TOO, Case, Circle, Claim, valued
from arwork.matching.differences import owing
from arwork.matching.explain import comes_to, difference, how_it_fits, listed, money, names_of, nearest
from arwork.matching.fit import Solution
from arwork.matching.leaf import SERIAL, TAIL
from arwork.matching.names import clean
from arwork.matching.numbers import EDIT, Hit, Numbers, belonging, hits, tails
from arwork.matching.overpaid import rest_of as on_account
from arwork.matching.ranged import adjoins, complete, members, signed
from arwork.matching.read_forms import ELSEWHERE, IN_PART, LIKENESS, NEAR, ONE_NEAR, REST, SLIP, WHOLE, WITH_DIFFERENCE
from arwork.matching.rest import rest_of
from arwork.matching.said import all_said, first_stand, may_be_tails
from arwork.matching.slots import EXACT, Reading, Slot, damaged_words, of_another, reads_as, stand_as
from arwork.matching.tokens import Text, read
from arwork.matching.universe import Item
from arwork.matching.unread import cut_off, labelled, reading

_WAYS, _DROP = 256, 2
_SURE_ALONE = EDIT
_SLIP = EDIT


def damaged_reference(case: Case) -> Claim | None:
    """M12: every number of the text, read with damage among the payer's items, adds up to the receipt; automatic only by record.

    The sum proves the reading: a word that is one slip from two documents is told apart by the amount. Where no reading adds
    up, what is missing is looked for among the payer's other items, and a single sure reading is proposed with its difference.
    """
    return _damaged(case) or family_unsettled(case)


def _damaged(case: Case) -> Claim | None:
    said = case.named
    if not case.receipt.text or case.library is None or said.rightful or said.settled or said.taken or said.later:
        return None
    text = read(case.receipt.text, case.receipt.amount, case.receipt.currency)
    if not any(map(str.isdigit, "".join(text.words))):
        return None
    claim = _of_the_bearer(case, text)
    if claim is not None:
        return claim
    if _understood(case, text):
        return None
    for circle in case.circles():
        claim = _within(case, circle.numbers, text)
        if claim and (circle.relation != NAMED_TOO or (claim.proposal and claim.proposal.exact)):
            return _for_others(case, claim, circle)
    if case.receipt.customer_id or said.resolves:
        return None
    anybody = case.library.of_amount(case.receipt.book, case.receipt.currency, case.receipt.amount)
    claim = _within(case, anybody, text) if anybody else None
    told = "The payer is unknown; the number and the amount to the cent lead to it"
    return replace(claim, capped=f"{told}; {claim.capped}", stays=True) if claim and claim.strategy == "M12" and not claim.rivals else None


def _understood(case: Case, text: Text) -> bool:
    """Say whether no word is left to be read, whoever's documents are looked at: each names one of the payer's own or none at all."""
    words, silent = case.named.words, labelled(text.words)
    if not words and not case.others.kin:
        return all_said(text, silent)
    if not case.receipt.customer_id or case.receipt.hints or case.others.kin:
        return False
    if any(word.part or word.ranged or len(word.items) > 1 for word in words):
        return False
    stand = sorted(first_stand(text, word.token) for word in words)
    if any(adjoins(text, first + size, then) for (first, size), (then, _) in pairwise(stand)):  # they may mean all between them
        return False
    return all_said(text, silent.union([n for first, size in stand for n in range(first, first + size)]))


def _of_the_bearer(case: Case, text: Text) -> Claim | None:
    """Read the words among the documents of the customer whose name the payer bears, where only they name somebody else (B5).

    A number that is, letter for letter, a stranger's, of another amount, may be a damaged one of the payer's own; only the amount
    to the cent proves it, and a person confirms it (G-09).
    """
    receipt, relations = case.receipt, case.master.relations
    bearers = case.master.names.get(receipt.book, {}).get(clean(receipt.remitter), frozenset()) if receipt.key == "B5" else frozenset()
    if len(bearers) != 1 or receipt.customer_id in bearers or case.library is None:
        return None
    bearer = (*receipt.book, next(iter(bearers)))
    own = tuple((*receipt.book, customer) for customer in sorted({bearer[2], *relations.family(bearer)} - {receipt.customer_id}))
    known = case.library.numbers(own, receipt.currency)
    claim = _within(case, known, text) if known else None
    if claim is None or claim.strategy != "M12" or claim.rivals or not (claim.proposal and claim.proposal.exact):
        return None
    told = f"the payer bears the name of customer {bearer[2]}; as they stand, the words name documents of customer {receipt.customer_id}"
    fired = {**claim.fired, "G-09": f"{told}, of another amount"}
    return replace(claim, fired=fired, confirm=True, capped="; ".join(filter(None, (claim.capped, told))), stays=True)


def _for_others(case: Case, claim: Claim, circle: Circle) -> Claim:
    """Say for whom the payer pays where the documents are not its own (M11, MP-55)."""
    owners = sorted({item.account[2] for item in claim.shown()} - {case.receipt.customer_id})
    if not circle.relation or not owners:
        return claim
    who = f"customer {case.receipt.customer_id}" if case.receipt.customer_id else repr(case.receipt.remitter)
    told = f"{who} would pay for {'customer' if len(owners) == 1 else 'customers'} {listed(owners)}, {circle.relation}"
    fired = dict(claim.fired)
    if case.receipt.customer_id or case.receipt.family:
        fired["G-09"] = f"{told}, and no written right says that it may"
    capped = "; ".join(filter(None, (claim.capped, told)))
    return replace(claim, fired=fired, confirm=True, kind=THIRD_PARTY if "G-09" in fired else "", capped=capped, stays=True)


def _within(case: Case, known: Numbers, text: Text) -> Claim | None:
    slots = _slots(case, text, known)
    if not slots or all(slot.close == EXACT and len(slot.ways) == 1 for slot in slots):
        return None
    if any(known.items[n].item_id in case.gone for slot in slots if len(slot.ways) == 1 for n in slot.ways[0]):
        return None
    fits = _that_fit(case, known, slots)
    if fits:
        return _designated(case, known, fits, slots, text) or _proven(case, known, fits, slots)
    return _with_rest(case, known, slots, text) or _with_difference(case, known, slots, text)


def _slots(case: Case, text: Text, known: Numbers) -> list[Slot]:
    """Collect what the words of a text may mean: documents named exactly, damaged numbers, last digits, ranges."""
    exact: list[Slot] = []
    for word in (*case.named.words, *case.others.kin):
        places = known.places_of(word.items) if not word.part and not word.ranged else ()
        if places:
            first, size = first_stand(text, word.token)
            exact.append(Slot(word.token, first, size, tuple([frozenset({n}) for n in places]), EXACT))
    covered = frozenset([n for slot in exact for n in range(slot.first, slot.first + slot.size)])
    met = [_slot(hit) for hit in hits(text, known, covered | labelled(text.words))]
    slots = exact + met
    rest = labelled(text.words).union(cut_off(case, text), [n for slot in slots for n in range(slot.first, slot.first + slot.size)])
    if may_be_tails(text, rest):
        rest |= belonging(text, [(slot.first, slot.size, slot.ways[0]) for slot in slots], known)
        anchors = [part for slot in slots if slot.close >= SERIAL - 10 for n in slot.ways[0] if (part := known.parts[n])]
        slots += [_slot(hit) for hit in tails(text, known, rest, anchors)] if anchors else []
    return _ranged(sorted(slots, key=lambda slot: (slot.first, -slot.close)), text, case.receipt.text, known)


def _slot(hit: Hit) -> Slot:
    return Slot(hit.token, hit.first, hit.size, tuple([frozenset({n}) for n in hit.places]), hit.close)


def _ranged(slots: Sequence[Slot], text: Text, wording: str, known: Numbers) -> list[Slot]:
    """Let two neighbouring numbers also mean everything between them, where the customer has documents there."""
    found: list[Slot] = []
    for slot in slots:
        before = found[-1] if found else None
        end = before.first + before.size if before and before.first >= 0 else 0
        if before and slot.first >= 0 and adjoins(text, end, slot.first):
            between, whole = _between(before, slot, known)
            if between:
                meant = whole[0] if len(whole) == 1 and signed(text, wording, end, slot.first) else frozenset()
                slot = replace(slot, ways=(*slot.ways, *between), meant=meant)
        found.append(slot)
    return found


def _between(before: Slot, slot: Slot, known: Numbers) -> tuple[list[frozenset[int]], list[frozenset[int]]]:
    """List the documents from the number before to this one, both in one format and context; and those of them that leave none out."""
    found, whole = [], []
    for start in before.ways:
        for end in slot.ways:
            low, high = (known.parts[min(way)] if len(way) == 1 else None for way in (start, end))
            inside = members(low, high, known)
            if len(inside) > 1:
                found.append(inside)
                if low and high and complete(low, high, inside, known.parts):
                    whole.append(inside)
    return found, whole


def _that_fit(case: Case, known: Numbers, slots: Sequence[Slot]) -> list[tuple[Reading, Solution]]:
    """List the readings that explain the receipt, those that use every word first."""
    found: dict[frozenset[int], tuple[Reading, Solution]] = {}
    for chosen in _choices(slots):
        for places in islice(_unions(chosen), _WAYS) if _in_reach(case, known, chosen) else ():
            if places in found or not _near(case, known, places):
                continue
            solution = _value(case, known, places)
            if solution.explained:
                found[places] = (Reading(tuple(chosen), places), solution)
        if found:
            break
    exact = [pair for pair in found.values() if pair[1].exact]
    return exact or list(found.values())


def _choices(slots: Sequence[Slot]) -> Iterator[list[Slot]]:
    """Take all slots; then leave out one or two that are no more than likely, the least close first."""
    yield list(slots)
    weak = sorted((n for n, slot in enumerate(slots) if slot.close < EXACT), key=lambda n: (slots[n].close, n))
    for count in range(1, _DROP + 1):
        for out in combinations(weak[:12], count):
            kept = [slot for n, slot in enumerate(slots) if n not in out]
            if kept:
                yield kept


def _unions(slots: Sequence[Slot]) -> Iterator[frozenset[int]]:
    for ways in product(*(slot.ways for slot in slots)):
        yield frozenset().union(*ways)


def _in_reach(case: Case, known: Numbers, slots: Sequence[Slot]) -> bool:
    """Say whether any union of ways can come near: all of them together are within a tenth, where no credit is among them."""
    ways = [way for slot in slots for way in slot.ways]
    lefts = [known.items[n].left for n in frozenset().union(*ways)]
    return min(lefts, default=0) < 0 or 11 * sum(lefts) >= 10 * case.receipt.amount


def _near(case: Case, known: Numbers, places: frozenset[int]) -> bool:
    """Say cheaply whether a set could explain the receipt: within a tenth, for discounts and tolerance."""
    items = known.items
    total = sum([items[n].left for n in places])
    return total == case.receipt.amount or abs(total - case.receipt.amount) * 10 <= total


def _value(case: Case, known: Numbers, places: frozenset[int]) -> Solution:
    return valued(case, sorted(known.items[n].item_id for n in places))


def _proven(case: Case, known: Numbers, fits: Sequence[tuple[Reading, Solution]], slots: Sequence[Slot]) -> Claim:
    ranked = sorted(fits, key=lambda pair: (-len(pair[0].slots), -min(s.close for s in pair[0].slots), pair[1].items))
    read_, first = ranked[0]
    told, strange = reads_as(case, read_, known), of_another(case, read_.slots)
    stranger = strange and (not first.exact or len(read_.slots) == 1)  # nothing else that is named speaks for the payer's own
    return Claim(
        "M12", first, tuple(s for _, s in ranked[1:20]), len(ranked) - 1, fired={"G-09": strange} if stranger else {}, confirm=bool(stranger) and first.exact,
        capped="; ".join(filter(None, (told, "" if stranger else strange))), read=damaged_words(read_.slots),
        **_form(first, read_, slots, case.receipt.strength, bool(strange)),
        sentence=f"Pays {names_of([line.item for line in first.lines])}: {told or stand_as(case, read_)}; {how_it_fits(first, case)}.",
        runner_up=nearest(case.open_items(), first.items, case) if len(first.lines) == 1 else "",
        falls_without=reading(case, damaged_words(read_.slots)),
    )  # fmt: skip


def _designated(case: Case, known: Numbers, fits: Sequence[tuple[Reading, Solution]], slots: Sequence[Slot], text: Text) -> Claim | None:
    """Take every document that is named, short of the amount, before a set within tolerance that leaves one of them out.

    What the payer designates is not dropped because the rest comes near (legal order of designation, 2.2).
    """
    if any(found.exact or len(read_.slots) == len(slots) for read_, found in fits):
        return None
    kept = min((read_ for read_, _ in fits), key=lambda read_: len(slots) - len(read_.slots))
    if all(slot.close < _SURE_ALONE for slot in slots if slot not in kept.slots):
        return None
    claim = _with_difference(case, known, slots, text)
    return claim if claim and "G-10" in claim.fired else None


def _form(found: Solution, read_: Reading, slots: Sequence[Slot], strength: str, strange: bool) -> dict[str, Any]:
    """Name the form of a reading that adds up, for the record of that form alone; what is weak in two ways stays with a person.

    A word that was left out may be a document, and then the sum is a coincidence. A slip of the pen leads from one real number
    to another; where it is the only document named, nothing but its own amount confirms it, and amounts recur. Words that mean
    no document of the payer, such as order numbers and the bank's own references, do not count: the sum is whole without them.
    """
    alone = len(read_.slots) == 1 and read_.slots[0].close <= _SLIP
    left_out, likeness = len(read_.slots) < len(slots), strength == "WEAK"
    weak = (not found.exact) + alone + left_out + likeness + strange
    if not found.exact:
        form = ONE_NEAR if len(found.lines) == 1 else NEAR
    elif left_out:
        form = IN_PART
    elif likeness or strange:
        form = LIKENESS if likeness else ELSEWHERE
    else:
        form = SLIP.get(strength, "") if alone else WHOLE
    return {"form": form, "stays": weak > 1 or not form}


def _with_rest(case: Case, known: Numbers, slots: Sequence[Slot], text: Text) -> Claim | None:
    """Where what is named falls short, look for the one other set of the customer's items that makes up the rest exactly."""
    sure = [slot for slot in slots if len(slot.ways) == 1 and slot.close >= _SURE_ALONE]
    places = frozenset().union(*(slot.ways[0] for slot in sure)) if sure else frozenset()
    left = case.receipt.amount - sum(known.items[n].left for n in places)
    if not places or left <= 0:
        return None
    others = [item for n, item in enumerate(known.items) if n not in places and item.item_id not in case.gone and not item.blocked]
    found = rest_of(others, left, case.receipt.value_date, [known.items[n] for n in sorted(places)])
    if found is None:
        return None
    ids = sorted([*(known.items[n].item_id for n in places), *(item.item_id for item in found)])
    solution = valued(case, ids)
    if not solution.exact:
        return None
    told = reads_as(case, Reading(tuple(sure), places), known)
    named = names_of([known.items[n] for n in sorted(places)])
    return Claim(
        "M12", solution, form=REST, capped="the payment names only part of the set",
        sentence=f"Pays {names_of([line.item for line in solution.lines])}: it names {named}{f' ({told})' if told else ''}, and "
        f"{names_of(found)} is the one way in which the customer's other documents make up the rest of {money(left, case)}.",
        falls_without="that no other documents make up the rest",
    )  # fmt: skip


def _with_difference(case: Case, known: Numbers, slots: Sequence[Slot], text: Text) -> Claim | None:
    """Propose what every word means with the exact difference, where no reading adds up (M05, G-10, G-11).

    Where words may mean several sets, only one may come near the amount: a quarter short, or hardly over. Of several documents at most a
    quarter may come over, of a single one whose number has no wrong digit one and a half times what is owed on it.
    """
    if all(slot.close <= TAIL for slot in slots) or (damaged_words(slots) and case.receipt.amount in [item.left for item in known.items]):
        return None  # rather the document on which just what came is owed than another one, read with damage and short
    slots = [replace(slot, ways=(slot.meant,)) if slot.meant else slot for slot in slots]
    amount, near = case.receipt.amount, []
    for places in islice(_unions(slots), _WAYS):
        total = sum(known.items[n].left for n in places)
        if places not in near and (len(slots) == 1 == len(slots[0].ways) or -total < 50 * (total - amount) < 13 * total):
            near.append(places)
    if len(near) > 1:
        near = [places for places in near if _usual(case, [known.items[n] for n in places])]
    if len(near) != 1:
        return None
    solution = owing(case, _value(case, known, near[0]))
    if solution.received <= 0 or solution.expected <= 0 or (solution.difference < 0 and _unread(text, slots)):
        return None
    over = solution.difference < 0
    if over and (
        any(slot.close < SERIAL for slot in slots) or -solution.difference * 4 > solution.expected * (6 if len(slots) == 1 else 1)
    ):
        return None
    told = reads_as(case, Reading(tuple(slots), near[0]), known)
    claim = Claim(
        "M05", solution, fired={} if over or solution.explained else {"G-10": difference(solution, case)}, capped=told or "the difference is not explained",
        sentence=f"Pays {names_of([line.item for line in solution.lines])}{f': {told}' if told else ''}; {comes_to(solution, case)}.",
        form=WITH_DIFFERENCE, stays=True, read=damaged_words(slots),
        runner_up=nearest(case.open_items(), solution.items, case), falls_without=reading(case, {s.token for s in slots}),
    )  # fmt: skip
    if not over:
        return claim
    return replace(claim, proposal=replace(solution, on_account=-solution.difference), rest=on_account(case, solution, ordered=False))


def _usual(case: Case, items: Sequence[Item]) -> bool:
    """Say whether what a set lacks is to the cent what payers take off: two or three percent, or the discount of each one's terms."""
    missing = sum(item.left for item in items) - case.receipt.amount
    terms = sum(item.left * max((percent for percent, _ in item.discounts), default=0) // 1_000_000 for item in items)
    off = {terms, *(sum(item.left * percent // 1_000_000 for item in items) for percent in (20_000, 30_000))} - {0}
    return any(abs(missing - each) <= len(items) for each in off)


def _unread(text: Text, slots: Sequence[Slot]) -> bool:
    """Say whether words with three digits or more are left that no slot explains."""
    used = {n for slot in slots for n in range(slot.first, slot.first + slot.size)} | labelled(text.words)
    return any(n not in used and sum(c.isdigit() for c in word) >= 3 for n, word in enumerate(text.words))
