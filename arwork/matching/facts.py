"""What speaks for and against a set of items: every candidate described by the same facts, each at one of a few stated levels.

Facts are what evidence weighs (design: authority and evidence are two things). They look at nothing that the receipt, its
claim and the candidate do not already hold, so that they cost next to nothing for each of a month's receipts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from arwork.matching.case import Case, Claim
from arwork.matching.fit import Solution
from arwork.matching.read_forms import LEVEL

Facts = tuple[tuple[str, str], ...]
"""Fact and level, in the order of `LEVELS`."""

LEVELS: Mapping[str, tuple[str, ...]] = {
    "payer": ("strong account", "strong words", "medium", "weak", "none", "two customers"),
    "words": (
        "all named", "all and others named", "some named", "some and others named", "longer number", "damaged", "damaged in part",
        "one slip", "others named", "none named"),
    "amount": (
        "to the cent", "less discount", "within tolerance", "short to 1 %", "short to 10 %", "short by more", "over to 1 %", "over to 10 %",
        "over by more",
    ),
    "rivals": ("none", "1", "2 to 5", "more", "not all searched"),
    "size": ("1", "2", "3 to 5", "6 to 10", "more"),
    "chance": ("no set by amount", "whole account", "natural group", "below 0.0001", "below 0.01", "below 1", "1 or more"),
    "other words": ("none", "unknown", "unknown and stated", "other customer", "other ledger", "other currency", "not open"),
    "repeat": ("no", "possible", "probable"),
    "claimed": ("by nobody else", "by others"),
    "age": ("before its date", "not yet due", "due to 30 days", "due to 90 days", "due longer"),
    "open items": ("1", "2 to 5", "6 to 20", "21 to 100", "more"),
    "roundness": ("odd", "whole", "whole hundreds"),
    "whose": ("the payer's own", "written right", "family", "others", "payer unknown"),
}  # fmt: skip
"""Every fact with all its levels; the words are shown to people."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LETTER = {(fact, level): letter for fact, levels in LEVELS.items() for level, letter in zip(levels, _LETTERS, strict=False)}
_STRONG = {"B1": "strong account", "B3": "strong account"}
_GROUPS = {"M08": "whole account", "M09": "natural group"}
_DAMAGED = "M12"


def levels(case: Case, claim: Claim, solution: Solution, *, claimed: bool = False) -> tuple[str, ...]:
    """Describe one candidate of a claim by its level of each fact, in the order of `LEVELS`.

    `claimed` says that another receipt wants an item of it (G-18).
    """
    looks = case.looks
    return (
        _payer(case),
        _words(case, claim, solution),
        _amount(solution),
        _rivals(claim),
        _band(len(solution.lines), (1, 2, 5, 10), LEVELS["size"]),
        _chance(claim, solution),
        _other_words(case),
        "no" if looks is None else "probable" if looks.probable else "possible",
        "by others" if claimed else "by nobody else",
        _age(case, solution),
        _band(len(case.open_items()), (1, 5, 20, 100), LEVELS["open items"]),
        _roundness(case),
        _whose(case, solution),
    )


def profile(found: Facts) -> str:
    """Write facts as one short word, a letter a fact: equal words, equal facts. `spelled` turns it back."""
    return "".join([_LETTER[fact] for fact in found])


def spelled(word: str) -> Facts:
    """Return the facts that a profile stands for."""
    return tuple((fact, LEVELS[fact][_LETTERS.index(letter)]) for fact, letter in zip(LEVELS, word, strict=True))


def _payer(case: Case) -> str:
    receipt = case.receipt
    if receipt.conflict:
        return "two customers"
    if receipt.strength == "STRONG":
        return _STRONG.get(receipt.key, "strong words")
    return str(receipt.strength).lower()


def _words(case: Case, claim: Claim, solution: Solution) -> str:
    if claim.strategy == _DAMAGED or claim.form in LEVEL:
        return LEVEL.get(claim.form, "damaged")
    words = case.named.words
    if not words:
        return "none named"
    lines = solution.lines
    if len(words) == 1 and len(lines) == 1 and words[0].items == (lines[0].item.item_id,):  # most payments name what they pay
        return "longer number" if words[0].part else "all named"
    chosen = {line.item.item_id for line in lines}
    exact = {item for word in words if not word.part for item in word.items}
    if not exact:
        return "longer number" if any(item in chosen for word in words for item in word.items) else "none named"
    inside = len(chosen & exact)
    if not inside:
        return "others named"
    return ("all" if inside == len(chosen) else "some") + (" named" if inside == len(exact) else " and others named")


def _amount(solution: Solution) -> str:
    gap, received = solution.difference, solution.received
    if gap == 0:
        return "less discount" if solution.discount else "to the cent"
    if abs(gap) <= solution.allowed:
        return "within tolerance"
    how = "short" if gap > 0 else "over"
    return f"{how} to 1 %" if 100 * abs(gap) <= received else f"{how} to 10 %" if 10 * abs(gap) <= received else f"{how} by more"


def _rivals(claim: Claim) -> str:
    """Count the other candidates; M16 counts its only one among its rivals."""
    if claim.proposal is None:
        return _band(max(0, claim.rivals - 1), (0, 1, 5), LEVELS["rivals"])
    return _band(claim.rivals, (0, 1, 5), LEVELS["rivals"]) if claim.exhaustive else "not all searched"


def _chance(claim: Claim, solution: Solution) -> str:
    if claim.strategy in _GROUPS:
        return _GROUPS[claim.strategy]
    if claim.chance is None or len(solution.lines) == 1:
        return "no set by amount"
    millionths = claim.chance
    return (
        "below 0.0001"
        if millionths < 100
        else "below 0.01"
        if millionths < 10_000
        else "below 1"
        if millionths < 1_000_000
        else "1 or more"
    )


def _other_words(case: Case) -> str:
    """Name the most telling word of the payment that leads to no open item of the payer."""
    named = case.named
    if named.elsewhere:
        return "other ledger"
    if named.foreign:
        return "other currency"
    if named.strangers or named.short_strangers:
        return "other customer"
    if named.settled or named.taken or named.later:
        return "not open"
    return "unknown and stated" if named.unknown_stated else "unknown" if named.unknown else "none"


def _age(case: Case, solution: Solution) -> str:
    """Say how long the oldest item was due when the money came."""
    paid, lines = case.receipt.value_date, solution.lines
    if len(lines) == 1:
        dated, due = lines[0].item.doc_date, lines[0].item.due_date
    else:
        dated, due = max([line.item.doc_date for line in lines]), min([line.item.due_date for line in lines])
    if dated > paid:
        return "before its date"
    days = (paid - due).days
    return "not yet due" if days <= 0 else "due to 30 days" if days <= 30 else "due to 90 days" if days <= 90 else "due longer"


def _roundness(case: Case) -> str:
    amount, one = case.receipt.amount, 10 ** case.master.units.exponent(case.receipt.currency)
    return "odd" if amount % one else "whole" if amount % (100 * one) else "whole hundreds"


def _whose(case: Case, solution: Solution) -> str:
    """Say to whom the items belong, seen from the payer."""
    receipt, relations = case.receipt, case.master.relations
    if len(solution.lines) == 1 and solution.lines[0].item.account[2] == receipt.customer_id:
        return "the payer's own"
    owners = {line.item.account[2] for line in solution.lines} - {receipt.customer_id}
    if not owners:
        return "the payer's own"
    if not receipt.customer_id:
        return "family" if owners <= {*receipt.family} else "payer unknown"
    if all(relations.may_pay(receipt.account, owner, receipt.value_date) for owner in owners):
        return "written right"
    return "family" if owners <= {*relations.family(receipt.account)} else "others"


def _band(count: int, tops: tuple[int, ...], levels: tuple[str, ...]) -> str:
    """Return the level whose upper end is the first that a count does not pass."""
    return levels[bisect_left(tops, count)]
