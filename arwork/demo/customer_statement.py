"""The statement that one customer of the demo sends: its own view of the account, with differences planted (RC-40, AX-22)."""

from __future__ import annotations

from arwork.demo.books import Numbers
from arwork.demo.model import Story

CUSTOMER = "Altenwerder Schmuck GmbH"
FILE = "statement_altenwerder.csv"
"""The file: a source of the close, and what `arwork reconcile` is given."""
_SHOWN = {
    "INV-9711": ("ER-2201", "9711", 1_000_00), "INV-9712": ("ER-2198", "INV-9712", 500_00), "INV-9713": ("ER-2120", "INV 9713", 2_000_00),
    "INV-9714": ("ER-2119", "INV-9714", 705_00), "INV-9715": ("ER-1877", "INV-9715", 1_200_00),
}  # fmt: skip
"""What the customer lists of our invoices: its own number, ours as it writes it, the amount; 750.00 stands there as 705.00."""
_OWN = (("2026-03-20", "BL-31", "", "Belastung", -75_00), ("2026-03-30", "ZA-412", "INV-9711", "Zahlung", -1_000_00))
"""What it booked without us: a deduction, and a payment on its way."""


def customer_statement(story: Story, numbers: Numbers) -> str:
    """Write the statement as the customer's program exports it: semicolons, decimal comma, a closing balance below."""
    days = {numbers.reference[i.key]: i.doc_date for i in story.items if i.customer.name == CUSTOMER}
    rows = [(f"{days[name]:%Y-%m-%d}", own, ours, "Rechnung", amount) for name, (own, ours, amount) in _SHOWN.items()]
    lines = [CUSTOMER, "Kreditorenkonto 70112", "", "Datum;Unser Beleg;Ihre Rechnung;Art;Betrag EUR"]
    total = 0
    for day, own, ours, kind, amount in (*rows, *_OWN):
        total += amount
        lines.append(f"{day[8:]}.{day[5:7]}.{day[:4]};{own};{ours};{kind};{_amount(amount)}")
    return "\n".join([*lines, f"Endsaldo zum 31.03.2026;;;;{_amount(total)}", ""])


def _amount(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100},{abs(minor) % 100:02d}"
