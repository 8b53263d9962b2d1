"""What a person does at the desk, and the one place where the desk meets the journal.

A newer decision of somebody else on the same receipt refuses the act with that person's name; nothing is written then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from arwork.decide import ACCEPT_PROPOSAL, Person, decide_on
from arwork.desk.split import Split
from arwork.errors import InputError, IntegrityError
from arwork.journal.chain import head
from arwork.journal.events import Event
from arwork.journal.people import folded, people_of
from arwork.matching.split import ON_ACCOUNT, UNAPPLIED
from arwork.matching.split import Split as Share
from arwork.params import Params

if TYPE_CHECKING:
    from arwork.desk.open import Desk

ACTIONS = ("ALLOCATE", "REJECT", "HOLD", "NOTE")
"""What a person may do with receipts; undo is a function of its own."""
AUDITOR = "auditor"
_LOOKS_ONLY = "An auditor looks and does not decide."


def act(
    desk: Desk, *, action: str, receipts: Sequence[str], split: Split | None = None, candidate: int = 1, reason: str, seen: int
) -> list[Event]:  # fmt: skip
    """Record a decision on each receipt and return the events.

    `ALLOCATE` with a split allocates its one receipt as split; without one it confirms what is proposed for each receipt,
    or, of one receipt, another candidate than the proposal.
    `seen` is how many events of the journal the person had seen. Raises InputError when the person may not decide, the
    split does not add up, nothing is proposed, or somebody else decided on a receipt since (with that person's name);
    then nothing is written for any of the receipts.
    """
    refuse_auditor(desk)
    if action not in ACTIONS or not receipts:
        raise InputError(f"unknown action {action!r}" if receipts else "no receipt is chosen", cure=f"Use one of {', '.join(ACTIONS)}.")
    if not reason.strip():
        raise InputError("a decision needs a reason", cure="Say why, in a few words.")
    if split is not None and list(receipts) != [split.receipt_id]:
        raise InputError("a split is of one receipt", cure="Decide on the others by themselves.")
    chosen, wanted = action, [] if split is None else _shares(split)
    if action == "ALLOCATE" and split is None:
        chosen = ACCEPT_PROPOSAL
        if candidate > 1 and len(receipts) > 1:
            raise InputError("a rival is accepted for one receipt", cure="Choose one receipt.")
    return decide_on(
        desk.journal,
        desk.shown,
        action=chosen,
        receipts=list(dict.fromkeys(receipts)),
        splits=[f"CANDIDATE={candidate}"] if chosen == ACCEPT_PROPOSAL and candidate > 1 else wanted,
        reason=reason,
        person=desk.person,
        seen=seen,
    )


def undo(desk: Desk, *, event: int, reason: str, seen: int) -> list[Event]:
    """Undo a decision by another event; InputError when there is none, or somebody else decided on its receipt since."""
    refuse_auditor(desk)
    return decide_on(desk.journal, desk.shown, action="UNDO", undoes=[event], reason=reason, person=desk.person, seen=seen)


def may_do(desk: Desk) -> tuple[tuple[str, ...], str]:
    """Return what the person may do, and, where that is nothing, why."""
    return ((), _LOOKS_ONLY) if AUDITOR in desk.roles else ((*ACTIONS, "UNDO"), "")


def poll(desk: Desk, seen: int) -> list[Event]:
    """Return the events of the journal after the first `seen`; cheap enough to be asked every second.

    Only what is new is parsed, and it must follow the last event seen: IntegrityError when the journal was cut or rewritten.
    """
    fresh = desk.journal.events(seen)
    if not fresh and desk.journal.length() < seen:
        raise IntegrityError("holds fewer decisions than before", where=desk.journal.name, cure="Take it from the last good backup.")
    if fresh and seen == desk.position and fresh[0].prev != head(desk.events):
        raise IntegrityError("is not the journal that was opened", where=desk.journal.name, cure="Open the desk again.")
    return fresh


def receipts_of(events: Sequence[Event]) -> dict[int, str]:
    """Return by event the receipt it is about; an undo is about the receipt of what it undoes."""
    found: dict[int, str] = {}
    for event in events:
        found[event.seq] = found.get(int(event.body["undoes"]), "") if event.action == "UNDO" else str(event.body.get("receipt", ""))
    return found


def roles_of(params: Params, events: Sequence[Event], person: Person) -> tuple[str, ...]:
    """Return the roles of a person by the journal, or by the params while it names nobody; a stranger among named people only looks."""
    people = people_of([event for event in events if event.action == "PEOPLE"])
    if people.members:
        found = people.find(person.name)
        return found.roles if found else (AUDITOR,)
    seats = [seat for seat in params.people if folded(person.name) in map(folded, (seat.name, *seat.logins))]
    return tuple(seats[0].roles) if seats else ((AUDITOR,) if params.people else ("preparer",))


def refuse_auditor(desk: Desk) -> None:
    """Refuse whoever only looks (InputError)."""
    if AUDITOR in desk.roles:
        raise InputError(f"{desk.person.name} is an auditor of this close", cure=_LOOKS_ONLY)


def _shares(split: Split) -> list[Share]:
    """Hand a split of the desk over as the shares that a decision is checked by."""
    shares = [
        Share(
            line.item_id, line.amount, line.discount, line.deduction, line.deduction_code, line.write_off, line.adjustment_code, line.override
        )
        for line in split.lines
    ]  # fmt: skip
    kept = ((ON_ACCOUNT, split.on_account), (UNAPPLIED, split.unapplied))
    return shares + [Share(name, amount) for name, amount in kept if amount]
