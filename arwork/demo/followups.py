"""Promises, disputes and contacts over ordinary unpaid items."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from arwork.demo.facts import KEY_DATE
from arwork.demo.model import Contact, Dispute, Item, Promise, Story

_OUTCOMES = (("PHONE", "REACHED"), ("PHONE", "NO_ANSWER"), ("PHONE", "VOICEMAIL"), ("LETTER", "SENT"), ("EMAIL", "SENT"))
_REASONS = {"PR": "PRICING", "QT": "LOGISTICS", "LD": "LOGISTICS", "QL": "QUALITY", "TX": "TAX", "DB": "BILLING"}


def followed_up(random: Random, items: tuple[Item, ...]) -> Story:
    """Draw promises for overdue items, and disputes over others that nobody pays."""
    unpaid = [i for i in items if i.key.startswith("open-") and i.due_date < KEY_DATE - timedelta(10)]
    picked = random.sample(unpaid, 40)
    promises = tuple(_promise(random, item) for item in picked[:26])
    disputes = tuple(_dispute(random, item) for item in picked[26:])
    return Story(promises=promises, disputes=disputes, contacts=_contacts(Random(len(unpaid)), unpaid))  # noqa: S311 (made-up business)


def _contacts(random: Random, items: list[Item]) -> tuple[Contact, ...]:
    """Draw calls and letters about some of the overdue items; with dice of its own, so that nothing else changes."""
    made = []
    for item in random.sample(items, len(items) * 9 // 10):
        day = _weekday(item.due_date + timedelta(random.randint(1, 12)))
        kind, outcome = random.choices(_OUTCOMES, weights=(45, 15, 10, 20, 10))[0]
        if day <= KEY_DATE:
            made.append(Contact(item.customer, item.key if random.random() < 0.3 else "", day, kind, outcome))
    return tuple(sorted(made, key=lambda c: (c.day, c.customer.number, c.item)))


def _weekday(day: date) -> date:
    """Move a Saturday or a Sunday to the Monday after it, but for the last weekend of the month, when somebody called all the same (CO-98)."""
    return day if day > KEY_DATE - timedelta(5) else day + timedelta(max(7 - day.weekday(), 0) if day.weekday() > 4 else 0)


def _promise(random: Random, item: Item) -> Promise:
    created = max(item.due_date + timedelta(3), date(2026, 2, 2))
    status = random.choices(("OPEN", "BROKEN", "WITHDRAWN"), weights=(60, 30, 10))[0]
    day = KEY_DATE + timedelta(random.randint(1, 14)) if status == "OPEN" else created + timedelta(random.randint(2, 5))
    return Promise(item.customer, item.key, min(created, KEY_DATE), day, item.amount, item.currency, status)


def _dispute(random: Random, item: Item) -> Dispute:
    reason = random.choice(list(_REASONS))
    opened = item.due_date + timedelta(random.randint(-5, 8))
    status = random.choice(("NEW", "ASSIGNED", "IN_REVIEW", "PENDING_CUSTOMER", "PENDING_INTERNAL", "RESOLVED"))
    amount = item.amount if random.random() < 0.4 else item.amount * random.randint(5, 60) // 100
    return Dispute(item.customer, (item.key,), opened, reason, amount, item.currency, status, _REASONS[reason], opened + timedelta(10))
