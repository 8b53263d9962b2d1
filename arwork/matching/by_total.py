"""Strategies in which several documents add up to a receipt that names none of them, or not all: M07 to M10 (2.2 step D, 2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from arwork.matching.amounts import pairs
from arwork.matching.by_amount import less_discount
from arwork.matching.case import Case, Claim, paid_on
from arwork.matching.combos import coincidence, combinations
from arwork.matching.discounts import credited, earned, forfeited
from arwork.matching.explain import inside, listed, money, names_of, nearest
from arwork.matching.fit import Line, Solution
from arwork.matching.instalments import equal_instalments
from arwork.matching.statements import statement_groups
from arwork.matching.universe import Item

_TWO = 2


def discounted_amount(case: Case) -> Claim | None:
    """M07: nothing is named, and exactly one open item of the payer, less its earned discount, has this amount; none has it gross."""
    if not case.amount_only:
        return None
    found = less_discount(case)
    if not found:
        return None
    policy, receipt = case.master.policy, case.receipt
    two, count = pairs(case.free, receipt.amount, receipt.value_date, policy.combo.list_all_cap)
    others = [*found[1:], *(_gross(pair, receipt.amount) for pair in two)]
    line = found[0].lines[0]
    by_policy = policy.tie_policy == "OLDEST_DUE" and len(found) > 1 and not count
    only = "the only open document" if not others else "one of several open documents"
    return Claim(
        "M07", found[0], tuple(others[: policy.combo.list_all_cap]), len(found) - 1 + count, capped=_late_twin(case, [each.lines[0].item for each in found]),
        tie_by_policy=by_policy and not equal_instalments([each.lines[0].item for each in found], case),
        sentence=f"Pays {line.item.name}, due {line.item.due_date}: {only} of customer {receipt.customer_id} that, less its "
        f"discount of {money(line.discount, case)}, has exactly {money(receipt.amount, case)}; no word names another.",
        runner_up=nearest(case.free.items, found[0].items, case), falls_without=_without(case, "that no other open document explains the amount"),
    )  # fmt: skip


def _late_twin(case: Case, found: Sequence[Item]) -> str:
    """Say which other open document has the gross of the first one: a payer may take the discount of one whose day for it is over."""
    alike = case.free.by_amount.get(found[0].left, ())
    same = [item.name for item in alike if item not in found and item.doc_date <= case.receipt.value_date]
    return f"{listed(same, 3)} has the same gross and may be meant, its discount taken late" if same else ""


def whole_account(case: Case) -> Claim | None:
    """M08: nothing is named, and all undisputed open items of the payer in the currency, two or more, add up to the receipt."""
    if not case.amount_only or case.loose_payments:
        return None
    items = case.usable()
    found = next(iter(_exact(items, case)), None) if _reach(items, case) else None
    if found is None:
        return None
    return Claim(
        "M08", found, sentence=f"Pays all {len(items):,} open documents of customer {case.receipt.customer_id} ({names_of(items)}): together, "
        f"{_less(found, case)}exactly {money(case.receipt.amount, case)}.",
        falls_without=_without(case, "that the receipt is the whole balance"),
    )  # fmt: skip


def cohort(case: Case) -> Claim | None:
    """M09: nothing is named, and a natural group of two or more items adds up to the receipt; every group that does is the same set.

    Groups: all overdue, all due by the last statement, one statement, one due date, one document month, one order, delivery or
    contract. An item outside the group with the
    amount of one inside is a rival (G-01).
    """
    if not case.amount_only or case.loose_payments:
        return None
    items = case.usable()
    if not _reach(items, case):
        return None
    hits: dict[tuple[str, ...], tuple[Solution, list[str]]] = {}
    # Only a credit memo of the same group changes what an item earns.
    off = None if [item for item in items if item.left < 0] else _discounts(items, case)
    for name, group in _groups(items, case):
        for found in _exact(group, case, off) if len(group) >= _TWO else ():
            hits.setdefault(found.items, (found, []))[1].append(name)
    if not hits:
        return None
    ranked = sorted(hits.values(), key=lambda hit: (len(hit[0].lines), hit[0].items))
    first, names = ranked[0]
    twins = _twins(first, items)
    others = [found for found, _ in ranked[1:]] + [_swapped(first, *twin, case) for twin in twins]
    return Claim(
        "M09", first, tuple(others[: case.master.policy.combo.list_all_cap]), len(others),
        sentence=f"Pays {names_of([line.item for line in first.lines])}: {listed(names)}, together {_less(first, case)}exactly "
        f"{money(case.receipt.amount, case)}.",
        falls_without=_without(case, f"that they belong together ({listed(names)})"),
    )  # fmt: skip


def combination(case: Case) -> Claim | None:
    """M10: exactly one set of open items adds up to the receipt, and it contains what the payment names (2.3).

    AUTO needs a complete search within the narrower limits and hardly any chance of coincidence (G-02); with a document named
    it is one click for a person (`anchored_combo_auto`).
    """
    rules = case.master.policy.combo
    if not case.receipt.customer_id or (case.looks and case.looks.probable) or not case.enough or not _reach(case.usable(), case):
        return None
    items, anchors = _candidates(case)
    if len(items) > rules.max_candidates:
        return None
    if case.named.resolves and not anchors:  # the payer named something else: its own designation wins over our search
        return None
    found, exhaustive = _search(case, items, anchors)
    if not found:
        return None
    if len(found) == 1:
        found = found + [_exchanged(found[0], *twin) for twin in _twins(found[0], items)][: rules.list_all_cap]
    chance = coincidence([item.left for item in items], rules.max_size)
    fired = {}
    if not exhaustive:
        fired["G-02"] = "the combination search ended at its limit, so the set is not proven unique"
    else:
        small = len(items) <= rules.auto_max_candidates and len(found[0].lines) <= rules.auto_max_size
        if chance * 1_000_000 >= int(rules.lambda_max * 1_000_000):
            fired["G-02"] = f"a set that adds up by chance is too likely: {float(chance):.4f} expected among {len(items):,} documents"
        elif not small:
            fired["G-02"] = f"{len(found[0].lines):,} of {len(items):,} documents are too many to be sure by amount alone"
    anchored = bool(anchors) and not rules.anchored_combo_auto
    return Claim(
        "M10", found[0], tuple(found[1:]), len(found) - 1, exhaustive=exhaustive, fired=fired,
        capped="the payment names only part of the set" if anchored else "", sentence=_told(found[0], len(found), items, anchors, case),
        falls_without=_without(case, "that no other set adds up to the amount"), chance=int(chance * 1_000_000),
    )  # fmt: skip


def not_searched(case: Case) -> str:
    """Say where sets of documents were not searched because there are too many (2.3); blank where they were."""
    count, most = len(_candidates(case)[0]), case.master.policy.combo.max_candidates
    return f" Combination search incomplete: {count:,} open documents are more than the limit of {most:,}." if count > most else ""


def _reach(items: Sequence[Item], case: Case) -> bool:
    """Say whether two or more items may come to the receipt at all: no set of them is worth more than what is left on the debits.

    Credits and discounts only lessen a set, so a search among items that do not reach finds nothing.
    """
    return len(items) >= _TWO and sum([item.left for item in items if item.left > 0]) >= case.receipt.amount


def _exact(items: Sequence[Item], case: Case, off: Mapping[str, int] | None = None) -> Iterable[Solution]:
    """Give the valuations at which items equal the receipt to the cent: gross, and less every earned discount.

    `off` is the discount by item where the items that are taken together do not change it.
    """
    amount = case.receipt.amount
    gross = sum([item.left for item in items])
    if gross == amount:
        yield _gross(items, amount)
    if gross < amount or off == {}:
        return
    off = _discounts(items, case) if off is None else off
    less = sum([off.get(item.item_id, 0) for item in items]) if off else 0
    if less and gross - less == amount:
        lines = tuple(Line(item, item.left - off.get(item.item_id, 0), off.get(item.item_id, 0), 0) for item in items)
        yield Solution(lines, amount, amount, 0, None)


def _discounts(items: Sequence[Item], case: Case) -> dict[str, int]:
    if not [item for item in items if item.discounts]:
        return {}
    paid, notes = paid_on(case), credited(items)
    if forfeited(case.open_items(), paid, case.master.policy):
        return {}
    found = {item.item_id: earned(item, paid, notes.get(item.item_id, 0)) for item in items if item.left > 0}
    return {item: discount for item, discount in found.items() if discount}


def _gross(items: Sequence[Item], amount: int) -> Solution:
    return Solution(tuple(Line(item, item.left, 0, 0) for item in items), amount, amount, 0, None)


def _groups(items: Sequence[Item], case: Case) -> Iterable[tuple[str, list[Item]]]:
    """List the natural groups of 2.2 M09 that the items show, each with its name."""
    day = case.receipt.value_date
    yield f"all that was overdue on {day}", [item for item in items if item.due_date < day]
    due: dict[date, list[Item]] = {}
    months: dict[tuple[int, int], list[Item]] = {}
    groups: dict[str, list[Item]] = {}
    for item in items:
        due.setdefault(item.due_date, []).append(item)
        months.setdefault((item.doc_date.year, item.doc_date.month), []).append(item)
        for name in item.groups:
            groups.setdefault(name, []).append(item)
    yield from ((f"all due on {on}", group) for on, group in sorted(due.items()) if len(group) >= _TWO)
    yield from ((f"all of {group[0].doc_date:%Y-%m}", group) for _, group in sorted(months.items()) if len(group) >= _TWO)
    yield from sorted(groups.items())
    yield from statement_groups(items, case.sent(), day)


def _twins(found: Solution, items: Sequence[Item]) -> list[tuple[Item, Item]]:
    inside = {line.item.item_id for line in found.lines}
    return [(line.item, other) for line in found.lines for other in items if other.item_id not in inside and other.left == line.item.left]


def _swapped(found: Solution, out: Item, into: Item, case: Case) -> Solution:
    return _gross([into if line.item.item_id == out.item_id else line.item for line in found.lines], case.receipt.amount)


def _exchanged(found: Solution, out: Item, into: Item) -> Solution:
    """Put an equal item in the place of another; the search leaves such a set out where a credit is linked to the one (INV-8)."""
    lines = tuple(replace(line, item=into) if line.item.item_id == out.item_id else line for line in found.lines)
    return replace(found, lines=lines)


@dataclass(frozen=True)
class _Valued:
    """One valuation of the candidates: what each counts for, and its discount."""

    amounts: tuple[int, ...]
    discounts: tuple[int, ...]


def _candidates(case: Case) -> tuple[list[Item], list[int]]:
    """Return the items a combination may use and the places of those that the payment names (2.3)."""
    named = {item for word in case.named.words if not word.part for item in word.items}
    items = case.usable()
    if any(item.left <= 0 for item in items) and case.receipt.account not in case.master.netting:
        names = {name for item in items if item.left > 0 for name in (item.item_id, item.doc_no, item.reference)} - {""}
        items = [item for item in items if item.left > 0 or item.ref_item in names]
    return items, [place for place, item in enumerate(items) if item.item_id in named]


def _search(case: Case, items: Sequence[Item], anchors: Sequence[int]) -> tuple[list[Solution], bool]:
    """Search gross, then less every earned discount; a hit in either is a solution, and both must be complete."""
    rules, amount = case.master.policy.combo, case.receipt.amount
    off = _discounts(items, case)
    valuations = [_Valued(tuple(item.left for item in items), (0,) * len(items))]
    if off:
        less = tuple(off.get(item.item_id, 0) for item in items)
        valuations.append(_Valued(tuple(item.left - discount for item, discount in zip(items, less, strict=True)), less))
    places = {
        name: place for place, item in enumerate(items) if item.left > 0 for name in (item.item_id, item.doc_no, item.reference) if name
    }
    linked = {place: places[item.ref_item] for place, item in enumerate(items) if item.left < 0 and item.ref_item in places}
    solutions: dict[tuple[int, ...], Solution] = {}
    complete = True
    for valued in valuations:
        found = combinations(
            valued.amounts, amount, sizes=(_TWO, rules.max_size), budget=rules.max_nodes, listed=rules.list_all_cap, only_with=linked,
            anchors=anchors,
        )  # fmt: skip
        complete = complete and found.exhaustive
        for chosen in found.sets:
            lines = tuple(Line(items[n], valued.amounts[n], valued.discounts[n], 0) for n in chosen)
            solutions.setdefault(chosen, Solution(lines, amount, amount, 0, None))
    return [solutions[chosen] for chosen in sorted(solutions, key=lambda chosen: (len(chosen), chosen))], complete


def _less(found: Solution, case: Case) -> str:
    return f"less discount of {money(found.discount, case)}, " if found.discount else ""


def _told(found: Solution, count: int, items: Sequence[Item], anchors: Sequence[int], case: Case) -> str:
    only = "the only set" if count == 1 else f"one of {count:,} sets"
    named = f" with {names_of([items[n] for n in anchors])}, which the payment names," if anchors else ""
    does, adds = ("Pays", "adds up") if count == 1 else ("May pay", "add up")
    less = f", {_less(found, case)}" if found.discount else " "
    return (
        f"{does} {names_of([line.item for line in found.lines])}: {only}{named} among {len(items):,} open documents of customer "
        f"{case.receipt.customer_id} that {adds}{less}to exactly {money(case.receipt.amount, case)}."
    )


def _without(case: Case, what: str) -> str:
    return f"the payer ({inside(case.receipt.payer_sentence)}), and {what}"
