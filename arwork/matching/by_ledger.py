"""M13: money that belongs to another ledger or company; decided before any strategy that looks at amounts only (EX-40, G-09)."""

from __future__ import annotations

from collections.abc import Sequence

from arwork.matching.by_family import paid_for
from arwork.matching.case import Case, Claim
from arwork.matching.explain import amount_text, listed, money, names_of
from arwork.matching.fit import Line, Solution
from arwork.matching.universe import Item

MISDIRECTED = "MISDIRECTED"
"""Class of a receipt for a debt owed to another ledger or company (EX-40)."""
_SHOWN = 3


def cross_ledger(case: Case) -> Claim | None:
    """M13: the payment names documents of another ledger or company, or two other signs speak for one (EX-40); never AUTO.

    Nothing is allocated to the payer's other items. Where the payment also names items of the receiving ledger and both
    parts make up the receipt, these are proposed for a person and the rest is shown as belonging elsewhere (AX-15).
    """
    if case.named.elsewhere or case.others.away:
        return _named_elsewhere(case)
    if case.astray is None or case.named.words or case.others.kin:
        return None
    told = listed(list(case.astray.signs))
    return Claim(
        "M13", None, _shown(case.astray.items, case), len(case.astray.items), exhaustive=False, kind=MISDIRECTED,
        fired={"G-09": f"the payment belongs to another ledger or company: {told}"},
        sentence=f"{money(case.receipt.amount, case)} belongs to another ledger or company: {told}.",
        falls_without=told,
    )  # fmt: skip


def _named_elsewhere(case: Case) -> Claim | None:
    away = _away(case)
    own_words = [word for word in case.named.words if not word.part and case.receipt.customer_id]
    own = sorted({item for word in (*own_words, *case.others.kin) for item in word.items})
    tokens = _tokens(case)
    if own:
        return _divided(case, [case.universe.items[item] for item in own], away)
    whose = listed([_told(item, case) for item in away], _SHOWN) or f"{tokens} stands only in another ledger or company"
    return Claim(
        "M13", None, _shown(away, case), len(away), exhaustive=False, kind=MISDIRECTED,
        fired={"G-09": f"{tokens} stands only in another ledger or company"},
        sentence=f"{money(case.receipt.amount, case)} belongs to another ledger or company: {whose}. Nothing is allocated here.",
        falls_without=f"the reference {tokens}",
    )  # fmt: skip


def _divided(case: Case, own: Sequence[Item], away: Sequence[Item]) -> Claim:
    """Propose the part for the receiving ledger where both parts make up the receipt; never automatic."""
    rest = sum(item.left for item in away)
    alone = paid_for(case, own, case.receipt.amount - rest) if case.receipt.amount > rest else None
    fits = alone is not None and alone.explained and bool(away) and all(item.currency == case.receipt.currency for item in away)
    told = listed([_told(item, case) for item in away], _SHOWN) or _tokens(case)
    part = f"{money(case.receipt.amount - rest, case)} is for {names_of(own)} here, {money(rest, case)} belongs elsewhere: {told}"
    unclear = f"The payment names {names_of(own)} here and documents of another ledger or company: {told}"
    return Claim(
        "M13", alone if fits else None, _shown(away, case), 0 if fits else len(away), exhaustive=False, kind=MISDIRECTED,
        fired={"G-09": f"{_tokens(case)} stands only in another ledger or company"},
        sentence=f"{part if fits else unclear}.", falls_without=f"the reference {_tokens(case)}",
    )  # fmt: skip


def _away(case: Case) -> list[Item]:
    """List the items of other books that the payment names; of several under one number those with the amount, if any."""
    found: dict[str, Item] = {}
    for word in case.others.away:
        items = [case.universe.items[item] for item in word.items]
        same = [item for item in items if item.left == case.receipt.amount]
        found |= {item.item_id: item for item in same or items}
    return sorted(found.values(), key=lambda item: (item.due_date, item.doc_date, item.item_id))


def _tokens(case: Case) -> str:
    return listed(sorted({*case.named.elsewhere, *(word.token for word in case.others.away)}))


def _shown(items: Sequence[Item], case: Case) -> tuple[Solution, ...]:
    """Show each item elsewhere as a candidate of its own; none of them can be allocated in this ledger."""
    amount = case.receipt.amount
    most = case.master.policy.combo.list_all_cap
    return tuple(Solution((Line(item, item.left, 0, 0),), item.left, amount, 0, None) for item in items[:most])


def _told(item: Item, case: Case) -> str:
    left = amount_text(item.left, item.currency, case.master.units)
    ledger, company, customer = item.account
    return f"{item.name} of customer {customer} in {ledger} {company}, due {item.due_date}, {left} open"
