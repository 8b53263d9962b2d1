"""What comes beyond what is owed: it stays on account with the kind of overpayment it looks like (MP-50, EX-30, G-11)."""

from __future__ import annotations

from arwork.matching.case import Case, Rest
from arwork.matching.explain import money, names_of
from arwork.matching.fit import Solution
from arwork.matching.tolerances import in_currency

_ROUND = 100


def rest_of(case: Case, found: Solution, rest: int = 0, *, ordered: bool = False) -> Rest:
    """Say what stays on account of a receipt that pays its items and more; above `over_review` a person looks at it (G-11).

    `rest` is that amount in the currency of the receipt, where the items are in another; `ordered` that an order is named (MP-51).
    """
    excess = -found.difference
    limit = in_currency(case.master.policy.over_review, [line.item for line in found.lines], case.master.units)
    kind, why = ("O8", "; an order is named, so it may be a prepayment") if ordered else _kind(case, found, excess)
    names = names_of([line.item for line in found.lines])
    told = f"{money(rest or excess, case)} came beyond what is owed on {names} and stays on account{why}."
    fired = {"G-11": f"{money(rest or excess, case)} is above the limit"} if excess > limit else {}
    return Rest(kind, fired, told)


def _kind(case: Case, found: Solution, excess: int) -> tuple[str, str]:
    """Name the suspected kind and say why (EX-30); blank where nothing points to one. Money never moves by it."""
    chosen = set(found.items)
    tax = sum(line.item.tax or 0 for line in found.lines)
    if case.looks:
        return "O1", f"; {case.looks.sentence.rstrip('.')}"
    if excess % 9 == 0 and sorted(str(found.received)) == sorted(str(found.expected)):
        return "O2", "; its digits are those of what is owed, two of them changed places"
    notes = [item for item in case.open_items() if item.left == -excess and item.item_id not in chosen]
    if notes:
        return "O3", f"; credit memo {notes[0].name} of the same amount was not taken off"
    if case.named.settled:
        return "O4", f"; {case.universe.settled[case.named.settled[0]].name} is named as well and is settled"
    if excess == tax:
        return "O6", "; it is the tax on what is paid"
    minor = 10 ** case.master.units.exponent(case.receipt.currency)
    if case.receipt.new_account and excess % (_ROUND * minor) == 0:
        return "O12", "; a round amount from an account that is not on file"
    return "", ""
