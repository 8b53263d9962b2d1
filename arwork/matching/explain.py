"""What an analyst reads: one sentence why, the next best explanation, the fact without which it falls, and why it is not automatic."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import islice

from arwork.matching.case import Case
from arwork.matching.fit import Line, Solution
from arwork.matching.named import Word
from arwork.matching.universe import Item, Ranked
from arwork.money import Units, percent_of

_FEW = 8
_ORIGINS = {
    "text": "in the text",
    "structured": "in the structured reference",
    "advice": "in the advice",
    "end_to_end": "in the end-to-end id",
}


def money(minor: int, case: Case) -> str:
    """Write an amount in the currency of the receipt: `1,234.50 EUR`."""
    return amount_text(minor, case.receipt.currency, case.master.units)


def amount_text(minor: int, currency: str, units: Units) -> str:
    """Write minor units with thousands separated and the currency behind: `1,234.50 EUR`."""
    decimals = units.exponent(currency)
    if not decimals:
        return f"{minor:,} {currency}"
    if decimals == 2 and minor >= 0:
        return f"{minor // 100:,}.{minor % 100:02d} {currency}"
    whole, rest = divmod(abs(minor), 10**decimals)
    return f"{'-' if minor < 0 else ''}{whole:,}.{rest:0{decimals}d} {currency}"


def listed(words: Sequence[str], most: int = 5) -> str:
    """Join words for reading: `a`, `a and b`, `a, b and c`, `a, b, c, d, e and 7 more`."""
    shown = list(words[:most])
    if len(words) > most:
        shown.append(f"{len(words) - most:,} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def inside(sentence: str) -> str:
    """Write a sentence so that it reads on inside brackets: no full stop, and a small first letter unless it begins with a name."""
    told = sentence.rstrip(".")
    return told[:1].lower() + told[1:] if told[1:2].islower() or told[1:2] == " " else told


def names_of(items: Sequence[Item]) -> str:
    """List documents as the customer knows them."""
    return listed([item.name for item in items])


def how_it_fits(solution: Solution, case: Case) -> str:
    """Say how the amount comes about: to the cent, after discount, with a small difference."""
    parts = []
    if solution.discount:
        rates = {_rate(line) for line in solution.lines if line.discount}
        rate = f"{next(iter(rates))} % " if len(rates) == 1 and rates != {""} else ""
        parts.append(f"after {rate}discount of {money(solution.discount, case)}")
    if solution.wht:
        parts.append(f"with {money(solution.wht, case)} withheld as tax")
    if solution.charge:
        known = " that no statement gives" if solution.loose else " as the statement gives them"
        parts.append(f"with bank charges of {money(solution.charge, case)}{known}")
    if solution.small_diff:
        direction = "short" if solution.small_diff > 0 else "over"
        parts.append(f"with {money(abs(solution.small_diff), case)} {direction}, within the tolerance of {money(solution.allowed, case)}")
    verb = "the amount fits" if len(solution.lines) == 1 else "the amounts add up"
    exact = "" if solution.small_diff or solution.loose else " to the cent"
    return f"{verb}{exact}{' ' if parts else ''}{' and '.join(parts)}"


def by_reference(solution: Solution, words: Sequence[Word], case: Case) -> str:
    """Say why items named in the payment are paid by it (M03, M04)."""
    items = [line.item for line in solution.lines]
    origins = sorted({_ORIGINS[word.origin] for word in words})
    count = "" if len(items) == 1 else "both " if len(items) == 2 else f"all {len(items):,} "
    return f"Pays {names_of(items)}: {count}named {listed(origins)}, {how_it_fits(solution, case)}."


def by_amount(item: Item, case: Case, only: bool) -> str:
    """Say why an item is paid by a receipt that names nothing (M06)."""
    which, amount = f"{item.name}, due {item.due_date}", money(item.left, case)
    if only:
        return f"Pays {which}: the only open document of customer {item.account[2]} with exactly {amount}; no word names another."
    return f"May pay {which}, of customer {item.account[2]}: it has exactly {amount}, but others make up the amount as well, and no word names one."


def difference(solution: Solution, case: Case) -> str:
    """Say by how much a receipt misses what its words name, and what would explain it (G-10, G-11)."""
    gap = solution.difference
    names = names_of([line.item for line in solution.lines])
    told = f"{money(case.receipt.amount, case)} came for {names}, {money(solution.expected, case)} was expected"
    told += f": {money(abs(gap), case)} {'short' if gap > 0 else 'over'}, {money(solution.allowed, case)} is tolerated"
    if gap > 0 and solution.missed and abs(gap - solution.missed[0]) <= solution.allowed:
        told += f"; that is the discount whose last day, grace included, was {solution.missed[1]}"
    return told


def owed_still(solution: Solution, case: Case) -> str:
    """Say what would stay owed, on which document, for which reason, since when (MP-40, MP-42); blank where nothing would."""
    told = []
    for line in solution.lines:
        for part in line.parts:
            hint = f", perhaps {part.hint}" if part.hint else ""
            amount = amount_text(part.amount, line.item.currency, case.master.units)
            told.append(f"{amount} on {line.item.name} ({part.code}{hint}, due {line.item.due_date})")
    return listed(told)


def comes_to(solution: Solution, case: Case) -> str:
    """Say how the amount comes about, or by how much it misses and, where it is short, what would stay owed (MP-40)."""
    if solution.explained:
        return how_it_fits(solution, case)
    told = difference(solution, case)
    if solution.difference < 0:
        return told
    rest, lost = owed_still(solution, case), solution.residual - solution.difference
    more = f", {money(lost, case)} of it discount that a part payment does not earn" if lost > 0 else ""
    return f"{told}; {f'left owed: {rest}{more}' if rest else 'what is missing stays open'}"


def nearest(items: Sequence[Item], chosen: Sequence[str], case: Case) -> str:
    """Say which other open document of the payer comes nearest to the amount, as the next best explanation."""
    amount, out = case.receipt.amount, frozenset(chosen)
    own = len(items) > _FEW and items is case.open_items()
    best = _next_by_rank(case.universe.ranked(case.receipt.account), amount, out) if own else _next(items, amount, out)
    if best is None:
        return ""
    least = abs(best.left - amount)
    if least == 0:
        return f"{best.name}, due {best.due_date}, has the same amount and is not named."
    direction = "more" if best.left > amount else "less"
    return f"{best.name}, due {best.due_date}, has {money(best.left, case)}, {money(least, case)} {direction}."


def _next(items: Sequence[Item], amount: int, out: Collection[str]) -> Item | None:
    """Return the debit item that comes nearest to an amount; of equals the one due first, then the lowest id."""
    near = [(abs(item.left - amount), item) for item in items if item.left > 0 and item.item_id not in out]
    return min(near, key=lambda one: (one[0], one[1].due_date, one[1].item_id))[1] if near else None


def _next_by_rank(ranked: Ranked, amount: int, out: Collection[str]) -> Item | None:
    """Return the same by look-up, for customers with many items."""
    amounts, debits = ranked.amounts, ranked.debits
    at = bisect_left(amounts, amount)
    above = next((item for item in islice(debits, at, None) if item.item_id not in out), None)
    below, place = None, at - 1
    while place >= 0 and (below is None or amounts[place] == below.left):
        if debits[place].item_id not in out:
            below = debits[place]
        place -= 1
    if above is None or below is None:
        return above or below
    further = (above.left - amount) - (amount - below.left)
    if further:
        return above if further < 0 else below
    return min(above, below, key=lambda item: (item.due_date, item.item_id))


def why_not(fired: Mapping[str, str], more: Sequence[str] = ()) -> str:
    """Join the reasons why a proposal is not automatic, gates in their order, each in plain words; what a gate says too is said once."""
    clauses = [clause for reason in more for clause in reason.split("; ")]
    alone = [clause for clause in clauses if not any(clause in reason for reason in fired.values())]
    reasons = [*alone, *(f"{reason} ({gate})" for gate, reason in fired.items())]
    return "; ".join(reason[:1].upper() + reason[1:] for reason in reasons if reason)


def _rate(line: Line) -> str:
    """Return the percent of a line's discount as people write it; blank where the base was not the whole of the item."""
    for percent, _ in line.item.discounts:
        if percent_of(line.item.left, Decimal(percent) / 10_000) == line.discount:
            text = f"{Decimal(percent) / 10_000:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
    return ""
