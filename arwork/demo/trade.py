"""The ordinary trade of MAIN: invoices, what was paid before, and the receipts of March in their usual mix."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from arwork.demo.facts import FIRST_DAY, KEY_DATE, MARCH, TERMS, business_days
from arwork.demo.identifiers import bank_account
from arwork.demo.model import Customer, Item, Payment, Story
from arwork.demo.rates import in_euro
from arwork.demo.words import NAMING, STRANGERS, SUPPLIERS, THANKS, WARES, on_statement
from arwork.money import percent_of

MIX = {"M03": 330, "M04": 400, "SHORT": 45, "OVER": 12, "LUMP": 45, "UNKNOWN_REF": 28, "UNKNOWN_PAYER": 30, "M06": 85}
"""Receipts of March in MAIN by what they carry; M06 last, since it must be unique among everything before it."""
_LATE, _HOW_OFTEN = ((-60, 0), (1, 30), (31, 60), (61, 90), (91, 150)), (70, 18, 7, 3, 2)
"""Days that an unpaid invoice is late at the key date, and how many of a hundred are."""
_TOLERANCES = {"STD": (2500, "0.50"), "KEY": (5000, "0.25"), "PUB": (500, "0.10")}
_MARCH_DAYS = business_days(MARCH, KEY_DATE)
_EARLY_DAYS = business_days(FIRST_DAY, MARCH - timedelta(1))
_OLD_DAYS = business_days(date(2025, 3, 3), date(2025, 12, 30))


def ordinary(random: Random, customers: tuple[Customer, ...]) -> Story:
    """Tell fifteen months of ordinary trade with these customers."""
    weights = [min(random.paretovariate(1.3), 12.0) for _ in customers]
    payers = random.choices(customers, weights=weights, k=4000)
    story = Story()
    for n in range(420):
        story = story.plus(_settled(random, payers.pop(), f"old-{n:04d}", random.choice(_OLD_DAYS), on_statement=False))
    for n in range(600):
        story = story.plus(_settled(random, payers.pop(), f"early-{n:04d}", random.choice(_EARLY_DAYS), on_statement=True))
    story = story.plus(Story(items=tuple(_unpaid(random, payers.pop(), f"open-{n:04d}") for n in range(470))))
    story = story.plus(_credits(random, story.items)).plus(_reversed(random, payers[:8]))
    for kind, count in MIX.items():
        for n in range(count):
            story = story.plus(_march(random, payers, story.items, kind, f"{kind.lower()}-{n:04d}"))
    return story.plus(_outgoing(random))


def invoice(random: Random, customer: Customer, key: str, doc: date, terms: str = "", amount: int = 0) -> Item:
    """Bill a customer on a day (the Friday before, on a weekend) by terms; amount in minor units, drawn when 0."""
    doc -= timedelta(max(0, doc.weekday() - 4))
    terms = terms or customer.terms
    net, disc_days, percent = TERMS[terms]
    if not amount:
        amount = min(max(int(random.lognormvariate(11.9, 1.0)), 3_000), 2_200_000)
        amount = amount // 100 * 160 if customer.currency == "JPY" else amount
    return Item(
        key=key,
        customer=customer,
        kind="INV",
        doc_date=doc,
        due_date=doc + timedelta(net),
        posting_date=doc,
        currency=customer.currency,
        amount=amount,
        local=in_euro(amount, customer.currency, doc),
        terms=terms,
        disc_date=doc + timedelta(disc_days) if percent else None,
        disc_percent=percent,
        po=f"45{random.randrange(10**7, 10**8)}" if random.random() < 0.6 else "",
        text=random.choice(WARES),
        dunning=random.choice((0, 0, 1, 2)) if doc + timedelta(net + 20) < KEY_DATE else 0,
    )


def credit(item: Item, key: str, day: date, amount: int, linked: str = "") -> Item:
    """Credit the customer of an item on a day; amount positive in minor units."""
    return Item(
        key=key,
        customer=item.customer,
        kind="CM",
        doc_date=day,
        due_date=item.due_date if linked else day,
        posting_date=day,
        currency=item.currency,
        amount=-amount,
        local=-in_euro(amount, item.currency, day),
        terms=item.terms,
        text="Gutschrift",
        linked=linked,
    )


def paid(customer: Customer, key: str, day: date, amount: int, random: Random | None = None) -> Payment:
    """Let a customer pay on a day into the account of the currency; with `random` the spelling of the name varies."""
    name = on_statement(customer.name)
    if random and random.random() < 0.3:
        name = customer.name if random.random() < 0.5 else name[:27].strip()
    house = "FIN-EUR" if customer.ledger == "FIN" else f"MAIN-{customer.currency}"
    method = "SEPA_CT" if customer.currency == "EUR" else "WIRE"
    account = customer.accounts[0] if customer.accounts else ""
    return Payment(
        key=key,
        house=house,
        booking=day,
        value=day,
        amount=amount,
        payer=name,
        account=account,
        method=method,
        end_to_end=f"ZA-{random.randrange(16**8):08X}" if random and random.random() < 0.5 else "",
    )


def discounted(items: tuple[Item, ...]) -> int:
    """Add up what is due net of the full discount of each item, rounded by item (MP-12)."""
    return sum(i.amount - (percent_of(i.amount, Decimal(i.disc_percent)) if i.disc_percent else 0) for i in items)


def _settled(random: Random, customer: Customer, key: str, day: date, *, on_statement: bool) -> Story:
    """Invoices that a receipt cleared before March; since January the receipt stands on a statement too."""
    count = random.choices((1, 2, 3), weights=(82, 12, 6))[0]
    items = tuple(invoice(random, customer, f"{key}-{n}", day - timedelta(random.randint(12, 55))) for n in range(count))
    in_time = all(i.disc_date and day <= i.disc_date for i in items)
    amount = discounted(items) if in_time else sum(i.amount for i in items)
    cleared = tuple(replace(i, settlement=key, settled_on=day, dunning=0) for i in items)
    if not on_statement:
        return Story(items=cleared)
    payment = replace(paid(customer, key, day, amount, random), text=random.choice(NAMING), names=tuple(i.key for i in items))
    return Story(items=cleared, payments=(payment,))


def _unpaid(random: Random, customer: Customer, key: str) -> Item:
    """Bill what stands open at the key date: most not yet due, the rest late as in a sound ledger, few very late."""
    net = TERMS[customer.terms][0]
    first, last = random.choices(_LATE, weights=_HOW_OFTEN)[0]
    doc = KEY_DATE - timedelta(max(net + random.randint(max(first, 2 - net), last), 2))
    block = "A" if random.random() < 0.01 else ""
    return replace(invoice(random, customer, key, doc), block=block)


def _credits(random: Random, items: tuple[Item, ...]) -> Story:
    """Credit notes for some unpaid invoices, most linked to their invoice."""
    picked = [i for i in items if i.key.startswith("open-") and i.doc_date < date(2026, 3, 10)][:48:2]
    made = []
    for n, item in enumerate(picked):
        amount = max(1, item.amount * random.randint(5, 20) // 100)
        made.append(credit(item, f"credit-{n:02d}", item.doc_date + timedelta(12), amount, item.key if n % 4 else ""))
    return Story(items=tuple(made))


def _reversed(random: Random, customers: list[Customer]) -> Story:
    """Invoices that were reversed, each cleared with the document that reversed it."""
    items: list[Item] = []
    for n, customer in enumerate(customers):
        key, day = f"wrong-{n}-r", random.choice(_EARLY_DAYS)
        wrong = replace(invoice(random, customer, f"wrong-{n}", day), settlement=key, settled_on=day, reversed_by=key)
        mirror = credit(wrong, key, day, wrong.amount, wrong.key)
        items += [wrong, replace(mirror, local=-wrong.local, settlement=key, settled_on=day)]
    return Story(items=tuple(items))


def _march(random: Random, payers: list[Customer], before: tuple[Item, ...], kind: str, key: str) -> Story:
    day = random.choice(_MARCH_DAYS)
    customer = payers.pop()
    while not customer.accounts or (kind in ("M03", "M06") and customer.currency != "EUR"):
        customer = payers.pop()
    if kind == "UNKNOWN_PAYER":
        return _stranger(random, key, day)
    if kind == "UNKNOWN_REF":
        payment = paid(customer, key, day, random.randrange(9_000, 900_000), random)
        return Story(payments=(replace(payment, text=f"Rechnung INV-2026-{random.randrange(900_000, 999_999)}"),))
    count = {"M04": random.choices((1, 2, 3, 4), weights=(65, 15, 12, 8))[0], "LUMP": random.randint(2, 4)}.get(kind, 1)
    items = _payable(random, customer, key, day, count, terms="D230" if kind in ("M03", "M04") and random.random() < 0.2 else "")
    if kind == "M06":
        own = [i.amount for i in before if i.customer is customer and not i.settlement]
        while _explained_twice(items[0].amount, own):
            items = _payable(random, customer, key, day, 1, terms="")
    payment = _receipt(random, paid(customer, key, day, sum(i.amount for i in items), random), items, kind)
    return Story(items=items, payments=(payment,))


def _payable(random: Random, customer: Customer, key: str, day: date, count: int, terms: str) -> tuple[Item, ...]:
    """Invoices that fall due around the day of payment; with discount terms the day is inside the discount."""
    terms = terms if terms and customer.currency == "EUR" else ""
    made = []
    for n in range(count):
        net = TERMS[customer.terms][0]
        back = random.randint(2, 9) if terms else min(max(net + random.randint(-6, 22), 1), 80)
        made.append(replace(invoice(random, customer, f"{key}-{n}", day - timedelta(back), terms), dunning=0))
    return tuple(made)


def _receipt(random: Random, payment: Payment, items: tuple[Item, ...], kind: str) -> Payment:
    names = tuple(i.key for i in items)
    total = payment.amount
    in_time = all(i.disc_date and payment.value <= i.disc_date for i in items)
    if kind in ("M03", "M04") and in_time and random.random() < 0.85:
        total = discounted(items)
    elif kind == "M04" and payment.house == "MAIN-EUR" and not any(i.disc_percent for i in items) and random.random() < 0.15:
        total -= _small(random, items)
    if kind == "M03":
        return replace(payment, amount=total, structured=items[0].key)
    if kind in ("LUMP", "M06"):
        return replace(payment, amount=total, text=random.choice(THANKS))
    if kind == "SHORT":
        total -= max(total * random.randint(6, 20) // 100, 1)
    if kind == "OVER":
        total += random.randrange(3_100, 90_000) if payment.house != "MAIN-JPY" else 9_000
    account = bank_account("DE", random) if random.random() < 0.1 and kind == "M04" else payment.account
    style = random.choices(("plain", "spaced", "squeezed", "bare"), weights=(70, 10, 10, 10))[0]
    return replace(payment, amount=total, text=random.choice(NAMING), names=names, style=style, account=account)


def _small(random: Random, items: tuple[Item, ...]) -> int:
    """Draw a small difference inside the tolerance of the customer (MP-20), short or over."""
    limit, percent = _TOLERANCES[items[0].customer.group]
    allowed = min(limit, 999, percent_of(sum(i.amount for i in items), Decimal(percent)))
    return random.choice((1, 1, -1)) * random.randint(1, allowed) if allowed else 0


def _explained_twice(amount: int, others: list[int]) -> bool:
    """Say whether another item, or a pair of items, has the same amount (M06, G-01)."""
    known = set(others)
    return amount in known or any(amount - one in known for one in others)


def _stranger(random: Random, key: str, day: date) -> Story:
    name, account = random.choice(STRANGERS), bank_account(random.choice(("DE", "AT", "NL")), random)
    text = random.choice(("Zahlung", "Spende", "siehe Schreiben", "Kaution", "Danke"))
    amount = random.randrange(2_500, 400_000)
    return Story(
        payments=(Payment(key=key, house="MAIN-EUR", booking=day, value=day, amount=amount, payer=name, account=account, text=text),)
    )


def _outgoing(random: Random) -> Story:
    """What leaves the bank: suppliers every week, wages and bank charges once a month."""
    made = []
    for n, day in enumerate(_EARLY_DAYS[3::5] + _MARCH_DAYS[3::5]):
        for name in random.sample(SUPPLIERS, 3):
            amount = random.randrange(300_000, 9_000_000) * (3 if day >= MARCH else 1)
            made.append(_sent("MAIN-EUR", day, amount, "PAYMENT", f"Lieferantenrechnung K{n:02d}", name, bank_account("DE", random)))
    for day in (date(2026, 1, 29), date(2026, 2, 26), date(2026, 3, 27)):
        made.append(_sent("MAIN-EUR", day, random.randrange(14_000_000, 16_000_000), "PAYMENT", "Gehälter", "Sammler Gehalt"))
    for day in (date(2026, 1, 30), date(2026, 2, 27)):
        made += [
            _sent(house, day, random.randrange(1_500, 6_000), "CHARGE", "Kontofuehrung") for house in ("MAIN-EUR", "MAIN-USD", "FIN-EUR")
        ]
    return Story(payments=tuple(replace(payment, key=f"{payment.kind.lower()}-{n:03d}") for n, payment in enumerate(made)))


def _sent(house: str, day: date, amount: int, kind: str, text: str, name: str = "", account: str = "") -> Payment:
    method = "OTHER" if kind == "CHARGE" else "SEPA_CT"
    return Payment("", house, day, day, -amount, kind, name, account, text, method=method)
