"""Payments in another currency than the documents they name: conversion, exchange difference, and who may pay so (MP-62, G-08)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from arwork.matching.case import Case, Claim, paid_on
from arwork.matching.explain import amount_text, listed, money, names_of, owed_still
from arwork.matching.fit import Line, Part, Solution, discounts_of, spread
from arwork.matching.fx import Rate, convert
from arwork.matching.overpaid import rest_of
from arwork.matching.reasons import EXCHANGE
from arwork.matching.tolerances import in_currency
from arwork.matching.universe import Item
from arwork.matching.withheld import stated_charges
from arwork.money import percent_of


@dataclass(frozen=True)
class Exchange:
    """A receipt seen in the currency of its items: what came, the charges as stated, and the rates that convert (None: no need).

    `missing` says which rate is not known; then what came is what was booked, with charges.
    """

    items: tuple[Item, ...]
    received: int
    charges: int
    paid: Rate | None
    booked: Rate | None
    missing: str = ""


def other_currency(case: Case) -> Claim | None:
    """M05 across currencies: the documents named are in another currency than the payment; the rate of the value date converts it.

    A difference within `fx_tolerance` is a realised exchange difference. It acts alone only with the customer's standing
    permission to pay in that currency (`pays_in_currency`); a missing rate or a larger difference is G-08.
    """
    items = _items(case)
    if not items:
        return None
    permitted = _not_permitted(case)
    exchange = _exchange(case, items)
    names = names_of(items)
    if exchange.missing and case.receipt.currency != items[0].currency:
        open_lines = tuple(Line(item, 0, 0, 0) for item in items)
        shown = Solution(open_lines, sum(item.left for item in items), 0, 0, None)
        return Claim(
            "M05", None, (shown,), 1, fired={"G-08": listed([*permitted, exchange.missing])},
            sentence=f"{names} is named by a payment in another currency that cannot be converted.",
        )  # fmt: skip
    return _claim(case, exchange, permitted)


def _items(case: Case) -> tuple[Item, ...]:
    """List what a payment across currencies names: open items of one currency, by exact words only."""
    if not case.receipt.customer_id or not (case.abroad or case.named.foreign):
        return ()
    words = [word for word in case.named.words if not word.part]
    if case.named.foreign:
        found = [case.universe.items[item] for item in case.named.foreign]
        clear = not words and len({item.currency for item in found}) == 1 and not set(case.named.unclear) & set(case.named.foreign)
    else:
        found = [case.universe.items[item] for item in sorted({item for word in words for item in word.items})]
        clear = all(len(word.items) == 1 for word in words)
    if not clear or sum(item.left for item in found) <= 0:
        return ()
    return tuple(sorted(found, key=lambda item: (item.due_date, item.item_id)))


def _not_permitted(case: Case) -> list[str]:
    """Say why a payment in this currency may not act alone; empty where the customer may pay in it (MP-62)."""
    paid_in = case.receipt.orig_currency or case.receipt.currency
    if case.master.policy.auto_post_cross_currency == "NEVER":
        return ["payments in another currency always need a person"]
    if paid_in in case.master.pays_in.get(case.receipt.account, frozenset()):
        return []
    return [f"customer {case.receipt.customer_id} has no standing permission to pay in {paid_in}"]


def _exchange(case: Case, items: tuple[Item, ...]) -> Exchange:
    """Convert what the payer gave, gross of charges, into the currency of the items, at the rate of the value date (MP-62)."""
    receipt, units, wanted = case.receipt, case.master.units, items[0].currency
    charges = stated_charges(case)
    given = (
        (receipt.orig_amount, receipt.orig_currency)
        if case.abroad and receipt.orig_amount
        else (receipt.amount + charges, receipt.currency)
    )
    paid = booked = None
    if given[1] != wanted:
        paid = case.master.rates.find(given[1], wanted, receipt.value_date)
    if receipt.currency != wanted:
        booked = paid if given[1] == receipt.currency else case.master.rates.find(wanted, receipt.currency, receipt.value_date)
    if (given[1] != wanted and paid is None) or (receipt.currency != wanted and booked is None):
        missing = f"no rate of {given[1]} and {wanted} is known for {receipt.value_date} or shortly before"
        return Exchange(items, receipt.amount + charges, charges, None, None, missing)
    received = convert(given[0], given[1], paid, units) if paid else given[0]
    return Exchange(items, received, charges, paid, booked)


def _claim(case: Case, exchange: Exchange, permitted: Sequence[str]) -> Claim:
    items, policy, units = exchange.items, case.master.policy, case.master.units
    gross = sum(item.left for item in items)
    tolerated = min(in_currency(policy.fx_tolerance.abs, items, units), percent_of(gross, policy.fx_tolerance.pct))
    discounts = discounts_of(items, paid_on(case), case.open_items(), policy)
    net = gross - sum(discounts.values())
    if exchange.received != net and exchange.received >= gross - tolerated:
        discounts, net = {}, gross
    gap = net - exchange.received
    beyond = abs(gap) > tolerated
    lines, rest = _lines(case, exchange, discounts, gap if beyond else 0)
    solution = Solution(
        lines,
        net if beyond else exchange.received,
        exchange.received,
        tolerated,
        None,
        rate=_rates(exchange) or "as booked",
        on_account=rest,
    )
    spread_off = abs(solution.fx) > _in_receipt(tolerated, exchange, case) if not beyond else False
    told = f"{_told(exchange.received, items[0], case)} came, {_told(net, items[0], case)} was expected"
    far = f"{told}: more than {_told(tolerated, items[0], case)} apart" if beyond else ""
    if spread_off:
        far = f"the exchange difference of {money(abs(solution.fx), case)} is beyond what is tolerated"
    why = [*permitted, *([exchange.missing] if exchange.missing else []), *([far] if far else [])]
    claim = Claim(
        "M05", solution, fired={"G-08": listed(why)} if why else {}, sentence=_sentence(case, exchange, solution),
        falls_without=f"the rate {_rates(exchange)}" if _rates(exchange) else "the documents named",
    )  # fmt: skip
    if rest <= 0:
        return claim
    return replace(claim, rest=rest_of(case, solution, rest))


def _lines(case: Case, exchange: Exchange, discounts: Mapping[str, int], gap: int) -> tuple[tuple[Line, ...], int]:
    """Settle each item: cash and charges by its share, the exchange difference is the rest; return what stays on account, too.

    `gap` is what is short (positive) or over beyond the tolerance, in the currency of the items: short is a residual with reason
    FX on the latest due item, over stays on account (MP-50).
    """
    receipt, keep = case.receipt, case.master.policy.short_pay_mode == "RESIDUAL"
    held, off = _held(exchange.items, discounts, max(0, gap))
    items = [item for item in exchange.items if held.get(item.item_id) != item.left]
    settled = [item.left - held.get(item.item_id, 0) for item in items]
    less = [_in_receipt(off.get(item.item_id, 0), exchange, case) for item in items]
    charges = spread(exchange.charges, items)
    rest = max(0, min(receipt.amount, _in_receipt(max(0, -gap), exchange, case)))
    wanted = [_in_receipt(amount, exchange, case) - d - c for amount, d, c in zip(settled, less, charges, strict=True)]
    differences = spread(sum(wanted) - (receipt.amount - rest), items)
    found = [Line(item, 0, 0, 0, settled=0) for item in exchange.items if held.get(item.item_id) == item.left]
    for place, item in enumerate(items):
        stays = held.get(item.item_id, 0)
        parts = (Part(stays, EXCHANGE),) if stays and keep else ()
        own = None if item.currency == receipt.currency else settled[place]
        cash = wanted[place] - differences[place]
        found.append(Line(item, cash, less[place], 0, 0, charges[place], differences[place], parts, own))
    return tuple(found), rest


def _held(items: Sequence[Item], discounts: Mapping[str, int], missing: int) -> tuple[dict[str, int], dict[str, int]]:
    """Return what stays owed on the latest due items (decision 1), and the discounts that are left: a part payment earns none (MP-13)."""
    held: dict[str, int] = {}
    for item in reversed(items):
        off = discounts.get(item.item_id, 0)
        if missing and item.left > 0:
            gap = min(missing, item.left - off)
            held[item.item_id], missing = gap + off, missing - gap
    return held, {item: off for item, off in discounts.items() if item not in held}


def _in_receipt(minor: int, exchange: Exchange, case: Case) -> int:
    """Convert minor units of the items' currency into the receipt's (MP-64)."""
    return convert(minor, exchange.items[0].currency, exchange.booked, case.master.units) if exchange.booked else minor


def _rates(exchange: Exchange) -> str:
    return listed(list(dict.fromkeys(str(rate) for rate in (exchange.paid, exchange.booked) if rate)))


def _told(minor: int, item: Item, case: Case) -> str:
    return amount_text(minor, item.currency, case.master.units)


def _sentence(case: Case, exchange: Exchange, found: Solution) -> str:
    receipt, items = case.receipt, exchange.items
    given = amount_text(receipt.orig_amount, receipt.orig_currency, case.master.units) if case.abroad else money(receipt.amount, case)
    at = f"at {_rates(exchange)}" if _rates(exchange) else "as booked"
    told = f"Pays {names_of(items)} as named: {given} is {_told(exchange.received, items[0], case)} {at}"
    if found.charge:
        told += f", bank charges of {money(found.charge, case)} included"
    if found.fx:
        told += f"; exchange {'loss' if found.fx > 0 else 'gain'} of {money(abs(found.fx), case)}"
    if found.on_account:
        told += f"; {money(found.on_account, case)} stays on account"
    rest = owed_still(found, case)
    return f"{told}{f'; left owed: {rest}' if rest else ''}."
