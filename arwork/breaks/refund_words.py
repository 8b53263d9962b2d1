"""A refund in words: what it is, what holds it, what is next, and what the run found."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from arwork.breaks.offsets import Debt, offset_of
from arwork.breaks.refund_facts import Credit
from arwork.breaks.refund_holds import Hold, Payee
from arwork.breaks.refund_tiers import Tier
from arwork.matching.explain import amount_text, listed
from arwork.money import Units
from arwork.proof import Finding

_NEXT = {
    "DOCUMENTED": "Approve or reject it: level {level}, {who}.",
    "APPROVED": "Write the payment file and release it.",
    "RELEASED": "Wait for the bank; record the payment with its bank line.",
    "PAID": "Clear the credit with the payment and confirm it.",
    "CONFIRMED": "Nothing; it is done.",
    "REJECTED": "Tell the customer; the credit stays theirs.",
    "BOUNCED": "Hold it, ask the customer for the right account, document it again.",
}
_ROUTES = {
    "SAME_ACCOUNT": "back to {account}, where it came from", "SAME_CARD": "back on the same card",
    "ACCOUNT_ON_FILE": "to the account on file {account}, which is not proven to be where it came from",
    "OTHER_ACCOUNT": "to another account, {account}", "UNKNOWN": "to an account that a person must name",
}  # fmt: skip


def next_action(state: str, holds: Sequence[Hold], missing: Sequence[str], tier: Tier, amount: int) -> str:
    """Say what to do next with a refund."""
    if state == "HOLD":
        dated = [hold.until for hold in holds if hold.until]
        if holds and len(dated) == len(holds):
            return f"Wait until {max(dated)}."
        first = next((hold for hold in holds if not hold.until), None)
        return f"Clear the hold: {first.rule}, {first.reason}." if first else "Clear the hold, then take it up again."
    if amount == 0 and state in ("CANDIDATE", "DOCUMENTED"):
        return "Offset it and send the customer a notice; nothing is left to pay back."
    if state == "CANDIDATE":
        return f"Complete the documents: {missing[0]}." if missing else "Record it as documented."
    return _NEXT[state].format(level=tier.level, who=tier.who)


def sentence(
    credit: Credit, taken: Sequence[tuple[Debt, int]], amount: int, payee: Payee, tier: Tier, holds: Sequence[Hold], units: Units
) -> str:
    """Say in words where the credit comes from, what it offsets, what is left to pay, by which route, and who approves."""
    money = amount_text(credit.amount, credit.currency, units)
    came = f"{credit.method} of {credit.since}" if credit.method else f"{credit.source} of {credit.since}"
    told = [f"{money} credit from {came}."]
    if taken:
        names = listed([f"{debt.reference} ({amount_text(part, credit.currency, units)})" for debt, part in taken])
        told.append(f"{amount_text(offset_of(taken), credit.currency, units)} is offset first: {names}.")
    if amount:
        route = _ROUTES[payee.route].format(account=payee.account)
        told.append(f"{amount_text(amount, credit.currency, units)} may be paid {route}.")
        counted = amount_text(tier.amount, tier.currency, units)
        why = f"{counted} to this payee" if tier.rate_known else "no rate to ledger currency is known"
        told.append(f"Level {tier.level}, {tier.who} ({why}).")
    if holds:
        told.append(f"Held: {'; '.join(hold.reason for hold in holds)}.")
    return " ".join(told)


def finding_of(table: pd.DataFrame) -> Finding:
    """Say how many credits may be paid back, how many are held, and how many are late."""
    payable = table[(table["refund_amount"] > 0) & ~table["state"].isin(["REJECTED", "CONFIRMED", "PAID"])]
    held, late = int((payable["state"] == "HOLD").sum()), int(table["late"].sum())
    told = f"{len(payable):,} credits may be paid back after the offset, {held:,} of them held"
    told += f"; {late:,} are beyond their time (RF-12)." if late else "."
    return Finding("RF-01", "warn" if late else "info", told, "refunds", tuple(payable["refund_id"].head(200)))
