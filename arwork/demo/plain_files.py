"""The files in the plain layout: the column names of the tables, amounts in major units with a point, ISO dates."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from arwork.demo.books import Balance, Numbers, document_class, user
from arwork.demo.facts import HOUSE
from arwork.demo.model import Customer, Item, Payment, Planted, Story
from arwork.demo.rates import quoted
from arwork.money import ISO
from arwork.tables import TABLES

_STRAYED = date(2026, 3, 16)
"""The first customer's payment in USD from this day on is posted as a transfer between own accounts: its day stays open (RC-70)."""
_LINEAGE = ("source_file", "source_line", "source_sha256")


def plain_table(name: str, rows: Iterable[dict[str, object]], leave_out: Sequence[str] = ()) -> str:
    """Write rows under the column names of a table, without lineage; a column that a row lacks stays blank."""
    columns = [c for c in TABLES[name].names() if c not in (*_LINEAGE, *leave_out)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def fin_items(items: Iterable[Item], numbers: Numbers) -> str:
    """Write the FIN subledger in the plain layout."""
    ordered = sorted(items, key=lambda i: (i.posting_date, numbers.document[i.key]))
    rows = [_what(i, numbers) | _how_much(i) | _names(i, numbers) | _what_became(i, numbers) for i in ordered]
    return plain_table("open_items", rows, leave_out=("item_id",))


def _what(item: Item, numbers: Numbers) -> dict[str, object]:
    return {
        "ledger_id": item.customer.ledger,
        "company_code": item.customer.company,
        "customer_id": item.customer.number,
        "doc_no": numbers.document[item.key],
        "line_no": "1",
        "fiscal_year": item.posting_date.year,
        "doc_type": item.kind,
        "doc_class_raw": document_class(item),
        "doc_date": item.doc_date,
        "posting_date": item.posting_date,
        "entry_date": item.posting_date,
        "entered_by": user(item),
        "due_date": item.due_date,
    }


def _how_much(item: Item) -> dict[str, object]:
    open_now = item.settled_on is None
    return {
        "terms_code": item.terms,
        "disc1_date": item.disc_date,
        "disc1_pct": item.disc_percent,
        "grace_days": item.grace or "",
        "currency": item.currency,
        "amount_doc": ISO.text(item.amount, item.currency),
        "amount_net": "" if item.net is None else ISO.text(item.net, item.currency),
        "open_amount_doc": ISO.text(item.amount if open_now else 0, item.currency),
        "local_currency": "EUR",
        "amount_local": ISO.text(item.local, "EUR"),
        "open_amount_local": ISO.text(item.local if open_now else 0, "EUR"),
    }


def _names(item: Item, numbers: Numbers) -> dict[str, object]:
    return {
        "reference": numbers.reference[item.key],
        "po_no": item.po,
        "delivery_no": item.delivery,
        "contract_no": item.contract,
        "text": item.text,
        "structured_ref": numbers.structured.get(item.key, ""),
        "ref_item": numbers.document.get(item.linked, ""),
    }


def _what_became(item: Item, numbers: Numbers) -> dict[str, object]:
    return {
        "clearing_doc": numbers.document[item.settlement] if item.settlement else "",
        "clearing_date": item.settled_on,
        "gl_account": item.control or item.customer.control,
        "payment_block": item.block,
        "dunning_level": item.dunning or "",
        "reversed_by": numbers.document.get(item.reversed_by, ""),
    }


def fin_customers(customers: Iterable[Customer]) -> str:
    """Write the customers of FIN in the plain layout."""
    rows: list[dict[str, object]] = [
        {
            "ledger_id": c.ledger,
            "company_code": c.company,
            "customer_id": c.number,
            "customer_id_raw": c.number,
            "name": c.name,
            "party_id": c.party,
            "parent_id": c.parent,
            "country": c.country,
            "currency": c.currency,
            "terms_code": c.terms,
            "tolerance_group": c.group,
            "collector": c.collector,
            "status": c.status,
            "netting_authority": "true" if c.netting else "false",
            "allocation_instruction": c.instruction,
            "wht_rate": c.wht,
            "pays_in_currency": c.pays_in,
            "alias_names": " | ".join(c.aliases),
        }
        for c in sorted(customers, key=lambda c: c.number)
    ]
    return plain_table("customers", rows)


def banks(customers: Iterable[Customer]) -> str:
    """Write the accounts on file of every customer, and our sub-accounts assigned to one."""
    rows: list[dict[str, object]] = []
    for c in sorted(customers, key=lambda c: (c.ledger, c.number)):
        pairs = [(account, "") for account in c.accounts] + ([("", c.virtual_account)] if c.virtual_account else [])
        rows += [
            {
                "ledger_id": c.ledger,
                "company_code": c.company,
                "customer_id": c.number,
                "account": account,
                "virtual_account": virtual,
                "account_holder": c.name,
                "verified_at": date(2025, 2, 3),
            }
            for account, virtual in pairs
        ]
    return plain_table("customer_banks", rows)


def balance_rows(balances: Iterable[Balance]) -> str:
    """Write the GL balances."""
    return plain_table(
        "gl_balances",
        (
            {
                "ledger_id": b.ledger,
                "company_code": b.company,
                "gl_account": b.gl_account,
                "period": b.period,
                "currency": b.currency,
                "opening": ISO.text(b.opening, b.currency),
                "debits": ISO.text(b.debits, b.currency),
                "credits": ISO.text(b.credits, b.currency),
                "closing": ISO.text(b.closing, b.currency),
            }
            for b in balances
        ),
    )


def journal_rows(story: Story) -> str:
    """Write the manual journals on control accounts."""
    return plain_table(
        "gl_lines",
        (
            {
                "ledger_id": j.ledger,
                "company_code": j.company,
                "gl_account": j.gl_account,
                "doc_no": j.doc_no,
                "line_no": "1",
                "posting_date": j.day,
                "entered_by": j.user,
                "origin": "GL",
                "currency": j.currency,
                "amount": ISO.text(j.amount, j.currency),
                "reference": j.reference,
                "text": j.text,
            }
            for j in story.journals
        ),
    )


def cash_rows(payments: Iterable[Payment], numbers: Numbers, texts: Mapping[str, str]) -> str:
    """Write the cash book: the book side of the bank accounts, each posting with the bank's reference where there is one."""
    rows: list[dict[str, object]] = []
    held = list(payments)
    strayed = min(
        (p.booking, p.key) for p in held if p.kind == "RECEIPT" and p.in_book and p.house == "MAIN-USD" and p.booking >= _STRAYED
    )[1]
    for p in sorted((p for p in held if p.in_book), key=lambda p: numbers.cash[p.key]):
        house = HOUSE[p.house]
        rows.append(
            {
                "ledger_id": house.ledger,
                "company_code": house.company,
                "gl_account": house.gl_account,
                "doc_no": numbers.cash[p.key],
                "line_no": "1",
                "posting_date": p.booking,
                "value_date": p.value,
                "amount": ISO.text(p.amount, house.currency),
                "currency": house.currency,
                "reference": p.end_to_end,
                "text": texts[p.key] or p.payer,
                "bank_ref": numbers.bank.get(p.key, ""),
                "type": "TRANSFER" if p.key == strayed else p.kind,
            }
        )
    return plain_table("cash_book", rows)


def rate_rows() -> str:
    """Write the exchange rates, from EUR."""
    return plain_table(
        "fx_rates",
        (
            {"from_currency": "EUR", "to_currency": currency, "rate_type": kind, "date": day, "rate": str(rate)}
            for currency, day, kind, rate in quoted()
        ),
    )


def advice_rows(story: Story, numbers: Numbers) -> str:
    """Write the remittance advices, each linked to its payment by the payer's reference."""
    ends = {p.key: p.end_to_end for p in story.payments}
    rows: list[dict[str, object]] = []
    for a in story.advices:
        for n, (document, gross, discount, deduction, reason) in enumerate(a.lines, start=1):
            money = (ISO.text(x, a.currency) for x in (gross, discount, deduction, gross - discount - deduction))
            rows.append(
                {
                    "remittance_id": a.key,
                    "line_no": n,
                    "payment_ref": ends[a.payment],
                    "payer_name": a.payer,
                    "remittance_date": a.day,
                    "doc_reference": numbers.reference.get(document, document),
                    "deduction_reason": reason,
                    "currency": a.currency,
                    **dict(zip(("gross_amount", "discount_amount", "deduction_amount", "net_amount"), money, strict=True)),
                }
            )
    return plain_table("remittance_lines", rows)


def promise_rows(story: Story, numbers: Numbers) -> str:
    """Write the promises to pay."""
    return plain_table(
        "promises",
        (
            {
                "promise_id": f"PTP-{n:04d}",
                "ledger_id": p.customer.ledger,
                "company_code": p.customer.company,
                "customer_id": p.customer.number,
                "item": numbers.document.get(p.item, ""),
                "created_date": p.created,
                "promised_date": p.day,
                "promised_amount": ISO.text(p.amount, p.currency),
                "currency": p.currency,
                "status": p.status,
            }
            for n, p in enumerate(story.promises, start=1)
        ),
    )


def dispute_rows(story: Story, numbers: Numbers) -> str:
    """Write the disputes."""
    return plain_table(
        "disputes",
        (
            {
                "dispute_id": f"DSP-{n:04d}",
                "ledger_id": d.customer.ledger,
                "company_code": d.customer.company,
                "customer_id": d.customer.number,
                "items": " ".join(numbers.document[key] for key in d.items),
                "opened_date": d.opened,
                "reason_code": d.reason,
                "disputed_amount": ISO.text(d.amount, d.currency),
                "currency": d.currency,
                "status": d.status,
                "owner_function": d.owner,
                "due_date": d.due,
            }
            for n, d in enumerate(story.disputes, start=1)
        ),
    )


def _time_of(number: int) -> str:
    """Give a call its time of day: within working hours, but for every twentieth, which came in the evening (CO-98)."""
    return "19:25" if number % 20 == 7 else f"{9 + number % 8:02d}:{number * 7 % 60:02d}"


def contact_rows(story: Story, numbers: Numbers) -> str:
    """Write the contact log."""
    return plain_table(
        "contacts",
        (
            {
                "contact_id": f"CT-{n:04d}",
                "ledger_id": c.customer.ledger,
                "company_code": c.customer.company,
                "customer_id": c.customer.number,
                "contact_date": c.day,
                "contact_time": _time_of(n) if c.kind == "PHONE" else "",
                "direction": c.direction,
                "type": c.kind,
                "outcome": c.outcome,
                "items": numbers.document.get(c.item, ""),
                "made_by": c.customer.collector,
            }
            for n, c in enumerate(story.contacts, start=1)
        ),
    )


def adjustment_rows(story: Story) -> str:
    """Write the register of adjustments: three that follow the common matrix and two that do not (CO-70)."""
    names = ("adjustment_code", "amount", "requested_by", "approved_by", "approver_role", "documents")
    rows = (
        ("PR", "180.00", "A. Petersen", "L. Brandt", "lead", "preisliste-2026.pdf"),
        ("QT", "1240.50", "A. Petersen", "M. Olsen", "manager", "lieferschein-4711.pdf"),
        ("SD", "2.10", "A. Petersen", "", "", ""),
        ("DM", "3100.00", "A. Petersen", "M. Olsen", "manager", "fotos.zip"),
        ("VB", "95.00", "A. Petersen", "A. Petersen", "lead", ""),
    )
    customers = [c for c in story.customers if c.ledger == "MAIN" and c.currency == "EUR"]
    return plain_table(
        "adjustment_register",
        (
            {
                "adjustment_id": f"ADJ-{n:04d}",
                "ledger_id": c.ledger,
                "company_code": c.company,
                "customer_id": c.number,
                "currency": "EUR",
                "requested_date": f"2026-03-{n + 8:02d}",
                **dict(zip(names, row, strict=True)),
            }
            for n, (row, c) in enumerate(zip(rows, customers, strict=False), start=1)
        ),
    )


def planted_rows(planted: Iterable[Planted]) -> str:
    """Write the list of planted cases."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("case", "family", "rule", "what", "file", "key", "answered_by", "table", "column", "expected"))
    writer.writerows((p.case, p.family, p.rule, p.what, p.file, p.key, p.answered_by, p.table, p.column, p.expected) for p in planted)
    return text.getvalue()
