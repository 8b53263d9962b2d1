"""Receipts that name nothing and equal no document: a row of documents, or one document less a habit of payers; always for a person (2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from arwork.matching.amounts import between
from arwork.matching.case import Case, Claim, valued
from arwork.matching.differences import owing
from arwork.matching.explain import comes_to, difference, money, names_of, nearest
from arwork.matching.fit import Solution
from arwork.matching.rest import in_a_row
from arwork.matching.tolerances import in_currency
from arwork.matching.universe import Item

_ROUND_CHARGE = 50
_ROUND_OVER = 500
_WHOLE = 100
_USUAL = (20_000, 30_000)
"""Discounts that payers take without terms, in ten-thousandths of a percent point: two and three percent."""
_LEAST_ROW = 2


def row_of_documents(case: Case) -> Claim | None:
    """M09: nothing is named, and exactly one row of documents that follow each other by due date adds up; too many for M10 to prove.

    A document outside the row with the amount of one inside is a rival (G-01), so the row is not proposed.
    """
    if not case.amount_only or case.loose_payments:
        return None
    items = [item for item in case.usable() if item.left > 0]
    if sum([item.left for item in items]) < case.receipt.amount:
        return None  # no row of them, gross or less discounts, is worth as much
    rows = in_a_row(items, case.receipt.amount) if len(items) > _LEAST_ROW else []
    if not rows and any(item.discounts for item in items):
        return _less_discounts(case, items)
    if len(rows) != 1 or _has_twin(rows[0], items):
        return None
    found = valued(case, sorted(item.item_id for item in rows[0]))
    return _row(case, rows[0], found, "") if found.exact else None


def _less_discounts(case: Case, items: Sequence[Item]) -> Claim | None:
    """Look for the one row that adds up with every document less the discount of its own terms, however late (MP-14, G-10)."""
    net = [
        item.left - item.left * max([percent for percent, _ in item.discounts]) // 1_000_000 if item.discounts else item.left
        for item in items
    ]
    rows = in_a_row(items, case.receipt.amount, net)
    if len(rows) != 1:
        return None
    row = rows[0]
    if _has_twin(row, items):
        return None
    found = owing(case, valued(case, sorted(item.item_id for item in row)))
    claim = _row(case, row, found, "each less the discount of its terms, ")
    return claim if found.explained else replace(claim, fired={"G-10": difference(found, case)}) if found.difference > 0 else None


def _has_twin(row: Sequence[Item], items: Sequence[Item]) -> bool:
    inside, amounts = {item.item_id for item in row}, {item.left for item in row}
    return any(item.left in amounts and item.item_id not in inside for item in items)


def _row(case: Case, row: Sequence[Item], found: Solution, less: str) -> Claim:
    first, last = row[0], row[-1]
    return Claim(
        "M09", found, capped="the documents follow each other, other sets were not searched",
        sentence=f"Pays {names_of(row)}: {len(row):,} documents in a row, due {first.due_date} to {last.due_date}, {less}together exactly "
        f"{money(case.receipt.amount, case)}; no other row of customer {case.receipt.customer_id} does.",
        falls_without="that the customer pays documents in the order of their due dates",
    )  # fmt: skip


def nearly(case: Case) -> Claim | None:
    """M07 with a difference: nothing is named, and one document alone has the amount less a usual discount, however late (MP-14),
    less a round charge within the cap (MP-61), or rounded up (MP-50); never automatic.
    """  # fmt: skip
    if not case.amount_only:
        return None
    for strategy, found in (("M07", _late_discount(case)), ("M06", _less_charge(case)), ("M06", _rounded_up(case))):
        if len(found) == 1:
            return _claimed(case, strategy, found[0])
        if found:
            return None
    return None


def _claimed(case: Case, strategy: str, item: Item) -> Claim:
    solution = owing(case, valued(case, [item.item_id]))
    return Claim(
        strategy, solution, fired={} if solution.explained else {"G-10" if solution.difference > 0 else "G-11": difference(solution, case)},
        capped="only the amount speaks for it, and not to the cent",
        sentence=f"Pays {item.name}, due {item.due_date}: the only document of customer {case.receipt.customer_id} that the amount comes near in a "
        f"usual way; {comes_to(solution, case)}.",
        runner_up=nearest(case.free.items, (item.item_id,), case), falls_without="that no other document comes as near",
    )  # fmt: skip


def _late_discount(case: Case) -> list[Item]:
    """List items that, less a discount of their own terms one that this customer's other items carry, or a usual one, have exactly the amount."""
    amount = case.receipt.amount
    percents = sorted({*_USUAL, *(percent for item in case.free.discounted for percent, _ in item.discounts)})
    found: dict[str, Item] = {}
    for percent in percents:
        gross = amount * 1_000_000 // (1_000_000 - percent)
        for item in between(case.free, gross - 1, gross + 2):
            if abs(item.left - item.left * percent // 1_000_000 - amount) <= 1 and _dated(case, item):
                found[item.item_id] = item
    return list(found.values())


def _less_charge(case: Case) -> list[Item]:
    amount = case.receipt.amount
    cap = in_currency(case.master.policy.bank_charge_cap, case.free.items[:1], case.master.units)
    return [i for i in between(case.free, amount + 1, amount + cap) if (i.left - amount) % _ROUND_CHARGE == 0 and _dated(case, i)]


def _rounded_up(case: Case) -> list[Item]:
    amount = case.receipt.amount
    found: Sequence[Item] = between(case.free, max(1, amount - 20 * _ROUND_OVER), amount - 1)
    return [
        i for i in found
        if ((amount - i.left) % _ROUND_OVER == 0 or (amount % _WHOLE == 0 and amount - i.left < _WHOLE)) and 10 * (amount - i.left) <= amount
        and _dated(case, i)
    ]  # fmt: skip


def _dated(case: Case, item: Item) -> bool:
    return item.doc_date <= case.receipt.value_date and not item.blocked
