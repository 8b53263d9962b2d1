"""A small close to decide on: five invoices, four receipts that name nothing, run without notebooks; decisions go to a real journal."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import tiny

from arwork.decide import Person, decide
from arwork.journal.chain import head
from arwork.journal.events import Event, canonical
from arwork.journal.store import Store, open_store
from arwork.pack.plan import lay_out, make_plan
from arwork.pack.record import read_tables
from arwork.run import run_stages

HEADS = (
    "ledger_id,company_code,customer_id,doc_no,line_no,fiscal_year,doc_type,doc_date,posting_date,due_date,currency,amount_doc,"
    "open_amount_doc,local_currency,amount_local,open_amount_local,reference,gl_account,disc1_date,disc1_pct,clearing_doc,clearing_date"
)
DOCS = {
    "9001": ("C1", "2026-03-02", "2026-04-01", "1000.00", "2026-03-16,2.00"),
    "9002": ("C1", "2026-03-02", "2026-04-01", "250.50", ","),
    "9003": ("C2", "2025-03-05", "2025-04-04", "99.99", ","),
    "9004": ("C1", "2026-02-02", "2026-02-20", "300.00", "2026-02-12,2.00"),
    "9005": ("C2", "2026-03-05", "2026-04-04", "-50.00", ","),
}
PAID = {"B1": "928,00", "B2": "250,00", "B3": "60,00", "B4": "98,00"}
A, B, OLD, LATE, CREDIT = (f"1000:{number}:2026:1" for number in DOCS)


def items(cleared: dict[str, str] | None = None, lines: str = "", left: dict[str, str] | None = None) -> str:
    """Write the export; `cleared` gives documents their clearing document, `left` another open amount, `lines` are more rows."""
    rows = [HEADS]
    for number, (who, day, due, amount, terms) in DOCS.items():
        gone = (cleared or {}).get(number, "")
        still = "0.00" if gone else (left or {}).get(number, amount)
        kind = "CM" if amount.startswith("-") else "INV"
        rows.append(
            f"MAIN,1000,{who},{number},1,2026,{kind},{day},{day},{due},EUR,{amount},{still},EUR,{amount},{still},INV-{number},1400,{terms},"
            f"{gone},{'2026-03-25' if gone else ''}"
        )
    return "\n".join(rows) + "\n" + lines


def statement() -> str:
    """Write the bank statement: each receipt comes on 12 March with words that name nothing."""
    lines = "".join(
        f":61:2603120312C{amount},NTRFNONREF//{number}\n:86:166?00GUTSCHRIFT?20SVWZ+THANK YOU?32SOMEBODY {number}\n".replace(",00,", ",00")
        for number, amount in PAID.items()
    )
    total = f"{1000 + 928 + 250 + 60 + 98},00"
    return f":20:TINY\n:25:DE02120300000000202051\n:28C:3/1\n:60F:C260301EUR1000,00\n{lines}:62F:C260331EUR{total}\n"


def params_of(folder: Path, **changed: str) -> Path:
    """Write the files of the close and return its params file."""
    given: dict[str, Any] = {"items": items(), "statement": statement(), **changed}
    return tiny.write(folder, **given)


def closed(params: Path) -> Path:
    """Run every stage on the files as they are now, and leave what a pack is known by."""
    outputs = params.parent / "outputs"
    plan = make_plan(params, outputs)
    folder = outputs / plan.place
    if folder.exists():
        return folder
    lay_out(plan, folder)
    run_stages(folder)
    said = {"schema": "arwork-pack-1", "files": [], "journal": {"events": len(plan.events), "head": head(plan.events)}}
    (folder / "manifest.json").write_text(canonical(said) + "\n")
    return folder


def table(run: Path, name: str) -> pd.DataFrame:
    """Read a published table."""
    return read_tables(run, [name])[name]


def number_of(run: Path, bank: str) -> str:
    """Return the receipt of a bank reference."""
    receipts = table(run, "receipts")
    return str(receipts.loc[receipts["bank_txn_id"] == bank, "receipt_id"].item())


def decided(params: Path, action: str, receipts: list[str], *splits: Any, by: str = "ana", **more: Any) -> list[Event]:
    """Decide as a person."""
    who = Person(by, "test")
    return decide(
        params,
        params.parent / "outputs",
        action=action,
        receipts=receipts,
        splits=splits,
        reason=more.pop("reason", "why"),
        person=who,
        **more,
    )


def journal(params: Path) -> list[Event]:
    """Read the journal of the close."""
    with closing(_store(params)) as store:
        return store.events()


def empower(params: Path, name: str, *roles: str) -> None:
    """Add a person to the journal, as the first person or by the only one there is."""
    with closing(_store(params)) as store:
        body = {"step": "add", "person": name, "roles": list(roles)}
        store.append(
            seen=store.length(), at="2026-04-01T09:00:00+00:00", by="ana", known_by="test", action="PEOPLE", body=body, reason="the team"
        )


def _store(params: Path) -> Store:
    return open_store(params.with_suffix(".journal.sqlite").name, base=params.parent)


def rows_of(frame: pd.DataFrame, *columns: str) -> list[list[Any]]:
    """Return some columns as plain lists."""
    return json.loads(frame[list(columns)].to_json(orient="values"))
