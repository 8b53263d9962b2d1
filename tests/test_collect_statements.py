"""Statements of account (RC-40)."""

# ruff: noqa: N802 (test names carry the IDs of rules)

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from arwork.collect.ageing import age
from arwork.collect.statements import MOVEMENTS, Stated, families, state
from arwork.tables import empty
from tests.ax import policy
from tests.test_collect_dunning import item, table

START, AS_OF = date(2025, 6, 1), date(2025, 6, 30)


def stated(items: pd.DataFrame, **tables: pd.DataFrame) -> Stated:
    aged = age(items, empty("disputes"), empty("allocations"), policy(), AS_OF)
    people = tables.get("customers", table("customers", {"name": "Abel GmbH", "country": "PL", "status": "ACTIVE"}))
    frames = {"open_items": items, "customers": people, "ageing": aged.ageing}
    return state({**frames, **{n: tables.get(n, empty(n)) for n in ("disputes", "customer_profiles")}}, START, AS_OF)


def test_RC_40_opening_to_closing() -> None:
    def on(day: int, month: int = 6) -> dict[str, Any]:
        return {"doc_date": date(2025, month, day), "posting_date": date(2025, month, day)}

    items = table(
        "open_items",
        item("A", date(2025, 6, 10), 100000, **on(10, 5), clearing_date=date(2025, 6, 20), open_amount_doc=0, open_amount_local=0),
        item("B", date(2025, 7, 10), 50000, **on(10)),
        item("C", date(2025, 6, 12), -4000, **on(12)),
        item(
            "D",
            date(2025, 6, 20),
            -100000,
            doc_type="RCPT",
            **on(20),
            clearing_date=date(2025, 6, 20),
            open_amount_doc=0,
            open_amount_local=0,
        ),
        item("E", date(2025, 6, 25), 1500, doc_type="LPF", **on(25)),
    )
    result = stated(items)
    row = dict(result.account_statements.iloc[0])
    figures = {name: int(row[name]) for name in ("opening", *MOVEMENTS, "closing", "overdue", "items")}
    assert figures == {
        "opening": 100000, "invoices": 50000, "debit_memos": 1500, "credit_memos": -4000, "payments": -100000, "adjustments": 0,
        "unshown": 0, "closing": 47500, "overdue": 1500, "items": 3,
    }  # fmt: skip
    assert row["language"] == "pl"
    assert all(tie.holds for tie in result.ties)
    assert not result.findings


def test_RC_40_what_the_extract_lacks_is_named() -> None:
    gone = item("A", date(2025, 6, 10), 100000, clearing_date=date(2025, 6, 20), open_amount_doc=0, open_amount_local=0)
    result = stated(table("open_items", gone, item("B", date(2025, 6, 10), 7000)))
    assert int(result.account_statements.iloc[0]["unshown"]) == -100000
    assert "not in the extract" in result.findings[0].sentence


def test_RC_40_consolidated_never_nets_companies() -> None:
    other = {"company_code": "2000"}
    people = table(
        "customers", {"name": "Abel", "party_id": "P", "status": "ACTIVE"}, {"name": "Abel", "party_id": "P", "status": "ACTIVE", **other}
    )
    items = table("open_items", item("A", date(2025, 6, 10), 9000), item("B", date(2025, 6, 10), -9000, **other))
    sections = families(stated(items, customers=people).account_statements)["P"]
    assert sections["closing"].tolist() == [9000, -9000]
