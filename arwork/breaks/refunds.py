"""Refunds: each credit with its offset, controls, tier and state, from candidate to confirmed (RF-01 to RF-14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from arwork.breaks.dormancy import clock
from arwork.breaks.offsets import NOTHING, Debt, Offsets, Owed, offset_of, read_debts
from arwork.breaks.refund_checks import Checklist, checklist, reason_of
from arwork.breaks.refund_facts import Credit, Customer, Facts, RefundBooks, credits_to_refund, facts_of
from arwork.breaks.refund_holds import Hold, Payee, holds, last_day, payee_of
from arwork.breaks.refund_standing import Standing
from arwork.breaks.refund_states import Replayed, replay_steps
from arwork.breaks.refund_tiers import Tier, tiers
from arwork.breaks.refund_words import finding_of, next_action, sentence
from arwork.dates import business_days_after
from arwork.proof import Finding, Tie
from arwork.tables import conform, empty

_UNPAID = ("CANDIDATE", "DOCUMENTED", "APPROVED", "RELEASED")


@dataclass(frozen=True)
class Refunds:
    """What the controls return: `refunds`, `refund_offsets`, `refund_checks`, `refund_steps`, ties and findings."""

    refunds: pd.DataFrame
    refund_offsets: pd.DataFrame
    refund_checks: pd.DataFrame
    refund_steps: pd.DataFrame
    ties: tuple[Tie, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Judged:
    """One credit judged: what it offsets, who would be paid, what is owed, what holds it, its documents and its standing."""

    credit: Credit
    customer: Customer
    taken: tuple[tuple[Debt, int], ...]
    owed: Owed
    elsewhere: int
    payee: Payee
    standing: Standing
    checks: Checklist
    holds: tuple[Hold, ...]

    @property
    def refund_amount(self) -> int:
        """What may be paid back: the credit less what it offsets (RF-01)."""
        return self.credit.amount - offset_of(self.taken)

    @property
    def state(self) -> str:
        """The state; HOLD where a rule holds what was not paid yet."""
        return "HOLD" if self.holds and self.standing.state in _UNPAID else self.standing.state


def refunds(books: RefundBooks) -> Refunds:
    """Judge every credit that may be paid back at the key date, by RF-01 to RF-14; nothing is paid by this.

    Amounts are minor units of the credit's currency; the tier is taken in ledger currency over all refunds to one payee within
    the window of the policy (RF-08). Steps that people recorded are replayed by the state machine; a step that does not follow or
    whose person may not do it is listed with its reason and does not count (RF-09).
    """
    credits = credits_to_refund(books)
    facts = facts_of(books, credits)
    replayed = replay_steps(books.steps, _involved(credits, facts, books))
    offsets = Offsets(read_debts(books.open_items, books.disputes, books.allocations, books.customers, books.as_of))
    judged = [_judge(credit, offsets, replayed, facts, books) for credit in credits]
    levels = tiers(books, [(j.credit, j.payee, j.refund_amount if j.standing.state != "REJECTED" else 0) for j in judged], facts)
    rows = [_row(one, levels[one.credit.refund_id], books) for one in judged]
    table = conform("refunds", pd.DataFrame(rows)) if rows else empty("refunds")
    done = {name for name, standing in replayed.standings.items() if standing.state in ("PAID", "CONFIRMED", "REJECTED")}
    lost = sorted(set(books.steps["refund_id"]) - set(table["refund_id"]) - done)
    return Refunds(
        table, _offsets(judged), _checks(judged), replayed.refund_steps, _ties(table, judged),
        tuple(_findings(table, replayed.refund_steps, lost)),
    )  # fmt: skip


def _involved(credits: Sequence[Credit], facts: Facts, books: RefundBooks) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Say for each refund who posted its source and who changed bank details of its customer within the days of RF-06."""
    days = books.policy.refunds.bank_change_hold_days
    return {
        credit.refund_id: {
            "POSTED": credit.posted_by,
            "BANK DETAILS": frozenset(
                by for _, day, by in facts.changes.get(credit.account, ()) if by and abs((books.as_of - day).days) <= 12 * days
            ),
        }
        for credit in credits
    }


def _judge(credit: Credit, offsets: Offsets, replayed: Replayed, facts: Facts, books: RefundBooks) -> Judged:
    customer = facts.customers.get(credit.account, Customer())
    whose = offsets.debts.whose(*credit.account, credit.currency)
    owed = offsets.debts.owed.get(whose, NOTHING) if credit.account[2] else NOTHING
    standing = replayed.of(credit.refund_id)
    settled = standing.state in ("REJECTED", "CONFIRMED")
    taken = tuple(offsets.take(whose, credit.amount)) if credit.account[2] and not settled else ()
    payee = payee_of(credit, customer, facts, standing)
    found = holds(credit, payee, standing, facts, books, credit.amount - offset_of(taken))
    left = sum(debt.left - offsets.used.get(debt.item_id, 0) for debt in owed.overdue) if offset_of(taken) < credit.amount else 0
    checks = checklist(credit, payee, customer, standing, owed, left, tuple(hold for hold in found if hold.rule == "RF-10"))
    one = Judged(credit, customer, taken, owed, offsets.debts.elsewhere(whose), payee, standing, checks, tuple(found))
    return replace(one, holds=(*one.holds, *_late_doubts(one)))


def _late_doubts(one: Judged) -> list[Hold]:
    """Hold what was approved without its documents, or for more than may be paid back now (RF-04, RF-01)."""
    if one.standing.state not in ("APPROVED", "RELEASED"):
        return []
    found = []
    if one.checks.missing:
        found.append(Hold("RF-04", f"approved without {'; '.join(one.checks.missing)}"))
    if one.standing.amount is not None and one.standing.amount != one.refund_amount:
        found.append(Hold("RF-01", "the amount that was approved is not what may be paid back now"))
    return found


def _row(one: Judged, tier: Tier, books: RefundBooks) -> dict[str, Any]:
    credit, standing, as_of = one.credit, one.standing, books.as_of
    decide_by, pay_by = _due(one, books)
    late = (decide_by is not None and standing.decided_on is None and as_of > decide_by) or (
        pay_by is not None and standing.paid_on is None and standing.state in ("APPROVED", "RELEASED") and as_of > pay_by
    )
    dormant = clock(books.rules, one.customer.country, one.customer.region, credit.since, as_of)
    return {
        "refund_id": credit.refund_id, "ledger_id": credit.account[0], "company_code": credit.account[1], "customer_id": credit.account[2],
        "customer_name": one.customer.name, "source_kind": credit.source_kind, "source": credit.source,
        "reason": reason_of(credit, one.customer), "since": credit.since, "method": credit.method, "currency": credit.currency,
        "gross_credit": credit.amount, "offset_amount": offset_of(one.taken), "refund_amount": one.refund_amount,
        "owed_not_due": one.owed.not_due, "owed_disputed": one.owed.disputed, "owed_elsewhere": one.elsewhere,
        "payee_name": one.payee.name, "payee_account": one.payee.account, "route": one.payee.route, "our_account": credit.our_account,
        "tier": tier.level, "approver": tier.who, "tier_amount": tier.amount, "tier_currency": tier.currency,
        "checklist": one.checks.share, "missing": "; ".join(one.checks.missing),
        "holds": " ".join(dict.fromkeys(hold.rule for hold in one.holds)), "hold_reason": "; ".join(hold.reason for hold in one.holds),
        "hold_until": last_day(list(one.holds)), "state": one.state, "before_hold": _before(one),
        "requested_by": standing.requested_by, "approved_by": standing.approved_by, "decide_by": decide_by, "pay_by": pay_by, "late": late,
        "dormancy_date": dormant.dormancy, "next_action": next_action(one.state, one.holds, one.checks.missing, tier, one.refund_amount),
        "sentence": sentence(credit, one.taken, one.refund_amount, one.payee, tier, one.holds, books.units),
        **dict(zip(("source_file", "source_line", "source_sha256"), credit.lineage, strict=True)),
    }  # fmt: skip


def _before(one: Judged) -> str:
    if one.state != "HOLD":
        return ""
    return one.standing.before_hold if one.standing.state == "HOLD" else one.standing.state


def _due(one: Judged, books: RefundBooks) -> tuple[date | None, date | None]:
    """Return the days of RF-12: they run from the day on which the documents were complete."""
    complete = one.standing.documented_on if not one.checks.missing else None
    if complete is None:
        return None, None
    rule, off = books.policy.refunds, books.holidays.get(one.credit.account[:2], frozenset())
    return (
        business_days_after(complete, rule.sla_decide_bd, off),
        business_days_after(complete, rule.sla_pay_bd, off),
    )


def _offsets(judged: Sequence[Judged]) -> pd.DataFrame:
    rows = [
        {
            "refund_id": one.credit.refund_id, "item_id": debt.item_id, "reference": debt.reference, "due_date": debt.due,
            "currency": one.credit.currency, "open_amount": debt.left, "amount": part,
        }
        for one in judged for debt, part in one.taken
    ]  # fmt: skip
    return conform("refund_offsets", pd.DataFrame(rows)) if rows else empty("refund_offsets")


def _checks(judged: Sequence[Judged]) -> pd.DataFrame:
    rows = [
        {"refund_id": one.credit.refund_id, "place": place, "document": line.document, "state": line.state, "evidence": line.evidence}
        for one in judged
        for place, line in enumerate(one.checks.lines, start=1)
    ]
    return conform("refund_checks", pd.DataFrame(rows)) if rows else empty("refund_checks")


def _ties(table: pd.DataFrame, judged: Sequence[Judged]) -> tuple[Tie, ...]:
    """Tie credit = offset + refund by currency (RF-01), and that no item is offset beyond what is open (RF-02)."""
    ties = []
    for currency in sorted(table["currency"].unique()):
        rows = table[table["currency"] == currency]
        parts = int(rows["offset_amount"].sum()) + int(rows["refund_amount"].sum())
        ties.append(Tie(f"credits = offsets + refunds, {currency}", "RF-01", int(rows["gross_credit"].sum()), parts, str(currency)))
    used: dict[str, int] = {}
    left: dict[str, int] = {}
    for one in judged:
        for debt, part in one.taken:
            used[debt.item_id], left[debt.item_id] = used.get(debt.item_id, 0) + part, debt.left
    beyond = sum(used[item] > left[item] for item in used)
    return (*ties, Tie("items offset beyond what is open", "RF-02", beyond, 0, "rows"))


def _findings(table: pd.DataFrame, steps: pd.DataFrame, lost: Sequence[str]) -> list[Finding]:
    told = [finding_of(table)] if len(table) else []
    refused = steps[~steps["counts"]]
    if len(refused):
        first = refused.iloc[0]
        told_as = f"{len(refused):,} recorded steps of refunds do not count; first: {first['step']} of {first['refund_id']} by {first['by']}: {first['why_not']}."
        told.append(Finding("RF-09", "warn", told_as, "refund_steps", tuple(str(seq) for seq in refused["seq"])))
    if lost:
        gone = f"{len(lost):,} refunds with recorded steps have no open credit any more: {', '.join(lost[:5])}."
        told.append(Finding("RF-01", "warn", gone, "refund_steps", tuple(lost)))
    both = table[table["state"].isin(["PAID", "CONFIRMED"]) & table["holds"].str.contains("RF-14")]
    if len(both):
        told_as = f"{len(both):,} refunds were paid while a recall of the same money is open or accepted: decline the recall, or recover the refund."
        told.append(Finding("RF-14", "error", told_as, "refunds", tuple(both["refund_id"])))
    return told
