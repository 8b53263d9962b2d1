"""When not to post automatically (2.5): each gate is one function that says why it fires, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import compress

from arwork.matching.authority import acts_alone
from arwork.matching.case import Case, Claim
from arwork.matching.explain import inside, listed, money
from arwork.matching.instalments import out_of_order
from arwork.matching.lean import lean
from arwork.matching.names import clean
from arwork.matching.read_forms import LIKENESS
from arwork.matching.references import norm
from arwork.matching.statements import older_balance
from arwork.matching.tolerances import in_currency
from arwork.matching.unread import as_written, unknown

SOFT = ("G-02", "G-08", "G-10", "G-12", "G-16", "G-17", "G-19", "G-21", "G-23")
"""Gates that leave a single candidate one click away (SUGGEST), if the search was complete; G-03 does too, while strong keys agree."""

_ON_FILE = ("B1", "B3")
"""Keys that prove who paid, so that no name is looked at: a sub-account of one customer was credited, or the remitting account is on file."""


@lean
class Verdict:
    """What may happen with a claim: its status, and why it is not automatic, by gate."""

    status: str
    fired: Mapping[str, str]


def judge(case: Case, claim: Claim, more: Mapping[str, str] | None = None) -> Verdict:
    """Run every gate over a claim and give the status of 2.5; `more` are gates that only a view over all receipts can see."""
    fired = {**claim.fired, **(more or {})}
    for gate, test in _asked(case, claim):
        if gate not in fired and (reason := test(case, claim)):
            fired[gate] = reason
    if len(fired) > 1:
        fired = dict(sorted(fired.items()))
    if claim.proposal is None:
        return Verdict("REVIEW" if claim.others or set(fired) & _WORTH_A_LOOK else "NONE", fired)
    if not fired and not claim.preferred and (not claim.capped or acts_alone(case, claim)):
        return Verdict("AUTO", fired)
    soft = all(
        gate in SOFT or (gate == "G-03" and not case.receipt.conflict) or (gate == "G-09" and _kindred(case, claim)) for gate in fired
    )
    return Verdict("SUGGEST" if soft and claim.exhaustive and (not claim.others or claim.tie_by_policy) else "REVIEW", fired)


def _asked(case: Case, claim: Claim) -> Iterable[tuple[str, Callable[[Case, Claim], str]]]:
    """List the gates that have anything to look at, in the order of `GATES`.

    Each condition is one without which its gate says nothing: what every reason of that gate needs, visible in one attribute.
    """
    receipt, named, master, proposal = case.receipt, case.named, case.master, claim.proposal
    by_amount, items, advised = claim.by_amount, claim.shown(), case.advice is not None
    strange = named.unknown or named.short_strangers or (not by_amount and (named.strangers or named.elsewhere))
    return compress(GATES, (
        claim.rivals,
        receipt.conflict or receipt.strength != "STRONG",
        named.settled or case.looks is not None,
        advised,
        [item for item in items if item.blocked],
        master.stopped,
        named.foreign or case.abroad,
        claim.strategy != "M11" and (proposal is None or receipt.key not in _ON_FILE),
        proposal is not None,
        proposal is not None,
        receipt.returned,
        advised,
        [item for item in items if item.left < 0],
        master.changed or receipt.account not in master.standing or (by_amount and receipt.new_account),
        by_amount,
        by_amount,
        named.unknown_stated or (strange and (by_amount or (proposal is not None and not proposal.exact))),
    ))  # fmt: skip


def _kindred(case: Case, claim: Claim) -> bool:
    """Say whether G-09 is one click for a person: documents that are named fit, and their owners are kin of the payer (MP-55)."""
    if claim.confirm:
        return True
    receipt, relations, kinship = case.receipt, case.master.relations, case.master.kinship
    if claim.by_amount or claim.proposal is None:
        return False
    bearers = {receipt.customer_id} - {""} or {*receipt.family}
    bearers |= {*case.master.names.get(receipt.book, {}).get(clean(receipt.remitter), frozenset())}
    owners = {item.account for item in claim.shown()}
    payers = [(*receipt.book, bearer) for bearer in sorted(bearers)]
    return bool(payers) and all(
        owner in payers or any(owner[2] in relations.family(payer) or kinship.are_kin(owner, payer) for payer in payers) for owner in owners
    )


def ambiguous(case: Case, claim: Claim) -> str:
    """G-01: more than one set of items explains the payment."""
    if not claim.proposal or not claim.rivals or claim.tie_by_policy:
        return ""
    return f"{claim.rivals + 1:,} different sets of items explain the amount"


def payer_not_strong(case: Case, claim: Claim) -> str:
    """G-03: the payer is not strong for an amount-only strategy, weak for any, or two strong keys disagree.

    Damaged numbers that all read and add up to the cent are a form of their own where the payer is weak: their record decides.
    """
    receipt = case.receipt
    if receipt.conflict:
        return f"two strong keys name different payers ({inside(receipt.payer_sentence)})"
    weak = receipt.strength == "WEAK" and claim.form != LIKENESS
    if claim.proposal and (weak or (claim.by_amount and receipt.strength != "STRONG")):
        strength = "unknown" if receipt.strength == "NONE" else f"only {receipt.strength.lower()}"
        return f"the payer is {strength} ({inside(receipt.payer_sentence)})"
    return ""


def possible_duplicate(case: Case, claim: Claim) -> str:
    """G-04: it looks like a second payment, or its words name something settled."""
    full = claim.proposal is not None and claim.strategy in ("M01", "M03", "M04") and not claim.capped and claim.proposal.explained
    if case.looks and not full:
        return case.looks.sentence.rstrip(".")
    if case.named.settled:
        settled = [case.universe.settled[item] for item in case.named.settled]
        told = [f"{s.name}, settled on {s.cleared}" if s.cleared else f"{s.name}, which has nothing left" for s in settled]
        return f"it names {listed(told)}"
    return ""


def advice_does_not_fit(case: Case, claim: Claim) -> str:
    """G-05: the advice does not add up to the receipt, is linked to two receipts, or says other amounts than the items."""
    advice = case.advice
    if advice is None:
        return ""
    if advice.wrong or claim.proposal is None or claim.strategy in ("M01", "M02"):
        return advice.wrong
    said: dict[str, int] = {}
    for word in case.named.words:
        if word.origin == "advice" and len(word.items) == 1:
            said[word.items[0]] = said.get(word.items[0], 0) + advice.by_document.get(word.token, 0)
    for line in claim.proposal.lines:
        told = said.get(line.item.item_id, line.cash)
        if told not in (line.cash, line.cash + line.small_diff, line.cash + line.charge, line.cash + line.charge + line.small_diff):
            return f"the advice pays {money(told, case)} for {line.item.name}, {money(line.cash, case)} was expected"
    return ""


def blocked_item(case: Case, claim: Claim) -> str:
    """G-06: an item is disputed, blocked, in legal proceedings, written off or assigned."""
    blocked = [item for item in claim.shown() if item.blocked]
    return listed([f"{item.name} {item.blocked}" for item in blocked]) if blocked else ""


def payer_in_trouble(case: Case, claim: Claim) -> str:
    """G-07: the customer is insolvent or in legal proceedings."""
    if not case.master.stopped:
        return ""
    stopped = sorted(case.master.stopped & {case.receipt.account, *[item.account for item in claim.shown()]})
    return listed([f"customer {account[2]} is {case.master.standing[account]}" for account in stopped]) if stopped else ""


def other_currency(case: Case, claim: Claim) -> str:
    """G-08: the words name items in another currency; what `abroad` converts has its own reasons."""
    if claim.proposal and claim.proposal.rate:
        return ""
    if claim.proposal and case.abroad:
        return f"it was paid in {case.receipt.orig_currency}, and what it names is not clear enough to convert"
    if claim.proposal and claim.proposal.exact:
        return ""
    if not case.named.foreign:
        return ""
    items = [case.universe.items[item] for item in case.named.foreign]
    told = listed([f"{item.name} is in {item.currency}" for item in items])
    return f"{told}, the receipt in {case.receipt.currency}" if told else ""


def other_ledger_or_payer(case: Case, claim: Claim) -> str:
    """G-09: the words name only items of another ledger, company or customer, or somebody else pays."""
    named = case.named
    if claim.strategy == "M11":
        return ""  # it asks itself who may pay for whom
    if claim.proposal is None:
        if named.elsewhere:
            return f"{listed(list(named.elsewhere))} stands only in another ledger or company"
        if named.strangers:
            return f"{listed(list(named.strangers))} belongs to another customer"
        return "the words name items of several customers" if len({item.account[2] for item in claim.shown()}) > 1 else ""
    if case.receipt.key in _ON_FILE:
        return ""
    receipt, relations = case.receipt, case.master.relations
    bearers = case.master.names.get(receipt.book, {}).get(clean(receipt.remitter), frozenset())
    bearer = next(iter(bearers)) if len(bearers) == 1 else ""
    if not bearer or bearer in (receipt.customer_id, *receipt.family):
        return ""
    debtors = sorted({item.account[2] for item in claim.shown()})
    if all(relations.may_pay((*receipt.book, bearer), owner, receipt.value_date) for owner in debtors):
        return ""
    return f"the payer bears the name of customer {bearer}, the items belong to {listed(debtors)}"


def large(case: Case, claim: Claim) -> str:
    """G-12: a large receipt needs four eyes."""
    if not claim.proposal:
        return ""
    limit = in_currency(case.master.policy.large_receipt, claim.shown(), case.master.units)
    amount = claim.proposal.received if claim.proposal.rate else case.receipt.amount
    return f"{money(case.receipt.amount, case)} is a large receipt" if amount >= limit else ""


def dates_out_of_line(case: Case, claim: Claim) -> str:
    """G-13: the value date lies in books that are closed, is too old, or lies before a document's own date."""
    if not claim.proposal:
        return ""
    closed = case.master.closed_until
    if closed and case.receipt.value_date <= closed:
        return f"the value date {case.receipt.value_date} lies in books that are closed up to {closed}"
    days = (case.master.as_of - case.receipt.value_date).days
    if days > case.master.policy.value_date_max_age_days and not case.master.replay:
        return f"the value date {case.receipt.value_date} is {days} days before the key date"
    day = case.receipt.value_date
    ahead = [f"{item.name} is dated {item.doc_date}" for item in claim.shown() if item.doc_date > day]
    return f"{listed(ahead)}, after the value date {case.receipt.value_date}" if ahead else ""


def returned(case: Case, claim: Claim) -> str:
    """G-15: the bank took the receipt back, or it is a return itself."""
    return "the bank returned this payment" if case.receipt.returned else ""


def unsure_reading(case: Case, claim: Claim) -> str:
    """G-16: a document or amount that the proposal uses was read from an advice with too little confidence."""
    if case.advice is None or claim.proposal is None:
        return ""
    least = int(case.master.policy.ocr_min_confidence * 1_000_000)
    used = set(claim.proposal.items)
    tokens = {word.token for word in case.named.words if word.origin == "advice" and used & set(word.items)}
    unsure = {token: sure for token in tokens if (sure := case.advice.confidence.get(token, 1_000_000)) < least}
    if not unsure:
        return ""
    lowest = min(unsure.values())
    return f"{listed(sorted(unsure))} was read from the advice with {lowest / 10_000:.0f} % confidence, {least / 10_000:.0f} % are needed"


def credit_without_authority(case: Case, claim: Claim) -> str:
    """G-17: a credit memo would be used that is not linked to these invoices, listed in an advice, or covered by authority (MP-30)."""
    items = claim.shown()
    if not [item for item in items if item.left < 0]:
        return ""
    linked = {name for item in items if item.left > 0 for name in (item.item_id, item.doc_no, item.reference)}
    advised = {item for word in case.named.words if word.origin == "advice" for item in word.items}
    alone = [item for item in items if item.left < 0 and item.account not in case.master.netting]
    loose = [item.name for item in alone if item.ref_item not in linked - {""} and item.item_id not in advised]
    return f"credit {listed(loose)} is linked to none of these invoices, and the customer gave no authority to net" if loose else ""


def changed_master(case: Case, claim: Claim) -> str:
    """G-19: customer or item was changed since the key date, is not in the master, or only the amount fits from an account not on file."""
    if not claim.proposal:
        return ""
    if case.master.changed and (told := _stale(case, claim)):
        return told
    if case.master.standing and case.receipt.customer_id and case.receipt.account not in case.master.standing:
        return f"customer {case.receipt.customer_id} is not in the customer master"
    return "the remitting account is not on file and only the amount fits" if claim.by_amount and case.receipt.new_account else ""


def _stale(case: Case, claim: Claim) -> str:
    """Say what was changed of the payer, of the owners of the items, or of the items themselves, after they were extracted."""
    changed, items = case.master.changed, claim.shown()
    accounts = sorted({case.receipt.account, *(item.account for item in items)})
    told = [f"customer {account[2]}: {changed[account, '']}" for account in accounts if (account, "") in changed]
    for item in items:
        keys = ((item.account, word) for word in (item.item_id, item.doc_no, item.reference) if word)
        told += [f"{item.name}: {changed[key]}" for key in keys if key in changed][:1]
    return f"{listed(told)}, after the key date" if told else ""


def older_statement(case: Case, claim: Claim) -> str:
    """G-20: by amount alone, and the amount is the balance of a statement before the last one, with documents since."""
    if not claim.proposal or not claim.by_amount or not case.sent():
        return ""
    found = older_balance(case.receipt.amount, case.open_items(), case.sent(), case.receipt.value_date)
    if found is None:
        return ""
    return f"{money(case.receipt.amount, case)} is the balance of the statement of {found.day}; there is a later one, and documents since"


def contractual_order(case: Case, claim: Claim) -> str:
    """G-22: by amount alone, and an instalment of the same contract that is due earlier would stay open."""
    first = out_of_order(claim.shown(), case) if claim.proposal and claim.by_amount else None
    return f"{first.name}, due {first.due_date}, is an earlier instalment of the same contract" if first else ""


def unknown_document(case: Case, claim: Claim) -> str:
    """G-23: the payment names a document that we do not know, and the amount alone, or not to the cent, speaks for the items.

    By amount alone every number after a prefix counts, as 2.5 says (`KD-NR 52678` too: without it, 3 of 203 such payments went
    wrong); beside documents that are named, not one behind a label that says what else it is, nor one that was read.
    """
    named = case.named
    words = list(named.unknown_stated)
    if claim.by_amount:
        words += [*named.unknown, *named.short_strangers]
    elif claim.proposal and not claim.proposal.exact:
        words += [*unknown(case), *named.short_strangers, *named.strangers, *named.elsewhere]
    words = [word for word in words if word not in claim.read]
    if words and not claim.by_amount:
        # `CB-4281` is no unknown document where 4281 of it was read as CB-004281-7, nor is one that is proposed, whoever's it is.
        shown = tuple(norm(item.name) for item in claim.shown())
        words = [w for w in words if not any(each.endswith(w) for each in shown) and not any(w in each or each in w for each in claim.read)]
    if claim.strategy in ("M11", "M13"):
        ours = {word.token for word in (*case.others.kin, *case.others.away)}
        words = [word for word in words if word not in ours]
    told = list(dict.fromkeys(as_written(case, word) for word in words))
    none = "which is no open document" if len(told) == 1 else "which are no open documents"
    return f"it names {listed(told)}, {none} of this customer" if words else ""


GATES: tuple[tuple[str, Callable[[Case, Claim], str]], ...] = (
    ("G-01", ambiguous),
    ("G-03", payer_not_strong),
    ("G-04", possible_duplicate),
    ("G-05", advice_does_not_fit),
    ("G-06", blocked_item),
    ("G-07", payer_in_trouble),
    ("G-08", other_currency),
    ("G-09", other_ledger_or_payer),
    ("G-12", large),
    ("G-13", dates_out_of_line),
    ("G-15", returned),
    ("G-16", unsure_reading),
    ("G-17", credit_without_authority),
    ("G-19", changed_master),
    ("G-20", older_statement),
    ("G-22", contractual_order),
    ("G-23", unknown_document),
)
"""Every gate of this slice that looks at one receipt; G-10 and G-11 come with M16, G-18 and G-21 with the competition."""
_WORTH_A_LOOK = frozenset({"G-03", "G-04", "G-05", "G-07", "G-08", "G-09", "G-10", "G-11", "G-15", "G-18"})
