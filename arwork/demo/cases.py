"""How a planted case is written down, and how it becomes customers, items and payments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from arwork.dates import iso_date
from arwork.demo.facts import FIRST_DAY, HOUSE, MARCH
from arwork.demo.identifiers import bank_account
from arwork.demo.model import Advice, Contact, Customer, Dispute, Item, Payment, Planted, Promise, Story
from arwork.demo.rates import in_euro
from arwork.demo.words import COLLECTORS, on_statement


@dataclass(frozen=True)
class Who:
    """A customer of a case; `party_of` and `child_of` are the places of other customers of the case, counted from 0."""

    name: str
    country: str = "DE"
    ledger: str = "MAIN"
    group: str = "STD"
    status: str = "ACTIVE"
    currency: str = "EUR"
    party_of: int = -1
    child_of: int = -1
    virtual: bool = False
    instruction: str = "NONE"
    wht: str = ""


@dataclass(frozen=True)
class Due:
    """An item of a case. `cleared` is the day a receipt (or each other, when they add up to nothing) cleared the items of a customer."""

    reference: str
    doc: str
    due: str
    amount: int
    who: int = 0
    kind: str = "INV"
    discount: tuple[str, str] = ("", "")
    grace: int = 0
    cleared: str = ""
    posting: str = ""
    linked: str = ""
    po: str = ""
    contract: str = ""
    delivery: str = ""
    text: str = ""
    dunning: int = 0
    control: str = ""
    special: str = ""
    reversed_by: str = ""
    net: int | None = None


@dataclass(frozen=True)
class Paid:
    """A payment of a case; `by` is the place of the customer, -1 a stranger. `pays` is the item whose structured reference it carries."""

    day: str
    amount: int
    text: str = ""
    by: int = 0
    pays: str = ""
    house: str = ""
    kind: str = "RECEIPT"
    method: str = "SEPA_CT"
    name: str = ""
    charges: int = 0
    paid_in: tuple[str, int] | None = None
    reason: str = ""
    batch: str = ""
    cheque: str = ""
    in_book: bool = True
    on_statement: bool = True
    advice: tuple[tuple[str, int, int, int, str], ...] = ()


@dataclass(frozen=True)
class Check:
    """What a close must answer, and for what: `p1` is the first payment; else the number of an item, or `=` and any key."""

    answered_by: str
    table: str = ""
    column: str = ""
    expected: str = ""
    on: str = "p1"


@dataclass(frozen=True)
class Case:
    """A planted case."""

    case: str
    family: str
    rule: str
    what: str
    who: tuple[Who, ...]
    due: tuple[Due, ...] = ()
    paid: tuple[Paid, ...] = ()
    checks: tuple[Check, ...] = ()
    dispute: tuple[str, str, int] | None = None
    promise: tuple[str, str, int, str] | None = None
    contacts: tuple[tuple[str, str, str], ...] = ()


def tell(cases: tuple[Case, ...], random: Random) -> Story:
    """Turn the cases into one story; customers are numbered from 900101 in the order of the cases."""
    story, count = Story(), 0
    for case in cases:
        customers = _customers(case, count, random)
        count += len(customers)
        items = tuple(_item(case, due, customers) for due in case.due)
        payments = tuple(_payment(case, paid, n, customers, random) for n, paid in enumerate(case.paid, start=1))
        story = story.plus(
            Story(
                customers,
                items,
                payments + tuple(_clearing_payments(items)),
                tuple(_advices(case, customers)),
                promises=_promises(case, customers, items),
                disputes=_disputes(case, customers, items),
                contacts=tuple(Contact(customers[0], "", iso_date(day), kind, outcome) for day, kind, outcome in case.contacts),
                planted=tuple(_planted(case, check) for check in case.checks),
            )
        )
    return story


def _customers(case: Case, count: int, random: Random) -> tuple[Customer, ...]:
    made: list[Customer] = []
    for n, who in enumerate(case.who, start=count):
        head = "F-" if who.ledger == "FIN" else ""
        party = made[who.party_of].party if who.party_of >= 0 else f"P{90101 + n}"
        accounts = made[who.party_of].accounts if who.party_of >= 0 else (bank_account(who.country, random),)
        made.append(
            Customer(
                number=f"{head}{(9101 if head else 900101) + n}",
                ledger=who.ledger,
                company="2000" if head else "1000",
                name=who.name,
                country=who.country,
                currency=who.currency,
                terms="N014" if head else "N030",
                group=who.group,
                collector=COLLECTORS[n % len(COLLECTORS)],
                status=who.status,
                party=party,
                parent=made[who.child_of].party if who.child_of >= 0 else "",
                accounts=accounts,
                virtual_account=bank_account("DE", random) if who.virtual else "",
                instruction=who.instruction,
                wht=who.wht,
            )
        )
    return tuple(made)


def _item(case: Case, due: Due, customers: tuple[Customer, ...]) -> Item:
    customer, doc = customers[due.who], iso_date(due.doc)
    disc_date, percent = due.discount
    settled = iso_date(due.cleared) if due.cleared else None
    return Item(
        key=_key(case, due.reference),
        customer=customer,
        kind=due.kind,
        doc_date=doc,
        due_date=iso_date(due.due),
        currency=customer.currency,
        amount=due.amount,
        local=in_euro(due.amount, customer.currency, doc),
        posting_date=iso_date(due.posting) if due.posting else doc,
        terms=("D230" if percent else customer.terms) if due.kind == "INV" else "",
        disc_date=iso_date(disc_date) if disc_date else None,
        disc_percent=percent,
        grace=due.grace,
        reference="" if due.reference.startswith("#") else due.reference,
        po=due.po,
        contract=due.contract,
        delivery=due.delivery,
        net=due.net,
        text=due.text,
        linked=_key(case, due.linked) if due.linked else "",
        control=due.control,
        special=due.special,
        dunning=due.dunning,
        reversed_by=_key(case, due.reversed_by) if due.reversed_by else "",
        settlement=_settlement(case, due) if due.cleared else "",
        settled_on=settled,
    )


def _settlement(case: Case, due: Due) -> str:
    """Name the clearing: the receipt's key, or the key of the item that the others are cleared with."""
    group = [other for other in case.due if (other.who, other.cleared) == (due.who, due.cleared)]
    if sum(other.amount for other in group) == 0:
        return _key(case, group[-1].reference)
    return f"{case.case}/cleared {due.who} {due.cleared}"


def _clearing_payments(items: tuple[Item, ...]) -> Iterator[Payment]:
    """Receipts of January and February stand on a statement; earlier ones were before the first statement."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.settled_on and FIRST_DAY < item.settled_on < MARCH:
            groups[item.settlement].append(item)
    for key, group in groups.items():
        customer, day = group[0].customer, group[0].settled_on
        assert day is not None  # noqa: S101 (settled items were picked)
        amount = sum(i.amount for i in group)
        if amount > 0:
            house = "FIN-EUR" if customer.ledger == "FIN" else f"MAIN-{customer.currency}"
            yield Payment(
                key,
                house,
                day,
                day,
                amount,
                payer=on_statement(customer.name),
                account=customer.accounts[0],
                text="Rechnung {}",
                names=tuple(i.key for i in group),
            )


def _payment(case: Case, paid: Paid, n: int, customers: tuple[Customer, ...], random: Random) -> Payment:
    day, known = iso_date(paid.day), paid.by >= 0
    customer = customers[max(paid.by, 0)]
    house = paid.house or ("FIN-EUR" if customer.ledger == "FIN" else f"MAIN-{customer.currency}")
    payer = paid.name or (on_statement(customer.name) if known and paid.kind in ("RECEIPT", "RETURN", "REFUND") else "")
    account = (customer.accounts[0] if known else bank_account("DE", random)) if payer else ""
    account = HOUSE["FIN-EUR" if house == "MAIN-EUR" else "MAIN-EUR"].account if paid.kind == "TRANSFER" else account
    return Payment(
        key=f"{case.case}/p{n}",
        house=house,
        booking=day,
        value=day,
        amount=paid.amount,
        kind=paid.kind,
        payer=payer,
        account=account,
        text=paid.text,
        structured=_key(case, paid.pays) if paid.pays else "",
        end_to_end=paid.cheque or (f"AVIS-{customer.number}-{n}" if paid.advice else ""),
        method=paid.method,
        charges=paid.charges,
        paid_in=paid.paid_in,
        reason=paid.reason,
        batch=paid.batch,
        virtual_account=customer.virtual_account if known else "",
        on_statement=paid.on_statement,
        in_book=paid.in_book,
    )


def _advices(case: Case, customers: tuple[Customer, ...]) -> Iterator[Advice]:
    for n, paid in enumerate(case.paid, start=1):
        if paid.advice:
            customer = customers[max(paid.by, 0)]
            yield Advice(f"ADV-{customer.number}-{n}", f"{case.case}/p{n}", customer.name, iso_date(paid.day), "EUR", paid.advice)


def _disputes(case: Case, customers: tuple[Customer, ...], items: tuple[Item, ...]) -> tuple[Dispute, ...]:
    if case.dispute is None:
        return ()
    reference, reason, amount = case.dispute
    item = next(i for i in items if i.key == _key(case, reference))
    return (
        Dispute(item.customer, (item.key,), date(2026, 3, 4), reason, amount, item.currency, "IN_REVIEW", "LOGISTICS", date(2026, 4, 8)),
    )


def _promises(case: Case, customers: tuple[Customer, ...], items: tuple[Item, ...]) -> tuple[Promise, ...]:
    if case.promise is None:
        return ()
    reference, day, amount, status = case.promise
    return (Promise(customers[0], _key(case, reference), date(2026, 3, 6), iso_date(day), amount, customers[0].currency, status),)


def _planted(case: Case, check: Check) -> Planted:
    paid = {f"p{n}" for n in range(1, len(case.paid) + 1)}
    key = f"{'payment' if check.on in paid else 'item'}:{_key(case, check.on)}"
    key = check.on[1:] if check.on.startswith("=") else key
    return Planted(case.case, case.family, case.rule, case.what, "", key, check.answered_by, check.table, check.column, check.expected)


def _key(case: Case, reference: str) -> str:
    return f"{case.case}/{reference}"
