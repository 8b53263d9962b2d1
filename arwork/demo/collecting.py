"""What the demo's collectors keep beside the ledger: profiles, letters sent, cheques, orders on hold, statement requests, the law's periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from arwork.demo.books import Numbers
from arwork.demo.facts import KEY_DATE
from arwork.demo.model import Customer, Item, Story
from arwork.demo.plain_files import plain_table
from arwork.money import ISO

_OLD = timedelta(60)
_LIMITS = ("25000.00", "60000.00", "15000.00", "120000.00")
_STREETS = {
    "DE": "Hafenstraße 7 | 20457 Hamburg",
    "AT": "Marktplatz 3 | 6020 Innsbruck",
    "CZ": "Nádražní 12 | 702 00 Ostrava",
    "NL": "Havenweg 9 | 3011 AA Rotterdam",
}
_LAWS = (
    ("DE", 3, "YEARS_END", "BGB 195, 199"), ("AT", 3, "YEARS", "ABGB 1486"), ("FR", 5, "YEARS", "Code de commerce L110-4"),
    ("NL", 5, "YEARS", "BW 3:307"), ("CZ", 3, "YEARS", "Civil Code 629"),
)  # fmt: skip


def kept(story: Story, numbers: Numbers) -> dict[str, str]:
    """Write the collectors' files by name; the customers are those of the ledger MAIN with the oldest unpaid invoices, in their order."""
    late = sorted(_late(story.items), key=lambda item: (item.due_date, item.key))
    slow = list({item.customer.number: item.customer for item in late}.values())[:12]
    places = {customer.number: place for place, customer in enumerate(slow)}
    return {
        "customer_profiles.csv": plain_table("customer_profiles", (_profile(one, places.get(one.number)) for one in story.customers)),
        "letters_sent.csv": plain_table("letters_sent", _letters(late, slow[:3], numbers)),
        "cheques.csv": plain_table("cheques", _cheques(slow)),
        "credit_requests.csv": plain_table("credit_requests", _orders(slow)),
        "statement_requests.csv": plain_table("statement_requests", _requests(slow)),
        "credit_insurance.csv": plain_table("credit_insurance", _insured(slow)),
        "legal_params.csv": plain_table("legal_params", (_law(*row) for row in _LAWS)),
    }


def _late(items: Iterable[Item]) -> list[Item]:
    return [
        i
        for i in items
        if i.customer.ledger == "MAIN" and i.key.startswith("open-") and i.settled_on is None and i.due_date < KEY_DATE - _OLD
    ]


def _whose(customer: Customer) -> dict[str, object]:
    return {"ledger_id": customer.ledger, "company_code": customer.company, "customer_id": customer.number}


def _profile(customer: Customer, place: int | None) -> dict[str, object]:
    """What is known of every customer; of the slowest, by place among them, also limit and class of risk."""
    row = {
        **_whose(customer), "dunning_procedure": "STD4", "is_consumer": "false", "is_public_body": "false", "currency": "EUR",
        "address": _STREETS.get(customer.country, ""), "email": f"ap{customer.number}@customer.example".lower(), "contact_date": date(2026, 1, 15),
    }  # fmt: skip
    if place is None:
        return row
    return row | {
        "credit_limit": _LIMITS[place % 4], "credit_limit_expiry": date(2026, 12, 31), "risk_class": "BCDE"[place % 4],
        "insured_limit": "20000.00" if place == 1 else "",
    }  # fmt: skip


def _insured(customers: list[Customer]) -> list[dict[str, object]]:
    """Insure the second and the fourth of the slowest payers with one whole-turnover policy (MT-64)."""
    return [
        {
            "ledger_id": one.ledger, "company_code": one.company, "customer_id": one.number, "insurer": "Atlas Kredit", "policy_no": "WT-2026-17",
            "currency": "EUR", "limit": limit, "insured_share": "90", "deductible": "500.00", "loss_rate": "0.20", "valid_from": date(2026, 1, 1),
            "valid_to": date(2026, 12, 31),
        }
        for one, limit in zip(customers[1:4:2], ("20000.00", "3000.00"), strict=False)
    ]  # fmt: skip


def _letters(late: list[Item], customers: list[Customer], numbers: Numbers) -> list[dict[str, object]]:
    """Three reminders to each of the slowest, the last a final demand with a deadline that has passed."""
    rows: list[dict[str, object]] = []
    for customer in customers:
        own = [i for i in late if i.customer == customer and i.currency == late[0].currency]
        for level, days in ((1, 50), (2, 34), (3, 18)):
            sent = KEY_DATE - timedelta(days)
            rows.append({
                "letter_id": f"M-{customer.number}-{level}", **_whose(customer), "currency": customer.currency, "level": level, "sent_date": sent,
                "deadline": sent + timedelta(10), "sent_via": "LETTER", "amount": ISO.text(sum(i.amount for i in own), customer.currency),
                "items": " ".join(numbers.document[i.key] for i in own), "delivery": "DELIVERED",
            })  # fmt: skip
    return rows


def _cheques(slow: list[Customer]) -> list[dict[str, object]]:
    """One that came back, one that is dated ahead, one in hand that only one person holds."""
    told: tuple[Mapping[str, object], ...] = (
        {"cheque_no": "000771", "cheque_date": date(2026, 3, 16), "deposit_date": date(2026, 3, 17), "returned_date": date(2026, 3, 24),
         "return_reason": "insufficient funds", "custody_by": "B. Yıldız | C. Nowak", "amount": "1250.00"},
        {"cheque_no": "000802", "cheque_date": date(2026, 4, 15), "custody_by": "B. Yıldız | C. Nowak", "amount": "2400.00"},
        {"cheque_no": "000811", "cheque_date": date(2026, 3, 30), "custody_by": "C. Nowak", "amount": "318.40"},
    )  # fmt: skip
    return [
        {
            **_whose(customer),
            "bank": "Hausbank",
            "currency": "EUR",
            "endorsed": "true",
            "received_date": min(date(2026, 3, 30), _day(row)),
            **row,
        }
        for customer, row in zip(slow[3:], told, strict=False)
    ]


def _day(row: Mapping[str, object]) -> date:
    return date.fromisoformat(str(row["cheque_date"]))


def _orders(slow: list[Customer]) -> list[dict[str, object]]:
    values = ("8400.00", "2150.00", "31000.00")
    return [
        {**_whose(customer), "order_no": f"SO-88{place:02d}", "currency": "EUR", "order_value": value, "open_orders": "1200.00", "open_deliveries": "640.00",
         "requested_at": KEY_DATE, "sanctions_hit": "false"}
        for place, (customer, value) in enumerate(zip(slow, values, strict=False), start=1)
    ]  # fmt: skip


def _requests(slow: list[Customer]) -> list[dict[str, object]]:
    days = ((date(2026, 3, 9), date(2026, 3, 10)), (date(2026, 3, 16), date(2026, 3, 20)), (date(2026, 3, 30), ""))
    return [{**_whose(customer), "requested_date": asked, "sent_date": sent} for customer, (asked, sent) in zip(slow, days, strict=False)]


def _law(country: str, value: int, unit: str, source: str) -> dict[str, object]:
    return {"country": country, "kind": "LIMITATION", "value": value, "unit": unit, "valid_from": date(2002, 1, 1), "source": source}
