"""Record decisions of a person on receipts, against the newest run of a close: the one way in, for the command line and the desk."""

from __future__ import annotations

import getpass
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from arwork.errors import InputError, first_few
from arwork.intake.received import take
from arwork.intake.shipped import shipped
from arwork.journal.chain import head
from arwork.journal.events import Event, replay, same_person
from arwork.journal.legal import approved
from arwork.journal.people import folded, people_of
from arwork.journal.rules import with_rules
from arwork.journal.store import Store
from arwork.matching.accepting import accepted_allocation
from arwork.matching.decided import Ruling, relieved_by, rulings
from arwork.matching.learned import digest_of, read_learned
from arwork.matching.named import read_receipts
from arwork.matching.split import Desk, Split, allocation
from arwork.matching.split_text import read_split
from arwork.matching.universe import universe
from arwork.pack.manifest import MANIFEST, read_manifest
from arwork.pack.plan import journal_store
from arwork.pack.record import read_tables
from arwork.params import Params, read_params
from arwork.policy import read_policy

if sys.platform != "win32":
    import pwd

ACCEPT_PROPOSAL = "ACCEPT_PROPOSAL"
"""Take a proposal as it stands: recorded as ALLOCATE with exactly its items and amounts."""
READ = ("receipts", "open_items", "disputes", "decisions", "proposals", "proposal_items")
"""Tables of a run that decisions are checked against."""


_BINDS = {"preparer": "clerk", "reviewer": "supervisor", "approver": "manager"}
"""The role of CO-70 that a role of the journal stands for; a larger limit is a person's own (`arwork people limit`)."""


@dataclass(frozen=True)
class Person:
    """Who acts, and how that is known."""

    name: str
    known_by: str


@dataclass(frozen=True)
class Shown:
    """What a person decides on: a run of a close, how many events of the journal it had taken in, and its tables (`READ`).

    Changes of rules by people are laid over `params` when a decision is checked, so that the newest count.
    """

    params: Params
    run: Path
    taken_in: int
    tables: Mapping[str, pd.DataFrame]


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
    params_file: Path, outputs: Path, *, action: str, receipts: Sequence[str], splits: Sequence[str | Split] = (),
    undoes: int | Sequence[int] = (), reason: str, person: Person, seen: int | None = None,
) -> list[Event]:  # fmt: skip
    """Append decisions to the close's journal, all or none with one reason, and return them.

    `action` is ALLOCATE (one receipt, `splits` by hand), ACCEPT_PROPOSAL (recorded as ALLOCATE with exactly what is proposed; the
    split `CANDIDATE=2` takes another candidate of one receipt), REJECT, HOLD, NOTE (one receipt or many), or UNDO (`undoes`).
    A split is a `Split` in minor units or a text in major units: `ITEM=CASH+DISCOUNT,deduction=AMOUNT:CODE,write-off=AMOUNT:CODE,
    override=WHY`, `ON-ACCOUNT=AMOUNT`, `UNAPPLIED=AMOUNT`; together they are the receipt. `seen` is how many events of the journal
    the person had seen, by default those of the newest run. Raises InputError when a receipt, an item or an amount does not fit the
    newest run, or when somebody decided on a receipt since.
    """
    policy = read_policy(shipped("params", "policy.yaml").read_text(encoding="utf-8"))
    params = read_params(take(params_file).data.decode("utf-8-sig"), params_file.name, policy)
    with closing(journal_store(params, params_file)) as journal:
        events = journal.events()
        run, taken_in = newest_run(params, outputs, events)
        numbers = [undoes] if isinstance(undoes, int) else list(undoes)
        shown = Shown(params, run, taken_in, read_tables(run, READ))
        return decide_on(
            journal, shown, action=action, receipts=receipts, splits=splits, undoes=numbers, reason=reason, person=person,
            seen=max([taken_in, *numbers]) if seen is None else seen,  # who names a decision to undo has seen what came before it
        )  # fmt: skip


def decide_on(
    journal: Store, shown: Shown, *, action: str, receipts: Sequence[str] = (), splits: Sequence[str | Split] = (), undoes: Sequence[int] = (),
    reason: str, person: Person, seen: int,
) -> list[Event]:  # fmt: skip
    """Append decisions made on what a run shows to an open journal; the one way in for the command line and the desk (see `decide`)."""
    if action == "UNDO":
        bodies: list[Mapping[str, Any]] = [{"undoes": number} for number in undoes]
    else:
        bodies = _bodies(shown, journal.events(), action, receipts, splits, person)
    if not bodies:
        raise InputError("a decision names its receipt, or the decision it undoes", cure="Give the id as the pack shows it.")
    recorded = "ALLOCATE" if action == ACCEPT_PROPOSAL else action
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return journal.append_many([(recorded, body, reason) for body in bodies], seen=seen, at=now, by=person.name, known_by=person.known_by)


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


def _bodies(
    shown: Shown, events: Sequence[Event], action: str, receipts: Sequence[str], splits: Sequence[str | Split], person: Person
) -> list[Mapping[str, Any]]:
    """Check a decision on every receipt it names and return what is recorded of each."""
    if len(set(receipts)) != len(receipts):
        raise InputError("a receipt stands twice in this decision", cure="Name each receipt once.")
    shown = replace(shown, params=with_rules(shown.params, events))
    if action == "ALLOCATE" and len(receipts) != 1:
        raise InputError(f"a split belongs to one receipt, not to {len(receipts)}", cure="Decide on them one by one.")
    if splits and (action not in ("ALLOCATE", ACCEPT_PROPOSAL) or len(receipts) != 1):
        raise InputError("amounts are given for one receipt that is allocated", cure="Leave them out, or allocate one receipt.")
    params, tables = shown.params, shown.tables
    known = tables["receipts"][tables["receipts"]["receipt_id"].isin(list(receipts))]
    strange = sorted(set(receipts) - set(known["receipt_id"]))
    if strange:
        raise InputError(f"there is no receipt {strange[0]!r} in the newest run", cure="Take the id from the pack's proposals.")
    found = {receipt.receipt_id: receipt for receipt in read_receipts(known)}
    if action == "ALLOCATE":
        receipt = found[receipts[0]]
        shares = [split if isinstance(split, Split) else read_split(split, receipt.currency, params.units) for split in splits]
        desk = _desk(shown, events, receipts, {share.item for share in shares}, person)
        return [{"receipt": receipt.receipt_id, **allocation(receipt, shares, desk)}]
    if action == ACCEPT_PROPOSAL:
        return _accepted(shown, events, receipts, _candidate(splits), person)
    return [{"receipt": number} for number in receipts]


def _accepted(shown: Shown, events: Sequence[Event], receipts: Sequence[str], candidate: int, person: Person) -> list[Mapping[str, Any]]:
    """Write out the proposal of every receipt; what one may take, the next in the same decision may not take again."""
    tables = shown.tables
    lines = tables["proposal_items"].loc[lambda t: t["receipt_id"].isin(list(receipts)) & (t["candidate"] == candidate)]
    wide = tables["proposal_items"].loc[lambda t: t["receipt_id"].isin(list(receipts))]
    desk = _desk(shown, events, receipts, set(lines["item_id"]), person)
    rows = {row["receipt_id"]: row for row in tables["proposals"].loc[lambda t: t["receipt_id"].isin(list(receipts))].to_dict("records")}
    twice = lines[lines["item_id"].duplicated(keep=False)].sort_values(["item_id", "receipt_id"])
    if len(twice):
        told = [f"{item} by {receipt}" for item, receipt in zip(twice["item_id"], twice["receipt_id"], strict=True)]
        raise InputError(
            f"several of these proposals take the same item: {first_few(told, 4)}", cure="Accept one of them, split the others by hand."
        )
    place = "/".join(shown.run.parts[-3:])
    return [
        {
            "receipt": number, **accepted_allocation(rows[number], wide, desk, candidate),
            "accepted": {"strategy": rows[number]["strategy"], "candidate": candidate, "pack": place},
        }
        for number in receipts
    ]  # fmt: skip


def _desk(shown: Shown, events: Sequence[Event], receipts: Sequence[str], named: set[str], person: Person) -> Desk:
    """Lay out what the decision is checked against: the customers of the items named, less what other decisions take."""
    params, tables, items = shown.params, shown.tables, shown.tables["open_items"]
    key = ["ledger_id", "company_code", "customer_id"]
    accounts = items.loc[items["item_id"].isin(named), key].drop_duplicates()
    world = universe(items.merge(accounts, on=key, how="inner"), tables["disputes"], params.as_of)
    used = relieved_by(r for r in deciding(shown, events) if r.receipt_id not in receipts)
    for item, amount in _struck(shown, events).items():
        used[item] = used.get(item, 0) + amount
    role, own = authority(params, events, person)
    return Desk(world, used, params.policy, params.units, params.as_of, role, own)


def deciding(shown: Shown, events: Sequence[Event]) -> list[Ruling]:
    """List the decisions on receipts that hold; an allocation that the run could not apply takes nothing and is left out."""
    told = shown.tables["decisions"]
    gone = set(told.loc[(told["action"] == "ALLOCATE") & (told["outcome"] != "APPLIED"), "seq"])
    return [ruling for ruling in rulings(replay(events)).values() if ruling.seq not in gone]


def _struck(shown: Shown, events: Sequence[Event]) -> dict[str, int]:
    """Return by item what approved write-offs take off it while the run has it open with the amount that was seen."""
    bodies = [other.body for _, other in approved(events, "WRITE_OFF", people_of(events))]
    items = shown.tables["open_items"]
    near = items.loc[items["item_id"].isin([body["item"] for body in bodies]), ["item_id", "open_amount_doc"]]
    now = {item: int(left) for item, left in near.itertuples(index=False, name=None)}
    found: dict[str, int] = {}
    for body in bodies:
        if now.get(body["item"]) == int(body.get("seen_open", 0)):
            found[body["item"]] = found.get(body["item"], 0) + int(body["amount"])
    return found


def authority(params: Params, events: Sequence[Event], person: Person) -> tuple[str, Mapping[str, int]]:
    """Return the role of CO-70 whose limits bind a person, the highest of those the journal gives, and the person's own limits."""
    people = people_of([event for event in events if event.action == "PEOPLE"])
    member = people.find(person.name)
    seats = [seat for seat in params.people if folded(person.name) in map(folded, (seat.name, *seat.logins))]
    roles = member.roles if member else (seats[0].roles if seats and not people.members else ())
    found = max(
        (_BINDS[role] for role in roles if role in _BINDS), key=lambda role: params.policy.adjustment_roles.get(role, 0), default=""
    )
    return found, dict(member.limits) if member else {}


def _candidate(splits: Sequence[str | Split]) -> int:
    """Read which candidate is accepted; 1, the proposal, unless said otherwise."""
    if not splits:
        return 1
    found = re.fullmatch(r"CANDIDATE=([0-9]{1,3})", splits[0]) if isinstance(splits[0], str) and len(splits) == 1 else None
    if not found:
        raise InputError("what is accepted is taken as it is proposed", cure="Leave the amounts out, or say CANDIDATE=2.")
    return int(found[1])
