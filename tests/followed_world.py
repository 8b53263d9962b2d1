"""A small close to record things on: two customers who owe now, one whose old invoices are bad debt, and an export with a promise and a dispute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tiny
from decided_world import closed, empower, items, journal, number_of, statement, table

from arwork.decide import Person
from arwork.followup import Said, follow_up
from arwork.journal.events import Event

__all__ = ["closed", "empower", "journal", "number_of", "table"]
OLD = {"9009": "80.00", "9010": "900.00", "9011": "500.00"}
PROMISES = """promise_id,ledger_id,company_code,customer_id,item,created_date,promised_date,promised_amount,currency,status
E1,MAIN,1000,C1,INV-9001,2026-03-01,2026-04-20,100.00,EUR,OPEN
E2,MAIN,1000,C2,INV-9003,2026-01-01,2026-01-20,99.99,EUR,BROKEN
"""
DISPUTES = """dispute_id,ledger_id,company_code,customer_id,items,opened_date,reason_code,disputed_amount,currency,status
X1,MAIN,1000,C1,INV-9002,2026-03-10,PR,50.00,EUR,ASSIGNED
"""


def params_of(folder: Path) -> Path:
    """Write the files of the close and return its params file."""
    more = "".join(
        f"MAIN,1000,C3,{number},1,2025,INV,2025-03-05,2025-03-05,2025-04-04,EUR,{amount},{amount},EUR,{amount},{amount},INV-{number},1400,,,,\n"
        for number, amount in OLD.items()
    )
    sources = "  - {file: promises.csv, reads: promises}\n  - {file: disputes.csv, reads: disputes}\n"
    given: dict[str, Any] = {
        "items": items(lines=more), "statement": statement(), "tiny": tiny.PARAMS + sources,
        "customers": tiny.CUSTOMERS + "MAIN,1000,C3,Gamma Ofen KG,DE,EUR,ACTIVE,STD,kim\nMAIN,1000,C4,Gamma Holding,DE,EUR,ACTIVE,STD,kim\n",
    }  # fmt: skip
    file = tiny.write(folder, **given)
    (folder / "promises.csv").write_text(PROMISES)
    (folder / "disputes.csv").write_text(DISPUTES)
    return file


def said(params: Path, what: Said, by: str = "ana", reason: str = "why") -> list[Event]:
    """Record something as a person."""
    return follow_up(params, params.parent / "outputs", what, reason=reason, person=Person(by, "test"))
