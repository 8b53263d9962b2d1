"""The claims of a second look (M17): what is suggested, why it stands first, and what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from arwork.matching.by_family import THIRD_PARTY
from arwork.matching.case import Case, Claim, valued
from arwork.matching.completed import Completed
from arwork.matching.differences import owing
from arwork.matching.explain import comes_to, difference, listed, money, names_of
from arwork.matching.fit import Line, Solution, single
from arwork.matching.likely import CHARGE, DISCOUNT, EXACT, NEAR, OVER, PERCENT, REST, ROW, ROW_LESS, SHARE, Guess
from arwork.matching.overpaid import rest_of
from arwork.matching.universe import Item

_CODE = "M17"
_TOLD = {
    EXACT: "it is the one with exactly this amount",
    REST: "it is the one on which exactly this amount is left after what other payments pay of it",
    DISCOUNT: "it is the one with exactly this amount once a discount of its terms, or a usual one, is taken off",
    ROW: "they follow each other by date and together come to exactly this amount",
    ROW_LESS: "they follow each other by date and come to this amount once a round charge or a whole percent is taken off",
    CHARGE: "it is the one with exactly this amount once a round charge is taken off",
    OVER: "it is the one that the amount exceeds by a round sum",
    SHARE: "it is the one of which the amount is a half, a third or a quarter, or as much as another payment pays",
    PERCENT: "it is the one with exactly this amount once a whole percent is taken off",
    NEAR: "it is the only one that the amount comes near",
}


def by_amount(case: Case, guess: Guess, relation: str) -> Claim:
    """Suggest what an amount alone most likely pays of what no other payment claims."""
    amount, first = case.receipt.amount, guess.items[0]
    if guess.way == EXACT:
        found = single(first, amount)
    elif guess.way == REST:
        found = Solution((Line(first, amount, 0, 0),), amount, amount, 0, None)
    else:
        found = _valued(case, guess.items)
    whose = f" of {_owners(guess.items)}" if relation else ""
    return _claim(
        case, found, relation, amount_only=True,
        capped="only the amount speaks for it, among what no other payment claims",
        sentence=f"Pays {names_of(guess.items)}{whose}: of the documents that no other payment claims, {_TOLD[guess.way]}, "
        f"{money(amount, case)}.",
        falls_without="that the documents which other payments claim are theirs, and that this is how the customer paid",
    )  # fmt: skip


def by_elimination(case: Case, claim: Claim, found: Solution) -> Claim:
    """Suggest the only one of several sets that explain an amount of which other payments claim nothing."""
    items = [line.item for line in found.lines]
    return _claim(
        case, found, "", amount_only=True, capped="only the amount speaks for it, among what no other payment claims",
        sentence=f"Pays {names_of(items)}: of the {claim.rivals + 1:,} sets of documents that come to {money(case.receipt.amount, case)} it is "
        "the only one of which no other payment claims anything.",
        falls_without="that the documents which other payments claim are theirs",
    )  # fmt: skip


def by_number(case: Case, item: Item) -> Claim:
    """Suggest the one document of anybody that has exactly the amount and a number like a word of the payment."""
    why = "a word of the payment is like its number"
    unknown = "" if case.receipt.customer_id else "the payer is unknown; "
    return _claim(
        case, single(item, case.receipt.amount), "whose document it seems to be", capped=f"{unknown}{why}",
        sentence=f"Pays {item.name} of customer {item.account[2]}: it has exactly {money(item.left, case)}, and {why}.",
        falls_without=f"that {why}",
    )  # fmt: skip


def by_list(case: Case, found: Completed, relation: str) -> Claim | None:
    """Suggest a list that was read in part, with what completes it to the amount; nothing where more came than is owed."""
    solution = _valued(case, found.items)
    if solution.difference < 0 and not solution.explained:
        return None
    read = f"the payment names or resembles {names_of([i for i in found.items if i not in found.guessed])}"
    more = f", and {names_of(found.guessed)} of what nobody claims makes up the rest" if found.guessed else ""
    return _claim(
        case, solution, relation, capped="the words were read in part only" if not found.guessed else "the payment names only part of the set",
        sentence=f"Pays {names_of(found.items)}: {read}{more}; {comes_to(solution, case)}.",
        falls_without="the reading of the words, and that nothing else completes them to the amount",
    )  # fmt: skip


def by_words(case: Case, items: Sequence[Item], relation: str) -> Claim:
    """Suggest what the words resemble although the amount differs; what is missing stays owed, what is over goes on account."""
    solution = _valued(case, items)
    return _claim(
        case, solution, relation, capped="the words only resemble it, and the amount differs",
        sentence=f"Pays {names_of(items)}: no open document that nobody claims is more like the words of the payment; {comes_to(solution, case)}.",
        falls_without="that the words mean these documents",
    )  # fmt: skip


def by_part(case: Case, claim: Claim, items: Sequence[Item], relation: str) -> Claim:
    """Suggest what a list names for certain although other words of it could not be read; the rest waits for them on account."""
    found = _valued(case, items)
    why = "; ".join(filter(None, (claim.capped, "the payment names more documents than could be read")))
    return _claim(
        case, found, relation, capped=why, confirm=bool(relation),
        sentence=f"Pays {names_of(items)}: {len(items):,} documents of a longer list, read for certain; {money(-found.difference, case)} waits on "
        "account for the words that could not be read.",
        falls_without="the numbers that the payment names",
    )  # fmt: skip


def _claim(
    case: Case, found: Solution, relation: str, *, capped: str, sentence: str, falls_without: str, amount_only: bool = False, confirm: bool = True
) -> Claim:  # fmt: skip
    receipt = case.receipt
    fired: dict[str, str] = {}
    rest = None
    if not found.explained and found.difference > 0:
        fired["G-10"] = difference(found, case)
    elif not found.explained:
        rest = rest_of(case, found)
        found = replace(found, on_account=-found.difference)
    strange = sorted({line.item.account[2] for line in found.lines} - {receipt.customer_id})
    if relation and strange and receipt.customer_id:
        fired["G-09"] = (
            f"customer {receipt.customer_id} would pay for {_customers(strange)}, {relation}, and no written right says that it may"
        )
    if not receipt.customer_id:
        fired["G-03"] = f"the payer is unknown ({receipt.payer_sentence.rstrip('.')})" if receipt.payer_sentence else "the payer is unknown"
    return Claim(
        _CODE, found, fired=fired, capped=capped, sentence=sentence, falls_without=falls_without, amount_only=amount_only,
        kind=THIRD_PARTY if "G-09" in fired else "", confirm=confirm, rest=rest, preferred=True,
    )  # fmt: skip


def _valued(case: Case, items: Sequence[Item]) -> Solution:
    return owing(case, valued(case, sorted(item.item_id for item in items)))


def _owners(items: Sequence[Item]) -> str:
    return _customers(sorted({item.account[2] for item in items}))


def _customers(owners: Sequence[str]) -> str:
    return f"{'customer' if len(owners) == 1 else 'customers'} {listed(owners)}"
