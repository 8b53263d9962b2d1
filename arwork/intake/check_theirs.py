"""A customer's own statement of our account among files of any kind: told from ledgers and banks by what it says (RC-40)."""

from __future__ import annotations

from collections.abc import Mapping

from arwork.errors import InputError
from arwork.intake.complete import NO_CURRENCY
from arwork.intake.heading_words import WORDS
from arwork.intake.headings import fold
from arwork.intake.layouts import Layout
from arwork.intake.received import Received
from arwork.intake.seen import see
from arwork.intake.their_statement import CURES, TheirStatement, Told, adds_up, kind_of, read_their_statement
from arwork.money import Units

_NAMES = frozenset(fold(word) for word in WORDS["open_items"]["customer_id"])


def their_statement(
    received: Received, layouts: Mapping[str, Layout], units: Units, encoding: str, currency: str, *, a_bank_s: bool
) -> TheirStatement | None:
    """Read a table that is nothing else as a customer's own statement; None when it is none.

    One that a bank's layout fits is one when it lists invoices, which a bank does not; any other when its entries reach the balance
    that it states. A list of several customers is a ledger's. InputError when it is one that can be read in two ways.
    """
    alone = Units({NO_CURRENCY: 2, **units.overrides})
    try:
        if _of_several_customers(received, encoding):
            return None
        read = read_their_statement(received, layouts, Told(currency=currency, encoding=encoding), currency or NO_CURRENCY, alone)
    except InputError as refused:
        if a_bank_s or refused.cure not in CURES.values():
            return None
        raise InputError(
            f"reads like a customer's own statement, but {refused.what}", where=refused.where,
            cure=f"`arwork reconcile` takes it when told. {refused.cure}",
        ) from None  # fmt: skip
    fits = any(kind_of(kind) == "INV" for kind in read.lines["kind"].unique()) if a_bank_s else adds_up(read)
    return read if fits else None


def _of_several_customers(received: Received, encoding: str) -> bool:
    seen = see(received, _NAMES, encoding)
    return any(fold(column.heading) in _NAMES and len(set(column.cells)) > 1 for column in seen.columns)
