"""M00 and M14: money that looks like a second payment of something settled; held for people, never allocated (EX-20, G-04)."""

from __future__ import annotations

from datetime import timedelta

from arwork.matching.case import Case, Claim, Looks
from arwork.matching.explain import listed, money

DUPLICATE = "DUPLICATE_PAYMENT"
"""Class of a receipt that repeats the payment of a settled item (EX-20)."""


def duplicate_guard(case: Case) -> Claim | None:
    """M00: the payment names something settled, its EX-20 score is 60 or more, and open items do not explain it; never AUTO.

    It is asked after M03 and M04, since what exact references to open items explain in full is no repeat (2.2, step D).
    """
    if case.looks is None or not case.named.settled:
        return None
    names = listed([case.universe.settled[item].name for item in case.named.settled])
    return _held("M00", case, case.looks, f"it names {names}, which is settled", f"the reference {names}")


def closed_amount(case: Case) -> Claim | None:
    """M14: the amount is that of an item settled in the last days of the policy, the score is 60 or more, and nothing else explains it."""
    looks, days = case.looks, timedelta(days=case.master.lookback)
    if looks is None or looks.cleared is None or abs(case.receipt.value_date - looks.cleared) > days:
        return None
    return _held("M14", case, looks, "no open item explains it", "the amount of something settled")


def _held(strategy: str, case: Case, looks: Looks, why: str, without: str) -> Claim:
    how = "probably" if looks.probable else "possibly"
    return Claim(
        strategy, None, exhaustive=False, fired={"G-04": looks.sentence.rstrip(".")}, kind=DUPLICATE,
        sentence=f"{money(case.receipt.amount, case)} is {how} a second payment: {why}. Proposed: leave it on account until it is clear.",
        falls_without=without,
    )  # fmt: skip
