"""SWIFT MT942 interim reports: bookings of the day so far, without balances; counts and sums (90D, 90C) show that none is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from arwork.errors import InputError, place
from arwork.intake.bank.mt940_fields import CURE, Field, amount_in, swift_day
from arwork.intake.bank.mt940_lines import Booked, account_of, booked, number_of
from arwork.intake.bank.mt940_messages import Message
from arwork.intake.bank.statement import Lines, Statement
from arwork.money import Units

_FLOOR = re.compile(r"([A-Z]{3})\s*([CD])?\s*([0-9.,]+)")
_COUNT = re.compile(r"([0-9]{1,9})\s*([A-Z]{3})\s*([0-9.,]+)")


@dataclass(frozen=True)
class Report:
    """One interim report as a statement without balances; `counted` says that all its counts and sums agree."""

    statement: Statement
    booked: Booked
    counted: bool


def report(message: Message, file: str, units: Units) -> Report:
    """Read one interim report; InputError where its counts or sums disagree with its bookings."""
    start = place(file, message.start)
    named = message.first("25", "25P")
    if named is None or not named.value():
        raise InputError("the report does not say for which account it is (25)", where=start, cure=CURE)
    currency = _currency(message, file)
    account = account_of(named.value(), currency)
    made = booked(message, account, currency, file, units)
    number, _ = number_of(message)
    statement = Statement(
        account=account,
        currency=currency,
        number=number,
        sequence=number.lstrip("0") if number.isdigit() else "",
        from_date=None,
        to_date=_day(message, made.lines, file),
        opening=None,
        closing=None,
        lines=made.lines,
        source_line=str(message.start),
    )
    floor = _floor(message, currency, file, units)
    return Report(statement, made, check_counts(message, made, currency, floor, file, units))


def _currency(message: Message, file: str) -> str:
    """Read the one currency that floor limits and counts state."""
    found = {}
    for stated in message.fields:
        shape = {"34F": _FLOOR, "90D": _COUNT, "90C": _COUNT}.get(stated.tag)
        if shape is None:
            continue
        read = shape.fullmatch(stated.value())
        where = place(file, stated.number, value=stated.value())
        if read is None:
            raise InputError(f"field {stated.tag} is not written as SWIFT writes it", where=where, cure=CURE)
        found[read[1] if stated.tag == "34F" else read[2]] = where
    if len(found) != 1:
        what = f"the report is in several currencies: {', '.join(sorted(found))}" if found else "the report states no currency (34F)"
        raise InputError(what, where=place(file, message.start), cure=CURE)
    return found.popitem()[0]


def _floor(message: Message, currency: str, file: str, units: Units) -> dict[str, int]:
    """Read the amounts below which the bank leaves debits (D) and credits (C) out; one limit without a mark is for both."""
    limits = {"C": 0, "D": 0}
    for stated in message.fields:
        read = _FLOOR.fullmatch(stated.value()) if stated.tag == "34F" else None
        if read:
            limit = amount_in(read[3], currency, units, place(file, stated.number, value=stated.value()))
            limits.update(dict.fromkeys(read[2] or "CD", limit))
    return limits


def check_counts(message: Message, made: Booked, currency: str, floor: dict[str, int], file: str, units: Units) -> bool:
    """Compare 90D and 90C with the bookings; InputError when they disagree, False where they do not prove both sides.

    Below a floor limit the bank counts what it does not list: then its figures may only be larger. Announced bookings
    may be counted or not.
    """
    agreed = set()
    for stated in message.fields:
        read = _COUNT.fullmatch(stated.value()) if stated.tag in ("90D", "90C") else None
        if read is None:
            continue
        side = stated.tag[-1]
        where = place(file, stated.number, value=f":{stated.tag}:{stated.value()}")
        told = int(read[1]), amount_in(read[3], currency, units, where)
        listed = _side([line.amount for line in made.lines], side)
        announced = _side(made.expected, side)
        with_announced = listed[0] + announced[0], listed[1] + announced[1]
        if told in (listed, with_announced):
            agreed.add(side)
        elif not (floor[side] > 0 and told[0] >= listed[0] and told[1] >= listed[1]):
            word = "debits" if side == "D" else "credits"
            raise InputError(
                f"the bank counts {told[0]} {word} of {units.text(told[1], currency)} {currency}, "
                f"the file holds {listed[0]} of {units.text(listed[1], currency)}",
                where=where, cure=CURE,
            )  # fmt: skip
    return agreed == {"C", "D"}


def _side(amounts: Sequence[int], side: str) -> tuple[int, int]:
    """Count and sum the credits (C) or the debits (D)."""
    sign = 1 if side == "C" else -1
    chosen = [sign * amount for amount in amounts if sign * amount > 0]
    return len(chosen), sum(chosen)


def _day(message: Message, lines: Lines, file: str) -> date:
    """Give the day of the report (13D, 13), else of its last booking."""
    stated = message.first("13D", "13")
    if stated is not None:
        return _stated_day(stated, file)
    last = max((line.booking_date for line in lines), default=None)
    if last is None:
        raise InputError("a report without bookings has no date (13D)", where=place(file, message.start), cure=CURE)
    return last


def _stated_day(stated: Field, file: str) -> date:
    where = place(file, stated.number, value=stated.value())
    read = re.match(r"[0-9]{6}", stated.value())
    if read is None:
        raise InputError(f"field {stated.tag} holds no date", where=where, cure=CURE)
    return swift_day(read[0], where)
