"""Running balances of a bank table: do they hold from line to line, and in which order of time (RC-20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from arwork.errors import InputError, place
from arwork.money import Units


@dataclass(frozen=True)
class Booking:
    """A line for the proof: its place, day, amount, and the balance after it where the file states one (minor units)."""

    place: str
    day: date
    amount: int
    balance: int | None


@dataclass(frozen=True)
class Chain:
    """The lines in order of time, the balance before the first and after the last, and how many balances were compared."""

    order: tuple[int, ...]
    opening: int
    closing: int
    checked: int
    whole: bool


def chained(bookings: Sequence[Booking], currency: str, units: Units, file: str) -> Chain | None:
    """Order the lines so that each balance is the one before plus the amounts between; None where no balance is stated.

    Tried are the file's order, its reverse, and both sorted by day. `whole` says that both ends of the chain state a
    balance. InputError names the first balance that fits none of them.
    """
    stated = [n for n, booking in enumerate(bookings) if booking.balance is not None]
    if not stated:
        return None
    forward = list(range(len(bookings)))
    orders = [forward, forward[::-1]]
    orders += [sorted(order, key=lambda n: bookings[n].day) for order in orders]
    broken = []
    for order in orders:
        wrong = _broken(bookings, order)
        if not wrong:
            return _chain(bookings, order)
        broken.append(wrong)
    at, expected, found = min(broken, key=len)[0]
    raise InputError(
        f"the running balance is {units.text(found, currency)} {currency} where the lines make {units.text(expected, currency)}",
        where=place(file, bookings[at].place),
        cure="A line is missing or damaged: fetch the file again; or take a layout without `balance` if that column means something else.",
    )


def _broken(bookings: Sequence[Booking], order: Sequence[int]) -> list[tuple[int, int, int]]:
    """List where the balance is not the one before plus the amounts since: line, expected, stated."""
    wrong = []
    last: int | None = None
    since = 0
    for n in order:
        since += bookings[n].amount
        balance = bookings[n].balance
        if balance is None:
            continue
        if last is not None and last + since != balance:
            wrong.append((n, last + since, balance))
        last, since = balance, 0
    return wrong


def _chain(bookings: Sequence[Booking], order: Sequence[int]) -> Chain:
    sums = list(accumulate(bookings[n].amount for n in order))
    known = [(place, bookings[n].balance) for place, n in enumerate(order) if bookings[n].balance is not None]
    first, balance = known[0]
    opening = (balance or 0) - sums[first]
    whole = known[-1][0] == len(order) - 1
    return Chain(tuple(order), opening, opening + sums[-1], len(known) - 1, whole and (first == 0 or len(known) > 1))
