"""What holds a refund: changed bank details, other names, finality, repeats, cases, recalls (RF-02, RF-06, RF-07, RF-10, RF-11, RF-14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from arwork.breaks.dormancy import months_after
from arwork.breaks.payee_names import likeness
from arwork.breaks.refund_facts import Credit, Customer, Facts, RefundBooks, folded
from arwork.breaks.refund_standing import Standing
from arwork.dates import business_days_after, span_after
from arwork.matching.references import norm

NOT_LIFTED = ("RF-01", "RF-04", "RF-11", "RF-14")
"""Rules whose hold nobody lifts by a word: the case must end, the document come, the credit be there."""
_OF_PAYMENT = ("RF-06", "RF-07")
"""Rules that concern paying out; a credit that is offset in full is not held by them."""


@dataclass(frozen=True)
class Hold:
    """Why a refund is held, and until when where a day is known."""

    rule: str
    reason: str
    until: date | None = None


@dataclass(frozen=True)
class Payee:
    """Who is paid, on which account, and by which route (RF-05)."""

    name: str
    account: str
    route: str
    others: tuple[str, ...] = ()


def payee_of(credit: Credit, customer: Customer, facts: Facts, standing: Standing) -> Payee:
    """Choose the payee: back to the originating account or card; else the one account on file; several are no choice (RF-05).

    An account that a person recorded counts before these, and is another route unless it is the originating one.
    """
    on_file = facts.accounts.get(credit.account, {})
    asked = norm(standing.account)
    if asked and asked != credit.payer_account:
        return Payee(on_file.get(asked, "") or customer.name, asked, "OTHER_ACCOUNT")
    if credit.method == "CARD":
        return Payee(credit.payer_name or customer.name, "", "SAME_CARD")
    if credit.payer_account:
        holder = credit.payer_name or on_file.get(credit.payer_account, "") or customer.name
        return Payee(holder, credit.payer_account, "SAME_ACCOUNT")
    if len(on_file) == 1:
        account, holder = next(iter(on_file.items()))
        return Payee(holder or customer.name, account, "ACCOUNT_ON_FILE")
    return Payee(customer.name, "", "UNKNOWN", tuple(sorted(on_file)))


def holds(credit: Credit, payee: Payee, standing: Standing, facts: Facts, books: RefundBooks, amount: int) -> list[Hold]:
    """List what holds a refund of an amount at the key date; a hold that a supervisor lifted by rule is left out."""
    customer = facts.customers.get(credit.account, Customer())
    found = [
        *_legal(credit, customer), *_changed(credit, payee, standing, facts, books), *_payee(credit, payee, customer, facts, books),
        *_finality(credit, payee, books), *repeated(credit, facts, books), *_cases(credit, facts, books),
    ]  # fmt: skip
    found = [hold for hold in found if amount or hold.rule not in _OF_PAYMENT]
    return [hold for hold in found if hold.rule in NOT_LIFTED or hold.rule not in standing.lifts]


def _legal(credit: Credit, customer: Customer) -> Iterator[Hold]:
    if customer.status in ("INSOLVENT", "LEGAL"):
        yield Hold("RF-02", f"the customer's standing is {customer.status}: legal decides on set-off and payment")
    if credit.kind == "O12":
        yield Hold("EX-30", "the payment looks like an overpayment scam: the fraud team decides")


def _changed(credit: Credit, payee: Payee, standing: Standing, facts: Facts, books: RefundBooks) -> Iterator[Hold]:
    """Hold where the payee's bank details changed within the days of RF-06 before or after the request."""
    asked = standing.documented_on or books.as_of
    days = books.policy.refunds.bank_change_hold_days
    near = [
        (day, account) for account, day, _ in facts.changes.get(credit.account, ())
        if abs((asked - day).days) <= days and day <= books.as_of and payee.account in ("", account)
    ]  # fmt: skip
    if near:
        day, account = max(near)
        when = f"{abs((asked - day).days)} days {'before' if day <= asked else 'after'} the request"
        yield Hold("RF-06", f"bank details {account} were changed on {day}, {when}: fraud checklist and supervisor")


def _payee(credit: Credit, payee: Payee, customer: Customer, facts: Facts, books: RefundBooks) -> Iterator[Hold]:
    """Hold where the payee has another name than the customer, or is new and in a country of high risk (RF-06)."""
    like = likeness(payee.name, customer.spellings)
    if round(like * 10_000) < books.policy.refunds.payee_name_min * 10_000:
        yield Hold("RF-06", f"the payee {payee.name!r} is not the customer {customer.name!r} (likeness {like:.2f})")
    country = payee.account[:2]
    new = payee.account not in facts.accounts.get(credit.account, {})
    if new and country in books.policy.refunds.high_risk_countries:
        yield Hold("RF-06", f"the payee's account is new and in {country}, a country of high risk")


def _finality(credit: Credit, payee: Payee, books: RefundBooks) -> Iterator[Hold]:
    """Hold until the original payment is final, by its method, from its value date (RF-07)."""
    spans = books.policy.refunds.finality_days
    if credit.state_kind == "CREDIT_MEMO" or payee.route == "SAME_CARD":
        return
    if credit.method in spans:
        final = span_after(credit.since, spans[credit.method], _off(credit, books))
        if final > books.as_of:
            yield Hold("RF-07", f"{credit.method} of {credit.since} is final on {final} ({spans[credit.method]})", final)
        return
    final = max(span_after(credit.since, span, _off(credit, books)) for span in spans.values())
    if final > books.as_of:
        what = f"method {credit.method}" if credit.method else "no method known"
        yield Hold("RF-07", f"{what}: taken as final on {final}, the longest wait, unless a supervisor knows better", final)


def _off(credit: Credit, books: RefundBooks) -> frozenset[date]:
    return books.holidays.get(credit.account[:2], frozenset())


def repeated(credit: Credit, facts: Facts, books: RefundBooks) -> Iterator[Hold]:
    """Hold where the credit seems to be given back already: in the register, as a refund or as a credit memo (RF-10, EX-21)."""
    since = months_after(books.as_of, -books.policy.refunds.duplicate_months)
    for row in facts.register.get(credit.account, ()):
        if row["status"] in ("REJECTED", "BOUNCED") or row["refund_id"] == credit.refund_id or row["paid_date"].date() < since:
            continue
        same = folded(row["source"]) in credit.known_as - {folded(credit.account[2])}
        near = row["currency"] == credit.currency and abs(int(row["amount"]) - credit.amount) <= 1
        if same or near:
            what = "of this very credit" if same else "of the same amount to this customer"
            yield Hold("RF-10", f"refund {row['refund_id']} {what} was {row['status'].lower()} on {row['paid_date']:%Y-%m-%d}")
    for item, amount, day, kind in facts.memos.get((credit.account, credit.currency), ()):
        other = item != credit.source and (kind == "REFUND" or credit.state_kind != "CREDIT_MEMO")
        if other and abs(amount - credit.amount) <= 1 and max(since, credit.since) <= day <= books.as_of:
            yield Hold("RF-10", f"{item} of {day} gives the customer the same amount: look whether it is this credit")


def _cases(credit: Credit, facts: Facts, books: RefundBooks) -> Iterator[Hold]:
    """Hold on an open case, and for good where a recall was accepted: never refund and accept the recall (RF-11, RF-14)."""
    for row in (row for name in sorted(credit.known_as) for row in facts.cases.get(name, ())):
        opened = row["opened_date"].date()
        closed = row["closed_date"] == row["closed_date"] and row["closed_date"].date() <= books.as_of
        if opened > books.as_of:
            continue
        if row["kind"] == "RECALL":
            if row["outcome"] == "ACCEPTED":
                yield Hold("RF-14", f"recall {row['hold_id']} was accepted: the money goes back that way, and only that way")
            elif not closed:
                answer = business_days_after(opened, books.policy.refunds.recall.answer_bd, _off(credit, books))
                yield Hold("RF-14", f"recall {row['hold_id']} of {opened} is open; its answer is due on {answer}")
        elif not closed:
            yield Hold("RF-11", f"{row['kind']} {row['hold_id']} of {opened} is open")


def last_day(found: list[Hold]) -> date | None:
    """Return the day on which the last dated hold ends; None where a person must lift one of them, or nothing holds."""
    days = [hold.until for hold in found]
    return max((day for day in days if day), default=None) if None not in days else None
