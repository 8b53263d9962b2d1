"""The strategy that has nothing but payer and amount: M06, one open document of exactly this amount."""

from __future__ import annotations

from arwork.matching.amounts import pairs, singles
from arwork.matching.case import Case, Claim, paid_on
from arwork.matching.discounts import base_of, earned
from arwork.matching.explain import by_amount, inside, nearest
from arwork.matching.fit import Line, Solution, single
from arwork.matching.instalments import equal_instalments
from arwork.matching.tolerances import in_currency
from arwork.matching.universe import Item


def single_amount(case: Case) -> Claim | None:
    """M06: nothing is named, and exactly one open debit item of the payer has this amount; no pair and no discounted item does."""
    receipt, policy = case.receipt, case.master.policy
    if not receipt.customer_id or case.named.resolves or (case.looks and case.looks.probable):
        return None
    found = singles(case.free, receipt.amount, receipt.value_date)
    if not found or receipt.amount < in_currency(policy.amount_only_min, found[:1], case.master.units):
        return None
    two, count = pairs(case.free, receipt.amount, receipt.value_date, policy.combo.list_all_cap)
    less = less_discount(case)
    others = [single(item, receipt.amount) for item in found[1:]] + less + [_pair(pair, receipt.amount) for pair in two]
    rivals = len(found) - 1 + len(less) + count
    by_policy = policy.tie_policy == "OLDEST_DUE" and 0 < rivals == len(found) - 1 and not equal_instalments(found, case)
    runner_up = _other_way(others[0]) if others else nearest(case.free.items, (found[0].item_id,), case)
    return Claim(
        "M06", single(found[0], receipt.amount), tuple(others[: policy.combo.list_all_cap]), rivals, tie_by_policy=by_policy,
        sentence=by_amount(found[0], case, rivals == 0), runner_up=runner_up,
        falls_without=f"the payer ({inside(receipt.payer_sentence)}), and that no other open document explains the amount",
    )  # fmt: skip


def less_discount(case: Case) -> list[Solution]:
    """List the items that equal the receipt after their earned discount."""
    receipt, paid = case.receipt, paid_on(case)
    found = []
    for item in case.free.discounted:
        if (
            item.doc_date <= receipt.value_date
            and item.left > receipt.amount
            and any(abs(item.left - base_of(item) * percent // 1_000_000 - receipt.amount) <= 1 for percent, _ in item.discounts)
        ):
            discount = earned(item, paid)
            if item.left - discount == receipt.amount:
                found.append(Solution((Line(item, receipt.amount, discount, 0),), receipt.amount, receipt.amount, 0, None))
    return found


def _pair(pair: tuple[Item, Item], amount: int) -> Solution:
    return Solution(tuple(Line(item, item.left, 0, 0) for item in pair), amount, amount, 0, None)


def _other_way(solution: Solution) -> str:
    told = [f"{line.item.name}, due {line.item.due_date}{', less discount' if line.discount else ''}" for line in solution.lines]
    return f"{' with '.join(told)}, explains the amount as well."
