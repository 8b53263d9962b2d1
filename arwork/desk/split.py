"""A split by hand: how one receipt is spread over items, what is taken off each, and what stays on account (MP-40, MP-50).

Pure: every change returns a new split. Amounts are minor units of the receipt's currency, signed like the item: an
invoice is paid by a positive amount, a credit memo is used by a negative one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from arwork.errors import InputError
from arwork.matching.reasons import x12_of
from arwork.money import Units
from arwork.show.numbers import money


_BOTH_WAYS = ("SD", "FX")
"""Write-offs that may also be a gain: a small difference over, an exchange gain."""


@dataclass(frozen=True)
class Line:
    """What one item gets: cash, earned discount, what the payer deducted, what we write off.

    `open_amount` is what is open now; `taken` is what other decisions since the run take off it already;
    `override` says why a discount is allowed that terms do not give.
    """

    item_id: str
    reference: str
    currency: str
    open_amount: int
    taken: int = 0
    amount: int = 0
    discount: int = 0
    deduction: int = 0
    deduction_code: str = ""
    write_off: int = 0
    adjustment_code: str = ""
    override: str = ""

    @property
    def relieved(self) -> int:
        """What is taken off the open amount: cash, discount, deduction and write-off."""
        return self.amount + self.discount + self.deduction + self.write_off

    @property
    def left(self) -> int:
        """What stays open on the item after this split."""
        return self.open_amount - self.relieved


@dataclass(frozen=True)
class Split:
    """A receipt and how its money is spread.

    `on_account` is what pays no item and stays with the customer on purpose, `unapplied` what waits for another decision.
    """

    receipt_id: str
    currency: str
    amount: int
    lines: tuple[Line, ...] = ()
    on_account: int = 0
    unapplied: int = 0


def with_line(split: Split, line: Line) -> Split:
    """Add an item, or put its new figures in the place of the old ones."""
    if any(known.item_id == line.item_id for known in split.lines):
        return replace(split, lines=tuple(line if known.item_id == line.item_id else known for known in split.lines))
    return replace(split, lines=(*split.lines, line))


def without_line(split: Split, item_id: str) -> Split:
    """Take an item out of the split."""
    return replace(split, lines=tuple(line for line in split.lines if line.item_id != item_id))


def with_on_account(split: Split, amount: int) -> Split:
    """Leave an amount on account."""
    return replace(split, on_account=amount)


def with_unapplied(split: Split, amount: int) -> Split:
    """Leave an amount for another decision."""
    return replace(split, unapplied=amount)


def rest_to(split: Split, item_id: str) -> Split:
    """Give an item the cash that is not spread yet, at most what is open on it; `""` leaves the rest on account."""
    rest = difference(split)
    if not item_id:
        return with_on_account(split, split.on_account + rest)
    line = next((known for known in split.lines if known.item_id == item_id), None)
    if line is None:
        raise InputError(f"item {item_id!r} is not in the split", cure="Add it first.")
    side = 1 if line.open_amount > 0 else -1
    room = line.left * side
    more = max(-abs(line.amount), min(rest * side, room))
    return with_line(split, replace(line, amount=line.amount + more * side))


def difference(split: Split) -> int:
    """Return what is still to be spread: the receipt less cash on items, on account and left unapplied; whole at zero."""
    return split.amount - sum(line.amount for line in split.lines) - split.on_account - split.unapplied


def problems(split: Split, units: Units) -> list[str]:
    """List, in words for the analyst, everything that keeps the split from being recorded; an empty list means it may be."""
    found = []
    if not split.lines and not split.on_account:
        found.append("Nothing is allocated yet: choose an item, or leave the money on account.")
    gap = difference(split)
    if gap:
        told = money(abs(gap), split.currency, units)
        found.append(f"{told} {split.currency} {'is still to be spread' if gap > 0 else 'more is spread than came'}.")
    if split.on_account < 0:
        found.append("What stays on account cannot be less than nothing.")
    if split.unapplied < 0:
        found.append("What stays unapplied cannot be less than nothing.")
    names = [line.item_id for line in split.lines]
    found += [f"{name} stands in the split twice." for name in sorted({n for n in names if names.count(n) > 1})]
    for line in split.lines:
        found += _of_line(line, split.currency, units)
    return found


def _of_line(line: Line, currency: str, units: Units) -> list[str]:
    name, side, found = line.reference or line.item_id, 1 if line.open_amount > 0 else -1, []
    if line.currency != currency:
        return [f"{name} is in {line.currency}, the receipt in {currency}."]
    if not line.relieved:
        found.append(f"{name} gets nothing: give it an amount, or take it out.")
    parts = (("cash", line.amount), ("discount", line.discount), ("deduction", line.deduction), ("write-off", line.write_off))
    found += [
        f"The {what} of {name} has the wrong sign."
        for what, amount in parts
        if amount * side < 0 and not (what == "write-off" and line.adjustment_code in _BOTH_WAYS)
    ]
    if line.relieved * side > line.open_amount * side:
        over, is_open = money((line.relieved - line.open_amount) * side, currency, units), money(line.open_amount, currency, units)
        found.append(f"{name} is open by {is_open} {currency}; {over} too much is taken off.")
    for what, amount, code in (("deduction", line.deduction, line.deduction_code), ("write-off", line.write_off, line.adjustment_code)):
        if amount and not code:
            found.append(f"The {what} of {name} needs a code.")
        elif code and not x12_of(code):
            found.append(f"{code} is no code of the adjustment matrix (CO-70).")
        elif code and not amount:
            found.append(f"{name} has the code {code} for a {what} of nothing.")
    return found


def to_splits(split: Split) -> list[dict[str, Any]]:
    """Write the lines as the items of a decision: item, amounts in minor units, codes, and what was open when it was decided."""
    return [
        {
            "item": line.item_id, "amount": line.amount, "discount": line.discount, "deduction": line.deduction,
            "deduction_code": line.deduction_code, "write_off": line.write_off, "adjustment_code": line.adjustment_code,
            "seen_open": line.open_amount + line.taken, **({"discount_reason": line.override} if line.override else {}),
        }
        for line in split.lines
    ]  # fmt: skip
