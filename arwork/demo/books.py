"""From what happened to what the books say: numbers, clearing documents, cash book and balances. Amounts in minor units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from arwork.dates import period_end
from arwork.demo.facts import CASH_CLEARING, COMPANIES, CONTROLS, HOUSE, HOUSES, KEY_DATE, MARCH, PERIODS
from arwork.demo.identifiers import rf_reference
from arwork.demo.model import Item, Payment, Story
from arwork.demo.rates import in_euro
from arwork.demo.words import USERS

_RANGES = {"INV": "90", "INST": "70", "CM": "16", "RCPT": "14", "DP": "14"}
_CLASSES = {"INV": "RV", "INST": "RV", "CM": "DG", "RCPT": "DZ", "DP": "DZ"}


@dataclass(frozen=True)
class Numbers:
    """Document, customer-facing and structured number of each item; bank reference and cash-book document of each payment."""

    document: Mapping[str, str]
    reference: Mapping[str, str]
    structured: Mapping[str, str]
    bank: Mapping[str, str]
    cash: Mapping[str, str]


@dataclass(frozen=True)
class Balance:
    """One period of one GL account."""

    ledger: str
    company: str
    gl_account: str
    period: str
    currency: str
    opening: int
    debits: int
    credits: int

    @property
    def closing(self) -> int:
        """Balance at the end of the period."""
        return self.opening + self.debits - self.credits


def document_class(item: Item) -> str:
    """Name the ERP document type of an item."""
    return _CLASSES[item.kind]


def user(item: Item) -> str:
    """Name the user who entered an item."""
    return "BATCH01" if item.kind in ("INV", "INST") else USERS[item.posting_date.day % len(USERS)]


def with_receipts(story: Story) -> Story:
    """Add the receipt line that cleared each group of items, where the group does not clear itself."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in story.items:
        if item.settlement:
            groups[item.settlement].append(item)
    receipts = []
    for key, group in groups.items():
        if sum(i.amount for i in group) or not any(i.amount < 0 for i in group):
            first, day = group[0], max(i.settled_on or KEY_DATE for i in group)
            receipts.append(
                replace(
                    first,
                    key=key,
                    kind="RCPT",
                    doc_date=day,
                    due_date=day,
                    posting_date=day,
                    amount=-sum(i.amount for i in group),
                    local=-sum(i.local for i in group),
                    terms="",
                    disc_date=None,
                    disc_percent="",
                    grace=0,
                    reference="",
                    po="",
                    contract="",
                    delivery="",
                    text="Zahlungseingang",
                    linked="",
                    block="",
                    dunning=0,
                    settlement=key,
                    settled_on=day,
                )
            )
    return replace(story, items=story.items + tuple(receipts))


def number(story: Story) -> Numbers:
    """Number documents by posting date, invoices by document date, and bank lines by booking date."""
    document: dict[str, str] = {}
    counters: dict[str, int] = defaultdict(int)
    for item in sorted(story.items, key=lambda i: (i.posting_date, i.key)):
        span = _RANGES[item.kind]
        counters[span] += 1
        document[item.key] = f"{span}{counters[span]:08d}"
    reference = _references(story.items, document)
    structured = {
        i.key: rf_reference("".join(s for s in reference[i.key] if s.isdigit()))
        for i in story.items
        if i.kind in ("INV", "INST") and i.currency == "EUR" and (not i.reference or i.kind == "INST")
    }
    booked = sorted((p for p in story.payments if p.in_book), key=lambda p: (p.booking, p.key))
    cash = {p.key: f"48{n:08d}" for n, p in enumerate(booked, start=1)}
    return Numbers(document, reference, structured, _bank_references(story.payments), cash)


def _references(items: Iterable[Item], document: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    counters: dict[tuple[str, int], int] = defaultdict(int)
    for item in sorted(items, key=lambda i: (i.doc_date, i.key)):
        head = {"INV": "INV", "CM": "GS"}.get(item.kind, "")
        if item.reference or not head:
            found[item.key] = item.reference
        else:
            year = item.doc_date.year
            counters[head, year] += 1
            found[item.key] = f"{head}-{year}-{counters[head, year]:06d}"
    return found


def _bank_references(payments: Iterable[Payment]) -> dict[str, str]:
    counters: dict[str, int] = defaultdict(int)
    found = {}
    for payment in sorted(payments, key=lambda p: (p.booking, p.key)):
        if payment.on_statement:
            counters[payment.house] += 1
            sign = chr(65 + [house.key for house in HOUSES].index(payment.house))
            found[payment.key] = f"N{sign}{payment.booking:%y%m%d}{counters[payment.house]:06d}"
    return found


def balances(story: Story) -> list[Balance]:
    """State every GL account of the demo for each period of the quarter."""
    rows = []
    for (ledger, company), controls in CONTROLS.items():
        for account in controls:
            moves = [
                (i.posting_date, i.local)
                for i in story.items
                if i.customer.ledger == ledger and (i.control or i.customer.control) == account
            ]
            moves += [(j.day, j.amount) for j in story.journals if (j.ledger, j.gl_account) == (ledger, account)]
            rows += _periods(ledger, company, account, "EUR", 0, moves)
    for house in HOUSES:
        moves = [(p.booking, p.amount) for p in story.payments if p.house == house.key and p.in_book]
        rows += _periods(house.ledger, house.company, house.gl_account, house.currency, house.opening, moves)
    for ledger, company in COMPANIES:
        rows += _periods(ledger, company, CASH_CLEARING, "EUR", 0, _clearing(story, ledger))
    return rows


def _clearing(story: Story, ledger: str) -> list[tuple[date, int]]:
    """Receipts are credited to cash clearing; applying them, done until February, debits it again."""
    moves = []
    for payment in story.payments:
        house = HOUSE[payment.house]
        if house.ledger == ledger and payment.in_book and payment.kind in ("RECEIPT", "RETURN"):
            local = in_euro(payment.amount, house.currency, payment.booking)
            moves.append((payment.booking, -local))
            if payment.booking < MARCH:
                moves.append((payment.booking, local))
    return moves


def _periods(ledger: str, company: str, account: str, currency: str, opening: int, moves: list[tuple[date, int]]) -> list[Balance]:
    rows = []
    start = date(2026, 1, 1)
    opening += sum(amount for day, amount in moves if day < start)
    for period in PERIODS:
        end = period_end(period)
        inside = [amount for day, amount in moves if start <= day <= end]
        row = Balance(
            ledger, company, account, period, currency, opening, sum(a for a in inside if a > 0), -sum(a for a in inside if a < 0)
        )
        rows.append(row)
        opening, start = row.closing, date.fromordinal(end.toordinal() + 1)
    return rows
