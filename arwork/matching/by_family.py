"""M11: money of one customer for the items of its family, or of those it may pay for in writing (2.2, MP-55, G-09)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from arwork.matching.amounts import EMPTY, Shelf, gathered, singles
from arwork.matching.case import Case, Claim, paid_on
from arwork.matching.explain import difference, how_it_fits, inside, listed, money, names_of
from arwork.matching.fit import Solution, fit, single
from arwork.matching.named import Word
from arwork.matching.others import circle
from arwork.matching.relations import several
from arwork.matching.tolerances import in_currency
from arwork.matching.universe import Item
from arwork.matching.unread import references

_ROUND = 10_000
"""Multiples of this many minor units are often money on account, so that they point to no document of a namesake."""
THIRD_PARTY = "THIRD_PARTY"
"""Class of a receipt that pays for another customer without a written right (MP-55)."""


def family_reference(case: Case) -> Claim | None:
    """M11 by reference: the payment names items of other customers of the same book, and they add up to it.

    AUTO needs a written right, valid on the value date, to pay for every owner; without one the money waits on the payer as
    THIRD_PARTY (G-09). Where a key names several customers (B8), one of them must have that right for the others.
    """
    words = [*(word for word in case.named.words if not word.part and case.receipt.customer_id), *case.others.kin]
    if not case.others.kin or case.others.away or not (case.receipt.customer_id or case.receipt.family):
        return None
    if any(len(word.items) > 1 for word in words):
        return _one_of_several(case, words)
    items = [case.universe.items[item] for item in sorted({item for word in words for item in word.items})]
    found = paid_for(case, items)
    if found.explained:
        return _claim(case, found, words)
    return None if case.library is not None and case.receipt.text else family_unsettled(case)


def family_unsettled(case: Case) -> Claim | None:
    """M11: the payment names items of other customers that do not add up to it, and no damaged word makes up for it (M12, asked first)."""
    words = [*(word for word in case.named.words if not word.part and case.receipt.customer_id), *case.others.kin]
    if not case.others.kin or case.others.away or any(len(word.items) > 1 for word in words):
        return None
    if not (case.receipt.customer_id or case.receipt.family):
        return None
    items = [case.universe.items[item] for item in sorted({item for word in words for item in word.items})]
    found = paid_for(case, items)
    near = circle(case.receipt, case.master.relations)
    kin = case.master.kinship
    if not all(item.account[2] in near or kin.are_kin(item.account, case.receipt.account) for item in items):
        return None
    fired = {"G-10" if found.difference > 0 else "G-11": difference(found, case), **_without_right(case, items)}
    if 0 < found.difference < found.expected:
        return Claim(
            "M11", found, fired=fired, kind=THIRD_PARTY if "G-09" in fired else "", capped="what is missing stays open",
            sentence=f"{_payer(case)} pays {names_of(items)} of {_owners(items)}, which the payment names; {difference(found, case)}.",
            falls_without="the references, and the right to pay for others",
        )  # fmt: skip
    return Claim(
        "M11", None, (found,), 1, exhaustive=False, fired=fired, kind=THIRD_PARTY if "G-09" in fired else "",
        sentence=f"The payment names {names_of(items)} of {_owners(items)}; the amounts do not add up.",
    )  # fmt: skip


def family_amount(case: Case) -> Claim | None:
    """M11 by amount: nothing is named, and one open item of the family or of those the payer may pay for has this amount; never AUTO.

    Where the customer file knows no family, those count whose name is like the payer's or shares a rare word with it.
    """
    receipt, policy = case.receipt, case.master.policy
    if case.named.resolves or case.others.kin or (case.looks and case.looks.probable):
        return None
    shelf, relation = (case.circle, "") if case.circle.items else _kin(case)
    found = [item for item in singles(shelf, receipt.amount, receipt.value_date) if item.account != receipt.account]
    if relation and (len(found) > 1 or receipt.amount % _ROUND == 0):
        return None
    if not found or receipt.amount < in_currency(policy.amount_only_min, found[:1], case.master.units):
        return None
    rivals = [single(item, receipt.amount) for item in found[1:]]
    item = found[0]
    only = "the only open document" if not rivals else f"one of {len(found):,} open documents"
    family = f"the family of customer {receipt.customer_id}" if receipt.customer_id else f"customers {several(receipt.family)}"
    whose = f"the customers {relation}" if relation else family
    return Claim(
        "M11", single(item, receipt.amount), tuple(rivals[: policy.combo.list_all_cap]), len(rivals), amount_only=True,
        capped="only the amount speaks for a document of another customer",
        sentence=f"Pays {item.name} of customer {item.account[2]}, due {item.due_date}: {only} of {whose} with exactly "
        f"{money(receipt.amount, case)}; no word names one.",
        falls_without=f"the payer ({inside(receipt.payer_sentence)}), and that it pays for customer {item.account[2]}",
    )  # fmt: skip


def _kin(case: Case) -> tuple[Shelf, str]:
    """Arrange what is open, of the amount that came, for the customers that only their names connect with the payer, all together."""
    found = [(accounts, relation) for accounts, relation in case.around() if relation]
    accounts = sorted({account for near, _ in found for account in near} - {case.receipt.account})
    if not accounts:
        return EMPTY, ""
    receipt, customers = case.receipt, [customer for *_, customer in accounts]
    return gathered(case.universe, receipt.book, customers, receipt.currency, case.gone, receipt.amount), found[-1][1]


def paid_for(case: Case, items: Sequence[Item], cash: int | None = None) -> Solution:
    """Value items of several customers against the receipt, or a part of it, in minor units.

    Of their tolerance groups the narrowest limit counts (MP-20).
    """
    received = case.receipt.amount if cash is None else cash
    accounts = sorted({item.account for item in items})
    around = [item for account in accounts for item in case.universe.by_account.get(account, ())]
    groups = sorted({case.master.groups.get(account, "STD") for account in accounts})
    fits = [
        fit(items, received, paid_on(case), group, around, case.master.policy, case.master.units) for group in groups
    ]  # fmt: skip
    return min(fits, key=lambda found: found.allowed)


def _claim(case: Case, found: Solution, words: Sequence[Word]) -> Claim:
    items = [line.item for line in found.lines]
    shares = _shares(found)
    fired = _without_right(case, items)
    if any(share < 0 for share in shares.values()):
        fired["G-09"] = "a credit of one customer would pay the document of another"
    capped = ""
    if not case.receipt.customer_id and not _covering(case, items):
        capped = f"the key names {several(case.receipt.family)}, and none of them has a written right to pay for the others"
    elif found.small_diff and len(shares) > 1:
        capped = f"a small difference of {money(abs(found.small_diff), case)} would fall on several customers"
    told = listed([f"{money(cash, case)} for customer {owner}" for owner, cash in shares.items()])
    return Claim(
        "M11", found, fired=fired, capped=capped, kind=THIRD_PARTY if "G-09" in fired else "",
        sentence=f"{_payer(case)} pays {names_of(items)}, which the payment names: {told}; {how_it_fits(found, case)}.",
        falls_without=f"{references(case, words)}, and the right to pay for others",
    )  # fmt: skip


def _one_of_several(case: Case, words: Sequence[Word]) -> Claim | None:
    """Where one word stands on documents of several customers, show each reading that adds up; never automatic."""
    several_items = {word.items for word in words if len(word.items) > 1}
    if len(several_items) != 1:
        return None
    group = next(iter(several_items))
    rest = {item for word in words if len(word.items) == 1 for item in word.items} - set(group)
    fits = [paid_for(case, [case.universe.items[each] for each in sorted({*rest, item})]) for item in group]
    fits = [found for found in fits if found.explained]
    if not fits:
        return None
    ordered = sorted(fits, key=lambda s: [(line.item.due_date, line.item.doc_date, line.item.item_id) for line in s.lines])
    cap = case.master.policy.combo.list_all_cap
    claim = replace(_claim(case, ordered[0], words), others=tuple(ordered[1 : cap + 1]), rivals=len(ordered) - 1)
    return replace(claim, capped=claim.capped or f"the reference stands on {len(group)} open documents")


def _without_right(case: Case, items: Sequence[Item]) -> dict[str, str]:
    """Fire G-09 for a known payer that has no written right, valid on the value date, to pay for every owner."""
    receipt = case.receipt
    if not receipt.customer_id:
        return {}
    relations, day = case.master.relations, receipt.value_date
    owners = sorted({item.account[2] for item in items if not relations.may_pay(receipt.account, item.account[2], day)})
    if not owners:
        return {}
    return {"G-09": f"customer {receipt.customer_id} pays for {_listed(owners)}, and no written right valid on {day} says that it may"}


def _covering(case: Case, items: Sequence[Item]) -> bool:
    """Say whether one of the customers that a key names may pay for every owner on its own (B8)."""
    receipt, relations = case.receipt, case.master.relations
    owners = {item.account[2] for item in items}
    return any(all(relations.may_pay((*receipt.book, payer), owner, receipt.value_date) for owner in owners) for payer in receipt.family)


def _shares(found: Solution) -> Mapping[str, int]:
    shares: dict[str, int] = {}
    for line in found.lines:
        shares[line.item.account[2]] = shares.get(line.item.account[2], 0) + line.cash
    return dict(sorted(shares.items()))


def _payer(case: Case) -> str:
    receipt = case.receipt
    return f"Customer {receipt.customer_id}" if receipt.customer_id else f"One of the customers {several(receipt.family)}"


def _owners(items: Sequence[Item]) -> str:
    return _listed(sorted({item.account[2] for item in items}))


def _listed(owners: Sequence[str]) -> str:
    return f"customer {owners[0]}" if len(owners) == 1 else f"customers {several(owners)}"
