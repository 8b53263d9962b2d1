"""Why the customer's statement and our account differ on a document: its class, who acts, what comes next, by when (RC-40)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from arwork.money import Units, percent_of
from arwork.policy import CustomerStatement
from arwork.reconcile.customer_match import Entry, Group, Line
from arwork.reconcile.customer_said import SAID, letter, said
from arwork.reconcile.layout import due_by

CASH = ("RCPT", "ONACC")
"""Types of our lines that are payments."""


@dataclass(frozen=True)
class Cleared:
    """How one of our lines was settled: the day, by which document, whether payment lines stand in it, whether it was cancelled."""

    day: date
    document: str
    by_credit: bool
    cancelled: bool


@dataclass(frozen=True)
class Paid:
    """A receipt of ours: its id, value date, amount, where it stands (APPLIED, UNAPPLIED, MISDIRECTED …), and what it was applied to."""

    receipt_id: str
    day: date
    amount: int
    status: str
    customer_id: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """What we know beside the two accounts: by item disputes, settlements, allocations of this close, facts; receipts; documents elsewhere.

    `relieved` is what this close takes off an item that the ledger has not posted yet; `elsewhere` names by normalised number where
    else the document stands; `off` are the holidays of the book (T27).
    """

    key_date: date
    currency: str
    disputes: Mapping[str, tuple[str, str, int, date | None]] = field(default_factory=dict)
    cleared: Mapping[str, Cleared] = field(default_factory=dict)
    relieved: Mapping[str, tuple[str, int, date]] = field(default_factory=dict)
    discounts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    net: Mapping[str, int] = field(default_factory=dict)
    receipts: Sequence[Paid] = ()
    elsewhere: Mapping[int, tuple[str, bool]] = field(default_factory=dict)
    off: Collection[date] = ()


@dataclass(frozen=True)
class Difference:
    """One classed difference: class, reason, line of the layout, both amounts, who acts, what and by when, its sentence, its facts."""

    klass: str
    reason: str
    mark: str
    group: Group
    ours: int
    theirs: int
    owner: str
    action: str
    act_by: date
    sentence: str
    letter: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def amount(self) -> int:
        """Theirs less ours."""
        return self.theirs - self.ours


@dataclass(frozen=True)
class _Case:
    """A group under judgement with what is known and the rules."""

    group: Group
    known: Known
    rules: CustomerStatement
    units: Units

    @property
    def ours(self) -> int:
        """What counts on our side."""
        return sum(entry.value for entry in self.group.ours)

    @property
    def theirs(self) -> int:
        """What counts on theirs."""
        return sum(line.amount for line in self.group.theirs)

    def recent(self, day: date | None) -> bool:
        """Say whether a day lies so shortly before the key date that the other side need not have it yet."""
        if day is None:
            return False
        return day <= self.known.key_date <= due_by(day, self.rules.in_transit, self.known.off)


def classed(groups: Sequence[Group], known: Known, rules: CustomerStatement, units: Units) -> tuple[Difference, ...]:
    """Class every group that differs; those that agree are left out."""
    found = []
    for group in groups:
        if group.difference:
            case = _Case(group, known, rules, units)
            found.append(_difference(case, *_reason(case)))
    return tuple(found)


def _reason(case: _Case) -> tuple[str, dict[str, str]]:
    """Name why a group differs, with the facts that its sentence tells."""
    if case.group.tie:
        return "tie", {"how": case.group.how}
    if not case.group.theirs:
        return _only_ours(case, case.group.ours[0])
    if case.ours == 0:
        return _only_theirs(case)
    return _both(case)


def _only_ours(case: _Case, entry: Entry) -> tuple[str, dict[str, str]]:
    known, value = case.known, case.ours
    if entry.item_id in known.disputes:
        return "disputed", {"case": known.disputes[entry.item_id][0]}
    if value > 0:
        if entry.item_id in known.relieved and known.relieved[entry.item_id][1] >= value:
            receipt, _, day = known.relieved[entry.item_id]
            return "paid", {"receipt": receipt, "on": f"{day}"}
        waiting = [paid for paid in known.receipts if paid.status == "UNAPPLIED" and paid.amount == value and paid.day <= known.key_date]
        if len(waiting) == 1:
            return "unapplied", {"receipt": waiting[0].receipt_id, "on": f"{waiting[0].day}"}
        return ("recent" if case.recent(entry.day) else "copy"), {}
    if entry.kind in CASH:
        return "on_account", {}
    return ("recent" if case.recent(entry.day) else "credit_copy"), {}


def _only_theirs(case: _Case) -> tuple[str, dict[str, str]]:
    line = case.group.theirs[0]
    if case.theirs < 0:
        return _their_credit(case, line)
    if case.group.ours:
        return _settled(case, case.group.ours[0])
    if line.place in case.known.elsewhere:
        where, same = case.known.elsewhere[line.place]
        return ("other_entity" if same else "other_customer"), {"where": where}
    return "unknown_document", {}


def _settled(case: _Case, entry: Entry) -> tuple[str, dict[str, str]]:
    """Say why a document that they show open is not open with us."""
    if entry.day > case.known.key_date:
        return "after_key", {"on": f"{entry.day}"}
    cleared = case.known.cleared.get(entry.item_id)
    if cleared is None:
        return "settled", {"how": "settled in our books"}
    facts = {"on": f"{cleared.day}", "by": cleared.document}
    if cleared.cancelled:
        return "cancelled", facts
    if cleared.by_credit:
        return ("credit_recent" if case.recent(cleared.day) else "credit_not_booked"), facts
    return "payment_not_matched", facts


def _their_credit(case: _Case, line: Line) -> tuple[str, dict[str, str]]:
    """Say what a payment, deduction or credit is that they booked and we do not show open."""
    known, amount = case.known, -case.theirs
    if case.group.ours:
        cleared = known.cleared.get(case.group.ours[0].item_id)
        return "already_used", {"on": f"{cleared.day}" if cleared else "", "by": cleared.document if cleared else ""}
    if line.kind in ("DM", "CM"):
        own = [name for name, (_, _, disputed, _) in known.disputes.items() if disputed == amount]
        return ("deduction" if line.kind == "DM" else "their_credit"), {"case": known.disputes[own[0]][0] if len(own) == 1 else ""}
    received = [paid for paid in known.receipts if paid.amount == amount and _close(paid.day, line.day, case.rules)]
    if len(received) == 1:
        return _received(received[0], known)
    if len(received) > 1:
        return "several_receipts", {"receipts": ", ".join(paid.receipt_id for paid in received[:3])}
    return ("in_transit" if case.recent(line.day) else "no_payment"), {}


def _received(paid: Paid, known: Known) -> tuple[str, dict[str, str]]:
    facts = {"receipt": paid.receipt_id, "on": f"{paid.day}", "where": paid.customer_id}
    if paid.status == "MISDIRECTED":
        return "misdirected", facts
    if paid.status == "POSTED":
        return "already_used", {"on": f"{paid.day}", "by": paid.receipt_id}
    if paid.status == "OTHER_CUSTOMER":
        return "other_account", facts
    if paid.day > known.key_date:
        return "in_transit", facts
    return ("received" if paid.status == "APPLIED" else "unapplied"), facts


def _close(ours: date, theirs: date | None, rules: CustomerStatement) -> bool:
    return theirs is not None and -rules.amount_days <= (ours - theirs).days <= 2 * rules.amount_days


def _both(case: _Case) -> tuple[str, dict[str, str]]:
    ours, theirs, known = case.ours, case.theirs, case.known
    entry, gap = case.group.ours[0], theirs - ours
    if len(case.group.ours) > 1 and ours == len(case.group.ours) * theirs:
        return "twice_ours", {}
    if len(case.group.theirs) > 1 and theirs == len(case.group.theirs) * ours:
        return "twice_theirs", {}
    if entry.item_id in known.disputes and gap < 0:
        return "disputed", {"case": known.disputes[entry.item_id][0]}
    relieved = known.relieved.get(entry.item_id)
    if relieved and gap == -relieved[1]:
        return "paid", {"receipt": relieved[0], "on": f"{relieved[2]}"}
    if theirs == entry.whole != ours and len(case.group.ours) == 1:
        return "part", {}
    if theirs == -ours:
        return "sign", {}
    if entry.kind in CASH:
        bank = {paid.amount for paid in known.receipts if _close(paid.day, case.group.theirs[0].day, case.rules)}
        return ("bank_says_theirs" if -theirs in bank else "bank_says_ours" if -ours in bank else "payment_differs"), {}
    if sorted(str(abs(ours))) == sorted(str(abs(theirs))) and gap % 9 == 0:
        return "swapped", {}
    if known.net.get(entry.item_id) == theirs:
        return "net", {}
    for percent in known.discounts.get(entry.item_id, ()):
        points = Decimal(percent).scaleb(-4)
        if -gap == percent_of(ours, points):
            return "discount", {"percent": f"{points:.2f}"}
    return ("less" if (gap < 0) == (ours > 0) else "more"), {}


def _difference(case: _Case, reason: str, facts: Mapping[str, str]) -> Difference:
    rule = SAID[reason]
    sentence, action = said(reason, case.group, case.ours, case.theirs, case.known.currency, case.units, facts)
    mark = rule.mark or ("amount" if case.group.ours and case.group.theirs and case.ours else _side(case))
    written = letter(reason, case.group, case.ours, case.theirs, case.known.currency, case.units, facts)
    by = _by(case, rule.klass)
    return Difference(rule.klass, reason, mark, case.group, case.ours, case.theirs, rule.owner, action, by, sentence, written, facts)


def _side(case: _Case) -> str:
    """Name the line of the layout: on ours only, booked by them, or what adds to their balance."""
    if not case.group.theirs and case.ours > 0:
        return "ours"
    return "paid" if case.group.theirs and case.theirs < 0 else "theirs"


def _by(case: _Case, klass: str) -> date:
    """Return the day by which somebody acts: a dispute by its own date, timing within its days, all else within the days of an answer."""
    key = case.known.key_date
    if klass == "TIMING":
        return due_by(key, case.rules.in_transit, case.known.off)
    dues = [case.known.disputes[entry.item_id][3] for entry in case.group.ours if entry.item_id in case.known.disputes]
    if klass == "DISPUTE" and dues and dues[0]:
        return max(dues[0], key)
    return key + timedelta(days=case.rules.answer_days)
