"""What may follow what: the states of receipts, items, disputes, refunds and so on, who may do which act, and who approves how much.

Pure data and three questions: `may_follow` (domain 1.2), `may_act` (CV-13), `approval` (CO-70, CO-65, RF-08).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Answer:
    """Yes or no, and for a no the sentence that says why. It counts as true when the answer is yes."""

    may: bool
    why: str = ""

    def __bool__(self) -> bool:
        """Count as the answer."""
        return self.may


class Fact(NamedTuple):
    """A fact that a step needs: its name, the values it may have (none: anything that is said), the words for it."""

    name: str
    values: tuple[str, ...]
    words: str


Machine = Mapping[str, Mapping[str, Fact | None]]
"""By state, the states that may follow, each with the fact that it needs."""

_REASON = Fact("reason", ("NSF", "recall", "posting error"), "the reason: NSF, recall or posting error")
_RESET = Fact("reset", ("yes",), "a reset of the clearing")
_RESOLUTION = Fact("resolution", ("VALID", "PARTLY_VALID", "INVALID"), "the resolution: VALID, PARTLY_VALID or INVALID")
_HOLD = Fact("reason", (), "the reason of the hold")
_CODE = Fact("code", (), "the reaction code")
_STALE = Fact("inputs_changed", ("yes",), "a changed input")
_LIFTED = Fact("inputs_changed", ("yes", "reopened"), "a changed input, or that it was reopened")


def _before(*states: str) -> Fact:
    return Fact("before_hold", states, f"that it was {' or '.join(states)} before the hold")


_LIVE = ("UNIDENTIFIED", "UNAPPLIED", "PARTIALLY_APPLIED", "APPLIED", "ON_ACCOUNT", "REFUND_PENDING")
_RECEIPT: dict[str, tuple[str, ...]] = {
    "UNIDENTIFIED": ("UNAPPLIED", "RETURNED_TO_PAYER"),
    "UNAPPLIED": ("PARTIALLY_APPLIED", "APPLIED", "ON_ACCOUNT", "RETURNED_TO_PAYER"),
    "PARTIALLY_APPLIED": ("APPLIED", "ON_ACCOUNT", "REFUND_PENDING"),
    "APPLIED": (),
    "ON_ACCOUNT": ("APPLIED", "REFUND_PENDING"),
    "REFUND_PENDING": ("REFUNDED",),
    "REFUNDED": (),
    "MISDIRECTED": ("TRANSFERRED", "RETURNED_TO_PAYER"),
    "TRANSFERRED": (),
    "RETURNED_TO_PAYER": (),
    "REVERSED": (),
}  # any state may be reversed, and money that is still with us may turn out to be meant for somebody else
_UNPAID = ("CANDIDATE", "DOCUMENTED", "APPROVED", "RELEASED")

MACHINES: Mapping[str, Machine] = {
    "receipt": {
        state: {
            **dict.fromkeys(follow),
            **({"MISDIRECTED": None} if state in _LIVE else {}),
            **({"REVERSED": _REASON} if state != "REVERSED" else {}),
        }
        for state, follow in _RECEIPT.items()
    },
    "open item": {
        "OPEN": {"PARTIAL": None, "CLEARED": None},
        "PARTIAL": {"CLEARED": None, "OPEN": _RESET},
        "CLEARED": {"OPEN": _RESET},
    },
    "dispute": {
        "NEW": {"ASSIGNED": None},
        "ASSIGNED": {"IN_REVIEW": None},
        "IN_REVIEW": {"PENDING_CUSTOMER": None, "PENDING_INTERNAL": None, "RESOLVED": _RESOLUTION},
        "PENDING_CUSTOMER": {"RESOLVED": _RESOLUTION},
        "PENDING_INTERNAL": {"RESOLVED": _RESOLUTION},
        "RESOLVED": {"CLOSED": None},
        "CLOSED": {"REOPENED": None},
        "REOPENED": {"ASSIGNED": None},
    },
    "promise": {
        "OPEN": dict.fromkeys(("KEPT", "PARTIALLY_KEPT", "BROKEN", "WITHDRAWN", "SUPERSEDED")),
        "KEPT": {"BROKEN": Fact("payment_returned", ("yes",), "that its payment was returned")},
        "PARTIALLY_KEPT": {},
        "BROKEN": {},
        "WITHDRAWN": {},
        "SUPERSEDED": {},
    },
    "refund": {
        "CANDIDATE": {"DOCUMENTED": None, "REJECTED": None, "HOLD": _HOLD},
        "DOCUMENTED": {"APPROVED": None, "REJECTED": None, "HOLD": _HOLD},
        "APPROVED": {"RELEASED": None, "REJECTED": None, "HOLD": _HOLD},
        "RELEASED": {"PAID": None, "REJECTED": None, "HOLD": _HOLD},
        "PAID": {"CONFIRMED": None, "BOUNCED": None},
        "BOUNCED": {"HOLD": _HOLD},
        "HOLD": {
            "CANDIDATE": _before("CANDIDATE"), "DOCUMENTED": _before("DOCUMENTED", "BOUNCED"), "APPROVED": _before("APPROVED"),
            "RELEASED": _before("RELEASED"), "REJECTED": _before(*_UNPAID),
        },
        "CONFIRMED": {},
        "REJECTED": {},
    },
    "transfer": {
        "PENDING": {"HALF_APPROVED": None, "REJECTED": None},
        "HALF_APPROVED": {"APPROVED": None, "REJECTED": None},
        "APPROVED": {"REJECTED": None},
        "REJECTED": {"HALF_APPROVED": None},
    },
    "reconciliation": {
        "OPEN": {"PREPARED": None},
        "PREPARED": {"REVIEWED": None, "RETURNED": None, "OPEN": _STALE},
        "RETURNED": {"PREPARED": None, "OPEN": _STALE},
        "REVIEWED": {"CERTIFIED": None, "OPEN": _STALE},
        "CERTIFIED": {"OPEN": _LIFTED},
    },
    "claim": {
        "DRAFT": {"NOTICE_GIVEN": None},
        "NOTICE_GIVEN": {"FILED": None},
        "FILED": {"ACKNOWLEDGED": None},
        "ACKNOWLEDGED": dict.fromkeys(("OFFERED", "PAID", "DECLINED")),
        "OFFERED": {"CLOSED": None},
        "PAID": {"CLOSED": None},
        "DECLINED": dict.fromkeys(("CLOSED", "APPEALED", "SUIT")),
        "APPEALED": {},
        "SUIT": {},
        "CLOSED": {},
    },
    "letter": {
        "PROPOSED": {"APPROVED": None},
        "APPROVED": {"SENT": None},
        "SENT": {"DELIVERED": None, "UNDELIVERED": None, "REACTED": _CODE, "NO_REACTION": None},
        "DELIVERED": {"REACTED": _CODE, "NO_REACTION": None},
        "UNDELIVERED": {"REACTED": _CODE, "NO_REACTION": None},
        "REACTED": {},
        "NO_REACTION": {},
    },
}  # fmt: skip
"""The state machines of domain 1.2; a step in brackets there may be left out."""


def may_follow(thing: str, state: str, to: str, facts: Mapping[str, str]) -> Answer:
    """Say whether a state may follow another, given the facts that the step needs; an unknown thing or state may not."""
    follow = MACHINES.get(thing, {}).get(state)
    if follow is None:
        return Answer(False, f"{state!r} is no state of a {thing}")
    if to not in follow:
        return Answer(False, f"after {state} a {thing} may become {' or '.join(follow) or 'nothing else'}, not {to}")
    needed = follow[to]
    if needed is None:
        return Answer(True)
    said = facts.get(needed.name, "")
    if not said.strip() or (needed.values and said not in needed.values):
        return Answer(False, f"a {thing} goes from {state} to {to} only with {needed.words}")
    return Answer(True)


ROLES = ("preparer", "reviewer", "approver", "auditor")


class Act(NamedTuple):
    """Who may do an act: the roles, and the earlier acts in the same matter that bar the person who did them (CV-13)."""

    roles: tuple[str, ...]
    barred_by: tuple[str, ...] = ()


_TEAM = ("preparer", "reviewer", "approver")
_DECISIONS = ("ALLOCATE", "REJECT", "HOLD", "WRITE_OFF", "ALIAS", "RULE", "REFUND DOCUMENTED", "DISPUTE", "PROMISE")
ACTS: Mapping[str, Act] = {
    **{act: Act(("preparer",)) for act in ("ALLOCATE", "REJECT", "WRITE_OFF", "ALIAS", "PROMISE", "PREPARE", "EXPORT", "POSTED")},
    **{act: Act(_TEAM) for act in ("HOLD", "NOTE", "CONTACT", "UNDO", "DISPUTE", "PEOPLE", "REFUND HOLD")},
    "RULE": Act(("reviewer", "approver")),
    "RULE APPROVED": Act(("approver",), ("RULE",)),
    "ACCEPT": Act(("reviewer", "approver"), ("BACKTEST",)),
    "WRITE_OFF APPROVED": Act(("approver",), ("WRITE_OFF",)),
    "REFUND DOCUMENTED": Act(("preparer",), ("POSTED", "BANK DETAILS")),
    "REFUND APPROVED": Act(("approver",), ("REFUND DOCUMENTED", "BANK DETAILS", "POSTED")),
    "REFUND RELEASED": Act(("approver",), ("REFUND DOCUMENTED", "BANK DETAILS")),
    "REFUND REJECTED": Act(("reviewer", "approver")),
    "REFUND PAID": Act(("preparer",)),
    "REFUND CONFIRMED": Act(_TEAM),
    "REFUND BOUNCED": Act(_TEAM),
    "TRANSFER APPROVED": Act(("approver",), ("ALLOCATE", "TRANSFER APPROVED")),
    "TRANSFER REJECTED": Act(("reviewer", "approver")),
    "REVIEW": Act(("reviewer",), ("PREPARE", *_DECISIONS)),
    "RETURN": Act(("reviewer", "approver"), ("PREPARE",)),
    "CERTIFY": Act(("approver",), ("PREPARE", "REVIEW", *_DECISIONS)),
    "REOPEN": Act(("approver",), ("CERTIFY",)),
    "PEOPLE CONFIRMED": Act(_TEAM, ("PEOPLE",)),
}
"""Every act that is recorded. BACKTEST (ran it) and BANK DETAILS (changed them) are earlier acts only; an auditor looks."""


def may_act(roles: Collection[str], act: str, person: str, earlier: Mapping[str, Collection[str]]) -> Answer:
    """Say whether a person with these roles may do an act, given who did which earlier acts in the same matter.

    `person` and the names in `earlier` are people, not logins: whoever asks has turned logins into people before.
    """
    rule = ACTS.get(act)
    if rule is None:
        return Answer(False, f"{act!r} is no act that is recorded")
    if not set(roles) & set(rule.roles):
        held = " and ".join(sorted(roles)) or "no role"
        return Answer(False, f"{person} is {held}; {act} takes somebody who is {' or '.join(rule.roles)}")
    for before in rule.barred_by:
        if person in earlier.get(before, ()):
            return Answer(False, f"{person} did {before} in the same matter and may not do {act} (CV-13)")
    return Answer(True)


WHO: Mapping[str, tuple[str, ...]] = {
    "T-STD": ("clerk and team lead", "AR manager", "controller", "CFO"),
    "T-WO": ("team lead", "AR manager", "controller", "CFO", "board"),
    "T-RF": ("team lead", "AR manager", "controller", "CFO and treasury"),
}
"""By table of tiers (CO-70, CO-65, RF-08), who approves up to each limit; the last one above them all."""


class Approval(NamedTuple):
    """Who approves: the level, counted from 1, and the words for it."""

    level: int
    who: str


def approval(table: str, amounts: Sequence[int], limits: Sequence[int]) -> Approval:
    """Return who approves amounts that count together (refunds to one payee, write-offs of a quarter), in minor units.

    `limits` are the policy's, in minor units of the same currency and rising; a limit belongs to its tier. The amounts are
    added up without their sign, so that splitting does not lower the tier (RF-08).
    """
    total = sum(abs(amount) for amount in amounts)
    level = 1 + sum(total > limit for limit in limits)
    return Approval(level, WHO[table][level - 1])
