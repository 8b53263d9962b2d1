"""The ordinary customers of the made-up company: mixed countries, families, near-duplicate names, shared parties."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from arwork.demo.facts import TERMS
from arwork.demo.identifiers import bank_account
from arwork.demo.model import Customer
from arwork.demo.words import COLLECTORS, CURRENCIES, FORMS, SHARES, STEMS, TRADES, on_statement

_FAMILY = ("Strandläufer", ("Holding AG", "Logistik GmbH", "Logistics GmbH", "Logistik GmbH & Co. KG", "Handel GmbH", "Handels-GmbH"))


def ordinary(random: Random, main: int, fin: int) -> tuple[Customer, ...]:
    """Draw the ordinary customers: `main` in MAIN, `fin` in FIN, about half of those known in MAIN too."""
    names = _names(random, main + fin)
    trade = [_customer(random, n, name, country) for n, (name, country) in enumerate(names[:main])]
    trade = _family(trade)
    known = [c for c in trade if c.country in ("DE", "AT", "NL") and c.accounts and not c.parent][: fin // 2]
    lessees = [_lessee(random, n, c) for n, c in enumerate(known)]
    fresh = names[main : main + fin - len(known)]
    lessees += [_lessee(random, len(known) + n, _customer(random, 900 + n, name, "DE"), party="") for n, (name, _) in enumerate(fresh)]
    return (*trade, *lessees)


def _names(random: Random, count: int) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    while len(found) < count:
        country = random.choices(list(SHARES), weights=list(SHARES.values()))[0]
        name = f"{random.choice(STEMS[country])} {random.choice(TRADES[country])} {random.choice(FORMS[country])}"
        if len(found) > count // 2 and name in found:
            name = name.replace(" ", f" {random.choice('ABCDEFGHKLMNPRSTVWZ')}. ", 1)
        found.setdefault(name, country)
    return list(found.items())


def _customer(random: Random, n: int, name: str, country: str) -> Customer:
    accounts = tuple(bank_account(country, random) for _ in range(random.choices((0, 1, 2), weights=(5, 80, 15))[0]))
    group = random.choices(("STD", "KEY", "PUB"), weights=(85, 10, 5))[0]
    return Customer(
        number=str(100101 + n),
        ledger="MAIN",
        company="1000",
        name=name,
        country=country,
        currency=CURRENCIES.get(country, "EUR"),
        terms=random.choices(list(TERMS), weights=(40, 12, 8, 5, 25, 10))[0],
        group=group,
        collector=COLLECTORS[n % len(COLLECTORS)],
        status="HOLD" if random.random() < 0.02 else "ACTIVE",
        netting=random.random() < 0.05,
        party=f"P{20001 + n}",
        aliases=(on_statement(name),) if random.random() < 0.3 else (),
        accounts=accounts,
    )


def _family(customers: list[Customer]) -> list[Customer]:
    """Turn the first six domestic customers into one family with names that are easily confused."""
    stem, tails = _FAMILY
    places = [n for n, c in enumerate(customers) if c.country == "DE"][: len(tails)]
    head = customers[places[0]].party
    for place, tail in zip(places, tails, strict=True):
        name = f"{stem} {tail}"
        parent = "" if tail == tails[0] else head
        customers[place] = replace(customers[place], name=name, parent=parent, aliases=())
    return customers


def _lessee(random: Random, n: int, customer: Customer, party: str | None = None) -> Customer:
    accounts = customer.accounts or (bank_account("DE", random),)
    return replace(
        customer,
        number=f"F-{1001 + n}",
        ledger="FIN",
        company="2000",
        currency="EUR",
        terms="N014",
        group="FIN",
        netting=False,
        party=customer.party if party is None else f"P{30001 + n}",
        parent="",
        status="ACTIVE",
        accounts=accounts,
        virtual_account=bank_account("DE", random) if n % 10 == 3 else "",
    )
