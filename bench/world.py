"""A made-up seller's customers, invoices and receipts, with the truth beside: `python bench/world.py SIZE [LEVEL] [SEED] [DIR]`.

SIZE is S, M, L or "invoices,receipts,customers"; LEVEL easy, mixed or hard. Written are customers, customer_banks, invoices and
receipts (.parquet), which an engine may read, and truth, labels and hierarchy for scoring. A seed gives the same bytes again.
Payers pay as payers do: invoice by invoice, a statement a month, all that is overdue, a branch at a time, the parent for its family,
a service centre or a factor for many. Truth of repeats, of other sellers' invoices and of money on account is empty. Amounts are
minor units; a credit memo is an invoice with a negative amount.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate, chain
from pathlib import Path
from random import Random

import pandas as pd
from world_memos import TONGUES, Dirt, Named, memo
from world_names import COUNTRIES, FACTORS, Country, as_paid, company, in_ascii, stem
from world_numbers import BRANCHES, HOUSES, Made

SIZES = {"S": (5_000, 2_000, 500), "M": (100_000, 40_000, 10_000), "L": (1_000_000, 400_000, 100_000)}
FIRST = date(2026, 1, 2)


@dataclass(frozen=True)
class Level:
    """How hard a world is: texts, names, and how often a single invoice is not paid as it stands."""

    dirt: Dirt
    name: dict[str, float]
    odd: dict[str, float]
    on_behalf: float
    account: float


LEVELS = {
    "easy": Level(Dirt(.05, .12, .05, .05, .4, .15, .05, .05, .10), {"form": .2, "short": .05, "order": .02, "typo": .03},
                  {"disc": .06, "late_disc": .01, "short": .02, "fee": .02, "round": .01, "over": .01, "part": .03, "lump_odd": .1}, .02, .8),
    "mixed": Level(Dirt(.15, .40, .15, .15, .6, .25, .15, .20, .15), {"form": .4, "short": .18, "order": .06, "typo": .10},
                   {"disc": .11, "late_disc": .03, "short": .07, "fee": .05, "round": .02, "over": .04, "part": .06, "lump_odd": .3}, .07, .65),
    "hard": Level(Dirt(.30, .60, .30, .25, .8, .40, .30, .35, .20), {"form": .6, "short": .35, "order": .12, "typo": .25},
                  {"disc": .13, "late_disc": .05, "short": .12, "fee": .07, "round": .04, "over": .06, "part": .09, "lump_odd": .45}, .14, .45),
}  # fmt: skip
_EXTRA = {"easy": (.01, .02, .01), "mixed": (.02, .04, .02), "hard": (.03, .05, .03)}  # fmt: skip
"""Shares of receipts that repeat another, pay another seller, or come on account."""


@dataclass
class Customer:
    """A customer: who it is, how it pays, and the accounts it pays from."""

    number: str
    name: str
    country: Country
    family: int
    parent: int
    currency: str
    house: int
    second: int
    branch: str
    habit: str
    terms: int
    discount: tuple[int, int]
    accounts: list[str]


@dataclass
class Invoice:
    """An invoice or, negative, a credit memo."""

    number: str
    customer: int
    issued: date
    due: date
    currency: str
    amount: int
    house: int
    seq: int


@dataclass
class Paid:
    """A payment before it is written down: day, kind, and what each invoice gets."""

    day: date
    kind: str
    shares: list[tuple[Invoice, int]]


@dataclass
class World:
    """All that is made."""

    rnd: Random
    level: Level
    customers: list[Customer] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)


def _account(rnd: Random, country: str) -> str:
    digits = "".join(str(rnd.randrange(10)) for _ in range(18))
    check = 98 - int(digits + "".join(str(int(c, 36)) for c in country) + "00") % 97
    return f"{country}{check:02d}{digits}"


def _customers(world: World, count: int) -> None:
    rnd, names = world.rnd, set()
    family = 0
    numbers = iter(rnd.sample(range(10_000, 10_000 + 9 * count), count))
    while len(world.customers) < count:
        country = rnd.choice(COUNTRIES)
        size = min(rnd.randint(2, 7), count - len(world.customers)) if rnd.random() < 0.045 else 1
        root, head = stem(country, rnd), len(world.customers)
        for place in range(size):
            home = country if rnd.random() < 0.6 else rnd.choice(COUNTRIES)
            name = company(home, root if size == 1 or rnd.random() < 0.85 else stem(home, rnd), rnd)
            if size > 1 and place == 0:
                name = f"{root} {rnd.choice(('Group', 'Holding', 'International'))} {rnd.choice(country.forms)[0]}"
            while name in names:
                name = company(home, f"{root} {stem(home, rnd)}", rnd)
            names.add(name)
            world.customers.append(_customer(rnd, str(next(numbers)), name, home, family if size > 1 else -1, head))
        family += size > 1


def _customer(rnd: Random, number: str, name: str, home: Country, family: int, head: int) -> Customer:
    houses = [house.share for house in HOUSES]
    habit = rnd.choices(("single", "statement", "overdue", "run", "branch"), (24, 26, 20, 18, 12))[0]
    terms, discount = rnd.choice(
        ((30, (0, 0)), (14, (0, 0)), (60, (0, 0)), (30, (2, 10)), (30, (3, 8)), (90, (0, 0)), (45, (1, 14)), (10, (0, 0)))
    )
    accounts = [_account(rnd, home.code) for _ in range(2 if rnd.random() < 0.15 else 1)]
    currency = home.currency if rnd.random() < 0.85 else "EUR"
    house, second = rnd.choices(range(len(HOUSES)), houses, k=2)
    return Customer(number, name, home, family, head, currency, house, second, rnd.choice(BRANCHES), habit, terms, discount, accounts)


def _amount(rnd: Random) -> int:
    kind = rnd.random()
    if kind < 0.10:
        return rnd.choice((2_490, 5_995, 12_500, 36_900, 59_000, 99_500, 150_000, 240_000, 1_250_000))
    net = int(rnd.lognormvariate(6.6, 1.4) * 100)
    if kind < 0.25:
        net = max(100, net // 10_000 * 10_000)
    return max(400, net * rnd.choice((119, 121, 122, 123, 125, 120, 100)) // 100)


def _invoices(world: World, count: int) -> None:
    rnd = world.rnd
    weights = [rnd.paretovariate(1.2) for _ in world.customers]
    ceiling = sum(weights) * max(0.004, 8 / count)
    summed = list(accumulate(min(weight, ceiling) for weight in weights))
    drafts: list[tuple[int, int, int]] = []
    places = range(len(world.customers))
    while len(drafts) < count:
        who = rnd.choices(places, cum_weights=summed)[0]
        house = world.customers[who].second if rnd.random() < 0.08 else world.customers[who].house
        day = rnd.randrange(118)
        drafts += [(day, who, house)] * min(1 + int(rnd.expovariate(1.0)), 10)
    del drafts[count:]
    drafts.sort(key=lambda d: d[0])  # numbers are given day by day, and one customer's together
    seqs, months, days, own = {}, {}, {}, {}
    for after, who, house in drafts:
        customer, day = world.customers[who], FIRST + timedelta(days=after)
        seq = seqs[house] = seqs.get(house, rnd.randrange(40, 5_000)) + 1
        month = months[house, day.month] = months.get((house, day.month), 0) + 1
        today = days[house, day] = days.get((house, day), 0) + 1
        for_customer = own[who] = own.get(who, rnd.randrange(60)) + 1
        number = HOUSES[house].write(Made(seq, month, today, for_customer, day, customer.number, customer.branch))
        amount = _amount(rnd)
        if rnd.random() < 0.02:
            amount = -max(100, amount // 5)
        place = for_customer if house == 5 else seq
        world.invoices.append(Invoice(number, who, day, day + timedelta(days=customer.terms), customer.currency, amount, house, place))


def _payments(world: World) -> Iterator[tuple[int, list[Paid]]]:
    """Yield for each unit that pays (a customer, or a family that pays from one place) who pays and what, in time."""
    rnd = world.rnd
    central = {c.family: rnd.random() < 0.45 for c in world.customers if c.family >= 0}
    units: dict[tuple[int, str], list[Invoice]] = {}
    for invoice in world.invoices:
        customer = world.customers[invoice.customer]
        unit = customer.parent if central.get(customer.family) else invoice.customer
        units.setdefault((unit, invoice.currency), []).append(invoice)
    order = sorted(units)
    rnd.shuffle(order)
    for unit in order:
        stop = FIRST + timedelta(days=rnd.randint(60, 190)) if rnd.random() < 0.3 else date(2026, 12, 31)
        yield unit[0], [paid for paid in _of_unit(world, unit[0], units[unit]) if paid.day <= stop]


def _of_unit(world: World, who: int, invoices: list[Invoice]) -> Iterator[Paid]:
    rnd, habit = world.rnd, world.customers[who].habit
    if habit == "single":
        for invoice in (i for i in invoices if i.amount > 0):
            late = invoice.due + timedelta(days=max(-20, round(rnd.gauss(4, 9))))
            yield Paid(max(late, invoice.issued + timedelta(days=1)), "exact", [(invoice, invoice.amount)])
        return
    if habit == "branch":
        for house in sorted({i.house for i in invoices}):
            yield from _in_turn(rnd, [i for i in invoices if i.house == house], 30, "branch")
        return
    step = {"statement": 30, "overdue": rnd.choice((20, 30, 45)), "run": 7}[habit]
    yield from _in_turn(rnd, invoices, step, {"statement": "statement", "overdue": "overdue", "run": "lump"}[habit])


def _in_turn(rnd: Random, invoices: list[Invoice], step: int, kind: str) -> Iterator[Paid]:
    """Pay every so many days what is due by then (a statement: what was issued by then), credit memos with it."""
    left = sorted(invoices, key=lambda i: (i.due, i.number))
    day = FIRST + timedelta(days=rnd.randint(5, 5 + step))
    while left:
        ripe = [i for i in left if (i.issued + timedelta(days=step // 2) if kind == "statement" else i.due) <= day][:40]
        if ripe and sum(i.amount for i in ripe) > 0:
            name = "netted" if any(i.amount < 0 for i in ripe) else kind
            yield Paid(day, name if len(ripe) > 1 else "exact", [(i, i.amount) for i in ripe])
            gone = {i.number for i in ripe}
            left = [i for i in left if i.number not in gone]
        day += timedelta(days=step)
        if day > date(2026, 12, 1):
            return


def _odd(world: World, paid: Paid) -> list[Paid]:
    """Turn a payment as invoiced into one as made: discount, deduction, charge, rounding, too much, in parts."""
    rnd, odd = world.rnd, world.level.odd
    if len(paid.shares) > 1:
        return [_odd_lump(world, paid)] if rnd.random() < odd["lump_odd"] else [paid]
    invoice, amount = paid.shares[0]
    percent, days = world.customers[invoice.customer].discount
    kinds = ("disc", "late_disc", "short", "fee", "round", "over", "part")
    kind = rnd.choices(("exact", *kinds), (1 - sum(odd[k] for k in kinds), *(odd[k] for k in kinds)))[0]
    day = paid.day
    if kind in ("disc", "late_disc"):
        percent, days = (percent, days) if percent else (2, 0)
        last = invoice.issued + timedelta(days=days)
        day = (
            last - timedelta(days=rnd.randint(0, max(0, days - 1)))
            if kind == "disc" and days
            else max(day, last + timedelta(days=rnd.randint(1, 9)))
        )
        amount -= (amount * percent + 50) // 100
        kind = "disc" if kind == "disc" and days else "late_disc"
    elif kind == "short":
        amount -= min(amount // 2, rnd.choice((amount * rnd.randint(1, 20) // 100, rnd.randint(150, 25_000))))
    elif kind == "fee":
        amount = max(100, amount - rnd.choice((400, 650, 800, 1_100, 1_500, 1_850, 2_000, 3_000)))
    elif kind == "round":
        amount = max(100, amount // 100 * 100 if rnd.random() < 0.7 else round(amount, -3))
    elif kind == "over":
        amount += rnd.choice((rnd.randint(1, 400), rnd.randint(1, 15) * 1_000))
    elif kind == "part" and amount > 5_000:
        first = amount * rnd.choice((50, 50, 30, 40, 60, 33, rnd.randint(10, 90))) // 100
        parts = [first, amount - first] if rnd.random() < 0.8 else [first, (amount - first) // 2]
        return [Paid(day + timedelta(days=14 * n), "part", [(invoice, part)]) for n, part in enumerate(parts)]
    return [Paid(day, kind, [(invoice, amount)])]


def _odd_lump(world: World, paid: Paid) -> Paid:
    rnd, shares = world.rnd, list(paid.shares)
    kind = rnd.random()
    place = max(range(len(shares)), key=lambda n: shares[n][1])
    invoice, amount = shares[place]
    if kind < 0.5:
        terms = [world.customers[i.customer].discount[0] or 0 for i, _ in shares]
        shares = [(i, a - (a * t + 50) // 100 if a > 0 else a) for (i, a), t in zip(shares, terms, strict=True)]
    elif kind < 0.8:
        shares[place] = (invoice, amount - amount * rnd.randint(1, 25) // 100)
    else:
        shares[place] = (invoice, max(100, amount - rnd.choice((500, 1_200, 1_850, 2_500))))
    return Paid(paid.day, paid.kind, shares)


@dataclass
class Rows:
    """Rows of the tables that are written."""

    receipts: list[tuple[str, date, str, int, str, str, str]] = field(default_factory=list)
    truth: list[tuple[str, str, int]] = field(default_factory=list)
    labels: list[tuple[str, str, int, int, str, str]] = field(default_factory=list)

    def add(
        self, day: date, currency: str, amount: int, payer: tuple[str, str], said: tuple[str, str], label: tuple[str, int, int, str]
    ) -> str:
        """Add a receipt and its label; return its number."""
        number = f"R{len(self.receipts):07d}"
        self.receipts.append((number, day, currency, amount, payer[0], said[0], payer[1]))
        kind, count, who, role = label
        self.labels.append((number, kind, count, who, said[1], role))
        return number


def _payer(world: World, who: int, centres: dict[int, tuple[str, str]]) -> tuple[tuple[str, str], int, str]:
    """Return the name and account on the statement, the customer who pays (-1: none of ours), and the payer's role."""
    rnd, level = world.rnd, world.level
    customer, role = world.customers[who], "own"
    if customer.family >= 0 and rnd.random() < level.on_behalf * 3:
        who, role = customer.parent, "parent"
    if rnd.random() < level.on_behalf / 4:
        place = rnd.randrange(len(FACTORS))
        return (FACTORS[place], centres[-1 - place][1] if rnd.random() < level.account else ""), -1, "factor"
    if customer.family >= 0 and customer.family in centres and rnd.random() < 0.5:
        name, account = centres[customer.family]
        return (name, account if rnd.random() < level.account else ""), -1, "centre"
    payer = world.customers[who]
    account = rnd.choice(payer.accounts) if rnd.random() < level.account else ""
    return (as_paid(payer.name, payer.country, level.name, rnd), account), who, role


def _centres(world: World) -> dict[int, tuple[str, str]]:
    """Service centres by family, factors under negative numbers: a name and an account of their own."""
    rnd = world.rnd
    found = {-1 - place: (name, _account(rnd, "LU")) for place, name in enumerate(FACTORS)}
    for customer in world.customers:
        if customer.family >= 0 and customer.family not in found and rnd.random() < 0.15:
            name = f"{in_ascii(customer.name, True).split()[0]} {rnd.choice(('SHARED SERVICES', 'TREASURY', 'FINANCE CENTRE'))}"
            found[customer.family] = (name, _account(rnd, "IE"))
    return found


def _receipts(world: World, count: int, level: str) -> Rows:
    rnd, rows = world.rnd, Rows()
    repeats, strange, loose = (round(count * share) for share in _EXTRA[level])
    centres = _centres(world)
    wanted = count - repeats - strange - loose
    for who, plan in chain(_payments(world), _singly(world, rows, wanted)):
        for paid in (real for planned in plan for real in _odd(world, planned)):
            if len(rows.receipts) >= wanted:
                break
            if sum(share for _, share in paid.shares) > 0:
                _write(world, rows, who, paid, centres)
    made = len(rows.receipts)
    for _ in range(strange):
        _stranger(world, rows)
    for _ in range(loose):
        _on_account(world, rows, centres)
    for place in rnd.sample(range(made), min(repeats, made)):
        _, day, currency, amount, name, text, account = rows.receipts[place]
        label = rows.labels[place]
        again = text if rnd.random() < 0.8 else text.replace("EREF+", "EREF+2")
        rows.add(
            day + timedelta(days=rnd.randint(1, 12)), currency, amount, (name, account), (again, label[4]), ("dup", 0, label[3], label[5])
        )
    return rows


def _singly(world: World, rows: Rows, wanted: int) -> Iterator[tuple[int, list[Paid]]]:
    """Yield payments of single invoices that nobody has paid, for when all who pay together have paid."""
    done = {invoice for _, invoice, _ in rows.truth}
    for invoice in (i for i in world.invoices if i.amount > 0 and i.number not in done and len(rows.receipts) < wanted):
        yield invoice.customer, [Paid(invoice.due + timedelta(days=world.rnd.randint(0, 20)), "exact", [(invoice, invoice.amount)])]


def _write(world: World, rows: Rows, who: int, paid: Paid, centres: dict[int, tuple[str, str]]) -> None:
    rnd, invoices = world.rnd, [invoice for invoice, _ in paid.shares]
    payer, number, role = _payer(world, who if len({i.customer for i in invoices}) > 1 else invoices[0].customer, centres)
    total, currency = sum(share for _, share in paid.shares), invoices[0].currency
    owner = world.customers[invoices[0].customer]
    named = [Named(i.number, i.house, i.seq, HOUSES[i.house].counts) for i in invoices]
    said = memo(named, TONGUES[owner.country.language], world.level.dirt, (owner.number, total, currency, paid.day), rnd)
    receipt = rows.add(paid.day, currency, total, payer, said, (paid.kind, len(invoices), number, role))
    rows.truth += [(receipt, invoice.number, share) for invoice, share in paid.shares]


def _stranger(world: World, rows: Rows) -> None:
    """Add money that pays another seller's invoices: numbers that look like anybody's, sometimes from a customer of ours."""
    rnd = world.rnd
    country = rnd.choice(COUNTRIES)
    day, amount = FIRST + timedelta(days=rnd.randint(10, 170)), _amount(rnd)
    ours = rnd.random() < 0.25
    who = rnd.randrange(len(world.customers)) if ours else -1
    name = world.customers[who].name if ours else company(country, stem(country, rnd), rnd)
    seq = rnd.randint(2_000_000, 9_000_000)
    made = Made(
        seq,
        rnd.randint(20_000, 90_000),
        rnd.randint(600, 999),
        rnd.randint(5_000, 9_999),
        day,
        str(rnd.randint(900_000, 990_000)),
        rnd.choice(BRANCHES),
    )
    number = rnd.choice(HOUSES).write(made) if rnd.random() < 0.4 else f"{rnd.choice('ABGHTX')}{rnd.randint(1_000, 999_999)}"
    dirt = world.level.dirt
    text, _ = memo(
        [Named(number, 0, seq, False)],
        TONGUES[country.language],
        dirt,
        (str(rnd.randint(10_000, 99_999)), amount, country.currency, day),
        rnd,
    )
    account = (
        (rnd.choice(world.customers[who].accounts) if ours else _account(rnd, country.code)) if rnd.random() < world.level.account else ""
    )
    currency = world.customers[who].currency if ours else country.currency
    rows.add(
        day,
        currency,
        amount,
        (as_paid(name, country, world.level.name, rnd), account),
        (text, "foreign"),
        ("other", 0, who, "own" if ours else "stranger"),
    )


def _on_account(world: World, rows: Rows, centres: dict[int, tuple[str, str]]) -> None:
    rnd = world.rnd
    who = rnd.randrange(len(world.customers))
    customer, day = world.customers[who], FIRST + timedelta(days=rnd.randint(5, 170))
    tongue, amount = TONGUES[customer.country.language], rnd.choice((50_000, 100_000, 200_000, 250_000, 500_000, 1_000_000, 2_000_000))
    payer, number, role = _payer(world, who, centres)
    text, _ = memo([], tongue, world.level.dirt, (customer.number, amount, customer.currency, day), rnd)
    text = f"{rnd.choice(tongue.account)} {text}" if rnd.random() < 0.7 else text
    rows.add(day, customer.currency, amount, payer, (text, "none"), ("onacct", 0, number, role))


def build(size: str, level: str = "mixed", seed: int = 1) -> dict[str, pd.DataFrame]:
    """Make a world and return its tables by name."""
    invoices, receipts, customers = SIZES[size] if size in SIZES else tuple(int(n) for n in size.split(","))
    world = World(Random(f"{seed}/{level}/{size}"), LEVELS[level])
    _customers(world, customers)
    _invoices(world, invoices)
    rows = _receipts(world, receipts, level)
    return {**_master(world), **_books(world, rows)}


def _master(world: World) -> dict[str, pd.DataFrame]:
    rnd = world.rnd
    told = {c.family: rnd.random() < 0.6 for c in world.customers if c.family >= 0}
    heads = [world.customers[c.parent].number if told.get(c.family) else "" for c in world.customers]
    banks = [(c.number, c.accounts[0]) for c in world.customers if rnd.random() < 0.75]
    customers = pd.DataFrame(
        {"customer_id": [c.number for c in world.customers], "name": [c.name for c in world.customers], "parent_id": heads}
    )
    tree = customers.assign(family=[c.family for c in world.customers], parent=[c.parent for c in world.customers])
    return {"customers": customers, "customer_banks": pd.DataFrame(banks, columns=["customer_id", "account"]), "hierarchy": tree}


def _books(world: World, rows: Rows) -> dict[str, pd.DataFrame]:
    made = world.invoices
    terms = [world.customers[i.customer].discount if i.amount > 0 else (0, 0) for i in made]
    invoices = pd.DataFrame({
        "invoice_id": [i.number for i in made], "customer_id": [world.customers[i.customer].number for i in made],
        "issue_date": _dates([i.issued for i in made]), "due_date": _dates([i.due for i in made]), "currency": [i.currency for i in made],
        "amount": pd.Series([i.amount for i in made], dtype="int64"), "disc_pct": pd.Series([t[0] for t in terms], dtype="int8"),
        "disc_days": pd.Series([t[1] for t in terms], dtype="int8"),
    })  # fmt: skip
    receipts = pd.DataFrame(
        rows.receipts, columns=["receipt_id", "value_date", "currency", "amount", "payer_name", "memo", "payer_account"]
    )
    receipts["value_date"] = _dates(list(receipts["value_date"]))
    return {
        "invoices": invoices.sort_values(["invoice_id"], ignore_index=True),
        "receipts": receipts.sort_values(["value_date", "receipt_id"], ignore_index=True),
        "truth": pd.DataFrame(rows.truth, columns=["receipt_id", "invoice_id", "alloc"]),
        "labels": pd.DataFrame(rows.labels, columns=["receipt_id", "kind", "k", "payer_idx", "memo_style", "payer_role"]),
    }


def _dates(days: list[date]) -> pd.Series:
    return pd.to_datetime(pd.Series(days)).astype("datetime64[ms]")


def write(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size")
    parser.add_argument("level", nargs="?", default="mixed", choices=sorted(LEVELS))
    parser.add_argument("seed", nargs="?", type=int, default=1)
    parser.add_argument("folder", nargs="?", type=Path)
    given = parser.parse_args()
    made_of = build(given.size, given.level, given.seed)
    write(made_of, given.folder or Path(f"bench-data/world-{given.size}-{given.level}-{given.seed}"))
    print({name: len(table) for name, table in made_of.items()}, made_of["labels"]["kind"].value_counts(normalize=True).round(3).to_dict())
