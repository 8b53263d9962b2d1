"""Authority that a strategy has earned: what the record of a replay must show before its claims may act without a person.

A strategy whose form waits for a person (`Claim.capped`) may act alone for a ledger while the accepted record of past months
keeps its error, at its upper bound, below the policy's limits by count and by value. Gates stay: one that fires still forbids.
"""

from __future__ import annotations

from arwork.matching.case import Case, Claim, Earned
from arwork.matching.learned import Learned, Record
from arwork.matching.tolerances import in_ledger_currency
from arwork.settings import Authority

_PERCENT = 10_000


def earned(learned: Learned | None, policy: Authority) -> dict[tuple[str, str], Earned]:
    """Return by ledger and record (`record_name`) the authority that it earns under the policy; nothing without records."""
    found: dict[tuple[str, str], Earned] = {}
    for ledger, records in (learned.ledgers if learned else {}).items():
        for strategy, record in records.items():
            if not short_of(strategy, record, policy):
                text = f"earned: {record.receipts.tried:,} receipts, {record.receipts.wrong:,} wrong, {at_most(record)}"
                found[ledger, strategy] = Earned(record.value.largest, record.value.currency, text)
    return found


def at_most(record: Record) -> str:
    """Say the two upper bounds of a record, rounded up to hundredths of a percent point."""
    return f"at most {bound(record.receipts.at_most)} by count and {bound(record.value.at_most)} by value"


def short_of(strategy: str, record: Record, policy: Authority) -> str:
    """Say what a record lacks before its strategy may act alone; blank where it lacks nothing."""
    count, value = int(policy.max_error_count_pct * _PERCENT), int(policy.max_error_value_pct * _PERCENT)
    if strategy.partition(":")[0] not in policy.strategies:
        return f"{strategy.partition(':')[0]} is not among the strategies that may earn authority"
    if record.receipts.tried < policy.least_receipts:
        return f"{record.receipts.tried:,} receipts are fewer than {policy.least_receipts:,}"
    if record.receipts.at_most > count:
        return f"by count it may err in up to {bound(record.receipts.at_most)}, {bound(count)} is allowed"
    if record.value.at_most > value:
        return f"by value it may err in up to {bound(record.value.at_most)}, {bound(value)} is allowed"
    return ""


def record_name(claim: Claim) -> str:
    """Name the record of a claim: its strategy, and its form where the strategy keeps one record a form."""
    return f"{claim.strategy}: {claim.form}" if claim.form else claim.strategy


def may_earn(claim: Claim) -> bool:
    """Say whether only the form of its strategy makes a claim wait, in a way that a record may free: one set, the only one."""
    return bool(claim.capped) and not claim.stays and claim.proposal is not None and not (claim.others or claim.rivals) and claim.exhaustive


def acts_alone(case: Case, claim: Claim) -> str:
    """Return the record by which a claim that otherwise waits for a person acts alone; blank where it may not.

    Only the form of the strategy may stand in the way: one set of items, proven to be the only one, within what was tried.
    """
    if not case.master.earned or not may_earn(claim):
        return ""
    may = case.master.earned.get((case.receipt.book[0], record_name(claim)))
    items = claim.shown()
    if may is None or items[0].local_currency != may.currency or in_ledger_currency(case.receipt.amount, items) > may.largest:
        return ""
    return may.record


def bound(ten_thousandths: int) -> str:
    """Write an upper bound in percent points, rounded up to hundredths: what is said is never less than what is so."""
    hundredths = -(-ten_thousandths // 100)
    return f"{hundredths // 100}.{hundredths % 100:02d} %"
