"""The ordinary business of FIN: lease contracts with monthly instalments, paid one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from arwork.demo.facts import MARCH
from arwork.demo.model import Customer, Item, Payment, Story
from arwork.demo.trade import paid

_MONTHS = (date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), MARCH)
_MIX = ("M03",) * 62 + ("M04",) * 30 + ("SHORT",) * 4 + ("LATE",) * 9


def ordinary(random: Random, customers: tuple[Customer, ...]) -> Story:
    """Tell five months of instalments: those before March are paid, those of March mostly come in in March."""
    story = Story()
    for n in range(105):
        contract = f"FA-{20100 + 7 * n}"
        amount = random.randrange(18_000, 480_000, 5)
        how = _MIX[n * 37 % len(_MIX)]
        for month in _MONTHS:
            story = story.plus(_month(random, customers[n % len(customers)], contract, amount, month, how))
    return story


def instalment(customer: Customer, contract: str, month: date, amount: int) -> Item:
    """Bill one instalment of a contract: posted on the first of the month, due on the fifteenth."""
    return Item(
        key=f"{contract}/{month:%m%y}",
        customer=customer,
        kind="INST",
        doc_date=month,
        due_date=month + timedelta(14),
        currency="EUR",
        amount=amount,
        local=amount,
        posting_date=month,
        terms="N014",
        reference=f"{contract}-{month:%m%y}",
        contract=contract,
        text=f"Leasingrate {month:%m/%Y}",
    )


def _month(random: Random, customer: Customer, contract: str, amount: int, month: date, how: str) -> Story:
    item = instalment(customer, contract, month, amount)
    day = month + timedelta(random.randint(3, 24))
    day += timedelta(max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
    if month == MARCH and how == "LATE":
        return Story(items=(item,))
    cleared = replace(item, settlement=f"pay-{item.key}", settled_on=day) if month < MARCH else item
    if month.year == 2025:
        return Story(items=(cleared,))
    payment = replace(paid(customer, f"pay-{item.key}", day, amount, random), virtual_account=customer.virtual_account)
    return Story(items=(cleared,), payments=(_told(payment, item, how if month == MARCH else "M03"),))


def _told(payment: Payment, item: Item, how: str) -> Payment:
    if how == "M03":
        return replace(payment, structured=item.key)
    short = item.amount // 5 if how == "SHORT" else 0
    return replace(payment, amount=payment.amount - short, text="Leasingrate {}", names=(item.key,))
