"""What explains a short payment, in the order of MP-21 and never more than two explanations; the rest is a residual (MP-40)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from arwork.matching.case import Case, group_of, paid_on, valued
from arwork.matching.discounts import missed, on_partial, rate_earned
from arwork.matching.fit import Line, Part, Solution, discounts_of, spread
from arwork.matching.reasons import UNEARNED, UNEXPLAINED
from arwork.matching.tolerances import allowed, in_currency
from arwork.matching.universe import Item
from arwork.matching.withheld import charge_cap, other_components, stated_charges, tax_withheld, to_the_cent, unlisted_credits


@dataclass(frozen=True)
class Facts:
    """All that may explain why a receipt is short of its items, minor units: see MP-21, by its numbers.

    1 `discounts` by item, 3 `credits` (sets of credit memos), 4 `taxes` by item, 5 `charges` as stated and `cap` of those that
    are not, 6 `small` tolerated.
    """

    items: tuple[Item, ...]
    discounts: Mapping[str, int]
    credits: tuple[tuple[Item, ...], ...]
    taxes: Mapping[str, int]
    charges: int
    cap: int
    small: int

    @property
    def gross(self) -> int:
        """What is left on all items."""
        return sum(item.left for item in self.items)


@dataclass(frozen=True)
class Attempt:
    """A choice of one or two explanations: discounts, tax, charges, tolerated difference, and credit memos taken in addition."""

    discounts: bool = False
    credits: tuple[Item, ...] = ()
    taxes: bool = False
    charges: bool = False
    small: bool = False


def explained(case: Case, ids: Sequence[str]) -> Solution:
    """Value items against a receipt and explain what is missing by MP-21; what nothing explains hangs on an item as a residual.

    Amounts are minor units. A solution that is not `explained` grants nothing that is not authorised; its lines show what would
    be posted if a person accepts it.
    """
    found = valued(case, ids)
    gross = sum(case.universe.items[item].left for item in ids)
    if found.exact or not 0 < found.received < gross:
        return found
    facts = _facts(case, ids)
    for attempt in _attempts(facts, found):
        solution = found if attempt.small and _only_small(attempt) else _tried(case, facts, attempt)
        if solution:
            return solution
    return found if found.explained or found.difference < 0 else unexplained(case, facts, found)


def owing(case: Case, found: Solution) -> Solution:
    """Return a short payment as it would be posted: explained by MP-21, and what nothing explains left as residuals (MP-40); any other as it is.

    How items were found does not change what is owed on them: a damaged number once left the rest open on the latest document
    where the same number, undamaged, left a deduction on the one that it belongs to.
    """
    if found.explained or found.difference < 0 or found.received <= 0:
        return found
    owed = explained(case, found.items)
    return owed if owed.items == found.items else found


def _only_small(attempt: Attempt) -> bool:
    return not (attempt.credits or attempt.taxes or attempt.charges)


def _facts(case: Case, ids: Sequence[str]) -> Facts:
    items = tuple(sorted((case.universe.items[item] for item in ids), key=lambda item: (item.due_date, item.item_id)))
    policy, units, role = case.master.policy, case.master.units, case.master.role
    limit = policy.tolerances.users.get(role, Decimal(0)) if role else None
    gross = sum(item.left for item in items)
    return Facts(
        items, {item: off for item, off in discounts_of(items, paid_on(case), case.open_items(), policy).items() if off},
        tuple(unlisted_credits(items, case)), tax_withheld(items, case), stated_charges(case), charge_cap(items, case),
        allowed(group_of(case, items), True, gross, items, policy, units, limit),
    )  # fmt: skip


def _attempts(facts: Facts, found: Solution) -> Iterator[Attempt]:
    """Yield the explanations in the order of MP-21: each alone, then two together, the earlier numbers first.

    Charges that the statement gives are a fact: they go with any other explanation before a tolerance alone does (MP-61).
    """
    credits = [Attempt(credits=chosen) for chosen in facts.credits]
    taxes = [Attempt(taxes=True)] if any(facts.taxes.values()) else []
    charges = [Attempt(charges=True)] if facts.charges or facts.cap else []
    grossed = facts.charges > 0
    small = [Attempt(small=True)] if found.explained else []
    singles = [*credits, *taxes, *charges]
    yield from singles
    together = [replace(one, charges=True) for one in (*credits, *taxes) if charges]
    if grossed:
        yield from (replace(one, discounts=True) for one in charges if facts.discounts)
        yield from together
        yield from (replace(one, small=True) for one in charges if facts.small)
    if not found.discount:
        yield from small
    if facts.discounts:
        yield from (replace(one, discounts=True) for one in singles)
        yield from small if found.discount else ()
    yield from together if not grossed else ()
    yield from (replace(one, taxes=True) for one in credits if taxes)
    if facts.small:
        yield from (replace(one, small=True) for one in (*credits, *taxes))


def _tried(case: Case, facts: Facts, attempt: Attempt) -> Solution | None:
    """Return what an attempt comes to, or None where it does not explain the difference."""
    items = (*facts.items, *attempt.credits)
    discounts = facts.discounts
    if attempt.discounts and attempt.credits:
        discounts = discounts_of(items, paid_on(case), case.open_items(), case.master.policy)
    discounts = discounts if attempt.discounts else {}
    short = sum(item.left for item in items) - sum(discounts.values()) - case.receipt.amount
    taxes = tax_withheld(items, case) if attempt.taxes else {}
    charge, small = 0, 0
    if attempt.charges:
        charge = facts.charges or short - sum(taxes.values())
        if not 0 < charge <= (facts.charges or facts.cap):
            return None
    if attempt.small:
        small = short - sum(taxes.values()) - charge
        if not 0 < small <= facts.small:
            return None
    fitted = to_the_cent(taxes, short - charge - small) if taxes else ({} if short == charge + small else None)
    if fitted is None or (attempt.taxes and not taxes):
        return None
    lines = legs(items, discounts, fitted, charge, small)
    received = case.receipt.amount
    guessed = attempt.charges and not facts.charges
    return Solution(lines, received + small, received, facts.small if small else 0, None, loose=guessed)


def legs(items: Sequence[Item], discounts: Mapping[str, int], taxes: Mapping[str, int], charge: int, small: int) -> tuple[Line, ...]:
    """Give each item its share: discount and tax its own, charge and small difference in proportion (CV-03), the rest is cash."""
    lines = []
    for item, cost, less in zip(items, spread(charge, items), spread(small, items), strict=True):
        off, tax = discounts.get(item.item_id, 0), taxes.get(item.item_id, 0)
        lines.append(Line(item, item.left - off - tax - cost - less, off, less, tax, cost))
    return tuple(lines)


def unexplained(case: Case, facts: Facts, found: Solution) -> Solution:
    """Propose cash and what is authorised on the items, and a residual for what nothing explains (MP-21 steps 8 to 10, MP-40).

    The residual sits on the latest due item, then the highest id (decision 1), unless the advice says which document is paid
    short. A discount that came too late is a residual of the document that it belongs to.
    """
    received = case.receipt.amount
    charge = facts.charges if facts.gross - facts.charges > received else 0
    taxes = facts.taxes if facts.gross - charge - sum(facts.taxes.values()) > received else {}
    short = facts.gross - charge - sum(taxes.values()) - received
    discounts = facts.discounts if short > sum(facts.discounts.values()) else {}
    missing = short - sum(discounts.values())
    lines = legs(facts.items, discounts, taxes, charge, 0)
    late = _unearned(case, facts, discounts)
    if late and missing == sum(late.values()):
        held = {item: Part(amount, UNEARNED) for item, amount in late.items()}
        lines = tuple(_less(line, held.get(line.item.item_id), line.discount, case) for line in lines)
    else:
        hint = next((kind for amount, kind in other_components(facts.items, case) if amount == missing), "")
        lines = _held(lines, _where(case, facts, lines, missing), hint, case)
    # A third explanation is never tried: with two in use nothing more is tolerated.
    used = bool(taxes) + bool(charge) + bool(discounts)
    return Solution(lines, received + missing, received, min(facts.small, missing - 1) if used < _MOST else 0, found.missed)


_MOST = 2
"""Never combine more than two explanations (MP-21)."""


def _unearned(case: Case, facts: Facts, discounts: Mapping[str, int]) -> dict[str, int]:
    """Return by item the discount that came too late, or the part of it that no tier still gives (MP-14, MP-15)."""
    late = ((item.item_id, missed(item, paid_on(case))) for item in facts.items if item.left > 0)
    found = {item: lost[0] - discounts.get(item, 0) for item, lost in late if lost}
    return {item: amount for item, amount in found.items() if amount > 0}


def _where(case: Case, facts: Facts, lines: Sequence[Line], missing: int) -> dict[str, int]:
    """Say what is missing on which item: where the advice says so, else on the latest due, then the highest id (decision 1)."""
    needs = {line.item.item_id: line.cash for line in lines if line.cash > 0}
    said = _said(case)
    if said.keys() == {line.item.item_id for line in lines}:
        told = {item: need - said[item] for item, need in needs.items() if need != said[item]}
        if all(0 < gap <= needs[item] for item, gap in told.items()) and sum(told.values()) == missing:
            return told
    found: dict[str, int] = {}
    for item in reversed(facts.items):
        if missing and item.item_id in needs:
            found[item.item_id] = min(missing, needs[item.item_id])
            missing -= found[item.item_id]
    return found


def _said(case: Case) -> dict[str, int]:
    """Return by item the cash that the advice gives it, where nothing is wrong with the advice."""
    if case.advice is None or case.advice.wrong:
        return {}
    words = [word for word in case.named.words if word.origin == "advice" and len(word.items) == 1]
    found: dict[str, int] = {}
    for word in words:
        found[word.items[0]] = found.get(word.items[0], 0) + case.advice.by_document.get(word.token, 0)
    return found


def _held(lines: Sequence[Line], missing: Mapping[str, int], hint: str, case: Case) -> tuple[Line, ...]:
    """Take what is missing off the cash of each item and leave it as a residual; the discount of a part payment follows MP-13."""
    found = []
    for line in lines:
        gap = missing.get(line.item.item_id, 0)
        if not gap:
            found.append(line)
        elif gap == line.cash:
            found.append(Line(line.item, 0, 0, 0))
        else:
            cash = line.cash - gap
            off = 0
            if case.master.policy.disc_on_partial and line.discount:
                off = min(line.discount, on_partial(cash, rate_earned(line.item, paid_on(case))))
            rest = line.cash + line.discount - cash - off
            found.append(_less(line, Part(rest, UNEXPLAINED, hint), off, case))
    return tuple(found)


def _less(line: Line, part: Part | None, discount: int, case: Case) -> Line:
    """Leave a part of an item as a residual; under PARTIAL the item itself stays open with it, never both (MP-40)."""
    if part is None:
        return line
    parts = (part,) if case.master.policy.short_pay_mode == "RESIDUAL" else ()
    return replace(
        line, cash=line.item.left - discount - line.wht - line.charge - line.small_diff - part.amount, discount=discount, parts=parts
    )


def may_accept(amount: int, items: Sequence[Item], case: Case) -> str:
    """Return the lowest role whose own limit covers a small difference in minor units (MP-20); blank where none does."""
    limits = sorted((limit, role) for role, limit in case.master.policy.tolerances.users.items())
    return next((role for limit, role in limits if in_currency(limit, items, case.master.units) >= abs(amount)), "")
