"""How a set of items fits a receipt: what was expected, what came, what may be explained, and each item's share (2.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from arwork.matching.discounts import credited, earned, forfeited, missed
from arwork.matching.lean import lean
from arwork.matching.tolerances import allowed, in_currency
from arwork.matching.universe import Item
from arwork.money import Units, pro_rata
from arwork.policy import Matching


@lean
class Part:
    """A part of an item that stays owed, signed like the item: amount in its currency, reason code, and the reason the amount suggests."""

    amount: int
    code: str
    hint: str = ""


@lean
class Line:
    """One item's share of a receipt, minor units of the receipt's currency: cash, earned discount, small difference (short positive).

    `wht` is tax withheld, `charge` bank charges, `fx` the exchange difference (short positive). `parts` stay owed as a residual,
    in the item's currency; `settled` is what the rest settles of the item in its currency, where that is another. `write_off` is
    what a person gave up by an adjustment code (CO-70).
    """

    item: Item
    cash: int
    discount: int
    small_diff: int
    wht: int = 0
    charge: int = 0
    fx: int = 0
    parts: tuple[Part, ...] = ()
    settled: int | None = None
    write_off: int = 0

    @property
    def value(self) -> int:
        """What is settled, in the currency of the receipt (MP-64)."""
        return self.cash + self.discount + self.small_diff + self.wht + self.charge + self.fx + self.write_off

    @property
    def residual(self) -> int:
        """What stays owed as a residual, in the currency of the item (MP-40)."""
        return sum(part.amount for part in self.parts) if self.parts else 0

    @property
    def relieved(self) -> int:
        """What is taken off the item, in its currency; a residual takes its place as an item of its own."""
        return (self.value if self.settled is None else self.settled) + self.residual


@lean
class Solution:
    """A set of items beside a receipt: `difference` is expected less received, `allowed` what may be written off (MP-20).

    What withholding tax and charges explain is no longer expected. `loose` marks an explanation that no figure of bank or payer
    proves; `rate` says at which rate currencies were converted; `on_account` is what pays no item, in the receipt's currency.
    """

    lines: tuple[Line, ...]
    expected: int
    received: int
    allowed: int
    missed: tuple[int, date] | None
    loose: bool = False
    rate: str = ""
    on_account: int = 0

    @property
    def difference(self) -> int:
        """Expected less received: short is positive."""
        return self.expected - self.received

    @property
    def explained(self) -> bool:
        """Say whether discount and tolerance explain the receipt."""
        return abs(self.difference) <= self.allowed

    @property
    def exact(self) -> bool:
        """Say whether it fits to the cent."""
        return self.difference == 0 and not self.loose

    @property
    def discount(self) -> int:
        """Earned discount of all items."""
        return sum([line.discount for line in self.lines])

    @property
    def small_diff(self) -> int:
        """Small difference written off over all items."""
        return sum([line.small_diff for line in self.lines])

    @property
    def wht(self) -> int:
        """Tax withheld over all items (MP-60)."""
        return sum([line.wht for line in self.lines])

    @property
    def charge(self) -> int:
        """Bank charges over all items (MP-61)."""
        return sum([line.charge for line in self.lines])

    @property
    def fx(self) -> int:
        """Exchange difference over all items, short positive (MP-62)."""
        return sum([line.fx for line in self.lines])

    @property
    def residual(self) -> int:
        """What stays owed as residuals, in the currency of the items (MP-40)."""
        return sum([line.residual for line in self.lines if line.parts])

    @property
    def items(self) -> tuple[str, ...]:
        """Ids of the items, sorted."""
        if len(self.lines) == 1:
            return (self.lines[0].item.item_id,)
        return tuple(sorted([line.item.item_id for line in self.lines]))


def fit(
    items: Sequence[Item], received: int, paid: date, group: str, account_items: Sequence[Item], policy: Matching, units: Units,
    user_limit: Decimal | None = None,
) -> Solution:  # fmt: skip
    """Value items against a receipt (2.4): at what is left less earned discount, or at what is left where no discount was taken.

    Amounts are minor units of the items' currency; `paid` is the day of MP-11, `group` the payer's tolerance group,
    `account_items` its open items (MP-14), `user_limit` the limit of the person who acts (MP-20).
    """
    gross = sum([item.left for item in items])
    discounts = discounts_of(items, paid, account_items, policy)
    net = gross - sum(discounts.values()) if discounts else gross
    short = allowed(group, True, gross, items, policy, units, user_limit)
    late = _missed(items, paid) if received < net else None
    if received != net and received >= gross - short:
        limit = short if received <= gross else allowed(group, False, gross, items, policy, units, user_limit)
        return _solution(items, {}, gross, received, limit, late)
    limit = short if received <= net else allowed(group, False, gross, items, policy, units, user_limit)
    if late and limit < net - received == late[0] <= in_currency(policy.unearned_discount_autowrite, items, units):
        limit = late[0]
    return _solution(items, discounts, net, received, limit, late)


def discounts_of(
    items: Sequence[Item], paid: date, account_items: Sequence[Item], policy: Matching, declared: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Return the discount that each debit item has earned, in minor units (MP-12, MP-14).

    The base is less the credit memos among `items` that are linked to it and less the deductions `declared` for it.
    """
    if not [item for item in items if item.discounts]:
        return {}
    notes, less = credited(items), declared or {}
    lost = forfeited(account_items, paid, policy)
    return {
        item.item_id: 0 if lost else earned(item, paid, notes.get(item.item_id, 0) + less.get(item.item_id, 0))
        for item in items
        if item.left > 0
    }


def single(item: Item, received: int) -> Solution:
    """Take one item at exactly what is left on it."""
    return Solution((Line(item, received, 0, 0),), item.left, received, 0, None)


def _missed(items: Sequence[Item], paid: date) -> tuple[int, date] | None:
    late = [found for item in items if item.discounts and item.left > 0 and (found := missed(item, paid))]
    return (sum(amount for amount, _ in late), max(day for _, day in late)) if late else None


def _solution(
    items: Sequence[Item], discounts: Mapping[str, int], expected: int, received: int, limit: int, late: tuple[int, date] | None
) -> Solution:
    ordered = items if len(items) == 1 else sorted(items, key=lambda item: (item.due_date, item.item_id))
    difference = expected - received
    if not difference and limit >= 0:
        lines = tuple([Line(item, item.left - (off := discounts.get(item.item_id, 0)), off, 0) for item in ordered])
    elif abs(difference) <= limit:
        shares = spread(difference, ordered)
        lines = tuple(
            Line(item, item.left - discounts.get(item.item_id, 0) - share, discounts.get(item.item_id, 0), share)
            for item, share in zip(ordered, shares, strict=True)
        )
    else:
        lines = _as_far_as_it_goes(ordered, discounts, difference)
    return Solution(lines, expected, received, limit, late)


def spread(amount: int, items: Sequence[Item]) -> list[int]:
    """Split a small difference or a charge over the debit items in proportion to what is left on them (CV-03)."""
    if not amount:
        return [0] * len(items)
    debits = [item for item in items if item.left > 0]
    parts = pro_rata(amount, [item.left for item in debits], [item.item_id for item in debits])
    by_id = {item.item_id: part for item, part in zip(debits, parts, strict=True)}
    return [by_id.get(item.item_id, 0) for item in items]


def _as_far_as_it_goes(items: Sequence[Item], discounts: Mapping[str, int], difference: int) -> tuple[Line, ...]:
    """Give each item its cash; what is missing stays on the latest due ones (decision 1), what is over is given to none."""
    missing, lines = max(0, difference), []
    for item in reversed(items):
        discount = discounts.get(item.item_id, 0)
        cash = item.left - discount
        held = min(missing, cash) if cash > 0 else 0
        missing -= held
        lines.append(Line(item, cash - held, 0 if held else discount, 0))
    return tuple(reversed(lines))
