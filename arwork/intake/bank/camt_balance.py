"""The balances of a camt statement: which one opens it, which one closes it (RC-20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from arwork.intake.bank.camt_xml import Context, Element, amount_of, day_of, kids, signed, text

_OPENING = ("OPBD", "PRCD", "ITBD", "OPAV")
_CLOSING = ("CLBD", "ITBD", "CLAV")


@dataclass(frozen=True)
class Balance:
    """One balance: its code, signed minor units, currency and day."""

    code: str
    amount: int
    currency: str
    day: date | None


def currency_of(head: Element) -> str:
    """Give the currency of the account: as stated, else that of its first booked balance; "" where neither is there."""
    if stated := text(head, "Acct/Ccy"):
        return stated
    booked = [amount for b in kids(head, "Bal") if _code(b) in ("OPBD", "PRCD", "CLBD") for amount in kids(b, "Amt")]
    return booked[0].currency if booked else ""


def balances(head: Element, currency: str, context: Context) -> tuple[Balance | None, Balance | None]:
    """Choose the best opening and closing balance in the account's currency; interim and available ones only stand in.

    Of several of one code the earliest opens and the latest closes; where days do not tell, the order of the file does.
    """
    found = []
    for element in kids(head, "Bal"):
        code = _code(element)
        amount = amount_of(element, "Amt", context) if code in _OPENING + _CLOSING else None
        if amount and amount[1] == (currency or amount[1]):
            found.append(Balance(code, signed(element, amount[0], context), amount[1], day_of(element, "Dt", context)))
    opens = [b for code in _OPENING for b in _by_day(found, code)]
    closes = [b for code in _CLOSING for b in reversed(_by_day(found, code))]
    opening: Balance | None = next(iter(opens), None)
    closing: Balance | None = next(iter(closes), None)
    if opening is not None and opening is closing:
        # One interim balance cannot both open and close: it opens a page that another balance closes, or the reverse.
        later = [b for b in closes if b is not opening]
        earlier = [b for b in opens if b is not opening]
        return (opening, later[0]) if later else (next(iter(earlier), None), closing)
    return opening, closing


def stated_elsewhere(head: Element, opening: Balance | None, closing: Balance | None) -> str:
    """Name the booked balance that is missing in the account's currency but stated in another one; "" where none is."""
    codes = {_code(b) for b in kids(head, "Bal")}
    if opening is None and codes & {"OPBD", "PRCD"}:
        return "opening"
    return "closing" if closing is None and "CLBD" in codes else ""


def _code(balance: Element) -> str:
    return next((c for path in ("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd") if (c := text(balance, path))), "").upper()


def _by_day(found: Sequence[Balance], code: str) -> list[Balance]:
    """List the balances of one code by day; as they stand where one has no day."""
    chosen = [b for b in found if b.code == code]
    days = [b.day for b in chosen if b.day is not None]
    return sorted(chosen, key=lambda b: b.day or date.min) if len(days) == len(chosen) else chosen
