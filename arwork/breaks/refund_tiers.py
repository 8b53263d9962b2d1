"""Who approves a refund: all refunds to one payee within the window count together, in ledger currency (RF-08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from arwork.breaks.refund_facts import Credit, Facts, RefundBooks
from arwork.breaks.refund_holds import Payee
from arwork.matching.fx import Rates, convert, read_rates
from arwork.matching.references import norm
from arwork.states import WHO, approval

Candidate: TypeAlias = tuple[Credit, Payee, int]
"""A credit, who would be paid, and the amount to be paid back."""
_TABLE = "T-RF"


@dataclass(frozen=True)
class Tier:
    """The level from 1, who approves at it, and the amount that was counted with its currency.

    Where no rate is known the amount stands in the currency of the refund and the highest level approves.
    """

    level: int
    who: str
    amount: int
    currency: str
    rate_known: bool = True


def tiers(books: RefundBooks, candidates: Sequence[Candidate], facts: Facts) -> dict[str, Tier]:
    """Return the tier of each refund by its id; refunds of the register within the window before the key date are added up too."""
    home = {
        (row[0], row[1]): row[2]
        for row in books.ledgers[["ledger_id", "company_code", "ledger_currency"]].itertuples(index=False, name=None)
    }
    rates = read_rates(books.fx_rates, books.policy.matching.fx_rate_max_age_days)
    local: dict[str, int | None] = {}
    sums: dict[tuple[str, ...], int] = {}
    blind: set[tuple[str, ...]] = set()
    for credit, payee, amount in candidates:
        value = in_ledger(amount, credit.currency, home.get(credit.account[:2], credit.currency), books, rates)
        local[credit.refund_id] = value
        key = _payee(credit, payee)
        sums[key] = sums.get(key, 0) + (value or 0)
        blind |= {key} if value is None else set()
    for key, amount in _before(candidates, facts, books, home, rates).items():
        sums[key] = sums.get(key, 0) + amount
    found = {}
    for credit, payee, amount in candidates:
        currency, key = home.get(credit.account[:2], credit.currency), _payee(credit, payee)
        if key in blind or local[credit.refund_id] is None:
            found[credit.refund_id] = Tier(len(WHO[_TABLE]), WHO[_TABLE][-1], amount, credit.currency, rate_known=False)
            continue
        limits = [books.units.rounded(limit, currency) for limit in books.policy.refunds.tiers]
        level = approval(_TABLE, [sums[key]], limits)
        found[credit.refund_id] = Tier(level.level, level.who, sums[key], currency)
    return found


def in_ledger(amount: int, currency: str, home: str, books: RefundBooks, rates: Rates) -> int | None:
    """Convert an amount to ledger currency at the SPOT rate of the key date; None where none is known."""
    if currency == home:
        return amount
    rate = rates.find(currency, home, books.as_of, ("SPOT",))
    return convert(amount, currency, rate, books.units) if rate else None


def _payee(credit: Credit, payee: Payee) -> tuple[str, ...]:
    """Name the payee: the account, else the customer account, in one company."""
    return (*credit.account[:2], payee.account) if payee.account else (*credit.account[:2], "", credit.account[2])


def _before(
    candidates: Sequence[Candidate], facts: Facts, books: RefundBooks, home: dict[tuple[str, str], str], rates: Rates
) -> dict[tuple[str, ...], int]:
    """Add up what the register paid each payee in the window before the key date, these refunds themselves left out."""
    own = {credit.refund_id for credit, _, _ in candidates}
    first = books.as_of - timedelta(days=books.policy.refunds.split_window_days)
    keys = {_payee(credit, payee) for credit, payee, _ in candidates}
    sums: dict[tuple[str, ...], int] = {}
    for account, rows in facts.register.items():
        for row in rows:
            paid: date = row["paid_date"].date()
            if row["refund_id"] in own or row["status"] in ("REJECTED", "BOUNCED") or not first <= paid <= books.as_of:
                continue
            named = (*account[:2], norm(row["payee_account"]))
            key = named if named in keys else (*account[:2], "", account[2])
            value = in_ledger(int(row["amount"]), row["currency"], home.get(account[:2], row["currency"]), books, rates)
            sums[key] = sums.get(key, 0) + (value if value is not None else int(row["amount"]))
    return sums
