"""Record a decision of a person on a receipt, against the newest run of a close."""

from __future__ import annotations

import getpass
import os
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from arwork.errors import InputError
from arwork.intake.received import take
from arwork.intake.shipped import shipped
from arwork.journal.chain import head
from arwork.journal.events import Event, same_person
from arwork.matching.learned import digest_of, read_learned
from arwork.pack.manifest import MANIFEST, read_manifest
from arwork.pack.plan import journal_store
from arwork.pack.record import read_tables
from arwork.params import Params, read_params
from arwork.policy import read_policy

if sys.platform != "win32":
    import pwd


@dataclass(frozen=True)
class Person:
    """Who acts, and how that is known."""

    name: str
    known_by: str


def acting_person(named: str) -> Person:
    """Return the person who acts and how that is known: the JupyterHub user, else the system's account, and a name given beside it."""
    account, hub = _account(), os.environ.get("JUPYTERHUB_USER", "")
    if hub:
        said = f"JupyterHub user {hub}, OS account {account}" if hub != account else f"JupyterHub user {hub}"
        return Person(hub, said) if named in ("", hub) else Person(named, f"named on the command line by {said}")
    if named and named != account:
        return Person(named, f"named on the command line by OS account {account}")
    return Person(account, "OS account")


def _account() -> str:
    """Name the account this process runs under, by the system: what LOGNAME says anybody can change."""
    if sys.platform == "win32":
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's account without a name
        return f"uid-{os.getuid()}"


def decide(
    params_file: Path, outputs: Path, *, action: str, receipt: str, splits: Sequence[str], undoes: int, reason: str, person: Person
) -> Event:
    """Append a decision to the close's journal and return it.

    `splits` are texts `ITEM=AMOUNT` in major units, with `+DISCOUNT` behind where an earned discount is allowed:
    `1000:0090000123:2026:001=980.00+20.00`. Raises InputError when the receipt, an item or an amount does not fit the
    newest run, or when somebody decided on the receipt since that run.
    """
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    params = read_params(take(params_file).data.decode("utf-8-sig"), params_file.name, policy)
    with closing(journal_store(params, params_file)) as journal:
        run, seen = newest_run(params, outputs, journal.events())
        body: dict[str, Any] = {"undoes": undoes} if action == "UNDO" else {"receipt": receipt}
        if action != "UNDO":
            body |= _checked(params, read_tables(run, ["receipts", "open_items"]), action, receipt, splits)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return journal.append(seen=seen, at=now, by=person.name, known_by=person.known_by, action=action, body=body, reason=reason)


def accept(params_file: Path, learned_file: Path, *, reason: str, person: Person) -> Event:
    """Append to the close's journal that a person accepts what a backtest learned, and return the event.

    Raises InputError for a file that a backtest did not write so, and for the person who ran it (CV-13).
    """
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    params = read_params(take(params_file).data.decode("utf-8-sig"), params_file.name, policy)
    received = take(learned_file)
    learned = read_learned(received.data, learned_file.name)
    if same_person(person.name, learned.run_by):
        raise InputError(
            f"{person.name} ran this backtest and cannot accept it (CV-13)", where=learned_file.name, cure="Let another person look at it."
        )
    body = {"learned": digest_of(received.data), "run_by": learned.run_by}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with closing(journal_store(params, params_file)) as journal:
        seen = journal.length()
        return journal.append(seen=seen, at=now, by=person.name, known_by=person.known_by, action="ACCEPT", body=body, reason=reason)


def newest_run(params: Params, outputs: Path, events: Sequence[Event]) -> tuple[Path, int]:
    """Find the run of this close and period that took in most of the journal; return it and how many events it had seen."""
    folder = outputs / params.close / params.period
    found = []
    for path in folder.glob(f"*/{MANIFEST}"):
        said = read_manifest(path.parent)["journal"]
        if said["events"] <= len(events) and head(list(events[: said["events"]])) == said["head"]:
            found.append((said["events"], path.stat().st_mtime_ns, path.parent))
    if not found:
        raise InputError(
            f"{folder.as_posix()} holds no run of this journal", cure="Run `arwork close` first; decisions are made on what it shows."
        )
    seen, _, run = max(found)
    return run, seen


def _checked(params: Params, tables: dict[str, pd.DataFrame], action: str, receipt: str, splits: Sequence[str]) -> dict[str, Any]:
    rows = tables["receipts"].loc[tables["receipts"]["receipt_id"] == receipt]
    if rows.empty:
        raise InputError(f"there is no receipt {receipt!r} in the newest run", cure="Take the id from the pack's proposals.")
    if action != "ALLOCATE":
        return {}
    currency, amount = str(rows.iloc[0]["currency"]), int(rows.iloc[0]["amount"])
    items = [_split(params, tables["open_items"], currency, text) for text in splits]
    cash = sum(entry["amount"] for entry in items)
    if not 0 <= cash <= amount:
        shown = params.units.text(cash, currency), params.units.text(amount, currency)
        raise InputError(
            f"the split uses {shown[0]} {currency} of a receipt of {shown[1]}", cure="Lower an amount; the rest may stay unapplied."
        )
    return {"currency": currency, "items": items}


def _split(params: Params, items: pd.DataFrame, currency: str, text: str) -> dict[str, Any]:
    parts = re.fullmatch(r"(.+)=(-?[0-9]+(?:\.[0-9]+)?)(?:\+([0-9]+(?:\.[0-9]+)?))?", text)
    if not parts:
        raise InputError(f"{text!r} is not ITEM=AMOUNT", cure="Write for example 1000:0090000123:2026:001=980.00+20.00 (cash+discount).")
    item, cash, discount = parts[1], Decimal(parts[2]), Decimal(parts[3] or "0")
    rows = items.loc[items["item_id"] == item]
    if rows.empty or str(rows.iloc[0]["currency"]) != currency:
        raise InputError(f"there is no open item {item!r} in {currency}", cure="Take the item's id from the pack.")
    amount, less, seen = _minor(params, cash, currency), _minor(params, discount, currency), int(rows.iloc[0]["open_amount_doc"])
    side = 1 if seen > 0 else -1
    if amount * side <= 0 or amount * side + less > abs(seen):
        shown = params.units.text(seen, currency)
        raise InputError(f"{text!r} does not fit item {item}, which is open by {shown} {currency}", cure="Give cash, at most what is open.")
    return {"item": item, "amount": amount, "discount": less, "seen_open": seen}


def _minor(params: Params, amount: Decimal, currency: str) -> int:
    try:
        return params.units.minor(amount, currency)
    except InputError as refused:
        raise InputError(refused.what, cure="Write the amount with the decimals of the currency.") from None
