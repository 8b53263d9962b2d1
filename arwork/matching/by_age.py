"""M15: the customer's written instruction says oldest first; receipts fill items one after the other (2.2, Appendix D 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from arwork.matching.case import Case, Claim, paid_on
from arwork.matching.discounts import earned, forfeited
from arwork.matching.explain import money, names_of
from arwork.matching.fit import Line, Solution
from arwork.matching.tolerances import in_currency
from arwork.matching.universe import Item


def instructed(case: Case) -> bool:
    """Say whether a written instruction of the customer decides about a receipt that names nothing: such customers skip M06 to M10 and M14."""
    return case.receipt.account in case.master.oldest_first


def oldest_first(case: Case) -> Claim | None:
    """M15: fill open items by due date, document date and id; the last one in part. What the payment names wins over the instruction.

    An earned discount counts only where with it the receipt closes the items it reaches to the cent (MP-13). Credits and items
    dated after the payment are left alone; a blocked item on the way stops the machine, not the order (G-06).
    """
    if not instructed(case) or case.named.resolves or case.others.kin:
        return None
    day, amount = case.receipt.value_date, case.receipt.amount
    items = [item for item in case.free.items if item.left > 0 and item.doc_date <= day and item.item_id in case.universe.items]
    if not items:
        return None
    lines = _in_full(items, amount, _discounts(items, case)) or _in_full(items, amount, {}) or _filled(items, amount)
    over = amount - sum(line.cash for line in lines)
    limit = in_currency(case.master.policy.over_review, items[:1], case.master.units)
    fired = {"G-11": f"{money(over, case)} is more than is open"} if over > limit else {}
    last = lines[-1]
    partly = last.cash + last.discount < last.item.left
    names = names_of([line.item for line in lines])
    return Claim(
        "M15", Solution(lines, amount, amount, 0, None), fired=fired, amount_only=True,
        capped=f"{money(over, case)} is more than is open on the account" if over else "",
        sentence=f"Pays {names}: the oldest open documents of customer {case.receipt.customer_id}, by its written instruction"
        f"{f'; {last.item.name} in part, {money(last.item.left - last.cash, case)} stays open' if partly else ''}.",
        falls_without="the written instruction to pay the oldest documents first, and that no word names another",
    )  # fmt: skip


def turns(cases: Sequence[Case]) -> list[list[Case]]:
    """Split receipts into rounds: one of each customer and currency a round, by value date, larger amount, id."""
    queues: dict[tuple[str, ...], list[Case]] = {}
    for case in sorted(cases, key=lambda c: (c.receipt.value_date, -c.receipt.amount, c.receipt.receipt_id)):
        queues.setdefault((*case.receipt.account, case.receipt.currency), []).append(case)
    longest = max(map(len, queues.values()), default=0)
    return [[queue[number] for _, queue in sorted(queues.items()) if number < len(queue)] for number in range(longest)]


def _discounts(items: Sequence[Item], case: Case) -> dict[str, int]:
    paid = paid_on(case)
    if forfeited(case.open_items(), paid, case.master.policy):
        return {}
    return {item.item_id: found for item in items if (found := earned(item, paid))}


def _in_full(items: Sequence[Item], amount: int, discounts: Mapping[str, int]) -> tuple[Line, ...]:
    """Return the oldest items that the amount closes to the cent; nothing where it ends inside an item or beyond the last."""
    lines, rest = [], amount
    for item in items:
        discount = discounts.get(item.item_id, 0)
        rest -= item.left - discount
        lines.append(Line(item, item.left - discount, discount, 0))
        if rest <= 0:
            break
    return tuple(lines) if rest == 0 else ()


def _filled(items: Sequence[Item], amount: int) -> tuple[Line, ...]:
    lines, rest = [], amount
    for item in items:
        cash = min(rest, item.left)
        lines.append(Line(item, cash, 0, 0))
        rest -= cash
        if not rest:
            break
    return tuple(lines)
