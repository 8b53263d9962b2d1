"""The checklist of a refund: which documents it needs, which are there, where, and what is missing (RF-03, RF-04, RF-05)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from arwork.breaks.offsets import Owed
from arwork.breaks.refund_facts import Credit, Customer
from arwork.breaks.refund_holds import Hold, Payee
from arwork.breaks.refund_standing import Standing, same

DOCUMENTS = ("REQUEST", "BANK_PROOF", "HISTORY", "CREDIT_MEMO", "NO_OPEN_DEBT", "BANK_DETAILS", "DUPLICATE_CHECK", "TAX_NOTE")
"""The documents of RF-04 in their order."""
WORDS = {
    "REQUEST": "written request or our notice", "BANK_PROOF": "bank proof of receipt", "HISTORY": "item and allocation history",
    "CREDIT_MEMO": "credit memo", "NO_OPEN_DEBT": "proof that no open debt remains", "BANK_DETAILS": "bank-detail evidence",
    "DUPLICATE_CHECK": "result of the duplicate check", "TAX_NOTE": "tax note",
}  # fmt: skip
"""The documents in words."""
_REASONS = {"O1": "DUP_PAYMENT", "O4": "CANCELLED_INVOICE", "O8": "DEPOSIT", "O9": "WRONG_COMPANY"}
_WHOLE = 1_000_000


@dataclass(frozen=True)
class Check:
    """One line of the checklist: document, state, and where it is or what is missing."""

    document: str
    state: str
    evidence: str


@dataclass(frozen=True)
class Checklist:
    """The lines in order, and the share that is there in ten-thousandths of a percent point."""

    lines: tuple[Check, ...]
    share: int

    @property
    def missing(self) -> tuple[str, ...]:
        """List what is missing, in words."""
        return tuple(f"{WORDS[line.document]}: {line.evidence}" for line in self.lines if line.state == "MISSING")


@dataclass(frozen=True)
class _Case:
    """What the lines look at: the credit, its payee and customer, what was recorded, what is owed after the offset."""

    credit: Credit
    payee: Payee
    customer: Customer
    standing: Standing
    owed: Owed
    overdue_left: int
    repeats: tuple[Hold, ...]


def reason_of(credit: Credit, customer: Customer) -> str:
    """Return the reason of a refund (RF-03): by the kind of overpayment, a credit memo, an ended contract, else an overpayment."""
    if credit.state_kind == "MISDIRECTED":
        return "WRONG_COMPANY"
    if credit.kind in _REASONS:
        return _REASONS[credit.kind]
    if credit.state_kind == "CREDIT_MEMO":
        return "CREDIT_MEMO"
    return "CONTRACT_END" if customer.status == "CLOSED" else "OVERPAYMENT"


def checklist(
    credit: Credit, payee: Payee, customer: Customer, standing: Standing, owed: Owed, overdue_left: int, repeats: tuple[Hold, ...]
) -> Checklist:
    """Go through the documents of RF-04; the share counts what is there of what is needed, a waiver is shown as one."""
    case = _Case(credit, payee, customer, standing, owed, overdue_left, repeats)
    lines = []
    for document in DOCUMENTS:
        state, evidence = _LINES[document](case)
        if state == "MISSING" and document in standing.waived:
            state, evidence = "WAIVED", f"waived by {standing.approved_by}: {standing.reason}"
        lines.append(Check(document, state, evidence))
    needed = [line for line in lines if line.state != "NOT_NEEDED"]
    have = sum(line.state == "HAVE" for line in needed)
    return Checklist(tuple(lines), (have * _WHOLE + len(needed) // 2) // len(needed))


def _request(case: _Case) -> tuple[str, str]:
    named = sorted(case.standing.documents & {"REQUEST", "NOTICE"})
    if named:
        return "HAVE", f"{' and '.join(named).lower()}, recorded by {case.standing.requested_by} on {case.standing.documented_on}"
    return "MISSING", "get the customer's written request, or send our notice"


def _bank_proof(case: _Case) -> tuple[str, str]:
    file, line, digest = case.credit.lineage
    if case.credit.source_kind == "RECEIPT":
        return "HAVE", f"{file}, line {line} (SHA-256 {digest[:12]})"
    if case.credit.state_kind == "CREDIT_MEMO":
        return "NOT_NEEDED", "the credit is a document of ours"
    if "BANK_PROOF" in case.standing.documents:
        return "HAVE", f"recorded by {case.standing.requested_by}"
    return "MISSING", "name the bank line of the payment; the subledger has only its posting"


def _history(case: _Case) -> tuple[str, str]:
    return "HAVE", "tables receipts, allocations and open_items of this run; history.csv of the refund file"


def _credit_memo(case: _Case) -> tuple[str, str]:
    file, line, _ = case.credit.lineage
    if case.credit.state_kind == "CREDIT_MEMO":
        return "HAVE", f"{case.credit.source}: {file}, line {line}"
    if reason_of(case.credit, case.customer) != "CANCELLED_INVOICE":
        return "NOT_NEEDED", "no document was cancelled"
    if "CREDIT_MEMO" in case.standing.documents:
        return "HAVE", f"recorded by {case.standing.requested_by}"
    return "MISSING", "name the credit memo or reversal of the invoice"


def _no_open_debt(case: _Case) -> tuple[str, str]:
    if case.overdue_left > 0:
        return "MISSING", "overdue undisputed items are left; offset them first (RF-02)"
    if case.owed.total:
        return "HAVE", "nothing overdue and undisputed is left; what is not due or disputed is shown to the approver"
    return "HAVE", "the customer owes nothing in this ledger and currency"


def _bank_details(case: _Case) -> tuple[str, str]:
    """Same route needs nothing more; another account needs letter or portal, and a call-back by a second person (RF-05)."""
    payee, standing = case.payee, case.standing
    if payee.route in ("SAME_ACCOUNT", "SAME_CARD"):
        return "HAVE", "back to where the money came from" + (f": {payee.account}" if payee.account else ", the same card")
    if payee.route == "UNKNOWN":
        told = f"the master has {len(payee.others)} accounts: {', '.join(payee.others)}" if payee.others else "no account is known"
        return "MISSING", f"the originating account is not known and {told}; a person names the account"
    shown = standing.documents & {"BANK_LETTER", "PORTAL"}
    called = "CALLBACK" in standing.documents and standing.second_person and not same(standing.second_person, standing.requested_by)
    if shown and called:
        return "HAVE", f"{' and '.join(sorted(shown)).lower().replace('_', ' ')}; called back by {standing.second_person}"
    lacking = ([] if shown else ["bank letter or portal confirmation"]) + (
        [] if called else ["call-back by a second person to a number on file before the request"]
    )
    return "MISSING", f"{' and '.join(lacking)}, for the account is not the originating one"


def _duplicate_check(case: _Case) -> tuple[str, str]:
    if case.repeats:
        return "MISSING", "; ".join(hold.reason for hold in case.repeats)
    return "HAVE", "no refund, credit memo or later allocation gives this credit back (RF-10)"


def _tax_note(case: _Case) -> tuple[str, str]:
    if not (case.credit.has_tax or case.credit.kind == "O6" or case.customer.withholds):
        return "NOT_NEEDED", "no tax is affected as far as the books say"
    if "TAX_NOTE" in case.standing.documents:
        return "HAVE", f"recorded by {case.standing.requested_by}"
    return "MISSING", "the tax team says what the refund does to VAT or withheld tax"


_LINES: dict[str, Callable[[_Case], tuple[str, str]]] = {
    "REQUEST": _request, "BANK_PROOF": _bank_proof, "HISTORY": _history, "CREDIT_MEMO": _credit_memo, "NO_OPEN_DEBT": _no_open_debt,
    "BANK_DETAILS": _bank_details, "DUPLICATE_CHECK": _duplicate_check, "TAX_NOTE": _tax_note,
}  # fmt: skip
