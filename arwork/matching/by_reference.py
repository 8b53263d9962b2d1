"""Strategies that follow the payer's own words: M03 (structured reference), M04 (documents named), M05 (named, another amount)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from arwork.matching.case import Case, Claim, group_of, valued
from arwork.matching.differences import explained, may_accept
from arwork.matching.explain import by_reference, comes_to, difference, how_it_fits, listed, money, names_of, nearest
from arwork.matching.fit import Solution
from arwork.matching.named import Word
from arwork.matching.numbers import EDIT, hits
from arwork.matching.overpaid import rest_of
from arwork.matching.ranged import members
from arwork.matching.said import first_stand
from arwork.matching.slipped import slipped
from arwork.matching.tokens import read, runs
from arwork.matching.tolerances import allowed
from arwork.matching.unread import as_written, labelled, references, unknown, unread

_DIGITS = 3
_NARROWER: tuple[tuple[Callable[[Word], bool], str], ...] = (
    (lambda word: word.origin == "advice", "the text names more documents than the advice"),
    (lambda word: word.rank == 0, "order, delivery or contract numbers name other documents as well"),
    (lambda word: not word.ranged, "the text may mean the whole range"),
)
"""Which words a narrower reading of a payment keeps, and why a person must look at it."""


def structured_reference(case: Case) -> Claim | None:
    """M03: one structured reference with valid check digits names one open item, and the amount fits it."""
    if not case.named.words:
        return None
    words = [word for word in case.named.words if not word.part]
    checked = {word.token for word in words if word.checked}
    items = {item for word in words for item in word.items}
    if not case.receipt.customer_id or len(checked) != 1 or len(items) != 1:
        return None
    found = explained(case, sorted(items)) if valued(case, sorted(items)).explained else None
    if found is None or len(found.lines) > 1:
        return None
    return Claim(
        "M03", found, sentence=by_reference(found, words, case), runner_up=nearest(case.open_items(), found.items, case),
        falls_without=f"the structured reference {as_written(case, min(checked))}",
    )  # fmt: skip


def text_reference(case: Case) -> Claim | None:
    """M04: all documents that the payment names add up to it, at what is left or less earned discount, within tolerance."""
    if not case.receipt.customer_id or not case.named.words:
        return None
    for words, capped in _readings(case):
        items = sorted({item for word in words for item in word.items})
        found = valued(case, items)
        if found.small_diff:
            found = explained(case, items)
        if found.explained:
            if not found.exact and not capped and case.receipt.text and (left := unread(case, words)):
                if _names_more(case, items, words):
                    return None
                capped = f"{listed(left, 3)} may name another document, and the amount does not fit to the cent"
            return _named_claim(case, found, words, capped)
    return _one_of_several(case)


def _names_more(case: Case, items: Sequence[str], words: Sequence[Word]) -> bool:
    """Say whether a word that did not resolve is, with damage, the number of just one other open item: then M12 reads all of them."""
    known = case.library.numbers((case.receipt.account,), case.receipt.currency) if case.library else None
    if known is None:
        return False
    text, tokens = read(case.receipt.text, case.receipt.amount, case.receipt.currency), {word.token for word in words}
    covered = {n for run, first, size, _ in runs(text) if run in tokens for n in range(first, first + size)}
    met = hits(text, known, frozenset(covered) | labelled(text.words))
    meant = {known.items[hit.places[0]].item_id for hit in met if len(hit.places) == 1 and hit.close >= EDIT}
    return bool(meant - {*items} - case.gone.keys())


def short_payment(case: Case) -> Claim | None:
    """M05, short: the documents named are open and more is owed on them than came (MP-21, MP-40).

    It may act alone where tax withheld or bank charges explain the difference; a credit memo that nobody listed asks for one
    click, and what nothing explains stays owed as a residual when a person accepts it (G-10).
    """
    words, items = _all_named(case)
    found = explained(case, items) if items else None
    if found is None or found.difference < 0 or found.received <= 0 or not found.lines:
        return None
    if found.explained:
        return _explained_short(case, found, words, items)
    fired = {"G-10": f"{difference(found, case)}{_needs(found, case)}"}
    return slipped(case, words, found) or _differs(case, found, words, fired, comes_to(found, case))


def _needs(found: Solution, case: Case) -> str:
    """Say whose own limit covers a small difference that the limit in force does not (MP-20)."""
    if not case.master.role:
        return ""
    items = [line.item for line in found.lines]
    gross = sum([item.left for item in items])
    group = allowed(group_of(case, items), True, gross, items, case.master.policy, case.master.units)
    role = may_accept(found.difference, items, case) if found.difference <= group else ""
    return f"; needs {role}" if role else ""


def _explained_short(case: Case, found: Solution, words: Sequence[Word], items: Sequence[str]) -> Claim:
    """Claim a short payment that is explained without a residual; a credit memo that was not listed needs a person."""
    more = [line.item for line in found.lines if line.item.item_id not in items]
    names = names_of([line.item for line in found.lines])
    left = unread(case, words) if case.receipt.text and not found.exact else []
    capped = f"{listed(left, 3)} may name another document, and the amount does not fit to the cent" if left else ""
    return Claim(
        "M05", found, capped=f"credit memo {names_of(more)} is linked to what is named but not listed by the payer" if more else capped,
        sentence=f"Pays {names}: named in the payment, {how_it_fits(found, case)}.", runner_up=nearest(case.open_items(), found.items, case),
        falls_without=references(case, words),
    )  # fmt: skip


def overpayment(case: Case) -> Claim | None:
    """M05, over: the documents named are open and less is owed on them than came, and no set with them adds up (MP-50).

    The items are paid; the rest stays on account as a decision of its own, under review above `over_review` (G-11).
    """
    words, items = _all_named(case)
    found = valued(case, items) if items else None
    if found is None or found.difference >= 0 or found.explained or found.received <= 0 or found.expected <= 0:
        return None
    other = slipped(case, words, found) or _with_another(case, found, words)
    if other is not None:
        return other
    claim = _differs(case, replace(found, on_account=-found.difference), words, {}, f"{difference(found, case)}; the rest goes on account")
    left = (unread(case, words) or _short_ones(case, words)) if case.receipt.text else []
    strange = unknown(case)
    if strange:
        # Half of a list read is not an overpayment: proposing it would pay too little with conviction.
        claim = replace(claim, exhaustive=False, sentence=f"{claim.sentence} Not read: {listed(strange, 3)}.")
    capped = _not_alone(case, words, left) or _far_over(case, found)
    return replace(claim, capped=capped, rest=rest_of(case, found, ordered=any(word.rank > 1 for word in words)))


def _short_ones(case: Case, words: Sequence[Word]) -> list[str]:
    """List numbers of one or two digits behind what is named: `9565-26,26,26` names three documents, of which two lost all but the year."""
    text = read(case.receipt.text, case.receipt.amount, case.receipt.currency)
    stand = [first_stand(text, word.token) for word in words]
    behind = max((first + size for first, size in stand if first >= 0), default=len(text.words))
    return sorted({word for word in text.words[behind:] if word.isdigit() and len(word) < _DIGITS})


def _with_another(case: Case, found: Solution, words: Sequence[Word]) -> Claim | None:
    """MP-50: where exactly one other open item of the payer has what is over, both are suggested."""
    named = {line.item.item_id for line in found.lines}
    more = [
        item for item in case.free.by_amount.get(-found.difference, ())
        if item.item_id not in named and item.doc_date <= case.receipt.value_date and not item.blocked
    ]  # fmt: skip
    both = valued(case, sorted([*named, more[0].item_id])) if len(more) == 1 else None
    if both is None or not both.exact:
        return None
    names = names_of([line.item for line in found.lines])
    return Claim(
        "M05", both, capped="the payment names only part of the set",
        sentence=f"Pays {names} as the payment names {'it' if len(named) == 1 else 'them'}, and {more[0].name}, the only other open document of "
        f"customer {case.receipt.customer_id} with exactly what is over, {money(-found.difference, case)}.",
        falls_without=f"that what is over is meant for {more[0].name}",
    )  # fmt: skip


def _not_alone(case: Case, words: Sequence[Word], left: Sequence[str]) -> str:
    """Say why what came over may belong to something else that the payment names, so that no item is paid without a person."""
    later = [case.universe.later[item].name for item in case.named.later]
    taken = [case.universe.taken[item].name for item in case.named.taken]
    same = [item.name for item in case.free.by_amount.get(case.receipt.amount, ())]
    between = _between(case, words)
    reasons = (
        (left, f"{listed(left, 3)} may name another document"),
        (between, f"{listed(between, 3)} {'lies' if len(between) == 1 else 'lie'} between the numbers that are named"),
        (same, f"{listed(same, 3)} has exactly this amount and is not named"),
        (later, f"{listed(later)} is named as well and is posted after the key date"),
        (taken, f"{listed(taken)} is named as well and was already allocated by a person"),
        ([word for word in words if word.rank > 1], "an order, delivery or contract number is named, so the rest may be a prepayment"),
    )
    return next((why for found, why in reasons if found), "")


def _between(case: Case, words: Sequence[Word]) -> list[str]:
    """List the open documents whose numbers lie between two that are named beside each other: in whatever language, a range may be meant."""
    known = case.library.numbers((case.receipt.account,), case.receipt.currency) if case.library and len(words) > 1 else None
    if known is None:
        return []
    text = read(case.receipt.text, case.receipt.amount, case.receipt.currency)
    order = sorted(words, key=lambda word: first_stand(text, word.token))
    ends = [known.parts[places[0]] if len(places := known.places_of(word.items)) == 1 else None for word in order]
    named = {item for word in words for item in word.items}
    inside = sorted({n for low, high in pairwise(ends) for n in members(low, high, known)})
    return [known.items[n].name for n in inside if known.items[n].item_id not in named and known.items[n].item_id not in case.gone]


def _far_over(case: Case, found: Solution) -> str:
    """Say that far more came, over a quarter, than is owed on what is named, and that other open documents could take it.

    A slip rarely goes that far: the payment may mean more documents, or another one. Where all else that is open together
    is less than what is over, it is an overpayment whatever was meant (AX-11).
    """
    over, named = -found.difference, {line.item.item_id for line in found.lines}
    if over * 4 <= found.expected:
        return ""
    if case.receipt.key == "B5":
        return f"{money(over, case)} came beyond what is named, and nothing but the words leads to customer {case.receipt.customer_id}"
    others = [item for item in case.open_items() if item.currency == case.receipt.currency and item.item_id not in named and item.left > 0]
    owed = sum(item.left for item in others if item.item_id not in case.gone)
    if owed < over:
        return ""
    return f"{money(over, case)} came beyond what is named, and the customer owes {money(owed, case)} more, which the payment may mean"


def _all_named(case: Case) -> tuple[list[Word], list[str]]:
    """Return the words of a payment and the items they name; no items unless every word names one open item of the payer."""
    words = [word for word in case.named.words if not word.part]
    if not case.receipt.customer_id or not words or any(len(word.items) != 1 for word in words):
        return words, []
    return words, sorted({item for word in words for item in word.items})


def _differs(case: Case, found: Solution, words: Sequence[Word], fired: Mapping[str, str], told: str) -> Claim:
    names = names_of([line.item for line in found.lines])
    return Claim(
        "M05", found, fired=dict(fired), sentence=f"Pays {names} as the payment names {'it' if len(found.lines) == 1 else 'them'}; "
        f"{told}.",
        runner_up=nearest(case.open_items(), found.items, case),
        falls_without=references(case, words),
    )  # fmt: skip


def _readings(case: Case) -> Iterator[tuple[list[Word], str]]:
    """Yield the ways to read the words of a payment: all of them first; every narrower reading asks for a person."""
    exact = [word for word in case.named.words if not word.part]
    if not exact:
        yield list(case.named.words), "the number was found only inside a longer number"
        return
    yield exact, ""
    for keeps, why in _NARROWER if len(exact) > 1 else ():
        kept = [word for word in exact if keeps(word)]
        if kept and len(kept) < len(exact):
            yield kept, why


def _named_claim(case: Case, found: Solution, words: Sequence[Word], capped: str) -> Claim:
    items = {item for word in words for item in word.items}
    if any(line.item.item_id not in items for line in found.lines):
        claim = _explained_short(case, found, words, sorted(items))
        return replace(claim, capped=capped or claim.capped)
    return Claim(
        "M04", found, capped=capped, sentence=by_reference(found, words, case),
        runner_up=nearest(case.open_items(), found.items, case) if len(found.lines) == 1 else "",
        falls_without=references(case, words),
    )  # fmt: skip


def _one_of_several(case: Case) -> Claim | None:
    """Where one word stands on several open items, take one of them with everything else named; never automatic."""
    exact = [word for word in case.named.words if not word.part]
    several = {word.items for word in exact if len(word.items) > 1}
    if len(several) != 1:
        return None
    group = next(iter(several))
    rest = {item for word in exact if len(word.items) == 1 for item in word.items} - set(group)
    fits = [found for item in group for found in [valued(case, sorted({*rest, item}))] if found.explained]
    if not fits:
        return None
    ordered = sorted(fits, key=lambda s: [(line.item.due_date, line.item.doc_date, line.item.item_id) for line in s.lines])
    claim = _named_claim(case, ordered[0], exact, f"the reference stands on {len(group)} open documents")
    cap = case.master.policy.combo.list_all_cap
    return replace(claim, others=tuple(ordered[1 : cap + 1]), rivals=len(ordered) - 1)
