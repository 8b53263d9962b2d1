"""A small company whose month is closed in this process, with a desk on it: one receipt of each kind that a person meets."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import tiny

from arwork.decide import Person
from arwork.desk.open import Desk, open_desk
from arwork.desk.session import Session, hear
from arwork.journal.events import Event
from arwork.pack.build import seal
from arwork.pack.laid import read_plan
from arwork.pack.plan import inputs_of, lay_out, make_plan
from arwork.run import run_stages

ANN, BO = Person("ann", "test"), Person("bo", "test")
ITEMS = tiny.ITEMS + (
    "MAIN,1000,C2,9004,1,2026,INV,2026-03-06,2026-03-06,2026-04-05,EUR,70.00,70.00,EUR,70.00,70.00,INV-2026-0004,1400\n"
    "MAIN,1000,C2,9005,1,2026,INV,2026-03-07,2026-03-07,2026-04-06,EUR,70.00,70.00,EUR,70.00,70.00,INV-2026-0005,1400\n"
)
STATEMENT = """:20:TINY
:25:DE02120300000000202051
:28C:3/1
:60F:C260301EUR1000,00
:61:2603120312C500,00NTRFINV-2026-0001//B1
:86:166?00GUTSCHRIFT?20SVWZ+INV-2026-0001?32ALPHA HANDEL GMBH
:61:2603200320C42,00NTRFNONREF//B2
:86:166?00GUTSCHRIFT?20SVWZ+THANK YOU?32NOBODY KNOWN
:61:2603210321C200,50NTRFINV-2026-0002//B3
:86:166?00GUTSCHRIFT?20SVWZ+Rechnung INV-2026-0002 minus Gutschrift?32ALPHA HANDEL GMBH
:61:2603230323C70,00NTRFNONREF//B4
:86:166?00GUTSCHRIFT?20SVWZ+ABSCHLAG?32BETA BAU AG
:62F:C260331EUR1812,50
"""
"""One paid to the cent, one from nobody known, one 50.00 short, one that fits two invoices of one customer."""
CHANGED = {
    "items": ITEMS,
    "statement": STATEMENT,
    "balances": tiny.BALANCES.replace("350.49,0.00,850.49", "490.49,0.00,990.49").replace("542.00,0.00,1542.00", "812.50,0.00,1812.50"),
    "cash": tiny.CASH + "MAIN,1000,1800,3,1,2026-03-21,2026-03-21,200.50,EUR,,,B3,RECEIPT\n"
    "MAIN,1000,1800,4,1,2026-03-23,2026-03-23,70.00,EUR,,,B4,RECEIPT\n",
}


def closed(params: Path, outputs: Path) -> Path:
    """Close a month in this process and seal it like a real one."""
    plan = make_plan(params, outputs)
    folder = outputs / plan.place
    lay_out(plan, folder)
    run_stages(folder)
    seal(folder, {**read_plan(folder)[0], "sources": list(inputs_of(plan))})
    return folder


def month(folder: Path) -> Path:
    """Write the company, close its month, and return the params file; packs lie in `outputs` beside it."""
    params = tiny.write(folder, **CHANGED)
    closed(params, folder / "outputs")
    return params


def copied(params: Path, folder: Path) -> Path:
    """Copy a closed month into a new folder, and return its params file there."""
    return shutil.copytree(params.parent, folder) / params.name


def forget(params: Path) -> None:
    """Take the journal away, as if nobody had decided anything."""
    for left in params.parent.glob("tiny.journal.sqlite*"):
        left.unlink()


def desk_of(params: Path, person: Person = ANN) -> Desk:
    """Open the desk."""
    return open_desk(params, params.parent / "outputs", person)


def receipt(desk: Desk, amount: int) -> str:
    """Return the one receipt of an amount."""
    (found,) = desk.tables["receipts"].loc[desk.tables["receipts"]["amount"] == amount, "receipt_id"]
    return str(found)


def event(seq: int, action: str, about: str = "", by: str = "ann", **body: object) -> Event:
    """Make an event as a journal holds it, without its seal."""
    return Event(seq, "2026-04-01T09:00:00+00:00", by, "test", action, {**({"receipt": about} if about else {}), **body}, "why", "", "")


def many(desk: Desk, times: int) -> Desk:
    """Return the desk with its receipts and proposals as many times over."""
    tables = dict(desk.tables)
    for name in ("receipts", "proposals"):
        copies = tables[name].loc[tables[name].index.repeat(times)].reset_index(drop=True)
        number = copies.groupby("receipt_id").cumcount().astype("str").str.zfill(6)
        tables[name] = copies.assign(receipt_id=number + "-" + copies["receipt_id"]).sort_values("receipt_id", ignore_index=True)
    return replace(desk, tables=tables)


def ask(session: Session, kind: str, **more: Any) -> list[dict[str, Any]]:
    """Return what a page hears when it asks the session."""
    return [told for told, _ in hear(session, {"kind": kind, "client": "page", **more})]


def record(desk: Desk, action: str, body: Mapping[str, object], by: Person = ANN) -> Event:
    """Put a decision into the journal as another desk or the command line would."""
    now = "2026-04-01T09:00:00+00:00"
    seen = desk.journal.length()
    return desk.journal.append(seen=seen, at=now, by=by.name, known_by=by.known_by, action=action, body=body, reason="why")
