"""Small books for tests of overpayments, misdirected payments and refunds: typed tables from a few facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from arwork.breaks.dormancy import Jurisdictions, read_jurisdictions
from arwork.breaks.refund_facts import RefundBooks
from arwork.breaks.refund_standing import STEP_COLUMNS
from arwork.policy import Policy, read_policy
from arwork.tables import TABLES, empty

ROOT = Path(__file__).parent.parent
_NUMBERS: dict[str, Any] = {"money": 0, "count": 0, "percent": 0, "flag": False}
_FILL: dict[str, Any] = {**_NUMBERS, "text": "x", "code": "x", "date": date(2025, 5, 1)}
_BLANK: dict[str, Any] = {**_NUMBERS, "text": "", "code": "", "choice": "", "rate": "", "date": pd.NaT, "money?": pd.NA}
POLICY = Policy.model_validate(read_policy((ROOT / "params/policy.yaml").read_text(encoding="utf-8")))
RULES: Jurisdictions = read_jurisdictions((ROOT / "params/unclaimed_property.yaml").read_text(encoding="utf-8"))
BOOK = {"ledger_id": "MAIN", "company_code": "1000", "currency": "EUR"}
AS_OF = date(2025, 6, 16)
IBAN, OTHER_IBAN = "DE89370400440532013000", "DE44500105175407324931"


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Build a typed table; what a row leaves out is filled or blank as the declaration says."""
    dtypes = empty(name).dtypes
    columns = {}
    for column in TABLES[name].columns:
        filled = column.values[0] if column.values else _FILL.get(column.kind, pd.NaT)
        blank = filled if column.required else _BLANK[column.kind]
        columns[column.name] = pd.Series([row.get(column.name, blank) for row in rows], dtype=dtypes[column.name])
    return pd.DataFrame(columns)


def item(number: str, amount: int, due: date, **other: Any) -> dict[str, Any]:
    """An open item of customer C300."""
    return {
        **BOOK, "item_id": f"1000:{number}:2025:1", "doc_no": number, "reference": number, "customer_id": "C300",
        "doc_type": "INV" if amount > 0 else "CM", "amount_doc": amount, "open_amount_doc": amount, "amount_local": amount,
        "open_amount_local": amount, "local_currency": "EUR", "gl_account": "1400", "due_date": due, "doc_date": date(2025, 5, 1),
        "posting_date": date(2025, 5, 1), **other,
    }  # fmt: skip


def receipt(number: str, amount: int, day: date, **other: Any) -> dict[str, Any]:
    """A receipt of customer C300 by wire from its own account."""
    return {
        **BOOK, "receipt_id": number, "amount": amount, "booking_date": day, "value_date": day, "customer_id": "C300", "method": "WIRE",
        "remitter_account": IBAN, "remitter_name": "Meier Werkzeuge GmbH", "bank_account": "DE02120300000000202051",
        "payer_key": "B3", "payer_strength": "STRONG", "status": "ON_ACCOUNT", "source_file": "camt.xml", "source_line": "/Ntry[7]",
        **other,
    }  # fmt: skip


def step(seq: int, refund: str, name: str, by: str, at: str = "2025-06-16", **other: Any) -> dict[str, Any]:
    """A recorded step of a refund."""
    blank = dict.fromkeys(STEP_COLUMNS, "")
    return {
        **blank,
        "seq": seq,
        "refund_id": refund,
        "step": name,
        "by": by,
        "at": f"{at}T09:00:00",
        "amount": pd.NA,
        "reason": "why",
        **other,
    }


CUSTOMER = {**BOOK, "customer_id": "C300", "customer_id_raw": "C300", "name": "Meier Werkzeuge GmbH", "country": "DE", "party_id": "P300"}
LEDGER = {**BOOK, "name": "Nord GmbH", "ledger_currency": "EUR", "country": "DE"}
AX_11_ITEMS = [
    item("9302", 110000, date(2025, 6, 4)),
    item("9303", 90000, date(2025, 7, 1)),
    item("9304", 40000, date(2025, 6, 4)),
]
AX_11_RECEIPT = receipt("R1", 520000, date(2025, 6, 11), applied_amount=250000, on_account_amount=270000, status="PARTIALLY_APPLIED")
DISPUTE = {**BOOK, "dispute_id": "D1", "customer_id": "C300", "items": "9304", "opened_date": date(2025, 6, 5), "status": "NEW"}


def books(**rows: Any) -> RefundBooks:
    """The books of AX-11, with any table's rows, or as_of, policy, rules, replaced."""
    plain = {name: rows.pop(name) for name in ("as_of", "policy", "rules", "holidays") if name in rows}
    steps = pd.DataFrame(rows.pop("steps", []), columns=list(STEP_COLUMNS))
    given: dict[str, list[dict[str, Any]]] = {
        "receipts": [AX_11_RECEIPT], "open_items": AX_11_ITEMS, "disputes": [DISPUTE], "customers": [CUSTOMER], "ledgers": [LEDGER],
        "customer_banks": [{**BOOK, "customer_id": "C300", "account": IBAN, "account_holder": "Meier Werkzeuge GmbH"}], **rows,
    }  # fmt: skip
    names = (
        "receipts", "open_items", "allocations", "disputes", "customers", "customer_banks", "ledgers", "breaks", "overpayments",
        "decisions", "fx_rates", "refund_register", "bank_changes", "payment_holds",
    )  # fmt: skip
    frames = {name: table(name, given.get(name, [])) for name in names}
    return replace(RefundBooks(**frames, steps=steps, policy=POLICY, as_of=AS_OF, rules=RULES), **plain)
